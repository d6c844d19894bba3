//! The sheet of a run for the judge who asks.

use axum::extract::State;
use kernel::ErrorCode;
use web::wire::{ContestId, RunId};
use web::{ApiResult, Json, Path, Problem, Signed, SignedSession};

use super::{oversees, run_in};
use crate::ContestRoom;
use crate::sheet::Sheet;

/// What this judge is to mark on a run, how, and what he has marked.
#[utoipa::path(get, path = "/api/contests/{contest}/runs/{run}/sheet", tag = "judging", params(ContestId, RunId), responses((status = 200, body = Sheet)))]
pub async fn sheet(
    State(room): State<ContestRoom>,
    signed: Signed,
    SignedSession(session): SignedSession,
    Path((contest, run)): Path<(ContestId, RunId)>,
) -> ApiResult<Json<Sheet>> {
    let floor = room.floor(&contest).await?;
    floor.judge_here(&signed.0.account);
    let arena = floor.arena();
    let planned = run_in(&arena, &run)?;
    super::submit::must_be_on_panel(&arena, planned, &signed.0.account)
        .or_else(|problem| if oversees(&signed, &contest) { Ok(()) } else { Err(problem) })?;
    let now = room.hall.now();
    let sheet = crate::sheet::sheet(&arena, planned, &signed.0.account, now)
        .ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
    let open_elsewhere = room.open_sheets.shown(&planned.id, &signed.0.account, session.token_hash(), now);
    Ok(Json(Sheet { open_elsewhere, ..sheet }))
}

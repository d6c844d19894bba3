//! All appeals of a contest, for its officials.

use axum::extract::State;
use kernel::{Role, Scope};
use web::wire::ContestId;
use web::{ApiResult, Json, Listed, Path, Signed};

use super::seen::{AppealSeen, seen};
use crate::ContestRoom;

/// By blind number, those without an answer first, then the newest. Who brought one is told to organiser and staff only.
#[utoipa::path(get, path = "/api/contests/{contest}/appeals", tag = "appeals", operation_id = "list_appeals", params(ContestId), responses((status = 200, body = Listed<AppealSeen>)))]
pub async fn list(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<Listed<AppealSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let with_names = actor.holds_any(&[Role::Organiser, Role::Staff], &Scope::Contest(contest.0.clone()));
    let now = room.hall.now();
    let mut all: Vec<_> = arena.appeals.all.iter().rev().filter_map(|it| seen(&arena, it, with_names, now)).collect();
    all.sort_by_key(|appeal| appeal.answer.is_some() || appeal.withdrawn_at.is_some());
    Ok(Json(Listed::whole(all)))
}

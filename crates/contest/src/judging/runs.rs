//! Runs, by blind number.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use web::wire::{ContestId, StationId};
use web::{ApiResult, Json, Listed, Page, Paged, Path, Problem, Signed};

use super::stations::{RunSeen, may_see, run_seen};
use crate::ContestRoom;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunFilter {
    #[param(value_type = Option<String>)]
    pub station: Option<StationId>,
    pub module: Option<String>,
    /// `waiting`, `open`, `stopped` or `closed`.
    pub state: Option<String>,
}

/// Runs in the order of stations and of the plan.
#[utoipa::path(get, path = "/api/contests/{contest}/runs", tag = "judging", params(ContestId, RunFilter, Page), responses((status = 200, body = Listed<RunSeen>)))]
pub async fn runs(
    State(room): State<ContestRoom>,
    signed: Signed,
    Path(contest): Path<ContestId>,
    Paged { page, filter }: Paged<RunFilter>,
) -> ApiResult<Json<Listed<RunSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    if filter.state.as_deref().is_some_and(|state| !["waiting", "open", "stopped", "closed"].contains(&state)) {
        return Err(Problem::invalid("state", "waiting、open、stopped 或 closed", "waiting, open, stopped or closed"));
    }
    let from = page.after_number()?.unwrap_or(0).max(0) as usize;
    let state = |run: &kernel::RunId| arena.runs.get(run).map_or("waiting", |now| now.clock.state());
    let wanted = arena.plan.runs.iter().filter(|run| {
        arena.plan.station(&run.station).is_some_and(|station| may_see(&signed, &arena, station))
            && filter.station.as_ref().is_none_or(|station| run.station == station.0)
            && filter.module.as_ref().is_none_or(|module| run.module == *module)
            && filter.state.as_ref().is_none_or(|wanted| state(&run.id) == wanted)
    });
    let mut items: Vec<RunSeen> =
        wanted.skip(from).take(page.limit() + 1).map(|run| run_seen(&arena, run, &signed, room.hall.now())).collect();
    let more = items.len() > page.limit();
    items.truncate(page.limit());
    Ok(Json(Listed { items, next: more.then(|| hex::encode((from + page.limit()).to_string())) }))
}

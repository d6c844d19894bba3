//! All appeals of a contest, for its officials.

use axum::extract::State;
use kernel::{Actor, Role, Scope};
use web::wire::ContestId;
use web::{ApiResult, Json, Listed, Path, Signed};

use super::now::AppealNow;
use super::seen::{AppealSeen, Reads, seen};
use crate::ContestRoom;
use crate::arena::Arena;

/// By blind number, those without an answer first, then the newest. Who brought one is told to organiser and staff only; an operator reads those of his venue, without what they say.
#[utoipa::path(get, path = "/api/contests/{contest}/appeals", tag = "appeals", operation_id = "list_appeals", params(ContestId), responses((status = 200, body = Listed<AppealSeen>)))]
pub async fn list(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<Listed<AppealSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let now = room.hall.now();
    let told = arena.appeals.all.iter().rev().filter_map(|it| seen(&arena, it, reads(&actor, &arena, it)?, now));
    let mut all: Vec<_> = told.collect();
    all.sort_by_key(|appeal| appeal.answer.is_some() || appeal.withdrawn_at.is_some());
    Ok(Json(Listed::whole(all)))
}

/// How much an official reads of an appeal; none: nothing.
fn reads(actor: &Actor, arena: &Arena, appeal: &AppealNow) -> Option<Reads> {
    let contest = &arena.plan.id;
    let here = Scope::Contest(contest.clone());
    if actor.holds_any(&[Role::Organiser, Role::Staff], &here) {
        return Some(Reads::Everything);
    }
    if actor.holds_any(&[Role::ChiefJudge, Role::Supervisor, Role::Arbitrator], &here) {
        return Some(Reads::ByNumber);
    }
    let venue = arena.plan.entries[appeal.entry.index()].venue.clone();
    let is_his = actor.holds(Role::VenueOperator, &Scope::Venue(contest.clone(), venue));
    is_his.then_some(Reads::ThatItIsThere)
}

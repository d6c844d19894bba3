//! The judges of a contest.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{AccountId, ContestId, PersonId, Text, VenueId};
use web::{ApiResult, Json, Listed, Path};

use crate::ContestRoom;

#[derive(Debug, Serialize, ToSchema)]
pub struct JudgeSeen {
    pub account: AccountId,
    pub person: PersonId,
    pub name: String,
    pub organisation_name: Text,
    pub venue: VenueId,
    pub venue_name: Text,
    /// Module codes; empty for all.
    pub modules: Vec<String>,
}

/// All of them.
#[utoipa::path(get, path = "/api/contests/{contest}/judges", tag = "field", params(ContestId), responses((status = 200, body = Listed<JudgeSeen>)))]
pub async fn judges(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<Listed<JudgeSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let judges = arena.plan.judges.iter().map(|judge| JudgeSeen {
        account: judge.account.clone().into(),
        person: judge.person.clone().into(),
        name: judge.person_name.clone(),
        organisation_name: judge.organisation_name.clone(),
        venue: judge.venue.clone().into(),
        venue_name: arena.plan.venue(&judge.venue).map(|venue| venue.name.clone()).unwrap_or_default(),
        modules: judge.modules.clone(),
    });
    Ok(Json(Listed::whole(judges.collect())))
}

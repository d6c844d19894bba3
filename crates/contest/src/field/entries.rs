//! The entries of a contest, with names.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, EntryId, OrganisationId, PersonId, TeamId, Text, VenueId};
use web::{ApiResult, Json, Listed, Page, Path};

use crate::ContestRoom;

#[derive(Debug, Serialize, ToSchema)]
pub struct EntrySeen {
    pub id: EntryId,
    pub no: String,
    pub person: PersonId,
    pub name: String,
    pub organisation: OrganisationId,
    pub organisation_name: Text,
    pub team: Option<TeamId>,
    pub team_name: Option<Text>,
    pub venue: VenueId,
    pub venue_name: Text,
    pub group: String,
}

/// In the order of blind numbers.
#[utoipa::path(get, path = "/api/contests/{contest}/entries", tag = "field", params(ContestId, Page), responses((status = 200, body = Listed<EntrySeen>)))]
pub async fn entries(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
    page: Page,
) -> ApiResult<Json<Listed<EntrySeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let plan = &arena.plan;
    let after = page.after().unwrap_or_default();
    let rows = plan.entries.iter().filter(|entry| entry.no.as_str() > after).take(page.limit() + 1);
    let rows = rows.map(|entry| EntrySeen {
        id: entry.id.clone().into(),
        no: entry.no.clone(),
        person: entry.person.clone().into(),
        name: entry.person_name.clone(),
        organisation: entry.organisation.clone().into(),
        organisation_name: entry.organisation_name.clone(),
        team: entry.team.clone().map(Into::into),
        team_name: entry
            .team
            .as_ref()
            .and_then(|id| plan.teams.iter().find(|team| team.id == *id))
            .map(|team| team.name.clone()),
        venue: entry.venue.clone().into(),
        venue_name: plan.venue(&entry.venue).map(|venue| venue.name.clone()).unwrap_or_default(),
        group: entry.group.clone(),
    });
    Ok(Json(Listed::of(rows.collect(), &page, |entry| entry.no.clone())))
}

//! The entries of a contest, with names.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, EntryId, OrganisationId, PersonId, TeamId, Text, VenueId};
use web::{ApiResult, Json, Listed, Page, Path};

use crate::ContestRoom;
use crate::plan::Entry;

#[derive(Debug, Serialize, ToSchema)]
pub struct EntrySeen {
    /// Null while the draw is sealed, like the number: the boards name an entry by it.
    #[schema(required = true)]
    pub id: Option<EntryId>,
    #[schema(required = true)]
    pub no: Option<String>,
    pub person: PersonId,
    pub name: String,
    pub organisation: OrganisationId,
    pub organisation_name: Text,
    /// Null while the draw is sealed as well: the boards name a team by it.
    pub team: Option<TeamId>,
    pub team_name: Option<Text>,
    pub venue: VenueId,
    pub venue_name: Text,
    pub group: String,
}

/// In the order of blind numbers; while the draw is sealed, in an order that says nothing about them.
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
    let key = |entry: &Entry| if plan.sealed { entry.person.to_string() } else { entry.no.clone() };
    let mut entries: Vec<&Entry> = plan.entries.iter().filter(|entry| key(entry).as_str() > after).collect();
    entries.sort_by_cached_key(|entry| key(entry));
    let rows = entries.into_iter().take(page.limit() + 1).map(|entry| EntrySeen {
        id: (!plan.sealed).then(|| entry.id.clone().into()),
        no: (!plan.sealed).then(|| entry.no.clone()),
        person: entry.person.clone().into(),
        name: entry.person_name.clone(),
        organisation: entry.organisation.clone().into(),
        organisation_name: entry.organisation_name.clone(),
        team: entry.team.clone().filter(|_| !plan.sealed).map(Into::into),
        team_name: entry
            .team
            .as_ref()
            .and_then(|id| plan.teams.iter().find(|team| team.id == *id))
            .map(|team| team.name.clone()),
        venue: entry.venue.clone().into(),
        venue_name: plan.venue(&entry.venue).map(|venue| venue.name.clone()).unwrap_or_default(),
        group: entry.group.clone(),
    });
    let key = |entry: &EntrySeen| entry.no.clone().unwrap_or_else(|| entry.person.to_string());
    Ok(Json(Listed::of(rows.collect(), &page, key)))
}

//! One contest, for everybody.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, Mark, TeamId, Text, Timestamp, VenueId};
use web::{ApiResult, Json, Path};

use crate::ContestRoom;
use crate::arena::Arena;
use crate::disclosure::Disclosure;
use crate::event::ContestState;
use crate::freeze;
use crate::sheet::Named;

#[derive(Debug, Serialize, ToSchema)]
pub struct Shown {
    pub id: ContestId,
    pub name: Text,
    pub state: ContestState,
    pub starts_at: Timestamp,
    pub started_at: Option<Timestamp>,
    /// Null: nobody has said.
    #[schema(required = true)]
    pub ends_at: Option<Timestamp>,
    /// When the hall stops the public board by itself, as long as it still will.
    #[schema(required = true)]
    pub freezes_at: Option<Timestamp>,
    /// So long before the end, ms, by the rule set.
    #[schema(required = true)]
    pub freeze_before_end_ms: Option<i64>,
    /// Since when it stands where it stands; null before it was opened.
    #[schema(required = true)]
    pub state_since: Option<Timestamp>,
    /// Whether blind numbers are shown instead of names as things stand.
    pub blind: bool,
    /// When names are shown: it follows from how the contest was made and from its rule set's `publication.shows`.
    pub disclosure: Disclosure,
    pub scheme_id: String,
    /// As its file numbers itself: that of the rules in force.
    pub scheme_version: u32,
    pub scheme_hash: String,
    pub max: Mark,
    pub aspects: usize,
    pub entries: usize,
    pub modules: Vec<Part>,
    pub abilities: Vec<Part>,
    pub groups: Vec<Named>,
    pub venues: Vec<ShownVenue>,
    pub teams: Vec<ShownTeam>,
}

/// A module or an ability with its maximum.
#[derive(Debug, Serialize, ToSchema)]
pub struct Part {
    pub code: String,
    pub name: Text,
    pub max: Mark,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShownVenue {
    pub id: VenueId,
    pub name: Text,
    pub stations: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShownTeam {
    pub id: TeamId,
    pub name: Text,
}

pub fn shown(arena: &Arena) -> Shown {
    let plan = &arena.plan;
    let (scheme, in_force) = (arena.board.scheme(), &arena.rules.in_force().scheme);
    Shown {
        id: plan.id.clone().into(),
        name: plan.name.clone(),
        state: arena.state,
        starts_at: plan.starts_at.into(),
        started_at: arena.started_at.map(Into::into),
        ends_at: plan.ends_at.map(Into::into),
        freezes_at: freeze::moment(arena).map(Into::into),
        freeze_before_end_ms: freeze::before_end_ms(plan),
        state_since: arena.state_since.map(Into::into),
        blind: plan.blind,
        disclosure: plan.disclosure,
        scheme_id: scheme.code().to_owned(),
        scheme_version: in_force.scheme.version(),
        scheme_hash: in_force.hash.clone(),
        max: Mark(scheme.max()),
        aspects: scheme.aspects().len(),
        entries: plan.entries.len(),
        modules: scheme
            .modules()
            .iter()
            .map(|module| Part { code: module.code.clone(), name: (&module.name).into(), max: Mark(module.max) })
            .collect(),
        abilities: scheme
            .abilities()
            .iter()
            .map(|ability| Part { code: ability.code.clone(), name: (&ability.name).into(), max: Mark(ability.max) })
            .collect(),
        groups: scheme
            .groups()
            .iter()
            .map(|group| Named { code: group.code.clone(), name: (&group.name).into() })
            .collect(),
        venues: plan
            .venues
            .iter()
            .map(|venue| ShownVenue {
                id: venue.id.clone().into(),
                name: venue.name.clone(),
                stations: plan.stations.iter().filter(|station| station.venue == venue.id).count(),
            })
            .collect(),
        teams: plan
            .teams
            .iter()
            .enumerate()
            .map(|(at, team)| ShownTeam { id: team.id.clone().into(), name: plan.team_name(at) })
            .collect(),
    }
}

/// One contest with its modules, abilities, groups, venues and teams.
#[utoipa::path(get, path = "/api/contests/{contest}", tag = "contest", params(ContestId), responses((status = 200, body = Shown)))]
pub async fn show(State(room): State<ContestRoom>, Path(contest): Path<ContestId>) -> ApiResult<Json<Shown>> {
    Ok(Json(shown(&room.floor(&contest).await?.arena())))
}

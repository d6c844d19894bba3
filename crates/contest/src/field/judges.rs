//! The judges of a contest.

use std::collections::HashMap;

use axum::extract::State;
use kernel::AccountId;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{self, ContestId, PersonId, Text, VenueId};
use web::{ApiResult, Json, Listed, Path};

use crate::ContestRoom;
use crate::arena::Arena;
use crate::sheet::owed;

#[derive(Debug, Serialize, ToSchema)]
pub struct JudgeSeen {
    pub account: wire::AccountId,
    pub person: PersonId,
    pub name: String,
    pub organisation_name: Text,
    pub venue: VenueId,
    pub venue_name: Text,
    /// Module codes; empty for all.
    pub modules: Vec<String>,
    /// While he is excused.
    pub excused: Option<ExcusedSeen>,
    /// Marks that he owes to runs that have begun.
    pub owing: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ExcusedSeen {
    pub reason: String,
    pub at_ms: i64,
}

/// All of them.
#[utoipa::path(get, path = "/api/contests/{contest}/judges", tag = "field", params(ContestId), responses((status = 200, body = Listed<JudgeSeen>)))]
pub async fn judges(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<Listed<JudgeSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    let owing = owing(&arena);
    let judges = arena.plan.judges.iter().map(|judge| JudgeSeen {
        account: judge.account.clone().into(),
        person: judge.person.clone().into(),
        name: judge.person_name.clone(),
        organisation_name: judge.organisation_name.clone(),
        venue: judge.venue.clone().into(),
        venue_name: arena.plan.venue(&judge.venue).map(|venue| venue.name.clone()).unwrap_or_default(),
        modules: judge.modules.clone(),
        excused: arena
            .absences
            .now(&judge.account)
            .map(|absence| ExcusedSeen { reason: absence.reason.clone(), at_ms: absence.at.as_millis() }),
        owing: owing.get(&judge.account).copied().unwrap_or(0),
    });
    Ok(Json(Listed::whole(judges.collect())))
}

/// What each judge owes.
fn owing(arena: &Arena) -> HashMap<AccountId, u32> {
    let mut owing: HashMap<AccountId, u32> = HashMap::new();
    let begun =
        arena.plan.runs.iter().filter(|run| arena.runs.get(&run.id).is_some_and(|now| now.clock.state() != "waiting"));
    for (judge, count) in begun.flat_map(|run| owed(arena, run).missing) {
        *owing.entry(judge.account.clone()).or_default() += count;
    }
    owing
}

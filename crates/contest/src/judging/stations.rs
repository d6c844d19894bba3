//! The stations of a venue with what happens at each, by blind number.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, RunId, StationId, Text, VenueId};
use web::{ApiResult, Json, Listed, Path, Signed};

use super::oversees;
use crate::ContestRoom;
use crate::arena::Arena;
use crate::plan::{Ask, PlannedRun, Station};
use crate::sheet::{Asked, asked, owed};

#[derive(Debug, Serialize, ToSchema)]
pub struct StationSeen {
    pub id: StationId,
    pub code: String,
    pub venue: VenueId,
    pub venue_name: Text,
    /// The run that is under way, or the last that was closed, or the first planned.
    pub run: Option<RunSeen>,
    pub runs: usize,
    pub runs_closed: usize,
    /// Runs whose sheet this judge still owes marks to.
    pub owing: usize,
}

/// A run as officials see it: by blind number.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunSeen {
    pub id: RunId,
    pub entry_no: String,
    pub station: String,
    pub module: String,
    /// `waiting`, `open`, `stopped` or `closed`.
    pub state: String,
    pub elapsed_ms: i64,
    pub added_ms: i64,
    pub opened_at_ms: Option<i64>,
    /// The referee has seen all of a closed run's telemetry: no verdict is to come.
    pub judged: bool,
    pub planned: i64,
    /// Marks the panel is to give, and has given.
    pub expected: u32,
    pub given: u32,
    /// Marks the calling judge still owes.
    pub mine_missing: u32,
    /// What may be asked for by "please judge".
    pub asks: Vec<Ask>,
    pub requests: Vec<Asked>,
}

/// The stations where the caller works; all of them for those who oversee the contest.
#[utoipa::path(get, path = "/api/contests/{contest}/stations", tag = "judging", params(ContestId), responses((status = 200, body = Listed<StationSeen>)))]
pub async fn stations(
    State(room): State<ContestRoom>,
    signed: Signed,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<Listed<StationSeen>>> {
    let floor = room.floor(&contest).await?;
    floor.judge_here(&signed.0.account);
    let arena = floor.arena();
    let seen = arena.plan.stations.iter().filter(|station| may_see(&signed, &arena, station));
    let items = seen.map(|station| station_seen(&arena, station, &signed, room.hall.now())).collect();
    Ok(Json(Listed::whole(items)))
}

pub(crate) fn may_see(signed: &Signed, arena: &Arena, station: &Station) -> bool {
    if oversees(signed, &arena.plan.id) {
        return true;
    }
    match arena.plan.judge(&signed.0.account) {
        Some(judge) => judge.venue == station.venue,
        None => {
            let place = kernel::Scope::Venue(arena.plan.id.clone(), station.venue.clone());
            signed.0.holds_any(&[kernel::Role::VenueOperator], &place)
        }
    }
}

fn station_seen(arena: &Arena, station: &Station, signed: &Signed, now: kernel::Timestamp) -> StationSeen {
    let runs: Vec<&PlannedRun> = arena.plan.runs_of(&station.id).collect();
    let state = |run: &&&PlannedRun| arena.runs.get(&run.id).map_or("waiting", |now| now.clock.state());
    let current = runs
        .iter()
        .find(|run| matches!(state(run), "open" | "stopped"))
        .or_else(|| runs.iter().rev().find(|run| state(run) == "closed"))
        .or_else(|| runs.first());
    let owing = |run: &&&PlannedRun| {
        state(run) != "waiting" && owed(arena, run).missing.iter().any(|(judge, _)| judge.account == signed.0.account)
    };
    StationSeen {
        id: station.id.clone().into(),
        code: station.code.clone(),
        venue: station.venue.clone().into(),
        venue_name: arena.plan.venue(&station.venue).map(|venue| venue.name.clone()).unwrap_or_default(),
        run: current.map(|run| run_seen(arena, run, signed, now)),
        runs: runs.len(),
        runs_closed: runs.iter().filter(|run| state(run) == "closed").count(),
        owing: runs.iter().filter(owing).count(),
    }
}

pub(super) fn run_seen(arena: &Arena, run: &PlannedRun, signed: &Signed, now: kernel::Timestamp) -> RunSeen {
    let state = arena.runs.get(&run.id);
    let owed = owed(arena, run);
    RunSeen {
        id: run.id.clone().into(),
        entry_no: arena.plan.entry(&run.entry).map(|entry| entry.no.clone()).unwrap_or_default(),
        station: arena.plan.station(&run.station).map(|station| station.code.clone()).unwrap_or_default(),
        module: run.module.clone(),
        state: state.map_or("waiting", |state| state.clock.state()).to_owned(),
        elapsed_ms: state.map_or(0, |state| state.clock.elapsed_ms(now)),
        added_ms: state.map_or(0, |state| state.added_ms),
        opened_at_ms: state.and_then(|state| state.watched.opened_at()).map(|at| at.as_millis()),
        judged: state.is_some_and(|state| state.judged),
        planned: run.planned,
        expected: owed.expected,
        given: owed.given,
        mine_missing: owed
            .missing
            .iter()
            .find(|(judge, _)| judge.account == signed.0.account)
            .map_or(0, |(_, count)| *count),
        asks: arena.rules_of(&run.id).asks(&run.module),
        requests: asked(arena, &run.id),
    }
}

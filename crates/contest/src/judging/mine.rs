//! What a competitor needs on his own phone: his runs with their clocks, what he may ask for, and what he has asked for.

use axum::extract::State;
use kernel::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, EntryId, RunId, Text, Timestamp};
use web::{ApiResult, Json, Path, Problem, Signed};

use crate::ContestRoom;
use crate::appeals::{AppealSeen, MayAppeal, may_appeal, of_entry};
use crate::arena::Arena;
use crate::draw::{OwnLot, own_lots, own_number};
use crate::event::ContestState;
use crate::plan::{Ask, Entry, PlannedRun};
use crate::sheet::{Asked, Named, asked};

#[derive(Debug, Serialize, ToSchema)]
pub struct MyRuns {
    /// Whose live topic holds his result and its reasons.
    pub entry: EntryId,
    /// By which judges and public know him; null while lots are still to be drawn.
    #[schema(required = true)]
    pub no: Option<String>,
    /// What he has drawn, layer by layer; empty where no lots are drawn.
    pub lots: Vec<OwnLot>,
    /// Null where the scheme has no groups.
    #[schema(required = true)]
    pub group: Option<Text>,
    pub contest_name: Text,
    pub contest_state: ContestState,
    pub venue_name: Text,
    /// In the order of the modules.
    pub runs: Vec<MyRun>,
    /// What he may appeal against now, and until when.
    pub may_appeal: Vec<MayAppeal>,
    /// Oldest first.
    pub appeals: Vec<AppealSeen>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MyRun {
    pub id: RunId,
    pub station: String,
    pub module: Named,
    /// `waiting`, `open`, `stopped` or `closed`.
    pub state: String,
    /// While it is open the clock shows this and what has passed since `at`.
    pub elapsed_ms: i64,
    pub at: Timestamp,
    pub added_ms: i64,
    /// Why the clock was stopped.
    pub reason: Option<String>,
    /// What he may ask for.
    pub asks: Vec<Ask>,
    pub requests: Vec<Asked>,
}

/// The caller's own runs. Whoever takes no part in this contest has none: 404.
#[utoipa::path(get, path = "/api/contests/{contest}/mine", tag = "judging", params(ContestId), responses((status = 200, body = MyRuns)))]
pub async fn mine(
    State(room): State<ContestRoom>,
    signed: Signed,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<MyRuns>> {
    let floor = room.floor(&contest).await?;
    let now = room.hall.now();
    // The arena is let go before the database is asked.
    let (plan, draw, entry, runs) = {
        let arena = floor.arena();
        let Some(entry) = arena.plan.entry_of_person(&signed.0.person) else {
            return Err(Problem::new(ErrorCode::NotFound)
                .detail("您不在本场赛事的参赛名单中", "You are not in the field of this contest"));
        };
        (arena.plan.clone(), arena.draw.clone(), entry.id.clone(), my_runs(&arena, entry, now))
    };
    let lots = own_lots(&room.hall, &plan, draw.as_ref(), &entry).await?;
    Ok(Json(MyRuns { lots, ..runs }))
}

/// All but what he has drawn.
fn my_runs(arena: &Arena, entry: &Entry, now: kernel::Timestamp) -> MyRuns {
    let seat = arena.board.field().entry_ix(&entry.id);
    let scheme = arena.board.scheme();
    MyRuns {
        entry: entry.id.clone().into(),
        no: own_number(arena, &entry.id),
        lots: Vec::new(),
        group: scheme.group_ix(&entry.group).and_then(|ix| scheme.group(ix)).map(|group| (&group.name).into()),
        contest_name: arena.plan.name.clone(),
        contest_state: arena.state,
        venue_name: arena.plan.venue(&entry.venue).map(|venue| venue.name.clone()).unwrap_or_default(),
        runs: arena.plan.runs_of_entry(&entry.id).into_iter().filter_map(|run| my_run(arena, run)).collect(),
        may_appeal: seat.map(|seat| may_appeal(arena, seat, now)).unwrap_or_default(),
        appeals: seat.map(|seat| of_entry(arena, seat, now)).unwrap_or_default(),
    }
}

fn my_run(arena: &Arena, run: &PlannedRun) -> Option<MyRun> {
    let now = arena.runs.get(&run.id)?;
    let scheme = arena.board.scheme();
    let module = scheme.module(scheme.module_ix(&run.module)?)?;
    Some(MyRun {
        id: run.id.clone().into(),
        station: arena.plan.station(&run.station)?.code.clone(),
        module: Named { code: module.code.clone(), name: (&module.name).into() },
        state: now.clock.state().to_owned(),
        elapsed_ms: now.clock.elapsed_ms(now.at),
        at: now.at.into(),
        added_ms: now.added_ms,
        reason: now.stopped_because.clone(),
        asks: arena.rules_of(&run.id).asks(&run.module),
        requests: asked(arena, &run.id),
    })
}

//! An act on a run's clock: start, stop for an equipment fault, resume, add time, close.

use axum::extract::State;
use kernel::{ErrorCode, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::{ContestId, RunId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, Signed};

use super::{must_take_marks, place_of, presides, run_in, words};
use crate::arena::Arena;
use crate::clock::RunClock;
use crate::event::{ClockAct, Happened};
use crate::{ContestRoom, log};

/// An hour at a time is more than any fault is worth.
const ADD_MS_MOST: i64 = 3_600_000;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOnClock {
    pub act: ClockAct,
    /// Needed for `stop` and `add_time`.
    pub reason: Option<String>,
    /// With `add_time`, up to an hour.
    pub add_ms: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ClockSeen {
    pub run: RunId,
    pub state: String,
    pub elapsed_ms: i64,
    pub added_ms: i64,
    pub position: i64,
}

/// What the clock's state doesn't allow is refused and changes nothing.
#[utoipa::path(post, path = "/api/contests/{contest}/runs/{run}/clock", tag = "judging", params(ContestId, RunId), request_body = ActOnClock, responses((status = 200, body = ClockSeen)))]
pub async fn act(
    State(room): State<ContestRoom>,
    signed: Signed,
    key: IdempotencyKey,
    Path((contest, run)): Path<(ContestId, RunId)>,
    Json(wanted): Json<ActOnClock>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    {
        let arena = floor.arena();
        let planned = run_in(&arena, &run)?;
        if !presides(&signed, &contest) {
            signed.must_hold(&[Role::VenueOperator], &place_of(&arena, planned))?;
        }
    }
    let reason = words("reason", wanted.reason.as_ref(), 500)?;
    let add_ms = must_be_whole(wanted.act, reason.as_ref(), wanted.add_ms)?;
    let happened = Happened::Clock { run: run.clone(), act: wanted.act, reason, add_ms };
    let (hall, floor_ref, contest, run, happened, account) =
        (&room.hall, &floor, &contest.0, &run, &happened, &signed.0.account);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            let (clock, acts, added_ms) = {
                let arena = floor_ref.arena();
                let clock = after(&arena, run, wanted.act, now)?;
                let state = arena.runs.get(&run.0).ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
                (clock, state.acts, state.added_ms)
            };
            // The n-th act on this clock: of two at once, the second is refused by the log.
            let subject = format!("{}/{acts}", **run);
            let position = match log::append(tx, contest, now, Some(account), &subject, happened).await {
                Err(error) if error.is_unique() => return Err(ErrorCode::Stale.into()),
                written => written?,
            };
            Answer::ok(&ClockSeen {
                run: run.clone(),
                state: clock.state().to_owned(),
                elapsed_ms: clock.elapsed_ms(now),
                added_ms: added_ms + add_ms,
                position,
            })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// Stopping and adding time need a reason, and adding time says how much; what that is, of each act.
pub(crate) fn must_be_whole(act: ClockAct, reason: Option<&String>, add_ms: Option<i64>) -> ApiResult<i64> {
    if reason.is_none() && matches!(act, ClockAct::Stop | ClockAct::AddTime) {
        return Err(Problem::invalid("reason", "停表和加时须写明原因", "stopping and adding time need a reason"));
    }
    match (act, add_ms) {
        (ClockAct::AddTime, Some(add_ms)) if (1..=ADD_MS_MOST).contains(&add_ms) => Ok(add_ms),
        (ClockAct::AddTime, _) => Err(Problem::invalid("add_ms", "1 毫秒至 1 小时", "1 ms to an hour")),
        (_, None) => Ok(0),
        (_, Some(_)) => Err(Problem::invalid("add_ms", "只用于加时", "only with add_time")),
    }
}

/// The clock of a run after an act that may be done now: one run at a station, while marks are taken.
pub(crate) fn after(arena: &Arena, run: &kernel::RunId, act: ClockAct, now: Timestamp) -> ApiResult<RunClock> {
    must_take_marks(arena)?;
    let state = arena.runs.get(run).ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
    let is_busy = |other: &kernel::RunId| {
        let clock = arena.runs.get(other).map(|now| now.clock.state());
        *other != *run && matches!(clock, Some("open" | "stopped"))
    };
    let mut at_station = arena.plan.run(run).into_iter().flat_map(|planned| arena.plan.runs_of(&planned.station));
    if act == ClockAct::Start && at_station.any(|other| is_busy(&other.id)) {
        return Err(Problem::new(ErrorCode::RunState)
            .detail("该工位还有未结束的场次", "Another run at this station has not been closed"));
    }
    state.clock.after(act, now).map_err(|refused| {
        Problem::new(ErrorCode::RunState).detail(
            format!("计时处于 {}，不能执行此操作", refused.state),
            format!("The clock is {} and doesn't allow this", refused.state),
        )
    })
}

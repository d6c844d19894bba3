//! An organiser plans when a contest begins and ends, and plans anew while it goes on: with the end moves the freeze of the public board.

use axum::extract::State;
use kernel::{ErrorCode, Text};
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::ToSchema;
use web::audit::Noted;
use web::wire::{ContestId, Timestamp};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use crate::arena::Arena;
use crate::event::{ContestState, Happened};
use crate::{ContestRoom, freeze, log, sql};

/// No contest is planned to go on longer.
const LASTS_MOST_MS: i64 = 366 * 86_400_000;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    pub starts_at: Timestamp,
    /// Null: nobody says.
    pub ends_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Scheduled {
    pub starts_at: Timestamp,
    #[schema(required = true)]
    pub ends_at: Option<Timestamp>,
    /// When the hall stops the public board by itself; null without an end, or where the rule set knows no freeze.
    #[schema(required = true)]
    pub freezes_at: Option<Timestamp>,
}

/// Until a contest is in review. Once it was opened its start stands, and its end lies ahead. The freeze of the public board moves with the
/// end; a board that is frozen already stays so until somebody thaws it.
#[utoipa::path(post, path = "/api/contests/{contest}/schedule", tag = "contest", params(ContestId), request_body = NewSchedule, responses((status = 200, body = Scheduled)))]
pub async fn schedule(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(new): Json<NewSchedule>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, contest, account) = (&room.hall, &floor, &contest.0, &actor.account);
    let (new, request_id) = (&new, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            let (subject, freezes_at) = {
                let arena = floor_ref.arena();
                must_be_open_to_plans(&arena)?;
                let faults = faults_of(&arena, new, now);
                if !faults.is_empty() {
                    let problem = Problem::new(ErrorCode::Invalid);
                    return Err(faults
                        .into_iter()
                        .fold(problem, |problem, (path, says)| problem.field_text(path, says)));
                }
                let freezes_at = new.ends_at.as_ref().and_then(|end| freeze::moment_before(&arena, end.0));
                (format!("schedule-{}", arena.position), freezes_at)
            };
            let ends_at = new.ends_at.as_ref().map(|at| at.0);
            tx.exec(sql::SCHEDULE, &args![contest, new.starts_at.0, ends_at]).await?;
            let happened = Happened::PlanChanged { what: "schedule".to_owned(), count: 0 };
            log::append(tx, contest, now, Some(account), &subject, &happened).await?;
            let (subject, account) = (Some(contest.as_str()), Some(account));
            web::audit::note(tx, &Noted { at: now, account, act: "contest.scheduled", subject, request_id }).await?;
            Answer::ok(&Scheduled {
                starts_at: new.starts_at.clone(),
                ends_at: new.ends_at.clone(),
                freezes_at: freezes_at.map(Into::into),
            })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

fn must_be_open_to_plans(arena: &Arena) -> ApiResult<()> {
    match arena.state {
        ContestState::Draft | ContestState::Live | ContestState::Frozen => Ok(()),
        ContestState::Review | ContestState::Final => Err(Problem::new(ErrorCode::ContestNotOpen).detail(
            format!("赛事处于 {}，时间安排不能再改", arena.state.code()),
            format!("The contest is {}: there is nothing left to plan", arena.state.code()),
        )),
    }
}

fn faults_of(arena: &Arena, new: &NewSchedule, now: kernel::Timestamp) -> Vec<(String, Text)> {
    let mut faults = Vec::new();
    let begun = arena.state != ContestState::Draft;
    if begun && new.starts_at.0 != arena.plan.starts_at {
        let says = Text::new("赛事已经开始，开始时间不能再改", "the contest has begun: its start stands");
        faults.push(("starts_at".to_owned(), says));
    }
    let ends_at = new.ends_at.as_ref().map(|at| at.0);
    faults.extend(fault_of_end(new.starts_at.0, ends_at, freeze::before_end_ms(&arena.plan)));
    if begun && faults.is_empty() && ends_at.is_some_and(|end| end <= now) {
        let says = Text::new("结束时间须在现在之后", "the end lies ahead of now");
        faults.push(("ends_at".to_owned(), says));
    }
    faults
}

/// What is wrong with an end, by itself: with which start it can't go, and with which freeze.
pub(super) fn fault_of_end(
    start: kernel::Timestamp,
    end: Option<kernel::Timestamp>,
    freeze_ms: Option<i64>,
) -> Option<(String, Text)> {
    let lasts_ms = end?.millis_since(start);
    let says = match freeze_ms {
        _ if lasts_ms <= 0 => Text::new("结束时间须晚于开始时间", "the end comes after the start"),
        _ if lasts_ms > LASTS_MOST_MS => Text::new("最多 366 天", "at most 366 days after the start"),
        Some(freeze_ms) if freeze_ms >= lasts_ms => {
            let minutes = freeze_ms / 60_000;
            Text::new(
                format!("规则集规定结束前 {minutes} 分钟封榜，公众榜会从一开始就不动"),
                format!("the rule set freezes the public board {minutes} min before the end: it would never move"),
            )
        }
        _ => return None,
    };
    Some(("ends_at".to_owned(), says))
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;

    #[test]
    fn an_end_goes_with_its_start_and_its_freeze() {
        let fault = |end: i64, freeze_ms: Option<i64>| {
            let start = Timestamp::from_millis(1_000);
            fault_of_end(start, Some(start.plus_millis(end)), freeze_ms).map(|(_, says)| says.en)
        };
        assert_eq!(fault_of_end(Timestamp::from_millis(0), None, Some(60_000)), None);
        for (end, freeze_ms, says) in [
            (0, None, Some("comes after")),
            (-1, Some(60_000), Some("comes after")),
            (1, None, None),
            (60_000, Some(60_000), Some("never move")),
            (60_001, Some(60_000), None),
            (LASTS_MOST_MS, None, None),
            (LASTS_MOST_MS + 1, None, Some("366 days")),
            (i64::MAX, None, Some("366 days")),
        ] {
            let found = fault(end, freeze_ms);
            assert_eq!(found.is_some(), says.is_some(), "{end} {freeze_ms:?}: {found:?}");
            assert!(says.is_none_or(|says| found.is_some_and(|found| found.contains(says))), "{end} {freeze_ms:?}");
        }
    }
}

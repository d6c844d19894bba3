//! A judge falls ill, or has to go: the chief judge or an organiser excuses him, and takes him back when he can go on. From the act on his
//! unmarked seats are the next judge's ([`crate::panel`]); what he has marked stands.

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{AccountId, ContestId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::words;
use crate::arena::Arena;
use crate::event::{ContestState, Happened};
use crate::panel::Panel;
use crate::{ContestRoom, log};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Excuse {
    pub reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeBack {
    pub reason: Option<String>,
}

/// Whether a judge is excused by now.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgeStands {
    pub judge: AccountId,
    pub excused: bool,
    /// Where the log stood then.
    pub position: i64,
    /// Marks that nobody can give while he is away: of runs that are not marked to their end, and of those to come.
    pub unmanned: u32,
}

/// His seats on what he has not marked go to the next in turn from now on; `unmanned` counts those that nobody can take. Who is excused already stays so, and nothing is written.
#[utoipa::path(post, path = "/api/contests/{contest}/judges/{account}/excuse", tag = "judging", operation_id = "excuse_judge", params(ContestId, AccountId), request_body = Excuse, responses((status = 200, body = JudgeStands)))]
pub async fn excuse(
    State(room): State<ContestRoom>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, account)): Path<(ContestId, AccountId)>,
    Json(wanted): Json<Excuse>,
) -> ApiResult<Answer> {
    let Some(reason) = words("reason", Some(&wanted.reason), 500)? else {
        return Err(Problem::invalid("reason", "请写明原因", "say why"));
    };
    let happened = Happened::JudgeExcused { judge: account.clone(), reason };
    stand(&room, &signed, &request_id, &key, (&contest, &account), &happened).await
}

/// He marks again: what is still empty in his turn. Who is not excused stays as he is.
#[utoipa::path(post, path = "/api/contests/{contest}/judges/{account}/return", tag = "judging", operation_id = "return_judge", params(ContestId, AccountId), request_body = TakeBack, responses((status = 200, body = JudgeStands)))]
pub async fn take_back(
    State(room): State<ContestRoom>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, account)): Path<(ContestId, AccountId)>,
    Json(wanted): Json<TakeBack>,
) -> ApiResult<Answer> {
    let reason = words("reason", wanted.reason.as_ref(), 500)?;
    let happened = Happened::JudgeReturned { judge: account.clone(), reason };
    stand(&room, &signed, &request_id, &key, (&contest, &account), &happened).await
}

async fn stand(
    room: &ContestRoom,
    signed: &Signed,
    request_id: &RequestId,
    key: &IdempotencyKey,
    (contest, judge): (&ContestId, &AccountId),
    happened: &Happened,
) -> ApiResult<Answer> {
    let floor = room.floor(contest).await?;
    let (hall, floor_ref, account) = (&room.hall, &floor, &signed.0.account);
    let (excused, act) = match happened {
        Happened::JudgeExcused { .. } => (true, "judge.excused"),
        _ => (false, "judge.returned"),
    };
    let answer = web::write(hall, key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            let (nth, position, unmanned) = {
                let arena = floor_ref.arena();
                must_judge_here(&arena, judge)?;
                let stands = arena.absences.now(judge).is_some() == excused;
                let unmanned = if excused { unmanned_without(&arena, judge) } else { 0 };
                ((!stands).then(|| arena.absences.acts(judge)), arena.position, unmanned)
            };
            let Some(nth) = nth else {
                return Answer::ok(&JudgeStands { judge: judge.clone(), excused, position, unmanned });
            };
            let subject = format!("{}/{nth}", **judge);
            let position = log::append(tx, contest, now, Some(account), &subject, happened).await?;
            let subject = format!("{} {}", **contest, **judge);
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(&subject), request_id })
                .await?;
            Answer::ok(&JudgeStands { judge: judge.clone(), excused, position, unmanned })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// Seats on his panels that nobody can take when he is away.
fn unmanned_without(arena: &Arena, judge: &AccountId) -> u32 {
    let scheme = arena.board.scheme();
    let his = arena.plan.runs.iter().filter(|run| arena.plan.panel(run).any(|seat| seat.account == judge.0));
    his.filter_map(|run| Some((run, scheme.module_ix(&run.module)?)))
        .map(|(run, module)| {
            let panel = Panel::without(arena, run, judge);
            scheme.aspects_of(module).map(|(aspect, _)| panel.empty_seats(aspect)).sum::<u32>()
        })
        .sum()
}

/// A judge of this contest, while there is something to mark.
fn must_judge_here(arena: &Arena, judge: &AccountId) -> ApiResult<()> {
    if arena.plan.judge(judge).is_none() {
        return Err(Problem::not_found(
            format!("本场没有这名裁判：{}", **judge),
            format!("{} is no judge of this contest", **judge),
        ));
    }
    if arena.state == ContestState::Final {
        return Err(Problem::new(ErrorCode::ContestNotOpen).detail("赛事已定榜", "The contest is final"));
    }
    Ok(())
}

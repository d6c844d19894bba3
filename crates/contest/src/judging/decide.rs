//! A person confirms or rejects a verdict that waits. He never edits it.

use std::collections::BTreeSet;

use axum::extract::State;
use kernel::{AccountId, Actor, ErrorCode, Role};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use web::wire::{ContestId, VerdictId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, Signed};

use super::{must_take_marks, presides, words};
use crate::arena::{Arena, VerdictNow};
use crate::event::{Decision, Happened};
use crate::floor::Floor;
use crate::recusal::{self, Act};
use crate::sheet::is_still_hidden;
use crate::{ContestRoom, archived, log};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    pub decision: Decision,
    /// Needed to reject.
    pub reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    pub verdict: VerdictId,
    pub decision: Decision,
    pub position: i64,
}

/// By the chief judge, or by a judge of the run's panel; by nobody whom the contest's rules keep from the competitor.
#[utoipa::path(post, path = "/api/contests/{contest}/verdicts/{verdict}/decision", tag = "judging", params(ContestId, VerdictId), request_body = Decide, responses((status = 200, body = Decided)))]
pub async fn decide(
    State(room): State<ContestRoom>,
    signed: Signed,
    key: IdempotencyKey,
    Path((contest, verdict)): Path<(ContestId, VerdictId)>,
    Json(wanted): Json<Decide>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let presides = presides(&signed, &contest);
    let reason = words("reason", wanted.reason.as_ref(), 500)?;
    if wanted.decision == Decision::Reject && reason.is_none() {
        return Err(Problem::invalid("reason", "驳回须写明理由", "say why it is rejected"));
    }
    let happened = Happened::Decided { verdict: verdict.clone(), decision: wanted.decision, reason };
    let (hall, floor_ref, contest, verdict, happened, account) =
        (&room.hall, &floor, &contest.0, &verdict, &happened, &signed.0.account);
    let (decision, person, actor) = (wanted.decision, &signed.0.person, &signed.0);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            if presides {
                must_stand_apart(tx, floor_ref, verdict, actor).await?;
            }
            {
                let arena = floor_ref.arena();
                let seen = arena.verdicts.get(&verdict.0).filter(|found| presides || !is_still_hidden(&arena, found));
                let found = seen.ok_or_else(|| {
                    Problem::not_found(
                        format!("没有这个判定：{}", **verdict),
                        format!("There is no verdict {}", **verdict),
                    )
                })?;
                if !presides {
                    must_decide_here(&arena, found, account)?;
                }
                must_take_marks(&arena)?;
                must_wait(found, decision)?;
            }
            let position = match log::append(tx, contest, now, Some(account), verdict.as_str(), happened).await {
                Err(error) if error.is_unique() => return Err(ErrorCode::VerdictDecided.into()),
                written => written?,
            };
            let statement = archived::of_decision(&floor_ref.arena(), happened, person, now);
            archived::keep(tx, statement.as_ref(), now).await?;
            Answer::ok(&Decided { verdict: verdict.clone(), decision, position })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// Who presides decides on nobody of his own enterprise or union; of a panel he would be no judge either.
pub(super) async fn must_stand_apart(
    tx: &mut Tx<'_>,
    floor: &Floor,
    verdict: &VerdictId,
    actor: &Actor,
) -> ApiResult<()> {
    let (plan, entry) = {
        let arena = floor.arena();
        (arena.plan.clone(), arena.verdicts.get(&verdict.0).map(|found| found.entry))
    };
    let Some(entry) = entry else { return Ok(()) };
    let act = Act { entry, hands: BTreeSet::new(), no_judges: false, before: None, roles: &[Role::ChiefJudge] };
    recusal::must_be_free(tx, &plan, actor, &act).await
}

/// A verdict that waits for this decision.
pub(crate) fn must_wait(found: &VerdictNow, decision: Decision) -> ApiResult<()> {
    if found.by_hand && found.decided_by.is_none() {
        return Err(Problem::new(ErrorCode::VerdictDecided).detail(
            "该项已由裁判手工评分，不再按判定计分",
            "A judge has marked this by hand, which stands in place of the verdict",
        ));
    }
    if !found.waits() {
        return Err(ErrorCode::VerdictDecided.into());
    }
    if found.outcome == crate::event::Outcome::Undecided && decision == Decision::Confirm {
        return Err(Problem::invalid(
            "decision",
            "数据缺失，无法确认；请手工评分，或驳回",
            "data was missing, so there is nothing to confirm: mark it by hand, or reject",
        ));
    }
    Ok(())
}

/// A judge of the run's panel who has not been excused.
fn must_decide_here(arena: &Arena, verdict: &VerdictNow, account: &AccountId) -> ApiResult<()> {
    if let Some(run) = arena.plan.run(&verdict.run) {
        super::submit::must_be_on_panel(arena, run, account)?;
    }
    if arena.absences.now(account).is_some() {
        return Err(Problem::new(ErrorCode::NotOnPanel).detail("您已被准予离场", "You are excused"));
    }
    Ok(())
}

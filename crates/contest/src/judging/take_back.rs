//! A verdict that counted is taken back: the sensor was wrong, or the rule fitted ill. Those after it stand as they were found.

use axum::extract::State;
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{ContestId, VerdictId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::decide::must_stand_apart;
use super::{must_take_marks, words};
use crate::arena::{Arena, VerdictNow};
use crate::event::Happened;
use crate::sheet::{VerdictSeen, seen};
use crate::{ContestRoom, archived, log};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeVerdictBack {
    pub reason: String,
}

/// By the chief judge, unless the contest's rules keep him from the competitor, once: what was taken back stays so. Answers 409 `verdict_not_counted` for a verdict that waits, was rejected, is shadow only, was amended by samples that came late, or in whose place a mark by hand stands.
#[utoipa::path(post, path = "/api/contests/{contest}/verdicts/{verdict}/take-back", tag = "judging", operation_id = "take_verdict_back", params(ContestId, VerdictId), request_body = TakeVerdictBack, responses((status = 200, body = VerdictSeen)))]
pub async fn take_back(
    State(room): State<ContestRoom>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, verdict)): Path<(ContestId, VerdictId)>,
    Json(wanted): Json<TakeVerdictBack>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    found(&floor.arena(), &verdict)?;
    let Some(reason) = words("reason", Some(&wanted.reason), 500)? else {
        return Err(Problem::invalid("reason", "撤回须写明理由", "say why it is taken back"));
    };
    let happened = Happened::VerdictTakenBack { verdict: verdict.clone(), reason: reason.clone() };
    let (hall, floor_ref, contest, verdict, happened, request_id) =
        (&room.hall, &floor, &contest.0, &verdict, &happened, &request_id);
    let (account, person, actor, reason) = (&signed.0.account, &signed.0.person, &signed.0, &reason);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            must_stand_apart(tx, floor_ref, verdict, actor).await?;
            let (taken_back, statement) = {
                let arena = floor_ref.arena();
                must_take_marks(&arena)?;
                let found = found(&arena, verdict)?;
                must_count(found)?;
                let mut seen = seen(&arena, found);
                (seen.standing, seen.taken_back, seen.waits) =
                    (marking::Standing::Rejected.code().to_owned(), true, false);
                seen.reason = Some(reason.clone());
                (seen, archived::of_taken_back(&arena, happened, person, now))
            };
            match log::append(tx, contest, now, Some(account), verdict.as_str(), happened).await {
                Err(error) if error.is_unique() => return Err(ErrorCode::VerdictNotCounted.into()),
                written => written?,
            };
            archived::keep(tx, statement.as_ref(), now).await?;
            let subject = format!("{contest} {}", **verdict);
            let act = "verdict.taken_back";
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(&subject), request_id })
                .await?;
            Answer::ok(&taken_back)
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

fn found<'a>(arena: &'a Arena, verdict: &VerdictId) -> ApiResult<&'a VerdictNow> {
    arena.verdicts.get(&verdict.0).ok_or_else(|| {
        Problem::not_found(format!("没有这个判定：{}", **verdict), format!("There is no verdict {}", **verdict))
    })
}

pub(crate) fn must_count(found: &VerdictNow) -> ApiResult<()> {
    if found.counts() {
        return Ok(());
    }
    let (zh, en) = if found.by_hand {
        (
            "该项已由裁判手工评分，不再按判定计分",
            "A judge has marked this by hand, which stands in place of the verdict",
        )
    } else if found.waits() {
        ("该判定待处理，请确认或驳回", "This verdict waits: confirm or reject it")
    } else if found.taken_back {
        ("该判定已撤回", "This verdict has been taken back already")
    } else if found.standing == marking::Standing::Amended {
        ("迟到的数据已使该判定不再成立", "Samples that came late have shown that this verdict does not hold")
    } else if found.standing == marking::Standing::Rejected {
        ("该判定已驳回", "This verdict was rejected")
    } else {
        ("该判定只作试行记录，不计分", "This verdict is recorded only and doesn't count")
    };
    Err(Problem::new(ErrorCode::VerdictNotCounted).detail(zh, en))
}

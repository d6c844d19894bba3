//! An arbitrator decides an appeal: with a reason, and with corrections where it is upheld.

use std::collections::HashSet;

use axum::extract::State;
use kernel::{Actor, ErrorCode, MarkId, Role, Text as KernelText};
use serde::Deserialize;
use store::{Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{AppealId, ContestId, Mark};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::now::AppealNow;
use super::seen::{AppealSeen, Reads, seen};
use crate::arena::{Arena, Logged, Touched};
use crate::correction::{self, Correcting};
use crate::event::{AppealDecision, Because, ContestState, Happened};
use crate::judging::words;
use crate::recusal::{self, Act};
use crate::{ContestRoom, archived, log, sql};

const REASON_MOST: usize = 2000;
/// The reason of a single mark is read by the public beside it.
const CORRECTION_REASON_MOST: usize = 500;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerAppeal {
    pub decision: AppealDecision,
    pub reason: String,
    /// What the marks are from now on: of appealed aspects, none where it is rejected.
    #[serde(default)]
    pub corrections: Vec<CorrectMark>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectMark {
    pub aspect: String,
    pub marks: Mark,
    pub reason: String,
}

/// By an arbitrator who is no judge of this contest, whom the contest's rules don't keep from the competitor, and who had no part in the marks; in the second instance by another one than in the first. Corrections after publication take the contest back to review.
#[utoipa::path(post, path = "/api/contests/{contest}/appeals/{appeal}/answer", tag = "appeals", operation_id = "answer_appeal", params(ContestId, AppealId), request_body = AnswerAppeal, responses((status = 200, body = AppealSeen)))]
pub async fn answer(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, appeal)): Path<(ContestId, AppealId)>,
    Json(wanted): Json<AnswerAppeal>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let Some(reason) = words("reason", Some(&wanted.reason), REASON_MOST)? else {
        return Err(Problem::invalid("reason", "请写明裁决理由", "say why it is decided so"));
    };
    let (hall, floor_ref, contest, actor_ref, appeal, wanted, reason, request_id) =
        (&room.hall, &floor, &contest.0, &actor, &appeal, &wanted, &reason, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let mut arena = floor_ref.arena().clone();
            let found = arena.appeals.get(appeal).cloned();
            let found = found.ok_or_else(|| Problem::not_found("没有这一申诉", "There is no such appeal"))?;
            if let Some(answer) = &found.answer {
                return Err(Problem::new(ErrorCode::AppealState)
                    .detail(format!("{} 已作出裁决", answer.by), format!("{} has decided it", answer.by)));
            }
            if found.withdrawn_at.is_some() {
                return Err(Problem::new(ErrorCode::AppealState).detail("申诉已撤回", "The appeal was withdrawn"));
            }
            must_be_impartial(tx, &arena, &found, actor_ref).await?;
            let corrections = check(hall, &arena, &found, wanted)?;
            let (now, account) = (hall.now(), &actor_ref.account);
            let happened = Happened::AppealAnswered {
                appeal: appeal.clone(),
                decision: wanted.decision,
                reason: reason.clone(),
                corrections: corrections.iter().map(|it| it.id.clone().into()).collect(),
                by: tx.one(sql::PERSON_NAME, &args![&actor_ref.person]).await?.get("name")?,
            };
            let mut events = vec![(appeal.to_string(), happened)];
            if arena.state == ContestState::Final && !corrections.is_empty() {
                let reason = Some(format!("申诉成立，成绩更正 / corrected on appeal {}", **appeal));
                let happened = Happened::State { to: ContestState::Review, reason, left_open: None };
                events.push((format!("final-{}", **appeal), happened));
            }
            for (subject, happened) in events {
                let position = log::append(tx, contest, now, Some(account), &subject, &happened).await?;
                let logged = Logged { position, at: now, subject, account: Some(account.clone()), happened };
                arena.fold(&logged, &mut Touched::default());
            }
            let because = Because::Appeal { appeal: appeal.clone() };
            correction::append(tx, &mut arena, (found.entry, &corrections), &because, actor_ref, now).await?;
            if arena.state == ContestState::Final {
                // A prize that waited for this answer is given now.
                archived::keep_all(tx, &archived::of_settled_prizes(&arena), now).await?;
            }
            let (act, about) = ("appeal.answered", format!("{contest} {}", **appeal));
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(&about), request_id }).await?;
            let answered = arena.appeals.get(appeal).and_then(|appeal| seen(&arena, appeal, Reads::ByNumber, now));
            Answer::ok(&answered.ok_or_else(|| Problem::new(ErrorCode::Internal))?)
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// Whoever decides has nothing to do with the marks or with the competitor, be it by another login.
async fn must_be_impartial(tx: &mut Tx<'_>, arena: &Arena, appeal: &AppealNow, actor: &Actor) -> ApiResult<()> {
    let before = appeal.first.as_ref().and_then(|first| arena.appeals.get(first)?.answer.as_ref()?.account.clone());
    let hands = arena.hands_on(appeal.entry, |it| appeal.aspects.contains(&it));
    let act = Act { entry: appeal.entry, hands, no_judges: true, before, roles: &[Role::Arbitrator] };
    recusal::must_be_free(tx, &arena.plan, actor, &act).await
}

/// All faults, each at its field.
fn check(hall: &Hall, arena: &Arena, appeal: &AppealNow, wanted: &AnswerAppeal) -> ApiResult<Vec<Correcting>> {
    if wanted.decision == AppealDecision::Rejected && !wanted.corrections.is_empty() {
        return Err(Problem::invalid(
            "corrections",
            "驳回申诉时不能更正得分",
            "where an appeal is rejected nothing is corrected",
        ));
    }
    let mut seen = HashSet::new();
    let mut problem: Option<Problem> = None;
    let mut corrections = Vec::with_capacity(wanted.corrections.len());
    for (at, correct) in wanted.corrections.iter().enumerate() {
        match check_one(arena, appeal, correct, seen.insert(correct.aspect.as_str())) {
            Ok(reason) => corrections.push(Correcting {
                id: hall.fresh::<MarkId>(),
                aspect: correct.aspect.clone(),
                marks: correct.marks.0,
                reason,
            }),
            Err((code, field, says)) => {
                let so_far = problem.unwrap_or_else(|| Problem::new(code));
                problem = Some(so_far.field_text(format!("corrections[{at}].{field}"), says));
            }
        }
    }
    problem.map_or(Ok(corrections), Err)
}

type Fault = (ErrorCode, &'static str, KernelText);

/// The reason, trimmed.
fn check_one(arena: &Arena, appeal: &AppealNow, correct: &CorrectMark, is_first: bool) -> Result<String, Fault> {
    let of = |code: ErrorCode, field| (code, field, KernelText::new(code.entry().what_zh, code.entry().what_en));
    let aspect = arena.aspect(&correct.aspect).filter(|aspect| appeal.aspects.contains(aspect));
    let aspect = aspect.ok_or_else(|| {
        let says = KernelText::new("该项不在申诉之列", "the appeal is not about this aspect");
        (ErrorCode::MarkUnknownAspect, "aspect", says)
    })?;
    if !is_first {
        let says = KernelText::new("同一评分项出现两次", "the same aspect is there twice");
        return Err((ErrorCode::Conflict, "aspect", says));
    }
    let max = arena.board.scheme().aspect(aspect).map(|aspect| aspect.max).unwrap_or_default();
    if correct.marks.0 < kernel::Mark::ZERO || correct.marks.0 > max {
        return Err(of(ErrorCode::MarkOutOfRange, "marks"));
    }
    if arena.board.aspect(appeal.entry, aspect).mark == Some(correct.marks.0) {
        let says = KernelText::new("与现有得分相同，不是更正", "that is the mark as it stands, and no correction");
        return Err((ErrorCode::Invalid, "marks", says));
    }
    words("reason", Some(&correct.reason), CORRECTION_REASON_MOST).ok().flatten().ok_or_else(|| {
        let says = KernelText::new(
            format!("请写明理由，最多 {CORRECTION_REASON_MOST} 个字"),
            format!("say why, in at most {CORRECTION_REASON_MOST} characters"),
        );
        (ErrorCode::CorrectionNeedsReason, "reason", says)
    })
}

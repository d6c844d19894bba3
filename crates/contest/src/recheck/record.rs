//! An entry was looked at: what was found other than it stood is counted, and what is wrong is corrected, all in one transaction.

use std::collections::HashSet;

use axum::extract::State;
use kernel::{ErrorCode, MarkId, Role, Text as KernelText};
use marking::{EntryIx, Finding};
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{ContestId, EntryId, Mark};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::sheet::wanted;
use super::show::shown;
use crate::arena::{Arena, Logged, Touched};
use crate::correction::{self, Correcting};
use crate::event::{Because, ContestState, FoundMark, Happened};
use crate::judging::words;
use crate::recusal::{self, Act};
use crate::{ContestRoom, log, sql};

const DIFFERENCES_MOST: usize = 500;
const REASON_MOST: usize = 500;
const RECHECKERS: [Role; 2] = [Role::ChiefJudge, Role::Supervisor];

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordRecheck {
    /// Marks that were found to be others; none: every mark is right.
    pub differences: Vec<Found>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Found {
    pub aspect: String,
    pub found: Mark,
    pub reason: String,
}

/// By the chief judge or the supervisor, once for each entry, and by nobody who had a part in its marks, or whom the contest's rules keep from the competitor. A difference beyond the rule set's tolerance is an error and becomes a correction.
#[utoipa::path(post, path = "/api/contests/{contest}/recheck/entries/{entry}", tag = "recheck", operation_id = "record_recheck", params(ContestId, EntryId), request_body = RecordRecheck, responses((status = 200, body = super::show::RecheckShown)))]
pub async fn record(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, entry)): Path<(ContestId, EntryId)>,
    Json(said): Json<RecordRecheck>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    if said.differences.len() > DIFFERENCES_MOST {
        let (zh, en) = (format!("最多 {DIFFERENCES_MOST} 项"), format!("at most {DIFFERENCES_MOST}"));
        return Err(Problem::invalid("differences", zh, en));
    }
    let (hall, floor_ref, contest, actor_ref, entry, said, request_id) =
        (&room.hall, &floor, &contest.0, &actor, &entry, &said, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let mut arena = floor_ref.arena().clone();
            let (ix, recheck) = must_be_open(&arena, entry)?;
            let hands = arena.hands_on(ix, |_| true);
            let act = Act { entry: ix, hands, no_judges: false, before: None, roles: &RECHECKERS };
            recusal::must_be_free(tx, &arena.plan, actor_ref, &act).await?;
            let differences = check(hall, &arena, ix, &said.differences)?;
            let (now, account) = (hall.now(), &actor_ref.account);
            let by: String = tx.one(sql::PERSON_NAME, &args![&actor_ref.person]).await?.get("name")?;
            let corrections: Vec<Correcting> = differences
                .iter()
                .filter_map(|it| {
                    let marks = kernel::Mark::from_hundredths(it.found);
                    Some(Correcting {
                        id: it.correction.clone()?.0,
                        aspect: it.aspect.clone(),
                        marks,
                        reason: it.reason.clone(),
                    })
                })
                .collect();
            let marks = arena.rechecked(ix).count() as u32;
            let happened = Happened::EntryRechecked { entry: entry.clone(), marks, differences, by };
            let subject = format!("{recheck}/{}", **entry);
            let position = log::append(tx, contest, now, Some(account), &subject, &happened).await?;
            let logged = Logged { position, at: now, subject, account: Some(account.clone()), happened };
            arena.fold(&logged, &mut Touched::default());
            let because = Because::Recheck { recheck };
            correction::append(tx, &mut arena, (ix, &corrections), &because, actor_ref, now).await?;
            let (act, about) = ("recheck.entry", format!("{contest} {}", **entry));
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(&about), request_id }).await?;
            let own = recusal::belonging(tx, &actor_ref.person).await?;
            Answer::ok(&shown(&arena, account, &own))
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// The entry, and where the recheck was ordered.
fn must_be_open(arena: &Arena, entry: &EntryId) -> ApiResult<(EntryIx, i64)> {
    if arena.state != ContestState::Review {
        return Err(Problem::new(ErrorCode::ContestNotOpen).detail(
            format!("赛事处于 {}，只有复核阶段可以登记核查结果", arena.state.code()),
            format!("The contest is {}; marks are rechecked while it is in review", arena.state.code()),
        ));
    }
    let Some(recheck) = &arena.recheck else {
        return Err(
            Problem::new(ErrorCode::RecheckState).detail("尚未下达成绩核查", "The recheck has not been ordered")
        );
    };
    let ix = wanted(arena, entry)?;
    if let Some(done) = recheck.done.get(&ix) {
        return Err(Problem::new(ErrorCode::RecheckState)
            .detail(format!("该选手已由 {} 核查", done.by), format!("{} has rechecked this entry", done.by)));
    }
    Ok((ix, recheck.position))
}

/// All faults, each at its field.
fn check(hall: &Hall, arena: &Arena, entry: EntryIx, differences: &[Found]) -> ApiResult<Vec<FoundMark>> {
    let mut seen = HashSet::new();
    let mut problem: Option<Problem> = None;
    let mut found = Vec::with_capacity(differences.len());
    for (at, difference) in differences.iter().enumerate() {
        let checked = check_one(arena, entry, difference, seen.insert(difference.aspect.as_str()));
        match checked {
            Ok((finding, reason)) => {
                let is_wrong = arena.recheck.as_ref().is_some_and(|recheck| recheck.rule.is_wrong(finding));
                found.push(FoundMark {
                    aspect: difference.aspect.clone(),
                    given: finding.given.hundredths(),
                    found: finding.found.hundredths(),
                    reason,
                    correction: is_wrong.then(|| hall.fresh::<MarkId>().into()),
                });
            }
            Err((code, field, says)) => {
                let so_far = problem.unwrap_or_else(|| Problem::new(code));
                problem = Some(so_far.field_text(format!("differences[{at}].{field}"), says));
            }
        }
    }
    problem.map_or(Ok(found), Err)
}

type Fault = (ErrorCode, &'static str, KernelText);

fn check_one(arena: &Arena, entry: EntryIx, difference: &Found, is_first: bool) -> Result<(Finding, String), Fault> {
    let of = |code: ErrorCode, field| (code, field, KernelText::new(code.entry().what_zh, code.entry().what_en));
    let declared = arena.aspect(&difference.aspect).and_then(|ix| arena.board.scheme().aspect(ix));
    let declared = declared.ok_or_else(|| of(ErrorCode::MarkUnknownAspect, "aspect"))?;
    if !is_first {
        let says = KernelText::new("同一评分项出现两次", "the same aspect is there twice");
        return Err((ErrorCode::Conflict, "aspect", says));
    }
    let given = arena.rechecked(entry).find(|(code, _)| *code == difference.aspect).map(|(_, mark)| mark);
    let given = given.ok_or_else(|| {
        let says = KernelText::new("该项没有得分，无可核查", "this aspect has no mark that could be rechecked");
        (ErrorCode::Invalid, "aspect", says)
    })?;
    let found = difference.found.0;
    if found < kernel::Mark::ZERO || found > declared.max {
        return Err(of(ErrorCode::MarkOutOfRange, "found"));
    }
    if found == given {
        let says = KernelText::new("与现有得分相同，不是差异", "that is the mark as it stands, and no difference");
        return Err((ErrorCode::Invalid, "found", says));
    }
    let reason = words("reason", Some(&difference.reason), REASON_MOST).ok().flatten().ok_or_else(|| {
        let says = KernelText::new(
            format!("请写明理由，最多 {REASON_MOST} 个字"),
            format!("say why, in at most {REASON_MOST} characters"),
        );
        (ErrorCode::CorrectionNeedsReason, "reason", says)
    })?;
    Ok((Finding { given, found }, reason))
}

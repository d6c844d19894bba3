//! A judge submits marks: all of them or none.
//!
//! What is checked against the contest as it stands happens inside the transaction; writes run one after another, so two tablets can't both
//! be right about the same sheet.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use kernel::{AccountId, ErrorCode, Text as KernelText};
use marking::{AspectIx, AspectKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::{ContestId, Mark, MarkId, RunId, Timestamp};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, Signed};

use super::{must_take_marks, words};
use crate::arena::{Arena, VerdictNow};
use crate::by_hand::{self, Unanswered};
use crate::event::{Happened, MarkValue, Outcome};
use crate::panel::Panel;
use crate::plan::PlannedRun;
use crate::{ContestRoom, archived, log};

const MARKS_MOST: usize = 200;
const NOTE_MOST: usize = 1000;
const CLOCK_OFF_MS_MOST: i64 = 5 * 60_000;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// 1 to 200 marks, of one or several sheets.
    pub marks: Vec<SubmittedMark>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmittedMark {
    /// Made by the tablet: `mrk_` and 20 characters. Sending the same id again is harmless.
    pub id: MarkId,
    pub run: RunId,
    pub aspect: String,
    pub round: u32,
    pub value: MarkValue,
    pub note: Option<String>,
    /// The mark that this one corrects.
    pub replaces: Option<MarkId>,
    /// Why it is corrected; needed with `replaces`.
    pub reason: Option<String>,
    /// The tablet's time.
    pub at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Submitted {
    pub accepted: Vec<Accepted>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    pub id: MarkId,
    pub aspect: String,
    /// What the value is worth.
    pub given: Mark,
    /// Where it stands in the contest's log.
    pub position: i64,
}

/// Takes all marks or none; each fault is named by its field.
#[utoipa::path(post, path = "/api/contests/{contest}/marks", tag = "judging", params(ContestId), request_body = Submission, responses((status = 200, body = Submitted)))]
pub async fn submit(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(submission): Json<Submission>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    if submission.marks.is_empty() || submission.marks.len() > MARKS_MOST {
        return Err(Problem::invalid("marks", "一次提交 1 至 200 项", "submit 1 to 200 marks at a time"));
    }
    let (hall, floor_ref, contest, marks) = (&room.hall, &floor, &contest.0, &submission.marks);
    let (account, judge) = (&actor.account, &actor.person);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            let checked = check_all(&floor_ref.arena(), account, marks, now)?;
            let mut accepted = Vec::with_capacity(checked.len());
            for checked in checked {
                let subject = checked.id.to_string();
                let position = match checked.known {
                    Some(position) => position,
                    None => {
                        let position =
                            log::append(tx, contest, now, Some(account), &subject, &checked.happened).await?;
                        let statement = archived::of_mark(&floor_ref.arena(), &checked.happened, Some(judge), now);
                        archived::keep(tx, statement.as_ref(), now).await?;
                        position
                    }
                };
                accepted.push(Accepted { id: checked.id, aspect: checked.aspect, given: checked.given, position });
            }
            Answer::ok(&Submitted { accepted })
        })
    })
    .await?;
    floor.judge_here(account);
    floor.caught_up_to_newest().await;
    Ok(answer)
}

struct Checked {
    id: MarkId,
    aspect: String,
    given: Mark,
    happened: Happened,
    /// Where it stands already, when this very mark was taken before.
    known: Option<i64>,
}

/// All faults of all marks, each at its field.
fn check_all(
    arena: &Arena,
    account: &AccountId,
    marks: &[SubmittedMark],
    now: kernel::Timestamp,
) -> ApiResult<Vec<Checked>> {
    // A mark that was taken stays taken; who asks again after the end is told so.
    if marks.iter().any(|mark| !arena.marks.contains_key(&mark.id.0)) {
        must_take_marks(arena)?;
    }
    let mut checked = Vec::with_capacity(marks.len());
    let mut ids = HashSet::new();
    let mut sent: HashMap<(&kernel::RunId, &str), &MarkId> = HashMap::new();
    let mut problem: Option<Problem> = None;
    for (at, mark) in marks.iter().enumerate() {
        let found = if ids.insert(&*mark.id) {
            let before = sent.insert((&mark.run, &mark.aspect), &mark.id).map(|id| &id.0);
            check_one(arena, account, mark, before, now)
        } else {
            Err(Fault::at("id", ErrorCode::Invalid, "同一编号出现两次", "the same id is there twice"))
        };
        match found {
            Ok(mark) => checked.push(mark),
            Err(fault) => {
                let so_far = problem.unwrap_or_else(|| Problem::new(fault.code));
                problem = Some(so_far.field_text(format!("marks[{at}].{}", fault.field), fault.says));
            }
        }
    }
    problem.map_or(Ok(checked), Err)
}

pub(crate) struct Fault {
    field: &'static str,
    code: ErrorCode,
    pub says: KernelText,
}

impl Fault {
    fn at(field: &'static str, code: ErrorCode, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field, code, says: KernelText::new(zh, en) }
    }

    fn of(field: &'static str, code: ErrorCode) -> Self {
        let entry = code.entry();
        Self { field, code, says: KernelText::new(entry.what_zh, entry.what_en) }
    }
}

/// `before`: the mark that stands earlier in the same submission on the same aspect.
fn check_one(
    arena: &Arena,
    account: &AccountId,
    mark: &SubmittedMark,
    before: Option<&kernel::MarkId>,
    now: kernel::Timestamp,
) -> Result<Checked, Fault> {
    let id_fits = mark.id.as_str().strip_prefix("mrk_").is_some_and(|tail| tail.len() == 20);
    if !id_fits {
        return Err(Fault::at("id", ErrorCode::Invalid, "应为 mrk_ 加 20 个字符", "must be mrk_ and 20 characters"));
    }
    let (run, aspect) = placed(arena, account, &mark.run, &mark.aspect)?;
    if let Some(known) = arena.marks.get(&mark.id.0) {
        return repeated(mark, known, aspect, account);
    }
    let note = words("note", mark.note.as_ref(), NOTE_MOST).map_err(|_| too_long("note"))?;
    let reason = words("reason", mark.reason.as_ref(), NOTE_MOST).map_err(|_| too_long("reason"))?;
    let given = Given {
        run: &mark.run,
        aspect: &mark.aspect,
        round: mark.round,
        value: &mark.value,
        replaces: mark.replaces.as_ref().map(|replaced| &replaced.0),
        has_reason: reason.is_some(),
    };
    let (worth, opened) = acceptable(arena, account, &given, before, must_have_a_seat)?;
    let marked_at = credible(*mark.at, opened, now);
    Ok(Checked {
        id: mark.id.clone(),
        aspect: mark.aspect.clone(),
        given: Mark(worth),
        known: None,
        happened: Happened::Mark {
            id: mark.id.clone(),
            run: mark.run.clone(),
            entry: run.entry.clone().into(),
            aspect: mark.aspect.clone(),
            round: mark.round,
            value: mark.value.clone(),
            given: worth.hundredths(),
            note,
            replaces: mark.replaces.clone(),
            reason,
            marked_at: marked_at.as_millis(),
            tablet_said: (marked_at != *mark.at).then(|| mark.at.as_millis()),
        },
    })
}

/// A mark as it comes from a tablet, and as it stands in a log.
pub(crate) struct Given<'a> {
    pub run: &'a kernel::RunId,
    pub aspect: &'a str,
    pub round: u32,
    pub value: &'a MarkValue,
    pub replaces: Option<&'a kernel::MarkId>,
    pub has_reason: bool,
}

/// Whether somebody may mark an aspect of a run, as far as seats go.
type Seated = fn(&Arena, &PlannedRun, AspectIx, &AccountId) -> Result<(), Fault>;

/// A run that he marks, and an aspect of its module.
fn placed<'a>(
    arena: &'a Arena,
    account: &AccountId,
    run: &kernel::RunId,
    code: &str,
) -> Result<(&'a PlannedRun, AspectIx), Fault> {
    let run = arena.plan.run(run).ok_or_else(|| Fault::of("run", ErrorCode::EntryUnknown))?;
    must_be_on_panel(arena, run, account).map_err(|problem| Fault::of("run", problem.code()))?;
    let aspect = arena.aspect(code).ok_or_else(|| Fault::of("aspect", ErrorCode::MarkUnknownAspect))?;
    if arena.board.scheme().aspect(aspect).map(|aspect| aspect.module) == arena.module_of(&run.id) {
        return Ok((run, aspect));
    }
    Err(Fault::at(
        "aspect",
        ErrorCode::MarkUnknownAspect,
        format!("评分项 {code} 不属于模块 {}", run.module),
        format!("aspect {code} is no part of module {}", run.module),
    ))
}

/// What a mark is worth that a judge may give where the contest stands, and when its run began. `before` stands on the aspect but not in the arena yet.
pub(crate) fn acceptable(
    arena: &Arena,
    account: &AccountId,
    given: &Given<'_>,
    before: Option<&kernel::MarkId>,
    seated: Seated,
) -> Result<(kernel::Mark, kernel::Timestamp), Fault> {
    let (run, aspect) = placed(arena, account, given.run, given.aspect)?;
    let declared =
        arena.board.scheme().aspect(aspect).ok_or_else(|| Fault::of("aspect", ErrorCode::MarkUnknownAspect))?;
    let Some(opened) = arena.runs.get(&run.id).and_then(|now| now.watched.opened_at()) else {
        return Err(Fault::at("run", ErrorCode::RunState, "该场次尚未开始", "the run has not begun"));
    };
    must_not_be_corrected(arena, run, aspect)?;
    seated(arena, run, aspect, account)?;
    must_be_open_by_hand(arena, run, aspect, &declared.kind)?;
    let round = arena.round(&run.id, aspect);
    if given.round != round {
        return Err(Fault::at(
            "round",
            ErrorCode::RoundClosed,
            format!("现在是第 {round} 轮"),
            format!("it is round {round} now"),
        ));
    }
    let value = given
        .value
        .to_given()
        .map_err(|en| Fault::at("value", ErrorCode::MarkKindMismatch, "测量值应为最多六位小数的数", en))?;
    let worth = marking::check_value(declared, &value).map_err(|refusal| Fault {
        field: "value",
        code: refusal.code(),
        says: refusal.says(),
    })?;
    must_be_answered(arena, run, declared, given.value)?;
    let standing = before.or_else(|| arena.mark_of(&run.id, aspect, account, round).map(|mark| &mark.id));
    must_correct_well(standing, given)?;
    Ok((worth, opened))
}

/// What is entered in place of a sensor answers each rule of the aspect, and is worth what the rules say. Without equipment nothing else is taken
/// where there are rules to answer.
fn must_be_answered(
    arena: &Arena,
    run: &PlannedRun,
    declared: &marking::Aspect,
    value: &MarkValue,
) -> Result<(), Fault> {
    let mut specs = arena.rules_of(&run.id).specs_of(&declared.code);
    let MarkValue::Observed { marks, rules } = value else {
        let is_automatic = matches!(declared.kind, AspectKind::Automatic { .. });
        if is_automatic && arena.is_by_hand(&run.id) && specs.next().is_some() {
            return Err(Fault::at(
                "value",
                ErrorCode::MarkKindMismatch,
                "该场次没有设备，请逐条回答该项的规则",
                "there is no equipment here: answer the rules of the aspect one by one",
            ));
        }
        return Ok(());
    };
    let AspectKind::Automatic { starts_at, .. } = declared.kind else {
        return Err(Fault::of("value", ErrorCode::MarkKindMismatch));
    };
    let (zh, en) = match by_hand::worth(specs, starts_at, declared.max, rules) {
        Ok(worth) if worth == marks.0 => return Ok(()),
        Ok(worth) => (
            format!("按规则应得 {worth} 分，不是 {} 分", marks.0),
            format!("by the rules it is worth {worth}, not {}", marks.0),
        ),
        Err(Unanswered::Unknown(rule)) => (format!("该项没有规则 {rule}"), format!("the aspect has no rule {rule}")),
        Err(Unanswered::Missing(rule)) => (format!("规则 {rule} 尚未回答"), format!("the rule {rule} is not answered")),
        Err(Unanswered::TooOften(rule)) => {
            (format!("规则 {rule} 的次数过多"), format!("the rule {rule} can't be met or missed so often"))
        }
        Err(Unanswered::Marks(rule)) => {
            (format!("规则 {rule} 的分值不对"), format!("the marks for the rule {rule} are not acceptable"))
        }
    };
    Err(Fault::at("value", ErrorCode::MarkOutOfRange, zh, en))
}

/// A tablet's clock may be a little off; a time before the run or in the future is none at which anything was marked. A judge must not lose
/// his marks for it, so the nearest time that can be true is kept, and what the tablet said beside it.
pub(crate) fn credible(
    said: kernel::Timestamp,
    opened: kernel::Timestamp,
    now: kernel::Timestamp,
) -> kernel::Timestamp {
    if said.millis_since(now) > CLOCK_OFF_MS_MOST {
        now
    } else if opened.millis_since(said) > CLOCK_OFF_MS_MOST {
        opened
    } else {
        said
    }
}

fn too_long(field: &'static str) -> Fault {
    Fault::at(field, ErrorCode::Invalid, format!("最多 {NOTE_MOST} 个字"), format!("at most {NOTE_MOST} characters"))
}

/// A tablet that never heard our answer sends the mark again, perhaps with others and under a new key.
fn repeated(
    mark: &SubmittedMark,
    known: &crate::arena::MarkNow,
    aspect: AspectIx,
    account: &AccountId,
) -> Result<Checked, Fault> {
    let note = words("note", mark.note.as_ref(), NOTE_MOST).map_err(|_| too_long("note"))?;
    let same = known.judge == *account
        && known.run == mark.run.0
        && known.aspect == aspect
        && known.round == mark.round
        && known.value == mark.value
        && known.note == note;
    if !same {
        return Err(Fault::at(
            "id",
            ErrorCode::Conflict,
            "该编号已用于另一个评分",
            "this id belongs to another mark already",
        ));
    }
    Ok(Checked {
        id: mark.id.clone(),
        aspect: mark.aspect.clone(),
        given: Mark(known.given),
        known: Some(known.position),
        happened: Happened::PlanChanged { what: String::new(), count: 0 },
    })
}

/// What a recheck or an appeal has set is no judge's any more.
fn must_not_be_corrected(arena: &Arena, run: &PlannedRun, aspect: AspectIx) -> Result<(), Fault> {
    match arena.entry_of(&run.id).and_then(|entry| arena.board.corrected(entry, aspect)) {
        None => Ok(()),
        Some(marks) => Err(Fault::at(
            "aspect",
            ErrorCode::RoundClosed,
            format!("该项已经核查或申诉更正为 {marks} 分"),
            format!("a recheck or an appeal has set this to {marks}"),
        )),
    }
}

/// Of the panel, those who hold a seat mark: so nobody pushes another judge's mark aside.
fn must_have_a_seat(arena: &Arena, run: &PlannedRun, aspect: AspectIx, account: &AccountId) -> Result<(), Fault> {
    if Panel::of(arena, run).seats_judge(aspect, account) {
        return Ok(());
    }
    if arena.absences.now(account).is_some() {
        return Err(Fault::at(
            "aspect",
            ErrorCode::NotOnPanel,
            "您已被准予离场，该项由其他裁判评分；回来后请裁判长恢复您的席位",
            "you are excused, and this is another judge's to mark; when you are back, ask the chief judge to take you back",
        ));
    }
    if arena.marked_by(&run.id, aspect).is_empty() {
        return Err(Fault::of("aspect", ErrorCode::NotOnPanel));
    }
    Err(Fault::at(
        "aspect",
        ErrorCode::NotOnPanel,
        "该项已由其他裁判评分，不再需要您评分",
        "other judges have marked this; it doesn't call for your mark",
    ))
}

/// The same, as far as it can be told without knowing who is recused: what was published says of nobody where he comes from.
pub(crate) fn must_find_a_seat(
    arena: &Arena,
    run: &PlannedRun,
    aspect: AspectIx,
    account: &AccountId,
) -> Result<(), Fault> {
    if Panel::of(arena, run).has_room(aspect, account) {
        return Ok(());
    }
    Err(Fault::of("aspect", ErrorCode::NotOnPanel))
}

/// A mark by hand for an automatic aspect only where the referee could not decide (whatever a person then said of that), or where it
/// doesn't judge by itself.
fn must_be_open_by_hand(arena: &Arena, run: &PlannedRun, aspect: AspectIx, kind: &AspectKind) -> Result<(), Fault> {
    if !matches!(kind, AspectKind::Automatic { .. }) {
        return Ok(());
    }
    let policy = arena.entry_of(&run.id).and_then(|entry| arena.board.policy(entry, aspect));
    let judges = matches!(policy, Some(marking::Policy::Shadow | marking::Policy::Off));
    let of_aspect = |verdict: &&VerdictNow| verdict.run == run.id && verdict.aspect == aspect;
    let mut verdicts = arena.verdicts.values().filter(of_aspect);
    if judges
        || verdicts.any(|one| one.outcome == Outcome::Undecided && one.standing != marking::Standing::Amended)
        || !arena.marked_by(&run.id, aspect).is_empty()
    {
        return Ok(());
    }
    Err(Fault::at(
        "aspect",
        ErrorCode::MarkKindMismatch,
        "该项由智能裁判评判；无法判定时才由裁判手工评分",
        "the referee judges this; a judge marks it by hand only where it could not decide",
    ))
}

/// Who has marked already in this round corrects, with a reason, and says which mark.
fn must_correct_well(standing: Option<&kernel::MarkId>, given: &Given<'_>) -> Result<(), Fault> {
    match (standing, given.replaces) {
        (None, None) => Ok(()),
        (Some(standing), Some(replaced)) if standing == replaced => {
            if !given.has_reason {
                return Err(Fault::of("reason", ErrorCode::CorrectionNeedsReason));
            }
            Ok(())
        }
        (Some(_), None) => Err(Fault::at(
            "replaces",
            ErrorCode::Stale,
            "本项您已评分；更正须注明所更正的评分和理由",
            "you have marked this already; a correction names the mark it replaces, and says why",
        )),
        (_, Some(_)) => Err(Fault::at(
            "replaces",
            ErrorCode::Stale,
            "所更正的评分已不是最新",
            "the mark to be replaced is not your latest on this aspect",
        )),
    }
}

/// A judge of the run's panel. Whoever isn't is told no more than that, be he of another venue or module, or kept from the competitor: the
/// reason would tell him whose the number is.
pub(crate) fn must_be_on_panel(arena: &Arena, run: &PlannedRun, account: &AccountId) -> ApiResult<()> {
    if arena.plan.panel(run).any(|seat| seat.account == *account) {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::NotOnPanel))
}

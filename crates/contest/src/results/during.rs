//! What people did while marks were taken, each event against the contest as it stood there, by the rules of the commands that write it: marks,
//! decisions, papers, clocks, problems, requests, judges who went, photographs, equipment, published rules.
//!
//! Who holds which role, and who is recused, is not in a pack: that somebody did it is, and whether he was a judge of the contest.

use kernel::{AccountId, Mark, RunId, Timestamp};
use web::wire;

use crate::arena::{Arena, Logged};
use crate::design;
use crate::event::{ContestState, Decision, Happened};
use crate::judging::submit::{Given, acceptable, credible, must_find_a_seat};
use crate::judging::{clock, decide, must_take_marks, take_back, theory};
use crate::rules::must_change_rules_only;

use super::verify::Difference;

/// Whether an event may stand where it stands.
pub fn may_stand(arena: &Arena, logged: &Logged) -> Result<(), Difference> {
    let wrong = |zh: &str, en: &str| Err(Difference::in_log(logged, zh, en));
    match &logged.happened {
        Happened::Mark { .. } => mark(arena, logged),
        Happened::Decided { verdict, decision, reason } => {
            let found = arena.verdicts.get(&verdict.0);
            let waits = found.is_some_and(|found| decide::must_wait(found, *decision).is_ok());
            if !waits || must_take_marks(arena).is_err() {
                return wrong("没有待处理的这一判定", "no such verdict waits for a decision");
            }
            if *decision == Decision::Reject && reason.is_none() {
                return wrong("驳回没有写明理由", "it is rejected, and doesn't say why");
            }
            Ok(())
        }
        Happened::VerdictTakenBack { verdict, .. } => {
            let counts = arena.verdicts.get(&verdict.0).is_some_and(|found| take_back::must_count(found).is_ok());
            match counts && must_take_marks(arena).is_ok() {
                true => Ok(()),
                false => wrong("没有可撤回的这一判定", "there is no such verdict that could be taken back"),
            }
        }
        Happened::Imported { entry, aspect, marks } => imported(arena, logged, &entry.0, aspect, *marks),
        Happened::Clock { run, act, reason, add_ms } => {
            let added = (*add_ms != 0).then_some(*add_ms);
            if clock::must_be_whole(*act, reason.as_ref(), added).is_err() {
                return wrong("没有原因，或所加的时间不对", "its reason is missing, or the time that it adds can't be");
            }
            match clock::after(arena, run, *act, logged.at) {
                Ok(_) => Ok(()),
                Err(_) => wrong("此处不能这样操作计时", "the clock doesn't allow this here"),
            }
        }
        Happened::Problem { run, aspect, .. } => {
            let is_known = aspect.as_ref().is_none_or(|aspect| arena.aspect(aspect).is_some());
            match arena.plan.run(run).is_some() && is_known && must_take_marks(arena).is_ok() {
                true => Ok(()),
                false => wrong("此处不能报告问题", "no problem can be reported here"),
            }
        }
        Happened::ProblemSettled { problem, run, .. } => {
            let reported = arena.problem(*problem).filter(|found| found.settled.is_none() && found.run == run.0);
            match reported {
                Some(_) => Ok(()),
                None => wrong("没有待答复的这一问题", "there is no such problem that waits for an answer"),
            }
        }
        Happened::Requested { run, checkpoint } => requested(arena, logged, run, checkpoint.as_deref()),
        Happened::JudgeExcused { judge, .. } => stands(arena, logged, judge, true),
        Happened::JudgeReturned { judge, .. } => stands(arena, logged, judge, false),
        Happened::RulesPublished { version, hash, scheme, .. } => {
            // What was published in draft may have belonged to a scheme that was replaced.
            let is_draft = arena.state == ContestState::Draft;
            let in_force = arena.rules.in_force();
            let is_next = in_force.version.checked_add(1) == Some(*version) && in_force.scheme.hash != *hash;
            let follows = is_draft || (is_next && must_change_rules_only(arena, &scheme.0).is_ok());
            match arena.state != ContestState::Final && scheme.0.hash == *hash && follows {
                true => Ok(()),
                false => wrong("此处不能发布这些规则", "these rules can't be published here"),
            }
        }
        Happened::PlanChanged { what, .. } if what == "scheme" && design::must_be_open(arena).is_err() => {
            wrong("开赛或抽签后不能更换评分方案", "no scheme is replaced once the contest is opened or lots are drawn")
        }
        Happened::PhotoAdded { id, run, sha256, .. } => {
            let is_digest = sha256.len() == 64 && hex::decode(sha256).is_ok();
            let is_new = arena.plan.run(run).is_some() && arena.photos.get(id).is_none();
            match is_digest && is_new && must_take_marks(arena).is_ok() {
                true => Ok(()),
                false => wrong("此处不能有这张照片", "there can be no such photograph here"),
            }
        }
        Happened::PhotoWithdrawn { id, run } => {
            let shown = arena.photos.get(id).filter(|photo| photo.is_shown() && photo.run == run.0);
            match shown.is_some_and(|photo| Some(&photo.account) == logged.account.as_ref()) {
                true => Ok(()),
                false => wrong("没有可由此人撤回的这张照片", "there is no such photograph that he could withdraw"),
            }
        }
        Happened::EquipmentSet { venue, station, .. } => {
            let is_there = |id: &wire::StationId| arena.plan.station(id).is_some_and(|it| it.venue == venue.0);
            if arena.plan.venue(venue).is_none() || !station.as_ref().is_none_or(is_there) {
                return wrong("所指的赛场或工位不存在", "the venue or station is unknown");
            }
            match arena.state == ContestState::Final {
                true => wrong("赛事已定榜", "the contest is final"),
                false => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// The entry that an event names is that of its run.
pub(super) fn must_be_entry_of(
    arena: &Arena,
    logged: &Logged,
    run: &RunId,
    entry: &wire::EntryId,
) -> Result<(), Difference> {
    match arena.plan.run(run).is_some_and(|run| run.entry == entry.0) {
        true => Ok(()),
        false => Err(Difference::in_log(
            logged,
            "所写的选手不是该场次的选手",
            "the entry that it names is not that of its run",
        )),
    }
}

/// A judge's mark: on his panel, of an aspect of the run's module, in the round that is open, worth what the scheme says.
fn mark(arena: &Arena, logged: &Logged) -> Result<(), Difference> {
    let Happened::Mark { id, run, entry, aspect, round, value, given, replaces, reason, marked_at, .. } =
        &logged.happened
    else {
        return Ok(());
    };
    let wrong = |zh: String, en: String| Err(Difference::in_log(logged, zh, en));
    let Some(account) = &logged.account else { return Ok(()) };
    if must_take_marks(arena).is_err() {
        let state = arena.state.code();
        return wrong(format!("赛事处于 {state}，不接受评分"), format!("the contest is {state} and takes no marks"));
    }
    if arena.marks.contains_key(&id.0) {
        return wrong("该编号已用于另一个评分".into(), "this id belongs to another mark already".into());
    }
    must_be_entry_of(arena, logged, run, entry)?;
    let asked = Given {
        run,
        aspect,
        round: *round,
        value,
        replaces: replaces.as_ref().map(|replaced| &replaced.0),
        has_reason: reason.is_some(),
    };
    let (worth, opened) = acceptable(arena, account, &asked, None, must_find_a_seat)
        .map_err(|fault| Difference { place: format!("log.ndjson:{}", logged.position), what: fault.says })?;
    if worth.hundredths() != *given {
        let said = Mark::from_hundredths(*given);
        return wrong(
            format!("该评分值 {worth} 分，日志写的是 {said}"),
            format!("the value is worth {worth}, the log says {said}"),
        );
    }
    let marked_at = Timestamp::from_millis(*marked_at);
    if credible(marked_at, opened, logged.at) != marked_at {
        return wrong("评分时间不可能".into(), "it can't have been marked at that time".into());
    }
    Ok(())
}

fn imported(
    arena: &Arena,
    logged: &Logged,
    entry: &kernel::EntryId,
    aspect: &str,
    marks: i64,
) -> Result<(), Difference> {
    let taken = theory::paper(arena, aspect)
        .is_some_and(|paper| theory::may_have(arena, paper, entry, Mark::from_hundredths(marks)).is_ok());
    match taken && must_take_marks(arena).is_ok() {
        true => Ok(()),
        false => Err(Difference::in_log(
            logged,
            "此处不能导入这一理论成绩",
            "no such mark of a theory paper could be imported here",
        )),
    }
}

fn requested(arena: &Arena, logged: &Logged, run: &RunId, checkpoint: Option<&str>) -> Result<(), Difference> {
    let is_open = arena.runs.get(run).is_some_and(|now| now.clock.state() == "open");
    let rules = arena.rules_of(run);
    let is_known = checkpoint.is_none_or(|name| rules.scheme.rules.checkpoints().contains(&name));
    match is_open && is_known && must_take_marks(arena).is_ok() {
        true => Ok(()),
        false => Err(Difference::in_log(logged, "此处不能请求评判", "nobody can ask to be judged here")),
    }
}

/// A judge of the contest goes who is there, or comes back who went.
fn stands(arena: &Arena, logged: &Logged, judge: &AccountId, goes: bool) -> Result<(), Difference> {
    let is_judge = arena.plan.judge(judge).is_some() && arena.state != ContestState::Final;
    match is_judge && arena.absences.now(judge).is_some() != goes {
        true => Ok(()),
        false => Err(Difference::in_log(
            logged,
            "没有可以离场或恢复的这名裁判",
            "there is no such judge who could go or come back",
        )),
    }
}

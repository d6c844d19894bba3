//! What the referee found, as a published log has it: each verdict by its rule and worth what that gives, of a run that was under way; and all of a
//! rule together within its caps. The recordings are not in a pack, so what was found is not judged again.

use std::collections::BTreeMap;

use kernel::{Mark, RunId};
use marking::{AspectKind, Policy, Standing};

use crate::arena::{Arena, Logged};
use crate::clock::RunClock;
use crate::event::{EvidenceSeen, Happened, Outcome};
use crate::floor::round_opened;
use crate::judging::must_take_marks;
use crate::umpire::is_new;
use crate::watch::is_numbered;

use super::during::must_be_entry_of;
use super::verify::Difference;

/// Whether an event of the hall itself may stand where it stands.
pub fn may_stand(arena: &Arena, logged: &Logged) -> Result<(), Difference> {
    let wrong = |zh: &str, en: &str| Err(Difference::in_log(logged, zh, en));
    match &logged.happened {
        Happened::Verdict { .. } => found(arena, logged),
        Happened::VerdictAmended { verdict, run, aspect, .. } => {
            let found = arena.verdicts.get(&verdict.0).filter(|found| found.run == run.0);
            let stands = found.is_some_and(|found| Some(found.aspect) == arena.aspect(aspect));
            match stands && is_new(arena, &logged.happened) {
                true => Ok(()),
                false => wrong("没有可更正的这一判定", "there is no such verdict that could be amended"),
            }
        }
        Happened::Watched { run, .. } => {
            let is_closed = arena.runs.get(&run.0).is_some_and(|now| matches!(now.clock, RunClock::Closed { .. }));
            match is_closed && is_new(arena, &logged.happened) {
                true => Ok(()),
                false => wrong("该场次未结束，或已评完", "its run is not closed, or was judged to its end before"),
            }
        }
        Happened::RoundOpened { run, entry, .. } => {
            must_be_entry_of(arena, logged, run, entry)?;
            let mut wanted =
                arena.rounds_wanted.iter().filter_map(|(run, entry, wanted)| round_opened(arena, run, *entry, wanted));
            match must_take_marks(arena).is_ok() && wanted.any(|(_, opened)| opened == logged.happened) {
                true => Ok(()),
                false => wrong("此处不应开启这一轮", "no such round was to be opened here"),
            }
        }
        _ => Ok(()),
    }
}

/// A verdict is by a rule of the version that its run was opened under, on an aspect of its module that the referee judges.
fn found(arena: &Arena, logged: &Logged) -> Result<(), Difference> {
    let Happened::Verdict { id, run, entry, rule, aspect, outcome, marks, evidence, instead_of, .. } = &logged.happened
    else {
        return Ok(());
    };
    let wrong = |zh: String, en: String| Err(Difference::in_log(logged, zh, en));
    must_be_entry_of(arena, logged, run, entry)?;
    let was_opened = arena.runs.get(&run.0).is_some_and(|now| now.watched.opened_by().is_some());
    if !was_opened || !is_numbered(run, id) || !is_new(arena, &logged.happened) {
        return wrong("该场次此时不能有这一判定".into(), "its run can have no such verdict at this time".into());
    }
    let rules = arena.rules_of(&run.0);
    if evidence.scheme_hash != rules.scheme.hash {
        return wrong(
            "判定所依据的规则不是该场次的规则".into(),
            "it is not by the rules that its run is judged by".into(),
        );
    }
    let scheme = &rules.scheme.scheme;
    let declared = rules.scheme.rule_specs.iter().find(|spec| spec.id == *rule && spec.aspect == *aspect);
    let judged = scheme.aspect_ix(aspect).and_then(|ix| scheme.aspect(ix));
    let of_module = judged.is_some_and(|judged| Some(judged.module) == arena.module_of(run));
    let (Some(spec), Some(judged), true) = (declared, judged, of_module) else {
        return wrong(format!("规则 {rule} 不评 {aspect}"), format!("no rule {rule} judges {aspect}"));
    };
    let is_judged = matches!(judged.kind, AspectKind::Automatic { policy, .. } if policy != Policy::Off);
    if !is_judged || marks.unsigned_abs() > judged.max.hundredths().unsigned_abs() {
        return wrong(format!("{aspect} 不能得到这一判定"), format!("{aspect} can't have this verdict"));
    }
    let said = Mark::from_hundredths(*marks);
    if !spec.can_give(as_judged(*outcome), said) {
        return wrong(format!("规则 {rule} 不能这样给出 {said} 分"), format!("the rule {rule} can't give {said} so"));
    }
    let signals = rules.scheme.rules.signals().iter().map(|signal| &*signal.name);
    if !is_shown(evidence, *outcome == Outcome::Undecided || !spec.shows_samples(signals), &rules.scheme.rules) {
        return wrong(
            "判定没有依据的样本，或样本不属于它".into(),
            "the samples that it stands on are missing, or not its own".into(),
        );
    }
    let takes_place = |old: &kernel::VerdictId| {
        let old = arena.verdicts.get(old).filter(|old| old.standing == Standing::Amended);
        old.is_some_and(|old| old.run == run.0 && *old.rule == **rule)
    };
    if !instead_of.as_ref().is_none_or(|old| takes_place(old)) {
        return wrong("所替代的判定并未撤销".into(), "what it takes the place of does not make room for it".into());
    }
    Ok(())
}

fn as_judged(outcome: Outcome) -> referee::Outcome {
    match outcome {
        Outcome::Met => referee::Outcome::Met,
        Outcome::Missed => referee::Outcome::Missed,
        Outcome::Undecided => referee::Outcome::Undecided,
    }
}

/// Samples are of signals that the rules know, and not from after what they decided.
fn is_shown(evidence: &EvidenceSeen, may_be_none: bool, rules: &referee::RuleSet) -> bool {
    let is_known = |name: &str| rules.signals().iter().any(|signal| *signal.name == *name);
    (may_be_none || !evidence.samples.is_empty())
        && evidence.samples.iter().all(|sample| is_known(&sample.signal) && sample.at <= evidence.to)
}

/// A verdict as the log has it.
type Said<'l> = (&'l Logged, Outcome, Mark);

/// What the verdicts of a rule that stand give together in a run is no more than the rule gives, and what is judged once has decided once.
pub fn must_keep_caps(arena: &Arena, log: &[Logged]) -> Result<(), Difference> {
    let mut of_rule: BTreeMap<(&RunId, &str), Vec<Said<'_>>> = BTreeMap::new();
    for logged in log {
        let Happened::Verdict { id, run, rule, outcome, marks, .. } = &logged.happened else { continue };
        if arena.verdicts.get(&id.0).is_some_and(|verdict| verdict.standing != Standing::Amended) {
            let said = (logged, *outcome, Mark::from_hundredths(*marks));
            of_rule.entry((&run.0, rule.as_str())).or_default().push(said);
        }
    }
    for ((run, rule), said) in of_rule {
        let specs = &arena.rules_of(run).scheme.rule_specs;
        let (Some(spec), Some((last, ..))) = (specs.iter().find(|spec| spec.id == rule), said.last()) else { continue };
        let decided = said.iter().filter(|(_, outcome, _)| *outcome != Outcome::Undecided).count();
        if spec.once && decided > 1 {
            return Err(Difference::in_log(
                last,
                format!("规则 {rule} 只判定一次"),
                format!("the rule {rule} decides only once"),
            ));
        }
        if !spec.keeps_its_caps(said.iter().map(|(.., marks)| *marks)) {
            return Err(Difference::in_log(
                last,
                format!("规则 {rule} 合计不能给出这么多"),
                format!("the rule {rule} can't give or take so much together"),
            ));
        }
    }
    Ok(())
}

//! Until when somebody may appeal, by the contest's rule set.

use kernel::Timestamp;
use marking::{AppealFrom, AppealRule, EntryIx, ModuleIx};

use super::now::AppealNow;
use crate::arena::Arena;
use crate::clock::RunClock;

pub fn rule(arena: &Arena) -> Option<&AppealRule> {
    arena.plan.rule_set.as_ref().map(|loaded| &loaded.rules.appeals)
}

/// The times that have begun for a module of an entry: from the end of its run, and from publication.
fn begun(arena: &Arena, entry: EntryIx, module: ModuleIx) -> impl Iterator<Item = (AppealFrom, Timestamp)> {
    let code = arena.board.scheme().module(module).map(|module| module.code.as_str()).unwrap_or_default();
    let run = arena.plan.run_for(&arena.plan.entries[entry.index()].id, code).and_then(|run| arena.runs.get(run));
    let closed = run.and_then(|run| match run.clock {
        RunClock::Closed { at, .. } => Some((AppealFrom::EndOfRun, at)),
        _ => None,
    });
    closed.into_iter().chain(arena.appeals.published.map(|at| (AppealFrom::Publication, at)))
}

/// The last moment at which an appeal against a module is in time; none while no time has begun.
pub fn until(arena: &Arena, entry: EntryIx, module: ModuleIx) -> Option<Timestamp> {
    let rule = rule(arena)?;
    begun(arena, entry, module).filter_map(|(from, at)| rule.deadline(from, at)).max()
}

pub fn is_in_time(arena: &Arena, entry: EntryIx, module: ModuleIx, made: Timestamp) -> bool {
    let Some(rule) = rule(arena) else { return false };
    begun(arena, entry, module).any(|(from, at)| rule.is_in_time(from, at, made))
}

/// The last moment at which an answer may be appealed against; none where it is final, or was appealed against already.
pub fn second_until(arena: &Arena, appeal: &AppealNow) -> Option<Timestamp> {
    let answer = appeal.answer.as_ref()?;
    if appeal.first.is_some() || arena.appeals.second_of(&appeal.id).is_some() {
        return None;
    }
    rule(arena)?.deadline(AppealFrom::FirstAnswer, answer.at)
}

//! Who had what by when, by his own run's clock. At one venue a clock is stopped and the others go on; what spectators can compare is the same
//! time of the run.
//!
//! A run's time counts while its clock goes, added time among it, and stands still while it is stopped. What a judge marked and what the
//! referee found falls at the time at which it was marked or happened, not at which it arrived. So does what becomes of a verdict: one that is
//! confirmed late counts from its own time, and one that is taken back or amended was never worth anything. A mark that is given after the close
//! falls at the close.

use kernel::{Mark, RunId, Timestamp};
use marking::{AspectChange, AspectIx, AspectMark, AspectState, EntryIx, ModuleIx};

use super::{Arena, Logged};
use crate::clock::RunClock;
use crate::event::Happened;

/// From a time of the run on an aspect's mark was another one by so much: what is known later of an earlier time changes what follows it, and
/// takes nothing of it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    run_ms: i64,
    aspect: AspectIx,
    by: Mark,
    /// 1 where it got its mark, -1 where it has none any more.
    marked: i32,
}

/// How far somebody was at a time of his run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    pub entry: EntryIx,
    pub mark: Mark,
    /// Aspects that had a mark.
    pub aspects: u32,
    /// How far his clock has come.
    pub run_ms: i64,
    /// Whether he has come so far, or has ended before.
    pub is_there: bool,
}

impl Arena {
    pub(super) fn note_steps(&mut self, run: &RunId, entry: EntryIx, changes: &[AspectChange]) {
        let run_ms = self.runs.get(run).map_or(0, |now| now.watched.counted_ms(self.moment));
        let mark = |of: &AspectMark| of.mark.filter(|_| of.state == AspectState::Marked);
        let steps = changes.iter().map(|change| {
            let (before, after) = (mark(&change.before), mark(&change.after));
            Step {
                run_ms,
                aspect: change.aspect,
                by: after.unwrap_or_default() - before.unwrap_or_default(),
                marked: i32::from(after.is_some()) - i32::from(before.is_some()),
            }
        });
        self.steps.entry(entry).or_default().extend(steps);
    }

    /// When what an event tells of was so.
    pub(super) fn moment_of(&self, logged: &Logged) -> Timestamp {
        let of_verdict = |id: &kernel::VerdictId| self.verdicts.get(id).map(|found| found.event_at);
        let verdict_at = match &logged.happened {
            Happened::Mark { marked_at, .. } => return Timestamp::from_millis(*marked_at),
            Happened::Verdict { event_at, .. } => Some(*event_at),
            Happened::Decided { verdict, .. }
            | Happened::VerdictTakenBack { verdict, .. }
            | Happened::VerdictAmended { verdict, .. } => of_verdict(&verdict.0),
            _ => None,
        };
        verdict_at.map_or(logged.at, |at| kernel::Nanos(at).to_timestamp())
    }

    /// Who has begun a module, as he stood when his clock showed a time.
    pub fn at_pace(&self, module: ModuleIx, at_ms: i64, now: Timestamp) -> Vec<Reached> {
        let of_module =
            |aspect: AspectIx| self.board.scheme().aspect(aspect).is_some_and(|declared| declared.module == module);
        let code = self.board.scheme().module(module).map(|module| module.code.as_str()).unwrap_or_default();
        let field = self.board.field().entry_ixs().zip(&self.plan.entries);
        let begun = field.filter_map(|(entry, seat)| {
            let clock = self.runs.get(self.plan.run_for(&seat.id, code)?)?.clock;
            (clock != RunClock::Waiting).then_some((entry, clock))
        });
        begun
            .map(|(entry, clock)| {
                let mut marks: Vec<(AspectIx, Mark, i32)> = Vec::new();
                let steps = self.steps.get(&entry).into_iter().flatten();
                for step in steps.filter(|step| step.run_ms <= at_ms && of_module(step.aspect)) {
                    match marks.iter_mut().find(|(aspect, ..)| *aspect == step.aspect) {
                        Some((_, mark, marked)) => (*mark, *marked) = (*mark + step.by, *marked + step.marked),
                        None => marks.push((step.aspect, step.by, step.marked)),
                    }
                }
                // What was corrected afterwards was so from the beginning.
                let stands = |(aspect, mark, marked): &(AspectIx, Mark, i32)| {
                    (*marked > 0).then(|| self.board.corrected(entry, *aspect).unwrap_or(*mark))
                };
                let marks: Vec<Mark> = marks.iter().filter_map(stands).collect();
                let run_ms = clock.elapsed_ms(now);
                Reached {
                    entry,
                    mark: marks.iter().copied().sum(),
                    aspects: marks.len() as u32,
                    run_ms,
                    is_there: run_ms >= at_ms || matches!(clock, RunClock::Closed { .. }),
                }
            })
            .collect()
    }

    /// The time at which everybody who is under way can be compared: that of who has come least far; where nobody is, that of who was longest.
    pub fn common_pace(&self, module: ModuleIx, now: Timestamp) -> (i64, i64) {
        let code = self.board.scheme().module(module).map(|module| module.code.as_str()).unwrap_or_default();
        let clocks = self.plan.runs.iter().filter(|run| run.module == code);
        let clocks = clocks.filter_map(|run| Some(self.runs.get(&run.id)?.clock)).filter(|it| *it != RunClock::Waiting);
        let (mut longest, mut least) = (0, None::<i64>);
        for clock in clocks {
            let run_ms = clock.elapsed_ms(now);
            longest = longest.max(run_ms);
            if !matches!(clock, RunClock::Closed { .. }) {
                least = Some(least.map_or(run_ms, |least| least.min(run_ms)));
            }
        }
        (least.unwrap_or(longest), longest)
    }
}

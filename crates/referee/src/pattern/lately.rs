//! One event, and another that must not have come within a time before it.

use crate::Outcome;
use crate::finding::{Reason, What};
use crate::monitor::Monitor;
use crate::pattern::{Hit, Progress, reads_of};
use crate::rules::Pattern;
use crate::settle::Truth;

/// When the other event was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lately {
    /// The latest time at or after which it certainly came.
    last: i64,
    /// Until when it may have come unseen.
    perhaps_until: i64,
}

impl Default for Lately {
    fn default() -> Self {
        Lately { last: i64::MIN, perhaps_until: i64::MIN }
    }
}

impl Monitor {
    /// The other event happened, or may have. It is noted after the event of the same instant has been judged: what
    /// comes at one instant was not before.
    pub(super) fn note_other(&mut self, ix: usize, hit: Hit) {
        let now = self.now;
        let Progress::Lately(lately) = &mut self.rules[ix].progress else { return };
        match hit {
            Hit::None | Hit::Lost => {}
            Hit::Certain => lately.last = now,
            Hit::Perhaps { from, sure } => {
                if sure {
                    lately.last = lately.last.max(from);
                }
                lately.perhaps_until = now;
            }
        }
    }

    pub(super) fn say_lately(&mut self, ix: usize, in_phase: Truth, event_reads: &[u32]) {
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        let Pattern::Without { other, within, .. } = &rule.pattern else { return };
        let Progress::Lately(lately) = self.rules[ix].progress else { return };
        let reads = reads_of(&set, other);
        let mut samples = self.samples(event_reads);
        samples.extend(self.samples(&reads));
        let from = now.saturating_sub(*within);
        let window = (from, now);
        let unseen = self.unseen_since(other).is_some_and(|since| since < now)
            || matches!(self.rules[ix].hits.second, Hit::Perhaps { .. });
        if in_phase != Truth::True {
            self.say(ix, Outcome::Undecided, 0, window, What::Undecided(Reason::PhaseUnseen), samples);
        } else if lately.last >= from {
            self.say(ix, Outcome::Missed, rule.missed, window, What::Before { came: true }, samples);
        } else if lately.perhaps_until >= from || unseen || from < self.started_at {
            let what = What::Undecided(Reason::NotCovered { signals: self.names(&reads) });
            self.say(ix, Outcome::Undecided, 0, window, what, samples);
        } else {
            self.say(ix, Outcome::Met, rule.met, window, What::Before { came: false }, samples);
        }
    }
}

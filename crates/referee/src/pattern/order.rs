//! A forbidden order: one event comes while another has not yet come in this phase.

use crate::Outcome;
use crate::finding::{Reason, What};
use crate::monitor::Monitor;
use crate::pattern::{Hit, PhaseState, Progress, reads_of};
use crate::rules::Pattern;
use crate::settle::Truth;

/// Whether what has to come first has come.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Order {
    came_at: Option<i64>,
    perhaps: bool,
}

impl Order {
    /// Since when the other event does no harm any more, whatever was unseen from then on.
    pub fn is_kept_since(self, from: i64) -> bool {
        self.came_at.is_some_and(|came| came <= from)
    }
}

impl Monitor {
    /// What has to come first is noted first: at one instant neither is before the other.
    pub(super) fn settle_order(&mut self, ix: usize, first: Hit, second: Hit) {
        let (now, in_phase) = (self.now, self.rules[ix].in_phase());
        let Progress::Order(order) = &mut self.rules[ix].progress else { return };
        match (second, in_phase) {
            (Hit::None | Hit::Lost, _) | (_, Truth::False | Truth::Awaited) => {}
            (Hit::Certain | Hit::Perhaps { sure: true, .. }, Truth::True) => {
                order.came_at.get_or_insert(now);
            }
            _ => order.perhaps = true,
        }
        let kept = match first {
            Hit::Perhaps { from, .. } => order.is_kept_since(from),
            _ => order.is_kept_since(now),
        };
        if !kept {
            self.first_hit(ix, first);
        }
    }

    /// The event came, and what has to come first has not been seen to come.
    pub(super) fn say_order(&mut self, ix: usize, in_phase: Truth, reads: &[u32]) {
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        let Pattern::Forbidden { after, .. } = &rule.pattern else { return };
        let Progress::Order(order) = self.rules[ix].progress else { return };
        let from = match self.rules[ix].phase {
            PhaseState::Open { at, .. } => at,
            PhaseState::Doubt { since, opened } => opened.unwrap_or(since),
            _ => now,
        };
        let other = reads_of(&set, after);
        let mut samples = self.samples(reads);
        samples.extend(self.samples(&other));
        if order.perhaps || self.is_unseen(after) {
            let what = What::Undecided(Reason::Unseen { from, sure: false, signals: self.names(&other) });
            self.say(ix, Outcome::Undecided, 0, (from, now), what, samples);
        } else if in_phase != Truth::True {
            self.say(ix, Outcome::Undecided, 0, (from, now), What::Undecided(Reason::PhaseUnseen), samples);
        } else {
            self.say(ix, Outcome::Met, rule.met, (now, now), What::TooEarly, samples);
        }
    }
}

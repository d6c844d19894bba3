//! How often something happens in a phase.

use crate::finding::{Reason, What};
use crate::monitor::Monitor;
use crate::pattern::{Progress, reads_of};
use crate::rules::Pattern;
use crate::{EvidenceSample, Outcome};

/// A count keeps the samples of so many events; the number says the rest.
pub(crate) const KEPT_SAMPLES: usize = 8;

#[derive(Debug, Clone, Default)]
pub(crate) struct Counting {
    count: u32,
    doubted: bool,
    samples: Vec<EvidenceSample>,
}

impl Counting {
    /// A new phase counts anew.
    pub fn start(&mut self) {
        (self.count, self.doubted) = (0, false);
        self.samples.clear();
    }
}

impl Monitor {
    /// The event happened in the phase, or may have.
    pub(super) fn count(&mut self, ix: usize, certain: bool, reads: &[u32]) {
        let new = self.samples(reads);
        if let Progress::Count(Counting { count, doubted, samples }) = &mut self.rules[ix].progress {
            if certain {
                *count += 1;
                let room = KEPT_SAMPLES.saturating_sub(samples.len());
                samples.extend(new.into_iter().take(room));
            } else {
                *doubted = true;
            }
        }
    }

    pub(super) fn say_count(&mut self, ix: usize, opened_at: i64, phase_doubted: bool) {
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        let Pattern::Count { event, scale } = &rule.pattern else { return };
        let Progress::Count(Counting { count, doubted, samples }) = &mut self.rules[ix].progress else { return };
        let (count, doubted, samples) = (*count, *doubted, std::mem::take(samples));
        let window = (opened_at, now);
        if doubted || phase_doubted || self.is_unseen(event) {
            let signals = self.names(&reads_of(&set, event));
            let reason = if phase_doubted && !doubted {
                Reason::PhaseUnseen
            } else {
                Reason::Unseen { from: opened_at, sure: false, signals }
            };
            return self.say(ix, Outcome::Undecided, 0, window, What::Undecided(reason), samples);
        }
        let (good, marks) = match scale {
            None if count == 0 => (false, rule.missed),
            None => (true, rule.met.saturating_mul(i64::from(count))),
            Some(scale) => scale.judge(f64::from(count), rule.met, rule.missed),
        };
        let outcome = if good { Outcome::Met } else { Outcome::Missed };
        self.say(ix, outcome, marks, window, What::Counted { count }, samples);
    }
}

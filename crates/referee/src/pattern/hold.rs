//! A condition that is true without a break for a time, once per episode.

use crate::finding::{Reason, What};
use crate::monitor::{Due, Monitor};
use crate::pattern::{PhaseState, Progress};
use crate::rules::Pattern;
use crate::settle::Truth;
use crate::{EvidenceSample, Outcome};

#[derive(Debug, Clone)]
pub(crate) struct Hold {
    truth: Truth,
    /// Since when it has not been known to be false.
    possible_since: i64,
    /// Since when it has been known to be true.
    certain_since: i64,
    uncertain: bool,
    told: bool,
    samples: Vec<EvidenceSample>,
}

impl Hold {
    pub fn new(started_at: i64) -> Hold {
        Hold {
            truth: Truth::False,
            possible_since: started_at,
            certain_since: started_at,
            uncertain: false,
            told: false,
            samples: Vec::new(),
        }
    }
}

impl Monitor {
    /// The condition of a `holds` rule, taken together with its phase.
    pub(super) fn settle_hold(&mut self, ix: usize) {
        let set = self.set.clone();
        let Pattern::Holds { predicate, lasting } = set.rules[ix].pattern else { return };
        let (now, now_is) = (self.now, self.truth_in_phase(ix, predicate));
        let from = self.lost_since(predicate);
        let new_samples =
            if now_is == Truth::True { self.samples(&set.predicates[predicate as usize].reads) } else { Vec::new() };
        let state = &mut self.rules[ix];
        let Progress::Hold(Hold { truth, possible_since, certain_since, uncertain, told, samples }) =
            &mut state.progress
        else {
            return;
        };
        if now_is == *truth {
            return;
        }
        let was = std::mem::replace(truth, now_is);
        state.generation = state.generation.wrapping_add(1);
        match now_is {
            Truth::True => {
                if was == Truth::False {
                    (*possible_since, *uncertain, *told) = (now, false, false);
                }
                *certain_since = now;
                *samples = new_samples;
                if !*told {
                    let due = Due::Rule(ix as u32, state.generation);
                    self.schedule(now.saturating_add(lasting), due);
                }
            }
            Truth::Unknown | Truth::Awaited => {
                if was == Truth::False {
                    (*possible_since, *told) = (from, false);
                }
                *uncertain = true;
            }
            Truth::False => {
                let possible = *possible_since;
                if *uncertain && !*told && now - possible > lasting {
                    self.say_perhaps_held(ix, predicate, possible);
                }
            }
        }
    }

    /// A condition taken together with the rule's phase.
    pub(super) fn truth_in_phase(&self, ix: usize, predicate: u32) -> Truth {
        match (self.predicates[predicate as usize].truth, self.rules[ix].in_phase()) {
            (Truth::False | Truth::Awaited, _) | (_, Truth::False | Truth::Awaited) => Truth::False,
            (Truth::True, Truth::True) => Truth::True,
            _ => Truth::Unknown,
        }
    }

    /// Since when a condition that is unknown now may have been true: one that was never seen, from the start.
    pub(super) fn lost_since(&self, predicate: u32) -> i64 {
        let condition = self.predicates[predicate as usize];
        match condition.before_loss {
            None if condition.truth == Truth::Unknown => condition.lost_at,
            _ => self.now,
        }
    }

    pub(super) fn say_perhaps_held(&mut self, ix: usize, predicate: u32, possible: i64) {
        let reads = self.set.predicates[predicate as usize].reads.clone();
        let what = What::Undecided(Reason::Unseen { from: possible, sure: false, signals: self.names(&reads) });
        self.say(ix, Outcome::Undecided, 0, (possible, self.now), what, self.samples(&reads));
    }

    pub(super) fn held(&mut self, ix: usize) {
        let set = self.set.clone();
        let Pattern::Holds { predicate, .. } = set.rules[ix].pattern else { return };
        let Progress::Hold(Hold { certain_since, told, samples, .. }) = &mut self.rules[ix].progress else { return };
        *told = true;
        let from = *certain_since;
        let mut samples = std::mem::take(samples);
        samples.extend(self.samples(&set.predicates[predicate as usize].reads));
        self.say(
            ix,
            Outcome::Met,
            set.rules[ix].met,
            (from, self.now),
            What::Lasted { took: self.now - from },
            samples,
        );
    }

    /// The closing instant of a phase from one event to another is part of it.
    pub(super) fn conclude_hold(&mut self, ix: usize, lasting: i64) {
        if let Progress::Hold(Hold { truth: Truth::True, certain_since, told: false, .. }) = self.rules[ix].progress
            && self.now - certain_since >= lasting
            && !matches!(self.rules[ix].phase, PhaseState::Closing { .. })
        {
            self.held(ix);
        }
    }

    /// At the end of the run: what was unseen may have held long enough.
    pub(super) fn end_hold(&mut self, ix: usize) {
        if let Pattern::Holds { predicate, lasting } = self.set.rules[ix].pattern
            && let Progress::Hold(Hold { truth, possible_since, uncertain: true, told: false, .. }) =
                self.rules[ix].progress
            && truth != Truth::False
            && self.now - possible_since >= lasting
        {
            self.say_perhaps_held(ix, predicate, possible_since);
        }
    }
}

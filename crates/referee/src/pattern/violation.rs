//! A condition that must not be: each time it is, or each second of it.
//!
//! What counts is the state, not the edge: a condition that is true from the first sample on is a violation. An episode
//! lasts from the instant at which the condition becomes true in the phase to the one at which it is no longer.

use crate::finding::{Reason, What};
use crate::monitor::Monitor;
use crate::pattern::Progress;
use crate::rules::Pattern;
use crate::settle::Truth;
use crate::{EvidenceSample, Outcome, PerSpec};

#[derive(Debug, Clone)]
pub(crate) struct Violation {
    truth: Truth,
    /// What was known last.
    was_true: bool,
    /// When the episode began, and whether part of it was unseen.
    since: i64,
    blurred: bool,
    /// Since when nobody knows.
    lost_at: i64,
    samples: Vec<EvidenceSample>,
}

impl Violation {
    pub fn new(started_at: i64) -> Violation {
        Violation {
            truth: Truth::False,
            was_true: false,
            since: started_at,
            blurred: false,
            lost_at: started_at,
            samples: Vec::new(),
        }
    }
}

impl Monitor {
    pub(super) fn settle_violation(&mut self, ix: usize) {
        let set = self.set.clone();
        let Pattern::While { predicate, per } = set.rules[ix].pattern else { return };
        let (now, now_is) = (self.now, self.truth_in_phase(ix, predicate));
        let lost_at = self.lost_since(predicate);
        let new_samples =
            if now_is == Truth::True { self.samples(&set.predicates[predicate as usize].reads) } else { Vec::new() };
        let state = &mut self.rules[ix];
        let Progress::Violation(violation) = &mut state.progress else { return };
        if now_is == violation.truth {
            return;
        }
        let was = std::mem::replace(&mut violation.truth, now_is);
        let was_true = violation.was_true;
        match now_is {
            Truth::True => {
                violation.was_true = true;
                if was_true {
                    // It may have ended and begun again.
                    if per == PerSpec::Violation {
                        let from = violation.lost_at;
                        self.add_gap(ix, from);
                    }
                    return;
                }
                violation.blurred = was == Truth::Unknown;
                violation.since = if violation.blurred { violation.lost_at } else { now };
                violation.samples = new_samples;
                if per == PerSpec::Violation {
                    self.say_violation(ix);
                }
            }
            Truth::Unknown | Truth::Awaited => {
                violation.lost_at = lost_at;
                violation.blurred = true;
            }
            Truth::False => {
                violation.was_true = false;
                if was_true && per != PerSpec::Violation {
                    self.end_episode(ix);
                } else if was == Truth::Unknown {
                    let from = violation.lost_at;
                    self.add_gap(ix, from);
                }
            }
        }
    }

    fn say_violation(&mut self, ix: usize) {
        let Progress::Violation(violation) = &mut self.rules[ix].progress else { return };
        let (now, samples, met) = (self.now, std::mem::take(&mut violation.samples), self.set.rules[ix].met);
        self.say(ix, Outcome::Met, met, (now, now), What::Began, samples);
    }

    /// An episode is over; its seconds are counted, unless its beginning or its end was unseen.
    fn end_episode(&mut self, ix: usize) {
        let set = self.set.clone();
        let rule = &set.rules[ix];
        let Pattern::While { predicate, per } = rule.pattern else { return };
        let Progress::Violation(violation) = &mut self.rules[ix].progress else { return };
        let (from, blurred, now) = (violation.since, violation.blurred, self.now);
        let samples = std::mem::take(&mut violation.samples);
        if blurred {
            let signals = self.names(&set.predicates[predicate as usize].reads);
            let what = What::Undecided(Reason::Unseen { from, sure: true, signals });
            return self.say(ix, Outcome::Undecided, 0, (from, now), what, samples);
        }
        let took = now - from;
        let seconds = match per {
            PerSpec::StartedSecond => took.div_euclid(SECOND) + i64::from(took % SECOND != 0 || took == 0),
            _ => took.div_euclid(SECOND),
        };
        self.say(ix, Outcome::Met, rule.met.saturating_mul(seconds), (from, now), What::Violated { seconds }, samples);
    }

    /// The end of the run ends what is still so.
    pub(super) fn end_violation(&mut self, ix: usize) {
        let Pattern::While { per, .. } = self.set.rules[ix].pattern else { return };
        let Progress::Violation(violation) = &self.rules[ix].progress else { return };
        if violation.was_true && per != PerSpec::Violation {
            self.end_episode(ix);
        } else if violation.truth == Truth::Unknown {
            let from = violation.lost_at;
            self.add_gap(ix, from);
        }
    }
}

const SECOND: i64 = 1_000_000_000;

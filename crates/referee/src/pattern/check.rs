//! What has to be so at the instant of an event.

use crate::Outcome;
use crate::code::SlotState;
use crate::finding::{Reason, What};
use crate::monitor::Monitor;
use crate::rules::{Check, GaugeCode};
use crate::settle::Truth;

impl Monitor {
    /// What a check finds at the instant of its event.
    pub(super) fn say_check(&mut self, ix: usize, check: &Check, event_reads: &[u32]) {
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        let mut samples = self.samples(event_reads);
        let (predicate, from, so, what) = match check {
            Check::Is { predicate } => {
                let so = match self.predicates[*predicate as usize].truth {
                    Truth::True => Some(true),
                    Truth::False => Some(false),
                    Truth::Unknown | Truth::Awaited => None,
                };
                (*predicate, now, so, What::Is { so: so == Some(true) })
            }
            Check::Held { predicate, lasting } => {
                let (state, from) = (self.predicates[*predicate as usize], now.saturating_sub(*lasting));
                let so = match state.truth {
                    Truth::True if state.since <= from => Some(true),
                    Truth::False => Some(false),
                    _ if state.not_false_since <= from => None,
                    _ => Some(false),
                };
                (*predicate, from, so, What::Held { lasting: *lasting, so: so == Some(true) })
            }
            Check::Figure { window, scale } => {
                let shape = &set.windows[*window as usize];
                let gauge = &set.gauges[shape.gauge as usize];
                let from = now.saturating_sub(shape.over);
                let state = self.gauges[shape.gauge as usize];
                if let GaugeCode::Signal(signal) = gauge.code {
                    self.give_newest(signal as usize);
                }
                let figured = self.windows[*window as usize].figure(now, shape.over);
                let oldest = self.windows[*window as usize].oldest();
                let signals = self.names(&gauge.reads);
                let covered = state.state == SlotState::Known && state.known_since <= from;
                let figured = match figured {
                    Some(figured) if covered => figured,
                    none => {
                        // A window without samples says nothing; what was held at its beginning must be known.
                        let empty = covered && none.is_none() && !shape.fold.is_held();
                        let reason = if empty { Reason::NoSamples { signals } } else { Reason::NotCovered { signals } };
                        samples.extend(self.samples(&gauge.reads));
                        return self.say(ix, Outcome::Undecided, 0, (from, now), What::Undecided(reason), samples);
                    }
                };
                let (good, marks) = scale.judge(figured.figure, rule.met, rule.missed);
                samples.extend(self.deciding(shape.gauge, shape.fold, &figured));
                let what = What::Figure { gauge: shape.gauge, fold: shape.fold, figured };
                let outcome = if good { Outcome::Met } else { Outcome::Missed };
                return self.say(ix, outcome, marks, (oldest.unwrap_or(from), now), what, samples);
            }
        };
        let reads = &set.predicates[predicate as usize].reads;
        samples.extend(self.samples(reads));
        if let (Check::Held { .. }, Some(false)) = (check, so) {
            // It may be true again: what broke it is what decided.
            samples.extend(self.broke[predicate as usize].iter().cloned());
        }
        match so {
            Some(true) => self.say(ix, Outcome::Met, rule.met, (from, now), what, samples),
            Some(false) => self.say(ix, Outcome::Missed, rule.missed, (from, now), what, samples),
            None => {
                let what = What::Undecided(Reason::NotCovered { signals: self.names(reads) });
                self.say(ix, Outcome::Undecided, 0, (from, now), what, samples);
            }
        }
    }
}

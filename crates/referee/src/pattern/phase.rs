//! Phases: when a rule watches, and what is not known about that.

use crate::monitor::Monitor;
use crate::pattern::{Hit, Hits, Order, Progress};
use crate::rules::{Phase, Trigger};
use crate::settle::Truth;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PhaseState {
    Closed,
    Open {
        at: i64,
        /// Whether something of it was unseen.
        doubted: bool,
    },
    /// A `while` phase whose condition has just become false: this instant is not part of it.
    Closing {
        at: i64,
        doubted: bool,
    },
    /// Nobody knows whether it is open.
    Doubt {
        since: i64,
        opened: Option<i64>,
    },
}

impl Monitor {
    /// First half of an instant: the phase opens, or falls into doubt.
    pub(crate) fn open_phase(&mut self, ix: usize) {
        if self.rules[ix].done {
            return;
        }
        let set = self.set.clone();
        let now = self.now;
        let Hits { open, close, .. } = self.rules[ix].hits;
        let phase = self.rules[ix].phase;
        match &set.rules[ix].phase {
            Phase::Run => {}
            Phase::While(predicate) => {
                let condition = self.predicates[*predicate as usize];
                match (condition.truth, phase) {
                    (Truth::True, PhaseState::Closed) => self.open(ix, now, false),
                    (Truth::True, PhaseState::Doubt { since, opened }) => match opened {
                        Some(at) => self.rules[ix].phase = PhaseState::Open { at, doubted: true },
                        None => self.open(ix, since, true),
                    },
                    (Truth::False, PhaseState::Open { at, doubted }) => {
                        self.rules[ix].phase = PhaseState::Closing { at, doubted };
                    }
                    (Truth::False, PhaseState::Doubt { since, opened }) => {
                        self.rules[ix].phase = PhaseState::Closing { at: opened.unwrap_or(since), doubted: true };
                    }
                    (Truth::Unknown, PhaseState::Closed) => {
                        self.open(ix, condition.lost_at, true);
                        self.rules[ix].phase = PhaseState::Doubt { since: condition.lost_at, opened: None };
                    }
                    (Truth::Unknown, PhaseState::Open { at, .. }) => {
                        self.rules[ix].phase = PhaseState::Doubt { since: now, opened: Some(at) };
                    }
                    _ => {}
                }
            }
            Phase::Between { .. } => match (phase, open, close) {
                (PhaseState::Closed, Hit::Certain, _) => self.open(ix, now, false),
                (PhaseState::Closed, Hit::Perhaps { from, sure: true }, _) => self.open(ix, from, true),
                (PhaseState::Closed, Hit::Lost | Hit::Perhaps { .. }, _) => {
                    let since = if let Hit::Perhaps { from, .. } = open { from } else { now };
                    self.open(ix, since, true);
                    self.rules[ix].phase = PhaseState::Doubt { since, opened: None };
                }
                (PhaseState::Open { at, .. }, _, Hit::Lost | Hit::Perhaps { .. }) => {
                    self.rules[ix].phase = PhaseState::Doubt { since: now, opened: Some(at) };
                }
                // A certain opening ends the doubtful one.
                (PhaseState::Doubt { since, opened }, Hit::Certain, Hit::None | Hit::Lost) => {
                    self.conclude(ix, opened.unwrap_or(since), true);
                    self.open(ix, now, false);
                }
                (PhaseState::Doubt { since, opened }, Hit::Perhaps { sure: true, .. }, Hit::None) => {
                    self.rules[ix].phase = PhaseState::Open { at: opened.unwrap_or(since), doubted: true };
                }
                _ => {}
            },
        }
    }

    /// A phase begins: what is summed up over it starts anew.
    pub(super) fn open(&mut self, ix: usize, at: i64, doubted: bool) {
        let set = self.set.clone();
        let rule = &set.rules[ix];
        let state = &mut self.rules[ix];
        state.phase = PhaseState::Open { at, doubted };
        state.attempt += 1;
        match &mut state.progress {
            Progress::Count(counting) => counting.start(),
            Progress::Order(order) => *order = Order::default(),
            Progress::Figure(_) => self.start_figure(ix, at),
            _ => {}
        }
        if rule.pattern.triggers().0 == Some(&Trigger::Begins) {
            self.rules[ix].hits.first = if doubted { Hit::Perhaps { from: at, sure: true } } else { Hit::Certain };
        }
    }

    pub(super) fn close(&mut self, ix: usize, opened_at: i64, doubted: bool) {
        self.conclude(ix, opened_at, doubted);
        self.rules[ix].phase = PhaseState::Closed;
        self.attempt_over(ix);
    }
}

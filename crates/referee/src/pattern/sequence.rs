//! Steps in their order, each later than the one before.
//!
//! An attempt begins with the first step. While only that one has been reached, a newer first step takes its place; later
//! ones belong to the attempt. What comes out of order is passed over.

use crate::finding::{Reason, What};
use crate::monitor::{Due, Monitor};
use crate::pattern::{Hit, Progress, reads_of};
use crate::rules::{Pattern, RuleSet};
use crate::settle::Truth;
use crate::{EvidenceSample, Outcome, Unfinished};

#[derive(Debug, Clone)]
pub(crate) struct Sequencing {
    attempt: Option<Attempt>,
    /// What this instant means to each step but the first.
    pub hits: Box<[Hit]>,
}

#[derive(Debug, Clone)]
struct Attempt {
    begun_at: i64,
    /// When the newest step was reached.
    last_at: i64,
    reached: usize,
    /// A step may have come unseen.
    doubted: bool,
    /// A step came at a time nobody saw.
    blurred: bool,
    phase_doubted: bool,
    samples: Vec<EvidenceSample>,
}

impl Sequencing {
    pub fn new(steps: usize) -> Sequencing {
        Sequencing { attempt: None, hits: vec![Hit::None; steps].into() }
    }
}

impl Monitor {
    /// What happened to the steps at this instant: at most one of them is reached, for the next one must be later.
    pub(super) fn settle_sequence(&mut self, ix: usize, first: Hit) {
        let in_phase = self.rules[ix].in_phase();
        let now = self.now;
        let Progress::Sequence(sequence) = &mut self.rules[ix].progress else { return };
        let mut reached = None;
        if let Some(attempt) = &mut sequence.attempt
            && in_phase != Truth::False
        {
            let next = attempt.reached;
            for (step, hit) in sequence.hits.iter().enumerate().skip(next) {
                match hit {
                    Hit::None | Hit::Lost => {}
                    Hit::Certain if step == next => reached = Some(step),
                    Hit::Perhaps { from, sure: true } if step == next && *from >= attempt.last_at => {
                        (attempt.blurred, reached) = (true, Some(step));
                    }
                    Hit::Perhaps { .. } => attempt.doubted = true,
                    Hit::Certain => {}
                }
            }
            if reached.is_some() {
                (attempt.last_at, attempt.reached) = (now, next + 1);
                attempt.phase_doubted |= in_phase != Truth::True;
            }
        }
        sequence.hits.fill(Hit::None);
        let begins = match &mut sequence.attempt {
            None => true,
            Some(attempt) if attempt.reached == 1 => {
                attempt.doubted |= matches!(first, Hit::Perhaps { .. });
                first == Hit::Certain
            }
            Some(_) => false,
        };
        if let Some(step) = reached {
            self.step_reached(ix, step);
        } else if begins {
            self.first_hit(ix, first);
        }
    }

    /// The first step, in its phase.
    pub(super) fn begin_sequence(&mut self, ix: usize, in_phase: Truth, reads: &[u32]) {
        let (now, samples) = (self.now, self.samples(reads));
        if let Progress::Sequence(sequence) = &mut self.rules[ix].progress {
            sequence.attempt = Some(Attempt {
                begun_at: now,
                last_at: now,
                reached: 1,
                doubted: false,
                blurred: false,
                phase_doubted: in_phase != Truth::True,
                samples,
            });
        }
        self.await_step(ix);
    }

    fn step_reached(&mut self, ix: usize, step: usize) {
        let set = self.set.clone();
        let Pattern::Sequence { steps, each, .. } = &set.rules[ix].pattern else { return };
        let new = self.samples(&reads_of(&set, &steps[step].event));
        let Progress::Sequence(sequence) = &mut self.rules[ix].progress else { return };
        let Some(attempt) = &mut sequence.attempt else { return };
        attempt.samples.extend(new);
        if step + 1 < steps.len() {
            return self.await_step(ix);
        }
        let Some(attempt) = sequence.attempt.take() else { return };
        self.rules[ix].generation = self.rules[ix].generation.wrapping_add(1);
        let window = (attempt.begun_at, self.now);
        if attempt.phase_doubted {
            let what = What::Undecided(Reason::PhaseUnseen);
            return self.say(ix, Outcome::Undecided, 0, window, what, attempt.samples);
        }
        if attempt.blurred {
            let signals = self.names(&reads_from(&set, ix, 1));
            let what = What::Undecided(Reason::Unseen { from: attempt.begun_at, sure: true, signals });
            return self.say(ix, Outcome::Undecided, 0, window, what, attempt.samples);
        }
        let met = set.rules[ix].met;
        let marks = if *each { met.saturating_mul(steps.len() as i64) } else { met };
        self.say(ix, Outcome::Met, marks, window, What::Stepped { reached: steps.len() }, attempt.samples);
    }

    /// The next step's deadline, and the whole sequence's.
    fn await_step(&mut self, ix: usize) {
        let set = self.set.clone();
        let Pattern::Sequence { steps, within, .. } = &set.rules[ix].pattern else { return };
        let state = &mut self.rules[ix];
        state.generation = state.generation.wrapping_add(1);
        let Progress::Sequence(Sequencing { attempt: Some(attempt), .. }) = &state.progress else { return };
        let of_step = steps[attempt.reached].within.map(|within| attempt.last_at.saturating_add(within));
        let of_all = within.map(|within| attempt.begun_at.saturating_add(within));
        if let Some(due) = of_step.into_iter().chain(of_all).min() {
            let generation = state.generation;
            self.schedule(due, Due::Rule(ix as u32, generation));
        }
    }

    /// The next step didn't come in time, or its phase is over.
    pub(super) fn step_missed(&mut self, ix: usize, phase_doubted: bool) {
        let set = self.set.clone();
        let rule = &set.rules[ix];
        let Pattern::Sequence { steps, each, .. } = &rule.pattern else { return };
        let Progress::Sequence(sequence) = &mut self.rules[ix].progress else { return };
        let Some(attempt) = sequence.attempt.take() else { return };
        self.rules[ix].generation = self.rules[ix].generation.wrapping_add(1);
        let window = (attempt.begun_at, self.now);
        let unseen = steps[attempt.reached..].iter().any(|step| self.is_unseen(&step.event));
        if attempt.doubted || attempt.blurred || unseen {
            let signals = self.names(&reads_from(&set, ix, attempt.reached));
            let what = What::Undecided(Reason::Unseen { from: attempt.last_at, sure: false, signals });
            self.say(ix, Outcome::Undecided, 0, window, what, attempt.samples);
        } else if attempt.phase_doubted || phase_doubted {
            let what = What::Undecided(Reason::PhaseUnseen);
            self.say(ix, Outcome::Undecided, 0, window, what, attempt.samples);
        } else {
            let marks = if *each { rule.met.saturating_mul(attempt.reached as i64) } else { rule.missed };
            let what = What::Stepped { reached: attempt.reached };
            self.say(ix, Outcome::Missed, marks, window, what, attempt.samples);
        }
    }

    /// The run ends in the middle.
    pub(super) fn end_sequence(&mut self, ix: usize) {
        if self.set.rules[ix].unfinished == Unfinished::Missed {
            return self.step_missed(ix, false);
        }
        if let Progress::Sequence(sequence) = &mut self.rules[ix].progress
            && let Some(attempt) = sequence.attempt.take()
        {
            self.say_unfinished(ix, attempt.begun_at, attempt.samples);
        }
    }
}

/// What the steps from this one on read.
fn reads_from(set: &RuleSet, ix: usize, step: usize) -> Vec<u32> {
    let Pattern::Sequence { steps, .. } = &set.rules[ix].pattern else { return Vec::new() };
    let mut reads: Vec<u32> = steps[step..].iter().flat_map(|step| reads_of(set, &step.event)).collect();
    reads.sort_unstable();
    reads.dedup();
    reads
}

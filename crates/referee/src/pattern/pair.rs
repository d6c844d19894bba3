//! Two events: the second comes within a time of the first or must not, a third not between them; how long it took.

use crate::finding::{Reason, What};
use crate::monitor::Monitor;
use crate::pattern::{Hit, Progress, reads_of};
use crate::rules::{Pattern, Side, Trigger};
use crate::settle::Truth;
use crate::{EvidenceSample, Outcome, Unfinished};

/// The first of two events, waiting for the second.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub at: i64,
    doubted: bool,
    /// The second may have come unseen.
    answer_doubted: bool,
    /// What must not come between may have come unseen.
    spoilt_perhaps: bool,
    pub samples: Vec<EvidenceSample>,
}

impl Monitor {
    /// A newer first event takes the place of one that still waits.
    pub(super) fn wait(&mut self, ix: usize, in_phase: Truth, reads: &[u32]) {
        let samples = self.samples(reads);
        let state = &mut self.rules[ix];
        state.generation = state.generation.wrapping_add(1);
        state.progress = Progress::Pending(Some(Pending {
            at: self.now,
            doubted: in_phase != Truth::True,
            answer_doubted: false,
            spoilt_perhaps: false,
            samples,
        }));
    }

    /// The second of two events happened, or may have.
    pub(super) fn second_hit(&mut self, ix: usize, hit: Hit) {
        let from_begin = matches!(self.set.rules[ix].pattern, Pattern::Without { side: Side::FromBegin, .. });
        if from_begin && self.rules[ix].in_phase() == Truth::False {
            return;
        }
        let Progress::Pending(pending) = &mut self.rules[ix].progress else { return };
        let Some(waiting) = pending else { return };
        let answered = match hit {
            Hit::None | Hit::Lost => return,
            Hit::Certain => true,
            Hit::Perhaps { from, sure } => sure && from >= waiting.at,
        };
        if !answered {
            waiting.answer_doubted = true;
            return;
        }
        let Some(waiting) = pending.take() else { return };
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        self.rules[ix].generation = self.rules[ix].generation.wrapping_add(1);
        let (_, Some(second)) = rule.pattern.triggers() else { return };
        let mut samples = waiting.samples;
        samples.extend(self.samples(&reads_of(&set, second)));
        let took = now - waiting.at;
        let window = (waiting.at, now);
        match &rule.pattern {
            _ if waiting.doubted => {
                self.say(ix, Outcome::Undecided, 0, window, What::Undecided(Reason::PhaseUnseen), samples);
            }
            Pattern::Then { unless: Some(spoiler), .. }
                if waiting.spoilt_perhaps || self.may_have_spoilt(ix, spoiler) =>
            {
                let signals = self.names(&reads_of(&set, spoiler));
                let what = What::Undecided(Reason::Unseen { from: waiting.at, sure: false, signals });
                self.say(ix, Outcome::Undecided, 0, window, what, samples);
            }
            Pattern::Without { .. } => {
                self.say(ix, Outcome::Missed, rule.missed, window, What::Answered { took }, samples);
            }
            Pattern::Then { .. } => self.say(ix, Outcome::Met, rule.met, window, What::Answered { took }, samples),
            Pattern::Measure { .. } if waiting.answer_doubted || hit != Hit::Certain => {
                let signals = self.names(&reads_of(&set, second));
                let what = What::Undecided(Reason::Unseen { from: waiting.at, sure: true, signals });
                self.say(ix, Outcome::Undecided, 0, window, what, samples);
            }
            Pattern::Measure { scale, .. } => {
                let (good, marks) = scale.judge(took as f64, rule.met, rule.missed);
                let outcome = if good { Outcome::Met } else { Outcome::Missed };
                self.say(ix, outcome, marks, window, What::Measured { took }, samples);
            }
            _ => {}
        }
    }

    /// Whether what must not come between may have come in a gap that lasts or that has just ended. At this very instant
    /// it is no longer between.
    fn may_have_spoilt(&self, ix: usize, spoiler: &Trigger) -> bool {
        matches!(self.rules[ix].hits.unless, Hit::Perhaps { .. })
            || self.unseen_since(spoiler).is_some_and(|since| since < self.now)
    }

    /// What must not come between the two happened, or may have.
    pub(super) fn unless_hit(&mut self, ix: usize, hit: Hit) {
        let Progress::Pending(pending) = &mut self.rules[ix].progress else { return };
        let Some(waiting) = pending else { return };
        let spoilt = match hit {
            Hit::None | Hit::Lost => return,
            Hit::Certain => true,
            Hit::Perhaps { from, sure } => sure && from > waiting.at,
        };
        if !spoilt {
            waiting.spoilt_perhaps = true;
            return;
        }
        let Some(waiting) = pending.take() else { return };
        let set = self.set.clone();
        let rule = &set.rules[ix];
        let Pattern::Then { second, unless: Some(spoiler), .. } = &rule.pattern else { return };
        self.rules[ix].generation = self.rules[ix].generation.wrapping_add(1);
        let window = (waiting.at, self.now);
        let unseen = self.unseen_answer(&waiting, second);
        let mut samples = waiting.samples;
        samples.extend(self.samples(&reads_of(&set, spoiler)));
        if let Some(what) = unseen {
            self.say(ix, Outcome::Undecided, 0, window, what, samples);
        } else {
            self.say(ix, Outcome::Missed, rule.missed, window, What::Spoilt { took: self.now - waiting.at }, samples);
        }
    }

    /// A phase ends before the deadline: nothing of it can come any more.
    pub(super) fn conclude_absence(&mut self, ix: usize, doubted: bool) {
        if let Progress::Pending(Some(waiting)) = &mut self.rules[ix].progress {
            waiting.doubted |= doubted;
        }
        self.unanswered(ix);
    }

    /// The second didn't come in time.
    pub(super) fn unanswered(&mut self, ix: usize) {
        let Progress::Pending(pending) = &mut self.rules[ix].progress else { return };
        let Some(waiting) = pending.take() else { return };
        let set = self.set.clone();
        let rule = &set.rules[ix];
        self.rules[ix].generation = self.rules[ix].generation.wrapping_add(1);
        let (_, Some(second)) = rule.pattern.triggers() else { return };
        let window = (waiting.at, self.now);
        let unseen = self.unseen_answer(&waiting, second);
        let mut samples = waiting.samples;
        samples.extend(self.samples(&reads_of(&set, second)));
        if let Some(what) = unseen {
            self.say(ix, Outcome::Undecided, 0, window, what, samples);
        } else if let Pattern::Without { .. } = rule.pattern {
            self.say(ix, Outcome::Met, rule.met, window, What::Unanswered, samples);
        } else {
            self.say(ix, Outcome::Missed, rule.missed, window, What::Unanswered, samples);
        }
    }

    /// The run ends while the second is waited for.
    pub(super) fn end_pending(&mut self, ix: usize) {
        let Progress::Pending(pending) = &mut self.rules[ix].progress else { return };
        let Some(waiting) = pending.take() else { return };
        let set = self.set.clone();
        let unseen = match (set.rules[ix].unfinished, set.rules[ix].pattern.triggers()) {
            (Unfinished::Missed, (_, Some(second))) => self.unseen_answer(&waiting, second),
            _ => None,
        };
        match unseen {
            Some(what) => {
                self.say(ix, Outcome::Undecided, 0, (waiting.at, self.now), what, waiting.samples);
            }
            None => self.say_unfinished(ix, waiting.at, waiting.samples),
        }
    }

    /// Why nobody can say that the second event did not come; `None` where it did not.
    fn unseen_answer(&self, waiting: &Pending, second: &Trigger) -> Option<What> {
        let reason = if waiting.answer_doubted || self.is_unseen(second) {
            Reason::Unseen { from: waiting.at, sure: false, signals: self.names(&reads_of(&self.set, second)) }
        } else if waiting.doubted {
            Reason::PhaseUnseen
        } else {
            return None;
        };
        Some(What::Undecided(reason))
    }
}

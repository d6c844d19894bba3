//! The patterns: how far each rule has come, and what an event does to it.
//!
//! "Missing data never guesses": an event that may have happened unseen makes a rule undecided, and what is certain in
//! spite of a gap stays certain (a condition that held long enough after the gap has held long enough).

use crate::code::SlotState;
use crate::finding::{Reason, What};
use crate::monitor::{Due, Monitor};
use crate::rules::{Check, Pattern, Phase, Rule, RuleSet, Trigger};
use crate::settle::Truth;
use crate::window::Tally;
use crate::{EvidenceSample, Outcome, Statistic, Unfinished};

/// What an instant means to a trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Hit {
    #[default]
    None,
    /// From now on nobody sees whether it happens.
    Lost,
    /// It is seen again; the event may have happened since `from`. `sure`: it did, at a time nobody saw.
    Perhaps {
        from: i64,
        sure: bool,
    },
    Certain,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hits {
    pub first: Hit,
    pub second: Hit,
    pub open: Hit,
    pub close: Hit,
}

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

/// The first of two events, waiting for the second.
#[derive(Debug)]
pub(crate) struct Pending {
    pub at: i64,
    doubted: bool,
    answer_doubted: bool,
    pub samples: Vec<EvidenceSample>,
}

#[derive(Debug)]
pub(crate) enum Progress {
    Nothing,
    Hold {
        truth: Truth,
        /// Since when it has not been known to be false.
        possible_since: i64,
        /// Since when it has been known to be true.
        certain_since: i64,
        uncertain: bool,
        told: bool,
        samples: Vec<EvidenceSample>,
    },
    Pending(Option<Pending>),
    Count {
        count: u32,
        doubted: bool,
        samples: Vec<EvidenceSample>,
    },
    Figure {
        statistic: Statistic,
        tally: Tally,
        doubted: bool,
        from: i64,
        to: i64,
    },
}

#[derive(Debug, Clone, Copy, Default)]
struct Gaps {
    count: u32,
    first_from: i64,
    last_to: i64,
    total: i64,
}

impl Gaps {
    fn add(&mut self, from: i64, to: i64) {
        if self.count == 0 {
            self.first_from = from;
        }
        self.count += 1;
        self.last_to = to;
        self.total += to - from;
    }
}

#[derive(Debug)]
pub(crate) struct RuleState {
    pub hits: Hits,
    pub phase: PhaseState,
    pub progress: Progress,
    /// Deadlines of an earlier count are no longer wanted.
    generation: u32,
    /// Times in which the event may have happened unseen: said once, at the end of the run.
    gaps: Gaps,
    pub done: bool,
    /// Marks given and taken so far, in hundredths.
    pub given: i64,
    pub taken: i64,
}

/// A count keeps the samples of so many events; the number says the rest.
const KEPT_SAMPLES: usize = 8;

impl RuleState {
    pub fn new(rule: &Rule, started_at: i64) -> RuleState {
        RuleState {
            hits: Hits::default(),
            phase: match rule.phase {
                Phase::Run => PhaseState::Open { at: started_at, doubted: false },
                Phase::While(_) | Phase::Between { .. } => PhaseState::Closed,
            },
            progress: match &rule.pattern {
                Pattern::On { .. } => Progress::Nothing,
                Pattern::Holds { .. } => Progress::Hold {
                    truth: Truth::False,
                    possible_since: started_at,
                    certain_since: started_at,
                    uncertain: false,
                    told: false,
                    samples: Vec::new(),
                },
                Pattern::Then { .. } | Pattern::Measure { .. } => Progress::Pending(None),
                Pattern::Count { .. } => Progress::Count { count: 0, doubted: false, samples: Vec::new() },
                Pattern::Figure { statistic, .. } => Progress::Figure {
                    statistic: *statistic,
                    tally: Tally::EMPTY,
                    doubted: false,
                    from: started_at,
                    to: started_at,
                },
            },
            generation: 0,
            gaps: Gaps::default(),
            done: false,
            given: 0,
            taken: 0,
        }
    }

    #[inline]
    pub fn take_figure(&mut self, now: i64, figure: f64) {
        if matches!(self.phase, PhaseState::Open { .. } | PhaseState::Doubt { .. })
            && let Progress::Figure { statistic, tally, from, to, .. } = &mut self.progress
        {
            if tally.count == 0 {
                *from = now;
            }
            *to = now;
            tally.add(*statistic, now, figure);
        }
    }

    pub fn doubt_figure(&mut self) {
        if let Progress::Figure { doubted, .. } = &mut self.progress {
            *doubted = true;
        }
    }

    fn in_phase(&self) -> Truth {
        match self.phase {
            PhaseState::Open { .. } => Truth::True,
            PhaseState::Doubt { .. } => Truth::Unknown,
            PhaseState::Closed | PhaseState::Closing { .. } => Truth::False,
        }
    }
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
    fn open(&mut self, ix: usize, at: i64, doubted: bool) {
        let set = self.set.clone();
        let rule = &set.rules[ix];
        let state = &mut self.rules[ix];
        state.phase = PhaseState::Open { at, doubted };
        match (&mut state.progress, &rule.pattern) {
            (Progress::Count { count, doubted, samples }, _) => {
                (*count, *doubted) = (0, false);
                samples.clear();
            }
            (Progress::Figure { tally, doubted, from, to, .. }, Pattern::Figure { gauge, .. }) => {
                *tally = Tally::EMPTY;
                *doubted = self.gauges[*gauge as usize].state == SlotState::Unknown;
                (*from, *to) = (at, at);
            }
            _ => {}
        }
        if rule.pattern.triggers().0 == Some(&Trigger::Begins) {
            state.hits.first = if doubted { Hit::Perhaps { from: at, sure: true } } else { Hit::Certain };
        }
    }

    /// Second half of an instant: what happened to the rule, then the phase closes.
    pub(crate) fn settle_rule(&mut self, ix: usize) {
        if self.rules[ix].done {
            return;
        }
        let Hits { first, second, open, close } = self.rules[ix].hits;
        self.second_hit(ix, second);
        self.first_hit(ix, first);
        self.settle_hold(ix);
        match (self.rules[ix].phase, close) {
            (PhaseState::Closing { at, doubted }, _) => self.close(ix, at, doubted),
            // A phase ends later than it begins.
            (PhaseState::Open { at, doubted }, Hit::Certain) if at < self.now => self.close(ix, at, doubted),
            (PhaseState::Doubt { since, opened }, Hit::Certain | Hit::Perhaps { sure: true, .. }) => {
                self.close(ix, opened.unwrap_or(since), true);
            }
            _ => return,
        }
        // One that closes and opens at the same instant: the instant belonged to the old one.
        if open == Hit::Certain && close == Hit::Certain && !self.rules[ix].done {
            self.open(ix, self.now, false);
            let first = self.rules[ix].hits.first;
            if self.set.rules[ix].pattern.triggers().0 == Some(&Trigger::Begins) {
                self.first_hit(ix, first);
            }
        }
        self.settle_hold(ix);
    }

    fn close(&mut self, ix: usize, opened_at: i64, doubted: bool) {
        self.conclude(ix, opened_at, doubted);
        self.rules[ix].phase = PhaseState::Closed;
    }

    /// What is said at the end of a phase.
    fn conclude(&mut self, ix: usize, opened_at: i64, doubted: bool) {
        let set = self.set.clone();
        let rule = &set.rules[ix];
        let hit = if doubted { Hit::Perhaps { from: opened_at, sure: true } } else { Hit::Certain };
        match &rule.pattern {
            Pattern::Holds { lasting, .. } => {
                // The closing instant of a phase from one event to another is part of it.
                if let Progress::Hold { truth: Truth::True, certain_since, told: false, .. } = self.rules[ix].progress
                    && self.now - certain_since >= *lasting
                    && !matches!(self.rules[ix].phase, PhaseState::Closing { .. })
                {
                    self.held(ix);
                }
            }
            Pattern::Count { .. } => self.say_count(ix, opened_at, doubted),
            Pattern::Figure { .. } => self.say_figure(ix, opened_at, doubted),
            pattern => {
                let (first, second) = pattern.triggers();
                if second == Some(&Trigger::Ends) {
                    self.second_hit(ix, hit);
                }
                if first == Some(&Trigger::Ends) {
                    let phase =
                        std::mem::replace(&mut self.rules[ix].phase, PhaseState::Open { at: opened_at, doubted });
                    self.first_hit(ix, hit);
                    self.rules[ix].phase = phase;
                }
            }
        }
    }

    /// The event that a rule waits for happened, or may have.
    fn first_hit(&mut self, ix: usize, hit: Hit) {
        let in_phase = self.rules[ix].in_phase();
        if matches!(hit, Hit::None | Hit::Lost) || in_phase == Truth::False || self.rules[ix].done {
            return;
        }
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        let (Some(trigger), _) = rule.pattern.triggers() else { return };
        let reads = reads_of(&set, trigger);
        if let Pattern::Count { .. } = rule.pattern {
            let new = self.samples(&reads);
            if let Progress::Count { count, doubted, samples } = &mut self.rules[ix].progress {
                if hit == Hit::Certain && in_phase == Truth::True {
                    *count += 1;
                    let room = KEPT_SAMPLES.saturating_sub(samples.len());
                    samples.extend(new.into_iter().take(room));
                } else {
                    *doubted = true;
                }
            }
            return;
        }
        if let Hit::Perhaps { from, sure: false } = hit {
            self.rules[ix].gaps.add(from, now);
            return;
        }
        if let Hit::Perhaps { from, sure } = hit {
            let what = What::Undecided(Reason::Unseen { from, sure, signals: self.names(&reads) });
            return self.say(ix, Outcome::Undecided, 0, (from, now), what, self.samples(&reads));
        }
        match &rule.pattern {
            Pattern::On { .. } if in_phase == Truth::Unknown => {
                let what = What::Undecided(Reason::PhaseUnseen);
                self.say(ix, Outcome::Undecided, 0, (now, now), what, self.samples(&reads));
            }
            Pattern::On { check: None, .. } => {
                self.say(ix, Outcome::Met, rule.met, (now, now), What::Event, self.samples(&reads));
            }
            Pattern::On { check: Some(check), .. } => self.say_check(ix, check, &reads),
            Pattern::Then { within, .. } => {
                self.wait(ix, in_phase, &reads);
                let generation = self.rules[ix].generation;
                self.schedule(now.saturating_add(*within), Due::Rule(ix as u32, generation));
            }
            Pattern::Measure { .. } => self.wait(ix, in_phase, &reads),
            _ => {}
        }
    }

    /// A newer first event takes the place of one that still waits.
    fn wait(&mut self, ix: usize, in_phase: Truth, reads: &[u32]) {
        let samples = self.samples(reads);
        let state = &mut self.rules[ix];
        state.generation = state.generation.wrapping_add(1);
        state.progress = Progress::Pending(Some(Pending {
            at: self.now,
            doubted: in_phase != Truth::True,
            answer_doubted: false,
            samples,
        }));
    }

    /// The second of two events happened, or may have.
    fn second_hit(&mut self, ix: usize, hit: Hit) {
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

    pub(crate) fn pass_deadline(&mut self, ix: usize, generation: u32) {
        if self.rules[ix].generation != generation || self.rules[ix].done {
            return;
        }
        if let Progress::Hold { .. } = self.rules[ix].progress {
            return self.held(ix);
        }
        let Progress::Pending(pending) = &mut self.rules[ix].progress else { return };
        let Some(waiting) = pending.take() else { return };
        let set = self.set.clone();
        let rule = &set.rules[ix];
        let (_, Some(second)) = rule.pattern.triggers() else { return };
        let reads = reads_of(&set, second);
        let window = (waiting.at, self.now);
        let mut samples = waiting.samples;
        samples.extend(self.samples(&reads));
        if waiting.answer_doubted || self.is_unseen(second) {
            let what = What::Undecided(Reason::Unseen { from: waiting.at, sure: false, signals: self.names(&reads) });
            self.say(ix, Outcome::Undecided, 0, window, what, samples);
        } else if waiting.doubted {
            self.say(ix, Outcome::Undecided, 0, window, What::Undecided(Reason::PhaseUnseen), samples);
        } else {
            self.say(ix, Outcome::Missed, rule.missed, window, What::Unanswered, samples);
        }
    }

    /// Whether nobody sees now whether the event happens.
    pub(crate) fn is_unseen(&self, trigger: &Trigger) -> bool {
        match trigger {
            Trigger::Edge { predicate, .. } => {
                matches!(self.predicates[*predicate as usize].truth, Truth::Unknown | Truth::Awaited)
            }
            Trigger::Change { watch } => {
                let watch = self.watches[*watch as usize];
                watch.lost_at.is_some() || watch.bits.is_none()
            }
            Trigger::Request(_) | Trigger::Begins | Trigger::Ends => false,
        }
    }

    /// The condition of a `holds` rule, taken together with its phase.
    fn settle_hold(&mut self, ix: usize) {
        let set = self.set.clone();
        let Pattern::Holds { predicate, lasting } = set.rules[ix].pattern else { return };
        let condition = self.predicates[predicate as usize];
        let now_is = match (condition.truth, self.rules[ix].in_phase()) {
            (Truth::False | Truth::Awaited, _) | (_, Truth::False | Truth::Awaited) => Truth::False,
            (Truth::True, Truth::True) => Truth::True,
            _ => Truth::Unknown,
        };
        let now = self.now;
        // A signal that was never seen may have been so from the start.
        let from = match condition.before_loss {
            None if condition.truth == Truth::Unknown => condition.lost_at,
            _ => now,
        };
        let new_samples =
            if now_is == Truth::True { self.samples(&set.predicates[predicate as usize].reads) } else { Vec::new() };
        let state = &mut self.rules[ix];
        let Progress::Hold { truth, possible_since, certain_since, uncertain, told, samples } = &mut state.progress
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

    fn say_perhaps_held(&mut self, ix: usize, predicate: u32, possible: i64) {
        let reads = self.set.predicates[predicate as usize].reads.clone();
        let what = What::Undecided(Reason::Unseen { from: possible, sure: false, signals: self.names(&reads) });
        self.say(ix, Outcome::Undecided, 0, (possible, self.now), what, self.samples(&reads));
    }

    fn held(&mut self, ix: usize) {
        let set = self.set.clone();
        let Pattern::Holds { predicate, .. } = set.rules[ix].pattern else { return };
        let Progress::Hold { certain_since, told, samples, .. } = &mut self.rules[ix].progress else { return };
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

    /// What a check finds at the instant of its event.
    fn say_check(&mut self, ix: usize, check: &Check, event_reads: &[u32]) {
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
                let tally = self.windows[*window as usize].tally(now);
                let oldest = self.windows[*window as usize].oldest();
                samples.extend(self.samples(&gauge.reads));
                let reason = if state.state != SlotState::Known || state.known_since > from {
                    Some(Reason::NotCovered { signals: self.names(&gauge.reads) })
                } else if tally.count == 0 {
                    Some(Reason::NoSamples { signals: self.names(&gauge.reads) })
                } else {
                    None
                };
                let (None, Some(figure)) = (&reason, tally.figure(shape.statistic)) else {
                    let reason = reason.unwrap_or(Reason::NoSamples { signals: self.names(&gauge.reads) });
                    return self.say(ix, Outcome::Undecided, 0, (from, now), What::Undecided(reason), samples);
                };
                let (good, marks) = scale.judge(figure, rule.met, rule.missed);
                let what = What::Figure { gauge: shape.gauge, statistic: shape.statistic, figure, tally };
                let outcome = if good { Outcome::Met } else { Outcome::Missed };
                return self.say(ix, outcome, marks, (oldest.unwrap_or(from), now), what, samples);
            }
        };
        let reads = &set.predicates[predicate as usize].reads;
        samples.extend(self.samples(reads));
        match so {
            Some(true) => self.say(ix, Outcome::Met, rule.met, (from, now), what, samples),
            Some(false) => self.say(ix, Outcome::Missed, rule.missed, (from, now), what, samples),
            None => {
                let what = What::Undecided(Reason::NotCovered { signals: self.names(reads) });
                self.say(ix, Outcome::Undecided, 0, (from, now), what, samples);
            }
        }
    }

    fn say_count(&mut self, ix: usize, opened_at: i64, phase_doubted: bool) {
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        let Pattern::Count { event, scale } = &rule.pattern else { return };
        let Progress::Count { count, doubted, samples } = &mut self.rules[ix].progress else { return };
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

    fn say_figure(&mut self, ix: usize, opened_at: i64, phase_doubted: bool) {
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        let Pattern::Figure { gauge, statistic, scale } = &rule.pattern else { return };
        let Progress::Figure { tally, doubted, .. } = &self.rules[ix].progress else { return };
        let (tally, doubted) = (*tally, *doubted);
        let reads = &set.gauges[*gauge as usize].reads;
        let (samples, signals) = (self.samples(reads), self.names(reads));
        let figure = tally.figure(*statistic);
        let reason = if doubted || self.gauges[*gauge as usize].state == SlotState::Unknown {
            Reason::NotCovered { signals }
        } else if phase_doubted {
            Reason::PhaseUnseen
        } else if let Some(figure) = figure {
            let (good, marks) = scale.judge(figure, rule.met, rule.missed);
            let outcome = if good { Outcome::Met } else { Outcome::Missed };
            let what = What::Figure { gauge: *gauge, statistic: *statistic, figure, tally };
            return self.say(ix, outcome, marks, (opened_at, now), what, samples);
        } else {
            Reason::NoSamples { signals }
        };
        self.say(ix, Outcome::Undecided, 0, (opened_at, now), What::Undecided(reason), samples);
    }

    /// The run is over: every rule says what it still has to say.
    pub(crate) fn end_of_run(&mut self) {
        for ix in 0..self.rules.len() {
            if !self.rules[ix].done {
                self.end_rule(ix);
            }
        }
    }

    fn end_rule(&mut self, ix: usize) {
        let set = self.set.clone();
        let (now, rule) = (self.now, &set.rules[ix]);
        let (first, second) = rule.pattern.triggers();
        // What was unseen to the end may have happened.
        if let Some(trigger) = first
            && let Some(from) = self.unseen_since(trigger)
        {
            self.first_hit(ix, Hit::Perhaps { from, sure: false });
        }
        let gaps = self.rules[ix].gaps;
        if let (Some(trigger), 1..) = (first, gaps.count) {
            let reads = reads_of(&set, trigger);
            let what =
                What::Undecided(Reason::Gaps { count: gaps.count, total: gaps.total, signals: self.names(&reads) });
            self.say(ix, Outcome::Undecided, 0, (gaps.first_from, gaps.last_to), what, self.samples(&reads));
        }
        if let Some(predicate) = self.never_seen(rule) {
            self.say_perhaps_held(ix, predicate, self.started_at);
        } else if let Pattern::Holds { predicate, lasting } = rule.pattern
            && let Progress::Hold { truth, possible_since, uncertain: true, told: false, .. } = self.rules[ix].progress
            && truth != Truth::False
            && now - possible_since >= lasting
        {
            self.say_perhaps_held(ix, predicate, possible_since);
        }
        match self.rules[ix].phase {
            PhaseState::Open { at, doubted } => {
                let ends_itself = !matches!(&rule.phase, Phase::Between { close, .. } if *close != Trigger::Ends);
                if ends_itself {
                    self.conclude(ix, at, doubted);
                } else if matches!(rule.pattern, Pattern::Count { .. } | Pattern::Figure { .. })
                    || first == Some(&Trigger::Ends)
                {
                    self.say_unfinished(ix, at, Vec::new());
                }
            }
            PhaseState::Doubt { since, opened } => self.conclude(ix, opened.unwrap_or(since), true),
            PhaseState::Closed | PhaseState::Closing { .. } => {}
        }
        if second != Some(&Trigger::Ends)
            && let Progress::Pending(pending) = &mut self.rules[ix].progress
            && let Some(waiting) = pending.take()
        {
            self.say_unfinished(ix, waiting.at, waiting.samples);
        }
    }

    /// A condition that the rule needs and that no sample of the whole run let anyone know.
    fn never_seen(&self, rule: &Rule) -> Option<u32> {
        let of_pattern = if let Pattern::Holds { predicate, .. } = rule.pattern { Some(predicate) } else { None };
        let of_phase = match &rule.phase {
            Phase::While(predicate) | Phase::Between { open: Trigger::Edge { predicate, .. }, .. } => Some(*predicate),
            _ => None,
        };
        [of_pattern, of_phase]
            .into_iter()
            .flatten()
            .find(|predicate| self.predicates[*predicate as usize].truth == Truth::Awaited)
    }

    fn say_unfinished(&mut self, ix: usize, from: i64, samples: Vec<EvidenceSample>) {
        let rule = &self.set.rules[ix];
        let (outcome, marks, what) = match rule.unfinished {
            Unfinished::Undecided => (Outcome::Undecided, 0, What::Undecided(Reason::EndOfRun)),
            Unfinished::Missed => (Outcome::Missed, rule.missed, What::Unfinished),
        };
        self.say(ix, outcome, marks, (from, self.now), what, samples);
    }

    /// Since when nobody sees whether the event happens; `None` while it is seen.
    fn unseen_since(&self, trigger: &Trigger) -> Option<i64> {
        if !self.is_unseen(trigger) {
            return None;
        }
        match trigger {
            Trigger::Edge { predicate, .. } => Some(self.predicates[*predicate as usize].lost_at),
            Trigger::Change { watch } => Some(self.watches[*watch as usize].lost_at.unwrap_or(self.started_at)),
            _ => None,
        }
    }
}

/// The signals that a trigger reads.
pub(crate) fn reads_of(set: &RuleSet, trigger: &Trigger) -> Vec<u32> {
    match trigger {
        Trigger::Edge { predicate, .. } => set.predicates[*predicate as usize].reads.clone(),
        Trigger::Change { watch } => vec![set.watches[*watch as usize].signal],
        Trigger::Request(_) | Trigger::Begins | Trigger::Ends => Vec::new(),
    }
}

//! The patterns: how far each rule has come, and what an event does to it.
//!
//! Here is what all patterns share: hits, the order within an instant, the end of a phase and of a run. Each family of
//! patterns has a file below.
//!
//! "Missing data never guesses": an event that may have happened unseen makes a rule undecided, and what is certain in
//! spite of a gap stays certain (a condition that held long enough after the gap has held long enough).

mod check;
mod count;
mod figure;
mod hold;
mod lately;
mod order;
mod pair;
mod phase;
mod sequence;
mod violation;

pub(crate) use count::{Counting, KEPT_SAMPLES};
pub(crate) use figure::Figuring;
pub(crate) use hold::Hold;
pub(crate) use lately::Lately;
pub(crate) use order::Order;
pub(crate) use pair::Pending;
pub(crate) use phase::PhaseState;
pub(crate) use sequence::Sequencing;
pub(crate) use violation::Violation;

use crate::finding::{Found, Reason, What};
use crate::monitor::{Due, Monitor};
use crate::rules::{Pattern, Phase, Role, Rule, RuleSet, Side, Trigger};
use crate::settle::Truth;
use crate::{EvidenceSample, Outcome, Unfinished};

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
    pub unless: Hit,
    pub open: Hit,
    pub close: Hit,
}

/// How far a rule has come, by its pattern.
#[derive(Debug, Clone)]
pub(crate) enum Progress {
    Nothing,
    Hold(Hold),
    Pending(Option<Pending>),
    Lately(Lately),
    Sequence(Sequencing),
    Order(Order),
    Violation(Violation),
    Count(Counting),
    Figure(Figuring),
}

#[derive(Debug, Clone, Default)]
struct Gaps {
    count: u32,
    first_from: i64,
    last_to: i64,
    total: i64,
    /// The samples at the edges of the first and of the last one; how many of the first.
    edges: Vec<EvidenceSample>,
    of_first: usize,
}

impl Gaps {
    fn add(&mut self, from: i64, to: i64, edges: Vec<EvidenceSample>) {
        if self.count == 0 {
            self.first_from = from;
            self.of_first = edges.len();
        }
        self.count += 1;
        self.last_to = to;
        self.total += to - from;
        self.edges.truncate(self.of_first);
        if self.count == 1 || self.edges != edges {
            self.edges.extend(edges);
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct RuleState {
    pub hits: Hits,
    pub phase: PhaseState,
    pub progress: Progress,
    /// Deadlines of an earlier count are no longer wanted.
    generation: u32,
    /// Times in which the event may have happened unseen: said once, at the end of the run.
    gaps: Gaps,
    pub done: bool,
    /// How many phases have begun.
    pub attempt: u32,
    /// What was found in them, until the best one is known.
    pub attempts: Vec<Found>,
    /// What waits for the rule's gate.
    pub waiting: Vec<Found>,
    /// Whether it was met, and whether something is undecided.
    pub met: bool,
    pub undecided: bool,
    /// Marks given and taken so far, in hundredths.
    pub given: i64,
    pub taken: i64,
}

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
                Pattern::Holds { .. } => Progress::Hold(Hold::new(started_at)),
                Pattern::Without { side: Side::Before, .. } => Progress::Lately(Lately::default()),
                Pattern::Then { .. } | Pattern::Without { .. } | Pattern::Measure { .. } => Progress::Pending(None),
                Pattern::Sequence { steps, .. } => Progress::Sequence(Sequencing::new(steps.len())),
                Pattern::Forbidden { .. } => Progress::Order(Order::default()),
                Pattern::While { .. } => Progress::Violation(Violation::new(started_at)),
                Pattern::Count { .. } => Progress::Count(Counting::default()),
                Pattern::Figure { fold, .. } => Progress::Figure(Figuring::new(*fold)),
            },
            generation: 0,
            gaps: Gaps::default(),
            done: false,
            attempt: u32::from(matches!(rule.phase, Phase::Run)),
            attempts: Vec::new(),
            waiting: Vec::new(),
            met: false,
            undecided: false,
            given: 0,
            taken: 0,
        }
    }

    /// An event of this part of the rule happened at this instant, or may have.
    pub fn strike(&mut self, role: Role, hit: Hit) {
        match role {
            Role::First => self.hits.first = hit,
            Role::Second => self.hits.second = hit,
            Role::Unless => self.hits.unless = hit,
            Role::Open => self.hits.open = hit,
            Role::Close => self.hits.close = hit,
            Role::Step(step) => {
                if let Progress::Sequence(sequence) = &mut self.progress {
                    sequence.hits[step as usize] = hit;
                }
            }
            Role::Level => {}
        }
    }

    pub fn has_gaps(&self) -> bool {
        self.gaps.count > 0
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
    /// Second half of an instant: what happened to the rule, then the phase closes.
    pub(crate) fn settle_rule(&mut self, ix: usize) {
        if self.rules[ix].done {
            return;
        }
        let Hits { first, second, unless, open, close } = self.rules[ix].hits;
        match self.set.rules[ix].pattern {
            Pattern::Without { side: Side::Before, .. } => {
                self.first_hit(ix, first);
                self.note_other(ix, second);
            }
            Pattern::Without { side: Side::FromBegin, .. } => {
                self.first_hit(ix, first);
                self.second_hit(ix, second);
            }
            Pattern::Sequence { .. } => self.settle_sequence(ix, first),
            Pattern::Forbidden { .. } => self.settle_order(ix, first, second),
            Pattern::While { .. } => self.settle_violation(ix),
            _ => {
                self.second_hit(ix, second);
                self.unless_hit(ix, unless);
                self.first_hit(ix, first);
            }
        }
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
        self.settle_violation(ix);
    }
    /// What is said at the end of a phase.
    fn conclude(&mut self, ix: usize, opened_at: i64, doubted: bool) {
        let set = self.set.clone();
        let rule = &set.rules[ix];
        let hit = if doubted { Hit::Perhaps { from: opened_at, sure: true } } else { Hit::Certain };
        match &rule.pattern {
            Pattern::Holds { lasting, .. } => self.conclude_hold(ix, *lasting),
            Pattern::Without { side: Side::FromBegin, .. } => self.conclude_absence(ix, doubted),
            Pattern::Sequence { .. } => self.step_missed(ix, doubted),
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
            return self.count(ix, hit == Hit::Certain && in_phase == Truth::True, &reads);
        }
        if let Hit::Perhaps { from, sure: false } = hit {
            return self.add_gap(ix, from);
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
            Pattern::Without { side: Side::Before, .. } => self.say_lately(ix, in_phase, &reads),
            Pattern::Sequence { .. } => self.begin_sequence(ix, in_phase, &reads),
            Pattern::Forbidden { .. } => self.say_order(ix, in_phase, &reads),
            Pattern::Then { within, .. } | Pattern::Without { within, .. } => {
                self.wait(ix, in_phase, &reads);
                let generation = self.rules[ix].generation;
                self.schedule(now.saturating_add(*within), Due::Rule(ix as u32, generation));
            }
            Pattern::Measure { .. } => self.wait(ix, in_phase, &reads),
            _ => {}
        }
    }

    /// A time from then to now in which the event may have happened unseen.
    fn add_gap(&mut self, ix: usize, from: i64) {
        let edges = self.edges_since(&watched_by(&self.set, &self.set.rules[ix]), from);
        self.rules[ix].gaps.add(from, self.now, edges);
    }

    pub(crate) fn pass_deadline(&mut self, ix: usize, generation: u32) {
        if self.rules[ix].generation != generation || self.rules[ix].done {
            return;
        }
        match self.rules[ix].progress {
            Progress::Hold(_) => self.held(ix),
            Progress::Pending(_) => self.unanswered(ix),
            Progress::Sequence(_) => self.step_missed(ix, false),
            _ => {}
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
            Trigger::Agree { agreement } => self.disagreement_unseen_since(*agreement).is_some(),
            Trigger::Request(_) | Trigger::Begins | Trigger::Ends => false,
        }
    }
    /// The run is over: every rule says what it still has to say.
    pub(crate) fn end_of_run(&mut self) {
        for ix in 0..self.rules.len() {
            if !self.rules[ix].done {
                self.end_rule(ix);
            }
        }
        self.decide_what_waits();
    }

    fn end_rule(&mut self, ix: usize) {
        let set = self.set.clone();
        let rule = &set.rules[ix];
        let (first, _) = rule.pattern.triggers();
        // What was unseen to the end may have happened.
        if let Some(trigger) = first
            && let Some(from) = self.unseen_since(trigger)
            && !matches!(self.rules[ix].progress, Progress::Order(order) if order.is_kept_since(from))
        {
            self.first_hit(ix, Hit::Perhaps { from, sure: false });
        }
        self.end_violation(ix);
        if self.rules[ix].has_gaps() {
            let Gaps { count, first_from, last_to, total, edges, .. } = self.rules[ix].gaps.clone();
            let what = What::Undecided(Reason::Gaps { count, total, signals: self.names(&watched_by(&set, rule)) });
            self.say(ix, Outcome::Undecided, 0, (first_from, last_to), what, edges);
        }
        if let Some(predicate) = self.never_seen(rule) {
            self.say_perhaps_held(ix, predicate, self.started_at);
        } else {
            self.end_hold(ix);
        }
        // The end of the run is no end of what still waits in its phase.
        match rule.pattern {
            Pattern::Without { side: Side::FromBegin, .. } => self.end_pending(ix),
            Pattern::Sequence { .. } => self.end_sequence(ix),
            _ => {}
        }
        match self.rules[ix].phase {
            PhaseState::Open { at, doubted } => {
                let ends_itself = !matches!(&rule.phase, Phase::Between { close, .. } if *close != Trigger::Ends);
                if ends_itself {
                    self.conclude(ix, at, doubted);
                } else if matches!(rule.pattern, Pattern::Count { .. } | Pattern::Figure { .. })
                    || first == Some(&Trigger::Ends)
                {
                    self.end_open_phase(ix, at, doubted);
                }
            }
            PhaseState::Doubt { since, opened } => self.conclude(ix, opened.unwrap_or(since), true),
            PhaseState::Closed | PhaseState::Closing { .. } => {}
        }
        self.end_pending(ix);
    }

    /// The run ends while a phase waits for what closes it: that may have happened unseen.
    fn end_open_phase(&mut self, ix: usize, opened: i64, doubted: bool) {
        let set = self.set.clone();
        let rule = &set.rules[ix];
        let unseen = match &rule.phase {
            _ if rule.unfinished == Unfinished::Undecided => None,
            _ if doubted => Some(Reason::PhaseUnseen),
            Phase::Between { close, .. } if self.is_unseen(close) => {
                Some(Reason::Unseen { from: opened, sure: false, signals: self.names(&reads_of(&set, close)) })
            }
            _ => None,
        };
        match unseen {
            Some(reason) => {
                self.say(ix, Outcome::Undecided, 0, (opened, self.now), What::Undecided(reason), Vec::new());
            }
            None => self.say_unfinished(ix, opened, Vec::new()),
        }
    }

    /// A condition that the rule needs and that no sample of the whole run let anyone know.
    fn never_seen(&self, rule: &Rule) -> Option<u32> {
        let of_pattern = rule.pattern.level();
        let of_phase = match &rule.phase {
            Phase::While(predicate) | Phase::Between { open: Trigger::Edge { predicate, .. }, .. } => Some(*predicate),
            _ => None,
        };
        let of_witnesses = match &rule.phase {
            Phase::Between { open: Trigger::Agree { agreement }, .. }
                if self.disagreement_unseen_since(*agreement).is_some() =>
            {
                &*self.set.agreements[*agreement as usize].shape.witnesses
            }
            _ => &[],
        };
        [of_pattern, of_phase]
            .into_iter()
            .flatten()
            .chain(of_witnesses.iter().copied())
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
            Trigger::Agree { agreement } => self.disagreement_unseen_since(*agreement),
            Trigger::Request(_) | Trigger::Begins | Trigger::Ends => None,
        }
    }
}

/// The signals of the event or condition that a rule waits for.
pub(crate) fn watched_by(set: &RuleSet, rule: &Rule) -> Vec<u32> {
    match (rule.pattern.triggers().0, rule.pattern.level()) {
        (Some(trigger), _) => reads_of(set, trigger),
        (None, Some(predicate)) => set.predicates[predicate as usize].reads.clone(),
        (None, None) => Vec::new(),
    }
}

/// The signals that a trigger reads.
pub(crate) fn reads_of(set: &RuleSet, trigger: &Trigger) -> Vec<u32> {
    match trigger {
        Trigger::Edge { predicate, .. } => set.predicates[*predicate as usize].reads.clone(),
        Trigger::Change { watch } => vec![set.watches[*watch as usize].signal],
        Trigger::Agree { agreement } => {
            let witnesses = set.agreements[*agreement as usize].shape.witnesses.iter();
            let mut reads: Vec<u32> =
                witnesses.flat_map(|witness| set.predicates[*witness as usize].reads.iter().copied()).collect();
            reads.sort_unstable();
            reads.dedup();
            reads
        }
        Trigger::Request(_) | Trigger::Begins | Trigger::Ends => Vec::new(),
    }
}

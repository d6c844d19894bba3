//! How much memory the rules of one run take at most.
//!
//! What doesn't depend on samples is counted once. What does is a *room*: so many bytes for each sample (or event) that
//! lies within a time. Verdicts that nobody has drained, and findings that wait for a gate or a better attempt, are not in it.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use crate::EvidenceSample;
use crate::agree::AgreementState;
use crate::code::{DEEPEST_STACK, Slot};
use crate::monitor::{Due, Monitor};
use crate::pattern::{Hit, KEPT_SAMPLES, RuleState, reads_of, watched_by};
use crate::rules::{Pattern, Rule, RuleSet, Side, Trigger};
use crate::settle::{GaugeState, PredicateState, WatchState};
use crate::unseen::Edges;
use crate::window::{Fold, Window};

/// The memory of one run's monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryBound {
    pub fixed_bytes: u64,
    pub rooms: Vec<MemoryRoom>,
}

/// Memory for what lies within a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryRoom {
    /// The figure of a window, the first witness of an agreement, or the id of a rule with a deadline.
    pub of: Arc<str>,
    /// `None`: a whole phase.
    pub over: Option<Duration>,
    pub bytes_per_sample: u64,
}

impl MemoryBound {
    /// The bound for so many samples of each signal a second, in a run that lasts no longer than this.
    pub fn bytes(&self, samples_per_second: f64, longest: Duration) -> u64 {
        let room = |room: &MemoryRoom| {
            let over = room.over.unwrap_or(longest).min(longest);
            let samples = (over.as_secs_f64() * samples_per_second).ceil() as u64 + 1;
            samples.saturating_mul(room.bytes_per_sample)
        };
        self.rooms.iter().map(room).fold(self.fixed_bytes, u64::saturating_add)
    }
}

/// A growing buffer may be half empty.
const SLACK: usize = 2;

impl RuleSet {
    /// The most memory that a run of these rules takes.
    pub fn memory_bound(&self) -> MemoryBound {
        let signals = self.signals.len()
            * (size_of::<Slot>() + size_of::<bool>() + size_of::<Option<Arc<str>>>() + size_of::<Edges>());
        let stale = self.signals.len() * SLACK * size_of::<Reverse<(i64, Due)>>();
        let shared = self.predicates.len() * (size_of::<PredicateState>() + size_of::<Vec<EvidenceSample>>())
            + (self.predicates.iter())
                .filter(|predicate| predicate.looked_back_on)
                .map(|predicate| predicate.reads.len().max(2) * SLACK * size_of::<EvidenceSample>())
                .sum::<usize>()
            + self.gauges.len() * size_of::<GaugeState>()
            + self.windows.len() * size_of::<Window>()
            + self.watches.len() * (size_of::<WatchState>() + SLACK * size_of::<u32>())
            + (self.agreements.iter())
                .map(|agreement| AgreementState::bytes(agreement.shape.witnesses.len()) + SLACK * size_of::<u32>())
                .sum::<usize>()
            + (self.predicates.len().div_ceil(64) + self.gauges.len().div_ceil(64)) * size_of::<u64>();
        let rules: usize = (self.rules.iter())
            .map(|rule| size_of::<RuleState>() + SLACK * size_of::<u32>() + self.evidence_of(rule))
            .sum();
        let fixed = size_of::<Monitor>() + DEEPEST_STACK * size_of::<u64>() + signals + stale + shared + rules;
        let windows = self.windows.iter().map(|window| MemoryRoom {
            of: self.gauges[window.gauge as usize].source.clone(),
            over: Some(Duration::from_nanos(window.over.unsigned_abs())),
            bytes_per_sample: Window::bytes_per_sample(window.fold) as u64,
        });
        let of_rules = self.rules.iter().filter_map(|rule| {
            let deadline = |ns: i64| MemoryRoom {
                of: rule.id.clone(),
                over: Some(Duration::from_nanos(ns.unsigned_abs())),
                bytes_per_sample: (SLACK * size_of::<Reverse<(i64, Due)>>()) as u64,
            };
            match &rule.pattern {
                Pattern::Holds { lasting, .. } => Some(deadline(*lasting)),
                Pattern::Then { within, .. } | Pattern::Without { within, side: Side::After | Side::FromBegin, .. } => {
                    Some(deadline(*within))
                }
                Pattern::Sequence { steps, within, .. } => {
                    steps.iter().filter_map(|step| step.within).chain(*within).max().map(deadline)
                }
                Pattern::Figure { fold: Fold::Percentile(_), gauge, .. } => Some(MemoryRoom {
                    of: self.gauges[*gauge as usize].source.clone(),
                    over: None,
                    bytes_per_sample: (SLACK * size_of::<f64>()) as u64,
                }),
                _ => None,
            }
        });
        let agreements = self.agreements.iter().map(|agreement| MemoryRoom {
            of: self.predicates[agreement.shape.witnesses[0] as usize].source.clone(),
            over: Some(Duration::from_nanos(agreement.shape.within.unsigned_abs())),
            bytes_per_sample: (SLACK * size_of::<Reverse<(i64, Due)>>()) as u64,
        });
        let rooms = windows.filter(|room| room.bytes_per_sample > 0).chain(agreements).chain(of_rules).collect();
        MemoryBound { fixed_bytes: fixed as u64, rooms }
    }

    /// The samples that a rule keeps for its evidence, and its steps' hits.
    fn evidence_of(&self, rule: &Rule) -> usize {
        let pattern = &rule.pattern;
        let read = |trigger: &Trigger| reads_of(self, trigger).len();
        let samples = match pattern {
            Pattern::Count { .. } => KEPT_SAMPLES,
            Pattern::Holds { predicate, .. } | Pattern::While { predicate, .. } => {
                self.predicates[*predicate as usize].reads.len()
            }
            Pattern::Then { first, .. } | Pattern::Measure { from: first, .. } => read(first),
            Pattern::Without { event, .. } => read(event),
            Pattern::Sequence { steps, .. } => steps.iter().map(|step| read(&step.event)).sum(),
            Pattern::On { .. } | Pattern::Forbidden { .. } | Pattern::Figure { .. } => 0,
        };
        // Two gaps with two edges each.
        let samples = samples + 4 * watched_by(self, rule).len();
        samples * SLACK * size_of::<EvidenceSample>() + pattern.steps().len() * size_of::<Hit>()
    }
}

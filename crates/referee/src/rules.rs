//! A compiled set of rules: shared conditions and figures, who follows them, and what each signal concerns.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::Text;

use crate::code::{Condition, Op};
use crate::cuts::Cuts;
use crate::window::Fold;
use crate::{PerSpec, SignalDecl, Unfinished};

/// Rules that were checked and compiled. Shared by all monitors of a contest.
#[derive(Debug)]
pub struct RuleSet {
    pub(crate) decls: Vec<SignalDecl>,
    pub(crate) signals: Vec<Signal>,
    pub(crate) predicates: Vec<Predicate>,
    pub(crate) gauges: Vec<Gauge>,
    pub(crate) windows: Vec<WindowShape>,
    pub(crate) watches: Vec<Watch>,
    pub(crate) agreements: Vec<Agreement>,
    pub(crate) rules: Vec<Rule>,
    /// The rules with a gate, each after those in its gate.
    pub(crate) gate_order: Vec<u32>,
    pub(crate) texts: Vec<Arc<str>>,
}

impl RuleSet {
    pub fn signals(&self) -> &[SignalDecl] {
        &self.decls
    }

    /// The place of the signal of this name.
    pub fn signal(&self, name: &str) -> Option<crate::SignalIx> {
        self.decls.iter().position(|decl| decl.name == name).map(|ix| crate::SignalIx(ix as u32))
    }

    /// Id and aspect of each rule, in the order of the specs.
    pub fn rules(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rules.iter().map(|rule| (&*rule.id, &*rule.aspect))
    }

    /// The checkpoints at which some rule is judged on request, each once; rules that take any request add none.
    pub fn checkpoints(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.requests().filter_map(|(_, checkpoint)| checkpoint).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What is judged on request: the id of each such rule, and its checkpoint, or none where it takes any request.
    pub fn requests(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.rules.iter().flat_map(|rule| {
            rule.parts().filter_map(|(_, trigger)| match trigger {
                Trigger::Request(name) => Some((&*rule.id, name.as_deref())),
                _ => None,
            })
        })
    }

    /// How many different conditions the rules have; equal ones are shared.
    pub fn condition_count(&self) -> usize {
        self.predicates.len()
    }
}

#[derive(Debug)]
pub(crate) struct Signal {
    pub name: Arc<str>,
    pub kind: Kind,
    /// `i64::MAX` when it never goes stale.
    pub stale_after: i64,
    /// Whether any rule reads it.
    pub read: bool,
    /// Predicates that read it: words of the dirty set and the bits in them.
    pub predicates: Readers,
    /// Which of them turn at which values.
    pub cuts: Cuts,
    pub gauges: Readers,
    /// The window that keeps its samples, where no other figure is made of it.
    pub window: Option<u32>,
    pub watch: Option<u32>,
}

/// Who reads a signal: words of a dirty set and the bits in them. Most signals need one word, which stands in place.
#[derive(Debug)]
pub(crate) struct Readers {
    pub first: (u32, u64),
    pub others: Box<[(u32, u64)]>,
}

impl Readers {
    /// The readers at these places.
    pub fn of(places: impl IntoIterator<Item = u32>) -> Readers {
        let mut words: BTreeMap<u32, u64> = BTreeMap::new();
        for place in places {
            *words.entry(place / 64).or_default() |= 1 << (place % 64);
        }
        let mut words = words.into_iter();
        Readers { first: words.next().unwrap_or((0, 0)), others: words.collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.first.1 == 0
    }

    #[inline(always)]
    pub fn mark(&self, dirty: &mut [u64]) {
        if self.first.1 != 0 {
            dirty[self.first.0 as usize] |= self.first.1;
            for (word, bits) in &self.others {
                dirty[*word as usize] |= bits;
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Integer,
    Real,
    Text,
}

#[derive(Debug)]
pub(crate) struct Predicate {
    pub condition: Condition,
    pub reads: Vec<u32>,
    pub followers: Vec<Follower>,
    /// Agreements of which it is a witness, and which one.
    pub testifies: Vec<(u32, u8)>,
    /// Whether a check looks back on it: what made it false is kept.
    pub looked_back_on: bool,
    pub source: Arc<str>,
}

/// A rule that wants to hear of a predicate or of a watched signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Follower {
    pub rule: u32,
    pub role: Role,
    /// Which edge is meant; for [`Role::Level`] both.
    pub rises: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The event, the first of two.
    First,
    Second,
    /// What must not come between the two.
    Unless,
    /// A step of a sequence after the first one.
    Step(u8),
    Open,
    Close,
    /// The rule reads the state itself.
    Level,
}

/// A figure that is taken whenever a signal it reads has a sample.
#[derive(Debug)]
pub(crate) struct Gauge {
    pub code: GaugeCode,
    pub reads: Vec<u32>,
    pub source: Arc<str>,
    pub unit: Arc<str>,
    /// An unseen beginning as long as this is not missing: the first sample is on its way.
    pub patience: i64,
    pub windows: Vec<u32>,
    /// Rules that sum it up over their phase.
    pub rules: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum GaugeCode {
    /// The signal itself, a real.
    Signal(u32),
    Code(Box<[Op]>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WindowShape {
    pub gauge: u32,
    pub fold: Fold,
    pub over: i64,
}

/// A signal whose changes are events.
#[derive(Debug)]
pub(crate) struct Watch {
    pub signal: u32,
    pub followers: Vec<Follower>,
}

/// Witnesses of one event.
#[derive(Debug)]
pub(crate) struct Agreement {
    pub shape: AgreementShape,
    pub followers: Vec<Follower>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AgreementShape {
    /// Their conditions.
    pub witnesses: Box<[u32]>,
    /// `None`: more than half of those that are connected.
    pub at_least: Option<u32>,
    pub within: i64,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub id: Arc<str>,
    pub aspect: Arc<str>,
    pub says: Text,
    pub phase: Phase,
    pub pattern: Pattern,
    pub met: i64,
    pub missed: i64,
    pub once: bool,
    pub at_most: Option<i64>,
    pub min_total: Option<i64>,
    pub best_of: Option<u32>,
    /// The rules that must have been met.
    pub gates: Box<[u32]>,
    /// The rules that have this one in their gate.
    pub behind: Box<[u32]>,
    pub unfinished: Unfinished,
}

impl Rule {
    /// The events that the rule wants to hear of.
    pub fn parts(&self) -> impl Iterator<Item = (Role, &Trigger)> {
        let (first, second) = self.pattern.triggers();
        let unless = match &self.pattern {
            Pattern::Then { unless, .. } => unless.as_ref(),
            _ => None,
        };
        let (open, close) = match &self.phase {
            Phase::Between { open, close } => (Some(open), Some(close)),
            _ => (None, None),
        };
        [(Role::First, first), (Role::Second, second), (Role::Unless, unless), (Role::Open, open), (Role::Close, close)]
            .into_iter()
            .filter_map(|(role, trigger)| trigger.map(|trigger| (role, trigger)))
            .chain(
                self.pattern
                    .steps()
                    .iter()
                    .enumerate()
                    .skip(1)
                    .map(|(step, told)| (Role::Step(step as u8), &told.event)),
            )
    }
}

#[derive(Debug)]
pub(crate) enum Phase {
    Run,
    While(u32),
    Between { open: Trigger, close: Trigger },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trigger {
    Edge { predicate: u32, rises: bool },
    Change { watch: u32 },
    Agree { agreement: u32 },
    Request(Option<Arc<str>>),
    Begins,
    Ends,
}

#[derive(Debug)]
pub(crate) enum Pattern {
    On { event: Trigger, check: Option<Check> },
    Holds { predicate: u32, lasting: i64 },
    Then { first: Trigger, second: Trigger, within: i64, unless: Option<Trigger> },
    Without { event: Trigger, other: Trigger, within: i64, side: Side },
    Sequence { steps: Box<[Step]>, within: Option<i64>, each: bool },
    Forbidden { event: Trigger, after: Trigger },
    While { predicate: u32, per: PerSpec },
    Count { event: Trigger, scale: Option<Scale> },
    Measure { from: Trigger, to: Trigger, scale: Scale },
    Figure { gauge: u32, fold: Fold, scale: Scale },
}

impl Pattern {
    pub fn triggers(&self) -> (Option<&Trigger>, Option<&Trigger>) {
        match self {
            Pattern::On { event, .. } | Pattern::Count { event, .. } => (Some(event), None),
            Pattern::Then { first, second, .. } => (Some(first), Some(second)),
            Pattern::Without { event, other, .. } | Pattern::Forbidden { event, after: other } => {
                (Some(event), Some(other))
            }
            Pattern::Sequence { steps, .. } => (steps.first().map(|step| &step.event), None),
            Pattern::Measure { from, to, .. } => (Some(from), Some(to)),
            Pattern::Holds { .. } | Pattern::While { .. } | Pattern::Figure { .. } => (None, None),
        }
    }

    pub fn steps(&self) -> &[Step] {
        match self {
            Pattern::Sequence { steps, .. } => steps,
            _ => &[],
        }
    }

    /// The condition whose state the rule follows.
    pub fn level(&self) -> Option<u32> {
        match self {
            Pattern::Holds { predicate, .. } | Pattern::While { predicate, .. } => Some(*predicate),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Step {
    pub event: Trigger,
    /// From the step before.
    pub within: Option<i64>,
}

/// Where another event must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// In `(t, t + T]`.
    After,
    /// In `[t − T, t)`.
    Before,
    /// In `[t, t + T]` of a beginning, and no later than the phase's end.
    FromBegin,
}

#[derive(Debug)]
pub(crate) enum Check {
    Is { predicate: u32 },
    Held { predicate: u32, lasting: i64 },
    Figure { window: u32, scale: Scale },
}

/// How a figure becomes marks; bounds are in the figure's unit (durations in ns).
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scale {
    Range { low: Option<f64>, high: Option<f64> },
    Tolerance { target: f64, full: f64, zero: f64 },
    Curve(Vec<(f64, i64)>),
}

impl Scale {
    /// Whether the figure is good enough, and the marks in hundredths, rounded once, half away from zero.
    pub fn judge(&self, figure: f64, met: i64, missed: i64) -> (bool, i64) {
        match self {
            Scale::Range { low, high } => {
                // The mean of 0.1 and 0.2 lies at 0.15: figures are read as decimals.
                let figure = decimal(figure);
                let inside = low.is_none_or(|low| figure >= low) && high.is_none_or(|high| figure <= high);
                (inside, if inside { met } else { missed })
            }
            Scale::Tolerance { target, full, zero } => {
                // 10.05 lies within 10 ± 0.05: the difference of two decimals is read as a decimal again.
                let off = decimal((figure - target).abs());
                if off <= *full {
                    (true, met)
                } else if off >= *zero {
                    (false, missed)
                } else {
                    (true, (met as f64 * (zero - off) / (zero - full)).round() as i64)
                }
            }
            Scale::Curve(points) => {
                let marks = along(points, figure);
                let least = points.iter().map(|point| point.1).min().unwrap_or(0);
                let flat = points.iter().all(|point| point.1 == least);
                (flat || marks > least, marks)
            }
        }
    }
}

/// The curve at `x`: straight between its points, level outside.
fn along(points: &[(f64, i64)], x: f64) -> i64 {
    let after = points.partition_point(|point| point.0 <= x);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some((from, low)), Some((to, high))) => {
            (*low as f64 + (high - low) as f64 * ((x - from) / (to - from))).round() as i64
        }
        (Some((_, marks)), None) | (None, Some((_, marks))) => *marks,
        (None, None) => 0,
    }
}

/// The nearest real with at most 9 decimals.
fn decimal(figure: f64) -> f64 {
    if figure.abs() < 1e6 { (figure * 1e9).round() / 1e9 } else { figure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_straight_between_its_points_and_level_outside() {
        let curve = Scale::Curve(vec![(10.0, 2000), (20.0, 1000), (30.0, 0)]);
        for (figure, expected) in [
            (0.0, (true, 2000)),
            (10.0, (true, 2000)),
            (12.5, (true, 1750)),
            (20.0, (true, 1000)),
            (29.995, (true, 1)),
            (29.9999, (false, 0)),
            (30.0, (false, 0)),
            (99.0, (false, 0)),
        ] {
            assert_eq!(curve.judge(figure, 0, 0), expected, "{figure}");
        }
        assert_eq!(Scale::Curve(vec![(0.0, -50), (1.0, -50)]).judge(0.5, 0, 0), (true, -50));
    }

    #[test]
    fn tolerance_bounds_are_included_as_written() {
        let tolerance = Scale::Tolerance { target: 10.0, full: 0.05, zero: 0.2 };
        for (figure, expected) in [
            (10.05, (true, 300)),
            (9.95, (true, 300)),
            (10.0500001, (true, 300)),
            (10.125, (true, 150)),
            (9.875, (true, 150)),
            (10.2, (false, -10)),
            (9.8, (false, -10)),
        ] {
            assert_eq!(tolerance.judge(figure, 300, -10), expected, "{figure}");
        }
        let range = Scale::Range { low: Some(48.0), high: None };
        assert_eq!(range.judge(48.0, 100, 0), (true, 100));
        assert_eq!(range.judge(47.999, 100, -100), (false, -100));
    }
}

//! An instant is settled: conditions that may have changed are evaluated, and the rules concerned hear of it.
//!
//! The order within an instant is fixed: conditions, then phases open, then figures are taken, then patterns in the
//! order of the rules, then phases close.

use crate::code::{Figures, Slot, SlotState, run};
use crate::monitor::Monitor;
use crate::pattern::Hit;
use crate::rules::{Follower, GaugeCode, Phase, Trigger};

/// What a condition is known to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    /// It reads a signal that has not come yet and isn't overdue.
    Awaited,
    False,
    True,
    Unknown,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct PredicateState {
    pub truth: Truth,
    /// Since when it has been what it is.
    pub since: i64,
    /// Since when it has not been known to be false.
    pub not_false_since: i64,
    /// When it was last lost, and what it was before; `None`: nothing was seen from the start on.
    pub lost_at: i64,
    pub before_loss: Option<bool>,
}

impl PredicateState {
    pub fn new(started_at: i64) -> PredicateState {
        PredicateState {
            truth: Truth::Awaited,
            since: started_at,
            not_false_since: i64::MIN,
            lost_at: started_at,
            before_loss: None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct GaugeState {
    pub state: SlotState,
    /// Since when it has been known without a break.
    pub known_since: i64,
}

impl Default for GaugeState {
    fn default() -> Self {
        GaugeState { state: SlotState::Awaited, known_since: i64::MAX }
    }
}

/// The last known value of a watched signal.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WatchState {
    pub bits: Option<u64>,
    /// Since when it is unknown.
    pub lost_at: Option<i64>,
}

impl Monitor {
    pub(crate) fn settle(&mut self) {
        self.dirty = false;
        if !self.begun {
            self.begin();
        }
        for word in 0..self.dirty_predicates.len() {
            let mut bits = std::mem::take(&mut self.dirty_predicates[word]);
            while bits != 0 {
                self.settle_predicate(word * 64 + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
        if !self.dirty_watches.is_empty() {
            self.settle_watches();
        }
        if !self.dirty_agreements.is_empty() {
            self.settle_agreements();
        }
        if !self.requests.is_empty() {
            self.settle_requests();
        }
        if self.touched.is_empty() {
            self.settle_gauges();
            return;
        }
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        touched.dedup();
        for rule in &touched {
            self.open_phase(*rule as usize);
        }
        self.settle_gauges();
        for rule in &touched {
            self.settle_rule(*rule as usize);
            self.rules[*rule as usize].hits = Default::default();
        }
        // Nothing touches a rule while rules are settled: they don't act on each other.
        touched.clear();
        self.touched = touched;
    }

    #[cold]
    fn begin(&mut self) {
        self.begun = true;
        let set = self.set.clone();
        for (ix, rule) in set.rules.iter().enumerate() {
            let state = &mut self.rules[ix];
            if matches!(rule.phase, Phase::Run) && rule.pattern.triggers().0 == Some(&Trigger::Begins) {
                state.hits.first = Hit::Certain;
            }
            if matches!(&rule.phase, Phase::Between { open: Trigger::Begins, .. }) {
                state.hits.open = Hit::Certain;
            }
            self.touched.push(ix as u32);
        }
    }

    #[inline]
    fn settle_predicate(&mut self, ix: usize) {
        let predicate = &self.set.predicates[ix];
        let truth = match predicate.condition.evaluate(&self.slots, &mut self.stack) {
            Some(true) => Truth::True,
            Some(false) => Truth::False,
            None => Truth::Unknown,
        };
        if truth != self.predicates[ix].truth {
            self.turn(ix, truth);
        }
    }

    fn turn(&mut self, ix: usize, truth: Truth) {
        let now = self.now;
        let old = self.predicates[ix];
        if old.truth == Truth::Awaited && truth == Truth::Unknown && awaits(&self.slots, &self.set.predicates[ix].reads)
        {
            return;
        }
        let state = &mut self.predicates[ix];
        state.truth = truth;
        state.since = now;
        if old.truth == Truth::False {
            state.not_false_since = now;
        }
        if truth == Truth::Unknown {
            let seen = old.truth != Truth::Awaited;
            state.lost_at = if seen { now } else { self.started_at };
            state.before_loss = seen.then_some(old.truth == Truth::True);
        }
        let set = self.set.clone();
        if truth == Truth::False && set.predicates[ix].looked_back_on {
            let mut broke = std::mem::take(&mut self.broke[ix]);
            broke.clear();
            broke.extend(set.predicates[ix].reads.iter().filter_map(|signal| self.sample(*signal as usize)));
            self.broke[ix] = broke;
        }
        for (agreement, witness) in &set.predicates[ix].testifies {
            self.agreements[*agreement as usize].hear(*witness, old, truth, now);
            self.dirty_agreements.push(*agreement);
        }
        if set.predicates[ix].followers.is_empty() {
            return;
        }
        let is = truth == Truth::True;
        self.tell(&set.predicates[ix].followers, |rises| match (old.truth, truth) {
            (_, Truth::Unknown) => Hit::Lost,
            // What was so from the beginning is no event.
            (Truth::Awaited, _) => Hit::None,
            (Truth::Unknown, _) => {
                Hit::Perhaps { from: old.lost_at, sure: is == rises && old.before_loss == Some(!rises) }
            }
            _ if rises == is => Hit::Certain,
            _ => Hit::None,
        });
    }

    pub(crate) fn tell(&mut self, followers: &[Follower], edge: impl Fn(bool) -> Hit) {
        for follower in followers {
            self.rules[follower.rule as usize].strike(follower.role, edge(follower.rises));
            self.touched.push(follower.rule);
        }
    }

    #[cold]
    fn settle_watches(&mut self) {
        let set = self.set.clone();
        let mut changed = std::mem::take(&mut self.dirty_watches);
        changed.sort_unstable();
        changed.dedup();
        for ix in changed.drain(..) {
            let watch = &set.watches[ix as usize];
            let slot = self.slots[watch.signal as usize];
            let state = &mut self.watches[ix as usize];
            let hit = if slot.state == SlotState::Known {
                let old = state.bits.replace(slot.bits);
                match (old, state.lost_at.take()) {
                    (Some(old), None) if old != slot.bits => Hit::Certain,
                    (_, None) => Hit::None,
                    (old, Some(from)) => Hit::Perhaps { from, sure: old.is_some_and(|old| old != slot.bits) },
                }
            } else {
                let from = if state.bits.is_some() { self.now } else { self.started_at };
                state.lost_at.get_or_insert(from);
                Hit::Lost
            };
            if hit != Hit::None {
                self.tell(&watch.followers, |_| hit);
            }
        }
        self.dirty_watches = changed;
    }

    #[cold]
    fn settle_requests(&mut self) {
        let set = self.set.clone();
        for asked in std::mem::take(&mut self.requests) {
            let meant = |trigger: &Trigger| match trigger {
                Trigger::Request(None) => true,
                Trigger::Request(name) => asked.is_none() || *name == asked,
                _ => false,
            };
            for (ix, rule) in set.rules.iter().enumerate() {
                for (role, trigger) in rule.parts() {
                    if meant(trigger) {
                        self.rules[ix].strike(role, Hit::Certain);
                        self.touched.push(ix as u32);
                    }
                }
            }
        }
    }

    #[inline]
    fn settle_gauges(&mut self) {
        for word in 0..self.dirty_gauges.len() {
            let mut bits = std::mem::take(&mut self.dirty_gauges[word]);
            while bits != 0 {
                self.settle_gauge(word * 64 + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }

    #[inline]
    fn settle_gauge(&mut self, ix: usize) {
        let gauge = &self.set.gauges[ix];
        let figure = match &gauge.code {
            GaugeCode::Signal(signal) => {
                let slot = &self.slots[*signal as usize];
                (slot.state == SlotState::Known).then(|| f64::from_bits(slot.bits))
            }
            GaugeCode::Code(ops) => {
                run(ops, &self.slots, &mut self.stack).map(f64::from_bits).filter(|x| x.is_finite())
            }
        };
        let state = &mut self.gauges[ix];
        let Some(figure) = figure else { return self.lose_gauge(ix) };
        if state.state != SlotState::Known {
            let on_its_way = state.state == SlotState::Awaited && self.now - self.started_at <= gauge.patience;
            state.known_since = if on_its_way { self.started_at } else { self.now };
            state.state = SlotState::Known;
        }
        if let GaugeCode::Signal(signal) = gauge.code
            && let Some(window) = self.set.signals[signal as usize].window
        {
            self.slots[signal as usize].figures = Figures::Given(window);
        }
        for window in &gauge.windows {
            self.windows[*window as usize].push(self.now, figure);
        }
        for rule in &gauge.rules {
            self.rules[*rule as usize].take_figure(self.now, figure);
        }
    }

    #[cold]
    fn lose_gauge(&mut self, ix: usize) {
        let set = self.set.clone();
        let gauge = &set.gauges[ix];
        let state = &mut self.gauges[ix];
        if state.state == SlotState::Awaited && awaits(&self.slots, &gauge.reads) {
            return;
        }
        state.state = SlotState::Unknown;
        for rule in &gauge.rules {
            self.rules[*rule as usize].doubt_figure();
        }
    }
}

/// Whether it is only a matter of time until these are known: some have not come yet, none is overdue or bad.
fn awaits(slots: &[Slot], reads: &[u32]) -> bool {
    let is = |state| reads.iter().any(|signal| slots[*signal as usize].state == state);
    is(SlotState::Awaited) && !is(SlotState::Unknown)
}

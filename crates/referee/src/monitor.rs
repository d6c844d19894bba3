//! One run, watched: samples, heartbeats and requests go in, verdicts come out.
//!
//! Time is the source's. All updates of one instant are taken, then settled together when time moves on: by a later
//! sample, by [`Monitor::advance`] or by [`Monitor::finish`]. A deadline at an instant passes after the updates of that
//! instant; a deadline of a rule passes before a signal goes stale at the same instant, so intervals are closed.
//! So the verdicts depend on the samples and their times alone, never on when or in which portions they came.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use kernel::Nanos;

use crate::agree::AgreementState;
use crate::code::{Figures, Slot, SlotState, Stack};
use crate::cuts::key_of;
use crate::pattern::RuleState;
use crate::rules::{Kind, RuleSet};
use crate::settle::{GaugeState, PredicateState, WatchState};
use crate::unseen::Edges;
use crate::window::Window;
use crate::{Cell, Columns, EvidenceSample, Quality, Sample, Value, Verdict};

/// What became of a sample or a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Taken,
    /// Its instant has been settled: it changes nothing. Counted.
    Late,
    /// It names no signal, or its value is of another type: it changes nothing. Counted.
    Refused,
}

/// What went in, for the record of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Samples taken, duplicates included.
    pub samples: u64,
    /// Samples of a signal that already had one at the same instant; the last one counts.
    pub duplicates: u64,
    /// Samples and requests that came after their instant had been settled.
    pub late: u64,
    /// The greatest lateness among them, against the time reached.
    pub latest_by_ns: i64,
    /// Samples of an unknown signal or of another type.
    pub refused: u64,
}

/// A deadline: of a rule, of a signal that goes stale, or of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// A rule by its place, with the count that tells whether it still wants it.
    Rule(u32, u32),
    Stale(u32),
    /// Words of witnesses whose time is over.
    Agreement(u32),
}

/// Watches one run by one set of rules.
#[derive(Debug, Clone)]
pub struct Monitor {
    pub(crate) set: Arc<RuleSet>,
    pub(crate) started_at: i64,
    /// The instant that takes updates, or the last one that did.
    pub(crate) now: i64,
    /// Whether `now` takes no more updates.
    closed: bool,
    pub(crate) begun: bool,
    /// Whether the rules have said all that they find.
    pub(crate) run_over: bool,
    finished: bool,
    pub(crate) slots: Vec<Slot>,
    /// Whether a signal's staleness is in `deadlines`.
    armed: Vec<bool>,
    pub(crate) texts: Vec<Option<Arc<str>>>,
    /// What was seen around the newest gap of each signal.
    pub(crate) edges: Vec<Edges>,
    unlisted_texts: u64,
    pub(crate) stack: Stack,
    pub(crate) predicates: Vec<PredicateState>,
    /// What made each condition false that a check looks back on.
    pub(crate) broke: Vec<Vec<EvidenceSample>>,
    pub(crate) gauges: Vec<GaugeState>,
    pub(crate) windows: Vec<Window>,
    pub(crate) watches: Vec<WatchState>,
    pub(crate) agreements: Vec<AgreementState>,
    pub(crate) rules: Vec<RuleState>,
    pub(crate) dirty: bool,
    pub(crate) dirty_predicates: Vec<u64>,
    pub(crate) dirty_gauges: Vec<u64>,
    pub(crate) dirty_watches: Vec<u32>,
    pub(crate) dirty_agreements: Vec<u32>,
    pub(crate) requests: Vec<Option<Arc<str>>>,
    /// Rules that something happened to at this instant.
    pub(crate) touched: Vec<u32>,
    deadlines: BinaryHeap<Reverse<(i64, Due)>>,
    next_deadline: i64,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) verdict_count: u32,
    counts: Counts,
}

impl Monitor {
    /// A monitor of a run that starts at `started_at`. Samples from before are its initial state.
    pub fn new(set: Arc<RuleSet>, started_at: Nanos) -> Monitor {
        let started_at = started_at.0;
        let words = |count: usize| vec![0u64; count.div_ceil(64)];
        let mut monitor = Monitor {
            started_at,
            now: started_at,
            closed: false,
            begun: false,
            run_over: false,
            finished: false,
            slots: set.signals.iter().map(|signal| Slot::empty(signal.kind, !signal.gauges.is_empty())).collect(),
            armed: vec![false; set.signals.len()],
            texts: vec![None; set.signals.len()],
            edges: vec![Edges::default(); set.signals.len()],
            unlisted_texts: 0,
            stack: Stack::default(),
            predicates: vec![PredicateState::new(started_at); set.predicates.len()],
            broke: vec![Vec::new(); set.predicates.len()],
            gauges: vec![GaugeState::default(); set.gauges.len()],
            windows: set.windows.iter().map(|shape| Window::new(shape.fold, shape.over)).collect(),
            watches: vec![WatchState::default(); set.watches.len()],
            agreements: set.agreements.iter().map(AgreementState::new).collect(),
            rules: set.rules.iter().map(|rule| RuleState::new(rule, started_at)).collect(),
            dirty: true,
            dirty_predicates: words(set.predicates.len()),
            dirty_gauges: words(set.gauges.len()),
            dirty_watches: Vec::new(),
            dirty_agreements: Vec::new(),
            requests: Vec::new(),
            touched: Vec::new(),
            deadlines: BinaryHeap::new(),
            next_deadline: i64::MAX,
            verdicts: Vec::new(),
            verdict_count: 0,
            counts: Counts::default(),
            set,
        };
        for signal in 0..monitor.slots.len() {
            let stale_after = monitor.set.signals[signal].stale_after;
            if monitor.set.signals[signal].read && stale_after != i64::MAX {
                monitor.armed[signal] = true;
                monitor.schedule(started_at.saturating_add(stale_after), Due::Stale(signal as u32));
            }
        }
        monitor
    }

    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.set
    }

    /// The time that the monitor has reached.
    pub fn now(&self) -> Nanos {
        Nanos(self.now)
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Takes one sample. Samples come in the order of time; those of one instant in any order, and of two of one signal
    /// the last one counts.
    #[inline]
    pub fn observe(&mut self, sample: &Sample) -> Taken {
        let at = sample.at.0;
        if !self.comes_to(at) {
            return self.late(at, 1);
        }
        self.take(sample)
    }

    /// Takes samples that lie in the order of time.
    pub fn observe_all(&mut self, samples: &[Sample]) {
        for sample in samples {
            self.observe(sample);
        }
    }

    /// Takes a row of good values of one instant: the same as observing a sample of each column, and quicker.
    #[inline]
    pub fn observe_row(&mut self, at: Nanos, columns: &Columns, cells: &[Cell]) -> Taken {
        // When time moves on, no signal has a sample of this instant yet.
        let first = at.0 > self.now;
        if !self.comes_to(at.0) {
            return self.late(at.0, columns.declared);
        }
        self.counts.samples += columns.declared;
        if first {
            self.take_row::<true>(at.0, columns, cells)
        } else {
            self.take_row::<false>(at.0, columns, cells)
        }
        Taken::Taken
    }

    #[inline(always)]
    fn take_row<const NEWER: bool>(&mut self, at: i64, columns: &Columns, cells: &[Cell]) {
        for (column, signal) in &columns.others {
            let bits = cells[*column as usize].bits();
            self.take_bits::<NEWER>(*signal as usize, at, bits, bits as i64);
        }
        for (column, signal) in &columns.reals {
            let bits = cells[*column as usize].bits();
            self.take_bits::<NEWER>(*signal as usize, at, bits, key_of(Kind::Real, bits));
        }
    }

    /// Whether updates of this instant are still taken; moves on to it where it is later.
    #[inline(always)]
    fn comes_to(&mut self, at: i64) -> bool {
        if at != self.now || self.closed {
            if at > self.now && !self.finished {
                self.pass_to(at);
            } else if self.begun || self.closed || at >= self.started_at {
                return false;
            }
        }
        true
    }

    #[inline]
    fn take(&mut self, sample: &Sample) -> Taken {
        let at = sample.at.0;
        let ix = sample.signal.index();
        let Some(slot) = self.slots.get(ix) else { return self.refused() };
        let bits = match (slot.kind, &sample.value) {
            (Kind::Bool, Value::Bool(value)) => u64::from(*value),
            (Kind::Real, Value::Real(value)) => value.to_bits(),
            (Kind::Integer, Value::Integer(value)) => *value as u64,
            // A whole number is a real as well.
            (Kind::Real, Value::Integer(value)) => (*value as f64).to_bits(),
            (Kind::Text, Value::Text(_)) => 0,
            _ => return self.refused(),
        };
        self.counts.samples += 1;
        if sample.quality != Quality::Good {
            return self.take_bad(ix, at);
        }
        let (kind, bits) = match &sample.value {
            Value::Text(text) => (Kind::Text, self.text_bits(ix, text)),
            _ => (slot.kind, bits),
        };
        self.take_bits::<false>(ix, at, bits, key_of(kind, bits));
        Taken::Taken
    }

    /// A good value. Mostly it lies where no condition turns, and only has to be kept. `NEWER`: it is known to be newer
    /// than all that the signal has.
    #[inline(always)]
    fn take_bits<const NEWER: bool>(&mut self, ix: usize, at: i64, bits: u64, key: i64) {
        let slot = &mut self.slots[ix];
        if (NEWER || at > slot.at) && slot.state == SlotState::Known && slot.quiet.holds(key) {
            let before = (slot.at, f64::from_bits(slot.bits));
            (slot.bits, slot.at) = (bits, at);
            match slot.figures {
                Figures::None => {}
                Figures::Owed(window) => self.windows[window as usize].push(before.0, before.1),
                Figures::Given(window) => slot.figures = Figures::Owed(window),
                Figures::Settled => {
                    self.set.signals[ix].gauges.mark(&mut self.dirty_gauges);
                    self.dirty = true;
                }
            }
        } else {
            self.take_turn(ix, at, bits);
        }
    }

    /// Gives a window the newest sample of its signal, if that is still owed.
    #[inline]
    pub(crate) fn give_newest(&mut self, signal: usize) {
        let slot = &mut self.slots[signal];
        if let Figures::Owed(window) = slot.figures {
            slot.figures = Figures::Given(window);
            self.windows[window as usize].push(slot.at, f64::from_bits(slot.bits));
        }
    }

    /// A value with which something may turn: the first one, one beyond a constant, one that is no number.
    #[inline(never)]
    fn take_turn(&mut self, ix: usize, at: i64, bits: u64) {
        let signal = &self.set.signals[ix];
        if !signal.read {
            return;
        }
        if signal.kind == Kind::Real && !f64::from_bits(bits).is_finite() {
            self.take_bad(ix, at);
            return;
        }
        let slot = &mut self.slots[ix];
        if slot.at == at {
            self.counts.duplicates += 1;
        } else if at < slot.at {
            // Two samples from before the start: the newer one is the initial state.
            return;
        }
        if slot.at < at {
            self.give_newest(ix);
        }
        let (signal, slot) = (&self.set.signals[ix], &mut self.slots[ix]);
        slot.at = at;
        let (was_known, was_lost) = (slot.state == SlotState::Known, slot.state == SlotState::Unknown);
        if slot.bits != bits || !was_known {
            let (old, new) = (key_of(signal.kind, slot.bits), key_of(signal.kind, bits));
            slot.bits = bits;
            slot.state = SlotState::Known;
            slot.quiet = signal.cuts.around(new);
            if was_known {
                signal.cuts.mark(old, new, &mut self.dirty_predicates);
            } else {
                signal.predicates.mark(&mut self.dirty_predicates);
            }
            if let Some(watch) = signal.watch {
                self.dirty_watches.push(watch);
            }
            self.dirty = true;
        }
        match slot.figures {
            Figures::None | Figures::Owed(_) => {}
            Figures::Given(window) => slot.figures = Figures::Owed(window),
            Figures::Settled => {
                signal.gauges.mark(&mut self.dirty_gauges);
                self.dirty = true;
            }
        }
        let stale_after = signal.stale_after;
        if stale_after != i64::MAX && !self.armed[ix] {
            self.armed[ix] = true;
            self.schedule(at.saturating_add(stale_after), Due::Stale(ix as u32));
        }
        if was_lost {
            self.note_return(ix);
        } else {
            self.note_again(ix, at);
        }
    }

    /// A sample that is not good makes its signal unknown; the last good value is kept for the evidence.
    #[cold]
    fn take_bad(&mut self, ix: usize, at: i64) -> Taken {
        if self.set.signals[ix].read && at >= self.slots[ix].at {
            self.lose(ix);
        }
        Taken::Taken
    }

    /// The signal is unknown from now on.
    fn lose(&mut self, ix: usize) {
        if self.slots[ix].state == SlotState::Unknown {
            return;
        }
        // One that is followed by a bad one of its own instant never was.
        if self.slots[ix].at < self.now {
            self.give_newest(ix);
        }
        self.note_loss(ix);
        let slot = &mut self.slots[ix];
        slot.state = SlotState::Unknown;
        if slot.figures != Figures::None {
            slot.figures = Figures::Settled;
        }
        let signal = &self.set.signals[ix];
        signal.predicates.mark(&mut self.dirty_predicates);
        signal.gauges.mark(&mut self.dirty_gauges);
        self.dirty_watches.extend(signal.watch);
        self.dirty = true;
    }

    /// A text's number: its place among the literals of the rules, or a fresh number when it is none of them.
    fn text_bits(&mut self, ix: usize, text: &Arc<str>) -> u64 {
        let held = &mut self.texts[ix];
        if held.as_deref() == Some(&**text) {
            return self.slots[ix].bits;
        }
        *held = Some(text.clone());
        match self.set.texts.iter().position(|literal| literal == text) {
            Some(place) => place as u64 + 1,
            None => {
                self.unlisted_texts += 1;
                (1 << 32) + self.unlisted_texts
            }
        }
    }

    #[cold]
    fn late(&mut self, at: i64, samples: u64) -> Taken {
        self.counts.late += samples;
        self.counts.latest_by_ns = self.counts.latest_by_ns.max(self.now.saturating_sub(at));
        Taken::Late
    }

    #[cold]
    fn refused(&mut self) -> Taken {
        self.counts.refused += 1;
        Taken::Refused
    }

    /// "Please judge": the competitor asks at a checkpoint, or at all of them.
    pub fn request(&mut self, at: Nanos, checkpoint: Option<&str>) -> Taken {
        if self.finished || at.0 < self.now || (at.0 == self.now && self.closed) {
            return self.late(at.0, 1);
        }
        if at.0 > self.now {
            self.pass_to(at.0);
        }
        self.requests.push(checkpoint.map(Arc::from));
        self.dirty = true;
        Taken::Taken
    }

    /// Says that time has reached `at` and that nothing more will come for that instant or before.
    pub fn advance(&mut self, at: Nanos) {
        let at = at.0;
        if self.finished || at < self.now || (at == self.now && self.closed) {
            return;
        }
        if at > self.now {
            self.pass_to(at);
        }
        self.close_instant();
    }

    /// Ends the run at `at`, or at the time reached if that is later. What is still open is decided by each rule's policy.
    pub fn finish(&mut self, at: Nanos) {
        if self.finished {
            return;
        }
        self.advance(at);
        self.close_instant();
        self.finished = true;
        self.end_of_run();
    }

    /// The verdicts found since the last time.
    pub fn drain(&mut self) -> Vec<Verdict> {
        std::mem::take(&mut self.verdicts)
    }

    /// Settles the present instant and lets the deadlines up to it pass.
    fn close_instant(&mut self) {
        if self.dirty {
            self.settle();
        }
        if self.next_deadline <= self.now {
            self.pass_deadlines(self.now.saturating_add(1));
        }
        self.closed = true;
    }

    /// Moves on to a later instant.
    #[inline]
    fn pass_to(&mut self, at: i64) {
        if self.dirty {
            self.settle();
        }
        if self.next_deadline < at {
            self.pass_deadlines(at);
        }
        self.now = at;
        self.closed = false;
    }

    pub(crate) fn schedule(&mut self, at: i64, due: Due) {
        self.deadlines.push(Reverse((at, due)));
        self.next_deadline = self.next_deadline.min(at);
    }

    /// Lets all deadlines before `end` pass, in their order.
    #[cold]
    fn pass_deadlines(&mut self, end: i64) {
        while let Some(Reverse((at, due))) = self.deadlines.peek().copied()
            && at < end
        {
            self.deadlines.pop();
            // A signal whose first sample is older than the start may be due at once.
            self.now = self.now.max(at);
            match due {
                Due::Rule(rule, generation) => self.pass_deadline(rule as usize, generation),
                Due::Stale(signal) => self.pass_staleness(signal as usize),
                Due::Agreement(agreement) => self.pass_agreement(agreement),
            }
            if self.dirty {
                self.settle();
            }
        }
        self.next_deadline = self.deadlines.peek().map_or(i64::MAX, |Reverse((at, _))| *at);
    }

    fn pass_staleness(&mut self, signal: usize) {
        self.armed[signal] = false;
        let slot = self.slots[signal];
        let due = slot.at.saturating_add(self.set.signals[signal].stale_after);
        match slot.state {
            SlotState::Known if due > self.now => {
                self.armed[signal] = true;
                self.schedule(due, Due::Stale(signal as u32));
            }
            SlotState::Known | SlotState::Awaited => self.lose(signal),
            SlotState::Unknown => {}
        }
    }
}

//! Mean and extremes of the samples in a window, in constant amortised time.
//!
//! Two stacks make a queue: new samples pile up behind, and when the front runs out they are turned over once, each
//! with the statistic of itself and all that are newer. Nothing is ever subtracted, so a huge sample that has left the
//! window leaves no rounding error behind. Where the stacks meet depends on the samples alone; what they add up to is
//! found when somebody asks, so that a window that is seldom asked only keeps its samples.

use std::collections::VecDeque;

use crate::window::TallyKind;

/// The statistic of some samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tally {
    pub count: u32,
    /// The sum, or the extreme.
    value: f64,
    /// What the sum lost to rounding.
    lost: f64,
    /// When the extreme was; of equal ones the first.
    pub at: i64,
}

impl Tally {
    pub const EMPTY: Tally = Tally { count: 0, value: 0.0, lost: 0.0, at: 0 };

    fn of(at: i64, value: f64) -> Tally {
        Tally { count: 1, value, lost: 0.0, at }
    }

    pub fn add(&mut self, kind: TallyKind, at: i64, value: f64) {
        *self = self.then(kind, &Tally::of(at, value));
    }

    /// This and the newer one together.
    #[inline]
    fn then(&self, kind: TallyKind, newer: &Tally) -> Tally {
        if self.count == 0 {
            return *newer;
        }
        if newer.count == 0 {
            return *self;
        }
        let count = self.count + newer.count;
        match kind {
            TallyKind::Mean => {
                // Neumaier 1974: the low-order part of each addition is kept.
                let sum = self.value + newer.value;
                let lost = if self.value.abs() >= newer.value.abs() {
                    (self.value - sum) + newer.value
                } else {
                    (newer.value - sum) + self.value
                };
                Tally { count, value: sum, lost: self.lost + newer.lost + lost, at: newer.at }
            }
            TallyKind::Min if newer.value < self.value => Tally { count, ..*newer },
            TallyKind::Max if newer.value > self.value => Tally { count, ..*newer },
            TallyKind::Min | TallyKind::Max => Tally { count, ..*self },
        }
    }

    /// `None` for no samples, and where a sum left the range of reals.
    pub fn figure(&self, kind: TallyKind) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let figure = match kind {
            TallyKind::Mean => (self.value + self.lost) / f64::from(self.count),
            TallyKind::Min | TallyKind::Max => self.value,
        };
        figure.is_finite().then_some(figure)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct TalliedWindow {
    kind: TallyKind,
    over: i64,
    /// Oldest first: those in front, then those behind.
    samples: VecDeque<(i64, f64)>,
    in_front: usize,
    /// Of each sample in front with all newer ones there, oldest last; empty until somebody asks.
    front: Vec<Tally>,
    /// Of the samples behind that were added up so far.
    back: Tally,
    added_up: usize,
    /// With so many samples those that have left the window are let go of, for nobody may ever ask.
    tidy_at: usize,
}

/// Fewer samples than this are not looked through.
const FEW: usize = 64;

impl TalliedWindow {
    pub fn new(kind: TallyKind, over: i64) -> TalliedWindow {
        TalliedWindow {
            kind,
            over,
            samples: VecDeque::new(),
            in_front: 0,
            front: Vec::new(),
            back: Tally::EMPTY,
            added_up: 0,
            tidy_at: FEW,
        }
    }

    #[inline]
    pub fn push(&mut self, at: i64, value: f64) {
        if self.samples.len() >= self.tidy_at {
            self.forget(at);
            self.tidy_at = (2 * self.samples.len()).max(FEW);
        }
        self.samples.push_back((at, value));
    }

    /// The samples in `(at − over, at]`.
    pub fn tally(&mut self, at: i64) -> Tally {
        self.forget(at);
        if self.front.is_empty() {
            let mut newer = Tally::EMPTY;
            for (at, value) in self.samples.range(..self.in_front).rev() {
                newer = Tally::of(*at, *value).then(self.kind, &newer);
                self.front.push(newer);
            }
        }
        for (at, value) in self.samples.range(self.in_front + self.added_up..) {
            self.back.add(self.kind, *at, *value);
        }
        self.added_up = self.samples.len() - self.in_front;
        self.front.last().map_or(self.back, |tally| tally.then(self.kind, &self.back))
    }

    /// When the oldest sample that counts was taken, after [`TalliedWindow::tally`].
    pub fn oldest(&self) -> Option<i64> {
        self.samples.front().map(|(at, _)| *at)
    }

    #[inline]
    fn forget(&mut self, at: i64) {
        let gone = at.saturating_sub(self.over);
        while self.samples.front().is_some_and(|(at, _)| *at <= gone) {
            if self.in_front == 0 {
                self.turn_over();
            }
            self.samples.pop_front();
            self.in_front -= 1;
            self.front.pop();
        }
    }

    #[cold]
    fn turn_over(&mut self) {
        self.in_front = self.samples.len();
        self.front.clear();
        (self.back, self.added_up) = (Tally::EMPTY, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_has_left_leaves_no_trace() {
        let mut window = TalliedWindow::new(TallyKind::Mean, 10);
        for (at, value) in [(0, 1e300), (1, 1.0), (2, -1e300), (11, 0.1), (13, 0.2)] {
            window.push(at, value);
        }
        assert_eq!(window.tally(13).figure(TallyKind::Mean), Some((0.1 + 0.2) / 2.0));
        assert_eq!(window.tally(23).figure(TallyKind::Mean), None);
        assert_eq!(window.tally(23).count, 0);
    }

    proptest! {
        #[test]
        fn a_window_is_what_a_plain_scan_finds(
            steps in proptest::collection::vec((1i64..7, -80i32..80, any::<bool>()), 0..200), over in 1i64..40,
        ) {
            for kind in [TallyKind::Mean, TallyKind::Min, TallyKind::Max] {
                let mut window = TalliedWindow::new(kind, over);
                let mut all = Vec::new();
                let mut now = 0;
                for (step, eighths, asks) in &steps {
                    now += step;
                    let value = f64::from(*eighths) / 8.0;
                    window.push(now, value);
                    all.push((now, value));
                    if *asks {
                        let at = now + step / 2;
                        now = at;
                        let inside = all.iter().filter(|(t, _)| *t > at - over && *t <= at).map(|(_, value)| *value);
                        let count = inside.clone().count() as u32;
                        let expected = (count > 0).then(|| match kind {
                            TallyKind::Mean => inside.sum::<f64>() / f64::from(count),
                            TallyKind::Min => inside.fold(f64::MAX, f64::min),
                            TallyKind::Max => inside.fold(f64::MIN, f64::max),
                        });
                        let tally = window.tally(at);
                        prop_assert_eq!((tally.count, tally.figure(kind)), (count, expected));
                    }
                }
            }
        }
    }
}

//! Statistics: of the samples in a sliding window, and of all samples of a phase.
//!
//! What is *sampled* (mean, extremes, percentile) weighs each sample alike and knows nothing between them. What is *held*
//! (last, time-weighted mean, integral, time in a band) takes each sample to hold until the next one, so that the sample
//! before the window says what was so at its beginning.

mod held;
mod ranked;
mod tallied;

use held::{HeldPhase, HeldWindow, Span};
use ranked::{RankedWindow, percentile};
use tallied::TalliedWindow;
pub(crate) use tallied::Tally;

/// A statistic, compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Fold {
    Tally(TallyKind),
    /// In ten-thousandths of a percent.
    Percentile(u32),
    Last,
    TimeMean,
    Integral,
    TimeInBand(Band),
    ShareInBand(Band),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TallyKind {
    Mean,
    Min,
    Max,
}

/// A closed interval; its bounds as bits, so that equal bands are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Band {
    low: u64,
    high: u64,
}

impl Band {
    pub fn new(low: f64, high: f64) -> Band {
        Band { low: low.to_bits(), high: high.to_bits() }
    }

    pub fn low(self) -> f64 {
        f64::from_bits(self.low)
    }

    pub fn high(self) -> f64 {
        f64::from_bits(self.high)
    }

    fn holds(self, figure: f64) -> f64 {
        f64::from(u8::from(figure >= self.low() && figure <= self.high()))
    }
}

impl Fold {
    pub fn is_held(self) -> bool {
        !matches!(self, Fold::Tally(_) | Fold::Percentile(_))
    }

    /// What is held between samples: the figure itself, or whether it lies in the band.
    fn of(self, figure: f64) -> f64 {
        match self {
            Fold::TimeInBand(band) | Fold::ShareInBand(band) => band.holds(figure),
            _ => figure,
        }
    }

    /// From an area in figure · ns over a time, and the figure at its end.
    fn finish(self, area: f64, over: i64, last: f64) -> Option<f64> {
        let figure = match self {
            Fold::Last => last,
            Fold::Integral => area / 1e9,
            Fold::TimeInBand(_) => area,
            // No time at all: what is so at that instant.
            Fold::TimeMean if over == 0 => last,
            Fold::ShareInBand(_) if over == 0 => last * 100.0,
            Fold::ShareInBand(_) => area * 100.0 / over as f64,
            _ => area / over as f64,
        };
        figure.is_finite().then_some(figure)
    }
}

/// What a statistic came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figured {
    pub figure: f64,
    /// How many samples there were.
    pub count: u32,
    /// When an extreme was; of equal ones the first.
    pub at: i64,
}

/// A statistic over a sliding window.
#[derive(Debug, Clone)]
pub(crate) enum Window {
    Tallied(TallyKind, TalliedWindow),
    Ranked(RankedWindow),
    Held(Fold, HeldWindow),
    /// Only the newest sample matters.
    Newest(Option<f64>),
}

impl Window {
    pub fn new(fold: Fold, over: i64) -> Window {
        match fold {
            Fold::Tally(kind) => Window::Tallied(kind, TalliedWindow::new(kind, over)),
            Fold::Percentile(rank) => Window::Ranked(RankedWindow::new(rank, over)),
            Fold::Last => Window::Newest(None),
            held => Window::Held(held, HeldWindow::new(over)),
        }
    }

    #[inline]
    pub fn push(&mut self, at: i64, figure: f64) {
        match self {
            Window::Tallied(_, window) => window.push(at, figure),
            other => other.push_other(at, figure),
        }
    }

    fn push_other(&mut self, at: i64, figure: f64) {
        match self {
            Window::Tallied(..) => {}
            Window::Ranked(window) => window.push(at, figure),
            Window::Held(fold, window) => window.push(at, fold.of(figure)),
            Window::Newest(newest) => *newest = Some(figure),
        }
    }

    /// Of the samples in `(at − over, at]`, or of what was held from `at − over` to `at`. `None`: there is no figure.
    pub fn figure(&mut self, at: i64, over: i64) -> Option<Figured> {
        match self {
            Window::Tallied(kind, window) => of_tally(&window.tally(at), *kind),
            Window::Ranked(window) => {
                let count = window.count(at);
                Some(Figured { figure: window.figure()?, count, at })
            }
            Window::Held(fold, window) => {
                let (area, last, count) = window.area(at)?;
                Some(Figured { figure: fold.finish(area, over, last)?, count, at })
            }
            Window::Newest(newest) => Some(Figured { figure: (*newest)?, count: 1, at }),
        }
    }

    /// When the oldest sample that counts was taken; `None` for what is held.
    pub fn oldest(&self) -> Option<i64> {
        match self {
            Window::Tallied(_, window) => window.oldest(),
            Window::Ranked(window) => window.oldest(),
            Window::Held(..) | Window::Newest(_) => None,
        }
    }

    /// The most bytes that one sample inside a window takes; twice, for a buffer may be half empty.
    pub fn bytes_per_sample(fold: Fold) -> usize {
        2 * match fold {
            // As many again may have left the window and not be let go of yet.
            Fold::Tally(_) => size_of::<Tally>() + 2 * size_of::<(i64, f64)>(),
            Fold::Percentile(_) => RankedWindow::BYTES_PER_SAMPLE,
            Fold::Last => 0,
            _ => size_of::<(i64, f64, Span)>() + size_of::<(i64, f64)>(),
        }
    }
}

fn of_tally(tally: &Tally, kind: TallyKind) -> Option<Figured> {
    Some(Figured { figure: tally.figure(kind)?, count: tally.count, at: tally.at })
}

/// A statistic over a phase, as far as it has come.
#[derive(Debug, Clone)]
pub(crate) enum Gathered {
    Tally(TallyKind, Tally),
    /// All samples of the phase.
    Samples(u32, Vec<f64>),
    Held(Fold, HeldPhase),
}

impl Gathered {
    pub fn new(fold: Fold) -> Gathered {
        match fold {
            Fold::Tally(kind) => Gathered::Tally(kind, Tally::EMPTY),
            Fold::Percentile(rank) => Gathered::Samples(rank, Vec::new()),
            held => Gathered::Held(held, HeldPhase::default()),
        }
    }

    /// A phase begins; `held` is what the figure is then.
    pub fn start(&mut self, at: i64, held: Option<f64>) {
        match self {
            Gathered::Tally(_, tally) => *tally = Tally::EMPTY,
            Gathered::Samples(_, samples) => samples.clear(),
            Gathered::Held(fold, phase) => *phase = HeldPhase::begin(at, held.map(|figure| fold.of(figure))),
        }
    }

    #[inline]
    pub fn add(&mut self, at: i64, figure: f64) {
        match self {
            Gathered::Tally(kind, tally) => tally.add(*kind, at, figure),
            Gathered::Samples(_, samples) => samples.push(figure),
            Gathered::Held(fold, phase) => phase.add(at, fold.of(figure)),
        }
    }

    /// What it comes to when the phase ends at `at`.
    pub fn figure(&mut self, at: i64) -> Option<Figured> {
        match self {
            Gathered::Tally(kind, tally) => of_tally(tally, *kind),
            Gathered::Samples(rank, samples) => {
                let count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
                Some(Figured { figure: percentile(samples, *rank)?, count, at })
            }
            Gathered::Held(fold, phase) => {
                let (area, over, last, count) = phase.end(at)?;
                Some(Figured { figure: fold.finish(area, over, last)?, count, at })
            }
        }
    }
}

/// A sum that keeps what rounding loses (Neumaier 1974).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Sum {
    value: f64,
    lost: f64,
}

impl Sum {
    pub fn add(&mut self, more: f64) {
        let sum = self.value + more;
        self.lost += if self.value.abs() >= more.abs() { (self.value - sum) + more } else { (more - sum) + self.value };
        self.value = sum;
    }

    pub fn add_sum(&mut self, more: Sum) {
        self.add(more.value);
        self.lost += more.lost;
    }

    pub fn total(self) -> f64 {
        self.value + self.lost
    }
}

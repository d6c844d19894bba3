//! A percentile of the samples in a window, in O(log n) for each sample that comes or goes.
//!
//! Two heaps meet at the rank: the greatest of the lower one and the least of the upper one are what the percentile lies
//! between. Each sample knows its place in its heap, so that the oldest one can be taken out. Definition: Hyndman and Fan
//! 1996, type 7 (what spreadsheets and NumPy do): at (n − 1) · p among the sorted samples, straight between two of them.

use std::collections::VecDeque;

/// A whole, for ranks.
const WHOLE: u64 = 1_000_000;

/// Where among `count` sorted samples the percentile lies: the lower one's place, and how far it is to the next.
fn place(count: usize, rank: u32) -> (usize, f64) {
    let at = count.saturating_sub(1) as u64 * u64::from(rank);
    ((at / WHOLE) as usize, (at % WHOLE) as f64 / WHOLE as f64)
}

fn between(low: f64, high: f64, share: f64) -> Option<f64> {
    let figure = if share == 0.0 { low } else { low + (high - low) * share };
    figure.is_finite().then_some(figure)
}

/// The percentile of all these samples; their order is lost.
pub(super) fn percentile(samples: &mut [f64], rank: u32) -> Option<f64> {
    let (lower, share) = place(samples.len(), rank);
    if samples.is_empty() {
        return None;
    }
    let (_, low, above) = samples.select_nth_unstable_by(lower, f64::total_cmp);
    let (low, high) = (*low, above.iter().copied().fold(f64::INFINITY, f64::min));
    between(low, high, share)
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    at: i64,
    figure: f64,
    place: u32,
    low: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct RankedWindow {
    rank: u32,
    over: i64,
    cells: Vec<Cell>,
    free: Vec<u32>,
    /// From the oldest to the newest.
    queue: VecDeque<u32>,
    /// The greatest on top.
    low: Vec<u32>,
    /// The least on top.
    high: Vec<u32>,
}

impl RankedWindow {
    pub const BYTES_PER_SAMPLE: usize = size_of::<Cell>() + 4 * size_of::<u32>();

    pub fn new(rank: u32, over: i64) -> RankedWindow {
        RankedWindow {
            rank,
            over,
            cells: Vec::new(),
            free: Vec::new(),
            queue: VecDeque::new(),
            low: Vec::new(),
            high: Vec::new(),
        }
    }

    pub fn push(&mut self, at: i64, figure: f64) {
        self.forget(at);
        let low = self.low.first().is_none_or(|top| figure <= self.cells[*top as usize].figure);
        let cell = Cell { at, figure, place: 0, low };
        let ix = match self.free.pop() {
            Some(ix) => {
                self.cells[ix as usize] = cell;
                ix
            }
            None => {
                self.cells.push(cell);
                self.cells.len() as u32 - 1
            }
        };
        self.queue.push_back(ix);
        self.enter(ix, low);
        self.balance();
    }

    /// How many samples lie in `(at − over, at]`.
    pub fn count(&mut self, at: i64) -> u32 {
        self.forget(at);
        self.queue.len() as u32
    }

    pub fn oldest(&self) -> Option<i64> {
        self.queue.front().map(|ix| self.cells[*ix as usize].at)
    }

    /// The percentile of the samples that are inside.
    pub fn figure(&self) -> Option<f64> {
        let (_, share) = place(self.queue.len(), self.rank);
        let low = self.cells[*self.low.first()? as usize].figure;
        let high = self.high.first().map_or(low, |top| self.cells[*top as usize].figure);
        between(low, high, share)
    }

    fn forget(&mut self, at: i64) {
        let gone = at.saturating_sub(self.over);
        while let Some(ix) = self.queue.front().copied().filter(|ix| self.cells[*ix as usize].at <= gone) {
            self.queue.pop_front();
            self.leave(ix);
            self.free.push(ix);
            self.balance();
        }
    }

    /// The lower heap holds the samples up to the percentile's place.
    fn balance(&mut self) {
        let wanted = if self.queue.is_empty() { 0 } else { place(self.queue.len(), self.rank).0 + 1 };
        while self.low.len() < wanted {
            let Some(top) = self.high.first().copied() else { return };
            self.leave(top);
            self.enter(top, true);
        }
        while self.low.len() > wanted {
            let top = self.low[0];
            self.leave(top);
            self.enter(top, false);
        }
    }

    fn enter(&mut self, ix: u32, low: bool) {
        let heap = if low { &mut self.low } else { &mut self.high };
        let place = heap.len();
        heap.push(ix);
        self.cells[ix as usize].low = low;
        rise(heap, &mut self.cells, place, low);
    }

    fn leave(&mut self, ix: u32) {
        let Cell { place, low, .. } = self.cells[ix as usize];
        let heap = if low { &mut self.low } else { &mut self.high };
        heap.swap_remove(place as usize);
        if (place as usize) < heap.len() {
            let place = rise(heap, &mut self.cells, place as usize, low);
            sink(heap, &mut self.cells, place, low);
        }
    }
}

/// Whether one stands above the other.
fn above(cells: &[Cell], one: u32, other: u32, greatest: bool) -> bool {
    let (one, other) = (cells[one as usize].figure, cells[other as usize].figure);
    if greatest { one > other } else { one < other }
}

fn rise(heap: &mut [u32], cells: &mut [Cell], from: usize, greatest: bool) -> usize {
    let mut at = from;
    while at > 0 && above(cells, heap[at], heap[(at - 1) / 2], greatest) {
        heap.swap(at, (at - 1) / 2);
        cells[heap[at] as usize].place = at as u32;
        at = (at - 1) / 2;
    }
    cells[heap[at] as usize].place = at as u32;
    at
}

fn sink(heap: &mut [u32], cells: &mut [Cell], from: usize, greatest: bool) {
    let mut at = from;
    loop {
        let children = (2 * at + 1..heap.len().min(2 * at + 3))
            .reduce(|best, other| if above(cells, heap[other], heap[best], greatest) { other } else { best });
        match children {
            Some(child) if above(cells, heap[child], heap[at], greatest) => {
                heap.swap(at, child);
                cells[heap[at] as usize].place = at as u32;
                at = child;
            }
            _ => break,
        }
    }
    cells[heap[at] as usize].place = at as u32;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut figures: Vec<f64>, rank: u32) -> Option<f64> {
        figures.sort_by(f64::total_cmp);
        let at = (figures.len().checked_sub(1)? as f64) * f64::from(rank) / 1e6;
        let (low, high) = (figures[at.floor() as usize], figures[at.ceil() as usize]);
        Some(low + (high - low) * at.fract())
    }

    #[test]
    fn type_7_of_hyndman_and_fan() {
        for (percent, expected) in [(0, 1.0), (25, 1.75), (50, 2.5), (75, 3.25), (100, 4.0)] {
            assert_eq!(percentile(&mut [4.0, 1.0, 3.0, 2.0], percent * 10_000), Some(expected), "{percent}");
        }
        assert_eq!(percentile(&mut [7.0], 500_000), Some(7.0));
        assert_eq!(percentile(&mut [], 500_000), None);
        // 95 % of 20 steps is exactly the 19th.
        let mut ramp: Vec<f64> = (0..=20).map(f64::from).collect();
        assert_eq!(percentile(&mut ramp, 950_000), Some(19.0));
    }

    proptest! {
        #[test]
        fn a_ranked_window_is_what_sorting_finds(
            steps in proptest::collection::vec((1i64..7, -40i32..40, any::<bool>()), 0..200), over in 1i64..60,
            percent in 0u32..=100,
        ) {
            let rank = percent * 10_000;
            let mut window = RankedWindow::new(rank, over);
            let (mut all, mut now) = (Vec::new(), 0);
            for (step, eighths, asks) in &steps {
                now += step;
                window.push(now, f64::from(*eighths) / 8.0);
                all.push((now, f64::from(*eighths) / 8.0));
                if *asks {
                    now += step / 2;
                    let inside: Vec<f64> =
                        all.iter().filter(|(t, _)| *t > now - over && *t <= now).map(|(_, figure)| *figure).collect();
                    prop_assert_eq!(window.count(now) as usize, inside.len());
                    match (window.figure(), sorted(inside, rank)) {
                        (Some(one), Some(other)) => prop_assert!((one - other).abs() < 1e-9, "{one} {other}"),
                        (one, other) => prop_assert_eq!(one, other),
                    }
                    prop_assert!(window.cells.len() <= over as usize + 1);
                }
            }
        }
    }
}

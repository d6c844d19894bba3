//! Questions are exchanged within their cells until the paper is as hard as it is to be. The method and its bound stand in
//! the module above.

use kernel::{Mark, Rng};
use rustc_hash::FxHashSet;

use super::bank::Bank;
use super::blueprint::Target;
use super::draw::Pick;
use super::plan::Cell;

/// So many random items of a stretch are tried before another question is looked at.
const TRIES: usize = 8;
/// Rounds over all questions with random exchanges; what is left is done by the best exchange each time.
const PASSES: usize = 8;
/// The best exchanges that are made at most; each helps, and few are ever needed.
const BEST_MOST: u32 = 200;

/// All loads are Σ marks·difficulty, marks in 1/100 and difficulty in 1/1000.
pub(super) struct Meet<'a> {
    bank: &'a Bank,
    cells: &'a [Cell],
    wanted: i64,
    pub tolerance: i64,
}

impl<'a> Meet<'a> {
    pub fn new(bank: &'a Bank, cells: &'a [Cell], target: Target, total: Mark) -> Meet<'a> {
        let whole = total.hundredths();
        let (wanted, tolerance) = (i64::from(target.mean) * whole, i64::from(target.tolerance) * whole);
        Meet { bank, cells, wanted, tolerance }
    }

    fn difficulty(&self, item: u32) -> i64 {
        i64::from(self.bank.items[item as usize].difficulty)
    }

    /// Exchanges; how many, and how far the load is from the target in the end.
    pub fn exchange(&self, picks: &mut [Pick], used: &mut FxHashSet<u32>, rng: &mut Rng) -> (u32, i64) {
        let load = |pick: &Pick| self.difficulty(pick.item) * self.cells[pick.cell].marks.hundredths();
        let mut off = picks.iter().map(load).sum::<i64>() - self.wanted;
        let mut exchanges = 0;
        let mut order: Vec<usize> = (0..picks.len()).collect();
        for _ in 0..PASSES {
            rng.shuffle(&mut order);
            for at in &order {
                if off.abs() <= self.tolerance {
                    return (exchanges, off.abs());
                }
                let Some(item) = self.random(picks[*at], off, used, rng) else { continue };
                off += self.swap(&mut picks[*at], item, used);
                exchanges += 1;
            }
        }
        for _ in 0..BEST_MOST {
            if off.abs() <= self.tolerance {
                break;
            }
            let best = (0..picks.len()).filter_map(|at| Some((at, self.nearest(picks[at], off, used)?)));
            let after = |(at, item): &(usize, u32)| (off + self.change(picks[*at], *item)).abs();
            let Some((at, item)) = best.min_by_key(after).filter(|best| after(best) < off.abs()) else { break };
            off += self.swap(&mut picks[at], item, used);
            exchanges += 1;
        }
        (exchanges, off.abs())
    }

    fn change(&self, pick: Pick, item: u32) -> i64 {
        (self.difficulty(item) - self.difficulty(pick.item)) * self.cells[pick.cell].marks.hundredths()
    }

    fn is_free(&self, pick: Pick, item: u32, used: &FxHashSet<u32>) -> bool {
        let family = self.bank.family[item as usize];
        item != pick.item && (family == self.bank.family[pick.item as usize] || !used.contains(&family))
    }

    fn swap(&self, pick: &mut Pick, item: u32, used: &mut FxHashSet<u32>) -> i64 {
        let change = self.change(*pick, item);
        used.remove(&self.bank.family[pick.item as usize]);
        used.insert(self.bank.family[item as usize]);
        pick.item = item;
        change
    }

    /// A random item that brings the paper within the tolerance at once, or else one that brings it nearer.
    fn random(&self, pick: Pick, off: i64, used: &FxHashSet<u32>, rng: &mut Rng) -> Option<u32> {
        let (cell, own) = (&self.cells[pick.cell], self.difficulty(pick.item));
        let marks = cell.marks.hundredths();
        // own + change/marks for changes that end within −tolerance and +tolerance.
        let hits = (own + (-off - self.tolerance).div_euclid(marks), own + (-off + self.tolerance).div_euclid(marks));
        // Strictly between no change and twice the distance.
        let helps =
            if off > 0 { (own - (2 * off - 1) / marks, own - 1) } else { (own + 1, own + (-2 * off - 1) / marks) };
        [hits, helps].into_iter().find_map(|(low, high)| {
            let begin = cell.pool.partition_point(|item| self.difficulty(*item) < low);
            let end = cell.pool.partition_point(|item| self.difficulty(*item) <= high);
            let width = end.checked_sub(begin).filter(|width| *width > 0)?;
            (0..TRIES)
                .map(|_| cell.pool[begin + rng.below(width as u64) as usize])
                .find(|item| self.is_free(pick, *item, used) && (off + self.change(pick, *item)).abs() < off.abs())
        })
    }

    /// The free item whose exchange leaves the least distance.
    fn nearest(&self, pick: Pick, off: i64, used: &FxHashSet<u32>) -> Option<u32> {
        let cell = &self.cells[pick.cell];
        let ideal = self.difficulty(pick.item) - off / cell.marks.hundredths();
        let middle = cell.pool.partition_point(|item| self.difficulty(*item) < ideal);
        let above = cell.pool[middle..].iter().find(|item| self.is_free(pick, **item, used));
        let below = cell.pool[..middle].iter().rev().find(|item| self.is_free(pick, **item, used));
        let after = |item: &u32| (off + self.change(pick, *item)).abs();
        [above, below].into_iter().flatten().copied().min_by_key(after)
    }
}

//! An order by keys that is kept while single keys change: one move costs a binary search, and a step for each whose rank
//! it changes.
//!
//! Ranks are those of a contest: equal keys share a rank, and the next one counts all before it (1, 2, 2, 4). So the rank
//! of a run of equals is the place of its first, from 1.

use std::cmp::Ordering;
use std::ops::Range;

/// The keys by which things are ranked; greater comes first, entry by entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    width: usize,
    values: Vec<i64>,
}

impl Keys {
    /// All keys zero.
    pub fn new(width: usize, count: usize) -> Self {
        Self { width, values: vec![0; width * count] }
    }

    pub fn of(&self, who: u32) -> &[i64] {
        let at = who as usize * self.width;
        &self.values[at..at + self.width]
    }

    pub fn set(&mut self, who: u32, key: &[i64]) {
        let at = who as usize * self.width;
        self.values[at..at + self.width].copy_from_slice(key);
    }

    /// Better first; among equals the one listed first in the field, so that the order is total.
    fn order(&self, a: u32, b: u32) -> Ordering {
        self.of(b).cmp(self.of(a)).then(a.cmp(&b))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ladder {
    order: Vec<u32>,
    /// By who; 0 for who isn't ranked.
    ranks: Vec<u32>,
}

/// Where somebody stood, found before his key changes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place(Option<usize>);

impl Ladder {
    /// Ranks `members` out of `count`.
    pub fn build(keys: &Keys, count: usize, members: impl Iterator<Item = u32>) -> Self {
        let mut order: Vec<u32> = members.collect();
        order.sort_unstable_by(|a, b| keys.order(*a, *b));
        let mut ladder = Self { order, ranks: vec![0; count] };
        ladder.rank_again(keys, 0..ladder.order.len(), &mut Vec::new());
        ladder
    }

    pub fn order(&self) -> &[u32] {
        &self.order
    }

    pub fn rank(&self, who: u32) -> Option<u32> {
        self.ranks.get(who as usize).copied().filter(|rank| *rank > 0)
    }

    pub fn place(&self, keys: &Keys, who: u32) -> Place {
        if self.rank(who).is_none() {
            return Place(None);
        }
        Place(self.order.binary_search_by(|other| keys.order(*other, who)).ok())
    }

    /// Puts `who` where his new key belongs, or out of the order. Adds to `changed` everybody whose rank is another now,
    /// and answers the two stretches of the order whose neighbours are others now.
    pub fn shift(
        &mut self,
        keys: &Keys,
        who: u32,
        from: Place,
        ranked: bool,
        changed: &mut Vec<u32>,
    ) -> [Range<usize>; 2] {
        let before = |other: &u32| keys.order(*other, who).is_lt();
        match (from.0, ranked) {
            (None, false) => [0..0, 0..0],
            (Some(from), false) => {
                self.order.remove(from);
                self.ranks[who as usize] = 0;
                changed.push(who);
                self.rank_again(keys, from..self.order.len(), changed);
                [self.around_gap(from), 0..0]
            }
            (None, true) => {
                let to = self.order.partition_point(before);
                self.order.insert(to, who);
                self.rank_again(keys, to..self.order.len(), changed);
                [0..0, self.around(to)]
            }
            (Some(from), true) => {
                // The others are in order; only `who` at `from` is out of place.
                let to = if from > 0 && !before(&self.order[from - 1]) {
                    self.order[..from].partition_point(before)
                } else {
                    from + self.order[from + 1..].partition_point(before)
                };
                let moved = from.min(to)..from.max(to) + 1;
                match to.cmp(&from) {
                    Ordering::Less => self.order[moved.clone()].rotate_right(1),
                    Ordering::Greater => self.order[moved.clone()].rotate_left(1),
                    Ordering::Equal => {}
                }
                self.rank_again(keys, moved, changed);
                let left = match to.cmp(&from) {
                    Ordering::Less => self.around_gap(from + 1),
                    Ordering::Greater => self.around_gap(from),
                    // He still stands where he left, but may have parted from those on either side.
                    Ordering::Equal => self.around_gap(from).start..self.around_gap(from + 1).end,
                };
                [left, self.around(to)]
            }
        }
    }

    /// Ranks the places of `moved` anew, and those after it as far as they are concerned.
    fn rank_again(&mut self, keys: &Keys, moved: Range<usize>, changed: &mut Vec<u32>) {
        let mut last = match moved.start {
            0 => None,
            at => Some(self.order[at - 1]),
        };
        for at in moved.start..self.order.len() {
            let who = self.order[at];
            let rank = match last {
                Some(last) if keys.of(last) == keys.of(who) => self.ranks[last as usize],
                _ => at as u32 + 1,
            };
            if self.ranks[who as usize] != rank {
                self.ranks[who as usize] = rank;
                changed.push(who);
            } else if at >= moved.end {
                // Behind the moved part a rank depends on the one before it alone.
                break;
            }
            last = Some(who);
        }
    }

    /// The places of the run of equals that `at` belongs to.
    pub fn run(&self, at: usize) -> Range<usize> {
        let rank = self.ranks[self.order[at] as usize];
        let start = rank as usize - 1;
        let more = self.order[at..].partition_point(|who| self.ranks[*who as usize] <= rank);
        start..at + more
    }

    /// The run at `at` with the runs before and after it.
    fn around(&self, at: usize) -> Range<usize> {
        let run = self.run(at);
        let start = if run.start > 0 { self.run(run.start - 1).start } else { 0 };
        let end = if run.end < self.order.len() { self.run(run.end).end } else { run.end };
        start..end
    }

    /// The two runs on either side of the place where somebody left.
    fn around_gap(&self, gap: usize) -> Range<usize> {
        let start = if gap > 0 { self.around(gap - 1).start } else { 0 };
        let end = if gap < self.order.len() { self.around(gap).end } else { gap };
        start..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slow_ranks(keys: &Keys, ranked: &[bool]) -> Vec<u32> {
        let better = |who: usize| {
            let ahead = |other: &usize| ranked[*other] && keys.of(*other as u32) > keys.of(who as u32);
            (0..ranked.len()).filter(ahead).count() as u32 + 1
        };
        (0..ranked.len()).map(|who| if ranked[who] { better(who) } else { 0 }).collect()
    }

    proptest! {
        /// After any moves, ranks are those counted one by one, and `changed` names exactly who changed.
        #[test]
        fn a_move_ranks_like_counting(moves in prop::collection::vec((0u32..12, 0i64..5, 0i64..3, prop::bool::weighted(0.8)), 1..60)) {
            let mut keys = Keys::new(2, 12);
            let mut ranked = vec![false; 12];
            let mut ladder = Ladder::build(&keys, 12, std::iter::empty());
            for (who, first, second, present) in moves {
                let old = ladder.ranks.clone();
                let from = ladder.place(&keys, who);
                keys.set(who, &[first, second]);
                ranked[who as usize] = present;
                let mut changed = Vec::new();
                ladder.shift(&keys, who, from, present, &mut changed);
                prop_assert_eq!(&ladder.ranks, &slow_ranks(&keys, &ranked));
                let built = Ladder::build(&keys, 12, (0..12).filter(|who| ranked[*who as usize]));
                prop_assert_eq!(&ladder, &built);
                changed.sort_unstable();
                let expected: Vec<u32> = (0..12).filter(|who| old[*who as usize] != ladder.ranks[*who as usize]).collect();
                prop_assert_eq!(changed, expected);
            }
        }
    }
}

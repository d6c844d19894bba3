//! The Guildhall open scale (匠家开放量表): totals of different contests, made comparable.
//!
//! `points = 700 + 30 · (x − median) / (1.4826 · MAD)`, and 700 for all where MAD is 0. MAD is the median of the distances from
//! the median; 1.4826 makes it the standard deviation where totals are normally distributed (Rousseeuw and Croux 1993), so
//! most results lie between 600 and 800. Its look is that of the scale of the WorldSkills competitions, whose formula is not
//! public; this one is ours and is called so wherever it is shown.
//!
//! Everything is an integer: 1.4826 is 14826/10000, a median between two totals is kept doubled, and a point is rounded
//! once, half away from zero, to the declared number of decimals.

use kernel::mark::round_div;
use kernel::{Mark, Text};

use crate::{Board, Over};

/// A point or a difference of points, in 1/100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(i64);

impl Points {
    pub const MIDDLE: Points = Points(70_000);

    pub const fn from_hundredths(hundredths: i64) -> Points {
        Points(hundredths)
    }

    pub const fn hundredths(self) -> i64 {
        self.0
    }
}

impl std::ops::Sub for Points {
    type Output = Points;
    fn sub(self, other: Points) -> Points {
        Points(self.0.saturating_sub(other.0))
    }
}

/// `742`, `741.5`, `741.25`: as many decimals as there are.
impl std::fmt::Display for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let written = Mark::from_hundredths(self.0).to_string();
        f.write_str(written.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// The scale as a rule set declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpenScale {
    /// Whose median is at 700.
    pub over: Over,
    /// 0, 1 or 2.
    pub decimals: u32,
}

/// Totals on the scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaled {
    /// Twice the median, in 1/100 mark: it may lie between two totals.
    doubled_median: i64,
    /// In the order of the totals.
    pub points: Vec<Points>,
}

impl Scaled {
    pub fn is_at_or_above_median(&self, total: Mark) -> bool {
        total.hundredths().saturating_mul(2) >= self.doubled_median
    }

    /// In 1/100 mark, rounded half away from zero: to be shown, not to decide by.
    pub fn median(&self) -> Mark {
        Mark::from_hundredths(round_div(self.doubled_median.into(), 2))
    }
}

impl OpenScale {
    pub const DECIMALS_MOST: u32 = 2;

    /// What the scale is called wherever it is shown.
    pub fn name() -> Text {
        Text::new("匠家开放量表", "Guildhall open scale")
    }

    /// The points of each total, measured against all of them.
    pub fn of(self, totals: &[Mark]) -> Scaled {
        let mut sorted: Vec<i64> = totals.iter().map(|total| total.hundredths()).collect();
        sorted.sort_unstable();
        let doubled_median = twice_the_median(&sorted);
        // Twice the distances, so that their median doubled is four times the MAD.
        let from_median = |total: &Mark| total.hundredths() * 2 - doubled_median;
        let mut distances: Vec<i64> = totals.iter().map(|total| from_median(total).abs()).collect();
        distances.sort_unstable();
        let mad_times_four = twice_the_median(&distances);
        let unit = 10i128.pow(Self::DECIMALS_MOST.saturating_sub(self.decimals));
        let points = totals.iter().map(|total| {
            if mad_times_four == 0 {
                return Points::MIDDLE;
            }
            // 30·(x − median)/(1.4826·MAD) with numerator and denominator multiplied by 4 and by 10,000.
            let denominator = 14_826 * i128::from(mad_times_four);
            let above = 30 * 10_000 * 2 * i128::from(from_median(total));
            let hundredths = 100 * (700 * denominator + above);
            Points(round_div(hundredths, denominator * unit).saturating_mul(unit as i64))
        });
        Scaled { doubled_median, points: points.collect() }
    }
}

impl Board {
    /// Everybody's points on a scale, by the indices of the field; none for who isn't ranked.
    pub fn points_on(&self, scale: OpenScale) -> Vec<Option<Points>> {
        let mut points = vec![None; self.field().entries().len()];
        for division in self.divisions(scale.over) {
            let ranked = || division.contenders.iter().filter(|contender| contender.rank.is_some());
            let totals: Vec<Mark> = ranked().map(|contender| contender.total).collect();
            for (contender, of) in ranked().zip(scale.of(&totals).points) {
                points[contender.who.index()] = Some(of);
            }
        }
        points
    }
}

/// The sum of the two middle ones of a sorted list; 0 of none.
fn twice_the_median(sorted: &[i64]) -> i64 {
    match sorted.len() {
        0 => 0,
        count => sorted[(count - 1) / 2] + sorted[count / 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(decimals: u32, totals: &[&str]) -> String {
        let totals: Vec<Mark> = totals.iter().map(|total| total.parse().unwrap()).collect();
        let scaled = OpenScale { over: Over::WholeField, decimals }.of(&totals);
        scaled.points.iter().map(Points::to_string).collect::<Vec<_>>().join(" ")
    }

    /// By hand: 60 70 80 90 100 have the median 80 and the MAD 10, so a step of 10 is 30/1.4826 = 20.2347 points.
    #[test]
    fn worked_examples() {
        for (decimals, totals, expected) in [
            (2, &["60", "70", "80", "90", "100"][..], "659.53 679.77 700 720.23 740.47"),
            (0, &["60", "70", "80", "90", "100"], "660 680 700 720 740"),
            (1, &["60", "70", "80", "90", "100"], "659.5 679.8 700 720.2 740.5"),
            // Median 75.5, distances 15.5 5.5 5.5 24.5, MAD 10.5, so a mark is 20.2347/10.5 points.
            (2, &["60", "70", "81", "100"], "670.13 689.4 710.6 747.21"),
            (2, &["61.23", "61.23", "61.23", "99"], "700 700 700 700"),
            (2, &["61.23"], "700"),
            (2, &[], ""),
        ] {
            assert_eq!(points(decimals, totals), expected, "{totals:?}");
        }
    }

    #[test]
    fn halves_go_away_from_zero_once() {
        // The MAD is 1,000, so 24.71 marks are exactly half a point.
        assert_eq!(points(1, &["1500", "2000", "3000", "3024.71", "4000"]), "669.6 679.8 700 700.5 720.2");
        assert_eq!(points(0, &["1500", "2000", "3000", "3024.71", "4000"]), "670 680 700 701 720");
        assert_eq!(points(0, &["2000", "2975.29", "3000", "4000", "4500"]), "680 700 700 720 730");
        assert_eq!(Points(-125).to_string(), "-1.25");
    }

    proptest! {
        /// More is never less on the scale, equals are equal, and the middle is 700.
        #[test]
        fn the_scale_keeps_the_order(totals in prop::collection::vec(0i64..10_001, 1..40), decimals in 0u32..3) {
            let totals: Vec<Mark> = totals.into_iter().map(Mark::from_hundredths).collect();
            let scaled = OpenScale { over: Over::WholeField, decimals }.of(&totals);
            for (one, one_points) in totals.iter().zip(&scaled.points) {
                for (other, other_points) in totals.iter().zip(&scaled.points) {
                    prop_assert!(one < other && one_points <= other_points || one == other && one_points == other_points || one > other);
                }
                prop_assert_eq!(scaled.is_at_or_above_median(*one), one.hundredths() * 2 >= scaled.doubled_median);
                if scaled.is_at_or_above_median(*one) {
                    prop_assert!(*one_points >= Points::MIDDLE);
                }
            }
            let above = totals.iter().filter(|total| scaled.is_at_or_above_median(**total)).count();
            prop_assert!(above * 2 >= totals.len());
        }

        /// Neither an added constant nor a factor moves anybody.
        #[test]
        fn only_distances_count(totals in prop::collection::vec(0i64..10_001, 1..40), shift in 0i64..5_000, factor in 1i64..5) {
            let of = |totals: Vec<Mark>| OpenScale { over: Over::WholeField, decimals: 2 }.of(&totals).points;
            let plain = of(totals.iter().copied().map(Mark::from_hundredths).collect());
            let moved = of(totals.iter().map(|total| Mark::from_hundredths(total * factor + shift)).collect());
            prop_assert_eq!(plain, moved);
        }
    }
}

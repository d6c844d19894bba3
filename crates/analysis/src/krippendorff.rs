//! How far judges agree, on any scale and with marks missing: Krippendorff's α.
//!
//! α = 1 − observed / expected disagreement. 1 is agreement to the letter, 0 is what chance would give, below 0 is
//! worse than chance. Sources: Krippendorff, *Content Analysis* (2004), chapter 11, and "Computing Krippendorff's
//! Alpha-Reliability" (2011). The interval is a percentile bootstrap over units (Efron and Tibshirani, *An Introduction
//! to the Bootstrap*, 1993): units are drawn again with replacement, expected disagreement anew.

use kernel::Rng;

use crate::interval::Interval;
use crate::lack::Lack;
use crate::table::{Table, quantile};

/// What it means that two values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// They differ or they don't.
    Nominal,
    /// By how many values stand between them in order.
    Ordinal,
    Interval,
    /// By their difference as a share of their sum; for values from zero up.
    Ratio,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Krippendorff {
    pub alpha: f64,
    /// None without resamples.
    pub interval: Option<Interval>,
    /// Units that two judges or more marked.
    pub units: usize,
    /// Marks in them.
    pub marks: usize,
}

/// A seed is published with the figure, so that anyone can draw the same resamples. None for `resamples: 0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    pub seed: u64,
    pub resamples: u32,
}

/// Rows are units (a competitor's aspect), columns judges. Units with fewer than two marks say nothing about agreement.
///
/// Resamples in which all values are the same have no α and are drawn again, up to as often as there are resamples.
pub fn krippendorff(marks: &Table, metric: Metric, bootstrap: Bootstrap) -> Result<Krippendorff, Lack> {
    let all: Vec<Vec<f64>> = (0..marks.rows()).map(|row| marks.row(row).iter().flatten().copied().collect()).collect();
    let mut units: Vec<Vec<f64>> = all.into_iter().filter(|unit: &Vec<f64>| unit.len() >= 2).collect();
    let count: usize = units.iter().map(Vec::len).sum();
    Lack::unless(!units.is_empty(), Lack::Marks { has: count, needs: 2 })?;
    if metric == Metric::Ratio && units.iter().flatten().any(|value| *value < 0.0) {
        return Err(Lack::BelowZero);
    }
    // The order in which rows come in must not matter to what is drawn.
    for unit in &mut units {
        unit.sort_by(f64::total_cmp);
    }
    units.sort_by(|one, other| {
        let first = one.iter().zip(other).map(|(x, y)| x.total_cmp(y)).find(|order| order.is_ne());
        first.unwrap_or(one.len().cmp(&other.len()))
    });
    let mut values: Vec<f64> = units.iter().flatten().copied().collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let coded: Vec<Vec<usize>> = units
        .iter()
        .map(|unit| unit.iter().map(|value| values.partition_point(|other| other < value)).collect())
        .collect();
    // What the marks of a unit differ by is the same in each resample, unless it is told by ranks among all of them.
    let within: Option<Vec<f64>> = (metric != Metric::Ordinal).then(|| {
        let differ = |one: usize, other: usize| differ(metric, values[one], values[other]);
        coded.iter().map(|unit| disagreement(unit, differ)).collect()
    });
    let of = |drawn: &[usize]| alpha(drawn, &coded, within.as_deref(), &values, metric);
    let alpha = of(&(0..coded.len()).collect::<Vec<_>>()).ok_or(Lack::NoVariance)?;
    let mut rng = Rng::from_seed(bootstrap.seed);
    let mut found = Vec::new();
    let mut drawn = vec![0; coded.len()];
    for _ in 0..2 * u64::from(bootstrap.resamples) {
        if found.len() == bootstrap.resamples as usize {
            break;
        }
        drawn.fill_with(|| rng.below(coded.len() as u64) as usize);
        found.extend(of(&drawn));
    }
    found.sort_by(f64::total_cmp);
    let interval = quantile(&found, 0.025).zip(quantile(&found, 0.975)).map(|(low, high)| Interval { low, high });
    Ok(Krippendorff { alpha, interval, units: coded.len(), marks: count })
}

/// How much two different places differ.
fn differ(metric: Metric, one: f64, other: f64) -> f64 {
    match metric {
        _ if one == other => 0.0,
        Metric::Nominal => 1.0,
        Metric::Ordinal | Metric::Interval => (one - other).powi(2),
        // Two different values from zero up have a sum above zero.
        Metric::Ratio => ((one - other) / (one + other)).powi(2),
    }
}

/// Of the marks of one unit.
fn disagreement(unit: &[usize], differ: impl Fn(usize, usize) -> f64) -> f64 {
    let pairs: f64 = (0..unit.len())
        .flat_map(|at| unit[at + 1..].iter().map(move |other| (unit[at], *other)))
        .map(|(one, other)| differ(one, other))
        .sum();
    2.0 * pairs / (unit.len() as f64 - 1.0)
}

/// Of the units `drawn`. `within` holds each unit's disagreement where it is known already. `None` where nothing differs.
fn alpha(drawn: &[usize], coded: &[Vec<usize>], within: Option<&[f64]>, values: &[f64], metric: Metric) -> Option<f64> {
    let mut counts = vec![0.0_f64; values.len()];
    for code in drawn.iter().flat_map(|unit| &coded[*unit]) {
        counts[*code] += 1.0;
    }
    let n: f64 = counts.iter().sum();
    // What is ordinal is interval on the middle rank: Σ of counts between two values, with half of both ends, is the
    // distance of their middle ranks.
    let mut before = 0.0;
    let places: Vec<f64> = counts
        .iter()
        .zip(values)
        .map(|(count, value)| {
            let middle = before + count / 2.0;
            before += count;
            if metric == Metric::Ordinal { middle } else { *value }
        })
        .collect();
    let differ = |one: usize, other: usize| differ(metric, places[one], places[other]);
    let expected = match metric {
        Metric::Nominal => n * n - counts.iter().map(|count| count * count).sum::<f64>(),
        Metric::Ordinal | Metric::Interval => {
            let mean = counts.iter().zip(&places).map(|(count, place)| count * place).sum::<f64>() / n;
            2.0 * n * counts.iter().zip(&places).map(|(count, place)| count * (place - mean).powi(2)).sum::<f64>()
        }
        Metric::Ratio => {
            let given: Vec<usize> = (0..values.len()).filter(|code| counts[*code] > 0.0).collect();
            let row = |one: usize| given.iter().map(|other| counts[*other] * differ(one, *other)).sum::<f64>();
            given.iter().map(|one| counts[*one] * row(*one)).sum()
        }
    };
    let differing = counts.iter().filter(|count| **count > 0.0).count() > 1;
    if !differing || expected <= 0.0 {
        return None;
    }
    let of_unit = |unit: &usize| match within {
        Some(within) => within[*unit],
        None => disagreement(&coded[*unit], differ),
    };
    let observed: f64 = drawn.iter().map(of_unit).sum();
    Some(1.0 - (n - 1.0) * observed / expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_BOOTSTRAP: Bootstrap = Bootstrap { seed: 0, resamples: 0 };

    /// Krippendorff 2011, section C to E: four observers, twelve units, marks missing; 0 is "missing" here.
    fn published() -> Table {
        let observers = [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
            [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
        ];
        let mut table = Table::new(12, 4);
        for (judge, marks) in observers.iter().enumerate() {
            for (unit, mark) in marks.iter().enumerate().filter(|(_, mark)| **mark > 0) {
                table.set(unit, judge, f64::from(*mark));
            }
        }
        table
    }

    #[test]
    fn the_published_example() {
        for (metric, alpha) in
            [(Metric::Nominal, 0.743), (Metric::Ordinal, 0.815), (Metric::Interval, 0.849), (Metric::Ratio, 0.797)]
        {
            let found = krippendorff(&published(), metric, NO_BOOTSTRAP).unwrap();
            assert!((found.alpha - alpha).abs() < 5e-4, "{metric:?}: {found:?}");
            assert_eq!((found.units, found.marks, found.interval), (11, 40, None));
        }
    }

    #[test]
    fn a_seed_draws_the_same_interval_and_it_holds_alpha() {
        let with = Bootstrap { seed: 7, resamples: 500 };
        let found = krippendorff(&published(), Metric::Interval, with).unwrap();
        assert_eq!(krippendorff(&published(), Metric::Interval, with).unwrap(), found);
        let interval = found.interval.unwrap();
        assert!(interval.holds(found.alpha) && interval.low < interval.high, "{found:?}");
    }

    #[test]
    fn what_says_nothing_says_why() {
        let ask =
            |rows: &[Vec<Option<f64>>], metric| krippendorff(&Table::from_rows(rows).unwrap(), metric, NO_BOOTSTRAP);
        assert_eq!(ask(&[vec![Some(1.0), None]], Metric::Nominal), Err(Lack::Marks { has: 0, needs: 2 }));
        assert_eq!(ask(&[vec![Some(1.0); 3], vec![Some(1.0); 3]], Metric::Ordinal), Err(Lack::NoVariance));
        assert_eq!(ask(&[vec![Some(-1.0), Some(1.0)]], Metric::Ratio), Err(Lack::BelowZero));
        assert!(ask(&[vec![Some(0.0), Some(1.0)], vec![Some(0.0), Some(0.0)]], Metric::Ratio).is_ok());
    }
}

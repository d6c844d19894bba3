//! How hard an aspect was, and whether it told strong competitors from weak ones.

use crate::interval::Interval;
use crate::lack::Lack;
use crate::table::{Table, correlation, is_nothing, squares};

/// Share of the field in each of the two groups that are compared. Source: Kelley, "The selection of upper and lower
/// groups for the validation of test items", Journal of Educational Psychology 30 (1939), 17–24.
pub const TAIL: f64 = 0.27;

/// Figures of one column. All shares are of 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AspectFigures {
    /// How many competitors have a mark for it.
    pub count: usize,
    /// How many competitors have a mark for every aspect: the two figures of discrimination are about them.
    pub complete: usize,
    /// The mean share of the maximum: high is easy.
    pub difficulty: Option<f64>,
    pub full: Option<f64>,
    pub zero: Option<f64>,
    /// Pearson's correlation of its marks with the sum of all the others. It is not pushed up by the aspect's being
    /// part of the total. Source: Henrysson, "Correction of item–total correlations in item analysis", Psychometrika 28
    /// (1963).
    pub item_rest: Result<f64, Lack>,
    /// The mean share in the best 27 % of competitors by total, less that in the last 27 %. Who are level at the edge
    /// share the places that are left.
    pub upper_lower: Result<f64, Lack>,
}

impl AspectFigures {
    /// Of the item–rest correlation, by Fisher's z: tanh(artanh r ± 1.96/√(n−3)), n being the competitors with all
    /// marks. None for fewer than four, or for a perfect correlation.
    pub fn item_rest_interval(&self) -> Option<Interval> {
        let r = self.item_rest.ok().filter(|r| r.abs() < 1.0 && self.complete > 3)?;
        let half = 1.959_963_984_540_054 / (self.complete as f64 - 3.0).sqrt();
        Some(Interval { low: (r.atanh() - half).tanh(), high: (r.atanh() + half).tanh() })
    }
}

/// One figure for each column of `marks`, in the order of the columns; `max` holds each column's maximum, above zero,
/// in the unit of the marks.
pub fn aspect_figures(marks: &Table, max: &[f64]) -> Vec<AspectFigures> {
    let complete = marks.complete();
    let totals: Vec<f64> = complete.iter().map(|row| row.iter().sum()).collect();
    let weights = tails(&totals);
    (0..marks.columns().min(max.len()))
        .map(|column| {
            let (present, max) = (marks.present(column), max[column]);
            let share_of = |hits: usize| (!present.is_empty()).then(|| hits as f64 / present.len() as f64);
            let own: Vec<f64> = complete.iter().map(|row| row[column]).collect();
            AspectFigures {
                count: present.len(),
                complete: own.len(),
                difficulty: (!present.is_empty())
                    .then(|| present.iter().map(|mark| mark / max).sum::<f64>() / present.len() as f64),
                full: share_of(present.iter().filter(|mark| **mark >= max).count()),
                zero: share_of(present.iter().filter(|mark| **mark <= 0.0).count()),
                item_rest: item_rest(&own, &totals, marks.columns()),
                upper_lower: weights
                    .as_ref()
                    .map_err(|lack| *lack)
                    .map(|weights| own.iter().zip(weights).map(|(mark, weight)| weight * mark / max).sum()),
            }
        })
        .collect()
}

fn item_rest(own: &[f64], totals: &[f64], aspects: usize) -> Result<f64, Lack> {
    Lack::unless(own.len() >= 3, Lack::Competitors { has: own.len(), needs: 3 })?;
    Lack::unless(aspects >= 2, Lack::Aspects { has: aspects, needs: 2 })?;
    let rest: Vec<f64> = totals.iter().zip(own).map(|(total, own)| total - own).collect();
    correlation(own, &rest).ok_or(Lack::NoVariance)
}

/// For each competitor, his weight in the mean of the upper group less that in the mean of the lower.
fn tails(totals: &[f64]) -> Result<Vec<f64>, Lack> {
    let n = totals.len();
    Lack::unless(n >= 4, Lack::Competitors { has: n, needs: 4 })?;
    Lack::unless(!is_nothing(squares(totals), totals), Lack::NoVariance)?;
    let size = (TAIL * n as f64).round().max(1.0);
    let share = |better: usize, level: usize| ((size - better as f64) / level as f64).clamp(0.0, 1.0) / size;
    // Totals that differ by rounding alone are level.
    let near = 1e-9 * totals.iter().fold(0.0_f64, |most, total| most.max(total.abs()));
    Ok(totals
        .iter()
        .map(|total| {
            let above = totals.iter().filter(|other| **other > total + near).count();
            let below = totals.iter().filter(|other| **other < total - near).count();
            let level = n - above - below;
            share(above, level) - share(below, level)
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: eight competitors, so that a tail is of two; two are level at the lower edge with one place left.
    #[test]
    fn who_are_level_share_a_place() {
        let weights = tails(&[8.0, 7.0, 6.0, 5.0, 4.0, 2.0, 2.0, 1.0]).unwrap();
        assert_eq!(weights, [0.5, 0.5, 0.0, 0.0, 0.0, -0.25, -0.25, -0.5]);
        assert_eq!(tails(&[1.0; 9]), Err(Lack::NoVariance));
        assert_eq!(tails(&[1.0, 2.0]), Err(Lack::Competitors { has: 2, needs: 4 }));
    }

    #[test]
    fn figures_by_hand() {
        let rows: Vec<Vec<Option<f64>>> =
            [[2.0, 1.0], [2.0, 0.0], [1.0, 0.0], [0.0, 0.0]].iter().map(|row| row.map(Some).to_vec()).collect();
        let found = aspect_figures(&Table::from_rows(&rows).unwrap(), &[2.0, 1.0]);
        assert_eq!(
            (found[0].count, found[0].difficulty, found[0].full, found[0].zero),
            (4, Some(0.625), Some(0.5), Some(0.25))
        );
        assert_eq!((found[0].upper_lower, found[1].upper_lower), (Ok(1.0), Ok(1.0)));
        // cov = 0.75/3, variances 2.75/3 and 0.75/3: r = 0.75 / √(2.75 · 0.75).
        assert!((found[0].item_rest.unwrap() - 0.75 / (2.75_f64 * 0.75).sqrt()).abs() < 1e-12);
    }
}

//! How much of the variance of judges' marks comes from the competitors: the intraclass correlation in its six forms.
//!
//! Sources: Shrout and Fleiss, "Intraclass correlations: uses in assessing rater reliability", Psychological Bulletin
//! 86 (1979), 420–428; the intervals as in McGraw and Wong, "Forming inferences about some intraclass correlation
//! coefficients", Psychological Methods 1 (1996), 30–46.

use crate::interval::Interval;
use crate::lack::Lack;
use crate::special::{f_beyond, f_quantile};
use crate::table::{Table, is_nothing, mean};

/// One form. Value and bounds have no unit; the value may be below 0 where judges agree less than by chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Icc {
    pub value: f64,
    /// None where the formula's denominators vanish.
    pub interval: Option<Interval>,
    /// F of "the competitors don't differ"; none where judges agree to the letter and F would have no end.
    pub f: Option<f64>,
    pub freedom: (f64, f64),
    /// P of such an F or a greater one by chance.
    pub p: f64,
}

/// The six forms. Which to read: `agreement` where the mark itself matters and other judges could have sat there;
/// `consistency` where only the order matters, or the same judges mark everybody; `one_way` where each competitor had
/// judges of his own. `mean_…` is for the mean of the panel.
///
/// None where a form's denominator is not above zero, which can happen to the mean's forms when judges contradict each
/// other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IccForms {
    /// ICC(1,1).
    pub one_way: Option<Icc>,
    /// ICC(2,1), also called ICC(A,1).
    pub agreement: Option<Icc>,
    /// ICC(3,1), also called ICC(C,1).
    pub consistency: Option<Icc>,
    /// ICC(1,k).
    pub mean_one_way: Option<Icc>,
    /// ICC(2,k).
    pub mean_agreement: Option<Icc>,
    /// ICC(3,k), which is Cronbach's α of the judges.
    pub mean_consistency: Option<Icc>,
    pub competitors: usize,
    pub judges: usize,
}

/// Rows are competitors (or whatever is judged), columns judges. Rows that lack a mark are left out.
pub fn icc(marks: &Table) -> Result<IccForms, Lack> {
    let rows = marks.complete();
    let (rows_n, judges) = (rows.len(), marks.columns());
    Lack::unless(judges >= 2, Lack::Judges { has: judges, needs: 2 })?;
    Lack::unless(rows_n >= 2, Lack::Competitors { has: rows_n, needs: 2 })?;
    let (n, k) = (rows_n as f64, judges as f64);
    let all: Vec<f64> = rows.iter().flatten().copied().collect();
    let grand = mean(&all);
    let of_rows: Vec<f64> = rows.iter().map(|row| mean(row)).collect();
    let of_judges: Vec<f64> = (0..judges).map(|judge| rows.iter().map(|row| row[judge]).sum::<f64>() / n).collect();
    let about = |means: &[f64]| means.iter().map(|one| (one - grand) * (one - grand)).sum::<f64>();
    let between = k * about(&of_rows);
    let by_judges = n * about(&of_judges);
    let rest: f64 = rows
        .iter()
        .zip(&of_rows)
        .flat_map(|(row, of_row)| {
            row.iter().zip(&of_judges).map(move |(mark, of_judge)| mark - of_row - of_judge + grand)
        })
        .map(|residual| residual * residual)
        .sum();
    Lack::unless(!is_nothing(between, &all), Lack::NoVariance)?;
    let exact = |squares: f64| if is_nothing(squares, &all) { 0.0 } else { squares };
    let (by_judges, rest) = (exact(by_judges), exact(rest));
    let (above, one_way_below, below) = (n - 1.0, n * (k - 1.0), (n - 1.0) * (k - 1.0));
    let squares = Squares {
        n,
        k,
        rows: between / above,
        within: (by_judges + rest) / one_way_below,
        judges: by_judges / (k - 1.0),
        rest: rest / below,
    };
    let one_way = squares.ratio_of_two(squares.within, above, one_way_below);
    let consistency = squares.ratio_of_two(squares.rest, above, below);
    let (agreement, mean_agreement) = squares.agreement(above, below);
    Ok(IccForms {
        one_way: Some(one_way.0),
        agreement,
        consistency: Some(consistency.0),
        mean_one_way: Some(one_way.1),
        mean_agreement,
        mean_consistency: Some(consistency.1),
        competitors: rows_n,
        judges,
    })
}

/// Mean squares.
struct Squares {
    n: f64,
    k: f64,
    rows: f64,
    within: f64,
    judges: f64,
    rest: f64,
}

impl Squares {
    /// The forms in which only two mean squares meet: of one judge, and of the mean.
    fn ratio_of_two(&self, error: f64, above: f64, below: f64) -> (Icc, Icc) {
        let k = self.k;
        let single = (self.rows - error) / (self.rows + (k - 1.0) * error);
        let of_mean = (self.rows - error) / self.rows;
        let form = |value: f64, interval: Interval| {
            let (f, p) = self.test(error, above, below);
            Icc { value, interval: Some(interval), f, freedom: (above, below), p }
        };
        if error == 0.0 {
            let certain = Interval { low: 1.0, high: 1.0 };
            return (form(1.0, certain), form(1.0, certain));
        }
        let f = self.rows / error;
        let low = f / f_quantile(0.975, above, below);
        let high = f * f_quantile(0.975, below, above);
        let one = |f: f64| (f - 1.0) / (f + k - 1.0);
        let mean = |f: f64| 1.0 - 1.0 / f;
        (
            form(single, Interval { low: one(low), high: one(high) }),
            form(of_mean, Interval { low: mean(low), high: mean(high) }),
        )
    }

    fn agreement(&self, above: f64, below: f64) -> (Option<Icc>, Option<Icc>) {
        let Squares { n, k, rows, judges, rest, .. } = *self;
        let denominator = rows + (k - 1.0) * rest + k * (judges - rest) / n;
        let denominator_of_mean = rows + (judges - rest) / n;
        let value = (denominator > 0.0).then(|| (rows - rest) / denominator);
        let of_mean = (denominator_of_mean > 0.0).then(|| (rows - rest) / denominator_of_mean);
        let interval = value.and_then(|value| self.interval_of_agreement(value, above, below));
        let stepped_up = interval.and_then(|interval| {
            let up = |bound: f64| (1.0 + bound * (k - 1.0) > 0.0).then(|| bound * k / (1.0 + bound * (k - 1.0)));
            Some(Interval { low: up(interval.low)?, high: up(interval.high)? })
        });
        let (f, p) = self.test(rest, above, below);
        let form =
            |value: Option<f64>, interval| value.map(|value| Icc { value, interval, f, freedom: (above, below), p });
        (form(value, interval), form(of_mean, stepped_up))
    }

    fn interval_of_agreement(&self, icc: f64, above: f64, below: f64) -> Option<Interval> {
        let Squares { n, k, rows, judges, rest, .. } = *self;
        if rest == 0.0 && judges == 0.0 {
            return Some(Interval { low: 1.0, high: 1.0 });
        }
        // Satterthwaite's degrees of freedom; multiplied through by the square of `rest`, which may be zero.
        let other = (n * (1.0 + (k - 1.0) * icc) - k * icc) * rest;
        let numerator = below * (k * icc * judges + other).powi(2);
        let denominator = above * (k * icc * judges).powi(2) + other * other;
        let freedom = numerator / denominator;
        if !freedom.is_finite() || freedom <= 0.0 {
            return None;
        }
        let upper = f_quantile(0.975, above, freedom);
        let lower = f_quantile(0.975, freedom, above);
        let error = k * judges + (k * n - k - n) * rest;
        Some(Interval {
            low: n * (rows - upper * rest) / (upper * error + n * rows),
            high: n * (lower * rows - rest) / (error + n * lower * rows),
        })
    }

    fn test(&self, error: f64, above: f64, below: f64) -> (Option<f64>, f64) {
        if error == 0.0 {
            return (None, 0.0);
        }
        let f = self.rows / error;
        (Some(f), f_beyond(f, above, below))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table<const K: usize>(rows: &[[f64; K]]) -> Table {
        Table::from_rows(&rows.iter().map(|row| row.map(Some).to_vec()).collect::<Vec<_>>()).unwrap()
    }

    /// Shrout and Fleiss 1979, Tables 2 and 4: four judges, six targets.
    #[test]
    fn the_published_example() {
        let found = icc(&table(&[
            [9.0, 2.0, 5.0, 8.0],
            [6.0, 1.0, 3.0, 2.0],
            [8.0, 4.0, 6.0, 8.0],
            [7.0, 1.0, 2.0, 6.0],
            [10.0, 5.0, 6.0, 9.0],
            [6.0, 2.0, 4.0, 7.0],
        ]))
        .unwrap();
        let forms = [
            (found.one_way, 0.17),
            (found.agreement, 0.29),
            (found.consistency, 0.71),
            (found.mean_one_way, 0.44),
            (found.mean_agreement, 0.62),
            (found.mean_consistency, 0.91),
        ];
        for (form, value) in forms {
            assert!((form.unwrap().value - value).abs() < 0.005, "{form:?} {value}");
        }
        // The mean squares of their Table 3: 11.24 between, 1.02 left.
        assert!((found.consistency.unwrap().f.unwrap() - 11.24 / 1.02).abs() < 0.06);
    }

    #[test]
    fn perfect_agreement_has_no_nan() {
        let found = icc(&table(&[[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]])).unwrap();
        for form in [found.one_way, found.agreement, found.consistency, found.mean_agreement] {
            let form = form.unwrap();
            assert_eq!(
                (form.value, form.f, form.p, form.interval),
                (1.0, None, 0.0, Some(Interval { low: 1.0, high: 1.0 }))
            );
        }
        // The same but for one judge's severity: consistency stays whole, agreement doesn't.
        let found = icc(&table(&[[1.0, 2.0], [2.0, 3.0], [4.0, 5.0]])).unwrap();
        assert_eq!(found.consistency.unwrap().value, 1.0);
        let agreement = found.agreement.unwrap();
        assert!(agreement.value < 1.0 && agreement.interval.unwrap().low.is_finite());
    }

    #[test]
    fn what_says_nothing_says_why() {
        assert_eq!(icc(&table(&[[1.0, 2.0], [2.0, 1.0]])), Err(Lack::NoVariance));
        assert_eq!(icc(&table(&[[1.0, 2.0]])), Err(Lack::Competitors { has: 1, needs: 2 }));
        assert_eq!(icc(&table(&[[1.0], [2.0]])), Err(Lack::Judges { has: 1, needs: 2 }));
    }
}

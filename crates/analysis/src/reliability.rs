//! How far the total would come out the same with other aspects of the same kind.

use crate::interval::Interval;
use crate::lack::Lack;
use crate::special::f_quantile;
use crate::table::Table;
use crate::table::{is_nothing, squares, variance};

#[derive(Debug, Clone, PartialEq)]
pub struct Reliability {
    /// Cronbach's α: k/(k−1) · (1 − Σ variances of aspects / variance of totals). At most 1; below 0 where aspects
    /// contradict each other. Source: Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika
    /// 16 (1951), 297–334.
    pub alpha: f64,
    /// Source: Feldt, Woodruff and Salih, "Statistical inference for coefficient alpha", Applied Psychological
    /// Measurement 11 (1987), 93–103.
    pub interval: Interval,
    /// For each column, α of all the others; none where fewer than two are left or their sum doesn't vary.
    pub without: Vec<Option<f64>>,
    /// The standard error of measurement of a total, deviation · √(1 − α), in the unit of the marks.
    pub error: f64,
    /// The deviation of the totals, in the unit of the marks.
    pub deviation: f64,
    pub competitors: usize,
    /// Who lacks a mark and is therefore left out.
    pub left_out: usize,
}

/// Rows are competitors, columns aspects, cells marks in any one unit. Competitors who lack a mark are left out.
pub fn reliability(marks: &Table) -> Result<Reliability, Lack> {
    let rows = marks.complete();
    let (n, k) = (rows.len(), marks.columns());
    Lack::unless(k >= 2, Lack::Aspects { has: k, needs: 2 })?;
    Lack::unless(n >= 3, Lack::Competitors { has: n, needs: 3 })?;
    let columns: Vec<Vec<f64>> = (0..k).map(|column| rows.iter().map(|row| row[column]).collect()).collect();
    let variances: Vec<f64> = columns.iter().map(|column| variance(column)).collect();
    let totals: Vec<f64> = rows.iter().map(|row| row.iter().sum()).collect();
    let alpha = alpha(&totals, variances.iter().sum(), k).ok_or(Lack::NoVariance)?;
    let (above, below) = ((n - 1) as f64, ((n - 1) * (k - 1)) as f64);
    let bound = |share: f64| 1.0 - (1.0 - alpha) * f_quantile(share, above, below);
    let without = (0..k)
        .map(|left| {
            let rest: Vec<f64> = totals.iter().zip(&columns[left]).map(|(total, own)| total - own).collect();
            let others = variances.iter().enumerate().filter(|(column, _)| *column != left).map(|(_, one)| one);
            self::alpha(&rest, others.sum(), k - 1)
        })
        .collect();
    let deviation = variance(&totals).sqrt();
    Ok(Reliability {
        alpha,
        interval: Interval { low: bound(0.975), high: bound(0.025) },
        without,
        error: deviation * (1.0 - alpha).max(0.0).sqrt(),
        deviation,
        competitors: n,
        left_out: marks.rows() - n,
    })
}

fn alpha(totals: &[f64], variances: f64, aspects: usize) -> Option<f64> {
    let k = aspects as f64;
    (aspects >= 2 && !is_nothing(squares(totals), totals))
        .then(|| (k / (k - 1.0) * (1.0 - variances / variance(totals))).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[f64; 3]]) -> Table {
        Table::from_rows(&rows.iter().map(|row| row.map(Some).to_vec()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn parallel_aspects_are_perfectly_reliable() {
        let found = reliability(&table(&[[1.0; 3], [2.0; 3], [4.0; 3]])).unwrap();
        assert!((found.alpha - 1.0).abs() < 1e-12 && found.error.abs() < 1e-6);
    }

    #[test]
    fn what_says_nothing_says_why() {
        assert_eq!(reliability(&table(&[[1.0; 3]; 5])), Err(Lack::NoVariance));
        assert_eq!(reliability(&table(&[[1.0, 2.0, 3.0]])), Err(Lack::Competitors { has: 1, needs: 3 }));
        assert_eq!(reliability(&Table::new(5, 1)), Err(Lack::Aspects { has: 1, needs: 2 }));
        assert_eq!(reliability(&Table::new(5, 3)), Err(Lack::Competitors { has: 0, needs: 3 }));
    }
}

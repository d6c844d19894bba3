//! How well each ability was mastered: by the field, and by one competitor within it, with how sure that is.

use std::collections::BTreeMap;

use crate::interval::Interval;
use crate::special::t_95;
use crate::table::{mean, quantile, variance};

/// A competitor's mark of an aspect that examines the ability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AbilityMark {
    pub competitor: u32,
    pub aspect: u32,
    /// In any one unit, as is the maximum.
    pub mark: f64,
    pub max: f64,
}

/// A competitor's standing in an ability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    pub competitor: u32,
    /// Sum of marks by sum of maxima, 0 to 1.
    pub share: f64,
    /// How far the share would move with other aspects of the same kind: the standard error of a ratio of sums, from
    /// how unevenly the competitor stands to the field from aspect to aspect. With `d` the mark less the field's mean
    /// mark of that aspect, D = Σd / Σmax and e = d − D·max over m aspects: √(m/(m−1) · Σe²) / Σmax. An aspect that is
    /// hard for all adds nothing to it. None for fewer than two aspects. Sources: Cochran, *Sampling Techniques*
    /// (1977), chapter 6, for the ratio's variance; Brennan, *Generalizability Theory* (2001), on relative error, for
    /// leaving out what is hard for all.
    pub error: Option<f64>,
    /// The share of the field below, with half of those level, himself among them, 0 to 1.
    pub percentile: f64,
    pub aspects: usize,
}

impl Standing {
    /// Of the share, by the t distribution with m − 1 degrees of freedom, within 0 and 1.
    pub fn interval(&self) -> Option<Interval> {
        let around = Interval::around(self.share, t_95(self.aspects as f64 - 1.0) * self.error?);
        Some(Interval { low: around.low.max(0.0), high: around.high.min(1.0) })
    }
}

/// The field in an ability.
#[derive(Debug, Clone, PartialEq)]
pub struct AbilityFigures {
    pub aspects: usize,
    /// Ascending by competitor.
    pub standings: Vec<Standing>,
    pub mean: f64,
    /// First quartile, median, third, of the shares.
    pub quartiles: [f64; 3],
    /// With n − 1; none for one competitor.
    pub deviation: Option<f64>,
    /// How much of the shares' variance is not error, at most 1: 1 − mean squared error / variance. Below 0 where
    /// errors are greater than differences. None where competitors don't differ, or have no error.
    pub reliability: Option<f64>,
}

/// `None` without marks. Marks may stand in any order; maxima above zero.
pub fn ability_figures(marks: &[AbilityMark]) -> Option<AbilityFigures> {
    let mut of_field: BTreeMap<u32, Vec<(u32, f64)>> = BTreeMap::new();
    let mut competitors: BTreeMap<u32, Vec<&AbilityMark>> = BTreeMap::new();
    for mark in marks {
        of_field.entry(mark.aspect).or_default().push((mark.competitor, mark.mark));
        competitors.entry(mark.competitor).or_default().push(mark);
    }
    let of_field: BTreeMap<u32, f64> = of_field
        .into_iter()
        .map(|(aspect, mut marks)| {
            marks.sort_by_key(|(competitor, _)| *competitor);
            (aspect, mean(&marks.iter().map(|(_, mark)| *mark).collect::<Vec<_>>()))
        })
        .collect();
    let mut standings: Vec<Standing> = competitors
        .into_iter()
        .map(|(competitor, mut own)| {
            own.sort_by_key(|mark| mark.aspect);
            let max: f64 = own.iter().map(|mark| mark.max).sum();
            let apart = |mark: &AbilityMark| mark.mark - of_field[&mark.aspect];
            let level = own.iter().map(|mark| apart(mark)).sum::<f64>() / max;
            let m = own.len() as f64;
            let squares: f64 = own.iter().map(|mark| (apart(mark) - level * mark.max).powi(2)).sum();
            Standing {
                competitor,
                share: own.iter().map(|mark| mark.mark).sum::<f64>() / max,
                error: (own.len() >= 2).then(|| (m / (m - 1.0) * squares).sqrt() / max),
                percentile: 0.0,
                aspects: own.len(),
            }
        })
        .collect();
    let mut shares: Vec<f64> = standings.iter().map(|standing| standing.share).collect();
    shares.sort_by(f64::total_cmp);
    let n = shares.len() as f64;
    // Shares that differ by rounding alone are level.
    const NEAR: f64 = 1e-9;
    for standing in &mut standings {
        let below = shares.partition_point(|share| *share < standing.share - NEAR);
        let upto = shares.partition_point(|share| *share <= standing.share + NEAR);
        standing.percentile = (below + upto) as f64 / 2.0 / n;
    }
    let quartiles = [quantile(&shares, 0.25)?, quantile(&shares, 0.5)?, quantile(&shares, 0.75)?];
    let spread = (shares.len() >= 2).then(|| variance(&shares)).filter(|_| shares[shares.len() - 1] - shares[0] > NEAR);
    let errors: Vec<f64> = standings.iter().filter_map(|standing| standing.error).map(|error| error * error).collect();
    Some(AbilityFigures {
        aspects: of_field.len(),
        mean: mean(&shares),
        quartiles,
        deviation: (shares.len() >= 2).then(|| variance(&shares).sqrt()),
        reliability: spread.filter(|_| errors.len() == standings.len()).map(|spread| 1.0 - mean(&errors) / spread),
        standings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(rows: &[&[f64]]) -> Vec<AbilityMark> {
        let row = |(competitor, row): (u32, &&[f64])| {
            let marks = row.iter().zip(0..).map(move |(mark, aspect)| AbilityMark {
                competitor,
                aspect,
                mark: *mark,
                max: 2.0,
            });
            marks.collect::<Vec<_>>()
        };
        (0..).zip(rows).flat_map(row).collect()
    }

    /// By hand: with equal maxima the error is the deviation of differences to the field by √m. The field's means are 1
    /// and 1; the first competitor stands 1 above and 1 below it: deviation √2, error √2/√2 in marks, half of that in
    /// shares.
    #[test]
    fn by_hand() {
        let found = ability_figures(&marks(&[&[2.0, 0.0], &[0.0, 2.0], &[1.0, 1.0]])).unwrap();
        assert!((found.standings[0].error.unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(found.standings[2].error, Some(0.0));
        // 12.7 errors with one degree of freedom, as far as there are shares.
        assert_eq!(found.standings[0].interval(), Some(Interval { low: 0.0, high: 1.0 }));
        assert_eq!((found.standings[0].share, found.standings[0].percentile, found.reliability), (0.5, 0.5, None));
        // What is hard for all is no uncertainty.
        let found = ability_figures(&marks(&[&[2.0, 1.0], &[1.0, 0.0]])).unwrap();
        assert_eq!(
            (found.standings[0].error, found.standings[0].percentile, found.standings[1].percentile),
            (Some(0.0), 0.75, 0.25)
        );
        assert_eq!((found.quartiles, found.reliability), ([0.375, 0.5, 0.625], Some(1.0)));
        assert_eq!(ability_figures(&[]), None);
        assert_eq!(ability_figures(&marks(&[&[1.0]])).unwrap().standings[0].error, None);
    }
}

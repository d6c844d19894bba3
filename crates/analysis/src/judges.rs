//! How a judge marks beside the others of his panel.

use std::collections::BTreeMap;

use crate::drift::in_an_hour;
use crate::interval::{Estimate, Point, mean_of};
use crate::lack::Lack;
use crate::table::{correlation, variance};

/// A judge's mark of one thing that others may have marked too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JudgeMark {
    pub competitor: u32,
    pub aspect: u32,
    pub judge: u32,
    /// Of the aspect's maximum.
    pub share: f64,
    pub at_ms: i64,
}

/// All from the things that he and at least one other judge marked. A deviation is his share of the maximum less the
/// mean share of the *others*, so that his own mark is not in what it is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JudgeFigures {
    pub judge: u32,
    /// How many things.
    pub marks: usize,
    /// The mean deviation, in shares of the maximum: below zero is severe, above is lenient. Its interval counts each
    /// competitor as one piece of evidence.
    pub deviation: Result<Estimate, Lack>,
    /// The standard deviation of his deviations about their mean: how far his severity wanders from mark to mark. A
    /// constant that he adds to all his marks leaves it as it is.
    pub wander: Result<f64, Lack>,
    /// Pearson's correlation of his shares with the others' mean.
    pub follows: Result<f64, Lack>,
    /// How his deviation changes in an hour, in shares of the maximum.
    pub drift: Result<Estimate, Lack>,
}

/// One figure for each judge who marks, ascending. Marks may stand in any order.
pub fn judge_figures(marks: &[JudgeMark]) -> Vec<JudgeFigures> {
    let mut things: BTreeMap<(u32, u32), Vec<&JudgeMark>> = BTreeMap::new();
    for mark in marks {
        things.entry((mark.competitor, mark.aspect)).or_default().push(mark);
    }
    let mut judges: BTreeMap<u32, Vec<Compared>> = marks.iter().map(|mark| (mark.judge, Vec::new())).collect();
    for ((competitor, _), mut panel) in things {
        panel.sort_by_key(|mark| mark.judge);
        for own in &panel {
            let others: Vec<f64> =
                panel.iter().filter(|other| other.judge != own.judge).map(|other| other.share).collect();
            if !others.is_empty() {
                let others = crate::table::mean(&others);
                let compared = Compared { competitor, own: own.share, others, hours: hours(own.at_ms as f64) };
                judges.entry(own.judge).or_default().push(compared);
            }
        }
    }
    judges.into_iter().map(|(judge, compared)| figures(judge, &compared)).collect()
}

pub(crate) fn hours(at_ms: f64) -> f64 {
    at_ms / 3_600_000.0
}

struct Compared {
    competitor: u32,
    own: f64,
    others: f64,
    hours: f64,
}

fn figures(judge: u32, compared: &[Compared]) -> JudgeFigures {
    let points: Vec<Point> =
        compared.iter().map(|one| Point { cluster: one.competitor, x: one.hours, y: one.own - one.others }).collect();
    let deviations: Vec<f64> = points.iter().map(|point| point.y).collect();
    let few = |needs: usize| Lack::unless(compared.len() >= needs, Lack::Marks { has: compared.len(), needs });
    let own: Vec<f64> = compared.iter().map(|one| one.own).collect();
    let others: Vec<f64> = compared.iter().map(|one| one.others).collect();
    JudgeFigures {
        judge,
        marks: compared.len(),
        deviation: mean_of(&points),
        wander: few(2).map(|()| variance(&deviations).sqrt()),
        follows: few(3).and_then(|()| correlation(&own, &others).ok_or(Lack::NoVariance)),
        drift: in_an_hour(&points),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: judge 2 is 0.2 below the other two; judge 0 and 1 are 0.1 above the mean of theirs.
    #[test]
    fn severity_is_what_the_others_would_have_given() {
        let marks: Vec<JudgeMark> = (0..6)
            .flat_map(|competitor| {
                let base = 0.5 + 0.05 * f64::from(competitor);
                [base, base, base - 0.2].into_iter().zip(0..).map(move |(share, judge)| JudgeMark {
                    competitor,
                    aspect: 0,
                    judge,
                    share,
                    at_ms: i64::from(competitor) * 3_600_000,
                })
            })
            .collect();
        let found = judge_figures(&marks);
        for (figures, expected) in found.iter().zip([0.1, 0.1, -0.2]) {
            assert!((figures.deviation.unwrap().value - expected).abs() < 1e-12);
            assert!(figures.wander.unwrap() < 1e-9 && (figures.follows.unwrap() - 1.0).abs() < 1e-9);
            assert!(figures.drift.unwrap().value.abs() < 1e-12);
        }
        let alone = judge_figures(&marks[..1]);
        assert_eq!(alone[0].deviation, Err(Lack::Competitors { has: 0, needs: 2 }));
        assert_eq!(alone[0].wander, Err(Lack::Marks { has: 0, needs: 2 }));
    }
}

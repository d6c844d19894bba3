//! The climb to the maximum of the likelihood.

use super::design::{Design, Placed};
use crate::lack::Lack;
use crate::square::Square;

const STEPS_MOST: u32 = 100;
/// Logits; no measure moves further in one step.
const STRIDE_MOST: f64 = 2.0;
/// Logits; measures that far out are on their way to infinity: a chance of one in 500 million is not learnt from a contest.
const FAR: f64 = 20.0;
const SETTLED: f64 = 1e-9;

pub struct Found {
    /// Settled: means are zero where the module says so.
    pub measures: Vec<f64>,
    /// Variances of the settled measures.
    pub variances: Vec<f64>,
    pub log_likelihood: f64,
    pub steps: u32,
}

/// Probabilities of a rating's categories when competitor less aspect less judge is `place`.
pub fn probabilities(place: f64, thresholds: &[f64], into: &mut Vec<f64>) {
    into.clear();
    into.push(0.0);
    let mut sum = 0.0;
    for threshold in thresholds {
        sum += place - threshold;
        into.push(sum);
    }
    let most = into.iter().fold(f64::NEG_INFINITY, |most, exponent| most.max(*exponent));
    into.iter_mut().for_each(|exponent| *exponent = (*exponent - most).exp());
    let total: f64 = into.iter().sum();
    into.iter_mut().for_each(|weight| *weight /= total);
}

/// Expected category and its variance.
pub fn moments(probabilities: &[f64]) -> (f64, f64) {
    let expected: f64 = probabilities.iter().zip(0_u32..).map(|(p, category)| p * f64::from(category)).sum();
    let about = |category: u32| (f64::from(category) - expected).powi(2);
    (expected, probabilities.iter().zip(0_u32..).map(|(p, category)| p * about(category)).sum())
}

pub fn place_of(measures: &[f64], rating: &Placed) -> f64 {
    measures[rating.competitor] - measures[rating.aspect] - measures[rating.judge]
}

fn likelihood(design: &Design, measures: &[f64]) -> f64 {
    let mut p = Vec::new();
    design
        .ratings
        .iter()
        .map(|rating| {
            probabilities(place_of(measures, rating), &measures[design.thresholds(rating.scale)], &mut p);
            p[rating.category].ln()
        })
        .sum()
}

/// The likelihood's slope and its information.
fn slope(design: &Design, measures: &[f64]) -> (Vec<f64>, Square) {
    let mut slope = vec![0.0; design.size()];
    let mut information = Square::zero(design.size());
    let (mut p, mut reached, mut with_score) = (Vec::new(), Vec::new(), Vec::new());
    for rating in &design.ratings {
        let thresholds = design.thresholds(rating.scale);
        probabilities(place_of(measures, rating), &measures[thresholds.clone()], &mut p);
        let (expected, variance) = moments(&p);
        let three = [(rating.competitor, 1.0), (rating.aspect, -1.0), (rating.judge, -1.0)];
        for (one, sign) in three {
            slope[one] += sign * (rating.category as f64 - expected);
            for (other, other_sign) in three {
                information.add(one, other, sign * other_sign * variance);
            }
        }
        // The chance to pass each threshold, and how that goes together with the category.
        reached.clear();
        with_score.clear();
        let (mut beyond, mut score_beyond) = (1.0, expected);
        for (below, share) in p[..p.len() - 1].iter().enumerate() {
            beyond -= share;
            score_beyond -= share * below as f64;
            reached.push(beyond);
            with_score.push(score_beyond - beyond * expected);
        }
        for (step, threshold) in thresholds.clone().enumerate() {
            slope[threshold] -= f64::from(u8::from(rating.category > step)) - reached[step];
            for (one, sign) in three {
                information.add(one, threshold, -sign * with_score[step]);
                information.add(threshold, one, -sign * with_score[step]);
            }
            for (other_step, other) in thresholds.clone().enumerate() {
                let both = reached[step.max(other_step)] - reached[step] * reached[other_step];
                information.add(threshold, other, both);
            }
        }
    }
    (slope, information)
}

pub fn climb(design: &Design) -> Result<Found, Lack> {
    let mut measures = vec![0.0; design.size()];
    let mut log_likelihood = likelihood(design, &measures);
    for steps in 1..=STEPS_MOST {
        let (slope, mut information) = slope(design, &measures);
        // In the level directions there is no information and no slope; any will do there.
        design.level.iter().for_each(|level| information.add_outer(level));
        let triangle = information.cholesky().ok_or(Lack::Separated)?;
        let mut step = triangle.solve(&slope);
        let longest = step.iter().fold(0.0_f64, |most, part| most.max(part.abs()));
        if longest > STRIDE_MOST {
            step.iter_mut().for_each(|part| *part *= STRIDE_MOST / longest);
        }
        let mut tried = moved(&measures, &step);
        let mut likely = likelihood(design, &tried);
        let mut halvings = 0;
        // Near the top, rounding may hide that it climbs.
        while likely < log_likelihood - 1e-9 * log_likelihood.abs().max(1.0) && halvings < 40 {
            step.iter_mut().for_each(|part| *part *= 0.5);
            tried = moved(&measures, &step);
            likely = likelihood(design, &tried);
            halvings += 1;
        }
        (measures, log_likelihood) = (tried, likely);
        if measures.iter().any(|measure| measure.is_nan() || measure.abs() > FAR) {
            return Err(Lack::Separated);
        }
        if longest < SETTLED {
            design.settle(&mut measures);
            return Ok(Found { variances: variances(design, triangle.inverse()), measures, log_likelihood, steps });
        }
    }
    Err(Lack::NotConverged)
}

fn moved(measures: &[f64], step: &[f64]) -> Vec<f64> {
    measures.iter().zip(step).map(|(measure, part)| measure + part).collect()
}

/// Variances after settling: the matrix, settled by rows and then by columns.
fn variances(design: &Design, inverse: Square) -> Vec<f64> {
    let size = design.size();
    let mut rows: Vec<Vec<f64>> = (0..size).map(|row| inverse.row(row).to_vec()).collect();
    rows.iter_mut().for_each(|row| design.settle(row));
    (0..size)
        .map(|at| {
            let mut column: Vec<f64> = rows.iter().map(|row| row[at]).collect();
            design.settle(&mut column);
            column[at].max(0.0)
        })
        .collect()
}

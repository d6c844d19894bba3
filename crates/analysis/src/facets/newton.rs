//! The climb to the maximum of the likelihood, and from there to that of the corrected one.

use super::design::{Design, Placed};
use crate::lack::Lack;
use crate::square::Square;

const STEPS_MOST: u32 = 100;
/// Logits; no measure moves further in one step.
const STRIDE_MOST: f64 = 2.0;
/// Logits; measures that far out are on their way to infinity: a chance of one in 500 million is not learnt from a
/// contest.
const FAR: f64 = 20.0;
const SETTLED: f64 = 1e-9;

pub struct Found {
    pub measures: Vec<f64>,
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
        not_far(&measures)?;
        if longest < SETTLED {
            return Ok(Found { measures, log_likelihood, steps });
        }
    }
    Err(Lack::NotConverged)
}

fn not_far(measures: &[f64]) -> Result<(), Lack> {
    let far = measures.iter().any(|measure| measure.is_nan() || measure.abs() > FAR);
    Lack::unless(!far, Lack::Separated)
}

/// From the joint maximum to the maximum of the corrected likelihood: the same steps with the correction's slope added.
/// Its curvature is left out, so that a step falls short by a share of about one in a competitor's ratings.
pub fn correct(design: &Design, from: Found) -> Result<Found, Lack> {
    let Found { mut measures, steps: joint, .. } = from;
    let (mut damping, mut before) = (1.0, f64::INFINITY);
    for steps in 1..=STEPS_MOST {
        let (mut slope, mut information) = slope(design, &measures);
        slope.iter_mut().zip(correction(design, &measures)).for_each(|(slope, more)| *slope += more);
        design.level.iter().for_each(|level| information.add_outer(level));
        let step = information.cholesky().ok_or(Lack::Separated)?.solve(&slope);
        let longest = step.iter().fold(0.0_f64, |most, part| most.max(part.abs()));
        if longest > before {
            damping *= 0.5;
        }
        before = longest;
        let stride = damping * (STRIDE_MOST / longest).min(1.0);
        measures.iter_mut().zip(&step).for_each(|(measure, part)| *measure += stride * part);
        not_far(&measures)?;
        if longest < SETTLED {
            let log_likelihood = likelihood(design, &measures);
            return Ok(Found { measures, log_likelihood, steps: joint + steps });
        }
    }
    Err(Lack::NotConverged)
}

/// The slope of ½ Σ ln V(n), V(n) being the information on competitor n's ability where his score is met: his ability
/// follows the others' measures.
fn correction(design: &Design, measures: &[f64]) -> Vec<f64> {
    let mut found = vec![0.0; design.size()];
    // Of each competitor: information, and the third cumulant of his score.
    let mut own = vec![(0.0, 0.0); design.competitors.len()];
    let mut p = Vec::new();
    for rating in &design.ratings {
        probabilities(place_of(measures, rating), &measures[design.thresholds(rating.scale)], &mut p);
        let (expected, variance) = moments(&p);
        own[rating.competitor].0 += variance;
        own[rating.competitor].1 += skew(&p, expected);
    }
    for rating in &design.ratings {
        let thresholds = design.thresholds(rating.scale);
        probabilities(place_of(measures, rating), &measures[thresholds.clone()], &mut p);
        let (expected, variance) = moments(&p);
        let (information, third) = own[rating.competitor];
        // How a measure that moves the score by `score` and the variance by `spread` moves ½ ln V.
        let moved = |spread: f64, score: f64| (third * score / information - spread) / (2.0 * information);
        for place in [rating.aspect, rating.judge] {
            found[place] += moved(skew(&p, expected), variance);
        }
        for (step, threshold) in thresholds.enumerate() {
            let (mut reached, mut score, mut spread) = (0.0, 0.0, 0.0);
            for (category, share) in p.iter().enumerate().skip(step + 1) {
                let apart = category as f64 - expected;
                reached += share;
                score += share * apart;
                spread += share * apart * apart;
            }
            found[threshold] += moved(spread - variance * reached, score);
        }
    }
    found
}

fn skew(probabilities: &[f64], expected: f64) -> f64 {
    probabilities.iter().zip(0_u32..).map(|(p, category)| p * (f64::from(category) - expected).powi(3)).sum()
}

/// Moves the measures to where the means are zero, and says how sure they are there.
pub fn settle(design: &Design, found: &mut Found) -> Result<Vec<f64>, Lack> {
    let (_, mut information) = slope(design, &found.measures);
    design.level.iter().for_each(|level| information.add_outer(level));
    let inverse = information.cholesky().ok_or(Lack::Separated)?.inverse();
    design.settle(&mut found.measures);
    Ok(variances(design, inverse))
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

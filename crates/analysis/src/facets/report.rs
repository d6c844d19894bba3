//! From the vector of measures to what callers read: errors, fit, and a measure for extreme scores.

use super::design::Design;
use super::newton::{Found, moments, place_of, probabilities};
use super::{Facets, Fit, Measure, Rating, Scale};

/// How far from a perfect or an empty score an extreme one is taken to be, in score points: what programs for this
/// model do unless told otherwise (Linacre, *A User's Guide to FACETS*).
const SHORT: f64 = 0.3;
/// Logits; an extreme measure is looked for within.
const WITHIN: f64 = 60.0;

pub fn report(ratings: &[Rating], design: &Design, found: &Found, variances: &[f64]) -> Facets {
    let fits = fits(design, &found.measures);
    let facet = |facet: usize, numbers: &[u32], places: std::ops::Range<usize>| {
        let mut counts = std::collections::BTreeMap::new();
        for rating in ratings {
            *counts.entry([rating.competitor, rating.aspect, rating.judge][facet]).or_insert(0_usize) += 1;
        }
        let subsets = design.subsets(places.clone());
        let mut measures: Vec<Measure> = numbers
            .iter()
            .zip(places)
            .zip(subsets)
            .map(|((of, place), subset)| Measure {
                of: *of,
                logits: found.measures[place],
                error: variances[place].sqrt(),
                fit: fits[place],
                ratings: counts[of],
                subset,
                extreme: false,
            })
            .collect();
        let extremes: Vec<Measure> = counts
            .iter()
            .filter(|(of, _)| numbers.binary_search(of).is_err())
            .filter_map(|(of, count)| extreme(ratings, design, found, facet, *of, *count))
            .collect();
        measures.extend(extremes);
        measures.sort_by_key(|measure| measure.of);
        measures
    };
    Facets {
        competitors: facet(0, &design.competitors, design.competitor_places()),
        aspects: facet(1, &design.aspects, design.aspect_places()),
        judges: facet(2, &design.judges, design.judge_places()),
        scales: design
            .scales
            .iter()
            .map(|(scale, categories, thresholds)| Scale {
                scale: *scale,
                categories: categories.clone(),
                thresholds: thresholds.clone().map(|at| (found.measures[at], variances[at].sqrt())).collect(),
            })
            .collect(),
        log_likelihood: found.log_likelihood,
        steps: found.steps,
    }
}

/// By place; thresholds have none.
fn fits(design: &Design, measures: &[f64]) -> Vec<Option<Fit>> {
    #[derive(Clone, Copy, Default)]
    struct Sums {
        squares: f64,
        information: f64,
        standardised: f64,
        count: f64,
    }
    let mut sums = vec![Sums::default(); design.size()];
    let mut p = Vec::new();
    for rating in &design.ratings {
        probabilities(place_of(measures, rating), &measures[design.thresholds(rating.scale)], &mut p);
        let (expected, variance) = moments(&p);
        let squared = (rating.category as f64 - expected).powi(2);
        for place in [rating.competitor, rating.aspect, rating.judge] {
            let sum = &mut sums[place];
            sum.squares += squared;
            sum.information += variance;
            sum.standardised += squared / variance;
            sum.count += 1.0;
        }
    }
    let fit = |sum: &Sums| {
        let fit = Fit { infit: sum.squares / sum.information, outfit: sum.standardised / sum.count };
        (fit.infit.is_finite() && fit.outfit.is_finite()).then_some(fit)
    };
    sums.iter().map(fit).collect()
}

/// Ratings of one who is not in the estimate, seen from the others.
struct Seen {
    /// Competitor less aspect less judge, without his own part.
    place: f64,
    thresholds: std::ops::Range<usize>,
    category: f64,
    most: f64,
    /// Somebody of another facet through whom he can be compared with others of his own.
    through: usize,
}

fn extreme(ratings: &[Rating], design: &Design, found: &Found, facet: usize, of: u32, count: usize) -> Option<Measure> {
    let measures = &found.measures;
    let seen: Vec<Seen> = ratings
        .iter()
        .filter(|rating| [rating.competitor, rating.aspect, rating.judge][facet] == of)
        .filter_map(|rating| {
            let ([one, other], scale, category) = design.place_others(rating, facet)?;
            let thresholds = design.thresholds(scale);
            let place = if facet == 0 { -measures[one] - measures[other] } else { measures[one] - measures[other] };
            let through = if facet == 2 { one } else { other };
            Some(Seen {
                place,
                thresholds,
                category: category as f64,
                most: design.scales[scale].2.len() as f64,
                through,
            })
        })
        .collect();
    let (score, most) = seen.iter().fold((0.0, 0.0), |(score, most), one| (score + one.category, most + one.most));
    let target = if seen.is_empty() || most <= 2.0 * SHORT { return None } else { score.clamp(SHORT, most - SHORT) };
    let sign = if facet == 0 { 1.0 } else { -1.0 };
    let mut p = Vec::new();
    let mut expect = |own: f64| {
        seen.iter().fold((0.0, 0.0), |(score, information), one| {
            probabilities(one.place + sign * own, &measures[one.thresholds.clone()], &mut p);
            let (expected, variance) = moments(&p);
            (score + expected, information + variance)
        })
    };
    let (mut low, mut high) = (-WITHIN, WITHIN);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if (expect(middle).0 < target) == (facet == 0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    let logits = 0.5 * (low + high);
    let (_, information) = expect(logits);
    let subset = subset_through(design, facet, seen.first()?.through)?;
    (information > 0.0).then(|| Measure {
        of,
        logits,
        error: 1.0 / information.sqrt(),
        fit: None,
        ratings: count,
        subset,
        extreme: true,
    })
}

/// Of one who is not in the estimate: the subset of those of his facet who met the same judge, or, for a judge, the
/// same competitor.
fn subset_through(design: &Design, facet: usize, through: usize) -> Option<u32> {
    let met = |rating: &&super::design::Placed| {
        if facet == 2 { rating.competitor == through } else { rating.judge == through }
    };
    let rating = design.ratings.iter().find(met)?;
    let (place, places) = match facet {
        0 => (rating.competitor, design.competitor_places()),
        1 => (rating.aspect, design.aspect_places()),
        _ => (rating.judge, design.judge_places()),
    };
    design.subsets(places.clone()).get(place - places.start).copied()
}

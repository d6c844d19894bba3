//! Competitors, aspects and judges on one scale: the many-facet Rasch model.
//!
//! For competitor n, aspect i with the scale g, judge j, and a step up to category k:
//!
//! ```text
//! ln P(k) / P(k−1) = ability(n) − difficulty(i) − severity(j) − threshold(g, k)
//! ```
//!
//! Several aspects may share a scale (Andrich's rating scale), or each has its own (Masters' partial credit). Measures
//! are in logits: a difference of 1 turns even odds into 2.7 to 1. High means able, hard, severe. With one judge and
//! two categories this is Rasch's own model.
//!
//! **How it is estimated.** [`Estimation::Joint`] is joint maximum likelihood: the log likelihood is concave in all
//! measures together, and Newton's method climbs it, halving a step that doesn't climb, until no measure moves by more
//! than 1e-9 logits (at most 100 steps; then [`Lack::NotConverged`]). It starts from zero, so the result depends on the
//! ratings alone. Where a measure passes 20 logits on the way, or information vanishes, the likelihood has no maximum
//! at finite measures: [`Lack::Separated`].
//!
//! Joint estimates spread difficulties and severities by about L/(L−1), L being the ratings of one competitor, and
//! thresholds by twice that, however many competitors there are: 4 % and 8 % for 24 ratings. Conditioning on
//! competitors' scores is free of it. [`Estimation::Corrected`] maximises the saddlepoint approximation of that
//! conditional likelihood, which costs hardly more than the joint one: ln L + ½ Σ ln V(n), V(n) being the information
//! on the ability of competitor n. What is left of the bias is of the order of 1/L². From the joint maximum it takes
//! the same steps, with the same rule for an end. An ability is the likeliest one for a competitor's score, given the
//! other measures. (Barndorff-Nielsen, "On a formula for the distribution of the maximum likelihood estimator",
//! Biometrika 70 (1983), 343–365; on the bias, Wright and Douglas, "Best procedures for sample-free item analysis",
//! Applied Psychological Measurement 1 (1977), 281–295.)
//!
//! Standard errors come from the inverse of the whole information matrix, so that the uncertainty of the other facets
//! is in them; they are somewhat greater than those of programs that invert the diagonal only.
//!
//! **Extreme scores.** Who has only lowest or only highest categories has no finite measure. Such competitors, aspects
//! and judges are taken out, again and again until none is left, and the rest is estimated. Then each gets the measure
//! at which he would expect 0.3 score points less than full, or more than nothing, the others standing fast; it has no
//! fit. Who has no ratings with any of the others has no measure.
//!
//! **Categories that nobody gave** have no threshold; those above move down by one.
//!
//! **Zero.** Difficulties have mean 0, severities have mean 0, thresholds of a scale have mean 0. Where the panels
//! don't share judges, competitors or aspects enough, ratings can't tell a severe panel from weak competitors or hard
//! aspects: then the severities of *each* such panel have mean 0, and [`Measure::subset`] says who can be compared with
//! whom. Nothing is refused, and nothing is claimed across subsets.
//!
//! **Fit.** Outfit is the mean of squared standardised residuals, infit the same weighted by information. Sources:
//! Linacre, *Many-Facet Rasch Measurement* (1989); Wright and Masters, *Rating Scale Analysis* (1982); Andrich,
//! Psychometrika 43 (1978); Masters, Psychometrika 47 (1982).

mod design;
mod newton;
mod report;
#[cfg(test)]
mod tests;

use crate::lack::Lack;

/// A judge gave a competitor's aspect a category, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rating {
    pub competitor: u32,
    pub aspect: u32,
    pub judge: u32,
    /// Which thresholds hold for it: equal for aspects that share a scale. An aspect has one scale; its smallest
    /// counts.
    pub scale: u32,
    pub category: u32,
}

/// A place on the common scale, in logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// The competitor's, aspect's or judge's own number.
    pub of: u32,
    pub logits: f64,
    pub error: f64,
    /// None for extreme scores.
    pub fit: Option<Fit>,
    pub ratings: usize,
    /// Measures of one facet can be compared when they are of one subset.
    pub subset: u32,
    /// Only lowest or only highest categories: the measure is an assumption, see the module.
    pub extreme: bool,
}

/// Mean squares: 1 is what the model expects, more is noise, less is too regular.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    pub infit: f64,
    pub outfit: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    pub scale: u32,
    /// The categories that were given, ascending.
    pub categories: Vec<u32>,
    /// Of the steps between them, in logits with standard errors.
    pub thresholds: Vec<(f64, f64)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Facets {
    /// Ascending by number, as are the others.
    pub competitors: Vec<Measure>,
    pub aspects: Vec<Measure>,
    pub judges: Vec<Measure>,
    pub scales: Vec<Scale>,
    /// Natural logarithm of the joint likelihood of the ratings that are not extreme, at these measures.
    pub log_likelihood: f64,
    /// Newton's steps.
    pub steps: u32,
}

impl Facets {
    /// How much of the variance of the competitors' measures is not error: 1 − mean squared error / variance, of those
    /// who are not extreme; from 0 to 1. Source: Wright and Masters, *Rating Scale Analysis* (1982). None for fewer
    /// than two, or where they don't differ.
    pub fn separation(&self) -> Option<f64> {
        let kept: Vec<&Measure> = self.competitors.iter().filter(|measure| !measure.extreme).collect();
        let logits: Vec<f64> = kept.iter().map(|measure| measure.logits).collect();
        if kept.len() < 2 || crate::table::is_nothing(crate::table::squares(&logits), &logits) {
            return None;
        }
        let error = kept.iter().map(|measure| measure.error * measure.error).sum::<f64>() / kept.len() as f64;
        Some((1.0 - error / crate::table::variance(&logits)).max(0.0))
    }
}

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Estimation {
    Joint,
    Corrected,
}

/// Fits the model. Ratings may stand in any order, and any may be missing.
pub fn facets(ratings: &[Rating], estimation: Estimation) -> Result<Facets, Lack> {
    let mut ratings = ratings.to_vec();
    ratings.sort_unstable();
    let design = design::Design::of(&ratings)?;
    let mut found = newton::climb(&design)?;
    if estimation == Estimation::Corrected {
        found = newton::correct(&design, found)?;
    }
    let variances = newton::settle(&design, &mut found)?;
    Ok(report::report(&ratings, &design, &found, &variances))
}

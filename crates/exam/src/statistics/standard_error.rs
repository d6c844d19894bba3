//! By how much an equated mark moves by the chance of who sat the forms.

use kernel::Rng;

use super::equating::{Line, Method, anchored};
use super::moments::{Moments, Paired};

/// The standard error of mean and sigma equating at x, for independent random groups, without assuming normality (delta
/// method; Braun and Holland 1982, Kolen and Brennan 2014, table 7.2). In marks of form Y.
pub fn mean_sigma_error(x: Moments, y: Moments, at: f64) -> f64 {
    let z = (at - x.mean) / x.deviation;
    let of = |group: Moments| (1.0 + group.skewness * z + (group.kurtosis - 1.0) / 4.0 * z * z) / group.n as f64;
    y.deviation * (of(x) + of(y)).max(0.0).sqrt()
}

/// The standard error of an anchored method at x by the bootstrap: each group is drawn anew, with replacement, so many
/// times (Efron and Tibshirani 1993; Kolen and Brennan 2014, section 7.3). 500 are plenty for a standard error. The same
/// chance gives the same figure. `None` where fewer than two draws could be equated.
pub fn anchored_error(
    method: Method,
    x: &[(f64, f64)],
    y: &[(f64, f64)],
    at: f64,
    draws: u32,
    rng: &mut Rng,
) -> Option<f64> {
    let mut drawn = |from: &[(f64, f64)]| -> Vec<(f64, f64)> {
        from.iter().map(|_| from[rng.below(from.len() as u64) as usize]).collect()
    };
    let mut found = Vec::new();
    for _ in 0..draws {
        let (x, y) = (drawn(x), drawn(y));
        let line: Option<Line> = Paired::of(&x).zip(Paired::of(&y)).and_then(|(x, y)| anchored(method, x, y));
        found.extend(line.map(|line| line.at(at)));
    }
    if found.len() < 2 {
        return None;
    }
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    Some((found.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (found.len() as f64 - 1.0)).sqrt())
}

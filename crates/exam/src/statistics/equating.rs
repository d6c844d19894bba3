//! What a mark on form X is worth on form Y: linear equating. Source of all formulas: Kolen and Brennan, "Test Equating,
//! Scaling, and Linking", 3rd edition (2014), chapters 2 (mean and sigma), 4 (Tucker, chained) and 7 (standard errors).
//!
//! Two designs: both forms were given to groups drawn at random ([`mean_sigma`]), or to groups that differ and share anchor
//! items ([`tucker`], [`chained`]). Tucker assumes that the regression of a form on the anchor is the same in both groups;
//! chained linear, that the linear link of form and anchor is. Where the groups hardly differ, they agree; where they differ
//! much, neither can be trusted, and the distance between the two says so.

use super::moments::{Moments, Paired};

pub use super::standard_error::{anchored_error, mean_sigma_error};

/// `y = intercept + slope · x`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    pub slope: f64,
    pub intercept: f64,
}

impl Line {
    pub fn at(self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }

    fn through((x_mean, x_deviation): (f64, f64), (y_mean, y_deviation): (f64, f64)) -> Option<Line> {
        let slope = y_deviation / x_deviation;
        let line = Line { slope, intercept: y_mean - slope * x_mean };
        (slope.is_finite() && slope > 0.0 && line.intercept.is_finite()).then_some(line)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Tucker,
    Chained,
}

/// Equal means and equal deviations, for groups drawn at random (equation 2.13).
pub fn mean_sigma(x: Moments, y: Moments) -> Option<Line> {
    Line::through((x.mean, x.deviation), (y.mean, y.deviation))
}

/// Tucker's method (equations 4.11 to 4.20). Group 1 had form X, group 2 form Y; `weight` is that of group 1 in the
/// population for which the forms are equated, in 0 to 1: 1 where new marks are put on an old scale. `None` where an
/// anchor doesn't vary or a deviation comes out as nothing.
pub fn tucker(x: Paired, y: Paired, weight: f64) -> Option<Line> {
    let (w1, w2) = (weight.clamp(0.0, 1.0), 1.0 - weight.clamp(0.0, 1.0));
    let (x_on_anchor, y_on_anchor) =
        (x.covariance / x.anchor_deviation.powi(2), y.covariance / y.anchor_deviation.powi(2));
    let apart = x.anchor_mean - y.anchor_mean;
    let variance_apart = x.anchor_deviation.powi(2) - y.anchor_deviation.powi(2);
    let x_mean = x.form_mean - w2 * x_on_anchor * apart;
    let y_mean = y.form_mean + w1 * y_on_anchor * apart;
    let spread = w1 * w2 * apart.powi(2);
    let x_variance = x.form_deviation.powi(2) + x_on_anchor.powi(2) * (spread - w2 * variance_apart);
    let y_variance = y.form_deviation.powi(2) + y_on_anchor.powi(2) * (spread + w1 * variance_apart);
    if x_variance <= 0.0 || y_variance <= 0.0 {
        return None;
    }
    Line::through((x_mean, x_variance.sqrt()), (y_mean, y_variance.sqrt()))
}

/// Chained linear: X to the anchor in group 1, the anchor to Y in group 2 (section 4.4).
pub fn chained(x: Paired, y: Paired) -> Option<Line> {
    let to_anchor = Line::through((x.form_mean, x.form_deviation), (x.anchor_mean, x.anchor_deviation))?;
    let to_y = Line::through((y.anchor_mean, y.anchor_deviation), (y.form_mean, y.form_deviation))?;
    Some(Line { slope: to_anchor.slope * to_y.slope, intercept: to_y.at(to_anchor.intercept) })
}

/// By the named method, with all weight on group 1.
pub fn anchored(method: Method, x: Paired, y: Paired) -> Option<Line> {
    match method {
        Method::Tucker => tucker(x, y, 1.0),
        Method::Chained => chained(x, y),
    }
}

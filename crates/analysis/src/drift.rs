//! Whether marks depend on when and where they were given.
//!
//! A residual is a competitor's share of an aspect's maximum less the field's mean share of that aspect. A competitor's
//! own strength is in his residuals: where seats and times were drawn by lot it is chance, and the intervals, which
//! count each competitor as one piece of evidence, hold it. Where strong competitors were put early, or into one venue,
//! these figures show that and not the judging.

use std::collections::BTreeMap;

use crate::interval::{Estimate, Point, mean_of, slope_of};
use crate::judges::hours;
use crate::lack::Lack;
use crate::observation::Cell;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VenueFigures {
    pub venue: u32,
    /// The mean residual, in shares of the maximum.
    pub residual: Result<Estimate, Lack>,
}

/// How residuals change in an hour of contest time, in shares of the maximum.
pub fn drift(cells: &[Cell]) -> Result<Estimate, Lack> {
    slope_of(&residuals(cells))
}

/// One for each venue with marks, ascending; with one venue alone there is nothing to compare, and its residual is 0.
pub fn venues(cells: &[Cell]) -> Vec<VenueFigures> {
    let mut venues: BTreeMap<u32, Vec<Point>> = BTreeMap::new();
    for (cell, point) in cells.iter().zip(residuals(cells)) {
        venues.entry(cell.venue).or_default().push(point);
    }
    venues.into_iter().map(|(venue, points)| VenueFigures { venue, residual: mean_of(&points) }).collect()
}

fn residuals(cells: &[Cell]) -> Vec<Point> {
    let mut sums: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for cell in cells {
        let (sum, count) = sums.entry(cell.aspect).or_default();
        *sum += cell.share();
        *count += 1.0;
    }
    let point = |cell: &Cell| {
        let (sum, count) = sums[&cell.aspect];
        Point { cluster: cell.competitor, x: hours(cell.at_ms), y: cell.share() - sum / count }
    };
    cells.iter().map(point).collect()
}

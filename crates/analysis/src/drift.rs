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
    /// How residuals change there in an hour, in shares of the maximum.
    pub drift: Result<Estimate, Lack>,
}

/// An hour of contest time, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourFigures {
    pub hour: i64,
    /// How many aspects of competitors were judged in it.
    pub count: usize,
    /// The mean residual, in shares of the maximum.
    pub residual: Result<Estimate, Lack>,
}

/// How residuals change in an hour of contest time, in shares of the maximum.
pub fn drift(cells: &[Cell]) -> Result<Estimate, Lack> {
    in_an_hour(&residuals(cells))
}

/// The slope along hours. Nothing is told of an hour by marks that lie within less than one, nor by so few competitors
/// that their order alone makes a slope.
pub(crate) fn in_an_hour(points: &[Point]) -> Result<Estimate, Lack> {
    const MINUTES_LEAST: usize = 60;
    const COMPETITORS_LEAST: usize = 5;
    let few = |has| Lack::Competitors { has, needs: COMPETITORS_LEAST };
    let slope = slope_of(points).map_err(|lack| match lack {
        Lack::Competitors { has, .. } => few(has),
        other => other,
    })?;
    Lack::unless(slope.clusters >= COMPETITORS_LEAST, few(slope.clusters))?;
    let (first, last) = points
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(first, last), point| (first.min(point.x), last.max(point.x)));
    let minutes = ((last - first) * 60.0).round() as usize;
    Lack::unless(minutes >= MINUTES_LEAST, Lack::TooShort { minutes, needs: MINUTES_LEAST })?;
    Ok(slope)
}

/// One for each venue with marks, ascending; with one venue alone there is nothing to compare, and its residual is 0.
pub fn venues(cells: &[Cell]) -> Vec<VenueFigures> {
    let mut venues: BTreeMap<u32, Vec<Point>> = BTreeMap::new();
    for (cell, point) in cells.iter().zip(residuals(cells)) {
        venues.entry(cell.venue).or_default().push(point);
    }
    let figures = |(venue, points): (u32, Vec<Point>)| VenueFigures {
        venue,
        residual: mean_of(&points),
        drift: in_an_hour(&points),
    };
    venues.into_iter().map(figures).collect()
}

/// One for each hour in which something was judged, ascending.
pub fn by_hour(cells: &[Cell]) -> Vec<HourFigures> {
    let mut hours: BTreeMap<i64, Vec<Point>> = BTreeMap::new();
    for point in residuals(cells) {
        hours.entry(point.x.floor() as i64).or_default().push(point);
    }
    let figures =
        |(hour, points): (i64, Vec<Point>)| HourFigures { hour, count: points.len(), residual: mean_of(&points) };
    hours.into_iter().map(figures).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: four competitors, one in each half hour; marks 0.8, 0.6, 0.4, 0.2 of one aspect, of which the mean is 0.5.
    #[test]
    fn hours_and_venues_by_hand() {
        let cell = |competitor: u32| Cell {
            competitor,
            aspect: 0,
            venue: competitor / 2,
            at_ms: f64::from(competitor) * 1_800_000.0,
            mark: 0.8 - 0.2 * f64::from(competitor),
            max: 1.0,
            judged: Vec::new(),
            machine: None,
        };
        let cells: Vec<Cell> = (0..4).map(cell).collect();
        let hours = by_hour(&cells);
        assert_eq!(hours.iter().map(|hour| (hour.hour, hour.count)).collect::<Vec<_>>(), [(0, 2), (1, 2)]);
        for (found, expected) in hours.iter().map(|hour| hour.residual).zip([0.2, -0.2]) {
            assert!((found.unwrap().value - expected).abs() < 1e-12);
        }
        let venues = venues(&cells);
        assert!((venues[0].residual.unwrap().value - 0.2).abs() < 1e-12);
        assert_eq!(venues[0].drift, Err(Lack::Competitors { has: 2, needs: 5 }));
        assert_eq!(drift(&cells), Err(Lack::Competitors { has: 4, needs: 5 }));
        let more: Vec<Cell> = (0..6).map(cell).map(|cell| Cell { mark: cell.mark + 0.2, ..cell }).collect();
        assert!((drift(&more).unwrap().value + 0.4).abs() < 1e-12);
        let quick: Vec<Cell> = more.iter().map(|cell| Cell { at_ms: cell.at_ms / 10.0, ..cell.clone() }).collect();
        assert_eq!(drift(&quick), Err(Lack::TooShort { minutes: 15, needs: 60 }));
    }
}

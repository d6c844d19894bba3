//! How sure a figure is. All intervals here are of 95 %.

use crate::lack::Lack;
use crate::special::t_95;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    pub fn around(middle: f64, half: f64) -> Interval {
        Interval { low: middle - half, high: middle + half }
    }

    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The interval of a rate, by E. B. Wilson's score: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n). Unlike p ± z·√…,
/// it doesn't collapse at 0 and 1 and holds for few cases. `None` for nothing, or for more hits than cases. Source:
/// Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American Statistical
/// Association 22 (1927), 209–212.
pub fn wilson(hits: usize, of: usize) -> Option<Interval> {
    /// The 97.5th percentile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    if of == 0 || hits > of {
        return None;
    }
    let n = of as f64;
    let (p, z2) = (hits as f64 / n, Z * Z);
    let (middle, half) = (p + z2 / (2.0 * n), Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt());
    let scale = 1.0 + z2 / n;
    // At the ends the bound is 0 or 1 to the letter; the sum of rounded figures is not.
    let low = if hits == 0 { 0.0 } else { (middle - half) / scale };
    let high = if hits == of { 1.0 } else { (middle + half) / scale };
    Some(Interval { low, high })
}

/// A value that belongs to somebody, at a place on some axis. Values of one cluster (a competitor) hang together, and
/// count as one piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub cluster: u32,
    /// Where on the axis, for a slope; a mean doesn't look at it.
    pub x: f64,
    pub y: f64,
}

/// A figure from points in clusters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub error: f64,
    pub interval: Interval,
    pub clusters: usize,
    pub points: usize,
}

/// The mean of `y`, with a standard error that lets values of one cluster hang together. Two clusters at least.
///
/// Source: Liang and Zeger, "Longitudinal data analysis using generalized linear models", Biometrika 73 (1986), 13–22,
/// with the usual correction for few clusters, G/(G−1) · (N−1)/(N−K), and the t distribution with G−1 degrees of
/// freedom.
pub fn mean_of(points: &[Point]) -> Result<Estimate, Lack> {
    let points = sorted(points);
    let clusters = clusters_of(&points);
    Lack::unless(clusters >= 2, Lack::Competitors { has: clusters, needs: 2 })?;
    let n = points.len() as f64;
    let mean = points.iter().map(|point| point.y).sum::<f64>() / n;
    let meat = meat(&points, |point| point.y - mean);
    Ok(estimate(mean, meat / (n * n), 1.0, clusters, points.len()))
}

/// The slope of `y` on `x` by least squares, in units of `y` for one of `x`, with the errors of [`mean_of`]. Three
/// clusters at least.
pub fn slope_of(points: &[Point]) -> Result<Estimate, Lack> {
    let points = sorted(points);
    let clusters = clusters_of(&points);
    Lack::unless(clusters >= 3, Lack::Competitors { has: clusters, needs: 3 })?;
    let n = points.len() as f64;
    let mean_x = points.iter().map(|point| point.x).sum::<f64>() / n;
    let mean_y = points.iter().map(|point| point.y).sum::<f64>() / n;
    let spread: f64 = points.iter().map(|point| (point.x - mean_x) * (point.x - mean_x)).sum();
    let size: f64 = points.iter().map(|point| point.x * point.x).sum();
    Lack::unless(spread > 1e-20 * size && spread > 0.0, Lack::NoTime)?;
    let slope = points.iter().map(|point| (point.x - mean_x) * (point.y - mean_y)).sum::<f64>() / spread;
    let meat = meat(&points, |point| (point.x - mean_x) * (point.y - mean_y - slope * (point.x - mean_x)));
    Ok(estimate(slope, meat / (spread * spread), 2.0, clusters, points.len()))
}

fn sorted(points: &[Point]) -> Vec<Point> {
    let mut points = points.to_vec();
    points.sort_by(|one, other| {
        one.cluster.cmp(&other.cluster).then(one.x.total_cmp(&other.x)).then(one.y.total_cmp(&other.y))
    });
    points
}

fn clusters_of(sorted: &[Point]) -> usize {
    sorted.chunk_by(|one, other| one.cluster == other.cluster).count()
}

fn meat(sorted: &[Point], score: impl Fn(&Point) -> f64) -> f64 {
    let clusters = sorted.chunk_by(|one, other| one.cluster == other.cluster);
    clusters.map(|cluster| cluster.iter().map(&score).sum::<f64>()).map(|sum| sum * sum).sum()
}

fn estimate(value: f64, variance: f64, parameters: f64, clusters: usize, points: usize) -> Estimate {
    let (g, n) = (clusters as f64, points as f64);
    let error = (variance * g / (g - 1.0) * (n - 1.0) / (n - parameters)).sqrt();
    Estimate { value, error, interval: Interval::around(value, t_95(g - 1.0) * error), clusters, points }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Newcombe, "Two-Sided Confidence Intervals for the Single Proportion", Statistics in Medicine 17 (1998), Table I,
    /// method 3; to four places.
    #[test]
    fn published_rates() {
        for (hits, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let found = wilson(hits, of).unwrap();
            assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{hits} of {of}: {found:?}");
        }
        assert_eq!((wilson(0, 0), wilson(3, 2)), (None, None));
    }

    /// Each value its own cluster: the textbook's standard error of a mean and of a slope's simplest case.
    #[test]
    fn alone_each_is_the_textbook_s() {
        let points: Vec<Point> =
            [3.0, 5.0, 7.0, 9.0].iter().zip(0..).map(|(y, cluster)| Point { cluster, x: 0.0, y: *y }).collect();
        let found = mean_of(&points).unwrap();
        assert!((found.value - 6.0).abs() < 1e-12 && (found.error - (20.0_f64 / 12.0).sqrt()).abs() < 1e-12);
        assert_eq!(slope_of(&points), Err(Lack::NoTime));
        assert_eq!(mean_of(&points[..1]), Err(Lack::Competitors { has: 1, needs: 2 }));
    }

    proptest! {
        #[test]
        fn a_rate_lies_in_its_interval(of in 1usize..5_000, share in 0.0f64..=1.0) {
            let hits = ((of as f64) * share) as usize;
            let found = wilson(hits, of).unwrap();
            prop_assert!(found.holds(hits as f64 / of as f64) && found.low >= 0.0 && found.high <= 1.0);
            let mirrored = wilson(of - hits, of).unwrap();
            prop_assert!((1.0 - mirrored.high - found.low).abs() < 1e-12);
            prop_assert!((1.0 - mirrored.low - found.high).abs() < 1e-12);
        }

        #[test]
        fn twice_the_same_within_a_cluster_is_no_evidence(ys in prop::collection::vec(-5.0f64..5.0, 3..20)) {
            let once: Vec<Point> = ys.iter().zip(0..).map(|(y, cluster)| Point { cluster, x: 0.0, y: *y }).collect();
            let twice: Vec<Point> = once.iter().chain(&once).copied().collect();
            let (once, twice) = (mean_of(&once).unwrap(), mean_of(&twice).unwrap());
            prop_assert!((once.value - twice.value).abs() < 1e-9 && (once.error - twice.error).abs() < 1e-9);
        }
    }
}

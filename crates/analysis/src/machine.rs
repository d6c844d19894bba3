//! Where the smart referee and people come to different marks.

use std::collections::BTreeMap;

use crate::interval::{Estimate, Interval, Point, mean_of, wilson};
use crate::lack::Lack;
use crate::observation::Cell;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MachineFigures {
    pub aspect: u32,
    /// Competitors to whom both gave a mark.
    pub pairs: usize,
    /// How often the machine's mark was the mean of the judges' to the hundredth.
    pub agreed: usize,
    pub rate: f64,
    /// Wilson's.
    pub interval: Interval,
    /// The machine's share of the maximum less the judges', in the mean: above zero, the machine is the milder.
    pub difference: Result<Estimate, Lack>,
}

/// One for each aspect with a pair, ascending.
pub fn machine_figures(cells: &[Cell]) -> Vec<MachineFigures> {
    let mut aspects: BTreeMap<u32, (usize, Vec<Point>)> = BTreeMap::new();
    for cell in cells {
        let Some(machine) = cell.machine.filter(|_| !cell.judged.is_empty()) else { continue };
        let (sum, count) = (cell.judged.iter().map(|row| row.mark.hundredths()).sum::<i64>(), cell.judged.len() as i64);
        let apart = machine.hundredths() * count - sum;
        let (agreed, points) = aspects.entry(cell.aspect).or_default();
        *agreed += usize::from(apart == 0);
        points.push(Point { cluster: cell.competitor, x: 0.0, y: apart as f64 / count as f64 / (cell.max * 100.0) });
    }
    aspects
        .into_iter()
        .filter_map(|(aspect, (agreed, points))| {
            let pairs = points.len();
            let interval = wilson(agreed, pairs)?;
            Some(MachineFigures {
                aspect,
                pairs,
                agreed,
                rate: agreed as f64 / pairs as f64,
                interval,
                difference: mean_of(&points),
            })
        })
        .collect()
}

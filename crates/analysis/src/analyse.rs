//! All figures of a contest at once.

use std::collections::BTreeMap;

use crate::abilities::{AbilityFigures, AbilityMark, ability_figures};
use crate::aspects::{AspectFigures, aspect_figures};
use crate::drift::{HourFigures, VenueFigures, by_hour, drift, venues};
use crate::facets::{Estimation, Facets, Rating, facets};
use crate::finding::{Finding, findings};
use crate::interval::Estimate;
use crate::judges::{JudgeFigures, JudgeMark, judge_figures};
use crate::krippendorff::{Bootstrap, Krippendorff, Metric};
use crate::lack::Lack;
use crate::limits::{Limits, Scales};
use crate::machine::{MachineFigures, machine_figures};
use crate::observation::{By, Cell, Grid, Observations};
use crate::panels::{PanelFigures, agreement, panels};
use crate::reliability::{Reliability, reliability};

/// Numbers of aspects, judges, venues and abilities are places in the setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// Of the aspects that have a mark, ascending.
    pub aspects: Vec<(u32, AspectFigures)>,
    /// `without` is in the order of `aspects`.
    pub reliability: Result<Reliability, Lack>,
    pub judges: Vec<JudgeFigures>,
    pub panels: Vec<PanelFigures>,
    /// Krippendorff's α of all judges, in shares of the maximum.
    pub agreement: Agreement,
    /// Human marks only; the Rasch model of [`crate::facets`], corrected.
    pub facets: Result<Facets, Lack>,
    pub drift: Result<Estimate, Lack>,
    pub hours: Vec<HourFigures>,
    pub venues: Vec<VenueFigures>,
    pub machine: Vec<MachineFigures>,
    /// Of the abilities that an aspect with a mark examines, ascending.
    pub abilities: Vec<(u32, AbilityFigures)>,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    pub nominal: Result<Krippendorff, Lack>,
    pub ordinal: Result<Krippendorff, Lack>,
    /// With the bootstrap's interval; the others are without.
    pub interval: Result<Krippendorff, Lack>,
    pub ratio: Result<Krippendorff, Lack>,
}

/// What can't be computed says why, figure by figure; the order of observations changes nothing.
pub fn analyse(observations: &Observations, limits: &Limits) -> Analysis {
    let cells = observations.cells();
    let grid = Grid::of(&cells);
    let once = Bootstrap { resamples: 0, ..limits.bootstrap };
    let mut analysis = Analysis {
        aspects: grid.aspects.iter().copied().zip(aspect_figures(&grid.marks, &grid.max)).collect(),
        reliability: reliability(&grid.marks),
        judges: judge_figures(&judge_marks(&cells)),
        panels: panels(&cells),
        agreement: Agreement {
            nominal: agreement(&cells, Metric::Nominal, once),
            ordinal: agreement(&cells, Metric::Ordinal, once),
            interval: agreement(&cells, Metric::Interval, limits.bootstrap),
            ratio: agreement(&cells, Metric::Ratio, once),
        },
        facets: facets(&ratings(observations, limits), Estimation::Corrected),
        drift: drift(&cells),
        hours: by_hour(&cells),
        venues: venues(&cells),
        machine: machine_figures(&cells),
        abilities: abilities(observations, &cells),
        findings: Vec::new(),
    };
    analysis.findings = findings(&analysis, observations.setting(), limits);
    analysis
}

/// The judges' marks as [`judge_figures`] takes them.
pub fn judge_marks(cells: &[Cell]) -> Vec<JudgeMark> {
    let of = |cell: &Cell| -> Vec<JudgeMark> {
        let marks = cell.judged.iter().filter_map(|row| {
            let By::Judge(judge) = row.by else { return None };
            let share = row.mark.hundredths() as f64 / 100.0 / cell.max;
            Some(JudgeMark { competitor: row.competitor, aspect: row.aspect, judge, share, at_ms: row.at_ms })
        });
        marks.collect()
    };
    cells.iter().flat_map(of).collect()
}

/// The judges' marks as categories: the nearest of the aspect's equal steps, halves up.
pub fn ratings(observations: &Observations, limits: &Limits) -> Vec<Rating> {
    let aspects = &observations.setting().aspects;
    let rating = |row: &crate::observation::Observation| {
        let By::Judge(judge) = row.by else { return None };
        let aspect = &aspects[row.aspect as usize];
        let steps = aspect.steps.min(limits.steps_most.max(1));
        let exact = i128::from(row.mark.hundredths()) * i128::from(steps);
        let category = kernel::mark::round_div(exact, i128::from(aspect.max.hundredths())) as u32;
        let scale = match limits.scales {
            Scales::BySteps => steps,
            Scales::EachAspect => row.aspect,
        };
        Some(Rating { competitor: row.competitor, aspect: row.aspect, judge, scale, category })
    };
    observations.rows().iter().filter_map(rating).collect()
}

fn abilities(observations: &Observations, cells: &[Cell]) -> Vec<(u32, AbilityFigures)> {
    let mut marks: BTreeMap<u32, Vec<AbilityMark>> = BTreeMap::new();
    for cell in cells {
        let mut examined = observations.setting().aspects[cell.aspect as usize].abilities.clone();
        examined.sort_unstable();
        examined.dedup();
        let mark = AbilityMark { competitor: cell.competitor, aspect: cell.aspect, mark: cell.mark, max: cell.max };
        examined.into_iter().for_each(|ability| marks.entry(ability).or_default().push(mark));
    }
    marks.into_iter().filter_map(|(ability, marks)| Some((ability, ability_figures(&marks)?))).collect()
}

//! How far the judges of one panel agree on competitors.

use std::collections::{BTreeMap, BTreeSet};

use crate::icc::{IccForms, icc};
use crate::krippendorff::{Bootstrap, Krippendorff, Metric, krippendorff};
use crate::lack::Lack;
use crate::observation::{By, Cell};
use crate::table::Table;

/// Judges who marked the same things together.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelFigures {
    pub judges: Vec<u32>,
    pub aspects: Vec<u32>,
    /// Of each judge's sum of marks over these aspects: rows are the competitors whom this panel marked in all of them.
    pub icc: Result<IccForms, Lack>,
}

/// One for each set of two judges or more that marked something together, in the order of the judges. What is judged by
/// one is in no panel.
pub fn panels(cells: &[Cell]) -> Vec<PanelFigures> {
    let mut panels: BTreeMap<Vec<u32>, Vec<&Cell>> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.judged.len() >= 2) {
        panels.entry(judges_of(cell)).or_default().push(cell);
    }
    panels
        .into_iter()
        .map(|(judges, cells)| {
            let aspects: Vec<u32> = cells.iter().map(|cell| cell.aspect).collect::<BTreeSet<_>>().into_iter().collect();
            let mut sums: BTreeMap<u32, (usize, Vec<i64>)> = BTreeMap::new();
            for cell in cells {
                let (count, sum) = sums.entry(cell.competitor).or_insert_with(|| (0, vec![0; judges.len()]));
                *count += 1;
                sum.iter_mut().zip(&cell.judged).for_each(|(sum, row)| *sum += row.mark.hundredths());
            }
            let rows: Vec<Vec<Option<f64>>> = sums
                .into_values()
                .filter(|(count, _)| *count == aspects.len())
                .map(|(_, sum)| sum.into_iter().map(|sum| Some(sum as f64 / 100.0)).collect())
                .collect();
            let table = Table::from_rows(&rows).filter(|table| table.rows() > 0);
            let table = table.unwrap_or_else(|| Table::new(0, judges.len()));
            PanelFigures { icc: icc(&table), judges, aspects }
        })
        .collect()
}

/// All judges over all things that two or more of them marked, in shares of the maximum.
pub fn agreement(cells: &[Cell], metric: Metric, bootstrap: Bootstrap) -> Result<Krippendorff, Lack> {
    let cells: Vec<&Cell> = cells.iter().filter(|cell| cell.judged.len() >= 2).collect();
    let judges: Vec<u32> = cells.iter().flat_map(|cell| judges_of(cell)).collect::<BTreeSet<_>>().into_iter().collect();
    let mut table = Table::new(cells.len(), judges.len());
    for (row, cell) in cells.iter().enumerate() {
        for (judge, mark) in judges_of(cell).into_iter().zip(&cell.judged) {
            // Marks and maximum are integers, so that equal shares are equal to the bit.
            let share = mark.mark.hundredths() as f64 / (cell.max * 100.0).round();
            table.set(row, judges.partition_point(|other| *other < judge), share);
        }
    }
    krippendorff(&table, metric, bootstrap)
}

fn judges_of(cell: &Cell) -> Vec<u32> {
    cell.judged.iter().filter_map(|row| if let By::Judge(judge) = row.by { Some(judge) } else { None }).collect()
}

//! Difficulty, discrimination and reliability of a paper whose questions all candidates had.

use analysis::aspects::aspect_figures;
use analysis::interval::Interval;
use analysis::reliability::{Reliability, reliability};
use analysis::table::Table;
use analysis::{Lack, interval};
use kernel::Mark;

use crate::Measured;

/// Below it an item hardly tells strong from weak. Source: Ebel, "Measuring Educational Achievement" (1965), 364.
pub const DISCRIMINATION_LEAST: f64 = 0.20;

/// Of one question. Shares are of 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemFigures {
    /// Candidates who have marks for it.
    pub answers: usize,
    /// p, the mean share of its marks: high is easy.
    pub p: Option<f64>,
    /// Wilson's 95 % interval of p, where every mark is all or nothing.
    pub p_interval: Option<Interval>,
    /// r of its marks with the sum of all others.
    pub discrimination: Result<f64, Lack>,
    pub discrimination_interval: Option<Interval>,
    /// D: the mean share of the best 27 % less that of the last 27 %.
    pub upper_lower: Result<f64, Lack>,
}

impl ItemFigures {
    /// As it is kept with the item.
    pub fn measured(&self) -> Option<Measured> {
        let difficulty = (1000.0 * (1.0 - self.p?)).round().clamp(0.0, 1000.0) as u16;
        Some(Measured { difficulty, answers: u32::try_from(self.answers).unwrap_or(u32::MAX) })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct PaperFigures {
    /// In the order of the questions.
    pub items: Vec<ItemFigures>,
    /// Cronbach's α with its interval, α without each question, and the standard error of measurement in marks.
    pub reliability: Result<Reliability, Lack>,
}

/// Rows are candidates, columns questions; `None` where one was not put to somebody. `max` has a maximum above zero for each
/// column. `None` when rows and maxima differ in length.
pub fn item_figures(marks: &[Vec<Option<Mark>>], max: &[Mark]) -> Option<PaperFigures> {
    if marks.iter().any(|row| row.len() != max.len()) || max.iter().any(|max| *max <= Mark::ZERO) {
        return None;
    }
    let number = |mark: Mark| mark.hundredths() as f64 / 100.0;
    let rows: Vec<Vec<Option<f64>>> = marks.iter().map(|row| row.iter().map(|one| one.map(number)).collect()).collect();
    let table = Table::from_rows(&rows)?;
    let most: Vec<f64> = max.iter().map(|max| number(*max)).collect();
    let found = aspect_figures(&table, &most);
    let item = |(at, figures): (usize, &analysis::aspects::AspectFigures)| {
        let present = || marks.iter().filter_map(|row| row[at]);
        let full = present().filter(|mark| *mark == max[at]).count();
        let is_whole = present().all(|mark| mark == max[at] || mark == Mark::ZERO);
        ItemFigures {
            answers: figures.count,
            p: figures.difficulty,
            p_interval: is_whole.then(|| interval::wilson(full, figures.count)).flatten(),
            discrimination: figures.item_rest,
            discrimination_interval: figures.item_rest_interval(),
            upper_lower: figures.upper_lower,
        }
    };
    Some(PaperFigures { items: found.iter().enumerate().map(item).collect(), reliability: reliability(&table) })
}

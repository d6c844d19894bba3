//! What was given, by whom, when and where: the input of every figure.
//!
//! A mark is told as it was given. Which mark of an aspect counts is the marking room's business: where a
//! [`By::Counted`] row is there, it is taken; otherwise the mean of the judges' marks; otherwise the machine's.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Mark, Text};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// The mark that stands in the result, after the panel's and the referee's were put together.
    Counted,
    Judge(u32),
    /// The smart referee, whether it counted or not.
    Machine,
}

/// One mark. Competitors have any numbers; aspects, judges and venues are places in the [`Setting`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Observation {
    pub competitor: u32,
    pub aspect: u32,
    pub by: By,
    pub mark: Mark,
    pub venue: u32,
    /// Milliseconds of contest time (or of the day) at which it was judged. Drift is measured along it, so it should
    /// have no nights in it.
    pub at_ms: i64,
}

/// What an aspect is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aspect {
    pub code: String,
    pub name: Text,
    /// Above zero.
    pub max: Mark,
    /// In how many equal steps a judge gives it: 1 for yes or no, 3 for levels 0 to 3, maximum / step for a panel's
    /// marks.
    pub steps: u32,
    /// Places in the setting.
    pub abilities: Vec<u32>,
}

/// What the numbers of observations mean, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Setting {
    pub aspects: Vec<Aspect>,
    pub judges: Vec<String>,
    pub venues: Vec<Text>,
    pub abilities: Vec<Text>,
}

/// What is wrong with the input, and where, such as `observations[3].mark`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: String,
    pub text: Text,
}

/// Checked, and in one order, so that no figure depends on the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observations {
    setting: Setting,
    rows: Vec<Observation>,
}

impl Observations {
    pub fn new(setting: Setting, mut rows: Vec<Observation>) -> Result<Observations, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut fault = |place: String, zh: &str, en: &str| faults.push(Fault { place, text: Text::new(zh, en) });
        for (at, aspect) in setting.aspects.iter().enumerate() {
            if aspect.max <= Mark::ZERO {
                fault(format!("aspects[{at}].max"), "满分须大于零", "the maximum must be above zero");
            }
            if aspect.steps == 0 {
                fault(format!("aspects[{at}].steps"), "分档数至少为 1", "it takes one step or more");
            }
            let known = |ability: &u32| (*ability as usize) < setting.abilities.len();
            for (ability, _) in aspect.abilities.iter().enumerate().filter(|(_, ability)| !known(ability)) {
                fault(format!("aspects[{at}].abilities[{ability}]"), "没有这项能力", "there is no such ability");
            }
        }
        let mut seen = BTreeSet::new();
        for (at, row) in rows.iter().enumerate() {
            let mut fault = |field: &str, zh: &str, en: &str| fault(format!("observations[{at}].{field}"), zh, en);
            match setting.aspects.get(row.aspect as usize) {
                None => fault("aspect", "没有这个评分项", "there is no such aspect"),
                Some(aspect) if row.mark < Mark::ZERO || row.mark > aspect.max => {
                    fault("mark", "分数须在零与满分之间", "the mark must lie between zero and the maximum");
                }
                Some(_) => {}
            }
            if matches!(row.by, By::Judge(judge) if judge as usize >= setting.judges.len()) {
                fault("by", "没有这名裁判", "there is no such judge");
            }
            if row.venue as usize >= setting.venues.len() {
                fault("venue", "没有这个赛场", "there is no such venue");
            }
            if !seen.insert((row.competitor, row.aspect, row.by)) {
                fault("by", "同一来源给了两次分", "the same source gives a second mark");
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        rows.sort_unstable();
        Ok(Observations { setting, rows })
    }

    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    pub fn rows(&self) -> &[Observation] {
        &self.rows
    }

    /// Each competitor's aspects that have a mark, by competitor, then aspect.
    pub fn cells(&self) -> Vec<Cell> {
        self.rows
            .chunk_by(|one, other| (one.competitor, one.aspect) == (other.competitor, other.aspect))
            .map(|rows| Cell::of(rows, self.max(rows[0].aspect)))
            .collect()
    }

    fn max(&self, aspect: u32) -> Mark {
        self.setting.aspects[aspect as usize].max
    }
}

/// A competitor's aspect.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub competitor: u32,
    pub aspect: u32,
    pub venue: u32,
    /// Of the marks that decide, in the mean.
    pub at_ms: f64,
    /// In marks, not in hundredths.
    pub mark: f64,
    pub max: f64,
    /// The judges' rows, by judge.
    pub judged: Vec<Observation>,
    pub machine: Option<Mark>,
}

impl Cell {
    fn of(rows: &[Observation], max: Mark) -> Cell {
        let judged: Vec<Observation> = rows.iter().filter(|row| matches!(row.by, By::Judge(_))).copied().collect();
        // Sorted: what counts stands first, the machine's last.
        let deciding = match rows[0].by {
            By::Judge(_) => judged.as_slice(),
            By::Counted | By::Machine => &rows[..1],
        };
        let count = deciding.len() as f64;
        let sum: Mark = deciding.iter().map(|row| row.mark).sum();
        let machine = rows.last().filter(|row| row.by == By::Machine);
        Cell {
            competitor: rows[0].competitor,
            aspect: rows[0].aspect,
            venue: rows[0].venue,
            at_ms: deciding.iter().map(|row| row.at_ms as f64).sum::<f64>() / count,
            mark: sum.hundredths() as f64 / count / 100.0,
            max: max.hundredths() as f64 / 100.0,
            judged,
            machine: machine.map(|row| row.mark),
        }
    }

    /// Of the maximum, 0 to 1.
    pub fn share(&self) -> f64 {
        self.mark / self.max
    }
}

/// Competitors in rows, aspects in columns: those that have a mark at all.
pub(crate) struct Grid {
    pub aspects: Vec<u32>,
    pub max: Vec<f64>,
    pub marks: crate::table::Table,
}

impl Grid {
    pub fn of(cells: &[Cell]) -> Grid {
        let competitors: Vec<u32> =
            cells.iter().map(|cell| cell.competitor).collect::<BTreeSet<_>>().into_iter().collect();
        let maxima: BTreeMap<u32, f64> = cells.iter().map(|cell| (cell.aspect, cell.max)).collect();
        let (aspects, max): (Vec<u32>, Vec<f64>) = maxima.into_iter().unzip();
        let mut marks = crate::table::Table::new(competitors.len(), aspects.len());
        for cell in cells {
            let row = competitors.partition_point(|other| *other < cell.competitor);
            let column = aspects.partition_point(|other| *other < cell.aspect);
            marks.set(row, column, cell.mark);
        }
        Grid { aspects, max, marks }
    }
}

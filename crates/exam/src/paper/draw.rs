//! One attempt's paper.

use kernel::{Mark, Rng, Text};
use rustc_hash::FxHashSet;

use super::exchange;
use super::matching::matched;
use super::plan::{Cell, Plan, Source, families};
use crate::{Seed, Words};

/// So often a draw that misses its difficulty is begun anew.
pub const DRAWS_MOST: u32 = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnPaper {
    pub sections: Vec<DrawnSection>,
    pub total: Mark,
    /// Σ marks·difficulty / Σ marks, in 1/1000, rounded.
    pub difficulty: u16,
    /// Questions that were exchanged to meet the target.
    pub exchanges: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnSection {
    pub title: Words,
    pub questions: Vec<DrawnQuestion>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnQuestion {
    pub item: String,
    pub version: u32,
    pub marks: Mark,
}

/// A paper within its tolerance wasn't found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawFault {
    /// How near the target the nearest came, in 1/1000, rounded up.
    pub nearest: u16,
    pub tolerance: u16,
}

impl DrawFault {
    pub fn text(&self) -> Text {
        let DrawFault { nearest, tolerance } = self;
        Text::new(
            format!("抽不出难度相符的试卷：最近的相差 {nearest}，允许 {tolerance}；放宽误差，或往题库里加难度不同的题"),
            format!(
                "no paper of that difficulty was found: the nearest is {nearest} away, {tolerance} are allowed; allow more, or add items of other difficulties"
            ),
        )
    }
}

impl std::fmt::Display for DrawFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text().en)
    }
}
impl std::error::Error for DrawFault {}

/// A question while papers are put together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pick {
    pub cell: usize,
    pub item: u32,
}

impl Plan<'_> {
    /// The paper of one attempt. The same plan and seed give the same paper.
    pub fn draw(&self, seed: &Seed) -> Result<DrawnPaper, DrawFault> {
        let (questions, exchanges) = match &self.source {
            Source::Fixed(questions) => (questions.clone(), 0),
            Source::Cells { cells, target } => {
                let mut nearest = i64::MAX;
                let mut found = None;
                for round in 0..DRAWS_MOST {
                    let mut rng = seed.rng(&["draw 1", &round.to_string()]);
                    let (mut picks, mut used) = self.fill(cells, &mut rng);
                    let Some(target) = target else {
                        found = Some((picks, 0));
                        break;
                    };
                    let meet = exchange::Meet::new(self.bank, cells, *target, self.total);
                    let (exchanges, distance) = meet.exchange(&mut picks, &mut used, &mut rng);
                    nearest = nearest.min(distance);
                    if distance <= meet.tolerance {
                        found = Some((picks, exchanges));
                        break;
                    }
                }
                let Some((picks, exchanges)) = found else {
                    let whole = self.total.hundredths().max(1);
                    let nearest = nearest.saturating_add(whole - 1) / whole;
                    let tolerance = target.map_or(0, |target| target.tolerance);
                    return Err(DrawFault { nearest: u16::try_from(nearest).unwrap_or(u16::MAX), tolerance });
                };
                let question = |pick: Pick| (cells[pick.cell].section, pick.item, cells[pick.cell].marks);
                (picks.into_iter().map(question).collect(), exchanges)
            }
        };
        Ok(self.paper(questions, exchanges, seed))
    }

    fn fill(&self, cells: &[Cell], rng: &mut Rng) -> (Vec<Pick>, FxHashSet<u32>) {
        let mut used = FxHashSet::default();
        let mut picks = Vec::new();
        let scarce: Vec<usize> = (0..cells.len()).filter(|at| cells[*at].scarce).collect();
        if !scarce.is_empty() {
            let lists: Vec<(usize, Vec<u32>)> = scarce
                .iter()
                .flat_map(|at| std::iter::repeat_n(*at, cells[*at].count))
                .map(|at| {
                    let mut list = families(self.bank, &cells[at].pool);
                    rng.shuffle(&mut list);
                    (at, list)
                })
                .collect();
            let mut order: Vec<usize> = (0..lists.len()).collect();
            rng.shuffle(&mut order);
            let questions: Vec<&[u32]> = order.iter().map(|ix| lists[*ix].1.as_slice()).collect();
            for (ix, family) in order.iter().zip(matched(&questions)) {
                let Some(family) = family else { continue };
                let cell = lists[*ix].0;
                let of_family = |at: &&u32| self.bank.family[**at as usize] == family;
                let variants: Vec<u32> = cells[cell].pool.iter().filter(of_family).copied().collect();
                used.insert(family);
                picks.push(Pick { cell, item: variants[rng.below(variants.len() as u64) as usize] });
            }
        }
        for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.scarce) {
            let mut filled = 0;
            // It has as many families as the whole paper has questions: a free one is found in the end.
            while filled < cell.count {
                let item = cell.pool[rng.below(cell.pool.len() as u64) as usize];
                if used.insert(self.bank.family[item as usize]) {
                    picks.push(Pick { cell: at, item });
                    filled += 1;
                }
            }
        }
        picks.sort_by_key(|pick| pick.cell);
        (picks, used)
    }

    fn paper(&self, mut questions: Vec<(usize, u32, Mark)>, exchanges: u32, seed: &Seed) -> DrawnPaper {
        let load: i64 = questions
            .iter()
            .map(|(_, item, marks)| i64::from(self.bank.items[*item as usize].difficulty) * marks.hundredths())
            .sum();
        if self.shuffle {
            seed.rng(&["order of questions 1"]).shuffle(&mut questions);
            questions.sort_by_key(|(section, ..)| *section);
        }
        let mut sections: Vec<DrawnSection> =
            self.titles.iter().map(|title| DrawnSection { title: title.clone(), questions: Vec::new() }).collect();
        for (section, item, marks) in questions {
            let own = &self.bank.items[item as usize];
            sections[section].questions.push(DrawnQuestion { item: own.id.clone(), version: own.version, marks });
        }
        let whole = self.total.hundredths().max(1);
        let difficulty = ((load + whole / 2) / whole) as u16;
        DrawnPaper { sections, total: self.total, difficulty, exchanges }
    }
}

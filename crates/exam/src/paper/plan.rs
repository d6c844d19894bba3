//! From draft to plan: a paper checked against the bank, with everything that is wrong or missing.

use kernel::{Mark, Suggestion, Text};
use rustc_hash::{FxHashMap, FxHashSet};

use super::bank::{Bank, Exposure};
use super::blueprint::{CellDraft, FixedSection, PaperDraft, SectionDraft, Target};
use super::matching::matched;
use crate::check::{DIFFICULTY_MOST, MARK_MOST};
use crate::draft::Fault;
use crate::{Kind, Words};

const SECTIONS_MOST: usize = 50;
const CELLS_MOST: usize = 200;
/// A paper has so many questions at most.
pub const QUESTIONS_MOST: usize = 1000;
/// While exposure sets items aside, a cell keeps so many families for each question.
const KEPT_FOR_EACH: usize = 2;

/// A paper that can be drawn from this bank.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    pub(super) bank: &'a Bank,
    pub(super) titles: Vec<Words>,
    pub(super) shuffle: bool,
    pub(super) source: Source,
    pub(super) total: Mark,
}

#[derive(Debug, Clone)]
pub(super) enum Source {
    /// `(section, item, marks)`
    Fixed(Vec<(usize, u32, Mark)>),
    Cells {
        cells: Vec<Cell>,
        target: Option<Target>,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub section: usize,
    pub count: usize,
    pub marks: Mark,
    /// By difficulty, as the bank is.
    pub pool: Vec<u32>,
    /// Other cells together might leave too little for it.
    pub scarce: bool,
}

impl<'a> Plan<'a> {
    /// The plan, or all faults in the order of the draft.
    pub fn new(bank: &'a Bank, draft: &PaperDraft, exposure: Option<Exposure>) -> Result<Plan<'a>, Vec<Fault>> {
        match draft {
            PaperDraft::Fixed { sections, shuffle } => fixed(bank, sections, *shuffle),
            PaperDraft::Drawn { sections, shuffle, difficulty } => {
                drawn(bank, sections, *shuffle, *difficulty, exposure)
            }
        }
    }

    /// What the paper is worth, for everybody the same.
    pub fn total(&self) -> Mark {
        self.total
    }

    /// How many items each cell could draw from, in the order of the draft; empty for a fixed paper.
    pub fn pool_sizes(&self) -> Vec<usize> {
        match &self.source {
            Source::Fixed(_) => Vec::new(),
            Source::Cells { cells, .. } => cells.iter().map(|cell| cell.pool.len()).collect(),
        }
    }
}

fn fault(path: impl Into<String>, (zh, en): (String, String), advice: (&str, &str)) -> Fault {
    Fault { path: path.into(), says: Text::new(zh, en), suggestion: Suggestion::advice(advice.0, advice.1) }
}

fn both(zh: &str, en: &str) -> (String, String) {
    (zh.to_owned(), en.to_owned())
}

fn check_marks(faults: &mut Vec<Fault>, path: String, marks: Mark) {
    if marks <= Mark::ZERO || marks > MARK_MOST {
        let says = (format!("分值 {marks} 不可用"), format!("{marks} can't be a question's marks"));
        faults.push(fault(path, says, ("写大于 0 的分值", "write marks of more than 0")));
    }
}

fn check_size(faults: &mut Vec<Fault>, sections: usize, questions: usize) {
    if sections == 0 || sections > SECTIONS_MOST {
        let says = (format!("有 {sections} 个部分"), format!("there are {sections} sections"));
        faults.push(fault("sections", says, ("写 1 到 50 个部分", "write 1 to 50 sections")));
    }
    if questions == 0 || questions > QUESTIONS_MOST {
        let says = (format!("有 {questions} 道题"), format!("there are {questions} questions"));
        faults.push(fault("sections", says, ("一份试卷 1 到 1000 道题", "a paper has 1 to 1000 questions")));
    }
}

fn fixed<'a>(bank: &'a Bank, sections: &[FixedSection], shuffle: bool) -> Result<Plan<'a>, Vec<Fault>> {
    let mut faults = Vec::new();
    check_size(&mut faults, sections.len(), sections.iter().map(|section| section.questions.len()).sum());
    let mut seen: FxHashMap<u32, String> = FxHashMap::default();
    let mut questions = Vec::new();
    for (s, section) in sections.iter().enumerate() {
        for (q, question) in section.questions.iter().enumerate() {
            let path = format!("sections[{s}].questions[{q}]");
            check_marks(&mut faults, format!("{path}.marks"), question.marks);
            let Some(item) = bank.find(&question.item, question.version) else {
                let shown: String = question.item.chars().take(64).collect();
                let says = (
                    format!("题库中没有 {shown} 第 {} 版", question.version),
                    format!("the bank has no {shown} of version {}", question.version),
                );
                faults.push(fault(format!("{path}.item"), says, ("从题库中选", "choose one from the bank")));
                continue;
            };
            let own = &bank.items[item as usize];
            if !own.may_be_worth(question.marks) {
                let says = (
                    format!("本题的分值由其小题或评分标准决定，为 {}", own.marks),
                    format!("its parts or its rubric make it worth {}", own.marks),
                );
                faults.push(fault(format!("{path}.marks"), says, ("写这个分值", "write these marks")));
            }
            if let Some(other) = seen.insert(bank.family[item as usize], path.clone()) {
                let says =
                    (format!("与 {other} 是同一题或其变式"), format!("it is the same as {other}, or a variant of it"));
                faults.push(fault(format!("{path}.item"), says, ("换一题", "take another one")));
            }
            questions.push((s, item, question.marks));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let total = questions.iter().map(|(_, _, marks)| *marks).sum();
    let titles = sections.iter().map(|section| section.title.clone()).collect();
    Ok(Plan { bank, titles, shuffle, source: Source::Fixed(questions), total })
}

fn drawn<'a>(
    bank: &'a Bank,
    sections: &[SectionDraft],
    shuffle: bool,
    target: Option<Target>,
    exposure: Option<Exposure>,
) -> Result<Plan<'a>, Vec<Fault>> {
    let mut faults = Vec::new();
    let listed = || {
        sections.iter().enumerate().flat_map(|(s, one)| one.cells.iter().enumerate().map(move |(c, cell)| (s, c, cell)))
    };
    let total_count = listed().map(|(_, _, cell)| cell.count as usize).fold(0, usize::saturating_add);
    check_size(&mut faults, sections.len(), total_count);
    if listed().count() > CELLS_MOST {
        faults.push(fault(
            "sections",
            both("格子太多", "there are too many cells"),
            ("最多 200 个", "write 200 at most"),
        ));
    }
    for (s, c, cell) in listed().take(CELLS_MOST) {
        check_cell(&mut faults, &format!("sections[{s}].cells[{c}]"), cell);
    }
    if let Some(target) = target
        && target.mean > DIFFICULTY_MOST
    {
        faults.push(fault(
            "difficulty.mean",
            both("难度超出范围", "the difficulty is out of range"),
            ("写 0 到 1000", "write 0 to 1000"),
        ));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let paths: Vec<String> = listed().map(|(s, c, _)| format!("sections[{s}].cells[{c}]")).collect();
    let cells = |exposure| -> Vec<Cell> {
        let cell = |(section, _, draft): (usize, usize, &CellDraft)| cell(bank, section, draft, total_count, exposure);
        listed().map(cell).collect()
    };
    let mut found = cells(exposure);
    let mut short = shortages(bank, &found, &paths);
    if exposure.is_some() && !short.is_empty() {
        // Rather an item that is seen too often than no paper.
        found = cells(None);
        short = shortages(bank, &found, &paths);
    }
    faults.extend(short);
    let total: Mark = found.iter().filter_map(|cell| cell.marks.scaled(cell.count as i64, 1)).sum();
    if let Some(target) = target
        && faults.is_empty()
    {
        faults.extend(out_of_reach(bank, &found, target, total));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let titles = sections.iter().map(|section| section.title.clone()).collect();
    Ok(Plan { bank, titles, shuffle, source: Source::Cells { cells: found, target }, total })
}

fn check_cell(faults: &mut Vec<Fault>, path: &str, cell: &CellDraft) {
    check_marks(faults, format!("{path}.marks"), cell.marks);
    if cell.count == 0 {
        faults.push(fault(
            format!("{path}.count"),
            both("题数为零", "there are no questions in it"),
            ("写题数，或去掉", "write a number, or remove it"),
        ));
    }
    if let Some(kind) = &cell.kind
        && Kind::from_code(kind).is_none()
    {
        let says = both("没有这种题型", "there is no such kind");
        let suggestion = Suggestion::among(kind, Kind::ALL.iter().map(|kind| kind.code()));
        faults.push(Fault { path: format!("{path}.kind"), says: Text::new(says.0, says.1), suggestion });
    }
    if let Some((from, to)) = cell.band
        && (from > to || to > DIFFICULTY_MOST)
    {
        faults.push(fault(
            format!("{path}.band"),
            both("难度区间不可用", "that is no band of difficulty"),
            ("写从小到大，0 到 1000", "write it from low to high, within 0 and 1000"),
        ));
    }
}

fn cell(bank: &Bank, section: usize, draft: &CellDraft, total: usize, exposure: Option<Exposure>) -> Cell {
    let kind = draft.kind.as_deref().and_then(Kind::from_code);
    let (from, to) = draft.band.unwrap_or((0, DIFFICULTY_MOST));
    let begin = bank.items.partition_point(|item| item.difficulty < from);
    let end = bank.items.partition_point(|item| item.difficulty <= to);
    let fits = |at: &u32| {
        let item = &bank.items[*at as usize];
        kind.is_none_or(|kind| item.kind == kind)
            && draft.level.is_none_or(|level| item.level == Some(level))
            && draft.ability.as_ref().is_none_or(|ability| item.abilities.contains(ability))
            && item.may_be_worth(draft.marks)
    };
    let mut pool: Vec<u32> = (begin as u32..end as u32).filter(fits).collect();
    let count = draft.count as usize;
    if let Some(exposure) = exposure {
        pool = less_exposed(bank, pool, count * KEPT_FOR_EACH, exposure);
    }
    let families: FxHashSet<u32> = pool.iter().map(|at| bank.family[*at as usize]).collect();
    Cell { section, count, marks: draft.marks, pool, scarce: families.len() < total }
}

/// Those within the limit; where they are fewer than are to be kept, the least exposed of the others as well.
fn less_exposed(bank: &Bank, pool: Vec<u32>, keep: usize, exposure: Exposure) -> Vec<u32> {
    let is_over = |at: &u32| {
        u128::from(bank.items[*at as usize].drawn) * 1000 > u128::from(exposure.papers) * u128::from(exposure.most)
    };
    let (mut over, mut kept): (Vec<u32>, Vec<u32>) = pool.into_iter().partition(is_over);
    over.sort_by_key(|at| bank.items[*at as usize].drawn);
    let lacking = keep.saturating_sub(kept.len());
    kept.extend(over.into_iter().take(lacking));
    kept.sort_unstable();
    kept
}

/// The families of a pool, each once.
pub(super) fn families(bank: &Bank, pool: &[u32]) -> Vec<u32> {
    let mut seen = FxHashSet::default();
    pool.iter().map(|at| bank.family[*at as usize]).filter(|family| seen.insert(*family)).collect()
}

fn shortages(bank: &Bank, cells: &[Cell], paths: &[String]) -> Vec<Fault> {
    let advice = ("往题库里加题，或减少题数", "add items to the bank, or ask for fewer");
    let mut faults = Vec::new();
    let scarce: Vec<usize> = (0..cells.len()).filter(|at| cells[*at].scarce).collect();
    let lists: Vec<Vec<u32>> = scarce.iter().map(|at| families(bank, &cells[*at].pool)).collect();
    for (list, at) in lists.iter().zip(&scarce) {
        let (has, needs) = (list.len(), cells[*at].count);
        if has < needs {
            let says = (
                format!("需要 {needs} 题，题库中符合的只有 {has} 题（变式算一题），缺 {}", needs - has),
                format!(
                    "it needs {needs} items, the bank has {has} that fit (variants count once): {} are missing",
                    needs - has
                ),
            );
            faults.push(fault(format!("{}.count", paths[*at]), says, advice));
        }
    }
    if !faults.is_empty() {
        return faults;
    }
    // Each can be filled alone; whether all can be at once, only a matching tells.
    let asked: Vec<usize> = scarce.iter().enumerate().flat_map(|(ix, at)| vec![ix; cells[*at].count]).collect();
    let questions: Vec<&[u32]> = asked.iter().map(|ix| lists[*ix].as_slice()).collect();
    let given = matched(&questions);
    for (ix, at) in scarce.iter().enumerate() {
        let missing = asked.iter().zip(&given).filter(|(asked, given)| **asked == ix && given.is_none()).count();
        if missing > 0 {
            let says = (
                format!("与其他格子共用同样的题，一起抽时还缺 {missing} 题"),
                format!("it shares its items with other cells: all together, {missing} are missing"),
            );
            faults.push(fault(format!("{}.count", paths[*at]), says, advice));
        }
    }
    faults
}

/// A target that no draw could meet, because even the easiest or the hardest items of all cells miss it.
fn out_of_reach(bank: &Bank, cells: &[Cell], target: Target, total: Mark) -> Option<Fault> {
    let load = |cell: &Cell, items: &mut dyn Iterator<Item = &u32>| -> i64 {
        let mut seen = FxHashSet::default();
        let fresh = items.filter(|at| seen.insert(bank.family[**at as usize])).take(cell.count);
        fresh.map(|at| i64::from(bank.items[*at as usize].difficulty)).sum::<i64>() * cell.marks.hundredths()
    };
    let least: i64 = cells.iter().map(|cell| load(cell, &mut cell.pool.iter())).sum();
    let most: i64 = cells.iter().map(|cell| load(cell, &mut cell.pool.iter().rev())).sum();
    let whole = total.hundredths();
    let (mean, tolerance) = (i64::from(target.mean) * whole, i64::from(target.tolerance) * whole);
    (least > mean + tolerance || most < mean - tolerance).then(|| {
        let (low, high) = (least / whole, most / whole);
        let says = (
            format!("按各格子能抽出的试卷难度在 {low} 到 {high} 之间，达不到 {}", target.mean),
            format!("papers of these cells have a difficulty of {low} to {high}, never {}", target.mean),
        );
        fault("difficulty.mean", says, ("改目标难度，或改格子的难度区间", "change the target, or the cells' bands"))
    })
}

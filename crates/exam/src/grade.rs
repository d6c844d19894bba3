//! An item and an answer become marks. Nothing else goes in: grading again gives the same marks for ever.

use kernel::{Mark, Text};

use crate::answer::{Answer, BlankAnswer};
use crate::credit::{Tally, marks};
use crate::decimal::{within_absolute, within_relative};
use crate::fold::narrow;
use crate::item::{Blank, Body, Item, Numeric, Question, Tolerance};
use crate::{Credit, Decimal};

/// What an answer is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graded {
    /// Within zero and the maximum. Of what waits for a person, nothing yet.
    pub marks: Mark,
    pub max: Mark,
    /// One for each blank, entry, pair or option where those are parts, one for a whole, one for each criterion.
    pub parts: Vec<Part>,
    /// Of a case, each of its questions.
    pub questions: Vec<Graded>,
    pub waits_for_person: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Right,
    Wrong,
    Empty,
    Waits,
    /// What a person gave.
    Given(Mark),
}

/// Grades an item that is worth its own marks; `None` is no answer.
pub fn grade(item: &Item, answer: Option<&Answer>) -> Graded {
    question(&item.question, answer, item.question.marks)
}

/// Grades an item that is worth what the paper says; see [`Item::takes_any_marks`]. Rounded once, from the share.
pub fn grade_worth(item: &Item, answer: Option<&Answer>, worth: Mark) -> Graded {
    let worth = if item.takes_any_marks() { worth } else { item.question.marks };
    question(&item.question, answer, worth)
}

fn question(question: &Question, answer: Option<&Answer>, max: Mark) -> Graded {
    let whole = |right: Option<bool>| vec![right.map_or(Part::Empty, part)];
    let (parts, credit) = match (&question.body, answer) {
        (Body::Case { parts }, answer) => {
            let answers = if let Some(Answer::Case(answers)) = answer { answers.as_slice() } else { &[] };
            let own = |at: usize| answers.get(at).and_then(Option::as_ref);
            let questions: Vec<Graded> =
                parts.iter().enumerate().map(|(at, part)| self::question(part, own(at), part.marks)).collect();
            return Graded {
                marks: questions.iter().map(|one| one.marks).sum(),
                max,
                parts: Vec::new(),
                waits_for_person: questions.iter().any(|one| one.waits_for_person),
                questions,
            };
        }
        (Body::Short { rubric, .. }, answer) => {
            let is_empty = !matches!(answer, Some(Answer::Short(text)) if !text.trim().is_empty());
            let part = if is_empty { Part::Empty } else { Part::Waits };
            let parts = vec![part; rubric.len()];
            return Graded { marks: Mark::ZERO, max, parts, questions: Vec::new(), waits_for_person: !is_empty };
        }
        (Body::Multiple { options, right, credit }, answer) => {
            let chosen = match answer {
                Some(Answer::Multiple(chosen)) => chosen.clone(),
                _ => vec![false; options.len()],
            };
            let tally = multiple(right, &chosen, *credit);
            let judged = right.iter().zip(&chosen).map(|(right, chosen)| match (right, chosen) {
                _ if !chosen && !right => Part::Right,
                (true, false) => Part::Empty,
                (right, _) => part(*right),
            });
            let parts = if chosen.contains(&true) { judged.collect() } else { vec![Part::Empty; options.len()] };
            let marks = marks(tally, *credit, max);
            return Graded { marks, max, parts, questions: Vec::new(), waits_for_person: false };
        }
        (Body::Single { right, .. }, Some(Answer::Single(chosen))) => {
            (whole(Some(chosen == right)), Credit::AllOrNothing)
        }
        (Body::Judgement { truth }, Some(Answer::Judgement(said))) => {
            (whole(Some(said == truth)), Credit::AllOrNothing)
        }
        (Body::Numeric(numeric), Some(Answer::Numeric { value, unit })) => {
            (whole(Some(is_right(numeric, *value, unit.as_deref()))), Credit::AllOrNothing)
        }
        (Body::Blank { blanks, credit }, Some(Answer::Blank(written))) => {
            (blanks.iter().zip(written).map(|(blank, written)| blank_part(blank, written)).collect(), *credit)
        }
        (Body::Order { credit, .. }, Some(Answer::Order(named))) => {
            (named.iter().enumerate().map(|(at, named)| part(at == *named)).collect(), *credit)
        }
        (Body::Match { partner, credit, .. }, Some(Answer::Match(named))) => {
            let pairs = partner.iter().zip(named);
            (
                pairs.map(|(partner, named)| named.map_or(Part::Empty, |named| part(named == *partner))).collect(),
                *credit,
            )
        }
        (body, _) => (vec![Part::Empty; parts_of(body)], Credit::AllOrNothing),
    };
    let count = |wanted: Part| parts.iter().filter(|part| **part == wanted).count() as u32;
    let tally = Tally { right: count(Part::Right), wrong: count(Part::Wrong), of: parts.len() as u32 };
    Graded { marks: marks(tally, credit, max), max, parts, questions: Vec::new(), waits_for_person: false }
}

const fn part(right: bool) -> Part {
    if right { Part::Right } else { Part::Wrong }
}

fn parts_of(body: &Body) -> usize {
    match body {
        Body::Blank { blanks, .. } => blanks.len(),
        Body::Order { entries, .. } => entries.len(),
        Body::Match { left, .. } => left.len(),
        _ => 1,
    }
}

/// Who chose nothing answered nothing, whatever the credit: else leaving all wrong options would be worth something.
fn multiple(right: &[bool], chosen: &[bool], credit: Credit) -> Tally {
    let count = |wanted: (bool, bool)| right.iter().zip(chosen).filter(|(r, c)| (**r, **c) == wanted).count() as u32;
    let (hits, errors) = (count((true, true)), count((false, true)));
    if credit == Credit::PerPart {
        let answered = hits + errors > 0;
        let right_parts = if answered { hits + count((false, false)) } else { 0 };
        return Tally { right: right_parts, wrong: right.len() as u32 - right_parts, of: right.len() as u32 };
    }
    Tally { right: hits, wrong: errors, of: hits + count((true, false)) }
}

fn blank_part(blank: &Blank, written: &BlankAnswer) -> Part {
    match (blank, written) {
        (Blank::Typed { accepts, fold }, BlankAnswer::Typed(text)) => {
            let folded = fold.of(text);
            part(accepts.iter().any(|accepted| fold.of(accepted) == folded))
        }
        (Blank::Chosen { right, .. }, BlankAnswer::Chosen(chosen)) => part(chosen == right),
        (_, BlankAnswer::Empty) => Part::Empty,
        _ => Part::Wrong,
    }
}

fn is_right(numeric: &Numeric, value: Decimal, unit: Option<&str>) -> bool {
    let close = match numeric.tolerance {
        Tolerance::Absolute(by, _) => within_absolute(value, numeric.value, by),
        Tolerance::Relative(by, _) => within_relative(value, numeric.value, by),
    };
    let symbol = |text: &str| narrow(text).split_whitespace().collect::<String>();
    let unit_fits = match &numeric.unit {
        Some(wanted) if wanted.asked => unit.is_some_and(|unit| symbol(unit) == symbol(&wanted.symbol)),
        _ => true,
    };
    close && unit_fits && numeric.figures.is_none_or(|figures| value.has_figures(figures))
}

/// Why a person's marks can't be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RubricFault {
    NotMarkedByPeople,
    WrongCount { expected: usize, got: usize },
    UnknownLevel { criterion: usize, levels: usize },
}

impl RubricFault {
    pub fn text(&self) -> Text {
        match self {
            RubricFault::NotMarkedByPeople => {
                Text::new("本题自动评分；无需人工评分", "this question is graded by itself; nobody marks it")
            }
            RubricFault::WrongCount { expected, got } => Text::new(
                format!("有 {expected} 个评分项，收到 {got} 个；每项选一个等级"),
                format!("there are {expected} criteria, {got} came; choose a level for each"),
            ),
            RubricFault::UnknownLevel { criterion, levels } => Text::new(
                format!("第 {} 项没有这个等级；选 1 到 {levels}", criterion + 1),
                format!("criterion {} has no such level; choose 1 to {levels}", criterion + 1),
            ),
        }
    }
}

/// What a person gives for a short answer: one level for each criterion, as places in its levels.
pub fn mark_by_rubric(question: &Question, levels: &[usize]) -> Result<Graded, RubricFault> {
    let Body::Short { rubric, .. } = &question.body else { return Err(RubricFault::NotMarkedByPeople) };
    if rubric.len() != levels.len() {
        return Err(RubricFault::WrongCount { expected: rubric.len(), got: levels.len() });
    }
    let mut given = Vec::with_capacity(levels.len());
    for (at, (criterion, level)) in rubric.iter().zip(levels).enumerate() {
        let unknown = RubricFault::UnknownLevel { criterion: at, levels: criterion.levels.len() };
        given.push(criterion.levels.get(*level).ok_or(unknown)?.marks);
    }
    Ok(Graded {
        marks: given.iter().copied().sum(),
        max: question.marks,
        parts: given.into_iter().map(Part::Given).collect(),
        questions: Vec::new(),
        waits_for_person: false,
    })
}

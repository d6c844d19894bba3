//! From draft to item: every rule that an item must keep, in the order of its shape.
//!
//! Choices: words are needed in one language at least, and then in that language in every option of the question; two
//! options that read the same are a fault, for one of them would be right and the other wrong; marks of a rubric and of a
//! case's parts add up to the question's.

mod body;

use kernel::{Mark, Suggestion, Text};

use crate::draft::{Fault, ITEM_FORMAT, ItemDraft, QuestionDraft};
use crate::item::{Body, Item, Question};
use crate::markup::{self, Piece};
use crate::{Fold, Words};

/// What one question can be worth.
pub const MARK_MOST: Mark = Mark::from_hundredths(100_000);
const TEXT_CHARS_MOST: usize = 20_000;
pub(crate) const DIFFICULTY_MOST: u16 = 1000;
pub(crate) const ABILITIES_MOST: usize = 20;

/// What is wrong in an item, in its order.
#[derive(Default)]
struct Faults {
    found: Vec<Fault>,
}

impl Faults {
    fn add(
        &mut self,
        path: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
        suggestion: (impl Into<String>, impl Into<String>),
    ) {
        let suggestion = Suggestion::advice(suggestion.0, suggestion.1);
        self.found.push(Fault { path: path.into(), says: Text::new(zh, en), suggestion });
    }

    fn unless(&mut self, sound: bool, path: &str, says: (&str, &str), suggestion: (&str, &str)) {
        if !sound {
            self.add(path, says.0, says.1, suggestion);
        }
    }

    /// How many there are of something.
    fn count(&mut self, path: &str, has: usize, least: usize, most: usize) -> bool {
        let fits = (least..=most).contains(&has);
        if !fits {
            let says = (format!("有 {has} 个"), format!("there are {has}"));
            let advice = (format!("写 {least} 到 {most} 个"), format!("write {least} to {most}"));
            self.add(path, says.0, says.1, advice);
        }
        fits
    }

    fn marks(&mut self, path: &str, marks: Mark) {
        if marks <= Mark::ZERO || marks > MARK_MOST {
            let says = (format!("分值 {marks} 不可用"), format!("{marks} can't be a question's marks"));
            let advice = (
                format!("写大于 0 且不超过 {MARK_MOST} 的分值"),
                format!("write marks of more than 0 and at most {MARK_MOST}"),
            );
            self.add(path, says.0, says.1, advice);
        }
    }

    /// Words that must be there. Pieces for each written language.
    fn words(&mut self, path: &str, words: &Words) -> Vec<Vec<Piece>> {
        if words.is_empty() {
            self.add(path, "没有文字", "the text is missing", ("写中文或英文", "write it in Chinese or English"));
        }
        self.markup(path, words)
    }

    /// Words that may be missing.
    fn markup(&mut self, path: &str, words: &Words) -> Vec<Vec<Piece>> {
        let mut read = Vec::new();
        for (lang, text) in words.written() {
            let path = format!("{path}.{lang}");
            if text.chars().count() > TEXT_CHARS_MOST {
                let advice =
                    (format!("不超过 {TEXT_CHARS_MOST} 字"), format!("write at most {TEXT_CHARS_MOST} characters"));
                self.add(path, "文字太长", "the text is too long", advice);
            } else if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
                let code = c as u32;
                let says = (format!("有控制字符 U+{code:04X}"), format!("there is a control character U+{code:04X}"));
                self.add(path, says.0, says.1, ("删掉它", "remove it"));
            } else {
                match markup::parse(text) {
                    Ok(pieces) => read.push(pieces),
                    Err(fault) => {
                        let (zh, en) = fault.says();
                        let advice =
                            ("补上结尾，或在前面写 \\ 当普通文字", "close it, or write \\ before it for plain text");
                        self.add(path, zh, en, advice);
                    }
                }
            }
        }
        read
    }

    fn code(&mut self, path: &str, code: &str) {
        if kernel::id::check(code).is_err() {
            let shown: String = code.chars().take(80).collect();
            let says = (format!("{shown:?} 不是编号"), format!("{shown:?} is no id"));
            self.add(path, says.0, says.1, ("用 1 到 64 个 a-z 0-9 - _", "use 1 to 64 of a-z 0-9 - _"));
        }
    }

    fn difficulty(&mut self, path: &str, difficulty: u16) {
        if difficulty > DIFFICULTY_MOST {
            let says = (format!("难度 {difficulty} 超出范围"), format!("a difficulty of {difficulty} is out of range"));
            self.add(
                path,
                says.0,
                says.1,
                ("写 0（人人都对）到 1000（无人答对）", "write 0 (all get it) to 1000 (none does)"),
            );
        }
    }
}

pub(crate) fn check(draft: ItemDraft) -> Result<Item, Vec<Fault>> {
    let mut faults = Faults::default();
    faults.unless(
        draft.format == ITEM_FORMAT,
        "format",
        ("不认识的格式版本", "the version of the shape is unknown"),
        ("写 1", "write 1"),
    );
    faults.code("id", &draft.id);
    faults.unless(draft.version > 0, "version", ("版本从 1 开始", "versions begin with 1"), ("写 1", "write 1"));
    if let Some(trade) = &draft.trade {
        faults.code("trade", trade);
    }
    faults.unless(
        draft.level.is_none_or(|level| (1..=5).contains(&level)),
        "level",
        ("没有这个技能等级", "there is no such skill level"),
        ("写 5（初级工）到 1（高级技师）", "write 5 (junior worker) to 1 (senior technician)"),
    );
    faults.count("abilities", draft.abilities.len(), 0, ABILITIES_MOST);
    for (at, ability) in draft.abilities.iter().enumerate().take(ABILITIES_MOST) {
        let path = format!("abilities[{at}]");
        faults.code(&path, ability);
        let is_new = !draft.abilities[..at].contains(ability);
        faults.unless(is_new, &path, ("能力重复", "the ability is named twice"), ("去掉一个", "remove one of them"));
    }
    faults.difficulty("difficulty", draft.difficulty);
    if let Some(measured) = draft.measured {
        faults.difficulty("measured.difficulty", measured.difficulty);
    }
    if let Some(other) = &draft.variant_of {
        faults.code("variant_of", other);
    }
    let question = question(&mut faults, "question", draft.question, true);
    match question {
        Some(question) if faults.found.is_empty() => Ok(Item {
            id: draft.id,
            version: draft.version,
            trade: draft.trade,
            level: draft.level,
            abilities: draft.abilities,
            difficulty: draft.difficulty,
            measured: draft.measured,
            variant_of: draft.variant_of,
            question,
        }),
        _ => Err(faults.found),
    }
}

/// `None` only beside a fault.
fn question(faults: &mut Faults, path: &str, draft: QuestionDraft, may_be_case: bool) -> Option<Question> {
    let before = faults.found.len();
    let stems = faults.words(&format!("{path}.stem"), &draft.stem);
    faults.marks(&format!("{path}.marks"), draft.marks);
    faults.markup(&format!("{path}.explanation"), &draft.explanation);
    let body = body::check(faults, &format!("{path}.body"), draft.body, draft.marks, may_be_case);
    if let Some(body) = &body
        && faults.found.len() == before
    {
        let blanks = if let Body::Blank { blanks, .. } = body { blanks.len() } else { 0 };
        check_places(faults, &format!("{path}.stem"), &stems, blanks);
    }
    body.map(|body| Question { stem: draft.stem, marks: draft.marks, explanation: draft.explanation, body })
}

/// Each blank has one place in the stem, in every language that is written.
fn check_places(faults: &mut Faults, path: &str, stems: &[Vec<Piece>], blanks: usize) {
    for pieces in stems {
        let mut places = markup::places(pieces);
        places.sort_unstable();
        if !places.iter().copied().eq(1..=blanks as u32) {
            let says = (
                format!("题干中空的位置与 {blanks} 个空不符"),
                format!("the places in the stem don't fit {blanks} blanks"),
            );
            let advice = match blanks {
                0 => ("去掉 [[…]]".to_owned(), "remove [[…]]".to_owned()),
                _ => (
                    format!("每个空写一次，从 [[1]] 到 [[{blanks}]]"),
                    format!("write each once, [[1]] to [[{blanks}]]"),
                ),
            };
            faults.add(path, says.0, says.1, advice);
        }
    }
}

/// What a reader takes for the same words: capitals tell options apart (mW, MW), width and blanks don't.
fn alike(words: &Words) -> (String, String) {
    let fold = Fold { case: false, ..Fold::default() };
    (fold.of(&words.zh), fold.of(&words.en))
}

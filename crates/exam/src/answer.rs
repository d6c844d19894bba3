//! An answer as it comes in, and as it is understood. Reading is strict: what doesn't fit the question is refused by name,
//! never guessed. An answer that is empty in part is an answer.

use kernel::Text;
use serde::{Deserialize, Serialize};

use crate::deal::{Address, Deal, List};
use crate::decimal::{Decimal, decimal};
use crate::item::{Blank, Body, Item, Question};
use crate::shown::Shuffle;

/// What one blank may hold.
pub const BLANK_CHARS_MOST: usize = 500;
const UNIT_CHARS_MOST: usize = 20;

/// The stored and travelling shape. Ids are those of [`ShownItem`](crate::ShownItem), so it is read with the attempt's seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RawAnswer {
    Single {
        option: String,
    },
    Multiple {
        options: Vec<String>,
    },
    Judgement {
        truth: bool,
    },
    /// One for each blank, in the order of their numbers: what was typed, or an option's id; empty where nothing is written.
    Blank {
        blanks: Vec<String>,
    },
    /// All entries, first to last.
    Order {
        entries: Vec<String>,
    },
    Match {
        pairs: Vec<RawPair>,
    },
    Short {
        text: String,
    },
    /// One for each part.
    Case {
        parts: Vec<Option<RawAnswer>>,
    },
    Numeric {
        value: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPair {
    pub left: String,
    pub right: String,
}

/// An answer in the item's own places. It belongs to the question that read it.
#[derive(Debug, Clone)]
pub enum Answer {
    Single(usize),
    /// For each option whether it was chosen.
    Multiple(Vec<bool>),
    Judgement(bool),
    Blank(Vec<BlankAnswer>),
    /// Entries by their places in the right order.
    Order(Vec<usize>),
    /// For each on the left its partner.
    Match(Vec<Option<usize>>),
    Short(String),
    Case(Vec<Option<Answer>>),
    Numeric {
        value: Decimal,
        unit: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlankAnswer {
    Empty,
    Typed(String),
    Chosen(usize),
}

/// Why an answer can't be taken, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFault {
    pub path: String,
    pub problem: AnswerProblem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerProblem {
    WrongKind { expected: &'static str },
    UnknownOption,
    NamedTwice,
    WrongCount { expected: usize, got: usize },
    NotANumber,
    TooLong { most: usize },
    UnitNotAsked,
    ControlCharacter,
}

impl AnswerProblem {
    /// The problem's name on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            AnswerProblem::WrongKind { .. } => "wrong_kind",
            AnswerProblem::UnknownOption => "unknown_option",
            AnswerProblem::NamedTwice => "named_twice",
            AnswerProblem::WrongCount { .. } => "wrong_count",
            AnswerProblem::NotANumber => "not_a_number",
            AnswerProblem::TooLong { .. } => "too_long",
            AnswerProblem::UnitNotAsked => "unit_not_asked",
            AnswerProblem::ControlCharacter => "control_character",
        }
    }

    /// What is wrong and what to do.
    pub fn text(&self) -> Text {
        match self {
            AnswerProblem::WrongKind { expected } => Text::new(
                format!("题型不符，应按 {expected} 作答；重新载入试题"),
                format!("this question takes an answer of kind {expected}; load it again"),
            ),
            AnswerProblem::UnknownOption => {
                Text::new("没有这个选项；重新载入试题", "there is no such option; load the question again")
            }
            AnswerProblem::NamedTwice => Text::new("同一项写了两次；去掉一个", "it is named twice; remove one"),
            AnswerProblem::WrongCount { expected, got } => Text::new(
                format!("应有 {expected} 项，收到 {got} 项；重新载入试题"),
                format!("{expected} are expected, {got} came; load the question again"),
            ),
            AnswerProblem::NotANumber => {
                Text::new("不是数；写作 12.5 或 1.6e-19", "that is no number; write 12.5 or 1.6e-19")
            }
            AnswerProblem::TooLong { most } => {
                Text::new(format!("太长；最多 {most} 字"), format!("too long; write {most} characters at most"))
            }
            AnswerProblem::UnitNotAsked => Text::new("本题不写单位；去掉单位", "no unit is asked here; leave it out"),
            AnswerProblem::ControlCharacter => {
                Text::new("有不可见的控制字符；删掉后再写", "there is a control character; remove it")
            }
        }
    }
}

impl std::fmt::Display for AnswerFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path, self.problem.text().en)
    }
}
impl std::error::Error for AnswerFault {}

impl Item {
    /// Reads an answer that was given in the attempt of that shuffle, or names everything that is wrong with it.
    pub fn read(&self, answer: &RawAnswer, shuffle: Shuffle<'_>) -> Result<Answer, Vec<AnswerFault>> {
        let mut faults = Vec::new();
        let read = read(&mut faults, "answer", &self.question, answer, &self.address(shuffle));
        match read {
            Some(answer) if faults.is_empty() => Ok(answer),
            _ => Err(faults),
        }
    }
}

type Faults = Vec<AnswerFault>;

fn add(faults: &mut Faults, path: impl Into<String>, problem: AnswerProblem) {
    faults.push(AnswerFault { path: path.into(), problem });
}

/// `None` only beside a fault.
fn read(
    faults: &mut Faults,
    path: &str,
    question: &Question,
    raw: &RawAnswer,
    address: &Address<'_>,
) -> Option<Answer> {
    match (&question.body, raw) {
        (Body::Single { options, .. }, RawAnswer::Single { option }) => {
            thing(faults, &format!("{path}.option"), &address.options(List::Options, options), option)
                .map(Answer::Single)
        }
        (Body::Multiple { options, .. }, RawAnswer::Multiple { options: chosen }) => {
            let deal = address.options(List::Options, options);
            let named = things(faults, &format!("{path}.options"), &deal, chosen)?;
            Some(Answer::Multiple((0..options.len()).map(|at| named.contains(&at)).collect()))
        }
        (Body::Judgement { .. }, RawAnswer::Judgement { truth }) => Some(Answer::Judgement(*truth)),
        (Body::Blank { blanks, .. }, RawAnswer::Blank { blanks: written }) => {
            let path = format!("{path}.blanks");
            counted(faults, &path, blanks.len(), written.len())?;
            let pairs = blanks.iter().zip(written).enumerate();
            let read: Vec<_> = pairs
                .map(|(at, (blank, written))| read_blank(faults, &format!("{path}[{at}]"), at, blank, written, address))
                .collect();
            Some(Answer::Blank(read.into_iter().collect::<Option<_>>()?))
        }
        (Body::Order { entries, .. }, RawAnswer::Order { entries: named }) => {
            let path = format!("{path}.entries");
            counted(faults, &path, entries.len(), named.len())?;
            things(faults, &path, &address.deal(List::Entries, entries.len()), named).map(Answer::Order)
        }
        (Body::Match { left, right, .. }, RawAnswer::Match { pairs }) => {
            let path = format!("{path}.pairs");
            if pairs.len() > left.len() {
                add(faults, path, AnswerProblem::WrongCount { expected: left.len(), got: pairs.len() });
                return None;
            }
            let deals = [address.deal(List::Left, left.len()), address.deal(List::Right, right.len())];
            let mut partner = vec![None; left.len()];
            let before = faults.len();
            for (at, pair) in pairs.iter().enumerate() {
                let one = thing(faults, &format!("{path}[{at}].left"), &deals[0], &pair.left);
                let other = thing(faults, &format!("{path}[{at}].right"), &deals[1], &pair.right);
                let (Some(one), Some(other)) = (one, other) else { continue };
                if partner[one].replace(other).is_some() {
                    add(faults, format!("{path}[{at}].left"), AnswerProblem::NamedTwice);
                }
            }
            (faults.len() == before).then_some(Answer::Match(partner))
        }
        (Body::Short { length_most, .. }, RawAnswer::Short { text: written }) => {
            text(faults, &format!("{path}.text"), written, *length_most as usize)
                .map(|()| Answer::Short(written.clone()))
        }
        (Body::Case { parts }, RawAnswer::Case { parts: answers }) => {
            let path = format!("{path}.parts");
            counted(faults, &path, parts.len(), answers.len())?;
            let before = faults.len();
            let mut found = Vec::new();
            for (at, (part, answer)) in parts.iter().zip(answers).enumerate() {
                let address = Address { part: Some(at), ..address.clone() };
                found.push(answer.as_ref().and_then(|raw| read(faults, &format!("{path}[{at}]"), part, raw, &address)));
            }
            (faults.len() == before).then_some(Answer::Case(found))
        }
        (Body::Numeric(numeric), RawAnswer::Numeric { value, unit }) => {
            let asked = numeric.unit.as_ref().is_some_and(|unit| unit.asked);
            if let Some(unit) = unit {
                let path = format!("{path}.unit");
                if !asked {
                    add(faults, path, AnswerProblem::UnitNotAsked);
                } else {
                    text(faults, &path, unit, UNIT_CHARS_MOST)?;
                }
            }
            let read = decimal(value);
            if read.is_none() {
                add(faults, format!("{path}.value"), AnswerProblem::NotANumber);
            }
            read.map(|value| Answer::Numeric { value, unit: unit.clone() })
        }
        (body, _) => {
            add(faults, path, AnswerProblem::WrongKind { expected: body.kind().code() });
            None
        }
    }
}

fn read_blank(
    faults: &mut Faults,
    path: &str,
    at: usize,
    blank: &Blank,
    written: &str,
    address: &Address<'_>,
) -> Option<BlankAnswer> {
    match blank {
        _ if written.trim().is_empty() => Some(BlankAnswer::Empty),
        Blank::Typed { .. } => {
            text(faults, path, written, BLANK_CHARS_MOST).map(|()| BlankAnswer::Typed(written.to_owned()))
        }
        Blank::Chosen { options, .. } => {
            thing(faults, path, &address.options(List::Blank(at), options), written).map(BlankAnswer::Chosen)
        }
    }
}

fn counted(faults: &mut Faults, path: &str, expected: usize, got: usize) -> Option<()> {
    if expected != got {
        add(faults, path, AnswerProblem::WrongCount { expected, got });
    }
    (expected == got).then_some(())
}

fn thing(faults: &mut Faults, path: &str, deal: &Deal, name: &str) -> Option<usize> {
    let found = deal.thing(name);
    if found.is_none() {
        add(faults, path, AnswerProblem::UnknownOption);
    }
    found
}

/// Each known, none twice.
fn things(faults: &mut Faults, path: &str, deal: &Deal, names: &[String]) -> Option<Vec<usize>> {
    if names.len() > deal.names.len() {
        add(faults, path, AnswerProblem::WrongCount { expected: deal.names.len(), got: names.len() });
        return None;
    }
    let before = faults.len();
    let mut found = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let path = format!("{path}[{at}]");
        let Some(one) = thing(faults, &path, deal, name) else { continue };
        if found.contains(&one) {
            add(faults, path, AnswerProblem::NamedTwice);
        }
        found.push(one);
    }
    (faults.len() == before).then_some(found)
}

fn text(faults: &mut Faults, path: &str, written: &str, most: usize) -> Option<()> {
    if written.chars().count() > most {
        add(faults, path, AnswerProblem::TooLong { most });
        return None;
    }
    if written.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        add(faults, path, AnswerProblem::ControlCharacter);
        return None;
    }
    Some(())
}

//! A checked item. It can only be made by [`ItemDraft::check`], so what grades and shows it never meets a fault.

use kernel::Mark;

use crate::decimal::Decimal;
use crate::draft::{
    BlankDraft, BodyDraft, CriterionDraft, ITEM_FORMAT, ItemDraft, LevelDraft, OptionDraft, PairDraft, QuestionDraft,
    ToleranceDraft, UnitDraft,
};
use crate::{Credit, Fold, Measured, Words};

/// So few answers say nothing against what the author declared. With 30 the standard error of a share is 0.09 at most.
pub const ANSWERS_TO_BELIEVE: u32 = 30;

#[derive(Debug, Clone)]
pub struct Item {
    pub id: String,
    pub version: u32,
    pub trade: Option<String>,
    pub level: Option<u8>,
    pub abilities: Vec<String>,
    /// In 1/1000 of the marks that are lost, as declared.
    pub difficulty: u16,
    pub measured: Option<Measured>,
    pub variant_of: Option<String>,
    pub question: Question,
}

#[derive(Debug, Clone)]
pub struct Question {
    pub stem: Words,
    pub marks: Mark,
    pub explanation: Words,
    pub body: Body,
}

/// Indices are into the lists beside them and always lie within.
#[derive(Debug, Clone)]
pub enum Body {
    Single { options: Vec<Choice>, right: usize },
    Multiple { options: Vec<Choice>, right: Vec<bool>, credit: Credit },
    Judgement { truth: bool },
    Blank { blanks: Vec<Blank>, credit: Credit },
    Order { entries: Vec<Words>, credit: Credit },
    Match { left: Vec<Words>, right: Vec<Words>, partner: Vec<usize>, credit: Credit },
    Short { rubric: Vec<Criterion>, length_most: u32, sample: Words },
    Case { parts: Vec<Question> },
    Numeric(Numeric),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub words: Words,
    pub stays: bool,
    pub feedback: Words,
}

#[derive(Debug, Clone)]
pub enum Blank {
    Typed { accepts: Vec<String>, fold: Fold },
    Chosen { options: Vec<Choice>, right: usize },
}

#[derive(Debug, Clone)]
pub struct Criterion {
    pub name: Words,
    pub levels: Vec<Level>,
}

#[derive(Debug, Clone)]
pub struct Level {
    pub words: Words,
    pub marks: Mark,
}

#[derive(Debug, Clone)]
pub struct Numeric {
    pub value: Decimal,
    pub value_text: String,
    pub tolerance: Tolerance,
    pub unit: Option<UnitDraft>,
    pub figures: Option<u32>,
}

#[derive(Debug, Clone)]
pub enum Tolerance {
    Absolute(Decimal, String),
    Relative(Decimal, String),
}

/// The kinds, by the words for them on the wire and in tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Single,
    Multiple,
    Judgement,
    Blank,
    Order,
    Match,
    Short,
    Case,
    Numeric,
}

impl Kind {
    pub const ALL: [Kind; 9] = [
        Kind::Single,
        Kind::Multiple,
        Kind::Judgement,
        Kind::Blank,
        Kind::Order,
        Kind::Match,
        Kind::Short,
        Kind::Case,
        Kind::Numeric,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Kind::Single => "single",
            Kind::Multiple => "multiple",
            Kind::Judgement => "judgement",
            Kind::Blank => "blank",
            Kind::Order => "order",
            Kind::Match => "match",
            Kind::Short => "short",
            Kind::Case => "case",
            Kind::Numeric => "numeric",
        }
    }

    pub fn from_code(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl Item {
    /// The difficulty to draw by: the measured one where enough answers stand behind it.
    pub fn hardness(&self) -> u16 {
        match self.measured {
            Some(measured) if measured.answers >= ANSWERS_TO_BELIEVE => measured.difficulty,
            _ => self.difficulty,
        }
    }

    pub fn kind(&self) -> Kind {
        self.question.body.kind()
    }

    /// Whether its marks can be set by a paper. What people mark, and a case, have marks of their own in their parts.
    pub fn takes_any_marks(&self) -> bool {
        !matches!(self.kind(), Kind::Short | Kind::Case)
    }
}

impl Question {
    /// Whether a person must mark any of it.
    pub fn waits_for_person(&self) -> bool {
        match &self.body {
            Body::Short { .. } => true,
            Body::Case { parts } => parts.iter().any(Question::waits_for_person),
            _ => false,
        }
    }
}

impl Body {
    pub const fn kind(&self) -> Kind {
        match self {
            Body::Single { .. } => Kind::Single,
            Body::Multiple { .. } => Kind::Multiple,
            Body::Judgement { .. } => Kind::Judgement,
            Body::Blank { .. } => Kind::Blank,
            Body::Order { .. } => Kind::Order,
            Body::Match { .. } => Kind::Match,
            Body::Short { .. } => Kind::Short,
            Body::Case { .. } => Kind::Case,
            Body::Numeric(_) => Kind::Numeric,
        }
    }
}

/// As it is stored and exchanged.
impl From<&Item> for ItemDraft {
    fn from(item: &Item) -> ItemDraft {
        ItemDraft {
            format: ITEM_FORMAT,
            id: item.id.clone(),
            version: item.version,
            trade: item.trade.clone(),
            level: item.level,
            abilities: item.abilities.clone(),
            difficulty: item.difficulty,
            measured: item.measured,
            variant_of: item.variant_of.clone(),
            question: QuestionDraft::from(&item.question),
        }
    }
}

impl From<&Question> for QuestionDraft {
    fn from(question: &Question) -> QuestionDraft {
        QuestionDraft {
            stem: question.stem.clone(),
            marks: question.marks,
            explanation: question.explanation.clone(),
            body: body_draft(&question.body),
        }
    }
}

fn option_drafts(options: &[Choice], is_right: impl Fn(usize) -> bool) -> Vec<OptionDraft> {
    let draft = |(at, option): (usize, &Choice)| OptionDraft {
        words: option.words.clone(),
        right: is_right(at),
        stays: option.stays,
        feedback: option.feedback.clone(),
    };
    options.iter().enumerate().map(draft).collect()
}

fn body_draft(body: &Body) -> BodyDraft {
    match body {
        Body::Single { options, right } => BodyDraft::Single { options: option_drafts(options, |at| at == *right) },
        Body::Multiple { options, right, credit } => {
            BodyDraft::Multiple { options: option_drafts(options, |at| right[at]), credit: *credit }
        }
        Body::Judgement { truth } => BodyDraft::Judgement { truth: *truth },
        Body::Blank { blanks, credit } => {
            let draft = |blank: &Blank| match blank {
                Blank::Typed { accepts, fold } => BlankDraft::Typed { accepts: accepts.clone(), fold: *fold },
                Blank::Chosen { options, right } => {
                    BlankDraft::Chosen { options: option_drafts(options, |at| at == *right) }
                }
            };
            BodyDraft::Blank { blanks: blanks.iter().map(draft).collect(), credit: *credit }
        }
        Body::Order { entries, credit } => BodyDraft::Order { entries: entries.clone(), credit: *credit },
        Body::Match { left, right, partner, credit } => BodyDraft::Match {
            pairs: left
                .iter()
                .zip(partner)
                .map(|(left, partner)| PairDraft { left: left.clone(), right: right[*partner].clone() })
                .collect(),
            distractors: right
                .iter()
                .enumerate()
                .filter(|(at, _)| !partner.contains(at))
                .map(|(_, words)| words.clone())
                .collect(),
            credit: *credit,
        },
        Body::Short { rubric, length_most, sample } => BodyDraft::Short {
            rubric: rubric
                .iter()
                .map(|criterion| CriterionDraft {
                    name: criterion.name.clone(),
                    levels: criterion
                        .levels
                        .iter()
                        .map(|level| LevelDraft { words: level.words.clone(), marks: level.marks })
                        .collect(),
                })
                .collect(),
            length_most: *length_most,
            sample: sample.clone(),
        },
        Body::Case { parts } => BodyDraft::Case { parts: parts.iter().map(QuestionDraft::from).collect() },
        Body::Numeric(numeric) => BodyDraft::Numeric {
            value: numeric.value_text.clone(),
            tolerance: match &numeric.tolerance {
                Tolerance::Absolute(_, text) => ToleranceDraft::Absolute(text.clone()),
                Tolerance::Relative(_, text) => ToleranceDraft::Relative(text.clone()),
            },
            unit: numeric.unit.clone(),
            figures: numeric.figures,
        },
    }
}

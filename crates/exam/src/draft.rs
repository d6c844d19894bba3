//! An item as somebody wrote it: the stored and travelling shape. [`ItemDraft::check`] finds every fault at once, each with
//! its path in this shape (`question.body.options[2].words.zh`).

use kernel::{Mark, Suggestion, Text};
use serde::{Deserialize, Serialize};

use crate::{Credit, Fold, Item, Words};

/// The version of the shape that is written today. Every version that was ever written loads for ever (`fixtures/wire/item`).
pub const ITEM_FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemDraft {
    pub format: u32,
    /// 1 to 64 of a-z 0-9 - _; the same through all versions of the item.
    pub id: String,
    /// From 1.
    pub version: u32,
    /// The code of the trade it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade: Option<String>,
    /// The skill level it is for, 5 (junior worker) to 1 (senior technician).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// Codes of abilities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub abilities: Vec<String>,
    /// As its author thinks, in 1/1000 of the marks that are lost: 0 everybody gets it, 1000 nobody. It is 1000 · (1 − p), p
    /// being what item analysis calls difficulty (难度系数).
    pub difficulty: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// What it is a variant of. Of all variants of one thing a paper has one at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant_of: Option<String>,
    pub question: QuestionDraft,
}

/// The difficulty that answers showed, in the unit of the declared one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    pub difficulty: u16,
    /// How many answers it rests on.
    pub answers: u32,
}

/// What is asked: an item's question, or a part of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionDraft {
    pub stem: Words,
    #[serde(with = "mark_text")]
    pub marks: Mark,
    /// Shown after the release of results only.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub explanation: Words,
    pub body: BodyDraft,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BodyDraft {
    /// One option is right.
    Single { options: Vec<OptionDraft> },
    /// One or more options are right.
    Multiple {
        options: Vec<OptionDraft>,
        #[serde(default)]
        credit: Credit,
    },
    /// True or false.
    Judgement { truth: bool },
    /// The stem has a place `[[1]]`, `[[2]]`, … for each blank.
    Blank {
        blanks: Vec<BlankDraft>,
        #[serde(default)]
        credit: Credit,
    },
    /// Entries in the right order.
    Order {
        entries: Vec<Words>,
        #[serde(default)]
        credit: Credit,
    },
    /// What stands left has one partner on the right; partners may be shared, and some right ones have none.
    Match {
        pairs: Vec<PairDraft>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        distractors: Vec<Words>,
        #[serde(default)]
        credit: Credit,
    },
    /// Marked by people.
    Short {
        rubric: Vec<CriterionDraft>,
        /// Characters that an answer may have.
        length_most: u32,
        /// An answer worth full marks, for those who mark.
        #[serde(default, skip_serializing_if = "Words::is_empty")]
        sample: Words,
    },
    /// Questions about one thing, each of any other kind.
    Case { parts: Vec<QuestionDraft> },
    Numeric {
        /// As [`decimal`](crate::decimal::decimal) reads it.
        value: String,
        tolerance: ToleranceDraft,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitDraft>,
        /// So many significant figures the answer must be written with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        figures: Option<u32>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionDraft {
    pub words: Words,
    #[serde(default, skip_serializing_if = "is_false")]
    pub right: bool,
    /// It keeps its place when options are shuffled ("all of the above").
    #[serde(default, skip_serializing_if = "is_false")]
    pub stays: bool,
    /// To who chose it, after release.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub feedback: Words,
}

fn is_false(yes: &bool) -> bool {
    !yes
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum BlankDraft {
    /// Written by hand; any of these is right.
    Typed {
        accepts: Vec<String>,
        #[serde(default)]
        fold: Fold,
    },
    /// Chosen from a list; one is right.
    Chosen { options: Vec<OptionDraft> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairDraft {
    pub left: Words,
    pub right: Words,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionDraft {
    pub name: Words,
    /// From the lowest marks to the highest; the lowest is usually nothing.
    pub levels: Vec<LevelDraft>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelDraft {
    pub words: Words,
    #[serde(with = "mark_text")]
    pub marks: Mark,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ToleranceDraft {
    /// In the unit of the value.
    Absolute(String),
    /// A share of the value, such as `0.02`.
    Relative(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitDraft {
    /// `mm`, `kW·h`. Capitals count: mW is not MW.
    pub symbol: String,
    /// The one who answers writes it, and is shown none.
    #[serde(default, skip_serializing_if = "is_false")]
    pub asked: bool,
}

/// One thing that is wrong with an item, a blueprint or an exchanged file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub path: String,
    pub says: Text,
    pub suggestion: Suggestion,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}{}", self.path, self.says.en, self.suggestion)
    }
}
impl std::error::Error for Fault {}

impl ItemDraft {
    /// The checked item, or every fault in the order of the shape.
    pub fn check(self) -> Result<Item, Vec<Fault>> {
        crate::check::check(self)
    }
}

/// Marks travel as text, so that no reader's floating point touches them.
pub(crate) mod mark_text {
    use kernel::Mark;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(mark: &Mark, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(mark)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Mark, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

//! A paper as an organiser writes it: the stored and travelling shape, unchecked.

use kernel::Mark;
use serde::{Deserialize, Serialize};

use crate::Words;
use crate::draft::mark_text;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PaperDraft {
    /// The same questions for everybody.
    Fixed {
        sections: Vec<FixedSection>,
        /// Whether each attempt has its questions in an order of its own, within their sections.
        shuffle: bool,
    },
    /// Each attempt has questions of its own.
    Drawn {
        sections: Vec<SectionDraft>,
        shuffle: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        difficulty: Option<Target>,
    },
}

/// Equal difficulty for all: Σ marks·difficulty / Σ marks of each paper lies within `tolerance` of `mean`. Both in 1/1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub mean: u16,
    pub tolerance: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedSection {
    pub title: Words,
    pub questions: Vec<FixedQuestion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedQuestion {
    pub item: String,
    pub version: u32,
    #[serde(with = "mark_text")]
    pub marks: Mark,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionDraft {
    pub title: Words,
    pub cells: Vec<CellDraft>,
}

/// So many questions of a sort. What is not written is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellDraft {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ability: Option<String>,
    /// A kind's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// From and to, both included, in 1/1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<(u16, u16)>,
    pub count: u32,
    /// Of each question. Items marked by people and cases fit only where they are worth just that.
    #[serde(with = "mark_text")]
    pub marks: Mark,
}

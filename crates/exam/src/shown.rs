//! What one who sits an exam may see: built from an allow-list. These types have no field for a key, a partner, an accepted
//! answer, a rubric's marks or feedback, so none of it can travel by mistake.

use kernel::Mark;
use serde::Serialize;

use crate::deal::{Address, Deal, List};
use crate::draft::mark_text;
use crate::item::{Blank, Body, Choice, Item, Question};
use crate::{Seed, Words};

/// How options are shown. Entries of an order and the right side of a match are always shuffled: their own order is the key.
#[derive(Debug, Clone, Copy)]
pub struct Shuffle<'a> {
    pub seed: &'a Seed,
    pub options: bool,
}

/// A question in one attempt. All ids are opaque and belong to that attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownItem {
    pub id: String,
    pub stem: Words,
    #[serde(with = "mark_text")]
    pub marks: Mark,
    pub body: ShownBody,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ShownBody {
    Single { options: Vec<ShownOption> },
    Multiple { options: Vec<ShownOption> },
    Judgement,
    Blank { blanks: Vec<ShownBlank> },
    Order { entries: Vec<ShownOption> },
    Match { left: Vec<ShownOption>, right: Vec<ShownOption> },
    Short { length_most: u32 },
    Case { parts: Vec<ShownItem> },
    Numeric { unit: ShownUnit },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownOption {
    pub id: String,
    pub words: Words,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum ShownBlank {
    Typed,
    Chosen { options: Vec<ShownOption> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ShownUnit {
    None,
    Given { symbol: String },
    Asked,
}

impl Item {
    /// The item for one attempt, worth its own marks.
    pub fn shown(&self, shuffle: Shuffle<'_>) -> ShownItem {
        self.shown_worth(shuffle, self.question.marks)
    }

    /// The item for one attempt, worth what the paper says; see [`Item::takes_any_marks`].
    pub fn shown_worth(&self, shuffle: Shuffle<'_>, marks: Mark) -> ShownItem {
        shown(&self.question, &self.address(shuffle), marks)
    }

    pub(crate) fn address<'a>(&'a self, shuffle: Shuffle<'a>) -> Address<'a> {
        Address { seed: shuffle.seed, item: &self.id, version: self.version, part: None, shuffle: shuffle.options }
    }
}

fn shown(question: &Question, address: &Address<'_>, marks: Mark) -> ShownItem {
    let body = match &question.body {
        Body::Single { options, .. } => ShownBody::Single { options: choices(address, List::Options, options) },
        Body::Multiple { options, .. } => ShownBody::Multiple { options: choices(address, List::Options, options) },
        Body::Judgement { .. } => ShownBody::Judgement,
        Body::Blank { blanks, .. } => ShownBody::Blank {
            blanks: blanks
                .iter()
                .enumerate()
                .map(|(at, blank)| match blank {
                    Blank::Typed { .. } => ShownBlank::Typed,
                    Blank::Chosen { options, .. } => {
                        ShownBlank::Chosen { options: choices(address, List::Blank(at), options) }
                    }
                })
                .collect(),
        },
        Body::Order { entries, .. } => {
            ShownBody::Order { entries: listed(&address.deal(List::Entries, entries.len()), |at| &entries[at]) }
        }
        Body::Match { left, right, .. } => ShownBody::Match {
            left: listed(&address.deal(List::Left, left.len()), |at| &left[at]),
            right: listed(&address.deal(List::Right, right.len()), |at| &right[at]),
        },
        Body::Short { length_most, .. } => ShownBody::Short { length_most: *length_most },
        Body::Case { parts } => ShownBody::Case {
            parts: parts
                .iter()
                .enumerate()
                .map(|(at, part)| shown(part, &Address { part: Some(at), ..address.clone() }, part.marks))
                .collect(),
        },
        Body::Numeric(numeric) => ShownBody::Numeric {
            unit: match &numeric.unit {
                None => ShownUnit::None,
                Some(unit) if unit.asked => ShownUnit::Asked,
                Some(unit) => ShownUnit::Given { symbol: unit.symbol.clone() },
            },
        },
    };
    ShownItem { id: address.name(), stem: question.stem.clone(), marks, body }
}

fn choices(address: &Address<'_>, list: List, options: &[Choice]) -> Vec<ShownOption> {
    listed(&address.options(list, options), |at| &options[at].words)
}

fn listed<'a>(deal: &Deal, words: impl Fn(usize) -> &'a Words) -> Vec<ShownOption> {
    let option = |(thing, name): (&usize, &String)| ShownOption { id: name.clone(), words: words(*thing).clone() };
    deal.order.iter().zip(&deal.names).map(option).collect()
}

//! What may be drawn, indexed.

use kernel::Mark;
use rustc_hash::FxHashMap;

use crate::{Item, Kind};

/// What a draw must know of an item; its words stay where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankItem {
    pub id: String,
    pub version: u32,
    pub kind: Kind,
    pub level: Option<u8>,
    pub abilities: Vec<String>,
    /// In 1/1000 of the marks that are lost, measured where it is known.
    pub difficulty: u16,
    pub marks: Mark,
    pub takes_any_marks: bool,
    pub variant_of: Option<String>,
    /// On how many papers it was.
    pub drawn: u64,
}

impl BankItem {
    pub fn of(item: &Item, drawn: u64) -> BankItem {
        BankItem {
            id: item.id.clone(),
            version: item.version,
            kind: item.kind(),
            level: item.level,
            abilities: item.abilities.clone(),
            difficulty: item.hardness(),
            marks: item.question.marks,
            takes_any_marks: item.takes_any_marks(),
            variant_of: item.variant_of.clone(),
            drawn,
        }
    }

    /// Whether it can be worth so much.
    pub(crate) fn may_be_worth(&self, marks: Mark) -> bool {
        self.takes_any_marks || self.marks == marks
    }
}

/// How often items may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// Papers that were drawn so far.
    pub papers: u64,
    /// An item that was on more than this share of them, in 1/1000, is set aside while its cell can do without.
    pub most: u16,
}

#[derive(Debug, Clone)]
pub struct Bank {
    /// By difficulty, then id and version, so that nothing depends on the order in which items came.
    pub(crate) items: Vec<BankItem>,
    /// For each item the number of its family: all variants of one thing and their versions.
    pub(crate) family: Vec<u32>,
    by_id: FxHashMap<(String, u32), u32>,
}

impl Bank {
    pub fn new(mut items: Vec<BankItem>) -> Bank {
        items.sort_by(|one, other| {
            (one.difficulty, &one.id, one.version).cmp(&(other.difficulty, &other.id, other.version))
        });
        items.dedup_by(|one, other| one.id == other.id && one.version == other.version);
        let family = families(&items);
        let by_id = items.iter().enumerate().map(|(at, item)| ((item.id.clone(), item.version), at as u32)).collect();
        Bank { items, family, by_id }
    }

    pub fn items(&self) -> &[BankItem] {
        &self.items
    }

    pub(crate) fn find(&self, id: &str, version: u32) -> Option<u32> {
        self.by_id.get(&(id.to_owned(), version)).copied()
    }
}

/// Joins each item with what it is a variant of, which may be an item itself, and a variant again (union and find, with
/// halved paths).
fn families(items: &[BankItem]) -> Vec<u32> {
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    let mut above: Vec<u32> = Vec::new();
    let mut number = |name, above: &mut Vec<u32>| {
        *numbers.entry(name).or_insert_with(|| {
            above.push(above.len() as u32);
            above.len() as u32 - 1
        })
    };
    let mut own = Vec::with_capacity(items.len());
    for item in items {
        let one = number(item.id.as_str(), &mut above);
        if let Some(other) = &item.variant_of {
            let other = number(other.as_str(), &mut above);
            let (one, other) = (top(one, &mut above), top(other, &mut above));
            above[one as usize] = other;
        }
        own.push(one);
    }
    own.into_iter().map(|one| top(one, &mut above)).collect()
}

fn top(mut at: u32, above: &mut [u32]) -> u32 {
    while above[at as usize] != at {
        above[at as usize] = above[above[at as usize] as usize];
        at = above[at as usize];
    }
    at
}

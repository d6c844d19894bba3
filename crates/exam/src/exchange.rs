//! What all readers of other systems' questions share: how items that come without an id, a difficulty or marks are made
//! whole, and how what can't be taken is reported.

use kernel::{Mark, Suggestion, Text};

use crate::draft::{Fault, ITEM_FORMAT, ItemDraft, QuestionDraft};
use crate::{BodyDraft, Words};

/// What an exchanged question doesn't say.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// Ids are made of it and a number: `imp-0001`.
    pub prefix: String,
    pub marks: Mark,
    /// In 1/1000 of the marks that are lost.
    pub difficulty: u16,
    pub abilities: Vec<String>,
}

/// What was read: sound items, and everything that couldn't be taken.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    pub items: Vec<ItemDraft>,
    pub faults: Vec<SourceFault>,
}

/// A fault with its place in the source: a line, or a file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFault {
    pub place: String,
    pub fault: Fault,
}

impl std::fmt::Display for SourceFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}
impl std::error::Error for SourceFault {}

/// Why one question isn't taken or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub says: Text,
    pub suggestion: Suggestion,
}

impl Refused {
    pub(crate) fn new(
        says: (impl Into<String>, impl Into<String>),
        advice: (impl Into<String>, impl Into<String>),
    ) -> Refused {
        Refused { says: Text::new(says.0, says.1), suggestion: Suggestion::advice(advice.0, advice.1) }
    }

    pub(crate) fn at(self, path: impl Into<String>) -> Fault {
        Fault { path: path.into(), says: self.says, suggestion: self.suggestion }
    }
}

impl Taken {
    pub(crate) fn refuse(&mut self, place: impl Into<String>, refused: Refused) {
        self.faults.push(SourceFault { place: place.into(), fault: refused.at("") });
    }

    /// Takes a question if it is sound, or says what is wrong with it.
    pub(crate) fn take(&mut self, place: &str, defaults: &Defaults, question: QuestionDraft) {
        let number = self.items.len() + 1;
        let draft = ItemDraft {
            format: ITEM_FORMAT,
            id: format!("{}-{number:04}", defaults.prefix),
            version: 1,
            trade: None,
            level: None,
            abilities: defaults.abilities.clone(),
            difficulty: defaults.difficulty,
            measured: None,
            variant_of: None,
            question,
        };
        match draft.clone().check() {
            Ok(_) => self.items.push(draft),
            Err(faults) => {
                let placed = faults.into_iter().map(|fault| SourceFault { place: place.to_owned(), fault });
                self.faults.extend(placed);
            }
        }
    }
}

/// Words in the language they seem to be in: Chinese where a Chinese character stands in them.
pub(crate) fn words(markup: String) -> Words {
    let is_chinese = markup
        .chars()
        .any(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'));
    if is_chinese { Words::new(markup, "") } else { Words::new("", markup) }
}

/// A question without explanation.
pub(crate) fn question(stem: Words, marks: Mark, body: BodyDraft) -> QuestionDraft {
    QuestionDraft { stem, marks, explanation: Words::default(), body }
}

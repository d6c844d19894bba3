//! What is wrong with a rule, where, and what to write instead.

use kernel::{Suggestion, Text};

/// One fault. All of them are found in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: Place,
    /// The field below the rule or signal, such as `on.rises` or `curve[2][0]`; empty for the thing itself.
    /// Named as in scheme files.
    pub field: String,
    /// Where in the field's text, counted in characters from 1.
    pub column: Option<u32>,
    pub text: Text,
    /// Its replacement is for the word at `column`.
    pub suggestion: Suggestion,
}

/// Which declaration a fault is about, by its place in the list that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Signal(usize),
    Rule(usize),
    /// In [`check_pieces`](crate::check_pieces).
    Piece(usize),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Place::Signal(ix) => write!(f, "signal {ix}")?,
            Place::Rule(ix) => write!(f, "rule {ix}")?,
            Place::Piece(ix) => write!(f, "piece {ix}")?,
        }
        if !self.field.is_empty() {
            write!(f, " {}", self.field)?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}{}", self.text.en, self.suggestion)
    }
}

//! Parts of rules that don't come to be compiled as a whole: each says by itself what is wrong with it.

use crate::SignalDecl;
use crate::check::Scope;
use crate::fault::{Fault, Place};
use crate::lex::Flaw;

/// A text that means something without the rule around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// True or false.
    Condition(String),
    /// A number.
    Figure(String),
    /// With its unit.
    Duration(String),
    /// A signal's name.
    Signal(String),
}

/// Every fault of every piece.
pub fn check_pieces(signals: &[SignalDecl], pieces: &[Piece]) -> Vec<Fault> {
    let mut scope = Scope::new(signals);
    let mut faults = Vec::new();
    for (ix, piece) in pieces.iter().enumerate() {
        let flaws: Vec<Flaw> = match piece {
            Piece::Condition(text) => scope.condition(text).err().unwrap_or_default(),
            Piece::Figure(text) => scope.figure(text).err().unwrap_or_default(),
            Piece::Duration(text) => scope.duration(text).err().into_iter().collect(),
            Piece::Signal(name) => scope.signal(name.trim(), 1).err().into_iter().collect(),
        };
        faults.extend(flaws.into_iter().map(|flaw| Fault {
            place: Place::Piece(ix),
            field: String::new(),
            column: Some(flaw.column),
            text: flaw.text,
            suggestion: flaw.suggestion,
        }));
    }
    faults
}

//! Parts of rules that don't come to be compiled as a whole: each says by itself what is wrong with it.

use crate::SignalDecl;
use crate::check::Scope;
use crate::compile::doubts::never_changes;
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

/// Every fault of every piece, and every warning.
pub fn check_pieces(signals: &[SignalDecl], pieces: &[Piece]) -> (Vec<Fault>, Vec<Fault>) {
    let mut scope = Scope::new(signals);
    let (mut faults, mut warnings) = (Vec::new(), Vec::new());
    for (ix, piece) in pieces.iter().enumerate() {
        let said = |flaw: Flaw| Fault {
            place: Place::Piece(ix),
            field: String::new(),
            column: Some(flaw.column),
            text: flaw.text,
            suggestion: flaw.suggestion,
        };
        let flaws: Vec<Flaw> = match piece {
            Piece::Condition(text) => match scope.condition(text) {
                Ok(compiled) => {
                    warnings.extend(compiled.always.map(never_changes).map(said));
                    continue;
                }
                Err(flaws) => flaws,
            },
            Piece::Figure(text) => scope.figure(text).err().unwrap_or_default(),
            Piece::Duration(text) => scope.duration(text).err().into_iter().collect(),
            Piece::Signal(name) => scope.signal(name.trim(), 1).err().into_iter().collect(),
        };
        faults.extend(flaws.into_iter().map(said));
    }
    (faults, warnings)
}

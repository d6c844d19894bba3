//! What QTI has no place for, in attributes of an interaction that other systems pass over.

use super::xml::{Element, escape};
use crate::draft::{ToleranceDraft, UnitDraft};
use crate::item::{Numeric, Tolerance};
use crate::{Credit, Fold};

const CREDIT: &str = "data-guildhall-credit";
const FOLD: &str = "data-guildhall-fold";
const ABSOLUTE: &str = "data-guildhall-absolute";
const RELATIVE: &str = "data-guildhall-relative";
const UNIT: &str = "data-guildhall-unit";
const UNIT_ASKED: &str = "data-guildhall-unit-asked";
const FIGURES: &str = "data-guildhall-figures";
/// On an element that only repeats, for those who read it elsewhere, what another attribute says.
pub(super) const SHOWN: &str = "data-guildhall-shown";
/// On an element of the body that is a part of a case.
pub(super) const PART: &str = "data-guildhall-part";

#[derive(Debug, Default)]
pub(super) struct Exact {
    pub credit: Option<Credit>,
    pub fold: Option<Fold>,
    pub tolerance: Option<ToleranceDraft>,
    pub unit: Option<UnitDraft>,
    pub figures: Option<u32>,
}

impl Exact {
    pub fn of(interaction: &Element) -> Exact {
        let word = |name| interaction.attribute(name).map(str::to_owned);
        let credit = word(CREDIT).and_then(|code| Credit::ALL.into_iter().find(|credit| credit.code() == code));
        let fold = word(FOLD).map(|words| {
            let has = |word: &str| words.split_whitespace().any(|one| one == word);
            Fold { case: has("case"), width: has("width"), spaces: has("spaces") }
        });
        let absolute = word(ABSOLUTE).map(ToleranceDraft::Absolute);
        let unit = word(UNIT).map(|symbol| UnitDraft { symbol, asked: word(UNIT_ASKED).as_deref() == Some("true") });
        Exact {
            credit,
            fold,
            tolerance: absolute.or_else(|| word(RELATIVE).map(ToleranceDraft::Relative)),
            unit,
            figures: word(FIGURES).and_then(|text| text.parse().ok()),
        }
    }
}

pub(super) fn credit(credit: Credit) -> String {
    format!(" {CREDIT}=\"{}\"", credit.code())
}

pub(super) fn fold(fold: Fold) -> String {
    let words = [(fold.case, "case"), (fold.width, "width"), (fold.spaces, "spaces")];
    let words: Vec<&str> = words.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    format!(" {FOLD}=\"{}\"", words.join(" "))
}

pub(super) fn number(numeric: &Numeric) -> String {
    let mut out = match &numeric.tolerance {
        Tolerance::Absolute(_, text) => format!(" {ABSOLUTE}=\"{}\"", escape(text)),
        Tolerance::Relative(_, text) => format!(" {RELATIVE}=\"{}\"", escape(text)),
    };
    if let Some(unit) = &numeric.unit {
        out.push_str(&format!(" {UNIT}=\"{}\" {UNIT_ASKED}=\"{}\"", escape(&unit.symbol), unit.asked));
    }
    if let Some(figures) = numeric.figures {
        out.push_str(&format!(" {FIGURES}=\"{figures}\""));
    }
    out
}

/// The unit behind a number, as text.
pub(super) fn shown_unit(symbol: &str) -> String {
    format!(" <span {SHOWN}=\"unit\">{}</span>", escape(symbol))
}

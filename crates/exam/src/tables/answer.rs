//! Answers as they stand in one cell.

use super::cells::{Tongue, escape, split, words, written};
use crate::draft::{BlankDraft, OptionDraft, ToleranceDraft};
use crate::fold::narrow;
use crate::{Fold, Words};

const BLANKS: [char; 2] = ['；', ';'];
const ALTERNATIVES: [char; 1] = ['|'];

/// Letters → places; full width, blanks and commas make no difference.
pub(super) fn letters(text: &str) -> Option<Vec<usize>> {
    let narrowed = narrow(text).to_uppercase();
    let kept = narrowed.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '、' | ';' | '；'));
    kept.map(|c| c.is_ascii_uppercase().then(|| (c as u8 - b'A') as usize)).collect()
}

pub(super) fn truth(text: &str) -> Option<bool> {
    match narrow(text).trim().to_lowercase().as_str() {
        "正确" | "对" | "是" | "√" | "true" | "t" | "yes" => Some(true),
        "错误" | "错" | "否" | "×" | "x" | "false" | "f" | "no" => Some(false),
        _ => None,
    }
}

pub(super) fn blanks(text: &str, fold: Fold, tongue: Tongue) -> Vec<BlankDraft> {
    split(text, &BLANKS)
        .iter()
        .map(|blank| match blank.strip_prefix('?').or_else(|| blank.strip_prefix('？')) {
            None => BlankDraft::Typed { accepts: split(blank, &ALTERNATIVES), fold },
            Some(list) => BlankDraft::Chosen {
                options: split(list, &ALTERNATIVES)
                    .iter()
                    .map(|option| {
                        let (right, text) =
                            option.strip_prefix('*').map_or((false, option.as_str()), |rest| (true, rest));
                        OptionDraft { words: words(text, tongue), right, ..OptionDraft::default() }
                    })
                    .collect(),
            },
        })
        .collect()
}

pub(super) fn written_blanks(blanks: &[BlankDraft], tongue: Tongue) -> String {
    let both = |text: &str| escape(&escape(text, &ALTERNATIVES), &BLANKS);
    let blank = |blank: &BlankDraft| match blank {
        BlankDraft::Typed { accepts, .. } => accepts.iter().map(|text| both(text)).collect::<Vec<_>>().join("|"),
        BlankDraft::Chosen { options } => {
            let option = |option: &OptionDraft| {
                format!("{}{}", if option.right { "*" } else { "" }, both(&written(&option.words, tongue)))
            };
            format!("?{}", options.iter().map(option).collect::<Vec<_>>().join("|"))
        }
    };
    blanks.iter().map(blank).collect::<Vec<_>>().join("；")
}

/// `31.4±0.1`, `31.4±2%`, `31.4+-0.1`.
pub(super) fn number(text: &str) -> (String, ToleranceDraft) {
    let text = text.replace("+-", "±");
    let (value, by) = text.split_once('±').unwrap_or((&text, "0"));
    let by = narrow(by);
    let tolerance = match by.trim().strip_suffix('%') {
        Some(share) => ToleranceDraft::Relative(hundredth(share.trim())),
        None => ToleranceDraft::Absolute(by.trim().to_owned()),
    };
    (value.trim().to_owned(), tolerance)
}

/// A hundredth of a number, as text: what isn't a number stays as it is, for its fault to be found.
fn hundredth(text: &str) -> String {
    moved(text, -2).unwrap_or_else(|| text.to_owned())
}

fn moved(text: &str, places: i32) -> Option<String> {
    crate::decimal::decimal(text).map(|number| number.shifted(places).to_string())
}

/// `None` where the table has no way to say it.
pub(super) fn written_number(value: &str, tolerance: &ToleranceDraft) -> Option<String> {
    match tolerance {
        ToleranceDraft::Absolute(by) => Some(format!("{value}±{by}")),
        ToleranceDraft::Relative(share) => Some(format!("{value}±{}%", moved(share, 2)?)),
    }
}

/// `name|0 none|2 part|5 full`.
pub(super) fn criterion(text: &str, tongue: Tongue) -> (Words, Vec<(String, Words)>) {
    let mut parts = split(text, &ALTERNATIVES).into_iter();
    let name = words(&parts.next().unwrap_or_default(), tongue);
    let level = |level: String| {
        let (marks, rest) = level.split_once(char::is_whitespace).unwrap_or((level.as_str(), ""));
        (narrow(marks), words(rest, tongue))
    };
    (name, parts.map(level).collect())
}

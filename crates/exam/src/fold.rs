//! When two answers that are written differently are the same answer.

use serde::{Deserialize, Serialize};

/// What makes no difference. White space at either end never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fold {
    /// `PLC` and `plc`.
    #[serde(default = "yes")]
    pub case: bool,
    /// `１２０Ｖ` and `120V`: Chinese input writes digits, letters and signs twice as wide.
    #[serde(default = "yes")]
    pub width: bool,
    /// `3 mm` and `3mm`.
    #[serde(default = "yes")]
    pub spaces: bool,
}

fn yes() -> bool {
    true
}

impl Default for Fold {
    fn default() -> Fold {
        Fold { case: true, width: true, spaces: true }
    }
}

impl Fold {
    /// The text that stands for all that are the same.
    pub fn of(self, text: &str) -> String {
        let narrowed = if self.width { narrow(text) } else { text.to_owned() };
        let trimmed = narrowed.trim();
        let parted = if self.spaces { trimmed.split_whitespace().collect() } else { trimmed.to_owned() };
        if self.case { parted.to_lowercase() } else { parted }
    }
}

/// Full-width forms U+FF01 to U+FF5E and the ideographic space become ASCII, the minus sign a hyphen. Source: Unicode,
/// block "Halfwidth and Fullwidth Forms", where each stands 0xFEE0 behind its narrow one.
pub fn narrow(text: &str) -> String {
    let one = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{2212}' => '-',
        _ => c,
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_difference_is_a_choice() {
        let all = Fold::default();
        let none = Fold { case: false, width: false, spaces: false };
        for (one, other, folded, kept) in [
            ("１２０Ｖ", "120v", true, false),
            (" 3 mm ", "3mm", true, false),
            ("\u{3000}红 ", "红", true, true),
            ("−5", "-5", true, false),
            ("红", "绿", false, false),
        ] {
            assert_eq!(all.of(one) == all.of(other), folded, "{one} {other}");
            assert_eq!(none.of(one) == none.of(other), kept, "{one} {other}");
        }
        assert_ne!(Fold { case: false, ..all }.of("mW"), Fold { case: false, ..all }.of("MW"));
    }
}

//! How much of an item's marks is given for an answer that is right in part.

use kernel::Mark;
use serde::{Deserialize, Serialize};

/// What is right in part is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credit {
    /// Everything or nothing.
    #[default]
    AllOrNothing,
    /// The share that was found, if nothing wrong is in it (少选得分，错选不得分).
    NoneWrong,
    /// Each part by itself. Of a multiple choice each option is a part: chosen where it is right, left where it is not.
    PerPart,
    /// Each right part gives, each wrong one takes as much, and nothing goes below zero. What is left empty takes nothing.
    Minus,
}

impl Credit {
    pub const ALL: [Credit; 4] = [Credit::AllOrNothing, Credit::NoneWrong, Credit::PerPart, Credit::Minus];

    pub const fn code(self) -> &'static str {
        match self {
            Credit::AllOrNothing => "all_or_nothing",
            Credit::NoneWrong => "none_wrong",
            Credit::PerPart => "per_part",
            Credit::Minus => "minus",
        }
    }
}

/// What was counted in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub right: u32,
    pub wrong: u32,
    /// How many can be right.
    pub of: u32,
}

/// Marks of an answer: the maximum times the share that counts, rounded half away from zero, once.
pub fn marks(tally: Tally, credit: Credit, max: Mark) -> Mark {
    let Tally { right, wrong, of } = tally;
    let counts = match credit {
        Credit::AllOrNothing if right == of && wrong == 0 => of,
        Credit::NoneWrong if wrong == 0 => right,
        Credit::AllOrNothing | Credit::NoneWrong => 0,
        Credit::PerPart => right,
        Credit::Minus => right.saturating_sub(wrong),
    };
    max.scaled(i64::from(counts), i64::from(of)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_right_in_part_is_worth() {
        for (right, wrong, of, worth) in [
            (3, 0, 3, [200, 200, 200, 200]),
            (2, 0, 3, [0, 133, 133, 133]),
            (2, 1, 3, [0, 0, 133, 67]),
            (3, 1, 3, [0, 0, 200, 133]),
            (1, 2, 3, [0, 0, 67, 0]),
            (0, 0, 3, [0, 0, 0, 0]),
            (0, 0, 0, [0, 0, 0, 0]),
        ] {
            let found = Credit::ALL
                .map(|credit| marks(Tally { right, wrong, of }, credit, Mark::from_hundredths(200)).hundredths());
            assert_eq!(found, worth, "{right} {wrong} {of}");
        }
    }
}

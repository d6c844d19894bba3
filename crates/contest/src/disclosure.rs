//! Whether names or blind numbers are shown: the one place that decides it.
//!
//! It follows from how the contest was made (blind or named), from its rule set's `publication.shows`, from whether its draw is sealed, and from
//! whether its result is final. Boards, results, pack, certificates, CLICS and screens ask the [plan](crate::plan::Plan), which asks here.
//!
//! Invariant: while the draw is sealed, and in a contest whose rule set says `numbers`, no name is shown.

use marking::Names;

use crate::event::{ContestState, Happened};

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// Names, unless the draw is sealed.
    Named,
    /// Numbers until the result is final, then names.
    NamedWhenFinal,
    /// Numbers, for ever.
    Numbers,
}

impl Disclosure {
    /// A contest without a rule set shows what it was made to show. One whose rule set says `numbers` shows no names, however it was made.
    pub fn of(is_blind: bool, shows: Option<Names>) -> Disclosure {
        match (is_blind, shows) {
            (_, Some(Names::NumbersOnly)) | (true, None) => Disclosure::Numbers,
            (true, Some(Names::Published)) => Disclosure::NamedWhenFinal,
            (false, _) => Disclosure::Named,
        }
    }

    pub fn shows_numbers(self, is_sealed: bool, is_final: bool) -> bool {
        is_sealed
            || match self {
                Disclosure::Named => false,
                Disclosure::NamedWhenFinal => !is_final,
                Disclosure::Numbers => true,
            }
    }

    /// Whether the result speaks of numbers also where names are shown: it was signed before anybody was named, and stays what was signed.
    pub fn signs_numbers(self) -> bool {
        self != Disclosure::Named
    }

    /// Whether other names may be shown after an event than before.
    pub fn changes_with(self, happened: &Happened) -> bool {
        let turns = matches!(happened, Happened::State { to: ContestState::Final | ContestState::Review, .. });
        self == Disclosure::NamedWhenFinal && turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_blindness_rule_set_draw_and_state_say() {
        let names = |blind, shows, sealed, is_final| !Disclosure::of(blind, shows).shows_numbers(sealed, is_final);
        let (published, numbers) = (Some(Names::Published), Some(Names::NumbersOnly));
        for is_final in [false, true] {
            for (blind, shows) in [(false, published), (false, None)] {
                assert!(names(blind, shows, false, is_final), "a named contest shows names throughout");
            }
            for (blind, shows) in [(false, numbers), (true, numbers), (true, None)] {
                assert!(!names(blind, shows, false, is_final), "numbers for ever");
            }
            assert_eq!(names(true, published, false, is_final), is_final, "names once it is final");
            for (blind, shows) in [(false, published), (true, published), (false, None), (true, numbers)] {
                assert!(!names(blind, shows, true, is_final), "a sealed draw names nobody");
            }
        }
    }
}

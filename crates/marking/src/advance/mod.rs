//! Who goes on from a contest of one tier to that of the next, who is next in line, and why.
//!
//! Who acts: the organiser of a season declares an [`AdvanceRule`] for each step; when a contest is final,
//! [`AdvanceRule::decide`] says of everybody in a [`Pool`] whether he goes on, with a sentence for each. When somebody declines,
//! the same rule is asked again with what stands by then, and names who takes his place.
//!
//! Places: those who may go on stand in a line by rank. The rule has so many places; each takes one, unless his organisation has
//! sent as many as it may already. Who shares a rank stands side by side. Where such a tie reaches beyond the last place, or beyond
//! the last of an organisation, either all of it goes on, or none of it, or it is parted by a further chain, as declared; what the
//! chain doesn't part doesn't go on. The places that a tie kept out would have needed stay empty.
//!
//! Invariants: it depends on ranks, marks, organisations and the rule alone, never on an order of arrival; a place that was offered
//! is never taken back by asking again; unless ties are let in whole, never more go on than there are places, nor more of an
//! organisation than it may send.

mod line;
mod reason;

use kernel::{Mark, Text};

use crate::{Over, Rounding, Share, ShareOf};

/// How many go on, who may, and what a tie at the edge does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvanceRule {
    /// Whether the places are for each group or for the whole field.
    pub over: Over,
    pub places: Places,
    /// At most so many of one organisation, in each pool.
    pub per_organisation: Option<u32>,
    pub total_min: Option<Mark>,
    pub ties: Ties,
    pub declined: Declined,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Places {
    First(u32),
    Share { share: Share, of: ShareOf, rounding: Rounding },
}

/// What happens where a shared rank reaches beyond the last place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ties {
    AllIn,
    NoneIn,
    /// It is parted by these, in order.
    Chain(Vec<ChainLink>),
}

/// What parts a shared rank. More is better, but for time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChainLink {
    Practice,
    Theory,
    Time,
}

impl ChainLink {
    pub const ALL: [ChainLink; 3] = [ChainLink::Practice, ChainLink::Theory, ChainLink::Time];

    pub const fn code(self) -> &'static str {
        match self {
            ChainLink::Practice => "practice",
            ChainLink::Theory => "theory",
            ChainLink::Time => "time",
        }
    }
}

/// What becomes of the place of somebody who declines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Declined {
    /// The next in line gets it.
    Replaced,
    /// Nobody does.
    Empty,
}

impl Declined {
    pub const ALL: [Declined; 2] = [Declined::Replaced, Declined::Empty];

    pub const fn code(self) -> &'static str {
        match self {
            Declined::Replaced => "replaced",
            Declined::Empty => "empty",
        }
    }
}

/// Somebody of a final contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<W, O> {
    pub who: W,
    pub organisation: O,
    /// Among those of his pool; none for who withdrew or has no marks.
    pub rank: Option<u32>,
    pub total: Mark,
    pub practice: Mark,
    pub theory: Mark,
    pub time_ms: Option<u64>,
    pub stands: Stands,
}

/// What came of asking before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Stands {
    #[default]
    Open,
    /// He was offered a place, and has it.
    Offered,
    Declined,
}

/// Who compete for the same places. Their order doesn't matter.
pub type Pool<W, O> = [Candidate<W, O>];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Advances,
    /// His place in the line behind those who go on, from 1; who shares a rank shares it.
    NextInLine(u32),
    Stays,
}

/// What somebody's result comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advanced<W> {
    pub who: W,
    pub rank: Option<u32>,
    pub outcome: Outcome,
    pub why: Text,
}

impl AdvanceRule {
    /// How many places there are for a pool.
    pub fn places_for<W, O>(&self, pool: &Pool<W, O>) -> u32 {
        match self.places {
            Places::First(places) => places,
            Places::Share { share, of, rounding } => share.of(Self::counted(pool, of), rounding),
        }
    }

    /// The rule in words.
    pub fn says(&self) -> Text {
        reason::rule(self)
    }

    fn counted<W, O>(pool: &Pool<W, O>, of: ShareOf) -> u32 {
        match of {
            ShareOf::Entered => pool.len() as u32,
            ShareOf::Ranked => pool.iter().filter(|one| one.rank.is_some()).count() as u32,
        }
    }

    /// Everybody of a pool: the ranked best first, then those without a rank; equals by `who`.
    pub fn decide<W: Copy + Ord, O: Copy + Ord>(&self, pool: &Pool<W, O>) -> Vec<Advanced<W>> {
        let places = self.places_for(pool);
        let seen = line::walk(self, pool, places);
        let mut decided: Vec<Advanced<W>> = (pool.iter().zip(&seen))
            .map(|(one, seen)| Advanced {
                who: one.who,
                rank: one.rank,
                outcome: seen.outcome(),
                why: reason::of(self, pool, places, one, seen),
            })
            .collect();
        decided.sort_by_key(|one| (one.rank.unwrap_or(u32::MAX), one.who));
        decided
    }
}

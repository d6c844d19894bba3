//! Who gets which prize, and why.
//!
//! Who acts: an organiser declares a [`PrizeRule`]; when the results are published, [`PrizeRule::allocate`] gives everybody of a
//! [`Division`] a prize or none, with a sentence for each. While appeals are open it also says whose prize waits for them.
//!
//! Places: those of the ranking who may have a prize stand in a line; who shares a rank shares the places of his rank, so
//! with ranks 1, 2, 2, 4 the places of the second rank are 2 and 3. A prize ends at a place, its *edge*. Where a shared rank
//! reaches beyond an edge, either all of it gets the prize or none of it does, as declared. Edges don't move: a tie that
//! is let in takes its places from the next prize, one that is kept out leaves the last places of its prize empty and gets the next prize.
//!
//! Medals are given on the [`OpenScale`]: whoever is within the declared difference of the best of a medal has that medal too
//! (measured from the best, so a chain of small steps doesn't reach down the field), and a medal that so many hold uses up
//! as many of the three places: two golds leave no silver, three leave neither.
//!
//! Invariants: a prize depends on the ranks, marks and rules alone, never on an order of arrival; among those who may have a
//! prize a better rank never gets a lesser one; who withdrew or has no marks gets none.

mod line;
mod reason;
mod waiting;

use kernel::{Mark, Text};

use crate::{Contender, Division, OpenScale, Over, Points, Rounding, Share};
use line::Line;

/// A prize by its code and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prize {
    pub code: String,
    pub name: Text,
}

/// One set of prizes of a contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrizeRule {
    pub to: PrizeTo,
    pub over: Over,
    /// All of them must be met.
    pub conditions: Vec<Condition>,
    pub vacant: Vacant,
    pub kind: PrizeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrizeTo {
    Competitors,
    Teams,
}

impl PrizeTo {
    pub const ALL: [PrizeTo; 2] = [PrizeTo::Competitors, PrizeTo::Teams];

    pub const fn code(self) -> &'static str {
        match self {
            PrizeTo::Competitors => "competitors",
            PrizeTo::Teams => "teams",
        }
    }
}

/// What a mark must reach before there is any prize.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Condition {
    pub part: Part,
    pub at_least: Mark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    Total,
    /// All but theory.
    Practice,
    Theory,
}

impl Condition {
    pub fn is_met<W>(self, contender: &Contender<W>) -> bool {
        self.mark_of(contender) >= self.at_least
    }

    fn mark_of<W>(self, contender: &Contender<W>) -> Mark {
        match self.part {
            Part::Total => contender.total,
            Part::Practice => contender.practice,
            Part::Theory => contender.theory,
        }
    }
}

/// What becomes of the place of somebody who doesn't meet the conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vacant {
    /// Those behind him move up.
    PassedOn,
    /// Nobody gets it.
    Kept,
}

impl Vacant {
    pub const ALL: [Vacant; 2] = [Vacant::PassedOn, Vacant::Kept];

    pub const fn code(self) -> &'static str {
        match self {
            Vacant::PassedOn => "passed_on",
            Vacant::Kept => "kept",
        }
    }
}

/// What happens where a shared rank reaches beyond the last place of a prize.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edge {
    AllIn,
    NoneIn,
}

impl Edge {
    pub const ALL: [Edge; 2] = [Edge::AllIn, Edge::NoneIn];

    pub const fn code(self) -> &'static str {
        match self {
            Edge::AllIn => "all",
            Edge::NoneIn => "none",
        }
    }
}

/// Whom a share is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShareOf {
    /// Everybody who was entered, withdrawn or not.
    Entered,
    /// Everybody who has a rank.
    Ranked,
}

impl ShareOf {
    pub const ALL: [ShareOf; 2] = [ShareOf::Entered, ShareOf::Ranked];

    pub const fn code(self) -> &'static str {
        match self {
            ShareOf::Entered => "entered",
            ShareOf::Ranked => "ranked",
        }
    }
}

/// The best prize stands first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrizeKind {
    /// Each prize to its own share of the field, rounded by itself.
    Shares {
        prizes: Vec<(Prize, Share)>,
        of: ShareOf,
        rounding: Rounding,
        edge: Edge,
    },
    /// Each prize down to a place; the last one may go to all the rest (`None`).
    Ranks {
        prizes: Vec<(Prize, Option<u32>)>,
        edge: Edge,
    },
    Medals(Box<Medals>),
}

/// Gold, silver and bronze on the scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medals {
    pub scale: OpenScale,
    pub gold: Prize,
    pub silver: Prize,
    pub bronze: Prize,
    /// The greatest difference from the best of a medal that still shares it.
    pub tie_within: Points,
    /// For all others whose total is at the median or above.
    pub medallion: Option<Prize>,
}

/// A mark that may still change: somebody's total will lie between these two when his appeal is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenAppeal<W> {
    pub who: W,
    pub lowest: Mark,
    pub highest: Mark,
}

/// What somebody gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award<W> {
    pub who: W,
    pub rank: Option<u32>,
    /// Its place among [`PrizeRule::prizes`].
    pub prize: Option<usize>,
    /// On the scale, where medals are given.
    pub points: Option<Points>,
    pub reason: Text,
    /// Whose open appeals may still change this prize; while there are any it isn't given.
    pub waits_for: Vec<W>,
    /// Says so.
    pub waiting: Option<Text>,
}

impl PrizeRule {
    /// All prizes, the best first.
    pub fn prizes(&self) -> Vec<&Prize> {
        match &self.kind {
            PrizeKind::Shares { prizes, .. } => prizes.iter().map(|(prize, _)| prize).collect(),
            PrizeKind::Ranks { prizes, .. } => prizes.iter().map(|(prize, _)| prize).collect(),
            PrizeKind::Medals(medals) => {
                let three = [&medals.gold, &medals.silver, &medals.bronze];
                three.into_iter().chain(&medals.medallion).collect()
            }
        }
    }

    /// Everybody of the division with his prize or none: the ranked best first, then those without a rank; equals by `who`.
    pub fn allocate<W: Copy + Ord>(&self, division: &Division<W>, appeals: &[OpenAppeal<W>]) -> Vec<Award<W>> {
        let line = Line::of(self, division);
        let given = self.given(&line);
        let mut awards: Vec<Award<W>> = (line.all.iter())
            .map(|contender| {
                let at = line.standing.iter().position(|place| place.contender.who == contender.who);
                let waits_for =
                    waiting::on(self, &line, contender, at.filter(|at| line.standing[*at].may_have), appeals);
                let (prize, points) = at.map_or((None, None), |at| (given[at].prize, given[at].points));
                Award {
                    who: contender.who,
                    rank: contender.rank,
                    prize,
                    points,
                    reason: reason::of(self, &line, contender, at.map(|at| (&line.standing[at], &given[at]))),
                    waiting: reason::waiting(waits_for.len()),
                    waits_for,
                }
            })
            .collect();
        awards.sort_by_key(|award| (award.rank.unwrap_or(u32::MAX), award.who));
        awards
    }

    fn given<W: Copy + Ord>(&self, line: &Line<'_, W>) -> Vec<Given> {
        let mut given = match &self.kind {
            PrizeKind::Shares { edge, .. } | PrizeKind::Ranks { edge, .. } => {
                let at = |place: &line::Standing<'_, W>| line::prize_at(&line.edges, *edge, place.first, place.last);
                line.standing.iter().map(|place| Given { prize: at(place), ..Given::default() }).collect()
            }
            PrizeKind::Medals(medals) => medals.given(line),
        };
        for (given, place) in given.iter_mut().zip(&line.standing) {
            given.prize = given.prize.filter(|_| place.may_have);
        }
        given
    }
}

/// What a place in the line gets, and what the sentence needs to know of a medal.
#[derive(Debug, Clone, Copy, Default)]
struct Given {
    prize: Option<usize>,
    points: Option<Points>,
    /// The best of those who share the medal.
    best: Option<Points>,
    /// How many of them there are, how many of the three places they use up, and whether he stands first of them.
    sharing: usize,
    places: usize,
    leads: bool,
    /// The field's median, and whether the total reaches it.
    median: Mark,
    reaches_median: bool,
}

impl Medals {
    const PLACES: usize = 3;

    fn given<W: Copy + Ord>(&self, line: &Line<'_, W>) -> Vec<Given> {
        // The scale is laid over all who are ranked; who may have no medal is measured all the same.
        let totals: Vec<Mark> = line.ranked().map(|contender| contender.total).collect();
        let scaled = self.scale.of(&totals);
        let points: Vec<(W, Points)> =
            line.ranked().zip(&scaled.points).map(|(contender, points)| (contender.who, *points)).collect();
        let mut given: Vec<Given> = (line.standing.iter())
            .map(|place| {
                let reaches_median = scaled.is_at_or_above_median(place.contender.total);
                Given {
                    prize: (reaches_median && self.medallion.is_some()).then_some(Self::PLACES),
                    points: points.iter().find(|(who, _)| *who == place.contender.who).map(|(_, points)| *points),
                    best: None,
                    sharing: 0,
                    places: 0,
                    leads: false,
                    median: scaled.median(),
                    reaches_median,
                }
            })
            .collect();
        let mut at = 0;
        while at < given.len() && at < Self::PLACES {
            let best = given[at].points.unwrap_or_default();
            let medal = at;
            while at < given.len() && best - given[at].points.unwrap_or_default() <= self.tie_within {
                given[at].prize = Some(medal);
                given[at].best = Some(best);
                at += 1;
            }
            let sharing = line.standing[medal..at].iter().filter(|place| place.may_have).count();
            for one in &mut given[medal..at] {
                (one.sharing, one.places) = (sharing, at - medal);
            }
            given[medal].leads = true;
        }
        given
    }
}

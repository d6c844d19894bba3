//! Who is ranked together when prizes are given, a scale is laid or a sample drawn: a group by itself, or the whole field.
//!
//! A division is a photograph of a ranking: what follows from it follows from it alone, so a stranger with the published
//! ranks and totals comes to the same prizes.

use kernel::Mark;

use crate::{Board, EntryIx, GroupIx, TeamIx, TeamScore};

/// Over whom a rule is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Over {
    /// All together, whatever their groups.
    WholeField,
    /// Each group by itself; those without a group by themselves.
    EachGroup,
}

impl Over {
    pub const ALL: [Over; 2] = [Over::WholeField, Over::EachGroup];

    pub const fn code(self) -> &'static str {
        match self {
            Over::WholeField => "whole_field",
            Over::EachGroup => "each_group",
        }
    }
}

/// Somebody as a ranking knows him; `W` says who: an entry or a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contender<W> {
    pub who: W,
    /// Among those of his division; none for who withdrew or has no marks.
    pub rank: Option<u32>,
    pub total: Mark,
    pub practice: Mark,
    pub theory: Mark,
    pub withdrawn: bool,
}

/// Contenders who are ranked together. Their order doesn't matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division<W> {
    /// None for the whole field, and for those who are in no group.
    pub group: Option<GroupIx>,
    pub contenders: Vec<Contender<W>>,
}

impl<W> Division<W> {
    /// How many have a rank.
    pub fn ranked(&self) -> u32 {
        self.contenders.iter().filter(|contender| contender.rank.is_some()).count() as u32
    }
}

impl Board {
    /// The competitors as they stand, together or by group, in the order of the scheme's groups. Those without a group come
    /// last, ranked among themselves by their ranks in the whole field.
    pub fn divisions(&self, over: Over) -> Vec<Division<EntryIx>> {
        match over {
            Over::WholeField => {
                let contenders = self.field().entry_ixs().map(|entry| self.contender(entry, self.rank(entry)));
                vec![Division { group: None, contenders: contenders.collect() }]
            }
            Over::EachGroup => {
                let of_group = |group: Option<GroupIx>| {
                    let entries = self.field().entries().iter().enumerate();
                    let mut own: Vec<EntryIx> =
                        entries.filter(|(_, seat)| seat.group == group).map(|(at, _)| EntryIx(at as u32)).collect();
                    own.sort_unstable_by_key(|entry| (self.rank(*entry).unwrap_or(u32::MAX), *entry));
                    own
                };
                let groups = self.scheme().group_ixs().map(Some).chain([None]);
                let divisions = groups.map(|group| {
                    let own = of_group(group);
                    let overall: Vec<Option<u32>> = own.iter().map(|entry| self.rank(*entry)).collect();
                    // Best first, so the rank among themselves is one more than how many stand before the first equal.
                    let among =
                        |rank: u32| overall.partition_point(|other| other.is_some_and(|other| other < rank)) as u32 + 1;
                    let contenders =
                        own.iter().map(|entry| self.contender(*entry, self.rank(*entry).map(among))).collect();
                    Division { group, contenders }
                });
                divisions.filter(|division| !division.contenders.is_empty()).collect()
            }
        }
    }

    /// The teams as they stand. A team has a total only, which counts as practice.
    pub fn team_division(&self) -> Division<TeamIx> {
        let contenders = self.field().team_ixs().map(|team| {
            let TeamScore { total, members, .. } = self.team(team);
            Contender {
                who: team,
                rank: self.team_rank(team),
                total,
                practice: total,
                theory: Mark::ZERO,
                withdrawn: members == 0,
            }
        });
        Division { group: None, contenders: contenders.collect() }
    }

    fn contender(&self, entry: EntryIx, rank: Option<u32>) -> Contender<EntryIx> {
        let score = self.score(entry);
        Contender {
            who: entry,
            rank,
            total: score.total,
            practice: score.practice,
            theory: score.theory,
            withdrawn: score.withdrawn,
        }
    }
}

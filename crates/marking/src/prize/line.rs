//! The line in which a division stands for its prizes, and where each prize ends in it.

use super::{Edge, PrizeKind, PrizeRule, ShareOf, Vacant};
use crate::{Contender, Division};

/// One who stands in line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'d, W> {
    pub contender: &'d Contender<W>,
    /// The first and the last place of those with his rank, from 1.
    pub first: u32,
    pub last: u32,
    /// Whether he meets the conditions; who doesn't stands here only where his place stays empty.
    pub may_have: bool,
}

#[derive(Debug)]
pub(super) struct Line<'d, W> {
    pub all: Vec<&'d Contender<W>>,
    /// Best first.
    pub standing: Vec<Standing<'d, W>>,
    /// The last place of each prize; rising, and equal to the one before for a prize without a place.
    pub edges: Vec<u32>,
    /// How many the shares are shares of.
    pub field: u32,
}

impl<'d, W: Copy + Ord> Line<'d, W> {
    pub fn of(rule: &PrizeRule, division: &'d Division<W>) -> Self {
        let mut all: Vec<&Contender<W>> = division.contenders.iter().collect();
        all.sort_by_key(|contender| (contender.rank.unwrap_or(u32::MAX), contender.who));
        let may_have = |contender: &Contender<W>| {
            !contender.withdrawn && rule.conditions.iter().all(|condition| condition.is_met(contender))
        };
        let ranked = all.iter().copied().filter(|contender| contender.rank.is_some());
        let standing: Vec<(&Contender<W>, bool)> = ranked
            .map(|contender| (contender, may_have(contender)))
            .filter(|(_, may_have)| *may_have || rule.vacant == Vacant::Kept)
            .collect();
        let standing = places(&standing);
        let field = match &rule.kind {
            PrizeKind::Shares { of: ShareOf::Entered, .. } => all.len() as u32,
            _ => division.ranked(),
        };
        Line { all, standing, edges: edges(&rule.kind, field), field }
    }

    pub fn ranked(&self) -> impl Iterator<Item = &'d Contender<W>> {
        self.all.iter().copied().filter(|contender| contender.rank.is_some())
    }
}

fn places<'d, W>(line: &[(&'d Contender<W>, bool)]) -> Vec<Standing<'d, W>> {
    let mut standing = Vec::with_capacity(line.len());
    for run in line.chunk_by(|(one, _), (other, _)| one.rank == other.rank) {
        let (first, last) = (standing.len() as u32 + 1, (standing.len() + run.len()) as u32);
        standing.extend(run.iter().map(|(contender, may_have)| Standing {
            contender,
            first,
            last,
            may_have: *may_have,
        }));
    }
    standing
}

fn edges(kind: &PrizeKind, field: u32) -> Vec<u32> {
    match kind {
        PrizeKind::Shares { prizes, rounding, .. } => {
            let mut edge = 0u32;
            let places = prizes.iter().map(|(_, share)| {
                edge = edge.saturating_add(share.of(field, *rounding)).min(field);
                edge
            });
            places.collect()
        }
        PrizeKind::Ranks { prizes, .. } => {
            let mut edge = 0u32;
            let places = prizes.iter().map(|(_, to)| {
                edge = edge.max(to.unwrap_or(u32::MAX));
                edge
            });
            places.collect()
        }
        PrizeKind::Medals(_) => Vec::new(),
    }
}

/// The prize of those who share the places from `first` to `last`.
pub(super) fn prize_at(edges: &[u32], edge: Edge, first: u32, last: u32) -> Option<usize> {
    let decides = match edge {
        Edge::AllIn => first,
        Edge::NoneIn => last,
    };
    edges.iter().position(|edge| decides <= *edge)
}

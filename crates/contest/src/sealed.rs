//! What a panel gave is sealed until all of it have marked: then each of them sees every seat's mark, without whose it is. A second round
//! begins from that.
//!
//! Seats are letters. Who marked first of all in an earlier round comes first; within a round chance decides, so that neither the plan nor the
//! order in which marks came tells whose a letter is. A letter stays with its judge through all rounds that are shown.
//!
//! Invariant: as long as one judge's mark is missing in a round, nothing of that round is told to anybody but the mark's own judge.

use std::cmp::Reverse;

use kernel::AccountId;
use marking::AspectIx;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use web::wire::Mark;

use crate::arena::Arena;
use crate::event::MarkValue;
use crate::panel::Panel;
use crate::plan::PlannedRun;

/// A round in which the whole panel has marked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RoundOpened {
    pub round: u32,
    pub seats: Vec<SeatMark>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SeatMark {
    /// `A`, `B`, …: the same judge in each round.
    pub seat: String,
    pub value: MarkValue,
    pub given: Mark,
    /// Whether it is the reader's own.
    pub mine: bool,
}

/// The rounds of an aspect that are open to a reader: to those who sit or sat on it, and to a chief judge who doesn't mark. What one judge
/// marks alone has no panel.
pub fn opened(arena: &Arena, run: &PlannedRun, aspect: AspectIx, reader: &AccountId) -> Vec<RoundOpened> {
    let wanted = arena.judges_for(&run.id, aspect) as usize;
    let marked = arena.marked_by(&run.id, aspect);
    let is_of_panel = || marked.contains(reader) || Panel::of(arena, run).seats_judge(aspect, reader);
    if wanted < 2 || marked.is_empty() || !(arena.plan.judge(reader).is_none() || is_of_panel()) {
        return Vec::new();
    }
    let now = arena.round(&run.id, aspect);
    let in_round = |round: u32| move |judge: &&AccountId| arena.mark_of(&run.id, aspect, judge, round).is_some();
    let is_open = |round: &u32| *round < now || marked.iter().filter(in_round(*round)).count() >= wanted;
    let mut lettered: Vec<&AccountId> = marked.iter().collect();
    lettered.sort_by_cached_key(|judge| {
        let first = (1..=now).find(|round| in_round(*round)(judge)).unwrap_or(u32::MAX);
        let lot = Sha256::digest(format!("{}/{}/{judge}", run.id, aspect.index()));
        (first, Reverse(lot.to_vec()))
    });
    let seats = |round: u32| {
        let given = lettered.iter().zip('A'..='Z').filter_map(move |(judge, letter)| {
            let mark = arena.mark_of(&run.id, aspect, judge, round)?;
            Some(SeatMark {
                seat: letter.to_string(),
                value: mark.value.clone(),
                given: Mark(mark.given),
                mine: *judge == reader,
            })
        });
        given.collect()
    };
    (1..=now).filter(is_open).map(|round| RoundOpened { round, seats: seats(round) }).collect()
}

//! Who marks what on a run.
//!
//! Seats are given out when the run begins: each aspect calls for so many judges of the panel, taken in turn, so that the work is spread
//! evenly. From then on they stand. Who joins later sits behind those who were there and marks where a seat is empty. Who has marked an
//! aspect keeps his seat, whatever else changes.
//!
//! A judge who is excused holds no seat on what he has not marked yet: it goes to the next in turn, and nobody else is moved. When he comes
//! back he takes the seats again on which nobody has marked in his place; in a run that began without him he sits behind the others.
//!
//! Invariant: nobody but who holds a seat may mark, so an aspect never has more judges than it calls for, and a mark is never pushed aside
//! by another judge's. (Logs from before seats stood may hold more; those judges keep theirs.) It may have fewer: where the panel is too
//! small a seat stays empty, and what it is to give stays owed.

use kernel::AccountId;
use marking::{AspectIx, AspectKind};

use crate::arena::Arena;
use crate::plan::{Judge, PlannedRun};

/// The judges of a run: those who were there when it began, then those who came later or came back later, in that order.
pub struct Panel<'a> {
    arena: &'a Arena,
    run: &'a PlannedRun,
    judges: Vec<&'a Judge>,
    first: usize,
    /// Where the log says that the run began.
    began: Option<i64>,
    /// Who is taken for excused although he isn't, to see what would be without him.
    without: Option<&'a AccountId>,
}

impl<'a> Panel<'a> {
    pub fn of(arena: &'a Arena, run: &'a PlannedRun) -> Self {
        Self::with(arena, run, None)
    }

    /// The panel as it will be when a judge is excused.
    pub fn without(arena: &'a Arena, run: &'a PlannedRun, judge: &'a AccountId) -> Self {
        Self::with(arena, run, Some(judge))
    }

    fn with(arena: &'a Arena, run: &'a PlannedRun, without: Option<&'a AccountId>) -> Self {
        let began = arena.runs.get(&run.id).and_then(|now| now.watched.opened_by());
        let was_there = |judge: &&Judge| match began {
            Some(began) => judge.joined <= began && !arena.absences.at(&judge.account, began),
            None => arena.absences.now(&judge.account).is_none(),
        };
        let (mut judges, mut later): (Vec<&Judge>, Vec<&Judge>) = arena.plan.panel(run).partition(was_there);
        let first = judges.len();
        later.sort_by_key(|judge| judge.joined.max(arena.absences.back_since(&judge.account)));
        judges.extend(later);
        Self { arena, run, judges, first, began, without }
    }

    pub fn judges(&self) -> &[&'a Judge] {
        &self.judges
    }

    /// Who marks an aspect. Everybody may mark by hand what the referee could not decide, until somebody has.
    pub fn seats(&self, aspect: AspectIx) -> Vec<&'a Judge> {
        let Some(kind) = self.arena.board.scheme().aspect(aspect).map(|aspect| &aspect.kind) else { return Vec::new() };
        let marked: Vec<&Judge> = self
            .arena
            .marked_by(&self.run.id, aspect)
            .iter()
            .filter_map(|account| self.judges.iter().find(|judge| judge.account == *account))
            .copied()
            .collect();
        let wanted = match self.arena.judges_for(&self.run.id, aspect) as usize {
            0 if *kind == AspectKind::Theory => 0,
            0 if marked.is_empty() => self.judges.len(),
            0 => 1,
            judges => judges,
        };
        let round = self.arena.round(&self.run.id, aspect);
        let keeps = |judge: &&Judge| {
            !self.was_away(judge) || self.arena.mark_of(&self.run.id, aspect, &judge.account, round).is_some()
        };
        let mut seats: Vec<&Judge> = marked.iter().copied().filter(keeps).collect();
        // First those who sat there from the beginning or have marked, of them those who were never away.
        let mut candidates: Vec<(u8, &Judge)> = self
            .in_turn(aspect)
            .enumerate()
            .filter(|(_, judge)| !self.is_away(judge))
            .map(|(turn, judge)| {
                let sat = turn < wanted || marked.iter().any(|seat| seat.account == judge.account);
                (if !sat { 2 } else { u8::from(self.was_away(judge)) }, judge)
            })
            .collect();
        candidates.sort_by_key(|(rank, _)| *rank);
        for (_, judge) in candidates {
            if seats.len() >= wanted {
                break;
            }
            if !seats.iter().any(|seat| seat.account == judge.account) {
                seats.push(judge);
            }
        }
        seats
    }

    /// Whether a judge is excused.
    fn is_away(&self, judge: &Judge) -> bool {
        self.without == Some(&judge.account) || self.arena.absences.now(&judge.account).is_some()
    }

    /// Whether a judge was excused at any time since the run began, or is.
    fn was_away(&self, judge: &Judge) -> bool {
        self.is_away(judge) || self.began.is_some_and(|began| self.arena.absences.since(&judge.account, began))
    }

    /// How many seats of an aspect nobody can take.
    pub fn empty_seats(&self, aspect: AspectIx) -> u32 {
        match self.arena.judges_for(&self.run.id, aspect) {
            0 => 0,
            judges => judges.saturating_sub(self.seats(aspect).len() as u32),
        }
    }

    pub fn seats_judge(&self, aspect: AspectIx, account: &AccountId) -> bool {
        self.seats(aspect).iter().any(|judge| judge.account == *account)
    }

    /// The order in which seats of an aspect are given out.
    fn in_turn(&self, aspect: AspectIx) -> impl Iterator<Item = &'a Judge> {
        let (first, later) = self.judges.split_at(self.first);
        let (behind, ahead) = first.split_at(aspect.index() % first.len().max(1));
        ahead.iter().chain(behind).chain(later).copied()
    }
}

//! Who marks what on a run.
//!
//! Seats are given out when the run begins: each aspect calls for so many judges of the panel, taken in turn, so that the work is spread
//! evenly. From then on they stand. Who joins later sits behind those who were there and marks where a seat is empty. Who has marked an
//! aspect keeps his seat, whatever else changes.
//!
//! Invariant: nobody but who holds a seat may mark, so an aspect never has more judges than it calls for, and a mark is never pushed aside
//! by another judge's. (Logs from before seats stood may hold more; those judges keep theirs.)

use kernel::AccountId;
use marking::{AspectIx, AspectKind};

use crate::arena::Arena;
use crate::plan::{Judge, PlannedRun};

/// The judges of a run: those who were there when it began, then those who came later in the order of their coming.
pub struct Panel<'a> {
    arena: &'a Arena,
    run: &'a PlannedRun,
    judges: Vec<&'a Judge>,
    first: usize,
}

impl<'a> Panel<'a> {
    pub fn of(arena: &'a Arena, run: &'a PlannedRun) -> Self {
        let began = arena.runs.get(&run.id).and_then(|now| now.watched.opened_by());
        let judges: Vec<&Judge> = arena.plan.panel(run).collect();
        // The plan has them in the order in which they joined.
        let first = judges.iter().take_while(|judge| began.is_none_or(|began| judge.joined <= began)).count();
        Self { arena, run, judges, first }
    }

    pub fn judges(&self) -> &[&'a Judge] {
        &self.judges
    }

    /// Who marks an aspect. Everybody may mark by hand what the referee could not decide, until somebody has.
    pub fn seats(&self, aspect: AspectIx) -> Vec<&'a Judge> {
        let Some(kind) = self.arena.board.scheme().aspect(aspect).map(|aspect| &aspect.kind) else { return Vec::new() };
        let marked = self.arena.marked_by(&self.run.id, aspect);
        let mut seats: Vec<&Judge> = marked
            .iter()
            .filter_map(|account| self.judges.iter().find(|judge| judge.account == *account))
            .copied()
            .collect();
        let wanted = match kind {
            AspectKind::Theory => 0,
            AspectKind::Automatic { .. } if seats.is_empty() => self.judges.len(),
            AspectKind::Automatic { .. } => 1,
            kind => kind.judges() as usize,
        };
        for judge in self.in_turn(aspect) {
            if seats.len() >= wanted {
                break;
            }
            if !seats.iter().any(|seat| seat.account == judge.account) {
                seats.push(judge);
            }
        }
        seats
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

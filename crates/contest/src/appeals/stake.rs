//! What open appeals can change: the least and the greatest total of those they are about, and of their teams.

use std::collections::BTreeSet;

use kernel::Mark;
use marking::{Board, EntryIx, Event, OpenAppeal, Position, TeamIx};

use crate::arena::Arena;

/// Of an appealed aspect anything from nothing to its maximum may come out.
pub fn at_stake(arena: &Arena) -> (Vec<OpenAppeal<EntryIx>>, Vec<OpenAppeal<TeamIx>>) {
    let entries: BTreeSet<EntryIx> = arena.appeals.open().map(|appeal| appeal.entry).collect();
    if entries.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let (lowest, highest) = (decided(arena, |_| Mark::ZERO), decided(arena, |max| max));
    let field = arena.board.field();
    let teams: BTreeSet<TeamIx> = entries.iter().filter_map(|entry| field.entry(*entry)?.team).collect();
    let of_entry = |who| OpenAppeal { who, lowest: lowest.total(who), highest: highest.total(who) };
    let of_team = |who| OpenAppeal { who, lowest: lowest.team(who).total, highest: highest.team(who).total };
    (entries.into_iter().map(of_entry).collect(), teams.into_iter().map(of_team).collect())
}

/// The board as if every appealed aspect had such a mark.
fn decided(arena: &Arena, mark: impl Fn(Mark) -> Mark) -> Board {
    let mut board = arena.board.clone();
    for appeal in arena.appeals.open() {
        for aspect in &appeal.aspects {
            let Some(max) = arena.board.scheme().aspect(*aspect).map(|aspect| aspect.max) else { continue };
            // Later than anything that happened.
            let position = Position(i64::MAX);
            let event = Event::Corrected { position, entry: appeal.entry, aspect: *aspect, marks: mark(max) };
            if let Err(refusal) = board.apply(&event) {
                tracing::warn!(%refusal, "an appealed aspect can't be tried");
            }
        }
    }
    board
}

//! The board: everything that is known in a contest, and everything that follows from it, kept up to date event by event.
//!
//! An event is first *recorded* (a fact is added, or an older one is replaced, or it was known already), then what it
//! touches is *settled*: the cell's mark, the entry's totals, its place in each ranking. [`Board::replay`] records a whole
//! log and settles once. Both end in the same board; `tests/laws.rs` proves it.

mod query;
mod record;
mod settle;

use std::sync::Arc;

use kernel::Mark;

use crate::cell::Cell;
use crate::ladder::{Keys, Ladder};
use crate::{
    AbilityIx, AspectIx, AspectMark, EntryIx, Event, Field, ModuleIx, Position, Refusal, RunPhase, Scheme, TeamIx,
    TieBreak,
};

pub use query::{Distribution, Gap, Score, SheetCount, TeamScore};

/// A contest's marks and results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    scheme: Arc<Scheme>,
    field: Field,
    team_members: Vec<Vec<EntryIx>>,
    /// Entry by entry, aspect by aspect.
    cells: Vec<Cell>,
    /// Entry by entry, module by module.
    runs: Vec<Run>,
    entries: Vec<EntryTally>,
    /// Entry by entry, module by module.
    modules: Vec<PartTally>,
    /// Entry by entry, ability by ability.
    abilities: Vec<PartTally>,
    teams: Vec<TeamTally>,
    /// Total, then the chain of ties: one key for the overall and the group rankings.
    keys: Keys,
    overall: Ladder,
    groups: Vec<Ladder>,
    module_ladders: Vec<(Keys, Ladder)>,
    ability_ladders: Vec<(Keys, Ladder)>,
    team_keys: Keys,
    team_ladder: Ladder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Run {
    phase: Option<(Position, RunPhase)>,
    elapsed_ms: Option<(Position, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct EntryTally {
    total: Mark,
    theory: Mark,
    /// Aspects that have a mark, and those of them that are done.
    marked: u32,
    done: u32,
    elapsed_ms: Option<u64>,
    withdrawn: Option<(Position, bool)>,
}

impl EntryTally {
    fn takes_part(&self) -> bool {
        !matches!(self.withdrawn, Some((_, true)))
    }

    /// Who has no mark yet stands nowhere.
    fn is_ranked(&self) -> bool {
        self.takes_part() && self.marked > 0
    }
}

/// An entry's part of a module or an ability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct PartTally {
    mark: Mark,
    marked: u32,
    done: u32,
    expected: u32,
    given: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct TeamTally {
    total: Mark,
    members: u32,
    /// Of the members who have marks.
    ranked: u32,
    elapsed_ms: Option<u64>,
}

/// What an event changed: what a screen must show anew. Empty when it was known already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    pub entry: EntryIx,
    /// The aspects whose mark or state changed.
    pub aspects: Vec<AspectChange>,
    /// The modules and abilities of this entry whose mark or number of marked aspects changed.
    pub modules: Vec<ModuleIx>,
    pub abilities: Vec<AbilityIx>,
    /// The entry's team, if its total, time or number of members changed.
    pub team: Option<TeamIx>,
    /// The entry's row: its total, aspects done, time or presence changed.
    pub row: bool,
    /// The judges lie too far apart: somebody should open a round.
    pub round_wanted: Option<RoundWanted>,
    pub ranks: RankChanges,
    /// Entries whose `why` or `gap_to_next` may be another now.
    pub reasons: Vec<EntryIx>,
}

impl Changes {
    fn none(entry: EntryIx) -> Self {
        Self {
            entry,
            aspects: Vec::new(),
            modules: Vec::new(),
            abilities: Vec::new(),
            team: None,
            row: false,
            round_wanted: None,
            ranks: RankChanges::default(),
            reasons: Vec::new(),
        }
    }

    /// Whether nothing that can be seen changed.
    pub fn is_empty(&self) -> bool {
        *self == Changes::none(self.entry)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AspectChange {
    pub aspect: AspectIx,
    pub before: AspectMark,
    pub after: AspectMark,
}

/// An alarm: `spread` is above the limit in `round`, so `round + 1` should be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundWanted {
    pub aspect: AspectIx,
    pub round: u32,
    pub spread: u32,
}

/// Whose rank is another now, the entry of the event included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RankChanges {
    pub overall: Vec<EntryIx>,
    /// In the group of the event's entry.
    pub group: Vec<EntryIx>,
    pub modules: Vec<(ModuleIx, Vec<EntryIx>)>,
    pub abilities: Vec<(AbilityIx, Vec<EntryIx>)>,
    pub teams: Vec<TeamIx>,
}

impl Board {
    /// A board before the first event: nobody has a rank.
    pub fn new(scheme: Arc<Scheme>, field: Field) -> Self {
        let (entries, teams) = (field.entries().len(), field.teams().len());
        let mut team_members = vec![Vec::new(); teams];
        for (entry, seat) in field.entry_ixs().zip(field.entries()) {
            if let Some(team) = seat.team {
                team_members[team.index()].push(entry);
            }
        }
        let empty = || Ladder::build(&Keys::new(0, 0), 0, std::iter::empty());
        let part = || (Keys::new(1, entries), empty());
        let mut board = Self {
            team_members,
            cells: vec![Cell::default(); entries * scheme.aspects().len()],
            runs: vec![Run::default(); entries * scheme.modules().len()],
            entries: vec![EntryTally::default(); entries],
            modules: vec![PartTally::default(); entries * scheme.modules().len()],
            abilities: vec![PartTally::default(); entries * scheme.abilities().len()],
            teams: vec![TeamTally::default(); teams],
            keys: Keys::new(1 + scheme.ranking().ties.len(), entries),
            overall: empty(),
            groups: scheme.groups().iter().map(|_| empty()).collect(),
            module_ladders: scheme.modules().iter().map(|_| part()).collect(),
            ability_ladders: scheme.abilities().iter().map(|_| part()).collect(),
            team_keys: Keys::new(2, teams),
            team_ladder: empty(),
            scheme,
            field,
        };
        board.recount();
        board
    }

    /// Takes one event. What is refused changes nothing, and would be refused at any other time too.
    pub fn apply(&mut self, event: &Event) -> Result<Changes, Refusal> {
        let touched = self.record(event)?;
        Ok(self.settle(event.entry(), touched))
    }

    /// A board that has taken all of `events`, and those that were refused, by their place in `events`.
    pub fn replay<'e>(
        scheme: Arc<Scheme>,
        field: Field,
        events: impl IntoIterator<Item = &'e Event>,
    ) -> (Self, Vec<(usize, Refusal)>) {
        let mut board = Self::new(scheme, field);
        let mut refused = Vec::new();
        for (at, event) in events.into_iter().enumerate() {
            if let Err(refusal) = board.record(event) {
                refused.push((at, refusal));
            }
        }
        board.recount();
        (board, refused)
    }

    pub fn scheme(&self) -> &Arc<Scheme> {
        &self.scheme
    }

    pub fn field(&self) -> &Field {
        &self.field
    }

    fn cell_at(&self, entry: EntryIx, aspect: AspectIx) -> usize {
        entry.index() * self.scheme.aspects().len() + aspect.index()
    }

    fn module_at(&self, entry: EntryIx, module: ModuleIx) -> usize {
        entry.index() * self.scheme.modules().len() + module.index()
    }

    fn ability_at(&self, entry: EntryIx, ability: AbilityIx) -> usize {
        entry.index() * self.scheme.abilities().len() + ability.index()
    }

    fn phase(&self, entry: EntryIx, module: ModuleIx) -> RunPhase {
        self.runs[self.module_at(entry, module)].phase.map(|(_, phase)| phase).unwrap_or_default()
    }

    /// What a link of the chain compares, greater first.
    fn tie_key(&self, entry: EntryIx, tie: TieBreak) -> i64 {
        let tally = &self.entries[entry.index()];
        match tie {
            TieBreak::Module(module) => self.modules[self.module_at(entry, module)].mark.hundredths(),
            TieBreak::Practice => (tally.total - tally.theory).hundredths(),
            TieBreak::Theory => tally.theory.hundredths(),
            TieBreak::Time => time_key(tally.elapsed_ms),
        }
    }
}

/// Less time is better; no time is worse than any.
fn time_key(elapsed_ms: Option<u64>) -> i64 {
    elapsed_ms.map_or(i64::MIN, |elapsed_ms| -(elapsed_ms as i64))
}

//! What follows from the facts: marks into totals, totals into places. Settling one event touches one cell (or, when a run
//! opens or closes, the automatic aspects of its module), and of each ranking only the stretch that somebody moved through.

use kernel::Mark;

use super::record::Touched;
use super::{AspectChange, Board, Changes, EntryTally, PartTally, RoundWanted, TeamTally, time_key};
use crate::cell::Sheet;
use crate::ladder::{Keys, Ladder};
use crate::{AspectIx, AspectKind, AspectMark, AspectState, EntryIx, ModuleIx, TeamTotal, TieBreak};

/// How a cell's new reading differs from its last.
#[derive(Clone, Copy)]
struct Difference {
    mark: Mark,
    marked: i32,
    done: i32,
    expected: i32,
    given: i32,
}

impl Difference {
    fn between(before: (AspectMark, Sheet), after: (AspectMark, Sheet)) -> Self {
        let worth = |mark: AspectMark| mark.mark.unwrap_or_default();
        let flag = |yes: bool| i32::from(yes);
        let done = |mark: AspectMark| flag(mark.state == AspectState::Marked);
        Self {
            mark: worth(after.0) - worth(before.0),
            marked: flag(after.0.mark.is_some()) - flag(before.0.mark.is_some()),
            done: done(after.0) - done(before.0),
            expected: after.1.expected as i32 - before.1.expected as i32,
            given: after.1.given as i32 - before.1.given as i32,
        }
    }

    /// Whether a part's mark, or how much of it is marked, is another now.
    fn shows(&self) -> bool {
        self.mark != Mark::ZERO || self.marked != 0 || self.done != 0
    }
}

impl PartTally {
    fn add(&mut self, by: Difference) {
        self.mark += by.mark;
        self.marked = self.marked.saturating_add_signed(by.marked);
        self.done = self.done.saturating_add_signed(by.done);
        self.expected = self.expected.saturating_add_signed(by.expected);
        self.given = self.given.saturating_add_signed(by.given);
    }
}

impl Board {
    pub(super) fn settle(&mut self, entry: EntryIx, touched: Touched) -> Changes {
        let mut changes = Changes::none(entry);
        match touched {
            Touched::Nothing => return changes,
            Touched::Cell(aspect) => self.settle_cell(entry, aspect, &mut changes),
            Touched::Phase(module) => {
                let scheme = self.scheme.clone();
                for (ix, aspect) in scheme.aspects_of(module) {
                    if matches!(aspect.kind, AspectKind::Automatic { .. }) {
                        self.settle_cell(entry, ix, &mut changes);
                    }
                }
            }
            Touched::Time => changes.row = self.settle_time(entry),
            Touched::Presence => {
                changes.row = true;
                // His part in every ranking begins or ends.
                changes.modules = self.scheme.module_ixs().collect();
                changes.abilities = self.scheme.ability_ixs().collect();
            }
        }
        if changes.row {
            self.place_entry(entry, &mut changes);
            self.place_parts(entry, &mut changes);
            self.place_team(entry, &mut changes);
        }
        changes
    }

    /// Reads a cell anew and adds what changed to every total it counts in.
    fn settle_cell(&mut self, entry: EntryIx, aspect: AspectIx, changes: &mut Changes) {
        let Some((before, difference)) = self.tally_cell(entry, aspect) else {
            return;
        };
        let known = &self.scheme.aspects()[aspect.index()];
        let after = self.cells[self.cell_at(entry, aspect)].now;
        if before != after {
            changes.aspects.push(AspectChange { aspect, before, after });
        }
        if let AspectState::NeedsRound { round, spread } = after.state
            && before.state != after.state
        {
            changes.round_wanted = Some(RoundWanted { aspect, round, spread });
        }
        if difference.shows() {
            changes.row = true;
            if !changes.modules.contains(&known.module) {
                changes.modules.push(known.module);
            }
            for ability in &known.abilities {
                if !changes.abilities.contains(ability) {
                    changes.abilities.push(*ability);
                }
            }
        }
    }

    /// The cell's last reading and the difference to the new one, which is in the totals now; none if they are the same.
    fn tally_cell(&mut self, entry: EntryIx, aspect: AspectIx) -> Option<(AspectMark, Difference)> {
        let known = &self.scheme.aspects()[aspect.index()];
        let phase = self.phase(entry, known.module);
        let (module_at, at) = (self.module_at(entry, known.module), self.cell_at(entry, aspect));
        let abilities_at = entry.index() * self.scheme.abilities().len();
        let cell = &mut self.cells[at];
        let (before, after) = ((cell.now, cell.sheet), cell.read(known, phase));
        if before == after {
            return None;
        }
        (cell.now, cell.sheet) = after;
        let difference = Difference::between(before, after);
        self.modules[module_at].add(difference);
        for ability in &known.abilities {
            self.abilities[abilities_at + ability.index()].add(difference);
        }
        let tally = &mut self.entries[entry.index()];
        tally.total += difference.mark;
        if known.kind == AspectKind::Theory {
            tally.theory += difference.mark;
        }
        tally.marked = tally.marked.saturating_add_signed(difference.marked);
        tally.done = tally.done.saturating_add_signed(difference.done);
        Some((before.0, difference))
    }

    /// The sum of the times known; whether it changed.
    fn settle_time(&mut self, entry: EntryIx) -> bool {
        let first = self.module_at(entry, ModuleIx(0));
        let runs = &self.runs[first..first + self.scheme.modules().len()];
        let times = runs.iter().filter_map(|run| run.elapsed_ms);
        let sum = times.fold(None, |sum: Option<u64>, (_, elapsed_ms)| Some(sum.unwrap_or(0) + elapsed_ms));
        let tally = &mut self.entries[entry.index()];
        let changed = tally.elapsed_ms != sum;
        tally.elapsed_ms = sum;
        changed
    }

    /// Moves the entry in the overall ranking and in its group's.
    fn place_entry(&mut self, entry: EntryIx, changes: &mut Changes) {
        let key = self.entry_key(entry);
        let ranked = self.entries[entry.index()].is_ranked();
        if self.keys.of(entry.0) == key && self.overall.rank(entry.0).is_some() == ranked {
            changes.reasons.push(entry);
            return;
        }
        let group = self.field.entries()[entry.index()].group;
        let from = self.overall.place(&self.keys, entry.0);
        let group_from = group.map(|group| self.groups[group.index()].place(&self.keys, entry.0));
        self.keys.set(entry.0, &key);
        let mut moved = Vec::new();
        let stretches = self.overall.shift(&self.keys, entry.0, from, ranked, &mut moved);
        changes.ranks.overall = moved.into_iter().map(EntryIx).collect();
        if let (Some(group), Some(from)) = (group, group_from) {
            let mut moved = Vec::new();
            self.groups[group.index()].shift(&self.keys, entry.0, from, ranked, &mut moved);
            changes.ranks.group = moved.into_iter().map(EntryIx).collect();
        }
        changes.reasons.push(entry);
        let order = self.overall.order();
        let [gap, place] = stretches;
        let apart = place.start >= gap.end || gap.start >= place.end;
        let stretches = if apart { [gap, place] } else { [gap.start.min(place.start)..gap.end.max(place.end), 0..0] };
        let beside = stretches.into_iter().flat_map(|stretch| &order[stretch]).filter(|who| **who != entry.0);
        changes.reasons.extend(beside.map(|who| EntryIx(*who)));
    }

    fn entry_key(&self, entry: EntryIx) -> Vec<i64> {
        let mut key = Vec::with_capacity(1 + self.scheme.ranking().ties.len());
        key.push(self.entries[entry.index()].total.hundredths());
        key.extend(self.scheme.ranking().ties.iter().map(|tie: &TieBreak| self.tie_key(entry, *tie)));
        key
    }

    /// Moves the entry in the order of each module and ability that changed.
    fn place_parts(&mut self, entry: EntryIx, changes: &mut Changes) {
        let takes_part = self.entries[entry.index()].takes_part();
        let place = |keys: &mut Keys, ladder: &mut Ladder, part: PartTally| {
            let from = ladder.place(keys, entry.0);
            keys.set(entry.0, &[part.mark.hundredths()]);
            let mut moved = Vec::new();
            ladder.shift(keys, entry.0, from, takes_part && part.marked > 0, &mut moved);
            moved.into_iter().map(EntryIx).collect::<Vec<_>>()
        };
        for module in &changes.modules {
            let part = self.modules[entry.index() * self.scheme.modules().len() + module.index()];
            let (keys, ladder) = &mut self.module_ladders[module.index()];
            let moved = place(keys, ladder, part);
            if !moved.is_empty() {
                changes.ranks.modules.push((*module, moved));
            }
        }
        for ability in &changes.abilities {
            let part = self.abilities[entry.index() * self.scheme.abilities().len() + ability.index()];
            let (keys, ladder) = &mut self.ability_ladders[ability.index()];
            let moved = place(keys, ladder, part);
            if !moved.is_empty() {
                changes.ranks.abilities.push((*ability, moved));
            }
        }
    }

    fn place_team(&mut self, entry: EntryIx, changes: &mut Changes) {
        let Some(team) = self.field.entries()[entry.index()].team else {
            return;
        };
        let tally = self.team_tally(&self.team_members[team.index()]);
        if tally == self.teams[team.index()] {
            return;
        }
        changes.team = Some(team);
        let from = self.team_ladder.place(&self.team_keys, team.0);
        self.teams[team.index()] = tally;
        self.team_keys.set(team.0, &self.team_key(tally));
        let mut moved = Vec::new();
        self.team_ladder.shift(&self.team_keys, team.0, from, tally.ranked > 0, &mut moved);
        changes.ranks.teams = moved.into_iter().map(crate::TeamIx).collect();
    }

    /// Sum or mean over the members who take part; the mean is rounded once and ranks as it is shown.
    fn team_tally(&self, members: &[EntryIx]) -> TeamTally {
        let mut tally = TeamTally::default();
        for member in members.iter().map(|entry| &self.entries[entry.index()]).filter(|member| member.takes_part()) {
            tally.members += 1;
            tally.ranked += u32::from(member.marked > 0);
            tally.total += member.total;
            if let Some(elapsed_ms) = member.elapsed_ms {
                tally.elapsed_ms = Some(tally.elapsed_ms.unwrap_or(0) + elapsed_ms);
            }
        }
        if self.scheme.teams().total == TeamTotal::Mean {
            tally.total = tally.total.scaled(1, i64::from(tally.members)).unwrap_or_default();
        }
        tally
    }

    fn team_key(&self, tally: TeamTally) -> [i64; 2] {
        [tally.total.hundredths(), if self.scheme.teams().then_time { time_key(tally.elapsed_ms) } else { 0 }]
    }

    /// Works out every mark, total and rank anew from the facts. Ends where the events, one by one, ended.
    pub fn recount(&mut self) {
        for tally in &mut self.entries {
            *tally = EntryTally { withdrawn: tally.withdrawn, ..EntryTally::default() };
        }
        self.modules.fill(PartTally::default());
        self.abilities.fill(PartTally::default());
        for entry in self.field.entry_ixs() {
            for aspect in self.scheme.aspect_ixs() {
                let at = self.cell_at(entry, aspect);
                (self.cells[at].now, self.cells[at].sheet) = Default::default();
                self.tally_cell(entry, aspect);
            }
            self.settle_time(entry);
            let key = self.entry_key(entry);
            self.keys.set(entry.0, &key);
        }
        self.rank_all();
    }

    fn rank_all(&mut self) {
        let count = self.entries.len();
        let everybody = || (0..count as u32).filter(|who| self.entries[*who as usize].is_ranked());
        self.overall = Ladder::build(&self.keys, count, everybody());
        for (at, ladder) in self.groups.iter_mut().enumerate() {
            let is_in = |who: &u32| self.field.entries()[*who as usize].group == Some(crate::GroupIx(at as u32));
            *ladder = Ladder::build(&self.keys, count, everybody().filter(is_in));
        }
        for (parts, ladders) in
            [(&self.modules, &mut self.module_ladders), (&self.abilities, &mut self.ability_ladders)]
        {
            let width = ladders.len();
            for (at, (keys, ladder)) in ladders.iter_mut().enumerate() {
                let part = |who: u32| &parts[who as usize * width + at];
                for who in 0..count as u32 {
                    keys.set(who, &[part(who).mark.hundredths()]);
                }
                *ladder = Ladder::build(keys, count, everybody().filter(|who| part(*who).marked > 0));
            }
        }
        for team in self.field.team_ixs() {
            let tally = self.team_tally(&self.team_members[team.index()]);
            self.teams[team.index()] = tally;
            self.team_keys.set(team.0, &self.team_key(tally));
        }
        let ranked = (0..self.teams.len() as u32).filter(|team| self.teams[*team as usize].ranked > 0);
        self.team_ladder = Ladder::build(&self.team_keys, self.teams.len(), ranked);
    }
}

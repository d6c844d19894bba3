//! What a screen asks a board. An index that points nowhere gets the answer for "nothing known", never a panic.

use kernel::{Mark, Text};

use super::{Board, PartTally, TeamTally};
use crate::cell::{GivenMark, SeenVerdict};
use crate::ladder::{Keys, Ladder};
use crate::sentence::{self, Link};
use crate::{
    AbilityIx, AspectIx, AspectKind, AspectMark, EntryIx, GroupIx, ModuleIx, Policy, RunPhase, StartsAt, TeamIx,
    TieBreak,
};

/// An entry's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    pub total: Mark,
    pub practice: Mark,
    pub theory: Mark,
    /// Aspects whose mark stands.
    pub aspects_done: u32,
    /// The sum of the modules' times, as far as they are known.
    pub elapsed_ms: Option<u64>,
    pub withdrawn: bool,
}

/// A team's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TeamScore {
    /// Sum or mean, as the scheme says.
    pub total: Mark,
    /// Members who take part.
    pub members: u32,
    pub elapsed_ms: Option<u64>,
}

/// How many judges' marks a module of an entry calls for, and how many are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SheetCount {
    pub expected: u32,
    pub given: u32,
}

/// The field's marks of a module or an ability, over the entries that have a mark in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Distribution {
    pub count: u32,
    pub min: Mark,
    pub q1: Mark,
    pub median: Mark,
    pub q3: Mark,
    pub max: Mark,
}

/// How far the next better place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Zero if a tie-break decided.
    pub marks: Mark,
    /// Who holds it; of several, the first of the field.
    pub entry: EntryIx,
}

impl Board {
    /// The same board, whose sentences call entries and teams otherwise; in the order of their indices.
    pub fn called(&self, numbers: Vec<String>, teams: Vec<Text>) -> Board {
        Board { field: self.field.called(numbers, teams), ..self.clone() }
    }

    /// An aspect's mark and state.
    pub fn aspect(&self, entry: EntryIx, aspect: AspectIx) -> AspectMark {
        self.cell(entry, aspect).map(|cell| cell.now).unwrap_or_default()
    }

    /// The mark that a recheck or an appeal has set, where one did.
    pub fn corrected(&self, entry: EntryIx, aspect: AspectIx) -> Option<Mark> {
        self.cell(entry, aspect)?.corrected()
    }

    /// Why an aspect has no final mark yet, for people; none when there is nothing to explain.
    pub fn aspect_reason(&self, entry: EntryIx, aspect: AspectIx) -> Option<Text> {
        let spread_max = match self.scheme.aspect(aspect)?.kind {
            AspectKind::Levels(ref levels) => levels.spread_max,
            _ => 0,
        };
        sentence::of_state(self.aspect(entry, aspect).state, spread_max)
    }

    /// The round that counts.
    pub fn round(&self, entry: EntryIx, aspect: AspectIx) -> u32 {
        self.cell(entry, aspect).map_or(1, |cell| cell.round())
    }

    /// Every judge's latest mark of every round, by round, then judge, without those replaced by another's or retracted.
    pub fn given(&self, entry: EntryIx, aspect: AspectIx) -> impl Iterator<Item = &GivenMark> {
        self.cell(entry, aspect).into_iter().flat_map(|cell| cell.given())
    }

    /// Every verdict as it stands.
    pub fn verdicts(&self, entry: EntryIx, aspect: AspectIx) -> &[SeenVerdict] {
        self.cell(entry, aspect).map(|cell| cell.verdicts()).unwrap_or_default()
    }

    /// What verdicts on an aspect are worth for an entry; none for an aspect that the referee doesn't judge.
    pub fn policy(&self, entry: EntryIx, aspect: AspectIx) -> Option<Policy> {
        match self.scheme.aspect(aspect)?.kind {
            AspectKind::Automatic { policy, .. } => Some(self.cell(entry, aspect)?.policy().unwrap_or(policy)),
            _ => None,
        }
    }

    /// How many judges are to mark an aspect of an entry. What the referee doesn't judge by itself is one judge's.
    pub fn judges(&self, entry: EntryIx, aspect: AspectIx) -> u32 {
        match self.policy(entry, aspect) {
            Some(Policy::Shadow | Policy::Off) => 1,
            Some(Policy::Automatic | Policy::Confirm) => 0,
            None => self.scheme.aspect(aspect).map_or(0, |aspect| aspect.kind.judges()),
        }
    }

    /// What the referee alone would give by what it has found so far, whatever its verdicts' standing; none while one is undecided. Who has
    /// found nothing says what the aspect starts at: that is a judgement only of a run that was watched to its end. Under the policy `shadow`
    /// the difference to the judge's mark is how far the two disagree.
    pub fn referee_alone(&self, entry: EntryIx, aspect: AspectIx) -> Option<Mark> {
        let known = self.scheme.aspect(aspect)?;
        let starts_at = match known.kind {
            AspectKind::Automatic { starts_at, .. } => starts_at,
            _ => StartsAt::Zero,
        };
        match self.cell(entry, aspect) {
            Some(cell) => cell.referee_alone(known.max, starts_at),
            None => Some(if starts_at == StartsAt::Full { known.max } else { Mark::ZERO }),
        }
    }

    pub fn score(&self, entry: EntryIx) -> Score {
        let Some(tally) = self.entries.get(entry.index()) else {
            return Score::default();
        };
        Score {
            total: tally.total,
            practice: tally.total - tally.theory,
            theory: tally.theory,
            aspects_done: tally.done,
            elapsed_ms: tally.elapsed_ms,
            withdrawn: !tally.takes_part(),
        }
    }

    pub fn total(&self, entry: EntryIx) -> Mark {
        self.score(entry).total
    }

    pub fn module_mark(&self, entry: EntryIx, module: ModuleIx) -> Mark {
        self.module_part(entry, module).mark
    }

    /// The entry's marks by module, in the order of the scheme.
    pub fn module_marks(&self, entry: EntryIx) -> impl Iterator<Item = Mark> {
        self.scheme.module_ixs().map(move |module| self.module_mark(entry, module))
    }

    /// Whether anything of the module has a mark: one of zero is a mark too.
    pub fn is_marked_in_module(&self, entry: EntryIx, module: ModuleIx) -> bool {
        self.module_part(entry, module).marked > 0
    }

    pub fn module_rank(&self, entry: EntryIx, module: ModuleIx) -> Option<u32> {
        self.module_ladders.get(module.index())?.1.rank(entry.0)
    }

    pub fn ability_mark(&self, entry: EntryIx, ability: AbilityIx) -> Mark {
        self.ability_part(entry, ability).mark
    }

    pub fn ability_rank(&self, entry: EntryIx, ability: AbilityIx) -> Option<u32> {
        self.ability_ladders.get(ability.index())?.1.rank(entry.0)
    }

    pub fn is_marked_in_ability(&self, entry: EntryIx, ability: AbilityIx) -> bool {
        self.ability_part(entry, ability).marked > 0
    }

    /// Aspects of the ability whose mark stands.
    pub fn ability_aspects_done(&self, entry: EntryIx, ability: AbilityIx) -> u32 {
        self.ability_part(entry, ability).done
    }

    /// Marks expected from judges and given in the current rounds of a module.
    pub fn sheet(&self, entry: EntryIx, module: ModuleIx) -> SheetCount {
        let PartTally { expected, given, .. } = self.module_part(entry, module);
        SheetCount { expected, given }
    }

    pub fn elapsed_ms(&self, entry: EntryIx, module: ModuleIx) -> Option<u64> {
        self.run(entry, module)?.elapsed_ms.map(|(_, elapsed_ms)| elapsed_ms)
    }

    pub fn run_phase(&self, entry: EntryIx, module: ModuleIx) -> RunPhase {
        self.run(entry, module).and_then(|run| run.phase).map(|(_, phase)| phase).unwrap_or_default()
    }

    /// Everybody who takes part: the ranked, best first, then those without a mark, in the order of the field.
    pub fn everybody(&self) -> impl Iterator<Item = EntryIx> {
        let unranked = self.field.entry_ixs().filter(|entry| {
            let tally = &self.entries[entry.index()];
            tally.takes_part() && !tally.is_ranked()
        });
        self.ranking().chain(unranked)
    }

    /// Everybody who takes part and has a mark, best first. Equals stand in the order of the field.
    pub fn ranking(&self) -> impl ExactSizeIterator<Item = EntryIx> + DoubleEndedIterator {
        entries(&self.overall)
    }

    pub fn rank(&self, entry: EntryIx) -> Option<u32> {
        self.overall.rank(entry.0)
    }

    pub fn group_ranking(&self, group: GroupIx) -> impl Iterator<Item = EntryIx> {
        self.groups.get(group.index()).into_iter().flat_map(entries)
    }

    pub fn group_rank(&self, entry: EntryIx) -> Option<u32> {
        let group = self.field.entry(entry)?.group?;
        self.groups.get(group.index())?.rank(entry.0)
    }

    /// Those who have a mark in the ability, best first.
    pub fn ability_ranking(&self, ability: AbilityIx) -> impl Iterator<Item = EntryIx> {
        self.ability_ladders.get(ability.index()).into_iter().flat_map(|(_, ladder)| entries(ladder))
    }

    pub fn team(&self, team: TeamIx) -> TeamScore {
        let TeamTally { total, members, elapsed_ms, .. } = self.teams.get(team.index()).copied().unwrap_or_default();
        TeamScore { total, members, elapsed_ms }
    }

    /// Teams of which a member who takes part has a mark, best first.
    pub fn team_ranking(&self) -> impl ExactSizeIterator<Item = TeamIx> + DoubleEndedIterator {
        self.team_ladder.order().iter().copied().map(TeamIx)
    }

    pub fn team_rank(&self, team: TeamIx) -> Option<u32> {
        self.team_ladder.rank(team.0)
    }

    pub fn team_members(&self, team: TeamIx) -> &[EntryIx] {
        self.team_members.get(team.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// What decided the entry's rank.
    pub fn why(&self, entry: EntryIx) -> Text {
        self.explain(entry, Some(&self.overall))
    }

    /// What decided the entry's rank in its group.
    pub fn why_in_group(&self, entry: EntryIx) -> Text {
        let group = self.field.entry(entry).and_then(|seat| seat.group);
        self.explain(entry, group.and_then(|group| self.groups.get(group.index())))
    }

    fn explain(&self, entry: EntryIx, ladder: Option<&Ladder>) -> Text {
        let (Some(tally), Some(ladder)) = (self.entries.get(entry.index()), ladder) else {
            return sentence::not_ranked();
        };
        if !tally.takes_part() {
            return sentence::withdrawn();
        }
        if tally.marked == 0 {
            return sentence::no_marks();
        }
        let mut links = vec![Link::Total];
        links.extend(self.scheme.ranking().ties.iter().map(|tie| match tie {
            TieBreak::Module(module) => Link::Module(&self.scheme.modules()[module.index()].code),
            TieBreak::Practice => Link::Practice,
            TieBreak::Theory => Link::Theory,
            TieBreak::Time => Link::Time,
        }));
        let number = |who: u32| {
            let number = &self.field.entries()[who as usize].number;
            (number.as_str(), number.as_str())
        };
        let deciding_round = !self.scheme.ranking().shared;
        sentence::of_rank(ladder, &self.keys, &links, entry.0, number, "人", deciding_round)
    }

    /// What decided the team's rank.
    pub fn why_team(&self, team: TeamIx) -> Text {
        let links: &[Link<'_>] =
            if self.scheme.teams().then_time { &[Link::Total, Link::Time] } else { &[Link::Total] };
        let name = |who: u32| {
            let name = &self.field.teams()[who as usize].name;
            (name.zh.as_str(), name.en.as_str())
        };
        sentence::of_rank(&self.team_ladder, &self.team_keys, links, team.0, name, "队", false)
    }

    /// Whether the entry shares its rank although the scheme forbids it.
    pub fn needs_deciding_round(&self, entry: EntryIx) -> bool {
        let order = self.overall.order();
        !self.scheme.ranking().shared
            && self.rank(entry).is_some_and(|rank| {
                let run = self.overall.run(rank as usize - 1);
                run.len() > 1 && order.len() > 1
            })
    }

    /// How far the next better place is; none for the first, and for who has no marks or no rank.
    pub fn gap_to_next(&self, entry: EntryIx) -> Option<Gap> {
        let rank = self.rank(entry)? as usize;
        if rank == 1 {
            return None;
        }
        let next = self.overall.run(rank - 2).start;
        let next = EntryIx(self.overall.order()[next]);
        Some(Gap { marks: self.total(next) - self.total(entry), entry: next })
    }

    /// How the field did in a module; none while nobody has a mark in it.
    pub fn module_distribution(&self, module: ModuleIx) -> Option<Distribution> {
        self.module_ladders.get(module.index()).and_then(distribution)
    }

    pub fn ability_distribution(&self, ability: AbilityIx) -> Option<Distribution> {
        self.ability_ladders.get(ability.index()).and_then(distribution)
    }

    fn cell(&self, entry: EntryIx, aspect: AspectIx) -> Option<&crate::cell::Cell> {
        let known = entry.index() < self.entries.len() && aspect.index() < self.scheme.aspects().len();
        known.then(|| &self.cells[self.cell_at(entry, aspect)])
    }

    fn run(&self, entry: EntryIx, module: ModuleIx) -> Option<&super::Run> {
        let known = entry.index() < self.entries.len() && module.index() < self.scheme.modules().len();
        known.then(|| &self.runs[self.module_at(entry, module)])
    }

    fn module_part(&self, entry: EntryIx, module: ModuleIx) -> PartTally {
        let known = entry.index() < self.entries.len() && module.index() < self.scheme.modules().len();
        if known { self.modules[self.module_at(entry, module)] } else { PartTally::default() }
    }

    fn ability_part(&self, entry: EntryIx, ability: AbilityIx) -> PartTally {
        let known = entry.index() < self.entries.len() && ability.index() < self.scheme.abilities().len();
        if known { self.abilities[self.ability_at(entry, ability)] } else { PartTally::default() }
    }
}

fn entries(ladder: &Ladder) -> impl ExactSizeIterator<Item = EntryIx> + DoubleEndedIterator {
    ladder.order().iter().copied().map(EntryIx)
}

/// Quartiles by linear interpolation between the two nearest of the sorted marks (Hyndman and Fan 1996, type 7), rounded
/// once to 1/100.
fn distribution((keys, ladder): &(Keys, Ladder)) -> Option<Distribution> {
    let order = ladder.order();
    let last = order.len().checked_sub(1)?;
    // Best first in the order; the quantile counts from the worst.
    let at = |place: usize| Mark::from_hundredths(keys.of(order[last - place])[0]);
    let quartile = |quarters: usize| {
        let (place, over) = (last * quarters / 4, (last * quarters % 4) as i64);
        let (low, high) = (at(place), at((place + 1).min(last)));
        Mark::from_hundredths(low.hundredths() * (4 - over) + high.hundredths() * over).scaled(1, 4).unwrap_or_default()
    };
    Some(Distribution {
        count: order.len() as u32,
        min: at(0),
        q1: quartile(1),
        median: quartile(2),
        q3: quartile(3),
        max: at(last),
    })
}

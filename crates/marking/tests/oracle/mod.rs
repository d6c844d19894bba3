//! A second, slow opinion: everything worked out from the plain set of events by counting, without a board.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{AccountId, Mark, MarkId, VerdictId};
use marking::*;

type Cell = (EntryIx, AspectIx);
type SeenVerdict = (Position, Mark, Outcome, Standing);

/// What the events say, the latest position of each slot.
#[derive(Default)]
pub struct Facts {
    given: BTreeMap<(Cell, u32, AccountId), (Position, MarkId, GivenValue)>,
    gone: BTreeMap<Cell, Vec<(MarkId, Position)>>,
    rounds: BTreeMap<Cell, u32>,
    verdicts: BTreeMap<(Cell, VerdictId), SeenVerdict>,
    imported: BTreeMap<Cell, (Position, Mark)>,
    corrected: BTreeMap<Cell, (Position, Mark)>,
    policies: BTreeMap<Cell, (Position, Policy)>,
    phases: BTreeMap<(EntryIx, ModuleIx), (Position, RunPhase)>,
    times: BTreeMap<(EntryIx, ModuleIx), (Position, u64)>,
    withdrawn: BTreeMap<EntryIx, (Position, bool)>,
}

fn latest<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: V, position: impl Fn(&V) -> Position) {
    if map.get(&key).is_none_or(|old| position(old) < position(&value)) {
        map.insert(key, value);
    }
}

impl Facts {
    /// Only events that a board takes.
    pub fn of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Facts {
        let mut facts = Facts::default();
        for event in events {
            match event.clone() {
                Event::Given { position, mark, entry, aspect, judge, round, value, replaces } => {
                    if let Some(replaced) = replaces {
                        facts.gone.entry((entry, aspect)).or_default().push((replaced, position));
                    }
                    latest(&mut facts.given, ((entry, aspect), round, judge), (position, mark, value), |slot| slot.0);
                }
                Event::Retracted { position, entry, aspect, mark } => {
                    facts.gone.entry((entry, aspect)).or_default().push((mark, position));
                }
                Event::RoundOpened { entry, aspect, round, .. } => {
                    let opened = facts.rounds.entry((entry, aspect)).or_default();
                    *opened = round.max(*opened);
                }
                Event::Verdict { position, entry, aspect, verdict, marks, outcome, standing, .. } => {
                    let seen = (position, marks, outcome, standing);
                    latest(&mut facts.verdicts, ((entry, aspect), verdict), seen, |slot| slot.0);
                }
                Event::Policy { position, entry, aspect, policy } => {
                    latest(&mut facts.policies, (entry, aspect), (position, policy), |slot| slot.0);
                }
                Event::Imported { position, entry, aspect, marks } => {
                    latest(&mut facts.imported, (entry, aspect), (position, marks), |slot| slot.0);
                }
                Event::Corrected { position, entry, aspect, marks } => {
                    latest(&mut facts.corrected, (entry, aspect), (position, marks), |slot| slot.0);
                }
                Event::Run { position, entry, module, phase } => {
                    latest(&mut facts.phases, (entry, module), (position, phase), |slot| slot.0);
                }
                Event::TimeSet { position, entry, module, elapsed_ms } => {
                    latest(&mut facts.times, (entry, module), (position, elapsed_ms), |slot| slot.0);
                }
                Event::Withdrawn { position, entry, withdrawn } => {
                    latest(&mut facts.withdrawn, entry, (position, withdrawn), |slot| slot.0);
                }
            }
        }
        facts
    }

    pub fn takes_part(&self, entry: EntryIx) -> bool {
        !self.withdrawn.get(&entry).is_some_and(|(_, withdrawn)| *withdrawn)
    }

    fn standing_marks(&self, entry: EntryIx, ix: AspectIx, aspect: &Aspect) -> Vec<(Position, Mark, GivenValue)> {
        let round = self.rounds.get(&(entry, ix)).copied().unwrap_or(1);
        let gone = self.gone.get(&(entry, ix)).cloned().unwrap_or_default();
        let mut marks = Vec::new();
        for ((cell, r, _), (position, id, value)) in &self.given {
            let away = gone.iter().any(|(other, at)| other == id && at >= position);
            if (*cell, *r) == ((entry, ix), round) && !away {
                marks.push((*position, check_value(aspect, value).unwrap(), value.clone()));
            }
        }
        marks.sort_by_key(|mark| mark.0);
        marks
    }

    pub fn mark(&self, scheme: &Scheme, entry: EntryIx, ix: AspectIx) -> Option<Mark> {
        if let Some((_, corrected)) = self.corrected.get(&(entry, ix)) {
            return Some(*corrected);
        }
        let aspect = scheme.aspect(ix).unwrap();
        let marks = self.standing_marks(entry, ix, aspect);
        let half_up = |numerator: i64, denominator: i64| {
            let (whole, rest) = (numerator / denominator, numerator % denominator);
            Mark::from_hundredths(if rest * 2 >= denominator { whole + 1 } else { whole })
        };
        match &aspect.kind {
            AspectKind::Theory => self.imported.get(&(entry, ix)).map(|(_, mark)| *mark),
            AspectKind::Levels(levels) => {
                let round = self.rounds.get(&(entry, ix)).copied().unwrap_or(1);
                let given: Vec<i64> = marks
                    .iter()
                    .map(|(_, _, value)| match value {
                        GivenValue::Level(level) => i64::from(*level),
                        other => panic!("{other:?} among levels"),
                    })
                    .collect();
                if given.len() < levels.judges as usize {
                    return None;
                }
                let spread = given.iter().max().unwrap() - given.iter().min().unwrap();
                if spread > i64::from(levels.spread_max) && round < levels.rounds_most {
                    return None;
                }
                Some(half_up(aspect.max.hundredths() * given.iter().sum::<i64>(), 3 * given.len() as i64))
            }
            AspectKind::Panel(panel) => {
                let mut given: Vec<i64> = marks.iter().map(|(_, mark, _)| mark.hundredths()).collect();
                if given.len() < panel.judges as usize {
                    return None;
                }
                given.sort_unstable();
                if panel.drop_extremes {
                    given.remove(0);
                    given.pop();
                }
                Some(half_up(given.iter().sum(), given.len() as i64))
            }
            AspectKind::Automatic { policy, starts_at }
                if marks.is_empty()
                    && matches!(
                        self.policies.get(&(entry, ix)).map_or(*policy, |ruled| ruled.1),
                        Policy::Automatic | Policy::Confirm
                    ) =>
            {
                let phase = self.phases.get(&(entry, aspect.module)).map(|(_, phase)| *phase).unwrap_or_default();
                let all = || {
                    self.verdicts
                        .iter()
                        .filter(|((cell, _), (_, _, _, standing))| {
                            *cell == (entry, ix)
                                && !matches!(standing, Standing::Rejected | Standing::Shadow | Standing::Amended)
                        })
                        .map(|(_, verdict)| verdict)
                };
                let counts = |(_, _, outcome, standing): &&SeenVerdict| {
                    *outcome != Outcome::Undecided && *standing == Standing::Counted
                };
                let (open, counted) = (all().filter(|verdict| !counts(verdict)).count(), all().filter(counts).count());
                let full = *starts_at == StartsAt::Full;
                let known =
                    counted > 0 || (full && phase != RunPhase::Waiting) || (phase == RunPhase::Closed && open == 0);
                let start = if full { aspect.max } else { Mark::ZERO };
                let sum: Mark = all().filter(counts).map(|verdict| verdict.1).sum();
                known.then(|| (start + sum).clamp(Mark::ZERO, aspect.max))
            }
            _ => marks.last().map(|mark| mark.1),
        }
    }

    pub fn sum(&self, scheme: &Scheme, entry: EntryIx, which: impl Fn(&Aspect) -> bool) -> Mark {
        scheme
            .aspect_ixs()
            .filter(|ix| which(scheme.aspect(*ix).unwrap()))
            .filter_map(|ix| self.mark(scheme, entry, ix))
            .sum()
    }

    pub fn elapsed_ms(&self, entry: EntryIx) -> Option<u64> {
        let mut known = self.times.iter().filter(|((e, _), _)| *e == entry).peekable();
        known.peek()?;
        Some(known.map(|(_, (_, elapsed_ms))| *elapsed_ms).sum())
    }

    fn key(&self, scheme: &Scheme, entry: EntryIx) -> Vec<i64> {
        let mut key = vec![self.sum(scheme, entry, |_| true).hundredths()];
        for tie in &scheme.ranking().ties {
            key.push(match tie {
                TieBreak::Module(module) => self.sum(scheme, entry, |aspect| aspect.module == *module).hundredths(),
                TieBreak::Practice => self.sum(scheme, entry, |aspect| aspect.kind != AspectKind::Theory).hundredths(),
                TieBreak::Theory => self.sum(scheme, entry, |aspect| aspect.kind == AspectKind::Theory).hundredths(),
                TieBreak::Time => self.elapsed_ms(entry).map_or(i64::MIN, |elapsed_ms| -(elapsed_ms as i64)),
            });
        }
        key
    }

    /// Every rank of the contest, by counting who is better.
    pub fn ranks(&self, scheme: &Scheme, field: &Field) -> Ranks {
        let all: BTreeMap<EntryIx, Vec<i64>> =
            field.entry_ixs().map(|entry| (entry, self.key(scheme, entry))).collect();
        let part = |key: &dyn Fn(EntryIx) -> Option<Vec<i64>>, among: &dyn Fn(EntryIx) -> bool| {
            let keys: BTreeMap<EntryIx, Vec<i64>> = field
                .entry_ixs()
                .filter(|entry| self.takes_part(*entry) && among(*entry))
                .filter_map(|entry| key(entry).map(|key| (entry, key)))
                .collect();
            keys.iter()
                .map(|(entry, mine)| (*entry, keys.values().filter(|other| *other > mine).count() as u32 + 1))
                .collect::<BTreeMap<_, _>>()
        };
        let whole = |entry: EntryIx| self.is_marked(scheme, entry, &|_| true).then(|| all[&entry].clone());
        let group_of = |entry: EntryIx| field.entry(entry).unwrap().group;
        let mut group = BTreeMap::new();
        for ix in scheme.group_ixs() {
            group.extend(part(&whole, &|entry| group_of(entry) == Some(ix)));
        }
        let marked = |entry: EntryIx, which: &dyn Fn(&Aspect) -> bool| {
            self.is_marked(scheme, entry, which).then(|| vec![self.sum(scheme, entry, which).hundredths()])
        };
        let modules = scheme
            .module_ixs()
            .map(|module| part(&|entry| marked(entry, &|aspect| aspect.module == module), &|_| true))
            .collect();
        let abilities = scheme
            .ability_ixs()
            .map(|ability| part(&|entry| marked(entry, &|aspect| aspect.abilities.contains(&ability)), &|_| true))
            .collect();
        Ranks { overall: part(&whole, &|_| true), group, modules, abilities, teams: self.team_ranks(scheme, field) }
    }

    fn is_marked(&self, scheme: &Scheme, entry: EntryIx, which: &dyn Fn(&Aspect) -> bool) -> bool {
        scheme.aspect_ixs().any(|ix| which(scheme.aspect(ix).unwrap()) && self.mark(scheme, entry, ix).is_some())
    }

    fn team_ranks(&self, scheme: &Scheme, field: &Field) -> BTreeMap<TeamIx, (u32, Mark)> {
        let mut keys: BTreeMap<TeamIx, (Mark, i64)> = BTreeMap::new();
        for team in field.team_ixs() {
            let members: Vec<EntryIx> = field
                .entry_ixs()
                .filter(|entry| field.entry(*entry).unwrap().team == Some(team) && self.takes_part(*entry))
                .collect();
            if !members.iter().any(|entry| self.is_marked(scheme, *entry, &|_| true)) {
                continue;
            }
            let sum: Mark = members.iter().map(|entry| self.sum(scheme, *entry, |_| true)).sum();
            let total = match scheme.teams().total {
                TeamTotal::Sum => sum,
                TeamTotal::Mean => sum.scaled(1, members.len() as i64).unwrap(),
            };
            let times: Vec<u64> = members.iter().filter_map(|entry| self.elapsed_ms(*entry)).collect();
            let time = match (scheme.teams().then_time, times.is_empty()) {
                (false, _) => 0,
                (true, true) => i64::MIN,
                (true, false) => -(times.iter().sum::<u64>() as i64),
            };
            keys.insert(team, (total, time));
        }
        keys.iter()
            .map(|(team, mine)| (*team, (keys.values().filter(|other| *other > mine).count() as u32 + 1, mine.0)))
            .collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranks {
    pub overall: BTreeMap<EntryIx, u32>,
    pub group: BTreeMap<EntryIx, u32>,
    pub modules: Vec<BTreeMap<EntryIx, u32>>,
    pub abilities: Vec<BTreeMap<EntryIx, u32>>,
    pub teams: BTreeMap<TeamIx, (u32, Mark)>,
}

/// The same, asked of a board.
pub fn ranks_of(board: &Board) -> Ranks {
    let (scheme, field) = (board.scheme(), board.field());
    let of = |rank: &dyn Fn(EntryIx) -> Option<u32>| {
        field.entry_ixs().filter_map(|entry| rank(entry).map(|rank| (entry, rank))).collect::<BTreeMap<_, _>>()
    };
    Ranks {
        overall: of(&|entry| board.rank(entry)),
        group: of(&|entry| board.group_rank(entry)),
        modules: scheme.module_ixs().map(|module| of(&|entry| board.module_rank(entry, module))).collect(),
        abilities: scheme.ability_ixs().map(|ability| of(&|entry| board.ability_rank(entry, ability))).collect(),
        teams: field
            .team_ixs()
            .filter_map(|team| board.team_rank(team).map(|rank| (team, (rank, board.team(team).total))))
            .collect(),
    }
}

/// Whose rank is in one map and not, or otherwise, in the other.
pub fn moved<K: Ord + Copy, V: PartialEq>(before: &BTreeMap<K, V>, after: &BTreeMap<K, V>) -> BTreeSet<K> {
    before.keys().chain(after.keys()).copied().filter(|key| before.get(key) != after.get(key)).collect()
}

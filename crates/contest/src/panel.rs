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

use kernel::{AccountId, Text};
use marking::{AspectIx, AspectKind};

use crate::arena::Arena;
use crate::clock::RunClock;
use crate::plan::{Judge, PlannedRun, Tie};

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

    /// Who has marked an aspect, and how many judges it calls for. Everybody may mark by hand what the referee could not decide, until somebody has.
    fn called_for(&self, aspect: AspectIx) -> (Vec<&'a Judge>, usize) {
        let Some(kind) = self.arena.board.scheme().aspect(aspect).map(|aspect| &aspect.kind) else {
            return (Vec::new(), 0);
        };
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
        (marked, wanted)
    }

    /// Whoever has marked keeps his seat, unless he was away and has not marked in this round.
    fn kept(&self, marked: &[&'a Judge], aspect: AspectIx) -> Vec<&'a Judge> {
        let round = self.arena.round(&self.run.id, aspect);
        let keeps = |judge: &&Judge| {
            !self.was_away(judge) || self.arena.mark_of(&self.run.id, aspect, &judge.account, round).is_some()
        };
        marked.iter().copied().filter(keeps).collect()
    }

    /// Who marks an aspect.
    pub fn seats(&self, aspect: AspectIx) -> Vec<&'a Judge> {
        let (marked, wanted) = self.called_for(aspect);
        let mut seats = self.kept(&marked, aspect);
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

    /// Whether a judge keeps a seat by his mark, or one is left that nobody keeps so. Whoever holds a seat has room.
    pub fn has_room(&self, aspect: AspectIx, account: &AccountId) -> bool {
        let (marked, wanted) = self.called_for(aspect);
        let kept = self.kept(&marked, aspect);
        let is_here = |judge: &&Judge| judge.account == *account && !self.is_away(judge);
        kept.iter().any(|judge| judge.account == *account)
            || (kept.len() < wanted && self.judges.iter().copied().any(|judge| is_here(&judge)))
    }

    /// The order in which seats of an aspect are given out.
    fn in_turn(&self, aspect: AspectIx) -> impl Iterator<Item = &'a Judge> {
        let (first, later) = self.judges.split_at(self.first);
        let (behind, ahead) = first.split_at(aspect.index() % first.len().max(1));
        ahead.iter().chain(behind).chain(later).copied()
    }
}

/// Why a run has fewer judges than one of its aspects calls for: where the contest's other judges are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shortage {
    /// What the aspect calls for that calls for most.
    pub needed: u32,
    /// Who can sit on it.
    pub there: u32,
    pub own_enterprise: u32,
    pub own_union: u32,
    pub excused: u32,
    pub other_module: u32,
    pub other_venue: u32,
}

impl Shortage {
    /// None where the panel is whole: before a run begins, where enough judges can sit; afterwards, where no seat stays empty.
    pub fn of(arena: &Arena, run: &PlannedRun) -> Option<Shortage> {
        let module = arena.board.scheme().module_ix(&run.module)?;
        let (entry, now) = (arena.plan.entry(&run.entry)?, arena.runs.get(&run.id)?);
        let venue = &arena.plan.station(&run.station)?.venue;
        let aspects = || arena.board.scheme().aspects_of(module).map(|(aspect, _)| aspect);
        let mut found = Shortage {
            needed: aspects().map(|aspect| arena.judges_for(&run.id, aspect)).max().unwrap_or_default(),
            ..Shortage::default()
        };
        // Each stands under the first thing that keeps him away.
        for judge in &arena.plan.judges {
            let count = match judge.tie(&arena.plan, entry) {
                _ if judge.venue != *venue => &mut found.other_venue,
                _ if !judge.marks_module(&run.module) => &mut found.other_module,
                Some(Tie::Enterprise) => &mut found.own_enterprise,
                Some(Tie::Union) => &mut found.own_union,
                None if arena.absences.now(&judge.account).is_some() => &mut found.excused,
                None => &mut found.there,
            };
            *count += 1;
        }
        let is_short = match now.clock {
            RunClock::Waiting => found.there < found.needed,
            _ => crate::sheet::owed(arena, run).unmanned > 0,
        };
        is_short.then_some(found)
    }

    /// `needs 3 judges, has 1`, and not why.
    pub fn says_how_many(&self) -> Text {
        let (needed, there) = (self.needed, self.there);
        Text::new(format!("需要 {needed} 名裁判，可用 {there} 名"), format!("needs {needed} judges, has {there}"))
    }

    /// `needs 3 judges, has 1: 1 recused (own union), 1 excused; 4 at other venues`.
    pub fn says(&self) -> Text {
        let kept_away = [
            (self.own_enterprise, "与选手同单位须回避", "recused (own enterprise)"),
            (self.own_union, "与选手同工会须回避", "recused (own union)"),
            (self.excused, "已准予离场", "excused"),
            (self.other_module, "不评本模块", "of other modules"),
            (self.other_venue, "在其他赛场", "at other venues"),
        ];
        let kept_away: Vec<_> = kept_away.into_iter().filter(|(count, ..)| *count > 0).collect();
        let zh: Vec<String> = kept_away.iter().map(|(count, zh, _)| format!("{count} 名{zh}")).collect();
        let en: Vec<String> = kept_away.iter().map(|(count, _, en)| format!("{count} {en}")).collect();
        let (needed, there) = (self.needed, self.there);
        if kept_away.is_empty() {
            return Text::new(
                format!("需要 {needed} 名裁判，本场只有 {there} 名"),
                format!("needs {needed} judges; the contest has {there}"),
            );
        }
        Text::new(
            format!("需要 {needed} 名裁判，可用 {there} 名：{}", zh.join("，")),
            format!("needs {needed} judges, has {there}: {}", en.join(", ")),
        )
    }
}

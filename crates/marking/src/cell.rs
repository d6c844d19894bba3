//! What is known about one aspect of one entry, and the mark that follows from it.
//!
//! Choices that the rules leave open:
//! - A panel has a mark when all its judges have marked; a judge too many counts like the others.
//! - A measurement, and a mark by hand for an automatic aspect, is one person's act: of several, the latest counts.
//! - A corrected mark stands in place of everything, and nothing more is owed.
//! - A mark by hand stands in place of all verdicts, whatever comes after it.
//! - While a verdict is undecided or waits for a person, the others already count; the state says what is open.

use std::sync::Arc;

use kernel::{AccountId, Mark, MarkId, VerdictId};
use smallvec::SmallVec;

use crate::value::part;
use crate::{Aspect, AspectKind, GivenValue, Levels, Outcome, Panel, Policy, Position, RunPhase, Standing, StartsAt};

/// A judge's latest value of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenMark {
    pub position: Position,
    pub mark: MarkId,
    pub judge: AccountId,
    pub round: u32,
    pub value: GivenValue,
    /// What the value is worth by itself.
    pub given: Mark,
}

/// A verdict as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenVerdict {
    pub position: Position,
    pub verdict: VerdictId,
    pub rule: Arc<str>,
    pub marks: Mark,
    pub outcome: Outcome,
    pub standing: Standing,
}

/// An aspect's mark, if it has one, and what it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AspectMark {
    pub mark: Option<Mark>,
    pub state: AspectState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AspectState {
    /// Nothing of the current round is there.
    #[default]
    Waiting,
    /// Some judges of the panel have marked.
    Partly {
        given: u32,
        expected: u32,
    },
    Marked,
    /// The levels of this round lie further apart than the limit: the judges talk and mark again.
    NeedsRound {
        round: u32,
        spread: u32,
    },
    /// The referee lacked samples: a judge must mark by hand or reject the verdict.
    Undecided,
    /// A verdict waits for a person.
    ToConfirm,
}

/// How many judges' marks an aspect calls for and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sheet {
    pub expected: u32,
    pub given: u32,
}

/// Slots of a panel of usual size lie in the cell itself, so that a count runs through memory in order.
const PANEL_USUAL: usize = 5;

/// What a given mark counts for: all that a count of the whole field reads, apart from the ids and values that a sheet
/// shows, so that it stays small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot {
    position: Position,
    /// In hundredths; `MARK_MOST` bounds it.
    given: i32,
    /// `ROUND_MOST` bounds it.
    round: u8,
    /// The level, where one was given.
    level: u8,
    /// Replaced by another judge's mark, or retracted.
    gone: bool,
}

impl Slot {
    fn mark(&self) -> Mark {
        Mark::from_hundredths(i64::from(self.given))
    }
}

/// What most cells never have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Rare {
    /// Marks that were replaced or retracted, by id, with the latest position that says so.
    gone: Vec<(MarkId, Position)>,
    /// The highest round opened, if any was.
    opened: Option<u32>,
    /// By id.
    verdicts: Vec<SeenVerdict>,
    imported: Option<(Position, Mark)>,
    /// By who rechecked it, or decided an appeal.
    corrected: Option<(Position, Mark)>,
    /// In place of the scheme's.
    policy: Option<(Position, Policy)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    /// By round, then judge; `slots` and `given` stand side by side.
    slots: SmallVec<[Slot; PANEL_USUAL]>,
    given: Vec<GivenMark>,
    rare: Option<Box<Rare>>,
    /// What follows from all of the above.
    pub now: AspectMark,
    pub sheet: Sheet,
}

impl Cell {
    pub fn round(&self) -> u32 {
        self.rare.as_ref().and_then(|rare| rare.opened).unwrap_or(1)
    }

    /// Every judge's latest mark of each round that was neither replaced by another's nor retracted.
    pub fn given(&self) -> impl Iterator<Item = &GivenMark> {
        self.slots.iter().zip(&self.given).filter(|(slot, _)| !slot.gone).map(|(_, mark)| mark)
    }

    pub fn verdicts(&self) -> &[SeenVerdict] {
        self.rare.as_ref().map(|rare| rare.verdicts.as_slice()).unwrap_or_default()
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    fn is_gone(&self, mark: &MarkId, position: Position) -> bool {
        self.rare.as_ref().is_some_and(|rare| match rare.gone.binary_search_by(|(id, _)| id.cmp(mark)) {
            Ok(at) => rare.gone[at].1 >= position,
            Err(_) => false,
        })
    }

    /// Each of these answers whether it learned something new.
    pub fn give(&mut self, mark: GivenMark, replaces: Option<&MarkId>, judges: u32) -> bool {
        let replaced = replaces.is_some_and(|id| self.take_away(id, mark.position));
        let slot = Slot {
            position: mark.position,
            given: mark.given.hundredths() as i32,
            round: mark.round as u8,
            level: if let GivenValue::Level(level) = mark.value { level as u8 } else { 0 },
            gone: self.is_gone(&mark.mark, mark.position),
        };
        let seat = |other: &GivenMark| other.round.cmp(&mark.round).then_with(|| other.judge.cmp(&mark.judge));
        match self.given.binary_search_by(seat) {
            Ok(at) if self.slots[at].position >= slot.position => replaced,
            Ok(at) => {
                self.slots[at] = slot;
                self.given[at] = mark;
                true
            }
            Err(at) => {
                if self.given.capacity() == 0 {
                    self.given.reserve_exact(judges.max(1) as usize);
                }
                self.slots.insert(at, slot);
                self.given.insert(at, mark);
                true
            }
        }
    }

    pub fn take_away(&mut self, mark: &MarkId, position: Position) -> bool {
        let gone = &mut self.rare().gone;
        match gone.binary_search_by(|(id, _)| id.cmp(mark)) {
            Ok(at) if gone[at].1 >= position => return false,
            Ok(at) => gone[at].1 = position,
            Err(at) => gone.insert(at, (mark.clone(), position)),
        }
        for (slot, given) in self.slots.iter_mut().zip(&self.given) {
            slot.gone |= given.mark == *mark && slot.position <= position;
        }
        true
    }

    pub fn open_round(&mut self, round: u32) -> bool {
        let opened = &mut self.rare().opened;
        let higher = opened.is_none_or(|opened| opened < round);
        if higher {
            *opened = Some(round);
        }
        higher
    }

    pub fn see(&mut self, verdict: SeenVerdict) -> bool {
        let verdicts = &mut self.rare().verdicts;
        match verdicts.binary_search_by(|seen| seen.verdict.cmp(&verdict.verdict)) {
            Ok(at) if verdicts[at].position >= verdict.position => false,
            Ok(at) => {
                verdicts[at] = verdict;
                true
            }
            Err(at) => {
                verdicts.insert(at, verdict);
                true
            }
        }
    }

    pub fn import(&mut self, position: Position, marks: Mark) -> bool {
        let imported = &mut self.rare().imported;
        let newer = imported.is_none_or(|(at, _)| at < position);
        if newer {
            *imported = Some((position, marks));
        }
        newer
    }

    pub fn correct(&mut self, position: Position, marks: Mark) -> bool {
        let corrected = &mut self.rare().corrected;
        let newer = corrected.is_none_or(|(at, _)| at < position);
        if newer {
            *corrected = Some((position, marks));
        }
        newer
    }

    pub fn corrected(&self) -> Option<Mark> {
        self.rare.as_ref().and_then(|rare| rare.corrected).map(|(_, marks)| marks)
    }

    pub fn rule(&mut self, position: Position, policy: Policy) -> bool {
        let ruled = &mut self.rare().policy;
        let newer = ruled.is_none_or(|(at, _)| at < position);
        if newer {
            *ruled = Some((position, policy));
        }
        newer
    }

    /// What verdicts are worth here, where it is not what the scheme says.
    pub fn policy(&self) -> Option<Policy> {
        self.rare.as_ref().and_then(|rare| rare.policy).map(|(_, policy)| policy)
    }

    /// The marks that count in the current round.
    fn counted(&self) -> impl Iterator<Item = &Slot> {
        let round = self.round();
        self.slots.iter().filter(move |slot| u32::from(slot.round) == round && !slot.gone)
    }

    /// The mark, the state and the sheet that follow from what is known.
    pub fn read(&self, aspect: &Aspect, phase: RunPhase) -> (AspectMark, Sheet) {
        let (found, sheet) = self.found(aspect, phase);
        match self.corrected() {
            Some(mark) => (marked(mark), Sheet { expected: sheet.given, ..sheet }),
            None => (found, sheet),
        }
    }

    /// The same, as judges, referee and papers have it.
    fn found(&self, aspect: &Aspect, phase: RunPhase) -> (AspectMark, Sheet) {
        match &aspect.kind {
            AspectKind::YesNo | AspectKind::Tolerance(_) | AspectKind::Steps(_) | AspectKind::Deductions(_) => {
                self.by_one_judge()
            }
            AspectKind::Levels(levels) => self.by_levels(aspect.max, levels),
            AspectKind::Panel(panel) => self.by_panel(panel),
            AspectKind::Automatic { policy, starts_at } => match self.policy().unwrap_or(*policy) {
                Policy::Shadow | Policy::Off => self.by_one_judge(),
                Policy::Automatic | Policy::Confirm => self.by_referee(aspect.max, *starts_at, phase),
            },
            AspectKind::Theory => {
                let imported = self.rare.as_ref().and_then(|rare| rare.imported);
                (imported.map(|(_, marks)| marked(marks)).unwrap_or_default(), Sheet::default())
            }
        }
    }

    fn latest(&self) -> Option<Mark> {
        self.counted().max_by_key(|slot| slot.position).map(Slot::mark)
    }

    fn by_one_judge(&self) -> (AspectMark, Sheet) {
        match self.latest() {
            Some(mark) => (marked(mark), Sheet { expected: 1, given: 1 }),
            None => (AspectMark::default(), Sheet { expected: 1, given: 0 }),
        }
    }

    /// Mean level / 3 × maximum (WorldSkills): with `n` judges, `max · Σ levels / 3n`, rounded once.
    fn by_levels(&self, max: Mark, levels: &Levels) -> (AspectMark, Sheet) {
        let (mut n, mut sum, mut low, mut high) = (0, 0, Levels::LEVEL_MOST, 0);
        for mark in self.counted() {
            // A level aspect's cell holds nothing but levels: `check_value` saw to it.
            let level = u32::from(mark.level);
            (n, sum, low, high) = (n + 1, sum + level, low.min(level), high.max(level));
        }
        let sheet = Sheet { expected: levels.judges, given: n.min(levels.judges) };
        if n < levels.judges {
            return (partly(sheet), sheet);
        }
        let (spread, round) = (high - low, self.round());
        if spread > levels.spread_max && round < levels.rounds_most {
            return (AspectMark { mark: None, state: AspectState::NeedsRound { round, spread } }, sheet);
        }
        (marked(part(max, i64::from(sum), i64::from(Levels::LEVEL_MOST * n))), sheet)
    }

    /// The mean of the given marks, without one highest and one lowest where so ruled, rounded once.
    fn by_panel(&self, panel: &Panel) -> (AspectMark, Sheet) {
        let (mut n, mut sum, mut low, mut high) = (0u32, Mark::ZERO, Mark::from_hundredths(i64::MAX), Mark::ZERO);
        for mark in self.counted().map(Slot::mark) {
            (n, sum, low, high) = (n + 1, sum + mark, low.min(mark), high.max(mark));
        }
        let sheet = Sheet { expected: panel.judges, given: n.min(panel.judges) };
        if n < panel.judges {
            return (partly(sheet), sheet);
        }
        if panel.drop_extremes && n >= 3 {
            (n, sum) = (n - 2, sum - low - high);
        }
        (marked(part(sum, 1, i64::from(n))), sheet)
    }

    fn by_referee(&self, max: Mark, starts_at: StartsAt, phase: RunPhase) -> (AspectMark, Sheet) {
        if let Some(by_hand) = self.latest() {
            return (marked(by_hand), Sheet { expected: 1, given: 1 });
        }
        let mut sum = if starts_at == StartsAt::Full { max } else { Mark::ZERO };
        let (mut any_counts, mut any_waits, mut any_undecided) = (false, false, false);
        for verdict in self.verdicts() {
            match (verdict.standing, verdict.outcome) {
                (Standing::Rejected | Standing::Shadow | Standing::Amended, _) => {}
                (_, Outcome::Undecided) => any_undecided = true,
                (Standing::Waiting, _) => any_waits = true,
                (Standing::Counted, _) => {
                    any_counts = true;
                    sum += verdict.marks;
                }
            }
        }
        let begun = phase != RunPhase::Waiting && starts_at == StartsAt::Full;
        let over = phase == RunPhase::Closed && !any_waits && !any_undecided;
        let mark = (any_counts || begun || over).then(|| sum.clamp(Mark::ZERO, max));
        let state = match (any_undecided, any_waits, mark) {
            (true, _, _) => AspectState::Undecided,
            (false, true, _) => AspectState::ToConfirm,
            (false, false, Some(_)) => AspectState::Marked,
            (false, false, None) => AspectState::Waiting,
        };
        (AspectMark { mark, state }, Sheet { expected: u32::from(any_undecided), given: 0 })
    }

    /// What the referee alone would have given, whatever its verdicts' standing: to measure how well it agrees with judges.
    pub fn referee_alone(&self, max: Mark, starts_at: StartsAt) -> Option<Mark> {
        let found = self.verdicts().iter().filter(|verdict| verdict.standing != Standing::Amended);
        let mut sum = if starts_at == StartsAt::Full { max } else { Mark::ZERO };
        for verdict in found {
            if verdict.outcome == Outcome::Undecided {
                return None;
            }
            sum += verdict.marks;
        }
        Some(sum.clamp(Mark::ZERO, max))
    }
}

const fn marked(mark: Mark) -> AspectMark {
    AspectMark { mark: Some(mark), state: AspectState::Marked }
}

fn partly(sheet: Sheet) -> AspectMark {
    let state = match sheet {
        Sheet { given: 0, .. } => AspectState::Waiting,
        Sheet { given, expected } => AspectState::Partly { given, expected },
    };
    AspectMark { mark: None, state }
}

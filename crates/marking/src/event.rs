//! What happens to a board. Every event carries its position in the contest's log; where two events speak of the same
//! thing, the later position counts, whichever arrives first. Two different events never share a position.

use std::sync::Arc;

use kernel::{AccountId, Mark, MarkId, VerdictId};

use crate::{AspectIx, EntryIx, GivenValue, ModuleIx, Policy};

/// The place of an event in the contest's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub i64);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A judge gave a value. His latest of a round counts. A mark that replaces another judge's takes its place.
    Given {
        position: Position,
        mark: MarkId,
        entry: EntryIx,
        aspect: AspectIx,
        judge: AccountId,
        /// From 1.
        round: u32,
        value: GivenValue,
        replaces: Option<MarkId>,
    },
    /// A mark was taken back and none put in its place; the same judge's earlier ones don't come back.
    Retracted { position: Position, entry: EntryIx, aspect: AspectIx, mark: MarkId },
    /// A further round; the highest that was opened counts, marks of the others are kept.
    RoundOpened { position: Position, entry: EntryIx, aspect: AspectIx, round: u32 },
    /// The referee found something, or a person decided on what it found: the latest of a verdict id counts.
    Verdict {
        position: Position,
        entry: EntryIx,
        aspect: AspectIx,
        verdict: VerdictId,
        rule: Arc<str>,
        /// Positive for an award, negative for a deduction.
        marks: Mark,
        outcome: Outcome,
        standing: Standing,
    },
    /// What the referee's verdicts on an aspect are worth for this entry, in place of what the scheme says.
    Policy { position: Position, entry: EntryIx, aspect: AspectIx, policy: Policy },
    /// A theory paper's mark came in.
    Imported { position: Position, entry: EntryIx, aspect: AspectIx, marks: Mark },
    /// Who rechecked an aspect, or decided an appeal, set its mark: it stands in place of whatever else was found, before or after.
    Corrected { position: Position, entry: EntryIx, aspect: AspectIx, marks: Mark },
    /// The work on a module began or ended. From the beginning on, an automatic aspect that starts at its maximum has a
    /// mark; at the end, one that starts at zero has one too, even if nothing was found.
    Run { position: Position, entry: EntryIx, module: ModuleIx, phase: RunPhase },
    /// How long the work on a module took, for ties.
    TimeSet { position: Position, entry: EntryIx, module: ModuleIx, elapsed_ms: u64 },
    /// A competitor left the contest (or came back): he keeps his marks and has no rank.
    Withdrawn { position: Position, entry: EntryIx, withdrawn: bool },
}

impl Event {
    pub const fn position(&self) -> Position {
        match self {
            Event::Given { position, .. }
            | Event::Retracted { position, .. }
            | Event::RoundOpened { position, .. }
            | Event::Verdict { position, .. }
            | Event::Policy { position, .. }
            | Event::Imported { position, .. }
            | Event::Corrected { position, .. }
            | Event::Run { position, .. }
            | Event::TimeSet { position, .. }
            | Event::Withdrawn { position, .. } => *position,
        }
    }

    pub const fn entry(&self) -> EntryIx {
        match self {
            Event::Given { entry, .. }
            | Event::Retracted { entry, .. }
            | Event::RoundOpened { entry, .. }
            | Event::Verdict { entry, .. }
            | Event::Policy { entry, .. }
            | Event::Imported { entry, .. }
            | Event::Corrected { entry, .. }
            | Event::Run { entry, .. }
            | Event::TimeSet { entry, .. }
            | Event::Withdrawn { entry, .. } => *entry,
        }
    }
}

/// How a rule ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Met,
    Missed,
    /// Samples were missing: a judge must look.
    Undecided,
}

/// Whether a verdict counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    Counted,
    /// A person must confirm it first.
    Waiting,
    Rejected,
    /// Recorded to see how well the referee agrees with the judges.
    Shadow,
    /// The referee itself found that it never held, when samples came late.
    Amended,
}

impl Standing {
    pub const ALL: [Standing; 5] =
        [Standing::Counted, Standing::Waiting, Standing::Rejected, Standing::Shadow, Standing::Amended];

    pub const fn code(self) -> &'static str {
        match self {
            Standing::Counted => "counted",
            Standing::Waiting => "waiting",
            Standing::Rejected => "rejected",
            Standing::Shadow => "shadow",
            Standing::Amended => "amended",
        }
    }

    pub fn from_code(code: &str) -> Option<Standing> {
        Standing::ALL.into_iter().find(|standing| standing.code() == code)
    }

    /// How a new verdict stands under an aspect's policy.
    pub const fn of_new(policy: Policy) -> Standing {
        match policy {
            Policy::Automatic => Standing::Counted,
            Policy::Confirm => Standing::Waiting,
            Policy::Shadow | Policy::Off => Standing::Shadow,
        }
    }
}

/// Where an entry's work on a module is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum RunPhase {
    #[default]
    Waiting,
    Open,
    Closed,
}

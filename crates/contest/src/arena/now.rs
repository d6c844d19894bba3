//! What the arena holds of each thing, and what a fold tells of what it changed.

use std::sync::Arc;

use kernel::{AccountId, Mark, MarkId, RunId, Timestamp, VerdictId};
use marking::{AspectIx, Changes, EntryIx, Event, Position, Standing};
use web::wire::Text;

use crate::clock::{RunClock, Watched};
use crate::event::{EvidenceSeen, MarkValue, Outcome};

#[derive(Debug, Clone)]
pub struct RunNow {
    pub clock: RunClock,
    pub watched: Watched,
    pub acts: u32,
    pub added_ms: i64,
    /// When the clock was last touched.
    pub at: Timestamp,
    pub stopped_because: Option<String>,
    /// The referee has seen all of its telemetry.
    pub judged: bool,
    /// The last batch that was heard for it; of runs that were judged before the log said so, nothing.
    pub judged_after: Option<i64>,
    /// There is no equipment: judges enter by hand what it would have said.
    pub by_hand: bool,
    /// Where the log says that equipment came back; 0 where it was never absent. What was sent before tells the referee nothing of this run.
    pub equipped_since: i64,
}

#[derive(Debug, Clone)]
pub struct MarkNow {
    pub id: MarkId,
    pub run: RunId,
    pub entry: EntryIx,
    pub aspect: AspectIx,
    pub judge: AccountId,
    pub round: u32,
    pub value: MarkValue,
    pub given: Mark,
    pub note: Option<String>,
    pub replaced: bool,
    /// When it was marked, by the tablet as far as that can be true.
    pub marked_at: Timestamp,
    pub at: Timestamp,
    pub position: i64,
}

/// A result that somebody signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureNow {
    pub role: kernel::Role,
    /// Of the result as he saw it.
    pub digest: String,
    /// His name, as it was.
    pub by: String,
    pub account: AccountId,
    pub at: Timestamp,
}

#[derive(Debug, Clone)]
pub struct VerdictNow {
    pub id: VerdictId,
    pub run: RunId,
    pub entry: EntryIx,
    pub rule: Arc<str>,
    pub aspect: AspectIx,
    pub outcome: Outcome,
    pub marks: Mark,
    /// Source time, ns.
    pub event_at: i64,
    pub evidence: EvidenceSeen,
    pub standing: Standing,
    /// A mark by hand, or a corrected one, stands in place of all verdicts of its aspect.
    pub by_hand: bool,
    pub decided_by: Option<AccountId>,
    /// It had counted before the chief judge decided otherwise.
    pub taken_back: bool,
    pub reason: Option<String>,
    /// How it stood before the referee found that it does not hold.
    pub stood: Option<Standing>,
    /// Why the referee found it, or found that it does not hold, only when samples came late.
    pub because: Option<Text>,
    pub at: Timestamp,
}

impl VerdictNow {
    /// Its marks are in the aspect's.
    pub fn counts(&self) -> bool {
        self.standing == Standing::Counted && self.outcome != Outcome::Undecided && !self.by_hand
    }

    /// A person must look at it: the policy says so, or data was missing. A judge who marks by hand has looked.
    pub fn waits(&self) -> bool {
        self.decided_by.is_none()
            && !self.by_hand
            && (self.standing == Standing::Waiting
                || (self.outcome == Outcome::Undecided && self.standing == Standing::Counted))
    }
}

#[derive(Debug, Clone)]
pub struct ProblemNow {
    pub run: RunId,
    pub aspect: Option<String>,
    pub text: String,
    pub account: Option<AccountId>,
    pub at: Timestamp,
    pub position: i64,
    pub settled: Option<SettledNow>,
}

/// What was done about a problem.
#[derive(Debug, Clone)]
pub struct SettledNow {
    pub answer: String,
    pub by: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone)]
pub struct RoundNow {
    pub round: u32,
    pub reason: Text,
}

#[derive(Debug, Clone)]
pub struct RequestNow {
    pub run: RunId,
    pub checkpoint: Option<String>,
    pub at: Timestamp,
    pub position: i64,
}

/// What a fold changed: what a screen must show anew.
#[derive(Debug, Default)]
pub struct Touched {
    pub changes: Vec<Changes>,
    pub runs: Vec<RunId>,
    pub verdicts: Vec<VerdictId>,
    pub ticks: Vec<Tick>,
    pub state: bool,
    /// Problems that were reported or settled, by their positions.
    pub problems: Vec<i64>,
    /// Runs in which somebody asked to be judged.
    pub requests: Vec<RunId>,
    /// Aspects of runs on which a judge gave a mark, or a round was opened.
    pub sheets: Vec<(RunId, AspectIx)>,
    /// Runs whose seats may have changed hands.
    pub panels: Vec<RunId>,
    /// Aspects of entries whose mark was corrected.
    pub corrected: Vec<(EntryIx, AspectIx)>,
    /// Somebody said of a venue or station whether it has equipment.
    pub equipment: bool,
    /// Runs of which a photograph was taken or withdrawn.
    pub photos: Vec<RunId>,
    /// Entries of which an appeal was opened or decided.
    pub appeals: Vec<EntryIx>,
    /// Entries whose rank of a quarter of an hour ago is another now.
    pub ranks_before: Vec<EntryIx>,
}

/// One line of the ticker.
#[derive(Debug, Clone)]
pub struct Tick {
    pub position: i64,
    pub at: Timestamp,
    pub entry: EntryIx,
    pub aspect: Option<AspectIx>,
    pub mark: Option<Mark>,
    pub kind: TickKind,
    pub says: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TickKind {
    Mark,
    Verdict,
    Correction,
    Decision,
    Amended,
    Request,
}

impl TickKind {
    pub fn code(self) -> &'static str {
        match self {
            TickKind::Mark => "mark",
            TickKind::Verdict => "verdict",
            TickKind::Correction => "correction",
            TickKind::Decision => "decision",
            TickKind::Amended => "amended",
            TickKind::Request => "request",
        }
    }
}
impl VerdictNow {
    pub(crate) fn event(&self, position: i64) -> Event {
        Event::Verdict {
            position: Position(position),
            entry: self.entry,
            aspect: self.aspect,
            verdict: self.id.clone(),
            rule: self.rule.clone(),
            marks: self.marks,
            outcome: self.outcome.on_board(),
            standing: self.standing,
        }
    }
}

//! What is written in a contest's log. An event is a fact that was acknowledged; nothing in it is ever changed.
//!
//! Invariant: every version that was ever written loads for ever (`fixtures/wire/contest_event`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use web::wire::{
    AccountId, AppealId, EntryId, Mark, MarkId, PhotoId, Role, RunId, StationId, Text, VenueId, VerdictId,
};

use crate::by_hand::RuleSeen;
use crate::draw::DrawList;
use crate::rules::SchemeText;

/// How a mark was given: the judge's own words, kept as they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum MarkValue {
    /// Judgement: 0 to 3.
    Level { level: u32 },
    /// A mark as such: a panel's, a theory paper's, or a judge's in place of an undecided verdict.
    Marks { marks: Mark },
    /// Measurement: full mark or zero.
    YesNo { yes: bool },
    /// Measurement against a tolerance, in the aspect's unit.
    Measured { value: String },
    /// The codes of the steps that were met.
    Steps { met: Vec<String> },
    /// How often each deduction applies.
    Deductions { counts: std::collections::BTreeMap<String, u32> },
    /// What a sensor would have said, by hand: how often each rule of an automatic aspect was met and missed, and what that is worth. Since v8.
    Observed { marks: Mark, rules: std::collections::BTreeMap<String, RuleSeen> },
}

impl MarkValue {
    /// The value as the board takes it.
    pub fn to_given(&self) -> Result<marking::GivenValue, String> {
        Ok(match self {
            MarkValue::Level { level } => marking::GivenValue::Level(*level),
            MarkValue::Marks { marks } | MarkValue::Observed { marks, .. } => marking::GivenValue::Marks(marks.0),
            MarkValue::YesNo { yes } => marking::GivenValue::YesNo(*yes),
            MarkValue::Measured { value } => marking::GivenValue::Measured(value.parse()?),
            MarkValue::Steps { met } => marking::GivenValue::Steps(met.clone()),
            MarkValue::Deductions { counts } => {
                marking::GivenValue::Deductions(counts.iter().map(|(code, count)| (code.clone(), *count)).collect())
            }
        })
    }
}

/// What a person decided on a verdict that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Confirm,
    Reject,
}

/// An act on a run's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockAct {
    Start,
    Stop,
    Resume,
    AddTime,
    Close,
}

/// Where a contest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContestState {
    Draft,
    Live,
    /// The public board stands still; the venue's goes on.
    Frozen,
    /// All marks are in; the chief judge looks through them.
    Review,
    Final,
}

impl ContestState {
    pub fn code(self) -> &'static str {
        match self {
            ContestState::Draft => "draft",
            ContestState::Live => "live",
            ContestState::Frozen => "frozen",
            ContestState::Review => "review",
            ContestState::Final => "final",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        use ContestState::*;
        [Draft, Live, Frozen, Review, Final].into_iter().find(|state| state.code() == code)
    }

    /// `draft → live ⇄ frozen → review → final`, and from review back when something has to be marked again. What an appeal that is upheld
    /// makes of a final contest, review, nobody asks for by itself.
    pub fn may_become(self, next: ContestState) -> bool {
        use ContestState::*;
        matches!(
            (self, next),
            (Draft, Live) | (Live, Frozen | Review) | (Frozen, Live | Review) | (Review, Live | Frozen | Final)
        )
    }

    /// Marks and verdicts are taken, until a recheck is ordered or a draw undone. Telemetry is kept in every state; it is judged while a run's
    /// clock was open.
    pub fn takes_marks(self) -> bool {
        matches!(self, ContestState::Live | ContestState::Frozen | ContestState::Review)
    }

    /// What spectators see stands still.
    pub fn hides_changes(self) -> bool {
        matches!(self, ContestState::Frozen | ContestState::Review)
    }
}

/// One sample that decided a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SampleSeen {
    pub signal: String,
    /// Source time, ns.
    pub at: i64,
    pub value: serde_json::Value,
}

/// Why the referee said so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EvidenceSeen {
    /// The window, ns of source time, both ends included.
    pub from: i64,
    pub to: i64,
    pub samples: Vec<SampleSeen>,
    /// Signals of which not all was known, where that is why it is undecided. Since v5.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    pub sentence: Text,
    pub scheme_hash: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Met,
    Missed,
    /// Data was missing: a judge is asked.
    Undecided,
}

impl Outcome {
    pub fn on_board(self) -> marking::Outcome {
        match self {
            Outcome::Met => marking::Outcome::Met,
            Outcome::Missed => marking::Outcome::Missed,
            Outcome::Undecided => marking::Outcome::Undecided,
        }
    }
}

/// How much was still out when somebody published results even so, or what the contest lacked of its rule set's demands when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeftOpen {
    /// Runs that nobody closed.
    pub runs: u32,
    /// Closed runs whose telemetry the referee has not seen to its end.
    pub unjudged: u32,
    /// Runs whose panel owes marks.
    pub sheets: u32,
    /// Verdicts that wait for a person.
    pub verdicts: u32,
    /// Entries without a mark of a theory paper, each paper counted. Since v3.
    #[serde(default, skip_serializing_if = "is_none_left")]
    pub papers: u32,
    /// Runs that never began. Since v4.
    #[serde(default, skip_serializing_if = "is_none_left")]
    pub unstarted: u32,
    /// Appeals without an answer. Since v7.
    #[serde(default, skip_serializing_if = "is_none_left")]
    pub appeals: u32,
    /// Entries that no lots were drawn for, although the rule set declares a draw. Since v9.
    #[serde(default, skip_serializing_if = "is_none_left")]
    pub undrawn: u32,
    /// Teams with fewer members than the rule set's least. Since v9.
    #[serde(default, skip_serializing_if = "is_none_left")]
    pub small_teams: u32,
}

fn is_none_left(count: &u32) -> bool {
    *count == 0
}

/// What a mark was corrected by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Because {
    /// Where the log says that it was ordered.
    Recheck {
        recheck: i64,
    },
    Appeal {
        appeal: AppealId,
    },
}

/// A mark that a recheck found to be another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundMark {
    pub aspect: String,
    /// Hundredths: as it stood, and as it was found.
    pub given: i64,
    pub found: i64,
    pub reason: String,
    /// The correction that follows; none within the tolerance.
    pub correction: Option<MarkId>,
}

/// What was decided on an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppealDecision {
    Upheld,
    Partly,
    Rejected,
}

/// What a photograph goes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhotoOf {
    /// A judge's mark on an aspect, or on the run.
    Mark,
    /// "I see a problem".
    Problem,
}

/// The body of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happened {
    State {
        to: ContestState,
        reason: Option<String>,
        /// What was still out when results were published even so. Since v2.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_open: Option<LeftOpen>,
    },
    Mark {
        id: MarkId,
        run: RunId,
        entry: EntryId,
        aspect: String,
        round: u32,
        value: MarkValue,
        /// What the value is worth, hundredths.
        given: i64,
        note: Option<String>,
        replaces: Option<MarkId>,
        reason: Option<String>,
        /// When it was marked, ms: the tablet's time, as far as it can be true.
        marked_at: i64,
        /// What the tablet said, where that can't be true: its clock is wrong. Since v2.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tablet_said: Option<i64>,
    },
    Verdict {
        id: VerdictId,
        run: RunId,
        entry: EntryId,
        rule: String,
        aspect: String,
        outcome: Outcome,
        /// Hundredths, signed: a deduction is negative.
        marks: i64,
        /// Source time, ns.
        event_at: i64,
        evidence: EvidenceSeen,
        /// Why it was found only when its time was judged again. Since v5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<Text>,
        /// The verdict in whose place it stands: what a person decided on that holds for this one too, if it is worth the same. Since v5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead_of: Option<VerdictId>,
    },
    Decided {
        verdict: VerdictId,
        decision: Decision,
        reason: Option<String>,
    },
    Clock {
        run: RunId,
        act: ClockAct,
        reason: Option<String>,
        add_ms: i64,
    },
    Problem {
        run: RunId,
        aspect: Option<String>,
        text: String,
    },
    /// A problem that was reported is settled: what was done about it, and by whom.
    ProblemSettled {
        /// The position of the report.
        problem: i64,
        run: RunId,
        answer: String,
        /// His name, as it was.
        by: String,
    },
    /// The judges of a round were too far apart: they talk and mark again.
    RoundOpened {
        run: RunId,
        entry: EntryId,
        aspect: String,
        round: u32,
        reason: Text,
    },
    /// A theory paper's mark, in hundredths.
    Imported {
        entry: EntryId,
        aspect: String,
        marks: i64,
    },
    /// Entries, judges or runs came in by import: the plan is read again.
    PlanChanged {
        what: String,
        count: u32,
    },
    Requested {
        run: RunId,
        checkpoint: Option<String>,
    },
    /// A judge can't go on: what he has not marked is another's from now on. What he has marked stands.
    JudgeExcused {
        judge: AccountId,
        reason: String,
    },
    /// He is back, and takes the seats that nobody else has marked on meanwhile.
    JudgeReturned {
        judge: AccountId,
        reason: Option<String>,
    },
    /// The referee has seen all of a closed run's telemetry.
    Watched {
        run: RunId,
        samples: u64,
        late: u64,
        verdicts: u32,
        /// The last batch that was heard for it: who judges the run once more ends there too. Since v4.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_batch: Option<i64>,
    },
    /// A verdict that counted counts no longer. Since v4, like the following.
    VerdictTakenBack {
        verdict: VerdictId,
        reason: String,
    },
    /// The referee itself found that a verdict does not hold: samples came late, and its time was judged again. Since v5.
    VerdictAmended {
        verdict: VerdictId,
        run: RunId,
        aspect: String,
        because: Text,
    },
    /// The rules by which runs are judged that are opened from here on.
    RulesPublished {
        version: u32,
        hash: String,
        scheme: SchemeText,
        reason: String,
        /// His name, as it was.
        by: String,
    },
    /// Somebody signed the result as he saw it, in a role that has to. Since v6.
    Signed {
        role: Role,
        /// Of the result: SHA-256, in hexadecimal.
        digest: String,
        /// His name, as it was.
        by: String,
    },
    /// The commitment of a seed is published: nobody can draw by another. What was drawn before is void, so the plan is read again, for names may be
    /// shown. Since v7, like the following.
    DrawCommitted {
        /// SHA-256 of the hall's part of the seed, in hexadecimal.
        commitment: String,
        /// Why there is another one than before.
        reason: Option<String>,
        /// What lots are drawn over. Since v9, like the next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        list: Option<Arc<DrawList>>,
        /// The whole seed of what is void with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        void_seed: Option<String>,
    },
    /// Everybody has a number, and works in the order of the numbers: the plan is read again.
    LotsDrawn {
        commitment: String,
        /// What was added to the hall's part of the seed.
        public_part: Option<String>,
        entries: u32,
        /// Why it was drawn although some teams have fewer members than the rule set's least. Since v9.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        even_so: Option<String>,
    },
    /// Somebody who has checked a result wants the numbers undone.
    DrawUndoing {
        role: Role,
        /// Of the result.
        digest: String,
        /// His name, as it was.
        by: String,
    },
    /// The numbers are undone, and the whole seed is published: the plan is read again, for names may be shown.
    DrawUndone {
        seed: String,
    },
    /// Rules that are watched beside those in force, or none any more.
    RulesShadowed {
        scheme: Option<SchemeText>,
        reason: Option<String>,
        by: String,
    },
    /// The recheck was ordered: who is chosen follows from the ranks as they stand here and the seed. Since v7, like the following.
    RecheckOrdered {
        seed: String,
        /// His name, as it was.
        by: String,
    },
    /// Every mark of an entry was looked at once more.
    EntryRechecked {
        entry: EntryId,
        /// So many marks.
        marks: u32,
        differences: Vec<FoundMark>,
        by: String,
    },
    /// The mark of an aspect is another one from here on; what it was is kept.
    Corrected {
        id: MarkId,
        entry: EntryId,
        aspect: String,
        /// Hundredths.
        marks: i64,
        /// As it stood; none where there was none.
        was: Option<i64>,
        because: Because,
        reason: String,
        by: String,
    },
    AppealMade {
        id: AppealId,
        entry: EntryId,
        /// The appeal against whose answer this one is: the second instance.
        first: Option<AppealId>,
        module: String,
        aspects: Vec<String>,
        text: String,
        asks: Option<String>,
        /// The name of who brought it, as it was.
        by: String,
    },
    AppealAnswered {
        appeal: AppealId,
        decision: AppealDecision,
        reason: String,
        /// The corrections that follow.
        corrections: Vec<MarkId>,
        by: String,
    },
    /// Who appealed wants no answer any more. Since v8.
    AppealWithdrawn {
        appeal: AppealId,
        reason: Option<String>,
        /// His name, as it was.
        by: String,
    },
    /// A judge took a photograph. The picture itself is kept beside the log, which holds its digest. Since v8, like the following.
    PhotoAdded {
        id: PhotoId,
        run: RunId,
        /// None: of the run as a whole.
        aspect: Option<String>,
        of: PhotoOf,
        /// Of the picture as it is kept: SHA-256, in hexadecimal.
        sha256: String,
        /// Its media type, its size, and its sides in pixels.
        picture: String,
        bytes: u32,
        width: u32,
        height: u32,
        /// When it was taken, ms: the tablet's time, as far as it can be true.
        taken_at: i64,
    },
    /// Who took a photograph withdrew it: nobody is shown it any more.
    PhotoWithdrawn {
        id: PhotoId,
        run: RunId,
    },
    /// A venue, or one of its stations, has no equipment, or has it again.
    EquipmentSet {
        venue: VenueId,
        station: Option<StationId>,
        present: bool,
        reason: String,
        /// His name, as it was.
        by: String,
    },
}

impl Happened {
    /// Whether what was planned has changed with it.
    pub fn changes_plan(&self) -> bool {
        matches!(
            self,
            Happened::PlanChanged { .. }
                | Happened::DrawCommitted { .. }
                | Happened::LotsDrawn { .. }
                | Happened::DrawUndone { .. }
        )
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Happened::State { .. } => "state",
            Happened::Mark { .. } => "mark",
            Happened::Verdict { .. } => "verdict",
            Happened::Decided { .. } => "decided",
            Happened::Clock { .. } => "clock",
            Happened::Problem { .. } => "problem",
            Happened::ProblemSettled { .. } => "problem_settled",
            Happened::RoundOpened { .. } => "round_opened",
            Happened::Imported { .. } => "imported",
            Happened::PlanChanged { .. } => "plan_changed",
            Happened::Requested { .. } => "requested",
            Happened::JudgeExcused { .. } => "judge_excused",
            Happened::JudgeReturned { .. } => "judge_returned",
            Happened::Watched { .. } => "watched",
            Happened::VerdictTakenBack { .. } => "verdict_taken_back",
            Happened::VerdictAmended { .. } => "verdict_amended",
            Happened::RulesPublished { .. } => "rules_published",
            Happened::RulesShadowed { .. } => "rules_shadowed",
            Happened::Signed { .. } => "signed",
            Happened::RecheckOrdered { .. } => "recheck_ordered",
            Happened::EntryRechecked { .. } => "entry_rechecked",
            Happened::Corrected { .. } => "corrected",
            Happened::AppealMade { .. } => "appeal_made",
            Happened::AppealAnswered { .. } => "appeal_answered",
            Happened::AppealWithdrawn { .. } => "appeal_withdrawn",
            Happened::PhotoAdded { .. } => "photo_added",
            Happened::PhotoWithdrawn { .. } => "photo_withdrawn",
            Happened::EquipmentSet { .. } => "equipment_set",
            Happened::DrawCommitted { .. } => "draw_committed",
            Happened::LotsDrawn { .. } => "lots_drawn",
            Happened::DrawUndoing { .. } => "draw_undoing",
            Happened::DrawUndone { .. } => "draw_undone",
        }
    }
}

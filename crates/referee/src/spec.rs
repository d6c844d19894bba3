//! Rules as they are written: plain structs that hold conditions, durations and quantities as source text.
//! [`compile`](crate::compile) turns them into a [`RuleSet`](crate::RuleSet) or says everything that is wrong with them.

use kernel::{Mark, Text};

/// One rule. It belongs to one aspect and says what has to happen, when, and what it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSpec {
    pub id: String,
    /// The code of the aspect that takes the marks. The referee only hands it on.
    pub aspect: String,
    /// What it means when the rule is met, in a few words; it begins the sentence of each verdict.
    pub says: Text,
    /// Only what happens in this phase counts.
    pub during: PhaseSpec,
    pub pattern: PatternSpec,
    /// Marks when met; negative for a deduction. Left out where a curve gives the marks.
    pub met: Option<Mark>,
    /// Marks when missed; mostly left out or negative.
    pub missed: Option<Mark>,
    /// The first verdict that is met or missed is the last.
    pub once: bool,
    /// The rule's verdicts of a run give or take no more than this together. Not negative.
    pub at_most: Option<Mark>,
    /// The marks of the rule's verdicts never add up to less than this in a run. Not positive.
    pub min_total: Option<Mark>,
    /// The rule counts only if all these rules were met in this run.
    pub gate: Vec<String>,
    /// Of so many phases only the best one counts; later ones are not judged.
    pub best_of: Option<u32>,
    /// What becomes of something that is still open when the run ends.
    pub unfinished: Unfinished,
}

impl RuleSpec {
    /// Whether something can still be open when the run ends, so that its policy matters.
    pub fn may_stay_open(&self) -> bool {
        let ends = |event: &TriggerSpec| *event == TriggerSpec::Ends;
        // The end of the run ends every other phase.
        let waits_for_its_end = matches!(&self.during, PhaseSpec::Between { to, .. } if !ends(to));
        match &self.pattern {
            PatternSpec::Then { .. }
            | PatternSpec::Absent { .. }
            | PatternSpec::Sequence { .. }
            | PatternSpec::Measure { .. } => true,
            PatternSpec::Without { time, .. } => matches!(time, WithoutSpec::Within(_)),
            PatternSpec::Count { .. } | PatternSpec::Figure { .. } => waits_for_its_end,
            PatternSpec::On { event, .. } => ends(event) && waits_for_its_end,
            PatternSpec::Holds { .. } | PatternSpec::Forbidden { .. } | PatternSpec::While { .. } => false,
        }
    }
}

/// The end-of-run policy of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unfinished {
    /// A person has to say: the run ended before it could be decided.
    #[default]
    Undecided,
    /// Not finished in time is missed.
    Missed,
}

/// When a rule watches.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum PhaseSpec {
    #[default]
    Run,
    /// While a condition is true.
    While(String),
    /// From one event to another, both instants included.
    Between { from: TriggerSpec, to: TriggerSpec },
}

/// Something that happens at an instant.
#[derive(Debug, Clone, PartialEq)]
pub enum TriggerSpec {
    /// A condition becomes true.
    Rises(String),
    /// A condition becomes false.
    Falls(String),
    /// A bool, integer or text signal takes another value.
    Changes(String),
    /// Several witnesses agree: so many of their conditions become true within a time of each other.
    Agree {
        witnesses: Vec<String>,
        /// How many; more than half of those that are connected where it is left out.
        at_least: Option<u32>,
        /// A second where it is left out.
        within: Option<String>,
    },
    /// The competitor asks to be judged: at the named checkpoint, or at any.
    Request(Option<String>),
    /// The phase (or the run) begins.
    Begins,
    /// The phase (or the run) ends.
    Ends,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub enum PatternSpec {
    /// Every time something happens; with a check, what must be so at that instant.
    On { event: TriggerSpec, check: Option<CheckSpec> },
    /// A condition is true without a break for a time; once per episode.
    Holds { condition: String, lasting: String },
    /// After one event another one comes within a time, that instant included; `unless`: and this one not between them.
    Then { first: TriggerSpec, then: TriggerSpec, within: String, unless: Option<TriggerSpec> },
    /// When one event happens, another one does not come within a time.
    Without { event: TriggerSpec, without: TriggerSpec, time: WithoutSpec },
    /// Something does not happen within a time from the beginning of the phase, that instant included.
    Absent { event: TriggerSpec, by: String },
    /// Steps in their order, each later than the one before.
    Sequence {
        steps: Vec<StepSpec>,
        /// For all of them, from the first one on.
        within: Option<String>,
        /// The marks are for each step that was reached, not for the whole.
        each_step: bool,
    },
    /// The first event comes while the second has not yet come in this phase.
    Forbidden { first: TriggerSpec, second: TriggerSpec },
    /// A condition that must not be.
    While { condition: String, per: PerSpec },
    /// How often something happens in the phase; said when the phase ends.
    Count { event: TriggerSpec, scale: CountScale },
    /// How long it takes from one event to another.
    Measure { from: TriggerSpec, to: TriggerSpec, scale: ScaleSpec },
    /// A statistic over the phase; said when the phase ends.
    Figure { statistic: Statistic, of: String, scale: ScaleSpec },
}

/// A step of a sequence.
#[derive(Debug, Clone, PartialEq)]
pub struct StepSpec {
    pub event: TriggerSpec,
    /// From the step before.
    pub within: Option<String>,
}

/// What the marks of a violation are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PerSpec {
    /// Each time, at once.
    #[default]
    Violation,
    /// Each full second, said when it is over.
    Second,
    /// Each second that was begun.
    StartedSecond,
}

/// On which side of an event another one must not come.
#[derive(Debug, Clone, PartialEq)]
pub enum WithoutSpec {
    /// In `(t, t + T]`.
    Within(String),
    /// In `[t − T, t)`.
    Before(String),
}

/// What has to be so at the instant of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckSpec {
    /// A condition is true.
    Is(String),
    /// A condition has been true without a break for a time.
    Held { condition: String, lasting: String },
    /// A statistic over the time before the event: of the samples in `(t − over, t]`, or of what was held meanwhile.
    Figure { statistic: Statistic, of: String, over: String, scale: ScaleSpec },
}

/// A statistic. The first three and the percentile are of samples, each alike; the others take each sample to hold until
/// the next one.
#[derive(Debug, Clone, PartialEq)]
pub enum Statistic {
    /// The arithmetic mean of the samples.
    Mean,
    Min,
    Max,
    /// Hyndman and Fan's type 7; the text is a number from 0 to 100.
    Percentile(String),
    /// What is held at the end.
    Last,
    TimeMean,
    /// In figure · seconds.
    Integral,
    /// The time in a closed band; an absent bound is open.
    TimeInBand {
        low: Option<String>,
        high: Option<String>,
    },
    /// The share of the time in a closed band, in percent.
    ShareInBand {
        low: Option<String>,
        high: Option<String>,
    },
}

impl Statistic {
    /// The field of a scheme file.
    pub const fn code(&self) -> &'static str {
        match self {
            Statistic::Mean => "mean",
            Statistic::Min => "min",
            Statistic::Max => "max",
            Statistic::Percentile(_) => "percentile",
            Statistic::Last => "last",
            Statistic::TimeMean => "time_mean",
            Statistic::Integral => "integral",
            Statistic::TimeInBand { .. } => "time_in_band",
            Statistic::ShareInBand { .. } => "share_in_band",
        }
    }
}

/// How a figure becomes marks. Quantities are texts with or without a unit: `48.0`, `48 N`, `2s`.
#[derive(Debug, Clone, PartialEq)]
pub enum ScaleSpec {
    /// Met when the figure lies between both bounds, the bounds included; an absent bound is open.
    Range { low: Option<String>, high: Option<String> },
    /// All the marks up to `full` away from the target, none from `zero` away on, in proportion between.
    Tolerance { target: String, full: String, zero: String },
    /// Marks at given figures; straight lines between them, the nearest end outside.
    Curve(Vec<(String, Mark)>),
}

/// How a count becomes marks.
#[derive(Debug, Clone, PartialEq)]
pub enum CountScale {
    /// The rule's marks for each, up to its cap.
    Each,
    Scale(ScaleSpec),
}

//! What the referee found, and why.

use std::sync::Arc;

use kernel::{Mark, Nanos, Text};

use crate::{Quality, Value};

/// One finding of one rule in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// 0, 1, 2 … in the order in which the monitor found them.
    pub number: u32,
    /// The place of the rule in its set.
    pub rule_ix: u32,
    pub rule: Arc<str>,
    pub aspect: Arc<str>,
    /// When it happened.
    pub at: Nanos,
    /// When it was certain: the same instant, or the deadline that passed.
    pub decided_at: Nanos,
    pub outcome: Outcome,
    /// Signed; zero when undecided, and what the cap left when there is one.
    pub marks: Mark,
    pub evidence: Evidence,
}

/// How a rule came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Met,
    Missed,
    /// What was recorded does not decide it: a judge is asked.
    Undecided,
}

impl Outcome {
    pub const fn code(self) -> &'static str {
        match self {
            Outcome::Met => "met",
            Outcome::Missed => "missed",
            Outcome::Undecided => "undecided",
        }
    }

    pub fn from_code(code: &str) -> Option<Outcome> {
        [Outcome::Met, Outcome::Missed, Outcome::Undecided].into_iter().find(|outcome| outcome.code() == code)
    }
}

/// Why: the window, the samples that decided, and a sentence with the figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub from: Nanos,
    pub to: Nanos,
    /// In the order of time, then of names; a few for each event, never all of a window.
    pub samples: Vec<EvidenceSample>,
    /// Signals of which not all was known, where that is why it is undecided.
    pub unknown: Vec<Arc<str>>,
    pub sentence: Text,
}

/// A sample that decided.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceSample {
    pub at: Nanos,
    pub signal: Arc<str>,
    pub value: Value,
    pub quality: Quality,
}

//! Telemetry becomes verdicts: rules compiled to incremental monitors on event time. Pure.

mod fault;
mod signal;
mod spec;
mod verdict;

pub use fault::{Fault, Place};
pub use signal::{Quality, Sample, SignalDecl, SignalIx, SignalKind, Value};
pub use spec::{
    CheckSpec, CountScale, PatternSpec, PhaseSpec, RuleSpec, ScaleSpec, Statistic, TriggerSpec, Unfinished,
};
pub use verdict::{Evidence, EvidenceSample, Outcome, Verdict};

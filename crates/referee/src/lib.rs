//! Telemetry becomes verdicts: rules compiled to incremental monitors on event time. Pure.

mod agree;
mod check;
mod code;
mod compile;
mod cuts;
mod fault;
mod finding;
mod gate;
mod lex;
mod link;
mod memory;
mod monitor;
mod parse;
mod pattern;
mod row;
mod rules;
mod sentence;
mod settle;
mod signal;
mod spec;
mod timeline;
mod unit;
mod unseen;
mod verdict;
mod window;
mod worth;

pub use compile::pieces::{Piece, check_pieces};
pub use compile::{Examined, compile, examine};
pub use fault::{Fault, Place};
pub use lex::with_point;
pub use memory::{MemoryBound, MemoryRoom};
pub use monitor::{Counts, Monitor, Taken};
pub use row::{Cell, Columns};
pub use rules::RuleSet;
pub use signal::{Quality, Sample, SignalDecl, SignalIx, SignalKind, Value};
pub use spec::{
    CheckSpec, CountScale, PatternSpec, PerSpec, PhaseSpec, RuleSpec, ScaleSpec, Statistic, StepSpec, TriggerSpec,
    Unfinished, WithoutSpec,
};
pub use timeline::{Amends, Arrival, Arrivals, Bounds, Entry, Timeline};
pub use verdict::{Evidence, EvidenceSample, Outcome, Verdict};

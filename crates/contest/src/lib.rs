//! The contest room: fields, sheets, marks, verdicts, clocks, boards.
//!
//! Who acts: an organiser makes a contest from a scheme and imports its field; judges mark on sheets; the competitor asks to be judged; a venue's
//! gateway sends telemetry, which the [`umpire`] judges; the chief judge confirms, stops clocks, freezes and closes; spectators watch.
//!
//! The flow: a use case (one file with its route, in [`contests`], [`design`], [`draw`], [`field`], [`registration`], [`judging`], [`photos`], [`rules`], [`recheck`], [`appeals`], [`results`], [`analysis`], [`papers`], [`watching`], [`seasons`]) checks what was asked and appends a fact to the
//! contest's [`log`] in one transaction → the [`floor`] folds it into the [`arena`] → the [`stage`] shows what was touched.
//!
//! Invariants: what was acknowledged stands in the log; the arena is a fold over the log and nothing else; a judge's answers name a competitor
//! by his blind number only.

pub mod access;
mod analysis;
pub mod appeals;
mod archived;
pub mod arena;
pub mod by_hand;
mod clics;
pub mod clock;
mod contests;
mod correction;
mod design;
mod disclosure;
mod draw;
pub mod event;
mod field;
pub mod floor;
mod freeze;
mod judging;
pub mod log;
pub mod panel;
mod papers;
mod photos;
pub mod plan;
pub mod recheck;
mod recusal;
pub mod registration;
pub mod results;
mod room;
pub mod rules;
mod sealed;
mod seasons;
pub mod sheet;
pub mod sql;
pub mod stage;
pub mod umpire;
mod watch;
mod watching;

pub use room::{ContestRoom, doc, room};

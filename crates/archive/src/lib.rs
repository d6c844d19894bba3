//! The archive: one ordered log of xAPI statements, the hall's spine. What a worker did, in whichever room, ends here;
//! portraits, reports and displays are projections of it and can be built anew from position 1.
//!
//! A room builds a statement from what it knows ([`facts`]) and appends it in the transaction in which the thing
//! itself is written: a mark that is stored is also archived, or neither is. Readers follow the log by position
//! ([`since`]) or look up a person ([`by_person`]).
//!
//! Invariants:
//! - Positions count from 1 without gaps, in the order of commits.
//! - Nothing is changed or deleted: no statement here does it, and the tables refuse it. What was wrong is followed by
//!   a correction that names it.
//! - Each row's hash covers the hash before it, so that whoever notes the newest one can prove later that
//!   nothing before it was touched ([`verify`]).
//! - One thing is archived once: ids made by [`facts`] come from the thing's own id, and appending the same
//!   statement again answers the position that it has.

mod append;
pub mod facts;
mod query;
pub mod sql;
mod verify;

pub use append::append;
pub use query::{Recorded, by_object, by_person, newest, since};
pub use verify::{Proof, verify};

/// The log's name among the store's counters, and the topic that is woken when it grows.
pub const LOG: &str = "archive";

/// Rows that one read answers at most.
pub const LIMIT_MAX: i64 = 1000;

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the statement has no id")]
    NoId,
    #[error("another statement has the id {id} already, at position {position}")]
    Conflict { id: xapi::Uuid, position: i64 },
    #[error("the archive was changed at position {position}: its hash doesn't fit")]
    Broken { position: i64 },
    #[error("position {position} holds no statement that can be read")]
    Unreadable { position: i64, source: serde_json::Error },
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

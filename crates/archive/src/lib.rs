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
//!   a correction that names it, or by a statement that voids it.
//! - Each row's hash covers the hash before it, so that whoever notes the newest one can prove later that
//!   nothing before it was touched ([`verify()`]).
//! - What a statement says is sealed with a key of its actor. Who is erased loses the key; the chain stays whole ([`erase()`]).
//! - Tenants never see one another: each has a log, a chain and keys of its own ([`Tenant`]).
//! - One thing is archived once: ids made by [`facts`] come from the thing's own id, and appending the same
//!   statement again answers the position that it has.

mod append;
mod chain;
mod erase;
pub mod facts;
mod key;
mod opened;
mod owners;
mod pending;
mod place;
mod query;
mod rebuild;
mod seal;
pub mod sql;
mod targets;
mod verify;
mod writer;

pub use append::{append, append_many};
pub use chain::Taken;
pub use erase::{erase, keep_years};
pub use key::Key;
pub use pending::{Attached, Authority, Pending};
pub use place::Tenant;
pub use query::{Asked, Condition, Found, Reader, Recorded, by_object, by_person, newest, newest_of, since};
pub use rebuild::{order_rebuild, rebuild};
pub use verify::{Proof, verify, verify_of};
pub use writer::Writer;

/// The topic that is woken when the hall's own log grows.
pub const LOG: &str = "archive";

/// The topic of a tenant's log.
pub fn log_of(tenant: Tenant) -> String {
    if tenant == Tenant::HALL { LOG.to_owned() } else { format!("{LOG}-{}", tenant.number()) }
}

/// Rows that one read answers at most.
pub const LIMIT_MAX: i64 = 1000;

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the statement has no id")]
    NoId,
    #[error("another statement has the id {id} already, at position {position}")]
    Conflict { id: xapi::Uuid, position: i64 },
    #[error("the statement can't be kept: {0}")]
    Refused(xapi::Fault),
    #[error("the archive was changed at position {position}: its hash or its seal doesn't fit")]
    Broken { position: i64 },
    #[error("position {position} holds no statement that can be read")]
    Unreadable { position: i64, source: serde_json::Error },
    #[error("the key that seals a statement is not there")]
    NoKey,
    #[error("there is no tenant {number}")]
    NoTenant { number: u32 },
    #[error("the archive takes nothing more: the hall is stopping")]
    Stopped,
    #[error("statements could not be written: {0}")]
    NotWritten(std::sync::Arc<str>),
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

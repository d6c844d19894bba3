//! The xAPI statement (IEEE 9274.1.1 and its forerunner 1.0.3): who did what, on what, with which result, in which
//! context. Every fact about a person or a union leaves the hall's rooms in this shape and goes into the one archive.
//!
//! Three ways in, one reader behind them, which names every fault by its path, in both languages:
//! - A record store's door gives the bytes of a request to [`prepare`] and gets what it needs to index each statement,
//!   and the text to store: [`Prepared::body`] puts together what came, byte for byte, and what the store adds. Nothing
//!   is built and written anew on this way.
//! - Who wants a foreign statement in types calls [`Statement::parse`] or [`Statement::read`].
//! - Rooms build statements with [`Statement::new`] and the `with_…` methods from the hall's own [`verbs`], and
//!   [`Statement::to_value`] writes them in the specification's order.
//!
//! Kept as it came: the text of a time, numbers, extensions and all order. Normalised: a single context activity
//! becomes a list of one, as the specification asks of a record store, and space between values goes.
//!
//! Invariant: this crate is pure. It reads no clock, makes no ids by itself and does no I/O.

mod agent_key;
mod agents;
mod build;
mod check;
mod facts;
mod fault;
mod format;
mod json;
mod language;
mod merge;
mod model;
mod model_read;
mod prepare;
mod read;
mod same;
mod uuid;
pub mod verbs;
mod write;

pub use agent_key::AgentKey;
pub use build::{hall_activity, hall_person};
pub use check::{is_duration, is_iri, is_language_tag, time_at};
pub use facts::{AttachmentMeta, Defined, Mention, ObjectKey, Reference, Role};
pub use fault::Fault;
pub use format::{canonical, ids};
pub use language::LanguageRange;
pub use merge::merge_definitions;
pub use model::{
    Activity, ActivityDefinition, Actor, Attachment, Component, Context, ContextActivities, Identity, Interaction,
    LanguageMap, Object, Outcome, Related, Score, Statement, SubStatement, Time, Verb, Version,
};
pub use prepare::{Batch, Prepared, Stamp, prepare};
pub use same::same;
pub use uuid::Uuid;

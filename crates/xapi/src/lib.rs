//! The xAPI statement (IEEE 9274.1.1 and its forerunner 1.0.3): who did what, on what, with which result, in which
//! context. Every fact about a person or a union leaves the hall's rooms in this shape and goes into the one archive.
//!
//! # The ways in
//! One reader stands behind all of them; it finds every fault, up to 50, and names it by its path, in both languages.
//! - A record store's door gives the bytes of a request to [`prepare`] and gets, for each statement, what it needs to index it
//!   and the text to store. Nothing is built and written anew on this way: what is told of a statement is borrowed from
//!   the request, and [`Prepared::body`] puts together what came, byte for byte, and what the store adds.
//! - Who wants a foreign statement in types calls [`Statement::parse`] or [`Statement::read`].
//! - Rooms build statements with [`Statement::new`] and the `with_…` methods from the hall's own [`verbs`], and
//!   [`Statement::to_value`] writes them in the specification's order.
//!
//! ```
//! use xapi::{Stamp, Uuid, Version, prepare};
//!
//! let request = br#"{"actor":{"mbox":"mailto:wang@union.example"},
//!     "verb":{"id":"https://union.example/verbs/attended"},"object":{"id":"https://union.example/class/7"}}"#;
//! let batch = prepare(request, Version::V2_0).expect("no faults");
//! let statement = &batch.statements[0];
//! assert_eq!(statement.actor.as_ref().map(ToString::to_string).as_deref(), Some("mbox:wang@union.example"));
//! let id = statement.id.unwrap_or(Uuid::from_digest(&[7; 32]));
//! let mut body = String::new();
//! let stamp = Stamp { id, stored: "2026-11-22T08:00:00.000Z", authority: None, version: "2.0.0" };
//! statement.body(&stamp, &mut body);
//! assert!(body.starts_with(r#"{"id":"07070707-"#) && body.ends_with(r#""version":"2.0.0"}"#));
//! ```
//!
//! # What is stored
//! Kept as it came: the text of times and numbers, extensions, and all order. Normalised: the id is written in lower case and stands
//! first, a single context activity becomes a list of one, also in a substatement, and space between values goes, so that a
//! stored statement is one line. The store sets `id`, `stored` and `authority`; `timestamp` and `version` only where they are missing.
//!
//! # What is refused beyond the specification
//! A property that stands twice in its object, a number beyond a double, nesting beyond 64, U+0000 in a name (it goes into an index
//! that can't hold it), and an id twice in one request.
//!
//! # With what is stored
//! [`same`] decides between "known already" and a conflict; [`ids`] and [`canonical`] are the two other formats;
//! [`merge_definitions`] gathers what statements say of an activity; [`Actor::parse`] reads the `agent` of a request,
//! [`AgentKey`] is how agents are looked up, and [`Actor::to_person`] tells of one.
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

//! The xAPI statement (IEEE 9274.1.1 and its forerunner 1.0.3): who did what, on what, with which result, in which
//! context. Every fact about a person or a union leaves the hall's rooms in this shape and goes into the one archive.
//!
//! Two ways in: rooms build statements with [`Statement::new`] and the `with_…` methods from the hall's own [`verbs`];
//! doors read foreign ones with [`Statement::read`], which names every fault by its path, in both languages.
//! Both end in the same types, and [`Statement::to_value`] writes them in the specification's order.
//!
//! Kept as it came: the text of a time, numbers, extensions and their order. Normalised: a single context activity
//! becomes a list of one, as the specification asks of a record store.
//!
//! Invariant: this crate is pure. It reads no clock, makes no ids by itself and does no I/O.

mod build;
mod check;
mod fault;
mod model;
mod read;
mod read_object;
mod uuid;
pub mod verbs;
mod write;

pub use build::{hall_activity, hall_person};
pub use check::{is_duration, is_iri, is_language_tag};
pub use fault::Fault;
pub use model::{
    Activity, ActivityDefinition, Actor, Attachment, Component, Context, ContextActivities, Identity, Interaction,
    LanguageMap, Object, Outcome, Related, Score, Statement, SubStatement, Time, Verb, Version,
};
pub use uuid::Uuid;

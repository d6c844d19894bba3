//! The catalogue's YAML files, parsed, then resolved: schemes and rule files with every fault and its place.
//!
//! Who acts: an expert writes a scheme file; an organiser makes a contest from it; `replay` judges a recording by it.
//! The flow: page (`tree`) → fields (`page`) → drafts and specs (`scheme`, `rules`) → the checked
//! [`marking::Scheme`] and [`referee::RuleSet`] ([`load_scheme`]). Each step goes on after a fault, so that an author sees
//! all mistakes at once, each with line, column, path, what is wrong in both languages, and what to write instead.
//!
//! Invariant: this crate does no I/O; it is handed the text of a file.

mod compare;
mod diagnostic;
mod load;
mod page;
mod rules;
mod schema;
mod scheme;
mod shape;
mod shipped;
mod tree;
pub mod view;
mod yaml;

pub use compare::RuleDifference;
pub use diagnostic::{Diagnostic, Severity};
pub use load::{LoadedScheme, SCHEME_FORMAT, load_scheme};
pub use schema::{check_shape, json_schema};
pub use shipped::{SHIPPED_SCHEMES, ShippedScheme};
pub use view::{HowView, SchemeView};

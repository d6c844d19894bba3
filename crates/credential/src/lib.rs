//! Certificates that anybody can check, without asking the hall and without trusting it: Open Badges 3.0 `OpenBadgeCredential`s by the W3C
//! Verifiable Credentials Data Model 2.0, secured with Ed25519.
//!
//! The way out: a [`Certificate`] of plain values becomes a credential ([`Certificate::credential`]), and a [`Signer`] secures it, as JSON
//! with a Data Integrity proof (`eddsa-rdfc-2022`) or as a JWT. The way back: a [`Verifier`] takes either as a stranger presents it and answers
//! what it says, or why it is not to be believed ([`Refusal`]). What was issued is never changed; what is taken back stands in a
//! [`StatusList`], which is a credential itself.
//!
//! A Data Integrity signature covers statements (RDF), not the text of the JSON. So this crate reads JSON-LD by a strict rule: what the
//! contexts don't define, what is null or empty, and what two readers may understand in two ways is refused, while signing and while checking.
//! Then nothing can stand in a credential that its signature doesn't cover, save the order of a list and white space.
//!
//! Invariants: pure. No I/O, no clock, no chance but a [`kernel::Rng`] handed in. A context is never fetched: [`Contexts`] are handed in and
//! known by their hash, every other URL is refused by name. Input of any size and shape costs bounded time.

mod canon;
mod certificate;
mod contexts;
mod expand;
mod fault;
mod json;
mod jwt;
mod key;
mod proof;
mod rdf;
mod refusal;
mod status;
mod verify;

#[cfg(test)]
mod oracle_tests;

pub use certificate::{Ability, Certificate, Holder, Kind, Profile, Score, StatusEntry};
pub use contexts::{CREDENTIALS_V2, Contexts, ContextsRefused, OPEN_BADGES_V3};
pub use fault::Fault;
pub use key::{Issuer, Method, PublicKey, SecretKey};
pub use proof::Signer;
pub use refusal::Refusal;
pub use status::{Purpose, StatusList};
pub use verify::{Form, Verified, Verifier};

//! `/xapi/statements`: taking in, and giving out.

pub mod get;
mod intake;
mod multipart;
pub mod post;
pub mod put;
mod signed;
mod token;

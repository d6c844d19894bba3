//! GIFT, the text format for questions that Moodle's authors write by hand. Source: the format's description in the Moodle
//! documentation ("GIFT format").
//!
//! | GIFT | item |
//! | --- | --- |
//! | `{T}` `{FALSE#…}` | judgement |
//! | `{=a ~b ~c}` | single choice; with text behind it a blank to choose for |
//! | `{~%50%a ~%50%b ~%-100%c}` | multiple choice; wrong options worth −100 % → none wrong, others → minus |
//! | `{=a =b}` | blank with two accepted answers |
//! | `{=left -> right …}` | match |
//! | `{#3.14:0.01}` `{#1..5}` | numeric with absolute tolerance |
//! | `{}` | short answer of one criterion |
//!
//! `::title::` and `$CATEGORY` are passed over. Refused by name: partial marks for options of a single choice, several ranges
//! of a number, HTML, text without an answer.

mod lexer;
mod read;
mod write;

pub use read::read;
pub use write::write;

/// A file may be so large.
pub const BYTES_MOST: usize = 4 << 20;
/// And hold so many questions.
pub const QUESTIONS_MOST: usize = 5_000;

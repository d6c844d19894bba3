//! Question bank, papers, answers, grades, and what they say: the core of Guildhall's exams.
//!
//! Who acts: a teacher writes items ([`ItemDraft`]) on a screen, in a spreadsheet, or brings them from another system; an
//! organiser says what a paper is made of; a worker sits it and answers; where nobody but a person can judge, a marker
//! chooses levels of a rubric; afterwards the bank learns from the answers how its items measured.
//!
//! Flow: [`ItemDraft::check`] → [`Item`] · bank and blueprint → paper · [`Item::shown`] → [`ShownItem`], which is all that
//! leaves the hall before results are released · [`RawAnswer`] → [`Item::read`] → [`Answer`] → [`grade()`] → [`Graded`].
//!
//! Around it: [`paper`] draws, [`timing`] says what a moment means, [`statistics`] learns from answers, and [`gift`], [`qti`] and
//! [`tables`] exchange items with people and other systems.
//!
//! Invariants:
//! - Marks are integers in 1/100. A question's marks are rounded once, half away from zero; a case and a paper are sums.
//! - What is shown is built from types that have no field for a key, a partner, an accepted answer or feedback.
//! - Chance is a [`Seed`] of secret, paper and attempt: the same three give the same paper, order and names for ever.
//! - A number is compared exactly, as a decimal. No floating point decides anything.
//! - No I/O, no clock, no chance of its own. Only stored and travelling shapes derive serde.

pub mod answer;
mod check;
pub mod credit;
mod deal;
pub mod decimal;
pub mod draft;
pub mod exchange;
pub mod fold;
pub mod gift;
pub mod grade;
pub mod item;
pub mod markup;
pub mod paper;
pub mod qti;
mod seed;
pub mod shown;
pub mod statistics;
pub mod tables;
pub mod timing;
mod words;

pub use answer::{Answer, AnswerFault, AnswerProblem, BlankAnswer, RawAnswer, RawPair};
pub use check::MARK_MOST;
pub use credit::Credit;
pub use decimal::Decimal;
pub use draft::{
    BlankDraft, BodyDraft, CriterionDraft, Fault, ITEM_FORMAT, ItemDraft, LevelDraft, Measured, OptionDraft, PairDraft,
    QuestionDraft, ToleranceDraft, UnitDraft,
};
pub use fold::Fold;
pub use grade::{Graded, Part, RubricFault, grade, grade_worth, mark_by_rubric};
pub use item::{Body, Item, Kind, Question};
pub use seed::Seed;
pub use shown::{ShownBlank, ShownBody, ShownItem, ShownOption, ShownUnit, Shuffle};
pub use words::Words;

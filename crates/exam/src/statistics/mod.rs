//! What the answers say about items, papers and forms. Nothing here decides a mark; figures are floating point, and one that
//! can't be computed is a [`Lack`](analysis::Lack) by name or `None`, never NaN.
//!
//! | question | function | source |
//! | --- | --- | --- |
//! | how hard, and does it tell apart | [`items::item_figures`] | Henrysson 1963; Kelley 1939 (`analysis::aspects`) |
//! | who is drawn by which distractor | [`distractors::distractors`] | Haladyna and Downing 1993 |
//! | is the total reliable, how sure is a mark | [`items::item_figures`] | Cronbach 1951; Feldt et al. 1987 (`analysis::reliability`) |
//! | what is a mark of this form worth on that one | [`equating`] | Kolen and Brennan 2014 |

pub mod distractors;
pub mod equating;
pub mod items;
mod moments;
mod standard_error;

pub use moments::{Moments, Paired};

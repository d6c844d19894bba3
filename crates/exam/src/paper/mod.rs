//! Papers: a fixed list, or drawn by a blueprint.
//!
//! Flow: [`Bank::new`] indexes what may be drawn → [`Plan::new`] checks a paper against it, naming everything that is
//! wrong or missing → [`Plan::draw`] gives each attempt its paper, from the attempt's [`Seed`](crate::Seed) alone.
//!
//! **How a paper is drawn.** A blueprint is a stratified sample: each cell (ability × difficulty band × kind × level) has
//! its number of questions and their marks. Cells for which items are scarce are filled first, by a matching of questions
//! and families of variants in random order, so that whatever can be filled is filled; all others draw at random without
//! replacement. Of a family one variant at most is on a paper. Then questions are exchanged, within their cells, for
//! others of the same cell until the paper's difficulty lies within the declared tolerance of its target.
//!
//! **The bound.** A paper's difficulty is Σ marks·difficulty / Σ marks. Every exchange brings it nearer to the target, so
//! exchanging ends. It ends within the tolerance, or where no single exchange helps: then the distance is at most half
//! of marks·gap / Σ marks, the gap being the smallest between a drawn item and the next free one of its cell in the wanted
//! direction (a gap of g moves the paper by g and helps exactly if g is less than twice the distance), or no free item lies
//! in that direction at all. The draw is then begun anew, [`DRAWS_MOST`](draw::DRAWS_MOST) times at most, and after that
//! refused with the distance that was reached: a paper outside its tolerance is never given.

mod bank;
mod blueprint;
mod draw;
mod exchange;
mod matching;
mod plan;

pub use bank::{Bank, BankItem, Exposure};
pub use blueprint::{CellDraft, FixedQuestion, FixedSection, PaperDraft, SectionDraft, Target};
pub use draw::{DRAWS_MOST, DrawFault, DrawnPaper, DrawnQuestion, DrawnSection};
pub use plan::Plan;

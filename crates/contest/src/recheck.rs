//! The recheck: before a result is signed, the marks of the first and of a drawn sample of the others are looked at once more.
//!
//! Who acts: in review the chief judge orders it; the hall draws the seed then, and who is chosen follows from it and from the ranks at that
//! moment. Chief judge and supervisor look at the sheets: they have nobody's result to win by it, and answer for the result with their
//! signatures. Nobody rechecks an entry of which he has marked, decided or corrected anything. What is found wrong is corrected in the same
//! transaction. Where more is wrong than the rule set allows, everybody is rechecked.
//!
//! Invariants: the order closes the marks, so nobody can tell before that who will be spared, and nobody is marked after it but by a
//! correction; who is chosen, the rate and what follows from it are folds over the log; a contest that goes back to be marked is rechecked
//! anew.

mod now;
mod order;
mod record;
mod settled;
mod sheet;
mod show;

use kernel::{ErrorCode, Text};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{ApiResult, Problem};

use crate::ContestRoom;
use crate::arena::Arena;

pub use now::{EntryDone, RecheckNow, RecheckSaid, said};
pub use settled::{open_sheets, refused};

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new().routes(routes!(show::show, order::order)).routes(routes!(sheet::sheet, record::record))
}

/// What a contest's rule set asks for and was not done; nothing where there is no rule set.
pub fn outstanding(arena: &Arena) -> Option<Text> {
    arena.plan.rule_set.as_ref()?;
    let Some(recheck) = &arena.recheck else {
        return Some(Text::new("尚未下达成绩核查", "The recheck has not been ordered"));
    };
    match recheck.left().count() {
        0 => None,
        left => Some(Text::new(
            format!("成绩核查还有 {left} 人未完成"),
            format!("Entries that are still to be rechecked: {left}"),
        )),
    }
}

/// A result is signed and published when it was rechecked. Nothing stands for that.
pub fn must_be_done(arena: &Arena) -> ApiResult<()> {
    match outstanding(arena) {
        None => Ok(()),
        Some(says) => {
            let left = arena.recheck.as_ref().map(|recheck| recheck.left().count());
            Err(Problem::new(ErrorCode::RecheckState).with("left", left).detail_text(says))
        }
    }
}

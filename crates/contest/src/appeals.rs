//! Appeals: a competitor doubts his marks, an arbitrator decides, and the mark is corrected.
//!
//! Who acts: the competitor appeals for himself, or staff enters what he brought on paper; within the times of the contest's rule set,
//! counted from the end of his run and from publication. An arbitrator, who is no judge of this contest and whom its rules don't keep from the
//! competitor, decides with a reason and corrections. Where the rule set has a second instance the competitor may appeal against the
//! answer; another arbitrator decides, finally.
//!
//! Whoever brought it may withdraw it before it is answered.
//!
//! The flow: appeal → the board shows "under review", and prizes that it may change wait ([`stake`]) → answer → corrections. What is
//! upheld after publication takes the contest back to review in the same transaction: it is signed and published again.
//!
//! Invariants: of an aspect at most one appeal is open, and what was decided finally stays so; officials know the appellant by his blind
//! number, unless they read names anyway.

mod answer;
mod list;
mod make;
mod now;
mod seen;
mod stake;
pub(crate) mod times;
mod withdraw;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ContestRoom;

pub use now::{AnswerNow, AppealNow, Appeals};
pub use seen::{AppealSeen, MayAppeal, may_appeal, of_entry};
pub use stake::at_stake;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(list::list, make::make))
        .routes(routes!(answer::answer))
        .routes(routes!(withdraw::withdraw))
}

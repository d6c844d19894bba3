//! The rule bench: rules are changed on figures, not on hope.
//!
//! A chief judge or organiser edits the text of the rules. A *try* judges recorded runs once more by the changed text and says what would be
//! otherwise: verdicts, what each run comes to, totals and ranks. Nothing is kept. A *candidate* (shadow) is kept in the log and watched beside
//! the rules in force; what it would change is worked out when somebody asks. *Publishing* makes the text the next version: runs that are opened
//! from there on are judged by it. How often the referee and the judges came to the same mark ([`agreement`]) says whether a rule may be
//! promoted from shadow to counting.
//!
//! The flow: text → [`catalogue::load_scheme`] → it must change rules, signals, phases and policies only → [`retrial`] reads the stored batches
//! into the same [`watch`](crate::watch) that the referee has → [`difference`] sets them against what the log holds, on a copy of the board.
//!
//! Invariants:
//! - A run has one version for its whole life, rules and policies alike: that in force at the position at which it was opened ([`book`]). So
//!   publishing touches no result, and folding the log anew gives the same arena.
//! - A try with the text by which a run was judged finds the same verdicts: it is the same code over the same batches, to the same last batch.
//! - What a person decided stays decided where the same rule fell at the same instant with the same marks.
//! - The bench reads a copy of the arena and holds nobody up; of one contest it tries one text at a time.

pub(crate) mod agreement;
mod book;
mod difference;
mod publish;
mod retrial;
mod shadow;
mod show;
mod text;
mod try_out;

use catalogue::LoadedScheme;
use kernel::ErrorCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{ApiResult, Problem};

use crate::ContestRoom;
use crate::arena::Arena;
use crate::room::blocking;

pub use book::{Candidate, RuleBook, Rules};
pub use text::SchemeText;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(show::show))
        .routes(routes!(try_out::try_out))
        .routes(routes!(publish::publish))
        .routes(routes!(shadow::difference, shadow::set))
        .routes(routes!(agreement::agreement))
}

/// The text as a scheme, or everything that is wrong with it.
async fn read(text: String) -> ApiResult<LoadedScheme> {
    let (scheme, faults) = blocking(move || catalogue::load_scheme(&text)).await?;
    scheme.ok_or_else(|| crate::field::scheme_problem(&faults))
}

/// What competitors were told of marks and ranking stays as it is.
pub(crate) fn must_change_rules_only(arena: &Arena, scheme: &LoadedScheme) -> ApiResult<()> {
    match arena.rules.in_force().scheme.differs_beyond_rules(scheme) {
        Some(first) => Err(Problem::new(ErrorCode::RulesOnly).detail_text(first)),
        None => Ok(()),
    }
}

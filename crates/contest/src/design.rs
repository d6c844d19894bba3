//! The designer: a scheme is written, checked against what the hall knows, taken out as a workbook and brought back, and replaced under a
//! contest that isn't open yet.
//!
//! Who acts: an organiser, alone or with experts who have a spreadsheet. The text of the scheme is the one truth; tables are a way to write
//! it ([`workbook`], over [`catalogue::tables`]).
//!
//! Versions: the first is what the contest was made with; each replacement, and each restoring of an older one, is the next. The newest is
//! the contest's own. The way: checked → set against who is entered already ([`fit`]) → `contest` and `contest_scheme_version` in one
//! transaction, runs planned anew → `plan_changed` in the log, after which every node loads the plan and begins its arena anew.
//!
//! Invariants:
//! - Once lots are drawn, or the contest has been opened, no version is added: rules have a way of their own ([`rules`](crate::rules)).
//! - No version is changed or removed. What was replaced can be read, compared and restored.
//! - Nobody who is entered stands in a group, and no judge on a module, that the newest version doesn't have.

mod check;
mod compare;
mod fit;
mod from_workbook;
mod hear;
mod replace;
mod restore;
mod rule_set;
mod to_workbook;
mod version;
mod versions;
mod workbook;

use kernel::ErrorCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{ApiResult, Problem};

use crate::ContestRoom;
use crate::arena::Arena;
use crate::event::ContestState;

pub(crate) use hear::Ears;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(to_workbook::to_workbook))
        .routes(routes!(from_workbook::from_workbook))
        .routes(routes!(compare::compare))
        .routes(routes!(check::check))
        .routes(routes!(replace::replace))
        .routes(routes!(rule_set::replace))
        .routes(routes!(versions::versions))
        .routes(routes!(version::version))
        .routes(routes!(restore::restore))
}

/// Whether a contest may have another scheme.
pub(crate) fn must_be_open(arena: &Arena) -> ApiResult<()> {
    if arena.state != ContestState::Draft {
        return Err(Problem::new(ErrorCode::SchemeFixed)
            .detail(format!("赛事处于 {}", arena.state.code()), format!("The contest is {}", arena.state.code())));
    }
    if arena.draw.as_ref().is_some_and(|draw| draw.drawn_at.is_some()) {
        return Err(Problem::new(ErrorCode::SchemeFixed).detail("已经抽签", "Lots are drawn"));
    }
    Ok(())
}

//! How people come into the field by applying.
//!
//! Who acts: somebody applies for himself, or the staff of an organisation for its people ([`apply`], by Excel [`import`]); the organiser looks at
//! which of the declared conditions are met and admits, refuses, returns or puts on the waiting list ([`decide`]); the applicant completes what was
//! returned ([`amend`]); one withdraws ([`withdraw`]), or another takes his place ([`substitute`]).
//!
//! The flow: an application is a row of its own, with its steps; the log of the contest hears of it when somebody comes into the field or leaves it,
//! in the transaction in which that was decided.
//!
//! Invariants: inside a write nobody is admitted beyond a limit of the rule set, however many decide at once; when lots are drawn or the contest is
//! opened the field stands, and an application can only be withdrawn; no answer here holds a blind number or the id of an entry, and no judge of
//! the contest reads an application.

mod admission;
mod amend;
pub mod application;
mod apply;
mod columns;
mod decide;
mod export;
mod import;
pub mod letters;
mod list;
mod mine;
mod one;
mod overview;
mod people;
mod seen;
mod substitute;
mod teams;
mod who;
mod window;
mod withdraw;

use std::sync::Arc;

use kernel::ErrorCode;
use marking::{ContestRules, RegistrationRule};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{ApiResult, Problem};

use crate::ContestRoom;
use crate::arena::Arena;
use crate::event::ContestState;
use crate::plan::Plan;

pub(crate) use teams::small_teams;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(overview::all))
        .routes(routes!(overview::of_contest, window::set))
        .routes(routes!(mine::mine))
        .routes(routes!(list::list, apply::apply))
        .routes(routes!(decide::decide))
        .routes(routes!(export::export))
        .routes(routes!(people::people))
        .routes(routes!(import::template))
        .routes(routes!(import::import))
        .routes(routes!(import::annotated))
        .routes(routes!(one::one))
        .routes(routes!(amend::amend))
        .routes(routes!(withdraw::withdraw))
        .routes(routes!(substitute::substitute))
}

/// The rules of a contest that people apply for.
#[derive(Debug, Clone)]
struct Declared(Arc<ContestRules>);

impl Declared {
    fn of(plan: &Plan) -> ApiResult<Declared> {
        let rules = plan.rule_set.as_ref().filter(|loaded| loaded.rules.registration.is_some());
        rules.map(|loaded| Declared(loaded.rules.clone())).ok_or_else(|| {
            Problem::not_found(
                "本场赛事没有网上报名（规则集中没有 registration）",
                "Nobody applies for this contest: its rule set has no registration",
            )
        })
    }
}

impl std::ops::Deref for Declared {
    type Target = RegistrationRule;
    fn deref(&self) -> &RegistrationRule {
        // `of` has looked.
        static PLAIN: RegistrationRule = RegistrationRule::plain();
        self.0.registration.as_ref().unwrap_or(&PLAIN)
    }
}

/// Whether the field may still change: lots give everybody who is in it his number, and the start seats him.
fn is_open_field(arena: &Arena) -> bool {
    arena.state == ContestState::Draft && arena.draw.as_ref().is_none_or(|draw| draw.drawn_at.is_none())
}

fn must_be_open_field(arena: &Arena) -> ApiResult<()> {
    if is_open_field(arena) {
        return Ok(());
    }
    let problem = Problem::new(ErrorCode::ContestNotOpen);
    Err(if arena.state == ContestState::Draft {
        problem.detail(
            "已经抽签，参赛名单不能再变，只能退赛",
            "Lots are drawn: the field stands, and one can only withdraw",
        )
    } else {
        problem.detail(
            format!("赛事处于 {}，参赛名单不能再变，只能退赛", arena.state.code()),
            format!("The contest is {}: its field stands, and one can only withdraw", arena.state.code()),
        )
    })
}

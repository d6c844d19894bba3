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
use marking::{ContestRules, Day, RegistrationRule};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{ApiResult, Hall, Problem};

use crate::ContestRoom;
use crate::arena::Outline;
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

/// The day of the start by the hall's clocks, on which ages are counted where the rule set names no other.
fn day_of_start(hall: &Hall, plan: &Plan) -> Day {
    Day::of(plan.starts_at.plus_millis(hall.config.zone.ahead_ms(plan.starts_at)))
}

fn must_be_open_field(outline: &Outline) -> ApiResult<()> {
    if outline.is_open_field() {
        return Ok(());
    }
    let problem = Problem::new(ErrorCode::ContestNotOpen);
    Err(if outline.state == ContestState::Draft {
        problem.detail(
            "已经抽签，参赛名单不能再变，只能退赛",
            "Lots are drawn: the field stands, and one can only withdraw",
        )
    } else {
        problem.detail(
            format!("赛事处于 {}，参赛名单不能再变，只能退赛", outline.state.code()),
            format!("The contest is {}: its field stands, and one can only withdraw", outline.state.code()),
        )
    })
}

//! A contest as a thing: made, shown, moved from state to state, ranked, controlled.

pub(crate) mod check_scheme;
mod control;
pub(crate) mod create;
mod list;
pub(crate) mod opening;
mod pace;
mod ranking;
mod rule_sets;
mod schedule;
mod scheme;
mod shipped;
mod show;
pub(crate) mod state;

pub(crate) use check_scheme::SchemeFault;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ContestRoom;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(create::create))
        .routes(routes!(show::show))
        .routes(routes!(state::change))
        .routes(routes!(schedule::schedule))
        .routes(routes!(scheme::scheme))
        .routes(routes!(ranking::ranking))
        .routes(routes!(pace::pace))
        .routes(routes!(control::control))
        .routes(routes!(shipped::shipped))
        .routes(routes!(check_scheme::check))
        .routes(routes!(rule_sets::shipped))
        .routes(routes!(rule_sets::check))
        .routes(routes!(rule_sets::of_contest))
}

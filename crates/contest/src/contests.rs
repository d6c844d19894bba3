//! A contest as a thing: made, shown, moved from state to state, ranked, controlled.

mod check_scheme;
mod control;
mod create;
mod list;
mod pace;
mod ranking;
mod rule_sets;
mod scheme;
mod shipped;
mod show;
mod state;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ContestRoom;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(create::create))
        .routes(routes!(show::show))
        .routes(routes!(state::change))
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

//! The contest by the open standard: the CLICS Contest API, version 2026-01, with a scoreboard of the type `score`
//! (<https://ccs-specs.icpc.io/2026-01/contest_api>). Who reads: scoreboards, resolvers, archivers and analysts that know the standard and
//! nothing of this hall. Nobody writes here. `docs/clics.md` says what stands for what.
//!
//! The flow: the [`Ledger`](ledger::Ledger) folds the contest's log once more, with an arena of its own, and asks after each event which
//! objects are others now. An object is written to JSON once. The same bytes lie on a [`Shelf`](shelf::Shelf), from which collections are
//! read, and stand in the lines of the event feed; so the two can't disagree. There are two shelves: the staff's, which always moves,
//! and the public's, which stands still while the board is frozen.
//!
//! The mapping from the arena to objects is pure and stands apart from the handlers: [`configuration`], [`work`], [`clarifications`],
//! [`awards`], [`course`], [`scoreboard`], [`access`].
//!
//! Invariants: the public of a contest whose board stands still reads nothing that happened since, not even how much; of a blind contest
//! nobody reads a name or an organisation here, and of a named one neither a blind number nor the id of a run; what has no reader costs
//! nothing.

mod access;
mod awards;
mod books;
mod clarifications;
mod configuration;
mod course;
mod feed;
mod filter;
mod ledger;
mod moments;
mod read;
mod refusal;
mod scoreboard;
mod shelf;
mod work;

use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ContestRoom;

pub(crate) use books::Books;

/// Whose eyes look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Stands still while the board is frozen.
    Public,
    /// Never does.
    Staff,
}

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(read::public::about))
        .route("/clics/", get(read::public::about))
        .routes(routes!(read::public::contests))
        .routes(routes!(read::public::contest))
        .routes(routes!(read::public::scoreboard))
        .routes(routes!(feed::public))
        .routes(routes!(read::public::endpoint))
        .routes(routes!(read::public::object))
        // The same once more for staff, no part of the document.
        .route("/clics/staff", get(read::staff::about))
        .route("/clics/staff/", get(read::staff::about))
        .route("/clics/staff/contests", get(read::staff::contests))
        .route("/clics/staff/contests/{contest}", get(read::staff::contest))
        .route("/clics/staff/contests/{contest}/scoreboard", get(read::staff::scoreboard))
        .route("/clics/staff/contests/{contest}/event-feed", get(feed::staff))
        .route("/clics/staff/contests/{contest}/{endpoint}", get(read::staff::endpoint))
        .route("/clics/staff/contests/{contest}/{endpoint}/{id}", get(read::staff::object))
}

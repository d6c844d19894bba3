//! What the figures say after the contest: to those who hold it, and to each competitor about himself.
//!
//! Who acts: chief judge, organiser and supervisor ask what to change in selection, which abilities to train, which aspects told nobody apart,
//! and how judges, venues, hours and the referee marked. A competitor asks where he stands in each ability, and how sure that is.
//!
//! The flow: the arena's marks become [observations](observed) → the crate `analysis` works the figures out, off the threads that serve
//! everybody → the newest answer is [kept](kept) by the position of the log → [`show`] and [`portrait`] tell it, to each in the names that he
//! may know.
//!
//! A competitor may share his portrait by a [link](shares), which he takes back when he likes.
//!
//! Invariants: no figure is written here or decides anything; a figure that data don't carry is told as what is missing for it.

mod figure;
mod findings;
mod kept;
mod observed;
mod portrait;
mod shares;
mod show;
mod timeline;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ContestRoom;

pub use kept::{Analysed, Kept};
pub use portrait::{Looked, ability_remarks, look};

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(show::show))
        .routes(routes!(portrait::portrait))
        .routes(routes!(shares::shares))
        .routes(routes!(shares::share))
        .routes(routes!(shares::revoke))
        .routes(routes!(shares::shared))
        .routes(routes!(shares::shared_report))
}

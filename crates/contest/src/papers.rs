//! Papers that people take home: the admission letter before the contest, the certificate of award and the ability report after it.
//!
//! Who acts: an organiser says what letters say and prints all of them, or all certificates; a competitor fetches his own; whoever is shown a
//! certificate opens the address of its code and reads whether it stands.
//!
//! The flow: what a paper says is read off the arena → `print` sets it, off the threads that serve everybody, a few at a time. What is
//! stored is what an organiser wrote and no paper: each is made of the contest as it stands.
//!
//! Invariants: a certificate is of a published result, and its number follows from contest, prize and winner; who it was given to and what became
//! of it is told for ever. A letter says nothing that a draw keeps apart.

mod certificate;
mod certificates;
mod check;
mod issued;
mod kept;
mod letter;
mod press;
mod report;
mod turns;
mod words;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ContestRoom;

pub use issued::{KeptCertificates, number_of};
pub use press::{Press, SpokenIn};
pub(crate) use report::printed as printed_report;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(certificates::certificates))
        .routes(routes!(check::check))
        .routes(routes!(certificate::paper))
        .routes(routes!(certificate::all))
        .routes(routes!(words::words))
        .routes(routes!(words::write))
        .routes(routes!(letter::letter))
        .routes(routes!(letter::all))
        .routes(routes!(report::report))
}

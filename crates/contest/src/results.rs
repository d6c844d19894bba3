//! After the contest: the result, who signs it, and the pack from which anybody works it out again.
//!
//! Who acts: while a contest is in review, chief judge and supervisor look at the result and sign it; a signature is for this result and no
//! other, so that a mark that is corrected afterwards asks for both again. When it is final, anybody reads it and takes the pack.
//!
//! Invariants: the result is worked out from the arena alone; what is signed, shown and packed are the same bytes; a pack that was made is kept
//! and given as it is.

mod after;
mod chain;
mod drawn;
mod draws;
mod during;
mod field;
mod kept;
pub mod pack;
mod refereed;
mod show;
mod sign;
mod standing;
mod take;
mod verify;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ContestRoom;

pub use draws::Bound;
pub use kept::Kept;
pub use sign::unsigned;
pub use standing::{PrizeGiven, Standing};
pub(crate) use standing::{points, prizes};
pub(crate) use take::made as pack_made;
pub use verify::{Difference, Verified, verify};

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new().routes(routes!(show::show)).routes(routes!(sign::sign)).routes(routes!(take::take))
}

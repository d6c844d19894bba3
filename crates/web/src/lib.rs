//! What every room's HTTP shares, so that a handler says only what its room is about.
//!
//! # The way of a request
//! 1. [`outer`]: an id, a turn, a time limit; panics become problems; log, measurements, headers.
//! 2. [`guard`]: the route's [`access::Rule`], who is calling ([`session`]), CSRF and idempotency key of writes, the body
//!    within its limit. A route without a rule is refused.
//! 3. The handler: [`Json`], [`Query`], [`Paged`], [`Page`], [`Path`], [`Multipart`] for what was sent; [`Signed`],
//!    [`MaybeSigned`], [`EdgeCaller`] for who sent it; [`write()`] for a change; [`Problem`] for every fault.
//!
//! A room exports its routes and its access table as a [`Room`]; [`serve_router`] puts the rooms together and refuses to
//! when the two disagree.
//!
//! ```text
//! pub const ACCESS: &[Rule] = &[
//!     Rule::get("/api/contests/{contest}/runs", Access::Roles(&[Role::Judge, Role::ChiefJudge], ScopeOf::WithinContest)),
//! ];
//!
//! #[utoipa::path(get, path = "/api/contests/{contest}/runs", tag = "contest", params(Page, RunFilter), responses((status = 200, body = Listed<Run>)))]
//! async fn runs(State(room): State<ContestRoom>, signed: Signed, Path(contest): Path<wire::ContestId>, Paged { page, filter }: Paged<RunFilter>)
//!     -> ApiResult<Json<Listed<Run>>> { … }
//! ```

pub mod access;
mod answer;
mod app;
pub mod audit;
pub mod directory;
pub mod etag;
mod explain;
mod extract;
mod faults;
mod guard;
mod hall;
pub mod idempotency;
mod live_origin;
pub mod metrics;
mod multipart;
pub mod openapi;
mod outer;
mod own;
mod page;
pub mod password;
mod problem;
mod seal;
pub mod session;
pub mod sql;
#[cfg(feature = "testing")]
pub mod testing;
mod tidy;
pub mod wire;

pub use access::{Access, Rule, ScopeOf};
pub use answer::Answer;
pub use app::{App, Disagreement, Room, RoomDoc, serve_router};
pub use extract::{Json, Paged, Path, PathPart, PathParts, Query, read_json};
pub use faults::Faults;
pub use hall::{FreshId, Hall, HallConfig, HallParts, PasswordCost, secrets_from_os};
pub use idempotency::{IdempotencyKey, write};
pub use live_origin::LiveOrigin;
pub use multipart::{Multipart, Part};
pub use outer::{ClientAddress, RequestId};
pub use page::{Listed, Page};
pub use problem::{ApiResult, Problem};
pub use seal::{Seal, is_sealed};
pub use session::{EdgeCaller, MaybeSession, MaybeSigned, Session, Signed, SignedSession};
pub use tidy::clear_expired;

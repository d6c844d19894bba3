//! Photographs that judges take: of an aspect of a run beside a mark, or of a problem that they see.
//!
//! Who acts: a judge takes one on his tablet, which makes it small, gives it an id and sends it like a mark; sent twice it is kept once. He
//! sees his own and may withdraw them while marks are taken. Chief judge, supervisor and arbitrators see all of a run; nobody else sees any.
//!
//! The picture is kept in a table of its own, without what a camera writes beside it ([`picture`]); what it is of, and its digest, stand in the
//! contest's log, so that a results pack tells of it without showing it. One that is withdrawn is given to nobody from then on. Its bytes and
//! its digest stay: a mark that was given with it must remain explainable to a court, and only the database's administrator reaches them.

mod add;
mod list;
pub(crate) mod picture;
mod show;
mod withdraw;

use kernel::{ContestId, ErrorCode, PhotoId, Role, Scope};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{ApiResult, Problem, Signed};

use crate::ContestRoom;
use crate::arena::{Arena, PhotoNow};

/// Of an aspect of a run, or of a run as a whole, by one judge: shown at the same time, and taken in all.
pub(crate) const SHOWN_MOST: usize = 12;
pub(crate) const TAKEN_MOST: usize = 36;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new().routes(routes!(add::add, list::list)).routes(routes!(show::show, withdraw::withdraw))
}

/// Whether the caller sees the photographs of others. An organiser and an operator don't.
fn sees_all(signed: &Signed, contest: &ContestId) -> bool {
    let all = [Role::ChiefJudge, Role::Supervisor, Role::Arbitrator];
    signed.0.holds_any(&all, &Scope::Contest(contest.clone()))
}

/// Another's photograph is not there for who may not see it.
fn photo_for<'a>(arena: &'a Arena, id: &PhotoId, signed: &Signed) -> ApiResult<&'a PhotoNow> {
    let found =
        arena.photos.get(id).filter(|photo| photo.account == signed.0.account || sees_all(signed, &arena.plan.id));
    found.ok_or_else(|| Problem::new(ErrorCode::NotFound).detail("没有这张照片", "There is no such photograph"))
}

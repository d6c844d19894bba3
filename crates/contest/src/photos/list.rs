//! The photographs of a run: a judge's own, or all of them for who decides on marks.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{ContestId, PhotoId, RunId};
use web::{ApiResult, Json, Listed, Path, Signed};

use super::sees_all;
use crate::ContestRoom;
use crate::arena::{Arena, PhotoNow};
use crate::event::PhotoOf;
use crate::judging::run_in;

#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoSeen {
    pub id: PhotoId,
    pub run: RunId,
    /// The blind number.
    pub entry_no: String,
    /// Null: of the run as a whole.
    #[schema(required = true)]
    pub aspect: Option<String>,
    pub of: PhotoOf,
    /// When it was taken.
    pub at_ms: i64,
    /// Its media type.
    pub picture: String,
    pub bytes: u32,
    pub width: u32,
    pub height: u32,
    pub sha256: String,
    pub mine: bool,
    /// The judge who took it, for those who see all.
    #[schema(required = true)]
    pub by: Option<String>,
    /// When it was withdrawn: its picture is given to nobody. A judge is not told of his own.
    #[schema(required = true)]
    pub withdrawn_at_ms: Option<i64>,
}

/// In the order in which they came. A judge reads his own.
#[utoipa::path(get, path = "/api/contests/{contest}/runs/{run}/photos", tag = "photos", operation_id = "list_photos", params(ContestId, RunId), responses((status = 200, body = Listed<PhotoSeen>)))]
pub async fn list(
    State(room): State<ContestRoom>,
    signed: Signed,
    Path((contest, run)): Path<(ContestId, RunId)>,
) -> ApiResult<Json<Listed<PhotoSeen>>> {
    let floor = room.floor(&contest).await?;
    let arena = floor.arena();
    run_in(&arena, &run)?;
    let all = sees_all(&signed, &contest);
    let mine = |photo: &PhotoNow| photo.account == signed.0.account;
    let shown = arena.photos.of_run(&run).filter(|photo| all || (mine(photo) && photo.is_shown()));
    Ok(Json(Listed::whole(shown.filter_map(|photo| seen(&arena, photo, mine(photo), all)).collect())))
}

fn seen(arena: &Arena, photo: &PhotoNow, mine: bool, all: bool) -> Option<PhotoSeen> {
    let run = arena.plan.run(&photo.run)?;
    let judge = arena.plan.judge(&photo.account).filter(|_| all);
    Some(PhotoSeen {
        id: PhotoId(photo.id.clone()),
        run: RunId(photo.run.clone()),
        entry_no: arena.plan.entry(&run.entry)?.no.clone(),
        aspect: photo.aspect.clone(),
        of: photo.of,
        at_ms: photo.taken_at.as_millis(),
        picture: photo.picture.clone(),
        bytes: photo.bytes,
        width: photo.width,
        height: photo.height,
        sha256: photo.sha256.clone(),
        mine,
        by: judge.map(|judge| judge.person_name.clone()),
        withdrawn_at_ms: photo.withdrawn_at.map(kernel::Timestamp::as_millis),
    })
}

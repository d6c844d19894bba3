//! One picture, for who may see it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use kernel::ErrorCode;
use store::args;
use web::wire::{ContestId, PhotoId};
use web::{ApiResult, Path, Problem, Signed};

use super::photo_for;
use crate::{ContestRoom, sql};

/// The picture as it is kept. One that was withdrawn is not there, for anybody.
#[utoipa::path(get, path = "/api/contests/{contest}/photos/{photo}", tag = "photos", operation_id = "show_photo", params(ContestId, PhotoId), responses((status = 200, content_type = "image/*", body = Vec<u8>)))]
pub async fn show(
    State(room): State<ContestRoom>,
    signed: Signed,
    Path((contest, photo)): Path<(ContestId, PhotoId)>,
) -> ApiResult<Response> {
    let floor = room.floor(&contest).await?;
    photo_for(&floor.arena(), &photo, &signed)?;
    let Some(row) = room.hall.db.opt(sql::PHOTO, &args![&contest.0, &photo.0]).await? else {
        return Err(Problem::new(ErrorCode::NotFound)
            .detail("这张照片已被撤回", "This photograph was withdrawn by who took it"));
    };
    let (kind, body): (String, Vec<u8>) = (row.get("kind")?, row.get("body")?);
    let head = [
        (CONTENT_TYPE, kind.as_str()),
        (CACHE_CONTROL, "private, no-store"),
        (CONTENT_DISPOSITION, "inline"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    Ok((head, body).into_response())
}

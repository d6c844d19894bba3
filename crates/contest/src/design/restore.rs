//! An older version becomes the newest once more.

use axum::extract::State;
use kernel::ErrorCode;
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::wire::ContestId;
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::replace::{Saving, must_note, read, save};
use crate::{ContestRoom, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreScheme {
    pub note: String,
    /// The newest version, as it was seen.
    pub replaces: u32,
}

/// The same as saving its texts again: a version of its own, with a note of its own.
#[utoipa::path(post, path = "/api/contests/{contest}/scheme/versions/{version}/restore", tag = "design", operation_id = "restore_scheme", params(ContestId, ("version" = i64, Path)), request_body = RestoreScheme, responses((status = 200, body = super::replace::SchemeReplaced)))]
pub async fn restore(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, version)): Path<(ContestId, i64)>,
    Json(wanted): Json<RestoreScheme>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let note = must_note(&wanted.note)?;
    let kept = room.hall.db.opt(sql::SCHEME_VERSION, &args![&contest.0, version]).await?;
    let kept = kept.ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
    let (scheme, rule_set) = read(kept.get("scheme")?, kept.get("rule_set")?).await?;
    let (hall, floor_ref, scheme, rule_set, note) = (&room.hall, &floor, &scheme, rule_set.as_ref(), &note);
    let (account, request_id, replaces) = (&actor.account, &request_id, wanted.replaces);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let saving = Saving { hall, floor: floor_ref, account, request_id, replaces, note };
            Answer::ok(&save(tx, &saving, scheme, rule_set).await?)
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

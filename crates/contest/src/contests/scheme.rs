//! The scheme of a contest, as data.

use axum::extract::State;
use web::wire::ContestId;
use web::{ApiResult, Json, Path};

use crate::ContestRoom;

/// What is marked and how: modules, criteria and their parts, aspects, and the rules in force.
#[utoipa::path(get, path = "/api/contests/{contest}/scheme", tag = "contest", params(ContestId), responses((status = 200, body = serde_json::Value)))]
pub async fn scheme(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
) -> ApiResult<Json<catalogue::SchemeView>> {
    let floor = room.floor(&contest).await?;
    let view = floor.arena().rules.in_force().scheme.view();
    Ok(Json(view))
}

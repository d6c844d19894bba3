//! `GET /api/contests/{contest}/edge-keys`: the contest's keys, revoked ones too.

use axum::extract::State;
use store::args;
use web::{ApiResult, Hall, Json, Listed, Page, Path, wire};

use super::EdgeKey;
use crate::sql;

/// List a contest's edge keys.
#[utoipa::path(get, path = "/api/contests/{contest}/edge-keys", tag = "people", operation_id = "list_edge_keys",
    params(Page), responses((status = 200, body = Listed<EdgeKey>)))]
pub async fn list(
    State(hall): State<Hall>,
    Path(contest): Path<wire::ContestId>,
    page: Page,
) -> ApiResult<Json<Listed<EdgeKey>>> {
    let rows = hall.db.all(sql::EDGE_KEYS, &args![&contest.0, page.after(), page.rows()]).await?;
    let found = rows.iter().map(EdgeKey::of).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(Listed::of(found, &page, |key| key.id.clone())))
}

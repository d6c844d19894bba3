//! One version of a contest's scheme, as text.

use axum::extract::State;
use kernel::ErrorCode;
use serde::Serialize;
use store::args;
use utoipa::ToSchema;
use web::wire::ContestId;
use web::{ApiResult, Json, Path, Problem};

use super::versions::SchemeVersion;
use crate::{ContestRoom, sql};

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeVersionShown {
    #[serde(flatten)]
    pub version: SchemeVersion,
    /// The text of the scheme file.
    pub scheme: String,
    /// The text of the rule-set file.
    #[schema(required = true)]
    pub rule_set: Option<String>,
}

/// Its texts to the letter.
#[utoipa::path(get, path = "/api/contests/{contest}/scheme/versions/{version}", tag = "design", operation_id = "scheme_version", params(ContestId, ("version" = i64, Path)), responses((status = 200, body = SchemeVersionShown)))]
pub async fn version(
    State(room): State<ContestRoom>,
    Path((contest, version)): Path<(ContestId, i64)>,
) -> ApiResult<Json<SchemeVersionShown>> {
    let row = room.hall.db.opt(sql::SCHEME_VERSION, &args![&contest.0, version]).await?;
    let row = row.ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
    Ok(Json(SchemeVersionShown {
        version: SchemeVersion::read(&row)?,
        scheme: row.get("scheme")?,
        rule_set: row.get("rule_set")?,
    }))
}

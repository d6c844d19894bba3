//! The versions of a contest's scheme.

use axum::extract::State;
use serde::Serialize;
use store::{Row, StoreError, args};
use utoipa::ToSchema;
use web::wire::{ContestId, Timestamp};
use web::{ApiResult, Json, Listed, Page, Path};

use crate::{ContestRoom, sql};

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeVersion {
    pub version: u32,
    /// SHA-256 of the scheme's text, in hexadecimal.
    pub hash: String,
    pub at: Timestamp,
    /// Who saved it, by name; null where nobody kept it.
    #[schema(required = true)]
    pub by: Option<String>,
    /// Empty for what the contest was made with.
    pub note: String,
}

impl SchemeVersion {
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            version: row.get::<i64>("version")? as u32,
            hash: row.get("hash")?,
            at: row.get::<kernel::Timestamp>("at")?.into(),
            by: row.get("by_name")?,
            note: row.get("note")?,
        })
    }
}

/// Newest first; the newest is the contest's own.
#[utoipa::path(get, path = "/api/contests/{contest}/scheme/versions", tag = "design", operation_id = "scheme_versions", params(ContestId, Page), responses((status = 200, body = Listed<SchemeVersion>)))]
pub async fn versions(
    State(room): State<ContestRoom>,
    Path(contest): Path<ContestId>,
    page: Page,
) -> ApiResult<Json<Listed<SchemeVersion>>> {
    room.floor(&contest).await?;
    let before = page.after_number()?.unwrap_or(i64::MAX);
    let rows = room.hall.db.all(sql::SCHEME_VERSIONS, &args![&contest.0, before, page.limit() as i64 + 1]).await?;
    let versions = rows.iter().map(SchemeVersion::read).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(Listed::of(versions, &page, |version| version.version.to_string())))
}

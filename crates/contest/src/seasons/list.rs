//! The seasons of the hall, for everybody.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::{SeasonId, Text, Timestamp};
use web::{ApiResult, Json, Listed};

use crate::{ContestRoom, sql};

#[derive(Debug, Serialize, ToSchema)]
pub struct SeasonListing {
    pub id: SeasonId,
    pub code: String,
    pub version: u32,
    pub title: Text,
    pub hash: String,
    pub created_at: Timestamp,
    pub tiers: usize,
    pub contests: usize,
}

/// The newest first.
#[utoipa::path(get, path = "/api/seasons", tag = "seasons", operation_id = "list_seasons", responses((status = 200, body = Listed<SeasonListing>)))]
pub async fn list(State(room): State<ContestRoom>) -> ApiResult<Json<Listed<SeasonListing>>> {
    let mut seasons = Vec::new();
    for row in room.hall.db.all(sql::SEASONS, &[]).await? {
        seasons.push(SeasonListing {
            id: row.get::<kernel::SeasonId>("id")?.into(),
            code: row.get("code")?,
            version: row.get("version")?,
            title: Text { zh: row.get("title_zh")?, en: row.get("title_en")? },
            hash: row.get("hash")?,
            created_at: row.get::<kernel::Timestamp>("created_at")?.into(),
            tiers: usize::try_from(row.get::<i64>("tiers")?).unwrap_or_default(),
            contests: usize::try_from(row.get::<i64>("contests")?).unwrap_or_default(),
        });
    }
    Ok(Json(Listed::whole(seasons)))
}

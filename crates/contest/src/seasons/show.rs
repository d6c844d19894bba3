//! One season: its tiers with their rules, and the contests of each.

use axum::extract::State;
use serde::Serialize;
use store::{Row, args};
use utoipa::ToSchema;
use web::wire::{ContestId, SeasonId, Text, Timestamp};
use web::{ApiResult, Json, Path, Problem};

use super::files::SeasonTier;
use super::{codes, named, season_of};
use crate::event::ContestState;
use crate::{ContestRoom, sql};

#[derive(Debug, Serialize, ToSchema)]
pub struct SeasonShown {
    pub id: SeasonId,
    pub code: String,
    pub version: u32,
    pub title: Text,
    pub hash: String,
    pub created_at: Timestamp,
    /// As it was when the season was made.
    pub source: String,
    /// Codes; none for all of the catalogue.
    pub trades: Vec<String>,
    /// From the first round to the last.
    pub tiers: Vec<TierShown>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TierShown {
    #[serde(flatten)]
    pub tier: SeasonTier,
    /// In the order in which they begin.
    pub contests: Vec<SeasonContest>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SeasonContest {
    pub id: ContestId,
    pub name: Text,
    pub state: ContestState,
    pub starts_at: Timestamp,
    #[schema(required = true)]
    pub ends_at: Option<Timestamp>,
    pub trades: Vec<String>,
    #[schema(required = true)]
    pub host: Option<Text>,
    pub entries: usize,
    /// Where those who advance go.
    #[schema(required = true)]
    pub target: Option<ContestId>,
    /// How many have gone on from it.
    pub advanced: usize,
}

#[utoipa::path(get, path = "/api/seasons/{season}", tag = "seasons", operation_id = "season", params(SeasonId), responses((status = 200, body = SeasonShown)))]
pub async fn show(State(room): State<ContestRoom>, Path(season): Path<SeasonId>) -> ApiResult<Json<SeasonShown>> {
    let row = room.hall.db.opt(sql::SEASON, &args![&*season]).await?;
    let row = row.ok_or_else(|| Problem::not_found("没有这个赛季", "There is no such season"))?;
    let source: String = row.get("source")?;
    let declared = season_of(&source)?;
    let mut tiers: Vec<TierShown> =
        declared.tiers.iter().map(|tier| TierShown { tier: SeasonTier::of(tier), contests: Vec::new() }).collect();
    for row in room.hall.db.all(sql::CONTESTS_OF_SEASON, &args![&*season]).await? {
        let code: String = row.get("tier")?;
        let contest = contest(&row)?;
        if let Some(tier) = tiers.iter_mut().find(|tier| tier.tier.code == code) {
            tier.contests.push(contest);
        }
    }
    Ok(Json(SeasonShown {
        id: season,
        code: declared.code.clone(),
        version: declared.version,
        title: (&declared.title).into(),
        hash: row.get("hash")?,
        created_at: row.get::<kernel::Timestamp>("created_at")?.into(),
        source,
        trades: declared.trades.clone(),
        tiers,
    }))
}

fn contest(row: &Row) -> ApiResult<SeasonContest> {
    let count = |name: &str| -> Result<usize, store::StoreError> {
        Ok(usize::try_from(row.get::<i64>(name)?).unwrap_or_default())
    };
    let state: String = row.get("state")?;
    Ok(SeasonContest {
        id: row.get::<kernel::ContestId>("id")?.into(),
        name: Text { zh: row.get("name_zh")?, en: row.get("name_en")? },
        state: ContestState::from_code(&state).ok_or_else(|| Problem::internal(format!("{state} is no state")))?,
        starts_at: row.get::<kernel::Timestamp>("starts_at")?.into(),
        ends_at: row.get::<Option<kernel::Timestamp>>("ends_at")?.map(Into::into),
        trades: codes(&row.get::<String>("trades")?),
        host: named(row, "host_zh", "host_en")?,
        entries: count("entries")?,
        target: row.get::<Option<kernel::ContestId>>("target")?.map(Into::into),
        advanced: count("advanced")?,
    })
}

//! Season files: those that ship, and one that is looked at before a season is made of it. Nothing is kept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::Text;
use web::{ApiResult, Json, Listed};

use crate::contests::SchemeFault;
use crate::room::blocking;

#[derive(Debug, Serialize, ToSchema)]
pub struct SeasonSummary {
    pub code: String,
    pub version: u32,
    pub title: Text,
    pub tiers: Vec<SeasonTier>,
    /// Codes; none for all of the catalogue.
    pub trades: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SeasonTier {
    pub code: String,
    pub name: Text,
    /// `enterprise`, `town`, `district` or `city`.
    pub level: String,
    /// Who goes on to the next, in words; null for the last.
    #[schema(required = true)]
    pub rule: Option<Text>,
}

impl SeasonSummary {
    pub fn of(season: &catalogue::Season) -> Self {
        Self {
            code: season.code.clone(),
            version: season.version,
            title: (&season.title).into(),
            tiers: season.tiers.iter().map(SeasonTier::of).collect(),
            trades: season.trades.clone(),
        }
    }
}

impl SeasonTier {
    pub fn of(tier: &catalogue::Tier) -> Self {
        Self {
            code: tier.code.clone(),
            name: (&tier.name).into(),
            level: tier.level.code().to_owned(),
            rule: tier.advance.as_ref().map(|rule| rule.says().into()),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShippedSeason {
    /// Its file in `catalogue/seasons/`, without the ending.
    pub name: String,
    pub summary: SeasonSummary,
    pub source: String,
}

/// The season files that ship with the program, as text to start from.
#[utoipa::path(get, path = "/api/season-files", tag = "seasons", operation_id = "list_season_files", responses((status = 200, body = Listed<ShippedSeason>)))]
pub async fn shipped() -> ApiResult<Json<Listed<ShippedSeason>>> {
    let seasons = catalogue::SHIPPED_SEASONS.iter().filter_map(|shipped| {
        let loaded = catalogue::load_season(shipped.source).0?;
        Some(ShippedSeason {
            name: shipped.name.to_owned(),
            summary: SeasonSummary::of(&loaded.season),
            source: shipped.source.to_owned(),
        })
    });
    Ok(Json(Listed::whole(seasons.collect())))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeasonText {
    /// The text of a season file.
    pub season: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SeasonChecked {
    /// Null if a season can't be made of it.
    #[schema(required = true)]
    pub summary: Option<SeasonSummary>,
    /// In the order of the page.
    pub faults: Vec<SchemeFault>,
}

/// Every fault and warning with its line and column. A faulty season is an answer, not an error.
#[utoipa::path(post, path = "/api/season-files/check", tag = "seasons", operation_id = "check_season", request_body = SeasonText, responses((status = 200, body = SeasonChecked)))]
pub async fn check(Json(asked): Json<SeasonText>) -> ApiResult<Json<SeasonChecked>> {
    let (loaded, faults) = blocking(move || catalogue::load_season(&asked.season)).await?;
    Ok(Json(SeasonChecked {
        summary: loaded.map(|loaded| SeasonSummary::of(&loaded.season)),
        faults: faults.into_iter().map(SchemeFault::from).collect(),
    }))
}

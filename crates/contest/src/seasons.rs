//! Seasons: contests of several tiers, and who goes on from one to the next; and the calendar of all contests.
//!
//! Who acts: an organiser of the hall makes a season from a file; contests are put into its tiers with their trades, their hosts and the contest
//! that they feed. When a contest is final its organiser sees who goes on by the season's rule and why, and confirms: they become entries of the
//! next contest as those of an Excel file do. Each takes or declines his place himself, or an organiser notes what he says; a place that is declined
//! goes to the next in line. Everybody reads the calendar.
//!
//! Invariants: nobody goes on by a result that isn't final, or into a field whose lots are drawn; a place that was offered is never taken back
//! without somebody who says so: where the result changes, the place is marked to be looked at again. No answer names an entry of the next contest.

mod advancement;
mod answer;
mod calendar;
mod confirm;
mod create;
mod decide;
mod files;
mod left;
mod link;
mod list;
mod own;
mod show;
mod trades;

use std::sync::Arc;

use catalogue::Season;
use store::{Row, Tx, args};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{ApiResult, Problem};

use crate::{ContestRoom, sql};

pub(crate) use left::Left;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(trades::trades))
        .routes(routes!(calendar::calendar))
        .routes(routes!(files::shipped))
        .routes(routes!(files::check))
        .routes(routes!(list::list))
        .routes(routes!(create::create))
        .routes(routes!(show::show))
        .routes(routes!(link::link))
        .routes(routes!(advancement::advancement))
        .routes(routes!(confirm::confirm))
        .routes(routes!(answer::answer))
        .routes(routes!(own::mine))
        .routes(routes!(own::answer))
}

/// The season of a source that was sound when it was kept.
fn season_of(source: &str) -> ApiResult<Arc<Season>> {
    let (loaded, faults) = catalogue::load_season(source);
    loaded.map(|loaded| loaded.season).ok_or_else(|| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        Problem::internal(format!("a stored season no longer loads: {first}"))
    })
}

/// Where a contest stands in its season.
struct Linked {
    season_id: kernel::SeasonId,
    season: Arc<Season>,
    tier: String,
    trades: Vec<String>,
    target: Option<kernel::ContestId>,
}

impl Linked {
    async fn of(tx: &mut Tx<'_>, contest: &kernel::ContestId) -> ApiResult<Option<Linked>> {
        let Some(row) = tx.opt(sql::LINK, &args![contest]).await? else { return Ok(None) };
        Ok(Some(Linked {
            season_id: row.get("season")?,
            season: season_of(&row.get::<String>("source")?)?,
            tier: row.get("tier")?,
            trades: codes(&row.get::<String>("trades")?),
            target: row.get("target")?,
        }))
    }
}

/// Codes as they are kept: each between two spaces.
fn codes(kept: &str) -> Vec<String> {
    kept.split_whitespace().map(str::to_owned).collect()
}

/// A name in both languages by the beginning of its columns; `None` where nothing is joined.
fn named(row: &Row, zh: &str, en: &str) -> Result<Option<web::wire::Text>, store::StoreError> {
    Ok(match (row.get::<Option<String>>(zh)?, row.get::<Option<String>>(en)?) {
        (Some(zh), Some(en)) => Some(web::wire::Text { zh, en }),
        _ => None,
    })
}

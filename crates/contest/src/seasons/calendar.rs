//! The calendar: the contests of a time, for everybody, straight from the tables. No contest is opened for it.

use std::collections::HashMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{Db, Row, StoreError, args};
use utoipa::{IntoParams, ToSchema};
use web::wire::{ContestId, SeasonId, Text, Timestamp};
use web::{ApiResult, Json, Problem, Query};

use super::{codes, named};
use crate::event::ContestState;
use crate::{ContestRoom, sql};

const DAY_MS: i64 = 86_400_000;
const SPAN_DAYS_MOST: i64 = 5 * 366;
/// More than that nobody reads on one page.
const ITEMS_MOST: usize = 2_000;
const ROWS_AT_ONCE: i64 = 1_000;
const SEARCH_MOST: usize = 100;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarAsked {
    /// From then on; half a year ago without it.
    pub from: Option<Timestamp>,
    /// Before then; half a year from now without it. At most five years after `from`.
    pub to: Option<Timestamp>,
    /// A trade's code, or that of a family.
    pub trade: Option<String>,
    /// A tier's code, or the level at which it is held.
    pub tier: Option<String>,
    pub state: Option<ContestState>,
    /// Part of the name of a contest, a venue, a host or a trade.
    pub q: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Calendar {
    pub from: Timestamp,
    pub to: Timestamp,
    /// In the order in which they begin.
    pub items: Vec<CalendarItem>,
    /// There are more, which begin later.
    pub is_cut: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarItem {
    pub id: ContestId,
    pub name: Text,
    pub state: ContestState,
    pub starts_at: Timestamp,
    /// Null where nobody has said it.
    #[schema(required = true)]
    pub ends_at: Option<Timestamp>,
    #[schema(required = true)]
    pub season: Option<SeasonId>,
    #[schema(required = true)]
    pub tier: Option<CalendarTier>,
    /// Codes; none where the contest stands in no season.
    pub trades: Vec<String>,
    #[schema(required = true)]
    pub host: Option<Text>,
    pub venues: Vec<Text>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarTier {
    pub code: String,
    pub name: Text,
    /// `enterprise`, `town`, `district` or `city`.
    pub level: String,
}

/// The contests that begin in a time, or began before it and are planned to end in it or later.
#[utoipa::path(get, path = "/api/calendar", tag = "seasons", operation_id = "calendar", params(CalendarAsked), responses((status = 200, body = Calendar)))]
pub async fn calendar(
    State(room): State<ContestRoom>,
    Query(asked): Query<CalendarAsked>,
) -> ApiResult<Json<Calendar>> {
    let now = room.hall.now();
    let half_a_year = |sign: i64| Timestamp(kernel::Timestamp::from_millis(now.as_millis() + sign * 183 * DAY_MS));
    let from = asked.from.clone().unwrap_or_else(|| half_a_year(-1));
    let to = asked.to.clone().unwrap_or_else(|| half_a_year(1));
    let span = to.millis_since(*from);
    if span <= 0 || span > SPAN_DAYS_MOST * DAY_MS {
        return Err(Problem::invalid("to", "须晚于 from，最多相隔五年", "must be after from, by five years at most"));
    }
    let wanted = Wanted::of(&asked)?;
    let (items, is_cut) = looked_up(&room.hall.db, (*from, *to), &wanted, ITEMS_MOST, ROWS_AT_ONCE).await?;
    Ok(Json(Calendar { from, to, items, is_cut }))
}

/// The first of a time that are wanted, and whether there are more of them. Contests are read in stretches until so many are found, for what is
/// looked for may stand behind any number of others.
async fn looked_up(
    db: &Db,
    (from, to): (kernel::Timestamp, kernel::Timestamp),
    wanted: &Wanted<'_>,
    items_most: usize,
    rows_at_once: i64,
) -> Result<(Vec<CalendarItem>, bool), StoreError> {
    let mut items = Vec::new();
    let state = wanted.state.map(ContestState::code).unwrap_or_default();
    let tier = wanted.tier.unwrap_or_default();
    let mut after = (kernel::Timestamp::from_millis(i64::MIN), String::new());
    loop {
        let asked = args![from, to, after.0, &after.1, state, tier, rows_at_once];
        let rows = db.all(sql::CALENDAR, &asked).await?;
        let Some(last) = rows.last() else { return Ok((items, false)) };
        let until: (kernel::Timestamp, String) = (last.get("starts_at")?, last.get("id")?);
        let stretch = args![from, to, after.0, &after.1, until.0, &until.1];
        let mut venues: HashMap<String, Vec<Text>> = HashMap::new();
        for row in db.all(sql::CALENDAR_VENUES, &stretch).await? {
            let name = Text { zh: row.get("name_zh")?, en: row.get("name_en")? };
            venues.entry(row.get("contest")?).or_default().push(name);
        }
        for row in &rows {
            let item = item(row, &mut venues)?;
            if !wanted.takes(&item) {
                continue;
            }
            if items.len() == items_most {
                return Ok((items, true));
            }
            items.push(item);
        }
        if (rows.len() as i64) < rows_at_once {
            return Ok((items, false));
        }
        after = until;
    }
}

fn item(row: &Row, venues: &mut HashMap<String, Vec<Text>>) -> Result<CalendarItem, StoreError> {
    let id: String = row.get("id")?;
    let tier = match (row.get::<Option<String>>("tier")?, named(row, "tier_zh", "tier_en")?) {
        (Some(code), Some(name)) => Some(CalendarTier { code, name, level: row.get("level")? }),
        _ => None,
    };
    let state: String = row.get("state")?;
    let state = ContestState::from_code(&state)
        .ok_or_else(|| StoreError::Column { column: "state".into(), reason: format!("{state} is no state") })?;
    Ok(CalendarItem {
        venues: venues.remove(&id).unwrap_or_default(),
        id: row.get::<kernel::ContestId>("id")?.into(),
        name: Text { zh: row.get("name_zh")?, en: row.get("name_en")? },
        state,
        starts_at: row.get::<kernel::Timestamp>("starts_at")?.into(),
        ends_at: row.get::<Option<kernel::Timestamp>>("ends_at")?.map(Into::into),
        season: row.get::<Option<kernel::SeasonId>>("season")?.map(Into::into),
        tier,
        trades: codes(&row.get::<Option<String>>("trades")?.unwrap_or_default()),
        host: named(row, "host_zh", "host_en")?,
    })
}

/// What is looked for, in lower case.
struct Wanted<'a> {
    trade: Option<&'a str>,
    tier: Option<&'a str>,
    state: Option<ContestState>,
    words: Vec<String>,
}

impl Wanted<'_> {
    fn of(asked: &CalendarAsked) -> ApiResult<Wanted<'_>> {
        let words = asked.q.as_deref().unwrap_or_default();
        if words.chars().count() > SEARCH_MOST {
            return Err(Problem::invalid("q", "最多 100 个字", "at most 100 characters"));
        }
        if let Some(trade) = &asked.trade {
            let known = catalogue::trades();
            if known.trade(trade).is_none() && known.families.iter().all(|family| family.code != *trade) {
                return Err(Problem::invalid("trade", "没有这个工种或大类", "there is no such trade or family"));
            }
        }
        Ok(Wanted {
            trade: asked.trade.as_deref(),
            tier: asked.tier.as_deref(),
            state: asked.state,
            words: words.split_whitespace().map(str::to_lowercase).collect(),
        })
    }

    /// By trade and words; by state and tier the database has chosen.
    fn takes(&self, item: &CalendarItem) -> bool {
        let trades = || item.trades.iter().filter_map(|code| catalogue::trades().trade(code));
        let of_trade = self.trade.is_none_or(|code| trades().any(|trade| trade.code == code || trade.family == code));
        if !of_trade {
            return false;
        }
        if self.words.is_empty() {
            return true;
        }
        let texts = [&item.name].into_iter().chain(&item.venues).chain(&item.host);
        let mut said: Vec<String> = texts.flat_map(|text| [text.zh.to_lowercase(), text.en.to_lowercase()]).collect();
        said.extend(trades().flat_map(|trade| [trade.name.zh.to_lowercase(), trade.name.en.to_lowercase()]));
        self.words.iter().all(|word| said.iter().any(|text| text.contains(word.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nine contests a day apart, every third of which is looked for.
    async fn nine(db: &Db) {
        let write = db.write::<_, StoreError, _>(|tx| {
            Box::pin(async move {
                for at in 0..9i64 {
                    let name = if at % 3 == 2 { "寻找的" } else { "其他" };
                    let contest = args![
                        format!("con_{at}"),
                        name,
                        "x",
                        "scheme",
                        "-",
                        "-",
                        "named",
                        // Two begin at the same time, where a stretch may end.
                        (at - i64::from(at == 4)) * DAY_MS,
                        0i64,
                        None::<String>,
                        None::<i64>
                    ];
                    tx.exec(sql::INSERT_CONTEST, &contest).await?;
                    let venue = args![format!("ven_{at}"), format!("con_{at}"), format!("场{at}"), "x", 0i64];
                    tx.exec(sql::INSERT_VENUE, &venue).await?;
                }
                tx.exec(sql::KEEP_STATE, &args!["con_8", "live"]).await.map(drop)
            })
        });
        write.await.unwrap();
    }

    #[tokio::test]
    async fn what_is_looked_for_is_found_behind_any_number_of_others() {
        for database in testkit::databases().await {
            let (hall, _) = web::testing::hall(&database.url, web::HallConfig::default()).await;
            nine(&hall.db).await;
            let time = (kernel::Timestamp::from_millis(0), kernel::Timestamp::from_millis(9 * DAY_MS));
            let ask = async |q: &str, state: Option<ContestState>, items_most: usize, rows_at_once: i64| {
                let asked = CalendarAsked { q: Some(q.to_owned()), state, ..CalendarAsked::default() };
                let wanted = Wanted::of(&asked).unwrap_or_else(|problem| panic!("{problem}"));
                let (items, is_cut) = looked_up(&hall.db, time, &wanted, items_most, rows_at_once).await.unwrap();
                assert!(items.iter().all(|item| item.venues.len() == 1), "each with its venue");
                (items.iter().map(|item| item.id.to_string()).collect::<Vec<_>>().join(" "), is_cut)
            };
            let found = |ids: &str, is_cut: bool| (ids.to_owned(), is_cut);
            for rows_at_once in [1, 2, 3, 4, 9, 1_000] {
                assert_eq!(ask("寻找", None, 3, rows_at_once).await, found("con_2 con_5 con_8", false));
                assert_eq!(ask("寻找", None, 2, rows_at_once).await, found("con_2 con_5", true));
                assert_eq!(ask("场7", None, 1, rows_at_once).await, found("con_7", false), "by its venue");
                assert_eq!(ask("", Some(ContestState::Live), 1, rows_at_once).await, found("con_8", false));
                assert_eq!(ask("", None, 5, rows_at_once).await, found("con_0 con_1 con_2 con_3 con_4", true));
                assert_eq!(ask("无", None, 5, rows_at_once).await, found("", false));
            }
        }
    }
}

//! The calendar: the contests of a time, for everybody, straight from the tables. No contest is opened for it.

use std::collections::HashMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{Row, StoreError, args};
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
    let (args, rows_most) = (args![*from, *to], ITEMS_MOST as i64 + 1);
    let mut venues: HashMap<String, Vec<Text>> = HashMap::new();
    for row in room.hall.db.all(sql::CALENDAR_VENUES, &args).await? {
        let name = Text { zh: row.get("name_zh")?, en: row.get("name_en")? };
        venues.entry(row.get("contest")?).or_default().push(name);
    }
    let rows = room.hall.db.all(sql::CALENDAR, &args![*from, *to, rows_most]).await?;
    let is_cut = rows.len() > ITEMS_MOST;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows.iter().take(ITEMS_MOST) {
        let item = item(row, &mut venues)?;
        if wanted.takes(&item) {
            items.push(item);
        }
    }
    Ok(Json(Calendar { from, to, items, is_cut }))
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

    fn takes(&self, item: &CalendarItem) -> bool {
        let trades = || item.trades.iter().filter_map(|code| catalogue::trades().trade(code));
        let of_trade = self.trade.is_none_or(|code| trades().any(|trade| trade.code == code || trade.family == code));
        let of_tier =
            self.tier.is_none_or(|code| item.tier.as_ref().is_some_and(|tier| tier.code == code || tier.level == code));
        if !of_trade || !of_tier || self.state.is_some_and(|state| state != item.state) {
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

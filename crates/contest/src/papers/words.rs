//! What the letters of a contest say beside who, which contest and where: written by its organiser.

use std::collections::BTreeMap;

use axum::extract::State;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Db, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{self, ContestId, Text, VenueId};
use web::{Answer, ApiResult, Faults, IdempotencyKey, Json, Path, RequestId, Signed};

use crate::plan::Plan;
use crate::{ContestRoom, sql};

const ITEMS_MOST: usize = 12;
/// Characters of a text, in each language.
const TEXT_MOST: usize = 200;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterWords {
    /// When to be where. None: the start of the contest alone.
    #[serde(default)]
    #[schema(required = true)]
    pub appointments: Vec<AppointmentWords>,
    /// How each venue is found.
    #[serde(default)]
    #[schema(required = true)]
    pub addresses: BTreeMap<VenueId, Text>,
    #[serde(default)]
    #[schema(required = true)]
    pub bring: Vec<Text>,
    #[serde(default)]
    #[schema(required = true)]
    pub notes: Vec<Text>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentWords {
    pub at: wire::Timestamp,
    pub what: Text,
    /// Null: the competitor's venue.
    #[schema(required = true)]
    pub place: Option<Text>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LettersShown {
    pub words: LetterWords,
    /// How many there are to print.
    pub letters: usize,
    /// The venues that an address can be written for.
    pub venues: Vec<VenueNamed>,
    /// By whose clocks they tell the time.
    pub zone: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VenueNamed {
    pub id: VenueId,
    pub name: Text,
}

/// What an organiser has written; nothing at first.
#[utoipa::path(get, path = "/api/contests/{contest}/letters", tag = "papers", operation_id = "letters", params(ContestId), responses((status = 200, body = LettersShown)))]
pub async fn words(State(room): State<ContestRoom>, Path(contest): Path<ContestId>) -> ApiResult<Json<LettersShown>> {
    let floor = room.floor(&contest).await?;
    let words = written(&room.hall.db, &contest.0).await?;
    let plan = floor.arena().plan.clone();
    Ok(Json(shown(&room, &plan, words)))
}

fn shown(room: &ContestRoom, plan: &Plan, words: LetterWords) -> LettersShown {
    let venues = plan.venues.iter().map(|venue| VenueNamed { id: venue.id.clone().into(), name: venue.name.clone() });
    LettersShown {
        words,
        letters: plan.entries.len(),
        venues: venues.collect(),
        zone: room.hall.config.zone.to_string(),
    }
}

pub async fn written(db: &Db, contest: &kernel::ContestId) -> ApiResult<LetterWords> {
    let rows = db.all(sql::LETTER, &args![contest]).await?;
    match rows.first() {
        Some(row) => serde_json::from_str(&row.get::<String>("words")?).map_err(web::Problem::internal),
        None => Ok(LetterWords::default()),
    }
}

/// Writes all of it anew. What is empty is said by its place; the letters that were printed before are not called back.
#[utoipa::path(post, path = "/api/contests/{contest}/letters", tag = "papers", operation_id = "write_letters", params(ContestId), request_body = LetterWords, responses((status = 200, body = LettersShown)))]
pub async fn write(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(words): Json<LetterWords>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let plan = floor.arena().plan.clone();
    check(&plan, &words)?;
    let text = serde_json::to_string(&words).map_err(web::Problem::internal)?;
    let (hall, contest, account, request_id, text) = (&room.hall, &contest.0, &actor.account, &request_id, &text);
    let shown = shown(&room, &plan, words);
    let shown = &shown;
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            let now: Timestamp = hall.now();
            tx.exec(sql::KEEP_LETTER, &args![contest, text, now, account]).await?;
            let (act, subject) = ("letters.written", Some(contest.as_str()));
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject, request_id }).await?;
            Answer::ok(shown)
        })
    })
    .await
}

/// All faults, each at its field.
fn check(plan: &Plan, words: &LetterWords) -> ApiResult<()> {
    let mut faults = Faults::default();
    let lists =
        [("appointments", words.appointments.len()), ("bring", words.bring.len()), ("notes", words.notes.len())];
    for (path, count) in lists.into_iter().filter(|(_, count)| *count > ITEMS_MOST) {
        let (zh, en) = (format!("最多 {ITEMS_MOST} 项，现有 {count} 项"), format!("at most {ITEMS_MOST}, not {count}"));
        faults.add(path, zh, en);
    }
    let mut say = |path: String, text: &Text| {
        for (lang, text) in [("zh", &text.zh), ("en", &text.en)] {
            let (empty, length) = (text.trim().is_empty(), text.chars().count());
            if empty || length > TEXT_MOST || text.chars().any(char::is_control) {
                faults.add(
                    format!("{path}.{lang}"),
                    format!("1 至 {TEXT_MOST} 个字，不含控制字符"),
                    format!("1 to {TEXT_MOST} characters, none of them control characters"),
                );
            }
        }
    };
    for (at, one) in words.appointments.iter().enumerate() {
        say(format!("appointments[{at}].what"), &one.what);
        if let Some(place) = &one.place {
            say(format!("appointments[{at}].place"), place);
        }
    }
    for (path, list) in [("bring", &words.bring), ("notes", &words.notes)] {
        for (at, text) in list.iter().enumerate() {
            say(format!("{path}[{at}]"), text);
        }
    }
    for (venue, address) in &words.addresses {
        say(format!("addresses.{}", venue.0), address);
    }
    for venue in words.addresses.keys().filter(|venue| plan.venue(&venue.0).is_none()) {
        faults.add(format!("addresses.{}", venue.0), "本场没有这个赛场", "the contest has no such venue");
    }
    faults.finish()
}

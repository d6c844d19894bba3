//! An organiser makes a contest from a scheme: shipped, or written by himself.

use std::collections::HashSet;

use axum::extract::State;
use catalogue::{LoadedRuleSet, LoadedScheme};
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::ToSchema;
use web::audit::Noted;
use web::wire::{ContestId, StationId, Text, Timestamp, VenueId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Problem, RequestId, Signed};

use super::schedule::fault_of_end;
use crate::room::blocking;
use crate::{ContestRoom, sql};

const VENUES_MOST: usize = 50;
const STATIONS_MOST: usize = 500;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContest {
    pub name: Text,
    /// The text of a scheme file.
    pub scheme: String,
    /// The text of a rule-set file: prizes, signatures and what else the contest's rules say. Null: none.
    #[serde(default)]
    pub rule_set: Option<String>,
    /// Whether the public sees blind numbers instead of names.
    pub blind: bool,
    pub starts_at: Timestamp,
    /// Null: nobody says yet.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    pub venues: Vec<NewVenue>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVenue {
    pub name: Text,
    /// Codes of its stations, unique in the contest.
    pub stations: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Created {
    pub id: ContestId,
    pub venues: Vec<CreatedVenue>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedVenue {
    pub id: VenueId,
    pub name: Text,
    pub stations: Vec<CreatedStation>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedStation {
    pub id: StationId,
    pub code: String,
}

/// Makes a contest in the state `draft`. Every fault is listed: of the scheme with its line and column, of the rest by its field.
#[utoipa::path(post, path = "/api/contests", tag = "contest", request_body = NewContest, responses((status = 201, body = Created)))]
pub async fn create(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Json(new): Json<NewContest>,
) -> ApiResult<Answer> {
    let (new, scheme) = blocking(move || {
        let scheme = check(&new);
        (new, scheme)
    })
    .await?;
    let scheme = scheme?;
    let (hall, new, scheme, account, request_id) = (&room.hall, &new, &scheme, &actor.account, &request_id);
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            let id: kernel::ContestId = hall.fresh();
            let (now, disclosure) = (hall.now(), if new.blind { "blind" } else { "named" });
            let insert = args![
                &id,
                &new.name.zh,
                &new.name.en,
                scheme.scheme.code(),
                &new.scheme,
                &scheme.hash,
                disclosure,
                new.starts_at.0,
                now,
                &new.rule_set,
                new.ends_at.as_ref().map(|at| at.0)
            ];
            tx.exec(sql::INSERT_CONTEST, &insert).await?;
            let first = args![&id, 1i64, &new.scheme, &new.rule_set, &scheme.hash, now, account, ""];
            tx.exec(sql::INSERT_SCHEME_VERSION, &first).await?;
            let mut venues = Vec::new();
            for (place, venue) in (0_i64..).zip(&new.venues) {
                let venue_id: kernel::VenueId = hall.fresh();
                tx.exec(sql::INSERT_VENUE, &args![&venue_id, &id, &venue.name.zh, &venue.name.en, place]).await?;
                let mut stations = Vec::new();
                for code in &venue.stations {
                    let station: kernel::StationId = hall.fresh();
                    tx.exec(sql::INSERT_STATION, &args![&station, &id, &venue_id, code]).await?;
                    stations.push(CreatedStation { id: station.into(), code: code.clone() });
                }
                venues.push(CreatedVenue { id: venue_id.into(), name: venue.name.clone(), stations });
            }
            let noted = Noted {
                at: now,
                account: Some(account),
                act: "contest.created",
                subject: Some(id.as_str()),
                request_id,
            };
            web::audit::note(tx, &noted).await?;
            Answer::created(&Created { id: id.into(), venues })
        })
    })
    .await
}

/// All faults, each at its field; those of the scheme with line and column.
fn check(new: &NewContest) -> ApiResult<LoadedScheme> {
    let (scheme, diagnostics) = catalogue::load_scheme(&new.scheme);
    let mut faults: Vec<(String, Text)> = Vec::new();
    check_name(&mut faults, "name.zh".to_owned(), &new.name.zh);
    check_name(&mut faults, "name.en".to_owned(), &new.name.en);
    check_venues(&mut faults, &new.venues);
    let problem = match &scheme {
        Some(_) => Problem::new(ErrorCode::Invalid),
        None => crate::field::scheme_problem(&diagnostics),
    };
    let rule_set = new.rule_set.as_ref().and_then(|text| check_rule_set(&mut faults, text, scheme.as_ref()));
    let freeze_ms = rule_set.and_then(|loaded| loaded.rules.publication.freeze_before_end_ms);
    let fault = fault_of_end(new.starts_at.0, new.ends_at.as_ref().map(|at| at.0), freeze_ms);
    faults.extend(fault.map(|(path, says)| (path, says.into())));
    match scheme {
        Some(scheme) if faults.is_empty() => Ok(scheme),
        _ => Err(faults.into_iter().fold(problem, |problem, (path, says)| problem.field(path, says.zh, says.en))),
    }
}

/// How it is wrong, and how it doesn't fit the scheme.
pub(crate) fn check_rule_set(
    faults: &mut Vec<(String, Text)>,
    text: &str,
    scheme: Option<&LoadedScheme>,
) -> Option<LoadedRuleSet> {
    let (rule_set, mut found) = catalogue::load_rule_set(text);
    if let (Some(rule_set), Some(scheme)) = (&rule_set, scheme) {
        found.extend(rule_set.check_against(&scheme.scheme));
    }
    let errors = found.iter().filter(|fault| fault.severity == catalogue::Severity::Error);
    faults.extend(errors.map(|fault| {
        let path = format!("rule_set:{}:{}", fault.line, fault.column);
        (path, fault.suggestion.after(&fault.text).into())
    }));
    rule_set
}

fn check_venues(faults: &mut Vec<(String, Text)>, venues: &[NewVenue]) {
    let mut fault = |path: String, says: kernel::Text| faults.push((path, says.into()));
    if venues.is_empty() || venues.len() > VENUES_MOST {
        // More of them than that are not looked at one by one.
        return fault("venues".to_owned(), kernel::Text::new("1 至 50 个赛场", "1 to 50 venues"));
    }
    let (mut codes, mut names) = (HashSet::new(), HashSet::new());
    for (at, venue) in venues.iter().enumerate() {
        if venue.stations.is_empty() {
            let says = kernel::Text::new("至少一个工位", "at least one station");
            fault(format!("venues[{at}].stations"), says);
        }
        for (place, code) in venue.stations.iter().enumerate().take(STATIONS_MOST) {
            let path = || format!("venues[{at}].stations[{place}]");
            match telemetry::check_station(code) {
                Err(bad) => fault(path(), bad.text),
                Ok(()) if !codes.insert(code) => fault(
                    path(),
                    kernel::Text::new(format!("工位 {code} 重复"), format!("station {code} is there twice")),
                ),
                Ok(()) => {}
            }
        }
    }
    if venues.iter().map(|venue| venue.stations.len()).sum::<usize>() > STATIONS_MOST {
        fault("venues".to_owned(), kernel::Text::new("最多 500 个工位", "at most 500 stations"));
    }
    for (at, venue) in venues.iter().enumerate() {
        check_name(faults, format!("venues[{at}].name.zh"), &venue.name.zh);
        check_name(faults, format!("venues[{at}].name.en"), &venue.name.en);
        if !names.insert(venue.name.zh.trim()) {
            let says = Text { zh: "赛场名称重复".to_owned(), en: "another venue has this name".to_owned() };
            faults.push((format!("venues[{at}].name.zh"), says));
        }
    }
}

fn check_name(faults: &mut Vec<(String, Text)>, path: String, name: &str) {
    if name.trim().is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        let (zh, en) = ("1 至 100 个字，不含控制字符", "1 to 100 characters, none of them control characters");
        faults.push((path, Text { zh: zh.to_owned(), en: en.to_owned() }));
    }
}

//! An organiser makes a contest from a scheme: shipped, or written by himself.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::ToSchema;
use web::audit::Noted;
use web::wire::{ContestId, StationId, Text, Timestamp, VenueId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Problem, RequestId, Signed};

use crate::{ContestRoom, sql};

const VENUES_MOST: usize = 50;
const STATIONS_MOST: usize = 500;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContest {
    pub name: Text,
    /// The text of a scheme file.
    pub scheme: String,
    /// Whether the public sees blind numbers instead of names.
    pub blind: bool,
    pub starts_at: Timestamp,
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

/// Makes a contest in the state `draft`. Every fault of the scheme is listed with its line.
#[utoipa::path(post, path = "/api/contests", tag = "contest", request_body = NewContest, responses((status = 201, body = Created)))]
pub async fn create(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Json(new): Json<NewContest>,
) -> ApiResult<Answer> {
    check(&new)?;
    let (scheme, faults) = catalogue::load_scheme(&new.scheme);
    let Some(scheme) = scheme else { return Err(crate::field::scheme_problem(&faults)) };
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
                now
            ];
            tx.exec(sql::INSERT_CONTEST, &insert).await?;
            let mut venues = Vec::new();
            for venue in &new.venues {
                let venue_id: kernel::VenueId = hall.fresh();
                tx.exec(sql::INSERT_VENUE, &args![&venue_id, &id, &venue.name.zh, &venue.name.en]).await?;
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

fn check(new: &NewContest) -> ApiResult<()> {
    for (path, text) in [("name.zh", &new.name.zh), ("name.en", &new.name.en)] {
        check_name(path.to_owned(), text)?;
    }
    if new.venues.is_empty() || new.venues.len() > VENUES_MOST {
        return Err(Problem::invalid("venues", "1 至 50 个赛场", "1 to 50 venues"));
    }
    let mut codes = std::collections::HashSet::new();
    let mut names = std::collections::HashSet::new();
    for (at, venue) in new.venues.iter().enumerate() {
        check_name(format!("venues[{at}].name.zh"), &venue.name.zh)?;
        check_name(format!("venues[{at}].name.en"), &venue.name.en)?;
        if !names.insert(&venue.name.zh) {
            return Err(Problem::invalid(
                format!("venues[{at}].name.zh"),
                "赛场名称重复",
                "another venue has this name",
            ));
        }
        for (place, code) in venue.stations.iter().enumerate() {
            let path = format!("venues[{at}].stations[{place}]");
            if let Err(bad) = telemetry::check_station(code) {
                return Err(Problem::new(kernel::ErrorCode::Invalid).field_text(path, bad.text));
            }
            if !codes.insert(code) {
                return Err(Problem::invalid(
                    path,
                    format!("工位 {code} 重复"),
                    format!("station {code} is there twice"),
                ));
            }
        }
        if venue.stations.is_empty() {
            return Err(Problem::invalid(format!("venues[{at}].stations"), "至少一个工位", "at least one station"));
        }
    }
    if codes.len() > STATIONS_MOST {
        return Err(Problem::invalid("venues", "最多 500 个工位", "at most 500 stations"));
    }
    Ok(())
}

fn check_name(path: String, name: &str) -> ApiResult<()> {
    if name.trim().is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Problem::invalid(
            path,
            "1 至 100 个字，不含控制字符",
            "1 to 100 characters, none of them control characters",
        ));
    }
    Ok(())
}

//! A venue or a station has no equipment: the chief judge says so, and judges enter by hand what a sensor would have said.

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::{ContestId, StationId, VenueId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::{must_not_be_closed, words};
use crate::arena::Arena;
use crate::event::{ContestState, Happened};
use crate::{ContestRoom, log, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetEquipment {
    pub venue: VenueId,
    /// One of its stations; without it the whole venue, whatever was said of its stations before.
    pub station: Option<StationId>,
    /// Whether there is equipment.
    pub present: bool,
    pub reason: String,
}

/// What was said, and what follows.
#[derive(Debug, Serialize, ToSchema)]
pub struct EquipmentStands {
    pub venue: VenueId,
    #[schema(required = true)]
    pub station: Option<StationId>,
    pub present: bool,
    /// Runs that are marked so from now on, and runs that go on as they began: they are judged, or the referee has found something of them.
    pub runs: usize,
    pub kept: usize,
    /// Where the log stood then.
    pub position: i64,
}

/// Automatic aspects of runs there become a judge's: the sheet asks what the rules ask, and no gateway is waited for. What stands so already stays, and nothing is written.
#[utoipa::path(post, path = "/api/contests/{contest}/equipment", tag = "judging", operation_id = "set_equipment", params(ContestId), request_body = SetEquipment, responses((status = 200, body = EquipmentStands)))]
pub async fn set(
    State(room): State<ContestRoom>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<SetEquipment>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let Some(reason) = words("reason", Some(&wanted.reason), 500)? else {
        return Err(Problem::invalid("reason", "请写明原因", "say why"));
    };
    let (hall, floor_ref, contest, wanted, reason, request_id) =
        (&room.hall, &floor, &contest.0, &wanted, &reason, &request_id);
    let (account, person) = (&signed.0.account, &signed.0.person);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let now = hall.now();
            let (stands, runs, kept, position) = {
                let arena = floor_ref.arena();
                if arena.state == ContestState::Final {
                    return Err(Problem::new(ErrorCode::ContestNotOpen).detail("赛事已定榜", "The contest is final"));
                }
                must_not_be_closed(&arena)?;
                must_be_here(&arena, wanted)?;
                let station = wanted.station.as_ref().map(|station| &station.0);
                let (runs, kept) = arena.runs_without_findings(&wanted.venue, station);
                (stands(&arena, wanted), runs.len(), kept, arena.position)
            };
            let (venue, station) = (wanted.venue.clone(), wanted.station.clone());
            if stands {
                let (present, runs) = (wanted.present, 0);
                return Answer::ok(&EquipmentStands { venue, station, present, runs, kept, position });
            }
            let by: String = tx.one(sql::PERSON_NAME, &args![person]).await?.get("name")?;
            let present = wanted.present;
            let (venue_in, station_in) = (venue.clone(), station.clone());
            let happened =
                Happened::EquipmentSet { venue: venue_in, station: station_in, present, reason: reason.clone(), by };
            let subject: kernel::MarkId = hall.fresh();
            let position = log::append(tx, contest, now, Some(account), subject.as_str(), &happened).await?;
            let act = if present { "equipment.present" } else { "equipment.absent" };
            let subject = match &station {
                Some(station) => format!("{contest} {} {}", *venue, **station),
                None => format!("{contest} {}", *venue),
            };
            audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(&subject), request_id })
                .await?;
            Answer::ok(&EquipmentStands { venue, station, present, runs, kept, position })
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// Whether it was said before, and not otherwise of a station since.
fn stands(arena: &Arena, wanted: &SetEquipment) -> bool {
    let mut of_venue = arena.plan.stations.iter().filter(|station| station.venue == wanted.venue.0);
    match &wanted.station {
        Some(id) => arena.plan.station(id).is_some_and(|it| arena.equipment.is_present(it) == wanted.present),
        None => of_venue.all(|station| arena.equipment.is_present(station) == wanted.present),
    }
}

fn must_be_here(arena: &Arena, wanted: &SetEquipment) -> ApiResult<()> {
    if arena.plan.venue(&wanted.venue).is_none() {
        return Err(Problem::invalid("venue", "本场没有这个赛场", "this contest has no such venue"));
    }
    let is_there = |id: &StationId| arena.plan.station(id).is_some_and(|station| station.venue == wanted.venue.0);
    if !wanted.station.as_ref().is_none_or(is_there) {
        return Err(Problem::invalid("station", "该赛场没有这个工位", "the venue has no such station"));
    }
    Ok(())
}

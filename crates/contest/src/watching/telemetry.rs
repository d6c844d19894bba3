//! A venue's gateway sends a batch of samples. It is stored as it came, in order and once; then it is acknowledged; then it is judged.

use axum::body::Bytes;
use axum::extract::State;
use kernel::{ErrorCode, VenueId};
use serde::Serialize;
use store::args;
use utoipa::ToSchema;
use web::wire::ContestId;
use web::{ApiResult, EdgeCaller, Json, Path, Problem};

use crate::ContestRoom;
use crate::arena::Arena;
use crate::stage::Link;
use crate::{log, sql};

#[derive(Debug, Serialize, ToSchema)]
pub struct Taken {
    /// The number of the batch that is expected next.
    pub next: u64,
}

/// A batch that was taken before is acknowledged again and changes nothing; a later one than expected answers 409 with the number to go
/// on from, in `next`.
#[utoipa::path(post, path = "/api/contests/{contest}/telemetry", tag = "telemetry", params(ContestId),
    request_body(content = String, content_type = "application/x-ndjson"), responses((status = 200, body = Taken)))]
pub async fn take(
    State(room): State<ContestRoom>,
    caller: EdgeCaller,
    Path(contest): Path<ContestId>,
    body: Bytes,
) -> ApiResult<Json<Taken>> {
    let floor = room.floor(&contest).await?;
    let now = room.hall.now();
    let batch = telemetry::batch::parse(&body, &telemetry::Limits::default(), now)
        .map_err(|fault| Problem::new(fault.code).with("line", fault.line).detail_text(fault.text()))?;
    if batch.header.edge != caller.edge {
        return Err(
            Problem::new(ErrorCode::Forbidden).detail("密钥属于另一个网关", "The key belongs to another gateway")
        );
    }
    let venue = venue_of(&floor.arena(), &batch)?;
    let packed = zstd::encode_all(&*body, 1).map_err(Problem::internal)?;
    let times = batch.ticks.iter().map(|tick| tick.at.to_timestamp());
    let (first, last) = (times.clone().min().unwrap_or(now), times.max().unwrap_or(now));
    // A gateway that has nothing waiting is as late as its batch; one that catches up is as late as its oldest sample.
    let oldest = if batch.header.backlog == 0 { batch.header.sent_at } else { first };
    let lag_ms = now.millis_since(oldest).max(batch.header.lag_ms as i64).max(0);
    let seen = Link { backlog: batch.header.backlog as i64, lag_ms, seen_at: now, sent_at: batch.header.sent_at };
    let (contest, header, samples, packed) = (&contest.0, &batch.header, batch.samples(), &packed);
    let venue_ref = venue.as_ref();
    let (next, fresh): (u64, Option<VenueId>) = room
        .hall
        .db
        .write::<_, Problem, _>(|tx| {
            Box::pin(async move {
                let known = tx.opt(sql::EDGE, &args![contest, &header.edge]).await?;
                let expected = match &known {
                    Some(row) => row.get::<i64>("next_seq")? as u64,
                    None => 1,
                };
                if header.seq < expected {
                    return Ok((expected, None));
                }
                if header.seq > expected {
                    return Err(Problem::new(ErrorCode::TelemetryGap).with("next", expected).detail(
                        format!("应从第 {expected} 批续传，收到第 {} 批", header.seq),
                        format!("Go on from batch {expected}; batch {} came", header.seq),
                    ));
                }
                let edge = &header.edge;
                let kept: Option<VenueId> = match known {
                    Some(row) => Some(row.get("venue")?),
                    None => tx.one(sql::EDGE_VENUE, &args![contest, edge]).await?.get("venue")?,
                };
                let venue: VenueId = match (venue_ref, kept) {
                    (Some(venue), Some(kept)) if *venue != kept => {
                        // No line is at fault, so none is named: the gateway keeps them all and waits.
                        return Err(Problem::new(ErrorCode::GatewayMisplaced).detail(
                            format!("网关 {edge} 属于另一个赛场；每个赛场的网关须有自己的名称和密钥"),
                            format!("Gateway {edge} belongs to another venue; a venue's gateway needs a name and a key of its own"),
                        ));
                    }
                    (Some(venue), _) => venue.clone(),
                    (None, Some(kept)) => kept,
                    // A first batch without a sample says nothing about where it is from: acknowledged when it says more.
                    (None, None) => return Ok((expected, None)),
                };
                let position = tx.next_position(&format!("telemetry/{contest}")).await?;
                let after: i64 = tx.one(sql::NEWEST_EVENT, &args![contest]).await?.get("position")?;
                let seq = header.seq as i64;
                tx.exec(
                    sql::INSERT_TELEMETRY,
                    &args![contest, position, edge, seq, first, last, samples as i64, after, packed.as_slice()],
                )
                .await?;
                tx.exec(
                    sql::KEEP_EDGE,
                    &args![contest, edge, &venue, seq + 1, header.backlog as i64, lag_ms, header.sent_at, now],
                )
                .await?;
                tx.wake(&log::name(contest), 0).await?;
                Ok((expected + 1, Some(venue)))
            })
        })
        .await?;
    if let Some(venue) = fresh {
        floor.link_seen(&header.edge, venue, seen);
        floor.telemetry_came.notify_one();
    }
    Ok(Json(Taken { next }))
}

/// All stations of a batch stand at one venue of this contest.
fn venue_of(arena: &Arena, batch: &telemetry::Batch) -> ApiResult<Option<VenueId>> {
    let mut venue: Option<&VenueId> = None;
    for (at, tick) in batch.ticks.iter().enumerate() {
        // The header is the first line. A gateway that knows the line sets only that sample aside.
        let line = at + 2;
        let Some(station) = arena.plan.station_by_code(&tick.station) else {
            return Err(Problem::new(ErrorCode::TelemetryBadSample).with("line", line).detail(
                format!("本场没有工位 {}", tick.station),
                format!("This contest has no station {}", tick.station),
            ));
        };
        if venue.is_some_and(|venue| *venue != station.venue) {
            let (edge, station) = (&batch.header.edge, &tick.station);
            return Err(Problem::new(ErrorCode::GatewayMisplaced).detail(
                format!("网关 {edge} 混有两个赛场的工位（如 {station}）；每个赛场用各自的网关"),
                format!("Gateway {edge} mixes stations of two venues ({station} among them); each venue has gateways of its own"),
            ));
        }
        venue = Some(&station.venue);
    }
    Ok(venue.cloned())
}

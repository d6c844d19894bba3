//! The signals of a run on a time axis, thinned out so that a picture of a day stays small: each point is the least and the greatest
//! of its stretch.

use axum::extract::State;
use kernel::{ErrorCode, Timestamp as At};
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::{IntoParams, ToSchema};
use web::wire::{ContestId, RunId, Timestamp};
use web::{ApiResult, Json, Path, Problem, Query};

use crate::arena::Arena;
use crate::clock::RunClock;
use crate::watch::unpack;
use crate::{ContestRoom, sql};

const POINTS_MOST: u32 = 5_000;
const POINTS_DEFAULT: u32 = 1_000;
const BATCHES_AT_ONCE: i64 = 50;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Signals with commas between; all that the run's rules declare without it.
    pub names: Option<String>,
    #[param(value_type = Option<String>)]
    pub from: Option<Timestamp>,
    #[param(value_type = Option<String>)]
    pub to: Option<Timestamp>,
    /// At most so many points for each signal, 1 to 5,000; 1,000 without it.
    pub points: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Plot {
    pub run: RunId,
    pub from: Timestamp,
    pub to: Timestamp,
    pub series: Vec<PlotSeries>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlotSeries {
    pub name: String,
    pub kind: String,
    pub unit: String,
    /// `[time in ms, least, greatest]`; false is 0, true is 1.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub points: Vec<(i64, f64, f64)>,
}

/// What the equipment said during a run.
#[utoipa::path(get, path = "/api/contests/{contest}/runs/{run}/signals", tag = "telemetry", params(ContestId, RunId, Wanted), responses((status = 200, body = Plot)))]
pub async fn signals(
    State(room): State<ContestRoom>,
    Path((contest, run)): Path<(ContestId, RunId)>,
    Query(wanted): Query<Wanted>,
) -> ApiResult<Json<Plot>> {
    let floor = room.floor(&contest).await?;
    let points = wanted.points.unwrap_or(POINTS_DEFAULT);
    if !(1..=POINTS_MOST).contains(&points) {
        return Err(Problem::invalid("points", "1 至 5000", "1 to 5,000"));
    }
    let (station, opened, closed, declared) = {
        let arena = floor.arena();
        let planned = arena.plan.run(&run).ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
        let station = arena.plan.station(&planned.station).map(|station| station.code.clone()).unwrap_or_default();
        let now = arena.runs.get(&run.0).ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
        let opened = now.watched.opened_at();
        let closed = match now.clock {
            RunClock::Closed { at, .. } => at,
            _ => room.hall.now(),
        };
        (station, opened, closed, kinds_of(&arena, &run))
    };
    let Some(opened) = opened else {
        return Ok(Json(Plot { run, from: closed.into(), to: closed.into(), series: Vec::new() }));
    };
    let from: At = wanted.from.map_or(opened, |from| from.0).max(opened);
    let to: At = wanted.to.map_or(closed, |to| to.0).min(closed);
    let names: Vec<&str> = match &wanted.names {
        Some(names) => names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
        None => declared.iter().map(|(name, _)| name.as_str()).collect(),
    };
    let mut drawn: Vec<telemetry::Series> = declared
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(name, kind)| telemetry::Series { name: name.as_str().into(), kind: kind.clone(), points: Vec::new() })
        .collect();
    drawn.sort_by(|a, b| a.name.cmp(&b.name));
    // Batches of all stations come by; what is not drawn is let go at once.
    let mut drawing = telemetry::Drawing::new(drawn, from.to_nanos(), to.to_nanos(), points as usize);
    let mut after = 0i64;
    loop {
        let rows =
            room.hall.db.all(sql::TELEMETRY_BETWEEN, &args![&*contest, from, to, after, BATCHES_AT_ONCE]).await?;
        for row in &rows {
            let body: Vec<u8> = row.get("body")?;
            let batch = unpack(&body).ok_or_else(|| Problem::internal("a stored batch can't be read"))?;
            batch.ticks.iter().filter(|tick| *tick.station == *station).for_each(|tick| drawing.take(tick));
            after = row.get("position")?;
        }
        if (rows.len() as i64) < BATCHES_AT_ONCE {
            break;
        }
    }
    let series = drawing.done();
    let series = series
        .into_iter()
        .map(|series| PlotSeries {
            name: series.name.to_string(),
            kind: series.kind.code().to_owned(),
            unit: series.kind.unit().to_owned(),
            points: series
                .points
                .iter()
                .map(|point| (point.at.to_timestamp().as_millis(), point.min, point.max))
                .collect(),
        })
        .collect();
    Ok(Json(Plot { run, from: from.into(), to: to.into(), series }))
}

fn kinds_of(arena: &Arena, run: &RunId) -> Vec<(String, referee::SignalKind)> {
    arena.rules_of(run).scheme.rules.signals().iter().map(|signal| (signal.name.clone(), signal.kind.clone())).collect()
}

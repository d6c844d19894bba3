//! The signals of a run on a time axis, thinned out so that a picture of a day stays small: each point is the least and the greatest
//! of its stretch.

use axum::extract::State;
use kernel::{ErrorCode, Timestamp as At};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::wire::{ContestId, RunId, Timestamp};
use web::{ApiResult, Json, Path, Problem, Query};

use super::pictures::{self, Shot};
use crate::ContestRoom;
use crate::arena::Arena;
use crate::clock::RunClock;

const POINTS_MOST: u32 = 5_000;
const POINTS_DEFAULT: u32 = 1_000;

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
    let (station, opened, closed, is_over, declared) = {
        let arena = floor.arena();
        let planned = arena.plan.run(&run).ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
        let station = arena.plan.station(&planned.station).map(|station| station.code.clone()).unwrap_or_default();
        let now = arena.runs.get(&run.0).ok_or_else(|| Problem::new(ErrorCode::NotFound))?;
        let opened = now.watched.opened_at();
        let closed = match now.clock {
            RunClock::Closed { at, .. } => at,
            _ => room.hall.now(),
        };
        (station, opened, closed, now.judged, kinds_of(&arena, &run))
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
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let shot = Shot { contest: contest.0.clone(), run: run.0.clone(), station, signals: declared, opened, closed };
    let (from_ns, to_ns, points) = (from.to_nanos(), to.to_nanos(), points as usize);
    // A run that is over is drawn once, all of it.
    let whole = is_over && pictures::is_fine_enough(from, to, points, opened, closed);
    let series: Vec<telemetry::Series> = if whole {
        let picture = room.pictures.of(&room.hall, shot).await?;
        let wanted = picture.iter().filter(|series| names.iter().any(|name| **name == *series.name));
        wanted.map(|series| telemetry::thinned(series, from_ns, to_ns, points)).collect()
    } else {
        let signals = shot.signals.iter().filter(|(name, _)| names.contains(name)).cloned().collect();
        pictures::drawn(&room.hall, &Shot { signals, ..shot }, from, to, points).await?
    };
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

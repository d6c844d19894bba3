//! One station plays a real robot's day at the robot's own pace, a part of it for each run.
//!
//! The samples keep the distances in time that they had, to the millisecond, so the referee finds what `guildhall replay` finds in the same
//! rows. A run ends with its part; a run that is under way when the demonstration ends stays open, as it would if somebody pulled the plug.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use rumqttc::AsyncClient;
use serde_json::{Map, Value, json};

use crate::Staged;
use crate::clock::Turn;
use crate::gateway::Gateway;
use crate::run::{Clocks, LOOKS_EVERY_MS, Run};
use crate::setup::CobotSet;
use crate::stations::connect;

const RECORDING: &[u8] = include_bytes!("../../../catalogue/recordings/ur3-cobotops.mcap");
/// The day begins so many rows before the first cycle's end, so that the board moves soon.
const ROWS_BEFORE: usize = 4;

pub async fn play(
    staged: Arc<Staged>,
    set: CobotSet,
    gateway: Arc<Gateway>,
    broker: SocketAddr,
    mut turn: Turn,
) -> anyhow::Result<()> {
    let folder = staged.folder.join("recordings");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} can't be made", folder.display()))?;
    let path = folder.join("ur3-cobotops.mcap");
    std::fs::write(&path, RECORDING).with_context(|| format!("{} can't be written", path.display()))?;
    let recording = telemetry::Recording::open(&path)?;
    let all: Vec<telemetry::Tick> = recording.ticks().collect();
    let mqtt = connect(broker, &set.station.code);
    gateway.hears(&mqtt, &set.station.code, turn.now()).await?;
    let clocks = Clocks { operator: &set.operator, contest: &set.contest, station: &set.station.id };
    let runs = clocks.runs(None).await?.len();
    let parts = parts_of_the_day(&all, runs);
    while let Some(run) = clocks.begin(&mut turn).await? {
        let Some(ticks) = parts.get(run.place) else { break };
        play_part(&set, &gateway, &mqtt, &run, ticks, &mut turn).await?;
        run.close(&gateway, &mut turn).await?;
        turn.pass(3_000).await;
    }
    Ok(())
}

/// Plays the rows of a run until it is closed; after a standstill goes on where it was.
async fn play_part(
    set: &CobotSet,
    gateway: &Gateway,
    mqtt: &AsyncClient,
    run: &Run<'_>,
    ticks: &[telemetry::Tick],
    turn: &mut Turn,
) -> anyhow::Result<()> {
    let (mut started, first) = (turn.now(), ticks[0].at.0);
    let mut looked = started;
    for tick in ticks {
        let after_ms = (tick.at.0 - first) / 1_000_000;
        turn.reach(started.plus_millis(after_ms)).await;
        if turn.now().millis_since(looked) >= LOOKS_EVERY_MS {
            looked = turn.now();
            if !run.goes_on(turn).await? {
                return Ok(());
            }
            started = started.plus_millis(turn.now().millis_since(looked));
        }
        gateway.say(mqtt, &set.station.code, started.plus_millis(after_ms), said(tick)).await?;
    }
    Ok(())
}

/// The rows that are played, in equal parts, one for each run.
pub fn parts_of_the_day(ticks: &[telemetry::Tick], runs: usize) -> Vec<&[telemetry::Tick]> {
    let first_end = ticks.windows(2).position(|pair| pair[0].get("cycle") != pair[1].get("cycle"));
    let from = first_end.map_or(0, |at| (at + 1).saturating_sub(ROWS_BEFORE));
    let played = &ticks[from..];
    played.chunks(played.len().div_ceil(runs.max(1)).max(1)).collect()
}

/// What the robot said; what could not be read is null.
fn said(tick: &telemetry::Tick) -> Map<String, Value> {
    let readings = tick.readings.iter().map(|(name, reading)| {
        let value = match reading {
            None => Value::Null,
            Some(referee::Value::Bool(value)) => json!(value),
            Some(referee::Value::Integer(value)) => json!(value),
            Some(referee::Value::Real(value)) => json!(value),
            Some(referee::Value::Text(value)) => json!(value.as_ref()),
        };
        (name.to_string(), value)
    });
    readings.collect()
}

//! One station plays a real robot's day, a third of it for each run, ten times as fast as it was.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use kernel::Clock;
use rumqttc::QoS;
use serde_json::{Map, Value, json};

use crate::Staged;
use crate::setup::CobotSet;
use crate::stations::connect;

const RECORDING: &[u8] = include_bytes!("../../../catalogue/recordings/ur3-cobotops.mcap");
/// The recording has a sample a second.
const FASTER: f64 = 10.0;

pub async fn play(staged: Arc<Staged>, set: CobotSet, broker: SocketAddr) -> anyhow::Result<()> {
    let folder = staged.folder.join("recordings");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} can't be made", folder.display()))?;
    let path = folder.join("ur3-cobotops.mcap");
    std::fs::write(&path, RECORDING).with_context(|| format!("{} can't be written", path.display()))?;
    let recording = telemetry::Recording::open(&path)?;
    let ticks: Vec<telemetry::Tick> = recording.ticks().collect();
    let mqtt = connect(broker, &set.station.code);
    let runs = set.operator.list(&format!("/api/contests/{}/runs?station={}", set.contest, set.station.id)).await?;
    let part = ticks.len().div_ceil(runs.len().max(1));
    for (run, ticks) in runs.iter().zip(ticks.chunks(part.max(1))) {
        let Some(id) = run["id"].as_str() else { continue };
        let clock = format!("/api/contests/{}/runs/{id}/clock", set.contest);
        if run["state"] == "waiting" {
            set.operator.post(&clock, &json!({"act": "start"})).await?;
        }
        let (started, first) = (staged.clock.now(), ticks[0].at.0);
        for tick in ticks {
            let after_ms = (tick.at.0 - first) as f64 / 1e6 / FASTER;
            let due = started.plus_millis(after_ms as i64);
            staged.clock.pass(due.millis_since(staged.clock.now()) as f64).await;
            let mut said = said(tick);
            said.insert("ts".into(), json!(staged.clock.now().as_millis()));
            let topic = format!("lab/{}/state", set.station.code);
            mqtt.publish(topic, QoS::AtLeastOnce, false, Value::Object(said).to_string()).await?;
        }
        set.operator.post(&clock, &json!({"act": "close"})).await?;
        staged.clock.pass(3_000.0).await;
    }
    Ok(())
}

/// What the robot said; what it could not say is left out.
fn said(tick: &telemetry::Tick) -> Map<String, Value> {
    let readings = tick.readings.iter().filter_map(|(name, reading)| {
        let value = match reading.as_ref()? {
            referee::Value::Bool(value) => json!(value),
            referee::Value::Integer(value) => json!(value),
            referee::Value::Real(value) => json!(value),
            referee::Value::Text(value) => json!(value.as_ref()),
        };
        Some((name.to_string(), value))
    });
    readings.collect()
}

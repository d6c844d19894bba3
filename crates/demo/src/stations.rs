//! A station through the day: the operator opens a run, the cell works and reports, the competitor asks to be judged, the run is closed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use kernel::Clock;
use rumqttc::{AsyncClient, MqttOptions, QoS};
use serde_json::json;

use crate::cell::{Cell, STEP_MS};
use crate::setup::{Set, Station, Venue};
use crate::{Scenario, Staged, cast, decide};

/// A run of the demonstration is a minute where the real one is an hour.
fn run_ms(scenario: Scenario) -> i64 {
    match scenario {
        Scenario::Live => 45_000,
        Scenario::Final => 8_000,
    }
}

pub async fn work(
    staged: Arc<Staged>,
    set: Arc<Set>,
    venue: Venue,
    station: Station,
    broker: SocketAddr,
) -> anyhow::Result<()> {
    let mqtt = connect(broker, &station.code);
    let path = format!("/api/contests/{}/runs?station={}", set.contest, station.id);
    let mut rng = decide(staged.seed, &["station", &station.code]);
    // Stations don't begin all at the same moment.
    staged.clock.pass(2_500.0 * rng.unit()).await;
    for run in venue.operator.list(&path).await? {
        let (Some(id), Some(no), Some(module)) = (run["id"].as_str(), run["entry_no"].as_str(), run["module"].as_str())
        else {
            continue;
        };
        if run["state"] == "closed" {
            continue;
        }
        let clock = format!("/api/contests/{}/runs/{id}/clock", set.contest);
        if run["state"] == "waiting" {
            venue.operator.post(&clock, &json!({"act": "start"})).await.context("a run can't be started")?;
        }
        perform(&staged, &set, &venue, &station, &mqtt, id, no, module).await?;
        venue.operator.post(&clock, &json!({"act": "close"})).await.context("a run can't be closed")?;
        staged.clock.pass(4_000.0).await;
    }
    Ok(())
}

/// Publishes what a cell says, step by step.
#[allow(clippy::too_many_arguments)]
async fn perform(
    staged: &Staged,
    set: &Set,
    venue: &Venue,
    station: &Station,
    mqtt: &AsyncClient,
    run: &str,
    no: &str,
    module: &str,
) -> anyhow::Result<()> {
    let run_ms = run_ms(staged.scenario);
    let skill = cast::skill(staged.seed, no, module);
    let mut rng = decide(staged.seed, &["run", no, module]);
    let mut cell = Cell::new(decide(staged.seed, &["cell", no, module]), skill, run_ms);
    // One run in twelve meets an equipment fault that is nobody's: the clock stands still meanwhile.
    let fault_at = (rng.below(12) == 0).then_some(run_ms / 3);
    let (mut asked, mut step) = (false, 0);
    let started = staged.clock.now();
    while step * STEP_MS < run_ms {
        let mut said = cell.step();
        said["ts"] = json!(staged.clock.now().as_millis());
        let topic = format!("{}/{}/state", venue.key, station.code);
        mqtt.publish(topic, QoS::AtLeastOnce, false, said.to_string()).await.context("the broker takes nothing")?;
        step += 1;
        if fault_at.is_some_and(|at| at / STEP_MS == step) {
            stand_still(staged, set, venue, run).await?;
        }
        // In fault finding he asks when he has repaired; elsewhere once, to be accepted.
        let repaired = module == "D" && said["fault_cleared"] == true;
        if !asked && (repaired || module != "D" && step * STEP_MS > run_ms * 7 / 10) {
            asked = true;
            let path = format!("/api/contests/{}/runs/{run}/judge-requests", set.contest);
            let checkpoint = repaired.then_some("repaired");
            venue.operator.post(&path, &json!({"checkpoint": checkpoint})).await?;
        }
        // Against the clock, so that slow steps don't add up.
        let due = started.plus_millis(step * STEP_MS);
        staged.clock.pass(due.millis_since(staged.clock.now()) as f64).await;
    }
    Ok(())
}

async fn stand_still(staged: &Staged, set: &Set, venue: &Venue, run: &str) -> anyhow::Result<()> {
    let clock = format!("/api/contests/{}/runs/{run}/clock", set.contest);
    venue.operator.post(&clock, &json!({"act": "stop", "reason": "气源压力不足，设备故障"})).await?;
    staged.clock.pass(3_000.0).await;
    venue.operator.post(&clock, &json!({"act": "add_time", "reason": "补时", "add_ms": 3000})).await?;
    venue.operator.post(&clock, &json!({"act": "resume"})).await?;
    Ok(())
}

/// A publisher of a station; its connection mends itself.
pub fn connect(broker: SocketAddr, name: &str) -> AsyncClient {
    let mut options = MqttOptions::new(format!("cell-{name}"), broker.ip().to_string(), broker.port());
    options.set_keep_alive(Duration::from_secs(30));
    let (client, mut events) = AsyncClient::new(options, 100);
    tokio::spawn(async move {
        loop {
            if let Err(error) = events.poll().await {
                if matches!(error, rumqttc::ConnectionError::RequestsDone) {
                    return;
                }
                tracing::debug!(%error, "a cell's broker is away");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    });
    client
}

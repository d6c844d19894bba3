//! A station through the day: the operator opens a run, the cell works and reports, the competitor asks to be judged, the run is closed.
//!
//! All of it happens in the station's turns of the play's clock: the hall stamps the opening, the samples carry the opening plus so many
//! steps, and the close follows the last of them, whatever the machine does meanwhile.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use rumqttc::{AsyncClient, MqttOptions};
use serde_json::json;

use crate::cell::{Cell, STEP_MS};
use crate::client::Client;
use crate::clock::Turn;
use crate::gateway::Gateway;
use crate::setup::{Set, Station, Venue};
use crate::{Scenario, Staged, cast, decide};

/// A run of the demonstration is a minute where the real one is an hour.
fn run_ms(scenario: Scenario) -> i64 {
    match scenario {
        Scenario::Live => 45_000,
        Scenario::Final => 8_000,
    }
}

/// A station with all that its people work with.
pub struct Place {
    pub venue: Venue,
    pub station: Station,
    pub gateway: Arc<Gateway>,
    pub mqtt: AsyncClient,
}

pub async fn work(staged: Arc<Staged>, set: Arc<Set>, place: Place, mut turn: Turn) -> anyhow::Result<()> {
    let Place { venue, station, gateway, .. } = &place;
    let path = format!("/api/contests/{}/runs?station={}", set.contest, station.id);
    let mut rng = decide(staged.seed, &["station", &station.code]);
    // Stations don't begin all at the same moment.
    turn.pass((2_500.0 * rng.unit()) as i64).await;
    for run in venue.operator.list(&path).await? {
        let (Some(id), Some(no), Some(module)) = (run["id"].as_str(), run["entry_no"].as_str(), run["module"].as_str())
        else {
            continue;
        };
        let clock = format!("/api/contests/{}/runs/{id}/clock", set.contest);
        venue.operator.post(&clock, &json!({"act": "start"})).await.context("a run can't be started")?;
        perform(&staged, &set, &place, id, no, module, &mut turn).await?;
        close(&mut turn, gateway, &venue.operator, &clock).await?;
        turn.pass(4_000).await;
    }
    Ok(())
}

/// The operator closes a run half a second after the last sample. By then the venue's gateway has it: a gateway that says it has told
/// everything up to the close has told that one too.
pub async fn close(turn: &mut Turn, gateway: &Gateway, operator: &Client, clock: &str) -> anyhow::Result<()> {
    turn.pass(400).await;
    gateway.has_taken_all().await;
    turn.pass(100).await;
    operator.post(clock, &json!({"act": "close"})).await.context("a run can't be closed")?;
    Ok(())
}

/// Publishes what a cell says, step by step, each step at its instant.
async fn perform(
    staged: &Staged,
    set: &Set,
    place: &Place,
    run: &str,
    no: &str,
    module: &str,
    turn: &mut Turn,
) -> anyhow::Result<()> {
    let run_ms = run_ms(staged.scenario);
    let skill = cast::skill(staged.seed, no, module);
    let mut rng = decide(staged.seed, &["run", no, module]);
    let mut cell = Cell::new(decide(staged.seed, &["cell", no, module]), skill, run_ms);
    // One run in twelve meets an equipment fault that is nobody's: the clock stands still meanwhile.
    let fault_at = (rng.below(12) == 0).then_some(run_ms / 3);
    let mut asked = false;
    // Opened at this instant; after a standstill, as if it had been opened so much later.
    let mut opened = turn.now();
    for step in 1..=run_ms / STEP_MS {
        let at = opened.plus_millis(step * STEP_MS);
        turn.reach(at).await;
        let said = cell.step();
        let cleared = said.get("fault_cleared") == Some(&json!(true));
        place.gateway.say(&place.mqtt, &place.station.code, at, said).await?;
        // In fault finding he asks when he has repaired; elsewhere once, to be accepted.
        let repaired = module == "D" && cleared;
        if !asked && (repaired || module != "D" && step * STEP_MS > run_ms * 7 / 10) {
            asked = true;
            let path = format!("/api/contests/{}/runs/{run}/judge-requests", set.contest);
            let checkpoint = repaired.then_some("repaired");
            place.venue.operator.post(&path, &json!({"checkpoint": checkpoint})).await?;
        }
        if fault_at.is_some_and(|at| at / STEP_MS == step) {
            stand_still(set, &place.venue, run, turn).await?;
            opened = turn.now().plus_millis(-step * STEP_MS);
        }
    }
    Ok(())
}

async fn stand_still(set: &Set, venue: &Venue, run: &str, turn: &mut Turn) -> anyhow::Result<()> {
    let clock = format!("/api/contests/{}/runs/{run}/clock", set.contest);
    venue.operator.post(&clock, &json!({"act": "stop", "reason": "气源压力不足，设备故障"})).await?;
    turn.pass(3_000).await;
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

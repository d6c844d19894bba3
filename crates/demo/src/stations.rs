//! A station through the day: the operator opens a run, the cell works and reports, the competitor asks to be judged, the run is closed.
//!
//! All of it happens in the station's turns of the play's clock: the hall stamps the opening, the samples carry the opening plus so many
//! steps, and the close follows the last of them, whatever the machine does meanwhile. A visitor who works a clock by hand is followed: see
//! [`crate::run`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rumqttc::{AsyncClient, MqttOptions};
use serde_json::json;

use crate::cell::{Cell, STEP_MS};
use crate::clock::Turn;
use crate::gateway::Gateway;
use crate::run::{Clocks, LOOKS_EVERY_MS, Run};
use crate::setup::{Set, Station, Venue};
use crate::{Scenario, Staged, cast, decide};

/// A run of the demonstration is a minute where the real one is an hour.
fn run_ms(scenario: Scenario) -> i64 {
    match scenario {
        Scenario::Live | Scenario::Season => 45_000,
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
    let mut rng = decide(staged.seed, &["station", &place.station.code]);
    // Stations don't begin all at the same moment.
    turn.pass((2_500.0 * rng.unit()) as i64).await;
    let clocks = Clocks { operator: &place.venue.operator, contest: &set.contest, station: &place.station.id };
    while let Some(run) = clocks.begin(&mut turn).await? {
        perform(&staged, &place, &run, &mut turn).await?;
        run.close(&place.gateway, &mut turn).await?;
        turn.pass(4_000).await;
    }
    Ok(())
}

/// The cell as this competitor works at it in this module.
fn cell(staged: &Staged, no: &str, module: &str) -> Cell {
    let skill = cast::skill(staged.seed, no, module);
    Cell::new(decide(staged.seed, &["cell", no, module]), skill, run_ms(staged.scenario))
}

/// The cycles that somebody counts who stands at the station from beginning to end.
pub fn cycles_seen(staged: &Staged, no: &str, module: &str) -> i64 {
    cell(staged, no, module).cycles_in(run_ms(staged.scenario))
}

/// Publishes what a cell says, step by step, each step at its instant, until the run's time is up or somebody closes it.
async fn perform(staged: &Staged, place: &Place, run: &Run<'_>, turn: &mut Turn) -> anyhow::Result<()> {
    let run_ms = run_ms(staged.scenario);
    let (no, module) = (run.no.as_str(), run.module.as_str());
    let mut rng = decide(staged.seed, &["run", no, module]);
    let mut cell = cell(staged, no, module);
    // One run in twelve meets an equipment fault that is nobody's: the clock stands still meanwhile.
    let fault_at = (rng.below(12) == 0).then_some(run_ms / 3);
    let mut asked = false;
    // Opened at this instant; after a standstill, as if it had been opened so much later.
    let mut opened = turn.now();
    for step in 1..=run_ms / STEP_MS {
        turn.reach(opened.plus_millis(step * STEP_MS)).await;
        if step * STEP_MS % LOOKS_EVERY_MS == 0 {
            if !run.goes_on(turn).await? {
                return Ok(());
            }
            opened = turn.now().plus_millis(-step * STEP_MS);
        }
        let said = cell.step();
        let cleared = said.get("fault_cleared") == Some(&json!(true));
        place.gateway.say(&place.mqtt, &place.station.code, turn.now(), said).await?;
        // In fault finding he asks when he has repaired; elsewhere once, to be accepted.
        let repaired = module == "D" && cleared;
        if !asked && (repaired || module != "D" && step * STEP_MS > run_ms * 7 / 10) {
            asked = true;
            run.ask_for_a_judge(repaired.then_some("repaired")).await?;
        }
        if fault_at.is_some_and(|at| at / STEP_MS == step) {
            stand_still(run, turn).await?;
            opened = turn.now().plus_millis(-step * STEP_MS);
        }
    }
    Ok(())
}

/// What a visitor does to the clock meanwhile holds; it is seen at the next look.
async fn stand_still(run: &Run<'_>, turn: &mut Turn) -> anyhow::Result<()> {
    if run.act(&json!({"act": "stop", "reason": "气源压力不足，设备故障"})).await? {
        turn.pass(3_000).await;
        run.act(&json!({"act": "add_time", "reason": "补时", "add_ms": 3000})).await?;
        run.act(&json!({"act": "resume"})).await?;
    }
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

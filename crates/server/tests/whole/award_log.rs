//! Gateway and hall are killed in turns, fifty times, while the equipment goes on: the award log is the one of a run that nobody
//! interrupted, verdict by verdict, with the same evidence.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kernel::{Clock, Nanos, Rng, SystemClock};
use referee::{Quality, Value as Reading};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use serde_json::{Value, json};
use telemetry::{Recorder, Recording, RunMetadata, Tick};
use testkit::{eventually_within, free_port, mosquitto, temp_dir};

use crate::common::gateway::{self, Settings};
use crate::common::program::{Hall, migrate, root, sqlite_in};
use crate::common::stage::{STATIONS, stage};

const DEATHS: u32 = 50;
/// A station speaks every so often.
const PACE: Duration = Duration::from_millis(25);
/// A hall that was killed is up again, has folded its log and has judged what came meanwhile.
const TO_THE_END: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_deaths_change_no_verdict() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let mut hall = Hall::open(&database).await;
    let staged = stage(&hall.base()).await;
    let broker = mosquitto().await;
    let door = format!("127.0.0.1:{}", free_port());
    let settings = Settings {
        hall: &hall.base(),
        staged: &staged,
        folder: folder.path(),
        broker: broker.port,
        door: &door,
        stations: &STATIONS,
        values: "all",
    };
    let config = settings.write();
    let mut edge = gateway::open(&config, &door).await;

    let enough = Arc::new(AtomicBool::new(false));
    let mut equipment = tokio::task::JoinSet::new();
    for station in STATIONS {
        equipment.spawn(work(broker.port, station, enough.clone()));
    }
    let mut moments = Rng::from_seed(7);
    for death in 0..DEATHS {
        // Mostly in the middle of something; now and then it has come to rest.
        tokio::time::sleep(Duration::from_millis(50 + moments.below(700))).await;
        if death % 2 == 0 {
            edge.kill();
            tokio::time::sleep(Duration::from_millis(moments.below(300))).await;
            edge = gateway::open(&config, &door).await;
        } else {
            hall.program.kill();
            tokio::time::sleep(Duration::from_millis(moments.below(300))).await;
            hall.reopen().await;
        }
    }
    enough.store(true, Ordering::SeqCst);
    let mut said = Vec::new();
    while let Some(ended) = equipment.join_next().await {
        said.push(ended.unwrap());
    }
    for run in &staged.runs {
        staged.chief.post(&staged.path(&format!("/runs/{run}/clock")), json!({"act": "close"})).await;
    }
    let mut verdicts = 0;
    for (run, station) in staged.runs.iter().zip(STATIONS) {
        let mut seen = Value::Null;
        eventually_within(TO_THE_END, "the run is judged to its end", async || {
            let runs = staged.chief.list(&staged.path("/runs?state=closed")).await;
            seen = runs.into_iter().find(|one| one["id"] == run.as_str()).unwrap_or_default();
            seen["judged"] == true
        })
        .await;
        let ticks = &said.iter().find(|(name, _)| *name == station).unwrap().1;
        let expected = uninterrupted(folder.path(), station, ticks, &seen);
        let mut found = staged.chief.list(&staged.path(&format!("/verdicts?run={run}"))).await;
        found.reverse();
        let found: Vec<Value> = found.iter().map(told).collect();
        for (at, verdict) in expected.iter().enumerate() {
            assert_eq!(found.get(at), Some(verdict), "{station}, verdict {at} of {}", expected.len());
        }
        assert_eq!(found.len(), expected.len(), "{station}: {:#?}", found.last());
        verdicts += found.len();
    }
    assert!(verdicts > 100, "{verdicts} verdicts are not worth fifty deaths");
    edge.ask_to_stop();
    assert_eq!(edge.ended(Duration::from_secs(15)).await.code(), Some(0));
}

/// What a verdict of the hall says.
fn told(verdict: &Value) -> Value {
    json!({
        "rule": verdict["rule"],
        "aspect": verdict["aspect"],
        "outcome": verdict["outcome"],
        "marks": verdict["marks"],
        "at_ms": verdict["at_ms"],
        "evidence": {
            "from": verdict["evidence"]["from"],
            "to": verdict["evidence"]["to"],
            "sentence": verdict["evidence"]["sentence"]["zh"],
            "samples": verdict["evidence"]["samples"].as_array().unwrap().iter()
                .map(|sample| format!("{} {} {}", sample["signal"], sample["at"], sample["value"])).collect::<Vec<_>>(),
        },
    })
}

/// What a replay finds in what the equipment said, with nobody in between.
fn uninterrupted(folder: &Path, station: &str, ticks: &[Tick], run: &Value) -> Vec<Value> {
    let scheme = std::fs::read_to_string(root().join("catalogue/contests/robot-maintenance/scheme.yaml")).unwrap();
    let scheme = catalogue::load_scheme(&scheme).0.unwrap();
    let started = run["opened_at_ms"].as_i64().unwrap() * 1_000_000;
    let path = folder.join(format!("{station}.mcap"));
    let about = RunMetadata { started: Some(Nanos(started)), ..RunMetadata::default() };
    let mut recorder = Recorder::create(&path, &about).unwrap();
    for tick in ticks {
        recorder.tick(tick).unwrap();
    }
    recorder.finish(Some(Nanos(started + run["elapsed_ms"].as_i64().unwrap() * 1_000_000))).unwrap();
    let judged = telemetry::replay::judge(&Recording::open(&path).unwrap(), &scheme, None).unwrap();
    // A run is of one module; a replay judges all of them.
    let of_module = judged.verdicts.iter().filter(|one| one.aspect.starts_with(run["module"].as_str().unwrap()));
    let value = |value: &Reading| match value {
        Reading::Bool(value) => json!(value),
        Reading::Integer(value) => json!(value),
        Reading::Real(value) => json!(value),
        Reading::Text(value) => json!(value.to_string()),
    };
    let told = of_module.map(|verdict| {
        let evidence = &verdict.evidence;
        json!({
            "rule": &*verdict.rule,
            "aspect": &*verdict.aspect,
            "outcome": verdict.outcome.code(),
            "marks": verdict.marks.to_string(),
            "at_ms": verdict.at.0 / 1_000_000,
            "evidence": {
                "from": evidence.from.0,
                "to": evidence.to.0,
                "sentence": evidence.sentence.zh,
                "samples": evidence.samples.iter()
                    .map(|one| format!("{} {} {}", json!(one.signal), one.at.0, value(&one.value))).collect::<Vec<_>>(),
            },
        })
    });
    told.collect()
}

/// A cell at work, until it is enough: it carries parts, its drive is overloaded now and then, a fault comes and is cleared. Says all its
/// signals in one message each 25 ms, and gives what it said once the broker has all of it.
async fn work(broker: u16, station: &'static str, enough: Arc<AtomicBool>) -> (&'static str, Vec<Tick>) {
    let mut options = MqttOptions::new(format!("cell-{station}"), "127.0.0.1", broker);
    options.set_keep_alive(Duration::from_secs(30));
    let (client, mut events) = AsyncClient::new(options, 10);
    let (heard, mut acknowledged) = tokio::sync::watch::channel(0usize);
    let polling = tokio::spawn(async move {
        while let Ok(event) = events.poll().await {
            if let Event::Incoming(Packet::PubAck(_)) = event {
                heard.send_modify(|count| *count += 1);
            }
        }
    });
    let mut dice = Rng::from_seed(station.bytes().fold(0, |seed, byte| seed * 256 + u64::from(byte)));
    let mut pace = tokio::time::interval(PACE);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut ticks, mut last) = (Vec::new(), 0);
    let mut current = 2.0;
    for nth in 0u64.. {
        pace.tick().await;
        let ts = SystemClock.now().as_millis().max(last + 1);
        last = ts;
        // A cycle of 24 ticks.
        let (place, cycle) = (nth % 24, nth / 24);
        if place == 0 {
            current = if dice.below(3) == 0 { 4.8 } else { 2.0 };
        }
        let mut hundredths = |from: u64, range: u64| (from + dice.below(range)) as f64 / 100.0;
        let signals = json!({
            "cycle_start": place == 0,
            "cycle_done": place == 20,
            "force": hundredths(4_000, 1_700),
            "gripper_closed": (4..18).contains(&place),
            "air_pressure": hundredths(55_900, 4_000),
            "motor_current": current,
            "program_state": if cycle % 5 == 4 { "idle" } else { "running" },
            "position_error": hundredths(0, 40),
            "fault_active": cycle % 6 == 2,
            "fault_cleared": cycle % 6 == 3,
        });
        let mut body = signals.clone();
        body["ts"] = json!(ts);
        let topic = format!("cell/{station}/state");
        client.publish(topic, QoS::AtLeastOnce, false, body.to_string()).await.unwrap();
        let readings = signals.as_object().unwrap().iter().map(|(name, value)| {
            let reading = match value {
                Value::Bool(value) => Reading::Bool(*value),
                Value::Number(value) => Reading::Real(value.as_f64().unwrap()),
                Value::String(value) => Reading::Text(value.as_str().into()),
                other => panic!("{other}"),
            };
            (name.as_str().into(), Some(reading))
        });
        let at = Nanos(ts * 1_000_000);
        ticks.push(Tick { station: station.into(), at, readings: readings.collect(), quality: Quality::Good });
        if enough.load(Ordering::SeqCst) {
            break;
        }
    }
    acknowledged.wait_for(|count| *count >= ticks.len()).await.expect("the broker has hung up");
    polling.abort();
    (station, ticks)
}

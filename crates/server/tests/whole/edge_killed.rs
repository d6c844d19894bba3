//! A venue's gateway is killed under load, with a broker and a door, and a hall that runs: each sample that it has acknowledged reaches the
//! hall once, and the recordings hold it too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use kernel::{Clock, SystemClock};
use referee::Quality;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use serde_json::Value;
use store::{Db, args};
use testkit::{eventually, free_port, mosquitto, temp_dir};

use crate::common::gateway::{self, Settings};
use crate::common::program::{Hall, migrate, sqlite_in};
use crate::common::stage::stage;
use crate::common::visitor::http;

/// The station whose samples carry no time of their own.
const BARE: &str = "E4";

/// What was said, by station: the time of a sample and its number.
type Said = BTreeMap<String, BTreeMap<i64, i64>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_gateway_has_acknowledged_reaches_the_hall_once() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let hall = Hall::open(&database).await;
    let staged = stage(&hall.base()).await;
    let broker = mosquitto().await;
    let door = format!("127.0.0.1:{}", free_port());
    let settings = Settings {
        hall: &hall.base(),
        staged: &staged,
        folder: folder.path(),
        broker: broker.port,
        door: &door,
        stations: &["E1", "E2", "E3", BARE],
        values: "{cycle_count: number}",
    };
    let config = settings.write();
    let mut gateway = gateway::open(&config, &door).await;

    let enough = Arc::new(AtomicBool::new(false));
    let (published, posted) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut equipment = tokio::task::JoinSet::new();
    for station in ["E1", "E2", BARE] {
        equipment.spawn(publish(broker.port, station, published.clone(), enough.clone()));
    }
    equipment.spawn(post(door.clone(), posted.clone(), enough.clone()));

    for _ in 0..2 {
        let (mqtt, http) = (published.load(Ordering::SeqCst) + 100, posted.load(Ordering::SeqCst) + 20);
        eventually("the load is on", async || {
            published.load(Ordering::SeqCst) >= mqtt && posted.load(Ordering::SeqCst) >= http
        })
        .await;
        gateway.kill();
        // The equipment goes on while the gateway is away.
        let away = published.load(Ordering::SeqCst) + 20;
        eventually("the broker keeps what comes", async || published.load(Ordering::SeqCst) >= away).await;
        gateway = gateway::open(&config, &door).await;
    }
    let last = published.load(Ordering::SeqCst) + 50;
    eventually("the work goes on", async || published.load(Ordering::SeqCst) >= last).await;
    enough.store(true, Ordering::SeqCst);
    let mut said = Said::new();
    while let Some(ended) = equipment.join_next().await {
        let (station, samples) = ended.unwrap();
        said.insert(station, samples);
    }

    let db = Db::connect(&database).await.unwrap();
    let bare: Vec<i64> = said.remove(BARE).into_iter().flatten().map(|(_, number)| number).collect();
    let wanted: usize = said.values().map(BTreeMap::len).sum();
    eventually("the hall has as many samples as were said", async || {
        let taken = taken(&db, &staged.contest).await;
        taken.iter().filter(|sample| sample.station != BARE).count() >= wanted
            && taken.iter().any(|sample| sample.station == BARE && Some(&sample.number) == bare.last())
    })
    .await;
    let status = status(&door).await;
    assert_eq!(
        (&status["backlog"], &status["set_aside"], &status["refused"]),
        (&0.into(), &0.into(), &0.into()),
        "{status}"
    );
    let mut arrived = Said::new();
    let mut good = Vec::new();
    let mut heard = BTreeSet::new();
    for Sample { station, at, number, quality } in taken(&db, &staged.contest).await {
        if station == BARE {
            heard.insert(number);
            good.extend((quality == Quality::Good).then_some(number));
            continue;
        }
        let twice = arrived.entry(station.clone()).or_default().insert(at, number);
        assert_eq!(twice, None, "{station} at {at} is there twice");
    }
    assert_eq!(arrived, said);
    // Without a time nobody can tell whether it came before: what comes again is uncertain.
    assert_eq!(heard, bare.into_iter().collect());
    assert!(good.is_sorted_by(|one, next| one < next), "{good:?}");

    gateway.ask_to_stop();
    assert_eq!(gateway.ended(Duration::from_secs(15)).await.code(), Some(0));
    let mut recorded = recorded(&folder.path().join("recordings"));
    recorded.remove(BARE);
    assert_eq!(recorded, said);
    db.close().await;
}

async fn status(door: &str) -> Value {
    http().get(format!("http://{door}/status")).send().await.unwrap().json().await.unwrap()
}

/// A cell on MQTT: one message each ten milliseconds, counted when the broker has it.
async fn publish(
    broker: u16,
    station: &'static str,
    published: Arc<AtomicU64>,
    enough: Arc<AtomicBool>,
) -> (String, BTreeMap<i64, i64>) {
    let mut options = MqttOptions::new(format!("cell-{station}"), "127.0.0.1", broker);
    options.set_keep_alive(Duration::from_secs(30));
    let (client, mut events) = AsyncClient::new(options, 10);
    let acknowledged = Arc::new(AtomicU64::new(0));
    let heard = acknowledged.clone();
    let polling = tokio::spawn(async move {
        while let Ok(event) = events.poll().await {
            if let Event::Incoming(Packet::PubAck(_)) = event {
                heard.fetch_add(1, Ordering::SeqCst);
                published.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    let mut said = BTreeMap::new();
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last = 0;
    for number in 1.. {
        pace.tick().await;
        // Each instant is another one.
        let ts = SystemClock.now().as_millis().max(last + 1);
        last = ts;
        let (topic, body) = match station {
            BARE => (format!("bare/{station}/cycle_count"), number.to_string()),
            _ => (format!("cell/{station}/state"), format!(r#"{{"ts":{ts},"number":{number}}}"#)),
        };
        client.publish(topic, QoS::AtLeastOnce, false, body).await.unwrap();
        said.insert(ts * 1_000_000, number);
        if enough.load(Ordering::SeqCst) {
            break;
        }
    }
    while acknowledged.load(Ordering::SeqCst) < said.len() as u64 {
        assert!(!polling.is_finished(), "the broker has hung up");
        pace.tick().await;
    }
    polling.abort();
    (station.to_owned(), said)
}

/// A program without MQTT: posts a batch of two samples, and again until it is acknowledged.
async fn post(door: String, posted: Arc<AtomicU64>, enough: Arc<AtomicBool>) -> (String, BTreeMap<i64, i64>) {
    let mut said = BTreeMap::new();
    let mut last = 0;
    for seq in 1..=i64::MAX {
        let sent_at = SystemClock.now();
        let mut body = format!(r#"{{"v":1,"edge":"plc","seq":{seq},"backlog":0,"sent_at":"{sent_at}"}}"#);
        for number in [2 * seq - 1, 2 * seq] {
            let t = sent_at.to_nanos().0.max(last + 1_000_000);
            last = t;
            body.push_str(&format!("\n{{\"station\":\"E3\",\"t\":{t},\"s\":{{\"cycle_count\":{number}}}}}"));
            said.insert(t, number);
        }
        loop {
            let sent =
                http().post(format!("http://{door}/samples")).bearer_auth("by-hand").body(body.clone()).send().await;
            match sent.map(|answer| answer.status().as_u16()) {
                Ok(200) => break,
                Ok(503) | Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                Ok(other) => panic!("batch {seq}: {other}"),
            }
        }
        posted.fetch_add(1, Ordering::SeqCst);
        if enough.load(Ordering::SeqCst) {
            break;
        }
    }
    ("E3".to_owned(), said)
}

struct Sample {
    station: String,
    at: i64,
    number: i64,
    quality: Quality,
}

/// Every sample that the hall has stored.
async fn taken(db: &Db, contest: &str) -> Vec<Sample> {
    const BODIES: &str = "select body from contest_telemetry where contest = $1 order by position";
    let mut samples = Vec::new();
    for row in db.all(BODIES, &args![contest]).await.unwrap() {
        let body = zstd::decode_all(row.get::<Vec<u8>>("body").unwrap().as_slice()).unwrap();
        let batch = telemetry::batch::parse(&body, &telemetry::Limits::default(), SystemClock.now()).unwrap();
        samples.extend(batch.ticks.iter().map(|tick| Sample {
            station: tick.station.to_string(),
            at: tick.at.0,
            number: number(tick),
            quality: tick.quality,
        }));
    }
    samples
}

fn number(tick: &telemetry::Tick) -> i64 {
    match tick.get("cycle_count") {
        Some(Some(referee::Value::Integer(number))) => *number,
        other => panic!("{other:?}"),
    }
}

/// All recordings open, and hold each sample once.
fn recorded(folder: &Path) -> Said {
    let mut said = Said::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let recording = telemetry::Recording::open(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        for tick in recording.ticks() {
            let twice = said.entry(tick.station.to_string()).or_default().insert(tick.at.0, number(&tick));
            assert_eq!(twice, None, "{} has {} twice", path.display(), tick.at.0);
        }
    }
    said
}

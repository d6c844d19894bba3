//! An edge between its doors and a hall that misbehaves.

mod back_pressure;
mod fake_broker;
mod fake_hall;
mod foreign_reader;
mod lost_session;
#[cfg(feature = "opcua")]
mod opcua;
mod sparkplug;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use edge::{Edge, EdgeConfig, HallLink, Status};
use fake_hall::{FakeHall, Mood};
use kernel::{Rng, Timestamp};
use telemetry::{Recording, Tick};
use testkit::{START_MS, eventually};

const KEY: &str = "the-edges-key";

fn config(folder: &Path, hall: &FakeHall, more: &str) -> EdgeConfig {
    let yaml = format!(
        "format: guildhall/edge/1\nedge: edg_east\ncontest: con_1\nhall: {}\nkey: {KEY}\nlisten: 127.0.0.1:0\nlisten_key: by-hand\n\
         spool: {{folder: {}, fsync: false}}\nrecordings: {{folder: {}, flush_ms: 20, fsync: false}}\n\
         forward: {{batch_ms: 5, samples_max: 40, timeout_ms: 100, retry_max_ms: 40, heartbeat_ms: 100}}\ngather_ms: 2\nstations: [S01, S02]\n{more}",
        hall.url(),
        folder.join("spool").display(),
        folder.join("recordings").display(),
    );
    EdgeConfig::parse(&yaml, |_| None).unwrap_or_else(|faults| panic!("{faults:?}\n{yaml}"))
}

async fn start(config: &EdgeConfig) -> Edge {
    Edge::start(config.clone(), Arc::new(testkit::clock())).await.unwrap()
}

/// A client of a broker, and the task that drives it.
fn mqtt_client(port: u16, name: &str) -> (rumqttc::AsyncClient, tokio::task::JoinHandle<()>) {
    let mut options = rumqttc::MqttOptions::new(name, "127.0.0.1", port);
    options.set_keep_alive(Duration::from_secs(5));
    let (client, mut connection) = rumqttc::AsyncClient::new(options, 10_000);
    let pump = tokio::spawn(async move {
        loop {
            if connection.poll().await.is_err() {
                tokio::task::yield_now().await;
            }
        }
    });
    (client, pump)
}

/// What the hall heard of a signal, in order: its value, or `bad`.
fn heard(hall: &FakeHall, station: &str, signal: &str) -> Vec<String> {
    let ticks = hall.ticks();
    let of_station = ticks.iter().filter(|tick| &*tick.station == station);
    let shown = |tick: &Tick| {
        tick.get(signal).map(|reading| match (reading, tick.quality) {
            (None, _) | (_, referee::Quality::Bad) => "bad".to_owned(),
            (Some(value), referee::Quality::Uncertain) => format!("{}?", bare(value)),
            (Some(value), referee::Quality::Good) => bare(value),
        })
    };
    of_station.filter_map(shown).collect()
}

fn bare(value: &referee::Value) -> String {
    match value {
        referee::Value::Bool(value) => value.to_string(),
        referee::Value::Integer(value) => value.to_string(),
        referee::Value::Real(value) => value.to_string(),
        referee::Value::Text(value) => value.to_string(),
    }
}

async fn get(edge: &Edge, path: &str) -> (u16, String) {
    let response = reqwest::get(format!("http://{}{path}", edge.listen().unwrap())).await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// One batch of `count` ticks that begin at step `from`.
fn body(seq: u64, station: &str, from: u64, count: u64) -> String {
    let mut body =
        format!(r#"{{"v":1,"edge":"hand","seq":{seq},"backlog":0,"sent_at":"{}"}}"#, Timestamp::from_millis(START_MS));
    for step in from..from + count {
        let t = (START_MS - 3_600_000 + step as i64) * 1_000_000;
        body.push_str(&format!("\n{{\"station\":\"{station}\",\"t\":{t},\"s\":{{\"step\":{step}}}}}"));
    }
    body
}

async fn post(edge: &Edge, key: &str, body: String) -> (u16, serde_json::Value) {
    let url = format!("http://{}/samples", edge.listen().unwrap());
    let response = reqwest::Client::new().post(url).bearer_auth(key).body(body).send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

fn steps(ticks: &[Tick], station: &str) -> Vec<i64> {
    let step = |tick: &Tick| match tick.get("step") {
        Some(Some(referee::Value::Integer(step))) => *step,
        other => panic!("{other:?}"),
    };
    ticks.iter().filter(|tick| &*tick.station == station).map(step).collect()
}

fn recorded(folder: &Path, station: &str) -> Vec<i64> {
    let mut ticks = Vec::new();
    for entry in std::fs::read_dir(folder.join("recordings")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with(station) {
            ticks.extend(Recording::open(&path).unwrap().ticks());
        }
    }
    ticks.sort_by_key(|tick| tick.at);
    steps(&ticks, station)
}

#[tokio::test]
async fn a_sample_travels_from_the_door_to_the_hall_and_into_a_recording() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let edge = start(&config(folder.path(), &hall, "")).await;
    assert_eq!(post(&edge, "by-hand", body(1, "S01", 1, 10)).await, (200, serde_json::json!({"next": 2})));
    eventually("the hall has all", async || hall.ticks().len() == 10).await;
    let url = format!("http://{}/status", edge.listen().unwrap());
    eventually("the status shows it", async || {
        let status: serde_json::Value = reqwest::get(&url).await.unwrap().json().await.unwrap();
        status["link"] == "up" && status["backlog"] == 0 && status["lag_ms"] == 0 && status["accepted_samples"] == 10
    })
    .await;
    // Without samples it still says that it is there.
    let batches = hall.batches();
    eventually("a heartbeat", async || hall.batches() > batches).await;
    edge.stop().await.unwrap();
    assert_eq!(steps(&hall.ticks(), "S01"), (1..=10).collect::<Vec<_>>());
    assert_eq!(recorded(folder.path(), "S01"), (1..=10).collect::<Vec<_>>());
    assert_eq!(hall.keys(), [format!("Bearer {KEY}")]);
}

/// A gateway that was just set up has nothing to tell, and is there.
#[tokio::test]
async fn it_speaks_before_its_first_sample() {
    let (folder, mut hall) = (testkit::temp_dir(), FakeHall::open(7).await);
    hall.die();
    let edge = start(&config(folder.path(), &hall, "")).await;
    eventually("the line is known to be down", async || edge.status().link == HallLink::Down).await;
    hall.revive().await;
    eventually("heartbeats", async || hall.batches() >= 3).await;
    let status = edge.status();
    assert_eq!((status.link, status.accepted_ticks), (HallLink::Up, 0));
    // Its first sample follows them, once.
    assert_eq!(post(&edge, "by-hand", body(1, "S01", 1, 3)).await, (200, serde_json::json!({"next": 2})));
    eventually("the hall has all", async || steps(&hall.ticks(), "S01") == [1, 2, 3]).await;
    edge.stop().await.unwrap();
    assert_eq!(hall.reused(), 0);
}

/// What the guide shows can be done as it stands there.
#[tokio::test]
async fn the_guides_example_of_the_door_is_taken() {
    let guide = include_str!("../../../../docs/operations.md");
    let example = guide.split("/samples <<'END'\n").nth(1).and_then(|rest| rest.split("\nEND").next()).unwrap();
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let edge = start(&config(folder.path(), &hall, "")).await;
    let example = example.replace("E1", "S01");
    assert_eq!(post(&edge, "by-hand", example).await, (200, serde_json::json!({"next": 2})));
    eventually("the hall has it", async || heard(&hall, "S01", "force") == ["12.5"]).await;
    edge.stop().await.unwrap();
}

/// Whatever is killed, lost, delayed or said twice: the hall has every accepted sample once, in order, and so have the
/// recordings.
#[tokio::test]
async fn nothing_is_lost_or_doubled_by_any_pattern_of_cuts() {
    for seed in 1..=4 {
        let mut rng = Rng::from_seed(seed);
        let (folder, mut hall) = (testkit::temp_dir(), FakeHall::open(rng.below(2)).await);
        let config = config(folder.path(), &hall, "");
        let mut edge = start(&config).await;
        let (mut sent, mut seq) = (0, 0);
        for _ in 0..40 {
            match rng.below(10) {
                0 => {
                    edge.kill().await;
                    edge = start(&config).await;
                }
                1 => {
                    edge.stop().await.unwrap();
                    edge = start(&config).await;
                }
                2 => hall.die(),
                3 => hall.revive().await,
                4 => edge.cut_line(rng.below(2) == 0),
                mood @ 5..=6 => hall.be(Mood::of(mood + rng.below(6))),
                _ => {
                    let count = 1 + rng.below(30);
                    seq += 1;
                    let body = body(seq, "S01", sent + 1, count);
                    assert_eq!(post(&edge, "by-hand", body.clone()).await.0, 200, "seed {seed}");
                    // Whoever did not hear the answer asks again.
                    assert_eq!(
                        post(&edge, "by-hand", body).await,
                        (200, serde_json::json!({"next": seq + 1})),
                        "seed {seed}"
                    );
                    sent += count;
                }
            }
        }
        hall.be(Mood::Good);
        hall.revive().await;
        edge.cut_line(false);
        eventually("all has arrived", async || hall.ticks().len() as u64 >= sent && edge.status().backlog == 0).await;
        edge.stop().await.unwrap();
        let expected: Vec<i64> = (1..=sent as i64).collect();
        assert_eq!(steps(&hall.ticks(), "S01"), expected, "seed {seed}");
        assert_eq!(recorded(folder.path(), "S01"), expected, "seed {seed}");
        assert_eq!(hall.reused(), 0, "seed {seed}: a number came with two contents");
    }
}

#[tokio::test]
async fn a_new_spool_numbers_on_where_the_hall_is() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let edge = start(&config(folder.path(), &hall, "")).await;
    post(&edge, "by-hand", body(1, "S01", 1, 5)).await;
    eventually("the first five", async || hall.ticks().len() == 5).await;
    edge.stop().await.unwrap();
    std::fs::remove_dir_all(folder.path().join("spool")).unwrap();
    let edge = start(&config(folder.path(), &hall, "")).await;
    post(&edge, "by-hand", body(1, "S01", 6, 5)).await;
    eventually("five more", async || hall.ticks().len() == 10).await;
    assert_eq!(steps(&hall.ticks(), "S01"), (1..=10).collect::<Vec<_>>());
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn a_hall_that_forgot_gets_again_what_is_still_here() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let edge = start(&config(folder.path(), &hall, "")).await;
    for part in 0..3 {
        post(&edge, "by-hand", body(part + 1, "S01", part * 5 + 1, 5)).await;
        eventually("a part", async || hall.ticks().len() as u64 == part * 5 + 5).await;
    }
    hall.forget(1);
    post(&edge, "by-hand", body(9, "S01", 16, 5)).await;
    eventually("all again", async || hall.ticks().len() == 20).await;
    assert_eq!(steps(&hall.ticks(), "S01"), (1..=20).collect::<Vec<_>>());
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn a_line_that_the_hall_refuses_is_put_aside_and_the_rest_goes_on() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let edge = start(&config(folder.path(), &hall, "")).await;
    hall.be(Mood::RefusesStep(3));
    post(&edge, "by-hand", body(1, "S01", 1, 5)).await;
    eventually("the others", async || hall.ticks().len() == 4 && edge.status().backlog == 0).await;
    assert_eq!(steps(&hall.ticks(), "S01"), [1, 2, 4, 5]);
    assert_eq!(edge.status().set_aside, 1);
    let refused = std::fs::read_to_string(folder.path().join("spool/refused.ndjson")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&refused).unwrap();
    assert_eq!((&kept["line"]["s"]["step"], kept["line"]["station"].as_str()), (&3.into(), Some("S01")), "{refused}");
    assert_eq!(
        (kept["why"].as_str(), kept["refused_at"].as_str().is_some()),
        (Some("a \"bad\" step"), true),
        "{refused}"
    );
    assert_eq!(edge.status().aside_bytes, refused.len() as u64);
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn a_hall_that_takes_less_gets_smaller_batches() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let edge = start(&config(folder.path(), &hall, "")).await;
    edge.cut_line(true);
    for seq in 1..=8 {
        post(&edge, "by-hand", body(seq, "S01", seq * 4 - 3, 4)).await;
    }
    hall.be(Mood::TakesAtMost(9));
    edge.cut_line(false);
    eventually("all", async || hall.ticks().len() == 32).await;
    assert_eq!(steps(&hall.ticks(), "S01"), (1..=32).collect::<Vec<_>>());
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn a_wrong_key_is_said_and_nothing_is_lost() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let edge = start(&config(folder.path(), &hall, "")).await;
    hall.be(Mood::Refuses(403));
    post(&edge, "by-hand", body(1, "S01", 1, 5)).await;
    let status = || -> Status { edge.status() };
    eventually("the link is down", async || status().link == HallLink::Down).await;
    assert!(status().link_detail.unwrap().starts_with("403"));
    assert_eq!(status().backlog, 5);
    hall.be(Mood::Good);
    eventually("all", async || hall.ticks().len() == 5 && status().link == HallLink::Up).await;
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn a_full_spool_refuses_and_takes_again() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let mut config = config(folder.path(), &hall, "");
    config.spool.max_bytes = 4_000;
    let edge = start(&config).await;
    edge.cut_line(true);
    let mut taken = 0;
    let refusal = loop {
        let (status, answer) = post(&edge, "by-hand", body(taken + 1, "S01", taken * 10 + 1, 10)).await;
        if status != 200 {
            break (status, answer);
        }
        taken += 1;
    };
    assert_eq!((refusal.0, &refusal.1["code"]), (503, &serde_json::json!("overloaded")), "{refusal:?}");
    assert!(taken > 2 && edge.status().refused == 1);
    eventually("it says so", async || edge.status().spool_full).await;
    edge.cut_line(false);
    eventually("room", async || edge.status().backlog == 0).await;
    assert_eq!(post(&edge, "by-hand", body(taken + 1, "S01", taken * 10 + 1, 10)).await.0, 200);
    eventually("all", async || hall.ticks().len() as u64 == (taken + 1) * 10).await;
    eventually("it says so", async || !edge.status().spool_full).await;
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_at_the_door_is_refused_and_changes_nothing() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let edge = start(&config(folder.path(), &hall, "")).await;
    assert_eq!(post(&edge, "by-hand", body(5, "S01", 100, 2)).await.0, 200);
    let ahead = body(6, "S01", 1, 1)
        .replace("\"s\":", "\"s\" :")
        .replace(&format!("{}", START_MS - 3_599_999), &format!("{}", START_MS + 60_000));
    let table = [
        ("", body(6, "S01", 200, 1), 401, "not_signed_in"),
        ("wrong-key", body(6, "S01", 200, 1), 401, "not_signed_in"),
        ("by-hand", String::new(), 400, "malformed"),
        ("by-hand", "{}".to_owned(), 400, "malformed"),
        ("by-hand", body(6, "S09", 200, 1), 422, "telemetry_bad_sample"),
        ("by-hand", body(6, "S01", 101, 1), 422, "telemetry_bad_sample"),
        ("by-hand", body(6, "S01", 50, 1), 422, "telemetry_bad_sample"),
        ("by-hand", body(6, "S01", 200, 1).replace("200}", "NaN}"), 422, "telemetry_bad_sample"),
        ("by-hand", ahead, 422, "telemetry_future"),
        ("by-hand", body(5, "S01", 200, 1), 409, "telemetry_gap"),
        ("by-hand", body(4, "S01", 200, 1), 409, "telemetry_gap"),
        ("by-hand", "x".repeat(5 << 20), 413, "too_large"),
    ];
    for (key, body, status, code) in table {
        let shown: String = body.chars().take(200).collect();
        let answer = post(&edge, key, body).await;
        assert_eq!((answer.0, &answer.1["code"]), (status, &serde_json::json!(code)), "{shown}\n{answer:?}");
        assert!(answer.1["detail"]["zh"].is_string() && answer.1["detail"]["en"].is_string());
        if code == "telemetry_gap" {
            assert_eq!(answer.1["next"], 6);
        }
    }
    eventually("only the good ones", async || hall.ticks().len() == 2).await;
    assert_eq!(post(&edge, "by-hand", body(6, "S01", 200, 1)).await.0, 200);
    eventually("and the next", async || hall.ticks().len() == 3).await;
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn mqtt_messages_become_ticks_once_whatever_dies() {
    let (folder, hall, mut broker) = (testkit::temp_dir(), FakeHall::open(1).await, testkit::mosquitto().await);
    let mqtt = format!(
        "mqtt:\n  - broker: 127.0.0.1:{}\n    topics:\n      - {{topic: \"cell/{{station}}/tick\", values: {{step: data.n}}, time: ts, time_unit: ms}}\n      - {{topic: \"bare/{{station}}/{{signal}}\"}}\n    stations: {{cell-b: S02}}\n",
        broker.port
    );
    let config = config(folder.path(), &hall, &mqtt);
    let mut edge = start(&config).await;
    eventually("the broker", async || edge.status().mqtt_connected == 1).await;
    let (client, pump) = mqtt_client(broker.port, "cell");
    let tell = async |topic: &str, payload: String| {
        client.publish(topic, rumqttc::QoS::AtLeastOnce, false, payload).await.unwrap();
    };
    for step in 1..=300 {
        tell("cell/S01/tick", format!(r#"{{"ts":{},"data":{{"n":{step}}}}}"#, START_MS - 3_600_000 + step)).await;
        tell("cell/cell-b/tick", format!(r#"{{"ts":{},"data":{{"n":{step}}}}}"#, START_MS - 3_600_000 + step)).await;
        if step % 100 == 0 {
            edge.kill().await;
            edge = start(&config).await;
        }
    }
    eventually("all have come", async || hall.ticks().len() >= 600 && edge.status().backlog == 0).await;
    for station in ["S01", "S02"] {
        assert_eq!(steps(&hall.ticks(), station), (1..=300).collect::<Vec<_>>());
        eventually("all is recorded", async || recorded(folder.path(), station).len() == 300).await;
        assert_eq!(recorded(folder.path(), station), (1..=300).collect::<Vec<_>>());
    }
    // What can't be used is counted, and stops nothing.
    let refused = edge.status().refused;
    for (topic, payload) in [
        ("cell/S77/tick", r#"{"ts":1790000000000,"data":{"n":1}}"#),
        ("cell/S01/tick", "{"),
        ("cell/S01/tick", r#"{"ts":99999999999999,"data":{"n":1}}"#),
        ("cell/S01/tick", r#"{"ts":12,"data":{"n":1}}"#),
        ("bare/S01/not-a-name", "1"),
    ] {
        tell(topic, payload.to_owned()).await;
    }
    eventually("five refusals", async || edge.status().refused == refused + 5).await;
    tell("bare/S01/mode", "AUTO".to_owned()).await;
    tell("bare/S01/force", "12.5".to_owned()).await;
    eventually("two more signals", async || {
        let ticks = hall.ticks();
        ["mode", "force"].iter().all(|signal| ticks.iter().any(|tick| tick.get(signal).is_some()))
    })
    .await;
    broker.stop();
    eventually("the broker is gone", async || edge.status().mqtt_connected == 0).await;
    broker.restart().await;
    eventually("the broker is back", async || edge.status().mqtt_connected == 1).await;
    pump.abort();
    edge.stop().await.unwrap();
}

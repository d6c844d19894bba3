//! Equipment with an edge key: one batch after the other, each sent until the hall has it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use kernel::{Clock, SystemClock};
use serde_json::Value;

use crate::common::stage::{EDGE, STATIONS, Staged};
use crate::common::visitor::http;

/// How the equipment is doing.
#[derive(Default)]
pub struct Telemetry {
    /// The last batch that the hall has acknowledged.
    pub acknowledged: AtomicU64,
    pub repeated: AtomicU64,
    pub enough: AtomicBool,
}

/// The batch of a number: all stations say the number as `cycle_count`; every tenth is the end of a cycle.
pub fn batch(seq: u64) -> String {
    let now = SystemClock.now();
    let mut body = format!(r#"{{"v":1,"edge":"{EDGE}","seq":{seq},"backlog":0,"sent_at":"{now}"}}"#);
    for station in STATIONS {
        let (t, done) = (now.to_nanos().0, seq.is_multiple_of(10));
        body.push_str(&format!(
            "\n{{\"station\":\"{station}\",\"t\":{t},\"s\":{{\"cycle_count\":{seq},\"cycle_done\":{done},\"force\":48.0}},\"q\":\"good\"}}"
        ));
    }
    body
}

pub async fn send(base: &str, staged: &Staged, body: String) -> Result<(u16, Value), reqwest::Error> {
    let url = format!("{base}{}", staged.path("/telemetry"));
    let response = http().post(url).bearer_auth(&staged.edge_key).body(body).send().await?;
    Ok((response.status().as_u16(), response.json().await?))
}

/// Reports until it is enough.
pub async fn report(base: String, staged: Arc<Staged>, telemetry: Arc<Telemetry>) {
    let mut pace = tokio::time::interval(Duration::from_millis(25));
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for seq in 1.. {
        pace.tick().await;
        let body = batch(seq);
        loop {
            match send(&base, &staged, body.clone()).await {
                Ok((200, answer)) => {
                    assert_eq!(answer["next"], seq + 1, "batch {seq}");
                    break;
                }
                Ok((503, _)) | Err(_) => {
                    telemetry.repeated.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Ok((status, answer)) => panic!("batch {seq}: {status} {answer}"),
            }
        }
        telemetry.acknowledged.store(seq, Ordering::SeqCst);
        // The end of a cycle is judged when something comes after it: the last sample is none.
        if telemetry.enough.load(Ordering::SeqCst) && seq % 10 == 5 {
            return;
        }
    }
}

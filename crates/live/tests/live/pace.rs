//! The leading edge and the twenty frames a second, heartbeats, and time limits, on a clock that is moved by hand.

use std::time::Duration;

use super::hall::{self, OVERALL, OVERALL_PATH};
use super::spectator::{Spectator, all, send};
use live::LiveConfig;

fn paced() -> LiveConfig {
    LiveConfig { window: Duration::from_millis(50), ..hall::config() }
}

#[tokio::test]
async fn the_first_change_is_there_at_once_and_a_storm_is_twenty_frames_a_second() {
    let hall = hall::open_by_hand(paced()).await;
    let topic = hall.hub.topic(OVERALL);
    let mut spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
    spectator.frame().await;
    hall.set(OVERALL, "n", "0");
    assert_eq!(spectator.frame().await.data, r#"{"v":1,"set":{"n":0}}"#, "no time has passed, and it is there");

    // Five seconds with a change in each millisecond.
    for nth in 1..=5000 {
        hall.set(OVERALL, "n", &nth.to_string());
        hall.pass(Duration::from_millis(1));
    }
    assert_eq!(topic.version(), 1 + 5 * 20);
    spectator.until(topic.version()).await;
    assert_eq!(spectator.map["n"], 5000);

    // After a rest the next change is at once again.
    hall.pass(Duration::from_secs(1));
    hall.set(OVERALL, "n", "-1");
    assert_eq!(topic.version(), 102);
}

#[tokio::test]
async fn changes_within_the_window_travel_together() {
    let hall = hall::open_by_hand(paced()).await;
    hall.set(OVERALL, "a", "1");
    hall.set(OVERALL, "a", "2");
    hall.set(OVERALL, "b", "3");
    let topic = hall.hub.topic(OVERALL);
    let mut early = Spectator::follow(hall.address, OVERALL_PATH).await;
    assert_eq!(early.frame().await.data, r#"{"v":1,"set":{"a":1}}"#, "a snapshot shows what is published, no more");
    hall.pass(Duration::from_millis(49));
    assert_eq!(topic.version(), 1);
    hall.pass(Duration::from_millis(1));
    assert_eq!(early.frame().await.data, r#"{"v":2,"set":{"a":2,"b":3}}"#);
}

#[tokio::test]
async fn a_hub_with_threads_keeps_the_pace_by_itself() {
    let hall = hall::open(paced()).await;
    let mut spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
    assert!(spectator.head.contains("404"), "no such topic yet");
    hall.hub.topic(OVERALL);
    spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
    for nth in 1..=200 {
        hall.set(OVERALL, "n", &nth.to_string());
    }
    while spectator.map.get("n") != Some(&200.into()) {
        spectator.frame().await;
    }
    assert!(hall.hub.topic(OVERALL).version() < 100, "200 changes at once are few versions");
}

#[tokio::test]
async fn a_quiet_stream_has_a_heartbeat() {
    let hall = hall::open_by_hand(paced()).await;
    hall.set(OVERALL, "a", "1");
    let mut spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
    spectator.until(1).await;
    hall.pass(Duration::from_secs(14));
    hall.set(OVERALL, "a", "2");
    assert_eq!(spectator.next().await.unwrap().name, "delta", "nothing was due before");
    hall.pass(Duration::from_secs(14));
    hall.pass(Duration::from_secs(2));
    assert!(spectator.next().await.unwrap().comment);
    hall.pass(Duration::from_secs(16));
    assert!(spectator.next().await.unwrap().comment);
}

#[tokio::test]
async fn a_request_that_takes_for_ever_is_cut() {
    let hall = hall::open_by_hand(paced()).await;
    hall.hub.topic(OVERALL);
    let mut slowloris = send(hall.address, format!("GET {OVERALL_PATH} HTTP/1.1\r\nX-A: ").as_bytes()).await;
    hall.until("the shard has it", |stats| stats.handshakes == 1).await;
    // The shard reads the clock when it takes a socket: let it come to that before time passes.
    let mut other = Spectator::follow(hall.address, OVERALL_PATH).await;
    other.frame().await;
    for _ in 0..9 {
        hall.pass(Duration::from_secs(1));
        tokio::io::AsyncWriteExt::write_all(&mut slowloris, b"a").await.unwrap();
    }
    assert_eq!(hall.hub.stats().handshakes, 1);
    let cut = async {
        while hall.hub.stats().handshakes > 0 {
            hall.pass(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), cut).await.expect("it was never cut");
    assert_eq!(all(&mut slowloris).await, "");
    assert_eq!(hall.hub.stats().connections, 1, "the other one stays");
}

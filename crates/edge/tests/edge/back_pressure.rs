//! When there is no room, it is said, and nothing that was promised is lost.

use std::sync::atomic::{AtomicUsize, Ordering};

use rumqttc::{Event, Packet, QoS};

use super::*;

#[tokio::test]
async fn a_full_spool_lets_go_of_the_broker_and_takes_up_where_it_left() {
    let (folder, hall, broker) = (testkit::temp_dir(), FakeHall::open(1).await, testkit::mosquitto().await);
    let mqtt = format!(
        "mqtt:\n  - broker: 127.0.0.1:{}\n    topics:\n      - {{topic: \"cell/{{station}}/tick\", values: all, time: ts, time_unit: ms}}\n",
        broker.port
    );
    let mut config = config(folder.path(), &hall, &mqtt);
    config.spool.max_bytes = 4_000;
    let edge = start(&config).await;
    eventually("the broker", async || edge.status().mqtt_connected == 1).await;
    edge.cut_line(true);
    let (client, mut connection) =
        rumqttc::AsyncClient::new(rumqttc::MqttOptions::new("cell", "127.0.0.1", broker.port), 1_000);
    // What the broker has confirmed to the cell.
    let told = Arc::new(AtomicUsize::new(0));
    let confirmed = told.clone();
    let pump = tokio::spawn(async move {
        while let Ok(event) = connection.poll().await {
            if let Event::Incoming(Packet::PubAck(_)) = event {
                confirmed.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    let tell = async |step: i64| {
        let payload = format!(r#"{{"ts":{},"step":{step}}}"#, START_MS - 3_600_000 + step);
        client.publish("cell/S01/tick", QoS::AtLeastOnce, false, payload).await.unwrap();
    };
    for step in 1..=200 {
        tell(step).await;
    }
    eventually("paused", async || edge.status().sources[0].link == edge::SourceLink::Paused).await;
    let status = edge.status();
    assert!(status.spool_full && status.no_room.is_some(), "{status:?}");
    let (code, body) = get(&edge, "/readyz").await;
    assert!(code == 503 && body.contains("the spool is full"), "{code} {body}");
    assert_eq!(get(&edge, "/healthz").await.0, 200);
    assert!(get(&edge, "/metrics").await.1.contains("guildhall_edge_ready 0"));
    // How much one frame holds depends on how fast the messages come; what comes after it waits at the broker.
    let accepted = edge.status().accepted_ticks;
    for step in 201..=400 {
        tell(step).await;
    }
    eventually("all have reached the broker", async || told.load(Ordering::SeqCst) == 400).await;
    let status = edge.status();
    assert_eq!((status.accepted_ticks, status.sources[0].link), (accepted, edge::SourceLink::Paused));
    edge.cut_line(false);
    eventually("all have come", async || hall.ticks().len() >= 400).await;
    assert_eq!(steps(&hall.ticks(), "S01"), (1..=400).collect::<Vec<_>>());
    eventually("ready again", async || get(&edge, "/readyz").await.0 == 200).await;
    pump.abort();
    edge.stop().await.unwrap();
    assert_eq!(recorded(folder.path(), "S01"), (1..=400).collect::<Vec<_>>());
}

#[tokio::test]
async fn recordings_that_fail_are_completed_from_the_spool() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let clock = testkit::clock();
    let edge = Edge::start(config(folder.path(), &hall, ""), Arc::new(clock.clone())).await.unwrap();
    post(&edge, "by-hand", body(1, "S01", 1, 10)).await;
    eventually("recorded", async || recorded(folder.path(), "S01").len() == 10).await;
    // The folder is gone: a station that has no file yet can't begin one.
    let (recordings, aside) = (folder.path().join("recordings"), folder.path().join("aside"));
    std::fs::rename(&recordings, &aside).unwrap();
    std::fs::write(&recordings, "not a folder").unwrap();
    assert_eq!(post(&edge, "by-hand", body(2, "S02", 1, 10)).await.0, 200, "it is in the spool");
    eventually("it says so", async || edge.status().recordings_fault.is_some()).await;
    assert_eq!(get(&edge, "/readyz").await.0, 503);
    assert_eq!(post(&edge, "by-hand", body(3, "S01", 11, 10)).await.0, 200);
    eventually("the hall has all", async || hall.ticks().len() == 30).await;
    std::fs::remove_file(&recordings).unwrap();
    std::fs::rename(&aside, &recordings).unwrap();
    eventually("mended", async || {
        clock.advance_millis(1_000);
        edge.status().recordings_fault.is_none()
    })
    .await;
    assert_eq!(post(&edge, "by-hand", body(4, "S01", 21, 1)).await.0, 200);
    eventually("complete", async || recorded(folder.path(), "S02").len() == 10).await;
    edge.stop().await.unwrap();
    assert_eq!(recorded(folder.path(), "S01"), (1..=21).collect::<Vec<_>>());
    assert_eq!(recorded(folder.path(), "S02"), (1..=10).collect::<Vec<_>>());
}

/// Where a file of recordings can't be made: a link that leads nowhere has the name that the next one gets.
fn bar_recordings(folder: &Path, station: &str, at_ms: i64) -> std::path::PathBuf {
    let digits: String = Timestamp::from_millis(at_ms).to_string().chars().filter(char::is_ascii_digit).collect();
    let (day, time) = digits.split_at(8);
    let link = folder.join("recordings").join(format!("{station}-{day}-{time}.mcap"));
    std::os::unix::fs::symlink("/nowhere/at/all", &link).unwrap();
    link
}

#[tokio::test]
async fn recordings_that_fail_hold_up_no_acknowledgement() {
    let (folder, hall, broker) = (testkit::temp_dir(), FakeHall::open(1).await, testkit::mosquitto().await);
    let mqtt = format!(
        "mqtt:\n  - broker: 127.0.0.1:{}\n    topics:\n      - {{topic: \"bare/{{station}}/{{signal}}\"}}\n",
        broker.port
    );
    let config = config(folder.path(), &hall, &mqtt);
    let edge = start(&config).await;
    eventually("the broker", async || edge.status().mqtt_connected == 1).await;
    let link = bar_recordings(folder.path(), "S02", START_MS);
    let (client, pump) = mqtt_client(broker.port, "cell");
    let tell = async |step: i64| {
        client.publish("bare/S02/step", QoS::AtLeastOnce, false, step.to_string()).await.unwrap();
    };
    // The broker hands out twenty messages that nobody has acknowledged, and no more.
    for step in 1..=100 {
        tell(step).await;
    }
    eventually("all have come", async || hall.ticks().len() >= 100).await;
    assert_eq!(steps(&hall.ticks(), "S02"), (1..=100).collect::<Vec<_>>());
    let status = edge.status();
    assert!(status.recordings_fault.is_some() && status.no_room.is_none(), "{status:?}");
    let (metrics, ready) = (get(&edge, "/metrics").await.1, get(&edge, "/readyz").await);
    assert!(metrics.contains("guildhall_edge_recordings_up 0"), "{metrics}");
    assert!(ready.0 == 503 && ready.1.contains("recordings"), "{ready:?}");
    assert_eq!((status.accepted_ticks, status.recorded_ticks), (100, 0));
    // Over a death too: it opens, says what is wrong, and takes samples.
    edge.kill().await;
    let clock = testkit::clock();
    let edge = Edge::start(config, Arc::new(clock.clone())).await.unwrap();
    assert!(edge.status().recordings_fault.is_some());
    tell(101).await;
    eventually("it is taken", async || steps(&hall.ticks(), "S02").last() == Some(&101)).await;
    std::fs::remove_file(&link).unwrap();
    eventually("mended", async || {
        clock.advance_millis(1_000);
        edge.status().recordings_fault.is_none()
    })
    .await;
    assert!(get(&edge, "/metrics").await.1.contains("guildhall_edge_recordings_up 1"));
    pump.abort();
    edge.stop().await.unwrap();
    assert_eq!(recorded(folder.path(), "S02"), steps(&hall.ticks(), "S02"));
}

/// Whoever asks how the gateway is, however often, never stands in the way of who takes samples.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_for_the_status_holds_nobody_up() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let edge = Arc::new(start(&config(folder.path(), &hall, "")).await);
    let asks = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let askers: Vec<_> = (0..2)
        .map(|_| {
            let (edge, asks) = (edge.clone(), asks.clone());
            std::thread::spawn(move || {
                while asks.load(Ordering::SeqCst) {
                    edge.status();
                }
            })
        })
        .collect();
    let taken = async {
        for seq in 1..=300 {
            assert_eq!(post(&edge, "by-hand", body(seq, "S01", seq, 1)).await.0, 200);
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(60), taken).await.is_ok(), "they wait for each other");
    asks.store(false, Ordering::SeqCst);
    askers.into_iter().for_each(|asker| asker.join().unwrap());
    eventually("all have come", async || hall.ticks().len() == 300).await;
}

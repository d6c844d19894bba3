//! Many readers, many publishers.

use std::collections::BTreeMap;

use bytes::Bytes;
use kernel::Rng;
use testkit::eventually;
use tokio::io::AsyncReadExt;

use super::hall::{self, OVERALL, OVERALL_PATH};
use super::spectator::Spectator;

#[tokio::test]
async fn two_thousand_spectators_see_the_same() {
    const MANY: usize = 2000;
    assert!(live::raise_descriptor_limit() > 2 * MANY as u64 + 100, "this machine lets a process open too few files");
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "n", "0");
    let mut spectators = Vec::new();
    for _ in 0..MANY {
        spectators.push(Spectator::follow(hall.address, OVERALL_PATH).await);
    }
    hall.until("all are seated", |stats| stats.connections == MANY as u64).await;
    assert_eq!(hall.hub.stats().topics[0].subscribers, MANY as u64);
    for nth in 1..=3 {
        hall.set(OVERALL, "n", &nth.to_string());
        for spectator in &mut spectators {
            spectator.until(nth + 1).await;
            assert_eq!(spectator.map["n"], nth);
        }
    }
    let stats = hall.hub.stats();
    assert_eq!(stats.frames, 4 * MANY as u64, "one frame for each reader and version");
    assert_eq!((stats.skipped, stats.topics[0].frames), (0, stats.frames));
    drop(spectators);
    hall.until("all are gone", |stats| stats.connections == 0 && stats.topics[0].subscribers == 0).await;
}

#[tokio::test]
async fn readers_who_come_and_go_leave_the_others_alone() {
    let hall = hall::open(hall::config()).await;
    let mut rng = Rng::from_seed(testkit::seed());
    let topics = ["contests/con_1/overall", "contests/con_1/team/a", "contests/con_2/overall"];
    topics.iter().for_each(|topic| hall.set(topic, "n", "0"));
    let mut seated: Vec<(usize, Spectator)> = Vec::new();
    let mut newest = [0; 3];
    for nth in 1..400u64 {
        let which = rng.below(3) as usize;
        match rng.below(4) {
            0 => seated.push((which, Spectator::follow(hall.address, &format!("/live/{}", topics[which])).await)),
            1 if !seated.is_empty() => drop(seated.swap_remove(rng.below(seated.len() as u64) as usize)),
            _ => {
                hall.set(topics[which], "n", &nth.to_string());
                newest[which] = nth;
            }
        }
    }
    for (which, spectator) in &mut seated {
        while spectator.map.get("n") != Some(&newest[*which].into()) {
            spectator.frame().await;
        }
    }
    let here = seated.len() as u64;
    hall.until("those who went are gone", |stats| {
        stats.connections == here && stats.topics.iter().map(|topic| topic.subscribers).sum::<u64>() == here
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publishers_and_readers_at_their_own_speed_end_at_the_same_map() {
    const KEYS: u64 = 60;
    let mut config = hall::config();
    config.window = std::time::Duration::from_millis(2);
    config.ring = 8;
    let hall = hall::open(config).await;
    let topic = hall.hub.topic(OVERALL);
    let seed = testkit::seed();
    let mut readers = Vec::new();
    for nth in 0..12u64 {
        let mut spectator = Spectator::on(Spectator::deaf(hall.address, OVERALL_PATH).await).await;
        readers.push(tokio::spawn(async move {
            let mut rng = Rng::from_seed(seed + nth);
            while spectator.map.get("end") != Some(&true.into()) {
                spectator.frame().await;
                for _ in 0..rng.below(200) * (nth % 3) {
                    tokio::task::yield_now().await;
                }
            }
            spectator.map
        }));
    }
    let publishers: Vec<_> = (0..4u64)
        .map(|nth| {
            let topic = topic.clone();
            std::thread::spawn(move || {
                let mut rng = Rng::from_seed(seed + 100 + nth);
                for turn in 0..1500 {
                    let changes = (0..rng.below(6)).map(|_| {
                        let key = format!("k/{}", rng.below(KEYS));
                        let text = format!("\"{turn} {}\"", "x".repeat(rng.below(400) as usize));
                        (key, (rng.below(4) > 0).then(|| Bytes::from(text)))
                    });
                    topic.apply(changes.collect::<Vec<_>>());
                }
            })
        })
        .collect();
    publishers.into_iter().for_each(|publisher| publisher.join().unwrap());
    topic.apply([("end", Some(Bytes::from_static(b"true")))]);
    eventually("the last change is published", async || topic.value("end").is_some()).await;
    let expected: BTreeMap<String, serde_json::Value> = (0..KEYS)
        .map(|key| format!("k/{key}"))
        .chain(["end".to_owned()])
        .filter_map(|key| Some((key.clone(), serde_json::from_slice(&topic.value(key.as_str())?).unwrap())))
        .collect();
    for reader in readers {
        assert_eq!(reader.await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_hub_that_is_dropped_takes_its_connections_along() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    let mut spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
    spectator.until(1).await;
    let topic = hall.hub.topic(OVERALL);
    drop(hall);
    // The door holds the hub until its task has ended.
    let mut rest = Vec::new();
    let _ = spectator.socket.read_to_end(&mut rest).await;
    topic.apply([("a", Some(Bytes::from_static(b"2")))]);
    assert_eq!(topic.version(), 2);
}

//! What a reader gets: first, next, after a break, and at the end.

use std::time::Duration;

use super::hall::{self, OVERALL, OVERALL_PATH};
use super::spectator::{Spectator, ask, get};
use live::LiveConfig;

#[tokio::test]
async fn a_spectator_gets_the_map_and_then_what_changes() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "h", r#"{"name":{"zh":"工业机器人"}}"#);
    let mut spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
    let head = spectator.head.to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
    for line in
        ["content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no", "connection: close"]
    {
        assert!(head.contains(line), "{line} is missing in {head}");
    }
    for line in [format!("x-hall-time: {}", hall::HALL_MS), "access-control-expose-headers: x-hall-time\r\n".into()] {
        assert!(head.contains(&line), "{line} is missing in {head}");
    }
    let retry = spectator.next().await.unwrap().retry_ms.unwrap();
    assert!((1000..3000).contains(&retry), "{retry}");
    let first = spectator.next().await.unwrap();
    assert_eq!((first.name.as_str(), first.id.as_str()), ("snapshot", "k3f9-1"));
    assert_eq!(first.data, r#"{"v":1,"set":{"h":{"name":{"zh":"工业机器人"}}}}"#);

    let topic = hall.hub.topic(OVERALL);
    topic.apply([("r/ent_1", live::encode(&[1, 250]).ok()), ("h", None)]);
    let second = spectator.next().await.unwrap();
    assert_eq!((second.name.as_str(), second.id.as_str()), ("delta", "k3f9-2"));
    assert_eq!(second.data, r#"{"v":2,"set":{"r/ent_1":[1,250]},"del":["h"]}"#);
    topic.apply([("r/ent_1", live::encode(&[1, 250]).ok())]);
    topic.apply([("r/ent_1", live::encode(&[1, 275]).ok())]);
    assert_eq!(spectator.next().await.unwrap().data, r#"{"v":3,"set":{"r/ent_1":[1,275]}}"#);
    assert_eq!(topic.value("r/ent_1").unwrap(), "[1,275]");
    assert_eq!((topic.len(), topic.version(), topic.name()), (1, 3, OVERALL));
    topic.replace([("a", bytes::Bytes::from_static(b"1"))]);
    assert_eq!(spectator.next().await.unwrap().data, r#"{"v":4,"set":{"a":1},"del":["r/ent_1"]}"#);
}

#[tokio::test]
async fn an_empty_topic_is_not_silent() {
    let hall = hall::open(hall::config()).await;
    hall.hub.topic(OVERALL);
    let mut spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
    assert_eq!(spectator.frame().await.data, r#"{"v":0,"set":{}}"#);
}

#[tokio::test]
async fn times_to_come_back_are_spread() {
    let hall = hall::open(hall::config()).await;
    hall.hub.topic(OVERALL);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let mut spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
        seen.insert(spectator.next().await.unwrap().retry_ms.unwrap() / 100);
    }
    assert!(seen.len() > 8, "{seen:?}");
}

#[tokio::test]
async fn a_reader_goes_on_where_he_was() {
    let hall = hall::open(LiveConfig { ring: 3, ..hall::config() }).await;
    for nth in 1..=6 {
        hall.set(OVERALL, &format!("k{}", nth % 4), &nth.to_string());
    }
    for (id, kind) in [
        ("k3f9-3", "delta"),
        ("k3f9-5", "delta"),
        ("k3f9-2", "snapshot"),
        ("k3f9-0", "snapshot"),
        ("k3f9-7", "snapshot"),
        ("k3f8-5", "snapshot"),
        ("5", "snapshot"),
        ("k3f9--5", "snapshot"),
        ("", "snapshot"),
    ] {
        let header = format!("Last-Event-ID: {id}\r\n");
        let mut by_header = Spectator::follow_with(hall.address, OVERALL_PATH, &header).await;
        let event = by_header.frame().await;
        assert_eq!((event.name.as_str(), event.id.as_str()), (kind, "k3f9-6"), "{id} in the header");
        let path = format!("{OVERALL_PATH}?last_event_id={id}");
        let event = Spectator::follow(hall.address, &path).await.frame().await;
        assert_eq!((event.name.as_str(), event.id.as_str()), (kind, "k3f9-6"), "{id} in the query");
    }
    let mut since_three = Spectator::follow_with(hall.address, OVERALL_PATH, "Last-Event-ID: k3f9-3\r\n").await;
    assert_eq!(since_three.frame().await.data, r#"{"v":6,"set":{"k0":4,"k1":5,"k2":6}}"#);
    assert_eq!(hall.hub.stats().resumed, 5);

    // What the browser knows now is newer than what the page knew when it was opened.
    let path = format!("{OVERALL_PATH}?last_event_id=k3f9-0");
    let mut both = Spectator::follow_with(hall.address, &path, "Last-Event-ID: k3f9-5\r\n").await;
    assert_eq!(both.frame().await.name, "delta");
}

#[tokio::test]
async fn a_reader_who_missed_nothing_gets_only_what_is_new() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    let mut spectator = Spectator::follow_with(hall.address, OVERALL_PATH, "Last-Event-ID: k3f9-1\r\n").await;
    assert!(spectator.next().await.unwrap().retry_ms.is_some());
    hall.set(OVERALL, "b", "2");
    assert_eq!(spectator.next().await.unwrap().data, r#"{"v":2,"set":{"b":2}}"#);
}

#[tokio::test]
async fn a_topic_that_ends_says_so_and_its_successor_resumes_nobody() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "old", "1");
    let mut spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
    spectator.until(1).await;
    let handle = hall.hub.topic(OVERALL);
    hall.hub.drop_topic(OVERALL);
    let bye = spectator.next().await.unwrap();
    assert_eq!((bye.name.as_str(), bye.data.as_str()), ("bye", "{}"));
    assert!(bye.retry_ms.is_some());
    assert_eq!(spectator.next().await, None);
    assert_eq!(get(hall.address, OVERALL_PATH).await.0, 404);
    hall.until("nobody is left", |stats| stats.connections == 0 && stats.topics.is_empty()).await;

    // A handle that outlived its topic reaches nobody.
    handle.apply([("ghost", Some(bytes::Bytes::from_static(b"1")))]);
    assert!(hall.hub.get(OVERALL).is_none());
    hall.set(OVERALL, "new", "2");
    let mut back = Spectator::follow_with(hall.address, OVERALL_PATH, "Last-Event-ID: k3f9-1\r\n").await;
    assert_eq!(back.frame().await.name, "snapshot");
    assert_eq!(back.map.keys().collect::<Vec<_>>(), ["new"]);
}

#[tokio::test]
async fn what_is_no_public_topic_is_not_found() {
    let hall = hall::open(hall::config()).await;
    hall.set("staff/contests/con_1/overall", "secret", "1");
    hall.set("staff/contests/con_1/control", "secret", "1");
    hall.set(OVERALL, "public", "1");
    for path in [
        "/live/contests/con_2/overall",
        "/live/contests/con_1",
        "/live/contests/con_1/",
        "/live/contests/con_1/control",
        "/live/contests/../staff/contests/con_1/overall",
        "/live/contests/..%2fstaff/contests/con_1/overall",
        "/live/contests/%2e%2e/staff/contests/con_1/overall",
        "/live/contests/%2e%2e%2fstaff%2fcontests%2fcon_1%2foverall",
        "/live/contests/con_1/../../staff/contests/con_1/control",
        "/live/contests//../staff/contests/con_1/overall",
        "/live/contests//con_1/overall",
        "/live/contests/con_1//overall",
        "/live/contests/con_1/overall/",
        "/live/contests/con_1%2foverall",
        "/live/contests/staff/contests/con_1/overall",
        "/live/contests/con_1/..;/staff/overall",
    ] {
        let (status, body) = get(hall.address, path).await;
        assert_eq!(status, 404, "{path}: {body}");
        assert!(!body.contains("secret"), "{path}: {body}");
    }
    let (_, body) = get(hall.address, "/live/contests/con_2/overall").await;
    let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["type"], "/errors/not_found");
    assert_eq!(problem["code"], "not_found");
    assert_eq!(problem["status"], 404);
    for language in ["zh", "en"] {
        for field in ["title", "detail", "advice"] {
            assert!(!problem[field][language].as_str().unwrap().is_empty(), "{field}.{language}");
        }
    }
    assert!(problem["request_id"].as_str().unwrap().starts_with("live-k3f9-"));
    assert!(problem["fields"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_full_house_refuses_and_lets_in_again() {
    let hall = hall::open(LiveConfig { connections: 2, ..hall::config() }).await;
    hall.hub.topic(OVERALL);
    let first = Spectator::follow(hall.address, OVERALL_PATH).await;
    let _second = Spectator::follow(hall.address, OVERALL_PATH).await;
    let request = format!("GET {OVERALL_PATH} HTTP/1.1\r\nHost: hall\r\n\r\n");
    let (status, body) = ask(hall.address, &request).await;
    assert_eq!(status, 503);
    assert!(body.contains("\"overloaded\""), "{body}");
    drop(first);
    hall.until("a seat is free", |stats| stats.connections == 1).await;
    Spectator::follow(hall.address, OVERALL_PATH).await.frame().await;
}

#[tokio::test]
async fn a_hall_that_stops_says_goodbye() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    let mut spectators = Vec::new();
    for _ in 0..10 {
        let mut spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
        spectator.until(1).await;
        spectators.push(spectator);
    }
    assert!(!hall.hub.drained(Duration::from_millis(1)).await);
    hall.hub.drain();
    for mut spectator in spectators {
        let bye = spectator.next().await.unwrap();
        assert_eq!((bye.name.as_str(), bye.retry_ms.is_some()), ("bye", true));
        assert_eq!(spectator.next().await, None);
    }
    assert!(hall.hub.drained(Duration::from_secs(30)).await);
    let (status, body) = get(hall.address, OVERALL_PATH).await;
    assert_eq!(status, 503);
    assert!(body.contains("\"draining\""), "{body}");
}

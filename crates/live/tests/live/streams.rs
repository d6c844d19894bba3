//! The fallback: the same frames as a stream.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use kernel::ErrorCode;
use live::{Hub, LiveConfig};

use super::hall::{self, OVERALL, OVERALL_PATH};
use super::spectator::{Event, Spectator, ask, read_event};

const CONTROL: &str = "staff/contests/con_1/control";

fn set(hub: &Hub, key: &str, json: &str) {
    hub.topic(CONTROL).apply([(key, Some(Bytes::from(json.to_owned())))]);
}

fn read(bytes: &Bytes) -> Event {
    read_event(std::str::from_utf8(bytes).unwrap().trim_end_matches('\n'))
}

fn hub(config: LiveConfig) -> Hub {
    Hub::new(config).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_stream_says_what_a_socket_would() {
    let hub = hub(hall::config());
    assert!(hub.subscribe(CONTROL, None).is_none());
    set(&hub, "a", "1");
    let mut stream = hub.subscribe(CONTROL, None).unwrap();
    assert!(read(&stream.next().await.unwrap()).retry_ms.is_some());
    assert_eq!(stream.next().await.unwrap(), "event: snapshot\nid: k3f9-1\ndata: {\"v\":1,\"set\":{\"a\":1}}\n\n");
    assert!(stream.next().now_or_never().is_none(), "nothing is new");
    set(&hub, "b", "2");
    assert_eq!(stream.next().await.unwrap(), "event: delta\nid: k3f9-2\ndata: {\"v\":2,\"set\":{\"b\":2}}\n\n");
    assert_eq!((hub.stats().streams, hub.stats().topics[0].subscribers), (1, 1));
    drop(stream);
    assert_eq!((hub.stats().streams, hub.stats().topics[0].subscribers), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_gets_one_frame_for_all_he_missed() {
    let hub = hub(hall::config());
    set(&hub, "n", "0");
    let mut stream = hub.subscribe(CONTROL, Some("k3f9-1")).unwrap();
    stream.next().await.unwrap();
    for nth in 1..=1000 {
        set(&hub, "n", &nth.to_string());
    }
    let caught_up = read(&stream.next().await.unwrap());
    assert!(caught_up.data.ends_with("\"set\":{\"n\":1000}}"), "{caught_up:?}");
    assert!(stream.next().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_stream_resumes_within_the_ring() {
    let hub = hub(LiveConfig { ring: 2, ..hall::config() });
    for nth in 1..=4 {
        set(&hub, &format!("k{nth}"), "0");
    }
    for (id, name) in [("k3f9-2", "delta"), ("k3f9-1", "snapshot"), ("old-2", "snapshot"), ("nonsense", "snapshot")] {
        let mut stream = hub.subscribe(CONTROL, Some(id)).unwrap();
        stream.next().await.unwrap();
        assert_eq!(read(&stream.next().await.unwrap()).name, name, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_beats() {
    let hub = hub(hall::config());
    set(&hub, "a", "1");
    let mut stream = hub.subscribe(CONTROL, None).unwrap();
    let began = tokio::time::Instant::now();
    for _ in 0..2 {
        stream.next().await.unwrap();
    }
    for nth in 1..=3 {
        assert!(read(&stream.next().await.unwrap()).comment);
        assert_eq!(began.elapsed(), nth * Duration::from_secs(15));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_its_topic_and_with_the_hall() {
    let hub = hub(hall::config());
    set(&hub, "a", "1");
    let mut dropped = hub.subscribe(CONTROL, None).unwrap();
    hub.drop_topic(CONTROL);
    set(&hub, "a", "1");
    let mut drained = hub.subscribe(CONTROL, None).unwrap();
    hub.drain();
    for stream in [&mut dropped, &mut drained] {
        stream.next().await.unwrap();
        let bye = read(&stream.next().await.unwrap());
        assert_eq!((bye.name.as_str(), bye.retry_ms.is_some()), ("bye", true));
        assert_eq!(stream.next().await, None);
    }
    drop((dropped, drained));
    assert!(hub.drained(Duration::from_secs(1)).await);
}

#[tokio::test]
async fn sockets_and_streams_share_the_seats_and_staff_always_finds_one() {
    let hall = hall::open(LiveConfig { connections: 2, ..hall::config() }).await;
    hall.hub.topic(OVERALL);
    set(&hall.hub, "a", "1");
    let seats = |hub: &Hub| hub.stats().connections + hub.stats().streams;
    let stream = hall.hub.spectate(OVERALL, None).unwrap();
    let socket = Spectator::follow(hall.address, OVERALL_PATH).await;
    hall.until("both are seated", |stats| stats.connections == 1 && stats.streams == 1).await;
    assert_eq!(hall.hub.spectate(OVERALL, None).err(), Some(ErrorCode::Overloaded));
    let (status, body) = ask(hall.address, &format!("GET {OVERALL_PATH} HTTP/1.1\r\nHost: hall\r\n\r\n")).await;
    assert_eq!(status, 503, "{body}");
    assert_eq!(hall.hub.spectate("contests/con_none/overall", None).err(), Some(ErrorCode::NotFound));
    assert_eq!(seats(&hall.hub), 2, "who was refused takes no seat");

    let staff = hall.hub.subscribe(CONTROL, None);
    assert!(staff.is_some(), "a full house keeps no chief judge out");
    drop(staff);
    drop(stream);
    let again = hall.hub.spectate(OVERALL, None);
    assert!(again.is_ok(), "a seat that was left is free");
    drop((again, socket));
    hall.until("all are gone", |stats| stats.connections + stats.streams == 0).await;
}

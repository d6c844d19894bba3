//! The live listener: the same protocol and the same bytes as at the front door, and nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use live::{Hub, LiveConfig};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::hall::{self, OVERALL, OVERALL_PATH};
use super::spectator::{Spectator, all, ask, get, send};

/// What comes until so many events have ended, with the jittered time to come back left out.
async fn heard(address: SocketAddr, request: &str, events: usize) -> String {
    let mut socket = send(address, request.as_bytes()).await;
    let (mut text, mut piece) = (String::new(), vec![0; 64 * 1024]);
    while text.matches("\n\n").count() < events {
        let length = tokio::time::timeout(Duration::from_secs(30), socket.read(&mut piece)).await.unwrap().unwrap();
        assert!(length > 0, "the stream ended: {text}");
        text.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    }
    text.lines().filter(|line| !line.starts_with("retry: ")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn it_says_the_same_bytes_as_the_front_door() {
    let hall = hall::open(hall::config()).await;
    for nth in 1..=5 {
        hall.set(OVERALL, &format!("k{}", nth % 3), &format!("{{\"n\":{nth},\"name\":\"匠\"}}"));
    }
    for (line, headers) in [
        (OVERALL_PATH.to_owned(), ""),
        (OVERALL_PATH.to_owned(), "Last-Event-ID: k3f9-2\r\n"),
        (format!("{OVERALL_PATH}?last_event_id=k3f9-3"), ""),
        (format!("{OVERALL_PATH}?last_event_id=k3f9-0"), "Origin: http://hall:8080\r\n"),
    ] {
        let request = format!("GET {line} HTTP/1.1\r\nHost: hall\r\n{headers}\r\n");
        let (front, live) = (heard(hall.address, &request, 2).await, heard(hall.live, &request, 2).await);
        assert_eq!(front, live, "{line} {headers}");
        assert!(live.contains("access-control-allow-origin: *"), "{live}");
        assert!(live.contains("id: k3f9-5"), "{live}");
    }
    assert_eq!(hall.hub.stats().accepted, 8);
}

#[tokio::test]
async fn what_is_no_stream_gets_a_short_answer() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "public", "1");
    hall.set("staff/contests/con_1/overall", "secret", "1");
    hall.set("staff/contests/con_1/control", "secret", "1");
    for (line, status, code) in [
        ("GET /", 404, "not_found"),
        ("GET /healthz", 404, "not_found"),
        ("GET /api/contests", 404, "not_found"),
        ("GET /stage/", 404, "not_found"),
        ("GET /live/contests/con_1/team/none", 404, "not_found"),
        ("GET /live/staff/contests/con_1/overall", 404, "not_found"),
        ("GET /live/staff/contests/con_1/control", 404, "not_found"),
        ("GET /live/contests/../staff/contests/con_1/control", 404, "not_found"),
        ("GET /live/contests/%2e%2e/staff/contests/con_1/control", 404, "not_found"),
        ("POST /live/contests/con_1/overall", 405, "method_not_allowed"),
        ("PUT /live/contests/con_1/overall", 405, "method_not_allowed"),
        ("DELETE /", 405, "method_not_allowed"),
        ("get /live/contests/con_1/overall", 405, "method_not_allowed"),
        ("GET  /live/contests/con_1/overall", 400, "malformed"),
        ("GET http://hall/live/contests/con_1/overall", 400, "malformed"),
        ("CONNECT hall:443", 400, "malformed"),
        ("\u{16}\u{3}\u{1} no HTTP", 400, "malformed"),
    ] {
        let (got, body) = ask(hall.live, &format!("{line} HTTP/1.1\r\nHost: hall\r\n\r\n")).await;
        assert_eq!(got, status, "{line}: {body}");
        let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["code"], code, "{line}");
        assert!(!body.contains("secret"), "{line}: {body}");
    }
    let (status, _) = ask(hall.live, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert_eq!(status, 400);
    let with_body = format!("POST {OVERALL_PATH} HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
    let answer = all(&mut send(hall.live, with_body.as_bytes()).await).await;
    assert!(answer.starts_with("HTTP/1.1 405 Method Not Allowed\r\n") && answer.contains("allow: GET"), "{answer}");
    hall.until("all are gone", |stats| stats.handshakes == 0 && stats.connections == 0).await;
    assert_eq!(hall.hub.stats().accepted, 0);
}

#[tokio::test]
async fn a_question_for_the_head_alone_gets_no_body() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    let request = format!("HEAD {OVERALL_PATH} HTTP/1.1\r\nHost: hall\r\n\r\n");
    let answer = all(&mut send(hall.live, request.as_bytes()).await).await;
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn a_browser_may_ask_from_another_origin() {
    let hall = hall::open(hall::config()).await;
    for target in [OVERALL_PATH, "*", "/anything"] {
        let request = format!(
            "OPTIONS {target} HTTP/1.1\r\nHost: live\r\nOrigin: http://hall\r\nAccess-Control-Request-Method: GET\r\n\
             Access-Control-Request-Headers: last-event-id\r\n\r\n"
        );
        let answer = all(&mut send(hall.live, request.as_bytes()).await).await;
        assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
        for line in [
            "access-control-allow-origin: *\r\n",
            "access-control-allow-methods: GET\r\n",
            "access-control-allow-headers: last-event-id, cache-control\r\n",
        ] {
            assert!(answer.contains(line), "{line} is missing in {answer}");
        }
    }
    // And reads why he was refused.
    let answer = all(&mut send(hall.live, b"GET /live/contests/con_9/overall HTTP/1.1\r\nHost: a\r\n\r\n").await).await;
    assert!(answer.contains("access-control-allow-origin: *\r\n"), "{answer}");
}

#[tokio::test]
async fn many_come_at_once() {
    const MANY: usize = 600;
    let hall = hall::open(LiveConfig { shards: 3, ..hall::config() }).await;
    hall.set(OVERALL, "n", "0");
    let coming: Vec<_> = (0..MANY).map(|_| tokio::spawn(Spectator::follow(hall.live, OVERALL_PATH))).collect();
    let mut spectators = Vec::new();
    for one in coming {
        spectators.push(one.await.unwrap());
    }
    hall.until("all are seated", |stats| stats.connections == MANY as u64 && stats.handshakes == 0).await;
    hall.set(OVERALL, "n", "1");
    for spectator in &mut spectators {
        spectator.until(2).await;
        assert_eq!(spectator.map["n"], 1);
    }
    drop(spectators);
    hall.until("all are gone", |stats| stats.connections == 0).await;
}

#[tokio::test]
async fn a_full_house_refuses_at_the_listener_too() {
    let hall = hall::open(LiveConfig { connections: 2, ..hall::config() }).await;
    hall.hub.topic(OVERALL);
    let first = Spectator::follow(hall.live, OVERALL_PATH).await;
    let _second = Spectator::follow(hall.address, OVERALL_PATH).await;
    assert_eq!(get(hall.live, OVERALL_PATH).await.0, 503);
    drop(first);
    hall.until("a seat is free", |stats| stats.connections == 1).await;
    Spectator::follow(hall.live, OVERALL_PATH).await.frame().await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error() {
    let hall = hall::open(hall::config()).await;
    for taken in [hall.address, hall.live] {
        let other = Hub::new(hall::config()).unwrap();
        assert_eq!(other.listen(taken, None).unwrap_err().kind(), std::io::ErrorKind::AddrInUse, "{taken}");
    }
}

#[tokio::test]
async fn a_hall_that_stops_says_goodbye_here_too_and_closes_the_door() {
    let hall = hall::open_by_hand(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    let mut spectator = Spectator::follow(hall.live, OVERALL_PATH).await;
    spectator.until(1).await;
    hall.hub.drain();
    assert_eq!(spectator.next().await.unwrap().name, "bye");
    assert_eq!(spectator.next().await, None);
    // Who comes meanwhile is told; a while later nobody is.
    assert_eq!(get(hall.live, OVERALL_PATH).await.0, 503);
    let closed = async {
        while TcpStream::connect(hall.live).await.is_ok() {
            hall.pass(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), closed).await.expect("the door stays open");
}

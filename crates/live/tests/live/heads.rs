//! Requests that no browser sends.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::hall::{self, OVERALL, OVERALL_PATH};
use super::spectator::{Spectator, all, ask, send};

#[tokio::test]
async fn a_malformed_head_is_a_problem_and_changes_nothing() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    let line = format!("GET {OVERALL_PATH}");
    for (request, status) in [
        (format!("{line}\r\n\r\n"), 400),
        (format!("{line} HTTP/3\r\n\r\n"), 400),
        (format!("{line} x HTTP/1.1\r\n\r\n"), 400),
        (format!("{line} HTTP/1.1\nHost: a\n\n\r\n\r\n"), 400),
        (format!("{line} HTTP/1.1\r\nno colon\r\n\r\n"), 400),
        (format!("{line} HTTP/1.1\r\nHost : a\r\n\r\n"), 400),
        (format!("{line} HTTP/1.1\r\nA: b\r\n c\r\n\r\n"), 400),
        (format!("{line} HTTP/1.1\r\nA: b\0\r\n\r\n"), 400),
        (format!("{line} HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"), 400),
        (format!("{line} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400),
        (format!("{line}\0 HTTP/1.1\r\n\r\n"), 400),
        (format!("{line} HTTP/1.1\r\nA: {}\r\n\r\n", "b".repeat(20_000)), 413),
        (format!("{line}?{} HTTP/1.1\r\n\r\n", "b".repeat(20_000)), 413),
    ] {
        let (got, body) = ask(hall.address, &request).await;
        let shown: String = request.chars().take(120).collect();
        assert_eq!(got, status, "{shown:?}: {body}");
        let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["status"], status, "{shown:?}");
    }
    hall.until("all are gone", |stats| stats.handshakes == 0 && stats.connections == 0).await;
    let stats = hall.hub.stats();
    assert_eq!((stats.refused, stats.accepted, stats.frames), (13, 0, 0));
}

#[tokio::test]
async fn a_peer_who_goes_on_talking_still_reads_why() {
    let hall = hall::open(hall::config()).await;
    // Much more than the head may have: the refusal comes while he is still sending.
    let mut socket = send(hall.address, format!("GET {OVERALL_PATH} HTTP/1.1\r\n").as_bytes()).await;
    for _ in 0..20 {
        if socket.write_all(&[b'x'; 4096]).await.is_err() {
            break;
        }
    }
    assert!(all(&mut socket).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn a_head_may_come_byte_by_byte() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    let mut socket = TcpStream::connect(hall.address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    for byte in format!("GET {OVERALL_PATH} HTTP/1.1\r\nHost: hall\r\nLast-Event-ID: k3f9-0\r\n\r\n").bytes() {
        socket.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(Spectator::on(socket).await.frame().await.name, "delta");
}

#[tokio::test]
async fn a_second_request_on_the_same_connection_is_never_answered() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    hall.set("contests/con_1/team/t", "b", "1");
    let two = format!(
        "GET {OVERALL_PATH} HTTP/1.1\r\nHost: hall\r\n\r\nGET /live/contests/con_1/team/t HTTP/1.1\r\nHost: hall\r\n\r\n"
    );
    let mut spectator = Spectator::on(send(hall.address, two.as_bytes()).await).await;
    spectator.until(1).await;
    // Nor what comes later, however much it is.
    let (mut reading, mut writing) = spectator.socket.into_split();
    let flood = tokio::spawn(async move { while writing.write_all(&[b'G'; 65536]).await.is_ok() {} });
    hall.set(OVERALL, "a", "2");
    let mut heard = vec![0; 4096];
    let length = reading.read(&mut heard).await.unwrap();
    let text = String::from_utf8_lossy(&heard[..length]).into_owned();
    assert_eq!(text, "event: delta\nid: k3f9-2\ndata: {\"v\":2,\"set\":{\"a\":2}}\n\n");
    flood.abort();
    assert_eq!(hall.hub.stats().accepted, 1);
}

#[tokio::test]
async fn half_a_connection_is_none() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    let mut spectator = Spectator::follow(hall.address, OVERALL_PATH).await;
    spectator.until(1).await;
    spectator.socket.shutdown().await.unwrap();
    assert_eq!(spectator.next().await, None);
    hall.until("he is gone", |stats| stats.connections == 0).await;

    // Half a request as well.
    let mut socket = send(hall.address, format!("GET {OVERALL_PATH} HTT").as_bytes()).await;
    socket.shutdown().await.unwrap();
    assert_eq!(all(&mut socket).await, "");
    hall.until("he is gone", |stats| stats.handshakes == 0 && stats.refused == 1).await;
}

#[tokio::test]
async fn an_old_proxy_is_served_as_well() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    let request = format!("GET {OVERALL_PATH} HTTP/1.0\r\n\r\n");
    let mut spectator = Spectator::on(send(hall.address, request.as_bytes()).await).await;
    assert!(!spectator.head.to_ascii_lowercase().contains("chunked"));
    assert_eq!(spectator.frame().await.name, "snapshot");
}

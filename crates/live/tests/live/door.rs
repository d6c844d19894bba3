//! One port for streams and for everything else.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::hall::{self, OVERALL, OVERALL_PATH};
use super::spectator::{Spectator, all, send};
use live::LiveConfig;

#[tokio::test]
async fn everything_else_is_handed_back_whole() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    hall.set("staff/contests/con_1/overall", "secret", "1");
    for request in [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /api/session HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
        "GET /live/staff/contests/con_1/overall HTTP/1.1\r\n\r\n",
        "GET /live/contests HTTP/1.1\r\n\r\n",
        "GET /live/contestsx/con_1/overall HTTP/1.1\r\n\r\n",
        "HEAD /live/contests/con_1/overall HTTP/1.1\r\n\r\n",
        "POST /live/contests/con_1/overall HTTP/1.1\r\n\r\n",
        "OPTIONS /live/contests/con_1/overall HTTP/1.1\r\n\r\n",
        "get /live/contests/con_1/overall HTTP/1.1\r\n\r\n",
        "GET  /live/contests/con_1/overall HTTP/1.1\r\n\r\n",
        "GET //live/contests/con_1/overall HTTP/1.1\r\n\r\n",
        "GET http://hall/live/contests/con_1/overall HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1} no HTTP at all",
        "G",
    ] {
        let mut socket = send(hall.address, request.as_bytes()).await;
        socket.shutdown().await.unwrap();
        let answer = all(&mut socket).await;
        let said = answer.strip_prefix("HTTP/1.1 200 OK\r\nx-other: yes\r\n\r\n");
        assert_eq!(said, Some(request));
    }
    assert_eq!(hall.hub.stats().accepted, 0);
}

#[tokio::test]
async fn a_connection_that_hesitates_holds_nobody_up() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "a", "1");
    let _silent = TcpStream::connect(hall.address).await.unwrap();
    let mut half = send(hall.address, b"GET /live/con").await;
    Spectator::follow(hall.address, OVERALL_PATH).await.until(1).await;
    // And the one that hesitated is served as soon as it has decided.
    half.write_all(b"tests/con_1/overall HTTP/1.1\r\n\r\n").await.unwrap();
    Spectator::on(half).await.until(1).await;
    let mut other = send(hall.address, b"GET /live/contests").await;
    other.write_all(b"-of-old HTTP/1.1\r\n\r\n").await.unwrap();
    assert!(all(&mut other).await.contains("x-other"));
}

#[tokio::test]
async fn who_never_decides_belongs_to_the_http_server() {
    let hall = hall::open(LiveConfig { patience: Duration::from_millis(20), ..hall::config() }).await;
    let mut half = send(hall.address, b"GET /live/con").await;
    assert!(all(&mut half).await.ends_with("GET /live/con"));
    let mut silent = TcpStream::connect(hall.address).await.unwrap();
    silent.shutdown().await.unwrap();
    assert!(all(&mut silent).await.contains("x-other"));
}

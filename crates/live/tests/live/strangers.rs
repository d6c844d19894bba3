//! Bytes from strangers, at both addresses: whatever they send, in whatever pieces, nobody else notices.

use std::time::Duration;

use kernel::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::hall::{self, OVERALL, OVERALL_PATH};
use super::spectator::{Spectator, send};

const WHOLE: &str =
    "GET /live/contests/con_1/overall?last_event_id=k3f9-1 HTTP/1.1\r\nHost: hall\r\nLast-Event-ID: k3f9-1\r\n\r\n";

/// A whole request, spoilt at a few places, or no request at all.
fn spoilt(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = WHOLE.as_bytes().to_vec();
    if rng.below(8) == 0 {
        bytes = (0..rng.below(3000)).map(|_| rng.below(256) as u8).collect();
    }
    for _ in 0..rng.below(5) {
        let at = rng.below(bytes.len().max(1) as u64) as usize;
        match rng.below(5) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] = rng.below(256) as u8,
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 => bytes
                .splice(at..at, (0..rng.below(40)).map(|_| b"\r\n :%/?-0\0"[rng.below(10) as usize]))
                .for_each(drop),
            _ => {
                let again = bytes[at.min(bytes.len())..].to_vec();
                bytes.extend_from_slice(&again);
            }
        }
    }
    bytes
}

#[tokio::test]
async fn spoilt_requests_trouble_nobody() {
    const CASES: usize = 2000;
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "n", "0");
    hall.set("staff/contests/con_1/overall", "secret", "1");
    let (mut here, mut there) =
        (Spectator::follow(hall.address, OVERALL_PATH).await, Spectator::follow(hall.live, OVERALL_PATH).await);
    let mut rng = Rng::from_seed(testkit::seed());
    let mut heard = vec![0; 4096];
    for nth in 0..CASES {
        let bytes = spoilt(&mut rng);
        let address = if nth % 4 == 0 { hall.address } else { hall.live };
        let mut socket = TcpStream::connect(address).await.unwrap();
        let cut = rng.below(bytes.len() as u64 + 1) as usize;
        for piece in [&bytes[..cut], &bytes[cut..]] {
            // He may have been shown out already.
            let _ = socket.write_all(piece).await;
        }
        let _ = socket.shutdown().await;
        let length = socket.read(&mut heard).await.unwrap_or(0);
        let said = String::from_utf8_lossy(&heard[..length]);
        let fits = said.is_empty() || said.starts_with("HTTP/1.1 ");
        assert!(fits && !said.contains("secret"), "{bytes:?} → {said}");
    }
    hall.until("the strangers are gone", |stats| stats.handshakes == 0 && stats.connections == 2).await;
    hall.set(OVERALL, "n", "1");
    for spectator in [&mut here, &mut there] {
        spectator.until(2).await;
        assert_eq!(spectator.map["n"], 1);
    }
}

#[tokio::test]
async fn a_crowd_that_never_finishes_asking_holds_nobody_up() {
    const CROWD: usize = 300;
    let hall = hall::open_by_hand(hall::config()).await;
    hall.set(OVERALL, "n", "0");
    let mut seated = Spectator::follow(hall.live, OVERALL_PATH).await;
    seated.until(1).await;
    let mut crowd = Vec::new();
    for nth in 0..CROWD {
        let begin = format!("GET {OVERALL_PATH} HTTP/1.1\r\nX-{nth}: ");
        crowd.push(send(if nth % 2 == 0 { hall.address } else { hall.live }, begin.as_bytes()).await);
    }
    hall.until("the shards have them", |stats| stats.handshakes == CROWD as u64).await;
    for second in 1..=9u64 {
        for socket in &mut crowd {
            socket.write_all(b"a").await.unwrap();
        }
        hall.set(OVERALL, "n", &second.to_string());
        seated.until(second + 1).await;
        hall.pass(Duration::from_secs(1));
    }
    let cut = async {
        while hall.hub.stats().handshakes > 0 {
            hall.pass(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), cut).await.expect("they were never cut");
    let stats = hall.hub.stats();
    assert_eq!((stats.connections, stats.refused), (1, CROWD as u64));
}

#[tokio::test]
async fn requests_in_a_row_are_one_request() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "n", "0");
    hall.set("contests/con_1/team/t", "other", "1");
    // A stream, and behind it everything that could be taken for more.
    let mut row = format!("GET {OVERALL_PATH} HTTP/1.1\r\nHost: hall\r\n\r\n").into_bytes();
    for _ in 0..400 {
        row.extend_from_slice(b"GET /live/contests/con_1/team/t HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n\0\xff\r\n\r\n");
    }
    for address in [hall.address, hall.live] {
        let mut spectator = Spectator::on(send(address, &row).await).await;
        spectator.until(1).await;
        assert_eq!(spectator.map.keys().collect::<Vec<_>>(), ["n"]);
    }
    assert_eq!(hall.hub.stats().accepted, 2);
}

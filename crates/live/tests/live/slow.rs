//! Readers who don't keep up: one frame for each, the newest when they come back, and an end for those who never do.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncReadExt;

use super::hall::{self, OVERALL, OVERALL_PATH};
use super::spectator::Spectator;

/// A value of so many bytes.
fn long(bytes: usize, mark: usize) -> String {
    format!("\"{mark} {}\"", "x".repeat(bytes))
}

#[tokio::test]
async fn a_slow_reader_gets_the_newest_and_never_a_queue() {
    const VERSIONS: usize = 2000;
    const SIZE: usize = 32 * 1024;
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "k", &long(SIZE, 0));
    let deaf = Spectator::deaf(hall.address, OVERALL_PATH).await;
    let mut awake = Spectator::follow(hall.address, OVERALL_PATH).await;
    awake.until(1).await;
    hall.until("both are seated", |stats| stats.connections == 2).await;
    for nth in 1..=VERSIONS {
        hall.set(OVERALL, "k", &long(SIZE, nth));
        if nth % 10 == 0 {
            awake.until(nth as u64 + 1).await;
        }
    }
    // The publisher has long finished and the other reader has everything: what the slow one costs is what fits into
    // the kernel's buffers and the rest of one frame.
    let stats = hall.hub.stats();
    let for_the_deaf = stats.frames.saturating_sub(stats.versions + 1);
    assert!(for_the_deaf < 200, "{for_the_deaf} frames of {SIZE} bytes were written to a reader who reads nothing");
    assert_eq!(stats.connections, 2);

    let mut woken = Spectator::on(deaf).await;
    let mut frames = 0;
    while woken.version < VERSIONS as u64 + 1 {
        woken.frame().await;
        frames += 1;
    }
    assert!(frames < 200, "{frames} frames of {VERSIONS} versions");
    assert_eq!(woken.map, awake.map);
    assert!(hall.hub.stats().skipped > 1000);
    // And he follows again.
    hall.set(OVERALL, "k", "1");
    assert_eq!(woken.frame().await.data, format!(r#"{{"v":{},"set":{{"k":1}}}}"#, VERSIONS + 2));
}

/// Bytes that wait in the kernel from one end of a connection to the other, unsent or unacknowledged.
fn waiting(from: SocketAddr, to: SocketAddr) -> u64 {
    let shown = |address: SocketAddr| match address {
        SocketAddr::V4(v4) => format!("{:08X}:{:04X}", u32::from_ne_bytes(v4.ip().octets()), v4.port()),
        SocketAddr::V6(_) => panic!("{address}"),
    };
    let ends = format!(" {} {} ", shown(from), shown(to));
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let (_, rest) = table.lines().find_map(|line| line.split_once(&ends)).expect("no such connection");
    // The state, then `unacknowledged:unread` in hexadecimal.
    let queue = rest.split_whitespace().nth(1).and_then(|queues| queues.split_once(':')).unwrap().0;
    u64::from_str_radix(queue, 16).unwrap()
}

/// What waits in the kernel is old by the time it is read, so little may (TCP_NOTSENT_LOWAT).
#[tokio::test]
async fn little_waits_in_the_kernel_for_who_does_not_read() {
    let hall = hall::open(hall::config()).await;
    hall.set(OVERALL, "k", &long(4096, 0));
    let deaf = Spectator::deaf(hall.address, OVERALL_PATH).await;
    let mut awake = Spectator::follow(hall.address, OVERALL_PATH).await;
    hall.until("both are seated", |stats| stats.connections == 2).await;
    for nth in 1..=1000 {
        hall.set(OVERALL, "k", &long(4096, nth));
        awake.until(nth as u64 + 1).await;
    }
    let waiting = waiting(hall.address, deaf.local_addr().unwrap());
    assert!((1..128 * 1024).contains(&waiting), "{waiting}");
}

#[tokio::test]
async fn who_takes_nothing_is_closed_and_who_takes_a_little_is_not() {
    let hall = hall::open_by_hand(hall::config()).await;
    hall.hub.topic(OVERALL);
    let _dead = Spectator::deaf(hall.address, OVERALL_PATH).await;
    let mut slow = Spectator::deaf(hall.address, OVERALL_PATH).await;
    hall.until("both are seated", |stats| stats.connections == 2).await;
    // More than any socket's buffer holds.
    let size = 64 << 20;
    hall.set(OVERALL, "k", &long(size, 1));
    hall.until("the frame is on its way", |stats| stats.frames == 4).await;
    let mut taken = 0;
    let mut buffer = vec![0; 1 << 20];
    for _ in 0..30 {
        let before = hall.hub.stats().stalled;
        // The slow one takes more than the buffers hold, so that the shard sees him take.
        for _ in 0..16 {
            taken += slow.read(&mut buffer).await.unwrap();
        }
        hall.pass(Duration::from_secs(1));
        assert!(before <= 1);
    }
    hall.until("the dead one is closed", |stats| stats.stalled == 1 && stats.connections == 1).await;
    while taken < size {
        let length = slow.read(&mut buffer).await.unwrap();
        assert!(length > 0, "closed after {taken} bytes");
        taken += length;
    }
}

#[tokio::test]
async fn a_stop_does_not_wait_for_who_takes_nothing() {
    let hall = hall::open_by_hand(hall::config()).await;
    hall.set(OVERALL, "k", &long(64 << 20, 1));
    let _dead = Spectator::deaf(hall.address, OVERALL_PATH).await;
    hall.until("he is seated", |stats| stats.connections == 1).await;
    hall.hub.drain();
    let gone = async {
        while hall.hub.stats().connections > 0 {
            hall.pass(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await.expect("the stop hangs");
}

#[tokio::test]
async fn a_reader_in_the_middle_of_a_frame_gets_its_rest_before_the_goodbye() {
    let hall = hall::open_by_hand(hall::config()).await;
    hall.set(OVERALL, "k", &long(16 << 20, 1));
    let deaf = Spectator::deaf(hall.address, OVERALL_PATH).await;
    hall.until("he is seated", |stats| stats.connections == 1).await;
    hall.hub.drain();
    let mut woken = Spectator::on(deaf).await;
    assert_eq!(woken.frame().await.id, "k3f9-1");
    assert_eq!(woken.next().await.unwrap().name, "bye");
    assert_eq!(woken.next().await, None);
}

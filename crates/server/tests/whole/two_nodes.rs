//! Two nodes, one PostgreSQL, one NATS: what a judge submits at one moves the board at the other, with the bus and without it.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{eventually, nats, postgres_database};

use crate::common::board::Spectator;
use crate::common::judge::next_mark;
use crate::common::program::{Hall, migrate};
use crate::common::stage::{COMPETITORS, JUDGES, Staged, stage};

/// Without the bus a node looks into the database by itself.
const WITHOUT_BUS: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mark_at_one_node_moves_the_board_at_the_other() {
    let (database, mut bus) = (postgres_database().await, nats().await);
    migrate(&database.url).await;
    let first = Hall::open_with(&database.url, &["--nats", &bus.url]).await;
    let second = Hall::open_with(&database.url, &["--nats", &bus.url]).await;

    // The contest is made after the second node has started, and a spectator is the first who asks that node for it.
    let staged = stage(&first.base()).await;
    let spectator = Spectator::follow(&second.base(), &staged.overall(), "").await;
    eventually("the second node has the field", async || spectator.board().done().len() == COMPETITORS).await;
    let account = staged.judges[0].at(&second.base()).get("/api/session").await;
    assert_eq!(account["demo"], false, "a session of one node holds at the other");

    let mut took = Vec::new();
    for judge in 0..JUDGES {
        took.push(mark_at(&staged, judge, &spectator).await);
    }
    took.sort();
    // Without the bus it would be a second on average.
    assert!(took[JUDGES / 2] < Duration::from_secs(1), "with the bus the board took {took:?}");
    bus.stop();
    for judge in 0..2 {
        let took = mark_at(&staged, judge, &spectator).await;
        assert!(took < WITHOUT_BUS, "without the bus the board took {took:?}");
    }
    bus.restart().await;
    mark_at(&staged, 2, &spectator).await;
    for mut node in [first, second] {
        node.program.ask_to_stop();
        assert_eq!(node.program.ended(Duration::from_secs(15)).await.code(), Some(0), "{}", node.program.stderr());
    }
}

/// A mark at the first node; how long the spectator of the second waits for its line in the ticker.
async fn mark_at(staged: &Staged, judge: usize, spectator: &Spectator) -> Duration {
    let before = newest_line(spectator);
    let judge = &staged.judges[judge];
    let mark = next_mark(staged, judge).await;
    judge.post(&staged.path("/marks"), json!({"marks": [mark]})).await;
    let since = Instant::now();
    eventually("the other node shows the mark", async || newest_line(spectator) > before).await;
    since.elapsed()
}

fn newest_line(spectator: &Spectator) -> Option<u64> {
    let board = spectator.board();
    board.keys.iter().filter(|(key, _)| key.starts_with("t/")).filter_map(|(_, line)| line[0].as_u64()).max()
}

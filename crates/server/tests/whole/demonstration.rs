//! `guildhall demo` as somebody meets it who tries it for the first time.

use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::{eventually, temp_dir};

use crate::common::board::Spectator;
use crate::common::program::{Program, text};
use crate::common::visitor::{Visitor, http};

/// So long a visitor waits for the first marks; measured are 2 s.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_shows_marks_and_lets_everybody_in() {
    let folder = temp_dir();
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--data", text(folder.path()), "--seed", "3"];
    let begun = Instant::now();
    let mut demo = Program::start(&arguments);
    let mut base = String::new();
    eventually("it says where it is", async || {
        assert!(demo.is_running(), "{}", demo.stderr());
        if let Some(at) = demo.stdout().find("http://") {
            base = demo.stdout()[at..].trim().trim_end_matches('/').to_owned();
        }
        !base.is_empty()
    })
    .await;

    // The judges' doors are opened last.
    let mut doors = Vec::new();
    eventually("every role has a door", async || {
        doors = roles(&base).await;
        doors.iter().any(|door| door["role"] == "judge") && doors.iter().any(|door| door["role"] == "competitor")
    })
    .await;
    for door in &doors {
        for text in ["title", "note"] {
            assert!(["zh", "en"].iter().all(|lang| !door[text][lang].as_str().unwrap().is_empty()), "{door}");
        }
        let visitor = Visitor::by_door(&base, door["key"].as_str().unwrap()).await;
        let session = visitor.get("/api/session").await;
        assert_eq!(session["demo"], true, "{session}");
        let roles = session["roles"].as_array().unwrap();
        assert!(roles.iter().any(|grant| grant["role"] == door["role"]), "{door} {session}");
    }

    let mut contest = None;
    eventually("the final is live", async || {
        let answer: Value = http().get(format!("{base}/api/contests")).send().await.unwrap().json().await.unwrap();
        let contests = answer["items"].as_array().unwrap().clone();
        let found = contests
            .iter()
            .find(|one| one["state"] == "live" && one["name"]["zh"].as_str().unwrap().contains("总决赛"));
        contest = found.map(|one| one["id"].as_str().unwrap().to_owned());
        contest.is_some()
    })
    .await;
    let overall = format!("/live/contests/{}/overall", contest.unwrap());
    let spectator = Spectator::follow(&base, &overall, "").await;
    eventually("marks move the board", async || {
        let board = spectator.board();
        board.marks() > 0 && board.done().values().any(|done| *done > 0)
    })
    .await;
    assert!(begun.elapsed() < SOON, "the first marks came after {:?}", begun.elapsed());

    demo.ask_to_stop();
    assert_eq!(demo.ended(Duration::from_secs(15)).await.code(), Some(0), "{}", demo.stderr());
    eventually("the spectator is told", async || spectator.board().bye).await;
}

async fn roles(base: &str) -> Vec<Value> {
    let answer: Value = http().get(format!("{base}/api/demo/roles")).send().await.unwrap().json().await.unwrap();
    answer["items"].as_array().unwrap().clone()
}

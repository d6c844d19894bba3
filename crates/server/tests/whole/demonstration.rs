//! `guildhall demo` as somebody meets it who tries it for the first time.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{TempDir, eventually, temp_dir};

use crate::common::board::Spectator;
use crate::common::program::{Program, text};
use crate::common::visitor::{Visitor, http};

/// So long a visitor waits for the first marks; measured are 2 s.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_shows_marks_and_lets_everybody_in() {
    let begun = Instant::now();
    let Staged { mut demo, base, folder: _folder } = stage(&["--seed", "3"]).await;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_may_work_the_clocks_and_the_station_goes_on() {
    let Staged { mut demo, base, folder: _folder } = stage(&["--seed", "5", "--speed", "20"]).await;
    eventually("the operator has a door", async || {
        roles(&base).await.iter().any(|door| door["key"] == "operator-east")
    })
    .await;
    let operator = Visitor::by_door(&base, "operator-east").await;
    let contests = operator.list("/api/contests").await;
    let contest =
        contests.iter().find(|one| one["name"]["zh"].as_str().unwrap().contains("总决赛")).unwrap()["id"].clone();
    let runs = format!("/api/contests/{}/runs", contest.as_str().unwrap());
    let at_e1 = async |state: &str| {
        let all = operator.list(&format!("{runs}?state={state}")).await;
        let ids = all.iter().filter(|run| run["station"] == "E1").map(|run| run["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    let act = async |run: &str, act: &str| {
        let reason = (act == "stop").then_some("看一看");
        operator.post(&format!("{runs}/{run}/clock"), json!({"act": act, "reason": reason})).await
    };
    let opened = async |after: &[&String]| {
        let mut open = Vec::new();
        eventually("the next run is opened", async || {
            open = at_e1("open").await;
            open.retain(|run| !after.contains(&run));
            !open.is_empty()
        })
        .await;
        open.remove(0)
    };

    // Closed by hand: the next competitor comes.
    let first = opened(&[]).await;
    act(&first, "close").await;
    let second = opened(&[&first]).await;
    assert!(at_e1("closed").await.contains(&first));

    // Stopped by hand: it stands as long as that, then goes on to its own end.
    act(&second, "stop").await;
    let stopped_at = hall_ms(&base).await;
    eventually("more than a run's time is over", async || hall_ms(&base).await > stopped_at + 60_000).await;
    assert_eq!(at_e1("stopped").await, std::slice::from_ref(&second));
    act(&second, "resume").await;
    opened(&[&first, &second]).await;
    assert!(at_e1("closed").await.contains(&second));
    assert!(!demo.stderr().contains("a part of the demonstration"), "{}", demo.stderr());

    demo.ask_to_stop();
    assert_eq!(demo.ended(Duration::from_secs(15)).await.code(), Some(0), "{}", demo.stderr());
}

/// The play's time, which a page takes from any answer.
async fn hall_ms(base: &str) -> i64 {
    let answer = http().get(format!("{base}/healthz")).send().await.unwrap();
    let told = answer.headers()["x-hall-time"].to_str().unwrap().to_owned();
    told.strip_suffix(";pace=20").unwrap().parse().unwrap()
}

struct Staged {
    demo: Program,
    base: String,
    folder: TempDir,
}

async fn stage(more: &[&str]) -> Staged {
    let folder = temp_dir();
    let mut arguments = vec!["demo", "--listen", "127.0.0.1:0", "--data", text(folder.path())];
    arguments.extend(more);
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
    Staged { demo, base, folder }
}

async fn roles(base: &str) -> Vec<Value> {
    let answer: Value = http().get(format!("{base}/api/demo/roles")).send().await.unwrap().json().await.unwrap();
    answer["items"].as_array().unwrap().clone()
}

//! The hall is asked to stop while a request is open and spectators watch: the request is answered and its write is kept, the streams get a
//! farewell, a balancer hears it in time.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{eventually, temp_dir};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::board::Spectator;
use crate::common::judge::next_mark;
use crate::common::program::{Hall, migrate, sqlite_in};
use crate::common::stage::stage;
use crate::common::visitor::{http, new_key};

/// What a service manager grants.
const STOPS_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_stop_the_hall_ends_what_it_has_begun() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let mut hall = Hall::open(&database).await;
    let staged = stage(&hall.base()).await;
    let public = Spectator::follow(&hall.base(), &staged.overall(), "").await;
    let control = format!("/live/staff/contests/{}/control", staged.contest);
    let staff = Spectator::follow(&hall.base(), &control, &staged.chief.cookie).await;
    assert!(staff.board().keys.keys().any(|key| key.starts_with("sh/")), "{:?}", staff.board());

    let judge = &staged.judges[0];
    let mark = next_mark(&staged, judge).await;
    let body = json!({"marks": [mark]}).to_string();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nx-csrf-token: {}\r\nidempotency-key: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        staged.path("/marks"),
        hall.address,
        judge.cookie,
        judge.csrf,
        new_key(),
        body.len()
    );
    let mut open = TcpStream::connect(&hall.address).await.unwrap();
    let (first, rest) = body.split_at(body.len() / 2);
    open.write_all(format!("{head}{first}").as_bytes()).await.unwrap();
    // Told apart from one that has not arrived: the hall counts it.
    eventually("the request is open", async || {
        let metrics = http().get(format!("{}/metrics", hall.base())).send().await.unwrap().text().await.unwrap();
        // Itself and the one that is open.
        metrics.contains("guildhall_http_requests_in_flight 2")
    })
    .await;

    let asked = Instant::now();
    hall.program.ask_to_stop();
    let mut seen = None;
    eventually("the balancer hears it", async || {
        let answer = http().get(format!("{}/readyz", hall.base())).send().await;
        seen = Some(answer.as_ref().map(|answer| answer.status().as_u16()).map_err(ToString::to_string));
        !matches!(answer, Ok(answer) if answer.status() == 200)
    })
    .await;
    assert_eq!(seen.unwrap(), Ok(503));
    eventually("spectators are sent away", async || {
        [&public, &staff].iter().all(|spectator| spectator.board().bye && spectator.board().over)
    })
    .await;

    let finished = Instant::now();
    open.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    open.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains(mark["id"].as_str().unwrap()), "{answer}");
    assert!(finished.elapsed() < Duration::from_secs(4), "the answer took {:?}", finished.elapsed());

    let status = hall.program.ended(STOPS_WITHIN.saturating_sub(asked.elapsed())).await;
    assert_eq!(status.code(), Some(0), "{}", hall.program.stderr());
    assert!(!hall.program.stderr().contains("\"ERROR\""), "{}", hall.program.stderr());

    hall.reopen().await;
    let sheet = judge.get(&staged.path(&format!("/runs/{}/sheet", mark["run"].as_str().unwrap()))).await;
    let kept = sheet["aspects"].as_array().unwrap().iter().find(|aspect| aspect["code"] == mark["aspect"]).unwrap();
    assert_eq!(kept["mine"]["id"], mark["id"]);
}

/// A browser that has opened a connection in advance, and a reader who is asleep, keep nobody waiting for ever.
#[tokio::test]
async fn who_says_nothing_does_not_hold_the_hall() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let mut hall = Hall::open(&database).await;
    let _silent = TcpStream::connect(&hall.address).await.unwrap();
    let mut half = TcpStream::connect(&hall.address).await.unwrap();
    half.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.unwrap();
    hall.program.ask_to_stop();
    assert_eq!(hall.program.ended(STOPS_WITHIN).await.code(), Some(0));
}

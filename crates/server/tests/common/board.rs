//! A spectator: follows a view and merges its frames, as a screen does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use testkit::eventually;

use crate::common::visitor::http;

/// A view as it was last seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Board {
    pub keys: BTreeMap<String, Value>,
    pub version: u64,
    pub frames: u64,
    /// The hall said goodbye.
    pub bye: bool,
    /// The stream has ended.
    pub over: bool,
}

impl Board {
    /// Aspects that are done, of all competitors.
    pub fn done(&self) -> BTreeMap<String, i64> {
        let rows = self.keys.iter().filter(|(key, _)| key.starts_with("r/"));
        rows.map(|(key, row)| (key.clone(), row[4].as_i64().unwrap())).collect()
    }

    pub fn marks(&self) -> i64 {
        self.keys.get("s").and_then(|spread| spread["marks"].as_i64()).unwrap_or(0)
    }

    /// What must be the same after a restart: not what was seen when, nor how the lines are doing.
    pub fn lasting(&self) -> BTreeMap<String, Value> {
        let mut keys = self.keys.clone();
        keys.retain(|key, _| !key.starts_with("v/"));
        if let Some(spread) = keys.get_mut("s").and_then(Value::as_object_mut) {
            spread.remove("as_of");
        }
        for (_, row) in keys.iter_mut().filter(|(key, _)| key.starts_with("r/")) {
            // The rank of a quarter of an hour ago is remembered by the process only.
            row[5] = Value::Null;
        }
        keys
    }
}

/// Follows until it is dropped or the stream ends.
pub struct Spectator {
    board: Arc<Mutex<Board>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Spectator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Spectator {
    /// Follows `/live/…`; comes back until the view is there.
    pub async fn follow(base: &str, path: &str, cookie: &str) -> Spectator {
        let url = format!("{base}{path}");
        let mut response = None;
        eventually("the view is there", async || {
            // No time limit for the whole: a stream has none.
            let request = http().get(&url).header("cookie", cookie).timeout(std::time::Duration::from_secs(3600));
            let answer = request.send().await.unwrap();
            let found = answer.status().is_success();
            response = Some(answer);
            found
        })
        .await;
        let board = Arc::new(Mutex::new(Board::default()));
        let task = tokio::spawn(read(response.unwrap(), board.clone()));
        let spectator = Spectator { board, task };
        eventually("the first frame", async || spectator.board().frames > 0).await;
        spectator
    }

    pub fn board(&self) -> Board {
        self.board.lock().unwrap().clone()
    }
}

async fn read(mut response: reqwest::Response, board: Arc<Mutex<Board>>) {
    let mut text = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        text.extend_from_slice(&chunk);
        while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = text.drain(..end + 2).collect();
            take(std::str::from_utf8(&event).unwrap(), &mut board.lock().unwrap());
        }
    }
    board.lock().unwrap().over = true;
}

fn take(event: &str, board: &mut Board) {
    let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let kind = match field("event") {
        Some("bye") => return board.bye = true,
        Some(kind) => kind,
        None => return,
    };
    let frame: Value = serde_json::from_str(field("data").unwrap()).unwrap();
    let version = frame["v"].as_u64().unwrap();
    match kind {
        "snapshot" => board.keys.clear(),
        "delta" => assert!(version > board.version, "version {version} after {}", board.version),
        other => panic!("an unknown event {other}"),
    }
    for (key, value) in frame["set"].as_object().into_iter().flatten() {
        board.keys.insert(key.clone(), value.clone());
    }
    for key in frame["del"].as_array().into_iter().flatten() {
        board.keys.remove(key.as_str().unwrap());
    }
    board.version = version;
    board.frames += 1;
}

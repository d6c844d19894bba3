//! A hall that keeps its promises (what it acknowledged it has) and nothing else.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::Timestamp;
use telemetry::Tick;
use telemetry::batch::{self, Limits};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Good,
    /// Says no before it has taken anything.
    Refuses(u16),
    /// Takes the batch, and its answer is lost.
    TakesAndFails,
    /// Takes the batch and answers after the edge has given up.
    TakesAndDawdles,
    /// Every other answer is lost.
    Flickers,
    RefusesStep(i64),
    TakesAtMost(usize),
}

impl Mood {
    pub fn of(number: u64) -> Mood {
        match number % 6 {
            0 => Mood::Refuses(500),
            1 => Mood::TakesAndFails,
            2 => Mood::TakesAndDawdles,
            3 => Mood::Flickers,
            4 => Mood::Refuses(503),
            _ => Mood::Good,
        }
    }
}

#[derive(Default)]
struct Book {
    next: u64,
    ticks: Vec<Tick>,
    taken: Vec<(u64, u32)>,
    keys: Vec<String>,
    reused: usize,
    calls: u64,
    batches: u64,
    backlog: u64,
}

#[derive(Clone)]
struct Desk {
    book: Arc<Mutex<Book>>,
    mood: Arc<Mutex<Mood>>,
}

pub struct FakeHall {
    desk: Desk,
    address: SocketAddr,
    server: Option<tokio::task::JoinHandle<()>>,
}

impl FakeHall {
    /// `first` is the number that it expects first.
    pub async fn open(first: u64) -> FakeHall {
        let book = Arc::new(Mutex::new(Book { next: first, ..Book::default() }));
        let desk = Desk { book, mood: Arc::new(Mutex::new(Mood::Good)) };
        let mut hall = FakeHall { desk, address: ([127, 0, 0, 1], 0).into(), server: None };
        hall.revive().await;
        hall
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn be(&self, mood: Mood) {
        *self.desk.mood.lock().unwrap() = mood;
    }

    pub fn die(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
        }
    }

    pub async fn revive(&mut self) {
        if self.server.is_some() {
            return;
        }
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        let mut bound = socket.bind(self.address);
        // The old listener may still be closing.
        while bound.is_err() {
            tokio::task::yield_now().await;
            bound = socket.bind(self.address);
        }
        let listener = socket.listen(64).unwrap();
        self.address = listener.local_addr().unwrap();
        let router = axum::Router::new()
            .route("/api/contests/con_1/telemetry", axum::routing::post(take))
            .with_state(self.desk.clone());
        self.server = Some(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
    }

    /// Restored from a backup that knew nothing.
    pub fn forget(&self, next: u64) {
        let mut book = self.desk.book.lock().unwrap();
        *book = Book { next, ..Book::default() };
    }

    pub fn ticks(&self) -> Vec<Tick> {
        self.desk.book.lock().unwrap().ticks.clone()
    }

    pub fn batches(&self) -> u64 {
        self.desk.book.lock().unwrap().batches
    }

    /// How many ticks wait, as it was told last.
    pub fn backlog(&self) -> u64 {
        self.desk.book.lock().unwrap().backlog
    }

    pub fn reused(&self) -> usize {
        self.desk.book.lock().unwrap().reused
    }

    pub fn keys(&self) -> Vec<String> {
        let mut keys = self.desk.book.lock().unwrap().keys.clone();
        keys.dedup();
        keys
    }
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    let mood = *desk.mood.lock().unwrap();
    let no = |status: u16, body: serde_json::Value| {
        (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response()
    };
    if let Mood::Refuses(status) = mood {
        return no(status, serde_json::json!({"detail": {"en": "not today", "zh": "今天不行"}}));
    }
    let read = batch::parse(&body, &Limits::default(), Timestamp::from_millis(i64::MAX / 2)).unwrap();
    let (answer, is_even) = {
        let mut book = desk.book.lock().unwrap();
        book.calls += 1;
        book.keys.push(headers["authorization"].to_str().unwrap().to_owned());
        match mood {
            Mood::TakesAtMost(most) if read.ticks.len() > most => return no(413, serde_json::json!({})),
            Mood::RefusesStep(step) => {
                let bad = |tick: &Tick| tick.get("step") == Some(&Some(referee::Value::Integer(step)));
                if let Some(ix) = read.ticks.iter().position(bad) {
                    return no(
                        422,
                        serde_json::json!({"code": "telemetry_bad_sample", "line": ix + 2, "detail": {"en": "a \"bad\" step"}}),
                    );
                }
            }
            _ => {}
        }
        let seq = read.header.seq;
        let content = body.iter().position(|byte| *byte == b'\n').map_or(&[][..], |at| &body[at..]);
        let crc = crc32fast::hash(content);
        if seq > book.next {
            return no(409, serde_json::json!({"code": "telemetry_gap", "next": book.next}));
        }
        if seq == book.next {
            book.next += 1;
            book.batches += 1;
            book.backlog = read.header.backlog;
            book.taken.push((seq, crc));
            book.ticks.extend(read.ticks);
        } else if book.taken.iter().any(|(taken, before)| *taken == seq && *before != crc) {
            book.reused += 1;
        }
        (no(200, serde_json::json!({"next": book.next})), book.calls % 2 == 0)
    };
    match mood {
        Mood::TakesAndFails => no(500, serde_json::json!({})),
        Mood::Flickers if is_even => no(502, serde_json::json!({})),
        Mood::TakesAndDawdles => {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            answer
        }
        _ => answer,
    }
}

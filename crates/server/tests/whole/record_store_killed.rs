//! The hall is killed while programs write statements to it, again and again: each statement that it acknowledged is there once, of each request
//! all or nothing is, and the log has no gap and an unbroken chain. What got no answer is sent again, as programs do.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{eventually, postgres_database, temp_dir};

use crate::common::key::Key;
use crate::common::program::{Hall, migrate, run, sqlite_in};
use crate::common::visitor::http;

const WRITERS: usize = 8;
const BATCH: usize = 50;
const COURSES: usize = 7;
const DEATHS: usize = 3;
/// Batches that are acknowledged between two deaths, at least.
const BETWEEN_DEATHS: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_statements_survive_kills_under_load() {
    let folder = temp_dir();
    survive(&sqlite_in(folder.path())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_statements_survive_kills_under_load_on_postgresql() {
    survive(&postgres_database().await.url).await;
}

/// What the writers have sent, batch by batch.
#[derive(Default)]
struct Load {
    acknowledged: Mutex<Vec<usize>>,
    /// Requests that got no answer.
    cut: AtomicUsize,
    next: AtomicUsize,
    enough: AtomicBool,
}

impl Load {
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }
}

/// The statement's id says which it is of which batch.
fn id(batch: usize, nth: usize) -> String {
    format!("00000000-0000-4000-8000-{:012x}", batch * BATCH + nth)
}

fn statements(batch: usize) -> Vec<Value> {
    let one = |nth: usize| {
        json!({
            "id": id(batch, nth),
            "actor": {"account": {"homePage": "https://union.example.org", "name": format!("learner {}", (batch + nth) % 97)}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/progressed"},
            "object": {"id": format!("https://union.example.org/courses/{}", nth % COURSES)},
            "timestamp": "2026-11-22T08:00:00.000Z",
        })
    };
    (0..BATCH).map(one).collect()
}

async fn survive(database: &str) {
    migrate(database).await;
    let mut hall = Hall::open(database).await;
    let key = Key::with(&hall.base(), &["all"]).await;
    let load = Arc::new(Load::default());
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        writers.spawn(write_on(hall.base(), key.clone(), load.clone()));
    }
    for death in 1..=DEATHS {
        let enough = load.count() + BETWEEN_DEATHS;
        eventually("the load is on", async || load.count() >= enough).await;
        hall.program.kill();
        let acknowledged = load.acknowledged.lock().unwrap().clone();
        let kept = whole_log(database).await;
        for batch in acknowledged {
            assert_eq!(kept.get(&batch), Some(&BATCH), "death {death}: batch {batch} was acknowledged");
        }
        for (batch, count) in kept {
            assert_eq!(count, BATCH, "death {death}: a part of batch {batch} is there");
        }
        hall.reopen().await;
    }
    assert!(load.cut.load(Ordering::SeqCst) > 0, "nobody met a death");
    load.enough.store(true, Ordering::SeqCst);
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    let kept = whole_log(database).await;
    assert_eq!(kept.len(), load.next.load(Ordering::SeqCst), "all that was sent came in at last");
    assert!(kept.values().all(|count| *count == BATCH));
    // And all of it is found by what it says.
    let found = count_by_query(&hall.base(), &key, "activity=https://union.example.org/courses/3").await;
    assert_eq!(found, kept.len() * (0..BATCH).filter(|nth| nth % COURSES == 3).count());
}

/// A program that writes over one connection, and tries again until it is answered.
async fn write_on(base: String, key: Key, load: Arc<Load>) {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).pool_max_idle_per_host(1).build().unwrap();
    while !load.enough.load(Ordering::SeqCst) {
        let batch = load.next.fetch_add(1, Ordering::SeqCst);
        let body = Value::from(statements(batch));
        loop {
            let request = http
                .post(format!("{base}/xapi/statements"))
                .basic_auth(&key.login, Some(&key.secret))
                .header("x-experience-api-version", "2.0.0")
                .json(&body);
            let answer = async { request.send().await?.error_for_status()?.json::<Vec<String>>().await };
            match answer.await {
                Ok(ids) => {
                    assert_eq!(ids, (0..BATCH).map(|nth| id(batch, nth)).collect::<Vec<_>>());
                    load.acknowledged.lock().unwrap().push(batch);
                    break;
                }
                Err(error) => {
                    assert!(error.status().is_none(), "batch {batch}: {error}");
                    load.cut.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

/// The log of a hall that may be gone: how many statements of each batch it holds. No position is missing, no id is there twice, and the chain
/// is whole.
async fn whole_log(database: &str) -> BTreeMap<usize, usize> {
    let exported = run(&["archive", "--database", database, "export"]).await;
    assert_eq!(exported.code, Some(0), "{}", exported.stderr);
    let mut kept: BTreeMap<usize, usize> = BTreeMap::new();
    let mut ids = HashSet::new();
    for (at, line) in exported.stdout.lines().enumerate() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["position"].as_u64(), Some(at as u64 + 1));
        let id = line["statement"]["id"].as_str().unwrap().to_owned();
        let number = usize::from_str_radix(&id[24..], 16).unwrap();
        assert!(ids.insert(id), "{line} is there twice");
        *kept.entry(number / BATCH).or_default() += 1;
    }
    let verified = run(&["archive", "--database", database, "verify"]).await;
    assert_eq!(verified.code, Some(0), "{}", verified.stderr);
    // A commit that PostgreSQL had taken before the hall's death may come to its end meanwhile.
    let proven: usize = verified.stdout.split(' ').next().unwrap().parse().unwrap();
    assert!(proven >= ids.len(), "{} lines, and {}", ids.len(), verified.stdout);
    kept
}

async fn count_by_query(base: &str, key: &Key, query: &str) -> usize {
    let http = http();
    let (mut count, mut path) = (0, format!("/xapi/statements?format=ids&{query}"));
    while !path.is_empty() {
        let request = http.get(format!("{base}{path}")).basic_auth(&key.login, Some(&key.secret));
        let page: Value =
            request.header("x-experience-api-version", "2.0.0").send().await.unwrap().json().await.unwrap();
        count += page["statements"].as_array().unwrap().len();
        path = page["more"].as_str().unwrap().to_owned();
    }
    count
}

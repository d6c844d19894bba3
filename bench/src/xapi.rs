//! Learning records from the bytes of a request to what is stored: read, checked, indexed, written.
//!
//! The limit is a pass over the same bytes that knows nothing of statements: serde_json reading them and keeping nothing.
//! Beside it stands what a program does that reads JSON into a tree first, before it has checked or written anything. All
//! of them go over the same requests in the same process, in turns.

use ::xapi::{Stamp, Statement, Uuid, Version, canonical, ids, prepare, same};
use anyhow::{anyhow, ensure};
use kernel::Rng;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

use crate::live::gauge;
use crate::referee;

/// What reading, checking and writing one statement may take.
const US_MOST: f64 = 6.0;
const COURSES: u64 = 3606;
const LEARNERS: u64 = 5000;
const VERBS: [&str; 9] =
    ["registered", "launched", "initialized", "progressed", "answered", "completed", "passed", "failed", "scored"];

#[derive(clap::Args)]
pub struct Options {
    /// Statements of one request.
    #[arg(long, default_value_t = 50)]
    batch: usize,
    #[arg(long, default_value_t = 200)]
    batches: usize,
    /// How often each is timed; the median counts.
    #[arg(long, default_value_t = 11)]
    repeats: usize,
    #[arg(long, default_value_t = 42)]
    seed: u64,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    ensure!(options.batch > 0 && options.batches > 0 && options.repeats > 0);
    let mut rng = Rng::from_seed(options.seed);
    let requests: Vec<String> = (0..options.batches)
        .map(|_| (0..options.batch).map(|_| statement(&mut rng)).collect::<Value>().to_string())
        .collect();
    let count = options.batch * options.batches;
    let bytes = requests.iter().map(String::len).sum::<usize>() / count;
    println!("{count} statements of {bytes} bytes in requests of {}, seed {}", options.batch, options.seed);

    let bodies = bodies(&requests)?;
    type Work<'w> = Box<dyn Fn() -> anyhow::Result<usize> + 'w>;
    let works: [(&str, Work<'_>); 8] = [
        ("keeping nothing (the limit)", Box::new(|| total(&requests, kept::<IgnoredAny>))),
        ("into a tree, no more", Box::new(|| total(&requests, kept::<Value>))),
        ("read and checked", Box::new(|| total(&requests, checked))),
        ("read, checked and written", Box::new(|| total(&requests, written))),
        ("by a tree and types", Box::new(|| total(&requests, typed))),
        ("stored, compared with itself", Box::new(|| total(&bodies, |body| Ok(usize::from(same(body, body)))))),
        ("stored, as ids", Box::new(|| total(&bodies, |body| Ok(ids(body).len())))),
        ("stored, in one language", Box::new(|| total(&bodies, |body| Ok(canonical(body, &[]).len())))),
    ];
    let mut runs = vec![Vec::new(); works.len()];
    for _ in 0..options.repeats {
        for ((_, work), runs) in works.iter().zip(&mut runs) {
            let (ns, sum) = referee::median(1, work)?;
            ensure!(sum >= count, "a statement was left out");
            runs.push(ns / count as f64);
        }
    }
    let ns: Vec<f64> = runs.into_iter().map(gauge::median).collect();
    for ((name, _), ns_each) in works.iter().zip(&ns) {
        println!("{name:30} {ns_each:8.0} ns a statement, {:5.2} x the limit", ns_each / ns[0]);
    }
    let us = ns[3] / 1000.0;
    println!("target: {US_MOST} us, {}", if us <= US_MOST { "hit" } else { "missed" });
    let figures = json!({
        "bench": "xapi", "statements": count, "bytes": bytes, "seed": options.seed,
        "limit_ns": ns[0].round(), "tree_ns": ns[1].round(), "checked_ns": ns[2].round(), "written_ns": ns[3].round(),
        "typed_ns": ns[4].round(), "same_ns": ns[5].round(), "ids_ns": ns[6].round(), "canonical_ns": ns[7].round(),
        "ratio_limit": gauge::rounded(ns[0] / ns[3]), "ratio_tree": gauge::rounded(ns[1] / ns[3]),
        "ratio_typed": gauge::rounded(ns[4] / ns[3]), "target_us": US_MOST, "hit": us <= US_MOST,
    });
    println!("{figures}");
    Ok(())
}

fn total(texts: &[String], work: impl Fn(&str) -> anyhow::Result<usize>) -> anyhow::Result<usize> {
    texts.iter().map(|text| work(text)).sum()
}

fn kept<T: DeserializeOwned>(text: &str) -> anyhow::Result<usize> {
    std::hint::black_box(serde_json::from_str::<T>(text)?);
    Ok(text.len())
}

fn checked(text: &str) -> anyhow::Result<usize> {
    let batch = prepare(text.as_bytes(), Version::V2_0).map_err(|faults| anyhow!("{}", faults[0]))?;
    Ok(batch.statements.iter().map(|it| it.references.len()).sum())
}

fn stamp() -> Stamp<'static> {
    Stamp {
        id: Uuid::from_digest(&[7; 32]),
        stored: "2026-11-22T08:00:00.000Z",
        authority: Some(r#"{"objectType":"Agent","account":{"homePage":"https://union.example.org","name":"client"}}"#),
        version: "2.0.0",
    }
}

fn written(text: &str) -> anyhow::Result<usize> {
    let batch = prepare(text.as_bytes(), Version::V2_0).map_err(|faults| anyhow!("{}", faults[0]))?;
    let mut body = String::new();
    let mut sum = 0;
    for statement in &batch.statements {
        body.clear();
        statement.body(&stamp(), &mut body);
        sum += std::hint::black_box(&body).len();
    }
    Ok(sum)
}

/// Each statement as a tree, in types, and written again.
fn typed(text: &str) -> anyhow::Result<usize> {
    let list: Vec<Value> = serde_json::from_str(text)?;
    let write = |value: &Value| {
        let statement = Statement::read(value, Version::V2_0).map_err(|faults| anyhow!("{}", faults[0]))?;
        Ok(statement.to_value().to_string().len())
    };
    list.iter().map(write).sum()
}

fn bodies(requests: &[String]) -> anyhow::Result<Vec<String>> {
    let mut bodies = Vec::new();
    for request in requests {
        let batch = prepare(request.as_bytes(), Version::V2_0).map_err(|faults| anyhow!("{}", faults[0]))?;
        for statement in &batch.statements {
            let mut body = String::with_capacity(statement.body_len());
            statement.body(&stamp(), &mut body);
            ensure!(same(&body, &body));
            bodies.push(body);
        }
    }
    Ok(bodies)
}

/// A learner at a course, as content and platforms tell it all day.
fn statement(rng: &mut Rng) -> Value {
    let verb = VERBS[rng.below(VERBS.len() as u64) as usize];
    let (learner, course, lesson) = (rng.below(LEARNERS), rng.below(COURSES), rng.below(12));
    let registration = Uuid::from_digest(&[rng.below(200) as u8; 32]).to_string();
    let mut statement = json!({
        "actor": {"objectType": "Agent", "name": format!("learner {learner}"),
            "account": {"homePage": "https://union.example.org", "name": format!("u{learner:06}")}},
        "verb": {"id": format!("http://adlnet.gov/expapi/verbs/{verb}"), "display": {"en-US": verb, "zh-CN": verb}},
        "object": {"objectType": "Activity", "id": format!("https://union.example.org/xapi/courses/{course}/lessons/{lesson}"),
            "definition": {"type": "http://adlnet.gov/expapi/activities/lesson", "name": {"zh-CN": format!("课程{course}")}}},
        "context": {"registration": registration, "platform": "union-training", "language": "zh-CN", "contextActivities": {
            "parent": [{"id": format!("https://union.example.org/xapi/courses/{course}")}],
            "grouping": [{"id": format!("https://union.example.org/xapi/sections/{}", course % 40)}]}},
        "timestamp": format!("2026-09-{:02}T{:02}:{:02}:00.000Z", 1 + rng.below(30), rng.below(24), rng.below(60)),
    });
    if ["completed", "passed", "failed", "scored", "answered"].contains(&verb) {
        let raw = rng.below(101);
        statement["result"] = json!({
            "score": {"scaled": raw as f64 / 100.0, "raw": raw, "min": 0, "max": 100},
            "success": verb != "failed", "completion": true, "duration": format!("PT{}S", 60 + rng.below(3000))});
    }
    statement
}

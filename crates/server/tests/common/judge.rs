//! A judge with a tablet: marks what he owes, then corrects himself for ever. What the hall does not answer he sends again under the same
//! key, as the tablet does.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::stage::{Staged, id};
use crate::common::visitor::{Visitor, new_key};

/// A mark that the hall has accepted.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub judge: usize,
    pub mark: Value,
    pub position: i64,
}

/// What all judges of a test share.
#[derive(Default)]
pub struct Ledger {
    pub accepted: Mutex<Vec<Accepted>>,
    /// Submissions that got no answer at the first try.
    pub repeated: AtomicU64,
    pub enough: AtomicBool,
}

impl Ledger {
    pub fn count(&self) -> usize {
        self.accepted.lock().unwrap().len()
    }

    pub fn all(&self) -> Vec<Accepted> {
        self.accepted.lock().unwrap().clone()
    }
}

pub fn new_mark_id() -> String {
    static MARKS: AtomicU64 = AtomicU64::new(1);
    format!("mrk_{:020}", u64::from(std::process::id()) * 1_000_000 + MARKS.fetch_add(1, Ordering::Relaxed))
}

/// A mark of something that the judge owes, of whichever run.
pub async fn next_mark(staged: &Staged, judge: &Visitor) -> Value {
    for run in &staged.runs {
        let sheet = judge.get(&staged.path(&format!("/runs/{run}/sheet"))).await;
        if let Some(aspect) = owed(&sheet).find(|aspect| aspect["mine"].is_null()) {
            return mark(run, aspect, 0, None);
        }
    }
    panic!("the judge has marked everything");
}

/// Everything that the judge still owes, of whichever run.
pub async fn marks_owed(staged: &Staged, judge: &Visitor) -> Vec<Value> {
    let mut marks = Vec::new();
    for run in &staged.runs {
        let sheet = judge.get(&staged.path(&format!("/runs/{run}/sheet"))).await;
        marks.extend(owed(&sheet).filter(|aspect| aspect["mine"].is_null()).map(|aspect| mark(run, aspect, 0, None)));
    }
    marks
}

fn owed(sheet: &Value) -> impl Iterator<Item = &Value> {
    let aspects = sheet["aspects"].as_array().unwrap().iter();
    aspects.filter(|aspect| aspect["assigned"] == true && aspect["type"] != "automatic" && aspect["type"] != "theory")
}

fn mark(run: &str, aspect: &Value, step: u64, replaces: Option<&str>) -> Value {
    json!({
        "id": new_mark_id(),
        "run": run,
        "aspect": aspect["code"],
        "round": aspect["round"],
        "value": value(&aspect["how"], step),
        "note": null,
        "replaces": replaces,
        "reason": replaces.map(|_| "复核后更正"),
        "at": kernel::Clock::now(&kernel::SystemClock).to_string(),
    })
}

fn value(how: &Value, step: u64) -> Value {
    let even = step.is_multiple_of(2);
    match how["kind"].as_str().unwrap() {
        // All judges see the same, so that no second round is needed.
        "levels" => json!({"kind": "level", "level": 2}),
        "panel" => json!({"kind": "marks", "marks": format!("{}.00", 1 + step % 2)}),
        "yes_no" => json!({"kind": "yes_no", "yes": even}),
        "steps" if even => json!({"kind": "steps", "met": [how["steps"][0]["code"]]}),
        "steps" => json!({"kind": "steps", "met": []}),
        "deductions" => json!({"kind": "deductions", "counts": {id(&how["deductions"][0]["code"]): step % 2}}),
        "tolerance" => json!({"kind": "measured", "value": how["target"]}),
        other => panic!("nobody marks {other} by hand"),
    }
}

/// Marks until it is enough.
pub async fn mark_on(staged: Arc<Staged>, at: usize, ledger: Arc<Ledger>) {
    let judge = staged.judges[at].clone();
    let mut mine: BTreeMap<(String, String), String> = BTreeMap::new();
    for step in 0.. {
        for run in &staged.runs {
            let sheet = patiently(&ledger, &judge, &Ask::See(staged.path(&format!("/runs/{run}/sheet")))).await;
            for aspect in owed(&sheet) {
                if aspect["type"] == "judgement" && !aspect["mine"].is_null() {
                    continue;
                }
                let place = (run.clone(), id(&aspect["code"]));
                assert_eq!(
                    aspect["mine"]["id"].as_str(),
                    mine.get(&place).map(String::as_str),
                    "the sheet shows what was accepted last"
                );
                let mark = mark(run, aspect, step, aspect["mine"]["id"].as_str());
                let position = submit(&staged, &judge, &ledger, &mark).await;
                mine.insert(place, id(&mark["id"]));
                ledger.accepted.lock().unwrap().push(Accepted { judge: at, mark, position });
                if ledger.enough.load(Ordering::SeqCst) {
                    return;
                }
            }
        }
    }
}

/// Where the mark stands.
async fn submit(staged: &Staged, judge: &Visitor, ledger: &Ledger, mark: &Value) -> i64 {
    let ask = Ask::Submit { path: staged.path("/marks"), key: new_key(), body: json!({"marks": [mark]}) };
    let answer = patiently(ledger, judge, &ask).await;
    assert_eq!(answer["accepted"][0]["id"], mark["id"], "{answer}");
    answer["accepted"][0]["position"].as_i64().unwrap()
}

enum Ask {
    See(String),
    Submit { path: String, key: String, body: Value },
}

/// Asks again until there is an answer. A refusal is a fault of the test or of the hall; silence and "later" are not.
async fn patiently(ledger: &Ledger, judge: &Visitor, ask: &Ask) -> Value {
    loop {
        let answer = match ask {
            Ask::See(path) => judge.try_get(path).await,
            Ask::Submit { path, key, body } => judge.try_post(path, key, body).await,
        };
        match answer {
            Ok((200, answer)) => return answer,
            Ok((503, _)) | Err(_) => {
                ledger.repeated.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok((status, answer)) => panic!("{status} {answer}"),
        }
    }
}

//! A demonstration read by somebody else's program, which knows the standard and nothing of this hall: `clics-archiver` of `xcpcio`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{eventually, eventually_within, temp_dir};

use crate::common::program::{Program, text};
use crate::common::visitor::{Visitor, http};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archiver_of_the_standard_takes_the_whole_contest() {
    let folder = temp_dir();
    let mut demo = Program::start(&[
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--data",
        text(folder.path()),
        "--seed",
        "6",
        "--speed",
        "20",
    ]);
    let mut base = String::new();
    eventually("it says where it is", async || {
        assert!(demo.is_running(), "{}", demo.stderr());
        if let Some(at) = demo.stdout().find("http://") {
            base = demo.stdout()[at..].trim().trim_end_matches('/').to_owned();
        }
        !base.is_empty()
    })
    .await;
    let clics = format!("{base}/clics");
    let get = async |path: &str| -> Value {
        let answer = http().get(format!("{clics}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    };
    let mut contest = String::new();
    eventually("the final is there", async || {
        let contests = get("/contests").await;
        let found = contests.as_array().unwrap().iter().find(|one| one["name"].as_str().unwrap().contains("总决赛"));
        contest = found.map(|one| one["id"].as_str().unwrap().to_owned()).unwrap_or_default();
        !contest.is_empty()
    })
    .await;
    // Until a sheet is complete there are no runs.
    eventually_within(Duration::from_secs(120), "work is judged to its end", async || {
        !get(&format!("/contests/{contest}/runs")).await.as_array().unwrap().is_empty()
    })
    .await;

    // Live: whatever happens meanwhile, it comes to an end, and its feed too.
    let taken = archive(&clics, &contest, &folder.path().join("live")).await;
    assert!(taken["teams"].as_array().unwrap().len() > 70, "{}", taken["teams"]);

    // Frozen, it stands still: the feed leads to the letter to what the collections say.
    let chief = Visitor::by_door(&base, "chief").await;
    chief.post(&format!("/api/contests/{contest}/state"), json!({"to": "frozen"})).await;
    let taken = archive(&clics, &contest, &folder.path().join("frozen")).await;
    let feed = std::fs::read_to_string(folder.path().join("frozen/event-feed.ndjson")).unwrap();
    let mut replayed: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for line in feed.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let id = line["id"].as_str().unwrap_or_default().to_owned();
        replayed.entry(line["type"].as_str().unwrap().to_owned()).or_default().insert(id, line["data"].clone());
    }
    for (name, told) in &replayed {
        let archived = &taken[name.as_str()];
        let archived: BTreeMap<String, Value> = match archived.as_array() {
            Some(list) => list.iter().map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone())).collect(),
            None => BTreeMap::from([(String::new(), archived.clone())]),
        };
        assert!(*told == archived, "{name}: the feed leads elsewhere");
    }
    for name in [
        "contest",
        "state",
        "problems",
        "groups",
        "organizations",
        "teams",
        "persons",
        "languages",
        "judgement-types",
        "submissions",
        "judgements",
        "runs",
        "clarifications",
        "awards",
    ] {
        assert!(replayed.get(name).is_some_and(|told| !told.is_empty()), "{name} is not in the feed");
    }
    assert!(taken["state"]["frozen"].is_string());
    assert!(!taken["scoreboard"]["rows"].as_array().unwrap().is_empty());

    demo.ask_to_stop();
    assert_eq!(demo.ended(Duration::from_secs(15)).await.code(), Some(0), "{}", demo.stderr());
}

/// What the archiver has written, by the names of its files.
async fn archive(clics: &str, contest: &str, into: &Path) -> BTreeMap<String, Value> {
    let arguments = ["--base-url", clics, "--contest-id", contest, "--output", text(into), "--log-level", "INFO"];
    let said = testkit::python_module("xcpcio.app.clics_archiver", &arguments).await;
    assert!(said.contains("Contest package created successfully"), "{said}");
    // It goes on when something can't be read, and says so.
    for complaint in ["ERROR", "WARNING", "Traceback", "not found"] {
        assert!(!said.contains(complaint), "{complaint}: {said}");
    }
    let files = std::fs::read_dir(into).unwrap().map(|file| file.unwrap().path());
    let read = files.filter(|path| path.extension().is_some_and(|kind| kind == "json")).map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap())
    });
    read.collect()
}

//! What happens in a demonstration follows from its seed: the machine may be slow or quick, the end is the same.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{eventually, eventually_within, temp_dir};

use crate::common::program::{Program, root, text};
use crate::common::visitor::{Visitor, http};

/// A final takes five minutes and a half of the play's time, and what the machine needs for it.
const A_FINAL: Duration = Duration::from_secs(400);
const SPEED: &str = "30";

struct Demo {
    program: Program,
    base: String,
    export: PathBuf,
}

impl Demo {
    async fn start(folder: &Path, more: &[&str]) -> Demo {
        let export = folder.join("standing.json");
        let data = folder.join("hall");
        let mut arguments = vec!["demo", "--listen", "127.0.0.1:0", "--data", text(&data), "--export", text(&export)];
        arguments.extend(more);
        let mut program = Program::start(&arguments);
        let mut base = String::new();
        eventually("it says where it is", async || {
            assert!(program.is_running(), "{}", program.stderr());
            if let Some(at) = program.stdout().find("http://") {
                base = program.stdout()[at..].trim().trim_end_matches('/').to_owned();
            }
            !base.is_empty()
        })
        .await;
        Demo { program, base, export }
    }

    /// Signs in as the one who runs everything, once his door is open.
    async fn organiser(&self) -> Visitor {
        eventually("the organiser's door is open", async || {
            let answer = http().get(format!("{}/api/demo/roles", self.base)).send().await.unwrap();
            let roles: Value = answer.json().await.unwrap();
            roles["items"].as_array().unwrap().iter().any(|door| door["key"] == "organiser")
        })
        .await;
        Visitor::by_door(&self.base, "organiser").await
    }

    async fn contest(&self, organiser: &Visitor, scheme: &str) -> String {
        let contests = organiser.list("/api/contests").await;
        for contest in contests {
            let id = contest["id"].as_str().unwrap();
            if organiser.get(&format!("/api/contests/{id}")).await["scheme_id"] == scheme {
                return id.to_owned();
            }
        }
        panic!("no contest of {scheme}");
    }

    async fn stop(&mut self) {
        self.program.ask_to_stop();
        assert_eq!(self.program.ended(Duration::from_secs(30)).await.code(), Some(0), "{}", self.program.stderr());
        assert!(!self.program.stderr().contains("a part of the demonstration"), "{}", self.program.stderr());
    }

    fn standing(&self) -> Value {
        serde_json::from_slice(&std::fs::read(&self.export).unwrap()).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_finals_of_one_seed_end_alike() {
    let folders = [temp_dir(), temp_dir()];
    let arguments = ["--scenario", "final", "--seed", "42", "--speed", SPEED];
    let mut demos =
        [Demo::start(folders[0].path(), &arguments).await, Demo::start(folders[1].path(), &arguments).await];
    for demo in &mut demos {
        eventually_within(A_FINAL, "the final comes to its end", async || {
            assert!(demo.program.is_running(), "{}", demo.program.stderr());
            demo.export.exists()
        })
        .await;
    }
    // By the API, whatever the export says.
    let mut rankings = Vec::new();
    for demo in &demos {
        let organiser = demo.organiser().await;
        let contest = demo.contest(&organiser, "robot-maintenance").await;
        assert_eq!(organiser.get(&format!("/api/contests/{contest}")).await["state"], "final");
        let mut ranking = organiser.list(&format!("/api/contests/{contest}/ranking")).await;
        let numbers = organiser.list(&format!("/api/contests/{contest}/entries")).await;
        for ranked in &mut ranking {
            let entry = numbers.iter().find(|entry| entry["id"] == ranked["entry"]).unwrap();
            (ranked["entry"], ranked["team"]) = (entry["no"].clone(), entry["team_name"].clone());
        }
        rankings.push(ranking);
    }
    assert_eq!(rankings[0].len(), 77);
    for (ranked, again) in rankings[0].iter().zip(&rankings[1]) {
        assert_eq!(ranked, again);
    }
    let standing = demos[0].standing();
    let (verdicts, again) = (standing["verdicts"].as_array().unwrap(), demos[1].standing()["verdicts"].clone());
    for (at, verdict) in verdicts.iter().enumerate() {
        assert_eq!(*verdict, again[at], "verdict {at}");
    }
    let bytes = demos.each_ref().map(|demo| std::fs::read(&demo.export).unwrap());
    assert!(bytes[0] == bytes[1], "the exports differ");

    // And it was worth it: everything is marked, and the referee had something to say on every rule.
    assert_eq!(standing["format"], "guildhall/standing/1");
    assert_eq!(standing["contest"]["state"], "final");
    let first = &standing["entries"][0];
    assert_eq!((&first["rank"], first["modules"].as_object().unwrap().len()), (&json!(1), 5), "{first}");
    assert!(standing["entries"].as_array().unwrap().iter().all(|entry| entry["aspects_done"] == first["aspects_done"]));
    for rule in ["grip-force", "cycle-time", "fault-cleared", "joint-temperature"] {
        assert!(verdicts.iter().any(|verdict| verdict["rule"] == rule), "{rule}");
    }
    assert!(verdicts.iter().all(|verdict| verdict["offset_ms"].as_i64().is_some_and(|ms| (0..=12_000).contains(&ms))));
    for demo in &mut demos {
        demo.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_seed_is_another_contest() {
    let folders = [temp_dir(), temp_dir()];
    let mut standings = Vec::new();
    for (folder, seed) in folders.iter().zip(["42", "43"]) {
        let mut demo = Demo::start(folder.path(), &["--seed", seed]).await;
        let organiser = demo.organiser().await;
        let contest = demo.contest(&organiser, "robot-maintenance").await;
        eventually("the first run is open", async || {
            !organiser.list(&format!("/api/contests/{contest}/runs?state=open")).await.is_empty()
        })
        .await;
        assert!(!demo.export.exists(), "nothing is written before its time");
        demo.stop().await;
        standings.push(demo.standing());
    }
    let ranked = |standing: &Value| -> Vec<(Value, Value)> {
        let entries = standing["entries"].as_array().unwrap();
        entries.iter().map(|entry| (entry["no"].clone(), entry["total"].clone())).collect()
    };
    for standing in &standings {
        assert_eq!(standing["contest"]["state"], "live");
        assert_eq!(ranked(standing).len(), 77);
    }
    assert_ne!(ranked(&standings[0]), ranked(&standings[1]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_robots_run_is_judged_as_a_replay_judges_it() {
    let folder = temp_dir();
    let mut demo = Demo::start(folder.path(), &["--seed", "7", "--speed", SPEED]).await;
    let organiser = demo.organiser().await;
    let mut contest = String::new();
    eventually("the robot's contest is there", async || {
        contest = match organiser.list("/api/contests").await.len() {
            2 => demo.contest(&organiser, "cobot-day").await,
            _ => String::new(),
        };
        !contest.is_empty()
    })
    .await;
    let mut run = Value::Null;
    eventually_within(A_FINAL, "the robot's first run is judged", async || {
        let closed = organiser.list(&format!("/api/contests/{contest}/runs?state=closed")).await;
        run = closed.iter().find(|run| run["judged"] == true).cloned().unwrap_or_default();
        !run.is_null()
    })
    .await;
    let runs = organiser.list(&format!("/api/contests/{contest}/runs")).await;
    let verdicts =
        organiser.list(&format!("/api/contests/{contest}/verdicts?run={}", run["id"].as_str().unwrap())).await;
    demo.stop().await;

    let scheme = std::fs::read_to_string(root().join("catalogue/contests/cobot-day/scheme.yaml")).unwrap();
    let scheme = catalogue::load_scheme(&scheme).0.unwrap();
    let day = telemetry::Recording::open(root().join("catalogue/recordings/ur3-cobotops.mcap")).unwrap();
    let ticks: Vec<telemetry::Tick> = day.ticks().collect();
    let part = demo::parts_of_the_day(&ticks, runs.len())[0];
    let started = part[0].at;
    let cut = folder.path().join("part.mcap");
    let about = telemetry::RunMetadata { started: Some(started), ..telemetry::RunMetadata::default() };
    let mut recorder = telemetry::Recorder::create(&cut, &about).unwrap();
    for tick in part {
        recorder.tick(tick).unwrap();
    }
    let elapsed_ns = run["elapsed_ms"].as_i64().unwrap() * 1_000_000;
    recorder.finish(Some(kernel::Nanos(started.0 + elapsed_ns))).unwrap();
    let replayed = telemetry::replay::judge(&telemetry::Recording::open(&cut).unwrap(), &scheme, None).unwrap();

    // The run is of one module; a replay judges all of them.
    let module = run["module"].as_str().unwrap();
    let expected: Vec<Value> = replayed
        .verdicts
        .iter()
        .filter(|verdict| verdict.aspect.starts_with(module))
        .map(|verdict| {
            json!({
                "rule": &*verdict.rule,
                "aspect": &*verdict.aspect,
                "outcome": verdict.outcome.code(),
                "marks": verdict.marks.to_string(),
                "offset_ms": (verdict.at.0 - started.0) / 1_000_000,
                "en": verdict.evidence.sentence.en,
            })
        })
        .collect();
    let opened = run["opened_at_ms"].as_i64().unwrap();
    let found: Vec<Value> = verdicts
        .iter()
        .rev()
        .map(|verdict| {
            json!({
                "rule": verdict["rule"],
                "aspect": verdict["aspect"],
                "outcome": verdict["outcome"],
                "marks": verdict["marks"],
                "offset_ms": verdict["at_ms"].as_i64().unwrap() - opened,
                "en": verdict["evidence"]["sentence"]["en"],
            })
        })
        .collect();
    assert!(expected.len() > 20, "{} verdicts", expected.len());
    for (at, verdict) in expected.iter().enumerate() {
        assert_eq!(found.get(at), Some(verdict), "verdict {at}");
    }
    assert_eq!(found.len(), expected.len());
}

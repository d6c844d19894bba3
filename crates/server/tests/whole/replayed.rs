//! A recording is judged twice by the same scheme: the same bytes come out. And a fault of the scheme is told with its place.

use std::path::PathBuf;

use serde_json::Value;
use testkit::temp_dir;

use crate::common::program::{root, run, text};

fn recording() -> PathBuf {
    root().join("catalogue/recordings/ur3-cobotops.mcap")
}

fn scheme() -> PathBuf {
    root().join("catalogue/contests/cobot-day/scheme.yaml")
}

#[tokio::test]
async fn a_replay_gives_the_same_bytes_each_time() {
    let (recording, scheme) = (recording(), scheme());
    let arguments = ["replay", text(&recording), "--scheme", text(&scheme), "--format", "json"];
    let (first, second) = (run(&arguments).await, run(&arguments).await);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert!(first.stdout == second.stdout, "two replays differ");

    let lines: Vec<Value> = first.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (totals, verdicts) = lines.split_last().unwrap();
    assert!(verdicts.len() > 100, "{} verdicts", verdicts.len());
    for verdict in verdicts {
        for field in ["rule", "aspect", "at", "outcome", "marks", "evidence"] {
            assert!(!verdict[field].is_null(), "{field} is missing: {verdict}");
        }
    }
    let aspects = totals["totals"]["aspects"].as_object().unwrap();
    assert!(aspects.keys().any(|code| code == "B1.2"), "{totals}");
    for (code, total) in aspects {
        let number = |name: &str| total[name].as_str().unwrap().parse::<f64>().unwrap();
        assert!((0.0..=number("max")).contains(&number("mark")), "{code}: {total}");
        let told = verdicts.iter().filter(|verdict| verdict["aspect"] == code.as_str()).count();
        assert_eq!(total["verdicts"], told, "{code}");
    }

    let people = run(&["replay", text(&recording), "--scheme", text(&scheme), "--format", "text"]).await;
    assert_eq!(people.code, Some(0), "{}", people.stderr);
    assert!(!people.stdout.is_empty());
}

/// The catalogue's recording follows from the published table; anybody can make it again.
#[tokio::test]
async fn the_recording_can_be_made_again() {
    let folder = temp_dir();
    let table = root().join("fixtures/traces/ur3_cobotops.csv.zst");
    let made = folder.path().join("made.mcap");
    let done = run(&["convert", text(&table), text(&made)]).await;
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.contains("7409 rows read"), "{}", done.stdout);
    assert!(std::fs::read(&made).unwrap() == std::fs::read(recording()).unwrap(), "the recording differs");
}

#[tokio::test]
async fn a_fault_of_the_scheme_is_told_with_line_and_column() {
    let folder = temp_dir();
    let faulty = folder.path().join("scheme.yaml");
    let good = std::fs::read_to_string(scheme()).unwrap();
    std::fs::write(&faulty, good.replacen("rises: protective_stop", "rises: protective_stopp", 1)).unwrap();
    let line = 1 + good.lines().position(|line| line.contains("rises: protective_stop")).unwrap();
    let done = run(&["replay", text(&recording()), "--scheme", text(&faulty)]).await;
    done.refuses(&[&format!("{line}:"), "protective_stop"]);
    let told = done.stderr.lines().any(|said| {
        let mut parts = said.trim().splitn(3, ':');
        parts.next() == Some(&line.to_string())
            && parts.next().is_some_and(|column| column.trim().parse::<u32>().is_ok())
    });
    assert!(told, "line:column is missing: {}", done.stderr);
    assert_eq!(done.stdout, "");
}

#[tokio::test]
async fn what_is_no_recording_is_refused() {
    let folder = temp_dir();
    let (scheme, recording) = (scheme(), recording());
    run(&["replay", "/nowhere/a.mcap", "--scheme", text(&scheme)]).await.refuses(&["/nowhere/a.mcap"]);
    run(&["replay", text(&scheme), "--scheme", text(&scheme)]).await.refuses(&["scheme.yaml"]);
    run(&["replay", text(&recording), "--scheme", "/nowhere/s.yaml"]).await.refuses(&["/nowhere/s.yaml"]);
    run(&["replay", text(&recording), "--scheme", text(&scheme), "--station", "X9"]).await.refuses(&["X9"]);

    let csv = folder.path().join("cell.csv");
    std::fs::write(&csv, "time,force\n1,2\n").unwrap();
    let kept = folder.path().join("kept.mcap");
    std::fs::write(&kept, "somebody's").unwrap();
    run(&["convert", text(&csv), text(&kept)]).await.refuses(&["kept.mcap"]);
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "somebody's");
    run(&["convert", "/nowhere/cell.csv", text(&folder.path().join("new.mcap"))]).await.refuses(&["/nowhere/cell.csv"]);
}

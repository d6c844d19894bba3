//! The real robot's day, judged by the shipped scheme: the same bytes every time, and the figures that another program
//! counted in the published table.

use std::path::{Path, PathBuf};

use referee::Outcome;
use telemetry::replay::{Format, Options, ReplayFault, Replayed, replay};

fn catalogue(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue").join(path)
}

fn day() -> (PathBuf, String) {
    let scheme = std::fs::read_to_string(catalogue("contests/cobot-day/scheme.yaml")).unwrap();
    (catalogue("recordings/ur3-cobotops.mcap"), scheme)
}

fn judged(format: Format) -> (Replayed, String) {
    let (recording, scheme) = day();
    let mut out = Vec::new();
    let replayed = replay(&recording, &scheme, &Options { station: None, format }, &mut out).unwrap();
    (replayed, String::from_utf8(out).unwrap())
}

/// Rising edges between two rows that both know the signal, counted in the published table by another program.
#[test]
fn the_verdicts_are_what_happened() {
    let (replayed, _) = judged(Format::Json);
    let met = |rule: &str| replayed.verdicts.iter().filter(|v| &*v.rule == rule && v.outcome == Outcome::Met).count();
    let counts = ["protective-stop", "lost-grip", "shoulder-current", "base-current", "cycles-done"].map(met);
    assert_eq!(counts, [107, 76, 49, 50, 247]);
}

#[test]
fn the_same_recording_gives_the_same_bytes() {
    let (replayed, lines) = judged(Format::Json);
    assert_eq!(judged(Format::Json).1, lines);
    assert_eq!(lines.lines().count(), replayed.verdicts.len() + 1);
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        if line.get("totals").is_none() {
            for field in ["rule", "aspect", "at", "outcome", "marks", "evidence"] {
                assert!(line.get(field).is_some(), "{line}");
            }
        }
    }
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["verdicts"], replayed.verdicts.len());
    assert_eq!(last["totals"]["total"], replayed.total.to_string());
    assert_eq!(last["samples"], 162_998);
    assert_eq!(last["recording_sha256"].as_str().unwrap().len(), 64);
    assert_eq!(replayed.misfits, []);
}

#[test]
fn totals_are_the_sums_of_their_parts() {
    let (replayed, _) = judged(Format::Json);
    assert_eq!(replayed.modules.iter().map(|(_, mark)| *mark).sum::<kernel::Mark>(), replayed.total);
    for aspect in &replayed.aspects {
        assert!(aspect.mark <= aspect.max && aspect.mark >= kernel::Mark::ZERO, "{aspect:?}");
    }
}

#[test]
fn people_can_read_it_in_both_languages() {
    let (replayed, said) = judged(Format::Text);
    assert!(said.contains("合计 total: "));
    assert!(said.contains(&format!("memory of the rules: {} KiB", replayed.memory.fixed_bytes.div_ceil(1024))));
}

#[test]
fn a_faulty_scheme_is_refused_with_its_places() {
    let (recording, scheme) = day();
    let faulty = scheme.replacen("rises: protective_stop", "rises: protective_stopp", 1).replacen(
        "version: 1",
        "version: one",
        1,
    );
    let fault =
        replay(&recording, &faulty, &Options { station: None, format: Format::Json }, &mut Vec::new()).unwrap_err();
    let ReplayFault::Scheme(_) = &fault else { panic!("{fault}") };
    let texts = fault.texts();
    assert!(texts.iter().all(|text| text.en.starts_with("line ") && text.zh.starts_with("第 ")), "{texts:?}");
    // A word for a word, and advice where it isn't as simple.
    let printed = fault.to_string();
    for (zh, en) in [
        ("没有声明信号 `protective_stopp`；是否想写 `protective_stop`？", "declared; did you mean `protective_stop`?"),
        ("`one` 不是整数；写作 `version: 1`", "`one` is no whole number; write `version: 1`"),
    ] {
        assert!(texts.iter().any(|text| text.zh.ends_with(zh) && text.en.ends_with(en)), "{texts:?}");
        assert!(printed.contains(zh) && printed.contains(en), "{printed}");
    }
    assert!(
        replay(
            &recording,
            &scheme,
            &Options { station: Some("S99".to_owned()), format: Format::Json },
            &mut Vec::new()
        )
        .is_err()
    );
}

/// A request whose checkpoint no rule knows changes no verdict; so it is named, with what was probably meant.
#[test]
fn a_request_that_no_rule_waits_for_is_named() {
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let case = gallery.join("20-repaired-on-request");
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
    let head = read(gallery.join("head.yaml"));
    let named = head.clone() + &read(case.join("rule.yaml"));
    let any = named.replacen("{request: repaired}", "{request: any}", 1);
    let none = head + &read(gallery.join("01-excess-force/rule.yaml"));
    assert!(any != named);
    let folder = tempfile::tempdir().unwrap();
    let (requests, recording) = (folder.path().join("requests.csv"), folder.path().join("recording.mcap"));
    std::fs::write(&requests, "t,checkpoint\n4.5,repaird\n5,repaired\n10,\n").unwrap();
    let options = telemetry::convert::Options { station: None, requests: Some(requests) };
    telemetry::convert::convert(&case.join("recording.csv"), &recording, &options).unwrap();
    let judged = |scheme: &str, format| {
        let mut out = Vec::new();
        let replayed = replay(&recording, scheme, &Options { station: None, format }, &mut out).unwrap();
        (replayed, String::from_utf8(out).unwrap())
    };

    let (replayed, lines) = judged(&named, Format::Json);
    assert_eq!(replayed.verdicts.len(), 2);
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(
        last["unjudged_requests"],
        serde_json::json!([{
            "at": "1970-01-01T00:00:04.5Z",
            "checkpoint": "repaird",
            "note": {
                "zh": "1970-01-01T00:00:04.5Z 在检查点“repaird”的评判请求：没有规则等待它；是否想写 `repaired`？",
                "en": "request at the checkpoint \"repaird\" at 1970-01-01T00:00:04.5Z: no rule waits for it; did you mean `repaired`?",
            },
        }])
    );
    let (_, said) = judged(&named, Format::Text);
    assert!(said.contains("没有规则等待它；是否想写 `repaired`？\n"), "{said}");
    assert!(said.contains("no rule waits for it; did you mean `repaired`?\n"), "{said}");

    let (replayed, lines) = judged(&any, Format::Json);
    assert_eq!(replayed.unjudged, []);
    assert!(!lines.contains("unjudged_requests"));

    let (replayed, said) = judged(&none, Format::Text);
    let asked: Vec<Option<&str>> = replayed.unjudged.iter().map(|request| request.checkpoint.as_deref()).collect();
    assert_eq!(asked, [Some("repaird"), Some("repaired"), None]);
    assert!(said.contains("request at 1970-01-01T00:00:10Z: no rule waits for any"), "{said}");
}

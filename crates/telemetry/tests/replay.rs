//! The real robot's day, judged by the shipped scheme: the same bytes every time, and the figures that another program
//! counted in the published table.

use std::path::{Path, PathBuf};

use kernel::Lang;
use telemetry::Recording;
use telemetry::replay::{Format, ReplayFault, Replayed, replay};

fn catalogue(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue").join(path)
}

fn day() -> (Recording, String) {
    let recording = Recording::open(catalogue("recordings/ur3-cobotops.mcap")).unwrap();
    (recording, std::fs::read_to_string(catalogue("contests/cobot-day/scheme.yaml")).unwrap())
}

fn judged(format: Format) -> (Replayed, String) {
    let (recording, scheme) = day();
    let mut out = Vec::new();
    let replayed = replay(&recording, &scheme, None, format, &mut out).unwrap();
    (replayed, String::from_utf8(out).unwrap())
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
    assert!(judged(Format::Text(Lang::En)).1.contains("total: "));
    assert!(judged(Format::Text(Lang::Zh)).1.contains("合计: "));
}

#[test]
fn a_faulty_scheme_is_refused_with_its_places() {
    let (recording, scheme) = day();
    let faulty = scheme.replacen("rises: protective_stop", "rises: protective_stopp", 1);
    let fault = replay(&recording, &faulty, None, Format::Json, &mut Vec::new()).unwrap_err();
    let ReplayFault::Scheme(_) = &fault else { panic!("{fault}") };
    let texts = fault.texts();
    assert!(texts[0].en.starts_with("line ") && texts[0].zh.starts_with("第 "), "{texts:?}");
    assert!(replay(&recording, &scheme, Some("S99"), Format::Json, &mut Vec::new()).is_err());
}

//! The gallery of `docs/referee.md`: rules in the manner of real contests, each with a small recording and the verdicts
//! that an expert would give. Every folder below `gallery/` is a case.
//!
//! `rule.yaml` is what stands in a scheme file, `recording.csv` is converted as anybody's table is, `requests.csv` says
//! when the competitor asked, and `verdicts.json` was written by hand.

use std::fs;
use std::path::{Path, PathBuf};

use kernel::Nanos;
use serde_json::{Value, json};
use telemetry::convert::{Options, convert};
use telemetry::replay::judge;
use telemetry::{Recorder, Recording};

/// The rest of a scheme, which the gallery leaves out.
const HEAD: &str = "\
format: guildhall/scheme/1
id: gallery
version: 1
title: {zh: 规则集锦, en: Gallery}
abilities: [{code: skill, name: {zh: 技能, en: Skill}}]
modules:
  - code: A
    name: {zh: 模块, en: Module}
    criteria:
      - code: A
        name: {zh: 评分点, en: Criterion}
        aspects:
          - {code: A1, name: {zh: 评分项, en: Aspect}, type: automatic, max: 100, abilities: [skill], policy: automatic}
ranking: {ties: [{practice: true}]}
";

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn seconds(text: &str) -> Nanos {
    Nanos((text.parse::<f64>().unwrap() * 1e9).round() as i64)
}

/// The table as a recording, with the requests in it.
fn recording(case: &Path, folder: &Path) -> Recording {
    let table = folder.join("table.mcap");
    let report = convert(&case.join("recording.csv"), &table, &Options::default()).unwrap();
    assert_eq!((report.skipped.count, report.unreadable.count, report.reordered.count), (0, 0, 0), "{case:?}");
    let recording = Recording::open(table).unwrap();
    let Ok(requests) = fs::read_to_string(case.join("requests.csv")) else { return recording };
    let path = folder.join("with-requests.mcap");
    let mut recorder = Recorder::create(&path, recording.about()).unwrap();
    let station = recording.station(None).unwrap();
    recorder.declare(&station, &report.signals).unwrap();
    for tick in recording.ticks() {
        recorder.tick(&tick).unwrap();
    }
    for line in requests.lines().skip(1) {
        let (at, checkpoint) = line.split_once(',').unwrap();
        recorder.request(&station, seconds(at), Some(checkpoint)).unwrap();
    }
    recorder.finish(recording.about().ended).unwrap();
    Recording::open(path).unwrap()
}

#[test]
fn every_case_is_judged_as_written() {
    let cases = cases();
    assert!(cases.len() >= 20);
    for case in &cases {
        let folder = tempfile::tempdir().unwrap();
        let rule = fs::read_to_string(case.join("rule.yaml")).unwrap();
        let (scheme, faults) = catalogue::load_scheme(&format!("{HEAD}{rule}"));
        let scheme = scheme.unwrap_or_else(|| panic!("{case:?}: {faults:?}"));
        let judged = judge(&recording(case, folder.path()), &scheme, None).unwrap();
        assert_eq!(judged.misfits, [], "{case:?}");
        let found: Vec<Value> = judged
            .verdicts
            .iter()
            .map(|verdict| {
                json!({
                    "rule": &*verdict.rule,
                    "at": verdict.at.0 as f64 / 1e9,
                    "outcome": verdict.outcome.code(),
                    "marks": verdict.marks.to_string(),
                })
            })
            .collect();
        let expected: Vec<Value> = serde_json::from_slice(&fs::read(case.join("verdicts.json")).unwrap()).unwrap();
        let sentences: Vec<_> = judged.verdicts.iter().map(|verdict| &verdict.evidence.sentence.en).collect();
        assert_eq!(found, expected, "{case:?}\n{sentences:#?}");
        assert!(
            judged.verdicts.iter().all(|verdict| !verdict.evidence.sentence.zh.is_empty()),
            "{case:?}: a verdict without words"
        );
    }
}

/// The editors' JSON Schema knows everything that the gallery writes.
#[test]
fn every_case_has_the_shape_of_the_schema() {
    for case in cases() {
        let rule = fs::read_to_string(case.join("rule.yaml")).unwrap();
        catalogue::check_shape(&format!("{HEAD}{rule}")).unwrap_or_else(|fault| panic!("{case:?}: {fault}"));
    }
}

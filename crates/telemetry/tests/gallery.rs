//! The gallery of `docs/referee.md`: rules in the manner of real contests, each with a small recording and the verdicts
//! that an expert would give. Every folder below `gallery/` is a case.
//!
//! `rule.yaml` is what stands in a scheme file below `head.yaml`, `recording.csv` is converted as anybody's table is, `requests.csv` says
//! when the competitor asked, and `verdicts.json` was written by hand.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use telemetry::Recording;
use telemetry::convert::{Options, convert};
use telemetry::replay::judge;

/// What a scheme needs besides its rules.
const HEAD: &str = include_str!("gallery/head.yaml");

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

/// The table as a recording, with the requests in it.
fn recording(case: &Path, folder: &Path) -> Recording {
    let output = folder.join("recording.mcap");
    let requests = Some(case.join("requests.csv")).filter(|path| path.exists());
    let report = convert(&case.join("recording.csv"), &output, &Options { station: None, requests }).unwrap();
    assert_eq!((report.skipped.count, report.unreadable.count, report.reordered.count), (0, 0, 0), "{case:?}");
    Recording::open(output).unwrap()
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

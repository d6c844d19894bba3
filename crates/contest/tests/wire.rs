//! Events that were written once load for ever: one sample of each kind, as it stands in somebody's database.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use contest::event::Happened;
use serde_json::Value;

/// Of every version.
fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire/contest_event");
    let versions = fs::read_dir(&folder).unwrap().map(|version| version.unwrap().path());
    versions.flat_map(|version| fs::read_dir(version).unwrap()).map(|file| file.unwrap().path()).collect()
}

#[test]
fn every_event_that_was_ever_written_loads() {
    let mut kinds = BTreeSet::new();
    for path in samples() {
        let text = fs::read_to_string(&path).unwrap();
        let written: Value = serde_json::from_str(&text).unwrap();
        let happened: Happened =
            serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{} doesn't load: {fault}", path.display()));
        assert_eq!(written["kind"], happened.kind(), "{}", path.display());
        assert_eq!(serde_json::to_value(&happened).unwrap(), written, "{} loses something", path.display());
        kinds.insert(happened.kind());
    }
    let all = [
        "appeal_answered",
        "appeal_made",
        "appeal_withdrawn",
        "clock",
        "corrected",
        "decided",
        "draw_committed",
        "draw_undoing",
        "draw_undone",
        "entry_rechecked",
        "equipment_set",
        "imported",
        "judge_excused",
        "judge_returned",
        "lots_drawn",
        "mark",
        "photo_added",
        "photo_withdrawn",
        "plan_changed",
        "problem",
        "problem_settled",
        "recheck_ordered",
        "requested",
        "round_opened",
        "rules_published",
        "rules_shadowed",
        "signed",
        "state",
        "verdict",
        "verdict_amended",
        "verdict_taken_back",
        "watched",
    ];
    assert_eq!(kinds, BTreeSet::from(all), "a sample of each kind");
}

#[test]
fn every_way_of_marking_has_its_sample() {
    let mut ways = BTreeSet::new();
    for path in samples() {
        let written: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        ways.extend(written["value"]["kind"].as_str().map(str::to_owned));
    }
    let all = ["deductions", "level", "marks", "measured", "observed", "steps", "yes_no"].map(str::to_owned);
    assert_eq!(ways, BTreeSet::from(all));
}

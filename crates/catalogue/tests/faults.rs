//! A table of bad scheme files: each mistake is found at its line and column, and all of them at once.

use catalogue::{Severity, load_scheme};

const GOOD: &str = r#"format: guildhall/scheme/1
id: small
version: 1
title: {zh: 小赛, en: Small}
abilities:
  - {code: hand, name: {zh: 手, en: Hand}}
groups: []
modules:
  - code: A
    name: {zh: 甲, en: A}
    criteria:
      - code: A1
        name: {zh: 一, en: One}
        aspects:
          - {code: A1.1, name: {zh: 是否, en: Yes}, type: measurement, max: 40, abilities: [hand]}
          - {code: A1.2, name: {zh: 自动, en: Auto}, type: automatic, max: 60, abilities: [hand]}
ranking: {ties: [{module: A}], shared: true}
teams: {total: sum, then: time}
signals:
  force: {type: real, unit: N, stale_after: 2s}
  grip: {type: bool}
rules:
  - id: grip
    aspect: A1.2
    says: {zh: 夹紧, en: Gripped}
    on: {rises: "grip && force > 40N"}
    award: 2.5
"#;

fn said(yaml: &str) -> Vec<String> {
    let (loaded, faults) = load_scheme(yaml);
    assert_eq!(loaded.is_some(), faults.iter().all(|fault| fault.severity == Severity::Warning));
    assert!(faults.iter().all(|fault| !fault.text.zh.is_empty() && fault.text.zh != fault.text.en), "{faults:?}");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_file_has_no_faults() {
    assert_eq!(said(GOOD), Vec::<String>::new());
}

#[test]
fn one_mistake_one_fault_at_its_place() {
    let mut wrong = Vec::new();
    for (written, instead, expected) in [
        ("version: 1", "version: one", "3:10: error: version: `one` is wrong, a whole number, such as 3 is expected"),
        ("version: 1", "versoin: 1", "3:1: error: versoin: there is no field `versoin` here"),
        (
            "scheme/1",
            "scheme/9",
            "1:9: error: format: `guildhall/scheme/9` is unknown; possible are guildhall/scheme/1 (guildhall/scheme/1?)",
        ),
        ("en: Small", "fr: Petit", "4:8: error: title.en: `en` is missing"),
        ("title: {zh: 小赛, en: Small}", "title: Small", "4:8: error: title: write both languages: {zh: …, en: Small}"),
        (
            "abilities: [hand]}\n          - {code: A1.2",
            "abilities: [hnad]}\n          - {code: A1.2",
            "15:91: error: modules[0].criteria[0].aspects[0].abilities[0]: the ability `hnad` isn't declared (hand?)",
        ),
        ("code: A1.2", "code: A1.1", "16:20: error: modules[0].criteria[0].aspects[1].code: code A1.1 is used twice"),
        (
            "type: measurement",
            "type: mesurement",
            "15:57: error: modules[0].criteria[0].aspects[0].type: `mesurement` is unknown; possible are measurement, judgement, automatic, theory (measurement?)",
        ),
        (
            "max: 40",
            "max: 40.005",
            "15:75: error: modules[0].criteria[0].aspects[0].max: `40.005` is wrong, marks with at most two decimals, such as 2.75 is expected",
        ),
        ("max: 40", "max: -1", "15:75: error: modules[0].criteria[0].aspects[0].max: must be more than 0"),
        ("max: 40", "max: 30", "9:3: warning: modules: the scheme adds up to 90.00, usual are 100"),
        ("[{module: A}]", "[{module: B}]", "17:"),
        (
            "type: real",
            "type: float",
            "20:17: error: signals.force.type: `float` is unknown; possible are bool, integer, real, text",
        ),
        ("stale_after: 2s", "stale_after: 2", "20:45: error: signals.force.stale_after: `2` is no duration"),
        (
            "grip: {type: bool}",
            "grip: {type: bool, unit: N}",
            "21:28: error: signals.grip.unit: only a real has a unit",
        ),
        ("force > 40N", "forse > 40N", "26:26: error: rules[0].on.rises: the signal `forse` isn't declared (force?)"),
        ("force > 40N", "force > 40mm", "26:32: error: rules[0].on.rises: the units of both sides differ"),
        (
            "force > 40N",
            "force >",
            "26:33: error: rules[0].on.rises: the condition stops too early: a value is expected here",
        ),
        (
            "aspect: A1.2",
            "aspect: A1.1",
            "24:13: error: rules[0].aspect: the aspect A1.1 is not automatic, no rule can mark it",
        ),
        ("aspect: A1.2", "aspect: A1.3", "24:13: error: rules[0].aspect: there is no aspect A1.3 (A1.2?)"),
        (
            "award: 2.5",
            "deduct: 2.5",
            "16:13: warning: modules[0].criteria[0].aspects[1]: A1.2 starts at zero and only has deductions",
        ),
        ("award: 2.5", "award: -2.5", "27:12: error: rules[0].award: not negative: award gives, deduct takes"),
        ("    award: 2.5\n", "", "23:5: error: rules[0].award: award or deduct is missing"),
        (
            "on: {rises",
            "on: {raises",
            "26:10: error: rules[0].on.raises: there is no field `raises` here; possible are rises, falls, changes, request, begins, ends, agree (rises?)",
        ),
        (
            "rises: \"grip && force > 40N\"}",
            "rises: grip}\n    then: {falls: grip, within: 3}",
            "27:33: error: rules[0].then.within: the duration `3` needs a unit (3s?)",
        ),
        (
            "rises: \"grip && force > 40N\"}",
            "rises: grip}\n    then: {falls: grip, within: 3s, unless: {rises: force > 4}, unles: 1}",
            "27:65: error: rules[0].then.unles: there is no field `unles` here; possible are rises, falls, changes, request, begins, ends, agree, within, unless (unless?)",
        ),
        (
            "rises: \"grip && force > 40N\"}",
            "rises: grip}\n    without: {falls: grip}",
            "27:14: error: rules[0].without: write exactly one of within (after it) and before (before it)",
        ),
        ("on: {rises: \"grip && force > 40N\"}", "absent: {rises: grip}", "23:5: error: rules[0].by: `by` is missing"),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "check: {percentile: force, p: 120, between: [1N, ~]}",
            "26:35: error: rules[0].check.p: the percentile `120` must be a number from 0 to 100 with at most four decimals, such as 95",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "check: {time_in_band: force, band: [1N, 2mm], between: [1s, ~]}",
            "26:45: error: rules[0].check.band[1]: the unit of `2mm` doesn't fit here",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "sequence: [{rises: grip}, {falls: gripp, within: 2}]",
            "26:39: error: rules[0].sequence[1].falls: the signal `gripp` isn't declared (grip?)",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "sequence: [{rises: grip}, {falls: grip}]\n    per: steps",
            "27:10: error: rules[0].per: `steps` is unknown; possible are sequence, step (step?)",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "on: {agree: [grip, forse > 40N]}",
            "26:24: error: rules[0].on.agree.witnesses[1]: the signal `forse` isn't declared (force?)",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "on: {agree: {witnesses: [grip, force > 40mm], at_least: 2}}",
            "26:42: error: rules[0].on.agree.witnesses[1]: the units of both sides differ",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "on: {agree: {witnesses: [grip, force > 40N], at_least: 3, within: 2s}}",
            "26:60: error: rules[0].on.agree.at_least: at_least must lie between 2 and 2",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "on: {agree: {witnesses: [grip, force > 40N], of: 2}}",
            "26:50: error: rules[0].on.agree.of: there is no field `of` here; possible are witnesses, at_least, within",
        ),
        ("on: {rises: \"grip && force > 40N\"}", "on: {agree: grip}", "26:17: error: rules[0].on.agree:"),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "forbidden: [{rises: grip}]",
            "26:16: error: rules[0].forbidden: write two events: [what must not come first, what must come before it]",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "while: force\n    per: second",
            "26:12: error: rules[0].while: a condition is true or false, this is a number",
        ),
        (
            "award: 2.5",
            "award: 2.5\n    gate: [grip]",
            "28:11: error: rules[0].gate: these rules wait for each other: grip → grip",
        ),
        ("award: 2.5", "award: 2.5\n    gate: grib", "28:11: error: rules[0].gate[0]: there is no rule `grib` (grip?)"),
        (
            "award: 2.5",
            "award: 2.5\n    best_of: 3",
            "28:14: error: rules[0].best_of: an attempt is a phase, say which one under during",
        ),
        (
            "award: 2.5",
            "award: 2.5\n    min_total: 1",
            "28:16: error: rules[0].min_total: the floor can't be above zero",
        ),
        ("id: small", "id: small\nid: again", "3:1: error: this is no valid YAML"),
        ("groups: []", "groups: [", "error: this is no valid YAML"),
        ("groups: []", "groups: {}", "7:9: error: groups: a list is expected here, not a map"),
    ] {
        assert!(GOOD.contains(written), "{written}");
        let faults = said(&GOOD.replacen(written, instead, 1));
        if !faults.iter().any(|fault| fault.contains(expected)) {
            wrong.push(format!(
                "{instead}
expected {expected}
got {faults:#?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.join(
            "
"
        )
    );
}

#[test]
fn all_mistakes_come_at_once_in_the_order_of_the_page() {
    let bad = GOOD
        .replacen("en: Small", "en: ''", 1)
        .replacen("code: hand", "code: hands", 1)
        .replacen("max: 40", "max: lots", 1)
        .replacen("type: bool", "type: boolean", 1)
        .replacen("grip && force", "grib && forse", 1)
        .replacen("award: 2.5", "award: 2.5\n    at_least: 3", 1);
    let faults = said(&bad);
    let lines: Vec<u32> = load_scheme(&bad).1.iter().map(|fault| fault.line).collect();
    assert!(lines.is_sorted(), "{faults:#?}");
    for expected in ["4:", "15:", "16:", "21:", "26:18", "26:26", "28:5"] {
        assert!(faults.iter().any(|fault| fault.starts_with(expected)), "{expected} {faults:#?}");
    }
}

#[test]
fn what_is_no_scheme_at_all_is_refused() {
    for yaml in ["", "~", "42", "[]", "{}", "format: guildhall/scheme/1", "\u{0}", "a: &x [*x]", "- - - -"] {
        let (loaded, faults) = load_scheme(yaml);
        assert!(loaded.is_none() && !faults.is_empty(), "{yaml:?}");
    }
    assert!(load_scheme(&"x".repeat(3_000_000)).0.is_none());
}

#[test]
fn a_thousand_rules_load_and_a_slip_in_the_last_is_found() {
    let (head, rule) = GOOD.split_once("rules:\n").unwrap();
    let own =
        |ix: usize| rule.replacen("id: grip", &format!("id: grip{ix}"), 1).replacen("40N", &format!("{ix}.5N"), 1);
    let file = format!("{head}rules:\n{}", (0..1_000).map(own).collect::<String>());
    let (loaded, faults) = load_scheme(&file);
    assert_eq!(faults, []);
    assert_eq!(loaded.unwrap().rules.condition_count(), 1_000);
    let slip = file.replacen("999.5N", "999.5mm", 1);
    assert_eq!(said(&slip), ["5021:32: error: rules[999].on.rises: the units of both sides differ"]);
}

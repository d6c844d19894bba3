//! A table of bad scheme files: each mistake is found at its line and column, and all of them at once.

use catalogue::{Diagnostic, Severity, load_scheme};

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

/// All that is said of a file; each fault says what is wrong and what to write, in both languages, and is said once.
fn checked(yaml: &str) -> Vec<Diagnostic> {
    let (loaded, faults) = load_scheme(yaml);
    assert_eq!(loaded.is_some(), faults.iter().all(|fault| fault.severity == Severity::Warning));
    for (ix, fault) in faults.iter().enumerate() {
        for text in [&fault.text, &fault.suggestion.text()] {
            assert!(!text.zh.trim().is_empty() && !text.en.trim().is_empty() && text.zh != text.en, "{fault:?}");
        }
        assert!(fault.suggestion.replacement().is_none_or(|word| !word.trim().is_empty()), "{fault:?}");
        assert!(!faults[..ix].contains(fault), "twice: {fault}");
    }
    faults
}

fn said(yaml: &str) -> Vec<String> {
    checked(yaml).iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_file_has_no_faults() {
    assert_eq!(said(GOOD), Vec::<String>::new());
}

#[test]
fn one_mistake_one_fault_at_its_place() {
    let mut wrong = Vec::new();
    for (written, instead, expected) in [
        ("version: 1", "version: one", "3:10: error: version: `one` is no whole number; write `version: 1`"),
        ("version: 1", "versoin: 1", "3:1: error: versoin: there is no field `versoin` here (version?)"),
        ("scheme/1", "scheme/9", "1:9: error: format: `guildhall/scheme/9` is unknown (guildhall/scheme/1?)"),
        ("en: Small", "fr: Petit", "4:8: error: title.en: `en` is missing; add `en: Assembly`"),
        (
            "title: {zh: 小赛, en: Small}",
            "title: Small",
            "4:8: error: title: it is said in one language only; write `{zh: …, en: Small}`",
        ),
        (
            "abilities: [hand]}\n          - {code: A1.2",
            "abilities: [hnad]}\n          - {code: A1.2",
            "15:91: error: modules[0].criteria[0].aspects[0].abilities[0]: the ability `hnad` isn't declared (hand?)",
        ),
        (
            "code: A1.2",
            "code: A1.1",
            "16:20: error: modules[0].criteria[0].aspects[1].code: code A1.1 is used twice; take another one, such as `A1.1-2`",
        ),
        (
            "type: measurement",
            "type: mesurement",
            "15:57: error: modules[0].criteria[0].aspects[0].type: `mesurement` is unknown (measurement?)",
        ),
        (
            "max: 40",
            "max: 40.005",
            "15:75: error: modules[0].criteria[0].aspects[0].max: `40.005` is no mark; write marks with at most two decimals, such as `max: 2.5`",
        ),
        (
            "max: 40",
            "max: -1",
            "15:75: error: modules[0].criteria[0].aspects[0].max: -1.00 can't be a mark here; write marks of more than 0 and at most 1000000.00",
        ),
        (
            "max: 40",
            "max: 30",
            "9:3: warning: modules: the scheme adds up to 90.00; usual are 100, look at the aspects' max again",
        ),
        ("[{module: A}]", "[{module: B}]", "17:27: error: ranking.ties[0].module: there is no module B (A?)"),
        (
            "type: real",
            "type: float",
            "20:17: error: signals.force.type: `float` is unknown; possible are bool, integer, real, text",
        ),
        ("stale_after: 2s", "stale_after: 2", "20:45: error: signals.force.stale_after: `2` is no duration (2s?)"),
        (
            "grip: {type: bool}",
            "grip: {type: bool, unit: N}",
            "21:28: error: signals.grip.unit: only a real has a unit; remove unit, or write `type: real`",
        ),
        ("force > 40N", "forse > 40N", "26:26: error: rules[0].on.rises: the signal `forse` isn't declared (force?)"),
        (
            "force > 40N",
            "force > 40mm",
            "26:32: error: rules[0].on.rises: the units of both sides differ; left is N, right is mm: write units of one kind",
        ),
        (
            "force > 40N",
            "force >",
            "26:33: error: rules[0].on.rises: the condition stops too early: a value is expected here; end it with a signal, a number or a bracket, or remove the last operator",
        ),
        (
            "aspect: A1.2",
            "aspect: A1.1",
            "24:13: error: rules[0].aspect: the aspect A1.1 is not automatic, no rule can mark it; take an automatic aspect, or write `type: automatic` there",
        ),
        ("aspect: A1.2", "aspect: A1.3", "24:13: error: rules[0].aspect: there is no aspect A1.3 (A1.2?)"),
        (
            "award: 2.5",
            "deduct: 2.5",
            "16:13: warning: modules[0].criteria[0].aspects[1]: A1.2 starts at zero and only has deductions, nobody can earn it; add `starts_at: full`",
        ),
        (
            "award: 2.5",
            "award: -2.5",
            "27:12: error: rules[0].award: award is negative; write `award: 2.50` to give, `deduct: 2.50` to take",
        ),
        (
            "    award: 2.5\n",
            "",
            "23:5: error: rules[0].award: award or deduct is missing; write `award: 1`, or `deduct: 1` to take marks",
        ),
        ("on: {rises", "on: {raises", "26:10: error: rules[0].on.raises: there is no field `raises` here (rises?)"),
        (
            "rises: \"grip && force > 40N\"}",
            "rises: grip}\n    then: {falls: grip, within: 3}",
            "27:33: error: rules[0].then.within: the duration `3` needs a unit (3s?)",
        ),
        (
            "rises: \"grip && force > 40N\"}",
            "rises: grip}\n    then: {falls: grip, within: 3s, unless: {rises: force > 4}, unles: 1}",
            "27:65: error: rules[0].then.unles: there is no field `unles` here; `unless` is written already, remove `unles`",
        ),
        (
            "rises: \"grip && force > 40N\"}",
            "rises: grip}\n    without: {falls: grip}",
            "27:14: error: rules[0].without: it doesn't say within which time; write one of `within: 5s` (after it) and `before: 5s` (before it)",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "absent: {rises: grip}",
            "23:5: error: rules[0].by: `by` is missing; add `by: 30s`",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "check: {percentile: force, p: 120, between: [1N, ~]}",
            "26:35: error: rules[0].check.p: `120` is no percentile; write a number from 0 to 100 with at most four decimals, such as `95`",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "check: {time_in_band: force, band: [1N, 2mm], between: [1s, ~]}",
            "26:45: error: rules[0].check.band[1]: the unit of `2mm` doesn't fit here; write a quantity that converts into N, such as `2N`",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "sequence: [{rises: grip}, {falls: gripp, within: 2}]",
            "26:39: error: rules[0].sequence[1].falls: the signal `gripp` isn't declared (grip?)",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "sequence: [{rises: grip}, {falls: grip}]\n    per: steps",
            "27:10: error: rules[0].per: `steps` is unknown (step?)",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "on: {agree: [grip, forse > 40N]}",
            "26:24: error: rules[0].on.agree.witnesses[1]: the signal `forse` isn't declared (force?)",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "on: {agree: {witnesses: [grip, force > 40mm], at_least: 2}}",
            "26:42: error: rules[0].on.agree.witnesses[1]: the units of both sides differ; left is N, right is mm: write units of one kind",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "on: {agree: {witnesses: [grip, force > 40N], at_least: 3, within: 2s}}",
            "26:60: error: rules[0].on.agree.at_least: 3 of 2 witnesses can't be asked to agree (2?)",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "on: {agree: {witnesses: [grip, force > 40N], of: 2}}",
            "26:50: error: rules[0].on.agree.of: there is no field `of` here; remove it; possible are witnesses, at_least, within",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "on: {agree: grip}",
            "26:17: error: rules[0].on.agree: a map (field: value) is expected here, not a single value; write `agree: [at_gate, badge]`",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "forbidden: [{rises: grip}]",
            "26:16: error: rules[0].forbidden: there aren't two events; write `[what must not come first, what must come before it]`, such as `[{rises: start}, {rises: door_shut}]`",
        ),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "while: force\n    per: second",
            "26:12: error: rules[0].while: a condition is true or false, this is a number; write a comparison, such as `force > 0`",
        ),
        (
            "award: 2.5",
            "award: 2.5\n    gate: [grip]",
            "28:11: error: rules[0].gate: these rules wait for each other: grip → grip; remove `grip` from the gate of the rule `grip`",
        ),
        (
            "award: 2.5",
            "award: 2.5\n    gate: grib",
            "28:11: error: rules[0].gate[0]: there is no rule `grib`; leave out gate: there is no other rule",
        ),
        (
            "award: 2.5",
            "award: 2.5\n    best_of: 3",
            "28:14: error: rules[0].best_of: an attempt is a phase, and none is named; write `during: {while: trying}`",
        ),
        (
            "award: 2.5",
            "award: 2.5\n    min_total: 1",
            "28:16: error: rules[0].min_total: the floor is above zero (-1.00?)",
        ),
        (
            "id: small",
            "id: small\nid: again",
            "3:1: error: this is no valid YAML: `id` is written twice; remove one of them",
        ),
        (
            "groups: []",
            "groups: [",
            "9:3: error: this is no valid YAML: an item begins with `-` between brackets, probably one above isn't closed; add the `]` or `}` above",
        ),
        (
            "groups: []",
            "groups: {}",
            "7:9: error: groups: a list is expected here, not a map; write `groups: [{code: senior, name: {zh: 高级组, en: Senior}}]`",
        ),
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

/// What is said of many mistakes, whole and in both languages: read it when it changes.
#[test]
fn what_is_said_of_each_mistake() {
    let cases = [
        ("on: {rises: \"grip && force > 40N\"}", "on: {raises: \"grip && forse > 40N\"}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {rises: grip, raises: force > 1N}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, betwen: [1N, 55Nm]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, tolerance: {target: 50N, ful: 1s, zero: 5N}}"),
        ("on: {rises: \"grip && force > 40N\"}", "onn: {rises: forse}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {nonsense: 1}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {rises：grip}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {rises:grip}"),
        ("id: grip", "idd: grip"),
        ("award: 2.5", "awrd: -2.5"),
        ("award: 2.5", "award: 2.5\n    colour: red"),
        ("type: measurement", "typ: mesurement"),
        ("type: measurement", "type: mesurement, colour: red, panl: {judges: none}"),
        ("{code: A1.1", "{cod: A1.1"),
        ("grip && force > 40N", "grip &&& force"),
        ("grip && force > 40N", "grip and force"),
        ("grip && force > 40N", "force > 40kn"),
        ("grip && force > 40N", "force > 40furlongs"),
        ("grip && force > 40N", "force"),
        ("grip && force > 40N", "grip == 'on'"),
        ("grip && force > 40N", "speed_of_arm > 5"),
        ("grip && force > 40N", "(grip"),
        ("grip && force > 40N", "1 < force < 3"),
        ("grip && force > 40N", "mean(force) > 3"),
        ("grip && force > 40N", "min(force) > 3"),
        ("grip && force > 40N", ""),
        ("grip && force > 40N", "true"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {holds: grip}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {holds: grip, for: 3}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {holds: grip, for: soon}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {holds: grip, for: 40d}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {changes: force}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {request: 'a b'}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {begins: phase}\n    then: {begins: run, within: 3s}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {begins: raid}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {rises: grip, falls: grip}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: [grip]"),
        ("on: {rises: \"grip && force > 40N\"}", "on: grip"),
        ("on: {rises: \"grip && force > 40N\"}", "on:"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {rises: [grip]}"),
        ("on: {rises: \"grip && force > 40N\"}", "count: {rises: grip}\n    while: grip"),
        ("on: {rises: \"grip && force > 40N\"}", "colour: red"),
        (
            "on: {rises: \"grip && force > 40N\"}",
            "on: {rises: grip}\n    check: {is: grip}\n    then: {falls: grip, within: 3s}",
        ),
        ("on: {rises: \"grip && force > 40N\"}", "on: {rises: grip}\n    check: {is: grip, held: grip}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {rises: grip}\n    check: {}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {rises: grip}\n    check: {mean: force, between: [1N, 5N]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, between: [1N, 5N], curve: [[1N, 2], [2N, 3]]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, between: [1N]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, between: 1N}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, between: [~, ~]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, between: [5N, 1N]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, between: [much, 5N]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, curve: [[1N, 2]]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, curve: [[1N, 2], 5N]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, curve: [[1N, 2], [5N]]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, curve: [[5N, 2], [1N, lots]]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: force, tolerance: {target: 50N, full: 5N, zero: 1N}}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: grip, between: [1N, ~]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {percentile: force, between: [1N, ~]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {time_in_band: force, between: [1s, ~]}"),
        ("on: {rises: \"grip && force > 40N\"}", "measure: {from: {rises: grip}, between: [1s, 2s]}"),
        ("on: {rises: \"grip && force > 40N\"}", "forbidden: {rises: grip}"),
        ("on: {rises: \"grip && force > 40N\"}", "forbidden: [{rises: grip}, {rises: grip}]"),
        ("on: {rises: \"grip && force > 40N\"}", "sequence: [{rises: grip}]"),
        ("on: {rises: \"grip && force > 40N\"}", "sequence: [{rises: grip, within: 2s}, {falls: grip}]"),
        ("on: {rises: \"grip && force > 40N\"}", "count: {begins: run}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {agree: [grip]}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {agree: [grip, grip]}"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {agree: {within: 2s}}"),
        ("award: 2.5", "award: 2.5\n    deduct: 1"),
        ("award: 2.5", "award: much"),
        ("award: 2.5", "award: 2.5\n    once: yes"),
        ("award: 2.5", "award: 2.5\n    once: perhaps"),
        ("award: 2.5", "award: 2.5\n    at_most: 0"),
        ("award: 2.5", "award: 2.5\n    at_most: -3"),
        ("award: 2.5", "award: 2.5\n    best_of: 1\n    during: {while: grip}"),
        ("award: 2.5", "award: 2.5\n    best_of: 3\n    once: true\n    during: {while: grip}"),
        ("award: 2.5", "award: 2.5\n    unfinished: mised"),
        ("award: 2.5", "award: 2.5\n    during: moving"),
        ("award: 2.5", "award: 2.5\n    during: {from: {rises: forse}}"),
        ("award: 2.5", "award: 2.5\n    during: {from: {ends: run}, to: {begins: run}}"),
        ("award: 2.5", "award: 200000"),
        ("says: {zh: 夹紧, en: Gripped}", "says: 夹紧"),
        ("id: grip", "id: g r i p"),
        (
            "    award: 2.5\n",
            "    award: 2.5\n  - {id: grip, aspect: A1.2, says: {zh: 放, en: Open}, on: {falls: grip}, award: 1}\n",
        ),
        (
            "award: 2.5",
            "award: 2.5\n    gate: [open]\n  - {id: opens, aspect: A1.2, says: {zh: 放, en: Open}, on: {falls: grip}, award: 1}",
        ),
        ("force: {type: real", "for.ce: {type: real"),
        ("grip: {type: bool}", "min: {type: bool}"),
        ("stale_after: 2s", "stale_after: soon"),
        ("stale_after: 2s", "stale_after: 0s"),
        ("rules:\n", "phases: {run: {while: grip}}\nrules:\n"),
        ("rules:\n", "phases: {moving: {}}\nrules:\n"),
        ("rules:\n", "phases: {moving: {wile: gripp}}\nrules:\n"),
        ("signals:\n  force: {type: real, unit: N, stale_after: 2s}\n  grip: {type: bool}\n", "signals: {}\n"),
        ("rules:\n", "phases: {moving: {while: gripp}}\nrules:\n"),
        ("rules:\n", "phases: {moving: {from: {rises: gripp}, to: {agree: [grip, forse]}}}\nrules:\n"),
        (
            "award: 2.5\n",
            "award: 2.5\n    during: moving\n  - {id: two, aspect: A1.2, says: {zh: 放, en: Open}, during: moving, on: {falls: grip}, award: 1}\nphases: {moving: {while: gripp}}\n",
        ),
        ("on: {rises: \"grip && force > 40N\"}", "on: {rises: forse}\n    then: {falls: grip, within: 3}\n    per: x"),
        ("on: {rises: \"grip && force > 40N\"}", "on: {rises: forse}\n    then: {falls: gripp}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {mean: forse, between: [x, 5mm]}"),
        ("on: {rises: \"grip && force > 40N\"}", "check: {percentile: forse, between: [1N, 5N]}"),
        ("award: 2.5", "award: 2.5\n    during: {from: {rises: grip}, to: {agree: [grip, forse]}}"),
        ("title: {zh: 小赛, en: Small}", "title: 小赛"),
        ("id: small\n", ""),
        ("version: 1\n", ""),
        ("ranking: {ties: [{module: A}], shared: true}\n", ""),
        ("shared: true", "shared: 是"),
        ("[{module: A}]", "[{module: A}, {module: A}]"),
        ("[{module: A}]", "[module]"),
        ("[{module: A}]", "[{module: A, time: true}]"),
        ("total: sum", "total: som"),
        ("code: hand", "code: a/b"),
        (
            "code: hand, name: {zh: 手, en: Hand}",
            "code: hand, name: {zh: 手, en: Hand}}\n  - {code: head, name: {zh: 脑, en: Head}",
        ),
        ("abilities:\n  - {code: hand, name: {zh: 手, en: Hand}}\n", "abilities: []\n"),
        ("max: 40, abilities: [hand]", "max: 40, abilities: []"),
        ("max: 40, abilities: [hand]", "max: 40, abilities: [hand, hand]"),
        (
            "type: measurement, max: 40",
            "type: measurement, max: 40, tolerance: {unit: mm, target: 10, full: 0.5, zero: 0.1}",
        ),
        (
            "type: measurement, max: 40",
            "type: measurement, max: 40, tolerance: {unit: '', target: ten, full: -0.5, zero: 0.1}",
        ),
        ("type: measurement, max: 40", "type: measurement, max: 40, steps: []"),
        (
            "type: measurement, max: 40",
            "type: measurement, max: 40, steps: [{code: a, name: {zh: 甲, en: A}, marks: 1}]",
        ),
        (
            "type: measurement, max: 40",
            "type: measurement, max: 40, deductions: [{code: a, name: {zh: 甲, en: A}, marks: 0}], steps: []",
        ),
        ("type: measurement, max: 40", "type: judgement, max: 40"),
        (
            "type: measurement, max: 40",
            "type: judgement, max: 40, levels: [{zh: 甲, en: A}], judges: 0, spread_max: 9, rounds_most: 0",
        ),
        ("type: measurement, max: 40", "type: judgement, max: 40, panel: {judges: 2, step: 0.15}"),
        ("type: measurement, max: 40", "type: automatic, max: 40"),
        ("type: automatic", "type: automatic, starts_at: full"),
        ("type: automatic", "type: measurement"),
        ("    name: {zh: 甲, en: A}\n", "    name: {zh: 甲, en: A}\n    minutes: 0\n"),
        ("groups: []", "groups: {"),
        ("en: Small}", "en: \"Small}"),
        ("groups: []", "groups: [}"),
        ("groups: []", "groups: ]"),
        ("groups: []", "groups:\n\t- a"),
        ("id: small", "id:small"),
        ("id: small", "id：small"),
        ("id: small", "id: small: one"),
        ("id: small", "id: @small"),
        ("id: small", "id: *small"),
        ("id: small", "id: &"),
        ("id: small", "id: > 5"),
        ("id: small", "id: \"small\" one"),
        ("id: small", "id: \"sm\\qall\""),
        ("id: small", "id: small\n  version: 2"),
        ("    aspect: A1.2", "   aspect: A1.2"),
        ("id: small", "small"),
        ("rises: \"grip && force > 40N\"", "rises: force > 4 ? grip : 1"),
        ("{module: A}", "{module: A,, time: true}"),
        ("rises: \"grip && force > 40N\"", "rises: !grip && force > 40N"),
        ("rises: \"grip && force > 40N\"", "rises: !grip"),
        ("rises: \"grip && force > 40N\"", "rises: && grip"),
        ("rises: \"grip && force > 40N\"", "rises: !force &&\n      grip"),
        ("rises: \"grip && force > 40N\"", "rises: !grip # at all\n      # and\n\n      && forse > 40N"),
        ("on: {rises: \"grip && force > 40N\"}", "while: !shut &&\n      grip\n    per: second"),
        ("on: {rises: \"grip && force > 40N\"}", "on:\n      rises: !grip\n        open"),
        ("on: {rises: \"grip && force > 40N\"}", "on: !any\n      rises: grip"),
        ("groups: []", "---\ngroups: []"),
        ("groups: []", "<<: 5"),
        ("id: small", "id: \u{7}"),
    ];
    let told = cases.map(|(written, instead)| {
        assert!(GOOD.contains(written), "{written}");
        let faults = checked(&GOOD.replacen(written, instead, 1));
        assert!(!faults.is_empty(), "{instead}");
        let faults: Vec<String> =
            faults.iter().map(|fault| format!("{fault}\n    {}\n", fault.suggestion.after(&fault.text).zh)).collect();
        format!("{}\n{}", instead.escape_debug(), faults.concat())
    });
    insta::assert_snapshot!(told.join("\n"));
}

/// A key that is a known field of its map is never read as another one, and nothing is said twice.
#[test]
fn a_mistyped_key_hides_nothing_and_nothing_is_said_twice() {
    let swapped = |word: &str, at: usize| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.swap(at, at + 1);
        letters.into_iter().collect::<String>()
    };
    for key in [
        "version",
        "title",
        "abilities",
        "ranking",
        "criteria",
        "aspects",
        "signals",
        "rules",
        "aspect",
        "says",
        "award",
    ] {
        for at in 1..key.len() - 1 {
            let slip = swapped(key, at);
            if slip == key {
                continue;
            }
            let yaml = GOOD.replacen(&format!("{key}:"), &format!("{slip}:"), 1);
            let faults = checked(&yaml);
            // The key, and nothing that would follow from its absence.
            assert_eq!(faults.len(), 1, "{slip}: {faults:#?}");
            assert_eq!(faults[0].suggestion.replacement(), Some(key));
            // What stands behind it is looked at, where it is wrong as well.
            let worse = checked(&yaml.replacen("force > 40N", "forse > 40N", 1));
            assert_eq!(worse.len(), 2, "{slip}: {worse:#?}");
        }
    }
    for whole in [
        "on: {rises: grip, falls: grip}",
        "count: {rises: grip, between: [1, 2], curve: [[1, 1], [2, 2]]}",
        "check: {min: force, max: force, between: [1N, 2N]}",
        "check: {time_in_band: force, share_in_band: force, band: [1N, 2N], between: [1s, 2s]}",
    ] {
        let faults = said(&GOOD.replacen("on: {rises: \"grip && force > 40N\"}", whole, 1));
        assert_eq!(faults.len(), 1, "{whole}: {faults:#?}");
        assert!(!faults[0].contains("there is no field"), "{faults:#?}");
    }
}

/// What YAML takes for itself is found on whichever line the value stands, and nothing else is taken for it.
#[test]
fn a_sign_before_a_value_is_not_swallowed_across_lines() {
    let swallowed = |instead: &str| -> Vec<String> {
        let yaml = GOOD.replacen("\"grip && force > 40N\"}\n", instead, 1);
        assert!(yaml != GOOD);
        said(&yaml).into_iter().filter(|fault| fault.contains("a value can't begin with")).collect()
    };
    for (instead, written) in [
        ("!grip &&\n      force > 40N}\n", "!grip && force > 40N"),
        ("!grip\n  && force > 40N}\n", "!grip && force > 40N"),
        ("!grip &&\r\n\r\n      force > 40N}\r\n", "!grip && force > 40N"),
        ("!grip && # why\n      # said \"so\n      force > 40N}\n", "!grip && force > 40N"),
        ("!grip &&\n      force\n      > 40N}\n", "!grip && force"),
    ] {
        let faults = swallowed(instead);
        assert_eq!(faults.len(), 1, "{instead:?}: {faults:#?}");
        assert!(faults[0].starts_with("26:17: error: "), "{instead:?}: {faults:#?}");
        assert!(faults[0].contains(&format!("`\"{written}\"`")), "{instead:?}: {faults:#?}");
    }
    for whole in [
        "grip} # !a\n",
        "\"!grip # \\\" !grip\"}\n",
        "'!grip &&\n      !grip'}\n",
        "grip && !grip\n      && grip}\n",
        "&cond grip}\n",
        "&cond\n      grip}\n",
        "\"!grip\"\n    # b: !c\n    }\n",
    ] {
        assert_eq!(swallowed(whole), Vec::<String>::new(), "{whole:?}");
    }
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
        assert!(load_scheme(yaml).0.is_none() && !checked(yaml).is_empty(), "{yaml:?}");
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
    assert_eq!(
        said(&slip),
        [
            "5021:32: error: rules[999].on.rises: the units of both sides differ; left is N, right is mm: write units of one kind"
        ]
    );
}

//! What can't take effect, contradicts itself or follows from another fault: each file with all that is said of it.

use catalogue::{Severity, load_scheme};

const GOOD: &str = r#"format: guildhall/scheme/1
id: small
version: 1
title: {zh: 小赛, en: Small}
abilities: [{code: hand, name: {zh: 手, en: Hand}}]
modules:
  - code: A
    name: {zh: 甲, en: A}
    criteria:
      - code: A1
        name: {zh: 一, en: One}
        aspects:
          - {code: A1.1, name: {zh: 是否, en: Yes}, type: measurement, max: 90, abilities: [hand]}
          - {code: A1.2, name: {zh: 自动, en: Auto}, type: automatic, max: 10, abilities: [hand]}
ranking: {ties: [{module: A}]}
signals:
  force: {type: real, unit: N}
  grip: {type: bool}
  mode: {type: text}
rules:
  - id: first
    aspect: A1.2
    says: {zh: 夹紧, en: Gripped}
    on: {rises: grip}
    award: 2
  - id: second
    aspect: A1.2
    says: {zh: 松开, en: Let go}
    during: {while: mode == "auto"}
    on: {falls: grip}
    gate: [first]
    award: 1
"#;

const ON: &str = "on: {rises: grip}";

/// All that is said, in both languages.
fn said(yaml: &str) -> Vec<String> {
    let (loaded, faults) = load_scheme(yaml);
    assert_eq!(loaded.is_some(), faults.iter().all(|fault| fault.severity == Severity::Warning));
    for fault in &faults {
        for text in [&fault.text, &fault.suggestion.text()] {
            assert!(!text.zh.trim().is_empty() && !text.en.trim().is_empty() && text.zh != text.en, "{fault:?}");
            let prose = text.zh.split('`').step_by(2).collect::<String>();
            assert!(!prose.is_ascii() || prose.trim().is_empty(), "no Chinese: {fault:?}");
        }
    }
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn each_slip_is_said_once_and_nothing_follows_from_it() {
    assert_eq!(said(GOOD), Vec::<String>::new());
    let nothing = "the rule is never missed, otherwise does nothing; leave out otherwise, or add what can be missed, such as a check or then";
    let too_much =
        "25.00 at once are more than the 10.00 of the aspect A1.2; write 10.00 at most, or change the aspect's max";
    let mut wrong = Vec::new();
    for (written, instead, expected) in [
        // Accepted without a word before.
        (
            "says: {zh: 夹紧, en: Gripped}",
            "says: {zh: \"\", en: \"\"}",
            vec![
                "23:16: error: rules[0].says.zh: it doesn't say what the rule is about; write `zh: 夹紧`".to_owned(),
                "23:24: error: rules[0].says.en: it doesn't say what the rule is about; write `en: Gripped`".into(),
            ],
        ),
        ("gate: [first]", "gate: []", vec!["31:11: error: rules[1].gate: the gate names no rule; leave out gate, or write `gate: [id of a rule]`".into()]),
        (
            "gate: [first]",
            "gate: [first, first]",
            vec!["31:19: error: rules[1].gate[1]: the rule `first` is named twice; remove one of them".into()],
        ),
        (
            "award: 2",
            "award: 2\n    otherwise: -1",
            vec![format!("26:16: error: rules[0].otherwise: {nothing}")],
        ),
        (
            "award: 2",
            "award: 2\n    unfinished: missed",
            vec!["26:17: error: rules[0].unfinished: nothing of this rule is open when the run ends, unfinished does nothing; leave out unfinished".into()],
        ),
        (
            "award: 2",
            "award: 2\n    unfinished: undecided",
            vec!["26:17: error: rules[0].unfinished: nothing of this rule is open when the run ends, unfinished does nothing; leave out unfinished".into()],
        ),
        ("award: 2", "award: 2\n    at_most: 1", vec!["26:14: error: rules[0].at_most: the cap of 1.00 is below the 2.00 of a single time; write a cap of 2.00 or more, or 1.00 for each time".into()]),
        ("award: 2", "award: 25", vec![format!("25:12: warning: rules[0].award: {too_much}")]),
        ("award: 2", "deduct: 25", vec![format!("25:13: warning: rules[0].deduct: {too_much}")]),
        (ON, "on: {rises: grip}\n    check: {is: force > 1}\n    otherwise: -25", vec![format!("26:16: warning: rules[0].otherwise: {too_much}")]),
        (
            "on: {rises: grip}\n    award: 2",
            "check: {mean: force, curve: [[1N, 0], [2N, 25]]}",
            vec![format!("24:48: warning: rules[0].check.curve[1][1]: {too_much}")],
        ),
        (
            "on: {rises: grip}\n    award: 2",
            "check: {share_in_band: force, band: [1N, 2N], curve: [[0.2, 0], [0.6, 4]]}",
            vec!["24:60: warning: rules[0].check.curve[0][0]: a share of the time is in %, and `0.2` is 0.2 % (20%?)".into()],
        ),
        (
            ON,
            "check: {percentile: force, p: 0.95, between: [~, 5N]}",
            vec!["24:35: warning: rules[0].check.p: `0.95` is the percentile of 0.95 %, nearly the least sample (95?)".into()],
        ),
        (
            "rises: grip",
            "rises: force > 25N && force < 20N",
            vec!["24:17: warning: rules[0].on.rises: this condition is never true; look at both sides, bounds and directions again; where one of them is enough, join them with `||`".into()],
        ),
        // What follows from another fault isn't said.
        (ON, "on: {raises: grib}", vec![
            "24:10: error: rules[0].on.raises: there is no field `raises` here (rises?)".into(),
            "24:18: error: rules[0].on.rises: the signal `grib` isn't declared (grip?)".into(),
        ]),
        (ON, "onn: [grip]", vec![
            "24:5: error: rules[0].onn: there is no field `onn` here (on?)".into(),
            "24:10: error: rules[0].on: a map (field: value) is expected here, not a list; write `on: {rises: force > 40N}`".into(),
        ]),
        (
            "on: {rises: grip}\n    award: 2\n  - id: second\n    aspect: A1.2\n    says: {zh: 松开, en: Let go}\n    during: {while: mode == \"auto\"}\n    on: {falls: grip}\n    gate: [first]",
            "on: {}\n    award: 2\n  - id: second\n    aspect: A1.2\n    says: {zh: 松开, en: Let go}\n    on: {falls: grip}\n    gate: [frist]",
            vec![
                "24:9: error: rules[0].on: no event is named; write one of rises, falls, changes, request, begins, ends, agree, such as `rises: force > 40N`".into(),
                "30:12: error: rules[1].gate[0]: there is no rule `frist` (first?)".into(),
            ],
        ),
        (
            "type: automatic",
            "type: automatik",
            vec!["14:58: error: modules[0].criteria[0].aspects[1].type: `automatik` is unknown (automatic?)".into()],
        ),
        (
            "during: {while: mode == \"auto\"}",
            "during: {while: grip, from: {rises: grip}, to: {ends: run}}",
            vec!["29:13: error: rules[1].during: the phase has both `while` and `from` or `to`; keep either `while`, or `from` and `to`".into()],
        ),
        // A decimal comma, between brackets and elsewhere.
        (
            ON,
            "check: {mean: force, tolerance: {target: 5N, full: 1,5N, zero: 3N}}",
            vec!["24:56: error: rules[0].check.tolerance.full: there is a comma in the number `1,5N`; write `1.5N`".into()],
        ),
        (
            ON,
            "check: {mean: force, tolerance: {target: 5N, full: 1N, zero: 1,000N}}",
            vec!["24:66: error: rules[0].check.tolerance.zero: there is a comma in the number `1,000N`; write thousands as `1000N`, a fraction as `1.000N`".into()],
        ),
        (
            ON,
            "check:\n      mean: force\n      tolerance:\n        target: 5N\n        full: 1,5N\n        zero: 5N",
            vec!["28:15: error: rules[0].check.tolerance.full: `1,5N` is no quantity; write `1.5N`".into()],
        ),
        ("award: 2", "award: 2,5", vec!["25:12: error: rules[0].award: `2,5` is no mark; write `2.5`".into()]),
        (
            "rises: grip",
            "rises: force > 1,5N",
            vec!["24:17: error: rules[0].on.rises: there is a comma in the number `1,5N`; write `1.5N`".into()],
        ),
        ("rises: grip", "rises: force > 25 N", vec!["24:25: error: rules[0].on.rises: a blank parts the number from its unit `N`; write `25N`".into()]),
        ("rises: grip", "rises: mode == auto", vec!["24:25: error: rules[0].on.rises: the text `auto` has no quotation marks (\"auto\"?)".into()]),
    ] {
        assert!(GOOD.contains(written), "{written}");
        let faults = said(&GOOD.replacen(written, instead, 1));
        if faults != expected {
            wrong.push(format!("{instead}\nexpected {expected:#?}\ngot {faults:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_stands_in_a_phase_is_said_there_and_once() {
    let yaml = GOOD
        .replacen("rules:\n", "phases: {on: {while: force > force}}\nrules:\n", 1)
        .replacen("    on: {rises: grip}\n", "    on: {rises: grip}\n    during: on\n", 1)
        .replacen("during: {while: mode == \"auto\"}", "during: on", 1);
    assert_eq!(
        said(&yaml),
        [
            "20:22: warning: phases.on.while: this condition is never true; look at both sides, bounds and directions again; where one of them is enough, join them with `||`"
        ]
    );
}

/// What a number can't be, and a key that is no text, are said in both languages.
#[test]
fn what_yaml_makes_of_a_value_is_said_in_plain_words() {
    for (written, instead) in [
        ("max: 10", "max: .inf"),
        ("max: 10", "max: .nan"),
        ("version: 1", "version: -.inf"),
        ("award: 2", "award: .nan"),
        ("rises: grip", "rises: force > .inf"),
        ("award: 2", "<<: {award: 2, colour: red}"),
        ("award: 2", "? {award: 2}\n    : 3"),
        ("award: 2", "{award: 2}: 3"),
        ("award: 2", "[award]: 3"),
        ("award: 2", "<‹: {award: 2}"),
    ] {
        assert!(GOOD.contains(written), "{written}");
        let faults = said(&GOOD.replacen(written, instead, 1));
        assert!(!faults.is_empty(), "{instead}");
        assert!(!faults.iter().any(|fault| fault.contains("field `{`")), "{faults:#?}");
    }
}

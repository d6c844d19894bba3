//! Every bad rule is refused when it is loaded, with its field and column; none is silent.

mod common;

use common::*;
use kernel::Mark;
use referee::*;

/// What is wrong and what to write, in both languages.
fn speaks_both_languages(fault: &Fault) {
    for text in [&fault.text, &fault.suggestion.text()] {
        assert!(!text.zh.is_empty() && !text.en.is_empty() && text.zh != text.en, "{fault}");
    }
}

#[test]
fn a_bad_condition_is_named_by_field_column_and_suggestion() {
    for (condition, expected) in [
        ("fresch", "on.holds:1: the signal `fresch` isn't declared (fresh?)"),
        (
            "a && y < 5mm && z",
            "on.holds:6: the signal `y` isn't declared (a?)|on.holds:17: the signal `z` isn't declared (a?)",
        ),
        ("x < 5s", "on.holds:3: the units of both sides differ; left is mm, right is s: write units of one kind"),
        ("x < 5N", "on.holds:3: the units of both sides differ; left is mm, right is N: write units of one kind"),
        ("x", "on.holds:1: a condition is true or false, this is a number; write a comparison, such as `x > 0`"),
        ("a + 1 > 0", "on.holds:1: a number is expected here, not true or false; write `(a ? 1 : 0)`"),
        ("a < b", "on.holds:3: `<` can't compare true or false with true or false; use `==` or `!=`"),
        ("mode == a", "on.holds:6: `==` can't compare a text with true or false; write `mode == \"on\"`"),
        ("mode < 'x'", "on.holds:6: texts have no order; use `==` or `!=`"),
        (
            "x == 'x'",
            "on.holds:3: the signal `x` is no text; compare it with a number, without quotation marks, such as `x == 1`",
        ),
        ("a == 'x'", "on.holds:3: the signal `a` is no text; it is true or false, write `a` or `!a`"),
        ("'x'", "on.holds:1: a text can't stand alone; write `mode == \"x\"`"),
        ("1 == 'x'", "on.holds:3: a text can only be compared with a text signal; write `mode == \"x\"`"),
        ("mode == mode", "on.holds:6: two text signals can't be compared; write `mode == \"on\"`"),
        ("mode", "on.holds:1: a condition is true or false, this is a text; write `mode == \"on\"`"),
        (
            "temperature > 4",
            "on.holds:1: the signal `temperature` isn't declared; declared are a, b, x, fresh, n, mode, c; or declare it: `signals: {temperature: {type: real, unit: N}}`",
        ),
        ("n / 0 > 1", "on.holds:3: the divisor is always zero; write a divisor that isn't zero"),
        ("x / 0.0 > 2mm", "on.holds:3: the divisor is always zero; write a divisor that isn't zero"),
        ("x / (1 - 1) > 2mm", "on.holds:3: the divisor is always zero; write a divisor that isn't zero"),
        ("a && 1 / -0.0 > x / 2s", "on.holds:8: the divisor is always zero; write a divisor that isn't zero"),
        ("1 / 0 > n", "on.holds:3: the divisor is always zero; write a divisor that isn't zero"),
        ("1 < 2", "on.holds:3: it reads no signal and never changes; write a signal into it, such as `force > 40N`"),
        (
            "a ? 1mm : b",
            "on.holds:3: the results of `?:` are of different kinds; make both true or false, or both numbers, such as `a ? 1 : 0`",
        ),
        (
            "x * x < 5mm",
            "on.holds:7: the units of both sides differ; left is a compound unit, right is mm: write units of one kind",
        ),
        ("mode == auto", "on.holds:9: the text `auto` has no quotation marks (\"auto\"?)"),
        ("idle != mode && a", "on.holds:1: the text `idle` has no quotation marks (\"idle\"?)"),
        ("a == True", "on.holds:6: the signal `True` isn't declared (true?)"),
        ("x > 5mn", "on.holds:6: the unit `mn` is neither known nor that of a signal (mm?)"),
        ("x > 25 mm", "on.holds:5: a blank parts the number from its unit `mm`; write `25mm`"),
        ("x => 1", "on.holds:3: `=>` is unknown (>=?)"),
        ("x / 2s < 5mm/s", ""),
        ("clamp(x, 0, 10) + abs(-x) > 1cm", ""),
        ("n + 1 >= 3 && n * 2.0 < 8", ""),
    ] {
        let faults = compile(&signals(), &[holds(condition, "2s")]).err().unwrap_or_default();
        let said: Vec<String> = faults.iter().map(|fault| fault.to_string().replacen("rule 0 ", "", 1)).collect();
        // One letter is near to any other: suggestions for them are not the point here.
        let plain =
            |text: &str| text.replace(" (a?)", "").replace(" (b?)", "").replace(" (n?)", "").replace(" (x?)", "");
        assert_eq!(plain(&said.join("|")), plain(expected), "{condition}");
        faults.iter().for_each(speaks_both_languages);
    }
}

#[test]
fn all_faults_of_all_rules_come_at_once() {
    let mut bad = then("a &&", "bb", "30");
    bad.met = None;
    bad.missed = None;
    bad.at_most = Some(Mark::from_hundredths(-1));
    let mut again = holds("a", "0s");
    again.during = PhaseSpec::While("x".into());
    let scale = ScaleSpec::Curve(vec![("5s".into(), Mark::ZERO), ("3s".into(), Mark::ZERO), ("x".into(), Mark::ZERO)]);
    let curved = rule(PatternSpec::Measure { from: TriggerSpec::Ends, to: TriggerSpec::Begins, scale });
    let tolerance = ScaleSpec::Tolerance { target: "5mm".into(), full: "2".into(), zero: "1s".into() };
    let figure = rule(PatternSpec::Figure { statistic: Statistic::Mean, of: "mode".into(), scale: tolerance });
    let faults = compile(&signals(), &[bad, again, curved, figure]).expect_err("full of faults");
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for expected in [
        "rule 0 on.rises:5: the condition stops too early: a value is expected here; end it with a signal, a number or a bracket, or remove the last operator",
        "rule 0 then.rises:1: the signal `bb` isn't declared (b?)",
        "rule 0 then.within:1: the duration `30` needs a unit (30s?)",
        "rule 0 award: award or deduct is missing; write `award: 1`, or `deduct: 1` to take marks",
        "rule 0 at_most: the cap isn't above zero (0.01?)",
        "rule 1 id: the rule id `r` was already used by rule number 1; take another one, such as `r-2`",
        "rule 1 during.while:1: a condition is true or false, this is a number; write a comparison, such as `x > 0`",
        "rule 1 on.for:1: the duration `0s` is too short; write 1 ns to 31 days, such as `2s`",
        "rule 2 measure.from: nothing comes after the end; write an event of its own, such as `{rises: grip}`",
        "rule 2 measure.to: nothing comes before the beginning; write an event of its own, such as `{rises: grip}`",
        "rule 2 award: the curve gives the marks; leave out award, deduct and otherwise",
        "rule 3 check.mean:1: a number is expected here, not a text; take a signal that is an integer or a real",
    ] {
        assert!(said.iter().any(|fault| fault == expected), "{expected}\n--\n{}", said.join("\n"));
    }
}

/// Compiles each pattern with a slip in it and compares all that is said.
fn refused(cases: &[(RuleSpec, &[&str])]) {
    for (rule, expected) in cases {
        let faults = compile(&signals(), std::slice::from_ref(rule)).err().unwrap_or_default();
        let said: Vec<String> = faults.iter().map(|fault| fault.to_string().replacen("rule 0 ", "", 1)).collect();
        assert_eq!(said, *expected, "{:?}", rule.pattern);
        faults.iter().for_each(speaks_both_languages);
    }
}

#[test]
fn slips_in_pairs_of_events() {
    let then = |unless| {
        rule(PatternSpec::Then { first: rises("a"), then: rises("b"), within: "2s".into(), unless: Some(unless) })
    };
    let without = |event, time| rule(PatternSpec::Without { event, without: rises("frehs"), time });
    refused(&[
        (then(rises("frsh")), &["then.unless.rises:1: the signal `frsh` isn't declared (fresh?)"]),
        (
            then(TriggerSpec::Ends),
            &[
                "then.unless: the beginning or the end of a phase has no place here; write an event of its own, such as `{rises: grip}`",
            ],
        ),
        (
            without(TriggerSpec::Ends, WithoutSpec::Within("2".into())),
            &[
                "on: nothing comes after the end; write an event of its own, such as `{rises: grip}`",
                "without.within:1: the duration `2` needs a unit (2s?)",
                "without.rises:1: the signal `frehs` isn't declared (fresh?)",
            ],
        ),
        (
            without(TriggerSpec::Ends, WithoutSpec::Before("2mm".into())),
            &[
                "without.before:1: `2mm` is no duration; write `2s`",
                "without.rises:1: the signal `frehs` isn't declared (fresh?)",
            ],
        ),
        (
            rule(PatternSpec::Absent { event: TriggerSpec::Begins, by: "0s".into() }),
            &[
                "absent: the beginning or the end of a phase has no place here; write an event of its own, such as `{rises: grip}`",
                "by:1: the duration `0s` is too short; write 1 ns to 31 days, such as `2s`",
            ],
        ),
    ]);
}

#[test]
fn slips_in_statistics() {
    let figure = |statistic, scale| rule(PatternSpec::Figure { statistic, of: "x".into(), scale });
    let band = |low: &str, high: Option<&str>| Statistic::TimeInBand {
        low: Some(low.to_owned()).filter(|low| !low.is_empty()),
        high: high.map(str::to_owned),
    };
    refused(&[
        (
            figure(Statistic::Percentile("101".into()), range("~", "5mm")),
            &["check.p: `101` is no percentile; write a number from 0 to 100 with at most four decimals, such as `95`"],
        ),
        (figure(Statistic::Percentile("99.9%".into()), range("~", "5mm")), &[]),
        (
            figure(band("", None), range("2s", "~")),
            &["check.band: both bounds are open; write at least one, such as `[1, ~]` or `[~, 5]`"],
        ),
        (
            figure(band("5", Some("3mm")), range("2s", "~")),
            &["check.band: the lower bound is above the upper one; swap them: `[3mm, 5]`"],
        ),
        (
            figure(band("2N", Some("3mm")), range("2mm", "~")),
            &[
                "check.band[0]:1: the unit of `2N` doesn't fit here; write a quantity that converts into mm, such as `2mm`",
                "check.between[0]:1: the unit of `2mm` doesn't fit here; write a quantity that converts into s, such as `2s`",
            ],
        ),
        (
            figure(Statistic::Integral, range("2mm", "3mm·s")),
            &["check.between[0]:1: the unit of `2mm` doesn't fit here; write a number without a unit"],
        ),
        (
            figure(Statistic::ShareInBand { low: None, high: Some("1".into()) }, range("2s", "90%")),
            &[
                "check.between[0]:1: the unit of `2s` doesn't fit here; write a quantity that converts into %, such as `2%`",
            ],
        ),
    ]);
}

#[test]
fn slips_in_steps_and_orders() {
    let step = |event, within: Option<&str>| StepSpec { event, within: within.map(str::to_owned) };
    let steps = |steps, each_step| rule(PatternSpec::Sequence { steps, within: Some("3".into()), each_step });
    let each = steps(vec![step(rises("a"), Some("1s")), step(TriggerSpec::Ends, Some("1"))], true);
    refused(&[
        (
            RuleSpec { missed: Some(Mark::ZERO), ..each },
            &[
                "within:1: the duration `3` needs a unit (3s?)",
                "sequence[0].within: no step comes before the first one; leave out within",
                "sequence[1]: the beginning of a phase can only be the first step, its end can't be one; write an event of its own, such as `{rises: grip}`",
                "sequence[1].within:1: the duration `1` needs a unit (1s?)",
                "otherwise: marks are for each step, one that isn't reached gives none; leave out otherwise",
            ],
        ),
        (
            rule(PatternSpec::Sequence { steps: vec![step(rises("a"), None)], within: None, each_step: false }),
            &[
                "sequence: a sequence can't have 1 steps; write two or more: `[{rises: a}, {rises: b}]`; for a single one use `on`",
            ],
        ),
        (
            rule(PatternSpec::Forbidden { first: rises("a && b"), second: rises("a&&b") }),
            &["forbidden: both events are the same, there is no order; change one of them"],
        ),
        (
            rule(PatternSpec::Forbidden { first: rises("frsh"), second: TriggerSpec::Begins }),
            &[
                "forbidden[0].rises:1: the signal `frsh` isn't declared (fresh?)",
                "forbidden[1]: the beginning or the end of a phase has no place here; write an event of its own, such as `{rises: grip}`",
            ],
        ),
        (
            rule(PatternSpec::While { condition: "x".into(), per: PerSpec::Second }),
            &["while:1: a condition is true or false, this is a number; write a comparison, such as `x > 0`"],
        ),
    ]);
}

#[test]
fn slips_in_agreements() {
    let agree = |witnesses: &[&str], at_least, within: Option<&str>| {
        let witnesses = witnesses.iter().map(|condition| (*condition).to_owned()).collect();
        let event = TriggerSpec::Agree { witnesses, at_least, within: within.map(str::to_owned) };
        rule(PatternSpec::On { event, check: None })
    };
    refused(&[
        (agree(&["a", "b"], Some(2), Some("300ms")), &[]),
        (
            agree(&["a"], None, None),
            &["on.agree.witnesses: there can't be 1 witnesses; write two or more: `[at_gate, badge]`"],
        ),
        (
            agree(&["a", "frsh", "a && true"], Some(4), Some("1")),
            &[
                "on.agree.within:1: the duration `1` needs a unit (1s?)",
                "on.agree.witnesses[1]:1: the signal `frsh` isn't declared (fresh?)",
                "on.agree.at_least: 4 of 3 witnesses can't be asked to agree (3?)",
            ],
        ),
        (
            agree(&["a", "b", "(a)"], Some(1), None),
            &[
                "on.agree.at_least: 1 of 3 witnesses can't be asked to agree (2?)",
                "on.agree.witnesses[2]: this is witness number 1 again; remove it, or write a condition of another signal",
            ],
        ),
    ]);
}

#[test]
fn slips_in_gates_and_attempts() {
    let named = |id: &str, gate: &[&str]| RuleSpec {
        id: id.into(),
        gate: gate.iter().map(|id| (*id).to_owned()).collect(),
        ..holds("a", "2s")
    };
    let said = |rules: &[RuleSpec]| {
        let faults = compile(&signals(), rules).expect_err("refused");
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        said(&[named("grip", &[]), named("move", &["gripp"])]),
        ["rule 1 gate[0]:1: there is no rule `gripp` (grip?)"]
    );
    assert_eq!(
        said(&[named("grip", &["grip"])]),
        ["rule 0 gate: these rules wait for each other: grip → grip; remove `grip` from the gate of the rule `grip`"]
    );
    assert_eq!(
        said(&[named("in", &["one"]), named("one", &["two"]), named("two", &["three"]), named("three", &["one"])]),
        [
            "rule 1 gate: these rules wait for each other: one → two → three → one; remove `two` from the gate of the rule `one`"
        ]
    );
    let odd = RuleSpec { best_of: Some(1), once: true, min_total: Some(Mark::from_hundredths(1)), ..holds("a", "2s") };
    assert_eq!(
        said(&[odd]),
        [
            "rule 0 min_total: the floor is above zero (-0.01?)",
            "rule 0 best_of: the best can't be taken of 1 attempts; write a number from 2 to 100",
            "rule 0 best_of: an attempt is a phase, and none is named; write `during: {while: trying}`",
            "rule 0 once: once and best_of exclude each other; leave out one of them",
        ]
    );
}

#[test]
fn bad_signals_are_refused() {
    let mut signals = signals();
    signals[1].name = "a".into();
    signals[2].name = "max".into();
    signals[3].name = "1x".into();
    let faults = compile(&signals, &[]).expect_err("bad names");
    faults.iter().for_each(speaks_both_languages);
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("declared twice") && said[1].contains("word of the condition language"), "{said:?}");
}

/// Rules come from whoever may write them, and are loaded on threads that have little room: the longest condition that is taken, and
/// the longest that is refused, need no more of it, in whichever way they are nested.
#[test]
fn no_condition_is_too_deep_for_a_small_stack() {
    let chain = |joint: &str, terms: usize| vec!["n"; terms].join(joint);
    let bools = |joint: &str, terms: usize| vec!["a"; terms].join(joint);
    let wrapped = |inside: &str| format!("{}{inside}{} > 0", "abs(".repeat(45), ")".repeat(45));
    let cases = [
        (format!("{} > 0", chain("+", 100)), true),
        (format!("{} > 0.5", chain("*", 100)), true),
        (wrapped(&chain("-", 100)), true),
        (bools("&&", 101), true),
        (format!("!({})", bools("||", 101)), true),
        (format!("{} > 0", chain("+", 1_000)), false),
        (bools("&&", 600), false),
        (wrapped(&chain("+", 800)), false),
    ];
    let judged = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        cases.map(|(condition, is_taken)| {
            let found = compile(&signals(), &[holds(&condition, "2s")]);
            (condition, is_taken, found.map(drop))
        })
    });
    for (condition, is_taken, found) in judged.unwrap().join().unwrap() {
        match found {
            Ok(()) => assert!(is_taken, "{condition}"),
            Err(faults) => {
                let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
                assert!(!is_taken && said[0].contains("split it into several rules"), "{condition}: {said:?}");
            }
        }
    }
}

#[test]
fn marks_that_never_take_effect_are_refused() {
    let mark = |hundredths| Some(Mark::from_hundredths(hundredths));
    let on = |check| rule(PatternSpec::On { event: rises("a"), check });
    let never = "otherwise: the rule is never missed, otherwise does nothing; leave out otherwise, or add what can be missed, such as a check or then";
    let each = |event| rule(PatternSpec::Count { event, scale: CountScale::Each });
    let tolerance = ScaleSpec::Tolerance { target: "1".into(), full: "1".into(), zero: "2".into() };
    let figure = |scale| rule(PatternSpec::Figure { statistic: Statistic::Mean, of: "x".into(), scale });
    let ends_late = PhaseSpec::Between { from: rises("b"), to: rises("c") };
    let at_end = RuleSpec { during: ends_late, ..rule(PatternSpec::On { event: TriggerSpec::Ends, check: None }) };
    let late = RuleSpec { unfinished: Unfinished::Missed, ..at_end.clone() };
    let otherwise = |rule| RuleSpec { missed: mark(-50), ..rule };
    refused(&[
        (otherwise(on(None)), &[never]),
        (otherwise(holds("a", "2s")), &[never]),
        (otherwise(rule(PatternSpec::While { condition: "a".into(), per: PerSpec::Second })), &[never]),
        (otherwise(rule(PatternSpec::Forbidden { first: rises("a"), second: rises("b") })), &[never]),
        (otherwise(at_end), &[never]),
        (otherwise(late), &[]),
        (otherwise(on(Some(CheckSpec::Is("b".into())))), &[]),
        (otherwise(then("a", "b", "2s")), &[]),
        (otherwise(each(rises("a"))), &[]),
        (otherwise(figure(tolerance)), &[]),
        (otherwise(figure(range("1mm", "~"))), &[]),
        (
            RuleSpec { met: mark(200), at_most: mark(100), ..on(None) },
            &[
                "at_most: the cap of 1.00 is below the 2.00 of a single time; write a cap of 2.00 or more, or 1.00 for each time",
            ],
        ),
        (
            RuleSpec { met: mark(-200), at_most: mark(199), ..on(None) },
            &[
                "at_most: the cap of 1.99 is below the 2.00 of a single time; write a cap of 2.00 or more, or 1.99 for each time",
            ],
        ),
        (RuleSpec { met: mark(200), at_most: mark(200), ..on(None) }, &[]),
    ]);
    let gated = RuleSpec { id: "g".into(), gate: vec!["r".into(), "r".into()], ..on(None) };
    let faults = compile(&signals(), &[on(None), gated]).unwrap_err();
    assert_eq!(
        faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["rule 1 gate[1]:1: the rule `r` is named twice; remove one of them"]
    );
    faults.iter().for_each(speaks_both_languages);
}

/// A policy for the end of the run means something only where something can be open then.
#[test]
fn what_may_stay_open_is_known() {
    let on = |event| rule(PatternSpec::On { event, check: None });
    let without = |time| rule(PatternSpec::Without { event: rises("a"), without: rises("b"), time });
    let count = || rule(PatternSpec::Count { event: rises("a"), scale: CountScale::Each });
    let until = |to| PhaseSpec::Between { from: rises("b"), to };
    for (spec, expected) in [
        (on(rises("a")), false),
        (on(TriggerSpec::Ends), false),
        (RuleSpec { during: until(rises("c")), ..on(TriggerSpec::Ends) }, true),
        (RuleSpec { during: until(TriggerSpec::Ends), ..on(TriggerSpec::Ends) }, false),
        (RuleSpec { during: until(rises("c")), ..on(rises("a")) }, false),
        (holds("a", "2s"), false),
        (then("a", "b", "2s"), true),
        (without(WithoutSpec::Within("2s".into())), true),
        (without(WithoutSpec::Before("2s".into())), false),
        (count(), false),
        (RuleSpec { during: PhaseSpec::While("b".into()), ..count() }, false),
        (RuleSpec { during: until(rises("c")), ..count() }, true),
    ] {
        assert_eq!(spec.may_stay_open(), expected, "{spec:?}");
    }
}

#[test]
fn what_was_probably_not_meant_is_a_warning() {
    let figure = |statistic, scale| rule(PatternSpec::Figure { statistic, of: "x".into(), scale });
    let share = |scale| figure(Statistic::ShareInBand { low: None, high: Some("1".into()) }, scale);
    let curve = |points: [&str; 2]| RuleSpec {
        met: None,
        ..share(ScaleSpec::Curve(
            points.map(|figure| (figure.to_owned(), Mark::from_hundredths(figure.len() as i64))).into(),
        ))
    };
    let percentile = |p: &str| figure(Statistic::Percentile(p.into()), range("~", "5mm"));
    let never = "this condition is never true; look at both sides, bounds and directions again; where one of them is enough, join them with `||`";
    let always = "this condition is always true; look at both sides, bounds and directions again; where both are wanted, join them with `&&`";
    let during = |condition: &str| RuleSpec { during: PhaseSpec::While(condition.into()), ..holds("a", "2s") };
    for (spec, expected) in [
        (percentile("0.95"), "check.p:1: `0.95` is the percentile of 0.95 %, nearly the least sample (95?)".to_owned()),
        (percentile("0.95%"), String::new()),
        (percentile("1"), String::new()),
        (percentile("95"), String::new()),
        (percentile("0"), String::new()),
        (curve(["0.2", "0.65"]), "check.curve[0][0]:1: a share of the time is in %, and `0.2` is 0.2 % (20%?)".into()),
        (curve(["0", "0.6"]), "check.curve[1][0]:1: a share of the time is in %, and `0.6` is 0.6 % (60%?)".into()),
        (curve(["20%", "60%"]), String::new()),
        (curve(["0.2%", "0.6%"]), String::new()),
        (curve(["20", "60"]), String::new()),
        (curve(["0.5", "60"]), String::new()),
        (share(range("0.9", "~")), "check.between[0]:1: a share of the time is in %, and `0.9` is 0.9 % (90%?)".into()),
        (share(range("~", "1")), String::new()),
        (holds("x > x", "2s"), format!("on.holds:1: {never}")),
        (holds("x > 25mm && x < 2cm", "2s"), format!("on.holds:1: {never}")),
        (holds("x > 2cm && x < 25mm", "2s"), String::new()),
        (holds("a || !a", "2s"), format!("on.holds:1: {always}")),
        (during("x > 2mm && x < 1mm"), format!("during.while:1: {never}")),
    ] {
        let Examined { rules, warnings } = examine(&signals(), std::slice::from_ref(&spec), &[]);
        assert!(rules.is_ok(), "{spec:?}: {rules:?}");
        let said: Vec<String> = warnings.iter().map(|fault| fault.to_string().replacen("rule 0 ", "", 1)).collect();
        assert_eq!(said.join("|"), expected, "{:?}", spec.pattern);
        warnings.iter().for_each(speaks_both_languages);
    }
}

//! The truth table of the referee: what decides at the edges. `docs/referee.md` says the same in words.

#[path = "semantics/agree.rs"]
mod agree;
mod common;
#[path = "semantics/edges.rs"]
mod edges;
#[path = "semantics/figures.rs"]
mod figures;
#[path = "semantics/gates.rs"]
mod gates;
#[path = "semantics/pairs.rs"]
mod pairs;
#[path = "semantics/steps.rs"]
mod steps;

use common::*;
use kernel::{Mark, Nanos};
use referee::*;

#[test]
fn held_for_is_a_closed_interval() {
    for (script, expected) in [
        // Exactly 2.000 s, and false at 2.000 s: the condition must hold AT t0 + T.
        ("0 a=0; 100 a=1; 2100 a=0", ""),
        ("0 a=0; 100 a=1; 2100 b=1; 2100.000001 a=0", "met@2100 1.00"),
        ("0 a=0; 100 a=1; 5000 a=0", "met@2100 1.00"),
        // Once per episode.
        ("0 a=0; 100 a=1; 9000 a=0; 9500 a=1; 12000 b=1", "met@2100 1.00, met@11500 1.00"),
        // A break starts anew.
        ("0 a=0; 100 a=1; 1000 a=0; 1001 a=1; 3000 a=0", ""),
        // False and true again within one instant is no break: an instant has one state.
        ("0 a=0; 100 a=1; 1000 a=0 a=1; 3000 a=0", "met@2100 1.00"),
        // True from the first sample on counts from there.
        ("0 a=1; 3000 a=0", "met@2000 1.00"),
        // Open at the end of the run, and exactly at its end.
        ("0 a=0; 8000 a=1", "met@10000 1.00"),
        ("0 a=0; 8000.000001 a=1", ""),
    ] {
        assert_eq!(verdicts(holds("a", "2s"), script, 10_000), expected, "{script}");
    }
}

#[test]
fn an_answer_may_come_until_the_deadline_included() {
    for (script, expected) in [
        ("0 a=0 b=0; 100 a=1; 2100 b=1", "met@2100 1.00"),
        ("0 a=0 b=0; 100 a=1; 2100.000001 b=1", "missed@2100 -0.50"),
        ("0 a=0 b=0; 100 a=1; 9000 x=1", "missed@2100 -0.50"),
        // The end of the run is no deadline: still open is undecided.
        ("0 a=0 b=0; 9000 a=1", "undecided@10000"),
        ("0 a=0 b=0; 8000 a=1", "missed@10000 -0.50"),
        // "Then" is later: an answer at the same instant belongs to an earlier question.
        ("0 a=0 b=0; 100 a=1 b=1; 5000 x=1", "missed@2100 -0.50"),
        // A newer question takes the place of the open one.
        ("0 a=0 b=0; 100 a=1; 1500 a=0; 2000 a=1; 3900 b=1; 9000 x=0", "met@3900 1.00"),
        // An answer without a question is nothing.
        ("0 a=0 b=0; 100 b=1", ""),
    ] {
        assert_eq!(verdicts(then("a", "b", "2s"), script, 10_000), expected, "{script}");
    }
    let strict = RuleSpec { unfinished: Unfinished::Missed, ..then("a", "b", "2s") };
    assert_eq!(verdicts(strict, "0 a=0 b=0; 9000 a=1", 10_000), "missed@10000 -0.50");
}

#[test]
fn missing_data_asks_a_judge_and_never_guesses() {
    let on = |condition| rule(PatternSpec::On { event: rises(condition), check: None });
    for (rule, script, expected) in [
        // A first value is no edge.
        (on("a"), "0 a=1; 500 a=0", ""),
        // It rose for certain, at a time nobody saw.
        (on("a"), "0 a=0; 100 a=?; 200 a=1", "undecided@200"),
        // It may have happened: said once, at the end.
        (on("a"), "0 a=0; 100 a=?; 200 a=0; 300 a=?; 400 a=0", "undecided@10000"),
        // What was seen stays certain.
        (on("a"), "0 a=0; 100 a=1; 150 a=?; 200 a=1; 300 a=0; 400 a=1", "met@100 1.00, met@400 1.00, undecided@10000"),
        // Kleene: false whatever the other is.
        (on("a && b"), "0 a=0 b=0; 100 b=?; 200 b=1; 300 a=1", "met@300 1.00"),
        // Never seen at all.
        (on("a"), "0 b=0; 100 b=1", "undecided@10000"),
        (holds("a", "2s"), "0 b=0", "undecided@10000"),
        // A gap breaks what is certain, not what is possible.
        (holds("a", "2s"), "0 a=0; 100 a=1; 1000 a=?; 1100 a=1; 2500 a=0", "undecided@2500"),
        (holds("a", "2s"), "0 a=0; 100 a=1; 1000 a=?; 1100 a=1; 9000 a=0", "met@3100 1.00"),
        (holds("a", "2s"), "0 a=0; 100 a=1; 1000 a=?; 1100 a=1; 2100 a=0", ""),
        // An answer that nobody would have seen is not missed.
        (then("a", "b", "2s"), "0 a=0 b=0; 100 a=1; 1000 b=?; 3000 b=0", "undecided@2100"),
        (then("a", "b", "2s"), "0 a=0 b=0; 100 a=1; 1000 b=?; 1100 b=0; 3000 x=0", "undecided@2100"),
        (then("a", "b", "2s"), "0 a=0 b=0; 100 a=1; 1000 b=?; 1100 b=1", "met@1100 1.00"),
        (then("a", "b", "2s"), "0 a=0 b=0; 100 a=1; 1000 b=?; 1100 b=0; 2000 b=1", "met@2000 1.00"),
        // NaN is no value.
        (on("x > 1mm"), "0 x=0; 100 x=NaN; 200 x=2", "undecided@200"),
        // A division by zero is unknown, not infinite.
        (on("x / n > 1mm"), "0 x=1 n=2; 100 n=0; 200 n=2", "undecided@10000"),
    ] {
        let condition = format!("{:?}", rule.pattern);
        assert_eq!(verdicts(rule, script, 10_000), expected, "{condition} {script}");
    }
}

#[test]
fn a_signal_is_fresh_until_its_last_instant_included() {
    for (script, expected) in [
        // False at the last instant: it did not hold there.
        ("0 fresh=0; 1000 fresh=1; 3000 fresh=0", ""),
        // Stale at 3000 passes after the deadline at 3000.
        ("0 fresh=0; 1000 fresh=1; 3500 fresh=0", "met@3000 1.00"),
        ("0 fresh=0; 1000 fresh=1; 1001 fresh=1; 3600 fresh=0", "met@3000 1.00"),
        // Silent from 1500 on: stale at 3500, and nobody knows about the two seconds.
        ("0 fresh=0; 1500 fresh=1", "met@3500 1.00"),
    ] {
        assert_eq!(verdicts(holds("fresh", "2s"), script, 4_000), expected, "{script}");
    }
    let on = rule(PatternSpec::On { event: rises("fresh"), check: None });
    assert_eq!(verdicts(on.clone(), "0 fresh=0; 2000 fresh=1; 4000 fresh=1", 5_000), "met@2000 1.00");
    assert_eq!(verdicts(on, "0 fresh=0; 2000.000001 fresh=1; 4000 fresh=1", 5_000), "undecided@2000.000001");
}

#[test]
fn windows_are_exact() {
    let mean = |low, high| {
        let check = CheckSpec::Figure {
            statistic: Statistic::Mean,
            of: "x".into(),
            over: "1s".into(),
            scale: range(low, high),
        };
        rule(PatternSpec::On { event: rises("a"), check: Some(check) })
    };
    // (t − 1 s, t]: the sample at t − 1 s is out, the one at t is in.
    let script = "0 a=0 x=100; 500 x=1; 1000 x=3 a=1";
    assert_eq!(verdicts(mean("2", "2"), script, 2_000), "met@1000 1.00");
    let script = "0 a=0 x=100; 500 x=1; 999.999999 x=3 a=1";
    assert_eq!(verdicts(mean("2", "2"), script, 2_000), "undecided@999.999999");
    // A gap inside the window, and one that has just left it.
    let script = "0 a=0 x=1; 500 x=?; 600 x=1; 1500 x=1 a=1; 1550 a=0; 1600 a=1";
    assert_eq!(verdicts(mean("1", "1"), script, 2_000), "undecided@1500, met@1600 1.00");
    // The decimals of a bound are the decimals of a figure.
    assert_eq!(verdicts(mean("0.15", "0.15"), "0 a=0 x=9; 500 x=0.1; 1000 x=0.2 a=1", 2_000), "met@1000 1.00");

    let held = rule(PatternSpec::On {
        event: rises("a"),
        check: Some(CheckSpec::Held { condition: "x < 5mm".into(), lasting: "1s".into() }),
    });
    for (script, expected) in [
        ("0 a=0 x=9; 100 x=1; 1100 a=1", "met@1100 1.00"),
        ("0 a=0 x=9; 100.000001 x=1; 1100 a=1", "missed@1100"),
        ("0 a=0 x=1; 500 x=?; 600 x=1; 1100 a=1", "undecided@1100"),
        ("0 a=0 x=1; 500 x=?; 600 x=9; 650 x=1; 1100 a=1", "missed@1100"),
    ] {
        assert_eq!(verdicts(held.clone(), script, 2_000), expected, "{script}");
    }
}

#[test]
fn phases_open_and_close() {
    let between = PhaseSpec::Between { from: rises("a"), to: rises("b") };
    let count = |during: &PhaseSpec| RuleSpec {
        during: during.clone(),
        at_most: Some(Mark::from_hundredths(250)),
        ..rule(PatternSpec::Count { event: TriggerSpec::Changes("n".into()), scale: CountScale::Each })
    };
    for (script, expected) in [
        // Both ends are part of it.
        ("0 a=0 b=0 n=0; 100 a=1 n=1; 200 n=2; 300 n=3 b=1; 400 n=4", "met@300 2.50"),
        ("0 a=0 b=0 n=0; 50 n=9; 100 a=1; 300 b=1; 400 n=4", "missed@300"),
        // Not closed at the end: undecided.
        ("0 a=0 b=0 n=0; 100 a=1; 200 n=1", "undecided@1000"),
        ("0 a=0 b=0 n=0; 100 a=1; 200 n=?; 250 n=1; 300 b=1", "undecided@300"),
    ] {
        assert_eq!(verdicts(count(&between), script, 1_000), expected, "{script}");
    }
    // `while` ends before the instant at which its condition is false; the end of the run closes it.
    let during = PhaseSpec::While("a".into());
    assert_eq!(verdicts(count(&during), "0 a=0 n=0; 100 a=1 n=1; 300 n=3 a=0", 1_000), "met@300 1.00");
    assert_eq!(verdicts(count(&during), "0 a=0 n=0; 100 a=1; 300 n=3", 1_000), "met@1000 1.00");
    assert_eq!(verdicts(count(&PhaseSpec::Run), "0 n=0; 1 n=1; 2 n=2", 1_000), "met@1000 2.00");

    let peak = |during| RuleSpec {
        during,
        ..rule(PatternSpec::Figure { statistic: Statistic::Max, of: "abs(x)".into(), scale: range("~", "5mm") })
    };
    let each = PhaseSpec::Between { from: TriggerSpec::Changes("n".into()), to: TriggerSpec::Changes("n".into()) };
    // An instant that ends one phase and begins the next belongs to the old one.
    assert_eq!(
        verdicts(peak(each), "0 n=0 x=0; 100 n=1; 150 x=-3; 200 n=2 x=-9; 250 x=4; 300 n=3", 1_000),
        "missed@200, met@300 1.00, undecided@1000"
    );
    assert_eq!(verdicts(peak(PhaseSpec::While("a".into())), "0 a=0 x=9; 1 a=1; 2 a=0 x=1", 1_000), "undecided@2");
}

#[test]
fn durations_follow_their_curve_in_whole_hundredths() {
    let points = [("10s", 2000), ("20s", 1000), ("30s", 0)];
    let curve = points.iter().map(|(x, marks)| ((*x).into(), Mark::from_hundredths(*marks))).collect();
    let measure = |once| RuleSpec {
        met: None,
        once,
        ..rule(PatternSpec::Measure { from: rises("a"), to: rises("b"), scale: ScaleSpec::Curve(curve) })
    };
    let rule = measure(false);
    for (to_ms, expected) in
        [(5_000, "met@5000 20.00"), (12_500, "met@12500 17.50"), (29_996, "missed@29996"), (29_995, "met@29995 0.01")]
    {
        assert_eq!(verdicts(rule.clone(), &format!("-1 a=0 b=0; 0 a=0; 0 x=1; {to_ms} x=2"), 40_000), "", "{expected}");
        let script = format!("0 a=0 b=0; 1 a=1; {} b=1", to_ms + 1);
        let shifted = expected.replace(&format!("@{to_ms}"), &format!("@{}", to_ms + 1));
        assert_eq!(verdicts(rule.clone(), &script, 40_000), shifted);
    }
    assert_eq!(verdicts(rule, "0 a=0 b=0; 1 a=1; 100 b=?; 200 b=0; 300 b=1", 40_000), "undecided@300");
}

#[test]
fn a_competitor_asks_to_be_judged() {
    let asked = |checkpoint: Option<&str>| {
        let event = TriggerSpec::Request(checkpoint.map(str::to_owned));
        rule(PatternSpec::On { event, check: Some(CheckSpec::Is("a && !b".into())) })
    };
    let script = "0 a=0 b=0; 100 !done; 200 a=1; 300 !done; 400 !other; 500 !; 600 b=? !done";
    assert_eq!(verdicts(asked(Some("done")), script, 1_000), "missed@100, met@300 1.00, met@500 1.00, undecided@600");
    assert_eq!(
        verdicts(asked(None), script, 1_000),
        "missed@100, met@300 1.00, met@400 1.00, met@500 1.00, undecided@600"
    );
    let once = RuleSpec { once: true, ..asked(Some("done")) };
    assert_eq!(verdicts(once, script, 1_000), "missed@100");
    let at_the_end = rule(PatternSpec::On { event: TriggerSpec::Ends, check: Some(CheckSpec::Is("a".into())) });
    assert_eq!(verdicts(at_the_end, script, 1_000), "met@1000 1.00");
}

#[test]
fn caps_and_texts() {
    let deduct = RuleSpec {
        met: Some(Mark::from_hundredths(-100)),
        at_most: Some(Mark::from_hundredths(150)),
        ..rule(PatternSpec::On { event: rises("mode == \"fault\""), check: None })
    };
    let script = "0 mode=run; 1 mode=fault; 2 mode=other; 3 mode=fault; 4 mode=run; 5 mode=fault";
    assert_eq!(verdicts(deduct, script, 10), "met@1 -1.00, met@3 -0.50, met@5");
    let changes = rule(PatternSpec::On { event: TriggerSpec::Changes("mode".into()), check: None });
    assert_eq!(verdicts(changes, "0 mode=p; 1 mode=q; 2 mode=q; 3 mode=r", 10), "met@1 1.00, met@3 1.00");
}

#[test]
fn late_samples_change_nothing_and_are_counted() {
    let rules = set(&[rule(PatternSpec::On { event: rises("a"), check: None })]);
    let mut monitor = Monitor::new(rules.clone(), Nanos(0));
    play(&mut monitor, "0 a=0; 100 a=0; 50 a=1; 100 a=1; 200 >; 200 a=0; 150 a=0");
    monitor.finish(Nanos(300 * MS));
    assert_eq!(said(&monitor.drain()), "met@100 1.00");
    let counts = monitor.counts();
    assert_eq!((counts.samples, counts.duplicates, counts.late, counts.latest_by_ns), (3, 1, 3, 50 * MS));
    play(&mut monitor, "400 a=0; 500 a=1; 600 !done");
    monitor.finish(Nanos(700 * MS));
    assert!(monitor.drain().is_empty());

    // Samples from before the start are the initial state, the newest of them.
    let mut monitor = Monitor::new(rules, Nanos(0));
    play(&mut monitor, "-50 a=0; -90 a=1; 10 a=1");
    monitor.finish(Nanos(300 * MS));
    assert_eq!(said(&monitor.drain()), "met@10 1.00");
    let wrong = Sample { at: Nanos(0), signal: SignalIx(99), value: Value::Bool(true), quality: Quality::Good };
    assert_eq!(Monitor::new(set(&[]), Nanos(0)).observe(&wrong), Taken::Refused);
    let wrong = Sample { at: Nanos(0), signal: SignalIx(0), value: Value::Text("on".into()), quality: Quality::Good };
    assert_eq!(Monitor::new(set(&[]), Nanos(0)).observe(&wrong), Taken::Refused);
}

#[test]
fn a_verdict_carries_its_evidence() {
    let mut monitor = Monitor::new(set(&[holds("a && x < 5.0mm", "2s")]), Nanos(0));
    play(&mut monitor, "0 a=0 x=9; 1000 x=4; 1500 a=1; 2000 x=4.25; 9000 a=0");
    let found = monitor.drain();
    let [verdict] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((verdict.evidence.from, verdict.evidence.to), (Nanos(1500 * MS), Nanos(3500 * MS)));
    let samples: Vec<_> = verdict.evidence.samples.iter().map(|s| (s.at.0 / MS, &*s.signal, s.value.clone())).collect();
    assert_eq!(
        samples,
        [(1000, "x", Value::Real(4.0)), (1500, "a", Value::Bool(true)), (2000, "x", Value::Real(4.25))]
    );
    assert_eq!(
        verdict.evidence.sentence.en,
        "rule: `a && x < 5.0mm` was true for 2 s, from 1.5 s to 3.5 s. 1.00 marks."
    );
    assert_eq!(
        verdict.evidence.sentence.zh,
        "规则：`a && x < 5.0mm` 自 1.5 秒起持续成立 2 秒，至 3.5 秒。得 1.00 分。"
    );
}

#[test]
fn equal_conditions_are_shared() {
    let rules = ["a&&x<5", "(a && x < 5.0mm)", "a && 5mm > x", "a && x < 0.005m", "a && x <= 5"];
    let rules: Vec<RuleSpec> =
        rules.iter().enumerate().map(|(ix, text)| RuleSpec { id: format!("r{ix}"), ..holds(text, "2s") }).collect();
    assert_eq!(set(&rules).condition_count(), 2);
}

/// What is shown is what decided: the extreme itself, the newest sample of a mean, never one that came after.
#[test]
fn a_figure_shows_the_samples_that_decided() {
    let phase = "0 a=0 x=1; 1000 a=1 x=5; 1100 x=8; 1200 x=2; 1300 x=5; 1400 a=0";
    for (statistic, after, shown) in [
        (Statistic::Min, " x=0; 2000 >", vec![(1200, 2.0)]),
        (Statistic::Max, " x=99; 2000 >", vec![(1100, 8.0)]),
        (Statistic::Mean, "; 1500 x=99", vec![(1300, 5.0)]),
        (Statistic::Mean, " x=99; 2000 >", vec![]),
    ] {
        let figure = PatternSpec::Figure { statistic: statistic.clone(), of: "x".into(), scale: range("~", "9") };
        let rule = RuleSpec { during: PhaseSpec::While("a".into()), ..rule(figure) };
        let mut monitor = Monitor::new(set(&[rule]), Nanos(0));
        play(&mut monitor, &format!("{phase}{after}"));
        let found = monitor.drain();
        let [verdict] = found.as_slice() else { panic!("{found:?}") };
        let samples: Vec<_> = verdict.evidence.samples.iter().map(|s| (s.at.0 / MS, s.value.clone())).collect();
        let shown: Vec<_> = shown.into_iter().map(|(at, x)| (at, Value::Real(x))).collect();
        assert_eq!(samples, shown, "{statistic:?} {after}");
    }
}

/// What an undecided verdict shows, and what broke a condition that a check looks back on: the samples that decided, none
/// from after the window.
#[test]
fn the_evidence_holds_what_broke_a_condition_and_the_edges_of_a_gap() {
    let checked = |condition: &str| {
        let check = CheckSpec::Held { condition: condition.into(), lasting: "2s".into() };
        rule(PatternSpec::On { event: TriggerSpec::Request(None), check: Some(check) })
    };
    let rise = || rule(PatternSpec::On { event: rises("a"), check: None });
    let held = || checked("a && !b");
    let never = || rule(PatternSpec::While { condition: "a".into(), per: PerSpec::Violation });
    let in_phase = || RuleSpec {
        during: PhaseSpec::While("b".into()),
        ..rule(PatternSpec::On { event: rises("a"), check: None })
    };
    let stale = || rule(PatternSpec::On { event: rises("fresh"), check: None });
    for (spec, script, end, outcome, shown) in [
        // It is true again when he asks: what broke it in the window.
        (held(), "0 a=1 b=0; 3000 b=1; 3100 b=0; 4500 !go", 5000, "missed", "a=1@0 b=1@3000 b=0@3100"),
        // It was false at the window's start, and became true in it.
        (held(), "0 a=1 b=1; 3100 b=0; 4500 !go", 5000, "missed", "a=1@0 b=1@0 b=0@3100"),
        // It is false now.
        (held(), "0 a=1 b=0; 4000 a=0; 4500 !go", 5000, "missed", "b=0@0 a=0@4000"),
        (held(), "0 a=1 b=0; 4000 a=0; 4200 a=0; 4500 !go", 5000, "missed", "b=0@0 a=0@4000 a=0@4200"),
        (held(), "0 a=0 b=0; 1000 a=1; 4500 !go", 5000, "met", "b=0@0 a=1@1000"),
        // A gap within the window, and one that lasts.
        (held(), "0 a=0 b=0; 1000 a=1; 3000 a=?; 3500 a=1; 4500 !go", 5000, "undecided", "b=0@0 a=1@1000 a=1@3500"),
        (held(), "0 a=0 b=0; 1000 a=1; 3000 a=?; 4500 !go; 4600 a=0", 5000, "undecided", "b=0@0 a=1@1000"),
        // Gaps that are said when the run is over: what came later decided nothing.
        (rise(), "0 a=0; 1000 a=?; 2000 a=0; 4000 a=0", 5000, "undecided", "a=0@0 a=0@2000"),
        (
            rise(),
            "0 a=0; 1000 a=?; 2000 a=0; 3000 a=0; 3100 a=?; 3200 a=?; 3300 a=0; 4000 a=0",
            5000,
            "undecided",
            "a=0@0 a=0@2000 a=0@3000 a=0@3300",
        ),
        (rise(), "0 a=0; 1000 a=?; 2000 a=0; 3000 a=0; 3100 a=?", 5000, "undecided", "a=0@0 a=0@2000 a=0@3000"),
        (never(), "0 a=0; 1000 a=?; 2000 a=0; 4000 a=0", 5000, "undecided", "a=0@0 a=0@2000"),
        // Seen again with the other value.
        (rise(), "0 a=0; 1000 a=?; 2000 a=1; 4000 a=1", 5000, "undecided", "a=0@0 a=1@2000"),
        // Of two samples of one instant the last one counts.
        (rise(), "0 a=0; 1000 a=?; 2000 a=0 a=1; 4000 a=1", 5000, "undecided", "a=0@0 a=1@2000"),
        (rise(), "0 a=0; 1000 a=?; 2000 a=0 a=?; 4000 a=1", 5000, "undecided", "a=0@0 a=1@4000"),
        // Stale: lost two seconds after its last sample.
        (stale(), "0 fresh=0; 5000 fresh=1; 6000 fresh=1", 6000, "undecided", "fresh=0@0 fresh=1@5000"),
        // The gap is that of the phase.
        (in_phase(), "0 a=0 b=1; 1000 b=?; 2000 a=1; 3000 b=0", 4000, "undecided", "b=1@0 a=1@2000"),
    ] {
        let mut monitor = Monitor::new(set(&[spec]), Nanos(0));
        play(&mut monitor, script);
        monitor.finish(Nanos(end * MS));
        let verdicts = monitor.drain();
        let verdict = verdicts.iter().find(|verdict| verdict.outcome.code() == outcome).expect(script);
        let value = |value: &Value| match value {
            Value::Bool(value) => u8::from(*value),
            other => panic!("{other:?}"),
        };
        let samples: Vec<String> = (verdict.evidence.samples.iter())
            .map(|sample| format!("{}={}@{}", sample.signal, value(&sample.value), sample.at.0 / MS))
            .collect();
        assert_eq!(samples.join(" "), shown, "{script}");
        assert!(verdict.evidence.samples.iter().all(|sample| sample.at <= verdict.evidence.to), "{script}");
    }
}

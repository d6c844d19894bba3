//! Two events and a third: what must come, what must not, and on which side.

use kernel::Mark;
use referee::*;

use crate::common::*;

fn with_miss(pattern: PatternSpec) -> RuleSpec {
    RuleSpec { missed: Some(Mark::from_hundredths(-50)), ..rule(pattern) }
}

#[test]
fn nothing_may_come_between() {
    let unless = with_miss(PatternSpec::Then {
        first: rises("a"),
        then: rises("b"),
        within: "2s".into(),
        unless: Some(rises("c")),
    });
    for (script, expected) in [
        ("100 a=1; 1000 b=1", "met@1000 1.00"),
        ("100 a=1; 500 c=1; 1000 b=1", "missed@500 -0.50"),
        // Between means later than the first and earlier than the second.
        ("50 c=1; 100 a=1; 1000 b=1", "met@1000 1.00"),
        ("100 a=1 c=1; 1000 b=1", "met@1000 1.00"),
        ("100 a=1; 1000 b=1 c=1", "met@1000 1.00"),
        ("100 a=1; 999.999999 c=1; 1000 b=1", "missed@999.999999 -0.50"),
        // At the deadline, and after it.
        ("100 a=1; 2100 c=1; 5000 x=1", "missed@2100 -0.50"),
        ("100 a=1; 2100.000001 c=1; 5000 x=1", "missed@2100 -0.50"),
        // A question that was spoilt is over; the next one is its own.
        ("100 a=1; 300 c=1; 400 a=0; 500 a=1; 600 b=1", "missed@300 -0.50, met@600 1.00"),
        ("9000 a=1", "undecided@10000"),
        // It may have come in a gap: before the answer, until the answer, from the answer on.
        ("100 a=1; 500 c=?; 600 c=0; 1000 b=1", "undecided@1000"),
        ("100 a=1; 500 c=?; 1000 c=0 b=1", "undecided@1000"),
        ("100 a=1; 1000 c=? b=1", "met@1000 1.00"),
        // It came for certain, at a time nobody saw; or it may have come with the question.
        ("100 a=1; 500 c=?; 600 c=1; 1000 b=1", "missed@600 -0.50"),
        ("100 a=1 c=?; 600 c=1; 1000 b=1", "undecided@1000"),
        // The answer may have come before it.
        ("100 a=1; 300 b=?; 400 b=0; 500 c=1", "undecided@500"),
        // Without an answer it doesn't matter.
        ("100 a=1; 500 c=?; 600 c=0; 5000 x=1", "missed@2100 -0.50"),
    ] {
        assert_eq!(verdicts(unless.clone(), &format!("0 a=0 b=0 c=0; {script}"), 10_000), expected, "{script}");
    }
    // A signal that never came may have done anything.
    assert_eq!(verdicts(unless, "0 a=0 b=0; 100 a=1; 1000 b=1", 10_000), "undecided@1000");
}

#[test]
fn one_without_the_other() {
    let without = |time| with_miss(PatternSpec::Without { event: rises("a"), without: rises("b"), time });
    for (script, expected) in [
        // (t, t + T]: the deadline is included, the instant of the first event is not.
        ("100 a=1; 2100 b=1", "missed@2100 -0.50"),
        ("100 a=1; 2100.000001 b=1", "met@2100 1.00"),
        ("100 a=1 b=1; 5000 x=1", "met@2100 1.00"),
        ("50 b=1; 100 a=1; 5000 x=1", "met@2100 1.00"),
        // A newer one takes the place of the open one.
        ("100 a=1; 1500 a=0; 2000 a=1; 5000 x=1", "met@4000 1.00"),
        ("100 a=1; 1000 b=?; 1100 b=0; 3000 x=0", "undecided@2100"),
        ("100 a=1; 1000 b=?; 1100 b=1", "missed@1100 -0.50"),
        ("8000 a=1", "met@10000 1.00"),
        ("9000 a=1", "undecided@10000"),
    ] {
        let script = format!("0 a=0 b=0; {script}");
        assert_eq!(verdicts(without(WithoutSpec::Within("2s".into())), &script, 10_000), expected, "{script}");
    }
    for (script, expected) in [
        // [t − T, t): exactly T before counts, the same instant does not.
        ("1000 b=1; 3000 a=1", "missed@3000 -0.50"),
        ("999.999999 b=1; 3000 a=1", "met@3000 1.00"),
        ("3000 a=1 b=1", "met@3000 1.00"),
        ("2999.999999 b=1; 3000 a=1", "missed@3000 -0.50"),
        // Before the run nobody watched.
        ("2000 a=1", "met@2000 1.00"),
        ("1999.999999 a=1", "undecided@1999.999999"),
        ("500 b=1; 1500 a=1", "missed@1500 -0.50"),
        // Gaps that touch the window.
        ("1000 b=?; 1100 b=0; 3100 a=1", "undecided@3100"),
        ("1000 b=?; 1100 b=0; 3100.000001 a=1", "met@3100.000001 1.00"),
        ("2500 b=?; 3000 a=1 b=0", "undecided@3000"),
        ("2500 b=?; 3000 a=1", "undecided@3000"),
        ("3000 a=1 b=?", "met@3000 1.00"),
        // It came at a time nobody saw, which lies inside, or may lie before.
        ("1500 b=?; 2500 b=1; 3000 a=1", "missed@3000 -0.50"),
        ("500 b=?; 2500 b=1; 3000 a=1", "undecided@3000"),
    ] {
        let script = format!("0 a=0 b=0; {script}");
        assert_eq!(verdicts(without(WithoutSpec::Before("2s".into())), &script, 10_000), expected, "{script}");
    }
}

#[test]
fn what_has_not_come_by_then_is_absent() {
    let absent = |event, during| RuleSpec { during, ..with_miss(PatternSpec::Absent { event, by: "2s".into() }) };
    for (script, expected) in [
        ("0 b=0", "met@2000 1.00"),
        ("0 b=0; 2000 b=1", "missed@2000 -0.50"),
        ("0 b=0; 2000.000001 b=1", "met@2000 1.00"),
        ("0 b=0; 1000 b=?; 3000 b=0", "undecided@2000"),
        ("0 b=0; 1000 b=?; 1100 b=1", "missed@1100 -0.50"),
        // Never seen.
        ("0 a=0", "undecided@2000"),
    ] {
        assert_eq!(verdicts(absent(rises("b"), PhaseSpec::Run), script, 10_000), expected, "{script}");
    }
    assert_eq!(verdicts(absent(rises("b"), PhaseSpec::Run), "0 b=0", 1_500), "undecided@1500");
    let asked = TriggerSpec::Request(Some("done".into()));
    assert_eq!(verdicts(absent(asked, PhaseSpec::Run), "0 !done", 10_000), "missed@0 -0.50");

    let between = PhaseSpec::Between { from: rises("a"), to: rises("c") };
    for (script, expected) in [
        ("100 a=1 b=1; 5000 c=1", "missed@100 -0.50"),
        ("100 a=1; 5000 c=1", "met@2100 1.00"),
        // A phase that ends earlier decides at its end, which is part of it.
        ("100 a=1; 600 c=1; 700 b=1", "met@600 1.00"),
        ("100 a=1; 600 c=1 b=1", "missed@600 -0.50"),
        ("9000 a=1", "undecided@10000"),
    ] {
        let script = format!("0 a=0 b=0 c=0; {script}");
        assert_eq!(verdicts(absent(rises("b"), between.clone()), &script, 10_000), expected, "{script}");
    }
    let during = PhaseSpec::While("a".into());
    assert_eq!(verdicts(absent(rises("b"), during), "0 a=0 b=0; 100 a=1; 600 a=0 b=1", 10_000), "met@600 1.00");
}

#[test]
fn their_sentences_name_all_events() {
    let said = |pattern, script: &str| {
        let mut monitor = Monitor::new(set(&[with_miss(pattern)]), kernel::Nanos(0));
        play(&mut monitor, script);
        monitor.finish(kernel::Nanos(9_000 * MS));
        monitor.drain().into_iter().map(|verdict| verdict.evidence.sentence).next().unwrap()
    };
    let unless = PatternSpec::Then {
        first: rises("a"),
        then: rises("b"),
        within: "2s".into(),
        unless: Some(TriggerSpec::Changes("n".into())),
    };
    let text = said(unless, "0 a=0 b=0 n=0; 1000 a=1; 1500 n=1");
    assert_eq!(
        text.en,
        "rule: `a` became true at 1 s, and `n` changed 0.5 s later, before it came that `b` became true. 0.50 marks off."
    );
    assert_eq!(text.zh, "规则：1 秒时 `a` 变为真，0.5 秒后 `n` 变化，早于 `b` 变为真。扣 0.50 分。");
    let before = WithoutSpec::Before("1500ms".into());
    let before = PatternSpec::Without { event: rises("a"), without: rises("b"), time: before };
    let text = said(before.clone(), "0 a=0 b=0; 1000 b=1; 2000 a=1");
    assert_eq!(
        text.en,
        "rule: `a` became true at 2 s, and within 1.5 s before it had come that `b` became true. 0.50 marks off."
    );
    let text = said(before, "0 a=0 b=0; 2000 a=1");
    assert_eq!(text.zh, "规则：2 秒时 `a` 变为真，此前 1.5 秒内没有 `b` 变为真。得 1.00 分。");
    let absent = PatternSpec::Absent { event: rises("b"), by: "5s".into() };
    let text = said(absent, "0 b=0");
    assert_eq!(text.en, "rule: the run began at 0 s, and within 5 s it never came that `b` became true. 1.00 marks.");
}

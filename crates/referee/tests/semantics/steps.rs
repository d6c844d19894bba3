//! Steps, forbidden orders and violations.

use kernel::{Mark, Nanos};
use referee::*;

use crate::common::*;

fn with_miss(pattern: PatternSpec) -> RuleSpec {
    RuleSpec { missed: Some(Mark::from_hundredths(-50)), ..rule(pattern) }
}

fn step(event: TriggerSpec, within: Option<&str>) -> StepSpec {
    StepSpec { event, within: within.map(str::to_owned) }
}

fn steps(within: Option<&str>, each_step: bool) -> PatternSpec {
    let steps = vec![step(rises("a"), None), step(rises("b"), Some("1s")), step(rises("c"), None)];
    PatternSpec::Sequence { steps, within: within.map(str::to_owned), each_step }
}

#[test]
fn steps_come_in_their_order() {
    let whole = with_miss(steps(Some("3s"), false));
    for (script, expected) in [
        ("100 a=1; 200 b=1; 300 c=1", "met@300 1.00"),
        // Each deadline is included.
        ("100 a=1; 1100 b=1; 3100 c=1", "met@3100 1.00"),
        ("100 a=1; 1100.000001 b=1; 1200 c=1", "missed@1100 -0.50"),
        ("100 a=1; 1100 b=1; 3100.000001 c=1", "missed@3100 -0.50"),
        // What comes out of order, or together with the step before, is passed over.
        ("100 a=1; 200 c=1; 300 b=1; 9000 x=1", "missed@3100 -0.50"),
        ("100 a=1 b=1; 9000 x=1", "missed@1100 -0.50"),
        ("100 a=1; 200 b=1 c=1; 300 c=0; 400 c=1", "met@400 1.00"),
        // A newer first step takes the place of one that has gone no further.
        ("100 a=1; 900 a=0; 1000 a=1; 1900 b=1; 3900 c=1", "met@3900 1.00"),
        ("100 a=1; 200 b=1; 900 a=0; 1000 a=1; 3050 c=1", "met@3050 1.00"),
        ("100 b=1; 200 c=1", ""),
        ("9500 a=1; 9600 b=1", "undecided@10000"),
        // A step that may have come unseen; one that came, only nobody saw when.
        ("100 a=1; 200 b=?; 300 b=0; 9000 x=1", "undecided@1100"),
        ("100 a=1; 200 b=?; 300 b=0; 400 b=1; 500 c=1", "met@500 1.00"),
        ("100 a=1; 200 b=?; 300 b=1; 500 c=1", "undecided@500"),
        ("100 a=1; 200 b=1; 300 c=?; 9000 x=1", "undecided@3100"),
        ("100 a=?; 200 a=1", "undecided@200"),
    ] {
        assert_eq!(verdicts(whole.clone(), &format!("0 a=0 b=0 c=0; {script}"), 10_000), expected, "{script}");
    }
    // For each step: a whole sequence gives all, a broken one what was reached.
    let each = rule(steps(Some("3s"), true));
    for (script, expected) in
        [("100 a=1; 200 b=1; 300 c=1", "met@300 3.00"), ("100 a=1; 200 b=1; 9000 x=1", "missed@3100 2.00")]
    {
        assert_eq!(verdicts(each.clone(), &format!("0 a=0 b=0 c=0; {script}"), 10_000), expected, "{script}");
    }
    let strict = RuleSpec { unfinished: Unfinished::Missed, ..rule(steps(None, true)) };
    assert_eq!(verdicts(strict, "0 a=0 b=0 c=0; 100 a=1; 200 b=1", 10_000), "missed@10000 2.00");
    // A phase that ends breaks off what is under way.
    let during = PhaseSpec::While("x > 0mm".into());
    let phased = RuleSpec { during, ..with_miss(steps(None, false)) };
    let script = "0 a=0 b=0 c=0 x=1; 100 a=1; 200 b=1; 300 x=0; 400 c=1";
    assert_eq!(verdicts(phased.clone(), script, 10_000), "missed@300 -0.50");
    let script = "0 a=0 b=0 c=0 x=1; 100 a=1; 200 b=1; 300 x=0 c=1";
    assert_eq!(verdicts(phased, script, 10_000), "missed@300 -0.50");
    // On request.
    let asked = PatternSpec::Sequence {
        steps: vec![
            step(TriggerSpec::Begins, None),
            step(TriggerSpec::Request(Some("one".into())), None),
            step(TriggerSpec::Request(Some("two".into())), Some("1s")),
        ],
        within: None,
        each_step: false,
    };
    assert_eq!(verdicts(rule(asked), "500 !two; 1000 !one; 2000 !two", 10_000), "met@2000 1.00");
}

#[test]
fn a_forbidden_order() {
    let forbidden = |during| RuleSpec {
        during,
        met: Some(Mark::from_hundredths(-100)),
        ..rule(PatternSpec::Forbidden { first: rises("a"), second: rises("b") })
    };
    for (script, expected) in [
        ("100 a=1; 200 b=1", "met@100 -1.00"),
        ("100 b=1; 200 a=1", ""),
        // At one instant neither is before the other.
        ("100 a=1 b=1", ""),
        // Each time, until the other has come.
        ("100 a=1; 200 a=0; 300 a=1; 400 a=0; 500 b=1; 600 a=1", "met@100 -1.00, met@300 -1.00"),
        // The other may have come unseen.
        ("100 b=?; 200 b=0; 300 a=1", "undecided@300"),
        ("100 b=?; 300 a=1", "undecided@300"),
        // It came, nobody saw when, but before.
        ("100 b=?; 200 b=1; 300 a=1", ""),
        // The event may have come unseen: before the other, or after it.
        ("100 a=?; 200 a=0; 300 b=1", "undecided@1000"),
        ("100 b=1; 200 a=?; 300 a=0", ""),
        ("100 a=?; 200 b=1; 300 a=0", "undecided@1000"),
        ("100 a=?; 200 a=1; 300 b=1", "undecided@200"),
    ] {
        let script = format!("0 a=0 b=0; {script}");
        assert_eq!(verdicts(forbidden(PhaseSpec::Run), &script, 1_000), expected, "{script}");
    }
    // Each phase begins anew.
    let during = PhaseSpec::While("c".into());
    let script =
        "0 a=0 b=0 c=0; 50 a=1; 60 a=0; 100 c=1; 200 b=1; 210 b=0; 300 a=1; 310 a=0; 400 c=0; 500 c=1; 600 a=1";
    assert_eq!(verdicts(forbidden(during), script, 1_000), "met@600 -1.00");
}

#[test]
fn what_must_not_be() {
    let never = |per, during| RuleSpec {
        during,
        met: Some(Mark::from_hundredths(-100)),
        at_most: Some(Mark::from_hundredths(450)),
        ..rule(PatternSpec::While { condition: "a".into(), per })
    };
    for (script, expected) in [
        ("0 a=0; 100 a=1; 200 a=0; 300 a=1", "met@100 -1.00, met@300 -1.00"),
        // The state counts, not the edge.
        ("0 a=1; 200 a=0", "met@0 -1.00"),
        ("0 a=0; 100 a=1 a=0", ""),
        // After a gap it is true now, whenever it began; before and after a gap it may have begun once more.
        ("0 a=0; 100 a=?; 200 a=1", "met@200 -1.00"),
        ("0 a=0; 100 a=1; 200 a=?; 300 a=1; 400 a=0", "met@100 -1.00, undecided@9000"),
        ("0 a=0; 100 a=?; 200 a=0", "undecided@9000"),
        ("0 b=0", "undecided@9000"),
    ] {
        assert_eq!(verdicts(never(PerSpec::Violation, PhaseSpec::Run), script, 9_000), expected, "{script}");
    }
    for (script, full, begun) in [
        ("0 a=0; 1000 a=1; 3000 a=0", "met@3000 -2.00", "met@3000 -2.00"),
        ("0 a=0; 1000 a=1; 2999.999999 a=0", "met@2999.999999 -1.00", "met@2999.999999 -2.00"),
        ("0 a=0; 1000 a=1; 3000.000001 a=0", "met@3000.000001 -2.00", "met@3000.000001 -3.00"),
        ("0 a=0; 1000 a=1; 1500 a=0", "met@1500", "met@1500 -1.00"),
        // The cap holds over all of them; the end of the run ends what is still so.
        ("0 a=0; 1000 a=1; 4000 a=0; 5000 a=1", "met@4000 -3.00, met@9000 -1.50", "met@4000 -3.00, met@9000 -1.50"),
        // Beginning, middle or end unseen: how long it was is not known.
        ("0 a=0; 1000 a=?; 2000 a=1; 3000 a=0", "undecided@3000", "undecided@3000"),
        ("0 a=0; 1000 a=1; 2000 a=?; 2100 a=1; 3000 a=0", "undecided@3000", "undecided@3000"),
        ("0 a=0; 1000 a=1; 2000 a=?; 3000 a=0", "undecided@3000", "undecided@3000"),
        ("0 a=0; 1000 a=1; 2000 a=?", "undecided@9000", "undecided@9000"),
        ("0 a=0; 1000 a=?; 2000 a=0", "undecided@9000", "undecided@9000"),
    ] {
        assert_eq!(verdicts(never(PerSpec::Second, PhaseSpec::Run), script, 9_000), full, "{script}");
        assert_eq!(verdicts(never(PerSpec::StartedSecond, PhaseSpec::Run), script, 9_000), begun, "{script}");
    }
    // Only what lies in the phase.
    let during = || PhaseSpec::Between { from: rises("b"), to: rises("c") };
    let script = "0 a=1 b=0 c=0; 1000 b=1; 3500 c=1; 5000 a=0";
    assert_eq!(verdicts(never(PerSpec::Second, during()), script, 9_000), "met@3500 -2.00");
    assert_eq!(verdicts(never(PerSpec::Violation, during()), script, 9_000), "met@1000 -1.00");
    let script = "0 a=0 b=0 c=0; 1000 b=1; 3500 c=1 a=1; 5000 a=0";
    assert_eq!(verdicts(never(PerSpec::StartedSecond, during()), script, 9_000), "met@3500 -1.00");
}

#[test]
fn their_sentences() {
    let said = |rule: RuleSpec, script: &str| {
        let mut monitor = Monitor::new(set(&[rule]), Nanos(0));
        play(&mut monitor, script);
        monitor.finish(Nanos(9_000 * MS));
        monitor.drain().remove(0).evidence.sentence
    };
    let text = said(with_miss(steps(None, false)), "0 a=0 b=0 c=0; 1000 a=1; 2500 x=0; 3000 x=1");
    assert_eq!(
        text.en,
        "rule: from 1 s to 2 s 1 of 3 steps came in order, then it never came that `b` became true. 0.50 marks off."
    );
    assert_eq!(text.zh, "规则：1 秒至 2 秒，依次完成 3 步中的 1 步，没有等到 `b` 变为真。扣 0.50 分。");
    let order = rule(PatternSpec::Forbidden { first: rises("a"), second: rises("b") });
    let text = said(order, "0 a=0 b=0; 1000 a=1");
    assert_eq!(text.en, "rule: `a` became true at 1 s, and it had not yet come that `b` became true. 1.00 marks.");
    let per = |per| rule(PatternSpec::While { condition: "x > 5mm".into(), per });
    let text = said(per(PerSpec::StartedSecond), "0 x=0; 1000 x=6; 2500 x=0");
    assert_eq!(text.en, "rule: `x > 5mm` was true for 1.5 s, from 1 s to 2.5 s: 2 s counted. 2.00 marks.");
    let text = said(per(PerSpec::Violation), "0 x=0; 1000 x=6; 2500 x=0");
    assert_eq!(text.zh, "规则：1 秒起 `x > 5mm` 成立。得 1.00 分。");
}

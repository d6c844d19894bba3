//! Several witnesses of one event.

use kernel::{Mark, Nanos};
use referee::*;

use crate::common::*;

fn agree(at_least: Option<u32>, within: Option<&str>) -> TriggerSpec {
    TriggerSpec::Agree {
        witnesses: ["a", "b", "c"].map(str::to_owned).to_vec(),
        at_least,
        within: within.map(str::to_owned),
    }
}

fn on(event: TriggerSpec) -> RuleSpec {
    rule(PatternSpec::On { event, check: None })
}

#[test]
fn most_of_them_within_a_second() {
    for (script, expected) in [
        // The one with which there are enough; the time of each other is a second where nothing is said, and closed.
        ("100 a=1; 500 b=1", "met@500 1.00"),
        ("100 a=1; 1100 b=1", "met@1100 1.00"),
        ("100 a=1; 1100.000001 b=1", ""),
        ("100 a=1 b=1", "met@100 1.00"),
        ("100 a=1 b=1 c=1", "met@100 1.00"),
        ("100 a=1", ""),
        // What the third says in the time of the first of them belongs to it; later it is a word of its own.
        ("100 a=1; 500 b=1; 1100 c=1; 1200 a=0; 1300 a=1", "met@500 1.00"),
        ("100 a=1; 500 b=1; 1100.000001 c=1; 1200 a=0; 1300 a=1", "met@500 1.00, met@1300 1.00"),
        // Who has spoken for it and speaks again means something new.
        ("100 a=1; 500 b=1; 600 a=0 b=0; 700 a=1; 800 b=1", "met@500 1.00, met@800 1.00"),
        // The same witness twice is one.
        ("100 a=1; 200 a=0; 300 a=1; 400 a=0", ""),
        // A newer word takes the place of an older one.
        ("100 a=1; 200 a=0; 1000 a=1; 1900 b=1", "met@1900 1.00"),
        // What is so from the beginning is not said; to fall is to say nothing.
        ("100 a=0 b=0; 200 c=0", ""),
    ] {
        assert_eq!(verdicts(on(agree(None, None)), &format!("0 a=0 b=0 c=0; {script}"), 10_000), expected, "{script}");
    }
    assert_eq!(verdicts(on(agree(None, None)), "0 a=1 b=1 c=0; 100 c=1", 10_000), "");
    assert_eq!(verdicts(on(agree(None, Some("3s"))), "0 a=0 b=0 c=0; 100 a=1; 3100 b=1", 10_000), "met@3100 1.00");
}

#[test]
fn all_of_them() {
    for (script, expected) in [
        ("100 a=1; 500 b=1; 1100 c=1", "met@1100 1.00"),
        ("100 a=1; 500 b=1; 1100.000001 c=1", ""),
        ("100 a=1; 500 b=1; 1200 c=1; 1300 a=0; 1400 a=1", "met@1400 1.00"),
    ] {
        let script = format!("0 a=0 b=0 c=0; {script}");
        assert_eq!(verdicts(on(agree(Some(3), None)), &script, 10_000), expected, "{script}");
    }
}

/// A majority is one of those that are connected, two of them at least.
#[test]
fn who_is_not_connected_has_no_voice_in_a_majority() {
    for (script, expected) in [
        ("50 c=?; 100 a=1; 500 b=1", "met@500 1.00"),
        ("50 c=?; 100 a=1; 2000 b=1", ""),
        // It says what it says when it comes back; what it may have said meanwhile is not asked.
        ("50 c=?; 100 a=1; 600 c=1; 5000 a=0", ""),
        ("50 c=?; 60 c=0; 100 a=1; 600 c=1", "met@600 1.00"),
        // Who spoke and then fell silent has spoken.
        ("100 a=1; 200 a=?; 500 b=1", "met@500 1.00"),
        // One alone is no majority: until the others are back nobody knows.
        ("50 b=? c=?; 100 a=1; 5000 b=0 c=0", "undecided@10000"),
        ("50 b=? c=?; 60 c=0 b=0; 5000 a=1", "undecided@10000"),
        ("50 b=? c=?", "undecided@10000"),
        ("50 a=? b=? c=?; 9000 a=0 b=0 c=0; 9500 a=1; 9700 c=1", "met@9700 1.00, undecided@10000"),
    ] {
        assert_eq!(verdicts(on(agree(None, None)), &format!("0 a=0 b=0 c=0; {script}"), 10_000), expected, "{script}");
    }
    // One that never came is not connected; two that never came leave nobody to agree with.
    assert_eq!(verdicts(on(agree(None, None)), "0 a=0 b=0; 100 a=1; 500 b=1", 10_000), "met@500 1.00");
    assert_eq!(verdicts(on(agree(None, None)), "0 a=0; 100 a=1", 10_000), "undecided@10000");
    assert_eq!(verdicts(on(agree(None, None)), "0 n=1", 10_000), "undecided@10000");
}

/// Where a number is wanted, a witness that nobody heard may have spoken.
#[test]
fn who_is_wanted_and_not_heard_makes_it_undecided() {
    for (script, expected) in [
        ("50 c=?; 100 a=1; 500 b=1", "met@500 1.00"),
        ("50 c=?; 100 a=1; 5000 c=0", "undecided@10000"),
        ("50 c=?; 100 a=1; 600 c=1", "undecided@10000"),
        ("50 c=?; 5000 c=0", ""),
        ("50 c=?; 60 c=0; 1060 a=1", "undecided@10000"),
        ("50 c=?; 60 c=0; 1060.000001 a=1", ""),
        // It is over when the second is over, and told once for all such times.
        ("50 c=?; 100 a=1; 200 a=0; 5000 a=1; 5100 a=0", "undecided@10000"),
        ("50 b=? c=?; 60 b=0 c=0", "undecided@10000"),
    ] {
        let script = format!("0 a=0 b=0 c=0; {script}");
        assert_eq!(verdicts(on(agree(Some(2), None)), &script, 10_000), expected, "{script}");
    }
    assert_eq!(verdicts(on(agree(Some(2), None)), "0 a=0 b=0; 100 a=1; 500 b=1", 10_000), "met@500 1.00");
    assert_eq!(verdicts(on(agree(Some(2), None)), "0 a=0 b=0; 100 a=1", 10_000), "undecided@10000");
}

#[test]
fn an_agreement_is_an_event_like_any_other() {
    let missed = Some(Mark::from_hundredths(-50));
    let answered = RuleSpec {
        missed,
        ..rule(PatternSpec::Then {
            first: rises("x > 1mm"),
            then: agree(Some(2), None),
            within: "2s".into(),
            unless: None,
        })
    };
    for (script, expected) in [
        ("100 x=2; 500 a=1; 600 b=1", "met@600 1.00"),
        ("100 x=2; 500 a=1; 5000 x=0", "missed@2100 -0.50"),
        ("50 c=?; 100 x=2; 1500 a=1; 5000 x=0", "undecided@2100"),
        ("50 c=?; 100 x=2; 300 a=1; 5000 x=0", "undecided@2100"),
        ("50 c=?; 100 x=2; 5000 x=0", "missed@2100 -0.50"),
    ] {
        let script = format!("0 a=0 b=0 c=0 x=0; {script}");
        assert_eq!(verdicts(answered.clone(), &script, 10_000), expected, "{script}");
    }
    let counted = RuleSpec {
        during: PhaseSpec::While("x > 1mm".into()),
        ..rule(PatternSpec::Count { event: agree(None, None), scale: CountScale::Each })
    };
    let script =
        "0 a=0 b=0 c=0 x=0; 100 a=1 b=1; 150 a=0 b=0; 200 x=2; 1300 a=1 c=1; 2000 a=0 c=0; 2500 a=1 c=1; 3000 x=0";
    assert_eq!(verdicts(counted, script, 10_000), "met@3000 2.00");
    let phased = RuleSpec {
        during: PhaseSpec::Between { from: agree(None, None), to: rises("x > 1mm") },
        ..rule(PatternSpec::Count { event: TriggerSpec::Changes("n".into()), scale: CountScale::Each })
    };
    let script = "0 a=0 b=0 c=0 x=0 n=0; 50 n=1; 100 a=1 b=1; 200 n=2; 300 x=2; 400 n=3";
    assert_eq!(verdicts(phased.clone(), script, 10_000), "met@300 1.00");
    assert_eq!(verdicts(phased, "0 x=0 n=0; 300 x=2", 10_000), "undecided@10000");
}

#[test]
fn the_same_witnesses_are_shared_and_named() {
    let rules = [on(agree(None, None)), RuleSpec { id: "again".into(), ..on(agree(None, Some("1000ms"))) }];
    let mut monitor = Monitor::new(set(&rules), Nanos(0));
    play(&mut monitor, "0 a=0 b=0 c=0; 1000 a=1; 1500 c=1");
    monitor.finish(Nanos(2_000 * MS));
    let found = monitor.drain();
    let text = &found[0].evidence.sentence;
    assert_eq!(
        text.en,
        "rule: more than half of the witnesses (`a`, `b`, `c`) agreed within 1 s at 1.5 s. 1.00 marks."
    );
    assert_eq!(text.zh, "规则：1.5 秒时过半数见证者（`a`、`b`、`c`）在 1 秒内一致。得 1.00 分。");
    let samples: Vec<_> = found[0].evidence.samples.iter().map(|s| (s.at.0 / MS, &*s.signal)).collect();
    assert_eq!(samples, [(0, "b"), (1000, "a"), (1500, "c")]);
    assert_eq!(found.len(), 2);
}

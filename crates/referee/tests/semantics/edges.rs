//! Rows of the table that no pattern has to itself: quality, staleness, heartbeats, duplicates, the declared end.

use std::time::Duration;

use kernel::{Mark, Nanos};
use referee::*;

use crate::common::*;

fn on(condition: &str) -> RuleSpec {
    rule(PatternSpec::On { event: rises(condition), check: None })
}

/// Only what is good is known: an uncertain value is none, and neither is one that is no finite number.
#[test]
fn what_is_not_good_is_not_known() {
    let sample = |ms: i64, value, quality| Sample { at: Nanos(ms * MS), signal: SignalIx(2), value, quality };
    let good = |ms, x| sample(ms, Value::Real(x), Quality::Good);
    let uncertain = |ms, x| sample(ms, Value::Real(x), Quality::Uncertain);
    for (samples, expected) in [
        (vec![good(0, 0.0), good(100, 2.0)], "met@100 1.00"),
        (vec![good(0, 0.0), uncertain(100, 2.0), good(200, 0.0)], "undecided@1000"),
        (vec![good(0, 0.0), uncertain(100, 2.0), good(200, 2.0)], "undecided@200"),
        (vec![good(0, 0.0), good(100, f64::INFINITY), good(200, 0.0)], "undecided@1000"),
        (vec![good(0, 0.0), good(100, f64::NAN), good(200, 2.0)], "undecided@200"),
        // Of two samples of one instant the last one counts, whatever its quality.
        (vec![good(0, 0.0), uncertain(100, 2.0), good(100, 2.0)], "met@100 1.00"),
        (vec![good(0, 0.0), good(100, 2.0), uncertain(100, 2.0), good(200, 0.0)], "undecided@1000"),
    ] {
        let mut monitor = Monitor::new(set(&[on("x > 1mm")]), Nanos(0));
        monitor.observe_all(&samples);
        monitor.finish(Nanos(1_000 * MS));
        assert_eq!(said(&monitor.drain()), expected, "{samples:?}");
    }
}

/// `fresh` is good for two seconds, the last instant included, also from the start of the run on.
#[test]
fn what_is_overdue_is_unknown() {
    let absent = rule(PatternSpec::Absent { event: rises("fresh"), by: "5s".into() });
    for (script, expected) in [
        // Nothing within two seconds of the start: what came before the first sample nobody knows.
        ("2000 fresh=0; 4000 fresh=0; 6000 fresh=0", "met@5000 1.00"),
        ("2000.000001 fresh=0; 4000 fresh=0; 6000 fresh=0", "undecided@5000"),
        // Silence for more than two seconds.
        ("0 fresh=0; 2000 fresh=0; 4000 fresh=0; 6000 fresh=0", "met@5000 1.00"),
        ("0 fresh=0; 2000.000001 fresh=0; 4000 fresh=0; 6000 fresh=0", "undecided@5000"),
        ("0 fresh=0; 2000 fresh=0", "undecided@5000"),
    ] {
        assert_eq!(verdicts(absent.clone(), script, 7_000), expected, "{script}");
    }
    // A figure over the run: time counts from the first sample on, unless that was overdue.
    let mut signals = signals();
    signals[2].stale_after = Some(Duration::from_secs(2));
    let figure = |statistic| rule(PatternSpec::Figure { statistic, of: "x".into(), scale: range("3", "3") });
    for (statistic, first_ms, expected) in [
        (Statistic::TimeMean, 2_000, "met@3000 1.00"),
        (Statistic::TimeMean, 2_001, "undecided@3000"),
        (Statistic::Mean, 2_000, "met@3000 1.00"),
        (Statistic::Mean, 2_001, "undecided@3000"),
    ] {
        let rules = compile(&signals, &[figure(statistic.clone())]).unwrap();
        let mut monitor = Monitor::new(rules.into(), Nanos(0));
        play(&mut monitor, &format!("{first_ms} x=3"));
        monitor.finish(Nanos(3_000 * MS));
        assert_eq!(said(&monitor.drain()), expected, "{statistic:?} {first_ms}");
    }
}

/// A heartbeat says that time has come so far, and that its own instant is over.
#[test]
fn a_heartbeat_lets_deadlines_pass_after_their_instant() {
    let begun = || {
        let mut monitor = Monitor::new(set(&[then("a", "b", "2s")]), Nanos(0));
        play(&mut monitor, "0 a=0 b=0; 100 a=1");
        monitor
    };
    let mut monitor = begun();
    play(&mut monitor, "2099.999999 >");
    assert_eq!(said(&monitor.drain()), "");
    play(&mut monitor, "2100 >");
    assert_eq!(said(&monitor.drain()), "missed@2100 -0.50");
    // Its instant was closed: what comes for it now is late.
    play(&mut monitor, "2100 b=1");
    assert_eq!((monitor.counts().late, said(&monitor.drain())), (1, String::new()));
    // Without a heartbeat the instant is open until a later one comes.
    let mut monitor = begun();
    play(&mut monitor, "2100 x=1; 2100 b=1; 2101 x=2");
    assert_eq!(said(&monitor.drain()), "met@2100 1.00");
}

/// All samples of an instant are taken before it is settled, so their order within it doesn't matter.
#[test]
fn an_instant_has_one_state() {
    for script in [
        "0 a=0 b=0; 100 a=1 b=1",
        "0 a=0 b=0; 100 b=1 a=1",
        "0 b=0; 0 a=0; 100 a=1; 100 b=1",
        // Said twice, or taken back within the instant.
        "0 a=0 b=0; 100 a=1 a=1 b=1 b=1",
        "0 a=0 b=0; 100 a=0 b=0 a=1 b=1",
    ] {
        assert_eq!(verdicts(on("a && b"), script, 1_000), "met@100 1.00", "{script}");
        assert_eq!(verdicts(on("a != b"), script, 1_000), "", "{script}");
    }
    // A statistic takes one sample an instant, the last one.
    let mean =
        CheckSpec::Figure { statistic: Statistic::Mean, of: "x".into(), over: "1s".into(), scale: range("4", "4") };
    let mean = rule(PatternSpec::On { event: rises("a"), check: Some(mean) });
    assert_eq!(verdicts(mean, "0 a=0 x=9; 500 x=7 x=3; 1000 x=1 x=5 a=1", 2_000), "met@1000 1.00");
    let counted = rule(PatternSpec::Count { event: TriggerSpec::Changes("n".into()), scale: CountScale::Each });
    assert_eq!(verdicts(counted, "0 n=0; 100 n=1 n=2 n=3; 200 n=4 n=3", 1_000), "met@1000 1.00");
}

/// The end of the run is no deadline; what is still open then is as the rule declares.
#[test]
fn the_end_of_the_run_is_declared() {
    let between = || PhaseSpec::Between { from: rises("a"), to: rises("b") };
    let missed = Some(Mark::from_hundredths(-50));
    let scale = || CountScale::Scale(range("1", "~"));
    let count = |unfinished| RuleSpec {
        during: between(),
        unfinished,
        missed,
        ..rule(PatternSpec::Count { event: TriggerSpec::Changes("n".into()), scale: scale() })
    };
    let measure = |unfinished| RuleSpec {
        unfinished,
        missed,
        ..rule(PatternSpec::Measure { from: rises("a"), to: rises("b"), scale: range("~", "5s") })
    };
    let without = |unfinished| RuleSpec {
        unfinished,
        missed,
        ..rule(PatternSpec::Without { event: rises("a"), without: rises("b"), time: WithoutSpec::Within("2s".into()) })
    };
    let script = "0 a=0 b=0 n=0; 9000 a=1; 9100 n=1";
    let rules: [&dyn Fn(Unfinished) -> RuleSpec; 3] = [&count, &measure, &without];
    for rule in rules {
        assert_eq!(verdicts(rule(Unfinished::Undecided), script, 10_000), "undecided@10000");
        assert_eq!(verdicts(rule(Unfinished::Missed), script, 10_000), "missed@10000 -0.50");
    }
    // Missed is what was seen not to come: what nobody saw may have come.
    for (script, expected) in [
        ("0 a=0 b=0 n=0; 9000 a=1; 9100 n=1; 9500 b=?", "undecided@10000"),
        ("0 a=0 b=? n=0; 9000 a=1; 9100 n=1", "undecided@10000"),
        ("0 a=0 n=0; 9000 a=1; 9100 n=1", "undecided@10000"),
        ("0 a=0 b=0 n=0; 5000 b=?; 6000 b=0; 9000 a=1; 9100 n=1", "missed@10000 -0.50"),
    ] {
        for rule in rules {
            assert_eq!(verdicts(rule(Unfinished::Missed), script, 10_000), expected, "{script}");
        }
    }
    let gap = "0 a=0 b=0 n=0; 9000 a=1; 9100 n=1; 9500 b=?; 9600 b=0";
    for rule in rules {
        assert_eq!(verdicts(rule(Unfinished::Missed), gap, 10_000), "undecided@10000");
    }
    // A deadline at the end of the run has passed with its instant.
    let strict = RuleSpec { unfinished: Unfinished::Missed, ..then("a", "b", "1s") };
    assert_eq!(verdicts(strict, "0 a=0 b=0; 9000 a=1; 10000 b=1", 10_000), "met@10000 1.00");
    // A run that ends before what it has seen ends with what it has seen.
    assert_eq!(verdicts(then("a", "b", "1s"), "0 a=0 b=0; 9000 a=1; 10500 x=1", 9_500), "missed@10000 -0.50");
}

#[test]
fn an_event_of_a_phase_that_nobody_saw() {
    let phased = RuleSpec { during: PhaseSpec::While("a".into()), ..on("b") };
    for (script, expected) in [
        ("0 a=1 b=0; 100 b=1", "met@100 1.00"),
        ("0 a=0 b=0; 100 b=1", ""),
        ("0 a=1 b=0; 50 a=?; 100 b=1", "undecided@100"),
        ("0 a=0 b=0; 50 a=?; 100 b=1; 150 a=0", "undecided@100"),
        ("0 a=1 b=0; 50 a=?; 60 a=1; 100 b=1", "met@100 1.00"),
        ("0 b=0; 100 b=1", "undecided@1000"),
    ] {
        assert_eq!(verdicts(phased.clone(), script, 1_000), expected, "{script}");
    }
}

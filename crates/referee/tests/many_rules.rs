//! A thousand rules: their memory is known when they are loaded, and they watch a run.

mod common;

use std::time::Duration;

use common::*;
use kernel::Nanos;
use referee::*;

/// All kinds of patterns, no two conditions alike; each eighth rule waits for the one before.
fn many(count: usize) -> Vec<RuleSpec> {
    let condition = |ix: usize| format!("a && x < {}.{:02}mm || mode == \"m{ix}\"", ix % 40, ix % 100);
    let pattern = |ix: usize| match ix % 8 {
        0 => PatternSpec::On { event: rises(&condition(ix)), check: None },
        1 => PatternSpec::Holds { condition: condition(ix), lasting: "2s".into() },
        2 => then(&condition(ix), &condition(ix + 1), "3s").pattern,
        3 => PatternSpec::While { condition: condition(ix), per: PerSpec::Second },
        4 => PatternSpec::Count { event: TriggerSpec::Changes("n".into()), scale: CountScale::Each },
        5 => PatternSpec::Figure { statistic: Statistic::Mean, of: format!("x * {ix}.0"), scale: range("1", "2") },
        6 => PatternSpec::On {
            event: rises(&condition(ix)),
            check: Some(CheckSpec::Figure {
                statistic: Statistic::TimeMean,
                of: format!("x * {ix}.0"),
                over: format!("{ix}ms"),
                scale: range("1", "2"),
            }),
        },
        _ => PatternSpec::Forbidden { first: rises(&condition(ix)), second: rises("b") },
    };
    let rule = |ix: usize| RuleSpec {
        id: format!("r{ix}"),
        gate: if ix % 8 == 7 { vec![format!("r{}", ix - 1)] } else { Vec::new() },
        ..rule(pattern(ix))
    };
    (0..count).map(rule).collect()
}

#[test]
fn memory_is_known_when_the_rules_are_loaded() {
    let bound = set(&many(1_000)).memory_bound();
    // Half of it are the samples at the edges of a gap, which a verdict that it leaves undecided shows.
    assert!(bound.fixed_bytes < 2_048_000, "2 KiB a rule: {}", bound.fixed_bytes);
    // 125 windows, 125 episodes and 125 answers with a deadline.
    assert_eq!(bound.rooms.len(), 375);
    let slow = bound.bytes(10.0, Duration::from_secs(3_600));
    assert!(bound.fixed_bytes < slow && slow < bound.bytes(100.0, Duration::from_secs(3_600)));
    assert!(slow < 10_000_000, "{slow}");

    let percentile = |over: Option<&str>| match over {
        None => PatternSpec::Figure {
            statistic: Statistic::Percentile("95".into()),
            of: "x".into(),
            scale: range("~", "2"),
        },
        Some(over) => PatternSpec::On {
            event: rises("a"),
            check: Some(CheckSpec::Figure {
                statistic: Statistic::Percentile("95".into()),
                of: "x".into(),
                over: over.into(),
                scale: range("~", "2"),
            }),
        },
    };
    let rooms = |pattern| set(&[rule(pattern)]).memory_bound().rooms;
    let whole = rooms(percentile(None));
    assert_eq!((whole[0].over, whole[0].bytes_per_sample, &*whole[0].of), (None, 16, "x"));
    let window = rooms(percentile(Some("5s")));
    assert_eq!((window[0].over, window.len()), (Some(Duration::from_secs(5)), 1));
    assert!(rooms(PatternSpec::On { event: rises("a"), check: None }).is_empty());
}

/// A run of a thousand rules over many samples ends, and the same samples give the same verdicts.
#[test]
fn a_thousand_rules_watch_a_run() {
    let rules = set(&many(1_000));
    let run = || {
        let mut monitor = Monitor::new(rules.clone(), Nanos(0));
        for ix in 0..2_000i64 {
            let mode = if ix == 0 { "mode=go" } else { "" };
            let script = format!("{} a={} x={} n={} b={} {mode}", ix * 10, ix / 7 % 2, ix % 37, ix / 100, ix / 50 % 2);
            play(&mut monitor, &script);
        }
        monitor.finish(Nanos(21_000 * MS));
        monitor.drain()
    };
    let found = run();
    assert!(found.len() > 1_000);
    assert!(found.iter().map(|verdict| verdict.number).eq(0..found.len() as u32));
    assert_eq!(found, run());
}

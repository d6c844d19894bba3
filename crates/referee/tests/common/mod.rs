//! Rules and samples in few words.
#![allow(dead_code)]

use std::sync::Arc;
use std::time::Duration;

use kernel::{Mark, Nanos, Text};
use referee::*;

pub const MS: i64 = 1_000_000;

pub fn signals() -> Vec<SignalDecl> {
    let decl = |name: &str, kind, stale_s: Option<u64>| SignalDecl {
        name: name.into(),
        kind,
        stale_after: stale_s.map(Duration::from_secs),
    };
    vec![
        decl("a", SignalKind::Bool, None),
        decl("b", SignalKind::Bool, None),
        decl("x", SignalKind::Real { unit: "mm".into() }, None),
        decl("fresh", SignalKind::Bool, Some(2)),
        decl("n", SignalKind::Integer, None),
        decl("mode", SignalKind::Text, None),
        decl("c", SignalKind::Bool, None),
    ]
}

pub fn rule(pattern: PatternSpec) -> RuleSpec {
    RuleSpec {
        id: "r".into(),
        aspect: "A1".into(),
        says: Text::new("规则", "rule"),
        during: PhaseSpec::Run,
        pattern,
        met: Some(Mark::from_hundredths(100)),
        missed: None,
        once: false,
        at_most: None,
        min_total: None,
        gate: Vec::new(),
        best_of: None,
        unfinished: Unfinished::Undecided,
    }
}

pub fn rises(condition: &str) -> TriggerSpec {
    TriggerSpec::Rises(condition.into())
}

pub fn holds(condition: &str, lasting: &str) -> RuleSpec {
    rule(PatternSpec::Holds { condition: condition.into(), lasting: lasting.into() })
}

pub fn then(first: &str, second: &str, within: &str) -> RuleSpec {
    RuleSpec {
        missed: Some(Mark::from_hundredths(-50)),
        ..rule(PatternSpec::Then { first: rises(first), then: rises(second), within: within.into(), unless: None })
    }
}

pub fn range(low: &str, high: &str) -> ScaleSpec {
    let bound = |text: &str| (text != "~").then(|| text.to_owned());
    ScaleSpec::Range { low: bound(low), high: bound(high) }
}

pub fn set(rules: &[RuleSpec]) -> Arc<RuleSet> {
    match compile(&signals(), rules) {
        Ok(set) => Arc::new(set),
        Err(faults) => panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}

/// Reads `0 a=1 x=2.5` lines: milliseconds, then values; `x=?` is a bad sample, `!done` a request, `>` a heartbeat.
pub fn play(monitor: &mut Monitor, script: &str) {
    for line in script.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let at = Nanos((words.next().unwrap().parse::<f64>().unwrap() * 1e6).round() as i64);
        for word in words {
            if word == ">" {
                monitor.advance(at);
            } else if let Some(checkpoint) = word.strip_prefix('!') {
                monitor.request(at, Some(checkpoint).filter(|name| !name.is_empty()));
            } else {
                let (name, written) = word.split_once('=').unwrap();
                let signal = monitor.rules().signal(name).unwrap();
                let quality = if written == "?" { Quality::Bad } else { Quality::Good };
                let value = match signals()[signal.index()].kind {
                    SignalKind::Bool => Value::Bool(written == "1"),
                    SignalKind::Integer => Value::Integer(written.parse().unwrap_or(0)),
                    SignalKind::Real { .. } => Value::Real(written.parse().unwrap_or(0.0)),
                    SignalKind::Text => Value::Text(written.into()),
                };
                monitor.observe(&Sample { at, signal, value, quality });
            }
        }
    }
}

/// `met@2000 +1.00` for each verdict, the run ending at `end_ms`.
pub fn verdicts(rule: RuleSpec, script: &str, end_ms: i64) -> String {
    let mut monitor = Monitor::new(set(&[rule]), Nanos(0));
    play(&mut monitor, script);
    monitor.finish(Nanos(end_ms * MS));
    said(&monitor.drain())
}

pub fn said(verdicts: &[Verdict]) -> String {
    let one = |verdict: &Verdict| {
        let marks = if verdict.marks == Mark::ZERO { String::new() } else { format!(" {}", verdict.marks) };
        format!("{}@{}{marks}", verdict.outcome.code(), verdict.decided_at.0 as f64 / 1e6)
    };
    verdicts.iter().map(one).collect::<Vec<_>>().join(", ")
}

//! A condition is refused with a place and words, or it is judged.

use std::sync::Arc;

use kernel::{Mark, Nanos, Text};
use referee::*;

pub const WORDS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "?", ":", "(", ")", ",", "abs(", "min(",
    "max(", "clamp(", "true", "false", "a", "n", "x", "len", "mode", "5.0mm", "0.5cm", "2s", "45°C", "10%", "\"run\"",
    "'", "and", "≤", "（",
];

fn signals() -> Vec<SignalDecl> {
    let decl = |name: &str, kind| SignalDecl { name: name.into(), kind, stale_after: None };
    let real = |unit: &str| SignalKind::Real { unit: unit.into() };
    vec![
        decl("a", SignalKind::Bool),
        decl("n", SignalKind::Integer),
        decl("x", real("")),
        decl("len", real("mm")),
        decl("rate", real("pcs/min")),
        decl("mode", SignalKind::Text),
    ]
}

fn rule(id: &str, pattern: PatternSpec) -> RuleSpec {
    RuleSpec {
        id: id.into(),
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

pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let event = TriggerSpec::Rises(text.to_owned());
    let scale = ScaleSpec::Range { low: Some("0".into()), high: None };
    let rules = [
        rule("condition", PatternSpec::On { event, check: None }),
        rule("figure", PatternSpec::Figure { statistic: Statistic::TimeMean, of: text.to_owned(), scale }),
        rule("duration", PatternSpec::Holds { condition: "a".into(), lasting: text.to_owned() }),
    ];
    for rule in rules {
        match compile(&signals(), &[rule]) {
            Ok(set) => judge(set),
            Err(faults) => {
                assert!(!faults.is_empty());
                for fault in faults {
                    assert!(!fault.text.zh.is_empty() && !fault.text.en.is_empty(), "{fault:?}");
                    let instead = fault.suggestion.text();
                    assert!(!instead.zh.is_empty() && !instead.en.is_empty(), "{fault:?}");
                    let last = text.chars().count() as u32 + 1;
                    assert!(fault.column.is_none_or(|column| (1..=last).contains(&column)), "{fault:?}");
                }
            }
        }
    }
}

/// Many values; the same ones give the same verdicts.
fn judge(set: RuleSet) {
    let set = Arc::new(set);
    let run = || {
        let mut monitor = Monitor::new(set.clone(), Nanos(0));
        let odd = [0.0, -1.0, 1.5, 1e308, -1e308, f64::MIN_POSITIVE, f64::NAN, f64::INFINITY, 5.0, 0.1];
        let wholes = [0, 1, -1, i64::MAX, i64::MIN, 2, 3, 0, 7, -7];
        for (at, (real, whole)) in odd.iter().zip(wholes).enumerate() {
            let values = [
                Value::Bool(at % 2 == 0),
                Value::Integer(whole),
                Value::Real(*real),
                Value::Real(-real),
                Value::Real(real / 2.0),
                Value::Text(if at % 3 == 0 { "run".into() } else { format!("{at}").into() }),
            ];
            for (signal, value) in (0..).zip(values) {
                let quality = if at == 7 { Quality::Uncertain } else { Quality::Good };
                monitor.observe(&Sample { at: Nanos(at as i64 * 1_000), signal: SignalIx(signal), value, quality });
            }
        }
        monitor.finish(Nanos(1_000_000));
        format!("{:?}", monitor.drain())
    };
    assert_eq!(run(), run());
}

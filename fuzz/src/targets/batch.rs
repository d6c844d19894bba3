//! A batch is refused with a line and words, or it is what it says when it is written again; and a listener hears of each
//! line what the strict reader reads.

use std::sync::Arc;

use kernel::{Nanos, Timestamp};
use referee::{Monitor, RuleSet, SignalDecl, SignalKind, compile};
use telemetry::batch::{encode, lines, parse};
use telemetry::{Binding, Limits, Listener};

pub const WORDS: &[&str] = &[
    "{\"v\":1,\"edge\":\"edg_east\",\"seq\":17,\"backlog\":0,\"lag_ms\":40,\"sent_at\":\"2026-11-22T08:00:00.120Z\"}\n",
    "{\"station\":\"S1\",\"t\":1790000000000000000,\"s\":{",
    "}}\n",
    "},\"q\":\"bad\"}\n",
    "\"force\":12.5",
    "\"grip\":true",
    "\"count\":-3",
    "\"mode\":\"run\"",
    "null",
    "1e5",
    "0.1e-400",
    "\\u00e9",
    "\\ud83d\\ude00",
    ",",
    ":",
];

const NOW: Timestamp = Timestamp::from_millis(4_000_000_000_000);

fn rules() -> Arc<RuleSet> {
    let decl = |name: &str, kind| SignalDecl { name: name.into(), kind, stale_after: None };
    let signals = [
        decl("force", SignalKind::Real { unit: "N".into() }),
        decl("grip", SignalKind::Bool),
        decl("count", SignalKind::Integer),
        decl("mode", SignalKind::Text),
    ];
    match compile(&signals, &[]) {
        Ok(set) => Arc::new(set),
        Err(faults) => panic!("{faults:?}"),
    }
}

pub fn run(input: &[u8]) {
    match parse(input, &Limits::default(), NOW) {
        Ok(batch) => {
            let again = parse(&encode(&batch), &Limits::default(), NOW);
            assert_eq!(again.as_ref().ok(), Some(&batch), "{again:?}");
        }
        Err(fault) => {
            assert!(fault.line >= 1 && !fault.what.zh.is_empty() && !fault.what.en.is_empty(), "{fault:?}");
        }
    }
    let rules = rules();
    let (mut quick, mut slow) = (Listener::new(rules.clone()), Binding::new(rules.signals()));
    for (number, line) in lines(input) {
        let mut names = telemetry::Names::default();
        let read = telemetry::batch::parse_tick(number, line, &Limits::default(), &mut names);
        let heard = quick.line(number, line, |_| {});
        match (read, heard) {
            (Ok(tick), Ok(spoken)) => {
                assert_eq!((&*tick.station, tick.at), (spoken.station, spoken.at));
                let mut told = Monitor::new(rules.clone(), Nanos(i64::MIN));
                let counted = spoken.tell(&mut told);
                let samples = slow_samples(&mut slow, &tick);
                assert_eq!(counted, samples, "{}", String::from_utf8_lossy(line));
            }
            (Err(_), Err(_)) => {}
            (read, heard) => panic!("{read:?} but {heard:?}"),
        }
    }
}

fn slow_samples(binding: &mut Binding, tick: &telemetry::Tick) -> u64 {
    binding.samples(tick, |_| {}).len() as u64
}

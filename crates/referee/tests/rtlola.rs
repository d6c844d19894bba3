//! What RTLola's interpreter finds in random traces, where it can say the property: an event, a condition that held for a time, one event
//! answered by another within a time or not. Its triggers fall on events only, so a verdict is looked for at the first row that lies not
//! before it; a deadline that is missed, at the first row behind it.

mod common;

use std::time::Duration;

use kernel::{Nanos, Rng};
use referee::{Monitor, Outcome, PatternSpec, RuleSpec, Sample, Value, Verdict};
use rtlola_interpreter::config::OfflineMode;
use rtlola_interpreter::input::{EventFactoryError, InputMap, MappedFactory, ValueGetter};
use rtlola_interpreter::monitor::TriggerMessages;
use rtlola_interpreter::time::RelativeFloat;
use rtlola_interpreter::{ConfigBuilder, Monitor as Lola, Value as LolaValue};

use common::{MS, holds, rises, rule, set, then};

const TRACES: u64 = 400;
const ROWS: i64 = 120;
/// Each time that matters falls on a row: RTLola sees nothing between two.
const STEP_MS: i64 = 10;

#[derive(Clone, Copy)]
struct Row {
    at_ms: i64,
    a: bool,
    b: bool,
}

impl InputMap for Row {
    type CreationData = ();
    type Error = EventFactoryError;

    fn func_for_input(name: &str, (): ()) -> Result<ValueGetter<Self, Self::Error>, Self::Error> {
        Ok(match name {
            "t" => Box::new(|row: &Row| Ok(LolaValue::Signed(row.at_ms))),
            "a" => Box::new(|row: &Row| Ok(LolaValue::Bool(row.a))),
            "b" => Box::new(|row: &Row| Ok(LolaValue::Bool(row.b))),
            other => return Err(EventFactoryError::InputStreamUnknown(vec![other.to_owned()])),
        })
    }
}

/// Rule, whether it was met, and the row at which it is seen.
type Seen = (&'static str, bool, usize);

#[test]
fn rtlola_finds_the_same() {
    let mut found = [0usize; 4];
    for seed in 0..TRACES {
        let mut dice = Rng::from_seed(seed);
        let mut time = || STEP_MS * (1 + dice.below(12) as i64);
        let (held, within) = (time(), time());
        let trace = trace(&mut dice);
        let (ours, theirs) = (ours(&trace, held, within), theirs(&trace, held, within));
        assert_eq!(ours, theirs, "seed {seed}, held {held} ms, within {within} ms");
        for (rule, met, _) in ours {
            found[match (rule, met) {
                ("event", _) => 0,
                ("held", _) => 1,
                ("answered", true) => 2,
                _ => 3,
            }] += 1;
        }
    }
    assert!(found.iter().all(|count| *count > 500), "{found:?}");
}

/// At rest at first: to RTLola what was before the first row is false, to the referee it is unknown.
fn trace(dice: &mut Rng) -> Vec<Row> {
    let (mut a, mut b) = (false, false);
    let rows = (0..ROWS).map(|nth| {
        let row = Row { at_ms: nth * STEP_MS, a, b };
        a ^= dice.below(5) == 0;
        b ^= dice.below(5) == 0;
        row
    });
    rows.collect()
}

fn ours(trace: &[Row], held: i64, within: i64) -> Vec<Seen> {
    let named = |id: &str, rule: RuleSpec| RuleSpec { id: id.into(), ..rule };
    let rules = set(&[
        named("event", rule(PatternSpec::On { event: rises("a"), check: None })),
        named("held", holds("a && !b", &format!("{held}ms"))),
        named("answered", then("a", "b", &format!("{within}ms"))),
    ]);
    let mut monitor = Monitor::new(rules.clone(), Nanos(0));
    let (a, b) = (rules.signal("a").unwrap(), rules.signal("b").unwrap());
    for row in trace {
        for (signal, value) in [(a, row.a), (b, row.b)] {
            let at = Nanos(row.at_ms * MS);
            monitor.observe(&Sample { at, signal, value: Value::Bool(value), quality: referee::Quality::Good });
        }
    }
    monitor.advance(Nanos(trace[trace.len() - 1].at_ms * MS + 1));
    let mut seen: Vec<Seen> = monitor.drain().iter().filter_map(|verdict| seen(trace, verdict)).collect();
    seen.sort_unstable();
    seen
}

fn seen(trace: &[Row], verdict: &Verdict) -> Option<Seen> {
    let is_met = verdict.outcome == Outcome::Met;
    let row = trace.iter().position(|row| match is_met {
        true => row.at_ms * MS >= verdict.decided_at.0,
        false => row.at_ms * MS > verdict.decided_at.0,
    });
    let rule = ["event", "held", "answered"].into_iter().find(|name| *name == &*verdict.rule)?;
    Some((rule, is_met, row?))
}

fn theirs(trace: &[Row], held: i64, within: i64) -> Vec<Seen> {
    let properties = format!(
        "input t: Int64\ninput a: Bool\ninput b: Bool\n\
         output a_rose := a && !a.offset(by: -1).defaults(to: false)\n\
         output b_rose := b && !b.offset(by: -1).defaults(to: false)\n\
         trigger a_rose \"event\"\n\
         output on := a && !b\n\
         output since: Int64 := if !on then -1 else if since.offset(by: -1).defaults(to: -1) < 0 then t\n\
         \x20   else since.offset(by: -1).defaults(to: -1)\n\
         output enough := since >= 0 && t - since >= {held}\n\
         output held := enough && !enough.offset(by: -1).defaults(to: false)\n\
         trigger held \"held\"\n\
         output due: Int64 := deadline.offset(by: -1).defaults(to: -1)\n\
         output missed := due >= 0 && t > due\n\
         output met := b_rose && due >= 0 && !missed\n\
         output deadline: Int64 := if a_rose then t + {within} else if missed || met then -1 else due\n\
         trigger met \"met\"\n\
         trigger missed \"missed\"\n"
    );
    let mut monitor: Lola<MappedFactory<Row>, OfflineMode<RelativeFloat>, TriggerMessages, RelativeFloat> =
        ConfigBuilder::new()
            .spec_str(&properties)
            .offline::<RelativeFloat>()
            .with_mapped_events::<Row>()
            .with_verdict::<TriggerMessages>()
            .monitor()
            .unwrap_or_else(|error| panic!("{error:?}"));
    let mut seen = Vec::new();
    for (at, row) in trace.iter().enumerate() {
        let verdicts = monitor.accept_event(*row, Duration::from_millis(row.at_ms as u64));
        for message in verdicts.unwrap_or_else(|error| panic!("{error:?}")).event {
            seen.push(match message.2.as_str() {
                "event" => ("event", true, at),
                "held" => ("held", true, at),
                "met" => ("answered", true, at),
                "missed" => ("answered", false, at),
                other => panic!("{other}"),
            });
        }
    }
    seen.sort_unstable();
    seen
}

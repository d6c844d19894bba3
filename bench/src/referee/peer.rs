//! RTLola's interpreter on the same trace: three of the five properties, since its windows run on a clock of their own.
//!
//! It is a heavy tree of crates and only a peer, so it is built with the feature `rtlola`, which `cargo xtask bench`
//! turns on.

use serde_json::Value;

use super::trace::Row;

#[cfg(not(feature = "rtlola"))]
pub fn run(_: &[Row], _: usize) -> anyhow::Result<Value> {
    println!("RTLola's interpreter: not built, needs the feature `rtlola`");
    Ok(Value::Null)
}

#[cfg(feature = "rtlola")]
pub fn run(trace: &[Row], repeats: usize) -> anyhow::Result<Value> {
    rtlola::run(trace, repeats)
}

#[cfg(feature = "rtlola")]
mod rtlola {
    use std::time::Duration;

    use anyhow::{anyhow, ensure};
    use rtlola_interpreter::config::OfflineMode;
    use rtlola_interpreter::input::{EventFactoryError, InputMap, MappedFactory, ValueGetter};
    use rtlola_interpreter::monitor::TriggerMessages;
    use rtlola_interpreter::time::RelativeFloat;
    use rtlola_interpreter::{ConfigBuilder, Monitor, Value};
    use serde_json::json;

    use super::super::median;
    use super::super::trace::{Found, Hand, Row};

    const PROPERTIES: &str = include_str!("properties.lola");

    #[derive(Clone, Copy)]
    struct Event(Row);

    impl InputMap for Event {
        type CreationData = ();
        type Error = EventFactoryError;

        fn func_for_input(name: &str, (): ()) -> Result<ValueGetter<Self, Self::Error>, Self::Error> {
            fn flag(read: fn(&Row) -> bool) -> ValueGetter<Event, EventFactoryError> {
                Box::new(move |event: &Event| Ok(Value::Bool(read(&event.0))))
            }
            Ok(match name {
                "t" => Box::new(|event: &Event| Ok(Value::Signed(event.0.at_ms))),
                "dist" => Box::new(|event: &Event| {
                    Value::try_from(event.0.dist)
                        .map_err(|_| EventFactoryError::InputStreamUnknown(vec!["dist".into()]))
                }),
                "estop" => flag(|row| row.estop),
                "gripper_closed" => flag(|row| row.gripper_closed),
                "cycle_start" => flag(|row| row.cycle_start),
                "cycle_done" => flag(|row| row.cycle_done),
                other => return Err(EventFactoryError::InputStreamUnknown(vec![other.to_owned()])),
            })
        }
    }

    pub fn run(trace: &[Row], repeats: usize) -> anyhow::Result<serde_json::Value> {
        let mut hand = Hand::new();
        trace.iter().for_each(|row| hand.take(row));
        let (ns, found) = median(repeats.min(3), || {
            let mut monitor: Monitor<MappedFactory<Event>, OfflineMode<RelativeFloat>, TriggerMessages, RelativeFloat> =
                ConfigBuilder::new()
                    .spec_str(PROPERTIES)
                    .offline::<RelativeFloat>()
                    .with_mapped_events::<Event>()
                    .with_verdict::<TriggerMessages>()
                    .monitor()
                    .map_err(|error| anyhow!("RTLola refuses the properties: {error:?}"))?;
            let mut found = Found::default();
            for row in trace {
                let verdicts = monitor
                    .accept_event(Event(*row), Duration::from_millis(row.at_ms as u64))
                    .map_err(|error| anyhow!("RTLola refuses an event: {error:?}"))?;
                for message in verdicts.event {
                    match message.2.as_str() {
                        "estop" => found.estop += 1,
                        "held" => found.held += 1,
                        "met" => found.met += 1,
                        "missed" => found.missed += 1,
                        other => return Err(anyhow!("an unknown trigger: {other}")),
                    }
                }
            }
            Ok(found)
        })?;
        let expected = Found { mean: 0, band: 0, ..hand.found };
        ensure!(found == expected, "RTLola found {found:?}, the hand-written loop {expected:?}");
        let each = ns / trace.len() as f64;
        println!("RTLola's interpreter, 3 properties: {each:.1} ns, the same counts");
        Ok(json!({"rtlola_3_properties_ns": each}))
    }
}

//! A plain MQTT will, or whatever else is said of a cell that is gone: from then on its signals are bad.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kernel::Nanos;
use referee::Quality;
use telemetry::Tick;

use crate::topic::Pattern;

#[derive(Debug, Clone)]
pub(crate) struct WillConfig {
    pub topic: Pattern,
    pub station: Option<Arc<str>>,
    /// The payload that says so; `None`: whatever is said there.
    pub bad: Option<String>,
    /// Which signals; empty: all that this broker has told of the station.
    pub signals: Vec<Arc<str>>,
}

/// The signals that a broker has told, by station.
#[derive(Debug, Default)]
pub(crate) struct Told(BTreeMap<Arc<str>, BTreeSet<Arc<str>>>);

impl Told {
    pub fn hear(&mut self, tick: &Tick) {
        let told = match self.0.get_mut(&tick.station) {
            Some(told) => told,
            None => self.0.entry(tick.station.clone()).or_default(),
        };
        for (name, _) in &tick.readings {
            if !told.contains(name) {
                told.insert(name.clone());
            }
        }
    }
}

impl WillConfig {
    /// The tick that a message on this topic means, if it says that the cell is gone.
    pub fn read(&self, payload: &[u8], station: &Arc<str>, told: &Told, at: Nanos) -> Option<Tick> {
        if self.bad.as_ref().is_some_and(|bad| payload.trim_ascii() != bad.as_bytes()) {
            return None;
        }
        let signals: Vec<Arc<str>> = match self.signals.as_slice() {
            [] => told.0.get(station).into_iter().flatten().cloned().collect(),
            signals => signals.to_vec(),
        };
        let readings: Vec<_> = signals.into_iter().map(|signal| (signal, None)).collect();
        (!readings.is_empty()).then(|| Tick { station: station.clone(), at, readings, quality: Quality::Bad })
    }
}

//! A plain MQTT will, or whatever else is said of a cell that is gone: from then on its signals are bad.

use std::sync::Arc;

use kernel::Nanos;
use referee::Quality;
use telemetry::Tick;

use crate::told::Told;
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

impl WillConfig {
    /// The tick that a message on this topic means, if it says that the cell is gone.
    pub fn read(&self, payload: &[u8], station: &Arc<str>, told: &Told, at: Nanos) -> Option<Tick> {
        if self.bad.as_ref().is_some_and(|bad| payload.trim_ascii() != bad.as_bytes()) {
            return None;
        }
        let signals: Vec<Arc<str>> = match self.signals.as_slice() {
            [] => told.of(station).into_iter().collect(),
            signals => signals.to_vec(),
        };
        let readings: Vec<_> = signals.into_iter().map(|signal| (signal, None)).collect();
        (!readings.is_empty()).then(|| Tick { station: station.clone(), at, readings, quality: Quality::Bad })
    }
}

//! What a broker has told, and what of it is not known any more once the line to it was down.
//!
//! | how a signal comes | what a lost line makes of it |
//! | --- | --- |
//! | with QoS 0 | bad from the loss on: nobody keeps for the edge what is said meanwhile |
//! | with QoS 1, and the broker has kept the session | nothing: what was said meanwhile comes |
//! | with QoS 1, and the broker knows of no session | bad from the loss on: what waited is gone, and what was said before the edge had subscribed again never waited |
//! | from a Sparkplug node | bad with every loss, which [`sparkplug`](crate::sparkplug) sees to: the node is asked for its births |
//!
//! The next message that tells a signal makes it known again. A retained one does so for the instant in which it comes, as a
//! birth does: it is the last that the broker has heard, however long ago that was.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::Nanos;
use referee::Quality;
use rustc_hash::FxHashMap;
use telemetry::Tick;

/// How a signal comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// QoS 1: while the broker keeps the session it keeps what is said.
    Kept,
    /// QoS 0, on its way to the broker or from there.
    Unkept,
    Sparkplug,
}

#[derive(Debug)]
struct Signal {
    by: By,
    /// It was called bad because of the line, and nothing has told it since.
    is_lost: bool,
}

/// The signals that a broker has told, by station.
#[derive(Debug, Default)]
pub(crate) struct Told(FxHashMap<Arc<str>, FxHashMap<Arc<str>, Signal>>);

impl Told {
    /// Notes what was told before this edge was started.
    pub fn find(&mut self, station: &Arc<str>, signal: &Arc<str>, by: By) {
        let told = self.0.entry(station.clone()).or_default();
        told.insert(signal.clone(), Signal { by, is_lost: false });
    }

    /// Notes what a message tells; whether any of it was lost until now.
    pub fn hear(&mut self, tick: &Tick, by: By) -> bool {
        let told = match self.0.get_mut(&tick.station) {
            Some(told) => told,
            None => self.0.entry(tick.station.clone()).or_default(),
        };
        let mut was_lost = false;
        for (name, _) in &tick.readings {
            match told.get_mut(name) {
                Some(signal) => {
                    was_lost |= std::mem::take(&mut signal.is_lost);
                    // What came once without a promise may do so again.
                    if signal.by != By::Unkept {
                        signal.by = by;
                    }
                }
                None => {
                    told.insert(name.clone(), Signal { by, is_lost: false });
                }
            }
        }
        was_lost
    }

    /// All that was told of a station.
    pub fn of(&self, station: &str) -> BTreeSet<Arc<str>> {
        self.0.get(station).into_iter().flat_map(|told| told.keys().cloned()).collect()
    }

    /// Calls bad from `at` on what comes in a way of which `is_lost` is true, unless it was called so already.
    pub fn lose(&mut self, at: Nanos, is_lost: impl Fn(By) -> bool) -> Vec<Tick> {
        let mut ticks = Vec::new();
        for (station, told) in &mut self.0 {
            let mut signals: Vec<Arc<str>> = Vec::new();
            for (name, signal) in told.iter_mut().filter(|(_, signal)| !signal.is_lost && is_lost(signal.by)) {
                signal.is_lost = true;
                signals.push(name.clone());
            }
            if !signals.is_empty() {
                signals.sort_unstable();
                let readings = signals.into_iter().map(|signal| (signal, None)).collect();
                ticks.push(Tick { station: station.clone(), at, readings, quality: Quality::Bad });
            }
        }
        ticks.sort_unstable_by(|one, other| one.station.cmp(&other.station));
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(station: &str, signals: &[&str]) -> Tick {
        let readings = signals.iter().map(|name| ((*name).into(), Some(referee::Value::Integer(1)))).collect();
        Tick { station: station.into(), at: Nanos(1), readings, quality: Quality::Good }
    }

    fn shown(ticks: &[Tick]) -> Vec<String> {
        let names = |tick: &Tick| tick.readings.iter().map(|(name, _)| &**name).collect::<Vec<_>>().join(" ");
        ticks.iter().map(|tick| format!("{}@{} {}", tick.station, tick.at.0, names(tick))).collect()
    }

    #[test]
    fn what_a_loss_takes_depends_on_how_it_comes() {
        let mut told = Told::default();
        for (station, signals, by) in [
            ("S02", &["lamp"][..], By::Kept),
            ("S01", &["mode", "force"], By::Kept),
            ("S01", &["temp", "force"], By::Unkept),
            ("S01", &["speed"], By::Sparkplug),
            // Kept this time; but it came otherwise before.
            ("S01", &["temp"], By::Kept),
        ] {
            assert!(!told.hear(&tick(station, signals), by));
        }
        assert_eq!(shown(&told.lose(Nanos(5), |by| by == By::Unkept)), ["S01@5 force temp"]);
        assert!(told.lose(Nanos(6), |by| by == By::Unkept).is_empty(), "once is enough");
        assert_eq!(shown(&told.lose(Nanos(7), |by| by != By::Sparkplug)), ["S01@7 mode", "S02@7 lamp"]);
        assert!(told.hear(&tick("S01", &["mode", "new"]), By::Kept), "it is known again");
        assert!(!told.hear(&tick("S01", &["mode"]), By::Kept));
        assert_eq!(shown(&told.lose(Nanos(8), |by| by == By::Kept)), ["S01@8 mode new"]);
        assert_eq!(told.of("S01").len(), 5);
    }
}

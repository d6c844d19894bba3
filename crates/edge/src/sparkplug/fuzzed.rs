//! The way in for the fuzzer: a gateway that hears what strangers say.

use std::collections::HashMap;
use std::time::Duration;

use kernel::Timestamp;
use telemetry::Tick;

use super::{MetricsConfig, Nodes, Picks, SparkplugConfig};
use crate::topic::Pattern;

/// Hears messages (topic, payload), one every 100 ms, as a gateway does that takes a robot's metrics by their names and everything of its
/// cell; an empty topic is the loss of the broker. Gives for each what it tells and what it refuses.
pub fn heard(messages: &[(&str, &[u8])]) -> Vec<(Vec<Tick>, Vec<String>)> {
    let metrics = |from, station: &str, picks| MetricsConfig {
        from: Pattern::parse(from).unwrap_or_else(|fault| panic!("{fault:?}")),
        station: Some(station.into()),
        picks,
    };
    let named = [("force", "TCP/Force"), ("estop", "Safety/EStop"), ("mode", "Mode")];
    let named = named.map(|(signal, metric)| (signal.into(), metric.to_owned())).to_vec();
    let metrics = vec![metrics("plant/gw/robot", "S01", Picks::Named(named)), metrics("plant/gw", "S02", Picks::All)];
    let config = SparkplugConfig { metrics, rebirth: Some(Duration::from_secs(10)), host_id: None };
    let mut nodes = Nodes::new(config, HashMap::new());
    let mut heard = Vec::new();
    for (nth, (topic, payload)) in (0i64..).zip(messages) {
        let now = Timestamp::from_millis(1_790_000_000_000 + nth * 100);
        if topic.is_empty() {
            heard.push((nodes.lost(now), Vec::new()));
            continue;
        }
        let said = nodes.hear(topic, payload, now);
        if let Some(node) = said.node.filter(|_| said.wants_rebirth) {
            nodes.may_ask(&node, now);
        }
        let mut ticks = said.ticks;
        ticks.extend(said.historical);
        heard.push((ticks, said.refused));
    }
    heard
}

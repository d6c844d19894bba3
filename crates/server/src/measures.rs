//! What the server adds to `/metrics`: spectators, what the live hub has handed out, the contests in motion, and how
//! each venue's gateway was seen last.
//!
//! The hub counts by itself; its counts are read when a scraper asks. Topics are not told apart: their number is that of the competitors.

use std::fmt;

use contest::ContestRoom;
use contest::stage::{LINK_SILENT_MS, Link};
use live::Hub;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use web::Hall;

/// Registers all; the gauge that is returned is for the contests, and is set by who opens them.
pub fn register(hall: &Hall, hub: &Hub, room: &ContestRoom) -> Gauge {
    let contests = Gauge::default();
    hall.metrics.register(|registry| {
        registry.register("contests", "Contests in motion on this node", contests.clone());
        registry.register_collector(Box::new(Live(hub.clone())));
        registry.register_collector(Box::new(Venues(room.clone())));
    });
    contests
}

/// The gateways of contests that are open on this node.
struct Venues(ContestRoom);

impl fmt::Debug for Venues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Venues")
    }
}

impl Collector for Venues {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let now = self.0.hall.now();
        let mut links = Vec::new();
        for floor in self.0.floors() {
            // For who was retired nobody waits.
            for (edge, gateway) in floor.gateways().into_iter().filter(|(_, gateway)| gateway.retired_after.is_none()) {
                let contest = floor.contest.to_string();
                links
                    .push(([("contest", contest), ("venue", gateway.venue.to_string()), ("edge", edge)], gateway.link));
            }
        }
        links.sort_by(|one, other| one.0.cmp(&other.0));
        let silent_ms = |link: &Link| now.millis_since(link.seen_at).max(0);
        let is_up = |link: &Link| i64::from(silent_ms(link) < LINK_SILENT_MS);
        // One that has never spoken is not up; of the rest nothing is known.
        type Of<'a> = (&'static str, &'static str, &'a dyn Fn(&Link) -> i64, Option<i64>);
        let gauges: [Of<'_>; 4] = [
            ("venue_up", "1 while the venue's gateway is heard", &is_up, Some(0)),
            ("venue_silent_milliseconds", "How long ago the gateway was heard", &silent_ms, None),
            ("venue_backlog_ticks", "Ticks that waited at the gateway when it was heard", &|link| link.backlog, None),
            ("venue_lag_milliseconds", "How late the gateway's samples were", &|link| link.lag_ms, None),
        ];
        for (name, help, value, unspoken) in gauges {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for (labels, link) in &links {
                if let Some(value) = link.as_ref().map(value).or(unspoken) {
                    ConstGauge::new(value).encode(family.encode_family(labels)?)?;
                }
            }
        }
        Ok(())
    }
}

struct Live(Hub);

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Live")
    }
}

impl Collector for Live {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let stats = self.0.stats();
        let gauges = [
            ("live_connections", "Spectators' connections that follow a view now", stats.connections),
            ("live_handshakes", "Spectators' connections whose request is being read now", stats.handshakes),
            ("live_streams", "Streams of the HTTP server that follow a view now", stats.streams),
            ("live_topics", "Views that are held", stats.topics.len() as u64),
        ];
        for (name, help, value) in gauges {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        let counters = [
            ("live_accepted", "Spectators' requests answered with a stream", stats.accepted),
            ("live_refused", "Spectators' requests refused, or given up by them", stats.refused),
            ("live_stalled", "Spectators' connections closed because they took nothing", stats.stalled),
            ("live_resumed", "Streams that went on without a snapshot", stats.resumed),
            ("live_versions", "Versions that views took", stats.versions),
            ("live_frames", "Frames handed out", stats.frames),
            ("live_bytes", "Bytes of the frames handed out", stats.bytes),
            ("live_skipped", "Versions that a reader saw only merged with a later one", stats.skipped),
        ];
        for (name, help, value) in counters {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use live::LiveConfig;
    use prometheus_client::registry::Registry;

    use super::*;

    #[test]
    fn what_the_hub_counts_is_told() {
        let hub = Hub::new(LiveConfig::default()).unwrap();
        hub.topic("contests/one/overall").apply([("h", Some("1".into()))]);
        let mut registry = Registry::with_prefix("guildhall");
        registry.register_collector(Box::new(Live(hub)));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in
            ["# TYPE guildhall_live_connections gauge", "guildhall_live_topics 1", "guildhall_live_frames_total 0"]
        {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }
}

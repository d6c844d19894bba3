//! `GET /metrics` of an edge, in OpenMetrics: what [`Status`](crate::Status) says, for who draws curves of it.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use crate::source::{SourceLink, SourceStatus};
use crate::state::{HallLink, State};

pub(crate) fn measures(state: &Arc<State>) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("guildhall_edge");
    registry.register_collector(Box::new(OfEdge(state.clone())));
    let mut told = String::new();
    text::encode(&mut told, &registry)?;
    Ok(told)
}

struct OfEdge(Arc<State>);

impl fmt::Debug for OfEdge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfEdge")
    }
}

impl Collector for OfEdge {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let status = self.0.status();
        let (ticks, samples, batches) = self.0.forwarded();
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let gauges = [
            ("link_up", "1 while the hall takes batches", i64::from(status.link == HallLink::Up)),
            ("ready", "1 while samples can be kept and recorded", i64::from(self.0.not_ready().is_empty())),
            ("recordings_up", "0 while recordings can't be written", i64::from(status.recordings_fault.is_none())),
            ("backlog_ticks", "Ticks that the hall has not acknowledged", number(status.backlog)),
            ("backlog_bytes", "Bytes of them on the disk", number(status.backlog_bytes)),
            ("aside_bytes", "Bytes in refused.ndjson and historical.ndjson", number(status.aside_bytes)),
            ("lag_milliseconds", "How long the oldest of them has waited", status.lag_ms),
        ];
        for (name, help, value) in gauges {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)?;
        }
        let counters = [
            ("accepted_ticks", "Ticks that were taken", status.accepted_ticks),
            ("accepted_samples", "Samples that were taken", status.accepted_samples),
            ("recorded_ticks", "Ticks written to recordings as they came", status.recorded_ticks),
            ("forwarded_ticks", "Ticks that the hall acknowledged", ticks),
            ("forwarded_samples", "Samples that the hall acknowledged", samples),
            ("forwarded_batches", "Batches that the hall acknowledged", batches),
            ("refused", "Messages and requests that were refused", status.refused),
            ("late", "Signals that came after their instant had left", status.late),
            ("repeated", "Messages that came again and changed nothing", status.repeated),
            ("set_aside", "Lines that the hall refused", status.set_aside),
        ];
        for (name, help, value) in counters {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)?;
        }
        let up = |source: &SourceStatus| u64::from(source.link == SourceLink::Up);
        let dead = |source: &SourceStatus| source.nodes.values().filter(|node| !node.is_alive).count() as u64;
        type Of = (&'static str, &'static str, MetricType, fn(&SourceStatus) -> u64);
        let of_sources: [Of; 10] = [
            ("source_up", "1 while the line to the source stands", MetricType::Gauge, up),
            ("source_nodes_dead", "Sparkplug nodes that are not there", MetricType::Gauge, dead),
            ("source_messages", "Messages that came from it", MetricType::Counter, |source| source.messages),
            ("source_refused", "Messages or values that nobody could use", MetricType::Counter, |source| {
                source.refused
            }),
            ("source_gaps", "Messages missing by their numbers", MetricType::Counter, |source| source.gaps),
            ("source_unknown_aliases", "Aliases without a birth", MetricType::Counter, |source| source.unknown_aliases),
            ("source_rebirths", "Births that were asked for", MetricType::Counter, |source| source.rebirths),
            ("source_overflows", "Queues that lost values", MetricType::Counter, |source| source.overflows),
            ("source_historical", "Values of the past, kept aside", MetricType::Counter, |source| source.historical),
            ("source_deaths", "Times that signals turned bad with it", MetricType::Counter, |source| source.deaths),
        ];
        for (name, help, kind, value) in of_sources {
            let mut family = encoder.encode_descriptor(name, help, None, kind)?;
            for source in &status.sources {
                let labels = [("kind", source.kind.code()), ("source", source.name.as_str())];
                let metric = family.encode_family(&labels)?;
                match kind {
                    MetricType::Gauge => ConstGauge::new(number(value(source))).encode(metric)?,
                    _ => ConstCounter::new(value(source)).encode(metric)?,
                }
            }
        }
        Ok(())
    }
}

//! `sparkplug` and `wills` of a broker.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_saphyr::Spanned;
use telemetry::check_signal;

use super::{Faults, RawValues, between, here};
use crate::sparkplug::{MetricsConfig, Picks, SparkplugConfig};
use crate::topic::Pattern;
use crate::will::WillConfig;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSparkplug {
    metrics: Spanned<Vec<RawMetrics>>,
    #[serde(default = "yes")]
    rebirth: bool,
    #[serde(default = "rebirth_every_ms")]
    rebirth_every_ms: Spanned<u64>,
    host_id: Option<Spanned<String>>,
}

fn yes() -> bool {
    true
}
fn rebirth_every_ms() -> Spanned<u64> {
    here(10_000)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMetrics {
    from: Spanned<String>,
    station: Option<Spanned<String>>,
    values: Spanned<RawValues>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWill {
    topic: Spanned<String>,
    station: Option<Spanned<String>>,
    bad: Option<String>,
    #[serde(default)]
    signals: Vec<Spanned<String>>,
}

type StationOf<'a> = dyn Fn(&Spanned<String>, &mut Faults) -> Option<Arc<str>> + 'a;

fn pattern(written: &Spanned<String>, faults: &mut Faults) -> Option<Pattern> {
    Pattern::parse(&written.value).map_err(|text| faults.text(written, text)).ok()
}

/// The station stands in the pattern or beside it, in one of both.
fn station(
    written: &Spanned<String>,
    pattern: &Pattern,
    beside: &Option<Spanned<String>>,
    station_of: &StationOf<'_>,
    faults: &mut Faults,
) -> Option<Arc<str>> {
    if pattern.names_station() == beside.is_some() {
        faults.add(
            written,
            "工位须由 {station} 或 station 二者之一给出",
            "the station is named either by {station} or by station, by one of them",
        );
    }
    beside.as_ref().and_then(|station| station_of(station, faults))
}

pub(super) fn resolve(raw: &RawSparkplug, station_of: &StationOf<'_>, faults: &mut Faults) -> SparkplugConfig {
    between(&raw.rebirth_every_ms, "rebirth_every_ms", 100, 3_600_000, faults);
    if raw.metrics.value.is_empty() {
        faults.add(&raw.metrics, "metrics 为空", "metrics is empty");
    }
    if let Some(host) = &raw.host_id
        && (host.value.is_empty() || host.value.contains(['/', '+', '#']))
    {
        faults.add(host, "host_id 应为不含 / + # 的文本", "host_id is expected to be a text without / + #");
    }
    let mut mapped = HashSet::new();
    let mut metrics = Vec::new();
    for one in &raw.metrics.value {
        let Some(from) = pattern(&one.from, faults) else { continue };
        let levels = one.from.value.split('/').count();
        if !(2..=3).contains(&levels) || one.from.value.contains('#') || from.names_signal() {
            faults.add(
                &one.from,
                "from 应为 组/节点 或 组/节点/设备",
                "from is expected to be group/node or group/node/device",
            );
        }
        let station = station(&one.from, &from, &one.station, station_of, faults);
        let picks = picks(&one.values, faults);
        let signals: Vec<String> = match &picks {
            Picks::All => vec!["*".to_owned()],
            Picks::Named(named) => named.iter().map(|(signal, _)| signal.to_string()).collect(),
        };
        for signal in signals {
            if !mapped.insert((from.filter(), signal.clone())) {
                faults.add(
                    &one.from,
                    format!("重复映射：{} 的信号 {signal} 已经映射", from.filter()),
                    format!("mapped twice: signal {signal} of {} is mapped above", from.filter()),
                );
            }
        }
        metrics.push(MetricsConfig { from, station, picks });
    }
    SparkplugConfig {
        metrics,
        rebirth: raw.rebirth.then(|| Duration::from_millis(raw.rebirth_every_ms.value)),
        host_id: raw.host_id.as_ref().map(|host| host.value.clone()),
    }
}

fn picks(values: &Spanned<RawValues>, faults: &mut Faults) -> Picks {
    let named: &BTreeMap<String, String> = match &values.value {
        RawValues::Word(word) if word == "all" => return Picks::All,
        RawValues::Word(word) => {
            faults.add(
                values,
                format!("values 应为 all 或 信号: 度量名，而不是 {word}"),
                format!("values is expected to be all or signal: metric, not {word}"),
            );
            return Picks::All;
        }
        RawValues::Picked(named) => named,
    };
    if named.is_empty() {
        faults.add(values, "values 为空", "values is empty");
    }
    for (signal, metric) in named {
        if let Err(bad) = check_signal(signal) {
            faults.text(values, bad.text);
        }
        if metric.is_empty() {
            faults.add(
                values,
                format!("信号 {signal} 的度量名为空"),
                format!("signal {signal}: the metric's name is empty"),
            );
        }
    }
    Picks::Named(named.iter().map(|(signal, metric)| (signal.as_str().into(), metric.clone())).collect())
}

pub(super) fn resolve_will(raw: &RawWill, station_of: &StationOf<'_>, faults: &mut Faults) -> Option<WillConfig> {
    let topic = pattern(&raw.topic, faults)?;
    if topic.names_signal() {
        faults.add(&raw.topic, "遗嘱主题没有 {signal}", "a will's topic has no {signal}");
    }
    let station = station(&raw.topic, &topic, &raw.station, station_of, faults);
    for signal in &raw.signals {
        if let Err(bad) = check_signal(&signal.value) {
            faults.text(signal, bad.text);
        }
    }
    let signals = raw.signals.iter().map(|signal| signal.value.as_str().into()).collect();
    Some(WillConfig { topic, station, bad: raw.bad.as_deref().map(|bad| bad.trim().to_owned()), signals })
}

//! The file as it is written, and its resolution.

mod opcua;
mod sparkplug;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::Text;
use serde::Deserialize;
use serde_saphyr::Spanned;
use telemetry::{check_signal, check_station};

use super::{ConfigFault, EdgeConfig, FORMAT, ForwardConfig, MqttConfig, RecordingsConfig, SpoolConfig, TopicConfig};
use crate::payload::{Shape, TimeUnit, Values};
use crate::topic::Pattern;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEdge {
    format: Spanned<String>,
    edge: Spanned<String>,
    contest: Spanned<String>,
    hall: Spanned<String>,
    key: Option<Spanned<String>>,
    key_env: Option<Spanned<String>>,
    listen: Option<Spanned<String>>,
    listen_key: Option<Spanned<String>>,
    listen_key_env: Option<Spanned<String>>,
    spool: RawSpool,
    recordings: Option<RawRecordings>,
    #[serde(default)]
    forward: RawForward,
    #[serde(default = "gather_ms")]
    gather_ms: Spanned<u64>,
    stations: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    mqtt: Vec<RawMqtt>,
    #[serde(default)]
    opcua: Vec<opcua::RawOpcua>,
}

fn here<T>(value: T) -> Spanned<T> {
    Spanned::new(value, serde_saphyr::Location::UNKNOWN, serde_saphyr::Location::UNKNOWN)
}
fn gather_ms() -> Spanned<u64> {
    here(25)
}
fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpool {
    folder: PathBuf,
    #[serde(default = "RawSpool::max_mib")]
    max_mib: Spanned<u64>,
    #[serde(default = "RawSpool::keep_mib")]
    keep_mib: u64,
    #[serde(default = "yes")]
    fsync: bool,
}

impl RawSpool {
    fn max_mib() -> Spanned<u64> {
        here(1024)
    }
    fn keep_mib() -> u64 {
        32
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRecordings {
    folder: PathBuf,
    #[serde(default = "RawRecordings::flush_ms")]
    flush_ms: u64,
    #[serde(default = "yes")]
    fsync: bool,
    #[serde(default = "RawRecordings::rotate_mib")]
    rotate_mib: u64,
}

impl RawRecordings {
    fn flush_ms() -> u64 {
        1_000
    }
    fn rotate_mib() -> u64 {
        256
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawForward {
    batch_ms: Spanned<u64>,
    samples_max: Spanned<usize>,
    timeout_ms: Spanned<u64>,
    retry_max_ms: Spanned<u64>,
    heartbeat_ms: Spanned<u64>,
}

impl Default for RawForward {
    fn default() -> Self {
        Self {
            batch_ms: here(100),
            samples_max: here(5_000),
            timeout_ms: here(10_000),
            retry_max_ms: here(5_000),
            heartbeat_ms: here(2_000),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMqtt {
    broker: Spanned<String>,
    client_id: Option<String>,
    username: Option<String>,
    password: Option<String>,
    password_env: Option<Spanned<String>>,
    topics: Option<Spanned<Vec<RawTopic>>>,
    #[serde(default)]
    wills: Vec<sparkplug::RawWill>,
    sparkplug: Option<sparkplug::RawSparkplug>,
    #[serde(default)]
    stations: BTreeMap<String, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTopic {
    topic: Spanned<String>,
    station: Option<Spanned<String>>,
    signal: Option<Spanned<String>>,
    value: Option<Spanned<String>>,
    values: Option<Spanned<RawValues>>,
    time: Option<Spanned<String>>,
    time_unit: Option<Spanned<String>>,
    quality: Option<Spanned<String>>,
    #[serde(default = "at_least_once")]
    qos: Spanned<u8>,
}

fn at_least_once() -> Spanned<u8> {
    here(1)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawValues {
    Word(String),
    Picked(BTreeMap<String, String>),
}

struct Faults(Vec<ConfigFault>);

impl Faults {
    fn add<T>(&mut self, at: &Spanned<T>, zh: impl Into<String>, en: impl Into<String>) {
        self.text(at, Text::new(zh, en));
    }

    fn text<T>(&mut self, at: &Spanned<T>, text: Text) {
        self.0.push(ConfigFault { line: at.referenced.line(), column: at.referenced.column(), text });
    }
}

pub(super) fn resolve(yaml: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<EdgeConfig, Vec<ConfigFault>> {
    let raw: RawEdge = serde_saphyr::from_str(yaml).map_err(|error| {
        let place = error.location();
        let en = error.without_snippet().to_string();
        // The place stands before each fault already.
        let en = en.lines().next().and_then(|line| line.split(" at line ").next()).unwrap_or_default().to_owned();
        vec![ConfigFault {
            line: place.map_or(0, |place| place.line()),
            column: place.map_or(0, |place| place.column()),
            text: Text::new(format!("配置无法读取：{en}"), en),
        }]
    })?;
    let mut faults = Faults(Vec::new());
    if raw.format.value != FORMAT {
        faults.add(&raw.format, format!("format 应为 {FORMAT}"), format!("format is expected to be {FORMAT}"));
    }
    let edge = raw
        .edge
        .value
        .parse()
        .map_err(|bad| faults.add(&raw.edge, format!("edge 不是合法编号：{bad}"), format!("edge: {bad}")))
        .ok();
    let contest = raw
        .contest
        .value
        .parse()
        .map_err(|bad| faults.add(&raw.contest, format!("contest 不是合法编号：{bad}"), format!("contest: {bad}")))
        .ok();
    let hall = raw.hall.value.trim_end_matches('/').to_owned();
    if !(hall.starts_with("http://") || hall.starts_with("https://")) || hall.len() < 9 {
        faults.add(
            &raw.hall,
            "hall 应以 http:// 或 https:// 开头",
            "hall is expected to begin with http:// or https://",
        );
    }
    let key = secret("key", &raw.key, &raw.key_env, env, &mut faults);
    if raw.key.is_none() && raw.key_env.is_none() {
        faults.add(
            &raw.hall,
            "缺少 key 或 key_env：大厅凭它认出本网关",
            "key or key_env is missing: by it the hall knows this edge",
        );
    }
    let listen_key = secret("listen_key", &raw.listen_key, &raw.listen_key_env, env, &mut faults);
    let listen = raw.listen.as_ref().and_then(|listen| match listen.value.parse() {
        Ok(address) => Some(address),
        Err(_) => {
            faults.add(
                listen,
                "listen 应为地址和端口，例如 127.0.0.1:8091",
                "listen is expected to be an address and a port, such as 127.0.0.1:8091",
            );
            None
        }
    });
    let mut stations: Vec<Arc<str>> = Vec::new();
    for station in &raw.stations.value {
        if let Err(bad) = check_station(&station.value) {
            faults.text(station, bad.text);
        } else if stations.iter().any(|known| **known == *station.value) {
            faults.add(
                station,
                format!("工位 {} 重复", station.value),
                format!("station {} stands here twice", station.value),
            );
        } else {
            stations.push(station.value.as_str().into());
        }
    }
    if raw.stations.value.is_empty() {
        faults.add(&raw.stations, "至少需要一个工位", "at least one station is needed");
    }
    between(&raw.gather_ms, "gather_ms", 0, 2_000, &mut faults);
    between(&raw.spool.max_mib, "max_mib", 1, 1 << 20, &mut faults);
    between(&raw.forward.batch_ms, "batch_ms", 1, 60_000, &mut faults);
    between(&raw.forward.timeout_ms, "timeout_ms", 100, 300_000, &mut faults);
    between(&raw.forward.retry_max_ms, "retry_max_ms", 10, 300_000, &mut faults);
    between(&raw.forward.heartbeat_ms, "heartbeat_ms", 100, 300_000, &mut faults);
    if !(1..=50_000).contains(&raw.forward.samples_max.value) {
        faults.add(&raw.forward.samples_max, "samples_max 应在 1 至 50000", "samples_max is expected to be 1 to 50000");
    }
    let mut mapped = HashSet::new();
    let mut ids = HashSet::new();
    let mqtt: Vec<MqttConfig> = raw
        .mqtt
        .iter()
        .enumerate()
        .filter_map(|(ix, broker)| {
            let client_id = broker.client_id.clone().unwrap_or_else(|| match ix {
                0 => raw.edge.value.clone(),
                ix => format!("{}-{ix}", raw.edge.value),
            });
            if !ids.insert((broker.broker.value.clone(), client_id.clone())) {
                faults.add(
                    &broker.broker,
                    "同一代理上 client_id 重复",
                    "the client_id stands there twice for this broker",
                );
            }
            resolve_broker(broker, client_id, &stations, &mut mapped, env, &mut faults)
        })
        .collect();
    let opcua = raw.opcua.iter().map(|server| opcua::resolve(server, &stations, env, &mut faults)).collect();
    if raw.listen.is_none() && raw.mqtt.is_empty() && raw.opcua.is_empty() {
        faults.add(
            &raw.stations,
            "listen、mqtt 和 opcua 都没有：样本无从进入",
            "neither listen nor mqtt nor opcua is there: no sample can come in",
        );
    }
    match (edge, contest, key) {
        (Some(edge), Some(contest), Some(key)) if faults.0.is_empty() => Ok(EdgeConfig {
            edge,
            contest,
            hall,
            key,
            listen,
            listen_key,
            spool: SpoolConfig {
                folder: raw.spool.folder,
                max_bytes: raw.spool.max_mib.value << 20,
                keep_bytes: raw.spool.keep_mib << 20,
                fsync: raw.spool.fsync,
            },
            recordings: raw.recordings.map(|recordings| RecordingsConfig {
                folder: recordings.folder,
                flush: Duration::from_millis(recordings.flush_ms),
                fsync: recordings.fsync,
                rotate_bytes: recordings.rotate_mib.max(1) << 20,
            }),
            forward: ForwardConfig {
                batch: Duration::from_millis(raw.forward.batch_ms.value),
                samples_max: raw.forward.samples_max.value,
                timeout: Duration::from_millis(raw.forward.timeout_ms.value),
                retry_max: Duration::from_millis(raw.forward.retry_max_ms.value),
                heartbeat: Duration::from_millis(raw.forward.heartbeat_ms.value),
            },
            gather: Duration::from_millis(raw.gather_ms.value),
            stations,
            mqtt,
            opcua,
        }),
        _ => {
            faults.0.sort_by_key(|fault| (fault.line, fault.column));
            Err(faults.0)
        }
    }
}

fn between(number: &Spanned<u64>, name: &str, low: u64, high: u64, faults: &mut Faults) {
    if !(low..=high).contains(&number.value) {
        faults.add(number, format!("{name} 应在 {low} 至 {high}"), format!("{name} is expected to be {low} to {high}"));
    }
}

fn secret(
    name: &str,
    written: &Option<Spanned<String>>,
    variable: &Option<Spanned<String>>,
    env: &dyn Fn(&str) -> Option<String>,
    faults: &mut Faults,
) -> Option<String> {
    let visible =
        |text: &str| !text.is_empty() && text.len() <= 256 && text.bytes().all(|byte| byte.is_ascii_graphic());
    match (written, variable) {
        (Some(key), None) if visible(&key.value) => Some(key.value.clone()),
        (Some(key), None) => {
            faults.add(
                key,
                format!("{name} 应为 1 至 256 个可见 ASCII 字符"),
                format!("{name} is expected to be 1 to 256 visible ASCII characters"),
            );
            None
        }
        (None, Some(variable)) => match env(&variable.value).filter(|key| visible(key)) {
            Some(key) => Some(key),
            None => {
                let variable_name = &variable.value;
                faults.add(
                    variable,
                    format!("环境变量 {variable_name} 未设置或无效"),
                    format!("the environment variable {variable_name} is not set or no key"),
                );
                None
            }
        },
        (Some(key), Some(_)) => {
            faults.add(
                key,
                format!("{name} 和 {name}_env 只能有一个"),
                format!("only one of {name} and {name}_env may be there"),
            );
            None
        }
        (None, None) => None,
    }
}

fn resolve_broker(
    raw: &RawMqtt,
    client_id: String,
    known: &[Arc<str>],
    mapped: &mut HashSet<(String, String, String)>,
    env: &dyn Fn(&str) -> Option<String>,
    faults: &mut Faults,
) -> Option<MqttConfig> {
    let before = faults.0.len();
    let address = raw.broker.value.strip_prefix("mqtt://").unwrap_or(&raw.broker.value);
    let (host, port) = match address.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>())) {
        Some((host, Ok(port))) if !host.is_empty() && port > 0 => (host.to_owned(), port),
        _ => {
            faults.add(
                &raw.broker,
                "broker 应为主机和端口，例如 127.0.0.1:1883",
                "broker is expected to be a host and a port, such as 127.0.0.1:1883",
            );
            (String::new(), 0)
        }
    };
    let password = match &raw.password_env {
        Some(_) => secret("password", &None, &raw.password_env, env, faults),
        None => raw.password.clone(),
    };
    let station_of = |station: &Spanned<String>, faults: &mut Faults| opcua::station_of(known, station, faults);
    let mut stations: HashMap<String, Arc<str>> = HashMap::new();
    for (called, station) in &raw.stations {
        if let Some(station) = station_of(station, faults) {
            stations.insert(called.clone(), station);
        }
    }
    for station in known {
        stations.entry(station.to_string()).or_insert_with(|| station.clone());
    }
    match &raw.topics {
        Some(topics) if topics.value.is_empty() => faults.add(topics, "topics 为空", "topics is empty"),
        None if raw.sparkplug.is_none() => faults.add(
            &raw.broker,
            "既没有 topics 也没有 sparkplug",
            "neither topics nor sparkplug is there: nothing is listened to",
        ),
        _ => {}
    }
    let wills = raw.wills.iter().filter_map(|will| sparkplug::resolve_will(will, &station_of, faults)).collect();
    let sparkplug = raw.sparkplug.as_ref().map(|raw| sparkplug::resolve(raw, &station_of, faults));
    let mut topics = Vec::new();
    for raw_topic in raw.topics.iter().flat_map(|topics| &topics.value) {
        let pattern = match Pattern::parse(&raw_topic.topic.value) {
            Ok(pattern) => pattern,
            Err(text) => {
                faults.text(&raw_topic.topic, text);
                continue;
            }
        };
        let station = raw_topic.station.as_ref().and_then(|station| station_of(station, faults));
        if pattern.names_station() == raw_topic.station.is_some() {
            faults.add(
                &raw_topic.topic,
                "工位须由主题中的 {station} 或 station 二者之一给出",
                "the station is named either by {station} in the topic or by station, by one of them",
            );
        }
        let Some(shape) = resolve_shape(raw_topic, &pattern, faults) else { continue };
        if raw_topic.qos.value > 1 {
            faults.add(&raw_topic.qos, "qos 应为 0 或 1", "qos is expected to be 0 or 1");
        }
        let signals: Vec<String> = match &shape.values {
            Values::Bare(Some(name)) | Values::At(Some(name), _) => vec![name.to_string()],
            Values::Picked(picked) => picked.iter().map(|(name, _)| name.to_string()).collect(),
            _ => vec!["*".to_owned()],
        };
        for signal in signals {
            // The same messages must not say the same signal twice.
            if !mapped.insert((raw.broker.value.clone(), pattern.filter(), signal.clone())) {
                faults.add(
                    &raw_topic.topic,
                    format!("重复映射：{} 的信号 {signal} 已经映射", pattern.filter()),
                    format!("mapped twice: signal {signal} of {} is mapped above", pattern.filter()),
                );
            }
        }
        topics.push(TopicConfig { pattern, station, shape, qos: raw_topic.qos.value.min(1) });
    }
    (faults.0.len() == before).then(|| MqttConfig {
        host,
        port,
        client_id,
        login: raw.username.clone().map(|name| (name, password.unwrap_or_default())),
        topics,
        wills,
        sparkplug,
        stations,
    })
}

fn resolve_shape(raw: &RawTopic, pattern: &Pattern, faults: &mut Faults) -> Option<Shape> {
    let before = faults.0.len();
    let steps = |path: &str| -> Vec<String> { path.split('.').map(str::to_owned).collect() };
    let path = |at: &Spanned<String>, text: &str, faults: &mut Faults| -> Vec<String> {
        if text.is_empty() || text.split('.').any(str::is_empty) {
            faults.add(
                at,
                format!("路径“{text}”应形如 data.force"),
                format!("the path {text:?} is expected to look like data.force"),
            );
        }
        steps(text)
    };
    let fixed = raw.signal.as_ref().map(|signal| {
        if let Err(bad) = check_signal(&signal.value) {
            faults.text(signal, bad.text);
        }
        Arc::from(signal.value.as_str())
    });
    let one_signal = pattern.names_signal() || fixed.is_some();
    if pattern.names_signal()
        && let Some(signal) = &raw.signal
    {
        faults.add(signal, "主题中已有 {signal}", "the topic names the signal already");
    }
    let values = match (&raw.values, &raw.value) {
        (Some(values), _) if one_signal || raw.value.is_some() => {
            faults.add(
                values,
                "values 不能与 signal、value 或 {signal} 并用",
                "values can't stand beside signal, value or {signal}",
            );
            Values::All
        }
        (Some(values), _) => match &values.value {
            RawValues::Word(word) if word == "all" => Values::All,
            RawValues::Word(word) => {
                faults.add(
                    values,
                    format!("values 应为 all 或 信号: 路径，而不是 {word}"),
                    format!("values is expected to be all or signal: path, not {word}"),
                );
                Values::All
            }
            RawValues::Picked(picked) => {
                if picked.is_empty() {
                    faults.add(values, "values 为空", "values is empty");
                }
                let pick = |(name, at): (&String, &String)| {
                    if let Err(bad) = check_signal(name) {
                        faults.text(values, bad.text);
                    }
                    if at.is_empty() || at.split('.').any(str::is_empty) {
                        faults.add(
                            values,
                            format!("路径“{at}”应形如 data.force"),
                            format!("the path {at:?} is expected to look like data.force"),
                        );
                    }
                    (Arc::from(name.as_str()), steps(at))
                };
                Values::Picked(picked.iter().map(pick).collect())
            }
        },
        (None, Some(value)) if one_signal => Values::At(fixed, path(value, &value.value, faults)),
        (None, None) if one_signal => Values::Bare(fixed),
        (None, _) => {
            faults.add(
                &raw.topic,
                "须用 {signal}、signal 或 values 给出信号",
                "the signal is to be named by {signal}, signal or values",
            );
            Values::All
        }
    };
    if let (Values::Bare(_), Some(at)) = (&values, raw.time.as_ref().or(raw.quality.as_ref())) {
        faults.add(at, "裸值没有时间和质量字段", "a bare value has no fields for time or quality");
    }
    let unit = match &raw.time_unit {
        None => TimeUnit::Rfc3339,
        Some(unit) => match unit.value.as_str() {
            "s" => TimeUnit::Seconds,
            "ms" => TimeUnit::Millis,
            "us" => TimeUnit::Micros,
            "ns" => TimeUnit::Nanos,
            "rfc3339" => TimeUnit::Rfc3339,
            other => {
                faults.add(
                    unit,
                    format!("time_unit {other} 应为 s、ms、us、ns 或 rfc3339"),
                    format!("time_unit {other} is expected to be s, ms, us, ns or rfc3339"),
                );
                TimeUnit::Rfc3339
            }
        },
    };
    if let (Some(unit), None) = (&raw.time_unit, &raw.time) {
        faults.add(unit, "有 time_unit 而没有 time", "time_unit is there without time");
    }
    let time = raw.time.as_ref().map(|time| (path(time, &time.value, faults), unit));
    let quality = raw.quality.as_ref().map(|quality| path(quality, &quality.value, faults));
    (faults.0.len() == before).then_some(Shape { values, time, quality })
}

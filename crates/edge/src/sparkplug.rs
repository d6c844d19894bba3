//! Sparkplug B: nodes and their devices say at birth what they have and what it is now, then only what changed, and the
//! broker says when they are gone.
//!
//! | what comes | what it means here |
//! | --- | --- |
//! | birth of a node or device | names, aliases and types are learnt; every value counts as of the birth's own time |
//! | data | values by alias or name, each at its metric's time |
//! | death of a device, or of a node by its will | all signals of it are bad from that instant |
//! | a hole in the sequence numbers | messages are missing: every signal of the node that this message doesn't tell is bad, until it speaks or is born again |
//! | an alias that no birth explained | counted, and the node is asked to be born again |
//! | the broker is gone from us | what nodes say meanwhile may never come: as if all had died |
//! | a value of the past (`is_historical`) | kept aside: it says nothing of the present |
//!
//! Invariant: this module neither reads a clock nor sends: what comes in is an argument, what is to be done is the answer.

#[cfg(fuzzing)]
pub mod fuzzed;
mod payload;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use kernel::{Nanos, Timestamp};
use prost::Message as _;
use referee::Quality;
use telemetry::batch::Limits;
use telemetry::{Reading, Readings, Tick, check_signal};

pub(crate) use payload::rebirth_command;
use payload::{BD_SEQ, Metric as Said, MetricValue, NoReading, Payload};

use crate::topic::Pattern;

pub(crate) const NAMESPACE: &str = "spBv1.0";
/// Messages that a repeated one is recognised by.
const REMEMBERED: usize = 64;
const NODES_MAX: usize = 2_000;
const METRICS_MAX: usize = 5_000;
/// Sequence numbers go round after this many.
const SEQ_ROUND: u64 = 256;

#[derive(Debug, Clone)]
pub(crate) struct SparkplugConfig {
    pub metrics: Vec<MetricsConfig>,
    /// Nodes are asked to be born again, each no more often than this.
    pub rebirth: Option<Duration>,
    /// Nodes that wait for a host wait for this one.
    pub host_id: Option<String>,
}

/// Which metrics of a node (`group/node`) or device (`group/node/device`) are which signals of a station.
#[derive(Debug, Clone)]
pub(crate) struct MetricsConfig {
    pub from: Pattern,
    pub station: Option<Arc<str>>,
    pub picks: Picks,
}

#[derive(Debug, Clone)]
pub(crate) enum Picks {
    /// Every metric is a signal; what a signal's name can't hold becomes `_`.
    All,
    /// Signals and the metrics that they are.
    Named(Vec<(Arc<str>, String)>),
}

impl Picks {
    /// Whether a metric may be this signal.
    pub fn may_be(&self, signal: &str) -> bool {
        match self {
            Picks::All => true,
            Picks::Named(named) => named.iter().any(|(name, _)| **name == *signal),
        }
    }
}

impl SparkplugConfig {
    /// What is subscribed to: a node's messages as a whole, because its numbers run through all its devices.
    pub fn filters(&self) -> Vec<String> {
        let mut filters = Vec::new();
        for metrics in &self.metrics {
            let from = metrics.from.filter();
            let mut levels = from.split('/');
            let (group, node) = (levels.next().unwrap_or("+"), levels.next().unwrap_or("+"));
            let filter = format!("{NAMESPACE}/{group}/+/{node}/#");
            if !filters.contains(&filter) {
                filters.push(filter);
            }
        }
        filters
    }
}

/// A node's address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeName {
    pub group: String,
    pub node: String,
}

impl NodeName {
    pub fn command_topic(&self) -> String {
        format!("{NAMESPACE}/{}/NCMD/{}", self.group, self.node)
    }
}

impl std::fmt::Display for NodeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.group, self.node)
    }
}

/// What one message means.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Heard {
    /// By time.
    pub ticks: Vec<Tick>,
    pub historical: Vec<Tick>,
    /// Whether the times are the source's.
    pub has_own_time: bool,
    pub node: Option<NodeName>,
    /// Messages that are missing before this one.
    pub gap: u64,
    pub unknown_aliases: u64,
    /// It came before.
    pub is_repeated: bool,
    /// Signals were called bad.
    pub is_death: bool,
    /// It tells what is now.
    pub is_birth: bool,
    /// The node is to be asked for its births.
    pub wants_rebirth: bool,
    pub refused: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Birth,
    Data,
    Death,
}

#[derive(Debug)]
struct Metric {
    datatype: u32,
    /// Station and signal; usually one.
    targets: Vec<(Arc<str>, Arc<str>)>,
}

/// A device; the node itself is the one without a name.
#[derive(Debug, Default)]
struct Device {
    is_alive: bool,
    /// It has said something since its signals were called bad.
    has_spoken: bool,
    metrics: Vec<Metric>,
    by_name: HashMap<String, usize>,
}

#[derive(Debug, Default)]
struct Node {
    is_alive: bool,
    bd_seq: Option<u64>,
    seq: Option<u64>,
    recent: VecDeque<(u64, u32)>,
    devices: BTreeMap<String, Device>,
    aliases: HashMap<u64, (String, usize)>,
    asked: Option<Timestamp>,
}

/// The nodes of one broker.
#[derive(Debug)]
pub(crate) struct Nodes {
    config: SparkplugConfig,
    /// From what the addresses call a station to its name.
    stations: HashMap<String, Arc<str>>,
    nodes: BTreeMap<NodeName, Node>,
}

/// Readings by station, time and quality.
#[derive(Default)]
struct Gathered(BTreeMap<(Nanos, Arc<str>, u8), Readings>);

impl Gathered {
    fn add(&mut self, station: &Arc<str>, mut at: Nanos, quality: Quality, signal: &Arc<str>, reading: Reading) {
        // Two values of a signal at one instant: the later one is the later one.
        loop {
            let readings = self.0.entry((at, station.clone(), quality as u8)).or_default();
            if readings.iter().all(|(known, _)| known != signal) {
                readings.push((signal.clone(), reading));
                return;
            }
            at = Nanos(at.0.saturating_add(1));
        }
    }

    fn into_ticks(self) -> Vec<Tick> {
        let quality = |code| match code {
            code if code == Quality::Good as u8 => Quality::Good,
            code if code == Quality::Uncertain as u8 => Quality::Uncertain,
            _ => Quality::Bad,
        };
        self.0
            .into_iter()
            .map(|((at, station, code), readings)| Tick { station, at, readings, quality: quality(code) })
            .collect()
    }
}

fn nanos(millis: u64) -> Option<Nanos> {
    i64::try_from(millis).ok()?.checked_mul(1_000_000).map(Nanos)
}

impl Nodes {
    pub fn new(config: SparkplugConfig, stations: HashMap<String, Arc<str>>) -> Nodes {
        Nodes { config, stations, nodes: BTreeMap::new() }
    }

    /// How a node is: alive, and how many of its devices.
    pub fn how(&self, name: &NodeName) -> (bool, usize) {
        let alive = |node: &Node| node.devices.iter().filter(|(name, one)| !name.is_empty() && one.is_alive).count();
        self.nodes.get(name).map_or((false, 0), |node| (node.is_alive, alive(node)))
    }

    /// Nodes that were heard of.
    pub fn names(&self) -> Vec<NodeName> {
        self.nodes.keys().cloned().collect()
    }

    /// Whether the node may be asked for its births now; if so, that it was is remembered.
    pub fn may_ask(&mut self, name: &NodeName, now: Timestamp) -> bool {
        let Some(every) = self.config.rebirth else { return false };
        let Some(node) = self.nodes.get_mut(name) else { return false };
        let is_due = node.asked.is_none_or(|asked| !(0..every.as_millis() as i64).contains(&now.millis_since(asked)));
        if is_due {
            node.asked = Some(now);
        }
        is_due
    }

    /// The broker is gone since `at`: what is said from then on may never come, and every signal is bad.
    pub fn lost(&mut self, at: Timestamp) -> Vec<Tick> {
        let mut gathered = Gathered::default();
        for node in self.nodes.values_mut() {
            for device in node.devices.values_mut() {
                device.die(at.to_nanos(), &HashSet::new(), &mut gathered);
            }
            node.is_alive = false;
            // What was not acknowledged comes again, with the numbers that it had.
            node.seq = None;
            node.recent.clear();
            node.asked = None;
        }
        gathered.into_ticks()
    }

    pub fn hear(&mut self, topic: &str, bytes: &[u8], now: Timestamp) -> Heard {
        let mut heard = Heard::default();
        let mut levels = topic.split('/');
        let (_, group, kind, node) = (levels.next(), levels.next(), levels.next(), levels.next());
        let device = levels.next();
        let (Some(group), Some(kind), Some(node), None) = (group, kind, node, levels.next()) else {
            heard.refused.push(format!("{topic}: this is no Sparkplug topic"));
            return heard;
        };
        let kind = match (kind, device) {
            ("NBIRTH", None) | ("DBIRTH", Some(_)) => Kind::Birth,
            ("NDATA", None) | ("DDATA", Some(_)) => Kind::Data,
            ("NDEATH", None) | ("DDEATH", Some(_)) => Kind::Death,
            // Commands, our own among them.
            ("NCMD" | "DCMD", _) => return heard,
            _ => {
                heard.refused.push(format!("{topic}: this is no Sparkplug topic"));
                return heard;
            }
        };
        let payload = match Payload::decode(bytes) {
            Ok(payload) => payload,
            Err(error) => {
                heard.refused.push(format!("{topic}: {error}"));
                return heard;
            }
        };
        let name = NodeName { group: group.to_owned(), node: node.to_owned() };
        if !self.nodes.contains_key(&name) && self.nodes.len() >= NODES_MAX {
            heard.refused.push(format!("{topic}: more than {NODES_MAX} nodes"));
            return heard;
        }
        let mapping = Mapping { config: &self.config, stations: &self.stations, name: &name };
        let one = self.nodes.entry(name.clone()).or_default();
        match (kind, device) {
            (Kind::Death, None) => one.node_died(&payload, now, &mut heard),
            _ => {
                if one.follows(kind, device, &payload, bytes, &mut heard) {
                    one.take(kind, device.unwrap_or_default(), payload, now, &mapping, &mut heard);
                }
            }
        }
        heard.node = Some(name);
        heard
    }
}

/// Which metrics are which signals, as seen from one node.
struct Mapping<'a> {
    config: &'a SparkplugConfig,
    stations: &'a HashMap<String, Arc<str>>,
    name: &'a NodeName,
}

impl Mapping<'_> {
    fn targets(&self, device: &str, metric: &str, heard: &mut Heard) -> Vec<(Arc<str>, Arc<str>)> {
        let mut targets = Vec::new();
        for config in self.of(device) {
            let Some(station) = self.station(config, device) else { continue };
            match &config.picks {
                Picks::Named(named) => {
                    let mine = named.iter().filter(|(_, wanted)| wanted == metric);
                    targets.extend(mine.map(|(signal, _)| (station.clone(), signal.clone())));
                }
                Picks::All if is_about_the_node(metric) => {}
                Picks::All => {
                    let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
                    let signal: String = metric.chars().map(word).collect();
                    match check_signal(&signal) {
                        Ok(()) => targets.push((station.clone(), signal.as_str().into())),
                        Err(bad) => heard.refused.push(format!("{}: {}", self.shown(device), bad.text.en)),
                    }
                }
            }
        }
        targets
    }

    /// Metrics that are mapped by name and that a birth did not bring.
    fn missing(&self, device: &str, born: &HashMap<String, usize>) -> Vec<String> {
        let named = self.of(device).filter_map(|config| match &config.picks {
            Picks::Named(named) => Some(named),
            Picks::All => None,
        });
        named.flatten().filter(|(_, metric)| !born.contains_key(metric)).map(|(_, metric)| metric.clone()).collect()
    }

    fn of(&self, device: &str) -> impl Iterator<Item = &MetricsConfig> {
        let address = self.shown(device);
        self.config.metrics.iter().filter(move |config| config.from.captures(&address).is_some())
    }

    fn station(&self, config: &MetricsConfig, device: &str) -> Option<Arc<str>> {
        if let Some(station) = &config.station {
            return Some(station.clone());
        }
        let address = self.shown(device);
        self.stations.get(config.from.captures(&address)?.station?).cloned()
    }

    fn shown(&self, device: &str) -> String {
        match device {
            "" => self.name.to_string(),
            device => format!("{}/{device}", self.name),
        }
    }
}

/// What the specification has every node and device say of itself.
fn is_about_the_node(metric: &str) -> bool {
    metric == BD_SEQ
        || ["Node Control/", "Device Control/", "Node Info/", "Properties/"].iter().any(|head| metric.starts_with(head))
}

fn bd_seq_of(payload: &Payload) -> Option<u64> {
    payload.metrics.iter().find(|metric| metric.name.as_deref() == Some(BD_SEQ)).and_then(|metric| {
        match metric.value.as_ref()? {
            MetricValue::Int(number) => Some(u64::from(*number)),
            MetricValue::Long(number) => Some(*number),
            _ => None,
        }
    })
}

impl Device {
    /// Calls its signals bad from `at` on, but for those that are told.
    fn die(&mut self, at: Nanos, told: &HashSet<(Arc<str>, Arc<str>)>, gathered: &mut Gathered) -> bool {
        if !self.is_alive && !self.has_spoken {
            return false;
        }
        let targets = self.metrics.iter().flat_map(|metric| &metric.targets);
        // A metric that came without a birth may be known twice.
        let targets: HashSet<&(Arc<str>, Arc<str>)> = targets.filter(|target| !told.contains(*target)).collect();
        let mut targets: Vec<_> = targets.into_iter().collect();
        targets.sort_unstable();
        for (station, signal) in &targets {
            gathered.add(station, at, Quality::Bad, signal, None);
        }
        (self.is_alive, self.has_spoken) = (false, false);
        !targets.is_empty()
    }
}

impl Node {
    /// The broker speaks for the node, with the words that the node left when it came; its time is that of the coming.
    fn node_died(&mut self, payload: &Payload, now: Timestamp, heard: &mut Heard) {
        // The will of an earlier session comes late when a node was quick to come again.
        if let (Some(born), Some(dead)) = (self.bd_seq, bd_seq_of(payload))
            && born != dead
        {
            return;
        }
        let mut gathered = Gathered::default();
        for device in self.devices.values_mut() {
            heard.is_death |= device.die(now.to_nanos(), &HashSet::new(), &mut gathered);
        }
        heard.ticks = gathered.into_ticks();
        (self.is_alive, self.seq) = (false, None);
        self.recent.clear();
    }

    /// Whether the message is new; holes in the numbers are found here.
    fn follows(
        &mut self,
        kind: Kind,
        device: Option<&str>,
        payload: &Payload,
        bytes: &[u8],
        heard: &mut Heard,
    ) -> bool {
        let Some(seq) = payload.seq.map(|seq| seq % SEQ_ROUND) else {
            heard.refused.push("a message without its sequence number".to_owned());
            heard.wants_rebirth = true;
            return false;
        };
        let mark = (seq, crc32fast::hash(bytes));
        if self.recent.contains(&mark) {
            heard.is_repeated = true;
            return false;
        }
        let is_node_birth = kind == Kind::Birth && device.is_none();
        match self.seq {
            Some(before) if !is_node_birth => {
                heard.gap = (seq + SEQ_ROUND - (before + 1) % SEQ_ROUND) % SEQ_ROUND;
            }
            _ => {}
        }
        heard.wants_rebirth = !is_node_birth && (heard.gap > 0 || !self.is_alive);
        if is_node_birth {
            self.recent.clear();
        }
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(mark);
        self.seq = Some(seq);
        true
    }

    fn take(
        &mut self,
        kind: Kind,
        device: &str,
        payload: Payload,
        now: Timestamp,
        mapping: &Mapping<'_>,
        heard: &mut Heard,
    ) {
        let mut gathered = Gathered::default();
        heard.is_birth = kind == Kind::Birth;
        let said_at = payload.timestamp.and_then(nanos);
        heard.has_own_time = said_at.is_some();
        let at = said_at.unwrap_or(now.to_nanos());
        // A clock that runs ahead doesn't keep signals good that are known to be bad.
        let bad_at = at.min(now.to_nanos());
        if kind == Kind::Birth && device.is_empty() {
            let bd_seq = bd_seq_of(&payload);
            // Born again on request, the devices live on; a new session has none yet.
            if !self.is_alive || self.bd_seq != bd_seq {
                for (_, one) in self.devices.iter_mut().filter(|(name, _)| !name.is_empty()) {
                    heard.is_death |= one.die(bad_at, &HashSet::new(), &mut gathered);
                }
            }
            (self.is_alive, self.bd_seq) = (true, bd_seq);
            self.aliases.clear();
        }
        if kind == Kind::Death {
            if let Some(one) = self.devices.get_mut(device) {
                heard.is_death |= one.die(bad_at, &HashSet::new(), &mut gathered);
            }
            heard.ticks = gathered.into_ticks();
            return;
        }
        let mut past = Gathered::default();
        let mut told = HashSet::new();
        let mut before = HashSet::new();
        if kind == Kind::Birth {
            let known = self.devices.entry(device.to_owned()).or_default();
            if known.is_alive || known.has_spoken {
                before.extend(known.metrics.drain(..).flat_map(|metric| metric.targets));
            }
            (known.metrics, known.by_name) = (Vec::new(), HashMap::new());
            known.is_alive = true;
            self.aliases.retain(|_, (of, _)| of != device);
        }
        for metric in &payload.metrics {
            let Some((of, ix)) = self.find(kind, device, metric, mapping, heard) else { continue };
            let Some(known) = self.devices.get(&of).and_then(|device| device.metrics.get(ix)) else { continue };
            if known.targets.is_empty() {
                continue;
            }
            let reading = match metric.reading(known.datatype, Limits::default().text_len_max) {
                Ok(reading) => reading,
                Err(NoReading::Shape) => {
                    heard.refused.push(format!("{}: a metric that is no single value", mapping.shown(device)));
                    None
                }
                Err(NoReading::TooLong) => {
                    heard.refused.push(format!("{}: a text that is too long", mapping.shown(device)));
                    None
                }
            };
            let quality = metric.quality();
            let reading = reading.filter(|_| quality != Quality::Bad);
            let own = metric.timestamp.and_then(nanos);
            // At birth a metric says what it is now, however long it has been that.
            let when = match (kind, own) {
                (Kind::Birth, Some(own)) => own.max(at),
                (Kind::Birth, None) => at,
                (_, own) => own.unwrap_or(at),
            };
            heard.has_own_time |= own.is_some();
            for (station, signal) in &known.targets {
                if metric.is_historical == Some(true) {
                    past.add(station, when, quality, signal, reading.clone());
                } else {
                    told.insert((station.clone(), signal.clone()));
                    gathered.add(station, when, quality, signal, reading.clone());
                }
            }
        }
        let known = self.devices.entry(device.to_owned()).or_default();
        // What it had before and has no more is not known any more.
        let mut gone: Vec<_> = before.difference(&told).collect();
        gone.sort_unstable();
        gone.into_iter().for_each(|(station, signal)| gathered.add(station, bad_at, Quality::Bad, signal, None));
        if kind == Kind::Birth {
            let missing = mapping.missing(device, &known.by_name);
            if !missing.is_empty() {
                heard.refused.push(format!("{}: its birth has no {}", mapping.shown(device), missing.join(", ")));
            }
        }
        known.has_spoken = true;
        if heard.gap > 0 {
            for (name, one) in &mut self.devices {
                let was = one.is_alive;
                heard.is_death |= one.die(bad_at, &told, &mut gathered);
                // It is not dead: only what it said is not known.
                one.is_alive = was;
                one.has_spoken = name == device;
            }
        }
        heard.ticks = gathered.into_ticks();
        heard.historical = past.into_ticks();
    }

    /// The device and place of a metric, by its alias or its name; a birth makes it known.
    fn find(
        &mut self,
        kind: Kind,
        device: &str,
        metric: &Said,
        mapping: &Mapping<'_>,
        heard: &mut Heard,
    ) -> Option<(String, usize)> {
        let Some(name) = &metric.name else {
            let found = metric.alias.and_then(|alias| self.aliases.get(&alias)).cloned();
            if found.is_none() {
                heard.unknown_aliases += 1;
                heard.wants_rebirth = true;
            }
            return found;
        };
        let known = self.devices.entry(device.to_owned()).or_default();
        let found = known.by_name.get(name).copied();
        let ix = match found {
            Some(ix) => ix,
            None if known.metrics.len() >= METRICS_MAX => {
                heard.refused.push(format!("{}: more than {METRICS_MAX} metrics", mapping.shown(device)));
                return None;
            }
            None => {
                let mut targets = mapping.targets(device, name, heard);
                targets.retain(|target| {
                    let is_free = known.metrics.iter().all(|other| !other.targets.contains(target));
                    if !is_free {
                        let text = format!("{}: two metrics are signal {}", mapping.shown(device), target.1);
                        heard.refused.push(text);
                    }
                    is_free
                });
                known.metrics.push(Metric { datatype: metric.datatype.unwrap_or_default(), targets });
                known.by_name.insert(name.clone(), known.metrics.len() - 1);
                known.metrics.len() - 1
            }
        };
        if let (Kind::Birth, Some(alias)) = (kind, metric.alias)
            && self.aliases.len() < METRICS_MAX
            && self.aliases.insert(alias, (device.to_owned(), ix)).is_some()
        {
            heard.refused.push(format!("{}: alias {alias} stands for two metrics", mapping.shown(device)));
        }
        Some((device.to_owned(), ix))
    }
}

//! An edge's configuration file, format `guildhall/edge/1`.
//!
//! ```yaml
//! format: guildhall/edge/1
//! edge: edg_east
//! contest: con_final
//! hall: http://127.0.0.1:8080
//! key: secret                       # what the hall knows this edge by; better: key_env: GUILDHALL_EDGE_KEY
//! listen: 127.0.0.1:8091            # POST /samples, GET /status
//! listen_key: another               # for POST /samples
//! spool: {folder: /var/lib/guildhall/spool, max_mib: 1024, keep_mib: 32, fsync: true}
//! recordings: {folder: /var/lib/guildhall/recordings, flush_ms: 1000, fsync: true, rotate_mib: 256}
//! forward: {batch_ms: 100, samples_max: 5000, timeout_ms: 10000, retry_max_ms: 5000}
//! gather_ms: 25                     # how long the messages of one instant are waited for
//! stations: [S01, S02]
//! mqtt:
//!   - broker: 127.0.0.1:1883
//!     topics:
//!       - {topic: "cell/{station}/robot/{signal}"}                      # bare values
//!       - {topic: "cell/{station}/state", values: {force: data.force, estop: data.estop}, time: ts, time_unit: ms}
//!       - {topic: "plc/7/tick", station: S02, values: all, quality: q}
//!     wills:                        # what says that a cell is gone
//!       - {topic: "cell/{station}/online", bad: "0"}
//!     sparkplug:
//!       metrics:
//!         - {from: "plant/gateway/{station}", values: {force: TCP/Force, estop: Safety/EStop}}
//!     stations: {cell-a: S01}       # what the topics call a station
//! opcua:
//!   - server: opc.tcp://127.0.0.1:4840
//!     signals:
//!       - {node: "ns=2;s=Force", station: S01, signal: force}
//!     robots:
//!       - {system: /DeviceSet/Cell1, station: S01}
//! ```
//!
//! Everything that is wrong is found in one go, with its line.

pub(crate) mod opcua;
mod raw;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::{ContestId, EdgeId, Text};

pub use opcua::OpcuaConfig;

use crate::payload::Shape;
use crate::sparkplug::SparkplugConfig;
use crate::told::By;
use crate::topic::Pattern;
use crate::will::WillConfig;

pub const FORMAT: &str = "guildhall/edge/1";

/// One fault of a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// From 1; 0 where the file as a whole is meant.
    pub line: u64,
    pub column: u64,
    pub text: Text,
}

impl std::fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.text.en)
    }
}

/// A checked configuration.
#[derive(Clone)]
pub struct EdgeConfig {
    pub edge: EdgeId,
    pub contest: ContestId,
    /// `http://host:port`, without a slash at the end.
    pub hall: String,
    pub key: String,
    pub listen: Option<SocketAddr>,
    pub listen_key: Option<String>,
    pub spool: SpoolConfig,
    pub recordings: Option<RecordingsConfig>,
    pub forward: ForwardConfig,
    pub gather: Duration,
    pub stations: Vec<Arc<str>>,
    pub mqtt: Vec<MqttConfig>,
    pub opcua: Vec<OpcuaConfig>,
}

/// Without the keys.
impl std::fmt::Debug for EdgeConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EdgeConfig")
            .field("edge", &self.edge)
            .field("contest", &self.contest)
            .field("hall", &self.hall)
            .field("listen", &self.listen)
            .field("stations", &self.stations)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone)]
pub struct SpoolConfig {
    pub folder: PathBuf,
    pub max_bytes: u64,
    pub keep_bytes: u64,
    pub fsync: bool,
}

#[derive(Debug, Clone)]
pub struct RecordingsConfig {
    pub folder: PathBuf,
    pub flush: Duration,
    pub fsync: bool,
    pub rotate_bytes: u64,
}

#[derive(Debug, Clone)]
pub struct ForwardConfig {
    pub batch: Duration,
    pub samples_max: usize,
    pub timeout: Duration,
    pub retry_max: Duration,
    /// Without samples the hall hears from the edge this often.
    pub heartbeat: Duration,
}

#[derive(Clone)]
pub struct MqttConfig {
    pub host: String,
    pub port: u16,
    pub client_id: String,
    pub login: Option<(String, String)>,
    pub(crate) topics: Vec<TopicConfig>,
    pub(crate) wills: Vec<WillConfig>,
    pub(crate) sparkplug: Option<SparkplugConfig>,
    /// From what the topics call a station to its name.
    pub(crate) stations: HashMap<String, Arc<str>>,
}

impl std::fmt::Debug for MqttConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MqttConfig").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl MqttConfig {
    /// Whether this broker keeps for the edge what is said while the line is down.
    pub(crate) fn is_kept(&self) -> bool {
        self.sparkplug.is_some() || !self.wills.is_empty() || self.topics.iter().any(|topic| topic.qos > 0)
    }

    /// How this broker may tell a signal, if it may; by its weakest promise.
    pub(crate) fn tells(&self, station: &str, signal: &str) -> Option<By> {
        let is_station = |fixed: &Option<Arc<str>>| match fixed {
            Some(fixed) => **fixed == *station,
            None => self.stations.values().any(|known| **known == *station),
        };
        let topics = self.topics.iter().filter(|topic| is_station(&topic.station) && topic.shape.values.may_be(signal));
        let by = topics.map(|topic| if topic.qos == 0 { By::Unkept } else { By::Kept });
        let metrics = self.sparkplug.iter().flat_map(|sparkplug| &sparkplug.metrics);
        let born = metrics.filter(|one| is_station(&one.station) && one.picks.may_be(signal)).map(|_| By::Sparkplug);
        by.chain(born).min_by_key(|by| match by {
            By::Unkept => 0,
            By::Sparkplug => 1,
            By::Kept => 2,
        })
    }
}

#[derive(Debug, Clone)]
pub(crate) struct TopicConfig {
    pub pattern: Pattern,
    pub station: Option<Arc<str>>,
    pub shape: Shape,
    pub qos: u8,
}

impl EdgeConfig {
    /// Reads a configuration. `env` looks up an environment variable.
    pub fn parse(yaml: &str, env: impl Fn(&str) -> Option<String>) -> Result<EdgeConfig, Vec<ConfigFault>> {
        raw::resolve(yaml, &env)
    }
}

#[cfg(test)]
mod tests;

//! A venue's gateway.
//!
//! Equipment speaks MQTT, people and programs post NDJSON; the edge gathers what belongs to one instant of a station,
//! puts it in order of time, keeps it on its own disk and hands it to the hall, batch by batch, as long as it takes.
//!
//! ```text
//!  mqtt ─┐                       ┌─► spool ──► forward ──► POST {hall}/api/contests/{contest}/telemetry
//!        ├─► intake ─ commit ────┤
//!  door ─┘   (gather, order)     └─► shelf (MCAP recordings)
//! ```
//!
//! Invariants:
//! - a sample counts as accepted (MQTT acknowledged, HTTP answered) once it is in the spool, synced; recordings are completed
//!   from the spool after a death, so an accepted sample is in them too;
//! - the ticks of a station leave in rising order of time. A signal that comes after its instant has left is moved behind
//!   it and called uncertain: its value is true, its time is not;
//! - every accepted sample has its effect in the hall exactly once, whatever is cut, killed or repeated: batches are
//!   numbered, and a number never means two contents;
//! - recordings that can't be written hold up nobody: the sample is acknowledged, forwarded, and recorded later;
//! - nothing is dropped in silence. When the spool is full, samples are refused, and log, status and metrics say so.

mod config;
mod door;
mod forward;
mod intake;
mod measures;
mod mqtt;
#[cfg(feature = "opcua")]
mod opcua;
mod payload;
mod shelf;
mod source;
mod sparkplug;
mod spool;
mod state;
mod told;
mod topic;
mod will;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use kernel::Clock;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

pub use config::{
    ConfigFault, EdgeConfig, FORMAT, ForwardConfig, MqttConfig, OpcuaConfig, RecordingsConfig, SpoolConfig,
};
pub use source::{NodeStatus, SourceKind, SourceLink, SourceStatus};
#[cfg(fuzzing)]
pub use sparkplug::fuzzed;
pub use state::{HallLink, Status};

use intake::Offer;
use state::State;

/// Why an edge can't work.
#[derive(Debug, thiserror::Error)]
pub enum EdgeFault {
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Config(Vec<ConfigFault>),
    #[error("the spool can't be used")]
    Spool(#[from] spool::SpoolFault),
    #[error("a recording can't be written")]
    Recording(#[from] telemetry::RecordingFault),
    #[error("can't listen on {address}")]
    Listen {
        address: SocketAddr,
        #[source]
        source: std::io::Error,
    },
    #[error("the client for the hall can't be made")]
    Client(#[from] reqwest::Error),
}

/// A running edge.
pub struct Edge {
    state: Arc<State>,
    listen: Option<SocketAddr>,
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl std::fmt::Debug for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edge").field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// Offers that may wait for the intake; beyond that, the doors wait.
const OFFERS_WAITING: usize = 4_096;

impl Edge {
    /// Opens spool and recordings, completes what a death left undone, and opens the doors.
    pub async fn start(config: EdgeConfig, clock: Arc<dyn Clock>) -> Result<Edge, EdgeFault> {
        let config = Arc::new(config);
        let limits = spool::Limits {
            max_bytes: config.spool.max_bytes,
            keep_bytes: config.spool.keep_bytes,
            fsync: config.spool.fsync,
        };
        let spool = spool::Spool::open(&config.spool.folder, limits)?;
        let mut keeper = intake::Keeper::new(spool, &config)?;
        let now = clock.now();
        let away_since = keeper.spool.last_alive().map_or(now, |last| last.min(now));
        keeper.catch_up(now)?;
        let found = keeper.found();
        let state = Arc::new(State::new(config.clone(), clock, keeper, away_since));
        let listener = match config.listen {
            None => None,
            Some(address) => Some(
                tokio::net::TcpListener::bind(address).await.map_err(|source| EdgeFault::Listen { address, source })?,
            ),
        };
        let listen = listener.as_ref().and_then(|listener| listener.local_addr().ok());
        let forwarder = forward::Forwarder::new(state.clone())?;
        let (stop, stopped) = watch::channel(false);
        let (offers, offered) = mpsc::channel::<Offer>(OFFERS_WAITING);
        let mut tasks = JoinSet::new();
        tasks.spawn(intake::run(state.clone(), offered));
        tasks.spawn(forwarder.run(stopped.clone()));
        let mut sources = state.sources.iter();
        for (broker, source) in config.mqtt.iter().zip(&mut sources) {
            let broker = mqtt::Broker::new(state.clone(), source.clone(), broker.clone(), offers.clone(), &found);
            tasks.spawn(broker.run(stopped.clone()));
        }
        #[cfg(feature = "opcua")]
        for (server, source) in config.opcua.iter().zip(&mut sources) {
            let server = opcua::Server::new(state.clone(), source.clone(), server.clone(), offers.clone());
            tasks.spawn(server.run(stopped.clone()));
        }
        if let Some(listener) = listener {
            tasks.spawn(door::run(state.clone(), listener, offers.clone(), stopped.clone()));
        }
        drop(offers);
        tracing::info!(edge = %config.edge, hall = %config.hall, "the edge is open");
        Ok(Edge { state, listen, tasks, stop })
    }

    /// Where the HTTP door is, with the port that was found.
    pub fn listen(&self) -> Option<SocketAddr> {
        self.listen
    }

    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// Cuts the line to the hall, or mends it: for demonstrations and drills. Samples are taken as before.
    pub fn cut_line(&self, cut: bool) {
        self.state.cut_line(cut);
    }

    /// Closes the doors, commits what has come in, tries once more to forward it, and ends the recordings.
    pub async fn stop(mut self) -> Result<(), EdgeFault> {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
        self.state.finish()?;
        tracing::info!(waiting = self.state.status().backlog, "the edge is closed");
        Ok(())
    }

    /// Ends without a word to anybody, as a power cut does.
    pub async fn kill(mut self) {
        self.state.forget();
        self.tasks.shutdown().await;
    }
}

/// Runs an edge until `shutdown` is there.
pub async fn run(
    config: EdgeConfig,
    clock: Arc<dyn Clock>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), EdgeFault> {
    let edge = Edge::start(config, clock).await?;
    shutdown.await;
    edge.stop().await
}

/// A lock whose holder never leaves it half-done: what a panicking holder leaves is as good as before.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

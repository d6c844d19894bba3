//! The hub: all topics of a process, and who reads them.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use kernel::{Clock, ErrorCode, SystemClock};
use serde::Serialize;
use tokio::sync::watch;

use crate::clock::{Steady, SteadyClock, epoch_of_now};
use crate::core::{Agenda, Cell, Core, locked};
use crate::frame::{alone, one_line};
use crate::key::Key;
use crate::seal::Seal;
use crate::shard::{Door, Inbox, Shard};
use crate::stats::{Delivered, Stats, TopicStats};
use crate::stream::Subscription;
use crate::topic::{Pace, State};

/// The shards are named by one bit each.
const SHARDS_MAX: usize = 64;

/// How the hub behaves. The defaults are those of `docs/api-design.md`.
#[derive(Debug, Clone)]
pub struct LiveConfig {
    /// Names this process in the ids of frames; an id of another epoch is answered with a snapshot. `[a-z0-9]+`.
    pub epoch: String,
    /// One version of a topic in each window.
    pub window: Duration,
    /// So many more may go out at once after a rest.
    pub ahead: u32,
    /// How many versions back a reader can resume with a delta.
    pub ring: usize,
    /// The longest silence on a stream.
    pub heartbeat: Duration,
    /// A socket that took nothing for so long is closed.
    pub stall: Duration,
    /// A request must be complete after so long.
    pub handshake: Duration,
    /// A connection that hasn't shown its first bytes after so long goes to the HTTP server.
    pub patience: Duration,
    /// Threads that write to sockets.
    pub shards: usize,
    /// Spectators that may follow topics at the same time, by sockets and by streams; more are refused with 503.
    pub connections: u64,
    /// Readers are told to wait so many milliseconds before they come back: from, to.
    pub retry_ms: (u64, u64),
    /// The hall's time, told at the beginning of each stream.
    pub hall_clock: Arc<dyn Clock>,
}

impl Default for LiveConfig {
    fn default() -> Self {
        Self {
            epoch: epoch_of_now(),
            // At most 20 versions in any second: 16 windows, and four after a rest.
            window: Duration::from_micros(62_500),
            ahead: 3,
            ring: 256,
            heartbeat: Duration::from_secs(15),
            stall: Duration::from_secs(20),
            handshake: Duration::from_secs(10),
            patience: Duration::from_secs(5),
            shards: std::thread::available_parallelism().map_or(1, |cores| cores.get()).min(8),
            connections: 50_000,
            retry_ms: (1_000, 3_000),
            hall_clock: Arc::new(SystemClock),
        }
    }
}

impl LiveConfig {
    pub(crate) fn pace(&self) -> Pace {
        Pace { window: self.window, ahead: self.ahead }
    }
}

/// All topics of a process. Clones are the same hub; its threads end with the last clone.
#[derive(Clone)]
pub struct Hub(Arc<HubInner>);

struct HubInner {
    core: Arc<Core>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    next_shard: AtomicUsize,
}

/// A topic's handle for publishers. Cheap to clone; valid, if without effect, after the topic was dropped.
#[derive(Clone)]
pub struct Topic {
    core: Arc<Core>,
    cell: Arc<Cell>,
}

/// The value of a key as a publisher hands it over: JSON, encoded once.
pub fn encode<T: Serialize>(value: &T) -> Result<Bytes, serde_json::Error> {
    serde_json::to_vec(value).map(Bytes::from)
}

/// Raises the number of descriptors that this process may open to the most it may raise it to, and says what that is.
/// Every spectator is a descriptor, and shells and service managers begin with 1,024.
pub fn raise_descriptor_limit() -> u64 {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, maximum: limit.maximum };
    let now = if setrlimit(Resource::Nofile, raised).is_ok() { raised.current } else { limit.current };
    now.unwrap_or(u64::MAX)
}

impl Hub {
    /// A hub with its threads: one keeps the pace, the others write to sockets.
    pub fn new(config: LiveConfig) -> std::io::Result<Hub> {
        Hub::build(config, Arc::new(SteadyClock::start()), true)
    }

    /// A hub whose time stands still between two calls of [`Hub::tick`]: for tests of pace and of time limits.
    pub fn by_hand(config: LiveConfig, clock: Arc<dyn Steady>) -> std::io::Result<Hub> {
        Hub::build(config, clock, false)
    }

    fn build(mut config: LiveConfig, clock: Arc<dyn Steady>, keeps_pace: bool) -> std::io::Result<Hub> {
        config.shards = config.shards.clamp(1, SHARDS_MAX);
        config.epoch.retain(|digit| digit.is_ascii_lowercase() || digit.is_ascii_digit());
        if config.epoch.is_empty() {
            config.epoch = epoch_of_now();
        }
        let inboxes = (0..config.shards).map(|_| Inbox::new().map(Arc::new)).collect::<std::io::Result<Vec<_>>>()?;
        let core = Arc::new(Core::new(config, clock, inboxes));
        let hub =
            Hub(Arc::new(HubInner { core: core.clone(), threads: Mutex::default(), next_shard: AtomicUsize::new(0) }));
        let start = |name: String, life: Box<dyn FnOnce() + Send>| -> std::io::Result<()> {
            let thread = std::thread::Builder::new().name(name).spawn(life)?;
            locked(&hub.0.threads).push(thread);
            Ok(())
        };
        for nth in 0..core.inboxes.len() {
            let mut shard = Shard::new(core.clone(), nth)?;
            start(format!("live-{nth}"), Box::new(move || shard.run()))?;
        }
        if keeps_pace {
            start("live-pace".to_owned(), Box::new(move || Agenda::keep(&core)))?;
        }
        Ok(hub)
    }

    /// The topic of this name; makes it when there is none.
    pub fn topic(&self, name: &str) -> Topic {
        if let Some(topic) = self.get(name) {
            return topic;
        }
        let core = &self.0.core;
        let mut topics = core.topics.write().unwrap_or_else(PoisonError::into_inner);
        let cell = match topics.get(name) {
            Some(cell) => cell.clone(),
            None => {
                let name: Arc<str> = name.into();
                let first = core.version_floor.load(Ordering::Acquire);
                let cell = Arc::new(Cell {
                    id: core.next_cell.fetch_add(1, Ordering::Relaxed),
                    name: name.clone(),
                    state: Mutex::new(State::new(first, core.config.ring)),
                    watched: AtomicU64::new(0),
                    told: AtomicU64::new(0),
                    bell: watch::Sender::new(()),
                    dropped: AtomicBool::new(false),
                    subscribers: AtomicU64::new(0),
                    delivered: Delivered::default(),
                });
                topics.insert(name, cell.clone());
                cell
            }
        };
        Topic { core: core.clone(), cell }
    }

    /// The topic of this name, if there is one.
    pub fn get(&self, name: &str) -> Option<Topic> {
        let cell = self.0.core.find(name)?;
        Some(Topic { core: self.0.core.clone(), cell })
    }

    /// Ends a topic and the streams of those who follow it; they come back to a 404, or to its successor's snapshot.
    pub fn drop_topic(&self, name: &str) {
        let core = &self.0.core;
        let mut topics = core.topics.write().unwrap_or_else(PoisonError::into_inner);
        let Some(cell) = topics.remove(name) else { return };
        // A successor starts above, so that an id of this topic never resumes the other.
        core.version_floor.fetch_max(locked(&cell.state).version() + 1, Ordering::AcqRel);
        drop(topics);
        cell.dropped.store(true, Ordering::Release);
        core.tell(&cell);
    }

    /// Follows a topic through whatever carries the bytes: for staff, who always find a seat. `None` when there is no such topic.
    pub fn subscribe(&self, name: &str, last_event_id: Option<&str>) -> Option<Subscription> {
        let core = &self.0.core;
        let cell = core.find(name)?;
        core.counters.seat_always(&core.counters.streams);
        Some(Subscription::seated(core.clone(), cell, last_event_id))
    }

    /// The same for spectators whose connection belongs to the HTTP server already: where all seats are taken they are refused, as at
    /// the front door.
    pub fn spectate(&self, name: &str, last_event_id: Option<&str>) -> Result<Subscription, ErrorCode> {
        let core = &self.0.core;
        let cell = core.find(name).ok_or(ErrorCode::NotFound)?;
        if !core.counters.seat(&core.counters.streams, core.config.connections) {
            return Err(ErrorCode::Overloaded);
        }
        Ok(Subscription::seated(core.clone(), cell, last_event_id))
    }

    /// The whole map of a topic as it is published now, as one JSON object: `{"id":…,"v":…,"set":{…}}`. A stream that is asked for with the
    /// id goes on from there.
    pub fn whole(&self, name: &str) -> Option<Whole> {
        let core = &self.0.core;
        let frame = core.find(name)?.frame_since(None, &core.config.epoch)?;
        Some(Whole { version: frame.version, body: alone(&frame.bytes, &core.config.epoch, frame.version)? })
    }

    /// Hands over a socket whose first bytes are a `GET` of a public view. It must be non-blocking.
    pub fn adopt(&self, socket: TcpStream) {
        let core = &self.0.core;
        let nth = self.0.next_shard.fetch_add(1, Ordering::Relaxed) % core.inboxes.len();
        core.counters.handshakes.fetch_add(1, Ordering::Relaxed);
        core.inboxes[nth].arrive(socket);
    }

    /// Opens the live listener: every shard lets spectators in by a door of its own, all at this address, with TLS where a
    /// seal is given. Says which address it is. The doors close with the hub, and soon after it drains.
    pub fn listen(&self, address: SocketAddr, seal: Option<&Arc<Seal>>) -> std::io::Result<SocketAddr> {
        let inboxes = &self.0.core.inboxes;
        let doors = Door::open(address, inboxes.len(), seal)?;
        let address = doors.first().map_or(Ok(address), Door::address)?;
        inboxes.iter().zip(doors).for_each(|(inbox, door)| inbox.open(door));
        Ok(address)
    }

    /// Says goodbye to every reader, with a time to come back, and refuses new ones. Returns at once.
    pub fn drain(&self) {
        let core = &self.0.core;
        core.draining.store(true, Ordering::Release);
        for cell in core.topics.read().unwrap_or_else(PoisonError::into_inner).values() {
            cell.bell.send_replace(());
        }
        core.inboxes.iter().for_each(|inbox| inbox.ring());
    }

    /// Waits until the last reader is gone; false if some are left after `within`.
    pub async fn drained(&self, within: Duration) -> bool {
        let core = &self.0.core;
        let empty = async {
            loop {
                let ended = core.ended.notified();
                let (mut ended, open) = (std::pin::pin!(ended), || {
                    let counters = &core.counters;
                    [&counters.connections, &counters.handshakes, &counters.streams]
                        .iter()
                        .map(|counter| counter.load(Ordering::SeqCst))
                        .sum::<u64>()
                });
                ended.as_mut().enable();
                if open() == 0 {
                    return;
                }
                ended.await;
            }
        };
        tokio::time::timeout(within, empty).await.is_ok()
    }

    /// Does what is due by the clock: turns, and in the shards heartbeats and time limits. A hub with threads of its own
    /// does this by itself.
    pub fn tick(&self) {
        self.0.core.take_due_turns();
        self.0.core.inboxes.iter().for_each(|inbox| inbox.ring());
    }

    pub fn stats(&self) -> Stats {
        let core = &self.0.core;
        let cells: Vec<Arc<Cell>> =
            core.topics.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        let mut topics: Vec<TopicStats> = cells
            .iter()
            .map(|cell| {
                let (version, keys) = {
                    let state = locked(&cell.state);
                    (state.version(), state.len() as u64)
                };
                let at = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
                TopicStats {
                    name: cell.name.to_string(),
                    version,
                    keys,
                    subscribers: at(&cell.subscribers),
                    frames: at(&cell.delivered.frames),
                    bytes: at(&cell.delivered.bytes),
                    skipped: at(&cell.delivered.skipped),
                }
            })
            .collect();
        topics.sort_by(|a, b| a.name.cmp(&b.name));
        core.counters.read(topics)
    }

    pub fn config(&self) -> &LiveConfig {
        &self.0.core.config
    }
}

impl Drop for HubInner {
    fn drop(&mut self) {
        self.core.agenda.close();
        self.core.inboxes.iter().for_each(|inbox| inbox.close());
        for thread in locked(&self.threads).drain(..) {
            // No thread holds the hub itself, so none of them is this one.
            if thread.join().is_err() {
                tracing::error!("a thread of the live hub had panicked");
            }
        }
    }
}

/// A topic at one version; see [`Hub::whole`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    pub version: u64,
    pub body: Bytes,
}

impl Topic {
    pub fn name(&self) -> &str {
        &self.cell.name
    }

    /// Changes keys: a value is encoded JSON, `None` deletes. What equals the published value is no change. The changes
    /// of one call travel together. Costs what the changes cost, never what the topic or its audience would.
    pub fn apply<K: Into<Key>>(&self, changes: impl IntoIterator<Item = (K, Option<Bytes>)>) {
        // The iterator is the caller's code: it runs before the lock is taken.
        let changes: Vec<(Key, Option<Bytes>)> =
            changes.into_iter().map(|(key, value)| (key.into(), value.map(one_line))).collect();
        let mut state = locked(&self.cell.state);
        for (key, value) in changes {
            state.stage(key, value);
        }
        self.core.settle(&self.cell, state);
    }

    /// Makes the map equal to `entries`: sets what differs, deletes what is not named.
    pub fn replace<K: Into<Key>>(&self, entries: impl IntoIterator<Item = (K, Bytes)>) {
        let entries: BTreeMap<Key, Bytes> =
            entries.into_iter().map(|(key, value)| (key.into(), one_line(value))).collect();
        let mut state = locked(&self.cell.state);
        state.stage_absent(&entries);
        for (key, value) in entries {
            state.stage(key, Some(value));
        }
        self.core.settle(&self.cell, state);
    }

    /// The published version; each turn adds one.
    pub fn version(&self) -> u64 {
        locked(&self.cell.state).version()
    }

    /// The published value of a key.
    pub fn value(&self, key: impl Into<Key>) -> Option<Bytes> {
        locked(&self.cell.state).value(&key.into())
    }

    /// All published keys with their values.
    pub fn entries(&self) -> Vec<(Key, Bytes)> {
        locked(&self.cell.state).entries()
    }

    /// How many keys have a published value.
    pub fn len(&self) -> usize {
        locked(&self.cell.state).len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

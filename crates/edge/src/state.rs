//! What the parts of an edge share, and what it says about itself.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use kernel::{Clock, Timestamp};
use serde::Serialize;
use tokio::sync::{Notify, watch};

use crate::intake::Keeper;
use crate::source::{Source, SourceKind, SourceStatus};
use crate::{EdgeConfig, EdgeFault, lock};

/// The line to the hall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HallLink {
    /// Nothing was sent yet.
    Unknown,
    Up,
    Down,
}

/// `GET /status`
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    pub edge: String,
    pub contest: String,
    pub link: HallLink,
    /// Since when the line is as it is.
    pub link_since: String,
    /// Why it is down.
    pub link_detail: Option<String>,
    /// Ticks that the hall has not acknowledged.
    pub backlog: u64,
    pub backlog_bytes: u64,
    /// How long the oldest of them has waited.
    pub lag_ms: i64,
    pub next_seq: u64,
    pub accepted_ticks: u64,
    pub accepted_samples: u64,
    pub forwarded_samples: u64,
    /// Messages and requests that were refused.
    pub refused: u64,
    pub refused_last: Option<String>,
    /// Signals that came after their instant had left.
    pub late: u64,
    /// Messages that came again and changed nothing.
    pub repeated: u64,
    /// Lines that the hall refused; they are in `refused.ndjson` beside the spool, each with the reason.
    pub set_aside: u64,
    /// Bytes of `refused.ndjson` and `historical.ndjson`. They take part of the spool's room until somebody moves them away.
    pub aside_bytes: u64,
    pub spool_full: bool,
    /// Why samples can't be kept: the spool is full, or its disk fails.
    pub no_room: Option<String>,
    /// Why recordings can't be written; samples wait in the spool then.
    pub recordings_fault: Option<String>,
    pub mqtt_connected: usize,
    pub mqtt_brokers: usize,
    pub recorded_ticks: u64,
    pub sources: Vec<SourceStatus>,
}

/// Why nothing more can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoRoom {
    Full(String),
    Disk(String),
}

impl NoRoom {
    fn text(&self) -> &str {
        match self {
            NoRoom::Full(text) | NoRoom::Disk(text) => text,
        }
    }
}

#[derive(Debug)]
struct Line {
    link: HallLink,
    since: Timestamp,
    detail: Option<String>,
}

/// Counters are for people: they order nothing.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub accepted_ticks: AtomicU64,
    pub accepted_samples: AtomicU64,
    pub refused: AtomicU64,
    pub late: AtomicU64,
    pub repeated: AtomicU64,
    pub set_aside: AtomicU64,
    pub forwarded_ticks: AtomicU64,
    pub forwarded_samples: AtomicU64,
    pub forwarded_batches: AtomicU64,
    pub recorded_ticks: AtomicU64,
}

pub(crate) struct State {
    pub config: Arc<EdgeConfig>,
    pub clock: Arc<dyn Clock>,
    /// What happened from then on, until this edge was started, nobody has seen.
    pub away_since: Timestamp,
    pub keeper: Mutex<Option<Keeper>>,
    pub counts: Counts,
    /// Something was committed.
    pub committed: Notify,
    line: Mutex<Line>,
    refused_last: Mutex<Option<String>>,
    recordings_fault: Mutex<Option<String>>,
    room: watch::Sender<Option<NoRoom>>,
    cut: AtomicBool,
    /// Brokers and servers, in the order of the settings.
    pub sources: Vec<Arc<Source>>,
}

impl State {
    pub fn new(config: Arc<EdgeConfig>, clock: Arc<dyn Clock>, keeper: Keeper, away_since: Timestamp) -> State {
        let since = clock.now();
        let recordings_fault = keeper.recordings_fault().map(str::to_owned);
        let brokers = config.mqtt.iter().map(|mqtt| (SourceKind::Mqtt, format!("{}:{}", mqtt.host, mqtt.port)));
        let servers = config.opcua.iter().map(|server| (SourceKind::Opcua, server.url.clone()));
        let sources = brokers.chain(servers).map(|(kind, name)| Arc::new(Source::new(kind, name, since))).collect();
        State {
            config,
            clock,
            away_since,
            keeper: Mutex::new(Some(keeper)),
            counts: Counts::default(),
            committed: Notify::new(),
            line: Mutex::new(Line { link: HallLink::Unknown, since, detail: None }),
            refused_last: Mutex::new(None),
            recordings_fault: Mutex::new(recordings_fault),
            room: watch::Sender::new(None),
            cut: AtomicBool::new(false),
            sources,
        }
    }

    pub fn cut_line(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
    }

    pub fn line_is_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst)
    }

    pub fn line_is_down(&self) -> bool {
        lock(&self.line).link == HallLink::Down
    }

    /// Says how the line is; a change is logged, once.
    pub fn line_is(&self, link: HallLink, detail: Option<String>) {
        let mut line = lock(&self.line);
        if line.link == link && line.detail == detail {
            return;
        }
        match (link, &detail) {
            (HallLink::Up, _) => tracing::info!("the hall answers"),
            (_, Some(detail)) => tracing::warn!(%detail, "the hall doesn't take samples; they wait here"),
            (_, None) => tracing::warn!("the hall can't be reached; samples wait here"),
        }
        if line.link != link {
            line.since = self.clock.now();
        }
        line.link = link;
        line.detail = detail;
    }

    /// Counts a refusal. The first, and every one for another reason than the last, is logged.
    pub fn refuse(&self, why: String) {
        self.counts.refused.fetch_add(1, Ordering::Relaxed);
        let mut last = lock(&self.refused_last);
        if last.as_deref() != Some(&why) {
            tracing::warn!(%why, "a message was refused");
            *last = Some(why);
        }
    }

    /// Counts a refusal of which nothing new is to be said.
    pub fn count_refused(&self) {
        self.counts.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Ticks that wait, as the hall is told. While a broker is away that keeps what is said to it, nobody knows how many they
    /// are: at least one, so that nothing is judged as if all had been told.
    pub fn waiting(&self, known: u64) -> u64 {
        let now = self.clock.now();
        known.max(u64::from(self.sources.iter().any(|source| source.may_hold_back(now))))
    }

    /// Says whether samples can be kept; a change is logged, once.
    pub fn room_is(&self, lacking: Option<NoRoom>) {
        self.room.send_if_modified(|room| {
            let has_changed = room.is_some() != lacking.is_some();
            if has_changed {
                match &lacking {
                    Some(why) => {
                        tracing::error!(why = why.text(), "samples can't be kept: they are refused until they can")
                    }
                    None => tracing::info!("there is room for samples again"),
                }
            }
            *room = lacking;
            has_changed
        });
    }

    pub fn has_room(&self) -> bool {
        self.room.borrow().is_none()
    }

    /// Returns once samples can't be kept, with the reason.
    pub async fn lack_of_room(&self) -> String {
        let mut room = self.room.subscribe();
        loop {
            if let Some(why) = room.borrow_and_update().as_ref() {
                return why.text().to_owned();
            }
            if room.changed().await.is_err() {
                // The state holds the sender, so it is never gone.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Returns once samples can be kept.
    pub async fn wait_for_room(&self) {
        let _ = self.room.subscribe().wait_for(Option::is_none).await;
    }

    /// Ticks, samples and batches that the hall has acknowledged since this edge was started.
    pub fn forwarded(&self) -> (u64, u64, u64) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counts = &self.counts;
        (count(&counts.forwarded_ticks), count(&counts.forwarded_samples), count(&counts.forwarded_batches))
    }

    pub fn recordings_are(&self, fault: Option<String>) {
        *lock(&self.recordings_fault) = fault;
    }

    /// Why the edge can't do its work now, each reason once.
    pub fn not_ready(&self) -> Vec<String> {
        let room = self.room.borrow().as_ref().map(|lacking| lacking.text().to_owned());
        let recordings = lock(&self.recordings_fault).as_ref().map(|why| format!("recordings: {why}"));
        room.into_iter().chain(recordings).collect()
    }

    /// Works with the keeper, unless the edge is dead.
    pub fn with_keeper<T>(&self, work: impl FnOnce(&mut Keeper) -> T) -> Option<T> {
        lock(&self.keeper).as_mut().map(work)
    }

    /// Ends the recordings and lets the spool go.
    pub fn finish(&self) -> Result<(), EdgeFault> {
        match lock(&self.keeper).as_mut() {
            Some(keeper) => keeper.finish(),
            None => Ok(()),
        }
    }

    /// Loses everything that is in memory only.
    pub fn forget(&self) {
        if let Some(keeper) = lock(&self.keeper).take() {
            keeper.forget();
        }
    }

    pub fn status(&self) -> Status {
        let now = self.clock.now();
        let (backlog, backlog_bytes, aside_bytes, oldest, next_seq) = self
            .with_keeper(|keeper| {
                let spool = &keeper.spool;
                (
                    spool.waiting_ticks(),
                    spool.waiting_bytes(),
                    spool.aside_bytes(),
                    spool.oldest_waiting(),
                    spool.next_seq(),
                )
            })
            .unwrap_or_default();
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        // Looked at once and let go: who looks twice waits for a writer that waits for him.
        let room = self.room.borrow().clone();
        let line = lock(&self.line);
        Status {
            edge: self.config.edge.to_string(),
            contest: self.config.contest.to_string(),
            link: line.link,
            link_since: line.since.to_string(),
            link_detail: line.detail.clone(),
            backlog,
            backlog_bytes,
            lag_ms: oldest.map_or(0, |oldest| now.millis_since(oldest).max(0)),
            next_seq,
            accepted_ticks: count(&self.counts.accepted_ticks),
            accepted_samples: count(&self.counts.accepted_samples),
            forwarded_samples: count(&self.counts.forwarded_samples),
            refused: count(&self.counts.refused),
            refused_last: lock(&self.refused_last).clone(),
            late: count(&self.counts.late),
            repeated: count(&self.counts.repeated),
            set_aside: count(&self.counts.set_aside),
            aside_bytes,
            spool_full: matches!(room, Some(NoRoom::Full(_))),
            no_room: room.map(|lacking| lacking.text().to_owned()),
            recordings_fault: lock(&self.recordings_fault).clone(),
            mqtt_connected: self.sources.iter().filter(|one| one.kind() == SourceKind::Mqtt && one.is_up()).count(),
            mqtt_brokers: self.config.mqtt.len(),
            recorded_ticks: count(&self.counts.recorded_ticks),
            sources: self.sources.iter().map(|source| source.status()).collect(),
        }
    }
}

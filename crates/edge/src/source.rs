//! One way by which samples come in, a broker or an OPC UA server: how its line is, and what was counted there.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use kernel::Timestamp;
use serde::Serialize;

use crate::lock;

/// A source that is away is spoken of again after so long, …
const AGAIN_MS: i64 = 600_000;
/// … and after so long when it is away for another reason than it was.
const OTHERWISE_MS: i64 = 30_000;

/// The line to a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceLink {
    /// It was never there.
    Unknown,
    Up,
    Down,
    /// The edge itself has let go of it, because it has no room for what would come.
    Paused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    Mqtt,
    Opcua,
}

impl SourceKind {
    pub(crate) fn code(self) -> &'static str {
        match self {
            SourceKind::Mqtt => "mqtt",
            SourceKind::Opcua => "opcua",
        }
    }
}

/// A Sparkplug node as it was heard last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeStatus {
    /// Born and not dead.
    pub is_alive: bool,
    pub since: String,
    /// Devices that are born and not dead.
    pub devices: usize,
    /// Messages that are missing, by the sequence numbers.
    pub gaps: u64,
    /// Metrics by an alias that no birth explained.
    pub unknown_aliases: u64,
    /// Births that were asked for.
    pub rebirths: u64,
}

/// A source in `GET /status`.
#[derive(Debug, Clone, Serialize)]
pub struct SourceStatus {
    pub kind: SourceKind,
    /// Host and port, or the server's address.
    pub name: String,
    pub link: SourceLink,
    pub since: String,
    pub detail: Option<String>,
    pub messages: u64,
    /// Messages or values that nobody could use.
    pub refused: u64,
    /// Messages that are missing, by their sequence numbers (Sparkplug), or notifications (OPC UA).
    pub gaps: u64,
    pub unknown_aliases: u64,
    pub rebirths: u64,
    /// Times that a server said that its queue had lost values (OPC UA).
    pub overflows: u64,
    /// Values of the past, kept in `historical.ndjson` (Sparkplug).
    pub historical: u64,
    /// Times that signals were called bad because their source was gone.
    pub deaths: u64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub nodes: BTreeMap<String, NodeStatus>,
}

/// Counters are for people: they order nothing.
#[derive(Debug, Default)]
pub(crate) struct SourceCounts {
    pub messages: AtomicU64,
    pub refused: AtomicU64,
    pub gaps: AtomicU64,
    pub unknown_aliases: AtomicU64,
    pub rebirths: AtomicU64,
    pub overflows: AtomicU64,
    pub historical: AtomicU64,
    pub deaths: AtomicU64,
}

#[derive(Debug)]
struct Line {
    link: SourceLink,
    since: Timestamp,
    detail: Option<String>,
    /// When the log told of it last, …
    told_at: Timestamp,
    /// … and why it was so then.
    told: Option<String>,
}

impl Line {
    /// Tries go on twice a second: not each of them is worth a line of the log.
    fn is_worth_telling(&self, link: SourceLink, detail: Option<&str>, now: Timestamp) -> bool {
        let ago_ms = now.millis_since(self.told_at);
        match (self.link == link, self.told.as_deref() == detail) {
            (false, _) => true,
            (true, false) => link == SourceLink::Up || ago_ms >= OTHERWISE_MS,
            (true, true) => link != SourceLink::Up && ago_ms >= AGAIN_MS,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Source {
    kind: SourceKind,
    name: String,
    line: Mutex<Line>,
    /// From this millisecond on nothing that was said before waits there.
    all_told_from: AtomicI64,
    pub counts: SourceCounts,
    nodes: Mutex<BTreeMap<String, NodeStatus>>,
}

impl Source {
    pub fn new(kind: SourceKind, name: String, now: Timestamp) -> Source {
        Source {
            kind,
            name,
            line: Mutex::new(Line { link: SourceLink::Unknown, since: now, detail: None, told_at: now, told: None }),
            all_told_from: AtomicI64::new(i64::MIN),
            counts: SourceCounts::default(),
            nodes: Mutex::new(BTreeMap::new()),
        }
    }

    pub fn kind(&self) -> SourceKind {
        self.kind
    }

    pub fn is_up(&self) -> bool {
        lock(&self.line).link == SourceLink::Up
    }

    /// What is said there now waits until the edge hears it.
    pub fn keeps_what_comes(&self) {
        self.all_told_from.store(i64::MAX, Ordering::Relaxed);
    }

    /// What has waited there is told by then.
    pub fn has_told_by(&self, then: Timestamp) {
        self.all_told_from.store(then.as_millis(), Ordering::Relaxed);
    }

    /// Whether something may wait there that the edge has not heard.
    pub fn may_hold_back(&self, now: Timestamp) -> bool {
        now.as_millis() < self.all_told_from.load(Ordering::Relaxed)
    }

    /// Says how the line is; a change is logged, and now and then that it is still so.
    pub fn line_is(&self, link: SourceLink, detail: Option<String>, now: Timestamp) {
        let mut line = lock(&self.line);
        if line.is_worth_telling(link, detail.as_deref(), now) {
            let (kind, name) = (self.kind.code(), &self.name);
            let why = detail.as_deref().unwrap_or_default();
            match (link, line.link) {
                (SourceLink::Up, _) => tracing::info!(kind, %name, why, "the source is there"),
                (SourceLink::Paused, _) => tracing::warn!(kind, %name, why, "the source is not listened to"),
                (_, SourceLink::Up) => tracing::warn!(kind, %name, why, "the source is gone; it is tried again"),
                _ => tracing::warn!(kind, %name, why, "the source can't be reached; it is tried again"),
            }
            line.told_at = now;
            line.told = detail.clone();
        }
        if line.link != link {
            line.since = now;
        }
        line.link = link;
        line.detail = detail;
    }

    pub fn count(counter: &AtomicU64, more: u64) {
        counter.fetch_add(more, Ordering::Relaxed);
    }

    /// What a node is now, changed by `change`.
    pub fn node(&self, name: &str, now: Timestamp, change: impl FnOnce(&mut NodeStatus)) {
        let mut nodes = lock(&self.nodes);
        let node = nodes.entry(name.to_owned()).or_insert_with(|| NodeStatus {
            is_alive: false,
            since: now.to_string(),
            devices: 0,
            gaps: 0,
            unknown_aliases: 0,
            rebirths: 0,
        });
        let was_alive = node.is_alive;
        change(node);
        if node.is_alive != was_alive {
            node.since = now.to_string();
        }
    }

    pub fn status(&self) -> SourceStatus {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let line = lock(&self.line);
        SourceStatus {
            kind: self.kind,
            name: self.name.clone(),
            link: line.link,
            since: line.since.to_string(),
            detail: line.detail.clone(),
            messages: count(&self.counts.messages),
            refused: count(&self.counts.refused),
            gaps: count(&self.counts.gaps),
            unknown_aliases: count(&self.counts.unknown_aliases),
            rebirths: count(&self.counts.rebirths),
            overflows: count(&self.counts.overflows),
            historical: count(&self.counts.historical),
            deaths: count(&self.counts.deaths),
            nodes: lock(&self.nodes).clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_is_away_fills_no_log() {
        let at = Timestamp::from_millis;
        let source = Source::new(SourceKind::Mqtt, "127.0.0.1:1883".into(), at(0));
        let (refused, slow, away) = (Some("refused"), Some("timed out"), SourceLink::Down);
        let (again, otherwise) = (AGAIN_MS, OTHERWISE_MS);
        for (now, link, why, is_told) in [
            (1, away, refused, true),
            (500, away, refused, false),
            (again, away, refused, false),
            (again + 1, away, refused, true),
            // Another reason, and then one after the other: it is new as long as it was not told.
            (again + 500, away, slow, false),
            (again + 1_000, away, slow, false),
            (again + otherwise, away, slow, false),
            (again + 1 + otherwise, away, slow, true),
            (again + 2 + otherwise, away, refused, false),
            (2 * again + otherwise, away, slow, false),
            (2 * again + 1 + otherwise, away, slow, true),
            (2 * again + 2 + otherwise, SourceLink::Up, None, true),
            (9 * again, SourceLink::Up, None, false),
            (9 * again + 1, away, slow, true),
            (9 * again + 2, SourceLink::Paused, None, true),
        ] {
            source.line_is(link, why.map(str::to_owned), at(now));
            assert_eq!(lock(&source.line).told_at == at(now), is_told, "{link:?} for {why:?} at {now}");
            assert_eq!(
                (source.status().link, source.status().detail.as_deref()),
                (link, why),
                "what is now, told or not"
            );
        }
    }
}

//! What the hub counts, for `/metrics` and for tests.

use std::sync::atomic::{
    AtomicU64,
    Ordering::{Relaxed, SeqCst},
};

/// Counts since the hub began, except `connections`, `streams` and `subscribers`, which say how many are open now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Open sockets of the shards that follow a topic.
    pub connections: u64,
    /// Sockets of the shards whose request is still being read or whose refusal is on its way.
    pub handshakes: u64,
    /// Open streams of the fallback.
    pub streams: u64,
    /// Requests of the shards that were answered with a stream.
    pub accepted: u64,
    /// Requests of the shards that were answered with a problem, or closed before they were complete.
    pub refused: u64,
    /// Sockets closed because they took nothing for too long.
    pub stalled: u64,
    /// Subscriptions that went on from a `Last-Event-ID` without a snapshot.
    pub resumed: u64,
    /// Versions that topics took.
    pub versions: u64,
    /// Frames handed to sockets and streams.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Versions that a reader never saw by themselves, because one frame brought several.
    pub skipped: u64,
    pub topics: Vec<TopicStats>,
}

/// The same for one topic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopicStats {
    pub name: String,
    pub version: u64,
    pub keys: u64,
    pub subscribers: u64,
    pub frames: u64,
    pub bytes: u64,
    pub skipped: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// `connections` and `streams` together, so that a seat is taken in one step.
    seats: AtomicU64,
    pub(crate) connections: AtomicU64,
    pub(crate) handshakes: AtomicU64,
    pub(crate) streams: AtomicU64,
    pub(crate) accepted: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) stalled: AtomicU64,
    pub(crate) resumed: AtomicU64,
    pub(crate) versions: AtomicU64,
    pub(crate) delivered: Delivered,
}

/// Deliveries. A shard adds up one pass over its sockets and posts the sum, so that the hot loop touches no shared line.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    pub(crate) frames: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) skipped: AtomicU64,
}

/// A sum that is not yet posted.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// One frame handed over to a reader that had `have` and has `version` now.
    pub(crate) fn add(&mut self, have: Option<u64>, version: u64, bytes: usize) {
        self.frames += 1;
        self.bytes += bytes as u64;
        self.skipped += have.map_or(0, |have| version.saturating_sub(have.saturating_add(1)));
    }
}

impl Delivered {
    pub(crate) fn post(&self, tally: Tally) {
        self.frames.fetch_add(tally.frames, Relaxed);
        self.bytes.fetch_add(tally.bytes, Relaxed);
        self.skipped.fetch_add(tally.skipped, Relaxed);
    }
}

impl Counters {
    /// Takes one of `most` seats, which sockets and streams share; false when all are taken. `kind` is the count of one or the other.
    pub(crate) fn seat(&self, kind: &AtomicU64, most: u64) -> bool {
        let found = self.seats.fetch_update(SeqCst, SeqCst, |taken| (taken < most).then_some(taken + 1)).is_ok();
        if found {
            kind.fetch_add(1, SeqCst);
        }
        found
    }

    /// The same for who is never refused.
    pub(crate) fn seat_always(&self, kind: &AtomicU64) {
        self.seats.fetch_add(1, SeqCst);
        kind.fetch_add(1, SeqCst);
    }

    pub(crate) fn leave(&self, kind: &AtomicU64) {
        kind.fetch_sub(1, SeqCst);
        self.seats.fetch_sub(1, SeqCst);
    }

    pub(crate) fn read(&self, topics: Vec<TopicStats>) -> Stats {
        let at = |counter: &AtomicU64| counter.load(Relaxed);
        Stats {
            connections: at(&self.connections),
            handshakes: at(&self.handshakes),
            streams: at(&self.streams),
            accepted: at(&self.accepted),
            refused: at(&self.refused),
            stalled: at(&self.stalled),
            resumed: at(&self.resumed),
            versions: at(&self.versions),
            frames: at(&self.delivered.frames),
            bytes: at(&self.delivered.bytes),
            skipped: at(&self.delivered.skipped),
            topics,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two at one free seat: one of them sits down, whoever comes how.
    #[test]
    fn the_last_seat_is_always_taken_by_one() {
        let counters = Counters::default();
        counters.seat_always(&counters.streams);
        for _ in 0..2_000 {
            let found = std::thread::scope(|scope| {
                let seats = &counters;
                let come = |kind| scope.spawn(move || seats.seat(kind, 2));
                let both = [come(&counters.connections), come(&counters.streams)];
                both.map(|one| one.join().unwrap_or_default())
            });
            assert!(found[0] != found[1], "{found:?}");
            let kind = if found[0] { &counters.connections } else { &counters.streams };
            assert!(!counters.seat(kind, 2), "all seats are taken");
            counters.leave(kind);
        }
        let stats = counters.read(Vec::new());
        assert_eq!((stats.connections, stats.streams), (0, 1));
    }
}

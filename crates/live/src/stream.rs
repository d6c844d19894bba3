//! The fallback: a topic as a stream of bytes, for connections that belong to the HTTP server already (keep-alive, TLS
//! or HTTP/2 ended elsewhere) and for staff, whose sign-in is checked there.
//!
//! It keeps the same promise as the shards: when its reader asks, it gets the one frame from the version it has to the
//! newest, and nothing is queued while it doesn't ask.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::sync::watch;

use crate::answer;
use crate::core::{Cell, Core};
use crate::frame::{FrameKind, HEARTBEAT};
use crate::path::version_in;
use crate::stats::Tally;

/// A stream of encoded events: first the time to come back after, then frames and heartbeats, and `bye` when the hall
/// ends it. Send it with [`STREAM_HEADERS`](crate::STREAM_HEADERS).
pub struct Subscription(Pin<Box<dyn Stream<Item = Bytes> + Send>>);

impl Stream for Subscription {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.0.as_mut().poll_next(context)
    }
}

struct Reader {
    core: Arc<Core>,
    cell: Arc<Cell>,
    bell: watch::Receiver<()>,
    have: Option<u64>,
    step: Step,
}

enum Step {
    Greet,
    Follow,
    Ended,
}

impl Subscription {
    /// Of a reader who has taken his seat; it is free again when the stream ends.
    pub(crate) fn seated(core: Arc<Core>, cell: Arc<Cell>, last_event_id: Option<&str>) -> Self {
        cell.subscribers.fetch_add(1, Relaxed);
        // Before the topic is read: a version that comes in between rings.
        let bell = cell.bell.subscribe();
        let have = last_event_id.and_then(|id| version_in(id, &core.config.epoch));
        let reader = Reader { core, cell, bell, have, step: Step::Greet };
        Self(Box::pin(stream::unfold(reader, |mut reader| async move {
            let bytes = reader.next().await?;
            Some((bytes, reader))
        })))
    }
}

impl Reader {
    async fn next(&mut self) -> Option<Bytes> {
        let (from, to) = self.core.config.retry_ms;
        match self.step {
            Step::Greet => {
                self.step = Step::Follow;
                Some(Bytes::from(answer::retry(self.core.retry_ms(from, to))))
            }
            Step::Ended => None,
            Step::Follow => loop {
                if self.core.is_draining() || self.cell.is_dropped() {
                    self.step = Step::Ended;
                    return Some(answer::bye(self.core.retry_ms(from, to)));
                }
                self.bell.mark_unchanged();
                if let Some(frame) = self.cell.frame_since(self.have, &self.core.config.epoch) {
                    let mut tally = Tally::default();
                    let had = if frame.kind == FrameKind::Delta { self.have } else { None };
                    tally.add(had, frame.version, frame.bytes.len());
                    self.have = Some(frame.version);
                    self.cell.delivered.post(tally);
                    self.core.counters.delivered.post(tally);
                    return Some(frame.bytes);
                }
                match tokio::time::timeout(self.core.config.heartbeat, self.bell.changed()).await {
                    Ok(Ok(())) => {}
                    // The cell holds the bell, so it rings as long as we are here.
                    Ok(Err(_)) => return None,
                    Err(_) => return Some(Bytes::from_static(HEARTBEAT)),
                }
            },
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.cell.subscribers.fetch_sub(1, Relaxed);
        self.core.counters.leave(&self.core.counters.streams);
        self.core.ended.notify_waiters();
    }
}

//! The bus between the nodes of a hall. It only wakes: "the log `contest/con_1` has reached position 120".
//!
//! Who writes wakes after his transaction has committed; who follows a log reads the database since his own position
//! whenever he is woken. So the bus may lose, double and reorder messages, and what that costs is delay:
//!
//! - A follower sees the newest position only; older and equal ones are swallowed.
//! - The first item of every subscription comes at once and means "look now": what happened before it is found there.
//! - After a broken connection is whole again every follower is woken once more, with the newest position it knows.
//!
//! Two buses keep this contract, and one suite of tests runs on both: [`Bus::in_process`] for a hall of one node, and
//! [`Bus::nats`] for several.

mod nats;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures_util::{Stream, stream};
use tokio::sync::watch;

use self::nats::Wire;
use crate::core::locked;

/// Wakes followers of logs, in this process and in others. Clones are the same bus.
#[derive(Clone)]
pub struct Bus {
    followers: Arc<Followers>,
    wire: Option<Arc<Wire>>,
}

/// Why a bus can't be reached.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("the NATS server at {url} can't be reached")]
    Unreachable { url: String, source: Box<dyn std::error::Error + Send + Sync> },
}

/// The positions a log has reached, newest only. Never ends while the bus exists.
pub struct Wakes(Pin<Box<dyn Stream<Item = i64> + Send>>);

impl Stream for Wakes {
    type Item = i64;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<i64>> {
        self.0.as_mut().poll_next(context)
    }
}

impl Bus {
    /// For a hall of one process.
    pub fn in_process() -> Bus {
        Bus { followers: Arc::default(), wire: None }
    }

    /// For a hall of several nodes that share a NATS server or cluster. Fails when none can be reached now; later breaks
    /// mend by themselves.
    pub async fn nats(url: &str) -> Result<Bus, BusError> {
        let followers = Arc::new(Followers::default());
        let wire = Wire::connect(url, followers.clone()).await?;
        Ok(Bus { followers, wire: Some(Arc::new(wire)) })
    }

    /// Says that a log has reached a position. Never waits: of what can't be sent now, the newest is sent later.
    pub fn wake(&self, subject: &str, position: i64) {
        self.followers.wake(subject, position);
        if let Some(wire) = &self.wire {
            wire.wake(subject, position);
        }
    }

    /// Follows a log. The first item comes at once.
    pub fn subscribe(&self, subject: &str) -> Wakes {
        let mut newest = self.followers.follow(subject);
        newest.mark_changed();
        // The stream keeps the bus alive: a follower may outlive the handle it came from.
        let bus = self.clone();
        Wakes(Box::pin(stream::unfold((newest, bus), |(mut newest, bus)| async move {
            newest.changed().await.ok()?;
            let position = *newest.borrow_and_update();
            Some((position, (newest, bus)))
        })))
    }
}

/// Who follows what in this process.
#[derive(Default)]
struct Followers(Mutex<HashMap<String, watch::Sender<i64>>>);

impl Followers {
    fn follow(&self, subject: &str) -> watch::Receiver<i64> {
        let mut subjects = locked(&self.0);
        // Logs come and go with contests; those that nobody follows any more leave when another comes.
        subjects.retain(|name, newest| name == subject || newest.receiver_count() > 0);
        subjects.entry(subject.to_owned()).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    fn wake(&self, subject: &str, position: i64) {
        if let Some(newest) = locked(&self.0).get(subject) {
            newest.send_if_modified(|known| {
                let newer = position > *known;
                if newer {
                    *known = position;
                }
                newer
            });
        }
    }

    /// Something may have been missed: everybody looks.
    fn wake_all(&self) {
        for newest in locked(&self.0).values() {
            newest.send_modify(|_| {});
        }
    }
}

//! What the hub, its topics, its flusher and its shards share.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::clock::Steady;
use crate::frame::Frame;
use crate::hub::LiveConfig;
use crate::shard::Inbox;
use crate::stats::{Counters, Delivered};
use crate::topic::{Due, State};

/// Takes a lock. A thread that panicked while holding one has left whole values behind: no lock here is held across
/// a step that can fail half-way.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) struct Core {
    pub(crate) config: LiveConfig,
    pub(crate) clock: Arc<dyn Steady>,
    pub(crate) topics: RwLock<HashMap<Arc<str>, Arc<Cell>>>,
    pub(crate) inboxes: Vec<Arc<Inbox>>,
    pub(crate) agenda: Agenda,
    pub(crate) counters: Counters,
    pub(crate) draining: AtomicBool,
    /// Rung whenever a connection or a stream ends, for whoever waits until none is left.
    pub(crate) ended: Notify,
    /// Topics are numbered in the order of their creation.
    pub(crate) next_cell: AtomicU64,
    /// Above every version that a dropped topic had.
    pub(crate) version_floor: AtomicU64,
    draws: AtomicU64,
}

/// A topic as the hub keeps it.
pub(crate) struct Cell {
    pub(crate) id: u64,
    pub(crate) name: Arc<str>,
    pub(crate) state: Mutex<State>,
    /// Shards that have readers of this topic, one bit each.
    pub(crate) watched: AtomicU64,
    /// Shards that have been told of a new version and haven't begun with it, one bit each.
    pub(crate) told: AtomicU64,
    /// Wakes the fallback's streams.
    pub(crate) bell: watch::Sender<()>,
    pub(crate) dropped: AtomicBool,
    pub(crate) subscribers: AtomicU64,
    pub(crate) delivered: Delivered,
}

impl Cell {
    pub(crate) fn frame_since(&self, have: Option<u64>, epoch: &str) -> Option<Frame> {
        locked(&self.state).frame_since(have, epoch)
    }

    pub(crate) fn is_dropped(&self) -> bool {
        self.dropped.load(Ordering::Acquire)
    }
}

impl Core {
    pub(crate) fn new(config: LiveConfig, clock: Arc<dyn Steady>, inboxes: Vec<Arc<Inbox>>) -> Self {
        Self {
            config,
            clock,
            topics: RwLock::default(),
            inboxes,
            agenda: Agenda::default(),
            counters: Counters::default(),
            draining: AtomicBool::new(false),
            ended: Notify::new(),
            next_cell: AtomicU64::new(0),
            version_floor: AtomicU64::new(0),
            draws: AtomicU64::new(0),
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<Arc<Cell>> {
        self.topics.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Publishes, waits for the window, or does nothing, whichever is due after a stage of changes.
    pub(crate) fn settle(&self, cell: &Arc<Cell>, mut state: MutexGuard<'_, State>) {
        let now = self.clock.now();
        let pace = self.config.pace();
        match state.due(now, pace) {
            Due::Nothing => {}
            Due::At(until) => {
                drop(state);
                self.agenda.add(until, cell.clone());
            }
            Due::Now => {
                state.turn(now, pace);
                drop(state);
                self.counters.versions.fetch_add(1, Ordering::Relaxed);
                self.tell(cell);
            }
        }
    }

    /// Takes the turns that are due. Returns when the next one will be.
    pub(crate) fn take_due_turns(&self) -> Option<Duration> {
        loop {
            let now = self.clock.now();
            let cell = match self.agenda.pop(now) {
                Popped::Due(cell) => cell,
                Popped::Next(at) => return Some(at.saturating_sub(now)),
                Popped::Empty => return None,
            };
            let turned = locked(&cell.state).turn(now, self.config.pace());
            if turned {
                self.counters.versions.fetch_add(1, Ordering::Relaxed);
                self.tell(&cell);
            }
        }
    }

    /// Tells everybody who watches the topic that there is something new: a version, or its end.
    ///
    /// A shard sets its bit in `watched` before it reads the topic's state, and this runs after the state changed: so
    /// either the shard reads the new state, or it is told.
    pub(crate) fn tell(&self, cell: &Arc<Cell>) {
        cell.bell.send_replace(());
        let mut watched = cell.watched.load(Ordering::SeqCst);
        while watched != 0 {
            let nth = watched.trailing_zeros();
            watched &= watched - 1;
            if cell.told.fetch_or(1 << nth, Ordering::SeqCst) & (1 << nth) == 0 {
                self.inboxes[nth as usize].tell(cell.clone());
            }
        }
    }

    /// A spread of waiting times, so that those who left together don't come back together.
    pub(crate) fn retry_ms(&self, from: u64, to: u64) -> u64 {
        // One step of a Weyl sequence and a mixing of its bits: spread is all that is asked for, not secrecy.
        let mut bits = self.draws.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        bits = (bits ^ (bits >> 31)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        from + (bits >> 32) % (to - from).max(1)
    }
}

/// Topics that wait for the end of their window.
#[derive(Default)]
pub(crate) struct Agenda {
    inner: Mutex<AgendaInner>,
    bell: Condvar,
}

#[derive(Default)]
struct AgendaInner {
    due: BTreeMap<(Duration, u64), Arc<Cell>>,
    closed: bool,
}

enum Popped {
    Due(Arc<Cell>),
    Next(Duration),
    Empty,
}

impl Agenda {
    fn add(&self, until: Duration, cell: Arc<Cell>) {
        let mut inner = locked(&self.inner);
        let first = inner.due.first_key_value().is_none_or(|((at, _), _)| until < *at);
        inner.due.insert((until, cell.id), cell);
        drop(inner);
        if first {
            self.bell.notify_one();
        }
    }

    fn pop(&self, now: Duration) -> Popped {
        let mut inner = locked(&self.inner);
        match inner.due.first_entry() {
            Some(first) if first.key().0 <= now => Popped::Due(first.remove()),
            Some(first) => Popped::Next(first.key().0),
            None => Popped::Empty,
        }
    }

    pub(crate) fn close(&self) {
        locked(&self.inner).closed = true;
        self.bell.notify_all();
    }

    /// The flusher's life: take what is due, sleep until the next.
    pub(crate) fn keep(core: &Core) {
        loop {
            let wait = core.take_due_turns();
            let inner = locked(&core.agenda.inner);
            if inner.closed {
                return;
            }
            // Something may have been added since the turns were taken.
            if wait.is_none() != inner.due.is_empty() {
                continue;
            }
            match wait {
                Some(span) => drop(core.agenda.bell.wait_timeout(inner, span)),
                None => drop(core.agenda.bell.wait(inner)),
            }
        }
    }
}

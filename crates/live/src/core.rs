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

    /// Takes the turns that are due.
    pub(crate) fn take_due_turns(&self) {
        while let Some(cell) = self.agenda.due(self.clock.now()) {
            self.take_turn(&cell);
        }
    }

    fn take_turn(&self, cell: &Arc<Cell>) {
        let turned = locked(&cell.state).turn(self.clock.now(), self.config.pace());
        if turned {
            self.counters.versions.fetch_add(1, Ordering::Relaxed);
            self.tell(cell);
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

    /// A topic whose turn is due, if there is one.
    fn due(&self, now: Duration) -> Option<Arc<Cell>> {
        locked(&self.inner).take_due(now)
    }

    /// The next topic whose turn is due, as soon as it is; none when the agenda is closed. It looks and lies down under one
    /// lock, so that who adds an earlier turn is either seen by the look or wakes the sleeper.
    fn next(&self, clock: &dyn Steady) -> Option<Arc<Cell>> {
        let mut inner = locked(&self.inner);
        while !inner.closed {
            let now = clock.now();
            if let Some(cell) = inner.take_due(now) {
                return Some(cell);
            }
            let until = inner.due.first_key_value().map(|((at, _), _)| at.saturating_sub(now));
            inner = match until {
                Some(span) => self.bell.wait_timeout(inner, span).unwrap_or_else(PoisonError::into_inner).0,
                None => self.bell.wait(inner).unwrap_or_else(PoisonError::into_inner),
            };
        }
        None
    }

    pub(crate) fn close(&self) {
        locked(&self.inner).closed = true;
        self.bell.notify_all();
    }

    /// The flusher's life.
    pub(crate) fn keep(core: &Core) {
        while let Some(cell) = core.agenda.next(&*core.clock) {
            core.take_turn(&cell);
        }
    }
}

impl AgendaInner {
    fn take_due(&mut self, now: Duration) -> Option<Arc<Cell>> {
        self.due.first_entry().filter(|first| first.key().0 <= now).map(|first| first.remove())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SteadyClock;

    fn cell(core: &Core, name: &str) -> Arc<Cell> {
        Arc::new(Cell {
            id: core.next_cell.fetch_add(1, Ordering::Relaxed),
            name: name.into(),
            state: Mutex::new(State::new(0, core.config.ring)),
            watched: AtomicU64::new(0),
            told: AtomicU64::new(0),
            bell: watch::Sender::new(()),
            dropped: AtomicBool::new(false),
            subscribers: AtomicU64::new(0),
            delivered: Delivered::default(),
        })
    }

    /// The flusher has looked, found a turn that is an hour away, and is about to sleep until then: what is added at that
    /// moment must not wait for it. The moment can't be arranged, so it is met by trying often.
    #[test]
    fn a_turn_added_while_the_flusher_lies_down_is_taken_in_its_time() {
        let clock = Arc::new(SteadyClock::start());
        let core = Arc::new(Core::new(LiveConfig::default(), clock.clone(), Vec::new()));
        let (far, near) = (cell(&core, "far"), cell(&core, "near"));
        core.agenda.add(clock.now() + Duration::from_secs(3_600), far);
        let flusher = {
            let core = core.clone();
            std::thread::spawn(move || Agenda::keep(&core))
        };
        for round in 0..60_000u32 {
            core.agenda.add(clock.now(), near.clone());
            let added = clock.now();
            while locked(&core.agenda.inner).due.len() > 1 {
                assert!(clock.now() - added < Duration::from_secs(10), "turn {round} was not taken");
                std::hint::spin_loop();
            }
            // Its next steps take some hundreds of nanoseconds: each round meets it at another one.
            (0..round % 256).for_each(|_| std::hint::spin_loop());
        }
        core.agenda.close();
        flusher.join().unwrap();
    }
}

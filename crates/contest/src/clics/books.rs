//! The ledgers that somebody reads on this node. A ledger is made when it is asked for, kept while it is read, and let go of when others
//! have been asked for since.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use kernel::{ContestId, Timestamp};
use store::{Tx, args};
use web::Hall;

use super::ledger::Ledger;
use super::refusal::Refusal;
use crate::floor::{Floor, FloorError};
use crate::plan::Plan;
use crate::{ContestRoom, log, sql};

const EVENTS_AT_ONCE: i64 = 1000;
/// So many ledgers are kept that nobody reads at the moment.
const KEPT_MOST: usize = 8;
/// So many readers follow the feeds of this node.
const READERS_MOST: usize = 256;

/// A contest's ledger on this node.
pub struct Book {
    pub floor: Arc<Floor>,
    hall: Hall,
    ledger: RwLock<Ledger>,
    /// Held while the log is read, by whoever needs it first.
    turning: tokio::sync::Mutex<()>,
}

#[derive(Default)]
pub(crate) struct Books {
    held: Mutex<HashMap<ContestId, (Arc<Book>, Timestamp)>>,
    opening: tokio::sync::Mutex<()>,
    readers: Arc<AtomicUsize>,
}

/// A reader's place, given back when he goes.
pub struct Seat(Arc<AtomicUsize>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Books {
    fn known(&self, contest: &ContestId, now: Timestamp) -> Option<Arc<Book>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (book, used_at) = held.get_mut(contest)?;
        *used_at = now;
        Some(book.clone())
    }

    fn keep(&self, book: &Arc<Book>, now: Timestamp) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(book.floor.contest.clone(), (book.clone(), now));
        let mut idle: Vec<(Timestamp, ContestId)> = held
            .iter()
            .filter(|(_, (book, _))| Arc::strong_count(book) == 1)
            .map(|(contest, (_, used_at))| (*used_at, contest.clone()))
            .collect();
        idle.sort();
        let beyond = idle.len().saturating_sub(KEPT_MOST);
        for (_, contest) in idle.into_iter().take(beyond) {
            held.remove(&contest);
        }
    }

    /// A place to follow a feed from; none while all are taken.
    pub fn seat(&self) -> Option<Seat> {
        let seat = Seat(self.readers.clone());
        (self.readers.fetch_add(1, Ordering::Relaxed) < READERS_MOST).then_some(seat)
    }
}

/// The contest's book, up to its log.
pub async fn book(room: &ContestRoom, contest: &str) -> Result<Arc<Book>, Refusal> {
    let floor = floor(room, contest).await?;
    let (books, now) = (&room.clics, room.hall.now());
    let book = match books.known(&floor.contest, now) {
        Some(book) => book,
        None => {
            let _one_at_a_time = books.opening.lock().await;
            // Who waited for his turn makes nothing that another has made meanwhile.
            match books.known(&floor.contest, now) {
                Some(book) => book,
                None => {
                    let Some(ledger) = read(&room.hall, &floor.contest).await? else {
                        return Err(Refusal::no_contest(contest));
                    };
                    let ledger = RwLock::new(ledger);
                    let book = Book { floor, hall: room.hall.clone(), ledger, turning: tokio::sync::Mutex::default() };
                    let book = Arc::new(book);
                    books.keep(&book, now);
                    book
                }
            }
        }
    };
    book.up_to_now().await?;
    Ok(book)
}

pub async fn floor(room: &ContestRoom, contest: &str) -> Result<Arc<Floor>, Refusal> {
    let Ok(id) = contest.parse::<ContestId>() else { return Err(Refusal::no_contest(contest)) };
    room.opened(&id).await?.ok_or_else(|| Refusal::no_contest(contest))
}

impl Book {
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the ledger up to where the floor stands.
    pub async fn up_to_now(&self) -> Result<(), FloorError> {
        let wanted = self.floor.arena().position;
        if self.ledger().position() >= wanted {
            return Ok(());
        }
        let _one_at_a_time = self.turning.lock().await;
        loop {
            let from = self.ledger().position();
            if from >= wanted {
                return Ok(());
            }
            let events = log::since(&self.hall.db, &self.floor.contest, from, EVENTS_AT_ONCE).await?;
            let plan = self.floor.arena().plan.clone();
            if events.iter().any(|event| plan.is_changed_by(&event.happened)) {
                let Some(mut anew) = read(&self.hall, &self.floor.contest).await? else { return Ok(()) };
                let mut ledger = self.ledger.write().unwrap_or_else(PoisonError::into_inner);
                anew.forget(&ledger);
                *ledger = anew;
                return Ok(());
            }
            if events.is_empty() {
                return Ok(());
            }
            let mut ledger = self.ledger.write().unwrap_or_else(PoisonError::into_inner);
            events.iter().for_each(|event| ledger.fold(event));
        }
    }
}

/// A ledger of plan and log as they are. `None` if there is no such contest.
async fn read(hall: &Hall, contest: &ContestId) -> Result<Option<Ledger>, FloorError> {
    hall.db.read(|tx| Box::pin(read_within(tx, contest))).await
}

/// Plan and log are of one snapshot.
async fn read_within(tx: &mut Tx<'_>, contest: &ContestId) -> Result<Option<Ledger>, FloorError> {
    let Some(plan) = Plan::load(tx, contest).await? else { return Ok(None) };
    let changed: i64 = tx.one(sql::PLAN_CHANGED_LAST, &args![contest]).await?.get("position")?;
    let begins_at = changed.max(log::named_last(tx, &plan).await?);
    let mut ledger = Ledger::new(Arc::new(plan), begins_at).map_err(|faults| FloorError::Field {
        contest: contest.clone(),
        faults: faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })?;
    loop {
        let events = log::since_within(tx, contest, ledger.position(), EVENTS_AT_ONCE).await?;
        events.iter().for_each(|event| ledger.fold(event));
        if (events.len() as i64) < EVENTS_AT_ONCE {
            return Ok(Some(ledger));
        }
    }
}

//! The play's clock, which is the hall's as well: it runs faster than the one on the wall, and stands still while somebody acts.
//!
//! Who needs his instants exact holds a [`Turn`]. He wakes at the very instant that he waited for, and until he waits again the clock shows
//! that instant, however long his request takes. So a run is opened, stopped and closed at instants that follow from the seed, and a machine
//! that is too slow makes the play slower, not different. Who has no turn waits on the same clock and keeps nobody.
//!
//! Invariants: the clock never goes back; it never passes an instant that somebody waits for before he is awake.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Clock, SystemClock, Timestamp};
use tokio::sync::Notify;

/// So far the play may be behind the wall and still catch up, in ms of the wall: a sleep that lasted too long is made good, a slow quarter of
/// an hour is not.
const CATCHES_UP_MS: f64 = 1_000.0;

pub struct DemoClock {
    speed: f64,
    wall: Arc<dyn Clock>,
    face: Mutex<Face>,
}

impl std::fmt::Debug for DemoClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoClock").field("speed", &self.speed).finish_non_exhaustive()
    }
}

/// What the clock shows, and who waits for what.
#[derive(Debug)]
struct Face {
    /// At this instant of the wall …
    wall_from: Timestamp,
    /// … the play would be here, if nobody had to be waited for.
    play_from: f64,
    /// What was shown last.
    shown: i64,
    /// Turns that are being taken.
    held: usize,
    /// By the instant waited for, and by arrival.
    waiting: BTreeMap<(i64, u64), Arc<Notify>>,
    arrivals: u64,
}

impl Face {
    /// Where the play would be by the wall.
    fn by_the_wall(&self, wall: Timestamp, speed: f64) -> f64 {
        self.play_from + wall.millis_since(self.wall_from).max(0) as f64 * speed
    }

    fn now(&mut self, wall: Timestamp, speed: f64) -> i64 {
        if self.held == 0 {
            let first = self.waiting.first_key_value().map_or(i64::MAX, |((due, _), _)| *due);
            self.shown = self.shown.max((self.by_the_wall(wall, speed) as i64).min(first));
        }
        self.shown
    }

    fn wake_first(&self) {
        if let Some((_, wake)) = self.waiting.first_key_value() {
            wake.notify_one();
        }
    }
}

impl DemoClock {
    /// A clock that stands still as long as the turn that comes with it is not over.
    pub fn start(speed: f64) -> (Arc<DemoClock>, Turn) {
        Self::start_by(Arc::new(SystemClock), speed)
    }

    fn start_by(wall: Arc<dyn Clock>, speed: f64) -> (Arc<DemoClock>, Turn) {
        let now = wall.now();
        let face = Face {
            wall_from: now,
            play_from: now.as_millis() as f64,
            shown: now.as_millis(),
            held: 0,
            waiting: BTreeMap::new(),
            arrivals: 0,
        };
        let clock = Arc::new(DemoClock { speed, wall, face: Mutex::new(face) });
        let turn = clock.turn();
        (clock, turn)
    }

    pub fn speed(&self) -> f64 {
        self.speed
    }

    fn face(&self) -> MutexGuard<'_, Face> {
        self.face.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(self: &Arc<Self>) -> Turn {
        let mut face = self.face();
        face.now(self.wall.now(), self.speed);
        face.held += 1;
        Turn { clock: self.clone(), held: true }
    }

    /// Waits for so much of the play's time, and keeps nobody afterwards.
    pub async fn pass(self: &Arc<Self>, ms: f64) {
        let due = self.now().as_millis() + ms.max(0.0) as i64;
        self.clone().wait_for(due).reached(false).await;
    }

    /// Takes a place among those who wait. From now on the clock doesn't pass this instant.
    fn wait_for(self: Arc<Self>, due: i64) -> Waiting {
        let mut face = self.face();
        face.arrivals += 1;
        let (key, wake) = ((due, face.arrivals), Arc::new(Notify::new()));
        face.waiting.insert(key, wake.clone());
        drop(face);
        Waiting { clock: self, key, wake }
    }

    fn try_reach(&self, key: (i64, u64), to_hold: bool) -> Reached {
        let mut face = self.face();
        let wall = self.wall.now();
        let now = face.now(wall, self.speed);
        if now >= key.0 {
            face.waiting.remove(&key);
            let behind = face.by_the_wall(wall, self.speed) - now as f64 - CATCHES_UP_MS * self.speed;
            face.play_from -= behind.max(0.0);
            face.held += usize::from(to_hold);
            // Others may wait for the same instant.
            face.wake_first();
            return Reached::Yes;
        }
        let is_first = face.waiting.first_key_value().is_some_and(|(first, _)| *first == key);
        if face.held > 0 || !is_first {
            return Reached::WhenWoken;
        }
        let wait_ms = (key.0 as f64 - face.by_the_wall(wall, self.speed)) / self.speed;
        Reached::After(Duration::from_secs_f64((wait_ms / 1000.0).max(0.0)))
    }

    fn release(&self) {
        let mut face = self.face();
        face.held -= 1;
        if face.held == 0 {
            face.wake_first();
        }
    }
}

enum Reached {
    Yes,
    After(Duration),
    /// Not before the clock moves, or before somebody else's instant.
    WhenWoken,
}

/// A place among those who wait; left when the one who waits gives up.
struct Waiting {
    clock: Arc<DemoClock>,
    key: (i64, u64),
    wake: Arc<Notify>,
}

impl Waiting {
    async fn reached(self, to_hold: bool) {
        loop {
            match self.clock.try_reach(self.key, to_hold) {
                Reached::Yes => return,
                Reached::After(wait) => {
                    tokio::select! {
                        () = self.wake.notified() => {}
                        () = tokio::time::sleep(wait) => {}
                    }
                }
                Reached::WhenWoken => self.wake.notified().await,
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut face = self.clock.face();
        if face.waiting.remove(&self.key).is_some() {
            face.wake_first();
        }
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        let wall = self.wall.now();
        Timestamp::from_millis(self.face().now(wall, self.speed))
    }

    fn pace(&self) -> Option<f64> {
        Some(self.speed)
    }
}

/// Somebody's turn: as long as he doesn't wait, the clock stands still.
#[derive(Debug)]
pub struct Turn {
    clock: Arc<DemoClock>,
    held: bool,
}

impl Turn {
    /// A turn for somebody else, who begins at this instant too.
    pub fn another(&self) -> Turn {
        self.clock.turn()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets the clock go on and wakes at the instant that is so much later.
    pub async fn pass(&mut self, ms: i64) {
        self.reach(self.now().plus_millis(ms.max(0))).await;
    }

    /// Lets the clock go on and wakes at an instant; at once when it is past.
    pub async fn reach(&mut self, at: Timestamp) {
        let waiting = self.clock.clone().wait_for(at.max(self.now()).as_millis());
        // One who gives up while he waits holds nothing.
        self.held = false;
        self.clock.release();
        waiting.reached(true).await;
        self.held = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.held {
            self.clock.release();
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::FakeClock;

    use super::*;

    fn clock(speed: f64) -> (FakeClock, Arc<DemoClock>, Turn) {
        let wall = FakeClock::at_millis(1_000);
        let (clock, turn) = DemoClock::start_by(Arc::new(wall.clone()), speed);
        (wall, clock, turn)
    }

    fn is_there(waiting: &Waiting, to_hold: bool) -> bool {
        matches!(waiting.clock.try_reach(waiting.key, to_hold), Reached::Yes)
    }

    #[test]
    fn it_stands_still_while_somebody_acts_and_then_catches_up() {
        let (wall, clock, turn) = clock(10.0);
        wall.advance_millis(50);
        assert_eq!(clock.now().as_millis(), 1_000);
        let other = turn.another();
        drop(turn);
        assert_eq!(clock.now().as_millis(), 1_000, "the other is not done");
        drop(other);
        assert_eq!(clock.now().as_millis(), 1_500);
        assert_eq!(kernel::hall_time(&*clock), "1500;pace=10", "a page is told that this is no clock on the wall");
        assert_eq!(kernel::hall_time(&wall), "1050");
    }

    #[test]
    fn who_waits_wakes_at_his_instant_however_late() {
        let (wall, clock, turn) = clock(10.0);
        let (late, early) = (clock.clone().wait_for(1_300), clock.clone().wait_for(1_200));
        let same = clock.clone().wait_for(1_200);
        drop(turn);
        assert!(!is_there(&early, true));
        wall.advance_millis(70);
        assert_eq!(clock.now().as_millis(), 1_200, "not past him");
        assert!(!is_there(&late, true));
        assert!(is_there(&early, true));
        assert!(is_there(&same, true), "two may act at one instant");
        assert!(!is_there(&late, true));
        clock.release();
        assert_eq!(clock.now().as_millis(), 1_200);
        clock.release();
        assert_eq!(clock.now().as_millis(), 1_300);
        assert!(is_there(&late, false));
        assert_eq!(clock.now().as_millis(), 1_700);
    }

    #[test]
    fn what_was_lost_for_long_is_not_made_good() {
        let (wall, clock, turn) = clock(2.0);
        let (waiting, next) = (clock.clone().wait_for(1_100), clock.clone().wait_for(1_200));
        drop(turn);
        wall.advance_millis(60_000);
        assert!(is_there(&waiting, false));
        assert!(is_there(&next, false));
        assert_eq!(clock.now().as_millis(), 1_100 + 2 * CATCHES_UP_MS as i64);
    }

    #[test]
    fn who_gives_up_keeps_nobody() {
        let (wall, clock, turn) = clock(1.0);
        let waiting = clock.clone().wait_for(1_100);
        drop(turn);
        wall.advance_millis(500);
        assert_eq!(clock.now().as_millis(), 1_100);
        drop(waiting);
        assert_eq!(clock.now().as_millis(), 1_500);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn turns_wake_at_their_instants_in_order() {
        let (clock, opening) = DemoClock::start(100.0);
        let begun = clock.now();
        let woken = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = tokio::task::JoinSet::new();
        for at in 0..8i64 {
            let (mut turn, clock, woken) = (opening.another(), clock.clone(), woken.clone());
            tasks.spawn(async move {
                for step in 1..=50 {
                    turn.reach(begun.plus_millis(step * 100 + at)).await;
                    woken.lock().unwrap().push(clock.now().millis_since(begun));
                    assert_eq!(turn.now(), begun.plus_millis(step * 100 + at));
                }
            });
        }
        drop(opening);
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let woken = woken.lock().unwrap();
        assert_eq!(woken.len(), 400);
        assert!(woken.is_sorted(), "{woken:?}");
    }
}

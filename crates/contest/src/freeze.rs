//! The public board stops so long before the planned end as the rule set says, while the venue's goes on.
//!
//! The hall does it by itself, once, on whichever node comes first, and a hall that was not running at the moment does it when it runs again.
//! Who thaws a board by hand after that moment is obeyed: it moves until the contest is in review, unless the end is moved so that the moment
//! lies ahead once more.
//!
//! A contest that goes back from review to be marked goes to the state that it came from; where the moment has gone by meanwhile, to a board that
//! stands still. So what was looked through is not shown to everybody by it.

use kernel::Timestamp;
use web::Hall;

use crate::arena::Arena;
use crate::event::{ContestState, Happened};
use crate::floor::{Floor, FloorError};
use crate::log;
use crate::plan::Plan;

/// By the plan: when the board is to stop, and the end before which it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    pub freezes_at: Timestamp,
    pub ends_at: Timestamp,
}

/// The public board, as far as a freeze is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicBoard {
    /// The contest was not opened yet.
    Waiting,
    /// It moves since a moment: that of the opening, or a later one if it has stood still in between.
    Moving { opened: Timestamp, since: Timestamp },
    /// It stands still, or nothing moves it any more.
    Still,
}

impl Planned {
    fn ending(plan: &Plan, ends_at: Timestamp) -> Option<Planned> {
        let freezes_at = ends_at.plus_millis(before_end_ms(plan)?.saturating_neg());
        Some(Planned { freezes_at, ends_at })
    }

    /// When the hall stops the board by itself, if it still does. A moment that has gone by means at once.
    pub fn moment(self, board: PublicBoard) -> Option<Timestamp> {
        let stops = match board {
            PublicBoard::Waiting => true,
            PublicBoard::Still => false,
            // Opened after its planned end: that plan says nothing of this contest.
            PublicBoard::Moving { opened, since } if opened == since => opened < self.ends_at,
            PublicBoard::Moving { since, .. } => since < self.freezes_at,
        };
        stops.then_some(self.freezes_at)
    }
}

impl PublicBoard {
    fn of(arena: &Arena) -> PublicBoard {
        match (arena.state, arena.started_at, arena.state_since) {
            (ContestState::Draft, ..) => PublicBoard::Waiting,
            (ContestState::Live, Some(opened), Some(since)) => PublicBoard::Moving { opened, since },
            _ => PublicBoard::Still,
        }
    }
}

/// So long before the end, where the rule set knows a freeze.
pub(crate) fn before_end_ms(plan: &Plan) -> Option<i64> {
    plan.rule_set.as_ref()?.rules.publication.freeze_before_end_ms
}

/// When the hall stops the public board of this contest by itself. Nothing without a planned end, or where the rule set knows no freeze.
pub(crate) fn moment(arena: &Arena) -> Option<Timestamp> {
    moment_before(arena, arena.plan.ends_at?)
}

/// The same, if it ended then.
pub(crate) fn moment_before(arena: &Arena, ends_at: Timestamp) -> Option<Timestamp> {
    Planned::ending(&arena.plan, ends_at)?.moment(PublicBoard::of(arena))
}

/// Where a contest goes from review when something has to be marked again.
pub(crate) fn back(arena: &Arena, now: Timestamp) -> ContestState {
    let Some((ContestState::Live, Some(since))) = arena.before_review else { return ContestState::Frozen };
    let planned = arena.plan.ends_at.and_then(|ends_at| Planned::ending(&arena.plan, ends_at));
    let missed = arena.started_at.and_then(|opened| planned?.moment(PublicBoard::Moving { opened, since }));
    match missed {
        Some(moment) if moment <= now => ContestState::Frozen,
        _ => ContestState::Live,
    }
}

fn is_due(arena: &Arena, now: Timestamp) -> bool {
    arena.state == ContestState::Live && moment(arena).is_some_and(|at| at <= now)
}

/// Stops the public board when its moment has come. Several nodes may try; the log takes one.
pub(crate) async fn when_due(hall: &Hall, floor: &Floor) -> Result<(), FloorError> {
    if !is_due(&floor.arena(), hall.now()) {
        return Ok(());
    }
    let written: Result<(), FloorError> = hall
        .db
        .write(|tx| {
            Box::pin(async move {
                floor.current(tx).await?;
                let now = hall.now();
                let seen = {
                    let arena = floor.arena();
                    // Somebody may have frozen it, or moved the end, meanwhile.
                    is_due(&arena, now).then(|| format!("{}-{}", arena.state.code(), arena.position))
                };
                if let Some(subject) = seen {
                    let happened = Happened::State { to: ContestState::Frozen, reason: None, left_open: None };
                    log::append(tx, &floor.contest, now, None, &subject, &happened).await?;
                }
                Ok(())
            })
        })
        .await;
    match written {
        Ok(()) => floor.wake(),
        Err(FloorError::Store(error)) if error.is_unique() => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    const PLANNED: Planned = Planned { freezes_at: at(100), ends_at: at(160) };

    #[test]
    fn each_board_at_its_boundaries() {
        let moving = |opened, since| PublicBoard::Moving { opened: at(opened), since: at(since) };
        for (board, freezes, why) in [
            (PublicBoard::Waiting, true, "not opened yet"),
            (PublicBoard::Still, false, "it stands still"),
            (moving(0, 0), true, "opened in time"),
            (moving(100, 100), true, "opened at the moment"),
            (moving(159, 159), true, "opened late, before the end"),
            (moving(160, 160), false, "opened at the planned end"),
            (moving(0, 99), true, "thawed before the moment"),
            (moving(0, 100), false, "thawed at the moment: by hand, and it stays so"),
            (moving(0, 130), false, "thawed after the moment"),
        ] {
            assert_eq!(PLANNED.moment(board), freezes.then_some(at(100)), "{why}");
        }
    }

    proptest! {
        /// Between two acts of people the hall stops the board once at most, at the first look from the moment on; and one who thaws it from
        /// then on is obeyed, until he moves the end so that the moment lies ahead.
        #[test]
        fn the_hall_stops_a_board_once(
            opened in 0i64..200,
            looks in prop::collection::btree_set(0i64..400, 1..40),
            thaw_after in 0i64..50,
            extended_by in 0i64..300,
        ) {
            let first = looks.iter().copied().find(|look| *look >= opened.max(100));
            let board = PublicBoard::Moving { opened: at(opened), since: at(opened) };
            let stopped = looks.iter().copied().find(|look| {
                *look >= opened && PLANNED.moment(board).is_some_and(|moment| moment <= at(*look))
            });
            prop_assert_eq!(stopped, first.filter(|_| opened < 160));
            if let Some(stopped) = stopped {
                prop_assert_eq!(PLANNED.moment(PublicBoard::Still), None);
                let thawed = stopped + 1 + thaw_after;
                let again = PublicBoard::Moving { opened: at(opened), since: at(thawed) };
                prop_assert_eq!(PLANNED.moment(again), None);
                let moved = Planned { freezes_at: at(100 + extended_by), ends_at: at(160 + extended_by) };
                let ahead = thawed < 100 + extended_by;
                prop_assert_eq!(moved.moment(again), ahead.then_some(moved.freezes_at));
            }
        }
    }
}

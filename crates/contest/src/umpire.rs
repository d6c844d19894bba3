//! The smart referee at work: reads stored telemetry in order, has the runs under [watch](crate::watch) judged by it, and writes what is found
//! to the contest's log.
//!
//! A run's last verdicts and its end are written in one transaction. So after a crash, or on another node, the same batches give the same
//! verdicts, and the log refuses those it has.

use std::sync::Arc;
use std::time::Duration;

use store::{StoreError, args};
use web::Hall;

use crate::arena::Arena;
use crate::clock::RunClock;
use crate::event::Happened;
use crate::floor::{Floor, FloorError};
use crate::watch::{Docket, Found, Stored, Unpacker, Watches};
use crate::{archived, log, sql};

pub use crate::watch::GRACE_MS;

const BATCHES_AT_ONCE: i64 = 200;
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub struct Umpire {
    floor: Arc<Floor>,
    hall: Hall,
    watches: Watches,
    unpacker: Unpacker,
}

impl Umpire {
    pub fn new(hall: &Hall, floor: &Arc<Floor>) -> Self {
        Self {
            floor: floor.clone(),
            hall: hall.clone(),
            watches: Watches::new(Docket::Live, 0),
            unpacker: Unpacker::default(),
        }
    }

    /// Judges until the hall stops.
    pub async fn judge(mut self) {
        let mut ready = self.begin().await;
        while !self.hall.is_closed() {
            tokio::select! {
                () = self.floor.telemetry_came.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if let Err(error) = &ready {
                tracing::error!(contest = %self.floor.contest, %error, "the referee can't begin; trying again");
                ready = self.begin().await;
                continue;
            }
            if let Err(error) = self.follow().await {
                if self.hall.is_closed() {
                    return;
                }
                tracing::error!(contest = %self.floor.contest, %error, "the referee can't follow; beginning anew");
                ready = self.begin().await;
            }
        }
    }

    /// Begins with the first batch that was acknowledged after the earliest run that is not judged to its end was opened: no batch before
    /// it tells anything of it, whatever the equipment's clock says.
    async fn begin(&mut self) -> Result<(), FloorError> {
        // Read first: a run that is opened while the log is read, and a batch that tells of it, both come after it.
        let last = self.hall.db.one(sql::TELEMETRY_LAST, &args![&self.floor.contest]).await?.get("position")?;
        // Where to begin is read in the arena: one that can't be brought up to the log would have batches passed over.
        let newest = self.hall.db.one(sql::NEWEST_EVENT, &args![&self.floor.contest]).await?.get("position")?;
        self.floor.caught_up(newest).await?;
        let opened =
            self.floor.arena().runs.values().filter(|run| !run.judged).filter_map(|run| run.watched.opened_by()).min();
        let position = match opened {
            Some(opened) => {
                self.hall.db.one(sql::TELEMETRY_AFTER, &args![&self.floor.contest, opened]).await?.get("position")?
            }
            None => last,
        };
        self.watches = Watches::new(Docket::Live, position);
        // Nothing before it is to be judged any more.
        let mut judged = self.floor.judged.lock().await;
        *judged = position.max(*judged);
        drop(judged);
        self.follow().await
    }

    async fn follow(&mut self) -> Result<(), FloorError> {
        loop {
            let position = self.watches.position();
            let rows =
                self.hall.db.all(sql::TELEMETRY_SINCE, &args![&self.floor.contest, position, BATCHES_AT_ONCE]).await?;
            let count = rows.len() as i64;
            // A run that is closed from here on is looked at the next time: the gateways are read after this.
            let known = self.floor.arena().position;
            if count > 0 || self.awaits_the_last() {
                self.floor.read_gateways().await?;
            }
            for row in rows {
                let (position, after): (i64, i64) = (row.get("position")?, row.get("after")?);
                let body: Vec<u8> = row.get("body")?;
                self.floor.caught_up(after).await?;
                let floor = self.floor.clone();
                let mut judged = floor.judged.lock().await;
                match self.unpacker.unpack(&body) {
                    Some(batch) => {
                        let found = self.hear(&Stored { position, after, batch: &batch });
                        self.write(found).await?;
                    }
                    None => self.watches.pass_over(position),
                }
                *judged = position.max(*judged);
            }
            if count < BATCHES_AT_ONCE {
                let found = self.watches.finish_over(&self.floor.arena(), &self.floor.gateways(), known);
                return self.write(found).await;
            }
        }
    }

    fn hear(&mut self, stored: &Stored<'_>) -> Vec<Found> {
        self.watches.hear(&self.floor.arena(), &self.floor.gateways(), stored)
    }

    /// Whether a run was closed and its venue may still have something to tell of it.
    fn awaits_the_last(&self) -> bool {
        let arena = self.floor.arena();
        arena.runs.values().any(|run| !run.judged && matches!(run.clock, RunClock::Closed { .. }))
    }

    /// All that one batch decides, in one transaction: a run's last verdicts and that it was judged to its end are in the log together or
    /// not at all. What the log has already is passed over. Marks that are closed stand, and results that are final: a verdict that comes later is not written. That a
    /// run was judged to its end is, so that nobody judges it again.
    async fn write(&mut self, found: Vec<Found>) -> Result<(), FloorError> {
        if found.is_empty() {
            return Ok(());
        }
        let (floor, at, found) = (&self.floor, self.hall.now(), &found);
        let written: Result<bool, FloorError> = self
            .hall
            .db
            .write(|tx| {
                Box::pin(async move {
                    floor.current(tx).await?;
                    let new: Vec<(&Found, Option<archived::Kept>)> = {
                        let arena = floor.arena();
                        let new = found.iter().filter(|found| takes(&arena, &found.happened));
                        new.map(|found| {
                            let verdict = archived::of_verdict(&arena, &found.happened);
                            (found, verdict.or_else(|| archived::of_amended(&arena, &found.happened, at)))
                        })
                        .collect()
                    };
                    for (found, statement) in &new {
                        log::append(tx, &floor.contest, at, None, &found.subject, &found.happened).await?;
                        archived::keep(tx, statement.as_ref(), at).await.map_err(StoreError::from)?;
                    }
                    Ok(!new.is_empty())
                })
            })
            .await;
        if written? {
            self.floor.wake();
        }
        Ok(())
    }
}

/// Whether the log takes it; what comes when nothing counts any more is told to whoever looks after the hall.
fn takes(arena: &Arena, happened: &Happened) -> bool {
    if let Happened::Verdict { id, .. } = happened
        && !arena.state.takes_marks()
        && !arena.verdicts.contains_key(&id.0)
    {
        let state = arena.state.code();
        tracing::warn!(contest = %arena.plan.id, state, verdict = %id.0, "a verdict came too late to count");
    }
    is_new(arena, happened)
}

/// Whether the log, folded into the arena as it is at this moment, lacks it and still takes it.
pub(crate) fn is_new(arena: &Arena, happened: &Happened) -> bool {
    match happened {
        Happened::Verdict { id, .. } if arena.verdicts.contains_key(&id.0) => false,
        // There is no equipment: what it would have said is a judge's to enter.
        Happened::Verdict { run, .. } if arena.is_by_hand(run) => false,
        // Another node has judged the run to its end: that stands.
        Happened::Verdict { run, .. } if arena.runs.get(&run.0).is_some_and(|now| now.judged) => false,
        Happened::Verdict { .. } if !arena.takes_marks() => false,
        Happened::VerdictAmended { verdict, run, .. } => {
            arena.verdicts.get(&verdict.0).is_none_or(|found| found.standing != marking::Standing::Amended)
                && arena.takes_marks()
                && arena.runs.get(&run.0).is_some_and(|now| !now.judged)
        }
        Happened::Watched { run, .. } => arena.runs.get(&run.0).is_some_and(|now| !now.judged),
        _ => true,
    }
}

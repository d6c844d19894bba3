//! The smart referee at work: reads stored telemetry in order, feeds it to the monitors of open runs, and writes what they find to the
//! contest's log.
//!
//! Judging is a function of what is stored. Every batch says how far the log of events had come when it was acknowledged, and is judged with
//! the runs as they stood there; a verdict's id is made of its run and its number. A closed run ends with the batch that tells the referee
//! that all is told ([`GRACE_MS`]), and takes nothing of later ones; its last verdicts and its end are written in one transaction. So after a crash, or on another node, the same batches give the same
//! verdicts, and the log refuses those it has.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use kernel::{EntryId, Nanos, RunId, Timestamp, VenueId, VerdictId};
use referee::{Monitor, RuleSet, SignalIx, Taken};
use store::{StoreError, args};
use telemetry::{Batch, Binding, Limits};
use web::Hall;
use web::wire;

use crate::arena::Arena;
use crate::clock::RunClock;
use crate::event::{EvidenceSeen, Happened, Outcome, SampleSeen};
use crate::floor::{Floor, FloorError};
use crate::stage::Gateway;
use crate::{archived, log, sql};

const BATCHES_AT_ONCE: i64 = 200;
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A gateway has told everything of a closed run when it says, so long after the close by its own clock, that nothing waits: a sample may
/// stay up to 2 s in the gateway before it counts as waiting, as long again in the broker, and the gateway's clock may run before the hall's.
pub const GRACE_MS: i64 = 5_000;

/// One run under watch.
struct Watch {
    monitor: Monitor,
    entry: EntryId,
    samples: u64,
    verdicts: u32,
    /// Requests of the competitor that the monitor has heard of, by position.
    heard: i64,
    /// Which signals each gateway has delivered.
    delivered: BTreeMap<String, Vec<bool>>,
}

impl Watch {
    /// What a gateway that was retired delivered nobody knows any more from an instant on: the rules must not go on with its last values.
    fn lose(&mut self, edge: &str, from: Nanos) {
        let at = from.max(self.monitor.now());
        let Some(delivered) = self.delivered.get(edge) else { return };
        let rules = self.monitor.rules().clone();
        for (signal, declared) in rules.signals().iter().enumerate().filter(|(signal, _)| delivered[*signal]) {
            self.monitor.observe(&Binding::unknown(at, SignalIx(signal as u32), &declared.kind));
        }
    }
}

/// A gateway said that nothing waits there.
#[derive(Debug, Clone, Copy)]
struct Told {
    /// By the gateway's clock.
    at: Timestamp,
    /// How far the log had come when the hall heard it.
    known: i64,
}

pub struct Umpire {
    floor: Arc<Floor>,
    hall: Hall,
    rules: Arc<RuleSet>,
    binding: Binding,
    scheme_hash: String,
    position: i64,
    watches: BTreeMap<RunId, Watch>,
    /// Runs that were judged to their end here; the arena may not have folded that yet.
    ended: HashSet<RunId>,
    /// How far each gateway has told everything.
    told_until: HashMap<String, Told>,
}

impl Umpire {
    pub fn new(hall: &Hall, floor: &Arc<Floor>) -> Self {
        let (rules, scheme_hash) = {
            let arena = floor.arena();
            (arena.plan.scheme.rules.clone(), arena.plan.scheme_hash.clone())
        };
        Self {
            floor: floor.clone(),
            hall: hall.clone(),
            binding: Binding::new(rules.signals()),
            rules,
            scheme_hash,
            position: 0,
            watches: BTreeMap::new(),
            ended: HashSet::new(),
            told_until: HashMap::new(),
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
        self.watches.clear();
        self.floor.caught_up_to_newest().await;
        self.ended.clear();
        self.told_until.clear();
        let opened =
            self.floor.arena().runs.values().filter(|run| !run.judged).filter_map(|run| run.watched.opened_by()).min();
        let row = match opened {
            Some(opened) => self.hall.db.one(sql::TELEMETRY_AFTER, &args![&self.floor.contest, opened]).await?,
            None => self.hall.db.one(sql::TELEMETRY_LAST, &args![&self.floor.contest]).await?,
        };
        self.position = row.get("position")?;
        self.follow().await
    }

    async fn follow(&mut self) -> Result<(), FloorError> {
        loop {
            let rows = self
                .hall
                .db
                .all(sql::TELEMETRY_SINCE, &args![&self.floor.contest, self.position, BATCHES_AT_ONCE])
                .await?;
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
                if let Some(batch) = unpack(&body) {
                    // What ends without this batch ends before it.
                    let mut found = self.finish_over(after);
                    found.extend(self.take(&batch, after));
                    self.position = position;
                    found.extend(self.finish_over(after));
                    self.write(found).await?;
                }
                self.position = position;
            }
            if count < BATCHES_AT_ONCE {
                let found = self.finish_over(known);
                return self.write(found).await;
            }
        }
    }

    /// Whether a run was closed and its venue may still have something to tell of it.
    fn awaits_the_last(&self) -> bool {
        let arena = self.floor.arena();
        arena.runs.values().any(|run| !run.judged && matches!(run.clock, RunClock::Closed { .. }))
    }

    fn take(&mut self, batch: &Batch, after: i64) -> Vec<Found> {
        let floor = self.floor.clone();
        let arena = floor.arena();
        for tick in &batch.ticks {
            let Some(run) = run_at(&arena, &tick.station, tick.at.to_timestamp(), after) else { continue };
            if self.ended.contains(&run) || arena.runs.get(&run).is_none_or(|now| now.judged) {
                continue;
            }
            self.watch(&arena, &run);
            let Some(watch) = self.watches.get_mut(&run) else { continue };
            hear_requests(&arena, &run, watch, after, tick.at);
            let edge = batch.header.edge.as_str();
            if !watch.delivered.contains_key(edge) {
                watch.delivered.insert(edge.to_owned(), vec![false; self.rules.signals().len()]);
            }
            let Some(delivered) = watch.delivered.get_mut(edge) else { continue };
            for sample in
                self.binding.samples(tick, |misfit| tracing::debug!(%run, ?misfit, "a reading misfits its signal"))
            {
                delivered[sample.signal.index()] = true;
                watch.monitor.observe(&sample);
                watch.samples += 1;
            }
        }
        if batch.header.backlog == 0 {
            let told = Told { at: batch.header.sent_at, known: after };
            self.told_until.insert(batch.header.edge.to_string(), told);
        }
        self.drain(&arena)
    }

    fn watch(&mut self, arena: &Arena, run: &RunId) {
        if self.watches.contains_key(run) {
            return;
        }
        let (Some(planned), Some(now)) = (arena.plan.run(run), arena.runs.get(run)) else { return };
        let Some(opened) = now.watched.opened_at() else { return };
        self.watches.insert(
            run.clone(),
            Watch {
                monitor: Monitor::new(self.rules.clone(), opened.to_nanos()),
                entry: planned.entry.clone(),
                samples: 0,
                verdicts: 0,
                heard: 0,
                delivered: BTreeMap::new(),
            },
        );
    }

    /// Ends the watch of closed runs for which nothing is waited for any more, as far as the batches so far and the log up to `known` say it:
    /// each gateway of the venue has told everything, or was retired. A venue without a gateway tells nothing, and its runs end at once: what
    /// needs a signal is then undecided, and a judge is asked.
    fn finish_over(&mut self, known: i64) -> Vec<Found> {
        let gateways = self.floor.gateways();
        let floor = self.floor.clone();
        let arena = floor.arena();
        let mut ended: Vec<(RunId, Closed, &VenueId)> = arena
            .runs
            .iter()
            .filter(|(run, now)| !now.judged && !self.ended.contains(*run))
            .filter_map(|(run, now)| {
                let RunClock::Closed { at, .. } = now.clock else { return None };
                let closed = Closed { at, position: now.watched.closed_by().filter(|position| *position <= known)? };
                let venue = &arena.plan.station(&arena.plan.run(run)?.station)?.venue;
                let mut here = gateways.iter().filter(|(_, gateway)| gateway.venue == *venue);
                let is_over = here.all(|(edge, gateway)| self.has_told(edge, closed) || self.is_retired(gateway));
                is_over.then(|| (run.clone(), closed, venue))
            })
            .collect();
        ended.sort_by(|one, other| one.0.cmp(&other.0));
        for (run, closed, venue) in &ended {
            self.watch(&arena, run);
            let mut lost: Vec<(Nanos, &String)> = gateways
                .iter()
                .filter(|(edge, gateway)| gateway.venue == **venue && !self.has_told(edge, *closed))
                .map(|(edge, _)| (self.told_until.get(edge).map_or(Nanos(i64::MIN), |told| told.at.to_nanos()), edge))
                .collect();
            lost.sort();
            if let Some(watch) = self.watches.get_mut(run) {
                let end = closed.at.to_nanos();
                for (told, edge) in lost {
                    let from = told.min(end);
                    hear_requests(&arena, run, watch, i64::MAX, from);
                    watch.lose(edge, from);
                }
                hear_requests(&arena, run, watch, i64::MAX, end);
                watch.monitor.finish(end);
            }
        }
        let mut found = self.drain(&arena);
        for (run, ..) in ended {
            self.ended.insert(run.clone());
            if let Some(watch) = self.watches.remove(&run) {
                let happened = Happened::Watched {
                    run: wire::RunId(run.clone()),
                    samples: watch.samples,
                    late: watch.monitor.counts().late,
                    verdicts: watch.verdicts,
                };
                found.push(Found { subject: run.to_string(), happened });
            }
        }
        found
    }

    fn has_told(&self, edge: &str, closed: Closed) -> bool {
        self.told_until
            .get(edge)
            .is_some_and(|told| closed.position <= told.known && told.at.millis_since(closed.at) >= GRACE_MS)
    }

    /// Whether a gateway was retired before the batch that comes next.
    fn is_retired(&self, gateway: &Gateway) -> bool {
        gateway.retired_after.is_some_and(|after| after <= self.position)
    }

    fn drain(&mut self, arena: &Arena) -> Vec<Found> {
        let mut found = Vec::new();
        for (run, watch) in &mut self.watches {
            let module = arena.module_of(run);
            for verdict in watch.monitor.drain() {
                // A rule judges the module of its aspect; in the others its signals mean something else.
                let of_module = arena
                    .aspect(&verdict.aspect)
                    .and_then(|aspect| arena.board.scheme().aspect(aspect))
                    .is_some_and(|aspect| Some(aspect.module) == module);
                let off = arena.aspect(&verdict.aspect).and_then(|aspect| arena.plan.policy(aspect))
                    == Some(marking::Policy::Off);
                if !of_module || off {
                    continue;
                }
                let Some(id) = verdict_id(run, verdict.number) else { continue };
                watch.verdicts += 1;
                found.push(Found {
                    subject: id.to_string(),
                    happened: Happened::Verdict {
                        id: wire::VerdictId(id),
                        run: wire::RunId(run.clone()),
                        entry: wire::EntryId(watch.entry.clone()),
                        rule: verdict.rule.to_string(),
                        aspect: verdict.aspect.to_string(),
                        outcome: match verdict.outcome {
                            referee::Outcome::Met => Outcome::Met,
                            referee::Outcome::Missed => Outcome::Missed,
                            referee::Outcome::Undecided => Outcome::Undecided,
                        },
                        marks: verdict.marks.hundredths(),
                        event_at: verdict.at.0,
                        evidence: evidence(&verdict.evidence, &self.scheme_hash),
                    },
                });
            }
        }
        found
    }

    /// All that one batch decides, in one transaction: a run's last verdicts and that it was judged to its end are in the log together or
    /// not at all. What the log has already is passed over. Results that are final stand: a verdict that comes later is not written. That a
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
                        let new = found.iter().filter(|found| is_new(&arena, &found.happened));
                        new.map(|found| (found, archived::of_verdict(&arena, &found.happened))).collect()
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

/// Whether the log, folded into the arena as it is at this moment, lacks it and still takes it.
fn is_new(arena: &Arena, happened: &Happened) -> bool {
    match happened {
        Happened::Verdict { id, .. } if arena.verdicts.contains_key(&id.0) => false,
        Happened::Verdict { id, .. } if !arena.state.takes_marks() => {
            tracing::warn!(
                contest = %arena.plan.id, state = arena.state.code(), verdict = %id.0,
                "a verdict came too late to count"
            );
            false
        }
        Happened::Watched { run, .. } => arena.runs.get(&run.0).is_some_and(|now| !now.judged),
        _ => true,
    }
}

#[derive(Debug, Clone, Copy)]
struct Closed {
    at: Timestamp,
    /// Of the act, in the log.
    position: i64,
}

struct Found {
    subject: String,
    happened: Happened,
}

/// A stored batch is the body that was acknowledged, compressed.
pub fn unpack(body: &[u8]) -> Option<Batch> {
    let text = zstd::decode_all(body).ok()?;
    telemetry::batch::parse(&text, &Limits::default(), Timestamp::from_millis(i64::MAX / 2)).ok()
}

/// Tells the monitor of requests made up to an instant of the equipment. Its clock may run before the hall's: a request that lies behind
/// what was judged already counts at this instant instead.
fn hear_requests(arena: &Arena, run: &RunId, watch: &mut Watch, after: i64, until: Nanos) {
    for request in arena.requests_of(run) {
        let due = request.position > watch.heard && request.position <= after;
        if due && request.at.to_nanos() <= until {
            let checkpoint = request.checkpoint.as_deref();
            if watch.monitor.request(request.at.to_nanos(), checkpoint) == Taken::Late {
                watch.monitor.request(until, checkpoint);
            }
            watch.heard = request.position;
        }
    }
}

/// The run that a station's equipment served at a time, as far as the log said it when its batch was acknowledged: at an instant at which
/// one ends and the next begins, the next. Whether it was judged to its end by now is not asked: who reads the batch again later must find
/// the same run.
fn run_at(arena: &Arena, station: &str, at: Timestamp, after: i64) -> Option<RunId> {
    let station = arena.plan.station_by_code(station)?;
    let served = arena.plan.runs_of(&station.id).filter_map(|run| Some((run, &arena.runs.get(&run.id)?.watched)));
    let served = served.filter(|(_, watched)| watched.covers(at, after));
    served.max_by_key(|(_, watched)| watched.opened_by()).map(|(run, _)| run.id.clone())
}

fn verdict_id(run: &RunId, number: u32) -> Option<VerdictId> {
    let tail = run.as_str().strip_prefix("run_").unwrap_or(run.as_str());
    format!("vdt_{tail}-{number}").parse().ok()
}

fn evidence(evidence: &referee::Evidence, scheme_hash: &str) -> EvidenceSeen {
    EvidenceSeen {
        from: evidence.from.0,
        to: evidence.to.0,
        samples: evidence
            .samples
            .iter()
            .map(|sample| SampleSeen {
                signal: sample.signal.to_string(),
                at: sample.at.0,
                value: value_of(&sample.value),
            })
            .collect(),
        sentence: (&evidence.sentence).into(),
        scheme_hash: scheme_hash.to_owned(),
    }
}

fn value_of(value: &referee::Value) -> serde_json::Value {
    match value {
        referee::Value::Bool(value) => (*value).into(),
        referee::Value::Integer(value) => (*value).into(),
        referee::Value::Real(value) => (*value).into(),
        referee::Value::Text(value) => value.to_string().into(),
    }
}

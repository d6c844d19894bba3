//! Where everything that comes in goes through: gathered for a moment, put in order, committed, then acknowledged.
//!
//! One frame holds what was gathered. Within it each station's ticks rise in time; signals of one instant that came in
//! several messages become one tick.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kernel::{Nanos, Timestamp};
use referee::Quality;
use telemetry::batch::{self, Limits};
use telemetry::{BatchFault, Names, Tick};
use tokio::sync::{mpsc, oneshot};

use crate::shelf::Shelf;
use crate::spool::{FrameHeader, Source, Spool, SpoolFault};
use crate::state::State;
use crate::{EdgeConfig, EdgeFault};

/// Something a door has, with whom to tell what became of it.
pub(crate) enum Offer {
    /// One message. It came at this time; its own time may be in the tick.
    Message { tick: Tick, has_own_time: bool, done: Done },
    /// One batch, all or nothing.
    Batch { ticks: Vec<Tick>, source: Source, answer: oneshot::Sender<Result<u64, Refusal>> },
}

/// Called with whether the message is on the disk.
pub(crate) type Done = Box<dyn FnOnce(Result<(), Refusal>) + Send>;

/// Why an offer was not taken.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    Fault(BatchFault),
    /// The number was used before; the next one is this.
    Number(u64),
    /// Not now.
    Full(String),
}

/// Ticks of a station that a repeated message is recognised by.
const REMEMBERED: usize = 512;
/// A frame gets no larger than this.
const FRAME_SAMPLES_MAX: usize = 5_000;

/// The spool and the shelf, and how far each station is.
pub(crate) struct Keeper {
    pub spool: Spool,
    shelf: Option<Shelf>,
    /// Frames before this are recorded for good.
    recorded_end: u64,
    stations: HashMap<Arc<str>, Newest>,
}

#[derive(Default)]
struct Newest {
    at: Option<Nanos>,
    recent: VecDeque<Tick>,
}

/// What a commit did.
#[derive(Default)]
pub(crate) struct Committed {
    ticks: u64,
    samples: u64,
    late: u64,
    repeated: u64,
    recorded: u64,
}

impl Keeper {
    pub fn new(spool: Spool, config: &EdgeConfig) -> Result<Keeper, EdgeFault> {
        let shelf = match &config.recordings {
            Some(recordings) => Some(Shelf::open(recordings.clone(), config.contest.as_str(), &config.stations)?),
            None => None,
        };
        let recorded_end = spool.first_frame();
        Ok(Keeper { spool, shelf, recorded_end, stations: HashMap::new() })
    }

    /// Learns from the spool how far each station is, and completes the recordings from it.
    pub fn catch_up(&mut self) -> Result<(), EdgeFault> {
        let mut names = Names::default();
        let limits = Limits::default();
        for number in self.spool.first_frame()..self.spool.next_frame() {
            let lines = self.spool.frame_lines(number)?;
            let mut ticks = Vec::new();
            for (line, text) in batch::lines(&lines) {
                match batch::parse_tick(line, text, &limits, &mut names) {
                    Ok(tick) => ticks.push(tick),
                    Err(fault) => tracing::error!(frame = number, %fault, "a line of the spool can't be read"),
                }
            }
            if let Some(shelf) = &mut self.shelf {
                shelf.record(&ticks)?;
            }
            for tick in ticks {
                self.remember(tick);
            }
        }
        if let Some(shelf) = &mut self.shelf {
            shelf.flush(Timestamp::default(), true)?;
        }
        self.recorded_end = self.spool.next_frame();
        Ok(())
    }

    fn remember(&mut self, tick: Tick) {
        let newest = self.stations.entry(tick.station.clone()).or_default();
        newest.at = newest.at.max(Some(tick.at));
        if newest.recent.len() == REMEMBERED {
            newest.recent.pop_front();
        }
        newest.recent.push_back(tick);
    }

    fn newest(&self, station: &str) -> Option<Nanos> {
        self.stations.get(station).and_then(|newest| newest.at)
    }

    /// Whether a message with its own time was taken before.
    fn is_repeated(&self, tick: &Tick) -> bool {
        self.stations.get(&tick.station).is_some_and(|newest| {
            newest
                .recent
                .iter()
                .any(|old| old.at == tick.at && tick.readings.iter().all(|reading| old.readings.contains(reading)))
        })
    }

    /// Takes what was gathered, and answers every offer.
    fn commit(&mut self, offers: Vec<Offer>, now: Timestamp) -> Result<Committed, EdgeFault> {
        let mut committed = Committed::default();
        let mut ticks: Vec<Tick> = Vec::new();
        let mut sources: Vec<Source> = Vec::new();
        let mut waiting: Vec<Answer> = Vec::new();
        for offer in offers {
            match offer {
                Offer::Message { tick, has_own_time, done } => {
                    if has_own_time && self.is_repeated(&tick) {
                        committed.repeated += 1;
                        done(Ok(()));
                        continue;
                    }
                    ticks.push(tick);
                    waiting.push(Answer::Message(done));
                }
                Offer::Batch { ticks: offered, source, answer } => {
                    let last = sources
                        .iter()
                        .rev()
                        .find(|known| known.edge == source.edge)
                        .or(self.spool.source(&source.edge));
                    match last {
                        Some(last) if *last == source => {
                            committed.repeated += 1;
                            waiting.push(Answer::Batch(source.seq, answer));
                            continue;
                        }
                        Some(last) if source.seq <= last.seq => {
                            let _ = answer.send(Err(Refusal::Number(last.seq + 1)));
                            continue;
                        }
                        _ => {}
                    }
                    let pending =
                        |station: &str| ticks.iter().filter(|tick| &*tick.station == station).map(|tick| tick.at).max();
                    if let Err(fault) =
                        batch::check_after(&offered, |station| self.newest(station).max(pending(station)))
                    {
                        let _ = answer.send(Err(Refusal::Fault(fault)));
                        continue;
                    }
                    ticks.extend(offered);
                    waiting.push(Answer::Batch(source.seq, answer));
                    sources.push(source);
                }
            }
        }
        let ticks = self.arrange(ticks, &mut committed);
        if !ticks.is_empty() || !sources.is_empty() {
            let mut lines = Vec::new();
            ticks.iter().for_each(|tick| batch::encode_tick(tick, &mut lines));
            committed.ticks = ticks.len() as u64;
            committed.samples = ticks.iter().map(|tick| tick.readings.len() as u64).sum();
            let header = FrameHeader {
                at_ms: now.as_millis(),
                ticks: committed.ticks as u32,
                samples: committed.samples as u32,
                sources,
            };
            if let Err(fault) = self.spool.append(header, &lines) {
                let why = fault.to_string();
                waiting.into_iter().for_each(|answer| answer.refuse(&why));
                return Err(fault.into());
            }
            if let Some(shelf) = &mut self.shelf {
                committed.recorded = shelf.record(&ticks)?;
            }
            for tick in ticks {
                self.remember(tick);
            }
        }
        waiting.into_iter().for_each(Answer::accept);
        self.flush_recordings(now, false)?;
        Ok(committed)
    }

    /// Puts the ticks in order, joins those of one instant, and moves behind what comes too late for its instant.
    fn arrange(&self, mut ticks: Vec<Tick>, committed: &mut Committed) -> Vec<Tick> {
        ticks.sort_by_key(|tick| tick.at);
        let mut arranged: Vec<Tick> = Vec::with_capacity(ticks.len());
        let mut last: HashMap<Arc<str>, (Nanos, usize)> = HashMap::new();
        for mut tick in ticks {
            match last.get(&tick.station).copied() {
                Some((before, ix)) if tick.at <= before => {
                    let same = &mut arranged[ix];
                    let joins = same.at == tick.at
                        && same.quality == tick.quality
                        && tick.readings.iter().all(|(name, _)| same.get(name).is_none());
                    if joins {
                        same.readings.append(&mut tick.readings);
                        continue;
                    }
                    tick.at = Nanos(before.0 + 1);
                }
                Some(_) => {}
                None => {
                    if let Some(newest) = self.newest(&tick.station)
                        && tick.at <= newest
                    {
                        // The rest of an instant that has just left is only a nanosecond late, which is no time at all.
                        if tick.at < newest {
                            tick.quality = tick.quality.max(Quality::Uncertain);
                            committed.late += 1;
                        }
                        tick.at = Nanos(newest.0 + 1);
                    }
                }
            }
            last.insert(tick.station.clone(), (tick.at, arranged.len()));
            arranged.push(tick);
        }
        arranged
    }

    /// Makes recordings durable when it is time; what is, the spool may forget.
    pub fn flush_recordings(&mut self, now: Timestamp, at_once: bool) -> Result<(), EdgeFault> {
        let durable = match &mut self.shelf {
            Some(shelf) => shelf.flush(now, at_once)?,
            None => true,
        };
        if durable {
            self.recorded_end = self.spool.next_frame();
        }
        self.spool.prune(self.recorded_end)?;
        Ok(())
    }

    pub fn finish(&mut self) -> Result<(), EdgeFault> {
        match &mut self.shelf {
            Some(shelf) => Ok(shelf.finish()?),
            None => Ok(()),
        }
    }

    pub fn forget(self) {
        if let Some(shelf) = self.shelf {
            shelf.forget();
        }
    }
}

enum Answer {
    Message(Done),
    Batch(u64, oneshot::Sender<Result<u64, Refusal>>),
}

impl Answer {
    fn accept(self) {
        match self {
            Answer::Message(done) => done(Ok(())),
            // Who has gone away meanwhile will ask again, and be told the same.
            Answer::Batch(seq, answer) => drop(answer.send(Ok(seq + 1))),
        }
    }

    fn refuse(self, why: &str) {
        match self {
            Answer::Message(done) => done(Err(Refusal::Full(why.to_owned()))),
            Answer::Batch(_, answer) => drop(answer.send(Err(Refusal::Full(why.to_owned())))),
        }
    }
}

/// Takes offers until the doors are closed.
pub(crate) async fn run(state: Arc<State>, mut offered: mpsc::Receiver<Offer>) {
    let flush = state.config.recordings.as_ref().map_or(Duration::from_secs(60), |recordings| recordings.flush);
    loop {
        // After a lull, what was recorded last is made durable too.
        let first = match tokio::time::timeout(flush.max(Duration::from_millis(10)), offered.recv()).await {
            Ok(Some(first)) => first,
            Ok(None) => return,
            Err(_) => {
                let working = state.clone();
                let work = move || {
                    let now = working.clock.now();
                    let done = working.with_keeper(|keeper| keeper.flush_recordings(now, true));
                    settle(&working, done.map(|done| done.map(|()| Committed::default())));
                };
                if let Err(error) = tokio::task::spawn_blocking(work).await {
                    tracing::error!(%error, "a commit broke off");
                }
                continue;
            }
        };
        let mut samples = first.samples();
        let mut offers = vec![first];
        let deadline = tokio::time::sleep(state.config.gather);
        tokio::pin!(deadline);
        while samples < FRAME_SAMPLES_MAX {
            tokio::select! {
                biased;
                offer = offered.recv() => match offer {
                    Some(offer) => {
                        samples += offer.samples();
                        offers.push(offer);
                    }
                    None => break,
                },
                () = &mut deadline => break,
            }
        }
        let working = state.clone();
        let work = move || {
            let now = working.clock.now();
            let done = working.with_keeper(|keeper| keeper.commit(offers, now));
            settle(&working, done);
        };
        if let Err(error) = tokio::task::spawn_blocking(work).await {
            tracing::error!(%error, "a commit broke off");
        }
        state.committed.notify_one();
    }
}

fn settle(state: &State, done: Option<Result<Committed, EdgeFault>>) {
    match done {
        // The edge is dead: nobody is answered.
        None => {}
        Some(Ok(committed)) => {
            let counts = &state.counts;
            counts.accepted_ticks.fetch_add(committed.ticks, Ordering::Relaxed);
            counts.accepted_samples.fetch_add(committed.samples, Ordering::Relaxed);
            counts.repeated.fetch_add(committed.repeated, Ordering::Relaxed);
            counts.recorded_ticks.fetch_add(committed.recorded, Ordering::Relaxed);
            if counts.late.fetch_add(committed.late, Ordering::Relaxed) == 0 && committed.late > 0 {
                tracing::warn!(
                    "signals came after their instant had left: raise gather_ms, or set the equipment's clocks"
                );
            }
            if state.with_keeper(|keeper| keeper.spool.is_full().is_ok()).unwrap_or(true) {
                state.spool_is_full(false);
            }
        }
        Some(Err(EdgeFault::Spool(SpoolFault::Full { .. }))) => state.spool_is_full(true),
        Some(Err(fault)) => {
            let cause = std::error::Error::source(&fault).map(ToString::to_string).unwrap_or_default();
            tracing::error!(%fault, %cause, "samples can't be kept");
        }
    }
}

impl Offer {
    fn samples(&self) -> usize {
        match self {
            Offer::Message { tick, .. } => tick.readings.len(),
            Offer::Batch { ticks, .. } => ticks.iter().map(|tick| tick.readings.len()).sum(),
        }
    }
}

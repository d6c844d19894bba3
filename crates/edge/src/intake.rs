//! Where everything that comes in goes through: gathered for a moment, put in order, committed, then acknowledged.
//!
//! One frame holds what was gathered. Within it each station's ticks rise in time; signals of one instant that came in
//! several messages become one tick.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kernel::{Nanos, Timestamp};
use referee::{Quality, Value};
use telemetry::batch::{self, Limits};
use telemetry::{BatchFault, Names, Reading, RecordingFault, Tick};
use tokio::sync::{mpsc, oneshot};

use crate::config::RecordingsConfig;
use crate::shelf::Shelf;
use crate::spool::{Aside, FrameHeader, Source, Spool, SpoolFault};
use crate::state::{NoRoom, State};
use crate::{EdgeConfig, EdgeFault};

/// Something a door has, with whom to tell what became of it.
pub(crate) enum Offer {
    /// One message: what is now, and what was once. What `is_current` is true when it is told, whenever it became so:
    /// it may be moved behind what has left, and stays as good as it is.
    Message { ticks: Vec<Tick>, historical: Vec<Tick>, is_current: bool, has_own_time: bool, done: Done },
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

/// Ticks and readings of a station that a repeated message is recognised by.
const TICKS_REMEMBERED: usize = 512;
const READINGS_REMEMBERED: usize = 8_192;
/// While recordings can't be written, the first try again comes after this; each later one after twice as long.
const MEND_AFTER_MS: i64 = 1_000;
const LOOK_FOR_ROOM_EVERY: Duration = Duration::from_millis(200);
/// A frame gets no larger than this.
const FRAME_SAMPLES_MAX: usize = 5_000;

/// The spool and the shelf, and how far each station is.
pub(crate) struct Keeper {
    pub spool: Spool,
    recordings: Recordings,
    /// Frames before this are recorded for good.
    recorded_end: u64,
    /// Station and signal of all that the spool held when it was opened.
    found: BTreeSet<(Arc<str>, Arc<str>)>,
    stations: HashMap<Arc<str>, Newest>,
}

/// Where recordings go.
enum Recordings {
    None,
    Open(Shelf),
    /// The disk failed: what is accepted waits in the spool until they can be written again.
    Broken {
        config: RecordingsConfig,
        why: String,
        tries: u32,
        next_try: Timestamp,
    },
}

#[derive(Default)]
struct Newest {
    at: Option<Nanos>,
    /// In rising order of time, each with the fingerprints of its readings.
    recent: VecDeque<(Nanos, Box<[u64]>)>,
    readings: usize,
}

fn fingerprint(name: &str, reading: &Reading) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    name.hash(&mut hasher);
    match reading {
        None => 0u8.hash(&mut hasher),
        Some(Value::Bool(value)) => (1u8, value).hash(&mut hasher),
        Some(Value::Integer(value)) => (2u8, value).hash(&mut hasher),
        Some(Value::Real(value)) => (3u8, value.to_bits()).hash(&mut hasher),
        Some(Value::Text(value)) => (4u8, &**value).hash(&mut hasher),
    }
    hasher.finish()
}

/// What a commit did.
#[derive(Default)]
pub(crate) struct Committed {
    ticks: u64,
    samples: u64,
    late: u64,
    repeated: u64,
    recorded: u64,
    /// What was taken is taken; but what is no longer needed can't be deleted.
    prune_fault: Option<EdgeFault>,
}

impl Keeper {
    pub fn new(spool: Spool, config: &EdgeConfig) -> Result<Keeper, EdgeFault> {
        let recordings = match &config.recordings {
            Some(recordings) => Recordings::Open(open_shelf(recordings, config)?),
            None => Recordings::None,
        };
        let recorded_end = spool.first_frame();
        Ok(Keeper { spool, recordings, recorded_end, found: BTreeSet::new(), stations: HashMap::new() })
    }

    /// Learns from the spool how far each station is, and completes the recordings from it. Where they can't be written,
    /// the edge opens all the same, and completes them later.
    pub fn catch_up(&mut self, now: Timestamp) -> Result<(), EdgeFault> {
        let mut names = Names::default();
        for number in self.spool.first_frame()..self.spool.next_frame() {
            let ticks = self.frame(number, &mut names)?;
            self.record(&ticks, now);
            for tick in &ticks {
                self.remember(tick);
                for (name, _) in &tick.readings {
                    self.found.insert((tick.station.clone(), name.clone()));
                }
            }
        }
        if let Recordings::Open(shelf) = &mut self.recordings
            && let Err(fault) = shelf.flush(Timestamp::default(), true)
        {
            self.break_off(&fault, now);
        }
        if self.recordings_fault().is_none() {
            self.recorded_end = self.spool.next_frame();
        }
        Ok(())
    }

    /// What was told before this edge was started, as far back as the spool goes.
    pub fn found(&mut self) -> BTreeSet<(Arc<str>, Arc<str>)> {
        std::mem::take(&mut self.found)
    }

    fn frame(&self, number: u64, names: &mut Names) -> Result<Vec<Tick>, SpoolFault> {
        let lines = self.spool.frame_lines(number)?;
        let mut ticks = Vec::new();
        for (line, text) in batch::lines(&lines) {
            match batch::parse_tick(line, text, &Limits::default(), names) {
                Ok(tick) => ticks.push(tick),
                Err(fault) => tracing::error!(frame = number, %fault, "a line of the spool can't be read"),
            }
        }
        Ok(ticks)
    }

    fn remember(&mut self, tick: &Tick) {
        let newest = match self.stations.get_mut(&tick.station) {
            Some(newest) => newest,
            None => self.stations.entry(tick.station.clone()).or_default(),
        };
        newest.at = newest.at.max(Some(tick.at));
        newest.readings += tick.readings.len();
        let prints = tick.readings.iter().map(|(name, reading)| fingerprint(name, reading)).collect();
        newest.recent.push_back((tick.at, prints));
        while newest.recent.len() > TICKS_REMEMBERED
            || (newest.readings > READINGS_REMEMBERED && newest.recent.len() > 1)
        {
            newest.readings -= newest.recent.pop_front().map_or(0, |(_, prints)| prints.len());
        }
    }

    fn newest(&self, station: &str) -> Option<Nanos> {
        self.stations.get(station).and_then(|newest| newest.at)
    }

    /// Whether a tick with its own time was taken before.
    fn is_repeated(&self, tick: &Tick) -> bool {
        let Some(newest) = self.stations.get(&tick.station) else { return false };
        if newest.at.is_none_or(|at| at < tick.at) {
            return false;
        }
        let from = newest.recent.partition_point(|(at, _)| *at < tick.at);
        let mut of_instant = newest.recent.range(from..).take_while(|(at, _)| *at == tick.at);
        of_instant
            .any(|(_, prints)| tick.readings.iter().all(|(name, reading)| prints.contains(&fingerprint(name, reading))))
    }

    /// Takes what was gathered, and answers every offer.
    fn commit(&mut self, offers: Vec<Offer>, now: Timestamp) -> Result<Committed, EdgeFault> {
        let mut committed = Committed::default();
        let mut ticks: Vec<(Tick, bool)> = Vec::new();
        let mut sources: Vec<Source> = Vec::new();
        let mut waiting: Vec<Answer> = Vec::new();
        let mut historical: Vec<Tick> = Vec::new();
        for offer in offers {
            match offer {
                Offer::Message { ticks: offered, historical: once, is_current, has_own_time, done } => {
                    let offered_count = offered.len();
                    let before = ticks.len();
                    let fresh = offered.into_iter().filter(|tick| !has_own_time || !self.is_repeated(tick));
                    ticks.extend(fresh.map(|tick| (tick, is_current)));
                    if offered_count > 0 && ticks.len() == before && once.is_empty() {
                        committed.repeated += 1;
                        done(Ok(()));
                        continue;
                    }
                    historical.extend(once);
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
                    let pending = |station: &str| {
                        let of_station = ticks.iter().filter(|(tick, _)| &*tick.station == station);
                        of_station.map(|(tick, _)| tick.at).max()
                    };
                    if let Err(fault) =
                        batch::check_after(&offered, |station| self.newest(station).max(pending(station)))
                    {
                        let _ = answer.send(Err(Refusal::Fault(fault)));
                        continue;
                    }
                    ticks.extend(offered.into_iter().map(|tick| (tick, false)));
                    waiting.push(Answer::Batch(source.seq, answer));
                    sources.push(source);
                }
            }
        }
        let ticks = self.arrange(ticks, &mut committed);
        let header = FrameHeader {
            at_ms: now.as_millis(),
            ticks: ticks.len() as u32,
            samples: ticks.iter().map(|tick| tick.readings.len()).sum::<usize>() as u32,
            sources,
        };
        committed.ticks = u64::from(header.ticks);
        committed.samples = u64::from(header.samples);
        if let Err(fault) = self.keep(header, &ticks, &historical) {
            let why = match &fault {
                SpoolFault::Full { .. } => fault.to_string(),
                fault => root_cause(fault),
            };
            waiting.into_iter().for_each(|answer| answer.refuse(&why));
            return Err(fault.into());
        }
        if !ticks.is_empty() {
            committed.recorded = self.record(&ticks, now);
            ticks.iter().for_each(|tick| self.remember(tick));
        }
        waiting.into_iter().for_each(Answer::accept);
        committed.prune_fault = self.flush_recordings(now, false).err();
        Ok(committed)
    }

    /// On the disk, or an error and nothing.
    fn keep(&mut self, header: FrameHeader, ticks: &[Tick], historical: &[Tick]) -> Result<(), SpoolFault> {
        if !historical.is_empty() {
            let mut lines = Vec::new();
            historical.iter().for_each(|tick| batch::encode_tick(tick, &mut lines));
            self.spool.keep_aside(Aside::Historical, &lines)?;
        }
        if ticks.is_empty() && header.sources.is_empty() {
            return Ok(());
        }
        let mut lines = Vec::new();
        ticks.iter().for_each(|tick| batch::encode_tick(tick, &mut lines));
        self.spool.append(header, &lines).map(|_| ())
    }

    /// Records what the spool has. Where that fails, it is recorded from the spool, later.
    fn record(&mut self, ticks: &[Tick], now: Timestamp) -> u64 {
        let Recordings::Open(shelf) = &mut self.recordings else { return 0 };
        match shelf.record(ticks) {
            Ok(recorded) => recorded,
            Err(fault) => {
                self.break_off(&fault, now);
                0
            }
        }
    }

    fn break_off(&mut self, fault: &RecordingFault, now: Timestamp) {
        let Recordings::Open(shelf) = &self.recordings else { return };
        let (config, why) = (shelf.config().clone(), root_cause(fault));
        tracing::error!(%why, "recordings can't be written: what is accepted waits in the spool");
        self.recordings = Recordings::Broken { config, why, tries: 0, next_try: now.plus_millis(MEND_AFTER_MS) };
    }

    /// Why recordings can't be written, if so.
    pub fn recordings_fault(&self) -> Option<&str> {
        match &self.recordings {
            Recordings::Broken { why, .. } => Some(why),
            _ => None,
        }
    }

    /// Tries to go on with the recordings, and completes them from the spool.
    pub fn mend_recordings(&mut self, edge: &EdgeConfig, now: Timestamp) {
        let Recordings::Broken { config, tries, next_try, .. } = &mut self.recordings else { return };
        if now < *next_try {
            return;
        }
        *tries += 1;
        *next_try = now.plus_millis(MEND_AFTER_MS << (*tries).min(5));
        let config = config.clone();
        let opened = open_shelf(&config, edge).map_err(|fault| root_cause(&fault));
        match opened.and_then(|shelf| self.complete(shelf)) {
            Ok(shelf) => {
                tracing::info!("recordings are written again, and complete");
                self.recordings = Recordings::Open(shelf);
                self.recorded_end = self.spool.next_frame();
            }
            Err(fault) => {
                if let Recordings::Broken { why, .. } = &mut self.recordings {
                    *why = fault;
                }
            }
        }
    }

    fn complete(&self, mut shelf: Shelf) -> Result<Shelf, String> {
        let mut names = Names::default();
        for number in self.recorded_end..self.spool.next_frame() {
            let ticks = self.frame(number, &mut names).map_err(|fault| root_cause(&fault))?;
            shelf.record(&ticks).map_err(|fault| root_cause(&fault))?;
        }
        shelf.flush(Timestamp::default(), true).map_err(|fault| root_cause(&fault))?;
        Ok(shelf)
    }

    /// Puts the ticks in order, joins those of one instant, and moves behind what comes too late for its instant.
    fn arrange(&self, mut ticks: Vec<(Tick, bool)>, committed: &mut Committed) -> Vec<Tick> {
        ticks.sort_by_key(|(tick, _)| tick.at);
        let mut arranged: Vec<Tick> = Vec::with_capacity(ticks.len());
        let mut last: HashMap<Arc<str>, (Nanos, usize)> = HashMap::new();
        for (mut tick, is_current) in ticks {
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
                        let tells = !is_current && tick.readings.iter().any(|(_, reading)| reading.is_some());
                        if tick.at < newest && tells {
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
        match &mut self.recordings {
            Recordings::None => self.recorded_end = self.spool.next_frame(),
            Recordings::Broken { .. } => {}
            Recordings::Open(shelf) => match shelf.flush(now, at_once) {
                Ok(true) => self.recorded_end = self.spool.next_frame(),
                Ok(false) => {}
                Err(fault) => self.break_off(&fault, now),
            },
        }
        self.spool.prune(self.recorded_end)?;
        Ok(())
    }

    pub fn finish(&mut self) -> Result<(), EdgeFault> {
        match &mut self.recordings {
            Recordings::Open(shelf) => Ok(shelf.finish()?),
            _ => Ok(()),
        }
    }

    pub fn forget(self) {
        if let Recordings::Open(shelf) = self.recordings {
            shelf.forget();
        }
    }
}

fn open_shelf(recordings: &RecordingsConfig, edge: &EdgeConfig) -> Result<Shelf, RecordingFault> {
    Shelf::open(recordings.clone(), edge.contest.as_str(), &edge.stations)
}

/// What it comes down to: "no space left on device", without the layers around it.
pub(crate) fn root_cause(fault: &dyn std::error::Error) -> String {
    let mut cause = fault;
    while let Some(source) = cause.source() {
        cause = source;
    }
    match cause.to_string() {
        text if text == fault.to_string() => text,
        text => format!("{fault}: {text}"),
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
        // After a lull, what was recorded last is made durable too; without room it is looked for.
        let patience = match state.has_room() {
            true => flush.max(Duration::from_millis(10)),
            false => LOOK_FOR_ROOM_EVERY,
        };
        let first = match tokio::time::timeout(patience, offered.recv()).await {
            Ok(Some(first)) => first,
            Ok(None) => return,
            Err(_) => {
                on_disk(&state, |state| {
                    let now = state.clock.now();
                    let done = state.with_keeper(|keeper| {
                        keeper.spool.try_disk()?;
                        keeper.spool.is_full()?;
                        keeper.mend_recordings(&state.config, now);
                        keeper.flush_recordings(now, true)
                    });
                    settle(state, done.map(|done| done.map(|()| Committed::default())));
                })
                .await;
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
        on_disk(&state, move |state| {
            let now = state.clock.now();
            let done = state.with_keeper(|keeper| {
                keeper.mend_recordings(&state.config, now);
                keeper.commit(offers, now)
            });
            settle(state, done);
        })
        .await;
        state.committed.notify_one();
    }
}

async fn on_disk(state: &Arc<State>, work: impl FnOnce(&State) + Send + 'static) {
    let state = state.clone();
    if let Err(error) = tokio::task::spawn_blocking(move || work(&state)).await {
        tracing::error!(%error, "a commit broke off");
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
            let is_full = state.with_keeper(|keeper| keeper.spool.is_full().err()).flatten();
            let disk = || committed.prune_fault.map(|fault| NoRoom::Disk(root_cause(&fault)));
            state.room_is(is_full.map(|fault| NoRoom::Full(fault.to_string())).or_else(disk));
        }
        Some(Err(EdgeFault::Spool(fault @ SpoolFault::Full { .. }))) => {
            state.room_is(Some(NoRoom::Full(fault.to_string())));
        }
        Some(Err(EdgeFault::Spool(fault))) => state.room_is(Some(NoRoom::Disk(root_cause(&fault)))),
        Some(Err(fault)) => state.room_is(Some(NoRoom::Disk(root_cause(&fault)))),
    }
    state.recordings_are(state.with_keeper(|keeper| keeper.recordings_fault().map(str::to_owned)).flatten());
}

impl Offer {
    fn samples(&self) -> usize {
        match self {
            Offer::Message { ticks, historical, .. } => {
                ticks.iter().chain(historical).map(|tick| tick.readings.len()).sum()
            }
            Offer::Batch { ticks, .. } => ticks.iter().map(|tick| tick.readings.len()).sum(),
        }
    }
}

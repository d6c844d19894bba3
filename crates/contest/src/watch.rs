//! What the referee makes of stored batches: which run a sample belongs to, what the competitor asked for meanwhile, when a run is over.
//!
//! Judging is a function of what is stored. Every batch says how far the log of events had come when it was acknowledged, and is judged with
//! the runs as they stood there; a verdict's id is made of its run and its number. A closed run ends with the batch that tells the referee
//! that all is told ([`GRACE_MS`]), and takes nothing of later ones. The log keeps which batch that was.
//!
//! The [`umpire`](crate::umpire) judges with it what comes in, the [rule bench](crate::rules) what was recorded, once more and by another
//! text: so a try can't judge otherwise than the referee does.
//!
//! Where two gateways tell of one run, what they say is put in one order before it is judged, and a gateway that was cut off amends when it
//! comes back ([`Timeline`]).
//!
//! Invariant: no I/O and no clock; what it needs to know of the contest it reads in the arena.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use catalogue::LoadedScheme;
use kernel::{EntryId, Nanos, RunId, Timestamp, VenueId, VerdictId};
use marking::Policy;
use referee::{Amends, Arrival, Bounds, Entry, Sample, SignalIx, Timeline, Verdict};
use telemetry::{Batch, Binding, Limits, Tick};
use web::wire;

use crate::arena::{Arena, RunNow};
use crate::clock::RunClock;
use crate::event::{EvidenceSeen, Happened, Outcome, SampleSeen};
use crate::stage::{Gateway, Gateways};

/// A gateway has told everything of a closed run when it says, so long after the close by its own clock, that nothing waits: a sample may
/// stay up to 2 s in the gateway before it counts as waiting, as long again in the broker, and the gateway's clock may run before the hall's.
pub const GRACE_MS: i64 = 5_000;

/// A gateway tells in order of time: what it has said it has said.
const IN_ORDER: Duration = Duration::ZERO;
/// A gateway that lies so far behind another is not waited for. What it tells later amends, back to [`AMENDED_WITHIN`].
const SILENT_AFTER: Duration = Duration::from_secs(2);
const AMENDED_WITHIN: Duration = Duration::from_secs(300);
/// A gateway that says that nothing waits has told what is older than this: so long may a sample stay in it before it counts.
const GATHERED_MS: i64 = 2_000;

/// Which runs are judged, and by what.
pub enum Docket {
    /// Those that were not judged to their end yet, each by the rules under which it was opened.
    Live,
    /// These, whether they were judged or not, by one text.
    Again { scheme: LoadedScheme, runs: HashSet<RunId> },
}

/// Something that belongs in the log. `subject` makes it happen only once.
pub struct Found {
    pub subject: String,
    pub happened: Happened,
}

/// A batch as it is stored.
pub struct Stored<'a> {
    pub position: i64,
    /// How far the log of events had come when it was acknowledged.
    pub after: i64,
    pub batch: &'a Batch,
}

/// The runs under watch.
pub struct Watches {
    docket: Docket,
    /// The last batch that was heard.
    position: i64,
    watches: BTreeMap<RunId, Watch>,
    /// Runs that were judged to their end here; the arena may not have folded that yet.
    ended: HashSet<RunId>,
    /// How far each gateway has told everything.
    told_until: HashMap<String, Told>,
}

/// One run under watch.
struct Watch {
    /// As the run says it: the watch is of what came since.
    equipped_since: i64,
    scheme: LoadedScheme,
    binding: Binding,
    timeline: Timeline,
    entry: EntryId,
    samples: u64,
    verdicts: u32,
    /// Requests of the competitor that were told, by position.
    heard: i64,
    gateways: BTreeMap<String, Source>,
    /// The aspects of the verdicts that went into the log and stand, by number.
    told: HashMap<u32, String>,
    /// How many stops of the clock were told.
    stops: usize,
}

/// A gateway, as a run's timeline knows it.
struct Source {
    ix: usize,
    /// What it has said, counted.
    count: u64,
    /// The time of its newest sample.
    newest: Nanos,
    /// Which signals it has delivered.
    delivered: Vec<bool>,
}

impl Source {
    fn say(&mut self, timeline: &mut Timeline, sample: &Sample) -> Arrival {
        self.count += 1;
        timeline.observe(self.ix, self.count, sample)
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

#[derive(Debug, Clone, Copy)]
struct Closed {
    at: Timestamp,
    /// Of the act, in the log.
    position: i64,
}

impl Watches {
    /// Nothing is under watch before the batch after `position`.
    pub fn new(docket: Docket, position: i64) -> Self {
        Self { docket, position, watches: BTreeMap::new(), ended: HashSet::new(), told_until: HashMap::new() }
    }

    /// The last batch that was heard.
    pub fn position(&self) -> i64 {
        self.position
    }

    /// A batch that nobody can read tells nothing.
    pub fn pass_over(&mut self, position: i64) {
        self.position = position;
    }

    /// What one batch decides, in order.
    pub fn hear(&mut self, arena: &Arena, gateways: &Gateways, stored: &Stored<'_>) -> Vec<Found> {
        // What ends without this batch ends before it.
        let mut found = self.finish_over(arena, gateways, stored.after);
        found.extend(self.take(arena, gateways, stored.batch, stored.after));
        self.position = stored.position;
        found.extend(self.finish_over(arena, gateways, stored.after));
        found
    }

    fn is_docketed(&self, run: &RunId, now: &RunNow) -> bool {
        let is_on = match &self.docket {
            Docket::Live => !now.judged,
            Docket::Again { runs, .. } => runs.contains(run),
        };
        is_on && !now.by_hand && !self.ended.contains(run)
    }

    fn take(&mut self, arena: &Arena, gateways: &Gateways, batch: &Batch, after: i64) -> Vec<Found> {
        for tick in &batch.ticks {
            let Some(run) = run_at(arena, &tick.station, tick.at.to_timestamp(), after) else { continue };
            let hears = |now: &RunNow| self.is_docketed(&run, now) && after >= now.equipped_since;
            if !arena.runs.get(&run).is_some_and(hears) {
                continue;
            }
            self.watch(arena, gateways, &run);
            if let Some(watch) = self.watches.get_mut(&run) {
                watch.hear_stops_again(arena, &run, batch.header.edge.as_str(), tick.at);
                watch.hear_stops(arena, &run, after, tick.at);
                watch.hear_requests(arena, &run, after, tick.at);
                watch.take(&run, batch.header.edge.as_str(), tick);
            }
        }
        if batch.header.backlog == 0 {
            let until = batch.header.sent_at.plus_millis(-GATHERED_MS).to_nanos();
            self.watches.values_mut().for_each(|watch| watch.told_until(batch.header.edge.as_str(), until));
            let told = Told { at: batch.header.sent_at, known: after };
            self.told_until.insert(batch.header.edge.to_string(), told);
        }
        self.drain(arena)
    }

    fn watch(&mut self, arena: &Arena, gateways: &Gateways, run: &RunId) {
        if self.watches.contains_key(run) {
            return;
        }
        let (Some(planned), Some(now)) = (arena.plan.run(run), arena.runs.get(run)) else { return };
        let Some(opened) = now.watched.opened_at() else { return };
        let scheme = match &self.docket {
            Docket::Live => arena.rules_of(run).scheme.clone(),
            Docket::Again { scheme, .. } => scheme.clone(),
        };
        // Whoever had a key by then may tell of the run, and may tell late.
        let venue = venue_of(arena, run);
        let may_tell = |one: &&Gateway| Some(&one.venue) == venue && one.since.is_some_and(|since| since <= opened);
        let there = gateways.values().filter(may_tell).count();
        let amends = if there > 1 { Amends::Within(AMENDED_WITHIN) } else { Amends::Nothing };
        self.watches
            .insert(run.clone(), Watch::begin(scheme, opened, planned.entry.clone(), amends, now.equipped_since));
    }

    /// Ends the watch of closed runs for which nothing is waited for any more, as far as the batches so far and the log up to `known` say it:
    /// each gateway of the venue has told everything, or was retired. A venue without a gateway tells nothing, and its runs end at once: what
    /// needs a signal is then undecided, and a judge is asked. Judged again, a run ends with the batch with which it ended then, and not before
    /// the referee has ended it.
    pub fn finish_over(&mut self, arena: &Arena, gateways: &Gateways, known: i64) -> Vec<Found> {
        let again = matches!(self.docket, Docket::Again { .. });
        // What was seen before equipment was absent is no part of what is seen once it is back, whether or not this node was there to see it go.
        self.watches
            .retain(|run, watch| arena.runs.get(run).is_none_or(|now| watch.equipped_since == now.equipped_since));
        if !again {
            // What another node has judged to its end is nobody's to watch here.
            self.watches.retain(|run, _| arena.runs.get(run).is_none_or(|now| !now.judged && !now.by_hand));
        }
        let is_over = |run: &RunId, now: &RunNow, closed: Closed| match now.judged_after {
            Some(last) => self.position >= last,
            None if again && !now.judged => false,
            None => closed.position <= known && self.is_told(gateways, venue_of(arena, run), closed),
        };
        let ended = arena.runs.iter().filter(|(run, now)| self.is_docketed(run, now)).filter_map(|(run, now)| {
            let closed = closed(now)?;
            is_over(run, now, closed).then(|| (run.clone(), closed))
        });
        let ended = ended.collect();
        let mut found = self.finish(arena, gateways, ended);
        if !again {
            found.extend(self.without_equipment(arena, known));
        }
        found
    }

    /// Closed runs that are marked by hand: nobody has to tell anything of them.
    fn without_equipment(&mut self, arena: &Arena, known: i64) -> Vec<Found> {
        let is_over = |now: &RunNow| closed(now).is_some_and(|closed| closed.position <= known);
        let over = arena
            .runs
            .iter()
            .filter(|(run, now)| now.by_hand && !now.judged && is_over(now) && !self.ended.contains(*run));
        let mut over: Vec<RunId> = over.map(|(run, _)| run.clone()).collect();
        over.sort();
        self.ended.extend(over.iter().cloned());
        over.into_iter()
            .map(|run| {
                let (subject, run) = (run.to_string(), wire::RunId(run));
                let after_batch = Some(self.position);
                let happened = Happened::Watched { run, samples: 0, late: 0, verdicts: 0, after_batch };
                Found { subject, happened }
            })
            .collect()
    }

    /// No batch comes any more: what was judged to its end ends here at the latest. What still goes on stays open.
    pub fn finish_judged(&mut self, arena: &Arena, gateways: &Gateways) -> Vec<Found> {
        let judged = arena.runs.iter().filter(|(run, now)| now.judged && self.is_docketed(run, now));
        let ended = judged.filter_map(|(run, now)| Some((run.clone(), closed(now)?))).collect();
        self.finish(arena, gateways, ended)
    }

    fn finish(&mut self, arena: &Arena, gateways: &Gateways, mut ended: Vec<(RunId, Closed)>) -> Vec<Found> {
        ended.sort_by(|one, other| one.0.cmp(&other.0));
        for (run, closed) in &ended {
            self.watch(arena, gateways, run);
            let Some(mut watch) = self.watches.remove(run) else { continue };
            // Who delivered and never told that nothing waits was retired: what he would have said is missing from there on.
            let untold = watch.gateways.keys().filter(|edge| !self.has_told(edge, *closed));
            let mut lost: Vec<(Nanos, String)> = untold
                .map(|edge| {
                    let told = self.told_until.get(edge).map_or(Nanos(i64::MIN), |told| told.at.to_nanos());
                    (told, edge.clone())
                })
                .collect();
            lost.sort();
            let end = closed.at.to_nanos();
            for (told, edge) in lost {
                let from = told.min(end);
                watch.hear_stops(arena, run, i64::MAX, from);
                watch.hear_requests(arena, run, i64::MAX, from);
                watch.lose(&edge, from);
            }
            watch.hear_stops(arena, run, i64::MAX, end);
            watch.hear_requests(arena, run, i64::MAX, end);
            watch.timeline.finish(end);
            self.watches.insert(run.clone(), watch);
        }
        let mut found = self.drain(arena);
        for (run, _) in ended {
            self.ended.insert(run.clone());
            if let Some(watch) = self.watches.remove(&run) {
                let happened = Happened::Watched {
                    run: wire::RunId(run.clone()),
                    samples: watch.samples,
                    late: watch.timeline.arrivals().too_late,
                    verdicts: watch.verdicts,
                    after_batch: Some(self.position),
                };
                found.push(Found { subject: run.to_string(), happened });
            }
        }
        found
    }

    fn is_told(&self, gateways: &Gateways, venue: Option<&VenueId>, closed: Closed) -> bool {
        let mut here = gateways.iter().filter(|(_, gateway)| Some(&gateway.venue) == venue);
        venue.is_some() && here.all(|(edge, gateway)| self.has_told(edge, closed) || self.is_retired(gateway))
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
        self.watches.iter_mut().flat_map(|(run, watch)| watch.drain(arena, run)).collect()
    }
}

impl Watch {
    fn begin(scheme: LoadedScheme, opened: Timestamp, entry: EntryId, amends: Amends, equipped_since: i64) -> Self {
        let bounds = Bounds { sources: Vec::new(), silent_after: SILENT_AFTER, amends };
        Self {
            equipped_since,
            binding: Binding::new(scheme.rules.signals()),
            timeline: Timeline::new(scheme.rules.clone(), opened.to_nanos(), &bounds),
            scheme,
            entry,
            samples: 0,
            verdicts: 0,
            heard: 0,
            gateways: BTreeMap::new(),
            told: HashMap::new(),
            stops: 0,
        }
    }

    fn take(&mut self, run: &RunId, edge: &str, tick: &telemetry::Tick) {
        if !self.gateways.contains_key(edge) {
            self.join(edge);
        }
        let is_one_of_several = self.gateways.len() > 1;
        let Some(source) = self.gateways.get_mut(edge) else { return };
        let misfit = |misfit| tracing::debug!(%run, ?misfit, "a reading misfits its signal");
        for sample in self.binding.samples(tick, misfit) {
            source.delivered[sample.signal.index()] = true;
            source.newest = source.newest.max(tick.at);
            self.samples += 1;
            let too_late = source.say(&mut self.timeline, &sample) == Arrival::TooLate;
            if too_late && is_one_of_several {
                // What it was then can't be judged any more; that it was something else than what was judged with is not to be passed over.
                if self.timeline.arrivals().too_late == 1 {
                    tracing::warn!(%run, edge, "samples came too late to be judged: what they are about is undecided");
                }
                let (at, signal) = (self.timeline.amends_from(), sample.signal);
                let kind = &self.scheme.rules.signals()[signal.index()].kind;
                source.say(&mut self.timeline, &Binding::unknown(at, signal, kind));
            }
        }
    }

    fn join(&mut self, edge: &str) {
        let ix = self.timeline.join(IN_ORDER);
        if ix > 0 {
            // One that got its key only now.
            self.timeline.amend(Amends::Within(AMENDED_WITHIN));
        }
        let delivered = vec![false; self.scheme.rules.signals().len()];
        self.gateways.insert(edge.to_owned(), Source { ix, count: 0, newest: Nanos(i64::MIN), delivered });
    }

    /// Where several tell of a run, one that has nothing more to say about a time is not waited for.
    fn told_until(&mut self, edge: &str, until: Nanos) {
        if self.gateways.len() > 1
            && let Some(source) = self.gateways.get(edge)
        {
            self.timeline.told_until(source.ix, until);
        }
    }

    /// What a gateway delivered nobody knows any more from an instant on, or from its newest sample on if its clock runs ahead: the rules must
    /// not go on with its last values. Where that has been judged and is not judged again, from now on.
    fn lose(&mut self, edge: &str, from: Nanos) {
        let Some(source) = self.gateways.get_mut(edge) else { return };
        let from = from.max(source.newest);
        for (signal, declared) in self.scheme.rules.signals().iter().enumerate() {
            if source.delivered[signal] {
                let unknown = |at| Binding::unknown(at, SignalIx(signal as u32), &declared.kind);
                if source.say(&mut self.timeline, &unknown(from)) == Arrival::TooLate {
                    let now = self.timeline.judged_before();
                    source.say(&mut self.timeline, &unknown(now));
                }
            }
        }
    }

    /// A gateway that lags tells of the time before a stop that the others have passed: what it tells there is hidden by the stop too.
    fn hear_stops_again(&mut self, arena: &Arena, run: &RunId, edge: &str, until: Nanos) {
        let (Some(now), Some(source)) = (arena.runs.get(run), self.gateways.get(edge)) else { return };
        let passed = now.watched.ends(i64::MAX).take(self.stops).map(|at| at.to_nanos());
        let passed: Vec<Nanos> = passed.filter(|stop| source.newest <= *stop && *stop < until).collect();
        for stop in passed {
            self.lose(edge, Nanos(stop.0.saturating_add(1)));
        }
    }

    /// While the clock stood, nobody watched: no rule may go on with what the equipment said last. Tells of the stops before an instant of the
    /// equipment. The instant of the stop itself was watched still.
    fn hear_stops(&mut self, arena: &Arena, run: &RunId, after: i64, until: Nanos) {
        let Some(now) = arena.runs.get(run) else { return };
        while let Some(stop) = now.watched.ends(after).nth(self.stops).map(|at| at.to_nanos())
            && stop < until
        {
            self.hear_requests(arena, run, after, stop);
            let edges: Vec<String> = self.gateways.keys().cloned().collect();
            for edge in edges {
                self.lose(&edge, Nanos(stop.0.saturating_add(1)));
            }
            self.stops += 1;
        }
    }

    /// Tells of requests made up to an instant of the equipment. Its clock may run before the hall's: a request that lies behind what was
    /// judged already counts at this instant instead.
    fn hear_requests(&mut self, arena: &Arena, run: &RunId, after: i64, until: Nanos) {
        for request in arena.requests_of(run) {
            let due = request.position > self.heard && request.position <= after;
            if due && request.at.to_nanos() <= until {
                let (count, checkpoint) = (request.position as u64, request.checkpoint.as_deref());
                if self.timeline.ask(count, request.at.to_nanos(), checkpoint) == Arrival::TooLate {
                    self.timeline.ask(count, until.max(self.timeline.judged_before()), checkpoint);
                }
                self.heard = request.position;
            }
        }
    }

    fn drain(&mut self, arena: &Arena, run: &RunId) -> Vec<Found> {
        let mut found = Vec::new();
        for entry in self.timeline.drain() {
            match entry {
                Entry::Said(verdict) => found.extend(self.found(arena, run, verdict, None, None)),
                Entry::Added { verdict, because } => found.extend(self.found(arena, run, verdict, Some(because), None)),
                Entry::Withdrawn { number, because } => found.extend(self.amended(run, number, because)),
                Entry::Instead { number, verdict, because } => {
                    found.extend(self.amended(run, number, because.clone()));
                    let instead_of = verdict_id(run, number);
                    found.extend(self.found(arena, run, verdict, Some(because), instead_of));
                }
            }
        }
        found
    }

    fn found(
        &mut self,
        arena: &Arena,
        run: &RunId,
        verdict: Verdict,
        because: Option<kernel::Text>,
        instead_of: Option<VerdictId>,
    ) -> Option<Found> {
        // A rule judges the module of its aspect; in the others its signals mean something else.
        let of_module = arena
            .aspect(&verdict.aspect)
            .and_then(|aspect| arena.board.scheme().aspect(aspect))
            .is_some_and(|aspect| Some(aspect.module) == arena.module_of(run));
        if !of_module || self.scheme.policy(&verdict.aspect) == Some(Policy::Off) {
            return None;
        }
        let id = verdict_id(run, verdict.number)?;
        self.verdicts += 1;
        self.told.insert(verdict.number, verdict.aspect.to_string());
        Some(Found {
            subject: id.to_string(),
            happened: Happened::Verdict {
                id: wire::VerdictId(id),
                run: wire::RunId(run.clone()),
                entry: wire::EntryId(self.entry.clone()),
                rule: verdict.rule.to_string(),
                aspect: verdict.aspect.to_string(),
                outcome: match verdict.outcome {
                    referee::Outcome::Met => Outcome::Met,
                    referee::Outcome::Missed => Outcome::Missed,
                    referee::Outcome::Undecided => Outcome::Undecided,
                },
                marks: verdict.marks.hundredths(),
                event_at: verdict.at.0,
                evidence: evidence(&verdict.evidence, &self.scheme.hash),
                because: because.map(Into::into),
                instead_of: instead_of.map(wire::VerdictId),
            },
        })
    }

    fn amended(&mut self, run: &RunId, number: u32, because: kernel::Text) -> Option<Found> {
        let aspect = self.told.remove(&number)?;
        let id = verdict_id(run, number)?;
        self.verdicts -= 1;
        Some(Found {
            subject: id.to_string(),
            happened: Happened::VerdictAmended {
                verdict: wire::VerdictId(id),
                run: wire::RunId(run.clone()),
                aspect,
                because: because.into(),
            },
        })
    }
}

fn closed(now: &RunNow) -> Option<Closed> {
    let RunClock::Closed { at, .. } = now.clock else { return None };
    Some(Closed { at, position: now.watched.closed_by()? })
}

fn venue_of<'a>(arena: &'a Arena, run: &RunId) -> Option<&'a VenueId> {
    Some(&arena.plan.station(&arena.plan.run(run)?.station)?.venue)
}

/// Reads stored batches, each the body that was acknowledged, compressed. Who reads many keeps one of these: a gateway sends ten batches a second,
/// so what is made anew for each is most of the work.
pub struct Unpacker {
    zstd: Option<zstd::bulk::Decompressor<'static>>,
    text: Vec<u8>,
    names: telemetry::Names,
}

/// More names than equipment has; beyond them they are forgotten and met again.
const NAMES_MOST: usize = 10_000;

impl Default for Unpacker {
    fn default() -> Self {
        Self { zstd: zstd::bulk::Decompressor::new().ok(), text: Vec::new(), names: telemetry::Names::default() }
    }
}

impl Unpacker {
    pub fn unpack(&mut self, body: &[u8]) -> Option<Batch> {
        self.read(body)?;
        let (limits, whenever) = (Limits::default(), Timestamp::from_millis(i64::MAX / 2));
        telemetry::batch::parse_with(&self.text, &limits, whenever, &mut self.names).ok()
    }

    /// What a batch says of one station.
    pub fn unpack_of(&mut self, body: &[u8], station: &str) -> Option<Vec<Tick>> {
        self.read(body)?;
        let (limits, station_said) = (Limits::default(), memchr::memmem::Finder::new(station));
        let mut ticks = Vec::new();
        for (line, text) in telemetry::batch::lines(&self.text).skip(1) {
            // A line that doesn't hold the code as it is, nor may hold it escaped, is another station's.
            if station_said.find(text).is_none() && memchr::memchr(b'\\', text).is_none() {
                continue;
            }
            let tick = telemetry::batch::parse_tick(line, text, &limits, &mut self.names).ok()?;
            if *tick.station == *station {
                ticks.push(tick);
            }
        }
        Some(ticks)
    }

    fn read(&mut self, body: &[u8]) -> Option<()> {
        if self.names.len() > NAMES_MOST {
            self.names = telemetry::Names::default();
        }
        self.text.clear();
        self.text.reserve(Limits::default().bytes_max);
        self.zstd.as_mut()?.decompress_to_buffer(body, &mut self.text).ok().map(drop)
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

/// Whether an id is one that the referee gives to verdicts of a run.
pub(crate) fn is_numbered(run: &RunId, verdict: &VerdictId) -> bool {
    let number = verdict.as_str().rsplit_once('-').and_then(|(_, number)| number.parse().ok());
    number.is_some_and(|number| verdict_id(run, number).as_ref() == Some(verdict))
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
        unknown: evidence.unknown.iter().map(|name| name.to_string()).collect(),
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

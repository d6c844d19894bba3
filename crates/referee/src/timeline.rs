//! In front of a monitor: puts in order what several sources say, and amends what was said too early.
//!
//! A monitor takes samples in the order of time. Sources don't keep it: a gateway that was cut off tells later, two
//! gateways tell of one moment one after the other. A [`Timeline`] keeps what arrives until no source may still have
//! something earlier to say (each has its bound, in event time), and hands it on in one order: by time, then by source,
//! then by the source's own count. So the award log doesn't depend on the order of arrival, as long as the bounds are kept.
//!
//! What arrives later still is late, and late samples are not lost: the run is judged again from a point before them, and
//! each verdict that changes is withdrawn, replaced or added by an [`Entry`] that says why. Nothing changes silently.
//! In the end there stands what stands when everything comes in order, except for what came later than
//! [`Bounds::amends`].
//!
//! Event time only: the log follows from what arrived in which order, never from when anybody looked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Nanos, Text};
use rustc_hash::FxHashMap;

use crate::sentence::duration;
use crate::{Monitor, RuleSet, Sample, Verdict};

/// How long the sources are waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// For each source: how much older than its newest word one may be and still be in time, this included.
    pub sources: Vec<Duration>,
    /// A source that lies so far behind the newest of all is not waited for.
    pub silent_after: Duration,
    pub amends: Amends,
}

/// How far back late samples amend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amends {
    /// What was judged stands, and nothing of it is kept.
    Nothing,
    Within(Duration),
    /// To the start of the run; everything is kept in memory until its end.
    All,
}

impl Bounds {
    /// So many sources with the usual bounds: 500 ms, 2 s of silence, amendments for five minutes.
    pub fn usual(sources: usize) -> Bounds {
        Bounds {
            sources: vec![Duration::from_millis(500); sources],
            silent_after: Duration::from_secs(2),
            amends: Amends::Within(Duration::from_secs(300)),
        }
    }
}

/// What became of something that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    InTime,
    /// The source had said it already, by its own count.
    Duplicate,
    /// Its time had been judged; verdicts that it changes are amended.
    Late,
    /// Its time lies too far back to be judged again: it changes nothing.
    TooLate,
    /// It lies after the end of the run: it changes nothing.
    AfterEnd,
    /// There is no such source.
    Refused,
}

/// How often each happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Arrivals {
    pub in_time: u64,
    pub duplicates: u64,
    pub late: u64,
    pub too_late: u64,
    pub after_end: u64,
    pub refused: u64,
    /// The greatest lateness, against the time that had been judged.
    pub latest_by_ns: i64,
}

/// A line of the award log. Verdicts are numbered in the order of the log.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    Said(Verdict),
    /// A verdict takes the place of an earlier one of the same rule about the same time, which no longer holds.
    Instead {
        number: u32,
        verdict: Verdict,
        because: Text,
    },
    /// An earlier verdict no longer holds.
    Withdrawn {
        number: u32,
        because: Text,
    },
    /// A verdict that was not said when its time was judged.
    Added {
        verdict: Verdict,
        because: Text,
    },
}

/// Time, source, and the source's count.
type Key = (i64, u32, u64);

/// Who asks and is no source.
const NOBODY: usize = u32::MAX as usize;

#[derive(Debug, Clone)]
enum Word {
    Sample(Sample),
    Request(Option<Arc<str>>),
}

#[derive(Debug, Clone)]
struct Source {
    bound: i64,
    /// The time of its newest word.
    newest: i64,
    /// It has said that nothing more comes before this.
    told_before: i64,
}

/// A monitor as it was, to judge again from.
#[derive(Debug, Clone)]
struct Checkpoint {
    /// Up to here, this included, everything was judged.
    reached: i64,
    monitor: Monitor,
    /// How many of the standing verdicts had been said.
    standing: usize,
}

/// Late samples that are not judged yet.
#[derive(Debug, Clone)]
struct Late {
    from: i64,
    count: u32,
    /// Of the first one: what it is, its time, and by how much it was late.
    what: Text,
    at: i64,
    by: i64,
}

/// One run, watched by several sources.
#[derive(Debug, Clone)]
pub struct Timeline {
    started_at: i64,
    sources: Vec<Source>,
    silent_after: i64,
    amends: Amends,
    /// What arrived since the oldest checkpoint; up to `reached` the monitor has heard it.
    words: BTreeMap<Key, Word>,
    reached: i64,
    ended_at: Option<i64>,
    monitor: Monitor,
    checkpoints: Vec<Checkpoint>,
    /// Verdicts since the oldest checkpoint that hold, in the order in which they were found.
    standing: Vec<Verdict>,
    late: Option<Late>,
    next_number: u32,
    entries: Vec<Entry>,
    arrivals: Arrivals,
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

impl Timeline {
    pub fn new(set: Arc<RuleSet>, started_at: Nanos, bounds: &Bounds) -> Timeline {
        let source = |bound: &Duration| Source { bound: nanos(*bound), newest: i64::MIN, told_before: i64::MIN };
        let monitor = Monitor::new(set, started_at);
        Timeline {
            started_at: started_at.0,
            sources: bounds.sources.iter().map(source).collect(),
            silent_after: nanos(bounds.silent_after),
            amends: bounds.amends,
            words: BTreeMap::new(),
            reached: i64::MIN,
            ended_at: None,
            checkpoints: vec![Checkpoint { reached: i64::MIN, monitor: monitor.clone(), standing: 0 }],
            monitor,
            standing: Vec::new(),
            late: None,
            next_number: 0,
            entries: Vec::new(),
            arrivals: Arrivals::default(),
        }
    }

    pub fn rules(&self) -> &Arc<RuleSet> {
        self.monitor.rules()
    }

    pub fn arrivals(&self) -> Arrivals {
        self.arrivals
    }

    /// One more source, which nobody knew of until now. It is waited for from here on.
    pub fn join(&mut self, bound: Duration) -> usize {
        self.sources.push(Source { bound: nanos(bound), newest: i64::MIN, told_before: i64::MIN });
        self.sources.len() - 1
    }

    /// From here on late samples amend; what was judged before stands.
    pub fn amend(&mut self, amends: Amends) {
        if self.amends == Amends::Nothing && amends != Amends::Nothing {
            self.checkpoints = vec![Checkpoint { reached: self.reached, monitor: self.monitor.clone(), standing: 0 }];
            self.standing.clear();
        }
        self.amends = amends;
    }

    /// What lies before this is too late to change anything.
    pub fn amends_from(&self) -> Nanos {
        let oldest = match self.amends {
            Amends::Nothing => self.reached.saturating_add(1),
            Amends::Within(within) => self.reached.saturating_sub(nanos(within)),
            Amends::All => i64::MIN,
        };
        Nanos(oldest.max(self.checkpoints[0].reached.saturating_add(1)))
    }

    /// What lies before this has been judged.
    pub fn judged_before(&self) -> Nanos {
        Nanos(self.reached.saturating_add(1))
    }

    /// A source says a sample; `count` is its own count, which rises with what it says and stays with what it says again.
    pub fn observe(&mut self, source: usize, count: u64, sample: &Sample) -> Arrival {
        self.take(source, count, sample.at.0, Word::Sample(sample.clone()))
    }

    /// A source passes on that the competitor asks to be judged.
    pub fn request(&mut self, source: usize, count: u64, at: Nanos, checkpoint: Option<&str>) -> Arrival {
        self.take(source, count, at.0, Word::Request(checkpoint.map(Arc::from)))
    }

    /// A request that came by another way than the sources: nobody is waited for because of it. `count` tells it from others.
    pub fn ask(&mut self, count: u64, at: Nanos, checkpoint: Option<&str>) -> Arrival {
        self.take(NOBODY, count, at.0, Word::Request(checkpoint.map(Arc::from)))
    }

    /// A source says that time has come to `at`, and that it has nothing more to say about that instant or before.
    pub fn told_until(&mut self, source: usize, at: Nanos) {
        if let Some(source) = self.sources.get_mut(source)
            && self.ended_at.is_none()
        {
            source.newest = source.newest.max(at.0);
            source.told_before = source.told_before.max(at.0.saturating_add(1));
            self.go_on();
        }
    }

    /// Ends the run at `at`, or at the time reached if that is later: nobody is waited for any more, what arrives now amends.
    pub fn finish(&mut self, at: Nanos) {
        if self.ended_at.is_some() {
            return;
        }
        let end = at.0.max(self.reached);
        self.judge_to(end);
        self.ended_at = Some(end);
        self.monitor.finish(Nanos(end));
        self.say_found();
    }

    /// The lines of the award log since the last time.
    pub fn drain(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }

    fn take(&mut self, source: usize, count: u64, at: i64, word: Word) -> Arrival {
        let arrival = self.place(source, count, at, word);
        let counted = match arrival {
            Arrival::InTime => &mut self.arrivals.in_time,
            Arrival::Duplicate => &mut self.arrivals.duplicates,
            Arrival::Late => &mut self.arrivals.late,
            Arrival::TooLate => &mut self.arrivals.too_late,
            Arrival::AfterEnd => &mut self.arrivals.after_end,
            Arrival::Refused => &mut self.arrivals.refused,
        };
        *counted += 1;
        if matches!(arrival, Arrival::Late | Arrival::TooLate) {
            self.arrivals.latest_by_ns = self.arrivals.latest_by_ns.max(self.reached.saturating_sub(at));
        }
        match arrival {
            Arrival::InTime => self.go_on(),
            // After the end nothing else brings it about.
            Arrival::Late if self.ended_at.is_some() => self.judge_again(),
            _ => {}
        }
        arrival
    }

    fn place(&mut self, source: usize, count: u64, at: i64, word: Word) -> Arrival {
        if source != NOBODY && source >= self.sources.len() {
            return Arrival::Refused;
        }
        if self.ended_at.is_some_and(|end| at > end) {
            return Arrival::AfterEnd;
        }
        let key = (at, source as u32, count);
        if self.words.contains_key(&key) {
            return Arrival::Duplicate;
        }
        if let Some(of) = self.sources.get_mut(source) {
            of.newest = of.newest.max(at);
        }
        if at > self.reached {
            self.words.insert(key, word);
            return Arrival::InTime;
        }
        let by = self.reached.saturating_sub(at);
        if at < self.amends_from().0 {
            return Arrival::TooLate;
        }
        let what = match &word {
            Word::Sample(sample) => match self.monitor.rules().signals().get(sample.signal.index()) {
                Some(decl) => Text::new(format!("`{}`", decl.name), format!("`{}`", decl.name)),
                None => Text::new("未知信号", "an unknown signal"),
            },
            Word::Request(_) => Text::new("评判请求", "the request to be judged"),
        };
        match &mut self.late {
            Some(late) => {
                late.count += 1;
                late.from = late.from.min(at);
            }
            None => self.late = Some(Late { from: at, count: 1, what, at, by }),
        }
        self.words.insert(key, word);
        Arrival::Late
    }

    /// Before this nobody has anything more to say, unless he is late.
    fn horizon(&self) -> i64 {
        let newest = self.sources.iter().map(|source| source.newest).max().unwrap_or(i64::MIN);
        let known = newest.saturating_sub(self.silent_after);
        self.sources
            .iter()
            .map(|source| source.newest.max(known).saturating_sub(source.bound).max(source.told_before))
            .min()
            .unwrap_or(i64::MIN)
    }

    fn go_on(&mut self) {
        let horizon = self.horizon();
        if horizon.saturating_sub(1) > self.reached {
            self.judge_to(horizon - 1);
            self.say_found();
            self.keep_checkpoint();
        }
    }

    /// Late samples first, then what lies up to this instant.
    fn judge_to(&mut self, to: i64) {
        self.judge_again();
        tell(&mut self.monitor, &self.words, self.reached, to);
        self.reached = to;
    }

    fn say_found(&mut self) {
        for found in self.monitor.drain() {
            let verdict = self.numbered(found);
            self.standing.push(verdict.clone());
            self.entries.push(Entry::Said(verdict));
        }
    }

    fn numbered(&mut self, verdict: Verdict) -> Verdict {
        let number = self.next_number;
        self.next_number += 1;
        Verdict { number, ..verdict }
    }

    /// Keeps a monitor to judge again from, and forgets what no late sample reaches any more.
    fn keep_checkpoint(&mut self) {
        let within = match self.amends {
            Amends::All => return,
            Amends::Within(within) => nanos(within),
            Amends::Nothing => 0,
        };
        if within == 0 {
            while self.words.first_key_value().is_some_and(|((at, ..), _)| *at <= self.reached) {
                self.words.pop_first();
            }
            self.standing.clear();
            return;
        }
        let newest = self.checkpoints.last().map_or(i64::MIN, |checkpoint| checkpoint.reached);
        // A monitor takes samples from before the start until its first instant; it is kept as it was until then.
        if self.reached < self.started_at || self.reached.saturating_sub(newest) < (within / 4).max(1) {
            return;
        }
        let (reached, monitor, standing) = (self.reached, self.monitor.clone(), self.standing.len());
        self.checkpoints.push(Checkpoint { reached, monitor, standing });
        let wanted = self.reached.saturating_sub(within);
        // The newest one from before what may still come.
        let first = self.checkpoints.iter().rposition(|checkpoint| checkpoint.reached < wanted).unwrap_or(0);
        if first == 0 {
            return;
        }
        self.checkpoints.drain(..first);
        let Checkpoint { reached, standing, .. } = self.checkpoints[0];
        self.words = self.words.split_off(&(reached.saturating_add(1), 0, 0));
        self.standing.drain(..standing);
        for checkpoint in &mut self.checkpoints {
            checkpoint.standing -= standing;
        }
    }

    /// Judges again from before the earliest late sample, and says what is different now.
    fn judge_again(&mut self) {
        let Some(late) = self.late.take() else { return };
        let from = self.checkpoints.iter().rposition(|checkpoint| checkpoint.reached < late.from).unwrap_or(0);
        self.checkpoints.truncate(from + 1);
        let checkpoint = &self.checkpoints[from];
        let mut monitor = checkpoint.monitor.clone();
        tell(&mut monitor, &self.words, checkpoint.reached, self.reached);
        if let Some(end) = self.ended_at {
            monitor.finish(Nanos(end));
        }
        let now = monitor.drain();
        let before = self.standing.split_off(checkpoint.standing);
        self.monitor = monitor;
        self.replace(before, now, &self.reason(&late));
    }

    /// Verdicts that are equal stand as they are, by their number; the others are withdrawn, replaced or added.
    fn replace(&mut self, before: Vec<Verdict>, now: Vec<Verdict>, because: &Text) {
        let mut known: FxHashMap<(u32, i64, i64), Vec<usize>> = FxHashMap::default();
        for (ix, verdict) in before.iter().enumerate().rev() {
            known.entry(place_of(verdict)).or_default().push(ix);
        }
        let mut kept = vec![false; before.len()];
        let mut fresh: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
        let mut standing: Vec<Option<Verdict>> = Vec::with_capacity(now.len());
        for (place, verdict) in now.iter().enumerate() {
            let same = known.get(&place_of(verdict)).and_then(|alike| {
                alike.iter().rev().copied().find(|ix| {
                    let number = verdict.number;
                    !kept[*ix] && Verdict { number, ..before[*ix].clone() } == *verdict
                })
            });
            match same {
                Some(ix) => {
                    kept[ix] = true;
                    standing.push(Some(before[ix].clone()));
                }
                None => {
                    fresh.entry(verdict.rule_ix).or_default().push(place);
                    standing.push(None);
                }
            }
        }
        for old in before.iter().zip(&kept).filter(|(_, kept)| !**kept).map(|(old, _)| old) {
            let number = old.number;
            let about_the_same = fresh.get_mut(&old.rule_ix).and_then(|places| {
                let at = places.iter().position(|place| overlap(old, &now[*place]))?;
                Some(places.remove(at))
            });
            match about_the_same {
                Some(place) => {
                    let verdict = self.numbered(now[place].clone());
                    standing[place] = Some(verdict.clone());
                    self.entries.push(Entry::Instead { number, verdict, because: because.clone() });
                }
                None => self.entries.push(Entry::Withdrawn { number, because: because.clone() }),
            }
        }
        for (place, stands) in standing.into_iter().enumerate() {
            let verdict = match stands {
                Some(verdict) => verdict,
                None => {
                    let verdict = self.numbered(now[place].clone());
                    self.entries.push(Entry::Added { verdict: verdict.clone(), because: because.clone() });
                    verdict
                }
            };
            self.standing.push(verdict);
        }
    }

    fn reason(&self, late: &Late) -> Text {
        let (at, by) = (duration(late.at.saturating_sub(self.started_at)), duration(late.by));
        match late.count {
            1 => Text::new(
                format!("{} 的{}迟到 {}，已重新判定。", at.zh, late.what.zh, by.zh),
                format!("{} of {} came {} late; that time was judged again.", late.what.en, at.en, by.en),
            ),
            count => Text::new(
                format!("{count} 项数据迟到，最先到的是 {} 的{}，迟到 {}，已重新判定。", at.zh, late.what.zh, by.zh),
                format!(
                    "{count} samples came late, the first of them {} of {} by {}; that time was judged again.",
                    late.what.en, at.en, by.en
                ),
            ),
        }
    }
}

/// What is alike lies at one place.
fn place_of(verdict: &Verdict) -> (u32, i64, i64) {
    (verdict.rule_ix, verdict.at.0, verdict.decided_at.0)
}

/// Whether two verdicts are about the same time.
fn overlap(one: &Verdict, other: &Verdict) -> bool {
    one.evidence.from <= other.evidence.to && other.evidence.from <= one.evidence.to
}

/// Tells a monitor what lies in `(from, to]`, and that time has come that far.
fn tell(monitor: &mut Monitor, words: &BTreeMap<Key, Word>, from: i64, to: i64) {
    let Some(first) = from.checked_add(1) else { return };
    if first > to {
        return;
    }
    for ((at, ..), word) in words.range((first, 0, 0)..=(to, u32::MAX, u64::MAX)) {
        match word {
            Word::Sample(sample) => monitor.observe(sample),
            Word::Request(checkpoint) => monitor.request(Nanos(*at), checkpoint.as_deref()),
        };
    }
    monitor.advance(Nanos(to));
}

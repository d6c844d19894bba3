//! What judging costs: telemetry to verdicts, against a hand-written loop and RTLola's interpreter on the same trace.
//!
//! The trace and the five properties are those of the study in which other engines were measured, so the counts are
//! known; a run whose counts differ from the hand-written loop's fails. Times are CPU time of the measuring thread: other
//! work on the machine then costs caches and nothing else.

mod peer;
mod trace;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::referee::{
    Cell, CheckSpec, Columns, Monitor, Outcome, PatternSpec, PhaseSpec, RuleSet, RuleSpec, Sample, ScaleSpec, SignalIx,
    Statistic, TriggerSpec, Unfinished, Verdict, compile,
};
use anyhow::{Context, ensure};
use kernel::{Mark, Nanos, Text};
use serde_json::json;
use telemetry::Listener;

use trace::{Found, Hand, Row, SEED_42, SIGNALS, signals};

#[derive(clap::Args)]
pub struct Options {
    #[arg(long, default_value_t = 1_000_000)]
    rows: usize,
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// How often each case is run; the median counts.
    #[arg(long, default_value_t = 7)]
    repeats: usize,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    ensure!(options.rows > 0 && options.repeats > 0);
    let Options { rows, seed, repeats } = *options;
    println!("{rows} rows of {SIGNALS} signals, seed {seed}, median of {repeats}");
    let trace = trace::generate(rows, seed);
    let end = trace.last().map(Row::at).context("no rows")?;
    let case = Cases { trace: &trace, end, repeats };

    let (hand_ns, found) = case.each("hand-written loop (the limit)", || {
        let mut hand = Hand::new();
        trace.iter().for_each(|row| hand.take(row));
        hand.found
    })?;
    if (rows, seed) == (1_000_000, 42) {
        ensure!(found == SEED_42, "the trace is not the study's: {found:?}");
    }
    let five = Arc::new(rules(five_rules())?);
    let rows_5 = case.rows("rows in memory, 5 rules", &five, Some(found))?;
    let hundred = Arc::new(rules(many_rules(100))?);
    let rows_100 = case.rows("rows in memory, 100 rules", &hundred, None)?;
    let thousand = Arc::new(rules(many_rules(1000))?);
    let rows_1000 = case.rows("rows in memory, 1,000 rules", &thousand, None)?;
    let sparse_5 = case.updates("one-signal updates, 5 rules", &five)?;
    let sparse_100 = case.updates("one-signal updates, 100 rules", &hundred)?;
    let lines_5 = case.lines("NDJSON lines, 5 rules", &five, found)?;
    let recorded_5 = case.recording("recording (MCAP, zstd), 5 rules", &five, found)?;
    let late = case.latency(&hundred);
    println!("one update with 100 rules, clock included: p50 {} ns, p99 {} ns, p99.9 {} ns", late[0], late[1], late[2]);
    let load_ms = load(repeats)?;
    println!("1,000 rules load and check in {load_ms:.1} ms");
    let bound = thousand.memory_bound();
    let hour = bound.bytes(1_000.0 / trace::STEP_MS as f64, Duration::from_secs(3_600));
    println!(
        "1,000 rules take at most {} KiB a run, and {} KiB in an hour of {} samples a second of each signal",
        bound.fixed_bytes.div_ceil(1024),
        hour.div_ceil(1024),
        1_000 / trace::STEP_MS
    );
    let peers = peer::run(&trace, repeats)?;

    let per_s = |ns: f64| 1e9 / ns;
    println!(
        "{}",
        json!({
            "bench": "referee", "rows": rows, "seed": seed,
            "hand_ns_per_row": hand_ns,
            "rows_5_ns": rows_5, "rows_100_ns": rows_100, "rows_1000_ns": rows_1000,
            "rows_5_over_hand": rows_5 / hand_ns,
            "updates_5_per_s": per_s(sparse_5), "updates_100_per_s": per_s(sparse_100),
            "ndjson_ns_per_row": lines_5,
            "recording_updates_per_s": per_s(recorded_5) * SIGNALS as f64,
            "update_100_rules_ns": {"p50": late[0], "p99": late[1], "p999": late[2]},
            "load_1000_rules_ms": load_ms,
            "memory_1000_rules_bytes": {"fixed": bound.fixed_bytes, "hour": hour},
            "peers": peers,
        })
    );
    Ok(())
}

/// CPU time that this thread has used.
fn cpu_ns() -> anyhow::Result<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").context("the kernel tells no CPU time")?;
    Ok(text.split_whitespace().next().unwrap_or_default().parse()?)
}

/// The kernel tells a thread's time by its ticks of some ms: what is shorter is done again and again.
const LASTS_NS: u64 = 60_000_000;

/// The median of some runs, in ns of CPU, and what the last one gave.
pub fn median<T>(repeats: usize, mut work: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<(f64, T)> {
    let mut times = Vec::with_capacity(repeats);
    loop {
        let (begun, mut often) = (cpu_ns()?, 0);
        let (result, spent) = loop {
            let result = black_box(work()?);
            often += 1;
            let spent = cpu_ns()? - begun;
            if spent >= LASTS_NS {
                break (result, spent);
            }
        };
        times.push(spent as f64 / f64::from(often));
        if times.len() == repeats {
            times.sort_unstable_by(f64::total_cmp);
            return Ok((times[repeats / 2], result));
        }
    }
}

struct Cases<'a> {
    trace: &'a [Row],
    end: Nanos,
    repeats: usize,
}

impl Cases<'_> {
    /// Runs and prints a case; the time is for one row.
    fn each<T>(&self, name: &str, mut work: impl FnMut() -> T) -> anyhow::Result<(f64, T)> {
        let (ns, result) = median(self.repeats, || Ok(work()))?;
        let each = ns / self.trace.len() as f64;
        println!("{name}: {each:.1} ns");
        Ok((each, result))
    }

    fn judged(&self, name: &str, found: Option<Found>, work: impl FnMut() -> Vec<Verdict>) -> anyhow::Result<f64> {
        let (ns, verdicts) = self.each(name, work)?;
        if let Some(found) = found {
            ensure!(count(&verdicts) == found, "{name}: {:?}, the hand-written loop found {found:?}", count(&verdicts));
        }
        Ok(ns)
    }

    fn rows(&self, name: &str, rules: &Arc<RuleSet>, found: Option<Found>) -> anyhow::Result<f64> {
        let rows: Vec<(Nanos, [Cell; SIGNALS])> = self.trace.iter().map(|row| (row.at(), row.cells())).collect();
        let columns = all_columns(rules)?;
        self.judged(name, found, || {
            let mut monitor = Monitor::new(rules.clone(), Nanos(0));
            for (at, cells) in &rows {
                monitor.observe_row(*at, &columns, cells);
            }
            monitor.finish(self.end);
            monitor.drain()
        })
    }

    /// Each row updates one signal, the signals in turn.
    fn updates(&self, name: &str, rules: &Arc<RuleSet>) -> anyhow::Result<f64> {
        let samples: Vec<Sample> = self.trace.iter().enumerate().map(|(ix, row)| row.sample(ix % SIGNALS)).collect();
        self.judged(name, None, || {
            let mut monitor = Monitor::new(rules.clone(), Nanos(0));
            monitor.observe_all(&samples);
            monitor.drain()
        })
    }

    fn lines(&self, name: &str, rules: &Arc<RuleSet>, found: Found) -> anyhow::Result<f64> {
        let text = self.trace.iter().map(Row::line).collect::<Vec<_>>().join("\n");
        let bytes = text.len() / self.trace.len();
        self.judged(&format!("{name}, {bytes} bytes each"), Some(found), || {
            let mut listener = Listener::new(rules.clone());
            let mut monitor = Monitor::new(rules.clone(), Nanos(0));
            for (number, line) in telemetry::batch::lines(text.as_bytes()) {
                match listener.line(number, line, |_| {}) {
                    Ok(spoken) => spoken.tell(&mut monitor),
                    Err(fault) => panic!("{fault}"),
                };
            }
            monitor.finish(self.end);
            monitor.drain()
        })
    }

    fn recording(&self, name: &str, rules: &Arc<RuleSet>, found: Found) -> anyhow::Result<f64> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("trace.mcap");
        let mut recorder = telemetry::Recorder::create(&path, &telemetry::RunMetadata::default())?;
        let mut names = telemetry::Names::default();
        for row in self.trace {
            let tick =
                telemetry::batch::parse_tick(1, row.line().as_bytes(), &telemetry::Limits::default(), &mut names)?;
            recorder.tick(&tick)?;
        }
        recorder.finish(Some(self.end))?;
        let bytes = std::fs::metadata(&path)?.len() as f64 / self.trace.len() as f64;
        let recording = telemetry::Recording::open(&path)?;
        let station = recording.station(None)?;
        self.judged(&format!("{name}, {bytes:.1} bytes a row"), Some(found), || {
            let mut listener = Listener::new(rules.clone());
            let mut monitor = Monitor::new(rules.clone(), Nanos(0));
            recording.speak(
                &station,
                &mut listener,
                |_| {},
                |spoken| {
                    spoken.tell(&mut monitor);
                },
            );
            monitor.finish(self.end);
            monitor.drain()
        })
    }

    /// Single updates with the clock read before and after each: p50, p99, p99.9 in ns.
    fn latency(&self, rules: &Arc<RuleSet>) -> [u64; 3] {
        let samples: Vec<Sample> = self.trace.iter().enumerate().map(|(ix, row)| row.sample(ix % SIGNALS)).collect();
        let mut monitor = Monitor::new(rules.clone(), Nanos(0));
        let mut took: Vec<u64> = Vec::with_capacity(samples.len());
        for sample in &samples {
            let begun = Instant::now();
            monitor.observe(sample);
            took.push(begun.elapsed().as_nanos() as u64);
        }
        black_box(monitor.drain());
        took.sort_unstable();
        [500, 990, 999].map(|per_mille| took[(took.len() - 1) * per_mille / 1000])
    }
}

fn all_columns(rules: &RuleSet) -> anyhow::Result<Columns> {
    let order: Vec<_> = (0..SIGNALS as u32).map(|signal| Some(SignalIx(signal))).collect();
    rules.columns(&order).map_err(|column| anyhow::anyhow!("column {column} is no signal"))
}

/// Text to rules, as when a scheme is opened.
fn load(repeats: usize) -> anyhow::Result<f64> {
    let (signals, specs) = (signals(), many_rules(1000));
    let (ns, set) = median(repeats, || rules_of(&signals, &specs))?;
    ensure!(set.rules().count() == 1000);
    Ok(ns / 1e6)
}

fn rules(specs: Vec<RuleSpec>) -> anyhow::Result<RuleSet> {
    rules_of(&signals(), &specs)
}

fn rules_of(signals: &[::referee::SignalDecl], specs: &[RuleSpec]) -> anyhow::Result<RuleSet> {
    compile(signals, specs)
        .map_err(|faults| anyhow::anyhow!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))
}

fn rule(id: &str, pattern: PatternSpec, missed: bool) -> RuleSpec {
    RuleSpec {
        id: id.into(),
        aspect: "A1".into(),
        says: Text::new("规则", "rule"),
        during: PhaseSpec::Run,
        pattern,
        met: Some(Mark::from_hundredths(100)),
        missed: missed.then(|| Mark::from_hundredths(-100)),
        once: false,
        at_most: None,
        min_total: None,
        gate: Vec::new(),
        best_of: None,
        unfinished: Unfinished::Undecided,
    }
}

fn rises(condition: impl Into<String>) -> TriggerSpec {
    TriggerSpec::Rises(condition.into())
}

/// The study's properties P1, P2, P3, P4 and P4b.
fn five_rules() -> Vec<RuleSpec> {
    let at_done = |check| PatternSpec::On { event: rises("cycle_done"), check: Some(check) };
    let between = ScaleSpec::Range { low: Some("48".into()), high: Some("52".into()) };
    let mean = CheckSpec::Figure { statistic: Statistic::Mean, of: "force".into(), over: "5s".into(), scale: between };
    let band = CheckSpec::Held { condition: "force >= 42 && force <= 58".into(), lasting: "5s".into() };
    vec![
        rule("P1", PatternSpec::On { event: rises("estop"), check: None }, false),
        rule("P2", held("gripper_closed && dist < 5.0", "2s"), false),
        rule("P3", answered("30s"), true),
        rule("P4", at_done(mean), true),
        rule("P4b", at_done(band), true),
    ]
}

fn held(condition: impl Into<String>, lasting: &str) -> PatternSpec {
    PatternSpec::Holds { condition: condition.into(), lasting: lasting.into() }
}

fn answered(within: impl Into<String>) -> PatternSpec {
    PatternSpec::Then { first: rises("cycle_start"), then: rises("cycle_done"), within: within.into(), unless: None }
}

/// Rules that share nothing: no two have the same constant.
fn many_rules(count: usize) -> Vec<RuleSpec> {
    let each = |ix: usize| {
        let part = ix as f64 / count as f64;
        let id = format!("R{ix}");
        match ix % 4 {
            0 => rule(&id, held(format!("gripper_closed && dist < {:.4}", 3.0 + 4.0 * part), "2s"), false),
            1 => rule(&id, answered(format!("{}ms", 20_000 + ix * 10)), true),
            2 => rule(
                &id,
                PatternSpec::On { event: rises(format!("dist < {:.4}", 90.0 - 80.0 * part)), check: None },
                false,
            ),
            _ => {
                let condition = format!("force >= {:.4} && force <= {:.4}", 44.0 - 4.0 * part, 56.0 + 4.0 * part);
                let check = CheckSpec::Held { condition, lasting: "5s".into() };
                rule(&id, PatternSpec::On { event: rises("cycle_done"), check: Some(check) }, true)
            }
        }
    };
    (0..count).map(each).collect()
}

fn count(verdicts: &[Verdict]) -> Found {
    let of = |rule: &str, outcome| {
        verdicts.iter().filter(|verdict| &*verdict.rule == rule && verdict.outcome == outcome).count() as u32
    };
    Found {
        estop: of("P1", Outcome::Met),
        held: of("P2", Outcome::Met),
        met: of("P3", Outcome::Met),
        missed: of("P3", Outcome::Missed),
        mean: of("P4", Outcome::Met),
        band: of("P4b", Outcome::Met),
    }
}

//! Judges a recording again: `guildhall replay REC --scheme S --format json`.
//!
//! One line for each verdict, in the order in which the referee found them, then one line with the totals. The same
//! recording and the same scheme give the same bytes, on every machine, at every time.
//!
//! An automatic aspect starts from nothing or from its maximum, as the scheme says; verdicts add and take; the mark stays
//! between nothing and the maximum. What the scheme judges in shadow or not at all is listed and not added up.

use std::io::{self, Write};
use std::path::Path;

use catalogue::{Diagnostic, LoadedScheme, Severity};
use kernel::{Mark, Nanos, Suggestion, Text};
use marking::{AspectKind, Policy, StartsAt};
use referee::{MemoryBound, Monitor, Outcome, RuleSet, Value, Verdict};
use serde_json::{Map, json};

use crate::{Listener, Misfit, Recording, RecordingFault};

/// How the lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For programs.
    Json,
    /// For people, in both languages.
    Text,
}

/// What the caller decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The station to judge; the only one there is when left out.
    pub station: Option<String>,
    pub format: Format,
}

/// Why there is nothing to print.
#[derive(Debug, thiserror::Error)]
pub enum ReplayFault {
    #[error("the scheme has faults:{}", listed(.0))]
    Scheme(Vec<Diagnostic>),
    #[error(transparent)]
    Recording(#[from] RecordingFault),
    #[error("the lines can't be written")]
    Write(#[from] io::Error),
}

/// Each fault with its place and what to write instead, in both languages.
fn listed(faults: &[Diagnostic]) -> String {
    let errors = faults.iter().filter(|fault| fault.severity == Severity::Error);
    errors
        .map(|fault| {
            // What is no YAML is at no path.
            let path = if fault.path.is_empty() { String::new() } else { format!("{}: ", fault.path) };
            let Text { zh, en } = fault.suggestion.after(&fault.text);
            format!("\n  {}:{}: {path}{zh}\n    {en}", fault.line, fault.column)
        })
        .collect()
}

impl ReplayFault {
    /// For people: a sentence for each fault, with what to write instead.
    pub fn texts(&self) -> Vec<Text> {
        match self {
            ReplayFault::Scheme(faults) => faults
                .iter()
                .filter(|fault| fault.severity == Severity::Error)
                .map(|fault| {
                    let (line, column) = (fault.line, fault.column);
                    let (zh, en) = match fault.path.as_str() {
                        "" => Default::default(),
                        path => (format!(" {path}"), format!(", {path}")),
                    };
                    let said = fault.suggestion.after(&fault.text);
                    Text::new(
                        format!("第 {line} 行第 {column} 列{zh}：{}", said.zh),
                        format!("line {line}, column {column}{en}: {}", said.en),
                    )
                })
                .collect(),
            ReplayFault::Recording(fault) => vec![fault.text()],
            ReplayFault::Write(error) => vec![Text::new(format!("无法写出：{error}"), format!("can't write: {error}"))],
        }
    }
}

/// What an aspect comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AspectTotal {
    pub code: String,
    pub module: String,
    pub mark: Mark,
    pub max: Mark,
    pub policy: Policy,
    pub verdicts: u64,
    pub undecided: u64,
}

impl AspectTotal {
    pub fn counts(&self) -> bool {
        matches!(self.policy, Policy::Automatic | Policy::Confirm)
    }
}

/// A recording's verdicts and what they come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    pub verdicts: Vec<Verdict>,
    pub aspects: Vec<AspectTotal>,
    /// Code and total of each module, of aspects that count.
    pub modules: Vec<(String, Mark)>,
    pub total: Mark,
    pub undecided: u64,
    /// Samples of signals that the scheme declares.
    pub samples: u64,
    /// Readings that did not fit their declaration, the first few; each is a bad sample.
    pub misfits: Vec<Misfit>,
    pub recording_sha256: String,
    pub scheme_sha256: String,
    /// What the rules' monitor takes at most.
    pub memory: MemoryBound,
    /// Why the recording ends before its time, where it does.
    pub incomplete: Option<Text>,
    /// What the competitor asked for and no rule judges: probably a checkpoint by another name.
    pub unjudged: Vec<Unjudged>,
}

/// A request to be judged that no rule waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unjudged {
    pub at: Nanos,
    /// None: at all checkpoints.
    pub checkpoint: Option<String>,
    pub note: Text,
}

const MISFITS_MAX: usize = 20;

/// Judges one station of a recording by a scheme.
pub fn judge(recording: &Recording, scheme: &LoadedScheme, station: Option<&str>) -> Result<Replayed, RecordingFault> {
    let station = recording.station(station)?;
    let (first, last) = recording.span().ok_or(RecordingFault::Empty)?;
    let started = recording.about().started.unwrap_or(first);
    let ended = recording.about().ended.unwrap_or(last).max(started);
    let mut listener = Listener::new(scheme.rules.clone());
    let mut monitor = Monitor::new(scheme.rules.clone(), started);
    let unjudged = unjudged(recording, &scheme.rules, &station);
    let mut requests = recording.requests().iter().filter(|request| request.station == station).peekable();
    let (mut misfits, mut samples) = (Vec::new(), 0);
    let note = |misfit| {
        if misfits.len() < MISFITS_MAX {
            misfits.push(misfit);
        }
    };
    recording.speak(&station, &mut listener, note, |spoken| {
        if spoken.at > ended {
            return;
        }
        while let Some(request) = requests.next_if(|request| request.at < spoken.at) {
            monitor.request(request.at, request.checkpoint.as_deref());
        }
        samples += spoken.tell(&mut monitor);
    });
    for request in requests.filter(|request| request.at <= ended) {
        monitor.request(request.at, request.checkpoint.as_deref());
    }
    monitor.finish(ended);
    let verdicts = monitor.drain();
    let aspects = aspect_totals(scheme, &verdicts);
    let mut modules: Vec<(String, Mark)> = Vec::new();
    for module in scheme.scheme.modules() {
        let marks = aspects.iter().filter(|aspect| aspect.counts() && aspect.module == module.code);
        modules.push((module.code.clone(), marks.map(|aspect| aspect.mark).sum()));
    }
    Ok(Replayed {
        total: modules.iter().map(|(_, mark)| *mark).sum(),
        undecided: verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Undecided).count() as u64,
        verdicts,
        aspects,
        modules,
        samples,
        misfits,
        recording_sha256: recording.sha256().to_owned(),
        scheme_sha256: scheme.hash.clone(),
        memory: scheme.rules.memory_bound(),
        incomplete: recording.incomplete().cloned(),
        unjudged,
    })
}

/// The requests of a station that no rule waits for: a rule waits for any request, or for one at its checkpoint and one at all.
fn unjudged(recording: &Recording, rules: &RuleSet, station: &str) -> Vec<Unjudged> {
    let known = rules.checkpoints();
    let heard = |asked: Option<&str>| {
        rules.requests().any(|(_, waits_for)| waits_for.is_none() || asked.is_none() || waits_for == asked)
    };
    let requests = recording.requests().iter().filter(|request| *request.station == *station);
    requests
        .filter(|request| !heard(request.checkpoint.as_deref()))
        .map(|request| {
            let at = time(request.at);
            let said = match request.checkpoint.as_deref() {
                None => Text::new(
                    format!("{at} 的评判请求：没有规则等待请求"),
                    format!("request at {at}: no rule waits for any"),
                ),
                Some(name) => {
                    let text = Text::new(
                        format!("{at} 在检查点“{name}”的评判请求：没有规则等待它"),
                        format!("request at the checkpoint {name:?} at {at}: no rule waits for it"),
                    );
                    match known.is_empty() {
                        true => text,
                        false => Suggestion::among(name, known.iter().copied()).after(&text),
                    }
                }
            };
            Unjudged { at: request.at, checkpoint: request.checkpoint.clone(), note: said }
        })
        .collect()
}

fn aspect_totals(scheme: &LoadedScheme, verdicts: &[Verdict]) -> Vec<AspectTotal> {
    let mut totals = Vec::new();
    for aspect in scheme.scheme.aspects() {
        let AspectKind::Automatic { policy, starts_at } = aspect.kind else { continue };
        let found = || verdicts.iter().filter(|verdict| *verdict.aspect == *aspect.code);
        let start = if starts_at == StartsAt::Full { aspect.max } else { Mark::ZERO };
        let marks: Mark = found().map(|verdict| verdict.marks).sum();
        totals.push(AspectTotal {
            code: aspect.code.clone(),
            module: scheme.scheme.module(aspect.module).map(|module| module.code.clone()).unwrap_or_default(),
            mark: (start + marks).clamp(Mark::ZERO, aspect.max),
            max: aspect.max,
            policy,
            verdicts: found().count() as u64,
            undecided: found().filter(|verdict| verdict.outcome == Outcome::Undecided).count() as u64,
        });
    }
    totals
}

impl Replayed {
    /// Writes all lines, each ended.
    pub fn write(&self, format: Format, out: &mut impl Write) -> io::Result<()> {
        match format {
            Format::Json => self.write_json(out),
            Format::Text => self.write_text(out),
        }
    }

    fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        for verdict in &self.verdicts {
            writeln!(out, "{}", verdict_json(verdict))?;
        }
        let mut aspects = Map::new();
        for aspect in &self.aspects {
            let total = json!({
                "mark": aspect.mark.to_string(),
                "max": aspect.max.to_string(),
                "policy": aspect.policy.code(),
                "verdicts": aspect.verdicts,
                "undecided": aspect.undecided,
            });
            aspects.insert(aspect.code.clone(), total);
        }
        let modules: Map<String, serde_json::Value> =
            self.modules.iter().map(|(code, mark)| (code.clone(), mark.to_string().into())).collect();
        let mut last = json!({
            "totals": {"aspects": aspects, "modules": modules, "total": self.total.to_string()},
            "verdicts": self.verdicts.len(),
            "undecided": self.undecided,
            "samples": self.samples,
            "recording_sha256": self.recording_sha256,
            "scheme_sha256": self.scheme_sha256,
            "memory": memory_json(&self.memory),
        });
        if let Some(why) = &self.incomplete {
            last["incomplete"] = text_json(why);
        }
        if !self.unjudged.is_empty() {
            let listed = |request: &Unjudged| json!({"at": time(request.at), "checkpoint": request.checkpoint, "note": text_json(&request.note)});
            last["unjudged_requests"] = self.unjudged.iter().map(listed).collect();
        }
        writeln!(out, "{last}")
    }

    fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        for verdict in &self.verdicts {
            let Text { zh, en } = &verdict.evidence.sentence;
            let (at, aspect, rule) = (time(verdict.at), &verdict.aspect, &verdict.rule);
            let (outcome, marks) = (verdict.outcome.code(), verdict.marks.to_string());
            writeln!(out, "{at}  {aspect:<8} {rule:<20} {outcome:<9} {marks:>7}\n    {zh}\n    {en}")?;
        }
        for aspect in &self.aspects {
            let (code, mark, max) = (&aspect.code, aspect.mark.to_string(), aspect.max);
            let beside = match (aspect.counts(), aspect.undecided) {
                (false, _) => "  不计入 not counted".to_owned(),
                (true, 0) => String::new(),
                (true, undecided) => format!("  {undecided} 项待裁判判定 for a judge to decide"),
            };
            writeln!(out, "{code:<8} {mark:>7} / {max}{beside}")?;
        }
        for (code, mark) in &self.modules {
            writeln!(out, "模块 module {code}: {mark}")?;
        }
        writeln!(out, "合计 total: {}", self.total)?;
        let kib = self.memory.fixed_bytes.div_ceil(1024);
        writeln!(out, "规则占用内存 memory of the rules: {kib} KiB")?;
        for room in &self.memory.rooms {
            let (of, bytes) = (&room.of, room.bytes_per_sample);
            match room.over.map(|over| over.as_secs_f64()) {
                Some(over) => {
                    writeln!(out, "    {of}：{over} 秒内每个样本 {bytes} B / for each sample within {over} s")?
                }
                None => writeln!(out, "    {of}：阶段内每个样本 {bytes} B / for each sample of a phase")?,
            }
        }
        if let Some(why) = &self.incomplete {
            writeln!(out, "{}\n{}", why.zh, why.en)?;
        }
        for Unjudged { note, .. } in &self.unjudged {
            writeln!(out, "{}\n    {}", note.zh, note.en)?;
        }
        Ok(())
    }
}

/// All of it: loads the scheme, opens the recording, judges, writes.
pub fn replay(
    recording: impl AsRef<Path>,
    scheme_yaml: &str,
    options: &Options,
    out: &mut impl Write,
) -> Result<Replayed, ReplayFault> {
    let (scheme, diagnostics) = catalogue::load_scheme(scheme_yaml);
    let Some(scheme) = scheme else { return Err(ReplayFault::Scheme(diagnostics)) };
    let recording = Recording::open(recording)?;
    let replayed = judge(&recording, &scheme, options.station.as_deref())?;
    replayed.write(options.format, out)?;
    out.flush()?;
    Ok(replayed)
}

fn verdict_json(verdict: &Verdict) -> serde_json::Value {
    let evidence = &verdict.evidence;
    let samples: Vec<serde_json::Value> = evidence
        .samples
        .iter()
        .map(|sample| {
            json!({
                "at": time(sample.at),
                "signal": &*sample.signal,
                "value": value_json(&sample.value),
                "quality": sample.quality.code(),
            })
        })
        .collect();
    json!({
        "rule": &*verdict.rule,
        "aspect": &*verdict.aspect,
        "at": time(verdict.at),
        "decided_at": time(verdict.decided_at),
        "outcome": verdict.outcome.code(),
        "marks": verdict.marks.to_string(),
        "evidence": {
            "from": time(evidence.from),
            "to": time(evidence.to),
            "sentence": text_json(&evidence.sentence),
            "samples": samples,
        },
    })
}

/// Bytes that the rules take in any case, and what each sample within a time takes besides.
fn memory_json(memory: &MemoryBound) -> serde_json::Value {
    let room = |room: &referee::MemoryRoom| {
        let over = room.over.map(|over| over.as_secs_f64());
        json!({"of": &*room.of, "over_seconds": over, "bytes_per_sample": room.bytes_per_sample})
    };
    json!({"fixed_bytes": memory.fixed_bytes, "rooms": memory.rooms.iter().map(room).collect::<Vec<_>>()})
}

fn value_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Real(value) => (*value).into(),
        Value::Text(value) => (**value).into(),
    }
}

fn text_json(text: &Text) -> serde_json::Value {
    json!({"zh": text.zh, "en": text.en})
}

/// To the nanosecond, with as many decimals as it takes.
fn time(at: Nanos) -> String {
    match jiff::Timestamp::from_nanosecond(i128::from(at.0)) {
        Ok(at) => at.to_string(),
        Err(_) => format!("{} ns", at.0),
    }
}

//! Makes recordings of what other programs recorded: `guildhall convert IN OUT.mcap`.
//!
//! Wide CSV (a column of time, a column for each signal), the published UR3 CobotOps table, which is such a CSV with its
//! own names and units, and NDJSON as edges send it. A file that ends in `.zst` is unpacked first.
//!
//! Invariants: no value is invented. An empty cell is a signal that was not read, and so is one that holds something else
//! than its column; a row that can't be placed in time is left out; and the [`Report`] names every such place by its line.
//! Rows out of order are put in order. The output does not exist until it is whole.

mod csv;
mod ndjson;
mod requests;
mod time;
mod ur3;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use kernel::{Lang, Nanos, Text};
use referee::{SignalDecl, SignalKind};

use crate::{BadName, Recorder, RecordingFault, RunMetadata, Tick, check_station};

/// Remarks of each sort that are kept word for word; the rest is counted.
const REMARKS_MAX: usize = 200;
/// The largest input that is unpacked.
const INPUT_BYTES_MAX: u64 = 4 << 30;

/// What the caller decides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// The station that a CSV's rows belong to. NDJSON names its own.
    pub station: Option<String>,
    /// A table of when the competitor asked to be judged.
    pub requests: Option<PathBuf>,
}

/// Why nothing was converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertFault {
    #[error("{doing}")]
    Io {
        doing: String,
        #[source]
        source: std::io::Error,
    },
    #[error("{text}", text = .0.en)]
    Input(Text),
    #[error(transparent)]
    BadName(#[from] BadName),
    #[error(transparent)]
    Recording(#[from] RecordingFault),
}

impl ConvertFault {
    fn io(doing: String) -> impl FnOnce(std::io::Error) -> Self {
        move |source| ConvertFault::Io { doing, source }
    }

    fn input(zh: impl Into<String>, en: impl Into<String>) -> Self {
        ConvertFault::Input(Text::new(zh, en))
    }

    /// For people, in both languages.
    pub fn text(&self) -> Text {
        match self {
            ConvertFault::Io { doing, source } => {
                Text::new(format!("读写文件失败（{doing}）：{source}"), format!("{doing}: {source}"))
            }
            ConvertFault::Input(text) => text.clone(),
            ConvertFault::BadName(bad) => bad.text.clone(),
            ConvertFault::Recording(fault) => fault.text(),
        }
    }
}

/// Something about one line of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub line: u64,
    pub why: Text,
}

/// Remarks of one sort: the first ones, and how many there were.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remarks {
    pub count: u64,
    pub first: Vec<Remark>,
}

impl Remarks {
    fn add(&mut self, line: u64, zh: impl Into<String>, en: impl Into<String>) {
        self.count += 1;
        if self.first.len() < REMARKS_MAX {
            self.first.push(Remark { line, why: Text::new(zh, en) });
        }
    }
}

/// What was read, what was made of it and what was left.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What the input was taken for.
    pub format: &'static str,
    /// Lines of the input that should hold values.
    pub rows: u64,
    pub ticks: u64,
    /// Values and signals marked as not read.
    pub samples: u64,
    /// Signals marked as not read, of the samples.
    pub unread: u64,
    /// How often the competitor asked to be judged.
    pub requests: u64,
    pub signals: Vec<SignalDecl>,
    pub span: Option<(Nanos, Nanos)>,
    /// Rows that were left out.
    pub skipped: Remarks,
    /// Cells that hold something that can't be read as their column's kind; they are marked as not read.
    pub unreadable: Remarks,
    /// Rows that came earlier or later than their time says.
    pub reordered: Remarks,
    pub notes: Vec<Text>,
}

impl Report {
    fn new(format: &'static str) -> Report {
        Report {
            format,
            rows: 0,
            ticks: 0,
            samples: 0,
            unread: 0,
            requests: 0,
            signals: Vec::new(),
            span: None,
            skipped: Remarks::default(),
            unreadable: Remarks::default(),
            reordered: Remarks::default(),
            notes: Vec::new(),
        }
    }

    /// The report as it is printed.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let zh = lang == Lang::Zh;
        let mut lines = vec![if zh {
            format!(
                "格式 {}：读取 {} 行，写入 {} 个时刻、{} 个样本（其中 {} 个未读到）",
                self.format, self.rows, self.ticks, self.samples, self.unread
            )
        } else {
            format!(
                "{}: {} rows read, {} instants and {} samples written, {} of them not read by the source",
                self.format, self.rows, self.ticks, self.samples, self.unread
            )
        }];
        if self.requests > 0 {
            let requests = self.requests;
            lines.push(if zh {
                format!("评判请求 {requests} 次")
            } else {
                format!("requests to be judged: {requests}")
            });
        }
        if let Some((from, to)) = self.span {
            let (from, to) = (from.to_timestamp(), to.to_timestamp());
            lines.push(if zh { format!("时间 {from} 至 {to}") } else { format!("from {from} to {to}") });
        }
        let signals: Vec<String> = self
            .signals
            .iter()
            .map(|signal| match signal.kind.unit() {
                "" => format!("{}: {}", signal.name, signal.kind.code()),
                unit => format!("{}: {} [{unit}]", signal.name, signal.kind.code()),
            })
            .collect();
        lines.push(format!("{}: {}", if zh { "信号" } else { "signals" }, signals.join(", ")));
        let sorts = [
            (&self.skipped, "跳过的行", "rows left out"),
            (&self.unreadable, "无法读取的单元格", "cells that can't be read"),
            (&self.reordered, "按时间重新排序的行", "rows put in order of time"),
        ];
        for (remarks, sort_zh, sort_en) in sorts {
            if remarks.count == 0 {
                continue;
            }
            lines.push(format!("{}: {}", if zh { sort_zh } else { sort_en }, remarks.count));
            for remark in remarks.first.iter().take(20) {
                let why = remark.why.get(lang);
                lines.push(if zh {
                    format!("  第 {} 行：{why}", remark.line)
                } else {
                    format!("  line {}: {why}", remark.line)
                });
            }
            if remarks.count > 20 {
                lines.push(if zh { "  ……".to_owned() } else { format!("  … and {} more", remarks.count - 20) });
            }
        }
        lines.extend(self.notes.iter().map(|note| note.get(lang).to_owned()));
        lines
    }
}

/// What a reader of one format found.
struct Found {
    report: Report,
    /// Each with the line it stands on.
    ticks: Vec<(u64, Tick)>,
    about: RunMetadata,
}

/// Reads `input`, writes `output`, and says what became of every row. `output` must not exist.
pub fn convert(input: &Path, output: &Path, options: &Options) -> Result<Report, ConvertFault> {
    if let Some(station) = &options.station {
        check_station(station)?;
    }
    let (name, text) = unpacked_text(input)?;
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let found = match ending.as_str() {
        "csv" | "tsv" | "txt" => csv::read(&text, options)?,
        "ndjson" | "jsonl" => ndjson::read(&text),
        _ => {
            return Err(ConvertFault::input(
                format!("{name}：只能转换 .csv、.tsv、.txt、.ndjson、.jsonl（可再加 .zst）"),
                format!("{name}: only .csv, .tsv, .txt, .ndjson and .jsonl can be converted, with or without .zst"),
            ));
        }
    };
    write(found, output, options.requests.as_deref())
}

/// The name without the ending of a packed file, and the text.
fn unpacked_text(input: &Path) -> Result<(String, String), ConvertFault> {
    let (name, bytes) = unpacked(input)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        ConvertFault::input(
            format!("{} 不是 UTF-8 文本（第 {at} 字节）", input.display()),
            format!("{} is not UTF-8 text: see byte {at}", input.display()),
        )
    })?;
    Ok((name, text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
}

fn unpacked(input: &Path) -> Result<(String, Vec<u8>), ConvertFault> {
    let doing = || ConvertFault::io(format!("reading {}", input.display()));
    let name = input.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = std::fs::read(input).map_err(doing())?;
    let packed = name.len().checked_sub(".zst".len()).and_then(|at| name.split_at_checked(at));
    match packed.filter(|(_, ending)| ending.eq_ignore_ascii_case(".zst")) {
        None => Ok((name, bytes)),
        Some((inner, _)) => {
            let unpacked = unpack(&bytes, INPUT_BYTES_MAX).map_err(doing())?.ok_or_else(|| {
                let (path, gib) = (input.display(), INPUT_BYTES_MAX >> 30);
                ConvertFault::input(
                    format!("{path} 解压后超过 {gib} GiB；请拆成几个文件，分别转换"),
                    format!("{path} holds more than {gib} GiB; split it into several files, and convert each"),
                )
            })?;
            Ok((inner.to_owned(), unpacked))
        }
    }
}

/// What is packed, whole or not at all: a table that was cut short may end inside a number. `None`: it is longer than that.
fn unpack(packed: &[u8], bytes_max: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut unpacked = Vec::new();
    // One byte more than may be tells what ends there from what goes on.
    zstd::Decoder::new(packed)?.take(bytes_max.saturating_add(1)).read_to_end(&mut unpacked)?;
    Ok((unpacked.len() as u64 <= bytes_max).then_some(unpacked))
}

/// Puts the ticks in order, leaves out what stands at a time twice, and writes the recording.
fn write(found: Found, output: &Path, requests: Option<&Path>) -> Result<Report, ConvertFault> {
    let Found { mut report, mut ticks, mut about } = found;
    if ticks.is_empty() {
        let why = report.skipped.first.first();
        return Err(ConvertFault::input(
            format!(
                "没有可用的样本{}",
                why.map_or(String::new(), |why| format!("：第 {} 行：{}", why.line, why.why.zh))
            ),
            format!(
                "there is no usable sample{}",
                why.map_or(String::new(), |why| format!(": line {}: {}", why.line, why.why.en))
            ),
        ));
    }
    let mut newest = std::collections::HashMap::new();
    for (line, tick) in &ticks {
        let newest: &mut Nanos = newest.entry(tick.station.clone()).or_insert(tick.at);
        if tick.at < *newest {
            report.reordered.add(*line, "早于前面的行", "its time is before that of an earlier line");
        }
        *newest = tick.at.max(*newest);
    }
    ticks.sort_by(|(_, a), (_, b)| (&a.station, a.at).cmp(&(&b.station, b.at)));
    let mut kept: Vec<(u64, Tick)> = Vec::with_capacity(ticks.len());
    for (line, tick) in ticks {
        match kept.last() {
            Some((earlier, same)) if same.at == tick.at && same.station == tick.station => {
                if same.readings == tick.readings && same.quality == tick.quality {
                    report.skipped.add(line, format!("与第 {earlier} 行重复"), format!("it repeats line {earlier}"));
                } else {
                    report.skipped.add(
                        line,
                        format!("与第 {earlier} 行时间相同而数值不同"),
                        format!("it has the time of line {earlier} and other values"),
                    );
                }
            }
            _ => kept.push((line, tick)),
        }
    }
    kept.sort_by_key(|(_, tick)| tick.at);
    report.span = kept.first().zip(kept.last()).map(|((_, first), (_, last))| (first.at, last.at));
    about.started = report.span.map(|(from, _)| from);
    let requests = match (requests, report.span) {
        (Some(path), Some((from, to))) => {
            let mut stations: Vec<_> = kept.iter().map(|(_, tick)| tick.station.clone()).collect();
            stations.sort_unstable();
            stations.dedup();
            requests::read(path, &requests::Recorded { stations: &stations, from, to })?
        }
        _ => Vec::new(),
    };
    report.requests = requests.len() as u64;
    let beside = output.with_extension("mcap.part");
    if output.exists() {
        return Err(ConvertFault::input(
            format!("{} 已存在", output.display()),
            format!("{} is there already", output.display()),
        ));
    }
    // What is left of a conversion that was stopped is nobody's evidence.
    let _ = std::fs::remove_file(&beside);
    let mut recorder = Recorder::create(&beside, &about)?;
    let mut declared = std::collections::HashSet::new();
    for (_, tick) in &kept {
        if !report.signals.is_empty() && declared.insert(tick.station.clone()) {
            recorder.declare(&tick.station, &report.signals)?;
        }
        recorder.tick(tick)?;
        report.unread += tick.readings.iter().filter(|(_, reading)| reading.is_none()).count() as u64;
    }
    for request in &requests {
        recorder.request(&request.station, request.at, request.checkpoint.as_deref())?;
    }
    let finished = recorder.finish(report.span.map(|(_, to)| to))?;
    std::fs::rename(&beside, output).map_err(ConvertFault::io(format!("naming {}", output.display())))?;
    report.ticks = finished.ticks;
    report.samples = finished.samples;
    if report.signals.is_empty() {
        let recording = crate::Recording::open(output)?;
        report.signals = recording
            .signals()
            .iter()
            .map(|signal| SignalDecl { name: signal.name.to_string(), kind: signal.kind.clone(), stale_after: None })
            .collect();
        report.signals.dedup_by(|a, b| a.name == b.name);
    }
    Ok(report)
}

fn decl(name: impl Into<String>, kind: SignalKind) -> SignalDecl {
    SignalDecl { name: name.into(), kind, stale_after: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_read_whole_or_not_at_all() {
        let packed = |text: &str| zstd::encode_all(text.as_bytes(), 0).unwrap();
        let table = "t,a\n1790000000,125\n";
        let most = table.len() as u64;
        let unpacked =
            |packed: &[u8], most| unpack(packed, most).unwrap().map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(unpacked(&packed(table), most).as_deref(), Some(table));
        assert_eq!(unpacked(&packed(table), u64::MAX).as_deref(), Some(table));
        // Cut there, the last row would say 12.
        for most in [most - 2, most - 1, 0] {
            assert_eq!(unpacked(&packed(table), most), None, "{most}");
        }
        // Several packed pieces one after the other are one file.
        let pieces = [packed("t,a\n"), packed("1790000000,125\n")].concat();
        assert_eq!(unpacked(&pieces, most).as_deref(), Some(table));
        assert_eq!(unpacked(&pieces, most - 1), None);
        // A packed file that is cut itself.
        let whole = packed(table);
        assert!(unpack(&whole[..whole.len() - 3], most).is_err());
    }
}

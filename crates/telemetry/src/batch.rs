//! The NDJSON batch that an edge sends: a header line, then one line for each instant of a station.
//!
//! ```text
//! {"v":1,"edge":"edg_east","seq":17,"backlog":0,"lag_ms":40,"sent_at":"2026-11-22T08:00:00.120Z"}
//! {"station":"S01","t":1790000000000000000,"s":{"force":12.5,"estop":false},"q":"good"}
//! ```
//!
//! The parser is strict, because what it lets in is judged: unknown fields, two values for one signal, a clock that was
//! never set, a time that goes back or lies ahead, a number that JSON does not know: each is refused with its line, and
//! with it the whole batch, so that nobody ever has to ask which half was taken. `null` is how a source says that it
//! could not read a signal. `lag_ms` is left out by sources that don't know it; `q` left out is `good`.

mod json;

use std::collections::HashMap;
use std::sync::Arc;

use kernel::{EdgeId, ErrorCode, Nanos, Timestamp};
use referee::Quality;

pub(crate) use json::{read_readings, write_readings};

use crate::{BatchFault, Names, Tick, check_station};

/// The version that the header names.
pub const VERSION: u64 = 1;

/// Before this a source's clock was never set (2000-01-01).
pub const OLDEST: Nanos = Nanos(946_684_800_000_000_000);

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub edge: EdgeId,
    /// The number of the batch: one more than the one before.
    pub seq: u64,
    /// Ticks that wait behind this batch.
    pub backlog: u64,
    /// How long the oldest tick of the batch has waited at the edge.
    pub lag_ms: u64,
    pub sent_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    pub header: Header,
    /// In the order of the lines; the ticks of one station at rising times.
    pub ticks: Vec<Tick>,
}

impl Batch {
    pub fn samples(&self) -> usize {
        self.ticks.iter().map(|tick| tick.readings.len()).sum()
    }
}

/// What a batch may be at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub bytes_max: usize,
    pub samples_max: usize,
    /// The longest text value, in bytes.
    pub text_len_max: usize,
    /// How far a source's clock may run ahead of ours.
    pub ahead_max_ms: i64,
}

/// The longest text of a sample, in bytes.
pub(crate) const TEXT_LEN_MAX: usize = 1_000;

impl Default for Limits {
    fn default() -> Self {
        Self { bytes_max: 4 << 20, samples_max: 50_000, text_len_max: TEXT_LEN_MAX, ahead_max_ms: 5_000 }
    }
}

/// Reads a batch; `now` is the reader's own time.
pub fn parse(body: &[u8], limits: &Limits, now: Timestamp) -> Result<Batch, BatchFault> {
    parse_with(body, limits, now, &mut Names::default())
}

/// The same for who reads many: names that were met before are not made anew.
pub fn parse_with(body: &[u8], limits: &Limits, now: Timestamp, names: &mut Names) -> Result<Batch, BatchFault> {
    if body.len() > limits.bytes_max {
        return Err(BatchFault::new(
            ErrorCode::TooLarge,
            1,
            format!("批次有 {} 字节，最多 {} 字节", body.len(), limits.bytes_max),
            format!("the batch has {} bytes, at most {} are taken", body.len(), limits.bytes_max),
        ));
    }
    let mut lines = lines(body);
    let header = match lines.next() {
        Some((line, text)) => json::header(line, text)?,
        None => {
            return Err(BatchFault::new(
                ErrorCode::Malformed,
                1,
                "批次为空，缺少首行",
                "the batch is empty: its header line is missing",
            ));
        }
    };
    let latest = now.plus_millis(limits.ahead_max_ms).to_nanos();
    let mut last: HashMap<Arc<str>, Nanos> = HashMap::new();
    let mut ticks = Vec::new();
    let mut samples = 0;
    for (line, text) in lines {
        let tick = json::tick(line, text, limits, names)?;
        check_time(line, &tick, latest)?;
        if let Some(before) = last.insert(tick.station.clone(), tick.at)
            && tick.at <= before
        {
            return Err(goes_back(line, &tick, before));
        }
        samples += tick.readings.len();
        if samples > limits.samples_max {
            return Err(BatchFault::new(
                ErrorCode::TooLarge,
                line,
                format!("一个批次最多 {} 个样本", limits.samples_max),
                format!("a batch takes at most {} samples", limits.samples_max),
            ));
        }
        ticks.push(tick);
    }
    Ok(Batch { header, ticks })
}

/// Refuses a batch's ticks when they don't come after what is already there: `last_at` knows each station's newest time.
pub fn check_after(ticks: &[Tick], mut last_at: impl FnMut(&str) -> Option<Nanos>) -> Result<(), BatchFault> {
    let mut seen: HashMap<&str, ()> = HashMap::new();
    for (ix, tick) in ticks.iter().enumerate() {
        if seen.insert(&tick.station, ()).is_none()
            && let Some(before) = last_at(&tick.station)
            && tick.at <= before
        {
            return Err(goes_back(ix + 2, tick, before));
        }
    }
    Ok(())
}

/// Writes a batch, every line ended.
pub fn encode(batch: &Batch) -> Vec<u8> {
    let mut out = encode_header(&batch.header);
    for tick in &batch.ticks {
        encode_tick(tick, &mut out);
    }
    out
}

/// The header line alone: an edge that keeps the lines of its batches only writes a new header for each attempt.
pub fn encode_header(header: &Header) -> Vec<u8> {
    let Header { edge, seq, backlog, lag_ms, sent_at } = header;
    format!(
        "{{\"v\":{VERSION},\"edge\":\"{edge}\",\"seq\":{seq},\"backlog\":{backlog},\"lag_ms\":{lag_ms},\"sent_at\":\"{sent_at}\"}}\n"
    )
    .into_bytes()
}

/// One tick's line.
pub fn encode_tick(tick: &Tick, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"station\":");
    json::write_text(&tick.station, out);
    out.extend_from_slice(format!(",\"t\":{},\"s\":", tick.at.0).as_bytes());
    write_readings(&tick.readings, out);
    if tick.quality == Quality::Good {
        out.extend_from_slice(b"}\n");
    } else {
        out.extend_from_slice(format!(",\"q\":\"{}\"}}\n", tick.quality.code()).as_bytes());
    }
}

/// Reads one tick's line without a header: what an edge keeps on its own disk.
pub fn parse_tick(line: usize, text: &[u8], limits: &Limits, names: &mut Names) -> Result<Tick, BatchFault> {
    json::tick(line, text, limits, names)
}

/// The lines with their numbers; the last one needs no end of line.
pub fn lines(body: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    let last = (!body.is_empty()).then_some(body.len());
    let mut from = 0;
    memchr::memchr_iter(b'\n', body).chain(last).enumerate().map(move |(ix, end)| {
        let line = &body[from..end];
        from = end + 1;
        (ix + 1, line)
    })
}

/// A time that a source can't mean: before its clock was set, or ahead of ours.
pub fn check_time(line: usize, tick: &Tick, latest: Nanos) -> Result<(), BatchFault> {
    if tick.at < OLDEST {
        return Err(BatchFault::new(
            ErrorCode::TelemetryBadSample,
            line,
            format!("工位 {} 的时间 {} ns 早于 2000 年：设备时钟未校准，或单位不是纳秒", tick.station, tick.at.0),
            format!(
                "station {}: t = {} ns is before the year 2000: the source's clock was never set, or this isn't in nanoseconds",
                tick.station, tick.at.0
            ),
        ));
    }
    if tick.at > latest {
        let ahead_s = (tick.at.0 - latest.0) / 1_000_000_000;
        return Err(BatchFault::new(
            ErrorCode::TelemetryFuture,
            line,
            format!("工位 {} 的时间超前于允许值 {ahead_s} 秒以上", tick.station),
            format!("station {}: the time lies {ahead_s} s and more beyond what is allowed", tick.station),
        ));
    }
    Ok(())
}

fn goes_back(line: usize, tick: &Tick, before: Nanos) -> BatchFault {
    BatchFault::new(
        ErrorCode::TelemetryBadSample,
        line,
        format!("工位 {} 的时间没有递增：{} ns 之后是 {} ns", tick.station, before.0, tick.at.0),
        format!("station {}: the time doesn't rise: {} ns comes after {} ns", tick.station, tick.at.0, before.0),
    )
}

fn checked_station(line: usize, name: &str) -> Result<(), BatchFault> {
    check_station(name).map_err(|bad| BatchFault {
        code: ErrorCode::TelemetryBadSample,
        line,
        column: None,
        what: bad.text,
    })
}

#[cfg(test)]
mod tests;

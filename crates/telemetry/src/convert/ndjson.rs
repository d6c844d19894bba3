//! NDJSON as edges send and keep it: batches one after the other, or samples alone.

use kernel::Nanos;

use super::{Found, Report};
use crate::batch::{self, Limits};
use crate::{Names, RunMetadata};

pub(super) fn read(text: &str) -> Found {
    let limits = Limits { bytes_max: usize::MAX, samples_max: usize::MAX, ..Limits::default() };
    let mut report = Report::new("NDJSON");
    let mut names = Names::default();
    let mut ticks = Vec::new();
    for (line, text) in batch::lines(text.as_bytes()) {
        let text = text.trim_ascii();
        // A header says nothing about the station.
        if text.is_empty() || text.starts_with(b"{\"v\":") {
            continue;
        }
        report.rows += 1;
        let read = batch::parse_tick(line, text, &limits, &mut names)
            .and_then(|tick| batch::check_time(line, &tick, Nanos(i64::MAX)).map(|()| tick));
        match read {
            Ok(tick) => ticks.push((line as u64, tick)),
            Err(fault) => report.skipped.add(line as u64, fault.what.zh, fault.what.en),
        }
    }
    Found { report, ticks, about: RunMetadata::default() }
}

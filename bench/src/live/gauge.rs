//! What `/proc` says of a process, and the middle of several runs.

use std::fs;
use std::time::Duration;

use anyhow::Context;

/// The CPU time of all threads of a process, to the nanosecond.
pub fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let mut spent_ns = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("the server is gone")? {
        // A thread may end between the listing and the look.
        let Ok(line) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        spent_ns += line.split(' ').next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(spent_ns))
}

/// The memory of a process, with its share of what it shares.
pub fn pss_kib(pid: u32) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).context("the server is gone")?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss in smaps_rollup")?;
    line.trim().trim_end_matches(" kB").parse().context("an odd Pss")
}

pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Three decimals are more than these machines can tell apart.
pub fn rounded(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}

/// Spans in milliseconds, shortest first.
pub fn sorted_ms(spans_ns: impl Iterator<Item = u64>) -> Vec<f64> {
    let mut spans: Vec<f64> = spans_ns.map(|ns| ns as f64 / 1e6).collect();
    spans.sort_unstable_by(f64::total_cmp);
    spans
}

/// The span that this share of them doesn't exceed.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

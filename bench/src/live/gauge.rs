//! What `/proc` says of a process, and the middle of several runs.

use std::fs;
use std::time::Duration;

use anyhow::Context;

/// The CPU time of all threads of a process and of its children, to the nanosecond.
pub fn cpu(pid: u32) -> anyhow::Result<Duration> {
    family(pid).into_iter().map(cpu_of).sum()
}

/// A process and its children: nginx works in one.
fn family(pid: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|pid| pid.parse().ok());
    std::iter::once(pid).chain(children).collect()
}

fn cpu_of(pid: u32) -> anyhow::Result<Duration> {
    let mut spent_ns = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("the server is gone")? {
        // A thread may end between the listing and the look.
        let Ok(line) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        spent_ns += line.split(' ').next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(spent_ns))
}

/// The memory of a process and of its children, with their share of what they share.
pub fn pss_kib(pid: u32) -> anyhow::Result<u64> {
    family(pid).into_iter().map(pss_kib_of).sum()
}

/// What the kernel still holds of the most that a server's peers haven't taken: bytes in the longest send queue of its port.
pub fn longest_queue(port: u16) -> anyhow::Result<u64> {
    let table = fs::read_to_string("/proc/net/tcp").context("no table of connections")?;
    let local = format!(":{port:04X}");
    let queues = table.lines().skip(1).filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (at, queues) = (words.next()?, words.nth(2)?);
        let sent = queues.split(':').next()?;
        at.ends_with(&local).then(|| u64::from_str_radix(sent, 16).ok())?
    });
    Ok(queues.max().unwrap_or(0))
}

/// Pages of memory that all TCP sockets of the machine hold, both ends of the loopback's, in KiB.
pub fn tcp_kib() -> anyhow::Result<u64> {
    let text = fs::read_to_string("/proc/net/sockstat").context("no sockstat")?;
    let line = text.lines().find(|line| line.starts_with("TCP:")).context("no TCP in sockstat")?;
    Ok(line.split_whitespace().last().context("an odd line")?.parse::<u64>()? * 4)
}

fn pss_kib_of(pid: u32) -> anyhow::Result<u64> {
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

//! What a delivery costs: the live hub against the least that a server can do, and a judge's mark on its way to a
//! thousand spectators.
//!
//! The peer is a raw epoll loop: one thread that writes the published bytes to every socket and does nothing else. Both
//! servers run as child processes, in turns, under the same generator; the figure is deliveries for each second of CPU
//! that the server's threads used, and the ratio of the two is what this machine says least wrongly. A server can also be
//! started alone (`--serve`), for generators from outside.

mod end_to_end;
pub mod gauge;
mod server;
mod spectators;

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use self::gauge::{cpu, median, pss_kib};
use self::server::{Child, Kind};
use self::spectators::{Crowd, Mark};

#[derive(clap::Args)]
pub struct Options {
    /// Spectators; several numbers are measured one after the other.
    #[arg(long, value_delimiter = ',', default_value = "5000,1000")]
    spectators: Vec<usize>,
    /// Published versions in each second.
    #[arg(long, default_value_t = 12.0)]
    rate: f64,
    /// Length of one measurement.
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// Bytes of one published value.
    #[arg(long, default_value_t = 300)]
    size: usize,
    /// Measurements of each server, in turns.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Threads of the hub that write to sockets. One is what the raw loop has.
    #[arg(long, default_value_t = 1)]
    shards: usize,
    /// Only serve, until stdin ends: `POST /pub` on the control address publishes its body.
    #[arg(long)]
    serve: Option<Kind>,
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    #[arg(long, default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// Measure a running hall instead: a mark through its API, and its arrival on every spectator's socket.
    #[arg(long)]
    end_to_end: bool,
    #[command(flatten)]
    hall: end_to_end::Hall,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    live::raise_descriptor_limit();
    if let Some(kind) = options.serve {
        return server::serve(kind, options.listen, options.control, options.shards);
    }
    if options.end_to_end {
        return end_to_end::run(&options.hall);
    }
    let mut figures = serde_json::Map::new();
    for &spectators in &options.spectators {
        figures.insert(format!("n{spectators}"), compare(options, spectators)?);
    }
    println!("{}", Value::Object(figures));
    Ok(())
}

/// One server under one crowd.
struct Measured {
    /// Arrivals of those expected: 1 where nothing was merged.
    arrived: f64,
    per_cpu_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    kib_per_connection: f64,
    connect_cpu_us: f64,
}

fn compare(options: &Options, spectators: usize) -> anyhow::Result<Value> {
    println!("{spectators} spectators, {} bytes, {} versions a second", options.size, options.rate);
    println!(
        "{:>6} {:>12} {:>9} {:>9} {:>9} {:>10} {:>11}",
        "", "per cpu s", "us each", "p50 ms", "p99 ms", "KiB/conn", "connect us"
    );
    let mut runs: [Vec<Measured>; 2] = Default::default();
    for _ in 0..options.runs.max(1) {
        for (kind, of_kind) in [Kind::Raw, Kind::Hub].into_iter().zip(&mut runs) {
            let measured = measure(options, kind, spectators)?;
            println!(
                "{:>6} {:>12.0} {:>9.2} {:>9.2} {:>9.2} {:>10.2} {:>11.1}",
                kind.name(),
                measured.per_cpu_second,
                1e6 / measured.per_cpu_second,
                measured.p50_ms,
                measured.p99_ms,
                measured.kib_per_connection,
                measured.connect_cpu_us,
            );
            of_kind.push(measured);
        }
    }
    let of = |runs: &[Measured], figure: fn(&Measured) -> f64| median(runs.iter().map(figure).collect());
    let [raw, hub] = &runs;
    // Each pair ran one after the other: what disturbed the machine then disturbed both.
    let ratio = median(raw.iter().zip(hub).map(|(raw, hub)| hub.per_cpu_second / raw.per_cpu_second).collect());
    println!("the hub makes {:.0} % of the raw loop's deliveries per CPU-second\n", ratio * 100.0);
    let summary = |runs: &[Measured]| {
        json!({
            "arrived": gauge::rounded(of(runs, |run| run.arrived)),
            "deliveries_per_cpu_second": of(runs, |run| run.per_cpu_second).round(),
            "us_per_delivery": gauge::rounded(1e6 / of(runs, |run| run.per_cpu_second)),
            "p50_ms": gauge::rounded(of(runs, |run| run.p50_ms)),
            "p99_ms": gauge::rounded(of(runs, |run| run.p99_ms)),
            "kib_per_connection": gauge::rounded(of(runs, |run| run.kib_per_connection)),
            "connect_cpu_us": gauge::rounded(of(runs, |run| run.connect_cpu_us)),
        })
    };
    Ok(json!({ "raw": summary(raw), "hub": summary(hub), "ratio": gauge::rounded(ratio), "shards": options.shards }))
}

fn measure(options: &Options, kind: Kind, spectators: usize) -> anyhow::Result<Measured> {
    let child = Child::start(kind, options.shards)?;
    let pid = child.pid();
    let mut publisher = server::Publisher::connect(child.control)?;
    publisher.publish(&spectators::payload(options.size))?;
    let (empty_kib, before) = (pss_kib(pid)?, cpu(pid)?);
    let crowd = Crowd::gather(child.address, server::PATH, spectators, Mark::Stamp)?;
    let connect_cpu_us = (cpu(pid)? - before).as_secs_f64() * 1e6 / spectators as f64;
    std::thread::sleep(Duration::from_millis(300));
    let kib_per_connection = (pss_kib(pid)? as f64 - empty_kib as f64) / spectators as f64;

    // Warm-up: not counted.
    for _ in 0..3 {
        publisher.publish(&spectators::payload(options.size))?;
        std::thread::sleep(Duration::from_millis(100));
    }
    let heard = crowd.listen();
    let published = (options.rate * options.seconds) as u32;
    let (began, before) = (std::time::Instant::now(), cpu(pid)?);
    for nth in 0..published {
        let due = began + Duration::from_secs_f64(f64::from(nth) / options.rate);
        std::thread::sleep(due.saturating_duration_since(std::time::Instant::now()));
        publisher.publish(&spectators::payload(options.size))?;
    }
    let expected = u64::from(published) * spectators as u64;
    crowd.wait_for(expected, Duration::from_millis(500));
    let spent = cpu(pid)? - before;
    let heard = heard.take();
    let arrived = heard.len() as f64 / expected as f64;
    // A publisher that was held up publishes twice within a window, and the hub makes one version of it. Far fewer
    // arrivals than that mean that something is wrong.
    anyhow::ensure!(arrived > 0.8, "{}: only {:.0} % of the deliveries arrived", kind.name(), arrived * 100.0);
    let spans = gauge::sorted_ms(heard.iter().map(|arrival| arrival.at_ns.saturating_sub(arrival.number)));
    Ok(Measured {
        arrived,
        per_cpu_second: heard.len() as f64 / spent.as_secs_f64(),
        p50_ms: gauge::quantile(&spans, 0.5),
        p99_ms: gauge::quantile(&spans, 0.99),
        kib_per_connection,
        connect_cpu_us,
    })
}

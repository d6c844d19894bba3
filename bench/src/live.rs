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
mod strain;

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use self::gauge::{cpu, median, pss_kib};
use self::server::{Child, Kind};
use self::spectators::{Crowd, Mark, Way};

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
    /// The servers to measure, in turns; the raw loop is always among them. All that this machine has without it.
    #[arg(long, value_delimiter = ',')]
    servers: Vec<Kind>,
    /// Leave out the busy topic, the stuck clients and the storm of reconnects.
    #[arg(long)]
    only_deliveries: bool,
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
    if !server::nchan_is_there() {
        println!(
            "nginx with its push module is not here (apt-get install nginx-core libnginx-mod-nchan); going on without\n"
        );
    }
    for &spectators in &options.spectators {
        figures.insert(format!("n{spectators}"), compare(options, spectators)?);
    }
    if !options.only_deliveries {
        figures.insert("busy_topic".to_owned(), strain::busy_topic()?);
        figures.insert("stuck_clients".to_owned(), strain::stuck_clients(options.runs)?);
        figures.insert("storm".to_owned(), strain::storm(Kind::Listen)?);
        figures.insert("storm_tls".to_owned(), strain::storm(Kind::Tls)?);
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
    let kinds = servers(options);
    let mut runs: Vec<Vec<Measured>> = kinds.iter().map(|_| Vec::new()).collect();
    for _ in 0..options.runs.max(1) {
        for (&kind, of_kind) in kinds.iter().zip(&mut runs) {
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
    // Each round ran one after the other: what disturbed the machine then disturbed all of it.
    let ratio = |of: &[Measured], to: &[Measured]| {
        median(of.iter().zip(to).map(|(of, to)| of.per_cpu_second / to.per_cpu_second).collect())
    };
    let nchan = kinds.iter().position(|kind| *kind == Kind::Nchan);
    let mut figures = serde_json::Map::new();
    figures.insert("shards".to_owned(), json!(options.shards));
    for (kind, of_kind) in kinds.iter().zip(&runs) {
        let of = |figure: fn(&Measured) -> f64| median(of_kind.iter().map(figure).collect());
        let to_raw = ratio(of_kind, &runs[0]);
        let to_nchan = nchan.map(|nchan| gauge::rounded(ratio(of_kind, &runs[nchan])));
        println!(
            "{:>6}: {:.2} of the raw loop, {} of Nchan",
            kind.name(),
            to_raw,
            to_nchan.map_or("?".into(), |to| to.to_string())
        );
        figures.insert(
            kind.name().to_owned(),
            json!({
                "arrived": gauge::rounded(of(|run| run.arrived)),
                "deliveries_per_cpu_second": of(|run| run.per_cpu_second).round(),
                "us_per_delivery": gauge::rounded(1e6 / of(|run| run.per_cpu_second)),
                "p50_ms": gauge::rounded(of(|run| run.p50_ms)),
                "p99_ms": gauge::rounded(of(|run| run.p99_ms)),
                "kib_per_connection": gauge::rounded(of(|run| run.kib_per_connection)),
                "connect_cpu_us": gauge::rounded(of(|run| run.connect_cpu_us)),
                "of_raw": gauge::rounded(to_raw),
                "of_nchan": to_nchan,
            }),
        );
    }
    println!();
    Ok(Value::Object(figures))
}

/// The raw loop first: everything else is measured against it.
fn servers(options: &Options) -> Vec<Kind> {
    let wanted = if options.servers.is_empty() {
        vec![Kind::Listen, Kind::Hub, Kind::Http, Kind::Tls, Kind::Nchan]
    } else {
        options.servers.clone()
    };
    let there =
        wanted.into_iter().filter(|kind| *kind != Kind::Raw && (*kind != Kind::Nchan || server::nchan_is_there()));
    std::iter::once(Kind::Raw).chain(there).collect()
}

fn measure(options: &Options, kind: Kind, spectators: usize) -> anyhow::Result<Measured> {
    let child = Child::start(kind, options.shards)?;
    let pid = child.pid();
    let mut publisher = server::Publisher::connect(child.control)?;
    publisher.publish(&spectators::payload(options.size))?;
    let (empty_kib, before) = (pss_kib(pid)?, cpu(pid)?);
    let crowd = Crowd::gather(&Way::to(&child, kind.path())?, spectators, Mark::Stamp)?;
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

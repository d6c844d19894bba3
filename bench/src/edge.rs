//! A venue's telemetry from MQTT to the hall: Mosquitto, `guildhall edge` and `guildhall serve` as processes of their own,
//! and a generator that plays all stations at once.
//!
//! 1. *Ticks*: each station says all its signals in one message, so many times a second, for so long; the rate is given.
//! 2. *Singles*: one signal a message; the generator keeps no more than a few thousand on the way, so the rate is the one
//!    that the gateway reaches.
//!
//! Each tick counts as accepted when the gateway has the hall's acknowledgement for it. The referee judges on; when the
//! hall's processor is quiet again, it has caught up.

mod load;
mod stage;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use crate::live::gauge::{cpu, pss_kib, quantile, rounded};
use load::{Load, Shape};

#[derive(clap::Args)]
pub struct Options {
    /// The program; the release build beside this one without it.
    #[arg(long)]
    guildhall: Option<PathBuf>,
    #[arg(long, default_value_t = 80)]
    stations: usize,
    #[arg(long, default_value_t = 200)]
    signals: usize,
    #[arg(long, default_value_t = 10.0)]
    hertz: f64,
    /// Seconds of ticks.
    #[arg(long, default_value_t = 30.0)]
    seconds: f64,
    /// Seconds of one signal a message.
    #[arg(long, default_value_t = 15.0)]
    single_seconds: f64,
    /// The first of three ports on the loopback.
    #[arg(long, default_value_t = 8106)]
    port: u16,
    /// Without the recordings of the gateway.
    #[arg(long)]
    no_recordings: bool,
}

/// A process that ends with this one.
struct Process(Child);

impl Process {
    fn start(command: &mut Command) -> anyhow::Result<Process> {
        let shown = format!("{command:?}");
        Ok(Process(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().with_context(|| shown)?))
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(options))
}

struct Venue {
    broker: Process,
    hall: Process,
    edge: Process,
    /// The gateway's door.
    door: String,
    http: reqwest::Client,
}

/// Processor time of each process.
#[derive(Clone, Copy)]
struct Spent {
    broker: Duration,
    hall: Duration,
    edge: Duration,
    generator: Duration,
}

impl Venue {
    fn spent(&self) -> anyhow::Result<Spent> {
        Ok(Spent {
            broker: cpu(self.broker.pid())?,
            hall: cpu(self.hall.pid())?,
            edge: cpu(self.edge.pid())?,
            generator: cpu(std::process::id())?,
        })
    }

    async fn status(&self) -> anyhow::Result<Value> {
        Ok(self.http.get(format!("http://{}/status", self.door)).send().await?.json().await?)
    }
}

async fn measure(options: &Options) -> anyhow::Result<()> {
    let program = match &options.guildhall {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("guildhall"),
    };
    ensure!(program.is_file(), "{} is not there: cargo build --release -p server", program.display());
    let folder = std::env::temp_dir().join(format!("guildhall-bench-edge-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = with_folder(options, &program, &folder).await;
    std::fs::remove_dir_all(&folder)?;
    result
}

async fn with_folder(options: &Options, program: &std::path::Path, folder: &std::path::Path) -> anyhow::Result<()> {
    let [hall_port, door_port, broker_port] = [0, 1, 2].map(|step| options.port + step);
    for port in [hall_port, door_port, broker_port] {
        let bound = std::net::TcpListener::bind(("127.0.0.1", port));
        ensure!(bound.is_ok(), "port {port} is in use: choose others by --port");
    }
    let stations: Vec<String> = (1..=options.stations).map(|at| format!("S{at:02}")).collect();
    let hall = format!("http://127.0.0.1:{hall_port}");
    let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;

    let database = format!("sqlite://{}", folder.join("hall.db").display());
    let (hall_process, staged) =
        stage::hall(program, folder, &database, &format!("127.0.0.1:{hall_port}"), &hall, &stations).await?;
    let settings = folder.join("mosquitto.conf");
    std::fs::write(
        &settings,
        format!(
            "listener {broker_port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\nmax_inflight_messages 0\n"
        ),
    )?;
    let mosquitto = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"];
    let mosquitto = mosquitto.into_iter().find(|path| std::path::Path::new(path).is_file());
    let mosquitto = mosquitto.context("mosquitto is not installed: cargo xtask install")?;
    let broker = Process::start(Command::new(mosquitto).arg("-c").arg(&settings).stderr(Stdio::null()))?;
    let door = format!("127.0.0.1:{door_port}");
    let recordings = match options.no_recordings {
        true => String::new(),
        false => format!("recordings: {{folder: {}}}\n", folder.join("recordings").display()),
    };
    let settings = folder.join("edge.yaml");
    std::fs::write(
        &settings,
        format!(
            "format: guildhall/edge/1\nedge: {edge}\ncontest: {contest}\nhall: {hall}\nkey: {key}\nlisten: {door}\n\
             spool: {{folder: {spool}}}\n{recordings}forward: {{batch_ms: 100, samples_max: 40000}}\ngather_ms: 25\n\
             stations: [{stations}]\nmqtt:\n  - broker: 127.0.0.1:{broker_port}\n    topics:\n\
             \x20     - {{topic: \"tick/{{station}}\", values: all, time: at, time_unit: ms}}\n\
             \x20     - {{topic: \"one/{{station}}/{{signal}}\"}}\n",
            edge = stage::EDGE,
            contest = staged.contest,
            key = staged.key,
            spool = folder.join("spool").display(),
            stations = stations.join(", "),
        ),
    )?;
    let edge =
        Process::start(Command::new(program).arg("edge").arg("--config").arg(&settings).env("RUST_LOG", "warn"))?;
    let venue = Venue { broker, hall: hall_process, edge, door, http };
    until("the gateway hears the broker", Duration::from_secs(60), async || {
        venue.status().await.is_ok_and(|status| status["mqtt_connected"] == 1)
    })
    .await?;

    let wanted = options.stations as f64 * options.hertz;
    println!("{} runs are open at {} stations", staged.runs, options.stations);
    let shape = Shape::Ticks { per_second: wanted, signals: options.signals };
    let ticks = one(&venue, broker_port, &stations, shape, options.seconds).await?;
    ticks.print("one message a tick");
    let singles = match options.single_seconds > 0.0 {
        true => Some(one(&venue, broker_port, &stations, Shape::Singles, options.single_seconds).await?),
        false => None,
    };
    if let Some(singles) = &singles {
        singles.print("one message a signal");
    }
    let target = wanted * options.signals as f64;
    println!(
        "{}",
        json!({ "edge": {
            "stations": options.stations, "signals": options.signals, "hertz": options.hertz,
            "wanted_samples_per_second": target,
            "ticks": ticks.figures(), "singles": singles.as_ref().map(Found::figures),
            "ratio": rounded(ticks.samples_per_second / target),
        }})
    );
    ensure!(ticks.backlog == 0, "{} ticks never reached the hall", ticks.backlog);
    Ok(())
}

struct Found {
    messages: u64,
    samples_per_second: f64,
    backlog: u64,
    refused: u64,
    p50_ms: f64,
    p99_ms: f64,
    /// After the last acceptance, until the hall's processor was quiet.
    judged_after_ms: f64,
    /// Cores, of broker, gateway, hall and generator.
    cores: [f64; 4],
    edge_mib: f64,
    hall_mib: f64,
}

impl Found {
    fn print(&self, name: &str) {
        let [broker, edge, hall, generator] = self.cores;
        println!("{name}: {} messages, {:.0} samples/s from MQTT to the hall", self.messages, self.samples_per_second);
        println!("  cores: broker {broker:.2}, gateway {edge:.2}, hall {hall:.2}, generator {generator:.2}");
        println!("  publish to acceptance: p50 {:.0} ms, p99 {:.0} ms", self.p50_ms, self.p99_ms);
        println!(
            "  judged {:.0} ms after that; backlog {}, refused {}",
            self.judged_after_ms, self.backlog, self.refused
        );
        println!("  memory: gateway {:.0} MiB, hall {:.0} MiB", self.edge_mib, self.hall_mib);
    }

    fn figures(&self) -> Value {
        let [broker, edge, hall, generator] = self.cores.map(rounded);
        json!({
            "messages": self.messages, "samples_per_second": self.samples_per_second.round(), "backlog": self.backlog,
            "refused": self.refused, "p50_ms": rounded(self.p50_ms), "p99_ms": rounded(self.p99_ms),
            "judged_after_ms": self.judged_after_ms.round(),
            "cores": { "broker": broker, "edge": edge, "hall": hall, "generator": generator },
            "edge_mib": self.edge_mib.round(), "hall_mib": self.hall_mib.round(),
        })
    }
}

/// One load, until the hall has all of it.
async fn one(venue: &Venue, broker: u16, stations: &[String], shape: Shape, seconds: f64) -> anyhow::Result<Found> {
    let before = venue.status().await?;
    let count = |status: &Value, name: &str| status[name].as_u64().unwrap_or_default();
    let (samples_before, refused_before) = (count(&before, "forwarded_samples"), count(&before, "refused"));
    let spent = venue.spent()?;
    let begun = Instant::now();
    let load = Load::start(broker, stations, shape, Duration::from_secs_f64(seconds)).await?;
    let per_message = shape.samples_per_message();
    let mut seen: Vec<(Duration, u64)> = Vec::new();
    let mut memory = (0.0f64, 0.0f64);
    let mut done_at = None;
    loop {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let status = venue.status().await?;
        let forwarded = count(&status, "forwarded_samples") - samples_before;
        load.accepted((count(&status, "accepted_samples") - count(&before, "accepted_samples")) / per_message);
        seen.push((begun.elapsed(), forwarded));
        if seen.len().is_multiple_of(50) {
            let mib = |pid| pss_kib(pid).map(|kib| kib as f64 / 1024.0);
            memory = (memory.0.max(mib(venue.edge.pid())?), memory.1.max(mib(venue.hall.pid())?));
        }
        if load.is_over() {
            let over = *done_at.get_or_insert_with(Instant::now);
            if forwarded >= load.published() * per_message {
                break;
            }
            if over.elapsed() > Duration::from_secs(60) {
                break;
            }
        }
    }
    let took = seen.last().map_or(begun.elapsed(), |(at, _)| *at);
    let used = venue.spent()?;
    let quiet = Instant::now();
    until("the hall is quiet", Duration::from_secs(120), async || {
        let before = cpu(venue.hall.pid()).unwrap_or_default();
        tokio::time::sleep(Duration::from_millis(200)).await;
        cpu(venue.hall.pid()).is_ok_and(|now| now - before < Duration::from_millis(10))
    })
    .await?;
    let judged_after_ms = (quiet.elapsed().as_secs_f64() * 1_000.0 - 200.0).max(0.0);
    let status = venue.status().await?;
    let samples = count(&status, "forwarded_samples") - samples_before;
    let latencies = load.latencies(begun, &seen, per_message);
    let cores = |now: Duration, then: Duration| (now - then).as_secs_f64() / took.as_secs_f64();
    Ok(Found {
        messages: load.published(),
        samples_per_second: samples as f64 / took.as_secs_f64(),
        backlog: (load.published() * per_message).saturating_sub(samples) / per_message,
        refused: count(&status, "refused") - refused_before,
        p50_ms: quantile(&latencies, 0.5),
        p99_ms: quantile(&latencies, 0.99),
        judged_after_ms,
        cores: [
            cores(used.broker, spent.broker),
            cores(used.edge, spent.edge),
            cores(used.hall, spent.hall),
            cores(used.generator, spent.generator),
        ],
        edge_mib: memory.0,
        hall_mib: memory.1,
    })
}

async fn until(what: &str, patience: Duration, mut condition: impl AsyncFnMut() -> bool) -> anyhow::Result<()> {
    let begun = Instant::now();
    while !condition().await {
        if begun.elapsed() > patience {
            bail!("{what}: not within {patience:?}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

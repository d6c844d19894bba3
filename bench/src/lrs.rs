//! The record store under load: batches of statements by so many connections, then queries, while little is stored and when much is.
//!
//! 1. *Few*: batches of 50 until 50,000 are stored; then each kind of query.
//! 2. *Many*: on to 1,000,000; then the same queries. The cost of a query must not grow with the store.
//!
//! The limit beside it is what the same bytes cost when they are only written: appended to a file and synced once for each group of eight
//! batches. A peer (`--peer`, an xAPI address) gets the same statements and queries in the same run.

mod load;
mod statements;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use load::{Door, Phase};

const PASSWORD: &str = "a phrase nobody guesses";
/// Statements of one request.
const BATCH: usize = 50;

#[derive(clap::Args)]
pub struct Options {
    /// The program; the release build beside this one without it.
    #[arg(long)]
    guildhall: Option<PathBuf>,
    /// Where to store; an SQLite file in a temporary folder without it.
    #[arg(long)]
    database: Option<String>,
    /// Processes whose time counts beside the hall's, with their children: PostgreSQL's.
    #[arg(long)]
    also: Vec<u32>,
    #[arg(long, default_value_t = 50_000)]
    few: usize,
    /// 0 leaves that part out.
    #[arg(long, default_value_t = 1_000_000)]
    many: usize,
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Queries of each kind.
    #[arg(long, default_value_t = 400)]
    queries: usize,
    #[arg(long, default_value_t = 8111)]
    port: u16,
    /// Another store's xAPI address, such as `http://user:secret@127.0.0.1:8000`.
    #[arg(long)]
    peer: Option<String>,
    /// The peer's process, with its children.
    #[arg(long)]
    peer_pid: Vec<u32>,
    /// The edition that the peer speaks.
    #[arg(long, default_value = "2.0.0")]
    peer_version: String,
}

/// A process that ends with this one.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let program = match &options.guildhall {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("guildhall"),
    };
    ensure!(program.is_file(), "{} is not there: cargo build --release -p server", program.display());
    let folder = std::env::temp_dir().join(format!("guildhall-bench-lrs-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(measure(options, &program, &folder));
    std::fs::remove_dir_all(&folder)?;
    result
}

async fn measure(options: &Options, program: &Path, folder: &Path) -> anyhow::Result<()> {
    let database = match &options.database {
        Some(database) => database.clone(),
        None => format!("sqlite://{}", folder.join("hall.db").display()),
    };
    let (hall, door) = open(program, folder, &database, options).await?;
    let limit = limit(folder, options.few)?;
    println!("only written and synced: {:.1} µs a statement of processor time, {:.0} a second", limit.0, limit.1);

    let mut figures = stages("the hall", &door, options).await?;
    figures["limit"] = json!({"cpu_us": limit.0, "per_second": limit.1});
    drop(hall);
    if let Some(peer) = &options.peer {
        let door = Door::of(peer, &options.peer_version, options.peer_pid.clone())?;
        let few = Options { many: 0, ..options.clone_without_peer() };
        figures["peer"] = stages("the peer", &door, &few).await?;
        let ratio = |name: &str| -> Option<f64> {
            Some(figures["peer"]["few"][name]["cpu_ms"].as_f64()? / figures["few"][name]["cpu_ms"].as_f64()?)
        };
        figures["ratio"] = json!({"write_cpu": ratio("write"), "query_cpu": ratio("queries")});
    }
    println!("{}", json!({"lrs": figures}));
    Ok(())
}

impl Options {
    fn clone_without_peer(&self) -> Options {
        Options {
            guildhall: None,
            database: None,
            also: Vec::new(),
            peer: None,
            peer_pid: Vec::new(),
            peer_version: String::new(),
            ..*self
        }
    }
}

async fn stages(who: &str, door: &Door, options: &Options) -> anyhow::Result<Value> {
    let mut figures = json!({});
    let mut stored = 0;
    for (name, wanted) in [("few", options.few), ("many", options.many)] {
        if wanted <= stored {
            continue;
        }
        let batches = (wanted - stored) / BATCH;
        let written = load::write(door, stored, batches, BATCH, options.connections).await?;
        written.print(&format!("{who}: {} statements", batches * BATCH), BATCH);
        stored += batches * BATCH;
        let mut queries = Vec::new();
        for kind in statements::KINDS {
            let phase = load::query(door, kind, options.queries, options.connections).await?;
            phase.print(&format!("{who}, {stored} stored: {kind}"), 1);
            queries.push((kind, phase));
        }
        let all = Phase::sum(queries.iter().map(|(_, phase)| phase));
        all.print(&format!("{who}, {stored} stored: all queries"), 1);
        figures[name] = json!({
            "stored": stored,
            "write": written.figures(BATCH),
            "queries": all.figures(1),
            "kinds": queries.iter().map(|(kind, phase)| ((*kind).to_owned(), phase.figures(1))).collect::<serde_json::Map<_, _>>(),
        });
        ensure!(written.failed + all.failed == 0, "{who}: {} requests failed", written.failed + all.failed);
    }
    if options.many > options.few {
        figures["growth_p50"] = statements::KINDS
            .iter()
            .map(|kind| {
                let p50 = |of: &str| figures[of]["kinds"][*kind]["p50_ms"].as_f64().unwrap_or(f64::NAN);
                ((*kind).to_owned(), json!(p50("many") / p50("few")))
            })
            .collect::<serde_json::Map<_, _>>()
            .into();
    }
    Ok(figures)
}

/// The hall as a process of its own, with a key for everything.
async fn open(program: &Path, folder: &Path, database: &str, options: &Options) -> anyhow::Result<(Process, Door)> {
    let secret = folder.join("secret");
    std::fs::write(&secret, PASSWORD)?;
    let migrated = Command::new(program)
        .args(["migrate", "--database", database, "--admin", "admin", "--admin-password-file"])
        .arg(&secret)
        .stdout(Stdio::null())
        .status()?;
    ensure!(migrated.success(), "the database can't be made ready");
    let address = format!("127.0.0.1:{}", options.port);
    let hall = Command::new(program)
        .args(["serve", "--database", database, "--listen", &address])
        .env("RUST_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .context("the hall can't be started")?;
    let pid = hall.id();
    let hall = Process(hall);
    let http = reqwest::Client::new();
    let base = format!("http://{address}");
    let begun = Instant::now();
    while http.get(format!("{base}/readyz")).send().await.is_err() {
        if begun.elapsed() > Duration::from_secs(60) {
            bail!("the hall doesn't answer");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let signed = http
        .post(format!("{base}/api/session"))
        .header("idempotency-key", "bench-session")
        .json(&json!({"login": "admin", "password": PASSWORD}))
        .send()
        .await?
        .error_for_status()?;
    let cookie = signed.headers()["set-cookie"].to_str()?.split(';').next().unwrap_or_default().to_owned();
    let session: Value = signed.json().await?;
    let made: Value = http
        .post(format!("{base}/api/archive/clients"))
        .header("cookie", cookie)
        .header("x-csrf-token", session["csrf_token"].as_str().unwrap_or_default())
        .header("idempotency-key", format!("bench-{}", std::process::id()))
        .json(&json!({"name": "bench", "tenant": 0, "scopes": ["all"]}))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let (login, key) = (made["login"].as_str().unwrap_or_default(), made["secret"].as_str().unwrap_or_default());
    let mut pids = vec![pid];
    pids.extend(&options.also);
    let door = Door::of(&format!("http://{login}:{key}@{address}/xapi"), "1.0.3", pids)?;
    Ok((hall, door))
}

/// Microseconds of processor time a statement, and statements a second, when they are only written.
fn limit(folder: &Path, count: usize) -> anyhow::Result<(f64, f64)> {
    let path = folder.join("limit");
    let mut file = std::fs::File::create(&path)?;
    let bodies: Vec<Vec<u8>> = (0..count / BATCH).map(|batch| statements::batch(batch * BATCH, BATCH)).collect();
    let (begun, spent) = (Instant::now(), crate::live::gauge::cpu(std::process::id())?);
    for group in bodies.chunks(8) {
        for body in group {
            file.write_all(body)?;
        }
        file.sync_data()?;
    }
    let (took, cpu) = (begun.elapsed(), crate::live::gauge::cpu(std::process::id())? - spent);
    std::fs::remove_file(path)?;
    Ok((cpu.as_secs_f64() * 1e6 / count as f64, count as f64 / took.as_secs_f64()))
}

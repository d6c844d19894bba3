//! Databases of both engines. PostgreSQL: one server for a test process, started on first use, and in it a fresh
//! database for each test. Durability against a power cut is off there: tests kill processes, not the machine.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::Connection;
use tokio::sync::OnceCell;

use crate::server::{Running, free_port, program};
use crate::{TempDir, temp_dir};

/// An empty database of one engine, without any tables.
pub struct TestDatabase {
    /// `sqlite` or `postgres`.
    pub name: &'static str,
    pub url: String,
    _dir: Option<TempDir>,
}

/// One empty database of each engine. Without a PostgreSQL to start this fails, unless it is left out on purpose by
/// `GUILDHALL_TEST_POSTGRES=off`.
pub async fn databases() -> Vec<TestDatabase> {
    let mut all = vec![sqlite_database()];
    if std::env::var("GUILDHALL_TEST_POSTGRES").as_deref() == Ok("off") {
        eprintln!("PostgreSQL is left out: GUILDHALL_TEST_POSTGRES=off");
    } else {
        all.push(postgres_database().await);
    }
    all
}

/// A file in a folder of its own, removed with the returned value.
pub fn sqlite_database() -> TestDatabase {
    let dir = temp_dir();
    let url = format!("sqlite://{}", dir.path().join("hall.db").display());
    TestDatabase { name: "sqlite", url, _dir: Some(dir) }
}

/// A fresh database in this process's server.
pub async fn postgres_database() -> TestDatabase {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let server = postgres().await;
    let name = format!("t{}", MADE.fetch_add(1, Ordering::Relaxed));
    let made = async {
        let mut conn = sqlx::PgConnection::connect(&server.url).await?;
        let create = format!("create database {name} template template0 encoding 'UTF8'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&mut conn).await?;
        conn.close().await
    };
    if let Err(error) = made.await {
        panic!("can't make a test database: {error}");
    }
    TestDatabase { name: "postgres", url: server.url_of(&name), _dir: None }
}

/// A running PostgreSQL.
pub struct PgServer {
    /// The superuser's way in: `postgres://postgres@127.0.0.1:PORT/postgres`
    pub url: String,
    port: u16,
    /// Stopped and removed by its warden when this process ends.
    _running: Running,
}

impl PgServer {
    fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

/// This test process's own server.
pub async fn postgres() -> &'static PgServer {
    static SERVER: OnceCell<PgServer> = OnceCell::const_new();
    SERVER.get_or_init(start).await
}

async fn start() -> PgServer {
    let bin = newest_bin();
    let template = template(&bin);
    let mut log = String::new();
    for _ in 0..5 {
        // Kept from removing itself: the warden does that when the server is down.
        let dir = temp_dir().keep();
        let data = dir.join("data");
        copy(&template, &data);
        let port = free_port();
        let server = program("postgres", "postgresql", &[&bin.display().to_string()]);
        let mut command = as_postgres();
        command.extend([server, "-D".to_owned(), data.display().to_string()]);
        for setting in [
            &format!("port={port}"),
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "full_page_writes=off",
            "max_connections=200",
            "shared_buffers=32MB",
            "lc_messages=C",
        ] {
            command.extend(["-c".to_owned(), setting.to_owned()]);
        }
        open_for_postgres(&dir);
        let mut running = Running::start("QUIT", Some(&dir), &dir.join("log"), &command);
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        for _ in 0..600 {
            if let Ok(conn) = sqlx::PgConnection::connect(&url).await {
                let _ = conn.close().await;
                return PgServer { url, port, _running: running };
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        log = running.log_text();
        running.stop();
    }
    panic!("PostgreSQL didn't start; it said:\n{log}");
}

/// Debian keeps each version in a folder of its own.
fn newest_bin() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            path.join("bin/postgres").is_file().then(|| (version, path.join("bin")))
        })
        .collect();
    found.sort();
    match found.pop() {
        Some((_, bin)) => bin,
        None => panic!(
            "PostgreSQL is not installed; run: sudo apt-get install -y postgresql\n\
             (to leave its tests out on purpose: GUILDHALL_TEST_POSTGRES=off)"
        ),
    }
}

/// PostgreSQL refuses to run as root.
fn as_postgres() -> Vec<String> {
    if !is_root() {
        return Vec::new();
    }
    ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"].map(str::to_owned).to_vec()
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// An initialised data folder, made once and copied for each server: `initdb` takes seconds, a copy does not.
fn template(bin: &Path) -> PathBuf {
    let version = bin.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let owner = if is_root() { "root".to_owned() } else { std::env::var("USER").unwrap_or_default() };
    let place = std::env::temp_dir().join(format!("guildhall-postgres-{version}-{owner}"));
    if place.join("PG_VERSION").is_file() {
        return place;
    }
    let dir = temp_dir();
    open_for_postgres(dir.path());
    let data = dir.path().join("data");
    let mut command = as_postgres();
    command.extend([bin.join("initdb").display().to_string(), "-D".to_owned(), data.display().to_string()]);
    command.extend(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"].map(str::to_owned));
    run(&command);
    // Another test process may have been faster; either copy is as good.
    if fs::rename(&data, &place).is_err() && !place.join("PG_VERSION").is_file() {
        panic!("can't keep the PostgreSQL template at {}", place.display());
    }
    place
}

fn open_for_postgres(dir: &Path) {
    if is_root() {
        run(&["chown", "postgres", &dir.display().to_string()].map(str::to_owned));
    }
}

fn copy(from: &Path, to: &Path) {
    run(&["cp", "-a", "--reflink=auto", &from.display().to_string(), &to.display().to_string()].map(str::to_owned));
}

fn run(command: &[String]) {
    let Some((program, args)) = command.split_first() else { return };
    match Command::new(program).args(args).current_dir("/").output() {
        Ok(done) if done.status.success() => {}
        Ok(done) => panic!("{}: {}", command.join(" "), String::from_utf8_lossy(&done.stderr)),
        Err(error) => panic!("{}: {error}", command.join(" ")),
    }
}

//! Opening a database, and single reads.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kernel::Rng;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::broadcast;

use crate::engine::Conn;
use crate::wake::WAKES_KEPT;
use crate::{Arg, AsSql, Row, StoreError, Wake};

/// To find out why nobody answers.
const ONE_TRY: Duration = Duration::from_secs(2);

/// Which database is behind a [`Db`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        })
    }
}

/// What a hall may set about its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// Connections that read at once, beside the one that writes.
    pub readers: u32,
    /// How long a read or a write waits for its turn before it fails as busy.
    pub wait_ms: u64,
}

impl Tuning {
    /// To get a connection. Opening one takes its time on a loaded machine, however impatient the hall is otherwise.
    fn turn_wait(self) -> Duration {
        Duration::from_millis(self.wait_ms.max(2000))
    }

    /// For a lock that another process holds, within one try.
    fn lock_wait(self) -> Duration {
        Duration::from_millis(self.wait_ms.min(5000))
    }
}

impl Default for Tuning {
    fn default() -> Self {
        Self { readers: 8, wait_ms: 10_000 }
    }
}

pub(crate) enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres { writer: PgPool, readers: PgPool },
}

struct Inner {
    pools: Pools,
    shown: String,
    wakes: broadcast::Sender<Wake>,
    chance: Mutex<Rng>,
}

/// A hall's database. Clones share it.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Db").field(&self.0.shown).finish()
    }
}

impl Db {
    /// Opens `sqlite:///path/hall.db`, `sqlite:hall.db` or `postgres://…`, and proves that it answers. An SQLite file
    /// is made if there is none.
    pub async fn connect(url: &str) -> Result<Db, StoreError> {
        Db::connect_with(url, Tuning::default()).await
    }

    /// Opens a database that is there; none is made. For who only looks.
    pub async fn connect_existing(url: &str) -> Result<Db, StoreError> {
        Db::open(url, Tuning::default(), false).await
    }

    pub async fn connect_with(url: &str, tuning: Tuning) -> Result<Db, StoreError> {
        Db::open(url, tuning, true).await
    }

    async fn open(url: &str, tuning: Tuning, make: bool) -> Result<Db, StoreError> {
        let (pools, shown) = match url.split_once(':') {
            Some(("sqlite", _)) => {
                let (path, shown) = (sqlite_path(url)?, url.to_owned());
                let opened = open_sqlite(path, tuning, make).await;
                let refused = |source| StoreError::Connect { url: shown.clone(), advice: None, source };
                (opened.map_err(refused)?, shown)
            }
            Some(("postgres" | "postgresql", _)) => {
                let options = PgConnectOptions::from_str(url).map_err(|error| bad_address(url, error))?;
                let shown = without_password(url);
                match open_postgres(options.clone(), tuning).await {
                    Ok(pools) => (pools, shown),
                    Err(source) => {
                        let (source, advice) = why_refused(&options, source).await;
                        return Err(StoreError::Connect { url: shown, advice, source });
                    }
                }
            }
            _ => return Err(bad_address(url, "it begins with neither sqlite: nor postgres:")),
        };
        let (wakes, _) = broadcast::channel(WAKES_KEPT);
        // Not a draw that anybody must be able to repeat: only two processes must not wait alike.
        let chance = Mutex::new(Rng::from_seed(RandomState::new().build_hasher().finish()));
        Ok(Db(Arc::new(Inner { pools, shown, wakes, chance })))
    }

    pub fn engine(&self) -> Engine {
        match self.0.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres { .. } => Engine::Postgres,
        }
    }

    /// Where it is: the address as it was given, without its password.
    pub fn shown_url(&self) -> &str {
        &self.0.shown
    }

    pub async fn all(&self, sql: impl AsSql, args: &[Arg]) -> Result<Vec<Row>, StoreError> {
        let sql = sql.as_sql();
        match &self.0.pools {
            Pools::Sqlite { readers, .. } => match readers.acquire().await {
                Ok(mut conn) => Conn::Sqlite(&mut conn).all(sql, args).await,
                Err(error) => Err(StoreError::of(sql.name, error)),
            },
            Pools::Postgres { readers, .. } => match readers.acquire().await {
                Ok(mut conn) => Conn::Postgres(&mut conn).all(sql, args).await,
                Err(error) => Err(StoreError::of(sql.name, error)),
            },
        }
    }

    /// The first row, if there is any.
    pub async fn opt(&self, sql: impl AsSql, args: &[Arg]) -> Result<Option<Row>, StoreError> {
        let sql = sql.as_sql();
        match &self.0.pools {
            Pools::Sqlite { readers, .. } => match readers.acquire().await {
                Ok(mut conn) => Conn::Sqlite(&mut conn).opt(sql, args).await,
                Err(error) => Err(StoreError::of(sql.name, error)),
            },
            Pools::Postgres { readers, .. } => match readers.acquire().await {
                Ok(mut conn) => Conn::Postgres(&mut conn).opt(sql, args).await,
                Err(error) => Err(StoreError::of(sql.name, error)),
            },
        }
    }

    /// The row that must be there.
    pub async fn one(&self, sql: impl AsSql, args: &[Arg]) -> Result<Row, StoreError> {
        let sql = sql.as_sql();
        self.opt(sql, args).await?.ok_or(StoreError::NoRow { statement: sql.name })
    }

    /// Whether the database answers now.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.one("select 1 as one", &[]).await.map(drop)
    }

    /// Closes all connections, after those that are in use come back.
    pub async fn close(&self) {
        match &self.0.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }

    pub(crate) fn pools(&self) -> &Pools {
        &self.0.pools
    }

    pub(crate) fn wake_sender(&self) -> &broadcast::Sender<Wake> {
        &self.0.wakes
    }

    pub(crate) fn chance_below(&self, bound: u64) -> u64 {
        self.0.chance.lock().unwrap_or_else(PoisonError::into_inner).below(bound)
    }
}

async fn open_sqlite(path: PathBuf, tuning: Tuning, make: bool) -> Result<Pools, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(tuning.lock_wait());
    let writing = options
        .clone()
        .create_if_missing(make)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // What is written again and again stays in memory, and is put in its place less often: 64 and 32 MiB.
        .pragma("cache_size", "-65536")
        .pragma("wal_autocheckpoint", "8192");
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(tuning.turn_wait())
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let writer = pool().max_connections(1).connect_with(writing).await?;
    // The writer has made the file and its journal mode; whoever opens it next only reads.
    let reading = options
        .create_if_missing(false)
        .pragma("query_only", "on")
        .pragma("cache_size", "-16384")
        .row_buffer_size(1024);
    let readers = pool().max_connections(tuning.readers.max(1)).connect_with(reading).await?;
    Ok(Pools::Sqlite { writer, readers })
}

async fn open_postgres(options: PgConnectOptions, tuning: Tuning) -> Result<Pools, sqlx::Error> {
    let options = options.application_name("guildhall");
    let pool = || PgPoolOptions::new().acquire_timeout(tuning.turn_wait());
    let writer = pool().max_connections(1).connect_with(options.clone()).await?;
    let readers = pool().max_connections(tuning.readers.max(1)).connect_with(options).await?;
    Ok(Pools::Postgres { writer, readers })
}

fn sqlite_path(url: &str) -> Result<PathBuf, StoreError> {
    let rest = url.strip_prefix("sqlite:").unwrap_or(url);
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() || path.ends_with('/') {
        return Err(bad_address(url, "it names no file"));
    }
    if path.contains(['?', '#']) || path == ":memory:" {
        return Err(bad_address(url, "options and databases in memory are not taken"));
    }
    Ok(PathBuf::from(path))
}

/// An address that was understood, without its password: that of its user, or one among its options.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (place, options) = rest.split_once('?').map_or((rest, None), |(place, options)| (place, Some(options)));
    let place = match place.rsplit_once('@') {
        Some((who, place)) => format!("{}@{place}", who.split(':').next().unwrap_or_default()),
        None => place.to_owned(),
    };
    let harmless = |option: &&str| option.split('=').next() != Some("password");
    let options: Vec<&str> = options.into_iter().flat_map(|all| all.split('&')).filter(harmless).collect();
    match options.as_slice() {
        [] => format!("{scheme}://{place}"),
        options => format!("{scheme}://{place}?{}", options.join("&")),
    }
}

/// Without what may be a password.
fn bad_address(url: &str, reason: impl std::fmt::Display) -> StoreError {
    let shown = match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => url.to_owned(),
    };
    StoreError::Address { url: shown, reason: reason.to_string() }
}

/// The cause, and what an operator does about it. The pool waits for a server that may be starting, and says in the end only that it
/// waited. One try without it says why.
async fn why_refused(options: &PgConnectOptions, refused: sqlx::Error) -> (sqlx::Error, Option<String>) {
    let cause = match refused {
        sqlx::Error::PoolTimedOut => {
            match tokio::time::timeout(ONE_TRY, PgConnection::connect_with(options)).await {
                Ok(Err(cause)) => cause,
                Err(_) => refused,
                // It lets one in by now: it was only slow.
                Ok(Ok(_)) => return (refused, None),
            }
        }
        refused => refused,
    };
    let advice = advice(options, &cause);
    (cause, advice)
}

/// What an operator does about a PostgreSQL that lets nobody in.
fn advice(options: &PgConnectOptions, source: &sqlx::Error) -> Option<String> {
    let place = match options.get_socket() {
        Some(folder) => format!("at the socket in {}", folder.display()),
        None => format!("at host {}, port {}", options.get_host(), options.get_port()),
    };
    let code = source.as_database_error().and_then(|error| error.code());
    let (user, name) = (options.get_username(), options.get_database().unwrap_or(options.get_username()));
    match (source, code.as_deref()) {
        (sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut, _) => {
            Some(format!("no PostgreSQL answers {place}; start it there, or correct the address of the database"))
        }
        (sqlx::Error::Tls(_), _) => Some(format!(
            "the address asks for TLS to the PostgreSQL {place}, and none came about; check sslmode and certificates there, or \
             go without (sslmode=disable) on the same machine, in a private network or through a tunnel"
        )),
        (_, Some("28P01" | "28000")) => {
            Some(format!("the PostgreSQL {place} doesn't let {user:?} in; check user, password and pg_hba.conf"))
        }
        (_, Some("3D000")) => {
            Some(format!("the PostgreSQL {place} has no database {name:?}; make it: createdb -O {user} {name}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_files() {
        for (url, path) in [
            ("sqlite:///var/lib/hall.db", "/var/lib/hall.db"),
            ("sqlite:hall.db", "hall.db"),
            ("sqlite://hall.db", "hall.db"),
            ("sqlite:/x/hall.db", "/x/hall.db"),
        ] {
            assert_eq!(sqlite_path(url).unwrap(), PathBuf::from(path), "{url}");
        }
        for url in ["sqlite:", "sqlite://", "sqlite:///x/", "sqlite::memory:", "sqlite:x.db?mode=ro"] {
            assert!(sqlite_path(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let error = bad_address("postgres://hall:s3cret@host:99999/x", "port");
        assert!(!error.to_string().contains("s3cret"), "{error}");
        for (given, shown) in [
            ("postgres://hall:s3cret@host/x", "postgres://hall@host/x"),
            ("postgres://hall:s3cr@t@host:5433/x", "postgres://hall@host:5433/x"),
            ("postgresql://hall@host/x?sslmode=require", "postgresql://hall@host/x?sslmode=require"),
            ("postgres://host/x?user=hall&password=s3cret", "postgres://host/x?user=hall"),
            ("postgres://host/x?password=s3cret", "postgres://host/x"),
            ("postgres:///x", "postgres:///x"),
        ] {
            assert_eq!(without_password(given), shown);
        }
    }

    #[tokio::test]
    async fn only_where_nobody_answers_is_there_one_to_start() {
        let advised = async |url: &str| match Db::connect_with(url, Tuning { wait_ms: 1, ..Tuning::default() }).await {
            Err(StoreError::Connect { advice, .. }) => advice.unwrap_or_default(),
            other => panic!("{url}: {other:?}"),
        };
        let place = |port: u16| format!("at host 127.0.0.1, port {port}");
        let free = testkit::free_port();
        let silent = advised(&format!("postgres://hall@127.0.0.1:{free}/hall")).await;
        assert!(silent.starts_with(&format!("no PostgreSQL answers {}; start it there", place(free))), "{silent}");

        for there in testkit::databases().await.iter().filter(|there| there.name == "postgres") {
            let options = PgConnectOptions::from_str(&there.url).unwrap();
            let refused = advised(&format!("{}?sslmode=require", there.url)).await;
            let asked = format!("the address asks for TLS to the PostgreSQL {}", place(options.get_port()));
            assert!(refused.starts_with(&asked) && refused.contains("sslmode"), "{refused}");

            let (source, advice) = why_refused(&options, sqlx::Error::PoolTimedOut).await;
            assert!(matches!(source, sqlx::Error::PoolTimedOut) && advice.is_none(), "it was only slow: {advice:?}");
        }
    }

    #[tokio::test]
    async fn a_file_is_shown_as_it_was_given() {
        let folder = tempfile::tempdir().unwrap();
        for sign in ["sqlite:", "sqlite://", "sqlite:///"] {
            let given = format!("{sign}{}/hall.db", folder.path().display());
            let db = Db::connect(&given).await.unwrap();
            assert_eq!(db.shown_url(), given);
            db.close().await;
        }
        let missing = format!("sqlite://{}/nowhere/hall.db", folder.path().display());
        let refused = Db::connect_existing(&missing).await.unwrap_err().to_string();
        assert!(refused.contains(&missing), "{refused}");
    }
}

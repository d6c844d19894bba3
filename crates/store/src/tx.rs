//! A transaction: all of it or nothing, one after another, tried again when it lost a race.

use std::marker::PhantomData;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::db::Pools;
use crate::engine::Conn;
use crate::{Arg, ArgKind, AsSql, Cells, Db, Row, Rows, Sql, Statement, StoreError, Wake, args, bulk, wake};

/// How often a write is tried in all. With the waits between, some 3 seconds beyond the engine's own patience.
const TRIES_MAX: u32 = 10;
const WAIT_FIRST_MS: u64 = 4;
const WAIT_MAX_MS: u64 = 500;

/// The advisory lock that makes writes on PostgreSQL run one after another, as they do on SQLite.
pub(crate) const BEGIN_POSTGRES: &str =
    "begin; set local lock_timeout = '10s'; select pg_advisory_xact_lock(7162034588015941)";
pub(crate) const BEGIN_SQLITE: &str = "begin immediate";

const NEXT_POSITION: Statement = Statement::new(
    "count a log's next position",
    "insert into store_counter (log, position) values ($1, 1)
     on conflict (log) do update set position = store_counter.position + 1 returning position",
    &[ArgKind::Text],
);

const POSITION: Statement = Statement::new(
    "read a log's newest position",
    "select position from store_counter where log = $1",
    &[ArgKind::Text],
);

pub(crate) const STATEMENTS: &[Statement] = &[NEXT_POSITION, POSITION, wake::LEAVE, wake::TAKE, wake::FORWARDED];

pub(crate) enum Open {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Open {
    fn conn(&mut self) -> Conn<'_> {
        match self {
            Open::Sqlite(tx) => Conn::Sqlite(tx),
            Open::Postgres(tx) => Conn::Postgres(tx),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Open::Sqlite(tx) => tx.commit().await,
            Open::Postgres(tx) => tx.commit().await,
        }
    }

    pub(crate) async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Open::Sqlite(tx) => tx.rollback().await,
            Open::Postgres(tx) => tx.rollback().await,
        }
    }
}

/// An open transaction. `'env` is what the closure may borrow from around it.
pub struct Tx<'env> {
    open: Open,
    wakes: Vec<Wake>,
    failed: Option<&'static str>,
    lost_a_race: bool,
    env: PhantomData<&'env ()>,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("wakes", &self.wakes).field("failed", &self.failed).finish_non_exhaustive()
    }
}

impl Tx<'_> {
    fn new(open: Open) -> Self {
        Self { open, wakes: Vec::new(), failed: None, lost_a_race: false, env: PhantomData }
    }

    /// Runs a statement and says how many rows it wrote.
    pub async fn exec(&mut self, sql: impl AsSql, args: &[Arg]) -> Result<u64, StoreError> {
        let sql = sql.as_sql();
        let done = self.open.conn().exec(sql, args).await;
        self.seen(sql, done)
    }

    pub async fn all(&mut self, sql: impl AsSql, args: &[Arg]) -> Result<Vec<Row>, StoreError> {
        let sql = sql.as_sql();
        let done = self.open.conn().all(sql, args).await;
        self.seen(sql, done)
    }

    /// The first row, if there is any.
    pub async fn opt(&mut self, sql: impl AsSql, args: &[Arg]) -> Result<Option<Row>, StoreError> {
        let sql = sql.as_sql();
        let done = self.open.conn().opt(sql, args).await;
        self.seen(sql, done)
    }

    /// The row that must be there.
    pub async fn one(&mut self, sql: impl AsSql, args: &[Arg]) -> Result<Row, StoreError> {
        let sql = sql.as_sql();
        self.opt(sql, args).await?.ok_or(StoreError::NoRow { statement: sql.name })
    }

    /// Writes many rows of one table, and says how many were new.
    pub async fn insert(&mut self, rows: &Rows, cells: Vec<Cells>) -> Result<u64, StoreError> {
        let done = match self.open.conn() {
            Conn::Sqlite(conn) => bulk::into_sqlite(conn, rows, cells).await,
            Conn::Postgres(conn) => bulk::into_postgres(conn, rows, cells).await,
        };
        self.seen(Sql { name: rows.name, text: rows.name, kinds: None }, done)
    }

    pub(crate) async fn script(&mut self, name: &'static str, text: &'static str) -> Result<(), StoreError> {
        let done = self.open.conn().script(name, text).await;
        self.seen(Sql { name, text, kinds: None }, done)
    }

    /// The next position of an ordered log, from 1, without gaps: it is given back if this transaction fails.
    pub async fn next_position(&mut self, log: &str) -> Result<i64, StoreError> {
        self.one(NEXT_POSITION, &args![log]).await?.get("position")
    }

    /// The newest position of a log; 0 while it is empty.
    pub async fn position(&mut self, log: &str) -> Result<i64, StoreError> {
        self.opt(POSITION, &args![log]).await?.map_or(Ok(0), |row| row.get("position"))
    }

    /// After the commit, tells followers of `topic` that it has reached `position`.
    pub async fn wake(&mut self, topic: &str, position: i64) -> Result<(), StoreError> {
        self.exec(wake::LEAVE, &args![topic, position]).await?;
        match self.wakes.iter_mut().find(|wake| &*wake.topic == topic) {
            Some(wake) => wake.position = wake.position.max(position),
            None => self.wakes.push(Wake { topic: topic.into(), position }),
        }
        Ok(())
    }

    /// Remembers a failure: the transaction is lost, and may be tried again if it only lost a race.
    fn seen<T>(&mut self, sql: Sql, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &done {
            self.lost_a_race |= error.is_transient();
            self.failed.get_or_insert(sql.name);
        }
        done
    }
}

impl Db {
    /// Runs `work` in a transaction and commits if it answers `Ok`; any error, of the store or of the room, rolls back
    /// and comes out. The work may run several times (see the crate's page), so it borrows what it needs:
    ///
    /// ```no_run
    /// # use store::{args, Db, StoreError};
    /// # async fn example(db: &Db, name: String) -> Result<i64, StoreError> {
    /// let name = &name;
    /// db.write(|tx| Box::pin(async move {
    ///     let position = tx.next_position("example").await?;
    ///     tx.exec("insert into example (position, name) values ($1, $2)", &args![position, name]).await?;
    ///     tx.wake("example", position).await?;
    ///     Ok(position)
    /// }))
    /// .await
    /// # }
    /// ```
    ///
    /// When `write` answers `Ok`, the commit is durable. A caller that goes away before the commit has begun leaves
    /// nothing behind; once it has begun, it is finished and its wakes are sent.
    pub async fn write<'env, T, E, F>(&self, mut work: F) -> Result<T, E>
    where
        F: for<'tx> FnMut(&'tx mut Tx<'env>) -> BoxFuture<'tx, Result<T, E>>,
        E: From<StoreError>,
    {
        for tried in 1.. {
            match self.write_once(&mut work).await {
                Attempt::Done(answer) => return answer,
                Attempt::LostRace(error) if tried >= TRIES_MAX => return Err(error),
                Attempt::LostRace(_) => {
                    let wait = self.retry_wait(tried);
                    tracing::debug!(tried, wait_ms = wait.as_millis() as u64, "a write lost a race and is tried again");
                    tokio::time::sleep(wait).await;
                }
            }
        }
        unreachable!("the loop ends by returning")
    }

    async fn write_once<'env, T, E, F>(&self, work: &mut F) -> Attempt<T, E>
    where
        F: for<'tx> FnMut(&'tx mut Tx<'env>) -> BoxFuture<'tx, Result<T, E>>,
        E: From<StoreError>,
    {
        let mut tx = match self.begin_write().await {
            Ok(open) => Tx::new(open),
            Err(error) => return Attempt::of(error),
        };
        match work(&mut tx).await {
            Ok(answer) => match (tx.failed, tx.lost_a_race) {
                (None, _) => match self.commit(tx.open, tx.wakes).await {
                    Ok(()) => Attempt::Done(Ok(answer)),
                    Err(error) => Attempt::of(error),
                },
                (Some(statement), lost_a_race) => {
                    roll_back(tx.open).await;
                    let error = StoreError::Swallowed { statement }.into();
                    if lost_a_race { Attempt::LostRace(error) } else { Attempt::Done(Err(error)) }
                }
            },
            Err(error) => {
                let lost_a_race = tx.lost_a_race;
                roll_back(tx.open).await;
                if lost_a_race { Attempt::LostRace(error) } else { Attempt::Done(Err(error)) }
            }
        }
    }

    /// Several reads of one snapshot, in which no write of others shows up half-way. Writing in it fails.
    pub async fn read<'env, T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'tx> FnOnce(&'tx mut Tx<'env>) -> BoxFuture<'tx, Result<T, E>>,
        E: From<StoreError>,
    {
        let open = match self.pools() {
            Pools::Sqlite { readers, .. } => readers.begin_with("begin deferred").await.map(Open::Sqlite),
            Pools::Postgres { readers, .. } => {
                readers.begin_with("begin isolation level repeatable read read only").await.map(Open::Postgres)
            }
        };
        let mut tx = Tx::new(open.map_err(|error| StoreError::of("begin to read", error))?);
        let answer = work(&mut tx).await;
        roll_back(tx.open).await;
        answer
    }

    pub(crate) async fn begin_write(&self) -> Result<Open, StoreError> {
        let open = match self.pools() {
            Pools::Sqlite { writer, .. } => writer.begin_with(BEGIN_SQLITE).await.map(Open::Sqlite),
            Pools::Postgres { writer, .. } => writer.begin_with(BEGIN_POSTGRES).await.map(Open::Postgres),
        };
        open.map_err(|error| StoreError::of("begin to write", error))
    }

    /// In a task of its own: whoever waits may go away, and still a commit that has begun sends its wakes.
    async fn commit(&self, open: Open, wakes: Vec<Wake>) -> Result<(), StoreError> {
        let sender = self.wake_sender().clone();
        let committed = tokio::spawn(async move {
            open.commit().await?;
            for wake in wakes {
                // Nobody may be listening; that is no error.
                let _ = sender.send(wake);
            }
            Ok(())
        });
        let done = committed.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed));
        done.map_err(|error| StoreError::of("commit", error))
    }

    /// Doubles with each try, and half of it is chance, so that two losers don't meet again.
    fn retry_wait(&self, tried: u32) -> Duration {
        let longest = (WAIT_FIRST_MS << tried.min(16)).min(WAIT_MAX_MS);
        Duration::from_millis(longest / 2 + self.chance_below(longest / 2 + 1))
    }
}

enum Attempt<T, E> {
    Done(Result<T, E>),
    LostRace(E),
}

impl<T, E: From<StoreError>> Attempt<T, E> {
    fn of(error: StoreError) -> Self {
        if error.is_transient() { Attempt::LostRace(error.into()) } else { Attempt::Done(Err(error.into())) }
    }
}

/// A rollback that fails leaves a connection which the pool throws away; the transaction is gone either way.
async fn roll_back(open: Open) {
    if let Err(error) = open.rollback().await {
        tracing::warn!(%error, "a rollback failed; its connection is given up");
    }
}

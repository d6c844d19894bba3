//! The thin layer over both engines: bind, run, wrap the rows. The only place that speaks to `sqlx` about statements.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection};

use crate::{Arg, ArgKind, Row, Sql, StoreError};

/// A connection of either engine, lent for one statement.
pub(crate) enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// Binds the arguments of any engine; each null with its kind.
macro_rules! bind_all {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Null(ArgKind::Text) => query.bind(None::<String>),
                Arg::Null(ArgKind::Int) => query.bind(None::<i64>),
                Arg::Null(ArgKind::Bool) => query.bind(None::<bool>),
                Arg::Null(ArgKind::Real) => query.bind(None::<f64>),
                Arg::Null(ArgKind::Blob) => query.bind(None::<Vec<u8>>),
                Arg::Text(text) => query.bind(text.clone()),
                Arg::Int(int) => query.bind(*int),
                Arg::Bool(yes) => query.bind(*yes),
                Arg::Real(real) => query.bind(*real),
                Arg::Blob(bytes) => query.bind(bytes.clone()),
            };
        }
        query
    }};
}

fn on_sqlite(sql: Sql, args: &[Arg]) -> Query<'static, Sqlite, SqliteArguments> {
    bind_all!(sqlx::query(sql.text), args)
}

fn on_postgres(sql: Sql, args: &[Arg]) -> Query<'static, Postgres, PgArguments> {
    bind_all!(sqlx::query(sql.text), args)
}

/// Says of arguments that don't fit their statement which and why, before an engine guesses.
pub(crate) fn check_args(sql: Sql, args: &[Arg]) -> Result<(), StoreError> {
    let wrong = |at: usize, reason: String| Err(StoreError::Argument { statement: sql.name, number: at + 1, reason });
    if let Some(kinds) = sql.kinds {
        for (at, (arg, kind)) in args.iter().zip(kinds).enumerate() {
            if arg.kind() != *kind {
                return wrong(at, format!("{:?}, expected {kind:?}", arg.kind()));
            }
        }
        if args.len() != kinds.len() {
            return wrong(
                args.len().min(kinds.len()),
                format!("missing or too many: {} given, {} expected", args.len(), kinds.len()),
            );
        }
    }
    for (at, arg) in args.iter().enumerate() {
        if let Some(reason) = arg.fault() {
            return wrong(at, reason.to_owned());
        }
    }
    Ok(())
}

impl Conn<'_> {
    /// Runs, and says how many rows were written.
    pub(crate) async fn exec(self, sql: Sql, args: &[Arg]) -> Result<u64, StoreError> {
        check_args(sql, args)?;
        let done = match self {
            Conn::Sqlite(conn) => on_sqlite(sql, args).execute(conn).await.map(|done| done.rows_affected()),
            Conn::Postgres(conn) => on_postgres(sql, args).execute(conn).await.map(|done| done.rows_affected()),
        };
        done.map_err(|error| StoreError::of(sql.name, error))
    }

    pub(crate) async fn all(self, sql: Sql, args: &[Arg]) -> Result<Vec<Row>, StoreError> {
        check_args(sql, args)?;
        let rows = match self {
            Conn::Sqlite(conn) => {
                on_sqlite(sql, args).fetch_all(conn).await.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Conn::Postgres(conn) => {
                on_postgres(sql, args).fetch_all(conn).await.map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        rows.map_err(|error| StoreError::of(sql.name, error))
    }

    /// The first row, if there is any.
    pub(crate) async fn opt(self, sql: Sql, args: &[Arg]) -> Result<Option<Row>, StoreError> {
        check_args(sql, args)?;
        let row = match self {
            Conn::Sqlite(conn) => on_sqlite(sql, args).fetch_optional(conn).await.map(|row| row.map(Row::Sqlite)),
            Conn::Postgres(conn) => on_postgres(sql, args).fetch_optional(conn).await.map(|row| row.map(Row::Postgres)),
        };
        row.map_err(|error| StoreError::of(sql.name, error))
    }

    /// Several statements without arguments: a migration.
    pub(crate) async fn script(self, name: &'static str, text: &'static str) -> Result<(), StoreError> {
        let done = match self {
            Conn::Sqlite(conn) => sqlx::raw_sql(text).execute(conn).await.map(drop),
            Conn::Postgres(conn) => sqlx::raw_sql(text).execute(conn).await.map(drop),
        };
        done.map_err(|error| StoreError::of(name, error))
    }
}

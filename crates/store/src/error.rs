//! What can go wrong between a room and its database.

/// Why a migration was refused.
#[derive(Debug, thiserror::Error)]
pub enum BadMigration {
    #[error(
        "the database has the migration {name:?}, which this program doesn't know: it was made by a newer one; update the program"
    )]
    Newer { name: String },
    #[error(
        "the migration {name:?} was applied with other content: restore the file as it was, and put the change into a new migration"
    )]
    Changed { name: String },
    #[error(
        "the migration {name:?} would have to come before {after:?}, which is applied already: give it a higher number"
    )]
    OutOfOrder { name: String, after: String },
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "{url:?} is no database address: write sqlite:///path/hall.db or postgres://user:password@host/name ({reason})"
    )]
    Address { url: String, reason: String },
    /// `advice`: what stands in the way, and what to do about it.
    #[error("can't open the database {url}{}", advice.as_deref().map(|text| format!(": {text}")).unwrap_or_default())]
    Connect { url: String, advice: Option<String>, source: sqlx::Error },
    #[error("the database schema doesn't fit")]
    Migration(#[from] BadMigration),
    /// A row with the same unique key is there already. `columns` as the engine names them, in order.
    #[error("{statement}: {table} has such a row already ({})", columns.join(", "))]
    Unique { statement: &'static str, table: String, columns: Vec<String> },
    /// A foreign key, a check or a missing value: the write contradicts the schema.
    #[error("{statement}: refused by a constraint")]
    Constraint { statement: &'static str, source: sqlx::Error },
    /// Still locked after all tries; nothing was written. Worth another try later.
    #[error("{statement}: the database is busy")]
    Busy { statement: &'static str, source: sqlx::Error },
    #[error("{statement}: argument {number} is {reason}")]
    Argument { statement: &'static str, number: usize, reason: String },
    #[error("{statement}: no row where one must be")]
    NoRow { statement: &'static str },
    #[error("column {column:?}: {reason}")]
    Column { column: String, reason: String },
    /// The closure answered Ok although this statement had failed: the transaction was rolled back.
    #[error("{statement}: failed inside a transaction that went on; nothing was written")]
    Swallowed { statement: &'static str },
    #[error("{statement}: the database failed")]
    Engine { statement: &'static str, source: sqlx::Error },
}

impl StoreError {
    /// Whether the same work may succeed if it is tried again.
    pub fn is_transient(&self) -> bool {
        matches!(self, StoreError::Busy { .. })
    }

    pub fn is_unique(&self) -> bool {
        matches!(self, StoreError::Unique { .. })
    }

    pub(crate) fn of(statement: &'static str, source: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        if is_transient(&source) {
            return StoreError::Busy { statement, source };
        }
        match source.as_database_error().map(|error| error.kind()) {
            Some(ErrorKind::UniqueViolation) => {
                let (table, columns) = unique_columns(&source);
                StoreError::Unique { statement, table, columns }
            }
            Some(ErrorKind::ForeignKeyViolation | ErrorKind::NotNullViolation | ErrorKind::CheckViolation) => {
                StoreError::Constraint { statement, source }
            }
            _ => StoreError::Engine { statement, source },
        }
    }
}

/// Busy and locked (with their extended codes) on SQLite; serialisation, deadlock and lock timeout on PostgreSQL;
/// no connection within the time to wait on both.
fn is_transient(error: &sqlx::Error) -> bool {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return true;
    }
    let Some(database) = error.as_database_error() else { return false };
    let Some(code) = database.code() else { return false };
    if database.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6));
    }
    matches!(code.as_ref(), "40001" | "40P01" | "55P03")
}

/// SQLite says `UNIQUE constraint failed: t.a, t.b`; PostgreSQL names the table, and the columns in its detail as
/// `(a, b)=(…)`, in whatever language it speaks.
fn unique_columns(error: &sqlx::Error) -> (String, Vec<String>) {
    let Some(database) = error.as_database_error() else { return Default::default() };
    if let Some(postgres) = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        let detail = postgres.detail().unwrap_or_default();
        let columns = detail
            .split_once(")=(")
            .and_then(|(before, _)| before.split_once('('))
            .map(|(_, columns)| columns.split(", ").map(str::to_owned).collect())
            .unwrap_or_default();
        return (postgres.table().unwrap_or_default().to_owned(), columns);
    }
    let named = database.message().rsplit_once(": ").map_or("", |(_, named)| named);
    let mut table = String::new();
    let mut columns = Vec::new();
    for name in named.split(", ") {
        if let Some((of, column)) = name.split_once('.') {
            table = of.to_owned();
            columns.push(column.to_owned());
        }
    }
    (table, columns)
}

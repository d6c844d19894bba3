//! Many rows of one table at once: the one place where the engines are spoken to differently for speed.
//!
//! PostgreSQL takes the columns as arrays (`unnest`), in one round trip whatever the number of rows. SQLite takes several rows of values in
//! one prepared statement; few sizes of it, so that each is prepared once.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use sqlx::{PgConnection, SqliteConnection};

use crate::{ArgKind, StoreError};

/// What is written: a table, its columns with their kinds, and whether a row that is there already is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rows {
    /// What it does, in a few words; errors name it.
    pub name: &'static str,
    pub table: &'static str,
    pub columns: &'static [(&'static str, ArgKind)],
    pub skip_known: bool,
}

/// One column of many rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    Int(Vec<i64>),
    MaybeInt(Vec<Option<i64>>),
    Text(Vec<String>),
    Blob(Vec<Vec<u8>>),
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Cells::Int(cells) => cells.len(),
            Cells::MaybeInt(cells) => cells.len(),
            Cells::Text(cells) => cells.len(),
            Cells::Blob(cells) => cells.len(),
        }
    }

    fn kind(&self) -> ArgKind {
        match self {
            Cells::Int(_) | Cells::MaybeInt(_) => ArgKind::Int,
            Cells::Text(_) => ArgKind::Text,
            Cells::Blob(_) => ArgKind::Blob,
        }
    }
}

/// Rows that SQLite takes in one statement, largest first. The last must be 1.
const CHUNKS: [usize; 4] = [256, 32, 8, 1];

impl Rows {
    /// How many rows there are, or what doesn't fit.
    fn check(&self, cells: &[Cells]) -> Result<usize, StoreError> {
        let wrong = |at: usize, reason: String| StoreError::Argument { statement: self.name, number: at + 1, reason };
        if cells.len() != self.columns.len() {
            return Err(wrong(
                cells.len().min(self.columns.len()),
                format!("{} columns given, {} expected", cells.len(), self.columns.len()),
            ));
        }
        let rows = cells.first().map_or(0, Cells::len);
        for (at, (column, (_, kind))) in cells.iter().zip(self.columns).enumerate() {
            if column.kind() != *kind {
                return Err(wrong(at, format!("{:?}, expected {kind:?}", column.kind())));
            }
            if column.len() != rows {
                return Err(wrong(at, format!("{} rows where the first column has {rows}", column.len())));
            }
            if let Cells::Text(texts) = column
                && texts.iter().any(|text| text.contains('\0'))
            {
                return Err(wrong(at, "text with a NUL character".to_owned()));
            }
        }
        Ok(rows)
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    fn ending(&self) -> &'static str {
        if self.skip_known { " on conflict do nothing" } else { "" }
    }

    fn postgres(&self) -> String {
        let arrays: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, (_, kind))| {
                let kind = match kind {
                    ArgKind::Text => "text",
                    ArgKind::Int => "bigint",
                    ArgKind::Bool => "boolean",
                    ArgKind::Real => "double precision",
                    ArgKind::Blob => "bytea",
                };
                format!("${}::{kind}[]", at + 1)
            })
            .collect();
        let (table, names, arrays, ending) = (self.table, self.names(), arrays.join(", "), self.ending());
        format!("insert into {table} ({names}) select * from unnest({arrays}){ending}")
    }

    fn sqlite(&self, rows: usize) -> String {
        let one = format!("({})", vec!["?"; self.columns.len()].join(", "));
        let (table, names, ending) = (self.table, self.names(), self.ending());
        format!("insert into {table} ({names}) values {}{ending}", vec![one; rows].join(", "))
    }
}

/// The text for so many rows; 0 is PostgreSQL's. Made once and kept for ever: tables, columns and sizes are few, and none comes from input.
fn text_of(rows: &Rows, size: usize) -> &'static str {
    static TEXTS: LazyLock<Mutex<HashMap<(Rows, usize), &'static str>>> = LazyLock::new(Mutex::default);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    texts
        .entry((*rows, size))
        .or_insert_with(|| Box::leak(if size == 0 { rows.postgres() } else { rows.sqlite(size) }.into_boxed_str()))
}

pub(crate) async fn into_postgres(conn: &mut PgConnection, rows: &Rows, cells: Vec<Cells>) -> Result<u64, StoreError> {
    if rows.check(&cells)? == 0 {
        return Ok(0);
    }
    let mut query = sqlx::query(text_of(rows, 0));
    for column in cells {
        query = match column {
            Cells::Int(cells) => query.bind(cells),
            Cells::MaybeInt(cells) => query.bind(cells),
            Cells::Text(cells) => query.bind(cells),
            Cells::Blob(cells) => query.bind(cells),
        };
    }
    query.execute(conn).await.map(|done| done.rows_affected()).map_err(|error| StoreError::of(rows.name, error))
}

pub(crate) async fn into_sqlite(
    conn: &mut SqliteConnection,
    rows: &Rows,
    mut cells: Vec<Cells>,
) -> Result<u64, StoreError> {
    let count = rows.check(&cells)?;
    let (mut at, mut written) = (0, 0);
    while at < count {
        let size = CHUNKS.into_iter().find(|size| *size <= count - at).unwrap_or(1);
        let mut query = sqlx::query(text_of(rows, size));
        for row in at..at + size {
            for column in &mut cells {
                query = match column {
                    Cells::Int(cells) => query.bind(cells[row]),
                    Cells::MaybeInt(cells) => query.bind(cells[row]),
                    Cells::Text(cells) => query.bind(std::mem::take(&mut cells[row])),
                    Cells::Blob(cells) => query.bind(std::mem::take(&mut cells[row])),
                };
            }
        }
        let done = query.execute(&mut *conn).await.map_err(|error| StoreError::of(rows.name, error))?;
        written += done.rows_affected();
        at += size;
    }
    Ok(written)
}

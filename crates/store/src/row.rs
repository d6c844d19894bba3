//! A row of an answer: `row.get::<PersonId>("person")?`.

use kernel::{Mark, Timestamp};
use sqlx::Row as _;
use sqlx::{Column as _, TypeInfo as _, ValueRef as _};

use crate::StoreError;
use crate::arg::for_all_ids;

/// One row. Values are taken out by the name of their column.
pub enum Row {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

/// Why a value can't be taken out of its column.
#[derive(Debug)]
pub struct ColumnFault(pub String);

impl<E: std::error::Error> From<E> for ColumnFault {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// What can be taken out of a row.
pub trait Column: Sized {
    fn read(row: &Row, at: usize) -> Result<Self, ColumnFault>;
}

impl Row {
    pub fn get<T: Column>(&self, column: &str) -> Result<T, StoreError> {
        self.index(column).and_then(|at| T::read(self, at)).map_err(|fault| self.fault(column, fault))
    }

    /// A text column whose type knows how to read itself.
    pub fn parse<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let text: String = self.get(column)?;
        text.parse().map_err(|error: T::Err| self.fault(column, ColumnFault(error.to_string())))
    }

    /// The names of the columns, in order.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Row::Sqlite(row) => row.columns().iter().map(|column| column.name()).collect(),
            Row::Postgres(row) => row.columns().iter().map(|column| column.name()).collect(),
        }
    }

    fn fault(&self, column: &str, fault: ColumnFault) -> StoreError {
        StoreError::Column { column: column.to_owned(), reason: fault.0 }
    }

    fn index(&self, column: &str) -> Result<usize, ColumnFault> {
        let found = match self {
            Row::Sqlite(row) => row.try_column(column).map(|column| column.ordinal()),
            Row::Postgres(row) => row.try_column(column).map(|column| column.ordinal()),
        };
        found.map_err(|_| ColumnFault(format!("there is no such column; there are {}", self.columns().join(", "))))
    }

    fn is_null(&self, at: usize) -> Result<bool, ColumnFault> {
        Ok(match self {
            Row::Sqlite(row) => row.try_get_raw(at)?.is_null(),
            Row::Postgres(row) => row.try_get_raw(at)?.is_null(),
        })
    }

    /// SQLite would answer null as 0 or an empty text, so that is looked at first.
    fn native<T>(&self, at: usize) -> Result<T, ColumnFault>
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        if self.is_null(at)? {
            return Err(ColumnFault("null where a value must be".to_owned()));
        }
        Ok(match self {
            Row::Sqlite(row) => row.try_get(at)?,
            Row::Postgres(row) => row.try_get(at)?,
        })
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Row").field(&self.columns()).finish()
    }
}

impl<T: Column> Column for Option<T> {
    fn read(row: &Row, at: usize) -> Result<Self, ColumnFault> {
        if row.is_null(at)? { Ok(None) } else { T::read(row, at).map(Some) }
    }
}

/// `bigint` everywhere; PostgreSQL answers some functions and literals in smaller integers.
impl Column for i64 {
    fn read(row: &Row, at: usize) -> Result<Self, ColumnFault> {
        if let Row::Postgres(postgres) = row {
            let kind =
                postgres.columns().get(at).map(|column| column.type_info().name().to_owned()).unwrap_or_default();
            match kind.as_str() {
                "INT4" => return row.native::<i32>(at).map(i64::from),
                "INT2" => return row.native::<i16>(at).map(i64::from),
                _ => {}
            }
        }
        row.native(at)
    }
}

macro_rules! native_columns {
    ($($type:ty)*) => {$(
        impl Column for $type {
            fn read(row: &Row, at: usize) -> Result<Self, ColumnFault> {
                row.native(at)
            }
        }
    )*};
}
native_columns! { String bool f64 Vec<u8> }

macro_rules! narrow_columns {
    ($($type:ty)*) => {$(
        impl Column for $type {
            fn read(row: &Row, at: usize) -> Result<Self, ColumnFault> {
                let wide = i64::read(row, at)?;
                <$type>::try_from(wide).map_err(|_| ColumnFault(format!("{wide} is out of range")))
            }
        }
    )*};
}
narrow_columns! { i32 u32 u16 u8 }

impl Column for Timestamp {
    fn read(row: &Row, at: usize) -> Result<Self, ColumnFault> {
        i64::read(row, at).map(Timestamp::from_millis)
    }
}

impl Column for Mark {
    fn read(row: &Row, at: usize) -> Result<Self, ColumnFault> {
        i64::read(row, at).map(Mark::from_hundredths)
    }
}

macro_rules! id_columns {
    ($($id:ident)*) => {$(
        impl Column for kernel::$id {
            fn read(row: &Row, at: usize) -> Result<Self, ColumnFault> {
                Ok(String::read(row, at)?.parse::<kernel::$id>()?)
            }
        }
    )*};
}
for_all_ids!(id_columns);

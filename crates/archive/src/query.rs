//! Reading: in order, by person, by activity.

use kernel::{PersonId, Timestamp};
use store::{Arg, Db, Row, args};
use xapi::Statement;

use crate::{ArchiveError, LIMIT_MAX, sql};

/// A statement with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub position: i64,
    pub stored_at: Timestamp,
    /// The chain's hash up to and with this statement.
    pub hash: String,
    /// The statement as JSON, as it was stored.
    pub body: String,
}

impl Recorded {
    fn of(row: &Row) -> Result<Recorded, ArchiveError> {
        Ok(Recorded {
            position: row.get("position")?,
            stored_at: row.get("stored_at")?,
            hash: row.get("hash")?,
            body: row.get("body")?,
        })
    }

    pub fn statement(&self) -> Result<Statement, ArchiveError> {
        serde_json::from_str(&self.body).map_err(|source| ArchiveError::Unreadable { position: self.position, source })
    }
}

/// What follows `position`, oldest first; 0 reads from the beginning. Once 7 is seen, 1 to 7 are seen.
pub async fn since(db: &Db, position: i64, limit: i64) -> Result<Vec<Recorded>, ArchiveError> {
    read(db, sql::SINCE, &args![position, within(limit)]).await
}

/// A person's statements after `position`, oldest first.
pub async fn by_person(db: &Db, person: &PersonId, position: i64, limit: i64) -> Result<Vec<Recorded>, ArchiveError> {
    read(db, sql::BY_PERSON, &args![person, position, within(limit)]).await
}

/// What was done on an activity (its IRI) after `position`, oldest first.
pub async fn by_object(db: &Db, object: &str, position: i64, limit: i64) -> Result<Vec<Recorded>, ArchiveError> {
    read(db, sql::BY_OBJECT, &args![object, position, within(limit)]).await
}

/// The newest position; 0 while the archive is empty.
pub async fn newest(db: &Db) -> Result<i64, ArchiveError> {
    Ok(db.one(sql::NEWEST, &[]).await?.get("position")?)
}

async fn read(db: &Db, statement: store::Statement, args: &[Arg]) -> Result<Vec<Recorded>, ArchiveError> {
    db.all(statement, args).await?.iter().map(Recorded::of).collect()
}

fn within(limit: i64) -> i64 {
    limit.clamp(1, LIMIT_MAX)
}

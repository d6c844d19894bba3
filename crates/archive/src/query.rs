//! Reading: in order, by id, and by what a statement says.

use kernel::{PersonId, Timestamp};
use store::{Arg, Db, Row, args};
use xapi::{Statement, Uuid};

use crate::key::{Key, NONE};
use crate::opened::opened;
use crate::place::Tenant;
use crate::{ArchiveError, LIMIT_MAX, sql};

/// A statement with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub position: i64,
    pub id: Uuid,
    pub stored_at: Timestamp,
    /// The chain's hash up to and with this statement.
    pub hash: String,
    /// The statement as JSON, as it was stored; `None` once its owner was erased.
    pub body: Option<String>,
}

impl Recorded {
    /// `None` once its owner was erased.
    pub fn statement(&self) -> Result<Option<Statement>, ArchiveError> {
        let unreadable = |source| ArchiveError::Unreadable { position: self.position, source };
        self.body.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)
    }
}

/// One condition: a statement has either of the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    near: i64,
    far: i64,
}

impl Condition {
    pub fn of(key: Key) -> Condition {
        Condition { near: key.0, far: NONE }
    }

    /// As two numbers, for who keeps a question.
    pub fn parts(&self) -> (i64, i64) {
        (self.near, self.far)
    }

    pub fn of_parts((near, far): (i64, i64)) -> Condition {
        Condition { near, far }
    }

    /// Near the statement, or anywhere in it.
    pub fn wide(near: Key, far: Key) -> Condition {
        Condition { near: near.0, far: far.0 }
    }
}

/// What is asked for. The first condition should be the one that fewest statements meet.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub conditions: Vec<Condition>,
    /// Stored later than this.
    pub since: Option<Timestamp>,
    /// Stored at this moment or before.
    pub until: Option<Timestamp>,
    pub ascending: bool,
    /// Behind this position, in the order asked for.
    pub behind: Option<i64>,
    pub limit: i64,
}

/// A page of an answer.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub records: Vec<Recorded>,
    /// Where to go on, if there may be more.
    pub more: Option<i64>,
}

/// Reads a tenant's statements.
#[derive(Debug, Clone)]
pub struct Reader {
    db: Db,
    tenant: Tenant,
}

impl Reader {
    pub fn new(db: Db, tenant: Tenant) -> Reader {
        Reader { db, tenant }
    }

    /// A statement by its id, and the position of the one that voided it.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<(Recorded, Option<i64>)>, ArchiveError> {
        let Some(row) = self.db.opt(sql::BY_ID, &args![self.tenant.key_of(id)]).await? else { return Ok(None) };
        let by = row.get("voided_by")?;
        let mut records = recorded(&[row])?;
        Ok(records.pop().map(|record| (record, by)))
    }

    /// What was voided is not among it.
    pub async fn ask(&self, asked: &Asked) -> Result<Found, ArchiveError> {
        let (mut low, mut high) = (self.tenant.start(), self.tenant.end());
        if let Some(since) = asked.since {
            low = low.max(self.last_until(since).await?);
        }
        if let Some(until) = asked.until {
            high = high.min(self.last_until(until).await? + 1);
        }
        match asked.behind {
            Some(behind) if asked.ascending => low = low.max(behind),
            Some(behind) => high = high.min(behind),
            None => {}
        }
        let limit = asked.limit.clamp(1, LIMIT_MAX);
        // One more than asked for says whether there are more.
        let mut args: Vec<Arg> = vec![Arg::Int(low), Arg::Int(high), Arg::Int(limit + 1)];
        args.extend(asked.conditions.iter().flat_map(|one| [Arg::Int(one.near), Arg::Int(one.far)]));
        let mut rows = self.db.all(sql::page(asked.conditions.len(), asked.ascending), &args).await?;
        let more = rows.len() as i64 > limit;
        rows.truncate(limit as usize);
        let records = recorded(&rows)?;
        let more = if more { records.last().map(|last| last.position) } else { None };
        Ok(Found { records, more })
    }

    /// The last position that was stored up to a moment.
    async fn last_until(&self, at: Timestamp) -> Result<i64, ArchiveError> {
        let row = self.db.opt(sql::MOMENT, &args![self.tenant.number(), at]).await?;
        row.map_or(Ok(self.tenant.start()), |row| Ok(row.get("position")?))
    }

    /// In the order of the log, from behind a position up to another.
    pub async fn between(&self, after: i64, to: i64, limit: i64) -> Result<Vec<Recorded>, ArchiveError> {
        let after = after.max(self.tenant.start());
        let rows =
            self.db.all(sql::BETWEEN, &args![after, to.min(self.tenant.end()), limit.clamp(1, LIMIT_MAX)]).await?;
        recorded(&rows)
    }

    /// The files that came with a statement, as far as they can be read: sum, media type, bytes.
    pub async fn attachments(&self, position: i64) -> Result<Vec<(String, String, Vec<u8>)>, ArchiveError> {
        let mut files = Vec::new();
        for row in self.db.all(sql::ATTACHMENTS_OF, &args![position]).await? {
            if let Some(bytes) = opened(&row)? {
                files.push((row.get("sha2")?, row.get("content_type")?, bytes));
            }
        }
        Ok(files)
    }
}

fn recorded(rows: &[Row]) -> Result<Vec<Recorded>, ArchiveError> {
    rows.iter()
        .map(|row| {
            let position: i64 = row.get("position")?;
            let broken = || ArchiveError::Broken { position };
            let body = opened(row)?.map(String::from_utf8).transpose().map_err(|_| broken())?;
            let id: Vec<u8> = row.get("id")?;
            Ok(Recorded {
                position,
                id: Uuid::of_bytes(id.get(4..).unwrap_or_default()).ok_or_else(broken)?,
                stored_at: row.get("stored_at")?,
                hash: hex::encode(row.get::<Vec<u8>>("hash")?),
                body,
            })
        })
        .collect()
}

/// What follows `position` in the hall's own log, oldest first; 0 reads from the beginning. Once 7 is seen, 1 to 7 are seen.
pub async fn since(db: &Db, position: i64, limit: i64) -> Result<Vec<Recorded>, ArchiveError> {
    Reader::new(db.clone(), Tenant::HALL).between(position, Tenant::HALL.end(), limit).await
}

/// A person's statements after `position`, oldest first.
pub async fn by_person(db: &Db, person: &PersonId, position: i64, limit: i64) -> Result<Vec<Recorded>, ArchiveError> {
    along(db, Key::person(person), position, limit).await
}

/// What was done on an activity (its IRI) after `position`, oldest first.
pub async fn by_object(db: &Db, object: &str, position: i64, limit: i64) -> Result<Vec<Recorded>, ArchiveError> {
    along(db, Key::activity(object), position, limit).await
}

async fn along(db: &Db, key: Key, position: i64, limit: i64) -> Result<Vec<Recorded>, ArchiveError> {
    let asked = Asked {
        conditions: vec![Condition::of(key)],
        ascending: true,
        behind: Some(position),
        limit,
        ..Asked::default()
    };
    Ok(Reader::new(db.clone(), Tenant::HALL).ask(&asked).await?.records)
}

/// The newest position of the hall's own log; 0 while it is empty.
pub async fn newest(db: &Db) -> Result<i64, ArchiveError> {
    newest_of(db, Tenant::HALL).await
}

pub async fn newest_of(db: &Db, tenant: Tenant) -> Result<i64, ArchiveError> {
    let row = db.opt(sql::HEAD, &args![tenant.number()]).await?;
    row.map_or(Ok(tenant.start()), |row| Ok(row.get("position")?))
}

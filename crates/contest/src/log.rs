//! Writing to a contest's log and reading it. Positions are gapless and in the order of commits.

use kernel::{AccountId, ContestId, Timestamp};
use store::{Db, Row, StoreError, Tx, args};

use crate::arena::Logged;
use crate::event::Happened;
use crate::plan::Plan;
use crate::sql;

/// The log's name in the counters and in wakes.
pub fn name(contest: &ContestId) -> String {
    format!("contest/{contest}")
}

/// The contest that a wake is about, if it is about one.
pub fn contest_of(topic: &str) -> Option<ContestId> {
    topic.strip_prefix("contest/")?.parse().ok()
}

/// Appends a fact, at the time of the one before it where the clock went back: nothing happens before what stands above it. `subject` makes it happen only once: the same kind and subject again is [`StoreError::Unique`].
pub async fn append(
    tx: &mut Tx<'_>,
    contest: &ContestId,
    at: Timestamp,
    account: Option<&AccountId>,
    subject: &str,
    happened: &Happened,
) -> Result<i64, StoreError> {
    let log = name(contest);
    let position = tx.next_position(&log).await?;
    let body = serde_json::to_string(happened).unwrap_or_default();
    tx.exec(sql::INSERT_EVENT, &args![contest, position, at, happened.kind(), subject, account, body]).await?;
    // A calendar shows where each contest stands, and folds no log for it.
    if let Happened::State { to, .. } = happened {
        tx.exec(sql::KEEP_STATE, &args![contest, to.code()]).await?;
    }
    tx.wake(&log, position).await?;
    Ok(position)
}

/// At most `limit` events after a position, in order. An event that this program can't read stops the reading: a newer
/// version wrote it, and folding past it would show wrong results.
pub async fn since(db: &Db, contest: &ContestId, position: i64, limit: i64) -> Result<Vec<Logged>, StoreError> {
    read(&db.all(sql::EVENTS_SINCE, &args![contest, position, limit]).await?)
}

/// The same, in the snapshot of a transaction.
pub async fn since_within(
    tx: &mut Tx<'_>,
    contest: &ContestId,
    position: i64,
    limit: i64,
) -> Result<Vec<Logged>, StoreError> {
    read(&tx.all(sql::EVENTS_SINCE, &args![contest, position, limit]).await?)
}

/// Where names began or ceased to be shown last, 0 where they never did.
pub async fn named_last(tx: &mut Tx<'_>, plan: &Plan) -> Result<i64, StoreError> {
    let mut last = 0;
    for row in tx.all(sql::STATES, &args![&plan.id]).await? {
        if plan.disclosure.changes_with(&happened(&row)?) {
            last = row.get("position")?;
        }
    }
    Ok(last)
}

fn happened(row: &Row) -> Result<Happened, StoreError> {
    let body: String = row.get("body")?;
    serde_json::from_str(&body).map_err(|error| StoreError::Column { column: "body".into(), reason: error.to_string() })
}

fn read(rows: &[Row]) -> Result<Vec<Logged>, StoreError> {
    rows.iter()
        .map(|row| {
            Ok(Logged {
                position: row.get("position")?,
                at: row.get("at")?,
                subject: row.get("subject")?,
                account: row.get("account")?,
                happened: happened(row)?,
            })
        })
        .collect()
}

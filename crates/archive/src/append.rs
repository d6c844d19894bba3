//! Appending: the one way in.

use kernel::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{Tx, args};
use xapi::{Object, Statement};

use crate::{ArchiveError, LOG, sql};

/// Appends a statement within the transaction of the thing that it tells, and answers its position. `stored_at` is
/// the hall's time now; it becomes the statement's `stored`, and its `timestamp` where it has none.
/// The same statement appended again answers the position that it has; another one under its id is refused.
pub async fn append(tx: &mut Tx<'_>, statement: &Statement, stored_at: Timestamp) -> Result<i64, ArchiveError> {
    let id = statement.id.ok_or(ArchiveError::NoId)?;
    if let Some(row) = tx.opt(sql::BY_ID, &args![id.to_string()]).await? {
        let position = row.get("position")?;
        let same = same_but_for_storing(&row.get::<String>("body")?, statement);
        return if same { Ok(position) } else { Err(ArchiveError::Conflict { id, position }) };
    }

    let mut stored = statement.clone();
    let happened_at = stored.timestamp.get_or_insert_with(|| stored_at.into()).at;
    stored.stored = Some(stored_at.into());
    let body = stored.to_value().to_string();

    let position = tx.next_position(LOG).await?;
    let before = match tx.opt(sql::HASH_AT, &args![position - 1]).await? {
        Some(row) => row.get::<String>("hash")?,
        None => String::new(),
    };
    let hash = chained(&before, &body);
    let args = args![
        position,
        id.to_string(),
        stored.actor.person(),
        &stored.verb.id,
        object_key(&stored.object),
        happened_at,
        stored_at,
        hash,
        body
    ];
    tx.exec(sql::APPEND, &args).await?;
    tx.wake(LOG, position).await?;
    Ok(position)
}

/// SHA-256 over the hash before (as hexadecimal text; nothing for the first) and the body.
pub(crate) fn chained(before: &str, body: &str) -> String {
    hex::encode(Sha256::new().chain_update(before).chain_update(body).finalize())
}

/// Whether a stored body tells what the statement tells. When it was stored is not part of that, and neither is
/// its `timestamp` if the store had to give it one.
fn same_but_for_storing(body: &str, statement: &Statement) -> bool {
    let Ok(Value::Object(mut there)) = serde_json::from_str(body) else { return false };
    let mut without_stored = statement.clone();
    without_stored.stored = None;
    there.shift_remove("stored");
    if statement.timestamp.is_none() {
        there.shift_remove("timestamp");
    }
    Value::Object(there) == without_stored.to_value()
}

/// By what an object is looked up.
fn object_key(object: &Object) -> String {
    match object {
        Object::Activity(activity) => activity.id.clone(),
        Object::Actor(actor) => actor
            .person()
            .map_or_else(|| "urn:x-guildhall:actor".to_owned(), |person| format!("urn:x-guildhall:person:{person}")),
        Object::StatementRef(id) => format!("urn:uuid:{id}"),
        Object::SubStatement(_) => "urn:x-guildhall:substatement".to_owned(),
    }
}

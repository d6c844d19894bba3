//! What was sealed, opened: each row is read together with its owner's key, so that nobody remembers a key that is gone by now.

use store::Row;

use crate::ArchiveError;
use crate::seal::Secret;

/// The payload of a row with `position`, `owner`, `secret` and `payload`, as it was written; `None` if its owner was erased.
pub(crate) fn opened(row: &Row) -> Result<Option<Vec<u8>>, ArchiveError> {
    let (position, payload): (i64, Vec<u8>) = (row.get("position")?, row.get("payload")?);
    // Before there were keys nothing was sealed.
    if row.get::<Option<i64>>("owner")?.is_none() {
        return Ok(Some(payload));
    }
    let Some(secret) = row.get::<Option<Vec<u8>>>("secret")? else { return Ok(None) };
    let plain = Secret::stored(secret).key().and_then(|key| key.open(position, payload));
    plain.map(Some).ok_or(ArchiveError::Broken { position })
}

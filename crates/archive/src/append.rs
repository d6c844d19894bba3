//! Appending for the hall's own rooms: within the transaction of the thing that a statement tells.

use std::collections::HashSet;

use kernel::Timestamp;
use store::Tx;
use xapi::Statement;

use crate::ArchiveError;
use crate::chain::{Care, append_all};
use crate::owners::Owners;
use crate::pending::Pending;
use crate::place::Tenant;

/// Appends a statement within the transaction of the thing that it tells, and answers its position. `stored_at` is
/// the hall's time now; it becomes the statement's `stored`, and its `timestamp` where it has none.
/// The same statement appended again answers the position that it has; another one under its id is refused.
pub async fn append(tx: &mut Tx<'_>, statement: &Statement, stored_at: Timestamp) -> Result<i64, ArchiveError> {
    let pending = Pending::of(statement)?;
    let taken = append_all(tx, &mut Owners::default(), Tenant::HALL, &[&pending], stored_at, Care::Careful).await?;
    taken.first().map(|taken| taken.position()).ok_or(ArchiveError::NoId)
}

/// Appends many at once, in their order: what is known of each transaction is read and written once for all. The same rules hold; one that
/// comes twice is appended once.
pub async fn append_many(tx: &mut Tx<'_>, statements: &[Statement], stored_at: Timestamp) -> Result<(), ArchiveError> {
    let mut seen = HashSet::new();
    let mut all = Vec::with_capacity(statements.len());
    for statement in statements {
        if seen.insert(statement.id) {
            all.push(Pending::of(statement)?);
        }
    }
    if all.is_empty() {
        return Ok(());
    }
    let all: Vec<&Pending> = all.iter().collect();
    append_all(tx, &mut Owners::default(), Tenant::HALL, &all, stored_at, Care::Careful).await?;
    Ok(())
}

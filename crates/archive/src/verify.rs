//! Proof that nothing in the archive was touched since it was written.

use store::{Db, args};

use crate::chain::chained;
use crate::place::Tenant;
use crate::{ArchiveError, LIMIT_MAX, sql};

/// What was found whole. Who notes `hash` elsewhere can compare it later.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof {
    pub statements: i64,
    /// The newest hash; empty for an empty archive.
    pub hash: String,
}

/// Recomputes the chain of the hall's own log; the error names the first position that doesn't fit.
pub async fn verify(db: &Db) -> Result<Proof, ArchiveError> {
    verify_of(db, Tenant::HALL).await
}

/// The chain goes over what is stored, sealed as it is: it stays whole when somebody is erased.
pub async fn verify_of(db: &Db, tenant: Tenant) -> Result<Proof, ArchiveError> {
    let (mut at, mut hash) = (tenant.start(), Vec::new());
    loop {
        let page = db.all(sql::BETWEEN, &args![at, tenant.end(), LIMIT_MAX]).await?;
        if page.is_empty() {
            return Ok(Proof { statements: at - tenant.start(), hash: hex::encode(hash) });
        }
        for row in page {
            let (position, kept): (i64, Vec<u8>) = (row.get("position")?, row.get("hash")?);
            let expected = chained(&hash, &row.get::<Vec<u8>>("payload")?);
            if position != at + 1 || kept != expected {
                return Err(ArchiveError::Broken { position: at + 1 });
            }
            (at, hash) = (position, kept);
        }
    }
}

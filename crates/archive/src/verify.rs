//! Proof that nothing in the archive was touched since it was written.

use store::Db;

use crate::append::chained;
use crate::{ArchiveError, LIMIT_MAX, since};

/// What was found whole. Who notes `hash` elsewhere can compare it later.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof {
    pub statements: i64,
    /// The newest hash; empty for an empty archive.
    pub hash: String,
}

/// Recomputes the whole chain; the error names the first position that doesn't fit.
pub async fn verify(db: &Db) -> Result<Proof, ArchiveError> {
    let mut proof = Proof::default();
    loop {
        let page = since(db, proof.statements, LIMIT_MAX).await?;
        if page.is_empty() {
            return Ok(proof);
        }
        for recorded in page {
            let expected = chained(&proof.hash, &recorded.body);
            if recorded.position != proof.statements + 1 || recorded.hash != expected {
                return Err(ArchiveError::Broken { position: proof.statements + 1 });
            }
            proof = Proof { statements: recorded.position, hash: expected };
        }
    }
}

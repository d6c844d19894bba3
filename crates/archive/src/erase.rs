//! Erasing a person, and forgetting what is older than a tenant keeps: keys are shredded, and what is looked up by the person goes. The log
//! itself stays whole, position for position and hash for hash.

use kernel::Timestamp;
use store::{Db, Tx, args};

use crate::chain::Head;
use crate::key::Key;
use crate::owners::year_of;
use crate::place::Tenant;
use crate::{ArchiveError, sql};

/// Shreds the keys of an agent: nothing that he was the actor of can be read again. Answers how many keys (one for each year) are gone.
///
/// Statements of others that only mention him, as a teacher or a judge, are theirs and stay; he is no longer found in them.
pub async fn erase(tx: &mut Tx<'_>, tenant: Tenant, identity: &str, now: Timestamp) -> Result<u64, ArchiveError> {
    let (near, far) = (Key::agent(identity), Key::related_agent(identity));
    let shredded = tx.exec(sql::SHRED_AGENT, &args![tenant.number(), near.0, now]).await?;
    for key in [near, far] {
        tx.exec(sql::FORGET_KEY, &args![key.0, tenant.start(), tenant.end()]).await?;
        tx.exec(sql::FORGET_KEY_VIA, &args![key.0, tenant.start(), tenant.end()]).await?;
    }
    noted(tx, tenant).await?;
    Ok(shredded)
}

/// Shreds all keys of years before the one `years` ago. Answers how many are gone.
pub async fn keep_years(db: &Db, tenant: Tenant, years: u32, now: Timestamp) -> Result<u64, ArchiveError> {
    let first_kept = year_of(now) - i64::from(years);
    db.write(|tx| {
        Box::pin(async move {
            let shredded = tx.exec(sql::SHRED_BEFORE, &args![tenant.number(), first_kept, now]).await?;
            if shredded > 0 {
                noted(tx, tenant).await?;
            }
            Ok(shredded)
        })
    })
    .await
}

/// Every writer who remembers keys learns that some are gone.
async fn noted(tx: &mut Tx<'_>, tenant: Tenant) -> Result<(), ArchiveError> {
    let mut head = Head::read(tx, tenant).await?;
    head.erasures += 1;
    head.write(tx, tenant).await
}

//! What statements are looked up by can be built anew from the log: after an upgrade that brought the look-ups, or because somebody wants to.

use store::{Cells, Db, args};

use crate::pending::looked_up;
use crate::place::Tenant;
use crate::query::Reader;
use crate::{ArchiveError, sql};

/// Statements of one step, each a transaction.
const STEP: i64 = 500;

/// Has a tenant's look-ups built anew from its first position.
pub async fn order_rebuild(db: &Db, tenant: Tenant) -> Result<(), ArchiveError> {
    db.write(|tx| {
        Box::pin(async move {
            tx.exec(sql::REBUILD, &args![tenant.number(), tenant.start()]).await?;
            Ok(())
        })
    })
    .await
}

/// Goes on with what has to be rebuilt, to the end. Answers how many statements were gone through. Others may append meanwhile.
pub async fn rebuild(db: &Db) -> Result<u64, ArchiveError> {
    let mut done = 0;
    for row in db.all(sql::REBUILDING, &[]).await? {
        let number: u32 = row.get("tenant")?;
        let tenant = Tenant::new(number).ok_or(ArchiveError::NoTenant { number })?;
        let reader = Reader::new(db.clone(), tenant);
        let mut at: i64 = row.get("position")?;
        loop {
            let records = reader.between(at, tenant.end(), STEP).await?;
            let Some(last) = records.last().map(|last| last.position) else { break };
            done += records.len() as u64;
            let (mut keys, mut places) = (Vec::new(), Vec::new());
            for record in &records {
                let Some(body) = &record.body else { continue };
                let (found, _) = looked_up(body.as_bytes());
                places.extend(vec![record.position; found.len()]);
                keys.extend(found.into_iter().map(|key| key.0));
            }
            let (keys, places) = (&keys, &places);
            db.write(|tx| {
                Box::pin(async move {
                    tx.insert(&sql::REFS, vec![Cells::Int(keys.clone()), Cells::Int(places.clone())]).await?;
                    tx.exec(sql::REBUILD, &args![number, last]).await?;
                    Ok::<_, ArchiveError>(())
                })
            })
            .await?;
            at = last;
        }
        db.write(|tx| {
            Box::pin(async move {
                tx.exec(sql::FORGET_VOIDED, &args![tenant.start(), tenant.end()]).await?;
                tx.exec(sql::REBUILT, &args![number]).await?;
                Ok::<_, ArchiveError>(())
            })
        })
        .await?;
    }
    Ok(done)
}

//! What the server does now and then: expired sessions and old answers are cleared away.

use store::{StoreError, args};

use crate::{Hall, idempotency, sql};

/// Clears what is past its time; the server calls it every few minutes.
pub async fn clear_expired(hall: &Hall) -> Result<(), StoreError> {
    let (now, before) = (hall.now(), hall.now().plus_millis(-idempotency::KEPT_MS));
    hall.db
        .write(|tx| {
            Box::pin(async move {
                tx.exec(sql::SESSIONS_DELETE_EXPIRED, &args![now]).await?;
                tx.exec(sql::ANSWERS_DELETE_BEFORE, &args![before]).await
            })
        })
        .await
        .map(drop)
}

//! What goes on by itself: look-ups that an upgrade left to be built, statements on their way to other record stores, and years that are over.

use std::time::Duration;

use archive::Tenant;
use store::Woken;

use crate::{Lrs, forwards, sql};

/// How often to look for forwards that are due; a statement that is stored has them looked at at once.
const LOOK: Duration = Duration::from_secs(5);
/// How often to look for years that are over.
const TIDY: Duration = Duration::from_secs(6 * 3600);

impl Lrs {
    /// Sends on what is due to be sent.
    pub async fn forward_due(&self) -> Result<(), archive::ArchiveError> {
        forwards::send::send_due(self).await
    }

    /// Begins, on each node.
    pub fn begin(&self) {
        tokio::spawn(rebuild(self.clone()));
        tokio::spawn(forward(self.clone()));
        tokio::spawn(keep(self.clone()));
    }
}

async fn rebuild(lrs: Lrs) {
    match archive::rebuild(&lrs.hall.db).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "what statements are looked up by was built anew"),
        Err(error) => {
            tracing::error!(%error, "what statements are looked up by can't be built anew; it goes on at the next start")
        }
    }
}

async fn forward(lrs: Lrs) {
    let mut wakes = lrs.hall.db.wakes();
    while !lrs.hall.is_closed() {
        if let Err(error) = lrs.forward_due().await {
            tracing::warn!(%error, "statements can't be forwarded now");
        }
        let grown = async {
            loop {
                match wakes.next().await {
                    Some(Woken::Topic(wake)) if wake.topic.starts_with(archive::LOG) => return,
                    Some(Woken::Missed) | None => return,
                    Some(Woken::Topic(_)) => {}
                }
            }
        };
        let _ = tokio::time::timeout(LOOK, grown).await;
        // Those that come together go together.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn keep(lrs: Lrs) {
    let mut tidy = tokio::time::interval(TIDY);
    while !lrs.hall.is_closed() {
        tidy.tick().await;
        if let Err(error) = keep_once(&lrs).await {
            tracing::warn!(%error, "statements that are too old can't be forgotten now");
        }
    }
}

async fn keep_once(lrs: &Lrs) -> Result<(), archive::ArchiveError> {
    for row in lrs.hall.db.all(sql::TENANTS, &[]).await? {
        let (number, years): (u32, Option<u32>) = (row.get("number")?, row.get("keep_years")?);
        let (Some(tenant), Some(years)) = (Tenant::new(number), years) else { continue };
        let gone = archive::keep_years(&lrs.hall.db, tenant, years, lrs.hall.now()).await?;
        if gone > 0 {
            tracing::info!(
                tenant = number,
                keys = gone,
                "statements older than the tenant keeps can't be read any more"
            );
        }
    }
    Ok(())
}

//! Whose key seals what is written, and the keys that a writer has read lately.
//!
//! Invariant: a key that was shredded is used for nothing that is written later. Every writer reads the tenant's count of erasures in his
//! transaction, and forgets what he remembers when it has grown.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::Timestamp;
use store::{Cells, Tx, args};

use crate::place::Tenant;
use crate::seal::{SealKey, Secret, chance};
use crate::{ArchiveError, sql};

/// Beyond it everything is forgotten and read again: some 30 MB.
const KEPT_MAX: usize = 200_000;

/// The year by UTC, counted as keys are.
pub(crate) fn year_of(at: Timestamp) -> i64 {
    at.to_string().split('-').next().and_then(|year| year.parse().ok()).unwrap_or(0)
}

/// The keys that are remembered.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    /// Owner's number → key; `None` when it is shredded.
    keys: HashMap<i64, Option<Arc<SealKey>>>,
    /// Tenant, agent, year → owner's number.
    of: HashMap<(Tenant, i64, i64), i64>,
    /// As of how many erasures.
    seen: HashMap<Tenant, i64>,
}

impl Owners {
    /// Forgets everything if somebody was erased since.
    pub(crate) fn follow(&mut self, tenant: Tenant, erasures: i64) {
        if self.seen.insert(tenant, erasures).is_some_and(|seen| seen != erasures) || self.keys.len() > KEPT_MAX {
            self.forget();
            self.seen.insert(tenant, erasures);
        }
    }

    pub(crate) fn forget(&mut self) {
        *self = Owners::default();
    }

    /// Finds or makes the keys of these agents.
    pub(crate) async fn ready(
        &mut self,
        tx: &mut Tx<'_>,
        tenant: Tenant,
        year: i64,
        agents: impl Iterator<Item = i64>,
        now: Timestamp,
    ) -> Result<(), ArchiveError> {
        let mut missing: Vec<i64> = agents.filter(|agent| !self.of.contains_key(&(tenant, *agent, year))).collect();
        missing.sort_unstable();
        missing.dedup();
        let (mut ids, mut made, mut secrets) = (Vec::new(), Vec::new(), Vec::new());
        for agent in missing {
            let (owner, secret) = match tx.opt(sql::OWNER_OF, &args![tenant.number(), agent, year]).await? {
                Some(row) => (row.get("id")?, row.get::<Option<Vec<u8>>>("secret")?.map(Secret::stored)),
                None => {
                    let (owner, secret) = (i64::from_be_bytes(chance()) & i64::MAX, Secret::fresh());
                    ids.push(owner);
                    made.push(agent);
                    secrets.push(secret.bytes().to_vec());
                    (owner, Some(secret))
                }
            };
            self.of.insert((tenant, agent, year), owner);
            self.keys.insert(owner, secret.and_then(|secret| secret.key()).map(Arc::new));
        }
        if !ids.is_empty() {
            let count = ids.len();
            let cells = vec![
                Cells::Int(ids),
                Cells::Int(vec![i64::from(tenant.number()); count]),
                Cells::Int(made),
                Cells::Int(vec![year; count]),
                Cells::Blob(secrets),
                Cells::Int(vec![now.as_millis(); count]),
            ];
            tx.insert(&sql::OWNERS, cells).await?;
        }
        Ok(())
    }

    /// The key of an agent that is [`Owners::ready`].
    pub(crate) fn key(&self, tenant: Tenant, agent: i64, year: i64) -> Result<(i64, Arc<SealKey>), ArchiveError> {
        let owner = self.of.get(&(tenant, agent, year)).copied().ok_or(ArchiveError::NoKey)?;
        let key = self.keys.get(&owner).cloned().flatten().ok_or(ArchiveError::NoKey)?;
        Ok((owner, key))
    }
}

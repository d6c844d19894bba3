//! Appending within a transaction: positions, seals, the chain of hashes, and what is looked up, for many statements at once.

use kernel::Timestamp;
use ring::aead::NONCE_LEN;
use sha2::{Digest, Sha256};
use store::{Cells, Tx, args};

use crate::key::{Key, NONE};
use crate::opened::opened;
use crate::owners::{Owners, year_of};
use crate::pending::Pending;
use crate::place::Tenant;
use crate::targets;
use crate::{ArchiveError, seal, sql};

/// What became of one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is new, at this position.
    New(i64),
    /// It was there already, and tells the same.
    Known(i64),
}

impl Taken {
    pub fn position(self) -> i64 {
        match self {
            Taken::New(position) | Taken::Known(position) => position,
        }
    }
}

/// Where a tenant's log stands.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub position: i64,
    pub hash: Vec<u8>,
    pub stored_at: Timestamp,
    /// Statements that refer to one that isn't here.
    pub dangling: i64,
    pub erasures: i64,
}

impl Head {
    pub(crate) async fn read(tx: &mut Tx<'_>, tenant: Tenant) -> Result<Head, ArchiveError> {
        Ok(match tx.opt(sql::HEAD, &args![tenant.number()]).await? {
            Some(row) => Head {
                position: row.get("position")?,
                hash: row.get("hash")?,
                stored_at: row.get("stored_at")?,
                dangling: row.get("dangling")?,
                erasures: row.get("erasures")?,
            },
            None => Head {
                position: tenant.start(),
                hash: Vec::new(),
                stored_at: Timestamp::from_millis(0),
                dangling: 0,
                erasures: 0,
            },
        })
    }

    pub(crate) async fn write(&self, tx: &mut Tx<'_>, tenant: Tenant) -> Result<(), ArchiveError> {
        let args =
            args![tenant.number(), self.position, self.hash.as_slice(), self.stored_at, self.dangling, self.erasures];
        tx.exec(sql::SET_HEAD, &args).await?;
        Ok(())
    }
}

/// SHA-256 over the hash before, in hexadecimal digits (nothing for the first), and the payload.
pub(crate) fn chained(before: &[u8], payload: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(hex::encode(before)).chain_update(payload).finalize().to_vec()
}

/// Whether statements that came with an id are looked for before they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// An id that is there already fails the transaction. Ids are nearly always new.
    Hopeful,
    Careful,
}

/// Appends in order; no two of them have one id. A statement that is there already takes no position; one that tells something else under a known id is refused, and
/// then nothing is appended.
pub(crate) async fn append_all(
    tx: &mut Tx<'_>,
    owners: &mut Owners,
    tenant: Tenant,
    all: &[&Pending],
    now: Timestamp,
    care: Care,
) -> Result<Vec<Taken>, ArchiveError> {
    let mut head = Head::read(tx, tenant).await?;
    owners.follow(tenant, head.erasures);
    // Whoever asks for what was stored since a moment must not miss what a slower clock stored.
    let stored = now.max(head.stored_at);

    let mut taken = vec![None; all.len()];
    if care == Care::Careful {
        for (at, one) in all.iter().enumerate() {
            taken[at] = known(tx, tenant, one).await?;
        }
    }
    let new: Vec<usize> = (0..all.len()).filter(|at| taken[*at].is_none()).collect();
    if new.is_empty() {
        return Ok(taken.into_iter().flatten().collect());
    }

    let year = year_of(stored);
    owners.ready(tx, tenant, year, new.iter().map(|at| all[*at].owner), stored).await?;

    let first = head.position + 1;
    let mut nonces =
        seal::nonces(new.len() + new.iter().map(|at| all[*at].attachments.len()).sum::<usize>()).into_iter();
    let mut nonce = || nonces.next().unwrap_or_else(seal::chance);
    let (mut positions, mut ids, mut owned, mut times, mut hashes, mut payloads) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut files = Files::default();
    let mut refs: Vec<(i64, i64)> = Vec::new();
    for at in &new {
        let one = all[*at];
        head.position += 1;
        let place = head.position;
        let (owner, key) = owners.key(tenant, one.owner, year)?;
        let payload = key.seal(nonce(), place, one.stored(NONCE_LEN, stored));
        head.hash = chained(&head.hash, &payload);
        refs.extend(one.keys.iter().map(|key| (key.0, place)));
        for file in &one.attachments {
            let front = [vec![0; NONCE_LEN], file.bytes.clone()].concat();
            files.add(place, &file.sha2, &file.content_type, owner, key.seal(nonce(), place, front));
        }
        positions.push(place);
        ids.push(tenant.key_of(one.id));
        owned.push(owner);
        times.push(stored.as_millis());
        hashes.push(head.hash.clone());
        payloads.push(payload);
        taken[*at] = Some(Taken::New(place));
    }
    refs.sort_unstable();
    refs.dedup();
    let (keys, places) = refs.into_iter().unzip();

    let records = vec![
        Cells::Int(positions),
        Cells::Blob(ids),
        Cells::Int(owned),
        Cells::Int(times),
        Cells::Blob(hashes),
        Cells::Blob(payloads),
    ];
    tx.insert(&sql::RECORDS, records).await?;
    tx.insert(&sql::REFS, vec![Cells::Int(keys), Cells::Int(places)]).await?;
    files.write(tx).await?;

    let placed: Vec<(i64, &Pending)> = new.iter().zip(first..).map(|(at, place)| (place, all[*at])).collect();
    targets::follow(tx, tenant, &mut head, &placed).await?;

    head.stored_at = stored;
    head.write(tx, tenant).await?;
    tx.exec(sql::SET_MOMENT, &args![tenant.number(), stored, head.position]).await?;
    tx.wake(&crate::log_of(tenant), head.position).await?;
    Ok(taken.into_iter().flatten().collect())
}

/// Whether the statement is there already.
async fn known(tx: &mut Tx<'_>, tenant: Tenant, one: &Pending) -> Result<Option<Taken>, ArchiveError> {
    if one.fresh {
        return Ok(None);
    }
    let Some(row) = tx.opt(sql::BY_ID, &args![tenant.key_of(one.id)]).await? else { return Ok(None) };
    let position: i64 = row.get("position")?;
    match opened(&row)? {
        Some(there) if same(&there, &one.told()) => Ok(Some(Taken::Known(position))),
        _ => Err(ArchiveError::Conflict { id: one.id, position }),
    }
}

/// The columns of attachments.
#[derive(Default)]
struct Files {
    positions: Vec<i64>,
    sums: Vec<String>,
    kinds: Vec<String>,
    owners: Vec<i64>,
    payloads: Vec<Vec<u8>>,
}

impl Files {
    fn add(&mut self, position: i64, sha2: &str, content_type: &str, owner: i64, payload: Vec<u8>) {
        self.positions.push(position);
        self.sums.push(sha2.to_owned());
        self.kinds.push(content_type.to_owned());
        self.owners.push(owner);
        self.payloads.push(payload);
    }

    async fn write(self, tx: &mut Tx<'_>) -> Result<(), ArchiveError> {
        if self.positions.is_empty() {
            return Ok(());
        }
        let cells = vec![
            Cells::Int(self.positions),
            Cells::Text(self.sums),
            Cells::Text(self.kinds),
            Cells::Int(self.owners),
            Cells::Blob(self.payloads),
        ];
        tx.insert(&sql::ATTACHMENTS, cells).await?;
        Ok(())
    }
}

/// The owner of what nobody in particular is the actor of: the tenant's own key.
pub(crate) fn owner_of(agent: Option<Key>) -> i64 {
    agent.map_or(NONE, |key| key.0)
}

fn same(there: &[u8], here: &[u8]) -> bool {
    let text = |body| std::str::from_utf8(body).unwrap_or_default();
    xapi::same(text(there), text(here))
}

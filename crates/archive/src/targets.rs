//! Statements that refer to others: they are found by what the other one is found by, and the one that voids takes the other one away.
//!
//! Either may come first. What refers to a statement that isn't here yet is counted as dangling; while there are any, each statement that
//! comes is held against them.

use std::collections::VecDeque;

use store::{Cells, Tx, args};

use crate::chain::Head;
use crate::key::Key;
use crate::opened::opened;
use crate::pending::{Pending, Target, looked_up};
use crate::place::Tenant;
use crate::{ArchiveError, sql};

/// A reference to a reference to a reference … is followed so far.
const DEPTH_MAX: usize = 8;

/// What a statement is looked up by, and what it refers to.
struct Found {
    position: i64,
    keys: Vec<Key>,
    target: Option<Target>,
}

pub(crate) async fn follow(
    tx: &mut Tx<'_>,
    tenant: Tenant,
    head: &mut Head,
    placed: &[(i64, &Pending)],
) -> Result<(), ArchiveError> {
    let referring: Vec<(i64, Target)> =
        placed.iter().filter_map(|(place, one)| one.target.map(|target| (*place, target))).collect();
    if referring.is_empty() && head.dangling == 0 {
        return Ok(());
    }
    note(tx, tenant, &referring).await?;
    for (place, target) in &referring {
        match find(tx, tenant, *target).await? {
            Some(found) => resolve(tx, tenant, *place, *target, found).await?,
            None => head.dangling += 1,
        }
    }
    if head.dangling > 0 {
        for (place, one) in placed {
            awaited(tx, tenant, head, *place, one).await?;
        }
    }
    Ok(())
}

async fn note(tx: &mut Tx<'_>, tenant: Tenant, referring: &[(i64, Target)]) -> Result<(), ArchiveError> {
    let cells = vec![
        Cells::Blob(referring.iter().map(|(_, target)| tenant.key_of(target.id)).collect()),
        Cells::Int(referring.iter().map(|(place, _)| *place).collect()),
        Cells::Int(referring.iter().map(|(_, target)| i64::from(target.voids)).collect()),
    ];
    tx.insert(&sql::TARGETS, cells).await?;
    Ok(())
}

async fn find(tx: &mut Tx<'_>, tenant: Tenant, target: Target) -> Result<Option<Found>, ArchiveError> {
    let Some(row) = tx.opt(sql::BY_ID, &args![tenant.key_of(target.id)]).await? else { return Ok(None) };
    let position: i64 = row.get("position")?;
    let (keys, target) = opened(&row)?.map(|body| looked_up(&body)).unwrap_or_default();
    Ok(Some(Found { position, keys, target }))
}

/// The statement at `place` refers to one that is here.
async fn resolve(
    tx: &mut Tx<'_>,
    tenant: Tenant,
    place: i64,
    target: Target,
    found: Found,
) -> Result<(), ArchiveError> {
    let voiding = found.target.is_some_and(|of| of.voids);
    if target.voids && !voiding {
        void(tx, place, &found).await?;
    }
    if is_voided(tx, place).await? {
        return Ok(());
    }
    // By what the other is looked up, and by what that one refers to.
    let mut next = Some(found);
    for _ in 0..DEPTH_MAX {
        let Some(found) = next else { break };
        inherit(tx, place, &found).await?;
        next = match found.target {
            Some(target) => find(tx, tenant, target).await?,
            None => None,
        };
    }
    Ok(())
}

/// The statement at `place` is new: whoever refers to it has waited for it.
async fn awaited(
    tx: &mut Tx<'_>,
    tenant: Tenant,
    head: &mut Head,
    place: i64,
    one: &Pending,
) -> Result<(), ArchiveError> {
    let mut waiting = VecDeque::from([(tenant.key_of(one.id), 0)]);
    while let Some((id, depth)) = waiting.pop_front() {
        for row in tx.all(sql::TARGETED_BY, &args![id]).await? {
            let (referring, voids): (i64, i64) = (row.get("position")?, row.get("voids")?);
            // Who came together with it, or later, has found it already.
            if referring >= place {
                continue;
            }
            let target = Target { id: one.id, voids: voids != 0 && depth == 0 };
            let found = Found { position: place, keys: one.keys.clone(), target: one.target };
            resolve(tx, tenant, referring, target, found).await?;
            if depth == 0 {
                head.dangling -= 1;
            }
            if depth + 1 < DEPTH_MAX
                && let Some(row) = tx.opt(sql::ID_AT, &args![referring]).await?
            {
                waiting.push_back((row.get("id")?, depth + 1));
            }
        }
    }
    Ok(())
}

async fn void(tx: &mut Tx<'_>, by: i64, found: &Found) -> Result<(), ArchiveError> {
    tx.exec(sql::VOID, &args![found.position, by]).await?;
    for key in &found.keys {
        tx.exec(sql::FORGET_REF, &args![key.0, found.position]).await?;
    }
    tx.exec(sql::FORGET_VIAS, &args![found.position]).await?;
    Ok(())
}

pub(crate) async fn is_voided(tx: &mut Tx<'_>, position: i64) -> Result<bool, ArchiveError> {
    Ok(tx.opt(sql::VOIDED, &args![position]).await?.is_some())
}

async fn inherit(tx: &mut Tx<'_>, place: i64, found: &Found) -> Result<(), ArchiveError> {
    let count = found.keys.len();
    let cells = vec![
        Cells::Int(found.keys.iter().map(|key| key.0).collect()),
        Cells::Int(vec![place; count]),
        Cells::Int(vec![found.position; count]),
    ];
    tx.insert(&sql::VIAS, cells).await?;
    Ok(())
}

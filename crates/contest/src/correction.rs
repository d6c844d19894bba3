//! A mark is corrected after it stood, by a recheck or on appeal: as a new version with author and reason, in the transaction of the
//! decision it follows from.

use kernel::{Actor, Mark, MarkId, Timestamp};
use marking::EntryIx;
use store::{Tx, args};
use web::ApiResult;

use crate::arena::{Arena, Logged, Touched};
use crate::event::{Because, Happened};
use crate::{archived, log, sql};

/// A correction that was checked.
#[derive(Debug)]
pub struct Correcting {
    pub id: MarkId,
    pub aspect: String,
    pub marks: Mark,
    pub reason: String,
}

/// Writes corrections and their statements, and folds them into `arena`.
pub async fn append(
    tx: &mut Tx<'_>,
    arena: &mut Arena,
    (entry, corrections): (EntryIx, &[Correcting]),
    because: &Because,
    actor: &Actor,
    now: Timestamp,
) -> ApiResult<()> {
    let contest = arena.plan.id.clone();
    let by: String = tx.one(sql::PERSON_NAME, &args![&actor.person]).await?.get("name")?;
    for correcting in corrections {
        let was = arena.aspect(&correcting.aspect).and_then(|aspect| arena.board.aspect(entry, aspect).mark);
        let happened = Happened::Corrected {
            id: correcting.id.clone().into(),
            entry: arena.plan.entries[entry.index()].id.clone().into(),
            aspect: correcting.aspect.clone(),
            marks: correcting.marks.hundredths(),
            was: was.map(Mark::hundredths),
            because: because.clone(),
            reason: correcting.reason.clone(),
            by: by.clone(),
        };
        let statement = archived::of_correction(arena, &happened, &actor.person, now);
        let subject = correcting.id.to_string();
        let position = log::append(tx, &contest, now, Some(&actor.account), &subject, &happened).await?;
        archived::keep(tx, statement.as_ref(), now).await?;
        let logged = Logged { position, at: now, subject, account: Some(actor.account.clone()), happened };
        arena.fold(&logged, &mut Touched::default());
    }
    Ok(())
}

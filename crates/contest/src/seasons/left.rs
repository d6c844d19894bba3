//! Somebody leaves a field otherwise than by declining: he withdraws his application, or another takes its place. Whoever had been sent there too, who
//! was in the field before, has no place there any more.

use kernel::{AccountId, AdvanceId, ContestId, EntryId, Timestamp};
use store::{Tx, args};
use web::audit::{self, Noted};
use web::{ApiResult, RequestId};

use crate::sql;

pub(crate) struct Left<'a> {
    pub field: &'a ContestId,
    pub seat: &'a EntryId,
    pub at: Timestamp,
    pub by: &'a AccountId,
    pub reason: &'a str,
    pub request_id: &'a RequestId,
}

impl Left<'_> {
    /// His places read as declined, with the reason. Who is next in line the organisers of those contests see, and confirm.
    pub async fn free_places(&self, tx: &mut Tx<'_>) -> ApiResult<()> {
        let places = tx.all(sql::PLACES_AT_SEAT, &args![self.field, self.seat]).await?;
        if places.is_empty() {
            return Ok(());
        }
        let by: String = tx.one(sql::ACCOUNT_NAME, &args![self.by]).await?.get("name")?;
        for place in places {
            let (id, contest): (AdvanceId, ContestId) = (place.get("id")?, place.get("contest")?);
            let result: String = place.get("result")?;
            let keep = args![&id, "declined", None::<EntryId>, result, self.at, &by, self.reason];
            tx.exec(sql::ANSWER_ADVANCE, &keep).await?;
            let (act, about) = ("season.place_freed", format!("{contest} {id}"));
            let (at, account, request_id) = (self.at, Some(self.by), self.request_id);
            audit::note(tx, &Noted { at, account, act, subject: Some(&about), request_id }).await?;
        }
        Ok(())
    }
}

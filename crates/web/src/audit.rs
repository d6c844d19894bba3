//! The trail of acts on who may do what: sign-ins, accounts, grants, keys. Numbered without gaps, inside the transaction of
//! the act itself.

use kernel::{AccountId, Timestamp};
use store::{StoreError, Tx, args};

use crate::{RequestId, sql};

/// One line of the trail. `act` is a code such as `session.opened`; `subject` names what it was done to.
#[derive(Debug, Clone)]
pub struct Noted<'a> {
    pub at: Timestamp,
    pub account: Option<&'a AccountId>,
    pub act: &'static str,
    pub subject: Option<&'a str>,
    pub request_id: &'a RequestId,
}

pub async fn note(tx: &mut Tx<'_>, noted: &Noted<'_>) -> Result<(), StoreError> {
    let position = tx.next_position("audit").await?;
    let args = args![position, noted.at, noted.account, noted.act, noted.subject, &*noted.request_id.0];
    tx.exec(sql::AUDIT_INSERT, &args).await.map(drop)
}

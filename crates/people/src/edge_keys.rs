//! The keys by which venues' gateways send telemetry. A key belongs to one edge and one contest, is shown once, and works
//! until it is revoked. An edge may hold two while one is being replaced.
//!
//! A key names the venue at which its gateway stands. From then on the venue's runs are judged to their end only when that gateway has told
//! everything, also before it has spoken for the first time and after its key is revoked: what it holds may come with a new key. Nobody
//! waits for it any more once it is *retired*, which is an act of its own; a new key takes that back.

pub mod create;
pub mod list;
pub mod revoke;

use kernel::{AccountId, EdgeId, Timestamp, VenueId};
use serde::Serialize;
use store::{Row, StoreError};
use utoipa::ToSchema;
use web::wire;

/// What is known of a key, without the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EdgeKey {
    /// Names the key; it is no secret.
    pub id: String,
    pub edge: wire::EdgeId,
    /// Where its gateway stands; null where nobody said it.
    pub venue: Option<wire::VenueId>,
    pub created_by: wire::AccountId,
    pub created_at: wire::Timestamp,
    pub revoked_at: Option<wire::Timestamp>,
    /// Nobody waits for its gateway any more.
    pub retired: bool,
}

impl EdgeKey {
    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get("id")?,
            edge: row.get::<EdgeId>("edge")?.into(),
            created_by: row.get::<AccountId>("created_by")?.into(),
            created_at: row.get::<Timestamp>("created_at")?.into(),
            venue: row.get::<Option<VenueId>>("venue")?.map(Into::into),
            revoked_at: row.get::<Option<Timestamp>>("revoked_at")?.map(Into::into),
            retired: row.get::<Option<i64>>("retired_after")?.is_some(),
        })
    }
}

//! The keys by which venues' gateways send telemetry. A key belongs to one edge and one contest, is shown once, and works
//! until it is revoked. An edge may hold two while one is being replaced.

pub mod create;
pub mod list;
pub mod revoke;

use kernel::{AccountId, EdgeId, Timestamp};
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
    pub created_by: wire::AccountId,
    pub created_at: wire::Timestamp,
    pub revoked_at: Option<wire::Timestamp>,
}

impl EdgeKey {
    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get("id")?,
            edge: row.get::<EdgeId>("edge")?.into(),
            created_by: row.get::<AccountId>("created_by")?.into(),
            created_at: row.get::<Timestamp>("created_at")?.into(),
            revoked_at: row.get::<Option<Timestamp>>("revoked_at")?.map(Into::into),
        })
    }
}

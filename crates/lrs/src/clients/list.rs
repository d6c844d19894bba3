//! `GET /api/archive/clients`: the programs that have, or had, a key.

use axum::extract::State;
use serde::Serialize;
use store::{Row, StoreError, args};
use utoipa::ToSchema;
use web::wire::Timestamp;
use web::{ApiResult, Hall, Json, Listed, Page};

use super::Scopes;
use crate::sql;

/// A program that speaks xAPI with this hall.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClientShown {
    pub id: String,
    pub tenant: u32,
    pub tenant_name: String,
    pub name: String,
    /// The user of HTTP Basic.
    pub login: String,
    pub scopes: Vec<String>,
    #[schema(required = true)]
    pub created_by: Option<String>,
    pub created_at: Timestamp,
    #[schema(required = true)]
    pub revoked_at: Option<Timestamp>,
}

impl ClientShown {
    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
        let scopes: String = row.get("scopes")?;
        Ok(Self {
            id: row.get("id")?,
            tenant: row.get("tenant")?,
            tenant_name: row.get("tenant_name")?,
            name: row.get("name")?,
            login: row.get("login")?,
            scopes: Scopes::read(&scopes).unwrap_or_default().names().into_iter().map(str::to_owned).collect(),
            created_by: row.get("created_by")?,
            created_at: row.get::<kernel::Timestamp>("created_at")?.into(),
            revoked_at: row.get::<Option<kernel::Timestamp>>("revoked_at")?.map(Into::into),
        })
    }
}

/// List the record store's clients.
#[utoipa::path(get, path = "/api/archive/clients", tag = "archive", operation_id = "list_clients", params(Page), responses((status = 200, body = Listed<ClientShown>)))]
pub async fn list(State(hall): State<Hall>, page: Page) -> ApiResult<Json<Listed<ClientShown>>> {
    let rows = hall.db.all(sql::CLIENTS, &args![page.after(), page.rows()]).await?;
    let shown = rows.iter().map(ClientShown::of).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(Listed::of(shown, &page, |client| client.id.clone())))
}

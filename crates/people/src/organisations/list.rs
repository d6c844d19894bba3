//! `GET /api/organisations`: the part of the tree that one reaches, parents before their children. An organiser reads all of it: what he imports
//! names organisations.

use axum::extract::State;
use serde::Deserialize;
use store::args;
use utoipa::IntoParams;
use web::{ApiResult, Hall, Json, Listed, Page, Paged, Signed, wire};

use super::Organisation;
use crate::{reach, sql};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only the children of this one.
    parent: Option<wire::OrganisationId>,
    /// Part of a name, in either language, or of an id.
    q: Option<String>,
}

/// List organisations.
#[utoipa::path(get, path = "/api/organisations", tag = "people", operation_id = "list_organisations",
    params(Page, Filter), responses((status = 200, body = Listed<Organisation>)))]
pub async fn list(
    State(hall): State<Hall>,
    signed: Signed,
    Paged { page, filter }: Paged<Filter>,
) -> ApiResult<Json<Listed<Organisation>>> {
    let parent = filter.parent.as_deref();
    let args = args![&signed.account, parent, reach::pattern(filter.q.as_deref()), page.after(), page.rows()];
    let rows = hall.db.all(sql::ORGANISATIONS, &args).await?;
    let found = rows.iter().map(Organisation::of).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(Listed::of(found, &page, |organisation| organisation.path.clone())))
}

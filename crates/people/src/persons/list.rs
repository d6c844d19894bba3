//! `GET /api/persons`: those at and below the organisations that one reaches.

use axum::extract::State;
use serde::Deserialize;
use store::args;
use utoipa::IntoParams;
use web::{ApiResult, Hall, Json, Listed, Page, Paged, Signed, wire};

use super::Person;
use crate::{reach, sql};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only those at or below this one.
    organisation: Option<wire::OrganisationId>,
    /// Part of the name.
    q: Option<String>,
}

/// List persons.
#[utoipa::path(get, path = "/api/persons", tag = "people", operation_id = "list_persons",
    params(Page, Filter), responses((status = 200, body = Listed<Person>)))]
pub async fn list(
    State(hall): State<Hall>,
    signed: Signed,
    Paged { page, filter }: Paged<Filter>,
) -> ApiResult<Json<Listed<Person>>> {
    let under = filter.organisation.as_deref();
    let args = args![&signed.account, under, reach::pattern(filter.q.as_deref()), page.after(), page.rows()];
    let rows = hall.db.all(sql::PERSONS, &args).await?;
    let found = rows.iter().map(Person::of).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(Listed::of(found, &page, |person| person.id.to_string())))
}

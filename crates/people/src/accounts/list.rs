//! `GET /api/accounts`: the accounts of the persons that one reaches, with their roles.

use axum::extract::State;
use kernel::AccountId;
use serde::Deserialize;
use store::args;
use utoipa::IntoParams;
use web::{ApiResult, Hall, Json, Listed, Page, Paged, Signed, directory, wire};

use super::Account;
use crate::{reach, sql};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    person: Option<wire::PersonId>,
    /// Part of the login or the name.
    q: Option<String>,
}

/// List accounts.
#[utoipa::path(get, path = "/api/accounts", tag = "people", operation_id = "list_accounts",
    params(Page, Filter), responses((status = 200, body = Listed<Account>)))]
pub async fn list(
    State(hall): State<Hall>,
    signed: Signed,
    Paged { page, filter }: Paged<Filter>,
) -> ApiResult<Json<Listed<Account>>> {
    let person = filter.person.as_deref();
    let args = args![&signed.account, person, reach::pattern(filter.q.as_deref()), page.after(), page.rows()];
    let rows = hall.db.all(sql::ACCOUNTS, &args).await?;
    let found = rows.iter().map(Account::of).collect::<Result<Vec<_>, _>>()?;
    let mut listed = Listed::of(found, &page, |account| account.id.to_string());
    if let (Some(first), Some(last)) = (listed.items.first(), listed.items.last()) {
        // Grants come in the order of accounts, and so do the accounts of the page.
        let grants = hall.db.all(sql::GRANTS_BETWEEN, &args![&first.id.0, &last.id.0]).await?;
        for row in &grants {
            let account: AccountId = row.get("account")?;
            let at = listed.items.binary_search_by(|held| held.id.0.cmp(&account));
            if let (Ok(at), Some((role, scope))) = (at, directory::grant_from(row)?) {
                listed.items[at].roles.push(wire::Grant { role: role.into(), scope: scope.into() });
            }
        }
    }
    Ok(Json(listed))
}

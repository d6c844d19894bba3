//! Signing in and out, and one's own password.

pub mod change_password;
pub mod show;
pub mod sign_in;
pub mod sign_out;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use kernel::AccountId;
use serde::Serialize;
use store::{Tx, args};
use utoipa::ToSchema;
use web::{ApiResult, Hall, Json, Problem, wire};

use crate::sql;

/// Who is signed in, and what his screen needs to act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionAnswer {
    pub account: wire::AccountId,
    pub person: wire::PersonId,
    pub name: String,
    pub roles: Vec<wire::Grant>,
    /// Goes into `X-CSRF-Token` of every write.
    pub csrf_token: String,
    /// Whether this hall is a demonstration.
    pub demo: bool,
}

/// What a session that has just been opened answers.
async fn answer_of(tx: &mut Tx<'_>, hall: &Hall, account: &AccountId, token: &str) -> ApiResult<SessionAnswer> {
    let rows = tx.all(sql::SESSION_ANSWER, &args![account]).await?;
    let first = rows.first().ok_or_else(|| Problem::internal("an account without a person"))?;
    let mut roles = Vec::new();
    for row in &rows {
        roles.extend(web::directory::grant_from(row)?);
    }
    Ok(SessionAnswer {
        account: account.into(),
        person: first.get::<kernel::PersonId>("person")?.into(),
        name: first.get("name")?,
        roles: roles.into_iter().map(|(role, scope)| wire::Grant { role: role.into(), scope: scope.into() }).collect(),
        csrf_token: web::session::csrf_of(token),
        demo: hall.is_demo(),
    })
}

/// Opens a session for an account, in the transaction that has found it right, and closes the one it replaces.
pub(crate) async fn open(
    tx: &mut Tx<'_>,
    hall: &Hall,
    account: &AccountId,
    replaced: Option<&str>,
) -> ApiResult<(String, SessionAnswer)> {
    if let Some(token_hash) = replaced {
        web::session::close(tx, token_hash).await?;
    }
    let token = web::session::open(tx, hall, account).await?;
    let answer = answer_of(tx, hall, account, &token).await?;
    Ok((token, answer))
}

/// The answer with the cookie that belongs to it.
pub(crate) fn handed_out(hall: &Hall, token: &str, answer: SessionAnswer) -> ApiResult<Response> {
    let mut response = Json(answer).into_response();
    let cookie = HeaderValue::from_str(&web::session::cookie(hall, Some(token))).map_err(Problem::internal)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

//! `PATCH /api/accounts/{account}`: closes an account, or opens it again. Closing ends its sessions at once.

use axum::extract::State;
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, RequestId, Signed, session, wire};

use super::{Account, find, keep_an_administrator, roles_of};
use crate::sql;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAccount {
    pub disabled: bool,
}

/// Close an account, or open it again.
#[utoipa::path(patch, path = "/api/accounts/{account}", tag = "people", operation_id = "change_account",
    responses((status = 200, body = Account)))]
pub async fn change(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(account): Path<wire::AccountId>,
    Json(asked): Json<ChangeAccount>,
) -> ApiResult<Answer> {
    let (account, signed, now, request_id) = (&account.0, &signed, hall.now(), &request_id);
    let answer = web::write(&hall, &key, |tx| {
        Box::pin(async move {
            let known = find(tx, account).await?;
            if known.disabled != asked.disabled {
                tx.exec(sql::ACCOUNT_DISABLE, &args![account, asked.disabled.then_some(now)]).await?;
                session::close_others(tx, account, "").await?;
                keep_an_administrator(tx).await?;
                let act = if asked.disabled { "account.closed" } else { "account.opened" };
                let (by, subject) = (Some(&signed.account), Some(account.as_str()));
                audit::note(tx, &Noted { at: now, account: by, act, subject, request_id }).await?;
            }
            let row = tx.one(sql::ACCOUNT_SHOWN, &args![account]).await?;
            Answer::ok(&Account { roles: roles_of(tx, account).await?, ..Account::of(&row)? })
        })
    })
    .await?;
    hall.sessions.forget(account);
    Ok(answer)
}

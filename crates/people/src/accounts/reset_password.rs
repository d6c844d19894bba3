//! `POST /api/accounts/{account}/password`: an administrator of the hall sets a password for somebody who has lost his, or
//! who never had one. Staff may not: a password is every role that the account holds.

use axum::extract::State;
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, Faults, Hall, IdempotencyKey, Json, Path, RequestId, Signed, password, session, wire};

use super::{check_password, find};
use crate::sql;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// 8 to 128 characters.
    #[schema(format = Password, min_length = 8, max_length = 128)]
    pub password: String,
}

/// Set somebody's password; his sessions end.
#[utoipa::path(post, path = "/api/accounts/{account}/password", tag = "people", operation_id = "reset_password",
    responses((status = 204, description = "Set")))]
pub async fn reset_password(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(account): Path<wire::AccountId>,
    Json(asked): Json<ResetPassword>,
) -> ApiResult<Answer> {
    let mut faults = Faults::default();
    check_password(&mut faults, "password", &asked.password, "");
    faults.finish()?;
    let hash = password::hash(&hall, &asked.password).await?;
    let (account, asked, hash, signed, now, request_id) = (&account.0, &asked, &hash, &signed, hall.now(), &request_id);
    let answer = web::write(&hall, &key, |tx| {
        Box::pin(async move {
            let known = find(tx, account).await?;
            let mut faults = Faults::default();
            check_password(&mut faults, "password", &asked.password, &known.login);
            faults.finish()?;
            tx.exec(sql::PASSWORD_SET, &args![&known.account, hash]).await?;
            session::close_others(tx, account, "").await?;
            let (by, subject) = (Some(&signed.account), Some(account.as_str()));
            audit::note(tx, &Noted { at: now, account: by, act: "password.reset", subject, request_id }).await?;
            Ok(Answer::empty())
        })
    })
    .await?;
    hall.sessions.forget(account);
    Ok(answer)
}

//! `POST /api/session/password`: a new password for the old one. All other sessions of the account end: whoever holds one
//! of them may be the reason for the change.

use axum::extract::State;
use kernel::ErrorCode;
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::{
    Answer, ApiResult, ClientAddress, Faults, Hall, IdempotencyKey, Json, Problem, RequestId, SignedSession,
    idempotency, password, session,
};

use crate::throttle::{self, Subject};
use crate::{accounts, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    #[schema(format = Password)]
    pub old: String,
    /// 8 to 128 characters.
    #[schema(format = Password, min_length = 8, max_length = 128)]
    pub new: String,
}

/// Change one's own password.
#[utoipa::path(post, path = "/api/session/password", tag = "people", responses((status = 204, description = "Changed")))]
pub async fn change_password(
    State(hall): State<Hall>,
    ClientAddress(address): ClientAddress,
    request_id: RequestId,
    SignedSession(signed): SignedSession,
    key: IdempotencyKey,
    Json(asked): Json<NewPassword>,
) -> ApiResult<Answer> {
    if let Some(answer) = idempotency::replayed(&hall, &key).await? {
        return Ok(answer);
    }
    let mut faults = Faults::default();
    accounts::check_password(&mut faults, "new", &asked.new, &signed.login);
    if asked.new == asked.old {
        faults.add("new", "新密码与旧密码相同", "must differ from the old one");
    }
    faults.finish()?;

    // Whoever finds a browser left open must not guess here what he couldn't guess at the door.
    let subjects = &[Subject::Login(&signed.login), Subject::Address(&address)];
    let (account, now) = (&signed.actor.account, hall.now());
    hall.db.write(|tx| Box::pin(throttle::attempt(tx, subjects, now))).await?;
    let kept: Option<String> = hall.db.one(sql::ACCOUNT_SECRET, &args![account]).await?.get("password_hash")?;
    let fits = asked.old.len() <= accounts::PASSWORD_BYTES_MAX;
    if !(fits && password::verify(&hall, &asked.old, kept.as_deref()).await?) {
        return Err(Problem::new(ErrorCode::BadCredentials).field("old", "旧密码不对", "the old password is wrong"));
    }
    let hash = password::hash(&hall, &asked.new).await?;

    let (hash, token_hash, request_id) = (&hash, signed.token_hash(), &request_id);
    let answer = web::write(&hall, &key, |tx| {
        Box::pin(async move {
            throttle::right(tx, subjects, now).await?;
            tx.exec(sql::PASSWORD_SET, &args![account, hash]).await?;
            session::close_others(tx, account, token_hash).await?;
            audit::note(
                tx,
                &Noted { at: now, account: Some(account), act: "password.changed", subject: None, request_id },
            )
            .await?;
            Ok(Answer::empty())
        })
    })
    .await?;
    hall.sessions.forget(account);
    Ok(answer)
}

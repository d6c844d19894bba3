//! `POST /api/session`: login and password become a session.
//!
//! The attempt is counted, then the password is looked at, then the session is opened and the attempt given back. Nothing
//! in the answer, its time included, tells whether the login exists.

use axum::extract::State;
use axum::response::Response;
use kernel::{AccountId, ErrorCode};
use serde::Deserialize;
use store::args;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::{ApiResult, ClientAddress, Hall, Json, MaybeSession, Problem, RequestId, password};

use super::{SessionAnswer, handed_out, open};
use crate::throttle::{self, Subject};
use crate::{accounts, sql};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub login: String,
    #[schema(format = Password)]
    pub password: String,
}

/// Sign in.
#[utoipa::path(post, path = "/api/session", tag = "people", responses((status = 200, body = SessionAnswer)))]
pub async fn sign_in(
    State(hall): State<Hall>,
    ClientAddress(address): ClientAddress,
    request_id: RequestId,
    MaybeSession(before): MaybeSession,
    Json(asked): Json<SignIn>,
) -> ApiResult<Response> {
    let login = asked.login.trim().to_lowercase();
    let subjects = &[Subject::Login(&login), Subject::Address(&address)];
    let now = hall.now();
    hall.db.write(|tx| Box::pin(throttle::attempt(tx, subjects, now))).await?;

    let found = hall.db.opt(sql::SIGN_IN_ACCOUNT, &args![&login]).await?;
    let mut account = None;
    let mut kept: Option<String> = None;
    if let Some(row) = found {
        if row.get::<Option<i64>>("disabled_at")?.is_none() {
            kept = row.get("password_hash")?;
        }
        account = Some(row.get::<AccountId>("id")?);
    }
    let fits = asked.password.len() <= accounts::PASSWORD_BYTES_MAX;
    let right = fits && password::verify(&hall, &asked.password, kept.as_deref()).await?;
    let (Some(account), Some(kept), true) = (&account, &kept, right) else {
        let (account, request_id) = (account.as_ref(), &request_id);
        let refused = Noted { at: now, account, act: "session.refused", subject: None, request_id };
        let refused = &refused;
        hall.db.write(|tx| Box::pin(audit::note(tx, refused))).await?;
        return Err(ErrorCode::BadCredentials.into());
    };

    let renewed =
        if password::is_outdated(&hall, kept) { Some(password::hash(&hall, &asked.password).await?) } else { None };
    let before = before.as_deref().map(|session| session.token_hash());
    let (hall, request_id, renewed) = (&hall, &request_id, &renewed);
    let (token, answer) = hall
        .db
        .write(|tx| {
            Box::pin(async move {
                throttle::right(tx, subjects, now).await?;
                if let Some(renewed) = renewed {
                    tx.exec(sql::PASSWORD_SET, &args![account, renewed]).await?;
                }
                let opened = open(tx, hall, account, before).await?;
                audit::note(
                    tx,
                    &Noted { at: now, account: Some(account), act: "session.opened", subject: None, request_id },
                )
                .await?;
                Ok::<_, Problem>(opened)
            })
        })
        .await?;
    hall.sessions.forget(account);
    handed_out(hall, &token, answer)
}

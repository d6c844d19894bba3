//! `DELETE /api/session`: this session ends, here and now; the account's other sessions go on.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use web::audit::{self, Noted};
use web::{ApiResult, Hall, Problem, RequestId, SignedSession, session};

/// Sign out.
#[utoipa::path(delete, path = "/api/session", tag = "people", responses((status = 204, description = "Signed out")))]
pub async fn sign_out(
    State(hall): State<Hall>,
    request_id: RequestId,
    SignedSession(signed): SignedSession,
) -> ApiResult<Response> {
    let (account, token_hash, request_id) = (&signed.actor.account, signed.token_hash(), &request_id);
    let closed = Noted { at: hall.now(), account: Some(account), act: "session.closed", subject: None, request_id };
    let closed = &closed;
    hall.db
        .write(|tx| {
            Box::pin(async move {
                session::close(tx, token_hash).await?;
                audit::note(tx, closed).await
            })
        })
        .await?;
    hall.sessions.forget(account);
    let mut response = StatusCode::NO_CONTENT.into_response();
    let cookie = HeaderValue::from_str(&session::cookie(&hall, None)).map_err(Problem::internal)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

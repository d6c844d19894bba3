//! `POST /xapi/oauth/token`: a token for a key (OAuth 2.0, RFC 6749 4.4: client credentials), for a while, perhaps with fewer scopes.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;
use store::args;
use web::session::hashed;

use super::Scopes;
use crate::params::Params;
use crate::refusal::{Done, Refusal};
use crate::{Lrs, reply, sql};

/// A token lives so long.
const LIVES_MS: i64 = 3_600_000;
const BODY_MAX: usize = 16 * 1024;

pub async fn grant(State(lrs): State<Lrs>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_MAX).await else { return refused("invalid_request") };
    match granted(&lrs, &parts.headers, &body).await {
        Ok(Ok(response)) => response,
        Ok(Err(code)) => refused(code),
        Err(refusal) => refusal.into_response(),
    }
}

/// As the standard words it (5.2).
fn refused(code: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/json")], json!({"error": code}).to_string())
        .into_response()
}

async fn granted(lrs: &Lrs, headers: &HeaderMap, body: &[u8]) -> Done<Result<Response, &'static str>> {
    let is_basic = headers.get(header::AUTHORIZATION).and_then(|shown| shown.to_str().ok());
    if !is_basic.is_some_and(|shown| shown.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic "))) {
        return Err(Refusal::not_authorized());
    }
    let client = lrs.clients.who(lrs, headers).await?;
    let form = Params::parse(std::str::from_utf8(body).unwrap_or_default());
    if form.only(&["grant_type", "scope"]).is_err() {
        return Ok(Err("invalid_request"));
    }
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Ok(Err("unsupported_grant_type")),
        None => return Ok(Err("invalid_request")),
    }
    let scopes = match form.get("scope").map(Scopes::read) {
        None => client.scopes.clone(),
        Some(Ok(scopes)) if !scopes.is_empty() && scopes.within(&client.scopes) => scopes,
        Some(_) => return Ok(Err("invalid_scope")),
    };
    let (token, now) = (lrs.hall.secret(), lrs.hall.now());
    let kept = &args![hashed(&token), &client.id, scopes.text(), now.plus_millis(LIVES_MS)];
    lrs.hall
        .db
        .write(|tx| {
            Box::pin(async move {
                tx.exec(sql::TOKENS_EXPIRED, &args![now]).await?;
                tx.exec(sql::TOKEN_ADD, kept).await?;
                Ok::<_, store::StoreError>(())
            })
        })
        .await?;
    let answer =
        json!({"access_token": token, "token_type": "Bearer", "expires_in": LIVES_MS / 1000, "scope": scopes.text()});
    let mut response = reply::json(answer.to_string());
    reply::set(&mut response, header::CACHE_CONTROL, "no-store");
    Ok(Ok(response))
}

//! The layer that every request passes before its handler: it finds the route's rule, finds out who is calling, and holds
//! the one against the other; checks the CSRF token and the idempotency key of writes; and reads the body within the
//! route's limit. In this order, so that nobody without the right makes the hall read a long body.
//!
//! Invariant: a handler runs only when a rule of its own route and method let the request through.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header;
use http::request::Parts;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kernel::ErrorCode;
use sha2::{Digest, Sha256};

use crate::access::{Access, Rule, Table, reaches};
use crate::idempotency::{IdempotencyKey, KEY_HEADER};
use crate::session::{ACCOUNT_HEADER, CSRF_HEADER, Caller, identify, same};
use crate::{ApiResult, Hall, Problem};

#[derive(Clone)]
pub(crate) struct Guard {
    pub hall: Hall,
    pub table: Arc<Table>,
}

pub(crate) async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    // No route: the fallback answers, and changes nothing.
    if request.extensions().get::<MatchedPath>().is_none() {
        return next.run(request).await;
    }
    match guard.admit(request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

impl Guard {
    async fn admit(&self, request: Request) -> ApiResult<Request> {
        let (mut parts, body) = request.into_parts();
        let rule = self.rule(&parts)?;
        let caller = self.allow(rule, &mut parts).await?;
        if rule.writes() && rule.csrf {
            check_csrf(&caller, &parts)?;
        }
        let body = if rule.writes() { self.read_body(rule, &caller, &mut parts, body).await? } else { Body::empty() };
        parts.extensions.insert(caller);
        Ok(Request::from_parts(parts, body))
    }

    fn rule(&self, parts: &Parts) -> ApiResult<&Rule> {
        let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        self.table.find(&parts.method, path).ok_or_else(|| match self.table.allowed(path) {
            Some(allowed) => Problem::new(ErrorCode::MethodNotAllowed)
                .detail(format!("这里可用：{allowed}"), format!("This address takes: {allowed}"))
                .allow(allowed),
            None => {
                tracing::error!(method = %parts.method, path, "a route is missing in the access tables");
                ErrorCode::Forbidden.into()
            }
        })
    }

    async fn allow(&self, rule: &Rule, parts: &mut Parts) -> ApiResult<Caller> {
        if rule.access == Access::DemoOnly && !self.hall.is_demo() {
            return Err(Problem::not_found("只在演示模式下提供", "This exists in a demonstration only"));
        }
        if rule.access == Access::XapiClient {
            return Ok(Caller::Nobody);
        }
        let caller = identify(&self.hall, &parts.headers).await?;
        // Before the roles: what another account may do is no answer to the one that asks.
        check_account(&caller, parts)?;
        match (rule.access, &caller) {
            (Access::Public | Access::DemoOnly | Access::XapiClient, _) | (Access::SignedIn, Caller::Signed(_)) => {
                Ok(caller)
            }
            (Access::Roles(roles, scope_of), Caller::Signed(session)) => {
                let params = path_params(parts).await;
                let part =
                    |name: &str| params.as_ref()?.iter().find(|(n, _)| *n == name).map(|(_, text)| text.to_owned());
                let place = scope_of.place(part).ok_or(ErrorCode::NotFound)?;
                if reaches(&session.actor, roles, &place) { Ok(caller) } else { Err(ErrorCode::Forbidden.into()) }
            }
            (Access::EdgeKey, Caller::Edge(edge)) => {
                let params = path_params(parts).await;
                let contest = params.as_ref().and_then(|params| params.iter().find(|(name, _)| *name == "contest"));
                if contest.is_some_and(|(_, text)| text == edge.contest.as_str()) {
                    Ok(caller)
                } else {
                    Err(Problem::new(ErrorCode::Forbidden)
                        .detail("此密钥属于另一场赛事", "This key belongs to another contest"))
                }
            }
            // An edge's key opens edge routes only; a person's session opens all others.
            (Access::SignedIn | Access::Roles(..), Caller::Edge(_)) | (Access::EdgeKey, Caller::Signed(_)) => {
                Err(ErrorCode::Forbidden.into())
            }
            (Access::SignedIn | Access::Roles(..) | Access::EdgeKey, Caller::Nobody) => {
                Err(ErrorCode::NotSignedIn.into())
            }
        }
    }

    async fn read_body(&self, rule: &Rule, caller: &Caller, parts: &mut Parts, body: Body) -> ApiResult<Body> {
        let key = if rule.needs_key() { Some(key_text(parts)?) } else { None };
        let announced = parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: u64| length > rule.body_max as u64) {
            return Err(too_large(rule.body_max));
        }
        let bytes = match Limited::new(body, rule.body_max).collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(fault) if fault.is::<LengthLimitError>() => return Err(too_large(rule.body_max)),
            Err(_) => return Err(crate::extract::body_broken()),
        };
        if let Some(key) = key {
            let owner = match caller {
                Caller::Signed(session) => session.actor.account.to_string(),
                Caller::Edge(edge) => edge.key.clone(),
                Caller::Nobody => String::new(),
            };
            let seal = match caller {
                Caller::Signed(session) if rule.secret => session.seal.as_str(),
                _ => "",
            };
            let digest = fingerprint(seal, parts, &bytes);
            let route = format!("{} {}", rule.method, rule.path);
            parts.extensions.insert(IdempotencyKey { owner, key, route, digest });
        }
        Ok(Body::from(bytes))
    }
}

async fn path_params(parts: &mut Parts) -> Option<RawPathParams> {
    RawPathParams::from_request_parts(parts, &()).await.ok()
}

/// Whoever names an account gets an answer for that account or none: several tabs share one cookie.
fn check_account(caller: &Caller, parts: &Parts) -> ApiResult<()> {
    let (Caller::Signed(session), Some(named)) = (caller, parts.headers.get(ACCOUNT_HEADER)) else { return Ok(()) };
    if named.as_bytes() == session.actor.account.as_str().as_bytes() {
        Ok(())
    } else {
        Err(ErrorCode::OtherAccount.into())
    }
}

fn check_csrf(caller: &Caller, parts: &Parts) -> ApiResult<()> {
    let Caller::Signed(session) = caller else { return Ok(()) };
    let shown = parts.headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if same(shown, session.csrf_token()) { Ok(()) } else { Err(ErrorCode::CsrfMismatch.into()) }
}

fn key_text(parts: &Parts) -> ApiResult<String> {
    let Some(value) = parts.headers.get(KEY_HEADER) else { return Err(ErrorCode::IdempotencyKeyMissing.into()) };
    let text = value.to_str().unwrap_or_default();
    if (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err(Problem::new(ErrorCode::Malformed).detail(
        "Idempotency-Key 应为 1 至 64 个可见 ASCII 字符",
        "Idempotency-Key must be 1 to 64 visible ASCII characters",
    ))
}

/// What makes two requests the same: method, address and content.
fn fingerprint(seal: &str, parts: &Parts, body: &[u8]) -> String {
    let mut digest = Sha256::new();
    let address = parts.uri.path_and_query().map_or("", |path| path.as_str());
    for piece in [seal.as_bytes(), parts.method.as_str().as_bytes(), address.as_bytes()] {
        digest.update((piece.len() as u64).to_be_bytes());
        digest.update(piece);
    }
    digest.update(body);
    hex::encode(digest.finalize())
}

fn too_large(body_max: usize) -> Problem {
    let kib = body_max / 1024;
    Problem::new(ErrorCode::TooLarge).detail(format!("此处最多 {kib} KiB"), format!("At most {kib} KiB are taken here"))
}

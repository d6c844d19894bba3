//! Who is calling. A browser holds the cookie `guildhall_session`: 32 random bytes, of which the table keeps only the
//! SHA-256. A write by cookie also carries `X-CSRF-Token`, which is derived from the cookie's value and handed out in the
//! session's answer; a foreign page can send the cookie along but can't know the token. An edge carries a bearer key, kept
//! as its SHA-256 too.
//!
//! A session is found in the database and remembered for [`REMEMBERED_MS`], so that a tablet that sends a mark each second
//! costs no query each. Invariant: in this process a revoked session, a changed role and a changed password take effect at
//! once ([`Sessions::forget`]), for what is streamed too; on another node within that time, for a stream by its next look.
//!
//! A session lives for [`SESSION_MS`] and is extended when half of that is over, so that a judge stays signed in through a
//! contest, and a tablet that was forgotten does not stay so for ever.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap};
use http::request::Parts;
use kernel::{AccountId, Actor, ContestId, EdgeId, ErrorCode, Role, Scope, Timestamp};
use sha2::{Digest, Sha256};
use store::{Row, Tx, args};
use tokio::sync::watch;

use crate::access::{Place, reaches};
use crate::{ApiResult, Hall, Problem, sql};

pub const COOKIE_NAME: &str = "guildhall_session";
pub const CSRF_HEADER: &str = "x-csrf-token";
/// Names the account that a request belongs to, where the sender may have been overtaken by another sign-in.
pub const ACCOUNT_HEADER: &str = "x-account";

/// A session ends so long after its last extension: three days.
pub const SESSION_MS: i64 = 3 * 24 * 3600 * 1000;
/// So long a session is believed without asking the database.
const REMEMBERED_MS: i64 = 5_000;
/// So many are remembered at once; beyond that all are asked for again.
const REMEMBERED_MAX: usize = 20_000;

/// An open sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub actor: Actor,
    /// The person's name, for his own screen.
    pub name: String,
    pub login: String,
    pub expires_at: Timestamp,
    token_hash: String,
    csrf_token: String,
    /// Keys the fingerprints of requests that hold a secret.
    pub(crate) seal: String,
}

impl Session {
    pub fn token_hash(&self) -> &str {
        &self.token_hash
    }

    pub fn csrf_token(&self) -> &str {
        &self.csrf_token
    }

    /// Who this session belongs to by now, with his roles of now; `None` when it was closed or his account was. For who holds a connection
    /// open: it neither extends the session nor believes what is remembered.
    pub async fn actor_now(&self, hall: &Hall) -> ApiResult<Option<Actor>> {
        let rows = hall.db.all(sql::SESSION_BY_TOKEN, &args![&self.token_hash, hall.now()]).await?;
        rows.first().map(|first| actor_of(first, &rows)).transpose()
    }
}

/// A row for each of his roles.
fn actor_of(first: &Row, rows: &[Row]) -> ApiResult<Actor> {
    let mut roles = Vec::new();
    for row in rows {
        roles.extend(crate::directory::grant_from(row)?);
    }
    Ok(Actor { account: first.get("account")?, person: first.get("person")?, roles })
}

/// A venue's gateway, signed in by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeCaller {
    pub key: String,
    pub edge: EdgeId,
    pub contest: ContestId,
}

/// Who is calling; the guard leaves it with the request.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    Nobody,
    Signed(Arc<Session>),
    Edge(EdgeCaller),
}

/// The sessions that this process remembers.
#[derive(Default)]
pub struct Sessions {
    remembered: Mutex<Remembered>,
    /// Rings when sessions are forgotten.
    bell: watch::Sender<()>,
}

#[derive(Default)]
struct Remembered {
    by_hash: HashMap<String, (Timestamp, Arc<Session>)>,
    /// Counts what was forgotten, so that an answer of the database from before isn't remembered after.
    forgotten: u64,
}

impl Sessions {
    /// After a change to this account's roles, password or sessions has been committed.
    pub fn forget(&self, account: &AccountId) {
        self.forget_where(|session| session.actor.account == *account);
    }

    /// After changes to many.
    pub fn forget_all(&self) {
        self.forget_where(|_| true);
    }

    fn forget_where(&self, gone: impl Fn(&Session) -> bool) {
        {
            let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            remembered.forgotten += 1;
            remembered.by_hash.retain(|_, (_, session)| !gone(session));
        }
        self.bell.send_replace(());
    }

    /// Rings when rights may have changed in this process: who streams to somebody asks again whether he still may.
    pub fn bell(&self) -> watch::Receiver<()> {
        self.bell.subscribe()
    }

    fn recall(&self, token_hash: &str, now: Timestamp) -> (Option<Arc<Session>>, u64) {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let found = remembered.by_hash.get(token_hash).filter(|(seen_at, session)| {
            now.millis_since(*seen_at) < REMEMBERED_MS && now >= *seen_at && session.expires_at > now
        });
        (found.map(|(_, session)| session.clone()), remembered.forgotten)
    }

    fn remember(&self, session: Arc<Session>, now: Timestamp, forgotten_before: u64) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.forgotten != forgotten_before {
            return;
        }
        if remembered.by_hash.len() >= REMEMBERED_MAX {
            remembered.by_hash.clear();
        }
        remembered.by_hash.insert(session.token_hash.clone(), (now, session));
    }
}

/// The SHA-256 of a secret, as the tables keep it.
pub fn hashed(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

fn derived(purpose: &str, token: &str) -> String {
    hex::encode(Sha256::new().chain_update(purpose).chain_update([0]).chain_update(token).finalize())
}

/// The CSRF token that belongs to a session's cookie.
pub fn csrf_of(token: &str) -> String {
    derived("csrf", token)
}

/// Whether two texts are equal, in a time that doesn't tell where they differ.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.len() == right.len() && left.bytes().zip(right.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// Opens a session inside the transaction of a sign-in; the answer is the cookie's value.
pub async fn open(tx: &mut Tx<'_>, hall: &Hall, account: &AccountId) -> Result<String, store::StoreError> {
    let (token, now) = (hall.secret(), hall.now());
    tx.exec(sql::SESSION_INSERT, &args![hashed(&token), account, now, now.plus_millis(SESSION_MS)]).await?;
    Ok(token)
}

/// Closes a session. After the commit forget the account.
pub async fn close(tx: &mut Tx<'_>, token_hash: &str) -> Result<(), store::StoreError> {
    tx.exec(sql::SESSION_DELETE, &args![token_hash]).await.map(drop)
}

/// Closes an account's sessions but this one; with an empty `token_hash` all. After the commit forget the account.
pub async fn close_others(tx: &mut Tx<'_>, account: &AccountId, token_hash: &str) -> Result<(), store::StoreError> {
    tx.exec(sql::SESSIONS_DELETE_OTHERS, &args![account, token_hash]).await.map(drop)
}

/// The `Set-Cookie` that hands a session out; without a token, the one that takes it back.
pub fn cookie(hall: &Hall, token: Option<&str>) -> String {
    let secure = if hall.config.secure { "; Secure" } else { "" };
    match token {
        Some(token) => {
            format!("{COOKIE_NAME}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}", SESSION_MS / 1000)
        }
        None => format!("{COOKIE_NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"),
    }
}

pub(crate) fn cookie_token(headers: &HeaderMap) -> Option<&str> {
    let pairs =
        headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE_NAME).then_some(value))
        .filter(|token| token.len() == 64)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}

/// Finds out who is calling. A key that is shown is believed before a cookie.
pub(crate) async fn identify(hall: &Hall, headers: &HeaderMap) -> ApiResult<Caller> {
    if let Some(key) = bearer(headers) {
        return Ok(edge_of(hall, key).await?.map_or(Caller::Nobody, Caller::Edge));
    }
    let Some(token) = cookie_token(headers) else { return Ok(Caller::Nobody) };
    Ok(session_of(hall, token).await?.map_or(Caller::Nobody, Caller::Signed))
}

async fn edge_of(hall: &Hall, key: &str) -> ApiResult<Option<EdgeCaller>> {
    let Some(row) = hall.db.opt(sql::KEY_BY_TOKEN, &args![hashed(key)]).await? else { return Ok(None) };
    Ok(Some(EdgeCaller { key: row.get("id")?, edge: row.get("edge")?, contest: row.get("contest")? }))
}

/// The open session of a cookie's value.
pub async fn session_of(hall: &Hall, token: &str) -> ApiResult<Option<Arc<Session>>> {
    let (token_hash, now) = (hashed(token), hall.now());
    let (recalled, forgotten) = hall.sessions.recall(&token_hash, now);
    if recalled.is_some() {
        return Ok(recalled);
    }
    let rows = hall.db.all(sql::SESSION_BY_TOKEN, &args![&token_hash, now]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut expires_at: Timestamp = first.get("expires_at")?;
    if expires_at.millis_since(now) < SESSION_MS / 2 {
        expires_at = now.plus_millis(SESSION_MS);
        let extend = args![&token_hash, expires_at];
        let extend = &extend;
        hall.db.write(|tx| Box::pin(async move { tx.exec(sql::SESSION_EXTEND, extend).await })).await?;
    }
    let session = Arc::new(Session {
        actor: actor_of(first, &rows)?,
        name: first.get("name")?,
        login: first.get("login")?,
        expires_at,
        csrf_token: csrf_of(token),
        seal: derived("seal", token),
        token_hash,
    });
    hall.sessions.remember(session.clone(), now, forgotten);
    Ok(Some(session))
}

/// The signed-in person. Rejects with 401 when there is none.
#[derive(Debug, Clone)]
pub struct Signed(pub Actor);

impl Signed {
    /// Narrows what the access table let through: the actor must hold one of the roles exactly here.
    pub fn must_hold(&self, roles: &[Role], scope: &Scope) -> ApiResult<()> {
        if self.0.holds_any(roles, scope) { Ok(()) } else { Err(ErrorCode::Forbidden.into()) }
    }

    /// Whether one of the roles reaches into the contest, be it at one venue only.
    pub fn reaches_into(&self, roles: &[Role], contest: &ContestId) -> bool {
        reaches(&self.0, roles, &Place::WithinContest(contest.clone()))
    }
}

impl std::ops::Deref for Signed {
    type Target = Actor;
    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Caller>() {
            Some(Caller::Signed(session)) => Ok(Signed(session.actor.clone())),
            _ => Err(ErrorCode::NotSignedIn.into()),
        }
    }
}

/// The signed-in person, if there is one.
#[derive(Debug, Clone)]
pub struct MaybeSigned(pub Option<Actor>);

impl<S: Send + Sync> FromRequestParts<S> for MaybeSigned {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(MaybeSigned(match parts.extensions.get::<Caller>() {
            Some(Caller::Signed(session)) => Some(session.actor.clone()),
            _ => None,
        }))
    }
}

/// The open session with its name and tokens. Rejects with 401 when there is none.
#[derive(Debug, Clone)]
pub struct SignedSession(pub Arc<Session>);

impl<S: Send + Sync> FromRequestParts<S> for SignedSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Caller>() {
            Some(Caller::Signed(session)) => Ok(SignedSession(session.clone())),
            _ => Err(ErrorCode::NotSignedIn.into()),
        }
    }
}

/// The open session, if there is one.
#[derive(Debug, Clone)]
pub struct MaybeSession(pub Option<Arc<Session>>);

impl<S: Send + Sync> FromRequestParts<S> for MaybeSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(MaybeSession(match parts.extensions.get::<Caller>() {
            Some(Caller::Signed(session)) => Some(session.clone()),
            _ => None,
        }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for EdgeCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Caller>() {
            Some(Caller::Edge(edge)) => Ok(edge.clone()),
            _ => Err(ErrorCode::NotSignedIn.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        let token = "a".repeat(64);
        headers.append(COOKIE, HeaderValue::from_static("theme=dark; xguildhall_session=no"));
        assert_eq!(cookie_token(&headers), None);
        headers.append(COOKIE, HeaderValue::from_str(&format!("lang=zh; guildhall_session={token}")).unwrap());
        assert_eq!(cookie_token(&headers), Some(token.as_str()));
        headers.insert(COOKIE, HeaderValue::from_static("guildhall_session=short"));
        assert_eq!(cookie_token(&headers), None);
    }

    #[test]
    fn a_key_is_read_from_its_header() {
        let mut headers = HeaderMap::new();
        for (text, key) in
            [("Bearer ghk_1", Some("ghk_1")), ("bearer ghk_1", Some("ghk_1")), ("Basic x", None), ("Bearer", None)]
        {
            headers.insert(AUTHORIZATION, HeaderValue::from_static(text));
            assert_eq!(bearer(&headers), key, "{text}");
        }
    }

    #[test]
    fn the_tokens_of_a_session_are_unlike() {
        let token = "t".repeat(64);
        assert_ne!(csrf_of(&token), derived("seal", &token));
        assert_ne!(csrf_of(&token), hashed(&token));
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab"));
    }
}

//! For the tests of rooms (feature `testing`): a hall on a test's database, people with roles in it, and a client that sends
//! requests to the router as a browser, an edge or a stranger would.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use kernel::{AccountId, ContestId, EdgeId, FakeClock, OrganisationId, PersonId, Rng, Role, Scope, Text};
use serde_json::Value;
use store::{Db, StoreError, args};
use tower::ServiceExt;

use crate::directory::{self, NewAccount, NewOrganisation, NewPerson, OrganisationKind};
use crate::hall::{HallConfig, PasswordCost};
use crate::{Hall, session};

/// 2026-11-22T08:00:00Z.
pub const START_MS: i64 = 1_795_334_400_000;

/// A migrated hall on an empty database, with a clock that stands still and passwords that cost nothing.
pub async fn hall(url: &str, config: HallConfig) -> (Hall, FakeClock) {
    let db = Db::connect(url).await.unwrap_or_else(|fault| panic!("no test database at {url}: {fault}"));
    if let Err(fault) = db.migrate().await {
        panic!("the test database can't be migrated: {fault}");
    }
    let clock = FakeClock::at_millis(START_MS);
    let config = HallConfig { password_cost: PasswordCost::CHEAP, ..config };
    (Hall::new(db, Arc::new(clock.clone()), Rng::from_seed(1), Rng::from_seed(2), config), clock)
}

/// A person with an account and these roles, at an organisation of his own below `parent`.
pub async fn account(
    hall: &Hall,
    login: &str,
    password_hash: Option<String>,
    parent: Option<&OrganisationId>,
    roles: &[(Role, Scope)],
) -> Member {
    let (organisation, person, account) =
        (hall.fresh::<OrganisationId>(), hall.fresh::<PersonId>(), hall.fresh::<AccountId>());
    let member = Member { organisation, person, account };
    let (made, now, password_hash) = (&member, hall.now(), &password_hash);
    let written: Result<(), StoreError> = hall
        .db
        .write(|tx| {
            Box::pin(async move {
                let (id, person) = (made.organisation.clone(), made.person.clone());
                let (kind, name) = (OrganisationKind::Enterprise, Text::new(login, login));
                let parent = parent.cloned();
                directory::insert_organisation(tx, &NewOrganisation { id, parent, kind, name, created_at: now })
                    .await?;
                let (id, organisation) = (person.clone(), made.organisation.clone());
                let name = login.to_owned();
                let new = NewPerson { id, name, gender: None, organisation, phone: None, created_at: now };
                directory::insert_person(tx, &new).await?;
                let (id, login, password_hash) = (made.account.clone(), login.to_owned(), password_hash.clone());
                directory::insert_account(tx, &NewAccount { id, person, login, password_hash, created_at: now })
                    .await?;
                for (role, scope) in roles {
                    directory::grant(tx, &made.account, *role, scope, None, now).await?;
                }
                Ok(())
            })
        })
        .await;
    if let Err(fault) = written {
        panic!("can't make the account {login}: {fault}");
    }
    member
}

/// Who [`account`] has made.
#[derive(Debug, Clone)]
pub struct Member {
    pub organisation: OrganisationId,
    pub person: PersonId,
    pub account: AccountId,
}

/// What a request was answered.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: bytes::Bytes,
}

impl Answered {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The code of a problem; empty when it is none.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The paths of the fields at fault.
    pub fn fields(&self) -> Vec<String> {
        let body = self.json();
        let fields = body["fields"].as_array().cloned().unwrap_or_default();
        fields.iter().filter_map(|field| field["path"].as_str().map(str::to_owned)).collect()
    }
}

/// No two requests of a process share a key, unless a test wants them to.
static KEYS: AtomicU64 = AtomicU64::new(0);

/// Sends requests to a router. Writes carry the session's CSRF token and a key of their own, unless a header says otherwise.
#[derive(Clone)]
pub struct Client {
    router: Router,
    token: Option<String>,
    bearer: Option<String>,
}

impl Client {
    /// Somebody who is not signed in.
    pub fn stranger(router: &Router) -> Self {
        Self { router: router.clone(), token: None, bearer: None }
    }

    /// The same router with an open session of this account.
    pub async fn signed(router: &Router, hall: &Hall, account: &AccountId) -> Self {
        Self { token: Some(Self::token_of(hall, account).await), ..Self::stranger(router) }
    }

    /// The cookie of a new session of this account.
    pub async fn token_of(hall: &Hall, account: &AccountId) -> String {
        match hall.db.write(|tx| Box::pin(session::open(tx, hall, account))).await {
            Ok(token) => token,
            Err(fault) => panic!("can't open a session: {fault}"),
        }
    }

    /// The same router with a key of this edge.
    pub async fn edge(router: &Router, hall: &Hall, contest: &ContestId, edge: &EdgeId) -> Self {
        let key = format!("ghk_{}", hall.secret());
        let args = args![hall.unseeded_id("key"), session::hashed(&key), edge, contest, "acc_test", hall.now()];
        let args = &args;
        let insert = "insert into api_key (id, token_hash, edge, contest, created_by, created_at) values ($1, $2, $3, $4, $5, $6)";
        if let Err(fault) = hall.db.write(|tx| Box::pin(async move { tx.exec(insert, args).await })).await {
            panic!("can't make an edge key: {fault}");
        }
        Self { bearer: Some(key), ..Self::stranger(router) }
    }

    /// The same client with this session cookie.
    pub fn with_token(&self, token: Option<&str>) -> Self {
        Self { token: token.map(str::to_owned), ..self.clone() }
    }

    pub fn with_bearer(&self, key: &str) -> Self {
        Self { bearer: Some(key.to_owned()), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answered {
        self.send(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answered {
        self.send(Method::POST, path, Some(body.to_string().into()), &[]).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answered {
        self.send(Method::PUT, path, Some(body.to_string().into()), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answered {
        self.send(Method::PATCH, path, Some(body.to_string().into()), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answered {
        self.send(Method::DELETE, path, None, &[]).await
    }

    /// Any request. A header given here replaces the client's own; an empty value leaves it out.
    pub async fn send(&self, method: Method, path: &str, body: Option<Body>, headers: &[(&str, &str)]) -> Answered {
        let mut request = Request::builder().method(method.clone()).uri(path);
        let mut own: Vec<(&str, String)> = Vec::new();
        if let Some(token) = &self.token {
            own.push(("cookie", format!("{}={token}", session::COOKIE_NAME)));
        }
        if let Some(key) = &self.bearer {
            own.push(("authorization", format!("Bearer {key}")));
        }
        if method != Method::GET && method != Method::HEAD {
            own.push(("idempotency-key", format!("test-{}", KEYS.fetch_add(1, Ordering::Relaxed))));
            own.extend(self.token.as_deref().map(|token| (session::CSRF_HEADER, session::csrf_of(token))));
        }
        if body.is_some() {
            own.push((header::CONTENT_TYPE.as_str(), "application/json".to_owned()));
        }
        own.retain(|(name, _)| !headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)));
        own.extend(
            headers.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (*name, (*value).to_owned())),
        );
        for (name, value) in &own {
            request = request.header(*name, value);
        }
        let request = match request.body(body.unwrap_or_else(Body::empty)) {
            Ok(request) => request,
            Err(fault) => panic!("no request: {fault}"),
        };
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (parts, body) = response.into_parts();
        let bytes = match body.collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(fault) => panic!("the answer broke off: {fault}"),
        };
        Answered { status: parts.status, headers: parts.headers, bytes }
    }
}

//! A hall with the record store in it, an administrator, and programs that come with keys.

#![allow(dead_code)] // each test file uses its part

use axum::Router;
use axum::body::{Body, to_bytes};
use base64::Engine as _;
use http::{HeaderMap, Request, StatusCode};
use kernel::{FakeClock, Role, Scope};
use lrs::Lrs;
use serde_json::{Value, json};
use tower::ServiceExt;
use web::testing::{Client, account, hall};
use web::{Hall, HallConfig};

pub struct Here {
    pub hall: Hall,
    pub clock: FakeClock,
    pub router: Router,
    pub lrs: Lrs,
    pub admin: Client,
    pub cookie: String,
}

/// A program's key.
pub struct Key {
    pub id: String,
    pub login: String,
    pub secret: String,
}

pub async fn each_engine(case: impl AsyncFn(Here)) {
    for database in testkit::databases().await {
        eprintln!("on {}", database.name);
        let (hall, clock) = hall(&database.url, HallConfig::default()).await;
        lrs::tenants::prepare(&hall).await.unwrap();
        let lrs = Lrs::new(hall.clone());
        let router = web::serve_router(hall.clone(), vec![lrs::room(lrs.clone())]).expect("routes and table agree");
        let member = account(&hall, "root", None, None, &[(Role::Administrator, Scope::Hall)]).await;
        let admin = Client::signed(&router, &hall, &member.account).await;
        let cookie = format!("{}={}", web::session::COOKIE_NAME, Client::token_of(&hall, &member.account).await);
        let db = hall.db.clone();
        case(Here { hall, clock, router, lrs, admin, cookie }).await;
        db.close().await;
    }
}

pub fn passed(name: &str) -> Value {
    json!({
        "actor": {"account": {"homePage": "https://union.example.org", "name": name}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "object": {"id": "https://union.example.org/courses/1"}
    })
}

/// A request to the door.
pub struct Sent {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    version: Option<String>,
    body: Vec<u8>,
}

impl Sent {
    pub fn raw(method: &'static str, path: &str, kind: &str, body: &[u8]) -> Sent {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Sent { method, path: path.to_owned(), headers, version: Some("1.0.3".to_owned()), body: body.to_vec() }
    }

    pub fn get(path: &str) -> Sent {
        Sent { headers: Vec::new(), ..Sent::raw("GET", path, "", b"") }
    }

    pub fn post(path: &str, body: &Value) -> Sent {
        Sent::raw("POST", path, "application/json", body.to_string().as_bytes())
    }

    pub fn put(path: &str, body: &str) -> Sent {
        let kind = if body.starts_with(['{', '[']) { "application/json" } else { "text/plain" };
        Sent::raw("PUT", path, kind, body.as_bytes())
    }

    pub fn form(path: &str, body: &str) -> Sent {
        Sent::raw("POST", path, "application/x-www-form-urlencoded", body.as_bytes())
    }

    pub fn header(mut self, name: &str, value: &str) -> Sent {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn basic(self, login: &str, secret: &str) -> Sent {
        let given = base64::engine::general_purpose::STANDARD.encode(format!("{login}:{secret}"));
        self.header("authorization", &format!("Basic {given}"))
    }

    pub fn bearer(self, token: &str) -> Sent {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn by(self, key: &Key) -> Sent {
        self.basic(&key.login, &key.secret)
    }

    pub fn version(self, version: &str) -> Sent {
        Sent { version: Some(version.to_owned()), ..self }
    }

    pub fn without_version(self) -> Sent {
        Sent { version: None, ..self }
    }
}

pub struct Answer {
    pub status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Here {
    pub async fn send(&self, sent: Sent) -> Answer {
        let mut request = Request::builder().method(sent.method).uri(&sent.path);
        for (name, value) in &sent.headers {
            request = request.header(name, value);
        }
        if let Some(version) = &sent.version {
            request = request.header("x-experience-api-version", version);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(sent.body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn tenant(&self, name: &str) -> u32 {
        let made = self.admin.post("/api/archive/tenants", json!({"name": name})).await;
        assert_eq!(made.status, 201, "{}", made.json());
        made.json()["number"].as_u64().unwrap() as u32
    }

    pub async fn client(&self, tenant: u32, scopes: &str) -> Key {
        let scopes: Vec<&str> = scopes.split(' ').collect();
        let made = self
            .admin
            .post("/api/archive/clients", json!({"name": "A program", "tenant": tenant, "scopes": scopes}))
            .await;
        assert_eq!(made.status, 201, "{}", made.json());
        let text = |name: &str| made.json()[name].as_str().unwrap().to_owned();
        Key { id: text("id"), login: text("login"), secret: text("secret") }
    }

    pub async fn revoke(&self, key: &Key) {
        assert_eq!(self.admin.delete(&format!("/api/archive/clients/{}", key.id)).await.status, 200);
    }

    /// Answers on a real port, for who comes by the network.
    pub async fn listen(&self, port: u16) -> tokio::task::JoinHandle<()> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
    }
}

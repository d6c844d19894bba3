//! Somebody who uses the hall over HTTP.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

/// No two writes of a test run have the same key.
static KEYS: AtomicU64 = AtomicU64::new(1);

pub fn new_key() -> String {
    format!("whole-{}-{}", std::process::id(), KEYS.fetch_add(1, Ordering::Relaxed))
}

pub fn http() -> reqwest::Client {
    // An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A connection of its own for each request: a hall that was killed leaves no half-dead ones behind.
    reqwest::Client::builder().timeout(Duration::from_secs(30)).pool_max_idle_per_host(0).build().unwrap()
}

#[derive(Debug, Clone)]
pub struct Visitor {
    pub http: reqwest::Client,
    pub base: String,
    pub cookie: String,
    pub csrf: String,
}

pub type Answer = (u16, Value);

impl Visitor {
    pub async fn by_password(base: &str, login: &str, password: &str) -> Visitor {
        Self::enter(base, "/api/session", json!({"login": login, "password": password})).await
    }

    pub async fn by_door(base: &str, key: &str) -> Visitor {
        Self::enter(base, "/api/demo/session", json!({"key": key})).await
    }

    async fn enter(base: &str, path: &str, body: Value) -> Visitor {
        let http = http();
        let response = http.post(format!("{base}{path}")).json(&body).send().await.unwrap();
        let status = response.status();
        let cookie =
            response.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned()).unwrap_or_default();
        let session: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{body} can't sign in: {status} {session}");
        Visitor {
            http,
            base: base.to_owned(),
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf: session["csrf_token"].as_str().unwrap().to_owned(),
        }
    }

    /// The same person at another node.
    pub fn at(&self, base: &str) -> Visitor {
        Visitor { base: base.to_owned(), ..self.clone() }
    }

    pub async fn try_get(&self, path: &str) -> Result<Answer, reqwest::Error> {
        let response = self.http.get(format!("{}{path}", self.base)).header("cookie", &self.cookie).send().await?;
        Ok((response.status().as_u16(), response.json().await?))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.try_get(path).await.unwrap();
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    pub async fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let join = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{join}limit=200{cursor}")).await;
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// One try of a write.
    pub async fn try_post(&self, path: &str, key: &str, body: &Value) -> Result<Answer, reqwest::Error> {
        let response = self.writing(path, key).json(body).send().await?;
        let (status, said) = (response.status().as_u16(), response.bytes().await?);
        // 204 says nothing.
        Ok((status, if said.is_empty() { Value::Null } else { serde_json::from_slice(&said).unwrap() }))
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.try_post(path, &new_key(), &body).await.unwrap();
        assert!((200..300).contains(&status), "POST {path} {body}: {status} {answer}");
        answer
    }

    /// Sends a workbook.
    pub async fn upload(&self, path: &str, bytes: Vec<u8>) -> Value {
        let file = reqwest::multipart::Part::bytes(bytes).file_name("field.xlsx");
        let form = reqwest::multipart::Form::new().part("file", file);
        let response = self.writing(path, &new_key()).multipart(form).send().await.unwrap();
        let (status, answer) = (response.status(), response.json::<Value>().await.unwrap());
        assert!(status.is_success(), "POST {path}: {status} {answer}");
        answer
    }

    fn writing(&self, path: &str, key: &str) -> reqwest::RequestBuilder {
        self.http
            .post(format!("{}{path}", self.base))
            .header("cookie", &self.cookie)
            .header("x-csrf-token", &self.csrf)
            .header("idempotency-key", key)
    }
}

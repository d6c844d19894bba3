//! Somebody who uses the hall over HTTP: signs in, reads, writes with idempotency keys, and tries again when the hall is busy.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    cookie: String,
    csrf: String,
    /// Makes keys of writes: who, and which write of his.
    who: String,
    writes: Arc<AtomicU64>,
}

const TRIES: u32 = 5;

impl Client {
    pub async fn by_door(base: &str, key: &str) -> anyhow::Result<Client> {
        Self::enter(base, "/api/demo/session", json!({"key": key}), key).await
    }

    pub async fn by_password(base: &str, login: &str, password: &str) -> anyhow::Result<Client> {
        Self::enter(base, "/api/session", json!({"login": login, "password": password}), login).await
    }

    async fn enter(base: &str, path: &str, body: Value, who: &str) -> anyhow::Result<Client> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        let response = http.post(format!("{base}{path}")).json(&body).send().await?;
        let status = response.status();
        let cookie = response
            .headers()
            .get("set-cookie")
            .and_then(|cookie| cookie.to_str().ok())
            .and_then(|cookie| cookie.split(';').next())
            .unwrap_or_default()
            .to_owned();
        let session: Value = response.json().await.unwrap_or_default();
        if !status.is_success() {
            bail!("{who} can't sign in: {status} {session}");
        }
        let csrf = session["csrf_token"].as_str().unwrap_or_default().to_owned();
        Ok(Client { http, base: base.to_owned(), cookie, csrf, who: who.to_owned(), writes: Arc::default() })
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        for tried in 1.. {
            match self.http.get(format!("{}{path}", self.base)).header("cookie", &self.cookie).send().await {
                Ok(response) if response.status() == StatusCode::SERVICE_UNAVAILABLE && tried < TRIES => {}
                Ok(response) => {
                    let status = response.status();
                    let body: Value = response.json().await.with_context(|| format!("GET {path} answered no JSON"))?;
                    return if status.is_success() { Ok(body) } else { bail!("GET {path}: {status} {body}") };
                }
                Err(error) if tried >= TRIES => return Err(error.into()),
                // Such as a connection that the hall closed, idle as it was, while this was on its way.
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        unreachable!("the loop ends by returning")
    }

    /// All pages of a list.
    pub async fn list(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let join = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{join}limit=200{cursor}")).await?;
            items.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(items),
            }
        }
    }

    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let key = format!("{}-{}", self.who, self.writes.fetch_add(1, Ordering::Relaxed));
        self.write(path, &key, |request| request.json(body)).await
    }

    /// Sends a file as a form.
    pub async fn upload(&self, path: &str, name: &str, bytes: &[u8]) -> anyhow::Result<Value> {
        let key = format!("{}-{}", self.who, self.writes.fetch_add(1, Ordering::Relaxed));
        self.write(path, &key, |request| {
            let file = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned());
            request.multipart(reqwest::multipart::Form::new().part("file", file))
        })
        .await
    }

    async fn write(
        &self,
        path: &str,
        key: &str,
        with: impl Fn(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> anyhow::Result<Value> {
        // The hall's clock may be young: a key of an earlier demonstration on the same data must not be taken for this one's.
        let key = format!("{key}-{}", &self.csrf[..self.csrf.len().min(12)]);
        for tried in 1.. {
            let request = self
                .http
                .request(Method::POST, format!("{}{path}", self.base))
                .header("cookie", &self.cookie)
                .header("x-csrf-token", &self.csrf)
                .header("idempotency-key", &key);
            let sent = with(request).send().await;
            match sent {
                Ok(response) if response.status() == StatusCode::SERVICE_UNAVAILABLE && tried < TRIES => {}
                Ok(response) => {
                    let status = response.status();
                    let body: Value = response.json().await.unwrap_or_default();
                    return if status.is_success() { Ok(body) } else { Err(Refused { status, body }.into()) };
                }
                Err(error) if tried >= TRIES => return Err(error.into()),
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        unreachable!("the loop ends by returning")
    }
}

/// What the hall did not take.
#[derive(Debug)]
pub struct Refused {
    pub status: StatusCode,
    pub body: Value,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.body)
    }
}
impl std::error::Error for Refused {}

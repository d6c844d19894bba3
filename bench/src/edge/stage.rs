//! A hall with a live contest: one competitor at each station, the first run of each started.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::{Process, until};

pub const EDGE: &str = "edg_bench";
const VENUE: &str = "赛场";
const PASSWORD: &str = "a phrase nobody guesses";

pub struct Staged {
    pub contest: String,
    pub key: String,
    pub runs: usize,
}

pub async fn hall(
    program: &Path,
    folder: &Path,
    database: &str,
    listen: &str,
    base: &str,
    stations: &[String],
) -> anyhow::Result<(Process, Staged)> {
    let secret = folder.join("secret");
    std::fs::write(&secret, PASSWORD)?;
    let migrated = Command::new(program)
        .args(["migrate", "--database", database, "--admin", "admin", "--admin-password-file"])
        .arg(&secret)
        .output()?;
    ensure!(migrated.status.success(), "migrate: {}", String::from_utf8_lossy(&migrated.stderr));
    let process = Process::start(
        Command::new(program).args(["serve", "--listen", listen, "--database", database]).env("RUST_LOG", "warn"),
    )?;
    until("the hall is ready", Duration::from_secs(60), async || {
        reqwest::get(format!("{base}/readyz")).await.is_ok_and(|answer| answer.status().is_success())
    })
    .await?;
    let staged = contest(base, stations).await?;
    Ok((process, staged))
}

struct Visitor {
    http: reqwest::Client,
    base: String,
    cookie: String,
    csrf: String,
    writes: std::cell::Cell<u64>,
}

impl Visitor {
    async fn sign_in(base: &str, login: &str) -> anyhow::Result<Visitor> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
        let answer = http
            .post(format!("{base}/api/session"))
            .json(&json!({"login": login, "password": PASSWORD}))
            .send()
            .await?
            .error_for_status()?;
        let cookie = answer.headers().get("set-cookie").context("no cookie")?.to_str()?.to_owned();
        let session: Value = answer.json().await?;
        Ok(Visitor {
            http,
            base: base.to_owned(),
            cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
            csrf: session["csrf_token"].as_str().context("no csrf_token")?.to_owned(),
            writes: std::cell::Cell::new(0),
        })
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.http.get(format!("{}{path}", self.base)).header("cookie", &self.cookie).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    fn write(&self, path: &str) -> reqwest::RequestBuilder {
        self.writes.set(self.writes.get() + 1);
        let key = format!("bench-edge-{}-{}-{}", std::process::id(), self.csrf.len(), self.writes.get());
        self.http
            .post(format!("{}{path}", self.base))
            .header("cookie", &self.cookie)
            .header("x-csrf-token", &self.csrf)
            .header("idempotency-key", key)
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self.write(path).json(body).send().await?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        ensure!(status.is_success(), "{path}: {status} {body}");
        Ok(body)
    }

    async fn upload(&self, path: &str, book: Vec<u8>) -> anyhow::Result<()> {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let part = reqwest::multipart::Part::bytes(book).file_name("book.xlsx").mime_str(kind)?;
        let form = reqwest::multipart::Form::new().part("file", part);
        let answer = self.write(path).multipart(form).send().await?;
        let status = answer.status();
        ensure!(status.is_success(), "{path}: {status} {}", answer.text().await?);
        Ok(())
    }
}

async fn contest(base: &str, stations: &[String]) -> anyhow::Result<Staged> {
    let admin = Visitor::sign_in(base, "admin").await?;
    let scheme = include_str!("../../../catalogue/contests/robot-maintenance/scheme.yaml");
    let made = admin
        .post(
            "/api/contests",
            &json!({
                "name": {"zh": "测量", "en": "Measurement"}, "scheme": scheme, "blind": false,
                "starts_at": "2026-12-05T01:00:00Z",
                "venues": [{"name": {"zh": VENUE, "en": "Venue"}, "stations": stations}],
            }),
        )
        .await?;
    let contest = made["id"].as_str().context("no id")?.to_owned();
    let path = |rest: &str| format!("/api/contests/{contest}{rest}");
    admin.upload(&path("/imports/competitors?commit=true"), competitors(stations.len())?).await?;
    let tree = admin.get("/api/organisations").await?;
    let organisation = &tree["items"][0]["id"];
    let person = admin.post("/api/persons", &json!({"name": "裁判长", "organisation": organisation})).await?;
    let account = json!({"person": person["id"], "login": "chief", "password": PASSWORD});
    let account = admin.post("/api/accounts", &account).await?;
    let account = account["id"].as_str().context("no id")?;
    let grant = json!({"role": "chief_judge", "scope": {"kind": "contest", "contest": contest}});
    admin.post(&format!("/api/accounts/{account}/roles"), &grant).await?;
    let chief = Visitor::sign_in(base, "chief").await?;
    chief.post(&path("/state"), &json!({"to": "live", "reason": "measurement"})).await?;
    let key = admin.post(&path("/edge-keys"), &json!({"edge": EDGE})).await?;
    let mut runs = 0;
    for station in made["venues"][0]["stations"].as_array().into_iter().flatten() {
        let station = station["id"].as_str().context("no id")?;
        let planned = chief.get(&path(&format!("/runs?station={station}&limit=1"))).await?;
        let Some(run) = planned["items"][0]["id"].as_str() else { continue };
        chief.post(&path(&format!("/runs/{run}/clock")), &json!({"act": "start"})).await?;
        runs += 1;
    }
    ensure!(runs > 0, "no run could be started");
    Ok(Staged { contest, key: key["key"].as_str().context("no key")?.to_owned(), runs })
}

fn competitors(count: usize) -> anyhow::Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in ["姓名", "单位", "代表队", "组别", "赛场"].into_iter().enumerate() {
        sheet.write(0, column as u16, heading)?;
    }
    for at in 1..=count {
        let row =
            [format!("选手{at}"), format!("厂{at}"), format!("队{}", at % 8), "workers".to_owned(), VENUE.to_owned()];
        for (column, cell) in row.into_iter().enumerate() {
            sheet.write(at as u32, column as u16, cell)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

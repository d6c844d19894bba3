//! A judge's mark, from his request to the sockets of a thousand spectators, through a running hall: the request, the
//! transaction and its commit, the ranking, the frame, the write, the arrival.
//!
//! One judge sends one mark after another over one connection. The answer says at which position of the contest's log the
//! mark stands; the ticker of the contest's public view carries the same position, and the crowd notes when it arrives on
//! each socket. The span is from just before the request is sent to the return of the spectator's `recv`.

use std::collections::HashMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, bail};
use kernel::{Clock, MarkId, Rng, SystemClock};
use serde_json::{Value, json};

use super::gauge::{quantile, rounded, sorted_ms};
use super::spectators::{Arrival, Crowd, Mark, Way, now_ns};

#[derive(clap::Args)]
pub struct Hall {
    /// A demonstration's address.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    hall: String,
    /// The hall's live listener, where the sockets go; without it they go to the hall itself.
    #[arg(long)]
    live: Option<String>,
    /// Sockets that follow the contest's overall view.
    #[arg(long, default_value_t = 1000)]
    audience: usize,
    /// Marks to submit.
    #[arg(long, default_value_t = 100)]
    marks: usize,
    /// Marks in each second.
    #[arg(long, default_value_t = 5.0)]
    marks_per_second: f64,
    /// The one-click role; the first judge without it.
    #[arg(long)]
    role: Option<String>,
}

pub fn run(options: &Hall) -> anyhow::Result<()> {
    // The client wants one even for plain HTTP; a second is refused, which is as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(options))
}

async fn measure(options: &Hall) -> anyhow::Result<()> {
    let mut judge = Judge::sign_in(&options.hall, options.role.as_deref()).await?;
    // A sheet shows more than one judge marks alone; the first mark tells, and warms up.
    let (mut places, mut refusals) = (Vec::new(), Vec::new());
    for mut place in judge.places().await? {
        match judge.submit(&mut place).await {
            Ok(_) => places.push(place),
            Err(refused) => refusals.push(refused),
        }
    }
    if let (true, Some(refused)) = (places.is_empty(), refusals.pop()) {
        return Err(refused);
    }
    anyhow::ensure!(!places.is_empty(), "{} has nothing to mark by one judge alone", judge.role);
    println!("{} marks {} aspects of contest {}", judge.role, places.len(), judge.contest);
    let path = format!("/live/contests/{}/overall", judge.contest);
    let address = address_of(options.live.as_deref().unwrap_or(&options.hall))?;
    let crowd = Crowd::gather(&Way::plain(address, &path), options.audience, Mark::Ticker)?;
    tokio::time::sleep(Duration::from_millis(500)).await;

    let heard = crowd.listen();
    let mut sent: HashMap<u64, u64> = HashMap::new();
    let mut answered = Vec::new();
    let began = now_ns();
    for nth in 0..options.marks {
        let due = began + (nth as f64 * 1e9 / options.marks_per_second) as u64;
        tokio::time::sleep(Duration::from_nanos(due.saturating_sub(now_ns()))).await;
        let count = places.len();
        let (position, asked_ns, answered_ns) = judge.submit(&mut places[nth % count]).await?;
        sent.insert(position, asked_ns);
        answered.push(answered_ns - asked_ns);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let arrivals: Vec<Arrival> =
        heard.take().into_iter().filter(|arrival| sent.contains_key(&arrival.number)).collect();
    let (arrived, expected) = (arrivals.len(), sent.len() * options.audience);
    let spans = sorted_ms(arrivals.iter().map(|arrival| arrival.at_ns.saturating_sub(sent[&arrival.number])));
    let answers = sorted_ms(answered.into_iter());
    println!("{arrived} of {expected} arrivals");
    println!("answer to the judge   p50 {:7.2} ms   p99 {:7.2} ms", quantile(&answers, 0.5), quantile(&answers, 0.99));
    println!(
        "on the sockets        p50 {:7.2} ms   p99 {:7.2} ms   max {:7.2} ms",
        quantile(&spans, 0.5),
        quantile(&spans, 0.99),
        quantile(&spans, 1.0)
    );
    let figures = json!({
        "audience": options.audience, "marks": sent.len(), "arrived": arrived, "expected": expected,
        "answer_p50_ms": rounded(quantile(&answers, 0.5)), "answer_p99_ms": rounded(quantile(&answers, 0.99)),
        "p50_ms": rounded(quantile(&spans, 0.5)), "p99_ms": rounded(quantile(&spans, 0.99)),
        "max_ms": rounded(quantile(&spans, 1.0)),
    });
    println!("{}", json!({ "end_to_end": figures }));
    anyhow::ensure!(arrived == expected, "{} marks never arrived somewhere", expected - arrived);
    Ok(())
}

fn address_of(hall: &str) -> anyhow::Result<SocketAddr> {
    let host = hall.trim_start_matches("http://").trim_end_matches('/');
    host.to_socket_addrs()?.next().with_context(|| format!("no address for {host}"))
}

/// One aspect of one run that this judge marks alone, and his last mark there.
struct Place {
    run: String,
    aspect: String,
    round: Value,
    how: Value,
    last: Option<String>,
    turn: usize,
}

impl Place {
    /// A value that differs from the one before.
    fn next_value(&mut self) -> Value {
        self.turn += 1;
        let odd = self.turn % 2 == 1;
        match self.how["kind"].as_str() {
            Some("steps") => {
                let steps: Vec<&Value> =
                    self.how["steps"].as_array().into_iter().flatten().map(|step| &step["code"]).collect();
                json!({ "kind": "steps", "met": if odd { steps } else { Vec::new() } })
            }
            Some("deductions") => {
                let code = self.how["deductions"][0]["code"].as_str().unwrap_or_default();
                json!({ "kind": "deductions", "counts": { code: usize::from(odd) } })
            }
            Some("tolerance") => {
                let target = self.how["target"].as_str().and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
                let zero = self.how["zero"].as_str().and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
                let off = if odd { 0.0 } else { 2.0 * zero };
                json!({ "kind": "measured", "value": format!("{:.2}", target + off) })
            }
            _ => json!({ "kind": "yes_no", "yes": odd }),
        }
    }
}

struct Judge {
    client: reqwest::Client,
    hall: String,
    role: String,
    contest: String,
    cookie: String,
    csrf: String,
    rng: Rng,
    writes: u64,
}

impl Judge {
    async fn sign_in(hall: &str, wanted: Option<&str>) -> anyhow::Result<Judge> {
        let client = reqwest::Client::builder().tcp_nodelay(true).build()?;
        let mut judge = Judge {
            client,
            hall: hall.trim_end_matches('/').to_owned(),
            role: String::new(),
            contest: String::new(),
            cookie: String::new(),
            csrf: String::new(),
            // Two runs against the same hall must not make the same mark ids.
            rng: Rng::from_seed(SystemClock.now().as_millis().unsigned_abs()),
            writes: 0,
        };
        let roles = judge.get("/api/demo/roles").await?;
        let role = roles["items"].as_array().into_iter().flatten().find(|role| match wanted {
            Some(key) => role["key"] == key,
            None => role["role"] == "judge",
        });
        judge.role = role.and_then(|role| role["key"].as_str()).context("the hall offers no such role")?.to_owned();
        let (answer, cookie) = judge.post("/api/demo/session", json!({ "key": judge.role })).await?;
        judge.cookie = cookie.context("no session cookie")?;
        judge.csrf = answer["csrf_token"].as_str().context("no csrf_token")?.to_owned();
        let contests = judge.get("/api/contests").await?;
        let live = contests["items"].as_array().into_iter().flatten().find(|contest| contest["state"] == "live");
        judge.contest = live.and_then(|contest| contest["id"].as_str()).context("no contest is live")?.to_owned();
        Ok(judge)
    }

    /// Everything that this judge may mark alone on open runs.
    async fn places(&self) -> anyhow::Result<Vec<Place>> {
        let runs = self.get(&format!("/api/contests/{}/runs?state=open&limit=200", self.contest)).await?;
        let mut places = Vec::new();
        for run in runs["items"].as_array().into_iter().flatten().filter_map(|run| run["id"].as_str()) {
            let Ok(sheet) = self.get(&format!("/api/contests/{}/runs/{run}/sheet", self.contest)).await else {
                continue;
            };
            for aspect in sheet["aspects"].as_array().into_iter().flatten() {
                let alone =
                    matches!(aspect["how"]["kind"].as_str(), Some("yes_no" | "steps" | "deductions" | "tolerance"));
                if !alone {
                    continue;
                }
                places.push(Place {
                    run: run.to_owned(),
                    aspect: aspect["code"].as_str().context("an aspect without a code")?.to_owned(),
                    round: aspect["round"].clone(),
                    how: aspect["how"].clone(),
                    last: aspect["mine"]["id"].as_str().map(str::to_owned),
                    turn: 0,
                });
            }
        }
        Ok(places)
    }

    /// Submits one mark: its position, when it was sent, and when the answer was there.
    async fn submit(&mut self, place: &mut Place) -> anyhow::Result<(u64, u64, u64)> {
        let id = MarkId::fresh(&SystemClock, &mut self.rng).to_string();
        let reason = place.last.as_ref().map(|_| "measured again");
        let body = json!({ "marks": [{
            "id": id, "run": place.run, "aspect": place.aspect, "round": place.round, "value": place.next_value(),
            "note": null, "replaces": place.last, "reason": reason, "at": SystemClock.now().to_string(),
        }] });
        let path = format!("/api/contests/{}/marks", self.contest);
        let asked_ns = now_ns();
        let (answer, _) = self.post(&path, body).await?;
        let answered_ns = now_ns();
        place.last = Some(id);
        let position = answer["accepted"][0]["position"].as_u64().context("a mark without a position")?;
        Ok((position, asked_ns, answered_ns))
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.client.get(format!("{}{path}", self.hall)).header("cookie", &self.cookie);
        let (answer, _) = read(request.send().await?, path).await?;
        Ok(answer)
    }

    async fn post(&mut self, path: &str, body: Value) -> anyhow::Result<(Value, Option<String>)> {
        self.writes += 1;
        let request = self
            .client
            .post(format!("{}{path}", self.hall))
            .header("cookie", &self.cookie)
            .header("x-csrf-token", &self.csrf)
            .header("idempotency-key", format!("bench-{}-{}", self.rng.next_u64(), self.writes))
            .json(&body);
        read(request.send().await?, path).await
    }
}

async fn read(response: reqwest::Response, path: &str) -> anyhow::Result<(Value, Option<String>)> {
    let status = response.status();
    let cookie = response
        .headers()
        .get_all("set-cookie")
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .find(|cookie| cookie.starts_with("guildhall_session="))
        .map(str::to_owned);
    let text = response.text().await?;
    if !status.is_success() {
        bail!("{path}: {status} {text}");
    }
    Ok((serde_json::from_str(&text)?, cookie))
}

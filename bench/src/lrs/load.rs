//! So many connections that each ask again as soon as they are answered.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use kernel::Rng;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::statements;
use crate::live::gauge::{cpu, quantile, rounded};

/// Batches that are made before they are sent, so that making them is not measured.
const PREPARED: usize = 2_000;

/// A store's address, its key, and its processes.
pub struct Door {
    host: String,
    path: String,
    authorization: String,
    version: String,
    pids: Vec<u32>,
    /// Some ids that it has given.
    ids: Mutex<Vec<String>>,
}

impl Door {
    pub fn of(address: &str, version: &str, pids: Vec<u32>) -> anyhow::Result<Door> {
        let url = reqwest::Url::parse(address)?;
        let host = url.host_str().context("the address names no host")?;
        ensure!(["127.0.0.1", "localhost", "[::1]"].contains(&host), "loopback only");
        let given = format!("{}:{}", url.username(), url.password().unwrap_or_default());
        Ok(Door {
            host: format!("{host}:{}", url.port().unwrap_or(80)),
            path: url.path().trim_end_matches('/').to_owned(),
            authorization: format!("Basic {}", base64(given.as_bytes())),
            version: version.to_owned(),
            pids,
            ids: Mutex::default(),
        })
    }

    /// Processor time of its processes and their children.
    fn spent(&self) -> anyhow::Result<Duration> {
        let mut total = Duration::ZERO;
        for pid in family(&self.pids)? {
            // A child may have ended meanwhile.
            total += cpu(pid).unwrap_or_default();
        }
        Ok(total)
    }

    fn request(&self, method: Method, rest: &str, body: Option<Bytes>) -> anyhow::Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{rest}", self.path))
            .header("host", &self.host)
            .header("authorization", &self.authorization)
            .header("x-experience-api-version", &self.version)
            .header("accept", "application/json");
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        Ok(request.body(Full::new(body.unwrap_or_default()))?)
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at)) as usize & 63] as char;
            out.push(if at <= three.len() { digit } else { '=' });
        }
    }
    out
}

/// These processes and all that they have started.
fn family(roots: &[u32]) -> anyhow::Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        parents.extend(parent.map(|parent| (pid, parent)));
    }
    let mut all = roots.to_vec();
    let mut at = 0;
    while let Some(root) = all.get(at).copied() {
        all.extend(parents.iter().filter(|(pid, parent)| *parent == root && !roots.contains(pid)).map(|(pid, _)| *pid));
        at += 1;
    }
    Ok(all)
}

/// What came of many requests.
pub struct Phase {
    took: Duration,
    cpu: Duration,
    /// Shortest first, in milliseconds.
    spans: Vec<f64>,
    pub failed: usize,
}

impl Phase {
    pub fn sum<'p>(phases: impl Iterator<Item = &'p Phase>) -> Phase {
        let mut all = Phase { took: Duration::ZERO, cpu: Duration::ZERO, spans: Vec::new(), failed: 0 };
        for phase in phases {
            all.took += phase.took;
            all.cpu += phase.cpu;
            all.spans.extend(&phase.spans);
            all.failed += phase.failed;
        }
        all.spans.sort_unstable_by(f64::total_cmp);
        all
    }

    /// `each`: what one request holds.
    pub fn figures(&self, each: usize) -> Value {
        let count = (self.spans.len() * each) as f64;
        json!({
            "per_second": rounded(count / self.took.as_secs_f64()),
            "cpu_ms": rounded(self.cpu.as_secs_f64() * 1e3 / count),
            "p50_ms": rounded(quantile(&self.spans, 0.5)),
            "p99_ms": rounded(quantile(&self.spans, 0.99)),
            "failed": self.failed,
        })
    }

    pub fn print(&self, what: &str, each: usize) {
        let of = self.figures(each);
        println!(
            "{what}: {} a second, {} ms of processor time each, p50 {} ms, p99 {} ms, {} failed",
            of["per_second"], of["cpu_ms"], of["p50_ms"], of["p99_ms"], of["failed"]
        );
    }
}

/// Writes so many batches, counted on from what is stored.
pub async fn write(
    door: &Door,
    stored: usize,
    batches: usize,
    each: usize,
    connections: usize,
) -> anyhow::Result<Phase> {
    let mut phases = Vec::new();
    let mut done = 0;
    while done < batches {
        let count = (batches - done).min(PREPARED);
        let bodies: Vec<Bytes> =
            (0..count).map(|at| statements::batch(stored + (done + at) * each, each).into()).collect();
        let made = |at: usize| door.request(Method::POST, "/statements", Some(bodies[at].clone()));
        let seen = |body: &[u8]| {
            let first = serde_json::from_slice::<Vec<String>>(body).ok().and_then(|mut ids| ids.pop());
            if let (Some(id), Ok(mut ids)) = (first, door.ids.lock()) {
                ids.push(id);
            }
        };
        phases.push(all(door, count, connections, &made, &seen).await?);
        done += count;
    }
    Ok(Phase::sum(phases.iter()))
}

pub async fn query(door: &Door, kind: &str, count: usize, connections: usize) -> anyhow::Result<Phase> {
    let ids = door.ids.lock().map(|ids| ids.clone()).unwrap_or_default();
    let mut rng = Rng::from_seed(7);
    let asked: Vec<String> = (0..count).map(|_| statements::query(kind, &mut rng, &ids)).collect();
    let made = |at: usize| door.request(Method::GET, &format!("/statements?{}", asked[at]), None);
    all(door, count, connections, &made, &|_| ()).await
}

async fn all(
    door: &Door,
    count: usize,
    connections: usize,
    made: &dyn Fn(usize) -> anyhow::Result<Request<Full<Bytes>>>,
    seen: &dyn Fn(&[u8]),
) -> anyhow::Result<Phase> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(connect(&door.host).await?);
    }
    let next = Rc::new(RefCell::new(0));
    let (spans, failed) = (RefCell::new(Vec::with_capacity(count)), RefCell::new(0));
    let (begun, spent) = (Instant::now(), door.spent()?);
    let each = open.into_iter().map(|mut sender| {
        let (next, spans, failed) = (next.clone(), &spans, &failed);
        async move {
            loop {
                let at = next.replace_with(|at| *at + 1);
                if at >= count {
                    return Ok::<_, anyhow::Error>(());
                }
                let request = made(at)?;
                let sent = Instant::now();
                sender.ready().await?;
                let answer = sender.send_request(request).await?;
                let status = answer.status();
                let body = answer.into_body().collect().await?.to_bytes();
                spans.borrow_mut().push(sent.elapsed().as_secs_f64() * 1e3);
                if status.is_success() {
                    seen(&body);
                } else if failed.replace_with(|failed| *failed + 1) == 0 {
                    println!("refused with {status}: {}", String::from_utf8_lossy(&body[..body.len().min(300)]));
                }
            }
        }
    });
    futures_util::future::try_join_all(each).await?;
    let (took, cpu) = (begun.elapsed(), door.spent()?.saturating_sub(spent));
    let mut spans = spans.into_inner();
    spans.sort_unstable_by(f64::total_cmp);
    Ok(Phase { took, cpu, spans, failed: failed.into_inner() })
}

async fn connect(host: &str) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let socket = TcpStream::connect(host).await?;
    socket.set_nodelay(true)?;
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(async move {
        // It ends with its sender.
        let _ = connection.await;
    });
    Ok(sender)
}

//! The edge's HTTP door: `POST /samples` takes the batches that the hall takes, by hand or from programs without MQTT;
//! `GET /status` says how things stand, `GET /readyz` whether samples can be kept, `GET /metrics` the same as numbers.
//!
//! A source's numbers only have to rise. The last batch sent again is acknowledged again and changes nothing.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kernel::{ErrorCode, Text};
use telemetry::batch::{self, Limits};
use tokio::sync::{mpsc, oneshot, watch};

use crate::intake::{Offer, Refusal};
use crate::measures;
use crate::spool::Source;
use crate::state::{State, Status};

/// A batch by hand is small; a program's may be what the hall takes.
const BODY_BYTES_MAX: usize = 4 << 20;

#[derive(Clone)]
struct Door {
    state: Arc<State>,
    offers: mpsc::Sender<Offer>,
}

pub(crate) async fn run(
    state: Arc<State>,
    listener: tokio::net::TcpListener,
    offers: mpsc::Sender<Offer>,
    mut stopped: watch::Receiver<bool>,
) {
    let door = Door { state, offers };
    let router = axum::Router::new()
        .route("/samples", post(samples).layer(DefaultBodyLimit::max(BODY_BYTES_MAX)))
        .route("/status", get(status))
        .route("/metrics", get(metrics))
        .route("/readyz", get(ready))
        .route("/healthz", get(|| async { "ok" }))
        .with_state(door);
    let stop = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop).await {
        tracing::error!(%error, "the HTTP door broke");
    }
}

async fn status(Shared(door): Shared<Door>) -> Json<Status> {
    Json(door.state.status())
}

async fn metrics(Shared(door): Shared<Door>) -> Response {
    match measures::measures(&door.state) {
        Ok(text) => ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn ready(Shared(door): Shared<Door>) -> Response {
    let reasons = door.state.not_ready();
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(serde_json::json!({"ready": reasons.is_empty(), "reasons": reasons}))).into_response()
}

async fn samples(
    Shared(door): Shared<Door>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    let config = &door.state.config;
    if !may_enter(&headers, config.listen_key.as_deref()) {
        return problem(
            ErrorCode::NotSignedIn,
            Text::new(
                "需要 Authorization: Bearer 和本网关的 listen_key",
                "Authorization: Bearer with this edge's listen_key is needed",
            ),
            None,
        );
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            let code = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                ErrorCode::TooLarge
            } else {
                ErrorCode::Malformed
            };
            return problem(code, Text::new(format!("正文无法接收：{rejection}"), rejection.to_string()), None);
        }
    };
    match take(&door, &body).await {
        Ok(next) => Json(serde_json::json!({"next": next})).into_response(),
        Err(refusal) => refused(&door.state, refusal),
    }
}

async fn take(door: &Door, body: &[u8]) -> Result<u64, Refusal> {
    let limits = Limits { bytes_max: BODY_BYTES_MAX, ..Limits::default() };
    let batch = batch::parse(body, &limits, door.state.clock.now()).map_err(Refusal::Fault)?;
    for (ix, tick) in batch.ticks.iter().enumerate() {
        if !door.state.config.stations.contains(&tick.station) {
            let list = door.state.config.stations.join(", ");
            return Err(Refusal::Fault(telemetry::BatchFault {
                code: ErrorCode::TelemetryBadSample,
                line: ix + 2,
                column: None,
                what: Text::new(
                    format!("未知工位 {}，本网关有 {list}", tick.station),
                    format!("unknown station {}: this edge has {list}", tick.station),
                ),
            }));
        }
    }
    // What the header says about the way (backlog, time of sending) may differ when it is sent again.
    let crc = crc32fast::hash(after_header(body));
    let source = Source { edge: batch.header.edge.to_string(), seq: batch.header.seq, crc };
    let (answer, answered) = oneshot::channel();
    let stopping = || Refusal::Full("the edge is stopping".to_owned());
    door.offers.send(Offer::Batch { ticks: batch.ticks, source, answer }).await.map_err(|_| stopping())?;
    answered.await.map_err(|_| stopping())?
}

/// What comes after the first line.
fn after_header(body: &[u8]) -> &[u8] {
    body.iter().position(|byte| *byte == b'\n').map_or(&[], |at| &body[at + 1..])
}

/// Compares in a time that doesn't tell how much of the key was right.
fn may_enter(headers: &HeaderMap, key: Option<&str>) -> bool {
    let Some(key) = key else { return true };
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let given = given.unwrap_or_default().as_bytes();
    given.len() == key.len() && given.iter().zip(key.as_bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn refused(state: &State, refusal: Refusal) -> Response {
    match refusal {
        Refusal::Fault(fault) => {
            state.refuse(format!("POST /samples: {}", fault.what.en));
            problem(fault.code, fault.text(), Some(("line", fault.line as u64)))
        }
        Refusal::Number(next) => problem(
            ErrorCode::TelemetryGap,
            Text::new(
                format!("批次号只增不减，后面的号已经收过，请从 {next} 起"),
                format!("batches are numbered upwards, and this number is behind what was taken: go on with {next}"),
            ),
            Some(("next", next)),
        ),
        Refusal::Full(why) => {
            state.refuse(format!("POST /samples: {why}"));
            let mut response = problem(ErrorCode::Overloaded, Text::new(format!("暂时无法接收：{why}"), why), None);
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
            response
        }
    }
}

fn problem(code: ErrorCode, detail: Text, extra: Option<(&str, u64)>) -> Response {
    let entry = code.entry();
    let text = |zh: &str, en: &str| serde_json::json!({"zh": zh, "en": en});
    let mut body = serde_json::json!({
        "type": format!("/errors/{}", entry.name),
        "code": entry.name,
        "title": text(entry.what_zh, entry.what_en),
        "status": entry.status,
        "detail": text(&detail.zh, &detail.en),
        "advice": text(entry.do_zh, entry.do_en),
    });
    if let Some((name, number)) = extra {
        body[name] = number.into();
    }
    let status = StatusCode::from_u16(entry.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

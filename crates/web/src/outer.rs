//! The outermost layer: gives each request its id, its turn and its time limit, turns a panic into a problem, writes the
//! access log and the measurements, and sets the headers that every answer carries.
//!
//! The log holds the route's template, never the address: an address may name a person.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::request::Parts;
use http::{HeaderName, HeaderValue, header};
use kernel::ErrorCode;

use crate::{Hall, Problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id under which the log finds this request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<RequestId>().cloned().unwrap_or_else(|| RequestId("-".into())))
    }
}

/// Where a request comes from: an IPv4 address or an IPv6 /64, the smallest thing that one subscriber holds. Behind a proxy
/// the last hop that the proxy has noted, elsewhere the peer of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAddress(pub Arc<str>);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<ClientAddress>().cloned().unwrap_or_else(|| ClientAddress("unknown".into())))
    }
}

fn client_address(behind_proxy: bool, request: &Request) -> ClientAddress {
    let forwarded = || {
        let hops = request.headers().get_all("x-forwarded-for").into_iter().next_back()?.to_str().ok()?;
        hops.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let address = if behind_proxy { forwarded().or(peer) } else { peer };
    ClientAddress(match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string().into(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64").into()
        }
        None => "unknown".into(),
    })
}

#[derive(Clone)]
pub(crate) struct Outer {
    hall: Hall,
    in_flight: Arc<AtomicUsize>,
}

impl Outer {
    pub fn new(hall: Hall) -> Self {
        Self { hall, in_flight: Arc::default() }
    }
}

/// Counts one request down again, also when its client goes away before the answer.
struct Turn<'o>(&'o Outer);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.0.hall.metrics.done();
    }
}

pub(crate) async fn outer(State(outer): State<Outer>, mut request: Request, next: Next) -> Response {
    // Latency is no fact of the contest: the monotonic clock of this machine is the right one.
    #[allow(clippy::disallowed_methods)]
    let begun = Instant::now();
    let request_id = request_id(&outer.hall, &request);
    request.extensions_mut().insert(RequestId(request_id.clone()));
    let address = client_address(outer.hall.config.behind_proxy, &request);
    request.extensions_mut().insert(address);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let is_api = request.uri().path().starts_with("/api/");
    let live = outer.hall.config.live.as_ref().and_then(|live| live.for_request(request.headers()));

    let response = outer.answer(request, next).await;
    let mut response = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone().into_response_with(Some(&request_id)),
        None => response,
    };
    outer.dress(&mut response, &request_id, is_api, live);

    let seconds = begun.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    outer.hall.metrics.answered(method.as_str(), &route, status, seconds);
    let ms = (seconds * 1e6).round() / 1e3;
    if status >= 500 {
        tracing::warn!(target: "access", request_id = &*request_id, %method, route, status, ms);
    } else {
        tracing::info!(target: "access", request_id = &*request_id, %method, route, status, ms);
    }
    response
}

impl Outer {
    async fn answer(&self, request: Request, next: Next) -> Response {
        self.hall.metrics.begun();
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let _turn = Turn(self);
        if before >= self.hall.config.in_flight_max {
            return Problem::new(ErrorCode::Overloaded).retry_after_s(1).into_response();
        }
        let handled = std::panic::AssertUnwindSafe(next.run(request)).catch_unwind();
        let limit = Duration::from_millis(self.hall.config.handler_timeout_ms);
        match tokio::time::timeout(limit, handled).await {
            Ok(Ok(response)) => response,
            Ok(Err(panic)) => {
                let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
                Problem::internal(format!("a handler panicked: {said}")).into_response()
            }
            Err(_) => Problem::new(ErrorCode::Overloaded)
                .detail("处理超时，可用同一请求键重试", "The request took too long; send it again under the same key")
                .retry_after_s(2)
                .into_response(),
        }
    }

    fn dress(&self, response: &mut Response, request_id: &str, is_api: bool, live: Option<String>) {
        let headers = response.headers_mut();
        if let Ok(value) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, value);
        }
        if let Ok(value) = HeaderValue::from_str(&kernel::hall_time(&*self.hall.clock)) {
            headers.insert(HeaderName::from_static(kernel::HALL_TIME), value);
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(header::CONTENT_SECURITY_POLICY, content_security_policy(live.as_deref()));
        headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
        if self.hall.config.secure {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        }
        if is_api && !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }
}

/// The sender's own id, if it is one, so that a tablet's log and the hall's speak of the same request.
fn request_id(hall: &Hall, request: &Request) -> Arc<str> {
    let sent = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    match sent {
        Some(id)
            if (8..=64).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') =>
        {
            id.into()
        }
        _ => hall.unseeded_id("req").into(),
    }
}

/// For pages that Vite has built: scripts from the hall alone; styles may stand in elements, as the charts' do; pictures
/// may be drawn in memory. No frames, no plugins, no foreign forms. Beside the hall they may ask its live listener.
fn content_security_policy(live: Option<&str>) -> HeaderValue {
    let policy = format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         font-src 'self' data:; connect-src 'self'{}{}; worker-src 'self'; object-src 'none'; base-uri 'self'; \
         form-action 'self'; frame-ancestors 'none'",
        if live.is_some() { " " } else { "" },
        live.unwrap_or_default(),
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'self'"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn seen(behind_proxy: bool, peer: Option<&str>, forwarded: Option<&str>) -> String {
        let mut request = Request::new(Body::empty());
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        }
        if let Some(forwarded) = forwarded {
            request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        client_address(behind_proxy, &request).0.to_string()
    }

    #[test]
    fn an_address_is_the_peers_unless_a_proxy_says_otherwise() {
        assert_eq!(seen(false, Some("192.0.2.1:4000"), Some("198.51.100.7")), "192.0.2.1");
        assert_eq!(seen(true, Some("192.0.2.1:4000"), Some("203.0.113.9, 198.51.100.7")), "198.51.100.7");
        assert_eq!(seen(true, Some("192.0.2.1:4000"), Some("nonsense")), "192.0.2.1");
        assert_eq!(seen(false, Some("[2001:db8:1:2:3:4:5:6]:4000"), None), "2001:db8:1:2::/64");
        assert_eq!(seen(false, Some("[::ffff:192.0.2.1]:4000"), None), "192.0.2.1");
        assert_eq!(seen(false, None, None), "unknown");
    }
}

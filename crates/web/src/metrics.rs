//! What `/metrics` tells, in the OpenMetrics text format. Requests are counted by route template, never by address, so that
//! the number of series is that of the routes. Rooms add their own gauges by [`Metrics::register`].

use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The content type of [`Metrics::render`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// From half a millisecond to ten seconds.
const BUCKETS_S: [f64; 13] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

/// The hall's measurements. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Parts>);

struct Parts {
    registry: Mutex<Registry>,
    requests: Family<Request, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("guildhall");
        let requests = Family::<Request, Counter>::default();
        let durations =
            Family::<Route, Histogram, fn() -> Histogram>::new_with_constructor(|| Histogram::new(BUCKETS_S));
        let in_flight = Gauge::default();
        registry.register("http_requests", "Requests answered, by route and status", requests.clone());
        registry.register("http_request_seconds", "Time to the head of the answer, by route", durations.clone());
        registry.register("http_requests_in_flight", "Requests being answered now", in_flight.clone());
        Self(Arc::new(Parts { registry: Mutex::new(registry), requests, durations, in_flight }))
    }
}

impl Metrics {
    /// Lets a room add its own: `metrics.register(|registry| registry.register("name", "help", gauge.clone()))`.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.0.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn begun(&self) {
        self.0.in_flight.inc();
    }

    pub(crate) fn done(&self) {
        self.0.in_flight.dec();
    }

    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let (method, route) = (method.to_owned(), route.to_owned());
        self.0.durations.get_or_create(&Route { method: method.clone(), route: route.clone() }).observe(seconds);
        self.0.requests.get_or_create(&Request { method, route, status }).inc();
    }

    /// The text for a scraper.
    pub fn render(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        let registry = self.0.registry.lock().unwrap_or_else(PoisonError::into_inner);
        prometheus_client::encoding::text::encode(&mut text, &registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_counted_by_its_route() {
        let metrics = Metrics::default();
        metrics.answered("GET", "/api/contests/{contest}", 200, 0.003);
        metrics.answered("GET", "/api/contests/{contest}", 200, 0.003);
        let gauge: Gauge = Gauge::default();
        metrics.register(|registry| registry.register("boards", "Boards that are held", gauge.clone()));
        gauge.set(3);
        let text = metrics.render().unwrap();
        for line in [
            r#"guildhall_http_requests_total{method="GET",route="/api/contests/{contest}",status="200"} 2"#,
            "guildhall_boards 3",
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }
}

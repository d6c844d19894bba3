//! `/xapi/about`: which editions are spoken.

use axum::response::Response;
use serde_json::json;

use crate::reply;

pub fn get() -> Response {
    reply::json(json!({"version": ["2.0.0", "1.0.3", "1.0.2", "1.0.1", "1.0.0"]}).to_string())
}

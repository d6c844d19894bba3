//! Answers, with the headers that each of them carries.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use kernel::Timestamp;
use xapi::Version;

use crate::Lrs;
use crate::call::version_text;
use crate::refusal::{Done, VERSION};

const CONSISTENT_THROUGH: HeaderName = HeaderName::from_static("x-experience-api-consistent-through");

pub fn json(body: impl Into<Bytes>) -> Response {
    typed("application/json", body)
}

pub fn typed(kind: &str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(body.into()));
    set(&mut response, header::CONTENT_TYPE, kind);
    response
}

pub fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

pub fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// As HTTP writes times: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn http_date(at: Timestamp) -> String {
    at.http_date()
}

/// Says by which edition it answers, and up to when everything that was sent is found: up to now, since nothing is acknowledged before it is.
pub fn finish(lrs: &Lrs, version: Option<Version>, done: Done<Response>) -> Response {
    let mut response = done.unwrap_or_else(IntoResponse::into_response);
    if let Some(version) = version
        && !response.headers().contains_key(VERSION)
    {
        response.headers_mut().insert(VERSION, HeaderValue::from_static(version_text(version)));
    }
    set(&mut response, CONSISTENT_THROUGH, &lrs.hall.now().to_string());
    response
}

//! Answers that a reader asks for again and again: with an `ETag`, so that an unchanged one costs a 304 and no body.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{ApiResult, Problem};

/// The tag of these bytes. Weak, because the same content may travel compressed or not.
pub fn etag_of(bytes: &[u8]) -> String {
    format!("W/\"{}\"", hex::encode(&Sha256::digest(bytes)[..12]))
}

/// Whether the reader's `If-None-Match` names this tag.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|list| list.split(',')).any(|tag| tag.trim() == "*" || bare(tag) == bare(etag))
}

/// JSON with its tag: 304 when the reader has it.
pub fn json(headers: &HeaderMap, body: &impl Serialize) -> ApiResult<Response> {
    let bytes = serde_json::to_vec(body).map_err(Problem::internal)?;
    Ok(tagged(headers, bytes.into(), "application/json"))
}

/// Bytes with their tag, for what is kept encoded.
pub fn tagged(headers: &HeaderMap, bytes: bytes::Bytes, content_type: &'static str) -> Response {
    let etag = etag_of(&bytes);
    let mut response = if is_known(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = bytes.into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        response
    };
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_reader_has_is_not_sent_again() {
        let first = json(&HeaderMap::new(), &[1, 2]).unwrap();
        assert_eq!(first.status(), 200);
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"other\""));
        assert_eq!(json(&headers, &[1, 2]).unwrap().status(), 200);
        headers.append(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(json(&headers, &[1, 2]).unwrap().status(), 304);
        assert_eq!(json(&headers, &[1, 3]).unwrap().status(), 200);
    }
}

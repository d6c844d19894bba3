//! The front end, built into the binary. `/stage/*`, `/judge/*` and `/desk/*` answer with their page; files with a hash in their name are
//! kept by browsers for a year, pages are asked for each time.

use axum::Router;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Built;

/// How many files are built in.
pub fn count() -> usize {
    Built::iter().count()
}

pub fn router() -> Router {
    Router::new().fallback(serve)
}

async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(found) = file(path, &headers) {
        return found;
    }
    let page = match path.split('/').next() {
        Some("") => "index.html",
        Some("stage") => "stage.html",
        Some("judge") => "judge.html",
        Some("desk") => "desk.html",
        _ => return (StatusCode::NOT_FOUND, "not found").into_response(),
    };
    match file(page, &headers) {
        Some(found) => found,
        None => {
            let says =
                "The screens are not built in. Run `npm ci && npm run build` in web/, then build the binary again.";
            (StatusCode::NOT_FOUND, says).into_response()
        }
    }
}

/// The build leaves a compressed twin beside each file that gains by it.
const ENCODINGS: &[(&str, &str)] = &[("br", "br"), ("gzip", "gz")];

fn file(path: &str, asked: &HeaderMap) -> Option<Response> {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let twin = ENCODINGS
        .iter()
        .filter(|(name, _)| accepted.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == *name)))
        .find_map(|(name, ending)| Some((*name, Built::get(&format!("{path}.{ending}"))?)));
    let (encoding, built) = match twin {
        Some((encoding, built)) => (Some(encoding), built),
        None => (None, Built::get(path)?),
    };
    let kept = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = built.data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Ok(kind) = HeaderValue::try_from(kind.essence_str()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if path == "judge-sw.js" {
        headers.insert("service-worker-allowed", HeaderValue::from_static("/judge/"));
    }
    Some(response)
}

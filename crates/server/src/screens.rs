//! The front end, built into the binary. `/stage/*`, `/judge/*` and `/desk/*` answer with their page; files with a hash in their name are
//! kept by browsers for a year, pages are asked for each time.

use axum::Router;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, Uri, header};
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

async fn serve(method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(found) = file(path) {
        return found;
    }
    let page = match path.split('/').next() {
        Some("") => "index.html",
        Some("stage") => "stage.html",
        Some("judge") => "judge.html",
        Some("desk") => "desk.html",
        _ => return (StatusCode::NOT_FOUND, "not found").into_response(),
    };
    match file(page) {
        Some(found) => found,
        None => {
            let says = "The screens are not built in. Run `npm ci && npm run build` in web/, then build the binary again.";
            (StatusCode::NOT_FOUND, says).into_response()
        }
    }
}

fn file(path: &str) -> Option<Response> {
    let built = Built::get(path)?;
    let kept = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = built.data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(kind) = HeaderValue::try_from(kind.essence_str()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if path == "judge-sw.js" {
        headers.insert("service-worker-allowed", HeaderValue::from_static("/judge/"));
    }
    Some(response)
}

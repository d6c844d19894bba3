//! The front end, built into the binary. `/stage/*`, `/judge/*` and `/desk/*` answer with their page; files with a hash in their name are
//! kept by browsers for a year, pages are asked for each time.
//!
//! Where the hall has a live listener, a page names it in its head, so that a spectator's stream begins there without a question before.

use std::io::Write;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use credential::{Contexts, ContextsRefused};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use rust_embed::RustEmbed;
use web::LiveOrigin;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Built;

/// What the program prints with, and what certificates are issued and checked by. No page asks for either.
const FONTS: &str = "fonts/";
const CONTEXTS: &str = "contexts/";

/// How many files are built in.
pub fn count() -> usize {
    Built::iter().count()
}

/// The fonts of papers, in the order in which they are asked for a letter.
pub fn paper_fonts() -> Vec<Vec<u8>> {
    let mut names: Vec<_> = Built::iter().filter(|name| name.starts_with(FONTS) && name.ends_with(".ttf")).collect();
    // The regular one first.
    names.sort_by(|one, other| other.cmp(one));
    names.iter().filter_map(|name| Some(Built::get(name)?.data.into_owned())).collect()
}

/// The vocabularies of certificates.
pub fn contexts() -> Result<Contexts, ContextsRefused> {
    Contexts::read(|name| Some(Built::get(&format!("{CONTEXTS}{name}"))?.data.into_owned()))
}

pub fn router(live: Option<LiveOrigin>) -> Router {
    Router::new()
        .fallback(move |method: Method, uri: Uri, headers: HeaderMap| serve(live.clone(), method, uri, headers))
}

async fn serve(live: Option<LiveOrigin>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let live = live.and_then(|live| live.for_request(&headers));
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let is_pages = !path.starts_with(FONTS) && !path.starts_with(CONTEXTS);
    if let Some(found) = Some(path).filter(|_| is_pages).and_then(|path| file(path, &headers)) {
        return found;
    }
    let page = match path.split('/').next() {
        Some("") => "index.html",
        Some("stage") => "stage.html",
        Some("judge") => "judge.html",
        Some("desk") => "desk.html",
        _ => return nowhere(&headers),
    };
    match live.and_then(|live| page_of(page, &live, &headers)).or_else(|| file(page, &headers)) {
        Some(mut found) => {
            if let Some(board) = board_of(path).and_then(|link| HeaderValue::try_from(link).ok()) {
                found.headers_mut().insert(header::LINK, board);
            }
            found
        }
        None => {
            let says =
                "The screens are not built in. Run `npm ci && npm run build` in web/, then build the binary again.";
            (StatusCode::NOT_FOUND, says).into_response()
        }
    }
}

/// Someone who mistyped an address reads a page in his language, with the ways in; a program reads one line.
fn nowhere(asked: &HeaderMap) -> Response {
    let accepts = asked.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let page = accepts.is_some_and(|kinds| kinds.contains("text/html")).then(|| file("index.html", asked)).flatten();
    let mut response = page.unwrap_or_else(|| "not found".into_response());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
    response
}

/// The page of a board names what it will ask for first, so that this comes beside its program and not after it.
fn board_of(path: &str) -> Option<String> {
    let contest = path.strip_prefix("stage/")?.trim_end_matches('/');
    let is_id = (1..=64).contains(&contest.len())
        && contest.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
    (is_id && contest != "me")
        .then(|| format!("</api/contests/{contest}/views/overall>; rel=preload; as=fetch; crossorigin=anonymous"))
}

/// A page that names the live listener. Its twins are of the page as it was built, so it is compressed here.
fn page_of(name: &str, live: &str, asked: &HeaderMap) -> Option<Response> {
    let built = Built::get(name)?;
    let text = naming(std::str::from_utf8(&built.data).ok()?, live);
    let zipped = accepts(asked, "gzip").then(|| zipped(text.as_bytes()).ok()).flatten();
    let is_zipped = zipped.is_some();
    let mut response = Body::from(zipped.unwrap_or_else(|| text.into_bytes())).into_response();
    if is_zipped {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Some(response)
}

fn zipped(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text)?;
    encoder.finish()
}

fn accepts(asked: &HeaderMap, encoding: &str) -> bool {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == encoding))
}

/// An origin is made of nothing that HTML would take for its own.
fn naming(page: &str, live: &str) -> String {
    let lines = format!(
        "<head>\n    <meta name=\"guildhall-live\" content=\"{live}\" />\n    <link rel=\"preconnect\" href=\"{live}\" crossorigin />"
    );
    page.replacen("<head>", &lines, 1)
}

/// The build leaves a compressed twin beside each file that gains by it.
const ENCODINGS: &[(&str, &str)] = &[("br", "br"), ("gzip", "gz")];

fn file(path: &str, asked: &HeaderMap) -> Option<Response> {
    let twin = ENCODINGS
        .iter()
        .filter(|(name, _)| accepts(asked, name))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unknown_address_is_a_page_for_a_browser_and_a_line_for_a_program() {
        let asked = |accept: &'static str| HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        let get =
            async |path: &'static str, accept| serve(None, Method::GET, Uri::from_static(path), asked(accept)).await;
        for (accept, kind) in [("text/html,*/*;q=0.8", "text/html"), ("application/json", "text/plain; charset=utf-8")]
        {
            let answer = get("/nowhere", accept).await;
            // Without the pages built in there is only the line.
            let kind = if count() == 0 { "text/plain; charset=utf-8" } else { kind };
            let headers = answer.headers();
            assert_eq!(
                (answer.status(), &headers[header::CONTENT_TYPE]),
                (StatusCode::NOT_FOUND, &kind.parse().unwrap())
            );
            assert_eq!(headers[header::VARY], "accept, accept-encoding");
        }
        let posted = serve(None, Method::POST, Uri::from_static("/nowhere"), HeaderMap::new()).await;
        assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    }

    #[tokio::test]
    async fn what_certificates_are_checked_by_is_carried_and_not_served() {
        assert_eq!(contexts().is_ok(), count() > 0, "{:?}", contexts().err());
        for name in Contexts::files() {
            let path = Uri::try_from(format!("/{CONTEXTS}{name}")).unwrap();
            let answer = serve(None, Method::GET, path, HeaderMap::new()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[test]
    fn a_boards_page_names_its_board() {
        let named = |path: &str| board_of(path).is_some();
        assert!(board_of("stage/con_a").unwrap().starts_with("</api/contests/con_a/views/overall>; rel=preload"));
        assert!(named("stage/con_a/"));
        for path in
            ["stage", "stage/", "stage/me", "stage/con_a/teams", "stage/CON", "stage/a%3e", "stage/a>", "desk/con_a"]
        {
            assert!(!named(path), "{path}");
        }
        assert!(!named(&format!("stage/{}", "a".repeat(65))));
    }

    #[test]
    fn a_page_names_the_live_listener() {
        let page = "<!doctype html><html><head>\n<title>x</title></head><body><head></body></html>";
        let named = naming(page, "http://hall:8081");
        assert!(named.contains("<meta name=\"guildhall-live\" content=\"http://hall:8081\" />"), "{named}");
        assert_eq!(named.matches("guildhall-live").count(), 1);
        assert!(named.ends_with("<title>x</title></head><body><head></body></html>"), "{named}");
    }
}

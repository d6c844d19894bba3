//! What a shard writes before, after and instead of frames.

use bytes::Bytes;
use kernel::{Clock, ErrorCode, HALL_TIME, hall_time};
use serde_json::json;

/// The headers of a stream, for whoever serves a [`Subscription`](crate::Subscription) by other means.
pub const STREAM_HEADERS: [(&str, &str); 4] = [
    ("content-type", "text/event-stream"),
    ("cache-control", "no-store"),
    // Asks nginx not to hold frames back.
    ("x-accel-buffering", "no"),
    ("x-content-type-options", "nosniff"),
];

/// What a shard serves is public and the same for everybody, so pages of other origins may read it: those of the main
/// address, whose live listener is another origin to a browser, and anybody's.
const FOR_ALL_ORIGINS: &str = "access-control-allow-origin: *\r\n";

/// The head of a stream and the time after which its reader comes back. The stream is delimited by its connection's end.
pub(crate) fn stream_begins(clock: &dyn Clock, retry_ms: u64) -> Bytes {
    let mut head = String::from("HTTP/1.1 200 OK\r\nconnection: close\r\n");
    for (name, value) in STREAM_HEADERS {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    head.push_str(FOR_ALL_ORIGINS);
    // A page of another origin reads only what it is allowed to.
    head.push_str(&format!("access-control-expose-headers: {HALL_TIME}\r\n{HALL_TIME}: {}\r\n\r\n", hall_time(clock)));
    head.push_str(&retry(retry_ms));
    Bytes::from(head)
}

/// The line that tells a browser when to come back.
pub(crate) fn retry(retry_ms: u64) -> String {
    format!("retry: {retry_ms}\n\n")
}

/// The last event of a stream that the hall ends: the screen may say so, and comes back after the time given.
pub(crate) fn bye(retry_ms: u64) -> Bytes {
    Bytes::from(format!("retry: {retry_ms}\nevent: bye\ndata: {{}}\n\n"))
}

/// What a browser asks before it sends a header of its own choice, such as `Last-Event-ID`, to another origin.
pub(crate) fn preflight() -> Bytes {
    Bytes::from(format!(
        "HTTP/1.1 204 No Content\r\nconnection: close\r\nallow: GET, OPTIONS\r\n{FOR_ALL_ORIGINS}access-control-allow-methods: \
         GET\r\naccess-control-allow-headers: last-event-id, cache-control\r\naccess-control-max-age: 86400\r\n\r\n"
    ))
}

/// A refusal: a whole response with a problem (RFC 9457) from the hall's table of codes. Without its body for a `HEAD`.
pub(crate) fn refusal(code: ErrorCode, request_id: &str, retry_ms: u64, with_body: bool) -> Bytes {
    let entry = code.entry();
    let body = json!({
        "type": format!("/errors/{}", entry.name),
        "code": entry.name,
        "title": { "zh": entry.what_zh, "en": entry.what_en },
        "status": entry.status,
        "detail": { "zh": entry.what_zh, "en": entry.what_en },
        "advice": { "zh": entry.do_zh, "en": entry.do_en },
        "request_id": request_id,
        "fields": [],
    })
    .to_string();
    let reason = match entry.status {
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        503 => "Service Unavailable",
        _ => "Error",
    };
    let more = match entry.status {
        405 => "allow: GET, OPTIONS\r\n".to_owned(),
        503 => format!("retry-after: {}\r\n", retry_ms.div_ceil(1000)),
        _ => String::new(),
    };
    let length = body.len();
    let body = if with_body { body } else { String::new() };
    Bytes::from(format!(
        "HTTP/1.1 {} {reason}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncache-control: no-store\r\n\
         x-content-type-options: nosniff\r\n{FOR_ALL_ORIGINS}x-request-id: {request_id}\r\n{more}content-length: {length}\r\n\r\n{body}",
        entry.status,
    ))
}

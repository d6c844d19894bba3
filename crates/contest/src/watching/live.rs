//! Live views for connections that the HTTP server owns: staff views, and public ones on a connection that was used before.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http::HeaderMap;
use kernel::ErrorCode;
use web::wire::ContestId;
use web::{ApiResult, Path, Problem};

use crate::ContestRoom;

pub async fn public(
    State(room): State<ContestRoom>,
    Path((contest, view)): Path<(ContestId, String)>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    stream(&room, &contest, &format!("contests/{}/{view}", *contest), &headers).await
}

pub async fn staff(
    State(room): State<ContestRoom>,
    Path((contest, view)): Path<(ContestId, String)>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    stream(&room, &contest, &format!("staff/contests/{}/{view}", *contest), &headers).await
}

async fn stream(room: &ContestRoom, contest: &ContestId, topic: &str, headers: &HeaderMap) -> ApiResult<Response> {
    room.floor(contest).await?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let Some(frames) = room.hub.subscribe(topic, last) else {
        return Err(Problem::new(ErrorCode::NotFound).detail("没有这个视图", "There is no such view"));
    };
    let body = Body::from_stream(frames.map(Ok::<_, std::convert::Infallible>));
    let mut response = body.into_response();
    for (name, value) in ::live::STREAM_HEADERS {
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), http::HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

//! Live views for connections that the HTTP server owns: staff views, and public ones on a connection that was used before.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use http::HeaderMap;
use kernel::{Actor, ErrorCode};
use tokio::time::MissedTickBehavior;
use web::session::Session;
use web::wire::ContestId;
use web::{ApiResult, Hall, Path, Problem, Signed, SignedSession};

use crate::ContestRoom;
use crate::access::CONTROLLERS;

/// How often it is asked whether a reader may still watch.
const LOOK_EVERY: Duration = Duration::from_secs(15);

pub async fn public(
    State(room): State<ContestRoom>,
    Path((contest, view)): Path<(ContestId, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> ApiResult<Response> {
    room.floor(&contest).await?;
    let frames = room.hub.spectate(&format!("contests/{}/{view}", *contest), position(&headers, query.as_deref()));
    Ok(answer(frames.map_err(|code| match code {
        ErrorCode::NotFound => no_view(),
        full => Problem::new(full).retry_after_s(retry_s(&room)),
    })?))
}

/// Ends when its reader may no longer watch.
pub async fn staff(
    State(room): State<ContestRoom>,
    SignedSession(session): SignedSession,
    Path((contest, view)): Path<(ContestId, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> ApiResult<Response> {
    room.floor(&contest).await?;
    let topic = format!("staff/contests/{}/{view}", *contest);
    let frames = room.hub.subscribe(&topic, position(&headers, query.as_deref())).ok_or_else(no_view)?;
    Ok(answer(while_allowed(frames, room.hall.clone(), session, contest.0)))
}

/// A stream is open for hours. Whether its reader still may watch is asked when rights change on this node, and now and then for those that
/// change on another.
pub(crate) fn while_allowed(
    frames: impl Stream<Item = Bytes> + Send + Unpin,
    hall: Hall,
    session: Arc<Session>,
    contest: kernel::ContestId,
) -> impl Stream<Item = Bytes> + Send {
    while_allowed_looking(frames, hall, session, contest, LOOK_EVERY)
}

fn while_allowed_looking(
    frames: impl Stream<Item = Bytes> + Send + Unpin,
    hall: Hall,
    session: Arc<Session>,
    contest: kernel::ContestId,
    look_every: Duration,
) -> impl Stream<Item = Bytes> + Send {
    let (mut bell, mut look) = (hall.sessions.bell(), tokio::time::interval(look_every));
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Rights may have changed since the request was let in.
    bell.mark_changed();
    let state = (frames, bell, look);
    futures_util::stream::unfold(state, move |(mut frames, mut bell, mut look)| {
        let (hall, session, contest) = (hall.clone(), session.clone(), contest.clone());
        async move {
            loop {
                tokio::select! {
                    biased;
                    _ = bell.changed() => {}
                    _ = look.tick() => {}
                    frame = frames.next() => return Some((frame?, (frames, bell, look))),
                }
                let allowed =
                    |actor: Option<Actor>| actor.is_some_and(|actor| Signed(actor).reaches_into(CONTROLLERS, &contest));
                match session.actor_now(&hall).await.map(allowed) {
                    Ok(true) => {}
                    Ok(false) => return None,
                    // Nobody loses his screen because the database is busy; it is asked again.
                    Err(fault) => tracing::warn!(%fault, "can't look whether a reader may still watch"),
                }
            }
        }
    })
}

/// Where a reader was: the header is what a browser knows now, the query what a page knew when it was opened.
fn position<'a>(headers: &'a HeaderMap, query: Option<&'a str>) -> Option<&'a str> {
    let in_header = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    in_header.or_else(|| query.and_then(::live::resume_id))
}

fn no_view() -> Problem {
    Problem::new(ErrorCode::NotFound).detail("没有这个视图", "There is no such view")
}

/// When a spectator who found no seat may look again, as the front door says it.
fn retry_s(room: &ContestRoom) -> u32 {
    u32::try_from(room.hub.config().retry_ms.1.div_ceil(1000)).unwrap_or(u32::MAX)
}

fn answer(frames: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let body = Body::from_stream(frames.map(Ok::<_, std::convert::Infallible>));
    let mut response = body.into_response();
    for (name, value) in ::live::STREAM_HEADERS {
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), http::HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use kernel::{Role, Scope};
    use web::HallConfig;
    use web::testing::{Client, account, hall};

    use super::*;

    /// Rights that were changed behind this process's back: by another node.
    #[tokio::test]
    async fn a_stream_ends_when_its_reader_was_shut_out_elsewhere() {
        let database = testkit::sqlite_database();
        let (hall, _clock) = hall(&database.url, HallConfig::default()).await;
        let contest: kernel::ContestId = "con_a".parse().unwrap();
        let hub = ::live::Hub::new(::live::LiveConfig { shards: 1, ..Default::default() }).unwrap();
        hub.topic("staff/contests/con_a/control").apply([("h", Some(Bytes::from_static(b"1")))]);
        for shut_out in ["delete from role_grant", "delete from session", "update account set disabled_at = 1"] {
            let roles = [(Role::Supervisor, Scope::Contest(contest.clone()))];
            let login = shut_out.replace(' ', "-");
            let supervisor = account(&hall, &login, None, None, &roles).await.account;
            let token = Client::token_of(&hall, &supervisor).await;
            let session = web::session::session_of(&hall, &token).await.unwrap().unwrap();
            let frames = hub.subscribe("staff/contests/con_a/control", None).unwrap();
            let every = Duration::from_millis(20);
            let watched = while_allowed_looking(frames, hall.clone(), session, contest.clone(), every);
            let mut watched = Box::pin(watched);
            assert!(watched.next().await.is_some() && watched.next().await.is_some(), "it begins");
            let gone: Result<u64, store::StoreError> =
                hall.db.write(|tx| Box::pin(async move { tx.exec(shut_out, &[]).await })).await;
            assert!(gone.unwrap() > 0);
            let rest = tokio::time::timeout(Duration::from_secs(5), watched.collect::<Vec<_>>()).await;
            assert!(rest.is_ok(), "{shut_out}");
        }
    }
}

//! `GET …/event-feed`: everything that there is, then each change, one notification a line.
//!
//! A reader holds his place among the lines of a shelf and nothing else. He takes what lies there in portions, when his connection takes
//! it: nothing is queued for him. What nobody takes for a minute, the connection lets go of (`server::taking`), and he comes back with the
//! token of the last line that he has.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::{HeaderValue, header};
use tokio::sync::watch;
use web::{Hall, Path, SignedSession};

use super::View;
use super::books::{Book, Seat, book};
use super::filter::{Asked, pairs};
use super::refusal::Refusal;
use crate::ContestRoom;
use crate::watching::live::while_allowed;

/// The standard wants a sign of life every 120 s; a checker that cuts the feed off mid-way trips over one that comes sooner than it cuts.
const SIGN_OF_LIFE_EVERY: Duration = Duration::from_secs(90);
/// How soon a feed ends when the hall is about to close.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const PORTION_BYTES: usize = 32 * 1024;

/// The changes of a contest as notifications (NDJSON), from the beginning or from a token on. `stream=false` ends after those that are there.
/// What the public may not see yet while the board is frozen is told when it moves again.
#[utoipa::path(
    get, path = "/clics/contests/{contest}/event-feed", operation_id = "clics_event_feed", tag = "clics",
    params(
        ("since_token" = Option<String>, Query, description = "The token of the last notification that was received; one that isn't known is 400."),
        ("stream" = Option<bool>, Query, description = "`false`: end after the current notifications."),
    ),
    responses((status = 200, content_type = "application/x-ndjson", body = String))
)]
pub async fn public(
    State(room): State<ContestRoom>,
    Path(contest): Path<String>,
    query: Asked,
) -> Result<Response, Refusal> {
    let reader = reader(&room, &contest, View::Public, query).await?;
    Ok(answer(reader.lines(), View::Public))
}

/// The same, never frozen; ends when its reader may no longer read.
pub async fn staff(
    State(room): State<ContestRoom>,
    SignedSession(session): SignedSession,
    Path(contest): Path<String>,
    query: Asked,
) -> Result<Response, Refusal> {
    let reader = reader(&room, &contest, View::Staff, query).await?;
    let id = reader.book.floor.contest.clone();
    Ok(answer(while_allowed(Box::pin(reader.lines()), room.hall.clone(), session, id), View::Staff))
}

fn answer(lines: impl Stream<Item = Bytes> + Send + 'static, view: View) -> Response {
    let mut response = Body::from_stream(lines.map(Ok::<_, Infallible>)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if view == View::Public {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    response
}

struct Wanted {
    after: Option<i64>,
    stays: bool,
}

/// A parameter that the feed doesn't know is refused, not overlooked: the standard's checker asks for that, and who misspells his token
/// would begin anew without knowing.
fn wanted(query: Asked) -> Result<Wanted, Refusal> {
    let mut wanted = Wanted { after: None, stays: true };
    for (name, value) in pairs(query)? {
        match (name.as_str(), value.as_str()) {
            ("since_token", token) => wanted.after = Some(token.parse().map_err(|_| no_token(token))?),
            ("stream", "true") => wanted.stays = true,
            ("stream", "false") => wanted.stays = false,
            ("stream", _) => {
                return Err(Refusal::bad_request("stream 应为 true 或 false", "stream must be true or false"));
            }
            (name, _) => {
                let shown: String = name.chars().take(80).collect();
                return Err(Refusal::bad_request(
                    format!("事件流没有参数 {shown}，可用 since_token、stream"),
                    format!("The event feed takes no {shown}; it takes since_token and stream"),
                ));
            }
        }
    }
    Ok(wanted)
}

fn no_token(token: &str) -> Refusal {
    let shown: String = token.chars().take(80).collect();
    Refusal::bad_request(
        format!("没有发出过标记“{shown}”，请从头读取"),
        format!("No token {shown:?} was handed out; read from the beginning"),
    )
}

async fn reader(room: &ContestRoom, contest: &str, view: View, query: Asked) -> Result<Reader, Refusal> {
    let wanted = wanted(query)?;
    let book = book(room, contest).await?;
    let seat = room.clics.seat().ok_or_else(Refusal::full)?;
    // Before the lines are looked at: what comes meanwhile is heard.
    let moved = book.floor.moved();
    let (begun_at, place) = {
        let ledger = book.ledger();
        let shelf = ledger.shelf(view);
        let place = match wanted.after {
            Some(after) if !shelf.knows(after) => return Err(no_token(&after.to_string())),
            Some(after) => shelf.after(after),
            None => 0,
        };
        (ledger.begins_at(), place)
    };
    Ok(Reader { book, hall: room.hall.clone(), view, begun_at, place, moved, stays: wanted.stays, _seat: seat })
}

struct Reader {
    book: Arc<Book>,
    hall: Hall,
    view: View,
    /// Of which ledger `place` is a place: a changed plan begins another.
    begun_at: i64,
    place: usize,
    moved: watch::Receiver<i64>,
    stays: bool,
    _seat: Seat,
}

impl Reader {
    fn lines(self) -> impl Stream<Item = Bytes> + Send {
        futures_util::stream::unfold(self, |mut reader| async move { Some((reader.next().await?, reader)) })
    }

    async fn next(&mut self) -> Option<Bytes> {
        let sign_of_life = tokio::time::sleep(SIGN_OF_LIFE_EVERY);
        tokio::pin!(sign_of_life);
        loop {
            self.moved.borrow_and_update();
            if let Err(fault) = self.book.up_to_now().await {
                // He comes back with his token.
                tracing::warn!(contest = %self.book.floor.contest, %fault, "an event feed ends: the log can't be read");
                return None;
            }
            if let Some(portion) = self.portion() {
                return Some(portion);
            }
            if !self.stays {
                return None;
            }
            loop {
                tokio::select! {
                    moved = self.moved.changed() => {
                        moved.ok()?;
                        break;
                    }
                    () = &mut sign_of_life => return Some(Bytes::from_static(b"\n")),
                    () = tokio::time::sleep(LOOK_EVERY) => {
                        if self.hall.is_draining() || self.hall.is_closed() {
                            return None;
                        }
                    }
                }
            }
        }
    }

    fn portion(&mut self) -> Option<Bytes> {
        let ledger = self.book.ledger();
        if ledger.begins_at() != self.begun_at {
            (self.begun_at, self.place) = (ledger.begins_at(), 0);
        }
        let (portion, place) = ledger.shelf(self.view).from(self.place, PORTION_BYTES)?;
        self.place = place;
        Some(portion)
    }
}

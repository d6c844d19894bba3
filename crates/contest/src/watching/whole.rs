//! The public board as one compressed answer: what a page paints first. The page's stream then goes on from the id that it names, so that
//! it needs no snapshot of its own, which a stream can't have compressed.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, header};
use kernel::{ContestId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use web::wire;
use web::{ApiResult, Path, Problem};

use crate::ContestRoom;

/// So old an answer is handed out again while the board moves on: its reader's stream tells the rest. A crowd at the door costs two
/// compressions a second, not one for each.
const FRESH_MS: i64 = 500;

#[derive(Debug, Serialize, ToSchema)]
pub struct WholeBoard {
    /// A stream that is asked for with it, as `Last-Event-ID`, goes on from there.
    pub id: String,
    pub v: u64,
    /// Keys and values of the live topic `overall`.
    pub set: serde_json::Map<String, serde_json::Value>,
}

/// The boards that were asked for lately, compressed.
#[derive(Default)]
pub(crate) struct Boards(Mutex<HashMap<ContestId, Compressed>>);

#[derive(Clone)]
struct Compressed {
    version: u64,
    made_at: Timestamp,
    plain: Bytes,
    gzip: Bytes,
}

impl Boards {
    fn kept(&self, contest: &ContestId, now: Timestamp) -> Option<Compressed> {
        let boards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        boards.get(contest).filter(|board| (0..FRESH_MS).contains(&now.millis_since(board.made_at))).cloned()
    }

    fn known(&self, contest: &ContestId, version: u64) -> Option<Compressed> {
        let boards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        boards.get(contest).filter(|board| board.version == version).cloned()
    }

    fn keep(&self, contest: &ContestId, board: &Compressed) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(contest.clone(), board.clone());
    }
}

/// The public board as it stands, for everybody. At most half a second old.
#[utoipa::path(get, path = "/api/contests/{contest}/views/overall", tag = "contest", params(wire::ContestId), responses((status = 200, body = WholeBoard)))]
pub async fn whole(
    State(room): State<ContestRoom>,
    Path(contest): Path<wire::ContestId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    room.floor(&contest).await?;
    let now = room.hall.now();
    let board = match room.boards.kept(&contest, now) {
        Some(board) => board,
        None => made(&room, &contest.0, now).await?,
    };
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let zipped = accepts.split(',').any(|one| one.split(';').next().is_some_and(|name| name.trim() == "gzip"));
    let mut response = if zipped { board.gzip } else { board.plain }.into_response();
    let told = response.headers_mut();
    told.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=1"));
    told.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if zipped {
        told.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

async fn made(room: &ContestRoom, contest: &ContestId, now: Timestamp) -> ApiResult<Compressed> {
    let whole = room.hub.whole(&format!("contests/{contest}/overall"));
    let whole = whole.ok_or_else(|| Problem::not_found("没有这个视图", "There is no such view"))?;
    let board = match room.boards.known(contest, whole.version) {
        Some(board) => Compressed { made_at: now, ..board },
        None => {
            let plain = whole.body.clone();
            let gzip = crate::room::blocking(move || zipped(&plain)).await?.map_err(Problem::internal)?;
            Compressed { version: whole.version, made_at: now, plain: whole.body, gzip }
        }
    };
    room.boards.keep(contest, &board);
    Ok(board)
}

fn zipped(plain: &[u8]) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::default());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?.into())
}

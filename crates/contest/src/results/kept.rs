//! The result as it is shown, kept for as long as the log stands where it stood: after publication everybody asks for it at once.

use std::sync::Arc;

use bytes::Bytes;
use web::{ApiResult, Problem};

use super::show::shown;
use crate::floor::Floor;
use crate::room::blocking;

/// For the public, and for those who sign. Held while it is worked out, so that who asks meanwhile waits for the same one.
#[derive(Default)]
pub struct Kept([tokio::sync::Mutex<Option<(i64, Bytes)>>; 2]);

/// The newest, as JSON. It goes on where the asker has gone away.
pub async fn newest(floor: &Arc<Floor>, insider: bool) -> ApiResult<Bytes> {
    tokio::spawn(kept_or_new(floor.clone(), insider)).await.map_err(Problem::internal)?
}

async fn kept_or_new(floor: Arc<Floor>, insider: bool) -> ApiResult<Bytes> {
    let mut kept = floor.shown.0[usize::from(insider)].lock().await;
    let position = floor.arena().position;
    if let Some((_, bytes)) = kept.as_ref().filter(|(known, _)| *known == position) {
        return Ok(bytes.clone());
    }
    let asked = floor.clone();
    let newest = blocking(move || {
        let (position, shown) = {
            let arena = asked.arena();
            (arena.position, shown(&arena, insider))
        };
        serde_json::to_vec(&shown).map(|bytes| (position, Bytes::from(bytes))).map_err(Problem::internal)
    })
    .await??;
    let bytes = newest.1.clone();
    *kept = Some(newest);
    Ok(bytes)
}

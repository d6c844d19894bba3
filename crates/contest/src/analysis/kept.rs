//! The newest analysis of a contest: worked out once for each position of its log, by one at a time.

use std::sync::Arc;

use analysis::{Analysis, Limits, Observations, analyse};
use web::{ApiResult, Problem};

use super::observed::{Observed, observed};
use crate::floor::Floor;
use crate::room::blocking;

/// Held while figures are worked out, so that who asks meanwhile waits for the same ones.
#[derive(Default)]
pub struct Kept(tokio::sync::Mutex<Option<Arc<Analysed>>>);

pub struct Analysed {
    /// Where the log stood.
    pub position: i64,
    pub at: kernel::Timestamp,
    pub observations: Observations,
    pub again: usize,
    pub limits: Limits,
    /// Its findings name judges by their codes.
    pub analysis: Analysis,
}

/// The figures of the contest as it stands. It goes on where the asker has gone away, so that asking again begins nothing twice.
pub async fn newest(floor: &Arc<Floor>) -> ApiResult<Arc<Analysed>> {
    tokio::spawn(kept_or_new(floor.clone())).await.map_err(Problem::internal)?
}

async fn kept_or_new(floor: Arc<Floor>) -> ApiResult<Arc<Analysed>> {
    let mut kept = floor.analysed.0.lock().await;
    let position = floor.arena().position;
    if let Some(known) = kept.as_ref().filter(|known| known.position == position) {
        return Ok(known.clone());
    }
    let asked = floor.clone();
    let analysed = Arc::new(blocking(move || analysed(&asked)).await??);
    *kept = Some(analysed.clone());
    Ok(analysed)
}

/// The arena is looked at for as long as its marks are copied, and no longer.
fn analysed(floor: &Floor) -> ApiResult<Analysed> {
    let (position, at, seen) = {
        let arena = floor.arena();
        (arena.position, arena.at, observed(&arena))
    };
    let Observed { observations, again } = seen.map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.place, fault.text.en)).collect();
        Problem::internal(faults.join("; "))
    })?;
    let limits = Limits::default();
    let analysis = analyse(&observations, &limits);
    Ok(Analysed { position, at, observations, again, limits, analysis })
}

//! Which signals the stations of a contest have sent lately.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use catalogue::Heard;
use kernel::ContestId;
use store::args;
use web::{ApiResult, Hall};

use crate::room::blocking;
use crate::sql;
use crate::watch::Unpacker;

/// A gateway that runs sends some ten a second, with all of its signals within a minute.
const BATCHES: i64 = 200;
const KEPT: usize = 16;

/// What was heard last of each contest, by its newest batch: a text is checked with every pause of its author.
#[derive(Default)]
pub struct Ears(Mutex<HashMap<ContestId, (i64, Arc<Heard>)>>);

impl Ears {
    pub async fn heard(&self, hall: &Hall, contest: &ContestId) -> ApiResult<Arc<Heard>> {
        let newest: i64 = hall.db.one(sql::TELEMETRY_LAST, &args![contest]).await?.get("position")?;
        if let Some((at, heard)) = self.kept().get(contest)
            && *at == newest
        {
            return Ok(heard.clone());
        }
        let rows = hall.db.all(sql::TELEMETRY_NEWEST, &args![contest, BATCHES]).await?;
        let bodies: Vec<Vec<u8>> = rows.iter().map(|row| row.get("body")).collect::<Result<_, _>>()?;
        let heard = Arc::new(blocking(move || listen(&bodies)).await?);
        let mut kept = self.kept();
        if kept.len() >= KEPT && !kept.contains_key(contest) {
            kept.clear();
        }
        kept.insert(contest.clone(), (newest, heard.clone()));
        Ok(heard)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<ContestId, (i64, Arc<Heard>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reading without a value counts as well: the source knows the signal.
fn listen(bodies: &[Vec<u8>]) -> Heard {
    let (mut heard, mut unpacker) = (Heard::new(), Unpacker::default());
    for batch in bodies.iter().filter_map(|body| unpacker.unpack(body)) {
        for tick in &batch.ticks {
            for (signal, _) in &tick.readings {
                let stations = heard.entry(signal.to_string()).or_default();
                if !stations.contains(&*tick.station) {
                    stations.insert(tick.station.to_string());
                }
            }
        }
    }
    heard
}

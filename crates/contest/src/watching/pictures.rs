//! What the equipment said during a run, drawn from stored batches. A run that is over is drawn once, as fine as any picture of the whole
//! needs it: eight hours of thirty signals are millions of samples, and who looks at them asks again with each signal he adds.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{ContestId, RunId, Timestamp};
use referee::SignalKind;
use store::args;
use telemetry::{Drawing, Series};
use tokio::sync::OnceCell;
use web::{ApiResult, Hall, Problem};

use crate::room::blocking;
use crate::sql;
use crate::watch::Unpacker;

/// Points of each signal that are kept of a run that is over.
const POINTS_KEPT: usize = 5_000;
/// Runs whose pictures are kept; of thirty signals one takes some 4 MiB.
const PICTURES_KEPT: usize = 16;
const BATCHES_AT_ONCE: i64 = 500;

/// What is drawn: the signals of one station while a run went on.
#[derive(Clone)]
pub struct Shot {
    pub contest: ContestId,
    pub run: RunId,
    pub station: String,
    pub signals: Vec<(String, SignalKind)>,
    pub opened: Timestamp,
    pub closed: Timestamp,
}

type Picture = Arc<OnceCell<Arc<Vec<Series>>>>;

/// The newest last.
#[derive(Default)]
pub struct Pictures(Mutex<VecDeque<(RunId, Picture)>>);

impl Pictures {
    /// All signals of a run that is over. Whoever asks while it is being drawn waits for the same picture, and it is finished also when he
    /// goes away.
    pub async fn of(&self, hall: &Hall, shot: Shot) -> ApiResult<Arc<Vec<Series>>> {
        let (picture, hall) = (self.place(&shot.run), hall.clone());
        let drawing = tokio::spawn(async move {
            let draw = async || drawn(&hall, &shot, shot.opened, shot.closed, POINTS_KEPT).await.map(Arc::new);
            picture.get_or_try_init(draw).await.cloned()
        });
        drawing.await.map_err(Problem::internal)?
    }

    fn place(&self, run: &RunId) -> Picture {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let there = kept.iter().position(|(known, _)| known == run).and_then(|at| kept.remove(at));
        let (run, picture) = there.unwrap_or_else(|| (run.clone(), Picture::default()));
        kept.push_back((run, picture.clone()));
        if kept.len() > PICTURES_KEPT {
            kept.pop_front();
        }
        picture
    }
}

/// Whether a stretch in so many points can be taken from what is kept of the whole.
pub fn is_fine_enough(from: Timestamp, to: Timestamp, points: usize, opened: Timestamp, closed: Timestamp) -> bool {
    let (stretch, whole) = (to.millis_since(from).max(0), closed.millis_since(opened).max(0));
    // stretch / points >= whole / POINTS_KEPT
    i128::from(stretch) * POINTS_KEPT as i128 >= i128::from(whole) * points as i128
}

/// A stretch of a run, in at most so many points for each signal.
pub async fn drawn(hall: &Hall, shot: &Shot, from: Timestamp, to: Timestamp, points: usize) -> ApiResult<Vec<Series>> {
    let mut bare: Vec<Series> = (shot.signals.iter())
        .map(|(name, kind)| Series { name: name.as_str().into(), kind: kind.clone(), points: Vec::new() })
        .collect();
    bare.sort_by(|a, b| a.name.cmp(&b.name));
    let mut drawing = Drawing::new(bare, from.to_nanos(), to.to_nanos(), points);
    let (mut unpacker, mut after) = (Unpacker::default(), 0i64);
    loop {
        let rows = hall.db.all(sql::TELEMETRY_BETWEEN, &args![&shot.contest, from, to, after, BATCHES_AT_ONCE]).await?;
        let is_last = (rows.len() as i64) < BATCHES_AT_ONCE;
        let mut batches: Vec<Vec<u8>> = Vec::with_capacity(rows.len());
        for row in &rows {
            batches.push(row.get("body")?);
            after = row.get("position")?;
        }
        let station = shot.station.clone();
        (drawing, unpacker) = blocking(move || {
            for body in &batches {
                let ticks = unpacker.unpack_of(body, &station)?;
                ticks.iter().for_each(|tick| drawing.take(tick));
            }
            Some((drawing, unpacker))
        })
        .await?
        .ok_or_else(|| Problem::internal("a stored batch can't be read"))?;
        if is_last {
            return Ok(drawing.done());
        }
    }
}

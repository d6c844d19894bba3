//! A signal as a plot draws it: the least and the greatest value of each bucket of time, so that no spike is lost.

use std::borrow::Borrow;
use std::sync::Arc;

use kernel::Nanos;
use referee::{Quality, SignalKind, Value};

use crate::{Recording, RecordingFault, Tick};

/// One bucket that holds a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeriesPoint {
    /// The time of the bucket's first sample.
    pub at: Nanos,
    pub min: f64,
    pub max: f64,
}

/// One signal's points, in the order of time. `bool` is drawn as 0 and 1; a text has no points.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub name: Arc<str>,
    pub kind: SignalKind,
    pub points: Vec<SeriesPoint>,
}

/// The named signals of a station (all when `names` is empty) from `from` to `to`, both included, in at most `points`
/// buckets each. Values that the source called bad are left out: a gap in the line is the truth.
pub fn series(
    recording: &Recording,
    station: Option<&str>,
    names: &[&str],
    from: Option<Nanos>,
    to: Option<Nanos>,
    points: usize,
) -> Result<Vec<Series>, RecordingFault> {
    let station = recording.station(station)?;
    let (first, last) = recording.span().ok_or(RecordingFault::Empty)?;
    let (from, to) = (from.unwrap_or(first), to.unwrap_or(last));
    let drawn: Vec<Series> = recording
        .signals()
        .iter()
        .filter(|signal| signal.station == station && (names.is_empty() || names.contains(&&*signal.name)))
        .map(|signal| Series { name: signal.name.clone(), kind: signal.kind.clone(), points: Vec::new() })
        .collect();
    let ticks = recording.ticks().filter(|tick| tick.station == station);
    Ok(draw(ticks, drawn, from, to, points))
}

/// Draws the ticks of one station into series without points, which must be in the order of their names.
pub fn draw<T: Borrow<Tick>>(
    ticks: impl IntoIterator<Item = T>,
    mut drawn: Vec<Series>,
    from: Nanos,
    to: Nanos,
    points: usize,
) -> Vec<Series> {
    if to < from || points == 0 {
        return drawn;
    }
    let width = ((to.0 as i128 - from.0 as i128) / points as i128 + 1).max(1);
    let mut buckets = vec![None::<i128>; drawn.len()];
    for tick in ticks {
        let tick = tick.borrow();
        if tick.at < from || tick.quality == Quality::Bad {
            continue;
        }
        if tick.at > to {
            break;
        }
        let bucket = (tick.at.0 as i128 - from.0 as i128) / width;
        for (name, reading) in &tick.readings {
            // Sorted by name, as the recording lists them.
            let Ok(ix) = drawn.binary_search_by(|series| series.name.cmp(name)) else { continue };
            let value = match reading {
                Some(Value::Real(value)) => *value,
                Some(Value::Integer(value)) => *value as f64,
                Some(Value::Bool(value)) => f64::from(u8::from(*value)),
                Some(Value::Text(_)) | None => continue,
            };
            let (series, current) = (&mut drawn[ix], &mut buckets[ix]);
            match series.points.last_mut() {
                Some(point) if *current == Some(bucket) => {
                    point.min = point.min.min(value);
                    point.max = point.max.max(value);
                }
                _ => {
                    series.points.push(SeriesPoint { at: tick.at, min: value, max: value });
                    *current = Some(bucket);
                }
            }
        }
    }
    drawn
}

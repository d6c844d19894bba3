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
    drawn: Vec<Series>,
    from: Nanos,
    to: Nanos,
    points: usize,
) -> Vec<Series> {
    let mut drawing = Drawing::new(drawn, from, to, points);
    for tick in ticks {
        drawing.take(tick.borrow());
    }
    drawing.done()
}

/// A stretch of what was drawn, in fewer points: whatever was the least and the greatest still is.
pub fn thinned(series: &Series, from: Nanos, to: Nanos, points: usize) -> Series {
    let bare = Series { name: series.name.clone(), kind: series.kind.clone(), points: Vec::new() };
    let mut drawing = Drawing::new(vec![bare], from, to, points);
    let within = |point: &&SeriesPoint| point.at >= drawing.from && point.at <= drawing.to;
    let points: Vec<SeriesPoint> = series.points.iter().filter(within).copied().collect();
    points.into_iter().for_each(|point| drawing.put(0, point));
    drawing.drawn.swap_remove(0)
}

/// Series as they grow, tick by tick: what was drawn needs not be kept.
#[derive(Debug)]
pub struct Drawing {
    drawn: Vec<Series>,
    /// The bucket that each series' last point stands for.
    buckets: Vec<Option<i128>>,
    from: Nanos,
    to: Nanos,
    width: i128,
}

impl Drawing {
    /// `drawn` has no points yet and is in the order of its names.
    pub fn new(drawn: Vec<Series>, from: Nanos, to: Nanos, points: usize) -> Self {
        // Without points there is no time to draw in.
        let to = if points == 0 { Nanos(from.0.saturating_sub(1)) } else { to };
        let width = ((i128::from(to.0) - i128::from(from.0)) / points.max(1) as i128 + 1).max(1);
        Self { buckets: vec![None; drawn.len()], drawn, from, to, width }
    }

    /// Ticks come in the order of time; one that lies outside is passed over.
    pub fn take(&mut self, tick: &Tick) {
        if tick.at < self.from || tick.at > self.to || tick.quality == Quality::Bad {
            return;
        }
        for (name, reading) in &tick.readings {
            // Sorted by name, as the recording lists them.
            let Ok(ix) = self.drawn.binary_search_by(|series| series.name.cmp(name)) else { continue };
            let value = match reading {
                Some(Value::Real(value)) => *value,
                Some(Value::Integer(value)) => *value as f64,
                Some(Value::Bool(value)) => f64::from(u8::from(*value)),
                Some(Value::Text(_)) | None => continue,
            };
            self.put(ix, SeriesPoint { at: tick.at, min: value, max: value });
        }
    }

    fn put(&mut self, ix: usize, point: SeriesPoint) {
        let bucket = (i128::from(point.at.0) - i128::from(self.from.0)) / self.width;
        let (series, current) = (&mut self.drawn[ix], &mut self.buckets[ix]);
        match series.points.last_mut() {
            Some(last) if *current == Some(bucket) => {
                last.min = last.min.min(point.min);
                last.max = last.max.max(point.max);
            }
            _ => {
                series.points.push(point);
                *current = Some(bucket);
            }
        }
    }

    pub fn done(self) -> Vec<Series> {
        self.drawn
    }
}

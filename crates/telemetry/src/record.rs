//! Writes a recording: an MCAP file that Foxglove opens, and that a power cut leaves readable.
//!
//! One channel for each station, `/{station}`, of JSON messages `{"signals":{…},"quality":"good","bad":["probe"]}` with a
//! JSON Schema that names the signals and their units; `bad` names the signals that the source could not read. Requests
//! ("please judge") stand on `/{station}/requests`. What the recording is about is metadata, written first, so that a file
//! that breaks off still says whose it is.
//!
//! Ticks gather in zstd chunks. [`Recorder::flush`] closes the chunk and syncs the file: whatever was written before is
//! there after `kill -9`, and a reader finds every chunk that is whole. A signal that appears later, or turns out to be of
//! another kind, gets a new schema on a new channel of the same topic; kinds only ever widen, so there are few.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use kernel::Nanos;
use mcap::records::{MessageHeader, Metadata};
use referee::{Quality, SignalDecl, SignalKind, Value};

use serde_json::value::RawValue;

use crate::batch::{read_readings, write_readings};
use crate::{Limits, Names, Reading, Readings, RecordingFault, Tick, check_signal, check_station};

/// The schema of a station's ticks.
pub(crate) const TICK_SCHEMA: &str = "guildhall.Tick";
/// The schema of a "please judge".
pub(crate) const REQUEST_SCHEMA: &str = "guildhall.Request";
/// The metadata record that says what the recording is about.
pub(crate) const RUN_METADATA: &str = "guildhall.recording";
/// The metadata record that a finished recording ends with.
pub(crate) const ENDED_METADATA: &str = "guildhall.ended";

/// Ticks are gathered up to this size before they are compressed.
pub(crate) const CHUNK_BYTES: u64 = 256 << 10;

/// What a recording is about. All of it is optional: a converted file knows little.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunMetadata {
    pub contest: Option<String>,
    pub venue: Option<String>,
    pub station: Option<String>,
    pub run: Option<String>,
    /// The blind number; never a name.
    pub entry_no: Option<String>,
    pub module: Option<String>,
    pub started: Option<Nanos>,
    /// Filled by [`Recorder::finish`].
    pub ended: Option<Nanos>,
    /// Whatever else belongs to it: the source and licence of a converted file, for example.
    pub notes: BTreeMap<String, String>,
}

impl RunMetadata {
    fn to_map(&self) -> BTreeMap<String, String> {
        let mut map: BTreeMap<String, String> =
            self.notes.iter().map(|(key, value)| (format!("note.{key}"), value.clone())).collect();
        let texts = [
            ("contest", &self.contest),
            ("venue", &self.venue),
            ("station", &self.station),
            ("run", &self.run),
            ("entry_no", &self.entry_no),
            ("module", &self.module),
        ];
        for (key, value) in texts {
            if let Some(value) = value {
                map.insert(key.to_owned(), value.clone());
            }
        }
        if let Some(started) = self.started {
            map.insert("started".to_owned(), started.0.to_string());
        }
        map
    }

    pub(crate) fn read(&mut self, mut map: BTreeMap<String, String>) {
        let texts = [
            ("contest", &mut self.contest),
            ("venue", &mut self.venue),
            ("station", &mut self.station),
            ("run", &mut self.run),
            ("entry_no", &mut self.entry_no),
            ("module", &mut self.module),
        ];
        for (key, field) in texts {
            *field = map.remove(key);
        }
        self.started = map.get("started").and_then(|text| text.parse().ok()).map(Nanos);
        self.notes = map
            .into_iter()
            .filter_map(|(key, value)| key.strip_prefix("note.").map(|key| (key.to_owned(), value)))
            .collect();
    }
}

/// What a finished recording holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    pub ticks: u64,
    pub samples: u64,
}

/// An open recording.
pub struct Recorder {
    writer: mcap::Writer<BufWriter<File>>,
    /// The same file, for syncing it.
    file: File,
    stations: HashMap<Arc<str>, Station>,
    last: Option<Nanos>,
    ticks: u64,
    samples: u64,
    line: Vec<u8>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("ticks", &self.ticks).field("samples", &self.samples).finish_non_exhaustive()
    }
}

/// A signal's kind as far as it is known.
enum Kind {
    /// By a scheme: it stays, whatever the source sends; the referee calls a misfit bad.
    Declared(SignalKind),
    /// By the readings so far: it widens with them.
    Seen(SignalKind),
}

#[derive(Default)]
struct Station {
    kinds: BTreeMap<Arc<str>, Kind>,
    /// `None` while the kinds have changed since the last channel was made.
    channel: Option<u16>,
    requests: Option<u16>,
    sequence: u32,
    last: Option<Nanos>,
}

impl Recorder {
    /// Begins a new file; one that is there already is an error, because a recording is evidence.
    pub fn create(path: impl AsRef<Path>, about: &RunMetadata) -> Result<Recorder, RecordingFault> {
        let path = path.as_ref();
        let file = File::options()
            .write(true)
            .read(true)
            .create_new(true)
            .open(path)
            .map_err(RecordingFault::io(format!("creating {}", path.display())))?;
        let second = file.try_clone().map_err(RecordingFault::io(format!("opening {}", path.display())))?;
        let mut writer = mcap::WriteOptions::new()
            .compression(Some(mcap::Compression::Zstd))
            // One thread and one level: the same ticks make the same bytes.
            .compression_threads(0)
            .compression_level(3)
            .chunk_size(Some(CHUNK_BYTES))
            .profile("guildhall")
            .library(concat!("guildhall ", env!("CARGO_PKG_VERSION")))
            // A chunk is written in one go when it is whole, so that no file ever shows half of one as finished.
            .disable_seeking(true)
            .create(BufWriter::new(file))
            .map_err(RecordingFault::Write)?;
        writer
            .write_metadata(&Metadata { name: RUN_METADATA.to_owned(), metadata: about.to_map() })
            .map_err(RecordingFault::Write)?;
        Ok(Recorder {
            writer,
            file: second,
            stations: HashMap::new(),
            last: None,
            ticks: 0,
            samples: 0,
            line: Vec::new(),
        })
    }

    /// Says beforehand what a station's signals are, with their units.
    pub fn declare(&mut self, station: &str, signals: &[SignalDecl]) -> Result<(), RecordingFault> {
        check_station(station)?;
        for signal in signals {
            check_signal(&signal.name)?;
        }
        let known = self.station(&station.into());
        for signal in signals {
            known.kinds.insert(signal.name.as_str().into(), Kind::Declared(signal.kind.clone()));
        }
        known.channel = None;
        Ok(())
    }

    /// The newest time that was recorded of a station.
    pub fn last_at(&self, station: &str) -> Option<Nanos> {
        self.stations.get(station).and_then(|station| station.last)
    }

    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    /// Takes one tick. It is durable after the next [`flush`](Recorder::flush).
    pub fn tick(&mut self, tick: &Tick) -> Result<(), RecordingFault> {
        check_station(&tick.station)?;
        let log_time = epoch(tick.at)?;
        let station = self.station(&tick.station);
        if let Some(last) = station.last
            && tick.at <= last
        {
            return Err(RecordingFault::GoesBack { station: tick.station.to_string(), at: tick.at.0, last: last.0 });
        }
        if !tick.readings.iter().all(|(name, reading)| fits(station.kinds.get(name), reading)) {
            for (name, reading) in &tick.readings {
                check_signal(name)?;
                widen(&mut station.kinds, name, reading);
            }
            station.channel = None;
        }
        let channel_id = self.channel(&tick.station)?;
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        write_message(tick, &mut line);
        let station = self.station(&tick.station);
        station.sequence = station.sequence.wrapping_add(1);
        station.last = Some(tick.at);
        let header = MessageHeader { channel_id, sequence: station.sequence, log_time, publish_time: log_time };
        let written = self.writer.write_to_known_channel(&header, &line).map_err(RecordingFault::Write);
        self.line = line;
        written?;
        self.last = self.last.max(Some(tick.at));
        self.ticks += 1;
        self.samples += tick.readings.len() as u64;
        Ok(())
    }

    /// A competitor asks to be judged.
    pub fn request(&mut self, station: &str, at: Nanos, checkpoint: Option<&str>) -> Result<(), RecordingFault> {
        check_station(station)?;
        let log_time = epoch(at)?;
        let name: Arc<str> = station.into();
        let channel_id = match self.station(&name).requests {
            Some(channel) => channel,
            None => {
                let schema = serde_json::json!({
                    "$schema": "https://json-schema.org/draft/2020-12/schema",
                    "title": REQUEST_SCHEMA,
                    "type": "object",
                    "properties": {"checkpoint": {"type": "string", "description": "empty: any checkpoint"}},
                });
                let schema = self
                    .writer
                    .add_schema(REQUEST_SCHEMA, "jsonschema", schema.to_string().as_bytes())
                    .map_err(RecordingFault::Write)?;
                let about = BTreeMap::from([("station".to_owned(), station.to_owned())]);
                let channel = self
                    .writer
                    .add_channel(schema, &format!("/{station}/requests"), "json", &about)
                    .map_err(RecordingFault::Write)?;
                self.station(&name).requests = Some(channel);
                channel
            }
        };
        let line = serde_json::json!({"checkpoint": checkpoint.unwrap_or_default()}).to_string();
        let header = MessageHeader { channel_id, sequence: 0, log_time, publish_time: log_time };
        self.writer.write_to_known_channel(&header, line.as_bytes()).map_err(RecordingFault::Write)?;
        self.last = self.last.max(Some(at));
        Ok(())
    }

    /// Closes the chunk and syncs the file: what was recorded so far survives the machine.
    pub fn flush(&mut self) -> Result<(), RecordingFault> {
        self.write_out()?;
        self.file.sync_data().map_err(RecordingFault::io("syncing the recording"))
    }

    /// Closes the chunk and hands it to the operating system: what was recorded so far survives this process.
    pub fn write_out(&mut self) -> Result<(), RecordingFault> {
        self.writer.flush().map_err(RecordingFault::Write)
    }

    /// Ends the recording with its index, and syncs it.
    pub fn finish(mut self, ended: Option<Nanos>) -> Result<Finished, RecordingFault> {
        if let Some(ended) = ended.or(self.last) {
            let map = BTreeMap::from([
                ("ended".to_owned(), ended.0.to_string()),
                ("ticks".to_owned(), self.ticks.to_string()),
                ("samples".to_owned(), self.samples.to_string()),
            ]);
            self.writer
                .write_metadata(&Metadata { name: ENDED_METADATA.to_owned(), metadata: map })
                .map_err(RecordingFault::Write)?;
        }
        self.writer.finish().map_err(RecordingFault::Write)?;
        let finished = Finished { ticks: self.ticks, samples: self.samples };
        // Closing the writer hands over what it still buffers.
        let doing = || RecordingFault::io("syncing the recording");
        self.writer.into_inner().into_inner().map_err(|error| doing()(error.into_error()))?;
        self.file.sync_all().map_err(doing())?;
        Ok(finished)
    }

    fn station(&mut self, name: &Arc<str>) -> &mut Station {
        self.stations.entry(name.clone()).or_default()
    }

    fn channel(&mut self, name: &Arc<str>) -> Result<u16, RecordingFault> {
        let station = self.station(name);
        if let Some(channel) = station.channel {
            return Ok(channel);
        }
        let schema = tick_schema(&station.kinds);
        let schema = self
            .writer
            .add_schema(TICK_SCHEMA, "jsonschema", schema.to_string().as_bytes())
            .map_err(RecordingFault::Write)?;
        let about = BTreeMap::from([("station".to_owned(), name.to_string())]);
        let channel =
            self.writer.add_channel(schema, &format!("/{name}"), "json", &about).map_err(RecordingFault::Write)?;
        self.station(name).channel = Some(channel);
        Ok(channel)
    }
}

fn epoch(at: Nanos) -> Result<u64, RecordingFault> {
    u64::try_from(at.0).map_err(|_| RecordingFault::BeforeEpoch { at: at.0 })
}

fn fits(kind: Option<&Kind>, reading: &Reading) -> bool {
    let seen = match kind {
        None => return false,
        Some(Kind::Declared(_)) => return true,
        Some(Kind::Seen(seen)) => seen,
    };
    match (seen, reading) {
        (_, None) | (SignalKind::Text, Some(_)) => true,
        (SignalKind::Bool, Some(value)) => matches!(value, Value::Bool(_)),
        (SignalKind::Integer, Some(value)) => matches!(value, Value::Integer(_)),
        (SignalKind::Real { .. }, Some(value)) => matches!(value, Value::Integer(_) | Value::Real(_)),
    }
}

/// bool and text stay what they are, integers become reals, and whatever mixes becomes text, the widest.
fn widen(kinds: &mut BTreeMap<Arc<str>, Kind>, name: &Arc<str>, reading: &Reading) {
    if fits(kinds.get(name), reading) {
        return;
    }
    let kind = match (kinds.get(name), reading) {
        (None, Some(Value::Bool(_))) => SignalKind::Bool,
        (None, Some(Value::Integer(_))) => SignalKind::Integer,
        (None, Some(Value::Real(_)) | None) | (Some(Kind::Seen(SignalKind::Integer)), Some(Value::Real(_))) => {
            SignalKind::Real { unit: String::new() }
        }
        _ => SignalKind::Text,
    };
    kinds.insert(name.clone(), Kind::Seen(kind));
}

fn tick_schema(kinds: &BTreeMap<Arc<str>, Kind>) -> serde_json::Value {
    let mut signals = serde_json::Map::new();
    for (name, kind) in kinds {
        let (Kind::Declared(kind) | Kind::Seen(kind)) = kind;
        // No lists of types: viewers take one type for each property. A signal that was not read is left out.
        let property = match kind {
            SignalKind::Bool => serde_json::json!({"type": "boolean"}),
            SignalKind::Integer => serde_json::json!({"type": "integer"}),
            SignalKind::Real { unit } if unit.is_empty() => serde_json::json!({"type": "number"}),
            SignalKind::Real { unit } => serde_json::json!({"type": "number", "description": unit, "unit": unit}),
            SignalKind::Text => serde_json::json!({"type": "string"}),
        };
        signals.insert(name.to_string(), property);
    }
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TICK_SCHEMA,
        "type": "object",
        "properties": {
            "signals": {"type": "object", "properties": signals},
            "quality": {"type": "string", "description": "good, uncertain or bad"},
            "bad": {"type": "array", "items": {"type": "string"}, "description": "signals that the source could not read"},
        },
    })
}

pub(crate) fn kind_of_property(property: &serde_json::Value) -> Option<SignalKind> {
    match property.get("type")?.as_str()? {
        "boolean" => Some(SignalKind::Bool),
        "integer" => Some(SignalKind::Integer),
        "number" => {
            let unit = property.get("unit").and_then(|unit| unit.as_str()).unwrap_or_default();
            Some(SignalKind::Real { unit: unit.to_owned() })
        }
        "string" => Some(SignalKind::Text),
        _ => None,
    }
}

fn write_message(tick: &Tick, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"signals\":");
    write_readings(tick.readings.iter().filter(|(_, reading)| is_read(reading)), out);
    out.extend_from_slice(format!(",\"quality\":\"{}\"", tick.quality.code()).as_bytes());
    let unread: Vec<&str> =
        tick.readings.iter().filter(|(_, reading)| !is_read(reading)).map(|(name, _)| &**name).collect();
    if !unread.is_empty() {
        out.extend_from_slice(format!(",\"bad\":{}", serde_json::json!(unread)).as_bytes());
    }
    out.push(b'}');
}

fn is_read(reading: &Reading) -> bool {
    match reading {
        None => false,
        Some(Value::Real(value)) => value.is_finite(),
        Some(_) => true,
    }
}

#[derive(serde::Deserialize)]
struct RawMessage<'a> {
    #[serde(borrow)]
    signals: &'a RawValue,
    #[serde(default)]
    quality: String,
    #[serde(default, borrow)]
    bad: Vec<Cow<'a, str>>,
}

/// Reads what a recorder wrote. What it read stands first, what it could not read last.
pub(crate) fn read_message(text: &[u8], limits: &Limits, names: &mut Names) -> Option<(Readings, Quality)> {
    let raw: RawMessage<'_> = serde_json::from_slice(text).ok()?;
    let mut readings = match raw.signals.get() {
        "{}" => Vec::new(),
        text => read_readings(text, limits, names).ok()?,
    };
    for name in raw.bad {
        check_signal(&name).ok()?;
        readings.push((names.get(&name), None));
    }
    Some((readings, Quality::from_code(&raw.quality).unwrap_or_default()))
}

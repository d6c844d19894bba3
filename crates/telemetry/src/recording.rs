//! Reads a recording back, whole or broken off.
//!
//! A file whose writer was killed has no index and may end in half a chunk. Every chunk that is whole is read; what comes
//! after the first place that can't be read is left, and [`Recording::incomplete`] says so. A chunk whose checksum is
//! wrong is not read at all: half-true evidence is none.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use kernel::{Nanos, Text};
use mcap::records::{ChunkHeader, Record, op};
use referee::SignalKind;
use sha2::{Digest, Sha256};

use crate::record::{
    CHUNK_BYTES, ENDED_METADATA, REQUEST_SCHEMA, RUN_METADATA, TICK_SCHEMA, kind_of_property, read_message,
};
use crate::{Limits, Listener, Misfit, Names, RecordingFault, RunMetadata, Spoken, Tick, check_station};

/// A signal of a station as the recording names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedSignal {
    pub station: Arc<str>,
    pub name: Arc<str>,
    pub kind: SignalKind,
}

/// A recorded "please judge".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub station: Arc<str>,
    pub at: Nanos,
    /// `None`: any checkpoint.
    pub checkpoint: Option<String>,
}

/// A recording, looked through once and kept compressed.
pub struct Recording {
    bytes: Vec<u8>,
    sha256: String,
    about: RunMetadata,
    signals: Vec<RecordedSignal>,
    stations: Vec<Arc<str>>,
    requests: Vec<Request>,
    from: Option<Nanos>,
    to: Option<Nanos>,
    ticks: u64,
    samples: u64,
    in_order: bool,
    incomplete: Option<Text>,
    cut: bool,
}

impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording")
            .field("about", &self.about)
            .field("ticks", &self.ticks)
            .field("incomplete", &self.incomplete)
            .finish_non_exhaustive()
    }
}

impl Recording {
    pub fn open(path: impl AsRef<Path>) -> Result<Recording, RecordingFault> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(RecordingFault::io(format!("reading {}", path.display())))?;
        Recording::from_bytes(bytes)
    }

    pub fn from_bytes(bytes: Vec<u8>) -> Result<Recording, RecordingFault> {
        let sha256 = hex(&Sha256::digest(&bytes));
        let mut walk = Walk::over(&bytes)?;
        let mut last: HashMap<Arc<str>, Nanos> = HashMap::new();
        let (mut from, mut to, mut ticks, mut samples, mut in_order) = (None::<Nanos>, None::<Nanos>, 0, 0, true);
        let mut requests = Vec::new();
        while let Some(found) = walk.next_found() {
            match found {
                Found::Tick(tick) => {
                    from = Some(from.map_or(tick.at, |from| from.min(tick.at)));
                    to = to.max(Some(tick.at));
                    ticks += 1;
                    samples += tick.readings.len() as u64;
                    if let Some(before) = last.insert(tick.station, tick.at) {
                        in_order &= before < tick.at;
                    }
                }
                Found::Request(request) => requests.push(request),
            }
        }
        requests.sort_by_key(|request| request.at);
        if walk.channels.is_empty() && walk.about.is_none() {
            return Err(RecordingFault::Foreign { schema: TICK_SCHEMA });
        }
        let signals: Vec<RecordedSignal> =
            walk.signals.into_iter().map(|((station, name), kind)| RecordedSignal { station, name, kind }).collect();
        let mut stations: Vec<Arc<str>> =
            signals.iter().map(|signal| signal.station.clone()).chain(last.into_keys()).collect();
        stations.sort();
        stations.dedup();
        let (about, incomplete, cut) = (walk.about.unwrap_or_default(), walk.incomplete, walk.cut);
        Ok(Recording {
            bytes,
            sha256,
            about,
            signals,
            stations,
            requests,
            from,
            to,
            ticks,
            samples,
            in_order,
            incomplete,
            cut,
        })
    }

    /// Of the file, in lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    pub fn about(&self) -> &RunMetadata {
        &self.about
    }

    /// By station, then by name.
    pub fn signals(&self) -> &[RecordedSignal] {
        &self.signals
    }

    pub fn stations(&self) -> &[Arc<str>] {
        &self.stations
    }

    /// In the order of time.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The times of the first and the last tick.
    pub fn span(&self) -> Option<(Nanos, Nanos)> {
        self.from.zip(self.to)
    }

    pub fn tick_count(&self) -> u64 {
        self.ticks
    }

    pub fn sample_count(&self) -> u64 {
        self.samples
    }

    /// Why not all of the file could be read, where that is so.
    pub fn incomplete(&self) -> Option<&Text> {
        self.incomplete.as_ref()
    }

    /// Whether nothing but its end is missing: all before it could be read.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The station named, or the only one there is.
    pub fn station(&self, wanted: Option<&str>) -> Result<Arc<str>, RecordingFault> {
        let stations = || self.stations.iter().map(|station| station.to_string()).collect();
        match (wanted, &self.stations[..]) {
            (_, []) => Err(RecordingFault::Empty),
            (None, [only]) => Ok(only.clone()),
            (None, _) => Err(RecordingFault::SeveralStations { stations: stations() }),
            (Some(name), known) => known
                .iter()
                .find(|station| &***station == name)
                .cloned()
                .ok_or_else(|| RecordingFault::NoStation { wanted: name.to_owned(), stations: stations() }),
        }
    }

    /// The ticks of every station, each station's in the order of time. They are decompressed as they are taken.
    pub fn ticks(&self) -> Ticks<'_> {
        match Walk::over(&self.bytes) {
            Ok(walk) if self.in_order => Ticks(Source::Walk(Box::new(walk))),
            // What another program wrote may be out of order; that is put right in memory.
            Ok(walk) => {
                let mut ticks: Vec<Tick> = Ticks(Source::Walk(Box::new(walk))).collect();
                ticks.sort_by_key(|tick| tick.at);
                Ticks(Source::Sorted(ticks.into_iter()))
            }
            Err(_) => Ticks(Source::Sorted(Vec::new().into_iter())),
        }
    }
}

impl Recording {
    /// Says what a station said, in the order of time, to whoever hears it, through a listener that learns how its
    /// ticks look. `misfits` hears of values that are not of their signal's kind.
    pub fn speak(
        &self,
        station: &Arc<str>,
        listener: &mut Listener,
        mut misfits: impl FnMut(Misfit),
        mut hear: impl FnMut(&Spoken<'_>),
    ) {
        let Some(mut walk) = self.in_order.then(|| Walk::over(&self.bytes).ok()).flatten() else {
            for tick in self.ticks().filter(|tick| tick.station == *station) {
                hear(&listener.tick(&tick, &mut misfits));
            }
            return;
        };
        loop {
            let found = walk.next_found_by(&mut |speaker, at, message| {
                if speaker != station {
                    return true;
                }
                listener.message(speaker, at, message).map(|spoken| hear(&spoken)).is_some()
            });
            match found {
                Some(Found::Tick(tick)) => hear(&listener.tick(&tick, &mut misfits)),
                Some(Found::Request(_)) => {}
                None => return,
            }
        }
    }
}

/// The ticks of a recording.
pub struct Ticks<'a>(Source<'a>);

enum Source<'a> {
    Walk(Box<Walk<'a>>),
    Sorted(std::vec::IntoIter<Tick>),
}

impl std::fmt::Debug for Ticks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ticks")
    }
}

impl Iterator for Ticks<'_> {
    type Item = Tick;

    fn next(&mut self) -> Option<Tick> {
        match &mut self.0 {
            Source::Sorted(ticks) => ticks.next(),
            Source::Walk(walk) => loop {
                if let Found::Tick(tick) = walk.next_found()? {
                    return Some(tick);
                }
            },
        }
    }
}

/// The longest chunk that is unpacked. Nobody writes longer ones, and a damaged length must not take the memory.
const CHUNK_BYTES_MAX: u64 = 256 << 20;

/// A chunk's bytes, unpacked, or why nothing of it is believed: its checksum or a length in it is wrong. The bytes are
/// checked before anything in them is read; the library's own chunk reader trusts lengths and allocates what they say.
fn whole_chunk(header: &ChunkHeader, packed: &[u8]) -> Result<Vec<u8>, String> {
    if header.uncompressed_size > CHUNK_BYTES_MAX {
        return Err(format!("a chunk of {} bytes", header.uncompressed_size));
    }
    let size = header.uncompressed_size as usize;
    let bytes = match header.compression.as_str() {
        "" => packed.to_vec(),
        "zstd" => {
            zstd::bulk::decompress(packed, size).map_err(|error| format!("a chunk can't be unpacked: {error}"))?
        }
        other => return Err(format!("a chunk is packed by {other:?}, which is not known here")),
    };
    if bytes.len() != size || (header.uncompressed_crc != 0 && crc32fast::hash(&bytes) != header.uncompressed_crc) {
        return Err("a chunk's checksum is wrong".to_owned());
    }
    let mut rest = &bytes[..];
    while rest.len() >= RECORD_HEAD {
        let (opcode, body, after) = record_at(rest).ok_or_else(|| "a record is longer than its chunk".to_owned())?;
        // A message needs no more than its fixed head; anything else is rare and is read to the end here.
        if opcode != op::MESSAGE || body.len() < MESSAGE_HEAD {
            parsed(opcode, body)?;
        }
        rest = after;
    }
    Ok(bytes)
}

/// The first record of some bytes: its kind, its body and what comes after.
fn record_at(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (head, after) = bytes.split_at_checked(RECORD_HEAD)?;
    let length = u64::from_le_bytes(head[1..].try_into().ok()?);
    let (body, rest) = after.split_at_checked(usize::try_from(length).ok()?)?;
    Some((head[0], body, rest))
}

/// What a record says. Attachments say nothing here, and the library believes the lengths in them.
fn parsed(opcode: u8, body: &[u8]) -> Result<Option<Record<'_>>, String> {
    if opcode == op::ATTACHMENT {
        return Ok(None);
    }
    mcap::read::parse_record(opcode, body).map(Some).map_err(|error| error.to_string())
}

/// A record's kind and its length.
const RECORD_HEAD: usize = 1 + 8;
/// A message's channel, number and two times.
const MESSAGE_HEAD: usize = 2 + 4 + 8 + 8;

enum Found {
    Tick(Tick),
    Request(Request),
}

/// Reads a tick's message without a detour; `false` where it can't.
type ShortWay<'w> = &'w mut dyn FnMut(&Arc<str>, Nanos, &[u8]) -> bool;

#[derive(Clone)]
enum Topic {
    Ticks(Arc<str>),
    Requests(Arc<str>),
}

/// One pass through a file, from its first record to its last readable one.
struct Walk<'a> {
    /// The records that come yet.
    rest: &'a [u8],
    /// The chunk that is being read, and how far.
    chunk: Vec<u8>,
    chunk_at: usize,
    found: VecDeque<Found>,
    schemas: HashMap<u16, (String, Vec<u8>)>,
    channels: HashMap<u16, Topic>,
    signals: BTreeMap<(Arc<str>, Arc<str>), SignalKind>,
    about: Option<RunMetadata>,
    incomplete: Option<Text>,
    /// The file ends in a record, or between two.
    cut: bool,
    ended: bool,
    limits: Limits,
    names: Names,
}

impl<'a> Walk<'a> {
    fn over(bytes: &'a [u8]) -> Result<Walk<'a>, RecordingFault> {
        Ok(Walk {
            rest: bytes.strip_prefix(mcap::MAGIC).ok_or(RecordingFault::NoMcap)?,
            chunk: Vec::new(),
            chunk_at: 0,
            found: VecDeque::new(),
            schemas: HashMap::new(),
            channels: HashMap::new(),
            signals: BTreeMap::new(),
            about: None,
            incomplete: None,
            cut: false,
            ended: false,
            limits: Limits::default(),
            names: Names::default(),
        })
    }

    fn next_found(&mut self) -> Option<Found> {
        self.next_found_by(&mut |_, _, _| false)
    }

    /// The next of what the short way doesn't take.
    fn next_found_by(&mut self, short_way: ShortWay<'_>) -> Option<Found> {
        loop {
            if let Some(found) = self.found.pop_front() {
                return Some(found);
            }
            if self.ended || self.incomplete.is_some() {
                return None;
            }
            if self.chunk_at < self.chunk.len() {
                self.walk_chunk(short_way);
                continue;
            }
            let Some((opcode, body, rest)) = record_at(self.rest) else {
                // More than what a writer holds in memory is no missing end, but damage.
                self.cut = self.rest.len() as u64 <= 2 * CHUNK_BYTES;
                self.breaks_off("the end is missing");
                return None;
            };
            self.rest = rest;
            match parsed(opcode, body) {
                Err(what) => self.breaks_off(&what),
                Ok(None) => {}
                Ok(Some(Record::Chunk { header, data })) => match whole_chunk(&header, &data) {
                    Ok(bytes) => (self.chunk, self.chunk_at) = (bytes, 0),
                    Err(what) => self.breaks_off(&what),
                },
                // After the data come the index and repeated schemas: nothing new.
                Ok(Some(Record::DataEnd(_))) => {
                    self.ended = true;
                    return None;
                }
                Ok(Some(record)) => self.take(record, short_way),
            }
        }
    }

    /// Goes on in the chunk until something was found.
    fn walk_chunk(&mut self, short_way: ShortWay<'_>) {
        let chunk = std::mem::take(&mut self.chunk);
        while self.found.is_empty() && self.incomplete.is_none() {
            let Some((opcode, body, rest)) = chunk.get(self.chunk_at..).and_then(record_at) else {
                self.chunk_at = chunk.len();
                break;
            };
            self.chunk_at = chunk.len() - rest.len();
            // That every record can be read was seen before.
            if let Ok(Some(record)) = parsed(opcode, body) {
                self.take(record, short_way);
            }
        }
        self.chunk = chunk;
    }

    fn breaks_off(&mut self, error: &str) {
        self.incomplete = Some(Text::new(
            format!("录制不完整，之后的内容无法读取：{error}"),
            format!("the recording breaks off, what comes after can't be read: {error}"),
        ));
    }

    fn take(&mut self, record: Record<'_>, short_way: ShortWay<'_>) {
        match record {
            Record::Schema { header, data } => {
                self.schemas.insert(header.id, (header.name, data.into_owned()));
            }
            Record::Channel(channel) => self.channel(channel),
            Record::Metadata(metadata) if metadata.name == RUN_METADATA => {
                self.about.get_or_insert_default().read(metadata.metadata);
            }
            Record::Metadata(metadata) if metadata.name == ENDED_METADATA => {
                let ended = metadata.metadata.get("ended").and_then(|text| text.parse().ok()).map(Nanos);
                self.about.get_or_insert_default().ended = ended;
            }
            Record::Message { header, data } => {
                let Ok(at) = i64::try_from(header.log_time).map(Nanos) else { return };
                match self.channels.get(&header.channel_id).cloned() {
                    Some(Topic::Ticks(station)) if short_way(&station, at, &data) => {}
                    Some(Topic::Ticks(station)) => match read_message(&data, &self.limits, &mut self.names) {
                        Some((readings, quality)) => {
                            self.found.push_back(Found::Tick(Tick { station, at, readings, quality }));
                        }
                        None => {
                            self.incomplete = Some(Text::new(
                                format!("工位 {station} 在 {} ns 的记录无法读取", at.0),
                                format!("the message of station {station} at {} ns can't be read", at.0),
                            ));
                        }
                    },
                    Some(Topic::Requests(station)) => {
                        let checkpoint = serde_json::from_slice::<serde_json::Value>(&data)
                            .ok()
                            .and_then(|message| message.get("checkpoint")?.as_str().map(str::to_owned))
                            .filter(|checkpoint| !checkpoint.is_empty());
                        self.found.push_back(Found::Request(Request { station, at, checkpoint }));
                    }
                    None => {}
                }
            }
            _ => {}
        }
    }

    fn channel(&mut self, channel: mcap::records::Channel) {
        let Some((schema, text)) = self.schemas.get(&channel.schema_id) else { return };
        let station = channel.topic.trim_start_matches('/').split('/').next().unwrap_or_default();
        if check_station(station).is_err() || channel.message_encoding != "json" {
            return;
        }
        let station = self.names.get(station);
        match schema.as_str() {
            TICK_SCHEMA => {
                let schema: serde_json::Value = serde_json::from_slice(text).unwrap_or_default();
                let signals = schema.pointer("/properties/signals/properties").and_then(|signals| signals.as_object());
                for (name, property) in signals.into_iter().flatten() {
                    if let Some(kind) = kind_of_property(property) {
                        self.signals.insert((station.clone(), self.names.get(name)), kind);
                    }
                }
                self.channels.insert(channel.id, Topic::Ticks(station));
            }
            REQUEST_SCHEMA => {
                self.channels.insert(channel.id, Topic::Requests(station));
            }
            _ => {}
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

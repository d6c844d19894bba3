//! A recording is refused, or gives its ticks, and is judged the same twice.
//!
//! An input is a file as it is, or lines: the first one is the JSON Schema of a station's ticks, each other one a time and
//! a message. The lines are put into a whole chunk, so that what reads messages is reached, and not only what refuses
//! broken frames.

use std::sync::OnceLock;

use catalogue::LoadedScheme;
use telemetry::Recording;
use telemetry::replay::judge;

pub const WORDS: &[&str] = &[
    "\u{89}MCAP0\r\n",
    "\n1000 ",
    "\n2000000000 ",
    "{\"signals\":{",
    "},\"quality\":\"good\"}",
    "\"quality\":\"bad\"",
    "\"bad\":[\"force\"]",
    "\"force\":1.5",
    "\"grip\":true",
    "\"count\":3",
    "\"mode\":\"run\"",
    "null",
    "\\u0000",
    "\\ud800",
    "{\"type\":\"number\"}",
    "\"unit\":\"N\"",
    "{\"checkpoint\":\"done\"}",
    "{\"properties\":{\"signals\":{\"properties\":{",
];

const SCHEME: &str = "\
format: guildhall/scheme/1
id: fuzz
version: 1
title: {zh: 试, en: Fuzz}
abilities: [{code: skill, name: {zh: 技能, en: Skill}}]
modules:
  - code: A
    name: {zh: 模块, en: Module}
    criteria:
      - code: A
        name: {zh: 评分点, en: Criterion}
        aspects:
          - {code: A1, name: {zh: 评分项, en: Aspect}, type: automatic, max: 100, abilities: [skill]}
ranking: {ties: [{practice: true}]}
signals:
  force: {type: real, unit: N, stale_after: 2s}
  grip: {type: bool}
  count: {type: integer}
  mode: {type: text}
rules:
  - {id: held, aspect: A1, says: {zh: 一, en: One}, on: {holds: grip && force > 1N, for: 1s}, award: 1}
  - {id: mean, aspect: A1, says: {zh: 二, en: Two}, on: {changes: count}, check: {mean: force, over: 5s, between: [1N, ~]}, award: 1}
  - {id: p, aspect: A1, says: {zh: 三, en: Three}, check: {percentile: force, p: 90, between: [1N, ~]}, award: 1}
  - {id: asked, aspect: A1, says: {zh: 四, en: Four}, on: {request: done}, check: {is: mode == \"run\"}, award: 1}
";

fn scheme() -> &'static LoadedScheme {
    static LOADED: OnceLock<LoadedScheme> = OnceLock::new();
    LOADED.get_or_init(|| load())
}

fn load() -> LoadedScheme {
    let (scheme, faults) = catalogue::load_scheme(SCHEME);
    scheme.unwrap_or_else(|| panic!("{faults:?}"))
}

pub fn run(input: &[u8]) {
    let magic = b"\x89MCAP0\r\n";
    let bytes = if input.starts_with(magic) { input.to_vec() } else { file_of(input) };
    let Ok(recording) = Recording::from_bytes(bytes) else { return };
    let ticks = recording.ticks().count() as u64;
    assert_eq!(ticks, recording.tick_count());
    let samples: usize = recording.ticks().map(|tick| tick.readings.len()).sum();
    assert_eq!(samples as u64, recording.sample_count());
    for station in recording.stations() {
        let first = judge(&recording, scheme(), Some(station)).map(|judged| judged.verdicts);
        let second = judge(&recording, scheme(), Some(station)).map(|judged| judged.verdicts);
        assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn record(kind: u8, body: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    out.extend((body.len() as u64).to_le_bytes());
    out.extend(body);
}

/// A file of one chunk with a channel of ticks and one of requests. What looks like a checkpoint is a request.
fn file_of(input: &[u8]) -> Vec<u8> {
    let mut lines = input.split(|byte| *byte == b'\n');
    let schema_text = lines.next().unwrap_or_default();
    let mut chunk = Vec::new();
    for (id, name, topic) in [(1u16, "guildhall.Tick", "/S1"), (2, "guildhall.Request", "/S1/requests")] {
        let mut schema = id.to_le_bytes().to_vec();
        text(name, &mut schema);
        text("jsonschema", &mut schema);
        schema.extend((schema_text.len() as u32).to_le_bytes());
        schema.extend(schema_text);
        record(3, &schema, &mut chunk);
        let mut channel = [id.to_le_bytes(), id.to_le_bytes()].concat();
        text(topic, &mut channel);
        text("json", &mut channel);
        channel.extend(0u32.to_le_bytes());
        record(4, &channel, &mut chunk);
    }
    for (sequence, line) in (0u32..).zip(lines) {
        let space = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (time, message) = line.split_at(space);
        let time = std::str::from_utf8(time).ok().and_then(|time| time.parse::<u64>().ok()).unwrap_or(0);
        let is_request = message.windows(10).any(|part| part == b"checkpoint");
        let mut body = (1 + u16::from(is_request)).to_le_bytes().to_vec();
        body.extend(sequence.to_le_bytes());
        body.extend(time.to_le_bytes());
        body.extend(time.to_le_bytes());
        body.extend(message.strip_prefix(b" ").unwrap_or(message));
        record(5, &body, &mut chunk);
    }
    let mut body = [0u64.to_le_bytes(), u64::MAX.to_le_bytes(), (chunk.len() as u64).to_le_bytes()].concat();
    body.extend(0u32.to_le_bytes());
    text("", &mut body);
    body.extend((chunk.len() as u64).to_le_bytes());
    body.extend(&chunk);
    let mut file = b"\x89MCAP0\r\n".to_vec();
    let mut header = Vec::new();
    text("", &mut header);
    text("fuzz", &mut header);
    record(1, &header, &mut file);
    record(6, &body, &mut file);
    file
}

//! The lines as JSON. Readings are read straight into values: no tree in between, and no key taken twice.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use kernel::{EdgeId, ErrorCode, Nanos, Timestamp};
use referee::{Quality, Value};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use super::{Header, Limits, VERSION, checked_station};
use crate::tick::shortened;
use crate::{BatchFault, Names, Reading, Readings, Tick, check_signal};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHeader {
    v: u64,
    edge: String,
    seq: u64,
    backlog: u64,
    #[serde(default)]
    lag_ms: u64,
    sent_at: String,
}

pub(super) fn header(line: usize, text: &[u8]) -> Result<Header, BatchFault> {
    let raw: RawHeader =
        serde_json::from_slice(text).map_err(|error| broken(ErrorCode::Malformed, line, text, &error))?;
    let wrong = |zh: String, en: String| BatchFault::new(ErrorCode::Malformed, line, zh, en);
    if raw.v != VERSION {
        return Err(wrong(
            format!("不支持批次格式版本 {}，只接受 {VERSION}", raw.v),
            format!("version {} of the batch format is not known here, only {VERSION}", raw.v),
        ));
    }
    let edge: EdgeId =
        raw.edge.parse().map_err(|bad| wrong(format!("edge 不是合法编号：{bad}"), format!("edge: {bad}")))?;
    let sent_at: Timestamp = raw
        .sent_at
        .parse()
        .map_err(|bad: String| wrong(format!("sent_at 不是时间：{bad}"), format!("sent_at: {bad}")))?;
    Ok(Header { edge, seq: raw.seq, backlog: raw.backlog, lag_ms: raw.lag_ms, sent_at })
}

pub(super) fn tick(line: usize, text: &[u8], limits: &Limits, names: &mut Names) -> Result<Tick, BatchFault> {
    let seed = TickSeed { limits, names: RefCell::new(names) };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let raw = seed
        .deserialize(&mut deserializer)
        .and_then(|raw| deserializer.end().map(|()| raw))
        .map_err(|error| broken(ErrorCode::TelemetryBadSample, line, text, &error))?;
    checked_station(line, &raw.station)?;
    Ok(Tick { station: raw.station, at: raw.at, readings: raw.readings, quality: raw.quality })
}

/// Reads the object of readings alone.
pub(crate) fn read_readings(text: &str, limits: &Limits, names: &mut Names) -> Result<Readings, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let readings = ReadingsSeed { limits, names: &RefCell::new(names) }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(readings)
}

/// JSON that can't be read, or a value that may not stand where it does.
fn broken(code: ErrorCode, line: usize, text: &[u8], error: &serde_json::Error) -> BatchFault {
    let column = Some(error.column()).filter(|column| *column > 0);
    if text.starts_with(b"\xef\xbb\xbf") {
        return BatchFault::new(
            code,
            line,
            "开头有字节顺序标记（BOM），请去掉",
            "a byte order mark stands before the JSON: leave it out",
        );
    }
    if text.trim_ascii().is_empty() {
        return BatchFault::new(code, line, "空行", "the line is empty");
    }
    if error.is_syntax() && is_no_number(text, error.column()) {
        return BatchFault {
            column,
            ..BatchFault::new(
                code,
                line,
                "JSON 中没有 NaN 和 Infinity：读不到的信号写 null",
                "JSON knows no NaN and no Infinity: write null for a signal that can't be read",
            )
        };
    }
    // serde_json ends its sentence with the place, which counts from line 1 of this one line.
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let (zh, en) = match message.split_once(BETWEEN) {
        Some((zh, en)) => (zh.to_owned(), en.to_owned()),
        None if error.is_eof() => (format!("JSON 不完整：{message}"), format!("the JSON breaks off: {message}")),
        None => (format!("{}：{message}", in_chinese(message)), message.to_owned()),
    };
    BatchFault { column, ..BatchFault::new(code, line, zh, en) }
}

/// What the reader of JSON itself says, as far as it is worth a word.
fn in_chinese(message: &str) -> &'static str {
    let said = |start: &str| message.starts_with(start);
    if said("missing field") {
        "缺少字段"
    } else if said("unknown field") || said("unknown variant") {
        "未知字段"
    } else if said("duplicate field") {
        "字段重复"
    } else if said("invalid type") || said("invalid value") {
        "类型不符"
    } else {
        "JSON 格式错误"
    }
}

/// Stands between the two languages of a sentence while it passes through serde, which carries one text.
const BETWEEN: char = '\u{1f}';

fn say<E: serde::de::Error>(zh: impl fmt::Display, en: impl fmt::Display) -> E {
    E::custom(format_args!("{zh}{BETWEEN}{en}"))
}

/// Whether one of the spellings of "not a number" stands where the parser gave up.
fn is_no_number(text: &[u8], column: usize) -> bool {
    let from = column.saturating_sub(4);
    let near = text.get(from..text.len().min(from + 12)).unwrap_or_default().to_ascii_lowercase();
    [&b"nan"[..], b"inf"].iter().any(|word| near.windows(3).any(|window| window == *word))
}

struct RawTick {
    station: Arc<str>,
    at: Nanos,
    readings: Readings,
    quality: Quality,
}

struct TickSeed<'a> {
    limits: &'a Limits,
    names: RefCell<&'a mut Names>,
}

impl<'de> DeserializeSeed<'de> for TickSeed<'_> {
    type Value = RawTick;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawTick, D::Error> {
        deserializer.deserialize_map(self)
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum TickField {
    Station,
    T,
    S,
    Q,
}

impl<'de> Visitor<'de> for TickSeed<'_> {
    type Value = RawTick;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with station, t, s and q")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawTick, A::Error> {
        let (mut station, mut at, mut readings, mut quality) = (None, None, None, None);
        while let Some(field) = map.next_key()? {
            match field {
                TickField::Station if station.is_none() => {
                    let name = map.next_value::<std::borrow::Cow<'_, str>>()?;
                    station = Some(self.names.borrow_mut().get(&name));
                }
                TickField::T if at.is_none() => at = Some(Nanos(map.next_value()?)),
                TickField::S if readings.is_none() => {
                    readings = Some(map.next_value_seed(ReadingsSeed { limits: self.limits, names: &self.names })?);
                }
                TickField::Q if quality.is_none() => {
                    let code = map.next_value::<std::borrow::Cow<'_, str>>()?;
                    let known = Quality::from_code(&code).ok_or_else(|| {
                        let code = shortened(&code);
                        say::<A::Error>(
                            format_args!("q 为“{code}”，应为 good、uncertain 或 bad"),
                            format_args!("q is {code:?}, expected good, uncertain or bad"),
                        )
                    })?;
                    quality = Some(known);
                }
                TickField::Station => return Err(A::Error::duplicate_field("station")),
                TickField::T => return Err(A::Error::duplicate_field("t")),
                TickField::S => return Err(A::Error::duplicate_field("s")),
                TickField::Q => return Err(A::Error::duplicate_field("q")),
            }
        }
        Ok(RawTick {
            station: station.ok_or_else(|| A::Error::missing_field("station"))?,
            at: at.ok_or_else(|| A::Error::missing_field("t"))?,
            readings: readings.ok_or_else(|| A::Error::missing_field("s"))?,
            quality: quality.unwrap_or_default(),
        })
    }
}

struct ReadingsSeed<'a, 'b> {
    limits: &'a Limits,
    names: &'a RefCell<&'b mut Names>,
}

impl<'de> DeserializeSeed<'de> for ReadingsSeed<'_, '_> {
    type Value = Readings;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Readings, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ReadingsSeed<'_, '_> {
    type Value = Readings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of signals and their values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Readings, A::Error> {
        let mut readings: Readings = Vec::new();
        let mut met: HashSet<Arc<str>> = HashSet::new();
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            check_signal(&key).map_err(|bad| say::<A::Error>(bad.text.zh, bad.text.en))?;
            let name = self.names.borrow_mut().get(&key);
            // A few signals are looked through; many are hashed.
            let twice = if readings.len() < 16 {
                readings.iter().any(|(known, _)| *known == name)
            } else {
                if met.is_empty() {
                    met.extend(readings.iter().map(|(known, _)| known.clone()));
                }
                !met.insert(name.clone())
            };
            if twice {
                return Err(say(format_args!("信号 {name} 出现两次"), format_args!("signal {name} stands here twice")));
            }
            let reading = map.next_value_seed(ReadingSeed { name: &name, limits: self.limits })?;
            readings.push((name, reading));
        }
        if readings.is_empty() {
            return Err(say("s 中没有信号", "s holds no signal"));
        }
        Ok(readings)
    }
}

struct ReadingSeed<'a> {
    name: &'a str,
    limits: &'a Limits,
}

impl<'de> DeserializeSeed<'de> for ReadingSeed<'_> {
    type Value = Reading;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Reading, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadingSeed<'_> {
    type Value = Reading;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number, true, false, a text or null for signal {}", self.name)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Reading, E> {
        Ok(Some(Value::Bool(value)))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Reading, E> {
        Ok(Some(Value::Integer(value)))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Reading, E> {
        let name = self.name;
        let value = i64::try_from(value).map_err(|_| {
            say::<E>(
                format_args!("信号 {name}：{value} 超出 64 位有符号整数"),
                format_args!("signal {name}: {value} is no 64-bit integer with a sign"),
            )
        })?;
        Ok(Some(Value::Integer(value)))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Reading, E> {
        if !value.is_finite() {
            let name = self.name;
            return Err(say(
                format_args!("信号 {name}：不是有限数"),
                format_args!("signal {name}: not a finite number"),
            ));
        }
        Ok(Some(Value::Real(value)))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Reading, E> {
        if value.len() > self.limits.text_len_max {
            let (name, len, most) = (self.name, value.len(), self.limits.text_len_max);
            return Err(say(
                format_args!("信号 {name}：文本有 {len} 字节，最多 {most} 字节"),
                format_args!("signal {name}: the text has {len} bytes, at most {most} are taken"),
            ));
        }
        Ok(Some(Value::Text(value.into())))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Reading, E> {
        Ok(None)
    }
}

/// `{"force":12.5,"estop":false,"probe":null}`
pub(crate) fn write_readings<'a>(readings: impl IntoIterator<Item = &'a (Arc<str>, Reading)>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (ix, (name, reading)) in readings.into_iter().enumerate() {
        if ix > 0 {
            out.push(b',');
        }
        write_text(name, out);
        out.push(b':');
        write_reading(reading, out);
    }
    out.push(b'}');
}

fn write_reading(reading: &Reading, out: &mut Vec<u8>) {
    use std::io::Write as _;
    // Writing into a vector can't fail.
    match reading {
        None => out.extend_from_slice(b"null"),
        Some(Value::Bool(value)) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Some(Value::Integer(value)) => {
            let _ = write!(out, "{value}");
        }
        // The shortest digits that read back as the same number; always with a point or an exponent, so that a real
        // stays a real. JSON has no word for what is not finite: it is as good as not read.
        Some(Value::Real(value)) if value.is_finite() => {
            let _ = serde_json::to_writer(out, value);
        }
        Some(Value::Real(_)) => out.extend_from_slice(b"null"),
        Some(Value::Text(value)) => write_text(value, out),
    }
}

pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, text);
}

//! What a message's payload says: a bare value, or values picked out of a JSON object.

use std::sync::Arc;

use kernel::{Nanos, Text};
use referee::{Quality, Value};
use telemetry::{Reading, check_signal};

/// Where values stand in a payload.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values {
    /// The whole payload is the value of this signal, or of the one that the topic names.
    Bare(Option<Arc<str>>),
    /// The value of the signal that the topic names (or this one) stands at a path.
    At(Option<Arc<str>>, Vec<String>),
    /// Several signals, each at its path.
    Picked(Vec<(Arc<str>, Vec<String>)>),
    /// Every member of the object that is no object itself is a signal by its own name.
    All,
}

impl Values {
    /// Whether this signal may stand there.
    pub fn may_be(&self, signal: &str) -> bool {
        match self {
            Values::Bare(fixed) | Values::At(fixed, _) => fixed.as_ref().is_none_or(|fixed| **fixed == *signal),
            Values::Picked(picked) => picked.iter().any(|(name, _)| **name == *signal),
            Values::All => true,
        }
    }
}

/// How a payload says its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    Seconds,
    Millis,
    Micros,
    Nanos,
    Rfc3339,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    pub values: Values,
    pub time: Option<(Vec<String>, TimeUnit)>,
    pub quality: Option<Vec<String>>,
}

/// What one message says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub readings: Vec<(Arc<str>, Reading)>,
    /// `None`: the time of arrival.
    pub at: Option<Nanos>,
    pub quality: Quality,
}

const TEXT_LEN_MAX: usize = 1_000;

impl Shape {
    /// Reads a payload; `topic_signal` is what the topic calls the signal.
    pub fn read(&self, payload: &[u8], topic_signal: Option<&str>) -> Result<Said, Text> {
        let named = |fixed: &Option<Arc<str>>| -> Result<Arc<str>, Text> {
            let name = match (fixed, topic_signal) {
                (Some(name), _) => name.clone(),
                (None, Some(name)) => name.into(),
                (None, None) => return Err(Text::new("没有信号名", "there is no name of a signal")),
            };
            check_signal(&name).map_err(|bad| bad.text)?;
            Ok(name)
        };
        if let Values::Bare(fixed) = &self.values {
            return Ok(Said { readings: vec![(named(fixed)?, bare(payload)?)], at: None, quality: Quality::Good });
        }
        let object: serde_json::Value = serde_json::from_slice(payload).map_err(|error| {
            Text::new(format!("JSON 无法读取：{error}"), format!("the JSON can't be read: {error}"))
        })?;
        let mut readings = Vec::new();
        match &self.values {
            Values::Bare(_) => {}
            Values::At(fixed, path) => readings.push((named(fixed)?, at_path(&object, path)?)),
            // A signal that this message doesn't mention did not change; one that it calls null was not read.
            Values::Picked(picked) => {
                for (name, path) in picked {
                    if let Some(found) = follow(&object, path) {
                        readings.push((name.clone(), reading(found)?));
                    }
                }
            }
            Values::All => {
                let members =
                    object.as_object().ok_or_else(|| Text::new("不是 JSON 对象", "this is no JSON object"))?;
                let told = |name: &str| {
                    [self.time.as_ref().map(|(path, _)| path), self.quality.as_ref()]
                        .into_iter()
                        .flatten()
                        .any(|path| path[..] == [name])
                };
                for (name, value) in members {
                    if !value.is_object() && !value.is_array() && !told(name) {
                        check_signal(name).map_err(|bad| bad.text)?;
                        readings.push((name.as_str().into(), reading(value)?));
                    }
                }
            }
        }
        if readings.is_empty() {
            return Err(Text::new("消息中没有配置的信号", "the message holds none of the signals"));
        }
        let at = match &self.time {
            Some((path, unit)) => Some(time(&object, path, *unit)?),
            None => None,
        };
        let quality = match &self.quality {
            None => Quality::Good,
            Some(path) => follow(&object, path)
                .and_then(|value| value.as_str())
                .and_then(Quality::from_code)
                .ok_or_else(|| {
                    Text::new(
                        "质量字段应为 good、uncertain 或 bad",
                        "the quality is expected to be good, uncertain or bad",
                    )
                })?,
        };
        Ok(Said { readings, at, quality })
    }
}

/// A number, `true`, `false`, a text in quotes or without; nothing, `null` and `NaN` are not read.
fn bare(payload: &[u8]) -> Result<Reading, Text> {
    let text = std::str::from_utf8(payload).map_err(|_| Text::new("不是 UTF-8 文本", "this is not UTF-8 text"))?.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("nan") {
        return Ok(None);
    }
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => reading(&value),
        Err(_) if text.len() > TEXT_LEN_MAX => Err(too_long()),
        Err(_) => Ok(Some(Value::Text(text.into()))),
    }
}

fn too_long() -> Text {
    Text::new(format!("文本超过 {TEXT_LEN_MAX} 字节"), format!("a text has more than {TEXT_LEN_MAX} bytes"))
}

fn reading(value: &serde_json::Value) -> Result<Reading, Text> {
    match value {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::Bool(value) => Ok(Some(Value::Bool(*value))),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Ok(Some(Value::Integer(whole))),
            (None, Some(value)) if !number.is_u64() && value.is_finite() => Ok(Some(Value::Real(value))),
            _ => Err(Text::new(format!("数值 {number} 超出范围"), format!("the number {number} is out of range"))),
        },
        serde_json::Value::String(text) if text.len() > TEXT_LEN_MAX => Err(too_long()),
        serde_json::Value::String(text) => Ok(Some(Value::Text(text.as_str().into()))),
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
            Err(Text::new("信号的值不能是数组或对象", "a signal's value can't be a list or an object"))
        }
    }
}

fn follow<'a>(value: &'a serde_json::Value, path: &[String]) -> Option<&'a serde_json::Value> {
    path.iter().try_fold(value, |value, step| match value {
        serde_json::Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    })
}

fn at_path(object: &serde_json::Value, path: &[String]) -> Result<Reading, Text> {
    match follow(object, path) {
        Some(value) => reading(value),
        None => Err(absent(path)),
    }
}

fn absent(path: &[String]) -> Text {
    let path = path.join(".");
    Text::new(format!("消息中没有 {path}"), format!("the message has no {path}"))
}

fn time(object: &serde_json::Value, path: &[String], unit: TimeUnit) -> Result<Nanos, Text> {
    let value = follow(object, path).ok_or_else(|| absent(path))?;
    let wrong = || {
        let shown: String = value.to_string().chars().take(40).collect();
        Text::new(format!("时间 {shown} 无法读取"), format!("the time {shown} can't be read"))
    };
    if unit == TimeUnit::Rfc3339 {
        let at: jiff::Timestamp = value.as_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
        return i64::try_from(at.as_nanosecond()).map(Nanos).map_err(|_| wrong());
    }
    let scale: i64 = match unit {
        TimeUnit::Seconds => 1_000_000_000,
        TimeUnit::Millis => 1_000_000,
        TimeUnit::Micros => 1_000,
        TimeUnit::Nanos | TimeUnit::Rfc3339 => 1,
    };
    let at = match (value.as_i64(), value.as_f64()) {
        (Some(whole), _) => whole.checked_mul(scale),
        // A fraction of a second in a float is good to a microsecond; it is rounded there, not to noise.
        (None, Some(number)) if number.is_finite() && number.abs() < 9.0e18 / scale as f64 => {
            let micros = (number * (scale as f64 / 1_000.0)).round() as i64;
            micros.checked_mul(1_000)
        }
        _ => None,
    };
    at.map(Nanos).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<String> {
        text.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn bare_values_are_what_they_look_like() {
        let shape = Shape { values: Values::Bare(None), time: None, quality: None };
        for (payload, expected) in [
            ("12.5", Some(Value::Real(12.5))),
            (" 7 ", Some(Value::Integer(7))),
            ("true", Some(Value::Bool(true))),
            ("RUNNING", Some(Value::Text("RUNNING".into()))),
            ("\"RUNNING\"", Some(Value::Text("RUNNING".into()))),
            ("NaN", None),
            ("null", None),
            ("", None),
        ] {
            assert_eq!(
                shape.read(payload.as_bytes(), Some("a")).unwrap().readings,
                [("a".into(), expected)],
                "{payload}"
            );
        }
        for payload in [&b"\xff"[..], b"[1]", b"{}", b"18446744073709551615", "x".repeat(1001).as_bytes()] {
            assert!(shape.read(payload, Some("a")).is_err());
        }
        assert!(shape.read(b"1", None).is_err() && shape.read(b"1", Some("a b")).is_err());
    }

    #[test]
    fn objects_give_what_is_asked_for() {
        let payload =
            br#"{"ts":1790000000.25,"q":"uncertain","data":{"force":3.5,"estop":false,"list":[1,2]},"n":null}"#;
        let picked = |pairs: &[(&str, &str)]| {
            Values::Picked(pairs.iter().map(|(name, at)| ((*name).into(), path(at))).collect())
        };
        let shape = Shape {
            values: picked(&[("force", "data.force"), ("second", "data.list.1"), ("gone", "data.gone"), ("n", "n")]),
            time: Some((path("ts"), TimeUnit::Seconds)),
            quality: Some(path("q")),
        };
        let said = shape.read(payload, None).unwrap();
        assert_eq!(said.at, Some(Nanos(1_790_000_000_250_000_000)));
        assert_eq!(said.quality, Quality::Uncertain);
        assert_eq!(
            said.readings,
            [("force".into(), Some(Value::Real(3.5))), ("second".into(), Some(Value::Integer(2))), ("n".into(), None)]
        );
        let all = Shape { values: Values::All, time: Some((path("ts"), TimeUnit::Seconds)), quality: Some(path("q")) };
        assert_eq!(all.read(payload, None).unwrap().readings, [("n".into(), None)]);
        for bad in [
            "{",
            "[]",
            "{}",
            r#"{"ts":"soon","q":"good","n":1}"#,
            r#"{"ts":1,"q":"fine","n":1}"#,
            r#"{"q":"good","n":1}"#,
            r#"{"ts":1e300,"q":"good","n":1}"#,
        ] {
            assert!(shape.read(bad.as_bytes(), None).is_err(), "{bad}");
        }
    }
}

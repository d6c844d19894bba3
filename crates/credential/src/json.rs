//! JSON as a stranger sends it: bounded in size, depth and number of values, and with no name twice in one object, for which of the two is
//! meant is understood differently by different readers.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::refusal::{Refusal, shown};

/// How much is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub bytes_max: usize,
    pub values_max: usize,
}

/// A certificate of ours has some 2,000 to 6,000 bytes and a hundred values.
pub(crate) const CERTIFICATE: Limits = Limits { bytes_max: 64 * 1024, values_max: 2_000 };
/// A status list is one long text: at worst, for bits without any pattern, a sixth of a byte a place.
pub(crate) const STATUS_LIST: Limits = Limits { bytes_max: 4 * 1024 * 1024, values_max: 200 };
const DEPTH_MAX: u32 = 16;

pub(crate) fn read(text: &str, limits: Limits) -> Result<Map<String, Value>, Refusal> {
    if text.len() > limits.bytes_max {
        let most = limits.bytes_max / 1024;
        return Err(Refusal::malformed("", format!("超过 {most} KiB"), format!("it has more than {most} KiB")));
    }
    let left = Cell::new(limits.values_max);
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Strict { depth: DEPTH_MAX, left: &left }.deserialize(&mut reader);
    let read = read.and_then(|value| reader.end().map(|()| value)).map_err(|error| {
        let said = shown(&error.to_string());
        Refusal::malformed("", format!("JSON 有误：{said}"), format!("its JSON is wrong: {said}"))
    })?;
    match read {
        Value::Object(map) => Ok(map),
        _ => Err(Refusal::malformed("", "应为 JSON 对象", "it must be a JSON object")),
    }
}

#[derive(Clone, Copy)]
struct Strict<'c> {
    depth: u32,
    left: &'c Cell<usize>,
}

impl Strict<'_> {
    fn count<E: Error>(self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| E::custom("too many values"))?;
        self.left.set(left);
        Ok(())
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.count().map(|()| Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.count().map(|()| Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.count().map(|()| Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.count()?;
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.count().map(|()| Value::from(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.count().map(|()| Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.count()?;
        let within = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(within)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.count()?;
        let within = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(within)?;
            if map.contains_key(&name) {
                return Err(A::Error::custom(format!("{:?} stands twice", shown(&name))));
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_json_is_refused_in_words() {
        let deep = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        let many = format!("{{\"a\":[{}1]}}", "1,".repeat(CERTIFICATE.values_max));
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(CERTIFICATE.bytes_max));
        for (text, says) in [
            ("", "EOF"),
            ("[]", "must be a JSON object"),
            ("{} {}", "trailing"),
            ("{\"a\":1,\"a\":2}", "stands twice"),
            ("{\"b\":{\"a\":1,\"\\u0061\":2}}", "stands twice"),
            ("{\"a\":1e999}", "out of range"),
            ("{\"a\":\"\\ud800\"}", "hex escape"),
            ("{'a':1}", "key must be a string"),
            (deep(17).as_str(), "too deeply"),
            (deep(100_000).as_str(), "too deeply"),
            (many.as_str(), "too many values"),
            (long.as_str(), "more than 64 KiB"),
        ] {
            let limits = if text.len() > 200_000 { STATUS_LIST } else { CERTIFICATE };
            let refused = read(text, limits).unwrap_err();
            assert_eq!(refused.code(), "malformed");
            assert!(refused.to_string().contains(says), "{refused} for {}", shown(text));
        }
        assert_eq!(read(&deep(15), CERTIFICATE).unwrap().len(), 1);
    }
}

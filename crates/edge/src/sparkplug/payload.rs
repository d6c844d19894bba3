//! A Sparkplug B payload on the wire (Eclipse Sparkplug 3.0, chapter 6.4): the fields that a reader of values needs. What is
//! left out here (data sets, templates, metadata, extensions) is passed over by its number.

use referee::{Quality, Value};
use telemetry::Reading;

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Payload {
    /// Milliseconds since the epoch.
    #[prost(uint64, optional, tag = "1")]
    pub timestamp: Option<u64>,
    #[prost(message, repeated, tag = "2")]
    pub metrics: Vec<Metric>,
    #[prost(uint64, optional, tag = "3")]
    pub seq: Option<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Metric {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(uint64, optional, tag = "2")]
    pub alias: Option<u64>,
    #[prost(uint64, optional, tag = "3")]
    pub timestamp: Option<u64>,
    #[prost(uint32, optional, tag = "4")]
    pub datatype: Option<u32>,
    #[prost(bool, optional, tag = "5")]
    pub is_historical: Option<bool>,
    #[prost(bool, optional, tag = "7")]
    pub is_null: Option<bool>,
    #[prost(message, optional, tag = "9")]
    pub properties: Option<PropertySet>,
    #[prost(oneof = "MetricValue", tags = "10, 11, 12, 13, 14, 15, 16")]
    pub value: Option<MetricValue>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(crate) enum MetricValue {
    #[prost(uint32, tag = "10")]
    Int(u32),
    #[prost(uint64, tag = "11")]
    Long(u64),
    #[prost(float, tag = "12")]
    Float(f32),
    #[prost(double, tag = "13")]
    Double(f64),
    #[prost(bool, tag = "14")]
    Boolean(bool),
    #[prost(string, tag = "15")]
    String(String),
    #[prost(bytes, tag = "16")]
    Bytes(Vec<u8>),
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct PropertySet {
    #[prost(string, repeated, tag = "1")]
    pub keys: Vec<String>,
    #[prost(message, repeated, tag = "2")]
    pub values: Vec<PropertyValue>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct PropertyValue {
    #[prost(oneof = "Property", tags = "3, 4")]
    pub value: Option<Property>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(crate) enum Property {
    #[prost(uint32, tag = "3")]
    Int(u32),
    #[prost(uint64, tag = "4")]
    Long(u64),
}

/// Numbers of the data types, from the specification's table.
pub(crate) mod kind {
    pub const INT8: u32 = 1;
    pub const INT16: u32 = 2;
    pub const INT32: u32 = 3;
    pub const INT64: u32 = 4;
    pub const BOOLEAN: u32 = 11;
}

/// What the specification calls the metrics that speak of the node itself.
pub(crate) const BD_SEQ: &str = "bdSeq";
pub(crate) const REBIRTH: &str = "Node Control/Rebirth";
const QUALITY: &str = "Quality";

/// Why a metric gives no reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoReading {
    /// A data set, a template, bytes: nothing that a signal can be.
    Shape,
    /// A text of more bytes than a signal may have.
    TooLong,
}

impl Metric {
    /// The value as its data type means it; `datatype` is what the birth said, where this metric doesn't.
    pub fn reading(&self, datatype: u32, text_len_max: usize) -> Result<Reading, NoReading> {
        if self.is_null == Some(true) {
            return Ok(None);
        }
        let datatype = self.datatype.filter(|kind| *kind != 0).unwrap_or(datatype);
        Ok(match &self.value {
            Some(MetricValue::Int(bits)) => Some(Value::Integer(match datatype {
                kind::INT8 => i64::from(*bits as u8 as i8),
                kind::INT16 => i64::from(*bits as u16 as i16),
                kind::INT32 => i64::from(*bits as i32),
                _ => i64::from(*bits),
            })),
            // Some senders put every integer here; the narrow kinds are cut as above.
            Some(MetricValue::Long(bits)) => match datatype {
                kind::INT8 => Some(Value::Integer(i64::from(*bits as u8 as i8))),
                kind::INT16 => Some(Value::Integer(i64::from(*bits as u16 as i16))),
                kind::INT32 => Some(Value::Integer(i64::from(*bits as u32 as i32))),
                kind::INT64 => Some(Value::Integer(*bits as i64)),
                // An unsigned number beyond what a signal holds is as good as not read.
                _ => i64::try_from(*bits).ok().map(Value::Integer),
            },
            Some(MetricValue::Float(value)) => Some(Value::Real(f64::from(*value))).filter(|_| value.is_finite()),
            Some(MetricValue::Double(value)) => Some(Value::Real(*value)).filter(|_| value.is_finite()),
            Some(MetricValue::Boolean(value)) => Some(Value::Bool(*value)),
            Some(MetricValue::String(text)) if text.len() > text_len_max => return Err(NoReading::TooLong),
            Some(MetricValue::String(text)) => Some(Value::Text(text.as_str().into())),
            Some(MetricValue::Bytes(_)) | None => return Err(NoReading::Shape),
        })
    }

    /// The property `Quality`: 192 good, 0 bad, 500 stale; other numbers by the two bits that OPC DA gave them.
    pub fn quality(&self) -> Quality {
        let Some(set) = &self.properties else { return Quality::Good };
        let Some(at) = set.keys.iter().position(|key| key == QUALITY) else { return Quality::Good };
        let code = match set.values.get(at).and_then(|value| value.value.as_ref()) {
            Some(Property::Int(code)) => u64::from(*code),
            Some(Property::Long(code)) => *code,
            None => return Quality::Bad,
        };
        match code {
            500 => Quality::Bad,
            code => match code & 0xC0 {
                0xC0 => Quality::Good,
                0x40 => Quality::Uncertain,
                _ => Quality::Bad,
            },
        }
    }
}

/// The command that asks a node to say everything again.
pub(crate) fn rebirth_command(now_ms: u64) -> Vec<u8> {
    let metric = Metric {
        name: Some(REBIRTH.to_owned()),
        timestamp: Some(now_ms),
        datatype: Some(kind::BOOLEAN),
        value: Some(MetricValue::Boolean(true)),
        ..Metric::default()
    };
    prost::Message::encode_to_vec(&Payload { timestamp: Some(now_ms), metrics: vec![metric], seq: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(datatype: u32, value: MetricValue) -> Metric {
        Metric { datatype: Some(datatype), value: Some(value), ..Metric::default() }
    }

    #[test]
    fn a_value_is_what_its_type_says() {
        let integer = |value| Ok(Some(Value::Integer(value)));
        let table = [
            (metric(1, MetricValue::Int(0xFF)), integer(-1)),
            (metric(1, MetricValue::Int(u32::MAX)), integer(-1)),
            (metric(2, MetricValue::Int(0x8000)), integer(-32_768)),
            (metric(3, MetricValue::Int(u32::MAX - 1)), integer(-2)),
            (metric(3, MetricValue::Long(u64::MAX)), integer(-1)),
            (metric(4, MetricValue::Long(u64::MAX)), integer(-1)),
            (metric(5, MetricValue::Int(200)), integer(200)),
            (metric(7, MetricValue::Int(u32::MAX)), integer(4_294_967_295)),
            (metric(8, MetricValue::Long(u64::MAX)), Ok(None)),
            (metric(13, MetricValue::Long(1_790_000_000_000)), integer(1_790_000_000_000)),
            (metric(9, MetricValue::Float(0.5)), Ok(Some(Value::Real(0.5)))),
            (metric(9, MetricValue::Float(f32::NAN)), Ok(None)),
            (metric(10, MetricValue::Double(f64::INFINITY)), Ok(None)),
            (metric(11, MetricValue::Boolean(true)), Ok(Some(Value::Bool(true)))),
            (metric(12, MetricValue::String("AUTO".to_owned())), Ok(Some(Value::Text("AUTO".into())))),
            (metric(12, MetricValue::String("x".repeat(11))), Err(NoReading::TooLong)),
            (metric(17, MetricValue::Bytes(vec![1])), Err(NoReading::Shape)),
            (Metric { value: None, ..metric(16, MetricValue::Int(0)) }, Err(NoReading::Shape)),
            (Metric { is_null: Some(true), value: None, ..Metric::default() }, Ok(None)),
        ];
        for (metric, expected) in table {
            assert_eq!(metric.reading(0, 10), expected, "{metric:?}");
        }
        // In data messages the type may be left out: the birth said it.
        let bare = Metric { datatype: None, ..metric(0, MetricValue::Int(0xFFFF)) };
        assert_eq!(bare.reading(kind::INT16, 10), integer(-1));
    }

    #[test]
    fn quality_is_a_property() {
        let with = |code| Metric {
            properties: Some(PropertySet {
                keys: vec!["unit".to_owned(), "Quality".to_owned()],
                values: vec![PropertyValue { value: None }, PropertyValue { value: Some(Property::Int(code)) }],
            }),
            ..Metric::default()
        };
        for (code, quality) in [
            (192, Quality::Good),
            (216, Quality::Good),
            (64, Quality::Uncertain),
            (0, Quality::Bad),
            (24, Quality::Bad),
            (500, Quality::Bad),
        ] {
            assert_eq!(with(code).quality(), quality, "{code}");
        }
        assert_eq!(Metric::default().quality(), Quality::Good);
    }
}

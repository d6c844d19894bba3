//! A server's value as a reading.

use kernel::{Nanos, Timestamp};
use opcua::types::{DataValue, DateTime, StatusCode, Variant};
use referee::{Quality, Value};
use telemetry::Reading;
use telemetry::batch::Limits;

/// What one value says.
#[derive(Debug, PartialEq)]
pub(super) struct Read {
    pub reading: Reading,
    pub quality: Quality,
    /// The source's time, else the server's.
    pub at: Option<Nanos>,
    /// When the server took it.
    pub server_at: Option<Nanos>,
    /// The queue had no room: values before this one are lost.
    pub is_after_loss: bool,
    /// It is of a kind that no signal has.
    pub is_unfit: bool,
}

/// Bits of a status that say so of a value from a queue (OPC UA part 4, 7.39.1): the information is about a value, and
/// the queue has overflowed.
const INFO_DATA_VALUE: u32 = 1 << 10;
const INFO_MASK: u32 = 3 << 10;
const OVERFLOW: u32 = 1 << 7;

fn nanos(time: &DateTime, picoseconds: Option<u16>) -> Option<Nanos> {
    // Picoseconds count in tens, within the hundred nanoseconds that the time itself can say.
    let fine = i64::from(picoseconds.unwrap_or(0).min(9_999)) / 100;
    let at = time.as_chrono().timestamp_nanos_opt()?;
    Some(Nanos(at.checked_add(fine)?)).filter(|at| at.0 > 0)
}

pub(super) fn read(value: &DataValue) -> Read {
    let status = value.status.unwrap_or(StatusCode::Good);
    let bits = status.bits();
    let server_at = value.server_timestamp.as_ref().and_then(|time| nanos(time, value.server_picoseconds));
    let at = value.source_timestamp.as_ref().and_then(|time| nanos(time, value.source_picoseconds)).or(server_at);
    let is_after_loss = bits & INFO_MASK == INFO_DATA_VALUE && bits & OVERFLOW != 0;
    let quality = match () {
        () if status.is_bad() => Quality::Bad,
        () if status.is_uncertain() => Quality::Uncertain,
        () => Quality::Good,
    };
    let (reading, is_unfit) = match (&value.value, quality) {
        (_, Quality::Bad) | (None, _) => (None, false),
        (Some(value), _) => match reading(value) {
            Ok(reading) => (reading, false),
            Err(Unfit) => (None, true),
        },
    };
    Read { reading, quality, at, server_at, is_after_loss, is_unfit }
}

/// Lists, structures and bytes are no signals.
struct Unfit;

fn reading(value: &Variant) -> Result<Reading, Unfit> {
    let integer = |value: i64| Ok(Some(Value::Integer(value)));
    let text = |text: &str| match text.len() <= Limits::default().text_len_max {
        true => Ok(Some(Value::Text(text.into()))),
        false => Err(Unfit),
    };
    match value {
        Variant::Empty => Ok(None),
        Variant::Boolean(value) => Ok(Some(Value::Bool(*value))),
        Variant::SByte(value) => integer((*value).into()),
        Variant::Byte(value) => integer((*value).into()),
        Variant::Int16(value) => integer((*value).into()),
        Variant::UInt16(value) => integer((*value).into()),
        Variant::Int32(value) => integer((*value).into()),
        Variant::UInt32(value) => integer((*value).into()),
        Variant::Int64(value) => integer(*value),
        // Beyond what a signal holds: as good as not read.
        Variant::UInt64(value) => Ok(i64::try_from(*value).ok().map(Value::Integer)),
        Variant::Float(value) => Ok(Some(Value::Real((*value).into())).filter(|_| value.is_finite())),
        Variant::Double(value) => Ok(Some(Value::Real(*value)).filter(|_| value.is_finite())),
        Variant::String(value) if value.is_null() => Ok(None),
        Variant::String(value) => text(value.as_ref()),
        Variant::LocalizedText(value) => text(value.text.as_ref()),
        Variant::DateTime(value) => text(&value.to_rfc3339()),
        Variant::Guid(value) => text(&value.to_string()),
        Variant::StatusCode(value) => integer(value.bits().into()),
        _ => Err(Unfit),
    }
}

/// A time of the edge's clock, where a server says none.
pub(super) fn arrival(now: Timestamp) -> Nanos {
    now.to_nanos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_becomes_quality_and_the_overflow_bit_is_seen() {
        let with = |bits: u32| read(&DataValue { status: Some(StatusCode::from(bits)), ..DataValue::new_now(1.5f64) });
        let table = [
            (0x0000_0000, Quality::Good, false),
            (0x0000_0480, Quality::Good, true),
            // The overflow bit means nothing without the word that the status is about a value.
            (0x0000_0080, Quality::Good, false),
            (0x4000_0000, Quality::Uncertain, false),
            (0x4000_0480, Quality::Uncertain, true),
            (0x8000_0000, Quality::Bad, false),
            (0x8034_0480, Quality::Bad, true),
        ];
        for (bits, quality, is_after_loss) in table {
            let read = with(bits);
            assert_eq!((read.quality, read.is_after_loss), (quality, is_after_loss), "{bits:#x}");
            assert_eq!(read.reading.is_some(), quality != Quality::Bad, "{bits:#x}");
        }
    }

    #[test]
    fn values_are_what_they_are() {
        let text = |text: &str| Some(Value::Text(text.into()));
        let table: Vec<(Variant, Reading, bool)> = vec![
            (true.into(), Some(Value::Bool(true)), false),
            ((-3i8).into(), Some(Value::Integer(-3)), false),
            (7u32.into(), Some(Value::Integer(7)), false),
            (u64::MAX.into(), None, false),
            (0.5f32.into(), Some(Value::Real(0.5)), false),
            (f64::NAN.into(), None, false),
            ("AUTO".into(), text("AUTO"), false),
            ("x".repeat(1_001).as_str().into(), None, true),
            (Variant::Empty, None, false),
            (vec![1i32, 2].into(), None, true),
        ];
        for (variant, expected, is_unfit) in table {
            let shown = format!("{variant:?}");
            let read = read(&DataValue::new_now(variant));
            assert_eq!((read.reading, read.is_unfit), (expected, is_unfit), "{shown}");
            assert!(read.at.is_some());
        }
        assert_eq!(read(&DataValue::null()).at, None);
    }
}

//! Times as other programs write them.

use kernel::Nanos;

/// RFC 3339, the same without an offset (taken as UTC), or a number since 1970: seconds, milliseconds, microseconds or
/// nanoseconds by its size, which is never in doubt for a time after 1973. Digits are never rounded through a float.
pub(super) fn parse(text: &str) -> Option<Nanos> {
    let text = text.trim();
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return i64::try_from(at.as_nanosecond()).ok().map(Nanos);
    }
    if let Ok(at) = text.parse::<jiff::civil::DateTime>()
        && text.contains(':')
    {
        let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
        return i64::try_from(at.as_nanosecond()).ok().map(Nanos);
    }
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
        || whole.is_empty()
        || fraction.len() > 18
    {
        return None;
    }
    let number: i128 = whole.parse().ok()?;
    let unit: i128 = match number {
        ..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    };
    let part: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let nanos = number.checked_mul(unit)? + part * unit / 10i128.pow(fraction.len() as u32);
    i64::try_from(nanos).ok().map(Nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_to_the_nanosecond() {
        let at = Some(Nanos(1_666_772_241_847_000_000));
        for text in [
            "2022-10-26T08:17:21.847Z",
            "2022-10-26T10:17:21.847+02:00",
            "2022-10-26 08:17:21.847",
            "1666772241.847",
            "1666772241,847",
            "1666772241847",
            "1666772241847000",
            "1666772241847000000",
        ] {
            assert_eq!(parse(text), at, "{text}");
        }
        assert_eq!(parse("1666772241.123456789"), Some(Nanos(1_666_772_241_123_456_789)));
        for text in ["", "yesterday", "2022-13-26T08:17:21Z", "NaN", "-5", "1e9", "2022-10-26", "99999999999999999999"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

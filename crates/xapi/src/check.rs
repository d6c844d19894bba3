//! The small grammars inside a statement: IRIs (RFC 3987), language tags (RFC 5646), durations and times (ISO 8601).

use kernel::Timestamp;

use crate::Time;

/// Of each ASCII character: what it may be in an IRI.
const SCHEME: u8 = 1;
const REST: u8 = 2;
const CLASSES: [u8; 128] = {
    let mut classes = [0; 128];
    let mut c = 0;
    while c < 128 {
        let byte = c as u8;
        if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.') {
            classes[c] |= SCHEME;
        }
        if byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'\\' | b'^' | b'`') {
            classes[c] |= REST;
        }
        c += 1;
    }
    classes
};

fn is_of(byte: u8, class: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|classes| classes & class != 0)
}

/// A scheme, a colon, and something after it without characters that an IRI can't have.
pub fn is_iri(text: &str) -> bool {
    let bytes = text.as_bytes();
    let colon = bytes.iter().position(|byte| !is_of(*byte, SCHEME)).unwrap_or(bytes.len());
    if !bytes.first().is_some_and(u8::is_ascii_alphabetic) || bytes.get(colon) != Some(&b':') {
        return false;
    }
    let rest = &bytes[colon + 1..];
    let (mut named, mut percent, mut foreign) = (false, false, false);
    for byte in rest {
        if !is_of(*byte, REST) {
            if byte.is_ascii() {
                return false;
            }
            foreign = true;
        }
        // A hierarchical one must name something: `http://` alone does not.
        named |= *byte != b'/';
        percent |= *byte == b'%';
    }
    let foreign_ok = || text.chars().all(|c| c.is_ascii() || !c.is_whitespace() && !c.is_control());
    named && (!percent || percent_ok(rest)) && (!foreign || foreign_ok())
}

fn percent_ok(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'%')
        .skip(1)
        .all(|after| after.len() >= 2 && after.iter().take(2).all(u8::is_ascii_hexdigit))
}

/// `zh`, `zh-Hans-CN`, `en-GB`, `i-klingon`, `x-own`.
pub fn is_language_tag(text: &str) -> bool {
    let mut parts = text.as_bytes().split(|byte| *byte == b'-');
    let Some(first) = parts.next() else { return false };
    let mut rest = parts.peekable();
    let first_ok = match first {
        b"x" | b"X" | b"i" | b"I" => rest.peek().is_some(),
        _ => (2..=8).contains(&first.len()) && first.iter().all(u8::is_ascii_alphabetic),
    };
    first_ok && rest.all(|part| (1..=8).contains(&part.len()) && part.iter().all(u8::is_ascii_alphanumeric))
}

/// `P3Y6M4DT12H30M5.25S`, `P2W`; at least one part, in order, a fraction only in the last.
pub fn is_duration(text: &str) -> bool {
    let Some(body) = text.strip_prefix('P') else { return false };
    let (date, time) = match body.split_once('T') {
        Some((_, "")) => return false,
        Some((date, time)) => (date, time),
        None => (body, ""),
    };
    if date.is_empty() && time.is_empty() {
        return false;
    }
    if let Some(weeks) = date.strip_suffix('W') {
        return time.is_empty() && is_decimal(weeks);
    }
    let (Some(date_fraction), Some(_)) = (parts(date, "YMD"), parts(time, "HMS")) else { return false };
    // A fraction in the date part would not be the last element if a time follows it.
    time.is_empty() || !date_fraction
}

/// Whether a fraction stands in the last part; `None` if the parts are no number with a unit each, in the units' order.
fn parts(text: &str, units: &str) -> Option<bool> {
    let mut allowed = units;
    let mut number = String::new();
    let mut fraction = false;
    for c in text.chars() {
        if c.is_ascii_digit() || matches!(c, '.' | ',') {
            number.push(c);
            continue;
        }
        let at = allowed.find(c)?;
        if fraction || !is_decimal(&number) {
            return None;
        }
        fraction = number.contains(['.', ',']);
        allowed = &allowed[at + 1..];
        number.clear();
    }
    number.is_empty().then_some(fraction)
}

fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once(['.', ',']) {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text),
    }
}

/// A date and time with its distance from UTC, as RFC 3339 writes it and ISO 8601's longer form allows: the seconds may be left
/// out, a comma may stand for the point, and the distance may be `+08` or `+0800`. `-00:00` says that it is unknown, and is refused.
pub fn time_at(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let (date, clock) = bytes.split_at_checked(11)?;
    let (year, month, day) = match date {
        [y @ .., b'-', m1, m2, b'-', d1, d2, b'T' | b't'] => (digits(y)?, digits(&[*m1, *m2])?, digits(&[*d1, *d2])?),
        _ => return None,
    };
    let ((hour, minute), mut rest) = match clock {
        [h1, h2, b':', m1, m2, rest @ ..] => ((digits(&[*h1, *h2])?, digits(&[*m1, *m2])?), rest),
        _ => return None,
    };
    let (mut second, mut ms) = (0, 0);
    if let [b':', s1, s2, after @ ..] = rest {
        (second, rest) = (digits(&[*s1, *s2])?, after);
        if let [b'.' | b',', after @ ..] = rest {
            let length = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let fraction;
            (fraction, rest) = after.split_at(length);
            ms = match fraction {
                [] => return None,
                [a] => digits(&[*a])? * 100,
                [a, b] => digits(&[*a, *b])? * 10,
                [a, b, c, ..] => digits(&[*a, *b, *c])?,
            };
        }
    }
    let ahead_minutes = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, rest @ ..] => {
            let hours = digits(&[*h1, *h2])?;
            let minutes = match rest {
                [] => 0,
                [m1, m2] | [b':', m1, m2] => digits(&[*m1, *m2])?,
                _ => return None,
            };
            let minutes = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
            match (sign, minutes) {
                (b'-', 0) => return None,
                (b'-', minutes) => -minutes,
                (_, minutes) => minutes,
            }
        }
        _ => return None,
    };
    // A leap second counts as the one before it: times here have none.
    let known = (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let seconds =
        ((days_since_epoch(year, month, day) * 24 + hour) * 60 + minute - ahead_minutes) * 60 + second.min(59);
    known.then_some(Timestamp::from_millis(seconds * 1000 + ms))
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// In the Gregorian calendar, by counting years from March, so that a leap day is the last of its year.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + day
        - 719_469
}

pub(crate) fn time(text: &str) -> Option<Time> {
    Some(Time { text: text.to_owned(), at: time_at(text)? })
}

pub(crate) fn is_sha1(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// SHA-2 of 224 to 512 bits in hexadecimal digits.
pub(crate) fn is_sha2(text: &str) -> bool {
    matches!(text.len(), 56 | 64 | 96 | 128) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub(crate) fn is_mailto(text: &str) -> bool {
    text.strip_prefix("mailto:").is_some_and(|address| {
        address.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && !host.is_empty()
                && !host.contains('@')
                && !address.chars().any(|c| c.is_whitespace() || c.is_control())
        })
    })
}

/// `type/subtype`, with parameters.
pub(crate) fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&byte))
    };
    essence.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iris() {
        for good in [
            "http://a.example/x",
            "urn:x-guildhall:verb:marked",
            "https://例子.example/路径",
            "tag:a@b.example,2026:x",
            "http://a.example/%E5",
        ] {
            assert!(is_iri(good), "{good}");
        }
        for bad in [
            "",
            "relative/path",
            "http:",
            "http://",
            ":x",
            "1a:x",
            "http://a b",
            "http://a/%4",
            "http://<a>",
            "a",
            "http://a\u{a0}b",
            "http://a|b",
            "h\u{e4}:x",
        ] {
            assert!(!is_iri(bad), "{bad}");
        }
    }

    #[test]
    fn language_tags() {
        for good in ["zh", "zh-CN", "zh-Hans-CN", "en-US", "und", "i-klingon", "x-private", "de-1901"] {
            assert!(is_language_tag(good), "{good}");
        }
        for bad in ["", "e", "en_US", "en-", "-en", "x", "123", "en-toolongsubtag", "中文"] {
            assert!(!is_language_tag(bad), "{bad}");
        }
    }

    #[test]
    fn durations() {
        for good in ["P1Y", "PT1H30M", "P3Y6M4DT12H30M5.25S", "P2W", "PT0S", "P1DT0.5H", "PT16559.14S", "P0.5Y"] {
            assert!(is_duration(good), "{good}");
        }
        for bad in [
            "", "P", "PT", "1H", "P1H", "PT1D", "PT5", "P1M1Y", "PT.5S", "PT1.S", "P1W2D", "PT1.5H3M", "P0.5DT1H",
            "-PT1S", "PT1H1H",
        ] {
            assert!(!is_duration(bad), "{bad}");
        }
    }

    #[test]
    fn times() {
        for (text, at_ms) in [
            ("2026-11-22T08:00:00.000Z", 1_795_334_400_000),
            ("2026-11-22T16:00:00+08:00", 1_795_334_400_000),
            ("2026-11-22T16:00:00+08", 1_795_334_400_000),
            ("2026-11-22T16:00+0800", 1_795_334_400_000),
            ("2026-11-22t08:00:00z", 1_795_334_400_000),
            ("2026-11-22T08:00:00+00:00", 1_795_334_400_000),
            ("2026-11-22T08:00:00.123456Z", 1_795_334_400_123),
            ("2026-11-22T08:00:00,1Z", 1_795_334_400_100),
            ("2026-11-22T08:00:00.12Z", 1_795_334_400_120),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("2016-12-31T23:59:60Z", 1_483_228_799_000),
            ("1969-12-31T23:59:59.999Z", -1),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ] {
            assert_eq!(time(text).map(|time| time.at.as_millis()), Some(at_ms), "{text}");
        }
        for bad in [
            "",
            "2026-11-22",
            "2026-11-22T08:00:00-00:00",
            "2026-11-22T08:00:00-0000",
            "2026-11-22T08:00:00-00",
            "2026-13-22T08:00:00Z",
            "2026-00-22T08:00:00Z",
            "2026-11-31T08:00:00Z",
            "2025-02-29T08:00:00Z",
            "1900-02-29T08:00:00Z",
            "2026-11-00T08:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T08:60:00Z",
            "2026-11-22T08:00:61Z",
            "2026-11-22T08:00:00",
            "2026-11-22T08:00:00.Z",
            "2026-11-22T08:00.5Z",
            "2026-11-22T08Z",
            "2026-11-22 08:00:00Z",
            "20261122T080000Z",
            "2026-11-22T08:00:00Z[UTC]",
            "2026-11-22T08:00:00+08:00[Asia/Shanghai]",
            "2026-11-22T08:00:00+24:00",
            "2026-11-22T08:00:00+08:60",
            "2026-11-22T08:00:00+8",
            "2026-11-22T08:00:00Z ",
            "+002026-11-22T08:00:00Z",
            "２026-11-22T08:00:00Z",
            "tomorrow",
        ] {
            assert!(time(bad).is_none(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_time_of_the_hall_is_read_as_itself(at_ms in -62_135_596_800_000i64..253_402_300_800_000) {
            let at = Timestamp::from_millis(at_ms);
            proptest::prop_assert_eq!(time_at(&at.to_string()), Some(at));
        }
    }
}

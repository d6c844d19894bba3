//! The values of a line, eight bytes at a time: how long a number is decides no branch, and no byte is looked at alone.
//!
//! A function takes the line and where a value begins, and says what it is and where it ends. `None`: this is no such value,
//! or one that the standard library has to read.

use crate::batch::TEXT_LEN_MAX;

/// Eight bytes from here on, the first in the lowest place; zeros behind the end of the line.
#[inline(always)]
fn word(line: &[u8], at: usize) -> u64 {
    if let Some(bytes) = line.get(at..).and_then(|rest| rest.first_chunk()) {
        return u64::from_le_bytes(*bytes);
    }
    // The line's last eight bytes hold what is left.
    match line.last_chunk() {
        Some(bytes) if at < line.len() => u64::from_le_bytes(*bytes) >> (8 * (8 + at - line.len())),
        Some(_) => 0,
        None => line.iter().skip(at).rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// One byte's worth, in each of eight.
const fn each(byte: u8) -> u64 {
    0x0101_0101_0101_0101 * byte as u64
}

/// The high bit of each byte that is no digit, in a word whose digits were made values. What carries over goes into bytes
/// behind one that is no ASCII.
#[inline(always)]
fn no_digits(values: u64) -> u64 {
    (values.wrapping_add(each(0x76)) | values) & each(0x80)
}

/// The value of so many digits at the beginning of a word. Zeros come before them, so that they are always eight: pairs are put
/// together, then fours, then all.
#[inline(always)]
fn value_of(values: u64, count: u32) -> u64 {
    let eight = values.checked_shl(64 - 8 * count).unwrap_or(0);
    let pairs = eight.wrapping_mul(10).wrapping_add(eight >> 8);
    const FIRST: u64 = 0x0000_00FF_0000_00FF;
    let high = (pairs & FIRST).wrapping_mul(100 + (1_000_000 << 32));
    let low = (pairs >> 16 & FIRST).wrapping_mul(1 + (10_000 << 32));
    high.wrapping_add(low) >> 32
}

/// The digits that a word begins with: their value, and how many.
#[inline(always)]
fn digits_of(word: u64) -> (u64, usize) {
    let values = word ^ each(b'0');
    let count = no_digits(values).trailing_zeros() / 8;
    (value_of(values, count), count as usize)
}

/// What most sensors say: digits, a point, digits, and all of it with the byte behind it in one word. Its value without the point, how many
/// decimals, and its length.
#[inline(always)]
fn short_decimal(word: u64) -> Option<(u64, usize, usize)> {
    let values = word ^ each(b'0');
    let others = no_digits(values);
    let (whole, end) = (others.trailing_zeros() / 8, (others & others.wrapping_sub(1)).trailing_zeros() / 8);
    // A point before the last byte, a digit at least on both sides of it, and a byte behind the last.
    if whole == 0 || end > 7 || end <= whole + 1 {
        return None;
    }
    let byte = |at: u32| (word >> (8 * at)) as u8;
    if byte(whole) != b'.' || (whole > 1 && byte(0) == b'0') || byte(end) | 0x20 == b'e' {
        return None;
    }
    let before = (1 << (8 * whole)) - 1;
    let joined = values & before | values >> 8 & !before;
    Some((value_of(joined, end - 1), (end - whole - 1) as usize, end as usize))
}

/// A run of digits: their value, and how many. It is right up to [`DIGITS_MAX`].
#[inline(always)]
fn digits(line: &[u8], at: usize) -> (u64, usize) {
    let (mut value, mut count) = digits_of(word(line, at));
    let mut newest = count;
    while newest == 8 {
        let (more, more_count) = digits_of(word(line, at + count));
        value = value.wrapping_mul(TENS[more_count]).wrapping_add(more);
        count += more_count;
        newest = more_count;
    }
    (value, count)
}

/// So many digits always fit into 64 bits.
const DIGITS_MAX: usize = 19;
const TENS: [u64; DIGITS_MAX + 1] = {
    let mut tens = [1; DIGITS_MAX + 1];
    let mut at = 1;
    while at <= DIGITS_MAX {
        tens[at] = tens[at - 1] * 10;
        at += 1;
    }
    tens
};
/// Up to here a real holds every integer, and a power of ten up to 10^22 is exact: one division then rounds once.
const EXACT_MAX: u64 = 1 << 53;
const POWERS: [f64; DIGITS_MAX + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19];

/// The whole part of a number.
struct Whole {
    negative: bool,
    value: u64,
    count: usize,
    end: usize,
}

/// JSON has no leading zeros.
#[inline(always)]
fn whole(line: &[u8], at: usize) -> Option<Whole> {
    let negative = line.get(at) == Some(&b'-');
    let from = at + usize::from(negative);
    let (value, count) = digits(line, from);
    (count == 1 || (count > 1 && line[from] != b'0')).then_some(Whole { negative, value, count, end: from + count })
}

#[inline(always)]
pub(super) fn integer(line: &[u8], at: usize) -> Option<(i64, usize)> {
    let Whole { negative, value, count, end } = whole(line, at)?;
    // A fraction is no integer, and JSON's `-0` is a real.
    if count > DIGITS_MAX || matches!(line.get(end), Some(b'.' | b'e' | b'E')) || (negative && value == 0) {
        return None;
    }
    let value = if negative { 0i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() };
    Some((value?, end))
}

#[inline(always)]
pub(super) fn real(line: &[u8], at: usize) -> Option<(f64, usize)> {
    let negative = line.get(at) == Some(&b'-');
    let from = at + usize::from(negative);
    let Some((mantissa, decimals, length)) = short_decimal(word(line, from)) else { return any_real(line, at) };
    Some((signed(negative, mantissa as f64 / POWERS[decimals]), from + length))
}

#[inline(always)]
fn signed(negative: bool, value: f64) -> f64 {
    f64::from_bits(value.to_bits() | u64::from(negative) << 63)
}

fn any_real(line: &[u8], at: usize) -> Option<(f64, usize)> {
    let Whole { negative, value: mut mantissa, count: before, mut end } = whole(line, at)?;
    let mut decimals = 0;
    if line.get(end) == Some(&b'.') {
        let (fraction, count) = digits(line, end + 1);
        if count == 0 {
            return None;
        }
        if before + count > DIGITS_MAX {
            return long_real(line, at);
        }
        mantissa = mantissa * TENS[count] + fraction;
        decimals = count;
        end += 1 + count;
    }
    if before > DIGITS_MAX || mantissa > EXACT_MAX || matches!(line.get(end), Some(b'e' | b'E')) {
        return long_real(line, at);
    }
    Some((signed(negative, mantissa as f64 / POWERS[decimals]), end))
}

/// Many digits or an exponent: the standard library reads it.
#[cold]
fn long_real(line: &[u8], at: usize) -> Option<(f64, usize)> {
    let text = &line[at..];
    let length = text.iter().position(|byte| matches!(byte, b',' | b'}')).unwrap_or(text.len());
    let text = &text[..length];
    // An integer that fits into no sample is refused by the long way.
    let is_integer = text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
    if is_integer && serde_json::from_slice::<u64>(text).is_ok_and(|value| i64::try_from(value).is_err()) {
        return None;
    }
    // What JSON knows and nothing else: the standard library would take `1.` and `inf` too.
    let json: f64 = serde_json::from_slice(text).ok()?;
    json.is_finite().then_some((json, at + length))
}

#[inline(always)]
pub(super) fn boolean(line: &[u8], at: usize) -> Option<(bool, usize)> {
    let word = word(line, at);
    let (yes, no) = (is(word, b"true"), is(word, b"false"));
    (yes | no).then_some((yes, at + 5 - usize::from(yes)))
}

#[inline(always)]
const fn is<const N: usize>(word: u64, name: &[u8; N]) -> bool {
    let (mut wanted, mut ix) = (0, N);
    while ix > 0 {
        ix -= 1;
        wanted = wanted << 8 | name[ix] as u64;
    }
    (word ^ wanted) << (64 - 8 * N) == 0
}

/// A text without escapes, as long as one may be, and where the value ends.
#[inline(always)]
pub(super) fn plain_text(line: &[u8], at: usize) -> Option<(&str, usize)> {
    let inside = line.get(at..)?.strip_prefix(b"\"")?;
    let length = inside.iter().position(|byte| !is_plain(*byte))?;
    if inside[length] != b'"' || length > TEXT_LEN_MAX {
        return None;
    }
    Some((std::str::from_utf8(&inside[..length]).ok()?, at + length + 2))
}

/// Whether a byte stands for itself inside quotation marks.
pub(super) fn is_plain(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

/// Where a value ends that nobody watches.
pub(super) fn scalar(line: &[u8], at: usize) -> Option<usize> {
    match line.get(at)? {
        b'"' => plain_text(line, at).map(|(_, end)| end),
        b't' | b'f' => boolean(line, at).map(|(_, end)| end),
        b'n' => is(word(line, at), b"null").then_some(at + 4),
        _ => real(line, at).map(|(_, end)| end),
    }
}

/// Bytes that are looked for at one place, such as a name and what stands around it.
#[derive(Debug)]
pub(super) struct Mark {
    text: Box<[u8]>,
    /// Its first bytes, up to sixteen, and which of the sixteen they are.
    first: u128,
    mask: u128,
}

const WIDE: usize = 16;

impl Mark {
    pub fn new(text: &str) -> Mark {
        let text = text.as_bytes();
        let used = text.len().min(WIDE);
        let mut first = [0; WIDE];
        first[..used].copy_from_slice(&text[..used]);
        let mask = if used == WIDE { u128::MAX } else { (1 << (8 * used)) - 1 };
        Mark { text: text.into(), first: u128::from_le_bytes(first), mask }
    }

    /// Where it ends, if it stands here.
    #[inline(always)]
    pub fn end(&self, line: &[u8], at: usize) -> Option<usize> {
        let rest = line.get(at..)?;
        let stands = match rest.first_chunk() {
            Some(bytes) if (u128::from_le_bytes(*bytes) ^ self.first) & self.mask != 0 => false,
            // Names are rarely longer.
            Some(_) if self.text.len() <= WIDE => true,
            _ => rest.starts_with(&self.text),
        };
        stands.then_some(at + self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn numbers_are_read_as_the_standard_library_reads_them(
            number in any::<f64>(),
            whole in any::<i64>(),
            digits in "-?(0|[1-9][0-9]{0,19})(\\.[0-9]{1,20})?(e-?[0-9]{1,2})?",
            before in "[ -~]{0,9}",
            after in prop::sample::select(vec![",", "}", ",\"next\":12345678", "}9"]),
        ) {
            for text in [format!("{number:?}"), format!("{number}"), whole.to_string(), digits] {
                let line = format!("{before}{text}{after}");
                let (line, at, end) = (line.as_bytes(), before.len(), before.len() + text.len());
                if let Some((read, read_to)) = real(line, at) {
                    prop_assert_eq!((read_to, read.to_bits()), (end, text.parse::<f64>().unwrap().to_bits()), "{}", text);
                }
                let is_integer = text != "-0" && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
                let expected = text.parse::<i64>().ok().filter(|_| is_integer).map(|value| (value, end));
                prop_assert_eq!(integer(line, at), expected, "{}", text);
            }
        }

        #[test]
        fn a_word_is_what_stands_there(line in prop::collection::vec(any::<u8>(), 0..20), at in 0usize..24) {
            let mut bytes = [0; 8];
            for (byte, there) in bytes.iter_mut().zip(line.iter().skip(at)) {
                *byte = *there;
            }
            prop_assert_eq!(word(&line, at), u64::from_le_bytes(bytes));
        }

        #[test]
        fn digits_are_counted_one_by_one(line in "[0-9a/:.\u{80}-\u{ff}]{0,24}") {
            let (value, count) = digits(line.as_bytes(), 0);
            prop_assert_eq!(count, line.bytes().take_while(u8::is_ascii_digit).count());
            if (1..=DIGITS_MAX).contains(&count) {
                prop_assert_eq!(value, line[..count].parse::<u64>().unwrap());
            }
        }

        #[test]
        fn a_mark_stands_where_it_is_written(text in "[a-c\"]{1,20}", line in "[a-c\"]{0,40}", at in 0usize..42) {
            let stands = line.get(at..).is_some_and(|rest| rest.starts_with(&text));
            prop_assert_eq!(Mark::new(&text).end(line.as_bytes(), at), stands.then_some(at + text.len()));
        }
    }

    #[test]
    fn words_are_known_to_the_last_letter() {
        for (text, found) in
            [("true", Some((true, 4))), ("false,", Some((false, 5))), ("tru", None), ("falsy", None), ("", None)]
        {
            assert_eq!(boolean(text.as_bytes(), 0), found, "{text}");
        }
        for (text, end) in
            [("null}", Some(4)), ("nul", None), ("\"a\"", Some(3)), ("\"a", None), ("\"a\\\"", None), ("1.5,", Some(3))]
        {
            assert_eq!(scalar(text.as_bytes(), 0), end, "{text}");
        }
    }
}

//! Texts inside JSON: where one ends, what its escapes mean, and how one is written.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Which of eight bytes end a run of plain text: a quote, a backslash, or a control character. The lowest bit that is set is
/// the first of them; bits above it may be set too many.
fn specials(word: u64) -> u64 {
    let zero = |it: u64| it.wrapping_sub(ONES) & !it;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))) | control) & HIGHS
}

/// Where the closing quote of the text that begins at `at` stands, and whether there are escapes before it; or where it is broken.
#[inline]
pub(super) fn end_of(bytes: &[u8], mut at: usize) -> Result<(usize, bool), usize> {
    let mut escaped = false;
    loop {
        while let Some(chunk) = bytes.get(at..at + 8).and_then(|chunk| chunk.first_chunk::<8>()) {
            let found = specials(u64::from_le_bytes(*chunk));
            if found != 0 {
                at += found.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match bytes.get(at) {
            Some(b'"') => return Ok((at, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = after_escape(bytes, at).ok_or(at)?;
            }
            Some(0x20..) => at += 1,
            _ => return Err(at),
        }
    }
}

fn after_escape(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 2),
        b'u' => match unit(bytes, at)? {
            // Half of a pair stands for nothing by itself.
            0xd800..0xdc00 => matches!(unit(bytes, at + 6)?, 0xdc00..0xe000).then_some(at + 12),
            0xdc00..0xe000 => None,
            _ => Some(at + 6),
        },
        _ => None,
    }
}

/// The number of a `\uXXXX` at `at`.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let escape = bytes.get(at..at + 6)?;
    if !escape.starts_with(b"\\u") {
        return None;
    }
    escape[2..].iter().try_fold(0, |sum, byte| Some(sum << 4 | (*byte as char).to_digit(16)?))
}

/// What a checked text with escapes says, its quotes taken off.
pub(super) fn unescape(raw: &str) -> String {
    let mut said = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        said.push_str(plain);
        let (c, length) = match escape.as_bytes().first() {
            Some(b'b') => ('\u{8}', 1),
            Some(b'f') => ('\u{c}', 1),
            Some(b'n') => ('\n', 1),
            Some(b'r') => ('\r', 1),
            Some(b't') => ('\t', 1),
            Some(b'u') => {
                let bytes = rest.as_bytes();
                let at = plain.len();
                let high = unit(bytes, at).unwrap_or_default();
                match unit(bytes, at + 6) {
                    Some(low) if (0xd800..0xdc00).contains(&high) => {
                        let code = 0x10000 + ((high - 0xd800) << 10) + low.saturating_sub(0xdc00);
                        (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11)
                    }
                    _ => (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 5),
                }
            }
            Some(quoted) => (*quoted as char, 1),
            None => break,
        };
        said.push(c);
        rest = escape.get(length..).unwrap_or_default();
    }
    said.push_str(rest);
    said
}

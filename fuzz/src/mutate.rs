//! Small changes to an input: bytes, stretches, words that the target knows, parts of another input.

/// SplitMix64 (Steele, Lea, Flood 2014).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than `end`; 0 where that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.next() % end as u64) as usize }
    }
}

const ODD_BYTES: [u8; 12] = [0, 1, 0x7f, 0x80, 0xff, b'\n', b' ', b'"', b'{', b'[', b'0', b'-'];
const ODD_NUMBERS: [&str; 14] = [
    "0",
    "-0",
    "-1",
    "1e308",
    "1e999",
    "-1e-320",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "0.1",
    "99999999999999999999",
    "1e9",
    "4294967296",
    "NaN",
];

pub fn mutated(base: &[u8], other: &[u8], words: &[&str], longest: usize, dice: &mut Dice) -> Vec<u8> {
    let mut input = base.to_vec();
    for _ in 0..=dice.below(4) {
        change(&mut input, other, words, dice);
    }
    input.truncate(longest);
    input
}

fn change(input: &mut Vec<u8>, other: &[u8], words: &[&str], dice: &mut Dice) {
    let at = dice.below(input.len() + 1);
    let magnitude = dice.below(8);
    let length = 1 + dice.below(1 << magnitude);
    let end = (at + length).min(input.len());
    match dice.below(11) {
        0 if at < input.len() => input[at] ^= 1 << dice.below(8),
        1 if at < input.len() => input[at] = dice.next() as u8,
        2 if at < input.len() => input[at] = ODD_BYTES[dice.below(ODD_BYTES.len())],
        3 => drop(input.drain(at..end)),
        4 => {
            let again = input[at..end].to_vec();
            let to = dice.below(input.len() + 1);
            input.splice(to..to, again);
        }
        5 if !other.is_empty() => {
            let from = dice.below(other.len());
            let until = (from + length).min(other.len());
            input.splice(at..at, other[from..until].iter().copied());
        }
        6 if !other.is_empty() => {
            let from = dice.below(other.len());
            input.truncate(at);
            input.extend(&other[from..]);
        }
        7 | 8 if !words.is_empty() => {
            let word = words[dice.below(words.len())].as_bytes();
            let replaced = if dice.below(2) == 0 { at } else { end };
            input.splice(at..replaced, word.iter().copied());
        }
        9 => number(input, at, dice),
        _ => {
            let bytes: Vec<u8> = (0..length.min(8)).map(|_| dice.next() as u8).collect();
            input.splice(at..end, bytes);
        }
    }
}

/// The next number in a text becomes an odd one.
fn number(input: &mut Vec<u8>, from: usize, dice: &mut Dice) {
    let Some(begin) = input[from..].iter().position(u8::is_ascii_digit).map(|ahead| from + ahead) else { return };
    let length = input[begin..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let odd = ODD_NUMBERS[dice.below(ODD_NUMBERS.len())];
    input.splice(begin..begin + length, odd.bytes());
}

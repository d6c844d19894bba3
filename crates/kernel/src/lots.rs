//! Lots that are drawn in public: blind numbers, seats, the sample that is rechecked.
//!
//! Who acts: the organiser fixes a seed and publishes its [commitment](Seed::commitment) before the draw; once the numbers
//! have been undone he publishes the seed itself, and anybody draws again and compares (`docs/draw.py` does, in Python).
//! Until then the seed is a secret: with it and the list of entries everybody's number can be computed.
//!
//! The whole rule:
//! - word `n` (`n` = 0, 1, 2, …) is the first 8 bytes, read as a big-endian number, of HMAC-SHA-256 with the seed in UTF-8 as
//!   its key and, as its message, the layer's name in UTF-8, one zero byte, and `n` as 8 bytes big-endian (RFC 2104, FIPS 180-4);
//! - a number below `b` is the next word `w` that is less than 2⁶⁴ − (2⁶⁴ mod `b`), and then `w` mod `b`: words above it are
//!   passed over, so that no number is likelier than another;
//! - the id that stands in the place of another once lots are drawn is its prefix, `_` and 20 letters: byte `n` (`n` = 0 … 19) of HMAC-SHA-256 with
//!   the seed as its key and, as its message, `id`, one zero byte and the last 11 letters of the id of before, modulo 32, in Crockford's alphabet.
//!   These letters are chance; those before them say when it was made, which is nothing to draw by;
//! - a shuffle exchanges, for `last` from the end down to 1, the item at `last` with the one at "a number below `last` + 1"
//!   (Fisher and Yates, as Durstenfeld wrote it down in 1964).
//!
//! Invariant: what is drawn depends on the seed, the layer and the list alone. [`crate::Rng`] is for chance that nobody
//! draws again; this is for chance that everybody may.

use sha2::{Digest, Sha256};

use crate::id::ALPHABET;
use crate::{Rng, Text};

/// The text that a draw follows from, as it is (or will be) published, to the letter.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Seed(String);

/// Why a text is no seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadSeed {
    /// So few letters can be guessed from the commitment.
    Short,
    Long,
    /// A blank at an end, or a character that nobody sees: whoever copies the seed would lose it.
    Invisible,
}

impl BadSeed {
    pub fn says(self) -> Text {
        match self {
            BadSeed::Short => Text::new(
                format!("种子太短：至少 {} 个字符，否则可由承诺值猜出", Seed::LEN_LEAST),
                format!(
                    "the seed is too short: with fewer than {} characters it can be guessed from its commitment",
                    Seed::LEN_LEAST
                ),
            ),
            BadSeed::Long => Text::new(
                format!("种子太长：最多 {} 个字符", Seed::LEN_MOST),
                format!("the seed is too long: at most {} characters", Seed::LEN_MOST),
            ),
            BadSeed::Invisible => Text::new(
                "种子首尾不能有空白，也不能含不可见字符，否则抄录时会丢失",
                "a seed has no blanks at its ends and no invisible characters: they would be lost in copying",
            ),
        }
    }
}

impl std::fmt::Display for BadSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.says().en)
    }
}
impl std::error::Error for BadSeed {}

impl Seed {
    pub const LEN_LEAST: usize = 16;
    pub const LEN_MOST: usize = 200;

    /// 32 letters and digits, 160 bits.
    pub fn fresh(rng: &mut Rng) -> Seed {
        Seed((0..32).map(|_| ALPHABET[rng.below(32) as usize] as char).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is published before the draw: the SHA-256 of the seed in UTF-8, in hex. It binds the organiser and tells nothing.
    pub fn commitment(&self) -> String {
        Sha256::digest(self.0.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The id that stands in the place of another once lots are drawn. Who doesn't know the seed can't tell which of them was which, and who draws
    /// can't choose it.
    pub fn id_after(&self, before: &str) -> String {
        let (inner, outer) = keyed(self.0.as_bytes());
        let chance = &before.as_bytes()[before.len().saturating_sub(crate::id::CHANCE_LEN)..];
        let inner = inner.chain_update(b"id\0").chain_update(chance).finalize();
        let digest = outer.chain_update(inner).finalize();
        let letters = digest[..20].iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
        let prefix = before.split('_').next().unwrap_or_default();
        [prefix, "_"].into_iter().flat_map(str::chars).chain(letters).collect()
    }
}

impl std::str::FromStr for Seed {
    type Err = BadSeed;
    fn from_str(text: &str) -> Result<Seed, BadSeed> {
        let unseen = |c: char| {
            c.is_control()
                || (c.is_whitespace() && c != ' ')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
        };
        if text.trim() != text || text.chars().any(unseen) {
            return Err(BadSeed::Invisible);
        }
        match text.chars().count() {
            ..Seed::LEN_LEAST => Err(BadSeed::Short),
            Seed::LEN_LEAST..=Seed::LEN_MOST => Ok(Seed(text.to_owned())),
            _ => Err(BadSeed::Long),
        }
    }
}

/// A seed is a secret until it is published, so a log that shows it shows its commitment.
impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seed({}…)", &self.commitment()[..16])
    }
}

/// The stream of words of one layer of a draw.
#[derive(Clone)]
pub struct Lots {
    /// HMAC's inner hash, which has taken in the key, the layer and the zero byte; and its outer one with the key.
    inner: Sha256,
    outer: Sha256,
    drawn: u64,
}

impl Lots {
    pub fn new(seed: &Seed, layer: &str) -> Lots {
        let (inner, outer) = keyed(seed.0.as_bytes());
        Lots { inner: inner.chain_update(layer.as_bytes()).chain_update([0]), outer, drawn: 0 }
    }

    fn word(&mut self) -> u64 {
        let inner = self.inner.clone().chain_update(self.drawn.to_be_bytes()).finalize();
        self.drawn += 1;
        let digest = self.outer.clone().chain_update(inner).finalize();
        digest[..8].iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
    }

    /// Uniform in `0..bound`, without bias; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let words = 1u128 << 64;
        let fair = words - words % u128::from(bound);
        loop {
            let word = self.word();
            if u128::from(word) < fair {
                return word % bound;
            }
        }
    }

    /// The numbers from 1 to `places`, shuffled: holder by holder, who draws which.
    pub fn numbers(&mut self, places: u32) -> Vec<u32> {
        let mut numbers: Vec<u32> = (1..=places).collect();
        self.shuffle(&mut numbers);
        numbers
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

/// HMAC's two hashes, with the key taken in.
fn keyed(key: &[u8]) -> (Sha256, Sha256) {
    const BLOCK: usize = 64;
    let mut block = [0u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    (
        Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)),
        Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seed(text: &str) -> Seed {
        text.parse().unwrap()
    }

    /// The test cases 1, 2 and 6 of RFC 4231.
    #[test]
    fn the_published_vectors_of_hmac_hold() {
        for (key, message, expected) in [
            (vec![0x0b; 20], "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            let (inner, outer) = keyed(&key);
            let digest = outer.chain_update(inner.chain_update(message).finalize()).finalize();
            assert_eq!(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), expected);
        }
    }

    #[test]
    fn a_seed_that_nobody_can_copy_is_refused() {
        for (text, expected) in [
            ("", BadSeed::Short),
            ("fifteen letters", BadSeed::Short),
            (" sixteen letters", BadSeed::Invisible),
            ("sixteen letters\n", BadSeed::Invisible),
            ("sixteen\u{200b} letters here", BadSeed::Invisible),
            (&"x".repeat(201), BadSeed::Long),
        ] {
            assert_eq!(text.parse::<Seed>(), Err(expected), "{text:?}");
        }
        assert!("开奖号码 02 11 19 28 33 35 07，2026 年 11 月 26 日".parse::<Seed>().is_ok());
        let fresh = Seed::fresh(&mut crate::Rng::from_seed(1));
        assert_eq!(fresh.as_str().parse(), Ok(fresh.clone()));
        assert!(!format!("{fresh:?}").contains(fresh.as_str()));
    }

    #[test]
    fn an_id_follows_from_the_seed_and_the_id_before() {
        let one = seed("a seed of sixteen").id_after("ent_01kaf3v0g0aaaaaaaaaa");
        assert_eq!(one, seed("a seed of sixteen").id_after("ent_01kaf3v0g0aaaaaaaaaa"));
        assert_ne!(one, seed("A seed of sixteen").id_after("ent_01kaf3v0g0aaaaaaaaaa"));
        assert_ne!(one, seed("a seed of sixteen").id_after("ent_01kaf3v0g0aaaaaaaaab"));
        assert_eq!(one, seed("a seed of sixteen").id_after("ent_01kaf3v0h0aaaaaaaaaa"), "made at another time");
        assert!(one.starts_with("ent_") && one.len() == 24 && crate::id::check(&one).is_ok(), "{one}");
    }

    #[test]
    fn a_draw_is_a_promise() {
        let drawn = |text, layer| {
            let mut lots = Lots::new(&seed(text), layer);
            (0..6).map(|_| lots.below(1000)).collect::<Vec<_>>()
        };
        let first = drawn("a seed of sixteen", "draw");
        assert_eq!(first, drawn("a seed of sixteen", "draw"));
        assert_ne!(first, drawn("a seed of sixteen", "seat"));
        assert_ne!(first, drawn("A seed of sixteen", "draw"));
    }

    proptest! {
        #[test]
        fn a_number_is_below_its_bound(text in "[a-z]{16,80}", bound: u64) {
            let drawn = Lots::new(&seed(&text), "draw").below(bound);
            prop_assert!(bound == 0 && drawn == 0 || drawn < bound);
        }

        #[test]
        fn a_shuffle_keeps_everything(text in "[a-z]{16,80}", count in 0usize..60) {
            let mut items: Vec<usize> = (0..count).collect();
            Lots::new(&seed(&text), "draw").shuffle(&mut items);
            items.sort_unstable();
            prop_assert_eq!(items, (0..count).collect::<Vec<_>>());
        }
    }

    /// Each of 24 orders of four things comes as often as another: χ² with 23 degrees of freedom is below 49.7 in 999 of
    /// 1,000 fair cases. The seeds are fixed, so the figure is.
    #[test]
    fn every_order_is_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        let trials = 24_000;
        for trial in 0..trials {
            let mut items = [0, 1, 2, 3];
            Lots::new(&seed(&format!("a fair seed no. {trial}")), "draw").shuffle(&mut items);
            *counts.entry(items).or_insert(0i64) += 1;
        }
        assert_eq!(counts.len(), 24);
        let expected = trials / 24;
        let chi_square: i64 = counts.values().map(|count| (count - expected).pow(2)).sum::<i64>() / expected;
        assert!(chi_square < 50, "{chi_square}");
    }
}

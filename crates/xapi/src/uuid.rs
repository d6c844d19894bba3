//! The id of a statement (RFC 9562).

use kernel::{Clock, Rng};

/// 128 bits, written as `8-4-4-4-12` hexadecimal digits, in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid([u8; 16]);

impl Uuid {
    /// Version 7: the time in ms, then chance; sorts by time.
    pub fn fresh(clock: &dyn Clock, rng: &mut Rng) -> Uuid {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes[6..]);
        let at_ms = clock.now().as_millis().max(0).to_be_bytes();
        bytes[..6].copy_from_slice(&at_ms[2..]);
        Uuid(bytes).stamped(7)
    }

    /// Version 8, "custom": made from the first 16 bytes of a digest, so that one thing always gets one id.
    pub fn from_digest(digest: &[u8; 32]) -> Uuid {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Uuid(bytes).stamped(8)
    }

    fn stamped(mut self, version: u8) -> Uuid {
        self.0[6] = (self.0[6] & 0x0f) | (version << 4);
        self.0[8] = (self.0[8] & 0x3f) | 0x80;
        self
    }
}

impl Uuid {
    pub fn bytes(&self) -> [u8; 16] {
        self.0
    }

    /// `None` if these are not 16 bytes. They are believed to be those of a UUID.
    pub fn of_bytes(bytes: &[u8]) -> Option<Uuid> {
        bytes.try_into().ok().map(Uuid)
    }

    /// Appends its text.
    pub fn write(&self, out: &mut String) {
        out.push_str(std::str::from_utf8(&self.digits()).unwrap_or_default());
    }

    fn digits(&self) -> [u8; 36] {
        let mut digits = [b'-'; 36];
        for (byte, at) in self.0.iter().zip(PAIRS) {
            digits[at] = HEX[usize::from(byte >> 4)];
            digits[at + 1] = HEX[usize::from(byte & 15)];
        }
        digits
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";
/// Where the two digits of each byte stand.
const PAIRS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

impl std::fmt::Display for Uuid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl std::str::FromStr for Uuid {
    type Err = ();

    /// Any variant and version that the RFC names; both cases of letters.
    fn from_str(text: &str) -> Result<Uuid, ()> {
        let digits: &[u8; 36] = text.as_bytes().try_into().map_err(|_| ())?;
        if [8, 13, 18, 23].iter().any(|at| digits[*at] != b'-') {
            return Err(());
        }
        let mut bytes = [0; 16];
        for (byte, at) in bytes.iter_mut().zip(PAIRS) {
            *byte = value_of(digits[at])? << 4 | value_of(digits[at + 1])?;
        }
        // The variant of RFC 9562: its two highest bits are 1 and 0.
        if bytes[8] & 0xc0 == 0x80 { Ok(Uuid(bytes)) } else { Err(()) }
    }
}

fn value_of(digit: u8) -> Result<u8, ()> {
    (digit as char).to_digit(16).map(|value| value as u8).ok_or(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::FakeClock;

    #[test]
    fn ids_survive_their_text_and_sort_by_time() {
        let clock = FakeClock::at_millis(1_790_000_000_000);
        let mut rng = Rng::from_seed(1);
        let first = Uuid::fresh(&clock, &mut rng);
        clock.advance_millis(1);
        let second = Uuid::fresh(&clock, &mut rng);
        assert!(first < second && first.to_string() < second.to_string());
        assert_eq!(first.to_string().parse(), Ok(first));
        assert_eq!(first.to_string().to_uppercase().parse(), Ok(first));
        assert_eq!(&Uuid::from_digest(&[0xff; 32]).to_string(), "ffffffff-ffff-8fff-bfff-ffffffffffff");
    }

    #[test]
    fn what_is_no_uuid_is_refused() {
        for text in [
            "",
            "fd41c918-b88b-4b20-a0a5-a4c32391aaa",
            "fd41c918b88b4b20a0a5a4c32391aaa0",
            "gd41c918-b88b-4b20-a0a5-a4c32391aaa0",
            "fd41c918-b88b-4b20-c0a5-a4c32391aaa0",
            "{fd41c918-b88b-4b20-a0a5-a4c32391aaa}",
        ] {
            assert!(text.parse::<Uuid>().is_err(), "{text}");
        }
    }
}

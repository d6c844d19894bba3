//! Chance in an exam comes from one secret of 32 bytes: the same secret, paper and attempt give the same paper, order and
//! opaque ids for ever, so that nothing of the kind needs to be stored.

use kernel::Rng;
use sha2::{Digest, Sha256};

/// The chance of one attempt. It must not leave the hall: who has it can tell which option was the first in the bank.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// Of an exam's secret, a paper's id and an attempt's id.
    pub fn of(secret: &[u8; 32], paper: &str, attempt: &str) -> Seed {
        Seed(digest(secret, &["guildhall exam attempt 1", paper, attempt]))
    }

    /// A stream for one purpose, independent of those for all others.
    pub fn rng(&self, purpose: &[&str]) -> Rng {
        Rng::from_entropy(digest(&self.0, purpose))
    }
}

/// Says nothing, so that a log can't tell it.
impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// SHA-256 over the parts, each behind its length: no two lists of parts run into one text.
fn digest(secret: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(secret);
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts_and_none_runs_into_its_neighbour() {
        let drawn = |secret: u8, paper: &str, attempt: &str, purpose: &[&str]| {
            Seed::of(&[secret; 32], paper, attempt).rng(purpose).next_u64()
        };
        let one = drawn(1, "p", "a", &["x", "y"]);
        assert_eq!(one, drawn(1, "p", "a", &["x", "y"]));
        for other in [
            drawn(2, "p", "a", &["x", "y"]),
            drawn(1, "pa", "", &["x", "y"]),
            drawn(1, "", "pa", &["x", "y"]),
            drawn(1, "p", "b", &["x", "y"]),
            drawn(1, "p", "a", &["xy"]),
            drawn(1, "p", "a", &["xy", ""]),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn a_seed_says_nothing() {
        assert_eq!(format!("{:?}", Seed::of(&[7; 32], "p", "a")), "Seed(…)");
    }
}

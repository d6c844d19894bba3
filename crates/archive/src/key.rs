//! By what statements are looked up: a number for each agent, verb, activity and registration.
//!
//! 64 bits of SHA-256 over the kind and the text. Among a hundred million things two share a number with a chance of one in three
//! thousand, and then a query answers a statement too many; nobody else's are ever reached, since tenants have positions of their own.

use kernel::PersonId;
use sha2::{Digest, Sha256};
use xapi::Uuid;

/// What is looked up, and how near to the statement it has to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub(crate) i64);

/// No key: nothing is stored under it.
pub(crate) const NONE: i64 = 0;

fn key(kind: u8, text: &[u8]) -> Key {
    let digest = Sha256::new().chain_update([kind]).chain_update(text).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    Key(i64::from_be_bytes(first) | 1)
}

impl Key {
    /// The actor or object, or a member of the group that is. `identity` is the text of an [`xapi::AgentKey`].
    pub fn agent(identity: &str) -> Key {
        key(b'a', identity.as_bytes())
    }

    /// An agent anywhere else in the statement.
    pub fn related_agent(identity: &str) -> Key {
        key(b'A', identity.as_bytes())
    }

    pub fn verb(iri: &str) -> Key {
        key(b'v', iri.as_bytes())
    }

    /// The object.
    pub fn activity(iri: &str) -> Key {
        key(b'o', iri.as_bytes())
    }

    /// An activity in the context, or in a substatement.
    pub fn related_activity(iri: &str) -> Key {
        key(b'O', iri.as_bytes())
    }

    pub fn registration(id: Uuid) -> Key {
        key(b'r', &id.bytes())
    }

    /// A person of this hall.
    pub fn person(person: &PersonId) -> Key {
        Key::agent(&xapi::hall_person(person).key().map(|key| key.to_string()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_far_are_kept_apart_and_none_is_never_made() {
        let all =
            [Key::agent("x"), Key::related_agent("x"), Key::verb("x"), Key::activity("x"), Key::related_activity("x")];
        for (at, one) in all.iter().enumerate() {
            assert!(all[..at].iter().all(|other| other != one));
            assert_ne!(one.0, NONE);
        }
        assert_eq!(Key::agent("x"), all[0]);
    }
}

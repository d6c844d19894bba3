//! One id type per thing. An id is text on the wire and in both databases: a short prefix that says what it names,
//! then either a readable slug (catalogue things) or 20 characters that sort by time of creation.

use crate::{Clock, Rng};

/// Crockford's base 32 in lower case: no letters that are mistaken for digits.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The longest id that any door accepts.
pub const ID_LEN_MAX: usize = 64;

/// So many letters at the end of an id that the hall makes are chance; those before them are the time.
pub(crate) const CHANCE_LEN: usize = 11;

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadId(pub String);

impl std::fmt::Display for BadId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:?} is no id: expected 1 to {ID_LEN_MAX} of a-z 0-9 - _",
            self.0.chars().take(80).collect::<String>()
        )
    }
}
impl std::error::Error for BadId {}

/// Checks the alphabet and the length that all ids share.
pub fn check(text: &str) -> Result<(), BadId> {
    let ok = !text.is_empty()
        && text.len() <= ID_LEN_MAX
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if ok { Ok(()) } else { Err(BadId(text.to_owned())) }
}

/// 9 characters of milliseconds and 11 of randomness: sorts by time, and 55 bits keep one millisecond's ids apart.
pub fn fresh(prefix: &str, clock: &dyn Clock, rng: &mut Rng) -> String {
    let mut out = String::with_capacity(prefix.len() + 21);
    out.push_str(prefix);
    out.push('_');
    let at_ms = clock.now().as_millis().max(0) as u64;
    for shift in (0..9).rev() {
        out.push(ALPHABET[((at_ms >> (shift * 5)) & 31) as usize] as char);
    }
    let tail = rng.next_u64();
    for shift in (0..CHANCE_LEN).rev() {
        out.push(ALPHABET[((tail >> (shift * 5)) & 31) as usize] as char);
    }
    out
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// What ids of this kind begin with when the hall makes them.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, made of the given clock and randomness.
            pub fn fresh(clock: &dyn Clock, rng: &mut Rng) -> Self {
                Self(fresh($prefix, clock, rng).into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                check(text)?;
                Ok(Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.as_ref().to_owned()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A union, an enterprise, a department: a node of the organisation tree.
    OrganisationId = "org";
    /// A human being, once, whatever he does here.
    PersonId = "per";
    /// A sign-in.
    AccountId = "acc";
    /// A browser's or a device's open sign-in.
    SessionId = "ses";
    /// One trade's event with its scheme and field.
    ContestId = "con";
    /// A place where stations stand.
    VenueId = "ven";
    /// A work place with equipment at a venue.
    StationId = "sta";
    /// A competitor's part in a contest, known to judges by its blind number only.
    EntryId = "ent";
    /// A team of entries.
    TeamId = "tea";
    /// One entry's work on one module at one station.
    RunId = "run";
    /// A mark as it was given; a correction is a new one.
    MarkId = "mrk";
    /// What the referee found, with its evidence.
    VerdictId = "vdt";
    /// An appeal against marks.
    AppealId = "apl";
    /// Somebody's application to take part in a contest.
    ApplicationId = "apn";
    /// A photograph that a judge took of a run.
    PhotoId = "pho";
    /// A recorded run.
    RecordingId = "rec";
    /// A venue's gateway.
    EdgeId = "edg";
    /// An xAPI statement.
    StatementId = "stm";
    /// Contests of several tiers, of which one goes on to the next.
    SeasonId = "sea";
    /// A place in the contest of the next tier, as it was offered.
    AdvanceId = "adv";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FakeClock;

    #[test]
    fn fresh_ids_sort_by_time_and_are_valid() {
        let clock = FakeClock::at_millis(1_790_000_000_000);
        let mut rng = Rng::from_seed(7);
        let first = ContestId::fresh(&clock, &mut rng);
        clock.advance_millis(1);
        let second = ContestId::fresh(&clock, &mut rng);
        assert!(first < second);
        assert_eq!(first.as_str().parse::<ContestId>().unwrap(), first);
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "A", "a b", "a/b", "../x", "é", &"a".repeat(65)] {
            assert!(text.parse::<RunId>().is_err(), "{text:?}");
        }
    }
}

//! A statement on its way in: checked, with all that has to be known of it worked out, so that the one who writes has little left to do.

use kernel::Timestamp;
use xapi::{Mention, ObjectKey, Prepared, Reference, Role, Stamp, Statement, Uuid, Version, prepare};

use crate::ArchiveError;
use crate::chain::owner_of;
use crate::key::Key;

/// A file that came with a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    pub sha2: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// Points at another statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub id: Uuid,
    pub voids: bool,
}

/// What is appended. The body is complete but for the time of storing, which is known when it happens.
#[derive(Debug, Clone)]
pub struct Pending {
    pub(crate) id: Uuid,
    /// Whether the id is new for certain, because it was made here.
    pub(crate) fresh: bool,
    pub(crate) body: Vec<u8>,
    /// Where in the body the time of storing stands.
    pub(crate) times: Vec<usize>,
    /// Whose key seals it; [`crate::key::NONE`] for what is said of nobody who can be told from others.
    pub(crate) owner: i64,
    pub(crate) keys: Vec<Key>,
    pub(crate) target: Option<Target>,
    pub(crate) attachments: Vec<Attached>,
}

/// The form of a time in a body: `2026-11-22T08:00:00.000Z`.
pub(crate) const TIME_LEN: usize = 24;

/// Stands in a body until the time of storing is known.
const BEFORE: &str = "0000-00-00T00:00:00.000Z";

/// Who vouches for statements: as JSON, and by what he is looked up.
#[derive(Debug, Clone, Copy)]
pub struct Authority<'a> {
    pub json: &'a str,
    pub key: &'a str,
}

/// Who vouches for what the hall's own rooms tell: each stored statement has an authority (1.0.3, Data 2.4.9).
const HALL: Authority<'static> = Authority {
    json: r#"{"objectType":"Agent","account":{"homePage":"urn:x-guildhall:clients","name":"hall"}}"#,
    key: "account:urn:x-guildhall:clients|hall",
};

impl Pending {
    /// A statement that somebody sent. `fresh` is its id if it has none; `authority` takes the place of what it says itself.
    pub fn sent(it: &Prepared<'_>, fresh: Uuid, authority: Authority<'_>, version: Version) -> Pending {
        let id = it.id.unwrap_or(fresh);
        let stamp = Stamp {
            id,
            stored: BEFORE,
            authority: Some(authority.json),
            version: match version {
                Version::V1_0_3 => "1.0.0",
                Version::V2_0 => "2.0.0",
            },
        };
        let mut body = String::with_capacity(it.body_len());
        it.body(&stamp, &mut body);
        let mut keys = keys_of(it, false);
        keys.push(Key::related_agent(authority.key));
        keys.sort_unstable();
        keys.dedup();
        Pending {
            id,
            fresh: it.id.is_none(),
            times: times_of(&body),
            body: body.into_bytes(),
            owner: owner_of(it.actor.as_ref().map(|actor| Key::agent(&actor.to_string()))),
            keys,
            target: it.target.map(|id| Target { id, voids: it.voids }),
            attachments: Vec::new(),
        }
    }

    /// A statement of the hall's own.
    pub fn of(statement: &Statement) -> Result<Pending, ArchiveError> {
        let id = statement.id.ok_or(ArchiveError::NoId)?;
        let text = statement.to_value().to_string();
        let refused = |mut faults: Vec<xapi::Fault>| ArchiveError::Refused(faults.swap_remove(0));
        let batch = prepare(text.as_bytes(), Version::V2_0).map_err(refused)?;
        let one = batch.statements.first().ok_or(ArchiveError::NoId)?;
        Ok(Pending::sent(one, id, HALL, Version::V2_0))
    }

    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The body as it is stored at a moment, behind `front`.
    pub(crate) fn stored(&self, front: usize, stored: Timestamp) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(front + self.body.len() + 16);
        bytes.resize(front, 0);
        bytes.extend(&self.body);
        let text = stored.to_string();
        for at in &self.times {
            if let Some(place) = bytes.get_mut(front + at..front + at + TIME_LEN)
                && text.len() == TIME_LEN
            {
                place.copy_from_slice(text.as_bytes());
            }
        }
        bytes
    }

    /// The body without a timestamp that only the store gave it.
    pub(crate) fn told(&self) -> Vec<u8> {
        const NAME: &[u8] = b"\"timestamp\":\"";
        let [timestamp, _] = self.times.as_slice() else { return self.body.clone() };
        let (begin, end) = (timestamp - NAME.len(), timestamp + TIME_LEN + b"\",".len());
        [&self.body[..begin], &self.body[end..]].concat()
    }

    /// Its id was chosen by the sender, though the statement doesn't hold it.
    pub fn chosen(mut self) -> Pending {
        self.fresh = false;
        self
    }

    pub fn with_attachments(mut self, attachments: Vec<Attached>) -> Pending {
        self.attachments = attachments;
        self
    }
}

/// Where the time of storing stands. A body ends with it, but for authority and version.
fn times_of(body: &str) -> Vec<usize> {
    const STORED: &str = "\"stored\":\"";
    let Some(stored) = body.rfind(STORED).map(|at| at + STORED.len()) else { return Vec::new() };
    let timestamp = stored - STORED.len() - 1 - 1 - BEFORE.len();
    if body.get(timestamp..timestamp + BEFORE.len()) == Some(BEFORE) { vec![timestamp, stored] } else { vec![stored] }
}

/// By what a statement is looked up.
fn keys_of(it: &Prepared<'_>, own_authority: bool) -> Vec<Key> {
    let mut keys = Vec::with_capacity(it.references.len() + 3);
    keys.push(Key::verb(&it.verb));
    keys.extend(it.registration.map(Key::registration));
    keys.extend(it.references.iter().filter(|one| own_authority || one.role != Role::Authority).map(key_of));
    keys
}

/// Near: actor and object of the statement itself, and the members of groups that are these.
fn key_of(one: &Reference<'_>) -> Key {
    let near = !one.inside && matches!(one.role, Role::Actor | Role::Object);
    match (&one.what, near) {
        (Mention::Agent { key, .. }, true) => Key::agent(&key.to_string()),
        (Mention::Agent { key, .. }, false) => Key::related_agent(&key.to_string()),
        (Mention::Activity(iri), true) => Key::activity(iri),
        (Mention::Activity(iri), false) => Key::related_activity(iri),
    }
}

/// What a stored statement is looked up by, and which other it refers to. Nothing, if it can't be read.
pub(crate) fn looked_up(body: &[u8]) -> (Vec<Key>, Option<Target>) {
    let Ok(batch) = prepare(body, Version::V2_0) else { return Default::default() };
    let Some(it) = batch.statements.first() else { return Default::default() };
    let mut keys = keys_of(it, true);
    keys.sort_unstable();
    keys.dedup();
    let target = match it.object {
        ObjectKey::StatementRef(id) => Some(Target { id, voids: it.voids }),
        _ => None,
    };
    (keys, target)
}

//! A statement on its way in: checked, with all that has to be known of it worked out, so that the one who writes has little left to do.

use kernel::Timestamp;
use xapi::Uuid;

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

impl Pending {
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

    pub fn with_attachments(mut self, attachments: Vec<Attached>) -> Pending {
        self.attachments = attachments;
        self
    }
}

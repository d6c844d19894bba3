//! One peer of a shard.

use std::time::Duration;

use bytes::Bytes;

use super::line::{Line, Wrote};

/// A line and how far it has come.
pub(super) struct Conn {
    pub(super) line: Line,
    /// Tells a signal for this socket from one for its predecessor in the same place.
    pub(super) generation: u32,
    pub(super) stage: Stage,
}

pub(super) enum Stage {
    /// The request is still arriving.
    Asking(Box<Asking>),
    /// It follows a topic.
    Following(Following),
    /// A refusal was written; what the peer still says is read, so that closing doesn't reset the connection under it.
    Leaving { until: Duration },
}

pub(super) struct Asking {
    pub(super) arrived: Vec<u8>,
    pub(super) until: Duration,
}

/// A reader of a topic. Owes him at most the rest of one frame; that he is behind is seen from `have`.
pub(super) struct Following {
    /// Its room, and its place among the room's members.
    pub(super) room: u32,
    pub(super) place: u32,
    /// The version he has when `owed` is written; `None` before the first frame.
    pub(super) have: Option<u64>,
    pub(super) owed: Option<Bytes>,
    /// When the socket took something last.
    pub(super) took: Duration,
    /// The stream ends as soon as nothing is owed.
    pub(super) ending: bool,
}

impl Following {
    /// Sends a whole frame to a reader who is owed nothing. Says whether the socket took all of it.
    pub(super) fn send(&mut self, line: &mut Line, bytes: &Bytes, now: Duration) -> Wrote {
        let wrote = line.write(bytes);
        match wrote {
            Wrote::All => self.took = now,
            Wrote::Part { taken, .. } => {
                // Even when nothing was taken, the clock of the stall starts here: until now he was up to date.
                self.took = now;
                self.owed = Some(bytes.slice(taken..));
            }
            Wrote::Broken => {}
        }
        wrote
    }

    /// Goes on with what is owed.
    pub(super) fn send_owed(&mut self, line: &mut Line, now: Duration) -> Wrote {
        let Some(owed) = self.owed.take() else { return Wrote::All };
        let wrote = line.write(&owed);
        match wrote {
            Wrote::All => self.took = now,
            Wrote::Part { taken, moved } => {
                if moved {
                    self.took = now;
                }
                self.owed = Some(owed.slice(taken..));
            }
            Wrote::Broken => {}
        }
        wrote
    }
}

//! A topic: a versioned map from key to JSON value.
//!
//! Publishers stage changes; a *turn* moves what is staged into the map, raises the version by one and notes which keys
//! it changed. Readers ask for what is new since the version they have, and get one frame:
//!
//! - a delta, composed from the notes of the turns since then, where each key stands once, with its newest value;
//! - a snapshot, where the notes don't reach back so far, or where a delta would be longer than the map.
//!
//! Frames are encoded when the first reader asks and kept until the next turn, so a version is encoded once for all
//! readers, and a topic that nobody watches costs no encoding at all.
//!
//! Invariants: merging the frames that a reader got, in order, gives the map of the last one's version, whatever he
//! skipped. A key that was deleted is remembered only while the notes reach back to its deletion.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;

use crate::frame::{self, Frame, FrameKind};
use crate::key::Key;

/// How many frames for late readers are kept beside the newest delta. Who is at yet another version gets the snapshot.
const DELTAS_KEPT: usize = 32;

/// The published map, what is staged, and the encoded frames of the present version.
pub(crate) struct State {
    version: u64,
    slots: BTreeMap<Key, Slot>,
    /// Keys with a value; the other slots remember deletions.
    filled: usize,
    turns: VecDeque<Turn>,
    turns_kept: usize,
    /// The oldest version from which a delta can be composed.
    floor: u64,
    staged: BTreeMap<Key, Option<Bytes>>,
    snapshot: Option<Frame>,
    deltas: Vec<(u64, Frame)>,
    pub(crate) pace: Pace,
}

struct Slot {
    /// The version that changed it last.
    version: u64,
    value: Option<Bytes>,
}

struct Turn {
    version: u64,
    keys: Vec<Key>,
}

/// When the topic may take its next turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// No turn yet, or the last one was a window ago or more: the next change goes out at once.
    Rested { last: Option<Duration> },
    /// A change waits for the end of the window.
    Waiting { until: Duration },
}

/// What a stage of changes asks of the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing is staged, or the turn is scheduled already.
    Nothing,
    /// Take a turn now.
    Now,
    /// Schedule a turn.
    At(Duration),
}

impl State {
    /// An empty topic. `version` is above every version that an earlier topic of the same name had in this process.
    pub(crate) fn new(version: u64, turns_kept: usize) -> Self {
        Self {
            version,
            slots: BTreeMap::new(),
            filled: 0,
            turns: VecDeque::new(),
            turns_kept,
            floor: version,
            staged: BTreeMap::new(),
            snapshot: None,
            deltas: Vec::new(),
            pace: Pace::Rested { last: None },
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn len(&self) -> usize {
        self.filled
    }

    /// The published value of a key.
    pub(crate) fn value(&self, key: &Key) -> Option<Bytes> {
        self.slots.get(key)?.value.clone()
    }

    /// Stages one change. What equals the published value is no change, and takes back what was staged before.
    pub(crate) fn stage(&mut self, key: Key, value: Option<Bytes>) {
        let published = self.slots.get(&key).and_then(|slot| slot.value.as_ref());
        if published == value.as_ref() {
            self.staged.remove(&key);
        } else {
            self.staged.insert(key, value);
        }
    }

    /// Stages the deletion of every key that `keep` doesn't name.
    pub(crate) fn stage_absent(&mut self, keep: &BTreeMap<Key, Bytes>) {
        let published = self.slots.iter().filter(|(_, slot)| slot.value.is_some()).map(|(key, _)| key);
        let absent: Vec<Key> =
            published.chain(self.staged.keys()).filter(|key| !keep.contains_key(key)).cloned().collect();
        for key in absent {
            self.stage(key, None);
        }
    }

    /// Leading edge at once, then one turn for each window.
    pub(crate) fn due(&mut self, now: Duration, window: Duration) -> Due {
        if self.staged.is_empty() {
            return Due::Nothing;
        }
        match self.pace {
            Pace::Waiting { .. } => Due::Nothing,
            Pace::Rested { last: Some(last) } if now < last + window => {
                self.pace = Pace::Waiting { until: last + window };
                Due::At(last + window)
            }
            Pace::Rested { .. } => Due::Now,
        }
    }

    /// Publishes what is staged as the next version. False, and no new version, when nothing is.
    pub(crate) fn turn(&mut self, now: Duration) -> bool {
        if self.staged.is_empty() {
            // What was staged has been taken back meanwhile; the pace counts from the last turn that said something.
            if let Pace::Waiting { .. } = self.pace {
                self.pace = Pace::Rested { last: None };
            }
            return false;
        }
        self.pace = Pace::Rested { last: Some(now) };
        self.version += 1;
        let mut keys = Vec::with_capacity(self.staged.len());
        for (key, value) in std::mem::take(&mut self.staged) {
            keys.push(key.clone());
            self.filled += usize::from(value.is_some());
            if let Some(before) = self.slots.insert(key, Slot { version: self.version, value }) {
                self.filled -= usize::from(before.value.is_some());
            }
        }
        self.turns.push_back(Turn { version: self.version, keys });
        while self.turns.len() > self.turns_kept {
            self.forget_oldest_turn();
        }
        self.snapshot = None;
        self.deltas.clear();
        true
    }

    fn forget_oldest_turn(&mut self) {
        let Some(turn) = self.turns.pop_front() else { return };
        self.floor = turn.version;
        for key in turn.keys {
            if self.slots.get(&key).is_some_and(|slot| slot.version == turn.version && slot.value.is_none()) {
                self.slots.remove(&key);
            }
        }
    }

    /// The one frame that brings a reader from `have` to the newest version; `None` when he has it.
    pub(crate) fn frame_since(&mut self, have: Option<u64>, epoch: &str) -> Option<Frame> {
        let Some(have) = have else { return Some(self.snapshot(epoch)) };
        if have == self.version {
            return None;
        }
        if let Some((_, frame)) = self.deltas.iter().find(|(from, _)| *from == have) {
            return Some(frame.clone());
        }
        let reaches = (self.floor..self.version).contains(&have);
        let newest = have + 1 == self.version;
        if !reaches
            || (self.deltas.len() >= DELTAS_KEPT && !newest)
            || self.changed_since(have) > self.filled.max(1) && !newest
        {
            return Some(self.snapshot(epoch));
        }
        let frame = self.delta(have, epoch);
        self.deltas.push((have, frame.clone()));
        Some(frame)
    }

    /// How many keys the turns since `have` name: an upper bound of a delta's length.
    fn changed_since(&self, have: u64) -> usize {
        self.turns.iter().rev().take_while(|turn| turn.version > have).map(|turn| turn.keys.len()).sum()
    }

    fn delta(&self, have: u64, epoch: &str) -> Frame {
        let oldest = self.turns.partition_point(|turn| turn.version <= have);
        // A key that changed again later stands in the later turn.
        let changed = || {
            self.turns.range(oldest..).flat_map(|turn| {
                turn.keys.iter().filter_map(move |key| {
                    let slot = self.slots.get(key).filter(|slot| slot.version == turn.version)?;
                    Some((key, slot.value.as_ref()))
                })
            })
        };
        let set = changed().filter_map(|(key, value)| Some((key, value?)));
        let del = changed().filter(|(_, value)| value.is_none()).map(|(key, _)| key);
        frame::encode(FrameKind::Delta, epoch, self.version, set, del)
    }

    fn snapshot(&mut self, epoch: &str) -> Frame {
        if let Some(frame) = &self.snapshot {
            return frame.clone();
        }
        let set = self.slots.iter().filter_map(|(key, slot)| Some((key, slot.value.as_ref()?)));
        let frame = frame::encode(FrameKind::Snapshot, epoch, self.version, set, std::iter::empty());
        self.snapshot = Some(frame.clone());
        frame
    }
}

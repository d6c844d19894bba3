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
/// A delta of so many changes is short, however small the map is.
const SHORT: usize = 64;

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
    /// When the next turn would be, were they taken evenly.
    on_pace: Duration,
    /// A turn is scheduled.
    is_waiting: bool,
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

/// How often a topic takes its turns: one in each window, and after a rest so many more at once. In any span of time there are then no more
/// than windows in it and those, and a change rarely has to wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub window: Duration,
    pub ahead: u32,
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
            on_pace: Duration::ZERO,
            is_waiting: false,
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn len(&self) -> usize {
        self.filled
    }

    /// All published keys with their values.
    pub(crate) fn entries(&self) -> Vec<(Key, Bytes)> {
        self.slots.iter().filter_map(|(key, slot)| Some((key.clone(), slot.value.clone()?))).collect()
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

    /// Leading edge at once, then as the pace allows.
    pub(crate) fn due(&mut self, now: Duration, pace: Pace) -> Due {
        if self.staged.is_empty() || self.is_waiting {
            return Due::Nothing;
        }
        let allowed = self.on_pace.saturating_sub(pace.window * pace.ahead);
        if now >= allowed {
            return Due::Now;
        }
        self.is_waiting = true;
        Due::At(allowed)
    }

    /// Publishes what is staged as the next version. False, and no new version, when nothing is.
    pub(crate) fn turn(&mut self, now: Duration, pace: Pace) -> bool {
        self.is_waiting = false;
        if self.staged.is_empty() {
            // What was staged has been taken back meanwhile; the pace counts turns that said something.
            return false;
        }
        self.on_pace = self.on_pace.max(now) + pace.window;
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
        // Who follows without skipping gets his delta in any case: it is what changed, and everybody shares it.
        let follows = have.checked_add(1) == Some(self.version);
        let worth = self.deltas.len() < DELTAS_KEPT && self.changed_since(have) <= self.filled.max(SHORT);
        if !reaches || !follows && !worth {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EPOCH: &str = "k3f9";
    const PACE: Pace = Pace { window: Duration::from_millis(50), ahead: 0 };

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn value(text: &str) -> Option<Bytes> {
        Some(Bytes::copy_from_slice(text.as_bytes()))
    }

    /// A screen: merges frames as the client does.
    #[derive(Debug, Default, Clone)]
    struct Screen {
        have: Option<u64>,
        map: BTreeMap<String, u64>,
    }

    impl Screen {
        fn read(&mut self, state: &mut State) -> Option<FrameKind> {
            let frame = state.frame_since(self.have, EPOCH)?;
            let text = std::str::from_utf8(&frame.bytes).unwrap();
            let json = text.split_once("data: ").unwrap().1.trim_end();
            let body: serde_json::Value = serde_json::from_str(json).unwrap();
            assert_eq!(body["v"], frame.version);
            assert!(text.contains(&format!("id: {EPOCH}-{}\n", frame.version)));
            if frame.kind == FrameKind::Snapshot {
                self.map.clear();
            }
            for (key, value) in body["set"].as_object().unwrap() {
                self.map.insert(key.clone(), value.as_u64().unwrap());
            }
            for key in body["del"].as_array().into_iter().flatten() {
                self.map.remove(key.as_str().unwrap());
            }
            self.have = Some(frame.version);
            Some(frame.kind)
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Stage(Vec<(u8, Option<u8>)>),
        Replace(Vec<(u8, u8)>),
        Turn,
        Read(usize),
        /// A screen comes back with another's id: what a resume after a reload looks like.
        Copy(usize, usize),
        Restart(usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let change = (0u8..8, proptest::option::weighted(0.6, 0u8..3));
        let step = prop_oneof![
            4 => prop::collection::vec(change, 0..5).prop_map(Step::Stage),
            1 => prop::collection::vec((0u8..8, 0u8..3), 0..6).prop_map(Step::Replace),
            4 => Just(Step::Turn),
            3 => (0usize..3).prop_map(Step::Read),
            1 => (0usize..3, 0usize..3).prop_map(|(to, from)| Step::Copy(to, from)),
            1 => (0usize..3).prop_map(Step::Restart),
        ];
        prop::collection::vec(step, 0..120)
    }

    proptest! {
        /// Whatever a reader skips, one frame makes him right again.
        #[test]
        fn merged_frames_are_the_newest_map(steps in steps(), ring in 0usize..6, first in 0u64..100) {
            let mut state = State::new(first, ring);
            let (mut staged, mut published) = (BTreeMap::new(), BTreeMap::new());
            let mut screens = vec![Screen::default(); 3];
            for step in steps {
                match step {
                    Step::Stage(changes) => for (key, given) in changes {
                        let key = format!("k/{key}");
                        state.stage(key.as_str().into(), given.and_then(|given| value(&given.to_string())));
                        match given {
                            Some(given) => drop(staged.insert(key, u64::from(given))),
                            None => drop(staged.remove(&key)),
                        }
                    },
                    Step::Replace(entries) => {
                        staged = entries.iter().map(|(key, given)| (format!("k/{key}"), u64::from(*given))).collect();
                        let keep: BTreeMap<Key, Bytes> = staged
                            .iter()
                            .map(|(key, given)| (key.as_str().into(), Bytes::from(given.to_string())))
                            .collect();
                        state.stage_absent(&keep);
                        for (key, given) in keep {
                            state.stage(key, Some(given));
                        }
                    }
                    Step::Turn => {
                        let before = state.version();
                        let turned = state.turn(at(0), PACE);
                        prop_assert_eq!(turned, staged != published, "a turn without a change, or a change without a turn");
                        prop_assert_eq!(state.version(), before + u64::from(turned));
                        published = staged.clone();
                    }
                    Step::Read(nth) => {
                        screens[nth].read(&mut state);
                        prop_assert_eq!(&screens[nth].map, &published);
                        prop_assert_eq!(screens[nth].have, Some(state.version()));
                        prop_assert_eq!(screens[nth].read(&mut state), None, "nothing new, yet a frame");
                    }
                    Step::Copy(to, from) => screens[to] = screens[from].clone(),
                    Step::Restart(nth) => screens[nth] = Screen::default(),
                }
                prop_assert_eq!(state.len(), published.len());
                let remembered: usize = state.turns.iter().map(|turn| turn.keys.len()).sum();
                prop_assert!(state.turns.len() <= ring);
                prop_assert!(state.slots.len() - state.filled <= remembered, "deletions outlive the notes of them");
                prop_assert!(state.deltas.len() <= DELTAS_KEPT + 1);
            }
        }
    }

    #[test]
    fn the_first_change_goes_out_at_once_and_the_next_wait_for_the_window() {
        let mut state = State::new(0, 8);
        assert_eq!(state.due(at(1000), PACE), Due::Nothing);
        state.stage("a".into(), value("1"));
        assert_eq!(state.due(at(1000), PACE), Due::Now);
        assert!(state.turn(at(1000), PACE));
        state.stage("a".into(), value("2"));
        assert_eq!(state.due(at(1001), PACE), Due::At(at(1050)));
        state.stage("b".into(), value("3"));
        assert_eq!(state.due(at(1049), PACE), Due::Nothing, "one turn is scheduled already");
        assert!(state.turn(at(1050), PACE));
        assert_eq!(state.version(), 2);
        state.stage("b".into(), value("4"));
        assert_eq!(state.due(at(1099), PACE), Due::At(at(1100)));
        assert!(state.turn(at(1100), PACE));
        state.stage("b".into(), value("5"));
        assert_eq!(state.due(at(1150), PACE), Due::Now, "a window has passed in peace");
    }

    #[test]
    fn after_a_rest_some_changes_go_out_at_once_and_never_too_many_in_a_second() {
        let pace = crate::LiveConfig::default().pace();
        let mut state = State::new(0, 8);
        let (mut turns, mut waits) = (Vec::new(), None::<Duration>);
        // Three seconds with a change in each millisecond, a rest, and again.
        for now in (0..3_000).chain(10_000..13_000) {
            state.stage("a".into(), value(&now.to_string()));
            let due = state.due(at(now), pace);
            if let Due::At(until) = due {
                waits = Some(until);
            }
            if due == Due::Now || waits.is_some_and(|until| until <= at(now)) {
                assert!(state.turn(at(now), pace));
                (waits, _) = (None, turns.push(now));
            }
        }
        assert_eq!(
            [&turns[..4], &turns[turns.iter().position(|now| *now >= 10_000).unwrap()..][..4]],
            [[0, 1, 2, 3], [10_000, 10_001, 10_002, 10_003]]
        );
        for (nth, from) in turns.iter().enumerate() {
            let within = turns[nth..].iter().take_while(|now| **now < from + 1_000).count();
            assert!(within <= 20, "{within} in the second from {from}");
        }
        assert!(turns.len() >= 2 * 3 * 16);
    }

    #[test]
    fn what_is_taken_back_within_the_window_is_no_news() {
        let mut state = State::new(0, 8);
        state.stage("a".into(), value("1"));
        assert!(state.turn(at(0), PACE));
        state.stage("a".into(), value("1"));
        assert_eq!(state.due(at(10), PACE), Due::Nothing);
        state.stage("a".into(), value("2"));
        state.stage("gone".into(), None);
        assert_eq!(state.due(at(10), PACE), Due::At(at(50)));
        state.stage("a".into(), value("1"));
        assert!(!state.turn(at(50), PACE));
        assert_eq!((state.version(), state.frame_since(Some(1), EPOCH)), (1, None));
        state.stage("a".into(), value("3"));
        assert_eq!(state.due(at(51), PACE), Due::Now);
    }

    #[test]
    fn one_version_is_encoded_once_for_all() {
        let mut state = State::new(0, 8);
        for version in ["1", "2", "3"] {
            state.stage("a".into(), value(version));
            state.turn(at(0), PACE);
        }
        for have in [None, Some(0), Some(1), Some(2)] {
            let (one, other) = (state.frame_since(have, EPOCH).unwrap(), state.frame_since(have, EPOCH).unwrap());
            assert_eq!(one.bytes.as_ptr(), other.bytes.as_ptr(), "two encodings since {have:?}");
        }
    }

    #[test]
    fn readers_at_many_versions_cost_a_bounded_number_of_frames() {
        let mut state = State::new(0, 1000);
        for nth in 0..200 {
            let keys = (0..5).map(|key| Key::from(format!("k/{}", (nth * 3 + key) % 400)));
            keys.for_each(|key| state.stage(key, value(&nth.to_string())));
            state.turn(at(0), PACE);
        }
        let kinds: Vec<FrameKind> = (0..200).map(|have| state.frame_since(Some(have), EPOCH).unwrap().kind).collect();
        assert_eq!(kinds[199], FrameKind::Delta, "who follows gets the delta however many lag");
        assert_eq!(kinds.iter().filter(|kind| **kind == FrameKind::Delta).count(), DELTAS_KEPT + 1);
    }

    #[test]
    fn a_version_from_nowhere_gets_a_snapshot() {
        let mut state = State::new(10, 2);
        for version in ["1", "2", "3"] {
            state.stage("a".into(), value(version));
            state.turn(at(0), PACE);
        }
        for (have, kind) in [
            (0, FrameKind::Snapshot),
            (10, FrameKind::Snapshot),
            (11, FrameKind::Delta),
            (14, FrameKind::Snapshot),
            (u64::MAX, FrameKind::Snapshot),
        ] {
            assert_eq!(state.frame_since(Some(have), EPOCH).unwrap().kind, kind, "since {have}");
        }
    }
}

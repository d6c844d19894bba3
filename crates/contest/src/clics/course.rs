//! How the contest stands: when it started, was frozen, ended, was thawed and became final.

use kernel::Timestamp;
use serde::Serialize;

use super::configuration::just_after;
use super::shelf::{Kind, Object};
use crate::event::ContestState;

/// The moments of the states that hold. A contest that goes back to live has not been frozen and has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Course {
    started: Option<Timestamp>,
    frozen: Option<Timestamp>,
    ended: Option<Timestamp>,
    published: Option<Timestamp>,
}

/// In this order, each of them always: null where it hasn't come.
#[derive(Debug, Clone, Serialize)]
pub struct State {
    started: Option<String>,
    frozen: Option<String>,
    ended: Option<String>,
    thawed: Option<String>,
    finalized: Option<String>,
    end_of_updates: Option<String>,
}

impl Course {
    pub fn take(&mut self, to: ContestState, at: Timestamp) {
        match to {
            ContestState::Draft => *self = Course::default(),
            ContestState::Live => {
                *self = Course { started: self.started.or(Some(at)), ..Course::default() };
            }
            // Back from review it stands still as it did before.
            ContestState::Frozen => {
                *self = Course { started: self.started, frozen: self.frozen.or(Some(at)), ..Course::default() };
            }
            // It has ended before, when an appeal takes back what was published.
            ContestState::Review => {
                if self.published.take().is_none() {
                    self.ended = Some(at);
                }
            }
            ContestState::Final => self.published = Some(at),
        }
    }

    pub fn state(&self) -> State {
        let text = |at: Timestamp| at.to_string();
        State {
            started: self.started.map(text),
            frozen: self.frozen.map(text),
            ended: self.ended.map(text),
            // Results are published in one act: the board moves, and they are final.
            thawed: self.frozen.and(self.published).map(text),
            finalized: self.published.map(text),
            end_of_updates: self.published.map(just_after).map(text),
        }
    }

    pub fn object(&self) -> Object {
        Object::of(Kind::State, "", &self.state())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(steps: &[ContestState]) -> Vec<Option<i64>> {
        let mut course = Course::default();
        for (nth, to) in steps.iter().enumerate() {
            course.take(*to, Timestamp::from_millis(nth as i64));
        }
        let Course { started, frozen, ended, published } = course;
        [started, frozen, ended, published].map(|at| at.map(Timestamp::as_millis)).to_vec()
    }

    #[test]
    fn what_was_taken_back_has_not_been() {
        use ContestState::*;
        for (steps, at) in [
            (&[][..], [None, None, None, None]),
            (&[Live], [Some(0), None, None, None]),
            (&[Live, Frozen], [Some(0), Some(1), None, None]),
            (&[Live, Frozen, Live], [Some(0), None, None, None]),
            (&[Live, Frozen, Review], [Some(0), Some(1), Some(2), None]),
            (&[Live, Frozen, Review, Live], [Some(0), None, None, None]),
            (&[Live, Review, Final], [Some(0), None, Some(1), Some(2)]),
            (&[Live, Frozen, Review, Final], [Some(0), Some(1), Some(2), Some(3)]),
            (&[Live, Review, Final, Review], [Some(0), None, Some(1), None]),
            (&[Live, Review, Final, Review, Final], [Some(0), None, Some(1), Some(4)]),
        ] {
            assert_eq!(walked(steps), at, "{steps:?}");
        }
    }

    #[test]
    fn thawed_is_only_what_was_frozen() {
        let mut course = Course::default();
        for (nth, to) in [ContestState::Live, ContestState::Review, ContestState::Final].into_iter().enumerate() {
            course.take(to, Timestamp::from_millis(nth as i64 * 1000));
        }
        let state = serde_json::to_value(course.state()).unwrap();
        assert_eq!(state["thawed"], serde_json::Value::Null);
        assert_eq!(state["finalized"], "1970-01-01T00:00:02.000Z");
        assert_eq!(state["end_of_updates"], "1970-01-01T00:00:02.001Z");
    }
}

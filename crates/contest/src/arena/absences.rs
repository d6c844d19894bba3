//! Judges who are excused, and were: by positions of the log, so that who had which seat when is told from the log alone.

use std::collections::HashMap;

use kernel::{AccountId, Timestamp};

/// A time for which a judge was excused.
#[derive(Debug, Clone)]
pub struct Absence {
    from: i64,
    /// Where the log says that he came back.
    until: Option<i64>,
    pub reason: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Default)]
pub struct Absences(HashMap<AccountId, Vec<Absence>>);

impl Absences {
    pub(super) fn excuse(&mut self, judge: &AccountId, from: i64, at: Timestamp, reason: &str) {
        if self.now(judge).is_none() {
            let absence = Absence { from, until: None, reason: reason.to_owned(), at };
            self.0.entry(judge.clone()).or_default().push(absence);
        }
    }

    pub(super) fn take_back(&mut self, judge: &AccountId, position: i64) {
        if let Some(absence) = self.0.get_mut(judge).and_then(|absences| absences.last_mut()) {
            absence.until.get_or_insert(position);
        }
    }

    fn of(&self, judge: &AccountId) -> &[Absence] {
        self.0.get(judge).map(Vec::as_slice).unwrap_or_default()
    }

    /// Why a judge is excused, while he is.
    pub fn now(&self, judge: &AccountId) -> Option<&Absence> {
        self.of(judge).last().filter(|absence| absence.until.is_none())
    }

    /// How often he went or came back.
    pub fn acts(&self, judge: &AccountId) -> usize {
        self.of(judge).iter().map(|absence| 1 + usize::from(absence.until.is_some())).sum()
    }

    /// Whether he was excused at a position of the log.
    pub fn at(&self, judge: &AccountId, position: i64) -> bool {
        let goes_on = |absence: &Absence| absence.until.is_none_or(|until| position < until);
        self.of(judge).iter().any(|absence| absence.from <= position && goes_on(absence))
    }

    /// Whether he was excused at any time after a position of the log.
    pub fn since(&self, judge: &AccountId, position: i64) -> bool {
        self.of(judge).iter().any(|absence| absence.until.is_none_or(|until| until > position))
    }

    /// Where he came back last: at the beginning, if he was never away; at the end of all time while he is.
    pub fn back_since(&self, judge: &AccountId) -> i64 {
        self.of(judge).last().map_or(0, |absence| absence.until.unwrap_or(i64::MAX))
    }
}

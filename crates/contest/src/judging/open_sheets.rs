//! Which tablets show a sheet: who has asked for it in the last seconds, by session. Kept in the memory of this node only.
//!
//! Invariant: it warns and never locks. Tablets break, and a judge goes on with another one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use kernel::{AccountId, RunId, Timestamp};

/// A tablet asks for the sheet that it shows every 5 s. One that has missed two askings has put it away.
pub const PUT_AWAY_MS: i64 = 12_000;

#[derive(Default)]
pub struct OpenSheets(Mutex<HashMap<(RunId, AccountId), HashMap<String, Timestamp>>>);

impl OpenSheets {
    /// A session of this judge shows the sheet of a run. Whether another session of his shows it as well.
    pub fn shown(&self, run: &RunId, account: &AccountId, session: &str, now: Timestamp) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What was put away is swept with each asking, so that no more is kept than is shown.
        open.retain(|_, sessions| {
            sessions.retain(|_, at| now.millis_since(*at) < PUT_AWAY_MS);
            !sessions.is_empty()
        });
        let sessions = open.entry((run.clone(), account.clone())).or_default();
        sessions.insert(session.to_owned(), now);
        sessions.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_session_of_the_same_judge_on_the_same_run_is_told_and_only_while_it_asks() {
        let open = OpenSheets::default();
        let [run, other_run]: [RunId; 2] = ["run_1", "run_2"].map(|id| id.parse().unwrap());
        let [li, wang]: [AccountId; 2] = ["acc_li", "acc_wang"].map(|id| id.parse().unwrap());
        let at = |ms: i64| Timestamp::from_millis(1_000_000 + ms);
        assert!(!open.shown(&run, &li, "a", at(0)));
        assert!(!open.shown(&run, &li, "a", at(5_000)), "the same tablet once more");
        assert!(!open.shown(&run, &wang, "c", at(5_000)), "another judge");
        assert!(!open.shown(&other_run, &li, "b", at(5_000)), "another sheet");
        assert!(open.shown(&run, &li, "b", at(6_000)));
        assert!(open.shown(&run, &li, "a", at(10_000)));
        assert!(open.shown(&run, &li, "a", at(6_000 + PUT_AWAY_MS - 1)));
        assert!(!open.shown(&run, &li, "a", at(6_000 + PUT_AWAY_MS)), "it was put away");
        assert_eq!(open.0.lock().unwrap().len(), 1, "nothing is kept of what was put away");
    }
}

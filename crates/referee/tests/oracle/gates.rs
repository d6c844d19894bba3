//! Gates and the best of several attempts, with the whole trace in view.

use kernel::Nanos;
use proptest::prelude::*;
use referee::*;

use crate::common::*;
use crate::{Rows, risings, rows, samples};

/// When each verdict of the rule named so was said, how it came out, and its marks in hundredths.
fn said(rules: &[RuleSpec], id: &str, rows: &Rows, end: i64) -> Vec<(i64, Outcome, i64)> {
    let mut monitor = Monitor::new(set(rules), Nanos(0));
    monitor.observe_all(&samples(rows));
    monitor.finish(Nanos(end * MS));
    let found = monitor.drain();
    let own = found.iter().filter(|verdict| &*verdict.rule == id);
    own.map(|verdict| (verdict.decided_at.0 / MS, verdict.outcome, verdict.marks.hundredths())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_500))]

    #[test]
    fn behind_two_gates(rows in rows()) {
        let end = rows[rows.len() - 1].0 + 5;
        let on = |id: &str, event, gate: &[&str]| RuleSpec {
            id: id.into(),
            gate: gate.iter().map(|id| (*id).to_owned()).collect(),
            ..rule(PatternSpec::On { event, check: None })
        };
        let rules = [on("last", rises("x > 1mm"), &["one", "two"]), on("one", rises("a"), &[]), on("two", rises("b"), &["one"])];
        let first = |times: Vec<i64>| times.first().copied();
        let one = first(risings(&rows, |row| row.1));
        let two = first(risings(&rows, |row| row.2)).zip(one).map(|(two, one)| two.max(one));
        let expected: Vec<_> = risings(&rows, |row| row.3 > 8)
            .into_iter()
            .map(|t| match two {
                Some(open) => (t.max(open), Outcome::Met, 100),
                None => (end, Outcome::Missed, 0),
            })
            .collect();
        prop_assert_eq!(said(&rules, "last", &rows, end), expected);
    }

    #[test]
    fn the_best_of_three(rows in rows(), tail in 1i64..400) {
        let end = rows[rows.len() - 1].0 + tail;
        let rose = risings(&rows, |row| row.2);
        let mut attempts: Vec<(i64, i64)> = Vec::new();
        for (ix, row) in rows.iter().enumerate().filter(|(ix, row)| row.1 && (*ix == 0 || !rows[ix - 1].1)) {
            let close = rows[ix..].iter().find(|later| !later.1).map_or(end, |later| later.0);
            let is_open = |t: &&i64| **t >= row.0 && (**t < close || (close == end && **t <= end));
            attempts.push((close, rose.iter().filter(is_open).count() as i64));
        }
        attempts.truncate(3);
        let most = attempts.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let best = attempts.iter().position(|(_, count)| *count == most);
        let decided = if attempts.len() == 3 { attempts[2].0 } else { end };
        let expected: Vec<_> = attempts
            .iter()
            .enumerate()
            .map(|(ix, (_, count))| {
                let outcome = if *count > 0 { Outcome::Met } else { Outcome::Missed };
                (decided, outcome, if Some(ix) == best { count * 100 } else { 0 })
            })
            .collect();
        let best_of = RuleSpec {
            during: PhaseSpec::While("a".into()),
            best_of: Some(3),
            ..rule(PatternSpec::Count { event: rises("b"), scale: CountScale::Each })
        };
        prop_assert_eq!(said(&[best_of], "r", &rows, end), expected);
    }

    /// What is given and what is taken stay within the cap, and the total never falls below the floor.
    #[test]
    fn caps_and_floors(rows in rows(), gives in 1i64..200, takes in -200i64..200, more in 0i64..300, least in -400i64..=0) {
        let end = rows[rows.len() - 1].0 + 5;
        // A cap below what a single time gives is refused.
        let most = gives + more;
        let (mut given, mut taken) = (0, 0);
        let mut expected = Vec::new();
        for t in risings(&rows, |row| row.1) {
            let good = rows.iter().any(|row| row.0 == t && row.2);
            let wanted = if good { gives } else { takes };
            // The nearest to what is wanted, among all that is allowed.
            let allowed = (-500..=500i64).filter(|marks| {
                let (given, taken) = (given + marks.max(&0), taken - marks.min(&0));
                given <= most && taken <= most && (*marks >= 0 || given - taken >= least) && marks * wanted >= 0
            });
            let kept = allowed.min_by_key(|marks| (marks - wanted).abs()).unwrap_or(0);
            (given, taken) = (given + kept.max(0), taken - kept.min(0));
            expected.push((t, if good { Outcome::Met } else { Outcome::Missed }, kept));
        }
        let marks = |hundredths| Some(kernel::Mark::from_hundredths(hundredths));
        let bounded = RuleSpec {
            met: marks(gives),
            missed: marks(takes),
            at_most: marks(most),
            min_total: marks(least),
            ..rule(PatternSpec::On { event: rises("a"), check: Some(CheckSpec::Is("b".into())) })
        };
        prop_assert_eq!(said(&[bounded], "r", &rows, end), expected);
    }
}

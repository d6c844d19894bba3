//! Steps, forbidden orders and violations, looked for in the whole trace.

use proptest::prelude::*;
use referee::*;

use crate::common::*;
use crate::{found, risings, rows};

/// Follows one attempt from its first step: the times of the steps that are reached, and when it breaks off.
fn attempt(events: &[Vec<i64>; 3], begun: i64, step: i64, whole: i64) -> (Vec<i64>, i64) {
    let mut reached = vec![begun];
    loop {
        let last = reached[reached.len() - 1];
        let limit = if reached.len() == 1 { (last + step).min(begun + whole) } else { begun + whole };
        if reached.len() == 3 {
            return (reached, limit);
        }
        match events[reached.len()].iter().find(|t| **t > last && **t <= limit) {
            Some(next) => reached.push(*next),
            None => return (reached, limit),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_500))]

    #[test]
    fn steps_in_order(rows in rows(), step in 1i64..600, whole in 1i64..1_500, tail in 0i64..900) {
        let end = rows[rows.len() - 1].0 + tail;
        let events = [risings(&rows, |row| row.1), risings(&rows, |row| row.2), risings(&rows, |row| row.3 > 8)];
        let mut expected = Vec::new();
        let mut free_from = i64::MIN;
        for (ix, begun) in events[0].iter().enumerate() {
            // While an attempt is past its first step, a first step belongs to it. One that is over at an instant leaves
            // the instant's first step to itself, unless it was over by a deadline, which passes after it.
            if *begun <= free_from {
                continue;
            }
            let (reached, limit) = attempt(&events, *begun, step, whole);
            let next = events[0].get(ix + 1).copied().unwrap_or(i64::MAX);
            let over = if reached.len() == 3 { reached[2] } else { limit };
            let second = reached.get(1).copied().unwrap_or(i64::MAX);
            if if reached.len() == 1 { next <= limit } else { next < second } {
                continue;
            }
            free_from = over;
            expected.push(match reached.len() {
                3 => (over, Outcome::Met),
                _ if over <= end => (over, Outcome::Missed),
                _ => (end, Outcome::Undecided),
            });
        }
        let steps = vec![
            StepSpec { event: rises("a"), within: None },
            StepSpec { event: rises("b"), within: Some(format!("{step}ms")) },
            StepSpec { event: rises("x > 1mm"), within: None },
        ];
        let pattern = PatternSpec::Sequence { steps, within: Some(format!("{whole}ms")), each_step: false };
        prop_assert_eq!(found(rule(pattern), &rows, end), expected);
    }

    #[test]
    fn forbidden_orders(rows in rows()) {
        let end = rows[rows.len() - 1].0 + 5;
        let kept = risings(&rows, |row| row.2);
        let opening = |t: i64| {
            let open = rows.iter().rposition(|row| row.0 <= t && !row.1).map_or(0, |ix| ix + 1);
            rows[open].0
        };
        let expected: Vec<_> = risings(&rows, |row| row.3 > 8)
            .into_iter()
            .filter(|t| rows.iter().any(|row| row.0 == *t && row.1))
            .filter(|t| !kept.iter().any(|other| *other >= opening(*t) && other <= t))
            .map(|t| (t, Outcome::Met))
            .collect();
        let forbidden = RuleSpec {
            during: PhaseSpec::While("a".into()),
            ..rule(PatternSpec::Forbidden { first: rises("x > 1mm"), second: rises("b") })
        };
        prop_assert_eq!(found(forbidden, &rows, end), expected);
    }

    #[test]
    fn violations(rows in rows(), tail in 0i64..2_000) {
        let end = rows[rows.len() - 1].0 + tail;
        let so = |row: &(i64, bool, bool, i32)| row.1 && row.3 < 24;
        let begins: Vec<usize> = (0..rows.len()).filter(|ix| so(&rows[*ix]) && (*ix == 0 || !so(&rows[ix - 1]))).collect();
        let over: Vec<i64> = begins
            .iter()
            .map(|ix| rows[*ix..].iter().find(|row| !so(row)).map_or(end, |row| row.0))
            .collect();
        let marks = |per| {
            let never = RuleSpec {
                during: PhaseSpec::While("a".into()),
                ..rule(PatternSpec::While { condition: "x < 3mm".into(), per })
            };
            let mut monitor = Monitor::new(set(&[never]), kernel::Nanos(0));
            monitor.observe_all(&crate::samples(&rows));
            monitor.finish(kernel::Nanos(end * MS));
            let said = monitor.drain();
            said.iter().map(|verdict| (verdict.decided_at.0 / MS, verdict.marks.hundredths() / 100)).collect::<Vec<_>>()
        };
        let starts: Vec<(i64, i64)> = begins.iter().map(|ix| (rows[*ix].0, 1)).collect();
        prop_assert_eq!(marks(PerSpec::Violation), starts);
        let spans = begins.iter().zip(&over).map(|(ix, over)| (*over, over - rows[*ix].0));
        let full: Vec<(i64, i64)> = spans.clone().map(|(over, took)| (over, took / 1_000)).collect();
        prop_assert_eq!(marks(PerSpec::Second), full);
        let begun: Vec<(i64, i64)> = spans.map(|(over, took)| (over, ((took + 999) / 1_000).max(1))).collect();
        prop_assert_eq!(marks(PerSpec::StartedSecond), begun);
    }
}

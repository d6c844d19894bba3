//! Two events and a third, looked for in the whole trace.

use proptest::prelude::*;
use referee::*;

use crate::common::*;
use crate::{found, risings, rows};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_500))]

    #[test]
    fn then_unless(rows in rows(), within in 1i64..900, tail in 0i64..900) {
        let end = rows[rows.len() - 1].0 + tail;
        let (firsts, seconds) = (risings(&rows, |row| row.1), risings(&rows, |row| row.2));
        let spoilers = risings(&rows, |row| row.3 > 8);
        let mut expected = Vec::new();
        for (ix, first) in firsts.iter().enumerate() {
            let deadline = first + within;
            let after = |times: &[i64]| {
                times.iter().copied().find(|t| t > first && *t <= deadline).unwrap_or(i64::MAX)
            };
            let (answer, spoiler) = (after(&seconds), after(&spoilers));
            let replaced = firsts.get(ix + 1).copied().filter(|next| *next <= deadline).unwrap_or(i64::MAX);
            if answer < i64::MAX && answer <= spoiler && answer <= replaced {
                expected.push((answer, Outcome::Met));
            } else if spoiler < i64::MAX && spoiler <= replaced {
                expected.push((spoiler, Outcome::Missed));
            } else if replaced == i64::MAX {
                expected.push(if deadline <= end { (deadline, Outcome::Missed) } else { (end, Outcome::Undecided) });
            }
        }
        let unless = rule(PatternSpec::Then {
            first: rises("a"), then: rises("b"), within: format!("{within}ms"), unless: Some(rises("x > 1mm")),
        });
        prop_assert_eq!(found(unless, &rows, end), expected);
    }

    #[test]
    fn one_without_the_other(rows in rows(), time in 1i64..900, tail in 0i64..900) {
        let end = rows[rows.len() - 1].0 + tail;
        let (firsts, others) = (risings(&rows, |row| row.1), risings(&rows, |row| row.2));
        let without = |time| rule(PatternSpec::Without { event: rises("a"), without: rises("b"), time });
        let (mut after, mut before) = (Vec::new(), Vec::new());
        for (ix, first) in firsts.iter().enumerate() {
            let deadline = first + time;
            let came = others.iter().find(|other| *other > first && **other <= deadline);
            let replaced = firsts.get(ix + 1).filter(|next| **next <= deadline);
            match (came, replaced) {
                (Some(came), next) if next.is_none_or(|next| came <= next) => after.push((*came, Outcome::Missed)),
                (_, Some(_)) => {}
                _ if deadline <= end => after.push((deadline, Outcome::Met)),
                _ => after.push((end, Outcome::Undecided)),
            }
            let came = others.iter().any(|other| *other >= first - time && other < first);
            before.push((*first, match came {
                true => Outcome::Missed,
                false if first - time < 0 => Outcome::Undecided,
                false => Outcome::Met,
            }));
        }
        prop_assert_eq!(found(without(WithoutSpec::Within(format!("{time}ms"))), &rows, end), after);
        prop_assert_eq!(found(without(WithoutSpec::Before(format!("{time}ms"))), &rows, end), before);
    }

    #[test]
    fn absent_by_a_deadline(rows in rows(), by in 1i64..900, tail in 0i64..900) {
        let end = rows[rows.len() - 1].0 + tail;
        let rose = risings(&rows, |row| row.2);
        let mut expected = Vec::new();
        for (ix, row) in rows.iter().enumerate().filter(|(ix, row)| row.1 && (*ix == 0 || !rows[ix - 1].1)) {
            let close = rows[ix..].iter().find(|later| !later.1).map(|later| later.0);
            let (open, deadline) = (row.0, row.0 + by);
            let came = rose.iter().find(|t| **t >= open && **t <= deadline && close.is_none_or(|close| **t < close));
            expected.push(match (came, close) {
                (Some(came), _) => (*came, Outcome::Missed),
                (None, Some(close)) => (deadline.min(close), Outcome::Met),
                (None, None) if deadline <= end => (deadline, Outcome::Met),
                (None, None) => (end, Outcome::Undecided),
            });
        }
        let absent = RuleSpec {
            during: PhaseSpec::While("a".into()),
            ..rule(PatternSpec::Absent { event: rises("b"), by: format!("{by}ms") })
        };
        prop_assert_eq!(found(absent, &rows, end), expected);
    }

    #[test]
    fn how_long_it_took(rows in rows(), most in 1i64..900, tail in 0i64..900) {
        let end = rows[rows.len() - 1].0 + tail;
        let (firsts, seconds) = (risings(&rows, |row| row.1), risings(&rows, |row| row.2));
        let mut expected = Vec::new();
        for (ix, first) in firsts.iter().enumerate() {
            let answer = seconds.iter().find(|second| *second > first);
            match (answer, firsts.get(ix + 1)) {
                (Some(answer), next) if next.is_none_or(|next| answer <= next) => {
                    expected.push((*answer, if answer - first <= most { Outcome::Met } else { Outcome::Missed }));
                }
                (_, Some(_)) => {}
                _ => expected.push((end, Outcome::Undecided)),
            }
        }
        let measure = rule(PatternSpec::Measure {
            from: rises("a"), to: rises("b"), scale: range("~", &format!("{most}ms")),
        });
        prop_assert_eq!(found(measure, &rows, end), expected);
    }
}

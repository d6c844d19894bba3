//! Statistics against sums over every millisecond and against sorting.

use kernel::Nanos;
use proptest::prelude::*;
use referee::*;

use crate::common::*;
use crate::{Rows, risings, rows, samples};

/// `x` is sampled at every other row only, so that it is held over the edges of windows and phases.
fn found(rule: RuleSpec, rows: &Rows, end: i64) -> Vec<(i64, Outcome)> {
    let mut monitor = Monitor::new(set(&[rule]), Nanos(0));
    for (ix, sample) in samples(rows).iter().enumerate() {
        if ix % 3 != 2 || ix % 2 == 0 {
            monitor.observe(sample);
        }
    }
    monitor.finish(Nanos(end * MS));
    monitor.drain().iter().map(|verdict| (verdict.decided_at.0 / MS, verdict.outcome)).collect()
}

/// The times at which `x` was sampled, and its eighths.
fn figures(rows: &Rows) -> Vec<(i64, i32)> {
    rows.iter().enumerate().filter(|(ix, _)| (ix * 3 + 2) % 2 == 0).map(|(_, row)| (row.0, row.3)).collect()
}

/// What was held in each millisecond from one time to another; `None`: nothing yet.
fn each_ms(figures: &[(i64, i32)], from: i64, to: i64) -> Vec<Option<i32>> {
    (from..to).map(|ms| figures.iter().rev().find(|(t, _)| *t <= ms).map(|(_, x)| *x)).collect()
}

fn percentile(mut inside: Vec<i32>, percent: usize) -> f64 {
    inside.sort_unstable();
    let at = (inside.len() - 1) * percent;
    let (low, high) = (inside[at / 100], inside[(at / 100 + 1).min(inside.len() - 1)]);
    (f64::from(low) + f64::from(high - low) * (at % 100) as f64 / 100.0) / 8.0
}

/// Each statistic with its scale, and whether these milliseconds (and the samples among them) are good.
type Case = (Statistic, ScaleSpec, fn(&[i32], &[i32]) -> Option<bool>);

fn cases() -> Vec<Case> {
    let band = || (Some("-1".to_owned()), Some("1mm".to_owned()));
    let (low, high) = band();
    let (low_share, high_share) = band();
    vec![
        (Statistic::TimeMean, range("-1", "0.5"), |held, _| {
            let (sum, time) = (held.iter().sum::<i32>(), held.len() as i32);
            Some(sum >= -8 * time && sum <= 4 * time)
        }),
        (Statistic::Integral, range("-0.5", "0.25"), |held, _| {
            let sum = held.iter().sum::<i32>();
            Some((-4_000..=2_000).contains(&sum))
        }),
        (Statistic::TimeInBand { low, high }, range("150ms", "0.4s"), |held, _| {
            Some((150..=400).contains(&held.iter().filter(|x| (-8..=8).contains(*x)).count()))
        }),
        (Statistic::ShareInBand { low: low_share, high: high_share }, range("20%", "60"), |held, _| {
            let inside = held.iter().filter(|x| (-8..=8).contains(*x)).count();
            Some(inside * 100 >= 20 * held.len() && inside * 100 <= 60 * held.len())
        }),
        (Statistic::Last, range("-2", "~"), |held, sampled| Some(*sampled.last().or(held.last())? >= -16)),
        (Statistic::Percentile("90".into()), range("~", "3.5"), |_, sampled| {
            (!sampled.is_empty()).then(|| percentile(sampled.to_vec(), 90) <= 3.5)
        }),
    ]
}

fn outcome(good: Option<bool>) -> Outcome {
    match good {
        Some(true) => Outcome::Met,
        Some(false) => Outcome::Missed,
        None => Outcome::Undecided,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn statistics_over_a_window(rows in rows(), over in 1i64..900) {
        let end = rows[rows.len() - 1].0 + 5;
        let all = figures(&rows);
        for (statistic, scale, judge) in cases() {
            let check = CheckSpec::Figure { statistic: statistic.clone(), of: "x".into(), over: format!("{over}ms"), scale };
            let expected: Vec<_> = risings(&rows, |row| row.1)
                .into_iter()
                .map(|t| {
                    let held: Option<Vec<i32>> = each_ms(&all, t - over, t).into_iter().collect();
                    let sampled: Vec<i32> = all.iter().filter(|(s, _)| *s > t - over && *s <= t).map(|(_, x)| *x).collect();
                    (t, outcome(held.and_then(|held| judge(&held, &sampled))))
                })
                .collect();
            let got = found(rule(PatternSpec::On { event: rises("a"), check: Some(check) }), &rows, end);
            prop_assert_eq!(got, expected, "{:?}", statistic);
        }
    }

    #[test]
    fn statistics_over_a_phase(rows in rows(), tail in 1i64..400) {
        let end = rows[rows.len() - 1].0 + tail;
        let all = figures(&rows);
        for (statistic, scale, judge) in cases() {
            let mut expected = Vec::new();
            for (ix, row) in rows.iter().enumerate().filter(|(ix, row)| row.1 && (*ix == 0 || !rows[ix - 1].1)) {
                let close = rows[ix..].iter().find(|later| !later.1).map(|later| later.0);
                let (open, close) = (row.0, close.unwrap_or(end));
                let held: Vec<i32> = each_ms(&all, open, close).into_iter().flatten().collect();
                let is_last = close == end && rows[rows.len() - 1].1;
                let sampled: Vec<i32> = all
                    .iter()
                    .filter(|(s, _)| *s >= open && (*s < close || (is_last && *s <= close)))
                    .map(|(_, x)| *x)
                    .collect();
                expected.push((close, outcome(judge(&held, &sampled))));
            }
            let figure = RuleSpec {
                during: PhaseSpec::While("a".into()),
                ..rule(PatternSpec::Figure { statistic: statistic.clone(), of: "x".into(), scale })
            };
            prop_assert_eq!(found(figure, &rows, end), expected, "{:?}", statistic);
        }
    }
}

//! The monitors against a slow oracle that looks at the whole trace again for every question, on random traces; and the
//! verdicts of one trace, byte for byte, however it is portioned.

#[path = "oracle/agree.rs"]
mod agree;
mod common;
#[path = "oracle/figures.rs"]
mod figures;
#[path = "oracle/gates.rs"]
mod gates;
#[path = "oracle/pairs.rs"]
mod pairs;
#[path = "oracle/steps.rs"]
mod steps;

use common::*;
use kernel::Nanos;
use proptest::prelude::*;
use referee::*;

/// Rows of one instant each: time in ms, a, b, x in eighths. Everything is known in them.
type Rows = Vec<(i64, bool, bool, i32)>;

fn rows() -> impl Strategy<Value = Rows> {
    let row = (1i64..400, prop::bool::weighted(0.6), prop::bool::weighted(0.4), -40i32..40);
    prop::collection::vec(row, 1..120).prop_map(|steps| {
        let mut now = 0;
        let step = |(step, a, b, x)| {
            now += step;
            (now, a, b, x)
        };
        steps.into_iter().map(step).collect()
    })
}

fn samples(rows: &Rows) -> Vec<Sample> {
    let row = |(at, a, b, x): &(i64, bool, bool, i32)| {
        let values = [Value::Bool(*a), Value::Bool(*b), Value::Real(f64::from(*x) / 8.0)];
        let at = Nanos(at * MS);
        (0..).zip(values).map(move |(ix, value)| Sample { at, signal: SignalIx(ix), value, quality: Quality::Good })
    };
    rows.iter().flat_map(row).collect()
}

fn found(rule: RuleSpec, rows: &Rows, end: i64) -> Vec<(i64, Outcome)> {
    let mut monitor = Monitor::new(set(&[rule]), Nanos(0));
    monitor.observe_all(&samples(rows));
    monitor.finish(Nanos(end * MS));
    monitor.drain().iter().map(|verdict| (verdict.decided_at.0 / MS, verdict.outcome)).collect()
}

/// What a signal was at a time: that of the last row until then.
fn at<T>(rows: &Rows, time: i64, read: impl Fn(&(i64, bool, bool, i32)) -> T) -> Option<T> {
    rows.iter().rev().find(|row| row.0 <= time).map(read)
}

fn risings(rows: &Rows, read: impl Fn(&(i64, bool, bool, i32)) -> bool) -> Vec<i64> {
    rows.windows(2).filter(|pair| !read(&pair[0]) && read(&pair[1])).map(|pair| pair[1].0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_500))]

    #[test]
    fn rises_and_falls(rows in rows()) {
        let end = rows[rows.len() - 1].0 + 5;
        for (trigger, times) in [
            (rises("a"), risings(&rows, |row| row.1)),
            (TriggerSpec::Falls("a || x > 1mm".into()), risings(&rows, |row| !(row.1 || row.3 > 8))),
        ] {
            let got = found(rule(PatternSpec::On { event: trigger, check: None }), &rows, end);
            prop_assert_eq!(got, times.into_iter().map(|t| (t, Outcome::Met)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn holds_for(rows in rows(), lasting in 1i64..900, tail in 0i64..900) {
        let end = rows[rows.len() - 1].0 + tail;
        let so = |row: &(i64, bool, bool, i32)| row.1 && row.3 < 20;
        // Each time is a candidate: it ends an episode's first `lasting` if the condition was true at every row in
        // [t − lasting, t], and the episode began exactly at t − lasting.
        let mut expected = Vec::new();
        for (ix, row) in rows.iter().enumerate() {
            let begins = so(row) && (ix == 0 || !so(&rows[ix - 1]));
            let until = row.0 + lasting;
            let throughout = rows.iter().filter(|other| other.0 >= row.0 && other.0 <= until).all(so);
            if begins && throughout && until <= end {
                expected.push((until, Outcome::Met));
            }
        }
        prop_assert_eq!(found(holds("a && x < 2.5mm", &format!("{lasting}ms")), &rows, end), expected);
    }

    #[test]
    fn then_within(rows in rows(), within in 1i64..900, tail in 0i64..900) {
        let end = rows[rows.len() - 1].0 + tail;
        let (firsts, seconds) = (risings(&rows, |row| row.1), risings(&rows, |row| row.2));
        let mut expected = Vec::new();
        for (ix, first) in firsts.iter().enumerate() {
            let deadline = first + within;
            let answer = seconds.iter().find(|second| *second > first && **second <= deadline);
            let replaced = firsts.get(ix + 1).filter(|next| **next <= deadline);
            match (answer, replaced) {
                (Some(answer), next) if next.is_none_or(|next| answer <= next) => expected.push((*answer, Outcome::Met)),
                (_, Some(_)) => {}
                _ if deadline <= end => expected.push((deadline, Outcome::Missed)),
                _ => expected.push((end, Outcome::Undecided)),
            }
        }
        prop_assert_eq!(found(then("a", "b", &format!("{within}ms")), &rows, end), expected);
    }

    #[test]
    fn windows_and_held_at_an_event(rows in rows(), over in 1i64..900) {
        let end = rows[rows.len() - 1].0 + 5;
        for statistic in [Statistic::Mean, Statistic::Min, Statistic::Max] {
            let check = CheckSpec::Figure {
                statistic: statistic.clone(), of: "x".into(), over: format!("{over}ms"), scale: range("-1", "1.5"),
            };
            let mut expected = Vec::new();
            for t in risings(&rows, |row| row.1) {
                let inside: Vec<f64> = (rows.iter())
                    .filter(|row| row.0 > t - over && row.0 <= t)
                    .map(|row| f64::from(row.3) / 8.0)
                    .collect();
                let figure = match statistic {
                    Statistic::Mean => inside.iter().sum::<f64>() / inside.len() as f64,
                    Statistic::Min => inside.iter().copied().fold(f64::MAX, f64::min),
                    _ => inside.iter().copied().fold(f64::MIN, f64::max),
                };
                let good = (-1.0..=1.5).contains(&figure);
                let covered = rows[0].0 <= t - over;
                let outcome = if good { Outcome::Met } else { Outcome::Missed };
                expected.push((t, if covered { outcome } else { Outcome::Undecided }));
            }
            prop_assert_eq!(found(rule(PatternSpec::On { event: rises("a"), check: Some(check) }), &rows, end), expected);
        }
        let held = CheckSpec::Held { condition: "x < 3mm".into(), lasting: format!("{over}ms") };
        let mut expected = Vec::new();
        for t in risings(&rows, |row| row.1) {
            let from = t - over;
            // What was so at `from`, and at every row after it until t.
            let mut states = vec![at(&rows, from, |row| row.3 < 24)];
            states.extend(rows.iter().filter(|row| row.0 > from && row.0 <= t).map(|row| Some(row.3 < 24)));
            expected.push((t, if states.contains(&Some(false)) {
                Outcome::Missed
            } else if states.contains(&None) {
                Outcome::Undecided
            } else {
                Outcome::Met
            }));
        }
        prop_assert_eq!(found(rule(PatternSpec::On { event: rises("a"), check: Some(held) }), &rows, end), expected);
    }

    #[test]
    fn counts_and_figures_over_a_phase(rows in rows()) {
        let end = rows[rows.len() - 1].0 + 5;
        let count = RuleSpec {
            during: PhaseSpec::While("a".into()),
            ..rule(PatternSpec::Count { event: rises("b"), scale: CountScale::Scale(range("2", "~")) })
        };
        let peak = RuleSpec {
            during: PhaseSpec::While("a".into()),
            ..rule(PatternSpec::Figure { statistic: Statistic::Max, of: "x".into(), scale: range("~", "3") })
        };
        let (mut counts, mut peaks) = (Vec::new(), Vec::new());
        let mut open: Option<(u32, i32)> = None;
        for (ix, row) in rows.iter().enumerate() {
            let outcome = |good| if good { Outcome::Met } else { Outcome::Missed };
            if row.1 {
                let (times, peak) = open.unwrap_or((0, i32::MIN));
                let rose = ix > 0 && !rows[ix - 1].2 && row.2;
                open = Some((times + u32::from(rose), peak.max(row.3)));
            }
            let over = !row.1 || ix + 1 == rows.len();
            if over && let Some((times, peak)) = open.take() {
                let t = if row.1 { end } else { row.0 };
                counts.push((t, outcome(times >= 2)));
                peaks.push((t, outcome(peak <= 24)));
            }
        }
        prop_assert_eq!(found(count, &rows, end), counts);
        prop_assert_eq!(found(peak, &rows, end), peaks);
    }

    /// One recording, any portions: samples of an instant in any order, heartbeats anywhere between, several drains.
    #[test]
    fn the_same_samples_give_the_same_bytes(rows in rows(), cuts in prop::collection::vec(any::<(u8, bool, bool)>(), 120)) {
        let rules = [
            holds("a && x < 2.5mm", "300ms"),
            RuleSpec { id: "then".into(), ..then("a", "b", "250ms") },
            RuleSpec {
                id: "mean".into(),
                ..rule(PatternSpec::On {
                    event: rises("b"),
                    check: Some(CheckSpec::Figure {
                        statistic: Statistic::Mean, of: "x * 0.3".into(), over: "700ms".into(), scale: range("-1", "1"),
                    }),
                })
            },
            RuleSpec {
                id: "fresh".into(),
                ..rule(PatternSpec::On { event: rises("fresh"), check: None })
            },
        ];
        let rules = set(&rules);
        let mut all = samples(&rows);
        for (ix, row) in rows.iter().enumerate().filter(|(ix, _)| ix % 7 == 0) {
            let fresh = Sample { at: Nanos(row.0 * MS), signal: SignalIx(3), value: Value::Bool(ix % 2 == 0), quality: Quality::Good };
            all.push(fresh);
        }
        all.sort_by_key(|sample| sample.at);
        let end = Nanos((rows[rows.len() - 1].0 + 3_000) * MS);
        let mut whole = Monitor::new(rules.clone(), Nanos(0));
        whole.observe_all(&all);
        whole.finish(end);

        let mut portioned = Monitor::new(rules, Nanos(0));
        let mut verdicts = Vec::new();
        let instants: Vec<&[Sample]> = all.chunk_by(|one, other| one.at == other.at).collect();
        for (instant, (wait, drains, turns)) in instants.iter().zip(cuts.iter().cycle()) {
            let before = Nanos(instant[0].at.0 - 1 - i64::from(*wait) * 100_000);
            portioned.advance(before);
            let mut instant = instant.to_vec();
            if *turns {
                instant.reverse();
            }
            portioned.observe_all(&instant);
            if *drains {
                portioned.advance(instant[0].at);
                verdicts.extend(portioned.drain());
            }
        }
        portioned.finish(end);
        verdicts.extend(portioned.drain());
        prop_assert_eq!(format!("{:?}", whole.drain()), format!("{verdicts:?}"));
    }
}

//! What holds for all input.

mod common;

use analysis::judges::{JudgeMark, judge_figures};
use analysis::krippendorff::Bootstrap;
use analysis::{Analysis, By, Limits, Observation, Observations, analyse};
use common::setting;
use kernel::{Mark, Rng};
use proptest::prelude::*;

fn limits() -> Limits {
    Limits { bootstrap: Bootstrap { seed: 3, resamples: 20 }, ..Limits::default() }
}

fn analysed(rows: Vec<Observation>) -> Analysis {
    analyse(&Observations::new(setting(), rows).unwrap(), &limits())
}

/// Few values, so that what is degenerate comes up often.
fn any_rows() -> impl Strategy<Value = Vec<Observation>> {
    let by = prop_oneof![
        4 => (0u32..4).prop_map(By::Judge),
        1 => Just(By::Machine),
        1 => Just(By::Counted),
    ];
    let mark = prop_oneof![Just(0i64), Just(300), Just(100), 0i64..=300];
    let row = (0u32..6, 0u32..4, by, mark, 0u32..2, 0i64..4);
    prop::collection::vec(row, 0..140).prop_map(|rows| {
        let mut seen = std::collections::BTreeSet::new();
        rows.into_iter()
            .filter(|(competitor, aspect, by, ..)| seen.insert((*competitor, *aspect, *by)))
            .map(|(competitor, aspect, by, mark, venue, hour)| Observation {
                competitor,
                aspect,
                by,
                mark: Mark::from_hundredths(mark),
                venue,
                at_ms: hour * 3_600_000,
            })
            .collect()
    })
}

fn full_panel() -> impl Strategy<Value = Vec<JudgeMark>> {
    prop::collection::vec(prop::array::uniform3(0.3f64..0.7), 4..30).prop_map(|things| {
        let things = (0..).zip(things);
        let marks = things.flat_map(|(thing, shares)| {
            (0..).zip(shares).map(move |(judge, share)| JudgeMark {
                competitor: thing / 2,
                aspect: thing % 2,
                judge,
                share,
                at_ms: i64::from(thing * thing) * 60_000,
            })
        });
        marks.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn order_never_matters_and_nothing_is_nan(rows in any_rows(), seed in any::<u64>()) {
        let mut shuffled = rows.clone();
        Rng::from_seed(seed).shuffle(&mut shuffled);
        let found = analysed(rows);
        prop_assert_eq!(&found, &analysed(shuffled));
        let written = format!("{found:?}");
        prop_assert!(!written.contains("NaN") && !written.contains("inf,") && !written.contains("inf "), "{}", written);
    }

    /// His deviation moves by the constant, the others' by their part of it; how steady each is, whom he follows and
    /// how he drifts stay as they were.
    #[test]
    fn a_constant_of_one_judge_is_severity_only(marks in full_panel(), constant in -0.2f64..0.2) {
        let mut moved = marks.clone();
        moved.iter_mut().filter(|mark| mark.judge == 1).for_each(|mark| mark.share += constant);
        for (before, after) in judge_figures(&marks).iter().zip(&judge_figures(&moved)) {
            let by = if before.judge == 1 { constant } else { -constant / 2.0 };
            let (deviation, moved) = (before.deviation.unwrap(), after.deviation.unwrap());
            prop_assert!((deviation.value + by - moved.value).abs() < 1e-9);
            prop_assert!((deviation.error - moved.error).abs() < 1e-9);
            prop_assert!((before.wander.unwrap() - after.wander.unwrap()).abs() < 1e-9);
            prop_assert!((before.follows.unwrap() - after.follows.unwrap()).abs() < 1e-6);
            if let (Ok(drift), Ok(moved)) = (before.drift, after.drift) {
                prop_assert!((drift.value - moved.value).abs() < 1e-7 && (drift.error - moved.error).abs() < 1e-7);
            }
        }
    }

    /// A judge's constant leaves the ICC for consistency as it is; the mean's
    /// consistency is Cronbach's α.
    #[test]
    fn consistency_looks_past_a_constant(marks in full_panel(), constant in -0.2f64..0.2) {
        let table = |constant: f64| {
            let mut rows = vec![vec![None; 3]; marks.len() / 3];
            for mark in &marks {
                let share = mark.share + if mark.judge == 1 { constant } else { 0.0 };
                rows[(mark.competitor * 2 + mark.aspect) as usize][mark.judge as usize] = Some(share);
            }
            analysis::table::Table::from_rows(&rows).unwrap()
        };
        let (before, after) = (analysis::icc::icc(&table(0.0)).unwrap(), analysis::icc::icc(&table(constant)).unwrap());
        let (one, other) = (before.consistency.unwrap(), after.consistency.unwrap());
        prop_assert!((one.value - other.value).abs() < 1e-9 && (one.p - other.p).abs() < 1e-9);
        let alpha = analysis::reliability::reliability(&table(0.0)).unwrap();
        let of_mean = before.mean_consistency.unwrap();
        prop_assert!((alpha.alpha - of_mean.value).abs() < 1e-9);
        let interval = of_mean.interval.unwrap();
        prop_assert!((alpha.interval.low - interval.low).abs() < 1e-6);
        prop_assert!((alpha.interval.high - interval.high).abs() < 1e-6);
    }

    #[test]
    fn shares_lie_within_their_bounds(rows in any_rows()) {
        let found = analysed(rows);
        let share = 0.0..=1.0 + 1e-12;
        for (_, aspect) in &found.aspects {
            let shares = [aspect.difficulty, aspect.full, aspect.zero];
            prop_assert!(shares.iter().flatten().all(|value| share.contains(value)));
            for index in [aspect.item_rest, aspect.upper_lower] {
                prop_assert!(index.is_ok_and(|value| value.abs() <= 1.0 + 1e-9) || index.is_err());
            }
        }
        for (_, ability) in &found.abilities {
            prop_assert!(ability.quartiles.is_sorted() && ability.quartiles.iter().all(|value| share.contains(value)));
            for standing in &ability.standings {
                prop_assert!(share.contains(&standing.share) && share.contains(&standing.percentile));
            }
        }
        for machine in &found.machine {
            prop_assert!(machine.interval.holds(machine.rate) && machine.agreed <= machine.pairs);
        }
        if let Ok(reliability) = found.reliability {
            prop_assert!(reliability.alpha <= 1.0 && reliability.interval.low <= reliability.interval.high);
        }
    }
}

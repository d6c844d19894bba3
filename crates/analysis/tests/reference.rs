//! The figures that other people's packages find on the same values; `reference/make.py` wrote them.

use analysis::abilities::{AbilityMark, ability_figures};
use analysis::aspects::aspect_figures;
use analysis::facets::{Estimation, Facets, Rating, facets};
use analysis::icc::icc;
use analysis::interval::{Point, mean_of, slope_of, wilson};
use analysis::krippendorff::{Bootstrap, Metric, krippendorff};
use analysis::reliability::reliability;
use analysis::table::{Table, correlation, quantile};
use serde_json::Value;

fn reference(of: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("reference/reference.json")).unwrap();
    all[of].clone()
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect()
}

fn table(value: &Value) -> Table {
    let rows: Vec<Vec<Option<f64>>> = value
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row.as_array().unwrap().iter().map(Value::as_f64).collect())
        .collect();
    Table::from_rows(&rows).unwrap()
}

#[track_caller]
fn near(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within * expected.abs().max(1.0), "{found} and not {expected}");
}

#[test]
fn icc_as_pingouin() {
    for case in reference("icc").as_array().unwrap() {
        let found = icc(&table(&case["marks"])).unwrap();
        let forms = [
            found.one_way,
            found.agreement,
            found.consistency,
            found.mean_one_way,
            found.mean_agreement,
            found.mean_consistency,
        ];
        for (form, expected) in forms.iter().zip(case["forms"].as_array().unwrap()) {
            let (form, expected) = (form.unwrap(), floats(expected));
            let interval = form.interval;
            near(form.value, expected[0], 1e-9);
            near(form.f.unwrap(), expected[3], 1e-9);
            assert_eq!(form.freedom, (expected[4], expected[5]));
            near(form.p, expected[6], 1e-9);
            // Where the mean's bound has no sense, pingouin gives one beyond 1.
            match interval {
                Some(interval) => {
                    near(interval.low, expected[1], 1e-8);
                    near(interval.high, expected[2], 1e-8);
                }
                None => assert!(expected[1] > 1.0 || expected[2] > 1.0, "{expected:?}"),
            }
        }
    }
}

#[test]
fn alpha_as_pingouin() {
    let case = reference("alpha");
    let marks = table(&case["marks"]);
    let found = reliability(&marks).unwrap();
    near(found.alpha, case["alpha"].as_f64().unwrap(), 1e-12);
    near(found.interval.low, case["interval"][0].as_f64().unwrap(), 1e-9);
    near(found.interval.high, case["interval"][1].as_f64().unwrap(), 1e-9);
    near(found.error, case["error"].as_f64().unwrap(), 1e-12);
    assert_eq!((found.competitors, found.left_out), (22, 1));
    let aspects = aspect_figures(&marks, &[10.0; 7]);
    for (aspect, figures) in aspects.iter().enumerate() {
        near(found.without[aspect].unwrap(), case["without"][aspect].as_f64().unwrap(), 1e-12);
        near(figures.item_rest.unwrap(), case["item_rest"][aspect].as_f64().unwrap(), 1e-12);
        near(figures.difficulty.unwrap(), case["difficulty"][aspect].as_f64().unwrap(), 1e-12);
        near(figures.full.unwrap(), case["full"][aspect].as_f64().unwrap(), 1e-12);
        near(figures.zero.unwrap(), case["zero"][aspect].as_f64().unwrap(), 1e-12);
    }
}

#[test]
fn krippendorff_as_the_package() {
    for case in reference("krippendorff").as_array().unwrap() {
        for (metric, expected) in
            [Metric::Nominal, Metric::Ordinal, Metric::Interval, Metric::Ratio].into_iter().zip(floats(&case["alpha"]))
        {
            let none = Bootstrap { seed: 0, resamples: 0 };
            near(krippendorff(&table(&case["marks"]), metric, none).unwrap().alpha, expected, 1e-10);
        }
    }
}

/// 6000 resamples there and here; the bounds of a bootstrap of that size stand still to some 0.01.
#[test]
fn bootstrap_as_with_the_package() {
    let marks = table(&reference("krippendorff")[1]["marks"]);
    let found = krippendorff(&marks, Metric::Ordinal, Bootstrap { seed: 11, resamples: 6000 }).unwrap();
    let (interval, expected) = (found.interval.unwrap(), floats(&reference("krippendorff_bootstrap")));
    near(interval.low, expected[0], 0.01);
    near(interval.high, expected[1], 0.01);
}

#[test]
fn standings_as_scipy() {
    let case = reference("percentiles");
    let marks: Vec<AbilityMark> = floats(&case["marks"])
        .iter()
        .zip(0..)
        .map(|(mark, competitor)| AbilityMark { competitor, aspect: 0, mark: *mark, max: 10.0 })
        .collect();
    let found = ability_figures(&marks).unwrap();
    for (standing, expected) in found.standings.iter().zip(floats(&case["percentiles"])) {
        near(standing.percentile, expected, 1e-12);
    }
    for (quartile, expected) in found.quartiles.iter().zip(floats(&case["quartiles"])) {
        near(*quartile, expected, 1e-12);
    }
}

#[test]
fn clusters_as_statsmodels() {
    let case = reference("clustered");
    let points: Vec<Point> = case["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(floats)
        .map(|point| Point { cluster: point[0] as u32, x: point[1], y: point[2] })
        .collect();
    for (found, expected) in [(mean_of(&points), &case["mean"]), (slope_of(&points), &case["slope"])] {
        let (found, expected) = (found.unwrap(), floats(expected));
        near(found.value, expected[0], 1e-10);
        near(found.error, expected[1], 1e-10);
        near(found.interval.low, expected[2], 1e-9);
        near(found.interval.high, expected[3], 1e-9);
    }
}

#[test]
fn rates_and_quantiles_as_statsmodels_and_numpy() {
    for case in reference("wilson").as_array().unwrap() {
        let case = floats(case);
        let found = wilson(case[0] as usize, case[1] as usize).unwrap();
        near(found.low, case[2], 1e-12);
        near(found.high, case[3], 1e-12);
    }
    let case = reference("quantiles");
    for at in case["at"].as_array().unwrap() {
        near(quantile(&floats(&case["values"]), at[0].as_f64().unwrap()).unwrap(), at[1].as_f64().unwrap(), 1e-12);
    }
}

fn fitted(case: &Value, estimation: Estimation) -> Facets {
    let scale_of = case.get("scale_of").map(floats);
    let ratings: Vec<Rating> = case["ratings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| floats(row).iter().map(|one| *one as u32).collect::<Vec<_>>())
        .map(|row| Rating {
            competitor: row[0],
            aspect: row[1],
            judge: row[2],
            scale: scale_of.as_ref().map_or(0, |scales| scales[row[1] as usize] as u32),
            category: row[3],
        })
        .collect();
    facets(&ratings, estimation).unwrap()
}

/// Measures, standard errors, fit and likelihood: yes or no as a logistic regression in statsmodels; four categories as
/// scipy maximises them.
#[test]
fn facets_as_a_likelihood_written_by_others() {
    for name in ["facets_yes_no", "facets_rating_scale", "facets_partial_credit"] {
        let case = reference(name);
        let found = fitted(&case, Estimation::Joint);
        near(found.log_likelihood, case["log_likelihood"].as_f64().unwrap(), 1e-9);
        let (logits, errors) = (floats(&case["logits"]), floats(&case["errors"]));
        let measures: Vec<_> = found.competitors.iter().chain(&found.aspects).chain(&found.judges).collect();
        for (at, measure) in measures.iter().enumerate() {
            near(measure.logits, logits[at], 1e-7);
            near(measure.error, errors[at], 1e-7);
            let (fit, expected) = (measure.fit.unwrap(), floats(&case["fit"][at]));
            near(fit.infit, expected[0], 1e-7);
            near(fit.outfit, expected[1], 1e-7);
        }
        let thresholds: Vec<_> = found.scales.iter().flat_map(|scale| &scale.thresholds).collect();
        if thresholds.len() > 1 {
            assert_eq!(measures.len() + thresholds.len(), logits.len());
            for ((logit, error), at) in thresholds.into_iter().zip(measures.len()..) {
                near(*logit, logits[at], 1e-7);
                near(*error, errors[at], 1e-7);
            }
        }
    }
}

/// The corrected likelihood, written by hand in Python with derivatives by differences; and the exact conditional
/// likelihood of statsmodels, from which the corrected one may differ by some 1/L², here some 1/15².
#[test]
fn corrected_facets_as_scipy_and_statsmodels() {
    for name in ["facets_rating_scale", "facets_partial_credit"] {
        let case = reference(name);
        let found = fitted(&case, Estimation::Corrected);
        let measures =
            found.competitors.iter().chain(&found.aspects).chain(&found.judges).map(|measure| measure.logits);
        let thresholds = found.scales.iter().flat_map(|scale| &scale.thresholds).map(|(threshold, _)| *threshold);
        let found: Vec<f64> = measures.chain(thresholds).collect();
        let expected = floats(&case["corrected"]);
        assert_eq!(found.len(), expected.len());
        found.iter().zip(expected).for_each(|(found, expected)| near(*found, expected, 1e-6));
    }
    let case = reference("facets_yes_no");
    let [joint, corrected] = [Estimation::Joint, Estimation::Corrected].map(|estimation| {
        let found = fitted(&case, estimation);
        found.aspects.iter().chain(&found.judges).map(|measure| measure.logits).collect::<Vec<_>>()
    });
    let expected = floats(&case["conditional"]);
    let apart = |found: &[f64]| found.iter().zip(&expected).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
    assert!(apart(&joint) > 0.04 && apart(&corrected) < 0.005, "{} {}", apart(&joint), apart(&corrected));
}

/// girth stretches abilities to deviation 1 between its steps, so that its difficulties are the same but for a factor.
#[test]
fn rasch_as_girth_but_for_its_unit() {
    let case = reference("girth");
    let found: Vec<f64> = fitted(&case, Estimation::Joint).aspects.iter().map(|aspect| aspect.logits).collect();
    assert!(correlation(&found, &floats(&case["difficulty"])).unwrap() > 0.9999);
}

/// raschpy estimates conditionally, and smooths thresholds by a constant, for which they get more room.
#[test]
fn many_facets_as_raschpy() {
    let case = reference("raschpy");
    let found = fitted(&case, Estimation::Corrected);
    let thresholds: Vec<f64> = found.scales[0].thresholds.iter().map(|(threshold, _)| *threshold).collect();
    let logits = |measures: &[analysis::facets::Measure]| measures.iter().map(|one| one.logits).collect::<Vec<_>>();
    for (found, expected, within) in [
        (logits(&found.aspects), "difficulty", 0.03),
        (logits(&found.judges), "severity", 0.03),
        (thresholds, "threshold", 0.05),
    ] {
        for (found, expected) in found.iter().zip(floats(&case[expected])) {
            near(*found, expected, within);
        }
    }
}

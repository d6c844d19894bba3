//! Figures against published worked examples and against numpy, pandas and pingouin (`reference/make.py`).

mod common;

use common::mark;
use exam::statistics::distractors::{Chosen, distractors};
use exam::statistics::equating::*;
use exam::statistics::items::item_figures;
use exam::statistics::{Moments, Paired};
use kernel::{Mark, Rng};
use serde_json::Value;

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/reference.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect()
}

fn near(found: f64, wanted: f64, by: f64) {
    assert!((found - wanted).abs() <= by, "{found} instead of {wanted}");
}

#[test]
fn items_agree_with_pandas_and_pingouin() {
    let all = &reference()["items"];
    let rows: Vec<Vec<Option<Mark>>> = all["marks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| numbers(row).into_iter().map(|one| Some(mark((one * 100.0) as i64))).collect())
        .collect();
    let found = item_figures(&rows, &[mark(100); 12]).unwrap();
    for (item, (p, discrimination)) in
        found.items.iter().zip(numbers(&all["p"]).into_iter().zip(numbers(&all["discrimination"])))
    {
        near(item.p.unwrap(), p, 1e-12);
        near(item.discrimination.unwrap(), discrimination, 1e-12);
        let interval = item.p_interval.unwrap();
        assert!(interval.holds(p) && interval.low > 0.0 && interval.high < 1.0);
        let measured = item.measured().unwrap();
        assert_eq!((measured.difficulty, measured.answers), ((1000.0 * (1.0 - p)).round() as u16, 60));
    }
    let reliability = found.reliability.unwrap();
    near(reliability.alpha, all["alpha"].as_f64().unwrap(), 1e-12);
    near(reliability.error, all["error"].as_f64().unwrap(), 1e-12);
    assert!(reliability.interval.holds(reliability.alpha));
}

#[test]
fn figures_that_cannot_be_are_named() {
    assert!(item_figures(&[vec![None]], &[]).is_none());
    assert!(item_figures(&[vec![Some(mark(0))]], &[mark(0)]).is_none());
    let found = item_figures(&vec![vec![Some(mark(100)); 2]; 5], &[mark(100); 2]).unwrap();
    assert!(found.reliability.is_err() && found.items[0].discrimination.is_err());
    assert_eq!(found.items[0].measured().unwrap().difficulty, 0);
    let nobody = item_figures(&[], &[mark(100); 2]).unwrap();
    assert!(nobody.items.iter().all(|item| item.p.is_none() && item.measured().is_none()));
}

/// By hand: nine candidates with totals 1 to 9, so that each third has three.
#[test]
fn distractors_by_thirds() {
    let chosen = |total: u32, option| Chosen { total: f64::from(total), option };
    let field = [
        chosen(9, Some(0)),
        chosen(8, Some(0)),
        chosen(7, Some(2)),
        chosen(6, Some(0)),
        chosen(5, Some(1)),
        chosen(4, None),
        chosen(3, Some(1)),
        chosen(2, Some(1)),
        chosen(1, Some(0)),
    ];
    let found = distractors(&field, 4, 0).unwrap();
    let third = |count: f64| Some(count / 3.0);
    let row = |at: usize| {
        (found.options[at].chosen, found.options[at].upper, found.options[at].middle, found.options[at].lower)
    };
    assert_eq!(row(0), (4, third(2.0), third(1.0), third(1.0)));
    assert_eq!(row(1), (3, third(0.0), third(1.0), third(2.0)));
    assert_eq!(row(2), (1, third(1.0), third(0.0), third(0.0)));
    assert_eq!((found.idle, found.misleading, found.empty), (vec![3], vec![2], 1.0 / 9.0));
}

/// Four are level over the edge of two thirds: each counts in both by the share that the edge cuts.
#[test]
fn who_are_level_stand_in_both_thirds() {
    let field = [1.0, 5.0, 5.0, 5.0, 5.0, 9.0].map(|total| Chosen { total, option: Some(usize::from(total == 5.0)) });
    let found = distractors(&field, 2, 0).unwrap();
    let rates = found.options[1];
    near(rates.lower.unwrap(), 0.5, 1e-12);
    near(rates.middle.unwrap(), 1.0, 1e-12);
    near(rates.upper.unwrap(), 0.5, 1e-12);
    let one = Chosen { total: 1.0, option: None };
    for (field, options, right) in [
        (vec![], 2, 0),
        (vec![one], 2, 2),
        (vec![Chosen { option: Some(2), ..one }], 2, 0),
        (vec![Chosen { total: f64::NAN, ..one }], 2, 0),
    ] {
        assert!(distractors(&field, options, right).is_none());
    }
}

/// Kolen and Brennan 2014, section 2.4: the ACT Mathematics forms, X with mean 19.8524 and deviation 8.2116, Y with 18.9798
/// and 8.9393: slope 1.0886, intercept −2.6319.
#[test]
fn mean_and_sigma_as_published() {
    let form = |mean, deviation| Moments { n: 4000, mean, deviation, skewness: 0.0, kurtosis: 3.0 };
    let line = mean_sigma(form(19.8524, 8.2116), form(18.9798, 8.9393)).unwrap();
    near(line.slope, 1.0886, 5e-5);
    near(line.intercept, -2.6319, 5e-4);
}

/// Kolen and Brennan 2014, table 4.4 and what follows: 36 items, an anchor of 12, weight 1 on group 1.
#[test]
fn tucker_as_published() {
    let x = Paired {
        form_mean: 15.8205,
        form_deviation: 6.5278,
        anchor_mean: 5.1063,
        anchor_deviation: 2.3760,
        covariance: 13.4088,
    };
    let y = Paired {
        form_mean: 18.6728,
        form_deviation: 6.8784,
        anchor_mean: 5.8626,
        anchor_deviation: 2.4515,
        covariance: 14.7603,
    };
    let line = tucker(x, y, 1.0).unwrap();
    near(line.slope, 1.0289, 5e-5);
    near(line.intercept, 0.5370, 5e-4);
}

fn pairs(value: &Value) -> Vec<(f64, f64)> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| {
            let pair = numbers(pair);
            (pair[0], pair[1])
        })
        .collect()
}

#[test]
fn equating_agrees_with_numpy() {
    let all = &reference()["equating"];
    let (x, y) = (pairs(&all["x"]), pairs(&all["y"]));
    let (px, py) = (Paired::of(&x).unwrap(), Paired::of(&y).unwrap());
    let form = |group: &[(f64, f64)]| Moments::of(&group.iter().map(|one| one.0).collect::<Vec<_>>()).unwrap();
    let (mx, my) = (form(&x), form(&y));
    for (line, wanted) in [
        (tucker(px, py, 1.0), "tucker"),
        (tucker(px, py, 0.5), "tucker_half"),
        (chained(px, py), "chained"),
        (mean_sigma(mx, my), "mean_sigma"),
    ] {
        let (line, wanted) = (line.unwrap(), numbers(&all[wanted]));
        near(line.slope, wanted[0], 1e-10);
        near(line.intercept, wanted[1], 1e-9);
    }
    // Bootstrap of 4000 there and 2000 here: each is known to about 1.6 % and 1.1 %; the delta method is an approximation.
    for row in all["errors"].as_array().unwrap() {
        let row = numbers(row);
        for (method, wanted) in [(Method::Tucker, row[1]), (Method::Chained, row[2])] {
            let found = anchored_error(method, &x, &y, row[0], 2000, &mut Rng::from_seed(3)).unwrap();
            near(found, wanted, 0.08 * wanted);
        }
        near(mean_sigma_error(mx, my, row[0]), row[3], 0.08 * row[3]);
    }
}

#[test]
fn what_cannot_be_equated_is_not() {
    assert!(
        Moments::of(&[1.0]).is_none() && Moments::of(&[2.0, 2.0]).is_none() && Moments::of(&[1.0, f64::NAN]).is_none()
    );
    assert!(Paired::of(&[(1.0, 2.0), (2.0, 2.0)]).is_none());
    assert!(anchored_error(Method::Tucker, &[], &[], 1.0, 10, &mut Rng::from_seed(1)).is_none());
    let group = [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)];
    let paired = Paired::of(&group).unwrap();
    for line in [tucker(paired, paired, 1.0), chained(paired, paired)] {
        near(line.unwrap().at(2.5), 2.5, 1e-12);
    }
}

use kernel::Rng;
use proptest::prelude::*;

use super::Estimation::{Corrected, Joint};
use super::*;

fn rating(competitor: u32, aspect: u32, judge: u32, category: u32) -> Rating {
    Rating { competitor, aspect, judge, scale: 0, category }
}

fn of(measures: &[Measure], of: u32) -> Measure {
    *measures.iter().find(|measure| measure.of == of).unwrap()
}

/// By hand: two aspects, yes or no, one judge. Only who has one of two right is in the estimate; of those, 3 of 4 have
/// the first right. With the difficulties at −d and d everybody's ability is 0, and with s = 1/(1+e^−d) the likelihood
/// is s⁶ (1−s)²: joint maximum at s = 3/4, d = ln 3. (The conditional one is half of that; Andersen, *Discrete
/// Statistical Models with Social Science Applications*, 1980.) V = 2 s (1−s) for each of the four, so that the
/// corrected likelihood is s⁸ (1−s)⁴: s = 2/3, d = ln 2. Two ratings are the worst case there is, and most of the bias
/// is gone.
#[test]
fn two_aspects_by_hand() {
    let rights: [[u32; 2]; 6] = [[1, 0], [1, 0], [1, 0], [0, 1], [1, 1], [0, 0]];
    let ratings: Vec<Rating> = (0..6)
        .flat_map(|competitor| {
            (0..2).map(move |aspect| rating(competitor, aspect, 0, rights[competitor as usize][aspect as usize]))
        })
        .collect();
    for (estimation, apart) in [(Joint, 3.0_f64.ln()), (Corrected, 2.0_f64.ln())] {
        let found = facets(&ratings, estimation).unwrap();
        let (first, second) = (of(&found.aspects, 0), of(&found.aspects, 1));
        assert!((first.logits + apart).abs() < 1e-8 && (second.logits - apart).abs() < 1e-8, "{found:?}");
        assert!(of(&found.competitors, 0).logits.abs() < 1e-8);
        assert!(of(&found.judges, 0).logits.abs() < 1e-8 && of(&found.judges, 0).error < 1e-6);
        // Of 2 points, 1.7, with one aspect to either side.
        let best = of(&found.competitors, 4);
        let expected: f64 = [-1.0, 1.0].iter().map(|side| 1.0 / (1.0 + (side * apart - best.logits).exp())).sum();
        assert!(best.extreme && best.fit.is_none() && (expected - 1.7).abs() < 1e-9, "{best:?}");
        assert!((of(&found.competitors, 5).logits + best.logits).abs() < 1e-9);
    }
}

/// Competitors × aspects × judges from known measures, on a scale of four categories.
fn simulated(seed: u64, competitors: u32, aspects: u32, severities: &[f64]) -> (Vec<Rating>, Vec<f64>, Vec<f64>) {
    let mut rng = Rng::from_seed(seed);
    let abilities: Vec<f64> = (0..competitors).map(|_| rng.gauss()).collect();
    let difficulties: Vec<f64> = (0..aspects).map(|at| 2.0 * f64::from(at) / f64::from(aspects - 1) - 1.0).collect();
    let thresholds = [-1.2, 0.0, 1.2];
    let mut ratings = Vec::new();
    for (competitor, ability) in (0..).zip(&abilities) {
        for (aspect, difficulty) in (0..).zip(&difficulties) {
            for (judge, severity) in (0..).zip(severities) {
                let mut p = Vec::new();
                newton::probabilities(ability - difficulty - severity, &thresholds, &mut p);
                let mut left = rng.unit();
                let category = p.iter().position(|share| {
                    left -= share;
                    left < 0.0
                });
                ratings.push(rating(competitor, aspect, judge, category.unwrap_or(3) as u32));
            }
        }
    }
    (ratings, abilities, difficulties)
}

/// 77 competitors, 20 aspects, 3 judges: what was put in comes out, within what the standard errors say.
#[test]
fn known_measures_are_recovered() {
    let severities = [0.5, 0.0, -0.5];
    let (ratings, abilities, difficulties) = simulated(20_261, 77, 20, &severities);
    let found = facets(&ratings, Corrected).unwrap();
    assert_eq!((found.competitors.len(), found.aspects.len(), found.judges.len()), (77, 20, 3));
    let scores = |measures: &[Measure], known: &[f64]| -> Vec<f64> {
        measures.iter().map(|one| (one.logits - known[one.of as usize]) / one.error).collect()
    };
    for (facet, known) in [(&found.aspects, &difficulties[..]), (&found.judges, &severities[..])] {
        let worst = scores(facet, known).iter().fold(0.0_f64, |most, score| most.max(score.abs()));
        assert!(worst < 3.5, "{worst}: {facet:?}");
    }
    let of_abilities = scores(&found.competitors, &abilities);
    let squared = of_abilities.iter().map(|score| score * score).sum::<f64>() / 77.0;
    assert!((0.6..1.5).contains(&squared), "the errors should be as great as they say: {squared}");
    for ((threshold, error), known) in found.scales[0].thresholds.iter().zip([-1.2, 0.0, 1.2]) {
        assert!((threshold - known).abs() < 3.5 * error, "{:?}", found.scales);
    }
    for measure in found.aspects.iter().chain(&found.judges) {
        let fit = measure.fit.unwrap();
        assert!((0.75..1.3).contains(&fit.infit) && (0.75..1.3).contains(&fit.outfit), "{measure:?}");
    }
    assert!(found.separation().unwrap() > 0.9);
}

/// Over thirty contests with 24 ratings of each competitor, joint estimates lie too far out, by 4 % and more; corrected
/// ones don't.
#[test]
fn the_correction_takes_the_bias_away() {
    let severities = [0.6, 0.0, -0.6];
    let mut stretch = [[0.0; 2]; 2];
    for seed in 0..30 {
        let (ratings, ..) = simulated(1000 + seed, 100, 8, &severities);
        for (stretch, estimation) in stretch.iter_mut().zip([Joint, Corrected]) {
            let found = facets(&ratings, estimation).unwrap();
            let thresholds = &found.scales[0].thresholds;
            stretch[0] += (found.judges[0].logits - found.judges[2].logits) / 1.2 / 30.0;
            stretch[1] += (thresholds[2].0 - thresholds[0].0) / 2.4 / 30.0;
        }
    }
    let [joint, corrected] = stretch;
    assert!(joint[0] > 1.03 && joint[1] > 1.05, "{joint:?}");
    assert!((corrected[0] - 1.0).abs() < 0.02 && (corrected[1] - 1.0).abs() < 0.02, "{corrected:?}");
}

/// A judge who throws dice has more noise than the model expects, and nobody else has.
#[test]
fn an_erratic_judge_misfits() {
    let (mut ratings, ..) = simulated(5, 60, 10, &[0.0; 4]);
    let mut rng = Rng::from_seed(1);
    ratings.iter_mut().filter(|rating| rating.judge == 2).for_each(|rating| rating.category = rng.below(4) as u32);
    let found = facets(&ratings, Corrected).unwrap();
    let infits: Vec<f64> = found.judges.iter().map(|judge| judge.fit.unwrap().infit).collect();
    assert!(
        infits[2] > 1.4 && infits.iter().enumerate().all(|(judge, infit)| judge == 2 || *infit < 1.1),
        "{infits:?}"
    );
}

/// Two venues with panels of their own: severities are compared within a venue only, and each venue's have mean 0.
#[test]
fn panels_that_never_meet_are_not_compared() {
    let (mut ratings, ..) = simulated(9, 40, 8, &[0.4, -0.4, 0.4, -0.4]);
    ratings.retain(|rating| (rating.competitor < 20) == (rating.judge < 2));
    let found = facets(&ratings, Corrected).unwrap();
    let subsets: Vec<u32> = found.judges.iter().map(|judge| judge.subset).collect();
    assert_eq!(subsets, [0, 0, 1, 1]);
    assert_eq!((of(&found.competitors, 0).subset, of(&found.competitors, 39).subset), (0, 1));
    assert!(found.aspects.iter().all(|aspect| aspect.subset == 0));
    for pair in found.judges.chunks(2) {
        assert!((pair[0].logits + pair[1].logits).abs() < 1e-8 && (pair[0].logits - 0.4).abs() < 0.3, "{pair:?}");
    }
    // One competitor whom both panels mark joins them.
    let (all, ..) = simulated(9, 40, 8, &[0.4, -0.4, 0.4, -0.4]);
    ratings.extend(all.iter().filter(|rating| rating.competitor == 0 && rating.judge >= 2));
    assert!(facets(&ratings, Corrected).unwrap().judges.iter().all(|judge| judge.subset == 0));
}

/// Partial credit: each aspect has its own steps, one of them yes or no; a category that nobody gave is passed over.
#[test]
fn scales_of_their_own() {
    let (mut ratings, ..) = simulated(31, 60, 3, &[0.2, -0.2]);
    for rating in &mut ratings {
        rating.scale = rating.aspect;
        match rating.aspect {
            0 => rating.category = u32::from(rating.category > 1),
            1 => rating.category = [0, 1, 3, 3][rating.category as usize],
            _ => {}
        }
    }
    let found = facets(&ratings, Corrected).unwrap();
    let categories: Vec<&[u32]> = found.scales.iter().map(|scale| scale.categories.as_slice()).collect();
    assert_eq!(categories, [&[0, 1][..], &[0, 1, 3], &[0, 1, 2, 3]]);
    for scale in &found.scales {
        assert!(scale.thresholds.iter().map(|(threshold, _)| threshold).sum::<f64>().abs() < 1e-8);
    }
    assert!(found.aspects.iter().map(|aspect| aspect.logits).sum::<f64>().abs() < 1e-8);
}

#[test]
fn what_says_nothing_says_why() {
    assert_eq!(facets(&[], Corrected), Err(Lack::Marks { has: 0, needs: 1 }));
    assert_eq!(facets(&[rating(0, 0, 0, 2); 3], Corrected), Err(Lack::OnlyExtremes));
    let ladder: Vec<Rating> = (0..3).flat_map(|n| (0..3).map(move |i| rating(n, i, 0, u32::from(n > i)))).collect();
    assert_eq!(facets(&ladder, Corrected), Err(Lack::OnlyExtremes), "a perfect ladder is taken down from both ends");
    // Two competitors and two aspects that each part alone could settle, but ordered without overlap between the
    // halves.
    let halves: Vec<Rating> = [[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 1, 0], [1, 1, 0, 1]]
        .iter()
        .zip(0..)
        .flat_map(|(row, n)| row.iter().zip(0..).map(move |(category, i)| rating(n, i, 0, *category)))
        .collect();
    assert_eq!(facets(&halves, Corrected), Err(Lack::Separated));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn order_does_not_matter_and_nothing_is_nan(
        cells in prop::collection::vec((0u32..6, 0u32..4, 0u32..3, 0u32..4), 1..120),
        seed in any::<u64>(),
    ) {
        let ratings: Vec<Rating> = cells.iter().map(|(n, i, j, k)| rating(*n, *i, *j, *k)).collect();
        let mut shuffled = ratings.clone();
        Rng::from_seed(seed).shuffle(&mut shuffled);
        let found = facets(&ratings, Corrected);
        prop_assert_eq!(&found, &facets(&shuffled, Corrected));
        if let Ok(found) = found {
            for measure in found.competitors.iter().chain(&found.aspects).chain(&found.judges) {
                prop_assert!(measure.logits.abs() < 60.0 && measure.error.is_finite());
                prop_assert!(measure.extreme || measure.logits.abs() < 40.0);
                if let Some(fit) = measure.fit {
                    prop_assert!(fit.infit.is_finite() && fit.outfit.is_finite());
                }
            }
        }
    }
}

//! What is rechecked: the first of the ranking and a sample within its bounds, drawn again by anybody.

use kernel::{Mark, Seed};
use marking::*;
use proptest::prelude::*;

fn seed(text: &str) -> Seed {
    text.parse().unwrap()
}

fn rule(top_ranks: Option<u32>, top_share: Option<&str>, sample: &str) -> RecheckRule {
    let share = |text: &str| text.parse::<Share>().unwrap();
    RecheckRule {
        over: Over::WholeField,
        top_ranks,
        top_share: top_share.map(share),
        sample: share(sample),
        error_rate_max: share("5%"),
        tolerance: Mark::from_hundredths(1),
    }
}

/// Ranks as given; 0 for who has none.
fn division(ranks: &[u32]) -> Division<u32> {
    let contender = |(at, rank): (usize, &u32)| Contender {
        who: at as u32,
        rank: (*rank > 0).then_some(*rank),
        total: Mark::ZERO,
        practice: Mark::ZERO,
        theory: Mark::ZERO,
        withdrawn: false,
    };
    Division { group: None, contenders: ranks.iter().enumerate().map(contender).collect() }
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("ent_{at:03}")).collect()
}

#[test]
fn the_greater_of_ranks_and_share_is_rechecked() {
    for (top_ranks, top_share, ranked, expected) in [
        (Some(10), Some("30%"), 77, 24),
        (Some(10), Some("30%"), 20, 10),
        (Some(10), None, 77, 10),
        (None, Some("30%"), 77, 24),
        (Some(10), Some("30%"), 4, 4),
        (Some(10), Some("30%"), 0, 0),
    ] {
        assert_eq!(rule(top_ranks, top_share, "15%").top_of(ranked), expected, "{top_ranks:?} {top_share:?} {ranked}");
    }
    // The second rank is shared by three: all of them, though two would do.
    let ids = ids(6);
    let choices =
        rule(Some(2), None, "15%")
            .choose(&seed("a seed of sixteen"), None, &division(&[1, 2, 2, 2, 5, 0]), |who| &ids[who as usize]);
    let top: Vec<u32> = choices.iter().filter(|choice| choice.chosen == Chosen::Top).map(|choice| choice.who).collect();
    assert_eq!(top, [0, 1, 2, 3]);
    assert_eq!(choices.len(), 5, "who has no rank has nothing to recheck");
    assert_eq!(
        (choices[0].reason.zh.as_str(), choices[0].reason.en.as_str()),
        ("第 1 名：前 2 名必须核查。", "Rank 1: the first 2 are always rechecked.")
    );
    assert_eq!(choices[4].chosen, Chosen::Sampled { lot: 1 });
    assert_eq!(
        (choices[4].reason.zh.as_str(), choices[4].reason.en.as_str()),
        ("第 5 名：抽得 1 号签，前 1 号核查。", "Rank 5: drew lot 1; lots up to 1 are rechecked.")
    );
}

#[test]
fn too_many_errors_mean_that_all_is_rechecked() {
    let finding =
        |given: i64, found: i64| Finding { given: Mark::from_hundredths(given), found: Mark::from_hundredths(found) };
    let rule = rule(Some(10), None, "15%");
    // A hundredth off is not wrong by this rule, two are, whichever way.
    assert_eq!(
        [(100, 101), (101, 100), (100, 102), (102, 100)].map(|(given, found)| rule.is_wrong(finding(given, found))),
        [false, false, true, true]
    );
    for (checked, errors, zh, en) in [
        (0, 0, "尚未核查任何评分。", "Nothing has been rechecked yet."),
        (
            40,
            2,
            "核查 40 项评分，2 项有误，错误率 5.00%，未超过 5% 的限值。",
            "40 marks rechecked, 2 wrong, 5.00%, within the limit of 5%.",
        ),
        (
            39,
            2,
            "核查 39 项评分，2 项有误，错误率 5.13%，超过 5% 的限值，须全部核查。",
            "39 marks rechecked, 2 wrong, 5.13%, more than the limit of 5%: all marks are rechecked.",
        ),
    ] {
        let findings: Vec<Finding> = (0..checked).map(|at| finding(100, if at < errors { 200 } else { 100 })).collect();
        let outcome = rule.outcome(&findings);
        assert_eq!((outcome.checked, outcome.errors, outcome.all_again), (checked, errors, checked == 39));
        assert_eq!((outcome.says.zh.as_str(), outcome.says.en.as_str()), (zh, en));
    }
}

proptest! {
    #[test]
    fn the_sample_is_within_its_bounds_and_is_drawn_again(
        keys in prop::collection::vec(prop::option::weighted(0.9, 0u32..12), 0..40),
        top_ranks in prop::option::of(0u32..12),
        top_share in 0u32..10_001,
        sample in 0u32..10_001,
        text in "[a-z]{16,40}",
        shuffle: u64,
    ) {
        let ranks: Vec<u32> = keys.iter().map(|key| key.map_or(0, |key| keys.iter().flatten().filter(|other| **other < key).count() as u32 + 1)).collect();
        let share = |hundredths| Share::from_hundredths_of_percent(hundredths).unwrap();
        let rule = RecheckRule { top_share: Some(share(top_share)), sample: share(sample), ..rule(top_ranks, None, "15%") };
        let (ids, seed) = (ids(keys.len()), seed(&text));
        let mut division = division(&ranks);
        let choices = rule.choose(&seed, None, &division, |who| &ids[who as usize]);
        kernel::Rng::from_seed(shuffle).shuffle(&mut division.contenders);
        prop_assert_eq!(&choices, &rule.choose(&seed, None, &division, |who| &ids[who as usize]), "the order of arrival never matters");

        let ranked = division.ranked();
        prop_assert_eq!(choices.len() as u32, ranked);
        let top = rule.top_of(ranked);
        prop_assert!(top >= top_ranks.unwrap_or(0).min(ranked) && u64::from(top) * 10_000 >= u64::from(top_share) * u64::from(ranked));
        let is_top = |choice: &&Choice<u32>| choice.chosen == Chosen::Top;
        prop_assert!(choices.iter().all(|choice| (choice.rank <= top) == is_top(&choice)));
        let others = choices.iter().filter(|choice| !is_top(choice)).count() as u32;
        let sampled = choices.iter().filter(|choice| matches!(choice.chosen, Chosen::Sampled { .. })).count() as u32;
        // At least the share, and less than one more.
        let wanted = u64::from(sample) * u64::from(others);
        prop_assert!(u64::from(sampled) * 10_000 >= wanted && u64::from(sampled) * 10_000 < wanted + 10_000);
        let mut lots: Vec<u32> = choices.iter().filter_map(|choice| match choice.chosen {
            Chosen::Sampled { lot } | Chosen::NotDrawn { lot } => Some(lot),
            Chosen::Top => None,
        }).collect();
        lots.sort_unstable();
        prop_assert_eq!(lots, (1..=others).collect::<Vec<_>>());
    }
}

/// Each of ten is sampled as often as another: χ² with 9 degrees of freedom is below 27.9 in 999 of 1,000 fair cases.
#[test]
fn nobody_is_spared_or_singled_out() {
    let (rule, ids) = (rule(None, Some("0%"), "20%"), ids(10));
    let division = division(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    let mut counts = [0i64; 10];
    let trials = 5_000;
    for at in 0..trials {
        let choices = rule.choose(&seed(&format!("a fair seed no. {at}")), None, &division, |who| &ids[who as usize]);
        choices
            .iter()
            .filter(|choice| choice.chosen.is_rechecked())
            .for_each(|choice| counts[choice.who as usize] += 1);
    }
    let expected = trials * 2 / 10;
    let chi_square: i64 = counts.iter().map(|count| (count - expected).pow(2)).sum::<i64>() / expected;
    assert!(chi_square < 28, "{chi_square} {counts:?}");
    let of = |group| rule.choose(&seed("a seed of sixteen"), group, &division, |who| &ids[who as usize]);
    assert_ne!(of(Some("workers")), of(Some("teachers")), "each group has lots of its own");
}

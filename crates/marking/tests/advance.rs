//! Who goes on from one tier to the next: the laws, and cases where the edges are.

use std::collections::BTreeMap;

use kernel::Mark;
use marking::advance::Outcome;
use marking::{AdvanceRule, Advanced, Candidate, ChainLink, Declined, Over, Places, Rounding, ShareOf, Stands, Ties};
use proptest::prelude::*;

type One = Candidate<u32, u32>;

fn one(who: u32, organisation: u32, rank: Option<u32>, total: i64) -> One {
    let mark = Mark::from_hundredths;
    let total = mark(total);
    Candidate {
        who,
        organisation,
        rank,
        total,
        practice: mark(0),
        theory: mark(0),
        time_ms: None,
        stands: Stands::Open,
    }
}

fn rule(places: u32, ties: Ties) -> AdvanceRule {
    AdvanceRule {
        over: Over::WholeField,
        places: Places::First(places),
        per_organisation: None,
        total_min: None,
        ties,
        declined: Declined::Replaced,
    }
}

/// Who goes on, and who stands in line at which place, by `who`.
fn told(decided: &[Advanced<u32>]) -> (Vec<u32>, Vec<(u32, u32)>) {
    let goes = decided.iter().filter(|one| one.outcome == Outcome::Advances).map(|one| one.who);
    let line = decided.iter().filter_map(|one| match one.outcome {
        Outcome::NextInLine(place) => Some((one.who, place)),
        _ => None,
    });
    (goes.collect(), line.collect())
}

#[test]
fn the_first_go_on_and_the_others_stand_in_line() {
    let pool: Vec<One> = (1..=5).map(|at| one(at, at, Some(at), 9_000)).collect();
    let decided = rule(3, Ties::NoneIn).decide(&pool);
    assert_eq!(told(&decided), (vec![1, 2, 3], vec![(4, 1), (5, 2)]));
    assert_eq!(decided[0].why.zh, "第 1 名。全场晋级名额 3 个。晋级。");
    assert_eq!(decided[0].why.en, "Rank 1. The first 3 of the whole field go on. Goes on.");
    assert_eq!(decided[3].why.en, "Rank 4. The first 3 of the whole field go on. They are taken; number 1 in line.");
}

#[test]
fn a_tie_at_the_edge_goes_as_declared() {
    let ranks = [1, 2, 2, 4];
    let mut pool: Vec<One> = (0..4).map(|at| one(at, at, Some(ranks[at as usize]), 9_000)).collect();
    pool[2].theory = Mark::from_hundredths(500);
    assert_eq!(told(&rule(2, Ties::AllIn).decide(&pool)), (vec![0, 1, 2], vec![(3, 1)]));
    // The place that the tie would have needed stays empty, and nobody behind it gets it.
    assert_eq!(told(&rule(2, Ties::NoneIn).decide(&pool)), (vec![0], vec![(1, 1), (2, 1), (3, 3)]));
    let chain = Ties::Chain(vec![ChainLink::Practice, ChainLink::Theory]);
    assert_eq!(told(&rule(2, chain).decide(&pool)), (vec![0, 2], vec![(1, 1), (3, 2)]));
    let useless = rule(2, Ties::Chain(vec![ChainLink::Practice, ChainLink::Time])).decide(&pool);
    assert_eq!(told(&useless).0, [0]);
    assert!(useless[1].why.zh.contains("依次比较实操成绩、用时仍相同"), "{}", useless[1].why.zh);
    assert!(useless[1].why.en.contains("equal in practice, time too"), "{}", useless[1].why.en);
}

#[test]
fn an_organisation_sends_no_more_than_it_may() {
    let mut capped = rule(3, Ties::NoneIn);
    capped.per_organisation = Some(1);
    let pool = [one(1, 7, Some(1), 9_000), one(2, 7, Some(2), 8_000), one(3, 8, Some(3), 7_000)];
    let decided = capped.decide(&pool);
    assert_eq!(told(&decided), (vec![1, 3], vec![]));
    assert_eq!(decided[1].why.zh, "第 2 名。本单位排在前面的已有 1 人，按规则每单位最多晋级 1 人。");
    // Two of one organisation share a rank, and it may send one: neither goes, and nobody of it behind them.
    let tied = [one(1, 7, Some(1), 9_000), one(2, 7, Some(1), 9_000), one(3, 7, Some(3), 8_000), one(4, 8, Some(4), 1)];
    assert_eq!(told(&capped.decide(&tied)).0, [4]);
    capped.ties = Ties::AllIn;
    assert_eq!(told(&capped.decide(&tied)).0, [1, 2, 4]);
}

#[test]
fn who_is_below_the_minimum_or_without_a_rank_does_not_go_on() {
    let mut least = rule(3, Ties::AllIn);
    least.total_min = Some(Mark::from_hundredths(6_000));
    let pool = [one(1, 1, Some(1), 6_000), one(2, 2, Some(2), 5_999), one(3, 3, None, 9_000)];
    let decided = least.decide(&pool);
    assert_eq!(told(&decided), (vec![1], vec![]));
    assert_eq!(decided[1].why.en, "Rank 2. The total, 59.99, is below the 60.00 that going on calls for.");
    assert_eq!(decided[2].why.zh, "没有名次。不能晋级。");
}

#[test]
fn a_share_is_rounded_as_declared() {
    let pool: Vec<One> = (1..=7).map(|at| one(at, at, (at < 7).then_some(at), 9_000)).collect();
    for (of, rounding, expected) in [
        (ShareOf::Ranked, Rounding::Down, 1),
        (ShareOf::Ranked, Rounding::Up, 2),
        (ShareOf::Entered, Rounding::Nearest, 2),
        (ShareOf::Ranked, Rounding::Nearest, 2),
    ] {
        let mut shared = rule(0, Ties::NoneIn);
        shared.places = Places::Share { share: "30%".parse().unwrap(), of, rounding };
        assert_eq!(told(&shared.decide(&pool)).0.len(), expected, "{of:?} {rounding:?}");
    }
}

#[test]
fn a_declined_place_goes_to_the_next_or_stays_empty() {
    let mut pool: Vec<One> = (1..=4).map(|at| one(at, at, Some(at), 9_000)).collect();
    pool[0].stands = Stands::Declined;
    pool[1].stands = Stands::Offered;
    let mut asked = rule(2, Ties::NoneIn);
    assert_eq!(told(&asked.decide(&pool)), (vec![2, 3], vec![(4, 1)]));
    asked.declined = Declined::Empty;
    assert_eq!(told(&asked.decide(&pool)), (vec![2], vec![(3, 1), (4, 2)]));
}

fn ties() -> impl Strategy<Value = Ties> {
    prop_oneof![
        Just(Ties::AllIn),
        Just(Ties::NoneIn),
        Just(Ties::Chain(vec![ChainLink::Theory])),
        Just(Ties::Chain(vec![ChainLink::Practice, ChainLink::Theory, ChainLink::Time])),
    ]
}

fn any_rule() -> impl Strategy<Value = AdvanceRule> {
    let share = (0u32..=10_000).prop_map(|part| Places::Share {
        share: marking::Share::from_hundredths_of_percent(part).unwrap(),
        of: ShareOf::Ranked,
        rounding: Rounding::Nearest,
    });
    let places = prop_oneof![(0u32..8).prop_map(Places::First), share];
    let declined = prop_oneof![Just(Declined::Replaced), Just(Declined::Empty)];
    let least = proptest::option::of((0i64..8).prop_map(Mark::from_hundredths));
    (places, proptest::option::of(1u32..4), least, ties(), declined).prop_map(
        |(places, per_organisation, total_min, ties, declined)| AdvanceRule {
            over: Over::EachGroup,
            places,
            per_organisation,
            total_min,
            ties,
            declined,
        },
    )
}

/// Ranked by their totals as a board ranks them; some have no rank.
fn field() -> impl Strategy<Value = Vec<One>> {
    proptest::collection::vec((0u32..4, 0i64..8, 0i64..3, 0i64..3, proptest::option::of(0u64..3), 0u32..10), 0..14)
        .prop_map(|seats| {
            let mut pool: Vec<One> = (0u32..)
                .zip(&seats)
                .map(|(who, (organisation, total, practice, theory, time_ms, _))| Candidate {
                    practice: Mark::from_hundredths(*practice),
                    theory: Mark::from_hundredths(*theory),
                    time_ms: *time_ms,
                    ..one(who, *organisation, None, *total)
                })
                .collect();
            let ranked: Vec<bool> = seats.iter().map(|seat| seat.5 > 0).collect();
            for at in 0..pool.len() {
                let better = (0..pool.len()).filter(|other| ranked[*other] && pool[*other].total > pool[at].total);
                pool[at].rank = ranked[at].then_some(better.count() as u32 + 1);
            }
            pool
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn never_more_than_there_are_places_unless_ties_are_let_in(rule in any_rule(), pool in field()) {
        let decided = rule.decide(&pool);
        prop_assert_eq!(decided.len(), pool.len());
        prop_assert!(decided.iter().all(|one| !one.why.zh.is_empty() && !one.why.en.is_empty()));
        let goes: Vec<&One> = pool.iter().filter(|one| told(&decided).0.contains(&one.who)).collect();
        prop_assert!(goes.iter().all(|one| one.rank.is_some() && rule.total_min.is_none_or(|least| one.total >= least)));
        // With ties let in: without those who share the worst rank it is fewer than the places.
        let worst = goes.iter().filter_map(|one| one.rank).max();
        let ahead = goes.iter().filter(|one| one.rank < worst).count() as u32;
        let bound = if rule.ties == Ties::AllIn { ahead } else { goes.len() as u32 };
        let places = rule.places_for(&pool);
        prop_assert!(bound <= places && (rule.ties != Ties::AllIn || goes.is_empty() || bound < places));
        if let (Some(most), true) = (rule.per_organisation, rule.ties != Ties::AllIn) {
            let mut sent: BTreeMap<u32, u32> = BTreeMap::new();
            goes.iter().for_each(|one| *sent.entry(one.organisation).or_default() += 1);
            prop_assert!(sent.values().all(|count| *count <= most), "{:?}", sent);
        }
    }

    #[test]
    fn the_order_of_arrival_never_matters(rule in any_rule(), pool in field(), seed in any::<u64>()) {
        let mut shuffled = pool.clone();
        kernel::Rng::from_seed(seed).shuffle(&mut shuffled);
        prop_assert_eq!(rule.decide(&pool), rule.decide(&shuffled));
    }

    /// A better rank never stays while a worse one goes on, unless its organisation has sent whom it may.
    #[test]
    fn nobody_is_passed_by_a_worse_rank(rule in any_rule(), pool in field()) {
        let decided = rule.decide(&pool);
        let goes = told(&decided).0;
        let worst = pool.iter().filter(|one| goes.contains(&one.who)).filter_map(|one| one.rank).max().unwrap_or(0);
        for one in &decided {
            if matches!(one.outcome, Outcome::NextInLine(_)) {
                prop_assert!(one.rank.is_some_and(|rank| rank >= worst), "{}", one.why.en);
            }
        }
    }

    #[test]
    fn with_one_place_more_everybody_goes_on_who_went_before(rule in any_rule(), pool in field(), places in 0u32..8) {
        let (mut fewer, mut more) = (rule.clone(), rule);
        (fewer.places, more.places) = (Places::First(places), Places::First(places + 1));
        let (before, after) = (told(&fewer.decide(&pool)).0, told(&more.decide(&pool)).0);
        prop_assert!(before.iter().all(|who| after.contains(who)), "{:?} {:?}", before, after);
    }

    /// Those who were offered a place keep it whatever the others do; nobody who declined has one.
    #[test]
    fn what_was_offered_is_never_taken_back(rule in any_rule(), pool in field(), declines in any::<u64>()) {
        let first = told(&rule.decide(&pool)).0;
        let mut pool = pool;
        for one in &mut pool {
            if first.contains(&one.who) {
                one.stands = if declines >> (one.who % 64) & 1 == 1 { Stands::Declined } else { Stands::Offered };
            }
        }
        let stays = pool.iter().filter(|one| one.stands == Stands::Offered).count();
        let second = rule.decide(&pool);
        let goes = told(&second).0;
        for one in &pool {
            let as_it_stands = match one.stands {
                Stands::Offered => goes.contains(&one.who),
                Stands::Declined => !goes.contains(&one.who),
                Stands::Open => true,
            };
            prop_assert!(as_it_stands);
        }
        if rule.declined == Declined::Empty {
            prop_assert_eq!(goes.len(), stays, "nobody moves up");
        }
        if rule.ties != Ties::AllIn {
            prop_assert!(goes.len() as u32 <= rule.places_for(&pool));
        }
    }
}

//! Prizes: cases as tables, then laws: never more than there are places beyond declared ties, a better rank never gets a
//! lesser prize, the order of arrival never matters, and what doesn't wait for an appeal is changed by no decision of it.

use kernel::{Mark, Text};
use marking::*;
use proptest::prelude::*;

fn mark(text: &str) -> Mark {
    text.parse().unwrap()
}

fn share(text: &str) -> Share {
    text.parse().unwrap()
}

fn prize(code: &str, zh: &str, en: &str) -> Prize {
    Prize { code: code.into(), name: Text::new(zh, en) }
}

fn three() -> [Prize; 3] {
    [prize("1", "一等奖", "first prize"), prize("2", "二等奖", "second prize"), prize("3", "三等奖", "third prize")]
}

fn rule(kind: PrizeKind) -> PrizeRule {
    PrizeRule {
        to: PrizeTo::Competitors,
        over: Over::WholeField,
        conditions: Vec::new(),
        vacant: Vacant::PassedOn,
        kind,
    }
}

fn shares(shares: [&str; 3], rounding: Rounding, edge: Edge) -> PrizeRule {
    let prizes = three().into_iter().zip(shares.map(share)).collect();
    rule(PrizeKind::Shares { prizes, of: ShareOf::Ranked, rounding, edge })
}

fn ranks(to: [Option<u32>; 3], edge: Edge) -> PrizeRule {
    rule(PrizeKind::Ranks { prizes: three().into_iter().zip(to).collect(), edge })
}

fn medals(tie_within: &str) -> PrizeRule {
    rule(PrizeKind::Medals(Box::new(Medals {
        scale: OpenScale { over: Over::WholeField, decimals: 0 },
        gold: prize("G", "金牌", "gold medal"),
        silver: prize("S", "银牌", "silver medal"),
        bronze: prize("B", "铜牌", "bronze medal"),
        tie_within: Points::from_hundredths(mark(tie_within).hundredths()),
        medallion: Some(prize("m", "优胜奖章", "medallion for excellence")),
    })))
}

/// Ranks by totals; `-` is somebody who withdrew, `?` somebody without a mark.
fn division(totals: &str) -> Division<u32> {
    let totals: Vec<&str> = totals.split_whitespace().collect();
    let known: Vec<Mark> = totals.iter().filter_map(|total| total.parse().ok()).collect();
    let contender = |(at, total): (usize, &&str)| {
        let marks: Option<Mark> = total.parse().ok();
        Contender {
            who: at as u32,
            rank: marks.map(|marks| known.iter().filter(|other| **other > marks).count() as u32 + 1),
            total: marks.unwrap_or_default(),
            practice: marks.unwrap_or_default(),
            theory: Mark::ZERO,
            withdrawn: *total == "-",
        }
    };
    Division { group: None, contenders: totals.iter().enumerate().map(contender).collect() }
}

/// The prizes' codes in the order of the contenders, `.` for none.
fn given(rule: &PrizeRule, division: &Division<u32>) -> String {
    let mut awards = rule.allocate(division, &[]);
    awards.sort_by_key(|award| award.who);
    let prizes = rule.prizes();
    awards.iter().map(|award| award.prize.map_or(".", |at| prizes[at].code.as_str())).collect()
}

#[test]
fn who_gets_what() {
    use Edge::{AllIn, NoneIn};
    use Rounding::{Down, Nearest, Up};
    let ten = "99 95 90 85 80 75 70 65 60 55";
    let usual = ["10%", "20%", "30%"];
    let ranges = [Some(1), Some(3), Some(6)];
    for (what, rule, totals, expected) in [
        ("10/20/30 % of ten", shares(usual, Nearest, AllIn), ten, "122333...."),
        (
            "the order of arrival doesn't matter",
            shares(usual, Nearest, AllIn),
            "55 60 65 70 75 80 85 90 95 99",
            "....333221",
        ),
        ("of seven, up", shares(usual, Up, AllIn), "70 60 50 40 30 20 10", "122333."),
        ("of seven, down", shares(usual, Down, AllIn), "70 60 50 40 30 20 10", "233...."),
        ("of seven, nearest", shares(usual, Nearest, AllIn), "70 60 50 40 30 20 10", "1233..."),
        ("alone, up: no place is left for the second prize", shares(usual, Up, AllIn), "70", "1"),
        ("alone, down: nobody", shares(usual, Down, AllIn), "70", "."),
        ("nobody at all", shares(usual, Up, AllIn), "", ""),
        (
            "who withdrew or has no marks is not of the field",
            shares(usual, Up, AllIn),
            "- 99 - ? 90 80 - -",
            ".1..23..",
        ),
        ("a tie at the edge, all in", shares(usual, Nearest, AllIn), "99 99 90 85 80 75 70 65 60 55", "112333...."),
        ("a tie at the edge, none in", shares(usual, Nearest, NoneIn), "99 99 90 85 80 75 70 65 60 55", "222333...."),
        ("a tie over two edges, all in", shares(usual, Nearest, AllIn), "99 99 99 99 80 75 70 65 60 55", "111133...."),
        (
            "a tie over two edges, none in",
            shares(usual, Nearest, NoneIn),
            "99 99 99 99 80 75 70 65 60 55",
            "333333....",
        ),
        ("all equal, all in", shares(usual, Nearest, AllIn), "9 9 9 9", "2222"),
        ("all equal, none in", shares(usual, Nearest, NoneIn), "9 9 9 9", "...."),
        ("ranges", ranks(ranges, AllIn), ten, "122333...."),
        ("ranges with a rest", ranks([Some(1), Some(3), None], AllIn), ten, "1223333333"),
        ("ranges, tie, all in", ranks(ranges, AllIn), "99 95 90 90 80 75 70 65 60 55", "122233...."),
        ("ranges, tie, none in", ranks(ranges, NoneIn), "99 95 90 90 80 75 70 65 60 55", "123333...."),
        ("ranges in a small field", ranks(ranges, NoneIn), "99 95", "12"),
    ] {
        assert_eq!(given(&rule, &division(totals)), expected, "{what}");
    }
}

#[test]
fn conditions_shut_out_and_places_pass_on_or_stay_empty() {
    let least = Condition { part: Part::Total, at_least: mark("60") };
    let field = "90 80 60 59.99 50";
    for (vacant, expected) in [(Vacant::PassedOn, "122.."), (Vacant::Kept, "122..")] {
        let rule = PrizeRule { conditions: vec![least], vacant, ..ranks([Some(1), Some(4), Some(5)], Edge::AllIn) };
        assert_eq!(given(&rule, &division(field)), expected, "{vacant:?}");
    }
    let theory = Condition { part: Part::Theory, at_least: mark("10") };
    let mut field = division("90 80 70 60 50");
    for (contender, theory) in field.contenders.iter_mut().zip(["12", "9.99", "10", "11", "15"]) {
        contender.theory = mark(theory);
    }
    for (vacant, expected) in [(Vacant::PassedOn, "1.223"), (Vacant::Kept, "1.233")] {
        let rule = PrizeRule { conditions: vec![theory], vacant, ..ranks([Some(1), Some(3), Some(5)], Edge::AllIn) };
        assert_eq!(given(&rule, &field), expected, "{vacant:?}");
    }
}

/// Where the MAD is 10, a mark is 2.02 points: 90 90 80 70 60 and 100 90 80 70 60.
#[test]
fn medals_are_tied_by_points() {
    for (what, tie, totals, expected) in [
        ("one of each", "2", "100 90 80 70 60", "GSB.."),
        ("720 and 718 are a tie", "2", "90 89 80 70 60", "GGB.."),
        ("720 and 717 are none", "2", "90 88.5 80 70 60", "GSB.."),
        ("nor are 720 and 718 where the rules say 1", "1.99", "90 89 80 70 60", "GSB.."),
        ("two golds leave no silver", "2", "100 100 80 70 60", "GGB.."),
        ("three golds leave neither", "2", "100 100 100 70 60 50", "GGG..."),
        ("two silvers leave no bronze", "2", "100 90 90 70 60", "GSS.."),
        ("bronze is shared too", "2", "100 90 80 80 60", "GSBB."),
        ("all alike, all golds", "2", "80 80 80 80", "GGGG"),
        ("the median and above, beyond the medals", "2", "100 90 80 70 70 60 50", "GSBmm.."),
        ("a medal below the median is a medal", "2", "100 50", "GS"),
    ] {
        assert_eq!(given(&medals(tie), &division(totals)), expected, "{what}");
    }
    // 720, 718 and 716: each is within two points of the one before, but the third is not of the best.
    assert_eq!(given(&medals("2"), &division("90 89 88 80 70 60 60")), "GGBm...");
}

#[test]
fn each_prize_has_its_sentence_in_both_languages() {
    let said = |rule: &PrizeRule, totals: &str, who: usize| {
        let awards = rule.allocate(&division(totals), &[]);
        let award = awards.iter().find(|award| award.who == who as u32).unwrap();
        (award.reason.zh.clone(), award.reason.en.clone())
    };
    let usual = shares(["10%", "20%", "30%"], Rounding::Nearest, Edge::AllIn);
    let none_in = shares(["10%", "20%", "30%"], Rounding::Nearest, Edge::NoneIn);
    let ten = "99 95 90 85 80 75 70 65 60 55";
    let tied = "99 99 90 85 80 75 70 65 60 55";
    let conditional =
        PrizeRule { conditions: vec![Condition { part: Part::Total, at_least: mark("60") }], ..usual.clone() };
    for (rule, totals, who, zh, en) in [
        (
            &usual,
            ten,
            1,
            "第 2 名。二等奖为有名次的 10 人的 20%（四舍五入），共 2 个，授予第 2 至 3 位。",
            "Rank 2. Second prize is for 20% of the 10 ranked, rounded to the nearest: 2, places 2 to 3.",
        ),
        (&usual, ten, 9, "第 10 名。奖项止于第 6 位。", "Rank 10. The prizes end at place 6."),
        (
            &usual,
            tied,
            1,
            "并列第 1 名，占第 1 至 2 位。一等奖为有名次的 10 人的 10%（四舍五入），共 1 个，授予第 1 位。并列超出该奖末位，按规则一并授予。",
            "Shares rank 1, places 1 to 2. First prize is for 10% of the 10 ranked, rounded to the nearest: 1, place 1. The tie reaches beyond the last place; by the rules all of it gets the prize.",
        ),
        (
            &none_in,
            tied,
            0,
            "并列第 1 名，占第 1 至 2 位。并列超出一等奖的末位（第 1 位），按规则均不授予一等奖。二等奖为有名次的 10 人的 20%（四舍五入），共 2 个，授予第 2 至 3 位。",
            "Shares rank 1, places 1 to 2. The tie reaches beyond place 1, the last of first prize; by the rules none of it gets that prize. Second prize is for 20% of the 10 ranked, rounded to the nearest: 2, places 2 to 3.",
        ),
        (
            &conditional,
            ten,
            9,
            "第 10 名。总分 55.00 未达到评奖要求的 60.00。",
            "Rank 10. The total, 55.00, is below the 60.00 that prizes call for.",
        ),
        (&usual, "-", 0, "已退出，不参加评奖。", "Withdrawn; not considered for prizes."),
        (&usual, "?", 0, "没有名次，不参加评奖。", "Not ranked; not considered for prizes."),
        (
            &ranks([Some(1), Some(3), None], Edge::AllIn),
            ten,
            5,
            "第 6 名。三等奖授予第 4 位及以后。",
            "Rank 6. Third prize goes to place 4 and all after it.",
        ),
        (
            &medals("2"),
            "90 89 80 70 60",
            0,
            "第 1 名。匠家开放量表 720 分。金牌授予第 1 位。相差不超过 2 分者共 2 名，视为并列，因此不再颁发银牌。",
            "Rank 1. 720 points on the Guildhall open scale. Gold medal goes to place 1. 2 are within 2 points of the best, which is a tie, so there is no silver medal.",
        ),
        (
            &medals("2"),
            "90 89 80 70 60",
            1,
            "第 2 名。匠家开放量表 718 分。与金牌得主的最高分 720 相差不超过 2 分，同获金牌。相差不超过 2 分者共 2 名，视为并列，因此不再颁发银牌。",
            "Rank 2. 718 points on the Guildhall open scale. Not more than 2 below 720, the best with gold medal, so it is shared. 2 are within 2 points of the best, which is a tie, so there is no silver medal.",
        ),
        (
            &medals("2"),
            "100 90 80 70 70 60 50",
            4,
            "并列第 4 名，占第 4 至 5 位。匠家开放量表 700 分。总分 70.00 不低于中位数 70.00，获优胜奖章。",
            "Shares rank 4, places 4 to 5. 700 points on the Guildhall open scale. The total, 70.00, is not below the median, 70.00: medallion for excellence.",
        ),
        (
            &medals("2"),
            "100 90 80 70 60",
            4,
            "第 5 名。匠家开放量表 660 分。总分 60.00 低于中位数 80.00。",
            "Rank 5. 660 points on the Guildhall open scale. The total, 60.00, is below the median, 80.00.",
        ),
    ] {
        assert_eq!(said(rule, totals, who), (zh.to_owned(), en.to_owned()));
    }
}

/// Equal totals that a tie-break has parted: three ranks, one gold.
#[test]
fn equals_on_the_scale_share_a_medal_whatever_parted_their_ranks_and_each_is_told_why() {
    let rule = medals("2");
    let mut field = division("95 95 95 80 70 60 50");
    for (at, contender) in field.contenders.iter_mut().enumerate() {
        contender.rank = Some(at as u32 + 1);
    }
    assert_eq!(given(&rule, &field), "GGGm...", "the median is 80");
    let mut awards = rule.allocate(&field, &[]);
    awards.sort_by_key(|award| award.who);
    let tie = "3 are within 2 points of the best, which is a tie, so there is no silver medal and no bronze medal.";
    let (first, second, third) = (&awards[0].reason, &awards[1].reason, &awards[2].reason);
    assert!(first.en.ends_with(&format!("Gold medal goes to place 1. {tie}")), "{}", first.en);
    for (rank, reason) in [(2, second), (3, third)] {
        assert!(reason.en.starts_with(&format!("Rank {rank}. ")) && reason.en.ends_with(tie), "{}", reason.en);
        assert!(!reason.en.contains("place 1") && reason.en.contains("Level with"), "{}", reason.en);
        assert!(reason.zh.contains("最高分") && reason.zh.ends_with("因此不再颁发银牌和铜牌。"), "{}", reason.zh);
    }
}

#[test]
fn an_open_appeal_holds_what_it_can_change() {
    let waiting = |rule: &PrizeRule, totals: &str, appeals: &[(u32, &str, &str)]| {
        let appeals: Vec<_> = appeals
            .iter()
            .map(|(who, lowest, highest)| OpenAppeal { who: *who, lowest: mark(lowest), highest: mark(highest) })
            .collect();
        let mut awards = rule.allocate(&division(totals), &appeals);
        awards.sort_by_key(|award| award.who);
        for award in &awards {
            assert_eq!(award.waiting.is_some(), !award.waits_for.is_empty());
        }
        awards.iter().map(|award| if award.waits_for.is_empty() { '.' } else { 'w' }).collect::<String>()
    };
    let ranges = ranks([Some(1), Some(3), Some(5)], Edge::AllIn);
    let field = "90 80 70 60 50 40 30";
    for (what, rule, appeals, expected) in [
        ("nobody appeals", &ranges, &[][..], "......."),
        ("the fourth may reach 75: the third may fall out of the second prize", &ranges, &[(3, "60", "75")], "..ww..."),
        ("he may reach 95: the first three all move", &ranges, &[(3, "60", "95")], "w.ww..."),
        (
            "the second may fall behind the third only: no prize but his own is at stake",
            &ranges,
            &[(1, "65", "80")],
            ".w.....",
        ),
        ("the first may fall far: the edges move", &ranges, &[(0, "35", "90")], "ww.w.w."),
        ("the last may gain too little", &ranges, &[(6, "30", "39")], "......w"),
        ("on the scale everybody waits", &medals("2"), &[(6, "30", "39")], "wwwwwww"),
    ] {
        assert_eq!(waiting(rule, field, appeals), expected, "{what}");
    }
}

/// An appeal may cost the first his mark in theory, and with it every prize, though his total stays ahead.
#[test]
fn an_appeal_may_shut_out_somebody_who_stays_ahead() {
    let theory = Condition { part: Part::Theory, at_least: mark("10") };
    let mut field = division("90 80");
    field.contenders.iter_mut().for_each(|contender| contender.theory = mark("12"));
    let appeal = OpenAppeal { who: 0, lowest: mark("85"), highest: mark("90") };
    let ranges = ranks([Some(1), Some(3), Some(5)], Edge::AllIn);
    for (rule, expected) in [(PrizeRule { conditions: vec![theory], ..ranges.clone() }, &[0][..]), (ranges, &[])] {
        assert_eq!(rule.allocate(&field, &[appeal])[1].waits_for, expected);
    }
}

fn any_rule() -> impl Strategy<Value = PrizeRule> {
    let edge = prop::sample::select(Edge::ALL.to_vec());
    let by_shares = (
        prop::array::uniform3(1u32..3_400),
        prop::sample::select(Rounding::ALL.to_vec()),
        edge.clone(),
        prop::sample::select(ShareOf::ALL.to_vec()),
    )
        .prop_map(|(parts, rounding, edge, of)| {
            let part = |part| Share::from_hundredths_of_percent(part).unwrap();
            PrizeKind::Shares { prizes: three().into_iter().zip(parts.map(part)).collect(), of, rounding, edge }
        });
    let by_ranks = (prop::array::uniform3(1u32..6), any::<bool>(), edge).prop_map(|(steps, rest, edge)| {
        let to = [Some(steps[0]), Some(steps[0] + steps[1]), (!rest).then_some(steps[0] + steps[1] + steps[2])];
        PrizeKind::Ranks { prizes: three().into_iter().zip(to).collect(), edge }
    });
    let by_medals = (0u32..3, 0i64..500).prop_map(|(decimals, tie)| {
        let PrizeKind::Medals(medals) = medals("2").kind else { unreachable!() };
        let scale = OpenScale { over: Over::WholeField, decimals };
        PrizeKind::Medals(Box::new(Medals { scale, tie_within: Points::from_hundredths(tie), ..*medals }))
    });
    let condition = (prop::sample::select(vec![Part::Total, Part::Theory]), 1i64..12);
    let conditions = prop::collection::vec(condition, 0..2);
    let kind = prop_oneof![2 => by_shares, 2 => by_ranks, 1 => by_medals];
    (kind, conditions, prop::sample::select(Vacant::ALL.to_vec())).prop_map(|(kind, conditions, vacant)| PrizeRule {
        conditions: conditions
            .into_iter()
            .map(|(part, whole)| Condition { part, at_least: Mark::from_hundredths(whole * 100) })
            .collect(),
        vacant,
        ..rule(kind)
    })
}

/// A contender's marks: practice and theory in whole marks, so that ties are many; withdrawn; without marks.
type Marks = (i64, i64, bool, bool);

fn any_field() -> impl Strategy<Value = Vec<Marks>> {
    field_of(0)
}

fn field_of(least: usize) -> impl Strategy<Value = Vec<Marks>> {
    prop::collection::vec((0i64..8, 0i64..5, prop::bool::weighted(0.1), prop::bool::weighted(0.1)), least..24)
}

/// Ranks by total, then practice: a chain of ties as a scheme declares it.
fn ranked(field: &[Marks]) -> Division<u32> {
    let is_ranked = |(_, _, withdrawn, unmarked): &Marks| !withdrawn && !unmarked;
    let key = |(practice, theory, ..): &Marks| (practice + theory, *practice);
    let contender = |(at, marks): (usize, &Marks)| Contender {
        who: at as u32,
        rank: is_ranked(marks)
            .then(|| field.iter().filter(|other| is_ranked(other) && key(other) > key(marks)).count() as u32 + 1),
        total: Mark::from_hundredths((marks.0 + marks.1) * 100),
        practice: Mark::from_hundredths(marks.0 * 100),
        theory: Mark::from_hundredths(marks.1 * 100),
        withdrawn: marks.2,
    };
    Division { group: None, contenders: field.iter().enumerate().map(contender).collect() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_better_rank_never_gets_a_lesser_prize(rule in any_rule(), field in any_field()) {
        let division = ranked(&field);
        let awards = rule.allocate(&division, &[]);
        prop_assert_eq!(awards.len(), field.len());
        let may_have = |who: u32| {
            let contender = &division.contenders[who as usize];
            contender.rank.is_some() && rule.conditions.iter().all(|condition| condition.is_met(contender))
        };
        let mut before: Option<(u32, usize)> = None;
        for award in &awards {
            prop_assert!(!award.reason.zh.is_empty() && !award.reason.en.is_empty());
            if !may_have(award.who) {
                prop_assert_eq!(award.prize, None);
                continue;
            }
            let (rank, prize) = (award.rank.unwrap(), award.prize.unwrap_or(usize::MAX));
            if let Some((better_rank, better_prize)) = before {
                prop_assert!(better_prize <= prize);
                prop_assert!(better_rank < rank || better_prize == prize, "equals get the same");
            }
            before = Some((rank, prize));
        }
    }

    /// Down to each prize no more are given than there are places, but for the one tie that reaches over its edge where all
    /// of it is let in.
    #[test]
    fn there_are_never_more_prizes_than_places(rule in any_rule(), field in any_field()) {
        let division = ranked(&field);
        let awards = rule.allocate(&division, &[]);
        let count = match &rule.kind {
            PrizeKind::Shares { of: ShareOf::Entered, .. } => field.len() as u32,
            _ => division.ranked(),
        };
        let (places, edge): (Vec<u32>, Edge) = match &rule.kind {
            PrizeKind::Shares { prizes, rounding, edge, .. } => {
                let mut sum = 0;
                (prizes.iter().map(|(_, share)| { sum += share.of(count, *rounding); sum }).collect(), *edge)
            }
            PrizeKind::Ranks { prizes, edge } => (prizes.iter().map(|(_, to)| to.unwrap_or(u32::MAX)).collect(), *edge),
            PrizeKind::Medals(_) => return Ok(()),
        };
        for (at, places) in places.into_iter().enumerate() {
            let holders: Vec<_> = awards.iter().filter(|award| award.prize.is_some_and(|prize| prize <= at)).collect();
            let over = (holders.len() as u32).saturating_sub(places);
            let last = holders.last().and_then(|award| award.rank);
            let tied = holders.iter().filter(|award| award.rank == last).count() as u32;
            prop_assert!(over == 0 || edge == Edge::AllIn && over < tied, "{over} over {places}");
        }
    }

    #[test]
    fn medals_keep_their_own_law(field in any_field(), tie in 0i64..500) {
        let division = ranked(&field);
        let PrizeKind::Medals(medals) = medals("2").kind else { unreachable!() };
        let rule = rule(PrizeKind::Medals(Box::new(Medals { tie_within: Points::from_hundredths(tie), ..*medals })));
        let awards = rule.allocate(&division, &[]);
        let holders = |medal: usize| awards.iter().filter(|award| award.prize == Some(medal)).count();
        let (gold, silver, bronze) = (holders(0), holders(1), holders(2));
        prop_assert!(gold > 0 || division.ranked() == 0);
        prop_assert!(gold < 2 || silver == 0);
        prop_assert!(gold + silver < 3 || bronze == 0);
        for medal in 0..3 {
            let points: Vec<i64> = awards.iter().filter(|award| award.prize == Some(medal)).filter_map(|award| award.points).map(Points::hundredths).collect();
            if let (Some(best), Some(least)) = (points.iter().max(), points.iter().min()) {
                prop_assert!(best - least <= tie);
                // Nobody within the difference was left out.
                prop_assert!(awards.iter().all(|award| award.prize.is_some_and(|prize| prize <= medal) || award.points.is_none_or(|points| best - points.hundredths() > tie)));
            }
        }
    }

    #[test]
    fn the_order_of_arrival_never_matters(rule in any_rule(), field in any_field(), seed: u64) {
        let mut division = ranked(&field);
        let awards = rule.allocate(&division, &[]);
        kernel::Rng::from_seed(seed).shuffle(&mut division.contenders);
        prop_assert_eq!(awards, rule.allocate(&division, &[]));
    }

    /// Decide open appeals in any way that is at stake: a prize that doesn't wait is the same afterwards.
    #[test]
    fn what_does_not_wait_is_settled(
        rule in any_rule(),
        field in field_of(1),
        appeals in prop::collection::vec((any::<prop::sample::Index>(), 0i64..4, 0i64..4, 0i64..8, 0i64..8), 1..4),
    ) {
        let mut decided = field.clone();
        let mut open: Vec<OpenAppeal<u32>> = Vec::new();
        for (index, less, more, practice, theory) in appeals {
            let who = index.index(field.len());
            if open.iter().any(|appeal| appeal.who == who as u32) {
                continue;
            }
            let now = field[who].0 + field[who].1;
            let (lowest, highest) = ((now - less).max(0), now + more);
            // Any split of any total that is at stake; who had no marks may have some now.
            let total = lowest + (practice + theory) % (highest - lowest + 1);
            let practice = practice.min(total);
            decided[who] = (practice, total - practice, field[who].2, false);
            open.push(OpenAppeal {
                who: who as u32,
                lowest: Mark::from_hundredths(lowest * 100),
                highest: Mark::from_hundredths(highest * 100),
            });
        }
        let before = rule.allocate(&ranked(&field), &open);
        let after = rule.allocate(&ranked(&decided), &[]);
        for award in &before {
            let then = after.iter().find(|then| then.who == award.who).unwrap();
            prop_assert!(!award.waits_for.is_empty() || award.prize == then.prize, "{:?} then {:?}", award, then);
            prop_assert!(award.waits_for.iter().all(|who| open.iter().any(|appeal| appeal.who == *who)));
        }
    }
}

//! Papers are drawn as their blueprint says, the same for the same seed, and as hard for everybody.

mod common;

use std::collections::{BTreeSet, HashMap};

use common::{mark, seed};
use exam::paper::*;
use exam::{Kind, Words};
use kernel::Rng;
use proptest::prelude::*;

fn bank_item(id: usize, kind: Kind, ability: usize, difficulty: u16) -> BankItem {
    BankItem {
        id: format!("q-{id}"),
        version: 1,
        kind,
        level: Some(4),
        abilities: vec![format!("a{ability}")],
        difficulty,
        marks: mark(100),
        takes_any_marks: true,
        variant_of: None,
        drawn: 0,
    }
}

/// So many items of six abilities and three kinds, every tenth a variant of its neighbour.
fn bank(count: usize) -> Bank {
    let mut rng = Rng::from_seed(11);
    let kinds = [Kind::Single, Kind::Multiple, Kind::Judgement];
    let items = (0..count).map(|id| {
        let mut item = bank_item(id, kinds[rng.below(3) as usize], rng.below(6) as usize, 100 + rng.below(800) as u16);
        item.variant_of = (id % 10 == 9).then(|| format!("q-{}", id - 1));
        item
    });
    Bank::new(items.collect())
}

fn cell(ability: Option<usize>, kind: Option<Kind>, band: Option<(u16, u16)>, count: u32) -> CellDraft {
    CellDraft {
        ability: ability.map(|ability| format!("a{ability}")),
        kind: kind.map(|kind| kind.code().to_owned()),
        level: None,
        band,
        count,
        marks: mark(100),
    }
}

fn paper(cells: Vec<CellDraft>, difficulty: Option<Target>) -> PaperDraft {
    PaperDraft::Drawn { sections: vec![SectionDraft { title: Words::zh("一"), cells }], shuffle: true, difficulty }
}

/// Six abilities, three kinds, 104 questions in all.
fn hundred(difficulty: Option<Target>) -> PaperDraft {
    let kinds = [Kind::Single, Kind::Multiple, Kind::Judgement];
    let sections = kinds.iter().enumerate().map(|(k, kind)| SectionDraft {
        title: Words::zh(kind.code()),
        cells: (0..6)
            .map(|ability| {
                cell(Some(ability), Some(*kind), None, if k == 0 { 10 } else { 4 - u32::from(k == 2 && ability > 1) })
            })
            .collect(),
    });
    PaperDraft::Drawn { sections: sections.collect(), shuffle: true, difficulty }
}

fn faults(bank: &Bank, draft: &PaperDraft) -> Vec<(String, String)> {
    let faults = Plan::new(bank, draft, None).unwrap_err();
    faults.into_iter().map(|fault| (fault.path, fault.says.en)).collect()
}

fn items(paper: &DrawnPaper) -> Vec<&str> {
    paper.sections.iter().flat_map(|section| &section.questions).map(|one| one.item.as_str()).collect()
}

#[test]
fn a_paper_is_what_its_blueprint_says() {
    let bank = bank(3000);
    let by_id: HashMap<&str, &BankItem> = bank.items().iter().map(|item| (item.id.as_str(), item)).collect();
    let target = Target { mean: 450, tolerance: 2 };
    let draft = hundred(Some(target));
    let plan = Plan::new(&bank, &draft, None).unwrap();
    for attempt in 0..200 {
        let drawn = plan.draw(&seed(&attempt.to_string())).unwrap();
        let found = items(&drawn);
        assert_eq!((found.len(), drawn.total), (104, mark(10400)));
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 104, "none twice");
        let family = |id: &&str| by_id[*id].variant_of.clone().unwrap_or_else(|| (*id).to_owned());
        assert_eq!(found.iter().map(family).collect::<BTreeSet<_>>().len(), 104, "no two variants");
        for (section, kind, sizes) in
            [(0, Kind::Single, [10; 6]), (1, Kind::Multiple, [4; 6]), (2, Kind::Judgement, [4, 4, 3, 3, 3, 3])]
        {
            for (ability, size) in sizes.into_iter().enumerate() {
                let fits = |one: &&DrawnQuestion| by_id[one.item.as_str()].abilities == [format!("a{ability}")];
                let questions = &drawn.sections[section].questions;
                assert!(questions.iter().all(|one| by_id[one.item.as_str()].kind == kind));
                assert_eq!(questions.iter().filter(fits).count(), size);
            }
        }
        let load: i64 = found.iter().map(|id| i64::from(by_id[*id].difficulty)).sum();
        assert!((load - 450 * 104).abs() <= 2 * 104, "{load}");
    }
}

#[test]
fn the_same_seed_gives_the_same_paper_and_another_another() {
    let (bank, draft) = (bank(3000), hundred(Some(Target { mean: 500, tolerance: 5 })));
    let plan = Plan::new(&bank, &draft, None).unwrap();
    let one = plan.draw(&seed("1")).unwrap();
    assert_eq!(one, plan.draw(&seed("1")).unwrap());
    let mut reversed: Vec<BankItem> = bank.items().to_vec();
    reversed.reverse();
    let again = Bank::new(reversed);
    assert_eq!(
        one,
        Plan::new(&again, &draft, None).unwrap().draw(&seed("1")).unwrap(),
        "the order of the bank is nothing"
    );
    let other = plan.draw(&seed("2")).unwrap();
    let shared = items(&one).iter().filter(|id| items(&other).contains(id)).count();
    assert!(shared < 20, "{shared}");
}

/// Without a target every item of a cell is as likely as every other.
#[test]
fn a_draw_is_fair() {
    let bank = Bank::new((0..20).map(|id| bank_item(id, Kind::Single, 0, 500)).collect());
    let draft = paper(vec![cell(None, None, None, 5)], None);
    let plan = Plan::new(&bank, &draft, None).unwrap();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for attempt in 0..4000 {
        for id in items(&plan.draw(&seed(&attempt.to_string())).unwrap()) {
            *seen.entry(id.to_owned()).or_default() += 1;
        }
    }
    // 1000 expected each, deviation 27.
    assert!(seen.len() == 20 && seen.values().all(|count| (880..1120).contains(count)), "{seen:?}");
}

#[test]
fn what_the_bank_lacks_is_named() {
    let mut list: Vec<BankItem> = (0..4).map(|id| bank_item(id, Kind::Single, 0, 300)).collect();
    list.extend((4..6).map(|id| bank_item(id, Kind::Multiple, 1, 700)));
    list[1].variant_of = Some("q-0".into());
    let bank = Bank::new(list);
    let c = "sections[0].cells";
    assert_eq!(
        faults(&bank, &paper(vec![cell(Some(0), None, None, 4), cell(Some(9), None, None, 1)], None)),
        [
            (
                format!("{c}[0].count"),
                "it needs 4 items, the bank has 3 that fit (variants count once): 1 are missing".into()
            ),
            (
                format!("{c}[1].count"),
                "it needs 1 items, the bank has 0 that fit (variants count once): 1 are missing".into()
            ),
        ]
    );
    // Three families of ability 0; each cell can be filled alone, not both at once.
    let both = paper(vec![cell(Some(0), None, None, 2), cell(None, Some(Kind::Single), None, 2)], None);
    assert_eq!(
        faults(&bank, &both),
        [(format!("{c}[1].count"), "it shares its items with other cells: all together, 1 are missing".into())]
    );
    let enough = paper(vec![cell(Some(0), None, None, 2), cell(None, None, None, 3)], None);
    let plan = Plan::new(&bank, &enough, None).unwrap();
    for attempt in 0..50 {
        assert_eq!(
            items(&plan.draw(&seed(&attempt.to_string())).unwrap()).len(),
            5,
            "whatever can be filled is filled"
        );
    }
}

#[test]
fn all_faults_of_a_blueprint_are_named_at_once() {
    let bank = bank(200);
    let mut strange = cell(None, None, Some((700, 300)), 0);
    strange.marks = mark(0);
    strange.kind = Some("singel".into());
    let draft = paper(vec![strange, cell(None, None, Some((0, 1001)), 3)], Some(Target { mean: 1001, tolerance: 0 }));
    let c = "sections[0].cells";
    let paths: Vec<String> = faults(&bank, &draft).into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        [
            format!("{c}[0].marks"),
            format!("{c}[0].count"),
            format!("{c}[0].kind"),
            format!("{c}[0].band"),
            format!("{c}[1].band"),
            "difficulty.mean".into()
        ]
    );
    for sections in [vec![], vec![SectionDraft { title: Words::zh("空"), cells: vec![] }]] {
        assert!(!faults(&bank, &PaperDraft::Drawn { sections, shuffle: false, difficulty: None }).is_empty());
    }
    assert_eq!(
        faults(&bank, &paper(vec![cell(None, None, None, u32::MAX), cell(None, None, None, u32::MAX)], None))[0].0,
        "sections"
    );
    let unreachable = paper(vec![cell(None, None, Some((100, 200)), 5)], Some(Target { mean: 600, tolerance: 10 }));
    assert_eq!(faults(&bank, &unreachable)[0].0, "difficulty.mean");
}

/// Two difficulties far apart and an odd target between: no paper can meet it, and none is given.
#[test]
fn a_difficulty_that_cannot_be_met_is_refused_with_the_nearest() {
    let bank =
        Bank::new((0..40).map(|id| bank_item(id, Kind::Single, 0, if id % 2 == 0 { 200 } else { 800 })).collect());
    let draft = paper(vec![cell(None, None, None, 3)], Some(Target { mean: 500, tolerance: 99 }));
    let fault = Plan::new(&bank, &draft, None).unwrap().draw(&seed("1")).unwrap_err();
    // Means of three are 200, 400, 600 or 800.
    assert_eq!(fault, DrawFault { nearest: 100, tolerance: 99 });
    let draft = paper(vec![cell(None, None, None, 3)], Some(Target { mean: 500, tolerance: 100 }));
    assert!(Plan::new(&bank, &draft, None).unwrap().draw(&seed("1")).is_ok());
}

#[test]
fn what_was_seen_too_often_is_set_aside_while_others_are_left() {
    let mut list: Vec<BankItem> = (0..40).map(|id| bank_item(id, Kind::Single, 0, 500)).collect();
    for (id, item) in list.iter_mut().enumerate() {
        item.drawn = if id < 20 { 100 } else { 10 };
    }
    let bank = Bank::new(list);
    let exposure = Some(Exposure { papers: 200, most: 250 });
    let draft = paper(vec![cell(None, None, None, 10)], None);
    let plan = Plan::new(&bank, &draft, exposure).unwrap();
    assert_eq!(plan.pool_sizes(), [20]);
    for attempt in 0..20 {
        let drawn = plan.draw(&seed(&attempt.to_string())).unwrap();
        assert!(items_of(&drawn).iter().all(|id| *id >= 20));
    }
    // It needs 30: rather a seen item than no paper.
    let draft = paper(vec![cell(None, None, None, 30)], None);
    assert_eq!(Plan::new(&bank, &draft, exposure).unwrap().pool_sizes(), [40]);
}

/// A variant of a variant belongs to the same family, whoever names whom.
#[test]
fn variants_of_variants_are_one_family() {
    let mut list: Vec<BankItem> = (0..5).map(|id| bank_item(id, Kind::Single, 0, 500)).collect();
    for (id, of) in [(1, "q-0"), (2, "q-1"), (3, "q-4"), (4, "q-3")] {
        list[id].variant_of = Some(of.to_owned());
    }
    let bank = Bank::new(list);
    assert!(Plan::new(&bank, &paper(vec![cell(None, None, None, 2)], None), None).is_ok());
    assert!(Plan::new(&bank, &paper(vec![cell(None, None, None, 3)], None), None).is_err());
}

fn items_of(paper: &DrawnPaper) -> Vec<usize> {
    items(paper).into_iter().map(|id| id[2..].parse().unwrap()).collect()
}

#[test]
fn a_fixed_paper_is_checked_and_shuffled_within_its_sections() {
    let mut own = bank_item(50, Kind::Case, 0, 500);
    own.takes_any_marks = false;
    own.marks = mark(700);
    let mut list: Vec<BankItem> = (0..10).map(|id| bank_item(id, Kind::Single, 0, 500)).collect();
    list[1].variant_of = Some("q-0".into());
    list.push(own);
    let bank = Bank::new(list);
    let question = |id: usize, marks| FixedQuestion { item: format!("q-{id}"), version: 1, marks: mark(marks) };
    let section = |questions| FixedSection { title: Words::zh("部"), questions };
    let wrong = PaperDraft::Fixed {
        sections: vec![section(vec![question(0, 100), question(1, 100), question(99, 0), question(50, 100)])],
        shuffle: true,
    };
    let q = "sections[0].questions";
    let paths: Vec<String> = faults(&bank, &wrong).into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        [format!("{q}[1].item"), format!("{q}[2].marks"), format!("{q}[2].item"), format!("{q}[3].marks")]
    );
    let sound = PaperDraft::Fixed {
        sections: vec![section((2..8).map(|id| question(id, 150)).collect()), section(vec![question(50, 700)])],
        shuffle: true,
    };
    let plan = Plan::new(&bank, &sound, None).unwrap();
    assert_eq!(plan.total(), mark(1600));
    let orders: BTreeSet<Vec<usize>> =
        (0..20).map(|at| items_of(&plan.draw(&seed(&at.to_string())).unwrap())).collect();
    assert!(orders.len() > 15);
    for mut order in orders {
        assert_eq!(order.pop(), Some(50), "the second section stays behind the first");
        order.sort_unstable();
        assert_eq!(order, [2, 3, 4, 5, 6, 7]);
    }
}

#[test]
fn a_paper_survives_its_text() {
    let draft = hundred(Some(Target { mean: 450, tolerance: 2 }));
    let json = serde_json::to_string(&draft).unwrap();
    assert_eq!(serde_json::from_str::<PaperDraft>(&json).unwrap(), draft);
    for text in [r#"{"kind":"drawn","sections":[],"shuffle":true,"seed":1}"#, r#"{"kind":"fixed"}"#, "{}"] {
        assert!(serde_json::from_str::<PaperDraft>(text).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// Whatever the cells: a plan's papers fill them all, or the plan names what is missing.
    #[test]
    fn every_plan_can_be_drawn(
        counts in prop::collection::vec((prop::option::of(0usize..3), prop::option::of(0usize..2), 1u32..6), 1..6),
        size in 5usize..40, attempt in 0u32..1000,
    ) {
        let mut rng = Rng::from_seed(u64::from(attempt));
        let kinds = [Kind::Single, Kind::Judgement];
        let list = (0..size).map(|id| {
            let mut item = bank_item(id, kinds[rng.below(2) as usize], rng.below(3) as usize, rng.below(1001) as u16);
            item.variant_of = (rng.below(4) == 0).then(|| format!("q-{}", rng.below(size as u64)));
            item
        });
        let bank = Bank::new(list.collect());
        let cells: Vec<CellDraft> = counts.iter().map(|(ability, kind, count)| cell(*ability, kind.map(|k| kinds[k]), None, *count)).collect();
        let draft = paper(cells, None);
        match Plan::new(&bank, &draft, None) {
            Ok(plan) => {
                let drawn = plan.draw(&seed(&attempt.to_string())).unwrap();
                let wanted: u32 = counts.iter().map(|(_, _, count)| count).sum();
                prop_assert_eq!(items(&drawn).len(), wanted as usize);
                prop_assert_eq!(items(&drawn).iter().collect::<BTreeSet<_>>().len(), wanted as usize);
            }
            Err(faults) => prop_assert!(!faults.is_empty()),
        }
    }
}

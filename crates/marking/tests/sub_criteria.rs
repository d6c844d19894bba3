//! A criterion is one list of aspects, or is divided into sub-criteria: what adds up, who stands where, and what is refused.

use kernel::{Mark, Text};
use marking::*;
use proptest::prelude::*;

fn word(text: &str) -> Text {
    Text::new(text, text)
}

fn aspect(code: String, max: i64) -> AspectDraft {
    let name = word(&code);
    AspectDraft { code, name, max: Mark::from_hundredths(max), abilities: vec!["hand".into()], kind: AspectKind::YesNo }
}

fn scheme(modules: Vec<ModuleDraft>) -> SchemeDraft {
    SchemeDraft {
        code: "divided".into(),
        version: 1,
        title: word("divided"),
        abilities: vec![NamedDraft { code: "hand".into(), name: word("hand") }],
        groups: Vec::new(),
        modules,
        ranking: RankingDraft { ties: Vec::new(), shared: true },
        teams: TeamRule { total: TeamTotal::Sum, then_time: false },
    }
}

/// Of each module its criteria, of each of these its parts, of each of these the maxima of its aspects. A criterion is divided or not, as is said.
type Shape = Vec<Vec<(bool, Vec<Vec<i64>>)>>;

fn draft(shape: &Shape, divide: bool) -> SchemeDraft {
    let criterion = |code: String, (divided, parts): &(bool, Vec<Vec<i64>>)| {
        let mut counted = 0;
        let mut aspects = |maxima: &Vec<i64>| -> Vec<AspectDraft> {
            let drafts = maxima.iter().map(|max| {
                counted += 1;
                aspect(format!("{code}.{counted}"), *max)
            });
            drafts.collect()
        };
        let parts: Vec<Vec<AspectDraft>> = parts.iter().map(&mut aspects).collect();
        let name = word(&code);
        if !(*divided && divide) {
            let aspects = parts.into_iter().flatten().collect();
            return CriterionDraft { code, name, aspects, sub_criteria: None };
        }
        let parts = parts.into_iter().enumerate().map(|(at, aspects)| {
            let code = format!("{code}-{at}");
            SubCriterionDraft { name: word(&code), code, aspects }
        });
        let sub_criteria = Some(parts.collect());
        CriterionDraft { code, name, aspects: Vec::new(), sub_criteria }
    };
    let modules = shape.iter().enumerate().map(|(m, criteria)| {
        let criteria = criteria.iter().enumerate().map(|(c, shape)| criterion(format!("M{m}{c}"), shape));
        ModuleDraft { code: format!("M{m}"), name: word("module"), minutes: None, criteria: criteria.collect() }
    });
    scheme(modules.collect())
}

fn shapes() -> impl Strategy<Value = Shape> {
    let part = prop::collection::vec(1i64..5_000, 1..4);
    let criterion = (any::<bool>(), prop::collection::vec(part, 1..4));
    prop::collection::vec(prop::collection::vec(criterion, 1..4), 1..4)
}

proptest! {
    #[test]
    fn maxima_add_up_and_every_aspect_stands_at_one_place(shape in shapes()) {
        let scheme = draft(&shape, true).check().unwrap();
        let mut placed = vec![0; scheme.aspects().len()];
        for (c, criterion) in scheme.criteria().iter().enumerate() {
            let parts = &scheme.sub_criteria()[criterion.sub_criteria.start as usize..criterion.sub_criteria.end as usize];
            let below: Mark = criterion.aspects.clone().map(|at| scheme.aspects()[at as usize].max).sum();
            prop_assert_eq!(below, criterion.max);
            if !parts.is_empty() {
                prop_assert_eq!(parts.iter().map(|part| part.max).sum::<Mark>(), criterion.max);
                prop_assert_eq!(parts[0].aspects.start..parts[parts.len() - 1].aspects.end, criterion.aspects.clone());
            }
            for at in criterion.aspects.clone() {
                let aspect = &scheme.aspects()[at as usize];
                prop_assert_eq!(aspect.criterion, CriterionIx(c as u32));
                prop_assert_eq!(aspect.sub_criterion.is_none(), parts.is_empty());
                placed[at as usize] += 1;
            }
        }
        prop_assert!(placed.iter().all(|places| *places == 1));
        for (s, part) in scheme.sub_criteria().iter().enumerate() {
            let ix = SubCriterionIx(s as u32);
            prop_assert_eq!(scheme.sub_criterion(ix), Some(part));
            prop_assert!(scheme.criteria()[part.criterion.index()].sub_criteria.contains(&ix.0));
            let own: Vec<u32> = scheme.aspect_ixs().filter(|at| scheme.aspects()[at.index()].sub_criterion == Some(ix)).map(|at| at.0).collect();
            prop_assert_eq!(own, part.aspects.clone().collect::<Vec<_>>());
        }
    }

    /// Marks, ranks and reasons are made of aspects, modules and abilities: none of them knows of a division.
    #[test]
    fn dividing_changes_nothing_that_is_marked(shape in shapes()) {
        let (divided, whole) = (draft(&shape, true).check().unwrap(), draft(&shape, false).check().unwrap());
        let plain = |scheme: &Scheme| -> Vec<Aspect> {
            scheme.aspects().iter().map(|aspect| Aspect { sub_criterion: None, ..aspect.clone() }).collect()
        };
        prop_assert_eq!(plain(&divided), plain(&whole));
        prop_assert_eq!(divided.modules(), whole.modules());
        prop_assert_eq!(divided.abilities(), whole.abilities());
        prop_assert_eq!(divided.max(), whole.max());
        prop_assert!(whole.sub_criteria().is_empty());
    }

    #[test]
    fn a_draft_says_where_each_aspect_stands(shape in shapes()) {
        let draft = draft(&shape, true);
        let paths: Vec<(String, String)> = draft.aspects().map(|(path, aspect)| (path, aspect.code.clone())).collect();
        let mut broken = draft.clone();
        for module in &mut broken.modules {
            for criterion in &mut module.criteria {
                let parts = criterion.sub_criteria.iter_mut().flatten().flat_map(|part| &mut part.aspects);
                criterion.aspects.iter_mut().chain(parts).for_each(|aspect| aspect.max = Mark::ZERO);
            }
        }
        let faults = broken.check().unwrap_err();
        let faulted: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
        prop_assert_eq!(faulted, paths.iter().map(|(path, _)| format!("{path}.max")).collect::<Vec<_>>());
        let codes: Vec<&str> = paths.iter().map(|(_, code)| code.as_str()).collect();
        let scheme = draft.check().unwrap();
        prop_assert_eq!(codes, scheme.aspects().iter().map(|aspect| aspect.code.as_str()).collect::<Vec<_>>());
    }
}

/// One thing done wrong to the first criterion, which has two parts.
type Harm = fn(&mut CriterionDraft);

#[test]
fn every_fault_of_a_division_is_named_by_its_path() {
    fn part(criterion: &mut CriterionDraft, at: usize) -> &mut SubCriterionDraft {
        &mut criterion.sub_criteria.as_mut().unwrap()[at]
    }
    let cases: Vec<(&str, &str, Harm)> = vec![
        ("sub_criteria", "the criterion has no sub-criterion", |c| c.sub_criteria = Some(Vec::new())),
        ("aspects", "the criterion has both aspects and sub-criteria", |c| c.aspects.push(aspect("M00.9".into(), 100))),
        ("aspects", "the criterion has no aspect", |c| c.sub_criteria = None),
        ("sub_criteria[1].aspects", "the sub-criterion has no aspect", |c| part(c, 1).aspects.clear()),
        ("sub_criteria[1].name.en", "the text is missing", |c| part(c, 1).name.en.clear()),
        ("sub_criteria[1].code", "code \"a/b\" is not acceptable", |c| part(c, 1).code = "a/b".into()),
        ("sub_criteria[1].code", "code M00-0 is used twice", |c| part(c, 1).code = "M00-0".into()),
        ("sub_criteria[1].code", "code M0 is used twice", |c| part(c, 1).code = "M0".into()),
        ("sub_criteria[1].code", "code M00 is used twice", |c| part(c, 1).code = "M00".into()),
        ("sub_criteria[1].code", "code M00.1 is used twice", |c| part(c, 1).code = "M00.1".into()),
        ("sub_criteria[1].aspects[0].code", "code M00-1 is used twice", |c| {
            part(c, 1).aspects[0].code = "M00-1".into()
        }),
        ("sub_criteria[1].aspects[0].code", "code M00.1 is used twice", |c| {
            part(c, 1).aspects[0].code = "M00.1".into()
        }),
        ("sub_criteria[1].aspects[0].max", "0.00 can't be a mark here", |c| part(c, 1).aspects[0].max = Mark::ZERO),
    ];
    for (path, says, harm) in cases {
        let mut draft = draft(&vec![vec![(true, vec![vec![100], vec![200]])]], true);
        harm(&mut draft.modules[0].criteria[0]);
        let faults = draft.check().expect_err(says);
        let said: Vec<_> = faults.iter().map(|fault| (fault.path.as_str(), fault.says.en.as_str())).collect();
        assert_eq!(said, [(format!("modules[0].criteria[0].{path}").as_str(), says)]);
        for text in [&faults[0].says, &faults[0].suggestion.text()] {
            assert!(!text.zh.is_empty() && !text.en.is_empty() && text.zh != text.en, "{}", faults[0]);
        }
    }
}

#[test]
fn a_module_or_a_criterion_that_comes_later_does_not_take_the_code_of_a_sub_criterion() {
    let shape = vec![vec![(true, vec![vec![100]]), (false, vec![vec![100]])], vec![(false, vec![vec![100]])]];
    let mut taken = draft(&shape, true);
    taken.modules[0].criteria[1].code = "M00-0".into();
    taken.modules[1].code = "M00-0".into();
    let faults = taken.check().unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["modules[0].criteria[1].code", "modules[1].code"]);
    assert!(faults[0].suggestion.text().en.contains("`M00-0-2`"), "{}", faults[0]);
}

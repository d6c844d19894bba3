//! Modules, criteria, sub-criteria and aspects: who stands below whom, under which code, and what they add up to.

use kernel::{Mark, Suggestion};
use rustc_hash::FxHashSet;

use super::{Faults, check_aspect};
use crate::draft::{AspectDraft, CriterionDraft, ModuleDraft, SubCriterionDraft};
use crate::scheme::{Ability, Aspect, Criterion, CriterionIx, Module, ModuleIx, SubCriterion, SubCriterionIx};
use crate::value::MARK_MOST;

const ASPECTS_MOST: usize = 5_000;
const ASPECTS: &str =
    "aspects: [{code: A1.1, name: {zh: 夹紧, en: Gripped}, type: measurement, max: 2, abilities: [hand]}]";

/// What is marked, each kind side by side in the order of the file.
#[derive(Default)]
pub(super) struct Marked {
    pub modules: Vec<Module>,
    pub criteria: Vec<Criterion>,
    pub sub_criteria: Vec<SubCriterion>,
    pub aspects: Vec<Aspect>,
}

/// Two modules, two criteria or two aspects never share a code. A sub-criterion's is nobody else's, of whichever kind.
#[derive(Default)]
struct Codes {
    modules: FxHashSet<String>,
    criteria: FxHashSet<String>,
    sub_criteria: FxHashSet<String>,
    aspects: FxHashSet<String>,
}

/// Where an aspect stands.
#[derive(Clone, Copy)]
struct Below {
    module: ModuleIx,
    criterion: CriterionIx,
    sub_criterion: Option<SubCriterionIx>,
}

pub(super) fn check_modules(faults: &mut Faults, drafts: Vec<ModuleDraft>, abilities: &mut [Ability]) -> Marked {
    if drafts.is_empty() {
        let example = "modules: [{code: A, name: {zh: 装配, en: Assembly}, criteria: […]}]";
        faults.add("modules", "方案没有模块", "the scheme has no module", Suggestion::write(example));
    }
    let mut reading = Reading { faults, abilities, codes: Codes::default(), marked: Marked::default() };
    for (m, draft) in drafts.into_iter().enumerate() {
        reading.module(m, draft);
    }
    let Reading { faults, marked, .. } = reading;
    let aspects = marked.aspects.len();
    if aspects > ASPECTS_MOST {
        faults.add(
            "modules",
            format!("评分项过多：{aspects}"),
            format!("{aspects} aspects are too many"),
            Suggestion::advice(
                format!("最多 {ASPECTS_MOST} 项，请拆成几个方案"),
                format!("{ASPECTS_MOST} at most, split the scheme"),
            ),
        );
    }
    marked
}

struct Reading<'a> {
    faults: &'a mut Faults,
    abilities: &'a mut [Ability],
    codes: Codes,
    marked: Marked,
}

impl Reading<'_> {
    fn module(&mut self, m: usize, draft: ModuleDraft) {
        let path = format!("modules[{m}]");
        self.faults.code_beside(&path, &draft.code, &mut self.codes.modules, &[&self.codes.sub_criteria]);
        self.faults.name(&format!("{path}.name"), &draft.name);
        if draft.minutes == Some(0) {
            self.faults.add(
                format!("{path}.minutes"),
                "时长不能是 0",
                "a module can't take 0 minutes",
                Suggestion::advice("写 `minutes: 90`，或不写", "write `minutes: 90`, or leave it out"),
            );
        }
        if draft.criteria.is_empty() {
            let example = "criteria: [{code: A1, name: {zh: 抓取, en: Grasp}, aspects: […]}]";
            let path = format!("{path}.criteria");
            self.faults.add(path, "模块没有评分单元", "the module has no criterion", Suggestion::write(example));
        }
        let (first_criterion, first_aspect) = (self.marked.criteria.len() as u32, self.marked.aspects.len() as u32);
        let mut max = Mark::ZERO;
        for (c, criterion) in draft.criteria.into_iter().enumerate() {
            max += self.criterion(&format!("{path}.criteria[{c}]"), ModuleIx(m as u32), criterion);
        }
        self.marked.modules.push(Module {
            code: draft.code,
            name: draft.name,
            minutes: draft.minutes,
            max,
            criteria: first_criterion..self.marked.criteria.len() as u32,
            aspects: first_aspect..self.marked.aspects.len() as u32,
        });
    }

    fn criterion(&mut self, path: &str, module: ModuleIx, draft: CriterionDraft) -> Mark {
        self.faults.code_beside(path, &draft.code, &mut self.codes.criteria, &[&self.codes.sub_criteria]);
        self.faults.name(&format!("{path}.name"), &draft.name);
        match &draft.sub_criteria {
            None if draft.aspects.is_empty() => {
                let path = format!("{path}.aspects");
                let suggestion = Suggestion::write(ASPECTS);
                self.faults.add(path, "评分单元下没有评分项", "the criterion has no aspect", suggestion);
            }
            Some(parts) if parts.is_empty() => {
                let example = "sub_criteria: [{code: A1a, name: {zh: 准备, en: Preparing}, aspects: […]}]";
                let path = format!("{path}.sub_criteria");
                let (zh, en) = ("评分单元下没有评分子单元", "the criterion has no sub-criterion");
                self.faults.add(path, zh, en, Suggestion::write(example));
            }
            Some(_) if !draft.aspects.is_empty() => {
                let (zh, en) =
                    ("评分单元下既有评分项又有评分子单元", "the criterion has both aspects and sub-criteria");
                let suggestion = Suggestion::advice(
                    "把这些评分项写到一个评分子单元下，或不分子单元",
                    "put these aspects into a sub-criterion, or don't divide it",
                );
                self.faults.add(format!("{path}.aspects"), zh, en, suggestion);
            }
            _ => {}
        }
        let below = Below { module, criterion: CriterionIx(self.marked.criteria.len() as u32), sub_criterion: None };
        let (first_part, first_aspect) = (self.marked.sub_criteria.len() as u32, self.marked.aspects.len() as u32);
        let mut max = self.aspects(path, below, draft.aspects);
        for (s, part) in draft.sub_criteria.into_iter().flatten().enumerate() {
            max += self.sub_criterion(&format!("{path}.sub_criteria[{s}]"), below, part);
        }
        self.marked.criteria.push(Criterion {
            code: draft.code,
            name: draft.name,
            module,
            sub_criteria: first_part..self.marked.sub_criteria.len() as u32,
            aspects: first_aspect..self.marked.aspects.len() as u32,
            max,
        });
        max
    }

    fn sub_criterion(&mut self, path: &str, below: Below, draft: SubCriterionDraft) -> Mark {
        let Codes { modules, criteria, sub_criteria, aspects } = &mut self.codes;
        self.faults.code_beside(path, &draft.code, sub_criteria, &[modules, criteria, aspects]);
        self.faults.name(&format!("{path}.name"), &draft.name);
        if draft.aspects.is_empty() {
            let path = format!("{path}.aspects");
            let (zh, en) = ("评分子单元下没有评分项", "the sub-criterion has no aspect");
            self.faults.add(path, zh, en, Suggestion::write(ASPECTS));
        }
        let first_aspect = self.marked.aspects.len() as u32;
        let own = SubCriterionIx(self.marked.sub_criteria.len() as u32);
        let max = self.aspects(path, Below { sub_criterion: Some(own), ..below }, draft.aspects);
        self.marked.sub_criteria.push(SubCriterion {
            code: draft.code,
            name: draft.name,
            criterion: below.criterion,
            aspects: first_aspect..self.marked.aspects.len() as u32,
            max,
        });
        max
    }

    /// What they add up to.
    fn aspects(&mut self, path: &str, below: Below, drafts: Vec<AspectDraft>) -> Mark {
        let mut sum = Mark::ZERO;
        for (a, draft) in drafts.into_iter().enumerate() {
            let path = format!("{path}.aspects[{a}]");
            self.faults.code_beside(&path, &draft.code, &mut self.codes.aspects, &[&self.codes.sub_criteria]);
            let abilities = check_aspect(self.faults, &path, &draft, self.abilities);
            if (Mark::ZERO..=MARK_MOST).contains(&draft.max) {
                sum += draft.max;
            }
            let Below { module, criterion, sub_criterion } = below;
            let AspectDraft { code, name, max, kind, .. } = draft;
            self.marked.aspects.push(Aspect { code, name, module, criterion, sub_criterion, max, abilities, kind });
        }
        sum
    }
}

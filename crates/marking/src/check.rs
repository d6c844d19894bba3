//! From draft to scheme: every rule that a scheme must keep, in the order of the file.
//!
//! Choices: the steps of an aspect add up to its maximum, for otherwise nobody could reach it; an aspect names at least one
//! ability; a panel that drops extremes has at least three judges; a panel's maximum is a multiple of its step.

use kernel::{Mark, Text};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::draft::{AspectDraft, SchemeDraft, SchemeFault, TieDraft};
use crate::scheme::{
    Ability, AbilityIx, Aspect, AspectIx, AspectKind, Criterion, CriterionIx, Group, Levels, Module, ModuleIx, Panel,
    Ranking, Scheme, TieBreak, Tolerance,
};
use crate::value::{MARK_MOST, ROUND_MOST};

/// Codes are parts of addresses and of sheets: short, visible, without a slash.
pub(crate) const CODE_LEN_MOST: usize = 40;
pub(crate) const JUDGES_MOST: u32 = 99;
const ASPECTS_MOST: usize = 5_000;

pub(crate) fn is_code(code: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !code.is_empty() && code.chars().count() <= CODE_LEN_MOST && code.chars().all(fits)
}

#[derive(Default)]
struct Faults(Vec<SchemeFault>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(SchemeFault { path: path.into(), says: Text::new(zh, en) });
    }

    /// Checks a code and that it is new among its like.
    fn code(&mut self, path: &str, code: &str, seen: &mut FxHashSet<String>) {
        if !is_code(code) {
            let shown: String = code.chars().take(CODE_LEN_MOST).collect();
            self.add(
                format!("{path}.code"),
                format!("代码 {shown:?} 不合规：1 到 {CODE_LEN_MOST} 个字母、数字、“-”“_”“.”"),
                format!("code {shown:?} is not acceptable: 1 to {CODE_LEN_MOST} letters, digits, - _ ."),
            );
        } else if !seen.insert(code.to_owned()) {
            self.add(format!("{path}.code"), format!("代码 {code} 已用过"), format!("code {code} is used twice"));
        }
    }

    fn name(&mut self, path: &str, name: &Text) {
        for (lang, text) in [("zh", &name.zh), ("en", &name.en)] {
            if text.trim().is_empty() {
                self.add(format!("{path}.{lang}"), "缺少名称", "the text is missing");
            }
        }
    }

    fn marks(&mut self, path: String, marks: Mark) -> bool {
        let fits = marks > Mark::ZERO && marks <= MARK_MOST;
        if !fits {
            self.add(
                path,
                format!("分值须大于 0 且不超过 {MARK_MOST}，现为 {marks}"),
                format!("must be more than 0 and at most {MARK_MOST}, not {marks}"),
            );
        }
        fits
    }

    fn judges(&mut self, path: String, judges: u32, least: u32) {
        if !(least..=JUDGES_MOST).contains(&judges) {
            self.add(
                path,
                format!("裁判人数须在 {least} 到 {JUDGES_MOST} 之间，现为 {judges}"),
                format!("must be {least} to {JUDGES_MOST} judges, not {judges}"),
            );
        }
    }
}

pub(crate) fn check(draft: SchemeDraft) -> Result<Scheme, Vec<SchemeFault>> {
    let mut faults = Faults::default();
    faults.name("title", &draft.title);

    let mut seen = FxHashSet::default();
    let mut abilities = Vec::new();
    for (at, ability) in draft.abilities.into_iter().enumerate() {
        let path = format!("abilities[{at}]");
        faults.code(&path, &ability.code, &mut seen);
        faults.name(&format!("{path}.name"), &ability.name);
        abilities.push(Ability { code: ability.code, name: ability.name, max: Mark::ZERO, aspects: 0 });
    }
    let mut seen = FxHashSet::default();
    let mut groups = Vec::new();
    for (at, group) in draft.groups.into_iter().enumerate() {
        let path = format!("groups[{at}]");
        faults.code(&path, &group.code, &mut seen);
        faults.name(&format!("{path}.name"), &group.name);
        groups.push(Group { code: group.code, name: group.name });
    }

    let (mut modules, mut criteria, mut aspects) = (Vec::new(), Vec::new(), Vec::new());
    let (mut module_codes, mut criterion_codes, mut aspect_seen) =
        (FxHashSet::default(), FxHashSet::default(), FxHashSet::default());
    if draft.modules.is_empty() {
        faults.add("modules", "方案没有模块", "a scheme needs at least one module");
    }
    for (m, module) in draft.modules.into_iter().enumerate() {
        let path = format!("modules[{m}]");
        faults.code(&path, &module.code, &mut module_codes);
        faults.name(&format!("{path}.name"), &module.name);
        if module.minutes == Some(0) {
            faults.add(format!("{path}.minutes"), "时长须大于 0", "must be more than 0");
        }
        if module.criteria.is_empty() {
            faults.add(format!("{path}.criteria"), "模块没有评分标准", "a module needs at least one criterion");
        }
        let (first_criterion, first_aspect) = (criteria.len() as u32, aspects.len() as u32);
        let mut module_max = Mark::ZERO;
        for (c, criterion) in module.criteria.into_iter().enumerate() {
            let path = format!("{path}.criteria[{c}]");
            faults.code(&path, &criterion.code, &mut criterion_codes);
            faults.name(&format!("{path}.name"), &criterion.name);
            if criterion.aspects.is_empty() {
                faults.add(format!("{path}.aspects"), "评分标准下没有评分项", "a criterion needs at least one aspect");
            }
            let criterion_first = aspects.len() as u32;
            let mut criterion_max = Mark::ZERO;
            for (a, aspect) in criterion.aspects.into_iter().enumerate() {
                let path = format!("{path}.aspects[{a}]");
                faults.code(&path, &aspect.code, &mut aspect_seen);
                let named = check_aspect(&mut faults, &path, &aspect, &mut abilities);
                if (Mark::ZERO..=MARK_MOST).contains(&aspect.max) {
                    criterion_max += aspect.max;
                }
                aspects.push(Aspect {
                    code: aspect.code,
                    name: aspect.name,
                    module: ModuleIx(m as u32),
                    criterion: CriterionIx(criteria.len() as u32),
                    max: aspect.max,
                    abilities: named,
                    kind: aspect.kind,
                });
            }
            module_max += criterion_max;
            criteria.push(Criterion {
                code: criterion.code,
                name: criterion.name,
                module: ModuleIx(m as u32),
                aspects: criterion_first..aspects.len() as u32,
                max: criterion_max,
            });
        }
        modules.push(Module {
            code: module.code,
            name: module.name,
            minutes: module.minutes,
            max: module_max,
            criteria: first_criterion..criteria.len() as u32,
            aspects: first_aspect..aspects.len() as u32,
        });
    }
    if aspects.len() > ASPECTS_MOST {
        faults.add(
            "modules",
            format!("评分项过多：{}，最多 {ASPECTS_MOST}", aspects.len()),
            format!("{} aspects are more than {ASPECTS_MOST}", aspects.len()),
        );
    }
    let ties = check_ties(&mut faults, draft.ranking.ties, &modules);

    if !faults.0.is_empty() {
        return Err(faults.0);
    }
    let aspect_codes: FxHashMap<_, _> =
        aspects.iter().enumerate().map(|(at, aspect)| (aspect.code.clone(), AspectIx(at as u32))).collect();
    Ok(Scheme {
        code: draft.code,
        version: draft.version,
        title: draft.title,
        max: modules.iter().map(|module| module.max).sum(),
        theory_max: aspects.iter().filter(|aspect| aspect.kind == AspectKind::Theory).map(|aspect| aspect.max).sum(),
        modules,
        criteria,
        aspects,
        abilities,
        groups,
        ranking: Ranking { ties, shared: draft.ranking.shared },
        teams: draft.teams,
        aspect_codes,
    })
}

fn check_aspect(faults: &mut Faults, path: &str, aspect: &AspectDraft, abilities: &mut [Ability]) -> Vec<AbilityIx> {
    faults.name(&format!("{path}.name"), &aspect.name);
    let max_fits = faults.marks(format!("{path}.max"), aspect.max);
    let mut named = Vec::new();
    if aspect.abilities.is_empty() {
        faults.add(format!("{path}.abilities"), "至少写明一项能力", "name at least one ability");
    }
    for (at, code) in aspect.abilities.iter().enumerate() {
        let path = format!("{path}.abilities[{at}]");
        match abilities.iter().position(|ability| ability.code == *code) {
            None => faults.add(path, format!("没有 {code} 这项能力"), format!("there is no ability {code}")),
            Some(ix) if named.contains(&AbilityIx(ix as u32)) => {
                faults.add(path, format!("能力 {code} 重复"), format!("ability {code} is named twice"));
            }
            Some(ix) => {
                named.push(AbilityIx(ix as u32));
                abilities[ix].aspects += 1;
                if max_fits {
                    abilities[ix].max += aspect.max;
                }
            }
        }
    }
    match &aspect.kind {
        AspectKind::YesNo | AspectKind::Automatic { .. } | AspectKind::Theory => {}
        AspectKind::Tolerance(tolerance) => check_tolerance(faults, path, tolerance),
        AspectKind::Steps(steps) => {
            let parts: Vec<_> = steps.iter().map(|step| (&step.code, &step.name, step.marks)).collect();
            let sum = check_parts(faults, path, "steps", &parts);
            if max_fits && sum.is_some_and(|sum| sum != aspect.max) {
                let (sum, max) = (sum.unwrap_or_default(), aspect.max);
                faults.add(
                    format!("{path}.steps"),
                    format!("各步合计 {sum}，与满分 {max} 不符"),
                    format!("the steps add up to {sum}, the maximum is {max}"),
                );
            }
        }
        AspectKind::Deductions(deductions) => {
            let parts: Vec<_> = deductions.iter().map(|part| (&part.code, &part.name, part.marks)).collect();
            check_parts(faults, path, "deductions", &parts);
        }
        AspectKind::Levels(levels) => check_levels(faults, path, levels),
        AspectKind::Panel(panel) => check_panel(faults, path, panel, aspect.max),
    }
    named
}

fn check_tolerance(faults: &mut Faults, path: &str, tolerance: &Tolerance) {
    if tolerance.unit.trim().is_empty() {
        faults.add(format!("{path}.tolerance.unit"), "缺少单位", "the unit is missing");
    }
    if tolerance.full.millionths() < 0 {
        faults.add(format!("{path}.tolerance.full"), "不能为负", "must not be negative");
    }
    if tolerance.zero <= tolerance.full {
        faults.add(
            format!("{path}.tolerance.zero"),
            format!("零分偏差 {} 须大于满分偏差 {}", tolerance.zero, tolerance.full),
            format!("the deviation worth nothing ({}) must be greater than full ({})", tolerance.zero, tolerance.full),
        );
    }
}

/// Steps or deductions; their sum, if each is sound.
fn check_parts(faults: &mut Faults, path: &str, what: &str, parts: &[(&String, &Text, Mark)]) -> Option<Mark> {
    if parts.is_empty() {
        faults.add(format!("{path}.{what}"), "至少列出一条", "list at least one");
        return None;
    }
    let mut seen = FxHashSet::default();
    let mut sound = true;
    for (at, (code, name, marks)) in parts.iter().enumerate() {
        let path = format!("{path}.{what}[{at}]");
        faults.code(&path, code, &mut seen);
        faults.name(&format!("{path}.name"), name);
        sound &= faults.marks(format!("{path}.marks"), *marks);
    }
    sound.then(|| parts.iter().map(|(_, _, marks)| *marks).sum())
}

fn check_levels(faults: &mut Faults, path: &str, levels: &Levels) {
    if levels.levels.len() != 4 {
        let got = levels.levels.len();
        faults.add(
            format!("{path}.levels"),
            format!("须写明 0 到 3 四个等级，现有 {got} 个"),
            format!("describe the four levels 0 to 3, not {got}"),
        );
    }
    for (at, level) in levels.levels.iter().enumerate() {
        faults.name(&format!("{path}.levels[{at}]"), level);
    }
    faults.judges(format!("{path}.judges"), levels.judges, 1);
    if levels.spread_max > Levels::LEVEL_MOST {
        faults.add(
            format!("{path}.spread_max"),
            format!("等级差限值须在 0 到 3 之间，现为 {}", levels.spread_max),
            format!("must be 0 to 3, not {}", levels.spread_max),
        );
    }
    if !(1..=ROUND_MOST).contains(&levels.rounds_most) {
        faults.add(
            format!("{path}.rounds_most"),
            format!("轮数须在 1 到 {ROUND_MOST} 之间"),
            format!("must be 1 to {ROUND_MOST} rounds"),
        );
    }
}

fn check_panel(faults: &mut Faults, path: &str, panel: &Panel, max: Mark) {
    faults.judges(format!("{path}.panel.judges"), panel.judges, if panel.drop_extremes { 3 } else { 1 });
    if faults.marks(format!("{path}.panel.step"), panel.step) && max.hundredths() % panel.step.hundredths() != 0 {
        faults.add(
            format!("{path}.panel.step"),
            format!("满分 {max} 不是步长 {} 的整数倍", panel.step),
            format!("the maximum {max} is no multiple of the step {}", panel.step),
        );
    }
}

fn check_ties(faults: &mut Faults, ties: Vec<TieDraft>, modules: &[Module]) -> Vec<TieBreak> {
    let mut checked = Vec::new();
    for (at, tie) in ties.into_iter().enumerate() {
        let path = format!("ranking.ties[{at}]");
        let tie = match tie {
            TieDraft::Module(code) => match modules.iter().position(|module| module.code == code) {
                Some(ix) => TieBreak::Module(ModuleIx(ix as u32)),
                None => {
                    faults.add(
                        format!("{path}.module"),
                        format!("没有模块 {code}"),
                        format!("there is no module {code}"),
                    );
                    continue;
                }
            },
            TieDraft::Practice => TieBreak::Practice,
            TieDraft::Theory => TieBreak::Theory,
            TieDraft::Time => TieBreak::Time,
        };
        if checked.contains(&tie) {
            faults.add(path, "同一条件重复", "this stands in the chain already");
        } else {
            checked.push(tie);
        }
    }
    checked
}

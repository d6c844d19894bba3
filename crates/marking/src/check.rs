//! From draft to scheme: every rule that a scheme must keep, in the order of the file.
//!
//! Choices: the steps of an aspect add up to its maximum, for otherwise nobody could reach it; an aspect names at least one
//! ability; a panel that drops extremes has at least three judges; a panel's maximum is a multiple of its step.

mod modules;

use kernel::{Mark, Suggestion, Text};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::draft::{AspectDraft, SchemeDraft, SchemeFault, TieDraft};
use crate::scheme::{
    Ability, AbilityIx, AspectIx, AspectKind, Group, Levels, Module, ModuleIx, Panel, Ranking, Scheme, TieBreak,
    Tolerance,
};
use crate::value::{MARK_MOST, ROUND_MOST};
use modules::Marked;

/// Codes are parts of addresses and of sheets: short, visible, without a slash.
const CODE_LEN_MOST: usize = 40;
pub(crate) const JUDGES_MOST: u32 = 99;

fn is_code(code: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !code.is_empty() && code.chars().count() <= CODE_LEN_MOST && code.chars().all(fits)
}

/// What is wrong in a file, in its order.
pub(crate) struct Faults {
    pub found: Vec<SchemeFault>,
    /// A code and a name as they could stand in such a file.
    such: (&'static str, Text),
}

impl Faults {
    pub fn none(such_code: &'static str, such_name: Text) -> Faults {
        Faults { found: Vec::new(), such: (such_code, such_name) }
    }

    pub fn add(
        &mut self,
        path: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
        suggestion: Suggestion,
    ) {
        self.found.push(SchemeFault { path: path.into(), says: Text::new(zh, en), suggestion });
    }

    /// Checks the form of a code.
    pub fn is_code(&mut self, path: &str, code: &str) -> bool {
        let fits = is_code(code);
        if !fits {
            let shown: String = code.chars().take(CODE_LEN_MOST).collect();
            let such = self.such.0;
            self.add(
                path,
                format!("代码 {shown:?} 不合规"),
                format!("code {shown:?} is not acceptable"),
                Suggestion::advice(
                    format!("用 1 到 {CODE_LEN_MOST} 个字母、数字、“-”“_”“.”，例如 `{such}`"),
                    format!("use 1 to {CODE_LEN_MOST} letters, digits, - _ ., such as `{such}`"),
                ),
            );
        }
        fits
    }

    /// Checks a code and that it is new among its like.
    pub fn code(&mut self, path: &str, code: &str, seen: &mut FxHashSet<String>) {
        self.code_beside(path, code, seen, &[]);
    }

    /// Checks a code and that it is new, among its like and among others.
    fn code_beside(&mut self, path: &str, code: &str, seen: &mut FxHashSet<String>, others: &[&FxHashSet<String>]) {
        if !self.is_code(&format!("{path}.code"), code) {
            return;
        }
        let is_new = seen.insert(code.to_owned());
        if !is_new || others.iter().any(|others| others.contains(code)) {
            let is_free = |free: &String| !seen.contains(free) && others.iter().all(|others| !others.contains(free));
            let free = (2..).map(|next| format!("{code}-{next}")).find(is_free);
            self.add(
                format!("{path}.code"),
                format!("代码 {code} 已用过"),
                format!("code {code} is used twice"),
                Suggestion::advice(
                    format!("另取一个，例如 `{}`", free.as_deref().unwrap_or_default()),
                    format!("take another one, such as `{}`", free.as_deref().unwrap_or_default()),
                ),
            );
        }
    }

    pub fn name(&mut self, path: &str, name: &Text) {
        for (lang, text) in [("zh", &name.zh), ("en", &name.en)] {
            if text.trim().is_empty() {
                let such = if lang == "zh" { &self.such.1.zh } else { &self.such.1.en };
                let example = Suggestion::write(format!("{lang}: {such}"));
                self.add(format!("{path}.{lang}"), "缺少名称", "the text is missing", example);
            }
        }
    }

    fn marks(&mut self, path: String, marks: Mark) -> bool {
        let fits = marks > Mark::ZERO && marks <= MARK_MOST;
        if !fits {
            self.add(
                path,
                format!("分值 {marks} 不可用"),
                format!("{marks} can't be a mark here"),
                Suggestion::advice(
                    format!("写大于 0 且不超过 {MARK_MOST} 的分值"),
                    format!("write marks of more than 0 and at most {MARK_MOST}"),
                ),
            );
        }
        fits
    }

    fn judges(&mut self, path: String, judges: u32, least: u32) {
        if !(least..=JUDGES_MOST).contains(&judges) {
            self.add(
                path,
                format!("裁判人数不能是 {judges}"),
                format!("there can't be {judges} judges"),
                Suggestion::advice(
                    format!("写 {least} 到 {JUDGES_MOST}"),
                    format!("write a number from {least} to {JUDGES_MOST}"),
                ),
            );
        }
    }
}

pub(crate) fn check(draft: SchemeDraft) -> Result<Scheme, Vec<SchemeFault>> {
    let mut faults = Faults::none("A1.2", Text::new("装配", "Assembly"));
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

    let Marked { modules, criteria, sub_criteria, aspects } =
        modules::check_modules(&mut faults, draft.modules, &mut abilities);
    let ties = check_ties(&mut faults, draft.ranking.ties, &modules);

    if !faults.found.is_empty() {
        return Err(faults.found);
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
        sub_criteria,
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
        let first = abilities.first().map_or("hand", |ability| ability.code.as_str());
        let example = Suggestion::write(format!("abilities: [{first}]"));
        faults.add(format!("{path}.abilities"), "没有写明考查的能力", "it names no ability", example);
    }
    for (at, code) in aspect.abilities.iter().enumerate() {
        let path = format!("{path}.abilities[{at}]");
        match abilities.iter().position(|ability| ability.code == *code) {
            None => {
                let known = abilities.iter().map(|ability| ability.code.as_str());
                let suggestion = if abilities.is_empty() {
                    let example = format!("abilities: [{{code: {code}, name: {{zh: 装配, en: Assembly}}}}]");
                    Suggestion::advice(format!("先声明：`{example}`"), format!("declare it: `{example}`"))
                } else {
                    Suggestion::among(code, known)
                };
                faults.add(path, format!("没有 {code} 这项能力"), format!("there is no ability {code}"), suggestion);
            }
            Some(ix) if named.contains(&AbilityIx(ix as u32)) => {
                let suggestion = Suggestion::advice("去掉一个", "remove one of them");
                faults.add(path, format!("能力 {code} 重复"), format!("ability {code} is named twice"), suggestion);
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
                    Suggestion::advice(
                        format!("改各步分值，或写 `max: {sum}`"),
                        format!("change the steps' marks, or write `max: {sum}`"),
                    ),
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
        faults.add(format!("{path}.tolerance.unit"), "缺少单位", "the unit is missing", Suggestion::write("unit: mm"));
    }
    if tolerance.full.millionths() < 0 {
        let own = tolerance.full.to_string();
        faults.add(
            format!("{path}.tolerance.full"),
            "满分偏差为负",
            "the deviation worth everything is negative",
            Suggestion::replace(own.trim_start_matches('-')),
        );
    }
    if tolerance.zero <= tolerance.full {
        faults.add(
            format!("{path}.tolerance.zero"),
            format!("零分偏差 {} 不大于满分偏差 {}", tolerance.zero, tolerance.full),
            format!("the deviation worth nothing ({}) isn't greater than full ({})", tolerance.zero, tolerance.full),
            Suggestion::advice(
                format!("zero 写大于 {} 的数", tolerance.full),
                format!("write a number greater than {} for zero", tolerance.full),
            ),
        );
    }
}

/// Steps or deductions; their sum, if each is sound.
fn check_parts(faults: &mut Faults, path: &str, what: &str, parts: &[(&String, &Text, Mark)]) -> Option<Mark> {
    if parts.is_empty() {
        let example = format!("{what}: [{{code: a, name: {{zh: 对正, en: Aligned}}, marks: 1}}]");
        faults.add(format!("{path}.{what}"), "一条也没有列出", "nothing is listed", Suggestion::write(example));
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
            format!("等级有 {got} 个，不是 4 个"),
            format!("there are {got} levels, not four"),
            Suggestion::advice(
                "依次写明 0 到 3 四个等级，每个写 `{zh: …, en: …}`",
                "describe the levels 0 to 3 in turn, each as `{zh: …, en: …}`",
            ),
        );
    }
    for (at, level) in levels.levels.iter().enumerate() {
        faults.name(&format!("{path}.levels[{at}]"), level);
    }
    faults.judges(format!("{path}.judges"), levels.judges, 1);
    if levels.spread_max > Levels::LEVEL_MOST {
        faults.add(
            format!("{path}.spread_max"),
            format!("等级差限值不能是 {}", levels.spread_max),
            format!("the levels can't differ by {}", levels.spread_max),
            Suggestion::advice("写 0 到 3", "write a number from 0 to 3"),
        );
    }
    if !(1..=ROUND_MOST).contains(&levels.rounds_most) {
        faults.add(
            format!("{path}.rounds_most"),
            format!("轮数不能是 {}", levels.rounds_most),
            format!("there can't be {} rounds", levels.rounds_most),
            Suggestion::advice(format!("写 1 到 {ROUND_MOST}"), format!("write a number from 1 to {ROUND_MOST}")),
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
            // A hundredth always fits.
            Suggestion::write(format!("step: {}", if max.hundredths() % 10 == 0 { "0.1" } else { "0.01" })),
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
                        if modules.is_empty() {
                            Suggestion::advice("先在 modules 下写模块", "write the module under modules first")
                        } else {
                            Suggestion::among(&code, modules.iter().map(|module| module.code.as_str()))
                        },
                    );
                    continue;
                }
            },
            TieDraft::Practice => TieBreak::Practice,
            TieDraft::Theory => TieBreak::Theory,
            TieDraft::Time => TieBreak::Time,
        };
        if checked.contains(&tie) {
            let suggestion = Suggestion::advice("去掉这一条", "remove this one");
            faults.add(path, "同一条件重复", "this stands in the chain already", suggestion);
        } else {
            checked.push(tie);
        }
    }
    checked
}

//! How a rule set and a scheme fit each other, when an organiser brings them together.

use kernel::{Mark, Suggestion, Text};

use super::ContestRules;
use crate::{Aspect, AspectKind, Over, Part, Scheme};

/// In what a rule set and a scheme don't fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    pub weight: Weight,
    /// In the rule-set file.
    pub path: String,
    pub says: Text,
    /// Its replacement is for the whole value at the path.
    pub suggestion: Suggestion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// A contest can't have both.
    Fault,
    /// It can, but this is probably not what was meant.
    Warning,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let weight = match self.weight {
            Weight::Fault => "fault",
            Weight::Warning => "warning",
        };
        write!(f, "{weight}: {}: {}{}", self.path, self.says.en, self.suggestion)
    }
}

pub(super) fn check(rules: &ContestRules, scheme: &Scheme) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    let mut add = |weight, path: String, zh: String, en: String, suggestion: Suggestion| {
        misfits.push(Misfit { weight, path, says: Text { zh, en }, suggestion });
    };
    let all_together = || {
        let over = Over::WholeField.code();
        Suggestion::advice(
            format!("写 `over: {over}`，或在评分方案中声明 groups"),
            format!("write `over: {over}`, or declare groups in the scheme"),
        )
    };
    let (theory, total) = (scheme.theory_max(), scheme.max());
    for (at, rule) in rules.prizes.iter().enumerate() {
        let path = format!("prizes[{at}]");
        if rule.over == Over::EachGroup && scheme.groups().is_empty() {
            add(
                Weight::Warning,
                format!("{path}.over"),
                "按组评奖，但评分方案没有组别，实际为全体一起评奖".into(),
                "prizes are given in each group, but the scheme has no groups: all are one".into(),
                all_together(),
            );
        }
        if rule.to == crate::PrizeTo::Teams {
            // What a team can have depends on its members.
            continue;
        }
        for (at, condition) in rule.conditions.iter().enumerate() {
            let (zh, en, most) = match condition.part {
                Part::Total => ("总分", "the total", total),
                Part::Practice => ("实操成绩", "practice", total - theory),
                Part::Theory => ("理论成绩", "theory", theory),
            };
            if condition.at_least > most {
                add(
                    Weight::Fault,
                    format!("{path}.conditions[{at}]"),
                    format!("{zh}最多 {most}，没有人能达到 {}", condition.at_least),
                    format!("{en} can't be more than {most}, so nobody reaches {}", condition.at_least),
                    if most > Mark::ZERO {
                        Suggestion::advice(
                            format!("最多写 {most}，通常更低"),
                            format!("write {most} at most, or rather less"),
                        )
                    } else {
                        Suggestion::advice("去掉这个条件", "remove the condition")
                    },
                );
            }
        }
    }
    for (path, over) in [("recheck.over", rules.recheck.over), ("draw.over", rules.draw.over)] {
        if over == Over::EachGroup && scheme.groups().is_empty() {
            add(
                Weight::Warning,
                path.into(),
                "按组进行，但评分方案没有组别".into(),
                "it is done in each group, but the scheme has no groups".into(),
                all_together(),
            );
        }
    }
    panels(rules, scheme, &mut add);
    if let Some(rule) = &rules.registration {
        for (path, group) in
            super::registration::groups_named(rule).filter(|(_, group)| scheme.group_ix(group).is_none())
        {
            let known: Vec<&str> = scheme.groups().iter().map(|group| group.code.as_str()).collect();
            let suggestion = if known.is_empty() {
                Suggestion::advice("在评分方案中声明 groups，或去掉它", "declare groups in the scheme, or remove it")
            } else {
                Suggestion::among(group, known.iter().copied())
            };
            let (zh, en) = (format!("评分方案没有组别 {group}"), format!("the scheme has no group {group}"));
            add(Weight::Fault, path, zh, en, suggestion);
        }
    }
    if let Some(most) = rules.theory_share_max
        && most.is_exceeded(hundredths(theory), hundredths(total))
    {
        add(
            Weight::Fault,
            "theory.share_max".into(),
            format!("理论占 {total} 分中的 {theory} 分，超过规则允许的 {most}"),
            format!("theory is {theory} of {total} marks, more than the {most} that the rules allow"),
            Suggestion::advice(
                "在评分方案中减少理论分，或在规则集中提高 share_max",
                "have less theory in the scheme, or raise share_max in the rule set",
            ),
        );
    }
    misfits
}

fn hundredths(mark: Mark) -> u64 {
    mark.hundredths().unsigned_abs()
}

/// The scheme says how each aspect is judged; where it says something else than the rule set, one of them was not meant so.
fn panels(rules: &ContestRules, scheme: &Scheme, add: &mut impl FnMut(Weight, String, String, String, Suggestion)) {
    let (level, mark) = (rules.panels.levels, rules.panels.marks);
    let differing = |differs: &dyn Fn(&Aspect) -> bool| -> Option<String> {
        let codes: Vec<&str> =
            (scheme.aspects().iter()).filter(|aspect| differs(aspect)).map(|aspect| aspect.code.as_str()).collect();
        (!codes.is_empty()).then(|| codes.join(", "))
    };
    let levels = |aspect: &Aspect, differs: &dyn Fn(&crate::Levels) -> bool| matches!(&aspect.kind, AspectKind::Levels(levels) if differs(levels));
    let marks = |aspect: &Aspect, differs: &dyn Fn(&crate::Panel) -> bool| matches!(&aspect.kind, AspectKind::Panel(panel) if differs(panel));
    let found = [
        (
            "panels.levels.judges",
            differing(&|aspect| levels(aspect, &|own| own.judges != level.judges)),
            format!("规则要求 {} 名裁判", level.judges),
            format!("the rules call for {} judges", level.judges),
        ),
        (
            "panels.levels.spread_max",
            differing(&|aspect| levels(aspect, &|own| own.spread_max != level.spread_max)),
            format!("规则允许的等级差为 {}", level.spread_max),
            format!("the rules allow a spread of {}", level.spread_max),
        ),
        (
            "panels.levels.rounds_most",
            differing(&|aspect| levels(aspect, &|own| own.rounds_most != level.rounds_most)),
            format!("规则最多 {} 轮", level.rounds_most),
            format!("the rules allow {} rounds", level.rounds_most),
        ),
        (
            "panels.marks.judges",
            differing(&|aspect| marks(aspect, &|own| own.judges != mark.judges)),
            format!("规则要求 {} 名评委", mark.judges),
            format!("the rules call for {} judges", mark.judges),
        ),
        (
            "panels.marks.drop_extremes",
            differing(&|aspect| marks(aspect, &|own| own.drop_extremes != mark.drop_extremes)),
            format!("规则{}去掉最高、最低分", if mark.drop_extremes { "要求" } else { "不" }),
            format!("the rules {} the highest and lowest mark", if mark.drop_extremes { "drop" } else { "keep" }),
        ),
    ];
    for (path, aspects, zh, en) in found {
        if let Some(aspects) = aspects {
            add(
                Weight::Warning,
                path.into(),
                format!("{zh}，评分方案的 {aspects} 不同，以方案为准"),
                format!("{en}, the scheme says otherwise for {aspects}, and the scheme counts"),
                Suggestion::advice(
                    "若应以规则集为准，修改评分方案中的这些评分项；否则照方案改这里",
                    "if the rules are right, change these aspects of the scheme; otherwise write here what the scheme says",
                ),
            );
        }
    }
}

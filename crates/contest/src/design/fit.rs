//! Whether a scheme and a rule set fit who is entered already, and what was promised. Pure.

use std::collections::BTreeMap;

use catalogue::{LoadedRuleSet, LoadedScheme};
use kernel::Text;

use crate::arena::Arena;

/// Every conflict, each with its place.
pub fn conflicts(arena: &Arena, scheme: &LoadedScheme, rule_set: Option<&LoadedRuleSet>) -> Vec<(String, Text)> {
    let plan = &arena.plan;
    let mut found = Vec::new();
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in plan.entries.iter().filter(|entry| scheme.scheme.group_ix(&entry.group).is_none()) {
        *groups.entry(&entry.group).or_default() += 1;
    }
    for (group, count) in groups {
        // A contest without groups has entries without one.
        let says = match (group, scheme.scheme.groups().is_empty()) {
            ("", true) => continue,
            ("", false) => Text::new(
                format!("{count} 名选手没有组别，新方案分组"),
                format!("{count} of the field are in no group, and the scheme has groups"),
            ),
            _ => Text::new(
                format!("{count} 名选手在组别 {group}，方案没有这个组别"),
                format!("{count} of the field are in the group {group}, which the scheme doesn't have"),
            ),
        };
        found.push((format!("groups[{group}]"), says));
    }
    let mut modules: BTreeMap<&str, usize> = BTreeMap::new();
    for module in plan.judges.iter().flat_map(|judge| &judge.modules) {
        if scheme.scheme.module_ix(module).is_none() {
            *modules.entry(module).or_default() += 1;
        }
    }
    for (module, count) in modules {
        let says = Text::new(
            format!("{count} 名裁判评模块 {module}，方案没有这个模块"),
            format!("{count} of the judges mark the module {module}, which the scheme doesn't have"),
        );
        found.push((format!("judges[{module}]"), says));
    }
    if arena.draw.is_some() && rule_set.is_none() {
        let says = Text::new(
            "已公布抽签承诺值，须按规则集抽签",
            "a draw was committed to, and only a rule set says how to draw",
        );
        found.push(("rule_set".to_owned(), says));
    }
    found
}

//! In what the part about registration contradicts itself.

use kernel::Suggestion;
use rustc_hash::FxHashSet;

use super::check::{named, range};
use crate::check::Faults;
use crate::{EligibilityRule, Eligible, Entrants, FieldKind, FieldRule, RegistrationRule};

const PEOPLE_MOST: u32 = 100_000;
const FIELDS_MOST: usize = 40;
const RULES_MOST: usize = 40;
const CHOICES_MOST: usize = 100;

pub(super) fn faults(faults: &mut Faults, rule: &RegistrationRule) {
    window(faults, rule);
    people(faults, rule);
    at_most(faults, "registration.fields", rule.fields.len(), FIELDS_MOST);
    let mut seen = FxHashSet::default();
    for (at, field) in rule.fields.iter().enumerate() {
        let path = format!("registration.fields[{at}]");
        named(faults, &path, &field.code, &field.name, &mut seen);
        choices(faults, &path, field);
    }
    at_most(faults, "registration.eligibility", rule.eligibility.len(), RULES_MOST);
    let mut seen = FxHashSet::default();
    for (at, eligibility) in rule.eligibility.iter().enumerate() {
        let path = format!("registration.eligibility[{at}]");
        faults.code(&path, &eligibility.code, &mut seen);
        faults.name(&format!("{path}.says"), &eligibility.says);
        condition(faults, &path, rule, eligibility);
    }
}

fn window(faults: &mut Faults, rule: &RegistrationRule) {
    match (rule.opens_before_ms, rule.closes_before_ms) {
        (Some(opens), Some(closes)) if opens <= closes => faults.add(
            "registration.closes",
            "截止时间不晚于开始时间",
            "it closes no later than it opens",
            Suggestion::advice(
                "写比 opens 短的时长：两者都从开赛往前算",
                "write less than for opens: both are counted back from the start",
            ),
        ),
        (Some(_), None) | (None, Some(_)) => {
            let missing = if rule.opens_before_ms.is_none() { "opens: 45d" } else { "closes: 7d" };
            faults.add(
                "registration",
                "开始和截止只写了一个",
                "it says only one of when it opens and when it closes",
                Suggestion::advice(
                    format!("加上 `{missing}`；或都不写，由组织者定"),
                    format!("add `{missing}`; or leave both out, and the organiser says when"),
                ),
            );
        }
        _ => {}
    }
}

fn people(faults: &mut Faults, rule: &RegistrationRule) {
    if let Some(size) = rule.team {
        range(faults, "registration.team.least", size.least, 1, 100);
        range(faults, "registration.team.most", size.most, size.least.clamp(1, 100), 100);
        if rule.entrants == Entrants::Individuals {
            faults.add(
                "registration.team",
                "只收个人报名，没有队伍",
                "individuals only apply, so there are no teams",
                Suggestion::advice("去掉它，或写 `as: teams`", "remove it, or write `as: teams`"),
            );
        }
    }
    for (field, people) in [("capacity", rule.capacity), ("per_organisation", rule.per_organisation)] {
        if let Some(people) = people {
            range(faults, &format!("registration.{field}"), people, 1, PEOPLE_MOST);
        }
    }
    for (at, of) in rule.group_capacities.iter().enumerate() {
        let path = format!("registration.groups[{at}]");
        range(faults, &format!("{path}.capacity"), of.capacity, 0, PEOPLE_MOST);
        if rule.group_capacities[..at].iter().any(|other| other.group == of.group) {
            faults.add(
                format!("{path}.group"),
                format!("{} 写了两次", of.group),
                format!("{} stands here twice", of.group),
                Suggestion::advice("去掉一个", "remove one of them"),
            );
        }
    }
}

fn choices(faults: &mut Faults, path: &str, field: &FieldRule) {
    let FieldKind::Choice(choices) = &field.kind else { return };
    let path = format!("{path}.choices");
    if choices.is_empty() {
        let such = Suggestion::write("choices: [{code: l3, name: {zh: 高级工, en: Level 3}}]");
        faults.add(path.as_str(), "没有可选的项", "there is nothing to choose from", such);
    }
    at_most(faults, &path, choices.len(), CHOICES_MOST);
    let mut seen = FxHashSet::default();
    for (at, choice) in choices.iter().enumerate() {
        named(faults, &format!("{path}[{at}]"), &choice.code, &choice.name, &mut seen);
    }
}

fn condition(faults: &mut Faults, path: &str, rule: &RegistrationRule, eligibility: &EligibilityRule) {
    match &eligibility.condition {
        Eligible::Age { field, at_least, at_most, .. } => {
            let path = format!("{path}.age");
            asked(faults, &path, rule, field, "date");
            limits(faults, &path, *at_least, *at_most, "at_least: 18");
        }
        Eligible::Number { field, at_least, at_most } => {
            let path = format!("{path}.number");
            asked(faults, &path, rule, field, "number");
            limits(faults, &path, *at_least, *at_most, "at_least: 3");
        }
        Eligible::Level { field, at_least } => {
            let path = format!("{path}.level");
            if let Some(known) = asked(faults, &path, rule, field, "choice") {
                chosen(faults, &format!("{path}.at_least"), known, at_least);
            }
        }
        Eligible::OneOf { field, choices } => {
            let path = format!("{path}.one_of");
            if choices.is_empty() {
                nothing(faults, &format!("{path}.choices"), "choices: [yes]");
            }
            if let Some(known) = asked(faults, &path, rule, field, "choice") {
                for (at, choice) in choices.iter().enumerate() {
                    chosen(faults, &format!("{path}.choices[{at}]"), known, choice);
                }
            }
        }
        Eligible::Organisation(listed) => {
            let path = format!("{path}.organisation");
            if listed.is_empty() {
                nothing(faults, &path, "organisation: [东海机器人有限公司]");
            }
        }
    }
}

/// The field that a condition is about, if it is of the kind that it needs.
fn asked<'a>(
    faults: &mut Faults,
    path: &str,
    rule: &'a RegistrationRule,
    field: &str,
    kind: &str,
) -> Option<&'a FieldRule> {
    let path = format!("{path}.field");
    let of_kind = rule.fields.iter().filter(|known| known.kind.code() == kind).map(|known| known.code.as_str());
    match rule.field(field) {
        Some(known) if known.kind.code() == kind => return Some(known),
        Some(known) => {
            let is = known.kind.code();
            let (zh, en) = (
                format!("`{field}` 的类型是 {is}，这里要 {kind}"),
                format!("`{field}` is a {is}, and a {kind} is needed here"),
            );
            let suggestion = instead(of_kind.collect(), field, kind);
            faults.add(path, zh, en, suggestion);
        }
        None => {
            let suggestion = instead(of_kind.collect(), field, kind);
            faults.add(path, format!("没有要求填写 `{field}`"), format!("no field `{field}` is asked for"), suggestion);
        }
    }
    None
}

fn instead(known: Vec<&str>, field: &str, kind: &str) -> Suggestion {
    if known.is_empty() {
        return Suggestion::advice(
            format!("在 fields 中加上类型为 {kind} 的一项"),
            format!("add a field of type {kind} to fields"),
        );
    }
    Suggestion::among(field, known)
}

fn chosen(faults: &mut Faults, path: &str, field: &FieldRule, choice: &str) {
    let FieldKind::Choice(choices) = &field.kind else { return };
    if choices.iter().any(|known| known.code == choice) {
        return;
    }
    let known: Vec<&str> = choices.iter().map(|known| known.code.as_str()).collect();
    let suggestion = if known.is_empty() {
        Suggestion::advice("先写这一项的 choices", "write the choices of the field first")
    } else {
        Suggestion::among(choice, known)
    };
    faults.add(
        path,
        format!("`{}` 没有选项 `{choice}`", field.code),
        format!("`{}` has no choice `{choice}`", field.code),
        suggestion,
    );
}

fn limits(faults: &mut Faults, path: &str, at_least: Option<u32>, at_most: Option<u32>, such: &str) {
    match (at_least, at_most) {
        (None, None) => nothing(faults, path, such),
        (Some(least), Some(most)) if least > most => faults.add(
            format!("{path}.at_most"),
            format!("上限 {most} 小于下限 {least}"),
            format!("at most {most} is less than at least {least}"),
            Suggestion::advice(format!("写 {least} 或更大"), format!("write {least} or more")),
        ),
        _ => {}
    }
}

fn nothing(faults: &mut Faults, path: &str, such: &str) {
    faults.add(path, "条件里什么也没要求", "the condition asks for nothing", Suggestion::write(such));
}

fn at_most(faults: &mut Faults, path: &str, many: usize, most: usize) {
    if many > most {
        let suggestion = Suggestion::advice(format!("最多留 {most} 项"), format!("keep {most} at most"));
        faults.add(path, format!("有 {many} 项，太多"), format!("{many} are too many"), suggestion);
    }
}

/// Every group that is named, with its path.
pub(super) fn groups_named(rule: &RegistrationRule) -> impl Iterator<Item = (String, &str)> {
    let of_places = rule.group_capacities.iter().enumerate();
    let of_places = of_places.map(|(at, of)| (format!("registration.groups[{at}].group"), of.group.as_str()));
    let of_rules = rule.eligibility.iter().enumerate().flat_map(|(at, eligibility)| {
        let groups = eligibility.groups.iter().enumerate();
        groups.map(move |(of, group)| (format!("registration.eligibility[{at}].groups[{of}]"), group.as_str()))
    });
    of_places.chain(of_rules)
}

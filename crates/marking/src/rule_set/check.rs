//! In what a rule set contradicts itself, in the order of its file.

use kernel::{Mark, Role, Suggestion, Text};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{AppealRule, ContestRules, registration};
use crate::check::{Faults, JUDGES_MOST};
use crate::value::{MARK_MOST, ROUND_MOST};
use crate::{
    LayerRule, Levels, NumberForm, OpenScale, Over, Part, Points, Prize, PrizeKind, PrizeRule, PrizeTo, SchemeFault,
    Share,
};

pub(super) fn range(faults: &mut Faults, path: &str, value: u32, least: u32, most: u32) {
    if !(least..=most).contains(&value) {
        faults.add(
            path,
            format!("这里不能是 {value}"),
            format!("{value} is not possible here"),
            Suggestion::advice(format!("写 {least} 到 {most}"), format!("write a number from {least} to {most}")),
        );
    }
}

pub(super) fn faults(rules: &ContestRules) -> Vec<SchemeFault> {
    let mut faults = Faults::none("first", Text::new("一等奖", "first prize"));
    faults.is_code("id", &rules.code);
    if rules.version == 0 {
        faults.add("version", "版本号不能是 0", "versions count from 1", Suggestion::write("version: 1"));
    }
    faults.name("title", &rules.title);
    // A certificate's number follows from its prize's code, so two rules under which somebody can win twice share none.
    let mut codes: FxHashMap<(&str, &str), FxHashSet<String>> = FxHashMap::default();
    for (at, rule) in rules.prizes.iter().enumerate() {
        let seen = codes.entry((rule.to.code(), rule.over.code())).or_default();
        prizes(&mut faults, &format!("prizes[{at}]"), rule, rules.scale.as_ref(), seen);
    }
    if let Some(scale) = rules.scale {
        range(&mut faults, "scale.decimals", scale.decimals, 0, OpenScale::DECIMALS_MOST);
    }
    recheck(&mut faults, rules);
    appeals(&mut faults, &rules.appeals);
    panels(&mut faults, rules);
    draw(&mut faults, rules);
    signatures(&mut faults, &rules.signatures);
    if rules.publication.freeze_before_end_ms.is_some_and(|freeze_ms| freeze_ms <= 0) {
        let suggestion = Suggestion::advice("写 `freeze: 60min`，或不写", "write `freeze: 60min`, or leave it out");
        faults.add("publication.freeze", "封榜时长不能是 0", "the freeze is no time at all", suggestion);
    }
    if let Some(rule) = &rules.registration {
        registration::faults(&mut faults, rule);
    }
    faults.found
}

fn prizes(faults: &mut Faults, path: &str, rule: &PrizeRule, scale: Option<&OpenScale>, seen: &mut FxHashSet<String>) {
    if rule.to == PrizeTo::Teams && rule.over == Over::EachGroup {
        faults.add(
            format!("{path}.over"),
            "队伍不分组",
            "teams are in no group",
            Suggestion::replace(Over::WholeField.code()),
        );
    }
    for (at, condition) in rule.conditions.iter().enumerate() {
        let path = format!("{path}.conditions[{at}]");
        if rule.to == PrizeTo::Teams && condition.part != Part::Total {
            let suggestion = Suggestion::write(format!("{{total: {}}}", condition.at_least));
            faults.add(path.clone(), "队伍只有总分", "a team has a total only", suggestion);
        }
        if condition.at_least <= Mark::ZERO || condition.at_least > MARK_MOST {
            faults.add(
                path.clone(),
                format!("最低分不能是 {}", condition.at_least),
                format!("{} can't be the least mark", condition.at_least),
                Suggestion::advice(
                    format!("写大于 0 且不超过 {MARK_MOST} 的分值"),
                    format!("write marks of more than 0 and at most {MARK_MOST}"),
                ),
            );
        }
        // One of 0 is faulted itself, or couldn't be read.
        if rule.conditions[..at].iter().any(|other| other.part == condition.part && other.at_least > Mark::ZERO) {
            let suggestion = Suggestion::advice("只留一个", "keep one of them");
            faults.add(path, "同一成绩的条件写了两次", "there is a condition on this mark already", suggestion);
        }
    }
    match &rule.kind {
        PrizeKind::Shares { prizes, .. } => {
            let path = format!("{path}.shares.prizes");
            some(faults, &path, prizes.is_empty(), "share: 10%");
            let mut sum = 0;
            for (at, (prize, share)) in prizes.iter().enumerate() {
                let path = format!("{path}[{at}]");
                named(faults, &path, &prize.code, &prize.name, seen);
                if *share == Share::NONE {
                    let suggestion = Suggestion::write("share: 10%");
                    faults.add(format!("{path}.share"), "比例不能是 0", "a share of nothing is no prize", suggestion);
                }
                sum += share.hundredths_of_percent();
                if sum > Share::WHOLE.hundredths_of_percent() && sum - share.hundredths_of_percent() <= 10_000 {
                    faults.add(
                        format!("{path}.share"),
                        "各奖项比例之和超过 100%",
                        "up to here the shares add up to more than 100%",
                        left(sum - share.hundredths_of_percent()),
                    );
                }
            }
        }
        PrizeKind::Ranks { prizes, .. } => {
            let path = format!("{path}.ranks.prizes");
            some(faults, &path, prizes.is_empty(), "to: 5");
            let mut before = 0u32;
            for (at, (prize, to)) in prizes.iter().enumerate() {
                let path = format!("{path}[{at}]");
                named(faults, &path, &prize.code, &prize.name, seen);
                match to {
                    None if at + 1 < prizes.len() => {
                        faults.add(
                            format!("{path}.to"),
                            "rest 之后还有奖项",
                            "there are prizes behind the one for the rest",
                            Suggestion::advice(
                                format!("写最后一个名次，例如 `to: {}`", before.saturating_add(1)),
                                format!("write the last place, such as `to: {}`", before.saturating_add(1)),
                            ),
                        );
                    }
                    Some(0) => faults.add(
                        format!("{path}.to"),
                        "没有第 0 名",
                        "there is no place 0",
                        Suggestion::write(format!("to: {}", before.saturating_add(1))),
                    ),
                    Some(to) if *to <= before => faults.add(
                        format!("{path}.to"),
                        format!("前一奖项已到第 {before} 名，这里却只到第 {to} 名"),
                        format!("the prize before ends with place {before}, this one with {to}"),
                        Suggestion::advice(
                            format!("写更靠后的名次，例如 `to: {}`", before.saturating_add(1)),
                            format!("write a later place, such as `to: {}`", before.saturating_add(1)),
                        ),
                    ),
                    _ => {}
                }
                before = to.unwrap_or(before).max(before);
            }
        }
        PrizeKind::Medals(medals) => {
            let path = format!("{path}.medals");
            let all: [(&str, Option<&Prize>); 4] = [
                ("gold", Some(&medals.gold)),
                ("silver", Some(&medals.silver)),
                ("bronze", Some(&medals.bronze)),
                ("medallion", medals.medallion.as_ref()),
            ];
            for (medal, prize) in all.into_iter().filter_map(|(medal, prize)| Some((medal, prize?))) {
                named(faults, &format!("{path}.{medal}"), &prize.code, &prize.name, seen);
            }
            if medals.tie_within < Points::default() {
                let suggestion = Suggestion::advice(
                    "写 0 或更大的分差，例如 `tie_within: 2`",
                    "write 0 or more points, such as `tie_within: 2`",
                );
                faults.add(format!("{path}.tie_within"), "分差不能为负", "a difference can't be negative", suggestion);
            }
            if let Some(scale) = scale.filter(|scale| scale.over != rule.over) {
                let (own, its) = (rule.over.code(), scale.over.code());
                faults.add(
                    path,
                    format!("奖牌按量表评定，而量表的范围是 {its}，这里是 {own}"),
                    format!("medals are given on the scale, which is over {its}, while this is over {own}"),
                    Suggestion::advice(
                        format!("在 scale 中写 `over: {own}`，或在这里写 `over: {its}`"),
                        format!("write `over: {own}` in scale, or `over: {its}` here"),
                    ),
                );
            }
        }
    }
}

pub(super) fn named(faults: &mut Faults, path: &str, code: &str, name: &Text, seen: &mut FxHashSet<String>) {
    faults.code(path, code, seen);
    faults.name(&format!("{path}.name"), name);
}

/// What to write where the shares before leave so much.
fn left(before: u32) -> Suggestion {
    match Share::WHOLE.hundredths_of_percent().checked_sub(before).and_then(Share::from_hundredths_of_percent) {
        Some(most) if most > Share::NONE => {
            Suggestion::advice(format!("这里最多写 {most}"), format!("write {most} at most"))
        }
        _ => Suggestion::advice("减小前面的比例", "make those before smaller"),
    }
}

fn some(faults: &mut Faults, path: &str, none: bool, whom: &str) {
    if none {
        let example = format!("prizes: [{{code: first, name: {{zh: 一等奖, en: first prize}}, {whom}}}]");
        faults.add(path, "没有奖项", "there is no prize here", Suggestion::write(example));
    }
}

fn recheck(faults: &mut Faults, rules: &ContestRules) {
    let recheck = &rules.recheck;
    if recheck.top_ranks.is_none() && recheck.top_share.is_none() {
        faults.add(
            "recheck",
            "没有说明排在前面的多少人必须核查",
            "it doesn't say how many of the first are rechecked",
            Suggestion::advice(
                "加上 `top_ranks: 10` 或 `top_share: 30%`，也可以都写",
                "add `top_ranks: 10`, `top_share: 30%` or both",
            ),
        );
    }
    if recheck.tolerance < Mark::ZERO {
        let suggestion = Suggestion::advice("写 `tolerance: 0.01`，或不写", "write `tolerance: 0.01`, or leave it out");
        faults.add("recheck.tolerance", "容许的差值不能为负", "a tolerance can't be negative", suggestion);
    }
}

fn appeals(faults: &mut Faults, appeals: &AppealRule) {
    let AppealRule { after_run_ms, after_publication_ms, answer_within_ms, instances, second_within_ms } = appeals;
    let times = [
        ("after_run", *after_run_ms),
        ("after_publication", *after_publication_ms),
        ("answer_within", Some(*answer_within_ms)),
        ("second_within", *second_within_ms),
    ];
    for (field, ms) in times {
        if ms.is_some_and(|ms| ms <= 0) {
            let suggestion = Suggestion::write(format!("{field}: 2h"));
            faults.add(format!("appeals.{field}"), "时长不能是 0", "it is no time at all", suggestion);
        }
    }
    if after_run_ms.is_none() && after_publication_ms.is_none() {
        faults.add(
            "appeals",
            "没有申诉期限，无人能申诉",
            "without a deadline nobody can appeal",
            Suggestion::advice(
                "加上 `after_run: 2h` 或 `after_publication: 2h`，也可以都写",
                "add `after_run: 2h`, `after_publication: 2h` or both",
            ),
        );
    }
    range(faults, "appeals.instances", *instances, 1, AppealRule::INSTANCES_MOST);
    match (instances, second_within_ms) {
        (2, None) => faults.add(
            "appeals",
            "有两级申诉，却没有第二级的期限",
            "there are two instances, and no deadline for the second one",
            Suggestion::advice("加上 `second_within: 2h`", "add `second_within: 2h`"),
        ),
        (1, Some(_)) => faults.add(
            "appeals.second_within",
            "只有一级申诉，second_within 不起作用",
            "there is one instance only, so second_within means nothing",
            Suggestion::advice("去掉它，或写 `instances: 2`", "remove it, or write `instances: 2`"),
        ),
        _ => {}
    }
}

fn panels(faults: &mut Faults, rules: &ContestRules) {
    let (levels, marks) = (rules.panels.levels, rules.panels.marks);
    range(faults, "panels.levels.judges", levels.judges, 1, JUDGES_MOST);
    range(faults, "panels.levels.spread_max", levels.spread_max, 0, Levels::LEVEL_MOST);
    range(faults, "panels.levels.rounds_most", levels.rounds_most, 1, ROUND_MOST);
    let least = if marks.drop_extremes { 3 } else { 1 };
    range(faults, "panels.marks.judges", marks.judges, least, JUDGES_MOST);
}

fn draw(faults: &mut Faults, rules: &ContestRules) {
    if rules.draw.layers.is_empty() {
        let example = "layers: [{code: seat, name: {zh: 赛位号, en: Seat}, number: \"S##\"}]";
        faults.add("draw.layers", "没有抽签层", "there is no layer", Suggestion::write(example));
    }
    let mut seen = FxHashSet::default();
    for (at, layer) in rules.draw.layers.iter().enumerate() {
        let path = format!("draw.layers[{at}]");
        if layer.code == "recheck" {
            faults.add(
                format!("{path}.code"),
                "recheck 用于核查抽样，不能作为抽签层",
                "recheck is the layer of the sample that is rechecked",
                Suggestion::advice("另取一个，例如 `number`", "take another one, such as `number`"),
            );
            faults.name(&format!("{path}.name"), &layer.name);
        } else {
            named(faults, &path, &layer.code, &layer.name, &mut seen);
        }
        let alike = rules.draw.layers[..at].iter().find(|other| other.number == layer.number);
        if let Some(other) = alike {
            faults.add(
                format!("{path}.number"),
                format!("编号格式与 {} 层相同，两层的号会混淆", other.code),
                format!("layer {} has the same form, so that their numbers are mistaken for each other", other.code),
                another_form(&rules.draw.layers),
            );
        }
    }
}

fn another_form(layers: &[LayerRule]) -> Suggestion {
    let is_free = |form: &String| {
        let form: Result<NumberForm, _> = form.parse();
        form.is_ok_and(|form| layers.iter().all(|layer| layer.number != form))
    };
    let free = ('A'..='Z').rev().map(|letter| format!("{letter}##")).find(is_free);
    let free = free.as_deref().unwrap_or("layer-##");
    Suggestion::advice(format!("换一种，例如 `\"{free}\"`"), format!("take another one, such as `\"{free}\"`"))
}

fn signatures(faults: &mut Faults, signatures: &[Role]) {
    if signatures.is_empty() {
        let suggestion = Suggestion::write("signatures: [chief_judge, supervisor]");
        faults.add("signatures", "没有人签字", "nobody signs", suggestion);
    }
    for (at, role) in signatures.iter().enumerate() {
        if !ContestRules::SIGNERS.contains(role) {
            faults.add(
                format!("signatures[{at}]"),
                format!("{} 不能签署成绩", role.code()),
                format!("{} can't sign a result", role.code()),
                Suggestion::among(role.code(), ContestRules::SIGNERS.map(Role::code)),
            );
        }
        if signatures[..at].contains(role) {
            faults.add(
                format!("signatures[{at}]"),
                format!("{} 写了两次", role.code()),
                format!("{} stands here twice", role.code()),
                Suggestion::advice("去掉一个", "remove one of them"),
            );
        }
    }
}

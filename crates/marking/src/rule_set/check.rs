//! In what a rule set contradicts itself, in the order of its file.

use kernel::{Mark, Role, Text};

use super::{AppealRule, ContestRules};
use crate::check::{CODE_LEN_MOST, JUDGES_MOST, is_code};
use crate::value::{MARK_MOST, ROUND_MOST};
use crate::{Levels, OpenScale, Over, Part, Points, Prize, PrizeKind, PrizeRule, PrizeTo, SchemeFault, Share};

struct Faults(Vec<SchemeFault>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(SchemeFault { path: path.into(), says: Text::new(zh, en) });
    }

    fn named<'p>(&mut self, path: &str, code: &'p str, name: &Text, seen: &mut Vec<&'p str>) {
        if !is_code(code) {
            self.code(&format!("{path}.code"), code);
        } else if seen.contains(&code) {
            self.add(format!("{path}.code"), format!("代码 {code} 已用过"), format!("code {code} is used twice"));
        }
        seen.push(code);
        self.text(&format!("{path}.name"), name);
    }

    fn code(&mut self, path: &str, code: &str) {
        let shown: String = code.chars().take(CODE_LEN_MOST).collect();
        self.add(
            path,
            format!("代码 {shown:?} 不合规：1 到 {CODE_LEN_MOST} 个字母、数字、“-”“_”“.”"),
            format!("code {shown:?} is not acceptable: 1 to {CODE_LEN_MOST} letters, digits, - _ ."),
        );
    }

    fn text(&mut self, path: &str, text: &Text) {
        for (lang, words) in [("zh", &text.zh), ("en", &text.en)] {
            if words.trim().is_empty() {
                self.add(format!("{path}.{lang}"), "缺少文字", "the text is missing");
            }
        }
    }

    fn range(&mut self, path: &str, value: u32, least: u32, most: u32) {
        if !(least..=most).contains(&value) {
            self.add(
                path,
                format!("须在 {least} 到 {most} 之间，现为 {value}"),
                format!("must be {least} to {most}, not {value}"),
            );
        }
    }
}

pub(super) fn faults(rules: &ContestRules) -> Vec<SchemeFault> {
    let mut faults = Faults(Vec::new());
    if !is_code(&rules.code) {
        faults.code("id", &rules.code);
    }
    if rules.version == 0 {
        faults.add("version", "版本号从 1 开始", "versions count from 1");
    }
    faults.text("title", &rules.title);
    for (at, rule) in rules.prizes.iter().enumerate() {
        prizes(&mut faults, &format!("prizes[{at}]"), rule, rules.scale.as_ref());
    }
    if let Some(scale) = rules.scale {
        faults.range("scale.decimals", scale.decimals, 0, OpenScale::DECIMALS_MOST);
    }
    recheck(&mut faults, rules);
    appeals(&mut faults, &rules.appeals);
    panels(&mut faults, rules);
    draw(&mut faults, rules);
    signatures(&mut faults, &rules.signatures);
    if rules.publication.freeze_before_end_ms.is_some_and(|freeze_ms| freeze_ms <= 0) {
        faults.add("publication.freeze", "封榜时长须大于 0", "the freeze must be longer than nothing");
    }
    faults.0
}

fn prizes(faults: &mut Faults, path: &str, rule: &PrizeRule, scale: Option<&OpenScale>) {
    if rule.to == PrizeTo::Teams && rule.over == Over::EachGroup {
        faults.add(
            format!("{path}.over"),
            "队伍不分组，只能写 whole_field",
            "teams are in no group: only whole_field is possible",
        );
    }
    for (at, condition) in rule.conditions.iter().enumerate() {
        let path = format!("{path}.conditions[{at}]");
        if rule.to == PrizeTo::Teams && condition.part != Part::Total {
            faults.add(path.clone(), "队伍只有总分，条件只能写 total", "a team has a total only: write total");
        }
        if condition.at_least <= Mark::ZERO || condition.at_least > MARK_MOST {
            faults.add(
                path.clone(),
                format!("最低分须大于 0 且不超过 {MARK_MOST}，现为 {}", condition.at_least),
                format!("must be more than 0 and at most {MARK_MOST}, not {}", condition.at_least),
            );
        }
        if rule.conditions[..at].iter().any(|other| other.part == condition.part) {
            faults.add(path, "同一成绩的条件写了两次", "there is a condition on this mark already");
        }
    }
    let mut seen = Vec::new();
    match &rule.kind {
        PrizeKind::Shares { prizes, .. } => {
            let path = format!("{path}.shares.prizes");
            some(faults, &path, prizes.is_empty());
            let mut sum = 0;
            for (at, (prize, share)) in prizes.iter().enumerate() {
                let path = format!("{path}[{at}]");
                faults.named(&path, &prize.code, &prize.name, &mut seen);
                if *share == Share::NONE {
                    faults.add(format!("{path}.share"), "比例须大于 0", "the share must be more than 0");
                }
                sum += share.hundredths_of_percent();
                if sum > Share::WHOLE.hundredths_of_percent() && sum - share.hundredths_of_percent() <= 10_000 {
                    faults.add(
                        format!("{path}.share"),
                        "各奖项比例之和超过 100%",
                        "up to here the shares add up to more than 100%",
                    );
                }
            }
        }
        PrizeKind::Ranks { prizes, .. } => {
            let path = format!("{path}.ranks.prizes");
            some(faults, &path, prizes.is_empty());
            let mut before = 0;
            for (at, (prize, to)) in prizes.iter().enumerate() {
                let path = format!("{path}[{at}]");
                faults.named(&path, &prize.code, &prize.name, &mut seen);
                match to {
                    None if at + 1 < prizes.len() => {
                        faults.add(
                            format!("{path}.to"),
                            "只有最后一个奖项能写 rest",
                            "only the last prize goes to the rest",
                        );
                    }
                    Some(0) => faults.add(format!("{path}.to"), "名次从 1 开始", "the first place is 1"),
                    Some(to) if *to <= before => faults.add(
                        format!("{path}.to"),
                        format!("须大于前一奖项的 {before}，现为 {to}"),
                        format!("must be beyond {before}, where the prize before ends, not {to}"),
                    ),
                    _ => {}
                }
                before = to.unwrap_or(before).max(before);
            }
        }
        PrizeKind::Medals(medals) => {
            let path = format!("{path}.medals");
            let named: [(&str, Option<&Prize>); 4] = [
                ("gold", Some(&medals.gold)),
                ("silver", Some(&medals.silver)),
                ("bronze", Some(&medals.bronze)),
                ("medallion", medals.medallion.as_ref()),
            ];
            for (medal, prize) in named.into_iter().filter_map(|(medal, prize)| Some((medal, prize?))) {
                faults.named(&format!("{path}.{medal}"), &prize.code, &prize.name, &mut seen);
            }
            if medals.tie_within < Points::default() {
                faults.add(format!("{path}.tie_within"), "不能为负", "must not be negative");
            }
            if scale.is_some_and(|scale| scale.over != rule.over) {
                faults.add(
                    path,
                    "奖牌按量表评定，scale.over 须与这里的 over 一致",
                    "medals are given on the scale, so scale.over must be the same as over here",
                );
            }
        }
    }
}

fn some(faults: &mut Faults, path: &str, none: bool) {
    if none {
        faults.add(path, "没有奖项", "there is no prize here");
    }
}

fn recheck(faults: &mut Faults, rules: &ContestRules) {
    let recheck = &rules.recheck;
    if recheck.top_ranks.is_none() && recheck.top_share.is_none() {
        faults.add("recheck", "须写 top_ranks 或 top_share", "write top_ranks, top_share or both");
    }
    if recheck.tolerance < Mark::ZERO {
        faults.add("recheck.tolerance", "不能为负", "must not be negative");
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
            faults.add(format!("appeals.{field}"), "时长须大于 0", "must be longer than nothing");
        }
    }
    if after_run_ms.is_none() && after_publication_ms.is_none() {
        faults.add(
            "appeals",
            "须写 after_run 或 after_publication，否则无人能申诉",
            "write after_run, after_publication or both: otherwise nobody can appeal",
        );
    }
    faults.range("appeals.instances", *instances, 1, AppealRule::INSTANCES_MOST);
    match (instances, second_within_ms) {
        (2, None) => faults.add(
            "appeals",
            "有两级申诉，须写 second_within",
            "with two instances second_within says until when the second one can be asked",
        ),
        (1, Some(_)) => faults.add(
            "appeals.second_within",
            "只有一级申诉，second_within 不起作用",
            "there is one instance only, so second_within means nothing",
        ),
        _ => {}
    }
}

fn panels(faults: &mut Faults, rules: &ContestRules) {
    let (levels, marks) = (rules.panels.levels, rules.panels.marks);
    faults.range("panels.levels.judges", levels.judges, 1, JUDGES_MOST);
    faults.range("panels.levels.spread_max", levels.spread_max, 0, Levels::LEVEL_MOST);
    faults.range("panels.levels.rounds_most", levels.rounds_most, 1, ROUND_MOST);
    let least = if marks.drop_extremes { 3 } else { 1 };
    faults.range("panels.marks.judges", marks.judges, least, JUDGES_MOST);
}

fn draw(faults: &mut Faults, rules: &ContestRules) {
    if rules.draw.layers.is_empty() {
        faults.add("draw.layers", "至少要有一层抽签", "there must be at least one layer");
    }
    let mut seen = vec!["recheck"];
    for (at, layer) in rules.draw.layers.iter().enumerate() {
        let path = format!("draw.layers[{at}]");
        if layer.code == "recheck" {
            faults.add(
                format!("{path}.code"),
                "recheck 用于复核抽样，不能作为抽签层",
                "recheck is the layer of the sample that is rechecked: choose another code",
            );
            faults.text(&format!("{path}.name"), &layer.name);
        } else {
            faults.named(&path, &layer.code, &layer.name, &mut seen);
        }
        let alike = rules.draw.layers[..at].iter().find(|other| other.number == layer.number);
        if let Some(other) = alike {
            faults.add(
                format!("{path}.number"),
                format!("编号格式与 {} 层相同，两层的号会混淆", other.code),
                format!("layer {} has the same form, so that their numbers are mistaken for each other", other.code),
            );
        }
    }
}

fn signatures(faults: &mut Faults, signatures: &[Role]) {
    if signatures.is_empty() {
        faults.add("signatures", "至少要有一人签字", "somebody must sign");
    }
    for (at, role) in signatures.iter().enumerate() {
        if !ContestRules::SIGNERS.contains(role) {
            faults.add(
                format!("signatures[{at}]"),
                format!("{} 不能签署成绩", role.code()),
                format!("{} can't sign a result", role.code()),
            );
        }
        if signatures[..at].contains(role) {
            faults.add(
                format!("signatures[{at}]"),
                format!("{} 写了两次", role.code()),
                format!("{} stands here twice", role.code()),
            );
        }
    }
}

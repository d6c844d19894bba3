//! The sentence of a verdict, in both languages, with figures and units. Times count from the start of the run.

use std::sync::Arc;

use kernel::{Mark, Text};

use crate::finding::{Note, Reason, What};
use crate::rules::{AgreementShape, Check, Pattern, Phase, Rule, RuleSet, Scale, Trigger};
use crate::window::{Band, Fold, TallyKind};

pub(crate) struct Speaker<'a> {
    pub set: &'a RuleSet,
    pub rule: &'a Rule,
    pub started_at: i64,
    pub marks: i64,
    /// Whether the rule's cap left less than it would have given or taken.
    pub capped: bool,
}

impl Speaker<'_> {
    pub fn sentence(&self, what: &What, note: Option<&Note>, from: i64, to: i64) -> Text {
        let fact = self.fact(what, from, to);
        let marks = match (note, what) {
            (Some(note), _) => noted(note),
            (None, What::Undecided(_)) => Text::new(
                "录得的数据不足以判定，请裁判确认。",
                " What was recorded doesn't decide it: a judge is asked.",
            ),
            (None, _) => self.marks_said(),
        };
        Text::new(
            format!("{}：{}。{}", self.rule.says.zh, fact.zh, marks.zh),
            format!("{}: {}.{}", self.rule.says.en, fact.en, marks.en),
        )
    }

    fn marks_said(&self) -> Text {
        let amount = Mark::from_hundredths(self.marks.abs());
        let mut text = match self.marks {
            0 => Text::new("不得分也不扣分。", " Nothing is given or taken."),
            1.. => Text::new(format!("得 {amount} 分。"), format!(" {amount} marks.")),
            _ => Text::new(format!("扣 {amount} 分。"), format!(" {amount} marks off.")),
        };
        if self.capped {
            text.zh.push_str("已达本规则上限。");
            text.en.push_str(" The rule's cap is reached.");
        }
        text
    }

    fn fact(&self, what: &What, from: i64, to: i64) -> Text {
        let (at, began) = (self.time(to), self.time(from));
        let first = || self.event(self.rule.pattern.triggers().0);
        let second = || self.event(self.rule.pattern.triggers().1);
        match what {
            What::Event => {
                let event = first();
                Text::new(format!("{}时{}", at.zh, event.zh), format!("{} at {}", event.en, at.en))
            }
            What::Is { so } => {
                let (event, condition) = (first(), self.condition_of_check());
                let (zh, en) = if *so { ("成立", "was true") } else { ("不成立", "was not true") };
                Text::new(
                    format!("{}时{}，此刻 `{condition}` {zh}", at.zh, event.zh),
                    format!("{} at {}, and `{condition}` {en} then", event.en, at.en),
                )
            }
            What::Held { lasting, so } => {
                let (event, condition, span) = (first(), self.condition_of_check(), duration(*lasting));
                let (zh, en) =
                    if *so { ("一直成立", "had been true") } else { ("没有一直成立", "had not been true") };
                Text::new(
                    format!("{}时{}，此前 {}内 `{condition}` {zh}", at.zh, event.zh, span.zh),
                    format!("{} at {}, and `{condition}` {en} throughout the {} before", event.en, at.en, span.en),
                )
            }
            What::Figure { gauge, fold, figured } => {
                let gauge = &self.set.gauges[*gauge as usize];
                let unit = figure_unit(*fold, &gauge.unit);
                let (name, figure) = (self.statistic(*fold, &gauge.unit), said(figured.figure, &unit));
                let when = match fold {
                    Fold::Tally(TallyKind::Min | TallyKind::Max) => {
                        let at = self.time(figured.at);
                        Text::new(format!("，出现在 {}", at.zh), format!(" (at {})", at.en))
                    }
                    _ => Text::default(),
                };
                let (wanted, count) = (self.wanted(&unit), figured.count);
                Text::new(
                    format!(
                        "{}至 {}，`{}` 的{}为 {}{}（{count} 个样本）{}",
                        began.zh, at.zh, gauge.source, name.zh, figure.zh, when.zh, wanted.zh
                    ),
                    format!(
                        "from {} to {} the {} of `{}` was {}{} ({count} samples){}",
                        began.en, at.en, name.en, gauge.source, figure.en, when.en, wanted.en
                    ),
                )
            }
            What::Lasted { took } => {
                let (condition, span) = (self.condition(), duration(*took));
                Text::new(
                    format!("`{condition}` 自 {}起持续成立 {}，至 {}", began.zh, span.zh, at.zh),
                    format!("`{condition}` was true for {}, from {} to {}", span.en, began.en, at.en),
                )
            }
            What::Answered { took } => {
                let (first, second, span) = (first(), second(), duration(*took));
                Text::new(
                    format!("{}时{}，{}后{}", began.zh, first.zh, span.zh, second.zh),
                    format!("{} at {}, and {} {} later", first.en, began.en, second.en, span.en),
                )
            }
            What::Unanswered => {
                let (first, second, span) = (first(), second(), duration(to - from));
                Text::new(
                    format!("{}时{}，之后 {}内没有等到{}", began.zh, first.zh, span.zh, second.zh),
                    format!("{} at {}, and within {} it never came that {}", first.en, began.en, span.en, second.en),
                )
            }
            What::Spoilt { took } => {
                let spoiler = match &self.rule.pattern {
                    Pattern::Then { unless, .. } => self.event(unless.as_ref()),
                    _ => Text::default(),
                };
                let (first, second, span) = (first(), second(), duration(*took));
                Text::new(
                    format!("{}时{}，{}后{}，早于{}", began.zh, first.zh, span.zh, spoiler.zh, second.zh),
                    format!(
                        "{} at {}, and {} {} later, before it came that {}",
                        first.en, began.en, spoiler.en, span.en, second.en
                    ),
                )
            }
            What::Stepped { reached } => {
                let steps = self.rule.pattern.steps();
                let of = steps.len();
                let missing = match steps.get(*reached) {
                    Some(step) => {
                        let event = self.event(Some(&step.event));
                        Text::new(format!("，没有等到{}", event.zh), format!(", then it never came that {}", event.en))
                    }
                    None => Text::default(),
                };
                Text::new(
                    format!("{}至 {}，依次完成 {of} 步中的 {reached} 步{}", began.zh, at.zh, missing.zh),
                    format!("from {} to {} {reached} of {of} steps came in order{}", began.en, at.en, missing.en),
                )
            }
            What::TooEarly => {
                let (event, other) = (first(), second());
                Text::new(
                    format!("{}时{}，此前尚未出现{}", at.zh, event.zh, other.zh),
                    format!("{} at {}, and it had not yet come that {}", event.en, at.en, other.en),
                )
            }
            What::Began => {
                let condition = self.condition();
                Text::new(
                    format!("{}起 `{condition}` 成立", at.zh),
                    format!("`{condition}` was true from {} on", at.en),
                )
            }
            What::Violated { seconds } => {
                let (condition, span) = (self.condition(), duration(to - from));
                Text::new(
                    format!("`{condition}` 自 {}起成立 {}，至 {}，计 {seconds} 秒", began.zh, span.zh, at.zh),
                    format!(
                        "`{condition}` was true for {}, from {} to {}: {seconds} s counted",
                        span.en, began.en, at.en
                    ),
                )
            }
            What::Before { came } => {
                let (event, other, span) = (first(), second(), duration(to - from));
                let (zh, en) = if *came { ("曾经", "it had come") } else { ("没有", "it had not come") };
                Text::new(
                    format!("{}时{}，此前 {}内{zh}{}", at.zh, event.zh, span.zh, other.zh),
                    format!("{} at {}, and within {} before {en} that {}", event.en, at.en, span.en, other.en),
                )
            }
            What::Measured { took } => {
                let (first, second, span) = (first(), second(), duration(*took));
                let wanted = self.wanted("ns");
                Text::new(
                    format!("从 {}{}到 {}{}，用时 {}{}", began.zh, first.zh, at.zh, second.zh, span.zh, wanted.zh),
                    format!(
                        "from {} at {} to {} at {} it took {}{}",
                        first.en, began.en, second.en, at.en, span.en, wanted.en
                    ),
                )
            }
            What::Counted { count } => {
                let (event, wanted) = (first(), self.wanted(""));
                Text::new(
                    format!("{}至 {}，{}共 {count} 次{}", began.zh, at.zh, event.zh, wanted.zh),
                    format!("from {} to {} it came {count} times that {}{}", began.en, at.en, event.en, wanted.en),
                )
            }
            What::Unfinished => Text::new(
                format!("{}开始的过程到结束（{}）仍未完成", began.zh, at.zh),
                format!("what began at {} was not finished at the end of the run ({})", began.en, at.en),
            ),
            What::Undecided(reason) => self.reason(reason, &began, &at),
        }
    }

    fn reason(&self, reason: &Reason, began: &Text, at: &Text) -> Text {
        let signals = |names: &[Arc<str>]| names.join(", ");
        match reason {
            Reason::Unseen { from, sure, signals: names } => {
                let (from, signals) = (self.time(*from), signals(names));
                let (zh, en) = if *sure {
                    ("事情发生过，但时刻无从得知", "it happened, but nobody saw when")
                } else {
                    ("其间是否发生无从得知", "it can't be told whether it happened")
                };
                Text::new(
                    format!("{}至 {}之间信号不明（{signals}），{zh}", from.zh, at.zh),
                    format!("between {} and {} not all was known ({signals}): {en}", from.en, at.en),
                )
            }
            Reason::Gaps { count, total, signals: names } => {
                let (total, signals) = (duration(*total), signals(names));
                let (gaps, together) =
                    if *count == 1 { ("is a gap".to_owned(), "") } else { (format!("are {count} gaps"), " together") };
                Text::new(
                    format!(
                        "{}至 {}之间有 {count} 段信号不明（{signals}，共 {}），其间是否发生无从得知",
                        began.zh, at.zh, total.zh
                    ),
                    format!(
                        "between {} and {} there {gaps} ({signals}, {}{together}), in which nobody saw whether it happened",
                        began.en, at.en, total.en
                    ),
                )
            }
            Reason::PhaseUnseen => Text::new(
                format!("{}至 {}，无法确定是否处于该阶段", began.zh, at.zh),
                format!("from {} to {} it is not known whether the phase was on", began.en, at.en),
            ),
            Reason::NotCovered { signals: names } => {
                let signals = signals(names);
                Text::new(
                    format!("{}至 {}之间数据不全（{signals}）", began.zh, at.zh),
                    format!("from {} to {} not all was recorded ({signals})", began.en, at.en),
                )
            }
            Reason::NoSamples { signals: names } => {
                let signals = signals(names);
                Text::new(
                    format!("{}至 {}之间没有样本（{signals}）", began.zh, at.zh),
                    format!("from {} to {} there is no sample ({signals})", began.en, at.en),
                )
            }
            Reason::EndOfRun => Text::new(
                format!("{} 开始，到结束（{}）还没有定论", began.zh, at.zh),
                format!("it began at {} and was still open at the end of the run ({})", began.en, at.en),
            ),
        }
    }

    fn event(&self, trigger: Option<&Trigger>) -> Text {
        let run = matches!(self.rule.phase, Phase::Run);
        match trigger {
            Some(Trigger::Edge { predicate, rises }) => {
                let source = &self.set.predicates[*predicate as usize].source;
                if *rises {
                    Text::new(format!(" `{source}` 变为真"), format!("`{source}` became true"))
                } else {
                    Text::new(format!(" `{source}` 变为假"), format!("`{source}` became false"))
                }
            }
            Some(Trigger::Change { watch }) => {
                let name = &self.set.signals[self.set.watches[*watch as usize].signal as usize].name;
                Text::new(format!(" `{name}` 变化"), format!("`{name}` changed"))
            }
            Some(Trigger::Agree { agreement }) => self.agreed(&self.set.agreements[*agreement as usize].shape),
            Some(Trigger::Request(Some(name))) => {
                Text::new(format!("选手在“{name}”请求评判"), format!("the competitor asked to be judged at \"{name}\""))
            }
            Some(Trigger::Request(None)) => Text::new("选手请求评判", "the competitor asked to be judged"),
            Some(Trigger::Begins) if run => Text::new("比赛开始", "the run began"),
            Some(Trigger::Begins) => Text::new("阶段开始", "the phase began"),
            Some(Trigger::Ends) if run => Text::new("比赛结束", "the run ended"),
            Some(Trigger::Ends) => Text::new("阶段结束", "the phase ended"),
            None => Text::default(),
        }
    }

    fn agreed(&self, shape: &AgreementShape) -> Text {
        let source = |condition: &u32| format!("`{}`", self.set.predicates[*condition as usize].source);
        let witnesses: Vec<String> = shape.witnesses.iter().map(source).collect();
        let (of, zh, en) = (witnesses.len(), witnesses.join("、"), witnesses.join(", "));
        let span = duration(shape.within);
        match shape.at_least {
            Some(least) => Text::new(
                format!(" {of} 个见证者（{zh}）中至少 {least} 个在 {}内一致", span.zh),
                format!("at least {least} of {of} witnesses ({en}) agreed within {}", span.en),
            ),
            None => Text::new(
                format!("过半数见证者（{zh}）在 {}内一致", span.zh),
                format!("more than half of the witnesses ({en}) agreed within {}", span.en),
            ),
        }
    }

    fn condition(&self) -> &str {
        match self.rule.pattern.level() {
            Some(predicate) => &self.set.predicates[predicate as usize].source,
            None => "",
        }
    }

    fn condition_of_check(&self) -> &str {
        match &self.rule.pattern {
            Pattern::On { check: Some(Check::Is { predicate } | Check::Held { predicate, .. }), .. } => {
                &self.set.predicates[*predicate as usize].source
            }
            _ => "",
        }
    }

    /// What the figure should have been.
    fn wanted(&self, unit: &str) -> Text {
        let scale = match &self.rule.pattern {
            Pattern::On { check: Some(Check::Figure { scale, .. }), .. }
            | Pattern::Measure { scale, .. }
            | Pattern::Figure { scale, .. }
            | Pattern::Count { scale: Some(scale), .. } => scale,
            _ => return Text::default(),
        };
        let said = |figure: f64| said(figure, unit);
        match scale {
            Scale::Range { low: Some(low), high: Some(high) } => {
                let (low, high) = (said(*low), said(*high));
                Text::new(format!("，应在 {}至 {}之间", low.zh, high.zh), format!(", wanted {} to {}", low.en, high.en))
            }
            Scale::Range { low: Some(low), high: None } => {
                let low = said(*low);
                Text::new(format!("，应不小于 {}", low.zh), format!(", wanted at least {}", low.en))
            }
            Scale::Range { low: None, high: Some(high) } => {
                let high = said(*high);
                Text::new(format!("，应不大于 {}", high.zh), format!(", wanted at most {}", high.en))
            }
            Scale::Tolerance { target, full, zero } => {
                let (target, full, zero) = (said(*target), said(*full), said(*zero));
                Text::new(
                    format!("，目标 {}，±{} 内满分，±{} 起零分", target.zh, full.zh, zero.zh),
                    format!(", target {}, full marks within {}, none from {}", target.en, full.en, zero.en),
                )
            }
            Scale::Range { low: None, high: None } | Scale::Curve(_) => Text::default(),
        }
    }

    /// What a statistic is called.
    fn statistic(&self, fold: Fold, unit: &str) -> Text {
        let band = |band: Band, zh: &str, en: &str| {
            let (low, high) = (said(band.low(), unit), said(band.high(), unit));
            match (band.low().is_finite(), band.high().is_finite()) {
                (true, true) => Text::new(
                    format!("在 {}至 {}之间的{zh}", low.zh, high.zh),
                    format!("{en} in {} to {}", low.en, high.en),
                ),
                (true, false) => Text::new(format!("不小于 {} 的{zh}", low.zh), format!("{en} at or above {}", low.en)),
                _ => Text::new(format!("不大于 {} 的{zh}", high.zh), format!("{en} at or below {}", high.en)),
            }
        };
        match fold {
            Fold::Tally(TallyKind::Mean) => Text::new("平均值", "mean"),
            Fold::Tally(TallyKind::Min) => Text::new("最小值", "least value"),
            Fold::Tally(TallyKind::Max) => Text::new("最大值", "greatest value"),
            Fold::Percentile(rank) => {
                let percent = trimmed(format!("{:.4}", f64::from(rank) / 1e4));
                Text::new(format!("{percent}% 分位数"), format!("{percent} % percentile"))
            }
            Fold::Last => Text::new("最后的值", "last value"),
            Fold::TimeMean => Text::new("时间加权平均值", "time-weighted mean"),
            Fold::Integral => Text::new("积分", "integral"),
            Fold::TimeInBand(inside) => band(inside, "时间", "time"),
            Fold::ShareInBand(inside) => band(inside, "时间占比", "share of the time"),
        }
    }

    fn time(&self, at: i64) -> Text {
        let elapsed = at.saturating_sub(self.started_at);
        if elapsed < 0 {
            let before = duration(elapsed.saturating_neg());
            return Text::new(format!("开始前 {}", before.zh), format!("{} before the start", before.en));
        }
        duration(elapsed)
    }
}

/// Why a finding doesn't count as it is.
fn noted(note: &Note) -> Text {
    match note {
        Note::GateShut(rules) => {
            Text::new(format!("前置规则 {rules} 未达成，不计分。"), format!(" It doesn't count: {rules} was not met."))
        }
        Note::GateUnknown(rules) => Text::new(
            format!("前置规则 {rules} 是否达成尚未判定，请裁判确认。"),
            format!(" Whether {rules} was met is undecided: a judge is asked."),
        ),
        Note::NotBest { attempt } => Text::new(
            format!("第 {attempt} 次不是最好的一次，不计分。"),
            format!(" Attempt {attempt} is not the best one, no marks."),
        ),
        Note::BestUnknown { attempt, marks } => {
            let marks = Mark::from_hundredths(*marks);
            Text::new(
                format!("第 {attempt} 次可得 {marks} 分，但另有一次尚未判定，请裁判确认哪次最好。"),
                format!(
                    " Attempt {attempt} would give {marks} marks, but another one is undecided: a judge is asked which is the best."
                ),
            )
        }
    }
}

/// The unit of a statistic of figures in this unit; `ns` is said as a duration.
fn figure_unit(fold: Fold, unit: &str) -> String {
    match fold {
        Fold::TimeInBand(_) => "ns".to_owned(),
        Fold::ShareInBand(_) => "%".to_owned(),
        Fold::Integral if unit.is_empty() => "s".to_owned(),
        Fold::Integral => format!("{unit}·s"),
        _ => unit.to_owned(),
    }
}

fn said(figure: f64, unit: &str) -> Text {
    if unit == "ns" {
        return duration(figure as i64);
    }
    let figure = with_unit(figure, unit);
    Text::new(figure.clone(), figure)
}

/// `12.34 s`, `5 min 3.2 s`, `1 h 0 min 2 s`: to the millisecond, rounded half up.
pub(crate) fn duration(ns: i64) -> Text {
    let ms = ns.saturating_add(500_000) / 1_000_000;
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    let seconds = trimmed(format!("{}.{:03}", ms / 1000 % 60, ms % 1000));
    match (hours, minutes) {
        (0, 0) => Text::new(format!("{seconds} 秒"), format!("{seconds} s")),
        (0, _) => Text::new(format!("{minutes} 分 {seconds} 秒"), format!("{minutes} min {seconds} s")),
        _ => {
            Text::new(format!("{hours} 小时 {minutes} 分 {seconds} 秒"), format!("{hours} h {minutes} min {seconds} s"))
        }
    }
}

/// At most three decimals; more for small figures.
fn with_unit(figure: f64, unit: &str) -> String {
    // No negative zero.
    let figure = figure + 0.0;
    let magnitude = figure.abs();
    let text = if magnitude != 0.0 && !(1e-3..1e9).contains(&magnitude) {
        format!("{figure:.3e}")
    } else {
        trimmed(format!("{figure:.3}"))
    };
    if unit.is_empty() { text } else { format!("{text} {unit}") }
}

fn trimmed(text: String) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_figures_read_well() {
        for (ns, expected) in [
            (0, "0 s"),
            (2_000_000_000, "2 s"),
            (12_340_000_000, "12.34 s"),
            (303_200_400_000, "5 min 3.2 s"),
            (3_602_000_600_000, "1 h 0 min 2.001 s"),
        ] {
            assert_eq!(duration(ns).en, expected);
        }
        for (figure, expected) in [
            (48.0, "48 N"),
            (-0.25, "-0.25 N"),
            (49.99961, "50 N"),
            (0.0, "0 N"),
            (1.5e-5, "1.500e-5 N"),
            (100.0, "100 N"),
        ] {
            assert_eq!(with_unit(figure, "N"), expected);
        }
    }
}

//! What a rule gives: marks stand where its pattern can give them, and are of a size that somebody meant.

use kernel::{Mark, Suggestion};

use super::Compiler;
use crate::{CheckSpec, CountScale, PatternSpec, PhaseSpec, RuleSpec, ScaleSpec, Unfinished};

/// Marks beyond this are a slip of the pen.
const GREATEST_MARK: i64 = 10_000_000;

impl Compiler<'_> {
    /// Marks have to be where the pattern can give them, and only there.
    pub(super) fn marks(&mut self, spec: &RuleSpec) {
        let scale = match &spec.pattern {
            PatternSpec::On { check: Some(CheckSpec::Figure { scale, .. }), .. }
            | PatternSpec::Count { scale: CountScale::Scale(scale), .. }
            | PatternSpec::Measure { scale, .. }
            | PatternSpec::Figure { scale, .. } => Some(scale),
            _ => None,
        };
        let curved = matches!(scale, Some(ScaleSpec::Curve(_)));
        let two_ways = matches!(
            spec.pattern,
            PatternSpec::Then { .. }
                | PatternSpec::Without { .. }
                | PatternSpec::Absent { .. }
                | PatternSpec::Sequence { each_step: false, .. }
                | PatternSpec::On { check: Some(_), .. }
        ) || matches!(scale, Some(ScaleSpec::Range { .. }));
        // A rule without an award is told so.
        let can_miss = two_ways
            || matches!(scale, Some(ScaleSpec::Tolerance { .. }))
            || matches!(spec.pattern, PatternSpec::Count { scale: CountScale::Each, .. })
            || (spec.may_stay_open() && spec.unfinished == Unfinished::Missed);
        let each_step = matches!(spec.pattern, PatternSpec::Sequence { each_step: true, .. });
        if spec.missed.is_some() && spec.met.is_some() && !can_miss && !curved && !each_step {
            self.fault(
                "otherwise",
                "这条规则不会落空，otherwise 不起作用",
                "the rule is never missed, otherwise does nothing",
                Suggestion::advice(
                    "去掉 otherwise，或加上 check、then 这样会落空的条件",
                    "leave out otherwise, or add what can be missed, such as a check or then",
                ),
            );
        }
        if let (Some(met), Some(most)) = (spec.met, spec.at_most)
            && most.hundredths() > 0
            && most.hundredths() < met.hundredths().abs()
        {
            let worth = Mark::from_hundredths(met.hundredths().abs());
            self.fault(
                "at_most",
                &format!("上限 {most} 低于一次的分值 {worth}"),
                &format!("the cap of {most} is below the {worth} of a single time"),
                Suggestion::advice(
                    format!("写 {worth} 或更大的上限，或把分值改成 {most}"),
                    format!("write a cap of {worth} or more, or {most} for each time"),
                ),
            );
        }
        if each_step && spec.missed.is_some() {
            self.fault(
                "otherwise",
                "按步给分，没走到的步骤不得分",
                "marks are for each step, one that isn't reached gives none",
                Suggestion::advice("去掉 otherwise", "leave out otherwise"),
            );
        }
        if curved && (spec.met.is_some() || spec.missed.is_some()) {
            self.fault(
                "award",
                "曲线已经给出分值",
                "the curve gives the marks",
                Suggestion::advice("去掉 award、deduct 和 otherwise", "leave out award, deduct and otherwise"),
            );
        } else if !curved && spec.met.is_none() && (spec.missed.is_none() || !two_ways) {
            let suggestion = Suggestion::advice(
                "写 `award: 1` 加分，或 `deduct: 1` 扣分",
                "write `award: 1`, or `deduct: 1` to take marks",
            );
            self.fault("award", "没有写 award 或 deduct", "award or deduct is missing", suggestion);
        }
        if matches!(scale, Some(ScaleSpec::Tolerance { .. })) && spec.met.is_some_and(|met| met.hundredths() <= 0) {
            let suggestion = Suggestion::write("award: 5");
            self.fault("award", "公差没有可给的分", "the tolerance has no marks to give", suggestion);
        }
        for (field, marks) in [("award", spec.met), ("otherwise", spec.missed), ("at_most", spec.at_most)] {
            if marks.is_some_and(|marks| marks.hundredths().abs() > GREATEST_MARK) {
                let most = Mark::from_hundredths(GREATEST_MARK);
                let suggestion = Suggestion::advice(format!("最多 {most}"), format!("{most} at most"));
                self.fault(field, "分值过大", "the marks are too large", suggestion);
            }
        }
        if let Some(least) = spec.min_total.filter(|least| least.hundredths() > 0) {
            let suggestion = Suggestion::replace((-least).to_string());
            self.fault("min_total", "下限大于零", "the floor is above zero", suggestion);
        }
        if spec.min_total.is_some_and(|least| least.hundredths() < -GREATEST_MARK) {
            let least = Mark::from_hundredths(-GREATEST_MARK);
            let suggestion = Suggestion::advice(format!("不低于 {least}"), format!("{least} at least"));
            self.fault("min_total", "下限过低", "the floor is too low", suggestion);
        }
        if let Some(most) = spec.best_of.filter(|most| !(2..=100).contains(most)) {
            let (zh, en) =
                (format!("不能从 {most} 次中取最好的一次"), format!("the best can't be taken of {most} attempts"));
            let suggestion = Suggestion::advice("写 2 到 100", "write a number from 2 to 100");
            self.fault("best_of", &zh, &en, suggestion);
        }
        if spec.best_of.is_some() && spec.during == PhaseSpec::Run {
            self.fault(
                "best_of",
                "一次尝试就是一个阶段，没有写是哪个阶段",
                "an attempt is a phase, and none is named",
                Suggestion::write("during: {while: trying}"),
            );
        }
        if spec.best_of.is_some() && spec.once {
            let suggestion = Suggestion::advice("去掉其中一个", "leave out one of them");
            self.fault("once", "once 与 best_of 不能同时写", "once and best_of exclude each other", suggestion);
        }
        if let Some(most) = spec.at_most.filter(|most| most.hundredths() <= 0) {
            let suggestion = match most {
                Mark::ZERO => Suggestion::advice("写大于零的分值，或不写", "write marks above zero, or leave it out"),
                most => Suggestion::replace((-most).to_string()),
            };
            self.fault("at_most", "上限不大于零", "the cap isn't above zero", suggestion);
        }
    }
}

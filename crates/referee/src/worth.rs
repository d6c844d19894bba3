//! What a rule can give, for whoever has its verdicts and not the recording: by their outcome and marks alone.

use kernel::Mark;

use crate::spec::{CheckSpec, CountScale, PatternSpec, PerSpec, ScaleSpec, TriggerSpec};
use crate::{Outcome, RuleSpec};

impl RuleSpec {
    /// Whether a single verdict can have these marks. Nothing is always possible: a gate was shut, another attempt was better, or the cap was reached.
    /// A cap may cut short what a rule gives.
    pub fn can_give(&self, outcome: Outcome, marks: Mark) -> bool {
        if marks == Mark::ZERO {
            return true;
        }
        let whole = match outcome {
            Outcome::Undecided => return false,
            Outcome::Met => self.met,
            Outcome::Missed => self.missed,
        };
        let is_capped = self.at_most.is_some() || self.min_total.is_some();
        let is_cut = |whole: Mark| is_capped && is_between(marks, whole);
        let is_times = |one: Mark, least: i64, most: i64| {
            let (one, marks) = (one.hundredths(), marks.hundredths());
            let times = marks.checked_div(one).filter(|times| times.checked_mul(one) == Some(marks));
            let is_same_sign = one != 0 && (one > 0) == (marks > 0);
            times.is_some_and(|times| (least..=most).contains(&times)) || (is_capped && is_same_sign)
        };
        match (self.scale(), &self.pattern) {
            (Some(ScaleSpec::Curve(points)), _) => {
                let (least, most) = (points.iter().map(|it| it.1).min(), points.iter().map(|it| it.1).max());
                let (least, most) = (least.unwrap_or_default(), most.unwrap_or_default());
                (least..=most).contains(&marks) || is_cut(least) || is_cut(most)
            }
            (Some(ScaleSpec::Tolerance { .. }), _) => whole.is_some_and(|whole| is_between(marks, whole)),
            // So many times what one is worth.
            (_, PatternSpec::Count { scale: CountScale::Each, .. })
            | (_, PatternSpec::While { per: PerSpec::Second | PerSpec::StartedSecond, .. })
                if outcome == Outcome::Met =>
            {
                whole.is_some_and(|one| is_times(one, 1, i64::MAX))
            }
            (_, PatternSpec::Sequence { steps, each_step: true, .. }) => {
                let all = steps.len() as i64;
                let (least, most) = if outcome == Outcome::Met { (all, all) } else { (1, all - 1) };
                self.met.is_some_and(|one| is_times(one, least, most))
            }
            _ => whole.is_some_and(|whole| marks == whole || is_cut(whole)),
        }
    }

    /// Whether a verdict that decides something has samples that it stands on: it begins with something that one of these signals says.
    pub fn shows_samples<'s>(&self, mut signals: impl Iterator<Item = &'s str>) -> bool {
        let first = match &self.pattern {
            PatternSpec::Holds { condition, .. } | PatternSpec::While { condition, .. } => {
                return signals.any(|signal| condition.contains(signal));
            }
            PatternSpec::On { event, .. } | PatternSpec::Without { event, .. } => Some(event),
            PatternSpec::Then { first, .. } | PatternSpec::Forbidden { first, .. } => Some(first),
            PatternSpec::Sequence { steps, .. } => steps.first().map(|step| &step.event),
            PatternSpec::Measure { from, .. } => Some(from),
            PatternSpec::Absent { .. } | PatternSpec::Count { .. } | PatternSpec::Figure { .. } => None,
        };
        let said = match first {
            Some(TriggerSpec::Rises(said) | TriggerSpec::Falls(said) | TriggerSpec::Changes(said)) => said.as_str(),
            _ => return false,
        };
        signals.any(|signal| said.contains(signal))
    }

    fn scale(&self) -> Option<&ScaleSpec> {
        match &self.pattern {
            PatternSpec::On { check: Some(CheckSpec::Figure { scale, .. }), .. }
            | PatternSpec::Count { scale: CountScale::Scale(scale), .. }
            | PatternSpec::Measure { scale, .. }
            | PatternSpec::Figure { scale, .. } => Some(scale),
            _ => None,
        }
    }

    /// What all verdicts of a run that stand give and take together, and whether the rule lets them: the first is what is more than it can, if anything.
    pub fn keeps_its_caps(&self, marks: impl Iterator<Item = Mark>) -> bool {
        let (mut given, mut taken) = (Mark::ZERO, Mark::ZERO);
        for marks in marks {
            if marks > Mark::ZERO {
                given += marks;
            } else {
                taken += marks;
            }
        }
        self.at_most.is_none_or(|most| given <= most && taken >= -most)
            && self.min_total.is_none_or(|least| given + taken >= least.min(Mark::ZERO) || taken == Mark::ZERO)
    }
}

/// On the way from nothing to `whole`, both included.
fn is_between(marks: Mark, whole: Mark) -> bool {
    (whole.min(Mark::ZERO)..=whole.max(Mark::ZERO)).contains(&marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{PhaseSpec, StepSpec, Unfinished};

    fn rule(pattern: PatternSpec, met: Option<i64>, missed: Option<i64>, at_most: Option<i64>) -> RuleSpec {
        let marks = |hundredths: Option<i64>| hundredths.map(Mark::from_hundredths);
        RuleSpec {
            id: "r".into(),
            aspect: "A".into(),
            says: kernel::Text::new("一", "one"),
            during: PhaseSpec::Run,
            pattern,
            met: marks(met),
            missed: marks(missed),
            once: false,
            at_most: marks(at_most),
            min_total: None,
            gate: Vec::new(),
            best_of: None,
            unfinished: Unfinished::Undecided,
        }
    }

    fn rises() -> TriggerSpec {
        TriggerSpec::Rises("grip".into())
    }

    #[test]
    fn a_verdict_is_worth_what_its_rule_gives() {
        let on = || PatternSpec::On { event: rises(), check: None };
        let curve = ScaleSpec::Curve(vec![
            ("1 s".into(), Mark::from_hundredths(500)),
            ("9 s".into(), Mark::from_hundredths(100)),
        ]);
        let measure = || PatternSpec::Measure { from: rises(), to: rises(), scale: curve.clone() };
        let each = || PatternSpec::Count { event: rises(), scale: CountScale::Each };
        let steps = || {
            let step = || StepSpec { event: rises(), within: None };
            PatternSpec::Sequence { steps: vec![step(), step(), step()], within: None, each_step: true }
        };
        use Outcome::{Met, Missed, Undecided};
        for (rule, outcome, marks, can) in [
            (rule(on(), Some(100), None, None), Met, 100, true),
            (rule(on(), Some(100), None, None), Met, 300, false),
            (rule(on(), Some(100), None, None), Met, 50, false),
            (rule(on(), Some(100), None, None), Met, -100, false),
            (rule(on(), Some(100), None, None), Missed, 100, false),
            (rule(on(), Some(100), None, None), Missed, 0, true),
            (rule(on(), Some(100), None, None), Undecided, 100, false),
            (rule(on(), Some(100), None, Some(250)), Met, 50, true),
            (rule(on(), Some(-100), Some(-50), None), Missed, -50, true),
            (rule(measure(), None, None, None), Met, 333, true),
            (rule(measure(), None, None, None), Met, 501, false),
            (rule(measure(), None, None, None), Met, i64::MIN, false),
            (rule(each(), Some(100), None, None), Met, 700, true),
            (rule(each(), Some(100), None, None), Met, 750, false),
            (rule(each(), Some(100), None, None), Met, -100, false),
            (rule(each(), Some(-1), None, None), Met, i64::MIN, false),
            (rule(steps(), Some(100), None, None), Met, 300, true),
            (rule(steps(), Some(100), None, None), Met, 200, false),
            (rule(steps(), Some(100), None, None), Missed, 200, true),
            (rule(steps(), Some(100), None, None), Missed, 300, false),
        ] {
            assert_eq!(rule.can_give(outcome, Mark::from_hundredths(marks)), can, "{outcome:?} {marks} {:?}", rule.met);
        }
    }

    #[test]
    fn together_no_more_than_the_cap() {
        let on = PatternSpec::On { event: rises(), check: None };
        let mut rule = rule(on, Some(100), None, Some(250));
        let sum =
            |rule: &RuleSpec, marks: &[i64]| rule.keeps_its_caps(marks.iter().copied().map(Mark::from_hundredths));
        assert!(sum(&rule, &[100, 100, 50, 0]) && sum(&rule, &[-250, 250]) && sum(&rule, &[]));
        assert!(!sum(&rule, &[100, 100, 100]) && !sum(&rule, &[-200, -100]));
        (rule.at_most, rule.min_total) = (None, Some(Mark::from_hundredths(-50)));
        assert!(sum(&rule, &[-50]) && sum(&rule, &[100, -150]) && !sum(&rule, &[-60]) && !sum(&rule, &[100, -151]));
    }
}

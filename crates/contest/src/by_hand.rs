//! What a sensor would have said, entered by a judge: for each rule of an aspect, how often it was met and missed. Pure.
//!
//! The rules' own figures decide what that is worth: what meeting and missing give, the most a rule gives or takes, the least it adds up to,
//! and what the aspect starts at. Where a curve gives the marks, the judge gives them. A gate counts where its rule is asked about beside it;
//! gates on other aspects are the judge's to heed.

use std::collections::BTreeMap;

use kernel::Mark;
use marking::StartsAt;
use referee::RuleSpec;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire;

/// How often a rule can be met or missed in a run.
pub const TIMES_MOST: u32 = 999;

/// A judge's answer about one rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSeen {
    pub met: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missed: u32,
    /// Where a curve gives the marks: what it would have given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<wire::Mark>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Why answers are worth nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// The aspect has no such rule.
    Unknown(String),
    /// It wasn't answered; a given 0 is an answer.
    Missing(String),
    /// More often than can be, or once where it is only judged once.
    TooOften(String),
    /// Marks where none are asked for, or none where they are.
    Marks(String),
}

/// What the answers are worth, of at most `max`. Every rule is answered.
pub fn worth<'r>(
    rules: impl IntoIterator<Item = &'r RuleSpec>,
    starts_at: StartsAt,
    max: Mark,
    answers: &BTreeMap<String, RuleSeen>,
) -> Result<Mark, Unanswered> {
    let rules: BTreeMap<&str, &RuleSpec> = rules.into_iter().map(|rule| (rule.id.as_str(), rule)).collect();
    if let Some(unknown) = answers.keys().find(|rule| !rules.contains_key(rule.as_str())) {
        return Err(Unanswered::Unknown(unknown.clone()));
    }
    let mut sum = if starts_at == StartsAt::Full { max } else { Mark::ZERO };
    for (id, rule) in &rules {
        let named = || (*id).to_owned();
        let seen = answers.get(*id).ok_or_else(|| Unanswered::Missing(named()))?;
        let most = if rule.once { 1 } else { TIMES_MOST };
        if seen.met.max(seen.missed) > most || (rule.once && seen.met + seen.missed > 1) {
            return Err(Unanswered::TooOften(named()));
        }
        let marks = match (by_curve(rule), &seen.marks) {
            (true, Some(marks)) if (-max..=max).contains(&marks.0) => marks.0,
            (false, None) => times(rule.met, seen.met) + times(rule.missed, seen.missed),
            _ => return Err(Unanswered::Marks(named())),
        };
        let is_open = |gate: &String| answers.get(gate).is_none_or(|seen| seen.met > 0);
        if rule.gate.iter().all(is_open) {
            sum += bounded(rule, marks);
        }
    }
    Ok(sum.clamp(Mark::ZERO, max))
}

/// Whether a curve gives the marks of a rule that is met.
pub fn by_curve(rule: &RuleSpec) -> bool {
    rule.met.is_none() && rule.missed.is_none()
}

fn times(marks: Option<Mark>, count: u32) -> Mark {
    Mark::from_hundredths(marks.unwrap_or_default().hundredths() * i64::from(count))
}

fn bounded(rule: &RuleSpec, marks: Mark) -> Mark {
    let most = rule.at_most.map_or(marks, |most| marks.clamp(-most, most));
    rule.min_total.map_or(most, |least| most.max(least))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `gripped` gives 1 each, 3 at most; `stopped` takes 0.5 each; `held` is judged once, and only if something was gripped; `fast` has a curve.
    const SCHEME: &str = include_str!("../tests/common/scheme.yaml");

    fn rules() -> Vec<RuleSpec> {
        let (scheme, faults) = catalogue::load_scheme(SCHEME);
        let scheme = scheme.unwrap_or_else(|| panic!("{faults:?}"));
        let named = |id: &str| scheme.rule_specs.iter().find(|rule| rule.id == id).unwrap().clone();
        let (gripped, mut stopped) = (named("gripped"), named("stopped"));
        stopped.met = Some(Mark::from_hundredths(-50));
        let mut held = gripped.clone();
        (held.id, held.once, held.gate) = ("held".into(), true, vec!["gripped".into()]);
        (held.met, held.missed, held.at_most) =
            (Some(Mark::from_hundredths(200)), Some(Mark::from_hundredths(-100)), None);
        let mut fast = gripped.clone();
        (fast.id, fast.met, fast.missed) = ("fast".into(), None, None);
        vec![gripped, stopped, held, fast]
    }

    fn answers(gripped: u32, stopped: u32, held: (u32, u32), fast: i64) -> BTreeMap<String, RuleSeen> {
        let seen = |met, missed, marks| RuleSeen { met, missed, marks };
        BTreeMap::from([
            ("gripped".to_owned(), seen(gripped, 0, None)),
            ("stopped".to_owned(), seen(stopped, 0, None)),
            ("held".to_owned(), seen(held.0, held.1, None)),
            ("fast".to_owned(), seen(0, 0, Some(wire::Mark(Mark::from_hundredths(fast))))),
        ])
    }

    fn max() -> Mark {
        Mark::from_hundredths(1000)
    }

    #[test]
    fn answers_are_worth_what_the_rules_say() {
        let cases = [
            (answers(0, 0, (0, 0), 0), StartsAt::Zero, 0),
            (answers(2, 0, (0, 0), 0), StartsAt::Zero, 200),
            (answers(9, 0, (0, 0), 0), StartsAt::Zero, 300),
            (answers(2, 1, (1, 0), 25), StartsAt::Zero, 375),
            (answers(2, 0, (0, 1), 0), StartsAt::Zero, 100),
            // Nothing was gripped: holding is not asked.
            (answers(0, 0, (1, 0), 0), StartsAt::Zero, 0),
            (answers(0, 3, (0, 0), 0), StartsAt::Zero, 0),
            (answers(0, 3, (0, 0), 0), StartsAt::Full, 850),
        ];
        for (answers, starts_at, hundredths) in cases {
            assert_eq!(
                worth(&rules(), starts_at, max(), &answers),
                Ok(Mark::from_hundredths(hundredths)),
                "{answers:?}"
            );
        }
    }

    #[test]
    fn what_is_no_answer_is_said() {
        let ask = |change: fn(&mut BTreeMap<String, RuleSeen>)| {
            let mut answers = answers(1, 0, (1, 0), 0);
            change(&mut answers);
            worth(&rules(), StartsAt::Zero, max(), &answers).unwrap_err()
        };
        assert_eq!(ask(|it| it.retain(|rule, _| rule != "stopped")), Unanswered::Missing("stopped".into()));
        assert_eq!(ask(|it| it.extend([("x".to_owned(), RuleSeen::default())])), Unanswered::Unknown("x".into()));
        assert_eq!(ask(|it| it.get_mut("held").unwrap().missed = 1), Unanswered::TooOften("held".into()));
        assert_eq!(ask(|it| it.get_mut("gripped").unwrap().met = 1000), Unanswered::TooOften("gripped".into()));
        assert_eq!(ask(|it| it.get_mut("fast").unwrap().marks = None), Unanswered::Marks("fast".into()));
        let too_much = |it: &mut BTreeMap<String, RuleSeen>| {
            it.get_mut("fast").unwrap().marks = Some(wire::Mark(Mark::from_hundredths(1001)));
        };
        assert_eq!(ask(too_much), Unanswered::Marks("fast".into()));
    }

    proptest! {
        #[test]
        fn never_less_than_nothing_nor_more_than_the_aspect(
            gripped in 0..=TIMES_MOST, stopped in 0..=TIMES_MOST, held in 0..3u32, fast in -1000..=1000i64, full: bool
        ) {
            let held = [(0, 0), (1, 0), (0, 1)][held as usize];
            let starts_at = if full { StartsAt::Full } else { StartsAt::Zero };
            let found = worth(&rules(), starts_at, max(), &answers(gripped, stopped, held, fast));
            prop_assert!(found.is_ok_and(|mark| (Mark::ZERO..=max()).contains(&mark)));
        }
    }
}

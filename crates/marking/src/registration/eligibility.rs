//! Conditions for taking part. The set is closed on purpose: what decides whether a person may come is read by that person, so a condition is a
//! sentence that everybody understands, not a formula. They differ from the referee's conditions, which are about signals with units in time and
//! know neither days nor lists.

use kernel::Text;

use super::{Answer, Answers, Day, FieldKind, RegistrationRule};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EligibilityRule {
    pub code: String,
    /// What is said where it isn't met.
    pub says: Text,
    /// For whom it is a condition; empty: for everybody.
    pub groups: Vec<String>,
    pub condition: Eligible,
}

/// What has to be so. Each holds only where the field was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eligible {
    /// Complete years from the date in a field to a day, both limits included.
    Age {
        field: String,
        at_least: Option<u32>,
        at_most: Option<u32>,
        /// None: the day on which the contest starts, by the clocks of its hall.
        on: Option<Day>,
    },
    /// A number within limits, both included.
    Number { field: String, at_least: Option<u32>, at_most: Option<u32> },
    /// A choice that stands there or after it in the field's own order.
    Level { field: String, at_least: String },
    /// One of some choices.
    OneOf { field: String, choices: Vec<String> },
    /// Sent by one of these, by their Chinese names or ids.
    Organisation(Vec<String>),
}

/// Who asks to take part.
#[derive(Debug, Clone, Copy)]
pub struct Applicant<'a> {
    pub group: &'a str,
    /// The organisation's id and Chinese name.
    pub organisation: (&'a str, &'a str),
    pub answers: &'a Answers,
    /// On which the contest starts.
    pub start: Day,
}

/// A rule that is a condition for somebody, and whether he meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Examined<'a> {
    pub rule: &'a EligibilityRule,
    pub is_met: bool,
}

impl RegistrationRule {
    /// Each rule that is a condition for somebody's group, in the order of the file.
    pub fn examined<'a>(&'a self, who: &Applicant<'_>) -> Vec<Examined<'a>> {
        let concerns =
            |rule: &&EligibilityRule| rule.groups.is_empty() || rule.groups.iter().any(|group| group == who.group);
        let rules = self.eligibility.iter().filter(concerns);
        rules.map(|rule| Examined { rule, is_met: self.is_met(&rule.condition, who) }).collect()
    }

    fn is_met(&self, condition: &Eligible, who: &Applicant<'_>) -> bool {
        let answer = |field: &str| who.answers.get(field);
        match condition {
            Eligible::Age { field, at_least, at_most, on } => match answer(field) {
                Some(Answer::Day(born)) => {
                    let age = on.unwrap_or(who.start).age_of(*born);
                    u32::try_from(age).is_ok_and(|age| within(age.into(), *at_least, *at_most))
                }
                _ => false,
            },
            Eligible::Number { field, at_least, at_most } => {
                matches!(answer(field), Some(Answer::Number(number)) if within(*number, *at_least, *at_most))
            }
            Eligible::Level { field, at_least } => match answer(field) {
                Some(Answer::Choice(choice)) => {
                    self.place(field, choice).zip(self.place(field, at_least)).is_some_and(|(has, least)| has >= least)
                }
                _ => false,
            },
            Eligible::OneOf { field, choices } => {
                matches!(answer(field), Some(Answer::Choice(choice)) if choices.contains(choice))
            }
            Eligible::Organisation(listed) => {
                let (id, name) = who.organisation;
                listed.iter().any(|one| one == id || one == name)
            }
        }
    }

    /// Where a choice stands among those of its field.
    fn place(&self, field: &str, choice: &str) -> Option<usize> {
        match &self.field(field)?.kind {
            FieldKind::Choice(choices) => choices.iter().position(|known| known.code == choice),
            _ => None,
        }
    }
}

fn within(number: i64, at_least: Option<u32>, at_most: Option<u32>) -> bool {
    at_least.is_none_or(|least| number >= i64::from(least)) && at_most.is_none_or(|most| number <= i64::from(most))
}

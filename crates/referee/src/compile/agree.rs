//! Several witnesses of one event.

use super::Compiler;
use crate::rules::{Agreement, AgreementShape, Trigger};

/// More witnesses than these are a slip of the pen.
const MOST_WITNESSES: usize = 16;

/// Where a rule says nothing else, witnesses agree within a second.
const USUALLY_WITHIN: i64 = 1_000_000_000;

impl Compiler<'_> {
    pub(super) fn agreement(
        &mut self,
        field: &str,
        witnesses: &[String],
        at_least: Option<u32>,
        within: Option<&str>,
    ) -> Option<Trigger> {
        let field = format!("{field}.agree");
        let within = self.optional_duration(&format!("{field}.within"), within);
        let conditions: Vec<Option<u32>> = witnesses
            .iter()
            .enumerate()
            .map(|(ix, condition)| self.predicate(&format!("{field}.witnesses[{ix}]"), condition))
            .collect();
        if !(2..=MOST_WITNESSES).contains(&witnesses.len()) {
            let (zh, en) = (
                format!("见证者应有 2 到 {MOST_WITNESSES} 个"),
                format!("an agreement has 2 to {MOST_WITNESSES} witnesses"),
            );
            self.fault(&format!("{field}.witnesses"), &zh, &en);
            return None;
        }
        if at_least.is_some_and(|least| least < 2 || least as usize > witnesses.len()) {
            let (zh, en) = (
                format!("at_least 应在 2 到 {} 之间", witnesses.len()),
                format!("at_least must lie between 2 and {}", witnesses.len()),
            );
            self.fault(&format!("{field}.at_least"), &zh, &en);
        }
        let conditions: Vec<u32> = conditions.into_iter().collect::<Option<_>>()?;
        for (ix, condition) in conditions.iter().enumerate() {
            if let Some(first) = conditions[..ix].iter().position(|other| other == condition) {
                let (zh, en) = (
                    format!("与第 {} 个见证者相同，一个见证者只能说一次", first + 1),
                    format!("this is witness number {} again, each speaks for himself", first + 1),
                );
                self.fault(&format!("{field}.witnesses[{ix}]"), &zh, &en);
            }
        }
        let shape =
            AgreementShape { witnesses: conditions.into(), at_least, within: within?.unwrap_or(USUALLY_WITHIN) };
        let next = self.agreements.len() as u32;
        let place = *self.agreement_by_shape.entry(shape.clone()).or_insert(next);
        if place == next {
            for (witness, condition) in (0u8..).zip(&shape.witnesses) {
                self.predicates[*condition as usize].testifies.push((place, witness));
            }
            self.agreements.push(Agreement { shape, followers: Vec::new() });
        }
        Some(Trigger::Agree { agreement: place })
    }
}

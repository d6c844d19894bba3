//! Several witnesses of one event.

use kernel::Suggestion;

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
                format!("见证者不能是 {} 个", witnesses.len()),
                format!("there can't be {} witnesses", witnesses.len()),
            );
            let suggestion = if witnesses.len() < 2 {
                Suggestion::advice("写两个或更多：`[at_gate, badge]`", "write two or more: `[at_gate, badge]`")
            } else {
                Suggestion::advice(format!("最多 {MOST_WITNESSES} 个"), format!("{MOST_WITNESSES} at most"))
            };
            self.fault(&format!("{field}.witnesses"), &zh, &en, suggestion);
            return None;
        }
        if let Some(least) = at_least.filter(|least| *least < 2 || *least as usize > witnesses.len()) {
            let all = witnesses.len();
            let (zh, en) = (
                format!("{all} 个见证者中不能要求 {least} 个一致"),
                format!("{least} of {all} witnesses can't be asked to agree"),
            );
            let suggestion = Suggestion::replace(least.clamp(2, all as u32).to_string());
            self.fault(&format!("{field}.at_least"), &zh, &en, suggestion);
        }
        let conditions: Vec<u32> = conditions.into_iter().collect::<Option<_>>()?;
        for (ix, condition) in conditions.iter().enumerate() {
            if let Some(first) = conditions[..ix].iter().position(|other| other == condition) {
                let (zh, en) =
                    (format!("与第 {} 个见证者相同", first + 1), format!("this is witness number {} again", first + 1));
                let suggestion = Suggestion::advice(
                    "去掉它，或换成另一个信号的条件",
                    "remove it, or write a condition of another signal",
                );
                self.fault(&format!("{field}.witnesses[{ix}]"), &zh, &en, suggestion);
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

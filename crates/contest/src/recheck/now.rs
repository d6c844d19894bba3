//! The recheck as it stands: who is chosen, who was looked at, what was found.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{AccountId, Mark, Seed, Text, Timestamp};
use marking::{AspectState, Choice, EntryIx, Finding, Over, RecheckOutcome, RecheckRule};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire;

use crate::arena::{Arena, Logged};
use crate::event::FoundMark;

#[derive(Debug, Clone)]
pub struct RecheckNow {
    pub rule: RecheckRule,
    pub seed: Seed,
    /// Where the log says that it was ordered.
    pub position: i64,
    pub at: Timestamp,
    pub by: String,
    /// Everybody who had a rank, chosen or not, by rank; by group where groups are rechecked apart.
    pub choices: Vec<Choice<EntryIx>>,
    pub done: BTreeMap<EntryIx, EntryDone>,
    /// More was wrong than is allowed, when all who were chosen had been looked at: everybody is chosen.
    pub all: bool,
}

#[derive(Debug, Clone)]
pub struct EntryDone {
    pub findings: Vec<Finding>,
    pub differences: Vec<FoundMark>,
    pub by: String,
    pub account: Option<AccountId>,
    pub at: Timestamp,
}

impl RecheckNow {
    pub fn ordered(arena: &Arena, rule: RecheckRule, seed: Seed, by: &str, logged: &Logged) -> RecheckNow {
        let choices = arena.board.divisions(rule.over).into_iter().flat_map(|division| {
            let group = match rule.over {
                Over::WholeField => None,
                Over::EachGroup => {
                    let code = division.group.and_then(|ix| arena.board.scheme().group(ix)).map(|group| &group.code);
                    Some(code.map_or("", String::as_str))
                }
            };
            rule.choose(&seed, group, &division, |entry| arena.plan.entries[entry.index()].id.as_str())
        });
        let choices = choices.collect();
        let (position, at, by) = (logged.position, logged.at, by.to_owned());
        RecheckNow { rule, seed, position, at, by, choices, done: BTreeMap::new(), all: false }
    }

    /// An entry was looked at: whoever is not to be, or was already, changes nothing.
    pub fn take(&mut self, entry: EntryIx, done: EntryDone) {
        if self.is_wanted(entry) {
            self.done.entry(entry).or_insert(done);
        }
        self.all |= self.left().next().is_none() && self.outcome().all_again;
    }

    pub fn choice(&self, entry: EntryIx) -> Option<&Choice<EntryIx>> {
        self.choices.iter().find(|choice| choice.who == entry)
    }

    pub fn wants(&self, choice: &Choice<EntryIx>) -> bool {
        self.all || choice.chosen.is_rechecked()
    }

    pub fn is_wanted(&self, entry: EntryIx) -> bool {
        self.choice(entry).is_some_and(|choice| self.wants(choice))
    }

    pub fn wanted(&self) -> impl Iterator<Item = EntryIx> {
        self.choices.iter().filter(|choice| self.wants(choice)).map(|choice| choice.who)
    }

    /// Who is still to be looked at.
    pub fn left(&self) -> impl Iterator<Item = EntryIx> {
        self.wanted().filter(|entry| !self.done.contains_key(entry))
    }

    /// What was found so far.
    pub fn outcome(&self) -> RecheckOutcome {
        let findings: Vec<Finding> = self.done.values().flat_map(|done| done.findings.iter().copied()).collect();
        self.rule.outcome(&findings)
    }

    /// Why somebody is looked at, or isn't.
    pub fn reason(&self, choice: &Choice<EntryIx>) -> Text {
        if choice.chosen.is_rechecked() || !self.all {
            return choice.reason.clone();
        }
        let limit = self.rule.error_rate_max;
        Text::new(
            format!("错误率超过 {limit}，其余选手也全部核查。"),
            format!("More than {limit} of the rechecked marks were wrong: everybody else is rechecked as well."),
        )
    }
}

impl Arena {
    /// The marks of an entry as they stand, each with what was found.
    pub fn findings(&self, entry: EntryIx, differences: &[FoundMark]) -> Vec<Finding> {
        let found = |code: &str| differences.iter().find(|it| it.aspect == code);
        self.rechecked(entry)
            .map(|(code, given)| Finding {
                given,
                found: found(code).map_or(given, |it| Mark::from_hundredths(it.found)),
            })
            .collect()
    }

    /// What is looked at of an entry: each aspect that has its mark.
    pub fn rechecked(&self, entry: EntryIx) -> impl Iterator<Item = (&str, Mark)> {
        let scheme = self.board.scheme();
        scheme.aspect_ixs().zip(scheme.aspects()).filter_map(move |(ix, aspect)| {
            let now = self.board.aspect(entry, ix);
            let mark = now.mark.filter(|_| now.state == AspectState::Marked)?;
            Some((aspect.code.as_str(), mark))
        })
    }
}

/// The recheck as it is signed and published with the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecheckSaid {
    /// From which anybody draws the sample again.
    pub seed: String,
    /// Who was rechecked, by rank as it was then, and why.
    pub entries: Vec<RecheckedSaid>,
    /// More was wrong than is allowed, and everybody was rechecked.
    pub all: bool,
    pub marks: u32,
    pub wrong: u32,
    pub says: wire::Text,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecheckedSaid {
    pub entry: wire::EntryId,
    pub why: wire::Text,
}

pub fn said(arena: &Arena) -> Option<RecheckSaid> {
    let recheck = arena.recheck.as_ref()?;
    let wanted: BTreeSet<EntryIx> = recheck.wanted().collect();
    let chosen = recheck.choices.iter().filter(|choice| wanted.contains(&choice.who));
    let outcome = recheck.outcome();
    Some(RecheckSaid {
        seed: recheck.seed.as_str().to_owned(),
        entries: chosen
            .map(|choice| RecheckedSaid {
                entry: arena.plan.entries[choice.who.index()].id.clone().into(),
                why: recheck.reason(choice).into(),
            })
            .collect(),
        all: recheck.all,
        marks: outcome.checked,
        wrong: outcome.errors,
        says: outcome.says.into(),
    })
}

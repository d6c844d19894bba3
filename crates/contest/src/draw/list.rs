//! The list that lots are drawn over, as it stood when the seed was committed to.
//!
//! Numbers follow from the seed and the list, so who could choose the list after the last part of the seed is known could choose the order. The list is
//! therefore bound with the commitment: lots are drawn over this one or not at all. It holds ids and no names, and the ids that stand beside numbers
//! later follow from these and the seed ([`kernel::Seed::id_after`]).

use kernel::Seed;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use web::wire::{EntryId, TeamId};

use super::groups;
use crate::plan::Plan;

/// Kept in the log since v9.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawList {
    /// SHA-256 of the rule set's text, in hexadecimal: it says how to draw.
    pub rules: String,
    /// Group after group in the order in which they draw, each by the bytes of the ids.
    pub entries: Vec<Listed>,
    pub teams: Vec<TeamId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    pub id: EntryId,
    /// None for those without a group of the scheme.
    pub group: Option<String>,
}

impl DrawList {
    /// Of the field as it stands; empty where no rule set says how to draw.
    pub fn of(plan: &Plan) -> DrawList {
        let listed = groups(plan).into_iter().flat_map(|mut of_group| {
            of_group.entries.sort_unstable();
            let group = of_group.group;
            of_group.entries.into_iter().map(move |id| Listed { id: id.into(), group: group.clone() })
        });
        let mut teams: Vec<_> = plan.teams.iter().map(|team| team.id.clone()).collect();
        teams.sort_unstable();
        DrawList {
            rules: plan.rule_set.as_ref().map(|loaded| loaded.hash.clone()).unwrap_or_default(),
            entries: listed.collect(),
            teams: teams.into_iter().map(Into::into).collect(),
        }
    }

    /// As it is published: a line for the rule set, one for each entry and one for each team.
    pub fn lines(&self) -> Vec<String> {
        let entries = self.entries.iter().map(|entry| match &entry.group {
            Some(group) => format!("entry {} {group}", entry.id.0),
            None => format!("entry {}", entry.id.0),
        });
        let teams = self.teams.iter().map(|team| format!("team {}", team.0));
        [format!("rules {}", self.rules)].into_iter().chain(entries).chain(teams).collect()
    }

    /// SHA-256 of the lines in UTF-8, each with its line feed, in hexadecimal.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for line in self.lines() {
            hash.update(line.as_bytes());
            hash.update(b"\n");
        }
        hex::encode(hash.finalize())
    }

    /// Each entry's id since the draw, with the one it had.
    pub fn entries_after<'l>(&'l self, seed: &'l Seed) -> impl Iterator<Item = (String, &'l Listed)> {
        self.entries.iter().map(|entry| (seed.id_after(entry.id.0.as_str()), entry))
    }

    pub fn teams_after<'l>(&'l self, seed: &'l Seed) -> impl Iterator<Item = String> + 'l {
        self.teams.iter().map(|team| seed.id_after(team.0.as_str()))
    }
}

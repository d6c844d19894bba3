//! The field as it is published beside the log: who took part, where, and in which runs. With names only where the contest shows names.

use kernel::{OrganisationId, PersonId};
use serde::{Deserialize, Serialize};
use web::wire::{AccountId, ContestId, EntryId, RunId, StationId, TeamId, Text, Timestamp, VenueId};

use crate::disclosure::Disclosure;
use crate::plan::{Entry, Judge, Plan, PlanParts, PlannedRun, Station, Team, Venue};

use super::verify::Difference;

/// The shape and its version.
const FORMAT: &str = "guildhall/results-field/1";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    format: String,
    contest: ContestId,
    name: Text,
    /// Whether the result speaks of numbers, as it was signed. Names may stand beside them all the same, once it is final.
    blind: bool,
    created_at: Timestamp,
    starts_at: Timestamp,
    venues: Vec<FieldVenue>,
    stations: Vec<FieldStation>,
    teams: Vec<FieldTeam>,
    entries: Vec<FieldEntry>,
    judges: Vec<FieldJudge>,
    runs: Vec<FieldRun>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldVenue {
    id: VenueId,
    name: Text,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldStation {
    id: StationId,
    venue: VenueId,
    code: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldTeam {
    id: TeamId,
    name: Text,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldEntry {
    id: EntryId,
    no: String,
    group: String,
    team: Option<TeamId>,
    venue: VenueId,
    /// Null where the contest shows no names, like the next.
    name: Option<String>,
    organisation: Option<Text>,
}

/// A judge by his account: his name is nobody's business here.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldJudge {
    account: AccountId,
    venue: VenueId,
    /// Empty: all.
    modules: Vec<String>,
    joined: i64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldRun {
    id: RunId,
    entry: EntryId,
    module: String,
    station: StationId,
    planned: i64,
}

impl Field {
    pub fn of(plan: &Plan) -> Field {
        let named = !plan.blind;
        Field {
            format: FORMAT.to_owned(),
            contest: plan.id.clone().into(),
            name: plan.name.clone(),
            blind: plan.disclosure.signs_numbers(),
            created_at: plan.created_at.into(),
            starts_at: plan.starts_at.into(),
            venues: (plan.venues.iter())
                .map(|venue| FieldVenue { id: venue.id.clone().into(), name: venue.name.clone() })
                .collect(),
            stations: (plan.stations.iter())
                .map(|station| FieldStation {
                    id: station.id.clone().into(),
                    venue: station.venue.clone().into(),
                    code: station.code.clone(),
                })
                .collect(),
            teams: (plan.teams.iter().enumerate())
                .map(|(at, team)| FieldTeam { id: team.id.clone().into(), name: plan.team_name(at) })
                .collect(),
            entries: (plan.entries.iter())
                .map(|entry| FieldEntry {
                    id: entry.id.clone().into(),
                    no: entry.no.clone(),
                    group: entry.group.clone(),
                    team: entry.team.clone().map(Into::into),
                    venue: entry.venue.clone().into(),
                    name: named.then(|| entry.person_name.clone()),
                    organisation: named.then(|| entry.organisation_name.clone()),
                })
                .collect(),
            judges: (plan.judges.iter())
                .map(|judge| FieldJudge {
                    account: judge.account.clone().into(),
                    venue: judge.venue.clone().into(),
                    modules: judge.modules.clone(),
                    joined: judge.joined,
                })
                .collect(),
            runs: (plan.runs.iter())
                .map(|run| FieldRun {
                    id: run.id.clone().into(),
                    entry: run.entry.clone().into(),
                    module: run.module.clone(),
                    station: run.station.clone().into(),
                    planned: run.planned,
                })
                .collect(),
        }
    }

    /// The plan that the log is folded on. Persons are left unknown, and nobody's organisation is another's: no result depends on who somebody is,
    /// and who is recused is not told.
    pub fn into_plan(
        self,
        scheme: catalogue::LoadedScheme,
        rule_set: Option<catalogue::LoadedRuleSet>,
    ) -> Result<Plan, Difference> {
        if self.format != FORMAT {
            let format = self.format;
            let (zh, en) = (format!("不认识的格式 {format}"), format!("the format {format} is unknown"));
            return Err(Difference::new("field.json: format", zh, en));
        }
        let nobody: PersonId = known("per_unknown")?;
        let nowhere: OrganisationId = known("org_unknown")?;
        let elsewhere: OrganisationId = known("org_unknown_too")?;
        let unnamed = || Text { zh: String::new(), en: String::new() };
        Ok(Plan::of(PlanParts {
            id: self.contest.into(),
            name: self.name,
            scheme,
            rule_set,
            created_at: self.created_at.0,
            disclosure: if self.blind { Disclosure::Numbers } else { Disclosure::Named },
            sealed: false,
            // No result depends on it: names that are shown later are no part of what was signed.
            is_final: false,
            starts_at: self.starts_at.0,
            // No result depends on it.
            ends_at: None,
            venues: self.venues.into_iter().map(|venue| Venue { id: venue.id.into(), name: venue.name }).collect(),
            stations: (self.stations.into_iter())
                .map(|station| Station { id: station.id.into(), venue: station.venue.into(), code: station.code })
                .collect(),
            teams: self.teams.into_iter().map(|team| Team { id: team.id.into(), name: team.name }).collect(),
            entries: (self.entries.into_iter())
                .map(|entry| Entry {
                    id: entry.id.into(),
                    no: entry.no,
                    person: nobody.clone(),
                    person_name: entry.name.unwrap_or_default(),
                    organisation: nowhere.clone(),
                    organisation_name: entry.organisation.unwrap_or_else(unnamed),
                    union: None,
                    team: entry.team.map(Into::into),
                    venue: entry.venue.into(),
                    group: entry.group,
                })
                .collect(),
            judges: (self.judges.into_iter())
                .map(|judge| Judge {
                    account: judge.account.into(),
                    person: nobody.clone(),
                    person_name: String::new(),
                    organisation: elsewhere.clone(),
                    organisation_name: unnamed(),
                    union: None,
                    venue: judge.venue.into(),
                    modules: judge.modules,
                    joined: judge.joined,
                })
                .collect(),
            runs: (self.runs.into_iter())
                .map(|run| PlannedRun {
                    id: run.id.into(),
                    entry: run.entry.into(),
                    module: run.module,
                    station: run.station.into(),
                    planned: run.planned,
                })
                .collect(),
        }))
    }
}

fn known<I: std::str::FromStr<Err = kernel::id::BadId>>(id: &str) -> Result<I, Difference> {
    id.parse().map_err(|bad: kernel::id::BadId| Difference::new("field.json", bad.to_string(), bad.to_string()))
}

//! What was planned before the first mark: venues, stations, teams, entries, judges and runs of one contest, with its scheme.
//!
//! Loaded whole and shared; a change of the plan is an event of the log, after which the plan is loaded again.

use std::collections::{HashMap, HashSet};

use catalogue::{Diagnostic, LoadedRuleSet, LoadedScheme};
use kernel::{AccountId, ContestId, EntryId, OrganisationId, PersonId, RunId, StationId, TeamId, Timestamp, VenueId};
use marking::Recusal;
use serde::Serialize;
use store::{Row, Statement, StoreError, Tx, args};
use utoipa::ToSchema;
use web::wire::Text;

use crate::disclosure::Disclosure;
use crate::event::{ContestState, Happened};
use crate::sql;

#[derive(Debug)]
pub struct Plan {
    pub id: ContestId,
    pub name: Text,
    /// The scheme that the contest was made of. By which rules a run is judged the [rule book](crate::rules::RuleBook) says.
    pub scheme: LoadedScheme,
    /// What the contest adds to its scheme: prizes, signatures and what else its rules say.
    pub rule_set: Option<LoadedRuleSet>,
    /// Whose competitors a judge doesn't mark: as the rule set says, and without one those of his own organisation.
    pub recusal: Recusal,
    pub created_at: Timestamp,
    /// When names are shown.
    pub disclosure: Disclosure,
    /// Whether numbers are shown instead of names as things stand.
    pub blind: bool,
    /// Lots are drawn and not undone: nobody is told whose a number is.
    pub sealed: bool,
    pub starts_at: Timestamp,
    /// Where somebody has said.
    pub ends_at: Option<Timestamp>,
    pub venues: Vec<Venue>,
    pub stations: Vec<Station>,
    pub teams: Vec<Team>,
    pub entries: Vec<Entry>,
    /// In the order in which they joined.
    pub judges: Vec<Judge>,
    pub runs: Vec<PlannedRun>,
    entry_at: HashMap<EntryId, usize>,
    run_at: HashMap<RunId, usize>,
    station_at: HashMap<StationId, usize>,
    run_of: HashMap<EntryId, Vec<usize>>,
    runs_at: HashMap<StationId, Vec<usize>>,
    station_of_code: HashMap<String, usize>,
}

/// What a plan is made of, each list in the order in which the hall tells it.
#[derive(Debug)]
pub struct PlanParts {
    pub id: ContestId,
    pub name: Text,
    pub scheme: LoadedScheme,
    pub rule_set: Option<LoadedRuleSet>,
    pub created_at: Timestamp,
    pub disclosure: Disclosure,
    pub sealed: bool,
    pub is_final: bool,
    pub starts_at: Timestamp,
    pub ends_at: Option<Timestamp>,
    pub venues: Vec<Venue>,
    pub stations: Vec<Station>,
    pub teams: Vec<Team>,
    pub entries: Vec<Entry>,
    pub judges: Vec<Judge>,
    pub runs: Vec<PlannedRun>,
}

#[derive(Debug, Clone)]
pub struct Venue {
    pub id: VenueId,
    pub name: Text,
}

#[derive(Debug, Clone)]
pub struct Station {
    pub id: StationId,
    pub venue: VenueId,
    pub code: String,
}

#[derive(Debug, Clone)]
pub struct Team {
    pub id: TeamId,
    pub name: Text,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub id: EntryId,
    pub no: String,
    pub person: PersonId,
    pub person_name: String,
    pub organisation: OrganisationId,
    pub organisation_name: Text,
    /// The federation that his organisation belonged to when he came in; none where only the root was above it.
    pub union: Option<OrganisationId>,
    pub team: Option<TeamId>,
    pub venue: VenueId,
    pub group: String,
}

#[derive(Debug, Clone)]
pub struct Judge {
    pub account: AccountId,
    pub person: PersonId,
    pub person_name: String,
    pub organisation: OrganisationId,
    pub organisation_name: Text,
    pub union: Option<OrganisationId>,
    pub venue: VenueId,
    /// Empty: all.
    pub modules: Vec<String>,
    /// Where the log stood when he joined.
    pub joined: i64,
}

impl Judge {
    pub fn marks_module(&self, module: &str) -> bool {
        self.modules.is_empty() || self.modules.iter().any(|code| code == module)
    }

    pub fn tie(&self, plan: &Plan, entry: &Entry) -> Option<Tie> {
        plan.tie(&self.organisation, self.union.as_ref(), entry)
    }
}

/// Why somebody has no part in a competitor's marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    Union,
    Enterprise,
}

#[derive(Debug, Clone)]
pub struct PlannedRun {
    pub id: RunId,
    pub entry: EntryId,
    pub module: String,
    pub station: StationId,
    pub planned: i64,
}

/// One thing that "please judge" may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ask {
    /// Null: everything at once.
    pub checkpoint: Option<String>,
    /// What the referee's rules judge there. Empty: only the judges are told.
    pub judged: Vec<Text>,
}

/// Why a plan can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the stored scheme of {contest} no longer loads: {first}")]
    Scheme { contest: ContestId, first: String },
    #[error("the stored rule set of {contest} no longer loads: {first}")]
    RuleSet { contest: ContestId, first: String },
}

impl Plan {
    /// The plan as a transaction sees it; `None` if there is no such contest.
    pub async fn load(tx: &mut Tx<'_>, contest: &ContestId) -> Result<Option<Plan>, PlanError> {
        let found = tx.all(sql::CONTEST, &args![contest]).await?;
        let Some(row) = found.first() else { return Ok(None) };
        let first = |faults: &[Diagnostic]| faults.first().map(ToString::to_string).unwrap_or_default();
        let (scheme, faults) = catalogue::load_scheme(&row.get::<String>("scheme")?);
        let damaged = || PlanError::Scheme { contest: contest.clone(), first: first(&faults) };
        let scheme = scheme.ok_or_else(damaged)?;
        let rule_set = match row.get::<Option<String>>("rule_set")? {
            Some(written) => {
                let (rule_set, faults) = catalogue::load_rule_set(&written);
                let damaged = || PlanError::RuleSet { contest: contest.clone(), first: first(&faults) };
                Some(rule_set.ok_or_else(damaged)?)
            }
            None => None,
        };
        let draw = tx.all(sql::DRAW, &args![contest]).await?;
        let sealed = match draw.first() {
            Some(draw) => {
                draw.get::<Option<i64>>("drawn_at")?.is_some() && draw.get::<Option<i64>>("undone_at")?.is_none()
            }
            None => false,
        };
        let shows = rule_set.as_ref().map(|loaded: &LoadedRuleSet| loaded.rules.publication.names);
        let disclosure = Disclosure::of(row.get::<String>("disclosure")? == "blind", shows);
        Ok(Some(Plan::of(PlanParts {
            id: contest.clone(),
            name: Text { zh: row.get("name_zh")?, en: row.get("name_en")? },
            scheme,
            rule_set,
            created_at: row.get("created_at")?,
            disclosure,
            sealed,
            is_final: row.get::<String>("state")? == ContestState::Final.code(),
            starts_at: row.get("starts_at")?,
            ends_at: row.get("ends_at")?,
            venues: rows(tx, sql::VENUES, contest, Venue::read).await?,
            stations: rows(tx, sql::STATIONS, contest, Station::read).await?,
            teams: rows(tx, sql::TEAMS, contest, Team::read).await?,
            entries: rows(tx, sql::ENTRIES, contest, Entry::read).await?,
            judges: rows(tx, sql::JUDGES, contest, Judge::read).await?,
            runs: rows(tx, sql::RUNS, contest, PlannedRun::read).await?,
        })))
    }

    pub fn of(parts: PlanParts) -> Plan {
        let PlanParts {
            id,
            name,
            scheme,
            rule_set,
            created_at,
            disclosure,
            sealed,
            is_final,
            starts_at,
            ends_at,
            venues,
            stations,
            teams,
            entries,
            judges,
            runs,
        } = parts;
        let mut run_of: HashMap<EntryId, Vec<usize>> = HashMap::new();
        let mut runs_at: HashMap<StationId, Vec<usize>> = HashMap::new();
        for (at, run) in runs.iter().enumerate() {
            run_of.entry(run.entry.clone()).or_default().push(at);
            runs_at.entry(run.station.clone()).or_default().push(at);
        }
        let by_rules = rule_set.as_ref().map(|loaded| loaded.rules.panels.recusal);
        Plan {
            id,
            name,
            scheme,
            recusal: by_rules.unwrap_or(Recusal { union: false, enterprise: true }),
            rule_set,
            created_at,
            blind: disclosure.shows_numbers(sealed, is_final),
            disclosure,
            sealed,
            starts_at,
            ends_at,
            venues,
            teams,
            judges,
            entry_at: entries.iter().enumerate().map(|(at, entry)| (entry.id.clone(), at)).collect(),
            run_at: runs.iter().enumerate().map(|(at, run)| (run.id.clone(), at)).collect(),
            station_at: stations.iter().enumerate().map(|(at, station)| (station.id.clone(), at)).collect(),
            station_of_code: stations.iter().enumerate().map(|(at, station)| (station.code.clone(), at)).collect(),
            entries,
            runs,
            stations,
            run_of,
            runs_at,
        }
    }

    /// Whether the plan, or whom it names, is another after an event, so that it has to be loaded again.
    pub fn is_changed_by(&self, happened: &Happened) -> bool {
        happened.changes_plan() || self.disclosure.changes_with(happened)
    }

    pub fn entry(&self, id: &EntryId) -> Option<&Entry> {
        self.entry_at.get(id).map(|at| &self.entries[*at])
    }

    pub fn entry_index(&self, id: &EntryId) -> Option<usize> {
        self.entry_at.get(id).copied()
    }

    pub fn run(&self, id: &RunId) -> Option<&PlannedRun> {
        self.run_at.get(id).map(|at| &self.runs[*at])
    }

    /// An entry's run of a module.
    pub fn run_for(&self, entry: &EntryId, module: &str) -> Option<&RunId> {
        self.run_of.get(entry)?.iter().map(|at| &self.runs[*at]).find(|run| run.module == module).map(|run| &run.id)
    }

    pub fn station(&self, id: &StationId) -> Option<&Station> {
        self.station_at.get(id).map(|at| &self.stations[*at])
    }

    /// The runs at a station, in the order planned.
    pub fn runs_of<'a>(&'a self, station: &'a StationId) -> impl Iterator<Item = &'a PlannedRun> {
        self.runs_at.get(station).into_iter().flatten().map(|at| &self.runs[*at])
    }

    /// Who takes part as this person, if he does.
    pub fn entry_of_person(&self, person: &PersonId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.person == *person)
    }

    /// An entry's runs, in the order of the scheme's modules.
    pub fn runs_of_entry(&self, entry: &EntryId) -> Vec<&PlannedRun> {
        let mut runs: Vec<&PlannedRun> =
            self.run_of.get(entry).into_iter().flatten().map(|at| &self.runs[*at]).collect();
        runs.sort_by_key(|run| self.scheme.scheme.module_ix(&run.module));
        runs
    }

    pub fn venue(&self, id: &VenueId) -> Option<&Venue> {
        self.venues.iter().find(|venue| venue.id == *id)
    }

    pub fn judge(&self, account: &AccountId) -> Option<&Judge> {
        self.judges.iter().find(|judge| judge.account == *account)
    }

    /// The field as the board knows it. A name in a sentence is what the public may see: the blind number, or the competitor's name
    /// where the contest is named, made unique by its blind order.
    pub fn field(&self) -> Result<marking::Field, Vec<marking::FieldFault>> {
        let scheme = &self.scheme.scheme;
        let teams: Vec<marking::TeamSeat> = self
            .teams
            .iter()
            .enumerate()
            .map(|(at, team)| marking::TeamSeat { id: team.id.clone(), name: self.team_name(at).into() })
            .collect();
        let shown: Vec<String> = if self.blind {
            self.entries.iter().map(|entry| entry.no.clone()).collect()
        } else {
            told_apart(&self.entries.iter().map(|entry| entry.person_name.as_str()).collect::<Vec<_>>())
        };
        let entries = self.entries.iter().zip(shown).map(|(entry, number)| {
            let team = entry.team.as_ref().and_then(|id| self.teams.iter().position(|team| team.id == *id));
            marking::EntrySeat {
                id: entry.id.clone(),
                number,
                group: scheme.group_ix(&entry.group),
                team: team.map(|at| marking::TeamIx(at as u32)),
            }
        });
        let entries = entries.collect();
        marking::Field::new(scheme, teams, entries)
    }

    /// What a team is called before everybody. Its own name says which union or enterprise sent it, so where names are not shown it has a number.
    pub fn team_name(&self, at: usize) -> Text {
        match self.teams.get(at) {
            Some(team) if !self.blind => team.name.clone(),
            _ => Plan::team_number(at),
        }
    }

    /// What a team is called where no names are.
    pub fn team_number(at: usize) -> Text {
        Text { zh: format!("第 {} 队", at + 1), en: format!("Team {}", at + 1) }
    }

    pub fn station_by_code(&self, code: &str) -> Option<&Station> {
        self.station_of_code.get(code).map(|at| &self.stations[*at])
    }

    /// The judges who may sit on a run's panel: at its venue, on its module, not tied to the competitor.
    pub fn panel<'a>(&'a self, run: &'a PlannedRun) -> impl Iterator<Item = &'a Judge> {
        let venue = self.station(&run.station).map(|station| &station.venue);
        let entry = self.entry(&run.entry);
        self.judges.iter().filter(move |judge| {
            Some(&judge.venue) == venue
                && judge.marks_module(&run.module)
                && entry.is_none_or(|entry| judge.tie(self, entry).is_none())
        })
    }

    /// What ties somebody of an organisation and of its union to a competitor, by the contest's rules. Who is of one organisation is of one union,
    /// also where that has no name.
    pub fn tie(&self, organisation: &OrganisationId, union: Option<&OrganisationId>, entry: &Entry) -> Option<Tie> {
        let same_enterprise = *organisation == entry.organisation;
        let same_union = same_enterprise || (union.is_some() && union == entry.union.as_ref());
        if !self.recusal.bars(same_union, same_enterprise) {
            return None;
        }
        Some(if same_enterprise { Tie::Enterprise } else { Tie::Union })
    }
}

/// Names in their order, each but the first bearer's with a number that makes it unlike all others: `张伟`, `张伟（2）`.
pub(crate) fn told_apart(names: &[&str]) -> Vec<String> {
    let mut taken: HashSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut bearers: HashMap<&str, u32> = HashMap::new();
    let mut told = Vec::with_capacity(names.len());
    for name in names {
        let nth = bearers.entry(name).or_default();
        *nth += 1;
        let mut shown = (*name).to_owned();
        // Somebody may really be entered as `张伟（2）`.
        while *nth > 1 {
            shown = format!("{name}（{nth}）");
            if taken.insert(shown.clone()) {
                break;
            }
            *nth += 1;
        }
        told.push(shown);
    }
    told
}

async fn rows<T>(
    tx: &mut Tx<'_>,
    sql: Statement,
    contest: &ContestId,
    read: fn(&Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    tx.all(sql, &args![contest]).await?.iter().map(read).collect()
}

fn words(row: &Row) -> Result<Text, StoreError> {
    Ok(Text { zh: row.get("name_zh")?, en: row.get("name_en")? })
}

impl Venue {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { id: row.get("id")?, name: words(row)? })
    }
}

impl Station {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { id: row.get("id")?, venue: row.get("venue")?, code: row.get("code")? })
    }
}

impl Team {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { id: row.get("id")?, name: words(row)? })
    }
}

impl Entry {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get("id")?,
            no: row.get("no")?,
            person: row.get("person")?,
            person_name: row.get("person_name")?,
            organisation: row.get("organisation")?,
            organisation_name: words(row)?,
            union: row.get("federation")?,
            team: row.get("team")?,
            venue: row.get("venue")?,
            group: row.get("group_code")?,
        })
    }
}

impl Judge {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            account: row.get("account")?,
            person: row.get("person")?,
            person_name: row.get("person_name")?,
            organisation: row.get("organisation")?,
            organisation_name: words(row)?,
            union: row.get("federation")?,
            venue: row.get("venue")?,
            modules: row.get::<String>("modules")?.split_whitespace().map(str::to_owned).collect(),
            joined: row.get("joined")?,
        })
    }
}

impl PlannedRun {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get("id")?,
            entry: row.get("entry")?,
            module: row.get("module")?,
            station: row.get("station")?,
            planned: row.get("planned")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_whatever_they_are() {
        let cases: &[(&[&str], &[&str])] = &[
            (&["张伟", "李芳"], &["张伟", "李芳"]),
            (&["张伟", "张伟", "张伟"], &["张伟", "张伟（2）", "张伟（3）"]),
            (&["张伟", "张伟", "张伟（2）"], &["张伟", "张伟（3）", "张伟（2）"]),
            (&["张伟（2）", "张伟", "张伟", "张伟（2）"], &["张伟（2）", "张伟", "张伟（3）", "张伟（2）（2）"]),
            (&["张伟（2）", "张伟（2）（2）", "张伟（2）"], &["张伟（2）", "张伟（2）（2）", "张伟（2）（3）"]),
        ];
        for (names, told) in cases {
            assert_eq!(told_apart(names), *told);
        }
    }
}

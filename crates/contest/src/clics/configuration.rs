//! What was planned: the contest itself, its modules as problems, its venues and groups as groups, unions and enterprises as organizations,
//! entries as teams, competitors as persons.
//!
//! Who may be named follows from the plan alone. A blind contest has no organizations and no persons here, and a team's name is its blind
//! number. In a named one the order and the labels follow the entries' ids, which say nothing of the blind numbers.

use std::collections::{BTreeMap, HashSet};

use kernel::Timestamp;
use serde::Serialize;

use super::moments::{Moments, both, number, relative};
use super::shelf::{Kind, Object};
use crate::arena::Arena;
use crate::freeze;
use crate::plan::{Entry, Plan};

/// The standard's ids are that long at most.
const ID_LEN_MOST: usize = 36;
/// A group's id stands in the id of its award as well.
const GROUP_ID_LEN_MOST: usize = ID_LEN_MOST - "group-winner-".len();

pub const LANGUAGE: &str = "work";
/// Judged, with marks.
pub const MARKED: &str = "AC";
/// Judged, without any.
pub const WITHOUT_MARKS: &str = "RE";

#[derive(Debug, Serialize)]
struct Contest {
    id: String,
    name: String,
    formal_name: String,
    start_time: String,
    duration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scoreboard_freeze_duration: Option<String>,
    scoreboard_type: &'static str,
}

#[derive(Debug, Serialize)]
struct JudgementType {
    id: &'static str,
    name: &'static str,
    solved: bool,
}

#[derive(Debug, Serialize)]
struct Language {
    id: &'static str,
    name: &'static str,
    entry_point_required: bool,
    extensions: [&'static str; 0],
}

#[derive(Debug, Serialize)]
struct Problem {
    id: String,
    label: String,
    name: String,
    ordinal: usize,
    test_data_count: usize,
    max_score: f64,
}

#[derive(Debug, Serialize)]
struct Group {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Debug, Serialize)]
struct Organization {
    id: String,
    name: String,
    formal_name: String,
}

#[derive(Debug, Serialize)]
struct Team {
    id: String,
    name: String,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<String>,
    group_ids: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Person {
    id: String,
    name: String,
    role: &'static str,
    team_ids: [String; 1],
}

/// All of it.
pub fn objects(arena: &Arena) -> Vec<Object> {
    let plan = &*arena.plan;
    let mut objects = vec![contest(arena)];
    for (id, name, solved) in [(MARKED, "有得分 / With marks", true), (WITHOUT_MARKS, "无得分 / Without marks", false)]
    {
        objects.push(Object::of(Kind::JudgementTypes, id, &JudgementType { id, name, solved }));
    }
    let work =
        Language {
            id: LANGUAGE, name: "现场作业 / Work at the station", entry_point_required: false, extensions: []
        };
    objects.push(Object::of(Kind::Languages, LANGUAGE, &work));
    objects.extend(problems(plan));
    objects.extend(groups(plan));
    if !plan.blind {
        objects.extend(organizations(plan));
    }
    objects.extend(people(plan));
    objects
}

pub fn contest(arena: &Arena) -> Object {
    let plan = &*arena.plan;
    let start = Moments::of(arena).start;
    let planned_ms = plan.ends_at.map(|end| end.millis_since(start)).filter(|ms| *ms > 0);
    let duration_ms = planned_ms.unwrap_or_else(|| busiest_ms(plan));
    let shape = Contest {
        id: plan.id.to_string(),
        name: plan.name.zh.clone(),
        formal_name: both(&plan.name),
        start_time: start.to_string(),
        duration: relative(duration_ms),
        // No longer than the contest: one that was opened late is cut short by its planned end.
        scoreboard_freeze_duration: plan
            .ends_at
            .and(freeze::before_end_ms(plan))
            .map(|ms| relative(ms.min(duration_ms))),
        scoreboard_type: "score",
    };
    Object::of(Kind::Contest, "", &shape)
}

/// How long the busiest station works by the plan: the minutes of all runs there.
fn busiest_ms(plan: &Plan) -> i64 {
    let scheme = &plan.scheme.scheme;
    let minutes = |code: &str| scheme.module_ix(code).and_then(|ix| scheme.module(ix)?.minutes).map_or(0, i64::from);
    let at_stations =
        plan.stations.iter().map(|station| plan.runs_of(&station.id).map(|run| minutes(&run.module)).sum::<i64>());
    at_stations.max().unwrap_or(0) * 60_000
}

/// Codes as ids where every one of them is an id by the standard, and otherwise their places for all of them: `m1`, `m2`.
fn ids_of<'c>(codes: impl Iterator<Item = &'c str>, prefix: &str, len_most: usize) -> Vec<String> {
    let codes: Vec<&str> = codes.collect();
    let fits = |code: &&str| {
        code.len() <= len_most
            && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
            && !code.starts_with(['-', '.'])
            && !code.ends_with('.')
    };
    if codes.iter().all(fits) {
        codes.into_iter().map(str::to_owned).collect()
    } else {
        (1..=codes.len()).map(|place| format!("{prefix}{place}")).collect()
    }
}

/// The problems' ids, in the order of the modules.
pub fn problem_ids(plan: &Plan) -> Vec<String> {
    ids_of(plan.scheme.scheme.modules().iter().map(|module| module.code.as_str()), "m", ID_LEN_MOST)
}

/// The ids of the groups that are ranked apart, in the order of the scheme.
pub fn division_ids(plan: &Plan) -> Vec<String> {
    let groups = plan.scheme.scheme.groups();
    let ids = ids_of(groups.iter().map(|group| group.code.as_str()), "g", GROUP_ID_LEN_MOST);
    let venues: HashSet<&str> = plan.venues.iter().map(|venue| venue.id.as_str()).collect();
    if ids.iter().any(|id| venues.contains(id.as_str())) {
        return (1..=groups.len()).map(|place| format!("g{place}")).collect();
    }
    ids
}

pub fn division_of(plan: &Plan, entry: &Entry) -> Option<String> {
    let group = plan.scheme.scheme.group_ix(&entry.group)?;
    division_ids(plan).into_iter().nth(group.index())
}

fn problems(plan: &Plan) -> impl Iterator<Item = Object> {
    let scheme = &plan.scheme.scheme;
    scheme.module_ixs().zip(scheme.modules()).zip(problem_ids(plan)).map(|((ix, module), id)| {
        let shape = Problem {
            id: id.clone(),
            label: module.code.clone(),
            name: both(&(&module.name).into()),
            ordinal: ix.index() + 1,
            test_data_count: scheme.aspects_of(ix).count(),
            max_score: number(module.max),
        };
        Object::of(Kind::Problems, id, &shape)
    })
}

fn groups(plan: &Plan) -> impl Iterator<Item = Object> {
    let sites =
        plan.venues.iter().map(|venue| Group { id: venue.id.to_string(), name: both(&venue.name), kind: "site" });
    let divisions = plan.scheme.scheme.groups().iter().zip(division_ids(plan));
    let divisions = divisions.map(|(group, id)| Group { id, name: both(&(&group.name).into()), kind: "division" });
    sites.chain(divisions).map(|group| Object::of(Kind::Groups, group.id.clone(), &group))
}

fn organizations(plan: &Plan) -> impl Iterator<Item = Object> {
    let named: BTreeMap<&str, &Entry> = plan.entries.iter().map(|entry| (entry.organisation.as_str(), entry)).collect();
    named.into_iter().map(|(id, entry)| {
        let name = &entry.organisation_name;
        let shape = Organization { id: id.to_owned(), name: name.zh.clone(), formal_name: both(name) };
        Object::of(Kind::Organizations, id, &shape)
    })
}

/// Teams, and in a named contest the persons behind them.
fn people(plan: &Plan) -> Vec<Object> {
    let divisions = division_ids(plan);
    let mut entries: Vec<&Entry> = plan.entries.iter().collect();
    entries.sort_by_key(|entry| entry.id.as_str());
    let mut objects = Vec::new();
    for (place, entry) in entries.into_iter().enumerate() {
        let id = entry.id.to_string();
        let division =
            plan.scheme.scheme.group_ix(&entry.group).and_then(|group| divisions.get(group.index()).cloned());
        let team = Team {
            id: id.clone(),
            name: team_name(plan, entry).to_owned(),
            label: if plan.blind { entry.no.clone() } else { (place + 1).to_string() },
            organization_id: (!plan.blind).then(|| entry.organisation.to_string()),
            group_ids: std::iter::once(entry.venue.to_string()).chain(division).collect(),
        };
        objects.push(Object::of(Kind::Teams, id.clone(), &team));
        if !plan.blind {
            let name = entry.person_name.clone();
            // The person's own id leads beyond this contest.
            let person = Person { id: id.clone(), name, role: "contestant", team_ids: [id.clone()] };
            objects.push(Object::of(Kind::Persons, id, &person));
        }
    }
    objects
}

/// What everybody may read of who it is.
pub fn team_name<'e>(plan: &Plan, entry: &'e Entry) -> &'e str {
    if plan.blind { &entry.no } else { &entry.person_name }
}

/// A time after the last change: the standard wants it later than the change itself.
pub fn just_after(at: Timestamp) -> Timestamp {
    at.plus_millis(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_ids_all_or_none() {
        for (codes, ids) in [
            (vec!["A", "B-2", "c.3_x"], vec!["A", "B-2", "c.3_x"]),
            (vec!["A", "模块二"], vec!["m1", "m2"]),
            (vec!["A", ".b"], vec!["m1", "m2"]),
            (vec!["A", "b."], vec!["m1", "m2"]),
            (vec!["A", "-b"], vec!["m1", "m2"]),
            (vec!["abcdefgh"], vec!["m1"]),
        ] {
            assert_eq!(ids_of(codes.into_iter(), "m", 7), ids);
        }
    }
}

//! A contest that isn't open yet gets another scheme, or another rule set: the next version.

use std::collections::BTreeMap;

use axum::extract::State;
use catalogue::{LoadedRuleSet, LoadedScheme};
use kernel::{AccountId, EntryId, ErrorCode, Timestamp, VenueId};
use serde::{Deserialize, Serialize};
use store::{Tx, args};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::wire::ContestId;
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::{fit, must_be_open};
use crate::contests::create::check_rule_set;
use crate::event::Happened;
use crate::field::plan_runs::{self, Seating};
use crate::floor::Floor;
use crate::judging::words;
use crate::plan::Plan;
use crate::room::blocking;
use crate::{ContestRoom, log, sql};

const NOTE_MOST: usize = 500;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceScheme {
    /// The text of a scheme file.
    pub scheme: String,
    /// The text of a rule-set file; null: the contest has none from here on.
    pub rule_set: Option<String>,
    /// What was changed, and why.
    pub note: String,
    /// The newest version, as it was seen when this one was written.
    pub replaces: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeReplaced {
    pub version: u32,
    pub hash: String,
    pub position: i64,
}

/// Keeps the text as the contest's next version. Refused with `scheme_fixed` once lots are drawn or the contest was opened, with `scheme_misfit`
/// and every conflict where somebody entered would stand nowhere, and with `stale` when another version was saved meanwhile. Runs are planned anew.
#[utoipa::path(post, path = "/api/contests/{contest}/scheme", tag = "design", operation_id = "replace_scheme", params(ContestId), request_body = ReplaceScheme, responses((status = 200, body = SchemeReplaced)))]
pub async fn replace(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<ReplaceScheme>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let note = must_note(&wanted.note)?;
    let replaces = wanted.replaces;
    let (scheme, rule_set) = read(wanted.scheme, wanted.rule_set).await?;
    let (hall, floor_ref, scheme, rule_set, note) = (&room.hall, &floor, &scheme, rule_set.as_ref(), &note);
    let (account, request_id) = (&actor.account, &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let saving = Saving { hall, floor: floor_ref, account, request_id, replaces, note };
            Answer::ok(&save(tx, &saving, scheme, rule_set).await?)
        })
    })
    .await?;
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// Who saves a version, and over which.
pub(super) struct Saving<'a> {
    pub hall: &'a Hall,
    pub floor: &'a Floor,
    pub account: &'a AccountId,
    pub request_id: &'a RequestId,
    pub replaces: u32,
    pub note: &'a str,
}

pub(super) fn must_note(note: &str) -> ApiResult<String> {
    words("note", Some(&note.to_owned()), NOTE_MOST)?
        .ok_or_else(|| Problem::invalid("note", "请写明改了什么", "say what was changed"))
}

/// Both texts, or everything that is wrong with either.
pub(super) async fn read(scheme: String, rule_set: Option<String>) -> ApiResult<(LoadedScheme, Option<LoadedRuleSet>)> {
    blocking(move || {
        let (loaded, faults) = catalogue::load_scheme(&scheme);
        let mut of_rules = Vec::new();
        if let Some(text) = &rule_set {
            check_rule_set(&mut of_rules, text, loaded.as_ref());
        }
        let problem = match &loaded {
            Some(_) => Problem::new(ErrorCode::Invalid),
            None => crate::field::scheme_problem(&faults),
        };
        match loaded {
            Some(loaded) if of_rules.is_empty() => {
                Ok((loaded, rule_set.and_then(|text| catalogue::load_rule_set(&text).0)))
            }
            _ => Err(of_rules.into_iter().fold(problem, |problem, (path, says)| problem.field(path, says.zh, says.en))),
        }
    })
    .await?
}

/// Inside the write, with the arena up to the log.
pub(super) async fn save(
    tx: &mut Tx<'_>,
    saving: &Saving<'_>,
    scheme: &LoadedScheme,
    rule_set: Option<&LoadedRuleSet>,
) -> ApiResult<SchemeReplaced> {
    let Saving { hall, floor, account, request_id, replaces, note } = *saving;
    let contest = &floor.contest;
    let newest: i64 = tx.one(sql::SCHEME_VERSION_NEWEST, &args![contest]).await?.get("version")?;
    let plan = {
        let arena = floor.arena();
        must_be_open(&arena)?;
        must_replace(newest, replaces)?;
        must_differ(&arena.plan, scheme, rule_set)?;
        must_fit(fit::conflicts(&arena, scheme, rule_set))?;
        arena.plan.clone()
    };
    let (version, now): (i64, Timestamp) = (newest + 1, hall.now());
    let (text, hash) = (&*scheme.source, &scheme.hash);
    let rules = rule_set.map(|rules| rules.source.to_string());
    tx.exec(sql::REPLACE_SCHEME, &args![contest, scheme.scheme.code(), text, hash, &rules]).await?;
    tx.exec(sql::INSERT_SCHEME_VERSION, &args![contest, version, text, &rules, hash, now, account, note]).await?;
    plan_anew(tx, hall, &plan, scheme).await?;
    let happened = Happened::PlanChanged { what: "scheme".to_owned(), count: version as u32 };
    let position = log::append(tx, contest, now, Some(account), &format!("scheme-{version}"), &happened).await?;
    let (act, subject) = ("scheme.replaced", format!("{contest} {version}"));
    audit::note(tx, &Noted { at: now, account: Some(account), act, subject: Some(&subject), request_id }).await?;
    Ok(SchemeReplaced { version: version as u32, hash: hash.clone(), position })
}

fn must_replace(newest: i64, replaces: u32) -> ApiResult<()> {
    if newest == i64::from(replaces) {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::Stale).detail(
        format!("评分方案已是第 {newest} 版，您改的是第 {replaces} 版"),
        format!("The scheme is at version {newest}; you changed version {replaces}"),
    ))
}

fn must_differ(plan: &Plan, scheme: &LoadedScheme, rule_set: Option<&LoadedRuleSet>) -> ApiResult<()> {
    let rules = |loaded: Option<&LoadedRuleSet>| loaded.map(|loaded| loaded.hash.clone());
    if plan.scheme.hash == scheme.hash && rules(plan.rule_set.as_ref()) == rules(rule_set) {
        return Err(Problem::invalid("scheme", "与现在的版本完全相同", "this is the newest version, to the letter"));
    }
    Ok(())
}

fn must_fit(conflicts: Vec<(String, kernel::Text)>) -> ApiResult<()> {
    if conflicts.is_empty() {
        return Ok(());
    }
    let problem = Problem::new(ErrorCode::SchemeMisfit);
    Err(conflicts.into_iter().fold(problem, |problem, (path, says)| problem.field_text(path, says)))
}

/// Everybody keeps his station and his turn; the modules are the new ones.
async fn plan_anew(tx: &mut Tx<'_>, hall: &Hall, plan: &Plan, scheme: &LoadedScheme) -> ApiResult<()> {
    tx.exec(sql::FORGET_RUNS, &args![&plan.id]).await?;
    let mut at_venue: BTreeMap<&VenueId, Vec<&EntryId>> = BTreeMap::new();
    for entry in &plan.entries {
        at_venue.entry(&entry.venue).or_default().push(&entry.id);
    }
    for (venue, mut entries) in at_venue {
        // The same order gives the same seats. Who has no run yet, because no module had any, comes behind.
        entries.sort_by_key(|entry| {
            let first = plan.runs.iter().filter(|run| run.entry == **entry).min_by_key(|run| run.planned);
            let seat = first.and_then(|run| plan.stations.iter().position(|station| station.id == run.station));
            (first.map_or(i64::MAX, |run| run.planned % plan_runs::TURNS_MOST), seat)
        });
        let entries: Vec<EntryId> = entries.into_iter().cloned().collect();
        let seating = Seating { contest: &plan.id, stations: &plan.stations, venue, already: 0 };
        plan_runs::plan(tx, hall, &scheme.scheme, &seating, &entries).await?;
    }
    Ok(())
}

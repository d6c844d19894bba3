//! The organiser decides on applications, one or many: all of them, or none when one can't be decided so.

use std::collections::HashSet;

use axum::extract::State;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use store::args;
use utoipa::ToSchema;
use web::wire::{ApplicationId, ContestId, Text, VenueId};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Json, Path, Problem, Signed};

use super::admission::{Change, waiting};
use super::application::{Application, ApplicationState, AsRole, Step};
use super::who::must_not_judge;
use super::{Declared, day_of_start, must_be_open_field, small_teams};
use crate::judging::words;
use crate::plan::Plan;
use crate::{ContestRoom, sql};

const AT_ONCE_MOST: usize = 500;
pub(super) const REASON_CHARS_MOST: usize = 500;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideApplications {
    /// 1 to 500, decided in this order.
    pub applications: Vec<SeenApplication>,
    pub to: ApplicationDecision,
    /// Needed where somebody is refused, where an application is returned, where an exception is made, and where somebody is preferred to those who wait.
    pub reason: Option<String>,
    /// Admit although a condition is not met.
    #[serde(default)]
    pub even_so: bool,
    /// Where those who are admitted compete; null: each where there are fewest for the stations.
    pub venue: Option<VenueId>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenApplication {
    pub id: ApplicationId,
    pub version: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationDecision {
    Admitted,
    Waiting,
    Refused,
    Returned,
}

impl ApplicationDecision {
    const fn state(self) -> ApplicationState {
        match self {
            ApplicationDecision::Admitted => ApplicationState::Admitted,
            ApplicationDecision::Waiting => ApplicationState::Waiting,
            ApplicationDecision::Refused => ApplicationState::Refused,
            ApplicationDecision::Returned => ApplicationState::Returned,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationsDecided {
    pub decided: usize,
    /// Teams of those who were admitted that have fewer members than the rule set's least, as far as they are in the field now, in words.
    pub notices: Vec<Text>,
}

/// Until lots are drawn or the contest begins. Nobody is admitted beyond a limit, however many decide at once; who then finds no place may be put on the waiting list.
#[utoipa::path(post, path = "/api/contests/{contest}/applications/decisions", tag = "registration", operation_id = "decide_applications", params(ContestId), request_body = DecideApplications, responses((status = 200, body = ApplicationsDecided)))]
pub async fn decide(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    key: IdempotencyKey,
    Path(contest): Path<ContestId>,
    Json(wanted): Json<DecideApplications>,
) -> ApiResult<Answer> {
    let reason = words("reason", wanted.reason.as_ref(), REASON_CHARS_MOST)?;
    must_be_whole(&wanted, reason.is_some())?;
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, contest, actor, wanted, reason) =
        (&room.hall, &floor, &contest.0, &actor, &wanted, reason.as_deref());
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let outline = floor_ref.outline();
            let rule = Declared::of(&outline.plan)?;
            must_not_judge(&outline, actor)?;
            must_be_open_field(&outline)?;
            let all = Application::all(tx, contest).await?;
            let chosen = chosen(hall, &outline.plan, &rule, &all, wanted, reason)?;
            let now = hall.now();
            if wanted.to != ApplicationDecision::Admitted {
                let mut queue: i64 = tx.one(sql::QUEUE_LAST, &args![contest]).await?.get("queue")?;
                for mut one in chosen {
                    queue += 1;
                    one.state = wanted.to.state();
                    one.queue = (wanted.to == ApplicationDecision::Waiting).then_some(queue);
                    let (account, act, role) = (Some(&actor.account), one.state.code(), AsRole::Organiser);
                    one.keep(tx, &Step { at: now, account, act, role, reason }).await?;
                }
                return Answer::ok(&ApplicationsDecided { decided: wanted.applications.len(), notices: Vec::new() });
            }
            let teams: HashSet<String> = chosen.iter().filter_map(|one| one.team.clone()).collect();
            let mut change = Change::new(tx, hall, &outline.plan, &rule, &actor.account, now);
            let mut problem: Option<Problem> = None;
            for (at, one) in chosen.into_iter().enumerate() {
                match change.places.room(&rule, &one) {
                    Ok(()) => {
                        let venue = wanted.venue.as_ref().map(|venue| &venue.0);
                        change.admit(one, venue, AsRole::Organiser, "admitted", reason).await?;
                    }
                    Err(limits) => {
                        let so_far = problem.unwrap_or_else(|| Problem::new(ErrorCode::RegistrationFull));
                        let path = format!("applications[{at}]");
                        problem = Some(limits.iter().fold(so_far, |problem, limit| {
                            let says = limit.says();
                            problem.field(
                                path.as_str(),
                                format!("{}：{}", one.person_name, says.zh),
                                format!("{}: {}", one.person_name, says.en),
                            )
                        }));
                    }
                }
            }
            if let Some(problem) = problem {
                return Err(problem);
            }
            change.done().await?;
            let now_entered = Plan::load(tx, contest).await.map_err(Problem::internal)?;
            let small = now_entered.iter().flat_map(small_teams).filter(|team| teams.contains(&team.name.zh));
            let notices = small.map(|team| team.says(&team.name).into()).collect();
            Answer::ok(&ApplicationsDecided { decided: wanted.applications.len(), notices })
        })
    })
    .await?;
    hall.sessions.forget_all();
    floor.caught_up_to_newest().await;
    Ok(answer)
}

/// What is wrong with the request itself.
fn must_be_whole(wanted: &DecideApplications, has_reason: bool) -> ApiResult<()> {
    if wanted.applications.is_empty() || wanted.applications.len() > AT_ONCE_MOST {
        return Err(Problem::invalid("applications", "1 至 500 份报名", "1 to 500 applications"));
    }
    let mut seen = HashSet::new();
    if let Some(at) = wanted.applications.iter().position(|one| !seen.insert(&one.id)) {
        return Err(Problem::invalid(
            format!("applications[{at}]"),
            "这份报名出现两次",
            "this application is there twice",
        ));
    }
    let needs_reason =
        matches!(wanted.to, ApplicationDecision::Refused | ApplicationDecision::Returned) || wanted.even_so;
    if needs_reason && !has_reason {
        return Err(Problem::invalid("reason", "请写明理由，报名人会看到", "say why: the applicant reads it"));
    }
    if wanted.to != ApplicationDecision::Admitted && (wanted.even_so || wanted.venue.is_some()) {
        let path = if wanted.even_so { "even_so" } else { "venue" };
        return Err(Problem::invalid(path, "只用于录取", "only where somebody is admitted"));
    }
    Ok(())
}

/// The applications, each found as it was seen and in a state from which it may become this; every one that isn't is told.
fn chosen(
    hall: &Hall,
    plan: &Plan,
    rule: &Declared,
    all: &[Application],
    wanted: &DecideApplications,
    reason: Option<&str>,
) -> ApiResult<Vec<Application>> {
    if let Some(venue) = &wanted.venue
        && plan.venue(venue).is_none()
    {
        return Err(Problem::invalid("venue", "本场没有这个赛场", "the contest has no such venue"));
    }
    let mut faults: Vec<(ErrorCode, usize, Text)> = Vec::new();
    let mut chosen = Vec::with_capacity(wanted.applications.len());
    let start = day_of_start(hall, plan);
    for (at, asked) in wanted.applications.iter().enumerate() {
        let mut fault = |code, zh: String, en: String| faults.push((code, at, Text { zh, en }));
        let Some(one) = all.iter().find(|one| one.id == asked.id.0) else {
            fault(ErrorCode::NotFound, "没有这份报名".into(), "there is no such application".into());
            continue;
        };
        let name = &one.person_name;
        if one.version != asked.version {
            fault(
                ErrorCode::Stale,
                format!("{name}：报名已有变动，请刷新后再定"),
                format!("{name}: it has been changed meanwhile; reload and decide again"),
            );
            continue;
        }
        if !one.state.may_become(wanted.to.state()) {
            let ((from_zh, from_en), (to_zh, to_en)) = (one.state.says(), wanted.to.state().says());
            fault(
                ErrorCode::ApplicationState,
                format!("{name}：现为“{from_zh}”，不能改为“{to_zh}”"),
                format!("{name}: it is {from_en} and can't become {to_en}"),
            );
            continue;
        }
        if wanted.to == ApplicationDecision::Admitted && !wanted.even_so {
            let unmet: Vec<_> = one.examined(rule, start).into_iter().filter(|examined| !examined.is_met).collect();
            for examined in &unmet {
                let says = &examined.rule.says;
                fault(ErrorCode::RulesUnmet, format!("{name}：{}", says.zh), format!("{name}: {}", says.en));
            }
            if !unmet.is_empty() {
                continue;
            }
        }
        chosen.push(one.clone());
    }
    // The first kind of fault gives the code; all are told.
    if let Some((code, ..)) = faults.first() {
        let problem = Problem::new(*code);
        return Err(faults
            .into_iter()
            .fold(problem, |problem, (_, at, says)| problem.field(format!("applications[{at}]"), says.zh, says.en)));
    }
    if wanted.to == ApplicationDecision::Admitted && reason.is_none() {
        must_be_next(all, &chosen)?;
    }
    Ok(chosen)
}

/// Whoever is admitted before somebody who waits longer, is so for a reason.
fn must_be_next(all: &[Application], chosen: &[Application]) -> ApiResult<()> {
    let is_chosen = |id: &kernel::ApplicationId| chosen.iter().any(|one| one.id == *id);
    for one in chosen {
        let before = waiting(all, &one.group).into_iter().take_while(|waits| waits.id != one.id);
        if let Some(waits) = before.into_iter().find(|waits| !is_chosen(&waits.id)) {
            let (name, first) = (&one.person_name, &waits.person_name);
            return Err(Problem::invalid(
                "reason",
                format!("{first} 在候补名单上排在 {name} 之前；先录取 {name} 须写明理由"),
                format!("{first} is on the waiting list before {name}: admitting {name} first needs a reason"),
            ));
        }
    }
    Ok(())
}

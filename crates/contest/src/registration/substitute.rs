//! Another person takes somebody's place, before lots are drawn.

use std::collections::BTreeMap;

use axum::extract::State;
use kernel::ErrorCode;
use marking::Day;
use serde::Deserialize;
use utoipa::ToSchema;
use web::directory;
use web::wire::{ApplicationId, ContestId, PersonId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, RequestId, Signed};

use super::admission::{Change, full};
use super::application::{Application, ApplicationState, AsRole, Step};
use super::apply::{Form, must_be_new};
use super::decide::REASON_CHARS_MOST;
use super::seen::{ApplicationSeen, Telling};
use super::who::{find, must_not_judge};
use super::{Declared, day_of_start, must_be_open_field};
use crate::ContestRoom;
use crate::judging::words;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Substitute {
    /// Which one was seen.
    pub version: i64,
    /// Who comes instead.
    pub person: PersonId,
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    pub reason: String,
    /// Although a condition is not met.
    #[serde(default)]
    pub even_so: bool,
}

/// In the same group, team and venue, with a number of his own. Both applications tell of each other.
#[utoipa::path(post, path = "/api/contests/{contest}/applications/{application}/substitution", tag = "registration", operation_id = "substitute_application", params(ContestId, ApplicationId), request_body = Substitute, responses((status = 201, body = ApplicationSeen)))]
pub async fn substitute(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path((contest, application)): Path<(ContestId, ApplicationId)>,
    Json(wanted): Json<Substitute>,
) -> ApiResult<Answer> {
    let Some(reason) = words("reason", Some(&wanted.reason), REASON_CHARS_MOST)? else {
        return Err(Problem::invalid("reason", "请写明理由", "say why"));
    };
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, contest, application, actor, wanted, reason, request_id) =
        (&room.hall, &floor, &contest.0, &application.0, &actor, &wanted, reason.as_str(), &request_id);
    let answer = web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let outline = floor_ref.outline();
            let rule = Declared::of(&outline.plan)?;
            must_not_judge(&outline, actor)?;
            must_be_open_field(&outline)?;
            let mut all = Application::all(tx, contest).await?;
            let at = find(&all, application)?;
            super::amend::must_be_seen(&all[at], wanted.version)?;
            let left = all[at].entry.clone().filter(|_| all[at].state == ApplicationState::Admitted);
            let Some(left) = left else { return Err(Problem::new(ErrorCode::ApplicationState)) };
            let Some(person) = directory::person_at(tx, &wanted.person).await? else {
                return Err(Problem::invalid("person", "没有这个人", "there is no such person"));
            };
            must_be_new(tx, &outline, &wanted.person).await?;
            let form = Form::read(&outline.plan, &rule, &all[at].group, all[at].team.as_deref(), &wanted.answers)?;
            let now = hall.now();
            let new = Application {
                id: hall.fresh(),
                contest: contest.clone(),
                person: wanted.person.0.clone(),
                person_name: person.name.clone(),
                organisation: person.organisation.clone(),
                organisation_name: person.organisation_name.clone().into(),
                group: form.group,
                team: form.team,
                answers: form.answers,
                state: ApplicationState::Submitted,
                queue: None,
                venue: None,
                entry: None,
                replaces: Some(application.clone()),
                reason: None,
                applied_at: now,
                changed_at: now,
                version: 0,
            };
            if !wanted.even_so {
                must_be_eligible(&rule, &new, day_of_start(hall, &outline.plan))?;
            }
            let (account, role) = (Some(&actor.account), AsRole::Organiser);
            let venue = all[at].venue.take();
            let old = &mut all[at];
            (old.state, old.entry) = (ApplicationState::Substituted, None);
            old.keep(tx, &Step { at: now, account, act: "substituted", role, reason: Some(reason) }).await?;
            let mut new = new;
            new.insert(tx, &Step { at: now, account, act: "came_for", role, reason: Some(reason) }).await?;
            let id = new.id.clone();
            let mut change = Change::new(&mut *tx, hall, &outline.plan, &rule, &actor.account, now);
            change.take_out(&left, reason, request_id).await?;
            change.places.room(&rule, &new).map_err(|limits| full("person", &limits))?;
            change.admit(new, venue.as_ref(), role, "admitted", None).await?;
            change.done().await?;
            let all = Application::all(tx, contest).await?;
            let seen = Telling::new(hall, &outline.plan, &rule, &all, true).seen(&all[find(&all, &id)?]);
            Answer::created(&seen)
        })
    })
    .await?;
    hall.sessions.forget_all();
    floor.caught_up_to_newest().await;
    Ok(answer)
}

fn must_be_eligible(rule: &Declared, one: &Application, start: Day) -> ApiResult<()> {
    let unmet: Vec<_> = one.examined(rule, start).into_iter().filter(|examined| !examined.is_met).collect();
    if unmet.is_empty() {
        return Ok(());
    }
    Err(unmet.into_iter().fold(Problem::new(ErrorCode::RulesUnmet), |problem, examined| {
        problem.field_text("person", examined.rule.says.clone())
    }))
}

//! What was returned is completed, and what nobody has decided yet may be corrected.

use std::collections::BTreeMap;

use axum::extract::State;
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::wire::{ApplicationId, ContestId};
use web::{Answer, ApiResult, IdempotencyKey, Json, Path, Problem, Signed};

use super::application::{Application, ApplicationState, AsRole, Step};
use super::apply::{Form, must_be_open};
use super::one::may_be_amended;
use super::seen::{ApplicationSeen, Telling};
use super::who::{acts_on, find};
use super::{Declared, must_be_open_field};
use crate::ContestRoom;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amend {
    /// Which one was seen.
    pub version: i64,
    pub group: String,
    pub team: Option<String>,
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
}

/// By the applicant, the staff of his organisation or the organiser. What was returned is taken until the field stands, after registration has closed too.
#[utoipa::path(post, path = "/api/contests/{contest}/applications/{application}/amendment", tag = "registration", operation_id = "amend_application", params(ContestId, ApplicationId), request_body = Amend, responses((status = 200, body = ApplicationSeen)))]
pub async fn amend(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    key: IdempotencyKey,
    Path((contest, application)): Path<(ContestId, ApplicationId)>,
    Json(wanted): Json<Amend>,
) -> ApiResult<Answer> {
    let floor = room.floor(&contest).await?;
    let (hall, floor_ref, contest, application, actor, wanted) =
        (&room.hall, &floor, &contest.0, &application.0, &actor, &wanted);
    web::write(hall, &key, |tx| {
        Box::pin(async move {
            floor_ref.current(tx).await?;
            let outline = floor_ref.outline();
            let mut all = Application::all(tx, contest).await?;
            let at = find(&all, application)?;
            let role = acts_on(tx, &outline, actor, &all[at]).await?;
            let rule = Declared::of(&outline.plan)?;
            must_be_open_field(&outline)?;
            must_be_seen(&all[at], wanted.version)?;
            let now = hall.now();
            if !may_be_amended(all[at].state, true) {
                return Err(Problem::new(ErrorCode::ApplicationState));
            }
            if all[at].state == ApplicationState::Submitted {
                must_be_open(tx, &outline, &rule, role, now).await?;
            }
            let form = Form::read(&outline.plan, &rule, &wanted.group, wanted.team.as_deref(), &wanted.answers)?;
            let one = &mut all[at];
            one.state = ApplicationState::Submitted;
            (one.group, one.team, one.answers) = (form.group, form.team, form.answers);
            let step = Step { at: now, account: Some(&actor.account), act: "amended", role, reason: None };
            one.keep(tx, &step).await?;
            Answer::ok(&Telling::new(hall, &outline.plan, &rule, &all, role == AsRole::Organiser).seen(&all[at]))
        })
    })
    .await
}

/// Somebody else has changed it since it was looked at.
pub(super) fn must_be_seen(one: &Application, version: i64) -> ApiResult<()> {
    if one.version == version { Ok(()) } else { Err(ErrorCode::Stale.into()) }
}

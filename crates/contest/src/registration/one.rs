//! One application whole, for who may see it, with what he may do.

use axum::extract::State;
use kernel::Timestamp;
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use web::wire::{ApplicationId, ContestId};
use web::{ApiResult, Json, Path, Problem, Signed};

use super::Declared;
use super::application::{Application, ApplicationState, AsRole, steps};
use super::overview::{RegistrationState, Window};
use super::seen::{ApplicationWhole, Telling, steps_seen};
use super::who::{acts_on, find};
use crate::ContestRoom;
use crate::arena::Outline;

/// What somebody may do with an application now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct May {
    pub amend: bool,
    pub withdraw: bool,
    pub decide: bool,
    pub substitute: bool,
}

impl May {
    pub(super) async fn of(
        tx: &mut Tx<'_>,
        outline: &Outline,
        rule: &Declared,
        one: &Application,
        role: AsRole,
        now: Timestamp,
    ) -> ApiResult<May> {
        let window = Window::of(tx, outline, rule).await?;
        let open = outline.is_open_field();
        let in_time = role == AsRole::Organiser || window.state(outline, now) == RegistrationState::Open;
        let organiser = role == AsRole::Organiser;
        Ok(May {
            amend: open && may_be_amended(one.state, in_time),
            withdraw: one.state.may_be_withdrawn(),
            decide: open && organiser && ApplicationState::ALL.into_iter().any(|to| one.state.may_become(to)),
            substitute: open && organiser && one.state == ApplicationState::Admitted,
        })
    }
}

/// What was returned was in time when it came; what waits for its decision may be changed as long as one may apply.
pub(super) fn may_be_amended(state: ApplicationState, in_time: bool) -> bool {
    match state {
        ApplicationState::Returned => true,
        ApplicationState::Submitted => in_time,
        _ => false,
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationOpened {
    #[serde(flatten)]
    pub whole: ApplicationWhole,
    pub may: May,
}

/// For the applicant, the staff of his organisation and the organiser; to others it isn't there.
#[utoipa::path(get, path = "/api/contests/{contest}/applications/{application}", tag = "registration", operation_id = "application", params(ContestId, ApplicationId), responses((status = 200, body = ApplicationOpened)))]
pub async fn one(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    Path((contest, application)): Path<(ContestId, ApplicationId)>,
) -> ApiResult<Json<ApplicationOpened>> {
    let floor = room.floor(&contest).await?;
    floor.up_to_now().await?;
    let outline = floor.outline();
    let (outline, actor, contest, application, now) = (&outline, &actor, &contest, &application, room.hall.now());
    let hall = &room.hall;
    let read = hall.db.read::<_, Problem, _>(|tx| {
        Box::pin(async move {
            let all = Application::all(tx, contest).await?;
            let one = &all[find(&all, application)?];
            let role = acts_on(tx, outline, actor, one).await?;
            let rule = Declared::of(&outline.plan)?;
            let organiser = role == AsRole::Organiser;
            Ok(ApplicationOpened {
                whole: ApplicationWhole {
                    application: Telling::new(hall, &outline.plan, &rule, &all, organiser).seen(one),
                    steps: steps_seen(steps(tx, &one.id).await?, organiser),
                },
                may: May::of(tx, outline, &rule, one, role, now).await?,
            })
        })
    });
    Ok(Json(read.await?))
}

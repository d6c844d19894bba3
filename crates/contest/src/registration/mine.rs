//! Somebody's own applications, wherever he has applied.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::{ApiResult, Json, Listed, Problem, Signed};

use super::Declared;
use super::application::{Application, steps};
use super::one::May;
use super::overview::{RegistrationSeen, seen};
use super::seen::{ApplicationWhole, Telling, steps_seen};
use crate::ContestRoom;

#[derive(Debug, Serialize, ToSchema)]
pub struct OwnApplication {
    #[serde(flatten)]
    pub whole: ApplicationWhole,
    pub may: May,
    /// What is asked, by which it may be completed.
    pub registration: RegistrationSeen,
}

/// The newest first, each with its steps.
#[utoipa::path(get, path = "/api/applications/mine", tag = "registration", operation_id = "own_applications", responses((status = 200, body = Listed<OwnApplication>)))]
pub async fn mine(State(room): State<ContestRoom>, Signed(actor): Signed) -> ApiResult<Json<Listed<OwnApplication>>> {
    let actor = &actor;
    let found = room
        .hall
        .db
        .read::<_, Problem, _>(|tx| Box::pin(async move { Ok(Application::of_person(tx, &actor.person).await?) }));
    let mut told = Vec::new();
    for own in found.await? {
        // A contest that can't be opened hides nobody's other applications.
        let Ok(Some(floor)) = room.opened(&own.contest).await else { continue };
        floor.up_to_now().await?;
        let outline = floor.outline();
        let Ok(rule) = Declared::of(&outline.plan) else { continue };
        let (outline, rule, own, now) = (&outline, &rule, &own, room.hall.now());
        let hall = &room.hall;
        let read = hall.db.read::<_, Problem, _>(|tx| {
            Box::pin(async move {
                let all = Application::all(tx, &own.contest).await?;
                let own = all.iter().find(|one| one.id == own.id).unwrap_or(own);
                Ok(OwnApplication {
                    whole: ApplicationWhole {
                        application: Telling::new(hall, &outline.plan, rule, &all, false).seen(own),
                        steps: steps_seen(steps(tx, &own.id).await?, false),
                    },
                    may: May::of(tx, outline, rule, own, super::application::AsRole::Applicant, now).await?,
                    registration: seen(tx, outline, rule, now).await?,
                })
            })
        });
        told.push(read.await?);
    }
    Ok(Json(Listed::whole(told)))
}

//! One-click roles, in a demonstration only: `GET /api/demo/roles`, `POST /api/demo/session`. The demonstration prepares the
//! doors when it has made its people; outside a demonstration the access table answers 404 to both routes.

use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::State;
use axum::response::Response;
use kernel::{AccountId, Role, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::{ApiResult, Json, Listed, MaybeSession, Problem, RequestId, wire};

use crate::PeopleRoom;
use crate::sessions::{SessionAnswer, handed_out, open};

/// A role that anybody may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoDoor {
    /// Names the door, such as `judge-east`.
    pub key: String,
    pub role: Role,
    pub title: Text,
    /// What one sees and may try.
    pub note: Text,
    /// The page to go to, such as `/judge/`.
    pub lands_on: String,
    /// Who one then is.
    pub account: AccountId,
}

/// The doors of this demonstration; shared with whoever prepares them.
#[derive(Debug, Clone, Default)]
pub struct DemoDoors(Arc<RwLock<Vec<DemoDoor>>>);

impl DemoDoors {
    /// Replaces all doors.
    pub fn set(&self, doors: Vec<DemoDoor>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = doors;
    }

    pub fn all(&self) -> Vec<DemoDoor> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A role on the front page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DemoRole {
    pub key: String,
    pub role: wire::Role,
    pub title: wire::Text,
    pub note: wire::Text,
    /// The page to go to after signing in.
    pub lands_on: String,
}

/// The roles that one click opens.
#[utoipa::path(get, path = "/api/demo/roles", tag = "demo", operation_id = "demo_roles",
    responses((status = 200, body = Listed<DemoRole>)))]
pub async fn roles(State(room): State<PeopleRoom>) -> Json<Listed<DemoRole>> {
    let shown = |door: DemoDoor| DemoRole {
        key: door.key,
        role: door.role.into(),
        title: door.title.into(),
        note: door.note.into(),
        lands_on: door.lands_on,
    };
    Json(Listed::whole(room.doors.all().into_iter().map(shown).collect()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterDemo {
    /// The key of a role of `GET /api/demo/roles`.
    pub key: String,
}

/// Sign in as one of the demonstration's roles.
#[utoipa::path(post, path = "/api/demo/session", tag = "demo", operation_id = "enter_demo",
    responses((status = 200, body = SessionAnswer)))]
pub async fn enter(
    State(PeopleRoom { hall, doors }): State<PeopleRoom>,
    request_id: RequestId,
    MaybeSession(before): MaybeSession,
    Json(asked): Json<EnterDemo>,
) -> ApiResult<Response> {
    let door = doors.all().into_iter().find(|door| door.key == asked.key);
    let door =
        door.ok_or_else(|| Problem::invalid("key", "没有这个演示角色", "there is no such role in this demonstration"))?;
    let before = before.as_deref().map(|session| session.token_hash());
    let (at, account, request_id, shared) = (hall.now(), &door.account, &request_id, &hall);
    let (token, answer) = hall
        .db
        .write(|tx| {
            Box::pin(async move {
                let opened = open(tx, shared, account, before).await?;
                audit::note(tx, &Noted { at, account: Some(account), act: "session.demo", subject: None, request_id })
                    .await?;
                Ok::<_, Problem>(opened)
            })
        })
        .await?;
    hall.sessions.forget(account);
    handed_out(&hall, &token, answer)
}

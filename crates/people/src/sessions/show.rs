//! `GET /api/session`: who am I.

use axum::extract::State;
use web::{Hall, Json, SignedSession, wire};

use super::SessionAnswer;

/// Who is signed in; 401 when nobody is.
#[utoipa::path(get, path = "/api/session", tag = "people", responses((status = 200, body = SessionAnswer)))]
pub async fn show(State(hall): State<Hall>, SignedSession(session): SignedSession) -> Json<SessionAnswer> {
    let grant = |(role, scope): &(kernel::Role, kernel::Scope)| wire::Grant {
        role: (*role).into(),
        scope: scope.clone().into(),
    };
    Json(SessionAnswer {
        account: (&session.actor.account).into(),
        person: (&session.actor.person).into(),
        name: session.name.clone(),
        roles: session.actor.roles.iter().map(grant).collect(),
        csrf_token: session.csrf_token().to_owned(),
        demo: hall.is_demo(),
    })
}

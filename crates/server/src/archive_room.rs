//! The archive's own route: read the log in order, or one person's part of it.

use axum::extract::State;
use kernel::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::wire::{PersonId, Timestamp};
use web::{Access, ApiResult, Hall, Json, Listed, Page, Paged, Problem, Room, RoomDoc, Rule, ScopeOf};

const ACCESS: &[Rule] =
    &[Rule::get("/api/archive/statements", Access::Roles(&[Role::Staff, Role::Administrator], ScopeOf::Hall))];

pub fn room(hall: Hall) -> Room {
    Room { router: handlers().with_state(hall), access: ACCESS }
}

pub fn doc() -> RoomDoc {
    RoomDoc { openapi: handlers().into_openapi(), access: ACCESS }
}

fn handlers() -> OpenApiRouter<Hall> {
    OpenApiRouter::new().routes(routes!(statements))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatementFilter {
    /// Only what this person did.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// After this position; the cursor wins over it.
    since: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct StatementSeen {
    position: i64,
    stored_at: Timestamp,
    /// The chain's hash up to and with this statement.
    hash: String,
    /// The statement (xAPI).
    #[schema(value_type = serde_json::Value)]
    statement: serde_json::Value,
}

/// The archive, oldest first. A reader who has seen 7 has seen 1 to 7.
#[utoipa::path(get, path = "/api/archive/statements", tag = "archive", params(StatementFilter, Page), responses((status = 200, body = Listed<StatementSeen>)))]
async fn statements(
    State(hall): State<Hall>,
    Paged { page, filter }: Paged<StatementFilter>,
) -> ApiResult<Json<Listed<StatementSeen>>> {
    let after = page.after_number()?.or(filter.since).unwrap_or(0);
    let read = match &filter.person {
        Some(person) => archive::by_person(&hall.db, person, after, page.rows()).await,
        None => archive::since(&hall.db, after, page.rows()).await,
    };
    let seen = read
        .map_err(Problem::internal)?
        .into_iter()
        .map(|recorded| {
            Ok(StatementSeen {
                position: recorded.position,
                stored_at: recorded.stored_at.into(),
                hash: recorded.hash,
                statement: serde_json::from_str(&recorded.body).map_err(Problem::internal)?,
            })
        })
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(Json(Listed::of(seen, &page, |statement| statement.position.to_string())))
}

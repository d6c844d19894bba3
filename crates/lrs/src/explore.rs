//! `GET /api/archive/statements`: the hall's own log for people who look into it, in order or newest first, by who, what and when.

use archive::{Asked, Condition, Key, Tenant};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use web::wire::{PersonId, Timestamp};
use web::{ApiResult, Json, Listed, Page, Paged, Problem};

use crate::Lrs;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementFilter {
    /// Only what this person did, or what happened to him.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// Only with this verb (its IRI).
    verb: Option<String>,
    /// Only about this activity (its IRI), or about what belongs to it.
    activity: Option<String>,
    /// Stored later than this.
    stored_since: Option<Timestamp>,
    /// Stored at this moment or before.
    stored_until: Option<Timestamp>,
    /// After this position; the cursor wins over it.
    since: Option<i64>,
    /// The newest first.
    #[serde(default)]
    newest_first: bool,
}

/// A statement of the archive, with its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementSeen {
    pub position: i64,
    pub id: String,
    pub stored_at: Timestamp,
    /// The chain's hash up to and with this statement.
    pub hash: String,
    /// The statement (xAPI); null once the person whom it tells of was erased.
    #[schema(required = true, value_type = Option<serde_json::Value>)]
    pub statement: Option<Value>,
}

/// The archive, oldest first unless asked otherwise. A reader who has seen 7 has seen 1 to 7.
#[utoipa::path(get, path = "/api/archive/statements", tag = "archive", params(StatementFilter, Page), responses((status = 200, body = Listed<StatementSeen>)))]
pub async fn statements(
    State(lrs): State<Lrs>,
    Paged { page, filter }: Paged<StatementFilter>,
) -> ApiResult<Json<Listed<StatementSeen>>> {
    let mut conditions = Vec::new();
    if let Some(person) = &filter.person {
        conditions.push(Condition::of(Key::person(&person.0)));
    }
    for (name, iri) in [("activity", &filter.activity), ("verb", &filter.verb)] {
        let Some(iri) = iri else { continue };
        if !xapi::is_iri(iri) {
            return Err(Problem::invalid(name, "应为完整的 IRI", "must be an absolute IRI"));
        }
        conditions.push(match name {
            "verb" => Condition::of(Key::verb(iri)),
            _ => Condition::wide(Key::activity(iri), Key::related_activity(iri)),
        });
    }
    let asked = Asked {
        conditions,
        since: filter.stored_since.map(|at| at.0),
        until: filter.stored_until.map(|at| at.0),
        ascending: !filter.newest_first,
        behind: page.after_number()?.or(filter.since),
        limit: page.rows(),
    };
    let found = lrs.reader(Tenant::HALL).ask(&asked).await.map_err(Problem::internal)?;
    let seen = found
        .records
        .into_iter()
        .map(|record| {
            let statement = record.body.as_deref().map(serde_json::from_str).transpose();
            Ok(StatementSeen {
                position: record.position,
                id: record.id.to_string(),
                stored_at: record.stored_at.into(),
                hash: record.hash,
                statement: statement.map_err(Problem::internal)?,
            })
        })
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(Json(Listed::of(seen, &page, |statement| statement.position.to_string())))
}

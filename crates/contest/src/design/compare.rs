//! Two schemes are set against each other, thing by thing, in words for people.

use catalogue::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::Text;
use web::{ApiResult, Json};

use crate::room::blocking;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareSchemes {
    /// The text of a scheme file.
    pub before: String,
    pub after: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemesCompared {
    /// Empty where only words that nobody is judged by are different, such as comments.
    pub changes: Vec<SchemeChange>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeChange {
    /// `added`, `removed`, `changed`, or `moved`: the same things in another order.
    pub kind: String,
    /// `contest`, `module`, `criterion`, `sub_criterion`, `aspect`, `ability`, `group`, `tie`, `signal`, `phase` or `rule`.
    pub of: String,
    /// Empty for the contest itself, and where the order of several is meant.
    pub code: String,
    pub name: Text,
    pub fields: Vec<SchemeFieldChange>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeFieldChange {
    pub label: Text,
    #[schema(required = true)]
    pub before: Option<String>,
    #[schema(required = true)]
    pub after: Option<String>,
}

impl From<Change> for SchemeChange {
    fn from(change: Change) -> Self {
        let fields = change.fields.into_iter().map(|field| SchemeFieldChange {
            label: field.label.into(),
            before: field.before,
            after: field.after,
        });
        Self {
            kind: change.kind.code().to_owned(),
            of: change.of.to_owned(),
            code: change.code,
            name: change.name.into(),
            fields: fields.collect(),
        }
    }
}

/// Both must be without faults. Nothing is kept.
#[utoipa::path(post, path = "/api/schemes/compare", tag = "design", operation_id = "compare_schemes", request_body = CompareSchemes, responses((status = 200, body = SchemesCompared)))]
pub async fn compare(Json(asked): Json<CompareSchemes>) -> ApiResult<Json<SchemesCompared>> {
    let changes = blocking(move || {
        let sound = |text: &str| {
            let (loaded, faults) = catalogue::load_scheme(text);
            loaded.ok_or_else(|| crate::field::scheme_problem(&faults))
        };
        ApiResult::Ok(catalogue::changes(&sound(&asked.before)?, &sound(&asked.after)?))
    });
    Ok(Json(SchemesCompared { changes: changes.await??.into_iter().map(SchemeChange::from).collect() }))
}

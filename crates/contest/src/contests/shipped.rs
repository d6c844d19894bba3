//! The schemes that ship with the program: where an organiser may start.

use serde::Serialize;
use utoipa::ToSchema;
use web::{ApiResult, Json, Listed};

use super::check_scheme::SchemeSummary;

#[derive(Debug, Serialize, ToSchema)]
pub struct ShippedScheme {
    /// Its folder in `catalogue/contests/`.
    pub name: String,
    pub summary: SchemeSummary,
    /// The scheme file as it is written.
    pub source: String,
}

/// All of them, as text to start from.
#[utoipa::path(get, path = "/api/schemes", tag = "contest", operation_id = "list_schemes", responses((status = 200, body = Listed<ShippedScheme>)))]
pub async fn shipped() -> ApiResult<Json<Listed<ShippedScheme>>> {
    let schemes = catalogue::SHIPPED_SCHEMES.iter().filter_map(|shipped| {
        let (loaded, _) = catalogue::load_scheme(shipped.source);
        Some(ShippedScheme {
            name: shipped.name.to_owned(),
            summary: SchemeSummary::of(&loaded?.scheme),
            source: shipped.source.to_owned(),
        })
    });
    Ok(Json(Listed::whole(schemes.collect())))
}

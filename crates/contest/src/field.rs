//! Who takes part: entries and judges, with names, for those who may know them; and how they come in by Excel.

mod annotate;
mod annotated;
mod entries;
pub(crate) mod import;
mod judges;
pub(crate) mod people_rows;
pub(crate) mod plan_runs;
mod unpacked;
mod whos_who;
mod workbook;

use catalogue::Diagnostic;
use kernel::ErrorCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::Problem;

use crate::ContestRoom;

pub fn routes() -> OpenApiRouter<ContestRoom> {
    OpenApiRouter::new()
        .routes(routes!(entries::entries))
        .routes(routes!(judges::judges))
        .routes(routes!(import::import))
        .routes(routes!(import::template))
        .routes(routes!(annotated::annotated))
}

/// All faults of a scheme, each with its line and with what to write instead.
pub fn scheme_problem(faults: &[Diagnostic]) -> Problem {
    faults.iter().fold(Problem::new(ErrorCode::SchemeInvalid), |problem, fault| {
        let detail = fault.suggestion.after(&fault.text);
        problem.field_text(format!("scheme:{}:{}", fault.line, fault.column), detail)
    })
}

//! A scheme file is read before a contest is made from it: what it holds, and everything that is wrong with it. Nothing is kept.

use catalogue::Diagnostic;
use marking::{AspectType, Scheme};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::wire::{Mark, Text};
use web::{ApiResult, Json};

use crate::room::blocking;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemeText {
    /// The text of a scheme file.
    pub scheme: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeChecked {
    /// What the file holds; null if a contest can't be made from it.
    pub summary: Option<SchemeSummary>,
    /// In the order of the page.
    pub faults: Vec<SchemeFault>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeSummary {
    pub id: String,
    pub version: u32,
    pub title: Text,
    pub max: Mark,
    pub modules: Vec<SummaryModule>,
    pub groups: Vec<Text>,
    pub aspects: usize,
    /// Aspects that the referee judges.
    pub automatic: usize,
    /// Aspects whose marks are imported from papers.
    pub theory: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryModule {
    pub code: String,
    pub name: Text,
    pub max: Mark,
    pub minutes: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeFault {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// Where in the structure, such as `modules[0].criteria[1].aspects[2].max`.
    pub path: String,
    /// `error`, or `warning`: the file can be used, but this is probably not what was meant.
    pub severity: String,
    pub detail: Text,
    /// What to write instead, in words.
    pub advice: Text,
    /// What was probably meant, to be put in the place of the word at this place.
    pub suggestion: Option<String>,
}

impl SchemeSummary {
    pub fn of(scheme: &Scheme) -> Self {
        let of_type = |wanted| scheme.aspects().iter().filter(|aspect| aspect.kind.aspect_type() == wanted).count();
        let modules = scheme.modules().iter().map(|module| SummaryModule {
            code: module.code.clone(),
            name: (&module.name).into(),
            max: module.max.into(),
            minutes: module.minutes,
        });
        Self {
            id: scheme.code().to_owned(),
            version: scheme.version(),
            title: scheme.title().into(),
            max: scheme.max().into(),
            modules: modules.collect(),
            groups: scheme.groups().iter().map(|group| (&group.name).into()).collect(),
            aspects: scheme.aspects().len(),
            automatic: of_type(AspectType::Automatic),
            theory: of_type(AspectType::Theory),
        }
    }
}

impl From<Diagnostic> for SchemeFault {
    fn from(fault: Diagnostic) -> Self {
        Self {
            line: fault.line,
            column: fault.column,
            path: fault.path,
            severity: fault.severity.code().to_owned(),
            detail: fault.text.into(),
            advice: fault.suggestion.text().into(),
            suggestion: fault.suggestion.replacement().map(str::to_owned),
        }
    }
}

/// Every fault and warning with its line and column. A faulty scheme is an answer, not an error.
#[utoipa::path(post, path = "/api/schemes/check", tag = "contest", operation_id = "check_scheme", request_body = SchemeText, responses((status = 200, body = SchemeChecked)))]
pub async fn check(Json(asked): Json<SchemeText>) -> ApiResult<Json<SchemeChecked>> {
    let (loaded, faults) = blocking(move || catalogue::load_scheme(&asked.scheme)).await?;
    Ok(Json(SchemeChecked {
        summary: loaded.map(|loaded| SchemeSummary::of(&loaded.scheme)),
        faults: faults.into_iter().map(SchemeFault::from).collect(),
    }))
}

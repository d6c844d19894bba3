//! A workbook comes back as the text of a scheme.

use catalogue::tables::{TABLES, TableFault, TableKind};
use rust_xlsxwriter::utility::column_number_to_name;
use serde::Serialize;
use utoipa::ToSchema;
use web::wire::Text;
use web::{ApiResult, Json, Multipart};

use super::workbook::{self, Layout};
use crate::contests::check_scheme::SchemeSummary;
use crate::field::workbook::apart;

/// The file, as a form.
#[derive(Debug, ToSchema)]
#[allow(dead_code)]
pub(super) struct WorkbookForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeFromWorkbook {
    /// The text of a scheme file, with what is wrong in it where something is: it can be mended there as well.
    pub scheme: String,
    /// Null if a contest can't be made from it.
    #[schema(required = true)]
    pub summary: Option<SchemeSummary>,
    /// In the order of the sheets, then of their rows.
    pub faults: Vec<CellFault>,
    /// Sheets that are no table of a scheme, and columns without a known heading, as `sheet!C`.
    pub passed_over: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CellFault {
    pub sheet: String,
    /// As Excel names it, such as `C7`; the whole row where only a number stands; null: the whole sheet.
    #[schema(required = true)]
    pub cell: Option<String>,
    /// `error` or `warning`.
    pub severity: String,
    pub detail: Text,
    pub advice: Text,
}

/// Every fault with sheet and cell. A faulty workbook is an answer; what is no workbook of a scheme is an error. Nothing is kept.
#[utoipa::path(post, path = "/api/schemes/from-workbook", tag = "design", operation_id = "scheme_from_workbook",
    request_body(content = WorkbookForm, content_type = "multipart/form-data"), responses((status = 200, body = SchemeFromWorkbook)))]
pub async fn from_workbook(form: Multipart) -> ApiResult<Json<SchemeFromWorkbook>> {
    let bytes = form.file("file")?.bytes.clone();
    apart(move || {
        let read = workbook::read(&bytes)?;
        let made = catalogue::tables::scheme_of(&read.tables);
        let mut faults: Vec<CellFault> = read.faults;
        faults.extend(made.faults.iter().map(|fault| placed(fault, &read.layouts)));
        let sound = faults.iter().all(|fault| fault.severity != "error");
        faults.truncate(workbook::FAULTS_MOST);
        Ok(Json(SchemeFromWorkbook {
            scheme: made.text,
            summary: made.scheme.filter(|_| sound).map(|loaded| SchemeSummary::of(&loaded.scheme)),
            faults,
            passed_over: read.passed_over,
        }))
    })
    .await
}

fn placed(fault: &TableFault, layouts: &[Layout]) -> CellFault {
    let kind: Option<&TableKind> = TABLES.iter().find(|kind| kind.code == fault.table);
    let layout = layouts.iter().find(|layout| layout.kind.code == fault.table);
    let column = fault.column.and_then(|column| {
        let at = kind?.column(column)?;
        layout?.columns.get(at).copied().flatten()
    });
    let cell = (fault.row > 0).then(|| match column {
        Some(column) => format!("{}{}", column_number_to_name(column as u16), fault.row),
        None => fault.row.to_string(),
    });
    CellFault {
        sheet: layout.map(|layout| layout.sheet.clone()).or_else(|| kind.map(workbook::sheet_name)).unwrap_or_default(),
        cell,
        severity: fault.severity.code().to_owned(),
        detail: fault.text.clone().into(),
        advice: fault.suggestion.text().into(),
    }
}

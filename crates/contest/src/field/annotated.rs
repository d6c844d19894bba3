//! The file of a refused import, sent back with what is wrong beside each row. It is checked again as it comes: nothing was stored.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use kernel::ErrorCode;
use web::wire::ContestId;
use web::{ApiResult, Multipart, Path, Problem};

use super::annotate::annotate;
use super::import::{ImportForm, check, columns, rows_problem};
use super::people_rows::RowFault;
use super::workbook::{self, Column};
use crate::ContestRoom;

/// The same workbook with a column of problems; without a problem, with an empty one. A workbook that can't be written so is answered with
/// its rows' problems, as the import is.
#[utoipa::path(post, path = "/api/contests/{contest}/imports/{what}/annotated", tag = "field", params(ContestId, ("what" = String, Path, description = "competitors or judges")),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn annotated(
    State(room): State<ContestRoom>,
    Path((contest, what)): Path<(ContestId, String)>,
    form: Multipart,
) -> ApiResult<Response> {
    let columns = columns(&what)?;
    let floor = room.floor(&contest).await?;
    let bytes = form.file("file")?.bytes.clone();
    let sheet = workbook::read_apart(bytes.clone(), columns).await?;
    let (floor, rows, what_ref) = (&floor, &sheet.rows, what.as_str());
    // Nothing is written, so nobody who writes waits for it.
    floor.up_to_now().await?;
    let checked = room.hall.db.read::<_, Problem, _>(|tx| Box::pin(check(tx, floor, what_ref, rows)));
    let faults = checked.await?.faults;
    let notes = notes(&faults, columns);
    match workbook::apart(move || Ok(annotate(&bytes, &sheet, &notes))).await? {
        Ok(book) => Ok(workbook::download(&format!("{what}-problems"), book)),
        // What is wrong in the rows is said all the same.
        Err(why) if faults.is_empty() => Err(Problem::new(ErrorCode::SheetUnreadable).detail_text(why.says())),
        Err(why) => Err(rows_problem(&faults).detail_text(why.says())),
    }
}

/// All that is wrong in a row, in one cell.
pub(crate) fn notes(faults: &[RowFault], columns: &[Column<'_>]) -> BTreeMap<u32, String> {
    let mut notes: BTreeMap<u32, String> = BTreeMap::new();
    for fault in faults {
        let named = columns.iter().find(|column| column.code == fault.column);
        let (zh, en) = named.map_or((&*fault.column, &*fault.column), |column| (column.zh, column.en));
        let note = notes.entry(fault.row).or_default();
        if !note.is_empty() {
            note.push('\n');
        }
        note.push_str(&format!("{zh}：{} / {en}: {}", fault.text.zh, fault.text.en));
    }
    notes
}

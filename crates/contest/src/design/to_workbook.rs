//! A scheme goes out as a workbook.

use axum::response::Response;
use kernel::ErrorCode;
use web::{ApiResult, Json, Problem};

use super::workbook;
use crate::contests::check_scheme::SchemeText;
use crate::field::workbook::{apart, download};

/// The scheme's tables, a sheet each, and a sheet that explains them. A scheme with faults is refused with all of them: a table can't hold what
/// can't be read.
#[utoipa::path(post, path = "/api/schemes/workbook", tag = "design", operation_id = "scheme_to_workbook", request_body = SchemeText,
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn to_workbook(Json(asked): Json<SchemeText>) -> ApiResult<Response> {
    apart(move || {
        let (loaded, faults) = catalogue::load_scheme(&asked.scheme);
        let scheme = loaded.ok_or_else(|| crate::field::scheme_problem(&faults))?;
        let tables = catalogue::tables::tables_of(&scheme);
        if !workbook::fits(&tables) {
            return Err(Problem::new(ErrorCode::TooLarge)
                .detail("有的文字放不进一个单元格", "Some text is longer than a cell can hold"));
        }
        let book = workbook::write(&tables).map_err(Problem::internal)?;
        // Its code is letters, digits and dashes.
        Ok(download(scheme.scheme.code(), book))
    })
    .await
}

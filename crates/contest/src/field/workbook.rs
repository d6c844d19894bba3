//! Excel in and out: a sheet of rows under known headings.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use kernel::ErrorCode;
use rust_xlsxwriter::{Format, Note, Workbook, XlsxError};
use web::{ApiResult, Problem};

/// A heading that a column may have, in either language; the first is the one in the template.
pub struct Column {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub needed: bool,
    pub example: &'static str,
}

/// One row of a sheet: its number in Excel, and its cells by column code.
#[derive(Debug, Clone)]
pub struct SheetRow {
    pub number: u32,
    cells: Vec<String>,
}

impl SheetRow {
    pub fn cell(&self, columns: &[Column], code: &str) -> &str {
        columns.iter().position(|column| column.code == code).map_or("", |at| self.cells[at].as_str())
    }
}

/// More rows than any contest has competitors.
const ROWS_MOST: usize = 5_000;
const CELL_MOST: usize = 200;

/// Reads the first sheet. Columns are found by their headings, in any order; unknown ones are passed over.
pub fn read(bytes: &[u8], columns: &[Column]) -> ApiResult<Vec<SheetRow>> {
    let unreadable = |zh: &str, en: &str| Problem::new(ErrorCode::SheetUnreadable).detail(zh, en);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec()))
        .map_err(|_| unreadable("文件不是 .xlsx 工作簿，或已损坏", "The file is no .xlsx workbook, or is damaged"))?;
    let range = book
        .worksheet_range_at(0)
        .and_then(Result::ok)
        .ok_or_else(|| unreadable("工作簿里没有工作表", "The workbook has no sheet"))?;
    let mut rows = range.rows();
    let headings: Vec<String> = rows.next().map(|row| row.iter().map(text).collect()).unwrap_or_default();
    let mut places = Vec::with_capacity(columns.len());
    for column in columns {
        let place = headings.iter().position(|heading| {
            heading == column.zh || heading.eq_ignore_ascii_case(column.en) || heading.eq_ignore_ascii_case(column.code)
        });
        if place.is_none() && column.needed {
            return Err(unreadable(
                &format!("缺少“{}”这一列", column.zh),
                &format!("The column {:?} is missing", column.en),
            ));
        }
        places.push(place);
    }
    let first = range.start().map_or(0, |(row, _)| row);
    let mut read = Vec::new();
    for (at, row) in rows.enumerate() {
        let cells: Vec<String> =
            places.iter().map(|place| place.and_then(|place| row.get(place)).map(text).unwrap_or_default()).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if read.len() == ROWS_MOST {
            return Err(Problem::new(ErrorCode::TooLarge).detail("最多 5000 行", "At most 5,000 rows"));
        }
        read.push(SheetRow { number: first + at as u32 + 2, cells });
    }
    if read.is_empty() {
        return Err(unreadable("表中没有数据行", "The sheet has no rows"));
    }
    Ok(read)
}

fn text(cell: &Data) -> String {
    let text = match cell {
        Data::Empty => String::new(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        other => other.to_string(),
    };
    text.trim().chars().take(CELL_MOST).collect()
}

/// An empty form with headings, a note on what is needed, and one example.
pub fn template(columns: &[Column]) -> ApiResult<Vec<u8>> {
    write_template(columns).map_err(Problem::internal)
}

fn write_template(columns: &[Column]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let (heading, example) = (Format::new().set_bold(), Format::new().set_italic().set_font_color("#8A8F98"));
    for (at, column) in columns.iter().enumerate() {
        let at = at as u16;
        sheet.write_with_format(0, at, column.zh, &heading)?;
        let needed = if column.needed { "必填 needed" } else { "可空 may be empty" };
        sheet.insert_note(0, at, &Note::new(format!("{} — {needed}", column.en)))?;
        sheet.write_with_format(1, at, column.example, &example)?;
        sheet.set_column_width(at, 18)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

//! Excel in and out: a sheet of rows under known headings.

use std::collections::BTreeMap;
use std::io::Cursor;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use calamine::{Data, Reader, Xlsx};
use http::header;
use kernel::ErrorCode;
use rust_xlsxwriter::{Format, Note, Workbook, XlsxError};
use web::{ApiResult, Problem};

use super::annotate;
use super::unpacked::{CellBudget, must_fit, no_workbook};

/// A heading that a column may have, in either language; the first is the one in the template.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    pub code: &'a str,
    pub zh: &'a str,
    pub en: &'a str,
    /// What else people write above such a column.
    pub also: &'a [&'a str],
    pub needed: bool,
    pub example: &'a str,
}

impl Column<'_> {
    /// Where it stands: under its own heading, or else under one that people write.
    fn place(&self, headings: &BTreeMap<u32, String>) -> Option<u32> {
        let under = |known: &[&str]| {
            let is_known = |heading: &str| known.iter().any(|known| heading.eq_ignore_ascii_case(known));
            headings.iter().find(|(_, heading)| is_known(heading)).map(|(at, _)| *at)
        };
        under(&[self.zh, self.en, self.code]).or_else(|| under(self.also))
    }
}

/// A column of the sheet that no row is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// From 0.
    pub at: u32,
    /// Empty where there is none.
    pub heading: String,
}

/// One row of a sheet: its number in Excel, and its cells by column code.
#[derive(Debug, Clone)]
pub struct SheetRow {
    pub number: u32,
    cells: Vec<String>,
}

impl SheetRow {
    pub fn cell(&self, columns: &[Column<'_>], code: &str) -> &str {
        columns.iter().position(|column| column.code == code).map_or("", |at| self.cells[at].as_str())
    }
}

/// The first sheet of a workbook, read.
#[derive(Debug, Clone)]
pub struct ReadSheet {
    /// The row of the headings, as Excel counts.
    pub heading_row: u32,
    /// The column of remarks, from 1, where the workbook was annotated before.
    pub problems_at: Option<u32>,
    pub passed_over: Vec<PassedOver>,
    pub rows: Vec<SheetRow>,
}

/// More rows than any contest has competitors.
const ROWS_MOST: usize = 5_000;
const CELL_MOST: usize = 200;
/// Cells farther to the right are nobody's data.
const COLUMNS_MOST: u32 = 256;

/// Does what keeps a processor busy beside the hall's other work.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> ApiResult<T> + Send + 'static) -> ApiResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)?
}

pub async fn read_apart(bytes: Bytes, columns: &'static [Column<'static>]) -> ApiResult<ReadSheet> {
    apart(move || read(&bytes, columns)).await
}

/// Reads the first sheet. Columns are found by their headings, in any order; those that nothing is read from are named.
pub fn read(bytes: &[u8], columns: &[Column<'_>]) -> ApiResult<ReadSheet> {
    must_fit(bytes)?;
    let (heading_row, headings, filled) = {
        let mut filled = cells(bytes)?.into_iter();
        let empty = || {
            Problem::new(ErrorCode::SheetUnreadable).detail("工作簿里没有数据", "The workbook's first sheet is empty")
        };
        let (row, headings) = filled.next().ok_or_else(empty)?;
        (row, headings, filled)
    };
    let places: Vec<Option<u32>> = columns.iter().map(|column| column.place(&headings)).collect();
    let missing = columns.iter().zip(&places).filter(|(column, place)| column.needed && place.is_none());
    let missing: Vec<&Column<'_>> = missing.map(|(column, _)| column).collect();
    if !missing.is_empty() {
        return Err(columns_missing(&missing, heading_row, headings.values()));
    }
    let (mut rows, mut unheaded) = (Vec::new(), BTreeMap::new());
    for (row, mut cells) in filled {
        unheaded.extend(cells.keys().filter(|at| !headings.contains_key(at)).map(|at| (*at, String::new())));
        let cells: Vec<String> =
            places.iter().map(|place| place.and_then(|place| cells.remove(&place)).unwrap_or_default()).collect();
        if !cells.iter().all(String::is_empty) {
            rows.push(SheetRow { number: row + 1, cells });
        }
    }
    if rows.is_empty() {
        return Err(Problem::invalid(
            "file",
            "表中还没有人：请从标题行的下一行起，每人填一行",
            "there is nobody in the sheet yet: fill in a row for each person below the headings",
        ));
    }
    let problems_at = headings.iter().find(|(_, heading)| *heading == annotate::HEADING).map(|(at, _)| at + 1);
    let unread =
        headings.into_iter().filter(|(at, heading)| !places.contains(&Some(*at)) && *heading != annotate::HEADING);
    let passed_over = BTreeMap::from_iter(unread.chain(unheaded));
    let passed_over = passed_over.into_iter().map(|(at, heading)| PassedOver { at, heading }).collect();
    Ok(ReadSheet { heading_row: heading_row + 1, problems_at, passed_over, rows })
}

/// Names each column that must be there, and what stands in the row that was taken for the headings.
fn columns_missing<'a>(missing: &[&Column<'_>], row: u32, found: impl Iterator<Item = &'a String>) -> Problem {
    let row = row + 1;
    let found = found.take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
    let problem = Problem::new(ErrorCode::Invalid).detail(
        format!("第 {row} 行应是标题行，缺少必填的列；现有：{found}"),
        format!("Row {row} should hold the headings, and columns that are needed are missing; it holds: {found}"),
    );
    missing.iter().fold(problem, |problem, column| {
        problem.field(
            format!("columns.{}", column.code),
            format!("缺少“{}”这一列", column.zh),
            format!("the column {:?} is missing", column.en),
        )
    })
}

/// The cells that hold something, by row and column from 0. A sheet says where each cell stands: two cells in opposite corners are two
/// cells here, and not the table between them.
fn cells(bytes: &[u8]) -> ApiResult<BTreeMap<u32, BTreeMap<u32, String>>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    let first = book.sheet_names().into_iter().next().ok_or_else(no_workbook)?;
    let mut reader = book.worksheet_cells_reader(&first).map_err(|_| no_workbook())?;
    let mut rows: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    let mut budget = CellBudget::default();
    while let Some(cell) = reader.next_cell().map_err(|_| no_workbook())? {
        let (row, column) = cell.get_position();
        if column >= COLUMNS_MOST {
            continue;
        }
        budget.take(cell.get_value())?;
        let text = text(&Data::from(cell.get_value().clone()));
        if text.is_empty() {
            continue;
        }
        rows.entry(row).or_default().insert(column, text);
        // The headings are one row more.
        if rows.len() > ROWS_MOST + 1 {
            return Err(Problem::new(ErrorCode::TooLarge).detail("最多 5000 行", "At most 5,000 rows"));
        }
    }
    Ok(rows)
}

fn text(cell: &Data) -> String {
    let text = match cell {
        Data::Empty => String::new(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        other => other.to_string(),
    };
    text.trim().chars().take(CELL_MOST).collect()
}

/// A workbook to be saved under a name.
pub fn download(name: &str, book: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"{name}.xlsx\"");
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned();
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], book).into_response()
}

/// An empty form: headings with a note on what is needed, and on a second sheet an example, which nobody reads but people.
pub fn template(columns: &[Column<'_>]) -> ApiResult<Vec<u8>> {
    write_template(columns).map_err(Problem::internal)
}

fn write_template(columns: &[Column<'_>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (heading, example) = (Format::new().set_bold(), Format::new().set_italic().set_font_color("#8A8F98"));
    for (name, is_example) in [("名单 List", false), ("示例 Example", true)] {
        let sheet = book.add_worksheet().set_name(name)?;
        for (at, column) in columns.iter().enumerate() {
            let at = at as u16;
            sheet.write_with_format(0, at, column.zh, &heading)?;
            sheet.set_column_width(at, 18)?;
            let needed = if column.needed { "必填 needed" } else { "可空 may be empty" };
            let note = match column.example {
                "" => format!("{} — {needed}", column.en),
                such_as => format!("{} — {needed}\n例如 such as: {such_as}", column.en),
            };
            sheet.insert_note(0, at, &Note::new(note))?;
            if is_example {
                sheet.write_with_format(1, at, column.example, &example)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
    }
    book.save_to_buffer()
}

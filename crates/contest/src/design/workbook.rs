//! Tables of a scheme as an Excel workbook, and back.
//!
//! What a person does to a workbook is either understood or said to be wrong at its cell: columns may stand in any order and be fewer, numbers
//! may be written as text, sheets of one's own are passed over. A formula is refused, for what it showed when the file was saved is not what
//! its author may see now; so are merged cells, of which only the first holds anything.

use std::collections::{BTreeMap, HashSet};
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use catalogue::tables::{TABLES, Table, TableKind, TableRow};
use kernel::{ErrorCode, Text};
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{DataValidation, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError};
use web::{ApiResult, Problem};

use super::from_workbook::CellFault;
use crate::field::unpacked::{CellBudget, must_fit, no_workbook};

/// More rows than any scheme has.
const ROWS_MOST: usize = 2_000;
/// Cells farther to the right are nobody's data.
const COLUMNS_MOST: u32 = 256;
/// As much as Excel keeps in a cell.
const CELL_MOST: usize = 32_767;
/// More faults than anybody reads, and more sheets than any scheme has.
pub const FAULTS_MOST: usize = 500;
/// Far longer than Excel lets a sheet's name be; a fault names its sheet.
const NAME_BYTES_MOST: usize = 300;
/// So many of the sheets that were found are named where none of them is a table.
const NAMED_MOST: usize = 20;
const HELP: &str = "说明 Help";

pub fn sheet_name(kind: &TableKind) -> String {
    format!("{} {}", kind.zh, kind.en)
}

/// Whether a spreadsheet has room for every cell.
pub fn fits(tables: &[Table]) -> bool {
    let cells = tables.iter().flat_map(|table| &table.rows).flat_map(|row| &row.cells);
    cells.into_iter().all(|cell| cell.encode_utf16().count() <= CELL_MOST)
}

pub fn write(tables: &[Table]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    for table in tables {
        write_table(book.add_worksheet().set_name(sheet_name(table.kind))?, table)?;
    }
    write_help(book.add_worksheet().set_name(HELP)?, tables)?;
    book.save_to_buffer()
}

fn write_table(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold().set_background_color("#E6EEF6").set_text_wrap().set_align(FormatAlign::Top);
    let cell = Format::new().set_align(FormatAlign::Top);
    let wrapped = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    for (at, column) in table.kind.columns.iter().enumerate() {
        let at = at as u16;
        sheet.write_with_format(0, at, format!("{} {}", column.zh, column.en), &heading)?;
        let needed = if column.needed { "必填 needed" } else { "可空 may be empty" };
        let words = if column.words.is_empty() { String::new() } else { format!("\n{}", column.words.join(" / ")) };
        sheet.insert_note(0, at, &Note::new(format!("{needed}{words}")))?;
        let width = match column.code {
            "zh" | "en" | "value" | "criterion_zh" | "criterion_en" | "sub_criterion_zh" | "sub_criterion_en" => 32.0,
            "how" => 64.0,
            "abilities" => 22.0,
            _ => 13.0,
        };
        sheet.set_column_width(at, width)?;
        if !column.words.is_empty() {
            let among = DataValidation::new().allow_list_strings(column.words)?;
            sheet.add_data_validation(1, at, ROWS_MOST as u32, at, &among)?;
        }
        for (row, text) in (1u32..).zip(table.rows.iter().filter_map(|row| row.cells.get(usize::from(at)))) {
            match text.parse::<f64>() {
                _ if text.is_empty() => {}
                // A number that is the same number when it comes back.
                Ok(number) if column.numeric && number_text(number) == trimmed(text) => {
                    sheet.write_with_format(row, at, number, &cell)?;
                }
                _ => {
                    let format = if ["zh", "en", "how", "value"].contains(&column.code) { &wrapped } else { &cell };
                    sheet.write_string_with_format(row, at, text, format)?;
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn write_help(sheet: &mut Worksheet, tables: &[Table]) -> Result<(), XlsxError> {
    let (heading, words) = (
        Format::new().set_bold().set_align(FormatAlign::Top),
        Format::new().set_text_wrap().set_align(FormatAlign::Top),
    );
    for (column, width) in [(0, 24.0), (1, 60.0), (2, 72.0)] {
        sheet.set_column_width(column, width)?;
    }
    let general = [
        "每张表一行一项。列可以换顺序；不认识的列和表会跳过。不要合并单元格，不要写公式。注释不保留。",
        "One thing in each row of a sheet. Columns may stand in any order; unknown columns and sheets are passed over. No merged cells, no formulas. Comments are not kept.",
    ];
    for (column, text) in general.iter().enumerate() {
        sheet.write_with_format(0, column as u16 + 1, *text, &words)?;
    }
    for (row, table) in (1u32..).zip(tables) {
        sheet.write_with_format(row, 0, sheet_name(table.kind), &heading)?;
        sheet.write_with_format(row, 1, table.kind.help_zh, &words)?;
        sheet.write_with_format(row, 2, table.kind.help_en, &words)?;
    }
    Ok(())
}

/// As it is written by hand: at most six decimals.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    trimmed(&format!("{number:.6}"))
}

/// Without zeros behind the last figure that says something.
fn trimmed(text: &str) -> String {
    if !text.contains('.') {
        return text.to_owned();
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What was read of a workbook.
pub struct ReadBook {
    pub tables: Vec<Table>,
    pub layouts: Vec<Layout>,
    pub faults: Vec<CellFault>,
    pub passed_over: Vec<String>,
    budget: CellBudget,
}

impl ReadBook {
    fn fault(&mut self, fault: CellFault) {
        if self.faults.len() < FAULTS_MOST {
            self.faults.push(fault);
        }
    }
}

/// Where a table stands in the workbook.
pub struct Layout {
    pub kind: &'static TableKind,
    pub sheet: String,
    /// For each column of the kind, that of the sheet, from 0.
    pub columns: Vec<Option<u32>>,
}

type Rows = BTreeMap<u32, BTreeMap<u32, String>>;

pub fn read(bytes: &[u8]) -> ApiResult<ReadBook> {
    must_fit(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    let names = book.sheet_names();
    if names.len() > FAULTS_MOST || names.iter().any(|name| name.len() > NAME_BYTES_MOST) {
        return Err(no_workbook());
    }
    let mut read = ReadBook {
        tables: Vec::new(),
        layouts: Vec::new(),
        faults: Vec::new(),
        passed_over: Vec::new(),
        budget: CellBudget::default(),
    };
    for name in names {
        let kind = TABLES.iter().find(|kind| {
            let both = sheet_name(kind);
            is_named(&name, [kind.zh, kind.en, kind.code, both.as_str()])
        });
        match kind {
            Some(kind) if read.layouts.iter().all(|layout| layout.kind.code != kind.code) => {
                read_sheet(&mut book, &name, kind, &mut read)?;
            }
            Some(kind) => {
                let says =
                    Text::new(format!("另一张表也是“{}”", kind.zh), format!("another sheet is {:?} as well", kind.en));
                read.fault(sheet_fault(&name, says, Text::new("只留一张", "keep one of them")));
            }
            None if name != HELP => read.passed_over.push(name),
            None => {}
        }
    }
    if read.layouts.is_empty() {
        let found = read.passed_over[..read.passed_over.len().min(NAMED_MOST)].join(", ");
        return Err(Problem::new(ErrorCode::SheetUnreadable).detail(
            format!("这不是评分方案的工作簿：没有“赛事 Contest”“评分项 Aspects”等表；现有：{found}"),
            format!("This is no workbook of a scheme: it has no sheet such as Contest or Aspects; it holds: {found}"),
        ));
    }
    for kind in TABLES.iter().filter(|kind| kind.needed) {
        if read.layouts.iter().all(|layout| layout.kind.code != kind.code) {
            let name = sheet_name(kind);
            let says = Text::new(format!("缺少“{}”表", kind.zh), format!("the sheet {:?} is missing", kind.en));
            let advice = Text::new(format!("加一张名为“{name}”的表"), format!("add a sheet called {name:?}"));
            read.fault(sheet_fault(&name, says, advice));
        }
    }
    Ok(read)
}

fn is_named<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> bool {
    known.into_iter().any(|known| written.trim().eq_ignore_ascii_case(known))
}

fn read_sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    kind: &'static TableKind,
    read: &mut ReadBook,
) -> ApiResult<()> {
    let rows = cells(book, name, read)?;
    let mut rows = rows.into_iter();
    let headings = rows.next().map(|(_, headings)| headings).unwrap_or_default();
    let columns: Vec<Option<u32>> = (kind.columns.iter())
        .map(|column| {
            let both = format!("{} {}", column.zh, column.en);
            headings
                .iter()
                .find(|(_, heading)| is_named(heading, [column.zh, column.en, column.code, both.as_str()]))
                .map(|(at, _)| *at)
        })
        .collect();
    let taken: HashSet<u32> = columns.iter().flatten().copied().collect();
    let unread = headings.keys().filter(|at| !taken.contains(at));
    read.passed_over.extend(unread.map(|at| format!("{name}!{}", column_number_to_name(*at as u16))));
    for (column, _) in kind.columns.iter().zip(&columns).filter(|(column, place)| column.needed && place.is_none()) {
        let says = Text::new(format!("缺少“{}”这一列", column.zh), format!("the column {:?} is missing", column.en));
        let advice = Text::new(
            format!("在标题行写“{} {}”", column.zh, column.en),
            format!("write {:?} in the row of headings", format!("{} {}", column.zh, column.en)),
        );
        read.fault(sheet_fault(name, says, advice));
    }
    let rows = rows.filter_map(|(row, mut cells)| {
        let cells: Vec<String> =
            columns.iter().map(|at| at.and_then(|at| cells.remove(&at)).unwrap_or_default()).collect();
        (!cells.iter().all(String::is_empty)).then_some(TableRow { number: row + 1, cells })
    });
    read.tables.push(Table { kind, rows: rows.collect() });
    read.layouts.push(Layout { kind, sheet: name.to_owned(), columns });
    Ok(())
}

/// The cells that hold something, by row and column from 0. What can't be taken is faulted and left out.
fn cells(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, read: &mut ReadBook) -> ApiResult<Rows> {
    for merged in book.merge_cells_by_sheet_name(name).map_err(|_| no_workbook())?.into_iter().take(FAULTS_MOST) {
        let (from, to) = (cell_name(merged.start), cell_name(merged.end));
        let says = Text::new(format!("{from}:{to} 是合并的单元格"), format!("{from}:{to} are merged cells"));
        let advice = Text::new("取消合并，每格都写上", "unmerge them and fill in each");
        read.fault(fault(name, merged.start, says, advice));
    }
    let mut formulas = HashSet::new();
    {
        let mut reader = book.worksheet_cells_reader(name).map_err(|_| no_workbook())?;
        while let Some(cell) = reader.next_formula().map_err(|_| no_workbook())? {
            if cell.get_value().is_empty() {
                continue;
            }
            read.budget.take_text(cell.get_value())?;
            if formulas.insert(cell.get_position()) {
                let says = Text::new("这里是公式", "this is a formula");
                let advice = Text::new("粘贴为数值", "paste its value in its place");
                read.fault(fault(name, cell.get_position(), says, advice));
            }
            if formulas.len() > ROWS_MOST {
                return Err(too_large());
            }
        }
    }
    let mut reader = book.worksheet_cells_reader(name).map_err(|_| no_workbook())?;
    let mut rows = Rows::new();
    while let Some(cell) = reader.next_cell().map_err(|_| no_workbook())? {
        let (row, column) = cell.get_position();
        if column >= COLUMNS_MOST || formulas.contains(&(row, column)) {
            continue;
        }
        read.budget.take(cell.get_value())?;
        let text = match Data::from(cell.get_value().clone()) {
            Data::Float(number) => number_text(number),
            Data::Bool(truth) => truth.to_string(),
            Data::Error(error) => {
                let says = Text::new(format!("这一格是错误值 {error}"), format!("this cell holds the error {error}"));
                read.fault(fault(
                    name,
                    (row, column),
                    says,
                    Text::new("改成应有的值", "write the value that is meant"),
                ));
                continue;
            }
            other => other.to_string().trim().to_owned(),
        };
        if text.is_empty() {
            continue;
        }
        if text.chars().count() > CELL_MOST {
            return Err(too_large());
        }
        rows.entry(row).or_default().insert(column, text);
        if rows.len() > ROWS_MOST {
            return Err(too_large());
        }
    }
    Ok(rows)
}

fn too_large() -> Problem {
    Problem::new(ErrorCode::TooLarge)
        .detail(format!("一张表最多 {ROWS_MOST} 行"), format!("At most {ROWS_MOST} rows in a sheet"))
}

fn cell_name((row, column): (u32, u32)) -> String {
    format!("{}{}", column_number_to_name(column as u16), u64::from(row) + 1)
}

fn fault(sheet: &str, at: (u32, u32), detail: Text, advice: Text) -> CellFault {
    CellFault {
        sheet: sheet.to_owned(),
        cell: Some(cell_name(at)),
        severity: "error".to_owned(),
        detail: detail.into(),
        advice: advice.into(),
    }
}

fn sheet_fault(sheet: &str, detail: Text, advice: Text) -> CellFault {
    CellFault { cell: None, ..fault(sheet, (0, 0), detail, advice) }
}

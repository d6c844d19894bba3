//! A workbook is a zip: small on the wire, and as large as its author likes when it is unpacked. So it is unpacked once into nothing and
//! counted before anything parses it. What its directory says of its sizes is not believed. And cells share their strings: one long string in
//! a million cells is small even unpacked, so what cells hold is counted once more, cell by cell, before it is copied.

use std::io::{self, Cursor, Read};

use calamine::DataRef;
use kernel::ErrorCode;
use web::{ApiResult, Problem};
use zip::ZipArchive;

/// Ten times what 5,000 full rows take.
pub const UNPACKED_BYTES_MOST: u64 = 32 << 20;
/// A workbook of some sheets has two dozen.
const PARTS_MOST: usize = 1_000;

/// Refuses a file that would not fit when it is unpacked.
pub fn must_fit(bytes: &[u8]) -> ApiResult<()> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    if archive.len() > PARTS_MOST {
        return Err(Problem::new(ErrorCode::TooLarge).detail(
            format!("工作簿由 {} 个部分组成，最多 {PARTS_MOST} 个", archive.len()),
            format!("The workbook has {} parts; {PARTS_MOST} are the most", archive.len()),
        ));
    }
    let mut left = UNPACKED_BYTES_MOST;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| no_workbook())?;
        // One byte more than may be is enough to know.
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|_| no_workbook())?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            let most = UNPACKED_BYTES_MOST >> 20;
            Problem::new(ErrorCode::TooLarge).detail(
                format!("工作簿解压后超过 {most} MB；请只留一张名单，删去图片和多余的行"),
                format!("The workbook has more than {most} MB when it is unpacked: keep the list alone, without pictures and empty rows"),
            )
        })?;
    }
    Ok(())
}

/// Three times what 5,000 full rows hold.
const CELL_BYTES_MOST: usize = 16 << 20;
/// What a cell takes beside its text.
const CELL_BYTES: usize = 32;

/// What the cells of a workbook may still hold, all together.
pub struct CellBudget {
    left: usize,
}

impl Default for CellBudget {
    fn default() -> Self {
        Self { left: CELL_BYTES_MOST }
    }
}

impl CellBudget {
    /// Counts a cell, before anybody copies its text.
    pub fn take(&mut self, cell: &DataRef<'_>) -> ApiResult<()> {
        match cell {
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => self.take_text(text),
            DataRef::SharedString(text) => self.take_text(text),
            DataRef::Empty => Ok(()),
            _ => self.take_text(""),
        }
    }

    pub fn take_text(&mut self, text: &str) -> ApiResult<()> {
        let left = self.left.checked_sub(text.len().saturating_add(CELL_BYTES));
        self.left = left.ok_or_else(|| {
            let most = CELL_BYTES_MOST >> 20;
            Problem::new(ErrorCode::TooLarge).detail(
                format!("各格文字合计超过 {most} MB；请只留需要的行和列"),
                format!("The cells hold more than {most} MB of text: keep the rows and columns that are needed"),
            )
        })?;
        Ok(())
    }
}

pub fn no_workbook() -> Problem {
    Problem::new(ErrorCode::SheetUnreadable)
        .detail("文件不是 .xlsx 工作簿，或已损坏", "The file is no .xlsx workbook, or is damaged")
}

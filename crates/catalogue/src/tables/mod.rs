//! A scheme as tables, for those who write in a spreadsheet; and tables as the text of a scheme, with every fault at its cell.
//!
//! Who acts: an expert takes a scheme out as a workbook, fills it with his colleagues, and brings it back. The flow:
//! scheme → [`tables_of`] → cells → [`scheme_of`] → YAML, read by [`load_scheme`](crate::load_scheme) like any other. What that
//! says of a path of the text is said here of the cell that the path was made of, so that nothing is checked twice.
//!
//! Rules and phases are trees, which no table holds: what stands below their names is YAML in a cell.
//!
//! Invariants:
//! - The text that is made of a scheme's tables loads to the same scheme, rules and signals; comments and blank lines are not
//!   kept, for a spreadsheet has no place for them.
//! - A table is cells in memory. How they come out of a file, the caller knows: this crate does no I/O and knows no workbook.

mod columns;
mod printer;
mod read;
mod write;

use kernel::{Suggestion, Text};

use crate::Severity;

pub use columns::{ColumnKind, TABLES, TableKind};
pub use read::{FromTables, scheme_of};
pub use write::tables_of;

/// The rows of one kind.
#[derive(Debug, Clone)]
pub struct Table {
    pub kind: &'static TableKind,
    pub rows: Vec<TableRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// As the spreadsheet counts.
    pub number: u32,
    /// One for each column of the kind; empty where nothing is written.
    pub cells: Vec<String>,
}

/// What is wrong, and in which cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFault {
    pub table: &'static str,
    /// 0: the table as a whole.
    pub row: u32,
    /// `None`: the row as a whole.
    pub column: Option<&'static str>,
    pub severity: Severity,
    pub text: Text,
    pub suggestion: Suggestion,
}

/// What a field of the first table is called.
pub(crate) fn field_label(path: &str) -> Text {
    let known = columns::CONTEST_FIELDS.iter().find(|(known, ..)| *known == path);
    known.map_or_else(|| Text::new(path, path), |(_, zh, en)| Text::new(*zh, *en))
}

impl TableFault {
    pub fn error(
        table: &'static str,
        row: u32,
        column: Option<&'static str>,
        (zh, en): (impl Into<String>, impl Into<String>),
        suggestion: Suggestion,
    ) -> TableFault {
        let text = Text::new(zh, en);
        TableFault { table, row, column, severity: Severity::Error, text, suggestion }
    }
}

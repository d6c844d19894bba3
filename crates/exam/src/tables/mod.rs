//! Items as a table, for those who write in a spreadsheet; and a table as items, with every fault at its cell.
//!
//! A row is an item, or a part of the case above it. What stands in the cells of each kind:
//!
//! | kind | A to J | answer |
//! | --- | --- | --- |
//! | single, multiple | options | `B`, `ACD` |
//! | judgement | | `正确` `错误` (also `对` `错` `√` `×` `true` `false`) |
//! | blank | | blanks parted by `；`, alternatives by `|`; a blank to choose for: `?串联|*并联` |
//! | order | entries in any order | `BDAC` |
//! | match | `left=right`; a distractor `=right` | |
//! | numeric | | `31.4`, `31.4±0.1`, `31.4±2%` |
//! | short | criteria: `name|0 none|2 part|5 full` | a sample |
//! | case | | |
//!
//! Words are in the language of the row's stem; both languages in one cell are written `中文 || English`. A `\` takes a sign for
//! itself. Feedback to options, measured difficulty and how long a text may get are not in the table: those travel as JSON.
//!
//! Invariant: a table is cells in memory. How they come out of a file, the caller knows.

mod answer;
mod cells;
mod read;
mod write;

pub use read::{FromTable, items_of};
pub use write::table_of;

use kernel::{Suggestion, Text};

/// A column's code and names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub needed: bool,
}

const fn column(code: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column { code, zh, en, needed: false }
}

const fn needed(code: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column { code, zh, en, needed: true }
}

/// So many columns for options.
pub(crate) const LETTERS: [&str; 10] = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"];

/// In the order of the table.
pub static COLUMNS: [Column; 28] = [
    column("id", "编号", "Id"),
    column("version", "版本", "Version"),
    needed("kind", "题型", "Kind"),
    column("part", "小题", "Part"),
    needed("stem", "题干", "Stem"),
    column("A", "选项A", "A"),
    column("B", "选项B", "B"),
    column("C", "选项C", "C"),
    column("D", "选项D", "D"),
    column("E", "选项E", "E"),
    column("F", "选项F", "F"),
    column("G", "选项G", "G"),
    column("H", "选项H", "H"),
    column("I", "选项I", "I"),
    column("J", "选项J", "J"),
    column("answer", "答案", "Answer"),
    needed("marks", "分值", "Marks"),
    column("credit", "计分方式", "Credit"),
    column("stays", "位置固定的选项", "Options that stay"),
    column("fold", "忽略", "Ignore"),
    column("unit", "单位", "Unit"),
    column("figures", "有效数字", "Figures"),
    column("explanation", "解析", "Explanation"),
    column("difficulty", "难度", "Difficulty"),
    column("abilities", "能力", "Abilities"),
    column("level", "等级", "Level"),
    column("trade", "职业", "Trade"),
    column("variant_of", "变式于", "Variant of"),
];

/// The place of a column.
pub fn column_at(code: &str) -> Option<usize> {
    COLUMNS.iter().position(|column| column.code == code)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As the spreadsheet counts.
    pub number: u32,
    /// One for each of [`COLUMNS`]; empty where nothing is written, and short rows are filled up so.
    pub cells: Vec<String>,
}

/// What is wrong, and in which cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFault {
    pub row: u32,
    /// `None`: the row as a whole.
    pub column: Option<&'static str>,
    pub says: Text,
    pub suggestion: Suggestion,
}

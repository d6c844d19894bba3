//! What a workbook's cells say becomes a scheme or faults at cells, and a scheme that was made of cells goes out and comes back the same. The
//! input is lines of cells between tabs, the first of which names the table.

use catalogue::Severity;
use catalogue::tables::{TABLES, Table, TableRow, scheme_of, tables_of};

pub const WORDS: &[&str] = &[
    "contest\t", "modules\t", "aspects\t", "levels\t", "steps\t", "deductions\t", "abilities\t", "groups\t", "ties\t", "signals\t",
    "phases\t", "rules\t", "measurement", "judgement", "automatic", "theory", "true", "false", "1.5", "-1", "4294967296", "A1.1", "\t\t", "\n",
    "{rises: a}", "{a: [", "#", "\u{feff}", "=1+1",
];

pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut tables: Vec<Table> = TABLES.iter().map(|kind| Table { kind, rows: Vec::new() }).collect();
    for (number, line) in (2..).zip(text.split('\n')) {
        let mut cells = line.split('\t').map(str::to_owned);
        let name = cells.next().unwrap_or_default();
        let Some(table) = tables.iter_mut().find(|table| table.kind.code == name) else { continue };
        let mut cells: Vec<String> = cells.collect();
        cells.resize(table.kind.columns.len(), String::new());
        table.rows.push(TableRow { number, cells });
    }
    let read = scheme_of(&tables);
    let sound = read.faults.iter().all(|fault| fault.severity == Severity::Warning);
    assert_eq!(read.scheme.is_some(), sound, "{:?}", read.faults);
    for fault in &read.faults {
        assert!(!fault.text.zh.is_empty() && !fault.text.en.is_empty(), "{fault:?}");
    }
    if let Some(scheme) = read.scheme {
        let again = scheme_of(&tables_of(&scheme));
        let back = again.scheme.unwrap_or_else(|| panic!("{:?}", again.faults));
        assert_eq!(format!("{:?}", back.scheme), format!("{:?}", scheme.scheme));
    }
}

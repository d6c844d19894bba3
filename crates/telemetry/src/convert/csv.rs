//! A wide CSV: one column of time, one for each signal.
//!
//! The separator is the one of `;`, tab and `,` that stands most often in the header. A decimal comma is read where the
//! separator is another one. A header may name a unit: `force [N]` or `force (N)`. What a column holds, all its cells decide together:
//! true and false, whole numbers, numbers, or text.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::Text;
use referee::{Quality, SignalDecl, SignalKind, Value};

use super::{ConvertFault, Found, Options, Report, decl, time, ur3};
use crate::tick::shortened;
use crate::{Limits, Reading, RunMetadata, Tick, check_signal};

struct Column {
    ix: usize,
    /// As the header has it.
    title: String,
    name: Arc<str>,
    kind: SignalKind,
}

pub(super) fn read(text: &str, options: &Options) -> Result<Found, ConvertFault> {
    let separator = separator_of(text.lines().next().unwrap_or_default());
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(unreadable)?.clone();
    let titles: Vec<&str> = header.iter().map(str::trim).collect();
    let rows: Vec<(u64, csv::StringRecord)> = reader
        .records()
        .map(|row| row.map(|row| (row.position().map_or(0, csv::Position::line), row)))
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    // A decimal comma between commas moves all values behind it by a column: such a row says nothing that is sure.
    let is_shifted = |row: &csv::StringRecord| row.iter().skip(titles.len()).any(|cell| !cell.trim().is_empty());
    let decimal_comma = separator != b',';
    let is_ur3 = ur3::is_meant(&titles);
    let mut report = Report::new(if is_ur3 { "UR3 CobotOps CSV" } else { "CSV" });
    let clock = time_column(&titles)?;
    let straight: Vec<&csv::StringRecord> = rows.iter().map(|(_, row)| row).filter(|row| !is_shifted(row)).collect();
    let (columns, about) = if is_ur3 {
        (ur3_columns(&titles), ur3::about())
    } else {
        (generic_columns(&titles, clock, &straight, decimal_comma, &mut report)?, RunMetadata::default())
    };
    report.signals = columns.iter().map(|column| decl(column.name.to_string(), column.kind.clone())).collect();
    let station: Arc<str> = options.station.as_deref().unwrap_or(if is_ur3 { "ur3" } else { "S01" }).into();
    let mut ticks = Vec::with_capacity(rows.len());
    for (line, row) in &rows {
        report.rows += 1;
        if is_shifted(row) {
            report.skipped.add(
                *line,
                format!("有 {} 列，应有 {} 列；以逗号分列时，小数点写作 `.`", row.len(), titles.len()),
                format!(
                    "it has {} columns instead of {}; between commas write decimals with a point",
                    row.len(),
                    titles.len()
                ),
            );
            continue;
        }
        let cell = |ix: usize| row.get(ix).unwrap_or_default().trim();
        if row.len() < titles.len() && columns.iter().any(|column| column.ix >= row.len()) {
            report.unreadable.add(
                *line,
                format!("只有 {} 列，应有 {} 列，缺少的视为未读到", row.len(), titles.len()),
                format!("{} columns instead of {}: the missing ones count as not read", row.len(), titles.len()),
            );
        }
        let Some(at) = time::parse(cell(clock)) else {
            let shown = shortened(cell(clock));
            report.skipped.add(*line, format!("时间“{shown}”无法读取"), format!("the time {shown:?} can't be read"));
            continue;
        };
        let mut readings = Vec::with_capacity(columns.len());
        for column in &columns {
            let cell = cell(column.ix);
            let reading = value_of(cell, &column.kind, decimal_comma);
            if reading.is_none() && !cell.is_empty() {
                let (title, shown, kind) = (&column.title, shortened(cell), column.kind.code());
                report.unreadable.add(
                    *line,
                    format!("列 {title}：“{shown}”不是 {kind}"),
                    format!("column {title}: {shown:?} is no {kind}"),
                );
            }
            readings.push((column.name.clone(), reading));
        }
        ticks.push((*line, Tick { station: station.clone(), at, readings, quality: Quality::Good }));
    }
    Ok(Found { report, ticks, about })
}

pub(super) fn unreadable(error: csv::Error) -> ConvertFault {
    ConvertFault::input(format!("CSV 无法读取：{error}"), format!("the CSV can't be read: {error}"))
}

pub(super) fn separator_of(header: &str) -> u8 {
    let often = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    // On a tie the first of the list wins, and max_by_key keeps the last: so the list stands in reverse.
    [b',', b'\t', b';'].into_iter().max_by_key(often).unwrap_or(b',')
}

pub(super) fn time_column(titles: &[&str]) -> Result<usize, ConvertFault> {
    let called =
        |wanted: &[&str]| titles.iter().position(|title| wanted.contains(&title.to_ascii_lowercase().as_str()));
    called(&["timestamp", "time", "t", "ts", "datetime", "时间"])
        .or_else(|| titles.iter().position(|title| title.to_ascii_lowercase().contains("time")))
        .ok_or_else(|| {
            let shown = shortened(&titles.join(", "));
            ConvertFault::input(
                format!("没有时间列：需要名为 timestamp、time 或 t 的列，表头为 {shown}"),
                format!("there is no column of time: one named timestamp, time or t is needed, the header is {shown}"),
            )
        })
}

fn ur3_columns(titles: &[&str]) -> Vec<Column> {
    let column = |(ix, title): (usize, &&str)| {
        let SignalDecl { name, kind, .. } = ur3::signal(title)?;
        Some(Column { ix, title: (*title).to_owned(), name: name.into(), kind })
    };
    titles.iter().enumerate().filter_map(column).collect()
}

fn generic_columns(
    titles: &[&str],
    clock: usize,
    rows: &[&csv::StringRecord],
    decimal_comma: bool,
    report: &mut Report,
) -> Result<Vec<Column>, ConvertFault> {
    let mut columns = Vec::new();
    let mut names = HashSet::new();
    for (ix, title) in titles.iter().enumerate().filter(|(ix, _)| *ix != clock) {
        let cells = || rows.iter().filter_map(|row| row.get(ix)).map(str::trim).filter(|cell| !cell.is_empty());
        if title.is_empty() {
            let lost = cells().count();
            if lost > 0 {
                report.notes.push(Text::new(
                    format!("第 {} 列没有列名，其 {lost} 个值未转换", ix + 1),
                    format!("column {} has no name: its {lost} values were left out", ix + 1),
                ));
            }
            continue;
        }
        let (name, unit) = name_and_unit(title);
        if check_signal(&name).is_err() || !names.insert(name.clone()) {
            return Err(ConvertFault::input(
                format!("列名“{}”不能成为信号名（“{name}”无效或重复）", shortened(title)),
                format!(
                    "column {:?} can't become a signal: {name:?} is no name or stands there twice",
                    shortened(title)
                ),
            ));
        }
        let kind = [SignalKind::Bool, SignalKind::Integer, SignalKind::Real { unit: String::new() }]
            .into_iter()
            .find(|kind| {
                cells().next().is_some()
                    && cells().all(|cell| is_unread(cell) || value_of(cell, kind, decimal_comma).is_some())
            })
            .unwrap_or(SignalKind::Text);
        let kind = match kind {
            SignalKind::Integer | SignalKind::Real { .. } if !unit.is_empty() => SignalKind::Real { unit },
            kind => kind,
        };
        columns.push(Column { ix, title: (*title).to_owned(), name: name.into(), kind });
    }
    if columns.is_empty() {
        return Err(ConvertFault::input("没有信号列", "there is no column beside the time"));
    }
    Ok(columns)
}

/// `Tool force (N)` is signal `tool_force` in N.
fn name_and_unit(title: &str) -> (String, String) {
    let bracket = title.find(['[', '(']);
    let (words, unit) = match bracket {
        Some(at) if title.ends_with([']', ')']) => (&title[..at], title[at + 1..title.len() - 1].trim()),
        _ => (title, ""),
    };
    let mut name = String::new();
    for c in words.trim().chars() {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_lowercase()),
            _ if name.ends_with('_') || name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    (name.trim_end_matches('_').to_owned(), unit.to_owned())
}

/// The words by which programs say that there is no number.
fn is_unread(cell: &str) -> bool {
    matches!(
        cell.to_ascii_lowercase().as_str(),
        "nan" | "-nan" | "inf" | "-inf" | "infinity" | "-infinity" | "null" | "n/a" | "na"
    )
}

fn value_of(cell: &str, kind: &SignalKind, decimal_comma: bool) -> Reading {
    match kind {
        SignalKind::Bool => match cell {
            "True" | "true" | "TRUE" => Some(Value::Bool(true)),
            "False" | "false" | "FALSE" => Some(Value::Bool(false)),
            _ => None,
        },
        SignalKind::Integer => cell.parse().ok().map(Value::Integer),
        SignalKind::Real { .. } => {
            let with_point;
            let cell = if decimal_comma && cell.contains(',') {
                with_point = cell.replacen(',', ".", 1);
                &with_point
            } else {
                cell
            };
            cell.parse().ok().filter(|value: &f64| value.is_finite()).map(Value::Real)
        }
        SignalKind::Text if cell.is_empty() || cell.len() > Limits::default().text_len_max => None,
        SignalKind::Text => Some(Value::Text(cell.into())),
    }
}

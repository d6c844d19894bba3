//! The same workbook with one more column: what is wrong in each row. Everything else in it (formats, other sheets, notes) stays as its
//! author made it, byte for byte: only the first sheet's rows get a cell more.
//!
//! Invariant: a workbook that was annotated before keeps one such column; its old remarks give way to the new ones.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use kernel::Text;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::workbook::ReadSheet;

/// Over the column of remarks.
pub const HEADING: &str = "问题 Problems";
/// Excel knows so many columns; a file with one more it calls damaged.
const EXCEL_COLUMNS: u32 = 16_384;
/// Excel takes so many characters in a cell.
const CELL_CHARS_MOST: usize = 32_000;

/// Why a workbook that could be read can't be written again with remarks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unannotated {
    NoRoom,
    /// Whoever wrote it did so in a way that reading forgives and Excel may not.
    Odd,
}

impl Unannotated {
    pub fn says(self) -> Text {
        match self {
            Self::NoRoom => Text::new(
                "第一张表用到了 Excel 的最后一列（XFD），没有地方写问题：请删除最右边的各列再试；问题在网页上照样列出",
                "The first sheet uses Excel's last column (XFD), so there is no room for the problems: delete the columns on the far \
                 right and try again; the page lists the problems all the same",
            ),
            Self::Odd => Text::new(
                "这个文件的内部结构不规范，无法写入批注：请用 Excel 打开后另存为 .xlsx 再试；问题在网页上照样列出",
                "This file is built in an unusual way, so the problems can't be written into it: open it in Excel, save it as .xlsx \
                 and try again; the page lists the problems all the same",
            ),
        }
    }
}

/// Writes `notes`, by row as Excel counts, into a column of their own. The workbook has been read and fits ([`super::unpacked`]).
pub fn annotate(bytes: &[u8], sheet: &ReadSheet, notes: &BTreeMap<u32, String>) -> Result<Vec<u8>, Unannotated> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unannotated::Odd)?;
    let (part, xml) = first_sheet(&mut archive).ok_or(Unannotated::Odd)?;
    let mut remarks = notes.clone();
    remarks.insert(sheet.heading_row, HEADING.to_owned());
    let last = last_column(&xml).ok_or(Unannotated::Odd)?;
    let old = sheet.problems_at.filter(|before| *before == last);
    let column = old.unwrap_or(last.saturating_add(1));
    if column > EXCEL_COLUMNS {
        return Err(Unannotated::NoRoom);
    }
    let annotated = with_remarks(&xml, column, old.is_some(), &remarks).ok_or(Unannotated::Odd)?;
    rewritten(archive, part, &annotated).map_err(|_| Unannotated::Odd)
}

/// The same archive with another text in one of its parts.
fn rewritten(mut archive: Archive<'_>, part: usize, text: &str) -> zip::result::ZipResult<Vec<u8>> {
    let mut written = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let file = archive.by_index_raw(at)?;
        if at == part {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            written.start_file(file.name()?.into_owned(), options)?;
            written.write_all(text.as_bytes())?;
        } else {
            written.raw_copy_file(file)?;
        }
    }
    Ok(written.finish()?.into_inner())
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// A part by its path, as forgivingly as it is read: scripts write other cases, and backslashes.
fn part_of(archive: &mut Archive<'_>, path: &str) -> Option<(usize, String)> {
    let plain = |name: &str| name.replace('\\', "/").to_lowercase();
    let names: Vec<String> =
        archive.file_names().map(|name| name.ok().map(Cow::into_owned).unwrap_or_default()).collect();
    let found = names.iter().position(|name| name == path);
    let at = found.or_else(|| names.iter().position(|name| plain(name) == plain(path)))?;
    let mut text = String::new();
    archive.by_index(at).ok()?.read_to_string(&mut text).ok()?;
    Some((at, text))
}

/// The workbook's first sheet: the package names the workbook, the workbook's relations name the sheet.
fn first_sheet(archive: &mut Archive<'_>) -> Option<(usize, String)> {
    let (_, package) = part_of(archive, "_rels/.rels")?;
    let is_workbook = |one: &BytesStart<'_>| {
        attribute(one, "Type").is_some_and(|kind| kind.ends_with("/relationships/officeDocument"))
    };
    let path = attribute(elements(&package, "Relationship").iter().rfind(|one| is_workbook(one))?, "Target")?;
    let path = path.trim_start_matches('/');
    let (folder, name) = path.rfind('/').map_or(("", path), |slash| path.split_at(slash + 1));
    let (_, book) = part_of(archive, path)?;
    let relation = elements(&book, "sheet").into_iter().find_map(|sheet| attribute(&sheet, "id"))?;
    let (_, relations) = part_of(archive, &format!("{folder}_rels/{name}.rels"))?;
    let found =
        elements(&relations, "Relationship").into_iter().find(|one| attribute(one, "Id").as_ref() == Some(&relation));
    let target = attribute(&found?, "Target")?;
    match target.strip_prefix('/') {
        Some(absolute) => part_of(archive, absolute),
        None => part_of(archive, &format!("{folder}{target}")),
    }
}

fn elements<'x>(xml: &'x str, name: &str) -> Vec<BytesStart<'x>> {
    let mut reader = Reader::from_str(xml);
    let mut found = Vec::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == name => {
                found.push(element)
            }
            Event::Eof => break,
            _ => {}
        }
    }
    found
}

/// An attribute by its name without a prefix.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|one| one.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}

/// Where the reader is in a sheet: the rows and cells that say no number follow the one before.
#[derive(Default)]
struct Place {
    row: u32,
    column: u32,
}

impl Place {
    fn row(&mut self, element: &BytesStart<'_>) {
        self.row = attribute(element, "r").and_then(|row| row.parse().ok()).unwrap_or(self.row + 1);
        self.column = 0;
    }

    fn cell(&mut self, element: &BytesStart<'_>) {
        self.column = attribute(element, "r").and_then(|at| column_of(&at)).unwrap_or(self.column + 1);
    }
}

/// The column of `AB12`, from 1.
fn column_of(at: &str) -> Option<u32> {
    let letters = at.bytes().take_while(u8::is_ascii_alphabetic);
    let column = letters.fold(0u32, |sum, letter| {
        sum.saturating_mul(26).saturating_add(u32::from(letter.to_ascii_uppercase() - b'A' + 1))
    });
    (column > 0).then_some(column)
}

fn letters_of(mut column: u32) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        letters.push(b'A' + ((column - 1) % 26) as u8);
        column = (column - 1) / 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

/// The last column that any cell of the sheet stands in, be it empty.
fn last_column(xml: &str) -> Option<u32> {
    let (mut reader, mut place, mut last) = (Reader::from_str(xml), Place::default(), 0);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "row" => place.row(&element),
                "c" => {
                    place.cell(&element);
                    last = last.max(place.column);
                }
                _ => {}
            },
            Event::Eof => return Some(last),
            _ => {}
        }
    }
}

/// The sheet with a remark at the end of each row that has one, in a column that is new or holds old remarks. What is not a remark is copied
/// as it stands.
fn with_remarks(xml: &str, column: u32, is_old: bool, remarks: &BTreeMap<u32, String>) -> Option<String> {
    let old = is_old.then_some(column);
    let column = letters_of(column);
    let mut out = String::with_capacity(xml.len() + remarks.values().map(|remark| remark.len() + 80).sum::<usize>());
    let (mut reader, mut place, mut dropping) = (Reader::from_str(xml), Place::default(), false);
    let remark = |row: u32, name: &str| {
        // The cells of a sheet bear the prefix of its rows, if they have one.
        let prefix = name.strip_suffix("row").unwrap_or_default();
        let text = remarks.get(&row)?;
        Some(format!(
            "<{prefix}c r=\"{column}{row}\" t=\"inlineStr\"><{prefix}is><{prefix}t xml:space=\"preserve\">{}</{prefix}t></{prefix}is></{prefix}c>",
            cell_text(text)
        ))
    };
    loop {
        let from = reader.buffer_position() as usize;
        let event = reader.read_event().ok()?;
        let written = xml.get(from..reader.buffer_position() as usize)?;
        match event {
            Event::Eof => return Some(out),
            Event::Start(element) if element.local_name().as_ref() == "row" => {
                place.row(&element);
                out.push_str(&without_spans(written, &element));
            }
            Event::Empty(element) if element.local_name().as_ref() == "row" => {
                place.row(&element);
                let name = element.name().as_ref().to_owned();
                match (remark(place.row, &name), without_spans(written, &element).strip_suffix("/>")) {
                    (Some(cell), Some(open)) => out.push_str(&format!("{open}>{cell}</{name}>")),
                    _ => out.push_str(written),
                }
            }
            Event::End(element) if element.local_name().as_ref() == "row" => {
                out.push_str(&remark(place.row, element.name().as_ref()).unwrap_or_default());
                out.push_str(written);
            }
            Event::Start(element) if element.local_name().as_ref() == "c" => {
                place.cell(&element);
                dropping = old == Some(place.column);
                if !dropping {
                    out.push_str(written);
                }
            }
            Event::Empty(element) if element.local_name().as_ref() == "c" => {
                place.cell(&element);
                if old != Some(place.column) {
                    out.push_str(written);
                }
            }
            Event::End(element) if element.local_name().as_ref() == "c" && dropping => dropping = false,
            _ if dropping => {}
            _ => out.push_str(written),
        }
    }
}

/// A row may say how far its cells reach, which is no longer so.
fn without_spans(written: &str, row: &BytesStart<'_>) -> String {
    let Some(spans) = row.attributes().flatten().find(|one| one.key.as_ref() == "spans") else {
        return written.to_owned();
    };
    let value = &spans.value;
    written.replacen(&format!(" spans=\"{value}\""), "", 1).replacen(&format!(" spans='{value}'"), "", 1)
}

/// As XML takes it: it knows no control characters.
fn cell_text(text: &str) -> String {
    let kept = text
        .chars()
        .take(CELL_CHARS_MOST)
        .filter(|c| *c == '\n' || !(c.is_control() || matches!(*c, '\u{fffe}' | '\u{ffff}')));
    let mut out = String::with_capacity(text.len());
    for c in kept {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remarked(xml: &str, before: Option<u32>, rows: &[(u32, &str)]) -> String {
        let last = last_column(xml).unwrap();
        let old = before.filter(|before| *before == last);
        with_remarks(
            xml,
            old.unwrap_or(last + 1),
            old.is_some(),
            &rows.iter().map(|(row, text)| (*row, (*text).to_owned())).collect(),
        )
        .unwrap()
    }

    fn cell(at: &str, text: &str) -> String {
        format!("<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
    }

    #[test]
    fn a_remark_stands_at_the_end_of_its_row_and_all_else_as_it_was() {
        let cases = [
            // A row with a number, one without, one that is empty, spans, an empty cell beyond the others.
            (
                "<sheetData><row r=\"1\" spans=\"1:2\"><c r=\"A1\"/><c r=\"C1\" s=\"3\"/></row><row/><row r=\"9\"><c><v>1</v></c></row></sheetData>",
                format!(
                    "<sheetData><row r=\"1\"><c r=\"A1\"/><c r=\"C1\" s=\"3\"/>{}</row><row>{}</row><row r=\"9\"><c><v>1</v></c>{}</row></sheetData>",
                    cell("D1", "甲"),
                    cell("D2", "乙 &lt;b&gt; &amp;"),
                    cell("D9", "丙")
                ),
            ),
            // Nothing to say of a row.
            ("<row r='5'><c r='A5'><v>&lt;</v></c></row>", "<row r='5'><c r='A5'><v>&lt;</v></c></row>".to_owned()),
        ];
        for (xml, expected) in cases {
            let rows = [(1, "甲"), (2, "乙 <b> &\u{7}"), (9, "丙")];
            assert_eq!(remarked(xml, None, &rows), expected);
        }
    }

    #[test]
    fn old_remarks_give_way_to_new_ones() {
        let old = format!(
            "<row r=\"1\"><c r=\"A1\"/>{}</row><row r=\"2\"><c r=\"A2\"/>{}</row>",
            cell("B1", "旧"),
            cell("B2", "旧")
        );
        let new = format!("<row r=\"1\"><c r=\"A1\"/>{}</row><row r=\"2\"><c r=\"A2\"/></row>", cell("B1", "新"));
        assert_eq!(remarked(&old, Some(2), &[(1, "新")]), new);
        // Where somebody has written beyond them, they stay his.
        let beyond = "<row r=\"1\"><c r=\"B1\"/><c r=\"C1\"/></row>";
        assert_eq!(
            remarked(beyond, Some(2), &[(1, "新")]),
            format!("<row r=\"1\"><c r=\"B1\"/><c r=\"C1\"/>{}</row>", cell("D1", "新"))
        );
    }

    #[test]
    fn a_sheet_with_a_prefix_keeps_it() {
        let xml = "<x:row r=\"2\"><x:c r=\"Z2\"/></x:row>";
        let expected = "<x:row r=\"2\"><x:c r=\"Z2\"/><x:c r=\"AA2\" t=\"inlineStr\"><x:is><x:t xml:space=\"preserve\">空</x:t></x:is></x:c></x:row>";
        assert_eq!(remarked(xml, None, &[(2, "空")]), expected);
    }

    #[test]
    fn columns_by_letters() {
        for (letters, column) in [("A", 1), ("Z", 26), ("AA", 27), ("AZ", 52), ("XFD", 16_384)] {
            assert_eq!((letters_of(column), column_of(&format!("{letters}7"))), (letters.to_owned(), Some(column)));
        }
        assert_eq!(column_of("7"), None);
    }
}

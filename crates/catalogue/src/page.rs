//! Reading a page field by field: what is missing, unknown or of the wrong kind is noted, and reading goes on.

use std::collections::HashMap;

use kernel::suggestion::meant;
use kernel::{Mark, Suggestion, Text};
use referee::Piece;

use crate::Diagnostic;
use crate::faults::Faults;
use crate::shape::{Document, Shape};
use crate::tree::{Node, Place, Tree};

/// The faults found so far, and where each part of the document stands.
pub(crate) struct Page {
    /// What may be written here.
    document: &'static Document,
    pub faults: Faults,
    /// By path; with the inset of a scalar's text, where it has one on its line.
    places: HashMap<String, (Place, Option<u32>)>,
    /// Paths that are written somewhere else: a named phase under the rules that use it.
    elsewhere: Vec<(String, String)>,
    /// Numbers of which only the part before a comma was read: what is made of them means nothing.
    parted: Vec<String>,
    /// What can be checked alone, by path, for rules and phases that don't come to be compiled.
    pub pieces: Vec<(String, Piece)>,
    /// By path without indices.
    shapes: HashMap<String, Option<&'static Shape>>,
}

/// A number is looked at with so many parts behind its commas.
const PARTS_MOST: usize = 8;

/// What is expected at a place.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    Map,
    List,
    Single,
}

impl Page {
    /// A page of this kind of file, with the faults that were found before it was read.
    pub fn reading(document: &'static Document, faults: Vec<Diagnostic>) -> Page {
        Page {
            document,
            faults: Faults::of(faults),
            places: HashMap::new(),
            elsewhere: Vec::new(),
            parted: Vec::new(),
            pieces: Vec::new(),
            shapes: HashMap::new(),
        }
    }

    pub fn error(
        &mut self,
        place: Place,
        path: &str,
        zh: impl Into<String>,
        en: impl Into<String>,
        suggestion: Suggestion,
    ) {
        self.faults.add(Diagnostic::error(place, path, zh, en, suggestion));
    }

    pub fn warn(
        &mut self,
        place: Place,
        path: &str,
        zh: impl Into<String>,
        en: impl Into<String>,
        suggestion: Suggestion,
    ) {
        self.faults.add(Diagnostic::warning(place, path, zh, en, suggestion));
    }

    /// Remembers where a path stands.
    pub fn note(&mut self, path: &str, tree: &Tree) {
        let inset = if let Node::Scalar { inset, .. } = tree.node { inset } else { None };
        self.places.insert(path.to_owned(), (tree.place, inset));
    }

    /// Remembers where a word of no value of its own stands: a key that names something.
    pub fn note_key(&mut self, path: String, place: Place) {
        self.places.insert(path, (place, None));
    }

    pub fn alias(&mut self, path: String, written_at: String) {
        self.elsewhere.push((path, written_at));
    }

    /// Whether what stands at this path is written in a declared phase.
    pub fn is_in_phase(&self, path: &str) -> bool {
        self.elsewhere.iter().any(|(alias, at)| at.starts_with("phases.") && path.starts_with(alias.as_str()))
    }

    /// The place of a path, or of the nearest part around it; with a column inside a scalar's text.
    pub fn place(&self, path: &str, column: Option<u32>) -> Place {
        let written = self
            .elsewhere
            .iter()
            .find_map(|(alias, at)| path.strip_prefix(alias.as_str()).map(|rest| format!("{at}{rest}")))
            .unwrap_or_else(|| path.to_owned());
        let mut around = written.as_str();
        loop {
            if let Some((place, inset)) = self.places.get(around) {
                let inside = match (around.len() == written.len(), column, inset) {
                    (true, Some(column), Some(inset)) => inset + column.saturating_sub(1),
                    _ => 0,
                };
                return Place { column: place.column + inside, ..*place };
            }
            match around.rfind(['.', '[']) {
                Some(end) => around = &around[..end],
                None => return Place { line: 1, column: 1 },
            }
        }
    }

    /// Whether something at, above or below this path has been faulted already.
    pub fn is_faulted(&self, path: &str) -> bool {
        self.faults.concern(path)
    }

    /// Whether the part at this path is or holds a number that a comma has parted.
    pub fn is_parted(&self, path: &str) -> bool {
        self.parted.iter().any(|parted| is_within(parted, path))
    }

    /// How the part at a path is written.
    pub fn example(&self, path: &str) -> String {
        self.document.example(path)
    }

    /// The advice to add what stands at no place yet.
    pub fn added(&self, path: &str) -> Suggestion {
        let such = self.example(path);
        Suggestion::advice(format!("加上 `{such}`"), format!("add `{such}`"))
    }

    /// Opens a map; anything else is a fault and reads as an empty one.
    pub fn fields<'t>(&mut self, tree: &'t Tree, path: &str) -> Fields<'t> {
        self.note(path, tree);
        let mut entries = Vec::new();
        let mut sound = true;
        match &tree.node {
            Node::Map(pairs) => {
                for (key, tree) in pairs {
                    match &key.node {
                        Node::Scalar { text, .. } => {
                            entries.push(Entry { key: text, meant: text, place: key.place, tree })
                        }
                        _ => {
                            let suggestion = Suggestion::advice("写成 `名称: 值`", "write it as `name: value`");
                            self.error(key.place, path, "键不是文本", "a key is no text", suggestion);
                        }
                    }
                }
            }
            _ => {
                sound = false;
                self.wrong_shape(tree, path, Wanted::Map);
            }
        }
        settle_slips(&mut entries, self.fields_of(path));
        Fields {
            #[cfg(test)]
            document: self.document,
            path: path.to_owned(),
            place: tree.place,
            entries,
            known: Vec::new(),
            sound,
        }
    }

    /// The fields that a map at this path may have.
    fn fields_of(&mut self, path: &str) -> &'static [&'static str] {
        let plain = path.chars().filter(|c| !c.is_ascii_digit()).collect();
        let document = self.document;
        self.shapes.entry(plain).or_insert_with(|| document.shape(path)).map_or(&[], |shape| shape.fields)
    }

    pub fn items<'t>(&mut self, tree: &'t Tree, path: &str) -> &'t [Tree] {
        self.note(path, tree);
        match &tree.node {
            Node::List(items) => items,
            _ => {
                self.wrong_shape(tree, path, Wanted::List);
                &[]
            }
        }
    }

    fn wrong_shape(&mut self, tree: &Tree, path: &str, wanted: Wanted) {
        let (zh, en) = match wanted {
            Wanted::Map => ("映射（字段: 值）", "a map (field: value)"),
            Wanted::List => ("列表", "a list"),
            Wanted::Single => ("单个值", "a single value"),
        };
        let (is_zh, is_en) = tree.shape();
        self.error(
            tree.place,
            path,
            format!("这里应为{zh}，而不是{is_zh}"),
            format!("{en} is expected here, not {is_en}"),
            Suggestion::write(self.example(path)),
        );
    }

    pub fn scalar(&mut self, tree: &Tree, path: &str) -> Option<String> {
        self.note(path, tree);
        match &tree.node {
            Node::Scalar { text, .. } => Some(text.clone()),
            _ => {
                self.wrong_shape(tree, path, Wanted::Single);
                None
            }
        }
    }

    pub fn condition(&mut self, tree: &Tree, path: &str) -> Option<String> {
        self.piece(tree, path, Piece::Condition)
    }

    pub fn duration(&mut self, tree: &Tree, path: &str) -> Option<String> {
        self.piece(tree, path, Piece::Duration)
    }

    /// A single value that the referee can check by itself.
    pub fn piece(&mut self, tree: &Tree, path: &str, kind: fn(String) -> Piece) -> Option<String> {
        let text = self.scalar(tree, path)?;
        self.pieces.push((path.to_owned(), kind(text.clone())));
        Some(text)
    }

    /// Both languages.
    pub fn text(&mut self, tree: &Tree, path: &str) -> Text {
        if let Node::Scalar { text, .. } = &tree.node {
            self.error(
                tree.place,
                path,
                "只写了一种语言",
                "it is said in one language only",
                Suggestion::write(if text.is_ascii() {
                    format!("{{zh: …, en: {text}}}")
                } else {
                    format!("{{zh: {text}, en: …}}")
                }),
            );
            return Text::new(text.clone(), text.clone());
        }
        let mut fields = self.fields(tree, path);
        let mut said = |page: &mut Page, lang| {
            let words = fields.required(page, lang).and_then(|tree| page.scalar(tree, &format!("{path}.{lang}")));
            words.unwrap_or_default().trim().to_owned()
        };
        let text = Text { zh: said(self, "zh"), en: said(self, "en") };
        fields.end(self);
        text
    }

    pub fn marks(&mut self, tree: &Tree, path: &str) -> Option<Mark> {
        let written = self.scalar(tree, path)?;
        let such = self.example(path);
        let suggestion = referee::with_point(&written).unwrap_or_else(|| {
            Suggestion::advice(
                format!("写最多两位小数的分值，例如 `{such}`"),
                format!("write marks with at most two decimals, such as `{such}`"),
            )
        });
        self.read(tree, path, &written, ("分值", "mark"), suggestion)
    }

    pub fn whole(&mut self, tree: &Tree, path: &str) -> Option<u32> {
        let written = self.scalar(tree, path)?;
        self.read(tree, path, &written, ("整数", "whole number"), Suggestion::write(self.example(path)))
    }

    pub fn yes_no(&mut self, tree: &Tree, path: &str) -> Option<bool> {
        let written = self.scalar(tree, path)?;
        let suggestion = match written.to_lowercase().as_str() {
            "yes" | "on" | "y" | "1" | "是" | "真" => Suggestion::replace("true"),
            "no" | "off" | "n" | "0" | "否" | "假" => Suggestion::replace("false"),
            other => Suggestion::among(other, ["true", "false"]),
        };
        self.read(tree, path, &written, ("真假值", "truth value"), suggestion)
    }

    pub fn read<T: std::str::FromStr>(
        &mut self,
        tree: &Tree,
        path: &str,
        written: &str,
        (zh, en): (&str, &str),
        suggestion: Suggestion,
    ) -> Option<T> {
        let read = written.parse().ok();
        if read.is_none() {
            let (zh, en) = (format!("`{written}` 不是{zh}"), format!("`{written}` is no {en}"));
            self.error(tree.place, path, zh, en, suggestion);
        }
        read
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, tree: &Tree, path: &str, words: &[(&str, T)]) -> Option<T> {
        let written = self.scalar(tree, path)?;
        if let Some((_, meant)) = words.iter().find(|(word, _)| *word == written) {
            return Some(*meant);
        }
        let suggestion = Suggestion::among(&written, words.iter().map(|(word, _)| *word));
        self.error(tree.place, path, format!("不认识 `{written}`"), format!("`{written}` is unknown"), suggestion);
        None
    }
}

/// Whether the part at a path is the one at `around`, or stands in it.
fn is_within(path: &str, around: &str) -> bool {
    path.strip_prefix(around).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// A key with its value.
struct Entry<'t> {
    key: &'t str,
    /// The field as which it is read: the key, or the one that was certainly meant by it.
    meant: &'t str,
    place: Place,
    tree: &'t Tree,
}

impl Entry<'_> {
    /// A number that stands where a key belongs: what a comma has parted from the one before.
    fn is_part(&self) -> bool {
        self.tree.node == Node::Nothing && self.key.starts_with(|c: char| c.is_ascii_digit())
    }
}

/// Reads a key that is no field as the one field that is near and isn't written here. It stays a fault; but what stands
/// behind it is looked at as well, and isn't said to be missing.
fn settle_slips(entries: &mut [Entry<'_>], fields: &'static [&'static str]) {
    if entries.iter().all(|entry| fields.contains(&entry.key)) {
        return;
    }
    let mut free: Vec<&'static str> =
        fields.iter().copied().filter(|field| entries.iter().all(|entry| entry.key != *field)).collect();
    for entry in entries.iter_mut().filter(|entry| !fields.contains(&entry.key)) {
        if let Some(field) = meant(entry.key, free.iter().copied()) {
            entry.meant = field;
            free.retain(|other| *other != field);
        }
    }
}

/// A map that is being read. Whatever nobody asked for is unknown.
pub(crate) struct Fields<'t> {
    #[cfg(test)]
    document: &'static Document,
    pub path: String,
    pub place: Place,
    entries: Vec<Entry<'t>>,
    known: Vec<&'static str>,
    sound: bool,
}

impl<'t> Fields<'t> {
    pub fn at(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }

    pub fn optional(&mut self, field: &'static str) -> Option<&'t Tree> {
        #[cfg(test)]
        assert!(
            self.document.shape(&self.path).is_none_or(|shape| shape.fields.contains(&field)),
            "{} {field}",
            self.path
        );
        if !self.known.contains(&field) {
            self.known.push(field);
        }
        self.entries.iter().find(|entry| entry.meant == field).map(|entry| entry.tree)
    }

    pub fn required(&mut self, page: &mut Page, field: &'static str) -> Option<&'t Tree> {
        let found = self.optional(field);
        if found.is_none() && self.sound {
            let path = self.at(field);
            let suggestion = page.added(&path);
            page.error(self.place, &path, format!("缺少 `{field}`"), format!("`{field}` is missing"), suggestion);
        }
        found
    }

    /// A fault of the whole map, unless it is none at all.
    pub fn fault(&self, page: &mut Page, zh: impl Into<String>, en: impl Into<String>, suggestion: Suggestion) {
        if self.sound {
            page.error(self.place, &self.path, zh, en, suggestion);
        }
    }

    /// A fault of one field, or of the map where the field should be.
    pub fn fault_at(
        &self,
        page: &mut Page,
        field: &str,
        zh: impl Into<String>,
        en: impl Into<String>,
        suggestion: Suggestion,
    ) {
        if self.sound {
            let place = self.entries.iter().find(|entry| entry.meant == field).map_or(self.place, |entry| entry.place);
            page.error(place, &self.at(field), zh, en, suggestion);
        }
    }

    /// Everything in the order of the file, for maps whose keys are names.
    pub fn named(&mut self) -> Vec<(&'t str, Place, &'t Tree)> {
        std::mem::take(&mut self.entries).into_iter().map(|entry| (entry.key, entry.place, entry.tree)).collect()
    }

    /// Which of these fields are there.
    pub fn among(&self, fields: &[&'static str]) -> Vec<&'static str> {
        fields.iter().copied().filter(|field| self.entries.iter().any(|entry| entry.meant == *field)).collect()
    }

    /// Any field may be right: which ones belong here isn't known.
    pub fn any(&mut self, page: &mut Page) {
        self.known = page.fields_of(&self.path).to_vec();
    }

    pub fn end(self, page: &mut Page) {
        let (mut parted, mut last_part) = (None, None);
        for (ix, entry) in self.entries.iter().enumerate() {
            if self.known.contains(&entry.key) {
                continue;
            }
            if page.faults.are_enough() {
                break;
            }
            // One part more of a number that was faulted.
            if last_part.is_some_and(|last| last + 1 == ix) && entry.is_part() {
                last_part = Some(ix);
                continue;
            }
            // Between brackets `full: 1,5N` is two fields.
            if let Some((field, written)) = self.number_before(ix) {
                if parted != Some(field)
                    && let Some(suggestion) = referee::with_point(&written)
                {
                    let place = self.entries[field].tree.place;
                    let (zh, en) =
                        (format!("数 `{written}` 里有逗号"), format!("there is a comma in the number `{written}`"));
                    let path = self.at(self.entries[field].key);
                    page.error(place, &path, zh, en, suggestion);
                    page.parted.push(path);
                    parted = Some(field);
                }
                if parted == Some(field) {
                    last_part = Some(ix);
                    continue;
                }
            }
            let (zh, en) =
                (format!("没有 `{}` 这个字段", entry.key), format!("there is no field `{}` here", entry.key));
            page.error(entry.place, &self.at(entry.key), zh, en, self.instead(entry));
        }
    }

    /// The field whose number a comma has parted, of which this entry is a part; with the whole number as it stands on the page.
    fn number_before(&self, ix: usize) -> Option<(usize, String)> {
        let field = (0..ix).rev().find(|before| !self.entries[*before].is_part())?;
        let Node::Scalar { text, .. } = &self.entries[field].tree.node else { return None };
        let number = text.rsplit([' ', '<', '>', '=', '(']).next().filter(|number| !number.is_empty())?;
        let (mut written, place) = (number.to_owned(), self.entries[field].tree.place);
        let mut column = place.column + text.chars().count() as u32;
        // Nobody groups a number into more.
        let parts = self.entries[field + 1..].iter().take_while(|entry| entry.is_part()).take(PARTS_MOST);
        for part in parts {
            // Right behind it: a comma and no blank.
            if (part.place.line, part.place.column) != (place.line, column + 1) {
                return None;
            }
            written.push(',');
            written.push_str(part.key);
            column += 1 + part.key.chars().count() as u32;
        }
        self.entries[ix].is_part().then_some((field, written))
    }

    /// What to write instead of a key that is no field.
    fn instead(&self, entry: &Entry<'_>) -> Suggestion {
        let is_read = entry.meant != entry.key && self.known.contains(&entry.meant);
        let is_there = |field: &str| self.entries.iter().any(|entry| entry.meant == field);
        if let Some((field, value)) = entry.key.split_once([':', '：']).filter(|_| !is_read) {
            return Suggestion::write(format!("{}: {}", field.trim(), value.trim()));
        }
        if is_read {
            return Suggestion::replace(entry.meant);
        }
        let free: Vec<&str> = self.known.iter().copied().filter(|field| !is_there(field)).collect();
        if let Some(near) = Suggestion::near(entry.key, free.iter().copied()) {
            return near;
        }
        if let Some(written) = kernel::suggestion::nearest(entry.key, self.known.iter().copied()) {
            return Suggestion::advice(
                format!("已经写了 `{written}`，去掉 `{}`", entry.key),
                format!("`{written}` is written already, remove `{}`", entry.key),
            );
        }
        let list = self.known.join(", ");
        Suggestion::advice(format!("去掉它；可以写：{list}"), format!("remove it; possible are {list}"))
    }
}

#[cfg(test)]
mod tests {
    /// In tests a field that is asked for and isn't in its map's shape breaks the reader.
    #[test]
    fn every_field_that_is_read_is_in_the_shape_of_its_map() {
        for shipped in crate::SHIPPED_SCHEMES {
            assert!(crate::load_scheme(shipped.source).0.is_some());
        }
        let head =
            "rules:\n  - {id: a, aspect: A, says: {zh: 一, en: One}, during: {from: {rises: a}, to: {falls: a}}, ";
        for pattern in [
            "on: {holds: a, for: 2s}",
            "on: {rises: a}, check: {held: a, for: 2s}",
            "on: {rises: a}, check: {percentile: x, p: 95, over: 2s, between: [1, 2]}",
            "on: {rises: a}, then: {falls: a, within: 2s, unless: {changes: a}}",
            "on: {rises: a}, without: {falls: a, before: 2s}",
            "absent: {rises: a}, by: 2s",
            "sequence: [{rises: a}, {falls: a, within: 2s}], within: 5s, per: step",
            "forbidden: [{rises: a}, {request: any}]",
            "while: a, per: second",
            "count: {agree: {witnesses: [a, b], at_least: 2, within: 1s}, curve: [[1, 1], [2, 2]]}",
            "measure: {from: {begins: run}, to: {ends: run}, tolerance: {target: 1s, full: 1s, zero: 2s}}",
            "check: {share_in_band: x, band: [1, 2], between: [1, 2]}",
            "on: {}, count: {}",
            "check: {}",
        ] {
            assert!(crate::load_scheme(&format!("{head}{pattern}, award: 1}}\n")).0.is_none());
        }
    }
}

//! Reading a page field by field: what is missing, unknown or of the wrong kind is noted, and reading goes on.

use std::collections::HashMap;

use kernel::{Mark, Text};

use crate::Diagnostic;
use crate::tree::{Node, Place, Tree};

/// The faults found so far, and where each part of the document stands.
#[derive(Default)]
pub(crate) struct Page {
    pub faults: Vec<Diagnostic>,
    /// By path; with the inset of a scalar's text, where it has one on its line.
    places: HashMap<String, (Place, Option<u32>)>,
    /// Paths that are written somewhere else: a named phase under the rules that use it.
    elsewhere: Vec<(String, String)>,
}

impl Page {
    pub fn error(&mut self, place: Place, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Diagnostic::error(place, path, zh, en));
    }

    /// Remembers where a path stands.
    pub fn note(&mut self, path: &str, tree: &Tree) {
        let inset = if let Node::Scalar { inset, .. } = tree.node { inset } else { None };
        self.places.insert(path.to_owned(), (tree.place, inset));
    }

    pub fn alias(&mut self, path: String, written_at: String) {
        self.elsewhere.push((path, written_at));
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
        self.faults.iter().any(|fault| {
            fault.severity == crate::Severity::Error
                && !fault.path.is_empty()
                && (path.starts_with(&fault.path) || fault.path.starts_with(path))
        })
    }

    /// Opens a map; anything else is a fault and reads as an empty one.
    pub fn fields<'t>(&mut self, tree: &'t Tree, path: &str) -> Fields<'t> {
        self.note(path, tree);
        let mut fields =
            Fields { path: path.to_owned(), place: tree.place, entries: Vec::new(), known: Vec::new(), sound: true };
        match &tree.node {
            Node::Map(entries) => {
                for (key, value) in entries {
                    match &key.node {
                        Node::Scalar { text, .. } => fields.entries.push((text, key.place, value)),
                        _ => self.error(key.place, path, "键应为文本", "a key must be a text"),
                    }
                }
            }
            _ => {
                fields.sound = false;
                self.wrong_shape(tree, path, "映射（字段: 值）", "a map (field: value)");
            }
        }
        fields
    }

    pub fn items<'t>(&mut self, tree: &'t Tree, path: &str) -> &'t [Tree] {
        self.note(path, tree);
        match &tree.node {
            Node::List(items) => items,
            _ => {
                self.wrong_shape(tree, path, "列表", "a list");
                &[]
            }
        }
    }

    pub fn wrong_shape(&mut self, tree: &Tree, path: &str, zh: &str, en: &str) {
        let (is_zh, is_en) = tree.shape();
        self.error(
            tree.place,
            path,
            format!("这里应为{zh}，而不是{is_zh}"),
            format!("{en} is expected here, not {is_en}"),
        );
    }

    pub fn scalar(&mut self, tree: &Tree, path: &str) -> Option<String> {
        self.note(path, tree);
        match &tree.node {
            Node::Scalar { text, .. } => Some(text.clone()),
            _ => {
                self.wrong_shape(tree, path, "单个值", "a single value");
                None
            }
        }
    }

    /// Both languages.
    pub fn text(&mut self, tree: &Tree, path: &str) -> Text {
        if let Node::Scalar { text, .. } = &tree.node {
            self.error(
                tree.place,
                path,
                format!("要写中英文两种：{{zh: {text}, en: …}}"),
                format!("write both languages: {{zh: …, en: {text}}}"),
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
        self.read(
            tree,
            path,
            &written,
            "分值，最多两位小数，例如 2.75",
            "marks with at most two decimals, such as 2.75",
        )
    }

    pub fn whole(&mut self, tree: &Tree, path: &str) -> Option<u32> {
        let written = self.scalar(tree, path)?;
        self.read(tree, path, &written, "整数，例如 3", "a whole number, such as 3")
    }

    pub fn yes_no(&mut self, tree: &Tree, path: &str) -> Option<bool> {
        let written = self.scalar(tree, path)?;
        self.read(tree, path, &written, "true 或 false", "true or false")
    }

    pub fn read<T: std::str::FromStr>(
        &mut self,
        tree: &Tree,
        path: &str,
        written: &str,
        zh: &str,
        en: &str,
    ) -> Option<T> {
        let read = written.parse().ok();
        if read.is_none() {
            self.error(
                tree.place,
                path,
                format!("`{written}` 不对，应为{zh}"),
                format!("`{written}` is wrong, {en} is expected"),
            );
        }
        read
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, tree: &Tree, path: &str, words: &[(&str, T)]) -> Option<T> {
        let written = self.scalar(tree, path)?;
        if let Some((_, meant)) = words.iter().find(|(word, _)| *word == written) {
            return Some(*meant);
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let list = known.join(", ");
        let fault = Diagnostic::error(
            tree.place,
            path,
            format!("不认识 `{written}`，可以写：{list}"),
            format!("`{written}` is unknown; possible are {list}"),
        );
        self.faults.push(fault.suggesting(referee::nearest(&written, known)));
        None
    }
}

/// A map that is being read. Whatever nobody asked for is unknown.
pub(crate) struct Fields<'t> {
    pub path: String,
    pub place: Place,
    entries: Vec<(&'t str, Place, &'t Tree)>,
    known: Vec<&'static str>,
    sound: bool,
}

impl<'t> Fields<'t> {
    pub fn at(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }

    pub fn optional(&mut self, field: &'static str) -> Option<&'t Tree> {
        self.known.push(field);
        self.entries.iter().find(|(key, ..)| *key == field).map(|(_, _, tree)| *tree)
    }

    pub fn required(&mut self, page: &mut Page, field: &'static str) -> Option<&'t Tree> {
        let found = self.optional(field);
        if found.is_none() && self.sound {
            page.error(self.place, &self.at(field), format!("缺少 `{field}`"), format!("`{field}` is missing"));
        }
        found
    }

    /// Everything in the order of the file, for maps whose keys are names.
    pub fn named(&mut self) -> Vec<(&'t str, Place, &'t Tree)> {
        std::mem::take(&mut self.entries)
    }

    /// Which of these fields are there.
    pub fn among(&self, fields: &[&'static str]) -> Vec<&'static str> {
        fields.iter().copied().filter(|field| self.entries.iter().any(|(key, ..)| key == field)).collect()
    }

    pub fn end(self, page: &mut Page) {
        for (key, place, _) in &self.entries {
            if !self.known.contains(key) {
                let fault = Diagnostic::error(
                    *place,
                    &self.at(key),
                    format!("没有 `{key}` 这个字段，可以写：{}", self.known.join(", ")),
                    format!("there is no field `{key}` here; possible are {}", self.known.join(", ")),
                );
                page.faults.push(fault.suggesting(referee::nearest(key, self.known.iter().copied())));
            }
        }
    }
}

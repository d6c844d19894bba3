//! What an item says is right, and how it is marked.

use super::xml::Element;

/// A response declaration.
#[derive(Debug, Default)]
pub(super) struct Response {
    pub id: String,
    pub base_type: String,
    /// Values of the correct response.
    pub correct: Vec<String>,
    /// `(key, value, case sensitive)` of a mapping.
    pub mapping: Vec<(String, f64, bool)>,
}

impl Response {
    /// What is right: the correct response, or else what a mapping gives something for.
    pub fn right(&self) -> Vec<&str> {
        if !self.correct.is_empty() {
            return self.correct.iter().map(String::as_str).collect();
        }
        self.mapping.iter().filter(|(_, value, _)| *value > 0.0).map(|(key, ..)| key.as_str()).collect()
    }

    /// Everything that is accepted for a blank.
    pub fn accepted(&self) -> Vec<&str> {
        let mut found: Vec<&str> = self.correct.iter().map(String::as_str).collect();
        for (key, value, _) in &self.mapping {
            if *value > 0.0 && !found.contains(&key.as_str()) {
                found.push(key);
            }
        }
        found
    }

    pub fn minds_case(&self) -> bool {
        self.mapping.is_empty() || self.mapping.iter().any(|(.., minds)| *minds)
    }

    pub fn takes_away(&self) -> bool {
        self.mapping.iter().any(|(_, value, _)| *value < 0.0)
    }
}

/// All declarations of an item.
pub(super) fn responses(item: &Element) -> Vec<Response> {
    item.named("qti-response-declaration").map(response).collect()
}

fn response(declaration: &Element) -> Response {
    let word = |name: &str| declaration.attribute(name).unwrap_or_default().to_owned();
    let values = declaration.child("qti-correct-response").into_iter().flat_map(|correct| correct.named("qti-value"));
    let entries = declaration.child("qti-mapping").into_iter().flat_map(|mapping| mapping.named("qti-map-entry"));
    let entry = |entry: &Element| {
        let value: f64 = entry.attribute("mapped-value")?.trim().parse().ok()?;
        let minds = entry.attribute("case-sensitive").is_none_or(|word| word == "true");
        Some((entry.attribute("map-key")?.trim().to_owned(), value, minds))
    };
    Response {
        id: word("identifier"),
        base_type: word("base-type"),
        correct: values.map(|value| value.text().trim().to_owned()).collect(),
        mapping: entries.filter_map(entry).filter(|(_, value, _)| value.is_finite()).collect(),
    }
}

/// Whether the item is right as a whole or not at all: no part of it is mapped to marks of its own.
pub(super) fn is_all_or_nothing(item: &Element) -> bool {
    let Some(processing) = item.child("qti-response-processing") else { return true };
    match processing.attribute("template") {
        Some(template) => !template.contains("map_response"),
        None => !has(processing, "qti-map-response"),
    }
}

fn has(element: &Element, name: &str) -> bool {
    element.elements().any(|child| child.name == name || has(child, name))
}

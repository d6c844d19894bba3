//! Both languages say the same things: every locale folder of the front end has the same keys in zh-CN and en, no
//! empty text, and the same placeholders in both.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Source;

pub fn check(sources: &[Source]) -> Vec<String> {
    let mut folders: BTreeMap<&str, [Option<&Source>; 2]> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path.starts_with("web/src/")) {
        let Some((folder, file)) = source.path.rsplit_once('/') else { continue };
        let language = match file {
            "zh-CN.json" => 0,
            "en.json" => 1,
            _ => continue,
        };
        if folder.ends_with("locales") {
            folders.entry(folder).or_default()[language] = Some(source);
        }
    }
    folders.into_iter().flat_map(|(folder, pair)| folder_breaches(folder, pair)).collect()
}

fn folder_breaches(folder: &str, pair: [Option<&Source>; 2]) -> Vec<String> {
    let [Some(zh), Some(en)] = pair else { return vec![format!("{folder}: zh-CN.json or en.json is missing")] };
    let (zh, en) = match (texts(zh), texts(en)) {
        (Ok(zh), Ok(en)) => (zh, en),
        (zh, en) => return zh.err().into_iter().chain(en.err()).collect(),
    };
    let mut breaches = Vec::new();
    for key in zh.keys().chain(en.keys()).collect::<BTreeSet<_>>() {
        match (zh.get(key), en.get(key)) {
            (Some(_), None) => breaches.push(format!("{folder}/en.json: {key} is missing")),
            (None, Some(_)) => breaches.push(format!("{folder}/zh-CN.json: {key} is missing")),
            (Some(zh), Some(en)) if zh.trim().is_empty() || en.trim().is_empty() => {
                breaches.push(format!("{folder}: {key} is empty"));
            }
            (Some(zh), Some(en)) if placeholders(zh) != placeholders(en) => {
                breaches.push(format!("{folder}: {key} has other placeholders in zh-CN than in en"));
            }
            _ => {}
        }
    }
    breaches
}

/// Every text by its path, such as `board.rank`.
fn texts(source: &Source) -> Result<BTreeMap<String, String>, String> {
    let value: Value = serde_json::from_str(&source.text).map_err(|error| format!("{}: {error}", source.path))?;
    let mut found = BTreeMap::new();
    collect(&value, String::new(), &mut found);
    Ok(found)
}

fn collect(value: &Value, path: String, found: &mut BTreeMap<String, String>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| collect(value, below(key), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| collect(value, below(&at.to_string()), found))
        }
        Value::String(text) => drop(found.insert(path, text.clone())),
        other => drop(found.insert(path, other.to_string())),
    }
}

/// `{count}` and the like. Words that follow a number, `{count|row|rows}`, stand by its name: they add nothing that isn't given.
fn placeholders(text: &str) -> BTreeSet<&str> {
    let inside = text.split('{').skip(1).filter_map(|after| after.split_once('}')).map(|(inside, _)| inside);
    inside.map(|inside| inside.split('|').next().unwrap_or_default().trim()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::source;

    #[test]
    fn languages_are_compared_key_by_key() {
        let pair = |zh: &str, en: &str| {
            check(&[source("web/src/stage/locales/zh-CN.json", zh), source("web/src/stage/locales/en.json", en)])
        };
        assert!(pair(r#"{"a": {"b": "第 {n} 名"}}"#, r#"{"a": {"b": "Rank {n}"}}"#).is_empty());
        assert_eq!(pair(r#"{"a": "一"}"#, r#"{"b": "one"}"#).len(), 2);
        assert_eq!(pair(r#"{"a": "一"}"#, r#"{"a": " "}"#).len(), 1);
        assert_eq!(pair(r#"{"a": "{n}"}"#, r#"{"a": "{m}"}"#).len(), 1);
        assert!(pair(r#"{"a": "{n} 行"}"#, r#"{"a": "{n} {n|row|rows}"}"#).is_empty());
        assert_eq!(pair(r#"{"a": "{n} 行"}"#, r#"{"a": "{n} {m|row|rows}"}"#).len(), 1);
        assert_eq!(pair("{", "{}").len(), 1);
        assert_eq!(check(&[source("web/src/desk/locales/en.json", "{}")]).len(), 1);
    }
}

//! Files are short, end cleanly, and promise nothing for later.

use super::Source;

const LINES_MAX: usize = 800;
const CODE: &[&str] = &["rs", "ts", "vue", "css", "js", "mjs", "sql", "html"];
const TEXT: &[&str] = &["rs", "ts", "vue", "css", "js", "mjs", "sql", "html", "toml", "yaml", "yml", "md", "sh"];
/// Written by tools, or kept to the letter.
const NOT_OURS: &[&str] = &["contract/", "web/src/shared/api/schema.d.ts", "fixtures/", "LICENSE"];

/// Words of promises, put together here so that this file doesn't break its own rule.
const PROMISES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];

pub fn check(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| !NOT_OURS.iter().any(|place| source.path.starts_with(place)))
        .flat_map(breaches)
        .collect()
}

fn breaches(source: &Source) -> Vec<String> {
    let extension = source.path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let path = &source.path;
    let mut found = Vec::new();
    let lines = source.text.lines().count();
    if CODE.contains(&extension) && lines > LINES_MAX {
        found.push(format!("{path}: {lines} lines, more than {LINES_MAX}: split it by what it is about"));
    }
    if !TEXT.contains(&extension) {
        return found;
    }
    for (at, line) in source.text.lines().enumerate() {
        if line.ends_with([' ', '\t', '\r']) {
            found.push(format!("{path}:{}: white space at the end of the line", at + 1));
        }
        if let Some(word) = PROMISES.iter().find(|word| CODE.contains(&extension) && line.contains(**word)) {
            found.push(format!("{path}:{}: {word}: do it, or file an issue", at + 1));
        }
    }
    if !source.text.is_empty() && !source.text.ends_with('\n') {
        found.push(format!("{path}: no line feed at the end"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::source;

    #[test]
    fn untidy_files_are_named() {
        let promise = format!("// {} later\n", PROMISES[0]);
        for (path, text, breaches) in [
            ("a.rs", "fn f() {} \n", 1),
            ("a.rs", "fn f() {}", 1),
            ("a.rs", promise.as_str(), 1),
            ("a.rs", &"\n".repeat(LINES_MAX + 1), 1),
            ("a.rs", &"\n".repeat(LINES_MAX), 0),
            ("a.md", "text\n", 0),
            ("a.json", "{} ", 0),
            ("contract/openapi.json", "{} ", 0),
        ] {
            assert_eq!(check(&[source(path, text)]).len(), breaches, "{path}");
        }
    }
}

//! Every decision that was written down is listed where a newcomer looks: in ARCHITECTURE.md.

use super::Source;

const FOLDER: &str = "docs/adr/";
const LIST: &str = "ARCHITECTURE.md";

pub fn check(sources: &[Source]) -> Vec<String> {
    let listed = sources.iter().find(|source| source.path == LIST).map_or("", |source| source.text.as_str());
    sources
        .iter()
        .filter_map(|source| source.path.strip_prefix(FOLDER))
        .filter(|name| name.starts_with(|first: char| first.is_ascii_digit()) && !listed.contains(name))
        .map(|name| format!("{FOLDER}{name} is not listed in {LIST}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::source;

    #[test]
    fn an_unlisted_decision_is_named() {
        let decision = || source("docs/adr/0007-trees.md", "");
        assert_eq!(check(&[decision()]), ["docs/adr/0007-trees.md is not listed in ARCHITECTURE.md"]);
        assert!(check(&[source(LIST, "[trees](docs/adr/0007-trees.md)"), decision()]).is_empty());
        assert!(check(&[source("docs/adr/README.md", "")]).is_empty());
    }
}

//! The gallery of rules that is shown is the one that is tested.

use super::Source;
use crate::gallery::{PAGE, into_page};

pub fn check(sources: &[Source]) -> Vec<String> {
    let page = sources.iter().find(|source| source.path == PAGE).map_or("", |source| source.text.as_str());
    match into_page(page, sources.iter().map(|source| (source.path.as_str(), source.text.as_str()))) {
        Ok(written) if written == page => Vec::new(),
        Ok(_) => vec![format!("{PAGE}: the gallery is not what its folders say: `cargo xtask generate`")],
        Err(error) => vec![format!("{error:#}")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::source;

    #[test]
    fn a_stale_gallery_is_named() {
        let page = "<!-- gallery: written by `cargo xtask generate` from crates/telemetry/tests/gallery -->\n\n<!-- end of the gallery -->\n";
        assert!(check(&[source(PAGE, page)]).is_empty());
        assert_eq!(check(&[source(PAGE, &page.replacen("\n\n", "\nmore\n", 1))]).len(), 1);
        assert_eq!(check(&[source(PAGE, "")]).len(), 1);
    }
}

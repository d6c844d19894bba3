//! The gallery of rules in `docs/referee.md`, written from the folders whose verdicts are tested.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use serde_json::Value;

const FOLDER: &str = "crates/telemetry/tests/gallery/";
pub const PAGE: &str = "docs/referee.md";
const BEGIN: &str = "<!-- gallery: written by `cargo xtask generate` from crates/telemetry/tests/gallery -->\n";
const END: &str = "<!-- end of the gallery -->\n";

/// The page with its gallery as the folders say it. `files` are pairs of path and text; others than the gallery's are
/// passed over.
pub fn into_page<'a>(page: &str, files: impl Iterator<Item = (&'a str, &'a str)>) -> anyhow::Result<String> {
    let (before, rest) = page.split_once(BEGIN).with_context(|| format!("{PAGE} has no place for the gallery"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("{PAGE}: the gallery doesn't end"))?;
    Ok(format!("{before}{BEGIN}\n{}{END}{after}", section(files)?))
}

fn section<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> anyhow::Result<String> {
    let mut cases: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for (path, text) in files {
        if let Some((case, file)) = path.strip_prefix(FOLDER).and_then(|path| path.split_once('/')) {
            cases.entry(case).or_default().insert(file, text);
        }
    }
    let one =
        |(name, files): (&&str, &BTreeMap<&str, &str>)| case(name, files).with_context(|| format!("gallery {name}"));
    Ok(cases.iter().map(one).collect::<anyhow::Result<Vec<_>>>()?.concat())
}

/// Title and remarks are the comments that the rule begins with.
fn case(name: &str, files: &BTreeMap<&str, &str>) -> anyhow::Result<String> {
    let rule = files.get("rule.yaml").context("rule.yaml is missing")?;
    let verdicts = files.get("verdicts.json").context("verdicts.json is missing")?;
    let remarks: Vec<&str> = rule.lines().map_while(|line| line.strip_prefix("# ")).collect();
    let [title, remarks @ ..] = remarks.as_slice() else { bail!("rule.yaml begins with no title") };
    let yaml: String = rule.lines().skip(remarks.len() + 1).map(|line| format!("{line}\n")).collect();
    let number = name.split('-').next().unwrap_or_default().trim_start_matches('0');
    let verdicts: Vec<Value> = serde_json::from_str(verdicts)?;
    let said = |verdict: &Value| {
        let text = |field: &str| verdict[field].as_str().unwrap_or_default().to_owned();
        let marks = match text("marks").as_str() {
            "0.00" => String::new(),
            marks => format!(" ({marks})"),
        };
        format!("`{}` {} at {} s{marks}", text("rule"), text("outcome"), verdict["at"])
    };
    let said = verdicts.iter().map(said).collect::<Vec<_>>().join(" · ");
    let asked = match files.get("requests.csv") {
        Some(_) => format!(" with [requests](../{FOLDER}{name}/requests.csv)"),
        None => String::new(),
    };
    Ok(format!(
        "### {number}. {title}\n\n{}\n\n```yaml\n{yaml}```\n\n[Recorded](../{FOLDER}{name}/recording.csv){asked}, and found: {said}.\n\n",
        remarks.join("\n")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_written_from_its_folders() {
        let rule = "# Too hot\n# A league: never above 60.\nrules:\n  - id: hot\n";
        let verdicts = r#"[{"rule": "hot", "at": 1.5, "outcome": "met", "marks": "-1.00"}, {"rule": "hot", "at": 2.0, "outcome": "undecided", "marks": "0.00"}]"#;
        let [rule_path, verdicts_path] = ["rule.yaml", "verdicts.json"].map(|file| format!("{FOLDER}07-hot/{file}"));
        let files =
            || [(rule_path.as_str(), rule), (verdicts_path.as_str(), verdicts), ("docs/other.md", "x")].into_iter();
        let page = into_page(&format!("before\n{BEGIN}old\n{END}after\n"), files()).unwrap();
        assert!(page.starts_with(&format!(
            "before\n{BEGIN}\n### 7. Too hot\n\nA league: never above 60.\n\n```yaml\nrules:\n  - id: hot\n```\n"
        )));
        assert!(page.contains("found: `hot` met at 1.5 s (-1.00) · `hot` undecided at 2.0 s.\n"), "{page}");
        assert!(page.ends_with(&format!("\n{END}after\n")));
        assert_eq!(into_page(&page, files()).unwrap(), page);
        assert!(into_page("no place", files()).is_err());
        assert!(into_page(&page, files().take(1)).is_err());
    }
}

//! A scheme's text becomes tables, cell by cell as it was written.

use super::columns::{
    ABILITIES, ASPECTS, CONTEST, CONTEST_FIELDS, DEDUCTIONS, GROUPS, LEVELS, MODULES, PHASES, RULES, SIGNALS, STEPS,
    TIES, kind,
};
use super::{Table, TableRow, printer};
use crate::LoadedScheme;
use crate::tree::{Node, Tree};

/// Every table of a scheme, those without a row as well, in the order of [`TABLES`](super::TABLES).
pub fn tables_of(scheme: &LoadedScheme) -> Vec<Table> {
    // It was loaded from this text, so it can be read.
    let tree = crate::tree::read(&scheme.source)
        .map(|(tree, _)| tree)
        .unwrap_or_else(|_| printer::map([("", printer::scalar(""))]));
    let mut sheets = Sheets(super::TABLES.iter().map(|kind| Table { kind, rows: Vec::new() }).collect());
    for (path, ..) in CONTEST_FIELDS {
        let value = path.split('.').try_fold(&tree, |tree, key| get(tree, key)).map(text).unwrap_or_default();
        sheets.add(CONTEST, [("field", path.to_owned()), ("value", value)]);
    }
    for module in items(get(&tree, "modules")) {
        sheets.add(MODULES, named(module).into_iter().chain([("minutes", text_at(module, "minutes"))]));
        for criterion in items(get(module, "criteria")) {
            for aspect in items(get(criterion, "aspects")) {
                add_aspect(&mut sheets, [Some(module), Some(criterion), None], aspect);
            }
            for part in items(get(criterion, "sub_criteria")) {
                for aspect in items(get(part, "aspects")) {
                    add_aspect(&mut sheets, [Some(module), Some(criterion), Some(part)], aspect);
                }
            }
        }
    }
    for (table, field) in [(ABILITIES, "abilities"), (GROUPS, "groups")] {
        items(get(&tree, field)).iter().for_each(|one| sheets.add(table, named(one)));
    }
    for tie in items(get(&tree, "ranking").and_then(|ranking| get(ranking, "ties"))) {
        for (key, value) in pairs(tie) {
            let by = text(key);
            let module = if by == "module" { text(value) } else { String::new() };
            sheets.add(TIES, [("by", by), ("module", module)]);
        }
    }
    for (name, signal) in get(&tree, "signals").map(pairs).unwrap_or_default() {
        let fields = ["type", "unit", "stale_after"].map(|field| (field, text_at(signal, field)));
        sheets.add(SIGNALS, [("name", text(name))].into_iter().chain(fields));
    }
    for (name, phase) in get(&tree, "phases").map(pairs).unwrap_or_default() {
        sheets.add(PHASES, [("name", text(name)), ("how", lines(phase, &[]))]);
    }
    for rule in items(get(&tree, "rules")) {
        let [zh, en] = both(get(rule, "says"));
        let how = lines(rule, &["id", "aspect", "says"]);
        sheets.add(
            RULES,
            [("id", text_at(rule, "id")), ("aspect", text_at(rule, "aspect")), ("zh", zh), ("en", en), ("how", how)],
        );
    }
    sheets.0
}

struct Sheets(Vec<Table>);

impl Sheets {
    fn add(&mut self, code: &'static str, cells: impl IntoIterator<Item = (&'static str, String)>) {
        let kind = kind(code);
        let mut row = vec![String::new(); kind.columns.len()];
        for (column, text) in cells {
            if let Some(at) = kind.column(column) {
                row[at] = text;
            }
        }
        if let Some(table) = self.0.iter_mut().find(|table| table.kind.code == code) {
            // Below the headings.
            table.rows.push(TableRow { number: table.rows.len() as u32 + 2, cells: row });
        }
    }
}

/// An aspect below its module, its criterion and, where that is divided, its sub-criterion.
fn add_aspect(sheets: &mut Sheets, above: [Option<&Tree>; 3], aspect: &Tree) {
    let code = text_at(aspect, "code");
    let [module, criterion, part] = above.map(|tree| tree.map(|tree| text_at(tree, "code")).unwrap_or_default());
    let [_, [criterion_zh, criterion_en], [part_zh, part_en]] =
        above.map(|tree| both(tree.and_then(|tree| get(tree, "name"))));
    let abilities: Vec<String> = items(get(aspect, "abilities")).iter().map(text).collect();
    let mut cells = vec![
        ("module", module),
        ("criterion", criterion),
        ("criterion_zh", criterion_zh),
        ("criterion_en", criterion_en),
        ("sub_criterion", part),
        ("sub_criterion_zh", part_zh),
        ("sub_criterion_en", part_en),
        ("abilities", abilities.join(" ")),
    ];
    cells.extend(named(aspect));
    cells.extend(
        ["type", "max", "judges", "spread_max", "rounds_most", "policy", "starts_at"]
            .map(|field| (field, text_at(aspect, field))),
    );
    if let Some(tolerance) = get(aspect, "tolerance") {
        cells.extend(["unit", "target", "full", "zero"].map(|field| (field, text_at(tolerance, field))));
    }
    if let Some(panel) = get(aspect, "panel") {
        cells.extend(["judges", "drop_extremes", "step"].map(|field| (field, text_at(panel, field))));
    }
    sheets.add(ASPECTS, cells);
    for (level, words) in items(get(aspect, "levels")).iter().enumerate() {
        let [zh, en] = both(Some(words));
        sheets.add(LEVELS, [("aspect", code.clone()), ("level", level.to_string()), ("zh", zh), ("en", en)]);
    }
    for (table, field) in [(STEPS, "steps"), (DEDUCTIONS, "deductions")] {
        for part in items(get(aspect, field)) {
            let cells = [("aspect", code.clone()), ("marks", text_at(part, "marks"))];
            sheets.add(table, cells.into_iter().chain(named(part)));
        }
    }
}

/// A map's entries but for some, each on its line.
fn lines(tree: &Tree, without: &[&str]) -> String {
    let kept = pairs(tree).into_iter().filter(|(key, _)| !without.contains(&text(key).as_str()));
    let kept: Vec<String> =
        kept.map(|(key, value)| format!("{}: {}", printer::flow(key), printer::flow(value))).collect();
    kept.join("\n")
}

fn named(tree: &Tree) -> [(&'static str, String); 3] {
    let [zh, en] = both(get(tree, "name"));
    [("code", text_at(tree, "code")), ("zh", zh), ("en", en)]
}

fn both(name: Option<&Tree>) -> [String; 2] {
    ["zh", "en"].map(|language| name.map(|name| text_at(name, language)).unwrap_or_default())
}

fn pairs(tree: &Tree) -> Vec<(&Tree, &Tree)> {
    match &tree.node {
        Node::Map(pairs) => pairs.iter().map(|(key, value)| (key, value)).collect(),
        _ => Vec::new(),
    }
}

fn items(tree: Option<&Tree>) -> &[Tree] {
    match tree.map(|tree| &tree.node) {
        Some(Node::List(items)) => items,
        _ => &[],
    }
}

fn get<'t>(tree: &'t Tree, key: &str) -> Option<&'t Tree> {
    pairs(tree).into_iter().find(|(name, _)| text(name) == key).map(|(_, value)| value)
}

fn text_at(tree: &Tree, key: &str) -> String {
    get(tree, key).map(text).unwrap_or_default()
}

fn text(tree: &Tree) -> String {
    match &tree.node {
        Node::Scalar { text, .. } => text.clone(),
        _ => String::new(),
    }
}

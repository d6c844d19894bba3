//! Tables become the text of a scheme; what is wrong with the text is said of the cell that it comes from.

mod modules;

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::{Suggestion, Text};

use super::columns::{
    ABILITIES, CONTEST, CONTEST_FIELDS, DEDUCTIONS, GROUPS, LEVELS, MODULES, PHASES, RULES, SIGNALS, STEPS, TIES,
};
use super::printer::{self, list, map, scalar};
use super::{Table, TableFault, TableRow};
use crate::faults::FAULTS_MOST;
use crate::tree::{Node, Tree};
use crate::{LoadedScheme, SCHEME_FORMAT, Severity};

/// What a workbook holds.
#[derive(Debug, Clone)]
pub struct FromTables {
    /// The text of a scheme file, also where it has faults: who reads it can mend them there as well.
    pub text: String,
    /// There is one exactly if no fault is an error.
    pub scheme: Option<LoadedScheme>,
    /// In the order of the tables, then of their rows.
    pub faults: Vec<TableFault>,
}

/// Reads tables; one that isn't there is one without rows.
pub fn scheme_of(tables: &[Table]) -> FromTables {
    let of_aspects = [LEVELS, STEPS, DEDUCTIONS].map(|code| (code, by_aspect(tables, code)));
    let mut reader = Reader { tables, of_aspects: of_aspects.into(), places: HashMap::new(), faults: Vec::new() };
    let tree = reader.scheme();
    let text = printer::document(&tree);
    let (scheme, said) = crate::load_scheme(&text);
    for fault in said {
        let (table, row, column) = reader.place(&fault.path);
        let known = |known: &TableFault| {
            known.severity == Severity::Error && (known.table, known.row, known.column) == (table, row, column)
        };
        // A cell that couldn't be taken over was said to be wrong already.
        if row == 0 || !reader.faults.iter().any(known) {
            let (severity, text, suggestion) = (fault.severity, fault.text, fault.suggestion);
            reader.faults.push(TableFault { table, row, column, severity, text, suggestion });
        }
    }
    let mut faults = reader.faults;
    let order = |table: &str| super::TABLES.iter().position(|kind| kind.code == table);
    faults.sort_by_key(|fault| (order(fault.table), fault.row));
    let sound = faults.iter().all(|fault| fault.severity == Severity::Warning);
    FromTables { text, scheme: scheme.filter(|_| sound), faults }
}

type At = (&'static str, u32, Option<&'static str>);

struct Reader<'a> {
    tables: &'a [Table],
    /// Levels, steps and deductions by their aspect's code, in the order of their rows.
    of_aspects: HashMap<&'static str, HashMap<&'a str, Vec<Row<'a>>>>,
    /// Of which cell each path of the text is made.
    places: HashMap<String, At>,
    faults: Vec<TableFault>,
}

/// A row under its headings.
#[derive(Clone, Copy)]
struct Row<'a> {
    table: &'a Table,
    row: &'a TableRow,
}

impl<'a> Row<'a> {
    fn cell(self, column: &str) -> &'a str {
        self.table.kind.column(column).and_then(|at| self.row.cells.get(at)).map_or("", |cell| cell.trim())
    }

    fn at(self, column: &'static str) -> At {
        (self.table.kind.code, self.row.number, Some(column))
    }
}

fn rows<'a>(tables: &'a [Table], code: &str) -> impl Iterator<Item = Row<'a>> {
    let tables = tables.iter().filter(move |table| table.kind.code == code);
    tables.flat_map(|table| table.rows.iter().map(move |row| Row { table, row }))
}

/// Rows without an aspect belong to none.
fn by_aspect<'a>(tables: &'a [Table], code: &str) -> HashMap<&'a str, Vec<Row<'a>>> {
    let mut by_aspect: HashMap<&str, Vec<Row<'a>>> = HashMap::new();
    for row in rows(tables, code).filter(|row| !row.cell("aspect").is_empty()) {
        by_aspect.entry(row.cell("aspect")).or_default().push(row);
    }
    by_aspect
}

impl<'a> Reader<'a> {
    fn rows(&self, code: &str) -> Vec<Row<'a>> {
        rows(self.tables, code).collect()
    }

    fn rows_of_aspect(&self, table: &str, aspect: &str) -> Vec<Row<'a>> {
        self.of_aspects.get(table).and_then(|rows| rows.get(aspect)).cloned().unwrap_or_default()
    }

    /// Whether there are as many faults as anybody mends at once.
    fn are_enough(&self) -> bool {
        self.faults.len() >= FAULTS_MOST
    }

    fn fault(
        &mut self,
        (table, row, column): At,
        says: (impl Into<String>, impl Into<String>),
        suggestion: Suggestion,
    ) {
        self.faults.push(TableFault::error(table, row, column, says, suggestion));
    }

    /// The cell of a path, or of the nearest part around it.
    fn place(&self, path: &str) -> At {
        let mut around = path;
        loop {
            if let Some(at) = self.places.get(around) {
                return *at;
            }
            match around.rfind(['.', '[']) {
                Some(end) => around = &around[..end],
                None => break,
            }
        }
        let table = match around {
            "modules" => MODULES,
            "abilities" => ABILITIES,
            "groups" => GROUPS,
            "ranking" => TIES,
            "signals" => SIGNALS,
            "phases" => PHASES,
            "rules" => RULES,
            _ => CONTEST,
        };
        (table, 0, None)
    }

    /// An entry, where its cell holds something.
    fn entry(
        &mut self,
        row: Row<'a>,
        column: &'static str,
        path: &str,
        key: &'static str,
    ) -> Option<(&'static str, Tree)> {
        self.places.insert(format!("{path}.{key}"), row.at(column));
        let cell = row.cell(column);
        (!cell.is_empty()).then(|| (key, scalar(cell)))
    }

    /// Both languages, from two columns.
    fn words(&mut self, row: Row<'a>, columns: [&'static str; 2], path: &str) -> Tree {
        self.places.insert(path.to_owned(), row.at(columns[0]));
        let pairs = [self.entry(row, columns[0], path, "zh"), self.entry(row, columns[1], path, "en")];
        map(pairs.into_iter().flatten())
    }

    fn scheme(&mut self) -> Tree {
        let mut file = vec![("format", scalar(SCHEME_FORMAT))];
        let fields = self.contest();
        let of = |path: &str| fields.get(path).map(|cell| scalar(*cell));
        let below = |above: &str, keys: &[&'static str]| -> Vec<(&'static str, Tree)> {
            keys.iter().filter_map(|key| Some((*key, of(&format!("{above}.{key}"))?))).collect()
        };
        file.extend(
            [("id", of("id")), ("version", of("version"))].into_iter().filter_map(|(key, value)| Some((key, value?))),
        );
        file.push(("title", map(below("title", &["zh", "en"]))));
        file.push(("abilities", self.named(ABILITIES, "abilities")));
        if !self.rows(GROUPS).is_empty() {
            file.push(("groups", self.named(GROUPS, "groups")));
        }
        file.push(("modules", self.modules()));
        let ties = self.ties();
        file.push(("ranking", map([("ties", ties)].into_iter().chain(below("ranking", &["shared"])))));
        let teams = below("teams", &["total", "then"]);
        if !teams.is_empty() {
            file.push(("teams", map(teams)));
        }
        let signals = self.signals();
        let phases = self.phases();
        let rules = self.rules();
        file.extend(
            [("signals", signals), ("phases", phases), ("rules", rules)]
                .into_iter()
                .filter_map(|(key, tree)| Some((key, tree?))),
        );
        map(file)
    }

    fn contest(&mut self) -> BTreeMap<String, &'a str> {
        let mut fields = BTreeMap::new();
        for row in self.rows(CONTEST) {
            let field = row.cell("field");
            let Some((path, ..)) = CONTEST_FIELDS.iter().find(|(path, ..)| *path == field) else {
                let suggestion = Suggestion::among(field, CONTEST_FIELDS.map(|(path, ..)| path));
                self.fault(
                    row.at("field"),
                    (format!("不认识字段 `{field}`"), format!("the field `{field}` is unknown")),
                    suggestion,
                );
                continue;
            };
            if self.places.insert((*path).to_owned(), row.at("value")).is_some() {
                let advice = Suggestion::advice("只留一行", "keep one row");
                self.fault(
                    row.at("field"),
                    (format!("`{field}` 写了两次"), format!("`{field}` stands there twice")),
                    advice,
                );
            } else if !row.cell("value").is_empty() {
                fields.insert((*path).to_owned(), row.cell("value"));
            }
        }
        fields
    }

    fn named(&mut self, table: &str, path: &str) -> Tree {
        let rows = self.rows(table);
        let items = rows.into_iter().enumerate().map(|(ix, row)| {
            let path = format!("{path}[{ix}]");
            self.places.insert(path.clone(), row.at("code"));
            let code = self.entry(row, "code", &path, "code");
            let name = self.words(row, ["zh", "en"], &format!("{path}.name"));
            map(code.into_iter().chain([("name", name)]))
        });
        list(items.collect())
    }

    fn ties(&mut self) -> Tree {
        let items = self.rows(TIES).into_iter().enumerate().map(|(ix, row)| {
            let path = format!("ranking.ties[{ix}]");
            self.places.insert(path.clone(), row.at("by"));
            self.places.insert(format!("{path}.module"), row.at("module"));
            match row.cell("by") {
                "module" => map([("module", scalar(row.cell("module")))]),
                by => {
                    if !row.cell("module").is_empty() {
                        let advice = Suggestion::advice(
                            "依据写 module，或清空这一格",
                            "write module in front of it, or clear this cell",
                        );
                        self.fault(
                            row.at("module"),
                            ("只有依据为 module 时才写模块", "a module is written only behind `module`"),
                            advice,
                        );
                    }
                    map([(by, scalar("true"))])
                }
            }
        });
        list(items.collect())
    }

    /// Rows with a name, each name once.
    fn by_name(&mut self, table: &str) -> Vec<Row<'a>> {
        let mut names = HashSet::new();
        let mut kept = Vec::new();
        for row in self.rows(table) {
            let name = row.cell("name");
            if name.is_empty() {
                self.fault(
                    row.at("name"),
                    ("缺少名称", "a name is missing"),
                    Suggestion::advice("写一个名称", "write a name"),
                );
            } else if names.insert(name) {
                kept.push(row);
            } else {
                let says = (format!("`{name}` 写了两次"), format!("`{name}` stands there twice"));
                self.fault(
                    row.at("name"),
                    says,
                    Suggestion::advice("换一个名称，或删去一行", "take another name, or remove a row"),
                );
            }
        }
        kept
    }

    fn signals(&mut self) -> Option<Tree> {
        let rows = self.by_name(SIGNALS);
        let entries: Vec<(String, Tree)> = rows
            .into_iter()
            .map(|row| {
                let path = format!("signals.{}", row.cell("name"));
                self.places.insert(path.clone(), row.at("name"));
                let fields = ["type", "unit", "stale_after"].map(|key| self.entry(row, key, &path, key));
                (row.cell("name").to_owned(), map(fields.into_iter().flatten()))
            })
            .collect();
        (!entries.is_empty()).then(|| map(entries))
    }

    fn phases(&mut self) -> Option<Tree> {
        let rows = self.by_name(PHASES);
        let entries: Vec<(String, Tree)> = rows
            .into_iter()
            .map(|row| {
                let path = format!("phases.{}", row.cell("name"));
                self.places.insert(path, row.at("how"));
                let how = self.how(row, &[]);
                (row.cell("name").to_owned(), map(how))
            })
            .collect();
        (!entries.is_empty()).then(|| map(entries))
    }

    fn rules(&mut self) -> Option<Tree> {
        let rows = self.rows(RULES);
        let items: Vec<Tree> = rows
            .into_iter()
            .enumerate()
            .map(|(ix, row)| {
                let path = format!("rules[{ix}]");
                self.places.insert(path.clone(), row.at("how"));
                let id = self.entry(row, "id", &path, "id");
                let aspect = self.entry(row, "aspect", &path, "aspect");
                let says = self.words(row, ["zh", "en"], &format!("{path}.says"));
                let how = self.how(row, &["id", "aspect", "says"]);
                let own =
                    id.into_iter().chain(aspect).chain([("says", says)]).map(|(key, tree)| (key.to_owned(), tree));
                map(own.chain(how))
            })
            .collect();
        (!items.is_empty()).then(|| list(items))
    }

    /// The YAML of a cell, which must be a map.
    fn how(&mut self, row: Row<'a>, elsewhere: &[&str]) -> Vec<(String, Tree)> {
        let at = row.at("how");
        let written = row.cell("how");
        if written.is_empty() {
            return Vec::new();
        }
        let such = || Suggestion::write("on: {rises: grip}");
        let (tree, slips) = match crate::tree::read(written) {
            Ok(read) => read,
            Err(fault) => {
                let line = fault.line;
                let says = (format!("第 {line} 行：{}", fault.text.zh), format!("line {line}: {}", fault.text.en));
                self.fault(at, says, fault.suggestion);
                return Vec::new();
            }
        };
        for slip in slips {
            let Text { zh, en } = slip.text;
            self.fault(at, (zh, en), slip.suggestion);
        }
        let Node::Map(pairs) = tree.node else {
            self.fault(at, ("这里应为 `名称: 值` 的各行", "lines of `name: value` are expected here"), such());
            return Vec::new();
        };
        let mut entries = Vec::new();
        for (key, value) in pairs {
            let Node::Scalar { text: key, .. } = key.node else {
                self.fault(at, ("键不是文本", "a key is no text"), such());
                continue;
            };
            if elsewhere.contains(&key.as_str()) {
                let says = (format!("`{key}` 有自己的一列"), format!("`{key}` has a column of its own"));
                self.fault(at, says, Suggestion::advice("从这一格里删去", "remove it from this cell"));
            } else {
                entries.push((key, value));
            }
        }
        entries
    }
}

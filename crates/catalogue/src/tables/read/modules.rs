//! Modules, criteria, sub-criteria and aspects out of their rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::Suggestion;

use super::super::columns::{ASPECTS, DEDUCTIONS, LEVELS, MODULES, STEPS};
use super::super::printer::{list, map, scalar};
use super::{Reader, Row};
use crate::tree::Tree;

/// Columns of the aspects' table that say what an aspect stands below.
struct Heading {
    code: &'static str,
    names: [&'static str; 2],
    called: (&'static str, &'static str),
}

const CRITERION: Heading =
    Heading { code: "criterion", names: ["criterion_zh", "criterion_en"], called: ("评分单元", "criterion") };
const SUB_CRITERION: Heading = Heading {
    code: "sub_criterion",
    names: ["sub_criterion_zh", "sub_criterion_en"],
    called: ("评分子单元", "sub-criterion"),
};

/// Rows with the same word in a column, in the order in which the words come first.
fn grouped<'a>(rows: &[Row<'a>], column: &str) -> Vec<Vec<Row<'a>>> {
    let mut groups: Vec<Vec<Row<'a>>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        let group = *known.entry(row.cell(column)).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(*row);
    }
    groups
}

impl<'a> Reader<'a> {
    pub(super) fn modules(&mut self) -> Tree {
        let modules = self.rows(MODULES);
        let codes: Vec<&str> = modules.iter().map(|row| row.cell("code")).collect();
        let aspects = self.rows(ASPECTS);
        for row in &aspects {
            let module = row.cell("module");
            if self.are_enough() {
                break;
            }
            if !codes.contains(&module) || module.is_empty() {
                let says = (
                    format!("“模块”表里没有 `{module}`"),
                    format!("there is no module `{module}` in the table of modules"),
                );
                self.fault(row.at("module"), says, Suggestion::among(module, codes.iter().copied()));
            }
        }
        let of_aspects: BTreeSet<&str> = aspects.iter().map(|row| row.cell("code")).collect();
        for (table, column) in [(LEVELS, "aspect"), (STEPS, "aspect"), (DEDUCTIONS, "aspect")] {
            for row in self.rows(table) {
                let code = row.cell(column);
                if self.are_enough() {
                    break;
                }
                if code.is_empty() || !of_aspects.contains(code) {
                    let says = (
                        format!("“评分项”表里没有 `{code}`"),
                        format!("there is no aspect `{code}` in the table of aspects"),
                    );
                    self.fault(row.at(column), says, Suggestion::among(code, of_aspects.iter().copied()));
                }
            }
        }
        let items = modules.into_iter().enumerate().map(|(ix, row)| {
            let path = format!("modules[{ix}]");
            self.places.insert(path.clone(), row.at("code"));
            let code = self.entry(row, "code", &path, "code");
            let name = self.words(row, ["zh", "en"], &format!("{path}.name"));
            let minutes = self.entry(row, "minutes", &path, "minutes");
            // A code that stands there twice is faulted; the aspects are the first one's.
            let own = codes.iter().position(|code| *code == row.cell("code")) == Some(ix);
            let mine: Vec<Row<'a>> =
                aspects.iter().copied().filter(|one| own && one.cell("module") == row.cell("code")).collect();
            let criteria = self.criteria(&mine, &path);
            map(code.into_iter().chain([("name", name)]).chain(minutes).chain([("criteria", criteria)]))
        });
        list(items.collect())
    }

    fn criteria(&mut self, aspects: &[Row<'a>], path: &str) -> Tree {
        let items = grouped(aspects, "criterion").into_iter().enumerate().map(|(ix, mine)| {
            let path = format!("{path}.criteria[{ix}]");
            let head = self.heading(&CRITERION, &mine, &path);
            let (divided, whole): (Vec<Row<'a>>, Vec<Row<'a>>) =
                mine.iter().copied().partition(|row| !row.cell("sub_criterion").is_empty());
            let mut below = Vec::new();
            if let Some(first) = whole.first() {
                if !divided.is_empty() {
                    // What is said of both being there is said of the row that has none.
                    self.places.insert(format!("{path}.aspects"), first.at("sub_criterion"));
                }
                below.push(("aspects", self.aspects(&whole, &path)));
            }
            if !divided.is_empty() {
                below.push(("sub_criteria", self.sub_criteria(&divided, &path)));
            }
            self.nameless(&whole);
            map(head.into_iter().chain(below))
        });
        list(items.collect())
    }

    fn sub_criteria(&mut self, aspects: &[Row<'a>], path: &str) -> Tree {
        let items = grouped(aspects, "sub_criterion").into_iter().enumerate().map(|(ix, mine)| {
            let path = format!("{path}.sub_criteria[{ix}]");
            let head = self.heading(&SUB_CRITERION, &mine, &path);
            map(head.into_iter().chain([("aspects", self.aspects(&mine, &path))]))
        });
        list(items.collect())
    }

    /// Code and name of what these rows stand below, from the first of them.
    fn heading(&mut self, heading: &Heading, rows: &[Row<'a>], path: &str) -> Vec<(&'static str, Tree)> {
        let first = rows[0];
        let code = first.cell(heading.code);
        self.places.insert(path.to_owned(), first.at(heading.code));
        for row in &rows[1..] {
            for column in heading.names {
                if !row.cell(column).is_empty() && row.cell(column) != first.cell(column) {
                    let (zh, en) = heading.called;
                    let says = (
                        format!("{zh} {code} 在第 {} 行另有名称", first.row.number),
                        format!("the {en} {code} has another name in row {}", first.row.number),
                    );
                    let advice = Suggestion::advice("写同一个名称，或留空", "write the same name, or nothing");
                    self.fault(row.at(column), says, advice);
                }
            }
        }
        let code = self.entry(first, heading.code, path, "code");
        let name = self.words(first, heading.names, &format!("{path}.name"));
        code.into_iter().chain([("name", name)]).collect()
    }

    /// A name of a sub-criterion without its code would be lost.
    fn nameless(&mut self, rows: &[Row<'a>]) {
        for row in rows.iter().filter(|row| SUB_CRITERION.names.iter().any(|name| !row.cell(name).is_empty())) {
            let says = ("评分子单元有名称而没有编号", "a sub-criterion has a name here and no code");
            let advice = Suggestion::advice("写它的编号，或清空它的名称", "write its code, or clear its name");
            self.fault(row.at("sub_criterion"), says, advice);
        }
    }

    fn aspects(&mut self, rows: &[Row<'a>], path: &str) -> Tree {
        let aspects = rows.iter().enumerate().map(|(at, row)| self.aspect(*row, &format!("{path}.aspects[{at}]")));
        list(aspects.collect())
    }

    fn aspect(&mut self, row: Row<'a>, path: &str) -> Tree {
        self.places.insert(path.to_owned(), row.at("code"));
        let mut aspect: Vec<(&'static str, Tree)> = self.entry(row, "code", path, "code").into_iter().collect();
        aspect.push(("name", self.words(row, ["zh", "en"], &format!("{path}.name"))));
        aspect.extend(self.entry(row, "type", path, "type"));
        aspect.extend(self.entry(row, "max", path, "max"));
        self.places.insert(format!("{path}.abilities"), row.at("abilities"));
        let abilities = row.cell("abilities").split(|c: char| c.is_whitespace() || ",，、;；".contains(c));
        aspect.push(("abilities", list(abilities.filter(|code| !code.is_empty()).map(scalar).collect())));
        let tolerance =
            ["unit", "target", "full", "zero"].map(|key| self.entry(row, key, &format!("{path}.tolerance"), key));
        if tolerance.iter().any(Option::is_some) {
            self.places.insert(format!("{path}.tolerance"), row.at("target"));
            aspect.push(("tolerance", map(tolerance.into_iter().flatten())));
        }
        for (table, field) in [(STEPS, "steps"), (DEDUCTIONS, "deductions")] {
            aspect.extend(self.parts(table, field, row.cell("code"), path));
        }
        let levels = self.levels(row.cell("code"), path);
        let has_levels = levels.is_some();
        aspect.extend(levels);
        let by_panel = row.cell("type") == "judgement" && !has_levels;
        let panel_path = format!("{path}.panel");
        let above = if by_panel { panel_path.as_str() } else { path };
        let judges = self.entry(row, "judges", above, "judges");
        let panel = ["drop_extremes", "step"].map(|key| self.entry(row, key, &panel_path, key));
        if by_panel || panel.iter().any(Option::is_some) {
            self.places.insert(panel_path.clone(), row.at("judges"));
            let of_panel = judges.clone().filter(|_| by_panel);
            aspect.push(("panel", map(of_panel.into_iter().chain(panel.into_iter().flatten()))));
        }
        aspect.extend(judges.filter(|_| !by_panel));
        for key in ["spread_max", "rounds_most", "policy", "starts_at"] {
            aspect.extend(self.entry(row, key, path, key));
        }
        map(aspect)
    }

    fn parts(&mut self, table: &str, field: &'static str, aspect: &str, path: &str) -> Option<(&'static str, Tree)> {
        let rows = self.rows_of_aspect(table, aspect);
        let first = rows.first()?;
        self.places.insert(format!("{path}.{field}"), first.at("aspect"));
        let items = rows.into_iter().enumerate().map(|(ix, row)| {
            let path = format!("{path}.{field}[{ix}]");
            self.places.insert(path.clone(), row.at("code"));
            let code = self.entry(row, "code", &path, "code");
            let name = self.words(row, ["zh", "en"], &format!("{path}.name"));
            let marks = self.entry(row, "marks", &path, "marks");
            map(code.into_iter().chain([("name", name)]).chain(marks))
        });
        let items = items.collect();
        Some((field, list(items)))
    }

    /// By their numbers, in whichever order the rows stand.
    fn levels(&mut self, aspect: &str, path: &str) -> Option<(&'static str, Tree)> {
        let rows = self.rows_of_aspect(LEVELS, aspect);
        let first = *rows.first()?;
        self.places.insert(format!("{path}.levels"), first.at("level"));
        let mut by_number: BTreeMap<u32, Row<'a>> = BTreeMap::new();
        for row in rows {
            let advice = || {
                Suggestion::advice(
                    "每个评分项写 0、1、2、3 各一行",
                    "write a row for each of 0, 1, 2 and 3 of an aspect",
                )
            };
            match row.cell("level").parse::<u32>() {
                Ok(level) if level > 3 => {
                    self.fault(row.at("level"), ("等级只有 0 至 3", "levels are 0 to 3"), advice())
                }
                Ok(level) if by_number.insert(level, row).is_some() => {
                    let says = (
                        format!("{aspect} 的等级 {level} 写了两次"),
                        format!("level {level} of {aspect} stands there twice"),
                    );
                    self.fault(row.at("level"), says, advice());
                }
                Ok(_) => {}
                Err(_) => self.fault(row.at("level"), ("等级不是整数", "the level is no whole number"), advice()),
            }
        }
        let items = by_number
            .into_values()
            .enumerate()
            .map(|(ix, row)| self.words(row, ["zh", "en"], &format!("{path}.levels[{ix}]")));
        let items = items.collect();
        Some(("levels", list(items)))
    }
}

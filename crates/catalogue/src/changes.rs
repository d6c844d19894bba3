//! What is different between two schemes, thing by thing, for people: an aspect's maximum, a step's words, a rule's threshold.
//!
//! Both schemes are laid out as [tables](crate::tables), whose columns have names in both languages, and their rows are set against each
//! other by code. What belongs to an aspect (levels, steps, deductions) is told of the aspect.

use std::collections::{HashMap, HashSet};

use kernel::Text;

use crate::LoadedScheme;
use crate::tables::{Table, TableRow, tables_of};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Added,
    Removed,
    Changed,
    /// The same things in another order.
    Moved,
}

impl ChangeKind {
    pub const fn code(self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
            ChangeKind::Moved => "moved",
        }
    }
}

/// One thing that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    /// `contest`, `module`, `criterion`, `sub_criterion`, `aspect`, `ability`, `group`, `tie`, `signal`, `phase` or `rule`.
    pub of: &'static str,
    /// Empty for the contest itself, and where the order of several is meant.
    pub code: String,
    /// As it is called now; where it is gone, as it was.
    pub name: Text,
    /// Of something that was added or removed: all that is known of it.
    pub fields: Vec<FieldChange>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    pub label: Text,
    /// `None` where nothing stood, as after it where nothing stands any more.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Whatever differs between two schemes, in the order of the things in the newer one; what is gone comes behind what is left of its kind.
pub fn changes(before: &LoadedScheme, after: &LoadedScheme) -> Vec<Change> {
    let (old, new) = (things(before), things(after));
    let key = |thing: &Thing| (thing.of, thing.code.clone());
    let known: HashMap<_, &Thing> = old.iter().map(|thing| (key(thing), thing)).collect();
    let left: HashMap<_, &Thing> = new.iter().map(|thing| (key(thing), thing)).collect();
    let mut found = Vec::new();
    for of in KINDS {
        for thing in new.iter().filter(|thing| thing.of == of) {
            let fields = differing(known.get(&key(thing)).map_or(&[][..], |was| &was.fields[..]), &thing.fields);
            let kind = if known.contains_key(&key(thing)) { ChangeKind::Changed } else { ChangeKind::Added };
            if !fields.is_empty() {
                found.push(Change { kind, of, code: thing.code.clone(), name: thing.name.clone(), fields });
            }
        }
        for thing in old.iter().filter(|thing| thing.of == of && !left.contains_key(&key(thing))) {
            let fields = differing(&thing.fields, &[]);
            found.push(Change {
                kind: ChangeKind::Removed,
                of,
                code: thing.code.clone(),
                name: thing.name.clone(),
                fields,
            });
        }
        found.extend(moved(of, &old, &new));
    }
    found
}

const KINDS: [&str; 11] =
    ["contest", "module", "criterion", "sub_criterion", "aspect", "ability", "group", "tie", "signal", "phase", "rule"];

/// What has a code, and what is said of it.
struct Thing {
    of: &'static str,
    code: String,
    name: Text,
    fields: Vec<Field>,
}

struct Field {
    label: Text,
    value: String,
}

fn things(scheme: &LoadedScheme) -> Vec<Thing> {
    let tables = tables_of(scheme);
    let mut found: Vec<Thing> = Vec::new();
    let most: HashMap<&str, String> =
        scheme.scheme.modules().iter().map(|module| (module.code.as_str(), module.max.to_string())).collect();
    let total = Field { label: Text::new("总分", "Total"), value: scheme.scheme.max().to_string() };
    let mut contest =
        Thing { of: "contest", code: String::new(), name: scheme.scheme.title().clone(), fields: vec![total] };
    for table in &tables {
        match table.kind.code {
            "contest" => {
                for row in &table.rows {
                    let label = crate::tables::field_label(cell(table, row, "field"));
                    contest.fields.push(Field { label, value: cell(table, row, "value").to_owned() });
                }
            }
            "modules" => found.extend(table.rows.iter().map(|row| {
                let mut thing = thing("module", "code", table, row);
                let value = most.get(thing.code.as_str()).cloned().unwrap_or_default();
                thing.fields.push(Field { label: Text::new("满分", "Max"), value });
                thing
            })),
            "aspects" => add_aspects(&mut found, table),
            "levels" => add_parts(&mut found, table, "level"),
            "steps" | "deductions" => add_parts(&mut found, table, "code"),
            "abilities" => found.extend(table.rows.iter().map(|row| thing("ability", "code", table, row))),
            "groups" => found.extend(table.rows.iter().map(|row| thing("group", "code", table, row))),
            "ties" => found.extend(table.rows.iter().map(|row| thing("tie", "by", table, row))),
            "signals" => found.extend(table.rows.iter().map(|row| thing("signal", "name", table, row))),
            "phases" => found.extend(table.rows.iter().map(|row| thing("phase", "name", table, row))),
            _ => found.extend(table.rows.iter().map(|row| thing("rule", "id", table, row))),
        }
    }
    found.insert(0, contest);
    found
}

fn cell<'t>(table: &Table, row: &'t TableRow, column: &str) -> &'t str {
    table.kind.column(column).and_then(|at| row.cells.get(at)).map_or("", String::as_str)
}

/// A row by its code; a cell of YAML by its lines.
fn thing(of: &'static str, code: &str, table: &Table, row: &TableRow) -> Thing {
    let mut fields = Vec::new();
    for (column, text) in table.kind.columns.iter().zip(&row.cells) {
        match column.code {
            "how" => fields.extend(text.lines().filter_map(|line| {
                let (key, value) = line.split_once(": ")?;
                Some(Field { label: Text::new(key, key), value: value.to_owned() })
            })),
            // Which module parts equal totals is part of what it is.
            of_code if of_code == code => {}
            _ => fields.push(Field { label: Text::new(column.zh, column.en), value: text.clone() }),
        }
    }
    let own = cell(table, row, code).to_owned();
    let code = if of == "tie" { format!("{own} {}", cell(table, row, "module")).trim().to_owned() } else { own };
    Thing { of, code, name: Text::new(cell(table, row, "zh"), cell(table, row, "en")), fields }
}

fn add_aspects(found: &mut Vec<Thing>, table: &Table) {
    let (mut aspects, mut known) = (Vec::new(), HashSet::new());
    for row in &table.rows {
        add_heading(found, &mut known, "criterion", ("模块", "Module", cell(table, row, "module")), table, row);
        if !cell(table, row, "sub_criterion").is_empty() {
            add_heading(
                found,
                &mut known,
                "sub_criterion",
                ("评分单元", "Criterion", cell(table, row, "criterion")),
                table,
                row,
            );
        }
        let mut aspect = thing("aspect", "code", table, row);
        // Which module it is in follows from its criterion, which is told of by itself; so are the names of what it stands below.
        aspect.fields.retain(|field| {
            let label = field.label.zh.as_str();
            label != "模块" && !(label.starts_with("评分") && label.ends_with('）'))
        });
        aspects.push(aspect);
    }
    found.extend(aspects);
}

/// What an aspect stands below, once for all that do.
fn add_heading<'t>(
    found: &mut Vec<Thing>,
    known: &mut HashSet<(&'static str, &'t str)>,
    of: &'static str,
    (zh, en, above): (&str, &str, &str),
    table: &Table,
    row: &'t TableRow,
) {
    let code = cell(table, row, of);
    if !known.insert((of, code)) {
        return;
    }
    let name = Text::new(cell(table, row, &format!("{of}_zh")), cell(table, row, &format!("{of}_en")));
    let fields = [(zh, en, above), ("中文", "Chinese", &name.zh), ("英文", "English", &name.en)];
    let fields = fields.map(|(zh, en, value)| Field { label: Text::new(zh, en), value: value.to_owned() });
    found.push(Thing { of, code: code.to_owned(), name: name.clone(), fields: fields.into() });
}

fn add_parts(found: &mut [Thing], table: &Table, code: &str) {
    let aspects = found.iter_mut().filter(|thing| thing.of == "aspect");
    let mut aspects: HashMap<String, &mut Thing> = aspects.map(|thing| (thing.code.clone(), thing)).collect();
    for row in &table.rows {
        let Some(thing) = aspects.get_mut(cell(table, row, "aspect")) else { continue };
        let part = cell(table, row, code);
        for (column, text) in table.kind.columns.iter().zip(&row.cells) {
            if column.code != "aspect" && column.code != code {
                let label = Text::new(
                    format!("{} {part} {}", table.kind.zh, column.zh),
                    format!("{} {part}, {}", table.kind.en, column.en),
                );
                thing.fields.push(Field { label, value: text.clone() });
            }
        }
    }
}

fn differing(before: &[Field], after: &[Field]) -> Vec<FieldChange> {
    let (was, is) = (by_label(before), by_label(after));
    let value = |fields: &HashMap<&Text, &str>, label: &Text| {
        fields.get(label).filter(|value| !value.is_empty()).map(|value| (*value).to_owned())
    };
    let gone = before.iter().filter(|field| !is.contains_key(&field.label));
    after
        .iter()
        .chain(gone)
        .map(|field| FieldChange {
            label: field.label.clone(),
            before: value(&was, &field.label),
            after: value(&is, &field.label),
        })
        .filter(|field| !is_same(field.before.as_deref(), field.after.as_deref()))
        .collect()
}

/// Of several with one label the first.
fn by_label(fields: &[Field]) -> HashMap<&Text, &str> {
    fields.iter().rev().map(|field| (&field.label, field.value.as_str())).collect()
}

/// `2`, `2.0` and `2.00` are one number.
fn is_same(before: Option<&str>, after: Option<&str>) -> bool {
    let plain = |text: &str| -> String {
        let is_number = text.parse::<f64>().is_ok() && text.contains('.');
        if is_number { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    before.map(plain) == after.map(plain)
}

/// The order of those that both have, from the first to the last that stands elsewhere.
fn moved(of: &'static str, old: &[Thing], new: &[Thing]) -> Option<Change> {
    let codes = |things: &[Thing], other: &[Thing]| -> Vec<String> {
        let known: HashSet<&str> = other.iter().filter(|one| one.of == of).map(|one| one.code.as_str()).collect();
        let both = things.iter().filter(|thing| thing.of == of && known.contains(thing.code.as_str()));
        both.map(|thing| thing.code.clone()).collect()
    };
    let (before, after) = (codes(old, new), codes(new, old));
    let differ = |(one, other): &(&String, &String)| one != other;
    let first = before.iter().zip(&after).position(|pair| differ(&pair))?;
    let last = before.iter().zip(&after).rposition(|pair| differ(&pair))?;
    let shown = |codes: &[String]| codes.get(first..=last).map(|codes| codes.join(" "));
    let order = FieldChange { label: Text::new("顺序", "Order"), before: shown(&before), after: shown(&after) };
    let name = Text::default();
    Some(Change { kind: ChangeKind::Moved, of, code: String::new(), name, fields: vec![order] })
}

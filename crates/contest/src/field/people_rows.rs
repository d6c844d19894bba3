//! What a row of an import must hold: checked row by row, every fault with its place.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use kernel::Text;

use super::workbook::{Column, SheetRow};
use crate::arena::Arena;

const fn column(code: &'static str, zh: &'static str, en: &'static str, needed: bool, example: &'static str) -> Column {
    Column { code, zh, en, also: &[], needed, example }
}

impl Column {
    const fn or(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }
}

const EMPLOYER: &[&str] = &["工作单位", "所在单位", "Employer", "Organization"];
const LOGIN: &[&str] = &["登录名", "用户名", "Account", "Username"];

pub const COMPETITORS: &[Column] = &[
    column("name", "姓名", "Name", true, "张伟").or(&["选手姓名", "名字", "Full name"]),
    column("organisation", "单位", "Organisation", true, "东海机器人有限公司").or(EMPLOYER),
    column("team", "代表队", "Team", false, "温州代表队").or(&["队伍", "参赛队", "队名", "Delegation"]),
    column("group", "组别", "Group", true, "workers").or(&["参赛组别", "Category"]),
    column("venue", "赛场", "Venue", true, "东赛场").or(&["赛区", "场地"]),
    column("no", "检录号", "Blind number", false, "").or(&["检录编号"]),
    column("login", "账号", "Login", false, "zhangwei").or(LOGIN),
];

pub const JUDGES: &[Column] = &[
    column("name", "姓名", "Name", true, "李芳").or(&["裁判姓名", "名字", "Full name"]),
    column("organisation", "单位", "Organisation", true, "市技师学院").or(EMPLOYER),
    column("venue", "赛场", "Venue", true, "东赛场").or(&["赛区", "场地"]),
    column("modules", "模块", "Modules", false, "A B").or(&["执裁模块", "Module"]),
    column("login", "账号", "Login", true, "judge-lifang").or(LOGIN),
];

/// A fault of one cell.
#[derive(Debug, Clone)]
pub struct RowFault {
    pub row: u32,
    pub column: &'static str,
    pub text: Text,
}

#[derive(Debug, Clone)]
pub struct NewCompetitor {
    pub row: u32,
    pub name: String,
    pub organisation: String,
    pub team: Option<String>,
    pub group: String,
    pub venue: kernel::VenueId,
    pub no: Option<String>,
    pub login: Option<String>,
    /// Who he is, where the hall doesn't go by his name: he comes from another contest.
    pub known: Option<(kernel::PersonId, kernel::OrganisationId)>,
}

#[derive(Debug, Clone)]
pub struct NewJudge {
    pub row: u32,
    pub name: String,
    pub organisation: String,
    pub venue: kernel::VenueId,
    pub modules: Vec<String>,
    pub login: String,
}

/// The faults of one row as they are found.
struct Row<'a> {
    row: &'a SheetRow,
    columns: &'static [Column],
    faults: &'a mut Vec<RowFault>,
}

impl Row<'_> {
    fn fault(&mut self, column: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.push(RowFault { row: self.row.number, column, text: Text::new(zh, en) });
    }

    fn cell_is_empty(&self, column: &str) -> bool {
        self.row.cell(self.columns, column).is_empty()
    }

    fn needed(&mut self, column: &'static str, most: usize) -> String {
        let text = self.row.cell(self.columns, column).to_owned();
        if text.is_empty() {
            self.fault(column, "不能为空", "must not be empty");
        } else if text.chars().count() > most || text.chars().any(char::is_control) {
            self.fault(
                column,
                format!("最多 {most} 个字，不含控制字符"),
                format!("at most {most} characters, none of them control characters"),
            );
        }
        text
    }

    fn optional(&mut self, column: &'static str, most: usize) -> Option<String> {
        if self.row.cell(self.columns, column).is_empty() { None } else { Some(self.needed(column, most)) }
    }

    fn venue(&mut self, arena: &Arena) -> Option<kernel::VenueId> {
        let name = self.needed("venue", 100);
        if name.is_empty() {
            return None;
        }
        let found = arena.plan.venues.iter().find(|venue| {
            venue.name.zh == name || venue.name.en.eq_ignore_ascii_case(&name) || venue.id.as_str() == name
        });
        if found.is_none() {
            let known: Vec<&str> = arena.plan.venues.iter().map(|venue| venue.name.zh.as_str()).collect();
            let known = known.join("、");
            self.fault(
                "venue",
                format!("没有“{name}”这个赛场；有：{known}"),
                format!("there is no venue {name:?}; there are {known}"),
            );
        }
        found.map(|venue| venue.id.clone())
    }

    fn login(&mut self, text: &str) {
        let fits = (3..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-@".contains(&b));
        if !fits {
            self.fault("login", "3 至 64 个小写字母、数字或 . _ - @", "3 to 64 of a-z 0-9 . _ - @");
        }
    }

    fn login_once(&mut self, logins: &mut FirstRows<String>, login: &str) {
        if let Some(first) = logins.before(login.to_owned(), self.row.number) {
            self.fault(
                "login",
                format!("账号 {login} 在第 {first} 行已出现"),
                format!("the login {login} stands in row {first} already"),
            );
        }
    }
}

/// In which row something stood first.
struct FirstRows<T>(HashMap<T, u32>);

impl<T> Default for FirstRows<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Hash + Eq> FirstRows<T> {
    /// The earlier row in which it stood, if any.
    fn before(&mut self, what: T, row: u32) -> Option<u32> {
        let first = *self.0.entry(what).or_insert(row);
        (first != row).then_some(first)
    }
}

/// Checks all rows; rows without a fault come back as competitors.
pub fn competitors(rows: &[SheetRow], arena: &Arena) -> (Vec<NewCompetitor>, Vec<RowFault>) {
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    let given: HashSet<&str> = arena.plan.entries.iter().map(|entry| entry.no.as_str()).collect();
    let (mut numbers, mut seen, mut logins) = (FirstRows::default(), FirstRows::default(), FirstRows::default());
    for row in rows {
        let (number, before) = (row.number, faults.len());
        let mut row = Row { row, columns: COMPETITORS, faults: &mut faults };
        let (name, organisation) = (row.needed("name", 40), row.needed("organisation", 100));
        let (team, venue) = (row.optional("team", 100), row.venue(arena));
        let group = row.needed("group", 40);
        let scheme = arena.board.scheme();
        let group = scheme
            .groups()
            .iter()
            .find(|known| known.code == group || known.name.zh == group || known.name.en.eq_ignore_ascii_case(&group));
        if group.is_none() && !row.cell_is_empty("group") {
            let known = scheme
                .groups()
                .iter()
                .map(|group| format!("{}（{}）", group.name.zh, group.code))
                .collect::<Vec<_>>()
                .join("、");
            row.fault(
                "group",
                format!("没有这个组别；有：{known}"),
                format!("there is no such group; there are {known}"),
            );
        }
        let no = row.optional("no", 20);
        if let Some(no) = &no {
            if given.contains(no.as_str()) {
                row.fault("no", format!("检录号 {no} 已被使用"), format!("the blind number {no} is taken"));
            } else if let Some(first) = numbers.before(no.clone(), number) {
                row.fault(
                    "no",
                    format!("检录号 {no} 在第 {first} 行已出现"),
                    format!("the blind number {no} stands in row {first} already"),
                );
            }
        }
        let login = row.optional("login", 64);
        if let Some(login) = &login {
            row.login(login);
            row.login_once(&mut logins, login);
        }
        let known = arena
            .plan
            .entries
            .iter()
            .any(|entry| entry.person_name == name && entry.organisation_name.zh == organisation);
        if known {
            row.fault("name", "该选手已在名单中", "this competitor is in the field already");
        } else if let Some(first) = seen.before((name.clone(), organisation.clone()), number) {
            row.fault(
                "name",
                format!("同一单位的同名选手在第 {first} 行已出现"),
                format!("row {first} holds this name of this organisation already"),
            );
        }
        if let (true, Some(venue), Some(group)) = (faults.len() == before, venue, group) {
            good.push(NewCompetitor {
                row: number,
                name,
                organisation,
                team,
                group: group.code.clone(),
                venue,
                no,
                login,
                known: None,
            });
        }
    }
    (good, faults)
}

/// Checks all rows; rows without a fault come back as judges.
pub fn judges(rows: &[SheetRow], arena: &Arena) -> (Vec<NewJudge>, Vec<RowFault>) {
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    let mut logins = FirstRows::default();
    for row in rows {
        let (number, before) = (row.number, faults.len());
        let mut row = Row { row, columns: JUDGES, faults: &mut faults };
        let (name, organisation, venue) = (row.needed("name", 40), row.needed("organisation", 100), row.venue(arena));
        let login = row.needed("login", 64);
        if !login.is_empty() {
            row.login(&login);
            row.login_once(&mut logins, &login);
        }
        let modules: Vec<String> = row
            .optional("modules", 100)
            .map(|text| text.split([' ', ',', '，', '、']).filter(|code| !code.is_empty()).map(str::to_owned).collect())
            .unwrap_or_default();
        for code in &modules {
            if arena.board.scheme().module_ix(code).is_none() {
                row.fault("modules", format!("没有模块 {code}"), format!("there is no module {code}"));
            }
        }
        if let (true, Some(venue)) = (faults.len() == before, venue) {
            good.push(NewJudge { row: number, name, organisation, venue, modules, login });
        }
    }
    (good, faults)
}

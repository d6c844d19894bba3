//! A sheet of applications: name, organisation, group, team where there are teams, and what the rules ask.

use marking::{Entrants, FieldKind, RegistrationRule};

use crate::field::workbook::Column;

pub(super) const NAME: &str = "name";
pub(super) const ORGANISATION: &str = "organisation";
pub(super) const GROUP: &str = "group";
pub(super) const TEAM: &str = "team";

/// The code of a field's column: a field may be called like one of ours.
pub(super) fn code_of(field: &str) -> String {
    format!("answers.{field}")
}

/// The codes of the columns of fields, in their order; [`columns`] borrows them.
pub(super) fn codes(rule: &RegistrationRule) -> Vec<String> {
    rule.fields.iter().map(|field| code_of(&field.code)).collect()
}

pub(super) fn columns<'a>(rule: &'a RegistrationRule, codes: &'a [String]) -> Vec<Column<'a>> {
    let plain = |code, zh, en, also, needed, example| Column { code, zh, en, also, needed, example };
    let mut columns = vec![
        plain(NAME, "姓名", "Name", &["选手姓名", "名字", "Full name"] as &[&str], true, "张伟"),
        plain(
            ORGANISATION,
            "单位",
            "Organisation",
            &["工作单位", "所在单位", "Employer", "Organization"],
            true,
            "东海机器人有限公司",
        ),
        plain(GROUP, "组别", "Group", &["参赛组别", "Category"], true, "workers"),
    ];
    if rule.entrants != Entrants::Individuals {
        let needed = rule.entrants == Entrants::Teams;
        columns.push(plain(TEAM, "代表队", "Team", &["队伍", "参赛队", "队名", "Delegation"], needed, "温州代表队"));
    }
    columns.extend(rule.fields.iter().zip(codes).map(|(field, code)| {
        let example = match &field.kind {
            FieldKind::Text => "",
            FieldKind::Number => "5",
            FieldKind::Date => "1990-01-31",
            FieldKind::Choice(choices) => choices.first().map_or("", |choice| choice.name.zh.as_str()),
        };
        plain(code.as_str(), field.name.zh.as_str(), field.name.en.as_str(), &[], field.required, example)
    }));
    columns
}

//! A sheet of applications: name, organisation, group, team where there are teams, and what the rules ask.

use marking::{Eligible, Entrants, FieldChoice, FieldKind, RegistrationRule};

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
        plain(GROUP, "组别", "Group", &["参赛组别", "Category"], true, ""),
    ];
    if rule.entrants != Entrants::Individuals {
        let needed = rule.entrants == Entrants::Teams;
        columns.push(plain(TEAM, "代表队", "Team", &["队伍", "参赛队", "队名", "Delegation"], needed, "温州代表队"));
    }
    columns.extend(rule.fields.iter().zip(codes).map(|(field, code)| {
        let example = match &field.kind {
            FieldKind::Text => "",
            FieldKind::Number => accepted_number(rule, &field.code),
            FieldKind::Date => "1990-01-31",
            FieldKind::Choice(choices) => accepted_choice(rule, &field.code, choices),
        };
        plain(code.as_str(), field.name.zh.as_str(), field.name.en.as_str(), &[], field.required, example)
    }));
    columns
}

/// A number that meets every condition on the field, where one of these does.
fn accepted_number(rule: &RegistrationRule, field: &str) -> &'static str {
    let is_met = |number: u32| {
        rule.eligibility.iter().all(|rule| match &rule.condition {
            Eligible::Number { field: of, at_least, at_most } if of == field => {
                at_least.is_none_or(|least| number >= least) && at_most.is_none_or(|most| number <= most)
            }
            _ => true,
        })
    };
    [(5, "5"), (1, "1"), (10, "10"), (20, "20"), (50, "50")]
        .into_iter()
        .find(|(number, _)| is_met(*number))
        .map_or("", |(_, written)| written)
}

/// The first choice that meets every condition on the field: an example that is refused would be none.
fn accepted_choice<'a>(rule: &RegistrationRule, field: &str, choices: &'a [FieldChoice]) -> &'a str {
    let place = |code: &str| choices.iter().position(|choice| choice.code == code);
    let is_met = |choice: &FieldChoice| {
        rule.eligibility.iter().all(|rule| match &rule.condition {
            Eligible::Level { field: of, at_least } if of == field => place(&choice.code) >= place(at_least),
            Eligible::OneOf { field: of, choices } if of == field => choices.contains(&choice.code),
            _ => true,
        })
    };
    choices.iter().find(|choice| is_met(choice)).or(choices.first()).map_or("", |choice| choice.name.zh.as_str())
}

//! Registration, as a rule set writes it. A condition that can't be read stands in as one that faults nothing more.

use kernel::{Suggestion, Text};
use marking::{
    Day, EligibilityRule, Eligible, Entrants, FieldChoice, FieldKind, FieldRule, GroupCapacity, RegistrationRule,
    TeamSize, Waiting,
};

use super::prizes::exactly_one;
use super::read::{choice, code, name};
use crate::page::{Fields, Page};
use crate::tree::Tree;

pub(super) fn registration(page: &mut Page, tree: &Tree) -> RegistrationRule {
    let mut fields = page.fields(tree, "registration");
    let opens_before_ms = fields.optional("opens").and_then(|tree| before(page, tree, "registration.opens"));
    let closes_before_ms = fields.optional("closes").and_then(|tree| before(page, tree, "registration.closes"));
    let entrants = choice(page, &mut fields, "as", &Entrants::ALL.map(|entrants| (entrants.code(), entrants)));
    let team = fields.optional("team").and_then(|tree| team(page, tree));
    let capacity = fields.optional("capacity").and_then(|tree| page.whole(tree, "registration.capacity"));
    let group_capacities = match fields.optional("groups") {
        Some(tree) => {
            let items = page.items(tree, "registration.groups").iter().enumerate();
            items.filter_map(|(at, tree)| group_capacity(page, tree, &format!("registration.groups[{at}]"))).collect()
        }
        None => Vec::new(),
    };
    let per_organisation =
        fields.optional("per_organisation").and_then(|tree| page.whole(tree, "registration.per_organisation"));
    let waitings = Waiting::ALL.map(|waiting| (waiting.code(), waiting));
    let waiting = fields.optional("waiting").and_then(|tree| page.word(tree, "registration.waiting", &waitings));
    let asked = match fields.optional("fields") {
        Some(tree) => {
            let items = page.items(tree, "registration.fields").iter().enumerate();
            items.map(|(at, tree)| field(page, tree, &format!("registration.fields[{at}]"))).collect()
        }
        None => Vec::new(),
    };
    let eligibility = match fields.optional("eligibility") {
        Some(tree) => {
            let items = page.items(tree, "registration.eligibility").iter().enumerate();
            items.map(|(at, tree)| eligibility(page, tree, &format!("registration.eligibility[{at}]"))).collect()
        }
        None => Vec::new(),
    };
    fields.end(page);
    RegistrationRule {
        opens_before_ms,
        closes_before_ms,
        entrants: entrants.unwrap_or(Entrants::Both),
        team,
        capacity,
        group_capacities,
        per_organisation,
        waiting: waiting.unwrap_or(Waiting::ByHand),
        fields: asked,
        eligibility,
    }
}

/// So many days or hours before the start.
fn before(page: &mut Page, tree: &Tree, path: &str) -> Option<i64> {
    let written = page.scalar(tree, path)?;
    let read = [("d", 24), ("h", 1)].into_iter().find_map(|(unit, hours)| {
        let figure = written.strip_suffix(unit)?.trim_end();
        let figure =
            figure.parse::<i64>().ok().filter(|figure| *figure >= 0 && figure.saturating_mul(hours) <= 366 * 24)?;
        Some(figure * hours * 3_600_000)
    });
    if read.is_none() {
        let suggestion = match written.parse::<u32>() {
            Ok(days) if days <= 366 => Suggestion::replace(format!("{days}d")),
            _ => Suggestion::advice(
                "写开赛前的天数或小时数，例如 `45d`、`12h`，最长 366 天",
                "write days or hours before the start, such as `45d` or `12h`, 366 days at most",
            ),
        };
        page.error(
            tree.place,
            path,
            format!("`{written}` 不是开赛前的时长"),
            format!("`{written}` is no time before the start"),
            suggestion,
        );
    }
    read
}

fn team(page: &mut Page, tree: &Tree) -> Option<TeamSize> {
    let mut fields = page.fields(tree, "registration.team");
    let least = fields.required(page, "least").and_then(|tree| page.whole(tree, "registration.team.least"));
    let most = fields.required(page, "most").and_then(|tree| page.whole(tree, "registration.team.most"));
    fields.end(page);
    least.zip(most).map(|(least, most)| TeamSize { least, most })
}

fn group_capacity(page: &mut Page, tree: &Tree, path: &str) -> Option<GroupCapacity> {
    let mut fields = page.fields(tree, path);
    let group = code(page, &mut fields, "group");
    let capacity = fields.required(page, "capacity").and_then(|tree| page.whole(tree, &format!("{path}.capacity")));
    fields.end(page);
    Some(GroupCapacity { group, capacity: capacity? })
}

fn field(page: &mut Page, tree: &Tree, path: &str) -> FieldRule {
    let mut fields = page.fields(tree, path);
    let (code, name) = (code(page, &mut fields, "code"), name(page, &mut fields));
    let kinds = FieldKind::CODES.map(|kind| (kind, kind));
    let kind = choice(page, &mut fields, "type", &kinds);
    let required = fields.optional("required").and_then(|tree| page.yes_no(tree, &fields.at("required")));
    let written = fields.optional("choices");
    let kind = match (kind, written) {
        (Some("choice"), Some(tree)) => FieldKind::Choice(choices(page, tree, &fields.at("choices"))),
        (Some("choice"), None) => {
            let suggestion = page.added(&fields.at("choices"));
            fields.fault(page, "没有可选的项", "there is nothing to choose from", suggestion);
            FieldKind::Choice(Vec::new())
        }
        (Some(other), Some(tree)) => {
            let suggestion = Suggestion::advice("去掉它，或写 `type: choice`", "remove it, or write `type: choice`");
            let (zh, en) =
                (format!("类型为 {other} 的一项没有选项"), format!("a field of type {other} has no choices"));
            page.error(tree.place, &fields.at("choices"), zh, en, suggestion);
            FieldKind::Text
        }
        (Some("number"), None) => FieldKind::Number,
        (Some("date"), None) => FieldKind::Date,
        _ => FieldKind::Text,
    };
    fields.end(page);
    FieldRule { code, name, kind, required: required.unwrap_or(false) }
}

fn choices(page: &mut Page, tree: &Tree, path: &str) -> Vec<FieldChoice> {
    let items = page.items(tree, path).iter().enumerate();
    items
        .map(|(at, tree)| {
            let mut fields = page.fields(tree, &format!("{path}[{at}]"));
            let choice = FieldChoice { code: code(page, &mut fields, "code"), name: name(page, &mut fields) };
            fields.end(page);
            choice
        })
        .collect()
}

const CONDITIONS: [&str; 5] = ["age", "number", "level", "one_of", "organisation"];

fn eligibility(page: &mut Page, tree: &Tree, path: &str) -> EligibilityRule {
    let mut fields = page.fields(tree, path);
    let code = code(page, &mut fields, "code");
    let says = fields.required(page, "says").map_or_else(Text::default, |tree| page.text(tree, &fields.at("says")));
    let groups = fields.optional("groups").map(|tree| words(page, tree, &fields.at("groups"))).unwrap_or_default();
    let written = fields.among(&CONDITIONS);
    let trees = CONDITIONS.map(|condition| fields.optional(condition));
    let condition = match (written.as_slice(), trees.into_iter().flatten().next()) {
        ([condition], Some(tree)) => read_condition(page, &fields, condition, tree),
        _ => {
            exactly_one(page, &fields, "报名条件", "rule", &written, &CONDITIONS);
            // Faulted already: what stands in is never used.
            Eligible::Organisation(Vec::new())
        }
    };
    fields.end(page);
    EligibilityRule { code, says, groups, condition }
}

fn read_condition(page: &mut Page, above: &Fields<'_>, condition: &str, tree: &Tree) -> Eligible {
    let path = above.at(condition);
    if condition == "organisation" {
        return Eligible::Organisation(words(page, tree, &path));
    }
    let mut fields = page.fields(tree, &path);
    let field =
        fields.required(page, "field").and_then(|tree| page.scalar(tree, &format!("{path}.field"))).unwrap_or_default();
    let whole = |page: &mut Page, fields: &mut Fields<'_>, limit: &'static str| {
        fields.optional(limit).and_then(|tree| page.whole(tree, &format!("{path}.{limit}")))
    };
    let read = match condition {
        "age" => {
            let (at_least, at_most) = (whole(page, &mut fields, "at_least"), whole(page, &mut fields, "at_most"));
            let on = fields.optional("on").and_then(|tree| day(page, tree, &format!("{path}.on")));
            Eligible::Age { field, at_least, at_most, on }
        }
        "number" => {
            let (at_least, at_most) = (whole(page, &mut fields, "at_least"), whole(page, &mut fields, "at_most"));
            Eligible::Number { field, at_least, at_most }
        }
        "level" => {
            let at_least = fields.required(page, "at_least");
            let at_least = at_least.and_then(|tree| page.scalar(tree, &format!("{path}.at_least"))).unwrap_or_default();
            Eligible::Level { field, at_least }
        }
        _ => {
            let choices = fields.required(page, "choices");
            let choices = choices.map(|tree| words(page, tree, &format!("{path}.choices"))).unwrap_or_default();
            Eligible::OneOf { field, choices }
        }
    };
    fields.end(page);
    read
}

fn day(page: &mut Page, tree: &Tree, path: &str) -> Option<Day> {
    let written = page.scalar(tree, path)?;
    let suggestion = Suggestion::advice(
        "写日期，例如 `on: 2026-09-01`；不写则为开赛之日",
        "write a date, such as `on: 2026-09-01`; without it, it is the day of the start",
    );
    page.read(tree, path, &written, ("日期", "date"), suggestion)
}

fn words(page: &mut Page, tree: &Tree, path: &str) -> Vec<String> {
    let items = page.items(tree, path).iter().enumerate();
    items.map(|(at, tree)| page.scalar(tree, &format!("{path}[{at}]")).unwrap_or_default()).collect()
}

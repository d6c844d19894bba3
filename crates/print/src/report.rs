//! The ability report: total and rank, each ability within the field and how sure it is, each module against the
//! winner, and how to read all that. A4 portrait, four pages as a rule.
//!
//! Shares are for bars: fractions from 0 to 1, as [`kernel`]'s marks are exact and stand beside them.

use jiff::civil::Date;
use kernel::mark::Mark;
use kernel::text::Text;
use serde_json::{Value, json};

use crate::fault::{Refusal, Wrong};
use crate::fonts::Fonts;
use crate::press::{Template, print};
use crate::reader::{ITEMS_MAX, NAME_MAX, Reader, SENTENCE_MAX, TITLE_MAX};
use crate::{Languages, date};

#[derive(Debug, Clone, PartialEq)]
pub struct AbilityReport {
    pub languages: Languages,
    pub name: String,
    pub organisation: Option<Text>,
    pub contest: Text,
    pub group: Option<Text>,
    /// The day of the contest.
    pub held: Date,
    pub total: Mark,
    pub total_max: Mark,
    pub rank: u32,
    /// How many were ranked.
    pub field: u32,
    /// The rank within the group, and how many were ranked there; none where there are no groups.
    pub in_group: Option<(u32, u32)>,
    /// Why this rank.
    pub sentence: Text,
    pub abilities: Vec<Ability>,
    pub modules: Vec<Module>,
    pub strong: Vec<Text>,
    pub weak: Vec<Text>,
    pub hall: Text,
    /// The day of the report, and the date of the file.
    pub on: Date,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Ability {
    pub name: Text,
    pub mark: Mark,
    pub max: Mark,
    /// The 95 % interval of the share, 0 to 1; none where it can't be known.
    pub interval: Option<[f64; 2]>,
    /// First quartile, median and third quartile of the field's shares, 0 to 1.
    pub quartiles: [f64; 3],
}

#[derive(Debug, Clone, PartialEq)]
pub struct Module {
    pub name: Text,
    pub mark: Mark,
    pub max: Mark,
    /// The winner's mark; none on the winner's own report.
    pub winner: Option<Mark>,
}

pub fn ability_report(fonts: &Fonts, report: &AbilityReport) -> Result<Vec<u8>, Refusal> {
    let mut reader = Reader::new(fonts, report.languages);
    let name = reader.line("name", &report.name, NAME_MAX);
    share(&mut reader, "total", report.total, report.total_max);
    if report.rank == 0 || report.rank > report.field {
        reader.fault("rank", Wrong::Figure);
    }
    if report.in_group.is_some_and(|(rank, field)| rank == 0 || rank > field) {
        reader.fault("in_group", Wrong::Figure);
    }
    if report.abilities.is_empty() {
        reader.fault("abilities", Wrong::Empty);
    }
    if report.modules.is_empty() {
        reader.fault("modules", Wrong::Empty);
    }
    reader.count("abilities", report.abilities.len());
    reader.count("modules", report.modules.len());
    let abilities: Value = (report.abilities.iter().enumerate().take(ITEMS_MAX))
        .map(|(at, ability)| ability_data(&mut reader, &format!("abilities[{at}]"), ability))
        .collect();
    let modules: Value = (report.modules.iter().enumerate().take(ITEMS_MAX))
        .map(|(at, module)| module_data(&mut reader, &format!("modules[{at}]"), module))
        .collect();
    let data = json!({
        "languages": report.languages.codes(),
        "families": fonts.families(),
        "title": format!("能力报告 Ability Report {name}"),
        "name": name,
        "organisation": reader.both_if_any("organisation", report.organisation.as_ref(), TITLE_MAX),
        "contest": reader.both("contest", &report.contest, TITLE_MAX),
        "group": reader.both_if_any("group", report.group.as_ref(), TITLE_MAX),
        "held": date::both(date::day(report.held)),
        "total": { "mark": written(report.total), "max": written(report.total_max) },
        "rank": report.rank,
        "field": report.field,
        "in_group": report.in_group.map(|(rank, field)| json!({ "rank": rank, "field": field })),
        "sentence": reader.both("sentence", &report.sentence, SENTENCE_MAX),
        "abilities": abilities,
        "modules": modules,
        "strong": reader.list("strong", &report.strong),
        "weak": reader.list("weak", &report.weak),
        "hall": reader.both("hall", &report.hall, TITLE_MAX),
        "on": date::parts(report.on),
        "date": date::both(date::day(report.on)),
    });
    reader.finish()?;
    print(fonts, Template::Report, data)
}

fn ability_data(reader: &mut Reader<'_>, place: &str, ability: &Ability) -> Value {
    let (quartiles_place, interval_place) = (format!("{place}.quartiles"), format!("{place}.interval"));
    if ability.interval.is_some_and(|interval| !interval.is_sorted()) {
        reader.fault(&interval_place, Wrong::Figure);
    }
    if !ability.quartiles.is_sorted() {
        reader.fault(&quartiles_place, Wrong::Figure);
    }
    json!({
        "name": reader.both(&format!("{place}.name"), &ability.name, TITLE_MAX),
        "mark": written(ability.mark),
        "max": written(ability.max),
        "share": share(reader, place, ability.mark, ability.max),
        "interval": ability.interval.map(|ends| ends.map(|end| reader.share(&interval_place, end))),
        "quartiles": ability.quartiles.map(|quartile| reader.share(&quartiles_place, quartile)),
    })
}

fn module_data(reader: &mut Reader<'_>, place: &str, module: &Module) -> Value {
    let winner_place = format!("{place}.winner");
    json!({
        "name": reader.both(&format!("{place}.name"), &module.name, TITLE_MAX),
        "mark": written(module.mark),
        "max": written(module.max),
        "share": share(reader, place, module.mark, module.max),
        "winner": module.winner.map(|mark| json!({
            "mark": written(mark),
            "share": share(reader, &winner_place, mark, module.max),
        })),
    })
}

/// How much of the maximum, for a bar.
fn share(reader: &mut Reader<'_>, place: &str, mark: Mark, max: Mark) -> f64 {
    reader.share(place, mark.hundredths() as f64 / max.hundredths() as f64)
}

/// `87.35`. Marks below zero have been refused.
fn written(mark: Mark) -> String {
    let hundredths = mark.hundredths();
    format!("{}.{:02}", hundredths / 100, hundredths.abs() % 100)
}

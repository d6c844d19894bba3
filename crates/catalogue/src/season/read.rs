//! The page of a season, read field by field. What is missing or unreadable is faulted and stands in as something harmless, so that the rest
//! can be checked as well; a page with a fault never becomes a season.

use kernel::{Mark, Suggestion, Text};
use marking::{AdvanceRule, ChainLink, Declined, Over, Places, Rounding, Share, ShareOf, Ties};

use super::{Level, SEASON_FORMAT, Season, Tier};
use crate::page::{Fields, Page};
use crate::rule_set::read::{OVERS, choice, code, name, share};
use crate::tree::Tree;

const TIERS_MOST: usize = 8;
const PLACES_MOST: u32 = 1_000;
const TOTAL_MOST: i64 = 100_000;

pub(super) fn season(page: &mut Page, tree: &Tree) -> Season {
    let mut file = page.fields(tree, "");
    if let Some(tree) = file.required(page, "format") {
        page.word(tree, "format", &[(SEASON_FORMAT, ())]);
    }
    let code = id(page, &mut file);
    let version = version(page, &mut file);
    let title = file.required(page, "title").map_or_else(Text::default, |tree| page.text(tree, "title"));
    let trades = file.optional("trades").map_or_else(Vec::new, |tree| trades(page, tree));
    let tiers = file.required(page, "tiers").map_or_else(Vec::new, |tree| tiers(page, tree));
    file.end(page);
    Season { code, version, title, trades, tiers }
}

/// A code: 1 to 40 of a-z 0-9 and hyphens, with a letter first.
fn code_at(page: &mut Page, tree: &Tree, path: &str, written: &str) {
    if crate::trades::is_code(written) {
        return;
    }
    let (zh, en) = (format!("`{written}` 不能用作代码"), format!("`{written}` can't be a code"));
    let suggestion = Suggestion::advice(
        "以小写字母开头，用 1 到 40 个小写字母、数字和连字符",
        "begin with a letter; write 1 to 40 of a-z, 0-9 and hyphens",
    );
    page.error(tree.place, path, zh, en, suggestion);
}

fn id(page: &mut Page, file: &mut Fields<'_>) -> String {
    let Some(tree) = file.required(page, "id") else { return String::new() };
    let Some(written) = page.scalar(tree, "id") else { return String::new() };
    code_at(page, tree, "id", &written);
    written
}

fn version(page: &mut Page, file: &mut Fields<'_>) -> u32 {
    let Some(tree) = file.required(page, "version") else { return 1 };
    let version = page.whole(tree, "version");
    if version == Some(0) {
        let suggestion = Suggestion::write("version: 1");
        page.error(tree.place, "version", "版本号不能是 0", "versions count from 1", suggestion);
    }
    version.unwrap_or(1)
}

fn trades(page: &mut Page, tree: &Tree) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let items = page.items(tree, "trades");
    if items.is_empty() {
        let suggestion = Suggestion::advice(
            "列出工种，或去掉 `trades`（全部工种）",
            "list trades, or leave `trades` out for all of them",
        );
        page.error(tree.place, "trades", "没有工种", "there are no trades", suggestion);
    }
    for (at, tree) in items.iter().enumerate() {
        let path = format!("trades[{at}]");
        let Some(written) = page.scalar(tree, &path) else { continue };
        let known = crate::trades::shipped();
        if known.trade(&written).is_none() {
            let suggestion = Suggestion::among(&written, known.trades.iter().map(|trade| trade.code.as_str()));
            let (zh, en) = (format!("没有工种 `{written}`"), format!("there is no trade `{written}`"));
            page.error(tree.place, &path, zh, en, suggestion);
        } else if found.contains(&written) {
            let suggestion = Suggestion::advice("只写一次", "write it once");
            page.error(
                tree.place,
                &path,
                format!("`{written}` 重复"),
                format!("`{written}` is there twice"),
                suggestion,
            );
        }
        found.push(written);
    }
    found
}

fn tiers(page: &mut Page, tree: &Tree) -> Vec<Tier> {
    let items = page.items(tree, "tiers");
    if items.is_empty() || items.len() > TIERS_MOST {
        let suggestion =
            Suggestion::advice(format!("写 1 到 {TIERS_MOST} 级"), format!("write 1 to {TIERS_MOST} tiers"));
        let (zh, en) = match items.len() {
            0 => ("没有层级".to_owned(), "there are no tiers".to_owned()),
            count => (format!("层级有 {count} 个，太多"), format!("{count} tiers are too many")),
        };
        page.error(tree.place, "tiers", zh, en, suggestion);
    }
    let mut found: Vec<Tier> = Vec::new();
    for (at, tree) in items.iter().enumerate() {
        let tier = tier(page, tree, at, at + 1 == items.len(), &found);
        found.push(tier);
    }
    found
}

fn tier(page: &mut Page, tree: &Tree, at: usize, is_last: bool, before: &[Tier]) -> Tier {
    let path = format!("tiers[{at}]");
    let mut fields = page.fields(tree, &path);
    let (code, name) = (code(page, &mut fields, "code"), name(page, &mut fields));
    if let Some(tree) = fields.optional("code") {
        let path = format!("{path}.code");
        if before.iter().any(|other| other.code == code) && !code.is_empty() {
            let suggestion = Suggestion::advice("换一个代码", "take another code");
            page.error(
                tree.place,
                &path,
                format!("代码 `{code}` 重复"),
                format!("the code `{code}` is there twice"),
                suggestion,
            );
        } else if !code.is_empty() {
            code_at(page, tree, &path, &code);
        }
    }
    let levels = Level::ALL.map(|level| (level.code(), level));
    let level = choice(page, &mut fields, "level", &levels);
    // A tier is held where the one before it is held, or higher up.
    if let (Some(level), Some(lower), Some(tree)) = (level, before.last(), fields.optional("level"))
        && level < lower.level
    {
        let such = lower.level.code();
        page.error(
            tree.place,
            &format!("{path}.level"),
            format!("`{}` 低于上一级的 `{such}`", level.code()),
            format!("`{}` is below the `{such}` of the tier before", level.code()),
            Suggestion::replace(such),
        );
    }
    let advance = match (fields.optional("advance"), is_last) {
        (Some(tree), true) => {
            let suggestion =
                Suggestion::advice("去掉 `advance`，或在后面加一级", "remove `advance`, or add a tier behind it");
            let path = format!("{path}.advance");
            page.error(
                tree.place,
                &path,
                "最后一级没有可晋级的去处",
                "from the last tier there is nowhere to go",
                suggestion,
            );
            fields.optional("advance").and_then(|tree| advance(page, tree, &path))
        }
        (Some(tree), false) => advance(page, tree, &format!("{path}.advance")),
        (None, true) => None,
        (None, false) => fields.required(page, "advance").and(None),
    };
    fields.end(page);
    Tier { code, name, level: level.unwrap_or(Level::City), advance }
}

fn advance(page: &mut Page, tree: &Tree, path: &str) -> Option<AdvanceRule> {
    let mut fields = page.fields(tree, path);
    let over = choice(page, &mut fields, "over", &OVERS).unwrap_or(Over::WholeField);
    let places = places(page, &mut fields);
    let per_organisation = counted(page, &mut fields, "per_organisation");
    let total_min = total_min(page, &mut fields);
    let ties = ties(page, &mut fields);
    let fates = Declined::ALL.map(|fate| (fate.code(), fate));
    let declined = choice(page, &mut fields, "declined", &fates).unwrap_or(Declined::Replaced);
    fields.end(page);
    Some(AdvanceRule { over, places: places?, per_organisation, total_min, ties, declined })
}

fn places(page: &mut Page, fields: &mut Fields<'_>) -> Option<Places> {
    let written = fields.among(&["first", "share"]);
    let first = counted(page, fields, "first").map(Places::First);
    let path = fields.at("share");
    let of_share = fields.optional("share").map(|tree| {
        let share = share(page, tree, &path);
        if share == Some(Share::NONE) {
            let suggestion = Suggestion::write("share: 30%");
            page.error(tree.place, &path, "比例不能是 0", "a share of nothing lets nobody go on", suggestion);
        }
        let ofs = ShareOf::ALL.map(|of| (of.code(), of));
        let roundings = Rounding::ALL.map(|rounding| (rounding.code(), rounding));
        let of = choice(page, fields, "of", &ofs);
        let rounding = choice(page, fields, "rounding", &roundings);
        Some(Places::Share { share: share?, of: of?, rounding: rounding? })
    });
    match written.len() {
        1 => first.or(of_share.flatten()),
        0 => {
            let suggestion = Suggestion::advice(
                "写 `first: 3`，或 `share: 30%, of: ranked, rounding: up`",
                "write `first: 3`, or `share: 30%, of: ranked, rounding: up`",
            );
            fields.fault(page, "没有写晋级名额", "it isn't said how many go on", suggestion);
            None
        }
        _ => {
            let suggestion = Suggestion::advice("只留 `first` 或 `share`", "keep `first` or `share`");
            fields.fault(page, "名额写了两种", "it is said in two ways how many go on", suggestion);
            None
        }
    }
}

/// A number of people, at least one.
fn counted(page: &mut Page, fields: &mut Fields<'_>, field: &'static str) -> Option<u32> {
    let path = fields.at(field);
    let tree = fields.optional(field)?;
    let count = page.whole(tree, &path)?;
    if !(1..=PLACES_MOST).contains(&count) {
        let suggestion =
            Suggestion::advice(format!("写 1 到 {PLACES_MOST}"), format!("write a number from 1 to {PLACES_MOST}"));
        page.error(
            tree.place,
            &path,
            format!("这里不能是 {count}"),
            format!("{count} is not possible here"),
            suggestion,
        );
    }
    Some(count)
}

fn total_min(page: &mut Page, fields: &mut Fields<'_>) -> Option<Mark> {
    let path = fields.at("total_min");
    let tree = fields.optional("total_min")?;
    let least = page.marks(tree, &path)?;
    if least <= Mark::ZERO || least.hundredths() > TOTAL_MOST {
        let (zh, en) = (format!("最低分不能是 {least}"), format!("{least} can't be the least total"));
        page.error(tree.place, &path, zh, en, Suggestion::write("total_min: 60"));
    }
    Some(least)
}

fn ties(page: &mut Page, fields: &mut Fields<'_>) -> Ties {
    let kind = choice(page, fields, "ties", &[("all", 0), ("none", 1), ("chain", 2)]);
    let path = fields.at("chain");
    let chain = fields.optional("chain").map(|tree| (tree.place, links(page, tree, &path)));
    match (kind, chain) {
        (Some(2), Some((_, chain))) => Ties::Chain(chain),
        (Some(2), None) => {
            fields.required(page, "chain");
            Ties::NoneIn
        }
        (kind, chain) => {
            if let (Some(_), Some((place, _))) = (kind, chain) {
                let suggestion =
                    Suggestion::advice("写 `ties: chain`，或去掉 `chain`", "write `ties: chain`, or remove `chain`");
                page.error(
                    place,
                    &path,
                    "`ties` 不是 `chain`，这里用不上",
                    "`ties` is not `chain`, so it is of no use",
                    suggestion,
                );
            }
            if kind == Some(0) { Ties::AllIn } else { Ties::NoneIn }
        }
    }
}

fn links(page: &mut Page, tree: &Tree, path: &str) -> Vec<ChainLink> {
    let words = ChainLink::ALL.map(|link| (link.code(), link));
    let items = page.items(tree, path);
    if items.is_empty() {
        let suggestion = Suggestion::write("chain: [practice, theory, time]");
        page.error(tree.place, path, "没有可比的项", "there is nothing to part a tie by", suggestion);
    }
    let mut found = Vec::new();
    for (at, tree) in items.iter().enumerate() {
        let path = format!("{path}[{at}]");
        let Some(link) = page.word(tree, &path, &words) else { continue };
        if found.contains(&link) {
            let suggestion = Suggestion::advice("只写一次", "write it once");
            page.error(
                tree.place,
                &path,
                format!("`{}` 重复", link.code()),
                format!("`{}` is there twice", link.code()),
                suggestion,
            );
        }
        found.push(link);
    }
    found
}

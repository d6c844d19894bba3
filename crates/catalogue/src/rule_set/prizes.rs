//! The prizes of a rule set: to whom, on which conditions, and one of `shares`, `ranks` and `medals`.

use kernel::{Suggestion, Text};
use marking::{
    Condition, Edge, Medals, OpenScale, Over, Part, Points, Prize, PrizeKind, PrizeRule, PrizeTo, Rounding, Share,
    ShareOf, Vacant,
};

use super::read::{OVERS, choice, code, name, share};
use crate::page::{Fields, Page};
use crate::tree::Tree;

const EDGES: [(&str, Edge); 2] = [(Edge::AllIn.code(), Edge::AllIn), (Edge::NoneIn.code(), Edge::NoneIn)];

pub(super) fn all(page: &mut Page, tree: &Tree, scale: Option<OpenScale>) -> Vec<PrizeRule> {
    let items = page.items(tree, "prizes").iter().enumerate();
    items.map(|(at, tree)| rule(page, tree, &format!("prizes[{at}]"), scale)).collect()
}

fn rule(page: &mut Page, tree: &Tree, path: &str, scale: Option<OpenScale>) -> PrizeRule {
    let mut fields = page.fields(tree, path);
    let to = choice(page, &mut fields, "to", &PrizeTo::ALL.map(|to| (to.code(), to)));
    let over = choice(page, &mut fields, "over", &OVERS);
    let conditions = match fields.optional("conditions") {
        Some(tree) => {
            let path = fields.at("conditions");
            let items = page.items(tree, &path).iter().enumerate();
            // One that can't be read keeps its place in the list.
            let none = Condition { part: Part::Total, at_least: kernel::Mark::ZERO };
            items.map(|(at, tree)| condition(page, tree, &format!("{path}[{at}]")).unwrap_or(none)).collect()
        }
        None => Vec::new(),
    };
    let vacants = Vacant::ALL.map(|vacant| (vacant.code(), vacant));
    let vacant = fields.optional("vacant").and_then(|tree| page.word(tree, &fields.at("vacant"), &vacants));
    let kinds = ["shares", "ranks", "medals"];
    let written = fields.among(&kinds);
    let [shares_tree, ranks_tree, medals_tree] = kinds.map(|kind| fields.optional(kind));
    let nothing = PrizeKind::Ranks { prizes: Vec::new(), edge: Edge::AllIn };
    let kind = match (written.as_slice(), shares_tree, ranks_tree, medals_tree) {
        ([_], Some(tree), ..) => shares(page, tree, &fields.at("shares")),
        ([_], _, Some(tree), _) => ranks(page, tree, &fields.at("ranks")),
        ([_], .., Some(tree)) => medals(page, tree, &fields, scale),
        _ => {
            exactly_one(page, &fields, "奖项", "set of prizes", &written, &kinds);
            nothing
        }
    };
    fields.end(page);
    PrizeRule {
        to: to.unwrap_or(PrizeTo::Competitors),
        over: over.unwrap_or(Over::WholeField),
        conditions,
        vacant: vacant.unwrap_or(Vacant::PassedOn),
        kind,
    }
}

fn condition(page: &mut Page, tree: &Tree, path: &str) -> Option<Condition> {
    let words = [("total", Part::Total), ("practice", Part::Practice), ("theory", Part::Theory)];
    let mut fields = page.fields(tree, path);
    let trees = words.map(|(word, part)| (word, part, fields.optional(word)));
    let written: Vec<_> = trees.into_iter().filter_map(|(word, part, tree)| Some((word, part, tree?))).collect();
    let condition = match written.as_slice() {
        [(word, part, tree)] => {
            page.marks(tree, &format!("{path}.{word}")).map(|at_least| Condition { part: *part, at_least })
        }
        several => {
            let named: Vec<&str> = several.iter().map(|(word, ..)| *word).collect();
            exactly_one(page, &fields, "条件", "condition", &named, &words.map(|(word, _)| word));
            None
        }
    };
    fields.end(page);
    condition
}

/// A map of which one field must be there, and no other of its like.
pub(super) fn exactly_one(
    page: &mut Page,
    fields: &Fields<'_>,
    zh: &str,
    en: &str,
    written: &[&str],
    kinds: &[&'static str],
) {
    let list = if written.is_empty() { kinds.join(", ") } else { written.join(", ") };
    if written.is_empty() {
        let (zh, en) = (format!("这里没有写明{zh}"), format!("this {en} doesn't say what it is"));
        let suggestion = Suggestion::advice(format!("写其中之一：{list}"), format!("write one of {list}"));
        fields.fault(page, zh, en, suggestion);
    } else {
        let (zh, en) = (format!("{zh}写了不止一种"), format!("this {en} is more than one"));
        let suggestion = Suggestion::advice(format!("{list} 中只留一个"), format!("keep one of {list}"));
        fields.fault(page, zh, en, suggestion);
    }
}

fn prize(page: &mut Page, fields: &mut Fields<'_>) -> Prize {
    Prize { code: code(page, fields, "code"), name: name(page, fields) }
}

fn shares(page: &mut Page, tree: &Tree, path: &str) -> PrizeKind {
    let mut fields = page.fields(tree, path);
    let of = choice(page, &mut fields, "of", &ShareOf::ALL.map(|of| (of.code(), of)));
    let roundings = Rounding::ALL.map(|rounding| (rounding.code(), rounding));
    let rounding = choice(page, &mut fields, "rounding", &roundings);
    let edge = choice(page, &mut fields, "ties", &EDGES);
    let mut prizes: Vec<(Prize, Share)> = Vec::new();
    if let Some(tree) = fields.required(page, "prizes") {
        let path = fields.at("prizes");
        for (at, tree) in page.items(tree, &path).iter().enumerate() {
            let mut fields = page.fields(tree, &format!("{path}[{at}]"));
            let prize = prize(page, &mut fields);
            let path = fields.at("share");
            let part = fields.required(page, "share").and_then(|tree| share(page, tree, &path));
            fields.end(page);
            prizes.push((prize, part.unwrap_or_default()));
        }
    }
    fields.end(page);
    PrizeKind::Shares {
        prizes,
        of: of.unwrap_or(ShareOf::Ranked),
        rounding: rounding.unwrap_or(Rounding::Nearest),
        edge: edge.unwrap_or(Edge::AllIn),
    }
}

fn ranks(page: &mut Page, tree: &Tree, path: &str) -> PrizeKind {
    let mut fields = page.fields(tree, path);
    let edge = choice(page, &mut fields, "ties", &EDGES);
    let mut prizes: Vec<(Prize, Option<u32>)> = Vec::new();
    if let Some(tree) = fields.required(page, "prizes") {
        let path = fields.at("prizes");
        for (at, tree) in page.items(tree, &path).iter().enumerate() {
            let mut fields = page.fields(tree, &format!("{path}[{at}]"));
            let prize = prize(page, &mut fields);
            let path = fields.at("to");
            let to = fields.required(page, "to").and_then(|tree| match page.scalar(tree, &path)?.as_str() {
                "rest" => None,
                written => {
                    let suggestion = Suggestion::advice(
                        "写最后一个名次，例如 `to: 5`；最后一个奖项可以写 `to: rest`",
                        "write the last place, such as `to: 5`; the last prize may go `to: rest`",
                    );
                    let suggestion = Suggestion::near(written, ["rest"]).unwrap_or(suggestion);
                    page.read(tree, &path, written, ("名次", "place"), suggestion)
                }
            });
            fields.end(page);
            prizes.push((prize, to));
        }
    }
    fields.end(page);
    PrizeKind::Ranks { prizes, edge: edge.unwrap_or(Edge::AllIn) }
}

fn medals(page: &mut Page, tree: &Tree, above: &Fields<'_>, scale: Option<OpenScale>) -> PrizeKind {
    let path = above.at("medals");
    let mut fields = page.fields(tree, &path);
    let tie_within = fields.required(page, "tie_within").and_then(|tree| page.marks(tree, &fields.at("tie_within")));
    let mut medal = |page: &mut Page, field: &'static str, needed: bool| {
        let tree = if needed { fields.required(page, field) } else { fields.optional(field) };
        tree.map(|tree| {
            let mut fields = page.fields(tree, &format!("{path}.{field}"));
            let prize = prize(page, &mut fields);
            fields.end(page);
            prize
        })
    };
    let (gold, silver, bronze) = (medal(page, "gold", true), medal(page, "silver", true), medal(page, "bronze", true));
    let medallion = medal(page, "medallion", false);
    fields.end(page);
    if scale.is_none() && !page.is_faulted("scale") {
        page.error(
            tree.place,
            &path,
            "奖牌按量表评定，而没有声明 scale",
            "medals are given on the scale, and there is none",
            page.added("scale"),
        );
    }
    let none = || Prize { code: String::new(), name: Text::default() };
    PrizeKind::Medals(Box::new(Medals {
        scale: scale.unwrap_or(OpenScale { over: Over::WholeField, decimals: 0 }),
        gold: gold.unwrap_or_else(none),
        silver: silver.unwrap_or_else(none),
        bronze: bronze.unwrap_or_else(none),
        tie_within: Points::from_hundredths(tie_within.unwrap_or_default().hundredths()),
        medallion,
    }))
}

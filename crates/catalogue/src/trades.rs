//! The trades (工种) that contests are held in, by families: `catalogue/trades.yaml`, loaded with every fault and its place.

use std::collections::HashSet;
use std::sync::OnceLock;

use kernel::{Suggestion, Text};

use crate::page::Page;
use crate::rule_set::read::{code, name};
use crate::shape::{Document, NAMED, TEXT, map, plain};
use crate::tree::Tree;
use crate::{Diagnostic, Severity};

/// The format that this reads.
pub const TRADES_FORMAT: &str = "guildhall/trades/1";

/// The list that ships with the program, as it is written.
pub const SHIPPED_TRADES: &str = include_str!("../../../catalogue/trades.yaml");

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trades {
    pub families: Vec<TradeFamily>,
    pub trades: Vec<Trade>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeFamily {
    pub code: String,
    pub name: Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    pub code: String,
    pub name: Text,
    /// A family's code.
    pub family: String,
}

impl Trades {
    pub fn trade(&self, code: &str) -> Option<&Trade> {
        self.trades.iter().find(|trade| trade.code == code)
    }
}

/// The trades that ship with the program. A test holds that the file has no fault.
pub fn shipped() -> &'static Trades {
    static TRADES: OnceLock<Trades> = OnceLock::new();
    TRADES.get_or_init(|| load_trades(SHIPPED_TRADES).0.unwrap_or_default())
}

pub(crate) static TRADES: Document = Document(&[
    map("^", "format: guildhall/trades/1", &["format", "families", "trades"]),
    plain("^format", "format: guildhall/trades/1"),
    plain("^families", "families: [{code: machining, name: {zh: 机械加工, en: Machining}}]"),
    map("^families[]", "{code: machining, name: {zh: 机械加工, en: Machining}}", NAMED),
    plain("^trades", "trades: [{code: fitter, family: machining, name: {zh: 钳工, en: Fitter}}]"),
    map("^trades[]", "{code: fitter, family: machining, name: {zh: 钳工, en: Fitter}}", &["code", "family", "name"]),
    plain("family", "family: machining"),
    plain("code", "code: fitter"),
    map("name", "name: {zh: 钳工, en: Fitter}", TEXT),
    plain("zh", "zh: 钳工"),
    plain("en", "en: Fitter"),
]);

/// 1 to 40 of a-z 0-9 and hyphens, with a letter first.
pub(crate) fn is_code(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Loads a list of trades. The diagnostics hold every fault in the order of the page; there are trades exactly if none of them is an error.
pub fn load_trades(yaml: &str) -> (Option<Trades>, Vec<Diagnostic>) {
    let (tree, slips) = match crate::tree::read(yaml) {
        Ok(read) => read,
        Err(fault) => return (None, vec![*fault]),
    };
    let mut page = Page::reading(&TRADES, slips);
    let trades = read(&mut page, &tree);
    let faults = page.faults.in_order();
    let sound = faults.iter().all(|fault| fault.severity == Severity::Warning);
    (sound.then_some(trades), faults)
}

fn read(page: &mut Page, tree: &Tree) -> Trades {
    let mut file = page.fields(tree, "");
    if let Some(tree) = file.required(page, "format") {
        page.word(tree, "format", &[(TRADES_FORMAT, ())]);
    }
    let (mut codes, mut families, mut trades) = (HashSet::new(), Vec::new(), Vec::new());
    if let Some(tree) = file.required(page, "families") {
        for (at, tree) in page.items(tree, "families").iter().enumerate() {
            let mut fields = page.fields(tree, &format!("families[{at}]"));
            let (code, name) = (code(page, &mut fields, "code"), name(page, &mut fields));
            check_code(page, tree, &fields.at("code"), &code, &mut codes);
            fields.end(page);
            families.push(TradeFamily { code, name });
        }
    }
    codes.clear();
    if let Some(tree) = file.required(page, "trades") {
        for (at, tree) in page.items(tree, "trades").iter().enumerate() {
            let mut fields = page.fields(tree, &format!("trades[{at}]"));
            let (code, name) = (code(page, &mut fields, "code"), name(page, &mut fields));
            check_code(page, tree, &fields.at("code"), &code, &mut codes);
            let path = fields.at("family");
            let family = fields.required(page, "family").and_then(|tree| {
                let known: Vec<(&str, &str)> =
                    families.iter().map(|family: &TradeFamily| (family.code.as_str(), family.code.as_str())).collect();
                page.word(tree, &path, &known).map(str::to_owned)
            });
            fields.end(page);
            trades.push(Trade { code, name, family: family.unwrap_or_default() });
        }
    }
    file.end(page);
    Trades { families, trades }
}

fn check_code(page: &mut Page, tree: &Tree, path: &str, code: &str, seen: &mut HashSet<String>) {
    // One that is missing is faulted already.
    if code.is_empty() {
        return;
    }
    let place = page.place(path, None);
    let place = if place.line == 1 && place.column == 1 { tree.place } else { place };
    if !is_code(code) {
        let suggestion = Suggestion::advice(
            "以小写字母开头，用 1 到 40 个小写字母、数字和连字符",
            "begin with a letter; write 1 to 40 of a-z, 0-9 and hyphens",
        );
        page.error(place, path, format!("`{code}` 不能用作代码"), format!("`{code}` can't be a code"), suggestion);
    } else if !seen.insert(code.to_owned()) {
        let suggestion = Suggestion::advice("换一个代码", "take another code");
        page.error(place, path, format!("代码 `{code}` 重复"), format!("the code `{code}` is there twice"), suggestion);
    }
}

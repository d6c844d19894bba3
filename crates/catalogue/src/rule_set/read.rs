//! The page of a rule set, read field by field. What is missing or unreadable is faulted and stands in as something harmless,
//! so that the rest can be checked as well; a page with a fault never becomes a rule set.

use kernel::{Mark, Role, Suggestion, Text};
use marking::{
    AppealRule, ContestRules, DrawRule, LayerRule, LevelPanel, MarkPanel, Names, NumberForm, OpenScale, Over,
    PanelRule, Publication, RecheckRule, Recusal, Share,
};

use super::registration::registration;
use super::{RULE_SET_FORMAT, prizes};
use crate::page::{Fields, Page};
use crate::tree::{Node, Tree};

pub(crate) const OVERS: [(&str, Over); 2] =
    [(Over::WholeField.code(), Over::WholeField), (Over::EachGroup.code(), Over::EachGroup)];

pub(super) fn rule_set(page: &mut Page, tree: &Tree) -> ContestRules {
    let mut file = page.fields(tree, "");
    if let Some(tree) = file.required(page, "format") {
        page.word(tree, "format", &[(RULE_SET_FORMAT, ())]);
    }
    let code = code(page, &mut file, "id");
    let version = file.required(page, "version").and_then(|tree| page.whole(tree, "version")).unwrap_or(1);
    let title = file.required(page, "title").map_or_else(Text::default, |tree| page.text(tree, "title"));
    let scale = file.optional("scale").and_then(|tree| scale(page, tree));
    let prizes = file.required(page, "prizes").map_or_else(Vec::new, |tree| prizes::all(page, tree, scale));
    let rules = ContestRules {
        code,
        version,
        title,
        prizes,
        scale,
        recheck: recheck(page, &mut file),
        appeals: appeals(page, &mut file),
        panels: panels(page, &mut file),
        draw: draw(page, &mut file),
        signatures: signatures(page, &mut file),
        publication: publication(page, &mut file),
        theory_share_max: theory(page, &mut file),
        registration: file.optional("registration").map(|tree| registration(page, tree)),
    };
    file.end(page);
    rules
}

pub(crate) fn code(page: &mut Page, fields: &mut Fields<'_>, field: &'static str) -> String {
    let path = fields.at(field);
    fields.required(page, field).and_then(|tree| page.scalar(tree, &path)).unwrap_or_default()
}

pub(crate) fn name(page: &mut Page, fields: &mut Fields<'_>) -> Text {
    let path = fields.at("name");
    fields.required(page, "name").map_or_else(Text::default, |tree| page.text(tree, &path))
}

/// One of a few words, which must be there.
pub(crate) fn choice<T: Copy>(
    page: &mut Page,
    fields: &mut Fields<'_>,
    field: &'static str,
    words: &[(&str, T)],
) -> Option<T> {
    let path = fields.at(field);
    fields.required(page, field).and_then(|tree| page.word(tree, &path, words))
}

pub(crate) fn share(page: &mut Page, tree: &Tree, path: &str) -> Option<Share> {
    let written = page.scalar(tree, path)?;
    let percent = format!("{}%", written.trim());
    // `0.15` may be meant as 15% or as written.
    let suggestion = match percent.parse::<Share>() {
        Ok(_) if !written.contains('.') => Suggestion::replace(percent),
        _ => Suggestion::advice(
            "写 0% 到 100% 的百分比，最多两位小数，例如 `12.5%`",
            "write a percentage from 0% to 100% with at most two decimals, such as `12.5%`",
        ),
    };
    page.read(tree, path, &written, ("百分比", "percentage"), suggestion)
}

fn whole(page: &mut Page, fields: &mut Fields<'_>, field: &'static str) -> Option<u32> {
    let path = fields.at(field);
    fields.required(page, field).and_then(|tree| page.whole(tree, &path))
}

fn duration_ms(page: &mut Page, tree: &Tree, path: &str) -> Option<i64> {
    crate::rules::duration(page, tree, path).map(|duration| duration.as_millis() as i64)
}

/// `none`, or the open scale by its name.
fn scale(page: &mut Page, tree: &Tree) -> Option<OpenScale> {
    if let Node::Scalar { .. } = tree.node {
        let written = page.scalar(tree, "scale")?;
        if written != "none" {
            let suggestion = Suggestion::near(&written, ["none"]).unwrap_or_else(|| {
                let such = page.example("scale");
                Suggestion::advice(format!("写 `scale: none` 或 `{such}`"), format!("write `scale: none` or `{such}`"))
            });
            page.error(
                tree.place,
                "scale",
                format!("不认识 `{written}`"),
                format!("`{written}` is unknown"),
                suggestion,
            );
        }
        return None;
    }
    let mut fields = page.fields(tree, "scale");
    choice(page, &mut fields, "formula", &[("guildhall_open", ())]);
    let over = choice(page, &mut fields, "over", &OVERS);
    let decimals = whole(page, &mut fields, "decimals");
    fields.end(page);
    Some(OpenScale { over: over.unwrap_or(Over::WholeField), decimals: decimals.unwrap_or_default() })
}

/// A part of the file that must be there; without it there is nothing to read, and one fault says so.
fn part<'t>(page: &mut Page, file: &mut Fields<'t>, field: &'static str) -> Option<Fields<'t>> {
    file.required(page, field).map(|tree| page.fields(tree, field))
}

fn recheck(page: &mut Page, file: &mut Fields<'_>) -> RecheckRule {
    let mut rule = RecheckRule {
        over: Over::WholeField,
        top_ranks: None,
        top_share: None,
        sample: Share::NONE,
        error_rate_max: Share::NONE,
        tolerance: Mark::ZERO,
    };
    let Some(mut fields) = part(page, file, "recheck") else { return rule };
    rule.over = choice(page, &mut fields, "over", &OVERS).unwrap_or(rule.over);
    rule.top_ranks = fields.optional("top_ranks").and_then(|tree| page.whole(tree, "recheck.top_ranks"));
    rule.top_share = fields.optional("top_share").and_then(|tree| share(page, tree, "recheck.top_share"));
    let mut needed = |page: &mut Page, field: &'static str| {
        let tree = fields.required(page, field)?;
        share(page, tree, &format!("recheck.{field}"))
    };
    rule.sample = needed(page, "sample").unwrap_or_default();
    rule.error_rate_max = needed(page, "error_rate_max").unwrap_or_default();
    rule.tolerance =
        fields.optional("tolerance").and_then(|tree| page.marks(tree, "recheck.tolerance")).unwrap_or_default();
    fields.end(page);
    rule
}

fn appeals(page: &mut Page, file: &mut Fields<'_>) -> AppealRule {
    let mut rule = AppealRule {
        after_run_ms: None,
        after_publication_ms: None,
        answer_within_ms: 0,
        instances: 1,
        second_within_ms: None,
    };
    let Some(mut fields) = part(page, file, "appeals") else { return rule };
    let mut optional = |page: &mut Page, field: &'static str| {
        let tree = fields.optional(field)?;
        duration_ms(page, tree, &format!("appeals.{field}"))
    };
    rule.after_run_ms = optional(page, "after_run");
    rule.after_publication_ms = optional(page, "after_publication");
    rule.second_within_ms = optional(page, "second_within");
    let answer_within = fields.required(page, "answer_within");
    rule.answer_within_ms =
        answer_within.and_then(|tree| duration_ms(page, tree, "appeals.answer_within")).unwrap_or_default();
    rule.instances = whole(page, &mut fields, "instances").unwrap_or(1);
    fields.end(page);
    rule
}

fn panels(page: &mut Page, file: &mut Fields<'_>) -> PanelRule {
    let mut rule = PanelRule {
        levels: LevelPanel { judges: 1, spread_max: 0, rounds_most: 1 },
        marks: MarkPanel { judges: 3, drop_extremes: false },
        recusal: Recusal { union: false, enterprise: false },
    };
    let Some(mut fields) = part(page, file, "panels") else { return rule };
    if let Some(tree) = fields.required(page, "levels") {
        let mut fields = page.fields(tree, "panels.levels");
        rule.levels = LevelPanel {
            judges: whole(page, &mut fields, "judges").unwrap_or(1),
            spread_max: whole(page, &mut fields, "spread_max").unwrap_or_default(),
            rounds_most: whole(page, &mut fields, "rounds_most").unwrap_or(1),
        };
        fields.end(page);
    }
    if let Some(tree) = fields.required(page, "marks") {
        let mut fields = page.fields(tree, "panels.marks");
        let judges = whole(page, &mut fields, "judges").unwrap_or(3);
        let drop = fields.required(page, "drop_extremes");
        let drop_extremes = drop.and_then(|tree| page.yes_no(tree, "panels.marks.drop_extremes")).unwrap_or(false);
        rule.marks = MarkPanel { judges, drop_extremes };
        fields.end(page);
    }
    if let Some(tree) = fields.required(page, "recusal") {
        for (at, tree) in page.items(tree, "panels.recusal").iter().enumerate() {
            let kinds = [("union", false), ("enterprise", true)];
            match page.word(tree, &format!("panels.recusal[{at}]"), &kinds) {
                Some(true) => rule.recusal.enterprise = true,
                Some(false) => rule.recusal.union = true,
                None => {}
            }
        }
    }
    fields.end(page);
    rule
}

fn draw(page: &mut Page, file: &mut Fields<'_>) -> DrawRule {
    let mut rule = DrawRule { over: Over::WholeField, layers: Vec::new() };
    let Some(mut fields) = part(page, file, "draw") else { return rule };
    rule.over = choice(page, &mut fields, "over", &OVERS).unwrap_or(rule.over);
    if let Some(tree) = fields.required(page, "layers") {
        for (at, tree) in page.items(tree, "draw.layers").iter().enumerate() {
            rule.layers.extend(layer(page, tree, at));
        }
    }
    fields.end(page);
    rule
}

fn layer(page: &mut Page, tree: &Tree, at: usize) -> Option<LayerRule> {
    let mut fields = page.fields(tree, &format!("draw.layers[{at}]"));
    let (code, name) = (code(page, &mut fields, "code"), name(page, &mut fields));
    let path = fields.at("number");
    let number = fields.required(page, "number").and_then(|tree| {
        let written = page.scalar(tree, &path)?;
        let suggestion = Suggestion::advice(
            "用一串 1 到 6 个 # 表示数字，两旁不写数字，加引号，例如 `number: \"C##\"`",
            "write one run of 1 to 6 # for the digits, no digit beside them, in quotation marks, such as `number: \"C##\"`",
        );
        page.read::<NumberForm>(tree, &path, &written, ("编号格式", "form of a number"), suggestion)
    });
    fields.end(page);
    // An unreadable form is unlike any other, so that it isn't faulted twice.
    let number = number.or_else(|| format!("unread-{at}-#").parse().ok())?;
    Some(LayerRule { code, name, number })
}

fn signatures(page: &mut Page, file: &mut Fields<'_>) -> Vec<Role> {
    let Some(tree) = file.required(page, "signatures") else { return Vec::new() };
    let signers = ContestRules::SIGNERS.map(|role| (role.code(), role));
    let items = page.items(tree, "signatures").iter().enumerate();
    // Nobody, where the word is unknown: he keeps his place in the list.
    items.map(|(at, tree)| page.word(tree, &format!("signatures[{at}]"), &signers).unwrap_or(Role::Public)).collect()
}

fn publication(page: &mut Page, file: &mut Fields<'_>) -> Publication {
    let mut rule = Publication { names: Names::NumbersOnly, freeze_before_end_ms: None };
    let Some(mut fields) = part(page, file, "publication") else { return rule };
    let shown = Names::ALL.map(|names| (names.code(), names));
    rule.names = choice(page, &mut fields, "shows", &shown).unwrap_or(rule.names);
    rule.freeze_before_end_ms =
        fields.optional("freeze").and_then(|tree| duration_ms(page, tree, "publication.freeze"));
    fields.end(page);
    rule
}

fn theory(page: &mut Page, file: &mut Fields<'_>) -> Option<Share> {
    let tree = file.optional("theory")?;
    let mut fields = page.fields(tree, "theory");
    let most = fields.required(page, "share_max").and_then(|tree| share(page, tree, "theory.share_max"));
    fields.end(page);
    most
}

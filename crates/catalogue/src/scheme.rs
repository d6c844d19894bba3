//! The marking half of a scheme file: modules, criteria, sub-criteria, aspects, abilities, groups, ranking, teams.

use kernel::{Mark, Suggestion, Text};
use marking::{
    AspectDraft, AspectKind, CriterionDraft, Deduction, Levels, Measure, ModuleDraft, NamedDraft, Panel, Policy,
    RankingDraft, SchemeDraft, StartsAt, Step, SubCriterionDraft, TeamRule, TeamTotal, TieDraft, Tolerance,
};

use crate::page::{Fields, Page};
use crate::tree::{Node, Tree};

const POLICIES: [(&str, Policy); 4] =
    [("automatic", Policy::Automatic), ("confirm", Policy::Confirm), ("shadow", Policy::Shadow), ("off", Policy::Off)];

/// Reads the marking half. What is missing is faulted and left empty, so that the rest can be checked as well.
pub(crate) fn draft(page: &mut Page, file: &mut Fields<'_>) -> SchemeDraft {
    let code = code(page, file, "id");
    let version = file.required(page, "version").and_then(|tree| page.whole(tree, "version"));
    let title = file.required(page, "title").map_or_else(Text::default, |tree| page.text(tree, "title"));
    let abilities = file.required(page, "abilities").map_or_else(Vec::new, |tree| named(page, tree, "abilities"));
    let groups = file.optional("groups").map_or_else(Vec::new, |tree| named(page, tree, "groups"));
    let modules = match file.required(page, "modules") {
        Some(tree) => {
            let items = page.items(tree, "modules");
            items.iter().enumerate().map(|(ix, tree)| module(page, tree, &format!("modules[{ix}]"))).collect()
        }
        None => Vec::new(),
    };
    let ranking = match file.required(page, "ranking") {
        Some(tree) => ranking(page, tree),
        None => RankingDraft { ties: Vec::new(), shared: true },
    };
    let teams = match file.optional("teams") {
        Some(tree) => teams(page, tree),
        None => TeamRule { total: TeamTotal::Sum, then_time: false },
    };
    SchemeDraft { code, version: version.unwrap_or(1), title, abilities, groups, modules, ranking, teams }
}

fn code(page: &mut Page, fields: &mut Fields<'_>, field: &'static str) -> String {
    let path = fields.at(field);
    fields.required(page, field).and_then(|tree| page.scalar(tree, &path)).unwrap_or_default()
}

fn name(page: &mut Page, fields: &mut Fields<'_>) -> Text {
    let path = fields.at("name");
    fields.required(page, "name").map_or_else(Text::default, |tree| page.text(tree, &path))
}

fn named(page: &mut Page, tree: &Tree, path: &str) -> Vec<NamedDraft> {
    let items = page.items(tree, path);
    let read = items.iter().enumerate().map(|(ix, tree)| {
        let mut fields = page.fields(tree, &format!("{path}[{ix}]"));
        let named = NamedDraft { code: code(page, &mut fields, "code"), name: name(page, &mut fields) };
        fields.end(page);
        named
    });
    read.collect()
}

fn module(page: &mut Page, tree: &Tree, path: &str) -> ModuleDraft {
    let mut fields = page.fields(tree, path);
    let (code, name) = (code(page, &mut fields, "code"), name(page, &mut fields));
    let minutes = fields.optional("minutes").and_then(|tree| page.whole(tree, &fields.at("minutes")));
    let criteria = match fields.required(page, "criteria") {
        Some(tree) => {
            let path = fields.at("criteria");
            let items = page.items(tree, &path);
            items.iter().enumerate().map(|(ix, tree)| criterion(page, tree, &format!("{path}[{ix}]"))).collect()
        }
        None => Vec::new(),
    };
    fields.end(page);
    ModuleDraft { code, name, minutes, criteria }
}

fn criterion(page: &mut Page, tree: &Tree, path: &str) -> CriterionDraft {
    let mut fields = page.fields(tree, path);
    let (code, name) = (code(page, &mut fields, "code"), name(page, &mut fields));
    let (whole, divided) = (fields.optional("aspects"), fields.optional("sub_criteria"));
    match (whole, divided) {
        (Some(_), Some(_)) => fields.fault_at(
            page,
            "aspects",
            "`aspects` 和 `sub_criteria` 只能写一个",
            "there are both `aspects` and `sub_criteria`",
            Suggestion::advice(
                "把这些评分项写到一个评分子单元的 `aspects` 下，或去掉 `sub_criteria`",
                "put these into the `aspects` of a sub-criterion, or remove `sub_criteria`",
            ),
        ),
        (None, None) => {
            let suggestion = page.added(&fields.at("aspects"));
            let (zh, en) = ("缺少 `aspects` 或 `sub_criteria`", "`aspects` or `sub_criteria` is missing");
            fields.fault_at(page, "aspects", zh, en, suggestion);
        }
        _ => {}
    }
    let aspects = whole.map_or_else(Vec::new, |tree| aspects(page, tree, &fields.at("aspects")));
    let sub_criteria = divided.map(|tree| {
        let path = fields.at("sub_criteria");
        let items = page.items(tree, &path);
        items.iter().enumerate().map(|(ix, tree)| sub_criterion(page, tree, &format!("{path}[{ix}]"))).collect()
    });
    fields.end(page);
    CriterionDraft { code, name, aspects, sub_criteria }
}

fn sub_criterion(page: &mut Page, tree: &Tree, path: &str) -> SubCriterionDraft {
    let mut fields = page.fields(tree, path);
    let (code, name) = (code(page, &mut fields, "code"), name(page, &mut fields));
    let found = fields.required(page, "aspects");
    let aspects = found.map_or_else(Vec::new, |tree| aspects(page, tree, &fields.at("aspects")));
    fields.end(page);
    SubCriterionDraft { code, name, aspects }
}

fn aspects(page: &mut Page, tree: &Tree, path: &str) -> Vec<AspectDraft> {
    let items = page.items(tree, path);
    items.iter().enumerate().map(|(ix, tree)| aspect(page, tree, &format!("{path}[{ix}]"))).collect()
}

fn aspect(page: &mut Page, tree: &Tree, path: &str) -> AspectDraft {
    let mut fields = page.fields(tree, path);
    let (code, name) = (code(page, &mut fields, "code"), name(page, &mut fields));
    let max = fields.required(page, "max").and_then(|tree| page.marks(tree, &fields.at("max"))).unwrap_or_default();
    let abilities = match fields.required(page, "abilities") {
        Some(tree) => {
            let path = fields.at("abilities");
            let items = page.items(tree, &path);
            let read = items.iter().enumerate().map(|(ix, tree)| page.scalar(tree, &format!("{path}[{ix}]")));
            read.map(Option::unwrap_or_default).collect()
        }
        None => Vec::new(),
    };
    let types = [("measurement", 0), ("judgement", 1), ("automatic", 2), ("theory", 3)];
    let type_of = fields.required(page, "type").and_then(|tree| page.word(tree, &fields.at("type"), &types));
    let kind = match type_of {
        Some(0) => measurement(page, &mut fields),
        Some(1) => judgement(page, &mut fields),
        Some(2) => automatic(page, &mut fields),
        Some(_) => AspectKind::Theory,
        None => {
            // Nobody knows which fields belong here.
            fields.any(page);
            AspectKind::YesNo
        }
    };
    fields.end(page);
    AspectDraft { code, name, max, abilities, kind }
}

fn measurement(page: &mut Page, fields: &mut Fields<'_>) -> AspectKind {
    let ways = ["tolerance", "steps", "deductions"];
    let [tolerance, steps, deductions] = ways.map(|way| fields.optional(way));
    let named = fields.among(&ways);
    if named.len() > 1 {
        let list = named.join(", ");
        let suggestion = Suggestion::advice(format!("{list} 中只留一个"), format!("keep one of {list}"));
        fields.fault(page, "测量方式写了不止一个", "there is more than one way to measure", suggestion);
    }
    let path = fields.path.clone();
    if let Some(tree) = tolerance {
        let mut fields = page.fields(tree, &format!("{path}.tolerance"));
        let unit = code(page, &mut fields, "unit");
        let mut measure = |page: &mut Page, field| {
            let tree = fields.required(page, field)?;
            let path = fields.at(field);
            let written = page.scalar(tree, &path)?;
            let suggestion = Suggestion::advice(
                format!("写最多六位小数的数，例如 `{field}: 10.02`"),
                format!("write a number with at most six decimals, such as `{field}: 10.02`"),
            );
            page.read::<Measure>(tree, &path, &written, ("测量值", "measured value"), suggestion)
        };
        let (target, full, zero) = (measure(page, "target"), measure(page, "full"), measure(page, "zero"));
        fields.end(page);
        let or_zero = Option::unwrap_or_default;
        return AspectKind::Tolerance(Tolerance {
            unit,
            target: or_zero(target),
            full: or_zero(full),
            zero: or_zero(zero),
        });
    }
    if let Some(tree) = steps {
        let parts = parts(page, tree, &format!("{path}.steps"));
        return AspectKind::Steps(parts.into_iter().map(|(code, name, marks)| Step { code, name, marks }).collect());
    }
    if let Some(tree) = deductions {
        let parts = parts(page, tree, &format!("{path}.deductions"));
        return AspectKind::Deductions(
            parts.into_iter().map(|(code, name, marks)| Deduction { code, name, marks }).collect(),
        );
    }
    AspectKind::YesNo
}

fn parts(page: &mut Page, tree: &Tree, path: &str) -> Vec<(String, Text, Mark)> {
    let items = page.items(tree, path);
    let read = items.iter().enumerate().map(|(ix, tree)| {
        let mut fields = page.fields(tree, &format!("{path}[{ix}]"));
        let (code, name) = (code(page, &mut fields, "code"), name(page, &mut fields));
        let marks = fields.required(page, "marks").and_then(|tree| page.marks(tree, &fields.at("marks")));
        fields.end(page);
        (code, name, marks.unwrap_or_default())
    });
    read.collect()
}

fn judgement(page: &mut Page, fields: &mut Fields<'_>) -> AspectKind {
    let path = fields.path.clone();
    let (levels, panel) = (fields.optional("levels"), fields.optional("panel"));
    let mut whole = |page: &mut Page, field: &'static str| {
        let tree = fields.optional(field)?;
        page.whole(tree, &format!("{path}.{field}"))
    };
    let (judges, spread_max, rounds_most) =
        (whole(page, "judges"), whole(page, "spread_max"), whole(page, "rounds_most"));
    match (levels, panel) {
        (Some(tree), None) => {
            let path = format!("{path}.levels");
            let items = page.items(tree, &path);
            let levels = items.iter().enumerate().map(|(ix, tree)| page.text(tree, &format!("{path}[{ix}]"))).collect();
            AspectKind::Levels(Levels {
                levels,
                judges: judges.unwrap_or(3),
                spread_max: spread_max.unwrap_or(1),
                rounds_most: rounds_most.unwrap_or(Levels::ROUNDS_MOST),
            })
        }
        (None, Some(tree)) => {
            let mut fields = page.fields(tree, &format!("{path}.panel"));
            let judges = fields.required(page, "judges").and_then(|tree| page.whole(tree, &fields.at("judges")));
            let drop = fields.optional("drop_extremes").and_then(|tree| page.yes_no(tree, &fields.at("drop_extremes")));
            let step = fields.optional("step").and_then(|tree| page.marks(tree, &fields.at("step")));
            fields.end(page);
            AspectKind::Panel(Panel {
                judges: judges.unwrap_or(5),
                drop_extremes: drop.unwrap_or(true),
                step: step.unwrap_or(Mark::from_hundredths(10)),
            })
        }
        _ => {
            let (zh, en) = match levels {
                None => ("没有写怎样评判", "it doesn't say how it is judged"),
                Some(_) => ("既写了 levels 又写了 panel", "there are both levels and panel"),
            };
            let suggestion = Suggestion::advice(
                "只写 `levels`（四个等级）或 `panel: {judges: 5}`（评委打分）",
                "write either `levels` (four of them) or `panel: {judges: 5}`",
            );
            fields.fault(page, zh, en, suggestion);
            AspectKind::Panel(Panel { judges: 5, drop_extremes: true, step: Mark::from_hundredths(1) })
        }
    }
}

fn automatic(page: &mut Page, fields: &mut Fields<'_>) -> AspectKind {
    let policy = fields.optional("policy").and_then(|tree| page.word(tree, &fields.at("policy"), &POLICIES));
    let starts = [("zero", StartsAt::Zero), ("full", StartsAt::Full)];
    let starts_at = fields.optional("starts_at").and_then(|tree| page.word(tree, &fields.at("starts_at"), &starts));
    AspectKind::Automatic { policy: policy.unwrap_or(Policy::Automatic), starts_at: starts_at.unwrap_or_default() }
}

fn ranking(page: &mut Page, tree: &Tree) -> RankingDraft {
    let mut fields = page.fields(tree, "ranking");
    let mut ties = Vec::new();
    if let Some(tree) = fields.required(page, "ties") {
        for (ix, tree) in page.items(tree, "ranking.ties").iter().enumerate() {
            ties.extend(tie(page, tree, &format!("ranking.ties[{ix}]")));
        }
    }
    let shared = fields.optional("shared").and_then(|tree| page.yes_no(tree, "ranking.shared")).unwrap_or(true);
    fields.end(page);
    RankingDraft { ties, shared }
}

fn tie(page: &mut Page, tree: &Tree, path: &str) -> Option<TieDraft> {
    let words = ["module", "practice", "theory", "time"];
    let mut fields = page.fields(tree, path);
    let named = fields.among(&words);
    let [module, practice, theory, time] = words.map(|word| fields.optional(word));
    let tie = match named.as_slice() {
        ["module"] => module.and_then(|tree| page.scalar(tree, &format!("{path}.module"))).map(TieDraft::Module),
        [word] => {
            let meant = [practice, theory, time].into_iter().flatten().next();
            meant.and_then(|tree| page.word(tree, &format!("{path}.{word}"), &[("true", ())]));
            match *word {
                "practice" => Some(TieDraft::Practice),
                "theory" => Some(TieDraft::Theory),
                _ => Some(TieDraft::Time),
            }
        }
        _ => {
            let suggestion = Suggestion::advice(
                "写其中之一：`{module: A}`、`{practice: true}`、`{theory: true}`、`{time: true}`",
                "write one of `{module: A}`, `{practice: true}`, `{theory: true}`, `{time: true}`",
            );
            let (zh, en) = ("条件不是一个", "this isn't one condition");
            fields.fault(page, zh, en, suggestion);
            None
        }
    };
    fields.end(page);
    tie
}

fn teams(page: &mut Page, tree: &Tree) -> TeamRule {
    let mut fields = page.fields(tree, "teams");
    let totals = [("sum", TeamTotal::Sum), ("mean", TeamTotal::Mean)];
    let total = fields.required(page, "total").and_then(|tree| page.word(tree, "teams.total", &totals));
    let then = match fields.optional("then") {
        Some(tree) if tree.node != Node::Nothing => page.word(tree, "teams.then", &[("time", true)]),
        _ => None,
    };
    fields.end(page);
    TeamRule { total: total.unwrap_or(TeamTotal::Sum), then_time: then.unwrap_or(false) }
}

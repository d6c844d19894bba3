//! How each part of a file is written: which fields a map may have, and a line that shows the part. Here is the table of
//! scheme files; that of rule sets is in `rule_set::shape`.
//!
//! Two things need it. A suggestion shows what is missing or misshapen as it would be written; and a key that is no field
//! is read as the one that was certainly meant, so that what stands behind it is looked at in the same go.

/// What may be written in one kind of file. The first shape that fits a path is meant.
pub(crate) struct Document(pub &'static [Shape]);

impl Document {
    /// The shape of what stands at a path; `None` for a path that no such file has.
    pub fn shape(&self, path: &str) -> Option<&'static Shape> {
        self.0.iter().find(|shape| fits(shape.path, path))
    }

    /// How the part at a path is written.
    pub fn example(&self, path: &str) -> String {
        let name = path.rsplit('.').next().unwrap_or(path);
        self.shape(path).map_or_else(|| format!("{name}: …"), |shape| shape.example.to_owned())
    }
}

/// A part of a file.
pub(crate) struct Shape {
    /// The end of its path, without indices: `aspects[].tolerance`. `^` begins at the file's root, `*` is any name.
    path: &'static str,
    /// A line of YAML with the part in it.
    pub example: &'static str,
    /// What a map may have; empty where keys are names, and for everything that isn't a map.
    pub fields: &'static [&'static str],
}

pub(crate) const TEXT: &[&str] = &["zh", "en"];
pub(crate) const NAMED: &[&str] = &["code", "name"];
const PART: &[&str] = &["code", "name", "marks"];
const EVENT: &[&str] = &["rises", "falls", "changes", "request", "begins", "ends", "agree"];
const ON: &[&str] = &["rises", "falls", "changes", "request", "begins", "ends", "agree", "holds", "for"];
const AFTER: &[&str] =
    &["rises", "falls", "changes", "request", "begins", "ends", "agree", "within", "before", "unless"];
const COUNTED: &[&str] =
    &["rises", "falls", "changes", "request", "begins", "ends", "agree", "between", "tolerance", "curve"];
const FILE: &[&str] = &[
    "format",
    "id",
    "version",
    "title",
    "abilities",
    "groups",
    "modules",
    "ranking",
    "teams",
    "signals",
    "phases",
    "rules",
];
const ASPECT: &[&str] = &[
    "code",
    "name",
    "max",
    "abilities",
    "type",
    "tolerance",
    "steps",
    "deductions",
    "levels",
    "panel",
    "judges",
    "spread_max",
    "rounds_most",
    "policy",
    "starts_at",
];
const RULE: &[&str] = &[
    "id",
    "aspect",
    "says",
    "during",
    "on",
    "check",
    "count",
    "measure",
    "absent",
    "sequence",
    "forbidden",
    "while",
    "then",
    "without",
    "by",
    "within",
    "per",
    "award",
    "deduct",
    "otherwise",
    "at_most",
    "min_total",
    "once",
    "best_of",
    "gate",
    "unfinished",
];
const CHECK: &[&str] = &[
    "is",
    "held",
    "for",
    "mean",
    "min",
    "max",
    "last",
    "time_mean",
    "integral",
    "percentile",
    "time_in_band",
    "share_in_band",
    "p",
    "band",
    "over",
    "between",
    "tolerance",
    "curve",
];

pub(crate) const fn map(path: &'static str, example: &'static str, fields: &'static [&'static str]) -> Shape {
    Shape { path, example, fields }
}

pub(crate) const fn plain(path: &'static str, example: &'static str) -> Shape {
    map(path, example, &[])
}

/// A scheme file.
pub(crate) static SCHEME: Document = Document(&[
    map("^", "format: guildhall/scheme/1", FILE),
    map("^signals.*", "force: {type: real, unit: N, stale_after: 2s}", &["type", "unit", "stale_after"]),
    map("^phases.*", "moving: {while: speed > 0}", &["while", "from", "to"]),
    plain("^format", "format: guildhall/scheme/1"),
    plain("^id", "id: mechanical-arm"),
    plain("^version", "version: 1"),
    map("title", "title: {zh: 机械臂, en: Robot arm}", TEXT),
    map("says", "says: {zh: 夹紧工件, en: The part is gripped}", TEXT),
    map("name", "name: {zh: 装配, en: Assembly}", TEXT),
    map("levels[]", "{zh: 达到行业标准, en: Meets the standard}", TEXT),
    plain("zh", "zh: 装配"),
    plain("en", "en: Assembly"),
    plain("^abilities", "abilities: [{code: hand, name: {zh: 动手, en: Handwork}}]"),
    map("^abilities[]", "{code: hand, name: {zh: 动手, en: Handwork}}", NAMED),
    plain("^groups", "groups: [{code: senior, name: {zh: 高级组, en: Senior}}]"),
    map("^groups[]", "{code: senior, name: {zh: 高级组, en: Senior}}", NAMED),
    plain("^modules", "modules: [{code: A, name: {zh: 装配, en: Assembly}, criteria: […]}]"),
    map(
        "^modules[]",
        "{code: A, name: {zh: 装配, en: Assembly}, criteria: […]}",
        &["code", "name", "minutes", "criteria"],
    ),
    plain("minutes", "minutes: 90"),
    plain("criteria", "criteria: [{code: A1, name: {zh: 抓取, en: Grasp}, aspects: […]}]"),
    map(
        "criteria[]",
        "{code: A1, name: {zh: 抓取, en: Grasp}, aspects: […]}",
        &["code", "name", "aspects", "sub_criteria"],
    ),
    plain("sub_criteria", "sub_criteria: [{code: A1a, name: {zh: 准备, en: Preparing}, aspects: […]}]"),
    map("sub_criteria[]", "{code: A1a, name: {zh: 准备, en: Preparing}, aspects: […]}", &["code", "name", "aspects"]),
    plain(
        "aspects",
        "aspects: [{code: A1.1, name: {zh: 夹紧, en: Gripped}, type: measurement, max: 2, abilities: [hand]}]",
    ),
    map(
        "aspects[]",
        "{code: A1.1, name: {zh: 夹紧, en: Gripped}, type: measurement, max: 2, abilities: [hand]}",
        ASPECT,
    ),
    plain("aspects[].max", "max: 2.5"),
    plain("aspects[].abilities", "abilities: [hand]"),
    plain("aspects[].abilities[]", "hand"),
    plain("aspects[].type", "type: measurement"),
    map(
        "aspects[].tolerance",
        "tolerance: {unit: mm, target: 10, full: 0.1, zero: 0.5}",
        &["unit", "target", "full", "zero"],
    ),
    plain("aspects[].tolerance.target", "target: 10"),
    plain("aspects[].tolerance.full", "full: 0.1"),
    plain("aspects[].tolerance.zero", "zero: 0.5"),
    plain("unit", "unit: mm"),
    plain("steps", "steps: [{code: a, name: {zh: 对正, en: Aligned}, marks: 1}]"),
    map("steps[]", "{code: a, name: {zh: 对正, en: Aligned}, marks: 1}", PART),
    plain("deductions", "deductions: [{code: a, name: {zh: 划伤, en: Scratched}, marks: 1}]"),
    map("deductions[]", "{code: a, name: {zh: 划伤, en: Scratched}, marks: 1}", PART),
    plain("marks", "marks: 1"),
    plain(
        "levels",
        "levels: [{zh: 不合格, en: Below}, {zh: 合格, en: Meets}, {zh: 良好, en: Exceeds}, {zh: 优秀, en: Excellent}]",
    ),
    map("panel", "panel: {judges: 5, drop_extremes: true, step: 0.1}", &["judges", "drop_extremes", "step"]),
    plain("judges", "judges: 3"),
    plain("spread_max", "spread_max: 1"),
    plain("rounds_most", "rounds_most: 2"),
    plain("drop_extremes", "drop_extremes: true"),
    plain("step", "step: 0.1"),
    plain("policy", "policy: confirm"),
    plain("starts_at", "starts_at: full"),
    plain("code", "code: A1"),
    map("^ranking", "ranking: {ties: [{module: A}, {time: true}], shared: true}", &["ties", "shared"]),
    plain("^ranking.ties", "ties: [{module: A}, {time: true}]"),
    map("^ranking.ties[]", "{module: A}", &["module", "practice", "theory", "time"]),
    plain("^ranking.ties[].module", "module: A"),
    plain("^ranking.ties[].*", "time: true"),
    plain("shared", "shared: true"),
    map("^teams", "teams: {total: sum, then: time}", &["total", "then"]),
    plain("^teams.total", "total: sum"),
    plain("^teams.then", "then: time"),
    map("^signals", "signals: {force: {type: real, unit: N}}", &[]),
    plain("^signals.*.type", "type: real"),
    plain("stale_after", "stale_after: 2s"),
    map("^phases", "phases: {moving: {while: speed > 0}}", &[]),
    plain("^rules", "rules: [{id: grip, aspect: A1.1, says: {zh: 夹紧, en: Gripped}, on: {rises: grip}, award: 2}]"),
    map("^rules[]", "{id: grip, aspect: A1.1, says: {zh: 夹紧, en: Gripped}, on: {rises: grip}, award: 2}", RULE),
    plain("^rules[].id", "id: grip"),
    plain("aspect", "aspect: A1.1"),
    map("during", "during: {while: speed > 0}", &["while", "from", "to"]),
    map("from", "from: {rises: start}", EVENT),
    map("to", "to: {ends: run}", EVENT),
    map("on", "on: {rises: force > 40N}", ON),
    map("then", "then: {rises: done, within: 5s}", AFTER),
    map("without", "without: {rises: stop, within: 5s}", AFTER),
    map("unless", "unless: {rises: stop}", EVENT),
    map("absent", "absent: {rises: done}", EVENT),
    plain("by", "by: 30s"),
    plain("within", "within: 5s"),
    plain("before", "before: 5s"),
    plain("for", "for: 2s"),
    plain("over", "over: 2s"),
    plain("sequence", "sequence: [{rises: open}, {rises: placed, within: 5s}]"),
    map("sequence[]", "{rises: placed, within: 5s}", AFTER),
    plain("forbidden", "forbidden: [{rises: start}, {rises: door_shut}]"),
    map("forbidden[]", "{rises: start}", EVENT),
    plain("while", "while: force > 40N"),
    plain("per", "per: second"),
    map("count", "count: {rises: dropped}", COUNTED),
    map(
        "measure",
        "measure: {from: {rises: start}, to: {rises: done}, curve: [[10s, 5], [30s, 0]]}",
        &["from", "to", "between", "tolerance", "curve"],
    ),
    map("check", "check: {mean: force, between: [1N, 5N]}", CHECK),
    plain("is", "is: force > 40N"),
    plain("held", "held: force > 40N"),
    plain("mean", "mean: force"),
    plain("min", "min: force"),
    plain("max", "max: force"),
    plain("last", "last: force"),
    plain("time_mean", "time_mean: force"),
    plain("integral", "integral: power"),
    plain("percentile", "percentile: force"),
    plain("time_in_band", "time_in_band: force"),
    plain("share_in_band", "share_in_band: force"),
    plain("p", "p: 95"),
    plain("band", "band: [1N, 5N]"),
    plain("between", "between: [1N, 5N]"),
    plain("between[]", "1N"),
    plain("band[]", "1N"),
    map("tolerance", "tolerance: {target: 50N, full: 1N, zero: 5N}", &["target", "full", "zero"]),
    plain("target", "target: 50N"),
    plain("full", "full: 1N"),
    plain("zero", "zero: 5N"),
    plain("curve", "curve: [[10s, 5], [30s, 0]]"),
    plain("curve[]", "[10s, 5]"),
    plain("curve[][]", "5"),
    plain("rises", "rises: force > 40N"),
    plain("falls", "falls: force > 40N"),
    plain("changes", "changes: mode"),
    plain("request", "request: any"),
    plain("begins", "begins: run"),
    plain("ends", "ends: run"),
    plain("holds", "holds: force > 40N"),
    map("agree", "agree: [at_gate, badge]", &["witnesses", "at_least", "within"]),
    plain("agree[]", "at_gate"),
    plain("witnesses", "witnesses: [at_gate, badge]"),
    plain("witnesses[]", "at_gate"),
    plain("at_least", "at_least: 2"),
    plain("award", "award: 2"),
    plain("deduct", "deduct: 2"),
    plain("otherwise", "otherwise: 0"),
    plain("at_most", "at_most: 5"),
    plain("min_total", "min_total: -5"),
    plain("once", "once: true"),
    plain("best_of", "best_of: 3"),
    plain("gate", "gate: [grip]"),
    plain("gate[]", "grip"),
    plain("unfinished", "unfinished: missed"),
]);

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, whole) = pattern.strip_prefix('^').map_or((pattern, false), |rest| (rest, true));
    if pattern.is_empty() || path.is_empty() {
        return pattern == path;
    }
    let (mut wanted, mut found) = (pattern.rsplit('.'), path.rsplit('.'));
    for wanted in wanted.by_ref() {
        if !found.next().is_some_and(|found| same(wanted, found)) {
            return false;
        }
    }
    !whole || found.next().is_none()
}

/// `aspects[]` and `aspects[12]`.
fn same(wanted: &str, found: &str) -> bool {
    let parts = |segment: &'_ str| (segment.find('[').unwrap_or(segment.len()), segment.matches('[').count());
    if wanted == "*" {
        return true;
    }
    let ((wanted_end, wanted_depth), (found_end, found_depth)) = (parts(wanted), parts(found));
    wanted_depth == found_depth && wanted[..wanted_end] == found[..found_end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_set::RULE_SET;

    #[test]
    fn a_path_has_the_shape_of_its_place() {
        for (path, expected) in [
            ("", "format: guildhall/scheme/1"),
            ("abilities", "abilities: [{code: hand, name: {zh: 动手, en: Handwork}}]"),
            ("modules[0].criteria[2].aspects[13].abilities", "abilities: [hand]"),
            ("modules[0].criteria[2].aspects[13].tolerance.zero", "zero: 0.5"),
            ("modules[0].criteria[2].sub_criteria[1].aspects[13].tolerance.zero", "zero: 0.5"),
            ("modules[0].criteria[2].sub_criteria[1]", "{code: A1a, name: {zh: 准备, en: Preparing}, aspects: […]}"),
            ("rules[3].check.tolerance.zero", "zero: 5N"),
            ("rules[3].measure.curve[1][0]", "5"),
            ("signals.type", "force: {type: real, unit: N, stale_after: 2s}"),
            ("signals.type.type", "type: real"),
            ("rules[0].then", "then: {rises: done, within: 5s}"),
            ("teams.then", "then: time"),
        ] {
            assert_eq!(SCHEME.shape(path).map(|shape| shape.example), Some(expected), "{path}");
        }
        assert!(SCHEME.shape("rules[0].nobody").is_none());
    }

    #[test]
    fn every_field_has_an_example_that_begins_with_it() {
        for (document, map) in [&SCHEME, &RULE_SET].into_iter().flat_map(|of| of.0.iter().map(move |map| (of, map))) {
            let above = map.path.trim_start_matches('^').replace("[]", "[0]").replace('*', "x");
            for field in map.fields {
                let path = if above.is_empty() { (*field).to_owned() } else { format!("{above}.{field}") };
                // A tie-break's word and a field that only stands at the root have a pattern of their own.
                let found = document.shape(&path).unwrap_or_else(|| panic!("{path} has no example"));
                let anchored = matches!(*field, "practice" | "theory");
                assert!(anchored || found.example.starts_with(&format!("{field}:")), "{path}: {}", found.example);
            }
        }
    }

    #[test]
    fn examples_are_yaml() {
        for shape in SCHEME.0.iter().chain(RULE_SET.0) {
            let told = serde_saphyr::from_str::<serde_json::Value>(shape.example);
            assert!(told.is_ok(), "{}: {told:?}", shape.example);
        }
    }
}

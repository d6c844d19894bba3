//! A table of bad rule-set files: each mistake is found at its line and column, and all of them at once; and how a rule set
//! and a scheme don't fit.

use catalogue::{Severity, load_rule_set, load_scheme};

const GOOD: &str = r##"format: guildhall/rule-set/1
id: small
version: 1
title: {zh: 小赛, en: Small}
prizes:
  - to: competitors
    over: whole_field
    conditions: [{total: 60}]
    shares:
      of: ranked
      rounding: up
      ties: all
      prizes:
        - {code: first, name: {zh: 一等奖, en: first prize}, share: 10%}
        - {code: second, name: {zh: 二等奖, en: second prize}, share: 20.5%}
  - to: teams
    over: whole_field
    ranks:
      ties: none
      prizes:
        - {code: first, name: {zh: 一等奖, en: first prize}, to: 1}
        - {code: rest, name: {zh: 优秀奖, en: commendation}, to: rest}
  - to: competitors
    over: whole_field
    medals:
      tie_within: 2
      gold: {code: gold, name: {zh: 金牌, en: gold medal}}
      silver: {code: silver, name: {zh: 银牌, en: silver medal}}
      bronze: {code: bronze, name: {zh: 铜牌, en: bronze medal}}
scale: {formula: guildhall_open, over: whole_field, decimals: 1}
recheck: {over: whole_field, top_ranks: 10, sample: 15%, error_rate_max: 5%}
appeals: {after_publication: 2h, answer_within: 4h, instances: 2, second_within: 2h}
panels:
  levels: {judges: 3, spread_max: 1, rounds_most: 2}
  marks: {judges: 5, drop_extremes: true}
  recusal: [union]
draw:
  over: whole_field
  layers:
    - {code: draw, name: {zh: 抽签号, en: Draw}, number: "C##"}
    - {code: seat, name: {zh: 赛位号, en: Seat}, number: "S##"}
signatures: [chief_judge, supervisor]
publication: {shows: names, freeze: 60min}
theory: {share_max: 30%}
"##;

fn said(yaml: &str) -> Vec<String> {
    let (loaded, faults) = load_rule_set(yaml);
    assert_eq!(loaded.is_some(), faults.iter().all(|fault| fault.severity == Severity::Warning));
    assert!(faults.iter().all(|fault| !fault.text.zh.is_empty() && fault.text.zh != fault.text.en), "{faults:?}");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_file_has_no_faults() {
    assert_eq!(said(GOOD), Vec::<String>::new());
    catalogue::check_rule_set_shape(GOOD).unwrap();
}

#[test]
fn one_mistake_one_fault_at_its_place() {
    let mut wrong = Vec::new();
    for (written, instead, expected) in [
        (
            "rule-set/1",
            "rule-set/2",
            "1:9: error: format: `guildhall/rule-set/2` is unknown; possible are guildhall/rule-set/1 (guildhall/rule-set/1?)",
        ),
        ("id: small", "id: s/mall", "2:5: error: id: code \"s/mall\" is not acceptable"),
        ("version: 1", "version: 0", "3:10: error: version: versions count from 1"),
        ("version: 1", "version: 1.1", "3:10: error: version: `1.1` is wrong, a whole number"),
        ("title: {zh: 小赛, en: Small}", "title: {zh: 小赛}", "4:8: error: title.en: `en` is missing"),
        (
            "title:",
            "titel:",
            "4:1: error: titel: there is no field `titel` here; possible are format, id, version, title",
        ),
        (
            "to: competitors",
            "to: competitor",
            "6:9: error: prizes[0].to: `competitor` is unknown; possible are competitors, teams (competitors?)",
        ),
        (
            "over: whole_field\n    ranks",
            "over: each_group\n    ranks",
            "17:11: error: prizes[1].over: teams are in no group",
        ),
        (
            "{total: 60}",
            "{totl: 60}",
            "8:18: error: prizes[0].conditions[0]: write exactly one of total, practice, theory",
        ),
        ("{total: 60}", "{total: 60, theory: 10}", "8:18: error: prizes[0].conditions[0]: write exactly one of"),
        (
            "{total: 60}",
            "{total: 60}, {total: 50}",
            "8:31: error: prizes[0].conditions[1]: there is a condition on this mark already",
        ),
        ("{total: 60}", "{total: 0}", "8:18: error: prizes[0].conditions[0]: must be more than 0"),
        (
            "{total: 60}",
            "{total: sixty}",
            "8:26: error: prizes[0].conditions[0].total: `sixty` is wrong, marks with at most two decimals",
        ),
        ("    shares:", "    share:", "6:5: error: prizes[0]: write exactly one of shares, ranks, medals"),
        ("of: ranked", "of: all", "10:11: error: prizes[0].shares.of: `all` is unknown; possible are entered, ranked"),
        (
            "rounding: up",
            "rounding: upp",
            "11:17: error: prizes[0].shares.rounding: `upp` is unknown; possible are up, down, nearest (up?)",
        ),
        ("      rounding: up\n", "", "10:7: error: prizes[0].shares.rounding: `rounding` is missing"),
        ("ties: all", "ties: some", "12:13: error: prizes[0].shares.ties: `some` is unknown; possible are all, none"),
        (
            "share: 10%",
            "share: 10",
            "14:66: error: prizes[0].shares.prizes[0].share: `10` is wrong, a percentage from 0% to 100%",
        ),
        ("share: 10%", "share: 0%", "14:66: error: prizes[0].shares.prizes[0].share: the share must be more than 0"),
        (
            "share: 10%",
            "share: 80%",
            "15:68: error: prizes[0].shares.prizes[1].share: up to here the shares add up to more than 100%",
        ),
        ("code: second", "code: first", "15:18: error: prizes[0].shares.prizes[1].code: code first is used twice"),
        ("to: 1}", "to: 0}", "21:63: error: prizes[1].ranks.prizes[0].to: the first place is 1"),
        ("to: 1}", "to: rest}", "21:63: error: prizes[1].ranks.prizes[0].to: only the last prize goes to the rest"),
        (
            "to: 1}",
            "to: first}",
            "21:63: error: prizes[1].ranks.prizes[0].to: `first` is wrong, the last place, such as 5, or rest is expected",
        ),
        ("tie_within: 2", "tie_within: -1", "26:19: error: prizes[2].medals.tie_within: must not be negative"),
        (
            "gold: {code",
            "golden: {code",
            "27:7: error: prizes[2].medals.golden: there is no field `golden` here; possible are tie_within, gold, silver, bronze, medallion",
        ),
        ("code: silver", "code: gold", "28:22: error: prizes[2].medals.silver.code: code gold is used twice"),
        (
            "scale: {formula: guildhall_open, over: whole_field, decimals: 1}\n",
            "",
            "26:7: error: prizes[2].medals: medals are given on the scale: declare scale as well",
        ),
        (
            "formula: guildhall_open",
            "formula: worldskills",
            "30:18: error: scale.formula: `worldskills` is unknown; possible are guildhall_open",
        ),
        (
            "over: whole_field, decimals: 1",
            "over: each_group, decimals: 1",
            "26:7: error: prizes[2].medals: medals are given on the scale, so scale.over must be the same",
        ),
        ("decimals: 1", "decimals: 3", "30:63: error: scale.decimals: must be 0 to 2, not 3"),
        ("top_ranks: 10, ", "", "31:10: error: recheck: write top_ranks, top_share or both"),
        ("sample: 15%", "sample: 0.15", "31:53: error: recheck.sample: `0.15` is wrong, a percentage"),
        (
            "error_rate_max: 5%",
            "error_rate_max: 5%, tolerance: -1",
            "31:89: error: recheck.tolerance: must not be negative",
        ),
        ("after_publication: 2h, ", "", "32:10: error: appeals: write after_run, after_publication or both"),
        (
            "after_publication: 2h",
            "after_publication: 2",
            "32:30: error: appeals.after_publication: `2` is no duration",
        ),
        ("instances: 2", "instances: 3", "32:64: error: appeals.instances: must be 1 to 2, not 3"),
        ("instances: 2", "instances: 1", "32:82: error: appeals.second_within: there is one instance only"),
        (", second_within: 2h", "", "32:10: error: appeals: with two instances second_within says"),
        ("judges: 5", "judges: 2", "35:19: error: panels.marks.judges: must be 3 to 99, not 2"),
        ("spread_max: 1", "spread_max: 4", "34:35: error: panels.levels.spread_max: must be 0 to 3, not 4"),
        (
            "recusal: [union]",
            "recusal: [enterprize]",
            "36:13: error: panels.recusal[0]: `enterprize` is unknown; possible are union, enterprise (enterprise?)",
        ),
        ("number: \"C##\"", "number: C01", "40:55: error: draw.layers[0].number: `C01` is wrong, the form of a number"),
        ("\"S##\"", "\"C##\"", "41:55: error: draw.layers[1].number: layer draw has the same form"),
        ("code: seat", "code: recheck", "41:14: error: draw.layers[1].code: recheck is the layer of the sample"),
        (
            "supervisor]",
            "judge]",
            "42:27: error: signatures[1]: `judge` is unknown; possible are chief_judge, supervisor, organiser",
        ),
        ("supervisor]", "chief_judge]", "42:27: error: signatures[1]: chief_judge stands here twice"),
        ("[chief_judge, supervisor]", "[]", "42:13: error: signatures: somebody must sign"),
        (
            "shows: names",
            "shows: nobody",
            "43:22: error: publication.shows: `nobody` is unknown; possible are names, numbers",
        ),
        ("freeze: 60min", "freeze: 0min", "43:37: error: publication.freeze: `0min` is no duration"),
        ("share_max: 30%", "share_max: 130%", "44:21: error: theory.share_max: `130%` is wrong, a percentage"),
    ] {
        assert!(GOOD.contains(written), "{written}");
        let faults = said(&GOOD.replacen(written, instead, 1));
        if !faults.iter().any(|fault| fault.starts_with(expected)) || faults.len() > 2 {
            wrong.push(format!("{instead:?}\n  expected {expected}\n  got {faults:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every part is left out once: each time that part is missing, and nothing else is wrong.
#[test]
fn a_missing_part_is_one_fault() {
    let heads = ["prizes", "recheck", "appeals", "panels", "draw", "signatures", "publication"];
    for part in heads {
        let mut kept = true;
        let without: String = GOOD
            .lines()
            .filter(|line| {
                if !line.starts_with(' ') {
                    kept = !line.starts_with(&format!("{part}:"));
                }
                kept
            })
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(said(&without), [format!("1:1: error: {part}: `{part}` is missing")]);
    }
}

#[test]
fn all_mistakes_are_found_at_once_in_the_order_of_the_page() {
    let bad = GOOD
        .replacen("version: 1", "version: one", 1)
        .replacen("share: 10%", "share: ten", 1)
        .replacen("to: rest", "to: 1", 1)
        .replacen("decimals: 1", "decimals: 9", 1)
        .replacen("instances: 2", "instances: 0", 1)
        .replacen("\"S##\"", "\"C##\"", 1)
        .replacen("theory:", "theorie:", 1);
    let lines: Vec<u32> = load_rule_set(&bad).1.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [3, 14, 22, 30, 32, 41, 44], "{:#?}", said(&bad));
}

#[test]
fn what_is_no_rule_set_at_all_is_refused() {
    for yaml in
        ["", "~", "42", "[]", "{}", "format: guildhall/rule-set/1", "\u{0}", "a: &x [*x]", "prizes: [~, 1, {}, []]"]
    {
        let (loaded, faults) = load_rule_set(yaml);
        assert!(loaded.is_none() && !faults.is_empty(), "{yaml:?}");
    }
    assert!(load_rule_set(&"x".repeat(3_000_000)).0.is_none());
    // Each line left out, and each value made another: never a panic.
    for at in 0..GOOD.lines().count() {
        let lines = |instead: &str| {
            let lines = GOOD.lines().enumerate().map(|(line, text)| if line == at { instead } else { text });
            lines.collect::<Vec<_>>().join("\n")
        };
        let line = GOOD.lines().nth(at).unwrap_or_default();
        let emptied = line.split_once(": ").map_or_else(String::new, |(head, _)| format!("{head}: ~"));
        load_rule_set(&lines(""));
        load_rule_set(&lines(&emptied));
    }
}

/// Published results are read by the version they were published under: the source comes back to the letter, with its hash.
#[test]
fn a_rule_set_keeps_its_source() {
    let (one, _) = load_rule_set(GOOD);
    let (other, _) = load_rule_set(&GOOD.replacen("share: 10%", "share: 11%", 1));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.source.as_ref(), GOOD);
    assert_ne!(one.hash, other.hash);
    let (again, _) = load_rule_set(&one.source);
    let again = again.unwrap();
    assert_eq!((again.rules, again.hash), (one.rules, one.hash));
}

#[test]
fn what_does_not_fit_a_scheme_is_said_at_its_place() {
    let scheme = |theory: u32, groups: &str| {
        let yaml = format!(
            "format: guildhall/scheme/1\nid: s\nversion: 1\ntitle: {{zh: 甲, en: A}}\nabilities: [{{code: hand, name: {{zh: 手, en: Hand}}}}]\n\
             groups: {groups}\nmodules:\n  - code: A\n    name: {{zh: 甲, en: A}}\n    criteria:\n      - code: A1\n        name: {{zh: 一, en: One}}\n        aspects:\n\
             \x20         - {{code: A1.1, name: {{zh: 一, en: One}}, type: measurement, max: {}, abilities: [hand]}}\n\
             \x20         - {{code: A1.2, name: {{zh: 二, en: Two}}, type: theory, max: {theory}, abilities: [hand]}}\n\
             ranking: {{ties: []}}\n",
            100 - theory
        );
        let (loaded, faults) = load_scheme(&yaml);
        loaded.unwrap_or_else(|| panic!("{faults:#?}")).scheme
    };
    let found = |rules: &str, theory: u32, groups: &str| -> Vec<String> {
        let (loaded, faults) = load_rule_set(rules);
        let loaded = loaded.unwrap_or_else(|| panic!("{faults:#?}"));
        loaded.check_against(&scheme(theory, groups)).iter().map(ToString::to_string).collect()
    };
    let workers = "[{code: workers, name: {zh: 职工组, en: Workers}}]";
    let none: [&str; 0] = [];
    assert_eq!(found(GOOD, 30, "[]"), none);
    assert_eq!(
        found(GOOD, 31, "[]"),
        ["44:21: error: theory.share_max: theory is 31.00 of 100.00 marks, more than the 30% that the rules allow"]
    );
    let by_group = GOOD.replacen("over: whole_field\n    conditions", "over: each_group\n    conditions", 1);
    assert_eq!(found(&by_group, 30, workers), none);
    assert_eq!(
        found(&by_group, 30, "[]"),
        ["7:11: warning: prizes[0].over: prizes are given in each group, but the scheme has no groups: all are one"]
    );
    let much = GOOD.replacen("{total: 60}", "{total: 100.01}, {theory: 20}, {practice: 80}", 1);
    assert_eq!(
        found(&much, 25, "[]"),
        [
            "8:18: error: prizes[0].conditions[0]: the total can't be more than 100.00, so nobody reaches 100.01",
            "8:49: error: prizes[0].conditions[2]: practice can't be more than 75.00, so nobody reaches 80.00",
        ]
    );
    let draw = GOOD.replacen("draw:\n  over: whole_field", "draw:\n  over: each_group", 1);
    assert_eq!(
        found(&draw, 30, "[]"),
        ["38:9: warning: draw.over: it is done in each group, but the scheme has no groups"]
    );
}

//! A table of bad rule-set files: each mistake is found at its line and column, and all of them at once; and how a rule set
//! and a scheme don't fit.

use catalogue::{Diagnostic, Severity, load_rule_set, load_scheme};

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

/// What is wrong and what to write, in both languages.
fn says_what_to_write(fault: &Diagnostic) {
    for text in [&fault.text, &fault.suggestion.text()] {
        assert!(!text.zh.trim().is_empty() && !text.en.trim().is_empty() && text.zh != text.en, "{fault:?}");
    }
    assert!(fault.suggestion.replacement().is_none_or(|word| !word.trim().is_empty()), "{fault:?}");
}

/// All that is said of a file, and said once.
fn checked(yaml: &str) -> Vec<Diagnostic> {
    let (loaded, faults) = load_rule_set(yaml);
    assert_eq!(loaded.is_some(), faults.iter().all(|fault| fault.severity == Severity::Warning));
    for (ix, fault) in faults.iter().enumerate() {
        says_what_to_write(fault);
        assert!(!faults[..ix].contains(fault), "twice: {fault}");
    }
    faults
}

fn said(yaml: &str) -> Vec<String> {
    checked(yaml).iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_file_has_no_faults() {
    assert_eq!(said(GOOD), Vec::<String>::new());
    catalogue::check_rule_set_shape(GOOD).unwrap();
}

/// What is written, what stands there instead, and where the one fault is. What is said of it is in the snapshot.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("rule-set/1", "rule-set/2", "1:9: error: format"),
    ("id: small", "id: s/mall", "2:5: error: id"),
    ("version: 1", "version: 0", "3:10: error: version"),
    ("version: 1", "version: 1.1", "3:10: error: version"),
    ("title: {zh: 小赛, en: Small}", "title: {zh: 小赛}", "4:8: error: title.en"),
    ("title:", "titel:", "4:1: error: titel"),
    ("to: competitors", "to: competitor", "6:9: error: prizes[0].to"),
    ("over: whole_field\n    ranks", "over: each_group\n    ranks", "17:11: error: prizes[1].over"),
    ("{total: 60}", "{totl: 60}", "8:19: error: prizes[0].conditions[0].totl"),
    ("{total: 60}", "{total: 60, theory: 10}", "8:18: error: prizes[0].conditions[0]"),
    ("{total: 60}", "{total: 60}, {total: 50}", "8:31: error: prizes[0].conditions[1]"),
    ("{total: 60}", "{total: 0}", "8:18: error: prizes[0].conditions[0]"),
    ("{total: 60}", "{total: sixty}", "8:26: error: prizes[0].conditions[0].total"),
    ("    shares:", "    share:", "9:5: error: prizes[0].share"),
    ("of: ranked", "of: all", "10:11: error: prizes[0].shares.of"),
    ("rounding: up", "rounding: upp", "11:17: error: prizes[0].shares.rounding"),
    ("      rounding: up\n", "", "10:7: error: prizes[0].shares.rounding"),
    ("ties: all", "ties: some", "12:13: error: prizes[0].shares.ties"),
    ("share: 10%", "share: 10", "14:66: error: prizes[0].shares.prizes[0].share"),
    ("share: 10%", "share: 0%", "14:66: error: prizes[0].shares.prizes[0].share"),
    ("share: 10%", "share: 80%", "15:68: error: prizes[0].shares.prizes[1].share"),
    ("code: second", "code: first", "15:18: error: prizes[0].shares.prizes[1].code"),
    ("code: silver", "code: first", "28:22: error: prizes[2].medals.silver.code"),
    ("to: 1}", "to: 0}", "21:63: error: prizes[1].ranks.prizes[0].to"),
    ("to: 1}", "to: rest}", "21:63: error: prizes[1].ranks.prizes[0].to"),
    ("to: 1}", "to: first}", "21:63: error: prizes[1].ranks.prizes[0].to"),
    ("tie_within: 2", "tie_within: -1", "26:19: error: prizes[2].medals.tie_within"),
    ("gold: {code", "golden: {code", "27:7: error: prizes[2].medals.golden"),
    ("code: silver", "code: gold", "28:22: error: prizes[2].medals.silver.code"),
    ("scale: {formula: guildhall_open, over: whole_field, decimals: 1}\n", "", "26:7: error: prizes[2].medals"),
    ("formula: guildhall_open", "formula: worldskills", "30:18: error: scale.formula"),
    ("over: whole_field, decimals: 1", "over: each_group, decimals: 1", "26:7: error: prizes[2].medals"),
    ("decimals: 1", "decimals: 3", "30:63: error: scale.decimals"),
    ("top_ranks: 10, ", "", "31:10: error: recheck"),
    ("sample: 15%", "sample: 0.15", "31:53: error: recheck.sample"),
    ("error_rate_max: 5%", "error_rate_max: 5%, tolerance: -1", "31:89: error: recheck.tolerance"),
    ("after_publication: 2h, ", "", "32:10: error: appeals"),
    ("after_publication: 2h", "after_publication: 2", "32:30: error: appeals.after_publication"),
    ("instances: 2", "instances: 3", "32:64: error: appeals.instances"),
    ("instances: 2", "instances: 1", "32:82: error: appeals.second_within"),
    (", second_within: 2h", "", "32:10: error: appeals"),
    ("judges: 5", "judges: 2", "35:19: error: panels.marks.judges"),
    ("spread_max: 1", "spread_max: 4", "34:35: error: panels.levels.spread_max"),
    ("recusal: [union]", "recusal: [enterprize]", "36:13: error: panels.recusal[0]"),
    ("number: \"C##\"", "number: C01", "40:55: error: draw.layers[0].number"),
    ("\"S##\"", "\"C##\"", "41:55: error: draw.layers[1].number"),
    ("code: seat", "code: recheck", "41:14: error: draw.layers[1].code"),
    ("supervisor]", "judge]", "42:27: error: signatures[1]"),
    ("supervisor]", "chief_judge]", "42:27: error: signatures[1]"),
    ("[chief_judge, supervisor]", "[]", "42:13: error: signatures"),
    ("shows: names", "shows: nobody", "43:22: error: publication.shows"),
    ("freeze: 60min", "freeze: 0min", "43:37: error: publication.freeze"),
    ("share_max: 30%", "share_max: 130%", "44:21: error: theory.share_max"),
    ("{total: 60}", "{}", "8:18: error: prizes[0].conditions[0]"),
    ("{total: 60}", "{total: sixty}, {total: 50}", "8:26: error: prizes[0].conditions[0].total"),
    ("scale: {formula: guildhall_open, over: whole_field, decimals: 1}", "scale: open", "30:8: error: scale"),
    ("number: \"S##\"}", "number: \"S##\", place: 1}", "41:62: error: draw.layers[1].place"),
    ("title: {zh: 小赛, en: Small}", "title: Small", "4:8: error: title"),
    ("recusal: [union]", "recusal: union", "36:12: error: panels.recusal"),
    (
        "recheck: {over: whole_field, top_ranks: 10, sample: 15%, error_rate_max: 5%}",
        "recheck: all",
        "31:10: error: recheck",
    ),
    ("signatures: [chief_judge, supervisor]", "signatures: [chief_judge, supervisor", "43:12: error: "),
    ("theory: {share", "theory: !most {share", "44:9: error: "),
];

#[test]
fn one_mistake_one_fault_at_its_place() {
    let mut wrong = Vec::new();
    for (written, instead, expected) in MISTAKES {
        assert!(GOOD.contains(written), "{written}");
        let faults = checked(&GOOD.replacen(written, instead, 1));
        let places: Vec<String> = faults
            .iter()
            .map(|fault| format!("{}:{}: {}: {}", fault.line, fault.column, fault.severity.code(), fault.path))
            .collect();
        if places != [*expected] {
            wrong.push(format!("{instead:?}\n  expected {expected}\n  got {faults:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whole and in both languages: read it when it changes.
#[test]
fn what_is_said_of_each_mistake() {
    let told = MISTAKES.iter().map(|(written, instead, _)| {
        let faults = checked(&GOOD.replacen(written, instead, 1));
        let faults: Vec<String> =
            faults.iter().map(|fault| format!("{fault}\n    {}\n", fault.suggestion.after(&fault.text).zh)).collect();
        format!("{} -> {}\n{}", written.escape_debug(), instead.escape_debug(), faults.concat())
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
}

/// A key that is mistyped is the only fault, and hides nothing behind it.
#[test]
fn a_mistyped_key_hides_nothing() {
    for (slip, worse, path) in [
        ("    share:", ("share: 10%", "share: 0%"), "prizes[0].shares.prizes[0].share"),
        ("recheckk:", ("sample: 15%", "sample: all"), "recheck.sample"),
        ("apeals:", ("instances: 2", "instances: 3"), "appeals.instances"),
        ("  layer:", ("\"S##\"", "\"C##\""), "draw.layers[1].number"),
        ("signature:", ("supervisor]", "chief_judge]"), "signatures[1]"),
    ] {
        let key = match slip.trim().trim_end_matches(':') {
            "share" => "shares",
            "recheckk" => "recheck",
            "apeals" => "appeals",
            "layer" => "layers",
            _ => "signatures",
        };
        let written = slip.replace(slip.trim(), &format!("{key}:"));
        let yaml = GOOD.replacen(&written, slip, 1);
        let faults = checked(&yaml);
        assert_eq!(faults.len(), 1, "{slip}: {faults:#?}");
        assert_eq!(faults[0].suggestion.replacement(), Some(key));
        let faults = checked(&yaml.replacen(worse.0, worse.1, 1));
        assert!(faults.len() == 2 && faults.iter().any(|fault| fault.path == path), "{slip}: {faults:#?}");
    }
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
        let faults = said(&without);
        let expected = format!("1:1: error: {part}: `{part}` is missing; add `{part}: ");
        assert!(faults.len() == 1 && faults[0].starts_with(&expected), "{faults:#?}");
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
        let misfits = loaded.check_against(&scheme(theory, groups));
        misfits.iter().for_each(says_what_to_write);
        misfits.iter().map(ToString::to_string).collect()
    };
    let workers = "[{code: workers, name: {zh: 职工组, en: Workers}}]";
    let none: [&str; 0] = [];
    assert_eq!(found(GOOD, 30, "[]"), none);
    assert_eq!(
        found(GOOD, 31, "[]"),
        ["44:21: error: theory.share_max: theory is 31.00 of 100.00 marks, more than the 30% that the rules allow; \
          have less theory in the scheme, or raise share_max in the rule set"]
    );
    let by_group = GOOD.replacen("over: whole_field\n    conditions", "over: each_group\n    conditions", 1);
    assert_eq!(found(&by_group, 30, workers), none);
    assert_eq!(
        found(&by_group, 30, "[]"),
        ["7:11: warning: prizes[0].over: prizes are given in each group, but the scheme has no groups: all are one; \
          write `over: whole_field`, or declare groups in the scheme"]
    );
    let much = GOOD.replacen("{total: 60}", "{total: 100.01}, {theory: 20}, {practice: 80}", 1);
    assert_eq!(
        found(&much, 25, "[]"),
        [
            "8:18: error: prizes[0].conditions[0]: the total can't be more than 100.00, so nobody reaches 100.01; \
             write 100.00 at most, or rather less",
            "8:49: error: prizes[0].conditions[2]: practice can't be more than 75.00, so nobody reaches 80.00; \
             write 75.00 at most, or rather less",
        ]
    );
    let draw = GOOD.replacen("draw:\n  over: whole_field", "draw:\n  over: each_group", 1);
    assert_eq!(
        found(&draw, 30, "[]"),
        ["38:9: warning: draw.over: it is done in each group, but the scheme has no groups; \
          write `over: whole_field`, or declare groups in the scheme"]
    );
}

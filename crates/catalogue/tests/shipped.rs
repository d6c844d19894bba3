//! The scheme and rule-set files that ship with the hall load without a fault or a warning.

use catalogue::load_scheme;
use marking::{AspectType, Edge, Points, PrizeKind, Rounding, ShareOf};

const ROBOT: &str = include_str!("../../../catalogue/contests/robot-maintenance/scheme.yaml");
const COBOT: &str = include_str!("../../../catalogue/contests/cobot-day/scheme.yaml");

fn loaded(yaml: &str) -> catalogue::LoadedScheme {
    let (loaded, faults) = load_scheme(yaml);
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", said.join("\n"));
    loaded.expect("no faults, so a scheme")
}

#[test]
fn every_scheme_of_the_catalogue_is_in_the_program() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/contests");
    let mut folders: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    folders.retain(|folder| folder != "rule-sets");
    folders.sort_unstable();
    let mut names: Vec<&str> = catalogue::SHIPPED_SCHEMES.iter().map(|shipped| shipped.name).collect();
    names.sort_unstable();
    assert_eq!(names, folders);
    for shipped in catalogue::SHIPPED_SCHEMES {
        assert_eq!(loaded(shipped.source).source.as_ref(), shipped.source, "{}", shipped.name);
    }
}

#[test]
fn robot_maintenance_mixes_all_types_and_patterns() {
    let loaded = loaded(ROBOT);
    let scheme = &loaded.scheme;
    assert_eq!(scheme.max().to_string(), "100.00");
    assert_eq!(scheme.theory_max().to_string(), "20.00");
    assert_eq!(scheme.modules().iter().map(|module| module.code.as_str()).collect::<String>(), "ABCDE");
    for aspect_type in [AspectType::Measurement, AspectType::Judgement, AspectType::Automatic, AspectType::Theory] {
        assert!(scheme.aspects().iter().any(|aspect| aspect.kind.aspect_type() == aspect_type), "{aspect_type:?}");
    }
    assert!((24..=30).contains(&scheme.aspects().len()), "{}", scheme.aspects().len());
    assert_eq!(loaded.rules.rules().count(), 14);
    assert_eq!(loaded.rules.checkpoints(), ["repaired"]);
}

#[test]
fn cobot_day_watches_what_the_converter_makes() {
    let loaded = loaded(COBOT);
    assert_eq!(loaded.rules.signals().len(), 22);
    assert_eq!(loaded.scheme.max().to_string(), "100.00");
}

#[test]
fn the_view_is_what_the_tablet_needs() {
    let view = serde_json::to_value(loaded(ROBOT).view()).unwrap();
    assert_eq!(view["max"], "100.00");
    let aspect = &view["modules"][0]["criteria"][0]["aspects"][1];
    assert_eq!(
        (&aspect["code"], &aspect["type"], &aspect["how"]["kind"]),
        (&"A1.2".into(), &"measurement".into(), &"tolerance".into())
    );
    assert_eq!(aspect["how"]["zero"], "0.2");
    assert_eq!(view["rules"][0]["written"]["check"]["between"][1], "55N");
}

/// The schema's types and the loader are two readers of one format.
#[test]
fn the_schema_knows_every_field_of_the_shipped_files() {
    let schema = catalogue::json_schema();
    let text = schema.to_string();
    for field in ["at_most", "stale_after", "drop_extremes", "starts_at", "unfinished", "spread_max"] {
        assert!(text.contains(field), "{field}");
    }
    for yaml in [ROBOT, COBOT] {
        catalogue::check_shape(yaml).unwrap();
    }
}

fn rule_set(name: &str) -> catalogue::LoadedRuleSet {
    let shipped = catalogue::SHIPPED_RULE_SETS.iter().find(|shipped| shipped.name == name).unwrap();
    let (loaded, faults) = catalogue::load_rule_set(shipped.source);
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", said.join("\n"));
    loaded.expect("no faults, so a rule set")
}

#[test]
fn every_rule_set_of_the_catalogue_is_in_the_program() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/contests/rule-sets");
    let mut files: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort_unstable();
    let mut names: Vec<String> =
        catalogue::SHIPPED_RULE_SETS.iter().map(|shipped| format!("{}.yaml", shipped.name)).collect();
    names.sort_unstable();
    assert_eq!(names, files);
    for shipped in catalogue::SHIPPED_RULE_SETS {
        let loaded = rule_set(shipped.name);
        assert_eq!(loaded.rules.code, shipped.name);
        assert_eq!(loaded.source.as_ref(), shipped.source);
        catalogue::check_rule_set_shape(shipped.source).unwrap();
    }
}

/// The two families of rules, as they are published.
#[test]
fn the_shipped_rule_sets_say_what_they_should() {
    let china = rule_set("china-industry-final").rules;
    let PrizeKind::Shares { prizes, of, rounding, edge } = &china.prizes[0].kind else { panic!() };
    assert_eq!(prizes.iter().map(|(_, share)| share.to_string()).collect::<Vec<_>>(), ["10%", "20%", "30%"]);
    assert_eq!((of, rounding, edge), (&ShareOf::Ranked, &Rounding::Nearest, &Edge::AllIn));
    let PrizeKind::Ranks { prizes, .. } = &china.prizes[1].kind else { panic!() };
    assert_eq!(prizes.iter().map(|(_, to)| *to).collect::<Vec<_>>(), [Some(5), Some(20), None]);
    assert_eq!(china.recheck.top_of(77), 24);
    assert_eq!((china.appeals.after_run_ms, china.appeals.answer_within_ms), (Some(7_200_000), 14_400_000));
    assert_eq!(china.scale, None);
    assert_eq!(china.draw.layers[1].number.write(7).as_deref(), Some("S007"));
    assert_eq!(china.publication.freeze_before_end_ms, Some(3_600_000));

    let worldskills = rule_set("worldskills-style").rules;
    let PrizeKind::Medals(medals) = &worldskills.prizes[0].kind else { panic!() };
    assert_eq!(medals.tie_within, Points::from_hundredths(200));
    assert_eq!(Some(medals.scale), worldskills.scale);
    assert!(worldskills.panels.recusal.bars(true, false) && !worldskills.panels.recusal.bars(false, true));
    assert_eq!(worldskills.theory_share_max, None);
}

#[test]
fn shipped_rule_sets_fit_shipped_schemes() {
    for shipped in catalogue::SHIPPED_RULE_SETS {
        let found: Vec<String> =
            rule_set(shipped.name).check_against(&loaded(ROBOT).scheme).iter().map(ToString::to_string).collect();
        // Robot maintenance has a panel of five in the Chinese manner.
        let expected: &[&str] = match shipped.name {
            "worldskills-style" => &[
                "48:19: warning: panels.marks.judges: the rules call for 3 judges, the scheme says otherwise for C2.1, and the scheme counts; \
                 if the rules are right, change these aspects of the scheme; otherwise write here what the scheme says",
                "48:37: warning: panels.marks.drop_extremes: the rules keep the highest and lowest mark, the scheme says otherwise for C2.1, and the scheme counts; \
                 if the rules are right, change these aspects of the scheme; otherwise write here what the scheme says",
            ],
            _ => &[],
        };
        assert_eq!(found, expected, "{}", shipped.name);
    }
}

/// What is committed in `contract/` is what the program generates, to the letter.
#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let contract = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract");
    for (name, schema) in [
        ("scheme.schema.json", catalogue::json_schema()),
        ("rule-set.schema.json", catalogue::rule_set_json_schema()),
        ("season.schema.json", catalogue::season_json_schema()),
    ] {
        let fresh = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let committed = std::fs::read_to_string(contract.join(name)).unwrap_or_default();
        assert!(fresh == committed, "contract/{name} is stale: run `cargo xtask generate`\n{fresh}");
    }
}

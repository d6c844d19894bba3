//! The scheme files that ship with the hall load without a fault or a warning.

use catalogue::load_scheme;
use marking::AspectType;

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

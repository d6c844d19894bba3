//! A table of bad season files and lists of trades: each mistake is found at its line and column, and all of them at once.

use catalogue::{Diagnostic, Level, Severity, load_season, load_trades};
use marking::{AdvanceRule, ChainLink, Declined, Over, Places, Rounding, ShareOf, Ties};

const GOOD: &str = "format: guildhall/season/1
id: small
version: 1
title: {zh: 小赛季, en: Small}
trades: [fitter, welder]
tiers:
  - code: town
    name: {zh: 镇赛, en: Town}
    level: town
    advance: {over: each_group, first: 3, per_organisation: 2, total_min: 60, ties: all, declined: replaced}
  - code: district
    name: {zh: 区赛, en: District}
    level: district
    advance:
      over: whole_field
      share: 30%
      of: ranked
      rounding: up
      ties: chain
      chain: [practice, time]
      declined: empty
  - code: city
    name: {zh: 市赛, en: City}
    level: city
";

/// All that is said of a file, and said once.
fn said(checked: (bool, Vec<Diagnostic>)) -> Vec<String> {
    let (loaded, faults) = checked;
    assert_eq!(loaded, faults.iter().all(|fault| fault.severity == Severity::Warning));
    for (ix, fault) in faults.iter().enumerate() {
        for text in [&fault.text, &fault.suggestion.text()] {
            assert!(!text.zh.trim().is_empty() && !text.en.trim().is_empty() && text.zh != text.en, "{fault:?}");
        }
        assert!(!faults[..ix].contains(fault), "twice: {fault}");
    }
    faults.iter().map(ToString::to_string).collect()
}

fn of_season(yaml: &str) -> Vec<String> {
    let (loaded, faults) = load_season(yaml);
    said((loaded.is_some(), faults))
}

#[test]
fn a_good_file_is_read_as_it_is_meant() {
    assert_eq!(of_season(GOOD), Vec::<String>::new());
    catalogue::check_season_shape(GOOD).unwrap();
    let season = load_season(GOOD).0.unwrap().season;
    assert_eq!(
        season.tiers.iter().map(|tier| tier.level).collect::<Vec<_>>(),
        [Level::Town, Level::District, Level::City]
    );
    let expected = AdvanceRule {
        over: Over::WholeField,
        places: Places::Share { share: "30%".parse().unwrap(), of: ShareOf::Ranked, rounding: Rounding::Up },
        per_organisation: None,
        total_min: None,
        ties: Ties::Chain(vec![ChainLink::Practice, ChainLink::Time]),
        declined: Declined::Empty,
    };
    assert_eq!(season.tiers[1].advance.as_ref(), Some(&expected));
    assert_eq!(season.after("town").map(|tier| tier.code.as_str()), Some("district"));
    assert_eq!((season.after("city"), season.has_trade("welder"), season.has_trade("turner")), (None, true, false));
}

/// What is written, what stands there instead, and where the one fault is.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("season/1", "season/2", "1:9: error: format"),
    ("id: small", "id: Small", "2:5: error: id"),
    ("version: 1", "version: 0", "3:10: error: version"),
    ("title: {zh: 小赛季, en: Small}", "title: {zh: 小赛季}", "4:8: error: title.en"),
    ("trades:", "trade:", "5:1: error: trade"),
    ("[fitter, welder]", "[fitter, wleder]", "5:18: error: trades[1]"),
    ("[fitter, welder]", "[fitter, fitter]", "5:18: error: trades[1]"),
    ("[fitter, welder]", "[]", "5:9: error: trades"),
    ("code: district", "code: town", "11:11: error: tiers[1].code"),
    ("code: district", "code: 区", "11:11: error: tiers[1].code"),
    ("level: district", "level: county", "13:12: error: tiers[1].level"),
    ("level: district", "level: enterprise", "13:12: error: tiers[1].level"),
    ("over: each_group", "over: each_team", "10:21: error: tiers[0].advance.over"),
    ("first: 3", "first: 0", "10:40: error: tiers[0].advance.first"),
    ("first: 3", "first: 1001", "10:40: error: tiers[0].advance.first"),
    ("first: 3", "first: three", "10:40: error: tiers[0].advance.first"),
    ("first: 3, ", "", "10:14: error: tiers[0].advance"),
    ("      share: 30%\n", "      share: 30%\n      first: 2\n", "15:7: error: tiers[1].advance"),
    ("share: 30%", "share: 0%", "16:14: error: tiers[1].advance.share"),
    ("share: 30%", "share: 30", "16:14: error: tiers[1].advance.share"),
    ("      of: ranked\n", "", "15:7: error: tiers[1].advance.of"),
    ("      rounding: up\n", "", "15:7: error: tiers[1].advance.rounding"),
    ("per_organisation: 2", "per_organisation: 0", "10:61: error: tiers[0].advance.per_organisation"),
    ("total_min: 60", "total_min: 0", "10:75: error: tiers[0].advance.total_min"),
    ("ties: all", "ties: some", "10:85: error: tiers[0].advance.ties"),
    ("ties: all", "ties: chain", "10:14: error: tiers[0].advance.chain"),
    ("ties: chain", "ties: none", "20:14: error: tiers[1].advance.chain"),
    ("[practice, time]", "[practice, practice]", "20:25: error: tiers[1].advance.chain[1]"),
    ("[practice, time]", "[]", "20:14: error: tiers[1].advance.chain"),
    ("[practice, time]", "[module]", "20:15: error: tiers[1].advance.chain[0]"),
    ("declined: empty", "declined: kept", "21:17: error: tiers[1].advance.declined"),
    (
        "    level: city\n",
        "    level: city\n    advance: {over: whole_field, first: 1, ties: all, declined: empty}\n",
        "25:14: error: tiers[2].advance",
    ),
    ("    level: district\n    advance:\n", "    level: district\n    advances:\n", "14:5: error: tiers[1].advances"),
];

#[test]
fn each_mistake_is_found_in_its_place() {
    for (written, instead, place) in MISTAKES {
        assert!(GOOD.contains(written), "{written}");
        let faults = of_season(&GOOD.replacen(written, instead, 1));
        assert!(faults.len() == 1 && faults[0].starts_with(place), "{instead:?} at {place}: {faults:#?}");
    }
}

#[test]
fn all_mistakes_are_found_at_once() {
    let bad =
        GOOD.replace("version: 1", "version: 0").replace("first: 3", "first: 0").replace("level: city", "level: moon");
    let places: Vec<String> =
        of_season(&bad).iter().map(|fault| fault.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(places, ["3:10", "10:40", "24:12"]);
    for bad in ["", "[]", "tiers: 3", "format: guildhall/season/1", "\u{0}", "a: [", "tiers: []"] {
        assert!(!of_season(bad).is_empty(), "{bad:?}");
    }
    let many = "  - {code: x, name: {zh: 甲, en: A}, level: city, advance: {over: whole_field, first: 1, ties: all, declined: empty}}\n";
    let head = "format: guildhall/season/1\nid: a\nversion: 1\ntitle: {zh: 甲, en: A}\ntiers:\n";
    let tiers: String = (0..9).map(|at| many.replace("code: x", &format!("code: t{at}"))).collect();
    assert!(of_season(&format!("{head}{tiers}")).iter().any(|fault| fault.contains("9 tiers are too many")));
}

#[test]
fn the_shipped_season_and_trades_have_no_fault() {
    for shipped in catalogue::SHIPPED_SEASONS {
        assert_eq!(of_season(shipped.source), Vec::<String>::new());
        catalogue::check_season_shape(shipped.source).unwrap();
        let season = load_season(shipped.source).0.unwrap().season;
        assert_eq!((season.code.as_str(), season.tiers.len(), season.trades.len()), (shipped.name, 4, 0));
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/seasons");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), catalogue::SHIPPED_SEASONS.len());
    let (trades, faults) = load_trades(catalogue::SHIPPED_TRADES);
    assert_eq!(said((trades.is_some(), faults)), Vec::<String>::new());
    let trades = catalogue::trades();
    assert_eq!((trades.trades.len(), trades.families.len()), (139, 15));
    for family in &trades.families {
        assert!(trades.trades.iter().any(|trade| trade.family == family.code), "{} is empty", family.code);
    }
    let mut names: Vec<&str> = trades.trades.iter().map(|trade| trade.name.zh.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 139, "no two trades bear one name");
}

#[test]
fn each_mistake_in_a_list_of_trades_is_found() {
    const LIST: &str = "format: guildhall/trades/1
families:
  - {code: machining, name: {zh: 机械, en: Machining}}
trades:
  - {code: fitter, family: machining, name: {zh: 钳工, en: Fitter}}
  - {code: turner, family: machining, name: {zh: 车工, en: Turner}}
";
    let of = |yaml: &str| {
        let (trades, faults) = load_trades(yaml);
        said((trades.is_some(), faults))
    };
    assert_eq!(of(LIST), Vec::<String>::new());
    for (written, instead, place) in [
        ("trades/1", "trades/2", "1:9: error: format"),
        ("code: machining", "code: Machining", "3:12: error: families[0].code"),
        ("code: turner", "code: fitter", "6:12: error: trades[1].code"),
        ("code: turner", "code: 2-turner", "6:12: error: trades[1].code"),
        ("family: machining, name: {zh: 车工", "family: machinery, name: {zh: 车工", "6:28: error: trades[1].family"),
        ("name: {zh: 车工, en: Turner}", "name: 车工", "6:45: error: trades[1].name"),
        ("turner, family: machining, ", "turner, ", "6:5: error: trades[1].family"),
    ] {
        let changed = LIST.replacen(written, instead, 1);
        let faults = of(&changed);
        assert!(faults.iter().any(|fault| fault.starts_with(place)), "{instead:?} at {place}: {faults:#?}");
    }
}

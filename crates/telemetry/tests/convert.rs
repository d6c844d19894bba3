//! What others recorded becomes a recording, and nothing is made up on the way.

use std::path::Path;

use kernel::{Lang, Nanos};
use referee::Value;
use telemetry::convert::{ConvertFault, Options, Report, convert};
use telemetry::{Recording, Tick};

fn converted(name: &str, text: &str) -> Result<(Report, Recording), ConvertFault> {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join(name), folder.path().join("out.mcap"));
    std::fs::write(&input, text).unwrap();
    let report = convert(&input, &output, &Options::default())?;
    Ok((report, Recording::open(&output).unwrap()))
}

fn get(tick: &Tick, signal: &str) -> Option<Value> {
    tick.get(signal).unwrap_or_else(|| panic!("no {signal} in {tick:?}")).clone()
}

#[test]
fn the_real_robots_day_is_converted() {
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/traces/ur3_cobotops.csv.zst");
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("ur3.mcap");
    let report = convert(&input, &output, &Options::default()).unwrap();
    assert_eq!((report.rows, report.ticks, report.samples), (7_409, 7_409, 7_409 * 22));
    assert_eq!((report.skipped.count, report.unreadable.count, report.reordered.count), (0, 0, 0));
    // Counted by another program: empty cells among the 22 columns.
    assert_eq!(report.unread, 1_072);
    let recording = Recording::open(&output).unwrap();
    assert_eq!(recording.incomplete(), None);
    assert_eq!(recording.about().notes["licence"], "Creative Commons Attribution 4.0 International (CC BY 4.0)");
    let ticks: Vec<Tick> = recording.ticks().collect();
    let first = &ticks[0];
    assert_eq!((first.at, &*first.station), (Nanos(1_666_772_241_847_000_000), "ur3"));
    assert_eq!(get(first, "current_j0"), Some(Value::Real(0.109627604)));
    assert_eq!(get(first, "temperature_j0"), Some(Value::Real(27.875)));
    assert_eq!(get(first, "speed_j5"), Some(Value::Real(-0.152962238)));
    assert_eq!(get(first, "cycle"), Some(Value::Integer(1)));
    assert_eq!(get(&ticks[1], "speed_j0"), Some(Value::Real(-7.39e-30)));
    let rows = |signal: &str| ticks.iter().filter(|tick| get(tick, signal) == Some(Value::Bool(true))).count();
    assert_eq!((rows("protective_stop"), rows("grip_lost")), (278, 243));
    assert_eq!((get(&ticks[813], "current_j0"), get(&ticks[813], "cycle")), (None, Some(Value::Integer(31))));
    let again = folder.path().join("again.mcap");
    convert(&input, &again, &Options::default()).unwrap();
    assert_eq!(std::fs::read(&output).unwrap(), std::fs::read(&again).unwrap());
}

#[test]
fn a_wide_csv_says_its_own_kinds() {
    let text = "Time,Tool force (N),count,ok,step,\n\
                2026-11-22T08:00:00Z,1.5,3,true,grip,\n\
                2026-11-22T08:00:02Z,,4,false,,\n\
                2026-11-22T08:00:01Z,NaN,5,true,place,\n";
    let (report, recording) = converted("a.csv", text).unwrap();
    let kinds: Vec<_> = report.signals.iter().map(|s| (s.name.as_str(), s.kind.code(), s.kind.unit())).collect();
    assert_eq!(
        kinds,
        [("tool_force", "real", "N"), ("count", "integer", ""), ("ok", "bool", ""), ("step", "text", "")]
    );
    assert_eq!((report.reordered.count, report.reordered.first[0].line), (1, 4));
    assert_eq!((report.unreadable.count, report.unreadable.first[0].line), (1, 4));
    let ticks: Vec<Tick> = recording.ticks().collect();
    assert_eq!(get(&ticks[1], "count"), Some(Value::Integer(5)));
    assert_eq!(
        [get(&ticks[0], "tool_force"), get(&ticks[1], "tool_force"), get(&ticks[2], "tool_force")],
        [Some(Value::Real(1.5)), None, None]
    );
    let printed = report.lines(Lang::En).join("\n");
    assert!(printed.contains("CSV: 3 rows read, 3 instants and 12 samples written, 3 of them not read"), "{printed}");
    assert!(report.lines(Lang::Zh).join("\n").contains("第 4 行"));
}

#[test]
fn doubles_and_rows_without_a_time_are_left_out_with_their_lines() {
    let text = "t;a\n1790000000;1,5\n1790000000;1,5\n1790000000;2,5\n;3,5\nsoon;4,5\n1790000001;x\n1790000002\n";
    let (report, recording) = converted("a.csv", text).unwrap();
    let lines: Vec<u64> = report.skipped.first.iter().map(|remark| remark.line).collect();
    assert_eq!((report.skipped.count, lines), (4, vec![5, 6, 3, 4]));
    // One cell is no number, so the column is text: nothing is guessed.
    assert_eq!(
        recording.ticks().map(|tick| get(&tick, "a")).collect::<Vec<_>>(),
        [Some(Value::Text("1,5".into())), Some(Value::Text("x".into())), None]
    );
}

/// Between commas a decimal comma moves what stands behind it by a column: no value of that row is sure, and none of them has a
/// say in what the columns hold.
#[test]
fn a_row_with_more_cells_than_the_header_is_left_out() {
    let text = "t,force,grip\n1790000000,1.5,true\n1790000001,1,75,true\n1790000002,2.5,false,,\n";
    let (report, recording) = converted("a.csv", text).unwrap();
    let kinds: Vec<_> = report.signals.iter().map(|signal| signal.kind.code()).collect();
    assert_eq!((report.rows, report.ticks, kinds), (3, 2, vec!["real", "bool"]));
    assert_eq!((report.skipped.count, report.skipped.first[0].line), (1, 3));
    assert!(report.skipped.first[0].why.en.contains("it has 4 columns instead of 3"));
    let forces: Vec<_> = recording.ticks().map(|tick| get(&tick, "force")).collect();
    assert_eq!(forces, [Some(Value::Real(1.5)), Some(Value::Real(2.5))]);
}

#[test]
fn batches_are_converted_and_bad_lines_named() {
    let text = "{\"v\":1,\"edge\":\"e\",\"seq\":1,\"backlog\":0,\"sent_at\":\"2026-11-22T08:00:00Z\"}\n\
                {\"station\":\"S01\",\"t\":1790000000000000000,\"s\":{\"a\":1,\"b\":null}}\n\
                {\"station\":\"S01\",\"t\":1790000001000000000,\"s\":{\"a\":NaN}}\n\
                nonsense\n\
                {\"station\":\"S02\",\"t\":1790000000500000000,\"s\":{\"a\":2.5},\"q\":\"bad\"}\n";
    let (report, recording) = converted("a.ndjson", text).unwrap();
    assert_eq!((report.rows, report.ticks, report.unread), (4, 2, 1));
    assert_eq!(report.skipped.first.iter().map(|remark| remark.line).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(recording.stations().len(), 2);
}

#[test]
fn what_can_t_be_converted_is_refused() {
    for (name, text, says) in [
        ("a.csv", "", "no column of time"),
        ("a.csv", "x,y\n1,2\n", "no column of time"),
        ("a.csv", "t\n1790000000\n", "no column beside the time"),
        ("a.csv", "t,a\n", "no usable sample"),
        ("a.csv", "t,a\nnever,1\n", "no usable sample: line 2"),
        ("a.csv", "t,力\n1790000000,1\n", "can't become a signal"),
        ("a.csv", "t,a b,a_b\n1790000000,1,2\n", "stands there twice"),
        ("a.ndjson", "{}\n", "no usable sample: line 1: missing field"),
        ("a.xlsx", "PK", "only .csv"),
        ("Tag-1.XLSX", "PK", "Tag-1.XLSX: only .csv"),
        ("Tag-1.XLSX.Zst", "not packed", "reading"),
        ("a.csv.zst", "not packed", "reading"),
    ] {
        let error = converted(name, text).map(|(report, _)| report).expect_err(says);
        assert!(error.text().en.contains(says), "{name}: {} does not say {says}", error.text().en);
        assert!(!error.text().zh.is_empty());
    }
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("a.csv"), folder.path().join("out.mcap"));
    std::fs::write(&input, "t,a\n1790000000,1\n").unwrap();
    std::fs::write(&output, "somebody's").unwrap();
    assert!(convert(&input, &output, &Options::default()).is_err());
    assert_eq!(std::fs::read(&output).unwrap(), b"somebody's");
    assert!(convert(&input, &output, &Options { station: Some("a/b".to_owned()), requests: None }).is_err());
    std::fs::write(&input, b"t,a\n\xff\xfe").unwrap();
    assert!(convert(&input, &folder.path().join("b.mcap"), &Options::default()).is_err());
}

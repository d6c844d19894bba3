use proptest::prelude::*;

use referee::Value;

use super::*;
use crate::Reading;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_001_000);
const HEADER: &str = r#"{"v":1,"edge":"edg_east","seq":17,"backlog":0,"sent_at":"2026-09-21T14:13:21.000Z"}"#;

fn read(lines: &[&str]) -> Result<Batch, BatchFault> {
    parse(format!("{HEADER}\n{}\n", lines.join("\n")).as_bytes(), &Limits::default(), NOW)
}

#[test]
fn lines_are_numbered_and_the_last_needs_no_end() {
    let found = |text: &'static str| -> Vec<(usize, usize)> {
        lines(text.as_bytes()).map(|(number, line)| (number, line.len())).collect()
    };
    assert_eq!(found(""), []);
    assert_eq!(found("\n"), []);
    assert_eq!(found("ab"), [(1, 2)]);
    assert_eq!(found("ab\n"), [(1, 2)]);
    assert_eq!(found("ab\n\nc"), [(1, 2), (2, 0), (3, 1)]);
    assert_eq!(found("\n\n"), [(1, 0), (2, 0)]);
}

#[test]
fn the_example_of_the_contract_is_read() {
    let batch = read(&[
        r#"{"station":"S01","t":1790000000000000000,"s":{"force":12.5,"estop":false,"probe":null},"q":"good"}"#,
    ])
    .unwrap();
    assert_eq!((batch.header.seq, batch.header.edge.as_str(), batch.header.lag_ms), (17, "edg_east", 0));
    let tick = &batch.ticks[0];
    assert_eq!((&*tick.station, tick.at, tick.quality), ("S01", Nanos(1_790_000_000_000_000_000), Quality::Good));
    assert_eq!(tick.get("force"), Some(&Some(Value::Real(12.5))));
    assert_eq!(tick.get("estop"), Some(&Some(Value::Bool(false))));
    assert_eq!(tick.get("probe"), Some(&None));
    assert_eq!(batch.samples(), 3);
}

#[test]
fn a_header_alone_says_that_the_edge_is_there() {
    assert_eq!(parse(HEADER.as_bytes(), &Limits::default(), NOW).unwrap().ticks, []);
}

#[test]
fn bad_lines_are_refused_with_their_place() {
    let long_name = format!(r#"{{"station":"S1","t":1790000000000000000,"s":{{"{}":1}}}}"#, "a".repeat(65));
    let long_text = format!(r#"{{"station":"S1","t":1790000000000000000,"s":{{"a":"{}"}}}}"#, "x".repeat(1001));
    let table: &[(&str, ErrorCode, &str)] = &[
        ("", ErrorCode::TelemetryBadSample, "line 2: the line is empty"),
        ("{", ErrorCode::TelemetryBadSample, "line 2, column 1: the JSON breaks off"),
        ("[1]", ErrorCode::TelemetryBadSample, "invalid type: sequence, expected an object with station, t, s and q"),
        ("hello", ErrorCode::TelemetryBadSample, "line 2, column 1: expected value"),
        (
            r#"{"station":"S1","t":1790000000000000000,"s":{"a":NaN}}"#,
            ErrorCode::TelemetryBadSample,
            "JSON knows no NaN",
        ),
        (
            r#"{"station":"S1","t":1790000000000000000,"s":{"a":-Infinity}}"#,
            ErrorCode::TelemetryBadSample,
            "JSON knows no NaN",
        ),
        (
            r#"{"station":"S1","t":1790000000000000000,"s":{"a":1e999}}"#,
            ErrorCode::TelemetryBadSample,
            "number out of range",
        ),
        (
            r#"{"station":"S1","t":1790000000000000000,"s":{"a":18446744073709551615}}"#,
            ErrorCode::TelemetryBadSample,
            "no 64-bit integer",
        ),
        (
            r#"{"station":"S1","t":1790000000000000000,"s":{"a":[1]}}"#,
            ErrorCode::TelemetryBadSample,
            "expected a number, true, false, a text or null for signal a",
        ),
        (
            r#"{"station":"S1","t":1790000000000000000,"s":{"a":1,"a":2}}"#,
            ErrorCode::TelemetryBadSample,
            "signal a stands here twice",
        ),
        (r#"{"station":"S1","t":1790000000000000000,"s":{}}"#, ErrorCode::TelemetryBadSample, "s holds no signal"),
        (r#"{"station":"S1","t":1790000000000000000,"s":{"a.b":1}}"#, ErrorCode::TelemetryBadSample, "no signal name"),
        (&long_name, ErrorCode::TelemetryBadSample, "no signal name"),
        (&long_text, ErrorCode::TelemetryBadSample, "the text has 1001 bytes"),
        (
            r#"{"station":"../etc","t":1790000000000000000,"s":{"a":1}}"#,
            ErrorCode::TelemetryBadSample,
            "no station name",
        ),
        (
            r#"{"station":"S1","t":"1790000000000000000","s":{"a":1}}"#,
            ErrorCode::TelemetryBadSample,
            "invalid type: string",
        ),
        (r#"{"station":"S1","t":1.5e18,"s":{"a":1}}"#, ErrorCode::TelemetryBadSample, "invalid type: floating point"),
        (r#"{"station":"S1","s":{"a":1}}"#, ErrorCode::TelemetryBadSample, "missing field `t`"),
        (
            r#"{"station":"S1","t":1790000000000000000,"s":{"a":1},"w":1}"#,
            ErrorCode::TelemetryBadSample,
            "unknown field `w`",
        ),
        (
            r#"{"station":"S1","t":1790000000000000000,"t":1,"s":{"a":1}}"#,
            ErrorCode::TelemetryBadSample,
            "duplicate field `t`",
        ),
        (
            r#"{"station":"S1","t":1790000000000000000,"s":{"a":1},"q":"fine"}"#,
            ErrorCode::TelemetryBadSample,
            "expected good, uncertain or bad",
        ),
        (
            r#"{"station":"S1","t":1790000000000000000,"s":{"a":1}} {}"#,
            ErrorCode::TelemetryBadSample,
            "trailing characters",
        ),
        (r#"{"station":"S1","t":1790000000000,"s":{"a":1}}"#, ErrorCode::TelemetryBadSample, "before the year 2000"),
        (r#"{"station":"S1","t":-5,"s":{"a":1}}"#, ErrorCode::TelemetryBadSample, "before the year 2000"),
        (
            r#"{"station":"S1","t":1790000007000000000,"s":{"a":1}}"#,
            ErrorCode::TelemetryFuture,
            "line 2: station S1: the time lies 1 s and more",
        ),
    ];
    for (line, code, says) in table {
        let fault = read(&[line]).expect_err(line);
        assert_eq!(fault.code, *code, "{line}: {fault}");
        assert!(fault.to_string().contains(says), "{line}\n  says: {fault}\n  not:  {says}");
        assert!(!fault.text().zh.is_empty() && fault.text().zh.starts_with("第 2 行"), "{}", fault.text().zh);
        assert!(!fault.to_string().contains('\u{1f}') && !fault.text().zh.contains('\u{1f}'));
    }
}

#[test]
fn bad_headers_are_refused() {
    for (header, says) in [
        ("", "the batch is empty"),
        ("\n", "the batch is empty"),
        ("{}", "missing field `v`"),
        (r#"{"v":2,"edge":"e","seq":1,"backlog":0,"sent_at":"2026-11-22T08:00:00Z"}"#, "version 2"),
        (r#"{"v":1,"edge":"E!","seq":1,"backlog":0,"sent_at":"2026-11-22T08:00:00Z"}"#, "is no id"),
        (r#"{"v":1,"edge":"e","seq":-1,"backlog":0,"sent_at":"2026-11-22T08:00:00Z"}"#, "invalid value"),
        (r#"{"v":1,"edge":"e","seq":1,"backlog":0,"sent_at":"yesterday"}"#, "sent_at"),
        (r#"{"v":1,"edge":"e","seq":1,"backlog":0,"sent_at":"2026-11-22T08:00:00Z","x":1}"#, "unknown field `x`"),
        ("\u{feff}{\"v\":1}", "byte order mark"),
    ] {
        let fault = parse(header.as_bytes(), &Limits::default(), NOW).expect_err(header);
        assert_eq!((fault.code, fault.line), (ErrorCode::Malformed, 1), "{header}");
        assert!(fault.to_string().contains(says), "{header}: {fault}");
    }
    let not_utf8 = [b"{\"v\":1,\"edge\":\"".as_slice(), b"\xff\xfe\"}"].concat();
    assert_eq!(parse(&not_utf8, &Limits::default(), NOW).unwrap_err().code, ErrorCode::Malformed);
}

#[test]
fn a_station_never_goes_back_in_time_but_stations_are_apart() {
    let at = |station: &str, t: i64| format!(r#"{{"station":"{station}","t":{t},"s":{{"a":1}}}}"#);
    let t = 1_790_000_000_000_000_000;
    assert!(read(&[&at("S1", t), &at("S2", t - 1), &at("S1", t + 1)]).is_ok());
    for second in [t, t - 1] {
        let fault = read(&[&at("S1", t), &at("S2", t), &at("S1", second)]).unwrap_err();
        assert_eq!((fault.code, fault.line), (ErrorCode::TelemetryBadSample, 4));
    }
    let batch = read(&[&at("S2", t), &at("S1", t)]).unwrap();
    assert!(check_after(&batch.ticks, |_| Some(Nanos(t - 1))).is_ok());
    assert_eq!(check_after(&batch.ticks, |station| (station == "S1").then_some(Nanos(t))).unwrap_err().line, 3);
}

#[test]
fn what_is_too_large_is_refused() {
    let line = r#"{"station":"S1","t":1790000000000000000,"s":{"a":1,"b":2}}"#;
    let body = format!("{HEADER}\n{line}");
    let limits = Limits { samples_max: 1, ..Limits::default() };
    let fault = parse(body.as_bytes(), &limits, NOW).unwrap_err();
    assert_eq!((fault.code, fault.line), (ErrorCode::TooLarge, 2));
    let limits = Limits { bytes_max: body.len() - 1, ..Limits::default() };
    assert_eq!(parse(body.as_bytes(), &limits, NOW).unwrap_err().code, ErrorCode::TooLarge);
}

fn value() -> impl Strategy<Value = Reading> {
    prop_oneof![
        Just(None),
        any::<bool>().prop_map(|v| Some(Value::Bool(v))),
        any::<i64>().prop_map(|v| Some(Value::Integer(v))),
        any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(|v| Some(Value::Real(v))),
        ".{0,40}".prop_map(|v: String| Some(Value::Text(v.into()))),
    ]
}

fn quality() -> impl Strategy<Value = Quality> {
    prop_oneof![Just(Quality::Good), Just(Quality::Uncertain), Just(Quality::Bad)]
}

pub(crate) fn ticks() -> impl Strategy<Value = Vec<Tick>> {
    let readings = proptest::collection::btree_map("[a-z][a-z0-9_]{0,5}", value(), 1..24);
    proptest::collection::vec((0..3usize, 1..2_000_000_000i64, readings, quality()), 0..20).prop_map(|rows| {
        let mut at = 1_789_999_000_000_000_000;
        let tick =
            |(station, step, readings, quality): (usize, i64, std::collections::BTreeMap<String, Reading>, Quality)| {
                at += step;
                let readings = readings.into_iter().map(|(name, reading)| (name.into(), reading)).collect();
                Tick { station: ["S01", "S02", "x-9"][station].into(), at: Nanos(at), readings, quality }
            };
        rows.into_iter().map(tick).collect()
    })
}

proptest! {
    #[test]
    fn a_batch_survives_the_wire(ticks in ticks(), seq in any::<u64>(), backlog in any::<u64>(), lag_ms in any::<u64>()) {
        let header = Header { edge: "edg_1".parse().unwrap(), seq, backlog, lag_ms, sent_at: NOW };
        let batch = Batch { header, ticks };
        prop_assert_eq!(parse(&encode(&batch), &Limits::default(), NOW).unwrap(), batch);
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes, &Limits::default(), NOW);
        let body = [HEADER.as_bytes(), b"\n", &bytes].concat();
        let _ = parse(&body, &Limits::default(), NOW);
    }

    #[test]
    fn a_batch_cut_anywhere_is_never_taken_for_another(ticks in ticks(), cut in 0.0..1.0f64) {
        let header = Header { edge: "edg_1".parse().unwrap(), seq: 1, backlog: 0, lag_ms: 0, sent_at: NOW };
        let body = encode(&Batch { header, ticks: ticks.clone() });
        let at = (body.len() as f64 * cut) as usize;
        if let Ok(shorter) = parse(&body[..at], &Limits::default(), NOW) {
            prop_assert!(ticks.starts_with(&shorter.ticks));
        }
    }
}

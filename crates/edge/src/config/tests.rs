use super::*;

const GOOD: &str = r#"format: guildhall/edge/1
edge: edg_east
contest: con_final
hall: http://127.0.0.1:8080/
key_env: EDGE_KEY
listen: 127.0.0.1:0
listen_key: entry
spool: {folder: /tmp/spool}
recordings: {folder: /tmp/recordings}
stations: [S01, S02]
mqtt:
  - broker: 127.0.0.1:1883
    topics:
      - {topic: "cell/{station}/robot/{signal}"}
      - {topic: "cell/{station}/state", values: {force: data.force, estop: data.estop}, time: ts, time_unit: ms}
      - {topic: "plc/7/tick", station: S02, values: all, quality: q, qos: 0}
    stations: {cell-a: S01}
"#;

fn parse(yaml: &str) -> Result<EdgeConfig, Vec<ConfigFault>> {
    EdgeConfig::parse(yaml, |name| (name == "EDGE_KEY").then(|| "secret".to_owned()))
}

#[test]
fn a_whole_file_is_read() {
    let config = parse(GOOD).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert_eq!((config.hall.as_str(), config.key.as_str()), ("http://127.0.0.1:8080", "secret"));
    assert_eq!(config.mqtt[0].topics.len(), 3);
    assert_eq!(config.mqtt[0].client_id, "edg_east");
    assert_eq!(&*config.mqtt[0].stations["cell-a"], "S01");
    assert_eq!(config.forward.batch, Duration::from_millis(100));
    assert!(!format!("{config:?}").contains("secret"));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let table = [
        ("format: guildhall/edge/1", "format: guildhall/edge/9", 1, "format is expected"),
        ("edge: edg_east", "edge: East!", 2, "is no id"),
        ("contest: con_final", "contest: ''", 3, "is no id"),
        ("http://127.0.0.1:8080/", "ftp://x", 4, "hall is expected"),
        ("key_env: EDGE_KEY", "key_env: NO_SUCH", 5, "NO_SUCH is not set"),
        ("key_env: EDGE_KEY", "x: 1", 5, "unknown field"),
        ("listen: 127.0.0.1:0", "listen: everywhere", 6, "listen is expected"),
        ("listen_key: entry", "listen_key: 'a b'", 7, "visible ASCII"),
        ("{folder: /tmp/spool}", "{folder: /tmp/spool, max_mib: 0}", 8, "max_mib"),
        ("{folder: /tmp/spool}", "{folder: /tmp/spool, max: 1}", 8, "unknown field"),
        ("[S01, S02]", "[S01, S01]", 10, "twice"),
        ("[S01, S02]", "[S01, 'S 2']", 10, "no station name"),
        ("127.0.0.1:1883", "somewhere", 12, "broker is expected"),
        ("robot/{signal}", "robot/{signal}x", 14, "as a whole"),
        ("cell/{station}/robot/{signal}", "cell/+/robot/{signal}", 14, "named either by"),
        ("data.force", "data..force", 15, "path"),
        ("time_unit: ms", "time_unit: weeks", 15, "time_unit weeks"),
        ("force: data.force", "fo-rce: data.force", 15, "no signal name"),
        ("station: S02", "station: S09", 16, "unknown station S09: stations lists S01, S02"),
        ("values: all", "values: some", 16, "expected to be all"),
        ("qos: 0", "qos: 2", 16, "qos"),
        ("{cell-a: S01}", "{cell-a: S07}", 17, "unknown station S07"),
        ("plc/7/tick\", station: S02, values: all", "cell/{station}/state\", values: {force: f}", 16, "mapped twice"),
        ("stations: [S01, S02]", "stations: [S01, S02", 10, ""),
    ];
    for (good, bad, line, says) in table {
        let yaml = GOOD.replacen(good, bad, 1);
        assert_ne!(yaml, GOOD, "{good}");
        let faults = parse(&yaml).expect_err(bad);
        let found = faults.iter().any(|fault| (fault.line == line || says.is_empty()) && fault.text.en.contains(says));
        assert!(found, "{bad}: no fault at line {line} that says {says:?}: {faults:?}");
        assert!(faults.iter().all(|fault| !fault.text.zh.is_empty()));
        assert!(faults.iter().all(|fault| !fault.text.en.contains(" at line ")), "the place is said once: {faults:?}");
    }
    assert!(parse("").is_err() && parse("[]").is_err() && parse(": :").is_err());
}

#[test]
fn all_faults_come_at_once() {
    let yaml = GOOD
        .replace("edge: edg_east", "edge: X")
        .replace("S02, values", "S09, values")
        .replace("listen: 127.0.0.1:0", "listen: x");
    assert_eq!(parse(&yaml).unwrap_err().iter().map(|fault| fault.line).collect::<Vec<_>>(), [2, 6, 16]);
}

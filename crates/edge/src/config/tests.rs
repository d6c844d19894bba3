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

const SPARKPLUG: &str = r#"format: guildhall/edge/1
edge: edg_east
contest: con_final
hall: http://127.0.0.1:8080/
key: secret
spool: {folder: /tmp/spool}
stations: [S01, S02]
mqtt:
  - broker: 127.0.0.1:1883
    wills:
      - {topic: "cell/{station}/online", bad: "0"}
      - {topic: gone, station: S02, signals: [force]}
    sparkplug:
      host_id: hall
      rebirth_every_ms: 5000
      metrics:
        - {from: "plant/gw/{station}", values: {force: TCP/Force, estop: Safety/EStop}}
        - {from: plant/line, station: S02, values: all}
    stations: {cell-a: S01}
"#;

#[test]
fn sparkplug_and_wills_are_read() {
    let config = parse(SPARKPLUG).unwrap_or_else(|faults| panic!("{faults:?}"));
    let mqtt = &config.mqtt[0];
    assert_eq!((mqtt.topics.len(), mqtt.wills.len()), (0, 2));
    let sparkplug = mqtt.sparkplug.as_ref().unwrap();
    assert_eq!(sparkplug.filters(), ["spBv1.0/plant/+/gw/#", "spBv1.0/plant/+/line/#"]);
    assert_eq!(sparkplug.rebirth, Some(Duration::from_secs(5)));
    let quiet = SPARKPLUG.replace("host_id: hall", "rebirth: false");
    assert_eq!(parse(&quiet).unwrap().mqtt[0].sparkplug.as_ref().unwrap().rebirth, None);
}

/// Each bad text in place of a good one gives a fault at that line that says so.
#[test]
fn a_signal_may_come_from_a_broker_by_its_weakest_promise() {
    let with_sparkplug = GOOD.replace(
        "    stations: {cell-a: S01}",
        "    sparkplug:\n      metrics:\n        - {from: plant/line, station: S01, values: {speed: Line/Speed}}\n    stations: {cell-a: S01}",
    );
    let without_bare = with_sparkplug.replace("      - {topic: \"cell/{station}/robot/{signal}\"}\n", "");
    let [all, few] = [&with_sparkplug, &without_bare].map(|yaml| parse(yaml).unwrap().mqtt.remove(0));
    for (config, station, signal, expected) in [
        (&all, "S01", "anything", Some(By::Kept)),
        (&all, "S01", "speed", Some(By::Sparkplug)),
        (&all, "S02", "anything", Some(By::Unkept)),
        (&all, "S02", "force", Some(By::Unkept)),
        (&all, "S03", "force", None),
        (&few, "S01", "force", Some(By::Kept)),
        (&few, "S01", "anything", None),
        (&few, "S02", "anything", Some(By::Unkept)),
    ] {
        assert_eq!(config.tells(station, signal), expected, "{station} {signal}");
    }
    assert!(all.is_kept() && few.is_kept());
}

fn faults_are_found(whole: &str, table: &[(&str, &str, u64, &str)]) {
    for (good, bad, line, says) in table {
        let yaml = whole.replacen(good, bad, 1);
        assert_ne!(yaml, whole, "{good}");
        let faults = parse(&yaml).expect_err(bad);
        let found = faults.iter().any(|fault| fault.line == *line && fault.text.en.contains(says));
        assert!(found, "{bad}: no fault at line {line} that says {says:?}: {faults:?}");
        assert!(faults.iter().all(|fault| !fault.text.zh.is_empty()));
    }
}

#[test]
fn what_is_wrong_with_sparkplug_and_wills_is_named_with_its_line() {
    faults_are_found(
        SPARKPLUG,
        &[
            ("cell/{station}/online", "cell/x/online", 11, "named either by"),
            ("cell/{station}/online", "cell/{station}/{signal}", 11, "a will's topic has no {signal}"),
            ("topic: gone", "topic: \"gone+\"", 12, "a level of their own"),
            ("station: S02, signals", "station: S09, signals", 12, "unknown station S09"),
            ("[force]", "['fo-rce']", 12, "no signal name"),
            ("host_id: hall", "host_id: a/b", 14, "host_id"),
            ("rebirth_every_ms: 5000", "rebirth_every_ms: 1", 15, "rebirth_every_ms"),
            ("plant/gw/{station}", "{station}", 17, "group/node"),
            ("plant/gw/{station}", "plant/gw/x/{station}", 17, "group/node"),
            ("plant/gw/{station}", "plant/gw/x", 17, "named either by"),
            ("force: TCP/Force", "force: ''", 17, "the metric's name is empty"),
            ("force: TCP/Force", "fo-rce: TCP/Force", 17, "no signal name"),
            ("values: all", "values: some", 18, "expected to be all"),
            (
                "from: plant/line, station: S02, values: all",
                "from: \"plant/gw/{station}\", values: {force: x}",
                18,
                "mapped twice",
            ),
            ("{cell-a: S01}", "{cell-a: S07}", 19, "unknown station S07"),
        ],
    );
}

#[cfg(feature = "opcua")]
const OPCUA: &str = r#"format: guildhall/edge/1
edge: edg_east
contest: con_final
hall: http://127.0.0.1:8080/
key: secret
spool: {folder: /tmp/spool}
stations: [S01, S02]
opcua:
  - server: opc.tcp://127.0.0.1:4840/
    security: Basic256Sha256
    mode: Sign
    pki: /tmp/pki
    username: edge
    password_env: EDGE_KEY
    queue: 20
    signals:
      - {node: "nsu=urn:plc;s=Force", station: S01, signal: force}
    robots:
      - {system: /DeviceSet/Cell1, station: S01, prefix: r1_}
"#;

#[cfg(feature = "opcua")]
#[test]
fn opcua_servers_are_read() {
    let config = parse(OPCUA).unwrap_or_else(|faults| panic!("{faults:?}"));
    let server = &config.opcua[0];
    let signals: Vec<String> =
        server.signals.iter().map(|one| format!("{} {} {}", one.station, one.signal, one.node)).collect();
    assert_eq!(
        signals,
        [
            "S01 force nsu=urn:plc;s=Force",
            "S01 r1_operational_mode /DeviceSet/Cell1/SafetyStates/*/ParameterSet/OperationalMode",
            "S01 r1_emergency_stop /DeviceSet/Cell1/SafetyStates/*/ParameterSet/EmergencyStop",
            "S01 r1_protective_stop /DeviceSet/Cell1/SafetyStates/*/ParameterSet/ProtectiveStop",
        ]
    );
    assert_eq!(server.login, Some(("edge".to_owned(), "secret".to_owned())));
    assert!(!format!("{server:?}").contains("secret"));
}

#[cfg(feature = "opcua")]
#[test]
fn what_is_wrong_with_opcua_is_named_with_its_line() {
    faults_are_found(
        OPCUA,
        &[
            ("opc.tcp://127.0.0.1:4840/", "http://127.0.0.1", 9, "opc.tcp://"),
            ("security: Basic256Sha256", "security: Basic128Rsa15", 10, "one of Basic256Sha256"),
            ("mode: Sign", "mode: Encrypt", 11, "Sign or SignAndEncrypt"),
            ("pki: /tmp/pki", "retry_max_ms: 1000", 10, "security needs pki"),
            ("username: edge", "sampling_ms: 10", 9, "without username"),
            ("EDGE_KEY", "NO_SUCH", 14, "NO_SUCH is not set"),
            ("queue: 20", "queue: 1", 15, "queue"),
            ("nsu=urn:plc;s=Force", "Force", 17, "node is expected"),
            ("station: S01, signal", "station: S09, signal", 17, "unknown station S09"),
            ("signal: force", "signal: 'fo-rce'", 17, "no signal name"),
            ("signal: force", "signal: r1_emergency_stop", 19, "mapped twice"),
            ("/DeviceSet/Cell1", "DeviceSet", 19, "path of the motion device system"),
        ],
    );
}

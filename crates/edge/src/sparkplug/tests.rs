use prost::Message as _;
use referee::Value;

use super::payload::{Metric, MetricValue, Payload};
use super::*;

const T0: u64 = 1_790_000_000_000;

fn nodes(metrics: &[(&str, Option<&str>, Picks)]) -> Nodes {
    let metrics = metrics
        .iter()
        .map(|(from, station, picks)| MetricsConfig {
            from: Pattern::parse(from).unwrap(),
            station: station.map(Into::into),
            picks: picks.clone(),
        })
        .collect();
    let config = SparkplugConfig { metrics, rebirth: Some(Duration::from_secs(10)), host_id: None };
    Nodes::new(config, HashMap::from([("S01".to_owned(), "S01".into())]))
}

fn named(pairs: &[(&str, &str)]) -> Picks {
    Picks::Named(pairs.iter().map(|(signal, metric)| ((*signal).into(), (*metric).to_owned())).collect())
}

fn cell() -> Nodes {
    nodes(&[
        ("plant/gw/robot", Some("S01"), named(&[("force", "TCP/Force"), ("estop", "Safety/EStop")])),
        ("plant/gw", Some("S02"), Picks::All),
    ])
}

fn metric(name: &str, alias: u64, kind: u32, value: MetricValue) -> Metric {
    Metric {
        name: (!name.is_empty()).then(|| name.to_owned()),
        alias: Some(alias),
        datatype: (!name.is_empty()).then_some(kind),
        value: Some(value),
        ..Metric::default()
    }
}

fn bytes(at: u64, seq: Option<u64>, metrics: Vec<Metric>) -> Vec<u8> {
    Payload { timestamp: Some(at), metrics, seq }.encode_to_vec()
}

fn now(ms: u64) -> Timestamp {
    Timestamp::from_millis((T0 + ms) as i64)
}

/// `S01@5 force=1.5 estop=bad` for each tick; milliseconds after the beginning.
fn told(ticks: &[Tick]) -> Vec<String> {
    let line = |tick: &Tick| {
        let at = (tick.at.0 - T0 as i64 * 1_000_000) as f64 / 1e6;
        let mut words: Vec<String> = tick
            .readings
            .iter()
            .map(|(name, reading)| match reading {
                None => format!("{name}=bad"),
                Some(Value::Bool(value)) => format!("{name}={value}"),
                Some(Value::Integer(value)) => format!("{name}={value}"),
                Some(Value::Real(value)) => format!("{name}={value}"),
                Some(Value::Text(value)) => format!("{name}={value}"),
            })
            .collect();
        words.sort();
        let quality = if tick.quality == Quality::Uncertain { " uncertain" } else { "" };
        format!("{}@{at} {}{quality}", tick.station, words.join(" "))
    };
    ticks.iter().map(line).collect()
}

fn born(nodes: &mut Nodes, bd_seq: u64, at: u64) {
    let birth =
        vec![metric("bdSeq", 0, 8, MetricValue::Long(bd_seq)), metric("Line/Speed", 1, 10, MetricValue::Double(2.0))];
    let heard = nodes.hear("spBv1.0/plant/NBIRTH/gw", &bytes(T0 + at, Some(0), birth), now(at));
    assert_eq!(told(&heard.ticks).last().unwrap(), &format!("S02@{at} Line_Speed=2"));
    let robot = vec![
        metric("TCP/Force", 11, 10, MetricValue::Double(1.5)),
        metric("Safety/EStop", 12, 11, MetricValue::Boolean(false)),
        metric("Unwatched", 13, 3, MetricValue::Int(4)),
    ];
    let heard = nodes.hear("spBv1.0/plant/DBIRTH/gw/robot", &bytes(T0 + at, Some(1), robot), now(at));
    assert_eq!(told(&heard.ticks), [format!("S01@{at} estop=false force=1.5")]);
    assert!(!heard.wants_rebirth && heard.refused.is_empty(), "{heard:?}");
}

fn force(alias: u64, value: f64, at: Option<u64>) -> Metric {
    Metric { timestamp: at.map(|at| T0 + at), ..metric("", alias, 10, MetricValue::Double(value)) }
}

#[test]
fn births_seed_and_data_speak_by_alias_or_name() {
    let mut nodes = cell();
    born(&mut nodes, 4, 10);
    let data = vec![force(11, 2.5, Some(15)), force(13, 1.0, None), force(11, 2.75, Some(18))];
    let heard = nodes.hear("spBv1.0/plant/DDATA/gw/robot", &bytes(T0 + 20, Some(2), data), now(21));
    assert_eq!(told(&heard.ticks), ["S01@15 force=2.5", "S01@18 force=2.75"]);
    assert!(heard.has_own_time && heard.gap == 0);
    // By its name, at the message's time; null is not read.
    let data = vec![
        metric("TCP/Force", 11, 10, MetricValue::Double(3.0)),
        Metric { is_null: Some(true), value: None, ..force(12, 0.0, None) },
    ];
    let heard = nodes.hear("spBv1.0/plant/DDATA/gw/robot", &bytes(T0 + 30, Some(3), data), now(31));
    assert_eq!(told(&heard.ticks), ["S01@30 estop=bad force=3"]);
    // What is told of the past says nothing of the present.
    let once = Metric { is_historical: Some(true), ..force(11, 9.0, Some(5)) };
    let heard = nodes.hear("spBv1.0/plant/DDATA/gw/robot", &bytes(T0 + 40, Some(4), vec![once]), now(41));
    assert_eq!((told(&heard.ticks).len(), told(&heard.historical)), (0, vec!["S01@5 force=9".to_owned()]));
    assert_eq!(nodes.how(heard.node.as_ref().unwrap()), (true, 1));
}

#[test]
fn deaths_make_all_signals_bad_from_that_instant() {
    let mut nodes = cell();
    born(&mut nodes, 4, 10);
    // A device: by its own time.
    let heard = nodes.hear("spBv1.0/plant/DDEATH/gw/robot", &bytes(T0 + 50, Some(2), vec![]), now(52));
    assert_eq!(told(&heard.ticks), ["S01@50 estop=bad force=bad"]);
    assert!(heard.is_death);
    // The node by its will, which was written long ago: by the time that it came.
    let will = |bd_seq| Payload {
        timestamp: Some(T0),
        metrics: vec![metric("bdSeq", 0, 8, MetricValue::Long(bd_seq))],
        seq: None,
    };
    let heard = nodes.hear("spBv1.0/plant/NDEATH/gw", &will(3).encode_to_vec(), now(60));
    assert_eq!(told(&heard.ticks).len(), 0, "the will of a session before");
    let heard = nodes.hear("spBv1.0/plant/NDEATH/gw", &will(4).encode_to_vec(), now(61));
    // bdSeq is no signal.
    assert_eq!(told(&heard.ticks), ["S02@61 Line_Speed=bad"]);
    assert_eq!(nodes.how(heard.node.as_ref().unwrap()), (false, 0));
    let heard = nodes.hear("spBv1.0/plant/NDEATH/gw", &will(4).encode_to_vec(), now(62));
    assert!(heard.ticks.is_empty(), "it is dead already");
    born(&mut nodes, 5, 70);
}

#[test]
fn a_new_session_has_no_devices_until_they_are_born() {
    let mut nodes = cell();
    born(&mut nodes, 4, 10);
    let birth = |bd_seq, at| {
        let metrics = vec![
            metric("bdSeq", 0, 8, MetricValue::Long(bd_seq)),
            metric("Line/Speed", 1, 10, MetricValue::Double(2.0)),
        ];
        bytes(T0 + at, Some(0), metrics)
    };
    // Born again on request: the device lives on.
    let heard = nodes.hear("spBv1.0/plant/NBIRTH/gw", &birth(4, 20), now(20));
    assert_eq!(told(&heard.ticks), ["S02@20 Line_Speed=2"]);
    let heard = nodes.hear("spBv1.0/plant/NBIRTH/gw", &birth(5, 30), now(30));
    assert_eq!(told(&heard.ticks), ["S01@30 estop=bad force=bad", "S02@30 Line_Speed=2"]);
    // What a birth has no more is not known any more.
    let less = vec![metric("bdSeq", 0, 8, MetricValue::Long(5))];
    let heard = nodes.hear("spBv1.0/plant/NBIRTH/gw", &bytes(T0 + 40, Some(0), less), now(40));
    assert_eq!(told(&heard.ticks), ["S02@40 Line_Speed=bad"]);
}

/// A clock that runs ahead: what is bad is bad now.
#[test]
fn a_death_that_is_dated_ahead_counts_as_of_now() {
    let ahead = 3_600_000;
    let mut nodes = cell();
    born(&mut nodes, 4, 10);
    let heard = nodes.hear("spBv1.0/plant/DDEATH/gw/robot", &bytes(T0 + ahead, Some(2), vec![]), now(50));
    assert_eq!(told(&heard.ticks), ["S01@50 estop=bad force=bad"]);
    // A hole in the numbers, and then a new session.
    let mut nodes = cell();
    born(&mut nodes, 4, 10);
    let late = bytes(T0 + ahead, Some(5), vec![force(11, 2.5, Some(55))]);
    let heard = nodes.hear("spBv1.0/plant/DDATA/gw/robot", &late, now(60));
    assert_eq!(told(&heard.ticks), ["S01@55 force=2.5", "S01@60 estop=bad", "S02@60 Line_Speed=bad"]);
    let birth = vec![metric("bdSeq", 0, 8, MetricValue::Long(5))];
    let heard = nodes.hear("spBv1.0/plant/NBIRTH/gw", &bytes(T0 + ahead, Some(0), birth), now(70));
    assert_eq!(told(&heard.ticks), ["S01@70 estop=bad force=bad", "S02@70 Line_Speed=bad"]);
}

#[test]
fn a_hole_in_the_numbers_makes_bad_what_is_not_told() {
    let mut nodes = cell();
    born(&mut nodes, 4, 10);
    let data = bytes(T0 + 20, Some(5), vec![force(11, 2.5, None)]);
    let heard = nodes.hear("spBv1.0/plant/DDATA/gw/robot", &data, now(20));
    assert_eq!(heard.gap, 3);
    assert!(heard.wants_rebirth);
    assert_eq!(told(&heard.ticks), ["S01@20 force=2.5", "S01@20 estop=bad", "S02@20 Line_Speed=bad"]);
    // The same message again is the same message.
    assert!(nodes.hear("spBv1.0/plant/DDATA/gw/robot", &data, now(21)).is_repeated);
    // Numbers go round.
    for seq in 6..256 {
        let heard = nodes.hear("spBv1.0/plant/DDATA/gw/robot", &bytes(T0 + 20 + seq, Some(seq), vec![]), now(20 + seq));
        assert_eq!((heard.gap, heard.ticks.len()), (0, 0), "{seq}");
    }
    assert_eq!(nodes.hear("spBv1.0/plant/NDATA/gw", &bytes(T0 + 300, Some(0), vec![]), now(300)).gap, 0);
    assert_eq!(nodes.hear("spBv1.0/plant/NDATA/gw", &bytes(T0 + 301, Some(0), vec![]), now(301)).gap, 255);
}

#[test]
fn an_alias_without_a_birth_is_counted_and_a_birth_asked_for_now_and_then() {
    let mut nodes = cell();
    let data = |seq| bytes(T0 + 20 + seq, Some(seq), vec![force(11, 2.5, None)]);
    let heard = nodes.hear("spBv1.0/plant/DDATA/gw/robot", &data(1), now(20));
    assert_eq!((heard.unknown_aliases, heard.wants_rebirth, heard.ticks.len()), (1, true, 0));
    let name = heard.node.unwrap();
    assert_eq!(name.command_topic(), "spBv1.0/plant/NCMD/gw");
    assert!(nodes.may_ask(&name, now(20)));
    assert!(!nodes.may_ask(&name, now(10_019)) && nodes.may_ask(&name, now(10_020)));
    // A name needs no birth.
    let by_name = bytes(T0 + 30, Some(2), vec![metric("TCP/Force", 11, 10, MetricValue::Double(3.0))]);
    assert_eq!(told(&nodes.hear("spBv1.0/plant/DDATA/gw/robot", &by_name, now(30)).ticks), ["S01@30 force=3"]);
    let command = Payload::decode(&rebirth_command(T0)[..]).unwrap();
    assert_eq!(command.metrics[0].name.as_deref(), Some("Node Control/Rebirth"));
    assert_eq!(command.metrics[0].value, Some(MetricValue::Boolean(true)));
}

#[test]
fn without_the_broker_nothing_is_known_and_what_comes_again_is_taken() {
    let mut nodes = cell();
    born(&mut nodes, 4, 10);
    assert_eq!(told(&nodes.lost(now(90))), ["S01@90 estop=bad force=bad", "S02@90 Line_Speed=bad"]);
    assert!(nodes.lost(now(91)).is_empty());
    let heard =
        nodes.hear("spBv1.0/plant/DDATA/gw/robot", &bytes(T0 + 80, Some(9), vec![force(11, 7.0, None)]), now(100));
    assert_eq!((told(&heard.ticks), heard.gap, heard.wants_rebirth), (vec!["S01@80 force=7".to_owned()], 0, true));
}

#[test]
fn what_is_wrong_is_said_and_stops_nothing() {
    let mut nodes = cell();
    born(&mut nodes, 4, 10);
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
        ("spBv1.0/plant/XDATA/gw", bytes(T0, Some(2), vec![]), "no Sparkplug topic"),
        ("spBv1.0/plant/NDATA", bytes(T0, Some(2), vec![]), "no Sparkplug topic"),
        ("spBv1.0/plant/DDATA/gw/robot/arm", bytes(T0, Some(2), vec![]), "no Sparkplug topic"),
        ("spBv1.0/plant/DDATA/gw/robot", b"\xff\xff\xff".to_vec(), "protobuf"),
        ("spBv1.0/plant/DDATA/gw/robot", bytes(T0, None, vec![]), "without its sequence number"),
        (
            "spBv1.0/plant/DDATA/gw/robot",
            bytes(T0 + 9, Some(2), vec![metric("", 11, 12, MetricValue::String("x".repeat(2_000)))]),
            "too long",
        ),
        (
            "spBv1.0/plant/DDATA/gw/robot",
            bytes(T0 + 9, Some(3), vec![metric("", 11, 17, MetricValue::Bytes(vec![0]))]),
            "no single value",
        ),
        (
            "spBv1.0/plant/DBIRTH/gw/robot",
            bytes(T0 + 9, Some(4), vec![metric("TCP/Force", 11, 10, MetricValue::Double(0.0))]),
            "its birth has no Safety/EStop",
        ),
        (
            "spBv1.0/plant/NBIRTH/gw",
            bytes(
                T0 + 9,
                Some(0),
                vec![metric("a/b", 1, 10, MetricValue::Double(0.0)), metric("a.b", 2, 10, MetricValue::Double(0.0))],
            ),
            "two metrics are signal a_b",
        ),
        (
            "spBv1.0/plant/NBIRTH/gw",
            bytes(T0 + 9, Some(0), vec![metric("力", 1, 10, MetricValue::Double(0.0))]),
            "no signal name",
        ),
    ];
    for (topic, payload, says) in table {
        let heard = nodes.hear(topic, &payload, now(10));
        assert!(heard.refused.iter().any(|why| why.to_lowercase().contains(&says.to_lowercase())), "{says}: {heard:?}");
    }
    // Our own commands are nobody's data.
    assert_eq!(nodes.hear("spBv1.0/plant/NCMD/gw", b"\xff", now(10)), Heard::default());
}

proptest::proptest! {
    /// Whatever comes, nothing breaks, and ticks stand in the order of time.
    #[test]
    fn any_bytes_are_survived(topic in "spBv1.0/plant/(N|D)(BIRTH|DATA|DEATH)/gw(/robot)?", payload in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let mut nodes = cell();
        born(&mut nodes, 4, 10);
        let heard = nodes.hear(&topic, &payload, now(20));
        proptest::prop_assert!(heard.ticks.windows(2).all(|pair| pair[0].at <= pair[1].at));
    }
}

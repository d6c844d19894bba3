//! Sparkplug B and wills over Mosquitto.

use prost::Message;
use rumqttc::QoS;

use super::*;

/// The wire's fields, written down once more: what is sent here is not made by what reads it there.
#[derive(Clone, PartialEq, Message)]
struct Payload {
    #[prost(uint64, optional, tag = "1")]
    timestamp: Option<u64>,
    #[prost(message, repeated, tag = "2")]
    metrics: Vec<Metric>,
    #[prost(uint64, optional, tag = "3")]
    seq: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
struct Metric {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(uint64, optional, tag = "2")]
    alias: Option<u64>,
    #[prost(uint64, optional, tag = "3")]
    timestamp: Option<u64>,
    #[prost(uint32, optional, tag = "4")]
    datatype: Option<u32>,
    #[prost(bool, optional, tag = "5")]
    is_historical: Option<bool>,
    #[prost(uint64, optional, tag = "11")]
    long: Option<u64>,
    #[prost(double, optional, tag = "13")]
    double: Option<f64>,
    #[prost(bool, optional, tag = "14")]
    boolean: Option<bool>,
}

const T0: u64 = START_MS as u64 - 60_000;

fn named(name: &str, alias: u64) -> Metric {
    Metric { name: Some(name.to_owned()), alias: Some(alias), ..Metric::default() }
}

fn birth(bd_seq: u64) -> Vec<Metric> {
    vec![
        Metric { datatype: Some(8), long: Some(bd_seq), ..named("bdSeq", 0) },
        Metric { datatype: Some(10), double: Some(1.5), ..named("TCP/Force", 1) },
        Metric { datatype: Some(11), boolean: Some(false), ..named("Safety/EStop", 2) },
    ]
}

fn payload(at: u64, seq: Option<u64>, metrics: Vec<Metric>) -> Vec<u8> {
    Payload { timestamp: Some(T0 + at), metrics, seq }.encode_to_vec()
}

fn mapping(port: u16) -> String {
    format!(
        "mqtt:\n  - broker: 127.0.0.1:{port}\n    sparkplug:\n      host_id: hall\n      rebirth_every_ms: 100\n      metrics:\n        - {{from: \"plant/{{station}}\", values: {{force: TCP/Force, estop: Safety/EStop}}}}\n    stations: {{gw: S01}}\n"
    )
}

#[tokio::test]
async fn a_node_is_born_speaks_loses_a_message_and_dies() {
    let (folder, hall, mut broker) = (testkit::temp_dir(), FakeHall::open(1).await, testkit::mosquitto().await);
    let edge = start(&config(folder.path(), &hall, &mapping(broker.port))).await;
    eventually("the broker", async || edge.status().mqtt_connected == 1).await;
    // The node's own words, and its ear for commands.
    let mut options = rumqttc::MqttOptions::new("gw", "127.0.0.1", broker.port);
    options.set_keep_alive(Duration::from_secs(5));
    let will = payload(0, None, vec![Metric { datatype: Some(8), long: Some(7), ..named("bdSeq", 0) }]);
    options.set_last_will(rumqttc::LastWill::new("spBv1.0/plant/NDEATH/gw", will, QoS::AtLeastOnce, false));
    let (client, mut connection) = rumqttc::AsyncClient::new(options, 100);
    client.subscribe("spBv1.0/plant/NCMD/gw", QoS::AtLeastOnce).await.unwrap();
    let (commanded, mut commands) = tokio::sync::mpsc::unbounded_channel();
    let pump = tokio::spawn(async move {
        while let Ok(event) = connection.poll().await {
            if let rumqttc::Event::Incoming(rumqttc::Packet::Publish(message)) = event {
                let _ = commanded.send(Payload::decode(&message.payload[..]).unwrap());
            }
        }
    });
    let tell = async |kind: &str, body: Vec<u8>| {
        client.publish(format!("spBv1.0/plant/{kind}/gw"), QoS::AtLeastOnce, false, body).await.unwrap();
    };
    // Before its birth nothing is understood, and the birth is asked for.
    tell("NDATA", payload(10, Some(40), vec![Metric { alias: Some(1), double: Some(9.0), ..Metric::default() }])).await;
    let command = commands.recv().await.unwrap();
    assert_eq!(command.metrics[0].name.as_deref(), Some("Node Control/Rebirth"));
    assert_eq!(command.metrics[0].boolean, Some(true));
    tell("NBIRTH", payload(20, Some(0), birth(7))).await;
    let value = |alias, at, value| Metric {
        timestamp: Some(T0 + at),
        ..Metric { alias: Some(alias), double: Some(value), ..Metric::default() }
    };
    tell("NDATA", payload(30, Some(1), vec![value(1, 25, 2.5), value(1, 28, 2.75)])).await;
    let past = Metric { is_historical: Some(true), ..value(1, 5, 0.25) };
    tell("NDATA", payload(35, Some(2), vec![past])).await;
    eventually("what it said", async || heard(&hall, "S01", "force").len() == 3).await;
    assert_eq!(heard(&hall, "S01", "force"), ["1.5", "2.5", "2.75"]);
    assert_eq!(heard(&hall, "S01", "estop"), ["false"]);
    let at = |ix: usize| hall.ticks()[ix].at.0 as u64 / 1_000_000 - T0;
    assert_eq!([at(0), at(1), at(2)], [20, 25, 28]);
    let kept = folder.path().join("spool/historical.ndjson");
    eventually("the past is kept aside", async || {
        std::fs::read_to_string(&kept).is_ok_and(|text| text.contains("0.25"))
    })
    .await;
    // Numbers 3 and 4 never come.
    tell("NDATA", payload(40, Some(5), vec![value(1, 40, 3.0)])).await;
    eventually("the hole", async || heard(&hall, "S01", "estop").len() == 2).await;
    assert_eq!(heard(&hall, "S01", "estop"), ["false", "bad"]);
    assert_eq!(heard(&hall, "S01", "force").last().unwrap(), "3");
    let source = edge.status().sources[0].clone();
    assert_eq!((source.gaps, source.unknown_aliases, source.historical), (2, 1, 1));
    assert!(source.nodes["plant/gw"].is_alive && source.nodes["plant/gw"].gaps == 2);
    tell("NBIRTH", payload(50, Some(0), birth(7))).await;
    eventually("good again", async || heard(&hall, "S01", "estop").last().unwrap() == "false").await;
    // Its line is cut: the broker speaks its will.
    pump.abort();
    drop(client);
    eventually("it is dead", async || heard(&hall, "S01", "force").last().unwrap() == "bad").await;
    assert_eq!(heard(&hall, "S01", "estop").last().unwrap(), "bad");
    eventually("the status says so", async || !edge.status().sources[0].nodes["plant/gw"].is_alive).await;
    let (code, metrics) = get(&edge, "/metrics").await;
    assert_eq!(code, 200);
    for line in [
        format!("guildhall_edge_source_gaps_total{{kind=\"mqtt\",source=\"127.0.0.1:{}\"}} 2", broker.port),
        format!("guildhall_edge_source_nodes_dead{{kind=\"mqtt\",source=\"127.0.0.1:{}\"}} 1", broker.port),
        "guildhall_edge_link_up 1".to_owned(),
    ] {
        assert!(metrics.contains(&line), "{line}\n{metrics}");
    }
    // A node that lives while the broker goes is as good as dead, and is asked for its birth when the broker is back.
    let (client, pump) = mqtt_client(broker.port, "gw-again");
    client.publish("spBv1.0/plant/NBIRTH/gw", QoS::AtLeastOnce, false, payload(60, Some(0), birth(8))).await.unwrap();
    eventually("born again", async || heard(&hall, "S01", "force").last().unwrap() == "1.5").await;
    let rebirths = edge.status().sources[0].rebirths;
    broker.stop();
    eventually("bad again", async || heard(&hall, "S01", "force").last().unwrap() == "bad").await;
    broker.restart().await;
    eventually("asked again", async || edge.status().sources[0].rebirths > rebirths).await;
    pump.abort();
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn a_will_makes_a_stations_signals_bad() {
    let (folder, hall, broker) = (testkit::temp_dir(), FakeHall::open(1).await, testkit::mosquitto().await);
    let mqtt = format!(
        "mqtt:\n  - broker: 127.0.0.1:{}\n    topics:\n      - {{topic: \"cell/{{station}}/{{signal}}\"}}\n    wills:\n      - {{topic: \"gone/{{station}}\", bad: offline}}\n      - {{topic: \"plc\", station: S02, signals: [lamp]}}\n",
        broker.port
    );
    let edge = start(&config(folder.path(), &hall, &mqtt)).await;
    eventually("the broker", async || edge.status().mqtt_connected == 1).await;
    let (client, pump) = mqtt_client(broker.port, "cell");
    let tell =
        async |topic: &str, payload: &str| client.publish(topic, QoS::AtLeastOnce, false, payload).await.unwrap();
    tell("cell/S01/force", "1").await;
    tell("cell/S01/mode", "AUTO").await;
    eventually("two signals", async || hall.ticks().iter().map(|tick| tick.readings.len()).sum::<usize>() == 2).await;
    tell("gone/S01", "online").await;
    tell("gone/S01", "offline").await;
    tell("plc", "whatever").await;
    eventually("bad", async || heard(&hall, "S02", "lamp") == ["bad"]).await;
    eventually("bad", async || heard(&hall, "S01", "force") == ["1", "bad"]).await;
    assert_eq!(heard(&hall, "S01", "mode"), ["AUTO", "bad"]);
    assert_eq!(edge.status().sources[0].deaths, 2);
    pump.abort();
    edge.stop().await.unwrap();
}

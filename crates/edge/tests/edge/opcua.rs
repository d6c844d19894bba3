//! OPC UA against a real server.

use kernel::Clock;
use testkit::PythonServer;

use super::*;

async fn server(arguments: &[&str]) -> PythonServer {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/edge/opcua_server.py");
    testkit::python_server(&script, arguments).await
}

/// Orders are carried out one after the other; returns when these are.
async fn order(server: &PythonServer, orders: &[serde_json::Value]) {
    let (path, done) = (server.folder().join("orders"), server.folder().join("done"));
    let mut text = std::fs::read_to_string(&path).unwrap_or_default();
    orders.iter().for_each(|order| text.push_str(&format!("{order}\n")));
    let beside = server.folder().join("orders.new");
    std::fs::write(&beside, &text).unwrap();
    std::fs::rename(&beside, &path).unwrap();
    let wanted = text.lines().count().to_string();
    eventually("the orders are done", async || std::fs::read_to_string(&done).is_ok_and(|text| text == wanted)).await;
}

fn set(name: &str, value: serde_json::Value, at_ms: i64) -> serde_json::Value {
    serde_json::json!({"set": name, "value": value, "at_ms": at_ms})
}

fn with_status(order: serde_json::Value, status: u32) -> serde_json::Value {
    let mut order = order;
    order["status"] = status.into();
    order
}

async fn start_now(config: &EdgeConfig) -> Edge {
    Edge::start(config.clone(), Arc::new(kernel::SystemClock)).await.unwrap()
}

fn last(hall: &FakeHall, signal: &str) -> String {
    heard(hall, "S01", signal).last().cloned().unwrap_or_default()
}

fn lines(port: u16) -> String {
    format!(
        "opcua:\n  - server: opc.tcp://127.0.0.1:{port}/\n    sampling_ms: 10\n    publishing_ms: 50\n    retry_max_ms: 500\n    signals:\n      - {{node: \"nsu=urn:guildhall:test:cell;s=Force\", station: S01, signal: force}}\n      - {{node: \"ns=2;s=EStop\", station: S01, signal: estop}}\n      - {{node: \"/Cell/Step\", station: S01, signal: step}}\n      - {{node: \"/Cell/Nowhere\", station: S01, signal: nowhere}}\n    robots:\n      - {{system: /DeviceSet/Robot1, station: S01}}\n"
    )
}

#[tokio::test]
async fn values_come_with_their_times_and_qualities_and_a_lost_line_is_bad() {
    let (folder, hall, mut server) = (testkit::temp_dir(), FakeHall::open(1).await, server(&[]).await);
    let edge = start_now(&config(folder.path(), &hall, &lines(server.port))).await;
    eventually("first values", async || last(&hall, "force") == "1.5" && last(&hall, "step") == "0").await;
    // What was before the edge is not known.
    assert_eq!(heard(&hall, "S01", "force"), ["bad", "1.5"]);
    assert_eq!(heard(&hall, "S01", "estop"), ["bad", "false"]);
    // The companion specification's safety states.
    assert_eq!(heard(&hall, "S01", "operational_mode"), ["bad", "3"]);
    assert_eq!(heard(&hall, "S01", "emergency_stop"), ["bad", "false"]);
    assert_eq!(heard(&hall, "S01", "protective_stop"), ["bad", "false"]);
    let source = edge.status().sources[0].clone();
    assert_eq!(source.link, edge::SourceLink::Up);
    assert!(source.detail.unwrap().contains("/Cell/Nowhere"), "what is not there is said");
    // Faster than it is published: every transition comes, each at its own time.
    let from = kernel::SystemClock.now().as_millis();
    let steps: Vec<_> = (1..=10).map(|step| set("Step", step.into(), from + step)).collect();
    order(&server, &steps).await;
    eventually("all steps", async || last(&hall, "step") == "10").await;
    assert_eq!(heard(&hall, "S01", "step")[2..], (1..=10).map(|step| step.to_string()).collect::<Vec<_>>());
    let ticks = hall.ticks();
    let at = |value: i64| {
        let is_it = |tick: &&Tick| tick.get("step") == Some(&Some(referee::Value::Integer(value)));
        ticks.iter().find(is_it).unwrap().at.0
    };
    assert_eq!(
        (1..=10).map(at).collect::<Vec<_>>(),
        (1..=10).map(|step| (from + step) * 1_000_000).collect::<Vec<_>>()
    );
    // Qualities, and the bit that says that the queue has overflowed.
    order(
        &server,
        &[
            with_status(set("Force", 2.5.into(), from + 20), 0x4000_0000),
            with_status(set("Force", 3.5.into(), from + 21), 0x8000_0000),
            set("Force", 4.5.into(), from + 22),
            with_status(set("Force", 5.5.into(), from + 40), 0x0000_0480),
        ],
    )
    .await;
    eventually("all forces", async || last(&hall, "force") == "5.5").await;
    assert_eq!(heard(&hall, "S01", "force")[2..], ["2.5?", "bad", "4.5", "bad", "5.5"]);
    assert_eq!(edge.status().sources[0].overflows, 1);
    // A time that can't be meant: what the value is now nobody knows, until the next one comes.
    let before = heard(&hall, "S01", "force").len();
    order(&server, &[set("Force", 6.5.into(), from + 3_600_000), set("Force", 7.5.into(), from + 50)]).await;
    eventually("it is heard again", async || last(&hall, "force") == "7.5?").await;
    order(&server, &[set("Force", 8.5.into(), kernel::SystemClock.now().as_millis())]).await;
    eventually("and sure", async || last(&hall, "force") == "8.5").await;
    assert_eq!(heard(&hall, "S01", "force")[before..], ["bad", "7.5?", "8.5"]);
    // The server dies: all its signals are bad, until it is back and has said what is now.
    server.stop();
    eventually("all bad", async || {
        ["force", "estop", "step", "emergency_stop"].iter().all(|one| last(&hall, one) == "bad")
    })
    .await;
    eventually("down", async || edge.status().sources[0].link == edge::SourceLink::Down).await;
    server.restart().await;
    eventually("all good", async || last(&hall, "force") == "1.5" && last(&hall, "emergency_stop") == "false").await;
    order(&server, &[set("EmergencyStop", true.into(), kernel::SystemClock.now().as_millis())]).await;
    eventually("watched again", async || last(&hall, "emergency_stop") == "true").await;
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn without_room_the_server_is_let_go_of_and_its_signals_are_bad_until_there_is() {
    let (folder, hall, server) = (testkit::temp_dir(), FakeHall::open(1).await, server(&[]).await);
    let mut config = config(folder.path(), &hall, &lines(server.port));
    config.spool.max_bytes = 4_000;
    let edge = start_now(&config).await;
    eventually("first values", async || last(&hall, "step") == "0" && edge.status().backlog == 0).await;
    edge.cut_line(true);
    let mut seq = 0;
    loop {
        seq += 1;
        let from = 100 * seq;
        if post(&edge, "by-hand", body(seq, "S02", from, 20)).await.0 != 200 {
            break;
        }
    }
    eventually("let go of", async || edge.status().sources[0].link == edge::SourceLink::Paused).await;
    let status = edge.status();
    assert!(status.spool_full && status.sources[0].detail == status.no_room, "{status:?}");
    // Nobody hears this: it can't be asked for later.
    let now = kernel::SystemClock.now().as_millis();
    order(&server, &[set("Step", 1.into(), now), set("Step", 2.into(), now + 1)]).await;
    edge.cut_line(false);
    eventually("what is now", async || last(&hall, "step") == "2").await;
    assert_eq!(heard(&hall, "S01", "step"), ["bad", "0", "bad", "2"]);
    eventually("up", async || edge.status().sources[0].link == edge::SourceLink::Up).await;
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_is_believed_when_it_is_trusted_and_with_a_password() {
    let (folder, hall, server) = (testkit::temp_dir(), FakeHall::open(1).await, server(&["secure"]).await);
    let pki = folder.path().join("pki");
    let lines = |password: &str, security: &str| {
        format!(
            "opcua:\n  - server: opc.tcp://127.0.0.1:{}/\n    security: {security}\n    pki: {}\n    username: edge\n    password: {password}\n    retry_max_ms: 500\n    signals:\n      - {{node: \"/Cell/Force\", station: S01, signal: force}}\n",
            server.port,
            pki.display()
        )
    };
    let detail = |edge: &Edge| edge.status().sources[0].detail.clone().unwrap_or_default();
    let edge = start_now(&config(folder.path(), &hall, &lines("a good password", "Aes256-Sha256-RsaPss"))).await;
    eventually("another security", async || detail(&edge).contains("it offers Basic256Sha256")).await;
    edge.stop().await.unwrap();
    let edge = start_now(&config(folder.path(), &hall, &lines("a good password", "Basic256Sha256"))).await;
    eventually("untrusted", async || detail(&edge).contains("move the server's certificate")).await;
    assert_eq!(heard(&hall, "S01", "force").iter().filter(|value| *value != "bad").count(), 0);
    // An administrator looks at it, and believes it.
    for entry in std::fs::read_dir(pki.join("rejected")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::rename(&path, pki.join("trusted").join(path.file_name().unwrap())).unwrap();
    }
    eventually("trusted", async || last(&hall, "force") == "1.5").await;
    edge.stop().await.unwrap();
    let edge = start_now(&config(folder.path(), &hall, &lines("a wrong one", "Basic256Sha256"))).await;
    eventually("refused", async || {
        detail(&edge).contains("BadUserAccessDenied") || detail(&edge).contains("BadIdentityToken")
    })
    .await;
    edge.stop().await.unwrap();
}

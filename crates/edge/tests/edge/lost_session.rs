//! What a broker loses, forgets or says twice decides nothing.

use testkit::FakeClock;

use super::fake_broker::{FakeBroker, How, Line};
use super::*;

const T0: i64 = START_MS - 60_000;

const BARE: &str = r#"{topic: "bare/{station}/{signal}"}"#;
const STATE: &str = r#"{topic: "state/{station}", values: {door: door}, time: ts, time_unit: ms}"#;
const LOOSE: &str = r#"{topic: "loose/{station}", signal: temp, qos: 0}"#;

fn topics(port: u16, topics: &[&str]) -> String {
    let list: String = topics.iter().map(|topic| format!("      - {topic}\n")).collect();
    format!("mqtt:\n  - broker: 127.0.0.1:{port}\n    topics:\n{list}")
}

fn kept(number: u16) -> How {
    How { number: Some(number), ..How::default() }
}

async fn say_state(line: &Line, at: i64, door: bool, how: How) {
    line.say("state/S01", &format!(r#"{{"ts":{at},"door":{door}}}"#), how).await;
}

async fn open(config: &EdgeConfig, clock: &FakeClock) -> Edge {
    Edge::start(config.clone(), Arc::new(clock.clone())).await.unwrap()
}

async fn met(broker: &FakeBroker, edge: &Edge, is_known: bool) -> Line {
    let line = broker.meet(is_known).await;
    eventually("the broker is there", async || edge.status().mqtt_connected == 1).await;
    line
}

async fn hung_up(line: Line, edge: &Edge) {
    line.hang_up();
    eventually("the broker is gone", async || edge.status().mqtt_connected == 0).await;
}

/// When the hall has a signal's newest value, in milliseconds after the beginning of the test's time.
fn newest_at(hall: &FakeHall, signal: &str) -> i64 {
    let ticks = hall.ticks();
    let newest = ticks.iter().rev().find(|tick| tick.get(signal).is_some()).unwrap();
    newest.at.0 / 1_000_000 - START_MS
}

#[tokio::test]
async fn what_a_lost_line_loses_is_bad_from_then_on() {
    let (folder, hall, broker) = (testkit::temp_dir(), FakeHall::open(1).await, FakeBroker::open().await);
    let (config, clock) =
        (config(folder.path(), &hall, &topics(broker.port(), &[BARE, STATE, LOOSE])), testkit::clock());
    let edge = open(&config, &clock).await;
    let of = |signal: &str| heard(&hall, "S01", signal);
    let line = met(&broker, &edge, false).await;
    say_state(&line, T0, true, kept(1)).await;
    eventually("it is told", async || of("door") == ["true"]).await;
    line.say("bare/S01/mode", "AUTO", kept(2)).await;
    // One that is sent without a promise has none, however it was asked for.
    line.say("bare/S01/lamp", "1", How::default()).await;
    line.say("loose/S01", "20", How::default()).await;
    eventually("all is told", async || ["mode", "lamp", "temp"].iter().all(|one| of(one).len() == 1)).await;
    assert_eq!(edge.status().sources[0].deaths, 0, "nothing was there before");
    hung_up(line, &edge).await;
    eventually("nobody keeps these", async || of("temp") == ["20", "bad"] && of("lamp") == ["1", "bad"]).await;
    assert!(newest_at(&hall, "temp") < 1_000);
    // The broker kept the session: nothing else was lost.
    clock.advance_millis(10_000);
    let line = met(&broker, &edge, true).await;
    line.say("bare/S01/mode", "MANUAL", kept(3)).await;
    eventually("it goes on", async || of("mode") == ["AUTO", "MANUAL"]).await;
    assert_eq!(of("door"), ["true"]);
    // It knows nothing any more: from the loss on, whenever it is back.
    hung_up(line, &edge).await;
    clock.advance_millis(10_000);
    let line = met(&broker, &edge, false).await;
    eventually("all is lost", async || of("mode").last().unwrap() == "bad" && of("door") == ["true", "bad"]).await;
    assert!((10_000..11_000).contains(&newest_at(&hall, "mode")), "{}", newest_at(&hall, "mode"));
    assert_eq!(of("temp"), ["20", "bad"], "it was called so already");
    // What is retained says what is now, also when the edge has heard it before.
    clock.advance_millis(10_000);
    say_state(&line, T0, true, How { is_retained: true, ..kept(1) }).await;
    line.say("bare/S01/mode", "MANUAL", How { is_retained: true, ..kept(2) }).await;
    eventually("known again", async || of("door") == ["true", "bad", "true"]).await;
    assert_eq!(newest_at(&hall, "door"), 30_000);
    eventually("without a time it is uncertain", async || of("mode").last().unwrap() == "MANUAL?").await;
    // Known as it is, being told of it again is no news.
    say_state(&line, T0, true, How { is_retained: true, ..kept(3) }).await;
    eventually("all is acknowledged", async || line.acknowledged() == [1, 2, 3]).await;
    assert_eq!(of("door").len(), 3);
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn what_nobody_kept_while_the_edge_was_dead_is_bad() {
    let (folder, hall, broker) = (testkit::temp_dir(), FakeHall::open(1).await, FakeBroker::open().await);
    let config = config(folder.path(), &hall, &topics(broker.port(), &[STATE, LOOSE]));
    let clock = testkit::clock();
    let of = |signal: &str| heard(&hall, "S01", signal);
    let edge = open(&config, &clock).await;
    let line = met(&broker, &edge, false).await;
    say_state(&line, T0, true, kept(1)).await;
    eventually("it is told", async || of("door") == ["true"]).await;
    line.say("loose/S01", "20", How::default()).await;
    // No signal of this broker's.
    assert_eq!(post(&edge, "by-hand", body(1, "S02", 1, 1)).await.0, 200);
    eventually("all is told", async || hall.ticks().len() == 3).await;
    edge.kill().await;
    clock.advance_millis(1_000);
    let edge = open(&config, &clock).await;
    let line = met(&broker, &edge, true).await;
    eventually("nobody keeps this", async || of("temp") == ["20", "bad"]).await;
    say_state(&line, T0 + 1, false, kept(2)).await;
    eventually("this was kept", async || of("door") == ["true", "false?"]).await;
    edge.kill().await;
    clock.advance_millis(1_000);
    let edge = open(&config, &clock).await;
    let line = met(&broker, &edge, false).await;
    eventually("the session is gone", async || of("door").last().unwrap() == "bad").await;
    assert_eq!(steps(&hall.ticks(), "S02"), [1]);
    drop(line);
    edge.stop().await.unwrap();
}

/// A frame was synced, and the edge dead before it could say so: it comes again.
#[tokio::test]
async fn what_comes_again_without_a_time_of_its_own_is_uncertain() {
    let (folder, hall, broker) = (testkit::temp_dir(), FakeHall::open(1).await, FakeBroker::open().await);
    let config = config(folder.path(), &hall, &topics(broker.port(), &[BARE, STATE]));
    let clock = testkit::clock();
    let of = |signal: &str| heard(&hall, "S01", signal);
    let edge = open(&config, &clock).await;
    let line = met(&broker, &edge, false).await;
    say_state(&line, T0, true, kept(1)).await;
    eventually("it is taken", async || line.acknowledged() == [1]).await;
    line.say("bare/S01/cycle_done", "true", kept(2)).await;
    line.say("bare/S01/cycle_done", "false", kept(3)).await;
    eventually("all is taken", async || line.acknowledged() == [1, 2, 3]).await;
    edge.kill().await;
    clock.advance_millis(1_000);
    let edge = open(&config, &clock).await;
    let line = met(&broker, &edge, true).await;
    let again = |number| How { is_again: true, ..kept(number) };
    say_state(&line, T0, true, again(1)).await;
    line.say("bare/S01/cycle_done", "true", again(2)).await;
    line.say("bare/S01/cycle_done", "false", again(3)).await;
    line.say("bare/S01/cycle_done", "true", kept(4)).await;
    eventually("all has come", async || of("cycle_done").len() == 5).await;
    assert_eq!(of("cycle_done"), ["true", "false", "true?", "false?", "true"]);
    assert_eq!(of("door"), ["true"], "its time tells that it came before");
    edge.stop().await.unwrap();
}

#[tokio::test]
async fn a_time_that_can_not_be_meant_leaves_nothing_as_it_was() {
    let (folder, hall, broker) = (testkit::temp_dir(), FakeHall::open(1).await, FakeBroker::open().await);
    let config = config(folder.path(), &hall, &topics(broker.port(), &[STATE]));
    let clock = testkit::clock();
    let edge = open(&config, &clock).await;
    let line = met(&broker, &edge, false).await;
    let of = |signal: &str| heard(&hall, "S01", signal);
    let tell = async |number: u16, at: i64, door: bool| {
        say_state(&line, at, door, kept(number)).await;
        eventually("it is taken", async || line.acknowledged().last() == Some(&number)).await;
        clock.advance_millis(1_000);
    };
    tell(1, T0, true).await;
    tell(2, START_MS + 3_600_000, false).await;
    tell(3, START_MS + 2_000, false).await;
    tell(4, 12, true).await;
    tell(5, START_MS + 4_000, true).await;
    eventually("all has come", async || of("door").len() == 5).await;
    assert_eq!(of("door"), ["true", "bad", "false", "bad", "true"]);
    assert_eq!(edge.status().sources[0].refused, 2);
    edge.stop().await.unwrap();
}

/// A run that ends meanwhile is not judged as if all of it had been told.
#[tokio::test]
async fn while_a_broker_is_away_something_may_wait_there() {
    let (folder, hall, broker) = (testkit::temp_dir(), FakeHall::open(1).await, FakeBroker::open().await);
    let config = config(folder.path(), &hall, &topics(broker.port(), &[BARE]));
    let clock = testkit::clock();
    let edge = open(&config, &clock).await;
    eventually("it may wait since before", async || hall.batches() > 0 && hall.backlog() == 1).await;
    let line = met(&broker, &edge, false).await;
    eventually("nothing waits", async || hall.backlog() == 0).await;
    hung_up(line, &edge).await;
    eventually("something may", async || hall.backlog() == 1).await;
    let line = met(&broker, &edge, true).await;
    let batches = hall.batches();
    eventually("heartbeats", async || hall.batches() > batches + 2).await;
    assert_eq!((hall.backlog(), edge.status().backlog), (1, 0), "what has waited takes a moment to come");
    clock.advance_millis(5_000);
    eventually("all is told", async || hall.backlog() == 0).await;
    drop(line);
    edge.stop().await.unwrap();
}

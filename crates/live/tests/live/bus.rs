//! One contract for both buses. A hall of one process has one bus in it; nodes that share a NATS server have one each.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use live::{Bus, BusError};
use testkit::eventually;

const LOG: &str = "contest/con_1";

/// Two handles of the same bus: what one says, the other hears.
struct Pair {
    here: Bus,
    there: Bus,
}

fn in_process() -> Pair {
    let bus = Bus::in_process();
    Pair { here: bus.clone(), there: bus }
}

/// `None` when a person left NATS out on purpose; without a server there is no other way to pass.
async fn nats() -> Option<(testkit::NatsServer, Pair)> {
    if std::env::var("GUILDHALL_TEST_NATS").as_deref() == Ok("off") {
        eprintln!("left out: GUILDHALL_TEST_NATS=off");
        return None;
    }
    let server = testkit::nats().await;
    let pair = Pair { here: Bus::nats(&server.url).await.unwrap(), there: Bus::nats(&server.url).await.unwrap() };
    Some((server, pair))
}

async fn next(wakes: &mut live::Wakes) -> i64 {
    tokio::time::timeout(Duration::from_secs(30), wakes.next()).await.expect("nobody is woken").unwrap()
}

async fn until(wakes: &mut live::Wakes, position: i64) {
    let mut last = i64::MIN;
    while last < position {
        let woken = next(wakes).await;
        assert!(woken >= last, "{woken} after {last}");
        last = woken;
    }
    assert_eq!(last, position);
}

async fn keeps_the_contract(pair: &Pair) {
    // The first item comes at once.
    let (mut first, mut second, mut local) =
        (pair.there.subscribe(LOG), pair.there.subscribe(LOG), pair.here.subscribe(LOG));
    for wakes in [&mut first, &mut second, &mut local] {
        assert_eq!(next(wakes).await, 0);
        assert!(wakes.next().now_or_never().is_none());
    }
    // Everybody who follows is woken, here and there, and others are not.
    let mut other = pair.there.subscribe("contest/con_2");
    next(&mut other).await;
    pair.here.wake(LOG, 7);
    for wakes in [&mut first, &mut second, &mut local] {
        until(wakes, 7).await;
    }
    assert!(other.next().now_or_never().is_none());
    // In both directions.
    pair.there.wake(LOG, 8);
    until(&mut local, 8).await;
    until(&mut first, 8).await;

    // Who doesn't look is woken once for all he missed.
    let last = 5000;
    for position in 9..=last {
        pair.here.wake(LOG, position);
    }
    until(&mut second, last).await;
    eventually("first knows", async || first.next().now_or_never() == Some(Some(last))).await;
    assert!(first.next().now_or_never().is_none());

    // What is older or known is no news.
    pair.here.wake(LOG, 17);
    pair.here.wake(LOG, last);
    pair.here.wake("contest/con_2", 3);
    until(&mut other, 3).await;
    assert!(first.next().now_or_never().is_none());

    // Who comes later is woken at once, too.
    let mut late = pair.there.subscribe(LOG);
    assert!(next(&mut late).await <= last);

    // Names are only names.
    for subject in ["a b", "a.>", "*", "匠/家", ""] {
        let mut wakes = pair.there.subscribe(subject);
        assert_eq!(next(&mut wakes).await, 0, "{subject:?}");
        pair.here.wake(subject, 1);
        until(&mut wakes, 1).await;
    }
    assert!(first.next().now_or_never().is_none());
}

#[tokio::test]
async fn the_bus_in_process_keeps_the_contract() {
    keeps_the_contract(&in_process()).await;
}

#[tokio::test]
async fn the_bus_over_nats_keeps_the_contract() {
    let Some((_server, pair)) = nats().await else { return };
    keeps_the_contract(&pair).await;
}

#[tokio::test]
async fn a_broken_connection_costs_delay_only() {
    let Some((mut server, pair)) = nats().await else { return };
    let mut wakes = pair.there.subscribe(LOG);
    pair.here.wake(LOG, 1);
    until(&mut wakes, 1).await;
    server.stop();
    for position in 2..=3000 {
        pair.here.wake(LOG, position);
    }
    server.restart().await;
    // Woken by the mended connection in any case, and by whatever was kept for sending.
    next(&mut wakes).await;
    eventually("a new wake gets through", async || {
        pair.here.wake(LOG, 3001);
        matches!(wakes.next().now_or_never(), Some(Some(3001)))
    })
    .await;
}

#[tokio::test]
async fn what_is_no_wake_is_passed_over() {
    let Some((server, pair)) = nats().await else { return };
    let stranger = async_nats::connect(&server.url).await.unwrap();
    let mut wakes = pair.there.subscribe(LOG);
    assert_eq!(next(&mut wakes).await, 0);
    for payload in [&b""[..], b"x contest/con_1", b"\xff\xfe", b"99999999999999999999 contest/con_1"] {
        stranger.publish("guildhall.wake", payload.to_vec().into()).await.unwrap();
    }
    stranger.publish("guildhall.wake", "5 contest/con_1".into()).await.unwrap();
    stranger.flush().await.unwrap();
    until(&mut wakes, 5).await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error() {
    let url = format!("nats://hall:secret@127.0.0.1:{}", testkit::free_port());
    let Err(BusError::Unreachable { url: shown, .. }) = Bus::nats(&url).await else { panic!("connected to nothing") };
    assert!(!shown.contains("secret"), "{shown}");
}

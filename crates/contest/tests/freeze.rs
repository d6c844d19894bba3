//! A planned end, and the public board that stops before it by itself. On both engines.

mod common;

use common::{World, new_contest, rule_set};
use kernel::Role;
use serde_json::{Value, json};
use web::testing::Answered;

const MINUTE_MS: i64 = 60_000;
const START: &str = "2026-11-22T08:00:00.000Z";
/// The shipped rule set freezes an hour before the end.
const END: &str = "2026-11-22T12:00:00.000Z";
const FREEZES: &str = "2026-11-22T11:00:00.000Z";

fn planned(ends_at: Value) -> Value {
    let mut contest = new_contest(true);
    contest["rule_set"] = json!(rule_set());
    contest["ends_at"] = ends_at;
    contest
}

async fn each_engine<F: Future<Output = ()>>(contest: Value, run: impl Fn(World) -> F) {
    for database in testkit::databases().await {
        run(World::with(&database.url, contest.clone()).await).await;
    }
}

async fn schedule(world: &World, starts_at: &str, ends_at: Value) -> Answered {
    let wanted = json!({"starts_at": starts_at, "ends_at": ends_at});
    world.organiser.post(&world.path("schedule"), wanted).await
}

async fn shown(world: &World) -> Value {
    let answer = world.stranger.get(&format!("/api/contests/{}", world.contest)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// As the hall says when it has looked at the clock, whoever looked first.
async fn state(world: &World) -> Value {
    let floor = world.floor().await;
    floor.freeze_in_time().await;
    floor.caught_up_to_newest().await;
    shown(world).await["state"].clone()
}

async fn freezes(world: &World) -> i64 {
    let sql =
        "select count(*) as n from contest_event where kind = 'state' and body like '%\"frozen\"%' and account is null";
    world.hall.db.one(sql, &[]).await.unwrap().get("n").unwrap()
}

#[track_caller]
fn at_field(answer: &Answered, path: &str, why: &str) {
    let at = answer.fields().iter().any(|field| field == path);
    assert!(answer.code() == "invalid" && at, "{why}: {}", answer.text());
}

#[tokio::test]
async fn the_public_board_stops_an_hour_before_the_end() {
    each_engine(planned(json!(END)), |world| async move {
        let at_first = shown(&world).await;
        assert_eq!((&at_first["ends_at"], &at_first["freezes_at"]), (&json!(END), &json!(FREEZES)));
        assert_eq!((&at_first["freeze_before_end_ms"], &at_first["state_since"]), (&json!(3_600_000), &Value::Null));
        // Nothing freezes what was not opened.
        world.clock.advance_millis(10);
        assert_eq!(state(&world).await, "draft");
        world.becomes("live").await;
        world.clock.advance_millis(180 * MINUTE_MS - 11);
        assert_eq!(state(&world).await, "live", "a millisecond before");
        world.clock.advance_millis(1);
        assert_eq!(state(&world).await, "frozen");
        let now = shown(&world).await;
        assert_eq!((&now["state_since"], &now["freezes_at"]), (&json!(FREEZES), &Value::Null));
        let head = &world.public_topics().await[&format!("contests/{}/overall", world.contest)]["h"];
        assert_eq!((&head["state"], &head["freezes_at"]), (&json!("frozen"), &Value::Null));
        let since = FREEZES.parse::<kernel::Timestamp>().unwrap().as_millis();
        assert_eq!((&head["since"], &head["ends_at"]), (&json!(since), &json!(since + 60 * MINUTE_MS)));
        assert_eq!(freezes(&world).await, 1);

        // Who thaws it by hand is obeyed, to the end and beyond.
        world.clock.advance_millis(MINUTE_MS);
        world.becomes("live").await;
        for _ in 0..3 {
            world.clock.advance_millis(30 * MINUTE_MS);
            assert_eq!(state(&world).await, "live", "nobody freezes it again");
        }
        assert_eq!(shown(&world).await["freezes_at"], Value::Null);
        // An extension that puts the moment ahead once more is an order of its own.
        assert_eq!(schedule(&world, START, json!("2026-11-22T15:00:00Z")).await.status, 200);
        assert_eq!(state(&world).await, "live");
        world.clock.advance_millis(89 * MINUTE_MS);
        assert_eq!(state(&world).await, "frozen");
        assert_eq!(freezes(&world).await, 2);
    })
    .await;
}

#[tokio::test]
async fn an_extension_moves_the_freeze() {
    each_engine(planned(json!(END)), |world| async move {
        world.becomes("live").await;
        world.clock.advance_millis(179 * MINUTE_MS);
        let answer = schedule(&world, START, json!("2026-11-22T12:30:00Z")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["freezes_at"], "2026-11-22T11:30:00.000Z");
        world.clock.advance_millis(30 * MINUTE_MS);
        assert_eq!(state(&world).await, "live", "the old moment has gone by");
        world.clock.advance_millis(MINUTE_MS);
        assert_eq!(state(&world).await, "frozen");
        // A board that is frozen stays so; its new end is planned all the same.
        assert_eq!(schedule(&world, START, json!("2026-11-22T16:00:00Z")).await.json()["freezes_at"], Value::Null);
        assert_eq!(state(&world).await, "frozen");
        world.becomes("review").await;
        let late = schedule(&world, START, json!(END)).await;
        assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "contest_not_open"));
        assert_eq!(freezes(&world).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_hall_that_was_not_there_freezes_when_it_comes_back() {
    each_engine(planned(json!(END)), |world| async move {
        world.becomes("live").await;
        world.clock.advance_millis(200 * MINUTE_MS);
        // Two nodes come up after the moment, and both look.
        let [one, other] = [world.reopened().await, world.reopened().await];
        let floors = [one.floor().await, other.floor().await];
        tokio::join!(floors[0].freeze_in_time(), floors[1].freeze_in_time());
        for node in [&one, &other] {
            assert_eq!(state(node).await, "frozen");
        }
        assert_eq!(freezes(&one).await, 1, "one of them did");
        // Come back once more: what was frozen at the moment is told as it was.
        let again = one.reopened().await;
        assert_eq!(state(&again).await, "frozen");
        assert_eq!(shown(&again).await["state_since"], "2026-11-22T11:20:00.000Z");
        assert_eq!(freezes(&again).await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_projector_looks_by_itself() {
    let database = testkit::sqlite_database();
    let world = World::with(&database.url, planned(json!(END))).await;
    world.becomes("live").await;
    world.clock.advance_millis(180 * MINUTE_MS);
    testkit::eventually("the board is frozen", async || shown(&world).await["state"] == "frozen").await;
}

#[tokio::test]
async fn without_an_end_or_a_freeze_nothing_stops() {
    let database = testkit::sqlite_database();
    let world = World::with(&database.url, planned(Value::Null)).await;
    world.becomes("live").await;
    world.clock.advance_millis(10_000 * MINUTE_MS);
    assert_eq!(state(&world).await, "live");
    assert_eq!(shown(&world).await["ends_at"], Value::Null);
    // With an end and no rule set there is no freeze either.
    let database = testkit::sqlite_database();
    let mut contest = new_contest(true);
    contest["ends_at"] = json!(END);
    let world = World::with(&database.url, contest).await;
    world.becomes("live").await;
    assert_eq!(shown(&world).await["freeze_before_end_ms"], Value::Null);
    world.clock.advance_millis(239 * MINUTE_MS);
    assert_eq!(state(&world).await, "live");
}

#[tokio::test]
async fn a_frozen_board_by_hand_before_the_moment_is_frozen_again_at_it() {
    let database = testkit::sqlite_database();
    let world = World::with(&database.url, planned(json!(END))).await;
    world.becomes("live").await;
    world.clock.advance_millis(10 * MINUTE_MS);
    world.becomes("frozen").await;
    world.clock.advance_millis(MINUTE_MS);
    world.becomes("live").await;
    assert_eq!(shown(&world).await["freezes_at"], FREEZES, "a trial of the freeze doesn't spend it");
    world.clock.advance_millis(169 * MINUTE_MS);
    assert_eq!(state(&world).await, "frozen");
}

/// Where the contest is after it was asked for.
async fn asked(world: &World, to: &str) -> Value {
    let answer = world.chief.post(&world.path("state"), json!({"to": to})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["state"].clone()
}

/// What spectators read, but for the state of the contest.
async fn read_by_all(world: &World) -> Vec<String> {
    let topics = world.public_topics().await;
    let keys = topics.iter().flat_map(|(topic, keys)| keys.iter().map(move |(key, value)| (topic, key, value)));
    keys.filter(|(_, key, _)| *key != "h").map(|(topic, key, value)| format!("{topic} {key} {value}")).collect()
}

#[tokio::test]
async fn a_contest_goes_back_from_review_to_the_board_it_came_from() {
    each_engine(planned(json!(END)), |world| async move {
        let paper = async |mark: &str| {
            let marks = json!({"aspect": "T1.1", "marks": [{"entry_no": "E1", "mark": mark}]});
            assert_eq!(world.organiser.post(&world.path("theory"), marks).await.status, 200);
            world.settled().await;
        };
        world.becomes("live").await;
        // Looked through before the moment: the board moves again, and stops at it.
        world.becomes("review").await;
        world.clock.advance_millis(MINUTE_MS);
        assert_eq!(asked(&world, "live").await, "live");
        paper("3").await;
        world.clock.advance_millis(180 * MINUTE_MS);
        assert_eq!(state(&world).await, "frozen");
        let stood = read_by_all(&world).await;
        paper("7").await;
        world.becomes("review").await;
        paper("8").await;
        assert_eq!(read_by_all(&world).await, stood);
        assert_eq!(asked(&world, "live").await, "frozen", "it came from a board that stood still");
        assert_eq!(read_by_all(&world).await, stood, "what was looked through is nobody's to see yet");
        let again = world.reopened().await;
        assert_eq!(read_by_all(&again).await, stood, "nor after a restart");
        // Who thaws it means it; and then it goes back to a board that moves.
        assert_eq!(asked(&world, "live").await, "live");
        assert_ne!(read_by_all(&world).await, stood);
        world.becomes("review").await;
        assert_eq!(asked(&world, "live").await, "live");
        assert_eq!(state(&world).await, "live");
    })
    .await;
}

#[tokio::test]
async fn a_moment_that_goes_by_in_review_is_not_forgotten() {
    each_engine(planned(json!(END)), |world| async move {
        world.becomes("live").await;
        world.clock.advance_millis(170 * MINUTE_MS);
        world.becomes("review").await;
        let stood = read_by_all(&world).await;
        world.clock.advance_millis(10 * MINUTE_MS);
        let marks = json!({"aspect": "T1.1", "marks": [{"entry_no": "E1", "mark": "7"}]});
        assert_eq!(world.organiser.post(&world.path("theory"), marks).await.status, 200);
        assert_eq!(asked(&world, "live").await, "frozen", "the board was to stop a moment ago");
        world.settled().await;
        assert_eq!(read_by_all(&world).await, stood);
        let feed = world.stranger.get(&format!("/clics/contests/{}/state", world.contest)).await.json();
        assert!(feed["frozen"].is_string() && feed["ended"].is_null(), "{feed}");
        assert_eq!(asked(&world, "live").await, "live", "by hand");
    })
    .await;
}

#[tokio::test]
async fn schedules_that_can_not_be() {
    let database = testkit::sqlite_database();
    let world = World::with(&database.url, planned(json!(END))).await;
    let supervisor = world.appointed("supervisor", Role::Supervisor).await;
    let before = world.everything().await;
    for (starts_at, ends_at, why) in [
        (START, START, "it ends when it begins"),
        (START, "2026-11-21T08:00:00Z", "it ends before it begins"),
        (START, "2026-11-22T09:00:00Z", "the board would never move"),
        (START, "2028-11-22T09:00:00Z", "two years"),
    ] {
        at_field(&schedule(&world, starts_at, json!(ends_at)).await, "ends_at", why);
        let mut new = planned(json!(ends_at));
        new["starts_at"] = json!(starts_at);
        at_field(&world.organiser.post("/api/contests", new).await, "ends_at", why);
    }
    for body in [
        json!({}),
        json!({"starts_at": "soon", "ends_at": null}),
        json!({"starts_at": START, "ends_at": 5}),
        json!({"starts_at": START, "ends_at": END, "by": "me"}),
    ] {
        let answer = world.organiser.post(&world.path("schedule"), body.clone()).await;
        assert!([400, 422].contains(&answer.status.as_u16()), "{body}: {}", answer.text());
    }
    for client in [&world.chief, &world.judges[0], &world.competitor, &supervisor] {
        let answer = client.post(&world.path("schedule"), json!({"starts_at": START, "ends_at": END})).await;
        assert_eq!(answer.code(), "forbidden");
    }
    assert_eq!(world.everything().await, before, "what is refused changes nothing");

    // A draft is planned freely; what has begun has begun.
    assert_eq!(schedule(&world, "2026-11-23T08:00:00Z", json!("2026-11-23T12:00:00Z")).await.status, 200);
    assert_eq!(schedule(&world, START, json!(END)).await.status, 200);
    world.becomes("live").await;
    at_field(&schedule(&world, "2026-11-22T07:00:00Z", json!(END)).await, "starts_at", "it has begun");
    world.clock.advance_millis(120 * MINUTE_MS);
    at_field(&schedule(&world, START, json!("2026-11-22T10:00:00Z")).await, "ends_at", "now is no end ahead");
    assert_eq!(schedule(&world, START, Value::Null).await.status, 200, "nobody says any more");
    world.clock.advance_millis(600 * MINUTE_MS);
    assert_eq!(state(&world).await, "live");
    let audited = "select count(*) as n from audit where act = 'contest.scheduled'";
    assert_eq!(world.hall.db.one(audited, &[]).await.unwrap().get::<i64>("n").unwrap(), 3);
}

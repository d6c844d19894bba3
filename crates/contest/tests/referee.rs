//! Telemetry, what the referee makes of it, and what persons do about that, on both engines.

mod common;

use common::story::{a_try_finds_the_same, assert_same, given, kept_in_the_archive, retire};
use common::{World, batch, each_engine, mark, marks, send};
use contest::umpire::GRACE_MS;
use serde_json::{Value, json};

#[tokio::test]
async fn telemetry_is_judged_once() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        let quiet = json!({"grip": false, "estop": false, "force": 1.0, "sound": true});
        world.start(&run).await;
        let first = batch(
            "edg_east",
            1,
            0,
            &[("S01", 1, quiet.clone()), ("S01", 1000, json!({"grip": true})), ("S01", 1500, json!({"force": 2.0}))],
        );
        assert_eq!(send(&edge, &path, first.clone()).await.json(), json!({"next": 2}));
        testkit::eventually("the grip is judged", async || world.verdict_count().await == 1).await;
        let request = world.path(&format!("runs/{run}/judge-requests"));
        world.clock.advance_millis(3000);
        let asked = world.competitor.post(&request, json!({"checkpoint": "accept"})).await;
        assert_eq!(asked.status, 201, "{}", asked.text());
        // The equipment stops, and then says no more of whether it is sound.
        let second = batch(
            "edg_east",
            2,
            3000,
            &[
                ("S01", 2000, json!({"estop": true, "force": 60.0})),
                ("S01", 4000, json!({"estop": false, "grip": false})),
                ("S01", 6000, json!({"grip": true})),
            ],
        );
        assert_eq!(send(&edge, &path, second.clone()).await.json(), json!({"next": 3}));
        testkit::eventually("all is judged", async || world.verdict_count().await >= 4).await;
        world.clock.advance_millis(50_000);
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        world.clock.advance_millis(1000);
        let third = batch("edg_east", 3, 53_000 + GRACE_MS, &[]);
        assert_eq!(send(&edge, &path, third.clone()).await.json(), json!({"next": 4}));
        let floor = world.floor().await;
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
        let verdicts = floor.arena().verdicts.clone();
        let of = |aspect: &str| -> Vec<_> {
            let ix = floor.arena().aspect(aspect).unwrap();
            verdicts.values().filter(|verdict| verdict.aspect == ix).cloned().collect()
        };
        assert_eq!(
            (of("D1.1").len(), of("D1.2").len(), of("D1.3").len(), of("D1.4").len()),
            (2, 1, 1, 1),
            "{verdicts:#?}"
        );
        assert!(of("D1.2")[0].waits() && of("D1.4")[0].waits() && !of("D1.1")[0].waits());

        // Spectators hear of a verdict when it counts: the stop waits for a person, the acceptance is undecided.
        let ticker = async || -> Vec<(String, String, Value)> {
            world.settled().await;
            let topics = world.public_topics().await;
            let overall = &topics[&format!("contests/{}/overall", world.contest)];
            let ticks = overall.iter().filter(|(key, _)| key.starts_with("t/"));
            let text = |tick: &Value, at: usize| tick[at].as_str().unwrap_or_default().to_owned();
            ticks.map(|(_, tick)| (text(tick, 3), text(tick, 6), tick[4].clone())).collect()
        };
        let told = |ticks: &[(String, String, Value)], aspect: &str| -> Vec<(String, Value)> {
            ticks.iter().filter(|tick| tick.0 == aspect).map(|tick| (tick.1.clone(), tick.2.clone())).collect()
        };
        let ticks = ticker().await;
        assert_eq!(told(&ticks, "D1.1").len(), 2);
        assert_eq!((told(&ticks, "D1.2"), told(&ticks, "D1.4")), (Vec::new(), Vec::new()), "{ticks:?}");

        // The verdict that waits is confirmed, once; the undecided one is marked by hand.
        let decision = |id: &kernel::VerdictId| world.path(&format!("verdicts/{id}/decision"));
        let (stop, accept) = (of("D1.2")[0].id.clone(), of("D1.4")[0].id.clone());
        let no_reason = world.judges[0].post(&decision(&stop), json!({"decision": "reject"})).await;
        assert_eq!(no_reason.fields(), ["reason"]);
        let recused = world.judges[3].post(&decision(&stop), json!({"decision": "confirm"})).await;
        assert_eq!(recused.code(), "not_on_panel");
        let confirmed = world.chief.post(&decision(&stop), json!({"decision": "confirm"})).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        assert_eq!(told(&ticker().await, "D1.2"), [("decision".to_owned(), json!(-100))]);
        let twice = world.judges[0].post(&decision(&stop), json!({"decision": "confirm"})).await;
        assert_eq!(twice.code(), "verdict_decided");
        let nothing = world.judges[0].post(&decision(&accept), json!({"decision": "confirm"})).await;
        assert_eq!(nothing.fields(), ["decision"]);
        given(&world, 0, mark(1, &run, "D1.4", marks("1.00"))).await;
        let another = world.submit(1, vec![mark(2, &run, "D1.4", marks("0.00"))]).await;
        assert_eq!(another.code(), "not_on_panel", "another judge has marked it: {}", another.text());
        let shown = world.settled().await[&format!("staff/contests/{}/control", world.contest)].clone();
        assert!(!shown.contains_key(&format!("vd/{accept}")), "marked by hand, it waits no more");
        let too_late = world.chief.post(&decision(&accept), json!({"decision": "reject", "reason": "手工"})).await;
        assert_eq!(too_late.code(), "verdict_decided");
        let entry = floor.arena().entry_of(&run).unwrap();
        let now = |aspect: &str| {
            let ix = floor.arena().aspect(aspect).unwrap();
            floor.arena().board.aspect(entry, ix).mark.map(|mark| mark.to_string())
        };
        assert_eq!(
            (now("D1.1"), now("D1.2"), now("D1.4")),
            (Some("2.00".into()), Some("1.00".into()), Some("1.00".into()))
        );
        let waiting = world.chief.get(&world.path("verdicts?state=waiting")).await.json();
        let waits: Vec<&str> =
            waiting["items"].as_array().unwrap().iter().filter_map(|one| one["aspect"].as_str()).collect();
        assert!(!waits.contains(&"D1.2") && !waits.contains(&"D1.4"), "{waits:?}");
        let plot = world.chief.get(&world.path(&format!("runs/{run}/signals?names=grip,force"))).await.json();
        assert_eq!(plot["series"].as_array().unwrap().len(), 2, "{plot}");
        let recordings = world.chief.get(&world.path("recordings")).await.json();
        assert_eq!(recordings["items"][0]["run"], run.as_str());

        a_try_finds_the_same(&world).await;

        // The same batches once more, after a restart: acknowledged, and nothing new is written.
        let before = world.settled().await;
        let logged = world.logged().await;
        let reopened = world.reopened().await;
        let edge = reopened.edge("edg_east").await;
        for batch in [first, second, third] {
            assert_eq!(send(&edge, &path, batch).await.json(), json!({"next": 4}));
        }
        assert_same(&before, &reopened.settled().await, "after a restart");
        assert_eq!(reopened.logged().await, logged);
        kept_in_the_archive(&reopened).await;
    })
    .await;
}

/// The equipment was sound until the clock was stopped. What it was after that nobody saw, so it isn't known to have been sound for a second
/// when the competitor asks, shortly after the clock goes on.
#[tokio::test]
async fn what_was_so_before_a_stop_is_not_known_after_it() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        world.start(&run).await;
        let sound = |at| ("S01", at, json!({"grip": false, "sound": true}));
        assert_eq!(
            send(&edge, &path, batch("edg_east", 1, 0, &[sound(1), sound(1100)])).await.json(),
            json!({"next": 2})
        );
        for (wait_ms, act) in [(1200, json!({"act": "stop", "reason": "设备故障"})), (800, json!({"act": "resume"}))]
        {
            world.clock.advance_millis(wait_ms);
            assert_eq!(world.clock_act(&run, act).await.status, 200);
        }
        world.clock.advance_millis(500);
        let request = world.path(&format!("runs/{run}/judge-requests"));
        assert_eq!(world.competitor.post(&request, json!({"checkpoint": "accept"})).await.status, 201);
        let after =
            batch("edg_east", 2, 2600, &[("S01", 2600, json!({"force": 1.0})), ("S01", 2700, json!({"force": 2.0}))]);
        assert_eq!(send(&edge, &path, after).await.json(), json!({"next": 3}));
        testkit::eventually("the request is judged", async || world.verdict_count().await == 1).await;
        let outcomes: Vec<_> = world.floor().await.arena().verdicts.values().map(|verdict| verdict.outcome).collect();
        assert_eq!(outcomes, [contest::event::Outcome::Undecided]);
        world.clock.advance_millis(5000);
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        let last = batch("edg_east", 3, 7500 + GRACE_MS, &[]);
        assert_eq!(send(&edge, &path, last).await.json(), json!({"next": 4}));
        let floor = world.floor().await;
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
        a_try_finds_the_same(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_referee_that_begins_anew_finds_the_same() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let run = world.run("E1", "D").await;
    let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
    world.start(&run).await;
    // The equipment's clock runs two seconds before the hall's: this comes before the close, and counts.
    let early = batch(
        "edg_east",
        1,
        0,
        &[
            ("S01", 1, json!({"grip": false})),
            ("S01", 2000, json!({"grip": true})),
            ("S01", 2001, json!({"force": 2.0})),
        ],
    );
    assert_eq!(send(&edge, &path, early).await.status, 200);
    testkit::eventually("the grip is judged", async || world.verdict_count().await == 1).await;
    world.clock.advance_millis(1000);
    assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
    let logged = world.logged().await;
    let reopened = world.reopened().await;
    let edge = reopened.edge("edg_east").await;
    let after = batch(
        "edg_east",
        2,
        1000 + GRACE_MS,
        &[("S01", 3000, json!({"grip": false})), ("S01", 3500, json!({"grip": true}))],
    );
    assert_eq!(send(&edge, &path, after).await.status, 200);
    let floor = reopened.floor().await;
    testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
    let arena = floor.arena();
    let gripped = arena.verdicts.values().filter(|verdict| &*verdict.rule == "gripped").count();
    assert_eq!(gripped, 1, "the first is not found twice, and what came after the close counts not at all");
    assert!(arena.position > logged);
}

/// The log as it was at a position, as if the hall had stopped there.
async fn take_back_to(world: &World, position: i64) {
    let (contest, log) = (&world.contest, contest::log::name(&world.contest));
    let log = &log;
    let gone: Result<(), store::StoreError> = world
        .hall
        .db
        .write(|tx| {
            Box::pin(async move {
                let later = store::args![contest, position];
                tx.exec("delete from contest_event where contest = $1 and position > $2", &later).await?;
                tx.exec("update store_counter set position = $2 where log = $1", &store::args![log, position]).await?;
                Ok(())
            })
        })
        .await;
    gone.unwrap();
}

#[tokio::test]
async fn the_last_samples_of_a_run_are_waited_for() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        world.start(&run).await;
        let quiet = [("S01", 1, json!({"grip": false, "estop": false, "force": 1.0, "sound": true}))];
        assert_eq!(send(&edge, &path, batch("edg_east", 1, 5, &quiet)).await.status, 200);
        world.clock.advance_millis(10_000);
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        let closed = world.logged().await;
        // Nothing waits at the gateway, as far as it knows; but a sample from before the close is on its way through the broker.
        assert_eq!(send(&edge, &path, batch("edg_east", 2, 10_050, &[])).await.status, 200);
        let late = [("S01", 9_990, json!({"grip": true})), ("S01", 9_992, json!({"force": 2.0}))];
        assert_eq!(send(&edge, &path, batch("edg_east", 3, 10_200, &late)).await.status, 200);
        let floor = world.floor().await;
        testkit::eventually("the late grip is judged", async || {
            floor.arena().verdicts.values().any(|verdict| &*verdict.rule == "gripped")
        })
        .await;
        assert!(!floor.arena().runs[&run].judged, "more may come");
        world.clock.advance_millis(GRACE_MS);
        assert_eq!(send(&edge, &path, batch("edg_east", 4, 9_999 + GRACE_MS, &[])).await.status, 200);
        assert_eq!(send(&edge, &path, batch("edg_east", 5, 10_000 + GRACE_MS, &[])).await.status, 200);
        // Later than late: passed over, by the referee who was there and by one who reads it all again.
        let too_late = [("S01", 9_995, json!({"grip": false})), ("S01", 9_998, json!({"grip": true}))];
        assert_eq!(send(&edge, &path, batch("edg_east", 6, 10_001 + GRACE_MS, &too_late)).await.status, 200);
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
        let found = |arena: &contest::arena::Arena| -> Vec<(String, String)> {
            let verdicts = arena.verdicts.values();
            verdicts.map(|verdict| (verdict.id.to_string(), format!("{:?}", verdict.evidence))).collect()
        };
        let before = found(&floor.arena());
        assert!(before.iter().filter(|(_, evidence)| evidence.contains("grip")).count() >= 1);
        let mut world = world;
        let end = world.logged().await;
        for stopped_at in closed..end {
            world.hall.drain();
            world.hall.close();
            take_back_to(&world, stopped_at).await;
            world = world.reopened().await;
            let floor = world.floor().await;
            testkit::eventually("it is judged again", async || floor.arena().runs[&run].judged).await;
            assert_eq!(found(&floor.arena()), before, "stopped at {stopped_at}");
            a_try_finds_the_same(&world).await;
        }
    })
    .await;
}

#[tokio::test]
async fn telemetry_that_comes_after_the_results_is_closed_once() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        world.start(&run).await;
        let quiet = [("S01", 1, json!({"grip": false, "estop": false, "force": 1.0, "sound": true}))];
        assert_eq!(send(&edge, &path, batch("edg_east", 1, 5, &quiet)).await.status, 200);
        world.clock.advance_millis(1000);
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        world.becomes("review").await;
        let refused = world.chief.post(&world.path("state"), json!({"to": "final"})).await;
        assert_eq!(
            refused.json()["still_out"],
            json!({"runs": 0, "unjudged": 1, "sheets": 1, "verdicts": 0, "papers": 6, "unstarted": 11, "appeals": 0}),
            "what the referee only watches a judge has to mark"
        );
        let even_so = json!({"to": "final", "reason": "网关损坏", "even_so": true});
        assert_eq!(world.chief.post(&world.path("state"), even_so).await.status, 200);
        world.clock.advance_millis(GRACE_MS);
        let late = [("S01", 500, json!({"grip": true}))];
        assert_eq!(send(&edge, &path, batch("edg_east", 2, 1000 + GRACE_MS, &late)).await.status, 200);
        let floor = world.floor().await;
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
        assert_eq!(world.verdict_count().await, 0, "results stand");
        let logged = world.logged().await;
        let reopened = world.reopened().await;
        assert!(reopened.floor().await.arena().runs[&run].judged);
        assert_eq!(reopened.logged().await, logged);
    })
    .await;
}

#[tokio::test]
async fn an_undecided_verdict_that_was_rejected_can_be_marked_by_hand() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        world.start(&run).await;
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        // No gateway has spoken for this venue: nothing could be decided.
        let floor = world.floor().await;
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
        let waiting = world.chief.get(&world.path("verdicts?state=waiting")).await.json();
        let of_aspect = |aspect: &str| -> Vec<String> {
            let items = waiting["items"].as_array().unwrap().iter().filter(|item| item["aspect"] == aspect);
            items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
        };
        let grips = of_aspect("D1.1");
        assert!(!grips.is_empty(), "{waiting}");
        for verdict in &grips {
            let reject = json!({"decision": "reject", "reason": "没有数据"});
            let answer = world.chief.post(&world.path(&format!("verdicts/{verdict}/decision")), reject).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        given(&world, 0, mark(1, &run, "D1.1", marks("2.00"))).await;
        let entry = floor.arena().entry_of(&run).unwrap();
        let aspect = floor.arena().aspect("D1.1").unwrap();
        assert_eq!(floor.arena().board.aspect(entry, aspect).mark, Some(common::hundredths(200)));
        let verdicts = world.chief.get(&world.path(&format!("verdicts?run={run}"))).await.json();
        let stands = verdicts["items"].as_array().unwrap().iter().filter(|item| item["aspect"] == "D1.1");
        let stands: Vec<_> = stands.map(|item| (&item["standing"], &item["waits"])).collect();
        assert_eq!(stands, vec![(&json!("by_hand"), &json!(false)); grips.len()], "whatever was decided before");
    })
    .await;
}

/// Two gateways at one venue: each with its own link, and a run ends when both have told everything.
#[tokio::test]
async fn a_venue_has_told_everything_when_all_its_gateways_have() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        let (one, two) = (world.edge("edg_east").await, world.edge("edg_east2").await);
        let path = world.path("telemetry");
        world.start(&run).await;
        let first = batch("edg_east", 1, 0, &[("S01", 1, json!({"grip": false, "estop": false}))]);
        let other = batch("edg_east2", 1, 0, &[("S02", 1, json!({"grip": false}))]);
        assert_eq!(send(&one, &path, first).await.json(), json!({"next": 2}));
        assert_eq!(send(&two, &path, other).await.json(), json!({"next": 2}));
        world.clock.advance_millis(10_000);
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        let floor = world.floor().await;
        // A venue without a gateway ends its runs when the referee next looks: then he has looked at all the others too.
        let looked = async |no: &str, module: &str| {
            let west = world.run(no, module).await;
            world.start(&west).await;
            assert_eq!(world.clock_act(&west, json!({"act": "close"})).await.status, 200);
            testkit::eventually("the referee has looked", async || floor.arena().runs[&west].judged).await;
        };
        let gateways = async || {
            floor.show_the_second().await;
            let control = world.chief.get(&world.path("control")).await.json();
            let venue = floor.arena().plan.venues.iter().find(|venue| venue.name.en == "East").unwrap().id.clone();
            control["set"][&format!("v/{venue}")].clone()
        };
        looked("W1", "A").await;
        assert!(!floor.arena().runs[&run].judged, "neither has told anything of its end");

        world.clock.advance_millis(GRACE_MS);
        assert_eq!(send(&one, &path, batch("edg_east", 2, 10_000 + GRACE_MS, &[])).await.json(), json!({"next": 3}));
        looked("W1", "D").await;
        assert!(!floor.arena().runs[&run].judged, "one of them may still have something to tell");
        let venue = gateways().await;
        let links: Vec<(&str, &Value)> = venue["gateways"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["edge"].as_str().unwrap(), &one["link"]))
            .collect();
        assert_eq!(links, [("edg_east", &json!("up")), ("edg_east2", &json!("down"))], "{venue}");
        assert_eq!((&venue["link"], &venue["told_until"]), (&json!("down"), &json!(testkit::START_MS)));

        // The other comes back with what it kept: it has not told everything while something waits there.
        world.clock.advance_millis(1000);
        let late = batch("edg_east2", 2, 11_000 + GRACE_MS, &[("S02", 5_000, json!({"grip": true}))]);
        let late = late.replacen("\"backlog\":0", "\"backlog\":3", 1);
        assert_eq!(send(&two, &path, late).await.json(), json!({"next": 3}));
        looked("W2", "A").await;
        assert!(!floor.arena().runs[&run].judged, "three batches wait at the second gateway");
        let venue = gateways().await;
        assert_eq!(
            (&venue["link"], &venue["backlog"], &venue["told_until"], &venue["gateways"][1]["lag_ms"]),
            (&json!("up"), &json!(3), &Value::Null, &json!(6_000 + GRACE_MS)),
            "{venue}"
        );
        let public = world.hub.get(&format!("contests/{}/overall", world.contest)).unwrap().entries();
        assert!(public.iter().all(|(_, value)| !String::from_utf8_lossy(value).contains("edg_east")), "not for all");

        assert_eq!(send(&two, &path, batch("edg_east2", 3, 11_500 + GRACE_MS, &[])).await.json(), json!({"next": 4}));
        testkit::eventually("both have told everything", async || floor.arena().runs[&run].judged).await;

        // A gateway whose keys were revoked may get a new one: it is waited for until it is retired.
        let next = world.run("E3", "A").await;
        world.start(&next).await;
        world.clock.advance_millis(10_000);
        assert_eq!(world.clock_act(&next, json!({"act": "close"})).await.status, 200);
        let closed_ms = 21_000 + GRACE_MS;
        world.clock.advance_millis(GRACE_MS);
        run_sql(&world, "update api_key set revoked_at = 1 where edge = 'edg_east2'").await;
        let told = batch("edg_east", 3, closed_ms + GRACE_MS, &[]);
        assert_eq!(send(&one, &path, told).await.json(), json!({"next": 4}));
        looked("W2", "D").await;
        assert!(!floor.arena().runs[&next].judged, "without a key the second gateway still has something to tell");
        assert_eq!(gateways().await["gateways"].as_array().unwrap().len(), 2);
        retire(&world, "edg_east2").await;
        testkit::eventually("and then no more", async || floor.arena().runs[&next].judged).await;
        assert_eq!(gateways().await["gateways"].as_array().unwrap().len(), 1);
        a_try_finds_the_same(&world).await;
    })
    .await;
}

/// A gateway that has a key for a venue is waited for before it has spoken for the first time; one of another venue is not.
#[tokio::test]
async fn a_gateway_is_waited_for_before_it_has_spoken() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let venue = |name: &str| {
            let (room, contest, name) = (world.room.clone(), world.contest.clone(), name.to_owned());
            async move {
                let floor = room.floor(&contest).await.unwrap();
                let arena = floor.arena();
                arena.plan.venues.iter().find(|venue| venue.name.en == name).unwrap().id.clone()
            }
        };
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        let stands = store::args![&venue("East").await].to_vec();
        let stands = &stands;
        let bound = "update api_key set venue = $1 where edge = 'edg_east'";
        let written: Result<u64, store::StoreError> =
            world.hall.db.write(|tx| Box::pin(async move { tx.exec(bound, stands).await })).await;
        written.unwrap();
        let run = world.run("E1", "D").await;
        world.start(&run).await;
        world.clock.advance_millis(10_000);
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        let west = world.run("W1", "A").await;
        world.start(&west).await;
        assert_eq!(world.clock_act(&west, json!({"act": "close"})).await.status, 200);
        let floor = world.floor().await;
        testkit::eventually("the west has no gateway", async || floor.arena().runs[&west].judged).await;
        assert!(!floor.arena().runs[&run].judged, "the east's has not spoken yet");
        let shown = async || {
            floor.show_the_second().await;
            let control = world.chief.get(&world.path("control")).await.json();
            control["set"][&format!("v/{}", venue("East").await)].clone()
        };
        let east = shown().await;
        assert_eq!(
            (&east["link"], &east["told_until"], &east["lag_ms"], &east["backlog"], &east["gateways"]),
            (
                &json!("down"),
                &Value::Null,
                &Value::Null,
                &Value::Null,
                &json!([{"edge": "edg_east", "link": "down", "lag_ms": null, "backlog": null, "seen_at": null, "heard": false}])
            )
        );
        // What it sends first is from before the close, and counts; another venue's stations it has none.
        world.clock.advance_millis(GRACE_MS);
        let misplaced = batch("edg_east", 1, 15_000, &[("S11", 9_000, json!({"grip": true}))]);
        assert_eq!(send(&edge, &path, misplaced).await.code(), "gateway_misplaced");
        let late = [
            ("S01", 1, json!({"grip": false})),
            ("S01", 9_000, json!({"grip": true})),
            ("S01", 9_500, json!({"force": 1.0})),
        ];
        let late = batch("edg_east", 1, 15_000, &late).replacen("\"backlog\":0", "\"backlog\":1", 1);
        assert_eq!(send(&edge, &path, late).await.json(), json!({"next": 2}));
        testkit::eventually("the grip is judged", async || world.verdict_count().await == 1).await;
        assert!(!floor.arena().runs[&run].judged, "one batch waits there");
        assert_eq!(shown().await["gateways"][0]["heard"], true);
        // Nothing more: a batch without a sample says it.
        assert_eq!(send(&edge, &path, batch("edg_east", 2, 15_000, &[])).await.json(), json!({"next": 3}));
        testkit::eventually("it has told everything", async || floor.arena().runs[&run].judged).await;
        a_try_finds_the_same(&world).await;
    })
    .await;
}

/// A run that waits for a gateway which is retired ends, with what it delivered unknown from where it fell silent: nothing is guessed. And
/// whoever judges it again finds the same.
#[tokio::test]
async fn what_a_retired_gateway_kept_is_missing() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        world.start(&run).await;
        // Known to the end, had it gone on speaking: no signal goes stale within the run.
        let quiet = json!({"grip": false, "estop": false, "force": 1.0});
        assert_eq!(send(&edge, &path, batch("edg_east", 1, 5, &[("S01", 1, quiet)])).await.status, 200);
        let on = batch("edg_east", 2, 4_000, &[("S01", 4_000, json!({"force": 2.0}))]);
        assert_eq!(send(&edge, &path, on).await.status, 200);
        world.clock.advance_millis(10_000);
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        let floor = world.floor().await;
        let closed = world.logged().await;
        run_sql(&world, "update api_key set revoked_at = 1 where edge = 'edg_east'").await;
        let west = world.run("W1", "A").await;
        world.start(&west).await;
        assert_eq!(world.clock_act(&west, json!({"act": "close"})).await.status, 200);
        testkit::eventually("the referee has looked", async || floor.arena().runs[&west].judged).await;
        assert!(!floor.arena().runs[&run].judged, "a revoked key has told nothing");
        retire(&world, "edg_east").await;
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
        let told = |arena: &contest::arena::Arena| -> Vec<(String, String, i64)> {
            let of_run = arena.verdicts.values().filter(|verdict| verdict.run == run);
            let mut told: Vec<_> = of_run
                .map(|verdict| (verdict.rule.to_string(), format!("{:?}", verdict.outcome), verdict.evidence.from))
                .collect();
            told.sort();
            told
        };
        let found = told(&floor.arena());
        let silent = (testkit::START_MS + 4_000) * 1_000_000;
        for rule in ["gripped", "stopped", "pulled"] {
            let of_rule: Vec<_> = found.iter().filter(|(of, ..)| of == rule).collect();
            assert_eq!(of_rule.len(), 1, "{found:?}");
            assert_eq!((of_rule[0].1.as_str(), of_rule[0].2), ("Undecided", silent), "{rule}: {found:?}");
        }
        world.hall.drain();
        world.hall.close();
        take_back_to(&world, closed).await;
        let world = world.reopened().await;
        let floor = world.floor().await;
        testkit::eventually("it is judged again", async || floor.arena().runs[&run].judged).await;
        assert_eq!(told(&floor.arena()), found);
        a_try_finds_the_same(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_plot_is_drawn_page_by_page() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        world.start(&run).await;
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        // More batches than are read at once, those of another station among them.
        for seq in 1..=120i64 {
            world.clock.advance_millis(100);
            let force = json!({"force": seq as f64});
            let ticks = [("S01", seq * 100 - 1, force), ("S02", seq * 100 - 1, json!({"force": 1000.0}))];
            assert_eq!(send(&edge, &path, batch("edg_east", seq as u64, seq * 100, &ticks)).await.status, 200);
        }
        let plot = world.chief.get(&world.path(&format!("runs/{run}/signals?names=force&points=5000"))).await.json();
        let points = plot["series"][0]["points"].as_array().unwrap();
        let values: Vec<f64> = points.iter().map(|point| point[1].as_f64().unwrap()).collect();
        assert_eq!(values, (1..=120).map(f64::from).collect::<Vec<_>>());
        let plot = world.chief.get(&world.path(&format!("runs/{run}/signals?names=force&points=1"))).await.json();
        let points = plot["series"][0]["points"].as_array().unwrap();
        assert_eq!((points.len(), &points[0][1], &points[0][2]), (1, &json!(1.0), &json!(120.0)));
    })
    .await;
}

/// What keeps the log from taking that a run was judged to its end: as if the hall stopped right before it.
const STOP_AT_THE_END: [&[&str]; 2] = [
    &["create trigger stopped before insert on contest_event when new.kind = 'watched'
       begin select raise(abort, 'the hall stops here'); end"],
    &[
        "create function stopped() returns trigger as $$ begin raise exception 'the hall stops here'; end $$ language plpgsql",
        "create trigger stopped before insert on contest_event for each row when (new.kind = 'watched') execute function stopped()",
    ],
];
const GO_ON: [&str; 2] = ["drop trigger stopped", "drop trigger stopped on contest_event"];

async fn run_sql(world: &World, sql: &'static str) {
    let written: Result<u64, store::StoreError> =
        world.hall.db.write(|tx| Box::pin(async move { tx.exec(sql, &[]).await })).await;
    written.unwrap();
}

/// The last verdicts of a run and its end are in the log together or not at all, and who judges it again finds the same.
#[tokio::test]
async fn a_run_ends_whole_or_not_at_all() {
    each_engine(|world| async move {
        let engine = usize::from(world.hall.db.engine() == store::Engine::Postgres);
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        world.start(&run).await;
        // Of the emergency stop nothing is ever heard: at the end somebody has to be asked.
        let quiet = [("S01", 1, json!({"grip": false, "force": 1.0, "sound": true}))];
        assert_eq!(send(&edge, &path, batch("edg_east", 1, 5, &quiet)).await.status, 200);
        world.clock.advance_millis(10_000);
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        // The next run at the station begins at the very instant at which this one ended.
        let next = world.run("E1", "A").await;
        world.start(&next).await;
        let begun = world.logged().await;
        for sql in STOP_AT_THE_END[engine] {
            run_sql(&world, sql).await;
        }
        let edges = [
            ("S01", 9_000, json!({"grip": true})),
            ("S01", 9_500, json!({"force": 2.0})),
            ("S01", 10_000, json!({"grip": false})),
        ];
        assert_eq!(send(&edge, &path, batch("edg_east", 2, 10_500, &edges)).await.status, 200);
        let floor = world.floor().await;
        testkit::eventually("the grip is judged", async || world.verdict_count().await == 1).await;
        let judged = world.logged().await;
        world.clock.advance_millis(GRACE_MS);
        assert_eq!(send(&edge, &path, batch("edg_east", 3, 10_000 + GRACE_MS, &[])).await.status, 200);
        // Its end is tried and fails, while other things are written; nothing of it is there, nor in the archive.
        let archived = archive::newest(&world.hall.db).await.unwrap();
        for seq in 4..20 {
            assert_eq!(send(&edge, &path, batch("edg_east", seq, 10_000 + GRACE_MS, &[])).await.status, 200);
        }
        assert_eq!((world.logged().await, judged), (begun + 1, begun + 1));
        assert_eq!(archive::newest(&world.hall.db).await.unwrap(), archived);
        world.clock.advance_millis(1000);
        run_sql(&world, GO_ON[engine]).await;
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
        let events = contest::log::since(&world.hall.db, &world.contest, judged, 100).await.unwrap();
        let kinds: Vec<&str> = events.iter().map(|event| event.happened.kind()).collect();
        assert!(kinds.len() > 1 && kinds[..kinds.len() - 1].iter().all(|kind| *kind == "verdict"), "{kinds:?}");
        assert_eq!(kinds.last(), Some(&"watched"));
        let now = world.hall.now();
        assert!(events.iter().all(|event| event.at == now), "nothing of it was there before");
        let found = |arena: &contest::arena::Arena| -> Vec<(String, String)> {
            let verdicts = arena.verdicts.values();
            verdicts.map(|verdict| (verdict.id.to_string(), format!("{:?}", verdict.evidence))).collect()
        };
        let before = found(&floor.arena());
        let reopened = world.reopened().await;
        assert_eq!(found(&reopened.floor().await.arena()), before);
        a_try_finds_the_same(&reopened).await;
        kept_in_the_archive(&reopened).await;
    })
    .await;
}

//! A contest from its scheme to its result, on both engines.

mod common;

use std::collections::BTreeMap;

use common::{COMPETITORS, JUDGES, Topics, World, batch, each_engine, level, mark, mark_id, marks, send, upload, xlsx};
use contest::event::{Happened, LeftOpen};
use contest::panel::Panel;
use contest::umpire::GRACE_MS;
use kernel::RunId;
use serde_json::{Value, json};

/// Judges of a run who are to mark an aspect, by their place in `World::judges`.
async fn assigned(world: &World, run: &RunId, aspect: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, login) in ["judge-1", "judge-2", "judge-3", "judge-4", "judge-5"].iter().enumerate() {
        let account = world.account_of(login).await;
        let floor = world.floor().await;
        let arena = floor.arena();
        let panel = Panel::of(&arena, arena.plan.run(run).unwrap());
        if panel.seats_judge(arena.aspect(aspect).unwrap(), &account) {
            found.push(at);
        }
    }
    found
}

async fn given(world: &World, judge: usize, mark: Value) {
    let answer = world.submit(judge, vec![mark]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn ranking(world: &World) -> Vec<(String, Value, String)> {
    let rows = world.stranger.get(&world.path("ranking")).await.json();
    let rows = rows["items"].as_array().unwrap().clone();
    let row = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        assert!(!row["why"]["zh"].as_str().unwrap().is_empty());
        (text("no"), row["rank"].clone(), text("total"))
    };
    rows.iter().map(row).collect()
}

/// Three judges too far apart, a second round by itself, a correction: what the board says of them.
async fn a_spread_and_its_round(world: &World) -> RunId {
    let run = world.run("E1", "A").await;
    world.start(&run).await;
    let panel = assigned(world, &run, "A2.1").await;
    assert_eq!(panel.len(), 3);
    for (at, judge) in panel.iter().enumerate() {
        given(world, *judge, mark(10 + at as u32, &run, "A2.1", level([0, 3, 3][at]))).await;
    }
    let floor = world.floor().await;
    let aspect = floor.arena().aspect("A2.1").unwrap();
    testkit::eventually("the second round is open", async || floor.arena().round(&run, aspect) == 2).await;
    let late = world.submit(panel[0], vec![mark(13, &run, "A2.1", level(2))]).await;
    assert_eq!(late.code(), "round_closed");
    let sheet = world.judges[panel[0]].get(&world.path(&format!("runs/{run}/sheet"))).await.json();
    let on_sheet = sheet["aspects"].as_array().unwrap().iter().find(|aspect| aspect["code"] == "A2.1").unwrap().clone();
    assert_eq!((&on_sheet["round"], &on_sheet["mine"]), (&json!(2), &Value::Null));
    assert_eq!(on_sheet["before"][0]["value"], level(0));
    assert_eq!(on_sheet["rounds"].as_array().unwrap().len(), 2);
    for (at, judge) in panel.iter().enumerate() {
        let mut mark = mark(20 + at as u32, &run, "A2.1", level([2, 3, 3][at]));
        mark["round"] = json!(2);
        given(world, *judge, mark).await;
    }
    let entry = floor.arena().entry_of(&run).unwrap();
    let before = floor.arena().board.aspect(entry, aspect).mark.unwrap();
    // The one who gave two has looked again: three after all.
    let mut correction = mark(30, &run, "A2.1", level(3));
    correction["round"] = json!(2);
    correction["replaces"] = json!(mark_id(20));
    correction["reason"] = json!("复看实物");
    given(world, panel[0], correction).await;
    let after = floor.arena().board.aspect(entry, aspect).mark.unwrap();
    assert!(after > before, "{after} after {before}");
    run
}

#[tokio::test]
async fn from_the_scheme_to_the_result() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = a_spread_and_its_round(&world).await;
        let second = world.run("E2", "A").await;
        world.start(&second).await;
        let judge = assigned(&world, &second, "A1.1").await[0];
        given(&world, judge, mark(40, &second, "A1.1", json!({"kind": "yes_no", "yes": true}))).await;
        let theory = json!({"aspect": "T1.1", "marks": [{"entry_no": "E2", "mark": "9.50"}, {"entry_no": "W1", "mark": "4.00"}]});
        assert_eq!(world.organiser.post(&world.path("theory"), theory).await.json(), json!({"taken": 2}));
        let corrected = json!({"aspect": "T1.1", "marks": [{"entry_no": "W1", "mark": "4.00"}]});
        let before = json!({"aspect": "T1.1", "marks": [{"entry_no": "W1", "mark": "3"}]});
        for marks in [before, corrected] {
            assert_eq!(world.organiser.post(&world.path("theory"), marks).await.json(), json!({"taken": 1}));
        }
        let standing = |no: &str, mark: &str| json!({"aspect": "T1.1", "entry_no": no, "mark": mark});
        assert_eq!(
            world.organiser.get(&world.path("theory")).await.json(),
            json!({"items": [standing("E2", "9.50"), standing("W1", "4.00")], "next": null}),
            "the latest, by blind number"
        );
        // The paper is imported again, with one mark corrected: the archive says what it took the place of.
        let first = archive::newest(&world.hall.db).await.unwrap();
        let again = json!({"aspect": "T1.1", "marks": [{"entry_no": "E2", "mark": "9.50"}]});
        assert_eq!(world.organiser.post(&world.path("theory"), again).await.json(), json!({"taken": 1}));
        let kept = archive::since(&world.hall.db, first, 10).await.unwrap();
        let kept: Vec<Value> = kept.iter().map(|one| serde_json::to_value(one.statement().unwrap()).unwrap()).collect();
        assert_eq!(kept.len(), 1);
        let verb = kept[0]["verb"]["id"].as_str().unwrap();
        assert!(verb.ends_with("corrected"), "{verb}");
        let rows = ranking(&world).await;
        let total = |no: &str| rows.iter().find(|(of, _, _)| of == no).map(|(_, _, total)| total.clone()).unwrap();
        assert_eq!((total("E1"), total("E2"), total("W1")), ("3.00".into(), "11.50".into(), "4.00".into()));
        assert_eq!((&rows[0].0, &rows[0].1), (&"E2".to_owned(), &json!(1)));

        // The board after a restart is the board before; the frozen one is what it was when it was frozen.
        world.clock.advance_millis(90_000);
        let before = world.settled().await;
        let reopened = world.reopened().await;
        assert_same(&before, &reopened.settled().await, "after a restart");
        let world = reopened;
        world.becomes("frozen").await;
        let shown = world.settled().await;
        let public = world.public_topics().await;
        let judge = assigned(&world, &run, "A1.1").await[0];
        given(&world, judge, mark(50, &run, "A1.1", json!({"kind": "yes_no", "yes": true}))).await;
        let staff = world.settled().await;
        assert_eq!(world.public_topics().await, public, "spectators see nothing of it");
        assert_ne!(staff, shown, "staff do");
        assert_eq!(world.stranger.get(&world.path("ranking")).await.code(), "contest_not_open");
        let reopened = world.reopened().await;
        assert_same(&staff, &reopened.settled().await, "frozen, after a restart");
        assert_eq!(reopened.public_topics().await, public);
        let world = reopened;
        world.becomes("review").await;
        world.becomes("live").await;
        world.settled().await;
        assert_eq!(ranking(&world).await.iter().find(|row| row.0 == "E1").unwrap().2, "5.00");
        world.becomes("review").await;
        // Two runs are open, and their sheets are not complete: results wait, or somebody answers for it.
        let to_final = async |more: Value| {
            let mut body = json!({"to": "final"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            world.chief.post(&world.path("state"), body).await
        };
        let logged = world.logged().await;
        let refused = to_final(json!({})).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "results_not_ready"));
        assert_eq!(refused.json()["still_out"], json!({"runs": 2, "unjudged": 0, "sheets": 2, "verdicts": 0}));
        let named: std::collections::BTreeSet<String> = refused.fields().into_iter().collect();
        let expected =
            [&run, &second].into_iter().flat_map(|run| [format!("runs[{run}]"), format!("sheets[{run}]")]).collect();
        assert_eq!(named, expected);
        assert_eq!(to_final(json!({"even_so": true})).await.fields(), ["reason"]);
        let early = world.chief.post(&world.path("state"), json!({"to": "live", "reason": "x", "even_so": true})).await;
        assert_eq!(early.fields(), ["even_so"]);
        assert_eq!(world.logged().await, logged);
        let done = to_final(json!({"even_so": true, "reason": "仲裁组同意"})).await;
        assert_eq!(done.status, 200, "{}", done.text());
        let events = contest::log::since(&world.hall.db, &world.contest, logged, 10).await.unwrap();
        let left_open = events.iter().find_map(|event| match &event.happened {
            Happened::State { left_open, .. } => *left_open,
            _ => None,
        });
        assert_eq!(left_open, Some(LeftOpen { runs: 2, sheets: 2, ..LeftOpen::default() }));
        let last = world.submit(judge, vec![mark(60, &run, "A1.2", json!({"kind": "measured", "value": "10"}))]).await;
        assert_eq!(last.code(), "contest_not_open");
        let again = world.submit(judge, vec![mark(50, &run, "A1.1", json!({"kind": "yes_no", "yes": true}))]).await;
        assert_eq!(again.status, 200, "what was taken stays taken: {}", again.text());
        assert_eq!(world.chief.post(&world.path("state"), json!({"to": "live"})).await.code(), "contest_not_open");
        kept_in_the_archive(&world).await;
    })
    .await;
}

fn assert_same(before: &Topics, after: &Topics, when: &str) {
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "{when}");
    for (name, keys) in before {
        let after = &after[name];
        for key in keys.keys().chain(after.keys()) {
            assert_eq!(keys.get(key), after.get(key), "{when}: {name} {key}");
        }
    }
}

async fn subject_of(world: &World, position: i64) -> String {
    let subject = "select subject from contest_event where contest = $1 and position = $2";
    let row = world.hall.db.one(subject, &store::args![&world.contest, position]).await.unwrap();
    row.get("subject").unwrap()
}

/// Each mark, verdict, decision and result of the log has its statement, and the chain of hashes holds.
async fn kept_in_the_archive(world: &World) {
    let proof = archive::verify(&world.hall.db).await.unwrap();
    let events = contest::log::since(&world.hall.db, &world.contest, 0, 10_000).await.unwrap();
    let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=events.len() as i64).collect::<Vec<_>>(), "no gap in the log");
    let statements = archive::since(&world.hall.db, 0, 1000).await.unwrap();
    let kept: Vec<String> = statements.iter().map(|one| one.statement().unwrap().id.unwrap().to_string()).collect();
    let mut expected = 0;
    for event in &events {
        let id = match &event.happened {
            Happened::Mark { id, .. } => archive::facts::statement_id("mark", id.as_str()),
            Happened::Verdict { id, .. } => archive::facts::statement_id("verdict", id.as_str()),
            Happened::Decided { verdict, .. } => archive::facts::statement_id("decision", verdict.as_str()),
            Happened::Imported { entry, aspect, .. } => {
                let (subject, floor) = (subject_of(world, event.position).await, world.floor().await);
                assert!(floor.arena().plan.entry(entry).is_some() && aspect == "T1.1");
                archive::facts::statement_id("mark", &subject)
            }
            _ => continue,
        };
        assert!(kept.contains(&id.to_string()), "{:?} has no statement", event.happened);
        expected += 1;
    }
    let floor = world.floor().await;
    if floor.arena().state.code() == "final" {
        expected += floor.arena().plan.entries.len();
    }
    assert_eq!((kept.len(), proof.statements), (expected, expected as i64));
}

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
        assert_eq!(recused.code(), "recused");
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
        for stopped_at in [closed, closed + 1] {
            world.hall.drain();
            world.hall.close();
            take_back_to(&world, stopped_at).await;
            world = world.reopened().await;
            let floor = world.floor().await;
            testkit::eventually("it is judged again", async || floor.arena().runs[&run].judged).await;
            assert_eq!(found(&floor.arena()), before, "stopped at {stopped_at}");
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
        assert_eq!(refused.json()["still_out"], json!({"runs": 0, "unjudged": 1, "sheets": 0, "verdicts": 0}));
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
    })
    .await;
}

#[tokio::test]
async fn two_tablets_and_two_hands_on_a_clock() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E2", "A").await;
        let start = || world.clock_act(&run, json!({"act": "start"}));
        let (one, two, three) = tokio::join!(start(), start(), start());
        let mut codes = [one.status.as_u16(), two.status.as_u16(), three.status.as_u16()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409, 409]);
        let judge = assigned(&world, &run, "A2.1").await[0];
        let send = |nth: u32, value: u32| world.submit(judge, vec![mark(nth, &run, "A2.1", level(value))]);
        let (one, two) = tokio::join!(send(1, 1), send(2, 2));
        let mut codes = [one.status.as_u16(), two.status.as_u16()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409], "{} {}", one.text(), two.text());
        let floor = world.floor().await;
        let standing = floor.arena().marks.values().filter(|mark| !mark.replaced).count();
        assert_eq!(standing, 1);
        // Many judges at once, while rounds open themselves: nobody waits for anybody in vain.
        let entry = world.run("E4", "A").await;
        world.start_after(&run, &entry).await;
        let panel = assigned(&world, &entry, "A2.1").await;
        let give =
            |at: usize, value: u32| world.submit(panel[at], vec![mark(100 + at as u32, &entry, "A2.1", level(value))]);
        let all = async { tokio::join!(give(0, 0), give(1, 3), give(2, 0)) };
        let (one, two, three) = tokio::time::timeout(std::time::Duration::from_secs(4), all).await.unwrap();
        for answer in [one, two, three] {
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        let again = world.chief.post(&world.path(&format!("runs/{entry}/clock")), json!({"act": "close"})).await;
        assert_eq!(again.status, 200);
    })
    .await;
}

/// What a judge reads, and what anybody reads of a blind contest, holds nobody's name.
#[tokio::test]
async fn judges_never_read_a_name() {
    for blind in [true, false] {
        let database = testkit::sqlite_database();
        let world = World::new(&database.url, blind).await;
        world.becomes("live").await;
        let run = a_spread_and_its_round(&world).await;
        let automatic = world.run("E2", "D").await;
        world.start(&automatic).await;
        let edge = world.edge("edg_east").await;
        let stop = batch(
            "edg_east",
            1,
            0,
            &[
                ("S02", 1, json!({"estop": false})),
                ("S02", 2, json!({"estop": true})),
                ("S02", 3, json!({"force": 2.0})),
            ],
        );
        assert_eq!(send(&edge, &world.path("telemetry"), stop).await.status, 200);
        testkit::eventually("the stop is judged", async || world.verdict_count().await == 1).await;
        let judge = &world.judges[0];
        let mut read = Vec::new();
        for path in [
            "stations".to_owned(),
            "runs".to_owned(),
            format!("runs/{run}/sheet"),
            format!("runs/{automatic}/sheet"),
            "verdicts".to_owned(),
        ] {
            let answer = judge.get(&world.path(&path)).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            read.push((path, answer.text()));
        }
        let problem = json!({"text": "看到问题"});
        read.push(("problem".into(), judge.post(&world.path(&format!("runs/{run}/problems")), problem).await.text()));
        read.push(("marks".into(), world.submit(0, vec![mark(900, &run, "A2.1", level(1))]).await.text()));
        if blind {
            read.push(("ranking".into(), world.stranger.get(&world.path("ranking")).await.text()));
            for (topic, keys) in world.public_topics().await {
                let text: BTreeMap<&String, String> =
                    keys.iter().map(|(key, value)| (key, value.to_string())).collect();
                read.push((topic.clone(), format!("{text:?}")));
            }
        }
        for (what, text) in read {
            for row in &COMPETITORS[1..] {
                assert!(!text.contains(row[0]) && !text.contains(row[1]), "{what} names {}: {text}", row[0]);
            }
        }
    }
}

/// What anybody reads of a blind contest leads to nobody's name; what anybody reads of a named one holds no blind number.
#[tokio::test]
async fn the_public_reads_names_or_numbers_and_never_both() {
    for blind in [true, false] {
        let database = testkit::sqlite_database();
        let world = World::new(&database.url, blind).await;
        world.becomes("live").await;
        let run = a_spread_and_its_round(&world).await;
        let asking = world.run("E2", "D").await;
        world.start(&asking).await;
        let request = world.path(&format!("runs/{asking}/judge-requests"));
        assert_eq!(world.operator.post(&request, json!({})).await.status, 201);
        let stop = json!({"act": "stop", "reason": "急停"});
        assert_eq!(world.clock_act(&run, stop).await.status, 200);
        world.settled().await;
        let mut read: Vec<(String, Value)> = Vec::new();
        for (topic, keys) in world.public_topics().await {
            read.extend(keys.into_iter().map(|(key, value)| (format!("{topic} {key}"), json!([key, value]))));
        }
        for path in ["/api/contests".to_owned(), format!("/api/contests/{}", world.contest), world.path("ranking")] {
            let answer = world.stranger.get(&path).await;
            assert_eq!(answer.status, 200, "{path}");
            read.push((path, answer.json()));
        }
        let floor = world.floor().await;
        let arena = floor.arena();
        let mut told = 0;
        for entry in &arena.plan.entries {
            let hidden: Vec<&str> = if blind {
                vec![
                    &entry.person_name,
                    &entry.organisation_name.zh,
                    entry.person.as_str(),
                    entry.organisation.as_str(),
                ]
            } else {
                vec![&entry.no]
            };
            let shown = if blind { &entry.no } else { &entry.person_name };
            for (place, value) in &read {
                for word in words_of(value) {
                    // A number is a word of its own; a name may stand within a sentence.
                    let found = |hidden: &&str| if blind { word.contains(hidden) } else { word == *hidden };
                    assert!(!hidden.iter().any(found), "blind {blind}: {place} says {word}");
                    told += usize::from(word == *shown);
                }
                if !blind {
                    assert!(arena.plan.runs.iter().all(|run| !value.to_string().contains(run.id.as_str())), "{place}");
                }
            }
        }
        assert!(told >= arena.plan.entries.len(), "the other name of each is there");
    }
}

/// All texts of a document, keys included.
fn words_of(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(words_of).collect(),
        Value::Object(members) => {
            members.iter().flat_map(|(key, value)| std::iter::once(key.clone()).chain(words_of(value))).collect()
        }
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn newcomers_join_a_contest_that_is_live() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = a_spread_and_its_round(&world).await;
        let late = [COMPETITORS[0], ["新人", "新单位", "三队", "workers", "东赛场", "A0", "late-comer"]];
        let path = world.path("imports/competitors?commit=true");
        let answer = upload(&world.organiser, &path, &xlsx(&late)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let judges = [JUDGES[0], ["裁判六", "技师学院", "东赛场", "", "judge-6"]];
        let answer = upload(&world.organiser, &world.path("imports/judges?commit=true"), &xlsx(&judges)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let entries = world.organiser.get(&world.path("entries")).await.json();
        assert_eq!((entries["items"].as_array().unwrap().len(), &entries["items"][0]["no"]), (7, &json!("A0")));
        assert_eq!(ranking(&world).await.len(), 7);
        let floor = world.floor().await;
        let marks = floor.arena().marks.len();
        assert_eq!(marks, 7, "what was marked stands");
        let newcomer = world.run("A0", "A").await;
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        world.start(&newcomer).await;
        let before = world.settled().await;
        assert_same(&before, &world.reopened().await.settled().await, "after a restart");
    })
    .await;
}

/// The competitor's own phone: his runs and no other's, what he may ask for, and what has been asked by whomever.
#[tokio::test]
async fn please_judge_by_the_competitor_and_by_others() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let (other, run) = (world.run("E1", "A").await, world.run("E1", "D").await);
        let mine = world.competitor.get(&world.path("mine")).await;
        assert_eq!(mine.status, 200, "{}", mine.text());
        let mine = mine.json();
        let runs = |mine: &Value| mine["runs"].as_array().unwrap().clone();
        let seen: Vec<(String, Value, Value)> = runs(&mine)
            .iter()
            .map(|run| (run["id"].as_str().unwrap().to_owned(), run["state"].clone(), run["asks"].clone()))
            .collect();
        let waiting = |run: &RunId, asks: &Value| (run.to_string(), json!("waiting"), asks.clone());
        let judged = json!([{"checkpoint": "accept", "judged": [{"zh": "验收时正常", "en": "Sound when asked"}]}]);
        let told = json!([{"checkpoint": null, "judged": []}]);
        assert_eq!(seen, [waiting(&other, &told), waiting(&run, &judged)], "in the modules' order");
        for row in &COMPETITORS[1..] {
            assert!(!mine.to_string().contains(row[0]) && !mine.to_string().contains(row[1]), "{mine}");
        }
        // Somebody with the role and without a place in the field.
        let here = kernel::Scope::Contest(world.contest.clone());
        let guest = web::testing::account(&world.hall, "guest", None, None, &[(kernel::Role::Competitor, here)]).await;
        let guest = web::testing::Client::signed(&world.router, &world.hall, &guest.account).await;
        assert_eq!(guest.get(&world.path("mine")).await.code(), "not_found");

        world.start(&run).await;
        let request = world.path(&format!("runs/{run}/judge-requests"));
        assert_eq!(guest.post(&request, json!({})).await.code(), "forbidden");
        let mut asked = Vec::new();
        for (client, checkpoint) in
            [(&world.competitor, json!("accept")), (&world.operator, json!(null)), (&world.judges[0], json!("accept"))]
        {
            world.clock.advance_millis(1000);
            let answer = client.post(&request, json!({"checkpoint": checkpoint})).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            asked.push(json!({"checkpoint": checkpoint, "at_ms": world.hall.now().as_millis()}));
        }
        let floor = world.floor().await;
        floor.caught_up_to_newest().await;
        let mine = world.competitor.get(&world.path("mine")).await.json();
        let now = runs(&mine)[1].clone();
        assert_eq!((&now["state"], &now["requests"]), (&json!("open"), &json!(asked)));
        let sheet = world.judges[0].get(&world.path(&format!("runs/{run}/sheet"))).await.json();
        assert_eq!((&sheet["requests"], &sheet["asks"]), (&json!(asked), &judged));
        let stations = world.operator.get(&world.path("stations")).await.json();
        let station = stations["items"].as_array().unwrap().iter().find(|one| one["run"]["id"] == run.as_str());
        assert_eq!(station.unwrap()["run"]["requests"], json!(asked));
        let control = world.operator.get(&world.path("control")).await.json();
        let short: Vec<Value> = asked.iter().map(|one| json!([one["checkpoint"], one["at_ms"]])).collect();
        assert_eq!(control["set"][&format!("rq/{run}")], json!(short));
        assert_eq!(control["set"]["h"]["asks"], json!({"A": [null], "D": ["accept"], "T": [null]}));
        let before = world.settled().await;
        assert_same(&before, &world.reopened().await.settled().await, "after a restart");
    })
    .await;
}

/// Who holds a seat, by login, for every aspect of a run that judges mark.
async fn seats(world: &World, run: &RunId) -> BTreeMap<String, Vec<String>> {
    let floor = world.floor().await;
    let arena = floor.arena();
    let planned = arena.plan.run(run).unwrap();
    let module = arena.module_of(run).unwrap();
    let panel = Panel::of(&arena, planned);
    let names = |aspect| panel.seats(aspect).iter().map(|judge| judge.person_name.clone()).collect();
    arena.board.scheme().aspects_of(module).map(|(ix, aspect)| (aspect.code.clone(), names(ix))).collect()
}

#[tokio::test]
async fn seats_stand_when_a_judge_joins() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let done = a_spread_and_its_round(&world).await;
        assert_eq!(world.clock_act(&done, json!({"act": "close"})).await.status, 200);
        let (open, west, later) = (world.run("E2", "A").await, world.run("W1", "A").await, world.run("E3", "A").await);
        world.start(&open).await;
        world.start(&west).await;
        let one = assigned(&world, &open, "A1.2").await[0];
        given(&world, one, mark(40, &open, "A1.2", json!({"kind": "measured", "value": "10"}))).await;
        let before = [seats(&world, &done).await, seats(&world, &open).await];
        let owed = |run: &RunId, world: &World| {
            let (run, room, contest) = (run.clone(), world.room.clone(), world.contest.clone());
            async move {
                let floor = room.floor(&contest).await.unwrap();
                let arena = floor.arena();
                let owed = contest::sheet::owed(&arena, arena.plan.run(&run).unwrap());
                (owed.expected, owed.given)
            }
        };
        let owed_before = [owed(&done, &world).await, owed(&open, &world).await];

        let judges = [
            JUDGES[0],
            ["裁判六", "技师学院", "东赛场", "", "judge-6"],
            ["裁判七", "技师学院", "东赛场", "", "judge-7"],
            ["裁判八", "技师学院", "西赛场", "", "judge-8"],
        ];
        let answer = upload(&world.organiser, &world.path("imports/judges?commit=true"), &xlsx(&judges)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        for world in [&world, &world.reopened().await] {
            assert_eq!([seats(world, &done).await, seats(world, &open).await], before);
            assert_eq!([owed(&done, world).await, owed(&open, world).await], owed_before);
        }
        let world = world.reopened().await;
        // A full panel takes no other judge's mark; who has marked corrects, and who has a seat marks.
        let newcomer = world.login("judge-6").await;
        for (nth, run, aspect, value) in [
            (50, &done, "A2.1", level(0)),
            (51, &open, "A1.2", json!({"kind": "measured", "value": "11"})),
            (52, &open, "A2.2", marks("0.00")),
        ] {
            let mut late = mark(nth, run, aspect, value);
            late["round"] = json!(if aspect == "A2.1" { 2 } else { 1 });
            let answer = newcomer.post(&world.path("marks"), json!({"marks": [late]})).await;
            assert_eq!(answer.code(), "not_on_panel", "{aspect}: {}", answer.text());
        }
        let mut correction = mark(53, &open, "A1.2", json!({"kind": "measured", "value": "10.1"}));
        correction["replaces"] = json!(mark_id(40));
        correction["reason"] = json!("复测");
        given(&world, one, correction).await;
        for judge in assigned(&world, &open, "A2.2").await {
            given(&world, judge, mark(60 + judge as u32, &open, "A2.2", marks("2.00"))).await;
        }
        // Where seats are empty the newcomer takes one, and in runs that begin later he has his turn.
        assert_eq!(seats(&world, &west).await["A2.1"], ["裁判五", "裁判八"]);
        assert_eq!(world.clock_act(&open, json!({"act": "close"})).await.status, 200);
        world.start(&later).await;
        let turns = seats(&world, &later).await;
        assert!(turns.values().flatten().any(|name| name == "裁判六"), "{turns:?}");
    })
    .await;
}

#[tokio::test]
async fn a_staff_screen_ends_with_the_right_to_it() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let path = format!("/live/staff/contests/{}/control", world.contest);
        for ended_by in ["a role taken back", "a sign-out"] {
            let chief = world.login("chief").await;
            let (watching, path) = (world.hub.stats().streams, path.clone());
            let screen = tokio::spawn(async move { chief.get(&path).await });
            testkit::eventually("the screen is open", async || world.hub.stats().streams > watching).await;
            let (contest, account, hall) = (&world.contest, &world.chief_account, &world.hall);
            let done: Result<(), store::StoreError> = hall
                .db
                .write(|tx| {
                    Box::pin(async move {
                        if ended_by == "a sign-out" {
                            return web::session::close_others(tx, account, "").await;
                        }
                        let here = kernel::Scope::Contest(contest.clone());
                        assert!(web::directory::revoke(tx, account, kernel::Role::ChiefJudge, &here).await?);
                        Ok(())
                    })
                })
                .await;
            done.unwrap();
            world.hall.sessions.forget(&world.chief_account);
            let ended = tokio::time::timeout(std::time::Duration::from_secs(5), screen).await;
            let shown = ended.unwrap_or_else(|_| panic!("{ended_by} leaves the screen open")).unwrap();
            assert_eq!(shown.status, 200);
            assert!(shown.text().contains("event: snapshot"), "{}", shown.text());
            if ended_by == "a role taken back" {
                let again: Result<bool, store::StoreError> = hall
                    .db
                    .write(|tx| {
                        Box::pin(async move {
                            let here = kernel::Scope::Contest(contest.clone());
                            let now = hall.now();
                            web::directory::grant(tx, account, kernel::Role::ChiefJudge, &here, None, now).await
                        })
                    })
                    .await;
                assert!(again.unwrap());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_tablet_whose_clock_is_wrong_loses_no_mark() {
    each_engine(|world| async move {
        world.becomes("live").await;
        world.clock.advance_millis(3_600_000);
        let run = world.run("E2", "A").await;
        world.start(&run).await;
        world.clock.advance_millis(600_000);
        let (opened, now) = (testkit::START_MS + 3_600_000, testkit::START_MS + 4_200_000);
        let minutes = 60_000;
        // What the tablet says, what is kept, and whether its word is kept beside it.
        let cases = [
            (now, now, false),
            (now + 5 * minutes, now + 5 * minutes, false),
            (now + 5 * minutes + 1, now, true),
            (253_370_764_800_000, now, true),
            (opened - 5 * minutes, opened - 5 * minutes, false),
            (opened - 5 * minutes - 1, opened, true),
            (0, opened, true),
        ];
        let judge = assigned(&world, &run, "A1.1").await[0];
        for (nth, (said, _, _)) in cases.iter().enumerate() {
            let mut sent = mark(nth as u32, &run, "A1.1", json!({"kind": "yes_no", "yes": nth % 2 == 0}));
            sent["at"] = json!(kernel::Timestamp::from_millis(*said).to_string());
            if nth > 0 {
                sent["replaces"] = json!(mark_id(nth as u32 - 1));
                sent["reason"] = json!("复看");
            }
            given(&world, judge, sent).await;
        }
        let events = contest::log::since(&world.hall.db, &world.contest, 0, 1000).await.unwrap();
        let kept: Vec<(i64, Option<i64>)> = events
            .iter()
            .filter_map(|event| match &event.happened {
                Happened::Mark { marked_at, tablet_said, .. } => Some((*marked_at, *tablet_said)),
                _ => None,
            })
            .collect();
        let expected: Vec<(i64, Option<i64>)> =
            cases.iter().map(|(said, at, wrong)| (*at, wrong.then_some(*said))).collect();
        assert_eq!(kept, expected);
    })
    .await;
}

/// "I see a problem" goes to the control room; its answer goes back to the judge who reported it, and to no other.
#[tokio::test]
async fn a_problem_is_settled_once() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "A").await;
        let report = world.path(&format!("runs/{run}/problems"));
        let text = json!({"text": "工件缺一颗螺钉", "aspect": "A1.1"});
        let position = world.judges[0].post(&report, text).await.json()["position"].as_i64().unwrap();
        let floor = world.floor().await;
        floor.caught_up_to_newest().await;
        let alarm = async || {
            let control = world.chief.get(&world.path("control")).await.json();
            control["set"][&format!("al/{run}/problem-{position}")].clone()
        };
        let raised = alarm().await;
        assert_eq!((&raised["by"], &raised["settled"]), (&json!("裁判一"), &Value::Null));

        world.clock.advance_millis(5000);
        let at = world.hall.now().as_millis();
        let path = world.path(&format!("problems/{position}/settlement"));
        let keyed = [("idempotency-key", "settle-once")];
        let body = || Some(json!({"answer": " 已补发螺钉 "}).to_string().into());
        let settled = world.operator.send(http::Method::POST, &path, body(), &keyed).await;
        assert_eq!(settled.status, 200, "{}", settled.text());
        let by = settled.json()["settled"]["by"].clone();
        let name = "select name from person join account on account.person = person.id where login = 'operator'";
        assert_eq!(by, world.hall.db.one(name, &[]).await.unwrap().get::<String>("name").unwrap());
        assert_eq!(settled.json()["settled"], json!({"answer": "已补发螺钉", "by": by, "at_ms": at}));
        let logged = world.logged().await;
        let again = world.operator.send(http::Method::POST, &path, body(), &keyed).await;
        assert_eq!((again.status.as_u16(), again.json()), (200, settled.json()), "sent twice, settled once");
        assert_eq!(world.logged().await, logged);
        assert_eq!(alarm().await["settled"], json!({"answer": "已补发螺钉", "by": by, "at": at}));

        let list = async |client: &web::testing::Client, filter: &str| -> Vec<Value> {
            let answer = client.get(&world.path(&format!("problems{filter}"))).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.json()["items"].as_array().unwrap().clone()
        };
        let mine = list(&world.judges[0], "").await;
        assert_eq!((mine.len(), &mine[0]["mine"], &mine[0]["settled"]), (1, &json!(true), &settled.json()["settled"]));
        assert!(list(&world.judges[1], "").await.is_empty(), "what another judge reported is not his to read");
        assert!(list(&world.judges[4], "").await.is_empty());
        let seen = list(&world.operator, "?state=settled").await;
        assert_eq!((seen.len(), &seen[0]["mine"], &seen[0]["by"]), (1, &json!(false), &json!("裁判一")));
        assert!(list(&world.chief, "?state=open").await.is_empty());
        assert_eq!(list(&world.chief, &format!("?run={run}")).await.len(), 1);
        let before = world.settled().await;
        assert_same(&before, &world.reopened().await.settled().await, "after a restart");

        // Two hands at once: one answer stands.
        let second = world.judges[1].post(&report, json!({"text": "请裁判长到场"})).await.json();
        let path = world.path(&format!("problems/{}/settlement", second["position"]));
        floor.caught_up_to_newest().await;
        let settle = |answer: &'static str| world.chief.post(&path, json!({"answer": answer}));
        let (one, two) = tokio::join!(settle("来了"), settle("马上到"));
        let mut codes = [one.status.as_u16(), two.status.as_u16()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409], "{} {}", one.text(), two.text());
    })
    .await;
}

#[tokio::test]
async fn namesakes_do_not_close_a_contest() {
    for database in testkit::databases().await {
        let world = World::new(&database.url, false).await;
        world.becomes("live").await;
        let rows = [
            COMPETITORS[0],
            ["张伟", "甲厂", "", "workers", "东赛场", "N1", ""],
            ["张伟", "乙厂", "", "workers", "东赛场", "N2", ""],
            ["张伟（2）", "丙厂", "", "workers", "东赛场", "N3", ""],
        ];
        let answer = upload(&world.organiser, &world.path("imports/competitors?commit=true"), &xlsx(&rows)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(ranking(&world).await.len(), 9);
        assert_eq!(ranking(&world.reopened().await).await.len(), 9);
    }
}

/// An organisation below another, with persons in it who have no account.
async fn organisation(world: &World, name: &str, persons: &[&str]) -> (kernel::OrganisationId, Vec<kernel::PersonId>) {
    let (above, id) = (world.hall.fresh::<kernel::OrganisationId>(), world.hall.fresh::<kernel::OrganisationId>());
    let ids: Vec<kernel::PersonId> = persons.iter().map(|_| world.hall.fresh()).collect();
    let (above_ref, id_ref, ids_ref, now) = (&above, &id, &ids, world.hall.now());
    let written: Result<(), store::StoreError> = world
        .hall
        .db
        .write(|tx| {
            Box::pin(async move {
                for (id, parent, name) in [(above_ref, None, "总会"), (id_ref, Some(above_ref.clone()), name)] {
                    let new = web::directory::NewOrganisation {
                        id: id.clone(),
                        parent,
                        kind: web::directory::OrganisationKind::Enterprise,
                        name: kernel::Text::new(name, name),
                        created_at: now,
                    };
                    web::directory::insert_organisation(tx, &new).await?;
                }
                for (person, name) in ids_ref.iter().zip(persons) {
                    let new = web::directory::NewPerson {
                        id: person.clone(),
                        name: (*name).to_owned(),
                        gender: None,
                        organisation: id_ref.clone(),
                        phone: None,
                        created_at: now,
                    };
                    web::directory::insert_person(tx, &new).await?;
                }
                Ok(())
            })
        })
        .await;
    written.unwrap();
    (id, ids)
}

#[tokio::test]
async fn an_import_knows_who_is_known() {
    each_engine(|world| async move {
        let (deep, known) = organisation(&world, "深处单位", &["老工人"]).await;
        let rows = [
            COMPETITORS[0],
            ["老工人", "深处单位", "", "workers", "东赛场", "K1", "old-worker"],
            ["新工人", "深处单位", "", "workers", "东赛场", "K2", ""],
        ];
        let first = world.path("imports/competitors?commit=true");
        assert_eq!(upload(&world.organiser, &first, &xlsx(&rows)).await.status, 200);
        let entry = |arena: &contest::arena::Arena, no: &str| {
            arena.plan.entries.iter().find(|entry| entry.no == no).unwrap().clone()
        };
        let floor = world.floor().await;
        let (old, new) = (entry(&floor.arena(), "K1"), entry(&floor.arena(), "K2"));
        assert_eq!((&old.person, &old.organisation, &new.organisation), (&known[0], &deep, &deep));

        // The same two in another contest: the same persons, and the same account.
        let made = world.organiser.post("/api/contests", common::new_contest(true)).await;
        let second: kernel::ContestId = made.json()["id"].as_str().unwrap().parse().unwrap();
        let again = format!("/api/contests/{second}/imports/competitors?commit=true");
        let answer = upload(&world.organiser, &again, &xlsx(&rows)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let floor = world.room.floor(&second).await.unwrap();
        assert_eq!(entry(&floor.arena(), "K1").person, old.person);
        assert_eq!(entry(&floor.arena(), "K2").person, new.person);
        let count = |table: &'static str| {
            let db = world.hall.db.clone();
            async move { db.one(table, &[]).await.unwrap().get::<i64>("n").unwrap() }
        };
        assert_eq!(count("select count(*) as n from organisation where name_zh = '深处单位'").await, 1);
        assert_eq!(count("select count(*) as n from account where login = 'old-worker'").await, 1);

        // A name that several bear is asked about.
        let (twin, _) = organisation(&world, "深处单位", &["同名", "同名"]).await;
        let row = |name: &'static str, organisation: &str, login: &'static str| {
            xlsx(&[COMPETITORS[0], [name, organisation, "", "workers", "东赛场", "", login]])
        };
        for (file, column) in [
            (row("谁", "深处单位", ""), "organisation"),
            (row("同名", twin.as_str(), ""), "name"),
            (row("老工人", twin.as_str(), "old-worker"), "organisation"),
            (row("别人", deep.as_str(), "old-worker"), "login"),
            (row("老工人", deep.as_str(), "old-worker"), "name"),
            (row("裁判一", "技师学院", ""), "name"),
        ] {
            let answer = upload(&world.organiser, &first, &file).await;
            assert_eq!(answer.fields(), [format!("rows[2].{column}")], "{}", answer.text());
        }
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

        world.clock.advance_millis(1000);
        assert_eq!(send(&one, &path, batch("edg_east", 2, 11_000, &[])).await.json(), json!({"next": 3}));
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
        let late = batch("edg_east2", 2, 12_000, &[("S02", 5_000, json!({"grip": true}))]);
        let late = late.replacen("\"backlog\":0", "\"backlog\":3", 1);
        assert_eq!(send(&two, &path, late).await.json(), json!({"next": 3}));
        looked("W2", "A").await;
        assert!(!floor.arena().runs[&run].judged, "three batches wait at the second gateway");
        let venue = gateways().await;
        assert_eq!(
            (&venue["link"], &venue["backlog"], &venue["told_until"], &venue["gateways"][1]["lag_ms"]),
            (&json!("up"), &json!(3), &Value::Null, &json!(7_000)),
            "{venue}"
        );
        let public = world.hub.get(&format!("contests/{}/overall", world.contest)).unwrap().entries();
        assert!(public.iter().all(|(_, value)| !String::from_utf8_lossy(value).contains("edg_east")), "not for all");

        assert_eq!(send(&two, &path, batch("edg_east2", 3, 12_500, &[])).await.json(), json!({"next": 4}));
        testkit::eventually("both have told everything", async || floor.arena().runs[&run].judged).await;

        // A gateway whose keys were revoked is gone: nobody waits for it.
        let next = world.run("E3", "A").await;
        world.start(&next).await;
        world.clock.advance_millis(10_000);
        assert_eq!(world.clock_act(&next, json!({"act": "close"})).await.status, 200);
        assert_eq!(send(&one, &path, batch("edg_east", 3, 22_500, &[])).await.json(), json!({"next": 4}));
        looked("W2", "D").await;
        assert!(!floor.arena().runs[&next].judged, "the second gateway is awaited");
        let revoke = "update api_key set revoked_at = 1 where edge = 'edg_east2'";
        world
            .hall
            .db
            .write::<_, store::StoreError, _>(|tx| Box::pin(async move { tx.exec(revoke, &[]).await }))
            .await
            .unwrap();
        testkit::eventually("and then no more", async || floor.arena().runs[&next].judged).await;
        assert_eq!(gateways().await["gateways"].as_array().unwrap().len(), 1);
    })
    .await;
}

/// A contest that can't be opened is listed as damaged: for everybody that it is, for staff why.
#[tokio::test]
async fn a_damaged_contest_is_not_hidden() {
    each_engine(|world| async move {
        let mut ids = vec![world.contest.to_string()];
        for _ in 0..2 {
            let made = world.organiser.post("/api/contests", common::new_contest(true)).await;
            ids.push(made.json()["id"].as_str().unwrap().to_owned());
        }
        let run = |sql: &'static str, args: Vec<store::Arg>| {
            let db = world.hall.db.clone();
            async move {
                let args = &args;
                db.write::<_, store::StoreError, _>(|tx| Box::pin(async move { tx.exec(sql, args).await })).await.unwrap();
            }
        };
        // One scheme is cut off; one log holds what a program of next year wrote.
        run("update contest set scheme = 'format: guildhall/scheme/1' where id = $1", store::args![&ids[1]].to_vec()).await;
        let body = r#"{"kind":"teleported","run":"run_x"}"#;
        let insert = "insert into contest_event (contest, position, at, kind, subject, account, body) values ($1, 1, 1, 'teleported', 'x', null, $2)";
        run(insert, store::args![&ids[2], body].to_vec()).await;
        let world = world.reopened().await;
        let list = async |client: &web::testing::Client| -> Vec<Value> {
            let answer = client.get("/api/contests").await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let mut items = answer.json()["items"].as_array().unwrap().clone();
            items.sort_by_key(|one| ids.iter().position(|id| one["id"] == *id));
            items
        };
        for (who, client) in [("a stranger", &world.stranger), ("a judge", &world.judges[0]), ("another chief", &world.chief)] {
            let items = list(client).await;
            let states: Vec<&Value> = items.iter().map(|one| &one["state"]).collect();
            assert_eq!(states, ["draft", "damaged", "damaged"], "{who}");
            for one in &items[1..] {
                assert_eq!((&one["reason"], &one["name"]["zh"]), (&Value::Null, &json!("试验赛")), "{who}");
                assert_eq!((&one["entries"], &one["venues"]), (&json!(0), &json!(2)));
            }
            assert_eq!(items[0]["entries"], 6);
        }
        let items = list(&world.organiser).await;
        assert_eq!(items[0]["reason"], Value::Null);
        let reason = |at: usize, language: &str| items[at]["reason"][language].as_str().unwrap().to_owned();
        assert!(reason(1, "zh").contains("评分方案") && reason(1, "en").contains("scheme"), "{}", items[1]);
        assert!(reason(2, "zh").contains("读不懂") && reason(2, "en").contains("teleported"), "{}", items[2]);
        let page = world.stranger.get("/api/contests?limit=2").await.json();
        assert_eq!((page["items"].as_array().unwrap().len(), page["next"].is_string()), (2, true));
        let rest = world.stranger.get(&format!("/api/contests?limit=2&cursor={}", page["next"].as_str().unwrap())).await;
        assert_eq!(rest.json()["items"].as_array().unwrap().len(), 1, "a damaged one counts in paging");
    })
    .await;
}

#[tokio::test]
async fn an_import_of_judges_takes_nobodys_account_for_another() {
    each_engine(|world| async move {
        let before = world.logged().await;
        let put = |name: &'static str, organisation: &'static str, login: &'static str| {
            let file = xlsx(&[JUDGES[0], [name, organisation, "东赛场", "", login]]);
            let (client, path) = (world.organiser.clone(), world.path("imports/judges?commit=true"));
            async move { upload(&client, &path, &file).await }
        };
        for (name, organisation, login, column) in [
            ("另一人", "chief", "chief", "name"),
            ("chief", "另一单位", "chief", "organisation"),
            ("机密甲", "保密单位甲", "comp-a", "name"),
            ("机密甲", "保密单位甲", "a-second-login", "name"),
            ("organiser", "organiser", "organiser", "login"),
        ] {
            let answer = put(name, organisation, login).await;
            assert_eq!(answer.fields(), [format!("rows[2].{column}")], "{login}: {}", answer.text());
        }
        assert_eq!(world.logged().await, before);
        let taken = put("chief", "chief", "chief").await;
        assert_eq!(taken.status, 200, "{}", taken.text());
        let floor = world.floor().await;
        let arena = floor.arena();
        let judge = arena.plan.judge(&world.chief_account).unwrap();
        assert_eq!((judge.person_name.as_str(), judge.organisation_name.zh.as_str()), ("chief", "chief"));
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

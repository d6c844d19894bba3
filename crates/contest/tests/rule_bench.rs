//! The rule bench: texts are tried, watched beside the rules in force, published; single verdicts are taken back. On both engines.

mod common;

use common::story::{a_try_finds_the_same, assert_same, given, kept_in_the_archive, refused};
use common::{SCHEME, World, batch, each_engine, mark, marks, new_contest, send};
use contest::umpire::GRACE_MS;
use kernel::{Role, RunId, Scope};
use serde_json::{Value, json};
use web::testing::{Answered, Client, account};

/// Grips are worth half as much, pulls count, and only strong ones are pulls.
fn mended() -> String {
    let halved = SCHEME.replacen("award: 1\n    at_most: 3", "award: 0.5\n    at_most: 3", 1);
    halved.replacen("policy: shadow", "policy: automatic", 1).replacen("force > 50N", "force > 70N", 1)
}

/// Where the test's time stands, ms after its start.
fn now_ms(world: &World) -> i64 {
    world.hall.now().as_millis() - testkit::START_MS
}

fn station_of(arena: &contest::arena::Arena, run: &RunId) -> String {
    let planned = arena.plan.run(run).unwrap();
    arena.plan.station(&planned.station).unwrap().code.clone()
}

/// Grips so often and pulls so often with 60 N, one thing each 100 ms, at each of the runs' stations; then all is told. The runs end.
async fn work(world: &World, seq: u64, runs: &[(&RunId, u32, u32)]) {
    let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
    let (began, floor) = (now_ms(world), world.floor().await);
    let mut ticks: Vec<(String, i64, Value)> = Vec::new();
    for (run, grips, pulls) in runs {
        let station = station_of(&floor.arena(), run);
        let quiet = json!({"grip": false, "estop": false, "force": 1.0, "sound": true});
        ticks.push((station.clone(), began + 1, quiet));
        for nth in 0..i64::from(*grips) {
            ticks.push((station.clone(), began + 1_000 + nth * 100, json!({"grip": true})));
            ticks.push((station.clone(), began + 1_050 + nth * 100, json!({"grip": false})));
        }
        for nth in 0..i64::from(*pulls) {
            ticks.push((station.clone(), began + 3_000 + nth * 100, json!({"force": 60.0})));
            ticks.push((station.clone(), began + 3_050 + nth * 100, json!({"force": 1.0})));
        }
    }
    let ticks: Vec<(&str, i64, Value)> =
        ticks.iter().map(|(station, at, said)| (station.as_str(), *at, said.clone())).collect();
    world.clock.advance_millis(10_000);
    assert_eq!(send(&edge, &path, batch("edg_east", seq, began + 9_000, &ticks)).await.status, 200);
    for (run, ..) in runs {
        let answer = world.clock_act(run, json!({"act": "close"})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    world.clock.advance_millis(GRACE_MS);
    let told = batch("edg_east", seq + 1, began + 10_000 + GRACE_MS, &[]);
    assert_eq!(send(&edge, &path, told).await.status, 200);
    for (run, ..) in runs {
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[*run].judged).await;
    }
}

async fn tried(world: &World, scheme: &str) -> Value {
    let answer = world.chief.post(&world.path("rules/try"), json!({"scheme": scheme})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn rules(world: &World) -> Value {
    world.chief.get(&world.path("rules")).await.json()
}

async fn publish(world: &World, scheme: &str, replaces: &Value) -> Answered {
    let wanted = json!({"scheme": scheme, "reason": "夹爪传感器更换", "replaces": replaces});
    world.chief.post(&world.path("rules/publish"), wanted).await
}

/// Rule, change and marks of each verdict of a run that was tried.
fn told(run: &Value) -> Vec<(String, String, String)> {
    let text = |verdict: &Value, key: &str| verdict[key].as_str().unwrap().to_owned();
    let verdicts = run["verdicts"].as_array().unwrap().iter();
    verdicts.map(|verdict| (text(verdict, "rule"), text(verdict, "change"), text(verdict, "marks"))).collect()
}

fn row(rule: &str, change: &str, marks: &str) -> (String, String, String) {
    (rule.into(), change.into(), marks.into())
}

#[tokio::test]
async fn a_try_says_what_would_change_and_keeps_nothing() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let (one, two) = (world.run("E1", "D").await, world.run("E2", "D").await);
        world.start(&one).await;
        world.start(&two).await;
        work(&world, 1, &[(&one, 2, 0), (&two, 1, 2)]).await;
        a_try_finds_the_same(&world).await;
        let before = world.everything().await;

        // Pulls count: who pulled passes by who gripped.
        let counting = tried(&world, &SCHEME.replacen("policy: shadow", "policy: automatic", 1)).await;
        assert_eq!(counting["policies"], json!([{"aspect": "D1.3", "before": "shadow", "after": "automatic"}]));
        assert_eq!(
            counting["entries"],
            json!([
                {"entry_no": "E1", "before": "4.00", "after": "4.00", "rank_before": 1, "rank_after": 2},
                {"entry_no": "E2", "before": "3.00", "after": "5.00", "rank_before": 2, "rank_after": 1},
            ])
        );

        let mended = tried(&world, &mended()).await;
        assert_eq!(
            mended["rules"],
            json!([
                {"rule": "gripped", "change": "changed", "aspect": "D1.1"},
                {"rule": "pulled", "change": "changed", "aspect": "D1.3"},
            ])
        );
        let of = |no: &str| -> Value {
            mended["runs"].as_array().unwrap().iter().find(|run| run["entry_no"] == no).unwrap().clone()
        };
        assert_eq!(told(&of("E1")), [row("gripped", "other", "0.50"), row("gripped", "other", "0.50")]);
        assert_eq!((&of("E1")["before"], &of("E1")["after"]), (&json!("4.00"), &json!("3.00")));
        let (grip, gone) = (row("gripped", "other", "0.50"), row("pulled", "gone", "1.00"));
        assert_eq!(told(&of("E2")), [grip, gone.clone(), gone]);
        let first = &of("E2")["verdicts"][0];
        assert_eq!(first["was"], json!({"outcome": "met", "marks": "1.00"}));
        assert!(first["sentence"]["zh"].as_str().is_some() && !first["samples"].as_array().unwrap().is_empty());
        assert_eq!((&of("E2")["before"], &of("E2")["after"]), (&json!("5.00"), &json!("2.50")));
        assert_eq!(mended["entries"][1]["after"], "2.50");

        // A rule more, for one run only: the other's marks are not looked at.
        let more = SCHEME.replacen(
            "  - id: accepted\n",
            "  - id: pressed\n    aspect: D1.4\n    says: {zh: 受力, en: Pressed}\n    on: {rises: force > 5N}\n    award: 0.5\n    at_most: 1\n  - id: accepted\n",
            1,
        );
        let wanted = json!({"scheme": more, "runs": [two.as_str()]});
        let one_run = world.organiser.post(&world.path("rules/try"), wanted).await.json();
        assert_eq!(one_run["runs"].as_array().unwrap().len(), 1);
        assert_eq!(one_run["rules"], json!([{"rule": "pressed", "change": "added", "aspect": "D1.4"}]));
        let new = told(&one_run["runs"][0]).into_iter().filter(|(_, change, _)| change == "new").collect::<Vec<_>>();
        assert_eq!(new, [row("pressed", "new", "0.50"), row("pressed", "new", "0.50")]);
        assert_eq!(one_run["entries"][0]["entry_no"], "E2");

        // What a person decided stays decided.
        let floor = world.floor().await;
        let grip = floor.arena().verdicts.values().find(|verdict| verdict.run == one).unwrap().id.clone();
        let back = world.chief.post(&world.path(&format!("verdicts/{grip}/take-back")), json!({"reason": "误触"})).await;
        assert_eq!(back.status, 200, "{}", back.text());
        a_try_finds_the_same(&world).await;
        assert_eq!(world.everything().await.1, before.1, "no batch was touched");
        let events = world.logged().await;
        a_try_finds_the_same(&world.reopened().await).await;
        assert_eq!(world.logged().await, events, "trying writes nothing");
    })
    .await;
}

/// A gateway that came later, and samples that came too late, say nothing of a run that was judged.
#[tokio::test]
async fn a_try_ends_where_the_referee_ended() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        world.start(&run).await;
        work(&world, 1, &[(&run, 1, 1)]).await;
        let (late, path) = (world.edge("edg_late").await, world.path("telemetry"));
        let ticks = [("S01", 5_000, json!({"grip": false})), ("S01", 5_100, json!({"grip": true}))];
        assert_eq!(send(&late, &path, batch("edg_late", 1, 20_000, &ticks)).await.status, 200);
        a_try_finds_the_same(&world).await;
        let world = world.reopened().await;
        a_try_finds_the_same(&world).await;
        // A run that goes on is judged as far as it was recorded.
        let next = world.run("E2", "D").await;
        world.start(&next).await;
        let began = now_ms(&world);
        let edge = world.edge("edg_east").await;
        let ticks = [
            ("S02", began + 1, json!({"grip": false, "estop": false, "force": 1.0, "sound": true})),
            ("S02", began + 500, json!({"grip": true})),
            ("S02", began + 600, json!({"force": 2.0})),
        ];
        let judged = world.verdict_count().await;
        assert_eq!(send(&edge, &path, batch("edg_east", 3, began + 700, &ticks)).await.status, 200);
        testkit::eventually("the grip is judged", async || world.verdict_count().await == judged + 1).await;
        let open = tried(&world, SCHEME).await["runs"].as_array().unwrap().clone();
        let open = open.iter().find(|run| run["entry_no"] == "E2").unwrap();
        assert_eq!((&open["state"], told(open)), (&json!("open"), vec![row("gripped", "same", "1.00")]));
    })
    .await;
}

#[tokio::test]
async fn a_run_keeps_the_rules_under_which_it_was_opened() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let first = rules(&world).await;
        assert_eq!((&first["version"], &first["source"], &first["shadow"]), (&json!(1), &json!(SCHEME), &Value::Null));
        assert_eq!(first["versions"][0]["by"], Value::Null);
        let (one, two) = (world.run("E1", "D").await, world.run("E2", "D").await);
        world.start(&one).await;
        let key = [("idempotency-key", "publish-once")];
        let wanted = json!({"scheme": mended(), "reason": "夹爪传感器更换", "replaces": first["hash"]}).to_string();
        let post = async || {
            world.chief.send(http::Method::POST, &world.path("rules/publish"), Some(wanted.clone().into()), &key).await
        };
        let published = post().await;
        assert_eq!(published.status, 200, "{}", published.text());
        let logged = world.logged().await;
        assert_eq!(published.json()["version"], 2);
        assert_eq!((post().await.json(), world.logged().await), (published.json(), logged), "twice is once");
        refused(&publish(&world, SCHEME, &first["hash"]).await, "stale", "somebody has published meanwhile");
        world.start(&two).await;
        let shown = rules(&world).await;
        assert_eq!(
            (&shown["version"], &shown["source"], &shown["hash"]),
            (&json!(2), &json!(mended()), &published.json()["hash"])
        );
        let versions: Vec<(&Value, &Value)> = shown["versions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|version| (&version["version"], &version["runs"]))
            .collect();
        assert_eq!(versions, [(&json!(1), &json!(1)), (&json!(2), &json!(1))]);
        assert_eq!(shown["versions"][1]["reason"], "夹爪传感器更换");
        assert!(!shown["versions"][1]["by"].as_str().unwrap().is_empty());
        assert_eq!(
            world.stranger.get(&world.path("")[..world.path("").len() - 1]).await.json()["scheme_hash"],
            shown["hash"]
        );

        // Another node, or this one after a stop, judges by what the log says.
        world.hall.drain();
        world.hall.close();
        let world = world.reopened().await;
        assert_eq!(rules(&world).await, shown);
        work(&world, 1, &[(&one, 2, 1), (&two, 2, 1)]).await;
        let of = async |run: &RunId| -> Vec<(String, String, String, String)> {
            let verdicts = world.chief.get(&world.path(&format!("verdicts?run={run}"))).await.json();
            let text = |verdict: &Value, key: &str| verdict[key].as_str().unwrap().to_owned();
            let items = verdicts["items"].as_array().unwrap().iter().rev();
            items
                .map(|verdict| {
                    let hash = verdict["evidence"]["scheme_hash"].as_str().unwrap().to_owned();
                    (text(verdict, "rule"), text(verdict, "marks"), text(verdict, "standing"), hash)
                })
                .collect()
        };
        let (old, new) = (first["hash"].as_str().unwrap(), shown["hash"].as_str().unwrap());
        let found = |rule: &str, marks: &str, standing: &str, hash: &str| -> (String, String, String, String) {
            (rule.into(), marks.into(), standing.into(), hash.into())
        };
        let (full, half) = (found("gripped", "1.00", "counted", old), found("gripped", "0.50", "counted", new));
        assert_eq!(of(&one).await, [full.clone(), full, found("pulled", "1.00", "shadow", old)]);
        assert_eq!(of(&two).await, [half.clone(), half]);
        let totals = async |world: &World| -> Vec<(String, Value)> {
            let ranking = common::story::ranking(world).await;
            ranking
                .into_iter()
                .filter(|(no, ..)| no < &"E3".to_owned())
                .map(|(no, rank, total)| (format!("{no} {total}"), rank))
                .collect()
        };
        assert_eq!(totals(&world).await, [("E1 4.00".to_owned(), json!(1)), ("E2 3.00".to_owned(), json!(2))]);
        let policy = async |run: &RunId| -> Value {
            let sheet = world.judges[0].get(&world.path(&format!("runs/{run}/sheet"))).await.json();
            sheet["aspects"].as_array().unwrap().iter().find(|aspect| aspect["code"] == "D1.3").unwrap()["policy"]
                .clone()
        };
        assert_eq!((policy(&one).await, policy(&two).await), (json!("shadow"), json!("automatic")));
        // What the referee only watches is a judge's to mark, and what it judges is nobody's.
        let runs = world.chief.get(&world.path("runs?module=D")).await.json();
        let owed = |run: &RunId| {
            let runs = runs["items"].as_array().unwrap();
            runs.iter().find(|one| one["id"] == run.as_str()).unwrap()["expected"].clone()
        };
        assert_eq!((owed(&one), owed(&two)), (json!(1), json!(0)));

        // Back to the first text, as a third version: nothing that was judged moves.
        let before = world.settled().await;
        let third = publish(&world, SCHEME, &shown["hash"]).await;
        assert_eq!(third.json()["version"], 3, "{}", third.text());
        let after = world.settled().await;
        for (name, keys) in &before {
            for (key, value) in keys.iter().filter(|(key, _)| *key != "h") {
                assert_eq!(after[name].get(key), Some(value), "{name} {key}");
            }
        }
        assert_eq!(totals(&world).await, [("E1 4.00".to_owned(), json!(1)), ("E2 3.00".to_owned(), json!(2))]);
        let shown = rules(&world).await;
        let reopened = world.reopened().await;
        assert_eq!(rules(&reopened).await, shown);
        assert_same(&after, &reopened.settled().await, "after a restart");
        kept_in_the_archive(&reopened).await;
    })
    .await;
}

#[tokio::test]
async fn a_candidate_is_watched_beside_the_rules() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let shadow = world.path("rules/shadow");
        refused(&world.chief.get(&shadow).await, "not_found", "nothing is watched");
        let logged = world.logged().await;
        let nothing = world.chief.post(&shadow, json!({"scheme": null})).await;
        assert_eq!((nothing.status.as_u16(), world.logged().await), (200, logged), "nothing to let go of");
        let (one, two) = (world.run("E1", "D").await, world.run("E2", "D").await);
        world.start(&one).await;
        let set = world.chief.post(&shadow, json!({"scheme": mended(), "reason": "先看一轮"})).await;
        assert_eq!(set.status, 200, "{}", set.text());
        assert_eq!(set.json()["shadow"]["reason"], "先看一轮");
        assert_eq!(set.json(), rules(&world).await);
        world.start(&two).await;
        work(&world, 1, &[(&one, 1, 1), (&two, 1, 1)]).await;
        let difference = world.chief.get(&shadow).await.json();
        let runs = difference["runs"].as_array().unwrap();
        assert_eq!((runs.len(), &runs[0]["run"]), (1, &json!(two.as_str())), "those that were opened since");
        assert_eq!(told(&runs[0]), [row("gripped", "other", "0.50"), row("pulled", "gone", "1.00")]);
        let verdicts = world.chief.get(&world.path("verdicts")).await.json();
        assert!(
            verdicts["items"].as_array().unwrap().iter().all(|verdict| verdict["marks"] == "1.00"),
            "it changes nothing"
        );
        let world = world.reopened().await;
        assert_eq!(world.chief.get(&shadow).await.json(), difference);

        // Published, it is watched no more; another text is, until somebody lets go of it.
        let published = publish(&world, &mended(), &rules(&world).await["hash"]).await;
        assert_eq!(published.status, 200, "{}", published.text());
        assert_eq!(rules(&world).await["shadow"], Value::Null);
        assert_eq!(world.organiser.post(&shadow, json!({"scheme": SCHEME})).await.json()["shadow"]["source"], SCHEME);
        assert_eq!(world.chief.post(&shadow, json!({"scheme": null})).await.json()["shadow"], Value::Null);
        refused(&world.chief.get(&shadow).await, "not_found", "let go of");
    })
    .await;
}

#[tokio::test]
async fn referee_and_judges_agree_so_often() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let (one, two) = (world.run("E1", "D").await, world.run("E2", "D").await);
        world.start(&one).await;
        world.start(&two).await;
        work(&world, 1, &[(&one, 1, 1), (&two, 1, 2)]).await;
        let of = async |aspect: &str| -> Value {
            let all = world.chief.get(&world.path("rules/agreement")).await.json();
            all["items"].as_array().unwrap().iter().find(|item| item["aspect"] == aspect).unwrap().clone()
        };
        let none = of("D1.3").await;
        assert_eq!((&none["policy"], &none["rule_marks"], &none["rate"]), (&json!("shadow"), &json!(0), &Value::Null));
        let judge = common::story::assigned(&world, &one, "D1.3").await[0];
        // What is measured by his mark he gives without having seen it.
        let seen = async || {
            let sheet = world.judges[judge].get(&world.path(&format!("runs/{one}/sheet"))).await.json();
            let aspects = sheet["aspects"].as_array().unwrap();
            let on_sheet = aspects.iter().find(|aspect| aspect["code"] == "D1.3").unwrap()["verdicts"].clone();
            let all = world.judges[judge].get(&world.path(&format!("verdicts?run={one}"))).await.json();
            let listed = all["items"].as_array().unwrap().iter().filter(|verdict| verdict["aspect"] == "D1.3").count();
            (on_sheet.as_array().unwrap().len(), listed)
        };
        assert_eq!(seen().await, (0, 0));
        let chiefs = world.chief.get(&world.path(&format!("verdicts?run={one}"))).await.json();
        assert!(chiefs["items"].as_array().unwrap().iter().any(|verdict| verdict["aspect"] == "D1.3"));
        given(&world, judge, mark(1, &one, "D1.3", marks("1.00"))).await;
        assert_eq!(seen().await, (1, 1));
        let judge = common::story::assigned(&world, &two, "D1.3").await[0];
        given(&world, judge, mark(2, &two, "D1.3", marks("1.00"))).await;
        let half = of("D1.3").await;
        assert_eq!((&half["rule_marks"], &half["agreed"], &half["rate"]), (&json!(2), &json!(1), &json!(0.5)));
        let (low, high) = (half["low"].as_f64().unwrap(), half["high"].as_f64().unwrap());
        assert!((low - 0.0945).abs() < 5e-5 && (high - 0.9055).abs() < 5e-5, "{low} to {high}");
        assert_eq!(of("D1.1").await["rule_marks"], 0, "no judge has marked it");
        // A rule that found nothing has said zero. What a judge corrects once he has seen that is no agreement.
        let (three, four) = (world.run("E3", "D").await, world.run("E4", "D").await);
        world.start(&three).await;
        world.start(&four).await;
        let judge = common::story::assigned(&world, &three, "D1.3").await[0];
        let early = mark(3, &three, "D1.3", marks("1.00"));
        given(&world, judge, early.clone()).await;
        assert_eq!(of("D1.3").await, half, "the run is not judged to its end");
        work(&world, 3, &[(&three, 1, 0), (&four, 1, 0)]).await;
        let tally = async || {
            let all = of("D1.3").await;
            (all["rule_marks"].as_u64().unwrap(), all["agreed"].as_u64().unwrap())
        };
        assert_eq!(tally().await, (3, 1));
        let mut corrected = mark(4, &three, "D1.3", marks("0.00"));
        (corrected["replaces"], corrected["reason"]) = (early["id"].clone(), json!("看了判定后更正"));
        given(&world, judge, corrected).await;
        assert_eq!(tally().await, (3, 1));
        let judge = common::story::assigned(&world, &four, "D1.3").await[0];
        given(&world, judge, mark(5, &four, "D1.3", marks("0.00"))).await;
        assert_eq!(tally().await, (4, 2));
        let before = of("D1.3").await;
        // A rule of another aspect: this one is as it was. Another rule: the figures were not about it.
        let elsewhere = SCHEME.replacen("award: 1\n    at_most: 3", "award: 0.5\n    at_most: 3", 1);
        assert_eq!(publish(&world, &elsewhere, &rules(&world).await["hash"]).await.status, 200);
        assert_eq!(of("D1.3").await, before);
        assert_eq!(publish(&world, &mended(), &rules(&world).await["hash"]).await.status, 200);
        assert_eq!(of("D1.3").await["rule_marks"], 0);
        let off = mended().replacen("policy: automatic", "policy: off", 1);
        assert_eq!(publish(&world, &off, &rules(&world).await["hash"]).await.status, 200);
        let all = world.chief.get(&world.path("rules/agreement")).await.json();
        assert!(all["items"].as_array().unwrap().iter().all(|item| item["aspect"] != "D1.1"), "{all}");
    })
    .await;
}

#[tokio::test]
async fn one_verdict_is_taken_back_and_the_others_stand() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        world.start(&run).await;
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        let stop = [
            ("S01", 1, json!({"grip": false, "estop": false, "force": 1.0, "sound": true})),
            ("S01", 500, json!({"estop": true})),
            ("S01", 600, json!({"estop": false})),
        ];
        assert_eq!(send(&edge, &path, batch("edg_east", 1, 700, &stop)).await.status, 200);
        work(&world, 2, &[(&run, 2, 1)]).await;
        let floor = world.floor().await;
        let of = |rule: &str| -> Vec<kernel::VerdictId> {
            let arena = floor.arena();
            let ids = arena.verdict_order.iter().filter(|id| &*arena.verdicts[*id].rule == rule);
            ids.cloned().collect()
        };
        let now = |aspect: &str| -> Option<String> {
            let arena = floor.arena();
            let (entry, aspect) = (arena.entry_of(&run).unwrap(), arena.aspect(aspect).unwrap());
            arena.board.aspect(entry, aspect).mark.map(|mark| mark.to_string())
        };
        let take_back = |id: &kernel::VerdictId| world.path(&format!("verdicts/{id}/take-back"));
        let reason = json!({"reason": "夹爪未合拢，传感器误报"});
        let (grips, pull, stop) = (of("gripped"), of("pulled")[0].clone(), of("stopped")[0].clone());
        assert_eq!((grips.len(), now("D1.1")), (2, Some("2.00".into())));

        let before = world.everything().await;
        let post = async |client: &Client, id: &kernel::VerdictId, body: &Value| {
            client.post(&take_back(id), body.clone()).await
        };
        refused(&post(&world.judges[0], &grips[0], &reason).await, "forbidden", "a judge");
        refused(&post(&world.organiser, &grips[0], &reason).await, "forbidden", "an organiser");
        for empty in [json!({"reason": ""}), json!({"reason": " \n"}), json!({"reason": "长".repeat(501)})] {
            let answer = post(&world.chief, &grips[0], &empty).await;
            refused(&answer, "invalid", "no reason");
            assert_eq!(answer.fields(), ["reason"]);
        }
        refused(&post(&world.chief, &pull, &reason).await, "verdict_not_counted", "it is recorded only");
        refused(&post(&world.chief, &stop, &reason).await, "verdict_not_counted", "it waits");
        refused(&post(&world.chief, &"vdt_none".parse().unwrap(), &reason).await, "not_found", "no such verdict");
        assert_eq!(world.everything().await, before);

        let key = [("idempotency-key", "take-back-once")];
        let once = async || {
            world.chief.send(http::Method::POST, &take_back(&grips[0]), Some(reason.to_string().into()), &key).await
        };
        let taken = once().await;
        assert_eq!(taken.status, 200, "{}", taken.text());
        let shown = taken.json();
        assert_eq!(
            (&shown["standing"], &shown["taken_back"], &shown["waits"], &shown["reason"]),
            (&json!("rejected"), &json!(true), &json!(false), &reason["reason"])
        );
        let listed = world.chief.get(&world.path(&format!("verdicts?run={run}"))).await.json();
        assert!(listed["items"].as_array().unwrap().contains(&shown), "as the list shows it: {listed}");
        assert_eq!(now("D1.1"), Some("1.00".into()), "the second stands");
        assert_eq!((&once().await.json(), now("D1.1")), (&shown, Some("1.00".into())), "twice is once");
        refused(&post(&world.chief, &grips[0], &reason).await, "verdict_not_counted", "it was taken back");
        let decision = world.path(&format!("verdicts/{}/decision", grips[0]));
        refused(
            &world.chief.post(&decision, json!({"decision": "confirm"})).await,
            "verdict_decided",
            "it was taken back",
        );
        let public = world.public_topics().await;
        let ticks =
            public[&format!("contests/{}/overall", world.contest)].iter().filter(|(key, _)| key.starts_with("t/"));
        let tick = ticks.map(|(_, tick)| tick).max_by_key(|tick| tick[0].as_i64()).unwrap().clone();
        assert_eq!((&tick[3], &tick[4], &tick[6]), (&json!("D1.1"), &Value::Null, &json!("decision")), "{tick}");
        assert!(
            tick[7]["zh"].as_str().unwrap().contains("撤回") && tick[7]["en"].as_str().unwrap().contains("took"),
            "{tick}"
        );

        // What was confirmed can be taken back as well; what was rejected counts not at all.
        let confirm = world.path(&format!("verdicts/{stop}/decision"));
        assert_eq!(world.chief.post(&confirm, json!({"decision": "confirm"})).await.status, 200);
        assert_eq!(now("D1.2"), Some("1.00".into()));
        assert_eq!(post(&world.chief, &stop, &reason).await.status, 200);
        assert_eq!(now("D1.2"), Some("2.00".into()));
        refused(&post(&world.chief, &stop, &reason).await, "verdict_not_counted", "once");
        let audit = "select count(*) as n from audit where act = 'verdict.taken_back'";
        assert_eq!(world.hall.db.one(audit, &[]).await.unwrap().get::<i64>("n").unwrap(), 2);

        let before = world.settled().await;
        let reopened = world.reopened().await;
        assert_same(&before, &reopened.settled().await, "after a restart");
        kept_in_the_archive(&reopened).await;
        reopened.becomes("review").await;
        let even_so = json!({"to": "final", "reason": "演练", "even_so": true});
        assert_eq!(reopened.chief.post(&world.path("state"), even_so).await.status, 200);
        refused(&post(&reopened.chief, &grips[1], &reason).await, "contest_not_open", "results stand");
    })
    .await;
}

#[tokio::test]
async fn texts_at_fault() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let (run, waits) = (world.run("E1", "D").await, world.run("E2", "D").await);
    world.start(&run).await;
    work(&world, 1, &[(&run, 1, 1)]).await;
    let in_force = rules(&world).await["hash"].clone();
    let other =
        world.organiser.post("/api/contests", new_contest(true)).await.json()["id"].as_str().unwrap().to_owned();
    let there = Scope::Contest(other.parse().unwrap());
    let other_chief = account(&world.hall, "other-chief", None, None, &[(Role::ChiefJudge, there)]).await;
    let other_chief = Client::signed(&world.router, &world.hall, &other_chief.account).await;
    let before = world.everything().await;
    type Body = fn(&str, &Value) -> Value;
    let doors: [(&str, Body); 3] = [
        ("rules/try", |scheme, _| json!({"scheme": scheme})),
        ("rules/publish", |scheme, hash| json!({"scheme": scheme, "reason": "试验", "replaces": hash})),
        ("rules/shadow", |scheme, _| json!({"scheme": scheme})),
    ];
    let dearer = SCHEME.replacen("type: automatic, max: 3", "type: automatic, max: 4", 1);
    for (door, body) in doors {
        let post = async |scheme: &str| world.chief.post(&world.path(door), body(scheme, &in_force)).await;
        refused(&post("").await, "scheme_invalid", "nothing");
        refused(&post("format: [").await, "scheme_invalid", "no YAML");
        let faulty = post(&SCHEME.replacen("rises: grip", "rises: grap", 1)).await;
        refused(&faulty, "scheme_invalid", "a signal that is none");
        assert!(faulty.fields().iter().all(|field| field.starts_with("scheme:")), "{:?}", faulty.fields());
        let more = post(&dearer).await;
        refused(&more, "rules_only", "an aspect is worth more");
        assert_eq!(more.json()["detail"]["en"], "aspect D1.1 is another");
        refused(&post(&format!("{SCHEME}#{}", "x".repeat(2 << 20))).await, "too_large", "two megabytes of comment");
        for (client, code) in [
            (&world.stranger, "not_signed_in"),
            (&world.judges[0], "forbidden"),
            (&world.operator, "forbidden"),
            (&other_chief, "forbidden"),
        ] {
            refused(&client.post(&world.path(door), body(SCHEME, &in_force)).await, code, door);
        }
    }
    let publish = async |body: Value| world.chief.post(&world.path("rules/publish"), body).await;
    refused(
        &publish(json!({"scheme": SCHEME, "reason": "试验", "replaces": in_force})).await,
        "invalid",
        "the same text",
    );
    refused(&publish(json!({"scheme": mended(), "reason": "试验", "replaces": "0000"})).await, "stale", "another hash");
    refused(&publish(json!({"scheme": mended(), "reason": " ", "replaces": in_force})).await, "invalid", "no reason");
    refused(
        &publish(json!({"scheme": mended(), "reason": "长".repeat(501), "replaces": in_force})).await,
        "invalid",
        "a novel",
    );
    refused(&world.chief.post(&world.path("rules/shadow"), json!({})).await, "invalid", "null must be said");
    let trying =
        async |runs: Value| world.chief.post(&world.path("rules/try"), json!({"scheme": SCHEME, "runs": runs})).await;
    let answer = trying(json!([run.as_str(), "run_none", waits.as_str()])).await;
    refused(&answer, "invalid", "runs that are none");
    assert_eq!(answer.fields(), ["runs[1]", "runs[2]"], "no such run, and one that has not begun");
    refused(&trying(json!(vec![run.as_str(); 1_001])).await, "invalid", "too many");
    refused(&trying(json!(["Run X"])).await, "invalid", "no id at all");
    refused(&trying(json!("all")).await, "invalid", "no list");
    let elsewhere = format!("/api/contests/{other}/rules/try");
    let foreign = other_chief.post(&elsewhere, json!({"scheme": SCHEME, "runs": [run.as_str()]})).await;
    refused(&foreign, "invalid", "another contest's run");
    assert_eq!(foreign.fields(), ["runs[0]"]);
    let verdict = world.floor().await.arena().verdict_order[0].clone();
    let back = format!("/api/contests/{other}/verdicts/{verdict}/take-back");
    refused(&other_chief.post(&back, json!({"reason": "x"})).await, "not_found", "another contest's verdict");
    assert_eq!(trying(json!([])).await.json()["runs"], json!([]), "no run is no fault");
    assert_eq!(trying(json!([run.as_str(), run.as_str()])).await.json()["runs"].as_array().unwrap().len(), 1);
    assert_eq!(world.everything().await, before);
    assert_eq!(rules(&world).await["versions"].as_array().unwrap().len(), 1);
    world.becomes("review").await;
    let even_so = json!({"to": "final", "reason": "演练", "even_so": true});
    assert_eq!(world.chief.post(&world.path("state"), even_so).await.status, 200);
    let late = publish(json!({"scheme": mended(), "reason": "试验", "replaces": in_force})).await;
    refused(&late, "contest_not_open", "results stand");
}

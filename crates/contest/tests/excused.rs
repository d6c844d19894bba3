//! A judge falls ill in the middle of a run, and comes back, on both engines.

mod common;

use std::collections::BTreeSet;

use common::story::{assert_same, assigned, given};
use common::{JUDGES, World, each_engine, level, mark, marks, upload, xlsx};
use kernel::RunId;
use serde_json::{Value, json};

const LOGINS: [&str; 5] = ["judge-1", "judge-2", "judge-3", "judge-4", "judge-5"];

async fn stands(world: &World, judge: usize, act: &str, body: Value) -> web::testing::Answered {
    let account = world.account_of(LOGINS[judge]).await;
    world.chief.post(&world.path(&format!("judges/{account}/{act}")), body).await
}

async fn goes(world: &World, judge: usize) {
    let answer = stands(world, judge, "excuse", json!({"reason": "发烧"})).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["excused"]), (200, &json!(true)), "{}", answer.text());
}

async fn comes_back(world: &World, judge: usize) {
    let answer = stands(world, judge, "return", json!({})).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["excused"]), (200, &json!(false)), "{}", answer.text());
}

async fn seats(world: &World, run: &RunId, aspect: &str) -> BTreeSet<usize> {
    assigned(world, run, aspect).await.into_iter().collect()
}

fn those(judges: &[usize]) -> BTreeSet<usize> {
    judges.iter().copied().collect()
}

/// What the control room says that is missing in a run, by judge.
async fn missing(world: &World, run: &RunId) -> Vec<String> {
    world.settled().await;
    let control = world.chief.get(&world.path("control")).await.json();
    let missing = control["set"][&format!("sh/{run}")]["missing"].as_array().cloned().unwrap_or_default();
    missing.iter().map(|one| one["judge"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_an_excused_judge_has_not_marked_is_the_next_ones() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E2", "A").await;
        world.start(&run).await;
        // Four may sit, three are called for.
        let sits: Vec<usize> = assigned(&world, &run, "A2.1").await;
        let spare = (0..4).find(|judge| !sits.contains(judge)).unwrap();
        let [done, ill, third] = sits[..] else { panic!("{sits:?}") };
        given(&world, done, mark(1, &run, "A2.1", level(0))).await;
        let others: Vec<(&str, BTreeSet<usize>)> = vec![
            ("A1.1", seats(&world, &run, "A1.1").await),
            ("A1.2", seats(&world, &run, "A1.2").await),
            ("A2.2", seats(&world, &run, "A2.2").await),
        ];
        let name = |judge: usize| JUDGES[judge + 1][0].to_owned();
        assert!(missing(&world, &run).await.contains(&name(ill)));

        goes(&world, ill).await;
        assert_eq!(seats(&world, &run, "A2.1").await, those(&[done, third, spare]), "nobody else is moved");
        for (aspect, before) in &others {
            let now = seats(&world, &run, aspect).await;
            assert!(!now.contains(&ill) && now.len() == before.len(), "{aspect}");
            assert!(before.iter().all(|judge| *judge == ill || now.contains(judge)), "{aspect}: {before:?} {now:?}");
        }
        let gone = missing(&world, &run).await;
        assert!(!gone.contains(&name(ill)) && gone.contains(&name(spare)), "{gone:?}");
        // His tablet offers nothing of it, and what he kept there is refused with the reason.
        let sheet = world.judges[ill].get(&world.path(&format!("runs/{run}/sheet"))).await.json();
        let offered = sheet["aspects"].as_array().unwrap().iter().any(|aspect| aspect["assigned"] == true);
        assert!(!offered, "{sheet}");
        let stations = world.judges[ill].get(&world.path("stations")).await.json();
        let owing: Vec<&Value> =
            stations["items"].as_array().unwrap().iter().map(|station| &station["owing"]).collect();
        assert!(owing.iter().all(|owing| **owing == 0), "{stations}");
        let logged = world.logged().await;
        let kept = world.submit(ill, vec![mark(2, &run, "A2.1", level(3))]).await;
        assert_eq!((kept.code().as_str(), kept.fields()), ("not_on_panel", vec!["marks[0].aspect".to_owned()]));
        assert!(kept.text().contains("裁判长") && kept.text().contains("excused"), "{}", kept.text());
        assert_eq!(world.logged().await, logged);
        let listed = world.organiser.get(&world.path("judges")).await.json();
        let of = |judge: usize| {
            let items = listed["items"].as_array().unwrap();
            items.iter().find(|one| one["name"] == name(judge)).unwrap().clone()
        };
        assert_eq!((&of(ill)["excused"]["reason"], &of(ill)["owing"]), (&json!("发烧"), &json!(0)));
        assert_eq!(of(spare)["excused"], Value::Null);
        assert!(of(spare)["owing"].as_u64().unwrap() > 0);

        // Back before anybody marked in his place: all is as it was.
        comes_back(&world, ill).await;
        assert_eq!(seats(&world, &run, "A2.1").await, those(&sits));
        for (aspect, before) in &others {
            assert_eq!(seats(&world, &run, aspect).await, *before, "{aspect}");
        }

        // Back after somebody did: that seat is taken, and nobody has to leave his.
        goes(&world, ill).await;
        given(&world, spare, mark(3, &run, "A2.1", level(3))).await;
        comes_back(&world, ill).await;
        assert_eq!(seats(&world, &run, "A2.1").await, those(&[done, third, spare]));
        assert_eq!(world.submit(ill, vec![mark(4, &run, "A2.1", level(3))]).await.code(), "not_on_panel");

        // What somebody has marked stands when he goes, and a new round is the next one's.
        goes(&world, done).await;
        assert_eq!(seats(&world, &run, "A2.1").await, those(&[done, third, spare]));
        given(&world, third, mark(5, &run, "A2.1", level(3))).await;
        let floor = world.floor().await;
        let aspect = floor.arena().aspect("A2.1").unwrap();
        testkit::eventually("the second round is open", async || floor.arena().round(&run, aspect) == 2).await;
        assert_eq!(seats(&world, &run, "A2.1").await, those(&[ill, third, spare]));
        for (nth, judge) in [(6, ill), (7, third), (8, spare)] {
            let mut again = mark(nth, &run, "A2.1", level(3));
            again["round"] = json!(2);
            given(&world, judge, again).await;
        }
        let entry = floor.arena().entry_of(&run).unwrap();
        assert!(floor.arena().board.aspect(entry, aspect).mark.is_some(), "the sheet is complete without him");

        // A run that begins without him has its seats without him, also when he is back.
        let next = world.run("E4", "A").await;
        world.start_after(&run, &next).await;
        let without = seats(&world, &next, "A2.1").await;
        assert!(!without.contains(&done) && without.len() == 3);
        comes_back(&world, done).await;
        assert_eq!(seats(&world, &next, "A2.1").await, without);
        let before = world.settled().await;
        let reopened = world.reopened().await;
        assert_same(&before, &reopened.settled().await, "after a restart");
        assert_eq!(seats(&reopened, &next, "A2.1").await, without);
        assert_eq!(seats(&reopened, &run, "A2.1").await, those(&[ill, third, spare]));
    })
    .await;
}

#[tokio::test]
async fn who_joins_while_a_judge_is_away_keeps_his_seat() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("W1", "A").await;
        goes(&world, 4).await;
        world.start(&run).await;
        assert_eq!(seats(&world, &run, "A2.1").await, those(&[]));
        let judges = [JUDGES[0], ["裁判八", "技师学院", "西赛场", "", "judge-8"]];
        let answer = upload(&world.organiser, &world.path("imports/judges?commit=true"), &xlsx(&judges)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        comes_back(&world, 4).await;
        let floor = world.floor().await;
        let arena = floor.arena();
        let planned = arena.plan.run(&run).unwrap();
        let panel = contest::panel::Panel::of(&arena, planned);
        let names = |code: &str| -> Vec<String> {
            let seats = panel.seats(arena.aspect(code).unwrap());
            seats.iter().map(|judge| judge.person_name.clone()).collect()
        };
        assert_eq!((names("A1.1"), names("A2.1")), (vec!["裁判八".into()], vec!["裁判八".into(), "裁判五".into()]));
    })
    .await;
}

#[tokio::test]
async fn excusing_twice_is_once_and_bad_requests_change_nothing() {
    each_engine(|world| async move {
        let acts = async || -> i64 {
            let count = "select count(*) as n from audit where act like 'judge.%'";
            world.hall.db.one(count, &[]).await.unwrap().get("n").unwrap()
        };
        world.becomes("live").await;
        let before = world.everything().await;
        for (body, fields) in [
            (json!({"reason": "  "}), vec!["reason"]),
            (json!({"reason": "长".repeat(501)}), vec!["reason"]),
            (json!({"reason": "x\u{0}"}), vec!["reason"]),
            (json!({}), vec!["reason"]),
            (json!({"reason": "x", "until": "tomorrow"}), vec!["until"]),
        ] {
            let answer = stands(&world, 0, "excuse", body.clone()).await;
            assert_eq!(answer.code(), "invalid", "{body}: {}", answer.text());
            assert_eq!(answer.fields(), fields, "{body}");
        }
        for act in ["excuse", "return"] {
            let body = if act == "excuse" { json!({"reason": "x"}) } else { json!({}) };
            let chief = &world.chief_account;
            for nobody in ["acc_none", chief.as_str()] {
                let path = world.path(&format!("judges/{nobody}/{act}"));
                assert_eq!(world.chief.post(&path, body.clone()).await.code(), "not_found", "{act} {nobody}");
            }
            let path = world.path(&format!("judges/{}/{act}", world.account_of("judge-1").await));
            for client in [&world.judges[0], &world.judges[1], &world.operator, &world.competitor] {
                assert_eq!(client.post(&path, body.clone()).await.code(), "forbidden", "{act}");
            }
            assert_eq!(world.stranger.post(&path, body).await.code(), "not_signed_in");
        }
        comes_back(&world, 0).await;
        assert_eq!((world.everything().await, acts().await), (before, 0), "he was never away");

        let logged = world.logged().await;
        goes(&world, 0).await;
        goes(&world, 0).await;
        assert_eq!((world.logged().await, acts().await), (logged + 1, 1));
        let both = || stands(&world, 0, "return", json!({"reason": "退烧了"}));
        let (one, two) = tokio::join!(both(), both());
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200), "{} {}", one.text(), two.text());
        assert_eq!((world.logged().await, acts().await), (logged + 2, 2));
        goes(&world, 0).await;
        assert_eq!(world.logged().await, logged + 3, "he may go again");

        world.becomes("review").await;
        let even_so = json!({"to": "final", "reason": "试验", "even_so": true});
        assert_eq!(world.chief.post(&world.path("state"), even_so).await.status, 200);
        assert_eq!(stands(&world, 0, "return", json!({})).await.code(), "contest_not_open");
        assert_eq!(stands(&world, 1, "excuse", json!({"reason": "x"})).await.code(), "contest_not_open");
    })
    .await;
}

/// A run's sheet as the control room is shown it; null when it is complete.
async fn control_sheet(world: &World, run: &RunId) -> Value {
    world.settled().await;
    let control = world.chief.get(&world.path("control")).await.json();
    control["set"][&format!("sh/{run}")].clone()
}

/// What stands in the way of results, as far as it is about a run's sheet.
async fn in_the_way(world: &World, run: &RunId) -> Vec<String> {
    let refused = world.chief.post(&world.path("state"), json!({"to": "final"})).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "results_not_ready"), "{}", refused.text());
    let about_sheets = |path: &String| path.starts_with("sheets[") || path.starts_with("unmanned[");
    refused.fields().into_iter().filter(|path| about_sheets(path) && path.contains(run.as_str())).collect()
}

#[tokio::test]
async fn results_wait_for_marks_that_nobody_can_give() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("W1", "A").await;
        world.start(&run).await;
        // One judge for ten marks, of which three each are for panels of three.
        let sheet = control_sheet(&world, &run).await;
        assert_eq!((&sheet["expected"], &sheet["given"], &sheet["unmanned"]), (&json!(10), &json!(0), &json!(4)));
        given(&world, 4, mark(1, &run, "A1.1", json!({"kind": "yes_no", "yes": true}))).await;

        let answer = stands(&world, 4, "excuse", json!({"reason": "发烧"})).await;
        // Nine marks of this run, ten of the other entry's, and the aspect of each that the referee only tries out.
        assert_eq!(answer.json()["unmanned"], json!(21), "{}", answer.text());
        let again = stands(&world, 4, "excuse", json!({"reason": "发烧"})).await;
        assert_eq!(again.json()["unmanned"], json!(21), "asked again, the same");
        let sheet = control_sheet(&world, &run).await;
        assert_eq!((&sheet["expected"], &sheet["given"], &sheet["unmanned"]), (&json!(10), &json!(1), &json!(9)));
        assert_eq!(sheet["missing"], json!([]), "nobody can be told to");
        let runs = world.chief.get(&world.path("runs?state=open")).await.json();
        assert_eq!((&runs["items"][0]["expected"], &runs["items"][0]["given"]), (&json!(10), &json!(1)), "{runs}");

        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        world.becomes("review").await;
        assert_eq!(in_the_way(&world, &run).await, [format!("sheets[{run}]"), format!("unmanned[{run}]")]);
        assert_eq!(world.floor().await.arena().state.code(), "review");
        world.becomes("live").await;

        // Two come, the ill one is back: three for everything.
        let judges = [
            JUDGES[0],
            ["裁判八", "技师学院", "西赛场", "", "judge-8"],
            ["裁判九", "技师学院", "西赛场", "", "judge-9"],
        ];
        let answer = upload(&world.organiser, &world.path("imports/judges?commit=true"), &xlsx(&judges)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(control_sheet(&world, &run).await["unmanned"], json!(2), "two of three on two panels");
        comes_back(&world, 4).await;
        assert_eq!(control_sheet(&world, &run).await["unmanned"], json!(0));
        let mut nth = 10;
        for login in ["judge-5", "judge-8", "judge-9"] {
            let client = world.login(login).await;
            let sheet = client.get(&world.path(&format!("runs/{run}/sheet"))).await.json();
            for aspect in sheet["aspects"].as_array().unwrap() {
                if aspect["assigned"] == true && aspect["mine"].is_null() {
                    let value = match aspect["code"].as_str().unwrap() {
                        "A1.2" => json!({"kind": "measured", "value": "10"}),
                        "A1.3" => json!({"kind": "steps", "met": ["a"]}),
                        "A1.4" => json!({"kind": "deductions", "counts": {}}),
                        "A2.1" => level(3),
                        _ => marks("3"),
                    };
                    nth += 1;
                    let mark = mark(nth, &run, aspect["code"].as_str().unwrap(), value);
                    let answer = client.post(&world.path("marks"), json!({"marks": [mark]})).await;
                    assert_eq!(answer.status, 200, "{}", answer.text());
                }
            }
        }
        assert_eq!(control_sheet(&world, &run).await, Value::Null, "complete");
        world.becomes("review").await;
        assert_eq!(in_the_way(&world, &run).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_the_referee_only_watches_a_judge_owes() {
    each_engine(|world| async move {
        let mut world = world;
        for policy in ["shadow", "off"] {
            let scheme = common::SCHEME.replace("policy: shadow", &format!("policy: {policy}"));
            let write = world.hall.db.write::<_, store::StoreError, _>(|tx| {
                let (contest, scheme) = (&world.contest, &scheme);
                Box::pin(async move {
                    tx.exec("update contest set scheme = $2 where id = $1", &store::args![contest, scheme]).await
                })
            });
            write.await.unwrap();
            world = world.reopened().await;
            if policy == "shadow" {
                world.becomes("live").await;
            }
            let run = world.run(if policy == "shadow" { "W1" } else { "E2" }, "D").await;
            world.start(&run).await;
            let panel = assigned(&world, &run, "D1.3").await;
            assert_eq!(panel.len(), 1, "{policy}: one marks what the referee does not");
            let sheet = control_sheet(&world, &run).await;
            assert_eq!((&sheet["expected"], &sheet["given"]), (&json!(1), &json!(0)), "{policy}");
            let sheet_of =
                async |judge: usize| world.judges[judge].get(&world.path(&format!("runs/{run}/sheet"))).await.json();
            assert_eq!(sheet_of(panel[0]).await["max"], "2.00", "{policy}");
            if policy == "off" {
                let other = (0..4).find(|judge| *judge != panel[0]).unwrap();
                assert_eq!(sheet_of(other).await["max"], "0.00");
                assert_eq!(world.submit(other, vec![mark(5, &run, "D1.3", marks("1"))]).await.code(), "not_on_panel");
            }
            let listed = world.organiser.get(&world.path("judges")).await.json();
            let owing: u64 = listed["items"].as_array().unwrap().iter().map(|one| one["owing"].as_u64().unwrap()).sum();
            assert_eq!(owing, 1, "{policy}: {listed}");
            assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
            world.becomes("review").await;
            assert_eq!(in_the_way(&world, &run).await, [format!("sheets[{run}]")], "{policy}");
            world.becomes("live").await;
            let nth = if policy == "shadow" { 1 } else { 2 };
            given(&world, panel[0], mark(nth, &run, "D1.3", marks("1.5"))).await;
            assert_eq!(control_sheet(&world, &run).await, Value::Null, "{policy}");
            assert_eq!(sheet_of(panel[0]).await["running_total"], "1.50", "{policy}");
        }
    })
    .await;
}

/// Who never heard the answer asks again under the same key, and gets it, whatever has happened since.
#[tokio::test]
async fn an_answer_that_was_lost_is_given_again() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let ask = async |login: &str, key: &str| {
            let path = world.path(&format!("judges/{}/excuse", world.account_of(login).await));
            let body = json!({"reason": "发烧"}).to_string();
            let headers = [("content-type", "application/json"), ("idempotency-key", key)];
            world.chief.send(http::Method::POST, &path, Some(body.into()), &headers).await
        };
        let first = ask("judge-1", "lost").await;
        assert_eq!(first.status, 200, "{}", first.text());
        world.becomes("review").await;
        let even_so = json!({"to": "final", "reason": "试验", "even_so": true});
        assert_eq!(world.chief.post(&world.path("state"), even_so).await.status, 200);
        let logged = world.logged().await;
        let again = ask("judge-1", "lost").await;
        assert_eq!((again.status.as_u16(), again.json()), (200, first.json()), "{}", again.text());
        assert_eq!(ask("judge-2", "new").await.code(), "contest_not_open");
        assert_eq!(world.logged().await, logged);
    })
    .await;
}

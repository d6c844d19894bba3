//! Who is who: what imports make of names, and who reads which of them.

mod common;

use std::collections::BTreeMap;

use common::story::{a_spread_and_its_round, ranking};
use common::{COMPETITORS, JUDGES, World, batch, each_engine, level, mark, send, upload, xlsx};
use serde_json::{Value, json};

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
async fn a_staff_screen_ends_with_the_right_to_it() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let path = format!("/live/staff/contests/{}/control", world.contest);
        for ended_by in ["a role taken back", "a sign-out"] {
            let chief = world.login("chief").await;
            let (shown_before, path) = (world.hub.stats().frames, path.clone());
            let screen = tokio::spawn(async move { chief.get(&path).await });
            testkit::eventually("the screen shows", async || world.hub.stats().frames > shown_before).await;
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

/// One organisation written in two ways is one: by its name and by its id.
#[tokio::test]
async fn nobody_is_twice_in_one_file() {
    each_engine(|world| async move {
        let (id, _) = organisation(&world, "两写单位", &[]).await;
        let before = world.logged().await;
        let competitor =
            |organisation: &'static str, no: &'static str| ["新选手", organisation, "", "workers", "东赛场", no, ""];
        let id: &'static str = id.to_string().leak();
        let twice = xlsx(&[COMPETITORS[0], competitor("两写单位", "T1"), competitor(id, "T2")]);
        let judge = |organisation: &'static str, login: &'static str| ["新裁判", organisation, "东赛场", "", login];
        let judged = xlsx(&[JUDGES[0], judge(id, "new-judge"), judge("两写单位", "new-judge-2")]);
        let fresh = xlsx(&[JUDGES[0], judge("全新单位", "new-judge"), judge("全新单位", "new-judge-2")]);
        for (what, file) in [("competitors", &twice), ("judges", &judged), ("judges", &fresh)] {
            let preview = upload(&world.organiser, &world.path(&format!("imports/{what}")), file).await.json();
            assert_eq!((&preview["rows"], &preview["valid"]), (&json!(2), &json!(1)), "{preview}");
            let answer = upload(&world.organiser, &world.path(&format!("imports/{what}?commit=true")), file).await;
            assert_eq!(answer.fields(), ["rows[3].name"], "{}", answer.text());
        }
        assert_eq!(world.logged().await, before);
        // Two of one name in two organisations are two.
        let two = xlsx(&[COMPETITORS[0], competitor(id, "T1"), competitor("另一单位", "T2")]);
        let answer = upload(&world.organiser, &world.path("imports/competitors?commit=true"), &two).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
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
        // By a login without a role, and by none that the hall knows: the person is the same, and reads names by his first one.
        second_login(&world, "organiser", "organiser-2").await;
        for (login, column) in [("organiser-2", "login"), ("organiser-3", "name")] {
            let answer = put("organiser", "organiser", login).await;
            assert_eq!(answer.fields(), [format!("rows[2].{column}")], "{login}: {}", answer.text());
            assert!(answer.text().contains("（账号 organiser）"), "{}", answer.text());
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

/// One more account of the person who bears a login.
async fn second_login(world: &World, of: &str, login: &'static str) {
    let person = "select person from account where login = $1";
    let person: kernel::PersonId = world.hall.db.one(person, &store::args![of]).await.unwrap().get("person").unwrap();
    let (id, person, now) = (world.hall.fresh::<kernel::AccountId>(), &person, world.hall.now());
    let id = &id;
    let written: Result<(), store::StoreError> = world
        .hall
        .db
        .write(|tx| {
            Box::pin(async move {
                let new = web::directory::NewAccount {
                    id: id.clone(),
                    person: person.clone(),
                    login: login.to_owned(),
                    password_hash: None,
                    created_at: now,
                };
                web::directory::insert_account(tx, &new).await
            })
        })
        .await;
    written.unwrap();
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

/// A clock that goes on with every look, so that ids tell which was made first.
#[derive(Debug)]
struct GoingOn(std::sync::atomic::AtomicI64);

impl kernel::Clock for GoingOn {
    fn now(&self) -> kernel::Timestamp {
        kernel::Timestamp::from_millis(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }
}

/// How alike two orders of the same things are (Spearman): 1 the same, -1 turned round, near 0 nothing to do with each other.
fn alike(one: &[String], other: &[String]) -> f64 {
    let n = one.len() as f64;
    let place = |of: &String| other.iter().position(|known| known == of).unwrap() as f64;
    let apart: f64 = one.iter().enumerate().map(|(at, of)| (at as f64 - place(of)).powi(2)).sum();
    1.0 - 6.0 * apart / (n * (n * n - 1.0))
}

#[tokio::test]
async fn the_order_of_a_file_cannot_be_read_back() {
    each_engine(|world| async move {
        world.hall.drain();
        world.hall.close();
        let db = store::Db::connect(&world.url).await.unwrap();
        let clock = std::sync::Arc::new(GoingOn(std::sync::atomic::AtomicI64::new(testkit::START_MS + 1_000)));
        let rngs = (kernel::Rng::from_seed(60), kernel::Rng::from_seed(61));
        let hall = web::Hall::new(db, clock, rngs.0, rngs.1, web::HallConfig::default());
        let room = contest::ContestRoom::new(hall.clone(), common::hub(), common::paper_fonts);
        room.open_all().await.unwrap();
        let router = web::serve_router(hall.clone(), vec![contest::room(room.clone())]).unwrap();
        let organiser = web::testing::Client::signed(&router, &hall, &world.organiser_account).await;
        let names: Vec<String> = (0..60).map(|row| format!("名单{row:02}")).collect();
        let mut rows = vec![COMPETITORS[0]];
        rows.extend(names.iter().map(|name| [name.as_str(), "同一单位", "", "workers", "东赛场", "", ""]));
        let (mut ids, mut seats, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        // Each draws anew.
        for _ in 0..2 {
            let made = organiser.post("/api/contests", common::new_contest(true)).await.json();
            let contest: kernel::ContestId = made["id"].as_str().unwrap().parse().unwrap();
            let path = format!("/api/contests/{contest}/imports/competitors?commit=true");
            let answer = upload(&organiser, &path, &xlsx(&rows)).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let floor = room.floor(&contest).await.unwrap();
            let arena = floor.arena();
            let mut entries: Vec<_> = arena.plan.entries.iter().collect();
            entries.sort_by_key(|entry| &entry.no);
            let named = |entries: &[&contest::plan::Entry]| -> Vec<String> {
                entries.iter().map(|entry| entry.person_name.clone()).collect()
            };
            numbers.push(named(&entries));
            entries.sort_by_key(|entry| &entry.id);
            ids.push(named(&entries));
            entries.sort_by_key(|entry| {
                let run = arena.plan.run(arena.plan.run_for(&entry.id, "A").unwrap()).unwrap();
                (run.planned, &arena.plan.station(&run.station).unwrap().code)
            });
            seats.push(named(&entries));
            // Numbers are not in the order of ids or seats either: what says when somebody works does not say who.
            assert!(alike(ids.last().unwrap(), numbers.last().unwrap()).abs() < 0.45);
        }
        for orders in [&ids, &seats, &numbers] {
            for order in orders {
                let so = alike(order, &names);
                assert!(so.abs() < 0.45, "{so}: {order:?}");
            }
            let so = alike(&orders[0], &orders[1]);
            assert!(so.abs() < 0.45, "two draws are alike: {so}");
        }
    })
    .await;
}

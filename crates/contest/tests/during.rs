//! What happens while a contest runs: photographs beside marks, sealed panels, recusal by union, venues without equipment, and who had what by
//! when. On both engines.

mod common;

use common::story::{a_spread_and_its_round, assert_same, assigned, given, refused};
use common::{World, batch, each_engine, level, mark, marks, new_contest, rule_set, send, upload, xlsx};
use contest::event::Happened;
use contest::umpire::GRACE_MS;
use http::Method;
use kernel::{AccountId, Role, RunId};
use serde_json::{Value, json};
use web::testing::{Answered, Client};

/// The smallest picture there is.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\x0aIDAT\x78\xda\x63\x60\0\0\0\x02\0\x01\xe5\x27\xde\xfc\0\0\0\0IEND\xae\x42\x60\x82";

fn photo_id(nth: u32) -> String {
    format!("pho_{nth:020}")
}

async fn photograph(client: &Client, world: &World, run: &RunId, query: &str, body: &[u8]) -> Answered {
    let path = world.path(&format!("runs/{run}/photos?at=2026-11-22T08:01:00.000Z&{query}"));
    client.send(Method::POST, &path, Some(body.to_vec().into()), &[("content-type", "image/png")]).await
}

async fn photos(client: &Client, world: &World, run: &RunId) -> Vec<Value> {
    let answer = client.get(&world.path(&format!("runs/{run}/photos"))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_photograph_is_kept_once_and_shown_to_few() {
    each_engine(|world| async move {
        let run = world.run("E1", "A").await;
        let of = |nth: u32| format!("id={}&of=mark&aspect=A1.1", photo_id(nth));
        let early = photograph(&world.judges[0], &world, &run, &of(1), PIXEL).await;
        refused(&early, "contest_not_open", "before the contest");
        world.becomes("live").await;
        world.start(&run).await;
        let before = world.logged().await;
        let kept = photograph(&world.judges[0], &world, &run, &of(1), PIXEL).await;
        assert_eq!(kept.status, 201, "{}", kept.text());
        let again = photograph(&world.judges[0], &world, &run, &of(1), PIXEL).await;
        assert_eq!((again.status.as_u16(), again.json()), (201, kept.json()), "sent twice it is kept once");
        assert_eq!(world.logged().await, before + 1);
        // With what a camera writes beside it, it is the same picture.
        let told = [&PIXEL[..33], b"\0\0\0\x05eXIfN30.5\0\0\0\0", &PIXEL[33..]].concat();
        let same = photograph(&world.judges[0], &world, &run, &of(1), &told).await;
        assert_eq!(same.json()["sha256"], kept.json()["sha256"], "{}", same.text());

        // Who sees it, and who doesn't.
        let supervisor = world.appointed("supervisor", Role::Supervisor).await;
        let arbitrator = world.appointed("arbitrator", Role::Arbitrator).await;
        let path = world.path(&format!("photos/{}", photo_id(1)));
        for (client, count) in
            [(&world.judges[0], 1), (&world.judges[1], 0), (&world.chief, 1), (&supervisor, 1), (&arbitrator, 1)]
        {
            assert_eq!(photos(client, &world, &run).await.len(), count);
            let shown = client.get(&path).await;
            assert_eq!(shown.status.as_u16(), if count == 1 { 200 } else { 404 }, "{}", shown.text());
            if count == 1 {
                assert_eq!(shown.bytes.as_ref(), PIXEL);
                let head = |name: &str| {
                    shown.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned()
                };
                assert_eq!(["cache-control", "content-type"].map(head), ["private, no-store", "image/png"]);
            }
        }
        for client in [&world.organiser, &world.operator, &world.competitor] {
            refused(&client.get(&path).await, "forbidden", "not theirs to see");
        }
        let seen = &photos(&world.chief, &world, &run).await[0];
        assert_eq!((&seen["by"], &seen["entry_no"], &seen["width"]), (&json!("裁判一"), &json!("E1"), &json!(1)));
        assert_eq!(photos(&world.judges[0], &world, &run).await[0]["by"], Value::Null);
        let control = world.chief.get(&world.path("control")).await.json();
        assert_eq!(control["set"][&format!("ph/{run}")], json!(1));

        // A new process knows it, and its picture.
        let reopened = world.reopened().await;
        assert_eq!(reopened.judges[0].get(&path).await.bytes.as_ref(), PIXEL);
        let (here, there) = (world.floor().await, reopened.floor().await);
        assert_eq!(here.arena().photos, there.arena().photos);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_photograph_or_not_his_is_refused() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "A").await;
        world.start(&run).await;
        let (judge, own) = (&world.judges[0], &world.judges[3]);
        assert_eq!(photograph(judge, &world, &run, &format!("id={}&of=mark", photo_id(1)), PIXEL).await.status, 201);
        let before = world.everything().await;
        let large = [PIXEL, &vec![0; 2 << 20]].concat();
        let cases: Vec<(&Client, String, &[u8], &str)> = vec![
            (judge, format!("id={}&of=mark", photo_id(2)), b"GIF89a", "photo_unreadable"),
            (
                judge,
                format!("id={}&of=mark", photo_id(2)),
                b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                "photo_unreadable",
            ),
            (judge, format!("id={}&of=mark", photo_id(2)), &PIXEL[..40], "photo_unreadable"),
            (judge, format!("id={}&of=mark", photo_id(2)), b"", "photo_unreadable"),
            (judge, format!("id={}&of=mark", photo_id(2)), &large, "too_large"),
            (judge, format!("id={}&of=mark&aspect=Z9", photo_id(2)), PIXEL, "mark_unknown_aspect"),
            (judge, format!("id={}&of=mark&aspect=D1.1", photo_id(2)), PIXEL, "mark_unknown_aspect"),
            (judge, format!("id={}&of=mark&aspect=A1.1", photo_id(1)), PIXEL, "conflict"),
            (&world.judges[1], format!("id={}&of=mark", photo_id(1)), PIXEL, "conflict"),
            (judge, "id=../x&of=mark".into(), PIXEL, "invalid"),
            (judge, format!("id={}&of=selfie", photo_id(2)), PIXEL, "invalid"),
            (judge, format!("id={}", photo_id(2)), PIXEL, "invalid"),
            (own, format!("id={}&of=mark", photo_id(2)), PIXEL, "not_on_panel"),
            (&world.judges[4], format!("id={}&of=problem", photo_id(2)), PIXEL, "forbidden"),
            (&world.operator, format!("id={}&of=problem", photo_id(2)), PIXEL, "forbidden"),
        ];
        for (client, query, body, code) in cases {
            let answer = photograph(client, &world, &run, &query, body).await;
            assert_eq!(answer.code(), code, "{query}: {}", answer.text());
        }
        let nowhere = "run_x".parse().unwrap();
        refused(&photograph(judge, &world, &nowhere, "id=pho_2&of=mark", PIXEL).await, "not_found", "no such run");
        assert_eq!(world.everything().await, before, "a refusal changes nothing");

        // A problem is seen also by who may not mark there.
        assert_eq!(photograph(own, &world, &run, &format!("id={}&of=problem", photo_id(3)), PIXEL).await.status, 201);

        // Withdrawn is shown to nobody, its body stays where it is.
        let path = world.path(&format!("photos/{}", photo_id(1)));
        refused(&world.judges[1].delete(&path).await, "not_found", "another judge's is not there");
        refused(&world.chief.delete(&path).await, "forbidden", "only who took it");
        for _ in 0..2 {
            assert_eq!(judge.delete(&path).await.status, 204);
        }
        for client in [judge, &world.chief] {
            refused(&client.get(&path).await, "not_found", "withdrawn");
        }
        assert_eq!(photos(judge, &world, &run).await, Vec::<Value>::new());
        let withdrawn = &photos(&world.chief, &world, &run).await[0];
        assert!(withdrawn["withdrawn_at_ms"].is_i64(), "{withdrawn}");
        let count = "select count(*) as n from contest_photo where length(body) > 0";
        assert_eq!(world.hall.db.one(count, &[]).await.unwrap().get::<i64>("n").unwrap(), 2);
        let acts = "select act from audit where act like 'photo.%' order by position";
        let acts: Vec<String> =
            world.hall.db.all(acts, &[]).await.unwrap().iter().map(|row| row.get("act").unwrap()).collect();
        assert_eq!(acts, ["photo.added", "photo.added", "photo.withdrawn"]);

        // Twelve of an aspect are the most; another aspect has its own.
        for nth in 10..22 {
            let query = format!("id={}&of=mark&aspect=A1.2", photo_id(nth));
            assert_eq!(photograph(judge, &world, &run, &query, PIXEL).await.status, 201);
        }
        let query = format!("id={}&of=mark&aspect=A1.2", photo_id(22));
        refused(&photograph(judge, &world, &run, &query, PIXEL).await, "photos_full", "twelve");
        assert_eq!(judge.delete(&world.path(&format!("photos/{}", photo_id(10)))).await.status, 204);
        assert_eq!(photograph(judge, &world, &run, &query, PIXEL).await.status, 201);
    })
    .await;
}

/// Another node has written it, and this one has not heard of it.
async fn excused_elsewhere(world: &World, judge: &AccountId) {
    let happened = Happened::JudgeExcused { judge: judge.clone().into(), reason: "发烧".into() };
    let (body, now) = (serde_json::to_string(&happened).unwrap(), world.hall.now());
    let (contest, subject) = (&world.contest, format!("{judge}/0"));
    let write = world.hall.db.write::<_, store::StoreError, _>(|tx| {
        let (body, happened, subject) = (&body, &happened, &subject);
        Box::pin(async move {
            let position = tx.next_position(&contest::log::name(contest)).await?;
            let event = store::args![contest, position, now, happened.kind(), subject, None::<AccountId>, body];
            tx.exec(contest::sql::INSERT_EVENT, &event).await.map(drop)
        })
    });
    write.await.unwrap();
}

#[tokio::test]
async fn who_is_excused_meanwhile_takes_pictures_only_of_what_he_has_marked() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "A").await;
        world.start(&run).await;
        let at = assigned(&world, &run, "A1.1").await[0];
        let (judge, account) = (&world.judges[at], world.account_of(&format!("judge-{}", at + 1)).await);
        given(&world, at, mark(1, &run, "A1.1", json!({"kind": "yes_no", "yes": true}))).await;
        let of = |nth: u32, rest: &str| format!("id={}&of={rest}", photo_id(nth));
        let before = photograph(judge, &world, &run, &of(1, "mark&aspect=A1.2"), PIXEL).await;
        assert_eq!(before.status, 201, "{}", before.text());

        excused_elsewhere(&world, &account).await;
        for (nth, rest) in [(2, "mark&aspect=A1.2"), (3, "mark")] {
            refused(&photograph(judge, &world, &run, &of(nth, rest), PIXEL).await, "not_on_panel", rest);
        }
        assert_eq!(photos(&world.chief, &world, &run).await.len(), 1, "a refusal keeps nothing");
        let again = photograph(judge, &world, &run, &of(1, "mark&aspect=A1.2"), PIXEL).await;
        assert_eq!(again.json(), before.json(), "what was kept before is told as kept");
        for (nth, rest) in [(4, "mark&aspect=A1.1"), (5, "problem")] {
            let kept = photograph(judge, &world, &run, &of(nth, rest), PIXEL).await;
            assert_eq!(kept.status, 201, "{rest}: {}", kept.text());
        }
    })
    .await;
}

fn aspect_of(sheet: &Value, code: &str) -> Value {
    let aspects = sheet["aspects"].as_array().unwrap_or_else(|| panic!("no sheet: {sheet}"));
    aspects.iter().find(|aspect| aspect["code"] == code).unwrap().clone()
}

async fn sheet(client: &Client, world: &World, run: &RunId) -> Value {
    client.get(&world.path(&format!("runs/{run}/sheet"))).await.json()
}

#[tokio::test]
async fn a_panel_is_sealed_until_all_of_it_have_marked() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "A").await;
        world.start(&run).await;
        // A chief judge who marks: his second login presides, and the first marks.
        let marking_chief = world.second_login("judge-1", "judge-1-chief", Role::ChiefJudge).await;
        let panel = assigned(&world, &run, "A2.2").await;
        assert_eq!(panel.len(), 3);
        let secret = ["3.7", "2.9", "1.3"];
        for (at, judge) in panel.iter().enumerate().take(2) {
            given(&world, *judge, mark(at as u32 + 1, &run, "A2.2", marks(secret[at]))).await;
        }
        // Whoever asks for whatever, the marks of the two are told to nobody but each of them.
        let readers: Vec<(&str, &Client, Option<&str>)> = vec![
            ("the first", &world.judges[panel[0]], Some(secret[0])),
            ("the second", &world.judges[panel[1]], Some(secret[1])),
            ("the third", &world.judges[panel[2]], None),
            ("the chief", &world.chief, None),
            ("a chief who marks", &marking_chief, None),
            ("the organiser", &world.organiser, None),
            ("everybody", &world.stranger, None),
        ];
        let entry = world.floor().await.arena().plan.run(&run).unwrap().entry.clone();
        for (who, client, own) in &readers {
            for path in [
                format!("runs/{run}/sheet"),
                "runs".to_owned(),
                "stations".to_owned(),
                "verdicts".to_owned(),
                "problems".to_owned(),
                "ranking".to_owned(),
                "control".to_owned(),
                "analysis".to_owned(),
                "results".to_owned(),
                format!("portrait/{entry}"),
                "recheck".to_owned(),
                format!("recheck/entries/{entry}"),
                "pace?module=A".to_owned(),
            ] {
                let told = client.get(&world.path(&path)).await.text();
                for mark in secret.iter().filter(|mark| Some(**mark) != *own) {
                    assert!(!told.contains(&format!("\"{mark}")), "{who} reads {mark} in {path}: {told}");
                }
            }
        }
        for (topic, keys) in world.settled().await {
            if topic.ends_with(entry.as_str()) {
                assert_eq!(keys["a/A2.2"][0], Value::Null, "{topic}");
            }
            for (key, tick) in keys.iter().filter(|(key, _)| key.starts_with("t/")) {
                assert!(tick[3] != "A2.2" || tick[4].is_null(), "{topic} {key}: {tick}");
            }
        }
        for judge in &panel {
            let seen = aspect_of(&sheet(&world.judges[*judge], &world, &run).await, "A2.2");
            assert_eq!((&seen["mark"], &seen["panel"]), (&Value::Null, &json!([])));
        }

        // With the last one it is open: to the panel and to who presides, by seat.
        given(&world, panel[2], mark(3, &run, "A2.2", marks(secret[2]))).await;
        let mut letters = std::collections::BTreeSet::new();
        for (at, judge) in panel.iter().enumerate() {
            let seen = aspect_of(&sheet(&world.judges[*judge], &world, &run).await, "A2.2");
            let seats = seen["panel"][0]["seats"].as_array().unwrap();
            let names: Vec<&str> = seats.iter().map(|seat| seat["seat"].as_str().unwrap()).collect();
            assert_eq!(names, ["A", "B", "C"]);
            let own: Vec<&Value> = seats.iter().filter(|seat| seat["mine"] == true).collect();
            assert_eq!((own.len(), &own[0]["given"]), (1, &json!(format!("{}0", secret[at]))));
            letters.insert(own[0]["seat"].as_str().unwrap().to_owned());
            assert!(!seen.to_string().contains("裁判"), "no name: {seen}");
        }
        assert_eq!(letters.len(), 3, "each has a letter of his own");
        let seen = aspect_of(&sheet(&world.chief, &world, &run).await, "A2.2");
        assert_eq!(seen["panel"][0]["seats"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_second_round_begins_from_the_first_and_is_sealed_itself() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = a_spread_and_its_round(&world).await;
        let panel = assigned(&world, &run, "A2.1").await;
        let seen = aspect_of(&sheet(&world.judges[panel[0]], &world, &run).await, "A2.1");
        let rounds = seen["panel"].as_array().unwrap();
        assert_eq!(rounds.iter().map(|round| round["round"].clone()).collect::<Vec<_>>(), [json!(1), json!(2)]);
        let own = |round: &Value| {
            let mine = round["seats"].as_array().unwrap().iter().find(|seat| seat["mine"] == true).unwrap();
            (mine["seat"].clone(), mine["value"].clone())
        };
        assert_eq!(own(&rounds[0]).0, own(&rounds[1]).0, "the same judge, the same letter");
        assert_eq!((own(&rounds[0]).1, own(&rounds[1]).1), (level(0), level(3)));
    })
    .await;
}

/// Judges of the institute and the competitor's enterprise belong to one union below the root, and did when they came into the contest.
async fn of_one_union(world: &World) -> World {
    let write = world.hall.db.write::<_, store::StoreError, _>(|tx| {
        Box::pin(async move {
            let add = "insert into organisation (id, parent, kind, name_zh, name_en, path, created_at) values ($1, $2, 'federation', $1, $1, $3, 0)";
            tx.exec(add, &store::args!["org_root", None::<String>, "org_root/"]).await?;
            tx.exec(add, &store::args!["org_city", "org_root", "org_root/org_city/"]).await?;
            tx.exec(add, &store::args!["org_town", "org_city", "org_root/org_city/org_town/"]).await?;
            for (name, parent) in [("技师学院", "org_city"), ("保密单位甲", "org_city"), ("机械学会", "org_town"), ("保密单位乙", "org_root")]
            {
                let under = "update organisation set parent = $2 where name_zh = $1";
                tx.exec(under, &store::args![name, parent]).await?;
                let union = Some(parent).filter(|parent| *parent != "org_root");
                for came in [
                    "update contest_entry set federation = $2 where organisation in (select id from organisation where name_zh = $1)",
                    "update contest_judge set federation = $2 where organisation in (select id from organisation where name_zh = $1)",
                ] {
                    tx.exec(came, &store::args![name, union]).await?;
                }
            }
            Ok(())
        })
    });
    write.await.unwrap();
    world.reopened().await
}

#[tokio::test]
async fn a_judge_of_the_competitors_own_union_does_not_mark_him() {
    for database in testkit::databases().await {
        let mut contest = new_contest(true);
        contest["rule_set"] = json!(rule_set());
        let world = World::with(&database.url, contest).await;
        let short = async |world: &World| {
            let answer = world.chief.get(&world.path("panels?limit=200")).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.json()["items"].as_array().unwrap().clone()
        };
        let of = |short: &[Value], no: &str, module: &str| {
            short.iter().find(|one| one["entry_no"] == no && one["module"] == module).cloned()
        };
        // Without unions only the judge of the own enterprise stands back, and three are left.
        assert_eq!(of(&short(&world).await, "E1", "A"), None);
        let west = of(&short(&world).await, "W1", "A").unwrap();
        assert_eq!((&west["needed"], &west["there"], &west["other_venue"]), (&json!(3), &json!(1), &json!(4)));

        let world = of_one_union(&world).await;
        world.becomes("live").await;
        let run = world.run("E1", "A").await;
        let e1 = of(&short(&world).await, "E1", "A").unwrap();
        let counts = ["needed", "there", "own_union", "own_enterprise", "excused", "other_venue", "other_module"];
        assert_eq!(counts.map(|count| e1[count].as_u64().unwrap()), [3, 1, 2, 1, 0, 1, 0]);
        assert_eq!(
            e1["says"]["en"],
            "needs 3 judges, has 1: 1 recused (own enterprise), 2 recused (own union), 1 at other venues"
        );
        // Another union, and an enterprise right below the root, bar nobody.
        assert_eq!(of(&short(&world).await, "E2", "A"), None);
        world.start(&run).await;
        let barred = world.submit(0, vec![mark(1, &run, "A1.1", json!({"kind": "yes_no", "yes": true}))]).await;
        assert_eq!(barred.code(), "not_on_panel", "{}", barred.text());
        refused(
            &world.judges[0].get(&world.path(&format!("runs/{run}/sheet"))).await,
            "not_on_panel",
            "nor reads his sheet",
        );
        let panel = assigned(&world, &run, "A2.1").await;
        assert_eq!(panel, [2]);
        given(&world, 2, mark(2, &run, "A2.1", level(2))).await;
        world.settled().await;
        let control = world.chief.get(&world.path("control")).await.json();
        let sheet = &control["set"][&format!("sh/{run}")];
        assert!(sheet["short"]["zh"].as_str().unwrap().contains("同工会"), "{sheet}");
    }
}

/// Whose union somebody is of is what it was when he came in: no move in the tree gives a seat to another, on any node.
#[tokio::test]
async fn a_move_in_the_tree_changes_no_panel() {
    for database in testkit::databases().await {
        let mut contest = new_contest(true);
        contest["rule_set"] = json!(rule_set());
        let world = World::with(&database.url, contest).await;
        world.becomes("live").await;
        let run = world.run("E1", "A").await;
        world.start(&run).await;
        let before = assigned(&world, &run, "A2.1").await;
        given(&world, before[0], mark(2, &run, "A2.1", level(2))).await;
        let moved = world.hall.db.write::<_, store::StoreError, _>(|tx| {
            Box::pin(async move {
                let add = "insert into organisation (id, parent, kind, name_zh, name_en, path, created_at) values ($1, $2, 'federation', $1, $1, $3, 0)";
                tx.exec(add, &store::args!["org_root", None::<String>, "/org_root/"]).await?;
                tx.exec(add, &store::args!["org_city", "org_root", "/org_root/org_city/"]).await?;
                tx.exec("update organisation set parent = 'org_city' where kind <> 'federation'", &[]).await
            })
        });
        moved.await.unwrap();
        let again = world.reopened().await;
        assert_eq!(assigned(&again, &run, "A2.1").await, before, "on a node that was started after the move");
        // Who comes in now is of the union that the organisation is of now.
        let late =
            xlsx(&[["姓名", "单位", "赛场", "模块", "账号"], ["裁判晚", "技师学院", "东赛场", "", "judge-late"]]);
        let late = upload(&again.organiser, &again.path("imports/judges?commit=true"), &late).await;
        assert_eq!(late.status, 200, "{}", late.text());
        let unions: Vec<Option<String>> = again
            .floor()
            .await
            .arena()
            .plan
            .judges
            .iter()
            .map(|judge| judge.union.as_ref().map(ToString::to_string))
            .collect();
        assert_eq!(unions.last().unwrap().as_deref(), Some("org_city"));
        assert!(unions[..unions.len() - 1].iter().all(Option::is_none), "{unions:?}");
    }
}

async fn equipment(client: &Client, world: &World, body: Value) -> Answered {
    client.post(&world.path("equipment"), body).await
}

#[tokio::test]
async fn a_venue_without_equipment_is_marked_by_hand() {
    each_engine(|world| async move {
        world.becomes("live").await;
        // A gateway has a key and never speaks: a run would wait for it.
        let _edge = world.edge("edg_west").await;
        let (run, venue) = (world.run("W1", "D").await, world.floor().await.arena().plan.venues[1].id.clone());
        let absent = json!({"venue": venue.as_str(), "present": false, "reason": "网关未到货"});
        for (client, body, code) in [
            (&world.judges[4], absent.clone(), "forbidden"),
            (&world.organiser, absent.clone(), "forbidden"),
            (&world.chief, json!({"venue": venue.as_str(), "present": false, "reason": " "}), "invalid"),
            (&world.chief, json!({"venue": "ven_x", "present": false, "reason": "无"}), "invalid"),
            (
                &world.chief,
                json!({"venue": venue.as_str(), "station": "sta_x", "present": false, "reason": "无"}),
                "invalid",
            ),
        ] {
            assert_eq!(equipment(client, &world, body.clone()).await.code(), code, "{body}");
        }
        let said = equipment(&world.chief, &world, absent.clone()).await;
        assert_eq!((&said.json()["runs"], &said.json()["kept"]), (&json!(4), &json!(0)), "{}", said.text());
        let logged = world.logged().await;
        assert_eq!(equipment(&world.chief, &world, absent).await.json()["runs"], json!(0), "it stands so already");
        assert_eq!(world.logged().await, logged);

        world.start(&run).await;
        let sheet = sheet(&world.judges[4], &world, &run).await;
        assert_eq!(sheet["by_hand"], "网关未到货");
        let aspect = aspect_of(&sheet, "D1.1");
        assert_eq!((&aspect["assigned"], &aspect["policy"]), (&json!(true), &json!("off")));
        let question = &aspect["how"]["questions"][0];
        assert_eq!(
            (&question["rule"], &question["met"], &question["at_most"]),
            (&json!("gripped"), &json!("1.00"), &json!("3.00"))
        );
        let observed = |nth, aspect: &str, marks: &str, rules: Value| {
            mark(nth, &run, aspect, json!({"kind": "observed", "marks": marks, "rules": rules}))
        };
        for (value, code) in [
            (observed(1, "D1.1", "3.00", json!({"gripped": {"met": 2}})), "mark_out_of_range"),
            (observed(1, "D1.1", "0.00", json!({})), "mark_out_of_range"),
            // The rules are asked, so that a mark as such passes none of them by.
            (mark(1, &run, "D1.1", marks("3.00")), "mark_kind_mismatch"),
            (observed(1, "D1.1", "1.00", json!({"gripped": {"met": 1}, "other": {"met": 1}})), "mark_out_of_range"),
        ] {
            let answer = world.submit(4, vec![value]).await;
            assert_eq!(answer.code(), code, "{}", answer.text());
        }
        given(&world, 4, observed(2, "D1.1", "2.00", json!({"gripped": {"met": 2}}))).await;
        // What starts full loses: one stop of two marks' worth.
        given(&world, 4, observed(3, "D1.2", "1.00", json!({"stopped": {"met": 1}}))).await;
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        let floor = world.floor().await;
        testkit::eventually("no gateway is waited for", async || floor.arena().runs[&run].judged).await;
        assert_eq!(world.verdict_count().await, 0);
        world.settled().await;
        let entry = floor.arena().entry_of(&run).unwrap();
        let id = floor.arena().plan.entries[entry.index()].id.clone();
        let topics = world.public_topics().await;
        let shown = &topics[&format!("contests/{}/competitor/{id}", world.contest)]["a/D1.1"];
        assert!(shown.to_string().contains("手工录入"), "{shown}");
        let control = world.chief.get(&world.path("control")).await.json();
        assert_eq!(control["set"][&format!("c/{run}")]["by_hand"], json!(true));
        assert_eq!(control["set"][&format!("eq/{venue}")]["present"], json!(false));
        // It comes: runs without findings are the referee's again, what was judged stays.
        let back =
            equipment(&world.chief, &world, json!({"venue": venue.as_str(), "present": true, "reason": "到货"})).await;
        assert_eq!((&back.json()["runs"], &back.json()["kept"]), (&json!(3), &json!(1)), "{}", back.text());
        {
            let arena = floor.arena();
            assert!(arena.is_by_hand(&run));
            let other =
                arena.plan.runs_of_entry(&id).into_iter().map(|run| run.id.clone()).find(|one| *one != run).unwrap();
            assert!(!arena.is_by_hand(&other));
        }
        let before = world.settled().await;
        assert_same(&before, &world.reopened().await.settled().await, "folded anew");
    })
    .await;
}

/// What was sent while equipment was said to be absent is heard by no node, whether it was there at the time or is started afterwards.
#[tokio::test]
async fn a_node_that_is_started_later_hears_what_the_others_heard() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        let (run, venue) = (world.run("E2", "D").await, world.floor().await.arena().plan.venues[0].id.clone());
        world.start(&run).await;
        let began = world.hall.now().as_millis() - testkit::START_MS;
        let said = async |present: bool| {
            let body = json!({"venue": venue.as_str(), "present": present, "reason": "网关重启"});
            assert_eq!(equipment(&world.chief, &world, body).await.status, 200);
        };
        let grip = |at: i64, grip: bool| {
            ("S02", began + at, json!({"grip": grip, "estop": false, "force": 1.0, "sound": true}))
        };
        let told = async |edge: &Client, seq: u64, sent: i64, samples: &[(&str, i64, Value)]| {
            let answer = send(edge, &path, batch("edg_east", seq, began + sent, samples)).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        };
        let gripped = async |world: &World| -> Vec<i64> {
            let verdicts = world.floor().await;
            let arena = verdicts.arena();
            arena.verdicts.values().filter(|it| &*it.rule == "gripped").map(|it| it.event_at).collect()
        };
        // It grips while equipment is absent, and once more when it is back: the last is all that counts.
        world.clock.advance_millis(1_000);
        told(&edge, 1, 900, &[grip(1, false)]).await;
        said(false).await;
        world.clock.advance_millis(1_000);
        told(&edge, 2, 1_900, &[grip(1_200, true), grip(1_500, false)]).await;
        said(true).await;
        world.clock.advance_millis(1_000);
        told(&edge, 3, 2_900, &[grip(2_100, false), grip(2_200, true)]).await;
        world.clock.advance_millis(10_000);
        // What an instant says is known when a later one comes.
        told(&edge, 4, 12_900, &[grip(3_000, true)]).await;
        testkit::eventually("what came afterwards is judged", async || gripped(&world).await.len() == 1).await;
        let here = gripped(&world).await;

        // A node that hears all of it from the beginning.
        let later = world.reopened().await;
        assert_eq!(later.clock_act(&run, json!({"act": "close"})).await.status, 200);
        later.clock.advance_millis(GRACE_MS + 1_000);
        told(&later.edge("edg_east").await, 5, 14_000 + GRACE_MS, &[]).await;
        let floor = later.floor().await;
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
        assert_eq!(gripped(&later).await, here);
    })
    .await;
}

#[tokio::test]
async fn everybody_is_compared_at_the_same_time_of_his_run() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let (east, west) = (world.run("E1", "A").await, world.run("W1", "A").await);
        world.start(&east).await;
        world.start(&west).await;
        let yes = |nth, run: &RunId| {
            let mut given = mark(nth, run, "A1.1", json!({"kind": "yes_no", "yes": true}));
            given["at"] = json!(kernel::Timestamp::from_millis(world.hall.now().as_millis()).to_string());
            given
        };
        // East stands still for ten minutes; both are marked when their own clock shows five.
        let act = async |run: &RunId, body: Value| assert_eq!(world.clock_act(run, body).await.status, 200);
        world.clock.advance_millis(2 * 60_000);
        act(&east, json!({"act": "stop", "reason": "设备故障"})).await;
        world.clock.advance_millis(3 * 60_000);
        let judge = 4;
        given(&world, judge, yes(1, &west)).await;
        world.clock.advance_millis(7 * 60_000);
        act(&east, json!({"act": "resume"})).await;
        world.clock.advance_millis(3 * 60_000);
        let sits = assigned(&world, &east, "A1.1").await[0];
        given(&world, sits, yes(2, &east)).await;

        let pace = async |query: &str| {
            let answer = world.stranger.get(&world.path(&format!("pace?module=A{query}"))).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.json()
        };
        let of = |pace: &Value| {
            let items = pace["items"].as_array().unwrap();
            items
                .iter()
                .map(|one| (one["rank"].clone(), one["mark"].clone(), one["run_ms"].clone()))
                .collect::<Vec<_>>()
        };
        let now = pace("").await;
        assert_eq!((&now["at_ms"], &now["longest_ms"]), (&json!(300_000), &json!(900_000)), "as far as the slower one");
        assert_eq!(of(&now).iter().map(|one| one.1.clone()).collect::<Vec<_>>(), [json!("2.00"), json!("2.00")]);
        assert!(of(&now).iter().all(|one| one.0 == json!(1)), "a shared rank");
        let earlier = pace("&at_ms=299999").await;
        assert!(of(&earlier).iter().all(|one| one.1 == json!("0.00")), "{earlier}");
        let later = pace("&at_ms=600000").await;
        let ranks: Vec<Value> = of(&later).into_iter().map(|one| one.0).collect();
        assert_eq!(ranks, [json!(1), Value::Null], "who hasn't come so far has no rank: {later}");
        for (query, field) in
            [("?module=Z", "module"), ("?at_ms=-1", "at_ms"), ("?at_ms=x", "at_ms"), ("?what=1", "what")]
        {
            let answer = world.stranger.get(&world.path(&format!("pace{query}"))).await;
            assert_eq!((answer.code().as_str(), answer.fields()), ("invalid", vec![field.to_owned()]));
        }
        let frozen = world.chief.post(&world.path("state"), json!({"to": "frozen", "reason": "封榜"})).await;
        assert_eq!(frozen.status, 200);
        refused(&world.stranger.get(&world.path("pace")).await, "contest_not_open", "the board is frozen");
    })
    .await;
}

/// What becomes of a verdict is so from the time of the verdict, whenever somebody decides.
#[tokio::test]
async fn a_verdict_counts_from_its_own_time_whoever_decides_when() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E2", "D").await;
        world.start(&run).await;
        let ticks = [
            ("S02", 1, json!({"grip": false, "estop": false, "force": 1.0, "sound": true})),
            ("S02", 500, json!({"grip": true})),
            ("S02", 700, json!({"estop": true})),
            ("S02", 900, json!({"force": 2.0})),
        ];
        world.clock.advance_millis(2_000);
        let edge = world.edge("edg_east").await;
        assert_eq!(send(&edge, &world.path("telemetry"), batch("edg_east", 1, 1_900, &ticks)).await.status, 200);
        testkit::eventually("both are found", async || world.verdict_count().await == 2).await;
        world.clock.advance_millis(5 * 60_000);
        let pace = async |at_ms: i64| -> Value {
            let answer = world.stranger.get(&world.path(&format!("pace?module=D&at_ms={at_ms}"))).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.json()["items"][0]["mark"].clone()
        };
        let of = async |aspect: &'static str| -> String {
            let floor = world.floor().await;
            let arena = floor.arena();
            let aspect = arena.aspect(aspect).unwrap();
            arena.verdicts.values().find(|found| found.aspect == aspect).unwrap().id.to_string()
        };
        let (grip, stop) = (of("D1.1").await, of("D1.2").await);
        // What starts full has its marks until a verdict waits for somebody.
        assert_eq!(
            [pace(499).await, pace(500).await, pace(1_000).await],
            [json!("2.00"), json!("3.00"), json!("1.00")]
        );
        let decision = world.path(&format!("verdicts/{stop}/decision"));
        assert_eq!(world.chief.post(&decision, json!({"decision": "confirm"})).await.status, 200);
        assert_eq!([pace(699).await, pace(700).await], [json!("3.00"), json!("2.00")], "confirmed minutes later");
        let back = world.path(&format!("verdicts/{grip}/take-back"));
        let answer = world.chief.post(&back, json!({"reason": "传感器误报"})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!([pace(699).await, pace(700).await], [json!("2.00"), json!("1.00")], "it was never worth anything");
    })
    .await;
}

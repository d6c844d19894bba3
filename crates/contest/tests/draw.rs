//! Blind numbers: committed to, drawn, sealed, undone by two, drawn again by anybody. On both engines.

mod common;

use common::story::{a_spread_and_its_round, assigned, given, kept_in_the_archive, rechecked, refused};
use common::{COMPETITORS, World, mark, marks, new_contest, rule_set, upload, xlsx};
use contest::results::pack::{self, File};
use contest::results::verify;
use contest::umpire::GRACE_MS;
use kernel::{Role, Scope, Seed};
use serde_json::{Value, json};
use web::testing::{Answered, Client, account};

/// A contest that shows names, with the shipped rule set: drawn by group, entry → draw → seat.
async fn each_engine_with_draw<F: Future<Output = ()>>(run: impl Fn(World) -> F) {
    for database in testkit::databases().await {
        let mut contest = new_contest(false);
        contest["rule_set"] = json!(rule_set());
        run(World::with(&database.url, contest).await).await;
    }
}

async fn draw(client: &Client, world: &World) -> Value {
    let answer = client.get(&world.path("draw")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn commit(client: &Client, world: &World, reason: Value) -> Answered {
    client.post(&world.path("draw/commitment"), json!({"reason": reason})).await
}

async fn lots(client: &Client, world: &World, public_part: Value) -> Answered {
    client.post(&world.path("draw/lots"), json!({"public_part": public_part})).await
}

async fn undo(client: &Client, world: &World, role: &str, digest: &Value) -> Answered {
    client.post(&world.path("draw/undoing"), json!({"role": role, "digest": digest})).await
}

async fn drawn(world: &World) {
    assert_eq!(commit(&world.organiser, world, Value::Null).await.status, 200);
    let answer = lots(&world.organiser, world, json!("福彩3D 2026311：4 0 7")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn supervisor(world: &World) -> Client {
    let here = [(Role::Supervisor, Scope::Contest(world.contest.clone()))];
    let supervisor = account(&world.hall, "supervisor", None, None, &here).await;
    Client::signed(&world.router, &world.hall, &supervisor.account).await
}

/// Opened, some marks and a round of them; then in review. The numbers are whatever was drawn.
async fn played(world: &World) {
    world.becomes("live").await;
    let plan = world.floor().await.arena().plan.clone();
    let mut nth = 1;
    for entry in &plan.entries {
        let Some(run) = plan.run_for(&entry.id, "D") else { continue };
        world.start(run).await;
        for judge in assigned(world, run, "D1.3").await {
            given(world, judge, mark(nth, run, "D1.3", marks("1.50"))).await;
            nth += 1;
        }
        assert_eq!(world.clock_act(run, json!({"act": "close"})).await.status, 200);
    }
    assert!(nth > 1);
    // What the referee says of a run belongs to the result: nobody looks at one before it has.
    world.clock.advance_millis(GRACE_MS);
    let floor = world.floor().await;
    let closed: Vec<_> = plan.entries.iter().filter_map(|entry| plan.run_for(&entry.id, "D")).collect();
    testkit::eventually("the runs are judged", async || {
        let arena = floor.arena();
        closed.iter().all(|run| arena.runs[*run].judged)
    })
    .await;
    world.becomes("review").await;
}

async fn digest(client: &Client, world: &World) -> Value {
    client.get(&world.path("results")).await.json()["digest"].clone()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.hall.db.one(sql, &[]).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn lots_are_drawn_in_order() {
    each_engine_with_draw(|world| async move {
        assert_eq!(draw(&world.stranger, &world).await["state"], "open");
        refused(&lots(&world.organiser, &world, Value::Null).await, "contest_not_open", "nothing was committed to");
        refused(&commit(&world.chief, &world, Value::Null).await, "forbidden", "a chief judge doesn't draw");
        let committed = commit(&world.organiser, &world, Value::Null).await.json();
        let commitment = committed["commitment"].clone();
        assert_eq!((&committed["state"], commitment.as_str().unwrap().len()), (&json!("committed"), 64));
        refused(&commit(&world.organiser, &world, Value::Null).await, "invalid", "another one needs a reason");
        let opened = world.chief.post(&world.path("state"), json!({"to": "live"})).await;
        refused(&opened, "contest_not_open", "committed and not drawn");
        refused(&lots(&world.organiser, &world, json!("4\u{200b}7")).await, "invalid", "what nobody sees");
        refused(&lots(&world.organiser, &world, json!("7".repeat(101))).await, "invalid", "too long");

        let again = commit(&world.organiser, &world, json!("承诺值抄错")).await.json();
        assert_ne!(again["commitment"], commitment);
        let mine = world.competitor.get(&world.path("mine")).await.json();
        assert_eq!((&mine["no"], &mine["lots"]), (&Value::Null, &json!([])), "he will have another");
        let seen_before = world.floor().await.arena().plan.clone();
        let sealed = lots(&world.organiser, &world, json!("4 0 7")).await.json();
        // Whoever noted down ids beside names has noted nothing.
        let now = world.floor().await.arena().plan.clone();
        assert!(seen_before.entries.iter().all(|entry| now.entry(&entry.id).is_none()));
        assert_eq!(seen_before.entries.len(), now.entries.len());
        assert_eq!((&sealed["state"], &sealed["seed"], &sealed["lots"]), (&json!("sealed"), &Value::Null, &json!([])));
        refused(&lots(&world.organiser, &world, Value::Null).await, "contest_not_open", "they are drawn");

        // By the seed, the groups and the ids, as anybody works it out; runs in the order of the numbers.
        let kept = world.hall.db.one("select secret from contest_draw", &[]).await.unwrap();
        let seed: Seed = format!("{} 4 0 7", kept.get::<String>("secret").unwrap()).parse().unwrap();
        let plan = world.floor().await.arena().plan.clone();
        let rule = &plan.rule_set.as_ref().unwrap().rules.draw;
        let groups: Vec<marking::DrawGroup> = ["workers", "students"]
            .map(|group| {
                let of_group = plan.entries.iter().filter(|entry| entry.group == group);
                let entries: Vec<_> = of_group.map(|entry| entry.id.clone()).collect();
                marking::DrawGroup { group: Some(group.to_owned()), seats: entries.len() as u32, entries }
            })
            .into();
        let again = rule.draw(&seed, &groups).unwrap();
        for entry in &plan.entries {
            assert_eq!(again.number_of(&entry.id), Some(entry.no.as_str()));
            assert_eq!(again.entry_of(&entry.no).as_ref(), Some(&entry.id));
        }
        for station in &plan.stations {
            let numbers: Vec<&str> = plan
                .runs_of(&station.id)
                .filter(|run| run.module == "D")
                .map(|run| plan.entry(&run.entry).unwrap().no.as_str())
                .collect();
            assert!(numbers.is_sorted(), "{numbers:?}");
        }

        // Nobody joins, names and numbers are apart, but everybody knows his own.
        let more = xlsx(&[COMPETITORS[0], ["机密庚", "保密单位庚", "", "students", "东赛场", "E7", ""]]);
        for commit in ["", "?commit=true"] {
            let path = world.path(&format!("imports/competitors{commit}"));
            refused(&upload(&world.organiser, &path, &more).await, "contest_not_open", "lots are drawn");
        }
        let entries = world.organiser.get(&world.path("entries?limit=4")).await.json();
        let rest = world
            .organiser
            .get(&world.path(&format!("entries?cursor={}", entries["next"].as_str().unwrap())))
            .await
            .json();
        let all: Vec<&Value> =
            entries["items"].as_array().unwrap().iter().chain(rest["items"].as_array().unwrap()).collect();
        assert_eq!(all.len(), 6);
        assert!(all.iter().all(|entry| entry["id"].is_null() && entry["no"].is_null() && entry["name"].is_string()));
        let mine = world.competitor.get(&world.path("mine")).await.json();
        let own = plan.entries.iter().find(|entry| entry.id.as_str() == mine["entry"]).unwrap();
        assert_eq!(mine["no"], own.no.as_str());
        let lots: Vec<(&Value, &Value)> =
            mine["lots"].as_array().unwrap().iter().map(|lot| (&lot["layer"], &lot["number"])).collect();
        let numbers: Vec<Value> = again.numbers_of(&own.id).map(|number| json!(number)).collect();
        assert_eq!(lots, [(&json!("draw"), &numbers[0]), (&json!("seat"), &json!(own.no))]);

        played(&world).await;
        refused(&commit(&world.organiser, &world, json!("重抽")).await, "contest_not_open", "too late");
    })
    .await;
}

#[tokio::test]
async fn a_draw_is_sealed_until_two_undo_it() {
    each_engine_with_draw(|world| async move {
        drawn(&world).await;
        played(&world).await;
        let supervisor = supervisor(&world).await;
        let plan = world.floor().await.arena().plan.clone();
        let names_told = async || {
            let told = format!("{:?}", world.settled().await);
            plan.entries.iter().filter(|entry| told.contains(&entry.person_name)).count()
        };
        assert_eq!(names_told().await, 0, "on no board, the control room's included");
        assert_eq!(count(&world, "select count(*) as n from archive_statement").await, 0, "a run tells whose it is");
        let results = world.chief.get(&world.path("results")).await.json();
        assert_eq!(results["names"], json!([]));

        // Who, what, and when.
        let checked = results["digest"].clone();
        refused(&undo(&world.chief, &world, "chief_judge", &json!("0")).await, "stale", "another result");
        refused(&undo(&world.chief, &world, "supervisor", &checked).await, "forbidden", "not his role");
        refused(&undo(&world.organiser, &world, "organiser", &checked).await, "forbidden", "an organiser");
        refused(&undo(&supervisor, &world, "judge", &checked).await, "invalid", "no role that undoes");
        let said = undo(&world.chief, &world, "chief_judge", &checked).await.json();
        assert_eq!((&said["state"], said["undoing"][0]["at"].is_string()), (&json!("sealed"), true));
        let logged = world.logged().await;
        assert_eq!(undo(&world.chief, &world, "chief_judge", &checked).await.status, 200);
        assert_eq!(world.logged().await, logged, "he has said so");
        refused(
            &world.chief.post(&world.path("state"), json!({"to": "final", "reason": "试验", "even_so": true})).await,
            "results_not_ready",
            "numbers only",
        );

        // A mark that is corrected meanwhile: both look again.
        let (run, judge, first) = {
            let floor = world.floor().await;
            let arena = floor.arena();
            let mark = arena.marks.values().min_by_key(|mark| mark.position).unwrap().clone();
            (mark.run.clone(), mark.judge.clone(), mark.id.to_string())
        };
        let mut correction = mark(900, &run, "D1.3", marks("2.00"));
        (correction["replaces"], correction["reason"]) = (json!(first), json!("复看录像"));
        let judge = Client::signed(&world.router, &world.hall, &judge).await;
        let corrected = judge.post(&world.path("marks"), json!({"marks": [correction]})).await;
        assert_eq!(corrected.status, 200, "{}", corrected.text());
        refused(&undo(&supervisor, &world, "supervisor", &checked).await, "stale", "it has changed");
        let checked = digest(&supervisor, &world).await;
        assert_eq!(
            draw(&world.chief, &world).await["undoing"][0]["at"],
            Value::Null,
            "what he said is of another result"
        );
        assert_eq!(undo(&supervisor, &world, "supervisor", &checked).await.json()["state"], "sealed");
        let undone = undo(&world.chief, &world, "chief_judge", &checked).await.json();
        assert_eq!((&undone["state"], undone["lots"].as_array().unwrap().len()), (&json!("undone"), 6));
        assert!(undone["lots"].as_array().unwrap().iter().all(|lot| lot["name"].is_string()), "{undone}");
        refused(&undo(&world.chief, &world, "chief_judge", &checked).await, "contest_not_open", "it is undone");

        // Names stand beside numbers; the archive has everything as of its own time; nobody needs this program to draw again.
        assert_eq!(names_told().await, plan.entries.len());
        kept_in_the_archive(&world).await;
        let seen = draw(&world.stranger, &world).await;
        for lot in seen["lots"].as_array().unwrap() {
            let entry = plan.entries.iter().find(|entry| entry.id.as_str() == lot["entry"]).unwrap();
            let numbers = lot["numbers"].as_array().unwrap();
            assert_eq!((numbers.len(), &numbers[1], &lot["name"]), (2, &json!(entry.no), &json!(entry.person_name)));
        }
        assert_eq!(seen["undoing"][0]["by"], Value::Null, "who said so is not the public's");
        let again = world.reopened().await;
        assert_eq!(draw(&again.stranger, &again).await, seen);
    })
    .await;
}

#[tokio::test]
async fn two_accounts_of_one_person_undo_nothing() {
    each_engine_with_draw(|world| async move {
        drawn(&world).await;
        played(&world).await;
        let here = [(Role::Supervisor, Scope::Contest(world.contest.clone()))];
        let second = account(&world.hall, "chief-2", None, None, &here).await.account;
        let same = "update account set person = (select person from account where login = 'chief') where id = $1";
        let write = world.hall.db.write::<_, store::StoreError, _>(|tx| {
            let second = &second;
            Box::pin(async move { tx.exec(same, &store::args![second]).await.map(drop) })
        });
        write.await.unwrap();
        let second = Client::signed(&world.router, &world.hall, &second).await;
        let checked = digest(&world.chief, &world).await;
        assert_eq!(undo(&world.chief, &world, "chief_judge", &checked).await.status, 200);
        refused(&undo(&second, &world, "supervisor", &checked).await, "forbidden", "the same person");
        assert_eq!(draw(&world.chief, &world).await["state"], "sealed");
    })
    .await;
}

#[tokio::test]
async fn a_published_draw_is_drawn_again() {
    each_engine_with_draw(|world| async move {
        drawn(&world).await;
        played(&world).await;
        let supervisor = supervisor(&world).await;
        rechecked(&world, &supervisor).await;
        let checked = digest(&world.chief, &world).await;
        for (client, role) in [(&world.chief, "chief_judge"), (&supervisor, "supervisor")] {
            assert_eq!(undo(client, &world, role, &checked).await.status, 200);
        }
        let result = digest(&world.chief, &world).await;
        for (client, role) in [(&world.chief, "chief_judge"), (&supervisor, "supervisor")] {
            let signed = client.post(&world.path("results/signatures"), json!({"role": role, "digest": result})).await;
            assert_eq!(signed.status, 200, "{}", signed.text());
        }
        let published =
            world.chief.post(&world.path("state"), json!({"to": "final", "reason": "试验", "even_so": true})).await;
        assert_eq!(published.status, 200, "{}", published.text());
        let pack = world.stranger.get(&world.path("results/pack")).await.bytes.to_vec();
        verify(&pack, None).unwrap();
        let files = pack::unzipped(&pack).unwrap();
        let seed = draw(&world.stranger, &world).await["seed"].as_str().unwrap().to_owned();
        let plan = world.floor().await.arena().plan.clone();
        let (one, other) = (&plan.entries[0].no, &plan.entries[1].no);
        let of_field = |no: &str| format!("\"no\": \"{no}\"");
        let swapped = |from: &str, to: &str| (of_field(from), of_field(to));
        let undoing = |role: &str| format!("\"kind\":\"draw_undoing\",\"role\":\"{role}\"");
        let changes = [
            ("log.ndjson", vec![(seed.clone(), seed.replace("4 0 7", "4 0 8"))], "log.ndjson:"),
            ("log.ndjson", vec![(undoing("supervisor"), undoing("chief_judge"))], "log.ndjson:"),
            ("field.json", vec![swapped(one, "X"), swapped(other, one), swapped("X", other)], "field.json: entries["),
        ];
        for (file, changes, place) in changes {
            let mut forged: Vec<File> = files.clone();
            let found = forged.iter_mut().find(|(name, _)| name == file).unwrap();
            let mut text = String::from_utf8(found.1.clone()).unwrap();
            for (from, to) in changes {
                assert!(text.contains(&from), "{file} holds no {from}");
                text = text.replacen(&from, &to, 1);
            }
            found.1 = text.into_bytes();
            let found = verify(&common::resealed(forged), None).expect_err(file);
            assert!(found.place.starts_with(place), "{found}");
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_rule_set_nothing_is_drawn() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    assert_eq!(draw(&world.stranger, &world).await["state"], "no_rule");
    refused(&commit(&world.organiser, &world, Value::Null).await, "contest_not_open", "no rule set");
    world.becomes("live").await;
    a_spread_and_its_round(&world).await;
    kept_in_the_archive(&world).await;
}

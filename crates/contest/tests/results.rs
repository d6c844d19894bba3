//! The end of a contest: signed by two, published, and worked out again by anybody from its pack. On both engines.

mod common;

use common::story::{a_spread_and_its_round, given, publish, rechecked, refused, sign_both, supervisor};
use common::{World, batch, mark, marks, new_contest, resealed, rule_set, send};
use contest::results::pack::{self, File};
use contest::results::{Verified, verify};
use contest::umpire::GRACE_MS;
use kernel::Role;
use serde_json::{Value, json};
use web::testing::{Answered, Client};

async fn each_engine_with_rules<F: Future<Output = ()>>(blind: bool, run: impl Fn(World) -> F) {
    for database in testkit::databases().await {
        let mut contest = new_contest(blind);
        contest["rule_set"] = json!(rule_set());
        run(World::with(&database.url, contest).await).await;
    }
}

/// Some marks, a second round, a correction, verdicts of which one is undecided, an excused judge; then in review.
async fn played(world: &World) {
    world.becomes("live").await;
    let first = a_spread_and_its_round(world).await;
    assert_eq!(world.clock_act(&first, json!({"act": "close"})).await.status, 200);
    let run = world.run("E2", "D").await;
    world.start(&run).await;
    let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
    let grips = [
        ("S02", 1, json!({"grip": false, "estop": false, "force": 1.0, "sound": true})),
        ("S02", 500, json!({"grip": true})),
        ("S02", 700, json!({"grip": false, "estop": true})),
    ];
    let began = world.hall.now().as_millis() - testkit::START_MS;
    let grips: Vec<_> = grips.into_iter().map(|(station, at, said)| (station, began + at, said)).collect();
    world.clock.advance_millis(2_000);
    assert_eq!(send(&edge, &path, batch("edg_east", 1, began + 1_900, &grips)).await.status, 200);
    assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
    world.clock.advance_millis(GRACE_MS);
    assert_eq!(send(&edge, &path, batch("edg_east", 2, began + 2_000 + GRACE_MS, &[])).await.status, 200);
    let floor = world.floor().await;
    testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
    let judge = common::story::assigned(world, &run, "D1.3").await[0];
    let mut noted = mark(80, &run, "D1.3", marks("1.00"));
    noted["note"] = json!("选手张伟动作规范");
    given(world, judge, noted).await;
    world.becomes("review").await;
}

async fn results(client: &Client, world: &World) -> Answered {
    client.get(&world.path("results")).await
}

async fn sign(client: &Client, world: &World, role: &str, digest: &Value) -> Answered {
    client.post(&world.path("results/signatures"), json!({"role": role, "digest": digest})).await
}

/// The pack of a contest that was played to its end.
async fn published(world: &World) -> Vec<u8> {
    played(world).await;
    let supervisor = supervisor(world).await;
    rechecked(world, &supervisor).await;
    sign_both(world, &supervisor).await;
    assert_eq!(publish(world).await.status, 200);
    let pack = world.stranger.get(&world.path("results/pack")).await;
    assert_eq!(pack.status, 200, "{}", pack.text());
    pack.bytes.to_vec()
}

#[tokio::test]
async fn a_result_is_signed_by_two_as_it_stands() {
    each_engine_with_rules(true, |world| async move {
        refused(&results(&world.chief, &world).await, "contest_not_open", "not in review");
        played(&world).await;
        refused(&results(&world.stranger, &world).await, "contest_not_open", "not the public's");
        refused(&results(&world.judges[0], &world).await, "contest_not_open", "not a judge's");
        let supervisor = supervisor(&world).await;
        let digest = results(&world.chief, &world).await.json()["digest"].clone();
        refused(&sign(&supervisor, &world, "supervisor", &digest).await, "recheck_state", "it was not rechecked");
        refused(&publish(&world).await, "recheck_state", "nothing stands for a recheck");
        rechecked(&world, &supervisor).await;
        let seen = results(&world.chief, &world).await.json();
        assert_eq!(seen["standing"]["entries"].as_array().unwrap().len(), 6);
        assert_eq!(seen["names"], json!([]), "it is blind");
        let wanted = |seen: &Value| -> Vec<(Value, bool, bool)> {
            let all = seen["signatures"].as_array().unwrap().iter();
            all.map(|it| (it["role"].clone(), !it["signed_at"].is_null(), it["is_stale"] == true)).collect()
        };
        let (chief, both) = (json!("chief_judge"), json!("supervisor"));
        assert_eq!(wanted(&seen), [(chief.clone(), false, false), (both.clone(), false, false)]);
        let unsigned = publish(&world).await;
        refused(&unsigned, "results_not_ready", "nobody has signed");
        assert_eq!(unsigned.fields(), ["signatures[chief_judge]", "signatures[supervisor]"]);

        // Who may sign what, and only what he has seen.
        let digest = seen["digest"].clone();
        refused(&sign(&world.chief, &world, "chief_judge", &json!("0")).await, "stale", "another result");
        refused(&sign(&world.chief, &world, "supervisor", &digest).await, "forbidden", "not his role");
        refused(&sign(&supervisor, &world, "judge", &digest).await, "invalid", "no role that signs");
        refused(&sign(&world.judges[0], &world, "chief_judge", &digest).await, "forbidden", "a judge");
        let signed = sign(&world.chief, &world, "chief_judge", &digest).await;
        assert_eq!(signed.status, 200, "{}", signed.text());
        assert_eq!(wanted(&signed.json()), [(chief.clone(), true, false), (both.clone(), false, false)]);
        let logged = world.logged().await;
        assert_eq!(sign(&world.chief, &world, "chief_judge", &digest).await.status, 200);
        assert_eq!(world.logged().await, logged, "he has signed this one");

        // A mark that is corrected makes another result: both look again. By now only an appeal does so.
        let run = world.run("E2", "D").await;
        let judge = common::story::assigned(&world, &run, "D1.3").await[0];
        let mut correction = mark(81, &run, "D1.3", marks("2.00"));
        (correction["replaces"], correction["reason"]) = (json!(common::mark_id(80)), json!("复看录像"));
        assert_eq!(world.submit(judge, vec![correction]).await.code(), "marks_closed");
        common::story::corrected_on_appeal(&world, "E2", "D", "D1.3", "2.00").await;
        let changed = results(&supervisor, &world).await.json();
        assert_ne!(changed["digest"], digest);
        assert_eq!(wanted(&changed), [(chief, false, true), (both, false, false)]);
        refused(&sign(&supervisor, &world, "supervisor", &digest).await, "stale", "it has changed");
        for (client, role) in [(&world.chief, "chief_judge"), (&supervisor, "supervisor")] {
            assert_eq!(sign(client, &world, role, &changed["digest"]).await.status, 200);
        }
        refused(&world.stranger.get(&world.path("results/pack")).await, "contest_not_open", "no pack yet");
        assert_eq!(publish(&world).await.status, 200);
        let shown = results(&world.stranger, &world).await.json();
        assert_eq!(shown["digest"], changed["digest"], "becoming final changes nothing in it");
        assert_eq!(shown["signatures"][0]["by"], Value::Null, "who signed is not the public's");
        let first = &shown["standing"]["prizes"][0];
        assert!(first["prize"] == "third" && !first["why"]["zh"].as_str().unwrap().is_empty(), "{first}");
    })
    .await;
}

#[tokio::test]
async fn one_person_signs_in_one_role() {
    each_engine_with_rules(true, |world| async move {
        played(&world).await;
        rechecked(&world, &supervisor(&world).await).await;
        let second = world.second_login("chief", "chief-2", Role::Supervisor).await;
        let digest = results(&world.chief, &world).await.json()["digest"].clone();
        assert_eq!(sign(&world.chief, &world, "chief_judge", &digest).await.status, 200);
        refused(&sign(&second, &world, "supervisor", &digest).await, "forbidden", "the same person");
    })
    .await;
}

#[tokio::test]
async fn a_pack_is_worked_out_again() {
    for blind in [true, false] {
        each_engine_with_rules(blind, |world| async move {
            let pack = published(&world).await;
            let key = world.stranger.get("/api/hall/key").await.json()["key"].as_str().unwrap().to_owned();
            let Verified { entries, prizes, signed, .. } = verify(&pack, Some(&key)).unwrap();
            assert_eq!((entries, signed), (6, vec![Role::ChiefJudge, Role::Supervisor]));
            assert!(prizes > 0);
            assert!(verify(&pack, Some(&"00".repeat(32))).unwrap_err().place.starts_with("signature.json"));
            // Names where they are published, and nowhere else; nobody's words about others.
            let files = pack::unzipped(&pack).unwrap();
            let whole: String = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
            let plan = world.floor().await.arena().plan.clone();
            for entry in &plan.entries {
                assert_eq!(whole.contains(&entry.person_name), !plan.blind, "{}", entry.person_name);
                assert_eq!(whole.contains(&entry.organisation_name.zh), !plan.blind);
            }
            assert!(plan.judges.iter().all(|judge| !whole.contains(&judge.person_name)));
            assert!(!whole.contains("动作规范"));
            // The same contest gives the same bytes, also on a hall that was started again.
            let again = world.reopened().await;
            assert!(again.stranger.get(&again.path("results/pack")).await.bytes == pack);
        })
        .await;
    }
}

/// What was published stays what it is, byte for byte, whatever becomes of names.
#[tokio::test]
async fn a_pack_is_made_once_and_kept() {
    each_engine_with_rules(false, |world| async move {
        let pack = published(&world).await;
        let path = world.path("results/pack");
        let (kept, made) =
            ("select count(*) as n from contest_pack", "update organisation set name_zh = name_zh || '（改名）'");
        let count = async || world.hall.db.one(kept, &[]).await.unwrap().get::<i64>("n").unwrap();
        assert_eq!(count().await, 1, "made when it was published");
        let renamed =
            world.hall.db.write::<_, store::StoreError, _>(|tx| Box::pin(async move { tx.exec(made, &[]).await }));
        renamed.await.unwrap();
        let again = world.reopened().await;
        let taken = again.stranger.get(&path).await;
        assert!(taken.bytes == pack, "the same bytes");
        let tag = taken.headers["etag"].to_str().unwrap().to_owned();
        let send =
            async |tag: &str| again.stranger.send(http::Method::GET, &path, None, &[("if-none-match", tag)]).await;
        let known = send(&tag).await;
        assert_eq!((known.status.as_u16(), known.bytes.len()), (304, 0));
        assert_eq!(send("\"other\"").await.status, 200);
        // Asked by many at once where it is missing, it is made by one, and is sound.
        let lost = again.hall.db.write::<_, store::StoreError, _>(|tx| {
            Box::pin(async move { tx.exec("delete from contest_pack", &[]).await })
        });
        lost.await.unwrap();
        let many = futures_util::future::join_all((0..8).map(|_| again.stranger.get(&path))).await;
        assert!(many.iter().all(|one| one.status == 200 && one.bytes == many[0].bytes));
        assert!(verify(&many[0].bytes, None).is_ok());
        assert_eq!(count().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_result_that_stands_is_worked_out_once_and_known_by_its_tag() {
    each_engine_with_rules(true, |world| async move {
        played(&world).await;
        let shown = results(&world.chief, &world).await;
        let tag = shown.headers["etag"].to_str().unwrap().to_owned();
        let path = world.path("results");
        let known = world.chief.send(http::Method::GET, &path, None, &[("if-none-match", &tag)]).await;
        assert_eq!(known.status, 304);
        let supervisor = supervisor(&world).await;
        rechecked(&world, &supervisor).await;
        let digest = results(&world.chief, &world).await.json()["digest"].clone();
        assert_eq!(sign(&world.chief, &world, "chief_judge", &digest).await.status, 200);
        let signed = world.chief.send(http::Method::GET, &path, None, &[("if-none-match", &tag)]).await;
        assert_eq!(signed.status, 200, "the log has grown");
        assert!(!signed.json()["signatures"][0]["by"].is_null());
    })
    .await;
}

/// Any byte of any file, and of what stands between them.
#[tokio::test]
async fn a_changed_byte_is_found_wherever_it_is() {
    let database = &testkit::databases().await[0];
    let mut contest = new_contest(false);
    contest["rule_set"] = json!(rule_set());
    let world = World::with(&database.url, contest).await;
    let pack = published(&world).await;
    let files = pack::unzipped(&pack).unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "manifest.json",
            "signature.json",
            "results.json",
            "field.json",
            "log.ndjson",
            "scheme.yaml",
            "rule-set.yaml",
            "README.txt"
        ]
    );
    for (at, (name, bytes)) in files.iter().enumerate() {
        for position in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 2, bytes.len() - 1] {
            let mut changed = files.clone();
            changed[at].1[position] ^= 1;
            let found = verify(&pack::zipped(&changed).unwrap(), None).expect_err(name);
            assert!(
                ["manifest.json", "signature.json"].contains(&name.as_str()) || found.place == *name,
                "{name}: {found}"
            );
        }
        let without: Vec<File> = files.iter().filter(|(other, _)| other != name).cloned().collect();
        assert!(verify(&pack::zipped(&without).unwrap(), None).is_err(), "without {name}");
    }
    let more: Vec<File> = files.iter().cloned().chain([("more.txt".to_owned(), b"x".to_vec())]).collect();
    assert_eq!(verify(&pack::zipped(&more).unwrap(), None).unwrap_err().place, "more.txt");
    for position in (0..pack.len()).step_by(pack.len() / 997) {
        let mut changed = pack.clone();
        changed[position] ^= 0x20;
        assert!(verify(&changed, None).is_err(), "byte {position}");
    }
    for archive in [&b""[..], b"PK", &pack[..pack.len() - 1], &[pack.as_slice(), b"x"].concat()] {
        assert!(verify(archive, None).is_err());
    }
}

/// Who has a key of his own and writes a whole pack with it is found by what doesn't follow.
#[tokio::test]
async fn a_forged_pack_is_found_by_what_does_not_follow() {
    let database = &testkit::databases().await[0];
    let mut contest = new_contest(false);
    contest["rule_set"] = json!(rule_set());
    let world = World::with(&database.url, contest).await;
    let files = pack::unzipped(&published(&world).await).unwrap();
    for (file, from, to, place) in [
        ("results.json", "\"rank\": 1,", "\"rank\": 2,", "results.json: entries[0].rank"),
        ("results.json", "\"prize\": \"third\"", "\"prize\": \"second\"", "results.json: prizes[0].prize"),
        ("log.ndjson", "\"given\":100", "\"given\":200", "log.ndjson:"),
        ("log.ndjson", "\"met\",\"marks\":100", "\"met\",\"marks\":200", "log.ndjson:"),
        ("log.ndjson", "\"rule\":\"gripped\"", "\"rule\":\"gripper\"", "log.ndjson:"),
        (
            "log.ndjson",
            "\"kind\":\"signed\",\"role\":\"supervisor\"",
            "\"kind\":\"signed\",\"role\":\"organiser\"",
            "log.ndjson",
        ),
        ("scheme.yaml", "max: 2, abilities: [hand]}", "max: 1, abilities: [hand]}", "log.ndjson:"),
        ("rule-set.yaml", "share: 10%", "share: 20%", "results.json: rule_set"),
        ("field.json", "\"no\": \"E1\"", "\"no\": \"E9\"", "results.json: entries["),
    ] {
        let mut forged = files.clone();
        let changed = forged.iter_mut().find(|(name, _)| name == file).unwrap();
        let text = String::from_utf8(changed.1.clone()).unwrap();
        assert!(text.contains(from), "{file} holds no {from}");
        changed.1 = text.replacen(from, to, 1).into_bytes();
        let found = verify(&resealed(forged), None).expect_err(from);
        assert!(found.place.starts_with(place), "{from}: {found}");
    }
    assert!(verify(&resealed(files), None).is_ok(), "without a key any hall's seal will do");
}

#[tokio::test]
async fn rule_sets_are_listed_checked_and_kept_with_their_contest() {
    each_engine_with_rules(true, |world| async move {
        let shipped = world.organiser.get("/api/rule-sets").await.json();
        let names: Vec<&Value> = shipped["items"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
        assert_eq!(names, ["china-industry-final", "worldskills-style"]);
        let kept = world.stranger.get(&world.path("rule-set")).await.json();
        assert_eq!((&kept["id"], &kept["source"]), (&json!("china-industry-final"), &json!(rule_set())));
        let check = async |text: String, scheme: Option<&str>| {
            world.chief.post("/api/rule-sets/check", json!({"rule_set": text, "scheme": scheme})).await.json()
        };
        let fits = check(rule_set(), Some(common::SCHEME)).await;
        assert_eq!(fits["summary"]["id"], "china-industry-final");
        // The scheme's panel is of three, which counts: a warning.
        assert!(fits["faults"].as_array().unwrap().iter().all(|fault| fault["severity"] == "warning"), "{fits}");
        let wrong = check(rule_set().replace("rounding: nearest", "rounding: nearst"), None).await;
        assert_eq!((&wrong["summary"], &wrong["faults"][0]["suggestion"]), (&Value::Null, &json!("nearest")));
        // A contest is not made with what doesn't load, or doesn't fit.
        for text in ["nonsense: [".to_owned(), rule_set().replace("share_max: 30%", "share_max: 20%")] {
            let mut contest = new_contest(true);
            contest["rule_set"] = json!(text);
            let answer = world.organiser.post("/api/contests", contest).await;
            assert_eq!(answer.status, 422, "{}", answer.text());
            assert!(answer.fields().iter().all(|path| path.starts_with("rule_set:")), "{:?}", answer.fields());
        }
        let plain = world.organiser.post("/api/contests", new_contest(true)).await.json();
        let none = world.stranger.get(&format!("/api/contests/{}/rule-set", plain["id"].as_str().unwrap())).await;
        refused(&none, "not_found", "it has none");
    })
    .await;
}

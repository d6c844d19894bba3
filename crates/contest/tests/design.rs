//! A scheme under a contest that isn't open yet: checked against what the hall knows, replaced, compared, restored.

mod common;

use common::{SCHEME, World, batch, each_engine, rule_set, send};
use kernel::Role;
use serde_json::{Value, json};
use web::testing::{Answered, Client};

/// An aspect is worth half a mark more.
fn dearer() -> String {
    SCHEME.replacen("type: measurement, max: 2,", "type: measurement, max: 2.5,", 1)
}

async fn save(client: &Client, world: &World, scheme: &str, replaces: u32) -> Answered {
    save_with(client, world, scheme, Value::Null, replaces).await
}

async fn save_with(client: &Client, world: &World, scheme: &str, rule_set: Value, replaces: u32) -> Answered {
    let body = json!({"scheme": scheme, "rule_set": rule_set, "note": "满分改动", "replaces": replaces});
    client.post(&world.path("scheme"), body).await
}

async fn versions(world: &World) -> Vec<Value> {
    let answer = world.chief.get(&world.path("scheme/versions")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_scheme_is_replaced_and_every_version_is_kept() {
    each_engine(async |world| {
        let first = versions(&world).await;
        assert_eq!((first.len(), &first[0]["version"], &first[0]["note"]), (1, &json!(1), &json!("")));
        let before = world.floor().await.arena().plan.runs.clone();

        let saved = save(&world.organiser, &world, &dearer(), 1).await;
        assert_eq!((saved.status.as_u16(), &saved.json()["version"]), (200, &json!(2)), "{}", saved.text());
        let shown = world.stranger.get(&world.path("scheme")).await.json();
        assert_eq!(shown["modules"][0]["criteria"][0]["aspects"][0]["max"], "2.50");
        assert_eq!(world.floor().await.arena().board.scheme().max().to_string(), "35.50");

        // Everybody works where and when he would have.
        let after = world.floor().await.arena().plan.runs.clone();
        let seats = |runs: &[contest::plan::PlannedRun]| -> Vec<_> {
            let mut seats: Vec<_> = runs
                .iter()
                .map(|run| (run.entry.clone(), run.module.clone(), run.station.clone(), run.planned))
                .collect();
            seats.sort();
            seats
        };
        assert_eq!(seats(&before), seats(&after));

        let all = versions(&world).await;
        let numbers: Vec<_> = all.iter().map(|version| version["version"].as_u64().unwrap()).collect();
        assert_eq!(numbers, [2, 1]);
        assert_eq!((&all[0]["note"], all[0]["by"].is_string()), (&json!("满分改动"), true));
        for (number, text) in [(1, SCHEME.to_owned()), (2, dearer())] {
            let one = world.chief.get(&world.path(&format!("scheme/versions/{number}"))).await.json();
            assert_eq!((&one["scheme"], &one["rule_set"]), (&json!(text), &Value::Null));
        }

        // An older one comes back as a version of its own.
        let restore = json!({"note": "改回", "replaces": 2});
        let restored = world.organiser.post(&world.path("scheme/versions/1/restore"), restore).await;
        assert_eq!((restored.status.as_u16(), &restored.json()["version"]), (200, &json!(3)), "{}", restored.text());
        assert_eq!(world.floor().await.arena().board.scheme().max().to_string(), "35.00");
        // What a node that starts now reads is the same.
        let again = world.reopened().await;
        assert_eq!(versions(&again).await, versions(&world).await);
        let (after, before) = (again.floor().await, world.floor().await);
        assert_eq!(after.arena().plan.scheme.hash, before.arena().plan.scheme.hash);
    })
    .await;
}

#[tokio::test]
async fn what_can_not_be_saved_is_refused_and_changes_nothing() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let before = world.everything().await;
    let path = world.path("scheme");
    let without_students = SCHEME.replace("  - {code: students, name: {zh: 学生组, en: Students}}\n", "");
    let without_theory_module = SCHEME.replace("code: D\n", "code: E\n");
    for (body, code, place) in [
        (json!({"scheme": SCHEME, "rule_set": null, "note": "x", "replaces": 1}), "invalid", "scheme"),
        (json!({"scheme": dearer(), "rule_set": null, "note": " ", "replaces": 1}), "invalid", "note"),
        (json!({"scheme": dearer(), "rule_set": null, "note": "x".repeat(501), "replaces": 1}), "invalid", "note"),
        (json!({"scheme": dearer(), "rule_set": null, "note": "x", "replaces": 2}), "stale", ""),
        (json!({"scheme": dearer(), "rule_set": null, "note": "x", "replaces": 0}), "stale", ""),
        (json!({"scheme": "id: x", "rule_set": null, "note": "x", "replaces": 1}), "scheme_invalid", "scheme:1:1"),
        (json!({"scheme": dearer(), "rule_set": "id: x", "note": "x", "replaces": 1}), "invalid", "rule_set:1:1"),
        (
            json!({"scheme": without_students, "rule_set": null, "note": "x", "replaces": 1}),
            "scheme_misfit",
            "groups[students]",
        ),
        (
            json!({"scheme": without_theory_module, "rule_set": null, "note": "x", "replaces": 1}),
            "scheme_misfit",
            "judges[D]",
        ),
        (json!({"scheme": dearer(), "note": "x", "replaces": 1, "even_so": true}), "invalid", ""),
        (json!({"scheme": dearer(), "note": "x", "replaces": -1}), "invalid", ""),
    ] {
        let answer = world.organiser.post(&path, body.clone()).await;
        assert_eq!(answer.code(), code, "{}", answer.text());
        if !place.is_empty() {
            let fields = answer.json()["fields"].clone();
            let there = fields.as_array().unwrap().iter().any(|field| field["path"] == place);
            assert!(there, "{place}: {fields}");
        }
    }
    for (path, code) in [("scheme/versions/9", "not_found"), ("scheme/versions/x", "malformed")] {
        let code_got = world.chief.get(&world.path(path)).await.code();
        assert!(code_got == code || code_got == "invalid" || code_got == "not_found", "{path}: {code_got}");
    }
    let none =
        world.organiser.post(&world.path("scheme/versions/9/restore"), json!({"note": "x", "replaces": 1})).await;
    assert_eq!(none.code(), "not_found");
    let same =
        world.organiser.post(&world.path("scheme/versions/1/restore"), json!({"note": "x", "replaces": 1})).await;
    assert_eq!(same.code(), "invalid");
    assert_eq!(versions(&world).await.len(), 1);
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn an_open_contest_and_a_drawn_one_keep_their_scheme() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let refused = save(&world.organiser, &world, &dearer(), 1).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "scheme_fixed"), "{}", refused.text());
    let seen = world.chief.post(&world.path("scheme/check"), json!({"scheme": dearer(), "rule_set": null})).await;
    assert_eq!(seen.json()["replaceable"], false);

    let mut with_rules = common::new_contest(true);
    with_rules["rule_set"] = json!(rule_set());
    let another = testkit::sqlite_database();
    let drawn = World::with(&another.url, with_rules).await;
    let committed = drawn.organiser.post(&drawn.path("draw/commitment"), json!({"reason": null})).await;
    assert_eq!(committed.status, 200, "{}", committed.text());
    let unruled = save(&drawn.organiser, &drawn, &dearer(), 1).await;
    assert_eq!((unruled.code().as_str(), &unruled.json()["fields"][0]["path"]), ("scheme_misfit", &json!("rule_set")));
    let saved = save_with(&drawn.organiser, &drawn, &dearer(), json!(rule_set()), 1).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    let lots = drawn.organiser.post(&drawn.path("draw/lots"), json!({"public_part": null})).await;
    assert_eq!(lots.status, 200, "{}", lots.text());
    let before = drawn.everything().await;
    let fixed = save_with(&drawn.organiser, &drawn, SCHEME, json!(rule_set()), 2).await;
    assert_eq!(fixed.code(), "scheme_fixed", "{}", fixed.text());
    assert_eq!(drawn.everything().await, before);
}

#[tokio::test]
async fn rules_that_were_published_before_go_with_the_scheme_that_they_belonged_to() {
    each_engine(async |world| {
        let rules = world.chief.get(&world.path("rules")).await.json();
        let stricter = SCHEME.replace("force > 50N", "force > 40N");
        let publish = json!({"scheme": stricter, "reason": "试", "replaces": rules["hash"]});
        let published = world.chief.post(&world.path("rules/publish"), publish).await;
        assert_eq!(published.json()["version"], 2, "{}", published.text());
        assert_eq!(save(&world.organiser, &world, &dearer(), 1).await.status, 200);
        for world in [&world, &world.reopened().await] {
            let now = world.chief.get(&world.path("rules")).await.json();
            assert_eq!((&now["source"], &now["version"]), (&json!(dearer()), &json!(3)));
        }
        // The bench goes on from there.
        let hash = world.chief.get(&world.path("rules")).await.json()["hash"].clone();
        let next = dearer().replace("force > 50N", "force > 45N");
        let published = world
            .chief
            .post(&world.path("rules/publish"), json!({"scheme": next, "reason": "再试", "replaces": hash}))
            .await;
        assert_eq!(published.json()["version"], 4, "{}", published.text());
    })
    .await;
}

#[tokio::test]
async fn a_text_is_held_against_the_field_and_against_what_stations_send() {
    each_engine(async |world| {
        let ask = async |scheme: &str| {
            let answer =
                world.chief.post(&world.path("scheme/check"), json!({"scheme": scheme, "rule_set": null})).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.json()
        };
        let said = |answer: &Value| {
            answer["faults"]
                .as_array()
                .unwrap()
                .iter()
                .map(|fault| fault["path"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let quiet = ask(SCHEME).await;
        let others = said(&quiet).len();
        assert!(quiet["replaceable"].as_bool().unwrap() && quiet["conflicts"] == json!([]), "{quiet}");

        let edge = world.edge("edg_east").await;
        let ticks =
            [("S01", 0, json!({"grip": true, "forces": 3.0})), ("S02", 0, json!({"estop": false, "sound": true}))];
        let sent = send(&edge, &world.path("telemetry"), batch("edg_east", 1, 0, &ticks)).await;
        assert_eq!(sent.status, 200, "{}", sent.text());
        let heard = ask(SCHEME).await;
        assert_eq!(said(&heard).len(), others + 1, "{heard}");
        let fault =
            heard["faults"].as_array().unwrap().iter().find(|fault| fault["path"] == "rules[2].on.rises").unwrap();
        assert_eq!((&fault["severity"], &fault["suggestion"]), (&json!("warning"), &json!("forces")));
        assert!(fault["detail"]["en"].as_str().unwrap().contains("S01, S02"), "{fault}");
        assert!(heard["summary"].is_object(), "a warning stops nobody");

        let misfit = ask(&SCHEME.replace("code: students", "code: pupils")).await;
        assert_eq!(misfit["conflicts"][0]["path"], "groups[students]");
        let broken = ask("id: x").await;
        assert!(broken["summary"].is_null() && broken["conflicts"] == json!([]));
    })
    .await;
}

#[tokio::test]
async fn two_texts_are_compared_in_words() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let compared = world.chief.post("/api/schemes/compare", json!({"before": SCHEME, "after": dearer()})).await;
    let changes = compared.json()["changes"].clone();
    let aspect = changes.as_array().unwrap().iter().find(|change| change["of"] == "aspect").unwrap();
    assert_eq!((&aspect["kind"], &aspect["code"]), (&json!("changed"), &json!("A1.1")));
    assert_eq!(aspect["fields"][0], json!({"label": {"zh": "满分", "en": "Max"}, "before": "2", "after": "2.5"}));
    let commented = format!("# another comment\n{SCHEME}");
    let same = world.chief.post("/api/schemes/compare", json!({"before": SCHEME, "after": commented})).await;
    assert_eq!(same.json()["changes"], json!([]));
    let faulty = world.chief.post("/api/schemes/compare", json!({"before": SCHEME, "after": "id: x"})).await;
    assert_eq!(faulty.code(), "scheme_invalid");
}

#[tokio::test]
async fn a_judge_reads_no_version() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let supervisor = world.appointed("supervisor", Role::Supervisor).await;
    for path in ["scheme/versions", "scheme/versions/1"] {
        assert_eq!(world.judges[0].get(&world.path(path)).await.status, 403);
        assert_eq!(supervisor.get(&world.path(path)).await.status, 200);
    }
    assert_eq!(save(&supervisor, &world, &dearer(), 1).await.status, 403);
    assert_eq!(save(&world.chief, &world, &dearer(), 1).await.status, 403);
}

async fn put_rules(client: &Client, world: &World, rule_set: Value, replaces: &Value) -> Answered {
    let body = json!({"rule_set": rule_set, "reason": "改为抽签后公布", "replaces": replaces});
    client.put(&world.path("rule-set"), body).await
}

#[tokio::test]
async fn a_draft_gets_another_rule_set_and_its_registration_with_it() {
    each_engine(async |world| {
        assert_eq!(world.stranger.get(&world.path("registration")).await.status, 404);
        let logged = world.logged().await;
        let none = Value::Null;
        assert_eq!(put_rules(&world.chief, &world, json!(rule_set()), &none).await.code(), "forbidden");
        assert_eq!(put_rules(&world.organiser, &world, json!("format: nonsense"), &none).await.code(), "invalid");
        assert_eq!(put_rules(&world.organiser, &world, json!(rule_set()), &json!("00")).await.code(), "stale");
        let unreasoned = json!({"rule_set": rule_set(), "reason": " ", "replaces": null});
        assert_eq!(world.organiser.put(&world.path("rule-set"), unreasoned).await.fields(), ["reason"]);
        let misfit = rule_set().replace("{total: 1}", "{total: 999}");
        let refused = put_rules(&world.organiser, &world, json!(misfit), &none).await;
        assert!(refused.fields()[0].starts_with("rule_set:"), "checked against the scheme: {}", refused.text());
        assert_eq!(world.logged().await, logged, "nothing was changed");

        let put = put_rules(&world.organiser, &world, json!(rule_set()), &none).await;
        assert_eq!((put.status.as_u16(), &put.json()["version"]), (200, &json!(2)), "{}", put.text());
        let shown = world.stranger.get(&world.path("rule-set")).await.json();
        assert_eq!(shown["source"], json!(rule_set()));
        assert_eq!(world.stranger.get(&world.path("registration")).await.json()["team_least"], 2);
        let newest = versions(&world).await[0].clone();
        assert_eq!((&newest["note"], newest["by"].is_string()), (&json!("改为抽签后公布"), true));
        let contest = world.stranger.get(&format!("/api/contests/{}", world.contest)).await.json();
        assert_eq!(contest["disclosure"], "named_when_final");

        // Once a draw was committed to, or the contest is open, it stands.
        assert_eq!(world.organiser.post(&world.path("draw/commitment"), json!({"reason": null})).await.status, 200);
        let late = put_rules(&world.organiser, &world, Value::Null, &shown["hash"]).await;
        assert_eq!(late.code(), "scheme_fixed", "{}", late.text());
    })
    .await;
}

//! Bad input at every door: the right code, words in both languages, and nothing is changed by it.

mod common;

use std::io::{Cursor, Read, Write};

use common::{COMPETITORS, JUDGES, World, batch, level, mark, mark_id, marks, new_contest, send, upload, xlsx};
use contest::panel::Panel;
use http::Method;
use serde_json::{Value, json};
use web::testing::Answered;

fn han(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// A refusal in both languages, by its code.
fn refused(answer: &Answered, code: &str, what: &str) {
    assert_eq!(answer.code(), code, "{what}: {}", answer.text());
    let body = answer.json();
    for text in [&body["title"], &body["detail"], &body["advice"]] {
        let (zh, en) = (text["zh"].as_str().unwrap(), text["en"].as_str().unwrap());
        assert!(han(zh) && !en.is_empty() && zh != en, "{what}: {}", answer.text());
    }
    for field in body["fields"].as_array().unwrap_or(&Vec::new()) {
        let (zh, en) = (field["detail"]["zh"].as_str().unwrap(), field["detail"]["en"].as_str().unwrap());
        assert!(han(zh) && !en.is_empty(), "{what}: {}", answer.text());
    }
}

#[tokio::test]
async fn bodies_that_nobody_can_read() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let run = world.run("E1", "A").await;
    world.start(&run).await;
    let before = world.everything().await;
    let doors = [
        (&world.organiser, "/api/contests".to_owned(), 2 << 20),
        (&world.chief, world.path("state"), 256 << 10),
        (&world.judges[0], world.path("marks"), 1 << 20),
        (&world.judges[0], world.path("presence"), 256 << 10),
        (&world.organiser, world.path("theory"), 1 << 20),
        (&world.judges[0], world.path(&format!("runs/{run}/problems")), 256 << 10),
        (&world.chief, world.path("problems/1/settlement"), 256 << 10),
        (&world.chief, world.path(&format!("runs/{run}/clock")), 256 << 10),
        (&world.competitor, world.path(&format!("runs/{run}/judge-requests")), 256 << 10),
        (&world.chief, world.path("verdicts/vdt_x/decision"), 256 << 10),
    ];
    for (client, path, most) in &doors {
        let post = async |body: String| client.send(Method::POST, path, Some(body.into()), &[]).await;
        refused(&post("{\"".into()).await, "malformed", path);
        refused(&post("NaN".into()).await, "malformed", path);
        refused(&post(String::new()).await, "malformed", path);
        refused(&post("[]".into()).await, "invalid", path);
        refused(&post("{\"nobody_knows_this\": 1}".into()).await, "invalid", path);
        refused(&post("\"text\"".into()).await, "invalid", path);
        refused(&post(" ".repeat(most + 1)).await, "too_large", path);
        let text = [("content-type", "text/plain")];
        refused(&client.send(Method::POST, path, Some("{}".into()), &text).await, "unsupported_media", path);
        refused(&client.send(Method::PUT, path, Some("{}".into()), &[]).await, "method_not_allowed", path);
        if !path.ends_with("presence") {
            let keyless = [("idempotency-key", "")];
            refused(
                &client.send(Method::POST, path, Some("{}".into()), &keyless).await,
                "idempotency_key_missing",
                path,
            );
        }
        let forged = [("x-csrf-token", "guessed")];
        refused(&client.send(Method::POST, path, Some("{}".into()), &forged).await, "csrf_mismatch", path);
    }
    for path in
        ["stations", "runs?state=asleep", "runs?limit=0", "runs?cursor=%2F", "runs?nobody=1", "verdicts?state=x"]
    {
        let answer = world.judges[0].get(&world.path(path)).await;
        assert_eq!(answer.status == 200, path == "stations", "{path}: {}", answer.text());
    }
    for path in ["runs/run_none/sheet", "runs/RUN%20X/sheet", "verdicts/none", "nothing"] {
        assert_eq!(world.judges[0].get(&world.path(path)).await.status, 404, "{path}");
    }
    refused(&world.stranger.get("/api/contests/con_none").await, "not_found", "no such contest");
    refused(&world.stranger.get("/live/contests/con_none/overall").await, "not_found", "no such contest");
    refused(&world.stranger.get(&format!("/live/contests/{}/control", world.contest)).await, "not_found", "not public");
    refused(&world.stranger.get(&world.path("ranking?group=x")).await, "invalid", "no such group");
    refused(&world.chief.get(&world.path(&format!("runs/{run}/signals?points=0"))).await, "invalid", "points");
    refused(&world.chief.get(&world.path("runs/run_none/signals")).await, "not_found", "run");
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn marks_at_fault() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let (run, waiting, west) = (world.run("E2", "A").await, world.run("E4", "A").await, world.run("W1", "A").await);
    let (own, automatic) = (world.run("E1", "A").await, world.run("E2", "D").await);
    world.start(&run).await;
    world.start(&own).await;
    world.start(&west).await;
    // Somebody who is to mark everything there is: assignments go round the panel, so each aspect has its judge.
    let judge_of = async |aspect: &str| {
        let floor = world.floor().await;
        let arena = floor.arena();
        let planned = arena.plan.run(&run).unwrap();
        let ix = arena.aspect(aspect).unwrap();
        let panel = Panel::of(&arena, planned);
        let judge = panel.seats(ix)[0];
        JUDGES[1..].iter().position(|row| row[0] == judge.person_name).unwrap()
    };
    let first = judge_of("A1.1").await;
    let yes = json!({"kind": "yes_no", "yes": true});
    let taken = world.submit(first, vec![mark(1, &run, "A1.1", yes.clone())]).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    // The distributions that this mark moves are shown by the second, not at once.
    world.settled().await;
    let before = world.everything().await;
    let with = |mut mark: Value, change: Value| {
        mark.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        mark
    };
    let ok = mark(2, &run, "A2.1", level(2));
    let second = judge_of("A2.1").await;
    let cases: Vec<(&str, usize, Value, &str, &str)> = vec![
        ("no such run", second, with(ok.clone(), json!({"run": "run_other"})), "entry_unknown", "marks[0].run"),
        ("no such aspect", second, with(ok.clone(), json!({"aspect": "Z9"})), "mark_unknown_aspect", "marks[0].aspect"),
        (
            "another module's",
            second,
            with(ok.clone(), json!({"aspect": "D1.1"})),
            "mark_unknown_aspect",
            "marks[0].aspect",
        ),
        ("not my venue", second, with(ok.clone(), json!({"run": west.as_str()})), "not_on_panel", "marks[0].run"),
        ("own organisation", 3, with(ok.clone(), json!({"run": own.as_str()})), "recused", "marks[0].run"),
        ("not begun", second, with(ok.clone(), json!({"run": waiting.as_str()})), "run_state", "marks[0].run"),
        ("stale round", second, with(ok.clone(), json!({"round": 2})), "round_closed", "marks[0].round"),
        ("level 4", second, with(ok.clone(), json!({"value": level(4)})), "mark_out_of_range", "marks[0].value"),
        ("wrong kind", second, with(ok.clone(), json!({"value": yes})), "mark_kind_mismatch", "marks[0].value"),
        ("short id", second, with(ok.clone(), json!({"id": "mrk_1"})), "invalid", "marks[0].id"),
        ("long note", second, with(ok.clone(), json!({"note": "长".repeat(1001)})), "invalid", "marks[0].note"),
        (
            "replaces nothing",
            second,
            with(ok.clone(), json!({"replaces": mark_id(9), "reason": "x"})),
            "stale",
            "marks[0].replaces",
        ),
        (
            "a negative level",
            second,
            with(ok.clone(), json!({"value": level(0).as_object().map(|_| json!({"kind": "level", "level": -1}))})),
            "invalid",
            "",
        ),
        ("no such kind", second, with(ok.clone(), json!({"value": {"kind": "guess", "level": 1}})), "invalid", ""),
        ("unknown field", second, with(ok.clone(), json!({"mark": 1})), "invalid", ""),
        ("a time that is none", second, with(ok.clone(), json!({"at": "yesterday"})), "invalid", ""),
    ];
    for (what, judge, mark, code, path) in cases {
        let answer = world.submit(judge, vec![mark.clone()]).await;
        refused(&answer, code, what);
        assert!(path.is_empty() || answer.fields() == [path], "{what}: {:?}", answer.fields());
        // All or nothing: beside a good one it takes the good one down with it.
        let good = common::mark(77, &run, "A2.1", level(1));
        assert!(world.submit(judge, vec![good, mark]).await.status.is_client_error(), "{what}");
        assert_eq!(world.everything().await, before, "{what}");
    }
    for (aspect, value, code) in [
        ("A1.2", json!({"kind": "measured", "value": "NaN"}), "mark_kind_mismatch"),
        ("A1.2", json!({"kind": "measured", "value": "Infinity"}), "mark_kind_mismatch"),
        ("A1.2", json!({"kind": "measured", "value": "-inf"}), "mark_kind_mismatch"),
        ("A1.2", json!({"kind": "measured", "value": "1e400"}), "mark_kind_mismatch"),
        ("A1.2", json!({"kind": "measured", "value": ""}), "mark_kind_mismatch"),
        ("A1.3", json!({"kind": "steps", "met": ["z"]}), ""),
        ("A1.3", json!({"kind": "steps", "met": ["a", "a"]}), ""),
        ("A1.4", json!({"kind": "deductions", "counts": {"nothing": 1}}), ""),
        ("A2.2", marks("4.01"), "mark_out_of_range"),
        ("A2.2", marks("-0.10"), "mark_out_of_range"),
        ("A2.2", marks("2.55"), "mark_out_of_range"),
        ("A2.2", json!({"kind": "marks", "marks": "NaN"}), "invalid"),
        ("A2.2", json!({"kind": "marks", "marks": 2.5}), "invalid"),
    ] {
        let judge = judge_of(aspect).await;
        let answer = world.submit(judge, vec![mark(3, &run, aspect, value.clone())]).await;
        let code = if code.is_empty() { answer.code() } else { code.to_owned() };
        refused(&answer, &code, &format!("{aspect} {value}"));
        assert_eq!(answer.status, 422, "{aspect} {value}: {}", answer.text());
        assert_eq!(world.everything().await, before, "{aspect} {value}");
    }
    let many: Vec<Value> = (100..301).map(|nth| mark(nth, &run, "A2.1", level(1))).collect();
    refused(&world.submit(0, many).await, "invalid", "201 marks");
    refused(&world.submit(0, Vec::new()).await, "invalid", "no marks");
    let twice = vec![ok.clone(), ok.clone()];
    refused(&world.submit(second, twice).await, "invalid", "the same id twice");
    let by_hand = mark(4, &automatic, "D1.1", marks("1.00"));
    world.start_after(&run, &automatic).await;
    // No gateway has spoken for this venue, so the referee is done with the closed run at once.
    let floor = world.floor().await;
    testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
    let before = world.everything().await;
    refused(&world.submit(0, vec![by_hand]).await, "mark_kind_mismatch", "by hand where the referee judges");
    let other = json!({"kind": "yes_no", "yes": false});
    let correction = json!({"id": mark_id(5), "replaces": mark_id(1), "value": other});
    let standing = mark(1, &run, "A1.1", json!({"kind": "yes_no", "yes": true}));
    let cases = [
        ("same id, other content", with(standing.clone(), json!({"value": other})), "conflict"),
        ("same id, other note", with(standing.clone(), json!({"note": "注"})), "conflict"),
        ("again under another id", with(standing.clone(), json!({"id": mark_id(6)})), "stale"),
        ("a correction without a reason", with(standing.clone(), correction), "correction_needs_reason"),
    ];
    for (what, mark, code) in cases {
        refused(&world.submit(first, vec![mark]).await, code, what);
    }
    let two = vec![mark(7, &run, "A2.2", marks("1.00")), mark(8, &run, "A2.2", marks("2.00"))];
    let two = world.submit(judge_of("A2.2").await, two).await;
    refused(&two, "stale", "one aspect twice without a correction");
    let again = world.submit(first, vec![standing]).await;
    assert_eq!((again.status.as_u16(), &again.json()["accepted"][0]["id"]), (200, &json!(mark_id(1))));
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn acts_that_the_state_does_not_allow() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let run = world.run("E1", "A").await;
    let before = world.everything().await;
    let clock = world.path(&format!("runs/{run}/clock"));
    refused(&world.chief.post(&clock, json!({"act": "start"})).await, "contest_not_open", "a draft's clock");
    refused(&world.submit(0, vec![mark(1, &run, "A2.1", level(1))]).await, "contest_not_open", "a draft's marks");
    let request = world.path(&format!("runs/{run}/judge-requests"));
    refused(&world.competitor.post(&request, json!({})).await, "contest_not_open", "a draft's request");
    let theory = json!({"aspect": "T1.1", "marks": [{"entry_no": "E1", "mark": "5.00"}]});
    refused(&world.organiser.post(&world.path("theory"), theory).await, "contest_not_open", "a draft's paper");
    let problem = world.path(&format!("runs/{run}/problems"));
    refused(&world.judges[0].post(&problem, json!({"text": "x"})).await, "contest_not_open", "a draft's problem");
    let to = async |to: &str| world.chief.post(&world.path("state"), json!({"to": to})).await;
    for state in ["draft", "frozen", "review", "final"] {
        refused(&to(state).await, "contest_not_open", state);
    }
    refused(&to("asleep").await, "invalid", "no such state");
    assert_eq!(world.everything().await, before);

    world.becomes("live").await;
    let before = world.everything().await;
    for (what, act, code) in [
        ("stop before the start", json!({"act": "stop", "reason": "x"}), "run_state"),
        ("resume before the start", json!({"act": "resume"}), "run_state"),
        ("close before the start", json!({"act": "close"}), "run_state"),
        ("time before the start", json!({"act": "add_time", "reason": "x", "add_ms": 1}), "run_state"),
        ("no reason", json!({"act": "stop"}), "invalid"),
        ("an empty reason", json!({"act": "stop", "reason": "  "}), "invalid"),
        ("a long reason", json!({"act": "stop", "reason": "长".repeat(501)}), "invalid"),
        ("no time", json!({"act": "add_time", "reason": "x"}), "invalid"),
        ("no time at all", json!({"act": "add_time", "reason": "x", "add_ms": 0}), "invalid"),
        ("a day", json!({"act": "add_time", "reason": "x", "add_ms": 86_400_000}), "invalid"),
        ("time with a start", json!({"act": "start", "add_ms": 1}), "invalid"),
        ("no such act", json!({"act": "rewind"}), "invalid"),
        ("half a millisecond", json!({"act": "add_time", "reason": "x", "add_ms": 0.5}), "invalid"),
    ] {
        refused(&world.clock_act(&run, act).await, code, what);
    }
    refused(&world.competitor.post(&request, json!({})).await, "run_state", "a request before the start");
    refused(&to("draft").await, "contest_not_open", "back to draft");
    refused(&to("final").await, "contest_not_open", "final without review");
    let west = world.run("W1", "A").await;
    let there = world.path(&format!("runs/{west}/clock"));
    refused(&world.operator.post(&there, json!({"act": "start"})).await, "forbidden", "another venue's clock");
    let there = world.path(&format!("runs/{west}/problems"));
    refused(&world.judges[0].post(&there, json!({"text": "x"})).await, "forbidden", "another venue's problem");
    let there = world.path(&format!("runs/{west}/judge-requests"));
    refused(&world.competitor.post(&there, json!({})).await, "forbidden", "another's run");
    refused(&world.judges[0].get(&world.path(&format!("runs/{west}/sheet"))).await, "not_on_panel", "another's sheet");
    refused(
        &world.judges[3].get(&world.path(&format!("runs/{run}/sheet"))).await,
        "recused",
        "my own colleague's sheet",
    );
    let foreign = world.path("runs/run_elsewhere/clock");
    refused(&world.chief.post(&foreign, json!({"act": "start"})).await, "not_found", "another contest's run");
    let foreign = world.path("verdicts/vdt_elsewhere/decision");
    refused(
        &world.chief.post(&foreign, json!({"decision": "confirm"})).await,
        "not_found",
        "another contest's verdict",
    );
    assert_eq!(world.everything().await, before);

    world.start(&run).await;
    let before = world.everything().await;
    let elsewhere = world.run("E3", "A").await;
    refused(&world.clock_act(&run, json!({"act": "start"})).await, "run_state", "twice");
    refused(&world.clock_act(&elsewhere, json!({"act": "start"})).await, "run_state", "the station is taken");
    refused(&world.clock_act(&run, json!({"act": "resume"})).await, "run_state", "it goes on already");
    let problem = world.path(&format!("runs/{run}/problems"));
    refused(&world.judges[0].post(&problem, json!({"text": " "})).await, "invalid", "no words");
    refused(&world.judges[0].post(&problem, json!({"text": "长".repeat(1001)})).await, "invalid", "too many words");
    let aspect = json!({"text": "x", "aspect": "Z"});
    refused(&world.judges[0].post(&problem, aspect).await, "mark_unknown_aspect", "no such aspect");
    refused(&world.competitor.post(&request, json!({"checkpoint": "nowhere"})).await, "invalid", "no such checkpoint");
    for (what, body, code) in [
        ("no such paper", json!({"aspect": "A1.1", "marks": [{"entry_no": "E1", "mark": "1"}]}), "mark_unknown_aspect"),
        ("nobody", json!({"aspect": "T1.1", "marks": []}), "invalid"),
        ("no such number", json!({"aspect": "T1.1", "marks": [{"entry_no": "X", "mark": "1"}]}), "entry_unknown"),
        ("too much", json!({"aspect": "T1.1", "marks": [{"entry_no": "E1", "mark": "10.01"}]}), "mark_out_of_range"),
        (
            "less than nothing",
            json!({"aspect": "T1.1", "marks": [{"entry_no": "E1", "mark": "-1"}]}),
            "mark_out_of_range",
        ),
        ("not a mark", json!({"aspect": "T1.1", "marks": [{"entry_no": "E1", "mark": "Infinity"}]}), "invalid"),
        (
            "one number twice",
            json!({"aspect": "T1.1", "marks": [{"entry_no": "E1", "mark": "1"}, {"entry_no": "E1", "mark": "2"}]}),
            "conflict",
        ),
    ] {
        refused(&world.organiser.post(&world.path("theory"), body).await, code, what);
    }
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn contests_that_cannot_be_made() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let with = |pointer: &str, value: Value| {
        let mut new = new_contest(true);
        *new.pointer_mut(pointer).unwrap() = value;
        new
    };
    let long = "长".repeat(101);
    for (what, new, code) in [
        ("no name", with("/name/zh", json!(" ")), "invalid"),
        ("a long name", with("/name/en", json!(long)), "invalid"),
        ("a name with a bell", with("/name/zh", json!("赛\u{7}")), "invalid"),
        ("a name with a zero", with("/name/zh", json!("赛\u{0}")), "invalid"),
        ("no venue's name", with("/venues/0/name/zh", json!("")), "invalid"),
        ("two venues of a name", with("/venues/0/name/zh", json!("西赛场")), "invalid"),
        ("no venues", with("/venues", json!([])), "invalid"),
        ("no stations", with("/venues/0/stations", json!([])), "invalid"),
        ("a station twice", with("/venues/0/stations", json!(["S01", "S11"])), "invalid"),
        ("a station's code", with("/venues/0/stations", json!(["S 1"])), "invalid"),
        ("no time", with("/starts_at", json!("soon")), "invalid"),
        ("no scheme", with("/scheme", json!("")), "scheme_invalid"),
        ("no YAML", with("/scheme", json!("a: [")), "scheme_invalid"),
        ("a scheme with a zero", with("/scheme", json!("format: \u{0}")), "scheme_invalid"),
        ("a scheme's fault", with("/scheme", json!(common::SCHEME.replace("max: 3", "max: three"))), "scheme_invalid"),
    ] {
        let answer = world.organiser.post("/api/contests", new).await;
        refused(&answer, code, what);
        assert!(!answer.fields().is_empty(), "{what}: {}", answer.text());
    }
    let everywhere = json!({
        "name": {"zh": "", "en": "Trial"}, "scheme": "format: guildhall/scheme/1\nid: x", "blind": true, "starts_at": "2026-11-22T08:00:00Z",
        "venues": [{"name": {"zh": "东", "en": ""}, "stations": ["S01", "S 1"]}, {"name": {"zh": "东", "en": "West"}, "stations": []}],
    });
    let answer = world.organiser.post("/api/contests", everywhere).await;
    refused(&answer, "scheme_invalid", "a fault in every part");
    let mut fields = answer.fields();
    assert!(fields.iter().filter(|path| path.starts_with("scheme:")).count() > 2, "{}", answer.text());
    fields.retain(|path| !path.starts_with("scheme:"));
    fields.sort_unstable();
    let expected = ["name.zh", "venues[0].name.en", "venues[0].stations[1]", "venues[1].name.zh", "venues[1].stations"];
    assert_eq!(fields, expected, "all at once");
    let contests = world.stranger.get("/api/contests").await.json();
    assert_eq!(contests["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn schemes_are_shipped_and_checked() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let before = world.everything().await;
    let shipped = world.organiser.get("/api/schemes").await.json();
    let names: Vec<&str> =
        shipped["items"].as_array().unwrap().iter().map(|scheme| scheme["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["robot-maintenance", "cobot-day"]);
    let check = async |scheme: &str| {
        let answer = world.organiser.post("/api/schemes/check", json!({"scheme": scheme})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    for scheme in shipped["items"].as_array().unwrap() {
        let checked = check(scheme["source"].as_str().unwrap()).await;
        assert_eq!(checked, json!({"summary": scheme["summary"], "faults": []}));
    }
    let summary = &shipped["items"][0]["summary"];
    assert_eq!((&summary["max"], &summary["theory"]), (&json!("100.00"), &json!(1)));
    assert_eq!(summary["modules"].as_array().unwrap().len(), 5);

    // Two typing errors, and both are told with their places.
    let bad = common::SCHEME.replacen("max: 3", "max: three", 1).replacen("minutes:", "minuets:", 1);
    let checked = check(&bad).await;
    assert_eq!(checked["summary"], json!(null));
    let place = |word: &str| {
        let line = bad.lines().position(|line| line.contains(word)).unwrap();
        json!(line + 1)
    };
    let faults = checked["faults"].as_array().unwrap();
    assert!(faults.iter().any(|fault| fault["line"] == place("max: three") && fault["column"].as_u64() > Some(1)));
    let misspelt = faults.iter().find(|fault| fault["line"] == place("minuets:")).unwrap();
    assert_eq!((&misspelt["severity"], &misspelt["suggestion"]), (&json!("error"), &json!("minutes")));
    for (what, scheme) in [("nothing", ""), ("no YAML", "a: ["), ("a zero", "format: \u{0}"), ("a list", "[1, 2]")] {
        let checked = check(scheme).await;
        assert_eq!(checked["summary"], json!(null), "{what}");
        assert_ne!(checked["faults"], json!([]), "{what}");
    }
    let none = world.organiser.post("/api/schemes/check", json!({"yaml": "a"})).await;
    refused(&none, "invalid", "another field");
    let huge = json!({"scheme": "x".repeat(2 << 20)});
    refused(&world.organiser.post("/api/schemes/check", huge).await, "too_large", "two megabytes");
    assert_eq!(world.everything().await, before, "nothing is kept");
}

#[tokio::test]
async fn workbooks_at_fault() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let before = world.everything().await;
    let put = async |what: &str, commit: bool, file: &[u8]| {
        let path = world.path(&format!("imports/{what}?commit={commit}"));
        upload(&world.organiser, &path, file).await
    };
    let huge = vec![b'x'; (8 << 20) + 1];
    refused(&put("competitors", true, b"name,organisation\n").await, "sheet_unreadable", "CSV");
    refused(&put("competitors", true, b"PK\x03\x04 cut off").await, "sheet_unreadable", "half a file");
    refused(&put("competitors", true, b"").await, "invalid", "an empty file");
    refused(&put("competitors", true, &huge).await, "too_large", "nine megabytes");
    refused(&put("cooks", true, &xlsx(JUDGES)).await, "not_found", "nobody imports cooks");
    refused(&put("competitors", true, &xlsx(JUDGES)).await, "sheet_unreadable", "another form");
    refused(&put("judges", true, &xlsx(&JUDGES[..1])).await, "sheet_unreadable", "headings alone");
    let json = world.organiser.post(&world.path("imports/judges"), json!({})).await;
    refused(&json, "unsupported_media", "JSON");
    for what in ["competitors", "judges"] {
        let path = world.path(&format!("imports/{what}/annotated"));
        refused(&upload(&world.organiser, &path, b"name").await, "sheet_unreadable", "CSV to annotate");
        refused(&upload(&world.organiser, &path, b"").await, "invalid", "nothing to annotate");
        refused(&upload(&world.organiser, &path, &huge).await, "too_large", "nine megabytes to annotate");
        let json = world.organiser.post(&path, json!({})).await;
        refused(&json, "unsupported_media", "JSON to annotate");
    }
    let path = world.path("imports/cooks/annotated");
    refused(&upload(&world.organiser, &path, &xlsx(JUDGES)).await, "not_found", "nobody annotates cooks");

    let long = "长".repeat(41);
    let good = ["新人", "新单位", "", "workers", "东赛场", "E9", "new-login"];
    let wrong: Vec<(&str, usize, &str)> = vec![
        ("name", 0, ""),
        ("name", 0, &long),
        ("name", 0, "换\u{7}行"),
        ("organisation", 1, ""),
        ("group", 3, "cooks"),
        ("group", 3, ""),
        ("venue", 4, "北赛场"),
        ("venue", 4, ""),
        ("no", 5, "E1"),
        ("login", 6, "Zhang Wei"),
        ("login", 6, "x"),
        ("login", 6, "comp-a"),
    ];
    for (column, at, cell) in &wrong {
        let mut row = good;
        row[*at] = cell;
        let file = xlsx(&[COMPETITORS[0], row]);
        let preview = put("competitors", false, &file).await.json();
        let problems = preview["problems"].as_array().unwrap();
        assert_eq!(
            (problems.len(), &problems[0]["column"], &problems[0]["row"]),
            (1, &json!(column), &json!(2)),
            "{cell}: {preview}"
        );
        assert_eq!((&preview["valid"], &preview["committed"]), (&json!(0), &json!(false)));
        let answer = put("competitors", true, &file).await;
        refused(&answer, "rows_invalid", cell);
        let annotated = json!(world.path("imports/competitors/annotated"));
        assert_eq!(
            (&preview["annotated"], &answer.json()["annotated"]),
            (&annotated, &annotated),
            "the way to the file"
        );
        assert_eq!(answer.fields(), [format!("rows[2].{column}")]);
    }
    let mut twins = [COMPETITORS[0], good, good, COMPETITORS[1]];
    twins[3][5] = "";
    twins[3][6] = "";
    let answer = put("competitors", true, &xlsx(&twins)).await;
    refused(&answer, "rows_invalid", "twins");
    assert_eq!(answer.fields(), ["rows[3].no", "rows[3].login", "rows[3].name", "rows[4].name"]);
    let judge = ["裁判九", "新单位", "东赛场", "A", "judge-9"];
    for (column, at, cell) in [
        ("name", 0, ""),
        ("venue", 2, "北"),
        ("modules", 3, "A Z"),
        ("login", 4, ""),
        ("login", 4, "judge-1"),
        ("login", 4, "J 9"),
    ] {
        let mut row = judge;
        row[at] = cell;
        let answer = put("judges", true, &xlsx(&[JUDGES[0], row])).await;
        refused(&answer, "rows_invalid", cell);
        assert_eq!(answer.fields(), [format!("rows[2].{column}")], "{cell}");
    }
    assert_eq!(world.everything().await, before);
    let people =
        world.hall.db.one("select count(*) as n from organisation where name_zh = '新单位'", &[]).await.unwrap();
    assert_eq!(people.get::<i64>("n").unwrap(), 0, "nobody is left behind");

    for state in ["live", "frozen"] {
        world.becomes(state).await;
    }
    let before = world.everything().await;
    refused(&put("competitors", true, &xlsx(&[COMPETITORS[0], good])).await, "contest_not_open", "a frozen field");
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn telemetry_at_fault() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
    let good = batch("edg_east", 1, 0, &[("S01", 0, json!({"grip": false}))]);
    assert_eq!(send(&edge, &path, good.clone()).await.json(), json!({"next": 2}));
    let before = world.everything().await;
    let one = |tick: &str| {
        format!(
            "{{\"v\":1,\"edge\":\"edg_east\",\"seq\":2,\"backlog\":0,\"sent_at\":\"2026-11-22T08:00:00.000Z\"}}\n{tick}\n"
        )
    };
    let t = testkit::START_MS * 1_000_000;
    for (what, body, code) in [
        ("nothing", String::new(), "malformed"),
        ("no header", "{}".to_owned(), "malformed"),
        ("cut off", one("{\"station\":\"S01\",\"t\":"), "telemetry_bad_sample"),
        ("NaN", one(&format!("{{\"station\":\"S01\",\"t\":{t},\"s\":{{\"force\":NaN}}}}")), "telemetry_bad_sample"),
        ("infinity", one(&format!("{{\"station\":\"S01\",\"t\":{t},\"s\":{{\"force\":1e999}}}}")), ""),
        ("unknown field", one(&format!("{{\"station\":\"S01\",\"t\":{t},\"s\":{{}},\"x\":1}}")), ""),
        ("the future", batch("edg_east", 2, 0, &[("S01", 6_000, json!({"grip": true}))]), "telemetry_future"),
        ("a clock never set", one("{\"station\":\"S01\",\"t\":5,\"s\":{\"grip\":true}}"), "telemetry_bad_sample"),
        (
            "back in time",
            batch("edg_east", 2, 0, &[("S01", 2, json!({})), ("S01", 1, json!({}))]),
            "telemetry_bad_sample",
        ),
        ("a gap", batch("edg_east", 3, 0, &[("S01", 1, json!({"grip": true}))]), "telemetry_gap"),
        ("another gateway", batch("edg_west", 2, 0, &[("S01", 1, json!({"grip": true}))]), "forbidden"),
        ("no such station", batch("edg_east", 2, 0, &[("S99", 1, json!({"grip": true}))]), "telemetry_bad_sample"),
        (
            "two venues",
            batch("edg_east", 2, 0, &[("S01", 1, json!({"grip": true})), ("S11", 1, json!({"grip": true}))]),
            "gateway_misplaced",
        ),
        ("another venue", batch("edg_east", 2, 0, &[("S11", 1, json!({"grip": true}))]), "gateway_misplaced"),
        ("too much", format!("{good}{}", " ".repeat(4 << 20)), "too_large"),
    ] {
        let answer = send(&edge, &path, body).await;
        let code = if code.is_empty() { answer.code() } else { code.to_owned() };
        refused(&answer, &code, what);
        if code == "gateway_misplaced" {
            // A line that is named is set aside for good; here the set-up is at fault.
            assert_eq!((answer.status.as_u16(), &answer.json()["line"]), (409, &Value::Null), "{what}");
        }
        if what == "a gap" {
            assert_eq!((answer.status.as_u16(), &answer.json()["next"]), (409, &json!(2)));
        }
        assert_eq!(world.everything().await, before, "{what}");
    }
    assert_eq!(send(&edge, &path, good).await.json(), json!({"next": 2}), "taken before");
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn answers_that_settle_nothing() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let (run, west) = (world.run("E1", "A").await, world.run("W1", "A").await);
    for (judge, run) in [(0, &run), (4, &west)] {
        let report = world.path(&format!("runs/{run}/problems"));
        assert_eq!(world.judges[judge].post(&report, json!({"text": "看到问题"})).await.status, 201);
    }
    let floor = world.floor().await;
    floor.caught_up_to_newest().await;
    let positions: Vec<i64> = floor.arena().problems.iter().map(|problem| problem.position).collect();
    let path = |position: i64| world.path(&format!("problems/{position}/settlement"));
    let (here, there) = (path(positions[0]), path(positions[1]));
    let before = world.everything().await;
    for (what, body) in [
        ("no words", json!({"answer": " "})),
        ("a zero", json!({"answer": "已\u{0}处理"})),
        ("too many words", json!({"answer": "长".repeat(1001)})),
        ("no answer", json!({})),
        ("a number", json!({"answer": 1})),
        ("null", json!({"answer": null})),
        ("a field nobody knows", json!({"answer": "x", "by": "somebody else"})),
    ] {
        refused(&world.chief.post(&here, body).await, "invalid", what);
    }
    let answer = || json!({"answer": "已处理"});
    for (what, path) in [
        ("not a report", path(1)),
        ("from the future", path(i64::MAX)),
        ("before the log", path(-1)),
        ("no number", world.path("problems/first/settlement")),
        ("more than a number holds", world.path("problems/9223372036854775808/settlement")),
        ("another contest's", format!("/api/contests/con_none/problems/{}/settlement", positions[0])),
    ] {
        let answered = world.chief.post(&path, answer()).await;
        let code = if what == "another contest's" { "forbidden" } else { "not_found" };
        refused(&answered, code, what);
    }
    refused(&world.operator.post(&there, answer()).await, "forbidden", "another venue's operator");
    refused(&world.judges[0].post(&here, answer()).await, "forbidden", "the judge himself");
    refused(&world.organiser.post(&here, answer()).await, "forbidden", "an organiser");
    for path in ["problems?state=asleep", "problems?run=RUN%20X", "problems?cursor=%2F", "problems?nobody=1"] {
        refused(&world.chief.get(&world.path(path)).await, "invalid", path);
    }
    assert_eq!(world.everything().await, before);

    assert_eq!(world.operator.post(&here, answer()).await.status, 200);
    let before = world.everything().await;
    let again = world.chief.post(&here, json!({"answer": "另一个说法"})).await;
    refused(&again, "alarm_settled", "another answer");
    assert_eq!((again.status.as_u16(), again.text().contains("已处理")), (409, true), "says what was answered");
    assert_eq!(world.everything().await, before);
}

/// The parts of a workbook, unpacked.
fn parts(book: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let read = |at| {
        let mut part = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        (part.name().unwrap().into_owned(), bytes)
    };
    (0..zip::ZipArchive::new(Cursor::new(book)).unwrap().len()).map(read).collect()
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in parts {
        archive.start_file(name.as_str(), options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// Small on the wire, and no hall's memory when it is unpacked.
#[tokio::test]
async fn workbooks_that_would_burst() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let before = world.everything().await;
    let good = xlsx(&[JUDGES[0], ["裁判九", "新单位", "东赛场", "A", "judge-9"]]);
    // Forty megabytes of nothing within the sheet, which Excel would still open.
    let mut bomb = parts(&good);
    let sheet = bomb.iter_mut().find(|(name, _)| name == SHEET).unwrap();
    let text = String::from_utf8(sheet.1.clone()).unwrap();
    let blank = " ".repeat(40 << 20);
    sheet.1 = text.replace("</sheetData>", &format!("</sheetData>{blank}")).into_bytes();
    let bomb = packed(&bomb);
    assert!(bomb.len() < 100_000, "{} bytes on the wire", bomb.len());
    // The same, and its directory says that it is small.
    let mut liar = bomb.clone();
    let sizes: Vec<usize> = (0..liar.len() - 4)
        .filter(|at| u32::from_le_bytes(liar[*at..*at + 4].try_into().unwrap()) as usize > (40 << 20))
        .filter(|at| (u32::from_le_bytes(liar[*at..*at + 4].try_into().unwrap()) as usize) < (41 << 20))
        .collect();
    assert!(!sizes.is_empty());
    for at in sizes {
        liar[at..at + 4].copy_from_slice(&2_000u32.to_le_bytes());
    }
    // Forty megabytes beside the sheet, in a part that nobody asks for.
    let mut beside = parts(&good);
    beside.push(("xl/media/image1.png".into(), vec![0; 40 << 20]));
    let beside = packed(&beside);
    let mut many = parts(&good);
    many.extend((0..1_000).map(|nth| (format!("xl/media/{nth}.png"), Vec::new())));
    let many = packed(&many);
    for path in ["imports/judges", "imports/judges?commit=true", "imports/judges/annotated"] {
        for (what, file) in [("a bomb", &bomb), ("beside the sheet", &beside), ("a thousand parts", &many)] {
            let answer = upload(&world.organiser, &world.path(path), file).await;
            refused(&answer, "too_large", what);
            assert_eq!(answer.status, 413);
        }
        let answer = upload(&world.organiser, &world.path(path), &liar).await;
        assert!(["too_large", "sheet_unreadable"].contains(&answer.code().as_str()), "a liar: {}", answer.text());
    }
    // Two cells in opposite corners are no table of seventeen thousand million.
    let mut wide = parts(&good);
    let sheet = wide.iter_mut().find(|(name, _)| name == SHEET).unwrap();
    let text = String::from_utf8(sheet.1.clone()).unwrap();
    let corner = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>";
    sheet.1 = text.replace("</sheetData>", corner).into_bytes();
    let answer = upload(&world.organiser, &world.path("imports/judges"), &packed(&wide)).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["rows"]), (200, &json!(1)), "{}", answer.text());
    // A row more than may be.
    let rows: Vec<[String; 5]> = (0..5_001)
        .map(|nth| [format!("裁判{nth}"), "新单位".into(), "东赛场".into(), "".into(), format!("j-{nth}")])
        .collect();
    let rows: Vec<[&str; 5]> =
        std::iter::once(JUDGES[0]).chain(rows.iter().map(|row| row.each_ref().map(String::as_str))).collect();
    let answer = upload(&world.organiser, &world.path("imports/judges"), &xlsx(&rows)).await;
    refused(&answer, "too_large", "5,001 rows");
    assert_eq!(world.everything().await, before);
}

/// A refused file comes back as it was, with what is wrong beside its rows; mended, it is taken.
#[tokio::test]
async fn a_refused_workbook_comes_back_annotated() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let bold = rust_xlsxwriter::Format::new().set_bold();
    for (column, heading) in JUDGES[0].iter().enumerate() {
        sheet.write_with_format(2, column as u16, *heading, &bold).unwrap();
    }
    let rows = [
        ["裁判九", "新单位", "北赛场", "A Z", "judge-9"],
        ["裁判十", "新单位", "东赛场", "A", "judge-10"],
        ["", "新单位", "东赛场", "", "judge-1"],
    ];
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32 + 4, column as u16, *cell).unwrap();
        }
    }
    book.add_worksheet().write(0, 0, "别的表").unwrap();
    let file = book.save_to_buffer().unwrap();
    let before = world.everything().await;
    let path = world.path("imports/judges/annotated");
    let answer = upload(&world.organiser, &path, &file).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"judges-problems.xlsx\"");
    let annotated = answer.bytes.to_vec();
    let column = |book: &[u8], column: u32| -> Vec<(u32, String)> {
        let mut book: calamine::Xlsx<_> = calamine::Reader::new(Cursor::new(book.to_vec())).unwrap();
        let range = calamine::Reader::worksheet_range_at(&mut book, 0).unwrap().unwrap();
        let cells = range.used_cells().filter(|(_, at, _)| *at as u32 == column);
        let first = range.start().unwrap().0;
        cells.map(|(row, _, cell)| (first + row as u32 + 1, cell.to_string())).collect()
    };
    let remarks = column(&annotated, 5);
    assert_eq!(remarks.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [3, 5, 7], "{remarks:?}");
    assert_eq!(remarks[0].1, "问题 Problems");
    for (remark, words) in
        [(1, ["赛场：", "Venue: ", "模块：", "Modules: "]), (2, ["姓名：", "Name: ", "账号", "Name"])]
    {
        let found = words.iter().filter(|word| remarks[remark].1.contains(**word)).count();
        assert!(found >= 2, "{:?}", remarks[remark]);
    }
    // All else is what it was, byte for byte.
    let (was, is) = (parts(&file), parts(&annotated));
    assert_eq!(was.iter().map(|part| &part.0).collect::<Vec<_>>(), is.iter().map(|part| &part.0).collect::<Vec<_>>());
    for (was, is) in was.iter().zip(&is).filter(|(was, _)| was.0 != SHEET) {
        assert_eq!(was, is);
    }
    for at in 0..5 {
        assert_eq!(column(&file, at), column(&annotated, at));
    }
    // Annotated once more there is still one such column.
    let again = upload(&world.organiser, &path, &annotated).await.bytes.to_vec();
    assert_eq!((column(&again, 5), column(&again, 6)), (remarks, Vec::new()));
    assert_eq!(world.everything().await, before, "nothing is written by it");
    // What is right comes back with a heading and no remark, and an annotated file that was mended is taken.
    let right = xlsx(&[JUDGES[0], rows[1]]);
    let right = upload(&world.organiser, &path, &right).await.bytes.to_vec();
    assert_eq!(column(&right, 5), [(1, "问题 Problems".to_owned())]);
    let taken = upload(&world.organiser, &world.path("imports/judges?commit=true"), &right).await;
    assert_eq!(
        (taken.status.as_u16(), &taken.json()["valid"], &taken.json()["annotated"]),
        (200, &json!(1), &Value::Null)
    );
}

#[tokio::test]
async fn nobody_floods_the_judges() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let run = world.run("E1", "D").await;
    world.start(&run).await;
    let request = world.path(&format!("runs/{run}/judge-requests"));
    let ask = async |body: Value| world.competitor.post(&request, body).await;
    assert_eq!(ask(json!({"checkpoint": "accept"})).await.status, 201);
    assert_eq!(ask(json!({})).await.status, 201, "another wish");
    world.floor().await.caught_up_to_newest().await;
    let before = world.everything().await;
    world.clock.advance_millis(9_500);
    for body in [json!({"checkpoint": "accept"}), json!({})] {
        let again = ask(body).await;
        refused(&again, "too_many_requests", "the same wish at once");
        assert_eq!(again.headers["retry-after"], "1");
    }
    assert_eq!(world.everything().await, before);
    for _ in 2..100 {
        world.clock.advance_millis(10_000);
        assert_eq!(ask(json!({})).await.status, 201);
    }
    world.clock.advance_millis(10_000);
    world.floor().await.caught_up_to_newest().await;
    let before = world.everything().await;
    refused(&ask(json!({})).await, "too_many_requests", "a hundred and one wishes");
    assert_eq!(world.everything().await, before);
    let problem = world.path(&format!("runs/{run}/problems"));
    for nth in 0..50 {
        let answer = world.judges[0].post(&problem, json!({"text": format!("问题 {nth}")})).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    world.floor().await.caught_up_to_newest().await;
    let before = world.everything().await;
    refused(&world.judges[0].post(&problem, json!({"text": "x"})).await, "too_many_requests", "one problem more");
    assert_eq!(world.everything().await, before);
}

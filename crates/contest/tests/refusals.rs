//! Bad input from persons: the right code, words in both languages, and nothing is changed by it.

mod common;

use common::story::refused;
use common::{JUDGES, World, level, mark, mark_id, marks};
use contest::panel::Panel;
use http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn bodies_that_nobody_can_read() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let run = world.run("E1", "A").await;
    world.start(&run).await;
    let before = world.everything().await;
    let doors = [
        (&world.organiser, "/api/contests".to_owned(), 4 << 20),
        (&world.chief, world.path("results/signatures"), 256 << 10),
        (&world.chief, world.path("state"), 256 << 10),
        (&world.judges[0], world.path("marks"), 1 << 20),
        (&world.judges[0], world.path("presence"), 256 << 10),
        (&world.organiser, world.path("theory"), 1 << 20),
        (&world.judges[0], world.path(&format!("runs/{run}/problems")), 256 << 10),
        (&world.chief, world.path("problems/1/settlement"), 256 << 10),
        (&world.chief, world.path(&format!("runs/{run}/clock")), 256 << 10),
        (&world.competitor, world.path(&format!("runs/{run}/judge-requests")), 256 << 10),
        (&world.chief, world.path("verdicts/vdt_x/decision"), 256 << 10),
        (&world.chief, world.path("verdicts/vdt_x/take-back"), 256 << 10),
        (&world.chief, world.path("rules/try"), 2 << 20),
        (&world.chief, world.path("rules/publish"), 2 << 20),
        (&world.chief, world.path("rules/shadow"), 2 << 20),
        (&world.chief, world.path("judges/acc_x/excuse"), 256 << 10),
        (&world.chief, world.path("judges/acc_x/return"), 256 << 10),
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
        if !path.ends_with("presence") && !path.ends_with("rules/try") {
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

/// Whoever may look at everything acts only where he may act: a supervisor or organiser who operates the east's clocks has none in the west.
#[tokio::test]
async fn who_sees_all_acts_at_his_venue_only() {
    use kernel::{Role, Scope};
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    world.becomes("live").await;
    let here = || Scope::Contest(world.contest.clone());
    let east = world.floor().await.arena().plan.venues.iter().find(|venue| venue.name.en == "East").unwrap().id.clone();
    let east = || Scope::Venue(world.contest.clone(), east.clone());
    let (own, west) = (world.run("E2", "A").await, world.run("W1", "A").await);
    world.start(&own).await;
    let undecided = world.run("W1", "D").await;
    world.start(&undecided).await;
    assert_eq!(world.clock_act(&undecided, json!({"act": "close"})).await.status, 200);
    world.start(&west).await;
    testkit::eventually("nothing was seen of it", async || world.verdict_count().await > 0).await;
    let verdict = world.floor().await.arena().verdicts.keys().next().unwrap().to_string();
    for sees in [Role::Supervisor, Role::Organiser] {
        for (at_east, login) in [(Role::VenueOperator, "operates"), (Role::Judge, "judges")] {
            let login = format!("{}-{login}", sees.code().replace('_', "-"));
            let roles = [(sees, here()), (at_east, east())];
            let member = web::testing::account(&world.hall, &login, None, None, &roles).await;
            let client = web::testing::Client::signed(&world.router, &world.hall, &member.account).await;
            let before = world.everything().await;
            assert_eq!(client.get(&world.path("runs")).await.status, 200, "{login} sees all");
            let act = |run: &kernel::RunId| world.path(&format!("runs/{run}/clock"));
            let ask = |run: &kernel::RunId| world.path(&format!("runs/{run}/judge-requests"));
            let stop = json!({"act": "stop", "reason": "x"});
            refused(&client.post(&act(&west), stop.clone()).await, "forbidden", &login);
            refused(&client.post(&ask(&west), json!({})).await, "forbidden", &login);
            let decision = world.path(&format!("verdicts/{verdict}/decision"));
            let reject = json!({"decision": "reject", "reason": "x"});
            let decided = client.post(&decision, reject).await;
            let code = if at_east == Role::Judge { "not_on_panel" } else { "forbidden" };
            refused(&decided, code, &login);
            assert_eq!(world.everything().await, before, "{login}");
            if at_east == Role::VenueOperator {
                assert_eq!(client.post(&act(&own), stop).await.status, 200, "{login} at his own venue");
                assert_eq!(client.post(&act(&own), json!({"act": "resume"})).await.status, 200);
            }
        }
    }
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
        ("own organisation", 3, with(ok.clone(), json!({"run": own.as_str()})), "not_on_panel", "marks[0].run"),
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
        "not_on_panel",
        "my own colleague's sheet, and nobody tells me that it is his",
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

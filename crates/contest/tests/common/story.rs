//! What several tests tell of a contest, and how they look at it.

use contest::event::Happened;
use contest::panel::Panel;
use contest::results::Standing;
use contest::umpire::GRACE_MS;
use kernel::{Role, RunId};
use serde_json::{Value, json};
use web::testing::{Answered, Client};

use super::{SCHEME, Topics, World, level, mark, mark_id};

/// Judges of a run who are to mark an aspect, by their place in `World::judges`.
pub async fn assigned(world: &World, run: &RunId, aspect: &str) -> Vec<usize> {
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

pub async fn given(world: &World, judge: usize, mark: Value) {
    let answer = world.submit(judge, vec![mark]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

pub async fn ranking(world: &World) -> Vec<(String, Value, String)> {
    let rows = world.stranger.get(&world.path("ranking")).await.json();
    let rows = rows["items"].as_array().unwrap().clone();
    let row = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        assert!(!row["why"]["zh"].as_str().unwrap().is_empty());
        (text("no"), row["rank"].clone(), text("total"))
    };
    // Who has no mark stands last, whatever page or group he is looked for in.
    let unranked: Vec<&Value> = rows.iter().skip_while(|row| !row["rank"].is_null()).collect();
    assert!(unranked.iter().all(|row| row["rank"].is_null() && row["total"] == "0.00"), "{rows:?}");
    let half = world.stranger.get(&world.path("ranking?limit=2&group=workers")).await.json();
    let workers: Vec<&Value> = rows.iter().filter(|row| row["group"] == "workers").collect();
    for (found, expected) in half["items"].as_array().unwrap().iter().zip(workers) {
        assert_eq!((&found["no"], &found["rank"]), (&expected["no"], &expected["rank"]));
    }
    rows.iter().map(row).collect()
}

/// Three judges too far apart, a second round by itself, a correction: what the board says of them.
pub async fn a_spread_and_its_round(world: &World) -> RunId {
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

/// The law of the rule bench: by the text by which a run was judged, a try finds what the referee found, to the letter.
pub async fn a_try_finds_the_same(world: &World) {
    let answer = world.chief.post(&world.path("rules/try"), json!({"scheme": SCHEME})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let tried = answer.json();
    assert_eq!((&tried["rules"], &tried["policies"], &tried["entries"]), (&json!([]), &json!([]), &json!([])));
    let floor = world.floor().await;
    let arena = floor.arena();
    let opened = arena.runs.values().filter(|now| now.clock.state() != "waiting").count();
    assert_eq!(tried["runs"].as_array().unwrap().len(), opened);
    for run in tried["runs"].as_array().unwrap() {
        let id: RunId = run["run"].as_str().unwrap().parse().unwrap();
        if !arena.runs[&id].judged {
            continue;
        }
        let mut found: Vec<String> = run["verdicts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|verdict| {
                assert_eq!((&verdict["change"], &verdict["was"]), (&json!("same"), &Value::Null), "{verdict}");
                let evidence = json!([verdict["sentence"], verdict["from"], verdict["to"], verdict["samples"]]);
                json!([verdict["rule"], verdict["event_at"], verdict["outcome"], verdict["marks"], evidence])
                    .to_string()
            })
            .collect();
        let stood = arena.verdicts.values().filter(|verdict| verdict.standing != marking::Standing::Amended);
        let of_run = stood.filter(|verdict| verdict.run == id);
        let mut judged: Vec<String> = of_run
            .map(|verdict| {
                let seen = &verdict.evidence;
                let evidence = json!([seen.sentence, seen.from, seen.to, seen.samples]);
                let marks = verdict.marks.to_string();
                json!([&*verdict.rule, verdict.event_at, verdict.outcome, marks, evidence]).to_string()
            })
            .collect();
        found.sort();
        judged.sort();
        assert_eq!(found, judged);
        assert_eq!(run["before"], run["after"]);
    }
}

pub fn assert_same(before: &Topics, after: &Topics, when: &str) {
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "{when}");
    for (name, keys) in before {
        let after = &after[name];
        for key in keys.keys().chain(after.keys()) {
            assert_eq!(keys.get(key), after.get(key), "{when}: {name} {key}");
        }
    }
}

pub async fn subject_of(world: &World, position: i64) -> String {
    let subject = "select subject from contest_event where contest = $1 and position = $2";
    let row = world.hall.db.one(subject, &store::args![&world.contest, position]).await.unwrap();
    row.get("subject").unwrap()
}

/// Each mark, verdict, decision and result of the log has its statement, and the chain of hashes holds.
pub async fn kept_in_the_archive(world: &World) {
    let proof = archive::verify(&world.hall.db).await.unwrap();
    let events = contest::log::since(&world.hall.db, &world.contest, 0, 10_000).await.unwrap();
    let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=events.len() as i64).collect::<Vec<_>>(), "no gap in the log");
    let statements = archive::since(&world.hall.db, 0, 1000).await.unwrap();
    let kept: Vec<String> =
        statements.iter().map(|one| one.statement().unwrap().unwrap().id.unwrap().to_string()).collect();
    let mut expected = 0;
    for event in &events {
        let id = match &event.happened {
            Happened::Mark { id, .. } | Happened::Corrected { id, .. } => {
                archive::facts::statement_id("mark", id.as_str())
            }
            Happened::Verdict { id, .. } => archive::facts::statement_id("verdict", id.as_str()),
            Happened::Decided { verdict, .. } => archive::facts::statement_id("decision", verdict.as_str()),
            Happened::VerdictTakenBack { verdict, .. } => archive::facts::statement_id("taken-back", verdict.as_str()),
            Happened::VerdictAmended { verdict, .. } => archive::facts::statement_id("amended", verdict.as_str()),
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
    let arena = floor.arena().clone();
    if arena.state.code() == "final" {
        let board = &arena.board;
        let abilities = |entry| board.scheme().ability_ixs().filter(move |it| board.is_marked_in_ability(entry, *it));
        expected += arena.plan.entries.len() + board.everybody().flat_map(abilities).count();
        let settled = Standing::of(&arena).prizes.into_iter().filter(|prize| prize.waits_for.is_empty());
        let winners = settled.map(|prize| match prize.team {
            Some(team) => arena.plan.entries.iter().filter(|entry| entry.team.as_ref() == Some(&team.0)).count(),
            None => 1,
        });
        expected += winners.sum::<usize>();
    }
    assert_eq!((kept.len(), proof.statements), (expected, expected as i64));
}

/// The rank that the archive keeps with each result.
pub async fn results_kept(world: &World) -> Vec<Option<u64>> {
    let statements = archive::since(&world.hall.db, 0, 1000).await.unwrap();
    let statements = statements.iter().map(|one| one.statement().unwrap().unwrap());
    let results = statements.filter(|statement| statement.verb.id.ends_with("was-ranked"));
    results.map(|statement| statement.fact("rank").and_then(Value::as_u64)).collect()
}

fn han(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Who sees to a contest and marks nothing.
pub async fn supervisor(world: &World) -> Client {
    world.appointed("supervisor", Role::Supervisor).await
}

/// Runs that are under way are closed, and the referee has looked at them to their end.
pub async fn judged_to_the_end(world: &World) {
    let floor = world.floor().await;
    let in_state = |states: &[&str]| -> Vec<RunId> {
        let arena = floor.arena();
        let runs = arena.plan.runs.iter().filter(|run| states.contains(&arena.runs[&run.id].clock.state()));
        runs.map(|run| run.id.clone()).collect()
    };
    for run in in_state(&["open", "stopped"]) {
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
    }
    let closed = in_state(&["closed"]);
    if closed.iter().any(|run| !floor.arena().runs[run].judged) {
        world.clock.advance_millis(GRACE_MS);
    }
    testkit::eventually("the runs are judged", async || {
        let arena = floor.arena();
        closed.iter().all(|run| arena.runs[run].judged)
    })
    .await;
}

/// The recheck, in which everything is found right.
pub async fn rechecked(world: &World, supervisor: &Client) {
    judged_to_the_end(world).await;
    let ordered = world.chief.post(&world.path("recheck"), json!({})).await;
    assert_eq!(ordered.status, 201, "{}", ordered.text());
    look_through(world, supervisor).await;
}

/// Everybody who is still to be rechecked, found right.
pub async fn look_through(world: &World, supervisor: &Client) {
    let seen = world.chief.get(&world.path("recheck")).await.json();
    for entry in seen["ordered"]["entries"].as_array().unwrap() {
        if entry["is_wanted"] == true && entry["done"].is_null() {
            let path = world.path(&format!("recheck/entries/{}", entry["entry"].as_str().unwrap()));
            let answer = supervisor.post(&path, json!({"differences": []})).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
}

pub async fn sign_both(world: &World, supervisor: &Client) {
    for (client, role) in [(&world.chief, "chief_judge"), (supervisor, "supervisor")] {
        let digest = world.chief.get(&world.path("results")).await.json()["digest"].clone();
        let signed = client.post(&world.path("results/signatures"), json!({"role": role, "digest": digest})).await;
        assert_eq!(signed.status, 200, "{}", signed.text());
    }
}

/// A mark is another one: the organiser enters what the competitor brought on paper, and an arbitrator decides.
pub async fn corrected_on_appeal(world: &World, no: &str, module: &str, aspect: &str, marks: &str) {
    let appeal = json!({"no": no, "module": module, "aspects": [aspect], "text": "评分有误", "asks": null});
    let made = world.organiser.post(&world.path("appeals"), appeal).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let arbitrator = world.appointed(&format!("arbitrator-of-{no}"), Role::Arbitrator).await;
    let answer = world.path(&format!("appeals/{}/answer", made.json()["id"].as_str().unwrap()));
    let corrections = json!([{"aspect": aspect, "marks": marks, "reason": "复看录像"}]);
    let upheld = json!({"decision": "upheld", "reason": "申诉属实", "corrections": corrections});
    let answered = arbitrator.post(&answer, upheld).await;
    assert_eq!(answered.status, 200, "{}", answered.text());
}

/// Makes the result final, whatever is out.
pub async fn publish(world: &World) -> Answered {
    world.chief.post(&world.path("state"), json!({"to": "final", "reason": "试验", "even_so": true})).await
}

/// A refusal in both languages, by its code.
pub fn refused(answer: &Answered, code: &str, what: &str) {
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

/// As the people room does it: where the telemetry stands is the moment.
pub async fn retire(world: &World, edge: &'static str) {
    let log = format!("telemetry/{}", world.contest);
    let log = &log;
    let written: Result<u64, store::StoreError> = world
        .hall
        .db
        .write(|tx| {
            Box::pin(async move {
                let newest = tx.position(log).await?;
                let sql = "update api_key set revoked_at = 1, retired_after = $2 where edge = $1";
                tx.exec(sql, &store::args![edge, newest]).await
            })
        })
        .await;
    assert!(written.unwrap() > 0);
}

//! The contest by the CLICS Contest API: each collection, the feed that leads to the same, what the public of a frozen or blind contest
//! reads, and what is refused.

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use common::story::{a_spread_and_its_round, assigned, given, ranking};
use common::{COMPETITORS, World, each_engine, mark, upload, xlsx};
use contest::event::Happened;
use http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use web::testing::Client;

const SINGLE: [&str; 1] = ["state"];

fn base(world: &World, view: &str) -> String {
    format!("/clics{view}/contests/{}", world.contest)
}

async fn read(client: &Client, path: &str) -> Value {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/json", "{path}");
    answer.json()
}

async fn feed_text(client: &Client, base: &str, query: &str) -> String {
    let answer = client.get(&format!("{base}/event-feed?stream=false{query}")).await;
    assert_eq!(answer.status, 200, "{base} {query}: {}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    answer.text()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the notifications lead to: by type and id the text of the last one that is no deletion.
fn replayed(lines: &[Value]) -> BTreeMap<(String, String), String> {
    let mut shown = BTreeMap::new();
    for line in lines {
        let key = (line["type"].as_str().unwrap().to_owned(), line["id"].as_str().unwrap_or_default().to_owned());
        if line["data"].is_null() {
            shown.remove(&key);
        } else {
            shown.insert(key, line["data"].to_string());
        }
    }
    shown
}

/// The same by its collections and objects, as `access` lists them. Texts, so that the order of the keys counts.
async fn rested(client: &Client, base: &str) -> BTreeMap<(String, String), String> {
    let mut shown = BTreeMap::new();
    let access = read(client, &format!("{base}/access")).await;
    for endpoint in access["endpoints"].as_array().unwrap() {
        let name = endpoint["type"].as_str().unwrap();
        let known: Vec<&str> = endpoint["properties"].as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect();
        let mut take = |object: &Value, id: &str| {
            for property in object.as_object().unwrap().keys() {
                assert!(known.contains(&property.as_str()), "{name} says {property}, and access doesn't list it");
            }
            shown.insert((name.to_owned(), id.to_owned()), object.to_string());
        };
        match name {
            "scoreboard" => {}
            "contest" => take(&read(client, base).await, ""),
            name if SINGLE.contains(&name) => take(&read(client, &format!("{base}/{name}")).await, ""),
            name => {
                let list = read(client, &format!("{base}/{name}")).await;
                for object in list.as_array().unwrap() {
                    let id = object["id"].as_str().unwrap();
                    assert!(
                        id.len() <= 36 && id.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)),
                        "{name}: {id}"
                    );
                    assert_eq!(&read(client, &format!("{base}/{name}/{id}")).await, object);
                    take(object, id);
                }
            }
        }
    }
    shown
}

async fn list(client: &Client, base: &str, name: &str) -> Vec<Value> {
    read(client, &format!("{base}/{name}")).await.as_array().unwrap().clone()
}

/// Marks by judges in two modules' first, a second round, a paper's marks.
async fn story(world: &World) {
    world.becomes("live").await;
    world.clock.advance_millis(60_000);
    a_spread_and_its_round(world).await;
    let second = world.run("E2", "A").await;
    world.start(&second).await;
    let judge = assigned(world, &second, "A1.1").await[0];
    given(world, judge, mark(40, &second, "A1.1", json!({"kind": "yes_no", "yes": true}))).await;
    let theory =
        json!({"aspect": "T1.1", "marks": [{"entry_no": "E2", "mark": "9.50"}, {"entry_no": "W1", "mark": "0"}]});
    assert_eq!(world.organiser.post(&world.path("theory"), theory).await.json(), json!({"taken": 2}));
}

/// As an import says it; none is taken while the board is frozen.
async fn plan_changes(world: &World) {
    let (contest, at) = (&world.contest, world.hall.now());
    let changed = Happened::PlanChanged { what: "judges".into(), count: 1 };
    let changed = &changed;
    let written: Result<i64, store::StoreError> =
        world.hall.db.write(|tx| Box::pin(contest::log::append(tx, contest, at, None, "a judge more", changed))).await;
    written.unwrap();
    world.floor().await.caught_up_to_newest().await;
}

async fn one_more_mark(world: &World, nth: u32, yes: bool) {
    let run = world.run("E1", "A").await;
    let judge = assigned(world, &run, "A1.1").await[0];
    let mut mark = mark(nth, &run, "A1.1", json!({"kind": "yes_no", "yes": yes}));
    if !yes {
        mark["replaces"] = json!(common::mark_id(nth - 1));
        mark["reason"] = json!("复看");
    }
    given(world, judge, mark).await;
}

#[tokio::test]
async fn feed_and_collections_say_the_same_and_a_token_gives_the_rest() {
    each_engine(|world| async move {
        story(&world).await;
        for (client, view) in [(&world.stranger, ""), (&world.chief, "/staff")] {
            let base = base(&world, view);
            let text = feed_text(client, &base, "").await;
            let all = lines(&text);
            assert_eq!(replayed(&all), rested(client, &base).await);
            assert_eq!(text, feed_text(client, &base, "").await, "the same bytes");

            // From each token on it is the rest of the same bytes; one that lies before the beginning gives all of them.
            let mut tokens = 0;
            let mut read = String::new();
            for line in text.lines() {
                read += &format!("{line}\n");
                if let Some(token) = serde_json::from_str::<Value>(line).unwrap()["token"].as_str() {
                    tokens += 1;
                    let rest = feed_text(client, &base, &format!("&since_token={token}")).await;
                    assert_eq!(format!("{read}{rest}"), text, "after {token}");
                }
            }
            assert!(tokens > 8, "{tokens}");
            assert_eq!(feed_text(client, &base, "&since_token=0").await, text);
        }
        // Another process reads the same.
        let public = base(&world, "");
        let text = feed_text(&world.stranger, &public, "").await;
        let reopened = world.reopened().await;
        assert_eq!(feed_text(&reopened.stranger, &public, "").await, text);
    })
    .await;
}

#[tokio::test]
async fn what_stands_for_what() {
    each_engine(|world| async move {
        story(&world).await;
        let (client, base) = (&world.stranger, base(&world, ""));
        let about = read(client, "/clics").await;
        assert_eq!((&about["version"], &about["provider"]["name"]), (&json!("2026-01"), &json!("Guildhall")));
        assert_eq!(read(client, "/clics/").await, about);
        let contest = read(client, &base).await;
        assert_eq!(read(client, "/clics/contests").await, json!([contest]));
        assert_eq!(
            (&contest["name"], &contest["formal_name"], &contest["scoreboard_type"]),
            (&json!("试验赛"), &json!("试验赛 / Trial"), &json!("score"))
        );
        let state = read(client, &format!("{base}/state")).await;
        assert_eq!(state["started"], contest["start_time"]);
        assert!(["frozen", "ended", "thawed", "finalized", "end_of_updates"].iter().all(|when| state[when].is_null()));

        let problems = list(client, &base, "problems").await;
        let told: Vec<_> = problems
            .iter()
            .map(|one| json!([one["id"], one["ordinal"], one["max_score"], one["test_data_count"]]))
            .collect();
        assert_eq!(told, [json!(["A", 1, 17.0, 6]), json!(["D", 2, 8.0, 4]), json!(["T", 3, 10.0, 1])]);
        let groups = list(client, &base, "groups").await;
        let kinds: Vec<_> = groups.iter().map(|group| group["type"].as_str().unwrap()).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == "site").count(), 2);
        assert_eq!(kinds.iter().filter(|kind| **kind == "division").count(), 2);
        let teams = list(client, &base, "teams").await;
        let team_of =
            |no: &str| teams.iter().find(|team| team["label"] == no).unwrap()["id"].as_str().unwrap().to_owned();

        // A second round is a second judgement; a paper is judged when its mark is in.
        let submissions = list(client, &base, "submissions").await;
        assert_eq!(submissions.len(), 4, "{submissions:?}");
        let of = |no: &str, problem: &str| {
            let found = submissions.iter().find(|one| one["team_id"] == team_of(no) && one["problem_id"] == problem);
            found.unwrap()["id"].as_str().unwrap().to_owned()
        };
        let judgements =
            async |submission: &str| list(client, &base, &format!("judgements?submission_id={submission}")).await;
        let rounds = judgements(&of("E1", "A")).await;
        assert_eq!(rounds.iter().map(|one| &one["current"]).collect::<Vec<_>>(), [&json!(false), &json!(true)]);
        assert_eq!((&rounds[0]["judgement_type_id"], &rounds[1]["judgement_type_id"]), (&json!("RE"), &Value::Null));
        assert_eq!((&rounds[1]["score"], &rounds[1]["end_time"]), (&json!(3.0), &Value::Null));
        for (no, score, judged) in [("E2", 9.5, "AC"), ("W1", 0.0, "RE")] {
            let papers = judgements(&of(no, "T")).await;
            assert_eq!(papers.len(), 1);
            assert_eq!((&papers[0]["score"], &papers[0]["judgement_type_id"]), (&json!(score), &json!(judged)));
            assert!(papers[0]["end_time"].is_string());
            let id = papers[0]["id"].as_str().unwrap();
            let runs = list(client, &base, &format!("runs?judgement_id={id}")).await;
            assert_eq!((runs.len(), &runs[0]["ordinal"]), (1, &json!(1)));
        }
        // What of the work is marked, told as it goes: one aspect of the second round so far, none that the first one left.
        let id = rounds[1]["id"].as_str().unwrap();
        let runs = list(client, &base, &format!("runs?judgement_id={id}")).await;
        assert_eq!((runs.len(), &runs[0]["judgement_type_id"]), (1, &json!("AC")));
        let id = rounds[0]["id"].as_str().unwrap();
        assert_eq!(list(client, &base, &format!("runs?judgement_id={id}")).await, Vec::<Value>::new());
        // A paper that is corrected is judged once more.
        let corrected = json!({"aspect": "T1.1", "marks": [{"entry_no": "W1", "mark": "4.00"}]});
        assert_eq!(world.organiser.post(&world.path("theory"), corrected).await.json(), json!({"taken": 1}));
        let papers = judgements(&of("W1", "T")).await;
        let told: Vec<_> = papers.iter().map(|one| json!([one["score"], one["current"]])).collect();
        assert_eq!(told, [json!([0.0, false]), json!([4.0, true])]);

        // The board's ranks, and who leads in each group.
        let board = read(client, &format!("{base}/scoreboard")).await;
        assert_eq!(board["state"], state);
        let ranked = ranking(&world).await;
        for row in board["rows"].as_array().unwrap() {
            let no = teams.iter().find(|team| team["id"] == row["team_id"]).unwrap()["label"].as_str().unwrap();
            let (_, rank, total) = ranked.iter().find(|(of, _, _)| of == no).unwrap();
            let marked = ranked.iter().filter(|(_, rank, _)| !rank.is_null()).count();
            let expected = rank.as_u64().unwrap_or(marked as u64 + 1);
            assert_eq!(row["rank"], json!(expected), "{no}");
            assert_eq!(row["score"], json!({"score": total.parse::<f64>().unwrap(), "time": null}), "{no}");
            for problem in row["problems"].as_array().unwrap() {
                let timed = problem.get("time").is_some();
                assert_eq!(timed, problem["score"].as_f64().unwrap() > 0.0, "{problem}");
            }
        }
        assert_eq!(board["rows"].as_array().unwrap().len(), 6);
        let awards = list(client, &base, "awards").await;
        let led = |id: &str| awards.iter().find(|award| award["id"] == id).unwrap()["team_ids"].clone();
        assert_eq!((led("group-winner-workers"), led("group-winner-students")), (json!([team_of("E2")]), json!([])));
        let division = read(client, &format!("{base}/scoreboard?group_id=workers")).await;
        let ids: Vec<_> =
            division["rows"].as_array().unwrap().iter().map(|row| json!([row["rank"], row["team_id"]])).collect();
        let order = [("E2", 1), ("W1", 2), ("E1", 3), ("W2", 4)].map(|(no, rank)| json!([rank, team_of(no)]));
        assert_eq!(ids, order);
        let west = groups.iter().find(|group| group["name"] == "西赛场 / West").unwrap()["id"].as_str().unwrap();
        let site = read(client, &format!("{base}/scoreboard?group_id={west}")).await;
        let ids: Vec<_> =
            site["rows"].as_array().unwrap().iter().map(|row| json!([row["rank"], row["team_id"]])).collect();
        assert_eq!(ids, [("W1", 1), ("W2", 2)].map(|(no, rank)| json!([rank, team_of(no)])));
        assert_eq!(list(client, &base, "clarifications").await[0]["id"], "rules-1");
        let mine = list(client, &base, &format!("submissions?team_id={}", team_of("E2"))).await;
        assert_eq!(mine.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_public_of_a_frozen_contest_reads_what_it_read_before() {
    each_engine(|world| async move {
        story(&world).await;
        world.clock.advance_millis(60_000);
        world.becomes("frozen").await;
        let (public, staff) = (base(&world, ""), base(&world, "/staff"));
        let frozen = rested(&world.stranger, &public).await;
        let board = read(&world.stranger, &format!("{public}/scoreboard")).await;
        let text = feed_text(&world.stranger, &public, "").await;
        let last_token = lines(&text).iter().rev().find_map(|line| line["token"].as_str().map(str::to_owned)).unwrap();
        world.clock.advance_millis(60_000);
        one_more_mark(&world, 50, true).await;

        assert_eq!(rested(&world.stranger, &public).await, frozen);
        assert_eq!(read(&world.stranger, &format!("{public}/scoreboard")).await, board);
        assert_eq!(feed_text(&world.stranger, &public, "").await, text);
        let seen = rested(&world.chief, &staff).await;
        assert_ne!(seen, frozen, "staff see it");
        assert_eq!(replayed(&lines(&feed_text(&world.chief, &staff, "").await)), seen);
        assert_ne!(read(&world.chief, &format!("{staff}/scoreboard")).await, board);

        // That it has ended is no secret; where the log stands is.
        world.becomes("review").await;
        let rest = lines(&feed_text(&world.stranger, &public, &format!("&since_token={last_token}")).await);
        assert_eq!((rest.len(), &rest[0]["type"], rest[0].get("token")), (1, &json!("state"), None));
        assert!(rest[0]["data"]["ended"].is_string());
        assert_eq!(read(&world.stranger, &format!("{public}/state")).await, rest[0]["data"]);
        let next = last_token.parse::<i64>().unwrap() + 1;
        let probed = world.stranger.get(&format!("{public}/event-feed?stream=false&since_token={next}")).await;
        assert_eq!(probed.status, 400, "a token that was not handed out says nothing of the log");
        assert_eq!(world.chief.get(&format!("{staff}/event-feed?stream=false&since_token={next}")).await.status, 200);
        let hidden = replayed(&lines(&feed_text(&world.stranger, &public, "").await));
        assert_eq!(hidden, rested(&world.stranger, &public).await);

        // Back to be marked it stands still as it did; lifted by hand, it moves; frozen again, a plan that is read anew and another process show no
        // more.
        world.becomes("live").await;
        assert!(read(&world.stranger, &format!("{public}/state")).await["ended"].is_null());
        assert_ne!(rested(&world.stranger, &public).await, rested(&world.chief, &staff).await);
        world.becomes("live").await;
        assert_eq!(rested(&world.stranger, &public).await, rested(&world.chief, &staff).await);
        world.clock.advance_millis(60_000);
        world.becomes("frozen").await;
        let hidden = rested(&world.stranger, &public).await;
        let board = read(&world.stranger, &format!("{public}/scoreboard")).await;
        let text = feed_text(&world.stranger, &public, "").await;
        let last_token = lines(&text).iter().rev().find_map(|line| line["token"].as_str().map(str::to_owned)).unwrap();
        world.clock.advance_millis(60_000);
        one_more_mark(&world, 51, false).await;
        plan_changes(&world).await;
        assert_eq!(rested(&world.stranger, &public).await, hidden);
        let all = feed_text(&world.stranger, &public, "").await;
        assert_eq!(replayed(&lines(&all)), hidden);
        assert!(!all.contains("\"token\""), "where the plan was changed is hidden, too");
        assert_eq!(feed_text(&world.stranger, &public, &format!("&since_token={last_token}")).await, all);
        let world = world.reopened().await;
        assert_eq!(feed_text(&world.stranger, &public, "").await, all);
        let then = read(&world.stranger, &format!("{public}/scoreboard")).await;
        assert_eq!((&then["rows"], &then["time"]), (&board["rows"], &board["time"]));

        // Published, everybody reads the same, and the last line says that nothing follows.
        world.becomes("review").await;
        let body = json!({"to": "final", "even_so": true, "reason": "试验"});
        assert_eq!(world.chief.post(&world.path("state"), body).await.status, 200);
        let shown = rested(&world.stranger, &public).await;
        assert_eq!(shown, rested(&world.chief, &staff).await);
        assert_ne!(shown, hidden);
        let told = lines(&feed_text(&world.stranger, &public, "").await);
        assert_eq!(replayed(&told), shown);
        let end = told.last().unwrap();
        assert_eq!(end["type"], "state");
        for when in ["thawed", "finalized", "end_of_updates"] {
            assert!(end["data"][when].is_string(), "{end}");
        }
        let judgements = list(&world.stranger, &public, "judgements").await;
        assert!(judgements.iter().all(|one| one["judgement_type_id"].is_string()), "all of them have ended");
        let current = judgements.iter().filter(|one| one["current"] == true).count();
        assert_eq!(current, list(&world.stranger, &public, "submissions").await.len());
    })
    .await;
}

/// A blind contest names numbers and nobody; a named one names people and no number, and no run by which a judge could tell.
#[tokio::test]
async fn names_or_numbers_and_never_both() {
    for blind in [true, false] {
        let database = testkit::sqlite_database();
        let world = World::new(&database.url, blind).await;
        story(&world).await;
        let floor = world.floor().await;
        let plan = floor.arena().plan.clone();
        for (client, view) in [(&world.stranger, ""), (&world.chief, "/staff")] {
            let base = base(&world, view);
            let access = read(client, &format!("{base}/access")).await;
            let offered = |name: &str| access["endpoints"].as_array().unwrap().iter().any(|one| one["type"] == name);
            for name in ["organizations", "persons"] {
                assert_eq!(offered(name), !blind, "{name}");
                assert_eq!(client.get(&format!("{base}/{name}")).await.status == 404, blind, "{name}");
            }
            let mut said = rested(client, &base).await.into_values().collect::<Vec<_>>();
            said.push(feed_text(client, &base, "").await);
            said.push(read(client, &format!("{base}/scoreboard")).await.to_string());
            for text in said {
                for entry in &plan.entries {
                    if blind {
                        for hidden in [&entry.person_name, &entry.organisation_name.zh] {
                            assert!(!text.contains(hidden.as_str()), "{hidden}: {text}");
                        }
                        for hidden in [entry.person.as_str(), entry.organisation.as_str()] {
                            assert!(!text.contains(hidden), "{hidden}: {text}");
                        }
                    } else {
                        assert!(!text.contains(&format!("\"{}\"", entry.no)), "{}: {text}", entry.no);
                        assert!(!text.contains(entry.person.as_str()), "a person's id leads beyond the contest");
                    }
                }
                assert!(plan.runs.iter().all(|run| !text.contains(run.id.as_str())), "{text}");
            }
            let teams = list(client, &base, "teams").await;
            let names: std::collections::BTreeSet<&str> =
                teams.iter().map(|team| team["name"].as_str().unwrap()).collect();
            let expected: std::collections::BTreeSet<&str> =
                COMPETITORS[1..].iter().map(|row| if blind { row[5] } else { row[0] }).collect();
            assert_eq!(names, expected);
            if !blind {
                let organizations = list(client, &base, "organizations").await;
                for team in &teams {
                    assert!(organizations.iter().any(|one| one["id"] == team["organization_id"]), "{team}");
                }
                let ids: Vec<&str> = teams.iter().map(|team| team["id"].as_str().unwrap()).collect();
                assert!(ids.is_sorted(), "in an order that says nothing");
                assert_eq!(list(client, &base, "persons").await.len(), 6);
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_understood() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    story(&world).await;
    let base = base(&world, "");
    let table = [
        ("/clics/contests/con_nowhere".to_owned(), 404),
        ("/clics/contests/Not-an-id/teams".to_owned(), 404),
        (format!("{base}/doesnt-exist"), 404),
        (format!("{base}/doesnt-exist/42"), 404),
        (format!("{base}/contest"), 404),
        (format!("{base}/accounts"), 404),
        (format!("{base}/commentary"), 404),
        (format!("{base}/submissions/999999"), 404),
        (format!("{base}/submissions/XYZ_999"), 404),
        (format!("{base}/state/1"), 404),
        (format!("{base}/access/1"), 404),
        (format!("{base}/scoreboard?group_id=nobody"), 404),
        (format!("{base}/scoreboard?team=1"), 400),
        (format!("{base}/teams?name=x"), 400),
        (format!("{base}/event-feed?since_id=1"), 400),
        (format!("{base}/event-feed?since_token=xY-99_"), 400),
        (format!("{base}/event-feed?since_token=-1"), 400),
        (format!("{base}/event-feed?since_token=999999"), 400),
        (format!("{base}/event-feed?since_token="), 400),
        (format!("{base}/event-feed?stream=perhaps"), 400),
    ];
    for (path, status) in table {
        let answer = world.stranger.get(&path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        let told = answer.json();
        assert_eq!(told["code"], json!(status), "{path}: {told}");
        let message = told["message"].as_str().unwrap();
        assert!(message.contains(" / "), "in both languages: {message}");
    }
    let posted = world.stranger.post(&format!("{base}/submissions"), json!({})).await;
    assert_eq!(posted.status, 405);
}

/// A reader who stays is told what happens, across a change of the plan, until the hall closes.
#[tokio::test]
async fn who_stays_is_told() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let path = format!("{}/event-feed", base(&world, ""));
        let request = Request::builder().method(Method::GET).uri(&path).body(axum::body::Body::empty()).unwrap();
        let response = world.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let heard = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let into = heard.clone();
        let reader = tokio::spawn(async move {
            let mut body = response.into_body();
            while let Some(frame) = body.frame().await {
                into.lock().unwrap().push_str(std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap());
            }
        });
        let read = || lines(&heard.lock().unwrap().clone());
        testkit::eventually("it begins with all there is", async || read().iter().any(|line| line["type"] == "state"))
            .await;
        let run = world.run("E1", "A").await;
        world.start(&run).await;
        let judge = assigned(&world, &run, "A1.1").await[0];
        given(&world, judge, mark(60, &run, "A1.1", json!({"kind": "yes_no", "yes": true}))).await;
        testkit::eventually("the mark is told", async || read().iter().any(|line| line["type"] == "judgements")).await;
        let more = xlsx(&[COMPETITORS[0], ["机密庚", "保密单位庚", "", "students", "东赛场", "E7", ""]]);
        let answer = upload(&world.organiser, &world.path("imports/competitors?commit=true"), &more).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        testkit::eventually("the newcomer is told", async || {
            read().iter().any(|line| line["type"] == "teams" && line["data"]["label"] == "E7")
        })
        .await;
        let base = base(&world, "");
        assert_eq!(replayed(&read()), rested(&world.stranger, &base).await);
        world.hall.drain();
        tokio::time::timeout(Duration::from_secs(10), reader).await.unwrap().unwrap();
    })
    .await;
}

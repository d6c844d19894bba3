//! A contest from its scheme to its result, on both engines.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::story::{a_spread_and_its_round, assert_same, assigned, given, kept_in_the_archive, ranking, results_kept};
use common::{COMPETITORS, JUDGES, World, each_engine, level, mark, mark_id, marks, new_contest, upload, xlsx};
use contest::event::{Happened, LeftOpen};
use contest::floor::FloorError;
use contest::panel::Panel;
use kernel::RunId;
use serde_json::{Value, json};
use tokio::sync::Notify;

#[tokio::test]
async fn from_the_scheme_to_the_result() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = a_spread_and_its_round(&world).await;
        let second = world.run("E2", "A").await;
        world.start(&second).await;
        let judge = assigned(&world, &second, "A1.1").await[0];
        given(&world, judge, mark(40, &second, "A1.1", json!({"kind": "yes_no", "yes": true}))).await;
        let theory = json!({"aspect": "T1.1", "marks": [{"entry_no": "E2", "mark": "9.50"}, {"entry_no": "W1", "mark": "4.00"}]});
        assert_eq!(world.organiser.post(&world.path("theory"), theory).await.json(), json!({"taken": 2}));
        let corrected = json!({"aspect": "T1.1", "marks": [{"entry_no": "W1", "mark": "4.00"}]});
        let before = json!({"aspect": "T1.1", "marks": [{"entry_no": "W1", "mark": "3"}]});
        for marks in [before, corrected] {
            assert_eq!(world.organiser.post(&world.path("theory"), marks).await.json(), json!({"taken": 1}));
        }
        let theory = world.organiser.get(&world.path("theory")).await.json();
        let standing: Vec<(&Value, &Value)> =
            theory["items"].as_array().unwrap().iter().map(|it| (&it["entry_no"], &it["mark"])).collect();
        let (none, two, four) = (&Value::Null, &json!("9.50"), &json!("4.00"));
        let nos = ["E1", "E2", "E3", "E4", "W1", "W2"].map(|no| json!(no));
        let expected: Vec<(&Value, &Value)> = nos.iter().zip([none, two, none, none, four, none]).collect();
        assert_eq!(standing, expected, "the latest of everybody, by blind number");
        // The paper is imported again, with one mark corrected: the archive says what it took the place of.
        let first = archive::newest(&world.hall.db).await.unwrap();
        let again = json!({"aspect": "T1.1", "marks": [{"entry_no": "E2", "mark": "9.50"}]});
        assert_eq!(world.organiser.post(&world.path("theory"), again).await.json(), json!({"taken": 1}));
        let kept = archive::since(&world.hall.db, first, 10).await.unwrap();
        let kept: Vec<Value> = kept.iter().map(|one| serde_json::to_value(one.statement().unwrap().unwrap()).unwrap()).collect();
        assert_eq!(kept.len(), 1);
        let verb = kept[0]["verb"]["id"].as_str().unwrap();
        assert!(verb.ends_with("corrected"), "{verb}");
        let rows = ranking(&world).await;
        let total = |no: &str| rows.iter().find(|(of, _, _)| of == no).map(|(_, _, total)| total.clone()).unwrap();
        assert_eq!((total("E1"), total("E2"), total("W1")), ("3.00".into(), "11.50".into(), "4.00".into()));
        assert_eq!((&rows[0].0, &rows[0].1), (&"E2".to_owned(), &json!(1)));

        // The board after a restart is the board before; the frozen one is what it was when it was frozen.
        world.clock.advance_millis(90_000);
        let before = world.settled().await;
        let reopened = world.reopened().await;
        assert_same(&before, &reopened.settled().await, "after a restart");
        let world = reopened;
        world.becomes("frozen").await;
        let shown = world.settled().await;
        let public = world.public_topics().await;
        let judge = assigned(&world, &run, "A1.1").await[0];
        given(&world, judge, mark(50, &run, "A1.1", json!({"kind": "yes_no", "yes": true}))).await;
        let staff = world.settled().await;
        assert_eq!(world.public_topics().await, public, "spectators see nothing of it");
        assert_ne!(staff, shown, "staff do");
        assert_eq!(world.stranger.get(&world.path("ranking")).await.code(), "contest_not_open");
        let reopened = world.reopened().await;
        assert_same(&staff, &reopened.settled().await, "frozen, after a restart");
        assert_eq!(reopened.public_topics().await, public);
        let world = reopened;
        world.becomes("review").await;
        world.becomes("live").await;
        let hidden = world.stranger.get(&world.path("ranking")).await;
        assert_eq!(hidden.code(), "contest_not_open", "it went back to the board that stood still");
        world.becomes("live").await;
        world.settled().await;
        let ranked = ranking(&world).await;
        assert_eq!(ranked.iter().find(|row| row.0 == "E1").unwrap().2, "5.00");
        assert_eq!((ranked.len(), ranked.iter().filter(|row| row.1.is_null()).count()), (6, UNMARKED));
        world.becomes("review").await;
        // Two runs are open, and their sheets are not complete: results wait, or somebody answers for it.
        let to_final = async |more: Value| {
            let mut body = json!({"to": "final"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            world.chief.post(&world.path("state"), body).await
        };
        let logged = world.logged().await;
        let refused = to_final(json!({})).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "results_not_ready"));
        assert_eq!(refused.json()["still_out"], json!({"runs": 2, "unjudged": 0, "sheets": 2, "verdicts": 0, "papers": 4, "unstarted": 10, "appeals": 0}));
        let named: BTreeSet<String> = refused.fields().into_iter().collect();
        let of_runs = [&run, &second].into_iter().flat_map(|run| [format!("runs[{run}]"), format!("sheets[{run}]")]);
        let of_papers = ["E1", "E3", "E4", "W2"].map(|no| format!("papers[T1.1/{no}]"));
        let (unstarted, named): (BTreeSet<String>, BTreeSet<String>) = named.into_iter().partition(|path| path.starts_with("unstarted["));
        assert_eq!(named, of_runs.chain(of_papers).collect());
        assert_eq!(unstarted.len(), 10);
        assert_eq!(to_final(json!({"even_so": true})).await.fields(), ["reason"]);
        let early = world.chief.post(&world.path("state"), json!({"to": "live", "reason": "x", "even_so": true})).await;
        assert_eq!(early.fields(), ["even_so"]);
        assert_eq!(world.logged().await, logged);
        let done = to_final(json!({"even_so": true, "reason": "仲裁组同意"})).await;
        assert_eq!(done.status, 200, "{}", done.text());
        let events = contest::log::since(&world.hall.db, &world.contest, logged, 10).await.unwrap();
        let left_open = events.iter().find_map(|event| match &event.happened {
            Happened::State { left_open, .. } => *left_open,
            _ => None,
        });
        assert_eq!(left_open, Some(LeftOpen { runs: 2, sheets: 2, papers: 4, unstarted: 10, ..LeftOpen::default() }));
        // The people room asks the log in these words whether a contest is over.
        let over = "select count(*) as n from contest_event
                    where kind = 'state' and body like '{\"kind\":\"state\",\"to\":\"final\"%'";
        assert_eq!(world.hall.db.one(over, &[]).await.unwrap().get::<i64>("n").unwrap(), 1);
        let last = world.submit(judge, vec![mark(60, &run, "A1.2", json!({"kind": "measured", "value": "10"}))]).await;
        assert_eq!(last.code(), "contest_not_open");
        let again = world.submit(judge, vec![mark(50, &run, "A1.1", json!({"kind": "yes_no", "yes": true}))]).await;
        assert_eq!(again.status, 200, "what was taken stays taken: {}", again.text());
        assert_eq!(world.chief.post(&world.path("state"), json!({"to": "live"})).await.code(), "contest_not_open");
        kept_in_the_archive(&world).await;
        let ranks = results_kept(&world).await;
        assert_eq!((ranks.len(), ranks.iter().filter(|rank| rank.is_none()).count()), (6, UNMARKED));
    })
    .await;
}

/// Of the six competitors of that story.
const UNMARKED: usize = 3;

#[tokio::test]
async fn two_tablets_and_two_hands_on_a_clock() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E2", "A").await;
        let start = || world.clock_act(&run, json!({"act": "start"}));
        let (one, two, three) = tokio::join!(start(), start(), start());
        let mut codes = [one.status.as_u16(), two.status.as_u16(), three.status.as_u16()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409, 409]);
        let judge = assigned(&world, &run, "A2.1").await[0];
        // The tablet holds more than it sends at once; what it said of it stands until it says otherwise.
        let present = world.judges[judge].post(&world.path("presence"), json!({"unsent": 3})).await;
        assert_eq!(present.status, 204);
        let send = |nth: u32, value: u32| world.submit(judge, vec![mark(nth, &run, "A2.1", level(value))]);
        let (one, two) = tokio::join!(send(1, 1), send(2, 2));
        let mut codes = [one.status.as_u16(), two.status.as_u16()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409], "{} {}", one.text(), two.text());
        let floor = world.floor().await;
        assert_eq!(floor.judges().values().map(|seen| seen.unsent).max(), Some(3));
        let standing = floor.arena().marks.values().filter(|mark| !mark.replaced).count();
        assert_eq!(standing, 1);
        // Many judges at once, while rounds open themselves: nobody waits for anybody in vain.
        let entry = world.run("E4", "A").await;
        world.start_after(&run, &entry).await;
        let panel = assigned(&world, &entry, "A2.1").await;
        let give =
            |at: usize, value: u32| world.submit(panel[at], vec![mark(100 + at as u32, &entry, "A2.1", level(value))]);
        let all = async { tokio::join!(give(0, 0), give(1, 3), give(2, 0)) };
        let (one, two, three) = tokio::time::timeout(std::time::Duration::from_secs(4), all).await.unwrap();
        for answer in [one, two, three] {
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        let again = world.chief.post(&world.path(&format!("runs/{entry}/clock")), json!({"act": "close"})).await;
        assert_eq!(again.status, 200);
    })
    .await;
}

/// All ids of one contest are made in one millisecond here, and sort by chance.
#[tokio::test]
async fn venues_stand_as_the_contest_names_them() {
    each_engine(|world| async move {
        let names: Vec<String> = (1..=8).map(|no| format!("第{no}赛场")).collect();
        let venue = |(at, name): (usize, &String)| json!({"name": {"zh": name, "en": format!("Venue {at}")}, "stations": [format!("V{at}")]});
        let mut new = new_contest(true);
        new["venues"] = names.iter().enumerate().map(venue).collect();
        let made = world.organiser.post("/api/contests", new).await.json();
        let path = format!("/api/contests/{}", made["id"].as_str().unwrap());
        let read = world.organiser.get(&path).await.json();
        let read: Vec<&str> = read["venues"].as_array().unwrap().iter().map(|venue| venue["name"]["zh"].as_str().unwrap()).collect();
        assert_eq!(read, names);
    })
    .await;
}

#[tokio::test]
async fn newcomers_join_a_contest_that_is_live() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = a_spread_and_its_round(&world).await;
        let late = [COMPETITORS[0], ["新人", "新单位", "三队", "workers", "东赛场", "A0", "late-comer"]];
        let path = world.path("imports/competitors?commit=true");
        let answer = upload(&world.organiser, &path, &xlsx(&late)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let judges = [JUDGES[0], ["裁判六", "技师学院", "东赛场", "", "judge-6"]];
        let answer = upload(&world.organiser, &world.path("imports/judges?commit=true"), &xlsx(&judges)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let entries = world.organiser.get(&world.path("entries")).await.json();
        assert_eq!((entries["items"].as_array().unwrap().len(), &entries["items"][0]["no"]), (7, &json!("A0")));
        assert_eq!(ranking(&world).await.len(), 7);
        let floor = world.floor().await;
        let marks = floor.arena().marks.len();
        assert_eq!(marks, 7, "what was marked stands");
        let newcomer = world.run("A0", "A").await;
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        world.start(&newcomer).await;
        let before = world.settled().await;
        assert_same(&before, &world.reopened().await.settled().await, "after a restart");
    })
    .await;
}

/// Two tablets of one judge warn each other before either has sent a mark; two judges don't.
#[tokio::test]
async fn a_sheet_that_another_tablet_of_the_judge_shows_says_so() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        let second = world.login("judge-1").await;
        let path = world.path(&format!("runs/{run}/sheet"));
        let warned = async |client: &web::testing::Client| client.get(&path).await.json()["open_elsewhere"].clone();
        assert_eq!(warned(&world.judges[0]).await, false);
        assert_eq!(warned(&world.judges[0]).await, false, "the same tablet asks again");
        assert_eq!(warned(&world.judges[1]).await, false, "another judge");
        assert_eq!(warned(&second).await, true);
        assert_eq!(warned(&world.judges[0]).await, true, "and the first learns of it");
        world.clock.advance_millis(60_000);
        assert_eq!(warned(&second).await, false, "the first has put it away");
    })
    .await;
}

/// The competitor's own phone: his runs and no other's, what he may ask for, and what has been asked by whomever.
#[tokio::test]
async fn please_judge_by_the_competitor_and_by_others() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let (other, run) = (world.run("E1", "A").await, world.run("E1", "D").await);
        let mine = world.competitor.get(&world.path("mine")).await;
        assert_eq!(mine.status, 200, "{}", mine.text());
        let mine = mine.json();
        let runs = |mine: &Value| mine["runs"].as_array().unwrap().clone();
        let seen: Vec<(String, Value, Value)> = runs(&mine)
            .iter()
            .map(|run| (run["id"].as_str().unwrap().to_owned(), run["state"].clone(), run["asks"].clone()))
            .collect();
        let waiting = |run: &RunId, asks: &Value| (run.to_string(), json!("waiting"), asks.clone());
        let judged = json!([{"checkpoint": "accept", "judged": [{"zh": "验收时正常", "en": "Sound when asked"}]}]);
        let told = json!([{"checkpoint": null, "judged": []}]);
        assert_eq!(seen, [waiting(&other, &told), waiting(&run, &judged)], "in the modules' order");
        assert_eq!((&mine["no"], &mine["lots"]), (&json!("E1"), &json!([])), "no lots are drawn here");
        assert!(mine["group"]["zh"].is_string(), "{mine}");
        for row in &COMPETITORS[1..] {
            assert!(!mine.to_string().contains(row[0]) && !mine.to_string().contains(row[1]), "{mine}");
        }
        // Somebody with the role and without a place in the field.
        let here = kernel::Scope::Contest(world.contest.clone());
        let guest = web::testing::account(&world.hall, "guest", None, None, &[(kernel::Role::Competitor, here)]).await;
        let guest = web::testing::Client::signed(&world.router, &world.hall, &guest.account).await;
        assert_eq!(guest.get(&world.path("mine")).await.code(), "not_found");

        world.start(&run).await;
        let request = world.path(&format!("runs/{run}/judge-requests"));
        assert_eq!(guest.post(&request, json!({})).await.code(), "forbidden");
        let mut asked = Vec::new();
        for (client, checkpoint) in
            [(&world.competitor, json!("accept")), (&world.operator, json!(null)), (&world.judges[0], json!("accept"))]
        {
            // The same again at once would be the same wish.
            world.clock.advance_millis(10_000);
            let answer = client.post(&request, json!({"checkpoint": checkpoint})).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            asked.push(json!({"checkpoint": checkpoint, "at_ms": world.hall.now().as_millis()}));
        }
        let floor = world.floor().await;
        floor.caught_up_to_newest().await;
        let mine = world.competitor.get(&world.path("mine")).await.json();
        let now = runs(&mine)[1].clone();
        assert_eq!((&now["state"], &now["requests"]), (&json!("open"), &json!(asked)));
        let sheet = world.judges[0].get(&world.path(&format!("runs/{run}/sheet"))).await.json();
        assert_eq!((&sheet["requests"], &sheet["asks"]), (&json!(asked), &judged));
        assert_eq!(sheet["open_elsewhere"], false);
        let stations = world.operator.get(&world.path("stations")).await.json();
        let station = stations["items"].as_array().unwrap().iter().find(|one| one["run"]["id"] == run.as_str());
        assert_eq!(station.unwrap()["run"]["requests"], json!(asked));
        let control = world.operator.get(&world.path("control")).await.json();
        let short: Vec<Value> = asked.iter().map(|one| json!([one["checkpoint"], one["at_ms"]])).collect();
        assert_eq!(control["set"][&format!("rq/{run}")], json!(short));
        assert_eq!(control["set"]["h"]["asks"], json!({"A": [null], "D": ["accept"], "T": [null]}));
        let before = world.settled().await;
        assert_same(&before, &world.reopened().await.settled().await, "after a restart");
    })
    .await;
}

/// Who holds a seat, by login, for every aspect of a run that judges mark.
async fn seats(world: &World, run: &RunId) -> BTreeMap<String, Vec<String>> {
    let floor = world.floor().await;
    let arena = floor.arena();
    let planned = arena.plan.run(run).unwrap();
    let module = arena.module_of(run).unwrap();
    let panel = Panel::of(&arena, planned);
    let names = |aspect| panel.seats(aspect).iter().map(|judge| judge.person_name.clone()).collect();
    arena.board.scheme().aspects_of(module).map(|(ix, aspect)| (aspect.code.clone(), names(ix))).collect()
}

#[tokio::test]
async fn seats_stand_when_a_judge_joins() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let done = a_spread_and_its_round(&world).await;
        assert_eq!(world.clock_act(&done, json!({"act": "close"})).await.status, 200);
        let (open, west, later) = (world.run("E2", "A").await, world.run("W1", "A").await, world.run("E3", "A").await);
        world.start(&open).await;
        world.start(&west).await;
        let one = assigned(&world, &open, "A1.2").await[0];
        given(&world, one, mark(40, &open, "A1.2", json!({"kind": "measured", "value": "10"}))).await;
        let before = [seats(&world, &done).await, seats(&world, &open).await];
        let owed = |run: &RunId, world: &World| {
            let (run, room, contest) = (run.clone(), world.room.clone(), world.contest.clone());
            async move {
                let floor = room.floor(&contest).await.unwrap();
                let arena = floor.arena();
                let owed = contest::sheet::owed(&arena, arena.plan.run(&run).unwrap());
                (owed.expected, owed.given)
            }
        };
        let owed_before = [owed(&done, &world).await, owed(&open, &world).await];

        let judges = [
            JUDGES[0],
            ["裁判六", "技师学院", "东赛场", "", "judge-6"],
            ["裁判七", "技师学院", "东赛场", "", "judge-7"],
            ["裁判八", "技师学院", "西赛场", "", "judge-8"],
        ];
        let answer = upload(&world.organiser, &world.path("imports/judges?commit=true"), &xlsx(&judges)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        for world in [&world, &world.reopened().await] {
            assert_eq!([seats(world, &done).await, seats(world, &open).await], before);
            assert_eq!([owed(&done, world).await, owed(&open, world).await], owed_before);
        }
        let world = world.reopened().await;
        // A full panel takes no other judge's mark; who has marked corrects, and who has a seat marks.
        let newcomer = world.login("judge-6").await;
        for (nth, run, aspect, value) in [
            (50, &done, "A2.1", level(0)),
            (51, &open, "A1.2", json!({"kind": "measured", "value": "11"})),
            (52, &open, "A2.2", marks("0.00")),
        ] {
            let mut late = mark(nth, run, aspect, value);
            late["round"] = json!(if aspect == "A2.1" { 2 } else { 1 });
            let answer = newcomer.post(&world.path("marks"), json!({"marks": [late]})).await;
            assert_eq!(answer.code(), "not_on_panel", "{aspect}: {}", answer.text());
        }
        let mut correction = mark(53, &open, "A1.2", json!({"kind": "measured", "value": "10.1"}));
        correction["replaces"] = json!(mark_id(40));
        correction["reason"] = json!("复测");
        given(&world, one, correction).await;
        for judge in assigned(&world, &open, "A2.2").await {
            given(&world, judge, mark(60 + judge as u32, &open, "A2.2", marks("2.00"))).await;
        }
        // Where seats are empty the newcomer takes one, and in runs that begin later he has his turn.
        assert_eq!(seats(&world, &west).await["A2.1"], ["裁判五", "裁判八"]);
        assert_eq!(world.clock_act(&open, json!({"act": "close"})).await.status, 200);
        world.start(&later).await;
        let turns = seats(&world, &later).await;
        assert!(turns.values().flatten().any(|name| name == "裁判六"), "{turns:?}");
    })
    .await;
}

#[tokio::test]
async fn a_tablet_whose_clock_is_wrong_loses_no_mark() {
    each_engine(|world| async move {
        world.becomes("live").await;
        world.clock.advance_millis(3_600_000);
        let run = world.run("E2", "A").await;
        world.start(&run).await;
        world.clock.advance_millis(600_000);
        let (opened, now) = (testkit::START_MS + 3_600_000, testkit::START_MS + 4_200_000);
        let minutes = 60_000;
        // What the tablet says, what is kept, and whether its word is kept beside it.
        let cases = [
            (now, now, false),
            (now + 5 * minutes, now + 5 * minutes, false),
            (now + 5 * minutes + 1, now, true),
            (253_370_764_800_000, now, true),
            (opened - 5 * minutes, opened - 5 * minutes, false),
            (opened - 5 * minutes - 1, opened, true),
            (0, opened, true),
        ];
        let judge = assigned(&world, &run, "A1.1").await[0];
        for (nth, (said, _, _)) in cases.iter().enumerate() {
            let mut sent = mark(nth as u32, &run, "A1.1", json!({"kind": "yes_no", "yes": nth % 2 == 0}));
            sent["at"] = json!(kernel::Timestamp::from_millis(*said).to_string());
            if nth > 0 {
                sent["replaces"] = json!(mark_id(nth as u32 - 1));
                sent["reason"] = json!("复看");
            }
            given(&world, judge, sent).await;
        }
        let events = contest::log::since(&world.hall.db, &world.contest, 0, 1000).await.unwrap();
        let kept: Vec<(i64, Option<i64>)> = events
            .iter()
            .filter_map(|event| match &event.happened {
                Happened::Mark { marked_at, tablet_said, .. } => Some((*marked_at, *tablet_said)),
                _ => None,
            })
            .collect();
        let expected: Vec<(i64, Option<i64>)> =
            cases.iter().map(|(said, at, wrong)| (*at, wrong.then_some(*said))).collect();
        assert_eq!(kept, expected);
    })
    .await;
}

/// "I see a problem" goes to the control room; its answer goes back to the judge who reported it, and to no other.
#[tokio::test]
async fn a_problem_is_settled_once() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E1", "A").await;
        let report = world.path(&format!("runs/{run}/problems"));
        let text = json!({"text": "工件缺一颗螺钉", "aspect": "A1.1"});
        let position = world.judges[0].post(&report, text).await.json()["position"].as_i64().unwrap();
        let floor = world.floor().await;
        floor.caught_up_to_newest().await;
        let alarm = async || {
            let control = world.chief.get(&world.path("control")).await.json();
            control["set"][&format!("al/{run}/problem-{position}")].clone()
        };
        let raised = alarm().await;
        assert_eq!((&raised["by"], &raised["settled"]), (&json!("裁判一"), &Value::Null));

        world.clock.advance_millis(5000);
        let at = world.hall.now().as_millis();
        let path = world.path(&format!("problems/{position}/settlement"));
        let keyed = [("idempotency-key", "settle-once")];
        let body = || Some(json!({"answer": " 已补发螺钉 "}).to_string().into());
        let settled = world.operator.send(http::Method::POST, &path, body(), &keyed).await;
        assert_eq!(settled.status, 200, "{}", settled.text());
        let by = settled.json()["settled"]["by"].clone();
        let name = "select name from person join account on account.person = person.id where login = 'operator'";
        assert_eq!(by, world.hall.db.one(name, &[]).await.unwrap().get::<String>("name").unwrap());
        assert_eq!(settled.json()["settled"], json!({"answer": "已补发螺钉", "by": by, "at_ms": at}));
        let logged = world.logged().await;
        let again = world.operator.send(http::Method::POST, &path, body(), &keyed).await;
        assert_eq!((again.status.as_u16(), again.json()), (200, settled.json()), "sent twice, settled once");
        assert_eq!(world.logged().await, logged);
        assert_eq!(alarm().await["settled"], json!({"answer": "已补发螺钉", "by": by, "at": at}));

        let list = async |client: &web::testing::Client, filter: &str| -> Vec<Value> {
            let answer = client.get(&world.path(&format!("problems{filter}"))).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.json()["items"].as_array().unwrap().clone()
        };
        let mine = list(&world.judges[0], "").await;
        assert_eq!((mine.len(), &mine[0]["mine"], &mine[0]["settled"]), (1, &json!(true), &settled.json()["settled"]));
        assert!(list(&world.judges[1], "").await.is_empty(), "what another judge reported is not his to read");
        assert!(list(&world.judges[4], "").await.is_empty());
        let seen = list(&world.operator, "?state=settled").await;
        assert_eq!((seen.len(), &seen[0]["mine"], &seen[0]["by"]), (1, &json!(false), &json!("裁判一")));
        assert!(list(&world.chief, "?state=open").await.is_empty());
        assert_eq!(list(&world.chief, &format!("?run={run}")).await.len(), 1);
        let before = world.settled().await;
        assert_same(&before, &world.reopened().await.settled().await, "after a restart");

        // Two hands at once: one answer stands.
        let second = world.judges[1].post(&report, json!({"text": "请裁判长到场"})).await.json();
        let path = world.path(&format!("problems/{}/settlement", second["position"]));
        floor.caught_up_to_newest().await;
        let settle = |answer: &'static str| world.chief.post(&path, json!({"answer": answer}));
        let (one, two) = tokio::join!(settle("来了"), settle("马上到"));
        let mut codes = [one.status.as_u16(), two.status.as_u16()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409], "{} {}", one.text(), two.text());
    })
    .await;
}

/// A contest that can't be opened is listed as damaged: for everybody that it is, for staff why.
#[tokio::test]
async fn a_damaged_contest_is_not_hidden() {
    each_engine(|world| async move {
        let mut ids = vec![world.contest.to_string()];
        for _ in 0..2 {
            let made = world.organiser.post("/api/contests", common::new_contest(true)).await;
            ids.push(made.json()["id"].as_str().unwrap().to_owned());
        }
        let run = |sql: &'static str, args: Vec<store::Arg>| {
            let db = world.hall.db.clone();
            async move {
                let args = &args;
                db.write::<_, store::StoreError, _>(|tx| Box::pin(async move { tx.exec(sql, args).await })).await.unwrap();
            }
        };
        // One scheme is cut off; one log holds what a program of next year wrote.
        run("update contest set scheme = 'format: guildhall/scheme/1' where id = $1", store::args![&ids[1]].to_vec()).await;
        let body = r#"{"kind":"teleported","run":"run_x"}"#;
        let insert = "insert into contest_event (contest, position, at, kind, subject, account, body) values ($1, 1, 1, 'teleported', 'x', null, $2)";
        run(insert, store::args![&ids[2], body].to_vec()).await;
        let world = world.reopened().await;
        // Many ask at once; one reads it.
        world.clock.advance_millis(60_000);
        let damaged: kernel::ContestId = ids[2].parse().unwrap();
        let ask = || world.room.opened(&damaged);
        let (one, two, three, four) = tokio::join!(ask(), ask(), ask(), ask());
        let told = |opened: &Result<_, FloorError>| matches!(opened, Err(FloorError::Damaged(_)));
        let told = [told(&one), told(&two), told(&three), told(&four)];
        assert_eq!(told.iter().filter(|told| **told).count(), 3, "{told:?}");
        let list = async |client: &web::testing::Client| -> Vec<Value> {
            let answer = client.get("/api/contests").await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let mut items = answer.json()["items"].as_array().unwrap().clone();
            items.sort_by_key(|one| ids.iter().position(|id| one["id"] == *id));
            items
        };
        for (who, client) in [("a stranger", &world.stranger), ("a judge", &world.judges[0]), ("another chief", &world.chief)] {
            let items = list(client).await;
            let states: Vec<&Value> = items.iter().map(|one| &one["state"]).collect();
            assert_eq!(states, ["draft", "damaged", "damaged"], "{who}");
            for one in &items[1..] {
                assert_eq!((&one["reason"], &one["name"]["zh"]), (&Value::Null, &json!("试验赛")), "{who}");
                assert_eq!((&one["entries"], &one["venues"]), (&json!(0), &json!(2)));
            }
            assert_eq!(items[0]["entries"], 6);
        }
        let items = list(&world.organiser).await;
        assert_eq!(items[0]["reason"], Value::Null);
        let reason = |at: usize, language: &str| items[at]["reason"][language].as_str().unwrap().to_owned();
        assert!(reason(1, "zh").contains("评分方案") && reason(1, "en").contains("scheme"), "{}", items[1]);
        assert!(reason(2, "zh").contains("读不懂") && reason(2, "en").contains("teleported"), "{}", items[2]);
        let page = world.stranger.get("/api/contests?limit=2").await.json();
        assert_eq!((page["items"].as_array().unwrap().len(), page["next"].is_string()), (2, true));
        let rest = world.stranger.get(&format!("/api/contests?limit=2&cursor={}", page["next"].as_str().unwrap())).await;
        assert_eq!(rest.json()["items"].as_array().unwrap().len(), 1, "a damaged one counts in paging");

        // Both are mended. It is not looked at with every request, but when a minute has gone by, or the log has grown.
        run("update contest set scheme = $2 where id = $1", store::args![&ids[1], common::SCHEME].to_vec()).await;
        run("delete from contest_event where contest = $1", store::args![&ids[2]].to_vec()).await;
        let states = async || -> Vec<Value> { list(&world.organiser).await.iter().map(|one| one["state"].clone()).collect() };
        assert_eq!(states().await, ["draft", "damaged", "damaged"]);
        assert_eq!(world.stranger.get(&format!("/api/contests/{}", ids[1])).await.status, 500);
        world.room.woken(&contest::log::name(&ids[2].parse().unwrap()));
        assert_eq!(states().await, ["draft", "damaged", "draft"]);
        world.clock.advance_millis(59_999);
        assert_eq!(states().await, ["draft", "damaged", "draft"]);
        world.clock.advance_millis(1);
        assert_eq!(states().await, ["draft", "draft", "draft"]);
    })
    .await;
}

/// As an import changes a plan: the tables, and the log that tells of it.
async fn rename(tx: &mut store::Tx<'_>, world: &World, name: &str) -> Result<(), store::StoreError> {
    tx.exec("update contest set name_zh = $2 where id = $1", &store::args![&world.contest, name]).await?;
    let happened = Happened::PlanChanged { what: "name".into(), count: 1 };
    contest::log::append(tx, &world.contest, world.hall.now(), None, name, &happened).await?;
    Ok(())
}

/// A node that opens a contest while its plan changes has the new plan when it has folded the change.
#[tokio::test]
async fn a_plan_that_changes_while_it_is_read_is_not_kept() {
    each_engine(|world| async move {
        let name = async |room: &contest::ContestRoom| {
            let floor = room.floor(&world.contest).await.unwrap();
            floor.caught_up_to_newest().await;
            floor.arena().plan.name.zh.clone()
        };
        let another_node = || contest::ContestRoom::new(world.hall.clone(), common::hub(), common::paper_fonts);
        if matches!(world.hall.db.engine(), store::Engine::Postgres) {
            // The node has read the plan and waits for the log; then both change, and it may read on.
            let (room, locked, waits) = (another_node(), Notify::new(), Notify::new());
            let change = world.hall.db.write::<_, store::StoreError, _>(|tx| {
                let (world, locked, waits) = (&world, &locked, &waits);
                Box::pin(async move {
                    tx.exec("lock table contest_event in access exclusive mode", &[]).await?;
                    locked.notify_one();
                    waits.notified().await;
                    rename(tx, world, "在读时改名").await
                })
            });
            let waiting =
                "select count(*) as n from pg_locks where not granted and relation = 'contest_event'::regclass";
            let look = async {
                testkit::eventually("the node waits for the log", async || {
                    world.hall.db.one(waiting, &[]).await.unwrap().get::<i64>("n").unwrap() > 0
                })
                .await;
                waits.notify_one();
            };
            let open = async {
                locked.notified().await;
                tokio::join!(room.floor(&world.contest), look).0.is_ok()
            };
            let (changed, opened) = tokio::join!(change, open);
            assert!(changed.is_ok() && opened);
            assert_eq!(name(&room).await, "在读时改名");
        }
        // And as it comes.
        for nth in 0..20 {
            let (room, wanted) = (another_node(), format!("第{nth}个名称"));
            let change = world.hall.db.write::<_, store::StoreError, _>(|tx| Box::pin(rename(tx, &world, &wanted)));
            let (opened, changed) = tokio::join!(room.floor(&world.contest), change);
            assert!(opened.is_ok() && changed.is_ok());
            assert_eq!(name(&room).await, wanted);
        }
    })
    .await;
}

/// Three judges are too far apart, and one of them corrects himself before anybody has opened a round.
#[tokio::test]
async fn judges_who_agree_by_now_need_no_round() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let (agreed, apart) = (world.run("E1", "A").await, world.run("E2", "A").await);
        for run in [&agreed, &apart] {
            world.start(run).await;
            let panel = assigned(&world, run, "A2.1").await;
            let nth = if run == &agreed { 10 } else { 20 };
            given(&world, panel[0], mark(nth, run, "A2.1", level(0))).await;
            given(&world, panel[1], mark(nth + 1, run, "A2.1", level(3))).await;
        }
        let panel = assigned(&world, &agreed, "A2.1").await;
        let logins = ["judge-1", "judge-2", "judge-3", "judge-4"];
        let (first, third) = (world.account_of(logins[panel[0]]).await, world.account_of(logins[panel[2]]).await);
        let entry = world.floor().await.arena().plan.run(&agreed).unwrap().entry.clone();
        let by_hand = |nth: u32, replaces: Option<u32>| Happened::Mark {
            id: web::wire::MarkId(mark_id(nth).parse().unwrap()),
            run: agreed.clone().into(),
            entry: entry.clone().into(),
            aspect: "A2.1".into(),
            round: 1,
            value: serde_json::from_value(level(3)).unwrap(),
            given: 300,
            note: None,
            replaces: replaces.map(|before| web::wire::MarkId(mark_id(before).parse().unwrap())),
            reason: replaces.map(|_| "复看实物".into()),
            marked_at: testkit::START_MS,
            tablet_said: None,
        };
        let (third_mark, correction) = (by_hand(12, None), by_hand(13, Some(10)));
        let write = world.hall.db.write::<_, store::StoreError, _>(|tx| {
            let (world, first, third, third_mark, correction) = (&world, &first, &third, &third_mark, &correction);
            Box::pin(async move {
                let now = world.hall.now();
                for (judge, nth, happened) in [(third, 12, third_mark), (first, 13, correction)] {
                    contest::log::append(tx, &world.contest, now, Some(judge), &mark_id(nth), happened).await?;
                }
                Ok(())
            })
        });
        write.await.unwrap();
        // Rounds are opened in the order in which they were asked for: the other one's comes after.
        let third = assigned(&world, &apart, "A2.1").await[2];
        given(&world, third, mark(22, &apart, "A2.1", level(3))).await;
        let floor = world.floor().await;
        let aspect = floor.arena().aspect("A2.1").unwrap();
        testkit::eventually("the round of those apart is open", async || floor.arena().round(&apart, aspect) == 2)
            .await;
        {
            let arena = floor.arena();
            assert_eq!((arena.round(&agreed, aspect), arena.rounds_wanted.len()), (1, 0));
            assert!(arena.board.aspect(arena.entry_of(&agreed).unwrap(), aspect).mark.is_some());
        }
        let opened = contest::log::since(&world.hall.db, &world.contest, 0, 1000).await.unwrap();
        let opened = opened.iter().filter(|event| matches!(event.happened, Happened::RoundOpened { .. })).count();
        assert_eq!(opened, 1);
    })
    .await;
}

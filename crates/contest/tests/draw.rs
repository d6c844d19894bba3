//! Blind numbers: committed to, drawn, sealed, undone by two, drawn again by anybody. On both engines.

mod common;

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use common::story::{
    a_spread_and_its_round, assigned, corrected_on_appeal, given, judged_to_the_end, kept_in_the_archive, rechecked,
    refused,
};
use common::{COMPETITORS, World, mark, marks, new_contest, rule_set, upload, xlsx};
use contest::results::pack::{self, File};
use contest::results::{Bound, verify};
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
    // There was no equipment, so nothing could be decided: the chief judge rejects what waits.
    let waiting = world.chief.get(&world.path("verdicts?state=waiting&limit=200")).await.json();
    for verdict in waiting["items"].as_array().unwrap() {
        let decision = world.path(&format!("verdicts/{}/decision", verdict["id"].as_str().unwrap()));
        let answer = world.chief.post(&decision, json!({"decision": "reject", "reason": "无数据"})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    world.becomes("review").await;
}

async fn digest(client: &Client, world: &World) -> Value {
    client.get(&world.path("results")).await.json()["digest"].clone()
}

/// A correction by the judge who gave the first mark, and the number of whom he gave it to.
async fn correction_of_the_first_mark(world: &World) -> (String, impl AsyncFn() -> Answered) {
    let (no, run, judge, first) = {
        let floor = world.floor().await;
        let arena = floor.arena();
        let mark = arena.marks.values().min_by_key(|mark| mark.position).unwrap().clone();
        let no = arena.plan.entries[mark.entry.index()].no.clone();
        (no, mark.run.clone(), mark.judge.clone(), mark.id.to_string())
    };
    let mut correction = mark(900, &run, "D1.3", marks("2.00"));
    (correction["replaces"], correction["reason"]) = (json!(first), json!("复看录像"));
    let judge = Client::signed(&world.router, &world.hall, &judge).await;
    let path = world.path("marks");
    (no, async move || judge.post(&path, json!({"marks": [correction.clone()]})).await)
}

/// Nobody is rechecked by number, and no number undone, while somebody still owes a mark.
#[tokio::test]
async fn a_draw_is_not_undone_over_an_open_sheet() {
    each_engine_with_draw(|world| async move {
        drawn(&world).await;
        world.becomes("live").await;
        let plan = world.floor().await.arena().plan.clone();
        let run = plan.run_for(&plan.entries[0].id, "A").unwrap().clone();
        world.start(&run).await;
        let judge = assigned(&world, &run, "A1.1").await[0];
        given(&world, judge, mark(1, &run, "A1.1", json!({"kind": "yes_no", "yes": true}))).await;
        world.becomes("review").await;
        judged_to_the_end(&world).await;
        let ordered = world.chief.post(&world.path("recheck"), json!({})).await;
        refused(&ordered, "recheck_state", "sheets are open");
        assert_eq!(ordered.fields(), [format!("sheets[{run}]")]);
        let checked = digest(&world.chief, &world).await;
        refused(&undo(&world.chief, &world, "chief_judge", &checked).await, "recheck_state", "it was not rechecked");
        assert_eq!(draw(&world.chief, &world).await["undoing"][0]["at"], Value::Null);
    })
    .await;
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
        let numbers: Vec<Value> = again.numbers()[own.id.as_str()].iter().map(|number| json!(number)).collect();
        assert_eq!(lots, [(&json!("draw"), &numbers[0]), (&json!("seat"), &json!(own.no))]);

        played(&world).await;
        refused(&commit(&world.organiser, &world, json!("重抽")).await, "contest_not_open", "too late");
    })
    .await;
}

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/draw.py");

fn python(args: &[&str], lines: &[String]) -> Vec<String> {
    let mut python = Command::new("python3");
    python.arg(PYTHON).args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().unwrap();
    python.stdin.take().unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// What somebody without the hall's program finds.
struct Lot {
    before: String,
    after: String,
    numbers: Vec<u32>,
}

/// Lots drawn by nothing but what the hall publishes: how it draws, the seed, the lines of the list.
fn drawn_by_python(seen: &Value, seed: &str, lines: &Value) -> Vec<Lot> {
    let mut pools: Vec<(String, Vec<String>)> = Vec::new();
    for line in lines.as_array().unwrap() {
        let words: Vec<&str> = line.as_str().unwrap().split(' ').collect();
        let ["entry", id, group @ ..] = words.as_slice() else { continue };
        let ending = match seen["over"].as_str().unwrap() {
            "whole_field" => String::new(),
            _ => format!("/{}", group.concat()),
        };
        match pools.iter_mut().find(|(known, _)| *known == ending) {
            Some((_, ids)) => ids.push((*id).to_owned()),
            None => pools.push((ending, vec![(*id).to_owned()])),
        }
    }
    let (mut lots, mut first) = (Vec::new(), 1);
    for (ending, ids) in pools {
        let after = python(&["--ids", seed], &ids);
        let (places, mut holders) = (ids.len(), after.clone());
        let known = ids.into_iter().zip(after);
        let mut pool: Vec<Lot> = known.map(|(before, after)| Lot { before, after, numbers: Vec::new() }).collect();
        for (at, layer) in seen["layers"].as_array().unwrap().iter().enumerate() {
            let name = format!("{}{ending}", layer["code"].as_str().unwrap());
            for drawn in python(&[seed, &name, &places.to_string(), &first.to_string()], &holders) {
                let (holder, number) = drawn.split_once(' ').unwrap();
                let holds = |lot: &&mut Lot| match lot.numbers.last() {
                    Some(last) => format!("{last:03}") == holder,
                    None => lot.after == holder,
                };
                let lot = pool.iter_mut().filter(|lot| lot.numbers.len() == at).find(holds);
                lot.unwrap().numbers.push(number.parse().unwrap());
            }
            holders = pool.iter().map(|lot| format!("{:03}", lot.numbers.last().unwrap())).collect();
        }
        first += places;
        lots.append(&mut pool);
    }
    lots
}

/// What a number counts.
fn in_digits(number: &str) -> u32 {
    number.trim_start_matches(char::is_alphabetic).parse().unwrap()
}

/// Ids of entries and teams in what somebody read.
fn ids_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
    words.filter(|word| word.starts_with("ent_") || word.starts_with("tea_")).map(str::to_owned).collect()
}

/// What tells names, and what tells numbers, to whoever may read both.
async fn told(world: &World) -> String {
    let mut told = format!("{:?}", world.settled().await);
    for path in ["entries?limit=200", "ranking?limit=200", "theory", "draw", "results"] {
        told.push_str(&world.organiser.get(&world.path(path)).await.text());
    }
    told + &world.organiser.get(&format!("/api/contests/{}", world.contest)).await.text()
}

#[tokio::test]
async fn nothing_that_named_somebody_before_the_draw_names_a_number_after_it() {
    each_engine_with_draw(|world| async move {
        let before = ids_in(&told(&world).await);
        let plan = world.floor().await.arena().plan.clone();
        let topics = plan.entries.iter().map(|entry| format!("competitor/{}", entry.id));
        let topics: Vec<String> = topics.chain(plan.teams.iter().map(|team| format!("team/{}", team.id))).collect();
        assert_eq!((before.len(), topics.len()), (8, 8), "six entries and two teams: {before:?}");
        assert!(topics.iter().all(|topic| world.hub.get(&format!("contests/{}/{topic}", world.contest)).is_some()));

        drawn(&world).await;
        let told = told(&world).await;
        let after = ids_in(&told);
        assert!(before.is_disjoint(&after), "{before:?} {after:?}");
        assert!(after.len() >= 8, "{after:?}");
        for topic in topics {
            for name in
                [format!("contests/{}/{topic}", world.contest), format!("staff/contests/{}/{topic}", world.contest)]
            {
                assert!(world.hub.get(&name).is_none(), "{name} goes on showing a name");
            }
        }
        let drawn = world.floor().await.arena().plan.clone();
        assert_eq!(drawn.teams.len(), plan.teams.len());
        // Who is in a team is in it under its new id, and the list with names doesn't say which that is.
        for entry in &drawn.entries {
            let was = plan.entries.iter().find(|was| was.person == entry.person).unwrap();
            let name = |plan: &contest::plan::Plan, team: &Option<kernel::TeamId>| {
                team.as_ref().map(|id| plan.teams.iter().find(|team| team.id == *id).unwrap().name.zh.clone())
            };
            assert_eq!(name(&drawn, &entry.team), name(&plan, &was.team));
        }
        let entries = world.organiser.get(&world.path("entries?limit=200")).await.json();
        let listed = entries["items"].as_array().unwrap();
        assert!(
            listed.iter().all(|entry| entry["team"].is_null())
                && listed.iter().any(|entry| entry["team_name"].is_object())
        );
    })
    .await;
}

#[tokio::test]
async fn lots_are_drawn_over_the_list_that_was_committed_to_or_not_at_all() {
    each_engine_with_draw(|world| async move {
        let committed = commit(&world.organiser, &world, Value::Null).await.json();
        assert_eq!(committed["list"]["stands"], true, "{committed}");
        let more = xlsx(&[COMPETITORS[0], ["机密庚", "保密单位庚", "", "students", "东赛场", "E7", ""]]);
        let added = upload(&world.organiser, &world.path("imports/competitors?commit=true"), &more).await;
        assert_eq!(added.status, 200, "{}", added.text());
        let seen = draw(&world.stranger, &world).await;
        assert_eq!((&seen["list"]["stands"], &seen["list"]["lines"]), (&json!(false), &json!([])));
        assert_eq!(seen["list"]["sha256"], committed["list"]["sha256"], "what was committed to");
        let before = world.floor().await.arena().plan.clone();
        let logged = world.logged().await;
        refused(&lots(&world.organiser, &world, json!("4 0 7")).await, "contest_not_open", "somebody has joined");
        assert_eq!(world.logged().await, logged);
        let kept = world.floor().await.arena().plan.clone();
        assert!(kept.entries.iter().all(|entry| before.entry(&entry.id).is_some()));

        assert_eq!(commit(&world.organiser, &world, json!("增补一人")).await.json()["list"]["stands"], true);
        let rules = rule_set().replace("{total: 1}", "{total: 2}");
        let replaced = json!({"scheme": common::SCHEME, "rule_set": rules, "note": "及格线", "replaces": 1});
        let replaced = world.organiser.post(&world.path("scheme"), replaced).await;
        assert_eq!(replaced.status, 200, "{}", replaced.text());
        refused(&lots(&world.organiser, &world, json!("4 0 7")).await, "contest_not_open", "other rules");

        let anew = commit(&world.organiser, &world, json!("规则有变")).await.json();
        assert_eq!(anew["void"].as_array().unwrap().len(), 2, "{anew}");
        let sealed = lots(&world.organiser, &world, json!("4 0 7")).await.json();
        assert_eq!((&sealed["state"], &sealed["list"]["stands"]), (&json!("sealed"), &json!(true)), "{sealed}");
        assert_eq!(sealed["list"]["sha256"], anew["list"]["sha256"]);
    })
    .await;
}

#[tokio::test]
async fn a_void_draw_hides_nothing_and_is_drawn_again_by_anybody() {
    each_engine_with_draw(|world| async move {
        drawn(&world).await;
        let void = world.floor().await.arena().plan.clone();
        assert!(void.sealed);
        let anew = commit(&world.organiser, &world, json!("设备搬迁")).await.json();
        assert_eq!(anew["state"], "committed");
        let names = |told: &str| void.entries.iter().filter(|entry| told.contains(&entry.person_name)).count();
        let live = world.floor().await.arena().plan.clone();
        assert_eq!((live.sealed, names(&format!("{:?}", world.settled().await))), (false, 6));
        let again = world.reopened().await;
        assert!(!again.floor().await.arena().plan.sealed, "as a node that starts reads it");
        let seen = draw(&again.stranger, &again).await;
        assert_eq!(seen["void"], anew["void"]);

        let told = &seen["void"][0];
        assert_eq!((seen["void"].as_array().unwrap().len(), &told["reason"]), (1, &json!("设备搬迁")));
        let seed = told["seed"].as_str().unwrap();
        let secret: Seed = seed.strip_suffix(" 福彩3D 2026311：4 0 7").unwrap().parse().unwrap();
        assert_eq!(told["commitment"], json!(secret.commitment()));
        let again = drawn_by_python(&seen, seed, &told["lines"]);
        assert_eq!(again.len(), void.entries.len());
        for lot in again {
            let entry = void.entry(&lot.after.parse().unwrap()).unwrap();
            assert_eq!(Some(&in_digits(&entry.no)), lot.numbers.last());
        }
    })
    .await;
}

#[tokio::test]
async fn a_draw_is_sealed_until_two_undo_it() {
    each_engine_with_draw(|world| async move {
        drawn(&world).await;
        played(&world).await;
        let supervisor = supervisor(&world).await;
        let early = digest(&world.chief, &world).await;
        refused(&undo(&world.chief, &world, "chief_judge", &early).await, "recheck_state", "it was not rechecked");
        rechecked(&world, &supervisor).await;
        let plan = world.floor().await.arena().plan.clone();
        let names_told = async || {
            let told = format!("{:?}", world.settled().await);
            plan.entries.iter().filter(|entry| told.contains(&entry.person_name)).count()
        };
        assert_eq!(names_told().await, 0, "on no board, the control room's included");
        assert_eq!(count(&world, "select count(*) as n from archive_record").await, 0, "a run tells whose it is");
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
        let (no, correct) = correction_of_the_first_mark(&world).await;
        refused(&correct().await, "marks_closed", "it was rechecked");
        corrected_on_appeal(&world, &no, "D", "D1.3", "2.00").await;
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
        refused(&correct().await, "marks_closed", "everybody may know whom he would mark");
        for to in ["live", "frozen"] {
            let back = world.chief.post(&world.path("state"), json!({"to": to})).await;
            refused(&back, "contest_not_open", "nobody is marked by name");
        }

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
async fn a_stranger_draws_again_by_what_the_hall_publishes() {
    let shipped: Vec<String> = catalogue::SHIPPED_RULE_SETS
        .iter()
        .map(|shipped| shipped.source.replace("{total: 60}", "{total: 1}"))
        .collect();
    let by_group = shipped[0].replace("draw:\n  over: whole_field", "draw:\n  over: each_group");
    for (rules, over) in shipped.iter().map(|rules| (rules, "whole_field")).chain([(&by_group, "each_group")]) {
        let mut contest = new_contest(false);
        contest["rule_set"] = json!(rules);
        let database = testkit::sqlite_database();
        let world = World::with(&database.url, contest).await;
        drawn(&world).await;
        played(&world).await;
        let supervisor = supervisor(&world).await;
        rechecked(&world, &supervisor).await;
        let checked = digest(&world.chief, &world).await;
        for (client, role) in [(&world.chief, "chief_judge"), (&supervisor, "supervisor")] {
            assert_eq!(undo(client, &world, role, &checked).await.status, 200);
        }

        let seen = draw(&world.stranger, &world).await;
        assert_eq!(seen["over"], over);
        let lines =
            seen["list"]["lines"].as_array().unwrap().iter().map(|line| format!("{}\n", line.as_str().unwrap()));
        let hash = <sha2::Sha256 as sha2::Digest>::digest(lines.collect::<String>());
        assert_eq!(seen["list"]["sha256"], hex::encode(hash), "the fingerprint that was published with the commitment");
        let again = drawn_by_python(&seen, seen["seed"].as_str().unwrap(), &seen["list"]["lines"]);
        let theirs = seen["lots"].as_array().unwrap();
        assert_eq!((again.len(), theirs.len()), (6, 6));
        for lot in again {
            let found = theirs.iter().find(|found| found["entry"] == lot.after.as_str()).unwrap();
            assert_eq!(found["before"], lot.before.as_str());
            let numbers = found["numbers"].as_array().unwrap().iter();
            assert_eq!(
                numbers.map(|number| in_digits(number.as_str().unwrap())).collect::<Vec<_>>(),
                lot.numbers,
                "{over}"
            );
        }
    }
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
        rechecked(&world, &supervisor(&world).await).await;
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
        assert_eq!(commit(&world.organiser, &world, json!("设备搬迁")).await.status, 200);
        assert_eq!(lots(&world.organiser, &world, json!("福彩3D 2026312：4 0 7")).await.status, 200);
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
        assert_eq!(verify(&pack, None).unwrap().drawn, Bound::BySeedAndList);
        let files = pack::unzipped(&pack).unwrap();
        let seed = draw(&world.stranger, &world).await["seed"].as_str().unwrap().to_owned();
        let plan = world.floor().await.arena().plan.clone();
        let (one, other) = (&plan.entries[0].no, &plan.entries[1].no);
        let of_field = |no: &str| format!("\"no\": \"{no}\"");
        let swapped = |from: &str, to: &str| (of_field(from), of_field(to));
        let listed = draw(&world.stranger, &world).await["list"].clone();
        let first = listed["lines"][1].as_str().unwrap().split(' ').nth(1).unwrap().to_owned();
        let rules = listed["lines"][0].as_str().unwrap().strip_prefix("rules ").unwrap().to_owned();
        let undoing = |role: &str| format!("\"kind\":\"draw_undoing\",\"role\":\"{role}\"");
        let changes = [
            ("log.ndjson", vec![(seed.clone(), seed.replace("4 0 7", "4 0 8"))], "log.ndjson:"),
            ("log.ndjson", vec![(undoing("supervisor"), undoing("chief_judge"))], "log.ndjson:"),
            ("log.ndjson", vec![(first, "ent_another".to_owned())], "field.json: entries["),
            // Of the void list and of the one that counts.
            ("log.ndjson", vec![(rules.clone(), "0".repeat(64)), (rules, "0".repeat(64))], "rule-set.yaml"),
            ("log.ndjson", vec![("\"void_seed\":\"".to_owned(), "\"void_seed\":\"x".to_owned())], "log.ndjson:"),
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

        // A log of before lists were bound reads on, and says no more than it can.
        let mut old: Vec<File> = files.clone();
        let log = &mut old.iter_mut().find(|(name, _)| name == "log.ndjson").unwrap().1;
        let unbound = |line: &str| {
            let (before, rest) = line.split_once(",\"list\":{")?;
            Some(format!("{before}{}", rest.split_once("]}").unwrap().1))
        };
        let text = String::from_utf8(log.clone()).unwrap();
        let lines = text.lines().map(|line| unbound(line).unwrap_or_else(|| line.to_owned()) + "\n");
        *log = lines.collect::<String>().into_bytes();
        assert_eq!(verify(&common::resealed(old), None).unwrap().drawn, Bound::BySeed);
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

/// Opened without lots, or with teams that are too small: as somebody asks for it.
async fn opening(world: &World, more: Value) -> Answered {
    let mut body = json!({"to": "live"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.chief.post(&world.path("state"), body).await
}

#[tokio::test]
async fn a_declared_draw_is_left_out_with_a_reason_only_and_the_result_says_so() {
    each_engine_with_draw(|world| async move {
        let logged = world.logged().await;
        let undrawn = opening(&world, json!({})).await;
        refused(&undrawn, "not_as_declared", "nobody drew");
        assert_eq!(undrawn.fields(), ["lots"]);
        assert_eq!(opening(&world, json!({"even_so": true})).await.fields(), ["reason"]);
        assert_eq!((world.logged().await, &draw(&world.stranger, &world).await["state"]), (logged, &json!("open")));
        assert_eq!(opening(&world, json!({"even_so": true, "reason": "现场无法抽签"})).await.status, 200);
        let seen = draw(&world.stranger, &world).await;
        assert_eq!((&seen["state"], &seen["without_because"]), (&json!("without"), &json!("现场无法抽签")));
        world.becomes("review").await;
        let result = world.chief.get(&world.path("results")).await.json();
        let without = json!({"undrawn": 6, "small_teams": 0, "reason": "现场无法抽签"});
        assert_eq!(result["standing"]["opened_without"], without);
        let again = world.reopened().await;
        assert_eq!(draw(&again.stranger, &again).await["state"], "without");
    })
    .await;
}

#[tokio::test]
async fn who_lacks_nothing_opens_without_an_exception() {
    each_engine_with_draw(|world| async move {
        drawn(&world).await;
        let answer = opening(&world, json!({"even_so": true, "reason": "多余"})).await;
        assert_eq!((answer.code().as_str(), answer.fields()), ("invalid", vec!["even_so".to_owned()]));
        assert_eq!(opening(&world, json!({})).await.status, 200);
        assert_eq!(draw(&world.stranger, &world).await["without_because"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn teams_below_the_declared_least_are_drawn_and_opened_with_a_reason_only() {
    for database in testkit::databases().await {
        let mut contest = new_contest(false);
        contest["rule_set"] = json!(rule_set().replace("team: {least: 2, most: 4}", "team: {least: 3, most: 4}"));
        let world = World::with(&database.url, contest).await;
        let registration = world.stranger.get(&world.path("registration")).await.json();
        assert_eq!(registration["small_teams"], json!([2, 2]), "everybody reads how many, and no name");
        assert_eq!(commit(&world.organiser, &world, Value::Null).await.status, 200);
        let drawing = async |body: Value| world.organiser.post(&world.path("draw/lots"), body).await;
        let small = drawing(json!({"public_part": null})).await;
        refused(&small, "not_as_declared", "both teams have two");
        assert_eq!(small.fields(), ["teams[0]", "teams[1]"]);
        let first = small.json()["fields"][0]["detail"].clone();
        assert!(first["zh"].as_str().unwrap().contains("队：2 人，规则集要求至少 3 人"), "{first}");
        assert_eq!(drawing(json!({"public_part": null, "even_so": true})).await.fields(), ["reason"]);
        assert_eq!(drawing(json!({"public_part": null, "even_so": true, "reason": "一人因病退赛"})).await.status, 200);

        let open = opening(&world, json!({})).await;
        refused(&open, "not_as_declared", "they are too small still");
        assert_eq!(open.fields(), ["teams[0]", "teams[1]"]);
        assert!(!open.text().contains("一队"), "the draw is sealed: {}", open.text());
        assert_eq!(opening(&world, json!({"even_so": true, "reason": "一人因病退赛"})).await.status, 200);
        let floor = world.floor().await;
        let lacks = floor.arena().opened_without.clone().unwrap().lacks;
        assert_eq!((lacks.undrawn, lacks.small_teams), (0, 2));
    }
}

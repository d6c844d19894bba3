//! The recheck before a result is signed: who is chosen, who may look, what is found and what follows. On both engines.

mod common;

use common::story::{assigned, given, judged_to_the_end, look_through, publish, refused, sign_both, supervisor};
use common::{World, hundredths, mark, new_contest};
use contest::event::ContestState;
use kernel::{Lots, Role, RunId, Seed};
use serde_json::{Value, json};
use web::testing::{Answered, Client};

/// The shipped rule set with one entry that is always rechecked, and a sample of the others.
fn rule_set(tolerance: &str) -> String {
    let shipped = catalogue::SHIPPED_RULE_SETS[0].source;
    shipped
        .replace("{total: 60}", "{total: 1}")
        .replace("  top_ranks: 10\n  top_share: 30%\n", "  top_ranks: 1\n")
        .replace("tolerance: 0", &format!("tolerance: {tolerance}"))
}

async fn each_engine<F: Future<Output = ()>>(tolerance: &str, run: impl Fn(World) -> F) {
    for database in testkit::databases().await {
        let mut contest = new_contest(true);
        contest["rule_set"] = json!(rule_set(tolerance));
        run(World::with(&database.url, contest).await).await;
    }
}

const MARKS: [(&str, &str); 6] = [("E1", "9"), ("E2", "8"), ("E3", "7"), ("E4", "6"), ("W1", "5"), ("W2", "4")];

/// Everybody has a paper's mark, then it is in review.
async fn reviewed(world: &World) {
    if world.floor().await.arena().state == ContestState::Draft {
        world.becomes("live").await;
    }
    let marks: Vec<Value> = MARKS.iter().map(|(no, mark)| json!({"entry_no": no, "mark": mark})).collect();
    let imported = world.organiser.post(&world.path("theory"), json!({"aspect": "T1.1", "marks": marks})).await;
    assert_eq!(imported.status, 200, "{}", imported.text());
    world.becomes("review").await;
}

async fn order(client: &Client, world: &World, public_part: Value) -> Answered {
    client.post(&world.path("recheck"), json!({"public_part": public_part})).await
}

async fn record(client: &Client, world: &World, entry: &str, differences: Value) -> Answered {
    client.post(&world.path(&format!("recheck/entries/{entry}")), json!({"differences": differences})).await
}

async fn paper(world: &World, no: &str, mark: &str) -> Answered {
    let marks = json!({"aspect": "T1.1", "marks": [{"entry_no": no, "mark": mark}]});
    world.organiser.post(&world.path("theory"), marks).await
}

async fn seen(world: &World) -> Value {
    world.chief.get(&world.path("recheck")).await.json()["ordered"].clone()
}

fn off(found: &str) -> Value {
    json!([{"aspect": "T1.1", "found": found, "reason": "加分有误"}])
}

/// The ids of those who were chosen in a way.
fn chosen(ordered: &Value, how: &str) -> Vec<String> {
    let entries = ordered["entries"].as_array().unwrap().iter().filter(|entry| entry["chosen"] == how);
    entries.map(|entry| entry["entry"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn it_is_ordered_once_when_marks_are_closed() {
    each_engine("0", |world| async move {
        let supervisor = supervisor(&world).await;
        world.becomes("live").await;
        refused(&order(&world.chief, &world, Value::Null).await, "contest_not_open", "marks are open");
        reviewed(&world).await;
        let before = world.everything().await;
        refused(&order(&supervisor, &world, Value::Null).await, "forbidden", "the chief judge orders it");
        refused(&order(&world.organiser, &world, Value::Null).await, "forbidden", "nor the organiser");
        refused(&order(&world.chief, &world, json!("长".repeat(101))).await, "invalid", "too long a number");
        refused(
            &order(&world.chief, &world, json!("2026\u{200b}140")).await,
            "invalid",
            "a character that nobody sees",
        );
        let shown = supervisor.get(&world.path("recheck")).await.json();
        assert_eq!((&shown["is_demanded"], &shown["ordered"]), (&json!(true), &Value::Null));
        assert!(shown["outstanding"]["zh"].as_str().unwrap().contains("尚未下达"));
        assert_eq!(world.everything().await, before, "what is refused changes nothing");
        let ordered = order(&world.chief, &world, json!(" 2026140 ")).await;
        assert_eq!(ordered.status, 201, "{}", ordered.text());
        let ordered = ordered.json()["ordered"].clone();
        refused(&order(&world.chief, &world, Value::Null).await, "recheck_state", "once");

        // Anybody draws it again: the first, and of the other five the one with the lowest lot.
        let seed = ordered["seed"].as_str().unwrap();
        assert!(seed.ends_with(" 2026140") && seed.len() == 64 + 8, "{seed}");
        let floor = world.floor().await;
        let arena = floor.arena();
        let id = |no: &str| arena.plan.entries.iter().find(|entry| entry.no == no).unwrap().id.to_string();
        assert_eq!(chosen(&ordered, "top"), [id("E1")]);
        let mut others: Vec<String> = MARKS[1..].iter().map(|(no, _)| id(no)).collect();
        others.sort();
        let lots = Lots::new(&seed.parse::<Seed>().unwrap(), "recheck").numbers(5);
        let first = lots.iter().position(|lot| *lot == 1).unwrap();
        assert_eq!(chosen(&ordered, "sampled"), [others[first].clone()]);
        assert_eq!((&ordered["wanted"], &ordered["left"]), (&json!(2), &json!(2)));
        // By blind number, and nobody's name.
        let text = ordered.to_string();
        assert!(arena.plan.entries.iter().all(|entry| !text.contains(&entry.person_name)));
    })
    .await;
}

#[tokio::test]
async fn a_contest_without_a_rule_set_asks_for_none() {
    common::each_engine(|world| async move {
        reviewed(&world).await;
        refused(&order(&world.chief, &world, Value::Null).await, "recheck_state", "nothing says what is rechecked");
        assert_eq!(publish(&world).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn too_many_errors_have_everybody_rechecked() {
    each_engine("0", |world| async move {
        let supervisor = supervisor(&world).await;
        reviewed(&world).await;
        let (top, sampled, spared) = {
            refused(&record(&world.chief, &world, "ent_nobody", json!([])).await, "recheck_state", "not ordered");
            let ordered = order(&world.chief, &world, Value::Null).await.json()["ordered"].clone();
            (chosen(&ordered, "top"), chosen(&ordered, "sampled"), chosen(&ordered, "not_drawn"))
        };
        refused(&record(&supervisor, &world, "ent_nobody", json!([])).await, "entry_unknown", "nobody");
        refused(&record(&supervisor, &world, &spared[0], json!([])).await, "not_found", "he is not to be rechecked");
        refused(&record(&world.judges[0], &world, &top[0], json!([])).await, "forbidden", "a judge");
        let sheet = supervisor.get(&world.path(&format!("recheck/entries/{}", top[0]))).await.json();
        assert_eq!((&sheet["no"], sheet["aspects"].as_array().unwrap().len()), (&json!("E1"), 1));
        let faulty = json!([
            {"aspect": "T9", "found": "1", "reason": "x"},
            {"aspect": "A1.1", "found": "1", "reason": "x"},
            {"aspect": "T1.1", "found": "10.01", "reason": "x"},
            {"aspect": "T1.1", "found": "1", "reason": "x"},
        ]);
        let refusal = record(&supervisor, &world, &top[0], faulty).await;
        let fields =
            ["differences[0].aspect", "differences[1].aspect", "differences[2].found", "differences[3].aspect"];
        assert_eq!((refusal.status.as_u16(), refusal.fields()), (422, fields.map(str::to_owned).to_vec()));
        for (found, reason, field) in [("9", "x", "found"), ("8", "  ", "reason"), ("8", &"长".repeat(501), "reason")]
        {
            let refusal =
                record(&supervisor, &world, &top[0], json!([{"aspect": "T1.1", "found": found, "reason": reason}]))
                    .await;
            assert_eq!(refusal.fields(), [format!("differences[0].{field}")]);
        }
        assert_eq!(seen(&world).await["left"], 2);

        // The first is right, the sampled one isn't: 1 of 2 marks.
        assert_eq!(record(&supervisor, &world, &top[0], json!([])).await.status, 200);
        refused(&record(&world.chief, &world, &top[0], json!([])).await, "recheck_state", "once");
        let digest = world.chief.get(&world.path("results")).await.json();
        let waits = digest["waits"][0]["says"]["en"].as_str().unwrap().to_owned();
        assert!(waits.ends_with(": 1"), "{waits}");
        let sign = json!({"role": "chief_judge", "digest": digest["digest"]});
        let unsigned = world.chief.post(&world.path("results/signatures"), sign).await;
        refused(&unsigned, "recheck_state", "one is left");
        assert_eq!(unsigned.json()["left"], 1);
        assert_eq!(record(&supervisor, &world, &sampled[0], off("3.5")).await.status, 200);
        let now = seen(&world).await;
        assert_eq!((&now["wanted"], &now["left"], &now["wrong"]), (&json!(6), &json!(4), &json!(1)));
        assert!(now["all"]["zh"].as_str().unwrap().contains("全部核查"));
        let spared_now = now["entries"].as_array().unwrap().iter().find(|it| it["entry"] == json!(spared[0])).unwrap();
        assert!(spared_now["is_wanted"] == true && spared_now["reason"]["en"].as_str().unwrap().contains("everybody"));

        // The mark is another one, with author and reason, wherever it is told.
        let floor = world.floor().await;
        let (entry, no) = {
            let arena = floor.arena();
            let entry = arena.board.field().entry_ix(&sampled[0].parse().unwrap()).unwrap();
            (entry, arena.plan.entries[entry.index()].no.clone())
        };
        {
            let arena = floor.arena();
            let aspect = arena.aspect("T1.1").unwrap();
            assert_eq!(arena.board.aspect(entry, aspect).mark, Some(hundredths(350)));
            let last = arena.corrections_of(entry, aspect).last().unwrap().clone();
            assert_eq!((last.reason.as_str(), last.by.as_str()), ("加分有误", "supervisor"));
        }
        let topics = world.settled().await;
        let own = &topics[&format!("staff/contests/{}/competitor/{}", world.contest, sampled[0])];
        assert!(own["a/T1.1"][2]["en"].as_str().unwrap().starts_with("Corrected by the recheck"), "{own:?}");
        common::story::kept_in_the_archive(&world).await;

        // Everybody else is looked at; then it is signed, and nobody's mark is another one without anybody's having looked.
        look_through(&world, &supervisor).await;
        sign_both(&world, &supervisor).await;
        let before = world.everything().await;
        for no in [no.as_str(), if no == "W2" { "W1" } else { "W2" }] {
            refused(&paper(&world, no, "1").await, "marks_closed", "it was rechecked");
        }
        assert_eq!(world.everything().await, before, "what is refused changes nothing");
        assert_eq!(publish(&world).await.status, 200);
        refused(&record(&supervisor, &world, &spared[0], json!([])).await, "contest_not_open", "it is over");
        let again = world.reopened().await;
        assert_eq!(again.chief.get(&again.path("recheck")).await.json()["ordered"]["wrong"], 1);
    })
    .await;
}

#[tokio::test]
async fn within_the_tolerance_nothing_is_wrong() {
    each_engine("0.5", |world| async move {
        let supervisor = supervisor(&world).await;
        reviewed(&world).await;
        let ordered = order(&world.chief, &world, Value::Null).await.json()["ordered"].clone();
        let top = chosen(&ordered, "top").remove(0);
        assert_eq!(record(&supervisor, &world, &top, off("8.5")).await.status, 200);
        let found = seen(&world).await["entries"][0]["done"]["differences"][0].clone();
        assert_eq!((&found["found"], &found["is_wrong"]), (&json!("8.50"), &json!(false)));
        assert!(world.floor().await.arena().corrections.is_empty());
        let sampled = chosen(&ordered, "sampled").remove(0);
        assert_eq!(record(&supervisor, &world, &sampled, off("0")).await.status, 200);
        assert_eq!(seen(&world).await["wrong"], 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_looks_at_what_he_had_a_part_in() {
    each_engine("0", |world| async move {
        let supervisor = supervisor(&world).await;
        reviewed(&world).await;
        let ordered = order(&world.chief, &world, Value::Null).await.json()["ordered"].clone();
        let top = chosen(&ordered, "top").remove(0);
        // He corrects it in this recheck; then it is marked again, and everything rechecked anew.
        assert_eq!(record(&supervisor, &world, &top, off("8")).await.status, 200);
        world.becomes("live").await;
        refused(&record(&world.chief, &world, &top, json!([])).await, "contest_not_open", "it is marked again");
        let corrected = paper(&world, "E1", "9").await;
        refused(&corrected, "round_closed", "what was corrected stays so");
        assert_eq!(corrected.fields(), ["marks[0].entry_no"]);
        assert_eq!(paper(&world, "W2", "4.5").await.status, 200, "the others' marks are open again");
        world.becomes("review").await;
        assert_eq!(world.chief.get(&world.path("recheck")).await.json()["ordered"], Value::Null);
        let again = order(&world.chief, &world, Value::Null).await.json()["ordered"].clone();
        assert_ne!(again["seed"], ordered["seed"]);
        let own = again["entries"].as_array().unwrap().iter().find(|it| it["entry"] == json!(top)).unwrap().clone();
        assert_eq!((&own["done"], &own["no"]), (&Value::Null, &json!("E1")));
        let shown = supervisor.get(&world.path("recheck")).await.json()["ordered"]["entries"].clone();
        let may = shown.as_array().unwrap().iter().find(|it| it["entry"] == json!(top)).unwrap()["may"].clone();
        assert_eq!(may, json!(false));
        // He shares the first rank now.
        assert_eq!(own["is_wanted"], true);
        refused(&record(&supervisor, &world, &top, json!([])).await, "own_mark", "he has corrected it");
        let second = world.second_login("supervisor", "supervisor-2", Role::ChiefJudge).await;
        refused(&record(&second, &world, &top, json!([])).await, "own_mark", "be it by another login");
        assert_eq!(record(&world.chief, &world, &top, json!([])).await.status, 200);
    })
    .await;
}

/// Of whom nobody knows yet whether he is looked at, marks are taken; of whom everybody knows, none.
#[tokio::test]
async fn once_it_is_ordered_no_mark_is_taken() {
    each_engine("0", |world| async move {
        world.becomes("live").await;
        let (begun, waiting) = (world.run("E1", "A").await, world.run("W1", "A").await);
        world.start(&begun).await;
        let judge = assigned(&world, &begun, "A1.1").await[0];
        let yes = |nth: u32, run: &RunId| mark(nth, run, "A1.1", json!({"kind": "yes_no", "yes": true}));
        given(&world, judge, yes(1, &begun)).await;
        let open = world.run("W2", "A").await;
        world.start(&open).await;
        let marks: Vec<Value> = MARKS[..5].iter().map(|(no, mark)| json!({"entry_no": no, "mark": mark})).collect();
        let marks = json!({"aspect": "T1.1", "marks": marks});
        assert_eq!(world.organiser.post(&world.path("theory"), marks).await.status, 200);
        world.becomes("review").await;

        // What is under way is settled first, and so is W2, who has begun and has no mark.
        let logged = world.logged().await;
        let early = order(&world.chief, &world, Value::Null).await;
        refused(&early, "recheck_state", "runs are open");
        let places = [format!("runs[{begun}]"), format!("runs[{open}]"), format!("sheets[{open}]")];
        let mut fields = early.fields();
        fields.sort();
        let mut expected = places.to_vec();
        expected.sort();
        assert_eq!(fields, expected);
        assert_eq!(world.logged().await, logged);
        for run in [&begun, &open] {
            assert_eq!(world.clock_act(run, json!({"act": "close"})).await.status, 200);
        }
        refused(&order(&world.chief, &world, Value::Null).await, "recheck_state", "the referee has not seen all");
        judged_to_the_end(&world).await;
        let unmarked = order(&world.chief, &world, Value::Null).await;
        assert_eq!((unmarked.code(), unmarked.fields()), ("recheck_state".into(), vec![format!("sheets[{open}]")]));
        assert_eq!(paper(&world, "W2", "4").await.status, 200, "marks are taken until it is ordered");
        assert_eq!(order(&world.chief, &world, Value::Null).await.status, 201);

        let before = world.everything().await;
        refused(&paper(&world, "E2", "10").await, "marks_closed", "a paper");
        let sheet = world.submit(judge, vec![yes(2, &begun)]).await;
        refused(&sheet, "marks_closed", "a sheet");
        refused(&world.clock_act(&waiting, json!({"act": "start"})).await, "marks_closed", "a clock");
        let venue = world.floor().await.arena().plan.venues[0].id.to_string();
        let gone = json!({"venue": venue, "station": null, "present": false, "reason": "设备停用"});
        refused(&world.chief.post(&world.path("equipment"), gone).await, "marks_closed", "equipment");
        assert_eq!(world.everything().await, before, "what is refused changes nothing");
        // A tablet that never heard our answer is told again.
        assert_eq!(world.submit(judge, vec![yes(1, &begun)]).await.status, 200);
        // Whoever sees a problem says so as ever.
        let problem = world.path(&format!("runs/{begun}/problems"));
        assert_eq!(world.judges[judge].post(&problem, json!({"text": "量具松动"})).await.status, 201);

        // Who has it marked again gives up the recheck.
        world.becomes("live").await;
        assert_eq!(
            world.submit(judge, vec![yes(3, &begun)]).await.code(),
            "stale",
            "a mark is taken, if it is a correction"
        );
        assert_eq!(paper(&world, "E2", "10").await.status, 200);
        assert_eq!(world.chief.get(&world.path("recheck")).await.json()["ordered"], Value::Null);
    })
    .await;
}

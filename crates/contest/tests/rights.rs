//! Who has nothing to do with what: a competitor's own enterprise and union, and what a number may tell. On both engines.

mod common;

use common::story::{judged_to_the_end, refused, supervisor};
use common::{World, batch, new_contest, rule_set, send};
use kernel::Role;
use serde_json::{Value, json};
use web::testing::{Answered, Client};

/// The shipped rule set, by which own union and own enterprise stand back, with one entry that is always rechecked.
fn rules() -> String {
    rule_set().replace("  top_ranks: 10\n  top_share: 30%\n", "  top_ranks: 1\n")
}

async fn each_engine<F: Future<Output = ()>>(run: impl Fn(World) -> F) {
    for database in testkit::databases().await {
        let mut contest = new_contest(true);
        contest["rule_set"] = json!(rules());
        run(World::with(&database.url, contest).await).await;
    }
}

async fn changed(world: &World, sql: &'static str, with: &[&str]) {
    let write = world.hall.db.write::<_, store::StoreError, _>(|tx| {
        let with: Vec<store::Arg> = with.iter().map(|text| store::Arg::Text((*text).to_owned())).collect();
        Box::pin(async move { tx.exec(sql, &with).await.map(drop) })
    });
    write.await.unwrap();
}

/// Somebody belongs to a competitor's enterprise from now on.
async fn employed_with(world: &World, login: &str, no: &str) {
    let sql = "update person set organisation = (select organisation from contest_entry where no = $2)
               where id = (select person from account where login = $1)";
    changed(world, sql, &[login, no]).await;
}

/// A federation below the root that somebody's enterprise and a competitor's belong to; the plan is read with it by another process.
async fn of_one_union(world: &World, login: &str, no: &str) -> World {
    let add = "insert into organisation (id, parent, kind, name_zh, name_en, path, created_at)
               values ($1, nullif($2, ''), 'federation', $1, $1, $3, 0)";
    changed(world, add, &["org_root", "", "org_root/"]).await;
    changed(world, add, &["org_city", "org_root", "org_root/org_city/"]).await;
    let under = "update organisation set parent = 'org_city'
                 where id = (select p.organisation from person p join account a on a.person = p.id where a.login = $1)
                    or id = (select organisation from contest_entry where no = $2)";
    changed(world, under, &[login, no]).await;
    // As if he had come into the contest after the move.
    for came in [
        "update contest_entry set federation = 'org_city' where organisation in (select id from organisation where parent = 'org_city')",
        "update contest_judge set federation = 'org_city' where organisation in (select id from organisation where parent = 'org_city')",
    ] {
        changed(world, came, &[]).await;
    }
    world.reopened().await
}

const MARKS: [(&str, &str); 6] = [("E1", "9"), ("E2", "8"), ("E3", "7"), ("E4", "6"), ("W1", "5"), ("W2", "4")];

async fn papers(world: &World) {
    let marks: Vec<Value> = MARKS.iter().map(|(no, mark)| json!({"entry_no": no, "mark": mark})).collect();
    let imported = world.organiser.post(&world.path("theory"), json!({"aspect": "T1.1", "marks": marks})).await;
    assert_eq!(imported.status, 200, "{}", imported.text());
}

async fn record(client: &Client, world: &World, entry: &str) -> Answered {
    client.post(&world.path(&format!("recheck/entries/{entry}")), json!({"differences": []})).await
}

async fn entry(world: &World, no: &str) -> String {
    world.floor().await.arena().plan.entries.iter().find(|entry| entry.no == no).unwrap().id.to_string()
}

#[tokio::test]
async fn nobody_rechecks_his_own_union_or_enterprise() {
    each_engine(|world| async move {
        supervisor(&world).await;
        let world = of_one_union(&world, "supervisor", "E1").await;
        let supervisor = world.login("supervisor").await;
        world.becomes("live").await;
        papers(&world).await;
        world.becomes("review").await;
        assert_eq!(world.chief.post(&world.path("recheck"), json!({})).await.status, 201);
        let first = entry(&world, "E1").await;
        let may = async |client: &Client| {
            let seen = client.get(&world.path("recheck")).await.json()["ordered"]["entries"].clone();
            let one = seen.as_array().unwrap().iter().find(|it| it["entry"] == json!(first)).unwrap().clone();
            one["may"].clone()
        };
        assert_eq!((may(&supervisor).await, may(&world.chief).await), (json!(false), json!(true)));
        let before = world.everything().await;
        let barred = record(&supervisor, &world, &first).await;
        refused(&barred, "recused", "of his own union");
        assert!(barred.text().contains("同工会") && barred.json()["nobody_left"].is_null(), "{}", barred.text());

        // The chief judge is of his enterprise: now nobody is left, and both are told so.
        employed_with(&world, "chief", "E1").await;
        for client in [&world.chief, &supervisor] {
            let barred = record(client, &world, &first).await;
            refused(&barred, "recused", "nobody is left");
            assert_eq!(barred.json()["nobody_left"], true, "{}", barred.text());
            assert!(barred.text().contains("另任一位裁判长、监督员"), "{}", barred.text());
        }
        assert_eq!(world.everything().await, before, "what is refused changes nothing");
        let second = world.appointed("supervisor-2", Role::Supervisor).await;
        let barred = record(&world.chief, &world, &first).await;
        assert!(barred.text().contains("同单位") && barred.json()["nobody_left"].is_null(), "{}", barred.text());
        assert_eq!(record(&second, &world, &first).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn no_arbitrator_decides_on_his_own_union() {
    each_engine(|world| async move {
        world.appointed("arbitrator", Role::Arbitrator).await;
        let world = of_one_union(&world, "arbitrator", "E1").await;
        let arbitrator = world.login("arbitrator").await;
        world.becomes("live").await;
        let run = world.run("E1", "A").await;
        world.start(&run).await;
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        let appeal = json!({"no": "E1", "module": "A", "aspects": ["A1.1"], "text": "漏判"});
        let made = world.organiser.post(&world.path("appeals"), appeal).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let answer = world.path(&format!("appeals/{}/answer", made.json()["id"].as_str().unwrap()));
        let rejected = json!({"decision": "rejected", "reason": "核对无误"});
        let barred = arbitrator.post(&answer, rejected.clone()).await;
        refused(&barred, "recused", "of his own union");
        assert_eq!(barred.json()["nobody_left"], true, "he is the only one");
        let other = world.appointed("arbitrator-2", Role::Arbitrator).await;
        assert!(arbitrator.post(&answer, rejected.clone()).await.json()["nobody_left"].is_null());
        assert_eq!(other.post(&answer, rejected).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_chief_judge_decides_no_verdict_on_his_own_enterprise() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E2", "D").await;
        world.start(&run).await;
        let ticks = [
            ("S02", 1, json!({"grip": false, "estop": false, "force": 1.0, "sound": true})),
            ("S02", 500, json!({"grip": true, "estop": true})),
            ("S02", 900, json!({"force": 2.0})),
        ];
        world.clock.advance_millis(2_000);
        let edge = world.edge("edg_east").await;
        assert_eq!(send(&edge, &world.path("telemetry"), batch("edg_east", 1, 1_900, &ticks)).await.status, 200);
        testkit::eventually("both are found", async || world.verdict_count().await == 2).await;
        let of = async |aspect: &'static str| -> String {
            let floor = world.floor().await;
            let arena = floor.arena();
            let aspect = arena.aspect(aspect).unwrap();
            arena.verdicts.values().find(|found| found.aspect == aspect).unwrap().id.to_string()
        };
        let decision = world.path(&format!("verdicts/{}/decision", of("D1.2").await));
        let back = world.path(&format!("verdicts/{}/take-back", of("D1.1").await));
        employed_with(&world, "chief", "E2").await;
        let before = world.everything().await;
        refused(&world.chief.post(&decision, json!({"decision": "confirm"})).await, "recused", "his own enterprise");
        let barred = world.chief.post(&back, json!({"reason": "误报"})).await;
        refused(&barred, "recused", "his own enterprise");
        assert_eq!(barred.json()["nobody_left"], true);
        assert_eq!(world.everything().await, before, "what is refused changes nothing");
        let other = world.appointed("chief-2", Role::ChiefJudge).await;
        assert_eq!(other.post(&decision, json!({"decision": "confirm"})).await.status, 200);
        assert_eq!(other.post(&back, json!({"reason": "误报"})).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn an_appeal_is_read_by_those_who_deal_with_it() {
    each_engine(|world| async move {
        world.becomes("live").await;
        for (no, text) in [("E1", "东边的申诉"), ("W1", "西边的申诉")] {
            let run = world.run(no, "A").await;
            world.start(&run).await;
            assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
            let appeal = json!({"no": no, "module": "A", "aspects": ["A1.1"], "text": text, "asks": "重评"});
            assert_eq!(world.organiser.post(&world.path("appeals"), appeal).await.status, 201);
        }
        judged_to_the_end(&world).await;
        let read = async |client: &Client| -> Vec<(Value, Value, Value)> {
            let items = client.get(&world.path("appeals")).await.json()["items"].clone();
            let told = |it: &Value| (it["no"].clone(), it["text"].clone(), it["asks"].clone());
            items.as_array().unwrap().iter().map(told).collect()
        };
        for judge in &world.judges {
            refused(&judge.get(&world.path("appeals")).await, "forbidden", "a judge");
        }
        let everything =
            [(json!("W1"), json!("西边的申诉"), json!("重评")), (json!("E1"), json!("东边的申诉"), json!("重评"))];
        let supervisor = supervisor(&world).await;
        for client in [&world.chief, &supervisor, &world.organiser] {
            assert_eq!(read(client).await, everything);
        }
        assert_eq!(
            read(&world.operator).await,
            [(json!("E1"), Value::Null, Value::Null)],
            "of his venue, and no words"
        );
    })
    .await;
}

#[tokio::test]
async fn a_sealed_number_tells_no_judge_and_no_chief_whose_it_is() {
    each_engine(|world| async move {
        assert_eq!(world.organiser.post(&world.path("draw/commitment"), json!({})).await.status, 200);
        assert_eq!(world.organiser.post(&world.path("draw/lots"), json!({})).await.status, 200);
        let short = world.chief.get(&world.path("panels?limit=200")).await.json()["items"].clone();
        let short = short.as_array().unwrap();
        assert!(!short.is_empty());
        for one in short {
            for count in ["own_enterprise", "own_union", "excused", "other_module", "other_venue"] {
                assert!(one[count].is_null(), "{count} of {one}");
            }
            let says = format!("{}", one["says"]);
            assert!(!says.contains("recused") && !says.contains("回避") && !says.contains("venue"), "{says}");
        }
        // The fourth judge is of a competitor's enterprise: every sheet that isn't his to mark is refused in one way.
        world.becomes("live").await;
        let runs: Vec<String> = world.floor().await.arena().plan.runs.iter().map(|run| run.id.to_string()).collect();
        let mut codes = std::collections::BTreeSet::new();
        for run in runs {
            let answer = world.judges[3].get(&world.path(&format!("runs/{run}/sheet"))).await;
            if answer.status != 200 {
                codes.insert(answer.json()["detail"]["zh"].to_string() + &answer.code());
            }
        }
        assert_eq!(codes.len(), 1, "{codes:?}");
        assert!(codes.iter().all(|code| code.ends_with("not_on_panel")), "{codes:?}");
    })
    .await;
}

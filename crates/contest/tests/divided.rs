//! A contest whose scheme divides a criterion: on the sheet, as data, in the result that anybody works out again, and when it is replaced.

mod common;

use catalogue::load_scheme;
use common::story::{assigned, given, publish, rechecked, sign_both, supervisor};
use common::{SCHEME, World, mark, new_contest, rule_set};
use contest::results::{pack, verify};
use serde_json::{Value, json};

/// The small scheme, of which A1 is in two parts.
fn divided() -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut inside = false;
    for line in SCHEME.lines() {
        let code = line.trim_start().strip_prefix("- {code: ").and_then(|rest| rest.split(',').next());
        match code {
            Some("A1.1") => {
                assert_eq!(lines.pop().as_deref(), Some("        aspects:"));
                lines.push("        sub_criteria:".into());
                lines.push("          - {code: A1a, name: {zh: 尺寸, en: Sizes}, aspects: [".into());
                inside = true;
            }
            Some("A1.3") => {
                lines.push("            ]}".into());
                lines.push("          - {code: A1b, name: {zh: 过程, en: Process}, aspects: [".into());
            }
            None if inside => {
                lines.push("            ]}".into());
                inside = false;
            }
            _ => {}
        }
        let aspect = line.trim_start().strip_prefix("- ").filter(|_| inside);
        lines.push(aspect.map_or_else(|| line.to_owned(), |aspect| format!("              {aspect},")));
    }
    lines.join("\n") + "\n"
}

fn contest(scheme: &str) -> Value {
    let mut contest = new_contest(true);
    (contest["scheme"], contest["rule_set"]) = (json!(scheme), json!(rule_set()));
    contest
}

#[tokio::test]
async fn a_sheet_and_a_scheme_say_in_which_part_an_aspect_stands() {
    let database = testkit::sqlite_database();
    let world = World::with(&database.url, contest(&divided())).await;
    world.becomes("live").await;
    let run = world.run("E1", "A").await;
    let sheet = world.judges[0].get(&world.path(&format!("runs/{run}/sheet"))).await.json();
    let part = |code: &str| {
        let found = sheet["aspects"].as_array().unwrap().iter().find(|aspect| aspect["code"] == code).unwrap();
        assert!(found.as_object().unwrap().contains_key("sub_criterion"), "null where there is none: {found}");
        (found["criterion"]["code"].clone(), found["sub_criterion"].clone())
    };
    let first = json!({"code": "A1a", "name": {"zh": "尺寸", "en": "Sizes"}, "max": "5.00"});
    assert_eq!(part("A1.1"), (json!("A1"), first.clone()));
    assert_eq!(part("A1.2"), (json!("A1"), first));
    assert_eq!(part("A1.4").1["code"], "A1b");
    assert_eq!(part("A2.1"), (json!("A2"), Value::Null));

    let shown = world.judges[0].get(&world.path("scheme")).await.json();
    let criterion = &shown["modules"][0]["criteria"][0];
    let parts: Vec<&Value> = criterion["sub_criteria"].as_array().unwrap().iter().map(|part| &part["max"]).collect();
    assert_eq!((criterion["aspects"].as_array().unwrap().len(), parts), (4, vec![&json!("5.00"), &json!("5.00")]));
    assert!(shown["modules"][0]["criteria"][1]["sub_criteria"].is_null());
}

/// Marks, ranks and sentences are those of the same contest undivided, and the pack is verified as any other.
#[tokio::test]
async fn a_result_is_worked_out_again_and_is_that_of_the_undivided_scheme() {
    for database in testkit::databases().await {
        let mut standings = Vec::new();
        for scheme in [divided(), SCHEME.to_owned()] {
            let own = testkit::sqlite_database();
            let url = if scheme == SCHEME { &own.url } else { &database.url };
            let world = World::with(url, contest(&scheme)).await;
            world.becomes("live").await;
            for (at, (no, value)) in [("E1", true), ("E2", false)].into_iter().enumerate() {
                let run = world.run(no, "A").await;
                if at == 0 {
                    world.start(&run).await;
                } else {
                    world.start_after(&world.run("E1", "A").await, &run).await;
                }
                let judge = assigned(&world, &run, "A1.1").await[0];
                given(&world, judge, mark(at as u32, &run, "A1.1", json!({"kind": "yes_no", "yes": value}))).await;
            }
            world.becomes("review").await;
            let supervisor = supervisor(&world).await;
            rechecked(&world, &supervisor).await;
            sign_both(&world, &supervisor).await;
            assert_eq!(publish(&world).await.status, 200);
            let zip = world.stranger.get(&world.path("results/pack")).await.bytes.to_vec();
            verify(&zip, None).unwrap();
            let files = pack::unzipped(&zip).unwrap();
            let text = files.into_iter().find(|(name, _)| name == "scheme.yaml").unwrap().1;
            assert_eq!(load_scheme(std::str::from_utf8(&text).unwrap()).0.unwrap().source.as_ref(), scheme);
            let shown = world.stranger.get(&world.path("results")).await.json();
            let entries = shown["standing"]["entries"].as_array().unwrap().iter();
            let told = entries
                .map(|entry| json!([entry["no"], entry["rank"], entry["total"], entry["aspects"], entry["why"]]));
            standings.push(told.collect::<Vec<Value>>());
        }
        assert_eq!(standings[0], standings[1]);
    }
}

#[tokio::test]
async fn a_draft_is_divided_and_joined_again_and_rules_alone_divide_nothing() {
    let database = testkit::sqlite_database();
    let world = World::with(&database.url, contest(SCHEME)).await;
    let rules = world.chief.get(&world.path("rules")).await.json();
    let publish = json!({"scheme": divided(), "reason": "试", "replaces": rules["hash"]});
    let refused = world.chief.post(&world.path("rules/publish"), publish).await;
    assert!(refused.status.is_client_error(), "{}", refused.text());
    assert!(refused.text().contains("aspect A1.1 stands in sub-criterion A1a"), "{}", refused.text());

    for (replaces, scheme, parts) in [(1, divided(), 2), (2, SCHEME.to_owned(), 0)] {
        let body = json!({"scheme": scheme, "rule_set": rule_set(), "note": "分块", "replaces": replaces});
        let saved = world.organiser.post(&world.path("scheme"), body).await;
        assert_eq!(saved.status, 200, "{}", saved.text());
        assert_eq!(world.floor().await.arena().board.scheme().sub_criteria().len(), parts);
    }
    let compared = world.chief.post("/api/schemes/compare", json!({"before": SCHEME, "after": divided()})).await.json();
    let kinds: Vec<&Value> = compared["changes"].as_array().unwrap().iter().map(|change| &change["of"]).collect();
    assert_eq!(kinds.iter().filter(|of| **of == "sub_criterion").count(), 2, "{compared}");
}

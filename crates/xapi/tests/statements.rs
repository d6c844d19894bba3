//! Foreign statements: what is read, what is refused and where the fault is said to be.

use serde_json::{Value, json};
use xapi::{Statement, Version};

fn full() -> Value {
    json!({
        "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
        "actor": {"objectType": "Group", "name": "一队", "mbox": "mailto:team@a.example",
            "member": [{"objectType": "Agent", "name": "王", "account": {"homePage": "https://a.example", "name": "1"}}]},
        "verb": {"id": "https://a.example/verbs/answered", "display": {"zh-CN": "回答", "en": "answered"}},
        "object": {"objectType": "Activity", "id": "https://a.example/q/1", "definition": {
            "name": {"en": "Question"}, "description": {"en": "Which?"}, "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "moreInfo": "https://a.example/more", "interactionType": "choice", "correctResponsesPattern": ["a[,]b"],
            "choices": [{"id": "a", "description": {"en": "A"}}, {"id": "b"}], "extensions": {"https://a.example/x": null}}},
        "result": {"score": {"scaled": 0.95, "raw": 95, "min": 0, "max": 100.0}, "success": true, "completion": false,
            "response": "a[,]b", "duration": "PT1M30.5S", "extensions": {"https://a.example/z": [1, {"y": 2, "b": 1}], "https://a.example/a": 1}},
        "context": {"registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
            "instructor": {"objectType": "Agent", "mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"},
            "team": {"objectType": "Group", "member": [{"objectType": "Agent", "openid": "https://a.example/me"}]},
            "contextActivities": {"parent": [{"objectType": "Activity", "id": "https://a.example/p"}],
                "other": [{"objectType": "Activity", "id": "https://a.example/o1"}, {"objectType": "Activity", "id": "https://a.example/o2"}]},
            "contextAgents": [{"objectType": "contextAgent", "agent": {"objectType": "Agent", "mbox": "mailto:a@a.example"},
                "relevantTypes": ["https://a.example/t"]}],
            "revision": "r1", "platform": "hall", "language": "zh-CN",
            "statement": {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}},
        "timestamp": "2026-11-22T16:00:00.123456+08:00",
        "stored": "2026-11-22T08:00:01Z",
        "authority": {"objectType": "Agent", "account": {"homePage": "https://a.example", "name": "hall"}},
        "version": "2.0.0",
        "attachments": [{"usageType": "https://a.example/photo", "display": {"en": "Photo"}, "contentType": "image/png", "length": 12,
            "sha2": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "fileUrl": "https://a.example/p.png"}]
    })
}

#[test]
fn a_full_statement_comes_out_as_it_went_in() {
    let statement = Statement::read(&full(), Version::V2_0).unwrap();
    assert_eq!(statement.to_value().to_string(), full().to_string());
    let text = serde_json::to_string(&statement).unwrap();
    assert_eq!(serde_json::from_str::<Statement>(&text).unwrap(), statement);
}

#[test]
fn a_single_context_activity_becomes_a_list() {
    let mut value = full();
    value["context"]["contextActivities"]["parent"] = json!({"id": "https://a.example/p"});
    let statement = Statement::read(&value, Version::V2_0).unwrap();
    assert_eq!(statement.to_value().to_string(), full().to_string());
}

/// Sets (or with null-free `delete` removes) one place and says which path must be named.
#[test]
fn each_fault_is_named_by_its_path() {
    let group = json!({"objectType": "Group"});
    let many_ids = json!({"mbox": "mailto:a@a.example", "openid": "https://a.example"});
    let cases: Vec<(&str, Value, &str)> = vec![
        ("/id", json!("1"), "id"),
        ("/id", json!(null), "id"),
        ("/actor", json!("me"), "actor"),
        ("/actor", json!({}), "actor"),
        ("/actor", group, "actor.member"),
        ("/actor", many_ids, "actor"),
        ("/actor", json!({"mbox": "a@a.example"}), "actor.mbox"),
        ("/actor", json!({"objectType": "Activity", "mbox": "mailto:a@a.example"}), "actor.objectType"),
        ("/actor/name", json!(7), "actor.name"),
        ("/actor/member/0", json!({"objectType": "Group", "member": []}), "actor.member[0].objectType"),
        ("/actor/member/0/account", json!({"homePage": "a.example", "name": "1"}), "actor.member[0].account.homePage"),
        ("/actor/member/0/account", json!({"homePage": "https://a.example"}), "actor.member[0].account.name"),
        ("/actor/member/0/extra", json!(1), "actor.member[0].extra"),
        ("/verb/id", json!("answered"), "verb.id"),
        ("/verb/display", json!({"e": "x"}), "verb.display.e"),
        ("/verb/display/en", json!(5), "verb.display.en"),
        ("/verb/id", json!("http://adlnet.gov/expapi/verbs/voided"), "object"),
        ("/object/id", json!("q 1"), "object.id"),
        ("/object/objectType", json!("Thing"), "object.objectType"),
        ("/object/definition/interactionType", json!("quiz"), "object.definition.interactionType"),
        ("/object/definition/scale", json!([{"id": "x"}]), "object.definition.scale"),
        ("/object/definition/choices", json!([{"id": "x"}, {"id": "x"}]), "object.definition.choices"),
        ("/object/definition/extensions", json!({"x": 1}), "object.definition.extensions.x"),
        ("/result/score/scaled", json!(1.01), "result.score.scaled"),
        ("/result/score/raw", json!(101), "result.score.raw"),
        ("/result/score/raw", json!("95"), "result.score.raw"),
        ("/result/score/min", json!(100), "result.score.min"),
        ("/result/success", json!("yes"), "result.success"),
        ("/result/duration", json!("90 s"), "result.duration"),
        ("/context/registration", json!("reg"), "context.registration"),
        ("/context/team", json!({"mbox": "mailto:a@a.example"}), "context.team.objectType"),
        ("/context/language", json!("zh_CN"), "context.language"),
        ("/context/contextActivities/parent/0/id", json!("p"), "context.contextActivities.parent[0].id"),
        ("/context/contextActivities/children", json!([]), "context.contextActivities.children"),
        ("/context/contextAgents/0/relevantTypes", json!([]), "context.contextAgents[0].relevantTypes"),
        ("/context/statement", json!({"id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}), "context.statement.objectType"),
        ("/timestamp", json!("2026-11-22T08:00:00-00:00"), "timestamp"),
        ("/timestamp", json!("yesterday"), "timestamp"),
        ("/version", json!("3.0"), "version"),
        ("/attachments/0/length", json!(-1), "attachments[0].length"),
        ("/attachments/0/sha2", json!("abc"), "attachments[0].sha2"),
        ("/attachments/0/contentType", json!("png"), "attachments[0].contentType"),
        ("/attachments", json!({}), "attachments"),
        ("/note", json!("x"), "note"),
    ];
    for (place, value, path) in cases {
        let mut statement = full();
        let (parent, name) = place.rsplit_once('/').unwrap();
        match statement.pointer_mut(parent) {
            Some(Value::Object(map)) => drop(map.insert(name.to_owned(), value.clone())),
            Some(Value::Array(items)) => items[name.parse::<usize>().unwrap()] = value.clone(),
            _ => panic!("{place}"),
        }
        let faults = Statement::read(&statement, Version::V2_0).expect_err(&format!("{place} {value}"));
        assert!(faults.iter().any(|fault| fault.path == path), "{place} {value}: {faults:?}");
        for fault in faults {
            assert!(!fault.text.zh.is_empty() && !fault.text.en.is_empty());
        }
    }
}

#[test]
fn all_faults_are_found_at_once() {
    let faults = Statement::read(&json!({"actor": {}, "verb": {"id": "x"}, "other": 1}), Version::V2_0).unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["actor", "verb.id", "object", "other"]);
}

#[test]
fn what_came_with_2_0_is_unknown_to_1_0_3() {
    let mut value = full();
    value["version"] = json!("1.0.3");
    let faults = Statement::read(&value, Version::V1_0_3).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["context.contextAgents"]);
    assert!(Statement::read(&full(), Version::V1_0_3).unwrap_err().iter().any(|fault| fault.path == "version"));
}

#[test]
fn substatements_are_statements_without_a_record() {
    let agent = json!({"mbox": "mailto:a@a.example"});
    let verb = json!({"id": "https://a.example/verbs/planned"});
    let sub =
        json!({"objectType": "SubStatement", "actor": agent, "verb": verb, "object": {"id": "https://a.example/q"}});
    let around = |object: Value| json!({"actor": agent, "verb": verb, "object": object});
    assert!(Statement::read(&around(sub.clone()), Version::V2_0).is_ok());
    let mut nested = sub.clone();
    nested["object"] = sub.clone();
    assert_eq!(Statement::read(&around(nested), Version::V2_0).unwrap_err()[0].path, "object.object");
    for name in ["id", "stored", "version", "authority"] {
        let mut with = sub.clone();
        with[name] = full()[name].clone();
        assert_eq!(Statement::read(&around(with), Version::V2_0).unwrap_err()[0].path, format!("object.{name}"));
    }
    let mut on_agent = around(agent.clone());
    on_agent["object"]["objectType"] = json!("Agent");
    on_agent["context"] = json!({"revision": "1", "platform": "x"});
    let faults = Statement::read(&on_agent, Version::V2_0).unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
}

mod hall {
    use kernel::{FakeClock, Mark, PersonId, Rng, Text};
    use proptest::prelude::*;
    use xapi::{Score, Statement, Uuid, Version, hall_activity, hall_person, verbs};

    #[test]
    fn what_the_hall_builds_is_valid_in_both_editions_but_for_its_number() {
        let clock = FakeClock::at_millis(1_790_000_000_000);
        let mut rng = Rng::from_seed(1);
        let person: PersonId = "per_1".parse().unwrap();
        for verb in verbs::ALL {
            let aspect = hall_activity("contest:con_1:aspect:A1.2", "aspect", &Text::new("夹具", "Gripper"));
            let ability =
                hall_activity("contest:con_1:ability:electrical", "ability", &Text::new("电气", "Electrical"));
            let statement = Statement::new(
                Uuid::fresh(&clock, &mut rng),
                hall_person(&person),
                *verb,
                aspect.clone(),
                clock_now(&clock),
            )
            .with_score(Score::of_mark(Mark::from_hundredths(270), Mark::from_hundredths(300)))
            .with_success(true)
            .with_response("备注")
            .with_parent(aspect)
            .with_category(ability.clone())
            .with_grouping(ability)
            .with_instructor(hall_person(&person))
            .with_earlier(Uuid::fresh(&clock, &mut rng))
            .with_fact("run", "run_1");
            let value = statement.to_value();
            assert_eq!(Statement::read(&value, Version::V2_0).unwrap(), statement);
            assert_eq!(statement.actor.person(), Some(person.clone()));
            assert_eq!(statement.fact("run"), Some(&"run_1".into()));
            assert_eq!(value["result"]["score"].to_string(), r#"{"scaled":0.9,"raw":2.7,"min":0,"max":3}"#);
        }
    }

    fn clock_now(clock: &FakeClock) -> kernel::Timestamp {
        use kernel::Clock;
        clock.now()
    }

    proptest! {
        #[test]
        fn every_mark_makes_a_valid_score(given in -10_000i64..20_000, max in 0i64..10_000) {
            let person: PersonId = "per_1".parse().unwrap();
            let (given, max) = (Mark::from_hundredths(given), Mark::from_hundredths(max));
            let object = hall_activity("x", "aspect", &Text::new("一", "one"));
            let id = Uuid::from_digest(&[7; 32]);
            let statement = Statement::new(id, hall_person(&person), verbs::WAS_MARKED, object, Default::default())
                .with_score(Score::of_mark(given, max));
            prop_assert_eq!(Statement::read(&statement.to_value(), Version::V2_0), Ok(statement));
        }

        #[test]
        fn no_input_makes_the_reader_panic(text in "[\\[\\]{}\":,a-z0-9 ]{0,80}") {
            if let Ok(value) = serde_json::from_str(&text) {
                let _ = Statement::read(&value, Version::V2_0);
            }
        }
    }
}

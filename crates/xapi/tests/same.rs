//! When an id comes a second time: the same statement, or another.

mod common;

use common::{full, least, planned, put};
use serde_json::{Value, json};
use xapi::{Stamp, Version, prepare, same};

fn stored(statement: &Value) -> String {
    let text = statement.to_string();
    let batch = prepare(text.as_bytes(), Version::V2_0).unwrap();
    let stamp = Stamp {
        id: "fd41c918-b88b-4b20-a0a5-a4c32391aaa0".parse().unwrap(),
        stored: "2026-11-22T09:00:00.000Z",
        authority: Some(r#"{"mbox":"mailto:hall@a.example"}"#),
        version: "2.0.0",
    };
    let mut out = String::new();
    batch.statements[0].body(&stamp, &mut out);
    out
}

/// Both ways round.
fn alike(a: &str, b: &str) -> bool {
    let answer = same(a, b);
    assert_eq!(answer, same(b, a), "{a}\n{b}");
    answer
}

#[test]
fn what_was_stored_is_what_came() {
    for statement in [full(), planned(), least()] {
        assert!(alike(&stored(&statement), &statement.to_string()));
        assert!(alike(&stored(&statement), &format!("{statement:#}")));
        assert!(alike(&statement.to_string(), &statement.to_string()));
    }
}

/// A place and what it is set to (nothing: taken away).
type Change = (&'static str, &'static str);

fn changed(base: fn() -> Value, (place, value): Change) -> bool {
    let mut other = base();
    put(&mut other, place, (!value.is_empty()).then(|| serde_json::from_str(value).unwrap()));
    !alike(&stored(&base()), &other.to_string())
}

#[test]
fn spellings_and_what_is_no_part_of_it_make_no_other_statement() {
    let changes: &[Change] = &[
        ("/id", ""),
        ("/id", "\"FD41C918-B88B-4B20-A0A5-A4C32391AAA0\""),
        ("/stored", "\"2020-01-01T00:00:00Z\""),
        ("/authority", r#"{"mbox": "mailto:x@a.example"}"#),
        ("/authority", ""),
        ("/version", "\"1.0.0\""),
        ("/timestamp", ""),
        ("/timestamp", "\"2026-11-22T08:00:00.123Z\""),
        ("/attachments", ""),
        ("/attachments/0/display", r#"{"en": "Other"}"#),
        ("/verb/display", ""),
        ("/verb/display", r#"{"en": "other"}"#),
        ("/object/definition", ""),
        ("/object/definition/name", r#"{"en": "other"}"#),
        ("/object/objectType", ""),
        ("/result/score/raw", "95.0"),
        ("/result/score/raw", "9.5e1"),
        ("/result/duration", "\"PT1M30.509S\""),
        ("/result/duration", "\"PT1M30.50S\""),
        ("/result/extensions", r#"{"https://a.example/z": [1.0, {"b": null, "y": 2}]}"#),
        ("/context/contextActivities/parent", r#"{"id": "https://a.example/p"}"#),
        ("/context/contextActivities/grouping", "[]"),
        ("/context/contextActivities/other/1", r#"{"id": "https://a.example/o2"}"#),
        ("/context/registration", "\"EC531277-B57B-4C15-8D91-D292C5B2B8F7\""),
        ("/context/instructor/objectType", ""),
        ("/context/instructor/mbox_sha1sum", "\"EBD31E95054C018B10727CCFFD2EF2EC3A016EE9\""),
        ("/actor/mbox", "\"mailto:team@A.Example\""),
        ("/actor/member/0/objectType", ""),
    ];
    for change in changes {
        assert!(!changed(full, *change), "{change:?}");
    }
}

#[test]
fn whatever_else_differs_makes_another() {
    let changes: &[Change] = &[
        ("/id", "\"6690e6c9-3ef0-4ed3-8b37-7f3964730bee\""),
        ("/timestamp", "\"2026-11-22T08:00:01Z\""),
        ("/actor/mbox", "\"mailto:Team@a.example\""),
        ("/actor/name", "\"二队\""),
        ("/actor/name", ""),
        ("/actor/member", ""),
        ("/actor/member/0/account/name", "\"2\""),
        ("/actor/member/0/name", "\"李\""),
        ("/verb/id", "\"https://a.example/verbs/other\""),
        ("/object/id", "\"https://a.example/q/2\""),
        ("/object", r#"{"objectType": "Agent", "mbox": "mailto:a@a.example"}"#),
        ("/result", ""),
        ("/result/score/raw", "94"),
        ("/result/score/max", ""),
        ("/result/success", "false"),
        ("/result/response", "\"b\""),
        ("/result/duration", "\"PT1M30.51S\""),
        ("/result/duration", "\"PT90.5S\""),
        ("/result/extensions", ""),
        ("/result/extensions", r#"{"https://a.example/z": [{"y": 2, "b": null}, 1]}"#),
        ("/result/extensions", r#"{"https://a.example/z": [1, {"y": 2, "b": null, "c": {}}]}"#),
        ("/result/extensions", r#"{"https://a.example/z": [1, {"y": "2", "b": null}]}"#),
        ("/context", ""),
        ("/context/registration", ""),
        ("/context/instructor/mbox_sha1sum", "\"0bd31e95054c018b10727ccffd2ef2ec3a016ee9\""),
        ("/context/team/member/0/openid", "\"https://a.example/you\""),
        ("/context/contextActivities/parent/0/id", "\"https://a.example/p2\""),
        ("/context/contextActivities/category", r#"[{"id": "https://a.example/c"}]"#),
        ("/context/revision", "\"r2\""),
        ("/context/language", "\"en\""),
        ("/context/statement/id", "\"6690e6c9-3ef0-4ed3-8b37-7f3964730be0\""),
    ];
    for change in changes {
        assert!(changed(full, *change), "{change:?}");
    }
    let within: Vec<Change> = vec![
        ("/object/actor/mbox", "\"mailto:x@a.example\""),
        ("/object/timestamp", ""),
        ("/object/timestamp", "\"2026-11-22T08:00:01Z\""),
        ("/object/result/score/raw", "1"),
        ("/object/object/id", "\"https://a.example/q/2\""),
    ];
    for change in within {
        assert!(changed(planned, change), "{change:?}");
    }
    for change in [("/object/verb/display", ""), ("/object/object/definition", ""), ("/object/attachments", "")] {
        assert!(!changed(planned, change), "{change:?}");
    }
}

#[test]
fn the_members_of_a_group_stand_in_any_order() {
    let group = |members: Value| {
        let mut statement = least();
        statement["actor"] = json!({"objectType": "Group", "member": members});
        statement.to_string()
    };
    let (a, b) = (json!({"mbox": "mailto:a@a.example"}), json!({"name": "B", "mbox": "mailto:b@a.example"}));
    assert!(alike(&group(json!([a, b])), &group(json!([b, a]))));
    assert!(!alike(&group(json!([a, b])), &group(json!([a, b, b]))));
    assert!(!alike(&group(json!([a, b])), &group(json!([a, {"mbox": "mailto:b@a.example"}]))));
}

#[test]
fn what_2_0_added_is_compared_too() {
    let with = |types: Value, whom: &str| {
        let mut statement = least();
        statement["context"] = json!({"contextAgents":
            [{"objectType": "contextAgent", "agent": {"mbox": whom}, "relevantTypes": types}]});
        statement.to_string()
    };
    let one = with(json!(["https://a.example/t"]), "mailto:a@a.example");
    assert!(alike(&one, &with(json!(["https://a.example/t"]), "mailto:a@A.example")));
    assert!(!alike(&one, &with(json!(["https://a.example/u"]), "mailto:a@a.example")));
    assert!(!alike(&one, &with(json!(["https://a.example/t"]), "mailto:b@a.example")));
    assert!(!alike(&one, &least().to_string()));
}

#[test]
fn what_is_no_statement_is_the_same_as_nothing() {
    for text in ["", "[]", "7", "{", "null"] {
        assert!(!alike(text, text), "{text}");
        assert!(!alike(text, &least().to_string()));
    }
}

#[test]
fn large_statements_are_compared_and_merged_in_good_time() {
    let large = |order: &mut dyn Iterator<Item = usize>| -> Value {
        order.map(|at| (format!("https://a.example/{at}"), json!(at))).collect::<serde_json::Map<_, _>>().into()
    };
    let with = |extensions: Value| {
        let mut statement = least();
        statement["result"] = json!({"extensions": extensions});
        statement.to_string()
    };
    let (one, other) = (large(&mut (0..20_000)), large(&mut (0..20_000).rev()));
    assert!(alike(&with(one.clone()), &with(other.clone())));
    let definition = |extensions: Value| json!({"extensions": extensions}).to_string();
    assert_eq!(xapi::merge_definitions(&definition(one), &definition(other)), None);
    let list = vec![full(); 1000];
    assert_eq!(prepare(Value::from(list).to_string().as_bytes(), Version::V2_0).unwrap_err().len(), 50);
}

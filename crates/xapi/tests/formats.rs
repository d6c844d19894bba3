//! A stored statement as identifiers only, and in one language; what is known of activities; agents as parameter and person.

mod common;

use common::{full, least, planned, put};
use serde_json::{Value, json};
use xapi::{Actor, AgentKey, Identity, LanguageRange, Version, canonical, ids, merge_definitions, prepare};

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|broken| panic!("{broken}: {text}"))
}

fn in_language(statement: &Value, header: &str) -> Value {
    value(&canonical(&statement.to_string(), &LanguageRange::list(header)))
}

#[test]
fn ids_keep_what_identifies() {
    let mut expected = full();
    expected["actor"] = json!({"objectType": "Group", "mbox": "mailto:team@a.example"});
    expected["verb"] = json!({"id": "https://a.example/verbs/answered"});
    expected["object"] = json!({"id": "https://a.example/q/1"});
    expected["context"]["contextActivities"] = json!({"parent": [{"id": "https://a.example/p"}],
        "other": [{"id": "https://a.example/o1"}, {"id": "https://a.example/o2"}]});
    assert_eq!(value(&ids(&full().to_string())), expected);
    let mut sub = planned();
    for name in ["actor", "verb", "object", "context"] {
        sub["object"][name] = expected[name].clone();
    }
    assert_eq!(value(&ids(&planned().to_string())), sub);
}

#[test]
fn ids_of_anonymous_groups_are_those_of_their_members() {
    let mut statement = least();
    statement["actor"] = json!({"objectType": "Group", "name": "x", "member": [
        {"name": "王", "mbox": "mailto:a@a.example"}, {"objectType": "Agent", "account": {"homePage": "https://a.example", "name": "1"}}]});
    statement["object"] = json!({"objectType": "Agent", "name": "x", "openid": "https://a.example/me"});
    statement["context"] = json!({
        "contextAgents": [{"objectType": "contextAgent", "agent": {"name": "x", "mbox": "mailto:a@a.example"}, "relevantTypes": ["https://a.example/t"]}],
        "contextGroups": [{"objectType": "contextGroup", "group": {"objectType": "Group", "name": "x", "member": []}}]});
    let mut expected = statement.clone();
    put(&mut expected, "/actor/name", None);
    put(&mut expected, "/actor/member/0/name", None);
    put(&mut expected, "/object/name", None);
    put(&mut expected, "/context/contextAgents/0/agent/name", None);
    put(&mut expected, "/context/contextGroups/0/group/name", None);
    let written = ids(&statement.to_string());
    assert_eq!(value(&written), expected);
    assert!(prepare(written.as_bytes(), Version::V2_0).is_ok(), "it is a statement still");
}

#[test]
fn each_language_map_has_one_language() {
    let (zh, en) = (in_language(&full(), "zh-CN"), in_language(&full(), "en-GB,zh;q=0.5"));
    for (place, zh_text, en_text) in [
        ("/verb/display", json!({"zh-CN": "回答"}), json!({"en": "answered"})),
        ("/object/definition/name", json!({"zh-CN": "问题"}), json!({"en": "Question"})),
        ("/object/definition/description", json!({"zh-CN": "哪个？"}), json!({"en": "Which?"})),
        ("/object/definition/choices/0/description", json!({"zh-CN": "甲"}), json!({"en": "A"})),
        ("/context/contextActivities/other/1/definition/name", json!({"en": "O"}), json!({"en": "O"})),
        ("/attachments/0/display", json!({"zh-CN": "照片"}), json!({"en": "Photo"})),
        ("/attachments/0/description", json!({"en": "Of the bench"}), json!({"en": "Of the bench"})),
    ] {
        assert_eq!((zh.pointer(place), en.pointer(place)), (Some(&zh_text), Some(&en_text)), "{place}");
    }
    // All else is as it was.
    let mut rest = full();
    for place in [
        "/verb/display",
        "/object/definition/name",
        "/object/definition/description",
        "/object/definition/choices/0/description",
        "/attachments/0/display",
    ] {
        *rest.pointer_mut(place).unwrap() = en.pointer(place).unwrap().clone();
    }
    assert_eq!(en, rest);
    let sub = in_language(&planned(), "zh");
    assert_eq!(sub["object"]["verb"]["display"], json!({"zh-CN": "回答"}));
    assert_eq!(sub["object"]["object"]["definition"]["name"], json!({"zh-CN": "问题"}));
    assert_eq!(sub["object"]["attachments"][0]["display"], json!({"zh-CN": "照片"}));
    let mut empty = least();
    empty["verb"]["display"] = json!({});
    assert_eq!(in_language(&empty, "en"), empty);
}

#[test]
fn numbers_and_extensions_are_not_written_anew() {
    let text = r#"{"verb":{"id":"https://a.example/did"},"result":{"score":{"raw":1.50},"extensions":{"https://a.example/x":1e2}}}"#;
    assert_eq!(ids(text), text);
    assert_eq!(canonical(text, &[]), text);
    assert_eq!(ids("no statement"), "no statement");
}

#[test]
fn later_definitions_fill_and_replace() {
    let stored = r#"{"name":{"en":"A","zh":"甲"},"type":"https://a.example/t","extensions":{"https://a.example/x":1.0},"choices":[{"id":"a","description":{"en":"A"}},{"id":"b"}]}"#;
    let same = [
        stored,
        r#"{}"#,
        r#"{"name":{"zh":"甲"}}"#,
        r#"{"name":{}}"#,
        "7",
        "",
        "[]",
        r#"{"extensions":{"https://a.example/x":1.0}}"#,
    ];
    for later in same {
        assert_eq!(merge_definitions(stored, later), None, "{later}");
    }
    for (later, expected) in [
        (
            r#"{"name":{"fr":"B","en":"C"}}"#,
            r#"{"name":{"en":"C","zh":"甲","fr":"B"},"type":"https://a.example/t","extensions":{"https://a.example/x":1.0},"choices":[{"id":"a","description":{"en":"A"}},{"id":"b"}]}"#,
        ),
        (
            r#"{"type":"https://a.example/u", "moreInfo":"https://a.example/m"}"#,
            r#"{"name":{"en":"A","zh":"甲"},"type":"https://a.example/u","extensions":{"https://a.example/x":1.0},"choices":[{"id":"a","description":{"en":"A"}},{"id":"b"}],"moreInfo":"https://a.example/m"}"#,
        ),
        (
            r#"{"extensions":{"https://a.example/y":{ "a": 1 }}}"#,
            r#"{"name":{"en":"A","zh":"甲"},"type":"https://a.example/t","extensions":{"https://a.example/x":1.0,"https://a.example/y":{"a":1}},"choices":[{"id":"a","description":{"en":"A"}},{"id":"b"}]}"#,
        ),
        (
            r#"{"choices":[{"id":"c"},{"id":"a","description":{"zh":"甲"}}]}"#,
            r#"{"name":{"en":"A","zh":"甲"},"type":"https://a.example/t","extensions":{"https://a.example/x":1.0},"choices":[{"id":"c"},{"id":"a","description":{"en":"A","zh":"甲"}}]}"#,
        ),
    ] {
        assert_eq!(merge_definitions(stored, later).as_deref(), Some(expected), "{later}");
        assert_eq!(merge_definitions(expected, later), None, "told again it says nothing new");
    }
    assert_eq!(merge_definitions("{}", r#"{"name":{"en":"A"}}"#).as_deref(), Some(r#"{"name":{"en":"A"}}"#));
    assert_eq!(merge_definitions("", r#"{ "name" : {} }"#).as_deref(), Some(r#"{"name":{}}"#));
}

#[test]
fn an_agent_as_parameter_has_a_key() {
    for (json, key) in [
        (r#"{"mbox":"mailto:Some.One@A.Example"}"#, Some("mbox:Some.One@a.example")),
        (
            r#"{"objectType":"Agent","name":"x","mbox_sha1sum":"EBD31E95054C018B10727CCFFD2EF2EC3A016EE9"}"#,
            Some("sha1:ebd31e95054c018b10727ccffd2ef2ec3a016ee9"),
        ),
        (r#"{"openid":"https://a.example/Me"}"#, Some("openid:https://a.example/Me")),
        (r#"{"account":{"homePage":"https://a.example","name":"a|b"}}"#, Some("account:https://a.example|a|b")),
        (r#"{"objectType":"Group","mbox":"mailto:t@a.example","member":[]}"#, Some("mbox:t@a.example")),
        (r#"{"objectType":"Group","member":[{"mbox":"mailto:a@a.example"}]}"#, None),
    ] {
        let actor = Actor::parse(json).unwrap();
        assert_eq!(actor.key().map(|key| key.to_string()).as_deref(), key, "{json}");
        let mut written = String::new();
        if let Some(key) = actor.key() {
            key.write(&mut written);
            assert_eq!(key.clone().into_owned(), key);
        }
        assert_eq!(written, key.unwrap_or_default());
    }
    for (json, path) in [
        ("wrong", ""),
        ("{}", ""),
        (r#"{"mbox":"a@a.example"}"#, "mbox"),
        (r#"{"mbox":"mailto:a@a.example","extra":1}"#, "extra"),
        (r#"{"mbox":"mailto:a@a.example","mbox":"mailto:b@a.example"}"#, "mbox"),
        (r#"{"account":{"name":"1"}}"#, "account.homePage"),
        (r#"{"objectType":"Group"}"#, "member"),
    ] {
        assert_eq!(Actor::parse(json).unwrap_err()[0].path, path, "{json}");
    }
}

#[test]
fn keys_are_equal_exactly_if_their_texts_are() {
    let account = |home: &str, name: &str| Identity::Account { home_page: home.to_owned(), name: name.to_owned() };
    let all = [
        Identity::Mbox("mailto:a@a.example".to_owned()),
        Identity::Mbox("mailto:a@A.EXAMPLE".to_owned()),
        Identity::Mbox("mailto:A@a.example".to_owned()),
        Identity::OpenId("https://a.example".to_owned()),
        account("https://a.example", "b|c"),
        account("https://a.example", "b"),
        account("https://a.example/", "b"),
    ];
    for a in &all {
        for b in &all {
            assert_eq!(a.key() == b.key(), a.key().to_string() == b.key().to_string(), "{a:?} {b:?}");
        }
    }
    assert_eq!(all[0].key(), all[1].key());
    assert_ne!(all[0].key(), all[2].key());
    assert_eq!(all[0].key(), AgentKey::Mbox("a@a.example".into()));
}

#[test]
fn a_person_is_told_in_lists() {
    let agent = |json: &str| Actor::parse(json).unwrap();
    assert_eq!(
        agent(r#"{"name":"王","mbox":"mailto:a@a.example"}"#).to_person(&["老王", "王"]),
        json!({"objectType": "Person", "name": ["王", "老王"], "mbox": ["mailto:a@a.example"]})
    );
    assert_eq!(
        agent(r#"{"account":{"homePage":"https://a.example","name":"1"}}"#).to_person(&[]),
        json!({"objectType": "Person", "account": [{"homePage": "https://a.example", "name": "1"}]})
    );
    let sum = "ebd31e95054c018b10727ccffd2ef2ec3a016ee9";
    assert_eq!(
        agent(&format!(r#"{{"mbox_sha1sum":"{sum}"}}"#)).to_person(&[]),
        json!({"objectType": "Person", "mbox_sha1sum": [sum]})
    );
    assert_eq!(
        agent(r#"{"openid":"https://a.example/me"}"#).to_person(&[]),
        json!({"objectType": "Person", "openid": ["https://a.example/me"]})
    );
}

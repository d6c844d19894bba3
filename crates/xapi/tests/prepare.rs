//! From a request's bytes to what is indexed and stored.

mod common;

use common::{full, least, planned, put};
use proptest::prelude::*;
use serde_json::{Value, json};
use xapi::{AgentKey, Mention, ObjectKey, Prepared, Role, Stamp, Statement, Uuid, Version, prepare};

const STORED: &str = "2026-11-22T09:00:00.000Z";

fn id() -> Uuid {
    "01932f4e-0000-7000-8000-000000000001".parse().unwrap()
}

fn stamp() -> Stamp<'static> {
    Stamp { id: id(), stored: STORED, authority: Some(r#"{"mbox":"mailto:hall@a.example"}"#), version: "2.0.0" }
}

fn body(text: &str) -> String {
    let batch = prepare(text.as_bytes(), Version::V2_0).unwrap();
    let mut out = String::new();
    batch.statements[0].body(&stamp(), &mut out);
    assert!(out.len() <= batch.statements[0].body_len());
    out
}

fn faults(text: &str) -> Vec<String> {
    prepare(text.as_bytes(), Version::V2_0).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn what_came_is_stored_byte_for_byte() {
    let extension = r#"{"b":1.0,"a":1e2,"\u0061b":"\u4e00\/","long":123456789012345678901234567890,"n":null,"t":-0.0}"#;
    let core = format!(
        r#""verb":{{"id":"https://a.example/did"}},"actor":{{"mbox":"mailto:a@a.example"}},"context":{{"extensions":{{"https://a.example/x":{extension}}}}},"object":{{"id":"https://a.example/it"}}"#
    );
    let expected = format!(
        r#"{{"id":"{}",{core},"timestamp":"{STORED}","stored":"{STORED}","authority":{{"mbox":"mailto:hall@a.example"}},"version":"2.0.0"}}"#,
        id()
    );
    assert_eq!(body(&format!("{{{core}}}")), expected);
    // What the store sets goes, wherever it stood.
    let sets = [
        r#""id":"FD41C918-b88b-4b20-a0a5-a4c32391aaa0","#,
        r#""stored":"2020-01-01T00:00:00Z","#,
        r#""authority":{"mbox":"mailto:me@a.example"},"#,
    ];
    assert_eq!(body(&format!("{{{}{core}}}", sets.concat())), expected);
    let (before, after) = core.split_at(core.find(r#""context""#).unwrap());
    assert_eq!(body(&format!("{{{before}{}{after}}}", sets.concat())), expected);
    let last = format!("{{{core},{}}}", sets.concat().trim_end_matches(','));
    assert_eq!(body(&last), expected);
}

#[test]
fn the_time_and_the_version_of_a_statement_are_kept() {
    let mut statement = least();
    statement["timestamp"] = json!("2026-11-22T16:00:00.123456+08");
    statement["version"] = json!("1.0");
    let stored: Value = serde_json::from_str(&body(&statement.to_string())).unwrap();
    assert_eq!(stored["timestamp"], "2026-11-22T16:00:00.123456+08");
    assert_eq!(stored["version"], "1.0");
    let batch = statement.to_string();
    let batch = prepare(batch.as_bytes(), Version::V2_0).unwrap();
    assert_eq!(batch.statements[0].timestamp.map(|at| at.as_millis()), Some(1_795_334_400_123));
}

#[test]
fn a_statement_keeps_its_authority_where_the_store_has_none_to_give() {
    let trusting = Stamp { authority: None, ..stamp() };
    for (authority, expected) in [(Some(json!({"mbox": "mailto:me@a.example"})), true), (None, false)] {
        for indent in [false, true] {
            let mut statement = least();
            put(&mut statement, "/authority", authority.clone());
            let text = if indent { format!("{statement:#}") } else { statement.to_string() };
            let batch = prepare(text.as_bytes(), Version::V2_0).unwrap();
            let mut out = String::new();
            batch.statements[0].body(&trusting, &mut out);
            let stored: Value = serde_json::from_str(&out).unwrap();
            assert_eq!(stored.get("authority"), authority.as_ref());
            assert_eq!(stored.get("authority").is_some(), expected);
        }
    }
}

#[test]
fn space_between_values_goes_and_the_rest_is_as_it_came() {
    for statement in [full(), planned(), least()] {
        let spaced = format!("\r\n\t{statement:#} ");
        assert_eq!(body(&spaced), body(&statement.to_string()));
        assert!(!body(&spaced).contains('\n'));
    }
    let kept = r#"{"actor":{"mbox":"mailto:a@a.example","name":"a  \n b"}, "verb":{"id":"https://a.example/did"},"object":{"id":"https://a.example/it"}}"#;
    assert!(body(kept).contains(r#""name":"a  \n b""#));
}

#[test]
fn a_single_context_activity_is_stored_as_a_list_of_one() {
    for (mut statement, place) in
        [(full(), "/context/contextActivities"), (planned(), "/object/context/contextActivities")]
    {
        for list in ["parent", "grouping", "category", "other"] {
            put(&mut statement, &format!("{place}/{list}"), Some(json!({"id": format!("https://a.example/{list}")})));
        }
        let mut expected = statement.clone();
        for list in ["parent", "grouping", "category", "other"] {
            let at = format!("{place}/{list}");
            let single = expected.pointer(&at).unwrap().clone();
            put(&mut expected, &at, Some(json!([single])));
        }
        for text in [statement.to_string(), format!("{statement:#}")] {
            assert_eq!(body(&text), body(&expected.to_string()));
        }
    }
}

#[test]
fn a_stored_body_is_read_again_as_the_same_statement() {
    for statement in [full(), planned(), least()] {
        let stored = body(&statement.to_string());
        let mut expected = Statement::read(&statement, Version::V2_0).unwrap();
        let read = Statement::parse(&stored, Version::V2_0).unwrap();
        assert_eq!(read.id, Some(id()));
        assert_eq!(read.stored.as_ref().map(|time| time.text.as_str()), Some(STORED));
        expected.id = read.id;
        expected.stored = read.stored.clone();
        expected.authority = read.authority.clone();
        expected.timestamp = expected.timestamp.or(read.timestamp.clone());
        expected.version = expected.version.or(read.version.clone());
        assert_eq!(read, expected);
    }
}

fn told(statement: &Prepared<'_>) -> Vec<String> {
    let line = |it: &xapi::Reference<'_>| {
        let what = match &it.what {
            Mention::Agent { key, name, group } => {
                format!(
                    "{key}{}{}",
                    name.as_deref().map_or(String::new(), |name| format!(" \"{name}\"")),
                    if *group { " group" } else { "" }
                )
            }
            Mention::Activity(id) => id.to_string(),
        };
        let (member, inside) = (if it.member { " member" } else { "" }, if it.inside { " inside" } else { "" });
        format!("{:?}{member}{inside} {what}", it.role)
    };
    statement.references.iter().map(line).collect()
}

#[test]
fn everybody_and_everything_is_mentioned_with_its_role() {
    let mut statement = full();
    statement["context"]["contextAgents"] =
        json!([{"objectType": "contextAgent", "agent": {"mbox": "mailto:C@A.example"}}]);
    statement["context"]["contextGroups"] = json!([{"objectType": "contextGroup", "group": {"objectType": "Group", "member": [{"mbox": "mailto:d@a.example"}]}}]);
    statement["version"] = json!("2.0.0");
    let text = statement.to_string();
    let batch = prepare(text.as_bytes(), Version::V2_0).unwrap();
    let it = &batch.statements[0];
    assert!(!batch.list);
    assert_eq!(
        told(it),
        [
            "Authority account:https://a.example|hall",
            "Actor mbox:team@a.example \"一队\" group",
            "Actor member account:https://a.example|1 \"王\"",
            "Object https://a.example/q/1",
            "Instructor sha1:ebd31e95054c018b10727ccffd2ef2ec3a016ee9",
            "Team member openid:https://a.example/me",
            "Parent https://a.example/p",
            "Other https://a.example/o1",
            "Other https://a.example/o2",
            "ContextAgent mbox:C@a.example",
            "ContextGroup member mbox:d@a.example",
        ]
    );
    assert_eq!(it.id.map(|id| id.to_string()).as_deref(), Some("fd41c918-b88b-4b20-a0a5-a4c32391aaa0"));
    assert_eq!(it.actor.as_ref().map(ToString::to_string).as_deref(), Some("mbox:team@a.example"));
    assert_eq!(it.verb, "https://a.example/verbs/answered");
    assert_eq!(it.object, ObjectKey::Activity("https://a.example/q/1".into()));
    assert_eq!(it.registration.map(|id| id.to_string()).as_deref(), Some("ec531277-b57b-4c15-8d91-d292c5b2b8f7"));
    assert_eq!((it.target, it.voids), (None, false));
    let attachment = &it.attachments[0];
    assert_eq!((attachment.length, attachment.inside, attachment.is_signature()), (12, false, false));
    assert_eq!(attachment.file_url.as_deref(), Some("https://a.example/p.png"));
    let defined: Vec<_> = it.definitions.iter().map(|it| (&*it.activity, it.json)).collect();
    assert_eq!(defined[0].0, "https://a.example/q/1");
    assert_eq!(defined[0].1, full()["object"]["definition"].to_string());
    assert_eq!(defined[1], ("https://a.example/o2", r#"{"name":{"en":"O"}}"#));
}

#[test]
fn what_a_substatement_mentions_is_inside() {
    let text = planned().to_string();
    let batch = prepare(text.as_bytes(), Version::V2_0).unwrap();
    let it = &batch.statements[0];
    assert_eq!(it.object, ObjectKey::SubStatement);
    assert_eq!(it.registration, None, "a plan is not filed under the registration that it speaks of");
    let outside: Vec<_> = it.references.iter().filter(|it| !it.inside).collect();
    assert_eq!(outside.len(), 1);
    assert_eq!(outside[0].role, Role::Actor);
    assert!(it.references.len() > 6);
    assert!(it.attachments[0].inside);
}

#[test]
fn objects_are_found_by_what_they_are() {
    let target = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0";
    for (object, key) in [
        (
            json!({"objectType": "Agent", "mbox": "mailto:b@a.example"}),
            ObjectKey::Agent(AgentKey::Mbox("b@a.example".into())),
        ),
        (json!({"objectType": "Group", "member": []}), ObjectKey::AnonymousGroup),
        (json!({"objectType": "StatementRef", "id": target}), ObjectKey::StatementRef(target.parse().unwrap())),
    ] {
        let mut statement = least();
        statement["object"] = object;
        statement["actor"] = json!({"objectType": "Group", "member": [{"mbox": "mailto:a@a.example"}]});
        let text = statement.to_string();
        let batch = prepare(text.as_bytes(), Version::V2_0).unwrap();
        assert_eq!(batch.statements[0].object, key);
        assert_eq!(batch.statements[0].actor, None);
        assert!(!batch.statements[0].voids);
        let is_ref = matches!(key, ObjectKey::StatementRef(_));
        assert_eq!(batch.statements[0].target.map(|id| id.to_string()).as_deref(), is_ref.then_some(target));
    }
    let mut statement = least();
    statement["verb"]["id"] = json!("http://adlnet.gov/expapi/verbs/voided");
    statement["object"] = json!({"objectType": "StatementRef", "id": target});
    let text = statement.to_string();
    assert!(prepare(text.as_bytes(), Version::V2_0).unwrap().statements[0].voids);
}

#[test]
fn a_person_of_the_hall_is_known_by_his_key() {
    let person: kernel::PersonId = "per_1".parse().unwrap();
    let actor = xapi::hall_person(&person);
    assert_eq!(actor.key().and_then(|key| key.person()), Some(person));
    let other = AgentKey::Account { home_page: "https://a.example".into(), name: "per_1".into() };
    assert_eq!(other.person(), None);
}

#[test]
fn in_a_list_every_fault_names_its_statement() {
    let mut bad = least();
    bad["actor"]["mbox"] = json!("a@a.example");
    let list = json!([least(), bad, 7, {"actor": null}]).to_string();
    assert_eq!(
        faults(&list),
        [
            "[1].actor.mbox: must be mailto: and an address",
            "[2]: must be a JSON object",
            "[3].actor: must not be null",
            "[3].verb: is missing",
            "[3].object: is missing",
        ]
    );
    let good = json!([least(), least()]).to_string();
    let batch = prepare(good.as_bytes(), Version::V1_0_3).unwrap();
    assert!(batch.list && batch.statements.len() == 2);
    assert_eq!(batch.statements[0].references.len(), 2, "each statement has its own");
    assert_eq!(batch.statements[1].references.len(), 2);
    assert!(prepare(b"[]", Version::V2_0).unwrap().statements.is_empty());
}

#[test]
fn one_id_stands_once_in_a_request() {
    let with = |id: &str| {
        let mut statement = least();
        statement["id"] = json!(id);
        statement
    };
    let one = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0";
    let other = "fd41c918-b88b-4b20-a0a5-a4c32391aaa1";
    let list = json!([with(one), least(), with(other), with(&one.to_uppercase()), with(one)]).to_string();
    let said = "is the id of an earlier statement of this request";
    assert_eq!(faults(&list), [format!("[3].id: {said}"), format!("[4].id: {said}")]);
}

#[test]
fn a_property_that_stands_twice_is_ambiguous() {
    let core = least().to_string();
    let core = core.trim_start_matches('{').trim_end_matches('}');
    for (text, path) in [
        (format!(r#"{{"verb":{{"id":"https://a.example/x"}},{core}}}}}"#), "verb"),
        (
            format!(r#"{{{core}}},"result":{{"extensions":{{"https://a.example/x":{{"a":1,"\u0061":2}}}}}}}}"#),
            "result.extensions.https://a.example/x.a",
        ),
        (format!(r#"[{{{core}}},"\u0061ctor":{{"mbox":"mailto:a@a.example"}}}}]"#), "[0].actor"),
    ] {
        assert_eq!(faults(&text), [format!("{path}: stands twice")], "{text}");
    }
    // Also among many.
    let many: Vec<String> = (0..40).map(|at| format!(r#""k{}":1"#, at % 39)).collect();
    let text = format!(r#"{{{core}}},"result":{{"extensions":{{"https://a.example/x":{{{}}}}}}}}}"#, many.join(","));
    assert_eq!(faults(&text), ["result.extensions.https://a.example/x.k0: stands twice"]);
}

#[test]
fn what_is_no_json_says_where() {
    for (text, said) in [
        ("", "line 1, column 1: is no valid JSON"),
        ("{", "line 1, column 2: is no valid JSON"),
        ("{\n \"一\": 1,}", "line 2, column 9: is no valid JSON"),
        ("{} {}", "line 1, column 4: is no valid JSON"),
        ("\u{feff}{}", "line 1, column 1: is no valid JSON"),
        ("{'a': 1}", "line 1, column 2: is no valid JSON"),
        ("{\"a\": 1e999}", "line 1, column 7: has a number that is too large"),
    ] {
        assert_eq!(faults(text), [said], "{text}");
    }
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    assert_eq!(faults(&deep), ["line 1, column 65: is nested more than 64 deep"]);
    assert_eq!(prepare(b"{\"a\": \"\xff\"}", Version::V2_0).unwrap_err()[0].text.en, "must be UTF-8");
    assert_eq!(faults("7"), ["must be a JSON object"]);
}

#[test]
fn of_endless_faults_the_first_fifty_are_told() {
    let list = format!("[{}1]", "1,".repeat(9999));
    assert_eq!(faults(&list).len(), 50);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = prepare(&bytes, Version::V2_0);
    }

    #[test]
    fn nearly_a_statement_does_not_make_it_panic(cut in 0usize..2000, put in "[\\[\\]{}\":,a-z0-9\\\\ ]{0,3}", list in any::<bool>()) {
        let mut text = if list { json!([full(), planned()]).to_string() } else { planned().to_string() };
        let at = (cut..).find(|at| text.is_char_boundary((*at).min(text.len()))).unwrap_or(0).min(text.len());
        text.insert_str(at, &put);
        if let Ok(batch) = prepare(text.as_bytes(), Version::V2_0) {
            for statement in &batch.statements {
                let mut out = String::new();
                statement.body(&stamp(), &mut out);
                prop_assert!(prepare(out.as_bytes(), Version::V2_0).is_ok(), "{out}");
            }
        }
    }
}

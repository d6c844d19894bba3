//! The rules of the specification, one line each: what is put where, and which place is then at fault in which edition.

mod common;

use common::{full, least, planned, put};
use serde_json::{Value, json};
use xapi::{Version, prepare};

use Version::{V1_0_3, V2_0};

/// The places at fault.
fn faults(statement: &Value, version: Version) -> Vec<String> {
    match prepare(statement.to_string().as_bytes(), version) {
        Ok(_) => Vec::new(),
        Err(faults) => {
            assert!(faults.iter().all(|fault| !fault.text.zh.is_empty() && !fault.text.en.is_empty()));
            faults.into_iter().map(|fault| fault.path).collect()
        }
    }
}

/// Where a value is put, the value as JSON (nothing takes away), and the place at fault (nothing is good).
type Line = (&'static str, &'static str, &'static str);

fn hold(base: fn() -> Value, lines: &[Line]) {
    for version in [V1_0_3, V2_0] {
        assert_eq!(faults(&base(), version), [""; 0]);
        for (place, value, at) in lines {
            let mut statement = base();
            let value = (!value.is_empty()).then(|| serde_json::from_str(value).unwrap());
            put(&mut statement, place, value.clone());
            let found = faults(&statement, version);
            if at.is_empty() {
                assert!(found.is_empty(), "{place} {value:?} {version:?}: {found:?}");
            } else {
                assert!(found.iter().any(|path| path == at), "{place} {value:?} {version:?}: {found:?}");
            }
        }
    }
}

#[test]
fn a_statement_says_who_did_what_and_nothing_unknown() {
    hold(
        full,
        &[
            ("/actor", "", "actor"),
            ("/verb", "", "verb"),
            ("/object", "", "object"),
            ("/actor", "null", "actor"),
            ("/verb", "[]", "verb"),
            ("/object", "\"https://a.example\"", "object"),
            ("/result", "null", "result"),
            ("/result", "[]", "result"),
            ("/result", "{}", ""),
            ("/context", "\"x\"", "context"),
            ("/context", "{}", ""),
            ("/Actor", "{}", "Actor"),
            ("/resulT", "{}", "resulT"),
            ("/note", "1", "note"),
            ("/verb/Id", "\"https://a.example\"", "verb.Id"),
            ("/actor/objecttype", "\"Group\"", "actor.objecttype"),
            ("/actor/member/0/note", "1", "actor.member[0].note"),
            ("/actor/member/0/account/Name", "\"1\"", "actor.member[0].account.Name"),
            ("/object/definition/title", "{}", "object.definition.title"),
            ("/object/definition/choices/0/note", "1", "object.definition.choices[0].note"),
            ("/result/score/mean", "1", "result.score.mean"),
            ("/result/passed", "true", "result.passed"),
            ("/context/Platform", "\"x\"", "context.Platform"),
            ("/context/contextActivities/children", "[]", "context.contextActivities.children"),
            ("/context/statement/note", "1", "context.statement.note"),
            ("/attachments/0/note", "1", "attachments[0].note"),
        ],
    );
}

#[test]
fn null_stands_nowhere_but_in_extensions() {
    let mut places = Vec::new();
    fn walk(value: &Value, place: String, path: String, places: &mut Vec<(String, String)>) {
        if place.ends_with("/extensions") {
            return;
        }
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(value, format!("{place}/{key}"), path, places);
            }),
            Value::Array(items) => items.iter().enumerate().for_each(|(at, value)| {
                walk(value, format!("{place}/{at}"), format!("{path}[{at}]"), places);
            }),
            _ => {}
        }
        if !place.is_empty() {
            places.push((place, path));
        }
    }
    walk(&full(), String::new(), String::new(), &mut places);
    assert!(places.len() > 80, "{}", places.len());
    for (place, path) in places {
        let mut statement = full();
        put(&mut statement, &place, Some(Value::Null));
        assert!(faults(&statement, V2_0).contains(&path), "{place}: {:?}", faults(&statement, V2_0));
    }
    let mut statement = full();
    statement["result"]["extensions"]["https://a.example/z"] = Value::Null;
    assert_eq!(faults(&statement, V2_0), [""; 0]);
}

#[test]
fn ids_are_uuids() {
    let mut lines = Vec::new();
    for (place, path) in [
        ("/id", "id"),
        ("/context/registration", "context.registration"),
        ("/context/statement/id", "context.statement.id"),
    ] {
        lines.extend([
            (place, "\"FD41C918-B88B-4B20-A0A5-A4C32391AAA0\"", ""),
            (place, "\"fd41c918-b88b-7b20-90a5-a4c32391aaa0\"", ""),
            (place, "\"fd41c918-b88b-4b20-70a5-a4c32391aaa0\"", path),
            (place, "\"fd41c918b88b4b20a0a5a4c32391aaa0\"", path),
            (place, "\"fd41c918-b88b-4b20-a0a5-a4c32391aaag\"", path),
            (place, "\"{fd41c918-b88b-4b20-a0a5-a4c32391aaa}\"", path),
            (place, "\"\"", path),
            (place, "1", path),
            (place, "{}", path),
        ]);
    }
    lines.extend([
        ("/context/statement/id", "", "context.statement.id"),
        ("/context/statement/objectType", "", "context.statement.objectType"),
        ("/context/statement/objectType", "\"statementRef\"", "context.statement.objectType"),
        ("/context/statement/objectType", "\"SubStatement\"", "context.statement.objectType"),
    ]);
    hold(full, &lines);
}

#[test]
fn agents_have_one_identifier_and_groups_have_one_or_members() {
    let account = r#"{"homePage": "https://a.example", "name": "1"}"#;
    let with = |more: &str| format!(r#"{{"objectType": "Agent", {more}}}"#);
    let group = |more: &str| format!(r#"{{"objectType": "Group", {more}}}"#);
    let member = r#""member": [{"mbox": "mailto:a@a.example"}]"#;
    for (actor, path) in [
        ("{}".to_owned(), "actor"),
        (with(r#""name": "x""#), "actor"),
        (with(r#""mbox": "mailto:a@a.example""#), ""),
        (with(r#""mbox": "mailto:a@a.example", "openid": "https://a.example/me""#), "actor"),
        (
            with(&format!(r#""mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9", "account": {account}"#)),
            "actor",
        ),
        (with(r#""mbox": "a@a.example""#), "actor.mbox"),
        (with(r#""mbox": "MAILTO:a@a.example""#), "actor.mbox"),
        (with(r#""mbox": "mailto:a""#), "actor.mbox"),
        (with(r#""mbox": "mailto:@a.example""#), "actor.mbox"),
        (with(r#""mbox": "mailto:a b@a.example""#), "actor.mbox"),
        (with(r#""mbox": {"a": "mailto:a@a.example"}"#), "actor.mbox"),
        (with(r#""mbox_sha1sum": "EBD31E95054C018B10727CCFFD2EF2EC3A016EE9""#), ""),
        (with(r#""mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee""#), "actor.mbox_sha1sum"),
        (with(r#""mbox_sha1sum": "zbd31e95054c018b10727ccffd2ef2ec3a016ee9""#), "actor.mbox_sha1sum"),
        (with(r#""openid": "a.example/me""#), "actor.openid"),
        (with(r#""openid": 1"#), "actor.openid"),
        (with(&format!(r#""account": {account}"#)), ""),
        (with(r#""account": {"homePage": "https://a.example"}"#), "actor.account.name"),
        (with(r#""account": {"name": "1"}"#), "actor.account.homePage"),
        (with(r#""account": {"homePage": "a.example", "name": "1"}"#), "actor.account.homePage"),
        (with(r#""account": {"homePage": "https://a.example", "name": 1}"#), "actor.account.name"),
        (with(r#""account": {"homePage": "https://a.example", "name": "a\u0000b"}"#), "actor.account.name"),
        (with(r#""account": "1""#), "actor.account"),
        (with(r#""account": []"#), "actor.account"),
        (with(r#""name": 1, "mbox": "mailto:a@a.example""#), "actor.name"),
        (with(r#""name": "a\u0000", "mbox": "mailto:a@a.example""#), "actor.name"),
        (with(&format!(r#""mbox": "mailto:a@a.example", {member}"#)), "actor.member"),
        (r#"{"objectType": "agent", "mbox": "mailto:a@a.example"}"#.to_owned(), "actor.objectType"),
        (r#"{"objectType": "Activity", "mbox": "mailto:a@a.example"}"#.to_owned(), "actor.objectType"),
        (r#"{"objectType": 1, "mbox": "mailto:a@a.example"}"#.to_owned(), "actor.objectType"),
        (group(r#""name": "x""#), "actor.member"),
        (group(member), ""),
        (group(r#""member": []"#), ""),
        (group(r#""mbox": "mailto:t@a.example""#), ""),
        (group(&format!(r#""mbox": "mailto:t@a.example", {member}"#)), ""),
        (group(r#""mbox": "mailto:t@a.example", "openid": "https://a.example/t""#), "actor"),
        (group(r#""member": {"mbox": "mailto:a@a.example"}"#), "actor.member"),
        (group(r#""member": ["mailto:a@a.example"]"#), "actor.member[0]"),
        (group(r#""member": [{"name": "x"}]"#), "actor.member[0]"),
        (group(&format!(r#""member": [{}]"#, group(member))), "actor.member[0].objectType"),
        (
            group(&format!(r#""mbox": "mailto:t@a.example", "member": [{}]"#, group(member))),
            "actor.member[0].objectType",
        ),
    ] {
        // The same holds wherever an actor may stand.
        for (place, base) in [
            ("/actor", least as fn() -> Value),
            ("/context/instructor", full),
            ("/object/actor", planned),
            ("/object/context/instructor", planned),
        ] {
            let mut statement = base();
            put(&mut statement, place, Some(serde_json::from_str(&actor).unwrap()));
            let place = place[1..].replace('/', ".");
            let expected = path.replacen("actor", &place, 1);
            for version in [V1_0_3, V2_0] {
                let found = faults(&statement, version);
                assert_eq!(found.is_empty(), path.is_empty(), "{place} {actor}: {found:?}");
                assert!(path.is_empty() || found.contains(&expected), "{place} {actor}: {found:?}");
            }
        }
    }
    hold(
        full,
        &[
            ("/context/team", r#"{"mbox": "mailto:a@a.example"}"#, "context.team.objectType"),
            ("/context/team", r#"{"objectType": "Agent", "mbox": "mailto:a@a.example"}"#, "context.team.objectType"),
            ("/context/team", r#"{"objectType": "Group", "mbox": "mailto:a@a.example"}"#, ""),
        ],
    );
}

#[test]
fn a_group_is_an_authority_only_as_an_application_and_its_user() {
    let agent = r#"{"mbox": "mailto:a@a.example"}"#;
    let group = |more: &str| format!(r#"{{"objectType": "Group", {more}}}"#);
    for (authority, at) in [
        (agent.to_owned(), ""),
        (group(&format!(r#""member": [{agent}, {agent}]"#)), ""),
        (group(&format!(r#""member": [{agent}]"#)), "authority"),
        (group(&format!(r#""member": [{agent}, {agent}, {agent}]"#)), "authority"),
        (group(&format!(r#""mbox": "mailto:t@a.example", "member": [{agent}, {agent}]"#)), "authority"),
        (group(r#""mbox": "mailto:t@a.example""#), "authority"),
        (r#"{"objectType": "Activity", "id": "https://a.example"}"#.to_owned(), "authority.objectType"),
    ] {
        let mut statement = least();
        statement["authority"] = serde_json::from_str(&authority).unwrap();
        let found = faults(&statement, V2_0);
        assert_eq!(found.is_empty(), at.is_empty(), "{authority}: {found:?}");
        assert!(at.is_empty() || found.iter().any(|path| path == at), "{authority}: {found:?}");
    }
}

#[test]
fn iris_have_a_scheme() {
    let bad = "\"a.example/x\"";
    hold(
        full,
        &[
            ("/verb/id", bad, "verb.id"),
            ("/verb/id", "", "verb.id"),
            ("/verb/id", "\"\"", "verb.id"),
            ("/verb/id", "7", "verb.id"),
            ("/verb/id", "\"tag:a.example,2026:did\"", ""),
            ("/verb/id", "\"https://例子.example/做\"", ""),
            ("/object/id", bad, "object.id"),
            ("/object/id", "", "object.id"),
            ("/object/definition/type", bad, "object.definition.type"),
            ("/object/definition/moreInfo", bad, "object.definition.moreInfo"),
            ("/object/definition/moreInfo", "{}", "object.definition.moreInfo"),
            ("/object/definition/extensions", r#"{"a.example": 1}"#, "object.definition.extensions.a.example"),
            ("/object/definition/extensions", "[]", "object.definition.extensions"),
            ("/object/definition/extensions", "{}", ""),
            ("/result/extensions", "null", "result.extensions"),
            ("/result/extensions", r#"{"x": 1}"#, "result.extensions.x"),
            ("/context/extensions", r#"{"": 1}"#, "context.extensions."),
            ("/context/contextActivities/parent/0/id", bad, "context.contextActivities.parent[0].id"),
            ("/attachments/0/usageType", bad, "attachments[0].usageType"),
            ("/attachments/0/fileUrl", bad, "attachments[0].fileUrl"),
        ],
    );
}

#[test]
fn objects_are_what_their_type_says() {
    hold(
        full,
        &[
            ("/object/objectType", "", ""),
            ("/object/objectType", "\"activity\"", "object.objectType"),
            ("/object/objectType", "\"Agent\"", "object"),
            ("/object/objectType", "1", "object.objectType"),
            ("/object/definition", "[]", "object.definition"),
            ("/object/definition", "{}", ""),
        ],
    );
    hold(
        least,
        &[
            ("/object", r#"{"mbox": "mailto:a@a.example"}"#, "object.mbox"),
            ("/object", r#"{"objectType": "Agent", "mbox": "mailto:a@a.example"}"#, ""),
            ("/object", r#"{"objectType": "Group", "member": [{"mbox": "mailto:a@a.example"}]}"#, ""),
            ("/object", r#"{"objectType": "StatementRef", "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}"#, ""),
            ("/object", r#"{"objectType": "StatementRef", "id": "https://a.example"}"#, "object.id"),
            ("/object", r#"{"objectType": "StatementRef"}"#, "object.id"),
            ("/object", r#"{"objectType": "SubStatement"}"#, "object.actor"),
        ],
    );
}

#[test]
fn revision_and_platform_are_for_activities() {
    for object in [
        json!({"objectType": "Agent", "mbox": "mailto:a@a.example"}),
        json!({"objectType": "Group", "mbox": "mailto:a@a.example"}),
        json!({"objectType": "StatementRef", "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"}),
    ] {
        for (base, prefix) in [(full as fn() -> Value, ""), (planned, "object.")] {
            let mut statement = base();
            let place = format!("/{}", prefix.replace('.', "/"));
            put(&mut statement, &format!("{place}object"), Some(object.clone()));
            let found = faults(&statement, V2_0);
            assert_eq!(found, [format!("{prefix}context.revision"), format!("{prefix}context.platform")]);
        }
    }
}

#[test]
fn a_substatement_is_no_record_and_holds_no_other() {
    hold(
        planned,
        &[
            ("/object/id", "\"fd41c918-b88b-4b20-a0a5-a4c32391aaa0\"", "object.id"),
            ("/object/stored", "\"2026-11-22T08:00:00Z\"", "object.stored"),
            ("/object/version", "\"1.0.0\"", "object.version"),
            ("/object/authority", r#"{"mbox": "mailto:a@a.example"}"#, "object.authority"),
            ("/object/object", r#"{"objectType": "SubStatement"}"#, "object.object"),
            ("/object/verb", "", "object.verb"),
            ("/object/object/id", "\"x\"", "object.object.id"),
            ("/object/object/objectType", "\"Statement\"", "object.object.objectType"),
            ("/object/timestamp", "\"now\"", "object.timestamp"),
            ("/object/result/score/scaled", "2", "object.result.score.scaled"),
            ("/object/attachments/0/length", "-1", "object.attachments[0].length"),
        ],
    );
}

#[test]
fn voiding_points_at_a_statement() {
    let voids = || {
        let mut statement = least();
        statement["verb"]["id"] = json!("http://adlnet.gov/expapi/verbs/voided");
        statement["object"] = json!({"objectType": "StatementRef", "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"});
        statement
    };
    hold(
        voids,
        &[
            ("/object", r#"{"id": "https://a.example/it"}"#, "object"),
            ("/object", r#"{"objectType": "Agent", "mbox": "mailto:a@a.example"}"#, "object"),
            ("/object/objectType", "", "object.id"),
        ],
    );
}

#[test]
fn interactions_have_the_components_of_their_type() {
    let mut lines: Vec<Line> = vec![
        ("/object/definition/interactionType", "\"quiz\"", "object.definition.interactionType"),
        ("/object/definition/interactionType", "\"Choice\"", "object.definition.interactionType"),
        ("/object/definition/interactionType", "1", "object.definition.interactionType"),
        ("/object/definition/interactionType", "", "object.definition.interactionType"),
        ("/object/definition/interactionType", "\"sequencing\"", ""),
        ("/object/definition/correctResponsesPattern", "\"a\"", "object.definition.correctResponsesPattern"),
        ("/object/definition/correctResponsesPattern", "[1]", "object.definition.correctResponsesPattern[0]"),
        ("/object/definition/correctResponsesPattern", "[]", ""),
        ("/object/definition/choices", "", ""),
        ("/object/definition/choices", "{}", "object.definition.choices"),
        ("/object/definition/choices", r#"["a"]"#, "object.definition.choices[0]"),
        ("/object/definition/choices", r#"[{"description": {"en": "x"}}]"#, "object.definition.choices[0].id"),
        ("/object/definition/choices", r#"[{"id": 1}]"#, "object.definition.choices[0].id"),
        ("/object/definition/choices", r#"[{"id": "a"}, {"id": "a"}]"#, "object.definition.choices"),
        (
            "/object/definition/choices",
            r#"[{"id": "a", "description": "x"}]"#,
            "object.definition.choices[0].description",
        ),
    ];
    for kind in ["true-false", "fill-in", "long-fill-in", "matching", "performance", "likert", "numeric", "other"] {
        let value: &'static str = format!("\"{kind}\"").leak();
        lines.push(("/object/definition/interactionType", value, "object.definition.choices"));
    }
    for list in ["scale", "source", "target", "steps"] {
        let place: &'static str = format!("/object/definition/{list}").leak();
        lines.push((place, r#"[{"id": "x"}]"#, format!("object.definition.{list}").leak()));
    }
    hold(full, &lines);
    for (kind, lists) in [
        ("matching", &["source", "target"][..]),
        ("performance", &["steps"]),
        ("likert", &["scale"]),
        ("choice", &["choices"]),
        ("sequencing", &["choices"]),
    ] {
        let mut statement = least();
        statement["object"]["definition"] = json!({"interactionType": kind});
        for list in lists {
            statement["object"]["definition"][*list] = json!([{"id": "x", "description": {"en": "X"}}]);
        }
        assert_eq!(faults(&statement, V1_0_3), [""; 0], "{kind}");
    }
    // Parts of a question without its kind.
    let mut statement = least();
    statement["object"]["definition"] = json!({"choices": [{"id": "x"}]});
    assert_eq!(faults(&statement, V2_0), ["object.definition.choices"]);
}

#[test]
fn results_are_in_their_ranges() {
    hold(
        full,
        &[
            ("/result/score", "95", "result.score"),
            ("/result/score", "{}", ""),
            ("/result/score/scaled", "1.0", ""),
            ("/result/score/scaled", "-1", ""),
            ("/result/score/scaled", "1.0001", "result.score.scaled"),
            ("/result/score/scaled", "-1.5", "result.score.scaled"),
            ("/result/score/scaled", "\"0.5\"", "result.score.scaled"),
            ("/result/score/raw", "100", ""),
            ("/result/score/raw", "0", ""),
            ("/result/score/raw", "100.5", "result.score.raw"),
            ("/result/score/raw", "-1", "result.score.raw"),
            ("/result/score/min", "100", "result.score.min"),
            ("/result/score/min", "101", "result.score.min"),
            ("/result/score/max", "true", "result.score.max"),
            ("/result/success", "\"true\"", "result.success"),
            ("/result/completion", "1", "result.completion"),
            ("/result/response", "7", "result.response"),
            ("/result/duration", "\"PT1H30M\"", ""),
            ("/result/duration", "\"P4W\"", ""),
            ("/result/duration", "\"P1DT12H36M0.12567S\"", ""),
            ("/result/duration", "\"PT\"", "result.duration"),
            ("/result/duration", "\"P1H\"", "result.duration"),
            ("/result/duration", "\"1:30\"", "result.duration"),
            ("/result/duration", "90", "result.duration"),
        ],
    );
}

#[test]
fn times_have_an_offset_that_is_known() {
    let mut lines = Vec::new();
    for (place, path) in [("/timestamp", "timestamp"), ("/stored", "stored")] {
        lines.extend([
            (place, "\"2026-11-22T08:00:00Z\"", ""),
            (place, "\"2026-11-22T08:00:00.1Z\"", ""),
            (place, "\"2026-11-22T16:00:00+08:00\"", ""),
            (place, "\"2026-11-22T16:00:00+0800\"", ""),
            (place, "\"2026-11-22T16:00:00+08\"", ""),
            (place, "\"2026-11-22T08:00:00-00\"", path),
            (place, "\"2026-11-22T08:00:00-0000\"", path),
            (place, "\"2026-11-22T08:00:00-00:00\"", path),
            (place, "\"2026-11-22\"", path),
            (place, "\"2026-02-30T08:00:00Z\"", path),
            (place, "\"2026-11-22T25:00:00Z\"", path),
            (place, "\"22.11.2026\"", path),
            (place, "\"\"", path),
            (place, "1790000000", path),
            (place, "{}", path),
        ]);
    }
    hold(full, &lines);
}

#[test]
fn languages_are_tags() {
    hold(
        full,
        &[
            ("/context/language", "\"zh-Hans-CN\"", ""),
            ("/context/language", "\"zh_CN\"", "context.language"),
            ("/context/language", "\"\"", "context.language"),
            ("/context/language", "1", "context.language"),
            ("/verb/display", "{}", ""),
            ("/verb/display", "", ""),
            ("/verb/display", "\"did\"", "verb.display"),
            ("/verb/display", "[]", "verb.display"),
            ("/verb/display", r#"{"en": 1}"#, "verb.display.en"),
            ("/verb/display", r#"{"english!": "did"}"#, "verb.display.english!"),
            ("/object/definition/name", r#"{"e": "x"}"#, "object.definition.name.e"),
            ("/object/definition/description", r#"{"en_US": "x"}"#, "object.definition.description.en_US"),
            ("/attachments/0/display", r#"{"": "x"}"#, "attachments[0].display."),
            ("/attachments/0/description", r#"{"en": {}}"#, "attachments[0].description.en"),
        ],
    );
}

#[test]
fn attachments_tell_what_they_are() {
    hold(
        full,
        &[
            ("/attachments", "{}", "attachments"),
            ("/attachments", "[]", ""),
            ("/attachments", "[1]", "attachments[0]"),
            ("/attachments/0/usageType", "", "attachments[0].usageType"),
            ("/attachments/0/display", "", "attachments[0].display"),
            ("/attachments/0/description", "", ""),
            ("/attachments/0/contentType", "", "attachments[0].contentType"),
            ("/attachments/0/contentType", "\"text/plain; charset=ascii\"", ""),
            ("/attachments/0/contentType", "\"png\"", "attachments[0].contentType"),
            ("/attachments/0/contentType", "1", "attachments[0].contentType"),
            ("/attachments/0/length", "", "attachments[0].length"),
            ("/attachments/0/length", "\"12\"", "attachments[0].length"),
            ("/attachments/0/length", "-1", "attachments[0].length"),
            ("/attachments/0/length", "1.5", "attachments[0].length"),
            ("/attachments/0/length", "0", ""),
            ("/attachments/0/sha2", "", "attachments[0].sha2"),
            ("/attachments/0/sha2", "\"9f86\"", "attachments[0].sha2"),
            ("/attachments/0/sha2", "1", "attachments[0].sha2"),
            ("/attachments/0/fileUrl", "", ""),
            ("/attachments/0/fileUrl", "1", "attachments[0].fileUrl"),
            (
                "/attachments/0/usageType",
                "\"http://adlnet.gov/expapi/attachments/signature\"",
                "attachments[0].contentType",
            ),
        ],
    );
}

#[test]
fn context_activities_stand_alone_or_in_lists() {
    let mut lines = Vec::new();
    for list in ["parent", "grouping", "category", "other"] {
        let place: &'static str = format!("/context/contextActivities/{list}").leak();
        let path: &'static str = format!("context.contextActivities.{list}").leak();
        lines.extend([
            (place, r#"{"id": "https://a.example/x"}"#, ""),
            (place, r#"[{"id": "https://a.example/x"}]"#, ""),
            (place, "[]", ""),
            (place, "\"https://a.example/x\"", path),
            (place, r#"{"objectType": "Agent", "mbox": "mailto:a@a.example"}"#, format!("{path}.objectType").leak()),
            (place, r#"[{"id": "x"}]"#, format!("{path}[0].id").leak()),
        ]);
    }
    lines.push(("/context/contextActivities", "[]", "context.contextActivities"));
    lines.push(("/context/contextActivities", "{}", ""));
    hold(full, &lines);
}

#[test]
fn each_edition_has_its_versions() {
    for (version, old, new) in [
        ("1.0", true, true),
        ("1.0.0", true, true),
        ("1.0.3", true, true),
        ("1.0.9", true, true),
        ("2.0", false, true),
        ("2.0.0", false, true),
        ("2.0.7", false, true),
        ("0.9.9", false, false),
        ("1.1.0", false, false),
        ("1.0.", false, false),
        ("1.0.x", false, false),
        ("1.00", false, false),
        ("2.1.0", false, false),
        ("3.0", false, false),
        ("", false, false),
    ] {
        let mut statement = least();
        statement["version"] = json!(version);
        assert_eq!(faults(&statement, V1_0_3).is_empty(), old, "{version} in 1.0.3");
        assert_eq!(faults(&statement, V2_0).is_empty(), new, "{version} in 2.0");
    }
}

#[test]
fn context_agents_and_groups_came_with_2_0() {
    let agent = json!({"objectType": "contextAgent", "agent": {"mbox": "mailto:a@a.example"}, "relevantTypes": ["https://a.example/t"]});
    let group = json!({"objectType": "contextGroup", "group": {"objectType": "Group", "mbox": "mailto:t@a.example"}});
    let base = |list: &str, one: &Value| {
        let mut statement = least();
        statement["context"] = json!({list: [one]});
        statement
    };
    for (list, whom, one) in [("contextAgents", "agent", &agent), ("contextGroups", "group", &group)] {
        assert_eq!(faults(&base(list, one), V2_0), [""; 0]);
        assert_eq!(faults(&base(list, one), V1_0_3), [format!("context.{list}")]);
        for (name, value, at) in [
            ("objectType", None, "objectType"),
            ("objectType", Some(json!("Agent")), "objectType"),
            (whom, None, whom),
            (whom, Some(json!("x")), whom),
            (whom, Some(json!({"objectType": "Activity", "id": "https://a.example"})), &format!("{whom}.objectType")),
            ("relevantTypes", Some(json!([])), "relevantTypes"),
            ("relevantTypes", Some(json!("https://a.example/t")), "relevantTypes"),
            ("relevantTypes", Some(json!(["t"])), "relevantTypes[0]"),
            ("note", Some(json!(1)), "note"),
        ] {
            let mut one = one.clone();
            put(&mut one, &format!("/{name}"), value.clone());
            let found = faults(&base(list, &one), V2_0);
            assert!(found.contains(&format!("context.{list}[0].{at}")), "{list} {name} {value:?}: {found:?}");
        }
        let mut statement = least();
        statement["context"] = json!({list: one});
        assert_eq!(faults(&statement, V2_0), [format!("context.{list}")]);
    }
    let agents_group = json!({"objectType": "contextGroup", "group": {"mbox": "mailto:a@a.example"}});
    assert_eq!(faults(&base("contextGroups", &agents_group), V2_0), ["context.contextGroups[0].group.objectType"]);
}

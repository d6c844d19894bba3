//! Statements to change and look at.

use serde_json::{Value, json};

/// With everything that both editions know.
pub fn full() -> Value {
    json!({
        "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
        "actor": {"objectType": "Group", "name": "一队", "mbox": "mailto:team@a.example",
            "member": [{"objectType": "Agent", "name": "王", "account": {"homePage": "https://a.example", "name": "1"}}]},
        "verb": {"id": "https://a.example/verbs/answered", "display": {"zh-CN": "回答", "en": "answered"}},
        "object": {"objectType": "Activity", "id": "https://a.example/q/1", "definition": {
            "name": {"en": "Question", "zh-CN": "问题"}, "description": {"en": "Which?", "zh-CN": "哪个？"},
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction", "moreInfo": "https://a.example/more",
            "interactionType": "choice", "correctResponsesPattern": ["a[,]b"],
            "choices": [{"id": "a", "description": {"en": "A", "zh-CN": "甲"}}, {"id": "b"}],
            "extensions": {"https://a.example/x": null}}},
        "result": {"score": {"scaled": 0.95, "raw": 95, "min": 0, "max": 100}, "success": true, "completion": false,
            "response": "a[,]b", "duration": "PT1M30.5S", "extensions": {"https://a.example/z": [1, {"y": 2, "b": null}]}},
        "context": {"registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
            "instructor": {"objectType": "Agent", "mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"},
            "team": {"objectType": "Group", "member": [{"openid": "https://a.example/me"}]},
            "contextActivities": {"parent": [{"objectType": "Activity", "id": "https://a.example/p"}],
                "other": [{"id": "https://a.example/o1"}, {"id": "https://a.example/o2", "definition": {"name": {"en": "O"}}}]},
            "revision": "r1", "platform": "hall", "language": "zh-CN",
            "statement": {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"},
            "extensions": {"https://a.example/c": {}}},
        "timestamp": "2026-11-22T16:00:00.123456+08:00",
        "stored": "2026-11-22T08:00:01Z",
        "authority": {"objectType": "Agent", "account": {"homePage": "https://a.example", "name": "hall"}},
        "version": "1.0.3",
        "attachments": [{"usageType": "https://a.example/photo", "display": {"en": "Photo", "zh-CN": "照片"},
            "description": {"en": "Of the bench"}, "contentType": "image/png", "length": 12,
            "sha2": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "fileUrl": "https://a.example/p.png"}]
    })
}

/// The least that is a statement.
pub fn least() -> Value {
    json!({"actor": {"mbox": "mailto:a@a.example"}, "verb": {"id": "https://a.example/verbs/did"},
        "object": {"id": "https://a.example/it"}})
}

/// Around a substatement that says what the full statement says.
pub fn planned() -> Value {
    let mut sub = full();
    for name in ["id", "stored", "authority", "version"] {
        sub.as_object_mut().unwrap().remove(name);
    }
    sub["objectType"] = json!("SubStatement");
    let mut around = least();
    around["object"] = sub;
    around
}

/// Puts a value at a place such as `/actor/mbox`, or takes away what is there.
pub fn put(statement: &mut Value, place: &str, value: Option<Value>) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match (statement.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}")), value) {
        (Value::Object(map), Some(value)) => drop(map.insert(name.to_owned(), value)),
        (Value::Object(map), None) => drop(map.shift_remove(name)),
        (Value::Array(items), Some(value)) => {
            let at: usize = name.parse().unwrap();
            if at < items.len() { items[at] = value } else { items.push(value) }
        }
        (other, _) => panic!("{place} is in {other}"),
    }
}

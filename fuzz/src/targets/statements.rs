//! A request of statements is refused with words in both languages, or each is stored so that it is read again as what
//! it was; and JSON is taken exactly where serde_json takes it, but for what is ambiguous, too deep or too large.

use serde_json::Value;
use xapi::{LanguageRange, Stamp, Statement, Uuid, Version, canonical, ids, merge_definitions, prepare, same};

pub const WORDS: &[&str] = &[
    "\"actor\":{\"mbox\":\"mailto:a@a.example\"}",
    "\"actor\":{\"objectType\":\"Group\",\"member\":[{\"openid\":\"https://a.example\"}]}",
    "\"account\":{\"homePage\":\"https://a.example\",\"name\":\"1\"}",
    "\"mbox_sha1sum\":\"ebd31e95054c018b10727ccffd2ef2ec3a016ee9\"",
    "\"verb\":{\"id\":\"https://a.example/v\",\"display\":{\"en\":\"did\"}}",
    "\"object\":{\"id\":\"https://a.example/o\"}",
    "\"object\":{\"objectType\":\"StatementRef\",\"id\":\"fd41c918-b88b-4b20-a0a5-a4c32391aaa0\"}",
    "\"objectType\":\"SubStatement\"",
    "\"definition\":{\"name\":{\"zh-CN\":\"一\"},\"interactionType\":\"choice\",\"choices\":[{\"id\":\"a\"}]}",
    "\"context\":{\"contextActivities\":{\"parent\":{\"id\":\"https://a.example/p\"}}}",
    "\"contextAgents\":[{\"objectType\":\"contextAgent\",\"agent\":{\"mbox\":\"mailto:a@a.example\"}}]",
    "\"result\":{\"score\":{\"scaled\":0.5,\"raw\":1,\"min\":0,\"max\":2},\"duration\":\"PT1.234S\"}",
    "\"extensions\":{\"https://a.example/x\":null}",
    "\"timestamp\":\"2026-11-22T08:00:00.000+08:00\"",
    "\"id\":\"fd41c918-b88b-4b20-a0a5-a4c32391aaa0\"",
    "\"version\":\"1.0.3\"",
    "\\u0061",
    "\\ud83d\\ude00",
    "1e5",
    "-0.0",
    " ",
    ",",
    ":",
    "[",
    "]",
    "{",
    "}",
];

pub fn run(input: &[u8]) {
    if input.len() > 65_536 {
        return;
    }
    let batch = match prepare(input, Version::V2_0) {
        Ok(batch) => batch,
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in &faults {
                assert!(!fault.text.zh.is_empty() && !fault.text.en.is_empty(), "{fault:?}");
            }
            return;
        }
    };
    let came: Value = match serde_json::from_slice(input) {
        Ok(came) => came,
        Err(broken) => panic!("{broken}"),
    };
    let came: Vec<String> = match came {
        Value::Array(list) => list.iter().map(Value::to_string).collect(),
        single => vec![single.to_string()],
    };
    assert_eq!(came.len(), batch.statements.len());
    for (came, statement) in came.iter().zip(&batch.statements) {
        let stamp = Stamp {
            id: statement.id.unwrap_or_else(|| Uuid::from_digest(&[7; 32])),
            stored: "2026-11-22T08:00:00.000Z",
            authority: None,
            version: "2.0.0",
        };
        let mut body = String::new();
        statement.body(&stamp, &mut body);
        assert!(same(came, &body) && same(&body, came), "{came}\n{body}");
        match prepare(body.as_bytes(), Version::V2_0) {
            Ok(again) => {
                let again = &again.statements[0];
                assert_eq!(again.references.len(), statement.references.len());
                assert_eq!((&again.actor, &again.object), (&statement.actor, &statement.object));
                let mut twice = String::new();
                again.body(&stamp, &mut twice);
                assert!(same(&body, &twice));
            }
            Err(faults) => panic!("{}: {body}", faults[0]),
        }
        assert!(Statement::parse(&body, Version::V2_0).is_ok(), "{body}");
        for written in [ids(&body), canonical(&body, &LanguageRange::list("zh, en;q=0.5"))] {
            assert!(prepare(written.as_bytes(), Version::V2_0).is_ok(), "{written}");
        }
        for defined in &statement.definitions {
            if let Some(merged) = merge_definitions("{\"name\":{\"en\":\"a\"}}", defined.json) {
                assert_eq!(merge_definitions(&merged, defined.json), None, "{merged}");
            }
        }
    }
}

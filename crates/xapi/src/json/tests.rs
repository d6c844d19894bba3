//! Beside serde_json, which must take and understand the same texts.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn value(it: Node<'_, '_>) -> Value {
    match it.kind() {
        Kind::Null => Value::Null,
        Kind::True | Kind::False => it.boolean().into(),
        Kind::Number => it.raw().parse::<serde_json::Number>().unwrap().into(),
        Kind::Plain | Kind::Escaped => it.text().unwrap().into_owned().into(),
        Kind::Array => it.items().map(value).collect(),
        Kind::Object => it.entries().map(|(key, it)| (key.text().unwrap().into_owned(), value(it))).collect(),
    }
}

fn agree(text: &str) {
    let theirs: Result<Value, _> = serde_json::from_str(text);
    match (Document::parse(text), theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(value(ours.root()), theirs, "{text}");
            let mut compact = String::new();
            write(ours.root(), &[], &mut compact);
            assert_eq!(serde_json::from_str::<Value>(&compact).unwrap(), theirs, "{text}");
            assert!(!ours.root().is_spaced() || compact.len() < text.len());
        }
        (Err(broken), Ok(_)) => panic!("{broken:?}: {text}"),
        (Ok(_), Err(broken)) => panic!("{broken}: {text}"),
        (Err(_), Err(_)) => {}
    }
}

#[test]
fn the_same_texts_are_taken() {
    for text in [
        "null",
        "true",
        "tru",
        "truex",
        "false",
        "0",
        "-0",
        "-",
        "01",
        "1.",
        ".5",
        "1.5",
        "1e",
        "1e5",
        "1E+5",
        "1e-",
        "+1",
        "1e308",
        "1e309",
        "-1e400",
        "\"\"",
        "\"a",
        "\"a\\\"b\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u0041\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ude00\"",
        "\"\\u0000\"",
        "\"\t\"",
        "\"12345678\t\"",
        "\"\u{7f}é一😀\"",
        "[]",
        "[ ]",
        "[1,]",
        "[,]",
        "[1 2]",
        "[1,2 ]",
        "{}",
        "{ }",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" : 1 , \"b\":[{}]}",
        "{\"\\u0061\":1}",
        "[[[[]]]]",
        "[}",
        "{]",
        "\u{a0}1",
        "1 ",
        " 1\r\n",
        "1 1",
        "nul",
        "\"\\/\\b\\f\\n\\r\\t\"",
        "123456789012345678901234567890",
        "0.1234567890123456789",
        "-12.5e-3",
    ] {
        agree(text);
    }
}

#[test]
fn places_are_named_from_the_root() {
    let text = r#"[{"a":[1,{"b\n":2,"c":{}}]},[]]"#;
    let document = Document::parse(text).unwrap();
    let first = document.root().items().next().unwrap();
    let list = first.get("a").unwrap();
    let inner = list.items().nth(1).unwrap();
    assert_eq!(document.root().path(), "");
    assert_eq!(first.path(), "[0]");
    assert_eq!(inner.get("c").unwrap().path(), "[0].a[1].c");
    let (key, value) = inner.entries().next().unwrap();
    assert_eq!((key.path(), value.path()), ("[0].a[1].b\n".to_owned(), "[0].a[1].b\n".to_owned()));
    assert_eq!(document.root().items().nth(1).unwrap().path(), "[1]");
    assert_eq!(first.entries().next().unwrap().0.raw(), "\"a\"");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_is_understood(value in any_json(), indent in any::<bool>()) {
        agree(&if indent { format!("{value:#}") } else { value.to_string() });
    }

    #[test]
    fn any_broken_text_is_judged_alike(value in any_json(), at in any::<prop::sample::Index>(), put in "[\\[\\]{}\":,0-9a-fnrtu\\\\ .+-]{0,3}", cut in 0usize..4) {
        let mut bytes: Vec<char> = value.to_string().chars().collect();
        let at = at.index(bytes.len() + 1).min(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, put.chars());
        let text: String = bytes.into_iter().collect();
        // Ours also refuses to nest deeper, which so short a text doesn't.
        agree(&text);
    }
}

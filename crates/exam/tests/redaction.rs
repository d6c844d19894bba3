//! What is shown tells no answer: no key, partner, accepted text, rubric or feedback, and names that say nothing.

mod common;

use std::collections::BTreeSet;

use common::*;
use exam::*;
use serde_json::Value;

fn shown(draft: &ItemDraft, attempt: &str) -> ShownItem {
    checked(draft.clone()).shown(Shuffle { seed: &seed(attempt), options: true })
}

/// Every key of every object, and every text.
fn walk(value: &Value, keys: &mut BTreeSet<String>, texts: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                keys.insert(key.clone());
                walk(value, keys, texts);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| walk(value, keys, texts)),
        Value::String(text) => texts.push(text.clone()),
        _ => {}
    }
}

#[test]
fn no_kind_shows_an_answer() {
    let allowed: BTreeSet<String> = [
        "id",
        "stem",
        "zh",
        "en",
        "marks",
        "body",
        "kind",
        "options",
        "words",
        "blanks",
        "by",
        "entries",
        "left",
        "right",
        "length_most",
        "parts",
        "unit",
        "is",
        "symbol",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    let secrets =
        ["秘密", "secret", "反馈", "220V", "二百二十伏", "keyword", "31.4159", "0.0123", "kWh", "评分项", "q-"];
    for draft in every_kind() {
        for attempt in ["1", "2", "3"] {
            let json = serde_json::to_value(shown(&draft, attempt)).unwrap();
            let (mut keys, mut texts) = (BTreeSet::new(), Vec::new());
            walk(&json, &mut keys, &mut texts);
            assert!(keys.is_subset(&allowed), "{}: {keys:?}", draft.id);
            let text = json.to_string();
            for secret in secrets {
                assert!(!text.contains(secret), "{}: {secret} in {text}", draft.id);
            }
            // Nothing says true or false, and no number but the length of a short answer is there.
            assert!(!text.contains("true") && !text.contains("false"), "{text}");
        }
    }
}

/// The key is changed, and nothing else: what is shown stays the same to the byte.
#[test]
fn what_is_shown_does_not_depend_on_the_key() {
    let rotate = |draft: &ItemDraft| {
        let mut other = draft.clone();
        match &mut other.question.body {
            BodyDraft::Single { options } => {
                options[0].right = !options[0].right;
                options[1].right = !options[1].right;
            }
            BodyDraft::Multiple { options, credit } => {
                options.iter_mut().for_each(|option| option.right = !option.right);
                *credit = Credit::Minus;
            }
            BodyDraft::Judgement { truth } => *truth = !*truth,
            BodyDraft::Blank { blanks, .. } => {
                blanks[0] = BlankDraft::Typed { accepts: vec!["other".into()], fold: Fold::default() };
                if let BlankDraft::Chosen { options } = &mut blanks[2] {
                    options.iter_mut().for_each(|option| option.right = !option.right);
                }
            }
            BodyDraft::Short { rubric, .. } => rubric[0].name = Words::zh("别的"),
            BodyDraft::Numeric { value, .. } => *value = "7".into(),
            BodyDraft::Match { pairs, .. } => {
                // The same two lists, other partners.
                let words = pairs[0].right.clone();
                pairs[2].right = pairs[1].right.clone();
                pairs[0].right = words;
            }
            BodyDraft::Order { .. } | BodyDraft::Case { .. } => {}
        }
        other.question.explanation = Words::zh("别的");
        other
    };
    for draft in every_kind() {
        let other = rotate(&draft);
        assert_eq!(shown(&draft, "1"), shown(&other, "1"), "{}", draft.id);
    }
}

/// An order and the right side of a match stand in no order that would be the key, also where options are not shuffled.
#[test]
fn an_order_that_is_the_key_is_never_kept() {
    let (mut kept_order, mut kept_right) = (0, 0);
    for attempt in 0..240 {
        let seed = seed(&attempt.to_string());
        let shuffle = Shuffle { seed: &seed, options: false };
        let ShownBody::Order { entries } = checked(order(Credit::PerPart)).shown(shuffle).body else { panic!() };
        kept_order += u32::from(entries.iter().map(|one| one.words.zh.as_str()).eq(["停电", "验电", "接地", "挂牌"]));
        let ShownBody::Match { right, .. } = checked(matching(Credit::PerPart)).shown(shuffle).body else { panic!() };
        kept_right += u32::from(right.iter().map(|one| one.words.zh.as_str()).eq(["伏", "安", "欧"]));
    }
    // One of 24 and one of 6 by chance: 10 and 40.
    assert!((1..30).contains(&kept_order) && (15..70).contains(&kept_right), "{kept_order} {kept_right}");
}

#[test]
fn names_belong_to_one_attempt_and_say_nothing() {
    let names = |attempt: &str, draft: &ItemDraft| -> Vec<String> {
        let (mut keys, mut texts) = (BTreeSet::new(), Vec::new());
        walk(&serde_json::to_value(shown(draft, attempt)).unwrap(), &mut keys, &mut texts);
        texts
            .into_iter()
            .filter(|text| text.len() == 8 && text != "multiple" && text.bytes().all(|b| b.is_ascii_alphanumeric()))
            .collect()
    };
    let mut all = BTreeSet::new();
    let mut count = 0;
    for draft in [single(), multiple(Credit::PerPart), order(Credit::PerPart), matching(Credit::PerPart)] {
        for attempt in ["1", "2", "3", "4"] {
            let found = names(attempt, &draft);
            count += found.len();
            all.extend(found);
        }
    }
    assert_eq!((all.len(), count), (4 * (5 + 6 + 5 + 7), 4 * (5 + 6 + 5 + 7)));
}

#[test]
fn an_option_that_stays_keeps_its_place() {
    let mut draft = single();
    let BodyDraft::Single { options } = &mut draft.question.body else { panic!() };
    options[3].stays = true;
    for attempt in 0..20 {
        let ShownBody::Single { options } = shown(&draft, &attempt.to_string()).body else { panic!() };
        assert_eq!(options[3].words.zh, "黄");
    }
}

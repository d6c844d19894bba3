//! What no input may do to the readers at the door: panic, hang, or pass with something that the hall can't keep.

use kernel::Scope;
use proptest::prelude::*;
use serde::Deserialize;
use web::{directory, read_json, wire};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Given {
    run: wire::RunId,
    mark: wire::Mark,
    at: Option<wire::Timestamp>,
    scope: Option<wire::Scope>,
    steps: Vec<u8>,
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Err(problem) = read_json::<Given>(&bytes) {
            prop_assert!(matches!(problem.status().as_u16(), 400 | 422));
        }
    }

    /// Near misses: valid JSON whose parts are anything.
    #[test]
    fn any_parts_are_read_or_named(run in ".{0,70}", mark in "[-0-9.eN]{0,14}", at in "[-0-9TZ:.+]{0,30}") {
        let body = serde_json::json!({"run": run, "mark": mark, "at": at, "steps": []}).to_string();
        match read_json::<Given>(body.as_bytes()) {
            Ok(given) => {
                prop_assert!(given.run.as_str().len() <= kernel::ID_LEN_MAX);
                prop_assert_eq!(given.mark.to_string().parse::<kernel::Mark>().unwrap(), given.mark.0);
            }
            Err(problem) => {
                prop_assert_eq!(problem.status().as_u16(), 422);
                let (path, text) = problem.fields().next().unwrap();
                prop_assert!(["run", "mark", "at"].contains(&path), "{}", path);
                let said = !text.zh.is_empty() && !text.en.is_empty() && !text.en.contains(char::from(0x1f));
                prop_assert!(said, "{:?}", text);
            }
        }
    }

    #[test]
    fn a_scope_text_is_a_scope_or_none(text in "(hall|contest|venue|organisation|x)?(/[a-z_0-9A-Z]{0,5}){0,3}") {
        if let Some(scope) = directory::scope_from(&text) {
            prop_assert_eq!(directory::scope_text(&scope), text);
        }
    }

    #[test]
    fn a_scope_survives_wire_and_table(contest in "[a-z0-9_-]{1,64}", venue in "[a-z0-9_-]{1,64}") {
        let scope = Scope::Venue(contest.parse().unwrap(), venue.parse().unwrap());
        prop_assert_eq!(directory::scope_from(&directory::scope_text(&scope)), Some(scope.clone()));
        let json = serde_json::to_string(&wire::Scope::from(scope.clone())).unwrap();
        prop_assert_eq!(Scope::from(serde_json::from_str::<wire::Scope>(&json).unwrap()), scope);
    }
}

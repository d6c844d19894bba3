//! What a collection is asked for: objects whose references name something, or nothing.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use bytes::Bytes;
use serde_json::Value;

use super::refusal::Refusal;
use super::shelf::Kind;

pub type Asked = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// Conditions that must all be met.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Filter(Vec<(String, String)>);

/// References to one other thing: what the standard filters by.
const fn references(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Teams => &["organization_id"],
        Kind::Submissions => &["language_id", "problem_id", "team_id"],
        Kind::Judgements => &["submission_id", "judgement_type_id"],
        Kind::Runs => &["judgement_id", "judgement_type_id"],
        _ => &[],
    }
}

impl Filter {
    pub fn read(kind: Kind, asked: Asked) -> Result<Filter, Refusal> {
        let pairs = pairs(asked)?;
        for (name, _) in &pairs {
            if !references(kind).contains(&name.as_str()) {
                let shown: String = name.chars().take(80).collect();
                return Err(Refusal::bad_request(
                    format!("{} 不能按 {shown} 筛选", kind.name()),
                    format!("{} can't be filtered by {shown}", kind.name()),
                ));
            }
        }
        Ok(Filter(pairs))
    }

    pub fn lets_through(&self, object: &Bytes) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let Ok(object) = serde_json::from_slice::<Value>(object) else { return false };
        // An empty value asks for what refers to nothing.
        self.0.iter().all(|(name, wanted)| object[name.as_str()].as_str().unwrap_or_default() == wanted)
    }
}

pub fn pairs(asked: Asked) -> Result<Vec<(String, String)>, Refusal> {
    match asked {
        Ok(Query(pairs)) => Ok(pairs),
        Err(_) => Err(Refusal::bad_request("链接中的参数无法识别", "The parameters of the address can't be read")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Asked {
        Ok(Query(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()))
    }

    #[test]
    fn all_conditions_hold_and_an_empty_one_asks_for_none() {
        let object = Bytes::from(r#"{"id":"s","team_id":"a","problem_id":"A"}"#);
        for (pairs, lets) in [
            (&[][..], true),
            (&[("team_id", "a")], true),
            (&[("team_id", "a"), ("problem_id", "A")], true),
            (&[("team_id", "a"), ("problem_id", "B")], false),
            (&[("language_id", "")], true),
            (&[("team_id", "")], false),
        ] {
            let filter = Filter::read(Kind::Submissions, asked(pairs)).unwrap();
            assert_eq!(filter.lets_through(&object), lets, "{pairs:?}");
        }
        assert!(Filter::read(Kind::Submissions, asked(&[("id", "s")])).is_err());
        assert!(Filter::read(Kind::Languages, asked(&[("team_id", "s")])).is_err());
    }
}

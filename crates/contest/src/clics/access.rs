//! What this interface offers, collection by collection. The event feed is not in the list: the standard's own table of types, to which it
//! refers, doesn't have it, and a client that takes each type of the list for a collection would wait for its end for ever.

use serde::Serialize;

use super::shelf::Kind;

#[derive(Debug, Serialize)]
pub struct Access {
    capabilities: [&'static str; 0],
    endpoints: Vec<Endpoint>,
}

#[derive(Debug, Serialize)]
struct Endpoint {
    #[serde(rename = "type")]
    kind: &'static str,
    properties: Vec<&'static str>,
}

pub fn access(blind: bool) -> Access {
    let offered = Kind::ALL.into_iter().filter(|kind| !properties(*kind, blind).is_empty());
    let mut endpoints: Vec<Endpoint> =
        offered.map(|kind| Endpoint { kind: kind.name(), properties: properties(kind, blind) }).collect();
    endpoints.push(Endpoint { kind: "scoreboard", properties: vec!["time", "contest_time", "state", "rows"] });
    Access { capabilities: [], endpoints }
}

/// Whether there is such a collection at all.
pub fn offers(kind: Kind, blind: bool) -> bool {
    !properties(kind, blind).is_empty()
}

fn properties(kind: Kind, blind: bool) -> Vec<&'static str> {
    let properties: &[&str] = match kind {
        Kind::Contest => {
            &["id", "name", "formal_name", "start_time", "duration", "scoreboard_freeze_duration", "scoreboard_type"]
        }
        Kind::JudgementTypes => &["id", "name", "solved"],
        Kind::Languages => &["id", "name", "entry_point_required", "extensions"],
        Kind::Problems => &["id", "label", "name", "ordinal", "test_data_count", "max_score"],
        Kind::Groups => &["id", "name", "type"],
        Kind::Organizations if blind => &[],
        Kind::Organizations => &["id", "name", "formal_name"],
        Kind::Teams if blind => &["id", "name", "label", "group_ids"],
        Kind::Teams => &["id", "name", "label", "organization_id", "group_ids"],
        Kind::Persons if blind => &[],
        Kind::Persons => &["id", "name", "role", "team_ids"],
        Kind::Submissions => &["id", "language_id", "problem_id", "team_id", "time", "contest_time", "files"],
        Kind::Judgements => &[
            "id",
            "submission_id",
            "judgement_type_id",
            "score",
            "current",
            "start_time",
            "start_contest_time",
            "end_time",
            "end_contest_time",
        ],
        Kind::Runs => &["id", "judgement_id", "ordinal", "judgement_type_id", "time", "contest_time"],
        Kind::Clarifications => &["id", "text", "time", "contest_time"],
        Kind::Awards => &["id", "citation", "team_ids"],
        Kind::State => &["started", "frozen", "ended", "thawed", "finalized", "end_of_updates"],
    };
    properties.to_vec()
}

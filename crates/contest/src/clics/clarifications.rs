//! What everybody is told: by which rules the contest is judged. Made from the rules' versions alone: words that people typed, reasons
//! and reports, stay inside the hall.

use serde::Serialize;

use super::moments::Moments;
use super::shelf::{Kind, Object};
use crate::arena::Arena;
use crate::rules::Rules;

/// So much of a hash tells two texts apart.
const HASH_SHOWN: usize = 12;

#[derive(Debug, Serialize)]
struct Clarification {
    id: String,
    text: String,
    time: String,
    contest_time: String,
}

pub fn objects(arena: &Arena) -> Vec<Object> {
    let moments = Moments::of(arena);
    arena.rules.versions().map(|rules| announced(rules, &moments)).collect()
}

fn announced(rules: &Rules, moments: &Moments) -> Object {
    let id = format!("rules-{}", rules.version);
    let (code, version) = (rules.scheme.scheme.code(), rules.version);
    let hash: String = rules.scheme.hash.chars().take(HASH_SHOWN).collect();
    let text = if version == 1 {
        format!(
            "本场赛事按评分方案 {code} 评判（规则第 {version} 版，摘要 {hash}）。 / \
             This contest is judged by the scheme {code} (rules version {version}, digest {hash})."
        )
    } else {
        format!(
            "自此开始的场次按规则第 {version} 版评判（评分方案 {code}，摘要 {hash}）。 / \
             Runs that begin from here on are judged by version {version} of the rules (scheme {code}, digest {hash})."
        )
    };
    let shape =
        Clarification { id: id.clone(), text, time: rules.at.to_string(), contest_time: moments.since_start(rules.at) };
    Object::of(Kind::Clarifications, id, &shape)
}

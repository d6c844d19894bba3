//! The standing of the final as a file: who has what, why he ranks where he ranks, and everything the referee found.
//!
//! Read through the hall's own doors. It names nothing that is another in another play of the same seed: no ids, and times only as offsets
//! from the start of the run. So two finals of one seed, at whatever speed and on whatever machine, give the same bytes.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::setup::Set;

/// The shape and its version; described in `docs/operations.md`.
pub const FORMAT: &str = "guildhall/standing/1";

/// Somebody who may read the standing of the final.
#[derive(Debug, Clone)]
pub struct Exporter {
    organiser: Client,
    contest: String,
}

impl Exporter {
    pub(crate) fn new(set: &Set) -> Exporter {
        Exporter { organiser: set.organiser.clone(), contest: set.contest.clone() }
    }

    /// Writes the standing as it is now; a file that is there is replaced whole or not at all.
    pub async fn write(&self, path: &Path) -> anyhow::Result<()> {
        let standing = self.standing().await?;
        let mut text = serde_json::to_string_pretty(&standing)?;
        text.push('\n');
        let mut half = path.as_os_str().to_owned();
        half.push(".part");
        std::fs::write(&half, text)
            .and_then(|()| std::fs::rename(&half, path))
            .with_context(|| format!("{} can't be written", path.display()))
    }

    async fn standing(&self) -> anyhow::Result<Value> {
        let base = format!("/api/contests/{}", self.contest);
        let contest = self.organiser.get(&base).await?;
        if contest["state"] == "frozen" || contest["state"] == "review" {
            bail!("the board is frozen: there is no standing before it is published");
        }
        let entries = self.organiser.list(&format!("{base}/entries")).await?;
        let ranking = self.organiser.list(&format!("{base}/ranking")).await?;
        let runs = self.organiser.list(&format!("{base}/runs")).await?;
        let verdicts = self.organiser.list(&format!("{base}/verdicts")).await?;
        Ok(json!({
            "format": FORMAT,
            "contest": {
                "name": contest["name"],
                "scheme": contest["scheme_id"],
                "scheme_version": contest["scheme_version"],
                "scheme_hash": contest["scheme_hash"],
                "state": contest["state"],
                "max": contest["max"],
                "modules": contest["modules"],
                "abilities": contest["abilities"],
            },
            "entries": entries_of(&contest, &entries, &ranking),
            "verdicts": verdicts_of(&runs, &verdicts),
        }))
    }
}

/// Best first, as they rank.
fn entries_of(contest: &Value, entries: &[Value], ranking: &[Value]) -> Vec<Value> {
    let entered: HashMap<&str, &Value> =
        entries.iter().filter_map(|entry| Some((entry["id"].as_str()?, entry))).collect();
    let marks = |parts: &Value, marks: &Value| -> Map<String, Value> {
        let codes = parts.as_array().into_iter().flatten().filter_map(|part| part["code"].as_str());
        codes.map(str::to_owned).zip(marks.as_array().into_iter().flatten().cloned()).collect()
    };
    let seen = ranking.iter().filter_map(|ranked| {
        let entry = entered.get(ranked["entry"].as_str()?)?;
        Some(json!({
            "no": entry["no"],
            "name": entry["name"],
            "team": entry["team_name"],
            "group": entry["group"],
            "rank": ranked["rank"],
            "group_rank": ranked["group_rank"],
            "total": ranked["total"],
            "modules": marks(&contest["modules"], &ranked["modules"]),
            "abilities": marks(&contest["abilities"], &ranked["abilities"]),
            "aspects_done": ranked["aspects_done"],
            "why": ranked["why"],
        }))
    });
    seen.collect()
}

/// By entry and module, in each in the order in which the referee found them.
fn verdicts_of(runs: &[Value], verdicts: &[Value]) -> Vec<Value> {
    let runs: HashMap<&str, &Value> = runs.iter().filter_map(|run| Some((run["id"].as_str()?, run))).collect();
    let mut found: BTreeMap<(&str, &str, usize), Value> = BTreeMap::new();
    let mut seen = std::collections::HashSet::new();
    // Listed newest first. What was found while the pages were read may have moved a verdict to the next page too.
    for (newness, verdict) in verdicts.iter().enumerate().rev() {
        let known = verdict["run"].as_str().and_then(|run| runs.get(run));
        let Some(run) = known.filter(|_| seen.insert(verdict["id"].as_str())) else { continue };
        let (Some(no), Some(module)) = (verdict["entry_no"].as_str(), run["module"].as_str()) else { continue };
        let offset_ms = verdict["at_ms"].as_i64().zip(run["opened_at_ms"].as_i64()).map(|(at, opened)| at - opened);
        let told = json!({
            "entry_no": no,
            "module": module,
            "aspect": verdict["aspect"],
            "rule": verdict["rule"],
            "offset_ms": offset_ms,
            "outcome": verdict["outcome"],
            "marks": verdict["marks"],
            "standing": verdict["standing"],
        });
        found.insert((no, module, verdicts.len() - newness), told);
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_told_by_run_with_offsets_and_once() {
        let runs = [
            json!({"id": "run_2", "module": "A", "opened_at_ms": 5_000}),
            json!({"id": "run_1", "module": "B", "opened_at_ms": 9_000}),
        ];
        let verdict = |id: &str, run: &str, no: &str, rule: &str, at_ms: i64| {
            json!({"id": id, "run": run, "entry_no": no, "rule": rule, "aspect": "A1.1", "outcome": "met", "marks": "0.50",
                   "standing": "counted", "at_ms": at_ms})
        };
        // Newest first; the second is on two pages.
        let listed = [
            verdict("v4", "run_1", "A02", "late", 9_700),
            verdict("v3", "run_2", "A01", "second", 6_000),
            verdict("v3", "run_2", "A01", "second", 6_000),
            verdict("v2", "run_2", "A01", "first", 5_100),
            verdict("v1", "run_9", "A03", "of no run", 1),
        ];
        let told = verdicts_of(&runs, &listed);
        let brief: Vec<_> = told.iter().map(|one| (one["rule"].as_str().unwrap(), one["offset_ms"].as_i64())).collect();
        assert_eq!(brief, [("first", Some(100)), ("second", Some(1_000)), ("late", Some(700))]);
    }

    #[test]
    fn entries_have_their_marks_by_code_in_the_order_of_ranks() {
        let contest = json!({"modules": [{"code": "A"}, {"code": "B"}], "abilities": [{"code": "safety"}]});
        let entries =
            [json!({"id": "ent_1", "no": "A01", "name": "甲"}), json!({"id": "ent_2", "no": "A02", "name": "乙"})];
        let ranked = |entry: &str, rank: u32| json!({"entry": entry, "rank": rank, "total": "3.00", "modules": ["1.00", "2.00"], "abilities": ["3.00"]});
        let told = entries_of(&contest, &entries, &[ranked("ent_2", 1), ranked("ent_1", 2), ranked("ent_9", 3)]);
        assert_eq!(told.len(), 2);
        assert_eq!((&told[0]["no"], &told[0]["rank"]), (&json!("A02"), &json!(1)));
        assert_eq!(told[1]["modules"], json!({"A": "1.00", "B": "2.00"}));
        assert_eq!(told[1]["abilities"], json!({"safety": "3.00"}));
    }
}

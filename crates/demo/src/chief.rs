//! The simulated chief judge: confirms or rejects what waits, and sees when everything is in; how a final ends then: [`after`].
//!
//! While the contest goes on he is slow and leaves some verdicts to a visitor. In a final he looks through each sheet once it is complete.
//! What he decides on a verdict follows from seed, competitor, aspect, rule and the verdict's place among those of its rule.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use kernel::Clock;
use serde_json::{Value, json};

use crate::client::Refused;
use crate::judges::SecondThoughts;
use crate::setup::Set;
use crate::{Scenario, Staged, after, decide};

/// So many verdicts are left for a visitor.
const LEFT_WAITING: usize = 4;
/// A verdict is left alone for so long.
const PATIENCE_MS: i64 = 25_000;
pub const LOOKS_EVERY_MS: f64 = 4_000.0;

/// Decides until the contest is no more; a final ends here.
pub async fn oversee(staged: Arc<Staged>, set: Arc<Set>, pending: SecondThoughts) -> anyhow::Result<()> {
    let mut settled = BTreeSet::new();
    loop {
        staged.clock.pass(LOOKS_EVERY_MS).await;
        match staged.scenario {
            Scenario::Live => decide_the_oldest(&staged, &set).await?,
            // Nobody has to be overseen where everything is over.
            Scenario::Season => return Ok(()),
            Scenario::Final => {
                let all = look_through(&staged, &set, &mut settled).await?;
                if all && pending.load(Ordering::SeqCst) == 0 {
                    return after::finish(&staged, &set).await;
                }
            }
        }
    }
}

async fn decide_the_oldest(staged: &Staged, set: &Set) -> anyhow::Result<()> {
    let waiting = set.chief.list(&format!("/api/contests/{}/verdicts?state=waiting", set.contest)).await?;
    let now = staged.clock.now().as_millis();
    // Newest first: the oldest beyond those left are decided.
    let due = waiting
        .iter()
        .skip(LEFT_WAITING)
        .filter(|verdict| verdict["at_ms"].as_i64().is_some_and(|at| now - at >= PATIENCE_MS));
    let due: Vec<&str> = due.filter_map(|verdict| verdict["id"].as_str()).collect();
    let runs: BTreeSet<&str> = waiting
        .iter()
        .filter(|verdict| verdict["id"].as_str().is_some_and(|id| due.contains(&id)))
        .filter_map(|verdict| verdict["run"].as_str())
        .collect();
    for run in runs {
        let sheet = sheet(set, run).await?;
        decide_on(staged, set, &sheet, |verdict| verdict["id"].as_str().is_some_and(|id| due.contains(&id))).await?;
    }
    Ok(())
}

async fn sheet(set: &Set, run: &str) -> anyhow::Result<Value> {
    set.chief.get(&format!("/api/contests/{}/runs/{run}/sheet", set.contest)).await
}

pub fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Decides verdicts of a sheet that wait. One that the referee could not decide waits for a judge, whose mark by hand settles it.
async fn decide_on(staged: &Staged, set: &Set, sheet: &Value, is_due: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
    let no = sheet["entry_no"].as_str().unwrap_or_default();
    for aspect in list(sheet, "aspects") {
        let code = aspect["code"].as_str().unwrap_or_default();
        let mut places: HashMap<&str, u32> = HashMap::new();
        for verdict in list(aspect, "verdicts") {
            let (Some(id), Some(rule)) = (verdict["id"].as_str(), verdict["rule"].as_str()) else { continue };
            let place = places.entry(rule).or_default();
            *place += 1;
            if verdict["waits"] != true || verdict["outcome"] == "undecided" || !is_due(verdict) {
                continue;
            }
            let drawn = decide(staged.seed, &["decision", no, code, rule, &place.to_string()]).below(9);
            let decision = if drawn == 0 {
                json!({"decision": "reject", "reason": "现场复核：传感器误报"})
            } else {
                json!({"decision": "confirm"})
            };
            let path = format!("/api/contests/{}/verdicts/{id}/decision", set.contest);
            match set.chief.post(&path, &decision).await {
                Ok(_) => {}
                // A visitor was quicker.
                Err(error) if error.is::<Refused>() => tracing::debug!("{error:#}"),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Decides what waits on complete sheets. Says whether all runs are closed, judged to their end, marked and decided.
async fn look_through(staged: &Staged, set: &Set, settled: &mut BTreeSet<String>) -> anyhow::Result<bool> {
    let runs = set.chief.list(&format!("/api/contests/{}/runs", set.contest)).await?;
    for run in &runs {
        let complete = run["state"] == "closed" && run["judged"] == true && run["given"] == run["expected"];
        let Some(id) = run["id"].as_str().filter(|id| complete && !settled.contains(*id)) else { continue };
        let sheet = sheet(set, id).await?;
        let is_settled = list(&sheet, "aspects").iter().all(|aspect| {
            let decided = list(aspect, "verdicts").iter().all(|verdict| verdict["waits"] != true);
            aspect["type"] == "theory" || (aspect["state"] == "marked" && decided)
        });
        if is_settled {
            settled.insert(id.to_owned());
        } else {
            decide_on(staged, set, &sheet, |_| true).await?;
        }
    }
    Ok(settled.len() == runs.len())
}

//! The simulated chief judge: confirms or rejects what waits, but slowly, so that a visitor finds some to decide; ends the final.

use std::sync::Arc;

use kernel::Clock;
use serde_json::json;

use crate::client::Refused;
use crate::setup::Set;
use crate::{Scenario, Staged, decide};

/// So many verdicts are left for a visitor.
const LEFT_WAITING: usize = 4;
/// A verdict is left alone for so long.
const PATIENCE_MS: i64 = 25_000;

pub async fn oversee(staged: Arc<Staged>, set: Arc<Set>) -> anyhow::Result<()> {
    let chief = &set.chief;
    loop {
        staged.clock.pass(4_000.0).await;
        let waiting = chief.list(&format!("/api/contests/{}/verdicts?state=waiting", set.contest)).await?;
        let left = if staged.scenario == Scenario::Final { 0 } else { LEFT_WAITING };
        // Newest first: the oldest beyond those left are decided.
        for verdict in waiting.iter().skip(left) {
            let (Some(id), Some(at)) = (verdict["id"].as_str(), verdict["at_ms"].as_i64()) else { continue };
            if verdict["outcome"] == "undecided" && staged.scenario == Scenario::Live {
                continue;
            }
            if staged.clock.now().as_millis() - at < PATIENCE_MS && staged.scenario == Scenario::Live {
                continue;
            }
            let reject = verdict["outcome"] == "undecided" || decide(staged.seed, &["decision", id]).below(9) == 0;
            let decision = if reject {
                json!({"decision": "reject", "reason": "现场复核：传感器误报"})
            } else {
                json!({"decision": "confirm"})
            };
            let path = format!("/api/contests/{}/verdicts/{id}/decision", set.contest);
            match chief.post(&path, &decision).await {
                Ok(_) => {}
                // A visitor was quicker.
                Err(error) if error.is::<Refused>() => tracing::debug!("{error:#}"),
                Err(error) => return Err(error),
            }
        }
        if staged.scenario == Scenario::Final && over(&set).await? {
            return end(&staged, &set).await;
        }
    }
}

async fn over(set: &Set) -> anyhow::Result<bool> {
    let open = |state: &str| format!("/api/contests/{}/runs?state={state}", set.contest);
    for state in ["waiting", "open", "stopped"] {
        if !set.chief.list(&open(state)).await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn end(staged: &Staged, set: &Set) -> anyhow::Result<()> {
    let path = format!("/api/contests/{}/state", set.contest);
    for (to, reason, ms) in [("frozen", "封榜", 20_000.0), ("review", "复核", 5_000.0), ("final", "公布", 0.0)] {
        set.chief.post(&path, &json!({"to": to, "reason": reason, "even_so": to == "final"})).await?;
        staged.clock.pass(ms).await;
    }
    tracing::info!("the final is over");
    Ok(())
}

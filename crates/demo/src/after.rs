//! What follows the last mark of a final: the board is frozen, the result reviewed and rechecked, the draw undone, signatures, publication; an appeal
//! that is upheld, and the result signed and published again.
//!
//! The recheck finds more wrong than is allowed, so that everybody is looked at: then it is no matter of chance whose marks are corrected, and two finals of one
//! seed end alike whichever sample the hall drew.

use serde_json::{Value, json};

use crate::chief::{LOOKS_EVERY_MS, list};
use crate::client::Refused;
use crate::setup::Set;
use crate::{Staged, decide};

/// One mark in so many was read wrong from the judge's form: twice what a rule set allows.
const MISREAD_ONE_IN: u64 = 10;

pub async fn finish(staged: &Staged, set: &Set) -> anyhow::Result<()> {
    let path = format!("/api/contests/{}/state", set.contest);
    for (to, reason, ms) in [("frozen", "封榜", 20_000.0), ("review", "复核", 5_000.0)] {
        set.chief.post(&path, &json!({"to": to, "reason": reason})).await?;
        staged.clock.pass(ms).await;
    }
    recheck(staged, set).await?;
    publish(staged, set).await?;
    staged.clock.pass(LOOKS_EVERY_MS).await;
    if appeal(set).await? {
        publish(staged, set).await?;
    }
    tracing::info!("the final is over");
    Ok(())
}

/// Undone, signed, published. What came in since the last look is waited for: nobody publishes over it.
async fn publish(staged: &Staged, set: &Set) -> anyhow::Result<()> {
    let path = format!("/api/contests/{}/state", set.contest);
    agree(set).await?;
    while let Err(error) = set.chief.post(&path, &json!({"to": "final", "reason": "公布"})).await {
        if !is_refused(&error, "results_not_ready") {
            return Err(error);
        }
        tracing::debug!("{error:#}");
        staged.clock.pass(LOOKS_EVERY_MS).await;
        agree(set).await?;
    }
    Ok(())
}

fn is_refused(error: &anyhow::Error, code: &str) -> bool {
    error.downcast_ref::<Refused>().is_some_and(|said| said.body["code"] == code)
}

/// The chief judge orders the recheck, once the referee has seen everything to its end; the supervisor, who has marked and decided nothing, looks at everybody who is chosen, and, when too much was wrong,
/// at everybody else.
async fn recheck(staged: &Staged, set: &Set) -> anyhow::Result<()> {
    let path = format!("/api/contests/{}/recheck", set.contest);
    while let Err(error) = set.chief.post(&path, &json!({"public_part": null})).await {
        if !is_refused(&error, "recheck_state") {
            return Err(error);
        }
        tracing::debug!("{error:#}");
        staged.clock.pass(LOOKS_EVERY_MS).await;
    }
    loop {
        let seen = set.supervisor.get(&path).await?;
        let entries = list(&seen["ordered"], "entries");
        let left: Vec<&str> = entries
            .iter()
            .filter(|entry| entry["is_wanted"] == true && entry["done"].is_null())
            .filter_map(|entry| entry["entry"].as_str())
            .collect();
        if left.is_empty() {
            return Ok(());
        }
        for entry in left {
            let one = format!("{path}/entries/{entry}");
            let sheet = set.supervisor.get(&one).await?;
            let no = sheet["no"].as_str().unwrap_or_default();
            let differences: Vec<Value> =
                list(&sheet, "aspects").iter().filter_map(|aspect| misread(staged.seed, no, aspect)).collect();
            set.supervisor.post(&one, &json!({"differences": differences})).await?;
        }
    }
}

/// What the form says where somebody read it wrong: half a mark more, or less where there is no more.
fn misread(seed: u64, no: &str, aspect: &Value) -> Option<Value> {
    let code = aspect["code"].as_str()?;
    // A judge's own figures only: what the referee found stands in its recording.
    if list(aspect, "given").is_empty() || decide(seed, &["misread", no, code]).below(MISREAD_ONE_IN) != 0 {
        return None;
    }
    let hundredths = |name: &str| Some((aspect[name].as_str()?.parse::<f64>().ok()? * 100.0).round() as i64);
    let (mark, max) = (hundredths("mark")?, hundredths("max")?);
    let found = if mark + 50 <= max { mark + 50 } else { (mark - 50).max(0) };
    let found = format!("{}.{:02}", found / 100, found % 100);
    Some(json!({"aspect": code, "found": found, "reason": "与裁判评分表不一致，以评分表为准"}))
}

/// Chief judge and supervisor undo the draw for the result, by numbers, that each of them sees, and then sign it. Where it changes meanwhile, they
/// do so again.
async fn agree(set: &Set) -> anyhow::Result<()> {
    let contest = format!("/api/contests/{}", set.contest);
    for what in ["draw/undoing", "results/signatures"] {
        for (client, role) in [(&set.chief, "chief_judge"), (&set.supervisor, "supervisor")] {
            let seen = client.get(&format!("{contest}/results")).await?;
            let agreed = json!({"role": role, "digest": seen["digest"]});
            match client.post(&format!("{contest}/{what}"), &agreed).await {
                Ok(_) => {}
                Err(error) if error.is::<Refused>() => tracing::debug!("{error:#}"),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// A competitor doubts a mark, and he is right: an arbitrator corrects it. Says whether the result has to be published again.
async fn appeal(set: &Set) -> anyhow::Result<bool> {
    let contest = format!("/api/contests/{}", set.contest);
    let mine = set.competitor.get(&format!("{contest}/mine")).await?;
    let lower = |aspect: &&Value| {
        let mark = |name: &str| aspect[name].as_str().and_then(|text| text.parse::<f64>().ok());
        mark("mark").zip(mark("max")).is_some_and(|(mark, max)| mark < max)
    };
    // The first that isn't full already.
    let found = list(&mine, "may_appeal").iter().find_map(|module| {
        let aspect = list(module, "aspects").iter().find(lower)?;
        Some((module["module"]["code"].clone(), aspect.clone()))
    });
    let Some((module, aspect)) = found else { return Ok(false) };
    let asks = json!({"module": module, "aspects": [aspect["code"]], "text": "裁判漏记一步，现场录像可查。", "asks": "按录像更正"});
    let made = set.competitor.post(&format!("{contest}/appeals"), &asks).await?;
    let answer = format!("{contest}/appeals/{}/answer", made["id"].as_str().unwrap_or_default());
    let corrections = json!([{"aspect": aspect["code"], "marks": aspect["max"], "reason": "录像证实该步已完成"}]);
    set.arbitrator
        .post(&answer, &json!({"decision": "upheld", "reason": "调阅现场录像，申诉属实", "corrections": corrections}))
        .await?;
    Ok(true)
}

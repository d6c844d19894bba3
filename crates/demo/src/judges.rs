//! Simulated judges: they mark while a run goes on, differ in severity, disagree now and then, and correct themselves.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::client::Refused;
use crate::setup::{Set, SignedJudge};
use crate::{Staged, cast, decide};
use kernel::{Clock, Rng};

/// Aspects that a judge marks at one visit of a sheet.
const AT_ONCE: usize = 3;

pub async fn mark(staged: Arc<Staged>, set: Arc<Set>, judge: SignedJudge) -> anyhow::Result<()> {
    // A visitor marks in the place of the last judge of each venue.
    if judge.login.ends_with(&format!("-{}", cast::JUDGES)) {
        return Ok(());
    }
    let mut pace = decide(staged.seed, &["pace", &judge.login]);
    let severity = 0.12 * decide(staged.seed, &["severity", &judge.login]).gauss();
    let mut corrected = 0u32;
    staged.clock.pass(2_000.0 + 2_000.0 * pace.unit()).await;
    loop {
        let runs = judge.client.list(&format!("/api/contests/{}/runs?state=open", set.contest)).await?;
        let closed = judge.client.list(&format!("/api/contests/{}/runs?state=closed", set.contest)).await?;
        let owed: Vec<&Value> =
            runs.iter().chain(&closed).filter(|run| run["mine_missing"].as_u64().unwrap_or(0) > 0).collect();
        for run in owed {
            let Some(id) = run["id"].as_str() else { continue };
            let sheet = judge.client.get(&format!("/api/contests/{}/runs/{id}/sheet", set.contest)).await?;
            let correct = corrected < 1_000 && pace.below(25) == 0;
            let marks = marks(&staged, &judge.login, severity, &sheet, correct);
            if marks.is_empty() {
                continue;
            }
            corrected += u32::from(correct);
            let sent =
                judge.client.post(&format!("/api/contests/{}/marks", set.contest), &json!({"marks": marks})).await;
            match sent {
                Ok(_) => {}
                // A round was opened or the contest closed meanwhile: the next visit sees it.
                Err(error) if error.is::<Refused>() => tracing::debug!(judge = judge.login, "{error:#}"),
                Err(error) => return Err(error),
            }
            if pace.below(120) == 0 {
                let said = json!({"text": "选手防护眼镜未佩戴，请裁判长关注"});
                judge.client.post(&format!("/api/contests/{}/runs/{id}/problems", set.contest), &said).await?;
            }
            staged.clock.pass(700.0 + 900.0 * pace.unit()).await;
        }
        staged.clock.pass(900.0 + 900.0 * pace.unit()).await;
    }
}

/// What a judge fills in now: some of what he owes, and perhaps a correction.
fn marks(staged: &Staged, login: &str, severity: f64, sheet: &Value, correct: bool) -> Vec<Value> {
    let (no, module) =
        (sheet["entry_no"].as_str().unwrap_or_default(), sheet["module"]["code"].as_str().unwrap_or_default());
    let skill = cast::skill(staged.seed, no, module);
    let aspects = sheet["aspects"].as_array().map(Vec::as_slice).unwrap_or_default();
    let owed = aspects.iter().filter(|aspect| {
        aspect["assigned"] == true
            && aspect["mine"].is_null()
            && aspect["type"] != "automatic"
            && aspect["type"] != "theory"
    });
    let mut marks: Vec<Value> = owed
        .take(AT_ONCE)
        .filter_map(|aspect| mark_of(staged, login, severity, skill, no, sheet, aspect, None))
        .collect();
    let mine = aspects.iter().find(|aspect| !aspect["mine"].is_null() && aspect["type"] == "measurement");
    if let (true, Some(aspect)) = (correct, mine) {
        marks.extend(mark_of(staged, login, severity, skill, no, sheet, aspect, aspect["mine"]["id"].as_str()));
    }
    // What the referee could not decide is marked by hand, by one of the panel.
    let by_hand = aspects.iter().find(|aspect| aspect["state"] == "undecided" && aspect["mine"].is_null());
    if let Some(aspect) = by_hand.filter(|_| sheet["state"] == "closed" && login.ends_with("-1")) {
        marks.extend(mark_of(staged, login, severity, skill, no, sheet, aspect, None));
    }
    marks
}

#[allow(clippy::too_many_arguments)]
fn mark_of(
    staged: &Staged,
    login: &str,
    severity: f64,
    skill: f64,
    no: &str,
    sheet: &Value,
    aspect: &Value,
    replaces: Option<&str>,
) -> Option<Value> {
    let code = aspect["code"].as_str()?;
    let round = aspect["round"].as_u64()?;
    let again = if replaces.is_some() { "again" } else { "first" };
    let about = [login, no, code, &round.to_string(), again];
    let mut rng = decide(staged.seed, &about);
    // In a second round the judges have talked: their eyes are closer.
    let blur = if round > 1 { 0.03 } else { 0.16 };
    let severity = if round > 1 { 0.0 } else { severity };
    let seen = (skill - severity + blur * rng.gauss()).clamp(0.0, 1.0);
    let mark = json!({
        "id": mark_id(&mut rng),
        "run": sheet["run"],
        "aspect": code,
        "round": round,
        "value": value(&mut rng, aspect, seen, skill)?,
        "replaces": replaces,
        "reason": replaces.map(|_| "复核后更正"),
        "at": staged.clock.now().to_string(),
    });
    Some(mark)
}

fn value(rng: &mut Rng, aspect: &Value, seen: f64, skill: f64) -> Option<Value> {
    let how = &aspect["how"];
    let max: f64 = aspect["max"].as_str()?.parse().ok()?;
    let codes = |list: &Value| -> Vec<String> {
        list.as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .filter_map(|item| Some(item["code"].as_str()?.to_owned()))
            .collect()
    };
    Some(match how["kind"].as_str()? {
        "levels" => json!({"kind": "level", "level": (seen * 3.4).floor().min(3.0) as u32}),
        "panel" => {
            let step: f64 = how["step"].as_str()?.parse().ok()?;
            let steps = (max * seen / step).round().min((max / step).floor());
            json!({"kind": "marks", "marks": format!("{:.2}", steps * step)})
        }
        "yes_no" => json!({"kind": "yes_no", "yes": rng.unit() < 0.25 + 0.75 * skill}),
        "steps" => {
            let met: Vec<String> =
                codes(&how["steps"]).into_iter().filter(|_| rng.unit() < 0.15 + 0.85 * skill).collect();
            json!({"kind": "steps", "met": met})
        }
        "deductions" => {
            let counts: serde_json::Map<String, Value> = codes(&how["deductions"])
                .into_iter()
                .filter_map(|code| (rng.unit() > skill + 0.1).then(|| (code, json!(1 + rng.below(2)))))
                .collect();
            json!({"kind": "deductions", "counts": counts})
        }
        "tolerance" => {
            let number = |name: &str| how[name].as_str().and_then(|text| text.parse::<f64>().ok());
            let (target, zero) = (number("target")?, number("zero")?);
            let off = zero * 1.1 * (1.0 - skill) * rng.gauss();
            json!({"kind": "measured", "value": format!("{:.3}", target + off)})
        }
        "automatic" => json!({"kind": "marks", "marks": format!("{:.2}", (max * seen * 2.0).floor() / 2.0)}),
        _ => return None,
    })
}

fn mark_id(rng: &mut Rng) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let tail: String = (0..20).map(|_| char::from(ALPHABET[rng.below(32) as usize])).collect();
    format!("mrk_{tail}")
}

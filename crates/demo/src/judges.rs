//! Simulated judges: they mark while a run goes on, differ in severity, disagree now and then, and correct themselves.
//!
//! When a judge comes by is a matter of the moment. What he gives, what he corrects and what he reports follows from seed, judge, competitor
//! and aspect, and he goes on until he owes nothing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::client::Refused;
use crate::setup::{Set, SignedJudge};
use crate::{Scenario, Staged, cast, decide, stations};
use kernel::{Clock, Rng};

/// Aspects that a judge marks at one visit of a sheet.
const AT_ONCE: usize = 3;
/// Every so many rounds he looks at closed runs as well.
const LOOKS_BACK_EVERY: usize = 4;

/// How many marks judges are going to correct: the final is not over before they have.
pub type SecondThoughts = Arc<AtomicUsize>;

/// A mark that its judge is going to correct.
struct SecondThought {
    run: String,
    aspect: String,
}

struct Marking {
    staged: Arc<Staged>,
    set: Arc<Set>,
    judge: SignedJudge,
    severity: f64,
    pending: SecondThoughts,
    thoughts: Vec<SecondThought>,
    /// Runs of which he has said, or decided not to say, that there is a problem.
    looked_at: BTreeSet<String>,
}

pub async fn mark(
    staged: Arc<Staged>,
    set: Arc<Set>,
    judge: SignedJudge,
    pending: SecondThoughts,
) -> anyhow::Result<()> {
    // A visitor marks in the place of the last judge of each venue; a final has to come to its end without one.
    if staged.scenario == Scenario::Live && judge.login.ends_with(&format!("-{}", cast::JUDGES)) {
        return Ok(());
    }
    let mut pace = decide(staged.seed, &["pace", &judge.login]);
    let severity = 0.12 * decide(staged.seed, &["severity", &judge.login]).gauss();
    let clock = staged.clock.clone();
    let (thoughts, looked_at) = (Vec::new(), BTreeSet::new());
    let mut marking = Marking { staged, set, judge, severity, pending, thoughts, looked_at };
    clock.pass(2_000.0 + 2_000.0 * pace.unit()).await;
    for round in 0.. {
        let looks_back = round % LOOKS_BACK_EVERY == 0;
        marking.correct().await?;
        for run in marking.owed(looks_back).await? {
            marking.visit(&run).await?;
            clock.pass(700.0 + 900.0 * pace.unit()).await;
        }
        if looks_back && marking.judge.login.ends_with("-1") {
            marking.mark_by_hand().await?;
        }
        clock.pass(900.0 + 900.0 * pace.unit()).await;
    }
    Ok(())
}

impl Marking {
    fn path(&self, rest: &str) -> String {
        format!("/api/contests/{}{rest}", self.set.contest)
    }

    /// Runs whose sheets lack a mark of his.
    async fn owed(&self, looks_back: bool) -> anyhow::Result<Vec<String>> {
        let states = if looks_back { &["open", "stopped", "closed"][..] } else { &["open"] };
        let mut owed = Vec::new();
        for state in states {
            let runs = self.judge.client.list(&self.path(&format!("/runs?state={state}"))).await?;
            let missing = runs.iter().filter(|run| run["mine_missing"].as_u64().unwrap_or(0) > 0);
            owed.extend(missing.filter_map(|run| run["id"].as_str().map(str::to_owned)));
        }
        Ok(owed)
    }

    async fn sheet(&self, run: &str) -> anyhow::Result<Value> {
        self.judge.client.get(&self.path(&format!("/runs/{run}/sheet"))).await
    }

    /// Whether the hall took them.
    async fn submit(&self, marks: &[Value]) -> anyhow::Result<bool> {
        if marks.is_empty() {
            return Ok(true);
        }
        match self.judge.client.post(&self.path("/marks"), &json!({"marks": marks})).await {
            Ok(_) => Ok(true),
            // A round was opened, a visitor was quicker, or the contest closed meanwhile: the next visit sees it.
            Err(error) if error.is::<Refused>() => {
                tracing::debug!(judge = self.judge.login, "{error:#}");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Fills in some of what he owes to a sheet.
    async fn visit(&mut self, run: &str) -> anyhow::Result<()> {
        let sheet = self.sheet(run).await?;
        let owed: Vec<&Value> = aspects(&sheet)
            .filter(|aspect| {
                // What the referee only notes down is a judge's to count, once the run is over.
                let counts = aspect["policy"] == "shadow" && sheet["state"] == "closed";
                aspect["assigned"] == true
                    && aspect["mine"].is_null()
                    && (counts || aspect["type"] != "automatic")
                    && aspect["type"] != "theory"
            })
            .take(AT_ONCE)
            .collect();
        let marks: Vec<Value> = owed.iter().filter_map(|aspect| self.mark_of(&sheet, aspect, None)).collect();
        if self.submit(&marks).await? {
            for aspect in owed.iter().filter(|aspect| aspect["type"] == "measurement") {
                self.think_again(run, &sheet, aspect);
            }
        }
        let login = &self.judge.login;
        let (no, module) = (text(&sheet["entry_no"]), text(&sheet["module"]["code"]));
        let alarmed = decide(self.staged.seed, &["problem", login, no, module]).below(120) == 0;
        if self.looked_at.insert(run.to_owned()) && alarmed {
            let said = json!({"text": "选手防护眼镜未佩戴，请裁判长关注"});
            self.judge.client.post(&self.path(&format!("/runs/{run}/problems")), &said).await?;
        }
        Ok(())
    }

    /// One measurement in twenty-five is corrected later.
    fn think_again(&mut self, run: &str, sheet: &Value, aspect: &Value) {
        let (no, code) = (text(&sheet["entry_no"]), text(&aspect["code"]));
        if decide(self.staged.seed, &["corrects", &self.judge.login, no, code]).below(25) == 0 {
            self.pending.fetch_add(1, Ordering::SeqCst);
            self.thoughts.push(SecondThought { run: run.to_owned(), aspect: code.to_owned() });
        }
    }

    async fn correct(&mut self) -> anyhow::Result<()> {
        for thought in std::mem::take(&mut self.thoughts) {
            let sheet = self.sheet(&thought.run).await?;
            let aspect = aspects(&sheet).find(|aspect| aspect["code"] == thought.aspect.as_str());
            let mark = aspect.and_then(|aspect| self.mark_of(&sheet, aspect, aspect["mine"]["id"].as_str()));
            self.submit(mark.as_slice()).await?;
            self.pending.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(())
    }

    /// What the referee could not decide is marked by hand by one of the panel, once the referee has seen all of the run. While the contest
    /// goes on, every other is left to a visitor.
    async fn mark_by_hand(&self) -> anyhow::Result<()> {
        let waiting = self.judge.client.list(&self.path("/verdicts?state=waiting")).await?;
        let undecided = waiting.iter().filter(|verdict| verdict["outcome"] == "undecided");
        let undecided: BTreeSet<&str> = undecided.filter_map(|verdict| verdict["run"].as_str()).collect();
        if undecided.is_empty() {
            return Ok(());
        }
        for run in self.judge.client.list(&self.path("/runs?state=closed")).await? {
            let Some(id) = run["id"].as_str().filter(|id| run["judged"] == true && undecided.contains(id)) else {
                continue;
            };
            let sheet = self.sheet(id).await?;
            let by_hand = aspects(&sheet).filter(|aspect| {
                let about = ["by-hand", text(&sheet["entry_no"]), text(&aspect["code"])];
                aspect["state"] == "undecided"
                    && aspect["mine"].is_null()
                    && (self.staged.scenario == Scenario::Final || decide(self.staged.seed, &about).below(2) == 0)
            });
            let marks: Vec<Value> = by_hand.filter_map(|aspect| self.mark_of(&sheet, aspect, None)).collect();
            self.submit(&marks).await?;
        }
        Ok(())
    }

    /// A mark for each cycle that he saw done, up to the aspect's maximum.
    fn counted(&self, rng: &mut Rng, aspect: &Value, no: &str, module: &str) -> Option<Value> {
        let max: i64 = aspect["max"].as_str()?.parse::<f64>().ok()? as i64;
        let slip = i64::from(rng.below(MISCOUNTS_ONE_IN) == 0);
        let cycles = (stations::cycles_seen(&self.staged, no, module) - slip).clamp(0, max);
        Some(json!({"kind": "marks", "marks": format!("{cycles}.00")}))
    }

    fn mark_of(&self, sheet: &Value, aspect: &Value, replaces: Option<&str>) -> Option<Value> {
        let (no, module) = (text(&sheet["entry_no"]), text(&sheet["module"]["code"]));
        let skill = cast::skill(self.staged.seed, no, module);
        let (code, round) = (aspect["code"].as_str()?, aspect["round"].as_u64()?);
        let again = if replaces.is_some() { "again" } else { "first" };
        let mut rng = decide(self.staged.seed, &[&self.judge.login, no, code, &round.to_string(), again]);
        // In a second round the judges have talked: their eyes are closer.
        let blur = if round > 1 { 0.03 } else { 0.16 };
        let severity = if round > 1 { 0.0 } else { self.severity };
        let seen = (skill - severity + blur * rng.gauss()).clamp(0.0, 1.0);
        let mark = json!({
            "id": mark_id(&mut rng),
            "run": sheet["run"],
            "aspect": code,
            "round": round,
            "value": match aspect["policy"] == "shadow" {
                true => self.counted(&mut rng, aspect, no, module)?,
                false => value(&mut rng, aspect, seen, skill)?,
            },
            "replaces": replaces,
            "reason": replaces.map(|_| "复核后更正"),
            "at": self.staged.clock.now().to_string(),
        });
        Some(mark)
    }
}

/// One count in so many is wrong by one.
const MISCOUNTS_ONE_IN: u64 = 14;

fn aspects(sheet: &Value) -> impl Iterator<Item = &Value> {
    sheet["aspects"].as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
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

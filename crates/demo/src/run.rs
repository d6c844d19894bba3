//! A run at a station, as those see it who work its clock. A visitor may work the same clock in the control room: what he has done is found
//! and lived with. A run that he closed is over; one that he stopped is waited for.

use anyhow::Context;
use serde_json::{Value, json};

use crate::client::{Client, Refused};
use crate::clock::Turn;
use crate::gateway::Gateway;

/// What somebody else did to a clock is seen so soon.
pub const LOOKS_EVERY_MS: i64 = 2_000;
/// So often one looks again while a run is stopped, or while it can't begin.
const WAITS_MS: i64 = 1_000;
/// Refusals that say that things stand otherwise than one thought, not that something is wrong.
const NOT_NOW: [&str; 4] = ["run_state", "stale", "contest_not_open", "too_many_requests"];

/// A station and who works its clocks.
#[derive(Debug, Clone, Copy)]
pub struct Clocks<'s> {
    pub operator: &'s Client,
    pub contest: &'s str,
    pub station: &'s str,
}

#[derive(Debug)]
pub struct Run<'s> {
    clocks: Clocks<'s>,
    pub id: String,
    pub no: String,
    pub module: String,
    /// Its place among the runs of its station.
    pub place: usize,
    waits: bool,
}

impl<'s> Clocks<'s> {
    /// Its runs in the order of the plan: all of them, or those in a state.
    pub async fn runs(self, state: Option<&str>) -> anyhow::Result<Vec<Value>> {
        let state = state.map_or_else(String::new, |state| format!("&state={state}"));
        self.operator.list(&format!("/api/contests/{}/runs?station={}{state}", self.contest, self.station)).await
    }

    /// Opens the next run, or finds the one that a visitor has opened. `None` when all are closed.
    pub async fn begin(self, turn: &mut Turn) -> anyhow::Result<Option<Run<'s>>> {
        while let Some(run) = self.next().await? {
            if !run.waits || run.act(&json!({"act": "start"})).await.context("a run can't be started")? {
                return Ok(Some(run));
            }
            turn.pass(WAITS_MS).await;
        }
        Ok(None)
    }

    /// The run that is under way, or else the first that waits.
    async fn next(self) -> anyhow::Result<Option<Run<'s>>> {
        let runs = self.runs(None).await?;
        let first = |states: &[&str]| {
            runs.iter().position(|run| run["state"].as_str().is_some_and(|state| states.contains(&state)))
        };
        let Some(place) = first(&["open", "stopped"]).or_else(|| first(&["waiting"])) else { return Ok(None) };
        let text = |name: &str| {
            let text = runs[place][name].as_str();
            text.map(str::to_owned).with_context(|| format!("a run without its {name}"))
        };
        let (id, no, module) = (text("id")?, text("entry_no")?, text("module")?);
        Ok(Some(Run { clocks: self, id, no, module, place, waits: runs[place]["state"] == "waiting" }))
    }
}

impl Run<'_> {
    /// An act on the clock; false when the clock doesn't allow it any more.
    pub async fn act(&self, act: &Value) -> anyhow::Result<bool> {
        self.post("clock", act).await
    }

    pub async fn ask_for_a_judge(&self, checkpoint: Option<&str>) -> anyhow::Result<bool> {
        self.post("judge-requests", &json!({"checkpoint": checkpoint})).await
    }

    async fn post(&self, what: &str, body: &Value) -> anyhow::Result<bool> {
        let path = format!("/api/contests/{}/runs/{}/{what}", self.clocks.contest, self.id);
        match self.clocks.operator.post(&path, body).await {
            Ok(_) => Ok(true),
            Err(error) => {
                let said = error.downcast_ref::<Refused>().and_then(|said| said.body["code"].as_str());
                if !said.is_some_and(|code| NOT_NOW.contains(&code)) {
                    return Err(error);
                }
                tracing::debug!("{error:#}");
                Ok(false)
            }
        }
    }

    /// Whether the run is under way. One that was stopped is waited for.
    pub async fn goes_on(&self, turn: &mut Turn) -> anyhow::Result<bool> {
        let is_in = |runs: Vec<Value>| runs.iter().any(|run| run["id"] == self.id.as_str());
        loop {
            if is_in(self.clocks.runs(Some("open")).await?) {
                return Ok(true);
            }
            // Between the two looks it may have gone on.
            if !is_in(self.clocks.runs(Some("stopped")).await?) && !is_in(self.clocks.runs(Some("open")).await?) {
                return Ok(false);
            }
            turn.pass(WAITS_MS).await;
        }
    }

    /// The operator closes a run half a second after the last sample. By then the venue's gateway has it: a gateway that says it has told
    /// everything up to the close has told that one too.
    pub async fn close(&self, gateway: &Gateway, turn: &mut Turn) -> anyhow::Result<()> {
        turn.pass(400).await;
        gateway.has_taken_all().await;
        turn.pass(100).await;
        if self.goes_on(turn).await? {
            self.act(&json!({"act": "close"})).await.context("a run can't be closed")?;
        }
        Ok(())
    }
}

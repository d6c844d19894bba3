//! A run at a station, as those see it who work its clock. A visitor may work the same clock in the control room: what he has done is found
//! and lived with. A run that he closed is over; one that he stopped is waited for. A contest that he made final is over for everybody.

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

    /// Opens the next run, or finds the one that a visitor has opened. `None` when all are closed, or when the contest is
    /// final: a run that is open then stays so.
    pub async fn begin(self, turn: &mut Turn) -> anyhow::Result<Option<Run<'s>>> {
        while !self.is_final().await?
            && let Some(run) = self.next().await?
        {
            if !run.waits || run.act(&json!({"act": "start"})).await.context("a run can't be started")? {
                return Ok(Some(run));
            }
            turn.pass(WAITS_MS).await;
        }
        Ok(None)
    }

    /// Nobody's clocks are worked any more then, whatever they show.
    async fn is_final(self) -> anyhow::Result<bool> {
        let contest = self.operator.get(&format!("/api/contests/{}", self.contest)).await?;
        Ok(contest["state"] == "final")
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

    /// Whether the run is under way. One that was stopped is waited for, while it may go on.
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
            if self.clocks.is_final().await? {
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::extract::Query;
    use axum::http::StatusCode;
    use axum::routing::{get, post};
    use axum::{Json, Router};
    use tokio::net::TcpListener;

    use super::*;
    use crate::clock::DemoClock;

    /// The operator of a station with one run, in a contest that is final or not. What he does to the clock is refused once it is.
    async fn operator(is_final: Arc<AtomicBool>, state: &'static str) -> Client {
        let contest = async move || {
            let state = if is_final.load(Ordering::SeqCst) { "final" } else { "live" };
            Json(json!({"state": state}))
        };
        let runs = async move |Query(asked): Query<HashMap<String, String>>| {
            let run = json!({"id": "run_1", "entry_no": "A01", "module": "A", "state": state});
            let found = asked.get("state").is_none_or(|asked| asked == state).then_some(run);
            Json(json!({"items": Vec::from_iter(found), "next": null}))
        };
        let hall = Router::new()
            .route("/api/demo/session", post(async || Json(json!({"csrf_token": "once"}))))
            .route("/api/contests/cts_1", get(contest))
            .route("/api/contests/cts_1/runs", get(runs))
            .route(
                "/api/contests/cts_1/runs/run_1/clock",
                post(async || (StatusCode::CONFLICT, Json(json!({"code": "contest_not_open"})))),
            );
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, hall).await });
        Client::by_door(&base, "operator").await.unwrap()
    }

    #[tokio::test]
    async fn a_contest_that_a_visitor_made_final_leaves_nothing_to_play() {
        for state in ["open", "stopped", "waiting"] {
            let is_final = Arc::new(AtomicBool::new(false));
            let operator = operator(is_final.clone(), state).await;
            let clocks = Clocks { operator: &operator, contest: "cts_1", station: "stn_1" };
            let (_clock, mut turn) = DemoClock::start(1_000.0);
            if state == "waiting" {
                is_final.store(true, Ordering::SeqCst);
                assert!(clocks.begin(&mut turn).await.unwrap().is_none(), "it can't be started any more");
                continue;
            }
            let run = clocks.begin(&mut turn).await.unwrap().expect("it is under way");
            is_final.store(true, Ordering::SeqCst);
            assert_eq!(run.goes_on(&mut turn).await.unwrap(), state == "open");
            assert!(!run.act(&json!({"act": "close"})).await.unwrap());
            assert!(clocks.begin(&mut turn).await.unwrap().is_none(), "it is not played again");
        }
    }
}

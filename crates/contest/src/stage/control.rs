//! What only a control room sees: what is owed, what is wrong, who is there.

use std::collections::HashMap;

use kernel::{RunId, Timestamp};
use marking::{AspectIx, AspectState};
use serde_json::{Value, json};
use web::wire::Text;

use super::values::{aspect_code, encode, put};
use super::{Changes, Gateway, Gateways, LINK_SILENT_MS, Link, Presence, Stage, View};
use crate::arena::{Arena, EquipmentSaid, ProblemNow, VerdictNow};
use crate::event::Outcome;
use crate::panel::{Panel, Shortage};

impl Stage {
    /// What judges still owe to a run.
    pub(super) fn sheet(&self, arena: &Arena, id: &RunId, changes: &mut Changes) {
        let (Some(planned), Some(now)) = (arena.plan.run(id), arena.runs.get(id)) else { return };
        if now.clock.state() == "waiting" {
            return;
        }
        let owed = crate::sheet::owed(arena, planned);
        let station = arena.plan.station(&planned.station).map(|station| station.code.as_str());
        let no = arena.plan.entry(&planned.entry).map(|entry| entry.no.as_str());
        let missing: Vec<Value> =
            owed.missing.iter().map(|(judge, count)| json!({"judge": judge.person_name, "count": count})).collect();
        let value = (!owed.is_complete()).then(|| {
            // Why the panel is too small, where it is.
            // Who is barred narrows whose a number is: operators read this too.
            let told = owed.unmanned > 0 && !arena.plan.sealed;
            let short = if told { Shortage::of(arena, planned) } else { None };
            encode(json!({
                "short": short.map(|short| Text::from(short.says())),
                "no": no, "module": planned.module, "station": station,
                "expected": owed.expected, "given": owed.given, "missing": missing, "unmanned": owed.unmanned,
            }))
        });
        put(changes, View::Control, format!("sh/{id}"), value);
    }

    /// What was asked for in a run, the newest last.
    pub(super) fn requests(&self, arena: &Arena, run: &RunId, changes: &mut Changes) {
        let asked: Vec<Value> =
            arena.requests_of(run).map(|request| json!([request.checkpoint, request.at.as_millis()])).collect();
        if !asked.is_empty() {
            put(changes, View::Control, format!("rq/{run}"), Some(encode(Value::Array(asked))));
        }
    }

    /// Where what a sensor would have said is entered by hand: of a venue as a whole, and of those of its stations that stand otherwise.
    pub(super) fn equipment(&self, arena: &Arena, changes: &mut Changes) {
        for venue in &arena.plan.venues {
            let said = |it: &EquipmentSaid| json!({"present": it.present, "reason": it.reason, "by": it.by, "at": it.at.as_millis()});
            let whole = arena.equipment.said_of_venue(&venue.id);
            let present = whole.is_none_or(|it| it.present);
            let stations = arena.plan.stations.iter().filter(|station| station.venue == venue.id);
            let others: serde_json::Map<String, Value> = stations
                .filter(|station| arena.equipment.is_present(station) != present)
                .filter_map(|station| Some((station.code.clone(), said(arena.equipment.said_of(station)?))))
                .collect();
            let value = (!present || !others.is_empty())
                .then(|| encode(json!({"venue": whole.map(said), "present": present, "stations": others})));
            put(changes, View::Control, format!("eq/{}", venue.id), value);
        }
    }

    /// How many photographs there are of a run; which, only those may ask who may see them.
    pub(super) fn photos(&self, arena: &Arena, run: &RunId, changes: &mut Changes) {
        let count = arena.photos.of_run(run).filter(|photo| photo.is_shown()).count();
        put(changes, View::Control, format!("ph/{run}"), (count > 0).then(|| encode(json!(count))));
    }

    pub(super) fn alarm(&self, arena: &Arena, run: &RunId, aspect: AspectIx, changes: &mut Changes) {
        let Some(entry) = arena.entry_of(run) else { return };
        let state = arena.board.aspect(entry, aspect).state;
        let kind = match state {
            AspectState::NeedsRound { .. } => Some("spread"),
            AspectState::Partly { .. } if arena.board.round(entry, aspect) > 1 => Some("spread"),
            AspectState::Undecided => Some("undecided"),
            _ => None,
        };
        let value = kind.map(|kind| {
            encode(json!({
                "kind": kind,
                "no": arena.plan.entries[entry.index()].no,
                "aspect": aspect_code(arena, aspect),
                "detail": arena.board.aspect_reason(entry, aspect).map(Text::from),
                "at": arena.aspect_at(entry, aspect).as_millis(),
            }))
        });
        put(changes, View::Control, format!("al/{run}/{}", aspect_code(arena, aspect)), value);
    }

    pub(super) fn verdict(&mut self, arena: &Arena, verdict: &VerdictNow, changes: &mut Changes) {
        let undecided = self.undecided.entry(verdict.run.clone()).or_default();
        if verdict.waits() && verdict.outcome == Outcome::Undecided {
            undecided.insert(verdict.id.clone());
        } else {
            undecided.remove(&verdict.id);
        }
        let value = verdict.waits().then(|| {
            // Who may mark by hand what the referee could not decide.
            let by_hand = (verdict.outcome == Outcome::Undecided).then(|| arena.plan.run(&verdict.run)).flatten();
            let by_hand: Vec<Value> = by_hand
                .map(|run| Panel::of(arena, run).seats(verdict.aspect))
                .unwrap_or_default()
                .iter()
                .map(|judge| json!([judge.account.as_str(), judge.person_name]))
                .collect();
            encode(json!({
                "run": verdict.run.as_str(),
                "no": arena.plan.entries[verdict.entry.index()].no,
                "aspect": aspect_code(arena, verdict.aspect),
                "rule": &*verdict.rule,
                "at": verdict.event_at / 1_000_000,
                "marks": verdict.marks.hundredths(),
                "outcome": verdict.outcome,
                "unknown": verdict.evidence.unknown,
                "by_hand": by_hand,
                "sentence": verdict.evidence.sentence,
            }))
        });
        put(changes, View::Control, format!("vd/{}", verdict.id), value);
        self.alarm(arena, &verdict.run, verdict.aspect, changes);
    }

    pub(super) fn problem(&self, arena: &Arena, problem: &ProblemNow, changes: &mut Changes) {
        let Some(entry) = arena.entry_of(&problem.run) else { return };
        let by = problem.account.as_ref().and_then(|account| arena.plan.judge(account));
        let settled = problem
            .settled
            .as_ref()
            .map(|settled| json!({"by": settled.by, "at": settled.at.as_millis(), "answer": settled.answer}));
        let value = encode(json!({
            "kind": "problem",
            "no": arena.plan.entries[entry.index()].no,
            "aspect": problem.aspect,
            "detail": {"zh": problem.text, "en": problem.text},
            "at": problem.at.as_millis(),
            "problem": problem.position,
            "by": by.map(|judge| &judge.person_name),
            "settled": settled,
        }));
        put(changes, View::Control, format!("al/{}/problem-{}", problem.run, problem.position), Some(value));
    }

    /// A venue's line is as good as the worst of its gateways'. Which one it is only the control room is shown.
    pub(super) fn links(&self, arena: &Arena, gateways: &Gateways, now: Timestamp, changes: &mut Changes) {
        for venue in &arena.plan.venues {
            let open = arena.plan.runs.iter().filter(|run| {
                arena.plan.station(&run.station).is_some_and(|station| station.venue == venue.id)
                    && arena.runs.get(&run.id).is_some_and(|now| matches!(now.clock.state(), "open" | "stopped"))
            });
            let own: Vec<(&String, &Gateway)> = gateways
                .iter()
                .filter(|(_, gateway)| gateway.venue == venue.id && gateway.retired_after.is_none())
                .collect();
            let spoken = || own.iter().filter_map(|(_, gateway)| gateway.link.as_ref());
            let silent = |link: &Link| now.millis_since(link.seen_at) > LINK_SILENT_MS;
            let is_up = |gateway: &Gateway| gateway.link.as_ref().is_some_and(|link| !silent(link));
            let state = match own.iter().all(|(_, gateway)| is_up(gateway)) {
                // A venue where only judges mark needs none.
                _ if own.is_empty() => "none",
                true => "up",
                false => "down",
            };
            // Tenths of a second are enough, and keep a quiet board quiet.
            let lag_ms =
                |link: &Link| (if silent(link) { now.millis_since(link.seen_at) } else { link.lag_ms }) / 100 * 100;
            let seen_at = |link: &Link| silent(link).then(|| link.seen_at.as_millis());
            let mut value = json!({
                "name": venue.name,
                "state": if arena.state.takes_marks() { "open" } else { "closed" },
                "link": state,
                "lag_ms": spoken().map(lag_ms).max(),
                "backlog": spoken().next().is_some().then(|| spoken().map(|link| link.backlog).sum::<i64>()),
                "seen_at": spoken().filter_map(seen_at).min(),
                "stations": arena.plan.stations.iter().filter(|station| station.venue == venue.id).count(),
                "open_runs": open.count(),
            });
            let seen = encode(value.clone());
            for view in [View::Overall, View::Venue(venue.id.clone())] {
                put(changes, view, format!("v/{}", venue.id), Some(seen.clone()));
            }
            let each = own.iter().map(|(edge, gateway)| {
                let link = gateway.link.as_ref();
                json!({
                    "edge": edge,
                    "link": if is_up(gateway) { "up" } else { "down" },
                    "lag_ms": link.map(lag_ms),
                    "backlog": link.map(|link| link.backlog),
                    "seen_at": link.and_then(seen_at),
                    "heard": link.is_some(),
                })
            });
            value["gateways"] = each.collect();
            value["told_until"] = json!(told_until(&own).map(|at| at.as_millis() / 5_000 * 5_000));
            put(changes, View::Control, format!("v/{}", venue.id), Some(encode(value)));
        }
    }

    pub(super) fn judges(&self, arena: &Arena, judges: &HashMap<String, Presence>, changes: &mut Changes) {
        for judge in &arena.plan.judges {
            let seen = judges.get(judge.account.as_str());
            let value = encode(json!({
                "name": judge.person_name,
                "venue": judge.venue.as_str(),
                "seen_at": seen.map(|seen| seen.seen_at.as_millis() / 5_000 * 5_000),
                "unsent": seen.map(|seen| seen.unsent),
                "excused": arena.absences.now(&judge.account).is_some(),
            }));
            put(changes, View::Control, format!("j/{}", judge.account), Some(value));
        }
    }
}

/// A venue has told everything up to a time when each of its gateways has; one that has never spoken has told nothing.
fn told_until(own: &[(&String, &Gateway)]) -> Option<Timestamp> {
    let told: Option<Vec<Timestamp>> =
        own.iter().map(|(_, gateway)| gateway.link.as_ref().and_then(Link::told_until)).collect();
    told?.into_iter().min()
}

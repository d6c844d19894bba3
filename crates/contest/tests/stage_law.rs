//! The law of the stage: whatever happens in whatever order, screens that followed step by step show the same as screens
//! that are shown anew.

mod common;

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use common::{SCHEME, World, hub, mark_id, topics};
use contest::arena::{Arena, Logged, Tick, Touched};
use contest::event::{ClockAct, ContestState, Decision, EvidenceSeen, Happened, MarkValue, Outcome};
use contest::plan::Plan;
use contest::stage::{Gateways, Stage};
use futures_util::StreamExt;
use http::Method;
use kernel::{Rng, Timestamp};
use serde_json::{Value, json};
use web::wire;

const EVENTS: u32 = 160;

#[tokio::test]
async fn following_and_showing_anew_agree() {
    let database = testkit::sqlite_database();
    for blind in [true, false] {
        let database = if blind { &database } else { &testkit::sqlite_database() };
        let world = World::new(&database.url, blind).await;
        let plan = world.floor().await.arena().plan.clone();
        for seed in 0..12 {
            follow(&plan, seed);
        }
    }
}

fn follow(plan: &Arc<Plan>, seed: u64) {
    let mut rng = Rng::from_seed(seed);
    let (hub_followed, now) = (hub(), Timestamp::from_millis(testkit::START_MS));
    let mut stage = Stage::new(hub_followed.clone(), &plan.id);
    let mut arena = Arena::new(plan.clone()).unwrap();
    stage.show_all(&arena, &Gateways::new(), &HashMap::new(), now);
    let mut log: Vec<Logged> = Vec::new();
    let mut portion: Vec<Logged> = Vec::new();
    for nth in 1..=EVENTS {
        // Half a minute and more between two events, so that ranks of a quarter of an hour ago come into play.
        let at = Timestamp::from_millis(testkit::START_MS + i64::from(nth) * 40_000);
        let account = Some(plan.judges[rng.below(plan.judges.len() as u64) as usize].account.clone());
        let happened = something(plan, &arena, &mut rng, nth);
        portion.push(Logged { position: i64::from(nth), at, subject: mark_id(nth), account, happened });
        if rng.below(3) > 0 {
            continue;
        }
        let mut touched = Touched::default();
        for event in portion.drain(..) {
            arena.fold(&event, &mut touched);
            log.push(event);
        }
        stage.show(&arena, &touched);
        if rng.below(4) == 0 {
            stage.show_spread(&arena);
        }
        if log.len().is_multiple_of(5) {
            compare(plan, &log, &hub_followed, &mut stage, &arena, seed);
        }
    }
    compare(plan, &log, &hub_followed, &mut stage, &arena, seed);
}

fn compare(plan: &Arc<Plan>, log: &[Logged], followed: &live::Hub, stage: &mut Stage, arena: &Arena, seed: u64) {
    let stand = arena.verdicts.values().filter(|verdict| verdict.standing != marking::Standing::Amended);
    assert_eq!(arena.verdicts_count, stand.count() as u64, "seed {seed}");
    stage.show_spread(arena);
    let fresh_hub = hub();
    let mut fresh = Stage::new(fresh_hub.clone(), &plan.id);
    let mut folded = Arena::new(plan.clone()).unwrap();
    let mut ticks: Vec<Tick> = Vec::new();
    for event in log {
        let mut touched = Touched::default();
        folded.fold(event, &mut touched);
        ticks.append(&mut touched.ticks);
    }
    fresh.recall(&folded, &ticks);
    fresh.show_all(&folded, &Gateways::new(), &HashMap::new(), Timestamp::from_millis(testkit::START_MS));
    for prefix in ["", "staff/"] {
        let (stepwise, anew) = (topics(followed, arena, prefix), topics(&fresh_hub, &folded, prefix));
        for (name, anew) in &anew {
            let stepwise = &stepwise[name];
            for key in stepwise.keys().chain(anew.keys()) {
                let last = log.last().map(|event| event.happened.kind());
                assert_eq!(
                    stepwise.get(key),
                    anew.get(key),
                    "seed {seed}, after {} events ({last:?}): {name} {key}",
                    log.len()
                );
            }
        }
    }
}

fn something(plan: &Plan, arena: &Arena, rng: &mut Rng, nth: u32) -> Happened {
    let run = &plan.runs[rng.below(plan.runs.len() as u64) as usize];
    let (id, entry) = (wire::RunId(run.id.clone()), wire::EntryId(run.entry.clone()));
    let value = |rng: &mut Rng| match rng.below(8) {
        0 => ("A1.1", MarkValue::YesNo { yes: rng.below(2) == 0 }),
        1 => ("A1.2", MarkValue::Measured { value: "10.1".into() }),
        2 => ("A1.3", MarkValue::Steps { met: vec!["a".into()] }),
        3 => ("A2.2", MarkValue::Marks { marks: wire::Mark(common::hundredths(rng.below(40) as i64 * 10)) }),
        4 => ("D1.1", MarkValue::Marks { marks: wire::Mark(common::hundredths(150)) }),
        _ => ("A2.1", MarkValue::Level { level: rng.below(4) as u32 }),
    };
    // A sheet and a verdict are of the module of their run.
    let in_module = |aspect: &str| wire::RunId(plan.run_for(&run.entry, &aspect[..1]).unwrap().clone());
    match rng.below(26) {
        0..=7 => {
            let (aspect, value) = value(rng);
            let id = in_module(aspect);
            let round = arena.aspect(aspect).map_or(1, |aspect| arena.round(&id.0, aspect));
            let given = match &value {
                MarkValue::Marks { marks } => marks.0.hundredths(),
                _ => 100,
            };
            Happened::Mark {
                id: wire::MarkId(mark_id(nth).parse().unwrap()),
                run: id,
                entry,
                aspect: aspect.into(),
                round,
                value,
                given,
                note: None,
                replaces: None,
                reason: None,
                marked_at: 0,
                tablet_said: None,
            }
        }
        8..=11 => {
            let acts = [
                ClockAct::Start,
                ClockAct::Start,
                ClockAct::Stop,
                ClockAct::Resume,
                ClockAct::AddTime,
                ClockAct::Close,
            ];
            let act = acts[rng.below(acts.len() as u64) as usize];
            Happened::Clock { run: id, act, reason: Some("急停 fault".into()), add_ms: 1000 }
        }
        12..=14 => {
            let aspect = ["D1.1", "D1.2", "D1.3", "D1.4"][rng.below(4) as usize];
            let outcome = [Outcome::Met, Outcome::Missed, Outcome::Undecided][rng.below(3) as usize];
            Happened::Verdict {
                id: wire::VerdictId(format!("vdt_{nth}").parse().unwrap()),
                run: in_module(aspect),
                entry,
                rule: "rule".into(),
                aspect: aspect.into(),
                outcome,
                marks: if outcome == Outcome::Met { 100 } else { 0 },
                event_at: i64::from(nth) * 1_000_000,
                evidence: EvidenceSeen {
                    from: 0,
                    to: 1,
                    samples: Vec::new(),
                    unknown: Vec::new(),
                    sentence: wire::Text { zh: "句".into(), en: "sentence".into() },
                    scheme_hash: String::new(),
                },
                because: None,
                instead_of: None,
            }
        }
        15 => match arena.verdict_order.last() {
            Some(verdict) => Happened::Decided {
                verdict: wire::VerdictId(verdict.clone()),
                decision: if rng.below(2) == 0 { Decision::Confirm } else { Decision::Reject },
                reason: None,
            },
            None => Happened::State { to: ContestState::Live, reason: None, left_open: None },
        },
        16 => Happened::Problem { run: id, aspect: None, text: "看到问题".into() },
        20 => match arena.problems.iter().find(|problem| problem.settled.is_none()) {
            Some(problem) => Happened::ProblemSettled {
                problem: problem.position,
                run: wire::RunId(problem.run.clone()),
                answer: "已处理".into(),
                by: "沈裁判长".into(),
            },
            None => Happened::Problem { run: id, aspect: None, text: "看到问题".into() },
        },
        17 => match arena.rounds_wanted.first() {
            Some((run, entry, wanted)) => Happened::RoundOpened {
                run: wire::RunId(run.clone()),
                entry: wire::EntryId(plan.entries[entry.index()].id.clone()),
                aspect: arena.board.scheme().aspect(wanted.aspect).unwrap().code.clone(),
                round: wanted.round + 1,
                reason: wire::Text::default(),
            },
            None => Happened::Requested { run: id, checkpoint: None },
        },
        18 => Happened::Imported { entry, aspect: "T1.1".into(), marks: rng.below(1000) as i64 },
        21 | 22 => {
            let judge = &plan.judges[rng.below(plan.judges.len() as u64) as usize].account;
            let judge_there = wire::AccountId(judge.clone());
            match arena.absences.now(judge) {
                None => Happened::JudgeExcused { judge: judge_there, reason: "发烧".into() },
                Some(_) => Happened::JudgeReturned { judge: judge_there, reason: None },
            }
        }
        23 => match arena.verdict_order.last() {
            Some(verdict) => Happened::VerdictTakenBack {
                verdict: wire::VerdictId(verdict.clone()),
                reason: "误报 false alarm".into(),
            },
            None => Happened::State { to: ContestState::Live, reason: None, left_open: None },
        },
        24 => {
            let policies = ["automatic", "confirm", "shadow", "off"];
            let policy = format!("policy: {}", policies[rng.below(4) as usize]);
            let scheme = contest::rules::SchemeText::try_from(SCHEME.replace("policy: shadow", &policy)).unwrap();
            Happened::RulesPublished {
                version: arena.rules.in_force().version + 1,
                hash: scheme.0.hash.clone(),
                scheme,
                reason: "试行期满".into(),
                by: "沈裁判长".into(),
            }
        }
        25 => match arena.verdict_order.last().and_then(|id| arena.verdicts.get(id)) {
            Some(verdict) => Happened::VerdictAmended {
                verdict: wire::VerdictId(verdict.id.clone()),
                run: wire::RunId(verdict.run.clone()),
                aspect: arena.board.scheme().aspect(verdict.aspect).unwrap().code.clone(),
                because: wire::Text { zh: "迟到".into(), en: "late".into() },
            },
            None => Happened::State { to: ContestState::Live, reason: None, left_open: None },
        },
        _ => Happened::Watched { run: id, samples: 1, late: 0, verdicts: 0, after_batch: None },
    }
}

/// What a team's screen shows beside its rank, and the clock of a venue.
#[tokio::test]
async fn a_team_stands_against_the_field_and_a_venue_has_its_clock() {
    for blind in [true, false] {
        let database = testkit::sqlite_database();
        let plan = World::new(&database.url, blind).await.floor().await.arena().plan.clone();
        let hub = hub();
        let (mut stage, mut arena) = (Stage::new(hub.clone(), &plan.id), Arena::new(plan.clone()).unwrap());
        let mut position = 0;
        let mut then = |arena: &mut Arena,
                        stage: &mut Stage,
                        no: &str,
                        happened: &dyn Fn(wire::RunId, wire::EntryId) -> Happened| {
            position += 1;
            let entry = &plan.entries.iter().find(|entry| entry.no == no).unwrap().id;
            let run = plan.run_for(entry, "A").unwrap();
            let happened = happened(wire::RunId(run.clone()), wire::EntryId(entry.clone()));
            let at = Timestamp::from_millis(testkit::START_MS + position * 1_000);
            let mut touched = Touched::default();
            let (subject, account) = (position.to_string(), Some(plan.judges[0].account.clone()));
            arena.fold(&Logged { position, at, subject, account, happened }, &mut touched);
            stage.show(arena, &touched);
            stage.show_spread(arena);
            topics(&hub, arena, "")
        };
        let act = |act: ClockAct| move |run, _| Happened::Clock { run, act, reason: None, add_ms: 0 };
        let gives = |nth: u32, aspect: &'static str, value: MarkValue| {
            move |run, entry| Happened::Mark {
                id: wire::MarkId(mark_id(nth).parse().unwrap()),
                run,
                entry,
                aspect: aspect.into(),
                round: 1,
                value: value.clone(),
                given: 100,
                note: None,
                replaces: None,
                reason: None,
                marked_at: 0,
                tablet_said: None,
            }
        };
        stage.show_all(&arena, &Gateways::new(), &HashMap::new(), Timestamp::from_millis(testkit::START_MS));
        let id = |no: &str| plan.entries.iter().find(|entry| entry.no == no).unwrap();
        let (one, two) = (id("E1").team.clone().unwrap(), id("E3").team.clone().unwrap());
        let east = format!("vc/{}", id("E1").venue);
        let view = |name: String| format!("contests/{}/{name}", plan.id);
        let (overall, one_shown, two_shown) =
            (view("overall".into()), view(format!("team/{one}")), view(format!("team/{two}")));

        let seen = then(&mut arena, &mut stage, "E1", &act(ClockAct::Start));
        let clock = &seen[&one_shown][&format!("c/{}/A", id("E1").id)];
        assert_eq!((clock["state"].as_str(), clock["no"].is_null()), (Some("open"), !blind));
        assert_eq!(seen[&overall][&east]["module"], "A");
        assert_eq!(seen[&overall][&east]["state"], "open");
        assert!(seen[&overall][&east].get("no").is_none(), "a venue's clock names nobody");

        then(&mut arena, &mut stage, "E1", &gives(1, "A1.1", MarkValue::YesNo { yes: true }));
        let seen = then(&mut arena, &mut stage, "E3", &gives(2, "A1.3", MarkValue::Steps { met: vec!["a".into()] }));
        let row = &seen[&overall][&format!("r/{}", id("E3").id)][3];
        let (done, rest) = row.as_array().unwrap().split_first().unwrap();
        assert!(done.is_i64() && rest.iter().all(|module| module.is_null()), "what was not done is no zero: {row}");
        let total = |team| arena.board.team(arena.board.field().team_ix(team).unwrap()).total.hundredths();
        assert!(total(&one) > total(&two) && total(&two) > 0, "{} {}", total(&one), total(&two));
        assert!(seen[&one_shown]["gap"].is_null());
        assert_eq!(seen[&two_shown]["gap"], serde_json::json!([total(&one) - total(&two), one.as_str()]));
        assert_eq!(seen[&one_shown]["m/A"][0], total(&one) / 2, "the mean of its two competitors");
        assert_eq!(seen[&one_shown]["m/A"].as_array().unwrap().len(), 7);

        let seen = then(&mut arena, &mut stage, "E1", &act(ClockAct::Close));
        assert!(!seen[&overall].contains_key(&east), "nothing runs there any more");
    }
}

/// What a page paints first is the public board, compressed, and its stream goes on from there.
#[tokio::test]
async fn the_whole_board_is_one_answer() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let (path, topic) = (world.path("views/overall"), format!("contests/{}/overall", world.contest));
    let ask =
        async |encodings: &str| world.stranger.send(Method::GET, &path, None, &[("accept-encoding", encodings)]).await;
    let unzipped = |bytes: &[u8]| {
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let plain = ask("identity").await;
    assert_eq!((plain.status.as_u16(), plain.headers.get("content-encoding")), (200, None));
    let zipped = ask("br, gzip;q=0.8").await;
    assert_eq!(zipped.headers["content-encoding"], "gzip");
    assert_eq!(unzipped(&zipped.bytes), plain.json());
    let shown = plain.json();
    let keys: Vec<String> = world.hub.get(&topic).unwrap().entries().iter().map(|(key, _)| key.to_string()).collect();
    assert_eq!(shown["set"].as_object().unwrap().keys().cloned().collect::<Vec<_>>(), keys);

    // A crowd within half a second has one answer between them; the stream tells what has moved since.
    world.becomes("live").await;
    assert_eq!(ask("identity").await.json(), shown);
    let mut stream = world.hub.subscribe(&topic, shown["id"].as_str()).unwrap();
    let frames = [stream.next().await.unwrap(), stream.next().await.unwrap()];
    assert!(frames[1].starts_with(b"event: delta"), "{:?}", frames[1]);
    world.clock.advance_millis(500);
    let moved = ask("identity").await.json();
    assert_eq!((&shown["set"]["h"]["state"], &moved["set"]["h"]["state"]), (&json!("draft"), &json!("live")));

    let nowhere = world.stranger.get("/api/contests/con_nowhere/views/overall").await;
    assert_eq!((nowhere.status.as_u16(), nowhere.code().as_str()), (404, "not_found"));
}

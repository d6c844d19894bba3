//! How somebody forges a pack who has a key of his own: he takes an honest log, changes its events, and seals all of it anew.

use contest::results::pack::File;
use contest::results::{Difference, verify};
use contest::umpire::GRACE_MS;
use serde_json::{Value, json};
use web::testing::Client;

use super::story::{a_spread_and_its_round, assigned, given, look_through, publish, rechecked, sign_both, supervisor};
use super::{World, batch, mark, mark_id, marks, new_contest, resealed, rule_set, send};

/// The events of a pack, to be changed; positions are given anew when it is sealed, and what refers to one goes along.
#[derive(Clone)]
pub struct Log {
    pub events: Vec<Value>,
    added: usize,
}

impl Log {
    pub fn of(files: &[File]) -> Log {
        let text = std::str::from_utf8(&files[4].1).unwrap();
        let event = |line: &str| serde_json::from_str::<Value>(line).unwrap()["event"].clone();
        Log { events: text.lines().map(event).collect(), added: 0 }
    }

    pub fn into_pack(mut self, files: &[File]) -> Vec<u8> {
        let stood: Vec<Value> = self.events.iter().map(|event| event["position"].clone()).collect();
        let now = |old: &Value| json!(stood.iter().position(|it| it == old).map_or(0, |at| at + 1));
        for event in &mut self.events {
            if let Some(recheck) = event["happened"].pointer_mut("/because/recheck") {
                *recheck = now(recheck);
            }
            if let Some(problem) = event["happened"].get_mut("problem") {
                *problem = now(problem);
            }
        }
        let mut text = String::new();
        for (at, event) in self.events.iter_mut().enumerate() {
            event["position"] = json!(at + 1);
            text.push_str(&format!("{{\"event\":{event}}}\n"));
        }
        let mut forged = files.to_vec();
        forged[4].1 = text.into_bytes();
        resealed(forged)
    }

    /// Where the nth event of a kind stands, that holds a text.
    pub fn nth(&self, kind: &str, holds: &str, nth: usize) -> usize {
        let is = |event: &Value| event["happened"]["kind"] == kind && event.to_string().contains(holds);
        let found = (0..self.events.len()).filter(|at| is(&self.events[*at])).nth(nth);
        found.unwrap_or_else(|| panic!("no {kind} with {holds}"))
    }

    pub fn first(&self, kind: &str) -> usize {
        self.nth(kind, "", 0)
    }

    pub fn state(&self, to: &str) -> usize {
        self.nth("state", &format!("\"to\":\"{to}\""), 0)
    }

    pub fn account(&self, at: usize) -> Value {
        self.events[at]["account"].clone()
    }

    /// Puts an event before another one, at its time; gives where it stands.
    pub fn insert(&mut self, at: usize, account: Value, happened: Value) -> usize {
        self.added += 1;
        let beside = self.events.get(at).or(self.events.last()).unwrap()["at"].clone();
        let subject = happened["id"].as_str().map_or_else(|| format!("forged-{}", self.added), str::to_owned);
        let position = format!("new-{}", self.added);
        let event =
            json!({"position": position, "at": beside, "subject": subject, "account": account, "happened": happened});
        self.events.insert(at, event);
        at
    }

    /// The same once more, under another subject and id.
    pub fn again(&mut self, of: usize, at: usize) -> usize {
        let (account, mut happened) = (self.account(of), self.events[of]["happened"].clone());
        if happened["kind"] == "mark" {
            happened["id"] = json!(mark_id(9_000 + self.added as u32));
        } else if happened["kind"] == "verdict" {
            let id = happened["id"].as_str().unwrap().rsplit_once('-').unwrap().0.to_owned();
            happened["id"] = json!(format!("{id}-{}", 9_000 + self.added));
        }
        self.insert(at, account, happened)
    }

    pub fn set(&mut self, at: usize, path: &str, value: Value) -> usize {
        *self.events[at].pointer_mut(path).unwrap_or_else(|| panic!("no {path}")) = value;
        at
    }

    pub fn moved(&mut self, from: usize, to: usize) -> usize {
        let event = self.events.remove(from);
        self.events.insert(to, event);
        let at = self.events[if to == 0 { 1 } else { to - 1 }]["at"].clone();
        self.set(to, "/at", at)
    }
}

/// Changes a log, and says where that shows: the place of an event.
pub type Forge = Box<dyn Fn(&mut Log) -> usize>;

pub fn forge(change: impl Fn(&mut Log) -> usize + 'static) -> Forge {
    Box::new(change)
}

/// Another value in the first event of a kind that holds a text.
pub fn set(kind: &'static str, holds: &'static str, path: &'static str, value: Value) -> Forge {
    forge(move |log| {
        let at = log.nth(kind, holds, 0);
        log.set(at, path, value.clone())
    })
}

/// Nobody did it.
pub fn nobody(kind: &'static str, holds: &'static str) -> Forge {
    set(kind, holds, "/account", Value::Null)
}

/// The value of another event, of which kind and with what in it.
pub fn taken(kind: &'static str, holds: &'static str, path: &'static str, from: (&'static str, &'static str)) -> Forge {
    forge(move |log| {
        let (at, other) = (log.nth(kind, holds, 0), log.nth(from.0, from.1, 0));
        let value = log.events[other].pointer(path).unwrap().clone();
        log.set(at, path, value)
    })
}

/// The same once more, right behind it.
pub fn twice(kind: &'static str, holds: &'static str) -> Forge {
    forge(move |log| {
        let at = log.nth(kind, holds, 0);
        log.again(at, at + 1)
    })
}

/// Before another event instead.
pub fn moved(kind: &'static str, holds: &'static str, before: (&'static str, &'static str)) -> Forge {
    forge(move |log| {
        let (at, to) = (log.nth(kind, holds, 0), log.nth(before.0, before.1, 0));
        log.moved(at, if to > at { to - 1 } else { to })
    })
}

/// What was forged, how, and a part of what is said of it.
pub type Case = (&'static str, Forge, &'static str);

pub fn each_is_found(files: &[File], cases: &[Case]) {
    assert!(verify(&Log::of(files).into_pack(files), None).is_ok(), "sealed anew, and nothing changed");
    let mut wrong = Vec::new();
    for (what, forge, says) in cases {
        let mut log = Log::of(files);
        let at = forge(&mut log);
        match verify(&log.into_pack(files), None) {
            Ok(_) => wrong.push(format!("{what}: it verifies")),
            Err(Difference { place, what: said }) => {
                let is_han = said.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                if place != format!("log.ndjson:{}", at + 1) || !said.en.contains(says) || !is_han {
                    wrong.push(format!("{what}: expected {} {says}, found {place}: {}", at + 1, said.en));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A contest with a rule set; a blind one names nobody ever.
pub async fn a_world(url: &str, blind: bool) -> World {
    let mut contest = new_contest(blind);
    let rules = rule_set();
    contest["rule_set"] = json!(if blind { rules.replace("shows: names", "shows: numbers") } else { rules });
    World::with(url, contest).await
}

pub async fn ok(client: &Client, path: String, body: Value) {
    let answer = client.post(&path, body).await;
    assert!((200..300).contains(&answer.status.as_u16()), "{path}: {}", answer.text());
}

/// Everything once: papers, a round, verdicts of each outcome and decisions, a run by hand, requests, problems, an excused judge, appeals, a recheck
/// that corrects, two signatures.
pub async fn published(world: &World) -> Vec<u8> {
    let east = world.floor().await.arena().plan.venues[1].id.clone();
    let absent = json!({"venue": east.as_str(), "present": false, "reason": "网关未到货"});
    ok(&world.chief, world.path("equipment"), absent).await;
    world.becomes("live").await;
    let numbers = ["E1", "E2", "E3", "E4", "W1", "W2"];
    let papers = numbers.iter().enumerate().map(|(at, no)| json!({"entry_no": no, "mark": (9 - at).to_string()}));
    let papers: Vec<Value> = papers.collect();
    ok(&world.organiser, world.path("theory"), json!({"aspect": "T1.1", "marks": papers})).await;
    let hand = a_spread_and_its_round(world).await;
    let judge = assigned(world, &hand, "A1.1").await[0];
    given(world, judge, mark(40, &hand, "A1.1", json!({"kind": "yes_no", "yes": true}))).await;
    ok(&world.competitor, world.path(&format!("runs/{hand}/judge-requests")), json!({})).await;
    ok(&world.chief, world.path(&format!("runs/{hand}/problems")), json!({"text": "工件有毛刺"})).await;
    let floor = world.floor().await;
    testkit::eventually("it is told", async || !floor.arena().problems.is_empty()).await;
    let problem = floor.arena().problems[0].position;
    ok(&world.chief, world.path(&format!("problems/{problem}/settlement")), json!({"answer": "已更换"})).await;
    ok(&world.chief, world.path(&format!("runs/{hand}/clock")), json!({"act": "stop", "reason": "断电"})).await;
    ok(&world.chief, world.path(&format!("runs/{hand}/clock")), json!({"act": "resume"})).await;
    let added = json!({"act": "add_time", "reason": "断电", "add_ms": 60_000});
    ok(&world.chief, world.path(&format!("runs/{hand}/clock")), added).await;

    let west = world.run("W1", "D").await;
    world.start(&west).await;
    let observed = json!({"kind": "observed", "marks": "2.00", "rules": {"gripped": {"met": 2}}});
    given(world, 4, mark(50, &west, "D1.1", observed)).await;
    assert_eq!(world.clock_act(&west, json!({"act": "close"})).await.status, 200);
    let judged = world.account_of("judge-5").await;
    ok(&world.chief, world.path(&format!("judges/{judged}/excuse")), json!({"reason": "发烧"})).await;

    let run = world.run("E2", "D").await;
    world.start(&run).await;
    let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
    let began = world.hall.now().as_millis() - testkit::START_MS;
    let grips = [
        ("S02", began + 1, json!({"grip": false, "estop": false, "force": 1.0, "sound": true})),
        ("S02", began + 500, json!({"grip": true})),
        ("S02", began + 700, json!({"grip": false, "estop": true})),
        // What an instant says is known when a later one comes.
        ("S02", began + 900, json!({"force": 2.0})),
    ];
    world.clock.advance_millis(2_000);
    assert_eq!(send(&edge, &path, batch("edg_east", 1, began + 1_900, &grips)).await.status, 200);
    testkit::eventually("two verdicts", async || floor.arena().verdicts.len() == 2).await;
    let stopped = floor.arena().verdicts.values().find(|it| it.waits()).unwrap().id.clone();
    ok(&world.chief, world.path(&format!("verdicts/{stopped}/decision")), json!({"decision": "confirm"})).await;
    assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
    world.clock.advance_millis(GRACE_MS);
    assert_eq!(send(&edge, &path, batch("edg_east", 2, began + 2_000 + GRACE_MS, &[])).await.status, 200);
    testkit::eventually("it is judged to its end", async || floor.arena().runs[&run].judged).await;
    let judge = assigned(world, &run, "D1.3").await[0];
    given(world, judge, mark(80, &run, "D1.3", marks("1.00"))).await;
    assert_eq!(world.clock_act(&hand, json!({"act": "close"})).await.status, 200);
    world.clock.advance_millis(GRACE_MS);
    assert_eq!(send(&edge, &path, batch("edg_east", 3, began + 2_000 + 2 * GRACE_MS, &[])).await.status, 200);
    testkit::eventually("so is the one by hand", async || floor.arena().runs[&hand].judged).await;
    let against = json!({"module": "A", "aspects": ["A1.1"], "text": "评分有误", "asks": "更正"});
    ok(&world.competitor, world.path("appeals"), against).await;
    let appeal = floor.arena().appeals.all[0].id.clone();
    ok(&world.competitor, world.path(&format!("appeals/{appeal}/withdrawal")), json!({})).await;

    world.becomes("review").await;
    let supervisor = supervisor(world).await;
    ok(&world.chief, world.path("recheck"), json!({})).await;
    let ordered = world.chief.get(&world.path("recheck")).await.json()["ordered"]["entries"].clone();
    let wanted = |it: &&Value| it["is_wanted"] == true;
    for (at, entry) in ordered.as_array().unwrap().iter().filter(wanted).enumerate() {
        let path = world.path(&format!("recheck/entries/{}", entry["entry"].as_str().unwrap()));
        let paper = json!([{"aspect": "T1.1", "found": "0.50", "reason": "加分有误"}]);
        ok(&supervisor, path, json!({"differences": if at == 0 { paper } else { json!([]) }})).await;
    }
    look_through(world, &supervisor).await;
    sign_both(world, &supervisor).await;
    assert_eq!(publish(world).await.status, 200);
    let pack = world.stranger.get(&world.path("results/pack")).await;
    assert_eq!(pack.status, 200, "{}", pack.text());
    pack.bytes.to_vec()
}

/// Blind, with lots that were drawn before it was opened.
pub async fn published_after_a_draw(world: &World) -> Vec<u8> {
    ok(&world.organiser, world.path("draw/commitment"), json!({})).await;
    ok(&world.organiser, world.path("draw/lots"), json!({"public_part": "4 0 7"})).await;
    world.becomes("live").await;
    let plan = world.floor().await.arena().plan.clone();
    let papers: Vec<Value> = plan.entries.iter().map(|it| json!({"entry_no": it.no, "mark": "5"})).collect();
    ok(&world.organiser, world.path("theory"), json!({"aspect": "T1.1", "marks": papers})).await;
    world.becomes("review").await;
    let supervisor = supervisor(world).await;
    rechecked(world, &supervisor).await;
    let digest = world.chief.get(&world.path("results")).await.json()["digest"].clone();
    for (client, role) in [(&world.chief, "chief_judge"), (&supervisor, "supervisor")] {
        ok(client, world.path("draw/undoing"), json!({"role": role, "digest": digest})).await;
    }
    sign_both(world, &supervisor).await;
    assert_eq!(publish(world).await.status, 200);
    world.stranger.get(&world.path("results/pack")).await.bytes.to_vec()
}

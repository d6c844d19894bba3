//! Two gateways that tell of one run: what they say is put in one order, and what one tells late amends.

mod common;

use common::story::{a_try_finds_the_same, assert_same, given, kept_in_the_archive, retire};
use common::{World, batch, each_engine, mark, marks, send};
use contest::arena::{Arena, Logged, Touched};
use contest::event::{EvidenceSeen, Happened, Outcome};
use contest::umpire::GRACE_MS;
use kernel::{RunId, Timestamp};
use marking::Standing;
use serde_json::{Value, json};
use web::testing::Client;
use web::wire;

type Ticks<'a> = &'a [(&'a str, i64, Value)];

/// A contest under way with two gateways at one venue, of which `one` speaks all the time.
struct Watched {
    world: World,
    run: RunId,
    one: (Client, u64),
    two: (Client, u64),
}

impl Watched {
    async fn begin(world: World) -> Watched {
        let one = world.edge("edg_east").await;
        let two = world.edge("edg_east2").await;
        // As the desk makes keys: they name their venue.
        let venue =
            world.floor().await.arena().plan.entries.iter().find(|entry| entry.no == "E1").unwrap().venue.clone();
        let venue = &venue;
        let written: Result<u64, store::StoreError> = world
            .hall
            .db
            .write(|tx| Box::pin(async move { tx.exec("update api_key set venue = $1", &store::args![venue]).await }))
            .await;
        assert_eq!(written.unwrap(), 2);
        world.becomes("live").await;
        let run = world.run("E1", "D").await;
        world.start(&run).await;
        Watched { world, run, one: (one, 0), two: (two, 0) }
    }

    async fn says(&mut self, who: u8, sent_ms: i64, ticks: Ticks<'_>) {
        let (name, (edge, seq)) = match who {
            1 => ("edg_east", &mut self.one),
            _ => ("edg_east2", &mut self.two),
        };
        *seq += 1;
        let told = batch(name, *seq, sent_ms, ticks);
        assert_eq!(send(edge, &self.world.path("telemetry"), told).await.json(), json!({"next": *seq + 1}));
    }

    async fn stands(&self, what: &str, count: usize) {
        testkit::eventually(what, async || self.world.verdict_count().await == count).await;
    }

    /// The run is closed at `at_ms`, and both have told everything.
    async fn ends(&mut self, at_ms: i64) {
        assert_eq!(self.world.clock_act(&self.run, json!({"act": "close"})).await.status, 200);
        self.says(1, at_ms + GRACE_MS, &[]).await;
        self.says(2, at_ms + GRACE_MS, &[]).await;
        self.judged().await;
    }

    async fn judged(&self) {
        let floor = self.world.floor().await;
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[&self.run].judged).await;
    }

    /// Verdicts in the order in which they were found.
    async fn seen(&self) -> Vec<Value> {
        let seen = self.world.chief.get(&self.world.path(&format!("verdicts?run={}", self.run))).await.json();
        seen["items"].as_array().unwrap().iter().rev().cloned().collect()
    }

    /// Of one aspect: time since the start, outcome, standing, and whether it came late.
    async fn told(&self, aspect: &str) -> Vec<(i64, String, String, bool)> {
        let opened = self.world.floor().await.arena().runs[&self.run].watched.opened_at().unwrap().as_millis();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let of = self.seen().await;
        let of = of.iter().filter(|one| one["aspect"] == aspect);
        of.map(|one| {
            let at = one["at_ms"].as_i64().unwrap() - opened;
            (at, text(&one["outcome"]), text(&one["standing"]), one["because"].is_object())
        })
        .collect()
    }

    /// Whoever judges the same batches again finds the same.
    async fn holds(self) {
        a_try_finds_the_same(&self.world).await;
        let (before, logged) = (self.world.settled().await, self.world.logged().await);
        let reopened = self.world.reopened().await;
        assert_same(&before, &reopened.settled().await, "after a restart");
        assert_eq!(reopened.logged().await, logged);
        kept_in_the_archive(&reopened).await;
    }
}

fn told(at: i64, outcome: &str, standing: &str, late: bool) -> (i64, String, String, bool) {
    (at, outcome.to_owned(), standing.to_owned(), late)
}

/// One tells of the grip; the other one is cut off from the start, and tells what it had kept when it comes back.
#[tokio::test]
async fn one_that_comes_back_late_amends() {
    each_engine(|world| async move {
        let mut watched = Watched::begin(world).await;
        watched.says(1, 0, &[("S01", 1, json!({"grip": false}))]).await;
        watched.world.clock.advance_millis(10_000);
        watched.says(1, 5000, &[("S01", 1000, json!({"grip": true})), ("S01", 5000, json!({"grip": true}))]).await;
        watched.stands("the grip is judged", 1).await;
        let kept = [
            ("S01", 2, json!({"force": 1.0})),
            ("S01", 600, json!({"grip": true})),
            ("S01", 1500, json!({"force": 60.0})),
            ("S01", 5000, json!({"force": 1.0})),
        ];
        watched.says(2, 9000, &kept).await;
        watched.says(1, 9000, &[("S01", 9000, json!({"grip": true}))]).await;
        watched.stands("the time is judged again", 3).await;
        watched.ends(10_000).await;
        assert_eq!(watched.told("D1.1").await, [told(1000, "met", "amended", true), told(600, "met", "counted", true)]);
        assert_eq!(watched.told("D1.3").await, [told(1500, "met", "shadow", true)]);
        one_was_withdrawn(&watched.world, watched.seen().await.len() - 1).await;
        let floor = watched.world.floor().await;
        let (entry, grip) = (floor.arena().entry_of(&watched.run).unwrap(), floor.arena().aspect("D1.1").unwrap());
        assert_eq!(floor.arena().board.aspect(entry, grip).mark, Some(common::hundredths(100)), "counted once");
        let seen = watched.seen().await;
        let amended = seen.iter().find(|one| one["standing"] == "amended").unwrap()["id"].as_str().unwrap();
        for (act, body, code) in [
            ("decision", json!({"decision": "confirm"}), "verdict_decided"),
            ("take-back", json!({"reason": "误报"}), "verdict_not_counted"),
        ] {
            let path = watched.world.path(&format!("verdicts/{amended}/{act}"));
            let answer = watched.world.chief.post(&path, body).await;
            assert_eq!(answer.code(), code, "{act}: {}", answer.text());
        }
        watched.holds().await;
    })
    .await;
}

/// On the screens: it is no person's decision, and not counted any more.
async fn one_was_withdrawn(world: &World, stand: usize) {
    let shown = world.settled().await;
    let overall = format!("contests/{}/overall", world.contest);
    let mut ticks: Vec<&Value> =
        shown[&overall].iter().filter(|(key, _)| key.starts_with("t/")).map(|(_, tick)| tick).collect();
    ticks.sort_by_key(|tick| tick[0].as_i64());
    let told: Vec<(&str, &Value)> = ticks.iter().map(|tick| (tick[6].as_str().unwrap(), &tick[4])).collect();
    assert_eq!(told, [("verdict", &json!(100)), ("amended", &Value::Null), ("verdict", &json!(100))]);
    let entries = world.hub.get(&overall).unwrap().entries();
    let (_, counts) = entries.iter().find(|(key, _)| key.as_str() == "s").unwrap();
    assert_eq!(serde_json::from_slice::<Value>(counts).unwrap()["verdicts"], stand);
    let recordings = world.chief.get(&world.path("recordings")).await.json();
    assert_eq!(recordings["items"][0]["verdicts"], stand, "{recordings}");
}

/// What was undecided because one gateway was away is decided when it comes back, and no draft of a judge displaces it.
#[tokio::test]
async fn what_is_decided_after_all_is_not_marked_by_hand() {
    each_engine(|world| async move {
        let mut watched = Watched::begin(world).await;
        watched.says(1, 0, &[("S01", 1, json!({"grip": false}))]).await;
        watched.world.clock.advance_millis(3_000);
        let request = watched.world.path(&format!("runs/{}/judge-requests", watched.run));
        let asked = watched.world.competitor.post(&request, json!({"checkpoint": "accept"})).await;
        assert_eq!(asked.status, 201, "{}", asked.text());
        watched.world.clock.advance_millis(7_000);
        watched.says(1, 9000, &[("S01", 4000, json!({"grip": false})), ("S01", 9000, json!({"grip": false}))]).await;
        watched.stands("nobody saw whether it was sound", 1).await;
        assert_eq!(watched.told("D1.4").await, [told(3000, "undecided", "counted", false)]);
        let sound = [1000, 2000, 3000, 4000].map(|at| ("S01", at, json!({"sound": true})));
        watched.says(2, 9500, &sound).await;
        // The second is not waited for once the first is 2 s ahead of what was judged.
        watched.says(1, 11_500, &[("S01", 11_500, json!({"grip": false}))]).await;
        testkit::eventually("it is decided after all", async || {
            let told = watched.told("D1.4").await;
            told.iter().any(|(_, outcome, ..)| outcome == "met")
        })
        .await;
        let draft = mark(1, &watched.run, "D1.4", marks("0.00"));
        let answer = watched.world.submit(0, vec![draft]).await;
        assert_eq!(answer.code(), "mark_kind_mismatch", "{}", answer.text());
        watched.world.clock.advance_millis(2_000);
        watched.ends(12_000).await;
        watched.holds().await;
    })
    .await;
}

/// One is retired while the other goes on: what it said last is unknown from where it fell silent, not known to the end.
#[tokio::test]
async fn a_retired_one_is_not_believed_to_the_end() {
    each_engine(|world| async move {
        let mut watched = Watched::begin(world).await;
        let all = json!({"grip": false, "estop": false, "force": 1.0, "sound": true});
        watched.says(1, 5, &[("S01", 1, json!({"sound": true}))]).await;
        watched.says(2, 5, &[("S01", 1, all)]).await;
        watched.says(2, 4_000, &[("S01", 4_000, json!({"force": 2.0}))]).await;
        watched.world.clock.advance_millis(10_000);
        watched.says(1, 9_000, &[("S01", 9_000, json!({"sound": true}))]).await;
        assert_eq!(watched.world.clock_act(&watched.run, json!({"act": "close"})).await.status, 200);
        watched.says(1, 10_000 + GRACE_MS, &[]).await;
        retire(&watched.world, "edg_east2").await;
        watched.says(1, 10_100 + GRACE_MS, &[]).await;
        watched.judged().await;
        for aspect in ["D1.1", "D1.2", "D1.3"] {
            let told = watched.told(aspect).await;
            assert_eq!(told.len(), 1, "{aspect}: {told:?}");
            assert_eq!((told[0].0, told[0].1.as_str()), (4000, "undecided"), "{aspect}: {told:?}");
        }
        given(&watched.world, 0, mark(1, &watched.run, "D1.1", marks("2.00"))).await;
        watched.holds().await;
    })
    .await;
}

/// A stop hides what one tells of the time before it only when the other has long passed it.
#[tokio::test]
async fn a_stop_hides_what_is_told_late_too() {
    each_engine(|world| async move {
        let mut watched = Watched::begin(world).await;
        watched.says(1, 0, &[("S01", 1, json!({"grip": false}))]).await;
        for (wait_ms, act) in [(1200, json!({"act": "stop", "reason": "设备故障"})), (800, json!({"act": "resume"}))]
        {
            watched.world.clock.advance_millis(wait_ms);
            assert_eq!(watched.world.clock_act(&watched.run, act).await.status, 200);
        }
        watched.world.clock.advance_millis(500);
        let request = watched.world.path(&format!("runs/{}/judge-requests", watched.run));
        let asked = watched.world.competitor.post(&request, json!({"checkpoint": "accept"})).await;
        assert_eq!(asked.status, 201, "{}", asked.text());
        watched.world.clock.advance_millis(7_500);
        watched.says(1, 9000, &[("S01", 2600, json!({"grip": false})), ("S01", 9000, json!({"grip": false}))]).await;
        watched.stands("it is judged without the second", 1).await;
        // Sound until the stop, and nobody knows since.
        let kept = [("S01", 2, json!({"sound": true})), ("S01", 1100, json!({"sound": true}))];
        watched.says(2, 9100, &kept).await;
        watched.says(2, 9200, &[("S01", 2600, json!({"force": 1.0})), ("S01", 9200, json!({"force": 1.0}))]).await;
        watched.says(1, 9600, &[("S01", 9600, json!({"grip": false}))]).await;
        watched.ends(10_000).await;
        let told = watched.told("D1.4").await;
        let stands: Vec<_> = told.iter().filter(|(_, _, standing, _)| standing != "amended").collect();
        assert_eq!(stands.len(), 1, "{told:?}");
        assert_eq!(stands[0].1, "undecided", "{told:?}");
        watched.holds().await;
    })
    .await;
}

/// What comes later than can be judged again is not passed over: what it is about is undecided.
#[tokio::test]
async fn what_comes_too_late_leaves_it_undecided() {
    each_engine(|world| async move {
        let mut watched = Watched::begin(world).await;
        let all = json!({"grip": false, "estop": false, "force": 1.0});
        watched.says(2, 5, &[("S01", 1, all.clone())]).await;
        watched.says(1, 5, &[("S01", 1, json!({"sound": true}))]).await;
        watched.world.clock.advance_millis(500_000);
        for at in [100_000, 300_000, 490_000] {
            watched.says(1, at, &[("S01", at, json!({"sound": true}))]).await;
        }
        let pressed = [
            ("S01", 50_000, json!({"estop": true})),
            ("S01", 51_000, json!({"estop": false})),
            ("S01", 480_000, json!({"estop": false})),
        ];
        watched.says(2, 490_500, &pressed).await;
        watched.says(1, 495_000, &[("S01", 495_000, json!({"sound": true}))]).await;
        watched.ends(500_000).await;
        let told = watched.told("D1.2").await;
        assert!(
            told.iter().any(|(_, outcome, standing, _)| outcome == "undecided" && standing != "amended"),
            "{told:?}"
        );
        watched.holds().await;
    })
    .await;
}

/// What a person decided on a verdict holds for the one in its place if it is worth the same; if it isn't, a person is asked again.
#[tokio::test]
async fn a_decision_holds_for_the_verdict_in_its_place() {
    let database = testkit::sqlite_database();
    let plan = World::new(&database.url, true).await.floor().await.arena().plan.clone();
    let entry = plan.entries.iter().find(|entry| entry.no == "E1").unwrap().id.clone();
    let run = wire::RunId(plan.run_for(&entry, "D").unwrap().clone());
    let id = |nth: u32| wire::VerdictId(format!("vdt_{nth}").parse().unwrap());
    let verdict = |nth: u32, marks: i64, instead_of: Option<u32>| Happened::Verdict {
        id: id(nth),
        run: run.clone(),
        entry: wire::EntryId(entry.clone()),
        rule: "gripped".into(),
        aspect: "D1.1".into(),
        outcome: Outcome::Met,
        marks,
        event_at: 1,
        evidence: EvidenceSeen {
            from: 0,
            to: 1,
            samples: Vec::new(),
            unknown: Vec::new(),
            sentence: wire::Text::default(),
            scheme_hash: String::new(),
        },
        because: None,
        instead_of: instead_of.map(id),
    };
    let amended = |nth: u32| Happened::VerdictAmended {
        verdict: id(nth),
        run: run.clone(),
        aspect: "D1.1".into(),
        because: wire::Text::default(),
    };
    for (marks, standing, waits) in [(100, Standing::Rejected, false), (50, Standing::Waiting, true)] {
        let mut arena = Arena::new(plan.clone()).unwrap();
        let taken_back = Happened::VerdictTakenBack { verdict: id(1), reason: "误报".into() };
        let log = [verdict(1, 100, None), taken_back, amended(1), verdict(2, marks, Some(1))];
        for (position, happened) in (1..).zip(log) {
            let (at, account) = (Timestamp::from_millis(testkit::START_MS), Some(plan.judges[0].account.clone()));
            let event = Logged { position, at, subject: position.to_string(), account, happened };
            arena.fold(&event, &mut Touched::default());
        }
        let now = &arena.verdicts[&id(2).0];
        assert_eq!((now.standing, now.waits()), (standing, waits), "{marks}");
        assert_eq!(arena.verdicts[&id(1).0].standing, Standing::Amended);
    }
}

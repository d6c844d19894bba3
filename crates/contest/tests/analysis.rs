//! What the figures say of a contest, told to each who may know: on both engines, from marks whose figures are published.

mod common;

use analysis::interval::{Point, slope_of};
use common::story::{given, refused};
use common::{World, batch, each_engine, level, mark, marks, new_contest, send, upload, xlsx};
use contest::panel::Panel;
use contest::umpire::GRACE_MS;
use kernel::{Role, RunId, Scope};
use serde_json::{Value, json};
use web::testing::{Client, account};

/// Four judges over six competitors: Shrout and Fleiss, "Intraclass correlations", Psychological Bulletin 86 (1979), Table 2.
const RATINGS: [[u32; 4]; 6] = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]];
const YES: [bool; 6] = [true, false, true, false, true, true];
const STEPS: [&[&str]; 6] = [&["a", "b"], &[], &["b"], &["a"], &["a", "b"], &["a"]];
const JUDGES: [&str; 4] = ["sf-1", "sf-2", "sf-3", "sf-4"];
const HALF_HOUR_MS: i64 = 1_800_000;

const SCHEME: &str = "
format: guildhall/scheme/1
id: shrout-fleiss
version: 1
title: {zh: 六名选手, en: Six competitors}
abilities:
  - {code: hand, name: {zh: 手艺, en: Hand}}
  - {code: eye, name: {zh: 眼力, en: Eye}}
groups:
  - {code: workers, name: {zh: 职工组, en: Workers}}
modules:
  - code: A
    name: {zh: 手工, en: Hand work}
    minutes: 60
    criteria:
      - code: A1
        name: {zh: 评判, en: Judged}
        aspects:
          - {code: A1.1, name: {zh: 工艺, en: Craft}, type: judgement, max: 10, abilities: [hand], panel: {judges: 4, drop_extremes: false, step: 1}}
          - {code: A1.2, name: {zh: 是否, en: Yes or no}, type: measurement, max: 2, abilities: [hand]}
          - {code: A1.3, name: {zh: 步骤, en: Steps}, type: measurement, max: 3, abilities: [eye], steps: [{code: a, name: {zh: 一, en: One}, marks: 1}, {code: b, name: {zh: 二, en: Two}, marks: 2}]}
ranking:
  ties: [{practice: true}]
  shared: true
teams: {total: sum, then: time}
";

const FIELD: &[[&str; 7]] = &[
    ["姓名", "单位", "代表队", "组别", "赛场", "检录号", "账号"],
    ["机密甲", "保密单位甲", "", "workers", "主赛场", "N1", "comp-a"],
    ["选手二", "二厂", "", "workers", "主赛场", "N2", ""],
    ["选手三", "三厂", "", "workers", "主赛场", "N3", ""],
    ["选手四", "四厂", "", "workers", "主赛场", "N4", ""],
    ["选手五", "五厂", "", "workers", "主赛场", "N5", ""],
    ["选手六", "六厂", "", "workers", "主赛场", "N6", ""],
];

/// Two of one name.
const PANEL: &[[&str; 5]] = &[
    ["姓名", "单位", "赛场", "模块", "账号"],
    ["评委甲", "技师学院", "主赛场", "", "sf-1"],
    ["评委乙", "技师学院", "主赛场", "", "sf-2"],
    ["评委乙", "机械学会", "主赛场", "", "sf-3"],
    ["评委丁", "机械学会", "主赛场", "", "sf-4"],
];

/// The six competitors' contest beside the world's own, marked to its end, in review. The world is in it from here on.
async fn six_in_review(world: &mut World, blind: bool) {
    let made = world
        .organiser
        .post(
            "/api/contests",
            json!({
                "name": {"zh": "六人赛", "en": "Six"}, "scheme": SCHEME, "blind": blind, "starts_at": "2026-11-22T08:00:00.000Z",
                "venues": [{"name": {"zh": "主赛场", "en": "Main"}, "stations": ["P1", "P2", "P3", "P4", "P5", "P6"]}],
            }),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.text());
    world.contest = made.json()["id"].as_str().unwrap().parse().unwrap();
    let here = [(Role::ChiefJudge, Scope::Contest(world.contest.clone()))];
    let chief = account(&world.hall, "sf-chief", None, None, &here).await;
    world.chief = Client::signed(&world.router, &world.hall, &chief.account).await;
    for (what, file) in [("competitors", xlsx(FIELD)), ("judges", xlsx(PANEL))] {
        let answer = upload(&world.organiser, &world.path(&format!("imports/{what}?commit=true")), &file).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["problems"]), (200, &json!([])), "{}", answer.text());
    }
    world.judges.clear();
    for login in JUDGES {
        let judge = world.login(login).await;
        world.judges.push(judge);
    }
    world.becomes("live").await;
    for (nth, ratings) in RATINGS.iter().enumerate() {
        world.clock.advance_millis(HALF_HOUR_MS);
        let run = world.run(&format!("N{}", nth + 1), "A").await;
        world.start(&run).await;
        let at = world.hall.now().to_string();
        let dated = |id: usize, aspect: &str, value: Value| {
            let mut mark = mark((nth * 10 + id) as u32, &run, aspect, value);
            mark["at"] = json!(at);
            mark
        };
        for (judge, rating) in ratings.iter().enumerate() {
            given(world, judge, dated(judge, "A1.1", marks(&format!("{rating}.00")))).await;
        }
        let yes = json!({"kind": "yes_no", "yes": YES[nth]});
        given(world, seat(world, &run, "A1.2").await, dated(4, "A1.2", yes)).await;
        let steps = json!({"kind": "steps", "met": STEPS[nth]});
        given(world, seat(world, &run, "A1.3").await, dated(5, "A1.3", steps)).await;
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
    }
    world.becomes("review").await;
}

/// The judge who measures an aspect of a run.
async fn seat(world: &World, run: &RunId, aspect: &str) -> usize {
    for (at, login) in JUDGES.iter().enumerate() {
        let judge = world.account_of(login).await;
        let floor = world.floor().await;
        let arena = floor.arena();
        let panel = Panel::of(&arena, arena.plan.run(run).unwrap());
        if panel.seats_judge(arena.aspect(aspect).unwrap(), &judge) {
            return at;
        }
    }
    panic!("nobody measures {aspect}");
}

/// What the analysis says of one of [`JUDGES`].
async fn judge_of(world: &World, found: &Value, nth: usize) -> Value {
    let judge = world.account_of(JUDGES[nth]).await;
    let floor = world.floor().await;
    let at = floor.arena().plan.judges.iter().position(|planned| planned.account == judge).unwrap();
    let code = json!(format!("J{:02}", at + 1));
    found["judges"].as_array().unwrap().iter().find(|judge| judge["code"] == code).unwrap().clone()
}

async fn publish(world: &World) {
    let last = json!({"to": "final", "reason": "试验", "even_so": true});
    let answer = world.chief.post(&world.path("state"), last).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn analysis_of(client: &Client, world: &World) -> Value {
    let answer = client.get(&world.path("analysis")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn entry(world: &World, no: &str) -> String {
    let floor = world.floor().await;
    floor.arena().plan.entries.iter().find(|entry| entry.no == no).unwrap().id.to_string()
}

async fn portrait_of(client: &Client, world: &World, no: &str) -> web::testing::Answered {
    client.get(&world.path(&format!("portrait/{}", entry(world, no).await))).await
}

#[track_caller]
fn near(found: &Value, expected: f64) {
    let value = found.as_f64().unwrap_or_else(|| panic!("{found} is no number"));
    assert!((value - expected).abs() < 1e-9 * expected.abs().max(1.0), "{value} and not {expected}");
}

#[tokio::test]
async fn published_marks_give_the_published_figures() {
    each_engine(|mut world| async move {
        six_in_review(&mut world, true).await;
        let found = analysis_of(&world.chief, &world).await;
        assert_eq!((&found["state"], &found["provisional"]), (&json!("review"), &json!(false)));
        assert_eq!((&found["competitors"], &found["marks"], &found["again"]), (&json!(6), &json!(18), &json!(0)));

        // Shrout and Fleiss have 0.29, 0.62 and 0.91.
        let panel = &found["panels"][0];
        assert_eq!(panel["judges"], json!(["J01", "J02", "J03", "J04"]));
        near(&panel["agreement"]["value"], 0.289_763_779_527_559_1);
        near(&panel["mean_agreement"]["value"], 0.620_050_547_598_989_1);
        near(&panel["mean_consistency"]["value"], 0.909_315_542_377_069_5);
        near(&found["agreement"]["interval"]["value"], 0.147_307_850_390_464_46);
        assert!(found["agreement"]["interval"]["low"].is_number() && found["agreement"]["nominal"]["low"].is_null());

        // Worked out apart, from the means of the panel and what was measured.
        near(&found["reliability"]["alpha"]["value"], 0.919_595_715_794_237_5);
        near(&found["reliability"]["error"]["value"], 1.053_763_097_981_071_7);
        let by_code =
            |code: &str| found["aspects"].as_array().unwrap().iter().find(|it| it["code"] == code).unwrap().clone();
        for (code, difficulty, full, item_rest) in [
            ("A1.1", 0.529_166_666_666_666_7, 0.0, 0.938_430_783_309_568_1),
            ("A1.2", 2.0 / 3.0, 4.0 / 6.0, 0.809_646_007_831_446_8),
            ("A1.3", 5.0 / 9.0, 2.0 / 6.0, 0.890_310_692_962_028_5),
        ] {
            let aspect = by_code(code);
            near(&aspect["difficulty"], difficulty);
            near(&aspect["full"], full);
            near(&aspect["item_rest"]["value"], item_rest);
        }
        for (nth, (deviation, wander)) in [
            (0.316_666_666_666_666_65, 0.106_978_710_239_208_06),
            (-0.372_222_222_222_222_23, 0.090_472_013_270_321_23),
            (-0.127_777_777_777_777_8, 0.095_257_934_441_568_03),
            (0.183_333_333_333_333_35, 0.160_208_197_875_972_2),
        ]
        .into_iter()
        .enumerate()
        {
            let judge = judge_of(&world, &found, nth).await;
            near(&judge["deviation"]["value"], deviation);
            near(&judge["wander"]["value"], wander);
        }

        // A competitor every half hour: the slope of what he has more than the field.
        let tables = [
            RATINGS.map(|ratings| f64::from(ratings.iter().sum::<u32>()) / 40.0),
            YES.map(|yes| f64::from(u8::from(yes))),
            [3.0, 0.0, 2.0, 1.0, 3.0, 1.0].map(|mark| mark / 3.0),
        ];
        let points = tables.iter().flat_map(|shares| {
            let mean = shares.iter().sum::<f64>() / 6.0;
            let point =
                move |(cluster, share): (u32, &f64)| Point { cluster, x: 0.5 * f64::from(cluster), y: share - mean };
            (0..).zip(shares).map(point).collect::<Vec<_>>()
        });
        let drift = slope_of(&points.collect::<Vec<_>>()).unwrap();
        near(&found["drift"]["value"], drift.value);
        near(&found["drift"]["low"], drift.interval.low);
        let hours: Vec<_> =
            found["hours"].as_array().unwrap().iter().map(|it| (it["hour"].as_i64(), it["count"].as_i64())).collect();
        assert_eq!(hours, [(Some(0), Some(6)), (Some(1), Some(6)), (Some(2), Some(6))]);
    })
    .await;
}

/// Chief judge and organiser know judges by name, two of one name apart; a supervisor by their codes. The words follow.
#[tokio::test]
async fn judges_are_named_to_those_who_know_them() {
    each_engine(|mut world| async move {
        six_in_review(&mut world, true).await;
        let here = [(Role::Supervisor, Scope::Contest(world.contest.clone()))];
        let supervisor = account(&world.hall, "sf-supervisor", None, None, &here).await.account;
        let supervisor = Client::signed(&world.router, &world.hall, &supervisor).await;
        let severe = |found: &Value| -> Vec<String> {
            let all = found["findings"].as_array().unwrap().iter().filter(|it| it["kind"] == "severe");
            all.map(|it| it["text"]["zh"].as_str().unwrap().to_owned()).collect()
        };
        for client in [&world.chief, &world.organiser] {
            let found = analysis_of(client, &world).await;
            let second = judge_of(&world, &found, 1).await;
            assert_eq!(
                (&second["name"], second["flags"].as_array().unwrap().contains(&json!("severe"))),
                (&json!("评委乙"), true)
            );
            let mut said = severe(&found);
            said.sort();
            let begins = |at: usize, with: &str| said[at].starts_with(with);
            assert!(said.len() == 2 && begins(0, "裁判 评委乙 偏严") && begins(1, "裁判 评委乙（2） 偏严"), "{said:?}");
        }
        let found = analysis_of(&supervisor, &world).await;
        assert!(found["judges"].as_array().unwrap().iter().all(|judge| judge["name"].is_null()));
        let code = judge_of(&world, &found, 1).await["code"].as_str().unwrap().to_owned();
        assert!(
            severe(&found).iter().any(|said| said.starts_with(&format!("裁判 {code} 偏严"))),
            "{:?}",
            severe(&found)
        );
        let text = found.to_string();
        assert!(
            PANEL[1..].iter().all(|row| !text.contains(row[0])) && FIELD[1..].iter().all(|row| !text.contains(row[0]))
        );
    })
    .await;
}

#[tokio::test]
async fn a_portrait_is_its_competitor_s() {
    each_engine(|mut world| async move {
        let blind_before = world.contest.clone();
        for to in ["live", "review"] {
            world.becomes(to).await;
        }
        publish(&world).await;
        let elsewhere = entry(&world, "E2").await;
        six_in_review(&mut world, false).await;
        refused(&portrait_of(&world.competitor, &world, "N1").await, "contest_not_open", "in review");
        refused(&portrait_of(&world.competitor, &world, "N2").await, "forbidden", "another's");
        let path = world.path(&format!("portrait/{elsewhere}"));
        refused(&world.chief.get(&path).await, "not_found", "another contest's");
        refused(&world.chief.get(&world.path("portrait/nobody")).await, "not_found", "no id at all");
        refused(&portrait_of(&world.stranger, &world, "N1").await, "not_signed_in", "the public");
        refused(&portrait_of(&world.judges[0], &world, "N1").await, "forbidden", "a judge");
        assert_eq!(portrait_of(&world.chief, &world, "N1").await.json()["provisional"], true);
        publish(&world).await;

        let own = portrait_of(&world.competitor, &world, "N1").await;
        assert_eq!(own.status, 200, "{}", own.text());
        let own = own.json();
        assert_eq!((&own["own"], &own["provisional"], &own["name"]), (&json!(true), &json!(false), &json!("机密甲")));
        assert_eq!((&own["rank"], &own["ranked"], &own["total"]), (&json!(2), &json!(6), &json!("11.00")));
        let [hand, eye] = [&own["abilities"][0], &own["abilities"][1]];
        near(&hand["share"], 8.0 / 12.0);
        near(&hand["percentile"], 3.5 / 6.0);
        near(&hand["other"], 9.5 / 12.0);
        near(&hand["field"][0], 0.25);
        near(&hand["field"][4], 9.5 / 12.0);
        assert!(hand["low"].is_number() && eye["low"].is_null(), "one aspect gives no interval");
        assert_eq!((&own["compared"]["name"], &own["compared"]["rank"]), (&json!("选手五"), &json!(1)));
        assert_eq!(
            own["compared"]["text"]["en"],
            "The distance is 1.50 marks; most is lost in “Hand work”, 1.50 marks."
        );
        assert_eq!((&own["modules"][0]["mark"], &own["modules"][0]["other"]), (&json!("11.00"), &json!("12.50")));
        assert_eq!(own["modules"][0]["field"], json!(["3.00", "5.69", "9.13", "10.88", "12.50"]));
        let strong = &own["remarks"][0];
        assert_eq!(
            (own["remarks"].as_array().unwrap().len(), &strong["ability"], &strong["certain"]),
            (1, &json!("eye"), &json!(false))
        );

        // He knows where he took part; the chief of this contest is not told who was who in a blind one, its organiser is.
        let contests = |seen: &Value| -> Vec<Value> {
            seen["timeline"].as_array().unwrap().iter().map(|it| it["contest"].clone()).collect()
        };
        let (before, here) = (json!(blind_before.to_string()), json!(world.contest.to_string()));
        let mut both = contests(&own);
        both.sort_by_key(|contest| *contest == here);
        assert_eq!(both, [before.clone(), here.clone()]);
        let by_chief = portrait_of(&world.chief, &world, "N1").await.json();
        assert_eq!((contests(&by_chief), &by_chief["own"]), (vec![here.clone()], &json!(false)));
        assert_eq!(contests(&portrait_of(&world.organiser, &world, "N1").await.json()).len(), 2);

        // The first is beside the second; the last has nothing but weak points.
        let first = portrait_of(&world.chief, &world, "N5").await.json();
        assert_eq!((&first["rank"], &first["compared"]["rank"]), (&json!(1), &json!(2)));
        assert_eq!(first["compared"]["text"]["zh"], "领先对方 1.50 分；“手工”（+1.50）领先。");
        let last = portrait_of(&world.chief, &world, "N2").await.json();
        assert!(last["remarks"].as_array().unwrap().iter().all(|it| it["strong"] == false), "{}", last["remarks"]);
        assert_eq!(last["remarks"].as_array().unwrap().len(), 2);
    })
    .await;
}

/// In a blind contest a chief judge learns no name, not from the other contests either.
#[tokio::test]
async fn a_blind_contest_stays_blind() {
    each_engine(|mut world| async move {
        six_in_review(&mut world, true).await;
        publish(&world).await;
        let seen = portrait_of(&world.chief, &world, "N1").await;
        for row in &FIELD[1..] {
            assert!(!seen.text().contains(row[0]) && !seen.text().contains(row[1]), "{}", seen.text());
        }
        let seen = seen.json();
        assert_eq!((&seen["timeline"], &seen["timeline_withheld"]), (&json!([]), &json!(true)));
        assert_eq!(
            (&seen["no"], &seen["compared"]["no"], &seen["compared"]["name"]),
            (&json!("N1"), &json!("N5"), &Value::Null)
        );
        assert_eq!(portrait_of(&world.organiser, &world, "N1").await.json()["name"], "机密甲");
        let own = portrait_of(&world.competitor, &world, "N1").await.json();
        assert_eq!((&own["name"], &own["compared"]["name"]), (&json!("机密甲"), &Value::Null));
    })
    .await;
}

/// Nothing yet, one competitor, no judges, all the same: each figure says what it lacks, and nothing is made up.
#[tokio::test]
async fn too_little_is_said_to_be_too_little() {
    each_engine(|world| async move {
        let draft = analysis_of(&world.chief, &world).await;
        assert_eq!(
            (&draft["provisional"], &draft["competitors"], &draft["findings"]),
            (&json!(true), &json!(0), &json!([]))
        );
        assert!(
            draft["reliability"]["alpha"]["lack"]["zh"].is_string()
                && draft["facets"]["separation"]["lack"]["en"].is_string()
        );
        assert_eq!((&draft["aspects"], &draft["judges"], &draft["hours"]), (&json!([]), &json!([]), &json!([])));

        world.becomes("live").await;
        let theory = async |marks: &[(&str, &str)]| {
            let marks: Vec<Value> = marks.iter().map(|(no, mark)| json!({"entry_no": no, "mark": mark})).collect();
            let body = json!({"aspect": "T1.1", "marks": marks});
            assert_eq!(world.organiser.post(&world.path("theory"), body).await.status, 200);
        };
        theory(&[("E1", "5.00")]).await;
        let one = analysis_of(&world.organiser, &world).await;
        assert_eq!((&one["competitors"], &one["aspects"][0]["difficulty"]), (&json!(1), &json!(0.5)));
        assert!(
            one["aspects"][0]["item_rest"]["value"].is_null()
                && one["aspects"][0]["item_rest"]["lack"]["zh"].is_string()
        );
        assert!(one["drift"]["lack"]["zh"].is_string() && one["agreement"]["interval"]["lack"]["en"].is_string());
        let alone = portrait_of(&world.chief, &world, "E1").await.json();
        assert_eq!((&alone["rank"], &alone["compared"], &alone["remarks"]), (&json!(1), &Value::Null, &json!([])));

        theory(&[("E1", "5.00"), ("E2", "5.00"), ("E3", "5.00"), ("E4", "5.00"), ("W1", "5.00")]).await;
        let same = analysis_of(&world.chief, &world).await;
        assert_eq!((&same["competitors"], &same["judges"], &same["panels"]), (&json!(5), &json!([]), &json!([])));
        assert!(same["abilities"][0]["reliability"].is_null());
        let level = portrait_of(&world.chief, &world, "E2").await.json();
        assert_eq!((&level["remarks"], &level["abilities"][0]["percentile"]), (&json!([]), &json!(0.5)));
        assert_eq!(level["compared"]["text"]["en"], "The totals are the same.");
        // Who has no mark has a portrait that says nothing.
        let none = portrait_of(&world.chief, &world, "W2").await.json();
        assert_eq!((&none["rank"], &none["abilities"], &none["compared"]), (&Value::Null, &json!([]), &Value::Null));
        // The competitor's own comes with the result.
        refused(&portrait_of(&world.competitor, &world, "E1").await, "contest_not_open", "live");
    })
    .await;
}

/// What the referee found in the shadow stands beside what a judge counted without it; a second round is told.
#[tokio::test]
async fn the_referee_beside_a_judge_who_did_not_see_it() {
    each_engine(|world| async move {
        world.becomes("live").await;
        let run = world.run("E2", "D").await;
        world.start(&run).await;
        let (edge, path) = (world.edge("edg_east").await, world.path("telemetry"));
        let began = world.hall.now().as_millis() - testkit::START_MS;
        let pulls = [
            ("S02", began + 1, json!({"grip": false, "estop": false, "force": 1.0, "sound": true})),
            ("S02", began + 500, json!({"force": 60.0})),
        ];
        world.clock.advance_millis(2_000);
        assert_eq!(send(&edge, &path, batch("edg_east", 1, began + 1_900, &pulls)).await.status, 200);
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        world.clock.advance_millis(GRACE_MS);
        assert_eq!(send(&edge, &path, batch("edg_east", 2, began + 2_000 + GRACE_MS, &[])).await.status, 200);
        let floor = world.floor().await;
        testkit::eventually("the run is judged to its end", async || floor.arena().runs[&run].judged).await;
        assert_eq!(analysis_of(&world.chief, &world).await["machine"], json!([]), "the judge has not said anything");
        let judge = common::story::assigned(&world, &run, "D1.3").await[0];
        given(&world, judge, mark(80, &run, "D1.3", marks("2.00"))).await;
        common::story::a_spread_and_its_round(&world).await;
        let found = analysis_of(&world.chief, &world).await;
        let machine = &found["machine"][0];
        assert_eq!((&machine["code"], &machine["pairs"], &machine["agreed"]), (&json!("D1.3"), &json!(1), &json!(0)));
        near(&machine["rate"]["high"], analysis::interval::wilson(0, 1).unwrap().high);
        assert!(
            machine["difference"]["value"].is_null() && machine["difference"]["lack"]["zh"].is_string(),
            "of one competitor"
        );
        assert_eq!(found["machine"].as_array().unwrap().len(), 1, "what counts by itself is seen by judges");
        assert_eq!(found["again"], 1);
    })
    .await;
}

/// The newest answer is kept, and a mark makes another.
#[tokio::test]
async fn figures_follow_the_log() {
    let database = testkit::sqlite_database();
    let world = World::with(&database.url, new_contest(true)).await;
    world.becomes("live").await;
    let before = analysis_of(&world.chief, &world).await;
    assert_eq!(analysis_of(&world.chief, &world).await, before);
    let run = world.run("E1", "A").await;
    world.start(&run).await;
    for (at, judge) in common::story::assigned(&world, &run, "A2.1").await.into_iter().enumerate() {
        given(&world, judge, mark(at as u32, &run, "A2.1", level(2))).await;
    }
    let after = analysis_of(&world.chief, &world).await;
    assert!(after["position"].as_i64() > before["position"].as_i64());
    assert_eq!((&after["marks"], &after["judges"].as_array().unwrap().len()), (&json!(1), &3));
    assert_eq!(after["judges"][0]["deviation"]["lack"]["zh"], "成绩齐全的选手只有 1 名，至少需要 2 名");
}

//! Seasons: made from a file, filled with contests, and who goes on from one to the next. And the calendar. On both engines.

mod common;

use common::seasons::*;
use common::story::{a_spread_and_its_round, publish, rechecked, refused, sign_both, supervisor};
use common::{COMPETITORS, World, new_contest, rule_set, upload, xlsx};
use kernel::{ContestId, Role, Scope};
use serde_json::{Value, json};
use web::testing::{Client, account};

/// Of another feeder: nobody of the first.
const OTHERS: &[[&str; 7]] = &[
    COMPETITORS[0],
    ["新人甲", "保密单位甲", "", "workers", "东赛场", "E1", "other-a"],
    ["新人乙", "保密单位庚", "", "workers", "西赛场", "W1", ""],
];

async fn each_engine<F: Future<Output = ()>>(run: impl Fn(World) -> F) {
    for database in testkit::databases().await {
        run(World::new(&database.url, false).await).await;
    }
}

async fn runs_in(world: &World, contest: &ContestId) -> i64 {
    let count = "select count(*) as n from contest_run where contest = $1";
    world.hall.db.one(count, &store::args![contest]).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn two_feeders_send_their_best_and_the_next_in_line() {
    each_engine(|world| async move {
        let (season, first) = (season(&world).await, world.contest.clone());
        let target = another_contest(&world, new_contest(false)).await;
        let other = another_contest(&world, new_contest(false)).await;
        let path = format!("/api/contests/{other}/imports/competitors?commit=true");
        assert_eq!(upload(&world.organiser, &path, &xlsx(OTHERS)).await.status, 200);
        refused(&advancement(&world.organiser, &first).await, "not_found", "it stands in no season");
        refused(&confirm(&world.organiser, &first, &json!("x")).await, "not_found", "it stands in no season");
        assert_eq!(place(&world, &target, placing(&season, "second", None)).await.status, 200);
        for feeder in [&first, &other] {
            assert_eq!(place(&world, feeder, placing(&season, "first", None)).await.status, 200);
            let nowhere = advancement(&world.organiser, feeder).await.json();
            assert!(nowhere["waits"]["zh"].as_str().unwrap().contains("去向"), "{nowhere}");
            assert_eq!(place(&world, feeder, placing(&season, "first", Some(&target))).await.status, 200);
        }
        let early = advancement(&world.organiser, &first).await.json();
        assert_eq!((&early["rows"], &early["digest"]), (&json!([]), &json!("")));
        refused(&confirm(&world.organiser, &first, &json!("")).await, "advance_state", "it isn't final");

        finished(&world, &first, MARKS).await;
        let seen = advancement(&world.organiser, &first).await.json();
        assert_eq!(seen["waits"], Value::Null);
        let row = |name: &str, outcome: &str, line: Value| (name.to_owned(), outcome.to_owned(), line, Value::Null);
        let expected = [
            row("机密甲", "advances", Value::Null),
            row("机密乙", "next_in_line", json!(1)),
            row("机密戊", "next_in_line", json!(1)),
            row("机密己", "next_in_line", json!(3)),
            row("机密丙", "advances", Value::Null),
            row("机密丁", "next_in_line", json!(1)),
        ];
        let mut found = told(&seen);
        found[1..3].sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(found, expected);
        refused(&confirm(&world.organiser, &first, &json!("0")).await, "stale", "another result");
        let confirmed = confirm(&world.organiser, &first, &seen["digest"]).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        assert_eq!(names_in(&world, &target).await, ["机密丙", "机密甲"]);
        assert_eq!(runs_in(&world, &target).await, 4, "each has a run of each module");
        assert_eq!(
            (
                audited(&world, "season.advanced").await,
                world.competitor.get(&format!("/api/contests/{target}/mine")).await.status.as_u16()
            ),
            (1, 200)
        );
        refused(&confirm(&world.organiser, &first, &seen["digest"]).await, "advance_state", "nobody is new");

        finished(&world, &other, &[("E1", "5"), ("W1", "5")]).await;
        let seen = advancement(&world.organiser, &other).await.json();
        assert_eq!(confirm(&world.organiser, &other, &seen["digest"]).await.status, 200);
        assert_eq!(
            names_in(&world, &target).await,
            ["新人乙", "新人甲", "机密丙", "机密甲"],
            "a tie at the edge goes on whole"
        );

        // Who declines leaves, and both who share the next rank come: the rule lets ties in.
        let seen = advancement(&world.organiser, &first).await.json();
        let declining = place_of(&seen, "机密甲");
        refused(&answer(&world, &first, &declining, json!({"answer": "declined"})).await, "invalid", "why?");
        let declined = json!({"answer": "declined", "reason": "出国"});
        let after = answer(&world, &first, &declining, declined.clone()).await;
        assert_eq!(after.status, 200, "{}", after.text());
        let states: Vec<(String, Value)> = told(&after.json()).into_iter().map(|row| (row.0, row.3)).collect();
        assert!(states.contains(&("机密甲".into(), json!("replaced"))), "{states:?}");
        assert!(
            states.contains(&("机密乙".into(), json!("offered")))
                && states.contains(&("机密戊".into(), json!("offered")))
        );
        assert_eq!(names_in(&world, &target).await, ["新人乙", "新人甲", "机密丙", "机密乙", "机密戊"]);
        assert_eq!(runs_in(&world, &target).await, 10);
        assert_eq!(
            world.competitor.get(&format!("/api/contests/{target}/mine")).await.status,
            403,
            "he is no competitor there"
        );
        refused(&answer(&world, &first, &declining, declined.clone()).await, "advance_state", "he has declined");
        let seen = advancement(&world.organiser, &first).await.json();
        let accepting = place_of(&seen, "机密乙");
        assert_eq!(answer(&world, &first, &accepting, json!({"answer": "accepted"})).await.status, 200);
        refused(&answer(&world, &first, &accepting, json!({"answer": "accepted"})).await, "advance_state", "twice");
        refused(&answer(&world, &first, "adv_x", json!({"answer": "accepted"})).await, "not_found", "no such place");
        refused(&answer(&world, &other, &accepting, declined.clone()).await, "not_found", "another contest's");
        assert_eq!(
            (audited(&world, "season.place_declined").await, audited(&world, "season.place_accepted").await),
            (1, 1)
        );

        // What others rely on stands.
        refused(&place(&world, &first, json!({"season": null})).await, "advance_state", "somebody has gone on");
        refused(&place(&world, &target, placing(&season, "last", None)).await, "advance_state", "it is fed");
        let mut renamed = placing(&season, "first", Some(&target));
        renamed["trades"] = json!(["welder", "fitter"]);
        assert_eq!(place(&world, &first, renamed).await.status, 200, "trades may change");

        // Once the next contest is opened, its field stands.
        let opened = world.organiser.post(&format!("/api/contests/{target}/state"), json!({"to": "live"})).await;
        assert_eq!(opened.status, 200, "{}", opened.text());
        let late = answer(&world, &first, &accepting, declined).await;
        refused(&late, "contest_not_open", "it is live");
        assert_eq!(names_in(&world, &target).await.len(), 5);
        let shown = world.stranger.get(&format!("/api/seasons/{season}")).await.json();
        let mut counts: Vec<String> = (shown["tiers"].as_array().unwrap().iter())
            .flat_map(|tier| tier["contests"].as_array().unwrap())
            .map(|it| format!("{} {}", it["state"].as_str().unwrap(), it["advanced"]))
            .collect();
        counts.sort_unstable();
        assert_eq!(counts, ["final 2", "final 3", "live 0"]);
        assert!(!shown.to_string().contains("机密"), "nobody is named");
    })
    .await;
}

#[tokio::test]
async fn nobody_comes_into_a_field_whose_lots_are_drawn() {
    each_engine(|world| async move {
        let (season, first) = (season(&world).await, world.contest.clone());
        let mut with_rules = new_contest(false);
        with_rules["rule_set"] = json!(rule_set());
        let target = another_contest(&world, with_rules).await;
        let path = format!("/api/contests/{target}/imports/competitors?commit=true");
        assert_eq!(upload(&world.organiser, &path, &xlsx(OTHERS)).await.status, 200);
        assert_eq!(place(&world, &target, placing(&season, "second", None)).await.status, 200);
        assert_eq!(place(&world, &first, placing(&season, "first", Some(&target))).await.status, 200);
        finished(&world, &first, MARKS).await;
        for (rest, body) in
            [("commitment", json!({"reason": null})), ("lots", json!({"public_part": "福彩3D 2026311：4 0 7"}))]
        {
            let drawn = world.organiser.post(&format!("/api/contests/{target}/draw/{rest}"), body).await;
            assert_eq!(drawn.status, 200, "{}", drawn.text());
        }
        let seen = advancement(&world.organiser, &first).await.json();
        refused(&confirm(&world.organiser, &first, &seen["digest"]).await, "contest_not_open", "lots are drawn");
        assert_eq!(names_in(&world, &target).await, ["新人乙", "新人甲"]);
        let numbers = world.organiser.get(&format!("/api/contests/{target}/ranking")).await.json();
        let told = advancement(&world.organiser, &first).await.text();
        for row in numbers["items"].as_array().unwrap() {
            assert!(!told.contains(row["entry"].as_str().unwrap()), "no entry of the target is named");
        }
    })
    .await;
}

#[tokio::test]
async fn a_result_that_an_appeal_opens_again_marks_the_places() {
    for database in testkit::databases().await {
        let mut contest = new_contest(true);
        contest["rule_set"] = json!(rule_set());
        let world = World::with(&database.url, contest).await;
        let (season, first) = (season(&world).await, world.contest.clone());
        let target = another_contest(&world, new_contest(false)).await;
        assert_eq!(place(&world, &target, placing(&season, "second", None)).await.status, 200);
        assert_eq!(place(&world, &first, placing(&season, "first", Some(&target))).await.status, 200);
        world.becomes("live").await;
        let run = a_spread_and_its_round(&world).await;
        let marks: Vec<Value> = MARKS.iter().map(|(no, mark)| json!({"entry_no": no, "mark": mark})).collect();
        let body = json!({"aspect": "T1.1", "marks": marks});
        assert_eq!(world.organiser.post(&world.path("theory"), body).await.status, 200);
        assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
        let (supervisor, arbitrator) =
            (supervisor(&world).await, world.appointed("arbitrator-1", Role::Arbitrator).await);
        world.becomes("review").await;
        rechecked(&world, &supervisor).await;
        sign_both(&world, &supervisor).await;
        assert_eq!(publish(&world).await.status, 200);
        let seen = advancement(&world.organiser, &first).await.json();
        assert_eq!(confirm(&world.organiser, &first, &seen["digest"]).await.status, 200);

        world.clock.advance_millis(60_000);
        let appeal = json!({"module": "T", "aspects": ["T1.1"], "text": "漏记一步", "asks": null});
        let made = world.competitor.post(&world.path("appeals"), appeal).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let again = |seen: &Value| {
            let rows = seen["rows"].as_array().unwrap().iter();
            rows.filter_map(|row| row["place"]["look_again"]["zh"].as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        let open = advancement(&world.organiser, &first).await.json();
        assert!(again(&open).iter().all(|says| says.contains("申诉")) && again(&open).len() == 2, "{open}");
        refused(&confirm(&world.organiser, &first, &open["digest"]).await, "advance_state", "an appeal is open");
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let upheld = json!({"decision": "upheld", "reason": "核对", "corrections": [{"aspect": "T1.1", "marks": "0", "reason": "卷面无此题"}]});
        let decided = arbitrator.post(&world.path(&format!("appeals/{id}/answer")), upheld).await;
        assert_eq!(decided.status, 200, "{}", decided.text());
        let review = advancement(&world.organiser, &first).await.json();
        assert_eq!(
            (again(&review).len(), &review["digest"]),
            (2, &json!("")),
            "it is in review, and what was offered stands"
        );
        assert_eq!(names_in(&world, &target).await.len(), 2, "nothing is undone by itself");

        sign_both(&world, &supervisor).await;
        assert_eq!(publish(&world).await.status, 200);
        let corrected = advancement(&world.organiser, &first).await.json();
        let says = again(&corrected);
        assert!(
            says.iter().any(|it| it.contains("不再晋级")) && says.iter().any(|it| it.contains("仍可晋级")),
            "{says:?}"
        );
        let place = place_of(&corrected, "机密甲");
        let kept = json!({"answer": "kept", "reason": "名额已公示，经研究保留"});
        let after = answer(&world, &first, &place, kept).await;
        assert_eq!(after.status, 200, "{}", after.text());
        assert_eq!(again(&after.json()).len(), 1, "one is still to be looked at");
        assert_eq!(names_in(&world, &target).await.len(), 2);
    }
}

#[tokio::test]
async fn what_is_no_season_and_no_place_in_one_is_refused() {
    each_engine(|world| async move {
        let bad =
            world.organiser.post("/api/seasons", json!({"season": SEASON.replace("level: city", "level: moon")})).await;
        refused(&bad, "season_invalid", "no such level");
        assert_eq!(bad.fields(), ["season:17:12"]);
        refused(&world.organiser.post("/api/seasons", json!({"season": ""})).await, "season_invalid", "nothing");
        refused(
            &world.organiser.post("/api/seasons", json!({"season": SEASON, "x": 1})).await,
            "invalid",
            "unknown field",
        );
        let checked = world
            .organiser
            .post("/api/season-files/check", json!({"season": SEASON.replace("first: 1", "first: 0")}))
            .await
            .json();
        assert_eq!((&checked["summary"], &checked["faults"][0]["line"]), (&Value::Null, &json!(10)));
        let checked = world.organiser.post("/api/season-files/check", json!({"season": SEASON})).await.json();
        assert_eq!(
            checked["summary"]["tiers"][0]["rule"]["zh"],
            "各组前 1 名晋级；总分不低于 1.00；每单位最多 2 人；末位并列一并晋级；放弃的由下一名递补。"
        );
        let shipped = world.organiser.get("/api/season-files").await.json();
        assert_eq!(shipped["items"][0]["name"], "district-skills-season");
        assert_eq!(world.stranger.get("/api/seasons").await.json()["items"], json!([]));
        refused(&world.stranger.get("/api/seasons/sea_x").await, "not_found", "no such season");

        let (season, first) = (season(&world).await, world.contest.clone());
        let target = another_contest(&world, new_contest(false)).await;
        let with = |key: &str, value: Value| {
            let mut body = placing(&season, "first", None);
            body[key] = value;
            body
        };
        for (body, field) in [
            (with("season", json!("sea_x")), "season"),
            (with("tier", json!("third")), "tier"),
            (with("trades", json!([])), "trades"),
            (with("trades", json!(["fitter", "alchemist"])), "trades[1]"),
            (with("trades", json!(["turner"])), "trades[0]"),
            (with("trades", json!(["fitter", "fitter"])), "trades[1]"),
            (with("host", json!("没有的单位")), "host"),
            (with("host", json!("长".repeat(101))), "host"),
            (with("target", json!(first.as_str())), "target"),
            (with("target", json!(target.as_str())), "target"),
            (with("target", json!("con_x")), "target"),
        ] {
            let answer = place(&world, &first, body.clone()).await;
            refused(&answer, "invalid", field);
            assert_eq!(answer.fields(), [field], "{body}");
        }
        let everything = json!({"season": season, "tier": "x", "trades": ["x"], "host": "x", "target": "con_x"});
        assert_eq!(place(&world, &first, everything).await.fields(), ["tier", "trades[0]", "host", "target"]);
        refused(
            &place(&world, &"con_x".parse().unwrap(), with("tier", json!("first"))).await,
            "not_found",
            "no such contest",
        );
        refused(&place(&world, &first, json!({})).await, "invalid", "a season that is left out");
        // A target of the wrong tier, and one without the trade.
        assert_eq!(place(&world, &target, placing(&season, "last", None)).await.status, 200);
        assert_eq!(place(&world, &first, with("target", json!(target.as_str()))).await.fields(), ["target"]);
        let mut welders = placing(&season, "second", None);
        welders["trades"] = json!(["welder"]);
        assert_eq!(place(&world, &target, welders).await.status, 200);
        assert_eq!(place(&world, &first, with("target", json!(target.as_str()))).await.fields(), ["target"]);
        let shown = world.stranger.get(&format!("/api/seasons/{season}")).await.json();
        assert_eq!(shown["tiers"][0]["contests"], json!([]), "a refusal changes nothing");
        assert_eq!(place(&world, &first, with("host", json!("技师学院"))).await.status, 200);
        let shown = world.stranger.get(&format!("/api/seasons/{season}")).await.json();
        assert_eq!(shown["tiers"][0]["contests"][0]["host"]["zh"], "技师学院");
        assert_eq!(place(&world, &first, json!({"season": null})).await.status, 200);
        let shown = world.stranger.get(&format!("/api/seasons/{season}")).await.json();
        assert_eq!(shown["tiers"][0]["contests"], json!([]));
    })
    .await;
}

/// An organiser of one contest sends nobody into the field of another.
#[tokio::test]
async fn who_confirms_organises_both() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, false).await;
    let (season, first) = (season(&world).await, world.contest.clone());
    let target = another_contest(&world, new_contest(false)).await;
    assert_eq!(place(&world, &target, placing(&season, "second", None)).await.status, 200);
    assert_eq!(place(&world, &first, placing(&season, "first", Some(&target))).await.status, 200);
    finished(&world, &first, MARKS).await;
    let own = world.appointed("own-organiser", Role::Organiser).await;
    let seen = advancement(&own, &first).await.json();
    refused(&confirm(&own, &first, &seen["digest"]).await, "forbidden", "not his field");
    let both =
        [Role::Organiser].map(|role| [first.clone(), target.clone()].map(|id| (role, Scope::Contest(id)))).concat();
    let member = account(&world.hall, "both-organiser", None, None, &both).await;
    let both = Client::signed(&world.router, &world.hall, &member.account).await;
    for judge in &world.judges {
        refused(&advancement(judge, &first).await, "forbidden", "a judge");
    }
    assert_eq!(confirm(&both, &first, &seen["digest"]).await.status, 200);
}

#[tokio::test]
async fn the_calendar_tells_where_each_contest_stands() {
    each_engine(|world| async move {
        let season = season(&world).await;
        assert_eq!(place(&world, &world.contest, placing(&season, "first", None)).await.status, 200);
        let mut later = new_contest(true);
        later["name"] = json!({"zh": "另一场", "en": "Another"});
        later["starts_at"] = json!("2027-03-01T00:00:00.000Z");
        let later = another_contest(&world, later).await;
        let ask = async |query: &str| {
            let answer = world.stranger.get(&format!("/api/calendar?{query}")).await;
            assert_eq!(answer.status, 200, "{query}: {}", answer.text());
            let items = answer.json()["items"].as_array().unwrap().clone();
            items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let (first, later) = (world.contest.to_string(), later.to_string());
        let years = "from=2026-01-01T00:00:00Z&to=2028-01-01T00:00:00Z";
        assert_eq!(ask(years).await, [first.clone(), later.clone()]);
        assert_eq!(ask("from=2027-01-01T00:00:00Z&to=2028-01-01T00:00:00Z").await, std::slice::from_ref(&later));
        assert_eq!(ask("").await, [first.clone(), later.clone()], "half a year around now");
        for (query, found) in [
            ("trade=fitter", vec![&first]),
            ("trade=machining", vec![&first]),
            ("trade=welder", vec![]),
            ("tier=first", vec![&first]),
            ("tier=enterprise", vec![&first]),
            ("tier=city", vec![]),
            ("state=draft", vec![&first, &later]),
            ("state=live", vec![]),
            ("q=%E5%8F%A6%E4%B8%80", vec![&later]),
            ("q=%E9%92%B3%E5%B7%A5", vec![&first]),
            ("q=EAST%20trial", vec![&first]),
            ("q=nothing", vec![]),
        ] {
            assert_eq!(
                ask(&format!("{years}&{query}")).await,
                found.into_iter().cloned().collect::<Vec<_>>(),
                "{query}"
            );
        }
        // What began before the time asked for and ends in it stands there too.
        let end = kernel::Timestamp::from_millis(testkit::START_MS + 90 * 86_400_000);
        let write = world.hall.db.write::<_, store::StoreError, _>(|tx| {
            let contest = &world.contest;
            Box::pin(async move {
                tx.exec("update contest set ends_at = $2 where id = $1", &store::args![contest, end]).await.map(drop)
            })
        });
        write.await.unwrap();
        assert_eq!(ask("from=2027-01-01T00:00:00Z&to=2028-01-01T00:00:00Z").await, [first.clone(), later.clone()]);

        for (query, field) in [
            ("from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
            ("from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
            ("from=yesterday", "from"),
            ("state=over", "state"),
            ("trade=alchemist", "trade"),
            ("place=here", "place"),
        ] {
            let answer = world.stranger.get(&format!("/api/calendar?{query}")).await;
            refused(&answer, "invalid", query);
            assert_eq!(answer.fields(), [field], "{query}");
        }
        let long = world.stranger.get(&format!("/api/calendar?q={}", "a".repeat(101))).await;
        refused(&long, "invalid", "too long");

        // The state that it tells is that of the log, whoever changed it.
        for state in ["live", "frozen", "review"] {
            world.becomes(state).await;
            assert_eq!(ask(&format!("{years}&state={state}")).await, std::slice::from_ref(&first));
        }
        let again = world.reopened().await;
        let told = again.stranger.get(&format!("/api/calendar?{years}")).await.json();
        assert_eq!(told["items"][0]["state"], "review");
        assert_eq!(told["items"][0]["tier"]["name"]["en"], "First round");
        assert_eq!(told["items"][0]["venues"][1]["en"], "West");
        let trades = world.stranger.get("/api/trades").await.json();
        assert_eq!(trades["trades"].as_array().unwrap().len(), 139);
    })
    .await;
}

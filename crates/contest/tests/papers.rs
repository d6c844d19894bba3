//! Papers of a contest, as a PDF reader that knows nothing of this house finds them: who may have which, and what stands on them. On both engines.

mod common;

use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};

use common::story::{a_spread_and_its_round, publish, rechecked, refused, sign_both, supervisor};
use common::{World, new_contest, rule_set};
use kernel::{Role, Scope};
use serde_json::{Value, json};
use web::testing::{Answered, Client, account};

async fn each_engine<F: Future<Output = ()>>(blind: bool, run: impl Fn(World) -> F) {
    by_rules(blind, rule_set(), run).await;
}

async fn by_rules<F: Future<Output = ()>>(blind: bool, rules: String, run: impl Fn(World) -> F) {
    for database in testkit::databases().await {
        let mut contest = new_contest(blind);
        contest["rule_set"] = json!(rules);
        run(World::with(&database.url, contest).await).await;
    }
}

/// The text of a paper without white space, for where lines break says nothing.
fn text_of(answer: &Answered) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut reader = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext; run `cargo xtask install`");
    reader.stdin.take().unwrap().write_all(&answer.bytes).unwrap();
    let read = reader.wait_with_output().unwrap();
    assert!(read.status.success());
    String::from_utf8(read.stdout).unwrap().split_whitespace().collect()
}

fn names_in(zip: &Answered) -> Vec<String> {
    assert_eq!(zip.status, 200, "{}", zip.text());
    let archive = zip::ZipArchive::new(Cursor::new(zip.bytes.to_vec())).unwrap();
    let mut names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort();
    names
}

/// Marks, in review, and the paper's mark for everybody.
async fn in_review(world: &World) -> Client {
    world.becomes("live").await;
    let run = a_spread_and_its_round(world).await;
    assert_eq!(world.clock_act(&run, json!({"act": "close"})).await.status, 200);
    let marks: Vec<Value> = ["E1", "E2", "E3", "E4", "W1", "W2"]
        .iter()
        .enumerate()
        .map(|(at, no)| json!({"entry_no": no, "mark": (9 - at).to_string()}))
        .collect();
    let imported = world.organiser.post(&world.path("theory"), json!({"aspect": "T1.1", "marks": marks})).await;
    assert_eq!(imported.status, 200, "{}", imported.text());
    world.becomes("review").await;
    supervisor(world).await
}

async fn published(world: &World) -> Client {
    let supervisor = in_review(world).await;
    rechecked(world, &supervisor).await;
    sign_both(world, &supervisor).await;
    assert_eq!(publish(world).await.status, 200);
    supervisor
}

async fn certificates(client: &Client, world: &World) -> Vec<Value> {
    let answer = client.get(&world.path("certificates")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

async fn check(world: &World, number: &str) -> Answered {
    world.stranger.get(&world.path(&format!("certificates/{number}"))).await
}

/// How often each verb stands in the archive.
async fn told(world: &World, verb: &str) -> usize {
    let statements = archive::since(&world.hall.db, 0, 1000).await.unwrap();
    let of = statements.iter().filter(|one| one.statement().unwrap().unwrap().verb.id.ends_with(verb));
    of.count()
}

#[tokio::test]
async fn a_certificate_is_its_winners_and_anybody_checks_it() {
    each_engine(false, |world| async move {
        let none = world.organiser.get(&world.path("papers/certificates")).await;
        refused(&none, "contest_not_open", "there is no result");
        assert_eq!(certificates(&world.organiser, &world).await, Vec::<Value>::new());
        published(&world).await;

        let all = certificates(&world.organiser, &world).await;
        assert!(all.len() > 2, "{all:?}");
        let own = certificates(&world.competitor, &world).await;
        let of_e1: Vec<&Value> = all.iter().filter(|it| it["name"] == "机密甲" || it["name"] == "一队").collect();
        assert_eq!(own.iter().collect::<Vec<_>>(), of_e1, "his own, and his team's");
        assert_eq!(certificates(&world.judges[0], &world).await, Vec::<Value>::new());
        let paged = world.organiser.get(&world.path("certificates?limit=1")).await.json();
        let next = paged["next"].as_str().unwrap();
        let second = world.organiser.get(&world.path(&format!("certificates?limit=1&cursor={next}"))).await.json();
        assert_eq!((&paged["items"][0], &second["items"][0]), (&all[0], &all[1]));

        // The sheet says what the list says, signed by those who signed the result.
        let first = own.iter().find(|it| it["name"] == "机密甲").unwrap();
        let number = first["number"].as_str().unwrap();
        let paper = world.competitor.get(&world.path(&format!("papers/certificates/{number}"))).await;
        let said = text_of(&paper);
        for words in ["机密甲", "试验赛", first["prize"]["zh"].as_str().unwrap(), number, "裁判长", "监督员"]
        {
            assert!(said.contains(&words.replace(' ', "")), "{words} is not in {said}");
        }
        let again = world.competitor.get(&world.path(&format!("papers/certificates/{number}"))).await;
        assert_eq!(again.bytes, paper.bytes, "the same paper each time");

        // Who checks it may have written it down carelessly.
        let careless = number.to_lowercase().replace('-', "").replace('0', "o");
        for written in [number, &careless] {
            let checked = check(&world, written).await.json();
            assert_eq!((&checked["validity"], &checked["name"]), (&json!("valid"), &json!("机密甲")));
            assert_eq!((&checked["prize"], &checked["number"]), (&first["prize"], &first["number"]));
        }
        refused(&check(&world, "7K2M-04TX-9QWE").await, "not_found", "nobody's");
        refused(&check(&world, &"x".repeat(5000)).await, "not_found", "nobody's");

        // Another's is not to be had; all of them are, by those who hold the contest.
        let other = all.iter().find(|it| it["entry"] != first["entry"] && !it["entry"].is_null()).unwrap();
        let others = world.path(&format!("papers/certificates/{}", other["number"].as_str().unwrap()));
        refused(&world.competitor.get(&others).await, "forbidden", "another's");
        refused(&world.judges[0].get(&others).await, "forbidden", "a judge");
        refused(&world.competitor.get(&world.path("papers/certificates")).await, "forbidden", "everybody's");
        let names = names_in(&world.organiser.get(&world.path("papers/certificates")).await);
        assert_eq!(names.len(), all.len());
        assert!(names.iter().any(|name| name.contains("机密甲") && name.ends_with(".pdf")), "{names:?}");
    })
    .await;
}

#[tokio::test]
async fn an_appeal_holds_a_certificate_and_may_withdraw_it() {
    each_engine(false, |world| async move {
        let supervisor = published(&world).await;
        let before = certificates(&world.organiser, &world).await;
        let valid = |all: &[Value]| all.iter().filter(|it| it["validity"] == "valid").count();
        assert_eq!(valid(&before), before.len());
        let awarded = told(&world, "was-awarded").await;
        assert!(awarded >= before.len() && told(&world, "showed-ability").await > 0);

        for it in &before {
            assert_eq!(check(&world, it["number"].as_str().unwrap()).await.json()["validity"], "valid");
        }

        let asks = json!({"module": "T", "aspects": ["T1.1"], "text": "评分有误"});
        let made = world.competitor.post(&world.path("appeals"), asks.clone()).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let waiting = certificates(&world.organiser, &world).await;
        let held = waiting.iter().find(|it| it["validity"] == "waiting").unwrap();
        let number = held["number"].as_str().unwrap();
        assert_eq!(check(&world, number).await.json()["validity"], "waiting");
        let paper = world.path(&format!("papers/certificates/{number}"));
        refused(&world.organiser.get(&paper).await, "contest_not_open", "it waits");

        // He thinks better of it: it stands as if it had never been, and nothing waits.
        let withdrawal = |id: &Value| world.path(&format!("appeals/{}/withdrawal", id.as_str().unwrap()));
        let withdrawal = withdrawal(&made.json()["id"]);
        refused(&world.judges[0].post(&withdrawal, json!({})).await, "forbidden", "not a judge's");
        let long = json!({"reason": "长".repeat(501)});
        refused(&world.competitor.post(&withdrawal, long).await, "invalid", "too long");
        let withdrawn = world.competitor.post(&withdrawal, json!({"reason": "已清楚"})).await;
        assert_eq!(withdrawn.status, 200, "{}", withdrawn.text());
        assert!(!withdrawn.json()["withdrawn_at"].is_null());
        refused(&world.competitor.post(&withdrawal, json!({})).await, "appeal_state", "twice");
        assert_eq!(certificates(&world.organiser, &world).await, before);
        assert_eq!(told(&world, "was-awarded").await, awarded, "what was told is not told again");

        // Made again, and upheld: E2 and E1 change places in the end, or at least the last one gains nothing.
        let arbitrator = world.appointed("arbitrator-1", Role::Arbitrator).await;
        let again = world.competitor.post(&world.path("appeals"), asks).await;
        assert_eq!(again.status, 201, "{}", again.text());
        let answer = world.path(&format!("appeals/{}/answer", again.json()["id"].as_str().unwrap()));
        let lost = json!({"decision": "upheld", "reason": "核对原始记录", "corrections": [{"aspect": "T1.1", "marks": "0", "reason": "试卷有误"}]});
        world.clock.advance_millis(1_000);
        let answered = arbitrator.post(&answer, lost).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        let review = certificates(&world.organiser, &world).await;
        assert!(review.iter().all(|it| it["validity"] == "under_review"), "{review:?}");
        assert_eq!(certificates(&world.chief, &world).await, review, "where names are shown, they are shown to all");
        for it in &before {
            let seen = check(&world, it["number"].as_str().unwrap()).await.json()["validity"].clone();
            assert_eq!(seen, "under_review", "whoever checks it sees the correction at once");
        }
        sign_both(&world, &supervisor).await;
        assert_eq!(publish(&world).await.status, 200);
        let after = certificates(&world.organiser, &world).await;
        let gone: Vec<&Value> = after.iter().filter(|it| it["validity"] == "withdrawn").collect();
        for it in &gone {
            let number = it["number"].as_str().unwrap();
            assert_eq!(check(&world, number).await.json()["validity"], "withdrawn");
            let paper = world.path(&format!("papers/certificates/{number}"));
            refused(&world.organiser.get(&paper).await, "contest_not_open", "it was withdrawn");
        }
        for it in after.iter().filter(|it| it["validity"] == "valid") {
            assert_eq!(check(&world, it["number"].as_str().unwrap()).await.json()["rank"], it["rank"]);
        }
        // Who keeps his prize keeps his number, and the day of the first publication.
        let kept = |it: &&Value| after.iter().any(|other| other["number"] == it["number"] && other["validity"] == "valid");
        for it in before.iter().filter(kept) {
            let now = after.iter().find(|other| other["number"] == it["number"]).unwrap();
            assert_eq!(now["issued_at"], it["issued_at"]);
        }
        assert_eq!(before.iter().filter(kept).count() + gone.len(), before.len());
        let lost_by: usize = gone.iter().map(|it| if it["team"].is_null() { 1 } else { 2 }).sum();
        assert!(told(&world, "lost-award").await >= gone.len().min(lost_by));
        let reopened = world.reopened().await;
        assert_eq!(certificates(&reopened.organiser, &reopened).await, after, "it follows from the log");
    })
    .await;
}

/// While an appeal may bring a result before them again, those who look at marks and sign are not told whose they are.
#[tokio::test]
async fn a_blind_contest_names_its_winners_to_whom_it_may() {
    by_rules(true, rule_set().replace("shows: names", "shows: numbers"), |world| async move {
        let supervisor = published(&world).await;
        let named = certificates(&world.organiser, &world).await;
        assert!(named.len() > 2 && named.iter().all(|it| it["name"].is_string() && it["no"].is_null()), "{named:?}");
        assert!(named.iter().any(|it| it["name"] == "一队"), "{named:?}");
        let number = |it: &Value| it["number"].as_str().unwrap().to_owned();
        let paper = |it: &Value| world.path(&format!("papers/certificates/{}", number(it)));
        let bundle = world.path("papers/certificates");
        let told_names = async |when: &str| {
            for client in [&world.chief, &supervisor] {
                assert_eq!(certificates(client, &world).await, certificates(&world.organiser, &world).await, "{when}");
                assert_eq!(client.get(&bundle).await.status, 200, "{when}");
            }
        };
        let told_numbers = async |when: &str| {
            let named = certificates(&world.organiser, &world).await;
            for client in [&world.chief, &supervisor] {
                let told = certificates(client, &world).await;
                let order = |all: &[Value]| all.iter().map(number).collect::<Vec<_>>();
                assert_eq!(order(&told), order(&named), "{when}");
                for it in &told {
                    let said = it.to_string();
                    assert!(it["name"].is_null() && it["organisation"].is_null(), "{when}: {said}");
                    assert!(it["no"]["zh"].is_string() && !said.contains("机密") && !said.contains("一队"), "{when}: {said}");
                    refused(&client.get(&paper(it)).await, "forbidden", when);
                }
                refused(&client.get(&bundle).await, "forbidden", when);
            }
            assert!(named.iter().all(|it| it["name"].is_string()), "{when}: an organiser made the field");
            let own = certificates(&world.competitor, &world).await;
            assert!(!own.is_empty() && own.iter().all(|it| it["name"].is_string()), "{when}: his own");
        };
        told_names("nothing may change it").await;

        let asks = json!({"module": "T", "aspects": ["T1.1"], "text": "评分有误"});
        let made = world.competitor.post(&world.path("appeals"), asks).await;
        assert_eq!(made.status, 201, "{}", made.text());
        told_numbers("an appeal is open").await;
        let valid = named.iter().find(|it| it["name"] != "机密甲" && it["entry"].is_string()).unwrap();
        let checked = check(&world, &number(valid)).await.json();
        assert_eq!((&checked["name"], checked["no"].is_string()), (&Value::Null, true));
        if checked["validity"] == "valid" {
            assert_eq!(world.organiser.get(&paper(valid)).await.status, 200);
        }

        world.clock.advance_millis(1_000);
        let arbitrator = world.appointed("arbitrator-1", Role::Arbitrator).await;
        let answer = world.path(&format!("appeals/{}/answer", made.json()["id"].as_str().unwrap()));
        let lost = json!({"decision": "upheld", "reason": "核对原始记录", "corrections": [{"aspect": "T1.1", "marks": "0", "reason": "试卷有误"}]});
        let answered = arbitrator.post(&answer, lost).await;
        assert_eq!(answered.status, 200, "{}", answered.text());
        told_numbers("the result is in review again").await;
        sign_both(&world, &supervisor).await;
        assert_eq!(publish(&world).await.status, 200);
        told_names("it is published again").await;
    })
    .await;
}

/// What an appeal held at publication was given when it was settled, and is not forgotten when another one takes it away.
#[tokio::test]
async fn a_prize_that_waited_and_was_given_is_withdrawn_when_it_goes_elsewhere() {
    each_engine(false, |world| async move {
        let supervisor = in_review(&world).await;
        rechecked(&world, &supervisor).await;
        let arbitrator = world.appointed("arbitrator-1", Role::Arbitrator).await;
        let appeal = async |module: &str, aspect: &str| -> String {
            let asks = json!({"module": module, "aspects": [aspect], "text": "评分有误"});
            let made = world.competitor.post(&world.path("appeals"), asks).await;
            assert_eq!(made.status, 201, "{}", made.text());
            world.path(&format!("appeals/{}/answer", made.json()["id"].as_str().unwrap()))
        };
        let first = appeal("A", "A2.1").await;
        sign_both(&world, &supervisor).await;
        assert_eq!(publish(&world).await.status, 200);
        let of_e1 = async || -> Value {
            let all = certificates(&world.organiser, &world).await;
            all.into_iter().find(|it| it["name"] == "机密甲").unwrap()
        };
        let number = of_e1().await["number"].as_str().unwrap().to_owned();
        assert_eq!(of_e1().await["validity"], "waiting");
        let awarded = told(&world, "was-awarded").await;
        let rejected = json!({"decision": "rejected", "reason": "核对无误"});
        assert_eq!(arbitrator.post(&first, rejected).await.status, 200);
        assert_eq!(check(&world, &number).await.json()["validity"], "valid");
        assert!(told(&world, "was-awarded").await > awarded, "the archive knows that he has it");

        world.clock.advance_millis(1_000);
        let second = appeal("T", "T1.1").await;
        let lost = told(&world, "lost-award").await;
        let upheld = json!({"decision": "upheld", "reason": "核对原始记录", "corrections": [{"aspect": "T1.1", "marks": "0", "reason": "试卷有误"}]});
        assert_eq!(arbitrator.post(&second, upheld).await.status, 200);
        assert_eq!(check(&world, &number).await.json()["validity"], "under_review");
        sign_both(&world, &supervisor).await;
        assert_eq!(publish(&world).await.status, 200);
        assert_eq!(check(&world, &number).await.json()["validity"], "withdrawn", "and not unknown");
        assert!(told(&world, "lost-award").await > lost, "nor to the archive");
        let again = world.reopened().await;
        assert_eq!(check(&again, &number).await.json()["validity"], "withdrawn", "it follows from the log");
    })
    .await;
}

/// A rule set may have the organiser sign as well: he can, he is named, and the paper has room for him.
#[tokio::test]
async fn a_result_that_three_sign_is_certified_by_three() {
    for database in testkit::databases().await {
        let mut contest = new_contest(false);
        let three = rule_set()
            .replace("signatures: [chief_judge, supervisor]", "signatures: [chief_judge, supervisor, organiser]");
        assert!(three.contains("supervisor, organiser]"));
        contest["rule_set"] = json!(three);
        let world = World::with(&database.url, contest).await;
        let supervisor = in_review(&world).await;
        rechecked(&world, &supervisor).await;
        sign_both(&world, &supervisor).await;
        let unsigned = publish(&world).await;
        refused(&unsigned, "results_not_ready", "the organiser has not signed");
        assert_eq!(unsigned.fields(), ["signatures[organiser]"]);
        assert!(unsigned.text().contains("赛事组织者尚未签字"), "{}", unsigned.text());
        let digest = world.organiser.get(&world.path("results")).await.json()["digest"].clone();
        let sign = json!({"role": "organiser", "digest": digest});
        refused(&supervisor.post(&world.path("results/signatures"), sign.clone()).await, "forbidden", "not his role");
        let signed = world.organiser.post(&world.path("results/signatures"), sign).await;
        assert_eq!(signed.status, 200, "{}", signed.text());
        assert_eq!(publish(&world).await.status, 200);
        let number = certificates(&world.organiser, &world).await[0]["number"].as_str().unwrap().to_owned();
        let said = text_of(&world.organiser.get(&world.path(&format!("papers/certificates/{number}"))).await);
        for words in ["裁判长", "监督员", "赛事组织者", "ChiefJudge", "Supervisor", "Organiser"] {
            assert!(said.contains(words), "{words} is not in {said}");
        }
    }
}

#[tokio::test]
async fn a_letter_says_what_the_organiser_wrote_and_no_number_that_is_sealed() {
    each_engine(true, |world| async move {
        let path = world.path("letters");
        let shown = world.organiser.get(&path).await.json();
        assert_eq!((&shown["letters"], &shown["words"]["appointments"]), (&json!(6), &json!([])));
        let east = shown["venues"][0]["id"].as_str().unwrap().to_owned();
        let text = |zh: &str, en: &str| json!({"zh": zh, "en": en});
        let words = json!({
            "appointments": [
                {"at": "2026-11-22T06:30:00.000Z", "what": text("报到", "Check-in"), "place": null},
                {"at": "2026-11-21T07:00:00.000Z", "what": text("赛前说明会", "Briefing"), "place": text("报告厅", "Hall")},
            ],
            "addresses": {east.as_str(): text("学院路 1 号", "1 College Road")},
            "bring": [text("身份证", "Identity card")],
            "notes": [text("迟到 15 分钟不得入场", "Nobody is let in after 15 minutes")],
        });
        // All faults at once, and nothing is kept.
        let mut bad = words.clone();
        bad["appointments"][0]["what"]["en"] = json!("");
        bad["bring"][0]["zh"] = json!("证".repeat(201));
        bad["notes"][0]["zh"] = json!("一\u{7}二");
        bad["addresses"]["ven_nowhere"] = text("某处", "somewhere");
        let refusal = world.organiser.post(&path, bad).await;
        refused(&refusal, "invalid", "four faults");
        let expected = ["appointments[0].what.en", "bring[0].zh", "notes[0].zh", "addresses.ven_nowhere"];
        assert_eq!(refusal.fields(), expected);
        let many = json!({"notes": vec![text("一", "one"); 13]});
        assert_eq!(world.organiser.post(&path, many).await.fields(), ["notes"]);
        assert_eq!(world.organiser.get(&path).await.json(), shown, "nothing was kept");
        let kept = world.organiser.post(&path, words.clone()).await;
        assert_eq!((kept.status.as_u16(), &kept.json()["words"]), (200, &words));

        // His own for the competitor; the order is that of time, whichever way it was written.
        let person = |no: &'static str| {
            let world = &world;
            async move {
                let floor = world.floor().await;
                let arena = floor.arena();
                arena.plan.entries.iter().find(|entry| entry.no == no).unwrap().person.to_string()
            }
        };
        let own = world.path(&format!("papers/letters/{}", person("E1").await));
        let letter = world.competitor.get(&own).await;
        let said = text_of(&letter);
        for words in ["机密甲", "保密单位甲", "试验赛", "东赛场", "学院路1号", "身份证", "报告厅", "06:30", "Briefing"] {
            assert!(said.contains(words), "{words} is not in {said}");
        }
        assert!(said.find("赛前说明会").unwrap() < said.find("报到").unwrap());
        assert!(!said.contains("E1") && !said.contains("S01"), "no number in a blind contest: {said}");
        let english = text_of(&world.competitor.get(&format!("{own}?languages=en")).await);
        assert!(english.contains("Check-in") && !english.contains("赛前说明会"), "{english}");
        refused(&world.competitor.get(&format!("{own}?languages=fr")).await, "invalid", "no such language");
        let others = world.path(&format!("papers/letters/{}", person("E2").await));
        refused(&world.competitor.get(&others).await, "forbidden", "another's");
        refused(&world.judges[0].get(&own).await, "forbidden", "a judge");
        let nobody = world.path("papers/letters/per_nobody");
        refused(&world.organiser.get(&nobody).await, "not_found", "nobody");
        let staff = account(&world.hall, "staff-1", None, None, &[(Role::Staff, Scope::Hall)]).await;
        let staff = Client::signed(&world.router, &world.hall, &staff.account).await;
        assert_eq!(staff.get(&others).await.status, 200);
        assert_eq!(names_in(&world.organiser.get(&world.path("papers/letters")).await).len(), 6);
    })
    .await;
}

#[tokio::test]
async fn a_portrait_is_shared_by_its_competitor_until_he_takes_it_back() {
    each_engine(false, |world| async move {
        let entry = {
            let floor = world.floor().await;
            let arena = floor.arena();
            arena.plan.entries.iter().find(|entry| entry.no == "E1").unwrap().id.to_string()
        };
        let base = world.path(&format!("portrait/{entry}"));
        let shares = format!("{base}/shares");
        in_review(&world).await;
        refused(&world.competitor.get(&format!("{base}/report")).await, "contest_not_open", "not published");
        refused(&world.competitor.post(&shares, json!({})).await, "contest_not_open", "not published");
        let supervisor = world.login("supervisor").await;
        rechecked(&world, &supervisor).await;
        sign_both(&world, &supervisor).await;
        assert_eq!(publish(&world).await.status, 200);

        let said = text_of(&world.competitor.get(&format!("{base}/report")).await);
        for words in ["机密甲", "保密单位甲", "试验赛", "职工组"] {
            assert!(said.contains(words), "{words} is not in {said}");
        }
        let english = text_of(&world.chief.get(&format!("{base}/report?languages=en")).await);
        assert!(english.contains("AbilityReport") && !english.contains("能力报告"), "{english}");
        let unmarked = {
            let floor = world.floor().await;
            let arena = floor.arena();
            arena.plan.entries.iter().find(|entry| entry.no == "E2").unwrap().id.to_string()
        };
        refused(
            &world.competitor.get(&world.path(&format!("portrait/{unmarked}/report"))).await,
            "forbidden",
            "another's",
        );

        refused(&world.chief.post(&shares, json!({})).await, "forbidden", "not the chief's to share");
        let past = json!({"until": "2026-11-22T08:00:00.000Z"});
        assert_eq!(world.competitor.post(&shares, past).await.fields(), ["until"]);
        let until = world.hall.now().plus_millis(60_000);
        let made = world.competitor.post(&shares, json!({"until": until.to_string()})).await;
        assert_eq!(made.status, 201, "{}", made.text());
        world.clock.advance_millis(1);
        let made = world.competitor.post(&shares, json!({"until": null})).await.json();
        let items = made["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["until"], &items[1]["open"]), (2, &Value::Null, &json!(true)));
        let link = |at: usize| format!("/api/portraits/{}", items[at]["id"].as_str().unwrap());

        let seen = world.stranger.get(&link(0)).await.json();
        assert_eq!((&seen["portrait"]["name"], &seen["portrait"]["own"]), (&json!("机密甲"), &json!(false)));
        let report = format!("{}/report", link(0));
        let asked = (0..6).map(|_| world.stranger.get(&report));
        let papers = futures_util::future::join_all(asked).await;
        assert!(text_of(&papers[0]).contains("机密甲"));
        assert!(papers.iter().all(|paper| paper.bytes == papers[0].bytes), "set once for all who ask at the same time");
        let english = world.stranger.get(&format!("{report}?languages=en")).await;
        assert!(!text_of(&english).contains("能力报告"), "another language is another paper");
        let row = text_of(&papers[0]);
        let corrected = json!({"module": "T", "aspects": ["T1.1"], "text": "评分有误"});
        let made = world.competitor.post(&world.path("appeals"), corrected).await;
        assert_eq!(made.status, 201, "{}", made.text());
        world.clock.advance_millis(1_000);
        let arbitrator = world.appointed("arbitrator-1", Role::Arbitrator).await;
        let answer = world.path(&format!("appeals/{}/answer", made.json()["id"].as_str().unwrap()));
        let upheld = json!({"decision": "upheld", "reason": "核对", "corrections": [{"aspect": "T1.1", "marks": "0", "reason": "试卷有误"}]});
        assert_eq!(arbitrator.post(&answer, upheld).await.status, 200);
        refused(&world.stranger.get(&report).await, "not_found", "the result is in review again");
        sign_both(&world, &supervisor).await;
        assert_eq!(publish(&world).await.status, 200);
        assert_ne!(text_of(&world.stranger.get(&report).await), row, "it tells the corrected result");
        assert_eq!(world.stranger.get(&link(1)).await.status, 200);
        world.clock.advance_millis(60_000);
        refused(&world.stranger.get(&link(1)).await, "not_found", "its time is over");
        let back = format!("{shares}/{}/revocation", items[0]["id"].as_str().unwrap());
        refused(&world.chief.post(&back, json!({})).await, "forbidden", "not the chief's to take back");
        refused(
            &world.competitor.post(&format!("{shares}/x/revocation"), json!({})).await,
            "not_found",
            "no such link",
        );
        let taken = world.competitor.post(&back, json!({})).await.json();
        assert!(taken["items"].as_array().unwrap().iter().all(|it| it["open"] == false), "{taken}");
        refused(&world.stranger.get(&link(0)).await, "not_found", "it was taken back");
        refused(&world.stranger.get(&format!("{}/report", link(0))).await, "not_found", "it was taken back");
        refused(&world.stranger.get("/api/portraits/x").await, "not_found", "no link");
    })
    .await;
}

/// A file of a ZIP that a person would open is a PDF.
#[tokio::test]
async fn what_is_bundled_opens() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, false).await;
    let bundle = world.organiser.get(&world.path("papers/letters")).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(bundle.bytes.to_vec())).unwrap();
    let mut first = Vec::new();
    archive.by_index(0).unwrap().read_to_end(&mut first).unwrap();
    assert!(first.starts_with(b"%PDF-"));
    let said = text_of(&Answered { bytes: first.into(), ..bundle });
    // A contest that shows names and draws no lots may tell the station.
    assert!(said.contains("S0") || said.contains("S11"), "{said}");
}

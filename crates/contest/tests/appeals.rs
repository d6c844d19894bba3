//! Appeals: in time, answered by somebody else, in two instances, before and after publication. On both engines.

mod common;

use common::story::{a_spread_and_its_round, publish, rechecked, refused, sign_both, supervisor};
use common::{World, hundredths, new_contest, resealed, rule_set};
use contest::results::pack;
use contest::results::verify;
use kernel::{EntryId, Role, RunId};
use serde_json::{Value, json};
use web::testing::{Answered, Client};

const HOUR: i64 = 3_600_000;

async fn each_engine<F: Future<Output = ()>>(run: impl Fn(World) -> F) {
    for database in testkit::databases().await {
        let mut contest = new_contest(true);
        contest["rule_set"] = json!(rule_set());
        run(World::with(&database.url, contest).await).await;
    }
}

/// A run of E1, who is the competitor, under way with marks; everybody has a paper's mark.
async fn marked(world: &World) -> RunId {
    world.becomes("live").await;
    let run = a_spread_and_its_round(world).await;
    let marks: Vec<Value> = ["E1", "E2", "E3", "E4", "W1", "W2"]
        .iter()
        .enumerate()
        .map(|(at, no)| json!({"entry_no": no, "mark": (9 - at).to_string()}))
        .collect();
    let imported = world.organiser.post(&world.path("theory"), json!({"aspect": "T1.1", "marks": marks})).await;
    assert_eq!(imported.status, 200, "{}", imported.text());
    run
}

async fn close(world: &World, run: &RunId) {
    assert_eq!(world.clock_act(run, json!({"act": "close"})).await.status, 200);
}

async fn entry(world: &World, no: &str) -> EntryId {
    world.floor().await.arena().plan.entries.iter().find(|entry| entry.no == no).unwrap().id.clone()
}

fn against(module: &str, aspects: &[&str]) -> Value {
    json!({"module": module, "aspects": aspects, "text": "评分有误，请复核。", "asks": "更正"})
}

async fn appeal(client: &Client, world: &World, body: Value) -> Answered {
    client.post(&world.path("appeals"), body).await
}

async fn made(client: &Client, world: &World, body: Value) -> String {
    let answer = appeal(client, world, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn decide(client: &Client, world: &World, id: &str, decision: &str, corrections: Value) -> Answered {
    let body = json!({"decision": decision, "reason": "核对原始记录", "corrections": corrections});
    client.post(&world.path(&format!("appeals/{id}/answer")), body).await
}

fn corrected(aspect: &str, marks: &str) -> Value {
    json!([{"aspect": aspect, "marks": marks, "reason": "漏记一步"}])
}

async fn total(world: &World, no: &str) -> kernel::Mark {
    let floor = world.floor().await;
    let arena = floor.arena();
    let id = &arena.plan.entries.iter().find(|entry| entry.no == no).unwrap().id;
    arena.board.total(arena.board.field().entry_ix(id).unwrap())
}

#[tokio::test]
async fn who_may_appeal_and_until_when() {
    each_engine(|world| async move {
        let before = appeal(&world.competitor, &world, against("A", &["A2.1"])).await;
        refused(&before, "contest_not_open", "nothing was marked");
        let run = marked(&world).await;
        let early = appeal(&world.competitor, &world, against("A", &["A2.1"])).await;
        refused(&early, "appeal_state", "the run goes on");
        refused(
            &appeal(&world.competitor, &world, against("T", &[])).await,
            "appeal_state",
            "papers wait for publication",
        );
        close(&world, &run).await;
        let mine = world.competitor.get(&world.path("mine")).await.json();
        assert_eq!(mine["may_appeal"][0]["module"]["code"], "A");
        assert_eq!(mine["may_appeal"].as_array().unwrap().len(), 1);

        // Whose, about what, and in which words.
        let other = entry(&world, "E2").await;
        let with = |entry: &EntryId| {
            let mut body = against("A", &["A2.1"]);
            body["entry"] = json!(entry.as_str());
            body
        };
        refused(&appeal(&world.competitor, &world, with(&other)).await, "forbidden", "another's");
        refused(&appeal(&world.organiser, &world, against("A", &[])).await, "invalid", "whose?");
        refused(&appeal(&world.organiser, &world, with(&other)).await, "appeal_state", "his run has not ended");
        refused(&appeal(&world.organiser, &world, with(&"ent_x".parse().unwrap())).await, "entry_unknown", "nobody");
        refused(&appeal(&world.competitor, &world, against("Z", &[])).await, "invalid", "no such module");
        let unknown = appeal(&world.competitor, &world, against("A", &["A2.1", "T1.1", "A9"])).await;
        assert_eq!(unknown.fields(), ["aspects[1]", "aspects[2]"]);
        for (key, value) in [("text", " ".to_owned()), ("text", "长".repeat(4001)), ("asks", "长".repeat(501))] {
            let mut body = against("A", &["A2.1"]);
            body[key] = json!(value);
            refused(&appeal(&world.competitor, &world, body).await, "invalid", key);
        }
        refused(&appeal(&world.judges[0], &world, against("A", &[])).await, "forbidden", "a judge");

        // Exactly at the end is in time, a moment later is not.
        world.clock.advance_millis(2 * HOUR);
        let id = made(&world.competitor, &world, against("A", &["A2.1"])).await;
        refused(
            &appeal(&world.competitor, &world, against("A", &["A2.1", "A1.1"])).await,
            "appeal_state",
            "one is open",
        );
        world.clock.advance_millis(1);
        let late = appeal(&world.competitor, &world, against("A", &["A1.1"])).await;
        refused(&late, "appeal_late", "late");
        let until = late.json()["until"].as_str().unwrap().to_owned();
        assert!(late.text().contains(&format!("申诉已于 {until} 截止")), "{}", late.text());

        // Officials read it by number; who brought it only those who read names anyway.
        let list = async |client: &Client| client.get(&world.path("appeals")).await.json()["items"][0].clone();
        refused(&world.judges[0].get(&world.path("appeals")).await, "forbidden", "a judge reads none");
        for (client, named) in [(&world.chief, false), (&world.organiser, true)] {
            let seen = list(client).await;
            assert_eq!((&seen["id"], &seen["no"], seen["by"].is_string()), (&json!(id), &json!("E1"), named));
            assert_eq!(seen.to_string().contains("机密甲"), named);
        }
        refused(&world.competitor.get(&world.path("appeals")).await, "forbidden", "others' appeals");
        assert_eq!(world.competitor.get(&world.path("mine")).await.json()["appeals"][0]["id"], json!(id));
        assert_eq!(list(&world.chief).await["is_overdue"], false);
        world.clock.advance_millis(4 * HOUR);
        assert_eq!(list(&world.chief).await["is_overdue"], true);
    })
    .await;
}

#[tokio::test]
async fn it_is_decided_by_somebody_else_in_two_instances() {
    each_engine(|world| async move {
        let run = marked(&world).await;
        close(&world, &run).await;
        let (first, second) = (
            world.appointed("arbitrator-1", Role::Arbitrator).await,
            world.appointed("arbitrator-2", Role::Arbitrator).await,
        );
        let id = made(&world.competitor, &world, against("A", &["A2.1"])).await;

        // Under review, on every view and for everybody, until it is decided.
        let e1 = entry(&world, "E1").await;
        let shows = async |prefix: &str| {
            let topics = world.settled().await;
            let of =
                |view: &str, key: &str| topics[&format!("{prefix}contests/{}/{view}", world.contest)].get(key).cloned();
            (of("overall", &format!("u/{e1}")), of(&format!("competitor/{e1}"), "u"))
        };
        for prefix in ["", "staff/"] {
            assert_eq!(shows(prefix).await, (Some(json!(1)), Some(json!(["A2.1"]))), "{prefix}");
        }

        // No judge, nobody of his organisation, nobody who had a part in it, be it by another login.
        let judge = world.second_login("judge-5", "judge-5b", Role::Arbitrator).await;
        refused(&decide(&judge, &world, &id, "rejected", json!([])).await, "forbidden", "a judge of this contest");
        let own = world.appointed("colleague", Role::Arbitrator).await;
        let same = "update person set organisation = (select organisation from contest_entry where id = $1)
                    where id = (select person from account where login = 'colleague')";
        let write = world.hall.db.write::<_, store::StoreError, _>(|tx| {
            let e1 = &e1;
            Box::pin(async move { tx.exec(same, &store::args![e1]).await.map(drop) })
        });
        write.await.unwrap();
        refused(&decide(&own, &world, &id, "rejected", json!([])).await, "recused", "his own organisation");
        refused(&decide(&world.chief, &world, &id, "rejected", json!([])).await, "forbidden", "no arbitrator");
        refused(&decide(&first, &world, "apl_x", "rejected", json!([])).await, "not_found", "no such appeal");
        let nothing = decide(&first, &world, &id, "rejected", corrected("A2.1", "1")).await;
        refused(&nothing, "invalid", "where it is rejected nothing is corrected");
        let faulty = json!([
            {"aspect": "A1.1", "marks": "1", "reason": "x"}, {"aspect": "A2.1", "marks": "3.01", "reason": "x"},
            {"aspect": "A2.1", "marks": "1", "reason": "x"},
        ]);
        let faults = decide(&first, &world, &id, "upheld", faulty).await.fields();
        assert_eq!(faults, ["corrections[0].aspect", "corrections[1].marks", "corrections[2].aspect"]);
        let logged = world.logged().await;
        let again = json!({"first": id, "text": "不服"});
        refused(&appeal(&world.competitor, &world, again.clone()).await, "appeal_state", "it has no answer yet");
        assert_eq!(world.logged().await, logged, "what is refused changes nothing");

        let before = total(&world, "E1").await;
        assert_eq!(decide(&first, &world, &id, "rejected", json!([])).await.status, 200);
        refused(&decide(&second, &world, &id, "upheld", json!([])).await, "appeal_state", "decided");
        refused(&appeal(&world.competitor, &world, against("A", &["A2.1"])).await, "appeal_state", "it has its answer");
        assert_eq!(shows("").await, (None, None));

        // Exactly two hours after the answer the second instance is in time.
        world.clock.advance_millis(2 * HOUR);
        let last = made(&world.competitor, &world, again.clone()).await;
        refused(&appeal(&world.competitor, &world, again).await, "appeal_state", "once");
        refused(&decide(&first, &world, &last, "rejected", json!([])).await, "forbidden", "he decided the first");
        let first_again = world.second_login("arbitrator-1", "arbitrator-1b", Role::Arbitrator).await;
        refused(&decide(&first_again, &world, &last, "rejected", json!([])).await, "forbidden", "by another login");
        let decided = decide(&second, &world, &last, "partly", corrected("A2.1", "2.5")).await;
        assert_eq!(decided.status, 200, "{}", decided.text());
        assert_eq!(decided.json()["answer"]["corrections"][0]["marks"], "2.50");
        assert!(decided.json()["second_until"].is_null());
        assert_eq!(total(&world, "E1").await - before, hundredths(-50));
        let third = json!({"first": last, "text": "仍不服"});
        refused(&appeal(&world.competitor, &world, third).await, "appeal_state", "that was final");

        // A judge reads how it was corrected, and marks it no more.
        let judge = common::story::assigned(&world, &run, "A2.1").await[0];
        let sheet = world.judges[judge].get(&world.path(&format!("runs/{run}/sheet"))).await.json();
        let aspects = sheet["aspects"].as_array().unwrap();
        let aspect = aspects.iter().find(|aspect| aspect["code"] == "A2.1").unwrap();
        assert_eq!(aspect["assigned"], false);
        assert_eq!((&aspect["mark"], &aspect["corrections"][0]["by"]), (&json!("2.50"), &json!("arbitrator-2")));
        let mut late = common::mark(90, &run, "A2.1", common::level(1));
        late["round"] = json!(2);
        assert_eq!(world.submit(judge, vec![late]).await.code(), "round_closed");
        common::story::kept_in_the_archive(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_late_second_instance_is_told_when_it_would_have_been_in_time() {
    each_engine(|world| async move {
        let run = marked(&world).await;
        close(&world, &run).await;
        let first = world.appointed("arbitrator-1", Role::Arbitrator).await;
        let id = made(&world.competitor, &world, against("A", &["A2.1"])).await;
        assert_eq!(decide(&first, &world, &id, "rejected", json!([])).await.status, 200);
        world.clock.advance_millis(2 * HOUR + 1);
        let late = appeal(&world.competitor, &world, json!({"first": id, "text": "不服"})).await;
        refused(&late, "appeal_late", "late");
    })
    .await;
}

/// Signed, published, appealed against, taken back, signed and published again.
async fn published_twice(world: &World) -> Vec<u8> {
    let run = marked(world).await;
    close(world, &run).await;
    let (supervisor, arbitrator) = (supervisor(world).await, world.appointed("arbitrator-1", Role::Arbitrator).await);
    world.becomes("review").await;
    rechecked(world, &supervisor).await;
    sign_both(world, &supervisor).await;
    assert_eq!(publish(world).await.status, 200);
    let digest = world.stranger.get(&world.path("results")).await.json()["digest"].clone();
    world.clock.advance_millis(2 * HOUR);
    let id = made(&world.competitor, world, against("T", &["T1.1"])).await;

    // What was published stays published, and says what waits; the signatures were for it.
    let open = world.stranger.get(&world.path("results")).await.json();
    assert_eq!((&open["state"], &open["waits"][0]["what"]), (&json!("final"), &json!("appeals")));
    assert!(open["signatures"].as_array().unwrap().iter().all(|it| !it["signed_at"].is_null()));
    let prizes = open["standing"]["prizes"].as_array().unwrap();
    let e1 = entry(world, "E1").await;
    let own = prizes.iter().find(|prize| prize["entry"] == json!(e1.as_str())).unwrap();
    assert_eq!(own["waits_for"], json!([e1.as_str()]));
    assert!(own["waiting"]["zh"].as_str().unwrap().contains("申诉"));

    assert_eq!(decide(&arbitrator, world, &id, "upheld", corrected("T1.1", "9.5")).await.status, 200);
    let again = world.chief.get(&world.path("results")).await.json();
    assert_eq!((&again["state"], &again["signatures"][0]["is_stale"]), (&json!("review"), &json!(true)));
    assert_ne!(again["digest"], digest);
    refused(&world.stranger.get(&world.path("results")).await, "contest_not_open", "it is not published now");
    refused(&publish(world).await, "results_not_ready", "it isn't signed");
    sign_both(world, &supervisor).await;
    assert_eq!(publish(world).await.status, 200);
    let pack = world.stranger.get(&world.path("results/pack")).await;
    assert_eq!(pack.status, 200, "{}", pack.text());
    pack.bytes.to_vec()
}

#[tokio::test]
async fn what_is_upheld_after_publication_is_signed_and_published_again() {
    each_engine(|world| async move {
        let pack = published_twice(&world).await;
        let verified = verify(&pack, None).unwrap();
        assert_eq!((verified.corrected, verified.signed.len() >= 2), (1, true));
        assert!(verified.rechecked >= 7, "{}", verified.rechecked);
        let files = pack::unzipped(&pack).unwrap();
        let told_in = |words: &str| -> Vec<&str> {
            let tells = files.iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(words));
            tells.map(|(name, _)| name.as_str()).collect()
        };
        assert_eq!((told_in("漏记一步").is_empty(), told_in("评分有误")), (false, Vec::new()));
        assert_eq!(told_in("机密甲"), ["field.json"], "the rule set publishes names; the log names nobody");
        let state = json!({"to": "review", "reason": "再看"});
        refused(&world.chief.post(&world.path("state"), state).await, "contest_not_open", "nobody just takes it back");
        let again = world.reopened().await;
        assert!(again.stranger.get(&again.path("results/pack")).await.bytes == pack);
        common::story::refused(
            &again
                .organiser
                .post(
                    &again.path("appeals"),
                    json!({"first": "apl_x", "entry": entry(&again, "E1").await.as_str(), "text": "x"}),
                )
                .await,
            "not_found",
            "no such appeal",
        );
    })
    .await;
}

#[tokio::test]
async fn an_open_appeal_keeps_the_result_from_being_final() {
    each_engine(|world| async move {
        let run = marked(&world).await;
        close(&world, &run).await;
        let supervisor = supervisor(&world).await;
        world.becomes("review").await;
        rechecked(&world, &supervisor).await;
        let id = made(&world.competitor, &world, against("A", &["A2.1"])).await;
        sign_both(&world, &supervisor).await;
        let refusal = world.chief.post(&world.path("state"), json!({"to": "final"})).await;
        refused(&refusal, "results_not_ready", "an appeal is open");
        assert!(refusal.fields().contains(&format!("appeals[{id}]")), "{:?}", refusal.fields());
        assert_eq!(refusal.json()["still_out"]["appeals"], 1);
        assert_eq!(publish(&world).await.status, 200);
        let pack = world.stranger.get(&world.path("results/pack")).await.bytes.to_vec();
        verify(&pack, None).unwrap();
        let shown = world.stranger.get(&world.path("results")).await.json();
        assert!(shown["standing"]["prizes"].as_array().unwrap().iter().any(|prize| !prize["waits_for"].is_null()));
    })
    .await;
}

/// Who writes a whole pack with a key of his own is found by what doesn't follow.
#[tokio::test]
async fn a_forged_recheck_or_appeal_is_found() {
    let database = &testkit::databases().await[0];
    let mut contest = new_contest(true);
    contest["rule_set"] = json!(rule_set());
    let world = World::with(&database.url, contest).await;
    let files = pack::unzipped(&published_twice(&world).await).unwrap();
    let log = String::from_utf8(files[4].1.clone()).unwrap();
    let seed = log.split_once("\"seed\":\"").unwrap().1[..64].to_owned();
    let other = seed.chars().rev().collect::<String>();
    for (from, to, place) in [
        (seed.as_str(), other.as_str(), "results.json: recheck.seed"),
        ("\"marks\":950,\"was\":900", "\"marks\":960,\"was\":900", "results.json: entries["),
        ("\"marks\":950,\"was\":900", "\"marks\":950,\"was\":800", "log.ndjson:"),
        ("\"marks\":950,\"was\":900", "\"marks\":1950,\"was\":900", "log.ndjson:"),
        ("\"decision\":\"upheld\"", "\"decision\":\"rejected\"", "log.ndjson:"),
        ("\"module\":\"T\",\"aspects\":[\"T1.1\"]", "\"module\":\"A\",\"aspects\":[\"A1.1\"]", "log.ndjson:"),
        ("\"kind\":\"entry_rechecked\",\"entry\":\"", "\"kind\":\"entry_rechecked\",\"entry\":\"x", "log.ndjson:"),
        ("\"kind\":\"recheck_ordered\"", "\"kind\":\"plan_changed\",\"what\":\"x\",\"count\":0", "log.ndjson:"),
        ("\"kind\":\"appeal_answered\"", "\"kind\":\"appeal_made\"", "log.ndjson:"),
    ] {
        assert!(log.contains(from), "the log holds no {from}");
        let mut forged = files.clone();
        forged[4].1 = log.replacen(from, to, 1).into_bytes();
        let found = verify(&resealed(forged), None).expect_err(from);
        assert!(found.place.starts_with(place), "{from}: {found}");
    }
    assert!(verify(&resealed(files), None).is_ok());
}

/// How entries are called on the public board, in the results, by the open standard and in the contest itself.
async fn names_are_shown(world: &World) -> bool {
    let floor = world.floor().await;
    floor.caught_up_to_newest().await;
    let plan = floor.arena().plan.clone();
    let topics = world.public_topics().await;
    let whole = format!("contests/{}/overall", world.contest);
    let seats: Vec<&Value> =
        topics[&whole].iter().filter(|(key, _)| key.starts_with("e/")).map(|(_, seat)| seat).collect();
    assert_eq!(seats.len(), plan.entries.len());
    let named = seats.iter().all(|seat| seat["name"].is_string() && seat["org"].is_object() && seat["no"].is_null());
    let numbered = seats.iter().all(|seat| seat["name"].is_null() && seat["org"].is_null() && seat["no"].is_string());
    assert!(named != numbered, "{seats:?}");
    let shown = world.stranger.get(&format!("/api/contests/{}", world.contest)).await.json();
    assert_eq!((&shown["blind"], &shown["disclosure"]), (&json!(!named), &json!("named_when_final")));
    let ranking = world.chief.get(&world.path("ranking")).await;
    // In review nobody is told the ranking here.
    let ranking = if ranking.status == 200 { ranking.json() } else { json!({"items": []}) };
    assert!(
        ranking["items"]
            .as_array()
            .unwrap_or_else(|| panic!("{ranking}"))
            .iter()
            .all(|row| row["name"].is_null() != named),
        "{ranking}"
    );
    let organizations = world.stranger.get(&format!("/clics/contests/{}/organizations", world.contest)).await;
    assert_eq!(organizations.status == 200, named, "{}", organizations.text());
    let teams = world.stranger.get(&format!("/clics/contests/{}/teams", world.contest)).await.text();
    assert!(plan.entries.iter().all(|entry| teams.contains(&entry.person_name) == named), "{teams}");
    named
}

#[tokio::test]
async fn names_are_shown_once_a_blind_contest_is_final_and_not_while_an_appeal_has_it_in_review() {
    each_engine(|world| async move {
        let run = marked(&world).await;
        close(&world, &run).await;
        let supervisor = supervisor(&world).await;
        let arbitrator = world.appointed("arbitrator-1", Role::Arbitrator).await;
        assert!(!names_are_shown(&world).await, "it runs");
        world.becomes("review").await;
        rechecked(&world, &supervisor).await;
        sign_both(&world, &supervisor).await;
        assert!(!names_are_shown(&world).await, "it is in review");
        let before = world.chief.get(&world.path("results")).await.json();
        assert_eq!(before["names"], json!([]), "nor to those who sign");

        assert_eq!(publish(&world).await.status, 200);
        assert!(names_are_shown(&world).await, "it is final");
        let after = world.stranger.get(&world.path("results")).await.json();
        assert_eq!((&after["digest"], &after["standing"]), (&before["digest"], &before["standing"]), "what was signed");
        assert_eq!(after["names"].as_array().unwrap().len(), 6);
        let pack = world.stranger.get(&world.path("results/pack")).await;
        verify(&pack.bytes, None).unwrap();
        let field: Value = serde_json::from_slice(&pack::unzipped(&pack.bytes).unwrap()[3].1).unwrap();
        assert!(field["entries"].as_array().unwrap().iter().all(|entry| entry["name"].is_string()), "{field}");

        world.clock.advance_millis(2 * HOUR);
        let id = made(&world.competitor, &world, against("T", &["T1.1"])).await;
        assert_eq!(decide(&arbitrator, &world, &id, "upheld", corrected("T1.1", "9.5")).await.status, 200);
        assert!(!names_are_shown(&world).await, "an appeal has it in review");
        sign_both(&world, &supervisor).await;
        assert_eq!(publish(&world).await.status, 200);
        assert!(names_are_shown(&world).await, "it is final again");
        verify(&world.stranger.get(&world.path("results/pack")).await.bytes, None).unwrap();
        assert_same_after_a_start(&world).await;
    })
    .await;
}

/// Another process shows the same.
async fn assert_same_after_a_start(world: &World) {
    let before = world.settled().await;
    let again = world.reopened().await;
    common::story::assert_same(&before, &again.settled().await, "after a start");
}

#[tokio::test]
async fn a_rule_set_that_publishes_numbers_names_nobody() {
    for blind in [true, false] {
        let database = testkit::sqlite_database();
        let mut contest = new_contest(blind);
        contest["rule_set"] = json!(rule_set().replace("shows: names", "shows: numbers"));
        let world = World::with(&database.url, contest).await;
        let run = marked(&world).await;
        close(&world, &run).await;
        let supervisor = supervisor(&world).await;
        world.becomes("review").await;
        rechecked(&world, &supervisor).await;
        sign_both(&world, &supervisor).await;
        assert_eq!(publish(&world).await.status, 200);
        let results = world.stranger.get(&world.path("results")).await.json();
        assert_eq!(results["names"], json!([]), "made blind: {blind}");
        let pack = world.stranger.get(&world.path("results/pack")).await;
        verify(&pack.bytes, None).unwrap();
        let whole: String = pack::unzipped(&pack.bytes)
            .unwrap()
            .iter()
            .map(|(_, it)| String::from_utf8_lossy(it).into_owned())
            .collect();
        let floor = world.floor().await;
        let arena = floor.arena();
        assert!(arena.plan.entries.iter().all(|entry| !whole.contains(&entry.organisation_name.zh)));
    }
}

#[tokio::test]
async fn who_corrected_a_mark_in_the_first_instance_is_told_that_the_second_is_anothers() {
    each_engine(|world| async move {
        let run = marked(&world).await;
        close(&world, &run).await;
        let first = world.appointed("arbitrator-1", Role::Arbitrator).await;
        let id = made(&world.competitor, &world, against("A", &["A2.1"])).await;
        assert_eq!(decide(&first, &world, &id, "partly", corrected("A2.1", "2.5")).await.status, 200);
        let second = made(&world.competitor, &world, json!({"first": id, "text": "不服，请再审"})).await;
        let answer = decide(&first, &world, &second, "rejected", json!([])).await;
        refused(&answer, "forbidden", "he decided the first");
        assert!(answer.text().contains("二次申诉须由另一位仲裁员裁决"), "{}", answer.text());
    })
    .await;
}

//! Registration from the first application to the last withdrawal, on both engines: who may, until when, how many, and what the field is afterwards.

mod common;

use std::io::Cursor;

use common::story::refused;
use common::{World, new_contest, rule_set, upload, upload_under, xlsx};
use kernel::{AccountId, OrganisationId, Role, Scope};
use serde_json::{Value, json};
use store::args;
use web::testing::{Answered, Client, START_MS, account};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Opens 45 and closes 7 days before the start; two workers and one of an organisation, three in all.
const REGISTRATION: &str = r#"registration:
  opens: 45d
  closes: 7d
  as: both
  team: {least: 1, most: 2}
  capacity: 9
  groups: [{group: workers, capacity: 6}]
  per_organisation: 2
  waiting: by_itself
  fields:
    - {code: born, name: {zh: 出生日期, en: Date of birth}, type: date, required: true}
    - {code: years, name: {zh: 工龄, en: Years}, type: number}
    - {code: level, name: {zh: 等级, en: Level}, type: choice, choices: [{code: l4, name: {zh: 中级工, en: Four}}, {code: l3, name: {zh: 高级工, en: Three}}]}
  eligibility:
    - {code: adult, says: {zh: 须年满 18 周岁, en: Be 18}, age: {field: born, at_least: 18}}
    - {code: years, says: {zh: 须满一年, en: A year}, groups: [workers], number: {field: years, at_least: 1}}
"#;

fn rules(change: &[(&str, &str)]) -> String {
    let shipped = rule_set();
    let at = shipped.find("\nregistration:").unwrap() + 1;
    let mut own = REGISTRATION.to_owned();
    for (written, instead) in change {
        assert!(own.contains(written), "{written}");
        own = own.replace(written, instead);
    }
    format!("{}{own}", &shipped[..at])
}

/// A contest that starts in 40 days; its field has six by import already, four workers and two students.
async fn world(url: &str, change: &[(&str, &str)], starts_in_ms: i64) -> World {
    let mut contest = new_contest(false);
    contest["rule_set"] = json!(rules(change));
    let starts = kernel::Timestamp::from_millis(START_MS + starts_in_ms);
    contest["starts_at"] = json!(starts.to_string());
    World::with(url, contest).await
}

async fn each_engine<F: Future<Output = ()>>(change: &[(&str, &str)], run: impl Fn(World) -> F) {
    for database in testkit::databases().await {
        run(world(&database.url, change, 40 * DAY_MS).await).await;
    }
}

struct Somebody {
    client: Client,
    person: String,
    organisation: OrganisationId,
}

/// Somebody with an account and no role, of an organisation of his own.
async fn somebody(world: &World, login: &str) -> Somebody {
    let member = account(&world.hall, login, None, None, &[]).await;
    Somebody {
        client: Client::signed(&world.router, &world.hall, &member.account).await,
        person: member.person.to_string(),
        organisation: member.organisation,
    }
}

fn good(group: &str) -> Value {
    json!({"group": group, "team": null, "answers": {"born": "1990-01-31", "years": "5", "level": "l3"}})
}

async fn applied(world: &World, client: &Client, body: Value) -> Value {
    let answer = client.post(&world.path("applications"), body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

async fn decide(world: &World, applications: &[&Value], to: &str, more: Value) -> Answered {
    let seen: Vec<Value> = applications.iter().map(|one| json!({"id": one["id"], "version": one["version"]})).collect();
    let mut body = json!({"applications": seen, "to": to});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.organiser.post(&world.path("applications/decisions"), body).await
}

async fn decided(world: &World, applications: &[&Value], to: &str, more: Value) {
    let answer = decide(world, applications, to, more).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// As the organiser sees it now.
async fn now(world: &World, one: &Value) -> Value {
    let answer = world.organiser.get(&world.path(&format!("applications/{}", one["id"].as_str().unwrap()))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn act(world: &World, client: &Client, one: &Value, what: &str, body: Value) -> Answered {
    client.post(&world.path(&format!("applications/{}/{what}", one["id"].as_str().unwrap())), body).await
}

async fn withdrawn(world: &World, client: &Client, one: &Value) {
    let answer = act(world, client, one, "withdrawal", json!({"reason": "出差"})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn names_in_field(world: &World) -> Vec<String> {
    let floor = world.floor().await;
    let arena = floor.arena();
    let mut names: Vec<String> = arena.plan.entries.iter().map(|entry| entry.person_name.clone()).collect();
    names.sort();
    names
}

fn at(world: &World, ms: i64) {
    let now = world.hall.now().as_millis();
    world.clock.advance_millis(ms - now);
}

#[tokio::test]
async fn from_the_application_to_the_field_and_out_again() {
    each_engine(&[], |world| async move {
        // What happens from here on happens later than the contest was made.
        world.clock.advance_millis(HOUR_MS);
        let (one, two) = (somebody(&world, "zhao").await, somebody(&world, "qian").await);
        let first = applied(&world, &one.client, good("workers")).await;
        assert_eq!(
            (&first["state"], &first["position"], &first["notices"]),
            (&json!("submitted"), &Value::Null, &json!([]))
        );
        assert!(first["conditions"].as_array().unwrap().iter().all(|condition| condition["met"] == true), "{first}");
        refused(&one.client.post(&world.path("applications"), good("workers")).await, "applied_already", "once only");

        // Returned with a reason, completed, admitted.
        refused(&decide(&world, &[&first], "returned", json!({})).await, "invalid", "returning needs a reason");
        decided(&world, &[&first], "returned", json!({"reason": "请补填等级证书"})).await;
        let mine = one.client.get("/api/applications/mine").await.json();
        assert_eq!(
            (&mine["items"][0]["state"], &mine["items"][0]["reason"]),
            (&json!("returned"), &json!("请补填等级证书"))
        );
        assert_eq!(
            mine["items"][0]["may"],
            json!({"amend": true, "withdraw": true, "decide": false, "substitute": false})
        );
        let mut amended = good("workers");
        amended["version"] = mine["items"][0]["version"].clone();
        amended["team"] = json!("新队");
        let answer = act(&world, &one.client, &first, "amendment", amended.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        refused(&act(&world, &one.client, &first, "amendment", amended).await, "stale", "of the version before");
        refused(&decide(&world, &[&first], "admitted", json!({})).await, "stale", "the organiser saw the one before");
        let before = world.floor().await.arena().plan.entries.len();
        decided(&world, &[&answer.json()], "admitted", json!({})).await;
        let seen = now(&world, &first).await;
        assert_eq!((&seen["state"], seen["venue_name"]["zh"].is_string()), (&json!("admitted"), true));
        assert!(names_in_field(&world).await.contains(&"zhao".to_owned()));
        {
            let plan = world.floor().await.arena().plan.clone();
            assert_eq!(plan.entries.len(), before + 1);
            let entry = plan.entries.iter().find(|entry| entry.person_name == "zhao").unwrap();
            assert!(!plan.runs_of_entry(&entry.id).is_empty() && entry.team.is_some(), "seated and in his team");
            // Neither number nor id says when he was admitted.
            assert!(entry.id.as_str()[4..13] == *created(&plan.created_at), "{} tells its time", entry.id);
        }
        // As a competitor he reads his own page of the contest now.
        assert_eq!(one.client.get(&world.path("mine")).await.status, 200);
        let steps: Vec<String> =
            seen["steps"].as_array().unwrap().iter().map(|step| step["act"].as_str().unwrap().to_owned()).collect();
        assert_eq!(steps, ["applied", "returned", "amended", "admitted"]);
        let by: Vec<&str> = seen["steps"].as_array().unwrap().iter().map(|step| step["by"].as_str().unwrap()).collect();
        assert_eq!(by, ["applicant", "organiser", "applicant", "organiser"]);

        // He is in the field, with a number, and his admission letter is made from there.
        let plan = world.floor().await.arena().plan.clone();
        let entry = plan.entries.iter().find(|entry| entry.person_name == "zhao").unwrap();
        assert!(!entry.no.is_empty());

        // The sixth of six workers; the seventh waits, and has the place that is given back.
        let second = applied(&world, &two.client, good("workers")).await;
        decided(&world, &[&second], "admitted", json!({})).await;
        let (three, four) = (somebody(&world, "sun").await, somebody(&world, "li").await);
        let third = applied(&world, &three.client, good("workers")).await;
        let fourth = applied(&world, &four.client, good("workers")).await;
        let full = decide(&world, &[&third], "admitted", json!({})).await;
        refused(&full, "registration_full", "six workers are in the field");
        assert_eq!(now(&world, &third).await["notices"][0]["kind"], "full");
        decided(&world, &[&third, &fourth], "waiting", json!({})).await;
        assert_eq!(
            (&now(&world, &third).await["position"], &now(&world, &fourth).await["position"]),
            (&json!(1), &json!(2))
        );
        withdrawn(&world, &one.client, &first).await;
        assert_eq!(now(&world, &third).await["state"], "admitted");
        assert_eq!(now(&world, &third).await["steps"].as_array().unwrap().last().unwrap()["by"], "hall");
        assert_eq!(
            (&now(&world, &fourth).await["position"], &now(&world, &first).await["state"]),
            (&json!(1), &json!("withdrawn"))
        );
        let names = names_in_field(&world).await;
        assert!(names.contains(&"sun".to_owned()) && !names.contains(&"zhao".to_owned()), "{names:?}");
        assert!(
            world.floor().await.arena().plan.teams.iter().all(|team| team.name.zh != "新队"),
            "his team went with him"
        );
        refused(&one.client.get(&world.path("mine")).await, "forbidden", "no competitor any more");
        // Who has withdrawn may apply once more.
        applied(&world, &one.client, good("workers")).await;
        refused(
            &act(&world, &one.client, &first, "withdrawal", json!({"reason": "又一次"})).await,
            "application_state",
            "withdrawn",
        );

        // After a restart it is what it was.
        let again = world.reopened().await;
        assert_eq!(names_in_field(&again).await, names_in_field(&world).await);
    })
    .await;
}

/// The nine characters of an id that tell a time.
fn created(at: &kernel::Timestamp) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let ms = at.as_millis() as u64;
    (0..9).rev().map(|shift| char::from(ALPHABET[((ms >> (shift * 5)) & 31) as usize])).collect()
}

#[tokio::test]
async fn the_deadlines_are_exact() {
    let database = testkit::sqlite_database();
    // It closes in an hour, before anybody's session ends.
    let world = world(&database.url, &[], 7 * DAY_MS + HOUR_MS).await;
    let start = START_MS + 7 * DAY_MS + HOUR_MS;
    let (opens, closes) = (start - 45 * DAY_MS, start - 7 * DAY_MS);
    assert!(opens < START_MS);
    let state = async || world.stranger.get(&world.path("registration")).await.json()["state"].clone();
    let early = somebody(&world, "early").await;
    let returned = applied(&world, &early.client, good("workers")).await;
    let waiting = somebody(&world, "waits").await;
    let submitted = applied(&world, &waiting.client, good("workers")).await;
    decided(&world, &[&returned], "returned", json!({"reason": "补"})).await;
    at(&world, closes);
    assert_eq!(state().await, "open");
    let last = somebody(&world, "last").await;
    applied(&world, &last.client, good("workers")).await;
    at(&world, closes + 1);
    assert_eq!(state().await, "closed");
    let late = somebody(&world, "late").await;
    let answer = late.client.post(&world.path("applications"), good("workers")).await;
    refused(&answer, "registration_closed", "a millisecond late");
    assert!(answer.json()["closes_at"].is_string());
    // What was returned came in time; what nobody has looked at stands as it is.
    let mut form = good("workers");
    form["version"] = json!(2);
    assert_eq!(act(&world, &early.client, &returned, "amendment", form.clone()).await.status, 200);
    form["version"] = submitted["version"].clone();
    refused(&act(&world, &waiting.client, &submitted, "amendment", form).await, "registration_closed", "closed");
    // An organiser enters what came on paper.
    let mut paper = good("workers");
    paper["person"] = json!(late.person);
    applied(&world, &world.organiser, paper).await;

    // By hand: longer, not yet, not at all.
    let set = async |opens: Value, closes: Value| {
        world.organiser.post(&world.path("registration"), json!({"opens_at": opens, "closes_at": closes})).await
    };
    let time = |ms: i64| json!(kernel::Timestamp::from_millis(ms).to_string());
    refused(&set(time(2000), time(1000)).await, "invalid", "closes before it opens");
    refused(&set(Value::Null, time(1000)).await, "invalid", "closes and never opens");
    assert_eq!(set(time(opens), time(closes + HOUR_MS)).await.json()["state"], "open");
    assert_eq!(set(time(closes + 2), time(closes + HOUR_MS)).await.json()["state"], "not_yet");
    refused(
        &somebody(&world, "soon").await.client.post(&world.path("applications"), good("workers")).await,
        "registration_closed",
        "not yet",
    );
    assert_eq!(set(Value::Null, Value::Null).await.json()["state"], "unset");
    assert_eq!(set(time(opens), Value::Null).await.json()["state"], "open");
}

#[tokio::test]
async fn when_lots_are_drawn_the_field_stands() {
    each_engine(&[], |world| async move {
        let (one, two, three) = (somebody(&world, "a1").await, somebody(&world, "b2").await, somebody(&world, "c3").await);
        let first = applied(&world, &one.client, good("workers")).await;
        let second = applied(&world, &two.client, good("workers")).await;
        decided(&world, &[&first], "admitted", json!({})).await;
        assert_eq!(world.organiser.post(&world.path("draw/commitment"), json!({"reason": null})).await.status, 200);
        assert_eq!(world.organiser.post(&world.path("draw/lots"), json!({"public_part": null})).await.status, 200);

        assert_eq!(world.stranger.get(&world.path("registration")).await.json()["state"], "over");
        refused(&three.client.post(&world.path("applications"), good("workers")).await, "contest_not_open", "drawn");
        refused(&decide(&world, &[&second], "admitted", json!({})).await, "contest_not_open", "drawn");
        refused(&decide(&world, &[&second], "refused", json!({"reason": "晚了"})).await, "contest_not_open", "drawn");
        let admitted_now = now(&world, &first).await;
        let body = json!({"version": admitted_now["version"], "person": three.person, "answers": good("workers")["answers"], "reason": "换人"});
        refused(&act(&world, &world.organiser, &first, "substitution", body).await, "contest_not_open", "drawn");

        // Withdrawing is for ever possible; his place in the field stays, and stays empty.
        let before = world.floor().await.arena().plan.entries.len();
        withdrawn(&world, &one.client, &first).await;
        withdrawn(&world, &two.client, &second).await;
        assert_eq!(world.floor().await.arena().plan.entries.len(), before);
        assert_eq!(now(&world, &first).await["state"], "withdrawn");

        // No answer about applications holds a number or an entry while the draw is sealed.
        let plan = world.floor().await.arena().plan.clone();
        let mut told = world.organiser.get(&world.path("applications?limit=200")).await.text();
        told.push_str(&world.organiser.get(&world.path(&format!("applications/{}", first["id"].as_str().unwrap()))).await.text());
        told.push_str(&one.client.get("/api/applications/mine").await.text());
        for entry in &plan.entries {
            assert!(!told.contains(entry.id.as_str()) && !told.contains(&format!("\"{}\"", entry.no)), "{told}");
        }
    })
    .await;
}

#[tokio::test]
async fn however_many_decide_at_once_no_limit_is_passed() {
    each_engine(&[("waiting: by_itself", "waiting: by_hand")], |world| async move {
        let mut all = Vec::new();
        for at in 0..8 {
            let who = somebody(&world, &format!("rush-{at}")).await;
            all.push(applied(&world, &who.client, good("workers")).await);
        }
        // Four workers are in the field, six may be.
        let answers = futures_util::future::join_all(all.iter().map(|one| decide_owned(&world, one.clone()))).await;
        let admitted = answers.iter().filter(|answer| answer.status == 200).count();
        let full = answers.iter().filter(|answer| answer.status == 409 && answer.code() == "registration_full").count();
        assert_eq!((admitted, full), (2, 6), "{:?}", answers.iter().map(Answered::text).collect::<Vec<_>>());
        let plan = world.floor().await.arena().plan.clone();
        assert_eq!(plan.entries.iter().filter(|entry| entry.group == "workers").count(), 6);
    })
    .await;
}

async fn decide_owned(world: &World, one: Value) -> Answered {
    decide(world, &[&one], "admitted", json!({})).await
}

#[tokio::test]
async fn decisions_are_checked_whole() {
    let database = testkit::sqlite_database();
    let world = world(&database.url, &[("waiting: by_itself", "waiting: by_hand")], 40 * DAY_MS).await;
    let (one, two, three) = (somebody(&world, "p1").await, somebody(&world, "p2").await, somebody(&world, "p3").await);
    let mut young = good("workers");
    young["answers"]["born"] = json!("2015-01-01");
    let young = applied(&world, &one.client, young).await;
    assert_eq!(young["conditions"][0]["met"], false);
    let second = applied(&world, &two.client, good("workers")).await;
    let third = applied(&world, &three.client, good("students")).await;

    // All or none: who doesn't meet a condition keeps the others out of this decision.
    let answer = decide(&world, &[&second, &young], "admitted", json!({})).await;
    refused(&answer, "rules_unmet", "one of them is a child");
    assert_eq!(answer.fields(), ["applications[1]"]);
    assert_eq!(now(&world, &second).await["state"], "submitted");
    refused(
        &decide(&world, &[&young], "admitted", json!({"even_so": true})).await,
        "invalid",
        "an exception needs a reason",
    );
    decided(&world, &[&young], "admitted", json!({"even_so": true, "reason": "组委会特批"})).await;

    // Who waits longer comes first, or a reason says why not.
    decided(&world, &[&second], "waiting", json!({})).await;
    let five = somebody(&world, "p5").await;
    let fifth = applied(&world, &five.client, good("workers")).await;
    let answer = decide(&world, &[&fifth], "admitted", json!({})).await;
    refused(&answer, "invalid", "somebody waits longer");
    assert_eq!(answer.fields(), ["reason"]);
    let waits = now(&world, &second).await;
    decided(&world, &[&waits, &fifth], "refused", json!({"reason": "名额调整"})).await;
    let reconsidered = now(&world, &second).await;
    decided(&world, &[&reconsidered], "admitted", json!({})).await;

    let venues: Value = world.stranger.get(&format!("/api/contests/{}", world.contest)).await.json()["venues"].clone();
    let west = venues[1]["id"].clone();
    refused(&decide(&world, &[&third], "admitted", json!({"venue": "ven_nowhere"})).await, "invalid", "no such venue");
    refused(
        &decide(&world, &[&third], "waiting", json!({"venue": west})).await,
        "invalid",
        "a venue is for the admitted",
    );
    decided(&world, &[&third], "admitted", json!({"venue": west})).await;
    assert_eq!(now(&world, &third).await["venue"], west);
    refused(
        &decide(&world, &[&now(&world, &third).await], "refused", json!({"reason": "x"})).await,
        "application_state",
        "admitted",
    );

    for (body, code) in [
        (json!({"applications": [], "to": "refused", "reason": "x"}), "invalid"),
        (json!({"applications": [{"id": "apn_x", "version": 1}], "to": "refused", "reason": "x"}), "not_found"),
        (
            json!({"applications": [{"id": "apn_x", "version": 1}, {"id": "apn_x", "version": 1}], "to": "refused", "reason": "x"}),
            "invalid",
        ),
        (json!({"applications": [{"id": "../x", "version": 1}], "to": "refused", "reason": "x"}), "invalid"),
        (json!({"applications": [{"id": "apn_x", "version": 1}], "to": "crowned"}), "invalid"),
        (
            json!({"applications": [{"id": "apn_x", "version": 1}], "to": "refused", "reason": "长".repeat(501)}),
            "invalid",
        ),
    ] {
        let answer = world.organiser.post(&world.path("applications/decisions"), body.clone()).await;
        assert!([code, "malformed"].contains(&answer.code().as_str()), "{body}: {}", answer.text());
    }
}

#[tokio::test]
async fn every_bad_form_is_told_at_its_field() {
    let database = testkit::sqlite_database();
    let world = world(&database.url, &[("as: both", "as: teams")], 40 * DAY_MS).await;
    let who = somebody(&world, "form").await;
    let before = world.everything().await;
    for (body, fields) in [
        (json!({"group": "clerks", "team": "队", "answers": {"born": "1990-01-31"}}), vec!["group"]),
        (json!({"group": "", "team": "队", "answers": {"born": "1990-01-31"}}), vec!["group"]),
        (json!({"group": "workers", "team": " ", "answers": {"born": "1990-01-31"}}), vec!["team"]),
        (json!({"group": "workers", "team": "长".repeat(101), "answers": {"born": "1990-01-31"}}), vec!["team"]),
        (json!({"group": "workers", "team": "队", "answers": {}}), vec!["answers.born"]),
        (
            json!({"group": "x", "team": null, "answers": {"born": "1990-13-01", "years": "NaN", "level": "l9", "id_card": "3"}}),
            vec!["group", "team", "answers.born", "answers.years", "answers.level", "answers.id_card"],
        ),
    ] {
        let answer = who.client.post(&world.path("applications"), body.clone()).await;
        assert_eq!(
            (answer.code().as_str(), answer.fields()),
            ("invalid", fields.iter().map(|field| (*field).to_owned()).collect()),
            "{body}"
        );
    }
    for body in [
        json!({}),
        json!([]),
        json!({"group": 1}),
        json!({"group": "workers", "answers": {"born": 1}}),
        json!({"group": "workers", "extra": 1}),
    ] {
        assert!(who.client.post(&world.path("applications"), body.clone()).await.status.is_client_error(), "{body}");
    }
    let mut other = good("workers");
    other["team"] = json!("队");
    other["person"] = json!("per_nobody");
    refused(&who.client.post(&world.path("applications"), other).await, "invalid", "no such person");
    assert_eq!(world.everything().await, before);
    assert_eq!(world.organiser.get(&world.path("applications")).await.json()["items"], json!([]));
}

#[tokio::test]
async fn everybody_reads_and_does_what_is_his() {
    each_engine(&[], |world| async move {
        let (one, other) = (somebody(&world, "own").await, somebody(&world, "other").await);
        let staff_of = |organisation: &OrganisationId| [(Role::Staff, Scope::Organisation(organisation.clone()))];
        let staff = account(&world.hall, "its-staff", None, None, &staff_of(&one.organisation)).await;
        let staff = Client::signed(&world.router, &world.hall, &staff.account).await;
        let strangers = account(&world.hall, "no-staff", None, None, &staff_of(&other.organisation)).await;
        let strangers = Client::signed(&world.router, &world.hall, &strangers.account).await;

        // For himself, and by the staff of his organisation; nobody else's.
        let mut for_one = good("workers");
        for_one["person"] = json!(one.person);
        refused(&other.client.post(&world.path("applications"), for_one.clone()).await, "forbidden", "for another");
        refused(&strangers.post(&world.path("applications"), for_one.clone()).await, "forbidden", "another's people");
        refused(&world.judges[0].post(&world.path("applications"), good("workers")).await, "forbidden", "a judge");
        refused(&world.stranger.post(&world.path("applications"), for_one.clone()).await, "not_signed_in", "nobody");
        let first = applied(&world, &staff, for_one).await;
        applied(&world, &other.client, good("students")).await;

        let list = async |client: &Client| {
            let answer = client.get(&world.path("applications")).await;
            (answer.status.as_u16(), answer.json()["items"].as_array().map_or(0, Vec::len))
        };
        assert_eq!(list(&world.organiser).await, (200, 2));
        assert_eq!(list(&staff).await, (200, 1));
        assert_eq!(list(&strangers).await, (200, 1));
        for client in [&one.client, &world.judges[0], &world.chief, &world.competitor, &world.operator] {
            assert_eq!(list(client).await.0, 403);
        }
        let path = world.path(&format!("applications/{}", first["id"].as_str().unwrap()));
        for client in [&world.organiser, &staff, &one.client] {
            assert_eq!(client.get(&path).await.status, 200);
        }
        for client in [&other.client, &strangers, &world.judges[0], &world.chief, &world.competitor] {
            assert_eq!(client.get(&path).await.code(), "not_found");
            assert_eq!(act(&world, client, &first, "withdrawal", json!({"reason": "x"})).await.code(), "not_found");
        }
        // Names of who decided are for the organiser; notices too.
        assert!(now(&world, &first).await["steps"][0]["by_name"].is_string());
        assert!(one.client.get(&path).await.json()["steps"][0]["by_name"].is_null());

        // A judge who is staff as well reads nothing here.
        let judge = world.account_of("judge-1").await;
        let both = staff_of(&one.organisation);
        grant(&world, &judge, &both[0]).await;
        world.hall.sessions.forget_all();
        refused(&world.judges[0].get(&path).await, "forbidden", "a judge of this contest");
        refused(&world.judges[0].get(&world.path("applications")).await, "forbidden", "a judge of this contest");

        // The public reads numbers, no names.
        let public = world.stranger.get(&world.path("registration")).await;
        assert_eq!(public.status, 200);
        assert!(!public.text().contains("机密"), "{}", public.text());
        assert_eq!(public.json()["groups"][0]["submitted"], 1);
        assert_eq!(world.stranger.get("/api/registrations").await.json()["items"].as_array().unwrap().len(), 1);
        refused(&world.stranger.get("/api/applications/mine").await, "not_signed_in", "nobody");
        assert_eq!(other.client.get("/api/applications/mine").await.json()["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

async fn grant(world: &World, account: &AccountId, (role, scope): &(Role, Scope)) {
    let write = world.hall.db.write::<_, store::StoreError, _>(|tx| {
        Box::pin(async move {
            web::directory::grant(tx, account, *role, scope, None, kernel::Timestamp::from_millis(START_MS))
                .await
                .map(drop)
        })
    });
    write.await.unwrap();
}

#[tokio::test]
async fn another_takes_a_place() {
    each_engine(&[("per_organisation: 2", "per_organisation: 1")], |world| async move {
        let (one, two, waits) = (somebody(&world, "goes").await, somebody(&world, "comes").await, somebody(&world, "waits").await);
        let mut team = good("workers");
        team["team"] = json!("替补队");
        let first = applied(&world, &one.client, team).await;
        decided(&world, &[&first], "admitted", json!({})).await;
        let waiting = applied(&world, &waits.client, good("workers")).await;
        decided(&world, &[&waiting], "waiting", json!({})).await;
        let first = now(&world, &first).await;
        let body = |version: &Value, reason: &str, born: &str| json!({"version": version, "person": two.person, "reason": reason, "answers": {"born": born, "years": "3"}});
        let version = &first["version"];
        refused(&act(&world, &world.organiser, &first, "substitution", body(version, " ", "1990-01-01")).await, "invalid", "a reason");
        refused(&act(&world, &world.organiser, &first, "substitution", body(&json!(1), "伤病", "1990-01-01")).await, "stale", "seen before");
        refused(&act(&world, &world.organiser, &first, "substitution", body(version, "伤病", "2015-01-01")).await, "rules_unmet", "a child");
        refused(&act(&world, &one.client, &first, "substitution", body(version, "伤病", "1990-01-01")).await, "forbidden", "his own wish");
        let mut who_waits = body(version, "伤病", "1990-01-01");
        who_waits["person"] = json!(waits.person);
        refused(&act(&world, &world.organiser, &first, "substitution", who_waits).await, "applied_already", "he waits");
        let answer = act(&world, &world.organiser, &first, "substitution", body(version, "伤病", "1990-01-01")).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let new = answer.json();
        assert_eq!((&new["state"], &new["replaces"], &new["venue"]), (&json!("admitted"), &first["id"], &first["venue"]));
        assert_eq!(now(&world, &first).await["state"], "substituted");
        assert_eq!(now(&world, &waiting).await["state"], "waiting", "no place was freed");
        let names = names_in_field(&world).await;
        assert!(names.contains(&"comes".to_owned()) && !names.contains(&"goes".to_owned()), "{names:?}");
        let plan = world.floor().await.arena().plan.clone();
        assert_eq!(plan.teams.iter().filter(|team| team.name.zh == "替补队").count(), 1);
        assert_eq!(two.client.get(&world.path("mine")).await.status, 200);
        refused(&one.client.get(&world.path("mine")).await, "forbidden", "his role went with his place");
    })
    .await;
}

#[tokio::test]
async fn many_come_by_excel() {
    each_engine(&[], |world| async move {
        let one = somebody(&world, "known").await;
        let staff = account(
            &world.hall,
            "sheet-staff",
            None,
            None,
            &[(Role::Staff, Scope::Organisation(one.organisation.clone()))],
        )
        .await;
        let staff = Client::signed(&world.router, &world.hall, &staff.account).await;
        let path = world.path("applications/imports");
        let heading = ["姓名", "单位", "组别", "代表队", "出生日期", "工龄", "等级"];
        assert_eq!(staff.get(&world.path("applications/imports/template")).await.status, 200);
        let bad = xlsx(&[
            heading,
            ["known", "known", "workers", "", "1990-01-31", "3", "高级工"],
            ["", "known", "职工组", "", "1990-01-31", "x", "高级工"],
            ["新人", "别的单位", "workers", "", "1990-01-31", "3", ""],
            ["机密甲", "保密单位甲", "workers", "", "1990-01-31", "3", ""],
            ["known", "known", "students", "", "", "", "没有"],
        ]);
        let checked = upload(&staff, &path, &bad).await;
        assert_eq!(checked.status, 200, "{}", checked.text());
        let at: Vec<(u64, String)> = checked.json()["problems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|problem| (problem["row"].as_u64().unwrap(), problem["column"].as_str().unwrap().to_owned()))
            .collect();
        let at: Vec<(u64, &str)> = at.iter().map(|(row, column)| (*row, column.as_str())).collect();
        assert_eq!(
            at,
            [
                (3, "name"),
                (3, "answers.years"),
                (4, "organisation"),
                (5, "organisation"),
                (6, "answers.born"),
                (6, "answers.level"),
            ]
        );
        refused(&upload(&staff, &format!("{path}?commit=true"), &bad).await, "rows_invalid", "all or none");
        let annotated = upload(&staff, &world.path("applications/imports/annotated"), &bad).await;
        assert_eq!(annotated.status, 200, "{}", annotated.text());
        let good = xlsx(&[
            heading,
            ["known", "known", "workers", "", "1990-01-31", "3", "高级工"],
            ["新人", "known", "students", "甲队", "2005-01-31", "", ""],
        ]);
        let taken = upload_under("sheet-1", &staff, &format!("{path}?commit=true"), &good).await;
        assert_eq!((taken.status.as_u16(), &taken.json()["committed"]), (200, &json!(true)), "{}", taken.text());
        let again = upload_under("sheet-1", &staff, &format!("{path}?commit=true"), &good).await;
        assert_eq!((again.status, &again.bytes), (taken.status, &taken.bytes), "the same request, sent again");
        let list = staff.get(&world.path("applications")).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        // Within a millisecond they have no order.
        let known = list["items"].as_array().unwrap().iter().find(|one| one["name"] == "known").unwrap();
        assert_eq!(known["answers"]["level"], "l3");
        assert_eq!(one.client.get("/api/applications/mine").await.json()["items"].as_array().unwrap().len(), 1);
        // The same file again: they have applied.
        refused(&upload(&staff, &format!("{path}?commit=true"), &good).await, "rows_invalid", "twice");
        refused(&upload(&world.judges[0], &path, &good).await, "forbidden", "a judge");
        refused(&upload(&one.client, &path, &good).await, "forbidden", "no staff");
        // And out again.
        let book = world.organiser.get(&world.path("applications/export")).await;
        assert_eq!(book.status, 200);
        let mut read: calamine::Xlsx<_> = calamine::Reader::new(Cursor::new(book.bytes.to_vec())).unwrap();
        let sheet = calamine::Reader::worksheet_range_at(&mut read, 0).unwrap().unwrap();
        let rows: Vec<&[calamine::Data]> = sheet.rows().collect();
        let says = |cell: &calamine::Data, words: &str| matches!(cell, calamine::Data::String(text) if text == words);
        let at = |heading: &str| rows[0].iter().position(|cell| says(cell, heading)).unwrap();
        let own = rows.iter().find(|row| says(&row[at("姓名")], "known")).unwrap();
        assert_eq!((&own[at("工龄")], own[at("等级")].to_string().as_str()), (&calamine::Data::Float(3.0), "高级工"));
        let calamine::Data::DateTime(applied) = &own[at("报名时间")] else { panic!("{own:?}") };
        let wall = world.hall.config.zone.at(world.hall.now());
        let minutes = f64::from(wall.hour()) * 60.0 + f64::from(wall.minute());
        assert!((applied.as_f64().fract() - minutes / 1_440.0).abs() < 1e-6, "{applied:?} at {wall}");
        let found = world
            .organiser
            .get(&world.path("applications?search=%E7%94%B2%E9%98%9F&state=submitted&group=students"))
            .await
            .json();
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_may_apply_as_soon_as_a_contest_is_made() {
    each_engine(&[], |world| async move {
        let mut another = new_contest(false);
        another["rule_set"] = json!(rules(&[]));
        another["starts_at"] = json!(kernel::Timestamp::from_millis(START_MS + 40 * DAY_MS).to_string());
        let made = world.organiser.post("/api/contests", another).await.json();
        let listed = world.stranger.get("/api/registrations").await.json();
        let contests: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|each| &each["contest"]).collect();
        assert!(contests.contains(&&made["id"]), "{made} in {listed}");
    })
    .await;
}

/// Both engines find a name in whichever case it is written, also beyond ASCII.
#[tokio::test]
async fn a_name_is_found_in_either_case_by_both_engines() {
    each_engine(&[], |world| async move {
        let who = somebody(&world, "elodie").await;
        world
            .hall
            .db
            .write::<_, store::StoreError, _>(|tx| {
                let args = args![&who.person, "Élodie Ñandú 100%"];
                Box::pin(async move { tx.exec("update person set name = $2 where id = $1", &args).await })
            })
            .await
            .unwrap();
        let found = async |search: &str| {
            let path = world.path(&format!("applications/people?search={search}"));
            world.organiser.get(&path).await.json()["items"].as_array().unwrap().len()
        };
        for search in ["%C3%89lodie", "%C3%A9LODIE", "LODIE", "%C3%B1and%C3%BA", "%C3%91AND%C3%9A", "%C3%9A%20100%25"] {
            assert_eq!(found(search).await, 1, "{search}");
        }
        // An accent is a letter of its own, and a sign of the pattern stands for itself.
        for search in ["Elodie", "%C3%A8lodie", "1_0", "%25%25"] {
            assert_eq!(found(search).await, 0, "{search}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_contest_without_it_has_no_registration() {
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let who = somebody(&world, "nobody").await;
    refused(&world.stranger.get(&world.path("registration")).await, "not_found", "no rule set");
    refused(&who.client.post(&world.path("applications"), good("workers")).await, "not_found", "no rule set");
    assert_eq!(world.stranger.get("/api/registrations").await.json()["items"], json!([]));
    let row = world.hall.db.one("select count(*) as n from contest_application", &args![]).await.unwrap();
    assert_eq!(row.get::<i64>("n").unwrap(), 0);
}

/// A contest that starts at half past seven in Shanghai starts on that day, whatever day it is in Greenwich.
#[tokio::test]
async fn age_is_counted_on_the_day_of_the_hall() {
    for (zone, is_adult) in [("Asia/Shanghai", true), ("UTC", false)] {
        for database in testkit::databases().await {
            let mut contest = new_contest(false);
            contest["rule_set"] = json!(rules(&[]));
            contest["starts_at"] = json!("2027-01-01T23:30:00.000Z");
            let world = World::in_zone(&database.url, contest, zone).await;
            let one = somebody(&world, "p1").await;
            let mut body = good("workers");
            body["answers"]["born"] = json!("2009-01-02");
            let application = applied(&world, &one.client, body).await;
            assert_eq!(application["conditions"][0]["met"], is_adult, "{zone}");
            assert_eq!(now(&world, &application).await["conditions"][0]["met"], is_adult, "{zone}");
            let answer = decide(&world, &[&application], "admitted", json!({})).await;
            match is_adult {
                true => assert_eq!(answer.status, 200, "{zone}: {}", answer.text()),
                false => refused(&answer, "rules_unmet", "he is eighteen tomorrow"),
            }
        }
    }
}

#[tokio::test]
async fn who_is_admitted_into_a_team_that_is_too_small_is_said_to_be() {
    each_engine(&[("least: 1, most: 2", "least: 2, most: 3")], |world| async move {
        let (one, two) = (somebody(&world, "first").await, somebody(&world, "second").await);
        let in_team = |team: Option<&str>| {
            let mut body = good("workers");
            body["team"] = json!(team);
            body
        };
        let first = applied(&world, &one.client, in_team(Some("新队"))).await;
        let answer = decide(&world, &[&first], "admitted", json!({})).await.json();
        assert_eq!(answer["notices"][0]["zh"], "新队：1 人，规则集要求至少 2 人", "{answer}");
        let seen = world.stranger.get(&world.path("registration")).await;
        assert_eq!(seen.json()["small_teams"], json!([1]));
        assert!(!seen.text().contains("新队"), "everybody reads it");
        let second = applied(&world, &two.client, in_team(Some("新队"))).await;
        let answer = decide(&world, &[&second], "admitted", json!({})).await.json();
        assert_eq!((&answer["decided"], &answer["notices"]), (&json!(1), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn the_example_of_the_form_would_be_taken() {
    let database = testkit::sqlite_database();
    let mut contest = new_contest(false);
    contest["rule_set"] = json!(rule_set());
    let world = World::with(&database.url, contest).await;
    let form = world.organiser.get(&world.path("applications/imports/template")).await;
    let mut read: calamine::Xlsx<_> = calamine::Reader::new(Cursor::new(form.bytes.to_vec())).unwrap();
    let example = calamine::Reader::worksheet_range_at(&mut read, 1).unwrap().unwrap();
    let cells: Vec<String> = example.rows().nth(1).unwrap().iter().map(ToString::to_string).collect();
    let floor = world.floor().await;
    let group = floor.arena().plan.scheme.scheme.groups()[0].name.zh.clone();
    assert!(cells.contains(&group), "a group as it is called: {cells:?}");
    assert!(cells.contains(&"四级/中级工".to_owned()), "the lowest level that the rules accept: {cells:?}");
}

//! Packs that somebody forged who has a key of his own: events of an honest log are left out, added, moved or changed, and all of it is sealed anew.
//! Each is found at its line, and what an honest contest writes is not.

mod common;

use common::forge::{
    Case, a_world, each_is_found, forge, moved, nobody, published, published_after_a_draw, set, taken, twice,
};
use common::story::{rechecked, refused, supervisor};
use contest::results::{Bound, pack, verify};
use kernel::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_forged_of_the_marking_is_found() {
    let database = testkit::sqlite_database();
    let world = a_world(&database.url, true).await;
    let files = pack::unzipped(&published(&world).await).unwrap();
    let cases: &[Case] = &[
        ("by no judge", set("mark", "", "/account", json!("acc_coach")), "panel"),
        ("by a judge of another venue", taken("mark", "", "/account", ("mark", "observed")), "panel"),
        ("of another module's aspect", set("mark", "", "/happened/aspect", json!("D1.3")), "no part of module"),
        ("before the contest was opened", moved("mark", "", ("state", "live")), "takes no marks"),
        ("of a run that has not begun", moved("mark", "A2.1", ("clock", "start")), "not begun"),
        ("a second one without a word", twice("mark", "A1.1"), "correction"),
        ("a known id", taken("mark", "A1.1", "/happened/id", ("mark", "A2.1")), "another mark already"),
        ("of another round", set("mark", "A2.1", "/happened/round", json!(2)), "it is round 1"),
        ("of another entry", taken("mark", "A2.1", "/happened/entry", ("mark", "D1.3")), "not that of its run"),
        ("by nobody", nobody("mark", ""), "who did it"),
        ("worth more than its value", set("mark", "A1.1", "/happened/given", json!(300)), "is worth 2.00"),
        ("worth the least there is", set("mark", "A1.1", "/happened/given", json!(i64::MIN)), "is worth 2.00"),
        ("marked in the far past", set("mark", "", "/happened/marked_at", json!(i64::MIN)), "at that time"),
        ("marked in the far future", set("mark", "", "/happened/marked_at", json!(i64::MAX)), "at that time"),
        ("a round of another number", set("round_opened", "", "/happened/round", json!(7)), "no such round"),
        ("a round by a person", set("round_opened", "", "/account", json!("acc_coach")), "only the hall"),
        (
            "a round of another entry",
            taken("round_opened", "", "/happened/entry", ("mark", "D1.3")),
            "not that of its run",
        ),
        ("a paper imported by nobody", nobody("imported", ""), "who did it"),
        ("a paper worth more than it can", set("imported", "", "/happened/marks", json!(i64::MAX)), "theory paper"),
        ("a paper that is none", set("imported", "", "/happened/aspect", json!("A1.1")), "theory paper"),
        ("a clock by nobody", nobody("clock", ""), "who did it"),
        ("a clock that was closed", twice("clock", "close"), "the clock"),
        ("time beyond an hour", set("clock", "add_time", "/happened/add_ms", json!(i64::MAX)), "adds"),
        ("time taken away", set("clock", "add_time", "/happened/add_ms", json!(i64::MIN)), "adds"),
        ("time added by a stop", set("clock", "\"stop\"", "/happened/add_ms", json!(1)), "adds"),
        ("a stop without a reason", set("clock", "\"stop\"", "/happened/reason", Value::Null), "reason"),
        ("a request when nobody works", moved("requested", "", ("clock", "start")), "to be judged"),
        (
            "a problem that nobody reported",
            set("problem_settled", "", "/happened/problem", json!(1)),
            "no such problem",
        ),
        ("a problem of no run", set("problem", "", "/happened/run", json!("run_x")), "no problem"),
        ("a judge who is away goes", twice("judge_excused", ""), "no such judge"),
        ("one who is no judge goes", set("judge_excused", "", "/happened/judge", json!("acc_coach")), "no such judge"),
        // By hand.
        ("answers worth more", set("mark", "observed", "/happened/value/marks", json!("3.00")), "it is worth 2.00"),
        (
            "plain marks where rules are asked",
            set("mark", "observed", "/happened/value", json!({"kind": "marks", "marks": "2.00"})),
            "answer the rules",
        ),
        (
            "after it was final",
            forge(|log| {
                let (at, end) = (log.first("mark"), log.events.len());
                log.again(at, end)
            }),
            "takes no marks",
        ),
        (
            "one that replaces another judge's",
            forge(|log| {
                let (at, other) = (log.nth("mark", "\"round\":2", 2), log.nth("mark", "\"round\":2", 0));
                let id = log.events[other]["happened"]["id"].clone();
                log.set(at, "/happened/replaces", id)
            }),
            "to be replaced",
        ),
        (
            "by one more than the aspect calls for",
            forge(|log| {
                let (at, panel) = (log.nth("mark", "A1.1", 0), log.first("mark"));
                let mut accounts = (panel..panel + 3).map(|judge| log.account(judge));
                let other = accounts.find(|account| *account != log.account(at)).unwrap();
                let again = log.again(at, at + 1);
                log.set(again, "/account", other)
            }),
            "panel",
        ),
        (
            "a round that nobody asked for",
            forge(|log| {
                let (at, end) = (log.first("round_opened"), log.state("review"));
                let mut happened = log.events[at]["happened"].clone();
                happened["round"] = json!(3);
                log.insert(end, Value::Null, happened)
            }),
            "no such round",
        ),
        (
            "another scheme while it is live",
            forge(|log| {
                let (at, by) = (log.first("mark"), log.account(log.state("live")));
                log.insert(at, by, json!({"kind": "plan_changed", "what": "scheme", "count": 2}))
            }),
            "no scheme is replaced",
        ),
    ];
    each_is_found(&files, cases);
}

#[tokio::test]
async fn what_is_forged_of_the_referee_is_found() {
    let database = testkit::sqlite_database();
    let world = a_world(&database.url, true).await;
    let files = pack::unzipped(&published(&world).await).unwrap();
    let gripped = |path: &'static str, value: Value| set("verdict", "gripped", path, value);
    let cases: &[Case] = &[
        ("worth more than its rule gives", gripped("/happened/marks", json!(200)), "can't give"),
        ("missed, and gives marks", gripped("/happened/outcome", json!("missed")), "can't give"),
        ("undecided, and gives marks", gripped("/happened/outcome", json!("undecided")), "can't give"),
        ("a deduction that gives", set("verdict", "stopped", "/happened/marks", json!(100)), "can't give"),
        ("the least number there is", gripped("/happened/marks", json!(i64::MIN)), "can't have this verdict"),
        ("without samples", gripped("/happened/evidence/samples", json!([])), "samples"),
        ("samples from after it", gripped("/happened/evidence/samples/0/at", json!(i64::MAX)), "samples"),
        ("samples of nothing", gripped("/happened/evidence/samples/0/signal", json!("bribe")), "samples"),
        ("before any run was opened", moved("verdict", "gripped", ("clock", "start")), "no such verdict at this time"),
        ("after its run was judged", moved("verdict", "gripped", ("state", "review")), "no such verdict at this time"),
        ("of another run's number", gripped("/happened/id", json!("vdt_x-1")), "no such verdict at this time"),
        ("of another entry", taken("verdict", "gripped", "/happened/entry", ("mark", "A2.1")), "not that of its run"),
        ("by a person", gripped("/account", json!("acc_coach")), "only the hall"),
        ("confirmed by nobody", nobody("decided", ""), "who did it"),
        ("rejected without a reason", set("decided", "", "/happened/decision", json!("reject")), "doesn't say why"),
        ("judged to its end twice", twice("watched", ""), "judged to its end before"),
        ("before the event above it", gripped("/at", json!("2020-01-01T00:00:00.000Z")), "happened before"),
        (
            "of a run by hand",
            forge(|log| {
                let (at, west) = (log.nth("verdict", "gripped", 0), log.nth("mark", "observed", 0));
                let (run, entry) = (&log.events[west]["happened"]["run"], &log.events[west]["happened"]["entry"]);
                let (run, entry) = (run.clone(), entry.clone());
                let id = format!("vdt_{}-0", run.as_str().unwrap().strip_prefix("run_").unwrap());
                let again = log.again(at, at + 1);
                log.set(again, "/happened/id", json!(id));
                log.set(again, "/happened/run", run);
                log.set(again, "/happened/entry", entry)
            }),
            "no such verdict at this time",
        ),
        (
            "more than its cap together",
            forge(|log| {
                let at = log.nth("verdict", "gripped", 0);
                for _ in 0..3 {
                    log.again(at, at + 1);
                }
                at + 3
            }),
            "together",
        ),
        (
            "once, and twice",
            forge(|log| {
                let at = log.nth("verdict", "gripped", 0);
                for _ in 0..2 {
                    let again = log.again(at, at + 1);
                    log.set(again, "/happened/rule", json!("accepted"));
                    log.set(again, "/happened/aspect", json!("D1.4"));
                }
                at + 2
            }),
            "only once",
        ),
        (
            "in place of one that stands",
            forge(|log| {
                let at = log.nth("verdict", "gripped", 0);
                let old = log.events[at]["happened"]["id"].clone();
                let again = log.again(at, at + 1);
                log.events[again]["happened"]["instead_of"] = old;
                again
            }),
            "make room",
        ),
        (
            "confirmed, and it didn't wait",
            forge(|log| {
                let (at, gripped) = (log.first("decided"), log.nth("verdict", "gripped", 0));
                let id = log.events[gripped]["happened"]["id"].clone();
                log.set(at, "/happened/verdict", id)
            }),
            "no such verdict waits",
        ),
        (
            "taken back, and it doesn't count",
            forge(|log| {
                let (at, by) = (log.first("decided"), log.account(log.first("decided")));
                let verdict = log.events[at]["happened"]["verdict"].clone();
                log.insert(at, by, json!({"kind": "verdict_taken_back", "verdict": verdict, "reason": "x"}))
            }),
            "taken back",
        ),
        ("amended by a person", amended(json!("acc_coach"), None), "only the hall"),
        ("amended, and never found", amended(Value::Null, Some("vdt_x")), "could be amended"),
    ];
    each_is_found(&files, cases);
}

/// The first gripping holds no longer, whoever says so; or another verdict.
fn amended(by: Value, id: Option<&'static str>) -> common::forge::Forge {
    forge(move |log| {
        let gripped = log.nth("verdict", "gripped", 0);
        let found = log.events[gripped]["happened"].clone();
        let verdict = id.map_or_else(|| found["id"].clone(), |id| json!(id));
        let because = json!({"zh": "迟到", "en": "late"});
        let event = json!({"kind": "verdict_amended", "verdict": verdict, "run": found["run"], "aspect": "D1.1", "because": because});
        log.insert(gripped + 1, by.clone(), event)
    })
}

#[tokio::test]
async fn what_is_forged_of_the_end_is_found() {
    let database = testkit::sqlite_database();
    let world = a_world(&database.url, true).await;
    let files = pack::unzipped(&published(&world).await).unwrap();
    let cases: &[Case] = &[
        ("signed while it was live", moved("signed", "", ("state", "review")), "in review"),
        ("signed by a judge", taken("signed", "", "/account", ("mark", "")), "A judge of this contest"),
        ("signed by one in two roles", taken("signed", "supervisor", "/account", ("signed", "chief")), "two roles"),
        ("signed in a role that signs nothing", set("signed", "", "/happened/role", json!("staff")), "this role"),
        ("signed by nobody", nobody("signed", ""), "who did it"),
        ("opened by nobody", nobody("state", "live"), "who did it"),
        ("less was left open", set("state", "unstarted", "/happened/left_open/unstarted", json!(1)), "still open"),
        (
            "drawn, it says, for all but one",
            set("state", "undrawn", "/happened/left_open/undrawn", json!(1)),
            "still open",
        ),
        ("no reason, even so", set("state", "unstarted", "/happened/reason", Value::Null), "doesn't say why"),
        ("ordered by nobody", nobody("recheck_ordered", ""), "who did it"),
        ("ordered while it was live", moved("recheck_ordered", "", ("state", "review")), "no recheck can be ordered"),
        ("corrected by another one", taken("corrected", "", "/account", ("recheck_ordered", "")), "whoever decided"),
        ("corrected by the judge himself", taken("corrected", "", "/account", ("mark", "")), "whoever decided"),
        ("corrected by nobody", nobody("corrected", ""), "who did it"),
        ("withdrawn, and it was not open", twice("appeal_withdrawn", ""), "isn't open"),
        (
            "something after the end",
            forge(|log| {
                let (by, end) = (log.account(log.first("signed")), log.events.len());
                log.insert(end, by, json!({"kind": "rules_shadowed", "scheme": null, "reason": null, "by": ""}))
            }),
            "nothing comes after",
        ),
        (
            "nothing was left open",
            forge(|log| {
                let at = log.state("final");
                log.events[at]["happened"].as_object_mut().unwrap().shift_remove("left_open");
                at
            }),
            "still open",
        ),
        (
            "the same thing twice",
            forge(|log| {
                let at = log.first("signed");
                let subject = log.events[at]["subject"].clone();
                let again = log.again(at, at + 1);
                log.set(again, "/subject", subject)
            }),
            "only once",
        ),
        (
            "two differences of one aspect",
            forge(|log| {
                let at = log.nth("entry_rechecked", "T1.1", 0);
                let mut more = log.events[at]["happened"]["differences"][0].clone();
                more["correction"] = Value::Null;
                log.events[at]["happened"]["differences"].as_array_mut().unwrap().insert(0, more);
                at
            }),
            "two differences",
        ),
        (
            "found to be the least there is",
            set("entry_rechecked", "T1.1", "/happened/differences/0/found", json!(i64::MIN)),
            "doesn't fit",
        ),
        (
            "rechecked while it was marked again",
            forge(|log| {
                let (at, by) = (log.nth("entry_rechecked", "", 1), log.account(log.state("review")));
                log.insert(at, by, json!({"kind": "state", "to": "live", "reason": null}));
                at + 1
            }),
            "no recheck was ordered",
        ),
        (
            "the same appeal twice",
            forge(|log| {
                let (at, end) = (log.first("appeal_made"), log.state("review"));
                let again = log.again(at, end);
                log.set(again, "/subject", json!("x"))
            }),
            "no such appeal",
        ),
    ];
    each_is_found(&files, cases);
}

#[tokio::test]
async fn what_is_forged_of_a_draw_is_found() {
    let database = testkit::sqlite_database();
    let world = a_world(&database.url, true).await;
    let pack = published_after_a_draw(&world).await;
    assert_ne!(verify(&pack, None).unwrap().drawn, Bound::NotDrawn);
    let files = pack::unzipped(&pack).unwrap();
    let (nothing, none) = (json!("nonsense"), json!("0".repeat(64)));
    let cases: &[Case] = &[
        ("committed to once more without a reason", twice("draw_committed", ""), "commit"),
        ("committed to by nobody", nobody("draw_committed", ""), "who did it"),
        ("drawn by another commitment", set("lots_drawn", "", "/happened/commitment", none), "by the commitment"),
        ("drawn for more", set("lots_drawn", "", "/happened/entries", json!(999)), "another number"),
        ("drawn twice", twice("lots_drawn", ""), "by the commitment"),
        ("undone in no such role", set("draw_undoing", "", "/happened/role", json!("judge")), "supervisor"),
        (
            "undone by one alone",
            taken("draw_undoing", "supervisor", "/account", ("draw_undoing", "chief_judge")),
            "two persons",
        ),
        ("undone by another one", set("draw_undone", "", "/account", json!("acc_coach")), "by two"),
        ("undone before it was in review", moved("draw_undoing", "", ("state", "review")), "no draw can be undone"),
        (
            "committed to in review",
            forge(|log| {
                let (at, end) = (log.first("draw_committed"), log.first("draw_undoing"));
                let again = log.again(at, end);
                log.set(again, "/happened/reason", json!("x"))
            }),
            "commit",
        ),
        (
            "opened before lots were drawn",
            forge(|log| {
                let (at, live) = (log.first("lots_drawn"), log.state("live"));
                log.moved(at, live) - 1
            }),
            "lots have still",
        ),
        (
            "undone for two results",
            forge(move |log| {
                let at = log.first("draw_undoing");
                log.set(at, "/happened/digest", nothing.clone());
                log.first("draw_undone")
            }),
            "by two",
        ),
        (
            "published while it was sealed",
            forge(|log| {
                let at = log.first("draw_undone");
                log.events.remove(at);
                log.state("final")
            }),
            "to be undone",
        ),
    ];
    each_is_found(&files, cases);
}

#[tokio::test]
async fn no_judge_of_a_contest_signs_its_result() {
    let database = testkit::sqlite_database();
    let world = a_world(&database.url, true).await;
    world.becomes("live").await;
    world.becomes("review").await;
    rechecked(&world, &supervisor(&world).await).await;
    let digest = world.chief.get(&world.path("results")).await.json()["digest"].clone();
    let too = world.second_login("judge-1", "judge-1-too", Role::Supervisor).await;
    let signed = too.post(&world.path("results/signatures"), json!({"role": "supervisor", "digest": digest})).await;
    refused(&signed, "forbidden", "by another login");
}

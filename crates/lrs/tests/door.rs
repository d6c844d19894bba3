//! The door by its own rules: who is let in, what is refused, and that nothing of a refused request is kept. The statements' rules have
//! their tests in `xapi`, what is found in `archive`; the public conformance suite is run by hand (docs/record-store.md).

mod common;

use base64::Engine as _;
use common::{Sent, each_engine, passed};
use http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn a_statement_goes_in_and_comes_out_by_either_edition() {
    each_engine(async |here| {
        let client = here.client(0, "all").await;
        for (version, answered) in [("1.0.3", "1.0.3"), ("1.0", "1.0.3"), ("2.0.0", "2.0.0"), ("2.0", "2.0.0")] {
            let ids = here.send(Sent::post("/xapi/statements", &passed("wang")).by(&client).version(version)).await;
            assert_eq!((ids.status, ids.header("x-experience-api-version")), (StatusCode::OK, Some(answered)));
            let id = ids.json()[0].as_str().unwrap().to_owned();
            let found =
                here.send(Sent::get(&format!("/xapi/statements?statementId={id}")).by(&client).version(version)).await;
            assert_eq!((found.status, found.header("x-experience-api-version")), (StatusCode::OK, Some(answered)));
            assert_eq!(found.json()["actor"], passed("wang")["actor"]);
            assert_eq!(found.json()["authority"]["account"]["name"], json!(client.login));
            let about = here.send(Sent::get("/xapi/about").version(version)).await;
            assert_eq!(about.header("x-experience-api-version"), Some(answered));
        }
        for asked in [Sent::get("/xapi/about").without_version(), Sent::get("/xapi/about").version("9")] {
            let about = here.send(asked).await;
            assert_eq!((about.status, about.header("x-experience-api-version")), (StatusCode::OK, Some("2.0.0")));
        }
        let all = here.send(Sent::get("/xapi/statements?limit=3").by(&client)).await;
        assert_eq!(all.json()["statements"].as_array().unwrap().len(), 3);
        let more = all.json()["more"].as_str().unwrap().to_owned();
        let rest = here.send(Sent::get(&more).by(&client)).await;
        assert_eq!((rest.json()["statements"].as_array().unwrap().len(), &rest.json()["more"]), (1, &json!("")));
    })
    .await;
}

#[tokio::test]
async fn who_is_not_let_in() {
    each_engine(async |here| {
        let client = here.client(0, "statements/write").await;
        for sent in [
            Sent::get("/xapi/statements"),
            Sent::get("/xapi/statements").basic("nobody", "x"),
            Sent::get("/xapi/statements").basic(&client.login, "x"),
            Sent::get("/xapi/statements").bearer("x"),
            Sent::get("/xapi/statements").header("authorization", "Basic !"),
            Sent::get("/xapi/statements").header("authorization", "Digest x"),
        ] {
            let answer = here.send(sent).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            assert!(answer.header("www-authenticate").unwrap().starts_with("Basic"));
        }
        // A person's session opens nothing here.
        let by_cookie = here.send(Sent::get("/xapi/statements").header("cookie", &here.cookie)).await;
        assert_eq!(by_cookie.status, StatusCode::UNAUTHORIZED);
        for (sent, status) in [
            (Sent::get("/xapi/statements"), 403),
            (Sent::get("/xapi/activities?activityId=https://x.example/a"), 403),
            (Sent::get("/xapi/agents/profile?agent=%7B%22mbox%22%3A%22mailto%3Aa%40b.example%22%7D"), 403),
            (Sent::put("/xapi/activities/profile?activityId=https://x.example/a&profileId=p", "x"), 403),
            (Sent::post("/xapi/statements", &passed("wang")), 200),
            (Sent::get("/xapi/about"), 200),
        ] {
            assert_eq!(here.send(sent.by(&client)).await.status, status);
        }
        here.revoke(&client).await;
        assert_eq!(here.send(Sent::post("/xapi/statements", &passed("wang")).by(&client)).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_as_good_as_its_key_for_what_it_was_got_for_and_for_an_hour() {
    each_engine(async |here| {
        let client = here.client(0, "statements/write statements/read/mine").await;
        let other = here.client(0, "statements/write").await;
        here.send(Sent::post("/xapi/statements", &passed("li")).by(&other)).await;
        let form = |text: &str| Sent::form("/xapi/oauth/token", text).by(&client);
        for (asked, error) in [
            ("grant_type=password", "unsupported_grant_type"),
            ("", "invalid_request"),
            ("grant_type=client_credentials&scope=all", "invalid_scope"),
            ("grant_type=client_credentials&scope=nonsense", "invalid_scope"),
            ("grant_type=client_credentials&code=x", "invalid_request"),
        ] {
            let answer = here.send(form(asked)).await;
            assert_eq!((answer.status, &answer.json()["error"]), (StatusCode::BAD_REQUEST, &json!(error)), "{asked}");
        }
        let token = here.send(form("grant_type=client_credentials&scope=statements/read/mine")).await.json();
        assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(3600)));
        let token = token["access_token"].as_str().unwrap().to_owned();
        here.send(Sent::post("/xapi/statements", &passed("wang")).by(&client)).await;
        let mine = here.send(Sent::get("/xapi/statements").bearer(&token)).await.json();
        assert_eq!(mine["statements"].as_array().unwrap().len(), 1, "others' are not told: {mine}");
        assert_eq!(here.send(Sent::post("/xapi/statements", &passed("wang")).bearer(&token)).await.status, 403);
        assert_eq!(
            here.send(Sent::form("/xapi/oauth/token", "grant_type=client_credentials").bearer(&token)).await.status,
            401
        );
        here.clock.advance_millis(3_600_001);
        assert_eq!(here.send(Sent::get("/xapi/statements").bearer(&token)).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_refused_and_leaves_nothing() {
    each_engine(async |here| {
        let client = here.client(0, "all").await;
        let good = passed("wang");
        let with = |path: &str, value: Value| {
            let mut statement = good.clone();
            statement[path] = value;
            statement
        };
        let list = json!([good, with("verb", json!({"id": "no-iri"}))]);
        let twice = json!([with("id", json!(ID)), with("id", json!(ID))]);
        let deep = "[".repeat(100_000);
        let cases: Vec<(&str, Sent, u16)> = vec![
            ("no version", Sent::get("/xapi/statements").without_version(), 400),
            ("an unknown version", Sent::get("/xapi/statements").version("3.0.0"), 400),
            ("no JSON", Sent::raw("POST", "/xapi/statements", "application/json", b"{"), 400),
            ("no UTF-8", Sent::raw("POST", "/xapi/statements", "application/json", b"\"\xff\""), 400),
            ("too deep", Sent::raw("POST", "/xapi/statements", "application/json", deep.as_bytes()), 400),
            ("another type", Sent::raw("POST", "/xapi/statements", "text/plain", b"{}"), 400),
            ("no boundary", Sent::raw("POST", "/xapi/statements", "multipart/mixed", b"{}"), 400),
            ("one of two is wrong", Sent::post("/xapi/statements", &list), 400),
            ("an id twice", Sent::post("/xapi/statements", &twice), 400),
            (
                "a list is put",
                Sent::put(&format!("/xapi/statements?statementId={ID}"), &json!([good]).to_string()),
                400,
            ),
            ("no id", Sent::put("/xapi/statements", &good.to_string()), 400),
            ("no UUID", Sent::put("/xapi/statements?statementId=1", &good.to_string()), 400),
            (
                "another id",
                Sent::put(&format!("/xapi/statements?statementId={ID}"), &with("id", json!(OTHER)).to_string()),
                400,
            ),
            ("an attachment that isn't there", Sent::post("/xapi/statements", &with("attachments", attachment())), 400),
            ("an unknown parameter", Sent::get("/xapi/statements?Limit=1"), 400),
            ("a parameter twice", Sent::get("/xapi/statements?limit=1&limit=2"), 400),
            ("limit", Sent::get("/xapi/statements?limit=-1"), 400),
            ("since", Sent::get("/xapi/statements?since=yesterday"), 400),
            ("verb", Sent::get("/xapi/statements?verb=passed"), 400),
            ("agent", Sent::get("/xapi/statements?agent=%7B%7D"), 400),
            ("format", Sent::get("/xapi/statements?format=xml"), 400),
            ("a flag", Sent::get("/xapi/statements?ascending=yes"), 400),
            ("a registration", Sent::get("/xapi/statements?registration=x"), 400),
            ("two ids", Sent::get(&format!("/xapi/statements?statementId={ID}&voidedStatementId={ID}")), 400),
            ("an id beside others", Sent::get(&format!("/xapi/statements?statementId={ID}&limit=1")), 400),
            ("a token of nobody's", Sent::get("/xapi/statements/more/e30"), 404),
            ("an unknown statement", Sent::get(&format!("/xapi/statements?statementId={ID}")), 404),
            ("an unknown resource", Sent::get("/xapi/statement"), 404),
            ("a method", Sent::raw("DELETE", "/xapi/statements", "application/json", b""), 405),
            ("a state without activity", Sent::get("/xapi/activities/state?agent=%7B%7D&stateId=s"), 400),
            ("a profile without id", Sent::put("/xapi/activities/profile?activityId=https://x.example/a", "{}"), 400),
        ];
        for (what, sent, status) in cases {
            let answer = here.send(sent.by(&client)).await;
            assert_eq!(answer.status, status, "{what}: {}", answer.text());
            let fault = &answer.json()["faults"][0];
            assert!(status == 405 || fault["zh"].is_string() && fault["en"].is_string(), "{what}: {}", answer.text());
        }
        let all = here.send(Sent::get("/xapi/statements").by(&client)).await.json();
        assert_eq!(all["statements"], json!([]));
    })
    .await;
}

const ID: &str = "6e63fc1f-0000-4000-8000-000000000001";
const OTHER: &str = "6e63fc1f-0000-4000-8000-000000000002";

fn attachment() -> Value {
    json!([{"usageType": "https://x.example/u", "display": {"en": "x"}, "contentType": "text/plain", "length": 1, "sha2": "ab".repeat(32)}])
}

#[tokio::test]
async fn tenants_see_nothing_of_one_another() {
    each_engine(async |here| {
        let tenant = here.tenant("Other union").await;
        let (own, other) = (here.client(0, "all").await, here.client(tenant, "all").await);
        let mut statement = passed("wang");
        statement["id"] = json!(ID);
        assert_eq!(here.send(Sent::post("/xapi/statements", &statement).by(&own)).await.status, 200);
        assert_eq!(here.send(Sent::get(&format!("/xapi/statements?statementId={ID}")).by(&other)).await.status, 404);
        // The same id tells something else there.
        statement["verb"] = json!({"id": "http://adlnet.gov/expapi/verbs/failed"});
        assert_eq!(here.send(Sent::post("/xapi/statements", &statement).by(&other)).await.status, 200);
        assert_eq!(here.send(Sent::post("/xapi/statements", &statement).by(&own)).await.status, 409);
        let more = {
            here.send(Sent::post("/xapi/statements", &passed("li")).by(&own)).await;
            here.send(Sent::get("/xapi/statements?limit=1").by(&own)).await.json()["more"].as_str().unwrap().to_owned()
        };
        let stolen = here.send(Sent::get(&more).by(&other)).await;
        assert_eq!(stolen.json()["statements"], json!([]), "a token leads to one's own only");
        // Nor does one that somebody has made up.
        for (behind, ascending) in [(i64::MIN, true), (0, true), (i64::MAX, false)] {
            let kept = json!({"v": 1, "c": [], "s": i64::MIN, "u": i64::MAX, "a": ascending, "b": behind, "l": i64::MAX, "f": 1, "x": false});
            let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(kept.to_string());
            let found = here.send(Sent::get(&format!("/xapi/statements/more/{token}")).by(&other)).await.json();
            let ids: Vec<&Value> = found["statements"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
            assert_eq!(ids, [ID]);
            assert_eq!(found["statements"][0]["verb"], statement["verb"]);
        }
        let place = "/xapi/activities/profile?activityId=https://x.example/a&profileId=p";
        assert_eq!(here.send(Sent::put(place, "own").by(&own).header("if-none-match", "*")).await.status, 204);
        assert_eq!(here.send(Sent::get(place).by(&other)).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_write_a_profile_at_once_one_learns_of_it() {
    each_engine(async |here| {
        let client = here.client(0, "all").await;
        let place = "/xapi/activities/profile?activityId=https://x.example/a&profileId=p";
        let put = |content: &str| Sent::put(place, content).by(&client);
        assert_eq!(here.send(put("1").header("if-none-match", "*")).await.status, 204);
        let etag = here.send(Sent::get(place).by(&client)).await.header("etag").unwrap().to_owned();
        let (first, second) =
            tokio::join!(here.send(put("2").header("if-match", &etag)), here.send(put("3").header("if-match", &etag)),);
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 412]);
        assert_eq!(here.send(put("4")).await.status, 409);
    })
    .await;
}

#[tokio::test]
async fn who_is_erased_is_not_told_any_more_and_the_trail_says_why() {
    each_engine(async |here| {
        let client = here.client(0, "all").await;
        for name in ["wang", "li", "wang"] {
            here.send(Sent::post("/xapi/statements", &passed(name)).by(&client)).await;
        }
        let agent = passed("wang")["actor"].to_string();
        let refused = here.admin.post("/api/archive/erasures", json!({"agent": agent, "reason": " "})).await;
        assert_eq!(refused.status, 422);
        let erased = here.admin.post("/api/archive/erasures", json!({"agent": agent, "reason": "本人申请"})).await;
        assert_eq!((erased.status.as_u16(), &erased.json()["keys"]), (200, &json!(1)));
        let all = here.send(Sent::get("/xapi/statements").by(&client)).await.json();
        assert_eq!(all["statements"].as_array().unwrap().len(), 1);
        let seen = here.admin.get("/api/archive/statements").await.json();
        let told: Vec<bool> = seen["items"].as_array().unwrap().iter().map(|one| one["statement"].is_null()).collect();
        assert_eq!(told, [true, false, true]);
    })
    .await;
}

#[tokio::test]
async fn statements_go_on_to_another_store_and_wait_while_it_is_away() {
    each_engine(async |here| {
        let client = here.client(0, "all").await;
        here.send(Sent::post("/xapi/statements", &passed("wang")).by(&client)).await;
        let target = here.tenant("There").await;
        let there = here.client(target, "all").await;
        let port = testkit::free_port();
        let asked = json!({"tenant": 0, "name": "There", "endpoint": format!("http://127.0.0.1:{port}/xapi"), "login": there.login, "secret": there.secret});
        for (field, value) in [("endpoint", json!("ftp://x")), ("endpoint", json!("nonsense")), ("tenant", json!(99)), ("name", json!(""))] {
            let mut wrong = asked.clone();
            wrong[field] = value;
            assert_eq!(here.admin.post("/api/archive/forwards", wrong).await.status, 422, "{field}");
        }
        assert_eq!(here.admin.post("/api/archive/forwards", asked).await.status, 201);
        here.lrs.forward_due().await.unwrap();
        let waiting = here.admin.get("/api/archive/forwards").await.json()["items"][0].clone();
        assert_eq!((&waiting["sent"], &waiting["waiting"], &waiting["failures"]), (&json!(0), &json!(1), &json!(1)), "{waiting}");
        assert!(waiting["failed"].is_string());

        let door = here.listen(port).await;
        here.lrs.forward_due().await.unwrap();
        assert_eq!(here.admin.get("/api/archive/forwards").await.json()["items"][0]["sent"], json!(0), "not before its time");
        here.clock.advance_millis(3_000);
        here.send(Sent::post("/xapi/statements", &passed("li")).by(&client)).await;
        here.lrs.forward_due().await.unwrap();
        let done = here.admin.get("/api/archive/forwards").await.json()["items"][0].clone();
        assert_eq!((&done["sent"], &done["waiting"], &done["failed"]), (&json!(2), &json!(0), &Value::Null), "{done}");
        let arrived = here.send(Sent::get("/xapi/statements").by(&there)).await.json();
        assert_eq!(arrived["statements"].as_array().unwrap().len(), 2);
        door.abort();
    })
    .await;
}

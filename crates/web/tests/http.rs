//! What every route of every room gets from this crate, tried through a whole router on both engines.

mod common;

use axum::Router;
use http::Method;
use kernel::{Clock, Role, Scope};
use serde_json::json;
use web::testing::{Client, Member, account, hall};
use web::{App, Hall, HallConfig, LiveOrigin, Room, Rule};

use common::{RULES, room, router};

/// A hall with one staff member in it, on each engine.
async fn each_engine<F: Future<Output = ()>>(
    config: HallConfig,
    run: impl Fn(Hall, Router, kernel::FakeClock, Client) -> F,
) {
    for database in testkit::databases().await {
        let (hall, clock) = hall(&database.url, config.clone()).await;
        let router = router(&hall);
        let staff = account(&hall, "staff", None, None, &[(Role::Staff, Scope::Hall)]).await;
        let client = Client::signed(&router, &hall, &staff.account).await;
        run(hall.clone(), router, clock, client).await;
        hall.db.close().await;
    }
}

#[tokio::test]
async fn every_bad_input_has_its_code_and_changes_nothing() {
    each_engine(HallConfig::default(), |_, _, _, staff| async move {
        let good = r#"{"name":"a","mark":"1.00"}"#;
        let long = format!(r#"{{"name":"{}","mark":"1.00"}}"#, "x".repeat(2000));
        let deep = format!(r#"{{"name":{}"#, "[".repeat(900));
        // (what, body, headers, status, code, field)
        let json = ("content-type", "application/json");
        type Case<'c> = (&'c str, &'c str, &'c [(&'c str, &'c str)], u16, &'c str, &'c str);
        let cases: &[Case<'_>] = &[
            ("empty", "", &[json], 400, "malformed", ""),
            ("half", r#"{"name":"a","#, &[json], 400, "malformed", ""),
            ("not JSON", "name=a", &[json], 400, "malformed", ""),
            ("NaN", r#"{"name":"a","mark":NaN}"#, &[json], 400, "malformed", ""),
            ("deep", &deep, &[json], 422, "invalid", "name"),
            ("trailing", r#"{"name":"a","mark":"1.00"}x"#, &[json], 400, "malformed", ""),
            ("no object", "17", &[json], 422, "invalid", ""),
            ("wrong type", r#"{"name":1,"mark":"1.00"}"#, &[json], 422, "invalid", "name"),
            ("null", r#"{"name":null,"mark":"1.00"}"#, &[json], 422, "invalid", "name"),
            ("number for a mark", r#"{"name":"a","mark":1}"#, &[json], 422, "invalid", "mark"),
            ("NaN as text", r#"{"name":"a","mark":"NaN"}"#, &[json], 422, "invalid", "mark"),
            ("missing", r#"{"name":"a"}"#, &[json], 422, "invalid", "mark"),
            ("unknown", r#"{"name":"a","mark":"1.00","note":1}"#, &[json], 422, "invalid", "note"),
            ("twice", r#"{"name":"a","name":"b","mark":"1.00"}"#, &[json], 422, "invalid", "name"),
            ("too large", &long, &[json], 413, "too_large", ""),
            ("no content type", good, &[("content-type", "")], 415, "unsupported_media", ""),
            ("form", good, &[("content-type", "application/x-www-form-urlencoded")], 415, "unsupported_media", ""),
            ("no csrf", good, &[json, ("x-csrf-token", "")], 403, "csrf_mismatch", ""),
            ("wrong csrf", good, &[json, ("x-csrf-token", "0000")], 403, "csrf_mismatch", ""),
            ("no key", good, &[json, ("idempotency-key", "")], 400, "idempotency_key_missing", ""),
            ("long key", good, &[json, ("idempotency-key", &"k".repeat(65))], 400, "malformed", ""),
            ("blank in key", good, &[json, ("idempotency-key", "a b")], 400, "malformed", ""),
            ("refused by the room", r#"{"name":"refused","mark":"1.00"}"#, &[json], 422, "invalid", "name"),
        ];
        for (what, body, headers, status, code, field) in cases {
            let answer = staff.send(Method::POST, "/api/things", Some((*body).to_owned().into()), headers).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (*status, *code), "{what}: {}", answer.text());
            assert_eq!(answer.fields().first().map_or("", String::as_str), *field, "{what}: {}", answer.text());
            let body = answer.json();
            for text in ["title", "detail", "advice"] {
                assert!(
                    !body[text]["zh"].as_str().unwrap().is_empty() && !body[text]["en"].as_str().unwrap().is_empty()
                );
            }
            assert_eq!(body["request_id"].as_str().unwrap(), answer.headers["x-request-id"]);
            assert_eq!(answer.headers["content-type"], "application/problem+json");
        }
        let answer = staff.post("/api/things", json!({"name": "a", "mark": "1.00"})).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["position"].as_i64()),
            (201, Some(1)),
            "nothing was counted before"
        );
    })
    .await;
}

#[tokio::test]
async fn a_chunked_body_without_a_length_is_stopped_at_its_limit() {
    each_engine(HallConfig::default(), |_, _, _, staff| async move {
        let chunks = futures_util::stream::iter(
            (0..100).map(|_| Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[b' '; 100]))),
        );
        let answer = staff.send(Method::POST, "/api/things", Some(axum::body::Body::from_stream(chunks)), &[]).await;
        assert_eq!(answer.code(), "too_large");
        let broken =
            futures_util::stream::iter([Ok(bytes::Bytes::from_static(b"{")), Err(std::io::Error::other("cut"))]);
        let answer = staff.send(Method::POST, "/api/things", Some(axum::body::Body::from_stream(broken)), &[]).await;
        assert_eq!(answer.code(), "malformed");
    })
    .await;
}

#[tokio::test]
async fn a_write_is_done_once_under_its_key() {
    each_engine(HallConfig::default(), |hall, router, clock, staff| async move {
        let body = |name: &str| Some(json!({"name": name, "mark": "1.00"}).to_string().into());
        let key: &[(&str, &str)] = &[("idempotency-key", "k-1")];
        let first = staff.send(Method::POST, "/api/things", body("a"), key).await;
        assert_eq!((first.status.as_u16(), first.headers.get("idempotency-replayed")), (201, None));
        let again = staff.send(Method::POST, "/api/things", body("a"), key).await;
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
        assert_eq!(again.headers["idempotency-replayed"], "true");
        let other = staff.send(Method::POST, "/api/things", body("b"), key).await;
        assert_eq!((other.status.as_u16(), other.code().as_str()), (422, "idempotency_key_reused"));

        // The key is the sender's own: another person's equal key is another key.
        let second = account(&hall, "second", None, None, &[(Role::Staff, Scope::Hall)]).await;
        let second = Client::signed(&router, &hall, &second.account).await;
        let theirs = second.send(Method::POST, "/api/things", body("b"), key).await;
        assert_eq!((theirs.status.as_u16(), theirs.json()["position"].as_i64()), (201, Some(2)));

        // A refusal keeps nothing: the same key may be used when the cause is mended.
        let key: &[(&str, &str)] = &[("idempotency-key", "k-2")];
        assert_eq!(staff.send(Method::POST, "/api/things", body("refused"), key).await.status, 422);
        assert_eq!(staff.send(Method::POST, "/api/things", body("c"), key).await.json()["position"], 3);

        // What is shown once is not kept.
        let key: &[(&str, &str)] = &[("idempotency-key", "k-3")];
        assert_eq!(staff.send(Method::POST, "/api/things", body("once"), key).await.json()["name"], "secret");
        assert_eq!(staff.send(Method::POST, "/api/things", body("once"), key).await.json()["name"], "not shown again");

        // Eight at once: one acts, seven find its answer.
        let key: &[(&str, &str)] = &[("idempotency-key", "k-4")];
        let sent = (0..8).map(|_| staff.send(Method::POST, "/api/things", body("d"), key));
        let answers = futures_util::future::join_all(sent).await;
        assert!(answers.iter().all(|answer| answer.status == 201 && answer.json()["position"] == 5), "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.headers.contains_key("idempotency-replayed")).count(), 7);

        // After a week the answer is cleared away, the session too.
        clock.advance_millis(web::idempotency::KEPT_MS + 1);
        web::clear_expired(&hall).await.unwrap();
        let rows = hall.db.all("select key from idempotency", &[]).await.unwrap();
        assert!(rows.is_empty());
        assert!(hall.db.all("select token_hash from session", &[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_belongs_to_one_account_is_not_done_in_anothers_name() {
    each_engine(HallConfig::default(), |hall, router, _, staff| async move {
        let second = account(&hall, "second", None, None, &[]).await;
        let second = Client::signed(&router, &hall, &second.account).await;
        let own = staff.get("/api/mine").await.text();
        let body = || Some(json!({"name": "a", "mark": "1.00"}).to_string().into());
        for (what, client, method, path, named) in [
            ("a write", &staff, Method::POST, "/api/things", "acc_another"),
            ("a reading", &staff, Method::GET, "/api/mine", "acc_another"),
            ("a public one", &staff, Method::GET, "/api/open", "acc_another"),
            ("no account at all", &staff, Method::GET, "/api/mine", "x"),
            ("before the role is asked for", &second, Method::POST, "/api/things", own.as_str()),
        ] {
            let sent = (method == Method::POST).then(body).flatten();
            let answer = client.send(method, path, sent, &[("x-account", named), ("x-csrf-token", "stale")]).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (409, "other_account"), "{what}");
        }
        let mine: &[(&str, &str)] = &[("x-account", own.as_str())];
        assert_eq!(staff.send(Method::GET, "/api/mine", None, mine).await.status, 200);
        let answer = staff.send(Method::POST, "/api/things", body(), mine).await;
        assert_eq!(answer.json()["position"], 1, "nothing was counted before");
        let gone = staff.with_token(None).send(Method::GET, "/api/mine", None, mine).await;
        assert_eq!(gone.code(), "not_signed_in");
    })
    .await;
}

#[tokio::test]
async fn sessions_end_when_they_expire_and_live_on_when_they_are_used() {
    each_engine(HallConfig::default(), |_, _, clock, staff| async move {
        assert_eq!(staff.get("/api/mine").await.status, 200);
        // Used after more than half of its life, a session is extended: it outlives its first end.
        for _ in 0..4 {
            clock.advance_millis(web::session::SESSION_MS / 2 + 1);
            assert_eq!(staff.get("/api/mine").await.status, 200, "at {}", clock.now());
        }
        clock.advance_millis(web::session::SESSION_MS);
        let answer = staff.get("/api/mine").await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "not_signed_in"));
        assert_eq!(staff.get("/api/open").await.text(), "nobody");
    })
    .await;
}

#[tokio::test]
async fn what_is_revoked_ends_at_once() {
    each_engine(HallConfig::default(), |hall, router, _, staff| async move {
        assert_eq!(staff.get("/api/things").await.status, 200);
        let member = staff.get("/api/mine").await.text();
        let member: kernel::AccountId = member.parse().unwrap();
        let (hall, held) = (&hall, &member);
        hall.db
            .write(|tx| Box::pin(async move { web::directory::revoke(tx, held, Role::Staff, &Scope::Hall).await }))
            .await
            .unwrap();
        hall.sessions.forget(&member);
        assert_eq!(staff.get("/api/things").await.code(), "forbidden");
        hall.db.write(|tx| Box::pin(async move { web::session::close_others(tx, held, "").await })).await.unwrap();
        hall.sessions.forget(&member);
        assert_eq!(staff.get("/api/mine").await.code(), "not_signed_in");

        // A key that was revoked.
        let (contest, edge) = ("con_a".parse().unwrap(), "edg_east".parse().unwrap());
        let east = Client::edge(&router, hall, &contest, &edge).await;
        assert_eq!(east.post("/api/contests/con_a/telemetry", json!({})).await.text(), "edg_east 2");
        assert_eq!(east.post("/api/contests/con_b/telemetry", json!({})).await.code(), "forbidden");
        assert_eq!(east.get("/api/mine").await.code(), "forbidden");
        hall.db
            .write(|tx| Box::pin(async move { tx.exec("update api_key set revoked_at = 1", &[]).await }))
            .await
            .unwrap();
        assert_eq!(east.post("/api/contests/con_a/telemetry", json!({})).await.code(), "not_signed_in");
    })
    .await;
}

/// For each route who gets in: a letter for each of the nine roles in their order, held in the contest or hall as the route
/// asks. Everyone else, and everyone with the same role elsewhere, stays out.
#[tokio::test]
async fn every_role_at_every_route() {
    let here = || Scope::Contest("con_a".parse().unwrap());
    let there = || Scope::Contest("con_b".parse().unwrap());
    let venue = |contest: &str| Scope::Venue(contest.parse().unwrap(), "ven_1".parse().unwrap());
    let cases: &[(&str, &[Role], Scope, Scope)] = &[
        ("/api/things", &[Role::Staff], Scope::Hall, here()),
        ("/api/contests/con_a/sheet", &[Role::Judge], here(), there()),
        ("/api/contests/con_a/stations", &[Role::Judge, Role::VenueOperator], venue("con_a"), venue("con_b")),
        ("/api/contests/con_a/venues/ven_1", &[Role::VenueOperator, Role::ChiefJudge], venue("con_a"), venue("con_b")),
        ("/api/desk", &[Role::Staff, Role::Administrator], there(), Scope::Hall),
    ];
    let database = testkit::sqlite_database();
    let (hall, _) = hall(&database.url, HallConfig::default()).await;
    let router = router(&hall);
    for (path, allowed, right, elsewhere) in cases {
        assert_eq!(Client::stranger(&router).get(path).await.code(), "not_signed_in", "{path}");
        for role in Role::ALL {
            for (scope, is_right) in [(right, true), (elsewhere, *path == "/api/desk")] {
                let login = format!("{role:?} {path} {is_right} {}", web::directory::scope_text(scope));
                let Member { account, .. } = account(&hall, &login, None, None, &[(role, scope.clone())]).await;
                let status = Client::signed(&router, &hall, &account).await.get(path).await.status.as_u16();
                let expected = if allowed.contains(&role) && is_right { 200 } else { 403 };
                assert_eq!(status, expected, "{role:?} at {scope:?} on {path}");
            }
        }
    }
    let judge = account(&hall, "judge", None, None, &[(Role::Judge, here())]).await;
    let judge = Client::signed(&router, &hall, &judge.account).await;
    assert_eq!(judge.get("/api/contests/CON_A/sheet").await.code(), "not_found");
    assert_eq!(judge.get("/api/contests/..%2F/sheet").await.code(), "not_found");
    assert_eq!(judge.get("/api/contests/%ff/sheet").await.code(), "not_found");
}

#[tokio::test]
async fn what_has_no_rule_or_no_route_is_refused() {
    each_engine(HallConfig::default(), |_, router, _, staff| async move {
        let stranger = Client::stranger(&router);
        assert_eq!(staff.get("/api/forgotten").await.code(), "forbidden");
        assert_eq!(stranger.get("/api/nowhere").await.code(), "not_found");
        assert_eq!(stranger.get("/nowhere").await.code(), "not_found");
        assert_eq!(stranger.get("/api/demo-only").await.code(), "not_found");
        let answer = staff.delete("/api/things").await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (405, "method_not_allowed"));
        assert_eq!(answer.headers["allow"], "GET, POST");
        assert_eq!(staff.send(Method::HEAD, "/api/things", None, &[]).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_table_that_disagrees_with_the_routes_is_refused_at_the_start() {
    let database = testkit::sqlite_database();
    let (hall, _) = hall(&database.url, HallConfig::default()).await;
    static NONE: &[Rule] = &[];
    let missing = web::serve_router(hall.clone(), vec![Room { access: NONE, ..room(&hall) }]).unwrap_err();
    assert_eq!(missing.0.len(), RULES.len(), "{missing}");
    let routeless = Room { router: Default::default(), access: RULES };
    let routeless = web::serve_router(hall.clone(), vec![routeless]).unwrap_err();
    assert_eq!(routeless.0.len(), RULES.len(), "{routeless}");
    let doubled =
        web::serve_router(hall.clone(), vec![room(&hall), Room { router: Default::default(), access: &RULES[..1] }]);
    assert_eq!(doubled.unwrap_err().0, ["GET /api/open has two rules"]);
}

#[tokio::test]
async fn a_bug_and_a_delay_are_problems_too() {
    let database = testkit::sqlite_database();
    let config = HallConfig { handler_timeout_ms: 30, in_flight_max: 1, ..HallConfig::default() };
    let (hall, _) = hall(&database.url, config).await;
    let stranger = Client::stranger(&router(&hall));
    let answer = stranger.get("/api/panics").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (500, "internal"));
    assert!(!answer.text().contains("a bug"), "the cause stays in the log");
    let (slow, refused) = tokio::join!(stranger.get("/api/never"), stranger.get("/api/open"));
    assert_eq!((slow.status.as_u16(), slow.code().as_str()), (503, "overloaded"));
    assert_eq!((refused.code().as_str(), refused.headers["retry-after"].to_str().unwrap()), ("overloaded", "1"));
    assert_eq!(stranger.get("/api/open").await.text(), "nobody", "the turn was given back");
}

#[tokio::test]
async fn uploads_are_read_within_their_limit() {
    let database = testkit::sqlite_database();
    let (hall, _) = hall(&database.url, HallConfig::default()).await;
    let staff = account(&hall, "staff", None, None, &[(Role::Staff, Scope::Hall)]).await;
    let staff = Client::signed(&router(&hall), &hall, &staff.account).await;
    let form = |size: usize, name: &str| {
        let content = "x".repeat(size);
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.xlsx\"\r\n\r\n{content}\r\n--b--\r\n"
        )
    };
    let kind: &[(&str, &str)] = &[("content-type", "multipart/form-data; boundary=b")];
    for (body, headers, expected) in [
        (form(100, "file"), kind, "100"),
        (form(0, "file"), kind, "invalid"),
        (form(10, "other"), kind, "invalid"),
        (form(5000, "file"), kind, "too_large"),
        (form(10, "file").replace("--b--\r\n", ""), kind, "malformed"),
        (form(10, "file"), &[("content-type", "multipart/form-data")], "malformed"),
        (form(10, "file"), &[("content-type", "application/json")], "unsupported_media"),
    ] {
        let answer = staff.send(Method::POST, "/api/forms", Some(body.clone().into()), headers).await;
        let got = if answer.status == 200 { answer.text() } else { answer.code() };
        assert_eq!(got, expected, "{body:.60} {}", answer.text());
    }
}

#[tokio::test]
async fn lists_come_in_pages() {
    each_engine(HallConfig::default(), |_, _, _, staff| async move {
        let mut path = "/api/things?limit=3&from=1".to_owned();
        let mut seen = Vec::new();
        loop {
            let page = staff.get(&path).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["position"].as_i64().unwrap()));
            match page["next"].as_str() {
                Some(next) => path = format!("/api/things?limit=3&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, [2, 3, 4, 5, 6, 7]);
        for query in ["limit=0", "limit=1000", "cursor=zz", "cursor=61", "from=-1", "form=1"] {
            assert_eq!(staff.get(&format!("/api/things?{query}")).await.code(), "invalid", "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_answer_is_dressed() {
    let database = testkit::sqlite_database();
    let config =
        HallConfig { secure: true, live: LiveOrigin::named("https://live.example").ok(), ..HallConfig::default() };
    let (hall, clock) = hall(&database.url, config).await;
    let screens = Router::new().fallback(|| async { "<!doctype html>" });
    let router = App::new(hall.clone(), vec![room(&hall)]).screens(screens).build().unwrap();
    let stranger = Client::stranger(&router);
    for path in ["/api/open", "/judge/", "/api/nowhere"] {
        let answer = stranger.get(path).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        let policy = header("content-security-policy");
        assert!(
            policy.contains("script-src 'self';") && policy.contains("connect-src 'self' https://live.example;"),
            "{policy}"
        );
        assert!(header("strict-transport-security").contains("max-age"));
        assert!(header("x-request-id").starts_with("req_"));
        assert_eq!(header("x-hall-time"), clock.now().as_millis().to_string());
    }
    assert_eq!(stranger.get("/judge/").await.text(), "<!doctype html>");
    assert_eq!(stranger.get("/live/nowhere").await.code(), "not_found");
    let sent = stranger.send(Method::GET, "/api/open", None, &[("x-request-id", "tablet-0001")]).await;
    assert_eq!(sent.headers["x-request-id"], "tablet-0001");
    let evil = stranger.send(Method::GET, "/api/open", None, &[("x-request-id", "a\"b<script>")]).await;
    assert!(evil.headers["x-request-id"].to_str().unwrap().starts_with("req_"));
    let packed = stranger.send(Method::GET, "/api/large", None, &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    assert!(packed.bytes.len() < 2000);
    assert!(web::session::cookie(&hall, Some("t")).ends_with("; Secure"));
}

#[tokio::test]
async fn the_hall_tells_how_it_is() {
    each_engine(HallConfig::default(), |hall, router, _, _| async move {
        let stranger = Client::stranger(&router);
        assert_eq!(stranger.get("/healthz").await.json()["status"], "ok");
        assert_eq!(stranger.get("/readyz").await.status, 200);
        hall.drain();
        assert_eq!(stranger.get("/readyz").await.code(), "draining");
        assert_eq!(stranger.get("/healthz").await.status, 200);
        stranger.get("/api/open?name=secret").await;
        let metrics = stranger.get("/metrics").await;
        assert!(metrics.headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
        let text = metrics.text();
        assert!(
            text.contains(r#"guildhall_http_requests_total{method="GET",route="/readyz",status="503"} 1"#),
            "{text}"
        );
        assert!(text.contains(r#"route="/api/open""#) && !text.contains("secret"));

        let first = stranger.get("/api/openapi.json").await;
        let tag = first.headers["etag"].to_str().unwrap().to_owned();
        let again = stranger.send(Method::GET, "/api/openapi.json", None, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_gone_makes_the_hall_unready() {
    let database = testkit::sqlite_database();
    let (hall, _) = hall(&database.url, HallConfig::default()).await;
    let stranger = Client::stranger(&router(&hall));
    hall.db.close().await;
    assert_eq!(stranger.get("/readyz").await.code(), "overloaded");
}

#[tokio::test]
async fn the_document_says_what_holds_for_every_route() {
    let database = testkit::sqlite_database();
    let (hall, _) = hall(&database.url, HallConfig::default()).await;
    let document = Client::stranger(&router(&hall)).get("/api/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let add = &document["paths"]["/api/things"]["post"];
    let names: Vec<&str> =
        add["parameters"].as_array().unwrap().iter().filter_map(|parameter| parameter["name"].as_str()).collect();
    assert_eq!(names, ["Idempotency-Key", "X-CSRF-Token", "X-Account"]);
    assert_eq!(add["security"][0]["session"], json!([]));
    assert_eq!(add["x-access"], json!({"roles": ["staff"], "scope": "hall"}));
    let problem = &add["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
    assert_eq!(problem, "#/components/schemas/Problem");
    assert_eq!(add["requestBody"]["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/Thing");

    let sheet = &document["paths"]["/api/contests/{contest}/sheet"]["get"]["parameters"][0];
    assert_eq!((sheet["name"].as_str(), sheet["in"].as_str()), (Some("contest"), Some("path")));
    assert_eq!(sheet["schema"]["$ref"], "#/components/schemas/ContestId");
    let venue = &document["paths"]["/api/contests/{contest}/venues/{venue}"]["get"]["parameters"];
    assert_eq!(venue[1]["schema"]["$ref"], "#/components/schemas/VenueId", "{venue}");
    let list = &document["paths"]["/api/things"]["get"];
    assert_eq!(list["parameters"][0]["name"], "limit");
    assert_eq!(document["paths"]["/api/contests/{contest}/telemetry"]["post"]["security"][0]["edge_key"], json!([]));
    // Whoever names an account is heard wherever a session is, reading as well; a gateway has none.
    for (path, method, takes) in [
        ("/api/things", "get", true),
        ("/api/contests/{contest}/sheet", "get", true),
        ("/api/contests/{contest}/telemetry", "post", false),
        ("/healthz", "get", false),
    ] {
        let parameters = document["paths"][path][method]["parameters"].as_array().cloned().unwrap_or_default();
        assert_eq!(parameters.iter().any(|parameter| parameter["name"] == "X-Account"), takes, "{method} {path}");
    }

    // Every reference leads somewhere.
    let text = document.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(!document["components"]["schemas"][name].is_null(), "{name} is referred to and not there");
    }
}

#[tokio::test]
async fn every_statement_is_understood_by_both_engines() {
    for database in testkit::databases().await {
        let (hall, _) = hall(&database.url, HallConfig::default()).await;
        store::contract::prepare_all(&hall.db, &web::sql::all()).await.unwrap();
        hall.db.close().await;
    }
}

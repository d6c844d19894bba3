//! Signing in and out, guessing, passwords, the demonstration's doors, the first administrator; on both engines.

mod common;

use common::{each_engine, stage};
use http::Method;
use kernel::{Role, Scope};
use people::{DemoDoor, DemoDoors};
use serde_json::{Value, json};
use web::HallConfig;
use web::testing::{Client, account, hall};

#[tokio::test]
async fn one_signs_in_and_out() {
    each_engine(|stage| async move {
        let member = stage.with_password("chen", "a good password").await;
        let answer = stage.sign_in(" Chen ", "a good password").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body = answer.json();
        assert_eq!(body["account"], member.account.to_string());
        assert_eq!((body["name"].as_str(), body["demo"].as_bool()), (Some("chen"), Some(false)));
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"),
            "{cookie}"
        );

        let chen = stage.holder(&answer);
        let shown = chen.get("/api/session").await.json();
        assert_eq!(shown, body, "the same answer, token included");
        // Signing in again in the same browser replaces the session.
        let again = chen.send(
            Method::POST,
            "/api/session",
            Some(json!({"login": "chen", "password": "a good password"}).to_string().into()),
            &[("x-csrf-token", ""), ("idempotency-key", "")],
        );
        let again = again.await;
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(chen.get("/api/session").await.status, 401, "the old session is closed");
        let chen = stage.holder(&again);

        let no_token = chen.send(Method::DELETE, "/api/session", None, &[("x-csrf-token", "")]).await;
        assert_eq!(no_token.code(), "csrf_mismatch");
        let out = chen.delete("/api/session").await;
        assert_eq!(out.status, 204);
        assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!(chen.get("/api/session").await.code(), "not_signed_in");
        assert_eq!(stage.audited().await, ["session.opened", "session.opened", "session.closed"]);

        let rows = stage.hall.db.all("select token_hash from session", &[]).await.unwrap();
        let kept: Vec<String> = rows.iter().map(|row| row.get("token_hash").unwrap()).collect();
        assert!(kept.iter().all(|kept| !cookie.contains(kept)), "the cookie itself is nowhere");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_at_the_door_looks_alike() {
    each_engine(|stage| async move {
        stage.with_password("chen", "a good password").await;
        account(&stage.hall, "nopass", None, None, &[]).await;
        let closed = stage.with_password("closed", "a good password").await;
        let path = format!("/api/accounts/{}", closed.account);
        assert_eq!(stage.administrator.patch(&path, json!({"disabled": true})).await.status, 200);
        let mut bodies = Vec::new();
        for (login, secret) in [
            ("chen", "wrong"),
            ("nobody", "wrong"),
            ("nopass", "wrong"),
            ("closed", "a good password"),
            ("chen", &"x".repeat(3000)),
        ] {
            let answer = stage.sign_in(login, secret).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "bad_credentials"), "{login}");
            let mut body = answer.json();
            body["request_id"] = Value::Null;
            bodies.push(body);
            assert!(!answer.headers.contains_key("set-cookie"));
        }
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
        for (body, code) in [
            (json!({"login": "chen"}), "invalid"),
            (json!({"login": 1, "password": "x"}), "invalid"),
            (json!({"login": "chen", "password": "x", "role": "administrator"}), "invalid"),
            (json!({"login": "ch\u{0}en", "password": "x"}), "invalid"),
            (json!({"login": "chen", "password": "x".repeat(5000)}), "too_large"),
        ] {
            let answer = Client::stranger(&stage.router).post("/api/session", body.clone()).await;
            assert_eq!(answer.code(), code, "{}", answer.text());
        }
    })
    .await;
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    each_engine(|stage| async move {
        stage.with_password("chen", "a good password").await;
        for guess in 0..5 {
            assert_eq!(stage.sign_in("chen", "wrong").await.code(), "bad_credentials", "guess {guess}");
        }
        let blocked = stage.sign_in("chen", "a good password").await;
        assert_eq!((blocked.status.as_u16(), blocked.code().as_str()), (429, "login_throttled"));
        assert_eq!(blocked.headers["retry-after"], "1");
        stage.clock.advance_millis(1_000);
        assert_eq!(stage.sign_in("CHEN", "wrong").await.code(), "bad_credentials");
        assert_eq!(stage.sign_in("chen", "a good password").await.headers["retry-after"], "2", "the wait doubles");
        stage.clock.advance_millis(2_000);
        assert_eq!(stage.sign_in("chen", "a good password").await.status, 200);
        // Forgiven: five more are free.
        for _ in 0..5 {
            assert_eq!(stage.sign_in("chen", "wrong").await.code(), "bad_credentials");
        }
        assert_eq!(stage.sign_in("chen", "wrong").await.code(), "login_throttled");
        // An hour without failures forgets.
        stage.clock.advance_millis(3_600_000);
        assert_eq!(stage.sign_in("chen", "wrong").await.code(), "bad_credentials");
        assert_eq!(stage.sign_in("chen", "a good password").await.status, 200);

        // An unknown login is slowed down like a known one.
        for _ in 0..5 {
            assert_eq!(stage.sign_in("ghost", "wrong").await.code(), "bad_credentials");
        }
        assert_eq!(stage.sign_in("ghost", "wrong").await.code(), "login_throttled");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_tries_many_logins_is_slowed_down() {
    each_engine(|stage| async move {
        stage.with_password("chen", "a good password").await;
        for guess in 0..40 {
            assert_eq!(
                stage.sign_in(&format!("login{guess}"), "wrong").await.code(),
                "bad_credentials",
                "guess {guess}"
            );
        }
        assert_eq!(stage.sign_in("chen", "a good password").await.code(), "login_throttled");
        stage.clock.advance_millis(1_000);
        // Those who know their password pass, and count for nothing.
        for _ in 0..3 {
            assert_eq!(stage.sign_in("chen", "a good password").await.status, 200);
        }
        let rows = stage.hall.db.all("select subject from sign_in_throttle", &[]).await.unwrap();
        assert!(rows.iter().all(|row| !row.get::<String>("subject").unwrap().contains("login1")));
    })
    .await;
}

#[tokio::test]
async fn a_hundred_guesses_at_once_are_a_hundred_guesses() {
    let database = testkit::sqlite_database();
    let stage = stage(&database.url, HallConfig::default()).await;
    stage.with_password("chen", "a good password").await;
    let guesses = futures_util::future::join_all((0..30).map(|_| stage.sign_in("chen", "wrong"))).await;
    assert_eq!(guesses.iter().filter(|answer| answer.code() == "bad_credentials").count(), 5);
    assert_eq!(guesses.iter().filter(|answer| answer.code() == "login_throttled").count(), 25);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    each_engine(|stage| async move {
        stage.with_password("chen", "a good password").await;
        let here = stage.holder(&stage.sign_in("chen", "a good password").await);
        let elsewhere = stage.holder(&stage.sign_in("chen", "a good password").await);
        for (old, new, code, field) in [
            ("wrong", "another password", "bad_credentials", "old"),
            ("a good password", "short", "invalid", "new"),
            ("a good password", "my chen password", "invalid", "new"),
            ("a good password", "aaaaaaaaaa", "invalid", "new"),
            ("a good password", "a good password", "invalid", "new"),
            ("a good password", &"x1".repeat(100), "invalid", "new"),
        ] {
            let answer = here.post("/api/session/password", json!({"old": old, "new": new})).await;
            assert_eq!((answer.code().as_str(), answer.fields()), (code, vec![field.to_owned()]), "{old} {new}");
        }
        let body = json!({"old": "a good password", "new": "another password"}).to_string();
        let key = [("idempotency-key", "change-1")];
        let changed = here.send(Method::POST, "/api/session/password", Some(body.clone().into()), &key).await;
        assert_eq!(changed.status, 204, "{}", changed.text());
        let again = here.send(Method::POST, "/api/session/password", Some(body.into()), &key).await;
        assert_eq!((again.status.as_u16(), again.headers["idempotency-replayed"].to_str().unwrap()), (204, "true"));
        assert_eq!(here.get("/api/session").await.status, 200);
        assert_eq!(elsewhere.get("/api/session").await.status, 401);
        assert_eq!(stage.sign_in("chen", "a good password").await.code(), "bad_credentials");
        assert_eq!(stage.sign_in("chen", "another password").await.status, 200);

        let rows = stage.hall.db.all("select request_hash from idempotency where key = 'change-1'", &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_demonstration_opens_its_doors_and_nothing_else_does() {
    each_engine(|stage| async move {
        let stranger = Client::stranger(&stage.router);
        assert_eq!(stranger.get("/api/demo/roles").await.code(), "not_found");
        assert_eq!(stranger.post("/api/demo/session", json!({"key": "judge"})).await.code(), "not_found");
    })
    .await;
    for database in testkit::databases().await {
        let stage = stage(&database.url, HallConfig { demo: true, ..HallConfig::default() }).await;
        let judge =
            account(&stage.hall, "judge", None, None, &[(Role::Judge, Scope::Contest("con_a".parse().unwrap()))]).await;
        stage.doors.set(vec![DemoDoor {
            key: "judge-east".into(),
            role: Role::Judge,
            title: kernel::Text::new("裁判", "Judge"),
            note: kernel::Text::new("在平板上打分", "Marks on a tablet"),
            lands_on: "/judge/".into(),
            account: judge.account.clone(),
        }]);
        let stranger = Client::stranger(&stage.router);
        let shown = stranger.get("/api/demo/roles").await.json();
        assert_eq!(
            shown["items"][0],
            json!({"key": "judge-east", "role": "judge", "title": {"zh": "裁判", "en": "Judge"},
                "note": {"zh": "在平板上打分", "en": "Marks on a tablet"}, "lands_on": "/judge/"})
        );
        let entered = stranger.send(
            Method::POST,
            "/api/demo/session",
            Some(json!({"key": "judge-east"}).to_string().into()),
            &[("idempotency-key", "")],
        );
        let entered = entered.await;
        assert_eq!(
            (entered.status.as_u16(), entered.json()["demo"].as_bool()),
            (200, Some(true)),
            "{}",
            entered.text()
        );
        assert_eq!(
            entered.json()["roles"],
            json!([{"role": "judge", "scope": {"kind": "contest", "contest": "con_a"}}])
        );
        assert_eq!(stage.holder(&entered).get("/api/session").await.json()["account"], judge.account.to_string());
        assert_eq!(stranger.post("/api/demo/session", json!({"key": "king"})).await.fields(), ["key"]);
        stage.hall.db.close().await;
    }
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    for database in testkit::databases().await {
        let (hall, _) = hall(&database.url, HallConfig::default()).await;
        let refused = people::bootstrap_admin(&hall, "a b", "short").await.unwrap_err();
        assert_eq!(refused.fields().count(), 2);
        let made = people::bootstrap_admin(&hall, "Admin", "a good password").await.unwrap();
        assert!(made.is_some());
        assert_eq!(people::bootstrap_admin(&hall, "other", "a good password").await.unwrap(), None);
        let router = web::serve_router(hall.clone(), vec![people::room(hall.clone(), DemoDoors::default())]).unwrap();
        let body = json!({"login": "admin", "password": "a good password"});
        let answer = Client::stranger(&router).post("/api/session", body).await;
        assert_eq!(answer.json()["roles"], json!([{"role": "administrator", "scope": {"kind": "hall"}}]));
        hall.db.close().await;
    }
}

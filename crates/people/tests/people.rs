//! The people room through the whole router, on both engines.

use axum::Router;
use http::Method;
use kernel::{AccountId, FakeClock, Role, Scope};
use people::{DemoDoor, DemoDoors};
use serde_json::{Value, json};
use web::testing::{Answered, Client, Member, account, hall};
use web::{Hall, HallConfig, password};

struct Stage {
    hall: Hall,
    router: Router,
    clock: FakeClock,
    doors: DemoDoors,
    administrator: Client,
    member: Member,
}

async fn stage(url: &str, config: HallConfig) -> Stage {
    let (hall, clock) = hall(url, config).await;
    let doors = DemoDoors::default();
    let router = web::serve_router(hall.clone(), vec![people::room(hall.clone(), doors.clone())])
        .expect("routes and table agree");
    let member = account(&hall, "root", None, None, &[(Role::Administrator, Scope::Hall)]).await;
    let administrator = Client::signed(&router, &hall, &member.account).await;
    Stage { hall, router, clock, doors, administrator, member }
}

async fn each_engine<F: Future<Output = ()>>(run: impl Fn(Stage) -> F) {
    for database in testkit::databases().await {
        let stage = stage(&database.url, HallConfig::default()).await;
        let db = stage.hall.db.clone();
        run(stage).await;
        db.close().await;
    }
}

impl Stage {
    async fn signed(&self, login: &str, roles: &[(Role, Scope)]) -> (Member, Client) {
        let member = account(&self.hall, login, None, None, roles).await;
        let client = Client::signed(&self.router, &self.hall, &member.account).await;
        (member, client)
    }

    async fn with_password(&self, login: &str, secret: &str) -> Member {
        let hash = password::hash(&self.hall, secret).await.unwrap();
        account(&self.hall, login, Some(hash), None, &[]).await
    }

    async fn sign_in(&self, login: &str, secret: &str) -> Answered {
        Client::stranger(&self.router).post("/api/session", json!({"login": login, "password": secret})).await
    }

    fn holder(&self, answer: &Answered) -> Client {
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        let token = cookie.split(['=', ';']).nth(1).unwrap();
        Client::stranger(&self.router).with_token(Some(token))
    }

    async fn audited(&self) -> Vec<String> {
        let rows = self.hall.db.all("select act from audit order by position", &[]).await.unwrap();
        rows.iter().map(|row| row.get("act").unwrap()).collect()
    }
}

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
async fn the_tree_grows_and_moves_without_cycles() {
    each_engine(|stage| async move {
        let admin = &stage.administrator;
        let add = async |parent: Option<&str>, name: &str| {
            let body = json!({"parent": parent, "kind": "region", "name": {"zh": name, "en": name}});
            admin.post("/api/organisations", body).await
        };
        let id = |answer: Answered| answer.json()["id"].as_str().unwrap().to_owned();
        let city = id(add(None, "市").await);
        let north = id(add(Some(&city), "北区").await);
        let south = id(add(Some(&city), "南区").await);
        let town = id(add(Some(&north), "镇").await);
        let plant = id(add(Some(&town), "厂").await);

        let children = admin.get(&format!("/api/organisations?parent={city}")).await.json();
        let mut names: Vec<&str> =
            children["items"].as_array().unwrap().iter().map(|o| o["name"]["zh"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["北区", "南区"]);
        let found = admin.get("/api/organisations?q=%E9%95%87").await.json();
        assert_eq!(found["items"][0]["path"], format!("/{city}/{north}/{town}/"));
        assert_eq!(
            admin.get("/api/organisations?q=%25").await.json()["items"],
            json!([]),
            "a percent sign is a letter"
        );

        for (what, of, to) in
            [("itself", &town, &town), ("its child", &town, &plant), ("its grandchild", &north, &plant)]
        {
            let answer = admin.patch(&format!("/api/organisations/{of}"), json!({"parent": to})).await;
            assert_eq!(
                (answer.code().as_str(), answer.fields()),
                ("invalid", vec!["parent".to_owned()]),
                "below {what}"
            );
        }
        let moved = admin.patch(&format!("/api/organisations/{town}"), json!({"parent": south})).await.json();
        assert_eq!(moved["path"], format!("/{city}/{south}/{town}/"));
        let below = admin.get(&format!("/api/organisations?parent={town}")).await.json();
        assert_eq!(below["items"][0]["path"], format!("/{city}/{south}/{town}/{plant}/"), "all below moves along");

        let twin = add(Some(&city), "北区").await;
        assert_eq!((twin.code().as_str(), twin.fields()), ("conflict", vec!["name.zh".to_owned()]));
        let renamed =
            admin.patch(&format!("/api/organisations/{south}"), json!({"name": {"zh": "北区", "en": "x"}})).await;
        assert_eq!(renamed.code(), "conflict");
        for (body, field) in [
            (json!({"parent": "org_none", "kind": "region", "name": {"zh": "a", "en": "a"}}), "parent"),
            (json!({"parent": city, "kind": "planet", "name": {"zh": "a", "en": "a"}}), "kind"),
            (json!({"parent": city, "kind": "region", "name": {"zh": "  ", "en": "a"}}), "name.zh"),
            (json!({"parent": city, "kind": "region", "name": {"zh": "a", "en": "x".repeat(121)}}), "name.en"),
            (json!({"parent": city, "kind": "region", "name": {"zh": "a"}}), "name.en"),
            (json!({"parent": city, "kind": "region", "name": {"zh": "a\u{0}", "en": "a"}}), "name.zh"),
            (json!({"parent": "../x", "kind": "region", "name": {"zh": "a", "en": "a"}}), "parent"),
        ] {
            let answer = admin.post("/api/organisations", body).await;
            assert_eq!(
                (answer.code().as_str(), answer.fields()),
                ("invalid", vec![field.to_owned()]),
                "{}",
                answer.text()
            );
        }
        assert_eq!(admin.patch("/api/organisations/org_none", json!({})).await.code(), "not_found");

        let mut below = plant;
        let mut refused = 0;
        for level in 0..16 {
            let answer = add(Some(&below), &format!("级{level}")).await;
            match answer.status.as_u16() {
                201 => below = id(answer),
                _ => {
                    assert_eq!(answer.fields(), ["parent"]);
                    refused += 1;
                }
            }
        }
        assert_eq!(refused, 4, "16 levels and no more");
        let answer = admin.patch(&format!("/api/organisations/{town}"), json!({"parent": north})).await;
        assert_eq!(answer.status, 200, "moves that keep the depth are fine");
    })
    .await;
}

#[tokio::test]
async fn staff_of_an_organisation_reach_it_and_what_is_below() {
    each_engine(|stage| async move {
        let (_, mine) = stage.signed("north", &[]).await;
        let north = account(&stage.hall, "boss", None, None, &[]).await;
        let below = account(&stage.hall, "below", None, Some(&north.organisation), &[]).await;
        let other = account(&stage.hall, "other", None, None, &[]).await;
        assert_eq!(mine.get("/api/persons").await.code(), "forbidden");
        let grant = json!({"role": "staff", "scope": {"kind": "organisation", "organisation": north.organisation.to_string()}});
        let granted = stage.administrator.post(&format!("/api/accounts/{}/roles", north.account), grant).await;
        assert_eq!(granted.status, 201, "{}", granted.text());
        let staff = Client::signed(&stage.router, &stage.hall, &north.account).await;

        let persons = staff.get("/api/persons").await.json();
        let mut names: Vec<&str> =
            persons["items"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["below", "boss"]);
        let under = staff.get(&format!("/api/persons?organisation={}", below.organisation)).await.json();
        assert_eq!(under["items"].as_array().unwrap().len(), 1);
        assert_eq!(staff.get("/api/persons?q=BEL").await.json()["items"][0]["name"], "below");
        let seen = staff.get(&format!("/api/persons?organisation={}", other.organisation)).await.json();
        assert_eq!(seen["items"], json!([]));
        assert_eq!(staff.get("/api/accounts").await.json()["items"].as_array().unwrap().len(), 2);
        assert_eq!(staff.get("/api/organisations").await.json()["items"].as_array().unwrap().len(), 2);

        let add = |organisation: &kernel::OrganisationId| json!({"name": "新人", "organisation": organisation.to_string(), "gender": "female", "phone": " 138 0013 8000 "});
        let added = staff.post("/api/persons", add(&below.organisation)).await;
        assert_eq!((added.status.as_u16(), added.json()["phone"].as_str()), (201, Some("138 0013 8000")), "{}", added.text());
        assert_eq!(added.json()["organisation_name"]["zh"], "below");
        assert_eq!(staff.post("/api/persons", add(&other.organisation)).await.code(), "forbidden");
        let root = json!({"kind": "region", "name": {"zh": "根", "en": "root"}});
        assert_eq!(staff.post("/api/organisations", root).await.code(), "forbidden", "a root needs the hall");
        let path = format!("/api/organisations/{}", below.organisation);
        assert_eq!(staff.patch(&path, json!({"parent": other.organisation.to_string()})).await.code(), "forbidden");
        assert_eq!(staff.patch(&format!("/api/organisations/{}", other.organisation), json!({})).await.code(), "forbidden");

        for (body, field) in [
            (json!({"name": "", "organisation": below.organisation.to_string()}), "name"),
            (json!({"name": "a", "organisation": below.organisation.to_string(), "phone": "call me"}), "phone"),
            (json!({"name": "a", "organisation": below.organisation.to_string(), "gender": "x"}), "gender"),
            (json!({"name": "a", "organisation": "org_none"}), "organisation"),
        ] {
            assert_eq!(staff.post("/api/persons", body).await.fields(), [field]);
        }

        let person = added.json()["id"].as_str().unwrap().to_owned();
        let made = staff.post("/api/accounts", json!({"person": person, "login": "Xin.Ren", "password": "a good password"})).await;
        assert_eq!((made.status.as_u16(), made.json()["login"].as_str()), (201, Some("xin.ren")), "{}", made.text());
        assert!(!made.text().contains("argon2"));
        assert_eq!(stage.sign_in("xin.ren", "a good password").await.status, 200);
        let twin = staff.post("/api/accounts", json!({"person": person, "login": "xin.ren"})).await;
        assert_eq!((twin.code().as_str(), twin.fields()), ("conflict", vec!["login".to_owned()]));
        for (body, field) in [
            (json!({"person": person, "login": "a b"}), "login"),
            (json!({"person": person, "login": "ab"}), "login"),
            (json!({"person": "per_none", "login": "abc"}), "person"),
            (json!({"person": person, "login": "abc", "password": "short"}), "password"),
        ] {
            assert_eq!(staff.post("/api/accounts", body).await.fields(), [field]);
        }
        let theirs = staff.post("/api/accounts", json!({"person": other.person.to_string(), "login": "abc"})).await;
        assert_eq!(theirs.code(), "forbidden");
    })
    .await;
}

#[tokio::test]
async fn nobody_gives_more_than_he_holds() {
    each_engine(|stage| async move {
        let contest = || Scope::Contest("con_a".parse().unwrap());
        let (staff_member, staff) = stage.signed("staff", &[(Role::Staff, Scope::Hall)]).await;
        let (_, local) = stage.signed("local", &[(Role::Administrator, contest())]).await;
        let taker = account(&stage.hall, "taker", None, None, &[]).await;
        let above = account(&stage.hall, "above", None, None, &[]).await;
        let (_, chief) =
            stage.signed("chief", &[(Role::Administrator, Scope::Organisation(above.organisation.clone()))]).await;
        let under = account(&stage.hall, "under", None, Some(&above.organisation), &[]).await;

        let hall_scope = json!({"kind": "hall"});
        let con_a = json!({"kind": "contest", "contest": "con_a"});
        let con_b = json!({"kind": "contest", "contest": "con_b"});
        let venue = json!({"kind": "venue", "contest": "con_a", "venue": "ven_1"});
        let org = json!({"kind": "organisation", "organisation": above.organisation.to_string()});
        let org_below = json!({"kind": "organisation", "organisation": under.organisation.to_string()});
        let cases: &[(&str, &Client, &AccountId, &str, &Value, &str)] = &[
            ("administrators give all", &stage.administrator, &taker.account, "administrator", &hall_scope, ""),
            ("staff give contest roles", &staff, &taker.account, "judge", &con_a, ""),
            ("at venues too", &staff, &taker.account, "venue_operator", &venue, ""),
            ("staff make no staff", &staff, &taker.account, "staff", &con_a, "forbidden"),
            ("staff make no administrators", &staff, &taker.account, "administrator", &con_a, "forbidden"),
            ("staff give nothing in the hall", &staff, &taker.account, "organiser", &hall_scope, "forbidden"),
            ("staff give nothing to themselves", &staff, &staff_member.account, "chief_judge", &con_a, "forbidden"),
            ("a contest's administrator gives there", &local, &taker.account, "organiser", &con_a, ""),
            ("and not elsewhere", &local, &taker.account, "organiser", &con_b, "forbidden"),
            ("and not in the hall", &local, &taker.account, "organiser", &hall_scope, "forbidden"),
            ("an organisation's gives below", &chief, &under.account, "staff", &org_below, ""),
            ("also at it", &chief, &under.account, "staff", &org, ""),
            ("not to strangers", &chief, &taker.account, "staff", &org, "forbidden"),
            ("not in the hall", &chief, &under.account, "staff", &hall_scope, "forbidden"),
            ("judges judge contests", &stage.administrator, &taker.account, "judge", &org, "invalid"),
            ("everyone is public", &stage.administrator, &taker.account, "public", &hall_scope, "invalid"),
        ];
        for (what, giver, account, role, scope, code) in cases {
            let answer =
                giver.post(&format!("/api/accounts/{account}/roles"), json!({"role": role, "scope": scope})).await;
            assert_eq!(answer.code(), *code, "{what}: {}", answer.text());
            assert_eq!(answer.status == 201, code.is_empty(), "{what}");
        }
        for (body, field) in [
            (json!({"role": "emperor", "scope": hall_scope}), "role"),
            (json!({"role": "judge", "scope": {"kind": "moon"}}), "scope"),
            (json!({"role": "judge", "scope": {"kind": "contest"}}), "scope"),
            (
                json!({"role": "staff", "scope": {"kind": "organisation", "organisation": "org_none"}}),
                "scope.organisation",
            ),
        ] {
            let answer = stage.administrator.post(&format!("/api/accounts/{}/roles", taker.account), body).await;
            assert_eq!(answer.code(), "invalid", "{}", answer.text());
            assert!(answer.fields()[0].starts_with(field), "{}", answer.text());
        }
        assert_eq!(
            stage
                .administrator
                .post("/api/accounts/acc_none/roles", json!({"role": "judge", "scope": con_a}))
                .await
                .code(),
            "not_found"
        );

        // A grant works at once in an open session, and so does its end.
        let signed = Client::signed(&stage.router, &stage.hall, &taker.account).await;
        assert_eq!(signed.get("/api/session").await.json()["roles"].as_array().unwrap().len(), 4);
        let path = format!("/api/accounts/{}/roles", taker.account);
        let taken = staff.delete(&format!("{path}/judge?scope=contest/con_a")).await;
        assert_eq!(
            (taken.status.as_u16(), taken.json()["roles"].as_array().unwrap().len()),
            (200, 3),
            "{}",
            taken.text()
        );
        assert_eq!(signed.get("/api/session").await.json()["roles"].as_array().unwrap().len(), 3);
        assert_eq!(staff.delete(&format!("{path}/judge?scope=contest/con_a")).await.code(), "not_found");
        assert_eq!(staff.delete(&format!("{path}/administrator?scope=hall")).await.code(), "forbidden");
        assert_eq!(staff.delete(&format!("{path}/judge?scope=moon")).await.fields(), ["scope"]);
        assert_eq!(staff.delete(&format!("{path}/emperor?scope=hall")).await.code(), "not_found");
        assert_eq!(staff.delete(&format!("{path}/judge")).await.fields(), ["scope"]);
    })
    .await;
}

#[tokio::test]
async fn one_administrator_remains() {
    each_engine(|stage| async move {
        let me = format!("/api/accounts/{}", stage.member.account);
        let admin = &stage.administrator;
        assert_eq!(admin.delete(&format!("{me}/roles/administrator?scope=hall")).await.code(), "conflict");
        assert_eq!(admin.patch(&me, json!({"disabled": true})).await.code(), "conflict");
        assert_eq!(admin.get("/api/session").await.status, 200, "nothing was changed");

        let (second, client) = stage.signed("second", &[(Role::Administrator, Scope::Hall)]).await;
        let path = format!("/api/accounts/{}", second.account);
        assert_eq!(client.get("/api/session").await.status, 200);
        assert_eq!(admin.patch(&path, json!({"disabled": true})).await.status, 200);
        assert_eq!(client.get("/api/session").await.status, 401, "a closed account's sessions end at once");
        let opened = admin.patch(&path, json!({"disabled": false})).await.json();
        assert_eq!(
            (&opened["disabled_at"], opened["roles"][0]["role"].as_str()),
            (&Value::Null, Some("administrator"))
        );
        assert_eq!(client.get("/api/session").await.status, 401, "and stay ended");

        let reset = format!("{path}/password");
        assert_eq!(admin.post(&reset, json!({"password": "short"})).await.fields(), ["password"]);
        assert_eq!(
            admin.post(&reset, json!({"password": "the second one"})).await.fields(),
            ["password"],
            "holds the login"
        );
        assert_eq!(admin.post(&reset, json!({"password": "a good password"})).await.status, 204);
        assert_eq!(stage.sign_in("second", "a good password").await.status, 200);
        assert_eq!(
            admin.post("/api/accounts/acc_none/password", json!({"password": "a good password"})).await.code(),
            "not_found"
        );
    })
    .await;
}

#[tokio::test]
async fn edge_keys_are_shown_once() {
    each_engine(|stage| async move {
        let contest = Scope::Contest("con_a".parse().unwrap());
        let (_, organiser) = stage.signed("organiser", &[(Role::Organiser, contest)]).await;
        let path = "/api/contests/con_a/edge-keys";
        let body = json!({"edge": "edg_east"}).to_string();
        let key = [("idempotency-key", "edge-1")];
        let made = organiser.send(Method::POST, path, Some(body.clone().into()), &key).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let secret = made.json()["key"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("ghk_"));
        let again = organiser.send(Method::POST, path, Some(body.into()), &key).await.json();
        assert_eq!((&again["id"], &again["key"]), (&made.json()["id"], &Value::Null));
        let listed = organiser.get(path).await;
        assert_eq!(listed.json()["items"].as_array().unwrap().len(), 1);
        assert!(!listed.text().contains(&secret));
        assert_eq!(organiser.get("/api/contests/con_b/edge-keys").await.code(), "forbidden");
        assert_eq!(organiser.post(path, json!({"edge": "EAST"})).await.fields(), ["edge"]);

        // The key is known at the door; it opens no route of this room.
        let edge = Client::stranger(&stage.router).with_bearer(&secret);
        assert_eq!(edge.get("/api/session").await.code(), "forbidden");
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let revoked = organiser.delete(&format!("{path}/{id}")).await;
        assert_eq!((revoked.status.as_u16(), revoked.json()["revoked_at"].is_string()), (200, true));
        assert_eq!(edge.get("/api/session").await.code(), "not_signed_in");
        assert_eq!(organiser.delete(&format!("{path}/{id}")).await.status, 200, "revoking twice is harmless");
        assert_eq!(organiser.delete(&format!("{path}/key_none")).await.code(), "not_found");
        assert_eq!(stage.audited().await, ["edge_key.created", "edge_key.revoked"]);
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

/// Each route of the room, and who gets in. `A` administrator of the hall, `a` of the contest, `O` organiser of the contest,
/// `S` staff of the hall, `s` staff of an organisation, `*` all that are signed in, `-` nobody but them.
#[tokio::test]
async fn every_role_at_every_route() {
    const TABLE: &str = "
        POST   /api/session                        public
        GET    /api/session                        signed
        DELETE /api/session                        signed
        POST   /api/session/password               signed
        GET    /api/demo/roles                     demo
        POST   /api/demo/session                   demo
        GET    /api/organisations                  A a S s
        POST   /api/organisations                  A a S s
        PATCH  /api/organisations/org_none         A a S s
        GET    /api/persons                        A a S s
        POST   /api/persons                        A a S s
        GET    /api/accounts                       A a S s
        POST   /api/accounts                       A a S s
        PATCH  /api/accounts/acc_none              A
        POST   /api/accounts/acc_none/password     A
        POST   /api/accounts/acc_none/roles        A a S s
        DELETE /api/accounts/acc_none/roles/judge  A a S s
        GET    /api/contests/con_a/edge-keys       A a O
        POST   /api/contests/con_a/edge-keys       A a O
        DELETE /api/contests/con_a/edge-keys/key_x A a O
    ";
    let database = testkit::sqlite_database();
    let stage = stage(&database.url, HallConfig::default()).await;
    let contest = || Scope::Contest("con_a".parse().unwrap());
    let org = Scope::Organisation(stage.member.organisation.clone());
    let elsewhere = Scope::Contest("con_b".parse().unwrap());
    let mut holders = vec![
        ("A", Role::Administrator, Scope::Hall),
        ("a", Role::Administrator, contest()),
        ("O", Role::Organiser, contest()),
        ("S", Role::Staff, Scope::Hall),
        ("s", Role::Staff, org),
        ("-", Role::Organiser, elsewhere),
    ];
    holders.extend(
        [Role::ChiefJudge, Role::Supervisor, Role::Judge, Role::VenueOperator, Role::Competitor]
            .map(|role| ("-", role, contest())),
    );
    let lines: Vec<Vec<&str>> = TABLE
        .lines()
        .map(|line| line.split_whitespace().collect())
        .filter(|words: &Vec<&str>| !words.is_empty())
        .collect();
    assert_eq!(lines.len(), people::ACCESS.len(), "every route of the access table stands here");
    for words in &lines {
        let (method, path, who) = (Method::from_bytes(words[0].as_bytes()).unwrap(), words[1], &words[2..]);
        let ask = async |client: &Client| {
            let body = (method != Method::GET).then(|| json!({}).to_string().into());
            client.send(method.clone(), path, body, &[]).await
        };
        let stranger = ask(&Client::stranger(&stage.router)).await;
        let edge =
            Client::edge(&stage.router, &stage.hall, &"con_a".parse().unwrap(), &"edg_east".parse().unwrap()).await;
        let edge = ask(&edge).await;
        match who {
            ["public"] => assert_eq!((stranger.code(), edge.code()), ("invalid".into(), "invalid".into()), "{path}"),
            ["demo"] => assert_eq!((stranger.code(), edge.code()), ("not_found".into(), "not_found".into()), "{path}"),
            _ => assert_eq!((stranger.status.as_u16(), edge.code()), (401, "forbidden".into()), "{path}"),
        }
        for (at, (letter, role, scope)) in holders.iter().enumerate() {
            let login = format!("{at}-{method}-{path}");
            let member = account(&stage.hall, &login, None, None, &[(*role, scope.clone())]).await;
            let client = Client::signed(&stage.router, &stage.hall, &member.account).await;
            let answer = ask(&client).await;
            let expected = match who {
                ["public" | "signed"] => true,
                ["demo"] => {
                    assert_eq!(answer.code(), "not_found");
                    continue;
                }
                letters => letters.contains(letter),
            };
            // Past the table, the handlers find these empty requests at fault, or do nothing.
            let stopped = answer.code() == "forbidden" && answer.json()["detail"] == answer.json()["title"];
            assert_eq!(!stopped, expected, "{role:?} at {scope:?}: {method} {path}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn every_statement_is_understood_by_both_engines() {
    for database in testkit::databases().await {
        let (hall, _) = hall(&database.url, HallConfig::default()).await;
        store::contract::prepare_all(&hall.db, &[people::sql::STATEMENTS]).await.unwrap();
        hall.db.close().await;
    }
}

#[test]
fn the_document_and_the_table_agree() {
    let document = web::openapi::assemble(vec![people::doc()]);
    assert_eq!(web::access::check(&document, &[people::ACCESS]), Vec::<String>::new());
    let json: Value = serde_json::from_str(&document.to_json().unwrap()).unwrap();
    let text = json.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(!json["components"]["schemas"][name].is_null(), "{name} is referred to and not there");
    }
    let mut ids: Vec<&str> =
        text.split("\"operationId\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "operation ids are unlike");
}

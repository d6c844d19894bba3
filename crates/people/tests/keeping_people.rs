//! Organisations, persons, accounts, grants and edge keys through the whole router, on both engines.

mod common;

use common::each_engine;
use http::Method;
use kernel::{AccountId, Role, Scope};
use serde_json::{Value, json};
use web::testing::{Answered, Client, account};

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
        assert_eq!(made.json()["has_password"], true);
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
        let without = staff.post("/api/accounts", json!({"person": person, "login": "no-password"})).await.json();
        assert_eq!(without["has_password"], false);
        let mut listed = std::collections::HashMap::new();
        for account in staff.get("/api/accounts").await.json()["items"].as_array().unwrap() {
            listed.insert(account["login"].as_str().unwrap().to_owned(), account["has_password"].clone());
        }
        assert_eq!((&listed["xin.ren"], &listed["no-password"]), (&json!(true), &json!(false)));
        let theirs = staff.post("/api/accounts", json!({"person": other.person.to_string(), "login": "abc"})).await;
        assert_eq!(theirs.code(), "forbidden");
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
        let key = [("idempotency-key", "reset-1")];
        let body = || Some(json!({"password": "a good password"}).to_string().into());
        assert_eq!(admin.send(Method::POST, &reset, body(), &key).await.status, 204);
        assert_eq!(admin.send(Method::POST, &reset, body(), &key).await.headers["idempotency-replayed"], "true");
        // The kept fingerprint is keyed with the session, so that the table can't be used to try passwords against it:
        // from another session the same body looks like another.
        let other = Client::signed(&stage.router, &stage.hall, &stage.member.account).await;
        assert_eq!(other.send(Method::POST, &reset, body(), &key).await.code(), "idempotency_key_reused");
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
        assert_eq!(revoked.json()["retired"], false, "what it holds may come with a new key");
        assert_eq!(stage.audited().await, ["edge_key.created", "edge_key.revoked"]);
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

/// Whoever sits as a judge is given no role that reads names there, by whichever login; until the contest is final.
#[tokio::test]
async fn a_judge_is_given_no_role_that_reads_names() {
    each_engine(|stage| async move {
        let judge = account(&stage.hall, "judge", None, None, &[]).await;
        let other = account(&stage.hall, "somebody", None, None, &[]).await;
        let second = stage
            .administrator
            .post("/api/accounts", json!({"person": judge.person.to_string(), "login": "judge-2"}))
            .await
            .json();
        let second = second["id"].as_str().unwrap().to_owned();
        let seat = |at: usize, id: &'static str, name: &'static str| {
            let (db, judge) = (stage.hall.db.clone(), judge.clone());
            async move {
                let contest = store::args![id, name].to_vec();
                let venue = store::args![format!("ven_{at}"), id].to_vec();
                let seat = store::args![id, &judge.account, &judge.person, &judge.organisation, format!("ven_{at}")];
                let (contest, venue, seat) = (&contest, &venue, &seat);
                db.write::<_, store::StoreError, _>(|tx| {
                    Box::pin(async move {
                        let sql = "insert into contest (id, name_zh, name_en, scheme_id, scheme, scheme_hash, disclosure, starts_at, created_at)
                                   values ($1, $2, $2, 's', 's', 's', 'blind', 0, 0)";
                        tx.exec(sql, contest).await?;
                        let sql = "insert into contest_venue (id, contest, name_zh, name_en) values ($1, $2, 'v', 'v')";
                        tx.exec(sql, venue).await?;
                        let sql = "insert into contest_judge (contest, account, person, organisation, venue, modules)
                                   values ($1, $2, $3, $4, $5, '')";
                        tx.exec(sql, seat).await
                    })
                })
                .await
                .unwrap();
            }
        };
        seat(1, "con_a", "甲赛").await;
        let said = |position: i64, to: &'static str| {
            let db = stage.hall.db.clone();
            async move {
                let event = store::args![position, to, format!("{{\"kind\":\"state\",\"to\":\"{to}\",\"reason\":null}}")];
                let event = &event;
                db.write::<_, store::StoreError, _>(|tx| {
                    Box::pin(async move {
                        let sql = "insert into contest_event (contest, position, at, kind, subject, account, body)
                                   values ('con_a', $1, 0, 'state', $2, null, $3)";
                        tx.exec(sql, event).await
                    })
                })
                .await
                .unwrap();
            }
        };
        let hall = json!({"kind": "hall"});
        let here = json!({"kind": "contest", "contest": "con_a"});
        let elsewhere = json!({"kind": "contest", "contest": "con_b"});
        let venue = json!({"kind": "venue", "contest": "con_a", "venue": "ven_1"});
        let organisation = json!({"kind": "organisation", "organisation": judge.organisation.to_string()});
        let first = judge.account.to_string();
        let give = async |account: &str, role: &str, scope: &Value| {
            let body = json!({"role": role, "scope": scope});
            stage.administrator.post(&format!("/api/accounts/{account}/roles"), body).await
        };
        for account in [&first, &second] {
            for role in ["organiser", "staff", "administrator"] {
                for scope in [&hall, &here] {
                    let answer = give(account, role, scope).await;
                    assert_eq!(answer.code(), "conflict", "{role}: {}", answer.text());
                    let detail = &answer.json()["detail"];
                    assert!(detail["zh"].as_str().unwrap().contains("甲赛"), "{detail}");
                }
            }
        }
        assert_eq!(stage.audited().await, ["account.added"], "nothing was given");
        for (account, role, scope) in [
            (&first, "chief_judge", &here),
            (&second, "venue_operator", &venue),
            (&second, "organiser", &elsewhere),
            (&first, "staff", &organisation),
            (&other.account.to_string(), "organiser", &here),
        ] {
            let answer = give(account, role, scope).await;
            assert_eq!(answer.status, 201, "{role}: {}", answer.text());
        }
        said(1, "live").await;
        assert_eq!(give(&second, "staff", &hall).await.code(), "conflict");
        said(2, "final").await;
        assert_eq!(give(&second, "staff", &hall).await.status, 201, "nothing is left to mark");
    })
    .await;
}

/// A gateway stands at one venue, and is retired by an act of its own, with its last key.
#[tokio::test]
async fn a_gateway_is_retired_on_purpose() {
    each_engine(|stage| async move {
        let contest = Scope::Contest("con_a".parse().unwrap());
        let (_, organiser) = stage.signed("organiser", &[(Role::Organiser, contest)]).await;
        for sql in [
            "insert into contest (id, name_zh, name_en, scheme_id, scheme, scheme_hash, disclosure, starts_at, created_at)
             values ('con_a', 'a', 'a', 's', 's', 's', 'blind', 0, 0)",
            "insert into contest_venue (id, contest, name_zh, name_en) values ('ven_1', 'con_a', 'v', 'v'), ('ven_2', 'con_a', 'w', 'w')",
            "insert into contest_edge (contest, edge, venue, next_seq, backlog, lag_ms, sent_at, seen_at)
             values ('con_a', 'edg_old', 'ven_2', 2, 0, 0, 0, 0)",
        ] {
            let db = &stage.hall.db;
            db.write::<_, store::StoreError, _>(|tx| Box::pin(async move { tx.exec(sql, &[]).await })).await.unwrap();
        }
        let path = "/api/contests/con_a/edge-keys";
        for (body, code, field) in [
            (json!({"edge": "edg_east", "venue": "ven_9"}), "invalid", "venue"),
            (json!({"edge": "edg_east", "venue": "VEN"}), "invalid", "venue"),
            (json!({"edge": "edg_old", "venue": "ven_1"}), "conflict", "edge"),
        ] {
            let answer = organiser.post(path, body).await;
            assert_eq!((answer.code().as_str(), answer.fields()), (code, vec![field.to_owned()]), "{}", answer.text());
        }
        assert_eq!(organiser.post(path, json!({"edge": "edg_old", "venue": "ven_2"})).await.status, 201);
        let make = async |edge: &str| -> String {
            let made = organiser.post(path, json!({"edge": edge, "venue": "ven_1"})).await;
            assert_eq!((made.status.as_u16(), &made.json()["venue"]), (201, &json!("ven_1")), "{}", made.text());
            made.json()["id"].as_str().unwrap().to_owned()
        };
        let (first, second) = (make("edg_east").await, make("edg_east").await);
        let elsewhere = organiser.post(path, json!({"edge": "edg_east", "venue": "ven_2"})).await;
        assert_eq!(elsewhere.fields(), ["edge"]);
        let retire = async |key: &str| organiser.delete(&format!("{path}/{key}?retire=true")).await;
        let too_early = retire(&first).await;
        assert_eq!(too_early.code(), "conflict", "{}", too_early.text());
        let state = async || -> Vec<(bool, bool)> {
            let listed = organiser.get(path).await.json();
            let of_east = listed["items"].as_array().unwrap().iter().filter(|key| key["edge"] == "edg_east");
            let mut state: Vec<(String, bool, bool)> = of_east
                .map(|key| {
                    let id = key["id"].as_str().unwrap().to_owned();
                    (id, key["revoked_at"].is_string(), key["retired"] == true)
                })
                .collect();
            state.sort_by_key(|(id, ..)| (*id != first, *id != second));
            state.into_iter().map(|(_, revoked, retired)| (revoked, retired)).collect()
        };
        assert_eq!(state().await, [(false, false), (false, false)], "all or nothing");
        assert_eq!(organiser.delete(&format!("{path}/{first}")).await.status, 200);
        let done = retire(&second).await;
        assert_eq!((done.status.as_u16(), &done.json()["retired"]), (200, &json!(true)), "{}", done.text());
        assert_eq!(state().await, [(true, true), (true, true)]);
        assert_eq!(retire(&second).await.status, 200, "retiring twice is harmless");
        let acts = stage.audited().await;
        assert_eq!(acts.iter().filter(|act| *act == "edge.retired").count(), 1, "{acts:?}");
        assert_eq!(organiser.delete(&format!("{path}/{second}?retire=maybe")).await.fields(), ["retire"]);
        make("edg_east").await;
        assert_eq!(state().await.last(), Some(&(false, false)), "a new key takes it back");
    })
    .await;
}

#[tokio::test]
async fn an_organiser_finds_organisations_by_name_and_id_and_changes_none() {
    each_engine(|stage| async move {
        let body = json!({"parent": null, "kind": "region", "name": {"zh": "同名厂", "en": "Twin plant"}});
        let made = stage.administrator.post("/api/organisations", body.clone()).await.json();
        let here = [(Role::Organiser, Scope::Contest("con_a".parse().unwrap()))];
        let member = account(&stage.hall, "organiser-of-one", None, None, &here).await;
        let organiser = Client::signed(&stage.router, &stage.hall, &member.account).await;
        let id = made["id"].as_str().unwrap();
        for asked in ["twin", id] {
            let found = organiser.get(&format!("/api/organisations?q={asked}")).await.json();
            assert_eq!(
                found["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>(),
                [json!(id)]
            );
        }
        assert_eq!(organiser.post("/api/organisations", body).await.code(), "forbidden");
        let renamed = json!({"name": {"zh": "改名", "en": "renamed"}});
        assert_eq!(organiser.patch(&format!("/api/organisations/{id}"), renamed).await.code(), "forbidden");
        let judge = account(&stage.hall, "judge-of-one", None, None, &[(Role::Judge, Scope::Hall)]).await;
        let judge = Client::signed(&stage.router, &stage.hall, &judge.account).await;
        assert_eq!(judge.get("/api/organisations").await.code(), "forbidden");
    })
    .await;
}

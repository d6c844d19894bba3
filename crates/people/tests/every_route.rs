//! The access table, the document and the statements as a whole.

mod common;

use common::stage;
use http::Method;
use kernel::{Role, Scope};
use serde_json::{Value, json};
use web::HallConfig;
use web::testing::{Client, account, hall};

/// Each route of the room, and who gets in. `A` administrator of the hall, `a` of the contest, `O` organiser of the contest, `o` of another one,
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
        GET    /api/organisations                  A a S s O o
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
        ("o", Role::Organiser, elsewhere),
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

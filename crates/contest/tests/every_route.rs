//! The access table, the document and the statements as a whole.

mod common;

use common::World;
use http::Method;
use kernel::{Role, Scope};
use serde_json::json;
use web::HallConfig;
use web::testing::{Client, account, hall};

#[tokio::test]
async fn every_statement_is_understood_by_both_engines() {
    for database in testkit::databases().await {
        let (hall, _) = hall(&database.url, HallConfig::default()).await;
        store::contract::prepare_all(&hall.db, &[contest::sql::STATEMENTS]).await.unwrap();
    }
}

#[test]
fn the_document_and_the_table_agree() {
    let document = web::openapi::assemble(vec![contest::doc()]);
    assert_eq!(web::access::check(&document, &[contest::access::ACCESS]), Vec::<String>::new());
    let text = document.to_json().unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(!json["components"]["schemas"][name].is_null(), "{name} is referred to and not there");
    }
}

/// Each route of the room, and who gets in. `O` organiser, `S` staff, `C` chief judge, `U` supervisor and `A` arbitrator of the contest, `J` judge,
/// `V` operator of a venue, `K` competitor, `E` a gateway, `X` the organiser of another contest, whom the table lets in where a handler narrows; `signed` is whoever is signed in. The organiser of the hall gets in wherever one of the contest does.
#[tokio::test]
async fn every_role_at_every_route() {
    const TABLE: &str = "
        GET  /api/contests                              public
        POST /api/contests                              H
        GET  /api/schemes                               H
        POST /api/schemes/check                         signed
        POST /api/schemes/compare                       signed
        POST /api/schemes/workbook                      signed
        POST /api/schemes/from-workbook                 signed
        GET  /api/rule-sets                             signed
        POST /api/rule-sets/check                       signed
        GET  /api/contests/{c}                          public
        GET  /api/contests/{c}/rule-set                 public
        GET  /api/contests/{c}/draw                     public
        POST /api/contests/{c}/draw/commitment          O
        POST /api/contests/{c}/draw/lots                O
        POST /api/contests/{c}/draw/undoing             C U
        GET  /api/contests/{c}/results                  public
        POST /api/contests/{c}/results/signatures       C O U
        GET  /api/contests/{c}/results/pack             public
        GET  /api/contests/{c}/analysis                 C O U
        GET  /api/contests/{c}/portrait/ent_x           K C O
        GET  /api/contests/{c}/portrait/ent_x/report    K C O
        GET  /api/contests/{c}/portrait/ent_x/shares    K
        POST /api/contests/{c}/portrait/ent_x/shares    K
        POST /api/contests/{c}/portrait/ent_x/shares/x/revocation K
        GET  /api/portraits/x                           public
        GET  /api/portraits/x/report                    public
        GET  /api/contests/{c}/certificates             signed
        GET  /api/contests/{c}/certificates/x           public
        GET  /api/contests/{c}/papers/certificates      C O U
        GET  /api/contests/{c}/papers/certificates/x    signed
        GET  /api/contests/{c}/papers/letters           O
        GET  /api/contests/{c}/papers/letters/per_x     signed
        GET  /api/contests/{c}/letters                  O S
        POST /api/contests/{c}/letters                  O
        POST /api/contests/{c}/state                    C O
        POST /api/contests/{c}/schedule                 O
        GET  /api/contests/{c}/scheme                   public
        POST /api/contests/{c}/scheme                   O
        PUT  /api/contests/{c}/rule-set                 O
        POST /api/contests/{c}/scheme/check             C O
        GET  /api/contests/{c}/scheme/versions          C O U
        GET  /api/contests/{c}/scheme/versions/1        C O U
        POST /api/contests/{c}/scheme/versions/1/restore O
        GET  /api/contests/{c}/ranking                  public
        GET  /api/contests/{c}/views/overall            public
        GET  /api/contests/{c}/pace                     public
        GET  /api/contests/{c}/control                  C O U V
        GET  /api/contests/{c}/entries                  O S
        GET  /api/contests/{c}/judges                   O S C
        POST /api/contests/{c}/judges/acc_x/excuse      C O
        POST /api/contests/{c}/judges/acc_x/return      C O
        POST /api/contests/{c}/imports/judges           O
        POST /api/contests/{c}/imports/judges/annotated O
        GET  /api/contests/{c}/imports/judges/template  O
        GET  /api/registrations                         public
        GET  /api/contests/{c}/registration             public
        POST /api/contests/{c}/registration             O
        GET  /api/applications/mine                     signed
        GET  /api/contests/{c}/applications             O S
        POST /api/contests/{c}/applications             signed
        POST /api/contests/{c}/applications/decisions   O
        GET  /api/contests/{c}/applications/people?search=x O S
        GET  /api/contests/{c}/applications/export      O S
        GET  /api/contests/{c}/applications/imports/template O S X
        POST /api/contests/{c}/applications/imports     O S X
        POST /api/contests/{c}/applications/imports/annotated O S X
        GET  /api/contests/{c}/applications/apn_x       signed
        POST /api/contests/{c}/applications/apn_x/amendment signed
        POST /api/contests/{c}/applications/apn_x/withdrawal signed
        POST /api/contests/{c}/applications/apn_x/substitution O
        GET  /api/contests/{c}/stations                 J C V O U
        GET  /api/contests/{c}/runs                     J C V O U
        GET  /api/contests/{c}/runs/run_x/sheet         J C
        POST /api/contests/{c}/marks                    J C
        POST /api/contests/{c}/presence                 J C
        GET  /api/contests/{c}/theory                   O
        POST /api/contests/{c}/theory                   O
        POST /api/contests/{c}/runs/run_x/problems      J C V O U
        GET  /api/contests/{c}/problems                 J C V O U
        POST /api/contests/{c}/problems/1/settlement    C V
        POST /api/contests/{c}/runs/run_x/photos        J C
        GET  /api/contests/{c}/runs/run_x/photos        J C U A
        GET  /api/contests/{c}/photos/pho_x             J C U A
        DELETE /api/contests/{c}/photos/pho_x           J C
        POST /api/contests/{c}/runs/run_x/clock         C V
        POST /api/contests/{c}/runs/run_x/judge-requests K V J C
        POST /api/contests/{c}/equipment                C
        GET  /api/contests/{c}/panels                   C O U
        GET  /api/contests/{c}/mine                     K
        GET  /api/contests/{c}/verdicts                 J C O U
        POST /api/contests/{c}/verdicts/vdt_x/decision  J C
        POST /api/contests/{c}/verdicts/vdt_x/take-back C
        GET  /api/contests/{c}/recheck                  C U O A
        POST /api/contests/{c}/recheck                  C
        GET  /api/contests/{c}/recheck/entries/ent_x    C U
        POST /api/contests/{c}/recheck/entries/ent_x    C U
        GET  /api/contests/{c}/appeals                  C V O U A S
        POST /api/contests/{c}/appeals                  K O S
        POST /api/contests/{c}/appeals/apl_x/answer     A
        POST /api/contests/{c}/appeals/apl_x/withdrawal K O S
        GET  /api/contests/{c}/rules                    C O U
        POST /api/contests/{c}/rules/try                C O
        POST /api/contests/{c}/rules/publish            C O
        GET  /api/contests/{c}/rules/shadow             C O U
        POST /api/contests/{c}/rules/shadow             C O
        GET  /api/contests/{c}/rules/agreement          C O U
        GET  /api/contests/{c}/recordings               C O U
        GET  /api/contests/{c}/runs/run_x/signals       C O U
        POST /api/contests/{c}/telemetry                E
        GET  /api/trades                                public
        GET  /api/calendar                              public
        GET  /api/season-files                          H
        POST /api/season-files/check                    signed
        GET  /api/seasons                               public
        POST /api/seasons                               H
        GET  /api/seasons/sea_x                         public
        POST /api/contests/{c}/season                   O
        GET  /api/contests/{c}/advancement              O
        POST /api/contests/{c}/advancement              O
        POST /api/contests/{c}/advancement/adv_x/answer O
        GET  /api/season-places/mine                    signed
        POST /api/season-places/adv_x/answer            signed
        GET  /clics                                     public
        GET  /clics/                                    public
        GET  /clics/contests                            public
        GET  /clics/contests/{c}                        public
        GET  /clics/contests/{c}/scoreboard             public
        GET  /clics/contests/{c}/event-feed?stream=false public
        GET  /clics/contests/{c}/access                 public
        GET  /clics/contests/{c}/teams/nobody           public
        GET  /clics/staff                               signed
        GET  /clics/staff/                              signed
        GET  /clics/staff/contests                      signed
        GET  /clics/staff/contests/{c}                  C O U V
        GET  /clics/staff/contests/{c}/scoreboard       C O U V
        GET  /clics/staff/contests/{c}/event-feed?stream=false C O U V
        GET  /clics/staff/contests/{c}/access           C O U V
        GET  /clics/staff/contests/{c}/teams/nobody     C O U V
        GET  /live/contests/{c}/nothing                 public
        GET  /live/staff/contests/{c}/nothing           C O U V
    ";
    let database = testkit::sqlite_database();
    let world = World::new(&database.url, true).await;
    let before = world.everything().await;
    let here = || Scope::Contest(world.contest.clone());
    let venue = world.floor().await.arena().plan.venues[0].id.clone();
    let at_venue = || Scope::Venue(world.contest.clone(), venue.clone());
    let elsewhere = Scope::Contest("con_elsewhere".parse().unwrap());
    let mut holders = Vec::new();
    for (letter, role, scope) in [
        ("H", Role::Organiser, Scope::Hall),
        ("O", Role::Organiser, here()),
        ("S", Role::Staff, Scope::Hall),
        ("C", Role::ChiefJudge, here()),
        ("U", Role::Supervisor, here()),
        ("A", Role::Arbitrator, here()),
        ("J", Role::Judge, at_venue()),
        ("V", Role::VenueOperator, at_venue()),
        ("K", Role::Competitor, here()),
        ("X", Role::Organiser, elsewhere.clone()),
        ("-", Role::ChiefJudge, elsewhere.clone()),
        ("-", Role::Judge, elsewhere),
    ] {
        let member = account(&world.hall, &format!("holder-{}", holders.len()), None, None, &[(role, scope)]).await;
        holders.push((letter, role, Client::signed(&world.router, &world.hall, &member.account).await));
    }
    let edge = world.edge("edg_east").await;
    let other = Client::edge(&world.router, &world.hall, &"con_b".parse().unwrap(), &"edg_b".parse().unwrap()).await;
    let lines: Vec<&str> = TABLE.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), contest::access::ACCESS.len(), "every route of the access table stands here");
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (method, who) = (Method::from_bytes(words[0].as_bytes()).unwrap(), &words[2..]);
        let path = words[1].replace("{c}", world.contest.as_str());
        let ask = async |client: &Client| {
            let body = (method != Method::GET).then(|| json!({}).to_string().into());
            client.send(method.clone(), &path, body, &[]).await
        };
        let (stranger, foreign) = (ask(&world.stranger).await, ask(&other).await);
        if who == ["public"] {
            assert!(![401, 403].contains(&stranger.status.as_u16()), "{line}: {}", stranger.text());
        } else {
            assert_eq!((stranger.status.as_u16(), foreign.status.as_u16()), (401, 403), "{line}");
        }
        if who == ["E"] {
            assert_eq!(ask(&edge).await.code(), "malformed", "a gateway gets as far as its batch");
        }
        for (letter, role, client) in &holders {
            let answer = ask(client).await;
            // Past the table the handlers find these empty requests at fault, or say more about what is forbidden.
            let stopped = answer.code() == "forbidden" && answer.json()["detail"] == answer.json()["title"];
            let expected = who == ["public"]
                || who == ["signed"]
                || who.contains(letter)
                || (*letter == "H" && (who.contains(&"O")));
            assert_eq!(!stopped, expected, "{role:?}: {line}: {}", answer.text());
            if stopped {
                assert_eq!(answer.status, 403);
            }
        }
    }
    assert_eq!(world.everything().await, before, "empty requests change nothing");
}

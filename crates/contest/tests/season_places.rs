//! What becomes of a season's place and of the entry that goes with it, when somebody came into the next contest by another way as well: by applying,
//! by an import, or from another contest. On both engines.

mod common;

use common::seasons::*;
use common::story::refused;
use common::{COMPETITORS, World, new_contest, rule_set, upload, xlsx};
use kernel::ContestId;
use serde_json::{Value, json};
use web::testing::{Answered, account};

/// The competitor of the first contest who has an account, once more, and somebody new.
const AGAIN: &[[&str; 7]] =
    &[COMPETITORS[0], COMPETITORS[1], ["新人乙", "保密单位庚", "", "students", "西赛场", "W1", ""]];

struct Season {
    world: World,
    /// Two feeders, and the contest that they feed and that people apply for.
    first: ContestId,
    other: ContestId,
    target: ContestId,
}

async fn each_engine<F: Future<Output = ()>>(run: impl Fn(Season) -> F) {
    for database in testkit::databases().await {
        let world = World::new(&database.url, false).await;
        let (season, first) = (season(&world).await, world.contest.clone());
        let mut applied_for = new_contest(false);
        applied_for["rule_set"] = json!(rule_set());
        let target = another_contest(&world, applied_for).await;
        let other = another_contest(&world, new_contest(false)).await;
        let path = format!("/api/contests/{other}/imports/competitors?commit=true");
        let imported = upload(&world.organiser, &path, &xlsx(AGAIN)).await;
        assert_eq!(imported.status, 200, "{}", imported.text());
        assert_eq!(place(&world, &target, placing(&season, "second", None)).await.status, 200);
        for feeder in [&first, &other] {
            assert_eq!(place(&world, feeder, placing(&season, "first", Some(&target))).await.status, 200);
        }
        run(Season { world, first, other, target }).await;
    }
}

impl Season {
    fn at_target(&self, rest: &str) -> String {
        format!("/api/contests/{}/{rest}", self.target)
    }

    async fn person(&self, name: &str) -> String {
        let entries = self.world.organiser.get(&self.world.path("entries")).await.json();
        let entries = entries["items"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["name"] == name).unwrap();
        entry["person"].as_str().unwrap().to_owned()
    }

    /// Applied for and admitted, as the organiser enters what comes on paper.
    async fn admitted(&self, person: &str) -> Value {
        let answers = json!({"born": "1990-01-31", "years": "5", "level": "l3"});
        let body = json!({"person": person, "group": "workers", "team": null, "answers": answers});
        let made = self.world.organiser.post(&self.at_target("applications"), body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let one = made.json();
        let seen = json!({"id": one["id"], "version": one["version"]});
        let decided = json!({"applications": [seen], "to": "admitted"});
        let answer = self.world.organiser.post(&self.at_target("applications/decisions"), decided).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.application(&one).await
    }

    async fn application(&self, one: &Value) -> Value {
        let path = self.at_target(&format!("applications/{}", one["id"].as_str().unwrap()));
        self.world.organiser.get(&path).await.json()
    }

    async fn act(&self, one: &Value, what: &str, body: Value) -> Answered {
        let path = self.at_target(&format!("applications/{}/{what}", one["id"].as_str().unwrap()));
        self.world.organiser.post(&path, body).await
    }

    /// The contest is over, and whoever goes on from it is confirmed.
    async fn over(&self, feeder: &ContestId, marks: &[(&str, &str)]) -> Value {
        finished(&self.world, feeder, marks).await;
        let seen = advancement(&self.world.organiser, feeder).await.json();
        let confirmed = confirm(&self.world.organiser, feeder, &seen["digest"]).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        confirmed.json()
    }

    async fn declined(&self, feeder: &ContestId, name: &str) {
        let seen = advancement(&self.world.organiser, feeder).await.json();
        let declining = json!({"answer": "declined", "reason": "出国"});
        let answer = answer(&self.world, feeder, &place_of(&seen, name), declining).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    async fn in_field(&self) -> Vec<String> {
        names_in(&self.world, &self.target).await
    }

    /// What has become of somebody's place, and why.
    async fn place(&self, feeder: &ContestId, name: &str) -> Value {
        let seen = advancement(&self.world.organiser, feeder).await.json();
        let rows = seen["rows"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap()["place"].clone()
    }
}

const OTHERS: &[(&str, &str)] = &[("E1", "9"), ("W1", "5")];

#[tokio::test]
async fn who_withdraws_his_application_leaves_his_seasons_place_to_the_next() {
    each_engine(|season| async move {
        let application = season.admitted(&season.person("机密甲").await).await;
        season.over(&season.first, MARKS).await;
        assert_eq!(season.in_field().await, ["机密丙", "机密甲"], "he is entered once");
        season.over(&season.other, OTHERS).await;
        assert_eq!(season.place(&season.other, "机密甲").await["state"], "offered");

        let withdrawn = season.act(&application, "withdrawal", json!({"reason": "伤病"})).await;
        assert_eq!(withdrawn.status, 200, "{}", withdrawn.text());
        assert_eq!(season.in_field().await, ["新人乙", "机密丙"]);
        for feeder in [&season.first, &season.other] {
            let place = season.place(feeder, "机密甲").await;
            assert_eq!(
                (&place["state"], &place["note"], &place["by"]),
                (&json!("declined"), &json!("伤病"), &json!("organiser"))
            );
        }
        assert_eq!(audited(&season.world, "season.place_freed").await, 2, "each place has its step");
        let mine = format!("/api/contests/{}/mine", season.target);
        refused(&season.world.competitor.get(&mine).await, "forbidden", "he is no competitor there");

        // The next in line go on when they are confirmed.
        let seen = advancement(&season.world.organiser, &season.first).await.json();
        let confirmed = confirm(&season.world.organiser, &season.first, &seen["digest"]).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        assert_eq!(season.in_field().await, ["新人乙", "机密丙", "机密乙", "机密戊"]);
        let late =
            answer(&season.world, &season.first, &place_of(&seen, "机密甲"), json!({"answer": "accepted"})).await;
        refused(&late, "advance_state", "he has left");
    })
    .await;
}

#[tokio::test]
async fn who_comes_for_another_has_his_entry_and_not_his_seasons_place() {
    each_engine(|season| async move {
        let application = season.admitted(&season.person("机密甲").await).await;
        season.over(&season.first, MARKS).await;
        let comes = account(&season.world.hall, "comes", None, None, &[]).await;
        let answers = json!({"born": "1990-01-31", "years": "5", "level": "l3"});
        let body = json!({"version": application["version"], "person": comes.person.to_string(), "reason": "替换", "answers": answers});
        let substituted = season.act(&application, "substitution", body).await;
        assert_eq!(substituted.status, 201, "{}", substituted.text());
        assert_eq!(season.in_field().await, ["comes", "机密丙"]);
        let place = season.place(&season.first, "机密甲").await;
        assert_eq!((&place["state"], &place["note"]), (&json!("declined"), &json!("替换")));
        assert_eq!(audited(&season.world, "season.place_freed").await, 1);
        assert_eq!(season.place(&season.first, "机密丙").await["state"], "offered", "others' places are theirs");
        // What is left of it is one entry and no place: nothing takes the substitute out.
        let seen = advancement(&season.world.organiser, &season.first).await.json();
        let declining = json!({"answer": "declined", "reason": "出国"});
        let late = answer(&season.world, &season.first, &place_of(&seen, "机密甲"), declining).await;
        refused(&late, "advance_state", "he has left");
        assert_eq!(season.in_field().await, ["comes", "机密丙"]);
    })
    .await;
}

#[tokio::test]
async fn a_declined_place_takes_out_only_what_the_season_put_in() {
    each_engine(|season| async move {
        // The season put him in, and takes him out; then he applies by himself.
        season.over(&season.first, MARKS).await;
        season.declined(&season.first, "机密甲").await;
        assert_eq!(season.in_field().await, ["机密丙", "机密乙", "机密戊"]);
        let application = season.admitted(&season.person("机密甲").await).await;
        // Another contest sends him there as well. That he declines this is no word about his application.
        season.over(&season.other, OTHERS).await;
        season.declined(&season.other, "机密甲").await;
        assert!(season.in_field().await.contains(&"机密甲".to_owned()), "{:?}", season.in_field().await);
        let now = season.application(&application).await;
        assert_eq!((&now["state"], now["venue"].is_string()), (&json!("admitted"), true));
        let mine = format!("/api/contests/{}/mine", season.target);
        assert_eq!(season.world.competitor.get(&mine).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn whom_two_contests_send_stays_until_both_places_are_declined() {
    for first_declined in [true, false] {
        each_engine(|season| async move {
            season.over(&season.first, MARKS).await;
            season.over(&season.other, OTHERS).await;
            let order = match first_declined {
                true => [&season.first, &season.other],
                false => [&season.other, &season.first],
            };
            season.declined(order[0], "机密甲").await;
            assert!(season.in_field().await.contains(&"机密甲".to_owned()), "the other contest has sent him too");
            season.declined(order[1], "机密甲").await;
            assert!(!season.in_field().await.contains(&"机密甲".to_owned()), "nobody has sent him any more");
        })
        .await;
    }
}

#[tokio::test]
async fn each_takes_or_declines_his_own_place() {
    each_engine(|season| async move {
        let (world, mine) = (&season.world, "/api/season-places/mine");
        season.over(&season.first, MARKS).await;
        for client in [&world.organiser, &world.judges[0], &world.chief] {
            assert_eq!(client.get(mine).await.json()["items"], json!([]), "nobody has sent him anywhere");
        }
        let own = world.competitor.get(mine).await.json()["items"][0].clone();
        assert_eq!((&own["state"], &own["target"]), (&json!("offered"), &json!(season.target.as_str())));
        assert_eq!((&own["may_accept"], &own["may_decline"]), (&json!(true), &json!(true)));
        assert!(
            own["why"]["zh"].is_string() && own["target_name"]["en"].is_string() && !own.to_string().contains("ent_")
        );
        let path = |place: &Value| format!("/api/season-places/{}/answer", place.as_str().unwrap());
        let his = path(&own["id"]);

        // Another's is not there, and only what is his to say is taken.
        let others = season.place(&season.first, "机密丙").await;
        let accepts = json!({"answer": "accepted"});
        refused(&world.competitor.post(&path(&others["id"]), accepts.clone()).await, "not_found", "another's");
        for client in [&world.organiser, &world.judges[0], &world.chief] {
            refused(&client.post(&his, accepts.clone()).await, "not_found", "not his own");
        }
        refused(&world.stranger.post(&his, accepts.clone()).await, "not_signed_in", "nobody");
        refused(&world.competitor.post(&path(&json!("adv_x")), accepts.clone()).await, "not_found", "no such place");
        refused(&world.competitor.post(&his, json!({"answer": "declined"})).await, "invalid", "why?");
        let long = json!({"answer": "declined", "reason": "长".repeat(501)});
        refused(&world.competitor.post(&his, long).await, "invalid", "too long");
        let kept = json!({"answer": "kept", "reason": "要保留"});
        assert!(world.competitor.post(&his, kept).await.status.is_client_error(), "that is an organiser's to say");
        assert_eq!(season.place(&season.first, "机密甲").await["state"], "offered", "a refusal changes nothing");

        let accepted = world.competitor.post(&his, accepts.clone()).await;
        assert_eq!(
            (accepted.status.as_u16(), &accepted.json()["state"]),
            (200, &json!("accepted")),
            "{}",
            accepted.text()
        );
        assert_eq!((&accepted.json()["may_accept"], &accepted.json()["may_decline"]), (&json!(false), &json!(true)));
        refused(&world.competitor.post(&his, accepts.clone()).await, "advance_state", "twice");
        assert_eq!(season.place(&season.first, "机密甲").await["state"], "accepted", "the organiser reads it");

        // He can't come after all: he leaves the field, and the next in line have places.
        let declined = world.competitor.post(&his, json!({"answer": "declined", "reason": "出国"})).await;
        assert_eq!(
            (declined.status.as_u16(), &declined.json()["state"]),
            (200, &json!("replaced")),
            "{}",
            declined.text()
        );
        assert_eq!((&declined.json()["note"], &declined.json()["may_decline"]), (&json!("出国"), &json!(false)));
        assert_eq!(season.in_field().await, ["机密丙", "机密乙", "机密戊"]);
        assert_eq!(
            (audited(world, "season.place_accepted").await, audited(world, "season.place_declined").await),
            (1, 1)
        );
        refused(&world.competitor.post(&his, accepts).await, "advance_state", "he has declined");

        // Who is sent from another contest, once the next one is opened, stays in its field.
        season.over(&season.other, OTHERS).await;
        let newest = world.competitor.get(mine).await.json();
        let second = newest["items"].as_array().unwrap().iter().find(|it| it["state"] == "offered").unwrap();
        let goes = json!({"to": "live", "even_so": true, "reason": "试验赛，不抽签"});
        let opened = world.organiser.post(&season.at_target("state"), goes).await;
        assert_eq!(opened.status, 200, "{}", opened.text());
        let late = world.competitor.post(&path(&second["id"]), json!({"answer": "declined", "reason": "伤病"})).await;
        refused(&late, "contest_not_open", "its field stands");
        let seen = world.competitor.get(mine).await.json();
        assert!(seen["items"].as_array().unwrap().iter().all(|it| it["may_decline"] == false), "{seen}");
        assert!(season.in_field().await.contains(&"机密甲".to_owned()));
    })
    .await;
}

//! The archive as a record store, on both engines: what is looked up, what is taken back, who is erased, and that many write at once.

use std::sync::Arc;

use archive::{
    ArchiveError, Asked, Attached, Authority, Condition, Key, Pending, Reader, Taken, Tenant, Writer, erase,
    keep_years, newest_of, order_rebuild, rebuild, verify_of,
};
use kernel::{Clock, FakeClock, Rng};
use serde_json::{Value, json};
use store::{Db, Engine, Migration};
use xapi::{Uuid, Version, prepare};

const PARTS: [&str; 3] = ["0001_store", "0003_archive", "0020_record_store"];

fn migrations(db: &Db, names: &[&str]) -> Vec<Migration> {
    let built_in = match db.engine() {
        Engine::Sqlite => store::SQLITE_MIGRATIONS,
        Engine::Postgres => store::POSTGRES_MIGRATIONS,
    };
    built_in.iter().filter(|step| names.contains(&step.name)).copied().collect()
}

struct Here {
    db: Db,
    clock: Arc<FakeClock>,
    writer: Writer,
    reader: Reader,
}

async fn on_both(case: impl AsyncFn(Here)) {
    for database in testkit::databases().await {
        eprintln!("on {}", database.name);
        let db = Db::connect(&database.url).await.unwrap();
        db.migrate_with(&migrations(&db, &PARTS)).await.unwrap();
        let clock = Arc::new(FakeClock::at_millis(testkit::START_MS));
        let writer = Writer::start(db.clone(), clock.clone());
        let reader = Reader::new(db.clone(), Tenant::HALL);
        case(Here { db: db.clone(), clock, writer, reader }).await;
        db.close().await;
    }
}

fn id(number: u32) -> Uuid {
    format!("00000000-0000-4000-8000-{number:012}").parse().unwrap()
}

fn agent(name: &str) -> Value {
    json!({"account": {"homePage": "https://union.example.org", "name": name}})
}

fn key(name: &str) -> Key {
    Key::agent(&format!("account:https://union.example.org|{name}"))
}

fn verb(name: &str) -> String {
    format!("http://adlnet.gov/expapi/verbs/{name}")
}

fn activity(name: &str) -> String {
    format!("https://union.example.org/courses/{name}")
}

/// Who did what to which course, under an id.
fn said(number: u32, who: &str, did: &str, what: &str) -> Value {
    json!({"id": id(number).to_string(), "actor": agent(who), "verb": {"id": verb(did)}, "object": {"id": activity(what)}})
}

fn about(number: u32, who: &str, did: &str, other: u32) -> Value {
    let target = json!({"objectType": "StatementRef", "id": id(other).to_string()});
    json!({"id": id(number).to_string(), "actor": agent(who), "verb": {"id": verb(did)}, "object": target})
}

fn pending(statement: &Value) -> Pending {
    let text = statement.to_string();
    let batch = prepare(text.as_bytes(), Version::V1_0_3).unwrap();
    let fresh = Uuid::fresh(&FakeClock::at_millis(1), &mut Rng::from_seed(text.len() as u64));
    let authority =
        Authority { json: r#"{"mbox":"mailto:hall@union.example.org"}"#, key: "mbox:hall@union.example.org" };
    Pending::sent(&batch.statements[0], fresh, authority, Version::V1_0_3)
}

impl Here {
    async fn put(&self, statements: &[Value]) -> Result<Vec<Taken>, ArchiveError> {
        self.put_in(Tenant::HALL, statements).await
    }

    async fn put_in(&self, tenant: Tenant, statements: &[Value]) -> Result<Vec<Taken>, ArchiveError> {
        self.clock.advance_millis(1000);
        self.writer.append(tenant, statements.iter().map(pending).collect()).await
    }

    async fn erase(&self, tenant: Tenant, name: &str) -> u64 {
        let (identity, now) = (&format!("account:https://union.example.org|{name}"), self.clock.now());
        self.db.write(|tx| Box::pin(erase(tx, tenant, identity, now))).await.unwrap()
    }

    /// The numbers of the statements that meet the conditions, in the order in which they come.
    async fn found(&self, asked: Asked) -> Vec<u32> {
        let limit = if asked.limit == 0 { 100 } else { asked.limit };
        let found = self.reader.ask(&Asked { limit, ..asked }).await.unwrap();
        found.records.iter().map(|record| record.id.to_string()[24..].parse().unwrap()).collect()
    }

    async fn with(&self, conditions: &[Condition]) -> Vec<u32> {
        self.found(Asked { conditions: conditions.to_vec(), ..Asked::default() }).await
    }
}

fn of(key: Key) -> Condition {
    Condition::of(key)
}

#[tokio::test]
async fn a_body_is_kept_as_it_came_and_gets_what_the_store_adds() {
    on_both(async |here| {
        let mut statement = said(1, "wang", "passed", "a");
        statement["result"] = json!({"score": {"scaled": 0.5}, "extensions": {"https://x.example/y": [1, 1.50, null]}});
        assert_eq!(here.put(std::slice::from_ref(&statement)).await.unwrap(), [Taken::New(1)]);
        let (record, voided) = here.reader.by_id(id(1)).await.unwrap().unwrap();
        assert_eq!(voided, None);
        let body: Value = serde_json::from_str(&record.body.unwrap()).unwrap();
        let stored = here.clock.now().to_string();
        assert_eq!((&body["stored"], &body["timestamp"]), (&json!(stored), &json!(stored)));
        assert_eq!(body["authority"], json!({"mbox": "mailto:hall@union.example.org"}));
        assert_eq!((&body["result"], &body["object"]), (&statement["result"], &statement["object"]));
        // In the tables nobody reads it.
        let row = here.db.one("select payload from archive_record where position = 1", &[]).await.unwrap();
        let payload: Vec<u8> = row.get("payload").unwrap();
        assert!(!String::from_utf8_lossy(&payload).contains("passed"));
        assert_eq!(verify_of(&here.db, Tenant::HALL).await.unwrap().statements, 1);
    })
    .await;
}

#[tokio::test]
async fn statements_are_found_by_what_they_say_newest_first() {
    on_both(async |here| {
        let mut third = said(3, "li", "passed", "a");
        third["context"] = json!({
            "registration": "6e63fc1f-0000-4000-8000-000000000001",
            "instructor": agent("wang"),
            "contextActivities": {"grouping": [{"id": activity("all")}]}
        });
        let moments = [
            here.put(&[said(1, "wang", "passed", "a"), said(2, "wang", "failed", "b")]).await.map(|_| here.clock.now()),
            here.put(&[third]).await.map(|_| here.clock.now()),
            here.put(&[said(4, "wang", "passed", "b")]).await.map(|_| here.clock.now()),
        ]
        .map(Result::unwrap);
        let (wang, passed) = (key("wang"), Key::verb(&verb("passed")));
        assert_eq!(here.with(&[]).await, [4, 3, 2, 1]);
        assert_eq!(here.with(&[of(wang)]).await, [4, 2, 1]);
        assert_eq!(here.with(&[of(wang), of(passed)]).await, [4, 1]);
        let wide = Condition::wide(wang, Key::related_agent("account:https://union.example.org|wang"));
        assert_eq!(here.with(&[wide]).await, [4, 3, 2, 1]);
        assert_eq!(here.with(&[wide, of(passed)]).await, [4, 3, 1]);
        assert_eq!(here.with(&[of(Key::activity(&activity("all")))]).await, [] as [u32; 0]);
        let wide = Condition::wide(Key::activity(&activity("all")), Key::related_activity(&activity("all")));
        assert_eq!(here.with(&[wide]).await, [3]);
        let registration = Key::registration("6e63fc1f-0000-4000-8000-000000000001".parse().unwrap());
        assert_eq!(here.with(&[of(registration), of(key("li")), wide, of(passed)]).await, [3]);
        assert_eq!(here.with(&[of(key("nobody"))]).await, [] as [u32; 0]);

        let since = |at| Asked { since: Some(at), ..Asked::default() };
        assert_eq!(here.found(since(moments[0])).await, [4, 3], "stored later than that moment, not at it");
        assert_eq!(here.found(Asked { until: Some(moments[1]), ..Asked::default() }).await, [3, 2, 1]);
        assert_eq!(here.found(since(moments[2])).await, [] as [u32; 0]);
        assert_eq!(here.found(Asked { ascending: true, ..since(moments[0].plus_millis(-1)) }).await, [1, 2, 3, 4]);
    })
    .await;
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    on_both(async |here| {
        let all: Vec<Value> = (1..=7).map(|number| said(number, "wang", "passed", "a")).collect();
        here.put(&all).await.unwrap();
        for ascending in [false, true] {
            for conditions in [vec![], vec![of(key("wang"))], vec![of(key("wang")), of(Key::verb(&verb("passed")))]] {
                let (mut behind, mut seen) = (None, Vec::new());
                loop {
                    let asked =
                        Asked { conditions: conditions.clone(), ascending, behind, limit: 3, ..Asked::default() };
                    let found = here.reader.ask(&asked).await.unwrap();
                    seen.extend(found.records.iter().map(|record| record.position));
                    behind = found.more;
                    if behind.is_none() {
                        break;
                    }
                }
                let expected: Vec<i64> = if ascending { (1..=7).collect() } else { (1..=7).rev().collect() };
                assert_eq!(seen, expected, "{conditions:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_voided_is_gone_in_either_order_and_a_voiding_is_never_voided() {
    on_both(async |here| {
        here.put(&[said(1, "wang", "passed", "a"), about(2, "li", "voided", 1)]).await.unwrap();
        // Before what it voids.
        here.put(&[about(3, "li", "voided", 4)]).await.unwrap();
        here.put(&[said(4, "wang", "failed", "a")]).await.unwrap();
        here.put(&[about(5, "li", "voided", 2)]).await.unwrap();
        assert_eq!(here.with(&[]).await, [5, 3, 2]);
        assert_eq!(
            here.with(&[of(Key::verb(&verb("passed")))]).await,
            [5, 2],
            "who refers to it is still found by it, directly or not"
        );
        for (number, by) in [(1, Some(2)), (2, None), (4, Some(3)), (3, None)] {
            let (_, voided) = here.reader.by_id(id(number)).await.unwrap().unwrap();
            assert_eq!(voided, by, "{number}");
        }
        assert_eq!(verify_of(&here.db, Tenant::HALL).await.unwrap().statements, 5);
    })
    .await;
}

#[tokio::test]
async fn who_refers_to_a_statement_is_found_by_what_that_one_says() {
    on_both(async |here| {
        here.put(&[about(1, "chen", "commented", 2)]).await.unwrap();
        here.put(&[said(2, "wang", "passed", "a"), about(3, "li", "confirmed", 1)]).await.unwrap();
        assert_eq!(here.with(&[of(key("wang"))]).await, [3, 2, 1], "also through another reference");
        assert_eq!(here.with(&[of(key("chen"))]).await, [3, 1]);
        let passed = of(Key::verb(&verb("passed")));
        assert_eq!(here.with(&[of(key("wang")), passed]).await, [3, 2, 1]);
        assert_eq!(here.with(&[of(key("chen")), passed]).await, [] as [u32; 0], "both must be true of one statement");
    })
    .await;
}

#[tokio::test]
async fn the_same_again_is_known_and_something_else_under_its_id_is_refused() {
    on_both(async |here| {
        let first = said(1, "wang", "passed", "a");
        here.put(std::slice::from_ref(&first)).await.unwrap();
        assert_eq!(
            here.put(&[said(2, "li", "passed", "a"), first.clone()]).await.unwrap(),
            [Taken::New(2), Taken::Known(1)]
        );
        let other = said(1, "wang", "failed", "a");
        let refused = here.put(&[said(3, "li", "failed", "a"), other]).await;
        assert!(matches!(refused, Err(ArchiveError::Conflict { position: 1, .. })), "{refused:?}");
        assert_eq!(here.with(&[]).await, [2, 1], "nothing of a request that is refused is kept");
        assert_eq!(
            here.put(&[said(3, "li", "failed", "a")]).await.unwrap(),
            [Taken::New(3)],
            "and it took no position"
        );
    })
    .await;
}

#[tokio::test]
async fn many_write_at_once_and_each_is_answered_for_himself() {
    on_both(async |here| {
        let here = &here;
        let all = (0..40).map(|turn| async move {
            // Every fourth sends what another sends as well, every tenth what is at odds with it.
            let number = if turn % 4 == 0 { 1000 } else { turn + 1 };
            let did = if turn % 20 == 0 { "failed" } else { "passed" };
            let statements = [said(number, "wang", did, "a"), said(2000 + turn, &format!("w{turn}"), "passed", "b")];
            here.writer.append(Tenant::HALL, statements.iter().map(pending).collect()).await
        });
        let answers = futures_util::future::join_all(all).await;
        let refused = answers.iter().filter(|answer| matches!(answer, Err(ArchiveError::Conflict { .. }))).count();
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), refused);
        assert!(refused == 2 || refused == 8, "either kind came first: {refused}");
        let mut new: Vec<i64> = answers
            .iter()
            .flatten()
            .flatten()
            .filter_map(|taken| if let Taken::New(position) = taken { Some(*position) } else { None })
            .collect();
        new.sort_unstable();
        let count = new.len() as i64;
        assert_eq!(new, (1..=count).collect::<Vec<_>>(), "no position is missing, and none is given twice");
        let proof = verify_of(&here.db, Tenant::HALL).await.unwrap();
        assert_eq!(proof.statements, count);
    })
    .await;
}

#[tokio::test]
async fn tenants_keep_apart() {
    on_both(async |here| {
        let other = Tenant::new(7).unwrap();
        here.put(&[said(1, "wang", "passed", "a")]).await.unwrap();
        here.put_in(other, &[said(1, "wang", "failed", "a"), said(2, "li", "passed", "a")]).await.unwrap();
        assert_eq!(here.with(&[of(key("wang"))]).await, [1]);
        assert!(here.reader.by_id(id(2)).await.unwrap().is_none());
        let reader = Reader::new(here.db.clone(), other);
        let found = reader.ask(&Asked { limit: 10, ..Asked::default() }).await.unwrap();
        assert_eq!(found.records.len(), 2);
        assert_eq!(newest_of(&here.db, other).await.unwrap(), other.start() + 2);
        for (tenant, count) in [(Tenant::HALL, 1), (other, 2)] {
            assert_eq!(verify_of(&here.db, tenant).await.unwrap().statements, count);
        }
        here.erase(other, "wang").await;
        assert_eq!(here.with(&[of(key("wang"))]).await, [1], "erased with the other tenant only");
    })
    .await;
}

#[tokio::test]
async fn who_is_erased_is_gone_for_good_and_the_chain_stays_whole() {
    on_both(async |here| {
        let file = Attached { sha2: "ab".repeat(32), content_type: "text/plain".to_owned(), bytes: b"secret".to_vec() };
        let with_file = pending(&said(1, "wang", "passed", "a")).with_attachments(vec![file.clone()]);
        here.writer.append(Tenant::HALL, vec![with_file]).await.unwrap();
        here.put(&[said(2, "li", "passed", "a"), said(3, "wang", "failed", "a")]).await.unwrap();
        let files = here.reader.attachments(1).await.unwrap();
        assert_eq!(files, [(file.sha2, file.content_type, file.bytes)]);
        let proof = verify_of(&here.db, Tenant::HALL).await.unwrap();

        assert_eq!(here.erase(Tenant::HALL, "wang").await, 1);
        assert_eq!(here.with(&[of(key("wang"))]).await, [] as [u32; 0]);
        let all = here.reader.between(0, 10, 10).await.unwrap();
        let read: Vec<bool> = all.iter().map(|record| record.body.is_some()).collect();
        assert_eq!(read, [false, true, false], "positions stay, what was said does not");
        assert!(here.reader.attachments(1).await.unwrap().is_empty());
        assert_eq!(verify_of(&here.db, Tenant::HALL).await.unwrap(), proof);

        // He comes again: with another key, and readable.
        here.put(&[said(4, "wang", "passed", "b")]).await.unwrap();
        assert_eq!(here.with(&[of(key("wang"))]).await, [4]);
        order_rebuild(&here.db, Tenant::HALL).await.unwrap();
        assert_eq!(rebuild(&here.db).await.unwrap(), 4);
        assert_eq!(here.with(&[of(key("wang"))]).await, [4], "building it anew brings nothing back");
    })
    .await;
}

#[tokio::test]
async fn years_that_are_over_are_forgotten() {
    on_both(async |here| {
        here.put(&[said(1, "wang", "passed", "a")]).await.unwrap();
        here.clock.advance_millis(2 * 366 * 86_400_000);
        here.put(&[said(2, "wang", "passed", "a")]).await.unwrap();
        assert_eq!(keep_years(&here.db, Tenant::HALL, 5, here.clock.now()).await.unwrap(), 0);
        assert_eq!(keep_years(&here.db, Tenant::HALL, 1, here.clock.now()).await.unwrap(), 1);
        let all = here.reader.between(0, 10, 10).await.unwrap();
        assert_eq!(all.iter().map(|record| record.body.is_some()).collect::<Vec<_>>(), [false, true]);
        here.put(&[said(3, "wang", "passed", "a")]).await.unwrap();
        assert!(here.reader.between(2, 10, 10).await.unwrap()[0].body.is_some());
    })
    .await;
}

#[tokio::test]
async fn what_was_archived_before_is_still_there_and_found() {
    for database in testkit::databases().await {
        let db = Db::connect(&database.url).await.unwrap();
        db.migrate_with(&migrations(&db, &PARTS[..2])).await.unwrap();
        let body = said(1, "wang", "passed", "a").to_string();
        let hash = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&body));
        let args = &store::args![
            id(1).to_string(),
            verb("passed"),
            activity("a"),
            testkit::START_MS,
            hash.as_str(),
            body.as_str()
        ];
        db.write(|tx| {
            Box::pin(async move {
                tx.exec(
                    "insert into archive_statement (position, id, actor, verb, object, happened_at, stored_at, hash, body)
                     values (1, $1, null, $2, $3, $4, $4, $5, $6)",
                    args,
                )
                .await
            })
        })
        .await
        .unwrap();
        db.migrate_with(&migrations(&db, &PARTS)).await.unwrap();
        assert_eq!(verify_of(&db, Tenant::HALL).await.unwrap().hash, hash);
        assert_eq!(rebuild(&db).await.unwrap(), 1);
        assert_eq!(rebuild(&db).await.unwrap(), 0);
        let clock = Arc::new(FakeClock::at_millis(testkit::START_MS + 5));
        let here = Here {
            db: db.clone(),
            writer: Writer::start(db.clone(), clock.clone()),
            clock,
            reader: Reader::new(db.clone(), Tenant::HALL),
        };
        here.put(&[said(2, "wang", "failed", "a")]).await.unwrap();
        assert_eq!(here.with(&[of(key("wang"))]).await, [2, 1]);
        assert_eq!(verify_of(&db, Tenant::HALL).await.unwrap().statements, 2);
        db.close().await;
    }
}

//! The archive on both engines.

use archive::facts::{Decided, Judged, Marked, Named, Place, Ranked, decided, judged, marked, ranked};
use archive::{
    ArchiveError, Asked, Condition, Key, Reader, Tenant, append, by_object, by_person, newest, since, verify,
};
use kernel::{ContestId, Mark, MarkId, PersonId, RunId, Text, Timestamp, VerdictId};
use store::{Db, Engine, Migration, StoreError, args};
use xapi::{Statement, Version};

async fn open(url: &str) -> Db {
    let db = Db::connect(url).await.unwrap();
    let built_in = match db.engine() {
        Engine::Sqlite => store::SQLITE_MIGRATIONS,
        Engine::Postgres => store::POSTGRES_MIGRATIONS,
    };
    let own: Vec<Migration> = built_in
        .iter()
        .filter(|step| ["0001_store", "0003_archive", "0020_record_store"].contains(&step.name))
        .copied()
        .collect();
    assert_eq!(own.len(), 3);
    db.migrate_with(&own).await.unwrap();
    db
}

async fn on_both(case: impl AsyncFn(Db)) {
    for database in testkit::databases().await {
        eprintln!("on {}", database.name);
        let db = open(&database.url).await;
        case(db.clone()).await;
        db.close().await;
    }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(testkit::START_MS + ms)
}

fn mark_of(mark: &str, person: &str, given: i64, replaces: Option<&str>) -> Statement {
    let contest: ContestId = "con_final".parse().unwrap();
    let (name, module, aspect, ability) = (
        Text::new("决赛", "Final"),
        Text::new("机械", "Mechanics"),
        Text::new("夹具", "Gripper"),
        Text::new("机械装调", "Mechanical"),
    );
    let run: RunId = "run_1".parse().unwrap();
    let (mark, person, judge): (MarkId, PersonId, PersonId) =
        (mark.parse().unwrap(), person.parse().unwrap(), "per_judge".parse().unwrap());
    let replaced: Option<MarkId> = replaces.map(|id| id.parse().unwrap());
    marked(&Marked {
        mark: &mark,
        place: Place {
            contest: &contest,
            contest_name: &name,
            module: Named { code: "A", name: &module },
            aspect: Named { code: "A1.2", name: &aspect },
            abilities: &[Named { code: "mechanical", name: &ability }],
            run: &run,
        },
        person: &person,
        judge: Some(&judge),
        round: 1,
        given: Mark::from_hundredths(given),
        max: Mark::from_hundredths(300),
        note: None,
        replaces: replaced.as_ref(),
        reason: replaced.as_ref().map(|_| "看错刻度"),
        at: at(0),
    })
}

async fn put(db: &Db, statement: &Statement, ms: i64) -> Result<i64, ArchiveError> {
    db.write(|tx| Box::pin(append(tx, statement, at(ms)))).await
}

#[tokio::test]
async fn a_mark_can_be_read_in_order_by_person_and_by_aspect() {
    on_both(async |db| {
        assert_eq!(newest(&db).await.unwrap(), 0);
        let mut wakes = db.wakes();
        assert_eq!(put(&db, &mark_of("mrk_1", "per_wang", 270, None), 1).await.unwrap(), 1);
        assert_eq!(put(&db, &mark_of("mrk_2", "per_li", 150, None), 2).await.unwrap(), 2);
        assert_eq!(put(&db, &mark_of("mrk_3", "per_wang", 250, Some("mrk_1")), 3).await.unwrap(), 3);
        assert!(matches!(wakes.next().await, Some(store::Woken::Topic(wake)) if wake.topic.as_ref() == archive::LOG));

        let all = since(&db, 0, 10).await.unwrap();
        assert_eq!(all.iter().map(|it| it.position).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(since(&db, 2, 10).await.unwrap(), all[2..]);
        assert_eq!(since(&db, 0, 0).await.unwrap().len(), 1, "a limit is at least one");
        let wang: PersonId = "per_wang".parse().unwrap();
        let his = by_person(&db, &wang, 0, 10).await.unwrap();
        assert_eq!(his.iter().map(|it| it.position).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(by_person(&db, &wang, 1, 10).await.unwrap(), his[1..]);
        assert_eq!(by_object(&db, "urn:x-guildhall:contest:con_final:aspect:A1.2", 0, 10).await.unwrap(), all);

        let correction = his[1].statement().unwrap().unwrap();
        assert_eq!(correction.verb.id, "urn:x-guildhall:verb:was-corrected");
        assert_eq!(correction.context.as_ref().unwrap().statement, his[0].statement().unwrap().unwrap().id);
        assert_eq!(correction.stored.unwrap().at, at(3));
        // The hall vouches for it, and all that it vouches for can be asked for.
        let hall = Key::related_agent(&correction.authority.as_ref().unwrap().key().unwrap().to_string());
        let asked = Asked { conditions: vec![Condition::of(hall)], limit: 10, ..Asked::default() };
        let vouched = Reader::new(db.clone(), Tenant::HALL).ask(&asked).await.unwrap();
        assert_eq!(vouched.records.iter().map(|it| it.position).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(newest(&db).await.unwrap(), 3);
    })
    .await;
}

#[tokio::test]
async fn telling_twice_is_harmless_and_telling_otherwise_is_refused() {
    on_both(async |db| {
        let first = mark_of("mrk_1", "per_wang", 270, None);
        assert_eq!(put(&db, &first, 1).await.unwrap(), 1);
        assert_eq!(put(&db, &first, 9).await.unwrap(), 1);
        let other = mark_of("mrk_1", "per_wang", 280, None);
        assert!(matches!(put(&db, &other, 9).await, Err(ArchiveError::Conflict { position: 1, .. })));
        let mut no_id = first.clone();
        no_id.id = None;
        assert!(matches!(put(&db, &no_id, 9).await, Err(ArchiveError::NoId)));
        assert_eq!(newest(&db).await.unwrap(), 1);
        // The refused ones took no position.
        assert_eq!(put(&db, &mark_of("mrk_2", "per_wang", 1, None), 9).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn nothing_can_be_changed_and_a_change_underneath_is_found() {
    on_both(async |db| {
        for mark in 1..=5 {
            put(&db, &mark_of(&format!("mrk_{mark}"), "per_wang", mark, None), mark).await.unwrap();
        }
        let proof = verify(&db).await.unwrap();
        assert_eq!(proof.statements, 5);
        for sql in [
            "update archive_record set payload = null where position = 3",
            "delete from archive_record where position = 5",
        ] {
            let changed = db.write(|tx| Box::pin(async move { tx.exec(sql, &[]).await })).await;
            assert!(changed.is_err(), "{sql}");
        }
        assert_eq!(verify(&db).await.unwrap(), proof);
        // Somebody with the keys of the database takes the guard away.
        let off: &[&str] = match db.engine() {
            Engine::Sqlite => &["drop trigger archive_record_is_never_changed"],
            Engine::Postgres => &["drop trigger archive_record_is_never_changed on archive_record"],
        };
        let body = mark_of("mrk_3", "per_wang", 300, None).to_value().to_string().into_bytes();
        let body = &body;
        db.write(|tx| {
            Box::pin(async move {
                for sql in off {
                    tx.exec(*sql, &[]).await?;
                }
                tx.exec("update archive_record set payload = $1 where position = 3", &args![body.as_slice()]).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
        assert!(matches!(verify(&db).await, Err(ArchiveError::Broken { position: 3 })));
    })
    .await;
}

#[tokio::test]
async fn every_statement_is_understood_alike() {
    let mut understood = Vec::new();
    for database in testkit::databases().await {
        let db = open(&database.url).await;
        put(&db, &mark_of("mrk_1", "per_wang", 270, None), 1).await.unwrap();
        understood.push(store::contract::prepare_all(&db, &[&archive::sql::statements()]).await.unwrap());
    }
    assert_eq!(understood[0].len(), archive::sql::statements().len());
    assert!(understood.windows(2).all(|pair| pair[0] == pair[1]), "{understood:?}");
}

#[test]
fn what_a_contest_tells_is_valid_and_told_of_the_competitor() {
    let contest: ContestId = "con_final".parse().unwrap();
    let name = Text::new("决赛", "Final");
    let run: RunId = "run_1".parse().unwrap();
    let verdict: VerdictId = "vdt_1".parse().unwrap();
    let (person, judge): (PersonId, PersonId) = ("per_wang".parse().unwrap(), "per_judge".parse().unwrap());
    let named = Named { code: "D1.1", name: &name };
    let place =
        Place { contest: &contest, contest_name: &name, module: named, aspect: named, abilities: &[named], run: &run };
    let of_marks = |met, marks| {
        judged(&Judged {
            verdict: &verdict,
            place,
            person: &person,
            rule: "lost-grip",
            met,
            marks: Mark::from_hundredths(marks),
            max: Mark::from_hundredths(400),
            sentence: &name,
            at: at(5),
        })
    };
    let decision = |confirmed| {
        decided(&Decided {
            verdict: &verdict,
            place,
            person: &person,
            by: &judge,
            confirmed,
            reason: Some("x"),
            at: at(6),
        })
    };
    let result = ranked(&Ranked {
        contest: &contest,
        contest_name: &name,
        person: &person,
        rank: Some(1),
        group_rank: Some(1),
        field: 77,
        total: Mark::from_hundredths(8825),
        max: Mark::from_hundredths(10_000),
        why: &name,
        at: at(7),
    });
    let told = [
        of_marks(Some(true), 400),
        of_marks(Some(false), -100),
        of_marks(None, 0),
        decision(true),
        decision(false),
        result,
    ];
    for statement in told {
        assert_eq!(Statement::read(&statement.to_value(), Version::V2_0).as_ref(), Ok(&statement));
        assert_eq!(statement.actor.person().as_ref(), Some(&person));
    }
}

/// Samples of what was stored by each version of the hall. They are never changed, and must be readable for ever.
#[test]
fn every_statement_ever_stored_can_be_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/statement/v1");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let statement: Statement =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(serde_json::to_string_pretty(&statement.to_value()).unwrap() + "\n", text, "{}", path.display());
        names.push(path.file_stem().unwrap().to_string_lossy().into_owned());
    }
    names.sort();
    assert_eq!(names, ["corrected", "foreign", "judged", "marked", "ranked"]);
}

/// What is told today has the shape of the samples: the same ids, verbs and places for the same thing.
#[test]
fn a_mark_is_told_as_it_always_was() {
    for (name, statement) in [
        ("marked", mark_of("mrk_1", "per_wang", 270, None)),
        ("corrected", mark_of("mrk_3", "per_wang", 250, Some("mrk_1"))),
    ] {
        let path = format!("{}/../../fixtures/wire/statement/v1/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let sample: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(statement.to_value(), sample, "{name}");
    }
}

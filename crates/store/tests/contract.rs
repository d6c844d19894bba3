//! What `store` promises, proved on both engines. Each case runs on every database of the testkit.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use kernel::{Mark, PersonId, Timestamp};
use sqlx::Connection;
use store::{BadMigration, Db, Engine, Migration, StoreError, Tuning, Wake, Woken, args};
use testkit::TestDatabase;

/// The tables of these tests, in each engine's words.
const SQLITE_TABLES: Migration = Migration {
    name: "9000_contract",
    sql: "create table thing (id text primary key, flag integer, amount integer, ratio real, bytes blob, note text) strict;
          create table part (id text primary key, thing text not null references thing (id), kind text not null,
                             size integer not null check (size > 0), unique (thing, kind)) strict;
          create table entry (position integer primary key, writer integer not null) strict;",
};
const POSTGRES_TABLES: Migration = Migration {
    name: "9000_contract",
    sql: "create table thing (id text collate \"C\" primary key, flag boolean, amount bigint, ratio double precision, bytes bytea,
                              note text collate \"C\");
          create table part (id text collate \"C\" primary key, thing text collate \"C\" not null references thing (id),
                             kind text collate \"C\" not null, size bigint not null check (size > 0), unique (thing, kind));
          create table entry (position bigint primary key, writer bigint not null);",
};

fn migrations(engine: Engine) -> Vec<Migration> {
    let (built_in, tables) = match engine {
        Engine::Sqlite => (store::SQLITE_MIGRATIONS, SQLITE_TABLES),
        Engine::Postgres => (store::POSTGRES_MIGRATIONS, POSTGRES_TABLES),
    };
    let own = built_in.iter().find(|migration| migration.name == "0001_store").copied();
    own.into_iter().chain([tables]).collect()
}

async fn open(url: &str) -> Db {
    let db = Db::connect(url).await.unwrap();
    db.migrate_with(&migrations(db.engine())).await.unwrap();
    db
}

/// Every case gets an empty database with the tables above; the database itself lives as long as the case.
async fn on_both(case: impl AsyncFn(Db, &TestDatabase)) {
    for database in testkit::databases().await {
        eprintln!("on {}", database.name);
        let db = open(&database.url).await;
        case(db.clone(), &database).await;
        db.close().await;
    }
}

const PUT: &str = "insert into thing (id, flag, amount, ratio, bytes, note) values ($1, $2, $3, $4, $5, $6)";

async fn count(db: &Db, sql: &'static str) -> i64 {
    db.one(sql, &[]).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    on_both(async |db, _| {
        let person: &PersonId = &"per_1".parse().unwrap();
        db.write(|tx| {
            Box::pin(async move {
                tx.exec(PUT, &args!["full", true, i64::MAX, 0.1, vec![0u8, 255, 7], "匠家 ÅÄÖ 🛠"]).await?;
                tx.exec(PUT, &args!["low", false, i64::MIN, -1.5e300, Vec::<u8>::new(), ""]).await?;
                tx.exec(PUT, &args!["none", None::<bool>, None::<i64>, None::<f64>, None::<Vec<u8>>, None::<PersonId>])
                    .await?;
                tx.exec(PUT, &args!["ids", true, Mark::from_hundredths(275), None::<f64>, None::<Vec<u8>>, person])
                    .await?;
                tx.exec(PUT, &args!["time", true, Timestamp::from_millis(-1), 1.0, None::<Vec<u8>>, None::<String>])
                    .await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
        let thing = async |id: &str| db.one("select * from thing where id = $1", &args![id]).await.unwrap();
        let full = thing("full").await;
        assert_eq!(full.columns(), ["id", "flag", "amount", "ratio", "bytes", "note"]);
        assert!(full.get::<bool>("flag").unwrap());
        assert_eq!(full.get::<i64>("amount").unwrap(), i64::MAX);
        assert_eq!(full.get::<f64>("ratio").unwrap(), 0.1);
        assert_eq!(full.get::<Vec<u8>>("bytes").unwrap(), [0, 255, 7]);
        assert_eq!(full.get::<String>("note").unwrap(), "匠家 ÅÄÖ 🛠");
        let low = thing("low").await;
        assert_eq!(low.get::<i64>("amount").unwrap(), i64::MIN);
        assert_eq!(low.get::<f64>("ratio").unwrap(), -1.5e300);
        assert_eq!(low.get::<Option<Vec<u8>>>("bytes").unwrap(), Some(Vec::new()));
        assert_eq!(low.get::<Option<String>>("note").unwrap().as_deref(), Some(""));
        let none = thing("none").await;
        assert_eq!(none.get::<Option<bool>>("flag").unwrap(), None);
        assert_eq!(none.get::<Option<i64>>("amount").unwrap(), None);
        assert_eq!(none.get::<Option<f64>>("ratio").unwrap(), None);
        assert_eq!(none.get::<Option<Vec<u8>>>("bytes").unwrap(), None);
        assert_eq!(none.get::<Option<PersonId>>("note").unwrap(), None);
        let ids = thing("ids").await;
        assert_eq!(&ids.get::<PersonId>("note").unwrap(), person);
        assert_eq!(ids.get::<Mark>("amount").unwrap(), Mark::from_hundredths(275));
        assert_eq!(thing("time").await.get::<Timestamp>("amount").unwrap(), Timestamp::from_millis(-1));

        // What is asked for in vain says which column and why.
        for wrong in [
            full.get::<i64>("note").unwrap_err(),
            none.get::<i64>("amount").unwrap_err(),
            full.get::<i64>("nothing").unwrap_err(),
            full.get::<PersonId>("note").unwrap_err(),
            full.get::<i32>("amount").unwrap_err(),
        ] {
            assert!(matches!(wrong, StoreError::Column { .. }), "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn text_sorts_by_its_bytes() {
    on_both(async |db, _| {
        let words = ["a", "B", "ä", "Z", "中", "一", "z", "ab", "a b", "🛠", "_"];
        db.write(|tx| {
            Box::pin(async move {
                for word in words {
                    tx.exec("insert into thing (id) values ($1)", &args![word]).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
        let rows = db.all("select id from thing order by id", &[]).await.unwrap();
        let sorted: Vec<String> = rows.iter().map(|row| row.get("id").unwrap()).collect();
        let expected: BTreeSet<String> = words.map(str::to_owned).into();
        assert_eq!(sorted, expected.into_iter().collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_value_that_the_engines_keep_differently_is_refused_before_them() {
    on_both(async |db, _| {
        for arg in args!["a\0b", f64::NAN, f64::NEG_INFINITY] {
            let error = db.all("select 1 as one where $1 is null", &[arg]).await.unwrap_err();
            assert!(matches!(error, StoreError::Argument { number: 1, .. }), "{error}");
        }
        let two = store::Statement::new("two", "select $1 as a, $2 as b", &[store::ArgKind::Text, store::ArgKind::Int]);
        for args in [&args!["x"][..], &args!["x", "y"], &args!["x", 1, 2]] {
            assert!(matches!(db.all(two, args).await.unwrap_err(), StoreError::Argument { .. }));
        }
        assert_eq!(db.one(two, &args!["x", 1]).await.unwrap().get::<i64>("b").unwrap(), 1);
    })
    .await;
}

#[derive(Debug, PartialEq)]
enum RoomError {
    Closed,
    Store(String),
}

impl From<StoreError> for RoomError {
    fn from(error: StoreError) -> Self {
        RoomError::Store(error.to_string())
    }
}

#[tokio::test]
async fn an_error_of_the_room_leaves_nothing_behind() {
    on_both(async |db, _| {
        let mut wakes = db.wakes();
        let refused: Result<(), RoomError> = db
            .write(|tx| {
                Box::pin(async move {
                    tx.exec("insert into thing (id) values ($1)", &args!["gone"]).await?;
                    let position = tx.next_position("log").await?;
                    tx.wake("log", position).await?;
                    Err(RoomError::Closed)
                })
            })
            .await;
        assert_eq!(refused, Err(RoomError::Closed));
        assert_eq!(count(&db, "select count(*) as n from thing").await, 0);
        assert_eq!(db.outbox_take(10).await.unwrap(), []);
        // The position was given back, and the wake was not sent.
        let position = append(&db, "log", 1).await.unwrap();
        assert_eq!(position, 1);
        assert_eq!(wakes.next().await, Some(Woken::Topic(Wake { topic: "log".into(), position: 1 })));
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_can_not_be_swallowed() {
    on_both(async |db, _| {
        db.write(|tx| Box::pin(async move { tx.exec("insert into thing (id) values ('a')", &[]).await }))
            .await
            .unwrap();
        let swallowed: Result<(), StoreError> = db
            .write(|tx| {
                Box::pin(async move {
                    tx.exec("insert into thing (id) values ('b')", &[]).await?;
                    let _ = tx.exec("insert into thing (id) values ('a')", &[]).await;
                    Ok(())
                })
            })
            .await;
        assert!(matches!(swallowed, Err(StoreError::Swallowed { .. })), "{swallowed:?}");
        assert_eq!(count(&db, "select count(*) as n from thing").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_dropped_write_leaves_nothing_and_blocks_nobody() {
    on_both(async |db, _| {
        let (reached, wait) = tokio::sync::oneshot::channel();
        let mut reached = Some(reached);
        let writing = tokio::spawn({
            let db = db.clone();
            async move {
                db.write(move |tx| {
                    let reached = reached.take();
                    Box::pin(async move {
                        tx.exec("insert into thing (id) values ('half')", &[]).await?;
                        if let Some(reached) = reached {
                            let _ = reached.send(());
                        }
                        std::future::pending::<Result<(), StoreError>>().await
                    })
                })
                .await
            }
        });
        wait.await.unwrap();
        writing.abort();
        assert!(writing.await.unwrap_err().is_cancelled());
        append(&db, "log", 1).await.unwrap();
        assert_eq!(count(&db, "select count(*) as n from thing").await, 0);
    })
    .await;
}

async fn append(db: &Db, log: &str, writer: i64) -> Result<i64, StoreError> {
    db.write(|tx| {
        Box::pin(async move {
            let position = tx.next_position(log).await?;
            tx.exec("insert into entry (position, writer) values ($1, $2)", &args![position, writer]).await?;
            tx.wake(log, position).await?;
            Ok(position)
        })
    })
    .await
}

/// Two halls on one database, two writers in each, and a reader who must never see a number before a smaller one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn positions_have_no_gaps_under_four_writers() {
    on_both(async |db, database| {
        let other = Db::connect(&database.url).await.unwrap();
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let db = if writer % 2 == 0 { db.clone() } else { other.clone() };
                tokio::spawn(async move {
                    for _ in 0..100 {
                        append(&db, "log", writer).await.unwrap();
                    }
                })
            })
            .collect();
        let mut newest = 0;
        while newest < 400 {
            let rows = db.all("select position from entry order by position", &[]).await.unwrap();
            let positions: Vec<i64> = rows.iter().map(|row| row.get("position").unwrap()).collect();
            newest = positions.len() as i64;
            assert_eq!(positions, (1..=newest).collect::<Vec<_>>());
        }
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(count(&db, "select count(*) as n from entry").await, 400);
        assert_eq!(append(&db, "log", 9).await.unwrap(), 401);
        assert_eq!(db.read(|tx| Box::pin(async move { tx.position("log").await })).await.unwrap_or(0), 401);
        other.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn check_then_write_is_safe() {
    on_both(async |db, database| {
        let other = Db::connect(&database.url).await.unwrap();
        db.write(|tx| Box::pin(async move { tx.exec("insert into thing (id, amount) values ('x', 0)", &[]).await }))
            .await
            .unwrap();
        let adders: Vec<_> = (0..4)
            .map(|adder| {
                let db = if adder % 2 == 0 { db.clone() } else { other.clone() };
                tokio::spawn(async move {
                    for _ in 0..25 {
                        db.write(|tx| {
                            Box::pin(async move {
                                let row = tx.one("select amount from thing where id = 'x'", &[]).await?;
                                let amount = row.get::<i64>("amount")? + 1;
                                tx.exec("update thing set amount = $1 where id = 'x'", &args![amount]).await
                            })
                        })
                        .await
                        .unwrap();
                    }
                })
            })
            .collect();
        for adder in adders {
            adder.await.unwrap();
        }
        assert_eq!(count(&db, "select amount as n from thing").await, 100);
        other.close().await;
    })
    .await;
}

/// A stranger's connection holds the lock for a while: SQLite answers busy, PostgreSQL finds a deadlock and ends ours.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_write_that_loses_a_race_is_tried_again() {
    on_both(async |db, database| match db.engine() {
        Engine::Sqlite => {
            // So impatient that the lock is met several times before it is gone.
            let impatient = Db::connect_with(&database.url, Tuning { readers: 1, wait_ms: 20 }).await.unwrap();
            let path = database.url.strip_prefix("sqlite://").unwrap();
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
            let mut stranger = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
            sqlx::raw_sql("begin immediate").execute(&mut stranger).await.unwrap();
            let writing = tokio::spawn({
                let db = impatient.clone();
                async move { append(&db, "log", 1).await }
            });
            tokio::time::timeout(std::time::Duration::from_millis(150), std::future::pending::<()>())
                .await
                .unwrap_err();
            assert!(!writing.is_finished());
            sqlx::raw_sql("rollback").execute(&mut stranger).await.unwrap();
            assert_eq!(writing.await.unwrap().unwrap(), 1);
            impatient.close().await;
        }
        Engine::Postgres => {
            for id in ["a", "b"] {
                db.write(|tx| {
                    Box::pin(async move { tx.exec("insert into thing (id, amount) values ($1, 0)", &args![id]).await })
                })
                .await
                .unwrap();
            }
            let mut stranger = sqlx::PgConnection::connect(&database.url).await.unwrap();
            sqlx::raw_sql("set deadlock_timeout = '60s'; begin; update thing set amount = 1 where id = 'b'")
                .execute(&mut stranger)
                .await
                .unwrap();
            let (first, wait) = tokio::sync::oneshot::channel();
            let mut first = Some(first);
            let writing = tokio::spawn({
                let db = db.clone();
                async move {
                    let mut runs = 0;
                    db.write(|tx| {
                        runs += 1;
                        let (run, first) = (runs, first.take());
                        Box::pin(async move {
                            tx.exec("update thing set amount = amount + 10 where id = 'a'", &[]).await?;
                            if let Some(first) = first {
                                let _ = first.send(());
                            }
                            tx.exec("update thing set amount = amount + 10 where id = 'b'", &[]).await?;
                            Ok::<_, StoreError>(run)
                        })
                    })
                    .await
                }
            });
            wait.await.unwrap();
            sqlx::raw_sql("update thing set amount = 1 where id = 'a'; commit").execute(&mut stranger).await.unwrap();
            assert_eq!(writing.await.unwrap().unwrap(), 2, "the first run was the deadlock's victim");
            assert_eq!(count(&db, "select cast(sum(amount) as bigint) as n from thing").await, 22);
        }
    })
    .await;
}

#[tokio::test]
async fn a_lock_that_stays_is_reported_as_busy() {
    let database = testkit::sqlite_database();
    open(&database.url).await.close().await;
    let db = Db::connect_with(&database.url, Tuning { readers: 1, wait_ms: 10 }).await.unwrap();
    let path = database.url.strip_prefix("sqlite://").unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut stranger = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("begin immediate").execute(&mut stranger).await.unwrap();
    let error = append(&db, "log", 1).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_second_row_of_one_key_is_told_apart_from_other_faults() {
    on_both(async |db, _| {
        let exec = async |sql: &'static str| db.write(|tx| Box::pin(async move { tx.exec(sql, &[]).await })).await;
        exec("insert into thing (id) values ('t')").await.unwrap();
        exec("insert into part (id, thing, kind, size) values ('p', 't', 'k', 1)").await.unwrap();
        match exec("insert into part (id, thing, kind, size) values ('q', 't', 'k', 1)").await.unwrap_err() {
            StoreError::Unique { table, columns, .. } => {
                assert_eq!((table.as_str(), columns), ("part", vec!["thing".to_owned(), "kind".to_owned()]));
            }
            other => panic!("{other}"),
        }
        match exec("insert into thing (id) values ('t')").await.unwrap_err() {
            StoreError::Unique { table, columns, .. } => {
                assert_eq!((table.as_str(), columns), ("thing", vec!["id".to_owned()]));
            }
            other => panic!("{other}"),
        }
        for sql in [
            "insert into part (id, thing, kind, size) values ('r', 'nobody', 'k', 1)",
            "insert into part (id, thing, kind, size) values ('r', 't', 'l', 0)",
            "insert into part (id, thing, kind, size) values ('r', 't', null, 1)",
        ] {
            let error = exec(sql).await.unwrap_err();
            assert!(matches!(error, StoreError::Constraint { .. }), "{sql}: {error}");
        }
        let error = exec("insert into nowhere (id) values ('t')").await.unwrap_err();
        assert!(matches!(error, StoreError::Engine { .. }), "{error}");
    })
    .await;
}

#[tokio::test]
async fn reading_is_of_one_moment_and_never_writes() {
    on_both(async |db, _| {
        append(&db, "log", 1).await.unwrap();
        let writer = &db;
        let (before, after) = db
            .read(|tx| {
                Box::pin(async move {
                    let count = "select count(*) as n from entry";
                    let before: i64 = tx.one(count, &[]).await?.get("n")?;
                    append(writer, "log", 2).await?;
                    let after: i64 = tx.one(count, &[]).await?.get("n")?;
                    Ok::<_, StoreError>((before, after))
                })
            })
            .await
            .unwrap();
        assert_eq!((before, after), (1, 1));
        let written = db.read(|tx| Box::pin(async move { tx.exec("delete from entry", &[]).await })).await;
        assert!(matches!(written, Err(StoreError::Engine { .. })), "{written:?}");
        if db.engine() == Engine::Sqlite {
            assert!(db.all("delete from entry", &[]).await.is_err());
        }
        assert_eq!(count(&db, "select count(*) as n from entry").await, 2);
    })
    .await;
}

#[tokio::test]
async fn wakes_survive_the_process_and_are_struck_once_forwarded() {
    on_both(async |db, database| {
        let mut wakes = db.wakes();
        for _ in 0..3 {
            append(&db, "contests/a", 1).await.unwrap();
        }
        for position in 1..=3 {
            assert_eq!(wakes.next().await, Some(Woken::Topic(Wake { topic: "contests/a".into(), position })));
        }
        // The process ends before anything was forwarded.
        db.close().await;
        let db = Db::connect(&database.url).await.unwrap();
        let taken = db.outbox_take(10).await.unwrap();
        assert_eq!(taken, [Wake { topic: "contests/a".into(), position: 3 }]);
        // The topic moves on between taking and striking: the newer wake stays.
        append(&db, "contests/a", 1).await.unwrap();
        db.outbox_forwarded(&taken).await.unwrap();
        let taken = db.outbox_take(10).await.unwrap();
        assert_eq!(taken, [Wake { topic: "contests/a".into(), position: 4 }]);
        db.outbox_forwarded(&taken).await.unwrap();
        assert_eq!(db.outbox_take(10).await.unwrap(), []);
        db.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_is_too_slow_for_the_wakes_is_told_to_look_everywhere() {
    let database = testkit::sqlite_database();
    let db = open(&database.url).await;
    let mut wakes = db.wakes();
    db.write(|tx| {
        Box::pin(async move {
            for topic in 0..5000 {
                tx.wake(&format!("t{topic}"), 1).await?;
            }
            Ok::<_, StoreError>(())
        })
    })
    .await
    .unwrap();
    assert_eq!(wakes.next().await, Some(Woken::Missed));
    assert!(matches!(wakes.next().await, Some(Woken::Topic(_))));
}

#[tokio::test]
async fn migrating_twice_changes_nothing_and_a_wrong_schema_is_refused() {
    on_both(async |db, _| {
        let known = migrations(db.engine());
        assert_eq!(db.migrate_with(&known).await.unwrap(), Vec::<&str>::new());
        let refused = async |list: &[Migration]| match db.migrate_with(list).await {
            Err(StoreError::Migration(fault)) => fault,
            other => panic!("{other:?}"),
        };
        assert!(matches!(refused(&known[..1]).await, BadMigration::Newer { .. }));
        let changed = [known[0], Migration { sql: "select 1", ..known[1] }];
        assert!(matches!(refused(&changed).await, BadMigration::Changed { .. }));
        let early = [known[0], Migration { name: "0500_early", sql: "select 1" }, known[1]];
        assert!(matches!(refused(&early).await, BadMigration::OutOfOrder { .. }));
        // A step that fails takes the steps before it along.
        let failing = [
            known[0],
            known[1],
            Migration { name: "9001_good", sql: "create table good (id text)" },
            Migration { name: "9002_bad", sql: "create table bad (" },
        ];
        let error = db.migrate_with(&failing).await.unwrap_err();
        assert!(error.to_string().contains("9002_bad"), "{error}");
        assert!(db.all("select id from good", &[]).await.is_err());
        assert_eq!(db.migrate_with(&known).await.unwrap(), Vec::<&str>::new());
    })
    .await;
}

#[tokio::test]
async fn the_schema_of_this_program_applies_and_its_statements_are_understood() {
    for database in testkit::databases().await {
        let db = open(&database.url).await;
        append(&db, "x", 1).await.unwrap();
        let prepared = store::contract::prepare_all(&db, &[store::contract::STATEMENTS]).await.unwrap();
        assert_eq!(prepared.len(), store::contract::STATEMENTS.len());
        assert!(prepared.iter().any(|statement| statement.columns == ["topic", "position"]));
        assert_eq!(count(&db, "select count(*) as n from store_counter").await, 1, "nothing was written");
        let wrong = [store::Statement::new("wrong", "select nothing from store_counter", &[])];
        let error = store::contract::prepare_all(&db, &[&wrong]).await.unwrap_err();
        assert!(error.to_string().starts_with("wrong: "), "{error}");
    }
}

#[tokio::test]
async fn what_can_not_be_opened_says_why() {
    let dir = testkit::temp_dir();
    let file = dir.path().join("no/such/folder/hall.db");
    for (url, says) in [
        ("mysql://x".to_owned(), "neither sqlite: nor postgres:"),
        ("hall.db".to_owned(), "neither sqlite: nor postgres:"),
        ("sqlite:".to_owned(), "names no file"),
        (format!("sqlite://{}", file.display()), "can't open the database sqlite:/"),
        (
            format!("postgres://hall:s3cret@127.0.0.1:{}/hall", testkit::free_port()),
            "can't open the database postgres://hall@",
        ),
        ("postgres://hall:s3cret@host:port/hall".to_owned(), "is no database address"),
    ] {
        let error = Db::connect_with(&url, Tuning { readers: 1, wait_ms: 500 }).await.unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("s3cret"), "{url}: {error}");
    }
}

const CHILD_URL: &str = "GUILDHALL_STORE_CHILD_URL";

/// Runs only as the child of the next test: writes until it is killed, and prints each position after its commit.
#[tokio::test]
async fn child_that_writes_until_it_is_killed() {
    let Ok(url) = std::env::var(CHILD_URL) else { return };
    let db = Db::connect(&url).await.unwrap();
    loop {
        let position = append(&db, "log", 1).await.unwrap();
        writeln!(std::io::stdout(), "committed {position}").unwrap();
    }
}

#[tokio::test]
async fn what_was_committed_before_a_kill_is_there_after_it() {
    on_both(async |db, database| {
        db.close().await;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_writes_until_it_is_killed", "--nocapture"])
            .env(CHILD_URL, &database.url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = 0;
        let mut kill_at_50 = Some(&mut child);
        for line in lines.by_ref() {
            // Lines that were in the pipe when the child died count too: it had committed them.
            let Ok(line) = line else { break };
            if let Some(position) = line.split_once("committed ").and_then(|(_, text)| text.parse::<i64>().ok()) {
                acknowledged = position;
                if position >= 50
                    && let Some(child) = kill_at_50.take()
                {
                    child.kill().unwrap();
                }
            }
        }
        child.wait().unwrap();
        assert!(acknowledged >= 50);

        let db = Db::connect(&database.url).await.unwrap();
        let rows = count(&db, "select count(*) as n from entry").await;
        assert!(rows >= acknowledged, "{acknowledged} acknowledged, {rows} there");
        assert!(rows <= acknowledged + 1, "at most one commit was under way");
        assert_eq!(append(&db, "log", 2).await.unwrap(), rows + 1);
        db.close().await;
    })
    .await;
}

/// Who only looks leaves nothing behind.
#[tokio::test]
async fn looking_makes_no_database() {
    let folder = std::env::temp_dir().join(format!("guildhall-looking-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (file, url) = (folder.join("hall.db"), format!("sqlite://{}", folder.join("hall.db").display()));
    assert!(Db::connect_existing(&url).await.is_err());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing was made");
    Db::connect(&url).await.unwrap().close().await;
    assert!(file.exists());
    Db::connect_existing(&url).await.unwrap().close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}

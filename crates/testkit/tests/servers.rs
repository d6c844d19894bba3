//! The servers start, answer, survive a crash where they should, and leave nothing behind.

use std::net::TcpStream;

use sqlx::Connection;

fn answers(url: &str) -> bool {
    let Some((_, address)) = url.split_once("://") else { return false };
    TcpStream::connect(address).is_ok()
}

#[tokio::test]
async fn nats_comes_back_on_its_port() {
    let mut nats = testkit::nats().await;
    assert!(answers(&nats.url));
    nats.stop();
    assert!(!answers(&nats.url));
    nats.restart().await;
    assert!(answers(&nats.url));
    let url = nats.url.clone();
    drop(nats);
    assert!(!answers(&url));
}

#[tokio::test]
async fn mosquitto_comes_back_on_its_port() {
    let mut broker = testkit::mosquitto().await;
    assert!(answers(&broker.url));
    broker.stop();
    assert!(!answers(&broker.url));
    broker.restart().await;
    assert!(answers(&broker.url));
}

#[tokio::test]
async fn each_test_has_databases_of_its_own() {
    let (first, second) = (testkit::databases().await, testkit::databases().await);
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(one.name, other.name);
        assert_ne!(one.url, other.url);
    }
    for database in first.iter().filter(|database| database.name == "postgres") {
        let mut conn = sqlx::PgConnection::connect(&database.url).await.unwrap();
        sqlx::raw_sql("create table only_here (x bigint)").execute(&mut conn).await.unwrap();
    }
}

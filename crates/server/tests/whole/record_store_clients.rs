//! The record store by the eyes of others: clients of the standard do with it what they can do, and validators of the standard look at each
//! kind of statement that the hall tells. Their scripts lie in `tests/clients`.

use std::path::{Path, PathBuf};

use serde_json::Value;
use store::Db;
use testkit::{node, postgres_database, python, temp_dir};

use crate::common::key::Key;
use crate::common::program::{Hall, migrate, sqlite_in, text};
use crate::common::told;

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_the_standard_do_all_that_they_can_do() {
    let folder = temp_dir();
    clients_do_all(&sqlite_in(folder.path())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_the_standard_do_all_that_they_can_do_on_postgresql() {
    clients_do_all(&postgres_database().await.url).await;
}

async fn clients_do_all(database: &str) {
    migrate(database).await;
    let hall = Hall::open(database).await;
    let endpoint = format!("{}/xapi", hall.base());
    let all = Key::with(&hall.base(), &["all"]).await;
    let own = Key::with(&hall.base(), &["statements/write", "statements/read/mine"]).await;
    let said = node(&script("xapi.mjs"), &[&endpoint, &all.login, &all.secret, &own.login, &own.secret]).await;
    assert_eq!(said.lines().count(), 13, "{said}");
    let said = node(&script("cmi5.mjs"), &[&endpoint, &all.login, &all.secret]).await;
    assert_eq!(said.lines().count(), 3, "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validators_of_the_standard_find_nothing_wrong_in_any_kind_of_statement() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let told = told::everything();
    let db = Db::connect_existing(&database).await.unwrap();
    for statement in &told {
        let at = statement.timestamp.as_ref().unwrap().at;
        db.write(|tx| Box::pin(archive::append(tx, statement, at))).await.unwrap();
    }
    db.close().await;

    let hall = Hall::open(&database).await;
    let key = Key::with(&hall.base(), &["all"]).await;
    let file = folder.path().join("statements.json");
    let endpoint = format!("{}/xapi", hall.base());
    node(&script("gather.mjs"), &[&endpoint, &key.login, &key.secret, text(&file)]).await;
    let given: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    // All that was told is given out, as it was told; the hall vouches for it.
    assert!(given.len() > told.len() + 10, "{}", given.len());
    for (statement, given) in told.iter().zip(&given) {
        let mut given = given.clone();
        let added = ["stored", "authority"].map(|name| given.as_object_mut().unwrap().remove(name).is_some());
        assert_eq!((added, given), ([true, true], statement.to_value()));
    }
    let looked = format!("{} statements\n", given.len());
    assert_eq!(node(&script("validate.mjs"), &[text(&file)]).await, looked);
    assert_eq!(python(&script("validate.py"), &[text(&file)]).await, looked);
}

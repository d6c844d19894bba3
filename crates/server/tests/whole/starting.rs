//! Starts that can't succeed end with code 1 and one message that says what is wrong; nothing is left behind.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use store::{Db, args};
use testkit::{eventually, free_port, temp_dir};

use crate::common::program::{ADMIN_PASSWORD, Program, migrate, run, run_with, sqlite_in, text};

const FREE: &str = "127.0.0.1:0";

#[tokio::test]
async fn every_command_explains_itself() {
    let all = run(&["--help"]).await;
    assert_eq!(all.code, Some(0), "{all:#?}");
    for command in ["serve", "edge", "demo", "migrate", "doctor", "replay", "convert"] {
        assert!(all.stdout.contains(command), "{command} is not listed");
        let help = run(&[command, "--help"]).await;
        assert_eq!(help.code, Some(0), "{help:#?}");
        assert!(help.stdout.contains("Usage: guildhall"), "{help:#?}");
    }
    let version = run(&["--version"]).await;
    assert_eq!((version.code, version.stdout.trim()), (Some(0), concat!("guildhall ", env!("CARGO_PKG_VERSION"))));
    assert_eq!(run(&["serv"]).await.code, Some(2));
    assert_eq!(run(&[]).await.code, Some(2));
}

#[tokio::test]
async fn an_address_in_use_is_named_and_no_database_is_made() {
    let folder = temp_dir();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    run(&["serve", "--listen", &address, "--database", &sqlite_in(folder.path())]).await.refuses(&[&address, "in use"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    run(&["demo", "--listen", &address]).await.refuses(&[&address, "in use"]);
}

#[tokio::test]
async fn faults_of_the_settings_name_the_setting() {
    let folder = temp_dir();
    let file = folder.path().join("hall.yaml");
    for (yaml, expected) in [
        ("listne: 127.0.0.1:80\n", "listne"),
        ("listen: nowhere\n", "listen"),
        ("behind_proxy: 3\n", "behind_proxy"),
        ("spectators_max: -1\n", "spectators_max"),
        ("listen: [\n", "hall.yaml"),
    ] {
        std::fs::write(&file, yaml).unwrap();
        for command in ["serve", "migrate"] {
            run(&[command, "--config", text(&file)]).await.refuses(&["settings", expected]);
        }
    }
    run(&["serve", "--config", "/nowhere/hall.yaml"]).await.refuses(&["/nowhere/hall.yaml", "does not exist"]);
    let unknown = run_with(&["serve"], &[("GUILDHALL_LISTNE", "127.0.0.1:80")]).await;
    unknown.refuses(&["GUILDHALL_LISTNE: there is no such setting; known are listen, database"]);
    let port = run(&["serve", "--listen", "127.0.0.1:notaport"]).await;
    assert_eq!(port.code, Some(2), "{port:#?}");
}

#[tokio::test]
async fn a_database_that_can_not_be_used_is_refused() {
    let folder = temp_dir();
    let serve = async |url: &str| run(&["serve", "--listen", FREE, "--database", url]).await;
    serve("mysql://somewhere/hall").await.refuses(&["mysql://somewhere/hall"]);
    serve(&sqlite_in(&folder.path().join("missing"))).await.refuses(&["missing"]);
    serve(&format!("sqlite://{}", folder.path().display())).await.refuses(&["can't open the database"]);

    let no_database = folder.path().join("notes.db");
    std::fs::write(&no_database, "these are notes, and no database at all ".repeat(100)).unwrap();
    serve(&format!("sqlite://{}", no_database.display())).await.refuses(&["not a database"]);

    let port = free_port();
    let silent = format!("postgres://hall:geheim@127.0.0.1:{port}/hall");
    let named = format!("no PostgreSQL answers at host 127.0.0.1, port {port}; start it there");
    let done = serve(&silent).await;
    done.refuses(&["can't open the database", &named, "refused"]);
    assert!(!done.stderr.contains("geheim"), "the password is shown: {}", done.stderr);
    let migrated = run(&["migrate", "--database", &silent]).await;
    migrated.refuses(&["can't open the database", &named]);
    assert!(!migrated.stderr.contains("geheim"), "the password is shown: {}", migrated.stderr);
    let looked = run(&["doctor", "--database", &silent]).await;
    assert!(looked.code == Some(1) && !looked.stdout.contains("geheim"), "{looked:#?}");
    assert!(looked.stdout.contains(&named) && !looked.stdout.contains("guildhall migrate"), "{looked:#?}");
}

#[tokio::test]
async fn a_folder_that_takes_no_writes_is_refused() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let close = |mode: u32, files: u32| {
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            std::fs::set_permissions(entry.unwrap().path(), std::fs::Permissions::from_mode(files)).unwrap();
        }
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    close(0o555, 0o444);
    // Whoever may write everywhere can't be refused that way; `/proc` refuses him too.
    let closed = std::fs::write(folder.path().join("probe"), "").is_err();
    let url = if closed { database.clone() } else { sqlite_in(Path::new("/proc")) };
    run(&["serve", "--listen", FREE, "--database", &url]).await.refuses(&["database"]);
    close(0o755, 0o644);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let db = Db::connect(&database).await.unwrap();
    db.write::<_, store::StoreError, _>(|tx| {
        Box::pin(async move {
            let note = "insert into store_migration (name, checksum, applied_at) values ($1, $2, $3)";
            tx.exec(note, &args!["9999_from_the_future", "00", 1i64]).await.map(drop)
        })
    })
    .await
    .unwrap();
    db.close().await;
    for command in [&["serve", "--listen", FREE, "--database", &database][..], &["migrate", "--database", &database]] {
        run(command).await.refuses(&["9999_from_the_future", "newer"]);
    }
}

#[tokio::test]
async fn a_bus_that_does_not_answer_is_named() {
    let folder = temp_dir();
    let bus = format!("nats://127.0.0.1:{}", free_port());
    let database = sqlite_in(folder.path());
    run(&["serve", "--listen", FREE, "--database", &database, "--nats", &bus]).await.refuses(&[&bus]);
}

#[tokio::test]
async fn the_first_administrator_is_made_once_and_with_care() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    let secret = folder.path().join("secret");
    let make = async |login: &str, password: &str| {
        std::fs::write(&secret, password).unwrap();
        run(&["migrate", "--database", &database, "--admin", login, "--admin-password-file", text(&secret)]).await
    };
    make("admin", "short").await.refuses(&["administrator"]);
    make("Not A Login", ADMIN_PASSWORD).await.refuses(&["administrator"]);
    let made = make("admin", ADMIN_PASSWORD).await;
    assert!(made.code == Some(0) && made.stdout.contains("made the administrator admin"), "{made:#?}");
    let again = make("other", ADMIN_PASSWORD).await;
    assert!(again.code == Some(0) && again.stdout.contains("none was made"), "{again:#?}");
    let missing = ["migrate", "--database", &database, "--admin", "x", "--admin-password-file", "/nowhere/secret"];
    run(&missing).await.refuses(&["/nowhere/secret"]);
}

#[tokio::test]
async fn a_gateway_tells_all_faults_of_its_settings_with_their_lines() {
    let folder = temp_dir();
    let file = folder.path().join("edge.yaml");
    let good = format!(
        "format: guildhall/edge/1\nedge: edg_east\ncontest: con_1\nhall: http://127.0.0.1:1\nkey: secret\n\
         spool: {{folder: {0}/spool}}\nstations: [E1]\nmqtt:\n  - broker: 127.0.0.1:1883\n    topics:\n\
         \x20     - {{topic: \"cell/{{station}}/{{signal}}\"}}\n",
        folder.path().display()
    );
    std::fs::write(&file, &good).unwrap();
    let checked = run(&["edge", "--config", text(&file), "--check"]).await;
    assert_eq!(checked.code, Some(0), "{checked:#?}");
    assert!(!folder.path().join("spool").exists(), "a check makes nothing");

    let bad = good.replace("hall: http://127.0.0.1:1", "hall: ftp://hall").replace("stations: [E1]", "stationen: [E1]");
    std::fs::write(&file, &bad).unwrap();
    for arguments in [&["edge", "--config", text(&file), "--check"][..], &["edge", "--config", text(&file)]] {
        let done = run(arguments).await;
        done.refuses(&["edge.yaml:7:", "stationen"]);
    }
    std::fs::write(&file, good.replace("hall: http://127.0.0.1:1", "hall: ftp://hall")).unwrap();
    run(&["edge", "--config", text(&file), "--check"]).await.refuses(&["edge.yaml:4:"]);
    run(&["edge", "--config", "/nowhere/edge.yaml"]).await.refuses(&["/nowhere/edge.yaml"]);

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    std::fs::write(&file, format!("{good}listen: {address}\n")).unwrap();
    run(&["edge", "--config", text(&file)]).await.refuses(&[&address, "in use"]);
    std::fs::write(&file, good.replace(&format!("{}/spool", folder.path().display()), "/proc/spool")).unwrap();
    run(&["edge", "--config", text(&file)]).await.refuses(&["spool"]);
}

#[tokio::test]
async fn a_gateway_names_a_broker_that_can_not_be_reached() {
    let folder = temp_dir();
    let (file, broker) = (folder.path().join("edge.yaml"), format!("127.0.0.1:{}", free_port()));
    let settings = format!(
        "format: guildhall/edge/1\nedge: edg_east\ncontest: con_1\nhall: http://127.0.0.1:1\nkey: secret\n\
         spool: {{folder: {0}/spool}}\nstations: [E1]\nmqtt:\n  - broker: {broker}\n    topics:\n\
         \x20     - {{topic: \"cell/{{station}}/{{signal}}\"}}\n",
        folder.path().display()
    );
    std::fs::write(&file, settings).unwrap();
    let gateway = Program::start(&["edge", "--config", text(&file)]);
    eventually("the log names it, and why", async || {
        gateway.stderr().lines().any(|line| {
            line.contains("can't be reached") && line.contains(&broker) && line.contains("Connection refused")
        })
    })
    .await;
}

#[tokio::test]
async fn a_demonstration_leaves_a_hall_alone_and_announces_nothing() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let before = std::fs::read(folder.path().join("hall.db")).unwrap();
    for place in [["--data", text(folder.path())], ["--database", &database]] {
        let done = run(&["demo", "--listen", FREE, place[0], place[1]]).await;
        done.refuses(&["a hall is here already", "hall.db"]);
        assert_eq!(done.stdout, "", "{done:#?}");
    }
    assert_eq!(std::fs::read(folder.path().join("hall.db")).unwrap(), before);
}

#[tokio::test]
async fn the_doctor_tells_everything_at_once() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let well = run(&["doctor", "--listen", FREE, "--database", &database]).await;
    for part in ["settings", "address", "database"] {
        assert!(well.stdout.contains(&format!("ok    {part}")), "{well:#?}");
    }
    assert!(well.stdout.contains(&format!("database: {database} answers")), "as it was given: {well:#?}");
    assert!(well.stdout.contains("ok    administrator"), "{well:#?}");
    let other = temp_dir();
    let empty = sqlite_in(other.path());
    assert_eq!(run(&["migrate", "--database", &empty]).await.code, Some(0));
    let nobody = run(&["doctor", "--listen", FREE, "--database", &empty]).await;
    let said = nobody.stdout.lines().find(|line| line.starts_with("WRONG administrator")).unwrap_or_default();
    assert!(said.contains("guildhall migrate --admin LOGIN --admin-password-file FILE"), "{nobody:#?}");
    // The screens are built on their own; without them the doctor says so, and nothing else.
    let screens_only =
        well.code == Some(1) && well.stdout.matches("WRONG").count() == 1 && well.stdout.contains("WRONG screens");
    assert!(well.code == Some(0) || screens_only, "{well:#?}");

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let bus = format!("nats://127.0.0.1:{}", free_port());
    let missing = sqlite_in(&folder.path().join("missing"));
    let ill = run(&["doctor", "--listen", &address, "--database", &missing, "--nats", &bus]).await;
    ill.refuses(&["wrong"]);
    for part in ["address", "database", "bus"] {
        assert!(ill.stdout.contains(&format!("WRONG {part}")), "{ill:#?}");
    }
    let fresh = temp_dir();
    let unmigrated = run(&["doctor", "--listen", FREE, "--database", &sqlite_in(fresh.path())]).await;
    assert!(unmigrated.code == Some(1) && unmigrated.stdout.contains("guildhall migrate"), "{unmigrated:#?}");

    let file = folder.path().join("hall.yaml");
    std::fs::write(&file, "listne: 1\n").unwrap();
    let done = run(&["doctor", "--config", text(&file)]).await;
    assert!(
        done.code == Some(1) && done.stdout.contains("WRONG settings") && done.stdout.contains("listne"),
        "{done:#?}"
    );
}

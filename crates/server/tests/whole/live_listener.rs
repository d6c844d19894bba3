//! The live listener of a whole hall: what pages are told of it, what it serves, and that a frozen board is frozen there too.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{eventually, temp_dir};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::board::Spectator;
use crate::common::judge::next_mark;
use crate::common::program::{Hall, migrate, run, sqlite_in, text};
use crate::common::stage::{Staged, stage};
use crate::common::visitor::http;

struct Served {
    hall: Hall,
    live: String,
    staged: Staged,
    _folder: testkit::TempDir,
}

async fn served() -> Served {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let hall = Hall::open_with(&database, &["--live-listen", "127.0.0.1:0"]).await;
    let live = hall.logged("the live listener is open", "address").unwrap();
    let staged = stage(&hall.base()).await;
    Served { hall, live, staged, _folder: folder }
}

#[tokio::test]
async fn pages_name_it_and_it_serves_the_public_views_alone() {
    let mut served = served().await;
    let (main, live) = (served.hall.base(), format!("http://{}", served.live));
    let beside = Spectator::follow(&live, &served.staged.overall(), "").await;
    let here = Spectator::follow(&main, &served.staged.overall(), "").await;
    eventually("both show the same", async || beside.board().lasting() == here.board().lasting()).await;

    let page = http().get(format!("{main}/stage/")).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains(&format!("connect-src 'self' {live};")), "{policy}");
    let page = page.text().await.unwrap();
    // Without built screens there is no page to name it.
    assert!(
        page.contains(&format!("<meta name=\"guildhall-live\" content=\"{live}\" />")) || page.contains("not built in"),
        "{page}"
    );

    let staff = format!("/live/staff/contests/{}/overall", served.staged.contest);
    for path in ["/", "/api/contests", "/healthz", &staff] {
        let request = http().get(format!("{live}{path}")).header("cookie", &served.staged.chief.cookie);
        assert_eq!(request.send().await.unwrap().status(), 404, "{path}");
    }
    served.hall.program.ask_to_stop();
    eventually("both are told", async || beside.board().bye && here.board().bye).await;
    assert!(served.hall.program.ended(Duration::from_secs(30)).await.success());
}

/// What a way of asking brings first: its keys with their values.
async fn first_frame(address: &str, used_before: bool, path: &str, header: &str) -> BTreeMap<String, Value> {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let mut piece = vec![0; 64 * 1024];
    if used_before {
        // A connection that the HTTP server has read from is the HTTP server's.
        socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: hall\r\n\r\n").await.unwrap();
        let length = socket.read(&mut piece).await.unwrap();
        assert!(piece[..length].starts_with(b"HTTP/1.1 200"));
    }
    socket.write_all(format!("GET {path} HTTP/1.1\r\nHost: hall\r\n{header}\r\n").as_bytes()).await.unwrap();
    let mut heard = String::new();
    let frame = loop {
        let length = tokio::time::timeout(Duration::from_secs(30), socket.read(&mut piece)).await.unwrap().unwrap();
        assert!(length > 0, "{path} {header}: {heard}");
        heard.push_str(&String::from_utf8_lossy(&piece[..length]));
        if let Some((frame, _)) = heard.split_once("data: ").and_then(|(_, rest)| rest.split_once("\n\n")) {
            break serde_json::from_str::<Value>(frame).unwrap();
        }
    };
    frame["set"].as_object().unwrap().clone().into_iter().collect()
}

/// What marks are seen by; lines of venues and the state of the contest go on.
fn of_marks(keys: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let shown = keys.iter().filter(|(key, _)| !key.starts_with("v/") && !key.starts_with("c/") && *key != "h");
    shown.map(|(key, value)| (key.clone(), value.clone())).collect()
}

#[tokio::test]
async fn a_frozen_board_leaks_by_no_way() {
    let served = served().await;
    let (staged, base) = (&served.staged, served.hall.base());
    let mark = async |judge: usize| {
        let judge = &staged.judges[judge];
        let mark = next_mark(staged, judge).await;
        judge.post(&staged.path("/marks"), json!({"marks": [mark]})).await;
    };
    let public = Spectator::follow(&base, &staged.overall(), "").await;
    let staff_path = format!("/live/staff/contests/{}/overall", staged.contest);
    let staff = Spectator::follow(&base, &staff_path, &staged.chief.cookie).await;
    for judge in 0..3 {
        mark(judge).await;
    }
    eventually("the marks are seen", async || public.board().marks() == 3).await;
    staged.chief.post(&staged.path("/state"), json!({"to": "frozen", "reason": "封榜"})).await;
    eventually("it is frozen", async || public.board().keys["h"]["state"] == "frozen").await;
    let frozen = public.board();
    for judge in 0..4 {
        mark(judge).await;
    }
    eventually("staff see more", async || staff.board().marks() == 7).await;
    let open = of_marks(&staff.board().keys);
    let shown = of_marks(&frozen.keys);
    assert_ne!(open, shown);

    let page = first_frame(&base["http://".len()..], false, &staged.overall(), "").await;
    assert_eq!(of_marks(&page), shown);
    let epoch = epoch_of(&served.live, &staged.overall()).await;
    let (public_version, staff_version) = (public.board().version, staff.board().version);
    let mut ids = vec![String::new(), "k-1".to_owned(), format!("{epoch}-0"), format!("{epoch}-{}", u64::MAX)];
    ids.extend(
        (1..=staff_version + 2)
            .filter(|version| *version != public_version)
            .map(|version| format!("{epoch}-{version}")),
    );
    for id in ids {
        for (address, used_before) in
            [(&served.hall.address, false), (&served.hall.address, true), (&served.live, false)]
        {
            let query = format!("{}?last_event_id={id}", staged.overall());
            for (path, header) in [(staged.overall(), format!("Last-Event-ID: {id}\r\n")), (query, String::new())] {
                for (key, value) in of_marks(&first_frame(address, used_before, &path, &header).await) {
                    assert_eq!(shown.get(&key), Some(&value), "{key} by {address} {used_before} {path} {header}");
                }
            }
        }
    }
    assert_eq!(of_marks(&public.board().keys), shown, "who was there before sees nothing of it either");
}

/// The name of the hall's process in the ids of its frames.
async fn epoch_of(address: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(format!("GET {path} HTTP/1.1\r\nHost: hall\r\n\r\n").as_bytes()).await.unwrap();
    let (mut heard, mut piece) = (String::new(), vec![0; 64 * 1024]);
    loop {
        let length = socket.read(&mut piece).await.unwrap();
        heard.push_str(&String::from_utf8_lossy(&piece[..length]));
        if let Some((id, _)) = heard.split_once("\nid: ").and_then(|(_, rest)| rest.split_once('\n')) {
            return id.split_once('-').unwrap().0.to_owned();
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_it_is_said_before_the_start() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database", &database];
    run(&[&serve[..], &["--live-listen", &address][..]].concat()).await.refuses(&[&address, "live listener"]);
    let nowhere = folder.path().join("nowhere.pem");
    let sealed = ["--live-listen", "127.0.0.1:0", "--live-certificate", text(&nowhere), "--live-key", text(&nowhere)];
    run(&[&serve[..], &sealed[..]].concat()).await.refuses(&["nowhere.pem"]);
    run(&[&serve[..], &["--live-url", "https://live.example"][..]].concat()).await.refuses(&["live_listen"]);
    let doctor = ["doctor", "--listen", "127.0.0.1:0", "--database", &database];
    let ill = run(&[&doctor[..], &sealed[2..], &["--live-listen", &address][..]].concat()).await;
    for part in ["WRONG live address", "WRONG live certificate"] {
        assert!(ill.stdout.contains(part), "{ill:#?}");
    }
}

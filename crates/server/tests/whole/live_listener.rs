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

/// A connection that the test holds itself: which of the hall's servers owns it depends on what was asked on it before.
struct Line {
    socket: TcpStream,
    heard: Vec<u8>,
}

impl Line {
    async fn to(address: &str) -> Line {
        Line { socket: TcpStream::connect(address).await.unwrap(), heard: Vec::new() }
    }

    async fn hear(&mut self) {
        let read = tokio::time::timeout(Duration::from_secs(30), self.socket.read_buf(&mut self.heard));
        let length = read.await.expect("nothing comes").unwrap();
        assert!(length > 0, "it has ended: {}", String::from_utf8_lossy(&self.heard));
    }

    async fn exactly(&mut self, length: usize) -> Vec<u8> {
        while self.heard.len() < length {
            self.hear().await;
        }
        self.heard.drain(..length).collect()
    }

    async fn until(&mut self, end: &str) -> String {
        loop {
            let found = self.heard.windows(end.len()).position(|bytes| bytes == end.as_bytes());
            if let Some(at) = found {
                return String::from_utf8(self.exactly(at + end.len()).await).unwrap();
            }
            self.hear().await;
        }
    }

    /// Asks, and reads the head of the answer.
    async fn ask(&mut self, path: &str, header: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nHost: hall\r\n{header}\r\n");
        self.socket.write_all(request.as_bytes()).await.unwrap();
        let head = self.until("\r\n\r\n").await.to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{path} {header} {head}");
        head
    }

    /// Asks for a view, and reads its first event with data. The HTTP server sends its streams in chunks, a shard does not.
    async fn first_event(&mut self, path: &str, header: &str) -> String {
        let head = self.ask(path, header).await;
        let is_chunked = field(&head, "transfer-encoding") == Some("chunked");
        let mut body = Vec::new();
        loop {
            if is_chunked {
                let length = self.until("\r\n").await;
                body.extend(self.exactly(usize::from_str_radix(length.trim_end(), 16).unwrap()).await);
                assert_eq!(self.until("\r\n").await, "\r\n");
            } else {
                if self.heard.is_empty() {
                    self.hear().await;
                }
                body.append(&mut self.heard);
            }
            // The last piece is an event that goes on.
            let text = String::from_utf8_lossy(&body);
            let (whole, _) = text.rsplit_once("\n\n").unwrap_or_default();
            if let Some(event) = whole.split("\n\n").find(|event| field(event, "data").is_some()) {
                return event.to_owned();
            }
        }
    }
}

fn field<'a>(lines: &'a str, name: &str) -> Option<&'a str> {
    lines.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// What a way of asking brings first: its keys with their values.
async fn first_frame(address: &str, used_before: bool, path: &str, header: &str) -> BTreeMap<String, Value> {
    let mut line = Line::to(address).await;
    if used_before {
        // A connection that the HTTP server has read from is the HTTP server's.
        let head = line.ask("/healthz", "").await;
        line.exactly(field(&head, "content-length").unwrap().parse().unwrap()).await;
    }
    let event = line.first_event(path, header).await;
    let frame: Value = serde_json::from_str(field(&event, "data").unwrap()).unwrap();
    frame["set"].as_object().unwrap().clone().into_iter().collect()
}

/// What marks are seen by; lines of venues and the state of the contest go on.
fn of_marks(keys: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let shown = keys.iter().filter(|(key, _)| !key.starts_with("v/") && !key.starts_with("c/") && *key != "h");
    shown.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// A frame for somebody who lacks something is there long before.
const NOTHING_NEW: Duration = Duration::from_secs(3);

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
    let mut ids = vec![String::new(), "k-1".to_owned(), format!("{epoch}-0"), format!("{epoch}-{}", u64::MAX)];
    ids.extend((1..=staff.board().version + 2).map(|version| format!("{epoch}-{version}")));
    for id in ids {
        for (address, used_before) in
            [(&served.hall.address, false), (&served.hall.address, true), (&served.live, false)]
        {
            let query = format!("{}?last_event_id={id}", staged.overall());
            for (path, header) in [(staged.overall(), format!("Last-Event-ID: {id}\r\n")), (query, String::new())] {
                let asked = first_frame(address, used_before, &path, &header);
                let Ok(frame) = tokio::time::timeout(NOTHING_NEW, asked).await else {
                    // Who has the newest hears nothing; the lines of venues may have made it newer since.
                    let newest = format!("{epoch}-{}", public.board().version);
                    assert_eq!(id, newest, "{address} {used_before} {path} {header}");
                    continue;
                };
                for (key, value) in of_marks(&frame) {
                    assert_eq!(shown.get(&key), Some(&value), "{key} by {address} {used_before} {path} {header}");
                }
            }
        }
    }
    assert_eq!(of_marks(&public.board().keys), shown, "who was there before sees nothing of it either");
}

/// The name of the hall's process in the ids of its frames.
async fn epoch_of(address: &str, path: &str) -> String {
    let event = Line::to(address).await.first_event(path, "").await;
    field(&event, "id").unwrap().split_once('-').unwrap().0.to_owned()
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

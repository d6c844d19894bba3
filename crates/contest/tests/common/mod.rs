//! A hall with a contest in it: made from a scheme, its field imported by Excel, its officials signed in.

#![allow(dead_code)] // each test file uses its part

pub mod forge;
pub mod seasons;
pub mod story;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use contest::ContestRoom;
use contest::floor::Floor;
use contest::results::pack::{self, File};
use http::Method;
use kernel::{AccountId, ContestId, FakeClock, Mark, Rng, Role, RunId, Scope};
use live::{Hub, LiveConfig};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{Db, args};
use web::testing::{Answered, Client, account, hall};
use web::{Hall, HallConfig};

pub const SCHEME: &str = include_str!("scheme.yaml");

pub const COMPETITORS: &[[&str; 7]] = &[
    ["姓名", "单位", "代表队", "组别", "赛场", "检录号", "账号"],
    ["机密甲", "保密单位甲", "一队", "workers", "东赛场", "E1", "comp-a"],
    ["机密乙", "保密单位乙", "一队", "职工组", "东赛场", "E2", ""],
    ["机密丙", "保密单位丙", "二队", "students", "East", "E3", ""],
    ["机密丁", "保密单位丁", "", "students", "东赛场", "E4", ""],
    ["机密戊", "保密单位戊", "二队", "workers", "西赛场", "W1", ""],
    ["机密己", "保密单位己", "", "workers", "西赛场", "W2", ""],
];

pub const JUDGES: &[[&str; 5]] = &[
    ["姓名", "单位", "赛场", "模块", "账号"],
    ["裁判一", "技师学院", "东赛场", "", "judge-1"],
    ["裁判二", "技师学院", "东赛场", "A D", "judge-2"],
    ["裁判三", "机械学会", "东赛场", "A,D", "judge-3"],
    ["裁判四", "保密单位甲", "东赛场", "", "judge-4"],
    ["裁判五", "技师学院", "西赛场", "", "judge-5"],
];

pub struct World {
    pub url: String,
    pub hall: Hall,
    pub clock: FakeClock,
    pub hub: Hub,
    pub room: ContestRoom,
    pub router: Router,
    pub contest: ContestId,
    pub organiser: Client,
    pub organiser_account: AccountId,
    pub chief: Client,
    pub chief_account: AccountId,
    pub operator: Client,
    pub competitor: Client,
    /// The first three make the east's panel, the fourth is of a competitor's own organisation, the fifth is in the west.
    pub judges: Vec<Client>,
    pub stranger: Client,
}

pub fn xlsx<const N: usize>(rows: &[[&str; N]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// Sends a file as a form does.
pub async fn upload(client: &Client, path: &str, file: &[u8]) -> Answered {
    uploaded(client, path, file, &[]).await
}

/// Under an idempotency key, to be sent again.
pub async fn upload_under(key: &str, client: &Client, path: &str, file: &[u8]) -> Answered {
    uploaded(client, path, file, &[("idempotency-key", key)]).await
}

async fn uploaded(client: &Client, path: &str, file: &[u8], own: &[(&str, &str)]) -> Answered {
    let mut body = b"--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"field.xlsx\"\r\n\r\n".to_vec();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--cut--\r\n");
    let headers = [&[("content-type", "multipart/form-data; boundary=cut")], own].concat();
    client.send(Method::POST, path, Some(body.into()), &headers).await
}

/// The fonts of the product, from where the program finds its screens.
pub fn paper_fonts() -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist/fonts");
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; run `npm ci && npm run build` in web/", path.display()))
    };
    ["NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"].into_iter().map(read).collect()
}

pub fn hub() -> Hub {
    let config = LiveConfig { window: std::time::Duration::ZERO, shards: 1, ..LiveConfig::default() };
    Hub::new(config).unwrap()
}

pub fn new_contest(blind: bool) -> Value {
    json!({
        "name": {"zh": "试验赛", "en": "Trial"}, "scheme": SCHEME, "blind": blind, "starts_at": "2026-11-22T08:00:00.000Z",
        "venues": [
            {"name": {"zh": "东赛场", "en": "East"}, "stations": ["S01", "S02"]},
            {"name": {"zh": "西赛场", "en": "West"}, "stations": ["S11"]},
        ],
    })
}

/// The shipped rule set, with what a small contest can reach.
pub fn rule_set() -> String {
    catalogue::SHIPPED_RULE_SETS[0].source.replace("{total: 60}", "{total: 1}")
}

pub async fn each_engine<F: Future<Output = ()>>(run: impl Fn(World) -> F) {
    for database in testkit::databases().await {
        run(World::new(&database.url, true).await).await;
    }
}

/// A hall that knows its address: no request of a test names one.
fn config() -> HallConfig {
    HallConfig { public_url: Some("https://hall.example".into()), ..HallConfig::default() }
}

impl World {
    /// A contest in the state `draft`, with its field.
    pub async fn new(url: &str, blind: bool) -> World {
        World::with(url, new_contest(blind)).await
    }

    /// The same, of another contest.
    pub async fn with(url: &str, new_contest: Value) -> World {
        Self::with_config(url, new_contest, config()).await
    }

    /// The same, in a hall that lives by the clocks of a zone.
    pub async fn in_zone(url: &str, new_contest: Value, zone: &str) -> World {
        let zone = kernel::Zone::named(zone).unwrap();
        Self::with_config(url, new_contest, HallConfig { zone, ..config() }).await
    }

    async fn with_config(url: &str, new_contest: Value, config: HallConfig) -> World {
        let (hall, clock) = hall(url, config).await;
        let hub = hub();
        let room = ContestRoom::new(hall.clone(), hub.clone(), paper_fonts);
        room.open_all().await.unwrap();
        let router =
            web::serve_router(hall.clone(), vec![contest::room(room.clone())]).expect("routes and table agree");
        let organiser = account(&hall, "organiser", None, None, &[(Role::Organiser, Scope::Hall)]).await;
        let organiser_client = Client::signed(&router, &hall, &organiser.account).await;
        let made = organiser_client.post("/api/contests", new_contest).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let contest: ContestId = made.json()["id"].as_str().unwrap().parse().unwrap();
        let east = made.json()["venues"][0]["id"].as_str().unwrap().parse().unwrap();
        let here = || Scope::Contest(contest.clone());
        let chief = account(&hall, "chief", None, None, &[(Role::ChiefJudge, here())]).await;
        let operator = [(Role::VenueOperator, Scope::Venue(contest.clone(), east))];
        let operator = account(&hall, "operator", None, None, &operator).await;
        let stranger = Client::stranger(&router);
        let mut world = World {
            url: url.to_owned(),
            chief: Client::signed(&router, &hall, &chief.account).await,
            operator: Client::signed(&router, &hall, &operator.account).await,
            organiser_account: organiser.account,
            chief_account: chief.account,
            organiser: organiser_client,
            competitor: stranger.clone(),
            judges: Vec::new(),
            stranger,
            contest,
            router,
            room,
            hub,
            clock,
            hall,
        };
        for (what, file) in [("competitors", xlsx(COMPETITORS)), ("judges", xlsx(JUDGES))] {
            let answer = upload(&world.organiser, &world.path(&format!("imports/{what}?commit=true")), &file).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_eq!(answer.json()["problems"], json!([]));
            if what == "competitors" {
                world.seat_in_order().await;
            }
        }
        for login in ["judge-1", "judge-2", "judge-3", "judge-4", "judge-5"] {
            let client = world.login(login).await;
            world.judges.push(client);
        }
        world.competitor = world.login("comp-a").await;
        world
    }

    /// Seats are drawn; the tests have to know who works where: E1 and E3 at S01, E2 and E4 at S02, W1 and W2 at S11. The plan is read again
    /// with the next import.
    async fn seat_in_order(&self) {
        let floor = self.floor().await;
        let plan = floor.arena().plan.clone();
        let write = self.hall.db.write::<_, store::StoreError, _>(|tx| {
            let plan = &plan;
            Box::pin(async move {
                for (no, code, turn) in [
                    ("E1", "S01", 0),
                    ("E2", "S02", 0),
                    ("E3", "S01", 1),
                    ("E4", "S02", 1),
                    ("W1", "S11", 0),
                    ("W2", "S11", 1),
                ] {
                    let station = plan.station_by_code(code).unwrap();
                    let entry = plan.entries.iter().find(|entry| entry.no == no).unwrap();
                    for run in plan.runs_of_entry(&entry.id) {
                        let planned = run.planned / 10_000 * 10_000 + turn;
                        let seat = "update contest_run set station = $2, planned = $3 where id = $1";
                        tx.exec(seat, &args![&run.id, &station.id, planned]).await?;
                    }
                }
                Ok(())
            })
        });
        write.await.unwrap();
    }

    /// The same database under a new process: new hall, new hub, new room.
    pub async fn reopened(&self) -> World {
        self.hall.drain();
        self.hall.close();
        // Another process draws other ids and secrets.
        static PROCESSES: AtomicU64 = AtomicU64::new(10);
        let seed = PROCESSES.fetch_add(2, Ordering::Relaxed);
        let (db, clock) = (Db::connect(&self.url).await.unwrap(), self.clock.clone());
        let rngs = (Rng::from_seed(seed), Rng::from_seed(seed + 1));
        let hall = Hall::new(db, Arc::new(clock.clone()), rngs.0, rngs.1, config());
        let hub = hub();
        let room = ContestRoom::new(hall.clone(), hub.clone(), paper_fonts);
        room.open_all().await.unwrap();
        let router =
            web::serve_router(hall.clone(), vec![contest::room(room.clone())]).expect("routes and table agree");
        let mut world = World {
            url: self.url.clone(),
            organiser: Client::signed(&router, &hall, &self.organiser_account).await,
            chief: Client::signed(&router, &hall, &self.chief_account).await,
            organiser_account: self.organiser_account.clone(),
            chief_account: self.chief_account.clone(),
            operator: Client::stranger(&router),
            competitor: Client::stranger(&router),
            judges: Vec::new(),
            stranger: Client::stranger(&router),
            contest: self.contest.clone(),
            router,
            room,
            hub,
            clock,
            hall,
        };
        for login in ["judge-1", "judge-2", "judge-3", "judge-4", "judge-5"] {
            let client = world.login(login).await;
            world.judges.push(client);
        }
        world
    }

    pub async fn account_of(&self, login: &str) -> AccountId {
        let row = self.hall.db.one("select id from account where login = $1", &args![login]).await.unwrap();
        row.get("id").unwrap()
    }

    pub async fn login(&self, login: &str) -> Client {
        Client::signed(&self.router, &self.hall, &self.account_of(login).await).await
    }

    /// Somebody with a role in this contest.
    pub async fn appointed(&self, login: &str, role: Role) -> Client {
        let here = [(role, Scope::Contest(self.contest.clone()))];
        let member = account(&self.hall, login, None, None, &here).await;
        Client::signed(&self.router, &self.hall, &member.account).await
    }

    /// A second login of the person who has another one.
    pub async fn second_login(&self, of: &str, login: &str, role: Role) -> Client {
        let here = [(role, Scope::Contest(self.contest.clone()))];
        let second = account(&self.hall, login, None, None, &here).await.account;
        let same = "update account set person = (select person from account where login = $2) where id = $1";
        let write = self.hall.db.write::<_, store::StoreError, _>(|tx| {
            let second = &second;
            Box::pin(async move { tx.exec(same, &args![second, of]).await.map(drop) })
        });
        write.await.unwrap();
        Client::signed(&self.router, &self.hall, &second).await
    }

    pub async fn edge(&self, edge: &str) -> Client {
        Client::edge(&self.router, &self.hall, &self.contest, &edge.parse().unwrap()).await
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/contests/{}/{rest}", self.contest)
    }

    pub async fn floor(&self) -> Arc<Floor> {
        self.room.floor(&self.contest).await.unwrap()
    }

    /// The run of a blind number in a module.
    pub async fn run(&self, no: &str, module: &str) -> RunId {
        let floor = self.floor().await;
        let arena = floor.arena();
        let entry = arena.plan.entries.iter().find(|entry| entry.no == no).unwrap();
        arena.plan.run_for(&entry.id, module).unwrap().clone()
    }

    pub async fn becomes(&self, state: &str) {
        // Who plays a rule set without its draw says so, as everybody has to.
        let goes_without = {
            let floor = self.floor().await;
            let arena = floor.arena();
            let declares = (arena.plan.rule_set.as_ref()).is_some_and(|loaded| !loaded.rules.draw.layers.is_empty());
            arena.state == contest::event::ContestState::Draft && declares && arena.draw.is_none()
        };
        let asked = match goes_without {
            true => json!({"to": state, "even_so": true, "reason": "试验赛，不抽签"}),
            false => json!({"to": state}),
        };
        let answer = self.chief.post(&self.path("state"), asked).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    pub async fn clock_act(&self, run: &RunId, act: Value) -> Answered {
        self.chief.post(&self.path(&format!("runs/{run}/clock")), act).await
    }

    pub async fn start(&self, run: &RunId) {
        let answer = self.clock_act(run, json!({"act": "start"})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Closes the run that keeps a station busy, and starts another.
    pub async fn start_after(&self, busy: &RunId, run: &RunId) {
        let answer = self.clock_act(busy, json!({"act": "close"})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.start(run).await;
    }

    pub async fn submit(&self, judge: usize, marks: Vec<Value>) -> Answered {
        self.judges[judge].post(&self.path("marks"), json!({"marks": marks})).await
    }

    pub async fn verdict_count(&self) -> usize {
        self.floor().await.arena().verdicts.len()
    }

    /// How many events the log holds.
    pub async fn logged(&self) -> i64 {
        let count = "select count(*) as n from contest_event where contest = $1";
        self.hall.db.one(count, &args![&self.contest]).await.unwrap().get("n").unwrap()
    }

    /// All that must not change when something is refused: the log, the batches, the archive and what the screens show.
    pub async fn everything(&self) -> (i64, i64, i64, Topics) {
        let batches =
            self.hall.db.one("select count(*) as n from contest_telemetry", &[]).await.unwrap().get("n").unwrap();
        (self.logged().await, batches, archive::newest(&self.hall.db).await.unwrap(), self.settled().await)
    }

    /// Every view's keys and values, but for those that move by themselves.
    pub async fn topics(&self) -> Topics {
        let floor = self.floor().await;
        topics(&self.hub, &floor.arena(), "").into_iter().chain(topics(&self.hub, &floor.arena(), "staff/")).collect()
    }

    pub async fn public_topics(&self) -> Topics {
        topics(&self.hub, &self.floor().await.arena(), "")
    }

    /// The screens when the second's work is done: distributions are shown.
    pub async fn settled(&self) -> Topics {
        let floor = self.floor().await;
        floor.caught_up_to_newest().await;
        floor.show_the_second().await;
        self.topics().await
    }
}

pub type Topics = BTreeMap<String, BTreeMap<String, Value>>;

pub fn topics(hub: &Hub, arena: &contest::arena::Arena, prefix: &str) -> Topics {
    let plan = &arena.plan;
    let mut views = vec!["overall".to_owned(), "control".to_owned()];
    views.extend(plan.teams.iter().map(|team| format!("team/{}", team.id)));
    views.extend(plan.entries.iter().map(|entry| format!("competitor/{}", entry.id)));
    views.extend(plan.scheme.scheme.abilities().iter().map(|ability| format!("ability/{}", ability.code)));
    views.extend(plan.venues.iter().map(|venue| format!("venue/{}", venue.id)));
    let named = views.into_iter().map(|view| format!("{prefix}contests/{}/{view}", plan.id));
    named
        .filter_map(|name| {
            let entries = hub.get(&name)?.entries();
            let entries = entries.into_iter().map(|(key, value)| (key.as_str().to_owned(), value));
            let told = entries.filter(|(key, _)| key != "s" && !key.starts_with("v/") && !key.starts_with("j/"));
            Some((name, told.map(|(key, value)| (key, serde_json::from_slice(&value).unwrap())).collect()))
        })
        .collect()
}

/// A mark as a tablet sends it; `nth` makes its id.
pub fn mark(nth: u32, run: &RunId, aspect: &str, value: Value) -> Value {
    json!({"id": mark_id(nth), "run": run.as_str(), "aspect": aspect, "round": 1, "value": value, "at": "2026-11-22T08:01:00.000Z"})
}

pub fn mark_id(nth: u32) -> String {
    format!("mrk_{nth:020}")
}

pub fn level(level: u32) -> Value {
    json!({"kind": "level", "level": level})
}

pub fn marks(marks: &str) -> Value {
    json!({"kind": "marks", "marks": marks})
}

pub fn hundredths(hundredths: i64) -> Mark {
    Mark::from_hundredths(hundredths)
}

/// A batch of an edge: `ticks` are station, milliseconds after the start of the test's time, readings.
pub fn batch(edge: &str, seq: u64, sent_ms: i64, ticks: &[(&str, i64, Value)]) -> String {
    let sent = kernel::Timestamp::from_millis(testkit::START_MS + sent_ms);
    let mut text = format!("{{\"v\":1,\"edge\":\"{edge}\",\"seq\":{seq},\"backlog\":0,\"sent_at\":\"{sent}\"}}\n");
    for (station, at_ms, readings) in ticks {
        let t = (testkit::START_MS + at_ms) * 1_000_000;
        text.push_str(&format!("{{\"station\":\"{station}\",\"t\":{t},\"s\":{readings}}}\n"));
    }
    text
}

pub async fn send(client: &Client, path: &str, batch: String) -> Answered {
    client.send(Method::POST, path, Some(batch.into()), &[("content-type", "application/x-ndjson")]).await
}

/// As a forger does it: the log chained anew, the manifest and its signature made anew.
pub fn resealed(mut files: Vec<File>) -> Vec<u8> {
    let seal = web::Seal::from_secret([9; 32]);
    let log = &mut files[4].1;
    let (mut prev, mut chained) = ("0".repeat(64), String::new());
    for line in String::from_utf8(log.clone()).unwrap().lines() {
        let event = line.split_once("\"event\":").unwrap().1.strip_suffix('}').unwrap();
        let hash = hex::encode(Sha256::digest(format!("{prev}{event}")));
        chained.push_str(&format!("{{\"prev\":\"{prev}\",\"hash\":\"{hash}\",\"event\":{event}}}\n"));
        prev = hash;
    }
    *log = chained.into_bytes();
    let mut manifest: Value = serde_json::from_slice(&files[0].1).unwrap();
    manifest["log_head"] = json!(prev);
    manifest["files"] = files[2..].iter().map(|file| serde_json::to_value(pack::listed(file)).unwrap()).collect();
    files[0].1 = format!("{}\n", serde_json::to_string_pretty(&manifest).unwrap()).into_bytes();
    let mut signature: Value = serde_json::from_slice(&files[1].1).unwrap();
    signature["key"] = json!(seal.public_key());
    signature["signature"] = json!(seal.sign(&files[0].1));
    files[1].1 = format!("{}\n", serde_json::to_string_pretty(&signature).unwrap()).into_bytes();
    pack::zipped(&files).unwrap()
}

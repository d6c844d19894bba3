//! Before the first mark: people, contest, field, keys, gateways. Done as an organiser would do it, over HTTP and by Excel.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use edge::{Edge, EdgeConfig};
use kernel::{Clock, Role, Text};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use crate::client::Client;
use crate::clock::Turn;
use crate::gateway::Gateway;
use crate::{DemoClock, Door, OpenDoors, Scenario, Staged, cast, decide, registration};

const FINAL_SCHEME: &str = include_str!("../../../catalogue/contests/robot-maintenance/scheme.yaml");
const FINAL_RULES: &str = include_str!("../../../catalogue/contests/rule-sets/china-industry-final.yaml");
const COBOT_SCHEME: &str = include_str!("../../../catalogue/contests/cobot-day/scheme.yaml");

#[derive(Debug)]
pub struct Set {
    pub contest: String,
    pub venues: Vec<Venue>,
    pub judges: Vec<SignedJudge>,
    pub organiser: Client,
    pub chief: Client,
    pub supervisor: Client,
    pub arbitrator: Client,
    /// The one of the field who has a login.
    pub competitor: Client,
    pub cobot: CobotSet,
}

#[derive(Debug, Clone)]
pub struct Venue {
    pub key: &'static str,
    pub stations: Vec<Station>,
    pub operator: Client,
}

#[derive(Debug, Clone)]
pub struct Station {
    pub id: String,
    pub code: String,
}

#[derive(Debug, Clone)]
pub struct SignedJudge {
    pub login: String,
    pub client: Client,
}

#[derive(Debug, Clone)]
pub struct CobotSet {
    pub contest: String,
    pub station: Station,
    pub operator: Client,
}

struct Venued {
    key: &'static str,
    name: Text,
    stations: Vec<String>,
}

fn final_venues() -> Vec<Venued> {
    let codes = |letter: char| (1..=8).map(|at| format!("{letter}{at}")).collect();
    vec![
        Venued { key: "east", name: Text::new("东赛场（温州）", "East venue (Wenzhou)"), stations: codes('E') },
        Venued { key: "west", name: Text::new("西赛场（徐州）", "West venue (Xuzhou)"), stations: codes('W') },
    ]
}

/// The clock moves between the contests only: what is listed by age has an order that doesn't depend on the machine.
pub async fn set_up(staged: &Staged, open_doors: &OpenDoors, opening: &mut Turn) -> anyhow::Result<Arc<Set>> {
    let administrator = Client::by_door(&staged.base, &staged.administrator).await?;
    let people = Staff::make(staged, &administrator).await?;
    let organiser = people.sign_in("organiser").await?;

    let venues = final_venues();
    let name =
        Text::new("全国工业机器人系统运维员技能竞赛总决赛", "National final: industrial robot system maintenance");
    let made =
        create(staged, &organiser, &name, FINAL_SCHEME, Some(&registration::rules(FINAL_RULES)), &venues).await?;
    let contest = text(&made["id"])?;
    opening.pass(1).await;
    let cobot_venues = [Venued {
        key: "lab",
        name: Text::new("协作机器人工位（实录）", "Collaborative robot (a real day)"),
        stations: vec!["U1".into()],
    }];
    let cobot_name = Text::new("协作机器人的一天（真实记录）", "A cobot's day (real recording)");
    let cobot_made = create(staged, &organiser, &cobot_name, COBOT_SCHEME, None, &cobot_venues).await?;
    let cobot_contest = text(&cobot_made["id"])?;

    let whole = |contest: &str| json!({"kind": "contest", "contest": contest});
    for id in [&contest, &cobot_contest] {
        for (login, role) in [
            ("chief", "chief_judge"),
            ("supervisor", "supervisor"),
            ("arbitrator-1", "arbitrator"),
            ("arbitrator-2", "arbitrator"),
            ("organiser", "organiser"),
            ("staff", "staff"),
        ] {
            people.grant(login, role, whole(id)).await?;
        }
    }
    let venue_ids: Vec<String> = ids_of(&made["venues"])?;
    for (venue, id) in venues.iter().zip(&venue_ids) {
        let here = json!({"kind": "venue", "contest": contest, "venue": id});
        people.grant(&format!("operator-{}", venue.key), "venue_operator", here).await?;
    }
    let lab = text(&cobot_made["venues"][0]["id"])?;
    people
        .grant("operator-lab", "venue_operator", json!({"kind": "venue", "contest": cobot_contest, "venue": lab}))
        .await?;

    match staged.scenario {
        Scenario::Final => registration::register(staged, &administrator, &organiser, &contest).await?,
        _ => import(&organiser, &contest, "competitors", &competitors_book(staged.seed, &venues)?).await?,
    }
    import(&organiser, &contest, "judges", &judges_book(staged.seed, &venues)?).await?;
    import(&organiser, &cobot_contest, "competitors", &cobot_book(&cobot_venues[0])?).await?;
    if staged.scenario == Scenario::Final {
        draw_lots(&organiser, &contest).await?;
    }
    let opened = match staged.scenario {
        Scenario::Final => json!({"to": "live", "reason": "开赛"}),
        // Whoever looks in for a moment is to see names.
        _ => json!({"to": "live", "reason": "演示赛，不抽签", "even_so": true}),
    };
    organiser.post(&format!("/api/contests/{contest}/state"), &opened).await?;
    organiser.post(&format!("/api/contests/{cobot_contest}/state"), &json!({"to": "live", "reason": "开赛"})).await?;
    import_theory(staged, &organiser, &contest).await?;

    let judges = sign_in_judges(staged, &administrator, &organiser, &contest).await?;
    let mut ready = Vec::new();
    for (at, venue) in venues.iter().enumerate() {
        ready.push(Venue {
            key: venue.key,
            stations: stations_of(&made["venues"][at])?,
            operator: people.sign_in(&format!("operator-{}", venue.key)).await?,
        });
    }
    let station = stations_of(&cobot_made["venues"][0])?.remove(0);
    let cobot = CobotSet { contest: cobot_contest, station, operator: people.sign_in("operator-lab").await? };
    let (account, competitor) = competitor(staged, &administrator).await?;
    open_doors(people.doors(&contest, &judges, account));
    let chief = people.sign_in("chief").await?;
    let supervisor = people.sign_in("supervisor").await?;
    Ok(Arc::new(Set {
        contest,
        venues: ready,
        judges: judges.into_iter().map(|(judge, _)| judge).collect(),
        organiser,
        chief,
        supervisor,
        arbitrator: people.sign_in("arbitrator-1").await?,
        competitor,
        cobot,
    }))
}

/// Those who run the contest.
pub(crate) struct Staff<'a> {
    staged: &'a Staged,
    administrator: &'a Client,
    accounts: Vec<(&'static str, String)>,
}

const STAFF: &[(&str, &str)] = &[
    ("organiser", "周启明"),
    ("chief", "沈清源"),
    ("supervisor", "顾维正"),
    ("arbitrator-1", "宋明远"),
    ("arbitrator-2", "唐知行"),
    ("staff", "钱小满"),
    ("operator-east", "韩东升"),
    ("operator-west", "罗西平"),
    ("operator-lab", "石磊"),
];

impl<'a> Staff<'a> {
    pub(crate) async fn make(staged: &'a Staged, administrator: &'a Client) -> anyhow::Result<Staff<'a>> {
        let tree = administrator.list("/api/organisations").await?;
        let root =
            tree.iter().find(|node| node["parent"].is_null()).ok_or_else(|| anyhow!("the hall has no federation"))?;
        let mut accounts = Vec::new();
        for (login, name) in STAFF {
            let person = administrator.post("/api/persons", &json!({"name": name, "organisation": root["id"]})).await?;
            let account = json!({"person": person["id"], "login": login, "password": password(staged, login)});
            let account = administrator.post("/api/accounts", &account).await?;
            accounts.push((*login, text(&account["id"])?));
        }
        let staff = Staff { staged, administrator, accounts };
        staff.grant("organiser", "organiser", json!({"kind": "hall"})).await?;
        staff.grant("staff", "staff", json!({"kind": "hall"})).await?;
        Ok(staff)
    }

    pub(crate) fn account(&self, login: &str) -> anyhow::Result<&str> {
        let found = self.accounts.iter().find(|(known, _)| *known == login);
        found.map(|(_, id)| id.as_str()).ok_or_else(|| anyhow!("nobody is called {login}"))
    }

    async fn grant(&self, login: &str, role: &str, scope: Value) -> anyhow::Result<()> {
        let path = format!("/api/accounts/{}/roles", self.account(login)?);
        self.administrator.post(&path, &json!({"role": role, "scope": scope})).await.map(drop)
    }

    pub(crate) async fn sign_in(&self, login: &str) -> anyhow::Result<Client> {
        Client::by_password(&self.staged.base, login, &password(self.staged, login)).await
    }

    fn doors(&self, contest: &str, judges: &[(SignedJudge, String)], competitor: String) -> Vec<Door> {
        let door = |key: &str, role, title: Text, note: Text, lands_on: String, account: &str| Door {
            key: key.to_owned(),
            role,
            title,
            note,
            lands_on,
            account: account.to_owned(),
        };
        let account = |login: &str| self.account(login).unwrap_or_default();
        let control = format!("/desk/contests/{contest}/control");
        let page = format!("/desk/contests/{contest}");
        let mut doors = vec![
            door(
                "chief",
                Role::ChiefJudge,
                Text::new("裁判长", "Chief judge"),
                Text::new(
                    "中控：赛场、计时、缺分、待确认的判定",
                    "Control room: venues, clocks, missing sheets, verdicts to confirm",
                ),
                control.clone(),
                account("chief"),
            ),
            door(
                "organiser",
                Role::Organiser,
                Text::new("组织者", "Organiser"),
                Text::new("名单导入、评分方案、录像回看", "Import the field, see the scheme and the recordings"),
                page.clone(),
                account("organiser"),
            ),
            door(
                "supervisor",
                Role::Supervisor,
                Text::new("监督员", "Supervisor"),
                Text::new("看见一切，不打分", "Sees everything, marks nothing"),
                control.clone(),
                account("supervisor"),
            ),
            door(
                "arbitrator-1",
                Role::Arbitrator,
                Text::new("仲裁员", "Arbitrator"),
                Text::new("裁决申诉，更正得分", "Decides appeals and corrects marks"),
                format!("{page}/appeals"),
                account("arbitrator-1"),
            ),
            door(
                "arbitrator-2",
                Role::Arbitrator,
                Text::new("仲裁员（二审）", "Arbitrator, second instance"),
                Text::new("裁决对答复的二次申诉", "Decides what is appealed against once more"),
                format!("{page}/appeals"),
                account("arbitrator-2"),
            ),
            door(
                "operator-east",
                Role::VenueOperator,
                Text::new("赛场操作员（东）", "Venue operator (east)"),
                Text::new("本赛场工位的计时", "Clocks of this venue's stations"),
                control.clone(),
                account("operator-east"),
            ),
            door(
                "staff",
                Role::Staff,
                Text::new("总工会工作人员", "Federation staff"),
                Text::new("组织、人员与账号", "Organisations, persons and accounts"),
                "/desk/organisations".into(),
                account("staff"),
            ),
        ];
        // The last judge of each venue is nobody's simulation: a visitor marks in his place.
        for venue in ["east", "west"] {
            let login = format!("judge-{venue}-{}", cast::JUDGES);
            if let Some((_, account)) = judges.iter().find(|(judge, _)| judge.login == login) {
                let (zh, en) = if venue == "east" { ("东", "east") } else { ("西", "west") };
                doors.push(door(
                    &format!("judge-{venue}"),
                    Role::Judge,
                    Text::new(format!("裁判（{zh}）"), format!("Judge ({en})")),
                    Text::new(
                        "平板评分：离线也能用，提交由您决定",
                        "Mark on a tablet: works offline, you decide when to submit",
                    ),
                    format!("/judge/{contest}"),
                    account,
                ));
            }
        }
        let note = Text::new("请求评判，看自己的成绩与理由", "Ask to be judged; see your result and its reasons");
        doors.push(door(
            "competitor",
            Role::Competitor,
            Text::new("选手", "Competitor"),
            note,
            format!("/stage/{contest}/me"),
            &competitor,
        ));
        doors
    }
}

/// Known to whoever started the demonstration, and to nobody else: it follows from the folder as well as from the seed.
pub fn password(staged: &Staged, login: &str) -> String {
    let folder = staged.folder.display().to_string();
    format!("demo-{:016x}", decide(staged.seed, &["password", login, &folder]).next_u64())
}

async fn create(
    staged: &Staged,
    organiser: &Client,
    name: &Text,
    scheme: &str,
    rule_set: Option<&str>,
    venues: &[Venued],
) -> anyhow::Result<Value> {
    let venues: Vec<Value> = venues
        .iter()
        .map(|venue| json!({"name": {"zh": venue.name.zh, "en": venue.name.en}, "stations": venue.stations}))
        .collect();
    let new = json!({
        "name": {"zh": name.zh, "en": name.en},
        "scheme": scheme,
        "rule_set": rule_set,
        "blind": false,
        "starts_at": staged.clock.now().to_string(),
        "venues": venues,
    });
    organiser.post("/api/contests", &new).await.context("the contest can't be made")
}

pub(crate) async fn import(organiser: &Client, contest: &str, what: &str, book: &[u8]) -> anyhow::Result<()> {
    let path = format!("/api/contests/{contest}/imports/{what}?commit=true");
    organiser
        .upload(&path, &format!("{what}.xlsx"), book)
        .await
        .with_context(|| format!("{what} can't be imported"))?;
    Ok(())
}

pub fn book(headings: &[&str], rows: &[Vec<String>]) -> anyhow::Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, heading) in headings.iter().enumerate() {
        sheet.write(0, at as u16, *heading)?;
    }
    for (line, row) in rows.iter().enumerate() {
        for (at, cell) in row.iter().enumerate() {
            sheet.write(line as u32 + 1, at as u16, cell)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

fn competitors_book(seed: u64, venues: &[Venued]) -> anyhow::Result<Vec<u8>> {
    let rows: Vec<Vec<String>> = cast::competitors(seed)
        .into_iter()
        .enumerate()
        .map(|(at, one)| {
            let venue = venues[at % venues.len()].name.zh.clone();
            vec![one.name, one.organisation, one.team, one.group.to_owned(), venue, one.login.unwrap_or_default()]
        })
        .collect();
    book(&["姓名", "单位", "代表队", "组别", "赛场", "账号"], &rows)
}

fn judges_book(seed: u64, venues: &[Venued]) -> anyhow::Result<Vec<u8>> {
    let mut rows = Vec::new();
    for venue in venues {
        for judge in cast::judges(seed, venue.key) {
            rows.push(vec![judge.name, judge.organisation, venue.name.zh.clone(), judge.login]);
        }
    }
    book(&["姓名", "单位", "赛场", "账号"], &rows)
}

fn cobot_book(venue: &Venued) -> anyhow::Result<Vec<u8>> {
    let rows: Vec<Vec<String>> = ["上午班", "午间班", "下午班"]
        .iter()
        .map(|shift| {
            vec![
                (*shift).to_owned(),
                "协作机器人实验室".to_owned(),
                "实验室".to_owned(),
                "cells".to_owned(),
                venue.name.zh.clone(),
            ]
        })
        .collect();
    book(&["姓名", "单位", "代表队", "组别", "赛场"], &rows)
}

/// A final is played blind: numbers are drawn, and sealed until chief judge and supervisor undo them.
async fn draw_lots(organiser: &Client, contest: &str) -> anyhow::Result<()> {
    let path = format!("/api/contests/{contest}/draw");
    organiser.post(&format!("{path}/commitment"), &json!({"reason": null})).await?;
    organiser.post(&format!("{path}/lots"), &json!({"public_part": "4 0 7"})).await?;
    Ok(())
}

async fn import_theory(staged: &Staged, organiser: &Client, contest: &str) -> anyhow::Result<()> {
    let scheme = organiser.get(&format!("/api/contests/{contest}/scheme")).await?;
    let papers = organiser.list(&format!("/api/contests/{contest}/theory")).await?;
    for aspect in aspects(&scheme).into_iter().filter(|aspect| aspect["type"] == "theory") {
        let code = aspect["code"].as_str().unwrap_or_default();
        let max: f64 = aspect["max"].as_str().and_then(|max| max.parse().ok()).unwrap_or(0.0);
        let marks: Vec<Value> = papers
            .iter()
            .filter(|paper| paper["aspect"] == code)
            .filter_map(|paper| paper["entry_no"].as_str())
            .map(|no| {
                let part = (cast::skill(staged.seed, no, code) + 0.08).min(1.0);
                json!({"entry_no": no, "mark": format!("{:.1}", max * part)})
            })
            .collect();
        organiser.post(&format!("/api/contests/{contest}/theory"), &json!({"aspect": code, "marks": marks})).await?;
    }
    Ok(())
}

/// The aspects of a scheme as the API shows it.
pub fn aspects(scheme: &Value) -> Vec<&Value> {
    fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
        value[name].as_array().map(Vec::as_slice).unwrap_or_default()
    }
    list(scheme, "modules")
        .iter()
        .flat_map(|module| list(module, "criteria"))
        .flat_map(|criterion| list(criterion, "aspects"))
        .collect()
}

/// All judges with their accounts. Imported accounts have no password; the administrator sets the first one.
async fn sign_in_judges(
    staged: &Staged,
    administrator: &Client,
    organiser: &Client,
    contest: &str,
) -> anyhow::Result<Vec<(SignedJudge, String)>> {
    let accounts = administrator.list("/api/accounts").await?;
    let mut judges = Vec::new();
    for judge in organiser.list(&format!("/api/contests/{contest}/judges")).await? {
        let account = text(&judge["account"])?;
        let known = accounts.iter().find(|known| known["id"] == judge["account"]);
        let login = text(&known.context("a judge without an account")?["login"])?;
        let secret = password(staged, &login);
        administrator.post(&format!("/api/accounts/{account}/password"), &json!({"password": secret})).await?;
        let client = Client::by_password(&staged.base, &login, &secret).await?;
        judges.push((SignedJudge { login, client }, account));
    }
    Ok(judges)
}

/// The account of the one competitor with a login, and himself signed in.
async fn competitor(staged: &Staged, administrator: &Client) -> anyhow::Result<(String, Client)> {
    let accounts = administrator.list("/api/accounts").await?;
    let found = accounts.iter().find(|account| account["login"] == "competitor");
    let account = text(&found.context("no competitor has a login")?["id"])?;
    let secret = password(staged, "competitor");
    administrator.post(&format!("/api/accounts/{account}/password"), &json!({"password": secret})).await?;
    Ok((account, Client::by_password(&staged.base, "competitor", &secret).await?))
}

pub fn text(value: &Value) -> anyhow::Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| anyhow!("expected a text, got {value}"))
}

fn ids_of(list: &Value) -> anyhow::Result<Vec<String>> {
    list.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(|item| text(&item["id"])).collect()
}

fn stations_of(venue: &Value) -> anyhow::Result<Vec<Station>> {
    let stations = venue["stations"].as_array().map(Vec::as_slice).unwrap_or_default();
    stations.iter().map(|station| Ok(Station { id: text(&station["id"])?, code: text(&station["code"])? })).collect()
}

pub struct Gateways {
    /// In the order of the venues.
    pub venues: Vec<Arc<Gateway>>,
    pub lab: Arc<Gateway>,
}

/// One gateway for each venue, on the demonstration's broker.
pub async fn gateways(staged: &Staged, set: &Set, broker: SocketAddr) -> anyhow::Result<Gateways> {
    let mut venues = Vec::new();
    for venue in &set.venues {
        venues.push(gateway(staged, set, venue.key, &set.contest, &venue.stations, broker).await?);
    }
    let lab = std::slice::from_ref(&set.cobot.station);
    let lab = gateway(staged, set, "lab", &set.cobot.contest, lab, broker).await?;
    Ok(Gateways { venues, lab })
}

async fn gateway(
    staged: &Staged,
    set: &Set,
    key: &str,
    contest: &str,
    stations: &[Station],
    broker: SocketAddr,
) -> anyhow::Result<Arc<Gateway>> {
    let name = format!("edg_{key}");
    let made = set.organiser.post(&format!("/api/contests/{contest}/edge-keys"), &json!({"edge": name})).await?;
    let config = config(staged, &name, contest, &text(&made["key"])?, stations, broker);
    let config = EdgeConfig::parse(&config, |_| None).map_err(|faults| {
        anyhow!("the gateway's settings: {}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })?;
    Ok(Gateway::new(Edge::start(config, staged.clock.clone()).await?, key))
}

fn config(staged: &Staged, name: &str, contest: &str, key: &str, stations: &[Station], broker: SocketAddr) -> String {
    let folder = |what: &str| quoted(&staged.folder.join(name).join(what));
    let codes: Vec<&str> = stations.iter().map(|station| station.code.as_str()).collect();
    // The hall measures silence on the play's clock.
    let heartbeat_ms = (1_000.0 / staged.clock.speed()).clamp(100.0, 1_000.0) as u64;
    format!(
        "format: guildhall/edge/1\nedge: {name}\ncontest: {contest}\nhall: {base}\nkey: {key}\n\
         spool: {{folder: {spool}, max_mib: 256, keep_mib: 8, fsync: false}}\n\
         recordings: {{folder: {recordings}, flush_ms: 1000, fsync: false, rotate_mib: 64}}\n\
         forward: {{batch_ms: 100, samples_max: 5000, timeout_ms: 10000, retry_max_ms: 1000, heartbeat_ms: {heartbeat_ms}}}\n\
         stations: [{codes}]\n\
         mqtt:\n  - broker: {broker}\n    topics:\n      - {{topic: \"{place}/{{station}}/state\", values: all, time: ts, time_unit: ms}}\n",
        base = staged.base,
        place = name.trim_start_matches("edg_"),
        spool = folder("spool"),
        recordings = folder("recordings"),
        codes = codes.join(", "),
    )
}

fn quoted(path: &Path) -> String {
    json!(path.display().to_string()).to_string()
}

/// A venue's line fails, and comes back.
pub async fn cut_from_time_to_time(gateway: Arc<Gateway>, clock: Arc<DemoClock>) -> anyhow::Result<()> {
    loop {
        clock.pass(55_000.0).await;
        tracing::info!("the west venue's line is cut");
        gateway.cut_line(true);
        clock.pass(12_000.0).await;
        gateway.cut_line(false);
        tracing::info!("the west venue's line is back");
    }
}

//! Stages a small contest as an organiser does: by HTTP and by Excel.

use std::collections::BTreeSet;

use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use crate::common::program::{ADMIN, ADMIN_PASSWORD, root};
use crate::common::visitor::Visitor;

pub const COMPETITORS: usize = 4;
pub const JUDGES: usize = 5;
pub const STATIONS: [&str; 4] = ["E1", "E2", "E3", "E4"];
pub const EDGE: &str = "edg_east";
const VENUE: &str = "东赛场";
/// The login of the first competitor; the others have none.
const COMPETITOR: &str = "competitor-1";
const PASSWORD: &str = "a phrase nobody guesses";

/// A contest that is live, with everybody signed in and the first run of each station started.
pub struct Staged {
    pub contest: String,
    pub admin: Visitor,
    pub chief: Visitor,
    pub judges: Vec<Visitor>,
    pub edge_key: String,
    /// The open runs, in the order of [`STATIONS`].
    pub runs: Vec<String>,
    /// Where lots were drawn: the ids of entries and teams that anybody could read before.
    pub before: BTreeSet<String>,
}

impl Staged {
    pub fn path(&self, rest: &str) -> String {
        format!("/api/contests/{}{rest}", self.contest)
    }

    pub async fn competitor(&self, base: &str) -> Visitor {
        let accounts = self.admin.list("/api/accounts").await;
        let account = accounts.iter().find(|account| account["login"] == COMPETITOR).unwrap();
        let password = json!({"password": PASSWORD});
        self.admin.post(&format!("/api/accounts/{}/password", id(&account["id"])), password).await;
        Visitor::by_password(base, COMPETITOR, PASSWORD).await
    }

    pub async fn supervisor(&self, base: &str) -> Visitor {
        official(base, &self.admin, &self.contest, "supervisor").await
    }

    pub fn overall(&self) -> String {
        format!("/live/contests/{}/overall", self.contest)
    }
}

pub async fn stage(base: &str) -> Staged {
    stage_as(base, contest(), false).await
}

/// The same with the shipped rule set, and numbers that were drawn by it.
pub async fn stage_drawn(base: &str) -> Staged {
    let mut contest = contest();
    contest["rule_set"] = json!(catalogue::SHIPPED_RULE_SETS[0].source);
    stage_as(base, contest, true).await
}

async fn stage_as(base: &str, contest: Value, draw: bool) -> Staged {
    let admin = Visitor::by_password(base, ADMIN, ADMIN_PASSWORD).await;
    let made = admin.post("/api/contests", contest).await;
    let contest = id(&made["id"]);
    let path = |rest: &str| format!("/api/contests/{contest}{rest}");
    admin.upload(&path("/imports/competitors?commit=true"), competitors()).await;
    admin.upload(&path("/imports/judges?commit=true"), judges()).await;
    let mut before = BTreeSet::new();
    if draw {
        for read in ["", "/entries?limit=200", "/ranking?limit=200"] {
            before.extend(ids_in(&admin.get(&path(read)).await.to_string()));
        }
        admin.post(&path("/draw/commitment"), json!({"reason": null})).await;
        admin.post(&path("/draw/lots"), json!({"public_part": "4 0 7"})).await;
    }
    let chief = official(base, &admin, &contest, "chief_judge").await;
    chief.post(&path("/state"), json!({"to": "live", "reason": "开赛"})).await;
    let mut signed = Vec::new();
    let accounts = admin.list("/api/accounts").await;
    for judge in admin.list(&path("/judges")).await {
        let account = accounts.iter().find(|account| account["id"] == judge["account"]).unwrap();
        admin.post(&format!("/api/accounts/{}/password", id(&account["id"])), json!({"password": PASSWORD})).await;
        signed.push(Visitor::by_password(base, &id(&account["login"]), PASSWORD).await);
    }
    assert_eq!(signed.len(), JUDGES);
    let edge_key = id(&admin.post(&path("/edge-keys"), json!({"edge": EDGE})).await["key"]);
    let mut runs = Vec::new();
    for station in made["venues"][0]["stations"].as_array().unwrap() {
        let planned = chief.list(&path(&format!("/runs?station={}", id(&station["id"])))).await;
        let run = id(&planned[0]["id"]);
        chief.post(&path(&format!("/runs/{run}/clock")), json!({"act": "start"})).await;
        runs.push(run);
    }
    Staged { contest, admin, chief, judges: signed, edge_key, runs, before }
}

/// Of entries and teams.
pub fn ids_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
    words.filter(|word| word.starts_with("ent_") || word.starts_with("tea_")).map(str::to_owned).collect()
}

fn contest() -> Value {
    let scheme = std::fs::read_to_string(root().join("catalogue/contests/robot-maintenance/scheme.yaml")).unwrap();
    json!({
        "name": {"zh": "工业机器人系统运维员技能竞赛", "en": "Robot system maintenance"},
        "scheme": scheme,
        "blind": false,
        "starts_at": "2026-12-05T01:00:00Z",
        "venues": [{"name": {"zh": VENUE, "en": "East venue"}, "stations": STATIONS}],
    })
}

/// Somebody who holds a role in the contest and is called by it.
async fn official(base: &str, admin: &Visitor, contest: &str, role: &str) -> Visitor {
    let tree = admin.list("/api/organisations").await;
    let root = tree.iter().find(|node| node["parent"].is_null()).unwrap();
    let person = admin.post("/api/persons", json!({"name": format!("沈{role}"), "organisation": root["id"]})).await;
    let account = json!({"person": person["id"], "login": role, "password": PASSWORD});
    let account = id(&admin.post("/api/accounts", account).await["id"]);
    let grant = json!({"role": role, "scope": {"kind": "contest", "contest": contest}});
    admin.post(&format!("/api/accounts/{account}/roles"), grant).await;
    Visitor::by_password(base, role, PASSWORD).await
}

fn competitors() -> Vec<u8> {
    let rows = (1..=COMPETITORS).map(|at| {
        let login = if at == 1 { COMPETITOR.to_owned() } else { String::new() };
        [
            format!("选手{at}"),
            format!("机器人厂{at}"),
            format!("代表队{}", at % 2),
            "workers".into(),
            VENUE.into(),
            login,
        ]
    });
    book(["姓名", "单位", "代表队", "组别", "赛场", "账号"], rows)
}

fn judges() -> Vec<u8> {
    let rows =
        (1..=JUDGES).map(|at| [format!("裁判{at}"), format!("鉴定中心{at}"), VENUE.into(), format!("judge-{at}")]);
    book(["姓名", "单位", "赛场", "账号"], rows)
}

fn book<const N: usize>(headings: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let headings = headings.map(str::to_owned);
    for (line, row) in std::iter::once(headings).chain(rows).enumerate() {
        for (column, cell) in row.iter().enumerate() {
            sheet.write(line as u32, column as u16, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

pub fn id(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

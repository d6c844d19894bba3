//! A season of 65 contests in all trades of the catalogue over the clock's year: four tiers, from enterprises to the city. What lies behind today
//! is final, and its best have gone on; what lies ahead is a draft. Set up through the hall's own doors, and then it stands open.

use anyhow::Context;
use kernel::{Clock, Role, Text, Timestamp};
use serde_json::{Value, json};

use crate::client::Client;
use crate::clock::Turn;
use crate::setup::{self, Staff};
use crate::{Door, OpenDoors, Staged, cast, decide};

const SEASON: &str = include_str!("../../../catalogue/seasons/district-skills-season.yaml");
const SCHEME: &str = "format: guildhall/scheme/1
id: season-paper
version: 1
title: {zh: 赛季通用评分, en: Papers of a season}
abilities:
  - {code: craft, name: {zh: 操作, en: Craft}}
  - {code: theory, name: {zh: 理论, en: Theory}}
groups:
  - {code: workers, name: {zh: 职工组, en: Workers}}
modules:
  - code: P
    name: {zh: 实操, en: Practice}
    criteria:
      - code: P1
        name: {zh: 实操成绩, en: Practice}
        aspects: [{code: P1.1, name: {zh: 实操成绩, en: Practice}, type: theory, max: 60, abilities: [craft]}]
  - code: T
    name: {zh: 理论, en: Theory}
    criteria:
      - code: T1
        name: {zh: 试卷, en: Paper}
        aspects: [{code: T1.1, name: {zh: 试卷, en: Paper}, type: theory, max: 40, abilities: [theory]}]
ranking: {ties: [{module: P}, {theory: true}], shared: true}
";
const PAPERS: [(&str, f64); 2] = [("P1.1", 60.0), ("T1.1", 40.0)];

const ENTERPRISES: &[(&str, &str)] = &[
    ("海东精工", "Haidong Precision"),
    ("云岭机电", "Yunling Electric"),
    ("青禾食品", "Qinghe Foods"),
    ("平江纺织", "Pingjiang Textiles"),
    ("启明软件", "Qiming Software"),
    ("安泰建设", "Antai Construction"),
    ("顺达物流", "Shunda Logistics"),
    ("仁和医护", "Renhe Care"),
    ("金桥汽修", "Jinqiao Motors"),
    ("绿洲园林", "Oasis Gardens"),
];
const TOWNS: &[(&str, &str)] = &[
    ("东湖镇总工会", "Donghu town union"),
    ("南桥街道总工会", "Nanqiao union"),
    ("西山镇总工会", "Xishan town union"),
    ("北港街道总工会", "Beigang union"),
];
const DISTRICT: (&str, &str) = ("区总工会", "District union");
const CITY: (&str, &str) = ("市总工会", "City union");

const DAY_MS: i64 = 86_400_000;
const FIELD: usize = 8;

/// The tiers: code, how many contests each has, in which days of the year they are held.
const TIERS: &[(&str, usize, i64, i64)] =
    &[("enterprise", 34, 12, 150), ("town", 16, 130, 215), ("district", 10, 225, 300), ("city", 5, 305, 352)];
/// The trades are parted among so many lines, each of which goes up through the tiers as far as it comes.
const LINES: usize = 26;

struct Planned {
    id: String,
    /// Held and over, early as it may be in the year: there is always something to see.
    is_first: bool,
    tier: usize,
    line: usize,
    starts_ms: i64,
}

pub async fn set_up(staged: &Staged, open_doors: &OpenDoors, opening: &mut Turn) -> anyhow::Result<()> {
    let administrator = Client::by_door(&staged.base, &staged.administrator).await?;
    let people = Staff::make(staged, &administrator).await?;
    let organiser = people.sign_in("organiser").await?;
    hosts(&administrator).await?;
    let season =
        organiser.post("/api/seasons", &json!({"season": SEASON})).await.context("the season can't be made")?;
    let season = setup::text(&season["id"])?;
    let lines = lines(&organiser.get("/api/trades").await?);
    let now = staged.clock.now();
    let year_ms = year_of(now)?;
    let mut planned: Vec<Planned> = Vec::new();
    // From the last tier down: those who advance must have somewhere to go.
    for (tier, (code, count, first, last)) in TIERS.iter().enumerate().rev() {
        for at in 0..*count {
            opening.pass(1).await;
            let (line, day) = (at % LINES, first + (last - first) * at as i64 / (*count as i64 - 1));
            let starts_ms = year_ms + day * DAY_MS + 3_600_000;
            let host = match tier {
                0 => ENTERPRISES[at % ENTERPRISES.len()],
                1 => TOWNS[at % TOWNS.len()],
                2 => DISTRICT,
                _ => CITY,
            };
            let id = contest(&organiser, &lines[line][0], tier, host, starts_ms).await?;
            let target = planned.iter().find(|up| up.tier == tier + 1 && up.line == line).map(|up| &up.id);
            let trades: Vec<&Value> = lines[line].iter().map(|trade| &trade["code"]).collect();
            let placing = json!({"season": season, "tier": code, "trades": trades, "host": host.0, "target": target});
            organiser
                .post(&format!("/api/contests/{id}/season"), &placing)
                .await
                .context("a contest can't be placed")?;
            planned.push(Planned { id, is_first: tier == 0 && at < 4, tier, line, starts_ms });
        }
    }
    planned.sort_by_key(|one| (one.tier, one.starts_ms));
    let ahead_ms = |one: &Planned| one.starts_ms - now.as_millis();
    for one in planned.iter().filter(|one| one.is_first || ahead_ms(one) < 4 * DAY_MS) {
        opening.pass(1).await;
        played(staged, &organiser, one, one.is_first || ahead_ms(one) < -3 * DAY_MS).await?;
    }
    let account = people.account("organiser")?.to_owned();
    open_doors(vec![Door {
        key: "organiser".to_owned(),
        role: Role::Organiser,
        title: Text::new("组织者", "Organiser"),
        note: Text::new("赛季、晋级与日历", "Seasons, advancement and the calendar"),
        lands_on: "/desk/seasons".to_owned(),
        account,
    }]);
    Ok(())
}

/// When the year began in which a moment lies.
fn year_of(now: Timestamp) -> anyhow::Result<i64> {
    let year = now.to_string().chars().take(4).collect::<String>();
    let began: Timestamp =
        format!("{year}-01-01T00:00:00.000Z").parse().map_err(|_| anyhow::anyhow!("no such year"))?;
    Ok(began.as_millis())
}

/// The catalogue's trades in lines of neighbours.
fn lines(list: &Value) -> Vec<Vec<Value>> {
    let trades = list["trades"].as_array().cloned().unwrap_or_default();
    (0..LINES).map(|line| trades[trades.len() * line / LINES..trades.len() * (line + 1) / LINES].to_vec()).collect()
}

async fn hosts(administrator: &Client) -> anyhow::Result<()> {
    let tree = administrator.list("/api/organisations").await?;
    let root = tree.iter().find(|node| node["parent"].is_null()).context("the hall has no federation")?;
    let enterprises = ENTERPRISES.iter().map(|names| ("enterprise", names));
    let unions = TOWNS.iter().chain([&DISTRICT, &CITY]).map(|names| ("federation", names));
    for (kind, (zh, en)) in enterprises.chain(unions) {
        let new = json!({"parent": root["id"], "kind": kind, "name": {"zh": zh, "en": en}});
        administrator.post("/api/organisations", &new).await.with_context(|| format!("{en} can't be made"))?;
    }
    Ok(())
}

async fn contest(
    organiser: &Client,
    trade: &Value,
    tier: usize,
    host: (&str, &str),
    starts_ms: i64,
) -> anyhow::Result<String> {
    let (zh, en) = (setup::text(&trade["name"]["zh"])?, setup::text(&trade["name"]["en"])?);
    let place = (host.0.trim_end_matches("总工会"), host.1.trim_end_matches(" union"));
    let name = match tier {
        0 => Text::new(format!("{zh}·{}初赛", place.0), format!("{en}: {} round", place.1)),
        1 => Text::new(format!("{zh}·{}预赛", place.0), format!("{en}: {} round", place.1)),
        2 => Text::new(format!("全区{zh}决赛"), format!("{en}: district final")),
        _ => Text::new(format!("全市{zh}选拔赛"), format!("{en}: city selection")),
    };
    let venue = match tier {
        0 => Text::new(format!("{}实训中心", place.0), format!("{} workshop", place.1)),
        1 => Text::new(format!("{}文体中心", place.0), format!("{} community centre", place.1)),
        2 => Text::new("区职工技能实训基地", "District skills centre"),
        _ => Text::new("市技师学院", "City technicians' college"),
    };
    let new = json!({
        "name": {"zh": name.zh, "en": name.en}, "scheme": SCHEME, "rule_set": null, "blind": false,
        "starts_at": Timestamp::from_millis(starts_ms).to_string(),
        "venues": [{"name": {"zh": venue.zh, "en": venue.en}, "stations": ["S01", "S02"]}],
    });
    let made = organiser.post("/api/contests", &new).await.context("a contest can't be made")?;
    setup::text(&made["id"])
}

/// A field where nobody has been sent, marks of its papers, and, once it is over, the result and who goes on by it.
async fn played(staged: &Staged, organiser: &Client, one: &Planned, is_over: bool) -> anyhow::Result<()> {
    let path = |rest: &str| format!("/api/contests/{}/{rest}", one.id);
    let sent = organiser.list(&path("entries")).await?;
    if sent.len() < FIELD / 2 {
        let venue = organiser.get(&format!("/api/contests/{}", one.id)).await?["venues"][0]["name"]["zh"].clone();
        let book = field(staged.seed, one, &setup::text(&venue)?, &sent)?;
        setup::import(organiser, &one.id, "competitors", &book).await?;
    }
    organiser.post(&path("state"), &json!({"to": "live", "reason": "开赛"})).await?;
    let papers = organiser.list(&path("theory")).await?;
    for (aspect, max) in PAPERS {
        let marks: Vec<Value> = (papers.iter().filter(|paper| paper["aspect"] == aspect))
            .filter_map(|paper| paper["entry_no"].as_str())
            .map(|no| {
                let part = 0.55 + 0.45 * cast::skill(staged.seed, &format!("{} {no}", one.line), aspect);
                json!({"entry_no": no, "mark": format!("{:.1}", max * part.min(1.0))})
            })
            .collect();
        organiser.post(&path("theory"), &json!({"aspect": aspect, "marks": marks})).await?;
    }
    if !is_over {
        return Ok(());
    }
    organiser.post(&path("state"), &json!({"to": "review", "reason": "核对"})).await?;
    organiser.post(&path("state"), &json!({"to": "final", "reason": "公布", "even_so": true})).await?;
    let Ok(seen) = organiser.get(&path("advancement")).await else { return Ok(()) };
    // One in seven is left for a visitor to confirm.
    if !seen["waits"].is_null() || one.line % 7 == 3 {
        return Ok(());
    }
    let confirmed = organiser.post(&path("advancement"), &json!({"digest": seen["digest"]})).await?;
    let rows = confirmed["rows"].as_array().cloned().unwrap_or_default();
    for (at, place) in rows.iter().filter_map(|row| row["place"]["id"].as_str()).enumerate() {
        let answer = match (at, one.line % 5) {
            (0, 1) => json!({"answer": "declined", "reason": "工作调动，不能参赛"}),
            (_, 4) => continue,
            _ => json!({"answer": "accepted", "reason": null}),
        };
        organiser.post(&path(&format!("advancement/{place}/answer")), &answer).await?;
    }
    Ok(())
}

/// Workers of enterprises, none of them called like somebody who was sent there.
fn field(seed: u64, one: &Planned, venue: &str, sent: &[Value]) -> anyhow::Result<Vec<u8>> {
    let names = cast::names(&mut decide(seed, &["season", &one.id]), FIELD + sent.len());
    let others = names.into_iter().filter(|name| sent.iter().all(|entry| entry["name"] != name.as_str()));
    let rows: Vec<Vec<String>> = (others.take(FIELD).enumerate())
        .map(|(at, name)| {
            let employer = ENTERPRISES[(one.line + at / 2) % ENTERPRISES.len()].0;
            vec![name, employer.to_owned(), "workers".to_owned(), venue.to_owned()]
        })
        .collect();
    setup::book(&["姓名", "单位", "组别", "赛场"], &rows)
}

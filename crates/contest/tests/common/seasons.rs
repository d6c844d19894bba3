//! A small season, its contests, and who goes on from one to the next.

use kernel::ContestId;
use serde_json::{Value, json};
use web::testing::{Answered, Client};

use super::World;

pub const SEASON: &str = "format: guildhall/season/1
id: small-season
version: 1
title: {zh: 小赛季, en: Small season}
trades: [fitter, welder]
tiers:
  - code: first
    name: {zh: 初赛, en: First round}
    level: enterprise
    advance: {over: each_group, first: 1, per_organisation: 2, total_min: 1, ties: all, declined: replaced}
  - code: second
    name: {zh: 复赛, en: Second round}
    level: district
    advance: {over: whole_field, share: 50%, of: ranked, rounding: up, ties: chain, chain: [practice, theory], declined: empty}
  - code: last
    name: {zh: 决赛, en: Final}
    level: city
";

pub async fn season(world: &World) -> String {
    let made = world.organiser.post("/api/seasons", json!({"season": SEASON})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

pub async fn another_contest(world: &World, contest: Value) -> ContestId {
    let made = world.organiser.post("/api/contests", contest).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().unwrap().parse().unwrap()
}

pub async fn place(world: &World, contest: &ContestId, placing: Value) -> Answered {
    world.organiser.post(&format!("/api/contests/{contest}/season"), placing).await
}

pub fn placing(season: &str, tier: &str, target: Option<&ContestId>) -> Value {
    json!({"season": season, "tier": tier, "trades": ["fitter"], "host": null, "target": target.map(|id| id.as_str())})
}

/// Marks of papers in the order of blind numbers, then final, whatever is out.
pub async fn finished(world: &World, contest: &ContestId, marks: &[(&str, &str)]) {
    let path = |rest: &str| format!("/api/contests/{contest}/{rest}");
    let state = async |to: Value| {
        let answer = world.organiser.post(&path("state"), to).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    state(json!({"to": "live"})).await;
    let marks: Vec<Value> = marks.iter().map(|(no, mark)| json!({"entry_no": no, "mark": mark})).collect();
    let taken = world.organiser.post(&path("theory"), json!({"aspect": "T1.1", "marks": marks})).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    state(json!({"to": "review"})).await;
    state(json!({"to": "final", "even_so": true, "reason": "试验"})).await;
}

pub const MARKS: &[(&str, &str)] = &[("E1", "9"), ("E2", "8"), ("W1", "8"), ("W2", "4"), ("E3", "7"), ("E4", "6")];

pub async fn advancement(client: &Client, contest: &ContestId) -> Answered {
    client.get(&format!("/api/contests/{contest}/advancement")).await
}

pub async fn confirm(client: &Client, contest: &ContestId, digest: &Value) -> Answered {
    client.post(&format!("/api/contests/{contest}/advancement"), json!({"digest": digest})).await
}

pub async fn answer(world: &World, contest: &ContestId, place: &str, body: Value) -> Answered {
    world.organiser.post(&format!("/api/contests/{contest}/advancement/{place}/answer"), body).await
}

/// Name, outcome, place in line, and the state of the place that was offered.
pub fn told(seen: &Value) -> Vec<(String, String, Value, Value)> {
    let row = |row: &Value| {
        assert!(!row["why"]["zh"].as_str().unwrap().is_empty() && !row["why"]["en"].as_str().unwrap().is_empty());
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        (text("name"), text("outcome"), row["line"].clone(), row["place"]["state"].clone())
    };
    seen["rows"].as_array().unwrap().iter().map(row).collect()
}

pub fn place_of(seen: &Value, name: &str) -> String {
    let rows = seen["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == name).unwrap();
    row["place"]["id"].as_str().unwrap().to_owned()
}

/// Who is entered, by name.
pub async fn names_in(world: &World, contest: &ContestId) -> Vec<String> {
    let entries = world.organiser.get(&format!("/api/contests/{contest}/entries")).await.json();
    let entries = entries["items"].as_array().unwrap().clone();
    let mut names: Vec<String> = entries.iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    names
}

pub async fn audited(world: &World, act: &str) -> i64 {
    let count = "select count(*) as n from audit where act = $1";
    world.hall.db.one(count, &store::args![act]).await.unwrap().get("n").unwrap()
}

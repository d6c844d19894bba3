//! How the field of a final comes together: the delegations' applications in one sheet, and the organiser's decisions. Whoever meets the conditions is
//! admitted; one does not, and is told why.

use std::collections::BTreeSet;

use anyhow::{Context, anyhow};
use kernel::Clock;
use serde_json::{Value, json};

use crate::client::Client;
use crate::setup::{book, password, text};
use crate::{Staged, cast, decide};

/// Who applies without the certificate that the rules ask for.
const UNQUALIFIED: &str = "见习生小满";
const LEVELS: [&str; 4] = ["四级/中级工", "三级/高级工", "二级/技师", "一级/高级技师"];

/// The rules of this final: as shipped, but for delegations of five.
pub fn rules(shipped: &str) -> String {
    shipped
        .replace("team: {least: 2, most: 4}", "team: {least: 2, most: 5}")
        .replace("per_organisation: 3", "per_organisation: 6")
}

pub async fn register(
    staged: &Staged,
    administrator: &Client,
    organiser: &Client,
    contest: &str,
) -> anyhow::Result<()> {
    let field = cast::competitors(staged.seed);
    let tree = administrator.list("/api/organisations").await?;
    let root = tree.iter().find(|node| node["parent"].is_null()).context("the hall has no federation")?["id"].clone();
    let mut homes = std::collections::BTreeMap::new();
    for name in field.iter().map(|one| one.organisation.as_str()).collect::<BTreeSet<_>>() {
        let new = json!({"parent": root, "kind": "enterprise", "name": {"zh": name, "en": name}});
        homes.insert(name, text(&administrator.post("/api/organisations", &new).await?["id"])?);
    }
    // He has an account before he applies: an application gives nobody a login.
    for one in &field {
        let Some(login) = &one.login else { continue };
        let person = json!({"name": one.name, "organisation": homes[one.organisation.as_str()]});
        let person = administrator.post("/api/persons", &person).await?;
        let account = json!({"person": person["id"], "login": login, "password": password(staged, login)});
        administrator.post("/api/accounts", &account).await?;
    }
    let path = format!("/api/contests/{contest}");
    let opens = json!({"opens_at": staged.clock.now().to_string(), "closes_at": null});
    organiser.post(&format!("{path}/registration"), &opens).await.context("registration can't be opened")?;
    let sheet = applications(staged.seed, &field)?;
    organiser
        .upload(&format!("{path}/applications/imports?commit=true"), "applications.xlsx", &sheet)
        .await
        .context("applications can't be imported")?;
    decide_all(organiser, &path).await
}

fn applications(seed: u64, field: &[cast::Competitor]) -> anyhow::Result<Vec<u8>> {
    let mut rows: Vec<Vec<String>> = Vec::with_capacity(field.len() + 1);
    for one in field {
        let mut rng = decide(seed, &["applies", &one.name]);
        let born = format!("{}-{:02}-{:02}", 1972 + rng.below(30), 1 + rng.below(12), 1 + rng.below(28));
        let (years, level) = (1 + rng.below(20), LEVELS[rng.below(LEVELS.len() as u64) as usize]);
        rows.push(vec![
            one.name.clone(),
            one.organisation.clone(),
            one.group.to_owned(),
            one.team.clone(),
            born,
            years.to_string(),
            level.to_owned(),
        ]);
    }
    let first = field.first().ok_or_else(|| anyhow!("nobody applies"))?;
    let (home, group) = (first.organisation.clone(), first.group.to_owned());
    let unqualified = [UNQUALIFIED.to_owned(), home, group, String::new(), "2004-06-01".into(), "1".into()];
    rows.push(unqualified.into_iter().chain(["五级/初级工".to_owned()]).collect());
    book(&["姓名", "单位", "组别", "代表队", "出生日期", "从事本工种年限", "职业技能等级"], &rows)
}

async fn decide_all(organiser: &Client, path: &str) -> anyhow::Result<()> {
    let all = organiser.list(&format!("{path}/applications")).await?;
    let named = |one: &&Value| one["name"] == UNQUALIFIED;
    let seen = |one: &Value| json!({"id": one["id"], "version": one["version"]});
    let refused: Vec<Value> = all.iter().filter(named).map(seen).collect();
    let admitted: Vec<Value> = all.iter().filter(|one| !named(one)).map(seen).collect();
    let refusal = json!({"applications": refused, "to": "refused", "reason": "须具有四级及以上证书", "venue": null});
    organiser.post(&format!("{path}/applications/decisions"), &refusal).await.context("nobody is refused")?;
    let admission = json!({"applications": admitted, "to": "admitted", "reason": null, "venue": null});
    organiser.post(&format!("{path}/applications/decisions"), &admission).await.context("nobody is admitted")?;
    Ok(())
}

//! `/xapi/agents`: what is known of an agent beside the identity that was asked for.

use archive::{Asked, Condition, Key};
use axum::response::Response;
use xapi::{Actor, Mention, Version, prepare};

use crate::Lrs;
use crate::call::Call;
use crate::clients::Scope;
use crate::refusal::{Done, Refusal};
use crate::reply;

/// In so many of the newest statements his names are looked for.
const LOOKED_AT: i64 = 20;

/// An agent of a parameter, and by what he is looked up.
pub fn agent_of(call: &Call) -> Done<Option<(Actor, String)>> {
    let Some(text) = call.params.get("agent") else { return Ok(None) };
    let agent = Actor::parse(text).map_err(|mut faults| {
        for fault in &mut faults {
            fault.path = format!("agent.{}", fault.path).trim_end_matches('.').to_owned();
        }
        Refusal::faulty(faults)
    })?;
    let key = agent.key().map(|key| key.to_string());
    let key = key.ok_or_else(|| {
        Refusal::bad_in("agent", "匿名小组无法查找", "is an anonymous group, which nobody can look up")
    })?;
    Ok(Some((agent, key)))
}

pub async fn get(lrs: &Lrs, call: Call) -> Done<Response> {
    call.needs(&[Scope::AllRead])?;
    call.params.only(&["agent"])?;
    call.params.must("agent")?;
    let Some((agent, key)) = agent_of(&call)? else { return Err(Refusal::not_found()) };
    let asked = Asked { conditions: vec![Condition::of(Key::agent(&key))], limit: LOOKED_AT, ..Asked::default() };
    let found = lrs.reader(call.client.tenant).ask(&asked).await?;
    let mut names: Vec<String> = Vec::new();
    for body in found.records.iter().filter_map(|record| record.body.as_deref()) {
        let Ok(batch) = prepare(body.as_bytes(), Version::V2_0) else { continue };
        for reference in batch.statements.iter().flat_map(|one| &one.references) {
            if let Mention::Agent { key: of, name: Some(name), .. } = &reference.what
                && of.to_string() == key
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_string());
            }
        }
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(reply::json(agent.to_person(&names).to_string()))
}

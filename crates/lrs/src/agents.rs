//! `/xapi/agents`: what is known of an agent beside the identity that was asked for.

use archive::{Asked, Condition, Key};
use axum::response::Response;

use crate::Lrs;
use crate::call::Call;
use crate::clients::Scope;
use crate::refusal::{Done, Refusal};
use crate::reply;

/// In so many of the newest statements his names are looked for.
const LOOKED_AT: i64 = 20;

pub async fn get(lrs: &Lrs, call: Call) -> Done<Response> {
    call.needs(&[Scope::AllRead])?;
    call.params.only(&["agent"])?;
    let agent = xapi::AgentAsked::read(call.params.must("agent")?).map_err(Refusal::faulty)?;
    let Some(key) = agent.key() else {
        return Err(Refusal::bad_in("agent", "应为一个人（Agent）", "must be an Agent"));
    };
    let asked = Asked { conditions: vec![Condition::of(Key::agent(&key))], limit: LOOKED_AT, ..Asked::default() };
    let found = lrs.reader(call.client.tenant).ask(&asked).await?;
    let bodies: Vec<&str> = found.records.iter().filter_map(|record| record.body.as_deref()).collect();
    Ok(reply::json(agent.person(&bodies)))
}

//! `/xapi/activities`: an activity as the statements that mention it describe it.

use archive::{Asked, Condition, Key};
use axum::response::Response;

use crate::Lrs;
use crate::call::Call;
use crate::clients::Scope;
use crate::refusal::Done;
use crate::reply;

/// The newest statements that are held against one another. Each may add to what the ones before it said.
const LOOKED_AT: i64 = 100;

pub async fn get(lrs: &Lrs, call: Call) -> Done<Response> {
    call.needs(&[Scope::AllRead])?;
    call.params.only(&["activityId"])?;
    let iri = call.params.must_iri("activityId")?;
    let asked = Asked {
        conditions: vec![Condition::wide(Key::activity(iri), Key::related_activity(iri))],
        limit: LOOKED_AT,
        ..Asked::default()
    };
    let found = lrs.reader(call.client.tenant).ask(&asked).await?;
    // Oldest first, so that the newest has the last word.
    let bodies: Vec<&str> = found.records.iter().rev().filter_map(|record| record.body.as_deref()).collect();
    Ok(reply::json(xapi::described(iri, &bodies)))
}

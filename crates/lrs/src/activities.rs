//! `/xapi/activities`: an activity as the statements that mention it describe it.

use archive::{Asked, Condition, Key};
use axum::response::Response;
use serde_json::{Map, Value};
use xapi::{Version, merge_definitions, prepare};

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
    let mut definition: Option<String> = None;
    // Oldest first, so that the newest has the last word.
    for body in found.records.iter().rev().filter_map(|record| record.body.as_deref()) {
        let Ok(batch) = prepare(body.as_bytes(), Version::V2_0) else { continue };
        for said in batch.statements.iter().flat_map(|one| &one.definitions).filter(|said| said.activity == iri) {
            definition = match definition {
                None => Some(said.json.to_owned()),
                Some(known) => Some(merge_definitions(&known, said.json).unwrap_or(known)),
            };
        }
    }
    let mut activity = Map::new();
    activity.insert("objectType".to_owned(), "Activity".into());
    activity.insert("id".to_owned(), iri.into());
    if let Some(definition) = definition.and_then(|text| serde_json::from_str::<Value>(&text).ok()) {
        activity.insert("definition".to_owned(), definition);
    }
    Ok(reply::json(Value::Object(activity).to_string()))
}

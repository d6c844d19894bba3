//! `POST /xapi/statements`: one statement or many. All are taken, or none.

use axum::response::Response;

use super::intake::{Content, Intake};
use crate::Lrs;
use crate::call::Call;
use crate::refusal::Done;
use crate::reply;

pub async fn post(lrs: &Lrs, call: Call) -> Done<Response> {
    call.params.only(&[])?;
    let content = Content::of(&call)?;
    let ids = Intake::read(lrs, &call, &content, None)?.append(lrs, &call).await?;
    let mut body = String::with_capacity(2 + ids.len() * 39);
    body.push('[');
    for (at, id) in ids.iter().enumerate() {
        body.push_str(if at == 0 { "\"" } else { ",\"" });
        id.write(&mut body);
        body.push('"');
    }
    body.push(']');
    Ok(reply::json(body))
}

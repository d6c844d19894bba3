//! `PUT /xapi/statements?statementId=…`: one statement under an id of the client's choice.

use axum::response::Response;

use super::intake::{Content, Intake};
use crate::Lrs;
use crate::call::Call;
use crate::refusal::{Done, Refusal};
use crate::reply;

pub async fn put(lrs: &Lrs, call: Call) -> Done<Response> {
    call.params.only(&["statementId"])?;
    let id = call.params.must_uuid("statementId")?;
    let content = Content::of(&call)?;
    let intake = Intake::read(lrs, &call, &content, Some(id))?;
    if intake.list {
        return Err(Refusal::bad("此处只能放一条陈述", "One statement is put here, not a list"));
    }
    intake.append(lrs, &call).await?;
    Ok(reply::nothing())
}

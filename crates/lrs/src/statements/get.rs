//! `GET /xapi/statements`: one by its id, or those that meet conditions, newest first.

use archive::{Asked, Condition, Key, Reader, Recorded};
use axum::response::Response;
use http::header;
use sha2::{Digest, Sha256};
use xapi::{LanguageRange, Uuid};

use super::token;
use crate::Lrs;
use crate::agents::agent_of;
use crate::call::Call;
use crate::clients::Scope;
use crate::refusal::{Done, Refusal};
use crate::reply;

/// What one answer holds at most, and what it holds when nothing is said.
const PAGE_MAX: i64 = 500;

const PARAMS: &[&str] = &[
    "statementId",
    "voidedStatementId",
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "format",
    "attachments",
    "ascending",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Exact = 0,
    Ids = 1,
    Canonical = 2,
}

/// How statements are given out.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub format: Format,
    pub attachments: bool,
}

impl Shape {
    fn of(call: &Call) -> Done<Shape> {
        let format = match call.params.get("format") {
            None | Some("exact") => Format::Exact,
            Some("ids") => Format::Ids,
            Some("canonical") => Format::Canonical,
            Some(_) => {
                return Err(Refusal::bad_in(
                    "format",
                    "应为 ids、exact 或 canonical",
                    "must be ids, exact or canonical",
                ));
            }
        };
        Ok(Shape { format, attachments: call.params.flag("attachments")? })
    }
}

pub async fn get(lrs: &Lrs, call: Call) -> Done<Response> {
    call.needs(&[Scope::StatementsRead, Scope::StatementsReadMine])?;
    call.params.only(PARAMS)?;
    let shape = Shape::of(&call)?;
    let (id, voided) = (call.params.uuid("statementId")?, call.params.uuid("voidedStatementId")?);
    if id.is_some() || voided.is_some() {
        let alone = ["statementId", "voidedStatementId", "format", "attachments"];
        if let Some(other) = PARAMS.iter().find(|name| !alone.contains(name) && call.params.has(name)) {
            return Err(Refusal::bad_in(other, "查单条陈述时不能用", "can't stand beside a statement's id"));
        }
        if id.is_some() && voided.is_some() {
            return Err(Refusal::bad_in(
                "voidedStatementId",
                "不能与 statementId 同用",
                "can't stand beside statementId",
            ));
        }
        let (id, is_voided) =
            id.map(|id| (id, false)).or(voided.map(|id| (id, true))).ok_or_else(Refusal::not_found)?;
        return one(lrs, &call, shape, id, is_voided).await;
    }
    let asked = asked(&call)?;
    many(lrs, &call, shape, asked).await
}

/// Where an earlier answer went on.
pub async fn more(lrs: &Lrs, call: Call, token: &str) -> Done<Response> {
    call.needs(&[Scope::StatementsRead, Scope::StatementsReadMine])?;
    call.params.only(&[])?;
    let (asked, shape) = token::read(token)?;
    many(lrs, &call, shape, asked).await
}

async fn one(lrs: &Lrs, call: &Call, shape: Shape, id: Uuid, wanted_voided: bool) -> Done<Response> {
    let reader = lrs.reader(call.client.tenant);
    let found = reader.by_id(id).await?;
    let (record, voided_by) = found.ok_or_else(Refusal::not_found)?;
    let Some(body) = &record.body else { return Err(Refusal::not_found()) };
    if voided_by.is_some() != wanted_voided || !may_read(call, body) {
        return Err(Refusal::not_found());
    }
    let text = shaped(call, shape.format, body);
    let mut response = if shape.attachments { with_files(&reader, text, &[&record]).await? } else { reply::json(text) };
    reply::set(&mut response, header::LAST_MODIFIED, &reply::http_date(record.stored_at));
    Ok(response)
}

/// A key that reads its own only is told of no others.
fn may_read(call: &Call, body: &str) -> bool {
    call.client.scopes.holds(Scope::StatementsRead)
        || body.contains(&format!("\"authority\":{}", call.client.authority))
}

fn asked(call: &Call) -> Done<Asked> {
    let params = &call.params;
    let (related_agents, related_activities) = (params.flag("related_agents")?, params.flag("related_activities")?);
    let mut conditions = Vec::new();
    // Those that fewest statements meet come first.
    if let Some(registration) = params.uuid("registration")? {
        conditions.push(Condition::of(Key::registration(registration)));
    }
    if let Some((_, agent)) = agent_of(call)? {
        let (near, far) = (Key::agent(&agent), Key::related_agent(&agent));
        conditions.push(if related_agents { Condition::wide(near, far) } else { Condition::of(near) });
    }
    if let Some(iri) = params.iri("activity")? {
        let (near, far) = (Key::activity(iri), Key::related_activity(iri));
        conditions.push(if related_activities { Condition::wide(near, far) } else { Condition::of(near) });
    }
    if let Some(iri) = params.iri("verb")? {
        conditions.push(Condition::of(Key::verb(iri)));
    }
    let limit = match params.number("limit")? {
        None | Some(0) => PAGE_MAX,
        Some(limit) => limit.min(PAGE_MAX),
    };
    Ok(Asked {
        conditions,
        since: params.time("since")?,
        until: params.time("until")?,
        ascending: params.flag("ascending")?,
        behind: None,
        limit,
    })
}

async fn many(lrs: &Lrs, call: &Call, shape: Shape, mut asked: Asked) -> Done<Response> {
    if !call.client.scopes.holds(Scope::StatementsRead) {
        let own = Condition::of(Key::related_agent(&call.client.authority_key));
        if !asked.conditions.contains(&own) {
            if asked.conditions.len() >= archive::sql::FILTERS_MAX {
                return Err(Refusal::bad(
                    "条件太多",
                    "There are too many conditions for a key that reads its own only",
                ));
            }
            asked.conditions.push(own);
        }
    }
    let reader = lrs.reader(call.client.tenant);
    let found = reader.ask(&asked).await?;
    let length: usize = found.records.iter().filter_map(|record| record.body.as_ref()).map(|body| body.len() + 1).sum();
    let mut text = String::with_capacity(length + 512);
    text.push_str("{\"statements\":[");
    let mut first = true;
    for body in found.records.iter().filter_map(|record| record.body.as_deref()) {
        if !std::mem::take(&mut first) {
            text.push(',');
        }
        match shape.format {
            Format::Exact => text.push_str(body),
            other => text.push_str(&shaped(call, other, body)),
        }
    }
    text.push_str("],\"more\":\"");
    if let Some(behind) = found.more {
        text.push_str("/xapi/statements/more/");
        text.push_str(&token::write(&asked, &shape, behind));
    }
    text.push_str("\"}");
    if shape.attachments {
        let records: Vec<&Recorded> = found.records.iter().collect();
        return with_files(&reader, text, &records).await;
    }
    Ok(reply::json(text))
}

fn shaped(call: &Call, format: Format, body: &str) -> String {
    match format {
        Format::Exact => body.to_owned(),
        Format::Ids => xapi::ids(body),
        Format::Canonical => {
            let ranges = LanguageRange::list(call.header(header::ACCEPT_LANGUAGE).unwrap_or_default());
            xapi::canonical(body, &ranges)
        }
    }
}

/// Statements first, then each file once.
async fn with_files(reader: &Reader, text: String, records: &[&Recorded]) -> Done<Response> {
    let mut files: Vec<(String, String, Vec<u8>)> = Vec::new();
    for record in
        records.iter().filter(|record| record.body.as_ref().is_some_and(|body| body.contains("\"attachments\"")))
    {
        for file in reader.attachments(record.position).await? {
            if !files.iter().any(|(sum, _, _)| *sum == file.0) {
                files.push(file);
            }
        }
    }
    let boundary = format!("guildhall-{}", &hex::encode(Sha256::digest(text.as_bytes()))[..32]);
    let mut body = format!("--{boundary}\r\nContent-Type: application/json\r\n\r\n{text}\r\n").into_bytes();
    for (sum, kind, bytes) in files {
        body.extend(
            format!("--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sum}\r\n\r\n")
                .as_bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").as_bytes());
    Ok(reply::typed(&format!("multipart/mixed; boundary={boundary}"), body))
}

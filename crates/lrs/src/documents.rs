//! State and profiles: documents of clients, kept by what they belong to.
//!
//! A document has a tag. Who writes a profile says which one he has seen (`If-Match`) or that there is none (`If-None-Match: *`); a tag that
//! no longer fits is refused, so that of two who write at once one learns of it.

mod body;
mod place;
mod precondition;

use archive::Tenant;
use axum::response::Response;
use http::{Method, header};
use kernel::Timestamp;
use store::{Row, args};

use crate::call::Call;
use crate::clients::Scope;
use crate::refusal::{Done, Refusal};
use crate::resource::not_allowed;
use crate::{Lrs, reply, sql};
use place::Place;
pub use place::place_of;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    State,
    Activity,
    Agent,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Kind::State => "state",
            Kind::Activity => "activity",
            Kind::Agent => "agent",
        }
    }

    /// The parameter that names a document.
    fn name(self) -> &'static str {
        if self == Kind::State { "stateId" } else { "profileId" }
    }

    fn scope(self) -> Scope {
        if self == Kind::State { Scope::State } else { Scope::Profile }
    }
}

/// A document as it is kept.
struct Document {
    content_type: String,
    etag: String,
    updated_at: Timestamp,
    content: Vec<u8>,
}

impl Document {
    fn of(row: &Row) -> Result<Document, store::StoreError> {
        Ok(Document {
            content_type: row.get("content_type")?,
            etag: row.get("etag")?,
            updated_at: row.get("updated_at")?,
            content: row.get("content")?,
        })
    }
}

pub async fn answer(lrs: &Lrs, call: Call, kind: Kind) -> Done<Response> {
    match call.method {
        Method::GET | Method::HEAD => {
            call.needs(&[kind.scope(), Scope::AllRead])?;
            let place = Place::of(&call, kind, &["since"])?;
            match &place.name {
                Some(_) if call.params.has("since") => {
                    Err(Refusal::bad_in("since", "不能与编号同用", "can't stand beside a document's id"))
                }
                Some(name) => read(lrs, call.client.tenant, &place, name).await,
                None => list(lrs, &call, &place).await,
            }
        }
        Method::PUT | Method::POST => {
            call.needs(&[kind.scope()])?;
            let place = Place::of(&call, kind, &[])?;
            write(lrs, &call, &place).await
        }
        Method::DELETE => {
            call.needs(&[kind.scope()])?;
            let place = Place::of(&call, kind, &[])?;
            delete(lrs, &call, &place).await
        }
        _ => Err(not_allowed("GET, HEAD, PUT, POST, DELETE")),
    }
}

async fn read(lrs: &Lrs, tenant: Tenant, place: &Place, name: &str) -> Done<Response> {
    let row = lrs.hall.db.opt(sql::DOCUMENT, &place.args_of(tenant, name)).await?;
    let document = Document::of(&row.ok_or_else(Refusal::not_found)?)?;
    let mut response = reply::typed(&document.content_type, document.content);
    reply::set(&mut response, header::ETAG, &document.etag);
    reply::set(&mut response, header::LAST_MODIFIED, &reply::http_date(document.updated_at));
    Ok(response)
}

async fn list(lrs: &Lrs, call: &Call, place: &Place) -> Done<Response> {
    let since = call.params.time("since")?.unwrap_or(Timestamp::from_millis(i64::MIN));
    let args = args![
        call.client.tenant.number(),
        place.kind.code(),
        place.key.as_slice(),
        place.registration.as_deref(),
        since
    ];
    let rows = lrs.hall.db.all(sql::DOCUMENTS, &args).await?;
    let names: Vec<String> = rows.iter().map(|row| row.get("name")).collect::<Result<_, _>>()?;
    let newest =
        rows.iter().map(|row| row.get::<Timestamp>("updated_at")).collect::<Result<Vec<_>, _>>()?.into_iter().max();
    let mut response = reply::json(serde_json::Value::from(names).to_string());
    if let Some(newest) = newest {
        reply::set(&mut response, header::LAST_MODIFIED, &reply::http_date(newest));
    }
    Ok(response)
}

/// What a transaction comes to: done, or refused with nothing changed.
enum Outcome {
    Refused(Refusal),
    Store(store::StoreError),
}

impl From<store::StoreError> for Outcome {
    fn from(error: store::StoreError) -> Outcome {
        Outcome::Store(error)
    }
}

impl From<Outcome> for Refusal {
    fn from(outcome: Outcome) -> Refusal {
        match outcome {
            Outcome::Refused(refusal) => refusal,
            Outcome::Store(error) => error.into(),
        }
    }
}

async fn write(lrs: &Lrs, call: &Call, place: &Place) -> Done<Response> {
    let name = place.must_name()?;
    let sent = body::Sent::of(call)?;
    let (tenant, sent, now) = (call.client.tenant, &sent, lrs.hall.now());
    lrs.hall
        .db
        .write(|tx| {
            Box::pin(async move {
                let row = tx.opt(sql::DOCUMENT, &place.args_of(tenant, name)).await?;
                let there = row.as_ref().map(Document::of).transpose()?;
                let etag = there.as_ref().map(|document| document.etag.as_str());
                precondition::check(call, place.kind, etag).map_err(Outcome::Refused)?;
                let (kind, content) = match (&call.method, &there) {
                    (&Method::POST, Some(there)) => {
                        sent.merged(&there.content_type, &there.content).map_err(Outcome::Refused)?
                    }
                    (&Method::POST, None) => sent.as_new().map_err(Outcome::Refused)?,
                    _ => sent.as_is(),
                };
                let args = args![
                    tenant.number(),
                    place.kind.code(),
                    place.key.as_slice(),
                    place.registration.as_deref().unwrap_or_default(),
                    name,
                    kind,
                    body::etag_of(&content),
                    now,
                    content
                ];
                tx.exec(sql::DOCUMENT_PUT, &args).await?;
                Ok::<_, Outcome>(())
            })
        })
        .await?;
    Ok(reply::nothing())
}

async fn delete(lrs: &Lrs, call: &Call, place: &Place) -> Done<Response> {
    if place.name.is_none() && place.kind != Kind::State {
        place.must_name()?;
    }
    let tenant = call.client.tenant;
    lrs.hall
        .db
        .write(|tx| {
            Box::pin(async move {
                let Some(name) = &place.name else {
                    let registration = place.registration.as_deref();
                    let args = args![tenant.number(), place.kind.code(), place.key.as_slice(), registration];
                    tx.exec(sql::DOCUMENTS_DROP, &args).await?;
                    return Ok(());
                };
                let args = place.args_of(tenant, name);
                let row = tx.opt(sql::DOCUMENT, &args).await?;
                let there = row.as_ref().map(Document::of).transpose()?;
                let etag = there.as_ref().map(|document| document.etag.as_str());
                precondition::check(call, place.kind, etag).map_err(Outcome::Refused)?;
                tx.exec(sql::DOCUMENT_DROP, &args).await?;
                Ok::<_, Outcome>(())
            })
        })
        .await?;
    Ok(reply::nothing())
}

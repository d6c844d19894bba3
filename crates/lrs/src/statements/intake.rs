//! From a request to what the archive's writer takes.

use archive::{Attached, Authority, Pending};
use bytes::Bytes;
use http::header;
use xapi::{Batch, Uuid, prepare};

use super::multipart::{Part, split};
use super::signed;
use crate::Lrs;
use crate::call::Call;
use crate::clients::Scope;
use crate::refusal::{Done, Refusal};

/// Statements of one request.
const STATEMENTS_MAX: usize = 10_000;

/// The content of a request: the statements' JSON, and the files beside it.
pub struct Content {
    json: Bytes,
    files: Option<Vec<Part>>,
}

impl Content {
    pub fn of(call: &Call) -> Done<Content> {
        match call.media_type().as_str() {
            "application/json" => Ok(Content { json: call.body.clone(), files: None }),
            "multipart/mixed" => {
                let kind = call.header(header::CONTENT_TYPE).unwrap_or_default();
                let mut parts = split(kind, &call.body)?;
                if parts.is_empty() {
                    return Err(Refusal::bad("没有任何部分", "There is no part in it"));
                }
                let first = parts.remove(0);
                if first.media_type() != "application/json" {
                    return Err(Refusal::bad(
                        "第一部分应为 application/json",
                        "The first part must be application/json",
                    ));
                }
                Ok(Content { json: first.bytes, files: Some(parts) })
            }
            _ => Err(Refusal::bad_in(
                "Content-Type",
                "应为 application/json 或 multipart/mixed",
                "must be application/json or multipart/mixed",
            )),
        }
    }
}

pub struct Intake {
    pub list: bool,
    all: Vec<Pending>,
}

impl Intake {
    /// `id`: under which a single statement is put.
    pub fn read(lrs: &Lrs, call: &Call, content: &Content, id: Option<Uuid>) -> Done<Intake> {
        call.needs(&[Scope::StatementsWrite])?;
        let batch = prepare(&content.json, call.version).map_err(Refusal::faulty)?;
        if batch.statements.len() > STATEMENTS_MAX {
            return Err(Refusal::bad("一次最多 10000 条陈述", "At most 10,000 statements are taken at once"));
        }
        if let (Some(id), Some(one)) = (id, batch.statements.first())
            && one.id.is_some_and(|own| own != id)
        {
            return Err(Refusal::bad_in("id", "与 statementId 不一致", "is not the statementId of the address"));
        }
        let files = of_each(&batch, content)?;
        let authority = Authority { json: &call.client.authority, key: &call.client.authority_key };
        let fresh = lrs.fresh_ids(if id.is_some() { 0 } else { batch.statements.len() });
        let ids = fresh.into_iter().chain(id);
        let all = batch.statements.iter().zip(ids).zip(files).map(|((one, fresh), files)| {
            let pending = Pending::sent(one, fresh, authority, call.version).with_attachments(files);
            if id.is_some() { pending.chosen() } else { pending }
        });
        Ok(Intake { list: batch.list, all: all.collect() })
    }

    pub async fn append(self, lrs: &Lrs, call: &Call) -> Done<Vec<Uuid>> {
        let ids: Vec<Uuid> = self.all.iter().map(Pending::id).collect();
        if !ids.is_empty() {
            lrs.writer.append(call.client.tenant, self.all).await?;
        }
        Ok(ids)
    }
}

/// Which file belongs to which statement. Each attachment needs its bytes here or an address; each file needs an attachment.
fn of_each(batch: &Batch<'_>, content: &Content) -> Done<Vec<Vec<Attached>>> {
    let files = content.files.as_deref().unwrap_or_default();
    let mut used = vec![false; files.len()];
    let mut all = Vec::with_capacity(batch.statements.len());
    for (at, one) in batch.statements.iter().enumerate() {
        let mut own: Vec<Attached> = Vec::new();
        for meta in &one.attachments {
            let there = files.iter().position(|file| file.sum().eq_ignore_ascii_case(&meta.sha2));
            match there {
                Some(file) => {
                    used[file] = true;
                    let file = &files[file];
                    if meta.is_signature() && !meta.inside {
                        signed::check(&content.json, batch.list.then_some(at), &meta.content_type, file)?;
                    }
                    if !own.iter().any(|earlier| earlier.sha2.eq_ignore_ascii_case(&meta.sha2)) {
                        own.push(Attached {
                            sha2: file.sum().to_ascii_lowercase(),
                            content_type: meta.content_type.to_string(),
                            bytes: file.bytes.to_vec(),
                        });
                    }
                }
                None if meta.file_url.is_some() => {}
                None => {
                    return Err(Refusal::bad_in(
                        "attachments",
                        "附件既没有随请求发来，也没有 fileUrl",
                        "has an attachment that neither comes with the request nor has a fileUrl",
                    ));
                }
            }
        }
        all.push(own);
    }
    if used.contains(&false) {
        return Err(Refusal::bad("有一部分不属于任何陈述", "A part belongs to no statement's attachment"));
    }
    Ok(all)
}
